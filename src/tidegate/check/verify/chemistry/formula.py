"""Chemical formulae as people write them: groups, hydrates, charges, isotopes, Unicode and LaTeX.

`Fe2(SO4)3`, `CuSO4·5H2O`, `SO4^{2-}`, `[Co(NH3)6]³⁺`, `\\ce{Cr2O7^2-}`, `²³⁵U`, `CH3COOH(aq)`.
A text that is not wholly a formula of known elements is None.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from tidegate.spine.resources import resource_text


class Element(NamedTuple):
    """An element: its standard atomic weight and the oxidation states known for it."""

    symbol: str
    name: str
    number: int
    weight: float
    states: tuple[int, ...]


class Group(NamedTuple):
    """A part of a formula: its text (`SO4`), its atoms, how many times it stands there."""

    text: str
    atoms: tuple[tuple[str, int], ...]
    times: int
    bracketed: bool


class Formula(NamedTuple):
    """A formula: atoms (hydrate water included), net charge (None when not shown), parts, waters."""

    text: str
    atoms: tuple[tuple[str, int], ...]
    charge: int | None
    groups: tuple[Group, ...]
    water: Fraction = Fraction(0)

    @property
    def composition(self) -> dict[str, int]:
        """Atoms by symbol."""
        return dict(self.atoms)


@cache
def elements() -> dict[str, Element]:
    """All elements by symbol."""
    out = {}
    for line in resource_text("tidegate.check.verify.chemistry", "elements.tsv").splitlines()[1:]:
        symbol, name, number, weight, states = line.split("\t")
        out[symbol] = Element(symbol, name, int(number), float(weight), tuple(int(s) for s in states.split()))
    return out


@cache
def names() -> dict[str, str]:
    """Symbols by lower-case name, British and American."""
    out = {e.name: e.symbol for e in elements().values()}
    return out | {"aluminum": "Al", "aluminium": "Al", "sulphur": "S", "sulfur": "S", "cesium": "Cs", "caesium": "Cs"}


SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
STATE = re.compile(r"\s?\((?:s|l|g|aq|cr|c|am|solid|liquid|gas)\)$")
CHARGE = re.compile(
    r"(?:\^\{?\s*\(?([0-9]*)\s*([+-])\)?\s*\}?|\^\{?\s*([+-])\s*([0-9]+)\s*\}?|\s?\(([0-9]*)([+-])\)|\(([+-])([0-9]+)\))$"
)
ATOM = re.compile(r"([A-Z][a-z]?)([0-9]*)")


def clean(text: str) -> str:
    """LaTeX and Unicode marks in one plain form: subscripts inline, charges after ^."""
    t = re.sub(r"\\(?:ce|mathrm|text|rm|mathbf)\s*(?=\{)", "", text)
    t = (
        t.replace("\\left", "")
        .replace("\\right", "")
        .replace("−", "-")
        .replace("–", "-")
        .replace("$", "")
        .replace("~", "")
        .replace("\\,", "")
    )
    t = re.sub(r"\\(?:cdot|bullet|times)|[·•∙⋅]", "·", t)
    t = re.sub(rf"[{SUPER}]+", lambda m: "^" + m.group(0).translate(SUPERSCRIPTS), t)
    t = t.translate(SUBSCRIPTS)
    t = re.sub(r"_\{\s*(\d+)\s*\}|_(\d+)", lambda m: m.group(1) or m.group(2), t)
    t = re.sub(r"\{\}\s*", "", t)
    t = re.sub(r"^\{(.*)\}$", r"\1", t.strip())
    t = re.sub(r"\{([^{}^]*)\}", lambda m: m.group(1) if not m.string[: m.start()].endswith("^") else m.group(0), t)
    return t.strip()


@lru_cache(maxsize=8192)
def parse_formula(text: str) -> Formula | None:
    """The formula a text is, or None when any character of it is not understood."""
    if not text or len(text) > 120:
        return None
    t = STATE.sub("", clean(text))
    charge, t = _charge(t)
    t = re.sub(r"\s+", "", t)
    parts = re.split(r"[·*]|(?<=[\dA-Za-z)\]])\.(?=\d*\(?[A-Z])", t)
    atoms: Counter[str] = Counter()
    groups: list[Group] = []
    water = Fraction(0)
    for i, part in enumerate(parts):
        found = re.match(r"(\d*)(.*)$", part)
        assert found is not None
        times = int(found.group(1) or 1)
        if times > 200 or (i == 0 and found.group(1)):
            return None
        parsed = _sequence(found.group(2))
        if parsed is None:
            return None
        counts = Counter(dict(_total(parsed)))
        if i and counts == {"H": 2, "O": 1}:
            water += times
        for symbol, n in counts.items():
            atoms[symbol] += n * times
        groups += [Group(g.text, g.atoms, g.times * times, g.bracketed) for g in parsed]
    if not atoms or not set(atoms) <= set(elements()) | {"D"} or sum(atoms.values()) > 5000:
        return None
    return Formula(text, tuple(sorted(atoms.items())), charge, tuple(groups), water)


def _charge(t: str) -> tuple[int | None, str]:
    """The net charge written at the end, and the text before it."""
    if t.endswith("."):
        t = t[:-1]
    found = CHARGE.search(t)
    if found is not None:
        a, b, c, d, e, f, g, h = found.groups()
        digits, sign = (a, b) if b else (d, c) if c else (e, f) if f else (h, g)
        return (1 if sign == "+" else -1) * int(digits or 1), t[: found.start()]
    found = re.search(r"^(.*?[A-Za-z0-9)\]])\s(\d?)([+-])$", t)  # Cr2O7 2-
    if found is not None:
        return (1 if found.group(3) == "+" else -1) * int(found.group(2) or 1), found.group(1)
    found = re.search(r"^(.*?)([+-]{1,3})$", t)
    if found is not None and found.group(1):
        body, signs = found.group(1), found.group(2)
        if len(set(signs)) > 1:
            return None, t
        sign = 1 if signs[0] == "+" else -1
        lone = re.fullmatch(r"([A-Z][a-z]?)(\d)", body)
        if lone and len(signs) == 1 and body in ("O2", "N3"):
            return None, "?"  # oxide or superoxide, nitride or azide
        if lone and len(signs) == 1 and body not in ("I3", "Br3", "Hg2", "C2"):  # Fe3+ is Fe with charge 3
            return sign * int(lone.group(2)), lone.group(1)
        return sign * len(signs), body
    return None, t


def _sequence(t: str) -> list[Group] | None:
    """Top-level atoms and bracketed groups in order, each with its multiplicity."""
    out: list[Group] = []
    i = 0
    while i < len(t):
        if t[i] in "([{":
            close = _closing(t, i)
            if close is None or re.fullmatch(r"[IVX]+", t[i + 1 : close]):
                return None  # (II) is a Roman numeral
            inner = t[i + 1 : close]
            charge, bare = _charge(inner)
            parsed = _sequence(bare if charge is not None else inner)
            if not parsed:
                return None
            i = close + 1
            digits = re.match(r"\d{0,3}", t[i:])
            n = int(digits.group(0) or 1) if digits else 1
            i += len(digits.group(0)) if digits else 0
            out.append(Group(bare if charge is not None else inner, tuple(_total(parsed)), n, True))
            continue
        found = re.match(r"\^?\d{1,3}(?=[A-Z])", t[i:]) if i == 0 else None
        if found is not None and t[0] == "^":
            i += len(found.group(0))  # an isotope's mass number
            continue
        atom = ATOM.match(t, i)
        if atom is None:
            return None
        symbol, n_text = atom.groups()
        if symbol not in elements() and symbol != "D":
            symbol = symbol[0]
            atom = re.compile(r"([A-Z])([0-9]*)").match(t, i)
            if atom is None or symbol not in elements() or (i + 1 < len(t) and t[i + 1].islower()):
                return None
            n_text = atom.group(2)
        if n_text.startswith("0") or len(n_text) > 4:
            return None
        out.append(Group(symbol, ((symbol, 1),), int(n_text or 1), False))
        i = atom.end()
    return out


def _closing(t: str, i: int) -> int | None:
    depth = 0
    for j in range(i, len(t)):
        if t[j] in "([{":
            depth += 1
        elif t[j] in ")]}":
            depth -= 1
            if depth == 0:
                return j
    return None


def _total(groups: list[Group]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for g in groups:
        for symbol, n in g.atoms:
            counts[symbol] += n * g.times
    return sorted(counts.items())


def molar_masses(formula: Formula) -> tuple[float, ...]:
    """The molar mass in g/mol with full, two-, one- and zero-decimal atomic weights (Cl 35.5, Cu 63.5)."""
    half = {"Cl": 35.5, "Cu": 63.5}
    out = []
    for digits in (None, 3, 2, 1, 0):
        total = 0.0
        for symbol, n in formula.atoms:
            weight = 2.014 if symbol == "D" else elements()[symbol].weight
            if digits is not None:
                weight = half[symbol] if digits == 0 and symbol in half else round(weight, digits)
            total += weight * n
        out.append(total)
    return tuple(out)


def same_composition(a: Formula, b: Formula) -> bool:
    """Whether two formulae hold the same atoms."""
    return a.atoms == b.atoms
