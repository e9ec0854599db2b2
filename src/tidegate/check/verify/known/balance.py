# ruff: noqa: E501  (messages read best on one line)
"""Flows between compartments: a term that one rate loses another gains.

Rates are taken apart into terms; terms of one size at scattered points are one flow.  A linear flow that stands in two rates
with the same sign is a slip where the other flows balance; where the words say that the total stays, so is one that stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.check.verify.known.matching import POINTS, Points
from tidegate.check.verify.known.rates import Equations
from tidegate.check.verify.known.terms import Tree, leaves, shown
from tidegate.check.verify.schemes.model import Scheme

COMPARTMENTS = re.compile(
    r"epidemi|compartment|population|reaction|kinetic|tank|concentration|susceptib|infect|exchange|species|decay chain"
)
CLOSED = re.compile(
    r"(?:total|population|mass|sum|amount|number)\b[^.\n]{0,40}\b(?:constant|conserved|stays|fixed|preserved|unchanged)|(?:constant|conserv\w+|preserv\w+)\b[^.\n]{0,30}\b(?:total|population|mass|sum|amount)|\bclosed (?:population|system)"
)
TERMS_MAX = 40


def balance(equations: Equations, points: Points, words: str) -> Iterator[Scheme]:
    """What leaves one compartment enters another."""
    if len(equations.names) < 2 or equations.mapped or not COMPARTMENTS.search(words):
        return
    step = equations.step
    flows: dict[tuple[float, ...], list[tuple[int, float, Tree]]] = {}
    for at, tree in enumerate(equations.trees):
        parts = _terms(tree)
        if len(parts) > TERMS_MAX:
            return
        for part in parts:
            values = [points.program(part, k, step) for k in range(POINTS)]
            if any(v is None for v in values):
                return
            real = [complex(v or 0.0).real for v in values]
            if any(abs(v) > 1e-12 for v in real):
                key = tuple(float(f"{abs(v):.9g}") for v in real)
                flows.setdefault(key, []).append((at, 1.0 if real[0] > 0 else -1.0, part))
    states = set(equations.names)
    shared = {k: f for k, f in flows.items() if len({at for at, _, _ in f}) >= 2}
    even = [k for k, f in shared.items() if abs(sum(s for _, s, _ in f)) < 0.5]
    odd = [f for k, f in shared.items() if k not in even]
    alone = [f for f in flows.values() if len(f) == 1]
    wrong = odd if len(odd) == 1 and even and len(set(leaves(odd[0][0][2])) & states) == 1 and len(odd[0]) == 2 else []
    if not wrong and not odd and len(even) >= 2 and len(alone) == 1 and CLOSED.search(words):
        wrong = alone
    for found in wrong:
        at, _, part = found[-1]
        where = " and ".join(f"{equations.names[i]}' {'+' if s > 0 else '-'}" for i, s, _ in found)
        yield Scheme(
            name="what leaves one compartment enters another",
            node=equations.nodes[at],
            holds=False,
            computation=f"{shown(part)[:80]} stands in {where}",
            possible=len(found) == 1,
        )


def _terms(tree: Tree) -> list[Tree]:
    """The terms of a sum, products multiplied out."""
    kind = tree[0]
    if kind == "+":
        return _terms(tree[1]) + _terms(tree[2])
    if kind == "-":
        return _terms(tree[1]) + [("neg", t) for t in _terms(tree[2])]
    if kind == "neg":
        return [("neg", t) for t in _terms(tree[1])]
    if kind == "*":
        left, right = _terms(tree[1]), _terms(tree[2])
        return [("*", a, b) for a in left for b in right] if len(left) * len(right) <= TERMS_MAX else [tree]
    if kind == "/":
        return [("/", a, tree[2]) for a in _terms(tree[1])]
    return [tree]
