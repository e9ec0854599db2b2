"""Results of every tool become one table; what cannot be read is named with its place."""

import gzip
import json
import zipfile
from pathlib import Path

import duckdb
import pytest

from tidegate.decide.metrics.columns import build
from tidegate.decide.metrics.tables import Roles
from tidegate.readers.results import read_results
from tidegate.spine.errors import InputError


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_every_format_gives_the_same_table(tmp_path: Path) -> None:
    rows = [{"id": i, "label": "yes" if i % 3 else "no", "pred": "no"} for i in range(30)]
    head = "id,label,pred\n" + "".join(f"{r['id']},{r['label']},{r['pred']}\n" for r in rows)
    files = [
        write(tmp_path / "a.csv", head), write(tmp_path / "b.tsv", head.replace(",", "\t")),
        write(tmp_path / "c.txt", head.replace(",", ";")), write(tmp_path / "d.json", json.dumps(rows)),
        write(tmp_path / "e.jsonl", "\n".join(map(json.dumps, rows))),
        write(tmp_path / "f.json", json.dumps({k: [r[k] for r in rows] for k in rows[0]})),
    ]  # fmt: skip
    (tmp_path / "g.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + head.encode()))
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{files[0]}', all_varchar=true)) "
            f"TO '{tmp_path / 'h.parquet'}' (FORMAT parquet)"
        )
    seen = set()
    for path in [*files, tmp_path / "g.csv.gz", tmp_path / "h.parquet"]:
        results = build(read_results(path), Roles())
        seen.add((results.classes, results.truth.tobytes(), results.systems["pred"].tobytes()))
    assert len(seen) == 1


def test_inspect_logs(tmp_path: Path) -> None:
    samples = [
        {"id": i, "epoch": 1, "target": "AB"[i % 2], "input": f"q{i}", "metadata": {"topic": "x"},
         "scores": {"choice": {"value": "C", "answer": "A"}}}
        for i in range(20)
    ]  # fmt: skip
    path = write(tmp_path / "log.json", json.dumps({"version": 2, "eval": {"task": "t"}, "samples": samples}))
    results = build(read_results(path), Roles())
    assert results.classes == ("A", "B")
    assert "choice" in results.systems
    archive = tmp_path / "log.eval"
    with zipfile.ZipFile(archive, "w") as z:
        for s in samples:
            z.writestr(f"samples/{s['id']}_epoch_1.json", json.dumps(s))
    assert (build(read_results(archive), Roles()).truth.sum(), 20) == (results.truth.sum(), results.n)


def test_promptfoo_output(tmp_path: Path) -> None:
    listed = [
        {"testIdx": i, "provider": {"id": p}, "vars": {"expected": "ab"[i % 2]}, "response": {"output": "a"},
         "success": i % 2 == 0, "score": 1}
        for i in range(20) for p in ("one", "two")
    ]  # fmt: skip
    path = write(tmp_path / "out.json", json.dumps({"evalId": "e", "results": {"results": listed}, "config": {}}))
    results = build(read_results(path), Roles())
    assert {*results.systems} == {"one", "two"}
    assert results.n == 20


def test_deepeval_output(tmp_path: Path) -> None:
    cases = [{"name": f"t{i}", "actualOutput": "yes", "expectedOutput": "yes" if i % 2 else "no",
              "metricsData": [{"name": "Correctness", "score": 0.9, "success": True}]} for i in range(20)]  # fmt: skip
    path = write(tmp_path / "run.json", json.dumps({"testCases": cases}))
    assert {*build(read_results(path), Roles()).systems} == {"output"}
    for i, case in enumerate(cases):
        case["additionalMetadata"] = {"human": bool(i % 2)}
    judged = build(read_results(write(tmp_path / "judged.json", json.dumps({"testCases": cases}))), Roles())
    assert "Correctness" in judged.systems


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "x,y\n1,2\n1,2,3\n", ":3"), ("b.csv", "", "empty"), ("c.jsonl", '{"a": 1}\n[1]\n', ":2"),
        ("d.jsonl", '{"a": 1}\n{oops\n', ":2"), ("e.csv", "a,a\n1,2\n", "twice"), ("f.json", "{", "JSON"),
        ("g.csv", "alone\n1\n", "two columns"), ("h.parquet", "PAR1xxxxPAR1", "Parquet"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        build(read_results(write(tmp_path / name, text)), Roles())


def test_a_missing_file_and_bad_bytes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="readable"):
        read_results(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_bytes(b"label,pred\n1,1\n\xff,0\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_results(tmp_path / "x.csv")
