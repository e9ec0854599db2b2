# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Formulae over symbols, read as vectors of exponents."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from tidegate.check.verify.quantity.dimension_system import Vector
from tidegate.check.verify.quantity.notation import GREEK_NAME, plain
from tidegate.check.verify.quantity.unit_table import Dims

SYMBOL = r"(?:Delta ?[A-Za-z]+(?:_[A-Za-z0-9]+)?|delta_[A-Za-z]+(?:_[A-Za-z0-9]+)?|[A-Za-z]+(?:_[A-Za-z0-9]+)?)"


TOKEN = re.compile(rf"\s*(?:(?P<num>\d+(?:\.\d+)?)|(?P<sym>{SYMBOL})|(?P<op>[+\-*/^=()\[\]]))")


class Unread(Exception):
    """The formula is not one this grammar reads."""


def tokens(pattern: re.Pattern[str], text: str, split: Callable[[str], list[str]]) -> list[tuple[str, str]]:
    """Kinds (`num`, `sym`, `op`) and texts of a formula; `split` takes a run of letters apart.

    Raises:
        Unread: for what is none of these.
    """
    out: list[tuple[str, str]] = []
    at, text = 0, text.strip()
    while at < len(text):
        found = pattern.match(text, at)
        if found is None:
            raise Unread(text[at:])
        at = found.end()
        kind = found.lastgroup or ""
        if kind == "sym":
            out += [("sym", s) for s in split(found.group(kind).replace(" ", ""))]
        else:
            out.append((kind, found.group(kind)))
        while at < len(text) and text[at].isspace():
            at += 1
    return out


# decimals that are pure numbers; any other may carry a unit
SIMPLE = frozenset({"0.5", "1.5", "2.5", "2.0", "0.25", "3.0", "4.0", "1.0", "3.14", "3.1416", "0.75", "0.693", "2.303", "1.22", "4.44", "0.4"})  # fmt: skip


FREE = re.compile(rf"(?:Delta ?)?(?:[A-Za-z]|{GREEK_NAME})(?:dot|ddot)?(?:_[A-Za-z0-9]+)?|delta_[A-Za-z]\w*")


CONSTANT = frozenset({"constant", "const"})  # the right side of a law of conservation: some fixed quantity
FUNCTIONS = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "ln", "log")
LOGARITHMS = ("ln", "log")  # of a bare quantity they are taken loosely


