# ruff: noqa: E501 (tables read better whole)
"""Conditions as formulas of Z3's logic: numbers as reals, texts as strings, truth values.

What has no such form (a sum over a list, a date) becomes a free variable of its own text.  Freeing a term only adds
situations, so what is proved of the formula holds of the condition.
"""

from __future__ import annotations

import ast
from typing import Any


class Translator:
    """One condition → a Z3 formula; variables are shared by name, so conditions can be compared."""

    def __init__(self, z3: Any) -> None:
        self.z3 = z3
        self.sorts: dict[str, str] = {}
        self.made: dict[str, Any] = {}  # every variable by its kind and term

    def learn(self, node: ast.AST) -> None:
        """Which terms are numbers, texts or truth values: from what they are compared with."""
        for n in ast.walk(node):
            if isinstance(n, ast.Compare):
                terms = [n.left, *n.comparators]
                kinds = {k for t in terms if (k := self._kind(t))}
                for t in terms:
                    if not self._kind(t) and len(kinds) == 1:
                        self.sorts.setdefault(ast.unparse(t), kinds.copy().pop())
                if not kinds and any(isinstance(o, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for o in n.ops):
                    for t in terms:
                        self.sorts.setdefault(ast.unparse(t), "real")

    def _kind(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value):
                return (
                    "bool"
                    if isinstance(value, bool)
                    else "real"
                    if isinstance(value, int | float)
                    else "text"
                    if isinstance(value, str)
                    else ""
                )
            case ast.List(items) | ast.Tuple(items) | ast.Set(items):
                kinds = {self._kind(i) for i in items}
                return kinds.pop() if len(kinds) == 1 else ""
            case ast.BinOp():
                return "real"
            case ast.Call(ast.Name(name), _):
                return {"len": "real", "count": "real", "sum": "real", "abs": "real", "number": "real", "hours_between": "real", "lower": "text",
                        "host": "text", "domain": "text", "str": "text", "any": "bool", "all": "bool", "has": "bool", "matches": "bool",
                        "starts": "bool", "ends": "bool", "path_within": "bool", "sql_reads_only": "bool"}.get(name, "")  # fmt: skip
            case ast.Call(ast.Attribute(_, name), _):
                return {"count": "real", "total": "real", "called": "bool"}.get(name, "")
        return self.sorts.get(ast.unparse(node), "")

    def variable(self, node: ast.expr, want: str) -> Any:
        """The free variable of a term."""
        name = ast.unparse(node)
        kind = self._kind(node) or self.sorts.get(name) or want
        z3 = self.z3
        made: Any = {"real": z3.Real, "text": z3.String, "bool": z3.Bool}[kind](f"{kind}:{name}")
        return self.made.setdefault(f"{kind}:{name}", made)

    def truth(self, node: ast.expr) -> Any:
        """A condition as a formula."""
        z3 = self.z3
        match node:
            case ast.Constant(value):
                return z3.BoolVal(bool(value))
            case ast.BoolOp(op, values):
                return (z3.And if isinstance(op, ast.And) else z3.Or)(*[self.truth(v) for v in values])
            case ast.UnaryOp(ast.Not(), value):
                return z3.Not(self.truth(value))
            case ast.Compare(left, ops, rights):
                terms = [left, *rights]
                return z3.And(*[self._compare(a, o, b) for a, o, b in zip(terms, ops, rights, strict=False)])
            case ast.Call(ast.Name("starts"), [a, ast.Constant(str() as p)]):
                return z3.PrefixOf(z3.StringVal(p), self.term(a, "text"))
            case ast.Call(ast.Name("ends"), [a, ast.Constant(str() as p)]):
                return z3.SuffixOf(z3.StringVal(p), self.term(a, "text"))
        v = self.variable(node, "bool")
        return v if z3.is_bool(v) else z3.Bool(f"bool:{ast.unparse(node)}")

    def term(self, node: ast.expr, want: str) -> Any:
        """A value as a term of the wanted sort."""
        z3 = self.z3
        match node:
            case ast.Constant(bool() as value):
                return z3.BoolVal(value)
            case ast.Constant(int() | float() as value):
                return z3.RealVal(str(value))
            case ast.Constant(str() as value):
                return z3.StringVal(value)
            case ast.UnaryOp(ast.USub(), value):
                return -self.term(value, "real")
            case ast.BinOp(left, op, right) if isinstance(op, ast.Add | ast.Sub | ast.Mult) and want == "real":
                a, b = self.term(left, "real"), self.term(right, "real")
                return a + b if isinstance(op, ast.Add) else a - b if isinstance(op, ast.Sub) else a * b
        return self.variable(node, want)

    def _compare(self, a: ast.expr, op: ast.cmpop, b: ast.expr) -> Any:
        z3 = self.z3
        if isinstance(op, ast.In | ast.NotIn):
            if isinstance(b, ast.List | ast.Tuple | ast.Set):
                inside = z3.Or(*[self._compare(a, ast.Eq(), i) for i in b.elts]) if b.elts else z3.BoolVal(False)
            elif isinstance(a, ast.Constant) and isinstance(a.value, str):
                inside = z3.Bool(f"bool:{ast.unparse(a)} in {ast.unparse(b)}")
            else:
                inside = z3.Bool(f"bool:{ast.unparse(a)} in {ast.unparse(b)}")
            return z3.Not(inside) if isinstance(op, ast.NotIn) else inside
        want = (
            self._kind(a) or self._kind(b) or self.sorts.get(ast.unparse(a)) or self.sorts.get(ast.unparse(b)) or "text"
        )
        x, y = self.term(a, want), self.term(b, want)
        if x.sort() != y.sort():
            return z3.Bool(f"bool:{ast.unparse(a)} ? {ast.unparse(b)}")
        match op:
            case ast.Eq() | ast.Is():
                return x == y
            case ast.NotEq() | ast.IsNot():
                return x != y
        if not z3.is_arith(x):
            return z3.Bool(f"bool:{ast.unparse(a)} {type(op).__name__} {ast.unparse(b)}")
        return {ast.Lt: x < y, ast.LtE: x <= y, ast.Gt: x > y, ast.GtE: x >= y}[type(op)]


def formula(text: str, translator: Translator) -> Any:
    """A condition's text as a formula."""
    tree = ast.parse(text.strip(), mode="eval").body
    return translator.truth(tree)
