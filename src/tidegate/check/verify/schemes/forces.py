# ruff: noqa: E501  (messages read best on one line)
"""Forces and energies by their forms: how a pull falls off with distance, what acts back, and the halves and signs of energies."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from tidegate.check.verify.code.parsed import own_statements, walk
from tidegate.check.verify.schemes.algebra import Monomial, Poly, assignments, last_name, poly, shown, spelled
from tidegate.check.verify.schemes.model import Scheme

KINETIC = re.compile(r"^(?:ke|kinetic(?:_energy)?|e_?kin|t_kin|kin)$", re.I)
SPEEDS = re.compile(
    r"^(?:v|vel|velocity|velocities|vx|vy|vz|speed)\b|(?:^|\.)(?:v|vel|velocity|velocities|speed)\b", re.I
)
GRAVITY = re.compile(r"^(?:g|gm|g_const|grav\w*|mu)$", re.I)
PREY = re.compile(r"prey|rabbit|hare", re.I)
HUNTER = re.compile(r"pred|fox|wolf|lynx", re.I)


def forces(tree: ast.Module) -> Iterator[Scheme]:
    """Inverse-square pulls, pairs of forces, kinetic energies, flips of a spin, prey and predator."""
    for holder in walk(tree):
        if isinstance(holder, ast.FunctionDef | ast.Module):
            lengths = _lengths(holder)
            found = [(n, v, s) for node in own_statements(holder) for n, v, s in assignments([node])]
            given = [
                ("", n.value, n) for n in own_statements(holder) if isinstance(n, ast.Return) and n.value is not None
            ]
            for name, value, statement in [*found, *given]:
                yield from _pull(value, statement, lengths)
                yield from _kinetic(name, value, statement)
            yield from _reaction(found)
            yield from _mutual(found, lengths)
            yield from _hunted(holder, found)


def _lengths(holder: ast.AST) -> dict[str, tuple[set[str], Fraction]]:
    """Names that are lengths of vectors (1) or their squares (2), with the names of what they are made of."""
    out: dict[str, tuple[set[str], Fraction]] = {}
    for node in own_statements(holder):
        for name, value, _ in assignments([node]):
            text = spelled(value)
            if isinstance(value, ast.Call) and last_name(value.func) in {"norm", "hypot"}:
                out[name] = (_words(value), Fraction(1))
            elif isinstance(value, ast.Call) and last_name(value.func) == "sqrt" and value.args:
                inner = spelled(value.args[0])
                known = out.get(inner)
                squares = poly(value.args[0])
                if known is not None and known[1] == 2:
                    out[name] = (known[0] | {inner}, Fraction(1))
                elif squares is not None and _all_squares(squares):
                    out[name] = (_words(value), Fraction(1))
            elif (
                (squares := poly(value)) is not None and len(squares) >= 2 and _all_squares(squares) and "(" not in text
            ):
                out[name] = (_words(value), Fraction(2))
    return out


def _all_squares(sum_: Poly) -> bool:
    return len(sum_) >= 2 and all(c == 1 and len(m) == 1 and m[0][1] == 2 for m, c in sum_.items())


def _words(node: ast.AST) -> set[str]:
    return {spelled(n) for n in walk(node) if isinstance(n, ast.Name | ast.Subscript | ast.Attribute)}


def _pull(value: ast.expr, statement: ast.stmt, lengths: dict[str, tuple[set[str], Fraction]]) -> Iterator[Scheme]:
    """G m r⃗/r³: a vector over its own length, with a gravitational constant in front."""
    sum_ = poly(value)
    if sum_ is None or len(sum_) != 1:
        return
    (monomial,) = sum_
    spelt = {spelled(n): n for n in walk(value) if isinstance(n, ast.Call) and last_name(n.func) == "norm"}
    lengths = lengths | {a: (_words(spelt[a]), Fraction(1)) for a, _ in monomial if a in spelt}
    over = [(a, e) for a, e in monomial if a in lengths and e < 0]
    if len(over) != 1 or not any(GRAVITY.match(a) and e == 1 for a, e in monomial):
        return
    if any(e != 1 for a, e in monomial if a != over[0][0]):
        return
    parts, squared = lengths[over[0][0]]
    vectors = [a for a, e in monomial if a in parts and e == 1]
    power = over[0][1] * squared
    if vectors:
        yield Scheme(
            name="gravity falls off with the square of the distance",
            node=statement,
            holds=power == -3,
            computation=f"{vectors[0]} over {over[0][0]}^{-over[0][1]}: it falls off as distance^{shown(power + 1)}",
        )


def _kinetic(name: str, value: ast.expr, statement: ast.stmt) -> Iterator[Scheme]:
    """Half of m v²."""
    if not KINETIC.match(name.split(".")[-1]):
        return
    while isinstance(value, ast.Call) and value.args and last_name(value.func) in {"sum", "mean", "float"}:
        value = value.args[0]
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "sum":
        value = value.func.value
    sum_ = poly(value)
    if sum_ is None or not sum_:
        return
    for monomial, coefficient in sum_.items():
        speeds = [(a, e) for a, e in monomial if SPEEDS.search(a) and "(" not in a]
        if len(speeds) != 1 or len(monomial) > 2:
            return
        if speeds[0][1] != 2:
            yield Scheme(
                name="kinetic energy is m v²/2",
                node=statement,
                holds=False,
                computation=f"{name} = {spelled(value)} has {speeds[0][0]}^{speeds[0][1]}",
            )
            return
        if coefficient != Fraction(1, 2):
            yield Scheme(
                name="kinetic energy is m v²/2",
                node=statement,
                holds=False,
                computation=f"{name} = {spelled(value)} has a factor {shown(coefficient)}",
            )
            return
    yield Scheme(name="kinetic energy is m v²/2", node=statement, holds=True, computation=f"{name} = {spelled(value)}")


def _reaction(found: list[tuple[str, ast.expr, ast.stmt]]) -> Iterator[Scheme]:
    """`f[i] += fij` and `f[j] -= fij`: what acts on one acts back on the other."""
    pairs = [
        (s.target, s)
        for _, _, s in found
        if isinstance(s, ast.AugAssign)
        and isinstance(s.target, ast.Subscript)
        and re.search(r"force|^f|acc|^a\b", spelled(s.target.value), re.I)
    ]
    for (first, one), (second, other) in itertools.pairwise(pairs):
        if (
            spelled(first.value) != spelled(second.value)
            or spelled(one.value) != spelled(other.value)
            or "(" in spelled(one.value)
        ):
            continue
        names = [spelled(t.slice).split(",")[0].strip("( ") for t in (first, second)]
        if names[0] == names[1] or not all(n.isidentifier() for n in names):
            continue
        opposite = type(one.op) is not type(other.op)
        yield Scheme(
            name="what acts on one acts back on the other",
            node=other,
            holds=opposite,
            computation=f"{spelled(first)} and {spelled(second)} get {spelled(one.value)} with {'opposite signs' if opposite else 'the same sign'}",
        )
        return


def _mutual(
    found: list[tuple[str, ast.expr, ast.stmt]], lengths: dict[str, tuple[set[str], Fraction]]
) -> Iterator[Scheme]:
    """Two bodies that pull on each other: each is accelerated by the other's mass."""
    pulls = []
    for name, value, statement in found:
        sum_ = poly(value)
        if sum_ is None or len(sum_) != 1:
            continue
        ((monomial, sign),) = sum_.items()
        masses = [a for a, e in monomial if re.match(r"m(?:ass(?:es)?)?(?:[_\[]|\d|$)", a) and e == 1]
        if (
            len(masses) == 1
            and any(a in lengths and e < 0 for a, e in monomial)
            and any(GRAVITY.match(a) for a, _ in monomial)
        ):
            pulls.append((name, masses[0], tuple(p for p in monomial if p[0] != masses[0]), sign, statement))
    for (one, mass, rest, sign, _), (two, other, more, turned, statement) in pairwise(pulls):
        if rest == more and sign == -turned:
            yield Scheme(
                name="each body is accelerated by the other's mass",
                node=statement,
                holds=mass != other,
                computation=f"{one} has {mass}, {two} has {other}",
            )


