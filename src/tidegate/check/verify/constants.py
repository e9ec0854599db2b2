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
from functools import cache, lru_cache
from typing import NamedTuple

from tidegate.check.verify.quantities import QUANTITY, Quantity, quantities
from tidegate.check.verify.unit_table import NONE
from tidegate.check.verify.units import ONE, Unit, parse_unit
from tidegate.spine.claim import Claim, Decision, Receipt, Support
from tidegate.spine.resources import resource_text

ORACLE = "CODATA"


class Entry(NamedTuple):
    """One value of one edition; `exact` when its standard uncertainty is zero."""

    edition: int
    name: str
    value: Fraction
    unit: str
    exact: bool


ALIASES = {
    "speed of light": "speed of light in vacuum", "velocity of light": "speed of light in vacuum", "light speed": "speed of light in vacuum",
    "gravitational constant": "Newtonian constant of gravitation", "universal gravitational constant": "Newtonian constant of gravitation",
    "newtonian gravitational constant": "Newtonian constant of gravitation", "newton gravitational constant": "Newtonian constant of gravitation",
    "newton constant": "Newtonian constant of gravitation", "electron charge magnitude": "elementary charge", "fundamental charge": "elementary charge",
    "charge proton": "elementary charge", "charge electron": "elementary charge", "electron charge": "elementary charge", "electronic charge": "elementary charge", "proton charge": "elementary charge", "gas constant": "molar gas constant", "ideal gas constant": "molar gas constant", "universal gas constant": "molar gas constant",
    "avogadro number": "Avogadro constant", "permittivity free space": "vacuum electric permittivity", "vacuum permittivity": "vacuum electric permittivity",
    "electric constant": "vacuum electric permittivity", "permittivity vacuum": "vacuum electric permittivity", "permeability free space": "vacuum mag. permeability",
    "vacuum permeability": "vacuum mag. permeability", "magnetic constant": "vacuum mag. permeability", "permeability vacuum": "vacuum mag. permeability",
    "fine structure constant": "fine-structure constant", "mass electron": "electron mass", "rest mass electron": "electron mass", "electron rest mass": "electron mass",
    "proton rest mass": "proton mass", "rest mass proton": "proton mass", "rest mass neutron": "neutron mass", "unified atomic mass unit": "atomic mass constant",
    "atomic mass unit": "atomic mass constant", "dalton": "atomic mass constant", "standard gravity": "standard acceleration of gravity",
    "wien displacement constant": "Wien wavelength displacement law constant", "wien constant": "Wien wavelength displacement law constant",
    "wien displacement law constant": "Wien wavelength displacement law constant", "dirac constant": "reduced Planck constant", "h bar": "reduced Planck constant",
    "magnetic flux quantum": "mag. flux quantum", "stefan constant": "Stefan-Boltzmann constant", "stefan boltzmann constant": "Stefan-Boltzmann constant",
    "hartree": "Hartree energy", "conductance quantum": "conductance quantum", "von klitzing constant": "von Klitzing constant",
    "josephson constant": "Josephson constant", "electron compton wavelength": "Compton wavelength", "planck constant over 2 pi": "reduced Planck constant",
    "first radiation constant": "first radiation constant", "thomson cross section": "Thomson cross section", "rydberg energy": "Rydberg constant times hc in J",
}  # fmt: skip
RENAMED = {  # old edition's name → new name
    "Planck constant over 2 pi": "reduced Planck constant", "electric constant": "vacuum electric permittivity", "mag. constant": "vacuum mag. permeability",
    "Planck constant over 2 pi in eV s": "reduced Planck constant in eV s", "natural unit of action": "natural unit of action",
    "Wien displacement law constant": "Wien wavelength displacement law constant", "magn. flux quantum": "mag. flux quantum", "magn. constant": "vacuum mag. permeability",
    "Planck constant over 2 pi times c in MeV fm": "reduced Planck constant times c in MeV fm",
}  # fmt: skip
SYMBOLS = {
    "c": "speed of light in vacuum", "h": "Planck constant", "ħ": "reduced Planck constant", "hbar": "reduced Planck constant", "\\hbar": "reduced Planck constant",
    "k_B": "Boltzmann constant", "k": "Boltzmann constant", "kB": "Boltzmann constant", "N_A": "Avogadro constant", "NA": "Avogadro constant", "R": "molar gas constant",
    "e": "elementary charge", "q_e": "elementary charge", "G": "Newtonian constant of gravitation", "m_e": "electron mass", "m_p": "proton mass", "m_n": "neutron mass",
    "ε0": "vacuum electric permittivity", "ε_0": "vacuum electric permittivity", "ε₀": "vacuum electric permittivity", "\\epsilon_0": "vacuum electric permittivity",
    "\\varepsilon_0": "vacuum electric permittivity", "μ0": "vacuum mag. permeability", "μ_0": "vacuum mag. permeability", "μ₀": "vacuum mag. permeability",
    "\\mu_0": "vacuum mag. permeability", "σ": "Stefan-Boltzmann constant", "\\sigma": "Stefan-Boltzmann constant", "a_0": "Bohr radius", "a₀": "Bohr radius",
    "R_∞": "Rydberg constant", "R_H": "Rydberg constant", "R_\\infty": "Rydberg constant", "F": "Faraday constant", "μ_B": "Bohr magneton", "\\mu_B": "Bohr magneton",
    "m_u": "atomic mass constant", "mₑ": "electron mass", "k_b": "Boltzmann constant", "Φ_0": "mag. flux quantum", "R_K": "von Klitzing constant", "K_J": "Josephson constant",
}  # fmt: skip
GLUE = frozenset(["the", "a", "an", "of", "value", "its", "is", "currently", "codata", "recommended", "approximately", "accepted", "equal", "to", "about", "exactly", "known", "given", "by", "has", "as", "we", "use", "using", "take", "with", "where", "and", "approximate", "modern", "measured", "latest", "nist", "for", "that", "'s", "defined", "now", "one", "fixed", "experimental", "here", "constant's", "roughly", "numerical", "rest", "symbol"])  # fmt: skip
WORD = re.compile(r"[A-Za-z]+(?:'s)?|\d+")


