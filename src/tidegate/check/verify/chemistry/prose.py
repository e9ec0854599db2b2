# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Chemical statements in prose: oxidation states, charges, names against formulae, molar masses."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from tidegate.check.verify.chemistry.chemical_names import check_names, compounds
from tidegate.check.verify.chemistry.formula import names
from tidegate.check.verify.chemistry.ion_claims import check_charges, check_lone_ions
from tidegate.check.verify.chemistry.ion_compounds import check_ion_compounds
from tidegate.check.verify.chemistry.known_ions import ions
from tidegate.check.verify.chemistry.molar_mass import check_masses
from tidegate.check.verify.chemistry.oxidation_claims import LINE, SIGNED, check_states, check_told_states, state_cue
from tidegate.check.verify.chemistry.oxidation_told import CUE
from tidegate.check.verify.chemistry.reactions import check_reactions
from tidegate.check.verify.scan import sentences, words
from tidegate.spine.claim import Decision


def check_chemistry(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on every chemical statement of the prose in `ranges`."""
    known = vocabulary()
    named = [at for at, word in zip(*words(text), strict=True) if word in known]
    if not named and FORMULAISH.search(text) is None:
        return
    yield from check_reactions(text, ranges)
    for start, end in ranges:
        if not _any_within(named, start, end) and FORMULAISH.search(text, start, end) is None:
            continue
        lowered = text[start:end].lower()
        if (
            "oxidation" in lowered
            or " state" in lowered
            or SIGNED.search(text, start, end)
            or CUE.search(text, start, end)
        ):
            for piece in sentences(text, start, end):
                seen: set[tuple[int, int]] = set()  # spans of this sentence alone: no other can overlap them
                if state_cue(text, *piece):
                    yield from check_states(text, *piece, seen)
                elif CUE.search(text, *piece):
                    yield from check_told_states(text, *piece, seen)
        if "charge" in lowered or " ion" in lowered:
            yield from check_charges(text, start, end)
            if " ion" in lowered:
                yield from check_lone_ions(text, start, end)
            if "formula" in lowered:
                yield from check_ion_compounds(text, start, end)
        if "mass" in lowered or "weight" in lowered or "M(" in text[start:end] or "M_" in text[start:end]:
            yield from check_masses(text, start, end)
        for a, b in _lines_with_names(text, start, end, named):
            for piece in _with_formulae(text, a, b):
                yield from check_names(text, *piece)


def _with_formulae(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A short run of lines whole; of a long one the sentences that hold a formula."""
    if end - start <= 600:
        yield start, end
        return
    for piece in sentences(text, start, end):
        if FORMULAISH.search(text, *piece) is not None:
            yield piece


def _any_within(places: list[int], start: int, end: int) -> bool:
    """Whether one of the sorted places lies in [start, end)."""
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end


def _lines_with_names(text: str, start: int, end: int, named: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of lines that hold a word of a compound's name (begun at one of `named`), with the lines around them."""
    if not _any_within(named, start, end):
        return
    lines = [m.span() for m in LINE.finditer(text, start, end)]
    hit = [_any_within(named, a, b) for a, b in lines]
    first = None
    for n in range(len(lines)):
        if any(hit[max(0, n - 1) : n + 2]):
            first = lines[n][0] if first is None else first
        elif first is not None:
            yield first, lines[n][0]
            first = None
    if first is not None:
        yield first, end


FORMULAISH = re.compile(
    r"[\\(A-Z](?<![A-Za-z].)(?:(?<=\\)(?:ce|mathrm)|(?:(?<=\()[A-Z]|(?<=[A-Z]))[a-z]?(?:[\d₀-₉⁰¹²³⁴-⁹_^⁺⁻+−]|\([A-Z]|[A-Z][a-z]?(?![a-z])))"
)


WORDS = re.compile(r"[a-z]{3,}")


@cache
def vocabulary() -> frozenset[str]:
    """Words without one of which no formula's name stands in a text."""
    found = set(names())
    for name in (*ions(), *compounds()):
        found |= set(WORDS.findall(name))
    found |= {"oxide", "dioxide", "trioxide", "monoxide", "pentoxide", "tetroxide", "chloride", "fluoride", "bromide", "iodide", "sulfide", "nitride", "hydride", "carbide", "phosphide", "hydrate",
              "tetrachloride", "trichloride", "pentachloride", "hexafluoride", "tetrafluoride", "disulfide", "sulphate", "sulphide", "pentahydrate", "heptahydrate"}  # fmt: skip
    return frozenset(found)
