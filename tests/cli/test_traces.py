"""`tidegate traces` on a store with known calls: filters, timeline, sums, exports, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import msgspec
import pytest
from tests.cli.test_main import tidegate

from tidegate.settings import Settings, Store
from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.trace import CallTrace, Event
from tidegate.wiring import trace_store


def made(i: int, tenant: str, ending: Ending, first_s: float | None) -> CallTrace:
    at = 1_790_000_000.0 + i
    return CallTrace(
        trace_id=f"call_{i:04d}",
        call=Call(call_id=f"call_{i:04d}", identity=Identity(tenant=tenant), dialect="chat", model="m"),
        ending=ending, status=200, received_at_s=at, dispatched_at_s=at + 0.1, ended_at_s=at + 2,
        first_token_at_s=None if first_s is None else at + first_s, usage=Usage(tokens_prompt=10, tokens_completion=5),
        request_body=json.dumps({"messages": f"question {i}"}), response_body="an answer",
        events=(Event(name="queued", at_s=at, data={"reason": "slots"}),),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """20 calls of a chat (0.5 s to the first token, two timed out) and 10 of a batch (1.5 s)."""
    lake = trace_store(Settings(store=Store(path=str(tmp_path / "store"))))
    chat = [made(i, "chat", Ending.TIMED_OUT if i < 2 else Ending.COMPLETED, None if i < 2 else 0.5) for i in range(20)]
    lake.append([*chat, *(made(i, "batch", Ending.COMPLETED, 1.5) for i in range(20, 30))])
    lake.close()
    return tmp_path / "store"


def test_list_filters_and_shows_the_newest_first(store: Path) -> None:
    everything = json.loads(tidegate("traces", "list", "--store", str(store), "--json").stdout)["traces"]
    assert [t["trace_id"] for t in everything[:2]] == ["call_0029", "call_0028"]
    late = json.loads(tidegate("traces", "list", "--store", str(store), "--ending", "timed_out", "--json").stdout)
    assert {t["trace_id"] for t in late["traces"]} == {"call_0000", "call_0001"}
    found = json.loads(tidegate("traces", "list", "--store", str(store), "--text", "QUESTION 7", "--json").stdout)
    assert [t["trace_id"] for t in found["traces"]] == ["call_0007"]


def test_show_is_a_timeline(store: Path) -> None:
    done = tidegate("traces", "show", "call_0005", "--store", str(store))
    assert done.returncode == 0, done.stderr
    for part in ("chat asked m", "queued", "dispatched", "first token", "500 ms", "question 5"):
        assert part in done.stdout


def test_the_start_of_an_id_is_enough_where_one_trace_begins_so(store: Path) -> None:
    assert "question 5" in tidegate("traces", "show", "call_0005", "--store", str(store)).stdout
    several = tidegate("traces", "show", "call_000", "--store", str(store))
    assert several.returncode == 2  # shorter than what is taken for an id
    lake = trace_store(Settings(store=Store(path=str(store))))
    lake.append([msgspec.structs.replace(made(40, "chat", Ending.COMPLETED, 0.5), trace_id="call_abcdef01"),
                 msgspec.structs.replace(made(41, "chat", Ending.COMPLETED, 0.5), trace_id="call_abcdef02")])  # fmt: skip
    lake.close()
    both = tidegate("traces", "show", "call_abcdef", "--store", str(store))
    assert both.returncode == 2
    assert "call_abcdef01, call_abcdef02" in " ".join(both.stderr.split())
    assert tidegate("traces", "show", "call_abcdef01", "--store", str(store)).returncode == 0


def test_show_tells_what_was_said_and_raw_shows_the_bytes(store: Path) -> None:
    lake = trace_store(Settings(store=Store(path=str(store))))
    asked = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Where is it?"}]})
    pieces = [{"choices": [{"index": 0, "delta": {"content": c}}]} for c in ("On its", " way.")]
    stream = "".join(f"data: {json.dumps(p)}\n\n" for p in pieces) + "data: [DONE]\n\n"
    t = made(50, "chat", Ending.COMPLETED, 0.5)
    guard = Event(
        name="guard", at_s=t.received_at_s, data={"guard": "tool-loop", "decision": "nudge", "reason": "quiet"}
    )
    lake.append([msgspec.structs.replace(t, request_body=asked, response_body=stream, events=(guard,))])
    lake.close()
    said = tidegate("traces", "show", "call_0050", "--store", str(store)).stdout
    assert "user  Where is it?" in said
    assert "assistant  On its way." in said
    assert "tool-loop decided nudge; quiet" in said
    assert "data:" not in said
    raw = tidegate("traces", "show", "call_0050", "--store", str(store), "--raw").stdout
    assert "data: " in raw


def test_stats_are_by_tenant_and_unmeasured_is_not_zero(store: Path) -> None:
    rows = {
        r["tenant"]: r
        for r in json.loads(tidegate("traces", "stats", "--store", str(store), "--json").stdout)["tenants"]
    }
    assert rows["chat"]["calls"] == 20
    assert rows["chat"]["trouble"] == 2
    assert rows["chat"]["with_first_token"] == 18
    assert rows["chat"]["ttft_ms_p95"] == pytest.approx(500)
    only = tidegate("traces", "stats", "--store", str(store), "--ending", "timed_out", "--json")
    assert json.loads(only.stdout)["tenants"][0]["ttft_ms_p50"] is None


def test_exports_hold_the_same_traces(store: Path, tmp_path: Path) -> None:
    piped = tidegate("traces", "export", "--store", str(store), "--tenant", "batch").stdout.splitlines()
    traces = [msgspec.json.decode(line, type=CallTrace) for line in piped]
    assert [t.trace_id for t in traces] == [f"call_{i:04d}" for i in range(20, 30)]
    out = tmp_path / "all.parquet"
    assert tidegate("traces", "export", "--store", str(store), "--format", "parquet", "--out", str(out)).returncode == 0
    assert duckdb.sql(f"SELECT count(*) FROM '{out}'").limit(1).fetchall() == [(30,)]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("list", "--store", "nowhere"), "nowhere"),
        (("list", "--since", "yesteryear"), "yesteryear"),
        (("list", "--ending", "other"), "other"),
        (("show", "call_none"), "call_none"),
        (("export", "--format", "parquet"), "--out"),
    ],
)
def test_wrong_use_is_named(store: Path, arguments: tuple[str, ...], named: str) -> None:
    extra = () if "--store" in arguments else ("--store", str(store))
    done = tidegate("traces", *arguments, *extra)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "verb",
    ["traces list", "findings list", "constraints pending", "constraints decisions", "constraints revoke cred://crm",
     "loops budgets", "keys list", "replay --to http://127.0.0.1:9/v1"],
)  # fmt: skip
def test_a_folder_that_is_no_store_is_named_and_left_alone(tmp_path: Path, verb: str) -> None:
    wrong = tmp_path / "stroe"
    done = subprocess.run([sys.executable, "-m", "tidegate.cli", *verb.split(), "--store", str(wrong)],
                          capture_output=True, text=True, cwd=tmp_path, timeout=60)  # fmt: skip
    assert done.returncode == 2
    assert "there is no store here" in " ".join(done.stderr.split())
    assert not wrong.exists()
