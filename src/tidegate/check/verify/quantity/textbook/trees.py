# ruff: noqa: E501  (patterns and tables read best on one line)
"""A formula as a tree: read from its plain form, evaluated at a point, taken apart node by node, its dimensions added up.

Values are complex, so that a root or a logarithm of a point outside its real domain is still a number and two forms of one
law agree there too.  What a reader may understand in several ways (`a/b c`, `√2gh`, `log`) is read in each of them.
"""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from tidegate.check.verify.quantity.notation import plain
from tidegate.check.verify.quantity.symbolic import SYMBOL, Unread, tokens
from tidegate.check.verify.quantity.unit_table import NONE, Dims

Size = tuple[float, ...]
NO_SIZE: Size = tuple(0.0 for _ in NONE)


class Node(NamedTuple):
    """`kind` is num, sym, one of + - * / ^, neg, or the name of a function; `value` a number's, `name` a symbol's."""

    kind: str
    parts: tuple[Node, ...] = ()
    name: str = ""
    value: float = 0.0


class Reading(NamedTuple):
    """`grab`: `a/b c` has b c below the line; `root`: `√2gh` goes on to the next sign; `decadic`: log is to base ten."""

    grab: bool = False
    root: bool = False
    decadic: bool = False


TOKEN = re.compile(rf"\s*(?:(?P<num>\d+(?:\.\d+)?|\.\d+)|(?P<sym>{SYMBOL})|(?P<op>[+\-*/^()\[\]{{}}]))")
FUNCTIONS: Mapping[str, Callable[[complex], complex]] = {
    "sqrt": cmath.sqrt, "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan, "exp": cmath.exp, "ln": cmath.log, "sinh": cmath.sinh,
    "cosh": cmath.cosh, "tanh": cmath.tanh, "asin": cmath.asin, "acos": cmath.acos, "atan": cmath.atan,
    "log": cmath.log10, "coth": lambda x: 1 / cmath.tanh(x), "cot": lambda x: 1 / cmath.tan(x), "sec": lambda x: 1 / cmath.cos(x),
}  # fmt: skip
SAME_NAME = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "log_10": "log", "lg": "log", "log_e": "ln"}
LOOSE = ("[A-Za-z]", "_0")
CONCENTRATION = re.compile(r"\[\s*([A-Z][A-Za-z]*\d?)\s*(?:\^\(?[-+\d]+\)?|[-+])?\s*\](?:_\(?([A-Za-z0-9]+)\)?)?")
STANDARD = re.compile(r"\^\(?\s*(?:circ|ominus|o|°|⦵)\s*\)?|[°⦵]|\^\(?\s*(?:\*|prime)\s*\)?(?=\s|$|=)")
LATIN = {"ṁ": " mdot ", "∛": " cbrt ", "x̄": "x", "v̄": "v", "ℰ": "E", "ε₀": "ε_0", "∞": "inf", "¼": " (1/4) ", "¾": " (3/4) ", "⅔": " (2/3) "}  # fmt: skip
MARKS = re.compile("[\u0302\u0304\u0305\u20d7]")


def simplified(text: str) -> str:
    """The plain form without what sets a symbol off but changes no value: bars, circles of standard states, concentrations' brackets."""
    for sign, by in LATIN.items():
        if sign in text:
            text = text.replace(sign, by)
    text = MARKS.sub("", plain(text))
    if "[" in text:
        text = CONCENTRATION.sub(lambda m: f" {m.group(1)}_{m.group(2)} " if m.group(2) else f" {m.group(1)} ", text)
    return STANDARD.sub(" ", text) if "^" in text or "°" in text else text


