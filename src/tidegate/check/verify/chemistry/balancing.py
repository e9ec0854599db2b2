"""The algebra of a chemical equation: its terms, and the whole numbers that balance it.

The balance is A·ν = 0 with one row an element and one for the charge; the coefficients that balance it span
the null space of A.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from tidegate.check.verify.chemistry.formula import Formula


class Term(NamedTuple):
    """One species with its coefficient; electrons have no atoms and charge −1."""

    coefficient: Fraction
    printed: bool
    text: str
    formula: Formula | None
    state: bool

    def amounts(self) -> dict[str, int]:
        """Atoms by symbol and `charge`."""
        if self.formula is None:
            return {"charge": -1}
        return {**self.formula.composition, "charge": self.formula.charge or 0}


class Reaction(NamedTuple):
    """A reaction: its span in the text and both sides."""

    start: int
    end: int
    left: tuple[Term, ...]
    right: tuple[Term, ...]


def null_space(left: tuple[Term, ...], right: tuple[Term, ...]) -> list[list[Fraction]]:
    """A basis of the coefficient vectors that balance atoms and charge (exact rational elimination)."""
    amounts = [t.amounts() for t in left] + [{k: -v for k, v in t.amounts().items()} for t in right]
    rows_of = sorted({k for a in amounts for k in a})
    matrix = [[Fraction(a.get(k, 0)) for a in amounts] for k in rows_of]
    columns, pivots, row = len(amounts), [], 0
    for column in range(columns):
        pivot = next((r for r in range(row, len(matrix)) if matrix[r][column]), None)
        if pivot is None:
            continue
        matrix[row], matrix[pivot] = matrix[pivot], matrix[row]
        lead = matrix[row][column]
        matrix[row] = [x / lead for x in matrix[row]]
        for r in range(len(matrix)):
            if r != row and matrix[r][column]:
                factor = matrix[r][column]
                matrix[r] = [x - factor * y for x, y in zip(matrix[r], matrix[row], strict=True)]
        pivots.append(column)
        row += 1
    basis = []
    for free in (c for c in range(columns) if c not in pivots):
        vector = [Fraction(0)] * columns
        vector[free] = Fraction(1)
        for r, c in enumerate(pivots):
            vector[c] = -matrix[r][free]
        basis.append(vector)
    return basis


def balance(left: tuple[Term, ...], right: tuple[Term, ...]) -> tuple[int, ...] | None:
    """The smallest whole coefficients when they are unique and positive."""
    basis = null_space(left, right)
    if len(basis) != 1:
        return None
    vector = basis[0]
    if all(x < 0 for x in vector):
        vector = [-x for x in vector]
    if not all(x > 0 for x in vector):
        return None
    scale = lcm(*(x.denominator for x in vector))
    whole = [int(x * scale) for x in vector]
    common = gcd(*whole)
    return tuple(w // common for w in whole)


def written(coefficients: tuple[int, ...], reaction: Reaction) -> str:
    """The reaction with other coefficients."""
    terms = [
        f"{n if n > 1 else ''}{' ' if n > 1 else ''}{t.text}"
        for n, t in zip(coefficients, reaction.left + reaction.right, strict=True)
    ]
    k = len(reaction.left)
    return " + ".join(terms[:k]) + " → " + " + ".join(terms[k:])
