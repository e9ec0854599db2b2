# ruff: noqa: E501 (tables read better whole)
"""C7, the prompt audit on sets of sentences written before it read them: rules found, false ones, classes, enforceable.

`python -m benches.constraints_audit` reads every set under `benches/constraints_sets` (documents in many house styles,
each sentence labelled); `--set c` one of them; `--misses` prints every sentence read otherwise than labelled.
A sentence counts as found when the audit reports a rule on its line: the documents are audited whole, as a user's
prompt would be, so that headings, lists and examples around a sentence count too.
"""

import hashlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benches.report import Report
from tidegate.check.constraints.auditing.audit import SURE, Audited, audit_text
from tidegate.check.constraints.auditing.consequence import HIGH
from tidegate.check.constraints.auditing.mapping import plain
from tidegate.check.constraints.load import parse_policy
from tidegate.stats.intervals import proportion

SETS = Path(__file__).parent / "constraints_sets"
DATA = Path(os.environ.get("TIDEGATE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


class Labelled(NamedTuple):
    """One sentence of a set: its document, text, defensible classes (none: not a rule) and `hard`, `soft` or ``."""

    document: str
    text: str
    classes: tuple[str, ...]
    kind: str


def read_set(name: str) -> list[list[Labelled]]:
    """The documents of a set, in order."""
    documents: list[list[Labelled]] = []
    title = ""
    for line in (SETS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("=== "):
            title = line[4:]
            documents.append([])
        elif " | " in line and not line.startswith("#"):
            label, text = line.split(" | ", 1)
            classes, _, kind = label.partition(" ")
            documents[-1].append(Labelled(title, text, tuple(c for c in classes.split(",") if c != "none"), kind))
    return documents


def judge(document: list[Labelled]) -> list[tuple[Labelled, Audited | None]]:
    """Each labelled sentence with the rule that the audit reports on its line, or None."""
    text = "\n".join(s.text for s in document) + "\n"
    audited = [a for a in audit_text(text) if a.is_rule]
    out: list[tuple[Labelled, Audited | None]] = []
    for number, sentence in enumerate(document, start=1):
        here = [a for a in audited if a.sentence.line <= number <= text.count("\n", 0, a.sentence.span[1]) + 1]
        grave = [a for a in here if a.consequence != "style"]
        out.append((sentence, (grave or here or [None])[0]))
    return out


def shown(hits: int, n: int) -> str:
    """A share as `hits of n = percent [low, high]`, Wilson, 95 %."""
    estimate = proportion((hits, n))
    low, high = getattr(estimate, "low", float("nan")), getattr(estimate, "high", float("nan"))
    return f"{hits} of {n} = {100 * hits / max(n, 1):.0f} % [{100 * low:.0f}, {100 * high:.0f}]"


def public_prompts() -> Iterator[tuple[str, str]]:
    """(source, text) of the public prompts beside the repository, where they are."""
    for name, file in (
        ("airline", "agents/tau_airline_policy.md"),
        ("retail", "agents/tau_retail_policy.md"),
        ("codex", "knowledge/prompt_codex_gpt5_2.md"),
        ("gemini", "knowledge/prompt_gemini_cli.txt"),
    ):
        if (DATA / file).exists():
            yield name, (DATA / file).read_text(encoding="utf-8")
    patterns = DATA / "knowledge/fabric_patterns.jsonl"
    if patterns.exists():
        for line in patterns.read_text(encoding="utf-8").splitlines():
            yield "fabric", json.loads(line)["text"]


def word_hash(text: str) -> str:
    """The name of a public sentence in `public.index`."""
    return hashlib.sha256(plain(text).encode()).hexdigest()[:16]


def judged_public() -> list[tuple[Labelled, Audited | None]]:
    """The labelled sentences of the public prompts, as the audit of the whole prompt reads them."""
    labels = {}
    for line in (SETS / "public.index").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            source, _, name, label = (part.strip() for part in line.split(" | "))
            classes, _, kind = label.partition(" ")
            labels[source, name] = (classes, kind)
    out = []
    for source, text in public_prompts():
        for audited in audit_text(text):
            classes, kind = labels.pop((source, word_hash(audited.sentence.text)), ("?", ""))
            if classes != "?":
                named = tuple(c for c in classes.split(",") if c != "none")
                out.append((Labelled(source, audited.sentence.text, named, kind), audited if audited.is_rule else None))
    return out


def rows(report: Report, name: str, *, misses: bool) -> None:
    """The five figures of one set."""
    if name == "public":
        pairs = judged_public()
    else:
        pairs = [pair for document in read_set(name) for pair in judge(document)]
    if not pairs:
        report.row(f"{name}: rules found", goal=">= 95 %", measured=f"no recordings at {DATA}", holds=None)
        return
    rules = [(s, a) for s, a in pairs if s.classes]
    found = [(s, a) for s, a in rules if a is not None]
    false = [(s, a) for s, a in pairs if a is not None and not s.classes]
    first = sum(a.consequence == s.classes[0] for s, a in found)
    either = sum(a.consequence in s.classes for s, a in found)
    kind = sum((a.enforceable == "hard-possible") == (s.kind == "hard") for s, a in found)
    n, reported = len(rules), len(found) + len(false)
    report.row(f"{name}: rules found", goal=">= 95 %", measured=shown(len(found), n), holds=len(found) >= 0.95 * n)
    report.row(
        f"{name}: reported sentences that are rules",
        goal=">= 90 %",
        measured=shown(len(found), reported),
        holds=len(found) >= 0.9 * reported,
    )
    report.row(
        f"{name}: consequence class, preferred label",
        goal=">= 90 %",
        measured=shown(first, len(found)),
        holds=first >= 0.9 * len(found),
    )
    report.row(
        f"{name}: consequence class, any defensible label",
        goal=">= 90 %",
        measured=shown(either, len(found)),
        holds=either >= 0.9 * len(found),
    )
    report.row(
        f"{name}: enforceable, hard or soft",
        goal=">= 85 %",
        measured=shown(kind, len(found)),
        holds=kind >= 0.85 * len(found),
    )
    errors = [(s, a) for s, a in pairs if a is not None and a.consequence in HIGH and a.grave >= SURE]
    right = sum(any(c in HIGH for c in s.classes) for s, _ in errors)
    report.row(
        f"{name}: errors that are rules beyond style",
        goal=">= 90 %",
        measured=shown(right, len(errors)),
        holds=right >= 0.9 * len(errors),
    )
    if misses:
        show_misses(pairs)


def show_misses(pairs: list[tuple[Labelled, Audited | None]]) -> None:
    """Every sentence read otherwise than labelled, and the confusions of classes."""
    for s, a in pairs:
        if s.classes and a is None:
            print(f"MISSED   {','.join(s.classes):<22} {s.text}")
        elif a is not None and not s.classes:
            print(f"FALSE    {a.consequence:<12} {a.sign:<26} {s.text}")
        elif a is not None and a.consequence not in s.classes:
            print(f"CLASS    {s.classes[0]:<12} read {a.consequence:<12} {s.text}")
        elif a is not None and (a.enforceable == "hard-possible") != (s.kind == "hard"):
            print(f"KIND     {s.classes[0]:<12} {s.kind} read {a.mechanism:<12} {s.text}")
    print(
        Counter((s.classes[0], a.consequence) for s, a in pairs if a and s.classes and a.consequence not in s.classes)
    )


_CHANGES = (
    (
        "a number",
        lambda t: re.sub(
            r"\b(one|two|three|four|five|24|\d+)\b", lambda m: "9" + m[0] if m[0][0].isdigit() else "seven", t
        ),
    ),
    (
        "turned round",
        lambda t: re.sub(
            r"\b(cannot|can only|must|do not|can)\b",
            lambda m: {"cannot": "can", "can only": "cannot only", "must": "must not", "do not": "do", "can": "cannot"}[
                m[0].lower()
            ],
            t,
            count=1,
            flags=re.I,
        ),
    ),
    ("a condition more", lambda t: t.rstrip(".") + ", and a supervisor must approve it first."),
    ("an exception", lambda t: t.rstrip(".") + " unless the user is angry."),
    ("a clause before", lambda t: "Verify the passport of every passenger and note that " + t[0].lower() + t[1:]),
)


def mapping_rows(report: Report) -> None:
    """What the compiled airline policy is said to enforce: its own sentences, changed ones, and another policy's."""
    policy = parse_policy((Path(__file__).parent / "constraints_airline.yaml").read_text(encoding="utf-8"))
    texts = {n: t for n, t in public_prompts() if n in ("airline", "retail")}
    if len(texts) < 2:
        report.row("mapping to mechanisms", goal="0 wrong", measured=f"no recordings at {DATA}", holds=None)
        return
    sentences_named = {r.id for r in policy.hard if r.text}
    right = {a.enforced_by for a in audit_text(texts["airline"], policy) if a.state == "enforced"} & sentences_named
    report.row(
        "mapping: rules whose airline sentence is called enforced",
        goal="all",
        measured=f"{len(right)} of {len(sentences_named)}",
        holds=right == sentences_named,
    )
    wrong = [a.sentence.text for a in audit_text(texts["retail"], policy) if a.state == "enforced"]
    report.row(
        "mapping: retail sentences called enforced by the airline's rules",
        goal="0",
        measured=str(len(wrong)),
        holds=not wrong,
    )
    changed = [
        (how, t, new) for r in policy.hard for t in r.text for how, f in _CHANGES if plain(new := f(t)) != plain(t)
    ]
    fooled = [
        c
        for c in changed
        if any(a.state == "enforced" and plain(a.sentence.text) == plain(c[2]) for a in audit_text(c[2], policy))
    ]
    report.row(
        "mapping: changed sentences called enforced", goal="0", measured=shown(len(fooled), len(changed)), holds=not fooled,
        note="; ".join(f"{how}: {new}" for how, _, new in fooled[:3]),
    )  # fmt: skip


def main() -> None:
    """Every set, or one."""
    arguments = sys.argv[1:]
    chosen = (
        [arguments[arguments.index("--set") + 1]]
        if "--set" in arguments
        else [*sorted(p.stem for p in SETS.glob("?.txt")), "public"]
    )
    report = Report("prompt audit (C7)")
    for name in (n for n in chosen if n != "mapping"):
        rows(report, name, misses="--misses" in arguments)
    if "--set" not in arguments or chosen == ["mapping"]:
        mapping_rows(report)
    report.finish([a for a in arguments if a in ("--json",)])


if __name__ == "__main__":
    main()
