"""A program walked once: which units its names are told to have, and what its statements say of them.

A name is one unknown as long as it keeps its meaning: a new plain assignment makes a new one, except in loops and branches
and where the statement adds to it.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from tidegate.check.verify.code_units.solving import Row
from tidegate.check.verify.code_units.telling import Comments, Spelled, comment_unit, docstring_units, formatted, printed
from tidegate.check.verify.code_units.terms import Mixed, Terms, base_name, dotted, mono_of, value_of, walk_own
from tidegate.check.verify.code_units.unit_names import name_unit, thing_rate
from tidegate.check.verify.code_units.values import ANYTHING, BARE, Mono, Value, hides, is_plain, product

Function = ast.FunctionDef | ast.AsyncFunctionDef


SURE_ENDS = re.compile(r"_(?:ms|kg|km|kw|kwh|kmh|mph|seconds|minutes|hours|days|meters|metres|bytes|celsius|kelvin|joules|watts|miles|psi|kpa)$")
"""Endings of a function's name that tell the unit of its result."""


class Reader(Terms):
    """The rows of one module; `dead` are unknowns whose telling contradicts itself."""

    def __init__(self, tree: ast.Module, source: str) -> None:
        super().__init__()
        self.comments = Comments(source)
        self.dead: set[str] = set()
        self.env: dict[str, str] = {}
        self.outer: dict[str, str] = {}
        self.scope = ""
        self.self_name = ""
        self.owner = ""
        self.depth = 0
        self.inside_loop = False
        self.branch = False
        self.versions: Counter[str] = Counter()
        self.result: Spelled | None = None
        self.free: set[str] = set()
        self.results: dict[str, Spelled] = {}
        self.parameters: dict[str, dict[str, Spelled]] = {}
        names = Counter(n.name for n in tree.body if isinstance(n, Function))
        self.records = set(records(tree))
        self.functions = {n.name: n for n in tree.body if isinstance(n, Function) and names[n.name] == 1}
        for name, function in self.functions.items():
            self.describe(name, function)
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                self.fields(node)
        self.block([n for n in tree.body if not isinstance(n, Function | ast.ClassDef)])
        self.outer = dict(self.env)
        for node in tree.body:
            if isinstance(node, Function):
                self.function(node, node.name, "")
            elif isinstance(node, ast.ClassDef):
                self.klass(node)

    # what is told

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

    def tell_by_name(self, key: str, name: str, node: ast.AST) -> None:
        """What a name's own ending tells."""
        told = name_unit(name)
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
            own = name_unit(argument.arg)
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
        if result is None and (own := name_unit(function.name)) is not None and SURE_ENDS.search(function.name) and not any(isinstance(n, ast.Yield) for n in ast.walk(function)):
            result = own
        self.parameters[name] = told
        if result is not None:
            self.results[name] = result

    def fields(self, node: ast.ClassDef) -> None:
        """Units told of a class's attributes, wherever they are set."""
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                self.declare(f"{node.name}.{statement.target.id}", statement.target.id, statement)
            elif isinstance(statement, Function):
                first = statement.args.args[0].arg if statement.args.args else ""
                for inner in walk_own(statement.body):
                    targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target] if isinstance(inner, ast.AnnAssign) else []
                    for target in targets:
                        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == first:
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
        if told is not None and by_name is None:
            self.tell(key, told, name, statement)
        self.tell_by_name(key, name, statement)

    # names

    def name(self, node: ast.Name) -> Value:
        key = self.env.get(node.id) or self.outer.get(node.id)
        if key is None or key in self.free:
            return ANYTHING
        if key == "":
            return ANYTHING
        return self.unknown(key)

    def attribute(self, node: ast.Attribute) -> Value:
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
        return value_of(told)._replace(names=frozenset({full or node.attr})) if told is not None and any(told[0].dims) else ANYTHING

    def own_call(self, node: ast.Call, name: str) -> Value | None:
        function = self.functions.get(name)
        if function is None:
            return None
        told = self.parameters.get(name, {})
        for argument, parameter in zip(node.args, [*function.args.posonlyargs, *function.args.args], strict=False):
            if parameter.arg in told and f"{name}:{parameter.arg}" not in self.dead:
                self.given(told[parameter.arg], self.read(argument), argument, parameter.arg)
        for keyword in node.keywords:
            if keyword.arg in told and name_unit(keyword.arg or "") is None:
                self.given(told[keyword.arg], self.read(keyword.value), keyword.value, keyword.arg)
        if name in self.results:
            return value_of(self.results[name])._replace(names=frozenset({f"{name}()"}))
        return ANYTHING

    # statements

    def function(self, node: Function, name: str, owner: str) -> None:
        """A function's body with its parameters as unknowns of their own."""
        if name not in self.parameters:
            self.describe(name, node)
        saved = (self.env, self.scope, self.self_name, self.owner, self.depth, self.result, self.inside_loop)
        self.env, self.scope, self.depth, self.inside_loop = {}, name, 0, False
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        static = any(dotted(d) in ("staticmethod", "classmethod") for d in node.decorator_list)
        if owner and arguments and not static:
            self.self_name, self.owner = arguments[0].arg, owner
            arguments = arguments[1:]
        told = self.parameters[name]
        for argument in arguments:
            key = f"{name}:{argument.arg}"
            self.env[argument.arg] = key
            self.versions[key] = 1
            if argument.arg in told:
                self.tell(key, told[argument.arg], argument.arg, argument)
            else:
                thing = thing_rate(argument.arg)
                if thing is not None:
                    self.tell_by_name(key, argument.arg, argument)
        for extra in (node.args.vararg, node.args.kwarg):
            if extra is not None:
                self.env[extra.arg] = ""
        self.result = self.results.get(name)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global | ast.Nonlocal):
                for shared in inner.names:
                    self.env[shared] = ""
        self.block(node.body)
        self.env, self.scope, self.self_name, self.owner, self.depth, self.result, self.inside_loop = saved

    def klass(self, node: ast.ClassDef) -> None:
        """The methods of a class."""
        for statement in node.body:
            if isinstance(statement, Function):
                self.function(statement, f"{node.name}.{statement.name}", node.name)

    def block(self, body: list[ast.stmt]) -> None:
        """Statements in their order."""
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:  # noqa: C901, PLR0912  (one kind of statement a branch)
        if isinstance(node, ast.Assign):
            value = self.read(node.value)
            for target in node.targets:
                self.assign(target, node.value, value, node)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self.assign(node.target, node.value, self.read(node.value), node)
        elif isinstance(node, ast.AugAssign):
            self.augment(node)
        elif isinstance(node, ast.Return):
            self.returned(node)
        elif isinstance(node, ast.Expr):
            self.expression(node.value)
        elif isinstance(node, ast.For | ast.AsyncFor):
            self.loop(node)
        elif isinstance(node, ast.While | ast.If):
            self.read(node.test)
            saved = self.branch
            self.branch = isinstance(node, ast.If)
            self.deeper(node.body, loop=isinstance(node, ast.While))
            self.deeper(node.orelse)
            self.branch = saved
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                self.read(item.context_expr)
                if item.optional_vars is not None:
                    self.forget(item.optional_vars)
            self.block(node.body)
        elif isinstance(node, ast.Try):
            for part in (node.body, *(h.body for h in node.handlers), node.orelse, node.finalbody):
                self.deeper(part)
        elif isinstance(node, Function):
            self.nested(node)
        elif isinstance(node, ast.Assert):
            self.read(node.test)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                self.env[(alias.asname or alias.name).split(".")[0]] = ""

    def nested(self, node: Function) -> None:
        """A function in a function sees the names around it."""
        saved = self.outer
        self.outer = {**self.outer, **self.env}
        self.function(node, f"{self.scope}.{node.name}", "")
        self.outer = saved
        self.env[node.name] = ""

    def deeper(self, body: list[ast.stmt], *, loop: bool = False) -> None:
        """A block that may run never or often."""
        saved = self.inside_loop
        self.depth += 1
        self.inside_loop = self.inside_loop or loop
        self.block(body)
        self.depth -= 1
        self.inside_loop = saved

    def loop(self, node: ast.For | ast.AsyncFor) -> None:
        """A loop's name is an element of what it runs over."""
        over = node.iter
        value = self.read(over)
        self.forget(node.target)
        self.branch = False
        if isinstance(node.target, ast.Name) and isinstance(over, ast.Name | ast.Attribute) and value.mono is not None and not value.wild:
            self.bind(node.target.id, node)
            self.rows.append(Row({self.env[node.target.id]: 1}, value.mono, node.target, "element"))
        elif isinstance(node.target, ast.Name):
            told = name_unit(node.target.id)
            if told is not None and not isinstance(over, ast.Dict):
                self.bind(node.target.id, node.target)
        self.deeper(node.body, loop=True)
        self.deeper(node.orelse)

    def forget(self, target: ast.expr) -> None:
        """Names that are bound to anything."""
        for inner in ast.walk(target):
            if isinstance(inner, ast.Name):
                self.env[inner.id] = ""

    def bind(self, name: str, node: ast.AST) -> str:
        """A new meaning of a name."""
        self.versions[f"{self.scope}:{name}"] += 1
        count = self.versions[f"{self.scope}:{name}"]
        key = f"{self.scope}:{name}" + (f"'{count}" if count > 1 else "")
        self.env[name] = key
        self.tell_by_name(key, name, node)
        return key

    def assign(self, target: ast.expr, source: ast.expr, value: Value, node: ast.stmt) -> None:
        """One target of an assignment."""
        if isinstance(target, ast.Tuple | ast.List):
            parts = source.elts if isinstance(source, ast.Tuple | ast.List) else []
            for i, one in enumerate(target.elts):
                if len(parts) == len(target.elts):
                    self.assign(one, parts[i], self.read_again(parts[i]), node)
                else:
                    self.assign(one, source, ANYTHING, node)
            return
        if isinstance(target, ast.Name):
            self.assign_name(target, source, value, node)
        elif isinstance(target, ast.Attribute):
            held = self.attribute(target)
            self.settle(held, value, node, keeps=f"{self.owner}.{target.attr}")
        elif isinstance(target, ast.Subscript):
            self.settle(self.subscript(target), value, node)

    def read_again(self, node: ast.expr) -> Value:
        """A value without its rows once more."""
        rows, mixed = len(self.rows), len(self.mixed)
        value = self.read(node)
        del self.rows[rows:]
        del self.mixed[mixed:]
        return value

    def assign_name(self, target: ast.Name, source: ast.expr, value: Value, node: ast.stmt) -> None:
        name = target.id
        mentions = any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(source))
        old = self.env.get(name)
        adds = mentions and isinstance(source, ast.BinOp) and isinstance(source.op, ast.Add | ast.Sub)
        fresh = not old or (not self.depth and not adds)
        scaled = bool(old) and value.mono == {old: 1}
        if mentions and not adds and not scaled and self.depth and old:
            self.dead.add(old)
        if scaled and self.depth and old in self.told and not all(is_plain(n) for n in value.numbers):
            self.told[old] = (self.told[old][0]._replace(size=None), *self.told[old][1:])
        key = self.bind(name, target) if fresh else str(old)
        if isinstance(source, ast.Constant) and isinstance(source.value, str | bytes | bool):
            self.free.add(key)
            self.dead.add(key)
            return
        single = isinstance(node, ast.AnnAssign) or (isinstance(node, ast.Assign) and len(node.targets) == 1 and node.targets[0] is target)
        before = self.told.get(key)
        if single:
            self.declare(key, name, node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            told = comment_unit(self.comments.behind(node), name)
            if told is not None and "," not in self.comments.behind(node):
                self.tell(key, told, name, node)
        here = self.told.get(key) is not before
        self.settle(self.unknown(key), value, node, keeps="" if fresh or here or adds else key)
        if fresh and key not in self.told:
            self.infer(key, value, node)

    def infer(self, key: str, value: Value, node: ast.AST) -> None:
        """The size of a name that is told no unit but is computed from names that are."""
        if value.size is not None and not value.wild and value.names and all(is_plain(n) for n in value.numbers):
            self.sizes[key] = value.size

    @property
    def sizes(self) -> dict[str, float]:
        """Sizes computed, by unknown."""
        if not hasattr(self, "_sizes"):
            self._sizes: dict[str, float] = {}
        return self._sizes

    def unknown(self, key: str) -> Value:
        value = super().unknown(key)
        return value._replace(size=self.sizes[key]) if value.size is None and key in self.sizes and key not in self.told else value

    def settle(self, held: Value, value: Value, node: ast.stmt, keeps: str = "") -> None:
        """What is assigned measures what holds it."""
        self.row(held, value, node, "assigned", keeps=keeps)
        renamed = self.branch and isinstance(getattr(node, "value", None), ast.Name | ast.Attribute | ast.Subscript)  # another branch may convert
        if not value.wild and not renamed:
            self.mixed.append(Mixed(held, value, node, assigned=True))

    def augment(self, node: ast.AugAssign) -> None:
        value = self.read(node.value)
        held = self.read(node.target)
        if isinstance(node.op, ast.Add | ast.Sub):
            self.same(held, value, node, node.target, node.value)
        elif isinstance(node.op, ast.Mult | ast.Div) and not isinstance(node.value, ast.Constant):
            key = next(iter(held.names), "") if len(held.names) == 1 else ""
            if isinstance(node.target, ast.Name) and not self.depth:
                self.env[node.target.id] = ""
            elif key and not (value.mono == {} and not value.numbers):
                self.dead.add(key)
        elif isinstance(node.op, ast.Mult | ast.Div) and isinstance(node.target, ast.Name):
            if not value.wild or not all(is_plain(n) for n in value.numbers):
                self.env[node.target.id] = ""

    def returned(self, node: ast.Return) -> None:
        value = self.read(node.value)
        if self.result is not None and node.value is not None and not isinstance(node.value, ast.Tuple | ast.Dict | ast.List | ast.Constant):
            held = value_of(self.result)
            self.row(held, value, node, f"{self.scope} returns {self.result[1]}")
            if not value.wild:
                self.mixed.append(Mixed(held, value, node, assigned=True, wanted=f"the result is {self.result[1]}"))

    def expression(self, node: ast.expr) -> None:
        self.read(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append" and node.args and isinstance(node.func.value, ast.Name):
            held = self.read(node.func.value)
            key = next(iter(held.mono), "") if held.mono else ""
            self.settle(held, self.read_again(node.args[0]), node_statement(node), keeps=key if isinstance(key, str) else "")

    def shown(self, node: ast.JoinedStr) -> None:
        told = {id(value): unit for value, unit, _ in formatted(node)}
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                value = self.read(part.value)
                unit = told.get(id(part.value))
                if unit is not None:
                    self.print_told(part.value, value, unit)

    def call(self, node: ast.Call) -> Value:
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            for arg in node.args:
                value = self.read(arg)
                for shown, unit, at in printed(node):
                    if shown is arg and at is node:
                        self.print_told(arg, value, unit)
            return ANYTHING
        return super().call(node)

    def print_told(self, node: ast.expr, value: Value, unit: Spelled) -> None:
        """What is printed with a unit behind it has that unit."""
        self.row(value, value_of(unit), node, f"printed as {unit[1]}")
        if not value.wild:
            self.mixed.append(Mixed(value_of(unit), value, node, assigned=True, wanted=f"printed as {unit[1]}"))


def records(tree: ast.Module) -> Iterator[str]:
    """Names of lists whose places are set or taken one by one, as those of a state [x, v] or of coefficients are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for part in (*node.targets, node.value):
                for one in part.elts if isinstance(part, ast.Tuple) else [part]:
                    if place(one) > 0:
                        yield base_name(one)
        elif isinstance(node, ast.BinOp):
            for one in (node.left, node.right):
                if place(one) > 1 or (place(one) > 0 and isinstance(node.op, ast.Mult)):
                    yield base_name(one)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and any(isinstance(e, ast.Constant) for e in node.slice.elts):
            yield base_name(node)


def place(node: ast.expr) -> int:
    """The literal place in a list that an expression takes, or -1."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
        return node.slice.value
    return -1


def node_statement(node: ast.Call) -> ast.stmt:
    """A call as the statement it is."""
    return ast.copy_location(ast.Expr(node), node)


__all__ = ["BARE", "Reader", "hides", "mono_of", "product"]
