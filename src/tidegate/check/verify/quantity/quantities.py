# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Quantities with units in prose: found with their spans, converted, and held against the question.

`5 km = 500 m` is refuted by conversion; an answer in joules to a question for a speed is
refuted by its dimension.  A number whose unit is not wholly understood is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from tidegate.check.verify.numbers.lexer import NUMBER, number_value, power_of_ten
from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.units import ONE, Unit, may_begin_unit, parse_unit


class Quantity(NamedTuple):
    """A number with its unit: exact value, place value of the last printed digit, significant digits, span."""

    value: Fraction
    ulp: Fraction
    digits: int
    unit: Unit | None
    unit_text: str
    start: int
    end: int


TEN = r"(?:\s*(?:×|\\times|\\cdot|·|x|\*)\s*10\s*(?:\^\s*\{?\s*(?P<exp>[+\-−–]?\s*\d+)\s*\}?|\*\*\s*\(?(?P<exp2>[+\-−]?\d+)\)?|(?P<sup>[⁻⁺]?[⁰¹²³⁴-⁹]+)))"


SPACED = r"(?<![\d.,] )\d{1,3}(?: \d{3}){2,4}(?:\.\d+)?(?![\d,])"
GROUPED = r"\d+\.\d{3}(?:[ \u2009\u202f\u00a0]\d{3})+(?:[ \u2009\u202f\u00a0]\d{1,2})?(?!\d)"


QUANTITY = re.compile(
    rf"(?<![\w.])(?P<sign>[-−]\s?)?(?P<num>{GROUPED}|{SPACED}|(?:{NUMBER})(?:[eE][+\-−]?\d+(?!\w))?)(?:\(\d{{1,3}}\))?{TEN}?"
)


LONE_TEN = re.compile(r"(?<![\w.])10\s*(?:\^|\*\*)\s*\{?\s*([+\-−]?\d{1,3})(?!\d)\s*\}?")


UNIT_RUN = re.compile(
    r"(?:\s|\\,|~|\\ |\\;|\\!|-(?=[a-zA-Z]))*(?P<unit>(?:[µμA-Za-zΩÅ°%℃℉$£€‰][A-Za-zµμΩÅ]*|\\(?:mathrm|text|rm|mu|Omega|circ|cdot|,|;|times|left|right|AA|frac|%)|"
    r"[{}~^_()/*·⋅×⁰¹²³⁴-⁹⁻⁺\-−.\d]|[ \u00a0\u2009](?=[A-Za-zµΩ\\(/·⋅°{]))+)"
)


NEXT_WORD = re.compile(r" ?([A-Za-z']+)")
NOT_UNITS = frozenset(
    ["a", "an", "as", "at", "am", "pm", "is", "in", "of", "or", "and", "the", "to", "by", "for", "on", "it", "be", "if", "we", "he", "do", "so", "no", "up", "us", "my", "me", "than", "that", "with", "from", "per", "more", "less", "times", "each", "are", "was", "years'"]
)  # fmt: skip


def read_number(found: re.Match[str]) -> tuple[Fraction, Fraction, int]:
    """Value, place value and significant digits of a match of `QUANTITY`."""
    raw = found.group("num")
    exponent = found.group("exp") or found.group("exp2") or ""
    if not exponent and not found.group("sup"):
        value, ulp, digits = _without_power(raw)
        return (-value if found.group("sign") else value), ulp, digits
    raw = INNER_SPACE.sub("", raw)
    value, ulp, digits, _ = number_value(raw)
    if found.group("sup"):
        exponent = found.group("sup").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+"))
    if exponent:
        power = int(re.sub(r"\s", "", exponent).replace("−", "-").replace("–", "-"))
        value, ulp = value * power_of_ten(power), ulp * power_of_ten(power)
    if found.group("sign"):
        value = -value
    return value, ulp, digits


INNER_SPACE = re.compile(r"(?<=\d)[ \u2009\u202f\u00a0](?=\d)")


@lru_cache(maxsize=8192)
def _without_power(raw: str) -> tuple[Fraction, Fraction, int]:
    raw = INNER_SPACE.sub("", raw)
    value, ulp, digits, _ = number_value(raw)
    if ulp >= 1 and "e" not in raw.lower() and value:
        n = int(value)
        while n % 10 == 0 and digits > 1:  # trailing zeros of a whole number are not significant
            n, ulp, digits = n // 10, ulp * 10, digits - 1
    return value, ulp, digits


@lru_cache(maxsize=16)
def quantities(text: str, start: int, end: int) -> tuple[Quantity, ...]:
    """Numbers of text[start:end] with the unit after them, if there is one; three verifiers share one reading."""
    return tuple(_quantities(text, start, end))


BELOW = re.compile(r"\b(?:[Mm]inus|[Nn]egative)\s$")


# where a match of QUANTITY can begin: `\d` and the signs are searched for much faster than its choices of forms
BEGINS = re.compile(r"[\d.\-−](?:(?<=\d)|(?=\s?\.?\d))(?<![\w.].)")


