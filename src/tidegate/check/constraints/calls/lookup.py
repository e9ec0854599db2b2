"""Rules of one tool that share a term, by the constants they hold it against: which of them can a call meet?"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import re2

from tidegate.check.constraints.calls.expression import Compiled, Unknown, compile_expression, parse_expression
from tidegate.check.constraints.calls.sums import Sum

R = TypeVar("R")
Guards = frozenset[tuple[str, bool]]  # (argument, whether it must be a number)
HOWS = ("equal", "holds", "begins", "ends", "matches", "<", "<=", ">", ">=")  # the most telling first
SET_BYTES = 64 << 20  # for the automaton of a thousand expressions


class Items(msgspec.Struct, frozen=True):
    """The list whose items a part speaks of, and what an item is called there; `every`: an empty list meets it.

    `guards`: fields of an item ("" for itself) as the guards of a key are arguments.
    """

    name: str
    of: str
    every: bool
    guards: Guards


class Key(msgspec.Struct, frozen=True):
    """A part of a condition that can be looked up; `reach` is the size of the constants in its bound.

    With `items` the term is an item's, and the part is met where one item meets it.
    """

    term: str
    how: str
    values: tuple[Any, ...]
    guards: Guards = frozenset()
    sum: Sum | None = None
    reach: float = 0
    items: Items | None = None


class Group(Generic[R]):
    """Rules that are looked up by one term in one way, behind the same guards."""

    def __init__(self, key: Key, known: Sequence[str]) -> None:
        self.how, self.sum, self.items = key.how, key.sum, key.items
        terms = key.sum.atoms if key.sum is not None else (key.term,)
        self.terms = [_reader(_listed(t, key.items), known) for t in terms]
        self.guards = sorted(key.guards)
        self.item_guards = [(_guard(f, i, known), number) for i in (key.items,) if i for f, number in sorted(i.guards)]
        self.reach: float = 0
        self.rules: list[R] = []
        self.table: dict[Any, list[R]] = {}
        self.pairs: list[tuple[Any, R]] = []
        self.bounds: list[Any] = []
        self.lengths: list[int] = []
        self.set: Any = None
        self.twice = key.how == "holds"  # a rule may be found by two of its constants, or two items of a list

    def add(self, key: Key, rule: R) -> None:
        """A rule with the constants of its part."""
        self.rules.append(rule)
        self.reach = max(self.reach, key.reach)
        self.twice |= len(key.values) > 1
        for value in dict.fromkeys(key.values):
            self.table.setdefault(value, []).append(rule)
            self.pairs.append((value, rule))

    def close(self) -> None:
        """All rules are there."""
        if self.how in ("begins", "ends"):
            self.lengths = sorted({len(v) for v in self.table})
        elif self.how == "matches":
            self.set = _compiled([p for p, _ in self.pairs])
        elif self.how == "holds" and all(isinstance(p, str) for p, _ in self.pairs):
            self.set = _compiled([re2.escape(p) for p, _ in self.pairs])
        elif self.how not in ("equal", "holds"):
            self.pairs.sort(key=lambda p: p[0])
            self.bounds = [p[0] for p in self.pairs]

    def find(self, scope: Mapping[str, Any]) -> Sequence[R]:
        """The rules that may hold, or may not be shown not to."""
        args = scope["args"]
        for name, number in self.guards:
            if name not in args or (number and type(args[name]) not in (int, float)):
                return self.rules
        try:
            values = tuple([args[field] if field else term(scope) for field, term in self.terms])  # type: ignore[arg-type]
            if self.items is not None:
                return self._among(values, scope)
        except (Unknown, KeyError):
            return self.rules
        found = self._one(values)
        if found is None:
            return self.rules
        return list({id(r): r for r in found}.values()) if self.twice else found

    def _among(self, values: tuple[Any, ...], scope: Mapping[str, Any]) -> Sequence[R]:
        """The rules that some item may meet, given a list of values of each term; Unknown where a guard is."""
        for term, number in self.item_guards:
            read = term(scope)  # type: ignore[arg-type]
            if number and not all(type(v) in (int, float) for v in read):
                return self.rules
        if not values[0] and self.items is not None and self.items.every:
            return self.rules
        out: dict[int, R] = {}
        for row in zip(*values, strict=True):
            found = self._one(row)
            if found is None:
                return self.rules
            for rule in found:
                out[id(rule)] = rule
        return list(out.values())

    def _one(self, values: tuple[Any, ...]) -> Sequence[R] | None:
        """The rules that one value (of a sum, the values of its atoms) may meet; None where that cannot be told."""
        value = values[0]
        if self.sum is not None:
            found = self.sum.value(values, self.reach)
            return None if found is None else [r for _, r in self._slice(*found)]
        match self.how:
            case "equal":
                return None if value.__hash__ is None else self.table.get(value, ())
            case "holds":
                return self._holding(value)
            case "matches":
                return self._matching(value)
            case "begins":
                text = str(value)
                return [r for n in self.lengths for r in self.table.get(text[:n], ())]
            case "ends":
                text = str(value)
                return [r for n in self.lengths if n <= len(text) for r in self.table.get(text[len(text) - n :], ())]
        if type(value) not in (int, float) or value != value:
            return None
        return [r for _, r in self._slice(value, 0.0)]

    def _holding(self, value: Any) -> Sequence[R] | None:
        """The rules whose constant a list has as an item, or a text within it."""
        if type(value) is not list:
            return self._matching(value)
        return [r for v in value if v.__hash__ is not None for r in self.table.get(v, ())]

    def _slice(self, value: float, rounding: float) -> list[tuple[Any, R]]:
        """The rules whose bound a value lies beyond, or could, but for the rounding of what was added up."""
        match self.how:
            case ">":
                return self.pairs[: bisect_left(self.bounds, value + rounding)]
            case ">=":
                return self.pairs[: bisect_right(self.bounds, value + rounding)]
            case "<":
                return self.pairs[bisect_right(self.bounds, value - rounding) :]
            case _:
                return self.pairs[bisect_left(self.bounds, value - rounding) :]

    def _matching(self, value: Any) -> Sequence[R] | None:
        """All expressions in one pass.  The last one matches every text: without it the pass itself failed."""
        if self.set is None or type(value) is not str:
            return None
        try:
            found = self.set.Match(value)
        except Exception:  # a text that RE2 cannot read
            return None
        n = len(self.pairs)
        return [self.pairs[i][1] for i in found if i != n] if n in found else None


def _listed(term: str, items: Items | None) -> str:
    """A term of an item as the list of it over all items."""
    return term if items is None else f"[{term} for {items.name} in {items.of}]"


def _guard(field: str, items: Items, known: Sequence[str]) -> Compiled:
    """A field of each item ("" for the item itself), as a function of the scope."""
    return compile_expression(_listed(f"{items.name}.{field}" if field else items.name, items), "condition", known)


def _reader(term: str, known: Sequence[str]) -> tuple[str, Compiled]:
    """(the argument that a term is, or "", and the term as a function of the scope)."""
    tree = parse_expression(term, "condition")
    plain = isinstance(tree, ast.Attribute) and isinstance(tree.value, ast.Name) and tree.value.id == "args"
    return tree.attr if plain and isinstance(tree, ast.Attribute) else "", compile_expression(term, "condition", known)


def _compiled(patterns: Sequence[str]) -> Any:
    """One automaton for all, or None where they are too large together or one cannot be read."""
    options = re2.Options()
    options.max_mem = SET_BYTES
    options.log_errors = False
    out = re2.Set.SearchSet(options)
    try:
        for pattern in (*patterns, ""):
            out.Add(pattern)
        out.Compile()
    except re2.error:
        return None
    return out
