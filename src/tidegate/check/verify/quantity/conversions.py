# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""`5 km = 500 m`: two quantities set equal, converted and compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.data_sizes import bits_for_bytes, no_other_bytes, thousand_for_1024
from tidegate.check.verify.quantity.quantities import Quantity, quantities
from tidegate.check.verify.quantity.told_conversions import check_told_conversion, turns_and_angles
from tidegate.check.verify.quantity.units import convert, dims_text, parse_unit
from tidegate.spine.claim import Claim, Decision, Receipt, Support

EQUAL = re.compile(
    r"(?:\s+(?:a|per|each|every)\s+(?:day|night|week|month|year|hour|minute|person|portion|serving|trip))?(?:\s+(?:thick|deep|wide|long|tall|high|across|away|apart|old|in (?:length|width|height|depth|diameter|weight|mass|volume|area)))?\s*\$?\s*,?\s*(?:=|≈|≃|\\approx|\\simeq|is equal to|equals|equal to|is equivalent to|is approximately|is about|is exactly|is|are|\(or|\(i\.e\.,?|\(that is,?|\(about|\(approximately|\(≈|\(|or|(?:which |that |this )?(?:corresponds?|amounts?|converts?|translates?|works? out|comes? out) to|which is also|(?:which is |is )?the same as|equivalent to|which is|which equals|i\.e\.,?|that is,?|that's|(?:(?:[a-z\-]+ ){1,2}|which )?(?:shows? up|appears?|is shown|is displayed|is reported) as|(?<=, )(?:about|approximately|roughly|around|≈|~))\s*\(?\s*\$?\s*(?:about|approximately|roughly)?\s*"
)


CONVENTIONS = (24, 8, 12, 5, 7, 6, 10, 16)
# how far the definitions of a unit lie apart: troy and fluid ounces, US and imperial gallons, KB of 1000 or 1024 bytes …
SEVERAL = {
    n: Fraction(p, 1000)
    for names, p in (
        ("oz ounce", 110), ("pint pt gallon gal quart qt", 210), ("ton", 130), ("cup", 70), ("ounce_fluid", 45), ("tbsp tablespoon tsp teaspoon", 40), ("barrel bbl", 400), ("hp horsepower", 15),
        ("cal calorie Cal", 5), ("kB KB", 25), ("MB", 50), ("GB", 75), ("TB", 101), ("PB", 126), ("BTU Btu btu", 2), ("mile mi", 1),
    )
    for n in names.split()
}  # fmt: skip


