"""A raw table of results: its columns, the part each plays, and one spelling for every value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "-", "?", "missing"})
YES = frozenset({"1", "true", "yes", "y", "t", "positive", "pos", "relevant", "include", "included", "accept", "spam",
                 "fraud", "toxic", "unsafe", "flag", "flagged", "hit", "match", "defect", "bad", "fail", "failed",
                 "incorrect", "hallucinated", "harmful", "escalate", "churn", "sick", "urgent", "malicious", "phishing",
                 "breach", "abuse", "1.0", "+1", "+"})  # fmt: skip
NO = frozenset({"0", "false", "no", "n", "f", "negative", "neg", "irrelevant", "exclude", "excluded", "reject", "ham",
                "ok", "clean", "safe", "pass", "passed", "good", "correct", "benign", "healthy", "normal",
                "-1", "0.0", "legit", "not relevant", "not_relevant"})  # fmt: skip
ROWS_SHOWN = 10


@dataclass(frozen=True)
class Table:
    """Columns of one length by name, the row number of each entry (as its file counts), and where it came from."""

    columns: dict[str, list[Any]]
    rows: Sequence[int]
    source: str = ""

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.rows)


@dataclass(frozen=True)
class Roles:
    """Which column plays which part; empty means: find it."""

    truth: str = ""
    systems: tuple[str, ...] = ()
    scores: Mapping[str, str] = field(default_factory=dict)  # system → score column
    segments: tuple[str, ...] = ()
    id: str = ""
    text: str = ""
    cluster: str = ""
    long: str = ""  # the column that names the system, when each row is one answer
    ignore: tuple[str, ...] = ()


def spelled(value: Any) -> str:
    """One spelling for a label: booleans true/false, whole floats as ints, text stripped; "" when missing."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    text = str(value).strip()
    if text.lower() in MISSING:
        return ""
    if re.fullmatch(r"[+-]?\d+\.0+", text):
        return str(int(float(text)))
    return text


def spell_column(values: Sequence[Any]) -> list[str]:
    """Every value spelled; each distinct one once when the column holds one type."""
    if len({*map(type, values)} - {type(None)}) <= 1:  # 1, 1.0 and True are one key of a dict, so types must agree
        try:
            known = {v: spelled(v) for v in {*values}}
            return [known[v] for v in values]
        except TypeError:  # lists or objects in JSON
            return [spelled(str(v)) if v is not None else "" for v in values]
    return [spelled(str(v) if isinstance(v, list | dict) else v) for v in values]


def as_numbers(values: Sequence[Any]) -> Floats:
    """A column as numbers, NaN where it holds none."""
    if not any(isinstance(v, bool) for v in values[:1000]):
        try:
            return np.array(values, dtype=np.float64)
        except (TypeError, ValueError):
            pass
    return np.array([as_number(v) for v in values])


def as_number(value: Any) -> float:
    """A number, or NaN when it is missing or not one; infinities stay infinite."""
    if isinstance(value, bool) or value is None:
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def yes_no(label: str) -> bool | None:
    """What a label says of a yes/no decision; None when it says neither."""
    word = label.lower()
    return True if word in YES else False if word in NO else None


def rows_text(rows: Sequence[int]) -> str:
    """The first rows by number, and how many more there are."""
    shown = ", ".join(str(r) for r in rows[:ROWS_SHOWN])
    return shown + (f" and {len(rows) - ROWS_SHOWN} more" if len(rows) > ROWS_SHOWN else "")


def pivot(table: Table, roles: Roles) -> tuple[Table, Roles]:
    """One row an answer → one row an item with a column a system."""
    if not roles.long:
        return table, roles
    answer = roles.systems[0] if roles.systems else ""
    score = next(iter(roles.scores.values()), "")
    if len(roles.systems) > 1:
        raise InputError(f"expected one answer column beside {roles.long!r}, got {', '.join(roles.systems)}",
                         where=table.source, remedy="name it with --system")  # fmt: skip
    order: dict[str, int] = {}
    items = [str(v) for v in table.columns[roles.id]]
    for i in items:
        order.setdefault(i, len(order))
    names = list(dict.fromkeys(spelled(v) or "(unnamed)" for v in table.columns[roles.long]))
    shared = [c for c in (roles.truth, roles.id, roles.text, roles.cluster, *roles.segments) if c]
    columns: dict[str, list[Any]] = {c: [None] * len(order) for c in shared}
    rows = [0] * len(order)
    fresh: dict[str, list[Any]] = {s: [None] * len(order) for s in names}
    scored: dict[str, list[Any]] = {f"{s}_score": [None] * len(order) for s in names} if score else {}
    clash: list[int] = []
    truths = spell_column(table.columns[roles.truth])
    first_truth: dict[int, str] = {}
    for r in range(table.n):
        at = order[items[r]]
        system = spelled(table.columns[roles.long][r]) or "(unnamed)"
        if not rows[at]:
            rows[at] = table.rows[r]
            for c in shared:
                columns[c][at] = table.columns[c][r]
        if first_truth.setdefault(at, truths[r]) != truths[r]:
            clash.append(table.rows[r])
        if answer:
            fresh[system][at] = table.columns[answer][r]
        if score:
            scored[f"{system}_score"][at] = table.columns[score][r]
    if clash:
        raise InputError(f"expected one truth an item, got different ones in rows {rows_text(clash)}",
                         where=table.source, remedy="give the truth once per item")  # fmt: skip
    columns |= (fresh if answer else {}) | scored
    pivoted = Roles(roles.truth, tuple(names) if answer else (),
                    {s: f"{s}_score" for s in names} if score else {},
                    roles.segments, roles.id, roles.text, roles.cluster)  # fmt: skip
    return Table(columns, rows, table.source), pivoted
