# ruff: noqa: E501  (patterns and messages read best on one line)
"""Two quantities that say one thing though no table converts the units: turns and radians, miles to the gallon, what a battery stores."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.quantities import Quantity
from tidegate.check.verify.quantity.units import convert
from tidegate.spine.claim import Claim, Decision, Receipt, Support

TURNS = re.compile(r"\s*(?:rpm|rps|RPM|r/min|rev(?:olution)?s?(?:\.|\b)|turns?\b|rotations?\b|cycles?\b|Hz|hertz)")
ANGLES = re.compile(r"\s*(?:rad(?:ian)?s?\b|deg(?:ree)?s?\b|°/)")
PER_GALLON = re.compile(r"\s*(?:mpg|miles per gallon|mi/gal)")
PER_DISTANCE = re.compile(r"\s*(?:L|l|liters?|litres?)\s?(?:/|per)\s?100\s?(?:km|kilomet\w+)")
BETWEEN_SAME = re.compile(
    r"\s*\$?\s*(?:\((?:US|UK|U\.S\.|imperial)\)\s*)?,?\s*(?:=|≈|\\approx|\(|or|i\.e\.,?|that is,?|that's|(?:which |that |this )?(?:is|are|equals?|means?|makes?|gives?|(?:corresponds?|amounts?|converts?|translates?|works? out|comes? out) to)|equivalent to)\s*\$?\s*(?:about|approximately|roughly|around|≈|~|only|just|exactly)?\s*"
)
STORES = re.compile(
    r"\s(?:[a-z\-]+\s){1,2}(?:stores?|holds?|contains?|can store|can hold)\s(?:about\s|roughly\s|approximately\s|around\s|≈\s?|up to\s)?"
)
ONE = re.compile(r"(?:^|[.!?]\s|\s)(?:[Aa]n?|[Tt]he|[Yy]our|[Tt]his|[Oo]ne|[Ee]ach)\s$")
ENDS = re.compile(r"\s*(?:[.;:,)!—]|$|\n)")
MILE, GALLON_US, GALLON_UK = Fraction("1609.344"), Fraction("3.785411784"), Fraction("4.54609")
TWO_PI = Fraction(2 * math.pi)


def turns_and_angles(a: Quantity, b: Quantity) -> int:
    """1 where `a` counts turns in a time and `b` angles in a time, -1 the other way about, else 0."""
    if a.unit is None or b.unit is None or not a.unit.dims == b.unit.dims == table.RATE:
        return 0
    for first, second, sign in ((a, b, 1), (b, a, -1)):
        if TURNS.match(first.unit_text) and ANGLES.match(second.unit_text):
            return sign
    return 0


def check_told_conversion(text: str, a: Quantity, b: Quantity) -> Decision | None:
    """The decision on two neighbouring quantities of a sentence, where one must be the other converted."""
    if turn := turns_and_angles(a, b):
        assert a.unit is not None
        assert b.unit is not None
        computed = convert(a.value * TWO_PI**turn, a.unit, b.unit)
        return _compared(text, a, b, [computed]) if BETWEEN_SAME.fullmatch(text, a.end, b.start) else None
    if b.unit is None:
        return _fuel_back(text, a, b)
    if a.unit is None:
        return _fuel(text, a, b)
    stored = a.unit.dims == b.unit.dims == table.ENERGY and a.unit_text.strip() != b.unit_text.strip()
    if stored and STORES.fullmatch(text, a.end, b.start) and ONE.search(text[max(0, a.start - 8) : a.start]):
        return _compared(text, a, b, [convert(a.value, a.unit, b.unit)])
    return None


def _gallons(text: str, start: int, end: int) -> tuple[Fraction, ...]:
    """The gallon that the words between mean, or both."""
    around = text[start : end + 14]
    if re.search(r"\bU\.?S\b", around):
        return (GALLON_US,)
    return (GALLON_UK,) if re.search(r"\bUK\b|[Ii]mperial", around) else (GALLON_US, GALLON_UK)


def _fuel(text: str, a: Quantity, b: Quantity) -> Decision | None:
    """`30 mpg is 7.84 L/100 km`: one is a constant divided by the other."""
    mark = PER_GALLON.match(text, a.end)
    if mark is None or not PER_DISTANCE.match(b.unit_text) or not BETWEEN_SAME.fullmatch(text, mark.end(), b.start):
        return None
    return _compared(
        text, a, b, [100_000 * g / MILE / a.value for g in _gallons(text, a.start, b.start)] if a.value else []
    )


def _fuel_back(text: str, a: Quantity, b: Quantity) -> Decision | None:
    """`7.84 L/100 km, or 30 mpg`."""
    mark = PER_GALLON.match(text, b.end)
    if mark is None or not PER_DISTANCE.match(a.unit_text) or not BETWEEN_SAME.fullmatch(text, a.end, b.start):
        return None
    whole = b._replace(end=mark.end())
    return _compared(text, a, whole, [100_000 * g / MILE / a.value for g in _gallons(text, a.start, mark.end())] if a.value else [])  # fmt: skip


def _compared(text: str, a: Quantity, b: Quantity, readings: list[Fraction]) -> Decision | None:
    """Supported or refuted by the nearest reading; what a rounding of 1 % explains, or of one digit up to 3 %, is not called wrong."""
    if not readings or ENDS.match(text, b.end) is None or not b.value:
        return None
    computed = min(readings, key=lambda r: abs(r - b.value))
    unit = re.sub(r"^[\d.,\s]+", "", text[b.start : b.end]).strip()
    claim = Claim(kind="quantity", text=text[a.start : b.end], span=(a.start, b.end))
    receipt = Receipt(oracle="units", computation=f"{text[a.start : a.end].strip()} is {float(computed):.4g} {unit}")
    off = abs(computed - b.value)
    given = min(a.ulp, Fraction(1)) / 2 / abs(a.value) if a.value else Fraction(0)
    if off <= abs(computed) * max(Fraction(1, 100), given) or off <= min(b.ulp, abs(computed) / 30):
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the conversion agrees")
    message = f"{text[a.start : a.end].strip()} is {float(computed):.4g} {unit}, not {text[b.start : b.end].strip()}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
