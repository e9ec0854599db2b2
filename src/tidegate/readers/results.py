"""Evaluation results of any tool as one table: CSV, TSV, JSON, JSONL, Parquet, Inspect, promptfoo, DeepEval.

A file is recognised by its contents where its name does not say.  Rows keep the number a person would
count in an editor (the header of a CSV is line 1), so that a finding can name them.
"""

from __future__ import annotations

import csv
import gc
import gzip
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tidegate.decide.metrics.tables import Table
from tidegate.spine.errors import InputError, MissingExtra

HUMAN = frozenset({"human", "human_label", "label", "gold", "truth", "human_verdict", "expert", "annotation"})
SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".eval", ".yaml")


def read_results(path: str | Path, kind: str = "") -> Table:
    """The table of a results file (or of standard input for `-`); names the place of what cannot be read."""
    name = str(path)
    data = sys.stdin.buffer.read() if name == "-" else _bytes(Path(path))
    with _no_collection():
        return _read(name, data, kind)


def _read(name: str, data: bytes, kind: str) -> Table:
    suffixes = [s.lower() for s in Path(name).suffixes] or [""]
    if suffixes[-1] == ".gz" or data[:2] == b"\x1f\x8b":
        data = _gunzip(data, name)
        suffixes = suffixes[:-1] or [""]
    kind = kind or suffixes[-1].lstrip(".")
    if data[:4] == b"PAR1":
        return _parquet(name)
    if data[:4] == b"PK\x03\x04":
        return _inspect_zip(data, name)
    if not data.strip():
        raise InputError("expected results, got an empty file", where=name)
    text = _text(data, name)
    if kind in ("jsonl", "ndjson"):
        return _from_objects(_json_lines(text, name), name)
    if kind == "json" or (kind not in ("csv", "tsv") and text.lstrip()[:1] in "[{"):
        return _json_document(text, name)
    return _delimited(text, name, "\t" if kind == "tsv" else "")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError as error:
        raise InputError("expected a results file, got a directory", where=str(path),
                         remedy=f"name one file ({', '.join(SUFFIXES)})") from error  # fmt: skip
    except OSError as error:
        raise InputError(f"expected a readable results file ({error.strerror})", where=str(path)) from error


def _gunzip(data: bytes, name: str) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise InputError(f"expected gzip data, got a damaged file ({error})", where=name) from error


def _text(data: bytes, name: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"expected UTF-8 text, got byte 0x{data[error.start]:02x}", where=f"{name}:{line}",
                         remedy="save the file as UTF-8") from error  # fmt: skip


def _delimited(text: str, name: str, delimiter: str) -> Table:
    csv.field_size_limit(1 << 30)
    head = text[: text.find("\n") + 1] or text
    if not delimiter:
        counts = {d: head.count(d) for d in (",", ";", "\t", "|")}
        delimiter = max(counts, key=lambda d: counts[d])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [h.strip() for h in next(reader)]
    if len({*header}) < len(header):
        twice = next(h for h in header if header.count(h) > 1)
        raise InputError(f"expected one column of each name, got {twice!r} twice", where=f"{name}:1")
    if len(header) < 2:
        raise InputError(f"expected a header with at least two columns, got {head.strip()[:60]!r}", where=f"{name}:1",
                         remedy="separate columns by comma, semicolon, tab or bar")  # fmt: skip
    rows, lines = _rows(reader, len(header), name)
    columns: dict[str, list[Any]] = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
    return Table(columns or {h: [] for h in header}, lines, name)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of small lists are made and none dies: without this the collector walks them again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _rows(reader: Any, width: int, name: str) -> tuple[list[list[str]], Sequence[int]]:
    """Rows with their line numbers; blank lines are passed over, a row of another width is an error."""
    rows: list[list[str]] = []
    lines: list[int] = []
    last = 1
    try:
        for row in reader:
            start, last = last + 1, reader.line_num
            if not row:
                continue
            if len(row) != width:
                raise InputError(f"expected {width} fields as in the header, got {len(row)}", where=f"{name}:{start}",
                                 remedy="quote fields that hold the separator")  # fmt: skip
            rows.append(row)
            lines.append(start)
    except csv.Error as error:
        raise InputError(f"expected CSV ({error})", where=f"{name}:{last + 1}") from error
    return rows, lines


def _json_lines(text: str, name: str) -> list[tuple[int, Any]]:
    decoder = msgspec.json.Decoder()
    out = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            out.append((number, decoder.decode(line)))
        except msgspec.DecodeError as error:
            value = _lenient(line)
            if value is None:
                raise InputError(f"expected one JSON object a line, got {line[:60]!r} ({error})",
                                 where=f"{name}:{number}") from error  # fmt: skip
            out.append((number, value))
    return out


