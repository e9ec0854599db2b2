"""Is there a reading of an equality that makes it true?  Percent, separators, legal rounding, units.

Every reading is tried; the first that holds supports the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from tidegate.check.verify.numbers.interval import Interval
from tidegate.check.verify.numbers.lexer import Token
from tidegate.check.verify.numbers.tree import Mode, Node, Reading, is_whole, leaves, operators
from tidegate.check.verify.numbers.unit_reading import UnitReading

ZERO, ONE = Fraction(0), Fraction(1)


def labels_of(node: Node) -> tuple[str, ...]:
    """The units and nouns of an expression in lower case."""
    if not node.parts and not node.label:
        return ()
    return tuple(w.lower() for n in leaves(node) for w in n.label if w not in "$£€¥₹")


class Found(NamedTuple):
    """The outcome of trying every reading."""

    true: bool
    computed: Interval
    stated: Interval
    how: str = ""
    inexact: bool = False


def first_true(a: Node, b: Node, about: bool, rounded: set[str], flags: frozenset[str]) -> Found:
    """The first reading under which a = b, or the plain values when there is none; TooLarge, ZeroDivisionError."""
    plain = Reading(Mode(radians="degrees" not in flags))
    computed, stated = plain.value(a), plain.value(b)
    if computed == stated or _meet(computed, stated, ZERO):
        return Found(True, computed, stated)
    spread = [n for side in ((a, b) if operators(b) else (a,)) for n in leaves(side) if n.kind == "num"]
    wider = ((_printed, " to the printed digits"), (_upstream(rounded), " with inputs rounded upstream"))
    widened = [(radius, how) for radius, how in wider if any(radius(n) for n in spread)]
    slack = _Slack(a, b, about)
    for mode_a, mode_b in _modes(flags, a, b):
        exact_x, exact_y = Reading(mode_a).value(a), Reading(mode_b).value(b)
        if _meet(exact_x, exact_y, slack.of(exact_x, mode_b, wide=False)):
            return Found(True, exact_x, exact_y, _said(mode_a), exact_x != exact_y)
        # where no number has a spread, wider readings are the exact one with no more slack
        for radius, how in widened:
            x = Reading(mode_a, radius).value(a)
            y = Reading(mode_b, radius if operators(b) else None).value(b)
            if _meet(x, y, slack.of(exact_x, mode_b, wide=True)):
                return Found(True, exact_x, y, how, exact_x != y)
    units = UnitReading(a, b)
    if units.agrees():
        return Found(True, computed, stated, " in consistent units")
    return Found(False, computed, stated)


def _modes(flags: frozenset[str], a: Node, b: Node) -> Iterator[tuple[Mode, Mode]]:
    percents_a, percents_b = _percents(a), _percents(b)
    commas = (False, True) if "commas" in flags else (False,)
    asides = (False, True) if "aside" in flags else (False,)
    dozens = (False, True) if "dozens" in flags else (False,)
    radians = (False,) if "degrees" in flags else (True, False) if "angle" in flags else (True,)
    logs = (False, True) if "log" in flags else (False,)
    for pa, pb, c, s, d, r, n in product(percents_a, percents_b, commas, asides, dozens, radians, logs):
        yield Mode(pa, c, s, d, r, n), Mode(pb, c, s, False if len(dozens) == 1 else not d, r, n)
        if d:
            yield Mode(pa, c, s, d, r, n), Mode(pb, c, s, d, r, n)


def _percents(node: Node) -> tuple[str, ...]:
    """Readings of % on one side: plain only where it is not a factor of a product."""
    nodes = leaves(node)
    if not any(n.kind == "pct" for n in nodes):
        return ("share",)
    factor = any(n.kind in "*/" and any(p.kind == "pct" for p in n.parts) and not _hundred(n) for n in nodes)
    change = any(n.kind in ("+", "-") and n.parts[1].kind == "pct" for n in nodes)
    return ("share", *(() if factor else ("plain",)), *(("change",) if change else ()))


def _hundred(node: Node) -> bool:
    return any(p.kind == "num" and p.token is not None and p.token.value == 100 for p in node.parts)


def _printed(leaf: Node) -> Fraction:
    """Half a unit of the last place for decimals of three digits or more that are not money."""
    token = leaf.token
    if token is None or leaf.money or token.digits < 3 or token.ulp == 0 or is_whole(token):
        return ZERO
    if Fraction(4, 5) < token.value < Fraction(3, 2) and token.ulp >= Fraction(1, 1000):
        return ZERO  # 1.03 is a rate that somebody chose
    return token.ulp / 2


def _upstream(rounded: set[str]) -> Callable[[Node], Fraction]:
    def radius(leaf: Node) -> Fraction:
        token = leaf.token
        if token is not None and token.text in rounded:
            return max(token.ulp, ZERO) * Fraction(51, 100)
        return _printed(leaf)

    return radius


def _meet(x: Interval, y: Interval, slack: Fraction) -> bool:
    if not slack:
        return x.low <= y.high and y.low <= x.high
    return x.low <= y.high + slack and y.low - slack <= x.high


def _additive(node: Node) -> bool:
    return all(n.kind not in ("*", "/", "^", "fn", "pi", "pct") for n in leaves(node))


class _Slack:
    """How far the printed result of one line may lie from the computed one and still be a legal rounding of it."""

    def __init__(self, a: Node, b: Node, about: bool) -> None:
        self.a, self.b, self.about = a, b, about
        self.additive = _additive(a)
        leaf = next((n for n in leaves(b) if n.kind == "num" and n.token is not None), None)
        self.token = leaf.token if leaf is not None else None
        self.computed = operators(b) > 0

    def of(self, exact: Interval, mode: Mode, *, wide: bool) -> Fraction:
        """The slack under one reading; `wide`: the inputs have their spread already."""
        b, about, token = self.b, self.about, self.token
        if self.computed:
            return abs(exact.middle) / 10**6 if not (exact.exact and self.additive and _additive(b)) else ZERO
        if token is None:
            return abs(exact.middle) / 10**6
        scale = _result_scale(b, mode)
        ulp = token.ulp if scale is ONE else token.ulp * scale
        if token.digits >= 15:
            return abs(exact.middle) / 10**13
        if wide and self.additive:
            return ZERO if not about else ulp / 2
        ends = exact.low if ulp == 1 else exact.low / ulp if ulp > 0 else None
        representable = exact.exact and ends is not None and ends.denominator == 1
        if representable and not about:
            return ZERO
        if is_whole(token) and not about:
            inputs = leaves(self.a)
            whole_inputs = all(is_whole(n.token) for n in inputs if n.kind == "num" and n.token is not None)
            if whole_inputs and not any(n.kind in ("/", "fn", "pct", "pi") for n in inputs):
                return ZERO
            return max(ulp * Fraction(999, 1000), last_place(token) * scale / 2)
        if about:
            return max(last_place(token) * scale, abs(exact.middle) / 200)
        truncated = abs(token.value * scale) < abs(exact.middle)
        return ulp * Fraction(999, 1000) if truncated else ulp * Fraction(501, 1000)


def last_place(token: Token) -> Fraction:
    """Place value of the last digit that is not a trailing zero of a whole number."""
    if not is_whole(token) or token.value == 0:
        return token.ulp
    n, place = int(token.value), Fraction(1)
    while n % 10 == 0 and place < token.value / 10:
        n, place = n // 10, place * 10
    return place


def _result_scale(b: Node, mode: Mode) -> Fraction:
    if not b.parts:
        return ONE
    scale = Fraction(1)
    for n in leaves(b):
        if n.kind == "scale":
            scale *= 10 ** {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}[n.name]
        if n.kind == "pct" and mode.percent == "share":
            scale /= 100
    return scale


def _said(mode: Mode) -> str:
    return {"plain": " reading % as a unit", "change": " reading ± % as a change"}.get(mode.percent, "")


def remember(b: Node, found: Found, rounded: set[str]) -> None:
    """A printed result that is not the exact value was rounded: its later uses keep half an ulp."""
    if operators(b) == 0 and (found.inexact or found.how.startswith(" to")):
        rounded.update(n.token.text for n in leaves(b) if n.kind == "num" and n.token is not None)
