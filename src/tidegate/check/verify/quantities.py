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

from tidegate.check.verify import unit_table as table
from tidegate.check.verify.lexer import NUMBER, number_value
from tidegate.check.verify.units import ONE, Unit, convert, dims_text, may_begin_unit, parse_unit
from tidegate.spine.claim import Claim, Decision, Receipt, Support


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
GROUPED = r"\d+\.\d{3}(?:[ \u2009\u202f\u00a0]\d{3})+(?:[ \u2009\u202f\u00a0]\d{1,2})?(?!\d)"
QUANTITY = re.compile(
    rf"(?<![\w.])(?P<sign>[-−]\s?)?(?P<num>{GROUPED}|(?:{NUMBER})(?:[eE][+\-−]?\d+(?!\w))?)(?:\(\d{{1,3}}\))?{TEN}?"
)
LONE_TEN = re.compile(r"(?<![\w.])10\s*\^\s*\{?\s*([+\-−]?\d+)\s*\}?")
UNIT_RUN = re.compile(
    r"(?:\s|\\,|~|\\ |\\;|\\!|-(?=[a-zA-Z]))*(?P<unit>(?:[µμA-Za-zΩÅ°%℃℉$£€‰][A-Za-zµμΩÅ]*|\\(?:mathrm|text|rm|mu|Omega|circ|cdot|,|;|times|left|right|AA|frac|%)|"
    r"[{}~^_()/*·⋅×⁰¹²³⁴-⁹⁻⁺\-−.\d]|[ \u00a0\u2009](?=[A-Za-zµΩ\\(/·⋅°{]))+)"
)
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
        if abs(power) > 400:
            raise OverflowError
        value, ulp = value * Fraction(10) ** power, ulp * Fraction(10) ** power
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


def _quantities(text: str, start: int, end: int) -> Iterator[Quantity]:
    last = start
    for found in QUANTITY.finditer(text, start, end):
        if found.start() < last:
            continue  # the exponent of a unit
        try:
            value, ulp, digits = read_number(found)
        except (OverflowError, ValueError):
            continue
        unit, unit_text, stop = unit_after(text, found.end(), end)
        last = stop if unit is not None else found.end()
        yield Quantity(value, ulp, digits, unit, unit_text, found.start(), last)


