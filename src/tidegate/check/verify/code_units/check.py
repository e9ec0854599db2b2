# ruff: noqa: E501  (patterns and messages read best on one line)
"""Units told in a program against what it computes with them: dimensions as one linear system, sizes wherever all units are certain.

The program is read and never run.  What is refuted is the smallest set of statements that cannot hold together.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.code_units.reading import Reader
from tidegate.check.verify.code_units.solving import Row, System, core_of, dims_of
from tidegate.check.verify.code_units.terms import Mixed
from tidegate.check.verify.code_units.unit_names import loose
from tidegate.check.verify.code_units.values import Mono, Value, hides, holds_factor, is_plain, like_conversion, near, times
from tidegate.check.verify.quantity.units import dims_text
from tidegate.check.verify.schemes.model import Scheme

UNIT = r"(?:[munkMGhc]?m|[mukMc]?g|[munp]?s|k?N|[kMGh]?Pa|[kMGm]?J|[kMGm]?W|[mk]?V|[mu]?A|[kMG]?Hz|[kM]?Wh|m?mol|m?L|K|°C|h|min|ohms?|rad|kWh|met(?:er|re)s?|seconds?|hours?|minutes?|degC|km/h|[KMG]?B|bytes|joules|watts|newtons?|kelvin|dimensionless)"
SIGNS = re.compile(
    rf"#[^\n]*?(?<![\w.])(?:{UNIT})(?![\w']*[a-z(])|[\[(]{UNIT}(?:[/*^·) \]]|\*\*)|\bin {UNIT}\b|"
    r"\w_(?:m?s|[munk]?s|sec|secs|seconds|min|minutes|hours?|hrs?|h|days|years|kg|mg|g|[kcmu]?m|m[23]|ft|[kh]?pa|bar|[kmg]?hz|[km]?w|k?wh|k?j|k?ev|m?v|m?a|m?ah|[ckf]|m?l|[kmg]?b|bytes|bits|[kmg]bps|kmh|mph|kph|mps|usd|lbs?|miles|mol)\b|"
    rf"\}} ?{UNIT}\b|\b(?:seconds|minutes|hours|days|milliseconds)\b|\" ?{UNIT}\"",
)
"""What a program must hold for a unit to be told in it."""
EQUATIONS_MAX = 4
FOUND_MAX = 6
ROWS_MAX = 3000


def units(tree: ast.Module, source: str) -> Iterator[Scheme]:
    """Every contradiction between the units that a program tells, and what agrees."""
    reader = Reader(tree, source)
    if len(reader.told) < 1 or len(reader.rows) > ROWS_MAX:
        return
    system, wrong = solve(reader)
    for core in wrong:
        yield contradiction(reader, system, core)
    bad = {id(reader.rows[i].node) for core in wrong for i in core}
    yield from sizes(reader, system, bad)


def solve(reader: Reader) -> tuple[System, list[list[int]]]:
    """The system of all credible rows, and the smallest contradictions met on the way."""
    for _ in range(20):
        dead = reader.dead
        usable = [(i, r) for i, r in enumerate(reader.rows) if not (dead and any(k in dead for m in (r.left, r.right) for k in m))]
        system = System()
        wrong: list[list[int]] = []
        rows_wrong: set[int] = set()
        tainted: set[str] = set()
        broken = False
        for told in (True, False):
            for index, row in usable:
                if (row.what == "told") is not told:
                    continue
                if not told and (line_of(row) in rows_wrong or (tainted and any(k in tainted for m in (row.left, row.right) for k in m))):
                    tainted |= {k for k in row.left if isinstance(k, str) and k not in reader.told and row.what == "assigned"}
                    continue
                against = system.add(index, row.left, row.right)
                if against is None:
                    continue
                core = core_of([(i, reader.rows[i]) for i in sorted(against)])
                doubtful = doubted(reader, core)
                if doubtful:
                    reader.dead |= doubtful
                    broken = True
                    break
                equations = [i for i in core if reader.rows[i].what != "told"]
                if len(equations) <= EQUATIONS_MAX and len(wrong) < FOUND_MAX:
                    wrong.append(core)
                    rows_wrong.add(line_of(row))
                    tainted |= {k for i in equations for k in reader.rows[i].left if isinstance(k, str) and k not in reader.told and reader.rows[i].what == "assigned"}
            if broken:
                break
        if not broken:
            return system, wrong
    return System(), []


def line_of(row: Row) -> int:
    """The line on which a row stands."""
    return getattr(row.node, "lineno", 0)


def doubted(reader: Reader, core: list[int]) -> set[str]:
    """Names that a contradiction shows to be used with two meanings, rather than wrongly."""
    out = set()
    for i in core:
        row = reader.rows[i]
        if row.keeps and row.keeps not in reader.told:
            out.add(row.keeps)
    return out


def contradiction(reader: Reader, system: System, core: list[int]) -> Scheme:
    """A smallest set of rows that cannot hold together, in words."""
    rows = [reader.rows[i] for i in core]
    equations = [r for r in rows if r.what != "told"]
    told = [r for r in rows if r.what == "told"]
    last = max(equations or rows, key=lambda r: getattr(r.node, "lineno", 0))
    known = System()
    for i, row in zip(core, rows, strict=True):
        if row is not last:
            known.add(i, row.left, row.right)
    left, right = (dims_words(known.reduce(m)[0]) for m in (last.left, last.right))
    said = ", ".join(dict.fromkeys(f"{r.name} is {r.spelled} (line {getattr(r.node, 'lineno', 1)})" for r in told))
    others = "".join(f"; line {getattr(r.node, 'lineno', 1)}: `{shown(r.node)}`" for r in equations if r is not last)
    where = f"line {getattr(last.node, 'lineno', 1)}: `{shown(last.node)}`"
    parts = {"assigned": f"the left side is {left}, the right side {right}", "sum": f"{left} and {right} are added", "compared": f"{left} is held against {right}"}
    if isinstance(last.node, ast.AugAssign):
        middle = f"{right} is added to {left}"
    elif isinstance(last.node, ast.Call) and last.what == "compared":
        middle = f"{left} and {right} side by side"
    else:
        middle = parts.get(last.what, f"{last.what}, but this is {left if right == '1' and 'returns' not in last.what else right if 'returns' in last.what else left}")
    return Scheme(name="units", node=last.node, holds=False, computation=f"{where}: {middle}: {said}{others}", possible=len(equations) > 1)


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
        return f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
    if isinstance(node, ast.arg):
        return node.arg
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 90 else text[:87] + "..."


def sizes(reader: Reader, system: System, bad: set[int]) -> Iterator[Scheme]:
    """Values in units of different size that are added, compared or assigned without the factor between them."""
    seen: set[tuple[int, str]] = set()
    count = 0
    for mixed in reader.mixed:
        a, b = mixed.left, mixed.right
        if a.size is None or b.size is None or a.mono is None or b.mono is None or a.turned or b.turned or id(mixed.node) in bad:
            continue
        if not (a.names or mixed.wanted) or not b.names or any(n in reader.dead for n in a.names | b.names):
            continue
        rest, _ = system.reduce(times(a.mono, b.mono, -1))
        if rest:
            continue
        known, _ = system.reduce(a.mono)
        found = assigned(mixed, known) if mixed.assigned else added(mixed, known)
        if found is None:
            continue
        key = (getattr(mixed.node, "lineno", 0), found.computation)
        if key not in seen and count < FOUND_MAX:
            seen.add(key)
            count += not found.holds
            yield found


def assigned(mixed: Mixed, known: Mono) -> Scheme | None:
    """The factor of a conversion on its way into a name, a parameter or a print."""
    a, b = mixed.left, mixed.right
    if a.numbers:
        return None
    factor, tolerance = (b.size or 1) / (a.size or 1), loose_of(known)
    if near(factor, 1.0, tolerance):
        return None
    where = f"line {getattr(mixed.node, 'lineno', 1)}: `{shown(mixed.node)}`"
    if holds_factor(b.numbers, factor, tolerance):
        return Scheme(name="unit conversion", node=mixed.node, holds=True, computation=f"{where}: the factor is {tidy(factor)}")
    if not suspicious(b):
        return None
    has = one_product(b.numbers)
    lead = f" ({mixed.wanted})" if mixed.wanted else ""
    return Scheme(name="unit conversion", node=mixed.node, holds=False, computation=f"{where}{lead}: the factor between the units is {tidy(factor)}, not {tidy(has)}: use {by(factor)}")


def added(mixed: Mixed, known: Mono) -> Scheme | None:
    """Two values that are added or compared in units of different size."""
    a, b = mixed.left, mixed.right
    tolerance = loose_of(known)
    if any(near(x, y, tolerance) for x in scales(a) for y in scales(b)):
        return None
    if not (suspicious(a) or not a.numbers) or not (suspicious(b) or not b.numbers):
        return None
    where = f"line {getattr(mixed.node, 'lineno', 1)}: `{shown(mixed.node)}`"
    if b.numbers and not a.numbers:
        right = f"the second needs the factor {tidy((b.size or 1) / (a.size or 1))} to be in the unit of the first, not {tidy(one_product(b.numbers))}"
    elif a.numbers and not b.numbers:
        right = f"the first needs the factor {tidy((a.size or 1) / (b.size or 1))} to be in the unit of the second, not {tidy(one_product(a.numbers))}"
    else:
        ratio = scales(b)[-1] / scales(a)[-1]
        right = f"one unit of the second is {tidy(ratio)} of the first: use {by(ratio)} on the second"
    return Scheme(name="unit conversion", node=mixed.node, holds=False, computation=f"{where}: the two are in different units: {right}")


def scales(value: Value) -> list[float]:
    """The sizes that the unit of a value may have: each number in it may be a conversion or a count."""
    out = [value.size or 1.0]
    for n in value.numbers[:5]:
        out += [x / n for x in out]
    return out


def suspicious(value: Value) -> bool:
    """Whether no number in the product, or one that only a conversion has, stands where a factor must be."""
    odd = [n for n in value.numbers if not is_plain(n)]
    if not odd:
        return not value.numbers or len(value.names) >= 2
    return like_conversion(one_product(tuple(odd)))


def one_product(numbers: tuple[float, ...]) -> float:
    """All numbers of a product as one."""
    out = 1.0
    for n in numbers:
        out *= n
    return out


def loose_of(known: Mono) -> float:
    """How far a factor may be off in this dimension."""
    return loose(dims_of({k: v for k, v in known.items() if not isinstance(k, str)}))


def tidy(value: float) -> str:
    """A factor as one writes it: 3600, 1/1000, 0.4536."""
    inverse = 1 / value
    if value < 1 and abs(inverse - round(inverse)) < 1e-6 * inverse:
        return f"1/{round(inverse)}" if inverse < 1e7 else f"1/{inverse:.6g}"
    return f"{Fraction(value).limit_denominator(1000)}" if near(value, round(value), 1e-9) and value < 1e7 else f"{value:.6g}"


def by(value: float) -> str:
    """A factor as an operation."""
    inverse = 1 / value
    return f"/ {tidy(inverse)}" if value < 1 and abs(inverse - round(inverse, 3)) < 1e-6 * inverse else f"* {tidy(value)}"


__all__ = ["SIGNS", "Row", "hides", "units"]
