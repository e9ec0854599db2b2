# ruff: noqa: E501  (patterns read best on one line)
"""Solutions told with their numbers: the pH of a hydrogen-ion concentration, dilutions, moles in a mass of a named compound.

A pH is read of `[H+] = …`, of a strong acid or base with one proton or hydroxide, of a pOH; a dilution keeps c·V; the moles
of a mass are decided where the compound beside the mass is its formula or its one name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache

from tidegate.check.verify.chemistry.chemical_words import FORMULA, trimmed
from tidegate.check.verify.chemistry.formula import Formula, molar_masses, parse_formula
from tidegate.check.verify.chemistry.oxidation_told import named_compounds
from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.law_table import CONCENTRATION
from tidegate.check.verify.quantity.quantities import Quantity, quantities
from tidegate.check.verify.scan import sentences
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "solutions"
IONS = r"(?:\[\s*\\?(?:text|mathrm|ce)?\{?\s*(?P<ion>H|H_?3_?\{?O|H₃O|OH)\}?\s*\^?\{?[+⁺\-−⁻]\}?\}?\s*\]|(?P<word>hydrogen[- ]ion|hydronium(?:[- ]ion)?|hydroxide(?:[- ]ion)?|proton)\s+concentration)"
PH_VALUE = r"(?P<about>(?:about|approximately|roughly|around)\s*)?\$?\s*(?P<value>\d{1,2}(?:\.\d+)?)(?![\d.]*\d|\s*(?:to|–|-)\s*\d|\$?\s*(?:[mµ]?M\b|[mµ]?mol|×|\\times|g\b))"
PH = re.compile(
    rf"(?<![A-Za-z])(?P<what>pOH|pH)\b(?:[^\d;:?!\[\]]{{0,40}}?|\s+of\b[^;:?!]{{0,90}}?\b)(?:of|is|=|≈|equals|\\approx|to|at|:)\s*{PH_VALUE}"
)
STRONG = {"HCl": 1, "HNO3": 1, "HBr": 1, "HI": 1, "HClO4": 1, "NaOH": -1, "KOH": -1, "LiOH": -1}
NAMES = {
    "hydrochloric acid": 1,
    "nitric acid": 1,
    "hydrobromic acid": 1,
    "perchloric acid": 1,
    "sodium hydroxide": -1,
    "potassium hydroxide": -1,
}
SPOILS = re.compile(
    r"\bbuffer|\bweak|\bK_?a\b|pK|\bafter\b|\bbefore\b|\bmix|\badd|dilut|titrat|neutrali|\bchang|\brais|\blower|\bincreas|\bdecreas|\beach\b|\bper\b|°|acetic|\bthan\b|(?<!\\)\btimes\b|fold\b|\bnot\b|n't\b|\bif\b.*\bwere\b|activity|partial",
    re.I,
)


def check_solutions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on the pH of a solution, on dilutions, and on the moles of a mass."""
    ph, mol, dilute = "pH" in text or "pOH" in text, "mol" in text, "dilut" in text.lower()
    if not (ph or mol or dilute):
        return
    for start, end in ranges:
        every = quantities(text, start, end)
        for a, b in sentences(text, start, end):
            mine = [q for q in every if a <= q.start < b and q.unit is not None]
            if not mine or b - a > 400:
                continue
            if ph and (told := PH.search(text, a, b)) is not None:
                yield from _acid(text, a, b, told, mine)
            if dilute and len(mine) == 4:
                yield from _dilution(text, a, b, mine)
            if mol and len(mine) == 2:
                yield from _moles(text, a, b, mine)


def _decided(
    text: str,
    span: tuple[int, int],
    how: str,
    value: float,
    stated: float,
    slack: float,
    shown: str,
    unit: str = "",
    *,
    about: bool = False,
) -> Decision:
    claim = Claim(kind="quantity", text=text[slice(*span)], span=span)
    receipt = Receipt(oracle=ORACLE, computation=f"{how} = {value:.6g}{unit}, stated {shown.strip()}")
    off = abs(value - stated)
    if off <= slack + 1e-9:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the computation agrees")
    if about and off <= 3 * slack:
        return Decision(
            claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message="an approximation", certainty="possible"
        )
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{how} is {value:.6g}{unit}, not {shown.strip()}",
    )


