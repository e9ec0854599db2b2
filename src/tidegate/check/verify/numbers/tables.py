# ruff: noqa: E501  (patterns read best on one line)
"""Rows of a table against its columns: price × number, totals, shares, one length in two units.

What relates the columns is read from their headings, or shown by the rows themselves: a relation that all rows but one
obey, three of them at least, is a relation of the table.  The row that breaks it is refuted; two such rows show no slip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple

from tidegate.check.verify.numbers.table_reading import Cell, Table, tables
from tidegate.check.verify.quantity import unit_table
from tidegate.check.verify.quantity.units import Unit, convert, parse_unit
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "rows of a table"
COUNTS = re.compile(
    r"^(?:qty|quantity|count|counts|number|no\.?|nos\.?|#|units?|pcs|pieces|how many|number of [a-z ]+|units (?:sold|ordered)|hours|days|nights)\.?$",
    re.I,
)
PRICES = re.compile(
    r"^(?:unit (?:price|cost)|price|cost|(?:price|cost) (?:each|per [a-z]+|/ ?[a-z]+)|(?:price|cost)/[a-z]+|each|per unit|(?:hourly |daily |nightly )?rate(?: per [a-z]+)?)(?: ?\([$€£A-Z]{1,3}\))?$",
    re.I,
)
TOTALS = re.compile(
    r"^(?:(?:line |row |grand |sub ?|total )?(?:total|sum|subtotal|amount|cost|price)|extended(?: price| cost)?|total (?:price|cost|amount))(?: ?\([$€£A-Z]{1,3}\))?$",
    re.I,
)
SUM_ROW = re.compile(r"^(?:grand |overall )?(?:totals?|sum)(?: \([^()]{1,20}\))?:?$", re.I)
NO_PART = re.compile(
    r"total|sum\b|average|mean|median|\bof which|thereof|includ|max|min\b|tax|vat|discount|shipping|tip|net\b|gross|rebate|refund|less:|deduct",
    re.I,
)
NO_SUM = re.compile(
    r"price|rate|\bper\b|/|average|mean|ratio|efficien|speed|density|temp|each|margin|yield|probab|score|year|\bage\b|percent|%|cumulative|running|rank|grade|index|\bph\b|id\b",
    re.I,
)
ODD = re.compile(
    r"discount|\boff\b|tax|vat\b|fee|surcharge|rebate|markup|weight|factor|waste|spare|average|min\b|max\b|estimate|approx|rounded|≈|~",
    re.I,
)


class Relation(NamedTuple):
    """What a column is of others: the cell it gives for a row, in words and as a value with the width of its rounding."""

    target: int
    sources: tuple[int, ...]
    compute: Callable[[Sequence[Cell]], tuple[str, Fraction, Fraction] | None]
    told: bool  # the headings say it
    shown: int = 3  # rows that must obey it where they do not


def check_tables(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on the cells that the other cells of their row or column fix."""
    for table in tables(text, ranges):
        body = Table(table.heading, tuple(r for r in table.rows if not SUM_ROW.match(_label(r))))
        done: list[set[int]] = []
        wrong: dict[int, Fraction] = {}
        for relation in _relations(body, table):
            columns = {relation.target, *relation.sources}
            if any(columns <= before for before in done):
                continue
            decided = list(_rows(text, body, relation, wrong))
            if decided:
                done.append(columns)
            yield from decided
        yield from _sums(text, table, wrong)


def _label(row: Sequence[Cell]) -> str:
    return next((c.text for c in row if c.value is None and c.text), "")


def _shown(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.8g}"


def _decision(text: str, at: Cell, how: str, value: Fraction, slack: Fraction) -> Decision:
    claim = Claim(kind="equation", text=text[at.start : at.end], span=(at.start, at.end))
    receipt = Receipt(oracle=ORACLE, computation=f"{how} = {_shown(value)}, stated {at.text}")
    if at.value is not None and abs(at.value - value) <= slack:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the row agrees")
    message = f"{at.text} in the table: {how} is {_shown(value)}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)


