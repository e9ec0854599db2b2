"""Ions told beside the formula they make: `consists of Na+ and S2- ions, with formula Na2S`.

A compound is neutral: of two ions, some numbers of each have charges that cancel and atoms that are those of the
formula.  Where no such numbers exist, the ions or the formula are wrong.  `O2-`, `N3-` and `I3-` are read both ways, as
an atom with several charges and as several atoms with one.  A formula with an element that neither ion has, and one
that merely `contains` an ion of a metal with several charges, may hold a third ion and is not decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from tidegate.check.verify.chemistry.chemical_words import FORMULA, NOT_SAID, sentence_at, trimmed, unverifiable
from tidegate.check.verify.chemistry.formula import Formula, elements, parse_formula
from tidegate.check.verify.chemistry.ion_claims import FIXED
from tidegate.check.verify.scan import sentences
from tidegate.spine.claim import Claim, Decision, Receipt, Support

MADE_OF = re.compile(
    r"\b(?:consists? of|(?P<part>contains?)|(?:made|made up|composed|built|formed) (?:of|from)|comprises?|combines?)"
    r"\s+(?:the\s+)?"
    rf"\$?(?P<cation>{FORMULA})\$?(?:\s(?:ions?|cations?))?\s+and\s+\$?(?P<anion>{FORMULA})\$?\s+(?:ions?|anions?)\b"
    r"[^.;:?!\d+]{0,40}?\bformula(?:\s(?:unit|is|of|must be|being|becomes))*\s+\$?"
    rf"(?P<formula>{FORMULA})(?=[\s,.;:)$]|$)"
)
TWO_WAYS = re.compile(r"(?P<atom>O(?=2)|[NI](?=3))(?P<digit>\d)(?P<sign>[\-−])")
MOST = 6  # ions of one kind in a formula unit


def check_ion_compounds(text: str, start: int, end: int) -> Iterator[Decision]:
    """Decisions on formulae that stand beside the two ions they are said to be made of."""
    for piece in sentences(text, start, end):
        if "formula" not in text[slice(*piece)]:
            continue
        for found in MADE_OF.finditer(text, *piece):
            cations, anions = _readings(found.group("cation")), _readings(found.group("anion"))
            whole = parse_formula(trimmed(found.group("formula")))
            if whole is None or whole.charge or whole.water or not cations or not anions:
                continue
            signs = {c.charge is not None and c.charge > 0 for c in cations}, {(a.charge or 0) < 0 for a in anions}
            if signs == ({True}, {True}) and set(whole.composition) == {
                s for f in (cations[0], anions[0]) for s in f.composition
            }:
                yield _decide(text, found, cations, anions, whole)


def _readings(raw: str) -> list[Formula]:
    """The ions a text can mean; none without a charge."""
    bare = trimmed(raw)
    texts = [bare]
    simple = TWO_WAYS.fullmatch(bare)
    if simple is not None:
        atom, digit, sign = simple.group("atom", "digit", "sign")
        texts = [f"{atom}^{{{digit}{sign}}}", f"{atom}{digit}^{{{sign}}}"]
    return [f for f in map(parse_formula, texts) if f is not None and f.charge]


def _decide(text: str, found: re.Match[str], cations: list[Formula], anions: list[Formula], whole: Formula) -> Decision:
    span = found.span()
    claim = Claim(kind="formula", text=text[slice(*span)], span=span, payload={"formula": whole.text})
    told = f"{found.group('cation')} and {found.group('anion')}"
    if any(_makes(a, b, whole.composition) for a, b in product(cations, anions)):
        receipt = Receipt(oracle="neutral compounds", computation=f"{told} make {whole.text} without net charge")
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the charges cancel")
    if NOT_SAID.search(sentence_at(text, span[0])):
        return unverifiable(claim, "the sentence may deny it")
    metal = next(iter(cations[0].composition))
    if (
        metal not in FIXED
        and found.group("part")
        and whole.composition[metal] > 1
        and sum(n > 0 for n in elements()[metal].states) > 1
    ):
        return unverifiable(claim, "a third ion may be meant")
    receipt = Receipt(oracle="neutral compounds", computation=f"no numbers of {told} make {whole.text} neutral")
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"no numbers of {told} ions give {whole.text} without net charge",
    )


def _makes(cation: Formula, anion: Formula, atoms: dict[str, int]) -> bool:
    plus, minus = cation.charge or 0, anion.charge or 0
    symbols = set(cation.composition) | set(anion.composition) | set(atoms)
    return any(
        n * plus + m * minus == 0
        and all(n * cation.composition.get(s, 0) + m * anion.composition.get(s, 0) == atoms.get(s, 0) for s in symbols)
        for n, m in product(range(1, MOST + 1), repeat=2)
    )
