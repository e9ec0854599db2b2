"""Expressions of a program as values, with the rows that sums, comparisons and known functions give on the way."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import NamedTuple

from tidegate.check.verify.code.parsed import children
from tidegate.check.verify.code_units.nodes import base_name, is_one, is_zero, literal
from tidegate.check.verify.code_units.solving import Row
from tidegate.check.verify.code_units.telling import Spelled
from tidegate.check.verify.code_units.unit_names import name_unit, sized
from tidegate.check.verify.code_units.values import (
    ANYTHING,
    BARE,
    OPAQUE,
    PURE,
    Mono,
    Value,
    hides,
    number,
    product,
    raised,
)
from tidegate.check.verify.quantity.units import Unit


class Mixed(NamedTuple):
    """Two values that are added, compared or assigned, whose sizes can be held against each other."""

    left: Value
    right: Value
    node: ast.AST
    assigned: bool
    wanted: str = ""


def mono_of(unit: Unit) -> Mono:
    """A unit's dimension."""
    return {i: int(e) if e.denominator == 1 else e for i, e in enumerate(unit.dims) if e}


VALUES: dict[str, Value] = {}
VALUES_MAX = 2000


def value_of(told: Spelled) -> Value:
    """What a told unit makes of a name; the same spelling is the same value."""
    unit, spelled = told
    known = VALUES.get(spelled)
    if known is None:
        if len(VALUES) > VALUES_MAX:
            VALUES.clear()
        known = VALUES[spelled] = Value(mono_of(unit), size=sized(unit, spelled))
    return known