def _sums(text: str, table: Table, wrong: dict[int, Fraction]) -> Iterator[Decision]:
    """A row called total, beneath its summands; `wrong` are cells that their rows refute, with what they should be."""
    at = next((n for n, row in enumerate(table.rows) if SUM_ROW.match(_label(row))), 0)
    parts = table.rows[:at]
    if at < 2 or any(NO_PART.search(_label(row)) for row in parts):
        return
    for n, total in enumerate(table.rows[at]):
        column = [row[n] for row in parts]
        if (
            total.value is None
            or NO_SUM.search(table.heading[n].text)
            or len({c.unit for c in (*column, total)} - {""}) > 1
        ):
            continue
        values = [c.value for c in column if c.value is not None]
        if (
            len(values) < len(column)
            or min(values) < 0
            or (total.value <= max(values) and sum(v > 0 for v in values) > 1)
        ):
            continue
        ulps = {c.ulp for c in column}
        rounded = (
            max(ulps) * len(values) / 2 if len(ulps) > 1 or max(ulps) < 1 or total.ulp != max(ulps) else Fraction(0)
        )
        value = sum(values, Fraction(0))
        if total.unit not in ("$", "€", "£") and Fraction(99) <= total.value <= 101 and abs(value - 100) < 3:
            rounded = max(rounded, max(ulps) * len(values) / 2)  # shares of a hundred, each rounded
        money = total.unit in ("$", "€", "£") and max(ulps) <= Fraction(1, 100)
        right = sum((wrong.get(c.start, c.value) for c in column if c.value is not None), Fraction(0))
        value = right if abs(right - total.value) <= max(total.ulp / 2, rounded) else value
        shown = " + ".join(c.text for c in column) if len(column) <= 6 else f"{column[0].text} + … + {column[-1].text}"
        yield _decision(text, total, shown, value, max(total.ulp / 2, Fraction(0) if money else rounded))


def _rows(text: str, table: Table, relation: Relation, wrong_cells: dict[int, Fraction]) -> Iterator[Decision]:
    """The rows of a relation that holds: one may break it where the headings tell it, or three others show it."""
    found: list[Decision] = []
    off: dict[int, Fraction] = {}
    wrong = 0
    for row in table.rows:
        at = row[relation.target]
        computed = relation.compute([row[n] for n in relation.sources]) if at.value is not None else None
        if computed is None:
            return
        how, value, slack = computed
        printable = at.ulp > 0 and (value / at.ulp).denominator == 1
        if at.value != value:
            off[at.start] = value
        found.append(
            _decision(text, at, how, value, max(slack, Fraction(0) if printable else at.ulp * Fraction(999, 1000)))
        )
        wrong += found[-1].support is Support.REFUTED
        if wrong > 1:
            return
    finest = min(row[relation.target].ulp for row in table.rows)
    if sum(row[relation.target].ulp == finest for row in table.rows) == 1 and finest < 1 and not relation.told:
        return  # 35.45 beneath 4, 12 and 23 is no slip in their sum
    right = len(found) - wrong
    if (
        wrong > 1
        or right < (1 if relation.told else relation.shown)
        or (not relation.told and not _telling(table, relation))
    ):
        return
    if wrong and any(ODD.search(_label(row)) for row in table.rows):
        return
    wrong_cells |= {d.claim.span[0]: off[d.claim.span[0]] for d in found if d.support is Support.REFUTED}
    yield from found


def _telling(table: Table, relation: Relation) -> bool:
    """Whether rows that agree can hardly do so by chance: values of two digits or more, no column constant or copied."""
    columns = [table.column(n) for n in (*relation.sources, relation.target)]
    values = [[c.value for c in column] for column in columns]
    if any(len(set(v)) < 3 for v in values[-1:]) or any(set(v) <= {Fraction(0), Fraction(1)} for v in values):
        return False
    if any(values[-1] == v for v in values[:-1]):
        return False
    return sum(v is not None and abs(v) >= 10 for v in values[-1]) * 2 >= len(values[-1])


def _relations(table: Table, whole: Table) -> Iterator[Relation]:
    heads = [c.text for c in table.heading]
    numeric = [n for n in range(len(heads)) if table.rows and all(c.value is not None for c in table.column(n))]
    odd = any(ODD.search(h) for h in heads)
    if len(table.rows) < 2 or odd:
        return
    yield from _converted(table, numeric)
    counts = [n for n in numeric if COUNTS.match(heads[n])]
    prices = [n for n in numeric if PRICES.match(heads[n]) and n not in counts]
    totals = [n for n in numeric if TOTALS.match(heads[n]) and n not in counts]
    if len(counts) == 1 and prices and totals and prices[0] < totals[-1]:
        yield Relation(totals[-1], (counts[0], prices[0]), _product, True)
    if (
        len(numeric) >= 3
        and SUM_ROW.match(heads[numeric[-1]])
        and len({c.unit for n in numeric for c in table.column(n)}) == 1
    ):
        yield Relation(numeric[-1], tuple(numeric[:-1]), _sum, False)
    yield from _shares(table, numeric, next((r for r in whole.rows if SUM_ROW.match(_label(r))), None))
    if 3 <= len(numeric) <= 6 and len(table.rows) >= 4:
        for target in reversed(numeric):
            for a, b in permutations([n for n in numeric if n != target], 2):
                if a < b:
                    yield Relation(target, (a, b), _product, False)
                    yield Relation(target, (a, b), _sum, False, 4)
                yield Relation(target, (a, b), _difference, False, 4)
                yield Relation(target, (a, b), _quotient, False)