def _hunted(holder: ast.AST, found: list[tuple[str, ast.expr, ast.stmt]]) -> Iterator[Scheme]:
    """Prey grows alone and is eaten; a predator starves alone and eats."""
    values = [(n, v) for n, v, _ in found]
    for node in walk(holder):
        if isinstance(node, ast.Return) and node.value is not None:
            given = node.value.args[0] if isinstance(node.value, ast.Call) and node.value.args else node.value
            if isinstance(given, ast.List | ast.Tuple):
                values += [("", e) for e in given.elts]
    for _, value in values:
        sum_ = poly(value)
        if sum_ is None or not 2 <= len(sum_) <= 3:
            continue
        prey = {a for m in sum_ for a, _ in m if PREY.search(a)}
        hunter = {a for m in sum_ for a, _ in m if HUNTER.search(a)} - prey
        if len(prey) != 1 or len(hunter) != 1:
            continue
        both = [c for m, c in sum_.items() if _has(m, prey) and _has(m, hunter)]
        alone = [
            (_has(m, prey), c)
            for m, c in sum_.items()
            if _has(m, prey) != _has(m, hunter) and not any(STEP_LIKE(a) for a, _ in m)
        ]
        if len(both) != 1 or len(alone) != 1 or len(sum_) != 2:
            continue
        of_prey, c = alone[0]
        good = (c > 0 > both[0]) if of_prey else (c < 0 < both[0])
        yield Scheme(
            name="prey grows alone and is eaten; a predator starves alone and eats",
            node=value,
            holds=good,
            computation=f"{spelled(value)}: {'prey' if of_prey else 'the predator'} alone {'grows' if c > 0 else 'dies out'}, together it {'gains' if both[0] > 0 else 'loses'}",
        )


def STEP_LIKE(name: str) -> bool:
    """Whether a name is a time step."""
    return name in {"dt", "h"}


def _has(monomial: Monomial, names: set[str]) -> bool:
    return any(a in names for a, _ in monomial)
