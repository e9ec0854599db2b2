# ruff: noqa: E501  (patterns read best on one line)
"""An expression and its value with words for the sign of equality: `the standard error is 12/8, or 1.5`.

The words are put for `=` and the line is read as any other equation; its verdict stands for the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from tidegate.check.verify.numbers.arithmetic import check_arithmetic
from tidegate.spine.claim import Claim, Decision, Support

WORDS = re.compile(
    r"(?<=[\d)%A-Za-z])(?P<link>\s?(?:,|\(|—|–|;|:)?\s?(?:or|i\.e\.,?|that is,?|that's|which is|which gives|which makes|which means|which comes to|which works out to|giving|hence|thus|so|yielding|makes|making|leaving|leaves|for a total of|comes out (?:to|at|as)|works out (?:to|at|as)|→|=>|⇒)\s(?:(?:just |only |exactly )?))(?P<about>(?:about|roughly|around|approximately|nearly|≈)\s?)?(?=[$€£]?\d)"
)
VALUE = re.compile(r"[$€£]?\d[\d.,]*+(?!\s?[/×*·+−÷^]|\s?[-x–]\s?\d)")  # 17/20 and 45/50, i.e. 62/70
STOP = re.compile(r"[.,;:)]?(?:\s|$)")
EXPRESSION = re.compile(
    r"(?<![\w.,)=≈])[$€£(]?\d[\d.,]*\s?(?:%|[A-Za-zµΩ]{1,6})?(?:\)|\s)?\s?(?:[×·*/÷+−]|\s-\s|\s[x]\s)[^=≈<>\n;:?!a-df-zA-Z]{0,3}[^=≈<>\n;:?!]{1,60}$"
)


def check_told_equations(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on values that words, no sign, tie to the expression before them."""
    for start, end in ranges:
        for found in WORDS.finditer(text, start, end):
            low = max(start, found.start() - 80)
            low = max(low, text.rfind("\n", low, found.start()) + 1)
            whole = EXPRESSION.search(text[low : found.start()])
            if whole is None or re.search(r"[a-z]{7,}|\.\s|,\s|[A-Za-z]/\d", whole.group(0)):
                continue  # 7.84 L/100 km, or 30 mpg: one quantity, no division
            a = low + whole.start()
            if VALUE.match(text, found.end(), end) is None:
                continue
            stop = STOP.search(text, found.end())
            stop_at = min(end, stop.start() if stop is not None else end)
            link = found.end() - found.start("link")
            sign = (" ≈" if found.group("about") else " =").ljust(link)
            told = text[a : found.start("link")] + sign + text[found.end() : stop_at]
            for d in check_arithmetic(told, [(0, len(told))]):
                span = d.claim.span[0] + a, d.claim.span[1] + a
                if d.support is Support.UNVERIFIABLE or not span[0] <= found.start() < span[1]:
                    continue
                yield msgspec.structs.replace(d, claim=Claim(kind="equation", text=text[span[0] : span[1]], span=span))
