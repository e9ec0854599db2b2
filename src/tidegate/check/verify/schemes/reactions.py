# ruff: noqa: E501  (messages read best on one line)
"""Diffusion and reactions by chance: how far a Brownian step goes, how long a reaction waits, which reaction a draw picks.

A Brownian step in time dt has variance 2 D dt in each direction (Einstein 1905).  Gillespie's direct method (1977) waits a time
with mean 1/a0, a0 the sum of all propensities, and takes reaction 1 with probability a1/a0; a population dies in proportion
to itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.code.parsed import own_nodes, source_of, walk
from tidegate.check.verify.schemes.algebra import Poly, assignments, last_name, poly, shown, spelled
from tidegate.check.verify.schemes.model import Scheme
from tidegate.check.verify.schemes.motion import STEP

DIFFUSIVE = re.compile(r"diffus|msd|mean.?sq|brown|einstein", re.I)
COEFFICIENT = re.compile(r"^(?:\w+\.)?(?:D|diff(?:usion|usivity)?(?:_coeff\w*)?|D_?0)$")
NORMALS = frozenset({"standard_normal", "randn"})
UNIFORMS = frozenset({"random", "rand", "random_sample"})
DEATH = re.compile(r"death|degrad|decay|dying", re.I)
BIRTH = re.compile(r"birth|synth|production|transcri", re.I)


def reactions(tree: ast.Module) -> Iterator[Scheme]:
    """Every Brownian amplitude and every waiting time over a sum of propensities."""
    brownian = bool(DIFFUSIVE.search(source_of(tree)))
    for holder in walk(tree):
        if not isinstance(holder, ast.FunctionDef | ast.Module):
            continue
        known: dict[str, ast.expr] = {}
        often: set[str] = set()
        for node in own_nodes(holder):
            if isinstance(node, ast.stmt):
                for name, value, statement in assignments([node]):
                    if name in known or isinstance(statement, ast.AugAssign):
                        often.add(name)
                    known[name] = value
        known = {name: value for name, value in known.items() if name not in often}
        for node in own_nodes(holder):
            if isinstance(node, ast.BinOp) and brownian:
                yield from _amplitude(node, known)
            elif isinstance(node, ast.Call):
                yield from _waits(node, known)
            elif isinstance(node, ast.If):
                yield from _picks(node, known)
        yield from _dies(holder, known)


def _amplitude(node: ast.BinOp, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    """`sqrt(2 D dt) * normal()`: its square must be 2 D dt."""
    if not isinstance(node.op, ast.Mult):
        return
    for draw, factor in ((node.left, node.right), (node.right, node.left)):
        called = last_name(draw.func) if isinstance(draw, ast.Call) else ""
        if called not in NORMALS | UNIFORMS:
            continue
        square = _square(factor, known)
        if square is None or len(square) != 1:
            continue
        ((monomial, coefficient),) = square.items()
        powers = [e for a, e in monomial if COEFFICIENT.match(a)]
        steps = [e for a, e in monomial if STEP.match(a.split(".")[-1])]
        if len(powers) != 1 or len(steps) != 1 or len(monomial) != 2:
            continue
        if called in UNIFORMS:
            if powers == steps == [1]:
                yield Scheme(
                    name="noise has mean zero", node=node, holds=False,
                    computation=f"{spelled(draw)} is never negative: every step goes the same way",
                )  # fmt: skip
            return
        good = powers == steps == [1] and coefficient in (2, 4, 6)
        if good or powers != [1] or steps != [1] or coefficient == 1:
            yield Scheme(
                name="a Brownian step has variance 2 D dt", node=node, holds=good,
                computation=f"`{spelled(factor)}` squared is {shown(coefficient)} D^{powers[0]} dt^{steps[0]}",
            )  # fmt: skip
        return


def _square(node: ast.expr, known: dict[str, ast.expr]) -> Poly | None:
    """The square of a factor, roots undone before they hide an odd number."""
    if isinstance(node, ast.Name) and node.id in known and not STEP.match(node.id):
        return _square(known[node.id], {})
    if isinstance(node, ast.Call) and last_name(node.func) == "sqrt" and len(node.args) == 1:
        return poly(node.args[0])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and spelled(node.right) in ("0.5", "1 / 2"):
        return poly(node.left)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = _square(node.left, known), _square(node.right, known)
        return left.times(right) if left is not None and right is not None else None
    found = poly(node)
    return found.power(Fraction(2)) if found is not None else None


def _total(node: ast.expr, known: dict[str, ast.expr]) -> set[str]:
    """The names that a total of propensities is the sum of; empty for anything else."""
    value = known.get(spelled(node))
    sum_ = poly(value) if isinstance(value, ast.BinOp) else None
    if sum_ is None or len(sum_) < 2 or any(c != 1 or len(m) != 1 or m[0][1] != 1 for m, c in sum_.items()):
        return set()
    names = {m[0][0] for m in sum_}
    rates = [n for n in names if n in known and re.search(r"^k|rate|beta|gamma|alpha|^mu|lam", source_of(known[n]))]
    return names if len(rates) == len(names) else set()


def _waits(call: ast.Call, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    called = last_name(call.func)
    if called not in {"exponential", "expovariate"} or not call.args:
        return
    argument, inverse = call.args[0], False
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Div) and spelled(argument.left) in ("1", "1.0"):
        argument, inverse = argument.right, True
    if not _total(argument, known):
        return
    holds = inverse is (called == "exponential")
    wanted = "a mean, 1/a0" if called == "exponential" else "a rate, a0"
    yield Scheme(
        name="a reaction waits 1 over the total propensity", node=call, holds=holds,
        computation=f"{called} takes {wanted}; {spelled(argument)} is the sum of the propensities",
    )  # fmt: skip


def _picks(branch: ast.If, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    """`u < a1 / a0`, then what reaction 1 does."""
    test = branch.test
    if (
        not isinstance(test, ast.Compare)
        or len(test.ops) != 1
        or not isinstance(test.ops[0], ast.Lt | ast.Gt | ast.LtE | ast.GtE)
    ):
        return
    share = test.comparators[0]
    draw = known.get(spelled(test.left), test.left)
    if not (isinstance(draw, ast.Call) and last_name(draw.func) in UNIFORMS | {"uniform"}):
        return
    if isinstance(share, ast.BinOp) and isinstance(share.op, ast.Div):
        first, total = share.left, share.right
    else:
        return
    if spelled(first) not in _total(total, known):
        return
    told = source_of(known[spelled(first)])
    grows = bool(BIRTH.search(told)) - bool(DEATH.search(told))
    body = branch.body if isinstance(test.ops[0], ast.Lt | ast.LtE) else branch.orelse
    changes = [
        (spelled(s.target), 1 if isinstance(s.op, ast.Add) else -1)
        for s in body
        if isinstance(s, ast.AugAssign) and isinstance(s.value, ast.Constant)
    ]
    if not changes or any(isinstance(s, ast.If) for s in body):
        return
    held = {spelled(n) for n in walk(known[spelled(first)]) if isinstance(n, ast.Name | ast.Subscript | ast.Attribute)}
    lost = [name for name, change in changes if change < 0 and name not in held]
    turned = len(changes) == 1 and grows != 0 and changes[0][1] != grows
    why = f"; it takes from {lost[0]}, which {spelled(first)} does not depend on" if lost else ""
    yield Scheme(
        name="a draw picks each reaction by its share", node=branch, holds=not lost and not turned,
        computation=f"with probability {spelled(share)}, {spelled(first)} = {told}: {', '.join(f'{n} {c:+d}' for n, c in changes)}{why}",
    )  # fmt: skip


def _dies(holder: ast.AST, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    """The propensity of a death that does not hold the population it takes from."""
    totals = [
        node
        for node in own_nodes(holder)
        if isinstance(node, ast.Call) and last_name(node.func) in {"exponential", "expovariate"}
    ]
    if not any(_total(n, known) for call in totals for n in walk(call) if isinstance(n, ast.Name)):
        return
    guarded = any(isinstance(n, ast.Compare) and spelled(n.comparators[0]) == "0" for n in own_nodes(holder))
    for name, value in known.items():
        bare = isinstance(value, ast.Name | ast.Attribute) and DEATH.search(spelled(value).split(".")[-1])
        if bare and not guarded and any(name in _total(ast.Name(n), known) for n in known):
            yield Scheme(
                name="a population dies in proportion to itself", node=value, holds=False,
                computation=f"{name} = {spelled(value)} stays the same at a population of zero, which would turn negative",
            )  # fmt: skip
