"""`tidegate keys` as a user types it."""

import json
import subprocess
import sys
from pathlib import Path

from tidegate.store.keys import FileKeys


def tidegate(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tidegate.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, stdin=subprocess.DEVNULL, timeout=60)


def test_the_life_of_a_key(tmp_path: Path) -> None:
    made = json.loads(tidegate("keys", "add", "acme", "--note", "batch", "--json", cwd=tmp_path).stdout)
    assert made["verdict"] == "pass"
    table = FileKeys(tmp_path / ".tidegate")
    assert table.lookup(made["key"].encode())

    turned = json.loads(tidegate("keys", "rotate", made["key_id"], "--overlap", "0s", "--json", cwd=tmp_path).stdout)
    table.poll()
    assert table.lookup(made["key"].encode()) is None
    assert table.lookup(turned["key"].encode())

    assert tidegate("keys", "revoke", turned["key_id"], cwd=tmp_path).returncode == 0
    table.poll()
    assert table.lookup(turned["key"].encode()) is None

    listed = tidegate("keys", "list", "--all", "--json", cwd=tmp_path).stdout
    assert [k["state"] for k in json.loads(listed)["keys"]] == ["expired", "revoked"]
    assert made["key"] not in listed
    assert "digest" not in listed


def test_for_people(tmp_path: Path) -> None:
    shown = tidegate("keys", "add", "acme", cwd=tmp_path)
    assert "shown this once" in shown.stdout
    table = tidegate("keys", "list", cwd=tmp_path).stdout
    assert "acme" in table
    assert "active" in table


def test_a_tenant_the_configuration_does_not_know_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tidegate.yaml").write_text("tenants:\n  - name: acme\n")
    done = tidegate("keys", "add", "acm", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'acme'" in done.stderr
    assert tidegate("keys", "add", "acme", "--expires", "soon", cwd=tmp_path).returncode == 2
    unknown = tidegate("keys", "revoke", "key_none", "--json", cwd=tmp_path)
    assert unknown.returncode == 2
    assert json.loads(unknown.stdout)["error"]["code"] == "bad_input"
