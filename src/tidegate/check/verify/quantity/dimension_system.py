"""Dimensions of equations as a linear system over the rationals: is it consistent, what is its smallest broken part?

Each term of each equation is a vector: what is known of it (exponents of the base units) plus
rational multiples of the unknown symbols' vectors.  An equation says that its terms are equal.
The system is inconsistent exactly when some combination of rows has no unknown left but a known
part that is not zero (Rouché-Capelli); deleting rows one by one gives a minimal inconsistent set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from tidegate.check.verify.quantity.unit_table import NONE, Dims


class Vector(NamedTuple):
    """A dimension: its known part and how often each unknown symbol stands in it; `wild` for a bare number."""

    known: Dims = NONE
    unknown: tuple[tuple[str, Fraction], ...] = ()
    wild: bool = False

    def plus(self, other: Vector, sign: Fraction | int = 1) -> Vector:
        """The dimension of a product (sign 1) or a quotient (sign -1)."""
        known = tuple(a + sign * b for a, b in zip(self.known, other.known, strict=True))
        table = dict(self.unknown)
        for symbol, times in other.unknown:
            table[symbol] = table.get(symbol, Fraction(0)) + sign * times
        return Vector(known, tuple(sorted((s, t) for s, t in table.items() if t)), self.wild and other.wild)

    def times(self, factor: Fraction) -> Vector:
        """The dimension of a power."""
        known = tuple(factor * a for a in self.known)
        return Vector(known, tuple((s, factor * t) for s, t in self.unknown if factor * t), self.wild)


class Row(NamedTuple):
    """`difference` must vanish; `source` numbers the equation it comes from."""

    difference: Vector
    source: int


def reduce(rows: Sequence[Row]) -> tuple[list[tuple[str, dict[str, Fraction], Dims]], bool]:
    """Pivot rows in reduced form and whether the system is consistent."""
    pivots: list[tuple[str, dict[str, Fraction], Dims]] = []
    for row in rows:
        table, known = dict(row.difference.unknown), row.difference.known
        for symbol, line, constant in pivots:
            factor = table.get(symbol)
            if factor:
                known = tuple(a - factor * b for a, b in zip(known, constant, strict=True))
                for s, t in line.items():
                    table[s] = table.get(s, Fraction(0)) - factor * t
        table = {s: t for s, t in table.items() if t}
        if not table:
            if any(known):
                return pivots, False
            continue
        symbol = min(table)
        lead = table[symbol]
        line = {s: t / lead for s, t in table.items()}
        constant = tuple(a / lead for a in known)
        reduced = []
        for other, other_line, other_constant in pivots:
            factor = other_line.get(symbol, Fraction(0))
            merged = dict(other_line)
            for s, t in line.items():
                merged[s] = merged.get(s, Fraction(0)) - factor * t
            left = tuple(a - factor * b for a, b in zip(other_constant, constant, strict=True))
            reduced.append((other, {s: t for s, t in merged.items() if t}, left))
        pivots = [*reduced, (symbol, line, constant)]
    return pivots, True


def consistent(rows: Sequence[Row]) -> bool:
    """Whether some assignment of dimensions satisfies every row."""
    return reduce(rows)[1]


def minimal_core(rows: Sequence[Row]) -> list[int]:
    """Equations of a smallest-by-inclusion inconsistent set; empty when the system is consistent."""
    if consistent(rows):
        return []
    kept = sorted({r.source for r in rows})
    for source in list(kept):
        rest = [k for k in kept if k != source]
        if not consistent([r for r in rows if r.source in rest]):
            kept = rest
    return kept


def inferred(rows: Sequence[Row]) -> Mapping[str, Dims]:
    """The dimensions of unknown symbols that the system determines."""
    pivots, holds = reduce(rows)
    if not holds:
        return {}
    return {symbol: tuple(-a for a in constant) for symbol, line, constant in pivots if set(line) == {symbol}}
