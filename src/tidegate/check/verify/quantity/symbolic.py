# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Formulae over symbols, read as vectors of exponents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from tidegate.check.verify.quantity.dimension_system import Vector
from tidegate.check.verify.quantity.unit_table import Dims

GREEK = {"ρ": "rho", "λ": "lambda", "ω": "omega", "σ": "sigma", "τ": "tau", "η": "eta", "μ": "mu", "ν": "nu", "δ": "delta", "π": "pi", "Δ": "Delta", "θ": "theta", "α": "alpha", "ε": "epsilon"}  # fmt: skip


SYMBOL = r"(?:Delta ?[A-Za-z]+|[A-Za-z]+(?:_[A-Za-z0-9]+)?)"


TOKEN = re.compile(rf"\s*(?:(?P<num>\d+(?:\.\d+)?)|(?P<sym>{SYMBOL})|(?P<op>[+\-*/^=()]))")


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """LaTeX and Unicode in one plain form for the formula grammar."""
    t = text
    for _ in range(4 if "{" in t else 0):
        t = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))", t)
        t = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)", t)
        t = re.sub(r"\\(?:text|mathrm|mathbf|vec|hat|bar|dot)\s*\{([^{}]*)\}", r"\1", t)
        t = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", t)
        t = re.sub(r"_\{([^{}]*)\}", r"_\1", t)
    t = re.sub(r"\\(?:cdot|times)|[·×⋅]", "*", t)
    t = re.sub(r"\\(?:left|right|,|;|!| )", " ", t)
    t = t.replace("√", "sqrt").replace("½", "1/2 ").replace("−", "-").replace("**", "^")
    t = re.sub(
        r"[⁰¹²³⁴-⁹⁻]+", lambda m: "^(" + m.group(0).translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) + ")", t
    )
    t = t.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    for greek, name in GREEK.items():
        t = t.replace(greek, f" {name} " if greek != "Δ" else " Delta")
    t = t.replace("\\Delta ", "Delta").replace("\\Delta", "Delta")
    return re.sub(r"\\([A-Za-z]+)", r" \1 ", t)


class Unread(Exception):
    """The formula is not one this grammar reads."""


SIMPLE = frozenset({"0.5", "1.5", "2.0", "0.25", "3.0", "4.0", "1.0", "3.14", "3.1416", "0.75"})


FREE = re.compile(
    r"[A-Za-z](?:_[A-Za-z0-9]+)?|(?:rho|lambda|omega|sigma|tau|eta|mu|nu|delta|theta|alpha|epsilon|Delta[A-Za-z])(?:_[A-Za-z0-9]+)?"
)


CONSTANT = frozenset({"constant", "const"})  # the right side of a law of conservation: some fixed quantity
FUNCTIONS = ("sin", "cos", "tan", "exp", "ln", "log")


class SymbolicFormula:
    """Products and sums of symbols with rational powers; symbols without a dimension are unknowns where `free`.

    `grab` reads `a/b c` with b c below the line; each sum adds the rows that make its terms equal.
    """

    def __init__(self, text: str, dims: Mapping[str, Dims], *, free: bool = False, grab: bool = False) -> None:
        self.dims, self.free, self.grab = dims, free, grab
        self.known = frozenset(dims)
        self.t: list[tuple[str, str]] = []
        self.rows: list[Vector] = []
        self.used: set[str] = set()
        at, text = 0, plain(text).strip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise Unread(text[at:])
            at = found.end()
            kind = found.lastgroup or ""
            if kind == "sym":
                self.t += [("sym", s) for s in self._split(found.group(kind).replace(" ", ""))]
            else:
                self.t.append((kind, found.group(kind)))
            while at < len(text) and text[at].isspace():
                at += 1
        self.i = 0

    def _split(self, word: str) -> list[str]:
        """`mgh` is m g h when these are the known symbols; a word that is no product of them is unread."""
        if word in self.known or word in ("pi", "sqrt", *FUNCTIONS, *CONSTANT):
            return [word]
        if self.free and FREE.fullmatch(word):
            return [word]
        for size in range(len(word) - 1, 0, -1):
            if word[:size] in self.known | {"pi"}:
                try:
                    return [word[:size], *self._split(word[size:])]
                except Unread:
                    continue
        raise Unread(word)

    def peek(self) -> tuple[str, str]:
        """The next token, not consumed."""
        return self.t[self.i] if self.i < len(self.t) else ("end", "")

    def whole(self) -> Vector:
        """The dimension of the whole text; Unread when something is left over."""
        out = self.terms()
        if self.i != len(self.t):
            raise Unread("left over")
        return out

    def terms(self) -> Vector:
        """A sum: its terms must agree."""
        self.sign()
        first = self.product()
        bare = first.wild
        while self.peek()[1] in ("+", "-") and self.peek()[0] == "op":
            self.i += 1
            other = self.product()
            if not first.wild and not other.wild:
                self.rows.append(other.plus(first, -1))
            bare |= other.wild
            first = other if first.wild else first
        return Vector(wild=True) if bare else first  # 331 + 0.6 T hides units in its numbers

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
            if kind == "op" and text in "*/":
                self.i += 1
                below = text == "/"
                total = total.plus(self.power(), -1 if below else 1)
            elif kind in ("num", "sym") or text == "(":
                total = total.plus(self.power(), -1 if below and self.grab else 1)
            else:
                return total

    def power(self) -> Vector:
        """A base with its exponent."""
        base = self.atom()
        if self.peek() == ("op", "^"):
            self.i += 1
            base = base.times(self.exponent())
        return base

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
                raise Unread("a power of a function")
            inner = self.atom()
            if not inner.wild and (any(inner.known) or inner.unknown) and not self.free:
                raise Unread("an argument with a dimension")
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
        if text == "(":
            inner = self.terms()
            if self.peek() != ("op", ")"):
                raise Unread("parenthesis")
            self.i += 1
            return inner
        raise Unread(text)
