# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Exact interval arithmetic: what a printed number can mean, carried through an expression.

A printed number with d decimals stands for every value that rounds to it.  Bounds are exact
fractions, so that no alarm ever comes from our own rounding (Moore, *Interval Analysis*, 1966).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple


class TooLarge(ArithmeticError):
    """The value would be too large to compute exactly; the claim is then unverifiable."""


class Interval(NamedTuple):
    """Closed interval [low, high] of exact fractions."""

    low: Fraction
    high: Fraction

    @property
    def middle(self) -> Fraction:
        """The midpoint."""
        return self.low if self.low is self.high else (self.low + self.high) / 2

    @property
    def exact(self) -> bool:
        """Whether it is one point."""
        return self.low is self.high or self.low == self.high


BITS_MAX = 4096  # an exact fraction longer than this is refused


def point(value: Fraction | int) -> Interval:
    """The interval of one exact value."""
    f = value if isinstance(value, Fraction) else Fraction(value)
    return Interval(f, f)


def around(value: Fraction, radius: Fraction) -> Interval:
    """All values within `radius` of `value`."""
    return Interval(value - radius, value + radius)


def add(a: Interval, b: Interval) -> Interval:
    """Sum."""
    if a.low is a.high and b.low is b.high:
        return checked(point(a.low + b.low))
    return checked(Interval(a.low + b.low, a.high + b.high))


def negate(a: Interval) -> Interval:
    """Minus a."""
    if a.low is a.high:
        return point(-a.low)
    return Interval(-a.high, -a.low)


def multiply(a: Interval, b: Interval) -> Interval:
    """Product."""
    if a.exact and b.exact:
        return checked(point(a.low * b.low))
    corners = (a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high)
    return checked(Interval(min(corners), max(corners)))


def divide(a: Interval, b: Interval) -> Interval:
    """Quotient; ZeroDivisionError when the divisor may be zero."""
    if b.low <= 0 <= b.high:
        raise ZeroDivisionError
    if a.low is a.high and b.low is b.high:
        return checked(point(a.low / b.low))
    return multiply(a, Interval(1 / b.high, 1 / b.low))


def power(a: Interval, b: Interval) -> Interval:
    """a to the b: exact for whole exponents, outward-rounded floats otherwise."""
    if not b.exact:
        if a.low <= 0:
            raise TooLarge
        corners = [_float_power(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
        return Interval(min(c.low for c in corners), max(c.high for c in corners))
    n = b.low
    if n.denominator == 1:
        e = int(n)
        if abs(e) > 1024 or max(abs(a.low), abs(a.high)).numerator.bit_length() * abs(e) > BITS_MAX:
            raise TooLarge
        if e < 0:
            return divide(point(1), power(a, point(-e)))
        ends = (a.low**e, a.high**e)
        low = Fraction(0) if e % 2 == 0 and e > 0 and a.low <= 0 <= a.high else min(ends)
        return checked(Interval(low, max(ends)))
    if a.low < 0:
        raise TooLarge
    at_low, at_high = _float_power(a.low, n), _float_power(a.high, n)
    return Interval(min(at_low.low, at_high.low), max(at_low.high, at_high.high))


def apply(function: str, a: Interval) -> Interval:
    """A named real function over an interval (monotone ones by their ends, others by the middle)."""
    if function == "sqrt":
        return power(a, point(Fraction(1, 2)))
    f = {"ln": math.log, "log10": math.log10, "log2": math.log2, "exp": math.exp, "sin": math.sin,
         "cos": math.cos, "tan": math.tan, "arctan": math.atan, "arcsin": math.asin, "arccos": math.acos}[function]  # fmt: skip
    try:
        ends = [f(float(x)) for x in (a.low, a.middle, a.high)]
    except (ValueError, OverflowError) as error:
        raise TooLarge from error
    width = float(a.high - a.low) if function in ("sin", "cos") else 0.0
    return _outward(min(ends) - width, max(ends) + width)


def factorial(a: Interval) -> Interval:
    """n! of an exact whole number up to 170."""
    if not a.exact or a.low.denominator != 1 or not 0 <= a.low <= 170:
        raise TooLarge
    return point(math.factorial(int(a.low)))


def checked(a: Interval) -> Interval:
    """The interval, unless its exact form grew beyond reason."""
    if a.low.numerator.bit_length() > BITS_MAX or a.low.denominator.bit_length() > BITS_MAX:
        raise TooLarge
    return a


def _float_power(x: Fraction, y: Fraction) -> Interval:
    try:
        value = float(x) ** float(y)
    except (OverflowError, ZeroDivisionError) as error:
        raise TooLarge from error
    return _outward(value, value)


def _outward(low: float, high: float) -> Interval:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise TooLarge
    pad = Fraction(max(abs(low), abs(high), 1e-300)) / 10**12
    return Interval(Fraction(low) - pad, Fraction(high) + pad)
