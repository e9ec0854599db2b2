# ruff: noqa: E501  (patterns read best on one line)
"""Times of day and the length between them: `from 9:40 to 11:05, which is 95 minutes`, `leaves at 14:20 and arrives 85 minutes later at 15:55`.

Twelve-hour times without am or pm are read in every way that a day allows; times of two places or several days are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "times of day"
TIME = r"(?P<h{n}>[01]?\d|2[0-3]):(?P<m{n}>[0-5]\d)(?!\d)(?:\s?(?P<half{n}>[ap])\.?m\b\.?|\s?h\b)?"
LENGTH = r"(?:(?P<hours>\d{1,2}(?:\.\d+)?)\s?(?:-\s?)?(?:hours?|hrs?|h)\b(?:\s*(?:,|and)?\s*(?P<minutes>\d{1,2})\s?(?:minutes?|mins?|min)\b)?|(?P<only>\d{1,4})(?:\s|-)?(?:minutes?|mins?|min)\b)"
ABOUT = r"(?P<about>about|approximately|roughly|around|nearly|almost|just under|just over|over|under|less than|more than|at least|at most|up to)?\s*"
BETWEEN = r"[^\d.;:?!()]{0,40}?"
FORMS = (
    rf"\b(?:from|between)\s+{TIME.format(n=1)}\s*(?:to|until|till|and|–|—|-)\s*{TIME.format(n=2)}\s*(?:,|\(|—|–|:)?\s*(?:(?:which|that|this)\s+)?(?:is|lasts|lasted|makes|means|gives|takes|took|that's|i\.e\.,?|or|for|comes to|amounts to|a total of|spans|are|there are)\s*(?:an?\s+(?:total|duration|period)\s+of\s+)?{ABOUT}{LENGTH}",
    rf"\b(?:starts?|begins?|leaves?|departs?|left|started|began|departed|opens?|takes off)\s+{BETWEEN}(?:at\s+)?{TIME.format(n=1)}\s+and\s+(?:it\s+)?(?:lasts|takes|runs|lasted|took|ran)\s+(?:for\s+)?{ABOUT}{LENGTH},?\s+(?:so\s+(?:it\s+)?|and\s+(?:so\s+)?(?:it\s+)?|thus\s+)(?:ends|ended|arrives|arrived|finishes|finished|lands|is over|gets there)\s+(?:at\s+)?{TIME.format(n=2)}",
    rf"\b{LENGTH}\s+(?P<way>after|before)\s+{TIME.format(n=1)}\s+(?:is|comes|gives|makes|=)\s+{ABOUT}{TIME.format(n=2)}",
    rf"\b(?:starts?|begins?|leaves?|departs?|left|started|began|departed|opens?|takes off)\s+{BETWEEN}(?:at\s+)?{TIME.format(n=1)}\s+and\s+(?:ends|ended|arrives|arrived|finishes|finished|lands|landed|closes)\s+{BETWEEN}(?:at\s+)?{TIME.format(n=2)},?\s+(?:so\s+(?:the\s+)?[^\d.;:?!]{{0,30}}?(?:takes|lasts|took|lasted|is)|a\s+(?:journey|trip|duration|total|stay|flight|shift)\s+(?:time\s+)?of|which\s+(?:is|makes|takes))\s+{ABOUT}{LENGTH}",
)  # fmt: skip
PATTERNS = tuple(re.compile(f, re.I) for f in FORMS)
CLOCK = re.compile(r":[0-5]\d(?!\d)")
ELSEWHERE = re.compile(
    r"time ?zone|local time|\bGMT\b|\bUTC\b|\bEST\b|\bCET\b|\bPST\b|break|lunch|daylight|next day|following day|overnight|delay|except|minus|excluding|pause|layover|interval|\bwith\b|\bplus\b|includ|advert|\blate\b|\bearly\b|because|since|each|every|twice|score|ratio|odds",
    re.I,
)


def check_clock(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on lengths of time between two times of day."""
    for start, end in ranges:
        windows = list(_windows(text, start, end))
        for pattern in PATTERNS if windows else ():
            for found in (m for window in windows for m in pattern.finditer(text, *window)):
                decision = _decide(text, found)
                if decision is not None:
                    yield decision


BEFORE_MAX, APART_MAX, AFTER_MAX = 150, 300, 250  # characters of a statement before, between and after its two times
LENGTHS = re.compile(r"min|hour|hr|\d\s?h\b", re.I)


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where two times of day (or prices) stand near each other and a length of time beside them."""
    at = [m.start() for m in CLOCK.finditer(text, start, end)]
    low = high = start
    for first, second in pairwise(at):
        if second - first > APART_MAX:
            continue
        a, b = max(start, first - BEFORE_MAX), min(end, second + AFTER_MAX)
        if a > high:
            if high > low and LENGTHS.search(text, low, high) is not None:
                yield low, high
            low = a
        high = b
    if high > low and LENGTHS.search(text, low, high) is not None:
        yield low, high


def _at(found: re.Match[str], n: int) -> set[int]:
    """Minutes after midnight that a time may mean."""
    hour, minute, half = int(found.group(f"h{n}")), int(found.group(f"m{n}")), found.group(f"half{n}")
    if half:
        if not 1 <= hour <= 12:
            return set()
        return {(hour % 12 + (12 if half.lower() == "p" else 0)) * 60 + minute}
    return {hour * 60 + minute} | ({(hour + 12) % 24 * 60 + minute} if 1 <= hour <= 12 else set())


def _decide(text: str, found: re.Match[str]) -> Decision | None:
    around = text[max(0, found.start() - 60) : found.end() + 30]
    if ELSEWHERE.search(around):
        return None
    if found.group("only"):
        stated = float(found.group("only"))
    else:
        stated = float(found.group("hours")) * 60 + int(found.group("minutes") or 0)
    sign = -1 if found.groupdict().get("way") == "before" else 1
    possible = sorted({(sign * (b - a)) % 1440 for a in _at(found, 1) for b in _at(found, 2)} - {0})
    if not possible:
        return None
    coarse = found.group("hours") is not None and found.group("minutes") is None
    claim = Claim(kind="equation", text=found.group(0), span=found.span())
    nearest = min(possible, key=lambda m: abs(m - stated))
    shown = f"{nearest} minutes" if nearest < 60 else f"{nearest // 60} h {nearest % 60} min ({nearest} minutes)"
    receipt = Receipt(
        oracle=ORACLE,
        computation=f"{found.group('h1')}:{found.group('m1')} to {found.group('h2')}:{found.group('m2')} = {shown}",
    )
    if abs(nearest - stated) < (3.5 if coarse and "." in found.group("hours") else 0.5):
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the times agree")
    if found.group("about") or abs(nearest - stated) < 1.5:
        return Decision(
            claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message="an approximation", certainty="possible"
        )
    return Decision(
        claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{found.group(0).strip()!r}: it is {shown}"
    )
