# ruff: noqa: E501  (tables read best on one line)
"""One parsed piece of Python: where its parts lie in the answer, and what its names stand for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from tidegate.check.verify.code.api import ApiIndex, LayeredIndex, packages
from tidegate.check.verify.code.parsed import source_of, walk
from tidegate.spine.claim import Claim

# packages that add names to objects of other packages as they are imported
EXTENDING = frozenset({"janitor", "swifter", "cufflinks", "hvplot", "ydata_profiling", "pandas_profiling", "tqdm", "pandarallel", "pandas_ta", "ta", "fastparquet", "geopandas", "dask", "modin", "pint_pandas", "siuba", "dfply", "pandas_flavor", "upsetplot", "pyjanitor", "patsy", "rdkit", "sparklyr", "bokeh", "holoviews", "gevent", "eventlet", "ipdb"})  # fmt: skip


class Program:
    """What the names of a program mean, and the index that its claims are held against."""

    def __init__(
        self, tree: ast.Module, places: Places, index: ApiIndex | LayeredIndex,
        extra: frozenset[str], *, complete: bool, local: frozenset[str],
    ) -> None:  # fmt: skip
        self.tree, self.places, self.index, self.complete, self.local = tree, places, index, complete, local
        self.extra = extra
        self.aliases: dict[str, str] = {}
        self.nodes = list(walk(tree))
        self.assigned: set[str] = set()
        self.added: set[str] = set()  # names set on classes and modules from outside: `DataFrame.total = total`
        for n in self.nodes:
            if isinstance(n, ast.Name):
                if isinstance(n.ctx, ast.Store):
                    self.assigned.add(n.id)
            elif isinstance(n, ast.Attribute):
                if isinstance(n.ctx, ast.Store):
                    self.added.add(n.attr)
            elif isinstance(n, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                self.assigned.add(n.name)
            elif isinstance(n, ast.arg):
                self.assigned.add(n.arg)
            elif isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "setattr":
                self.added |= {str(c.value) for c in n.args[1:2] if isinstance(c, ast.Constant)}
        self.guards = [self.places.span(part) for part in _guarded(self.nodes)]

    @cached_property
    def known(self) -> frozenset[str]:
        """Import names that exist, in lower case."""
        return packages() | {e.lower() for e in self.extra} | {m.split(".")[0].lower() for m in self.index}

    def claim(self, node: ast.AST, text: str) -> Claim:
        """A claim about a name, at the node that spells it."""
        return Claim(kind="identifier", text=text, span=self.places.span(node), payload={"name": text})

    def guarded(self, span: tuple[int, int]) -> bool:
        """Whether what stands there runs only if what it uses is there, or may fail."""
        return any(a <= span[0] and span[1] <= b for a, b in self.guards)

    def own(self, dotted: str) -> bool:
        """Whether the package was read at the user's version, which then decides alone."""
        return isinstance(self.index, LayeredIndex) and dotted.partition(".")[0] in self.index.tops

    def is_class(self, dotted: str) -> bool:
        """Whether a name is that of a class."""
        return self.index.mark(dotted).startswith("class")

    def builtin(self, name: str) -> bool:
        """Whether a bare name can only be the language's own."""
        return name not in self.aliases and name not in self.assigned and "*" not in self.aliases

    def dotted(self, node: ast.expr) -> str | None:
        """The whole name of an imported thing, or None."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.aliases or node.id in self.assigned:
            return None
        return ".".join([self.aliases[node.id], *reversed(parts)])

    def extended(self) -> bool:
        """Whether something is imported that may add names to the classes of other packages."""
        tops = {name.partition(".")[0] for name in self.aliases.values()}
        return any(top in EXTENDING or top not in self.index for top in tops)


# what a program asks before it uses what may not be there
ASKED = re.compile(r"hasattr\(|version|\bPY[23]\b|find_spec\(|platform")
CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "NameError", "TypeError"})  # fmt: skip


def _guarded(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """Parts of a program that only run where what they use is there, or whose failing is expected."""
    for node in nodes:
        if isinstance(node, ast.Try):
            caught = {n.id for h in node.handlers if h.type for n in walk(h.type) if isinstance(n, ast.Name)}
            if caught & CAUGHT:
                yield from node.body
                yield from node.handlers
        elif isinstance(node, ast.If | ast.IfExp) and ASKED.search(source_of(node.test)):
            yield node
        elif isinstance(node, ast.With) and any("raises" in source_of(i.context_expr) for i in node.items):
            yield from node.body


class Places:
    """Where the nodes of a tree lie in the text around it, in characters; the tree counts bytes of UTF-8."""

    def __init__(self, source: str, offset: int, indent: int = 0) -> None:
        """`indent` is what was taken from the left of every line before it was parsed."""
        self.indent = indent
        starts = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", source))]
        self.lines = [source[a:b] for a, b in zip(starts, [*starts[1:], len(source)], strict=True)]
        self.starts = [offset + a for a in starts]

    def at(self, row: int, column: int) -> int:
        """The character at a line (from 1) and a column in bytes (from 0)."""
        row = min(max(row, 1), len(self.lines)) - 1
        line = self.lines[row]
        column += self.indent
        shift = column if line.isascii() else len(line.encode()[:column].decode(errors="ignore"))
        return self.starts[row] + min(shift, len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The node's characters."""
        row, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end_row, end_column = getattr(node, "end_lineno", None) or row, getattr(node, "end_col_offset", None)
        return self.at(row, column), self.at(end_row, column if end_column is None else end_column)

    def line(self, row: int) -> tuple[str, tuple[int, int]]:
        """One line without its end, and its span."""
        row = min(max(row, 1), len(self.lines)) - 1
        text = self.lines[row].rstrip("\r\n")
        return text, (self.starts[row], self.starts[row] + len(text))
