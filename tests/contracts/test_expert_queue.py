"""`verify --route` fills the expert queue of a shared state store, `--queue` reads it from anywhere, `--done` empties it."""

import json
from pathlib import Path

import pytest

from tidegate.cli.main import main
from tidegate.store.postgres import PostgresState

ROWS = [  # id, question, answer, second
    ("dose", "What dose of the drug at 15 mg/kg for 22 kg?", "It gets 300 mg.", "330 mg"),
    ("speed", "How fast is 12 km in 2 h?", "6 km/h", "So 6 km/h."),
    ("path", "How far is it at 5 km/h in 3 h?", "12 km", "15 km"),
    ("none", "How far is it at 5 km/h in 2 h?", "10 km", None),
]


def ending(*argv: object) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["verify", *map(str, argv)])
    return ended.value.code


def test_answers_are_routed_through_postgresql_and_taken_out_once(
    postgres_reference: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PostgresState(postgres_reference)
    store._run("TRUNCATE tidegate_documents, tidegate_log", ())
    sender, reader = tmp_path / "sender", tmp_path / "reader"
    for folder in (sender, reader):  # two machines that share nothing but the server
        folder.mkdir()
        (folder / "tidegate.yaml").write_text(f"store: {{path: kept, state: '{postgres_reference}'}}")
    rows = [dict(zip(("id", "question", "answer", "second"), row, strict=True)) for row in ROWS]
    given = [{k: v for k, v in row.items() if v is not None} for row in rows]
    (sender / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in given))
    monkeypatch.chdir(sender)
    ending("--jsonl", "rows.jsonl", "--route")
    out, err = capsys.readouterr()
    said = {row["id"]: row for row in map(json.loads, out.splitlines())}
    assert said["dose"]["second"]["queued"] == "dose"
    assert "queued" not in said["speed"]["second"]
    assert "no second derivation" in said["none"]["not_routed"]
    assert "1 row not routed" in err
    monkeypatch.chdir(reader)
    assert ending("--queue", "--json") == 0
    assert [w["key"] for w in json.loads(capsys.readouterr().out)["waiting"]] == ["dose", "path"], "gravest first"
    assert ending("--queue", "--done", "dose") == 0
    told = capsys.readouterr().out
    assert "1 answer waits" in told
    assert "path" in told
    assert ending("--queue", "--done", "dose") == 2, "it is gone, and that is said"
    assert "got 'dose'" in capsys.readouterr().err
    assert [key for key, _ in store.items("verify.queue")] == ["path"]


@pytest.mark.parametrize(
    ("config", "options", "said"),
    [
        (None, (), "got no --config"),
        ("models: {probe: {url: 'http://127.0.0.1:9/v1', model: m}}", (), "expected models.judge"),
        ("models: {judge: {url: 'http://127.0.0.1:9/v1', model: m}}", (), "expected the question"),
        (None, ("--fit", "rows.jsonl"), "expected --fit or --route"),
        (None, ("--queue",), "expected --queue or --route"),
    ],
)
def test_a_route_that_could_lead_nowhere_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    config: str | None, options: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answer.md").write_text("2 + 2 = 4")
    if config is not None:
        (tmp_path / "models.yaml").write_text(config)
        options = (*options, "--config", "models.yaml")
    assert ending("answer.md", "--route", *options) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / ".tidegate").exists()
