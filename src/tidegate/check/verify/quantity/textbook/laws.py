"""The laws of the tables, found by the names that stand in a text's words; a law is read when it is first needed.

A line of a table is `names | forms | symbols`.  Names that begin with `!` can mean nothing else.  A symbol's entry is its
name in the forms, other spellings of it, a colon and its unit; a name may have several entries where forms use it otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from tidegate.check.verify.quantity.symbolic import Unread
from tidegate.check.verify.quantity.textbook import mechanics
from tidegate.check.verify.quantity.textbook.trees import Node, agree, read, symbols, value, wanted
from tidegate.check.verify.quantity.unit_table import NONE, Dims
from tidegate.check.verify.quantity.units import parse_unit

TABLES: tuple[str, ...] = (mechanics.LAWS,)
Words = tuple[str, ...]


class Form(NamedTuple):
    """One way to write a law: both sides, the dimension of each symbol, points at which it holds."""

    text: str
    left: Node
    right: Node
    symbols: frozenset[str]
    dims: Mapping[str, Dims]
    points: tuple[Mapping[str, complex], ...]


class Law(NamedTuple):
    """A law with its forms; `spelled` has for each spelling the names in the forms and the dimensions it may stand for."""

    name: str
    sure: bool
    forms: tuple[Form, ...]
    spelled: Mapping[str, tuple[tuple[str, Dims], ...]]


class Named(NamedTuple):
    """A law's name standing in a text."""

    law: int
    start: int
    end: int
    words: int


WORD = re.compile(r"[^\W\d_]+")
POSSESSIVE = re.compile(r"(?:'|’)s(?![a-z])")


def folded(word: str) -> str:
    """A word without case, accents and the s of a plural."""
    low = word.lower()
    if not low.isascii():
        low = "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))
    return low[:-1] if len(low) > 3 and low[-1] == "s" and low[-2] != "s" else low


def words_of(text: str, start: int = 0, end: int | None = None) -> list[tuple[str, int, int]]:
    """Folded words with their bounds; the 's of a possessive is none."""
    out = []
    for found in WORD.finditer(text, start, len(text) if end is None else end):
        if found.group(0) == "s" and found.start() and text[found.start() - 1] in "'’":
            continue
        out.append((folded(found.group(0)), found.start(), found.end()))
    return out


@cache
def _lines() -> tuple[str, ...]:
    return tuple(line for table in TABLES for line in table.strip().splitlines() if line.strip())


@cache
def _index() -> Mapping[str, Sequence[tuple[Words, int]]]:
    """First word of a name → the names that begin with it, longest first, and their laws."""
    out: dict[str, list[tuple[Words, int]]] = {}
    for n, line in enumerate(_lines()):
        for name in line.split("|", 1)[0].replace("!", "").replace(" 's", "").split(","):
            words = tuple(w for w, _, _ in words_of(name))
            if words:
                out.setdefault(words[0], []).append((words, n))
    for names in out.values():
        names.sort(key=lambda entry: -len(entry[0]))
    return out


def named(text: str, start: int, end: int) -> list[Named]:
    """The laws named in text[start:end]; of names within each other the longest alone."""
    index, words, out, k = _index(), words_of(text, start, end), list[Named](), 0
    while k < len(words):
        longest = 0
        for name, law in index.get(words[k][0], ()):
            size = len(name)
            if size < longest:
                break
            if size <= len(words) - k and all(words[k + i][0] == name[i] for i in range(1, size)):
                longest = size
                out.append(Named(law, words[k][1], words[k + size - 1][2], size))
        k += longest or 1
    return out


def count() -> int:
    """How many laws the tables hold."""
    return len(_lines())


@lru_cache(maxsize=1024)
def law(n: int) -> Law:
    """The n-th law of the tables."""
    names, forms, entries = _lines()[n].split("|")
    options: dict[str, list[Dims]] = {}
    spelled: dict[str, list[tuple[str, Dims]]] = {}
    for entry in entries.split(","):
        spellings, _, unit = entry.strip().partition(":")
        first, dims = spellings.split()[0], _dims(unit)
        options.setdefault(first, []).append(dims)
        for spelling in dict.fromkeys(spellings.split()):
            spelled.setdefault(spelling, []).append((first, dims))
    read_forms = tuple(f for text in forms.split(";") for f in _forms(text.strip(), options))
    return Law(names.split(",")[0].strip(" !").replace(" 's", "'s"), names.strip().startswith("!"), read_forms, {s: tuple(c) for s, c in spelled.items()})  # fmt: skip


def _dims(unit: str) -> Dims:
    parsed = parse_unit(unit) if unit != "1" else None
    if parsed is None and unit != "1":
        raise ValueError(f"a table of laws has the unit {unit!r}, which is none that units.parse_unit reads")
    return parsed.dims if parsed else NONE


def _forms(text: str, options: Mapping[str, Sequence[Dims]]) -> Iterator[Form]:
    """The form under each choice of dimensions that makes it consistent."""
    try:
        left, right = (read(side, options) for side in text.split("="))
    except Unread as e:
        raise ValueError(f"a table of laws has the form {text!r}, of which {e} is no symbol of its line") from e
    names = symbols(left) | symbols(right)
    missing = names - set(options)
    if missing:
        raise ValueError(f"a table of laws has the form {text!r}, whose {sorted(missing)} have no entry in its line")
    order, found = sorted(names), False
    for choice in product(*(options[s] for s in order)):
        dims = dict(zip(order, choice, strict=True))
        if agree(left, right, dims):
            found = True
            yield Form(text, left, right, names, dims, tuple(_point(left, right, order, n) for n in range(4)))
    if not found:
        raise ValueError(f"a table of laws has the form {text!r}, whose sides have no common dimension with its units")


def scattered(k: int, n: int) -> float:
    """The value of the k-th symbol at the n-th point: between 0.55 and 1.85, no two near each other's powers."""
    return 0.55 + 1.3 * ((0.61803398875 * (7 * k + 3) + 0.41421356237 * (5 * n + 1)) % 1.0)


def _point(left: Node, right: Node, order: Sequence[str], n: int) -> Mapping[str, complex]:
    """Values of the symbols at which both sides are equal: one that stands only once is solved for."""
    point: dict[str, complex] = {s: scattered(k, n) for k, s in enumerate(order)}
    for side, other in ((left, right), (right, left)):
        for _, part, _, need in wanted(side, value(other, point), point):
            if part.kind == "sym" and _times(left, part.name) + _times(right, part.name) == 1:
                solved = {**point, part.name: need}
                if abs(value(left, solved) - value(right, solved)) < 1e-9 * (1 + abs(value(left, solved))):
                    return solved
    raise ValueError(f"a table of laws has a form of {', '.join(order)} in which no symbol stands once and can be solved for")


def _times(node: Node, name: str) -> int:
    return (node.kind == "sym" and node.name == name) + sum(_times(p, name) for p in node.parts)
