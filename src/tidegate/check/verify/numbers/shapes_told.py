# ruff: noqa: E501  (patterns read best on one line)
"""Shapes told with their measures: `a circle with a radius of 3 cm has an area of 28.27 cm²`.

One shape and the measures that fix it, then one measure of the whole, in one sentence without further numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from tidegate.check.verify.numbers.lexer import NUMBER, number_value
from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.unit_table import dims as dims_of
from tidegate.check.verify.quantity.units import parse_unit
from tidegate.check.verify.scan import lowered, sentences
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "geometry"
U = r"(?:(?:\s|\\,|\\ |-|~)*(?P<{n}u>(?:square |cubic )?(?:\\text\{{[a-z]{{1,12}}\}}|\\mathrm\{{[a-z]{{1,12}}\}}|(?:mm|cm|dm|km|m|ft|in|yd|mi|feet|inch(?:es)?|foot|yards?|miles?|met(?:er|re)s?|centimet(?:er|re)s?|millimet(?:er|re)s?|kilomet(?:er|re)s?|units?|L|lit(?:er|re)s?|mL|ha)(?![a-zA-Z]))(?:\^\{{?[23]\}}?|[²³])?))?"


def _n(name: str) -> str:
    return rf"(?P<{name}>{NUMBER})(?![\d.,]*\d)" + U.format(n=name)


OF = r"\s*(?:\$?[a-zA-Z]\$?\s*)?(?:of|is|=|:|equal to)?\s*\$?(?:\\\()?(?:[a-zA-Z]\s*=\s*)?(?:about |exactly |just )?"
MEASURES = {
    "radius": rf"\bradius{OF}{_n('r')}", "diameter": rf"\bdiameter{OF}{_n('d')}", "side": rf"\b(?:side length|sides? (?:of )?length|edge length|sides?|edges?|each side){OF}{_n('s')}",
    "base": rf"\bbase{OF}{_n('b')}", "height": rf"\b(?:height|altitude){OF}{_n('h')}", "legs": rf"\blegs?{OF}{_n('p')}\s*and\s*\$?{_n('q')}", "length": rf"\blength{OF}{_n('l')}", "width": rf"\b(?:width|breadth){OF}{_n('w')}",
    "by": rf"(?<![\d.×x]){_n('l')}\$?\s*(?:by|×|\\times|x)\s*\$?{_n('w')}(?!\$?\s*(?:by|×|\\times|x)\s*\$?\d)",
    "radius before": rf"(?<![\d.]){_n('r')}[- ](?:in )?radius\b", "diameter before": rf"(?<![\d.]){_n('d')}[- ](?:in )?diameter\b",
}  # fmt: skip


class Shape(NamedTuple):
    """A shape: its word, ways to measure it, and what follows from them."""

    word: str
    measures: tuple[tuple[str, ...], ...]
    derived: Mapping[str, tuple[int, Callable[[Mapping[str, float]], float]]]


def _round(key: str, scale: float = 1) -> Callable[[Mapping[str, float]], float]:
    power = {"area": 2, "circumference": 1, "surface": 2, "volume": 3}[key]
    return lambda m: scale * _radius(m) ** power


def _radius(m: Mapping[str, float]) -> float:
    return m["r"] if "r" in m else m["d"] / 2


CIRCULAR = (("radius",), ("diameter",), ("radius before",), ("diameter before",))
SHAPES = (
    Shape(r"circle|circular|disc|disk|pizza|pond|pipe's? cross[- ]section", CIRCULAR, {"area": (2, _round("area", math.pi)), "circumference": (1, _round("circumference", 2 * math.pi))}),
    Shape(r"sphere|spherical|ball", CIRCULAR, {"volume": (3, _round("volume", 4 * math.pi / 3)), "surface": (2, _round("surface", 4 * math.pi))}),
    Shape(r"square", (("side",),), {"area": (2, lambda m: m["s"] ** 2), "perimeter": (1, lambda m: 4 * m["s"]), "diagonal": (1, lambda m: math.sqrt(2) * m["s"])}),
    Shape(r"rectang\w+", (("by",), ("length", "width")), {"area": (2, lambda m: m["l"] * m["w"]), "perimeter": (1, lambda m: 2 * (m["l"] + m["w"])), "diagonal": (1, lambda m: math.hypot(m["l"], m["w"]))}),
    Shape(r"triangle|triangular", (("base", "height"),), {"area": (2, lambda m: m["b"] * m["h"] / 2)}),
    Shape(r"right(?:-angled)? triangle", (("legs",),), {"hypotenuse": (1, lambda m: math.hypot(m["p"], m["q"])), "area": (2, lambda m: m["p"] * m["q"] / 2)}),
    Shape(r"equilateral triangle", (("side",),), {"area": (2, lambda m: math.sqrt(3) / 4 * m["s"] ** 2), "perimeter": (1, lambda m: 3 * m["s"])}),
    Shape(r"cube", (("side",),), {"volume": (3, lambda m: m["s"] ** 3), "surface": (2, lambda m: 6 * m["s"] ** 2), "diagonal": (1, lambda m: math.sqrt(3) * m["s"])}),
    Shape(r"cylind\w+", (("radius", "height"), ("diameter", "height")), {"volume": (3, lambda m: math.pi * _radius(m) ** 2 * m["h"])}),
    Shape(r"cone|conical", (("radius", "height"), ("diameter", "height")), {"volume": (3, lambda m: math.pi * _radius(m) ** 2 * m["h"] / 3)}),
)  # fmt: skip
POWER = {"area": 2, "circumference": 1, "surface": 2, "volume": 3, "perimeter": 1, "diagonal": 1, "hypotenuse": 1}
WHAT = r"\b(?P<what>surface area|area|circumference|volume|perimeter|diagonal|hypotenuse)\b"
VALUE = rf"(?P<about>(?:about|approximately|roughly|around|nearly|almost)\s*)?\$?(?:\\\()?(?:[A-Za-z]\s*(?:=|≈|\\approx)\s*)?{_n('out')}(?P<pi>\s?(?:π|\\pi\b|pi\b))?"
RESULT = rf"{WHAT}[^\d;:?!]{{0,50}}?(?:is|of|=|≈|:|equals|comes to|\\approx|be|measures)\s*{VALUE}"
RESULT_LAST = rf"{WHAT}\s+of\s+(?:an?|the|this|our)\b[^;:?!]{{0,160}}?\b(?:is|equals|comes to|would be)\s*{VALUE}"
SPOILS = re.compile(
    r"half|semi|quarter|sector|segment|double|twice|inner|outer|hollow|ring|annul|thick|remaining|cut|shaded|minus|each|both|per\b|two|three|four|five|six|frustum|lateral|curved|walls?\b|inscribed|circumscribed|scale|ratio|ellip|\bif\b.*\bwere\b|lid|open|without|excluding|increase|another|border|path\b",
    re.I,
)
CUES = ("area", "circumference", "volume", "perimeter", "diagonal", "hypotenuse")


@cache
def _measure(name: str) -> re.Pattern[str]:
    return re.compile(MEASURES[name], re.I)


@cache
def _result(last: bool) -> re.Pattern[str]:
    return re.compile(RESULT_LAST if last else RESULT, re.I)


@cache
def _word(shape: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{shape})s?\b", re.I)


FIGURES = re.compile(NUMBER)


def check_shapes(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on areas, volumes and lengths of shapes whose measures stand in the sentence."""
    whole = lowered(text)
    if not any(c in whole for c in CUES):
        return
    for start, end in ranges:
        for a, b in sentences(text, start, end):
            if b - a > 400 or not any(c in whole[a:b] for c in CUES):
                continue
            if SPOILS.search(text, a, b) is not None:
                continue
            for last in (False, True):
                told = list(_result(last).finditer(text, a, b))
                decided = list(_decide(text, a, b, told[0])) if len(told) == 1 else []
                yield from decided
                if decided:
                    break


