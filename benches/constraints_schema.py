# ruff: noqa: E501 (rows of a report read better whole)
"""Strict JSON against the JSON-Schema-Test-Suite: `python -m benches.constraints_schema --suite FOLDER`.

FOLDER is `tests/draft2020-12` of a copy of the public suite; only its required part is read (not
`optional/`).  Each test is a schema, a document and whether it is valid.  A schema is either refused
by name when it is loaded, or must give the right verdict on the whole document, and must never cut a
valid document before its end; what a cut document's share is at the cut is reported.
"""

import argparse
import json
import random
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

from benches.report import Report
from tidegate.check.constraints.jsonwatch import Watcher
from tidegate.check.constraints.strictjson import Schema
from tidegate.spine.errors import SettingError


def cases(folder: Path) -> list[tuple[str, Any, Any, bool]]:
    """(file, schema, document, valid) of every required test."""
    found = []
    for path in sorted(folder.glob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            found += [(path.stem, group["schema"], t["data"], t["valid"]) for t in group["tests"]]
    return found


def cut_at(schema: Schema, text: str) -> int | None:
    """The place at which a text is cut, None where it is accepted to its end."""
    watch = Watcher(schema)
    for i, c in enumerate(text):
        if not watch.feed(c):
            return i + 1
    return None if watch.end() else len(text)


def corrupted(text: str, rng: random.Random) -> str:
    """A document with one character dropped, doubled or replaced, or cut short."""
    i = rng.randrange(len(text))
    kind = rng.randrange(4)
    if kind == 0:
        return text[:i] + text[i + 1 :]
    if kind == 1:
        return text[:i] + text[i] + text[i:]
    if kind == 2:
        return text[:i] + rng.choice('{}[]",:0159.-etrufalsn \\') + text[i + 1 :]
    return text[:i]


def main() -> None:
    """Print the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=Path, required=True)
    parser.add_argument("--corrupted", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"seed {given.seed}")
    every = cases(given.suite)
    refused: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    early: Counter[str] = Counter()
    judged = cut = 0
    shares: list[float] = []
    usable: list[tuple[Schema, str]] = []
    for name, schema, document, valid in every:
        try:
            compiled = Schema(schema)
        except SettingError:
            refused[name] += 1
            continue
        judged += 1
        text = json.dumps(document)
        place = cut_at(compiled, text)
        wrong[name] += (place is None) != valid
        early[name] += valid and place is not None and place < len(text)
        if not valid and place is not None and len(text) >= 20:
            cut += 1
            shares.append(place / len(text))
        if valid:
            usable.append((compiled, text))
    rng = random.Random(given.seed)
    delivered = 0
    for _ in range(given.corrupted):
        compiled, text = usable[rng.randrange(len(usable))]
        bad = corrupted(text, rng)
        if cut_at(compiled, bad) is None:
            try:
                json.loads(bad)
                delivered += bool(compiled.wrong(bad))
            except ValueError:
                delivered += 1
    report = Report("constraints: strict JSON")
    report.row("C12 right verdicts of the required suite", goal="100 % of what is not refused", measured=f"{judged - sum(wrong.values())} of {judged}",
               holds=not +wrong, note=f"wrong in {dict(+wrong)}" if +wrong else "")  # fmt: skip
    report.row("C12 schemas refused when loaded", goal="reported", measured=f"{sum(refused.values())} of {len(every)} tests", holds=True,
               note=", ".join(f"{k} {v}" for k, v in refused.most_common()))  # fmt: skip
    report.row("C12 valid documents cut before their end", goal="0", measured=sum(early.values()), holds=not +early)
    report.row("C12 where invalid ones are cut, median share", goal="<= 0.6 of their length", measured=statistics.median(shares), holds=statistics.median(shares) <= 0.6,
               note=f"{cut} documents of 20 characters or more")  # fmt: skip
    report.row(
        "C12 corrupted streams delivered invalid",
        goal="0 of 1,000,000",
        measured=f"{delivered} of {given.corrupted}",
        holds=delivered == 0,
    )
    report.finish()


if __name__ == "__main__":
    main()
