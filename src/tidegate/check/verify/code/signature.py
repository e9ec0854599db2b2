"""What the index says of one name: its parameters and the class of what it returns; and whether a call fits them.

One line of the index is `name`, `name(parameters)`, `name(parameters)->class` or, for attributes, `name->class`.
Parameters are written as Python writes them, defaults left out after their `=`: `(path,mode=,/,*,follow=)`.
A class may be several (`a|b`) and hold elements of another: `builtins.list[builtins.str]`, `[pathlib.Path]`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple


class Kind(NamedTuple):
    """The classes an object may be of, and the kind of its elements where that is known."""

    classes: tuple[str, ...]
    element: Kind | None = None


class Symbol(NamedTuple):
    """A callable's parameters (None where they are not known) and the kind of what it returns or is."""

    positional: tuple[str, ...] | None
    by_place_only: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    any_place: bool = False
    any_keyword: bool = False
    result: Kind | None = None
    shown: str = ""


class Misfit(NamedTuple):
    """Why a call does not fit: the place, what was given, in words."""

    node: ast.AST
    given: str
    words: str
    keyword: str = ""
    lacking: bool = False


@lru_cache(maxsize=65_536)
def symbol_of(text: str) -> Symbol:
    """The symbol that the rest of an index line describes."""
    parameters, _, result = text.partition("->")
    kind = kind_of(result) if result else None
    if not parameters.startswith("("):
        return Symbol(None, result=kind)
    shown = parameters[1:-1]
    positional: list[str] = []
    only: frozenset[str] = frozenset()
    keywords: set[str] = set()
    required: set[str] = set()
    any_place = any_keyword = named = False
    for part in shown.split(",") if shown else ():
        name = part.rstrip("=")
        if part == "/":
            only = frozenset(positional)
        elif part.startswith("**"):
            any_keyword = True
        elif part.startswith("*"):
            named = True
            any_place = any_place or len(part) > 1
        else:
            (keywords.add if named else positional.append)(name)
            if not part.endswith("="):
                required.add(name)
    return Symbol(
        tuple(positional), only, frozenset(keywords), frozenset(required), any_place, any_keyword, kind,
        shown.replace("=", "=…").replace(",", ", "),
    )  # fmt: skip


def kind_of(text: str) -> Kind | None:
    """`a|b[c]` as a kind."""
    classes, bracket, inner = text.partition("[")
    element = kind_of(inner.removesuffix("]")) if bracket else None
    names = tuple(c for c in classes.split("|") if c)
    if any(c.startswith(("typing.", "collections.abc.")) for c in names):
        return None  # what it promises is not what it is
    return Kind(names, element) if names or element else None


def misfits(call: ast.Call, symbol: Symbol) -> Iterator[Misfit]:
    """What in a call its callable does not take, or lacks."""
    if symbol.positional is None:
        return
    starred = any(
        isinstance(a, ast.Starred) or (isinstance(a, ast.Constant) and a.value is Ellipsis) for a in call.args
    )
    unpacked = any(k.arg is None for k in call.keywords)
    given = {k.arg for k in call.keywords if k.arg}
    takes = (frozenset(symbol.positional) - symbol.by_place_only) | symbol.keywords
    for keyword in call.keywords:
        if keyword.arg and keyword.arg not in takes and not symbol.any_keyword:
            yield Misfit(keyword, f"{keyword.arg}=…", f"takes no argument {keyword.arg!r}", keyword.arg)
    if starred:
        return
    if not symbol.any_place and len(call.args) > len(symbol.positional):
        words = f"takes at most {len(symbol.positional)} arguments by place, not {len(call.args)}"
        yield Misfit(call, "…", words)
        return
    doubled = [n for n in symbol.positional[: len(call.args)] if n in given and n not in symbol.by_place_only]
    for keyword in call.keywords:
        if keyword.arg in doubled:
            yield Misfit(keyword, f"{keyword.arg}=…", f"is given {keyword.arg!r} twice", keyword.arg)
    lacking = symbol.required - set(symbol.positional[: len(call.args)]) - given
    if lacking and not unpacked and given <= takes:
        names = [n for n in (*symbol.positional, *sorted(symbol.keywords)) if n in lacking]
        yield Misfit(call, "…", f"needs {', '.join(names)}", lacking=True)
