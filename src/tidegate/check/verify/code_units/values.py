"""What an expression measures: a product of powers of base units and of unknown names, and the bare numbers in it.

A bare number may hide a dimension (`4.905 * t**2`), so a product with one that is not a plain factor says nothing of
dimensions; and it may be a conversion (`delay_ms / 1000`), so it is kept for the comparison of sizes.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import log10, pi
from typing import NamedTuple

Exponent = int | Fraction
Mono = dict[int | str, Exponent]
"""Exponents by base unit (its place in `unit_table.BASES`) or by unknown name."""

NO_NAMES: frozenset[str] = frozenset()
OPAQUE = 0.123456789
"""Stands for a sum of bare numbers, which is never a plain factor."""
ALWAYS_PLAIN = frozenset({1.0, -1.0})
PLAIN = frozenset({2.0, 3.0, 4.0, 0.5, 0.25, 1 / 3, 2 / 3, 4 / 3, 1.5, 0.75})
PLAIN_IN_COMPANY = frozenset({6.0, 8.0, 12.0, 16.0, 18.0, 32.0, 48.0, 64.0, 128.0, 384.0, 24.0, 5.0, 0.4, 0.2})
CONVERSIONS = (60.0, 3600.0, 86400.0, 1440.0, 24.0, 3.6, 8.0, 1024.0, 1024.0**2, 1024.0**3, 7.0, 365.0, 12.0)


class Value(NamedTuple):
    """`mono` is None when anything may be meant, `wild` a bare number; `size` is that of its names' units in SI."""

    mono: Mono | None
    wild: bool = False
    numbers: tuple[float, ...] = ()
    size: float | None = None
    names: frozenset[str] = NO_NAMES
    turned: bool = False  # holds pi


ANYTHING = Value(None)
BARE = Value({}, wild=True, size=1.0)
PURE = Value({})


def number(value: float) -> Value:
    """A literal."""
    if abs(value) in ALWAYS_PLAIN or value == 0:
        return BARE
    if abs(abs(value) - pi) < 2e-3 or abs(abs(value) - 2 * pi) < 4e-3:
        return Value({}, wild=True, size=1.0, turned=True)
    return Value({}, wild=True, numbers=(abs(float(value)),), size=1.0)


def power_of(mono: Mono, by: Exponent) -> Mono:
    """A product to a power."""
    return {k: v * by for k, v in mono.items()} if by else {}


def times(a: Mono, b: Mono, sign: int = 1) -> Mono:
    """The product (sign 1) or quotient (sign -1) of two."""
    out = dict(a)
    for key, exponent in b.items():
        new = out.get(key, 0) + sign * exponent
        if new:
            out[key] = new
        else:
            out.pop(key, None)
    return out


def product(a: Value, b: Value, sign: int = 1) -> Value:
    """a·b or a/b."""
    mono = None if a.mono is None or b.mono is None else times(a.mono, b.mono, sign)
    try:
        size = None if a.size is None or b.size is None else a.size * b.size**sign
        numbers = a.numbers + (b.numbers if sign > 0 else tuple(1 / n for n in b.numbers))
    except (ZeroDivisionError, OverflowError):
        return ANYTHING
    return Value(mono, a.wild and b.wild, numbers, size, a.names | b.names, a.turned or b.turned)


def raised(a: Value, by: Fraction) -> Value:
    """a to a power."""
    if a.mono is None:
        return ANYTHING
    exponent: Exponent = int(by) if by.denominator == 1 else by
    try:
        size = None if a.size is None else a.size ** float(by)
        numbers = tuple(n ** float(by) for n in a.numbers)
    except (ZeroDivisionError, OverflowError):
        return ANYTHING
    return Value(power_of(a.mono, exponent), a.wild, numbers, size, a.names, a.turned)


def hides(value: Value) -> bool:
    """Whether a bare number in the product may carry a dimension of its own."""
    names = len(value.names)
    for n in value.numbers:
        plain = n in PLAIN or any(abs(n - p) < 1e-4 for p in PLAIN)
        if plain and (names >= 2 or value.turned):
            continue
        if round(1 / n, 9) in PLAIN_IN_COMPANY and n < 0.17 and names >= 2:
            continue
        if (n in PLAIN_IN_COMPANY or round(1 / n, 9) in PLAIN_IN_COMPANY or 1 / n in PLAIN) and names >= 3:
            continue
        return True
    return False


def near(a: float, b: float, tolerance: float) -> bool:
    """Whether two positive numbers are equal within a share."""
    return abs(a - b) <= tolerance * min(abs(a), abs(b))


def holds_factor(numbers: tuple[float, ...], factor: float, tolerance: float) -> bool:
    """Whether some of the numbers multiply to the factor of a conversion."""
    if near(factor, 1.0, tolerance):
        return True
    if len(numbers) > 6:
        return True
    for count in range(1, len(numbers) + 1):
        for some in combinations(numbers, count):
            out = 1.0
            for n in some:
                out *= n
            if near(out, factor, tolerance):
                return True
    return False


def is_plain(n: float) -> bool:
    """Whether a number is a usual factor of formulae, like ½ or 4/3."""
    return n in PLAIN or any(abs(n - p) < 1e-4 for p in PLAIN)


def like_conversion(value: float) -> bool:
    """Whether a factor is one that only conversions have: 1000, 60, 3.6, 1/3600 …"""
    for c in (value, 1 / value):
        if c >= 99 and abs(log10(c) - round(log10(c))) < 1e-9:
            return True
        if any(near(c, known, 1e-6) for known in CONVERSIONS):
            return True
        for known in (60.0, 3600.0, 3.6, 8.0):
            rest = c / known
            if rest >= 9.9 and abs(log10(rest) - round(log10(rest))) < 1e-9:
                return True
    return False