class SymbolicFormula:
    """Products and sums of symbols with rational powers; symbols without a dimension are unknowns where `free`.

    `grab` reads `a/b c` with b c below the line, `loose` `sin a b` as the sine of a b; each sum adds the rows that
    make its terms equal, each function the row that makes its argument a number.
    """

    def __init__(
        self, text: str, dims: Mapping[str, Dims], *, free: bool = False, grab: bool = False, loose: bool = True
    ) -> None:
        self.dims, self.free, self.grab, self.loose = dims, free, grab, loose
        self.known = frozenset(dims)
        self.rows: list[Vector] = []
        self.used: set[str] = set()
        self.t, self.i = tokens(TOKEN, plain(text), self._split), 0

    def _split(self, word: str) -> list[str]:
        """`mgh` is m g h when these are the known symbols; a word that is no product of them is unread."""
        if word in self.known or word in ("pi", "sqrt", *FUNCTIONS, *CONSTANT):
            return [word]
        parts = self._parts(word)
        if parts is not None and (len(parts) > 1 or not self.free):
            return parts
        if self.free and FREE.fullmatch(word):
            return [word]
        parts = self._parts(word, free=True) if self.free and 1 < len(word) <= 4 and "_" not in word else parts
        if parts is None:
            raise Unread(word)
        return parts

    def _parts(self, word: str, free: bool = False) -> list[str] | None:
        """Known symbols (with `free` one letter may be unknown, the others known) whose names make up the word."""
        if not word:
            return []
        for size in range(len(word), 0, -1):
            head = word[:size]
            if head in self.known or head == "pi":
                rest = self._parts(word[size:], free)
                if rest is not None:
                    return [head, *rest]
        if free and word[0].isalpha():
            rest = self._parts(word[1:])
            if rest is not None:
                return [word[0], *rest]
        return None

    def peek(self) -> tuple[str, str]:
        """The next token, not consumed."""
        return self.t[self.i] if self.i < len(self.t) else ("end", "")

    def whole(self) -> Vector:
        """The dimension of the whole text; Unread when something is left over."""
        out = self.terms()
        if self.i != len(self.t):
            raise Unread("left over")
        return out

    def terms(self, *, inside: bool = False) -> Vector:
        """A sum: its terms must agree.  Inside a product `1 + x` asks that x be a number; else numbers may hide units."""
        self.sign()
        parts = [self.term()]
        while self.peek()[1] in ("+", "-") and self.peek()[0] == "op":
            self.i += 1
            parts.append(self.term())
        told = [(v, n) for v, n, _ in parts if not v.wild]
        numbers = [plain_one for v, _, plain_one in parts if v.wild]
        for v, _ in told[1:]:
            self.rows.append(v.plus(told[0][0], -1))
        if not numbers or not told:
            return told[0][0] if told else Vector(wild=True)
        if all(numbers) and (max(n for _, n in told) > 1 or inside):
            self.rows.append(told[0][0])
            return Vector()
        return Vector(wild=True)  # 331 + 0.6 T hides units in its numbers

    def term(self) -> tuple[Vector, int, bool]:
        """A product with the number of its symbols, and whether it is a small whole number or half."""
        start = self.i
        value = self.product()
        tokens = self.t[start : self.i]
        symbols = {s for kind, s in tokens if kind == "sym" and s not in ("pi", "sqrt", *FUNCTIONS)}
        return value, len(symbols), all(s in ("1", "2", "3", "(", ")", "/", "0.5") for _, s in tokens)

    def sign(self) -> None:
        """Skip a leading sign."""
        if self.peek() in (("op", "-"), ("op", "+")):
            self.i += 1

    def product(self) -> Vector:
        """A product or quotient of powers."""
        total = self.power()
        below = False
        while True:
            kind, text = self.peek()
            if kind == "op" and text in ("*", "/"):
                self.i += 1
                below = text == "/"
                total = total.plus(self.power(), -1 if below else 1)
            elif kind in ("num", "sym") or text in ("(", "["):
                total = total.plus(self.power(), -1 if below and self.grab else 1)
            else:
                return total

    def power(self) -> Vector:
        """A base with its exponent; e to a power is a function of it."""
        if self.peek() == ("sym", "e") and "e" not in self.known and self.i + 1 < len(self.t) and self.t[self.i + 1] == ("op", "^"):  # fmt: skip
            self.i += 2
            start = self.i
            self._argument(self.signed_atom(), "exp", start)
            return Vector()
        start = self.i
        base = self.atom()
        if self.peek() == ("op", "^"):
            self.i += 1
            at = self.i
            try:
                base = base.times(self.exponent())
            except Unread:
                self.i = at
                inner = self.atom()
                if any(base.known) or base.unknown or not (self.t[start][0] == "num" or not any(inner.known)):
                    raise
                self._argument(inner, "exp", at)
                base = Vector()
        return base

    def signed_atom(self) -> Vector:
        """An atom after signs."""
        while self.peek() in (("op", "-"), ("op", "+")):
            self.i += 1
        return self.atom()

    def exponent(self) -> Fraction:
        """A rational exponent."""
        kind, text = self.peek()
        self.i += 1
        if kind == "num":
            return Fraction(text)
        if text == "-":
            return -self.exponent()
        if text == "(":
            value = self.exponent()
            if self.peek() == ("op", "/"):
                self.i += 1
                value /= self.exponent()
            if self.peek() != ("op", ")"):
                raise Unread("exponent")
            self.i += 1
            return value
        raise Unread("exponent")

    def atom(self) -> Vector:
        """A number, a symbol, a function or a group."""
        kind, text = self.peek()
        self.i += 1
        if kind == "num" and "." in text and text not in SIMPLE:
            return Vector(unknown=((f"#{self.i}", Fraction(1)),))  # an empirical coefficient may carry any unit
        if kind == "num" or text == "pi":
            return Vector(wild=True)
        if kind == "sym" and text == "sqrt":
            return self.atom().times(Fraction(1, 2))
        if kind == "sym" and text in FUNCTIONS:
            if self.peek() == ("op", "^"):
                self.i += 1
                self.exponent()
            start = self.i
            self._argument(self.argument(), text, start)
            return Vector()
        if kind == "sym" and text in self.dims:
            self.used.add(text)
            return Vector(self.dims[text])
        if kind == "sym" and text in CONSTANT:
            self.used.add(text)
            return Vector(unknown=((text, Fraction(1)),))
        if kind == "sym" and self.free:
            self.used.add(text)
            return Vector(unknown=((text, Fraction(1)),))
        if text in ("(", "["):
            inner = self.terms(inside=True)
            if self.peek() != ("op", ")" if text == "(" else "]"):
                raise Unread("parenthesis")
            self.i += 1
            return inner
        raise Unread(text)

    def argument(self) -> Vector:
        """What a function is taken of: a group, or the factors set beside each other up to the next sign."""
        opened = self.peek()[1]
        if opened in ("(", "["):
            self.i += 1
            inner = self.terms()
            if self.peek() != ("op", ")" if opened == "(" else "]"):
                raise Unread("parenthesis")
            self.i += 1
            return inner
        total = self.power()
        while self.loose and (self.peek()[0] == "num" or (self.peek()[0] == "sym" and self.peek()[1] not in FUNCTIONS)):
            total = total.plus(self.power())
        return total

    def _argument(self, inner: Vector, name: str, start: int) -> None:
        """An argument must be a number; one symbol alone may be a number of its units, a logarithm's any quantity."""
        tokens = self.t[start : self.i]
        symbols = {s for kind, s in tokens if kind == "sym" and s != "pi"}
        dimensional = not inner.wild and (any(inner.known) or bool(inner.unknown))
        if dimensional and not self.free:
            raise Unread("an argument with a dimension")
        if len(symbols) > 1 and not (name in LOGARITHMS and ("op", "/") not in tokens):
            self.rows.append(inner)
