# ruff: noqa: E501  (messages read best on one line)
"""Stages of the classical Runge-Kutta method in whatever shape: numbers, tuples, one name a state (`a2, b2`), `k2[1]`, `k2r`.

How much of each slope an expression holds is its derivative by that slope: (1, 2, 2, 1)/6 or (1, 3, 3, 1)/8 in the step, and
half, half and a whole step (a third, two thirds, one) of the slope before in each stage.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tidegate.check.verify.code.parsed import walk
from tidegate.check.verify.known.matching import TROUBLE, Points
from tidegate.check.verify.known.reading import STEPS, Reader
from tidegate.check.verify.known.terms import Tree, leaves, tree_of, value_of
from tidegate.check.verify.schemes.model import Scheme

WORDS = re.compile(r"\brk-?4\b|runge")
SLOPE = re.compile(r"([A-Za-z_]*[A-Za-z])_?([1-4])((?:_?[A-Za-z]\w*)?(?:\[\d+\])?)")
UPDATES = ((1 / 6, 1 / 3, 1 / 3, 1 / 6), (1 / 8, 3 / 8, 3 / 8, 1 / 8))
STAGES = (0.5, 0.5, 1.0)
CLOSE = 1e-6


def stages(reader: Reader, words: str) -> Iterator[Scheme]:
    """Weights of the update and of the stages that are no Runge-Kutta method's."""
    if not WORDS.search(words) or re.search(r"fehlberg|dormand|rkf45|cash.?karp|ralston|3/8|gill", words):
        return
    nodes = [n for n in walk(reader.tree) if isinstance(n, ast.expr)]
    for node in nodes:
        if isinstance(node, ast.BinOp | ast.Call):
            yield from _update(node)
    for statement in walk(reader.tree):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.value, ast.Call):
            yield from _stage(statement.targets[0], statement.value)


def _families(tree: Tree) -> dict[tuple[str, str], set[int]]:
    out: dict[tuple[str, str], set[int]] = {}
    for name in set(leaves(tree)):
        found = SLOPE.fullmatch(name)
        if found is not None:
            out.setdefault((found.group(1), found.group(3)), set()).add(int(found.group(2)))
    return out


def _share(tree: Tree, name: str, step: str | None) -> float | None:
    """How much of one leaf an expression holds, in steps."""
    points = Points(sorted(set(leaves(tree))))
    try:
        at = {**points.at[0], name: complex(points.at[0][name], 1e-20)}
        share = value_of(tree, at).imag / 1e-20
    except TROUBLE:
        return None
    return share / points.at[0][step] if step is not None else share


def _update(node: ast.expr) -> Iterator[Scheme]:
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
        return
    tree = tree_of(node, {})
    step = next((n for n in leaves(tree) if n in STEPS), None)
    for (stem, tail), found in _families(tree).items():
        if found != {1, 2, 3, 4} or step is None or len(_families(tree)) != 1:
            continue
        names = [
            n
            for k in (1, 2, 3, 4)
            for n in set(leaves(tree))
            if (m := SLOPE.fullmatch(n)) and (m.group(1), int(m.group(2)), m.group(3)) == (stem, k, tail)
        ]
        shares = [_share(tree, n, step) for n in names]
        if len(names) != 4 or any(s is None for s in shares):
            continue
        weights = [s or 0.0 for s in shares]
        holds = any(all(abs(a - b) < CLOSE for a, b in zip(weights, known, strict=True)) for known in UPDATES)
        yield Scheme(
            name="the weights of the slopes are (1, 2, 2, 1)/6",
            node=node,
            holds=holds,
            computation=", ".join(f"{n}: {w:.4g}" for n, w in zip(names, weights, strict=True)),
        )


def _stage(target: ast.expr, call: ast.Call) -> Iterator[Scheme]:
    elements = target.elts if isinstance(target, ast.Tuple) else [target]
    numbers = {m.group(2) for e in elements if isinstance(e, ast.Name) and (m := SLOPE.fullmatch(e.id))}
    stems = {m.group(1) for e in elements if isinstance(e, ast.Name) and (m := SLOPE.fullmatch(e.id))}
    if len(numbers) != 1 or len(elements) < 2 or numbers == {"1"}:
        return
    k = int(next(iter(numbers)))
    for arg in call.args:
        tree = tree_of(arg, {})
        step = next((n for n in leaves(tree) if n in STEPS), None)
        used = [(n, m) for n in set(leaves(tree)) if (m := SLOPE.fullmatch(n)) and m.group(1) in stems]
        if step is None or len(used) != 1:
            continue
        name, found = used[0]
        share = _share(tree, name, step)
        if share is None:
            continue
        holds = int(found.group(2)) == k - 1 and abs(share - STAGES[k - 2]) < CLOSE
        yield Scheme(
            name=f"stage {k} of the Runge-Kutta method",
            node=arg,
            holds=holds,
            computation=f"it moves by {share:.4g} steps of {name}, not {STAGES[k - 2]:g} of slope {k - 1}",
        )