def check_conversions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on `quantity = quantity` in the same dimension."""
    for start, end in ranges:
        before: Quantity | None = None
        size: Quantity | None = None
        earlier: Quantity | None = None
        for q in whole_quantities(text, start, end):
            told = check_told_conversion(text, before, q) if before is not None else None
            if told is not None:
                yield told
            elif before is not None and before.unit is not None and q.unit is not None:
                near = q.start - before.end <= LINK_MAX
                link = EQUAL.fullmatch(text, before.end, q.start) if near else None
                if link is not None and not _compound(text, before):
                    decision = _conversion(text, before, q, link.group(0).strip(" $"))
                    if decision is not None:
                        yield decision
                elif (confused := thousand_for_1024(text, before, q)) is not None:
                    yield confused
            if q.unit is not None:  # a computation's bare numbers may stand between rate and time
                if (
                    earlier is not None
                    and size is not None
                    and (slip := bits_for_bytes(text, size, earlier, q)) is not None
                ):
                    yield slip
                near = earlier is not None and before is not earlier and q.start - earlier.end <= LINK_MAX
                if earlier is not None and near and THROUGH.fullmatch(text, earlier.end, q.start):
                    decision = None if _compound(text, earlier) else _conversion(text, earlier, q, "=")
                    if decision is not None:
                        yield decision
                size, earlier = earlier, q
            before = q
        yield from _one_of(text, start, end)


LINK_MAX = 100  # characters between two quantities that are set equal
# 1 day = 24 × 60 = 1,440 s: bare numbers between two quantities
THROUGH = re.compile(r"\s*=\s*[\d.,\s×*/÷·()+−\-]{3,40}=\s*")


ONE_OF = re.compile(
    r"\b(?:[Oo]ne|[Aa]n?|[Ee]very)\s+(?P<unit>[a-z]{3,12}(?:[ \-](?:year|mile|hour|foot|inch|yard|meter|metre))?)\s+(?P<link>is equal to|equals|is exactly|is defined as|is about|is approximately|is roughly|is|corresponds to|amounts to|comes to)\s+(?:about\s+|exactly\s+|roughly\s+|approximately\s+)?(?=\d)"
)


LINK_ENDS = (["is"], ["to"], ["equals"], ["exactly"], ["about"], ["roughly"], ["approximately"])
ONE_OF_MAX = 90


def _one_of(text: str, start: int, end: int) -> Iterator[Decision]:
    """`A hectare is 10,000 m²`: one of a unit, set equal to a quantity."""
    for after in quantities(text, start, end):
        if after.unit is None or after.unit.dims in (table.NONE, table.MONEY, table.TEMPERATURE):
            continue
        if text[max(start, after.start - 20) : after.start].split()[-1:] not in LINK_ENDS:
            continue
        low, high = max(start, after.start - ONE_OF_MAX), min(end, after.start + 1)
        m = next((m for m in ONE_OF.finditer(text, low, high) if m.end() == after.start), None)
        unit = parse_unit(m.group("unit")) if m is not None else None
        if m is None or unit is None or unit.kind == "count":
            continue
        one = Quantity(Fraction(1), Fraction(0), 9, unit, m.group("unit"), m.start(), m.end("unit"))
        decision = _conversion(
            text, one, after, "=" if m.group("link") in ("equals", "is equal to", "is exactly") else "is"
        )
        if decision is not None:
            yield decision


PARTS = frozenset({3, 12, 14, 16, 24, 60, 100, 1000})  # feet in a yard, inches in a foot, pounds in a stone …


def whole_quantities(text: str, start: int, end: int) -> list[Quantity]:
    """The quantities of a text, those of two parts made one."""
    out: list[Quantity] = []
    for q in quantities(text, start, end):
        whole = _together(text, out[-1], q) if out else None
        if whole is not None:
            out[-1] = whole
        else:
            out.append(q)
    return out


def _together(text: str, a: Quantity, b: Quantity) -> Quantity | None:
    """`6 ft 2 in` and `2 h 45 min` are one quantity, in the smaller unit."""
    if a.unit is None or b.unit is None or a.unit.dims != b.unit.dims or a.unit.dims not in MERGED:
        return None
    ratio = a.unit.size / b.unit.size
    if ratio not in PARTS or a.value.denominator != 1 or not 0 <= b.value < ratio or a.value < 0:
        return None
    if text[a.end : b.start].strip() not in ("", "and"):
        return None
    return b._replace(value=a.value * ratio + b.value, digits=9, start=a.start)


MERGED = frozenset({table.LENGTH, table.MASS, table.TIME, table.AREA, table.VOLUME})


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
    if turns_and_angles(a, b):
        return None
    same = a.unit_text == b.unit_text or (a.unit.size, a.unit.shift) == (b.unit.size, b.unit.shift)
    if same and re.search(r"\d\s?[A-Za-z]+\s+(?:and\s+)?\d", text[a.start : a.end]) is None:
        return None  # not 2 h 45 min = 165 min
    if re.match(r"\s*(?:per|/|\+|-|−|\*|×|·|\^)", text[b.end : b.end + 6]) or a.unit.dims == table.MONEY:
        return None
    computed = convert(a.value, a.unit, b.unit)
    receipt = Receipt(oracle="units", computation=f"{text[a.start : a.end]} = {float(computed):.6g} {b.unit_text}")
    bracketed = link.startswith("(")
    if bracketed and not re.match(r"\s*\$?\s*\)", text[b.end : b.end + 6]):
        return None  # a board 2 m (30 cm wide)
    link = link.strip("( $,")
    if link in ("is", "are", "or") and not _whole_statement(text, b, computed):
        subject = (
            link == "is"
            and a.unit.dims not in MERGED
            and re.search(r"\b[Aa]n? [a-z]+(?: [a-z]+)? of (?:about )?$", text[max(0, a.start - 40) : a.start])
        )
        if not subject or not re.match(r"\s*(?:[.;!]|$|\n)", text[b.end : b.end + 4]):
            return None
    alone = a.unit.dims not in MERGED  # of an energy there is but one, of a length there are three
    if re.fullmatch(MERE_ABOUT, link) and not ((alone or _two_systems(a, b)) and _whole_statement(text, b, computed)):
        return None  # a walk of 3 miles, about 50 minutes
    off = abs(computed - b.value)
    back = abs(convert(b.value, b.unit, a.unit) - a.value)
    about = link not in ("=", "equals", "is equal to", "is equivalent to", "is exactly")
    offset = a.unit.kind == "offset"
    printable = (
        offset and (computed / b.ulp).denominator == 1 if b.ulp else False
    )  # 98.6 °F is 37 °C: no rounding makes it 38
    if "offset" in (a.unit.kind, b.unit.kind) and (
        abs(a.value * a.unit.size - b.value * b.unit.size) <= b.ulp * b.unit.size / 2
        or re.search(r"\b(?:rise|rose|fall|fell|drop|chang|differ|increas|decreas|interval|step|warm|cool|hotter|colder|per|gradient|uncertaint|±)|ΔT|Δ|\\Delta", text[max(0, a.start - 60) : a.start], re.I)
    ):  # fmt: skip
        return None  # a difference of temperatures has no zero point
    if (
        off <= b.ulp / 2
        or (back <= a.ulp / 2 and off <= (Fraction(3, 5) if offset else abs(computed) / 30))
        or (
            about
            and not (printable and not _said_roughly(text, a, link))
            and off
            <= max(
                b.ulp if b.digits < 4 else b.ulp / 2,
                abs(computed) / (100 if b.digits < 4 or _said_roughly(text, a, link) else 10_000),
            )
        )
    ):
        if off > abs(computed) / 50 and not offset and not _said_roughly(text, a, link):
            counted = a.unit.dims == table.TIME and a.ulp == 1 and b.digits >= 4
            if (
                not counted
                and not (b.digits >= 3 and no_other_bytes(a, b, computed))
                and not _exact(text, a, b, computed, link)
            ):  # 3 days = 252,900 s: whole days are counted, and four digits are no rounding
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


MERE_ABOUT = r"(?:about|approximately|roughly|around)"
EXPLICIT = re.compile(r"=|equals|equal to|equivalent to|same as|i\.e|that is")
IMPERIAL = re.compile(
    r"(?<![A-Za-z])(?:ft|feet|foot|in|inch(?:es)?|yds?|yards?|mi|miles?|lbs?|lbf|pounds?|oz|ounces?|gal|gallons?|qt|quarts?|pt|pints?|°\s?F|mph|psi|hp|horsepower|BTU|Btu|acres?|cups?|tbsp|tsp|tablespoons?|teaspoons?)(?![A-Za-z])"
)


def _two_systems(a: Quantity, b: Quantity) -> bool:
    """Whether one unit is of the inch and pound and the other is not: beside each other they are one value twice."""
    return (IMPERIAL.search(a.unit_text) is None) != (IMPERIAL.search(b.unit_text) is None)


def _exact(text: str, a: Quantity, b: Quantity, computed: Fraction, link: str) -> bool:
    """3.5 h = 200 min: in one system of units the exact value needs no more digits than are printed, so nothing was rounded."""
    assert a.unit is not None
    assert b.unit is not None
    ratio = a.unit.size / b.unit.size
    if EXPLICIT.search(link) is None or _two_systems(a, b) or 1 not in (ratio.numerator, ratio.denominator):
        return False
    printed = len(re.sub(r"\D", "", text[b.start : b.end - len(b.unit_text)]).lstrip("0"))
    x = abs(computed)
    for places in range(13):
        if (x * 10**places).denominator == 1:
            return len(str(int(x * 10**places)).strip("0")) <= printed
    return False


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


AMERICAN = frozenset({"gallon", "gal", "quart", "qt", "pint", "pt", "cup"})
OF_AMERICA = re.compile(r"\b(?:US|U\.S\.|American)\s(?:liquid\s)?(?:gal|quart|qt|pint|pt|cup)")
OF_BRITAIN = re.compile(r"\b(?:UK|British|[Ii]mperial)\b")


def _conversion_doubt(text: str, a: Quantity, b: Quantity, computed: Fraction, link: str) -> str:
    assert a.unit is not None
    assert b.unit is not None
    around = text[max(0, a.start - 80) : b.end] + re.split(r"[,;.]", text[b.end : b.end + 30])[0]
    letter = a.unit_text.strip()
    if (
        len(letter) == 1
        and text[a.end - 2].isdigit()
        and re.search(rf"(?<![A-Za-z\d]){re.escape(letter)}\s*=", text[: a.start])
    ):
        return "the letter is a symbol that the text has set"
    if re.search(r"mistake|incorrect|wrong|\bnot\b|n't", around, re.I) and link != "=":
        return "the sentence may not equate the two"
    ratio = abs(b.value / computed) if computed else Fraction(0)
    twice = EXPLICIT.search(link) is not None or (_two_systems(a, b) and Fraction(1, 2) < ratio < 2)
    if not twice and re.search(r"on the|each|every|exchange|rate|dose|density", around, re.I):
        return "the sentence may not equate the two"
    if re.search(r"\bscale|\bmaps?\b|drawing|represents", around, re.I):
        return "a scale, not a conversion"
    if (
        link.removeprefix("which ") in ("or", "(or", "is", "is about", "is approximately", "corresponds to")
        and not Fraction(1, 1000) < abs(b.value / computed if computed else Fraction(0)) < 1000
    ):
        return "two alternatives rather than a conversion"
    if "calendar" in (a.unit.kind, b.unit.kind):
        months = max(a.unit.size, b.unit.size) >= 604800  # weeks and longer are counted in more ways than one
        near = (
            Fraction(9, 100)
            if {a.unit.name, b.unit.name} & {"month", "mo"}
            else Fraction(4, 100)
            if months
            else Fraction(1, 200)
        )
        ratios = [(p, q) for p in (1, *CONVENTIONS) for q in (1, *CONVENTIONS, 24) if months or p != q]
        if any(abs(1 / ratio * Fraction(p, q) - 1) < near for p, q in ratios if ratio):
            return "a calendar convention (work days, four-week months)"
    spread = max(SEVERAL.get(a.unit.name, Fraction(0)), SEVERAL.get(b.unit.name, Fraction(0)))
    if {a.unit.name, b.unit.name} & AMERICAN and OF_AMERICA.search(text) and not OF_BRITAIN.search(text):
        spread = Fraction(1, 100)  # the text says which gallon it means
    food = {a.unit.name, b.unit.name} & {"cal", "calorie", "Cal"}
    if (
        ratio
        and not no_other_bytes(a, b, computed)
        and (
            abs(ratio - 1) <= spread
            or (food and any(Fraction(98, 100) < ratio * k < Fraction(102, 100) for k in (1000, Fraction(1, 1000))))
        )
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


DERIVED = frozenset({"N", "J", "W", "Pa", "V", "C", "F", "T", "H", "Wb", "Ω", "kN", "kJ", "kW", "MPa", "kPa", "newton", "joule", "watt", "pascal", "volt"})  # fmt: skip
