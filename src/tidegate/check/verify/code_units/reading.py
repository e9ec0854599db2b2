"""A program walked once: which units its names are told to have, and what its statements say of them.

A name is one unknown as long as it keeps its meaning: a new plain assignment makes a new one, except in loops and
branches and where the statement adds to it.
"""

from __future__ import annotations

import ast
from collections import Counter

from tidegate.check.verify.code.parsed import walk
from tidegate.check.verify.code_units.calling import Called
from tidegate.check.verify.code_units.declaring import Function
from tidegate.check.verify.code_units.nodes import dotted, node_statement, records
from tidegate.check.verify.code_units.solving import Row
from tidegate.check.verify.code_units.telling import Spelled, comment_unit, formatted, printed
from tidegate.check.verify.code_units.terms import Mixed, value_of
from tidegate.check.verify.code_units.unit_names import name_unit, thing_rate
from tidegate.check.verify.code_units.values import ANYTHING, Value, is_plain


class Reader(Called):
    """The rows of one module, gathered as it is made."""

    def __init__(self, tree: ast.Module, source: str) -> None:
        super().__init__(source)
        self.scope = ""
        self.depth = 0
        self.branch = False
        self.versions: Counter[str] = Counter()
        self.result: Spelled | None = None
        names = Counter(n.name for n in tree.body if isinstance(n, Function))
        nodes = walk(tree)
        self.records = set(records(nodes))
        self.calls = Counter(n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
        self.shared = {name for n in nodes if isinstance(n, ast.Global | ast.Nonlocal) for name in n.names}
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

    def function(self, node: Function, name: str, owner: str) -> None:
        """A function's body with its parameters as unknowns of their own."""
        if name not in self.parameters:
            self.describe(name, node)
        saved = (self.env, self.scope, self.self_name, self.owner, self.depth, self.result)
        self.env, self.scope, self.depth = {}, name, 0
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
        for shared in self.shared:
            self.env[shared] = ""
        self.block(node.body)
        self.env, self.scope, self.self_name, self.owner, self.depth, self.result = saved

    def klass(self, node: ast.ClassDef) -> None:
        """The methods of a class."""
        for statement in node.body:
            if isinstance(statement, Function):
                self.function(statement, f"{node.name}.{statement.name}", node.name)

    def block(self, body: list[ast.stmt]) -> None:
        """Statements in their order."""
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """One statement."""
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
        elif isinstance(node, ast.While):
            self.read(node.test)
            self.deeper(node.body)
            self.deeper(node.orelse)
        elif isinstance(node, ast.If):
            self.read(node.test)
            self.branches(node)
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

    def branches(self, node: ast.If) -> None:
        """Two blocks of which one runs: a name that each of them makes may be two things."""
        before, branch = dict(self.env), self.branch
        self.branch = True
        self.deeper(node.body)
        first, self.env = self.env, before
        self.deeper(node.orelse)
        self.branch = branch
        for name, key in first.items():
            other = self.env.get(name, key)
            self.env[name] = key if other == key else ""

    def nested(self, node: Function) -> None:
        """A function in a function sees the names around it."""
        saved = self.outer
        self.outer = {**self.outer, **self.env}
        self.function(node, f"{self.scope}.{node.name}", "")
        self.outer = saved
        self.env[node.name] = ""

    def deeper(self, body: list[ast.stmt]) -> None:
        """A block that may run never or often."""
        self.depth += 1
        self.block(body)
        self.depth -= 1

    def loop(self, node: ast.For | ast.AsyncFor) -> None:
        """A loop's name is an element of what it runs over."""
        over = node.iter
        value = self.read(over)
        self.forget(node.target)
        self.branch = False
        if (
            isinstance(node.target, ast.Name)
            and isinstance(over, ast.Name | ast.Attribute)
            and value.mono is not None
            and not value.wild
        ):
            self.bind(node.target.id, node)
            self.rows.append(Row({self.env[node.target.id]: 1}, value.mono, node.target, "element"))
        elif isinstance(node.target, ast.Name):
            told = name_unit(node.target.id)
            if told is not None and not isinstance(over, ast.Dict):
                self.bind(node.target.id, node.target)
        self.deeper(node.body)
        self.deeper(node.orelse)

    def forget(self, target: ast.expr) -> None:
        """Names that are bound to anything."""
        for inner in walk(target):
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
                    self.assign(one, source, self.part(value, i), node)
            return
        if isinstance(target, ast.Name):
            self.assign_name(target, source, value, node)
        elif isinstance(target, ast.Attribute):
            held = self.attribute(target)
            alias = next(iter(value.names), "") if isinstance(source, ast.Attribute) else ""  # noughts for many
            if alias and alias not in self.told:
                self.settle(held, value, node, keeps=alias, what="alias")
            else:
                self.settle(held, value, node, keeps=f"{self.owner}.{target.attr}")
        elif isinstance(target, ast.Subscript):
            self.settle(self.subscript(target), value, node)

    def part(self, value: Value, place: int) -> Value:
        """One place of the tuple that an own function returns."""
        name = next(iter(value.names), "") if len(value.names) == 1 else ""
        single = name.endswith("()") and value.mono == {name: 1}
        return self.unknown(f"{name}[{place}]") if single else ANYTHING

    def assign_name(self, target: ast.Name, source: ast.expr, value: Value, node: ast.stmt) -> None:
        """A name is assigned: a new meaning, or one that it keeps."""
        name = target.id
        old = self.env.get(name)
        mentions = (
            bool(old)
            and not isinstance(source, ast.Constant)
            and any(isinstance(n, ast.Name) and n.id == name for n in walk(source))
        )
        adds = mentions and isinstance(source, ast.BinOp) and isinstance(source.op, ast.Add | ast.Sub)
        fresh = not old or (not self.depth and not adds)
        scaled = bool(old) and value.mono == {old: 1}
        rescaled = (
            mentions and not adds and not scaled and bool(self.depth)
        )  # by a factor of its own, or into another thing
        if scaled and self.depth and old in self.told and not all(is_plain(n) for n in value.numbers):
            self.told[old] = (self.told[old][0]._replace(size=None), *self.told[old][1:])
        key = self.bind(name, target) if fresh else str(old)
        if isinstance(source, ast.Constant) and isinstance(source.value, str | bytes | bool):
            self.free.add(key)
            self.dead.add(key)
            return
        single = isinstance(node, ast.AnnAssign) or (
            isinstance(node, ast.Assign) and len(node.targets) == 1 and node.targets[0] is target
        )
        before = self.told.get(key)
        if single:
            self.declare(key, name, node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            told = comment_unit(self.comments.behind(node), name)
            if told is not None and "," not in self.comments.behind(node):
                self.tell(key, told, name, node)
        here = self.told.get(key) is not before
        what = "rescaled" if rescaled and not here else "assigned"
        self.settle(self.unknown(key), value, node, keeps="" if fresh or here or adds else key, what=what)
        if isinstance(source, ast.Dict):
            self.keyed(key, source)
        if fresh and key not in self.told:
            self.infer(key, value)

    def settle(self, held: Value, value: Value, node: ast.stmt, keeps: str = "", what: str = "assigned") -> None:
        """What is assigned measures what holds it."""
        self.row(held, value, node, what, keeps=keeps)
        renamed = self.branch and isinstance(
            getattr(node, "value", None), ast.Name | ast.Attribute | ast.Subscript
        )  # another branch may convert
        if not value.wild and not renamed:
            self.mixed.append(Mixed(held, value, node, assigned=True))

    def augment(self, node: ast.AugAssign) -> None:
        """What is added measures the same; what multiplies may make the name another."""
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
            plain = value.wild and all(is_plain(n) for n in value.numbers)
            self.env[node.target.id] = self.env.get(node.target.id, "") if plain else ""

    def returned(self, node: ast.Return) -> None:
        """What is returned measures what the function is told to return."""
        value = self.read(node.value)
        if (
            self.result is not None
            and node.value is not None
            and not isinstance(node.value, ast.Tuple | ast.Dict | ast.List | ast.Constant)
        ):
            held = value_of(self.result)
            alone = next(iter(value.names), "") if isinstance(node.value, ast.Attribute) else ""
            self.row(value, held, node, f"{self.scope} returns {self.result[1]}", keeps=alone)
            if not value.wild:
                self.mixed.append(Mixed(held, value, node, assigned=True, wanted=f"the result is {self.result[1]}"))
        elif self.result is None and self.scope in self.functions and node.value is not None:
            self.result_row(node, value, self.scope)

    def expression(self, node: ast.expr) -> None:
        """An expression alone: what is appended to a list measures what the list does."""
        self.read(node)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "append"
            and node.args
            and isinstance(node.func.value, ast.Name)
        ):
            held = self.read(node.func.value)
            key = next(iter(held.mono), "") if held.mono else ""
            self.settle(
                held, self.read_again(node.args[0]), node_statement(node), keeps=key if isinstance(key, str) else ""
            )

    def shown(self, node: ast.JoinedStr) -> None:
        """Values shown with a unit behind them."""
        told = {id(value): unit for value, unit, _ in formatted(node)}
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                value = self.read(part.value)
                unit = told.get(id(part.value))
                if unit is not None:
                    self.print_told(part.value, value, unit)

    def call(self, node: ast.Call) -> Value:
        """A call; the values that are printed have the units behind them."""
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
