# ruff: noqa: E501  (patterns and messages read best on one line)
"""Coefficients against the user's own registry, keyed by standard, edition and clause.

No entry means unverifiable, never right: a load factor nobody looked up is not a checked one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

import msgspec

from tidegate.check.verify.quantity.quantities import Quantity, quantities
from tidegate.check.verify.quantity.unit_table import NONE
from tidegate.check.verify.quantity.units import convert, parse_unit
from tidegate.check.verify.scan import PIECE
from tidegate.spine.claim import Claim, Decision, Receipt, Support


class Coefficient(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a standard: `names` are the words that mean it, `symbol` its letter in formulae."""

    standard: str
    edition: str
    clause: str
    names: tuple[str, ...]
    value: float
    unit: str = ""
    symbol: str = ""


STANDARD = re.compile(
    r"\b(?:EN|ISO|IEC|DIN|BS|ASTM|ASCE|ACI|AISC|API|ASME|IEEE|AS/NZS|AS|NZS|IS|GB|CSA|SNiP|UNE|NF|Eurocode)\s?[A-Z]?\d[\w./\-]*(?:[-:]\d+)*"
)
VALUE_WORDS = re.compile(
    r"(?:coefficient|factor|load|allowance|modulus|strength)\b[^.\n]{0,60}?(?:is|=|of|:)\s*$", re.I
)


def _key(text: str) -> str:
    return re.sub(r"[\s\-–:/.]+", "", text).lower()


# how a number stands directly before the name it is the value of
LEADS_OVER = re.compile(
    r"\s*(?:\$\s*)?(?:,?\s*(?:as|is|being|for)\s+(?:the|its|an?|our|your)?\s*|,\s+(?:which is\s+)?(?:the|its|an?)\s+|\s*\(\s*(?:the\s+)?)(?:[a-z]+\s+)?"
)
GAP_MAX = 90


def check_registry(text: str, ranges: list[tuple[int, int]], registry: Sequence[Coefficient]) -> Iterator[Decision]:
    """Decisions on every number that a sentence ties to a coefficient and a standard.

    A number belongs to the name that it follows first, or that directly follows it (`1.5 as the factor for …`); a second
    number after the same name is another case of the standard, an annex or a comparison, and is left alone.
    """
    if not registry and STANDARD.search(text) is None:
        return
    for start, end in ranges:
        for line in PIECE.finditer(text[start:end]):
            sentence, base = line.group(0), start + line.start()
            named = STANDARD.findall(sentence)
            if named or any(
                cue in sentence.lower()
                for c in registry
                for n in c.names
                for cue in (n.lower(), c.symbol.lower())
                if cue
            ):
                yield from _sentence(text, sentence, base, named, registry)


