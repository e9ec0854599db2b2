"""Which rules can a call meet?  Rules of one tool are looked up by what their condition needs, and only the rest tried.

A condition is a conjunction; one part of it that cannot hold makes the whole false.  Some kinds of parts can be
looked up for all rules that share their term, whatever the term is (an argument, its host, a count of past calls):

- the term equals one of some constants: a table from value to rules;
- the term begins or ends with a constant text: a table from that text to rules, by length;
- the term matches an expression or holds a constant text: one automaton of all of them, passed once;
- the term is a list that holds a constant: its items in a table from constant to rules;
- the term lies beyond a constant number: constants in order, so that the rules it can meet are a slice.  Two sums
  are compared like that too, with everything they read brought to one side (`sums`);
- `any` or `all` over the items of a list: the same of a term of each item (`over_items`).

A missing term is Unknown, and Unknown refuses.  So a part may be looked up only if what stands before it in the
condition could not have been Unknown: those parts name the arguments they read (and whether as numbers), and a call
without them has every rule of the group tried.  A term that is Unknown itself has its rules tried likewise.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from tidegate.check.constraints.calls.expression import parse_expression
from tidegate.check.constraints.calls.lookup import HOWS, Group, Guards, Items, Key
from tidegate.check.constraints.calls.sums import compared

R = TypeVar("R")
_ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def key(text: str) -> Key | None:
    """The most telling part of a condition that can be looked up, or None where it has to be tried."""
    return _telling(_conjuncts(parse_expression(text, "condition")), "args")


def _telling(parts: Iterable[ast.expr], base: str) -> Key | None:
    """The most telling of parts that are read one after the other, about fields of `base`."""
    found: list[Key] = []
    guards: set[tuple[str, bool]] = set()
    for part in parts:
        one = _part(part)
        if one is not None:
            found.append(msgspec.structs.replace(one, guards=frozenset(guards)))
        needs = _needs(part, base)
        if needs is None:  # it may be Unknown in a way that no argument shows: nothing behind it can be looked up
            break
        guards |= needs
    return min(found, key=lambda k: (HOWS.index(k.how), k.items is not None), default=None)


def _conjuncts(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for value in tree.values:
            yield from _conjuncts(value)
    else:
        yield tree


def _part(node: ast.expr) -> Key | None:
    match node:
        case ast.BoolOp(ast.Or(), ways):
            return _either([_part(w) for w in ways])
        case ast.Call(
            ast.Name("any" | "all" as joined), [ast.GeneratorExp() | ast.ListComp() | ast.SetComp() as every], []
        ):
            return over_items(joined, every)
        case ast.Compare(ast.Constant(value), [ast.In()], [term]) if not isinstance(
            term, ast.List | ast.Tuple | ast.Set
        ):
            return Key(ast.unparse(term), "holds", (value,))
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


def _either(parts: Sequence[Key | None]) -> Key | None:
    """Alternatives about one term: `args.kind == "a" or args.kind == "b"`."""
    first = parts[0]
    if first is None or first.how not in ("equal", "holds", "begins", "ends", "matches"):
        return None
    alike = [p for p in parts if p is not None and (p.term, p.how, p.items) == (first.term, first.how, first.items)]
    if first.guards or len(alike) < len(parts) or any(p.guards for p in alike):
        return None
    return msgspec.structs.replace(first, values=tuple(v for p in alike for v in p.values))


def over_items(joined: str, node: ast.GeneratorExp | ast.ListComp | ast.SetComp) -> Key | None:
    """The part of a condition on each item without which neither `any` nor `all` of a list holds.

    The items are read as one conjunction, a filter before what it lets through.  Where no item meets the part, every
    item is false without being Unknown: so is `any`, and `all` of a list that is not empty and has no filter.
    """
    given = node.generators[0]
    if len(node.generators) > 1 or not isinstance(given.target, ast.Name) or (joined == "all" and given.ifs):
        return None
    name = given.target.id
    if name in ("args", "run"):  # what `_needs` knows of these is not true of an item
        return None
    found = _telling([c for part in (*given.ifs, node.elt) for c in _conjuncts(part)], name)
    if found is None or found.items is not None:
        return None
    items = Items(name, ast.unparse(given.iter), joined == "all", found.guards)
    return msgspec.structs.replace(found, guards=frozenset(), items=items)


def _compared(term: ast.expr, op: ast.cmpop, value: Any) -> Key | None:
    if isinstance(op, ast.Eq):
        return Key(ast.unparse(term), "equal", (value,))
    if type(op) in _ORDER and isinstance(value, int | float) and not isinstance(value, bool):
        return Key(ast.unparse(term), _ORDER[type(op)], (value,))
    return None


def _needs(node: ast.expr, base: str) -> set[tuple[str, bool]] | None:
    """The fields of `base` without which a part is Unknown; None where something else could make it so."""
    match node:
        case ast.BoolOp(_, values):
            each = [_needs(v, base) for v in values]
            return None if any(e is None for e in each) else set().union(*(e for e in each if e is not None))
        case ast.UnaryOp(ast.Not(), value):
            return _needs(value, base)
        case ast.Compare(term, [op], [ast.Constant(value)]) if (field := _field(term, base)) is not None:
            if isinstance(op, ast.Eq | ast.NotEq):
                return {(field, False)}
            return {(field, True)} if type(op) in _ORDER and isinstance(value, int | float) else None
        case ast.Compare(term, [ast.In() | ast.NotIn()], [ast.List(items) | ast.Tuple(items)]) if (
            field := _field(term, base)
        ) is not None:
            return {(field, False)} if all(isinstance(i, ast.Constant) for i in items) else None
        case ast.Call(ast.Name("starts" | "ends"), [term, ast.Constant(str())], []) if (
            field := _field(term, base)
        ) is not None:
            return {(field, False)}
        case ast.Call(ast.Name("has"), [ast.Name(owner), *names], []) if owner in ("args", base):
            return set() if all(isinstance(n, ast.Constant) for n in names) else None
        case ast.Call(ast.Attribute(ast.Name("run"), "called" | "count"), [ast.Constant(str())], []):
            return set()
        case ast.Compare(ast.Call() as call, [op], [ast.Constant(int() | float())]) if type(op) in _ORDER:
            return _needs(call, base) if isinstance(call.func, ast.Attribute) and call.func.attr == "count" else None
    return None


def _field(term: ast.expr, base: str) -> str | None:
    """The field of a base that a term is, "" for an item of a list itself."""
    match term:
        case ast.Attribute(ast.Name(name), field) if name == base:
            return field
        case ast.Name(name) if name == base != "args":
            return ""
    return None


SHARED_MIN = 4  # looking a term up costs what trying three or four conditions on it does


class Plan(Generic[R]):
    """The rules that concern one tool; `condition` gives the one condition of a rule that may be looked up, or None."""

    def __init__(self, rules: Sequence[R], condition: Callable[[R], str | None], known: Sequence[str]) -> None:
        self.tried: list[R] = []
        groups: dict[tuple[str, str, Guards, Items | None], Group[R]] = {}
        for rule in rules:
            text = condition(rule)
            found = key(text) if text is not None else None
            if found is None:
                self.tried.append(rule)
                continue
            place = (found.term, found.how, found.guards, found.items)
            if place not in groups:
                groups[place] = Group(found, known)
            groups[place].add(found, rule)
        self.groups = []
        for group in groups.values():
            if len(group.rules) < SHARED_MIN:
                self.tried.extend(group.rules)
            else:
                self.groups.append(group)
                group.close()

    def rules(self, scope: Mapping[str, Any]) -> Iterator[R]:
        """Every rule whose condition may hold in this scope, or may not be shown not to."""
        yield from self.tried
        for group in self.groups:
            yield from group.find(scope)