def _product(cells: Sequence[Cell]) -> tuple[str, Fraction, Fraction] | None:
    a, b = cells[0].value, cells[1].value
    return (f"{cells[0].text} × {cells[1].text}", a * b, Fraction(0)) if a is not None and b is not None else None


def _sum(cells: Sequence[Cell]) -> tuple[str, Fraction, Fraction] | None:
    values = [c.value for c in cells if c.value is not None]
    slack = sum((c.ulp for c in cells if c.ulp < 1), Fraction(0)) / 2
    return (" + ".join(c.text for c in cells), sum(values, Fraction(0)), slack) if len(values) == len(cells) else None


def _difference(cells: Sequence[Cell]) -> tuple[str, Fraction, Fraction] | None:
    a, b = cells[0].value, cells[1].value
    slack = sum((c.ulp for c in cells if c.ulp < 1), Fraction(0)) / 2
    return (f"{cells[0].text} − {cells[1].text}", a - b, slack) if a is not None and b is not None else None


def _quotient(cells: Sequence[Cell]) -> tuple[str, Fraction, Fraction] | None:
    a, b = cells[0].value, cells[1].value
    if a is None or not b:
        return None
    slack = (
        (cells[0].ulp / 2 + abs(a / b) * cells[1].ulp / 2) / abs(b)
        if cells[0].ulp < 1 or cells[1].ulp < 1
        else Fraction(0)
    )
    return f"{cells[0].text} / {cells[1].text}", a / b, slack


def _shares(table: Table, numeric: list[int], total: Sequence[Cell] | None) -> Iterator[Relation]:
    """A column of percentages that add up to a hundred beside the numbers they are shares of."""
    for target in numeric:
        shares = table.column(target)
        if not all(c.unit == "%" for c in shares) or (len(shares) < 3 and total is None):
            continue
        for source in numeric:
            values = [c.value for c in table.column(source) if c.value is not None]
            whole = sum(values, Fraction(0))
            if total is not None and total[source].value != whole:
                continue
            if source == target or table.column(source)[0].unit == "%" or whole <= 0 or min(values) < 0:
                continue

            def share(cells: Sequence[Cell], whole: Fraction = whole) -> tuple[str, Fraction, Fraction] | None:
                value = cells[0].value
                return (
                    (f"{cells[0].text} / {_shown(whole)}", value / whole * 100, Fraction(0))
                    if value is not None
                    else None
                )

            close = sum(
                abs(c.value / whole * 100 - s.value) <= s.ulp
                for c, s in zip(table.column(source), shares, strict=True)
                if c.value is not None and s.value is not None
            )
            if close >= len(shares) - 1:
                yield Relation(target, (source,), share, True)


IN_UNIT = re.compile(
    r"(?P<name>[^()\[\]]*?)\s*(?:[(\[]\s*(?:in )?(?P<unit>[^()\[\]]{1,12})\s*[)\]]|,? in (?P<unit2>[A-Za-z°µ]{1,12}))$"
)


def _unit_of(heading: str) -> tuple[str, Unit] | None:
    """The name of a column and its unit: `Length (m)`, `Length in feet`, `°C`."""
    text = heading.replace("$", "").strip()
    found = IN_UNIT.fullmatch(text)
    unit = parse_unit((found.group("unit") or found.group("unit2")) if found is not None else text) if text else None
    if unit is None or unit.dims in (unit_table.NONE, unit_table.MONEY) or unit.kind in ("log", "count", "calendar"):
        return None
    return (found.group("name").strip().lower() if found is not None else "", unit)


def _converted(table: Table, numeric: list[int]) -> Iterator[Relation]:
    """Two columns of one name in two units."""
    known = [(n, _unit_of(table.heading[n].text)) for n in numeric]
    units = [(n, u[0], u[1]) for n, u in known if u is not None]
    for a, name, given in units:
        for b, other, wanted in units:
            if (
                b <= a
                or name != other
                or given.dims != wanted.dims
                or (given.size, given.shift) == (wanted.size, wanted.shift)
            ):
                continue

            def converted(
                cells: Sequence[Cell], given: Unit = given, wanted: Unit = wanted
            ) -> tuple[str, Fraction, Fraction] | None:
                value = cells[0].value
                if value is None:
                    return None
                out = convert(value, given, wanted)
                return (
                    f"{cells[0].text} converted",
                    out,
                    max(
                        cells[0].ulp / 2 * given.size / wanted.size if cells[0].ulp < 1 else Fraction(0), abs(out) / 200
                    ),
                )

            yield Relation(b, (a,), converted, True)
