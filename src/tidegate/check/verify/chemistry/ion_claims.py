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
from tidegate.check.verify.chemistry.oxidation import ions
from tidegate.check.verify.scan import sentences
from tidegate.spine.claim import Claim, Decision, Receipt, Support

CHARGE_PATTERNS = (
    re.compile(
        rf"(?<![a-z])(?P<name>[a-z]+(?: [a-z]+)?)\s+(?:ions?|anions?|cations?)\s+(?:is|has the formula|is written(?: as)?|=)\s+\**\$?(?P<formula>{FORMULA})(?=[\s,.;:)$*]|$)"
    ),
    re.compile(rf"(?<![a-z])(?P<name>[a-z]+(?: [a-z]+)?)\s+ions?,?\s*\(?\$?(?P<formula>{FORMULA})(?=[\s,.;:)$]|$)"),
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


ION = re.compile(r"\b(?:an|cat)?ions?\b")
CHARGE = re.compile(r"\bcharge\s+o[fn]\b", re.I)


def check_charges(text: str, start: int, end: int) -> Iterator[Decision]:
    """Decisions on the charges of named ions."""
    pieces = sentences(text, start, end)
    ionic = [piece for piece in pieces if ION.search(text, *piece) is not None]
    charged = [piece for piece in pieces if CHARGE.search(text, *piece) is not None]
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


def _compare_charge(text: str, start: int, end: int, name: str, known: tuple[str, int], charge: int) -> Decision:
    claim = Claim(kind="charge", text=text[start:end], span=(start, end), payload={"ion": known[0], "charge": charge})
    receipt = Receipt(oracle="named ions", computation=f"{name.strip()}: {known[0]} carries {known[1]:+d}")
    if charge == known[1]:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the charge is right")
    if NOT_SAID.search(sentence_at(text, start)):
        return unverifiable(claim, "the sentence may deny it")
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{known[0]} carries {known[1]:+d}, not {charge:+d}",
    )
