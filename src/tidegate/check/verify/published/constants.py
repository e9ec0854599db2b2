# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Physical constants against every CODATA edition since 2002: right, of an old edition, or wrong.

A stated value agrees when its printed digits are the table's value rounded to them, in any
edition; the newest such edition is named.  Values exact since 2019 must match to every digit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from tidegate.check.verify.published.codata import (
    ALIASES,
    SYMBOLS,
    Entry,
    entries,
    index,
    key_of,
    name_words,
    rare_words,
    telling_words,
)
from tidegate.check.verify.quantity.quantities import Quantity, quantities
from tidegate.check.verify.quantity.units import ONE, Unit, dims_text, parse_unit
from tidegate.check.verify.scan import LETTERS, lowered, words
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "CODATA"


FILLER = r"(?:[\s$,:(\\|]|\b(?:currently|exactly|about|approximately|given|by|the|value|of|a|equal|to|roughly|defined|as|fixed|at|now|numerical|recommended|CODATA|\d{4}|accepted|has|is|be|around|known|measured)\b)*"


SIGN = r"(?:\b(?:is|equals|of|are|was|has)\b|=|≈|:|\\approx|≃|~|\\simeq|\||\s)"


SYMBOL = r"(?:\s*[,($]*\s*\\?(?:hbar|epsilon|varepsilon|mu|sigma|alpha|[A-Za-zμεσħΦα]{1,2})(?:_\{?\\?[A-Za-z0-9∞]+\}?|[₀ₑ0∞])?\s*[),$]*)"


LINKS = (re.compile(rf"\s*[,($]*\s*{SIGN}{FILLER}$"), re.compile(rf"{SYMBOL}\s*{SIGN}{FILLER}$"))


SET_EQUAL = ("=", "≈", "approx")
SETS = re.compile(r"[A-Za-zμεσħΦ∞₀ₑ}0_][\s$]*(?:=|≈|\\approx)\s*\$?\s*[-−]?\d")


