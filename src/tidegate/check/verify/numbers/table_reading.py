"""Tables in Markdown and LaTeX, read into cells that know their place in the text and their number, if they are one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from tidegate.check.verify.numbers.lexer import NUMBER, number_value

RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
TABULAR = re.compile(r"\\begin\{(?:tabular|array)\*?\}\s*(?:\[[a-z]\])?\{[^{}\n]{0,60}\}")
ROWS_MAX, COLUMNS_MAX = 200, 12
NUMBER_CELL = re.compile(
    rf"(?P<sign>[+\-−]\s?)?(?P<money>\\?[$€£]\s?)?(?P<number>{NUMBER})(?:\s?(?P<unit>\\?%|[€£]|[A-Za-zµ°Ω][A-Za-z0-9µ°Ω/²³·^]{{0,11}}))?"
)


class Cell(NamedTuple):
    """One cell: what stands in it, its span, and for numbers the value, the place of the last digit and the unit."""

    text: str
    start: int
    end: int
    value: Fraction | None = None
    ulp: Fraction = Fraction(0)
    unit: str = ""


class Table(NamedTuple):
    """The cells of the heading and of the rows below it, all of one width."""

    heading: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def column(self, n: int) -> list[Cell]:
        """The n-th cell of every row."""
        return [row[n] for row in self.rows]


BULLET = re.compile(
    r"^[ \t]{0,12}(?:[-*•]|\d{1,2}[.)])[ \t]{1,4}(?P<label>[^:|\n]{2,40}):[ \t*]{0,8}(?P<value>[^|\n()]{1,24}?)"
    r"[ \t*]{0,8}(?:\((?P<share>[^|\n()]{1,12})\))?[ \t*.]{0,8}(?:\n|\Z)",
    re.M,
)


def _bullets(text: str, start: int, end: int) -> Iterator[Table]:
    """A list whose items are `label: amount` or `label: amount (share)`, as a table without headings."""
    at = start
    while (first := BULLET.search(text, at, end)) is not None:
        rows: list[re.Match[str]] = []
        found: re.Match[str] | None = first
        if first.start() > start and text[first.start() - 1] != "\n":
            at = first.end()
            continue
        while found is not None and len(rows) < ROWS_MAX:
            rows.append(found)
            at = found.end()
            found = BULLET.match(text, at, end)
        width = 3 if all(m.group("share") for m in rows if not m.group("label").lower().startswith("total")) else 2
        if len(rows) >= 3:
            blank, names = Cell("", first.start(), first.start()), ("label", "value", "share")[:width]
            yield Table(
                (blank,) * width,
                tuple(tuple(cell(text, *m.span(n)) if m.group(n) is not None else blank for n in names) for m in rows),
            )


def tables(text: str, ranges: list[tuple[int, int]]) -> Iterator[Table]:
    """Every table of the prose in `ranges`; rows of another width than their heading end it."""
    if "|" in text and "--" in text:
        for start, end in ranges:
            yield from _markdown(text, start, end)
    if ": " in text and ("- " in text or "* " in text or "• " in text or "1. " in text):
        for start, end in ranges:
            yield from _bullets(text, start, end)
    if "\\begin{tabular" in text or "\\begin{array" in text:
        for start, end in ranges:
            yield from _latex(text, start, end)


def _markdown(text: str, start: int, end: int) -> Iterator[Table]:
    lines: list[tuple[int, int]] = []
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        lines.append((at, stop))
        at = stop + 1
    n = 1
    while n < len(lines):
        a, b = lines[n]
        if "--" not in text[a:b] or RULE.fullmatch(text, a, b) is None or "|" not in text[slice(*lines[n - 1])]:
            n += 1
            continue
        rows = [_piped(text, *lines[n - 1])]
        n += 1
        while n < len(lines) and "|" in text[slice(*lines[n])] and len(rows) <= ROWS_MAX:
            rows.append(_piped(text, *lines[n]))
            n += 1
        yield from _table(rows)


def _piped(text: str, start: int, end: int) -> tuple[Cell, ...]:
    while start < end and text[start] in " \t":
        start += 1
    start += text[start : start + 1] == "|"
    while end > start and text[end - 1] in " \t\r":
        end -= 1
    end -= end > start and text[end - 1] == "|"
    out, at = [], start
    for mark in [*(m.start() for m in re.finditer(r"(?<!\\)\|", text[start:end])), end - start]:
        out.append(cell(text, at, start + mark))
        at = start + mark + 1
    return tuple(out)


def _latex(text: str, start: int, end: int) -> Iterator[Table]:
    for begin in TABULAR.finditer(text, start, end):
        stop = text.find("\\end{", begin.end(), end)
        if stop < 0:
            continue
        rows, at = [], begin.end()
        for brk in (*re.finditer(r"\\\\(?:\[[^\]]{0,10}\])?", text[begin.end() : stop]), None):
            a, b = at, begin.end() + brk.start() if brk is not None else stop
            at = begin.end() + brk.end() if brk is not None else stop
            rule = re.match(r"\s*(?:\\(?:hline|toprule|midrule|bottomrule)\s*)+", text[a:b])
            a += rule.end() if rule is not None else 0
            if text[a:b].strip():
                marks = [a - 1, *(a + m.start() for m in re.finditer(r"(?<!\\)&", text[a:b])), b]
                rows.append(tuple(cell(text, p + 1, q) for p, q in pairwise(marks)))
        yield from _table(rows)


def _table(rows: list[tuple[Cell, ...]]) -> Iterator[Table]:
    if len(rows) < 2 or not 2 <= len(rows[0]) <= COLUMNS_MAX:
        return
    body = []
    for row in rows[1:]:
        if len(row) != len(rows[0]):
            break
        body.append(row)
    if body:
        yield Table(rows[0], tuple(body))


def cell(text: str, start: int, end: int) -> Cell:
    """text[start:end] without its margins, read as a number where it is one and nothing else."""
    while (
        start < end
        and text[start] in " \t\r\n*_$"
        and not (text[start] == "$" and text[start + 1 : start + 2].isdigit())
    ):
        start += 1
    while end > start and text[end - 1] in " \t\r\n*_$":
        end -= 1
    raw = text[start:end]
    value, ulp, unit = _number(raw)
    return Cell(raw, start, end, value, ulp, unit)


@lru_cache(maxsize=1024)
def _number(raw: str) -> tuple[Fraction | None, Fraction, str]:
    found = NUMBER_CELL.fullmatch(raw) if raw[:1] and len(raw) < 40 else None
    if found is None:
        return None, Fraction(0), ""
    try:
        value, ulp, _, other = number_value(found.group("number"))
    except (OverflowError, ValueError):
        return None, Fraction(0), ""
    if other is not None and not found.group("number")[:-4].isdigit():
        return None, Fraction(0), ""
    sign = -1 if (found.group("sign") or "").strip() in ("-", "−") else 1
    unit = (found.group("money") or found.group("unit") or "").strip(" \\")
    return sign * value, ulp, unit
