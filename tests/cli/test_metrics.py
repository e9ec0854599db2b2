"""`tidegate metrics` as a program sees it: one document, the right exit code, never a traceback."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.cli.main import main


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    truth = rng.random(3000) < 0.1
    good = np.where(truth, rng.random(3000) < 0.9, rng.random(3000) < 0.05)
    lines = ["id,label,screener,reader,lang"]
    lines += [f"{i},{'in' if t else 'out'},out,{'in' if g else 'out'},{'de' if i % 3 else 'en'}"
              for i, (t, g) in enumerate(zip(truth, good, strict=True))]  # fmt: skip
    (tmp_path / "r.csv").write_text("\n".join(lines))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, dict[str, Any]]:
    with pytest.raises(SystemExit) as ended:
        main(["metrics", *map(str, argv), "--json"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1, lines
    return int(ended.value.code or 0), json.loads(lines[0])


def test_audit_refuses_the_screener_only(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run(capsys, "audit", data / "r.csv", "--positive", "in", "--html", data / "p.html")
    assert (code, document["verdict"]) == (1, "fail")
    (finding,) = [f for f in document["findings"] if f["severity"] == "error"]
    assert finding["subject"] == "screener"
    assert "predicting 'out' for everything scores" in finding["message"]
    assert {s["name"]: s["skill"] for s in document["systems"]} == {"screener": False, "reader": True}
    page = (data / "p.html").read_text()
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    code, document = run(capsys, "audit", data / "r.csv", "--system", "reader", "--costs", "miss=10,false_alarm=1")
    assert (code, document["verdict"]) == (0, "pass")


def test_one_class_only_is_said_and_no_figure_is_not_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.csv").write_text("truth,model\n" + "0,0\n" * 40 + "0,1\n" * 5)
    with pytest.raises(SystemExit) as ended:
        main(["metrics", "audit", str(tmp_path / "one.csv")])
    said = capsys.readouterr().out
    assert ended.value.code == 3
    assert "undefined" in said
    assert "nan" not in said.lower().split()


def test_contract_from_init_to_gate(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = data / "metrics" / "screen.yaml"
    assert run(capsys, "contract", "init", path, "--owner", "anna", "--metric", "recall", "--threshold", 0.8)[0] == 0
    assert run(capsys, "contract", "check", path)[0] == 1
    assert run(capsys, "contract", "sign", path, "--by", "eve")[0] == 2
    assert run(capsys, "contract", "sign", path, "--by", "anna")[0] == 0
    assert run(capsys, "contract", "check", path)[0] == 0
    assert "# What decides" in path.read_text()
    gate = ("gate", path, "--results", data / "r.csv", "--system")
    assert run(capsys, *gate, "reader")[0] == 0
    assert run(capsys, *gate, "screener")[0] == 1
    assert run(capsys, "gate", path)[0] == 3
    assert run(capsys, *gate, "reader", "--signal", "judge=up", "--signal", "humans=down")[0] == 1
    path.write_text(path.read_text().replace("at_least: 0.8", "at_least: 0.1"))
    code, document = run(capsys, *gate, "reader")
    assert code == 1
    assert [f["rule"] for f in document["findings"]] == ["contract-changed"]
    assert run(capsys, "contract", "sign", path, "--by", "anna")[0] == 0
    assert path.read_text().count("signature:") == 1


def test_elicitation_and_stakeholders(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, answers in (("anna", "B" * 12), ("bob", "A" * 12)):
        code, document = run(capsys, "elicit", data / "r.csv", "--stakeholder", name, "--answers", answers,
                             "--out", data / f"{name}.json")  # fmt: skip
        assert code == 0
        assert document["questions"] <= 12
    code, document = run(capsys, "stakeholders", data / "r.csv", data / "anna.json", data / "bob.json")
    assert {s["stakeholder"] for s in document["stances"]} == {"anna", "bob"}
    ratios = {s["stakeholder"]: s["cost_ratio"] for s in document["stances"]}
    assert ratios["anna"] > ratios["bob"]


def test_judge(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(2)
    lines = ["human,judge,judge_swapped,score,score_longer,answer"]
    for _ in range(300):
        h = rng.random() < 0.5
        j = h if rng.random() < 0.9 else not h
        s = rng.normal(6, 1)
        lines.append(f"{h},{j},{j},{s:.3f},{s + 0.5 + rng.normal(0, 0.2):.3f},It's fine")
    (data / "v.csv").write_text("\n".join(lines))
    code, document = run(capsys, "judge", data / "v.csv")
    assert code == 3
    assert document["decides"]
    assert not document["sole_gate"]
    assert "longer" in document["reasons"][0]
    assert run(capsys, "judge", data / "v.csv", "--prepare", data / "e.jsonl")[1]["prepared"] == 900


def test_lists_and_properties(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(run(capsys, "list")[1]["metrics"]) >= 40
    code, document = run(capsys, "properties", "accuracy", "--total", 8)
    assert code == 0
    assert any(not p["holds"] and p["counterexample"] for p in document["properties"])


@pytest.mark.parametrize(
    "argv",
    [
        ("audit", "none.csv"), ("audit", "{r}", "--truth", "lable"), ("audit", "{r}", "--costs", "miss=x,fp=1"),
        ("audit", "{r}", "--costs", "mis=1"), ("audit", "{r}", "--prevalence", "7"),
        ("audit", "{r}", "--metric", "acuracy"),
        ("audit", "{r}", "--positive", "maybe"), ("gate", "none.yaml"), ("elicit", "{r}", "--answers", "XYZ"),
        ("properties", "nope"), ("audit", "{r}", "--costs", "miss=1,false_alarm=1,hit=5"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_clear_document(argv: tuple[str, ...], data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run(capsys, *(a.replace("{r}", str(data / "r.csv")) for a in argv))
    assert code == 2
    assert document["error"]["message"].startswith("expected")