def check_constants(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on every stated constant."""
    low = lowered(text)
    spoken = any(w in low for w in telling_words())
    named = [at for at, word in zip(*words(text), strict=True) if word in rare_words()] if spoken else []
    for start, end in ranges:
        if "mol" in low:
            yield from _counted(text, start, end)
        if not spoken and SETS.search(text, start, end) is None:
            continue
        for each in quantities(text, start, end):
            at = bisect_left(named, each.start)
            near = at > 0 and named[at - 1] >= max(start, each.start - 170 - 16)
            if not near and not text[max(start, each.start - 40) : each.start].rstrip(" $").endswith(SET_EQUAL):
                continue  # neither a constant's name nor a sign of equality stands before it
            q = _quotient(text, each)
            if q is None:
                continue
            lead = text[max(start, q.start - 170) : q.start]
            decision = _named(text, q, lead) or _by_symbol(text, q, lead)
            if decision is not None:
                yield decision


def _quotient(text: str, q: Quantity) -> Quantity | None:
    """`1/137.036` is one value; a number that another operation follows is none."""
    follow = text[q.end : q.end + 16].lstrip()
    if follow[:1] not in ("/", "⁄", "^") and not (q.unit is None and follow.startswith("per")):
        return q
    below = (
        re.match(r"\s?[/⁄]\s?(\d+(?:\.\d+)?)(?![\d.]*\d|[A-Za-z])", text[q.end : q.end + 24])
        if q.unit is None
        else None
    )
    if below is not None:
        divisor = Fraction(below.group(1))
        place = Fraction(1, 10 ** len(below.group(1).partition(".")[2]))
        if not divisor:
            return None
        value = q.value / divisor
        return q._replace(
            value=value,
            ulp=abs(value) * place / divisor,
            digits=len(below.group(1).replace(".", "")),
            end=q.end + below.end(),
        )
    if q.unit is None:
        per = re.match(r"\s*per\s+(mole?|mol|second|kelvin|metre|meter)\b", text[q.end : q.end + 16])
        if per is not None:
            unit = parse_unit("1/" + per.group(1))
            return q._replace(unit=unit, unit_text=per.group(0), end=q.end + per.end())
    return None if re.match(r"\s?[/⁄^]\s?[\d(]", text[q.end : q.end + 4]) else q


@lru_cache(maxsize=8192)
def _in_a_name(word: str) -> bool:
    """Whether a word can be part of a constant's name; short forms, which depend on what follows, always can."""
    return name_words().issuperset(key_of(word.replace("’", "'"))) or word.startswith(
        ("mag", "mom", "mol", "gyromag", "relat", "polari", "shield")
    )


LIGHT_TRAVELS = re.compile(
    r"\b[Ll]ight (?:travels|moves|propagates) (?:in (?:a )?vacuum )?(?:at|with)(?: a speed of)?\s(?=(?:about |exactly |roughly |approximately )?$)"
)


PARTICLE = re.compile(r"\b(?:electron|proton|neutron|muon)s?\b", re.I)
AND_HAS = re.compile(
    r"\b([Ee]lectron|[Pp]roton|[Nn]eutron)\b[^;!?\n]{0,80}?\b(?:and|but)\s+(?:it\s+)?has\s+a\s+(?:rest\s+)?mass\s+of\s*(?:about\s|approximately\s|roughly\s)?$"
)


FILLING = frozenset(re.findall(r"[a-z]+", FILLER.lower())) | {
    *("is", "equals", "of", "are", "was", "has", "approx", "simeq"),
    *("travels", "moves", "propagates", "with", "exactly", "roughly"),  # LIGHT_TRAVELS
}
LINKING = frozenset(" \t\n\r\u00a0$,:(|\\=≈≃~")  # what may stand right before the value
GREEK = frozenset({"hbar", "epsilon", "varepsilon", "sigma", "alpha", "infty"})


def _may_end_a_name(text: str, at: int, lead: str) -> bool:
    """A quick look: whether the last word before the value that says anything can be part of a constant's name."""
    if not (lead[-1:].isalnum() or lead[-1:] in LINKING):
        return False
    starts, lower = words(text)
    first = at - min(90, len(lead))
    for n in range(bisect_left(starts, at) - 1, -1, -1):
        if starts[n] + len(lower[n]) <= first:
            return False
        low = lower[n][max(0, first - starts[n]) :]
        if len(low) > 2 and low not in FILLING and low not in GREEK:
            return _in_a_name(low)
    return False


def _named(text: str, q: Quantity, lead: str) -> Decision | None:
    if not _may_end_a_name(text, q.start, lead):
        return None
    lead = lead.rpartition("\n")[2]
    lead = re.split(r"[.;!?]\s+(?=[A-Z])|;\s", lead)[-1]
    if "ight" in lead:
        lead = LIGHT_TRAVELS.sub("speed of light is ", lead)
    if (told := AND_HAS.search(lead)) is not None and len(PARTICLE.findall(lead)) == 1:
        lead = f"{told.group(1)} mass is "  # an electron carries a charge of … and has a mass of
    if rare_words().isdisjoint(re.findall(r"[a-z]+", lead.lower())):
        return None
    for link_pattern, low in zip(LINKS, _floors(lead, max(0, len(lead) - 90)), strict=True):
        link = link_pattern.search(lead, low)
        if link is None:
            continue
        phrase = lead[: link.start()]
        words = list(re.finditer(r"[A-Za-z]+(?:\.(?=\s[a-z]))?(?:'s|’s)?|\d+", phrase))[-16:]
        strange = [n for n, w in enumerate(words) if not _in_a_name(w.group(0).lower())]
        for first in range(strange[-1] + 1 if strange else 0, len(words)):
            piece = phrase[words[first].start() :].replace("’", "'").replace("'s", "")
            name = index().get(key_of(piece))
            if name is not None:
                return (
                    None
                    if _qualified([w.group(0).lower() for w in words[:first]])
                    else _judge(text, q, name, named=True)
                )
    return None


def _floors(lead: str, low: int) -> tuple[int, int]:
    """Where a link of each kind can begin: behind the last word that links nothing; with a symbol, two words earlier."""
    ends = [low] * 3 + [m.end() for m in LETTERS.finditer(lead, low) if m.group(0).lower() not in FILLING]
    return ends[-1], ends[-3]


def _qualified(before: list[str]) -> bool:
    """Whether a word before the name makes it something else (twice the …, inverse of …)."""
    return bool(set(before[-4:]) & {"twice", "half", "inverse", "times", "reciprocal", "ratio", "square", "squared", "root", "over", "by", "divided", "double", "per", "between",
                                     "not", "relative", "effective", "muon's", "specific", "sum", "product", "minus", "plus", "difference", "log", "logarithm"})  # fmt: skip


def _by_symbol(text: str, q: Quantity, lead: str) -> Decision | None:
    tail = lead[-40:].rstrip(" $")
    if q.unit is None or not tail.endswith(SET_EQUAL):
        return None
    lead = lead[-40:]
    found = re.search(
        r"(?<![A-Za-z0-9_\\/*×·^+\-])(?P<symbol>\\?[A-Za-zμεσħΦ]{1,11}(?:_\{?\\?(?:[A-Za-z0-9∞]|infty)\}?|[₀ₑ0])?)\s*(?:=|≈|\\approx)\s*\$?\s*$",
        lead,
    )
    if found is None or q.unit is None:
        return None
    name = SYMBOLS.get(found.group("symbol").replace("{", "").replace("}", ""))
    if name is None:
        return None
    said = AFTER.match(text, q.end, q.end + 60)
    return _judge(text, q, name, named=said is not None and index().get(key_of(said.group(1))) == name)


# (the molar gas constant) after a value
AFTER = re.compile(r"\s*[,(]\s*(?:which is\s+)?(?:the\s+)?([A-Za-z][A-Za-z' ]{5,50}?)\s*[,.;)]")
COUNTED = re.compile(
    r"\s*(?:particles|entities|molecules|atoms|ions|formula units|things|objects)\s+(?:in|per|make up|make)\s+(?:a|one|1|each|every)?\s?mole?\b(?!\s+of\b)"
)


def _counted(text: str, start: int, end: int) -> Iterator[Decision]:
    """`6.022 × 10^23 particles in a mole`: the Avogadro constant told by its meaning."""
    for q in quantities(text, start, end):
        if q.value < 10**15 or (q.unit is not None and q.unit.kind != "count"):
            continue
        q = q._replace(end=q.end - (len(q.unit_text) if q.unit is not None else 0))
        lead = float(q.value) / 10 ** (len(str(int(q.value))) - 1)
        if 5.9 < lead < 6.1 and COUNTED.match(text, q.end, min(end, q.end + 60)) is not None:
            decision = _judge(
                text, q._replace(unit=parse_unit("1/mol"), unit_text="1/mol"), "Avogadro constant", named=True
            )
            if decision is not None:
                yield decision


def _size(entry: Entry) -> Unit | None:
    unit_text = entry.unit.replace("C_90", "C").replace("E_h", "Eh")
    if unit_text in ("", "unit"):
        return ONE
    if "/c" in unit_text or "/c^2" in unit_text:
        return None
    return parse_unit(unit_text)


def _judge(text: str, q: Quantity, name: str, *, named: bool) -> Decision | None:
    found = entries()[name]
    table_unit = _size(found[0])
    claim = Claim(kind="constant", text=text[q.start : q.end], span=(q.start, q.end), payload={"constant": name})
    printed = text[q.end - len(q.unit_text) if q.unit is not None else q.end : q.end + 24].lstrip()
    whole = bool(found[0].unit) and _plain(printed).startswith(_plain(found[0].unit))
    same_text = _plain(q.unit_text) == _plain(found[0].unit) or whole
    if (
        q.unit is not None
        and table_unit is not None
        and q.unit.dims == table_unit.dims
        and q.unit.kind in ("", "calendar")
    ):
        factor: Fraction = q.unit.size / table_unit.size
    elif (q.unit is None and table_unit is ONE) or (same_text and (table_unit is None or q.unit is None)):
        factor = Fraction(1)
    elif q.unit is None and re.match(r"\s*(?:$|[.,;)\n*]|\\\)|\$|\(SI)", text[q.end : q.end + 4]):
        factor = Fraction(1)
        named = named and False
    else:
        return _other_unit(text, q, claim, found, table_unit) if named else None
    stated, half = abs(q.value) * factor, q.ulp * abs(factor) / 2
    reach = half * A_LITTLE_MORE
    low, high = stated - reach, stated + reach
    matched = next((e for e in found if low <= abs(e.value) <= high), None)
    shown = f"{float(found[0].value):.12g} {found[0].unit}".strip()
    if matched is not None:
        newest = matched.edition
        old = newest < found[0].edition
        word = f"agrees with CODATA {newest}" + (f", superseded by {found[0].edition}: {shown}" if old else "")
        detail = {"constant": name, "edition": newest, "current": not old}
        receipt = Receipt(
            oracle=ORACLE,
            computation=f"{name} = {float(matched.value):.12g} {matched.unit} (CODATA {newest})",
            detail=detail,
        )
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message=word)
    detail = {"constant": name, "edition": found[0].edition, "value": float(found[0].value), "unit": found[0].unit}
    receipt = Receipt(
        oracle=ORACLE,
        computation=f"{name} = {shown} (CODATA {found[0].edition}, {'exact' if found[0].exact else 'measured'})",
        detail=detail,
    )
    doubt = _doubt(text, q, stated, half, found, named=named)
    if doubt is None:
        return None
    if doubt:
        return Decision(claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message=doubt, certainty="possible")
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{name} is {shown}, not {text[q.start : q.end].strip()}",
    )


