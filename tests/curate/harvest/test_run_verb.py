"""`harvest run` and `harvest ledger` as their user meets them: real files, a real program as the target."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tidegate.cli.main import main

SUITE = """suite: 1
mode: refund window
cases:
  - input: How long may I return shoes?
    expect:
      - oracle: required
        all: [30 days]
  - input: Can I return a gift?
    expect:
      - oracle: forbidden
        texts: [14 days]
"""
AGENT = 'import json,sys\nq=json.load(sys.stdin)["messages"][-1]["content"]\nprint("{shoes}" if "shoes" in q else "within 14 days")\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "returns.yaml").write_text(SUITE)
    answers(tmp_path, "30 days")
    return tmp_path


def answers(here: Path, shoes: str) -> None:
    (here / "agent.py").write_text(AGENT.replace("{shoes}", shoes))


def harvest(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as end:
        main(["harvest", *arguments, "--json"])
    return int(end.value.code or 0), json.loads(capsys.readouterr().out)


def run(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict]:
    return harvest(capsys, "run", "--command", "python3 agent.py", *more)


def test_first_fix_blocks_and_the_release_that_brings_it_back_is_stopped(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, first = run(capsys, "--promote", "--release", "r1")
    assert code == 0
    assert "case-fixed" in {f["rule"] for f in first["findings"]}
    assert "status: blocking" in (here / "suite" / "returns.yaml").read_text()
    answers(here, "ask the shop")
    code, second = run(
        capsys, "--release", "r2", "--junit", "j.xml", "--markdown", "m.md", "--sarif", "s.json", "--out", "r.json"
    )
    assert code == 1
    (came_back,) = [f for f in second["findings"] if f["severity"] == "error"]
    assert came_back["rule"] == "case-came-back"
    assert came_back["where"]["file"].endswith("returns.yaml")
    root = ET.parse(here / "j.xml").getroot()
    assert (root.get("failures"), root.get("skipped"), root.get("tests")) == ("1", "1", "2")
    assert "❌ fail" in (here / "m.md").read_text()
    assert json.loads((here / "s.json").read_text())["runs"][0]["results"][0]["level"] == "error"
    assert {c["case"] for c in json.loads((here / "r.json").read_text())["cases"]} == {
        c["case"] for c in second["cases"]
    }
    answers(here, "30 days")
    assert run(capsys, "--release", "r3", "--baseline", "r.json")[0] == 0


def test_a_deleted_or_demoted_case_blocks_until_a_reason_is_given(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "--promote")
    file = here / "suite" / "returns.yaml"
    kept = file.read_text()
    file.write_text(kept.replace("status: blocking", "status: known_failing"))
    code, out = run(capsys)
    assert code == 1
    assert out["findings"][0]["rule"] == "case-loosened"
    file.write_text(kept)
    case_id = next(line["case"] for line in harvest(capsys, "ledger")[1]["ledger"] if line["action"] == "promote")
    code, out = harvest(capsys, "ledger", "delete", case_id)
    assert (code, out["error"]["code"]) == (2, "bad_input")
    code, out = harvest(capsys, "ledger", "delete", case_id, "--reason", "no shoes any more", "--owner", "ana")
    assert code == 0
    assert out["ledger"][-1]["reason"] == "no shoes any more"
    assert case_id not in file.read_text()


def test_quarantine_and_restore_show_in_the_ledger(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "--promote")
    case_id = next(line["case"] for line in harvest(capsys, "ledger")[1]["ledger"] if line["action"] == "promote")
    assert harvest(capsys, "ledger", "quarantine", case_id, "--reason", "relic", "--owner", "ana")[0] == 0
    answers(here, "no")
    assert run(capsys)[0] == 0, "a quarantined case is not run and does not block"
    assert harvest(capsys, "ledger", "restore", case_id)[0] == 0
    assert run(capsys)[0] == 1


def test_held_out_cases_are_counted_and_leak_nowhere(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here.parent / "held").mkdir(exist_ok=True)
    canary = "canary-51c"
    (here.parent / "held" / "h.yaml").write_text(
        f"suite: 1\ncases:\n  - input: {canary} shoes\n    expect: [{{oracle: required, all: [30 days]}}]\n"
        f"  - input: {canary} more shoes\n    expect: [{{oracle: required, all: [30 days]}}]\n"
    )
    code, out = run(
        capsys, "--held-out", str(here.parent / "held"), "--junit", "j.xml", "--markdown", "m.md", "--out", "r.json"
    )
    assert code == 0
    assert next(m for m in out["measures"] if m["name"] == "held-out mean")["value"] == 1.0
    assert canary not in json.dumps(out)
    for path in here.rglob("*"):
        if path.is_file():
            assert canary.encode() not in path.read_bytes(), f"{path} holds held-out text"


def test_wrong_use_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = harvest(capsys, "run")
    assert (code, "expected a target" in out["error"]["message"]) == (2, True)
    code, out = run(capsys, "--only", "nothing-like-this")
    assert code == 2
    (here / "suite" / "returns.yaml").write_text(SUITE.replace("expect:", "expct:", 1))
    code, out = run(capsys)
    assert (code, out["error"]["remedy"].startswith("did you mean 'expect'?")) == (2, True)


def test_a_spent_budget_is_undecided_and_the_next_run_goes_on(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "--promote")
    code, out = run(capsys, "--release", "x", "--calls", "3")
    assert code == 3
    assert "budget was spent" in out["gate"]["reason"]
    code, out = run(capsys, "--release", "x")
    assert code == 0
    assert out["calls_resumed"] == 3
