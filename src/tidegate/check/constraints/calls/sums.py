"""Comparisons of sums: `2 * args.amount > args.limit + 5` as one term that many rules share, and a constant.

Both sides are brought to one: a polynomial in what the sides read (arguments, counts, whatever the language has) on the
left, a constant on the right.  Rules with the same polynomial can then be looked up in the order of their constants.
The rule itself is still tried, so this only has to keep every rule that may hold: where numbers are no integers the
place of a value is widened by more than rounding could have moved it, and what is no number of ordinary size keeps all.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import msgspec

LARGEST = 1e15  # of a coefficient or a value: products of DEGREE of them stay far from overflow
DEGREE = 4
ROUNDING = 1e-9  # a relative error that no sum of these sizes reaches
Terms = dict[tuple[str, ...], float]  # monomial (the texts of its atoms, sorted) -> coefficient


class Sum(msgspec.Struct, frozen=True):
    """A polynomial without its constant: (coefficient, numbers of its atoms) each, and the atoms' texts."""

    atoms: tuple[str, ...]
    terms: tuple[tuple[float, tuple[int, ...]], ...]

    def value(self, values: tuple[Any, ...], reach: float) -> tuple[float, float] | None:
        """(value, by how much rounding may have moved it) for the atoms' values, beside constants up to `reach`.

        None where something is no number of ordinary size.
        """
        exact = True
        for v in values:
            if type(v) not in (int, float) or not -LARGEST <= v <= LARGEST:
                return None
            exact &= type(v) is int
        total: float = 0
        size = reach
        for coefficient, numbers in self.terms:
            product = coefficient
            for i in numbers:
                product *= values[i]
            total += product
            size += abs(product)
            exact &= type(coefficient) is int
        return total, 0.0 if exact and type(total) is int else size * ROUNDING


class Compared(msgspec.Struct, frozen=True):
    """`sum how bound`, and the size of the constants that were brought together into the bound."""

    sum: Sum
    how: str
    bound: float
    reach: float

    @property
    def term(self) -> str:
        """One spelling of the sum."""
        return " + ".join(f"{c}*" + "*".join(self.sum.atoms[i] for i in numbers) for c, numbers in self.sum.terms)


def compared(left: ast.expr, how: str, right: ast.expr) -> Compared | None:
    """A comparison with everything that is read on one side, or None where it is no comparison of sums."""
    sides = _terms(left), _terms(right)
    if sides[0] is None or sides[1] is None:
        return None
    net, gross = _add(sides[0][0], sides[1][0], -1), _add(sides[0][1], sides[1][1], 1)
    bound, reach = -net.pop((), 0), gross.pop((), 0)
    if not net or any(abs(c) != gross[m] for m, c in net.items()) or len(net) != len(gross):
        return None  # what cancels out is still computed, and rounds
    if max(*map(abs, net.values()), abs(bound), reach) > LARGEST or any(len(m) > DEGREE for m in net):
        return None
    atoms = tuple(sorted({a for m in net for a in m}))
    terms = tuple((c, tuple(atoms.index(a) for a in m)) for m, c in sorted(net.items()))
    return Compared(Sum(atoms, terms), how, bound, reach)


def _terms(node: ast.expr) -> tuple[Terms, Terms] | None:
    """(coefficients, coefficients with every sign and difference taken as plus) of a side."""
    match node:
        case ast.Constant(value):
            if isinstance(value, bool) or not isinstance(value, int | float):
                return None
            return {(): value}, {(): abs(value)}
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() as op, right):
            a, b = _terms(left), _terms(right)
            if a is None or b is None:
                return None
            if isinstance(op, ast.Mult):
                return _times(a[0], b[0]), _times(a[1], b[1])
            return _add(a[0], b[0], 1 if isinstance(op, ast.Add) else -1), _add(a[1], b[1], 1)
        case ast.BinOp(left, ast.Div(), ast.Constant(int() | float() as by)) if 1 / LARGEST <= abs(by) <= LARGEST:
            over = _terms(left)
            return over and (_times(over[0], {(): 1 / by}), _times(over[1], {(): 1 / abs(by)}))
        case ast.UnaryOp(ast.USub(), value):
            inner = _terms(value)
            return inner and (_add({}, inner[0], -1), inner[1])
        case ast.Attribute() | ast.Call() | ast.Subscript() | ast.Name():
            one: Terms = {(ast.unparse(node),): 1}
            return one, dict(one)
    return None


def _add(a: Mapping[tuple[str, ...], float], b: Mapping[tuple[str, ...], float], sign: int) -> Terms:
    out = dict(a)
    for m, c in b.items():
        out[m] = out.get(m, 0) + sign * c
    return {m: c for m, c in out.items() if c or not m}


def _times(a: Terms, b: Terms) -> Terms:
    out: Terms = {}
    for m, c in a.items():
        for n, d in b.items():
            k = tuple(sorted(m + n))
            out[k] = out.get(k, 0) + c * d
    return out
