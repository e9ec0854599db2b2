"""Polynomials in one unknown as people write them: `3(x − 2)² + 1`, `\\frac{x}{2} + 4`; exact, or not read at all."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

Poly = tuple[Fraction, ...]  # coefficients from the constant up; the last is not zero
DEGREE_MAX = 8
TOKEN = re.compile(r"\s*(?:(?P<num>\d+(?:\.\d+)?)|(?P<sym>[a-z])|(?P<op>[+\-*/^()]))")
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Unread(Exception):
    """No polynomial in one unknown."""


def trimmed(p: list[Fraction]) -> Poly:
    """Without leading zeros."""
    while p and not p[-1]:
        p.pop()
    return tuple(p)


def add(a: Poly, b: Poly, sign: int = 1) -> Poly:
    """a + sign × b."""
    n = max(len(a), len(b))
    return trimmed([(a[i] if i < len(a) else 0) + sign * (b[i] if i < len(b) else Fraction(0)) for i in range(n)])


def multiply(a: Poly, b: Poly) -> Poly:
    """The product; Unread beyond degree 8."""
    if len(a) + len(b) - 2 > DEGREE_MAX:
        raise Unread
    out = [Fraction(0)] * max(0, len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            out[i + j] += x * y
    return trimmed(out)


def at(p: Poly, x: Fraction) -> Fraction:
    """The value at x."""
    out = Fraction(0)
    for c in reversed(p):
        out = out * x + c
    return out


def plain(text: str) -> str:
    """LaTeX and Unicode in one plain form."""
    t = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))", text)
    t = re.sub(r"\\(?:cdot|times)|[·×⋅]", "*", t)
    t = re.sub(r"\\(?:left|right|,|;|!| |quad)|[$&]", " ", t)
    t = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "^" + m.group(0).translate(SUPERSCRIPT), t)
    return t.replace("−", "-").replace("–", "-").replace("{", "(").replace("}", ")").replace("**", "^")


@lru_cache(maxsize=512)
def read(text: str) -> tuple[str, Poly]:
    """The unknown ("" where there is none) and the polynomial; Unread where the text is anything else."""
    t = plain(text)
    tokens, i = [], 0
    while i < len(t):
        found = TOKEN.match(t, i)
        if found is None:
            if t[i:].strip():
                raise Unread
            break
        tokens.append((found.lastgroup or "", found.group(found.lastgroup or 0).strip()))
        i = found.end()
    symbols = {s for kind, s in tokens if kind == "sym"}
    if not tokens or len(symbols) > 1:
        raise Unread
    reader = _Reader(tokens)
    out = reader.sum()
    if reader.i != len(tokens):
        raise Unread
    return (next(iter(symbols)) if symbols else ""), out


class _Reader:
    """Sums of products of powers; a product may be left unsigned, but not behind a slash."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.t, self.i, self.depth = tokens, 0, 0

    def peek(self) -> str:
        return self.t[self.i][1] if self.i < len(self.t) else ""

    def kind(self) -> str:
        return self.t[self.i][0] if self.i < len(self.t) else ""

    def sum(self) -> Poly:
        self.depth += 1
        if self.depth > 12:
            raise Unread
        out = self.product()
        while self.peek() in ("+", "-"):
            sign = 1 if self.peek() == "+" else -1
            self.i += 1
            out = add(out, self.product(), sign)
        self.depth -= 1
        return out

    def product(self) -> Poly:
        sign = 1
        while self.peek() in ("+", "-"):
            sign = -sign if self.peek() == "-" else sign
            self.i += 1
        out, divided = self.power(), False
        while True:
            mark = self.peek()
            if mark in ("*", "/"):
                self.i += 1
                negative = self.peek() == "-"
                self.i += negative
                right = self.power()
                right = tuple(-c for c in right) if negative else right
                if mark == "/":
                    if len(right) != 1:
                        raise Unread
                    out, divided = tuple(c / right[0] for c in out), True
                else:
                    out, divided = multiply(out, right), False
            elif self.kind() == "sym" or mark == "(":
                if divided:
                    raise Unread  # 1/2x is x/2 or one over 2x
                out = multiply(out, self.power())
            elif self.kind() == "num":
                raise Unread  # two numbers side by side
            else:
                return tuple(sign * c for c in out)

    def power(self) -> Poly:
        base = self.atom()
        if self.peek() != "^":
            return base
        self.i += 1
        wrapped = self.peek() == "("
        self.i += wrapped
        if self.kind() != "num" or not self.peek().isdigit() or int(self.peek()) > DEGREE_MAX:
            raise Unread
        n = int(self.peek())
        self.i += 1
        if wrapped:
            if self.peek() != ")":
                raise Unread
            self.i += 1
        out: Poly = (Fraction(1),)
        for _ in range(n):
            out = multiply(out, base)
        return out

    def atom(self) -> Poly:
        kind, text = self.kind(), self.peek()
        self.i += 1
        if kind == "num":
            return trimmed([Fraction(text)])
        if kind == "sym":
            return (Fraction(0), Fraction(1))
        if text == "(":
            out = self.sum()
            if self.peek() != ")":
                raise Unread
            self.i += 1
            return out
        raise Unread
