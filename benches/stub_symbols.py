"""Parameters and results of the standard library from type stubs (typeshed), every branch and overload together.

A stub tells what `inspect` cannot: C functions' parameters, classes of results, attributes that objects set.
Branches for other versions and systems are united, so that what any of them takes is taken.
"""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

Scope = dict[str, str]


class Stub(NamedTuple):
    """One stub file: functions and classes by name, and what its imported names stand for."""

    functions: dict[str, list[ast.FunctionDef]]
    classes: dict[str, list[ast.ClassDef]]
    names: dict[str, ast.expr]
    imported: Scope


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    out: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            out += _flat(node.body) + _flat(node.orelse)
        else:
            out.append(node)
    return out


@cache
def stub_of(folder: Path, module: str) -> Stub | None:
    """A module's stub."""
    path = folder.joinpath(*module.split("."))
    path = path / "__init__.pyi" if path.is_dir() else path.with_suffix(".pyi")
    if not path.exists():
        return None
    stub = Stub({}, {}, {}, {})
    for node in _flat(ast.parse(path.read_text(encoding="utf-8")).body):
        _enter(node, stub)
        if isinstance(node, ast.Import):
            stub.imported.update({a.asname or a.name: a.name for a in node.names})
        elif isinstance(node, ast.ImportFrom):
            base = (
                module.split(".")[: len(module.split(".")) - node.level + (path.name == "__init__.pyi")]
                if node.level
                else []
            )
            source = ".".join([*base, *([node.module] if node.module else [])])
            stub.imported.update({a.asname or a.name: f"{source}.{a.name}" for a in node.names})
    return stub


def _enter(node: ast.stmt, stub: Stub) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        stub.functions.setdefault(node.name, []).append(node)  # type: ignore[arg-type]
    elif isinstance(node, ast.ClassDef):
        stub.classes.setdefault(node.name, []).append(node)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        stub.names[node.target.id] = node.annotation
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        stub.names[node.targets[0].id] = node.value


def members_of(stub: Stub, name: str, folder: Path, module: str, depth: int = 0) -> Stub | None:
    """A class's own and inherited members, as a stub; None where a base cannot be followed."""
    if name not in stub.classes or depth > 8:
        return None
    whole = Stub({}, {}, {}, stub.imported)
    for definition in stub.classes[name]:
        for node in _flat(definition.body):
            _enter(node, whole)
        for base in definition.bases:
            plain = base.value if isinstance(base, ast.Subscript) else base
            text = ast.unparse(plain)
            if text in ("object", "Generic", "Protocol", "ABC", "Any") or text.rpartition(".")[0] in ("typing", "abc"):
                continue
            upper = _resolved(text, stub, folder, module)
            inherited = members_of(upper[0], upper[1], folder, upper[2], depth + 1) if upper else None
            if inherited is None:
                return None
            for mine, theirs in zip(whole[:3], inherited[:3], strict=True):
                for key, value in theirs.items():
                    mine.setdefault(key, value)  # type: ignore[arg-type]
    return whole


def _resolved(text: str, stub: Stub, folder: Path, module: str, depth: int = 0) -> tuple[Stub, str, str] | None:
    """The stub, name and module where a dotted name is defined as a class."""
    head, _, rest = text.partition(".")
    if not rest and text in stub.classes:
        return stub, text, module
    if not rest and text in stub.names and isinstance(stub.names[text], ast.Name | ast.Attribute) and depth < 4:
        return _resolved(ast.unparse(stub.names[text]), stub, folder, module, depth + 1)
    dotted = (
        (stub.imported[head] + ("." + rest if rest else ""))
        if head in stub.imported
        else ""
        if rest
        else f"builtins.{text}"
    )
    source, _, name = dotted.rpartition(".")
    if source in ("typing", "_typeshed", "collections.abc", "typing_extensions", "") or depth > 4:
        typing = stub_of(folder, "typing") if source == "typing" or source == "collections.abc" else None
        return (typing, name, "typing") if typing is not None and name in typing.classes else None
    other = stub_of(folder, source)
    if other is None or (other is stub and not rest):
        return None
    return _resolved(name, other, folder, source, depth + 1)


def home(stub: Stub, name: str, folder: Path, module: str) -> tuple[Stub, str, str]:
    """The stub, name and module that define what a stub may only import."""
    for _ in range(4):
        if name in stub.functions or name in stub.classes or name not in stub.imported:
            break
        source, _, last = stub.imported[name].rpartition(".")
        other = stub_of(folder, source) if source else None
        if other is None:
            break
        stub, name, module = other, last, source
    return stub, name, module


