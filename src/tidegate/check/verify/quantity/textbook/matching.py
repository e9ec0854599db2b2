# ruff: noqa: E501  (patterns and tables read best on one line)
"""A formula of a text against a form of a law: is it the form, or one change of one place away from it?

Both are compared at points at which the form holds.  For the change no edits are tried: each part of the text's formula is
asked what it would have to be for the formula to hold there, and if that is the part times one number, times one power of one
symbol, or a power of itself at every point alike, this one change makes it the form.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import NamedTuple

from tidegate.check.verify.quantity.textbook.laws import Form, Law, scattered
from tidegate.check.verify.quantity.textbook.trees import FUNCTIONS, Node, Size, agree, symbols, value, wanted


class Sides(NamedTuple):
    """Both sides of a text's formula in one reading; `rough` when it has decimals, which may be rounded."""

    left: Node
    right: Node
    symbols: frozenset[str]
    rough: bool


class Change(NamedTuple):
    """The one place that differs: a number (`factor`), a symbol's power (`symbol`), an exponent, a root or a function."""

    kind: str
    what: str


POWERS = tuple(Fraction(n, d) for n, d in ((1, 1), (-1, 1), (2, 1), (-2, 1), (3, 1), (-3, 1), (1, 2), (-1, 2), (4, 1), (-4, 1), (3, 2), (-3, 2)))  # fmt: skip
FACTORS = tuple(
    sorted(
        {
            p / q * math.pi**k
            for p in range(1, 13)
            for q in range(1, 13)
            for k in (-2, -1, 0, 1, 2)
            if math.gcd(p, q) == 1
        }
    )
)
OTHER_FUNCTION = {
    "sin": ("cos", "tan"),
    "cos": ("sin", "tan"),
    "tan": ("sin", "cos"),
    "sinh": ("cosh",),
    "cosh": ("sinh",),
}
MAX_ASSIGNMENTS = 48


def may_be(law: Law, symbol: str) -> tuple[tuple[str, Size], ...]:
    """What a symbol of a text may stand for in a law: by its spelling, else by its letter without its index."""
    found = law.spelled.get(symbol)
    if found is None and "_" in symbol:
        found = law.spelled.get(symbol.split("_")[0])
    return found or ()


def assignments(law: Law, form: Form, names: frozenset[str], spare: int) -> Iterator[dict[str, str]]:
    """Each way in which the text's symbols are the form's by their spelling; `spare` of either may be left over."""
    if abs(len(names) - len(form.symbols)) > spare:
        return
    order = sorted(names)
    options: list[tuple[str, ...]] = []
    for symbol in order:
        found = tuple(dict.fromkeys(c for c, _ in may_be(law, symbol) if c in form.symbols))
        if not found and not spare:
            return
        options.append((*found, "") if spare else found)
    if sum(not o or o == ("",) for o in options) > spare:
        return
    seen = 0
    for choice in product(*options):
        used = [c for c in choice if c]
        if len(set(used)) != len(used) or len(order) - len(used) > spare or len(form.symbols) - len(used) > spare:
            continue
        seen += 1
        if seen > MAX_ASSIGNMENTS:
            return
        yield {s: c for s, c in zip(order, choice, strict=True) if c}


def measured_alike(law: Law, form: Form, given: Mapping[str, str], said: Mapping[str, Size]) -> bool:
    """Whether the symbols can have what the text declares of them, and what their spellings stand for, in the form."""
    return any(
        all(
            said.get(s, dims[c]) == dims[c] and any(n == c and d == dims[c] for n, d in may_be(law, s))
            for s, c in given.items()
        )
        for dims in form.dims
    )


def _point(form: Form, given: Mapping[str, str], names: frozenset[str], n: int) -> dict[str, complex]:
    at = form.points[n]
    return {s: at[given[s]] if s in given else complex(scattered(29, n)) for s in names}


def equal(sides: Sides, form: Form, given: Mapping[str, str]) -> bool:
    """Whether the text's formula holds wherever the form does."""
    tolerance = 4e-3 if sides.rough else 1e-7
    for n in range(3):
        point = _point(form, given, sides.symbols, n)
        try:
            a, b = value(sides.left, point), value(sides.right, point)
        except (ArithmeticError, ValueError):
            return False
        if not abs(a - b) <= tolerance * max(abs(a), abs(b)):
            return False
    return True


