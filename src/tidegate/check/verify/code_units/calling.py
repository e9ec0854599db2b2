"""The program's own functions: what their calls say of parameters that are told no unit, and of what they return.

A parameter without a unit is an unknown of its own that every call's argument must measure; where the calls disagree
the function is a general one and nothing is said of it.
"""

from __future__ import annotations

import ast

from tidegate.check.verify.code_units.declaring import Declared
from tidegate.check.verify.code_units.nodes import is_zero
from tidegate.check.verify.code_units.solving import Row
from tidegate.check.verify.code_units.telling import comment_unit
from tidegate.check.verify.code_units.terms import value_of
from tidegate.check.verify.code_units.unit_names import name_unit
from tidegate.check.verify.code_units.values import ANYTHING, Value, hides


class Called(Declared):
    """Reads calls of the program's own functions, and the keys of its dictionaries."""

    def own_call(self, node: ast.Call, name: str) -> Value | None:
        """A call of the program's own function, its arguments held against what is told of its parameters."""
        function = self.functions.get(name)
        if function is None:
            return None
        told = self.parameters.get(name, {})
        places = [*function.args.posonlyargs, *function.args.args]
        given = {p.arg: a for a, p in zip(node.args, places, strict=False)}
        given |= {k.arg: k.value for k in node.keywords if k.arg}
        sure = not any(isinstance(a, ast.Starred) for a in node.args) and all(k.arg for k in node.keywords)
        for parameter in (*places, *function.args.kwonlyargs):
            argument = given.get(parameter.arg)
            key = f"{name}:{parameter.arg}"
            if parameter.arg in told:
                by_name = any(k.arg == parameter.arg for k in node.keywords) and name_unit(parameter.arg) is not None
                if argument is not None and key not in self.dead and not by_name:
                    self.given(told[parameter.arg], self.read_again(argument), argument, parameter.arg)
            elif argument is None:
                sure = False
            else:
                if is_zero(argument) and self.calls[name] > 2:  # a place that other calls leave empty
                    self.dead.add(key)
                sure = self.bound(key, argument) and sure
        if name in self.results:
            return value_of(self.results[name])._replace(names=frozenset({f"{name}()"}))
        return self.unknown(f"{name}()") if sure and function.args.vararg is None else ANYTHING

    def bound(self, key: str, argument: ast.expr) -> bool:
        """Whether an argument says what a parameter without a unit measures in this call."""
        value = self.read_again(argument)
        if value.mono is None or value.wild or hides(value):
            return False
        self.rows.append(Row({key: 1}, value.mono, argument, "argument", keeps=key))
        return True

    def result_row(self, node: ast.Return, value: Value, name: str) -> None:
        """What a function without a told result returns, each place of a tuple on its own."""
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else []
        values = [self.read_again(p) for p in parts] or [value]
        for i, one in enumerate(values):
            key = f"{name}()[{i}]" if parts else f"{name}()"
            if one.mono is None or one.wild or hides(one):
                self.dead.add(key)
            else:
                self.rows.append(Row({key: 1}, one.mono, node, "returned", keeps=key))

    def keyed(self, key: str, source: ast.Dict) -> None:
        """Units told behind the entries of a dictionary, one a row."""
        for name, value in zip(source.keys, source.values, strict=True):
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                told = comment_unit(self.comments.behind(value), name.value) or name_unit(name.value)
                if told is not None:
                    self.tell(f"{key}[{name.value}]", told, name.value, value)

    def entry(self, node: ast.Subscript) -> Value | None:
        """An entry of a dictionary whose unit is told."""
        if not isinstance(node.value, ast.Name) or not isinstance(node.slice, ast.Constant):
            return None
        if not isinstance(node.slice.value, str):
            return None
        held = self.env.get(node.value.id) or self.outer.get(node.value.id)
        key = f"{held}[{node.slice.value}]"
        return self.unknown(key) if held and key in self.told else None

    def subscript(self, node: ast.Subscript) -> Value:
        """An element of a list or an entry of a dictionary."""
        known = self.entry(node)
        return known if known is not None else super().subscript(node)
