# ruff: noqa: E501  (tables and messages read best on one line)
"""A worked line read with its units: 3 m + 20 cm = 3.2 m is true though 3 + 20 is not 3.2.

Only asked when the bare numbers disagree.  Nouns that are no units count as dimension one.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

from tidegate.check.verify.numbers import interval as iv
from tidegate.check.verify.numbers.interval import Interval, TooLarge
from tidegate.check.verify.numbers.tree import Mode, Node, Reading, leaves, operators
from tidegate.check.verify.quantity.unit_table import MONEY, NONE, Dims
from tidegate.check.verify.quantity.units import ONE, Unit, dims_text, parse_unit


class UnitReading:
    """Both sides of an equality with the units their labels denote."""

    def __init__(self, a: Node, b: Node) -> None:
        self.a, self.b = a, b
        self.labels = [n for side in (a, b) for n in leaves(side) if n.label]
        self.asked = not self.labels  # without a unit there is no reading with units
        self.both: tuple[tuple[Interval, Dims], tuple[Interval, Dims]] | None = None

    def agrees(self) -> bool:
        """Whether the two sides are equal once units are converted."""
        if not self.labels:
            return False
        return self._agree(self.a) or (
            self.a.kind == "/" and bool(self.a.parts[1].label) and self._agree(_over_all(self.a))
        )

    def _agree(self, a: Node) -> bool:
        try:
            x, dx = self._value(a)
            y, dy = self._value(self.b)
        except (TooLarge, ZeroDivisionError, ValueError, OverflowError):
            return False
        if dx != dy and dy != NONE and dx != NONE:
            return False
        unit = self._unit(self.b) or ONE
        slack = max((n.token.ulp * unit.size for n in leaves(self.b) if n.token is not None), default=Fraction(0))
        slack = min(slack, abs(x.middle) / 50) if self._converts() else Fraction(0)
        return x.low <= y.high + slack and y.low - slack <= x.high

    def _converts(self) -> bool:
        """Whether units are changed on the way; if not ("17 × 3 = 52 seats") nothing is rounded by a conversion."""
        return any(u is not None and u.size != 1 for u in map(self._unit, self.labels))

    def doubt(self, computed: Interval, stated: Interval) -> str:
        """Why units may explain a disagreement of the bare numbers, or nothing."""
        known_a = [u for u in (self._unit(n) for n in leaves(self.a)) if u is not None and u.kind != "count"]
        known_b = [u for u in (self._unit(n) for n in leaves(self.b)) if u is not None and u.kind != "count"]
        units_a = {(u.size, u.dims) for u in known_a if u.dims != MONEY}
        units_b = {(u.size, u.dims) for u in known_b if u.dims != MONEY}
        money = {(u.size, u.dims) for u in known_a + known_b if u.dims == MONEY}
        if len(money) > 1:
            return "two currency units on one line"
        counted = any(n.kind == "fn" and n.name == "log10" for n in leaves(self.a))  # 10 log10(2) = 3.01 dB
        if any(u.kind == "offset" for u in known_a + known_b) and _scale_formula(self.a, known_a, known_b):
            return "" if abs(computed.middle - stated.middle) >= 1 else "a temperature rounded on the way"
        if any(u.kind == "offset" or (u.kind == "log" and not counted) for u in known_a + known_b):
            return "a unit with a zero point or a logarithmic unit"
        if self.strict() is not None:
            return ""
        if len(units_a | units_b) > 1 and computed.middle and _round_ratio(stated.middle / computed.middle):
            return "the factor may be a change of units"
        return ""

    def contradiction(self) -> str:
        """How the units alone make the line false, where every unit is a symbol wholly understood; else nothing."""
        found = self.strict()
        if found is None:
            return ""
        (x, dx), (y, dy) = found
        if dx != dy:
            wanted = self._unit(self.b)
            if wanted is None or wanted.name not in DERIVED or dy == NONE or dx == NONE:
                return ""
            return f"the left side is in [{dims_text(dx)}], the right side in [{dims_text(dy)}]"
        if x.low <= 0 or y.low <= 0:
            return ""
        try:
            ratio = float(y.middle / x.middle)
        except OverflowError:
            return ""
        near = round(math.log10(ratio)) if ratio > 0 else 0
        if near and abs(math.log10(ratio) - near) < 0.03:
            return f"in consistent units the right side is 10^{near} times the left"
        return ""

    def unchecked(self) -> str:
        """The unit of the right side where the left side is bare numbers, of which none says a unit; else nothing."""
        if not self.b.label or _labelled(self.a):
            return ""
        unit = self._unit(self.b)
        return "" if unit is None or unit.dims == NONE else " ".join(self.b.label)

    def clash(self) -> bool:
        """Whether both sides have known dimensions that differ (20 m/s × 4 s = 80 m/s)."""
        found = self.strict()
        return found is not None and found[0][1] != found[1][1] and NONE not in (found[0][1], found[1][1])

    def dimension_error(self) -> str:
        """How the dimensions of both sides differ where no factor of the left one can have lost its unit; else nothing.

        A bare 2 may be two seconds, a bare ½ is a formula's own.
        """
        found = self.strict()
        if found is None or not self.clash():
            return ""
        own = (Fraction(1), Fraction(1, 2), Fraction(0))
        bare = [n for n in _factors(self.a) if not n.label and n.token is not None and n.token.value not in own]
        if bare and not (_halved(self.a) and len(bare) == 1 and bare[0].token is not None and bare[0].token.value == 2):
            return ""
        if any(n.label in LETTERS for side in (self.a, self.b) for n in _factors(side)):
            return ""
        return f"the left side is in [{dims_text(found[0][1])}], the right side in [{dims_text(found[1][1])}]"

    def strict(self) -> tuple[tuple[Interval, Dims], tuple[Interval, Dims]] | None:
        """Both sides with units, if every number has a symbol for its unit and nothing is left to guess."""
        if not self.asked:
            self.asked, self.both = True, self._strict()
        return self.both

    def _strict(self) -> tuple[tuple[Interval, Dims], tuple[Interval, Dims]] | None:
        if not self.b.parts and not self.b.label:
            return None  # a bare number on the right
        nodes = [n for side in (self.a, self.b) for n in _factors(side)]
        labelled = [n for n in nodes if n.label]
        bare = [n for n in nodes if not n.label and n.kind == "num" and n.token is not None]
        if (
            not labelled
            or any(n.token is not None and n.token.value not in PURE for n in bare)
            or any(n.money for n in nodes)
        ):
            return None
        if len([n for n in _factors(self.b) if n.label]) != 1 or not any(n.label for n in _factors(self.a)):
            return None
        for node in labelled:
            unit = self._unit(node)
            text = "".join(w for w in node.label)
            words = re.findall(r"[A-Za-z]+", text)
            if (
                unit is None
                or unit.kind
                or any(w.lower() in AMBIGUOUS or len(w) > 5 for w in words)
                or parse_unit(" ".join(node.label)) is None
            ):
                return None
        try:
            return self._value(self.a), self._value(self.b)
        except (TooLarge, ZeroDivisionError, ValueError, OverflowError):
            return None

    def computed_shown(self) -> str:
        """The left side in the unit of the right one, `35 GB`, where the two differ in size alone; else nothing."""
        unit = self._unit(self.b)
        if unit is None or unit.kind or unit.size == 1:
            return ""
        if unit.dims == NONE and not _labelled(self.a):
            return ""  # 3 × 7 = 27 degrees: the bare numbers are degrees too, not radians
        try:
            x, dx = self._value(self.a)
            return f"{float(x.middle / unit.size):.6g} {' '.join(self.b.label)}" if dx == unit.dims else ""
        except (TooLarge, ZeroDivisionError, ValueError, OverflowError):
            return ""

    def _unit(self, node: Node) -> Unit | None:
        return _unit_of(node.label, node.money) if node.label else None

    def _value(self, node: Node) -> tuple[Interval, Dims]:
        kind = node.kind
        if kind == "fn" and node.name == "sqrt":
            x, dx = self._value(node.parts[0])
            return iv.apply("sqrt", x), tuple(p / 2 for p in dx)
        if kind in ("num", "unit", "scale", "dozen", "pct", "pi", "fact", "fn"):
            value = Reading(Mode()).value(node if kind != "unit" else node.parts[0])
            unit = self._unit(node)
            if kind in ("scale", "dozen", "pct") and unit is None and node.parts:
                unit = self._unit(node.parts[0])
            if unit is None:
                return value, NONE
            if unit.kind in ("offset", "log"):
                raise ValueError("zero point")
            return iv.multiply(value, iv.point(unit.size)), unit.dims
        if kind == "neg":
            x, d = self._value(node.parts[0])
            return iv.negate(x), d
        x, dx = self._value(node.parts[0])
        y, dy = self._value(node.parts[1])
        if kind in "+-":
            if dx != dy and NONE not in (dx, dy):
                raise ValueError("unlike")
            return iv.add(x, y if kind == "+" else iv.negate(y)), dx if dx != NONE else dy
        if kind == "*":
            return iv.multiply(x, y), tuple(p + q for p, q in zip(dx, dy, strict=True))
        if kind == "/":
            return iv.divide(x, y), tuple(p - q for p, q in zip(dx, dy, strict=True))
        if operators(node.parts[1]) == 0 and y.exact and dy == NONE:
            return iv.power(x, y), tuple(p * y.low for p in dx)
        raise ValueError("power")


@lru_cache(maxsize=4096)
def _unit_of(label: tuple[str, ...], money: bool) -> Unit | None:
    """The longest unit that a label begins with; of money the currency alone, or the currency per something."""
    words = [w for w in label if w != "$"]
    if money or "$" in label:
        words = ["$", *(["/", *words[1:]] if words[:1] == ["/"] else [])]
    for size in range(len(words), 0, -1):
        unit = parse_unit(" ".join(words[:size]))
        if unit is not None:
            return unit
    return None


# letters after a number that may be a scale or another unit than the one read
LETTERS = (("M",), ("B",), ("b",), ("k",), ("c",), ("e",), ("F",), ("C",), ("l",))


def _scale_formula(a: Node, units_a: list[Unit], units_b: list[Unit]) -> bool:
    """Whether the left side is the change from one temperature scale to another, whose bare numbers are meant."""
    if len(units_b) != 1 or len(units_a) > 1:
        return False
    numbers = {n.token.value for n in _factors(a) if n.token is not None}
    if any(u.dims != units_b[0].dims for u in units_a):
        return False
    if units_b[0].kind != "offset":
        return bool(numbers & {Fraction(273), Fraction("273.15")}) and all(u.kind == "offset" for u in units_a)
    if numbers & {Fraction(273), Fraction("273.15")}:
        return all(u.kind != "offset" for u in units_a)
    ratio = {Fraction(5), Fraction(9)} <= numbers or Fraction("1.8") in numbers
    return Fraction(32) in numbers and ratio


def _halved(node: Node) -> bool:
    """Whether the expression's only bare numbers are those of a fraction 1/2."""
    halves = [n for n in _nodes(node) if n.kind == "/" and all(p.kind == "num" and not p.label for p in n.parts)]
    return len(halves) == 1 and [p.token.value for p in halves[0].parts if p.token is not None] == [1, 2]


