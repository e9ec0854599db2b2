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
HOWS = ("equal", "begins", "ends", "matches", "<", "<=", ">", ">=")  # the most telling first
SET_BYTES = 64 << 20  # for the automaton of a thousand expressions


class Key(msgspec.Struct, frozen=True):
    """A part of a condition that can be looked up; `reach` is the size of the constants in its bound."""

    term: str
    how: str
    values: tuple[Any, ...]
    guards: Guards = frozenset()
    sum: Sum | None = None
    reach: float = 0


class Group(Generic[R]):
    """Rules that are looked up by one term in one way, behind the same guards."""

    def __init__(self, key: Key, known: Sequence[str]) -> None:
        self.how, self.guards = key.how, tuple(sorted(key.guards))
        self.sum = key.sum
        self.terms = [_reader(t, known) for t in (key.sum.atoms if key.sum is not None else (key.term,))]
        self.reach: float = 0
        self.rules: list[R] = []
        self.table: dict[Any, list[R]] = {}
        self.pairs: list[tuple[Any, R]] = []
        self.bounds: list[Any] = []
        self.lengths: list[int] = []
        self.set: Any = None

    def add(self, key: Key, rule: R) -> None:
        """A rule with the constants of its part."""
        self.rules.append(rule)
        self.reach = max(self.reach, key.reach)
        for value in dict.fromkeys(key.values):
            self.table.setdefault(value, []).append(rule)
            self.pairs.append((value, rule))

    def close(self) -> None:
        """All rules are there."""
        if self.how in ("begins", "ends"):
            self.lengths = sorted({len(v) for v in self.table})
        elif self.how == "matches":
            self.set = _compiled([p for p, _ in self.pairs])
        elif self.how != "equal":
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
        except (Unknown, KeyError):
            return self.rules
        value = values[0]
        if self.sum is not None:
            found = self.sum.value(values, self.reach)
            return self.rules if found is None else [r for _, r in self._slice(*found)]
        if self.how == "equal":
            return self.rules if value.__hash__ is None else self.table.get(value, ())
        if self.how == "matches":
            return self._matching(value)
        if self.how == "begins":
            text = str(value)
            return [r for n in self.lengths for r in self.table.get(text[:n], ())]
        if self.how == "ends":
            text = str(value)
            return [r for n in self.lengths if n <= len(text) for r in self.table.get(text[len(text) - n :], ())]
        if type(value) not in (int, float) or value != value:
            return self.rules
        return [r for _, r in self._slice(value, 0.0)]

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

    def _matching(self, value: Any) -> Sequence[R]:
        """All expressions in one pass.  The last one matches every text: without it the pass itself failed."""
        if self.set is None or type(value) is not str:
            return self.rules
        try:
            found = self.set.Match(value)
        except Exception:  # a text that RE2 cannot read
            return self.rules
        n = len(self.pairs)
        return [self.pairs[i][1] for i in found if i != n] if n in found else self.rules


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