class Terms(ABC):
    """Reads expressions; who derives from it says what names and attributes are."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.mixed: list[Mixed] = []
        self.told: dict[str, tuple[Value, str, ast.AST]] = {}
        self.records: set[str] = set()  # lists whose places mean different things
        self.functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}

    @abstractmethod
    def name(self, node: ast.Name) -> Value:
        """The value of a name."""

    @abstractmethod
    def attribute(self, node: ast.Attribute) -> Value:
        """The value of an attribute."""

    @abstractmethod
    def call(self, node: ast.Call) -> Value:
        """The value of a call."""

    def unknown(self, key: str) -> Value:
        """A name as an unknown, or as the unit that it is told to have."""
        if key in self.told:
            return Value({key: 1}, size=self.told[key][0].size, names=frozenset({key}))
        return Value({key: 1}, names=frozenset({key}))

    def read(self, node: ast.expr | None) -> Value:
        """The value of an expression."""
        if isinstance(node, ast.Constant):
            return (
                number(node.value)
                if isinstance(node.value, int | float) and not isinstance(node.value, bool)
                else ANYTHING
            )
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.Attribute):
            return self.attribute(node)
        if isinstance(node, ast.BinOp):
            return self.operation(node)
        if isinstance(node, ast.UnaryOp):
            value = self.read(node.operand)
            return value if isinstance(node.op, ast.USub | ast.UAdd) else ANYTHING
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        if isinstance(node, ast.Compare):
            self.compare(node)
            return ANYTHING
        if isinstance(node, ast.IfExp):
            self.read(node.test)
            a, b = self.read(node.body), self.read(node.orelse)
            return (
                a
                if a.mono is not None and not a.wild and a.mono == b.mono
                else b
                if a.wild
                else a
                if b.wild
                else ANYTHING
            )
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self.read(part)
            return ANYTHING
        if isinstance(node, ast.JoinedStr):
            self.shown(node)
            return ANYTHING
        if isinstance(node, ast.List | ast.Tuple):
            return self.listed(node)
        if isinstance(node, ast.Starred | ast.Await):
            return self.read(node.value)
        if node is not None and not isinstance(node, ast.Lambda):
            for child in children(node):
                if isinstance(child, ast.expr):
                    self.read(child)
        return ANYTHING

    def read_again(self, node: ast.expr) -> Value:
        """A value without its rows once more."""
        rows, mixed = len(self.rows), len(self.mixed)
        value = self.read(node)
        del self.rows[rows:]
        del self.mixed[mixed:]
        return value

    def shown(self, node: ast.JoinedStr) -> None:
        """The values of an f-string."""
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.read(part.value)

    def listed(self, node: ast.List | ast.Tuple) -> Value:
        """A list: what all of its elements are, where they are plainly the same."""
        values = [self.read(e) for e in node.elts]
        if values and all(v.wild and not v.names for v in values):
            return BARE
        first = next((v for v in values if not v.wild), None)
        if (
            first is not None
            and first.mono is not None
            and all(v.wild or (v.mono == first.mono and v.size == first.size) for v in values)
        ):
            return first
        return ANYTHING

    def operation(self, node: ast.BinOp) -> Value:
        """The value of two joined by an operator."""
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            return self.same(left, right, node, node.left, node.right)
        if isinstance(node.op, ast.Mult | ast.MatMult):
            if isinstance(node.left, ast.List | ast.Tuple | ast.Constant) and isinstance(
                getattr(node.left, "value", ()), str | tuple
            ):
                return ANYTHING
            if is_zero(node.left) or is_zero(node.right):  # an array of noughts in the shape of another
                return BARE
            return product(left, right)
        if isinstance(node.op, ast.Div | ast.FloorDiv):
            return product(left, right, -1)
        if isinstance(node.op, ast.Mod):
            return (
                left if left.mono is not None and not isinstance(node.left, ast.JoinedStr | ast.Constant) else ANYTHING
            )
        if isinstance(node.op, ast.Pow):
            return self.power(node, left, right)
        return ANYTHING

    def power(self, node: ast.BinOp, base: Value, exponent: Value) -> Value:
        """A power; only whole and half powers of what has a dimension say anything."""
        by = literal(node.right)
        if by is not None:
            if base.wild and base.numbers == (10.0,):
                return number(10.0 ** float(by)) if abs(by) < 30 else ANYTHING
            if by.denominator > 2 or abs(by) > 12:
                return ANYTHING if base.mono is None or base.mono else base
            return raised(base, by)
        if not exponent.wild and exponent.mono is not None and not hides(exponent) and len(exponent.names) >= 2:
            self.row(exponent, PURE, node.right, "an exponent must be a pure number")
        told = exponent.mono is not None and len(exponent.names) >= 2
        if base.wild and not base.names and base.numbers != (10.0,) and told:
            return BARE
        return ANYTHING

    def row(self, left: Value, right: Value, node: ast.AST, what: str, keeps: str = "") -> None:
        """Both sides measure the same, where neither may be anything."""
        if left.mono is None or right.mono is None or left.wild or right.wild or hides(left) or hides(right):
            return
        if left.mono != right.mono:
            self.rows.append(Row(left.mono, right.mono, node, what, keeps=keeps))

    def same(self, left: Value, right: Value, node: ast.AST, first: ast.expr, second: ast.expr) -> Value:
        """The sum of two, or what else needs both to be the same."""
        if left.wild and right.wild:
            return BARE if not (left.numbers or right.numbers) else Value({}, wild=True, numbers=(OPAQUE,), size=1.0)
        if (
            left.wild
            and not left.numbers
            and is_one(first)
            and right.mono is not None
            and len(right.names) >= 2
            and isinstance(second, ast.BinOp)
            and isinstance(second.op, ast.Mult | ast.Div)
        ):
            if not hides(right):
                self.row(right, PURE, node, "what is added to 1 must be a pure number")
                return PURE
            return right._replace(numbers=(), size=None)
        half_left, half_right = (v._replace(numbers=()) if v.numbers == (0.5,) else v for v in (left, right))
        self.row(half_left, half_right, node, "sum" if isinstance(node, ast.BinOp) else "compared")
        if not left.wild and not right.wild:
            self.mixed.append(Mixed(left, right, node, assigned=False))
        kept = [v for v in (left, right) if v.mono is not None and not v.wild and not hides(v)]
        if not kept:
            return ANYTHING
        best = next((v for v in kept if not v.numbers and v.size is not None), kept[0])
        sure = all(v.size is not None for v in kept) and not best.numbers
        return Value(best.mono, size=best.size if sure else None, names=best.names)

    def compare(self, node: ast.Compare) -> None:
        """What is compared by size measures the same."""
        sides = [node.left, *node.comparators]
        values = [self.read(s) for s in sides]
        for i, op in enumerate(node.ops):
            if isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                self.same(values[i], values[i + 1], node, sides[i], sides[i + 1])

    def subscript(self, node: ast.Subscript) -> Value:
        """An element: what the whole is, or what its key tells."""
        if not isinstance(node.slice, ast.Constant):
            self.read(node.slice)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(key, str):
            told = name_unit(key) if "_" in key else None
            return value_of(told)._replace(names=frozenset({key})) if told is not None else ANYTHING
        if base_name(node) in self.records:
            return ANYTHING
        value = self.read(node.value)
        return (
            value
            if isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp)
            else ANYTHING
        )
