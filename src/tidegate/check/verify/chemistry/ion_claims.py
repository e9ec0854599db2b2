# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Charges of named ions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.check.verify.chemistry.chemical_words import (
    FORMULA,
    MINUS,
    NOT_SAID,
    sentence_at,
    trimmed,
    unverifiable,
    value_of,
)
from tidegate.check.verify.chemistry.formula import Formula, parse_formula, same_composition
from tidegate.check.verify.chemistry.known_ions import ions
from tidegate.check.verify.scan import sentences
from tidegate.spine.claim import Claim, Decision, Receipt, Support

CHARGE_PATTERNS = (
    re.compile(
        rf"(?<![A-Za-z])(?P<name>[A-Za-z][a-z]+(?: [a-z]+)?)\s+(?:ions?|anions?|cations?)\s+(?:is|has the formula|is written(?: as)?|=)\s+\**\$?(?P<formula>{FORMULA})(?=[\s,.;:)$*]|$)"
    ),
    re.compile(
        rf"(?<![A-Za-z])(?P<name>[A-Za-z][a-z]+(?: [a-z]+)?)\s+ions?,?\s*\(?\$?(?P<formula>{FORMULA})(?=[\s,.;:)$]|$)"
    ),
    re.compile(
        rf"(?:formula|symbol)\s+(?:of|for)\s+(?:the\s+)?(?P<name>[a-z]+(?: [a-z]+)?)\s+ion\s+is\s+\$?(?P<formula>{FORMULA})"
    ),
)


CHARGE_WORDS = re.compile(
    rf"(?<![a-z])(?:the\s+)?(?P<name>[a-z]+(?: [a-z]+)?)\s+(?:ion|anion|cation)?\s*(?:\(\$?[^()\s]{{1,20}}\$?\)\s*)?(?:has|carries|with|bears)\s+(?:an?\s+)?(?:overall\s+|net\s+|total\s+|formal\s+)?charge\s+of\s+(?P<value>[+{MINUS}]?\s?\d\s?[+{MINUS}]?)",
    re.I,
)


CHARGE_OF = re.compile(
    rf"charge\s+(?:of|on)\s+(?:the\s+|an?\s+)?(?P<name>[a-z]+(?: [a-z]+)?)\s+(?:ion|anion|cation)\s*(?:\([^()]*\)\s*)?is\s+(?P<value>[+{MINUS}]?\s?\d\s?[+{MINUS}]?)",
    re.I,
)


def _ion(name: str) -> tuple[str, int] | None:
    words = re.sub(
        r"\s*\b(?:ion|anion|cation)s?$", "", re.sub(r"\b(di)?hydrogen(?=[a-z])", r"\1hydrogen ", name.lower())
    ).split()
    for size in (2, 1):
        found = ions().get(" ".join(words[-size:]))
        if found is not None and len(words) >= size:
            return found[0], found[1]
    return None


ION = re.compile(r"ion(?:(?<=\bion)|(?<=\banion)|(?<=\bcation))s?\b")
CHARGE = re.compile(r"\bcharge\s+o[fn]\b", re.I)
ANY_CHARGE = re.compile(r"charge\s+o[fn]\b")


def check_charges(text: str, start: int, end: int) -> Iterator[Decision]:
    """Decisions on the charges of named ions."""
    pieces = sentences(text, start, end)
    ionic = [piece for piece in pieces if ION.search(text, *piece) is not None]
    charges = ANY_CHARGE.search(text[start:end].lower()) is not None
    charged = [piece for piece in pieces if charges and CHARGE.search(text, *piece) is not None]
    for pattern in CHARGE_PATTERNS:
        for found in (m for piece in ionic for m in pattern.finditer(text, *piece)):
            known, formula = _ion(found.group("name")), parse_formula(trimmed(found.group("formula")))
            if known is None or formula is None or formula.charge is None:
                continue
            expected = parse_formula(known[0])
            if expected is None or not same_composition(formula, expected) or known[0] in ("MnO4", "O2"):
                continue
            yield _compare_charge(
                text, found.start("formula"), found.end("formula"), found.group("name"), known, formula.charge
            )
    for pattern in (CHARGE_WORDS, CHARGE_OF):
        for found in (m for piece in charged for m in pattern.finditer(text, *piece)):
            known, value = _ion(found.group("name")), value_of(found.group("value"))
            if known is None or value is None or not re.search(r"[+\-−–]", found.group("value")):
                continue
            if known[0] in ("MnO4", "O2") and "per" not in found.group("name"):
                continue
            yield _compare_charge(text, found.start(), found.end(), found.group("name"), known, int(value))


