"""Which names a module binds, and which of them `from module import *` takes, read from its source and never run.

Wildcards are followed through the package; `__all__` is computed where its expression is a list, a sum of lists,
another module's `__all__`, `dir()` without what begins with an underscore, or is extended later; lazy loaders are read
from their arguments or their stub.  What cannot be told answers None: then nothing may be said to be missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple


class Names(NamedTuple):
    """The names a module binds and those it exports; None where they depend on its running.

    `modules` are files of modules that it holds as names: importing a submodule makes it a name of its package, and a
    wildcard of a package without `__all__` brings such names along; the last one counts.
    """

    bound: frozenset[str] | None
    exported: frozenset[str] | None
    modules: Mapping[str, Path] = MappingProxyType({})


UNKNOWN = Names(None, None)
NAMESPACES = frozenset({"dir", "globals", "locals", "vars"})
KEEPERS = frozenset({"list", "tuple", "set", "sorted", "frozenset"})


@cache
def names_of(path: Path) -> Names:
    """The names of one module file; a package is its `__init__.py`."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8", errors="ignore"))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return UNKNOWN
    return _Reading(path).of(tree)


_open: set[Path] = set()


class _Reading:
    """One module, statement by statement: its names so far, lists it has built, and its `__all__`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bound: set[str] = set()
        self.lists: dict[str, frozenset[str]] = {}
        self.modules: dict[str, Path] = {}
        self.held: dict[str, Path] = {}  # modules that are names of this package once it was imported
        self.whole = True  # every wildcard was followed
        self.stated = False  # an `__all__` was seen
        self.known = True  # and could be computed

    def of(self, tree: ast.Module) -> Names:
        if self.path in _open:
            return UNKNOWN  # modules that import each other
        _open.add(self.path)
        try:
            for statement in _statements(tree.body):
                self.take(statement)
        finally:
            _open.discard(self.path)
        bound = frozenset(self.bound | self.held.keys()) if self.whole else None
        if self.stated:
            return Names(bound, self.lists.get("__all__") if self.known else None, self.held)
        public = None if bound is None else frozenset(n for n in bound if not n.startswith("_"))
        return Names(bound, public, self.held)

    def take(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            self.bound |= {a.asname or a.name.partition(".")[0] for a in node.names}
            for a in node.names:
                self.holds(self.below(a.name.split(".")))
        elif isinstance(node, ast.ImportFrom):
            self.imports(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.bound.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            self.assigns(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self.calls(node.value)
        elif isinstance(node, ast.Delete):
            self.bound -= {t.id for t in node.targets if isinstance(t, ast.Name)}
        else:
            stored = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            self.bound |= {n.id for n in stored}

    def imports(self, node: ast.ImportFrom) -> None:
        target = self.file_of(node)
        self.holds(target)
        if node.level and self.path.name == "__init__.py" and node.level == 1 and node.module:
            self.bound.add(node.module.partition(".")[0])  # importing a submodule makes it a name of its package
        for a in node.names:
            if a.name == "*":
                taken, held = (
                    (found.exported, found.modules) if (found := names_of(target) if target else None) else (None, {})
                )
                self.whole &= taken is not None
                self.bound |= taken or frozenset()
                self.held |= {n: m for n, m in held.items() if taken is None or n in taken}
                continue
            self.bound.add(a.asname or a.name)
            folder = target.parent if target is not None and target.name == "__init__.py" else None
            for inner in (folder / f"{a.name}.py", folder / a.name / "__init__.py") if folder else ():
                if inner.exists():
                    self.modules[a.asname or a.name] = inner
                    self.holds(inner)

    def holds(self, target: Path | None) -> None:
        """Note that a module below this package was imported: the part of its path just below is a name here."""
        here = self.path.parent
        if target is None or self.path.name != "__init__.py" or target == self.path or here not in target.parents:
            return
        first = target.relative_to(here).parts[0]
        module = here / first / "__init__.py" if (here / first).is_dir() else target
        self.held[first.removesuffix(".py")] = module

    def file_of(self, node: ast.ImportFrom) -> Path | None:
        """The file a `from` statement reads, inside this package."""
        parts = (node.module or "").split(".") if node.module else []
        if node.level:
            base = self.path.parent
            for _ in range(node.level - 1):
                base = base.parent
        else:
            return self.below(parts)
        return _module_file(base.joinpath(*parts))

    def below(self, parts: list[str]) -> Path | None:
        """The file of a module of this package by the parts of its whole name."""
        top = next((p for p in self.path.parents if p.name == parts[0] and (p / "__init__.py").exists()), None)
        return _module_file(top.parent.joinpath(*parts)) if top is not None else None

    def assigns(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        self.bound |= set(names)
        value = node.value
        if value is None:
            return
        if "__getattr__" in names and (lazy := self.lazy(value)) is not None:
            self.bound |= lazy
            self.lists["__all__"], self.stated = lazy, True
            return
        found = self.listed(value)
        for name in names:
            if name == "__all__":
                self.stated = True
                self.known &= found is not None
            before = self.lists.get(name, frozenset()) if isinstance(node, ast.AugAssign) else frozenset()
            if found is not None:
                self.lists[name] = before | found
            else:
                self.lists.pop(name, None)

    def calls(self, call: ast.Call) -> None:
        """`__all__.extend(other.__all__)` and its kin."""
        f = call.func
        if not (
            isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.value.id == "__all__" and call.args
        ):
            return
        one = call.args[0]
        if f.attr in ("append", "remove") and isinstance(one, ast.Constant):
            name = frozenset({str(one.value)})
            before = self.lists.get("__all__", frozenset())
            self.lists["__all__"] = before | name if f.attr == "append" else before - name
            return
        found = self.listed(one) if f.attr in ("extend", "update") else None
        self.known &= found is not None
        self.lists["__all__"] = self.lists.get("__all__", frozenset()) | (found or frozenset())

    def listed(self, node: ast.expr) -> frozenset[str] | None:
        """The strings of a list expression, or None."""
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            parts = [
                frozenset({e.value}) if isinstance(e, ast.Constant) and isinstance(e.value, str)
                else self.listed(e.value) if isinstance(e, ast.Starred) else None
                for e in node.elts
            ]  # fmt: skip
            return None if None in parts else frozenset().union(*[p for p in parts if p is not None])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.BitOr):
            left, right = self.listed(node.left), self.listed(node.right)
            return None if left is None or right is None else left | right
        if isinstance(node, ast.Name):
            return self.lists.get(node.id)
        if isinstance(node, ast.Attribute) and node.attr == "__all__" and isinstance(node.value, ast.Name):
            path = self.modules.get(node.value.id) or self.sibling(node.value.id)
            return names_of(path).exported if path is not None else None
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in KEEPERS
            and len(node.args) == 1
        ):
            return self.listed(node.args[0])
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return self.comprehended(node)
        return None

    def comprehended(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> frozenset[str] | None:
        """`[n for n in dir() if not n.startswith("_")]`: the public names bound so far."""
        if len(node.generators) != 1 or not isinstance(node.elt, ast.Name) or not self.whole:
            return None
        over = node.generators[0]
        source = over.iter.func if isinstance(over.iter, ast.Call) else None
        if isinstance(source, ast.Attribute) and source.attr in ("keys", "copy") and isinstance(source.value, ast.Call):
            source = source.value.func
        if not (isinstance(source, ast.Name) and source.id in NAMESPACES):
            return None
        var = node.elt.id
        plain = {f"not {var}.startswith('_')", f"not {var}.startswith('__')", f"{var}[0] != '_'", f"{var}[:1] != '_'"}
        if [ast.unparse(test) for test in over.ifs] and not all(ast.unparse(test) in plain for test in over.ifs):
            return None
        return frozenset(n for n in self.bound if not n.startswith("_"))

    def sibling(self, name: str) -> Path | None:
        return next(
            (p for p in (self.path.parent / f"{name}.py", self.path.parent / name / "__init__.py") if p.exists()), None
        )

    def lazy(self, node: ast.expr) -> frozenset[str] | None:
        """Names of `lazy_loader.attach(…)`, or of the stub that `attach_stub` reads."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)):
            return None
        called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if called == "attach_stub":
            stub = self.path.with_suffix(".pyi")
            return names_of(stub).bound if stub.exists() else None
        if called != "attach":
            return None
        given = {k.arg: k.value for k in node.keywords} | dict(
            zip(("", "submodules", "submod_attrs"), node.args, strict=False)
        )
        out: frozenset[str] = frozenset()
        for name in ("submodules", "submod_attrs"):
            value = given.get(name)
            groups = (
                [value]
                if isinstance(value, ast.List | ast.Set | ast.Tuple)
                else value.values
                if isinstance(value, ast.Dict)
                else []
            )
            for group in groups:
                found = self.listed(group)
                if found is None:
                    return None
                out |= found
        return out


def _module_file(whole: Path) -> Path | None:
    return next((p for p in (whole / "__init__.py", whole.with_name(f"{whole.name}.py")) if p.exists()), None)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module in order, those of its conditions and attempts too."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            for part in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)
            if isinstance(node, ast.For):
                yield ast.Assign(targets=[node.target], value=ast.Constant(value=None))
        else:
            yield node
