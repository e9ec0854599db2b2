"""Which units a program tells of its names, attributes, parameters and results, and what its names are."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tidegate.check.verify.code.parsed import own_statements, walk
from tidegate.check.verify.code_units.calls import Calls
from tidegate.check.verify.code_units.nodes import dotted, is_none, walk_own
from tidegate.check.verify.code_units.solving import Row
from tidegate.check.verify.code_units.telling import Comments, Spelled, comment_unit, docstring_units
from tidegate.check.verify.code_units.terms import value_of
from tidegate.check.verify.code_units.unit_names import name_unit, thing_rate, told_in_passing
from tidegate.check.verify.code_units.values import ANYTHING, Mono, Value, is_plain

Function = ast.FunctionDef | ast.AsyncFunctionDef
SURE_ENDS = re.compile(
    r"_(?:ms|kg|km|kw|kwh|kmh|mph|seconds|minutes|hours|days|meters|metres|bytes|celsius|kelvin|joules|watts|miles|psi|kpa)$"
)
"""Endings of a function's name that tell the unit of its result."""


TOLERANCE = re.compile(r"[ar]?_?tol(?:erance)?s?|eps(?:ilon)?|threshold", re.I)


def attributes_of(node: ast.ClassDef) -> set[str]:
    """The attributes that a class and its methods set."""
    return {
        n.target.id if isinstance(n.target, ast.Name) else "" for n in node.body if isinstance(n, ast.AnnAssign)
    } | {n.attr for n in walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}


