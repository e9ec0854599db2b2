"""Which names a module's `__getattr__` answers, read from its source and never run.

The function is read branch by branch: a branch that raises answers nothing, one that returns answers the names its test
admits (`name == "x"`, `name in TABLE`), `globals()[name]` answers what the module
binds anyway.  None: it may answer any.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

NONE: frozenset[str] = frozenset()
# a module that fills its names as it runs
FILLING = (
    "globals().update",
    "globals().setdefault",
    "vars().update",
    "setattr(sys.modules",
    "setattr(_sys.modules",
    "import_module(",
    "__import__(",
)


@cache
def answered(path: Path) -> frozenset[str] | None:
    """Names beyond those the module binds; None where they cannot be told."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8", errors="ignore"))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    made = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "__getattr__"]
    if made:  # Matplotlib's way: each member is a name of the module
        return frozenset(m.name for m in made[0].body if isinstance(m, ast.FunctionDef)) | frozenset(
            t.id for m in made[0].body if isinstance(m, ast.Assign) for t in m.targets if isinstance(t, ast.Name)
        )
    functions = [
        n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "__getattr__" and _outer(n, tree)
    ]
    if len(functions) != 1 or not functions[0].args.args:
        return None if functions else NONE
    names, ends = _Answers(tree, functions[0].args.args[0].arg).block(functions[0].body)
    return names if ends or names is None else None if _falls_with_value(functions[0]) else names


def _outer(function: ast.FunctionDef, tree: ast.Module) -> bool:
    """Whether it is the module's own, not a class's."""
    inside = {id(m) for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for m in ast.walk(c)}
    return id(function) not in inside


def _falls_with_value(function: ast.FunctionDef) -> bool:
    """Whether a function that ends without a word would answer None for any name."""
    return not isinstance(function.body[-1], ast.If | ast.Try | ast.Raise)


class _Answers:
    """One `__getattr__`: which values of its argument lead to a `return`."""

    def __init__(self, tree: ast.Module, argument: str) -> None:
        self.argument = argument
        text = ast.unparse(tree)
        self.filled = any(mark in text for mark in FILLING) or re.search(r"globals\(\)\[[^\]]*\] = ", text) is not None
        self.tables: dict[str, frozenset[str] | None] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name):
                    found = _keys(node.value)
                    self.tables[target.id] = found if target.id not in self.tables else None

    def block(self, body: Sequence[ast.stmt]) -> tuple[frozenset[str] | None, bool]:
        """Names that a block answers, and whether it always ends in a return or raise."""
        names: frozenset[str] | None = NONE
        for node in body:
            if isinstance(node, ast.Raise):
                return names, True
            if isinstance(node, ast.Return):
                given = self.returned(node.value)
                return (None if given is None or names is None else names | given), True
            if isinstance(node, ast.If):
                found, ends = self.condition(node)
            elif isinstance(node, ast.Try):
                parts = [self.block(node.body), *(self.block(h.body) for h in node.handlers), self.block(node.orelse)]
                found, ends = _united([p for p, _ in parts]), parts[0][1] and all(e for _, e in parts[1:-1])
            elif isinstance(node, ast.With):
                found, ends = self.block(node.body)
            elif isinstance(node, ast.For | ast.While):
                inner, _ = self.block(node.body)
                found, ends = (NONE if inner == NONE else None), False
            else:
                continue
            names = _united([names, found])
            if names is None or ends:
                return names, ends
        return names, False

    def condition(self, node: ast.If) -> tuple[frozenset[str] | None, bool]:
        """An `if`: its body answers what its test admits, its `else` anything that is left."""
        body, ends = self.block(node.body)
        other, other_ends = self.block(node.orelse)
        admitted = self.admitted(node.test)
        if body is None:
            body = admitted
        return _united([body, other]), ends and other_ends

    def admitted(self, test: ast.expr) -> frozenset[str] | None:
        """The names that a test lets through; None for any."""
        if isinstance(test, ast.BoolOp):
            parts = [self.admitted(v) for v in test.values]
            if isinstance(test.op, ast.Or):
                return _united(parts)
            return next((p for p in parts if p is not None), None)
        if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and self.asked(test.left)):
            return None
        right = test.comparators[0]
        if isinstance(test.ops[0], ast.Eq) and isinstance(right, ast.Constant):
            return frozenset({str(right.value)})
        if isinstance(test.ops[0], ast.In):
            return self.tables.get(right.id) if isinstance(right, ast.Name) else _keys(right)
        return None

    def asked(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == self.argument

    def returned(self, node: ast.expr | None) -> frozenset[str] | None:
        """Names for which a return gives a value of its own."""
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "globals()":
            return None if self.filled else NONE
        if isinstance(node, ast.Call):
            every = next((k.value for k in node.keywords if k.arg == "all"), None)
            if isinstance(every, ast.Name) and any(self.asked(k.value) for k in node.keywords):
                return self.tables.get(every.id)
        return None


def _united(parts: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    return None if None in parts else NONE.union(*(p for p in parts if p is not None))


def _keys(node: ast.expr) -> frozenset[str] | None:
    """The strings of a list or set, or a dictionary's keys."""
    parts = (
        node.keys
        if isinstance(node, ast.Dict)
        else node.elts
        if isinstance(node, ast.List | ast.Set | ast.Tuple)
        else None
    )
    if (
        parts is None
        and isinstance(node, ast.Call)
        and node.args
        and isinstance(node.func, ast.Name)
        and node.func.id in ("set", "frozenset", "list", "tuple")
    ):
        return _keys(node.args[0])
    if parts is None or not all(isinstance(p, ast.Constant) and isinstance(p.value, str) for p in parts):
        return None
    return frozenset(p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str))
