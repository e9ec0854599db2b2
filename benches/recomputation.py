# ruff: noqa: E501  (words and patterns read best on one line)
"""Written calculations read and done again in the plainest way, so that the verifier can be held against something else.

Numbers, signs and brackets that follow each other with nothing between make a side; two sides around `=` are evaluated with
fractions.  Numbers printed with decimals may be off by half of their last digit; the result may be rounded or cut.
Words, letters and units end a side; a side that a sign begins or ends is left alone.  Nothing of the verifier is used here.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

TOKEN = re.compile(
    r"(?P<skip>\s+|\\[()\[\],;! ]|\\?\$|\\(?:left|right|quad)|\\(?:text|mathrm)\{\s*(?:USD|dollars?)?\s*\})"
    r"|(?P<frac>\\d?frac\{\s*\\?\$?(?P<over>[\d,.]+)\s*\}\{\s*\\?\$?(?P<under>[\d,.]+)\s*\})"
    r"|(?P<num>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?\\?%)?|\.\d+)"
    r"|(?P<op>\\\*|\\times|\\cdot|\\div|[-+*/×÷−–·]|x(?=\s*\(?\\?\$?\d))|(?P<open>[(\[])|(?P<close>[)\]])|(?P<equals>=)"
)  # fmt: skip
SIGNS = {
    "×": "*",
    "·": "*",
    "\\*": "*",
    "\\times": "*",
    "\\cdot": "*",
    "x": "*",
    "÷": "/",
    "\\div": "/",
    "−": "-",
    "–": "-",
}


OPEN = re.compile(r"[A-Za-z]\s*$(?<=[\s(][A-Za-z])|[)*/^]\s*$")  # a variable or an open product stands before
SHARE = re.compile(r"\bof\s*\\?\$?\s*$")  # 20% of 50 = 10


@dataclass(frozen=True)
class Sum:
    """One `left = right` of the text with its span; `holds` None where it could not be evaluated."""

    span: tuple[int, int]
    left: str
    right: str
    holds: bool
    result: tuple[int, int]  # the span of a right side that is one number, else empty


def sums(text: str) -> Iterator[Sum]:
    """Every calculation that could be done again."""
    for run in _runs(text):
        sides: list[list[re.Match[str]]] = [[]]
        for token in run:
            if token.lastgroup == "equals":
                sides.append([])
            else:
                sides[-1].append(token)
        for left, right in itertools.pairwise(sides):
            found = _sum(text, left, right)
            if found is not None:
                yield found


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Tokens that follow each other."""
    run: list[re.Match[str]] = []
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        joined = (
            token is not None
            and token.lastgroup == "num"
            and (text[at - 1 : at].isalnum() or text[at - 1 : at] in ("^", "_"))
        )
        if token is None or joined:
            if run:
                yield run
            run, at = [], at + 1
            continue
        kind = token.lastgroup if token.group("frac") is None else "frac"
        if kind == "skip" and "\n" in token.group(0):
            if run:
                yield run
            run = []
        elif kind != "skip":
            run.append(token)
        at = token.end()
    if run:
        yield run


def _sum(text: str, left: list[re.Match[str]], right: list[re.Match[str]]) -> Sum | None:
    if not left or not right or left[0].group("op"):
        return None  # 3F - 3 = 85
    before = text[max(0, left[0].start() - 12) : left[0].start()]
    if OPEN.search(before) or (len(left) == 1 and SHARE.search(before)):
        return None
    a, b = _expression(left), _expression(right)
    if a is None or b is None or (len(left) == 1 and len(right) == 1 and not left[0].group("frac")):
        return None
    if re.match(r"[A-Za-z^_\\]", text[right[-1].end() : right[-1].end() + 1]):
        return None
    lows, highs = [], []
    for side in (a, b):
        values = [v for v in side() if v is not None]
        if not values:
            return None
        lows.append(min(values))
        highs.append(max(values))
    margin = _ulp(right[0].group(0)) / 2 if len(right) == 1 else Fraction(0)
    margin += abs(highs[1]) / 10**9  # what a calculator prints
    percent = any("%" in t.group(0) for t in (*left, *right))
    holds = any(
        lows[0] * scale - margin <= highs[1] and lows[1] <= highs[0] * scale + margin
        for scale in ((1, 100, Fraction(1, 100)) if percent else (1,))
    )
    one = right[0].span() if len(right) == 1 and not right[0].group("frac") else (0, 0)
    start, end = left[0].start(), right[-1].end()
    return Sum((start, end), text[start : left[-1].end()], text[right[0].start() : end], holds, one)


def _ulp(number: str) -> Fraction:
    digits = number.rstrip("%\\ ").partition(".")[2]
    return Fraction(1, 10 ** len(digits)) / (100 if "%" in number else 1)


def _expression(tokens: list[re.Match[str]]):  # type: ignore[no-untyped-def]
    """What evaluates the side with its numbers at both ends of what they can mean; None where it is no expression."""
    parts: list[str] = []
    numbers: list[tuple[Fraction, Fraction]] = []
    for token in tokens:
        if token.group("frac"):
            over, under = (Fraction(token.group(k).replace(",", "").rstrip(".")) for k in ("over", "under"))
            if not under:
                return None
            parts.append(f"n[{len(numbers)}]")
            numbers.append((over / under, over / under))
        elif token.group("num"):
            text = token.group("num")
            value = Fraction(text.replace(",", "").rstrip("%\\ ")) / (100 if "%" in text else 1)
            half = _ulp(text) / 2 if "." in text else Fraction(0)
            parts.append(f"n[{len(numbers)}]")
            numbers.append((value - half, value + half))
        else:
            sign = token.group(0)
            parts.append(SIGNS.get(sign, {"[": "(", "]": ")"}.get(sign, sign)))
    if not numbers or len(numbers) > 12 or re.search(r"n\[\d+\]\s*n\[", " ".join(parts)) or parts[0] in "*/+)" or parts[-1] in "+-*/(":  # fmt: skip
        return None
    try:
        code = compile(" ".join(parts), "sum", "eval")
    except SyntaxError:
        return None

    def values() -> Iterator[Fraction | None]:
        wide = [i for i, (lo, hi) in enumerate(numbers) if lo != hi][:4]
        for ends in itertools.product((0, 1), repeat=len(wide)):
            pick = [sum(pair) / 2 for pair in numbers]
            for i, k in zip(wide, ends, strict=True):
                pick[i] = numbers[i][k]
            try:
                yield eval(code, {"n": pick})
            except (ZeroDivisionError, TypeError):
                yield None

    return values
