"""Python parsed once for every verifier that reads it, and what they all ask of its tree, kept with the tree.

Trees are read here and never changed, so that the nodes below a function, the statements of its own and the source of
an expression are worked out once, and forgotten with the tree.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary


@lru_cache(maxsize=8)
def parsed(source: str) -> ast.Module | SyntaxError:
    """The tree of a piece of Python, or why there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as an odd escape in a text: the answer's, not the caller's
        try:
            return ast.parse(source)
        except SyntaxError as error:
            return error
        except (ValueError, RecursionError, MemoryError):
            return SyntaxError("cannot be parsed")


HOLDERS = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While)
"""What is walked again and again: its nodes are kept."""
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
PLAIN = frozenset(
    ["ctx", "id", "attr", "arg", "asname", "module", "level", "kind", "type_comment", "simple", "is_async",
     "conversion", "tag", "rest"]
)  # fmt: skip
"""Fields that hold no nodes, or only whether a name is read or set."""


class _Fields(dict[type, tuple[str, ...]]):
    """The fields of a class of nodes that may hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        names = () if kind is ast.Constant else tuple(f for f in kind._fields if f not in PLAIN)
        self[kind] = names
        return names


_FIELDS = _Fields()
_BELOW: WeakKeyDictionary[ast.AST, list[ast.AST]] = WeakKeyDictionary()
_OWN: WeakKeyDictionary[ast.AST, list[ast.AST]] = WeakKeyDictionary()
_STATEMENTS: WeakKeyDictionary[ast.AST, list[ast.stmt]] = WeakKeyDictionary()
_SPELT: WeakKeyDictionary[ast.AST, str] = WeakKeyDictionary()


def children(node: ast.AST) -> list[ast.AST]:
    """What `ast.iter_child_nodes` gives, without the marks `Load`, `Store` and `Del`."""
    out: list[ast.AST] = []
    held = node.__dict__
    for field in _FIELDS[node.__class__]:
        value = held.get(field)
        if value.__class__ is list:
            out += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            out.append(value)
    return out


def walk(node: ast.AST) -> Sequence[ast.AST]:
    """The node and all below it in the order of `ast.walk`, without the marks `Load`, `Store` and `Del`."""
    if not isinstance(node, HOLDERS):
        return _walked(node)
    below = _BELOW.get(node)
    if below is None:
        below = _BELOW[node] = _walked(node)[1:]
    return [node, *below]


def _walked(root: ast.AST) -> list[ast.AST]:
    out, fields, make = [root], _FIELDS, ast.AST
    for node in out:
        held = node.__dict__
        for field in fields[node.__class__]:
            value = held.get(field)
            if value.__class__ is list:
                out += [one for one in value if isinstance(one, make)]
            elif isinstance(value, make):
                out.append(value)
    return out


def own_nodes(holder: ast.AST) -> Sequence[ast.AST]:
    """What belongs to a function or a module, each before its parts, without the functions and classes inside it."""
    if not isinstance(holder, HOLDERS):
        return _owned(holder)
    own = _OWN.get(holder)
    if own is None:
        own = _OWN[holder] = _owned(holder)
    return own


def _owned(holder: ast.AST) -> list[ast.AST]:
    out: list[ast.AST] = []
    waiting = children(holder)[::-1]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, DEFINITIONS):
            out.append(node)
            waiting += children(node)[::-1]
    return out


def own_statements(holder: ast.AST) -> Sequence[ast.stmt]:
    """The statements of a function or a module, without those of functions and classes inside it."""
    own = _STATEMENTS.get(holder)
    if own is None:
        own = _STATEMENTS[holder] = []
        waiting = children(holder)[::-1]
        while waiting:
            node = waiting.pop()
            if isinstance(node, DEFINITIONS):
                continue
            if isinstance(node, ast.stmt):
                own.append(node)
            if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
                waiting += children(node)[::-1]
    return own


def source_of(node: ast.AST) -> str:
    """`ast.unparse` of a node of a program."""
    text = _SPELT.get(node)
    if text is None:
        text = _SPELT[node] = ast.unparse(node)
    return text