@lru_cache(maxsize=512)
def _name(name: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """A coefficient's name, its head perhaps in the plural; and its tail alone, for `factors for A (1) and for B (2)`."""
    head, joint, tail = re.match(r"(.+?)(?:\s(for|of|at|in)\s(.+))?$", name).groups()  # type: ignore[union-attr]
    words = re.escape(head).replace(r"\ ", r"\s+")
    if not joint:
        return re.compile(rf"\b{words}s?\b", re.I), None
    rest = rf"{joint}\s+" + re.escape(tail).replace(r"\ ", r"\s+")
    return re.compile(rf"\b{words}s?\s+{rest}\b", re.I), re.compile(
        rf"\b{words}s?\s+{joint}\s.{{1,80}}?\b(?P<tail>{rest})\b", re.I
    )


def _places(sentence: str, entry: Coefficient) -> list[tuple[int, int, bool]]:
    """Where a sentence names a coefficient: start, end, and whether by its symbol."""
    out = []
    for name in entry.names:
        whole, tail = _name(name)
        out += [(*m.span(), False) for m in whole.finditer(sentence)]
        if not out and tail is not None:
            out += [(*m.span("tail"), False) for m in tail.finditer(sentence)]
    if entry.symbol:
        symbol = rf"(?<![A-Za-z\d_]){re.escape(entry.symbol)}(?=\s*[=:])"
        out += [(*m.span(), True) for m in re.finditer(symbol, sentence)]
    return out


def _sentence(
    text: str, sentence: str, base: int, named: list[str], registry: Sequence[Coefficient]
) -> Iterator[Decision]:
    stated = [
        q
        for q in quantities(text, base, base + len(sentence))
        if not _part_of_name(text, q.start, q.end, named, sentence, base)
    ]
    places = [(place, c) for c in registry for place in _places(sentence, c)]
    bounds = sorted({place[0] for place, _ in places})
    bound: dict[int, list[Coefficient]] = {}
    for (a, b, symbol), entry in places:
        if named and not any(_same_standard(entry.standard, n) for n in named):
            continue
        fit = [q for q in stated if _fits(q, entry)]
        before = [q for q in fit if LEADS_OVER.fullmatch(sentence, q.end - base, a)]
        limit = min([x for x in bounds if x >= b], default=len(sentence))
        after = [q for q in fit if b <= q.start - base < min(limit, b + GAP_MAX)]
        if symbol:
            after = [q for q in after if re.fullmatch(r"\s*[=:]\s*\$?", sentence[b : q.start - base])]
        for q in before[-1:] or after[:1]:
            bound.setdefault(q.start, []).append(entry)
    for q in stated:
        claim = Claim(
            kind="coefficient", text=text[q.start : q.end], span=(q.start, q.end), payload={"standards": named}
        )
        mine = bound.get(q.start, [])
        if mine:
            years = set(re.findall(r"(?:19|20)\d\d", sentence))
            yield _compare(claim, q, [c for c in mine if c.edition in years] or mine)
        elif named and not bound and VALUE_WORDS.search(text[max(base, q.start - 90) : q.start]):
            receipt = Receipt(oracle="registry", computation=f"no entry for {', '.join(named)}")
            message = "no entry in the registry: not verified"
            yield Decision(
                claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message=message, certainty="possible"
            )


def _same_standard(known: str, said: str) -> bool:
    a, b = _key(known), _key(said)
    return a in b or b in a


def _fits(q: Quantity, entry: Coefficient) -> bool:
    """Whether a number can be the coefficient's value: of its dimension, or a bare number where it has none."""
    wanted = parse_unit(entry.unit) if entry.unit else None
    if wanted is None:
        return q.unit is None or q.unit.dims == NONE
    return q.unit is not None and q.unit.dims == wanted.dims


def _compare(claim: Claim, q: Quantity, entries: list[Coefficient]) -> Decision:
    """The stated value in the unit of the registry, with the width of its last digit."""
    said = []
    for c in entries:
        wanted = parse_unit(c.unit) if c.unit else None
        given, ulp = q.value, q.ulp
        if q.unit is not None:
            size = q.unit.size / (wanted.size if wanted is not None else 1)
            given, ulp = (convert(q.value, q.unit, wanted) if wanted is not None else q.value * size), q.ulp * size
        said.append(f"{c.standard}:{c.edition} {c.clause}: {c.value:g} {c.unit}".strip())
        if abs(given - Fraction(str(c.value))) <= ulp / 2:
            receipt = Receipt(oracle="registry", computation=said[-1], source=c.clause)
            return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the registry agrees")
    receipt = Receipt(oracle="registry", computation="; ".join(said), source=entries[0].clause)
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"stated {claim.text.strip()}, the registry says {said[0]}",
    )


def _part_of_name(text: str, start: int, end: int, named: list[str], sentence: str, base: int) -> bool:
    for n in named:
        at = sentence.find(n)
        if at >= 0 and base + at <= start and re.fullmatch(r"[\s:\-–/(]{0,2}", text[base + at + len(n) : start] or ""):
            return True  # EN 1990:2002, whose year is part of its name
    return bool(
        re.search(
            r"(?:clause|section|table|eq(?:uation)?\.?|§|annex|part)\s*[A-Z]?$",
            text[max(0, start - 12) : start].strip(),
            re.I,
        )
    ) or bool(re.fullmatch(r"(?:19|20)\d\d", text[start:end]))
