"""Rows of a program as a linear system that grows row by row, and the smallest set of them that cannot hold together."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from tidegate.check.verify.code_units.values import Mono, power_of, times
from tidegate.check.verify.quantity.dimension_system import Row as Equation
from tidegate.check.verify.quantity.dimension_system import Vector, minimal_core
from tidegate.check.verify.quantity.unit_table import BASES, NONE, Dims


class Row(NamedTuple):
    """`left` and `right` measure the same; `node` says it; a declaration has the `name` whose unit it tells and how it is `spelled`.

    `keeps` is the unknown whose meaning a reassignment must keep for the row to hold.
    """

    left: Mono
    right: Mono
    node: ast.AST
    what: str
    name: str = ""
    spelled: str = ""
    keeps: str = ""


class System:
    """Rows put in one after another; each is solved for one unknown, or holds already, or contradicts what was put in before."""

    def __init__(self) -> None:
        self.solved: dict[str, tuple[Mono, frozenset[int]]] = {}

    def reduce(self, mono: Mono) -> tuple[Mono, frozenset[int]]:
        """A product with the solved names put in, and the rows used for it."""
        used: frozenset[int] = frozenset()
        for _ in range(200):
            known = next((k for k in mono if k in self.solved), None)
            if known is None:
                return mono, used
            exponent = mono[known]
            value, rows = self.solved[known]  # type: ignore[index]
            mono = times({k: v for k, v in mono.items() if k != known}, power_of(value, exponent))
            used |= rows
        return {"?": 1}, used

    def add(self, index: int, left: Mono, right: Mono) -> frozenset[int] | None:
        """Put a row in; the rows that it contradicts (itself included), or None."""
        rest, used = self.reduce(times(left, right, -1))
        unknown = [k for k in rest if isinstance(k, str)]
        if not unknown:
            return used | {index} if rest else None
        if "?" in rest:
            return None
        pick = unknown[-1]
        lead = rest.pop(pick)
        by = Fraction(-1) / lead
        self.solved[pick] = (power_of(rest, int(by) if by.denominator == 1 else by), used | {index})
        return None


def dims_of(mono: Mono) -> Dims:
    """The known part of a product as the kernel's vector."""
    return tuple(Fraction(mono.get(i, 0)) for i in range(len(BASES))) if mono else NONE


def core_of(rows: Iterable[tuple[int, Row]]) -> list[int]:
    """The smallest part of these rows that cannot hold together."""
    equations = []
    for index, row in rows:
        mono = times(row.left, row.right, -1)
        unknown = tuple(sorted((k, Fraction(v)) for k, v in mono.items() if isinstance(k, str)))
        equations.append(Equation(Vector(dims_of(mono), unknown), index))
    return minimal_core(equations)
