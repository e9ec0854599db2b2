"""The tree of an expression and its value as an interval under one reading of the ambiguous signs."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from tidegate.check.verify.numbers import interval as iv
from tidegate.check.verify.numbers.interval import Interval
from tidegate.check.verify.numbers.lexer import Token
from tidegate.check.verify.numbers.words import SCALES


class Unparsed(Exception):
    """The tokens are not an expression that can be evaluated safely."""


class Node(NamedTuple):
    """A node: kind (num, pct, neg, + - * / ^, fn, fact, call-free), its parts, and for leaves their token and label."""

    kind: str
    parts: tuple[Node, ...] = ()
    token: Token | None = None
    label: tuple[str, ...] = ()
    name: str = ""
    money: bool = False
    aside: bool = False  # a spaced parenthesis after a number: product or remark


class Mode(NamedTuple):
    """How ambiguous signs are read in one evaluation."""

    percent: str = "share"  # share: 20 % is 0.2; plain: 20 % is 20; change: a + 20 % is 1.2 a
    commas: bool = False  # read 1,234 as 1.234
    asides: bool = False  # ignore `2 (3 + 4)`'s parenthesis
    dozens: bool = False  # dozen is a unit, not 12
    radians: bool = True
    natural_log: bool = False


class Parsed(NamedTuple):
    """A parse: the tree, the index of the first token after it, and what is ambiguous in it."""

    node: Node
    end: int
    flags: frozenset[str]


def leaves(node: Node) -> list[Node]:
    """All nodes below and including `node`, in order of reading."""
    if not node.parts:
        return [node]
    out, stack = [], [node]
    while stack:
        n = stack.pop()
        out.append(n)
        stack.extend(reversed(n.parts))
    return out


def is_whole(token: Token) -> bool:
    """Whether a number is printed as a whole number, which counts as exact."""
    text = token.text
    return token.ulp >= 1 and (text.isdigit() or ("×" not in text and "e" not in text and "E" not in text))


OPERATIONS = frozenset({"+", "-", "*", "/", "^", "fn", "fact"})


def operators(node: Node) -> int:
    """How many operations the expression holds."""
    if not node.parts:
        return 0
    return sum([n.kind in OPERATIONS for n in leaves(node)])


ZERO, ONE_PERCENT = Fraction(0), Fraction(1, 100)
SHORT_BITS, SHORT_POWER = 1024, 64
"""What `_ratio` computes in whole numbers: far below what interval arithmetic refuses as too large."""


def _ratio(node: Node, mode: Mode) -> tuple[int, int] | None:
    """The exact value of sums, products and powers as numerator and denominator, not reduced; None for all else.

    Whole numbers are an order of magnitude faster than intervals of fractions, and most lines need no more.
    """
    kind, parts = node.kind, node.parts
    if kind == "num":
        token = node.token
        assert token is not None
        value = token.other if mode.commas and token.other is not None else token.value
        return value.numerator, value.denominator
    if kind in UNARY:
        inner = _ratio(parts[0], mode)
        if inner is None or kind == "unit":
            return inner
        n, d = inner
        if kind == "neg":
            return -n, d
        if kind == "pct":
            return inner if mode.percent == "plain" else (n, d * 100)
        return n * (10 ** SCALES[node.name] if kind == "scale" else 1 if mode.dozens else 12), d
    if kind not in BINARY:
        return None
    left = _ratio(parts[0], mode)
    if left is None or (node.aside and mode.asides):
        return left
    right = _ratio(parts[1], mode)
    if right is None:
        return None
    (a, b), (c, d) = left, right
    if kind == "*":
        out = a * c, b * d
    elif kind == "/":
        out = (a * d, b * c) if c > 0 else (-a * d, -b * c)
    elif kind == "^":
        if d != 1 or not 0 <= c <= SHORT_POWER or max(a.bit_length(), b.bit_length()) * c > SHORT_BITS:
            return None
        out = a**c, b**c
    else:
        if mode.percent == "change" and parts[1].kind == "pct":
            c, d = a * c, b * d
        out = a * d + (b * c if kind == "+" else -b * c), b * d
    return out if out[1] and out[0].bit_length() < SHORT_BITS and out[1].bit_length() < SHORT_BITS else None


UNARY = frozenset({"unit", "neg", "pct", "scale", "dozen"})
BINARY = frozenset({"+", "-", "*", "/", "^"})


class Reading:
    """Evaluates trees; `radius(leaf)` says how far a printed number may be from the meant one."""

    def __init__(self, mode: Mode, radius: object = None) -> None:
        self.mode, self.radius = mode, radius

    def value(self, node: Node) -> Interval:
        """The interval of a tree; raises TooLarge or ZeroDivisionError."""
        if self.radius is None:
            ratio = _ratio(node, self.mode)
            if ratio is not None:
                exact = Fraction(*ratio)
                return Interval(exact, exact)
        return self._interval(node)

    def _interval(self, node: Node) -> Interval:
        kind, parts = node.kind, node.parts
        if kind == "num":
            return self._leaf(node)
        if kind == "pi":
            return iv.around(Fraction(3141592653589793, 10**15), Fraction(1, 10**14))
        if kind == "unit":
            return self._interval(parts[0])
        if kind == "neg":
            return iv.negate(self._interval(parts[0]))
        if kind == "pct":
            inner = self._interval(parts[0])
            return inner if self.mode.percent == "plain" else iv.multiply(inner, iv.point(ONE_PERCENT))
        if kind == "scale":
            return iv.multiply(self._interval(parts[0]), iv.point(10 ** SCALES[node.name]))
        if kind == "dozen":
            return iv.multiply(self._interval(parts[0]), iv.point(1 if self.mode.dozens else 12))
        if kind == "fact":
            return iv.factorial(self._interval(parts[0]))
        if kind == "fn":
            return self._function(node)
        left = self._interval(parts[0])
        if node.aside and self.mode.asides:
            return left
        right = self._interval(parts[1])
        if kind in "+-" and parts[1].kind == "pct" and self.mode.percent == "change":
            right = iv.multiply(left, right)
        if kind == "+":
            return iv.add(left, right)
        if kind == "-":
            return iv.add(left, iv.negate(right))
        if kind == "*":
            return iv.multiply(left, right)
        if kind == "/":
            return iv.divide(left, right)
        return iv.power(left, right)

    def _leaf(self, node: Node) -> Interval:
        token = node.token
        assert token is not None
        value = token.other if self.mode.commas and token.other is not None else token.value
        spread: Fraction = self.radius(node) if callable(self.radius) else ZERO
        return iv.around(value, spread) if spread else iv.point(value)

    def _function(self, node: Node) -> Interval:
        inner = self._interval(node.parts[0])
        name = node.name
        if name in ("sin", "cos", "tan") and not self.mode.radians:
            inner = iv.multiply(inner, iv.around(Fraction(17453292519943295, 10**18), Fraction(1, 10**16)))
        if name == "log10" and self.mode.natural_log:
            name = "ln"
        if name == "abs":
            low, high = abs(inner.low), abs(inner.high)
            return Interval(Fraction(0) if inner.low <= 0 <= inner.high else min(low, high), max(low, high))
        if name == "same":
            return inner
        out = iv.apply(name, inner)
        if name.startswith("arc") and not self.mode.radians:
            out = iv.multiply(out, iv.point(Fraction(572957795130823, 10**13)))
        return out
