# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Stated molar masses against the sum of standard atomic weights."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.check.verify.chemistry.chemical_names import longest_name
from tidegate.check.verify.chemistry.chemical_words import FORMULA, NOT_SAID, sentence_at, trimmed, unverifiable
from tidegate.check.verify.chemistry.formula import Formula, molar_masses, parse_formula
from tidegate.spine.claim import Claim, Decision, Receipt, Support

MASS_AFTER = re.compile(
    rf"(?<![A-Za-z\d])(?P<formula>{FORMULA})\$?\)?,?\s+(?:has|have|having|with|and its)\s+(?:an?\s+|the\s+)?(?:molar\s+mass|molecular\s+(?:weight|mass)|formula\s+(?:weight|mass))\s*(?:is|=|≈|:|of)?\s*(?:about|approximately|roughly|around)?\s*\$?(?P<value>\d+(?:[.,]\d+)?)\s*(?P<unit>g|kg|u|amu|Da)?"
)


MASS_OF_NAME = re.compile(
    r"(?P<name>[A-Za-z][a-z]+(?:\s?\((?:I{1,3}|IV|VI{0,3})\))?(?:\s+[a-z]+){0,2}?)\s+(?:has|have|with)\s+(?:an?\s+|the\s+)?(?:molar\s+mass|molecular\s+(?:weight|mass)|formula\s+(?:weight|mass))\s*(?:of|=|is)?\s*(?:about|approximately|roughly|around)?\s*\$?(?P<value>\d+(?:[.,]\d+)?)\s*(?P<unit>g|kg|u|amu|Da)\b"
)


ONE_OF = re.compile(
    rf"(?<![A-Za-z\d])(?P<formula>{FORMULA})\$?\)?,?\s+(?:has\s+)?one\s+of\s+(?:about\s+|approximately\s+)?\$?(?P<value>\d+(?:[.,]\d+)?)\s*(?P<unit>g)/mol"
)  # glucose has a molar mass of …, sucrose (C12H22O11) one of 342.3 g/mol
MASS = re.compile(
    rf"(?:[Mm]olar\s+mass|[Mm]olecular\s+(?:weight|mass)|[Ff]ormula\s+(?:weight|mass)|\bM(?:_?r|W|_w)?)\s*(?:of|for|\()\s*(?:the\s+|an?\s+)?(?:(?P<name>[a-z][a-z ()IVX]{{2,40}}?)\s*,?\s*\(?)?\$?(?P<formula>{FORMULA})?\$?\)?,?\s*(?:is|=|≈|:|\\approx|of)\s*(?:about|approximately|roughly|around)?\s*\$?(?P<value>\d+(?:[.,]\d+)?)\s*(?:\\,|~|\\mathrm\{{~?|\\text\{{\s*)?\s*(?P<unit>g|kg|u|amu|Da)?",
)


MOLAR = re.compile(r"molar\s+mass|molecular\s+(?:weight|mass)|formula\s+(?:weight|mass)")
NAME_MAX = 120  # characters from a compound's name to `molar mass`, and from there to the end of the statement


def _masses_of_names(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """`MASS_OF_NAME` around the words that every match holds: a name may begin anywhere."""
    last = start
    for anchor in MOLAR.finditer(text, start, end):
        low, high = max(last, anchor.start() - NAME_MAX), min(end, anchor.end() + NAME_MAX)
        for found in MASS_OF_NAME.finditer(text, low, high):
            last = found.end()
            yield found


def check_masses(text: str, start: int, end: int) -> Iterator[Decision]:
    """Decisions on molar masses of formulae and of named compounds."""
    for found in _masses_of_names(text, start, end):
        _, allowed = longest_name(found.group("name").lower().strip(), from_start=False)
        if allowed:
            yield _compare_mass(
                text, found, Formula(found.group("name").strip(), tuple(sorted(allowed[0][1].items())), None, ())
            )
    after = MASS_AFTER.finditer(text, start, end) if MOLAR.search(text, start, end) is not None else ()
    one_of = ONE_OF.finditer(text, start, end) if "/mol" in text[start:end] else ()
    for found in (*after, *one_of):
        formula = parse_formula(trimmed(found.group("formula")))
        if formula is not None:
            yield _compare_mass(text, found, formula)
    for found in MASS.finditer(text, start, end):
        raw = found.group("formula")
        formula = parse_formula(trimmed(raw)) if raw else None
        if formula is None and found.group("name"):
            _, allowed = longest_name(found.group("name").strip(), from_start=False)
            if allowed:
                formula = Formula(found.group("name").strip(), tuple(sorted(allowed[0][1].items())), None, ())
        if formula is None or (
            found.group("unit") is None and "weight" not in found.group(0) and "mass" not in found.group(0)
        ):
            continue
        yield _compare_mass(text, found, formula)


GOES_ON = re.compile(r"\s*(?:[(×*+·]|\\(?:times|cdot))")  # a molar mass of 2(1.008) + 16.00 is not yet told


def _compare_mass(text: str, found: re.Match[str], formula: Formula) -> Decision:
    stated_text = found.group("value").replace(",", ".")
    stated = float(stated_text) * (1000 if found.group("unit") == "kg" else 1)
    half_ulp = 0.5 * 10.0 ** -len(stated_text.partition(".")[2]) * (1000 if found.group("unit") == "kg" else 1)
    masses = molar_masses(formula)
    claim = Claim(
        kind="molar-mass", text=found.group(0), span=found.span(), payload={"formula": formula.text, "stated": stated}
    )
    if found.group("unit") is None and GOES_ON.match(text, found.end("value")):
        return unverifiable(claim, "a computation, which is read as one")
    terms = " + ".join(f"{n} {s}" for s, n in formula.atoms)
    receipt = Receipt(
        oracle="standard atomic weights",
        computation=f"{terms} = {masses[0]:.4g} g/mol" if masses[0] < 1000 else f"{terms} = {masses[0]:.6g} g/mol",
    )
    if any(abs(stated - m) <= half_ulp * 1.001 + 2.5e-4 * m for m in masses):
        return Decision(
            claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the sum of atomic weights agrees"
        )
    if (
        len(formula.atoms) == 1
        or NOT_SAID.search(sentence_at(text, found.start()))
        or (abs(stated - masses[0]) < 2e-3 * masses[0] and stated_text.isdigit())
    ):
        return unverifiable(claim, "another species or a coarse rounding may be meant")
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{formula.text} weighs {masses[0]:.5g} g/mol, not {stated_text}",
    )
