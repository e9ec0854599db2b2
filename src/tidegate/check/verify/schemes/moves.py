# ruff: noqa: E501  (messages read best on one line)
"""What a chain's move is: its proposal, the energy it costs, and what is recorded when it is refused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.code.parsed import walk
from tidegate.check.verify.schemes.algebra import Poly, assignments, last_name, poly, shown, spelled
from tidegate.check.verify.schemes.model import Scheme

CHANGE = re.compile(
    r"^(?:d_?e|d_?u|d_?h|delta|delta_?(?:e|u|h|energy)|diff|energy_(?:diff|change|difference)|e_diff|dE_total|cost)$",
    re.I,
)
NEW = re.compile(r"new|trial|prop|cand|next|star|after|(?:^|_)[eu]1$|2$", re.I)
RECORD = re.compile(r"energ|sample|chain|trace|mag|history|states|positions|configs?|traj|obs|record|values", re.I)
STEP = re.compile(r"^(?:\w*step_?size|delta|\w*width|step|max_?step|eps|epsilon|sigma_?prop\w*)$", re.I)
COUNTED = re.compile(r"accept", re.I)
SPIN = re.compile(r"^(?:s|spins?|lattice|grid|sigma|config|state|lat|system|s_?i|s_?ij)(?:\[|$)")
AROUND = re.compile(
    r"^(?:nb|nn|neigh\w*|nbr\w*|local_?field|field|h_?loc\w*|sum_?(?:nb|neigh\w*)|\w*neighbou?r\w*)(?:\(|$)", re.I
)


def flipped(exponent: ast.expr, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    """A flip of one spin changes the energy -J Σ s s' by twice its bonds: 2 J s Σ s'."""
    name = next((spelled(n) for n in walk(exponent) if isinstance(n, ast.Name) and CHANGE.match(n.id)), "")
    value = known.get(name)
    own = poly(exponent)
    if value is None or own is None or len(own) != 1 or abs(next(iter(own.values()))) != 1:
        return
    sum_ = poly(value)
    if sum_ is None or not sum_ or len(set(sum_.values())) != 1:
        return
    for monomial in sum_:
        spins = [a for a, e in monomial if SPIN.match(a) and e == 1]
        near = [a for a, e in monomial if AROUND.match(a) and e == 1]
        if not (len(spins) == 1 and len(near) == 1) and not (
            len(spins) == 2 and re.search(r"[+-] ?1", " ".join(spins))
        ):
            return
    size = abs(next(iter(sum_.values())))
    if size in (1, 2):
        yield Scheme(
            name="a flip costs twice the bonds of its spin",
            node=value,
            holds=size == 2,
            computation=f"`{name} = {spelled(value)}` has the factor {shown(size)}; from s to -s the energy -J s Σ s' changes by 2 J s Σ s'",
        )


def recorded(holder: ast.AST, branch: ast.If) -> Iterator[Scheme]:
    """A record that is written when a move is taken, and never when it is refused."""
    inside = {id(n) for n in walk(branch)}
    for node in walk(branch):
        name = _appended(node)
        if not name or COUNTED.search(name) or not RECORD.search(name):
            continue
        others = [
            n
            for n in walk(holder)
            if (id(n) not in inside or _in_else(branch, n)) and _appended(n) == name and _loops(holder, n)
        ]
        if not others and _loops(holder, node):
            yield Scheme(
                name="a refused move counts its old state once more",
                node=node,
                holds=False,
                computation=f"`{name}` grows only where a move is accepted",
            )
        return


def _appended(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
        return spelled(node.func.value)
    return ""


def _in_else(branch: ast.If, node: ast.AST) -> bool:
    return any(node is inner for s in branch.orelse for inner in walk(s))


def _loops(holder: ast.AST, node: ast.AST) -> bool:
    """Whether a node stands in a loop of the function."""
    return any(node is inner for loop in walk(holder) if isinstance(loop, ast.For | ast.While) for inner in walk(loop))


def proposed(branch: ast.If, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    """The state that is taken: made from the present one, by a step as likely up as down."""
    taken = {spelled(value) for s in branch.body for _, value, _ in assignments([s])}
    targets = {re.split(r"\[", name)[0] for s in branch.body for name, _, _ in assignments([s])}
    for name in taken:
        value = known.get(name)
        if value is None or not NEW.search(name):
            continue
        sum_ = poly(value)
        steps = [
            c
            for c in walk(value)
            if isinstance(c, ast.Call) and last_name(c.func) in {"uniform", "random", "rand", "normal", "gauss"}
        ]
        if sum_ is not None and not steps and len(sum_) == 2 and STEP.match(_beside(sum_, targets)):
            yield Scheme(
                name="a proposal steps up as often as down",
                node=value,
                holds=False,
                computation=f"`{name} = {spelled(value)}` always steps the same way",
            )
            return
        if sum_ is None or len(steps) != 1:
            continue
        lean = _leaning(steps[0], sum_)
        if lean:
            yield Scheme(name="a proposal steps up as often as down", node=value, holds=False, computation=lean)
            return
        words = set(re.findall(r"[A-Za-z_]\w*", spelled(value)))
        if not words & targets and _small(steps[0]):
            yield Scheme(
                name="a proposal starts from where the chain is",
                node=value,
                holds=False,
                computation=f"`{name} = {spelled(value)}` draws a new state and forgets the old one",
            )
            return


def _beside(sum_: Poly, targets: set[str]) -> str:
    """The one atom of a sum of two that is not the state."""
    names = [m[0][0] for m in sum_ if len(m) == 1]
    others = [n for n in names if n not in targets]
    return others[0] if len(names) == 2 and len(others) == 1 else ""


def _leaning(draw: ast.Call, sum_: Poly) -> str:
    """Why a step's mean is not zero, where the state it is added to stands beside it."""
    own = [m for m in sum_ if any("(" in a for a, _ in m)]
    if len(own) != 1 or len(sum_) < 2:
        return ""
    called, args = last_name(draw.func), [spelled(a) for a in draw.args]
    if called == "uniform" and len(args) >= 2:
        low, high = poly(draw.args[0]), poly(draw.args[1])
        if low is not None and high is not None and low.plus(high) and args[0] in {"0", "0.0"} and len(sum_) == 2:
            return f"uniform({args[0]}, {args[1]}) never steps down"
    if called in {"random", "rand"} and not args and len(sum_) == 2 and not any(m == () for m in sum_):
        return "random() is never negative: every step goes the same way"
    return ""


def _small(draw: ast.Call) -> bool:
    """A draw whose size is named as that of a step, and that is centred on zero."""
    if last_name(draw.func) != "uniform" or len(draw.args) < 2:
        return False
    low, high = poly(draw.args[0]), poly(draw.args[1])
    words = re.search(r"delta|step|max_?d|disp|width|amp", spelled(draw.args[1]), re.I)
    return (
        low is not None and high is not None and not low.plus(high) and bool(words) and Fraction(0) not in high.values()
    )
