"""Which rules can a call meet?  Rules of one tool are looked up by what their condition needs, and only the rest tried.

A condition is a conjunction; one part of it that cannot hold makes the whole false.  Three kinds of parts can be
looked up for all rules that share their term, whatever the term is (an argument, its host, a count of past calls):

- the term equals one of some constants: a table from value to rules;
- the term begins with a constant text: a table from that text to rules, by length;
- the term lies beyond a constant number: constants in order, so that the rules it can meet are a slice.

A missing term is Unknown, and Unknown refuses.  So a part may be looked up only if what stands before it in the
condition could not have been Unknown: those parts name the arguments they read (and whether as numbers), and a call
without them has every rule of the group tried.  A term that is Unknown itself has its rules tried likewise.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from tidegate.check.constraints.expression import Compiled, Unknown, compile_expression, parse_expression

R = TypeVar("R")
Guards = frozenset[tuple[str, bool]]  # (argument, whether it must be a number)
_ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Key(msgspec.Struct, frozen=True):
    """A part of a condition that can be looked up: `how` is `equal`, `begins` or an order; guards as above."""

    term: str
    how: str
    values: tuple[Any, ...]
    guards: Guards = frozenset()


def key(text: str) -> Key | None:
    """The most telling part of a condition that can be looked up, or None where it has to be tried."""
    found: list[Key] = []
    guards: set[tuple[str, bool]] = set()
    for part in _conjuncts(parse_expression(text, "condition")):
        one = _part(part)
        if one is not None:
            found.append(msgspec.structs.replace(one, guards=frozenset(guards)))
        needs = _needs(part)
        if needs is None:  # it may be Unknown in a way that no argument shows: nothing behind it can be looked up
            break
        guards |= needs
    return min(
        found, key=lambda k: ("equal", "begins").index(k.how) if k.how in ("equal", "begins") else 2, default=None
    )


def _conjuncts(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for value in tree.values:
            yield from _conjuncts(value)
    else:
        yield tree


def _part(node: ast.expr) -> Key | None:
    match node:
        case ast.Compare(ast.Constant(value), [op], [term]) if not isinstance(term, ast.Constant):
            turned = _compared(term, op, value)
            return turned and (
                turned if turned.how == "equal" else Key(turned.term, _FLIPPED[turned.how], turned.values)
            )
        case ast.Compare(term, [op], [ast.Constant(value)]):
            return _compared(term, op, value)
        case ast.Compare(term, [ast.In()], [ast.List(items) | ast.Tuple(items) | ast.Set(items)]):
            values = tuple(i.value for i in items if isinstance(i, ast.Constant))
            return Key(ast.unparse(term), "equal", values) if len(values) == len(items) else None
        case ast.Call(ast.Name("starts"), [term, ast.Constant(str() as prefix)], []):
            return Key(ast.unparse(term), "begins", (prefix,))
    return None


def _compared(term: ast.expr, op: ast.cmpop, value: Any) -> Key | None:
    if isinstance(op, ast.Eq):
        return Key(ast.unparse(term), "equal", (value,))
    if type(op) in _ORDER and isinstance(value, int | float) and not isinstance(value, bool):
        return Key(ast.unparse(term), _ORDER[type(op)], (value,))
    return None


def _needs(node: ast.expr) -> set[tuple[str, bool]] | None:
    """The arguments without which a part is Unknown; None where something else could make it so."""
    match node:
        case ast.BoolOp(_, values):
            each = [_needs(v) for v in values]
            return None if any(e is None for e in each) else set().union(*(e for e in each if e is not None))
        case ast.UnaryOp(ast.Not(), value):
            return _needs(value)
        case ast.Compare(ast.Attribute(ast.Name("args"), field), [op], [ast.Constant(value)]):
            if isinstance(op, ast.Eq | ast.NotEq):
                return {(field, False)}
            return {(field, True)} if type(op) in _ORDER and isinstance(value, int | float) else None
        case ast.Compare(
            ast.Attribute(ast.Name("args"), field), [ast.In() | ast.NotIn()], [ast.List(items) | ast.Tuple(items)]
        ):
            return {(field, False)} if all(isinstance(i, ast.Constant) for i in items) else None
        case ast.Call(ast.Name("starts" | "ends"), [ast.Attribute(ast.Name("args"), field), ast.Constant(str())], []):
            return {(field, False)}
        case ast.Call(ast.Name("has"), [ast.Name("args"), *names], []):
            return set() if all(isinstance(n, ast.Constant) for n in names) else None
        case ast.Call(ast.Attribute(ast.Name("run"), "called" | "count"), [ast.Constant(str())], []):
            return set()
        case ast.Compare(ast.Call() as call, [op], [ast.Constant(int() | float())]) if type(op) in _ORDER:
            return _needs(call) if isinstance(call.func, ast.Attribute) and call.func.attr == "count" else None
    return None


class _Group(Generic[R]):
    """Rules that are looked up by one term in one way, behind the same guards."""

    def __init__(self, term: str, how: str, guards: Guards, known: Sequence[str]) -> None:
        self.how, self.guards = how, tuple(sorted(guards))
        tree = parse_expression(term, "condition")
        field = (
            tree.attr
            if isinstance(tree, ast.Attribute) and isinstance(tree.value, ast.Name) and tree.value.id == "args"
            else ""
        )
        self.field = field
        self.term: Compiled = compile_expression(term, "condition", known)
        self.rules: list[R] = []
        self.table: dict[Any, list[R]] = {}
        self.pairs: list[tuple[Any, R]] = []
        self.bounds: list[Any] = []
        self.lengths: list[int] = []

    def add(self, values: tuple[Any, ...], rule: R) -> None:
        """A rule with the constants of its part."""
        self.rules.append(rule)
        for value in dict.fromkeys(values):
            self.table.setdefault(value, []).append(rule)
            self.pairs.append((value, rule))

    def close(self) -> None:
        """All rules are there."""
        self.pairs.sort(key=lambda p: p[0]) if self.how not in ("equal", "begins") else None
        self.bounds = [p[0] for p in self.pairs]
        self.lengths = sorted({len(v) for v in self.table}) if self.how == "begins" else []

    def find(self, scope: Mapping[str, Any]) -> Sequence[R]:
        """The rules that may hold, or may not be shown not to."""
        args = scope["args"]
        for name, number in self.guards:
            if name not in args or (number and type(args[name]) not in (int, float)):
                return self.rules
        try:
            value = args[self.field] if self.field else self.term(scope)  # type: ignore[arg-type]
        except (Unknown, KeyError):
            return self.rules
        if self.how == "equal":
            return self.rules if value.__hash__ is None else self.table.get(value, ())
        if self.how == "begins":
            text = str(value)
            return [r for n in self.lengths for r in self.table.get(text[:n], ())]
        if type(value) not in (int, float) or value != value:
            return self.rules
        return [r for _, r in self._slice(value)]

    def _slice(self, value: float) -> list[tuple[Any, R]]:
        match self.how:
            case ">":
                return self.pairs[: bisect_left(self.bounds, value)]
            case ">=":
                return self.pairs[: bisect_right(self.bounds, value)]
            case "<":
                return self.pairs[bisect_right(self.bounds, value) :]
            case _:
                return self.pairs[bisect_left(self.bounds, value) :]


class Plan(Generic[R]):
    """The rules that concern one tool; `condition` gives the one condition of a rule that may be looked up, or None."""

    def __init__(self, rules: Sequence[R], condition: Callable[[R], str | None], known: Sequence[str]) -> None:
        self.tried: list[R] = []
        groups: dict[tuple[str, str, Guards], _Group[R]] = {}
        for rule in rules:
            text = condition(rule)
            found = key(text) if text is not None else None
            if found is None:
                self.tried.append(rule)
                continue
            place = (found.term, found.how, found.guards)
            if place not in groups:
                groups[place] = _Group(*place, known)
            groups[place].add(found.values, rule)
        self.groups = list(groups.values())
        for group in self.groups:
            group.close()

    def rules(self, scope: Mapping[str, Any]) -> Iterator[R]:
        """Every rule whose condition may hold in this scope, or may not be shown not to."""
        yield from self.tried
        for group in self.groups:
            yield from group.find(scope)
