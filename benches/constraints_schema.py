# ruff: noqa: E501 (rows of a report read better whole)
"""Strict JSON against the JSON-Schema-Test-Suite: `python -m benches.constraints_schema --suite FOLDER`.

FOLDER is `tests/draft2020-12` of a copy of the public suite; only its required part is read (not
`optional/`).  Without it, only documents generated here are cut.  Each test is a schema, a document and whether it is valid.  A schema is either refused
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
from tidegate.check.constraints.streaming.jsonwatch import Watcher
from tidegate.check.constraints.streaming.strictjson import Schema
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


TICKET = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^T-[0-9]{4}$"},
        "status": {"enum": ["open", "waiting", "closed"]},
        "priority": {"type": "integer", "minimum": 1, "maximum": 5},
        "subject": {"type": "string", "maxLength": 60},
        "customer": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "mail": {"type": "string"}, "vip": {"type": "boolean"}},
            "required": ["name", "mail"],
            "additionalProperties": False,
        },
        "items": {
            "type": "array",
            "maxItems": 4,
            "items": {
                "type": "object",
                "properties": {
                    "sku": {"type": "string"},
                    "count": {"type": "integer", "minimum": 1},
                    "price": {"type": "number"},
                },
                "required": ["sku", "count"],
                "additionalProperties": False,
            },
        },
        "refund": {
            "anyOf": [
                {"type": "null"},
                {
                    "type": "object",
                    "properties": {"amount": {"type": "number"}},
                    "required": ["amount"],
                    "additionalProperties": False,
                },
            ]
        },
        "notes": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    },
    "required": ["id", "status", "priority", "customer", "items", "notes"],
    "additionalProperties": False,
}


def ticket(rng: random.Random) -> dict[str, Any]:
    """A valid document of the schema above."""
    words = ["lamp", "broken", "cable", "please", "box", "arrived", "late", "blue"]
    return {
        "id": f"T-{rng.randrange(10_000):04}", "status": rng.choice(("open", "waiting", "closed")), "priority": rng.randint(1, 5),
        "subject": " ".join(rng.choices(words, k=rng.randint(2, 6))),
        "customer": {"name": rng.choice(words), "mail": f"{rng.choice(words)}@example.org", "vip": rng.random() < 0.5},
        "items": [{"sku": rng.choice(words), "count": rng.randint(1, 9), "price": rng.randint(1, 99) / 2} for _ in range(rng.randint(1, 4))],
        "refund": rng.choice((None, {"amount": 12.5})), "notes": rng.sample(words, rng.randint(0, 3)),
    }  # fmt: skip


def spoiled(document: dict[str, Any], rng: random.Random) -> tuple[str, dict[str, Any]]:
    """(kind, the document with one mistake of a kind that models make, at a place drawn evenly from its members and items)."""
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            places.append((value, key))
            if isinstance(child, dict | list):
                walk(child)

    out: dict[str, Any] = json.loads(json.dumps(document))
    walk(out)
    holder, key = rng.choice(places)
    kind = rng.randrange(4)
    if kind == 0 and isinstance(holder, dict):
        del holder[key]
        return "a member missing", out  # seen only where the object ends
    if kind == 1 and isinstance(holder, dict):
        renamed = [(f"{k}_2" if k == key else k, v) for k, v in holder.items()]
        holder.clear()
        holder.update(renamed)
        return "a key misspelt", out
    if kind == 2:
        holder[key] = [holder[key]]
        return "a value in a list", out
    holder[key] = "n/a" if not isinstance(holder[key], str) else 7
    return "another type", out


def generations(report: Report, n: int, rng: random.Random) -> None:
    """Where documents as a model would write them, with one mistake, are cut; valid ones never."""
    schema = Schema(TICKET)
    shares: dict[str, list[float]] = {}
    late: list[int] = []
    early = missed = count = 0
    while count < n:
        good = ticket(rng)
        right = json.dumps(good)
        early += cut_at(schema, right) is not None
        kind, bad = spoiled(good, rng)
        text = json.dumps(bad)
        if schema.wrong(text):
            count += 1
            place = cut_at(schema, text)
            missed += place is None
            place = place or len(text)
            shares.setdefault(kind, []).append(place / len(text))
            if kind != "a member missing":
                late.append(place - 1 - next(i for i, (a, b) in enumerate(zip(text, right, strict=False)) if a != b))
    every = [s for some in shares.values() for s in some]
    kinds = ", ".join(f"{kind} {statistics.median(some):.2f} of {len(some)}" for kind, some in sorted(shares.items()))
    report.row("C12 generated documents with one mistake: median share at the cut", goal="<= 0.6", measured=statistics.median(every), holds=statistics.median(every) <= 0.6,
               note=kinds)  # fmt: skip
    late.sort()
    report.row("C12 characters from the first wrong one to the cut: P50, P99", goal="0, reported", measured=f"{late[len(late) // 2]}, {late[int(len(late) * 0.99)]} ({min(late)} to {max(late)})",
               holds=min(late) >= 0 and late[len(late) // 2] == 0, note="no certain cut can come before: only a missing member is seen later")  # fmt: skip
    report.row("C12 generated documents: valid ones cut, invalid ones passed", goal="0 and 0", measured=f"{early} and {missed}", holds=early == missed == 0)  # fmt: skip


def main() -> None:
    """Print the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=Path, default=None)
    parser.add_argument("--generations", type=int, default=2000)
    parser.add_argument("--corrupted", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"seed {given.seed}")
    report = Report("constraints: strict JSON")
    generations(report, given.generations, random.Random(given.seed))
    if given.suite is None:
        report.row("C12 required suite", goal="100 %", measured="no --suite given", holds=None)
        report.finish([])
    suite(report, given)
    report.finish([])


def suite(report: Report, given: argparse.Namespace) -> None:
    """The verdicts on the public suite, and corrupted streams of its documents."""
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


if __name__ == "__main__":
    main()
