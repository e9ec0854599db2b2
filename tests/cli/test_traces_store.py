"""`tidegate traces export` in each form, imported again; `delete`, for good."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
from tests.store.examples import trace

from tidegate.readers.imports import read_traces_file
from tidegate.store.lake import LakeTraces


def tidegate(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tidegate.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, stdin=subprocess.DEVNULL, timeout=60)


def test_what_is_exported_can_be_read_again(tmp_path: Path) -> None:
    sent = [trace(n) for n in range(3)]
    LakeTraces(tmp_path / ".tidegate").append(sent)
    for form in ("jsonl", "otlp"):
        done = tidegate("traces", "export", "--format", form, "--out", f"out.{form}", "--json", cwd=tmp_path)
        assert json.loads(done.stdout)["traces"] == 3
        assert list(read_traces_file(tmp_path / f"out.{form}")) == sent
    tidegate("traces", "export", "--format", "parquet", "--out", "out.parquet", cwd=tmp_path)
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/out.parquet'").fetchall() == [(3,)]


def test_delete(tmp_path: Path) -> None:
    LakeTraces(tmp_path / ".tidegate").append([trace(0, user="ann"), trace(1, user="bob"), trace(2, tenant="globex")])
    assert tidegate("traces", "delete", "--tenant", "acme", cwd=tmp_path).returncode != 0, "it asks first"
    done = json.loads(
        tidegate("traces", "delete", "--tenant", "acme", "--user", "ann", "--yes", "--json", cwd=tmp_path).stdout
    )
    assert (done["verdict"], done["deleted"], done["left"]) == ("pass", 1, 0)
    listed = json.loads(tidegate("traces", "list", "--json", cwd=tmp_path).stdout)["traces"]
    assert [t["trace_id"] for t in listed] == ["tr_00000002", "tr_00000001"]