# elements whose ions in salts and solutions carry one charge only
FIXED = {**dict.fromkeys(("Li", "Na", "K", "Rb", "Cs"), 1), **dict.fromkeys(("Mg", "Ca", "Sr", "Ba", "Zn"), 2), "Al": 3,
         **dict.fromkeys(("F", "Cl", "Br"), -1)}  # fmt: skip
# in a gas, a plasma or a mass spectrum any charge occurs
ELSEWHERE = re.compile(
    r"ioni[sz]|\bgas|plasma|spectr|\bm/z|\bbeam|vapou?r|\bflame|discharge|\bstar\b|stellar|solar|nebul|\btrap|laser|clock|corona|energy|energies|successive|remov|hypothetic|unstable|exotic|sodide|alkalide|cryptand|fluorescen|implant",
    re.I,
)
LONE_ION = re.compile(
    rf"(?:(?<=\s\()|(?<![A-Za-z0-9(){{}}₀-₉\]·.^_]))\$?(?P<formula>\\(?:mathrm|text|ce)\{{[^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)*\}}(?:\^\{{[^{{}}]*\}})?|[A-Z][a-z]?(?:\^\{{?\d?[+{MINUS}]\}}?|[²³⁴]?[⁺⁻]|[234]?\+(?![\w+])))(?=[\s$,.;:)*]|$)"
)


def check_lone_ions(text: str, start: int, end: int) -> Iterator[Decision]:
    """Decisions on ions of one atom whose element has but one charge, in sentences that call them ions of a salt or solution."""
    for piece in sentences(text, start, end):
        if ION.search(text, *piece) is None or ELSEWHERE.search(text, *piece) is not None:
            continue
        if "→" in text[slice(*piece)] or "->" in text[slice(*piece)] or "arrow" in text[slice(*piece)]:
            continue  # a reaction is judged whole
        for found in LONE_ION.finditer(text, *piece):
            ion = parse_formula(trimmed(found.group("formula")))
            if ion is None or ion.charge is None or len(ion.atoms) != 1 or ion.atoms[0][1] != 1:
                continue
            symbol = ion.atoms[0][0]
            if symbol in FIXED:
                yield _compare_charge(text, *found.span("formula"), symbol, (symbol, FIXED[symbol]), ion.charge, DENIED)


def ion_beside(text: str, found: re.Match[str], raw: str, formula: Formula) -> Decision | None:
    """`phosphate PO₄²⁻`: a named anion of several atoms directly beside its formula, with its charge."""
    name = found.group("name").lower()
    known = ions().get(name.split()[-1])
    if known is None or known[2] != "anion" or formula.charge is None or found.start("name") > found.start("formula"):
        return None
    expected = parse_formula(known[0])
    if expected is None or len(formula.atoms) < 2 or not same_composition(formula, expected):
        return None
    start = found.start("formula")
    return _compare_charge(text, start, start + len(raw), name, (known[0], known[1]), formula.charge)


DENIED = re.compile(r"\bnot\b|n't|mistake|incorrect|wrong|\brather than|instead of|\bwould\b", re.I)


def _compare_charge(
    text: str,
    start: int,
    end: int,
    name: str,
    known: tuple[str, int],
    charge: int,
    denied: re.Pattern[str] = NOT_SAID,
) -> Decision:
    claim = Claim(kind="charge", text=text[start:end], span=(start, end), payload={"ion": known[0], "charge": charge})
    receipt = Receipt(oracle="named ions", computation=f"{name.strip()}: {known[0]} carries {known[1]:+d}")
    if charge == known[1]:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the charge is right")
    if denied.search(sentence_at(text, start)):
        return unverifiable(claim, "the sentence may deny it")
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{known[0]} carries {known[1]:+d}, not {charge:+d}",
    )
