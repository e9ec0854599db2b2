# ruff: noqa: E501  (patterns read best on one line)
"""What is said of a list of numbers: `the readings were 12.1, 11.8 and 12.4 mm; their mean is 12.6 mm`.

The list has three numbers or more, in one unit or none; the mean, median, sum, range, smallest or largest of it is told
in its sentence or the next, where no further number stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.numbers.spoken import N, Stated
from tidegate.check.verify.numbers.told import judged
from tidegate.check.verify.numbers.told_forms import ABOUT
from tidegate.check.verify.scan import lowered, sentences
from tidegate.spine.claim import Decision

UNIT = r"(?:\s?(?!and\b|or\b|to\b|is\b|in\b|of\b)(?:°[CF]|[a-zA-Zµ%]{1,12}(?:/[a-zA-Z]{1,4})?))?"
MEMBER = rf"(?<![\w.,/–-]){N}{UNIT}"
LIST = re.compile(rf"{MEMBER}(?:,\s++{N}{UNIT})+(?:,?\s+and\s+{N}{UNIT})?(?![\d.,]*\d)")
CUES = ("mean", "average", "median", "sum ", "total", "range", "largest", "smallest", "maximum", "minimum", "mode")
TOLD = ("mean", "average", "median", "sum", "total", "range", "largest", "smallest", "maximum", "minimum")
SAYS = re.compile(
    rf"\b(?:[Tt]he|[Tt]heir|[Ii]ts|[Aa]n?|whose|[Aa]rithmetic|with|so)\s+(?:(?:sample|arithmetic|overall|simple)\s+)?(?P<what>mean|average|median|sum|total|range|largest(?:\s[a-z]+)?|smallest(?:\s[a-z]+)?|maximum|minimum)(?:\s(?:value|score|reading|length|weight|time|age|temperature|of (?:these|those|them|all(?: of them)?|the (?:readings|values|numbers|measurements|data|scores|samples|trials|results|list|set|three|four|five|six))(?:\s(?:readings|values|numbers|measurements|scores|samples|trials|results))?))?\s*(?:is|was|=|of|comes to|works out to|equals|would be)\s*(?:therefore\s|thus\s|then\s)?{ABOUT}\$?(?P<out>{N})(?![\d.,]*\d)(?P<unit>{UNIT})(?!\s*(?:[/×*^+÷]|\\times|of\b|plus|minus))"
)
MIDDLE = re.compile(
    rf"\bmedian of (?P<here>)[^;:?!]{{0,200}}?(?:middle (?:value|number|one)),?\s+(?:which\s+)?(?:is|=)\s+\$?(?P<out>{N})(?![\d.,]*\d)(?P<unit>{UNIT})"
)
NUMBERS = re.compile(N)
SPOILS = re.compile(
    r"weighted|trimmed|moving|geometric|harmonic|running|cumulative|excluding|except|without|outlier|squares?\b|square[ds]|deviation|\bfirst\b|\blast\b|without|of the means|per\b|respectively|each\b|double|twice|half\b|counted|younger|older|best|worst|other|another|field|class|everyone|all (?:other|the)|drop(?:ping|ped)?\b|third|fourth|fifth|sixth|with (?:the|a|an|another)\b|includ|once\b|after\b|before\b|together with|previous|league|national|year",
    re.I,
)


def check_listed(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on the mean, median, sum or range of a list that the sentence or the one before gives."""
    whole = lowered(text)
    if not any(c in whole for c in CUES):
        return
    for start, end in ranges:
        before: tuple[int, int] | None = None
        for a, b in sentences(text, start, end):
            if b - a > 500:
                before = None
                continue
            yield from _sentence(text, a, b, before)
            before = (a, b) if text[b - 1] != "\n" else None


def _sentence(text: str, a: int, b: int, before: tuple[int, int] | None) -> Iterator[Decision]:
    """What text[a:b] tells of its own list or that of the sentence before; lists are sought only where one is told of."""
    low = text[a:b].lower()
    if not any(word in low for word in TOLD):
        return
    middle, says = MIDDLE.search(text, a, b), list(SAYS.finditer(text, a, b))
    if middle is None and not says:
        return
    lists = list(LIST.finditer(text, a, b))
    told = middle or next((m for m in says if not _within(m, lists)), None)
    if told is None or len(lists) > 1:
        return
    if lists:
        yield from _decide(text, a, b, lists[0], told)
    elif before is not None and len(earlier := list(LIST.finditer(text, *before))) == 1:
        yield from _decide(text, earlier[0].start(), b, earlier[0], told)


def _within(told: re.Match[str], lists: list[re.Match[str]]) -> bool:
    return any(m.start() < told.end("out") and told.start("out") < m.end() for m in lists)


def _decide(text: str, start: int, end: int, source: re.Match[str], told: re.Match[str]) -> Iterator[Decision]:
    members = [Stated(m.group(0)) for m in NUMBERS.finditer(source.group(0))]
    units = {u for u in (m.strip() for m in re.findall(rf"{N}({UNIT})", source.group(0))) if u and u != "and"}
    unit = told.group("unit").strip()
    every = NUMBERS.findall(text, start, end)
    if len(members) < 3 or len(every) != len(members) + 1 or len(units) > 1 or SPOILS.search(text, start, end):
        return
    if units and unit and unit not in units and len(unit) < 4:
        return
    values = [m.value for m in members]
    what = (told.groupdict().get("what") or "median").split()[0].lower()
    shown = ", ".join(f"{float(v):g}" for v in values[:8]) + (", …" if len(values) > 8 else "")
    ordered = sorted(values)
    middle = len(values) // 2
    median = ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    mean, total = sum(values, Fraction(0)) / len(values), sum(values, Fraction(0))
    meant = {
        "mean": {"mean": mean}, "average": {"mean": mean}, "median": {"median": median}, "sum": {"sum": total}, "total": {"sum": total},
        "range": {"range": ordered[-1] - ordered[0]}, "largest": {"largest": ordered[-1]}, "smallest": {"smallest": ordered[0]},
        "maximum": {"largest": ordered[-1]}, "minimum": {"smallest": ordered[0]},
    }[what]  # fmt: skip
    try:
        out = Stated(told.group("out"))
    except (ValueError, OverflowError):
        return
    if any(s.ambiguous for s in (*members, out)):
        return
    readings = {f"{name} of {shown}": value for name, value in meant.items()}
    span = (told.start(), max(source.end() if source.start() > told.start() else 0, told.end("out")))
    yield judged(text, span, readings, out, told.group("out"), told.groupdict().get("about"))