class _Reader:
    """One side of a formula; `known` are the spellings that words may be products of."""

    def __init__(self, text: str, known: Collection[str], reading: Reading) -> None:
        self.known, self.reading = known, reading
        self.t, self.i = tokens(TOKEN, text, self._split), 0

    def _split(self, word: str) -> list[str]:
        word = SAME_NAME.get(word, word)
        if word in self.known or word in FUNCTIONS or word in ("pi", "cbrt") or (len(word) == 1):
            return [word]
        parts = self._parts(word)
        if parts is not None:
            return parts
        if "_" in word and word.index("_") == 1:
            return [word]
        raise Unread(word)

    def _parts(self, word: str) -> list[str] | None:
        if not word:
            return []
        for size in range(len(word), 0, -1):
            head = word[:size]
            if head in self.known or head in ("pi", *FUNCTIONS):
                rest = self._parts(word[size:])
                if rest is not None:
                    return [head, *rest]
        return None

    def peek(self) -> tuple[str, str]:
        """The next token, not consumed."""
        return self.t[self.i] if self.i < len(self.t) else ("end", "")

    def whole(self) -> Node:
        """The whole text; Unread when something is left over."""
        out = self.terms()
        if self.i != len(self.t):
            raise Unread("left over")
        return out

    def terms(self) -> Node:
        """A sum."""
        out = self.signed()
        while self.peek() in (("op", "+"), ("op", "-")):
            sign = self.peek()[1]
            self.i += 1
            out = Node(sign, (out, self.product()))
        return out

    def signed(self) -> Node:
        """A product after a sign."""
        negative = False
        while self.peek() in (("op", "+"), ("op", "-")):
            negative ^= self.peek()[1] == "-"
            self.i += 1
        inner = self.product()
        return Node("neg", (inner,)) if negative else inner

    def product(self, *, argument: bool = False) -> Node:
        """A product or quotient of powers; of an argument only what is set beside it."""
        out = self.power()
        while True:
            kind, text = self.peek()
            if kind == "op" and text in ("*", "/"):
                if argument and not (self.reading.grab and text == "/"):
                    return out
                self.i += 1
                right = self.power()
                while text == "/" and self.reading.grab and self._begins():
                    right = Node("*", (right, self.power()))
                out = Node(text, (out, right))
            elif self._begins() and not (argument and text in FUNCTIONS):
                out = Node("*", (out, self.power()))
            else:
                return out

    def _begins(self) -> bool:
        kind, text = self.peek()
        return kind in ("num", "sym") or text in ("(", "[", "{")

    def power(self) -> Node:
        """A base with its exponent."""
        base = self.atom()
        if self.peek() == ("op", "^"):
            self.i += 1
            exponent = self.exponent()
            if base.kind == "sym" and base.name == "e" and exponent.kind != "num":
                return Node("exp", (exponent,))
            return Node("^", (base, exponent))
        return base

    def exponent(self) -> Node:
        """A signed atom, raised again where it is."""
        if self.peek() == ("op", "-"):
            self.i += 1
            return Node("neg", (self.exponent(),))
        return self.atom()

    def atom(self) -> Node:
        """A number, a symbol, a function of its argument or a group."""
        kind, text = self.peek()
        self.i += 1
        if kind == "num":
            return Node("num", value=float(text))
        if text == "pi":
            return Node("num", value=math.pi)
        if kind == "sym" and text in ("sqrt", "cbrt"):
            inner = (
                self.product(argument=True) if self.reading.root and self.peek()[1] not in ("(", "[") else self.atom()
            )
            return Node("sqrt", (inner,)) if text == "sqrt" else Node("^", (inner, Node("num", value=1 / 3)))
        if kind == "sym" and text in FUNCTIONS:
            name = "ln" if text == "log" and not self.reading.decadic else text
            power = None
            if self.peek() == ("op", "^"):
                self.i += 1
                power = self.exponent()
                if power.kind == "neg" and name in ("sin", "cos", "tan"):
                    name, power = "a" + name, None
            inner = self.atom() if self.peek()[1] in ("(", "[") else self.product(argument=True)
            out = Node(name, (inner,))
            return Node("^", (out, power)) if power is not None else out
        if kind == "sym":
            return Node("sym", name=text)
        if text in ("(", "[", "{"):
            out = self.terms()
            if self.peek()[1] not in (")", "]", "}"):
                raise Unread("parenthesis")
            self.i += 1
            return out
        raise Unread(text)


def readings(text: str) -> list[Reading]:
    """The ways a side may be understood."""
    grab = (False, True) if "/" in text else (False,)
    root = (False, True) if "sqrt" in text or "cbrt" in text else (False,)
    decadic = (False, True) if "log" in text else (False,)
    return [Reading(g, r, d) for g in grab for r in root for d in decadic]


def read(text: str, known: Collection[str], reading: Reading | None = None) -> Node:
    """The tree of a text in simplified form; raises Unread."""
    return _Reader(text, known, reading or Reading()).whole()


def symbols(node: Node) -> frozenset[str]:
    """Every symbol in it."""
    if node.kind == "sym":
        return frozenset((node.name,))
    return frozenset(s for p in node.parts for s in symbols(p))


