# ruff: noqa: E501  (tables read best one row a line)
"""What a quantity is of: powers of units, calendar units and counted things, so that `requests a second` is a kind too.

A kind is a mapping of atoms to exponents.  An atom is a base unit (`m`, `s`, `$`, `bit`), a calendar unit (`day`, `week`,
`month`, `year`: none is a whole number of another in prose), or a counted thing (`#request`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.units import parse_unit

Kind = Mapping[str, int]
NOTHING: Kind = {}
CALENDAR = {
    "day": "day", "days": "day", "night": "day", "nights": "day", "week": "week", "weeks": "week", "month": "month", "months": "month", "year": "year", "years": "year", "yr": "year", "annum": "year",
    "wk": "week", "mo": "month",
}  # fmt: skip
ADVERBS = {"daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year", "nightly": "day"}  # fmt: skip
PLURALS = {"people": "person", "children": "child", "men": "man", "women": "woman", "mice": "mouse", "feet": "foot", "vertices": "vertex", "indices": "index", "matrices": "matrix", "data": "datum", "teeth": "tooth", "geese": "goose", "leaves": "leaf", "shelves": "shelf", "loaves": "loaf", "halves": "half", "knives": "knife", "lives": "life", "batches": "batch", "boxes": "box", "buses": "bus", "glasses": "glass", "classes": "class", "addresses": "address", "losses": "loss", "passes": "pass", "processes": "process", "branches": "branch", "dishes": "dish", "lunches": "lunch", "switches": "switch", "matches": "match", "patches": "patch", "inches": "inch"}  # fmt: skip
NEVER = frozenset(
    ["this", "is", "was", "has", "its", "his", "as", "us", "plus", "minus", "times", "always", "less", "across", "yes", "thus", "gives", "makes", "means", "takes", "needs", "costs", "leaves", "uses", "does", "gets", "comes", "equals", "hence", "perhaps", "besides", "works", "plays", "runs", "holds", "pays", "earns", "sells", "buys", "towards", "afterwards", "otherwise", "versus", "whereas", "various", "previous", "gross", "bonus", "status", "basis", "analysis", "yields", "totals", "remains", "weighs", "covers", "travels", "requires", "carries", "contains", "produces", "handles", "lasts", "percents", "results", "drops", "rises", "falls", "grows", "s", "adds", "brings"]
)  # fmt: skip


def lemma(word: str) -> str | None:
    """The singular of a plural noun, None for what does not look like one."""
    low = word.lower()
    if low in PLURALS:
        return PLURALS[low]
    if len(low) > 2 and low.endswith("s") and word[:-1].isupper():
        return low[:-1]  # GPUs
    if len(low) < 3 or not low.endswith("s") or low.endswith(("ss", "us", "is", "'s")) or low in NEVER:
        return None
    return f"{low[:-3]}y" if low.endswith("ies") and len(low) > 4 else low[:-1]


def singular(word: str) -> str:
    """The word itself, or the singular if it looks like a plural."""
    return lemma(word) or word.lower()


@lru_cache(maxsize=4096)
def kind_of(name: str) -> tuple[float, dict[str, int]] | None:
    """Size and kind of one unit or thing: `kWh`, `GPU-hours`, `week`, `request`; None where it is neither."""
    name = name.strip()
    if name.lower() in CALENDAR:
        return 1.0, {CALENDAR[name.lower()]: 1}
    if name[:2] == "KB":
        name = f"k{name[1:]}"
    parts = re.split(r"[-\s]", name)
    if (len(parts) == 2 and parts[0].isalpha() and (last := kind_of(parts[1])) is not None and "s" in last[1]) or (
        len(parts) == 2 and parts[1].lower() in CALENDAR
    ):
        size, kind = kind_of(parts[1]) or (1.0, {})
        unit = parse_unit(name)
        if unit is None or unit.dims == table.NONE or unit.kind == "calendar":
            return size, {f"#{singular(parts[0])}": 1, **kind}
    unit = parse_unit(name)
    if unit is None or unit.kind in ("offset", "log", "calendar") or unit.dims == table.NONE:
        if unit is not None and unit.kind in ("offset", "log"):
            return None
        word = parts[-1]
        return (1.0, {f"#{singular(word)}": 1}) if word.replace("'", "").isalpha() and len(word) > 1 else None
    if any(d.denominator != 1 for d in unit.dims):
        return None
    return float(unit.size), {b: int(d) for b, d in zip(table.BASES, unit.dims, strict=True) if d}


SPLIT = re.compile(r"\s*/\s*|\s+per\s+|\s+(?:an?|each|every)\s+")


@lru_cache(maxsize=4096)
def ratio_of(name: str) -> tuple[float, dict[str, int]] | None:
    """Size and kind of a unit that may be a ratio: `mg/kg`, `hours a day`; each part keeps its own atoms."""
    parts = SPLIT.split(name.strip())
    size, kind = 1.0, dict[str, int]()
    for n, part in enumerate(parts):
        one = kind_of(part)
        if one is None:
            return None
        size = size / one[0] if n else size * one[0]
        for atom, power in one[1].items():
            kind[atom] = kind.get(atom, 0) + (-power if n else power)
    # 15 mg/kg: a ratio of like kinds keeps them apart, for the kilograms are of another thing
    return size, {a: p for a, p in kind.items() if p}


# how many of the second a calendar unit has, as prose counts them
PARTS: dict[tuple[str, str], tuple[float, ...]] = {
    ("day", "s"): (86400.0,), ("week", "day"): (7.0, 5.0), ("month", "day"): (30.0, 30.4, 365 / 12, 31.0, 28.0, 22.0, 20.0, 21.0), ("year", "day"): (365.0, 365.25, 360.0, 366.0, 250.0, 252.0, 260.0),
    ("month", "week"): (4.0, 4.33, 52 / 12, 4.345, 4.3), ("year", "month"): (12.0,), ("year", "week"): (52.0, 52.14, 50.0), ("week", "s"): (604800.0,), ("month", "s"): (30 * 86400.0, 2629800.0, 365 / 12 * 86400, 31 * 86400.0),
    ("year", "s"): (365 * 86400.0, 365.25 * 86400, 360 * 86400.0, 3.15e7, 3.1e7),
}  # fmt: skip
TIMES = ("s", "day", "week", "month", "year")
