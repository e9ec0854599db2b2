# ruff: noqa: E501  (tables and messages read best on one line)
"""Slips in what is counted: a neighbour taken twice, steps that multiply where they must divide, weights upside down.

A sum or list over the neighbours of a site names each once; the same index twice leaves another out.  A time span holds
span / dt steps of length dt.  A sample drawn from q stands for p with the weight p / q (Owen: Monte Carlo theory, 9.1).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tidegate.check.verify.code.parsed import source_of, walk
from tidegate.check.verify.schemes.model import Scheme

SPAN = re.compile(r"^(?:T|t_?max|t_?end|t_?final|t_?stop|total_?time|duration|minutes|hours|days|years|seconds|t_?total|tf|sim_?time|simulation_?time|run_?time)$", re.I)  # fmt: skip
STEP = re.compile(r"^(?:dt|delta_?t|time_?step)$", re.I)
PROPOSAL = re.compile(r"^(?:log_?)?(?:q|proposal|prop|g)(?:_?(?:x|pdf|density|val\w*|prob))?$", re.I)
TARGET = re.compile(r"^(?:log_?)?(?:p|target|f|pi)(?:_?(?:x|pdf|density|val\w*|prob))?$", re.I)
WEIGHT = re.compile(r"^(?:w|weights?|log_?w(?:eights?)?|importance\w*|lr|ratio|likelihood_ratio)$", re.I)
SHIFT = re.compile(r"[-+] ?(?:1|dx|dy|self)\b|\b(?:up|down|left|right|north|south|east|west|prev|next|ip|im|jp|jm)\w*\b|1:|:-1|\b2:|:-2")  # fmt: skip


def counts(tree: ast.Module) -> Iterator[Scheme]:
    """Every such place of a program."""
    inner: set[ast.AST] = set()
    for node in walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and node not in inner:
            terms = _terms(node, inner)
            yield from _twice(node, terms)
        elif isinstance(node, ast.List | ast.Tuple):
            yield from _twice(node, node.elts)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("int", "round", "ceil"):
            yield from _multiplied(node)
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield from _upside_down(tree, node, node.targets[0].id)


def _terms(node: ast.expr, inner: set[ast.AST]) -> list[ast.expr]:
    """The summands of a sum."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        inner.add(node)
        return [*_terms(node.left, inner), *_terms(node.right, inner)]
    return [node]


def _twice(node: ast.AST, terms: list[ast.expr]) -> Iterator[Scheme]:
    """Neighbours in one sum or list: at least four values of one array (or three that are shifted), each at its own place."""
    places = [t for t in terms if isinstance(t, ast.Subscript) and SHIFT.search(source_of(t))]
    rolls = [t for t in terms if isinstance(t, ast.Call) and source_of(t.func).endswith("roll") and len(t.args) >= 2]
    for spelled, roots in (
        ([source_of(t) for t in places], {source_of(t).partition("[")[0] for t in places}),
        ([source_of(t) for t in rolls], {source_of(t.args[0]) for t in rolls}),
    ):
        if len(spelled) < 4 or len(roots) != 1:
            continue
        again = sorted({s for s in spelled if spelled.count(s) > 1})
        if again and len(set(spelled)) >= 3:
            yield Scheme(
                name="each neighbour is counted once",
                node=node,
                holds=False,
                computation=f"`{again[0]}` stands twice among {len(spelled)} neighbours, so another is left out",
            )
        elif not again:
            yield Scheme(
                name="each neighbour is counted once", node=node, holds=True, computation=f"{len(spelled)} places"
            )


def _multiplied(call: ast.Call) -> Iterator[Scheme]:
    """`int(T * dt)` as a number of steps."""
    for product in walk(call):
        if not (isinstance(product, ast.BinOp) and isinstance(product.op, ast.Mult)):
            continue
        names = [
            n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "") for n in (product.left, product.right)
        ]
        if any(STEP.match(n) for n in names) and any(SPAN.match(n) for n in names):
            yield Scheme(
                name="a time span holds span / dt steps",
                node=call,
                holds=False,
                computation=f"`{source_of(product)}` multiplies the span by the step: a time squared is no count",
            )


def _upside_down(tree: ast.Module, node: ast.Assign, name: str) -> Iterator[Scheme]:
    """`weights = q / p`, or `exp(log_q - log_p)`."""
    if not WEIGHT.match(name) or ("importance" not in source_of(tree).lower() + name and not _proposes(tree)):
        return
    value = node.value
    if isinstance(value, ast.Call) and source_of(value.func).split(".")[-1] == "exp" and value.args:
        value = value.args[0]
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div | ast.Sub):
        upper, lower = _called(value.left), _called(value.right)
        if PROPOSAL.match(upper) and TARGET.match(lower):
            yield Scheme(
                name="a draw from q stands for p with weight p / q",
                node=node,
                holds=False,
                computation=f"`{source_of(node)}` is the weight of a draw from the target, turned over",
            )


def _called(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _proposes(tree: ast.Module) -> bool:
    """Whether the program names a proposal that it draws from."""
    return any(isinstance(n, ast.Name) and re.match(r"(?:sigma|mu|scale|rate|lam)_q$|^proposal|^log_q$|^q_pdf$", n.id) for n in walk(tree))  # fmt: skip
