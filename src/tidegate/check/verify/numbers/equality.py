# ruff: noqa: E501  (messages read best on one line)
"""One equality decided: supported, refuted with the computation, or left with its reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tidegate.check.verify.numbers.doubt import why_not_refute
from tidegate.check.verify.numbers.interval import TooLarge
from tidegate.check.verify.numbers.lexer import Token
from tidegate.check.verify.numbers.readings import first_true, labels_of, remember
from tidegate.check.verify.numbers.shown import cited, show, show_value
from tidegate.check.verify.numbers.tree import Node, Parsed, is_whole, leaves, operators
from tidegate.check.verify.numbers.unit_reading import UnitReading
from tidegate.check.verify.numbers.words import WORD_NUMBERS
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "arithmetic"


class Side(NamedTuple):
    """One side of an equality: its parse, its tokens' range, and what stands before it."""

    parsed: Parsed
    first: int
    words_before: bool


def token_before(tokens: Sequence[Token], i: int, start: int) -> Token | None:
    """The last token before place i that means something."""
    for j in range(i - 1, start - 1, -1):
        if tokens[j].kind not in ("skip", "calc"):
            return tokens[j]
    return None


def decide_pair(
    text: str, tokens: Sequence[Token], left: Side, right: Side, about: bool, rounded: set[str], *, first: bool = True
) -> Decision | None:
    """Decide `left = right`; None when it asserts no arithmetic (a definition, a label)."""
    a, b = left.parsed.node, right.parsed.node
    flags = left.parsed.flags | right.parsed.flags
    if _spelled_result(tokens, left, right):
        return None
    if operators(a) + operators(b) == 0:
        if _radix(a) != _radix(b) and not labels_of(a) and not labels_of(b):
            return _decide(text, tokens, left, right, about, rounded, flags)
        at = tokens[left.first].start
        if text[max(0, at - 1) : at] in (":", "/", "-", "–"):
            return None  # odds of 3:1 = 75%
        if left.words_before and _percent_equality(a, b) and not _opens_clause(tokens, left.first):
            return None
        return None if not _percent_equality(a, b) else _decide(text, tokens, left, right, about, rounded, flags)
    if operators(a) == 0 and first:
        return None  # a numbered definition, not a computation
    return _decide(text, tokens, left, right, about, rounded, flags)


def _own_part(text: str, start: int, a: Node, b: Node) -> int:
    """Where what may bear on a line begins: 200 characters before.

    A line with decimals, units or money is of no other algebra that an earlier paragraph speaks of, unless a colon
    leads over to it.
    """
    low = max(0, start - 200)
    cut = text.rfind("\n\n", low, start)
    if cut < 0 or text[:cut].rstrip(" *_").endswith(":"):
        return low
    plain = [n for n in leaves(a) + leaves(b) if n.kind == "num" and n.token is not None]
    return low if all(is_whole(n.token) and not n.label and not n.money for n in plain if n.token) else cut + 2


def _spelled_result(tokens: Sequence[Token], left: Side, right: Side) -> bool:
    """`2x = twice`, `2.10 - 2.9 = one minor release`: a word on the right of figures names a thing."""
    first = tokens[right.first]
    return first.kind == "word" and first.text.lower() in WORD_NUMBERS and tokens[left.first].kind != "word"


def _radix(node: Node) -> bool:
    return node.kind == "num" and node.token is not None and node.token.text[:2].lower() in ("0x", "0b", "0o")


def _opens_clause(tokens: Sequence[Token], first: int) -> bool:
    """Whether nothing but the start of a sentence or a conjunction stands before: `1 in 5 = 20%` is no `5 = 20%`."""
    before = token_before(tokens, first, 0)
    return (
        before is None
        or before.kind == "label"
        or before.text.lower() in ("and", "so", "thus", "therefore", "hence", "then", "is", "that")
    )


def _percent_equality(a: Node, b: Node) -> bool:
    return (a.kind == "pct") != (b.kind == "pct") and not labels_of(a) and not labels_of(b)


def _decide(
    text: str, tokens: Sequence[Token], left: Side, right: Side, about: bool, rounded: set[str], flags: frozenset[str]
) -> Decision:
    a, b = left.parsed.node, right.parsed.node
    start = tokens[left.first].start
    end = max(tokens[i].end for i in range(right.first, right.parsed.end))
    quoted = text[start:end]
    claim = Claim(kind="equation", text=quoted, span=(start, end))
    try:
        found = first_true(a, b, about, rounded, flags)
    except (TooLarge, ZeroDivisionError, OverflowError) as error:
        reason = "a division by zero" if isinstance(error, ZeroDivisionError) else "too large to compute exactly"
        return _unverifiable(claim, reason)
    reading = UnitReading(a, b)
    units = "" if found.how == " in consistent units" else reading.contradiction()
    if found.true and units:
        receipt = Receipt(oracle=ORACLE, computation=f"{show(a)} = {show_value(found.computed)}; {units}")
        return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{cited(quoted)}: {units}")
    differ = "" if found.how == " in consistent units" or not found.true else reading.dimension_error()
    if differ and UNIT_GOES_ON.match(text, end) is None and UNIT_ASIDE.search(quoted) is None:
        receipt = Receipt(oracle=ORACLE, computation=f"{show(a)} = {show_value(found.computed)}; {differ}")
        return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{cited(quoted)}: {differ}")
    if found.true and found.how != " in consistent units" and reading.clash():
        return _unverifiable(claim, "the numbers agree, the units of the two sides do not")
    if found.true:
        remember(b, found, rounded)
        unit = reading.unchecked()
        aside = f"; the unit, {unit}, is not checked" if unit else ""
        receipt = Receipt(
            oracle=ORACLE,
            computation=f"{show(a)} = {reading.computed_shown() or show_value(found.computed) + found.how}{aside}",
        )
        agrees = "the numbers agree" if unit else "the computation agrees"
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message=agrees)
    stop = text.find("\n\n", end, end + 80)
    around = (_own_part(text, start, a, b), stop if stop >= 0 else min(end + 80, len(text)))
    reason = why_not_refute(text, start, end, around, a, b, found, flags, about=about)
    if reason:
        return _unverifiable(claim, reason)
    computed, stated = show_value(found.computed), show_value(found.stated)
    in_unit = reading.computed_shown()
    receipt = Receipt(
        oracle=ORACLE,
        computation=f"{show(a)} = {in_unit or computed}, stated {stated}{' ' + ' '.join(b.label) if in_unit else ''}",
        detail={"computed": computed, "stated": stated},
    )  # fmt: skip
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{cited(quoted)}: {show(a)} is {in_unit or computed}, not {stated}{' ' + ' '.join(b.label) if in_unit else ''}",
    )


# 30 m<sup>2</sup>, 30 m squared: the unit is not yet whole where the expression ends
UNIT_GOES_ON = re.compile(
    r"\s?(?:<sup|&sup|\^|\*\*(?=\d)|[\d²³⁻·/]|\\textsuperscript|-?squared\b|-?cubed\b|\(\s?(?:per\b|squared|cubed|/))"
)
UNIT_ASIDE = re.compile(r"\(\s?(?:per|each|a|every|squared|cubed)\b|\(\s?/")


def _unverifiable(claim: Claim, reason: str) -> Decision:
    return Decision(
        claim=claim,
        support=Support.UNVERIFIABLE,
        receipt=Receipt(oracle=ORACLE, computation=""),
        message=reason,
        certainty="possible",
    )
