# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""How formulae, elements, charges and states are written in prose."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from tidegate.check.verify.chemistry.formula import names
from tidegate.spine.claim import Claim, Decision, Receipt, Support

MINUS_SIGNS = "-−–⁻"
MINUS = re.escape(MINUS_SIGNS)  # for character classes, wherever in them it stands


FORMULA = (
    r"(?:\\ce\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\\(?:mathrm|text)\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}(?:[_^]\{?[\d+\-]+\}?|\\(?:mathrm|text)\{[^{}]*\})*"
    r"|[\[(]?[A-Z](?:[A-Za-z0-9()\[\]₀-₉·•]|_\{?\d+\}?|\.(?=\d+H2O))*(?:\^\{?\d*[+\-−]\d*\}?|[⁰¹²³⁴-⁹]*[⁺⁻]|\s?\(\d*[+\-−]\)|\s\d[+\-−](?![\d\w])|\d?[+\-−](?![\w\d−+]))?)"
)


VALUE = rf"(?P<value>[+{MINUS}⁺]?\s?\d+(?:/\d+|\.\d+)?(?![\w.]\d)|\d\s?[+{MINUS}](?!\d)|(?:\(|\b)[IV]{{1,4}}(?:\)|\b)|(?:(?:plus|minus|positive|negative)\s+)?\b(?:zero|one|two|three|four|five|six|seven|eight)\b)"


ELEMENT = (
    r"(?P<element>\b(?i:"
    + "|".join(sorted(names(), key=len, reverse=True))
    + r")\b|(?<![A-Za-z0-9(\[₀-₉])[A-Z][a-z]?(?![A-Za-z0-9₀-₉(_]))"
)


STATE_WORDS = r"(?:oxidation\s+(?:state|number)s?|oxidation\s+level|O\.?N\.?)"


ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8}


SPELLED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight")
NOT_SAID = re.compile(
    r"\bnot\b|n't|mistake|incorrect|wrong|\brather than|instead of|\bfrom\b|chang|increas|decreas|unknown|hypothet|would",
    re.I,
)


def trimmed(raw: str) -> str:
    """A formula without the punctuation and the closing bracket of the sentence around it."""
    raw = raw.rstrip(".,;:•")
    while raw.count(")") > raw.count("(") and raw.endswith(")"):
        raw = raw[:-1]
    return raw


@lru_cache(maxsize=1024)
def value_of(raw: str) -> Fraction | None:
    """+6, 6+, −1/2, (VII), zero as a number."""
    t = raw.strip("() ").replace(" ", "").replace("⁺", "+")
    for m in MINUS_SIGNS:
        t = t.replace(m, "-")
    if (word := re.fullmatch(r"(plus|minus|positive|negative)?([a-z]+)", t.lower())) and word.group(2) in SPELLED:
        return Fraction(SPELLED.index(word.group(2)) * (-1 if word.group(1) in ("minus", "negative") else 1))
    if t in ROMAN:
        return Fraction(ROMAN[t])
    if t and t[-1] in "+-" and t[:-1].isdigit():
        t = t[-1] + t[:-1]
    try:
        return Fraction(t)
    except (ValueError, ZeroDivisionError):
        return None


def symbol_of(raw: str) -> str:
    """An element's symbol from its name or symbol."""
    return names().get(raw.lower(), raw)


def sentence_at(text: str, at: int) -> str:
    """The sentence around a position."""
    start = max(text.rfind(". ", 0, at), text.rfind("\n", 0, at), at - 300) + 1
    stops = [i for i in (text.find(". ", at), text.find("\n", at)) if i >= 0]
    return text[max(0, start) : min([*stops, len(text), at + 300])]


def unverifiable(claim: Claim, reason: str) -> Decision:
    """A chemical claim left undecided, with the reason."""
    return Decision(
        claim=claim,
        support=Support.UNVERIFIABLE,
        receipt=Receipt(oracle="chemistry"),
        message=reason,
        certainty="possible",
    )