def changed(sides: Sides, form: Form, given: Mapping[str, str]) -> Change | None:
    """The one change that makes the text's formula the form; None when there is none."""
    points = [_point(form, given, sides.symbols, n) for n in range(len(form.points))]
    left_out = form.symbols - set(given.values())
    extra = sides.symbols - set(given)
    spare = [
        {**{s: p[s] for s in sides.symbols}, **{f"-{c}": form.points[n][c] for c in left_out}}
        for n, p in enumerate(points)
    ]
    must = {*extra, *(f"-{c}" for c in left_out)}
    for side, other in ((sides.right, sides.left), (sides.left, sides.right)):
        try:
            parts = [
                {path: (node, v, need) for path, node, v, need in wanted(side, value(other, p), p)} for p in points
            ]
        except (ArithmeticError, ValueError, OverflowError):
            continue
        for path, (node, _, _) in sorted(parts[0].items(), key=lambda item: (len(item[0]), item[0])):
            if all(path in p for p in parts):
                values = [p[path][1] for p in parts]
                needs = [p[path][2] for p in parts]
                found = _one_change(node, values, needs, spare, must, points)
                if found is not None:
                    return _told(found, side, path)
    return None if must else _exchanged(sides, form, given)


def _exchanged(sides: Sides, form: Form, given: Mapping[str, str]) -> Change | None:
    """Two symbols in each other's place: `√(γ ρ/p)`."""
    for a, b in combinations(sorted(given), 2):
        if equal(sides, form, {**given, a: given[b], b: given[a]}):
            return Change("exchange", f"{a} and {b}")
    return None


def _told(found: Change, side: Node, path: tuple[int, ...]) -> Change:
    """A number that is an exponent is told as such."""
    at = side
    for k in path:
        if at.kind == "^" and k == 1:
            return Change("exponent", found.what)
        at = at.parts[k]
    return found


def _one_change(
    node: Node,
    values: list[complex],
    needs: list[complex],
    spare: list[dict[str, complex]],
    must: set[str],
    points: list[dict[str, complex]],
) -> Change | None:
    """How the part differs from what is needed, told as one change; `must` are the symbols that have to be what differs."""
    if any(not cmath.isfinite(x) or abs(x) < 1e-12 for x in (*values, *needs)):
        return None
    ratios = [b / a for a, b in zip(values, needs, strict=True)]
    if any(abs(r.imag) > 1e-7 * abs(r) or r.real <= 0 for r in ratios):
        return None
    logs = [math.log(r.real) for r in ratios]
    if all(abs(x - logs[0]) < 1e-6 for x in logs):
        if must or abs(logs[0]) < 1e-9:
            return None
        near = min(FACTORS, key=lambda f: abs(f - ratios[0].real))
        return Change("factor", f"{near:.4g}") if abs(near - ratios[0].real) < 1e-6 * near else None
    for name in must or spare[0]:
        if all(p[name].imag == 0 and p[name].real > 0 for p in spare):
            power = _common_power(logs, [math.log(p[name].real) for p in spare])
            if power is not None:
                return Change("symbol", name.lstrip("-"))
    if must:
        return None
    if node.parts and all(abs(v.imag) < 1e-9 and v.real > 0 for v in values):
        power = _common_power(logs, [math.log(v.real) for v in values])
        if power is not None:
            return Change("exponent", "")
    for name in OTHER_FUNCTION.get(node.kind, ()):
        inner = [value(node.parts[0], p) for p in points]
        if all(abs(FUNCTIONS[name](x) - y) < 1e-7 for x, y in zip(inner, needs, strict=True)):
            return Change("function", name)
    return None


def _common_power(logs: list[float], bases: list[float]) -> Fraction | None:
    """The small power that takes every base to its value; None when there is none."""
    if any(abs(b) < 1e-6 for b in bases):
        return None
    found = logs[0] / bases[0]
    if any(abs(x - found * b) > 1e-6 * (1 + abs(x)) for x, b in zip(logs, bases, strict=True)):
        return None
    return next((p for p in POWERS if abs(found - p) < 1e-6), None)


def could_agree(laws: list[Law], sides: Sides, said: Mapping[str, Size]) -> bool:
    """Whether some reading of the symbols that the laws allow gives both sides one dimension; True when one is free."""
    options: list[tuple[Size, ...]] = []
    order = sorted(sides.symbols)
    for symbol in order:
        if symbol in said:
            options.append((said[symbol],))
            continue
        found = tuple(dict.fromkeys(d for law in laws for _, d in may_be(law, symbol)))
        if not found:
            return True
        options.append(found)
    return any(agree(sides.left, sides.right, dict(zip(order, choice, strict=True))) for choice in product(*options))


def distinct(left: Node, right: Node) -> frozenset[str]:
    """The symbols of both sides."""
    return symbols(left) | symbols(right)
