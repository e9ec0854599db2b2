"""group, museum, retire, select, review, export, import as their user meets them."""

import contextlib
import json
from pathlib import Path

import pytest

from tidegate.cli.main import main
from tidegate.cli.verbs.harvest import MODULES
from tidegate.readers.suite_files import read_suite, write_cases
from tidegate.spine.case import Case, make_case

SUITE = """suite: 1
mode: refund window
cases:
  - input: How long may I return shoes?
    status: blocking
    expect: [{oracle: required, all: [30 days]}]
  - input: May I return a gift after Christmas?
    expect: [{oracle: forbidden, texts: [14 days]}]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "returns.yaml").write_text(SUITE)
    return tmp_path


def harvest(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as end:
        main(["harvest", *arguments, "--json"])
    return int(end.value.code or 0), json.loads(capsys.readouterr().out)


def case(number: int, mode: str) -> Case:
    asked = {"messages": [{"role": "user", "content": f"question {number}"}]}
    return make_case("chat", asked, [{"oracle": "required", "all": ["x"]}], mode=mode)


def lines(path: Path, rows: list[dict]) -> str:
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return str(path)


def test_group_keeps_names_from_day_to_day(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [
        "my parcel never arrived",
        "the parcel has not arrived",
        "VAT on my invoice is wrong",
        "the invoice shows the wrong VAT",
    ]
    rows = [{"id": i, "text": t, "tenant": "a", "day": "2026-11-01"} for i, t in enumerate(texts)]
    rows += [{"id": "ok", "text": "all fine", "failed": False},
             {"id": "talk", "redacted": [{"role": "user", "content": "my parcel did not arrive"}, {"role": "assistant", "content": "?"}],
              "failed": True, "signal": "rephrase", "failing_turn": 1}]  # fmt: skip
    code, first = harvest(capsys, "group", lines(here / "f.jsonl", rows))
    assert code == 0
    assert first["failures"] == 5, "what did not fail is left out"
    assert len(first["modes"]) == 2
    code, second = harvest(capsys, "group", "f.jsonl")
    assert [m["name"] for m in second["modes"]] == [m["name"] for m in first["modes"]]
    assert second["labels"] == first["labels"]
    assert second["modes"] == first["modes"], "the same failures again are not counted again"
    assert second["counted_before"] == 5
    code, third = harvest(capsys, "group", lines(here / "f.jsonl", [{**r, "id": f"later-{r['id']}"} for r in rows]))
    assert third["modes"][0]["count"] == 2 * first["modes"][0]["count"]
    code, wrong = harvest(capsys, "group", lines(here / "g.jsonl", [{"id": 1, "x": 2}]))
    assert (code, "expected `text` or `messages`" in wrong["error"]["message"]) == (2, True)


def test_owners_say_that_two_modes_are_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["my parcel never arrived", "the parcel has not arrived", "tracking shows nothing since monday",
             "nothing since monday in the tracking", "VAT on my invoice is wrong"]  # fmt: skip
    failures = lines(here / "f.jsonl", [{"id": i, "text": t, "day": "2026-11-01"} for i, t in enumerate(texts)])
    code, grouped = harvest(capsys, "group", failures)
    before = len(grouped["modes"])
    assert (code, before >= 3) == (0, True)
    parcel, tracking = grouped["labels"]["0"], grouped["labels"]["2"]
    code, asked = harvest(capsys, "merge", "ask")
    assert (code, asked["written"] > 0, asked["written"]) == (0, True, len(asked["questions"]))
    assert harvest(capsys, "merge", "ask")[1]["written"] == 0, "what is open is not asked twice"
    code, wrong = harvest(capsys, "merge", "same", parcel, tracking)
    assert (code, "who gives it" in wrong["error"]["message"]) == (2, True)
    names = {m["mode"]: m["name"] for m in grouped["modes"]}
    other = "VAT on an invoice"
    cases = [case(n, mode=mode) for n, mode in enumerate((names[parcel], names[tracking], tracking, other))]
    write_cases(here / "suite", cases)
    code, told = harvest(capsys, "merge", "same", parcel, tracking, "--owner", "ana", "--name", "parcel is lost")
    assert (code, told["modes"], len(told["joined"])) == (0, before - 1, 1)
    assert sorted(told["renamed"]) == sorted(c.case_id for c in cases[:3])
    modes = {c.case_id: c.mode for c in read_suite(here / "suite").cases}
    assert {i: m for i, m in modes.items() if m != "refund window"} == {
        c.case_id: "parcel is lost" for c in cases[:3]
    } | {cases[3].case_id: other}
    late = case(9, mode=names[tracking])  # written on another branch, under the old name
    write_cases(here / "suite", [late])
    assert harvest(capsys, "merge", "apply")[1]["renamed"] == [late.case_id]
    later = lines(here / "g.jsonl", [{"id": i, "text": t, "day": "2026-11-02"} for i, t in enumerate(texts)])
    code, next_day = harvest(capsys, "group", later)
    assert next_day["labels"]["0"] == next_day["labels"]["2"]
    lost = next(m for m in next_day["modes"] if m["name"] == "parcel is lost")
    assert lost["count"] == 8, "four failures a day, none lost and none counted twice"
    assert next_day["fresh"] == []
    invoice = next_day["labels"]["4"]
    harvest(capsys, "merge", "different", lost["mode"], invoice, "--owner", "ana")
    left = harvest(capsys, "merge")[1]["questions"]
    assert {lost["mode"], invoice} not in [set(q["modes"]) for q in left], "settled pairs are not asked again"
    assert harvest(capsys, "merge", "same", "--owner", "ana")[0] == 2


def test_museum_names_the_traffic_without_a_case(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "how long can I return shoes",
        "shoes return period",
        "reset my password",
        "password forgotten",
        "cannot reset the password",
    ]
    calls = lines(here / "c.jsonl", [{"id": i, "text": asked[i % 5], "at": "2026-11-20"} for i in range(50)])
    code, out = harvest(capsys, "museum", "suite", "--traffic", calls)
    assert code == 0
    coverage = next(m for m in out["measures"] if m["name"].startswith("traffic"))
    assert 0.2 < coverage["value"] < 0.6
    holes = [f for f in out["findings"] if f["rule"] == "traffic-without-case"]
    assert any("password" in f["subject"] for f in holes)
    code, out = harvest(capsys, "museum", "suite")
    assert "not_measured" in next(m for m in out["measures"] if m["name"].startswith("traffic"))


def test_retire_keeps_what_was_not_measured_and_needs_an_owner(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = harvest(capsys, "retire", "suite")
    assert code == 0
    assert out["relics"] == []
    assert "not measured" in out["cases"][0]["reason"]
    assert harvest(capsys, "retire", "suite", "--apply")[0] == 2


def test_select_and_run_the_selection(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = harvest(capsys, "select", "suite", "--budget", "1", "--out", "ids.txt")
    assert code == 0
    assert len(out["chosen"]) == 1
    code, ran = harvest(capsys, "run", "--command", "echo 30 days", "--cases", "ids.txt")
    assert [c["case"] for c in ran["cases"]] == out["chosen"]
    assert harvest(capsys, "select", "suite", "--budget", "0")[0] == 2


def test_review_accepts_and_rejects(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out = harvest(capsys, "review")
    first, second = (w["case"] for w in out["waiting"])
    assert [w["case"] for w in harvest(capsys, "review", "accept", first, "--owner", "ana")[1]["waiting"]] == [second]
    assert harvest(capsys, "review", "reject", second)[0] == 2, "a reason is needed"
    _, out = harvest(capsys, "review", "reject", second, "--reason", "not our policy", "--owner", "ana")
    assert out["waiting"] == []
    assert second not in (here / "suite" / "returns.yaml").read_text()
    ledger = harvest(capsys, "ledger")[1]["ledger"]
    assert (ledger[-1]["action"], ledger[-1]["reason"]) == ("delete", "not our policy")


@pytest.mark.parametrize("name", ["promptfoo", "inspect", "deepeval", "openai-evals"])
def test_export_and_import(here: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert harvest(capsys, "export", "suite", "--to", name, "--out", "x.file")[0] == 0
    code, out = harvest(capsys, "import", "x.file", "--from", name, "--suite", "other")
    assert (code, out["cases"]) == (0, 2)
    code, out = harvest(capsys, "import", "x.file", "--from", name, "--suite", "other")
    assert (out["cases"], out["known"]) == (0, 2)
    (here / "x.file").write_text("{")
    assert harvest(capsys, "import", "x.file", "--from", name)[0] == 2


def test_every_verb_has_help_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in MODULES:
        with contextlib.suppress(SystemExit):
            main(["harvest", verb, "--help"])
        assert "Example: " in capsys.readouterr().out, verb
