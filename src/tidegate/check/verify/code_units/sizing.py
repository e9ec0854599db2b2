# ruff: noqa: E501  (messages read best on one line)
"""Sizes: values in units of different size that meet without the factor between them, or with another.

Only where the dimensions agree, all units are certain and all factors are literal numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.code_units.reading import Reader
from tidegate.check.verify.code_units.solving import System, dims_of
from tidegate.check.verify.code_units.terms import Mixed
from tidegate.check.verify.code_units.unit_names import loose
from tidegate.check.verify.code_units.values import Mono, Value, holds_factor, is_plain, like_conversion, near, times
from tidegate.check.verify.schemes.model import Scheme

FOUND_MAX = 6


def sizes(reader: Reader, system: System, bad: set[int]) -> Iterator[Scheme]:
    """Values in units of different size that are added, compared or assigned without the factor between them."""
    seen: set[tuple[int, str]] = set()
    count = 0
    for mixed in reader.mixed:
        a, b = mixed.left, mixed.right
        if (
            a.size is None
            or b.size is None
            or a.mono is None
            or b.mono is None
            or a.turned
            or b.turned
            or id(mixed.node) in bad
        ):
            continue
        if not (a.names or mixed.wanted) or not b.names or any(n in reader.dead for n in a.names | b.names):
            continue
        if not b.numbers and not a.numbers and near(a.size, b.size, 1e-9):
            continue
        rest, _ = system.reduce(times(a.mono, b.mono, -1))
        if rest:
            continue
        known, _ = system.reduce(a.mono)
        found = assigned(mixed, known) if mixed.assigned else added(mixed, known)
        if found is None:
            continue
        key = (getattr(mixed.node, "lineno", 0), found.computation)
        if key not in seen and count < FOUND_MAX:
            seen.add(key)
            count += not found.holds
            yield found


def assigned(mixed: Mixed, known: Mono) -> Scheme | None:
    """The factor of a conversion on its way into a name, a parameter or a print."""
    a, b = mixed.left, mixed.right
    if a.numbers:
        return None
    factor, tolerance = (b.size or 1) / (a.size or 1), loose_of(known)
    if near(factor, 1.0, tolerance):
        return None
    if holds_factor(b.numbers, factor, tolerance):
        return Scheme(name="unit conversion", node=mixed.node, holds=True, computation=f"the factor is {tidy(factor)}")
    if not suspicious(b):
        return None
    has = one_product(b.numbers)
    lead = f"{mixed.wanted}: " if mixed.wanted else ""
    return Scheme(
        name="unit conversion",
        node=mixed.node,
        holds=False,
        computation=f"{lead}the factor between the units is {tidy(factor)}, not {tidy(has)}: use {by(factor)}",
    )


def added(mixed: Mixed, known: Mono) -> Scheme | None:
    """Two values that are added or compared in units of different size."""
    a, b = mixed.left, mixed.right
    tolerance = loose_of(known)
    if any(near(x, y, tolerance) for x in scales(a) for y in scales(b)):
        return None
    if not (suspicious(a) or not a.numbers) or not (suspicious(b) or not b.numbers):
        return None
    if b.numbers and not a.numbers:
        right = f"the second needs the factor {tidy((b.size or 1) / (a.size or 1))} to be in the unit of the first, not {tidy(one_product(b.numbers))}"
    elif a.numbers and not b.numbers:
        right = f"the first needs the factor {tidy((a.size or 1) / (b.size or 1))} to be in the unit of the second, not {tidy(one_product(a.numbers))}"
    else:
        ratio = scales(b)[-1] / scales(a)[-1]
        right = f"one unit of the second is {tidy(ratio)} of the first: use {by(ratio)} on the second"
    return Scheme(
        name="unit conversion", node=mixed.node, holds=False, computation=f"the two are in different units: {right}"
    )


def scales(value: Value) -> list[float]:
    """The sizes that the unit of a value may have: each number in it may be a conversion or a count."""
    out = [value.size or 1.0]
    for n in value.numbers[:5]:
        out += [x / n for x in out]
    return out


def suspicious(value: Value) -> bool:
    """Whether no number in the product, or one that only a conversion has, stands where a factor must be."""
    odd = [n for n in value.numbers if not is_plain(n)]
    if not odd:
        return not value.numbers or len(value.names) >= 2
    return like_conversion(one_product(tuple(odd)))


def one_product(numbers: tuple[float, ...]) -> float:
    """All numbers of a product as one."""
    out = 1.0
    for n in numbers:
        out *= n
    return out


def loose_of(known: Mono) -> float:
    """How far a factor may be off in this dimension."""
    return loose(dims_of({k: v for k, v in known.items() if not isinstance(k, str)}))


def tidy(value: float) -> str:
    """A factor as one writes it: 3600, 1/1000, 0.4536."""
    inverse = 1 / value
    if value < 1 and abs(inverse - round(inverse)) < 1e-6 * inverse:
        return f"1/{round(inverse)}" if inverse < 1e7 else f"1/{inverse:.6g}"
    return (
        f"{Fraction(value).limit_denominator(1000)}"
        if near(value, round(value), 1e-9) and value < 1e7
        else f"{value:.6g}"
    )


def by(value: float) -> str:
    """A factor as an operation."""
    inverse = 1 / value
    return (
        f"/ {tidy(inverse)}" if value < 1 and abs(inverse - round(inverse, 3)) < 1e-6 * inverse else f"* {tidy(value)}"
    )
