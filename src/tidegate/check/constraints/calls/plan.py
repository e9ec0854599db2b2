"""Which rules can a call meet?  Rules of one tool are looked up by what their condition needs, and only the rest tried.

A condition is a conjunction; one part of it that cannot hold makes the whole false.  Some kinds of parts can be
looked up for all rules that share their term, whatever the term is (an argument, its host, a count of past calls):

- the term equals one of some constants: a table from value to rules;
- the term begins or ends with a constant text: a table from that text to rules, by length;
- the term matches an expression or holds a constant text: one automaton of all of them, passed once;
- the term lies beyond a constant number: constants in order, so that the rules it can meet are a slice.  Two sums
  are compared like that too, with everything they read brought to one side (`sums`).

A missing term is Unknown, and Unknown refuses.  So a part may be looked up only if what stands before it in the
condition could not have been Unknown: those parts name the arguments they read (and whether as numbers), and a call
without them has every rule of the group tried.  A term that is Unknown itself has its rules tried likewise.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import re2

from tidegate.check.constraints.calls.expression import parse_expression
from tidegate.check.constraints.calls.lookup import HOWS, Group, Guards, Key
from tidegate.check.constraints.calls.sums import compared

R = TypeVar("R")
_ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


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
    return min(found, key=lambda k: HOWS.index(k.how), default=None)


def _conjuncts(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for value in tree.values:
            yield from _conjuncts(value)
    else:
        yield tree


def _part(node: ast.expr) -> Key | None:
    match node:
        case ast.Compare(ast.Constant(str() as piece), [ast.In()], [term]):
            return Key(ast.unparse(term), "matches", (re2.escape(piece),))
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
        case ast.Call(ast.Name("ends"), [term, ast.Constant(str() as suffix)], []):
            return Key(ast.unparse(term), "ends", (suffix,))
        case ast.Call(ast.Name("matches"), [term, ast.Constant(str() as pattern)], []):
            return Key(ast.unparse(term), "matches", (pattern,))
        case ast.Compare(left, [op], [right]) if type(op) in _ORDER:
            if (sums := compared(left, _ORDER[type(op)], right)) is not None:
                return Key(sums.term, sums.how, (sums.bound,), sum=sums.sum, reach=sums.reach)
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


class Plan(Generic[R]):
    """The rules that concern one tool; `condition` gives the one condition of a rule that may be looked up, or None."""

    def __init__(self, rules: Sequence[R], condition: Callable[[R], str | None], known: Sequence[str]) -> None:
        self.tried: list[R] = []
        groups: dict[tuple[str, str, Guards], Group[R]] = {}
        for rule in rules:
            text = condition(rule)
            found = key(text) if text is not None else None
            if found is None:
                self.tried.append(rule)
                continue
            place = (found.term, found.how, found.guards)
            if place not in groups:
                groups[place] = Group(found, known)
            groups[place].add(found, rule)
        self.groups = list(groups.values())
        for group in self.groups:
            group.close()

    def rules(self, scope: Mapping[str, Any]) -> Iterator[R]:
        """Every rule whose condition may hold in this scope, or may not be shown not to."""
        yield from self.tried
        for group in self.groups:
            yield from group.find(scope)