def _acid(text: str, start: int, end: int, told: re.Match[str], found: Sequence[Quantity]) -> Iterator[Decision]:
    given = [
        q
        for q in found
        if q.unit is not None
        and q.unit.dims == CONCENTRATION
        and q.value > 0
        and not (q.start < told.end("value") and told.start("value") < q.end)
    ]
    if len(given) != 1 or len(PH.findall(text, start, end)) != 1 or SPOILS.search(text, start, end):
        return
    q = given[0]
    assert q.unit is not None
    molar = float(q.value * q.unit.size) / 1000
    sentence = text[start:end]
    ion = re.search(IONS, sentence)
    if ion is not None:
        sign = -1 if (ion.group("ion") or ion.group("word") or "").startswith(("OH", "hydroxide")) else 1
        if not 0 < molar < 20:
            return
    else:
        signs = {
            s
            for name, s in STRONG.items()
            if re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z\d₀-₉_])", sentence.replace("₃", "3").replace("₄", "4"))
        }
        signs |= {s for name, s in NAMES.items() if name in sentence.lower()}
        if len(signs) != 1 or not 1e-6 <= molar <= 1.5:
            return
        sign = next(iter(signs))
    exponent = -math.log10(molar)
    acid = (sign > 0) == (told.group("what") == "pH")
    value = exponent if acid else 14 - exponent
    raw = told.group("value")
    places = len(raw.partition(".")[2])
    stated = float(raw)
    digits = 10.0**-places
    spread = float(q.ulp / q.value) / 2 / math.log(10) if q.digits > 1 or q.ulp < 1 else 0.0
    exact = abs(value * 10**places - round(value * 10**places)) < 1e-6
    slack = max(0.0 if exact else 0.6 * digits, min(spread, 0.02))
    span = (min(q.start, told.start()), max(q.end, told.end("value")))
    how = f"−log {molar:g}" if acid else f"14 + log {molar:g}"
    yield _decided(
        text, span, f"{told.group('what')} = {how}", value, stated, slack, raw, about=bool(told.group("about"))
    )


DILUTED = re.compile(
    r"\bto\b(?:\s+(?:a|the|an))?(?:\s+(?:final|total|new))*(?:\s+volume(?:\s+of)?)?\s*(?:exactly\s|about\s)?$", re.I
)


def _dilution(text: str, start: int, end: int, found: Sequence[Quantity]) -> Iterator[Decision]:
    """`Diluting 25 mL of 2.0 M HCl to 100 mL gives 0.50 M.`"""
    volumes = [q for q in found if q.unit is not None and q.unit.dims == table.VOLUME]
    strengths = [q for q in found if q.unit is not None and q.unit.dims == CONCENTRATION]
    if len(volumes) != 2 or len(strengths) != 2 or min(q.value for q in found) <= 0:
        return
    sentence = text[start:end]
    if found[-1] not in strengths or not DILUTED.search(text[max(start, volumes[1].start - 40) : volumes[1].start]):
        return
    if re.search(r"\badd|\bmix|titrat|each|per\b|\bnot\b|serial|twice|again|then\b|%", sentence, re.I):
        return
    v1, v2 = (float(v.value * v.unit.size) for v in volumes if v.unit is not None)
    first, last = strengths
    assert first.unit is not None
    assert last.unit is not None
    c1 = float(first.value * first.unit.size)
    if v1 >= v2:
        return
    value = c1 * v1 / v2 / float(last.unit.size)
    exact = abs(value / float(last.ulp) - round(value / float(last.ulp))) < 1e-9
    span = (found[0].start, found[-1].end)
    how = f"{text[first.start : first.end].strip()} × {text[volumes[0].start : volumes[0].end].strip()} / {text[volumes[1].start : volumes[1].end].strip()}"
    yield _decided(
        text,
        span,
        how,
        value,
        float(last.value),
        0.0 if exact else max(float(last.ulp), value * 0.01),
        text[last.start : last.end],
        f" {last.unit_text.strip()}",
    )