A_LITTLE_MORE = Fraction(1000001, 1000000)
# constants that people quote from memory, cut rather than rounded: c = 2.99 × 10⁸ m/s
EVERYDAY = frozenset(SYMBOLS.values()) | frozenset(ALIASES.values())
UNIT_ENDS = re.compile(r"\s*(?:$|\((?=[a-z]{5})|[.,;)\n]|\$|\s[a-z]{3,}\b)")


def _other_unit(
    text: str, q: Quantity, claim: Claim, found: tuple[Entry, ...], table_unit: Unit | None
) -> Decision | None:
    """The constant's own digits with a unit of another dimension: the value is meant, the unit is wrong."""
    if (
        q.unit is None
        or table_unit is None
        or q.digits < 4
        or q.unit.kind
        or not UNIT_ENDS.match(text[q.end : q.end + 8])
    ):
        return None
    stated, half = abs(q.value) * q.unit.size / table_unit.size, q.ulp * q.unit.size / table_unit.size / 2
    if not any(abs(stated - abs(e.value)) <= half * A_LITTLE_MORE for e in found):
        return None
    receipt = Receipt(
        oracle=ORACLE,
        computation=f"{found[0].name} = {float(found[0].value):.12g} {found[0].unit}: [{dims_text(table_unit.dims)}]; {q.unit_text.strip()} is [{dims_text(q.unit.dims)}]",
        detail={"constant": found[0].name, "edition": found[0].edition, "unit": found[0].unit},
    )
    message = f"{found[0].name} is in {found[0].unit}, not in {q.unit_text.strip()}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)