def _lenient(line: str) -> Any:
    """JSON with bare NaN and Infinity, as Python and pandas write it; None when it is not even that."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _from_objects(rows: Sequence[tuple[int, Any]], name: str) -> Table:
    """Objects with their row numbers as columns; absent keys are None, nested objects are opened one level."""
    columns: dict[str, list[Any]] = {}
    for at, (number, row) in enumerate(rows):
        if not isinstance(row, dict):
            raise InputError(f"expected a JSON object, got {type(row).__name__}", where=f"{name}:{number}")
        for key, value in _flat(row):
            column = columns.get(key)
            if column is None:
                column = columns[key] = [None] * at
            column.append(value)
        for column in columns.values():
            if len(column) <= at:
                column.append(None)
    return Table(columns, [n for n, _ in rows], name)


def _flat(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    for key, value in row.items():
        if isinstance(value, dict) and value and all(not isinstance(v, dict | list) for v in value.values()):
            out += [(f"{key}.{inner}", v) for inner, v in value.items()]
        else:
            out.append((key, value))
    return out


def _json_document(text: str, name: str) -> Table:
    try:
        document = json.loads(text)
    except ValueError as error:
        if "\n" in text.strip() and text.lstrip()[:1] == "{":
            return _from_objects(_json_lines(text, name), name)
        raise InputError(f"expected JSON ({error})", where=name) from error
    if isinstance(document, list):
        return _from_objects(list(enumerate(document, start=1)), name)
    if not isinstance(document, dict):
        raise InputError(f"expected a JSON object or list, got {type(document).__name__}", where=name)
    if "samples" in document and "eval" in document:
        return _inspect(document["samples"] or [], name)
    if "results" in document and (
        "evalId" in document or "config" in document or isinstance(document["results"], dict)
    ):
        return _promptfoo(document, name)
    for key in ("test_cases", "testCases", "test_results", "testResults"):
        found = _deep(document, key)
        if isinstance(found, list):
            return _deepeval(found, name)
    if document and all(isinstance(v, list) for v in document.values()):
        sizes = {k: len(v) for k, v in document.items()}
        if len({*sizes.values()}) == 1:
            return Table(dict(document), range(1, next(iter(sizes.values())) + 1), name)
    rows = next((v for v in document.values() if isinstance(v, list) and v and isinstance(v[0], dict)), None)
    if rows is not None:
        return _from_objects(list(enumerate(rows, start=1)), name)
    return _from_objects([(1, document)], name)


def _deep(document: Mapping[str, Any], key: str) -> Any:
    if key in document:
        return document[key]
    return next((v[key] for v in document.values() if isinstance(v, dict) and key in v), None)


def _inspect(samples: Sequence[Any], name: str) -> Table:
    """Inspect's log: a row a sample (and epoch); each scorer's answer is a system, its value a column.

    https://inspect.aisi.org.uk/eval-logs.html: `target`, `scores.<scorer>.answer` and `.value` (C, I, P, N, number).
    """
    rows = []
    for i, sample in enumerate(samples, start=1):
        target = sample.get("target")
        row: dict[str, Any] = {
            "id": f"{sample.get('id')}/{sample.get('epoch', 1)}",
            "truth": target[0] if isinstance(target, list) and len(target) == 1 else target,
        }
        if isinstance(sample.get("input"), str):
            row["input"] = sample["input"]
        for key, value in (sample.get("metadata") or {}).items():
            if isinstance(value, str | int | float | bool):
                row[key] = value
        for scorer, score in (sample.get("scores") or {}).items():
            row[scorer] = score.get("answer") if isinstance(score, dict) else None
            value = score.get("value") if isinstance(score, dict) else score
            row[f"{scorer}_verdict"] = {"C": "correct", "I": "incorrect", "P": "partial", "N": "no answer"}.get(
                value if isinstance(value, str) else "", value if not isinstance(value, dict | list) else None
            )
        rows.append((i, row))
    if not rows:
        raise InputError("expected an Inspect log with samples, got none", where=name)
    return _from_objects(rows, name)


def _inspect_zip(data: bytes, name: str) -> Table:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = sorted(m for m in archive.namelist() if m.startswith("samples/") and m.endswith(".json"))
        samples = [json.loads(archive.read(m)) for m in members]
    except (zipfile.BadZipFile, ValueError) as error:
        raise InputError(f"expected an Inspect .eval log ({error})", where=name) from error
    if not samples:
        raise InputError("expected samples/*.json in the .eval log, found none", where=name)
    return _inspect(samples, name)


def _promptfoo(document: Mapping[str, Any], name: str) -> Table:
    """promptfoo's output: a row an answer; `pass` is its verdict, the expectation is in vars or the first assertion.

    https://www.promptfoo.dev/docs/configuration/outputs: results.results[].{provider, vars, response, success, score}.
    """
    results = document["results"]
    listed = results.get("results", results.get("outputs")) if isinstance(results, dict) else results
    if not isinstance(listed, list) or not listed:
        raise InputError("expected promptfoo results, found none", where=name)
    rows = []
    for i, r in enumerate(listed, start=1):
        if not isinstance(r, dict):
            raise InputError(f"expected a promptfoo result object, got {type(r).__name__}", where=f"{name}: result {i}")
        provider = r.get("provider") or {}
        system = (provider.get("label") or provider.get("id")) if isinstance(provider, dict) else provider
        prompt = r.get("promptIdx", 0)
        variables = r.get("vars") or (r.get("testCase") or {}).get("vars") or {}
        response = r.get("response") or {}
        output = response.get("output") if isinstance(response, dict) else response
        case = r.get("testIdx", json.dumps(variables, sort_keys=True, default=str))
        row: dict[str, Any] = {"id": str(case), "system": f"{system}" + (f"#{prompt}" if prompt else "")}
        named = next((k for k in ("expected", "truth", "label", "target", "gold") if k in variables), "")
        row |= {k: v for k, v in variables.items() if k != named and not isinstance(v, dict | list)}
        truth = variables.get(named)
        if truth is None:
            checks = (r.get("testCase") or {}).get("assert") or []
            fixed = [
                a.get("value")
                for a in checks
                if isinstance(a, dict) and a.get("type") in ("equals", "icontains", "contains")
            ]
            truth = fixed[0] if fixed else None
        row["truth"], row["output"] = truth, output if not isinstance(output, dict | list) else json.dumps(output)
        if truth is None:  # without a truth promptfoo's own verdict is all there is
            row["pass"], row["score"] = r.get("success", r.get("pass")), r.get("score")
        rows.append((i, row))
    table = _from_objects(rows, name)
    if len({*table.columns["system"]}) == 1:
        table.columns.pop("system")
    return table


_DEEPEVAL = {
    "truth": ("expectedOutput", "expected_output"), "output": ("actualOutput", "actual_output"),
    "input": ("input",),
}  # fmt: skip


def _deepeval(cases: Sequence[Any], name: str) -> Table:
    """DeepEval's test run: expected against actual output; where a person's label is in the metadata, that label
    against each metric's verdict (`metricsData[].{name, success, score}`, also in snake case).
    """
    rows = []
    extra = [{**(c.get("additionalMetadata") or c.get("additional_metadata") or {})} for c in cases]
    people = any(re.sub(r"\W+", "_", k.lower()) in HUMAN for e in extra for k in e)
    for i, (case, metadata) in enumerate(zip(cases, extra, strict=True), start=1):
        row: dict[str, Any] = {"id": case.get("name") or str(i)}
        for ours, theirs in _DEEPEVAL.items():
            if ours == "input" or not people:
                row[ours] = next((case[t] for t in theirs if t in case), None)
        row |= {k: v for k, v in metadata.items() if isinstance(v, str | int | float | bool)}
        if people:  # a person's label beside each metric's verdict: the metrics are the systems
            for m in case.get("metricsData") or case.get("metrics_data") or []:
                title = str(m.get("name", "metric"))
                row[title], row[f"{title} score"] = m.get("success"), m.get("score")
        rows.append((i, row))
    if not rows:
        raise InputError("expected DeepEval test cases, got none", where=name)
    return _from_objects(rows, name)


def _parquet(path: str) -> Table:
    try:
        import duckdb
    except ImportError as error:  # pragma: no cover  (duckdb is part of the core)
        raise MissingExtra("reading Parquet needs duckdb", remedy="pip install duckdb") from error
    if path == "-":
        raise InputError("expected a file name for Parquet, got standard input", remedy="write it to a file first")
    try:
        with duckdb.connect() as connection:
            relation = connection.execute("SELECT * FROM read_parquet(?)", [path])
            names = [d[0] for d in relation.description or ()]
            rows = relation.fetchall()
    except duckdb.Error as error:
        raise InputError(f"expected Parquet ({str(error).splitlines()[0]})", where=path) from error
    columns: dict[str, list[Any]] = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
    return Table(columns or {n: [] for n in names}, range(1, len(rows) + 1), path)
