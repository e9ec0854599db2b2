"""Coefficients against the user's own registry, keyed by standard, edition and clause.

No entry means unverifiable, never right: a load factor nobody looked up is not a checked one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

import msgspec

from tidegate.check.verify.quantities import quantities
from tidegate.check.verify.units import convert, parse_unit
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


def check_registry(text: str, ranges: list[tuple[int, int]], registry: Sequence[Coefficient]) -> Iterator[Decision]:
    """Decisions on every number that a sentence ties to a coefficient and a standard."""
    for start, end in ranges:
        for line in re.finditer(r"[^\n]+?(?:\.(?=\s|$)|\n|$)", text[start:end]):
            sentence, base = line.group(0), start + line.start()
            named = STANDARD.findall(sentence)
            hits = [
                c
                for c in registry
                if any(
                    re.search(rf"\b{re.escape(n)}\b", sentence, re.I)
                    for n in (*c.names, *((c.symbol,) if len(c.symbol) > 1 else ()))
                )
            ]
            if not named and not hits:
                continue
            yield from _sentence(text, sentence, base, named, hits)


def _sentence(text: str, sentence: str, base: int, named: list[str], hits: list[Coefficient]) -> Iterator[Decision]:
    stated = [
        q
        for q in quantities(text, base, base + len(sentence))
        if not _part_of_name(text, q.start, q.end, named, sentence, base)
    ]
    for q in stated:
        lead = text[max(base, q.start - 90) : q.start]
        mine = [
            c
            for c in hits
            if any(n.lower() in lead.lower() for n in c.names)
            or (c.symbol and re.search(rf"{re.escape(c.symbol)}\s*[=:]\s*\$?$", lead))
        ]
        if named:
            mine = [
                c
                for c in mine
                if any(
                    _key(c.standard) in _key(n) or _key(n) in _key(c.standard) or _key(n).startswith(_key(c.standard))
                    for n in named
                )
            ]
        claim = Claim(
            kind="coefficient", text=text[q.start : q.end], span=(q.start, q.end), payload={"standards": named}
        )
        if not mine:
            if named and VALUE_WORDS.search(lead):
                receipt = Receipt(oracle="registry", computation=f"no entry for {', '.join(named)}")
                yield Decision(
                    claim=claim,
                    support=Support.UNVERIFIABLE,
                    receipt=receipt,
                    message="no entry in the registry: not verified",
                    certainty="possible",
                )
            continue
        years = set(re.findall(r"(?:19|20)\d\d", sentence))
        edition = [c for c in mine if c.edition in years] or mine
        yield _compare(claim, q.value, q.ulp, q.unit, edition)


def _compare(claim: Claim, value: Fraction, ulp: Fraction, unit: object, entries: list[Coefficient]) -> Decision:
    said = []
    for c in entries:
        wanted = parse_unit(c.unit) if c.unit else None
        given = value
        if wanted is not None and unit is not None:
            if unit.dims != wanted.dims:  # type: ignore[attr-defined]
                continue
            given = convert(value, unit, wanted)  # type: ignore[arg-type]
        said.append(f"{c.standard}:{c.edition} {c.clause}: {c.value:g} {c.unit}".strip())
        if abs(given - Fraction(str(c.value))) <= ulp / 2:
            receipt = Receipt(oracle="registry", computation=said[-1], source=c.clause)
            return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the registry agrees")
    if not said:
        return Decision(
            claim=claim,
            support=Support.UNVERIFIABLE,
            receipt=Receipt(oracle="registry"),
            message="the unit differs in kind from the registry's",
            certainty="possible",
        )
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
        if at >= 0 and base + at <= start < base + at + len(n) + 6:
            return True
    return bool(
        re.search(
            r"(?:clause|section|table|eq(?:uation)?\.?|§|annex|part)\s*[A-Z]?$",
            text[max(0, start - 12) : start].strip(),
            re.I,
        )
    ) or bool(re.fullmatch(r"(?:19|20)\d\d", text[start:end]))