def unit_after(text: str, at: int, end: int) -> tuple[Unit | None, str, int]:
    """The longest unit that directly follows a number, its text and where it ends."""
    follow = text[at : at + 2]
    if not follow or follow[0] == "\n" or (follow[0] in ".,;:)!?") or follow[0].isdigit():
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
        if re.search(r"\(\s*[\d.]", piece):
            continue  # 750 mL (0.075 L) is two quantities
        if piece.count("(") != piece.count(")") or (cut < len(raw) and raw[cut - 1].isalpha() and raw[cut].isalpha()):
            continue
        last = re.search(r"([A-Za-z]+)$", piece)
        if (
            last is not None
            and piece != "A"
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


EQUAL = re.compile(
    r"\s*\$?\s*,?\s*(?:=|≈|≃|\\approx|\\simeq|is equal to|equals|equal to|is equivalent to|is approximately|is about|is exactly|is|are|\(or|\(i\.e\.,?|\(that is,?|\(about|\(approximately|\(≈|\(|or|corresponds to|which is|which equals|i\.e\.,?|that is,?)\s*\(?\s*\$?\s*(?:about|approximately|roughly)?\s*"
)
CONVENTIONS = (24, 8, 12, 5, 7, 6, 10, 16)


def check_conversions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on `quantity = quantity` in the same dimension."""
    for start, end in ranges:
        before: Quantity | None = None
        for q in quantities(text, start, end):
            if before is not None and before.unit is not None and q.unit is not None:
                link = EQUAL.fullmatch(text, before.end, q.start)
                if link is not None and not _compound(text, before):
                    decision = _conversion(text, before, q, link.group(0).strip(" $"))
                    if decision is not None:
                        yield decision
            before = q


def _compound(text: str, q: Quantity) -> bool:
    """Whether an operator or another quantity stands before it, so that it is part of more."""
    lead = text[max(0, q.start - 24) : q.start]
    if re.search(r"(?:^|[\s:;.,(])\($", lead) and ")" in text[q.end : q.end + 60]:
        return False  # (5 km = 500 m)
    return bool(
        re.search(
            r"(?:[+\-*/×÷·^(]|\\times|\\cdot|\\frac\{?[^}]*|(?:%|percent|half|third|quarter|fraction|\d|portion|part|share|rest|remainder)\s+of|\bper|\bplus|\bminus|\btimes|\bx)\s*\$?$",
            lead,
        )
    ) or bool(re.search(r"\d\s*[A-Za-z°]+\s+(?:and\s+)?$", lead))


def _conversion(text: str, a: Quantity, b: Quantity, link: str) -> Decision | None:
    assert a.unit is not None
    assert b.unit is not None
    claim = Claim(kind="quantity", text=text[a.start : b.end], span=(a.start, b.end))
    if a.unit.dims != b.unit.dims or "log" in (a.unit.kind, b.unit.kind) or a.unit.dims == table.NONE:
        return None
    if a.unit_text == b.unit_text or (a.unit.size, a.unit.shift) == (b.unit.size, b.unit.shift):
        return None
    if re.match(r"\s*(?:per|/|\+|-|−|\*|×|·|\^)", text[b.end : b.end + 6]) or a.unit.dims == table.MONEY:
        return None
    computed = convert(a.value, a.unit, b.unit)
    receipt = Receipt(oracle="units", computation=f"{text[a.start : a.end]} = {float(computed):.6g} {b.unit_text}")
    bracketed = link.startswith("(")
    if bracketed and not re.match(r"\s*\$?\s*\)", text[b.end : b.end + 6]):
        return None  # a board 2 m (30 cm wide)
    link = link.strip("( $,")
    if link in ("is", "are", "or") and not _whole_statement(text, b, computed):
        return None
    off = abs(computed - b.value)
    back = abs(convert(b.value, b.unit, a.unit) - a.value)
    about = link not in ("=", "equals", "is equal to", "is equivalent to", "is exactly")
    offset = a.unit.kind == "offset"
    if "offset" in (a.unit.kind, b.unit.kind) and (
        abs(a.value * a.unit.size - b.value * b.unit.size) <= b.ulp * b.unit.size / 2
        or re.search(r"\b(?:rise|rose|fall|fell|drop|chang|differ|increas|decreas|interval|step|warm|cool|hotter|colder|per|gradient|uncertaint|±)|ΔT|Δ|\\Delta", text[max(0, a.start - 60) : a.start], re.I)
    ):  # fmt: skip
        return None  # a difference of temperatures has no zero point
    if (
        off <= b.ulp / 2
        or (back <= a.ulp / 2 and off <= (Fraction(3, 5) if offset else abs(computed) / 30))
        or (about and off <= max(b.ulp if b.digits < 4 else b.ulp / 2, abs(computed) / 100))
    ):
        if off > abs(computed) / 50 and not offset and not _said_roughly(text, a, link):
            counted = a.unit.dims == table.TIME and a.ulp == 1 and b.digits >= 4
            if not counted:  # 3 days = 252,900 s: whole days are counted, and four digits are no rounding
                return Decision(
                    claim=claim,
                    support=Support.UNVERIFIABLE,
                    receipt=receipt,
                    message="more than 2 % off: only a coarse rounding could make it agree",
                    certainty="possible",
                )
        else:
            return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the conversion agrees")
    doubt = "" if bracketed and _ten_times(b.value, computed) else _conversion_doubt(text, a, b, computed, link)
    if doubt:
        return Decision(claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message=doubt, certainty="possible")
    message = (
        f"{text[a.start : a.end].strip()} is {float(computed):.6g} {b.unit_text}, not {text[b.start : b.end].strip()}"
    )
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)


ROUGHLY = re.compile(r"about|approx|roughly|around|nearly|almost|≈|≃|~|simeq|some\b|close to", re.I)


def _said_roughly(text: str, a: Quantity, link: str) -> bool:
    """Whether the text says that the conversion is rough, in the link or before the first number."""
    return ROUGHLY.search(link) is not None or ROUGHLY.search(text[max(0, a.start - 16) : a.start]) is not None


def _ten_times(value: Fraction, computed: Fraction) -> bool:
    """Whether two values differ by a power of ten alone: a slip of units rather than another thing."""
    ratio = abs(value / computed) if computed else Fraction(0)
    return ratio != 0 and any(
        Fraction(995, 1000) < ratio * Fraction(10) ** k < Fraction(1005, 1000) for k in range(-6, 7)
    )


def _whole_statement(text: str, b: Quantity, computed: Fraction) -> bool:
    """`A mass of 2.5 kg is 250 g`: with a mere `is` or `or`, the digits must show that one is the other converted."""
    ratio = abs(b.value / computed) if computed else Fraction(0)
    tens = any(Fraction(99, 100) < ratio * Fraction(10) ** k < Fraction(101, 100) for k in range(-6, 7))
    ends = (
        re.match(r"\s*\$?\s*(?:[.,;:)!]|$|\n|long|tall|wide|in (?:total|all)|and\b)", text[b.end : b.end + 12])
        is not None
    )
    return ends and (tens or Fraction(2, 3) < ratio < Fraction(3, 2))


def _conversion_doubt(text: str, a: Quantity, b: Quantity, computed: Fraction, link: str) -> str:
    assert a.unit is not None
    assert b.unit is not None
    around = text[max(0, a.start - 80) : b.end + 30]
    letter = a.unit_text.strip()
    if (
        len(letter) == 1
        and text[a.end - 2].isdigit()
        and re.search(rf"(?<![A-Za-z\d]){re.escape(letter)}\s*=", text[: a.start])
    ):
        return "the letter is a symbol that the text has set"
    if re.search(
        r"mistake|incorrect|wrong|\bnot\b|n't|scale|map|on the|each|every|exchange|rate|dose|density", around, re.I
    ) and link not in ("=",):
        return "the sentence may not equate the two"
    if re.search(r"scale|map|drawing|represents", around, re.I):
        return "a scale, not a conversion"
    if (
        link in ("or", "(or", "which is", "is about", "is approximately", "is", "corresponds to")
        and not Fraction(1, 1000) < abs(b.value / computed if computed else Fraction(0)) < 1000
    ):
        return "two alternatives rather than a conversion"
    if "calendar" in (a.unit.kind, b.unit.kind):
        ratio = abs(computed / b.value) if b.value else Fraction(0)
        if any(
            abs(ratio * Fraction(p, q) - 1) < Fraction(4, 100) for p in (1, *CONVENTIONS) for q in (1, *CONVENTIONS, 24)
        ):
            return "a calendar convention (work days, four-week months)"
    if a.unit.name in ("oz", "ounce", "pint", "pt", "gallon", "gal", "ton", "cup", "quart", "Cal", "cal", "calorie", "barrel", "hp", "horsepower", "B", "MB", "GB", "KB", "TB", "kB") or b.unit.name in (
        "oz", "ounce", "pint", "pt", "gallon", "gal", "ton", "cup", "quart", "Cal", "cal", "calorie", "barrel", "hp", "horsepower", "MB", "GB", "KB", "TB", "kB", "B"):  # fmt: skip
        ratio = abs(computed / b.value) if b.value else Fraction(0)
        if (
            Fraction(4, 5) < ratio < Fraction(5, 4)
            or Fraction(980, 1000) < ratio * 1000 < Fraction(1020, 1000)
            or Fraction(980) < ratio < Fraction(1020)
        ):
            return "the unit has several definitions"
    if abs(computed - b.value) <= abs(computed) * max(
        Fraction(1, 10000),
        Fraction(1, 200) if b.digits <= 3 else Fraction(0),
        a.ulp / abs(a.value) if a.value and a.digits >= 3 else Fraction(0),
    ):
        return "a coarse rounding"
    if (
        re.search(
            r"\b(?:STP|about|approximately|roughly|around|nearly|almost|~)\s*$|≈\s*$|~\s*$",
            text[max(0, a.start - 16) : a.start],
        )
        and abs(computed - b.value) <= abs(computed) / 20
    ):
        return "an approximation"
    return ""


def check_rewritten(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """`12 N = 12 kg·m/s`: a derived unit written out in other units must keep its dimension."""
    for start, end in ranges:
        before: Quantity | None = None
        for q in quantities(text, start, end):
            if before is not None and before.unit is not None and q.unit is not None and before.value == q.value:
                link = re.fullmatch(r"\s*\$?\s*=\s*\$?\s*", text[before.end : q.start])
                named = before.unit.name in DERIVED and len(re.findall(r"[A-Za-zΩ]+", q.unit_text)) >= 2
                if (
                    link is not None
                    and named
                    and q.unit.dims != before.unit.dims
                    and not _compound(text, before)
                    and not q.unit.kind
                ):
                    given, wanted = dims_text(q.unit.dims), dims_text(before.unit.dims)
                    span = (before.start, q.end)
                    yield Decision(
                        claim=Claim(kind="quantity", text=text[span[0] : span[1]], span=span), support=Support.REFUTED,
                        receipt=Receipt(oracle="units", computation=f"{before.unit_text.strip()} is [{wanted}], {q.unit_text.strip()} is [{given}]"),
                        message=f"{before.unit_text.strip()} [{wanted}] is not {q.unit_text.strip()} [{given}]",
                    )  # fmt: skip
            before = q


DERIVED = frozenset(
    {
        "N",
        "J",
        "W",
        "Pa",
        "V",
        "C",
        "F",
        "T",
        "H",
        "Wb",
        "Ω",
        "kN",
        "kJ",
        "kW",
        "MPa",
        "kPa",
        "newton",
        "joule",
        "watt",
        "pascal",
        "volt",
    }
)


D = table.dims
ASKED: tuple[tuple[re.Pattern[str], tuple[table.Dims, ...]], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.I), dims)
    for words, dims in (
        (r"speed|velocity|how fast", (table.SPEED, table.RATE)), (r"acceleration", (D(m=1, s=-2), D(s=-2))),
        (r"force|weight|tension|thrust|drag", (table.FORCE, table.MASS)), (r"energy|work|heat(?! capacity)|enthalpy", (table.ENERGY, D(m=2, kg=1, s=-2, mol=-1), D(m=2, s=-2))),
        (r"power", (table.POWER, table.NONE, D(m=-1))), (r"pressure|stress", (table.PRESSURE,)), (r"momentum|impulse", (D(m=1, kg=1, s=-1), D(m=2, kg=1, s=-1))),
        (r"torque", (table.ENERGY,)), (r"density", (D(m=-3, kg=1), D(m=-2, kg=1), D(m=-1, kg=1), D(A=1, m=-2), D(A=1, s=1, m=-3), D(A=1, s=1, m=-2), D(A=1, s=1, m=-1), D(m=-3), D(m=-1, kg=1, s=-2), D(m=-2))),
        (r"temperature", (table.TEMPERATURE,)), (r"voltage|potential difference|emf", (table.VOLTAGE,)), (r"current", (table.CURRENT, table.SPEED)),
        (r"resistance", (D(m=2, kg=1, s=-3, A=-2), D(kg=-1, m=-2, s=3, K=1), table.FORCE)), (r"capacitance", (D(m=-2, kg=-1, s=4, A=2),)), (r"frequency", (table.RATE,)),
        (r"wavelength", (table.LENGTH,)), (r"mass", (table.MASS, D(kg=1, mol=-1), D(kg=1, s=-1))), (r"volume", (table.VOLUME, D(m=3, mol=-1))), (r"area", (table.AREA,)),
        (r"how far", (table.LENGTH, table.TIME)), (r"length|distance|height|how tall|radius|diameter|depth|width|displacement", (table.LENGTH,)),
        (r"how long|time|period|duration|half-life", (table.TIME, table.LENGTH)), (r"concentration|molarity", (D(mol=1, m=-3), D(mol=1, kg=-1), D(kg=1, m=-3), table.NONE)),
        (r"charge", (table.CHARGE,)), (r"inductance", (D(m=2, kg=1, s=-2, A=-2),)), (r"magnetic field", (D(kg=1, s=-2, A=-1), D(A=1, m=-1))),
        (r"electric field", (D(m=1, kg=1, s=-3, A=-1),)), (r"entropy|heat capacity", (D(m=2, kg=1, s=-2, K=-1), D(m=2, s=-2, K=-1), D(m=2, kg=1, s=-2, K=-1, mol=-1))),
    )
)  # fmt: skip
ASKING = re.compile(
    r"(?:what(?:'s| is| was| are| will be| would be| must be)|find|calculate|compute|determine|estimate|evaluate|give)\s+(?:the\s+|its\s+|an?\s+)?(?P<noun>(?:[a-z\-]+\s+){0,3}?[a-z\-]+?)(?=\s+(?:of|in|at|on|for|through|across|inside|under|above|along|over|when|after|if|that|required|needed|between|by|from|with|exerted|to|is|does|do|due|delivered|stored|produced|the|per)\b|[?.,])|(?P<how>how (?:fast|far|tall|long))|(?:how much|what)\s+(?P<noun2>(?:[a-z\-]+\s+){0,1}?(?:energy|work|heat|power|force|pressure|charge|mass|acceleration|speed|velocity|momentum|torque|voltage|current|resistance|capacitance|frequency|wavelength|temperature|volume|area|concentration|entropy|density))(?=\s+(?:is|are|was|does|do|did|will|would|must|can|has|have|should|acts|flows)\b|[?])",
    re.I,
)
FINAL = re.compile(r"(?:answer|result|therefore|thus|hence|so|final|####|\\boxed)", re.I)


def asked_dimensions(question: str) -> tuple[str, tuple[table.Dims, ...]] | None:
    """The quantity a question asks for and the dimensions it may have; None when it asks for several or none known."""
    sentences = [x for x in re.split(r"(?<=[.?!])\s+|\n+", question.strip()[-1500:]) if x.strip()]
    asks = [
        n
        for n, x in enumerate(sentences)
        if x.rstrip().endswith("?")
        or re.match(r"\s*(?:find|calculate|compute|determine|estimate|evaluate|give|how|what)\b", x, re.I)
    ]
    if not asks:
        return None
    named = re.search(r"\bin ([A-Za-z°/·^\d]{1,16}(?: per [a-z]+)?)\s*[?,.]", sentences[asks[-1]])
    if named is not None and parse_unit(named.group(1)) is not None:
        return None  # `how long, in minutes?` names its unit itself
    question = sentences[asks[-1]]  # the last question; what came before may be examples
    found = list(ASKING.finditer(question))
    if len(found) != 1 or re.search(
        r"\bratio\b|percent|fraction|how many|express|in terms of|factor|coefficient|number of|\brate\b|per\b|efficiency|uncertainty|error|change",
        question,
        re.I,
    ):
        return None
    phrase = found[0].group("noun") or found[0].group("noun2") or found[0].group("how") or ""
    hits = [(m.group(0), dims) for pattern, dims in ASKED for m in [pattern.search(phrase)] if m]
    if len(hits) != 1 or not (phrase.lower().endswith(hits[0][0].lower()) or found[0].group("how")):
        return None
    return hits[0]


def _elsewhere(text: str, last: Quantity, allowed: tuple[table.Dims, ...]) -> bool:
    """Whether the line of the last quantity holds one of the dimension asked for beside it."""
    start = text.rfind("\n", 0, last.start) + 1
    stop = text.find("\n", last.end)
    line = quantities(text, start, stop if stop >= 0 else len(text))
    return any(q.unit is not None and q.unit.dims in allowed for q in line)


def _answers(text: str, last: Quantity, noun: str) -> bool:
    """Whether the sentence of the last quantity gives the answer: it names it, concludes, sets a symbol, or is nothing else."""
    a = max(text.rfind("\n", 0, last.start), text.rfind(". ", 0, last.start) + 1, last.start - 200)
    lead = text[a + 1 : last.start]
    stem = noun.lower().split()[-1][:6]
    return bool(
        re.search(rf"\b{re.escape(stem)}", lead, re.I) or FINAL.search(lead) or re.search(r"(?:=|≈|\\approx)\s*\$?\s*$", lead)
        or not re.search(r"[A-Za-z]{2,}", re.sub(r"(?i)\b(?:about|approximately|roughly|it is|it's|it was|is)\b", "", lead))
    )  # fmt: skip


def check_answer_dimension(question: str, text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Whether the final quantity has the dimension that the question asks for."""
    asked = asked_dimensions(question) if question else None
    if asked is None or not ranges:
        return
    last: Quantity | None = None
    for start, end in ranges:
        for q in quantities(text, start, end):
            if q.unit is not None and q.unit.kind != "count":
                last = q
    if last is None or last.unit is None or last.unit.kind == "log":
        return
    tail = text[last.end :]
    if len(tail.strip(" .*$\\)]}\n")) > 40:
        return
    noun, allowed = asked
    if not _answers(text, last, noun):
        return
    claim = Claim(
        kind="quantity", text=text[last.start : last.end], span=(last.start, last.end), payload={"asked": noun}
    )
    given = dims_text(last.unit.dims)
    wanted = " or ".join(dims_text(d) for d in allowed[:2])
    receipt = Receipt(
        oracle="answer dimension",
        computation=f"the question asks for {noun} [{wanted}]; {last.unit_text.strip()} is [{given}]",
    )
    if last.unit.dims not in allowed and _elsewhere(text, last, allowed):
        return
    if last.unit.dims in allowed:
        yield Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the unit fits the question")
    elif last.unit.dims == table.NONE or last.unit.dims == table.MONEY:
        return
    else:
        message = f"the question asks for {noun} [{wanted}], the answer is in {last.unit_text.strip()} [{given}]"
        yield Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
