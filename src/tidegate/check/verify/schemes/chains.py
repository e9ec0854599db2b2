# ruff: noqa: E501  (messages read best on one line)
"""Markov chain Monte Carlo: which way a move is accepted, whether its proposal is balanced, and what is recorded.

Metropolis' rule takes a move with probability min(1, exp(-ΔE/T)) (Metropolis et al. 1953; Hastings 1970).  A turned sign, a
comparison the wrong way round, a temperature that multiplies, a proposal that only goes up or that forgets where the chain is,
and a record of accepted states alone all run without an error, and all sample something else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tidegate.check.verify.code.parsed import children, walk
from tidegate.check.verify.schemes.algebra import assignments, exponent_of, last_name, poly, spelled
from tidegate.check.verify.schemes.model import Scheme
from tidegate.check.verify.schemes.moves import CHANGE, NEW, flipped, proposed, recorded

DRAWS = frozenset({"random", "rand", "uniform", "random_sample"})
LOG_DENSITY = re.compile(r"^(?:log|ln)_?(?:p|prob|target|post|dens|lik|pdf|f$)", re.I)
OLD = re.compile(r"old|cur|prev|before|init|(?:^|_)[eu]0$", re.I)
HEAT = re.compile(r"^(?:t|temp|temperature|kt|k_?b_?t|kbt)$", re.I)
COLD = re.compile(r"^(?:beta|inv_?t(?:emp)?|b)$")


def chains(tree: ast.Module) -> Iterator[Scheme]:
    """Every branch that a random number and an exponential decide."""
    for holder, branches in _branches(tree):
        if not any(isinstance(n, ast.Call) and last_name(n.func) in {"exp", "log"} for n in walk(holder)):
            continue
        statements = [node for node in walk(holder) if isinstance(node, ast.stmt)]
        known = {name: value for node in statements for name, value, _ in assignments([node])}
        for branch in branches:
            yield from _decided(holder, branch, known)


def _branches(tree: ast.Module) -> Iterator[tuple[ast.AST, list[ast.If]]]:
    """Each function (and the module) with the branches that are its own."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        holder = waiting.pop()
        own: list[ast.If] = []
        inner = list(children(holder))
        while inner:
            node = inner.pop(0)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                waiting.append(node)
                continue
            if isinstance(node, ast.If):
                own.append(node)
            inner += [n for n in children(node) if isinstance(n, ast.stmt | ast.ExceptHandler)]
        if own:
            yield holder, own


def _decided(holder: ast.AST, branch: ast.If, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    parts = (
        branch.test.values
        if isinstance(branch.test, ast.BoolOp) and isinstance(branch.test.op, ast.Or)
        else [branch.test]
    )
    lotteries = [(p, found) for p in parts if isinstance(p, ast.Compare) and (found := _lottery(p, known)) is not None]
    if len(lotteries) != 1:
        return
    compare, (less, exponent) = lotteries[0]
    accepts = not _rejects(branch)
    if accepts and not _moves(branch):
        return
    if less is not accepts:
        yield Scheme(
            name="a move is accepted when the random number is below its probability",
            node=branch,
            holds=False,
            computation=f"`{spelled(compare)}` {'accepts' if accepts else 'rejects'} the other way round",
        )
        return
    summed = {spelled(n.value) for n in walk(holder) if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Add)}
    moved = {spelled(value): name for s in branch.body for name, value, _ in assignments([s])} if accepts else {}
    wrong = _exponent(exponent, known, summed, moved) or _turned(known.get(spelled(exponent), exponent), moved)
    if wrong:
        yield Scheme(name="a move is accepted with probability exp(-ΔE/T)", node=branch, holds=False, computation=wrong)
        return
    for part in parts:
        if part is not compare and isinstance(part, ast.Compare) and accepts and _uphill(part):
            yield Scheme(
                name="a move that lowers the energy is always accepted",
                node=branch,
                holds=False,
                computation=f"`{spelled(part)}` accepts every move that raises it",
            )
            return
    yield Scheme(
        name="a move is accepted with probability exp(-ΔE/T)",
        node=branch,
        holds=True,
        computation=f"`{spelled(branch.test)}`",
    )
    if accepts:
        yield from recorded(holder, branch)
    yield from proposed(branch, known)
    yield from flipped(exponent, known)