@cache
def entries() -> dict[str, tuple[Entry, ...]]:
    """All editions of each constant, by its newest name."""
    out: dict[str, list[Entry]] = {}
    for line in resource_text("tidegate.check.verify", "codata.tsv").splitlines()[1:]:
        edition, name, value, unit, uncertainty = line.split("\t")
        known = RENAMED.get(name, _expanded(name))
        out.setdefault(known, []).append(Entry(int(edition), name, Fraction(value), unit, float(uncertainty) == 0))
    return {name: tuple(sorted(found, key=lambda e: -e.edition)) for name, found in out.items()}


def _expanded(name: str) -> str:
    for short, full in (
        ("magn.", "mag."),
        ("polarizablity", "polarizability"),
        ("hyperpolarizablity", "hyperpolarizability"),
        ("quadrupole moment", "quadrupole mom."),
        ("dipole moment", "dipole mom."),
    ):
        name = name.replace(short, full)
    return re.sub(r"\bmoment\b", "mom.", name)


def key_of(words: str) -> tuple[str, ...]:
    """Order-free normal form of a constant's name."""
    text = (
        words.lower()
        .replace("mag.", "magnetic")
        .replace("mom.", "moment")
        .replace("mol.", "molar")
        .replace("g-factor", "g factor")
        .replace("-", " ")
    )
    text = (
        text.replace("gyromag.", "gyromagnetic")
        .replace("shielded ", "shielded ")
        .replace("polarisability", "polarizability")
        .replace("relat.", "relative")
    )
    out = []
    for w in WORD.findall(text):
        w = w.removesuffix("'s")
        if w == "in" or w not in GLUE:
            out.append(SINGULAR.get(w, w))
    ordered = {"ratio", "relationship", "unit"} & set(out)  # electron-proton is not proton-electron
    return tuple(out) if ordered else tuple(sorted(out))


SINGULAR = {
    "electrons": "electron",
    "protons": "proton",
    "plancks": "planck",
    "boltzmanns": "boltzmann",
    "avogadros": "avogadro",
    "faradays": "faraday",
    "rydbergs": "rydberg",
    "wiens": "wien",
    "newtons": "newton",
}


@cache
def index() -> dict[tuple[str, ...], str]:
    """Normal form of every name and alias → the constant."""
    out: dict[tuple[str, ...], str] = {}
    for name, found in entries().items():
        for form in {name, *(e.name for e in found)}:
            out.setdefault(key_of(form), name)
            if " in " in form:
                continue
    for alias, name in ALIASES.items():
        if name in entries():
            out[key_of(alias)] = name
    return out


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(w for k in index() for w in k)


