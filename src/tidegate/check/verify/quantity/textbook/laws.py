# ruff: noqa: E501  (patterns and tables read best on one line)
"""The laws of the tables, found by the names that stand in a text's words; a law is read when it is first needed.

A line of a table is `names | forms | symbols`.  Names that begin with `!` can mean nothing else.  A symbol's entry is its
name in the forms, other spellings of it, a colon and its unit; a name may have several entries where forms use it otherwise.  A form that begins with
`~` takes powers or logarithms of quantities, and its dimensions are not added up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from tidegate.check.verify.quantity.symbolic import Unread
from tidegate.check.verify.quantity.textbook import (
    chemistry,
    electricity,
    fluids,
    heat,
    mechanics,
    modern,
    shapes,
    structures,
    waves,
)
from tidegate.check.verify.quantity.textbook.trees import (
    FUNCTIONS,
    NO_SIZE,
    Node,
    Size,
    agree,
    read,
    size,
    value,
    wanted,
)
from tidegate.check.verify.quantity.units import parse_unit

TABLES: tuple[str, ...] = (
    mechanics.LAWS,
    electricity.LAWS,
    heat.LAWS,
    fluids.LAWS,
    waves.LAWS,
    modern.LAWS,
    chemistry.LAWS,
    structures.LAWS,
    shapes.LAWS,
)
# symbols of forms that need no entry in their line
COMMON = """g g_0:m/s^2, G:m^3/(kg s^2), c c_0:m/s, h:J s, hbar:J s, kB k_B k:J/K, N_A:1/mol, R R_u:J/(mol K), epsilon_0 epsilon:F/m,
mu_0:H/m, T:K, t:s, pi:1, theta phi alpha:1, F:C/mol, e q:C, m m_e M:kg, f nu:Hz, omega w:1/s, lambda:m, v u:m/s, rho:kg/m^3"""
COMMON_OTHERS = frozenset(["g_0", "c_0", "k_B", "k", "R_u", "q", "phi", "alpha", "m_e", "M", "nu", "w", "u"])
Words = tuple[str, ...]


class Form:
    """One way to write a law; its sides, the points at which it holds and its dimensions are made when first asked for."""

    def __init__(self, text: str, options: Mapping[str, Sequence[Size]]) -> None:
        self.free = text.startswith("~")
        self.text = text.removeprefix("~")
        self.options = options
        self.symbols = frozenset(NAME.findall(self.text)) - NO_SYMBOLS
        self._sides: tuple[Node, Node] | None = None
        self._points: tuple[Mapping[str, complex], ...] = ()
        self._dims: tuple[Mapping[str, Size], ...] = ()

    @property
    def sides(self) -> tuple[Node, Node]:
        """Both sides as trees; raises ValueError for a form that its table has wrong."""
        if self._sides is None:
            try:
                left, right = (read(side, self.options) for side in self.text.split("="))
            except Unread as e:
                raise ValueError(
                    f"a table of laws has the form {self.text!r}, of which {e} is no symbol of its line"
                ) from e
            missing = self.symbols - set(self.options)
            if missing:
                raise ValueError(
                    f"a table of laws has the form {self.text!r}, whose {sorted(missing)} have no entry in its line"
                )
            self._sides = left, right
        return self._sides

    @property
    def points(self) -> tuple[Mapping[str, complex], ...]:
        """Points at which it holds."""
        if not self._points:
            order = sorted(self.symbols)
            self._points = tuple(_point(*self.sides, order, n) for n in range(4))
        return self._points

    @property
    def dims(self) -> tuple[Mapping[str, Size], ...]:
        """Each choice of dimensions of its symbols that makes it consistent; raises ValueError when there is none."""
        if not self._dims:
            order, (left, right) = sorted(self.symbols), self.sides
            choices = [dict(zip(order, c, strict=True)) for c in product(*(self.options[s] for s in order))]
            self._dims = tuple(choices[:1] if self.free else (c for c in choices if agree(left, right, c)))
            if not self._dims:
                raise ValueError(
                    f"a table of laws has the form {self.text!r}, whose sides have no common dimension with its units"
                )
        return self._dims


class Law(NamedTuple):
    """A law with its forms; `spelled` has for each spelling the names in the forms and the dimensions it may stand for."""

    name: str
    sure: bool
    forms: tuple[Form, ...]
    spelled: Mapping[str, tuple[tuple[str, Size], ...]]


class Named(NamedTuple):
    """A law's name standing in a text."""

    law: int
    start: int
    end: int
    words: int


WORD = re.compile(r"[^\W\d_]+")
NAME = re.compile(r"[A-Za-z]\w*")
NO_SYMBOLS = frozenset(("pi", *FUNCTIONS))


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


@cache
def spellings(n: int) -> frozenset[str]:
    """Every word of the n-th law's symbols: a quick look at what its forms may be written with."""
    _, forms, entries = _lines()[n].split("|")
    return (
        frozenset(NAME.findall(entries))
        | frozenset(NAME.findall(COMMON)) & frozenset(NAME.findall(forms))
        | COMMON_OTHERS
    )


@lru_cache(maxsize=1024)
def law(n: int) -> Law:
    """The n-th law of the tables."""
    names, forms, entries = _lines()[n].split("|")
    options: dict[str, list[Size]] = {}
    spelled: dict[str, list[tuple[str, Size]]] = {}
    given = {entry.strip().split(" ")[0].split(":")[0] for entry in entries.split(",")}
    needed = set(re.findall(r"[A-Za-z]\w*", forms)) - given
    common = [e for e in COMMON.split(",") if e.strip().split(" ")[0].split(":")[0] in needed]
    for entry in (*entries.split(","), *common):
        spellings, _, unit = entry.strip().partition(":")
        first, dims = spellings.split()[0], _dims(unit)
        options.setdefault(first, []).append(dims)
        for spelling in dict.fromkeys(spellings.split()):
            spelled.setdefault(spelling, []).append((first, dims))
    read_forms = tuple(Form(text.strip(), options) for text in forms.split(";"))
    return Law(names.split(",")[0].strip(" !").replace(" 's", "'s"), names.strip().startswith("!"), read_forms, {s: tuple(c) for s, c in spelled.items()})  # fmt: skip


@cache
def _dims(unit: str) -> Size:
    parsed = parse_unit(unit) if unit != "1" else None
    if parsed is None and unit != "1":
        raise ValueError(f"a table of laws has the unit {unit!r}, which is none that units.parse_unit reads")
    return size(parsed.dims) if parsed else NO_SIZE


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
    raise ValueError(
        f"a table of laws has a form of {', '.join(order)} in which no symbol stands once and can be solved for"
    )


def _times(node: Node, name: str) -> int:
    return (node.kind == "sym" and node.name == name) + sum(_times(p, name) for p in node.parts)
