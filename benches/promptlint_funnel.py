"""Where planted conflicts are lost, by stage: `python -m benches.promptlint_funnel [SET ...] [--list] [--possible]`.

Each conflict that is not found is put down to the first stage that lost it: a line that nothing
reads, a line read as an action alone, two lines read as speaking of different things, of one
thing under conditions, scopes or words that keep them apart, of one thing without opposition, or
two lines that conflict when they stand alone and not in their prompt.  The hand rules are not
touched by it: it says which part of the linter the next repair should be about.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from benches.promptlint_wordings import SETS, prompts
from tidegate.check.promptlint.learned.pairs import possible_findings
from tidegate.check.promptlint.learned.suspects import suspected
from tidegate.check.promptlint.lint import Analysis, analyse, findings, prove
from tidegate.check.promptlint.model import REPLY, Instruction, Source
from tidegate.check.promptlint.proof.topics import topics

NARROWS = ("scope", "guard", "exceptions", "restrict", "modality", "channel", "default")


def read(text: str) -> Analysis:
    """The linter's reading of a text."""
    return analyse([Source(name="p", text=text)])


def cores(analysis: Analysis, possible: bool) -> list[set[int]]:
    """The lines of each core that is proved, and with `possible` of each that is guessed at."""
    told = findings(analysis) + (possible_findings(analysis) if possible else [])
    return [{c["line"] for c in f.evidence["core"]} for f in told if "core" in f.evidence]


def read_alone(line: str, possible: bool) -> list[Instruction]:
    """What a line is read as when it stands alone."""
    analysis = read(f"You help.\n\n{line}")
    return [*analysis.instructions, *(suspected(analysis) if possible else ())]


def widened(i: Instruction) -> Instruction:
    """An instruction without anything that narrows it."""
    plain: dict[str, Any] = {"scope": (), "guard": (), "exceptions": (), "restrict": (), "modality": "must",
                             "channel": REPLY, "default": False}  # fmt: skip
    return msgspec.structs.replace(i, **plain)


def stage(core: Sequence[str], possible: bool) -> str:
    """The first stage that lost the core; of a narrowed one, what narrows it."""
    if any(len(c) > 1 for c in cores(read("\n".join(f"- {line}" for line in core)), possible)):
        return "layout"
    sides = [read_alone(line, possible) for line in core]
    if any(not side for side in sides):
        return "a line not read"
    if any(all(i.constraint.attribute.startswith("do:") for i in side) for side in sides):
        return "an action only"
    spoken = [{topic for i in side for _, topic, _ in topics(i)} for side in sides]
    if not set.intersection(*spoken):
        return "attribute"
    apart = [
        msgspec.structs.replace(widened(i), unit=msgspec.structs.replace(i.unit, line=k, span=(k, k + 1)))
        for k, side in enumerate(sides)
        for i in side
    ]
    if prove(apart)[0]:
        fields = {f for side in sides for i in side for f in NARROWS if getattr(i, f) != getattr(widened(i), f)}
        return f"narrowed ({', '.join(f for f in NARROWS if f in fields)})"
    return "operator or value"


def lost(name: str, possible: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each planted conflict of a set with its stage."""
    for row in prompts(name):
        if row["label"] == "none":
            continue
        hit = set(row["lines"]) in cores(read(row["text"]), possible)
        yield ("found" if hit else stage(row["core"], possible)), row


def main() -> None:
    possible = "--possible" in sys.argv
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or list(SETS)
    total: Counter[str] = Counter()
    for name in names:
        rows = list(lost(name, possible))
        counts = Counter(where for where, _ in rows)
        total += counts
        line(name, counts)
        if "--list" in sys.argv:
            for where, row in sorted(rows, key=lambda r: r[0]):
                if where != "found":
                    print(f"    {where:30} {row['attribute']:12} {' || '.join(row['core'])}")
    if len(names) > 1:
        line("all", total)


def line(name: str, counts: Counter[str]) -> None:
    """One set's shares, losses largest first."""
    n = sum(counts.values())
    shares = [f"{where} {k} ({k / n:.2f})" for where, k in counts.most_common()]
    print(f"{name:4} n={n:4}  {';  '.join(shares)}")


if __name__ == "__main__":
    main()