def _doubt(
    text: str, q: Quantity, stated: Fraction, half: Fraction, found: tuple[Entry, ...], *, named: bool
) -> str | None:
    """Why a disagreement is not called wrong; None when it is not about the constant at all; empty when it is wrong."""
    value = abs(found[0].value)
    ratio = stated / value if value else Fraction(0)
    around = text[max(0, q.start - 90) : q.end + 50]
    slipped = q.digits >= 3 and any(
        abs(stated * Fraction(10) ** k - value) <= half * Fraction(10) ** k for k in range(-6, 7)
    )
    if not named and not Fraction(1, 2) < ratio < 2 and not slipped:
        return None
    if re.search(
        r"\b(?:in|the|of|from|since) (?:1[89]\d\d|200[01])\b|histor|older|previous|formerly|obsolete|superseded|used to|mistake|incorrect|wrong|\bnot\b|n't|order of magnitude|in (?:water|glass|a medium|diamond)|hypothetical|suppose|if the",
        around,
        re.I,
    ):
        return "the sentence may not state the constant's value"
    everyday = found[0].name in EVERYDAY
    if everyday and q.digits <= 3 and 0 < value - stated < half * 2:
        return "truncated instead of rounded"
    if (
        q.digits <= 3
        and re.search(r"about|approx|roughly|≈|~|around|nearly", text[max(0, q.start - 30) : q.start], re.I)
        and abs(ratio - 1) < Fraction(1, 50)
    ):
        return "an approximation"
    if q.digits == 1 and Fraction(1, 2) < ratio < 2:
        return "one digit is too coarse"
    if q.unit is None and not Fraction(1, 100) < ratio < 100 and found[0].unit:
        return "the unit is not stated"
    return ""


MARKS = str.maketrans("", "", "{}$\\")


def _plain(unit: str) -> str:
    """A unit without spaces and the marks of LaTeX."""
    return "".join(unit.translate(MARKS).split())