def _lottery(compare: ast.Compare, known: dict[str, ast.expr]) -> tuple[bool, ast.expr] | None:
    """`u < exp(…)`: whether the draw must be below, and what stands in the exponent (log(u) < … as well)."""
    if len(compare.ops) != 1 or not isinstance(compare.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return None
    left, right = compare.left, compare.comparators[0]
    less = isinstance(compare.ops[0], ast.Lt | ast.LtE)
    for draw, chance, below in ((left, right, less), (right, left, not less)):
        if _draw(draw, known):
            found = _power(chance, known)
            return (below, found) if found is not None else None
        if isinstance(draw, ast.Call) and last_name(draw.func) == "log" and draw.args and _draw(draw.args[0], known):
            return below, chance
    return None


def _draw(node: ast.expr, known: dict[str, ast.expr]) -> bool:
    """Whether this is a uniform number in [0, 1)."""
    node = known.get(node.id, node) if isinstance(node, ast.Name) else node
    return (
        isinstance(node, ast.Call)
        and last_name(node.func) in DRAWS
        and (not node.args or [spelled(a) for a in node.args] in (["0", "1"], ["0.0", "1.0"]))
    )


def _power(node: ast.expr, known: dict[str, ast.expr]) -> ast.expr | None:
    """The exponent of `exp(…)`, also inside min(1, …) or under a name."""
    node = known.get(node.id, node) if isinstance(node, ast.Name) else node
    if isinstance(node, ast.Call) and last_name(node.func) in {"min", "minimum"}:
        node = next((a for a in node.args if not isinstance(a, ast.Constant)), node)
    if isinstance(node, ast.Call) and last_name(node.func) == "exp" and len(node.args) == 1:
        return node.args[0]
    return None


def _rejects(branch: ast.If) -> bool:
    """A branch that leaves the old state: `continue`, or nothing but putting it back."""
    first = branch.body[0]
    if isinstance(first, ast.Continue):
        return True
    return any(
        re.search(r"reject", spelled(s)) or re.search(r"=\s*(?:old|prev|saved|backup)\w*$", spelled(s))
        for s in branch.body
    )


def _moves(branch: ast.If) -> bool:
    """A branch that takes a new state."""
    return any(True for s in branch.body for _ in assignments([s])) or any(
        isinstance(s, ast.Expr | ast.Return) for s in branch.body
    )


def _exponent(exponent: ast.expr, known: dict[str, ast.expr], summed: set[str], moved: dict[str, str]) -> str:
    """What is wrong with an exponent that should be -ΔE/T; empty where nothing is, or where it cannot be told.

    `summed` are changes that the program adds to an energy: those are ΔE itself.  `moved` are the states that an accepted
    move takes, with those that they replace.
    """
    sum_ = poly(exponent, {})
    if sum_ is None:
        return ""
    changes = {a for m in sum_ for a, _ in m if CHANGE.match(a)}
    for monomial, coefficient in sum_.items():
        heat = [a for a, _ in monomial if HEAT.match(a)]
        cold = [a for a, _ in monomial if COLD.match(a)]
        if not any(a in changes for a, _ in monomial):
            continue
        name = next(a for a, _ in monomial if a in changes)
        way = _way(known.get(name), moved)
        if way and (coefficient > 0) is (way > 0):
            return f"exp({spelled(exponent)}) grows with the energy: a move uphill would be the likelier"
        if heat and exponent_of(monomial, heat[0]) > 0:
            return f"{heat[0]} multiplies the energy in exp({spelled(exponent)}); it must divide it"
        if cold and exponent_of(monomial, cold[0]) < 0:
            return f"{cold[0]} divides the energy in exp({spelled(exponent)}); it must multiply it"
        if (
            (heat or cold)
            and len(monomial) == 2
            and abs(coefficient) != 1
            and (name in summed or _scaled(known.get(name)) is False)
        ):
            return f"exp({spelled(exponent)}) has a factor {abs(coefficient)} that exp(-ΔE/T) has not"
    return ""


def _turned(ratio: ast.expr, moved: dict[str, str]) -> str:
    """What is wrong with a difference of log densities; it must be that of the new state less that of the old."""
    logs = isinstance(ratio, ast.BinOp) and all(
        isinstance(side, ast.Call) and LOG_DENSITY.search(last_name(side.func)) for side in (ratio.left, ratio.right)
    )
    return f"{spelled(ratio)} is the old state's density over the new one's" if logs and _way(ratio, moved) < 0 else ""


def _way(change: ast.expr | None, moved: dict[str, str]) -> int:
    """+1 where a change of energy is new less old, -1 where it is old less new, 0 where it cannot be told."""
    if isinstance(change, ast.BinOp) and isinstance(change.op, ast.Sub):
        left, right = spelled(change.left), spelled(change.right)
        for new, old in moved.items():
            if left != right and _stands(new, left) and right == _put(left, new, old):
                return 1
            if left != right and _stands(new, right) and left == _put(right, new, old):
                return -1
        new_left, new_right = bool(NEW.search(left)), bool(NEW.search(right))
        if new_left and not new_right:
            return 1
        if new_right and not new_left and (OLD.search(left) or not NEW.search(left)):
            return -1
    return 0


def _stands(name: str, text: str) -> bool:
    return bool(name) and re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text) is not None


def _put(text: str, new: str, old: str) -> str:
    return re.sub(rf"(?<![\w.]){re.escape(new)}(?!\w)", lambda _: old, text)


def _scaled(change: ast.expr | None) -> bool | None:
    """Whether a change of energy carries a number of its own; None where it is not known."""
    if change is None:
        return None
    return any(
        isinstance(n, ast.Constant) and n.value not in (0, 1, -1)
        for n in walk(change)
        if not isinstance(change, ast.Call)
    )


def _uphill(part: ast.Compare) -> bool:
    """`dE > 0` where `dE < 0` must stand."""
    return (
        bool(CHANGE.match(spelled(part.left)))
        and isinstance(part.ops[0], ast.Gt | ast.GtE)
        and spelled(part.comparators[0]) in {"0", "0.0"}
    )
