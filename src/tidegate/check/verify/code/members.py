"""Names, members and arguments of a program: what its packages and the classes of its objects do not have or take."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from tidegate.check.verify.code.api import GONE, NEWER, ORACLE
from tidegate.check.verify.code.kinds import Kinds, targets
from tidegate.check.verify.code.modules import check_name, gone, nearest
from tidegate.check.verify.code.parsed import children, source_of, walk
from tidegate.check.verify.code.program import Program
from tidegate.check.verify.code.signature import Kind, Misfit, Symbol, misfits, symbol_of
from tidegate.check.verify.verdicts import refuted
from tidegate.spine.claim import Decision

CLOSE = 0.85  # how alike a name must be to one of a class that other packages may add to


def check_members(
    program: Program, types: Mapping[str, Kind] = MappingProxyType({}), *, told: bool = False
) -> Iterator[Decision]:
    """Decisions on names of packages, then on members of objects whose class is certain; `types` are known before.

    With `told` the program is a name in prose, whose call may leave arguments out.
    """
    for decision in (*_names(program), *_Flow(program).read(types)):
        if not (told and decision.receipt.detail.get("lacking")):
            yield decision


def _names(program: Program) -> Iterator[Decision]:
    """Decisions on dotted names and on calls of them."""
    for node in program.nodes:
        if isinstance(node, ast.Attribute) and (dotted := program.dotted(node)) is not None:
            module, _, name = dotted.rpartition(".")
            if (dotted in GONE and not program.own(dotted)) or module in program.index:
                yield from check_name(program, node, module, name)
        if isinstance(node, ast.Call):
            called = program.dotted(node.func)
            if called is None and isinstance(node.func, ast.Name) and program.builtin(node.func.id):
                called = f"builtins.{node.func.id}"
            if called is not None:
                module, _, name = called.rpartition(".")
                symbol = symbol_of(program.index[module].get(name, "") if module in program.index else "")
                yield from check_call(program, node, called, symbol, unbound=program.is_class(module))


# functions that hand further keywords to a class that the caller names, and take none if it does not
HANDING = {f"json.{n}": "cls" for n in ("dump", "dumps", "load", "loads")}
HANDED = frozenset({"strict"})  # what their own class takes


def check_call(
    program: Program, node: ast.Call, dotted: str, symbol: Symbol, *, unbound: bool = False
) -> Iterator[Decision]:
    """Decisions on a call; an `unbound` method may be given its object in front."""
    if dotted in HANDING and HANDING[dotted] not in {k.arg for k in node.keywords}:
        symbol = symbol._replace(any_keyword=False, keywords=symbol.keywords | HANDED)
    for misfit in misfits(node, symbol):
        if not (unbound and not misfit.keyword):
            yield _misfit(program, misfit, dotted, symbol)


def _misfit(program: Program, misfit: Misfit, dotted: str, symbol: Symbol) -> Decision:
    shown = dotted.removeprefix("builtins.")
    words = f"{shown}({symbol.shown})"
    if misfit.keyword:
        words += nearest(
            misfit.keyword, (*symbol.positional, *symbol.keywords) if symbol.positional is not None else ()
        )
    claim = program.claim(misfit.node, f"{shown}({misfit.given})")
    return refuted(claim, ORACLE, words, f"{shown} {misfit.words}", certainty="measured",
                   lacking=misfit.lacking)  # fmt: skip


class _Flow:
    """The program statement by statement, with the kinds of its variables as they stand there."""

    def __init__(self, program: Program) -> None:
        self.program, self.kinds = program, Kinds(program)
        self.stored = Counter(
            n.id for n in program.nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
        )
        self.later: list[ast.FunctionDef | ast.AsyncFunctionDef] = []

    def read(self, known: Mapping[str, Kind]) -> Iterator[Decision]:
        """Decisions in order; bodies of functions last, when what the module binds once is known."""
        types = dict(known)
        yield from self.block(self.program.tree.body, types)
        constant = {name: kind for name, kind in types.items() if self.stored[name] == 1}
        while self.later:
            function = self.later.pop(0)
            arguments = function.args
            given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            own = {a.arg: self.kinds.annotated(a.annotation) for a in given}
            bound = {a.arg for a in (arguments.vararg, arguments.kwarg) if a} | set(own)
            start = {n: k for n, k in constant.items() if n not in bound}
            asked = {
                source_of(n.args[0])
                for n in walk(function)
                if isinstance(n, ast.Call) and source_of(n.func) in ("isinstance", "hasattr", "getattr") and n.args
            }
            own = {n: k for n, k in own.items() if n not in asked}  # it may be given something else
            yield from self.block(function.body, start | {n: k for n, k in own.items() if k is not None})

    def block(self, body: Sequence[ast.stmt], types: dict[str, Kind]) -> Iterator[Decision]:
        for statement in body:
            for head in children(statement):
                if isinstance(head, ast.expr | ast.withitem | ast.keyword):
                    yield from self.uses(head, types)
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                self.later.append(statement)
                types.pop(statement.name, None)
            elif isinstance(statement, ast.ClassDef):
                yield from self.block(statement.body, {})
            elif isinstance(statement, ast.Assign | ast.AnnAssign):
                self.assign(statement, types)
            else:
                for name in targets(statement):
                    types.pop(name, None)
                yield from self.inner(statement, types)

    def assign(self, node: ast.Assign | ast.AnnAssign, types: dict[str, Kind]) -> None:
        """The kind of a variable after an assignment."""
        kind = self.kinds.of(node.value, types) if node.value is not None else None
        if isinstance(node, ast.AnnAssign):
            kind = self.kinds.annotated(node.annotation)
        for name in targets(node):
            types.pop(name, None)
        target = (
            node.targets[0]
            if isinstance(node, ast.Assign) and len(node.targets) == 1
            else getattr(node, "target", None)
        )
        if isinstance(target, ast.Name) and kind is not None:
            types[target.id] = kind
        if isinstance(target, ast.Tuple) and len(target.elts) == 2 and node.value is not None:
            for part, one in zip(target.elts, self.kinds.pair(node.value) or (), strict=False):
                if isinstance(part, ast.Name) and part.id != "_":
                    types[part.id] = one

    def inner(self, statement: ast.stmt, types: dict[str, Kind]) -> Iterator[Decision]:
        """The bodies of a compound statement; what its head binds is known in them if nothing else binds it there."""
        bound = Counter(targets(statement))
        inside = dict(types)
        if isinstance(statement, ast.For) and isinstance(statement.target, ast.Name):
            pairs = [(statement.target, (k := self.kinds.of(statement.iter, types)) and k.element)]
        elif isinstance(statement, ast.With):
            items = [(i.optional_vars, i.context_expr) for i in statement.items]
            pairs = [(v, self.kinds.entered(e, types)) for v, e in items if isinstance(v, ast.Name)]
        else:
            pairs = []
        inside |= {v.id: k for v, k in pairs if k and bound[v.id] == 1}
        for part in ("body", "orelse", "finalbody"):
            yield from self.block(getattr(statement, part, []), dict(inside))
        for handler in getattr(statement, "handlers", []):
            yield from self.block(handler.body, {k: v for k, v in inside.items() if k != handler.name})
        for case in getattr(statement, "cases", []):
            yield from self.block(case.body, dict(inside))

    def uses(self, node: ast.AST, types: Mapping[str, Kind]) -> Iterator[Decision]:
        """Decisions on the members that an expression reads or calls."""
        nodes = list(walk(node))
        members = [
            n
            for n in nodes
            if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load) and self.program.dotted(n) is None
        ]
        if not members:
            return
        calls = {id(n.func): n for n in nodes if isinstance(n, ast.Call)}
        bound = Counter(n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
        hidden = bound.keys() | {n.arg for n in nodes if isinstance(n, ast.arg)}
        seen = {k: v for k, v in types.items() if k not in hidden}
        for over in (n for n in nodes if isinstance(n, ast.comprehension) and isinstance(n.target, ast.Name)):
            kind = self.kinds.of(over.iter, seen)
            if isinstance(over.target, ast.Name) and kind and kind.element and bound[over.target.id] == 1:
                seen[over.target.id] = kind.element
        for n in members:
            kind = self.kinds.of(n.value, seen)
            if kind is not None:
                yield from self.member(n, kind, calls.get(id(n)))

    def member(self, node: ast.Attribute, kind: Kind, call: ast.Call | None) -> Iterator[Decision]:
        """A member that none of an object's classes has, or a call that none of them takes."""
        name, index = node.attr, self.program.index
        removed = [f"{c}.{name}" for c in kind.classes if f"{c}.{name}" in GONE and not self.program.own(c)]
        if removed and len(removed) == len(kind.classes):
            yield gone(self.program.claim(node, removed[0]), removed[0])
            return
        found = self.kinds.member(kind, name)
        if found.open_ended or removed or name in self.program.added:
            return
        if found.symbols:
            if call is not None and all(any(True for _ in misfits(call, s)) for _, s in found.symbols):
                one, symbol = found.symbols[0]
                yield from check_call(self.program, call, f"{one}.{name}", symbol)
            return
        if name.startswith("_") or any(f"{c}.{name}" in NEWER for c in kind.classes):
            return
        if call is None and not all("whole" in index.mark(c) for c in kind.classes):
            return  # an attribute may be set by the object itself
        known = index[kind.classes[0]]
        loose = any("open" in index.mark(c) for c in kind.classes)
        close = nearest(name, known, CLOSE if loose and self.program.extended() else 0.6)
        if loose and (call is None or (self.program.extended() and not close)):
            return
        shown = " and ".join(c.removeprefix("builtins.") for c in kind.classes)
        words = f"{shown} has no member {name}" + close
        dotted = f"{kind.classes[0]}.{name}"
        yield refuted(self.program.claim(node, dotted), ORACLE, words, f"{shown} has no {name}", certainty="measured")
