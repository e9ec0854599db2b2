# ruff: noqa: E501  (messages and tables read best on one line)
"""Does what a program spells agree with a known equation, under some reading of its names; and if not, is it one slip away?

Names are read by their usual spellings; what no spelling tells is tried.  Agreement is equality at scattered points.  Only an
expression that one change of one place turns into a known form is called wrong: what is further off is another model.
"""

from __future__ import annotations

import functools
import itertools
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import CodeType

from tidegate.check.verify.known.edits import others, places, put, shortened
from tidegate.check.verify.known.terms import (
    GLOBALS,
    Tree,
    code_of,
    leaves,
    lifted,
    numbers,
    parsed,
    size,
    value_of,
    values_at,
)

CLOSE = 1e-7
POINTS = 4
COMBINATIONS_MAX = 3000
CANDIDATES_MAX = 20_000
"""Changes of a place that are tried over a whole program."""
TINY = 1e-20
TROUBLE = (KeyError, ValueError, ZeroDivisionError, OverflowError, TypeError)


def plain(name: str) -> str:
    """`K_m`, `self.km` and `Km` are one name."""
    return re.sub(r"[_.\s]", "", name).lower()


class Form:
    """One legal form of an equation: its text, its tree and its symbols, made when they are first asked for."""

    def __init__(self, text: str):
        self.text = text

    @functools.cached_property
    def tree(self) -> Tree:
        """The form as a tree."""
        return parsed(self.text)

    @functools.cached_property
    def symbols(self) -> tuple[str, ...]:
        """The symbols in it, sorted, without π."""
        return tuple(sorted(set(leaves(self.tree)) - {"pi"}))

    @functools.cached_property
    def code(self) -> CodeType:
        """The form compiled."""
        return compile(code_of(self.tree), "form", "eval")  # text of the tables, never of an answer


def forms(text: str) -> tuple[Form, ...]:
    """`a*b | a/b` as forms."""
    return tuple(Form(part.strip()) for part in text.split("|"))


Binding = Mapping[str, str | float]
"""Canonical symbols with the program's leaf, or a number, that they stand for."""


class Points:
    """Scattered values of the program's leaves, by their names, the same for every expression of it."""

    def __init__(self, names: Iterable[str]):
        self.at = [{n: 0.4 + 1.5 * zlib.crc32(f"{k} {n}".encode()) / 2**32 for n in names} for k in range(POINTS)]
        self.left = CANDIDATES_MAX
        self.tried: dict[object, str | None] = {}
        self.seen: dict[tuple[int, str | None, int], complex | None] = {}

    def once(self, tree: Tree, k: int, step: str | None) -> complex | None:
        """`program`, remembered."""
        key = (id(tree), step, k)
        if key not in self.seen:
            self.seen[key] = self.program(tree, k, step)
        return self.seen[key]

    def values(self, k: int, step: str | None) -> Mapping[str, complex]:
        """The leaves at point k; a step of time is a small imaginary number, so that rates come out exact."""
        return self.at[k] if step is None else {**self.at[k], step: complex(0.0, TINY)}

    def program(self, tree: Tree, k: int, step: str | None) -> complex | None:
        """The tree at point k; of a step, its rate: what it changes by per unit of time as the step vanishes."""
        try:
            value = value_of(tree, self.values(k, step))
        except TROUBLE:
            return None
        return value.imag / TINY if step is not None else value

    def moves(self, tree: Tree, step: str | None, names: Iterable[str]) -> bool:
        """Whether the tree at the first point is another where these leaves alone are moved to the second."""
        first = self.once(tree, 0, step)
        moved = {**self.values(0, step), **{n: self.at[1][n] for n in names if n in self.at[1]}}
        try:
            value = value_of(tree, moved)
        except TROUBLE:
            return False
        value = value.imag / TINY if step is not None else value
        return first is not None and abs(value - first) > CLOSE * (abs(value) + abs(first)) + 1e-9

    def canonical(self, form: Form, binding: Binding, k: int) -> complex | None:
        """The known form at point k under a reading of its symbols."""
        at = self.at[k]
        try:
            values = {s: at[meant] if isinstance(meant := binding[s], str) else meant for s in form.symbols}
            return eval(form.code, GLOBALS, values)  # type: ignore[no-any-return]
        except TROUBLE:
            return None

    def shortened(self, tree: Tree, binding: Binding, k: int) -> complex | None:
        """A changed form at point k."""
        at = self.at[k]
        try:
            return value_of(tree, {s: at[m] if isinstance(m, str) else m for s, m in binding.items()})
        except TROUBLE:
            return None


