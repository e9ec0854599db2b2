"""Rows of a program as a linear system that grows, and the smallest set of them that cannot hold together.

The same system as that of `quantity/dimension_system`, kept solved while rows come in (a program has hundreds),
with the rows that each solution rests on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from tidegate.check.verify.code_units.values import Mono, power_of, times
from tidegate.check.verify.quantity.unit_table import BASES, NONE, Dims

NO_ROWS: frozenset[int] = frozenset()


class Row(NamedTuple):
    """`left` and `right` measure the same, as `node` says.

    A declaration has the `name` whose unit it tells and how it is `spelled`. `keeps` is the unknown whose meaning a
    reassignment must keep for the row to hold.
    """

    left: Mono
    right: Mono
    node: ast.AST
    what: str
    name: str = ""
    spelled: str = ""
    keeps: str = ""


class System:
    """Rows put in one by one; each is solved for one unknown, or holds already, or contradicts those before."""

    def __init__(self) -> None:
        self.solved: dict[str, tuple[Mono, frozenset[int]]] = {}

    def reduce(self, mono: Mono) -> tuple[Mono, frozenset[int]]:
        """A product with the solved names put in, and the rows used for it."""
        solved, used = self.solved, NO_ROWS
        for _ in range(200):
            for known in mono:
                if known in solved:
                    break
            else:
                return mono, used
            rest = dict(mono)
            exponent = rest.pop(known)
            value, rows = solved[known]
            for key, times_ in value.items():
                new = rest.get(key, 0) + times_ * exponent
                if new:
                    rest[key] = new
                else:
                    del rest[key]
            mono = rest
            used |= rows
        return {"?": 1}, used

    def add(self, index: int, left: Mono, right: Mono) -> frozenset[int] | None:
        """Put a row in; the rows that it contradicts (itself included), or None."""
        rest, used = self.reduce(times(left, right, -1))
        pick = ""
        for key in rest:
            if isinstance(key, str):
                pick = key
        if not pick:
            return used | {index} if rest else None
        if "?" in rest:
            return None
        lead = rest.pop(pick)
        if lead in (1, -1):
            value = {k: -v * lead for k, v in rest.items()}
        else:
            value = power_of(rest, Fraction(-1) / lead)
        self.solved[pick] = (value, used | {index})
        return None


def dims_of(mono: Mono) -> Dims:
    """The known part of a product as the kernel's vector."""
    return tuple(Fraction(mono.get(i, 0)) for i in range(len(BASES))) if mono else NONE


def core_of(rows: Iterable[tuple[int, Row]]) -> list[int]:
    """A smallest-by-inclusion part of these rows that cannot hold together: each is left out that is not needed."""
    kept = list(rows)
    for one in list(kept):
        rest = [r for r in kept if r is not one]
        if not holds_together(rest):
            kept = rest
    return [index for index, _ in kept]


def holds_together(rows: Iterable[tuple[int, Row]]) -> bool:
    """Whether some dimensions of the unknowns satisfy all rows."""
    system = System()
    return all(system.add(index, row.left, row.right) is None for index, row in rows)