# a number that nothing can lengthen: no group of digits, exponent or power of ten follows it
PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,15})?(?= (?![\d\s×x*·\\])|[.,](?=[\s\"')])|[%/=:;?!)\]}|]|\n(?![\s×x*·\\])|\Z)")


def _numbers(text: str, start: int, end: int) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """Where `QUANTITY.finditer` finds a number, with its match where it is more than plain digits."""
    last = start
    for begin in BEGINS.finditer(text, start, end):
        at = begin.start()
        if at < last:
            continue
        plain = PLAIN.match(text, at, end)
        if plain is not None:
            last = plain.end()
            yield at, last, None
        elif (found := QUANTITY.match(text, at, end)) is not None:
            last = found.end()
            yield at, last, found


def _quantities(text: str, start: int, end: int) -> Iterator[Quantity]:
    last = start
    for begin, after, found in _numbers(text, start, end):
        if begin < last:
            continue  # the exponent of a unit
        try:
            value, ulp, digits = _without_power(text[begin:after]) if found is None else read_number(found)
            if value == 10 and (power := LONE_TEN.match(text, begin, end)) is not None:
                value = power_of_ten(int(power.group(1).replace("−", "-")))
                ulp, digits, after = Fraction(0), 9, power.end()
        except (OverflowError, ValueError):
            continue
        unit, unit_text, stop = unit_after(text, after, end)
        last = stop if unit is not None else after
        start_at = begin
        if (
            unit is not None
            and unit.kind == "offset"
            and value > 0
            and (less := BELOW.search(text, max(start, start_at - 10), start_at))
        ):
            value, start_at = -value, less.start()
        yield Quantity(value, ulp, digits, unit, unit_text, start_at, last)


NO_UNIT = frozenset("|=+<>,;:!?\"'&")  # after a space: nothing of `UNIT_RUN`


def unit_after(text: str, at: int, end: int) -> tuple[Unit | None, str, int]:
    """The longest unit that directly follows a number, its text and where it ends."""
    follow = text[at : at + 2]
    if follow == "$ " and text.count("$", text.rfind("\n", 0, at) + 1, at) % 2:
        at, follow = at + 1, text[at + 1 : at + 3]  # $9.8$ m/s: the unit stands behind the formula
    if not follow or follow[0] in "\n.,;:)!?|=" or follow[0].isdigit() or (follow[0] == " " and follow[1:] in NO_UNIT):
        return None, "", at
    word = NEXT_WORD.match(text, at, min(end, at + 30))
    if word is not None and not may_begin_unit(word.group(1), text[word.end() : word.end() + 1]):
        return None, "", at
    run = UNIT_RUN.match(text, at, min(end, at + 90))
    if run is None or "\n" in run.group(0):
        return None, "", at
    raw = run.group("unit")
    base = run.start("unit")
    unit, piece, length = unit_in(raw, text[base + len(raw) : base + len(raw) + 1].isalpha())
    return (unit, piece, base + length) if unit is not None else (None, piece, at)


@lru_cache(maxsize=8192)
def unit_in(raw: str, cut_short: bool = False) -> tuple[Unit | None, str, int]:
    """The longest unit at the start of a run of unit characters, its text and its length."""
    cuts = sorted({m.end() for m in re.finditer(r"[A-Za-zµμΩÅ%°⁰¹²³⁴-⁹\d})]+", raw)}, reverse=True)[:14]
    first = re.match(r"[A-Za-z']+", raw)
    if (
        first is not None
        and first.group(0) in NOT_UNITS
        and not (first.group(0) == "in" and not re.match(r"in\s+[a-zA-Z]", raw))
    ):
        return None, "", 0
    if first is not None and not may_begin_unit(first.group(0), raw[first.end() : first.end() + 1]):
        return None, raw[:20], 0
    for cut in cuts:
        if cut_short and cut == len(raw):
            continue
        piece = raw[:cut]
        while piece.endswith(")") and piece.count(")") > piece.count("("):
            piece, cut = piece[:-1], cut - 1
        if " in " in piece or re.search(r"\(\s*[\d.]", piece):
            continue  # 750 mL (0.075 L) is two quantities
        if piece.count("(") != piece.count(")") or (cut < len(raw) and raw[cut - 1].isalpha() and raw[cut].isalpha()):
            continue
        last = re.search(r"([A-Za-z]+)$", piece)
        if (
            last is not None
            and piece not in ("A", "in")
            and (
                last.group(1).lower() in NOT_UNITS
                or (len(last.group(1)) == 1 and last.group(1) in "aA" and " " in piece[-2:])
            )
        ):
            continue
        unit = parse_unit(piece)
        if (
            unit is not None
            and unit is not ONE
            and (unit.dims != table.NONE or unit.kind or unit.size != 1 or unit.name)
        ):
            return unit, piece, cut
    return None, raw[:20], 0