def _nodes(node: Node) -> list[Node]:
    return [node, *(n for p in node.parts for n in _nodes(p))]


PURE = frozenset({Fraction(1), Fraction(2), Fraction(1, 2), Fraction(3), Fraction(4), Fraction(0)})
DERIVED = frozenset({"N", "J", "W", "Pa", "V", "C", "F", "T", "Ω", "kN", "kJ", "MJ", "kW", "MW", "MPa", "kPa", "Hz", "mW", "mJ", "mV", "kV"})  # fmt: skip
AMBIGUOUS = frozenset({"m_", "pt", "in", "b", "k", "d", "oz", "ton", "lb", "cal", "gal", "cup", "x", "mol", "mole", "dozen", "cars", "day", "days", "hour", "hours", "week", "year", "people", "box", "item",
    "items", "rad", "deg", "rev", "rpm"})  # fmt: skip


def _over_all(node: Node) -> Node:
    """`3/4 in` is three quarters of an inch."""
    above, below = node.parts
    return node._replace(parts=(above._replace(label=below.label), below._replace(label=())))


def _factors(node: Node) -> list[Node]:
    """Leaves that carry units: all but exponents and arguments of functions."""
    if node.kind in ("num", "scale", "dozen", "pct", "unit", "pi", "fact"):
        return [node]
    if node.kind == "fn":
        return [node] if node.name != "sqrt" else _factors(node.parts[0])
    if node.kind == "^":
        return _factors(node.parts[0])
    return [n for p in node.parts for n in _factors(p)]


def _round_ratio(ratio: Fraction) -> bool:
    """Whether a factor is one that changes of unit bring: 60, 3600, 24, 12, 7, 16, 365, 1000 …"""
    r = abs(ratio)
    if r == 0:
        return False
    r = r if r >= 1 else 1 / r
    return any(
        abs(r / f - 1) < Fraction(2, 100)
        for f in (60, 3600, 24, 12, 7, 16, 365, 52, 100, 1000, 10**6, 4, 3, 36, 5280, 1440, 144, 30, 10**9, 10, 8)
    )


def _labelled(node: Node) -> bool:
    """Whether any number of an expression has a unit."""
    return bool(node.label) or any(_labelled(p) for p in node.parts)