class Declared(Calls):
    """The units that are told; `dead` unknowns contradict themselves, `free` ones may be anything."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.comments = Comments(source)
        self.dead: set[str] = set()
        self.free: set[str] = set()
        self.env: dict[str, str] = {}
        self.outer: dict[str, str] = {}
        self.self_name = ""
        self.owner = ""
        self.sizes: dict[str, float] = {}
        self.functions: dict[str, Function] = {}
        self.calls: Counter[str] = Counter()  # how often each function is called
        self.results: dict[str, Spelled] = {}
        self.parameters: dict[str, dict[str, Spelled]] = {}

    def tell(self, key: str, told: Spelled, name: str, node: ast.AST) -> None:
        """A name is told to have a unit; a second, other unit ends what is known of it."""
        value = value_of(told)
        old = self.told.get(key)
        if old is None:
            self.told[key] = (value, told[1], node)
            self.rows.append(Row({key: 1}, value.mono or {}, node, "told", name, told[1]))
        elif old[0].mono != value.mono:
            self.dead.add(key)
        elif old[0].size != value.size:
            self.told[key] = (old[0]._replace(size=None), old[1], old[2])

    def least(self, name: str) -> bool:
        """Whether `_min` in a name is the least of something rather than minutes: there is a `_max` too."""
        return name.endswith("_min") and f"{name[:-3]}max" in self.source

    def tell_by_name(self, key: str, name: str, node: ast.AST) -> None:
        """What a name's own ending tells."""
        told = name_unit(name)
        if told is not None and self.least(name):
            return
        if told is not None:
            if not told[0].dims or (not any(told[0].dims) and "per" in name.lower()):
                self.dead.add(key)
            else:
                self.tell(key, told, name, node)
            return
        thing = thing_rate(name)
        if thing is not None and key not in self.told:
            mono: Mono = {f"#{thing[0]}": 1, 2: -1}
            self.told[key] = (Value(mono, size=1 / thing[1]), f"{thing[0]} per time", node)
            self.rows.append(Row({key: 1}, mono, node, "told", name, f"{thing[0]}/time"))

    def describe(self, name: str, function: Function) -> None:
        """What a function's docstring, comments and names tell of its parameters and its result."""
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        doc = ast.get_docstring(function) or ""
        told, result = docstring_units(doc, {a.arg for a in arguments}) if doc else ({}, None)
        for argument in arguments:
            own = None if self.least(argument.arg) else name_unit(argument.arg)
            if own is not None:
                if argument.arg in told and told[argument.arg][0].dims != own[0].dims:
                    told.pop(argument.arg)
                    self.dead.add(f"{name}:{argument.arg}")
                else:
                    told[argument.arg] = own
            elif argument.arg not in told and argument.lineno > function.lineno:
                by_comment = comment_unit(self.comments.behind(argument), argument.arg)
                if by_comment is not None:
                    told[argument.arg] = by_comment
        if result is None:
            result = self.by_return(function)
        if (
            result is None
            and SURE_ENDS.search(function.name)
            and (own := name_unit(function.name)) is not None
            and not any(isinstance(n, ast.Yield) for n in walk(function))
        ):
            result = own
        self.parameters[name] = told
        if result is not None:
            self.results[name] = result

    def by_return(self, function: Function) -> Spelled | None:
        """The unit that the comment behind a function's only `return` tells."""
        returns = [n for n in own_statements(function) if isinstance(n, ast.Return) and not is_none(n.value)]
        if len(returns) != 1 or isinstance(returns[0].value, ast.Tuple | ast.Dict):
            return None
        return comment_unit(self.comments.behind(returns[0]))

    def fields(self, node: ast.ClassDef) -> None:
        """Units told of a class's attributes, in its docstring and wherever they are set."""
        doc = ast.get_docstring(node) or ""
        for name, unit in docstring_units(doc, attributes_of(node))[0].items() if doc else ():
            self.tell(f"{node.name}.{name}", unit, name, node)
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                self.declare(f"{node.name}.{statement.target.id}", statement.target.id, statement)
            elif isinstance(statement, Function):
                first = statement.args.args[0].arg if statement.args.args else ""
                for inner in walk_own(statement.body):
                    targets = (
                        inner.targets
                        if isinstance(inner, ast.Assign)
                        else [inner.target]
                        if isinstance(inner, ast.AnnAssign)
                        else []
                    )
                    for target in targets:
                        if (
                            isinstance(target, ast.Attribute)
                            and isinstance(target.value, ast.Name)
                            and target.value.id == first
                        ):
                            self.declare(f"{node.name}.{target.attr}", target.attr, inner)

    def declare(self, key: str, name: str, statement: ast.stmt) -> None:
        """What the comment at a statement and the name's ending tell."""
        told = comment_unit(self.comments.behind(statement), name)
        if told is None and isinstance(getattr(statement, "value", None), ast.Constant | ast.UnaryOp):
            above = self.comments.above(statement)
            told = comment_unit(above, name, whole=False) if above else None
        by_name = name_unit(name)
        if told is not None and by_name is not None and told[0].dims != by_name[0].dims:
            self.dead.add(key)
            return
        if told is not None and by_name is None and not told_in_passing(name):
            self.tell(key, told, name, statement)
        self.tell_by_name(key, name, statement)

    def name(self, node: ast.Name) -> Value:
        """The unknown that a name is here."""
        key = self.env.get(node.id) or self.outer.get(node.id)
        if not key and node.id in ("pi", "PI"):
            return Value({}, wild=True, size=1.0, turned=True)
        if key is None or key in self.free:
            return ANYTHING
        if key and key not in self.told and TOLERANCE.fullmatch(node.id):
            return ANYTHING  # now of a share, now of the quantity
        return self.unknown(key) if key else ANYTHING

    def attribute(self, node: ast.Attribute) -> Value:
        """An attribute of the class, or of anything else by its own ending."""
        if isinstance(node.value, ast.Name) and node.value.id == self.self_name and self.owner:
            key = f"{self.owner}.{node.attr}"
            return ANYTHING if key in self.free else self.unknown(key)
        full = dotted(node)
        if full in ("np.pi", "math.pi", "numpy.pi", "scipy.constants.pi"):
            return Value({}, wild=True, size=1.0, turned=True)
        if node.attr in ("T", "real", "imag", "values"):
            return self.read(node.value)
        self.read(node.value)
        told = name_unit(node.attr)
        return (
            value_of(told)._replace(names=frozenset({full or node.attr}))
            if told is not None and any(told[0].dims)
            else ANYTHING
        )

    def infer(self, key: str, value: Value) -> None:
        """The size of a name that is told no unit but is computed from names that are."""
        if value.size is not None and not value.wild and value.names and all(is_plain(n) for n in value.numbers):
            self.sizes[key] = value.size

    def unknown(self, key: str) -> Value:
        """A name as an unknown, with the size it is told or was computed to have."""
        value = super().unknown(key)
        return (
            value._replace(size=self.sizes[key])
            if value.size is None and key in self.sizes and key not in self.told
            else value
        )
