# ruff: noqa: E501  (patterns and messages read best on one line)
"""Units told in a program against what it computes with them: dimensions as one linear system, sizes wherever all units are certain.

The program is read and never run.  What is refuted is the smallest set of statements that cannot hold together.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tidegate.check.verify.code.parsed import source_of
from tidegate.check.verify.code_units.reading import Reader
from tidegate.check.verify.code_units.sizing import sizes
from tidegate.check.verify.code_units.solving import Row, System, core_of, dims_of
from tidegate.check.verify.code_units.values import (
    Mono,
    times,
)
from tidegate.check.verify.quantity.units import dims_text
from tidegate.check.verify.schemes.model import Scheme

UNIT = r"(?:[munkMGhc]?m|[mukMc]?g|[munp]?s|k?N|[kMGh]?Pa|[kMGm]?J|[kMGm]?W|[mk]?V|[mu]?A|[kMG]?Hz|[kM]?Wh|m?mol|m?L|K|°C|h|min|ohms?|rad|kWh|met(?:er|re)s?|seconds?|hours?|minutes?|degC|km/h|[KMG]?B|bytes|joules|watts|newtons?|kelvin|dimensionless)"
SIGNS = tuple(
    re.compile(sign)
    for sign in (
        r"_(?:m?s|[un]s|sec|secs|seconds|min|minutes|hours?|hrs?|h|days|years|kg|mg|g|[kcmu]?m|m[23]|ft|[kh]?pa|bar|[kmg]?hz|[km]?w|k?wh|k?j|k?ev|m?v|m?a|m?ah|[ckf]|m?l|[kmg]?b|bytes|bits|[kmg]bps|kmh|mph|kph|mps|usd|lbs?|miles|mol|n)\b",
        rf"#[^\n]*?(?<![\w.])(?:{UNIT}|USD|dollars|[kM]?eV|bar|mol|L)(?![\w']*[a-z(])",
        rf"\[{UNIT}(?:[/*^·) \]]|\*\*)",
        rf"\({UNIT}(?:[/*^·) \]]|\*\*)",
        rf" in {UNIT}\b",
        rf"\}} ?{UNIT}\b",
        rf'" ?{UNIT}"',
        r"seconds\b",
        r"minutes\b",
        r"hours\b",
        r"days ?=",
        r"sleep\(",
    )
)
"""What a program must hold for a unit to be told in it: each begins with a letter of its own, so that looking is quick."""
EQUATIONS_MAX = 4
FOUND_MAX = 6
ROWS_MAX = 3000
RESTS_ON_MAX = 40
"""Rows that a contradiction may rest on before its smallest part is looked for: more is far-fetched."""


UNSAID_STEP = re.compile(
    r"\b(?:dt|h|time[ _]?step|step)\b ?(?:=|is|of) ?1(?:\.0*)?(?![.\d*/e])|\bper (?:step|tick|frame|iteration|update|turn|round|second)\b|\b(?:one|each|every|1) (?:step|tick|update|sample|iteration|second|frame|hour|minute|day)\b|\bunit time\b|1 ?s (?:per|steps?)\b",
    re.I,
)
"""Words of a program whose step of time is one and is left out of its formulae."""


def tells_units(source: str) -> bool:
    """Whether a unit may be told in a program at all."""
    return any(sign.search(source) for sign in SIGNS)


def units(tree: ast.Module, source: str, above: int = 0) -> Iterator[Scheme]:
    """Every contradiction between the units that a program tells, and what agrees; `above` lines stand before it."""
    try:
        reader = Reader(tree, source)
    except RecursionError:  # hundreds of summands in one expression: nothing is said of its program
        return
    if (not reader.told and not reader.results) or len(reader.rows) > ROWS_MAX:
        return
    system, wrong = solve(reader)
    for core in wrong:
        yield contradiction(reader, core, above)
    bad = {id(reader.rows[i].node) for core in wrong for i in core if reader.rows[i].what != "told"}
    yield from sizes(reader, system, bad)


def solve(reader: Reader) -> tuple[System, list[list[int]]]:
    """The system of all credible rows, and the smallest contradictions met on the way."""
    unsaid: bool | None = None
    for _ in range(20):
        dead = reader.dead
        usable = [
            (i, r)
            for i, r in enumerate(reader.rows)
            if not (dead and any(k in dead for m in (r.left, r.right) for k in m))
        ]
        system = System()
        wrong: list[list[int]] = []
        rows_wrong: set[int] = set()
        tainted: set[str] = set()
        broken = False
        for told in (True, False):
            for index, row in usable:
                if (row.what == "told") is not told:
                    continue
                if not told and (
                    line_of(row) in rows_wrong
                    or (tainted and any(k in tainted for m in (row.left, row.right) for k in m))
                ):
                    tainted |= {
                        k for k in row.left if isinstance(k, str) and k not in reader.told and row.what == "assigned"
                    }
                    continue
                against = system.add(index, row.left, row.right)
                if against is None:
                    continue
                if len(against) > RESTS_ON_MAX:
                    continue
                core = core_of([(i, reader.rows[i]) for i in sorted(against)])
                if unsaid is None:
                    unsaid = UNSAID_STEP.search("\n".join(reader.comments.rows)) is not None
                if unsaid and leftover([reader.rows[i] for i in core]) <= {2}:
                    continue
                doubtful = doubted(reader, core, system)
                if doubtful:
                    reader.dead |= doubtful
                    broken = True
                    break
                equations = [i for i in core if reader.rows[i].what not in ("told", "argument")]
                called = any(reader.rows[i].what == "argument" for i in core)
                if len(equations) <= EQUATIONS_MAX - called and len(wrong) < FOUND_MAX:
                    wrong.append(core)
                    rows_wrong.add(line_of(row))
                    tainted |= {
                        k
                        for i in equations
                        for k in reader.rows[i].left
                        if isinstance(k, str) and k not in reader.told and reader.rows[i].what == "assigned"
                    }
            if broken:
                break
        if not broken:
            return system, wrong
    return System(), []


def leftover(rows: list[Row]) -> set[int]:
    """The base units by which a contradiction misses."""
    system = System()
    for i, row in enumerate(rows):
        if system.add(i, row.left, row.right) is not None:
            return {k for k in system.reduce(times(row.left, row.right, -1))[0] if isinstance(k, int)}
    return set()


def line_of(row: Row) -> int:
    """The line on which a row stands."""
    return getattr(row.node, "lineno", 0)


def doubted(reader: Reader, core: list[int], system: System) -> set[str]:
    """Names that a contradiction shows to be used with two meanings, rather than wrongly."""
    out = set()
    for i in core:
        row = reader.rows[i]
        if row.what in ("rescaled", "alias"):
            out.add(row.keeps)
        elif row.what in ("argument", "returned"):
            others = [r.right for r in reader.rows if r.what == row.what and r.left == row.left]
            if any(system.reduce(times(row.right, other, -1))[0] for other in others):
                out.add(row.keeps)
        elif row.keeps and row.keeps not in reader.told:
            given = sum(r.left == row.left and r.what in ("assigned", "rescaled") for r in reader.rows)
            out |= {row.keeps} if given > 1 or row.what not in ("assigned", "element") else set()
    for key in list(out):
        function, colon, _ = key.partition(":")
        if colon and function in reader.functions:  # a general function: what it returns is as general
            rests = (k for r in reader.rows for m in (r.left, r.right) for k in m if isinstance(k, str))
            out |= {k for k in rests if k.startswith(f"{function}()")}
    return out


def contradiction(reader: Reader, core: list[int], above: int = 0) -> Scheme:
    """A smallest set of rows that cannot hold together, in words."""
    rows = [reader.rows[i] for i in core]
    equations = [r for r in rows if r.what != "told"]
    told = [r for r in rows if r.what == "told"]
    last = max(equations or rows, key=lambda r: (r.what not in ("argument", "returned"), line_of(r)))
    known = System()
    for i, row in zip(core, rows, strict=True):
        if row is not last:
            known.add(i, row.left, row.right)
    left, right = (dims_words(known.reduce(m)[0]) for m in (last.left, last.right))
    said = ", ".join(dict.fromkeys(f"{r.name} is {r.spelled} (line {line_of(r) + above})" for r in told))
    others = "; ".join(
        f"line {line_of(r) + above}: `{shown(r.node)}`" for r in equations if r is not last and r.what != "argument"
    )
    parts = {
        "assigned": f"the left side is {left}, the right side {right}",
        "returned": f"what is returned is {left} here and {right} there",
        "argument": f"the argument is {right}, the parameter {left}",
        "rescaled": f"the left side is {left}, the right side {right}",
        "sum": f"{left} and {right} are added",
        "compared": f"{left} is held against {right}",
    }
    if isinstance(last.node, ast.AugAssign):
        middle = f"{right} is added to {left}"
    elif isinstance(last.node, ast.Call) and last.what == "compared":
        middle = f"{left} and {right} side by side"
    else:
        middle = parts.get(
            last.what,
            f"{last.what}, but this is {left}",
        )
    return Scheme(
        name="units",
        node=last.node,
        holds=False,
        computation=": ".join(t for t in (middle, "; ".join(t for t in (said, others) if t)) if t),
        possible=len(equations) > 1,
    )


def dims_words(mono: Mono) -> str:
    """A product of base units in words; an unknown name stands for itself."""
    text = dims_text(dims_of(mono))
    unknown = [k for k in mono if isinstance(k, str)]
    if not unknown:
        return text if text != "1" else "a pure number"
    names = "·".join(k.rpartition(":")[2].partition("'")[0] for k in unknown)
    return names if text == "1" else f"{text}·{names}"


def shown(node: ast.AST) -> str:
    """The code of a row in one line."""
    if isinstance(node, ast.For):
        return f"for {source_of(node.target)} in {source_of(node.iter)}"
    if isinstance(node, ast.arg):
        return node.arg
    text = " ".join(source_of(node).split())
    return text if len(text) <= 90 else text[:87] + "..."