class Reading:
    """Index lines for the names of a module or class; `sections` are the classes that may be named as results."""

    def __init__(self, folder: Path, sections: set[str]) -> None:
        self.folder, self.sections = folder, sections

    def parameters(self, found: list[ast.FunctionDef], *, method: bool) -> str:
        """All overloads' parameters together; required is what every one requires."""
        order: dict[str, list[bool]] = {}
        only: dict[str, list[bool]] = {}
        keyword: dict[str, list[bool]] = {}
        star = double = False
        for node in found:
            marks = {ast.unparse(d) for d in node.decorator_list}
            a = node.args
            place = [(p, True) for p in a.posonlyargs] + [(p, False) for p in a.args]
            if method and "staticmethod" not in marks:
                place = place[1:]
            optional = len(a.defaults)
            for i, (p, alone) in enumerate(place):
                order.setdefault(p.arg, []).append(i < len(place) - optional)
                only.setdefault(p.arg, []).append(alone or p.arg.startswith("__"))
            for p, default in zip(a.kwonlyargs, a.kw_defaults, strict=True):
                keyword.setdefault(p.arg, []).append(default is None)
            star, double = star or a.vararg is not None, double or a.kwarg is not None
        n = len(found)
        longest = max(
            (
                len(f.args.posonlyargs)
                + len(f.args.args)
                - (method and "staticmethod" not in {ast.unparse(d) for d in f.decorator_list})
                for f in found
            ),
            default=0,
        )
        names = list(order)
        if n > 1:  # overloads may differ in order: only how many and which names is kept
            front = [k for k in names if all(only[k])]
            names = front + [k for k in names if k not in front]
        out = []
        for k in names:
            out.append(k.lstrip("_") + ("" if len(order[k]) == n and all(order[k]) else "="))
        positional = out[: max(longest, sum(all(only[k]) for k in names))]
        rest = out[len(positional) :]
        text = list(positional)
        alone = sum(all(only[k]) for k in names)
        if alone:
            text.insert(min(alone, len(positional)), "/")
        named = [k + ("" if len(keyword[k]) == n and all(keyword[k]) else "=") for k in keyword if k not in order]
        if star:
            text.append("*_")
        elif rest or named:
            text.append("*")
        text += rest + named
        if double:
            text.append("**_")
        return "(" + ",".join(text) + ")"

    def result(self, node: ast.expr | None, stub: Stub, module: str, own: str) -> str | None:
        """A result as the index writes kinds; None where it cannot be told."""
        if node is None:
            return None
        text = ast.unparse(node)
        if text in ("Self", "typing.Self", "_typeshed.Self", "Self@"):
            return own or None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = [s for s in (node.left, node.right) if ast.unparse(s) != "None"]
            parts = [self.result(s, stub, module, own) for s in sides]
            return (
                None
                if None in parts or (any("[" in str(p) for p in parts) and len(parts) > 1)
                else "|".join(str(p) for p in parts)
            )
        inner = None
        if isinstance(node, ast.Subscript):
            head = ast.unparse(node.value).rpartition(".")[2]
            if head in (
                "Iterator",
                "Iterable",
                "Generator",
                "Sequence",
                "Collection",
                "list",
                "set",
                "frozenset",
                "deque",
                "List",
            ):
                first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
                inner = self.result(first, stub, module, own)
                if inner is not None and "[" in inner:
                    inner = inner.partition("[")[0] or None
            if head in ("Iterator", "Iterable", "Generator", "Sequence", "Collection"):
                return f"[{inner}]" if inner else None
            if head in (
                "Literal",
                "Annotated",
                "Any",
                "Callable",
                "Awaitable",
                "Coroutine",
                "Union",
                "Optional",
                "type",
                "Type",
            ):
                return None
            node = node.value
            text = ast.unparse(node)
        found = _resolved(text, stub, self.folder, module)
        if found is None:
            return None
        where = f"{found[2]}.{found[1]}"
        public = next((s for s in (where, where.removeprefix("_"), f"{module}.{found[1]}") if s in self.sections), None)
        if (
            public is None
            or public.startswith("typing.")
            or public in ("builtins.object", "builtins.int", "builtins.float", "builtins.complex")
        ):
            return None
        if public == "builtins.str":
            inner = "builtins.str"
        return public + (f"[{inner}]" if inner else "")

    def line(self, name: str, stub: Stub, module: str, own: str = "") -> str | None:
        """What the stub says of a name: the rest of its index line."""
        if name in stub.functions:
            found = stub.functions[name]
            if any("property" in ast.unparse(d) for f in found for d in f.decorator_list):
                kind = self.result(found[0].returns, stub, module, own)
                return f"->{kind}" if kind else ""
            results = {self.result(f.returns, stub, module, own) for f in found}
            result = (
                None
                if None in results
                or len(results) > 4
                or (len(results) > 1 and any("[" in str(r) for r in results if r != "builtins.str[builtins.str]"))
                else "|".join(sorted(str(r).partition("[")[0] if len(results) > 1 else str(r) for r in results))
            )
            if any(isinstance(f, ast.AsyncFunctionDef) for f in found):
                result = None
            return self.parameters(found, method=bool(own)) + (f"->{result}" if result else "")
        if name in stub.names:
            kind = (
                self.result(stub.names[name], stub, module, own) if not isinstance(stub.names[name], ast.Call) else None
            )
            return f"->{kind}" if kind and own else ""
        return None

    def made(self, stub: Stub, name: str, module: str) -> str | None:
        """The parameters of a class's constructor."""
        whole = members_of(stub, name, self.folder, module)
        if whole is None:
            return None
        for maker in ("__init__", "__new__"):
            if maker in whole.functions:
                found = list(whole.functions[maker])
                return self.parameters(found, method=True)
        return None
