# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""The editions of CODATA and the names and symbols of their constants."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from tidegate.spine.resources import resource_text


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
    for line in resource_text("tidegate.check.verify.published", "codata.tsv").splitlines()[1:]:
        edition, name, value, unit, uncertainty = line.split("\t")
        known = RENAMED.get(name, _expanded(name))
        out.setdefault(known, []).append(Entry(int(edition), name, Fraction(value), unit, float(uncertainty) == 0))
    whole: dict[tuple[str, ...], list[Entry]] = {}
    for name, found in out.items():  # `triton-proton` of one edition is `triton to proton` of another
        whole.setdefault(key_of(name), []).extend(found)
    groups = [tuple(sorted(found, key=lambda e: -e.edition)) for found in whole.values()]
    return {RENAMED.get(found[0].name, _expanded(found[0].name)): found for found in groups}


def _expanded(name: str) -> str:
    for short, full in (
        ("mom.um", "momentum"),  # so printed in the edition of 2014
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
        .replace("rest energy", "mass energy equivalent")
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


SINGULAR = {"electrons": "electron", "protons": "proton", "plancks": "planck", "boltzmanns": "boltzmann", "avogadros": "avogadro", "faradays": "faraday", "rydbergs": "rydberg", "wiens": "wien",
    "newtons": "newton"}  # fmt: skip


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
def name_words() -> frozenset[str]:
    """Every word that stands in some constant's name."""
    return frozenset(w for k in index() for w in k)


@cache
def rare_words() -> frozenset[str]:
    """Words without one of which no constant is named."""
    return frozenset({"constant", "speed", "velocity", "charge", "mass", "ratio", "relationship", "radius", "moment", "mom", "mag", "magnetic", "permittivity", "permeability", "wavelength", "unit",
                      "energy", "factor", "quantum", "magneton", "impedance", "gravity", "atm", "anomaly", "volume", "density", "temperature", "angle", "number", "conductance", "length", "time",
                      "acceleration", "atmosphere", "state", "pressure", "efficacy", "frequency", "section", "hartree", "dalton", "light", "calorie", "spacing", "parameter", "shift", "action", "momentum", "cal",
                      "hbar", "star", "ampere", "coulomb", "farad", "henry", "ohm", "watt", "shielding", "current", "volt", "kelvin", "hertz", "joule", "kilogram", "inverse", "meter", "field", "potential", "mole"})  # fmt: skip


# words of constants' names that ordinary text holds as well
COMMON = frozenset(
    ["constant", "speed", "velocity", "charge", "mass", "ratio", "relationship", "radius", "moment", "unit", "energy", "factor", "number", "length", "time", "volume", "density", "temperature", "angle", "of", "in", "current",
     "acceleration", "pressure", "state", "force", "first", "second", "to", "over", "system", "field", "power", "level", "order", "per", "and", "section", "shift", "law", "value", "electric", "free", "fine", "bar", "star", "action", "cu", "mo", "ev"]
)  # fmt: skip


@cache
def telling_words() -> frozenset[str]:
    """A word of each constant's name that ordinary text seldom holds; where none stands, no constant is named."""
    out: set[str] = {"standard", "constant", "ratio", "relationship", "light", "gravit"}
    for key in sorted(index(), key=len):
        own = [w for w in key if w not in COMMON and len(w) > 2 and not w.isdigit()]
        if not out & set(key):
            out.add(min(own, key=lambda w: (-len(w), w)) if own else max(key, key=len))
    return frozenset(out)