@cache
def _rare() -> frozenset[str]:
    """Words without one of which no constant is named."""
    return frozenset({"constant", "speed", "velocity", "charge", "mass", "ratio", "relationship", "radius", "moment", "mom", "mag", "magnetic", "permittivity", "permeability", "wavelength", "unit",
                      "energy", "factor", "quantum", "magneton", "impedance", "gravity", "atm", "anomaly", "volume", "density", "temperature", "angle", "number", "conductance", "length", "time",
                      "acceleration", "atmosphere", "state", "pressure", "efficacy", "frequency", "section", "hartree", "dalton", "light", "calorie", "spacing", "parameter", "shift", "action", "momentum", "cal",
                      "hbar", "star", "ampere", "coulomb", "farad", "henry", "ohm", "watt", "shielding", "current", "volt", "kelvin", "hertz", "joule", "kilogram", "inverse", "meter", "field", "potential", "mole"})  # fmt: skip


FILLER = r"(?:[\s$,:(\\|]|\b(?:currently|exactly|about|approximately|given|by|the|value|of|a|equal|to|roughly|defined|as|fixed|at|now|numerical|recommended|CODATA|\d{4}|accepted|has|is|be|around|known|measured)\b)*"
SIGN = r"(?:\b(?:is|equals|of|are|was|has)\b|=|≈|:|\\approx|≃|~|\\simeq|\||\s)"
SYMBOL = r"(?:\s*[,($]*\s*\\?(?:hbar|epsilon|varepsilon|mu|sigma|alpha|[A-Za-zμεσħΦα]{1,2})(?:_\{?\\?[A-Za-z0-9∞]+\}?|[₀ₑ0])?\s*[),$]*)"
LINKS = (re.compile(rf"\s*[,($]*\s*{SIGN}{FILLER}$"), re.compile(rf"{SYMBOL}\s*{SIGN}{FILLER}$"))


LETTERS = re.compile(r"[A-Za-z]+")
SET_EQUAL = ("=", "≈", "approx")


def check_constants(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on every stated constant."""
    for start, end in ranges:
        named = [m.start() for m in LETTERS.finditer(text, start, end) if m.group(0).lower() in _rare()]
        for each in quantities(text, start, end):
            at = bisect_left(named, each.start)
            near = at > 0 and named[at - 1] >= each.start - 170 - 16
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
    return _vocabulary().issuperset(key_of(word.replace("’", "'"))) or word.startswith(
        ("mag", "mom", "mol", "gyromag", "relat", "polari", "shield")
    )


def _named(text: str, q: Quantity, lead: str) -> Decision | None:
    lead = lead.rpartition("\n")[2]
    lead = re.split(r"[.;!?]\s+(?=[A-Z])|;\s", lead)[-1]
    if _rare().isdisjoint(re.findall(r"[a-z]+", lead.lower())):
        return None
    for link_pattern in LINKS:
        link = link_pattern.search(lead)
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
    return _judge(text, q, name, named=False)


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
        factor: Fraction | None = q.unit.size / table_unit.size
    elif (q.unit is None and table_unit is ONE) or (same_text and (table_unit is None or q.unit is None)):
        factor = Fraction(1)
    elif q.unit is None and re.match(r"\s*(?:$|[.,;)\n*]|\\\)|\$|\(SI)", text[q.end : q.end + 4]):
        factor = Fraction(1)
        named = named and False
    else:
        return None
    assert factor is not None
    stated, half = abs(q.value) * factor, q.ulp * abs(factor) / 2
    matched = [e for e in found if abs(stated - abs(e.value)) <= half * Fraction(1000001, 1000000)]
    shown = f"{float(found[0].value):.12g} {found[0].unit}".strip()
    if matched:
        newest = matched[0].edition
        old = newest < found[0].edition
        word = f"agrees with CODATA {newest}" + (f", superseded by {found[0].edition}: {shown}" if old else "")
        detail = {"constant": name, "edition": newest, "current": not old}
        receipt = Receipt(
            oracle=ORACLE,
            computation=f"{name} = {float(matched[0].value):.12g} {matched[0].unit} (CODATA {newest})",
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
    if q.digits <= 3 and 0 < value - stated < half * 2:
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


def _plain(unit: str) -> str:
    return re.sub(r"[\s{}$\\]", "", unit)


__all__ = ["NONE", "QUANTITY", "check_constants", "entries"]