@cache
def _of_compound() -> re.Pattern[str]:
    return re.compile(
        rf"\s*\$?\s*of\s+(?:(?:pure|solid|dry|anhydrous|liquid|gaseous|the)\s+)?(?P<what>\$?(?:{FORMULA})|[a-z]+(?:\([IV]+\))?(?: [a-z]+)?)"
    )


SAME = re.compile(
    r"\b(?:is|are|contains?|equals?|corresponds? to|represents?|amounts? to|gives?|=|≈|makes?|holds?|has|weighs?|weigh|or|about)\b|[=≈]"
)


def _compound(raw: str) -> Formula | None:
    bare = trimmed(raw.strip(" $"))
    parsed = parse_formula(bare) if re.match(r"[\\A-Z\[(]", bare) else None
    if parsed is not None:
        return (
            parsed
            if len(parsed.composition) > 1
            or bare
            in (
                "O2",
                "H2",
                "N2",
                "Cl2",
                "O₂",
                "H₂",
                "N₂",
                "Cl₂",
                "Fe",
                "Cu",
                "Al",
                "Mg",
                "Na",
                "Zn",
                "C",
                "He",
                "Au",
                "Ag",
            )
            else None
        )
    named = {f.atoms: f for _, _, f in named_compounds(raw)}
    return next(iter(named.values())) if len(named) == 1 else None


def _moles(text: str, start: int, end: int, found: Sequence[Quantity]) -> Iterator[Decision]:
    """`36 g of water is 2 mol`: a mass and an amount of one compound."""
    masses = [q for q in found if q.unit is not None and q.unit.dims == table.MASS]
    amounts = [q for q in found if q.unit is not None and q.unit.dims == table.AMOUNT]
    if len(masses) != 1 or len(amounts) != 1:
        return
    mass, amount = masses[0], amounts[0]
    first, last = (mass, amount) if mass.start < amount.start else (amount, mass)
    beside = _of_compound().match(text, first.end, end)
    between = text[first.end : last.start]
    if beside is None or SAME.search(between) is None or len(between) > 70 or mass.value <= 0 or amount.value <= 0:
        return
    if re.search(
        r"solution|water\s+(?:per|and)|react|produc|burn|\bin \d|form|need|require|yield|\bwith\b|dissolv|sample|ions?\b|atoms?\b|\bof \w+ in\b|\beach\b|\bper\b|impur|%|ore\b|/",
        text[start:end],
        re.I,
    ):
        return
    if re.search(r"\d", re.sub(r"[A-Z][a-z]?\d+|[)\]]\d+|_\{?\d+\}?", "", between)):
        return
    formula = _compound(beside.group("what"))
    after = _of_compound().match(text, last.end, end)
    if (
        formula is None
        or formula.charge
        or (
            after is not None and (other := _compound(after.group("what"))) is not None and other.atoms != formula.atoms
        )
    ):
        return
    assert mass.unit is not None
    assert amount.unit is not None
    grams, moles = float(mass.value * mass.unit.size) * 1000, float(amount.value * amount.unit.size)
    masses_of = molar_masses(formula)
    target, unit = (moles, amount) if last is amount else (grams, mass)
    values = [grams / m if last is amount else moles * m for m in masses_of]
    scale = float(amount.unit.size) if last is amount else float(mass.unit.size) * 1000
    nearest = min(values, key=lambda v: abs(v - target)) / scale
    printed = float(unit.ulp)
    slack = max(printed, nearest * 0.006) if printed < nearest * 0.05 else printed * 0.6
    span = (first.start, last.end)
    how = f"{text[first.start : first.end].strip()} of {formula.text} ({masses_of[0]:.5g} g/mol)"
    yield _decided(
        text, span, how, nearest, target / scale, slack, text[last.start : last.end], f" {unit.unit_text.strip()}"
    )
