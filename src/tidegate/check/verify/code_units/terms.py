"""Expressions of a program as values, with the rows that sums, comparisons and known functions give on the way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from tidegate.check.verify.code_units import calls
from tidegate.check.verify.code_units.solving import Row
from tidegate.check.verify.code_units.telling import Spelled
from tidegate.check.verify.code_units.unit_names import name_unit, sized, thing_rate, told_unit
from tidegate.check.verify.code_units.values import ANYTHING, BARE, OPAQUE, PURE, Mono, Value, hides, number, power_of, product, raised, times
from tidegate.check.verify.quantity.unit_table import NONE
from tidegate.check.verify.quantity.units import Unit

SECONDS = told_unit("s")
NANOSECONDS = told_unit("ns")


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


def value_of(told: Spelled) -> Value:
    """What a told unit makes of a name."""
    unit, spelled = told
    return Value(mono_of(unit), size=sized(unit, spelled))


def dotted(node: ast.AST) -> str:
    """`np.linalg.norm` for the expression of that name, else an empty text."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(parts)])
    return parts[0] if len(parts) == 1 else ""


class Terms:
    """Reads expressions; who derives from it says what names and attributes are."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.mixed: list[Mixed] = []
        self.told: dict[str, tuple[Value, str, ast.AST]] = {}
        self.records: set[str] = set()  # lists whose places mean different things
        self.functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}

    def name(self, node: ast.Name) -> Value:
        raise NotImplementedError

    def attribute(self, node: ast.Attribute) -> Value:
        raise NotImplementedError

    def own_call(self, node: ast.Call, name: str) -> Value | None:
        raise NotImplementedError

    def unknown(self, key: str) -> Value:
        """A name as an unknown, or as the unit that it is told to have."""
        if key in self.told:
            return Value({key: 1}, size=self.told[key][0].size, names=frozenset({key}))
        return Value({key: 1}, names=frozenset({key}))

    def read(self, node: ast.expr | None) -> Value:
        """The value of an expression."""
        if isinstance(node, ast.Constant):
            return number(node.value) if isinstance(node.value, int | float) and not isinstance(node.value, bool) else ANYTHING
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
            return a if a.mono is not None and not a.wild and a.mono == b.mono else b if a.wild else a if b.wild else ANYTHING
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self.read(part)
            return ANYTHING
        if isinstance(node, ast.JoinedStr):
            self.shown(node)
            return ANYTHING
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            return self.comprehension(node)
        if isinstance(node, ast.List | ast.Tuple):
            return self.listed(node)
        if isinstance(node, ast.Starred | ast.Await):
            return self.read(node.value)
        if node is not None and not isinstance(node, ast.Lambda):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.read(child)
        return ANYTHING

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
        if first is not None and first.mono is not None and all(v.wild or (v.mono == first.mono and v.size == first.size) for v in values):
            return first
        return ANYTHING

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Value:
        """The element of a comprehension."""
        return ANYTHING

    def operation(self, node: ast.BinOp) -> Value:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            return self.same(left, right, node, node.left, node.right)
        if isinstance(node.op, ast.Mult | ast.MatMult):
            if isinstance(node.left, ast.List | ast.Tuple | ast.Constant) and isinstance(getattr(node.left, "value", ()), str | tuple):
                return ANYTHING
            return product(left, right)
        if isinstance(node.op, ast.Div | ast.FloorDiv):
            return product(left, right, -1)
        if isinstance(node.op, ast.Mod):
            return left if left.mono is not None and not isinstance(node.left, ast.JoinedStr | ast.Constant) else ANYTHING
        if isinstance(node.op, ast.Pow):
            return self.power(node, left, right)
        return ANYTHING

    def power(self, node: ast.BinOp, base: Value, exponent: Value) -> Value:
        by = literal(node.right)
        if by is not None:
            if base.wild and base.numbers == (10.0,):
                return number(10.0 ** float(by)) if abs(by) < 30 else ANYTHING
            if by.denominator > 2 or abs(by) > 12:
                return ANYTHING if base.mono is None or base.mono else base
            return raised(base, by)
        if not exponent.wild and exponent.mono is not None and not hides(exponent) and len(exponent.names) >= 2:
            self.row(exponent, PURE, node.right, "an exponent must be a pure number")
        if base.wild and not base.names:
            return Value({}, wild=False) if exponent.mono is not None and len(exponent.names) >= 2 else ANYTHING
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
        if left.wild and not left.numbers and is_one(first) and right.mono is not None and len(right.names) >= 2 and isinstance(second, ast.BinOp) and isinstance(second.op, ast.Mult | ast.Div):
            if not hides(right):
                self.row(right, PURE, node, "what is added to 1 must be a pure number")
                return PURE
            return right._replace(numbers=(), size=None)
        self.row(left, right, node, "sum" if isinstance(node, ast.BinOp) else "compared")
        if not left.wild and not right.wild:
            self.mixed.append(Mixed(left, right, node, assigned=False))
        kept = [v for v in (left, right) if v.mono is not None and not v.wild and not hides(v)]
        if not kept:
            return ANYTHING
        best = next((v for v in kept if not v.numbers and v.size is not None), kept[0])
        sure = all(v.size is not None for v in kept) and not best.numbers
        return Value(best.mono, size=best.size if sure else None, names=best.names)

    def compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        values = [self.read(s) for s in sides]
        for i, op in enumerate(node.ops):
            if isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                self.same(values[i], values[i + 1], node, sides[i], sides[i + 1])

    def subscript(self, node: ast.Subscript) -> Value:
        if not isinstance(node.slice, ast.Constant):
            self.read(node.slice)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(key, str):
            told = name_unit(key) if "_" in key else None
            return value_of(told)._replace(names=frozenset({key})) if told is not None else ANYTHING
        if base_name(node) in self.records:
            return ANYTHING
        value = self.read(node.value)
        return value if isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp) else ANYTHING

    def call(self, node: ast.Call) -> Value:  # noqa: C901, PLR0911, PLR0912  (one function a line)
        full = dotted(node.func)
        last = node.func.attr if isinstance(node.func, ast.Attribute) else full
        values = [self.read(a) for a in node.args]
        keywords = {k.arg: self.read(k.value) for k in node.keywords if k.arg}
        for k in node.keywords:
            if k.arg and (told := name_unit(k.arg)) is not None:
                self.given(told, keywords[k.arg], k.value, k.arg)
        if full in calls.SECONDS or last == "total_seconds":
            return value_of(SECONDS)._replace(names=frozenset({full})) if SECONDS else ANYTHING
        if full in calls.NANOSECONDS:
            return value_of(NANOSECONDS)._replace(names=frozenset({full})) if NANOSECONDS else ANYTHING
        if full in calls.SLEEPS and values and SECONDS:
            self.given(SECONDS, values[0], node.args[0], full)
            return ANYTHING
        own = self.own_call(node, full) if full else None
        if own is not None:
            return own
        method = isinstance(node.func, ast.Attribute) and not full.startswith(("np.", "numpy.", "math.", "statistics.", "scipy.", "jnp.", "torch."))
        if method and isinstance(node.func, ast.Attribute) and last in calls.KEEP | {"cumsum", "dot", "clip", "copy"}:
            return self.read(node.func.value) if last != "dot" or not values else product(self.read(node.func.value), values[0])
        if method and full.split(".")[0] in self.functions:
            return ANYTHING
        if not values:
            return ANYTHING
        first = values[0]
        if last in calls.SAME and len(values) > 1 and last not in ("dist",) and not any(isinstance(a, ast.Starred) for a in node.args):
            out = first
            for value, arg in zip(values[1:], node.args[1:], strict=True):
                out = self.same(out, value, node, node.args[0], arg)
            return out
        if last in calls.KEEP:
            return first
        if last in calls.RATIO_IN:
            plain = not first.wild and first.mono is not None and len(first.names) >= 2 and not hides(first)
            ratio = last not in ("log", "log10", "log2") or (isinstance(node.args[0], ast.BinOp) and isinstance(node.args[0].op, ast.Div))
            if plain and ratio and isinstance(node.args[0], ast.BinOp | ast.UnaryOp) and not isinstance(getattr(node.args[0], "op", None), ast.Add | ast.Sub):
                self.row(first, PURE, node, f"the argument of {last} must be a pure number")
            sure = plain or first.wild or last in ("sin", "cos", "tan")  # what else stands in it may hide an amplitude
            return BARE if sure else ANYTHING
        if last in calls.ANGLES_OUT:
            return BARE
        if last in ("arctan2", "atan2") and len(values) > 1:
            self.same(first, values[1], node, node.args[0], node.args[1])
            return PURE
        if last in ("radians", "deg2rad", "degrees", "rad2deg"):
            return PURE
        if last in ("sqrt", "cbrt", "isqrt"):
            return raised(first, Fraction(1, 2)) if last != "cbrt" else ANYTHING
        if last in calls.SQUARES:
            return raised(first, Fraction(2))
        if last == "pow" and len(values) == 2:
            return self.power(ast.BinOp(node.args[0], ast.Pow(), node.args[1]), first, values[1])
        if last in calls.PRODUCTS and len(values) > 1:
            return product(first, values[1])
        if last in ("linspace", "arange", "uniform") and len(values) > 1:
            return self.same(first, values[1], node, node.args[0], node.args[1]) if not (first.wild and values[1].wild) else BARE
        if last in ("normal", "gauss", "normalvariate") and len(values) > 1:
            return self.same(first, values[1], node, node.args[0], node.args[1])
        if last in ("full",) and len(values) > 1:
            return values[1]
        if last in ("where",) and len(values) == 3:
            return self.same(values[1], values[2], node, node.args[1], node.args[2])
        if last == "clip":
            return first
        if last in ("trapz", "trapezoid", "simpson", "cumulative_trapezoid", "cumtrapz", "simps"):
            by = values[1] if len(values) > 1 else keywords.get("x") or keywords.get("dx") or ANYTHING
            return product(first, by)
        if last == "gradient":
            return product(first, values[1], -1) if len(values) > 1 else ANYTHING
        if last == "interp" and len(values) == 3:
            self.same(first, values[1], node, node.args[0], node.args[1])
            return values[2]
        return ANYTHING

    def given(self, told: Spelled, value: Value, node: ast.expr, name: str) -> None:
        """An argument whose parameter has a unit."""
        wanted = value_of(told)
        self.row(value, wanted, node, f"{name} is {told[1]}")
        if not value.wild:
            self.mixed.append(Mixed(wanted, value, node, assigned=True, wanted=f"{name} is {told[1]}"))


def base_name(node: ast.expr) -> str:
    """The list that places of places belong to: `x` for `x[i][1]`, `coeffs` for `self.coeffs[0]`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_one(node: ast.expr) -> bool:
    """The literal 1."""
    return isinstance(node, ast.Constant) and node.value == 1 and not isinstance(node.value, bool)


def literal(node: ast.expr) -> Fraction | None:
    """A literal exponent: 2, -0.5, 1/2, 3/2."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) < 1000:
        return Fraction(node.value).limit_denominator(1000)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = literal(node.operand)
        return -inner if inner is not None else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        a, b = literal(node.left), literal(node.right)
        return a / b if a is not None and b else None
    return None


def walk_own(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of its blocks, without those of functions and classes inside."""
    for statement in body:
        yield statement
        for field in ("body", "orelse", "finalbody"):
            inside = getattr(statement, field, None)
            if inside and not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from walk_own(inside)


__all__ = ["NONE", "Mixed", "Terms", "dotted", "literal", "mono_of", "power_of", "thing_rate", "times", "value_of", "walk_own"]
