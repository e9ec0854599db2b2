# ruff: noqa: E501  (messages read best on one line)
"""Fields on a grid: the weights of difference stencils, and the power of the grid spacing that goes with them.

A difference of a flat field is nothing, so the weights of a stencil add up to zero; a second difference goes with 1/dx², a
central first one with 1/(2 dx); averages over neighbours and steps over two times add up to one (LeVeque: Finite
Difference Methods for Ordinary and Partial Differential Equations, chapter 1).
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.code.parsed import own_statements, source_of, walk
from tidegate.check.verify.schemes.algebra import ONE, Monomial, Poly, assignments, last_name, poly, shown
from tidegate.check.verify.schemes.model import Scheme
from tidegate.check.verify.schemes.motion import STEP

SPACING = re.compile(r"^(?:d[xyzrs]|h[xyz]?|delta_?[xyz]|grid_spacing|spacing)$")
OTHER_TIME = re.compile(r"(?:_?(?:new|next|old|prev|previous|now|curr|current|n|np1|nm1|n_1|0|1))$")
DIFFERENCE = re.compile(r"lap|d2|d\w{1,3}d[xyz]|_xx|_x$|grad|deriv|second|curv", re.I)

Offset = tuple[int, ...]
"""How far a term is from the middle of a stencil, in half spacings along each axis."""


def fields(tree: ast.Module) -> Iterator[Scheme]:
    """Every assignment whose value is a sum over neighbours of one field."""
    for holder in walk(tree):
        if isinstance(holder, ast.FunctionDef | ast.Module):
            names = constants(holder, neighbours=True)
            for node in own_statements(holder):
                for name, value, statement in assignments([node]):
                    yield from _judge(name, value, statement, names)
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from _judge("laplacian", node.value, node, names)


PLAIN_NAME = re.compile(r"[A-Za-z_][\w.]*")


def constants(holder: ast.AST, *, neighbours: bool = False) -> dict[str, Poly]:
    """Names assigned once, from arithmetic over names; steps and spacings stand for themselves.

    With `neighbours` also sums over a field's neighbours (`bend = u[2:] - 2 * u[1:-1] + u[:-2]`, `left = np.roll(u, 1)`).
    """
    seen: dict[str, list[ast.expr]] = defaultdict(list)
    for node in own_statements(holder):
        for name, value, statement in assignments([node]):
            seen[name].append(value if not isinstance(statement, ast.AugAssign) else ast.Constant(None))
    out: dict[str, Poly] = {}
    for name, values in seen.items():
        if len(values) == 1 and name.isidentifier() and not STEP.match(name) and not SPACING.match(name):
            found = poly(values[0], out) if isinstance(values[0], ast.BinOp | ast.Call | ast.Subscript) else None
            if found is None:
                continue
            atoms = {a for m in found for a, _ in m}
            if (
                len(found) == 1 and isinstance(values[0], ast.BinOp) and all(PLAIN_NAME.fullmatch(a) for a in atoms)
            ) or (
                neighbours
                and all(PLAIN_NAME.fullmatch(a) or _neighbour(a) for a in atoms)
                and any(map(_neighbour, atoms))
            ):
                out[name] = found
    return out


def _neighbour(atom: str) -> bool:
    return ("[" in atom or "roll(" in atom) and (place := place_of(atom)) is not None and (any(place[1]) or ":" in atom)


def place_of(atom: str) -> tuple[str, Offset] | None:
    """`u[2:, 1:-1]` is u one place on along the first axis; `np.roll(u, 1)` is u one place back; `u` itself, here."""
    try:
        node = ast.parse(atom, mode="eval").body
    except SyntaxError:
        return None
    if isinstance(node, ast.Name):
        return node.id, ()
    if isinstance(node, ast.Call) and last_name(node.func) == "roll" and len(node.args) >= 2:
        return _rolled(node)
    parts: list[ast.expr] = []
    while isinstance(node, ast.Subscript):
        parts = (list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]) + parts
        node = node.value
    if not isinstance(node, ast.Name | ast.Attribute) or not parts:
        return None
    offsets = [_offset(part) for part in parts]
    if any(o is None for o in offsets):
        return None
    return source_of(node).removeprefix("self."), tuple(o for o in offsets if o is not None)


def _rolled(node: ast.Call) -> tuple[str, Offset] | None:
    axis = next(
        (k.value for k in node.keywords if k.arg == "axis"), node.args[2] if len(node.args) > 2 else ast.Constant(0)
    )
    shift = poly(node.args[1])
    if (
        not isinstance(node.args[0], ast.Name)
        or not isinstance(axis, ast.Constant)
        or shift is None
        or list(shift) not in ([ONE], [])
    ):
        return None
    back = int(shift.get(ONE, Fraction(0)))
    return node.args[0].id, tuple([0] * int(axis.value) + [-2 * back]) if isinstance(
        axis.value, int
    ) and axis.value >= 0 else ()


def _offset(part: ast.expr) -> int | None:
    """How far a subscript is from the middle: `i + 1`, `(i + 1) % n` and `2:` one on, `:-2` one back."""
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod):
        part = part.left
    if isinstance(part, ast.Slice):
        if part.step is not None:
            return None
        low, high = (_whole(part.lower, 0), _whole(part.upper, 0))
        if low is None or high is None or low < 0 or high > 0:
            return None
        return low + high
    if (
        isinstance(part, ast.BinOp)
        and isinstance(part.op, ast.Add | ast.Sub)
        and isinstance(part.left, ast.Name)
        and isinstance(part.right, ast.Constant)
    ):
        value = part.right.value
        return 2 * (value if isinstance(part.op, ast.Add) else -value) if isinstance(value, int) else None
    return 0 if isinstance(part, ast.Name) else None


def _whole(node: ast.expr | None, missing: int) -> int | None:
    if node is None:
        return missing
    try:
        value = ast.literal_eval(node)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, int) else None


def _judge(name: str, value: ast.expr, statement: ast.stmt, names: dict[str, Poly]) -> Iterator[Scheme]:
    sum_ = poly(value, names)
    if sum_ is None or len(sum_) < 2:
        return
    groups: dict[Monomial, dict[tuple[str, Offset], Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    arrays = {
        p[0] for m in sum_ for a, _ in m if ("[" in a or "roll(" in a) and (p := place_of(a)) is not None and any(p[1])
    }
    if len({OTHER_TIME.sub("", a) for a in arrays}) != 1:
        return
    field = OTHER_TIME.sub("", next(iter(arrays)))
    if any(
        OTHER_TIME.sub("", root) == field and place_of(a) is None
        for m in sum_
        for a, _ in m
        if (root := a.split("[")[0]) != a
    ):
        return  # an element whose place is not known
    for monomial, coefficient in sum_.items():
        held = [
            (a, e, p)
            for a, e in monomial
            if (p := place_of(a)) is not None and OTHER_TIME.sub("", p[0]) == OTHER_TIME.sub("", next(iter(arrays)))
        ]
        if len(held) != 1 or held[0][1] != 1:
            if held:
                return  # not linear in the field
            continue
        rest = tuple(p for p in monomial if p[0] != held[0][0])
        groups[rest][held[0][2]] += coefficient
    width = max((len(o) for g in groups.values() for _, o in g), default=0)
    padded = {
        g: {(a, o + (0,) * (width - len(o))): c for (a, o), c in found.items() if c} for g, found in groups.items()
    }
    for rest, found in padded.items():
        yield from _stencil(name, rest, found, statement, dict(padded))


def _stencil(
    name: str,
    rest: Monomial,
    found: dict[tuple[str, Offset], Fraction],
    statement: ast.stmt,
    groups: dict[Monomial, dict[tuple[str, Offset], Fraction]],
) -> Iterator[Scheme]:
    weights: dict[Offset, Fraction] = defaultdict(Fraction)
    for (_, offset), c in found.items():
        weights[offset] += c
    near = {o: c for o, c in weights.items() if c}
    written = ", ".join(shown(c) for _, c in sorted(near.items()))
    total = sum(near.values(), Fraction(0))
    around = [o for o in near if any(o)]
    if rest == ONE:
        yield from _unit(near, found, total, written, statement)
        return
    if all(STEP.match(a) and e > 0 for a, e in rest):
        return  # over times, not over places
    if not around or len(near) < 2 or len({c > 0 for c in near.values()}) != 2 or any(a == "1j" for a, _ in rest):
        return
    if total:
        yield Scheme(
            name="the weights of a difference add up to zero",
            node=statement,
            holds=False,
            computation=f"{written} add up to {shown(total)}: a flat field would change by itself",
        )
        return
    if any(sum(1 for x in o if x) > 1 for o in near):
        return  # along a diagonal, or at another time
    spacing = [(a, e) for a, e in rest if SPACING.match(a) and not (STEP.match(a) and e > 0)]
    symmetric = all(near.get(tuple(-x for x in o)) == c for o, c in near.items())
    odd = all(near.get(tuple(-x for x in o), Fraction(0)) == -c for o, c in near.items())
    power = sum((e for _, e in spacing), Fraction(0))
    if spacing and symmetric and power != -2 and len(spacing) == 1:
        yield Scheme(
            name="a second difference goes with 1/dx²",
            node=statement,
            holds=False,
            computation=f"weights {written} stand with {spacing[0][0]}^{power}",
        )
        return
    if spacing and odd and len(spacing) == 1 and len(near) == 2 and max(abs(x) for o in near for x in o) == 2:
        size = abs(next(iter(near.values())))
        if power == -1 and size == 1:
            yield Scheme(
                name="a central difference goes with 1/(2 dx)",
                node=statement,
                holds=False,
                computation=f"weights {written} two places apart stand with 1/{spacing[0][0]}",
            )
            return
    if (
        spacing
        and not symmetric
        and not odd
        and power == -2
        and len(spacing) == 1
        and (len(near) in (3, 4, 5) or set(map(abs, near.values())) == {2})
        and not any(abs(x) > 2 for o in near for x in o)
    ):
        yield Scheme(
            name="every neighbour counts once",
            node=statement,
            holds=False,
            computation=f"weights {written} are not the same on both sides of a second difference",
        )
        return
    yield from _directed(name, rest, near, symmetric, statement, groups, written)


def _directed(
    name: str,
    rest: Monomial,
    near: dict[Offset, Fraction],
    symmetric: bool,
    statement: ast.stmt,
    groups: dict[Monomial, dict[tuple[str, Offset], Fraction]],
    written: str,
) -> Iterator[Scheme]:
    """Which way a second difference acts in a step, and how strongly in a step over two times."""
    unit = groups.get(ONE, {})
    middle = next((c for o, c in near.items() if not any(o)), Fraction(0))
    step = any(STEP.match(a) for a, _ in rest)
    if symmetric and step and unit and middle > 0 and not DIFFERENCE.search(name):
        yield Scheme(
            name="a step spreads a field out",
            node=statement,
            holds=False,
            computation=f"weights {written} sharpen every peak: the sign of the difference is turned",
        )
        return
    levels = sorted(unit.values())
    if symmetric and step and len(levels) == 2 and levels[1] == 2 and len(rest) >= 3 and middle not in (-2, -4, -6):
        yield Scheme(
            name="a wave's step takes c² dt²/dx² whole",
            node=statement,
            holds=False,
            computation=f"weights {written} where 1, -2, 1 follow from u_tt = c² u_xx",
        )
        return
    yield Scheme(
        name="the weights of a difference add up to zero",
        node=statement,
        holds=True,
        computation=f"{written} add up to 0",
    )


def _unit(
    near: dict[Offset, Fraction],
    found: dict[tuple[str, Offset], Fraction],
    total: Fraction,
    written: str,
    statement: ast.stmt,
) -> Iterator[Scheme]:
    """Terms without any factor: two times of one place, or an average over neighbours."""
    centre = [c for (_, o), c in found.items() if not any(o)]
    around = [c for o, c in near.items() if any(o)]
    if len(centre) == 2 and not around and max(centre) == 2 and min(centre) < 0 and total != 1:
        yield Scheme(
            name="a step over two times keeps a field at rest",
            node=statement,
            holds=False,
            computation=f"{shown(max(centre))} and {shown(min(centre))} add up to {shown(total)}, not 1",
        )
    if (
        not centre
        and total in (4, 6)
        and min(around) > 0
        and any(near.get(tuple(-x for x in o)) != c for o, c in near.items())
    ):
        yield Scheme(
            name="every neighbour counts once",
            node=statement,
            holds=False,
            computation=f"weights {written} are not the same on both sides",
        )
    elif not centre and len(around) in (4, 6) and len(set(around)) == 1 and around[0] != 1:
        yield Scheme(
            name="an average over neighbours keeps a flat field",
            node=statement,
            holds=total == 1,
            computation=f"{len(around)} weights of {shown(around[0])} add up to {shown(total)}",
        )