def equal(a: complex | None, b: complex | None) -> bool:
    """Equal to rounding."""
    return a is not None and b is not None and abs(a - b) <= CLOSE * (abs(a) + abs(b)) + 1e-12


def agrees(points: Points, tree: Tree, step: str | None, form: Form, binding: Binding) -> bool:
    """Whether an expression and a known form are the same at every point."""
    return all(equal(points.once(tree, k, step), points.canonical(form, binding, k)) for k in range(POINTS))


def slip(points: Points, tree: Tree, step: str | None, known: Sequence[Form], binding: Binding) -> str | None:
    """The form that one changed place turns the expression into, or None; what was tried once is remembered."""
    used = {s for form in known for s in form.symbols}
    key = (
        id(tree),
        tuple(form.text for form in known),
        tuple(sorted((s, str(v)) for s, v in binding.items() if s in used)),
    )
    if key not in points.tried:
        points.tried[key] = _slip(points, tree, step, known, binding) if points.left > 0 else None
    return points.tried[key]


def _slip(points: Points, tree: Tree, step: str | None, known: Sequence[Form], binding: Binding) -> str | None:
    bound = frozenset(v for v in binding.values() if isinstance(v, str))
    names = dict.fromkeys([*leaves(tree), *bound])
    if step is not None:
        names[step] = None
    constants = sorted({abs(n) for form in known for n in numbers(form.tree)})
    wanted = [[points.canonical(form, binding, k) for k in range(POINTS)] for form in known]
    if all(w[0] is None for w in wanted) or size(tree) > 90:
        return None
    for form in known:
        for short in shortened(form.tree):
            if all(equal(points.once(tree, k, step), points.shortened(short, binding, k)) for k in range(POINTS)):
                return form.text
    bound |= {step} if step else frozenset()
    try:
        at = points.values(0, step)
        values = values_at(tree, at)
    except TROUBLE:
        return None
    exact = not any(isinstance(binding.get(s), float) for form in known for s in form.symbols)
    for path, part in places(tree):
        for other in others(part, list(names), constants, bound, exact):
            points.left -= 1
            try:
                value = lifted(tree, path, values, value_of(other, at))
            except TROUBLE:
                continue
            if step is not None:
                value = value.imag / TINY
            for form, known_values in zip(known, wanted, strict=True):
                if equal(value, known_values[0]):
                    whole = put(tree, path, other)
                    if all(equal(points.program(whole, k, step), known_values[k]) for k in range(1, POINTS)):
                        return form.text
    return None


def readings(
    symbols: Sequence[str], spellings: Mapping[str, frozenset[str]], names: Sequence[str], free: Sequence[str | float]
) -> Iterator[dict[str, str | float]]:
    """Every reading of `symbols`: by usual spellings among `names`; what has none there, among `free`."""
    options: list[list[str | float]] = []
    for symbol in symbols:
        usual = spellings.get(symbol, frozenset())
        exact = [n for n in names if n == symbol]
        spelt: list[str | float] = [n for n in names if plain(n) in usual or n == symbol]
        options.append(spelt if len(spelt) > 1 or not exact else list(exact) if not usual - {plain(symbol)} else spelt)
    told = {o for option in options for o in option}
    rest = [f for f in free if f not in told]
    filled = [option or rest for option in options]
    count = 1
    for option in filled:
        count *= max(len(option), 1)
    if count > COMBINATIONS_MAX:
        return
    for chosen in itertools.product(*filled):
        if len({c for c in chosen if c != 1.0}) == len([c for c in chosen if c != 1.0]):
            yield dict(zip(symbols, chosen, strict=True))