def value(node: Node, point: Mapping[str, complex]) -> complex:
    """Its value; raises ArithmeticError or ValueError outside what complex arithmetic has."""
    kind = node.kind
    if kind == "num":
        return node.value
    if kind == "sym":
        return point[node.name]
    a = value(node.parts[0], point)
    if kind == "neg":
        return -a
    if len(node.parts) == 1:
        return FUNCTIONS[kind](a)
    b = value(node.parts[1], point)
    if kind == "*":
        return a * b
    if kind == "/":
        return a / b
    if kind == "+":
        return a + b
    if kind == "-":
        return a - b
    return complex(a) ** b


INVERSE: Mapping[str, Callable[[complex], complex]] = {
    "sqrt": lambda y: y * y, "sin": cmath.asin, "cos": cmath.acos, "tan": cmath.atan, "exp": cmath.log, "ln": cmath.exp,
    "sinh": cmath.asinh, "cosh": cmath.acosh, "tanh": cmath.atanh, "asin": cmath.sin, "acos": cmath.cos, "atan": cmath.tan,
    "log": lambda y: 10**y, "neg": lambda y: -y,
}  # fmt: skip


def wanted(
    node: Node, target: complex, point: Mapping[str, complex]
) -> Iterator[tuple[tuple[int, ...], Node, complex, complex]]:
    """For every part: its path, itself, its value, and the value it would need for the whole to be `target`."""
    stack: list[tuple[tuple[int, ...], Node, complex]] = [((), node, target)]
    while stack:
        path, at, need = stack.pop()
        yield path, at, value(at, point), need
        for k, part in enumerate(at.parts):
            try:
                below = _needed(at, k, need, point)
            except (ArithmeticError, ValueError):
                continue
            if below is not None:
                stack.append(((*path, k), part, below))


def _needed(at: Node, k: int, need: complex, point: Mapping[str, complex]) -> complex | None:
    """What part k must be for `at` to be `need`."""
    if len(at.parts) == 1:
        inverse = INVERSE.get(at.kind)
        return inverse(need) if inverse else None
    other = value(at.parts[1 - k], point)
    if at.kind == "*":
        return need / other
    if at.kind == "+":
        return need - other
    if at.kind == "-":
        return need + other if k == 0 else other - need
    if at.kind == "/":
        return need * other if k == 0 else other / need
    return need ** (1 / other) if k == 0 else cmath.log(need) / cmath.log(other)


def size(dims: Dims) -> Size:
    """A dimension as plain numbers, which are faster to add up than fractions."""
    return tuple(float(x) for x in dims)


def dimension(node: Node, dims: Mapping[str, Size]) -> Size:
    """Its dimension; raises Unread where its terms or arguments do not agree."""
    kind = node.kind
    if kind == "num":
        return NO_SIZE
    if kind == "sym":
        return dims[node.name]
    a = dimension(node.parts[0], dims)
    if kind == "neg":
        return a
    if kind == "sqrt":
        return tuple([x / 2 for x in a])
    if len(node.parts) == 1:
        if not alike(a, NO_SIZE):
            raise Unread("argument")
        return NO_SIZE
    b = dimension(node.parts[1], dims)
    if kind in "+-":
        if not alike(a, b) and not any(_is_zero(p) for p in node.parts):
            raise Unread("terms")
        return a
    if kind == "*":
        return tuple([x + y for x, y in zip(a, b, strict=True)])
    if kind == "/":
        return tuple([x - y for x, y in zip(a, b, strict=True)])
    if not alike(b, NO_SIZE):
        raise Unread("exponent")
    if alike(a, NO_SIZE):
        return NO_SIZE
    power = constant(node.parts[1])
    if power is None:
        raise Unread("exponent")
    return tuple([x * power for x in a])


def alike(a: Size, b: Size) -> bool:
    """Whether two dimensions are one."""
    return a == b or all(abs(x - y) < 1e-6 for x, y in zip(a, b, strict=True))


def constant(node: Node) -> float | None:
    """The value of a part without symbols."""
    return value(node, {}).real if not symbols(node) else None


def _is_zero(node: Node) -> bool:
    return node.kind == "num" and node.value == 0


def agree(left: Node, right: Node, dims: Mapping[str, Size]) -> bool:
    """Whether both sides have one dimension and every part of them adds up."""
    try:
        a, b = dimension(left, dims), dimension(right, dims)
    except Unread:
        return False
    return alike(a, b) or _is_zero(left) or _is_zero(right)