def _decide(text: str, start: int, end: int, told: re.Match[str]) -> Iterator[Decision]:
    what = told.group("what").lower().split()[0]
    for shape in SHAPES:
        if what not in shape.derived or _word(shape.word).search(text, start, end) is None:
            continue
        for names in shape.measures:
            found = [m for m in (_measure(n).search(text, start, end) for n in names) if m is not None]
            if len(found) < len(names) or any(
                m.start() < told.end("out") and told.start("out") < m.end() for m in found
            ):
                continue
            decision = _judged(text, start, end, told, found, shape, what)
            if decision is not None:
                yield decision
                return


def _length(unit: str | None) -> tuple[Fraction, int] | None:
    """Size in metres and power of a unit of length, area or volume; (1, 0) without one."""
    if unit is None or unit.startswith("unit") or unit.endswith(("unit", "units")):
        return Fraction(1), 0
    known = parse_unit(unit)
    if known is None:
        return None
    for power, dims in ((1, table.LENGTH), (2, dims_of(m=2)), (3, dims_of(m=3))):
        if known.dims == dims:
            return known.size, power
    return None


def _judged(
    text: str, start: int, end: int, told: re.Match[str], found: list[re.Match[str]], shape: Shape, what: str
) -> Decision | None:
    values, sizes = {}, []
    places = [told.span("out")]
    for m in found:
        for name, raw in m.groupdict().items():
            if raw is None or name.endswith("u"):
                continue
            unit = _length(m.group(f"{name}u"))
            if unit is None or unit[1] not in (0, 1):
                return None
            values[name] = (float(number_value(raw)[0]), unit)
            places.append(m.span(name))
            sizes.append(unit)
    known = [u for u in sizes if u[1]]
    if len(FIGURES.findall(text[start:end])) - len(re.findall(r"(?:\^\{?|[a-zA-Z])[23](?!\d)", text[start:end])) > len(
        places
    ):
        return None
    given = {k: v * float((u if u[1] else known[-1] if known else u)[0]) for k, (v, u) in values.items()}
    power, compute = shape.derived[what]
    value = compute(given)
    unit = _length(told.group("outu"))
    if unit is None or (unit[1] and (unit[1] != power or not known)):
        return None  # the wrong power of a unit is a matter of dimensions
    out, ulp, _, other = number_value(told.group("out"))
    size = float(unit[0]) if unit[1] else float(known[-1][0]) ** power if known else 1.0
    scale = math.pi if told.group("pi") else 1.0
    computed, stated = value / size / scale, float(out)
    if (
        not math.isfinite(computed)
        or computed <= 0
        or (other is not None and abs(float(other) - computed) < computed / 10)
    ):
        return None
    span = (min(told.start(), *(a for a, _ in places)), max(told.end("out"), *(b for _, b in places)))
    claim = Claim(kind="equation", text=text[span[0] : span[1]], span=span)
    shown = f"{computed:.6g}{'π' if told.group('pi') else ''}"
    receipt = Receipt(
        oracle=ORACLE, computation=f"{what} of the {shape.word.split('|')[0]} = {shown}, stated {told.group('out')}"
    )
    off = abs(computed - stated)
    exact = abs(computed / float(ulp) - round(computed / float(ulp))) < 1e-9
    coarse = 0.0 if exact and not told.group("about") else max(float(ulp), computed * 0.004)  # π as 3.14, or 22/7
    if off <= coarse + 1e-9:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the computation agrees")
    if told.group("about") and off <= computed * 0.06:
        return Decision(
            claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message="an approximation", certainty="possible"
        )
    message = f"{text[span[0] : span[1]].strip()!r}: the {told.group('what').lower()} is {shown}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
