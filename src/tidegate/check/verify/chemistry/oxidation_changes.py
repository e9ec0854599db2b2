# ruff: noqa: E501  (patterns and messages read best on one line)
"""`Chromium goes from +6 in Cr2O7²⁻ to +3 in Cr³⁺, a gain of three electrons`: both ends of a change, and its electrons.

An end is held against the states its formula admits; without formulae, against the species of the reaction that the
sentence gives: the first state must occur on its left side, the second on its right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from tidegate.check.verify.chemistry.balancing import Reaction
from tidegate.check.verify.chemistry.chemical_words import (
    ELEMENT,
    FORMULA,
    MINUS,
    SPELLED,
    VALUE,
    sentence_at,
    symbol_of,
    trimmed,
    value_of,
)
from tidegate.check.verify.chemistry.formula import Formula, parse_formula
from tidegate.check.verify.chemistry.oxidation import judge_state
from tidegate.check.verify.chemistry.reactions import find_reactions
from tidegate.spine.claim import Claim, Decision, Receipt, Support

VERBS = r"(?:goes|go|going|changes?|changing|moves?|rises?|falls?|drops?|increases?|decreases?|passes|(?:is|are|was|gets|being)\s+(?:oxidi[sz]ed|reduced|raised|lowered|brought|taken))"
CUE = re.compile(
    r"\bfrom\s+(?:an?\s+|the\s+)?(?:oxidation\s+(?:state|number)\s+(?:of\s+)?)?(?:[+\-−–⁻⁺(IV\d]|zero|plus|minus)"
)
CUES = ("from +", "from −", "from -", "from –", "from 0", "from (", "from zero", "from plus", "from minus", "from I", "from V", "from an oxidation", "from the oxidation", "from oxidation")  # fmt: skip
ELECTRONS = re.compile(
    rf"\b(?:an?\s+)?(?:loss|gain|transfer|loses|gains|losing|gaining|takes up|gives up|transferring)?\s*(?:of\s+|so\s+)?(?P<n>\b(?:{'|'.join(SPELLED)})\b|(?<![\w.])\d{{1,2}})\s+electrons?\b(?P<per>[^.;\n]{{0,24}}\b(?:per|each)\b)?"
)


@cache
def change() -> re.Pattern[str]:
    """An element, two states, and perhaps the formulae they belong to."""
    first, second = VALUE.replace("?P<value>", "?P<first>"), VALUE.replace("?P<value>", "?P<second>")
    one, two = (
        rf"(?:\s+(?:in|of)\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<{name}>{FORMULA})\$?\)?)?"
        for name in ("f1", "f2")
    )
    state = r"(?:an?\s+|the\s+)?(?:oxidation\s+(?:state|number)\s+(?:of\s+)?)?\$?\(?"
    return re.compile(
        rf"(?:{ELEMENT}(?:\s+atoms?)?(?:\s+in\s+(?:the\s+)?(?:[a-z]+\s+){{0,2}}\(?(?P<f0>{FORMULA})\)?)?\s+{VERBS}|{VERBS})\s+from\s+{state}{first}\)?\$?{one},?\s+to\s+{state}{second}\)?\$?{two}"
    )


def check_changes(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on changes of oxidation state told in prose."""
    if not any(cue in text for cue in CUES):
        return
    for start, end in ranges:
        if CUE.search(text, start, end) is None:
            continue
        for found in change().finditer(text, start, end):
            symbol = symbol_of(found.group("element")) if found.group("element") else ""
            values = [value_of(found.group(g)) for g in ("first", "second")]
            if not symbol or None in values or not _speaks_of_states(text, found):
                continue
            formulas = [_formula(found.group(a)) or _formula(found.group(b)) for a, b in (("f1", "f0"), ("f2", "f2"))]
            reaction = _reaction(text, start, end, found.start(), found.end())
            for group, value, formula, left in zip(("first", "second"), values, formulas, (True, False), strict=True):
                species = [formula] if formula is not None else _species(reaction, symbol, left=left)
                decision = _end(text, found.span(group), symbol, value or Fraction(0), species)
                if decision is not None:
                    yield decision
            yield from _electrons(text, found, abs((values[1] or Fraction(0)) - (values[0] or Fraction(0))))


def _speaks_of_states(text: str, found: re.Match[str]) -> bool:
    """Signed, Roman or spelled states, or the words for them: no `silver rises from 20 to 30`."""
    sign = re.compile(rf"[+{MINUS}⁺]|[IV]|zero|plus|minus")
    signed = [bool(sign.search(found.group(g))) or found.group(g).strip() == "0" for g in ("first", "second")]
    return all(signed) or bool(re.search(r"oxidation|oxidi[sz]ed|reduced|electron", sentence_at(text, found.start())))


def _formula(raw: str | None) -> Formula | None:
    return parse_formula(trimmed(raw)) if raw else None


def _reaction(text: str, start: int, end: int, low: int, high: int) -> Reaction | None:
    sentence_start = max(text.rfind(". ", start, low), text.rfind("\n", start, low), start)
    stops = [i for i in (text.find(". ", high, end), text.find("\n", high, end)) if i >= 0]
    found = [r for r in find_reactions(text, [(sentence_start, min([*stops, end]))]) if isinstance(r, Reaction)]
    return found[0] if len(found) == 1 else None


def _species(reaction: Reaction | None, symbol: str, *, left: bool) -> list[Formula]:
    terms = () if reaction is None else reaction.left if left else reaction.right
    return [t.formula for t in terms if t.formula is not None and symbol in t.formula.composition]


def _end(text: str, span: tuple[int, int], symbol: str, value: Fraction, species: list[Formula]) -> Decision | None:
    species = [f for f in species if symbol in f.composition]
    if not species:
        return None
    judged = [judge_state(f, symbol, value) for f in species]
    shown = " or ".join(f"{f.text} ({', '.join(j.admissible)})" for f, j in zip(species, judged, strict=True))
    claim = Claim(kind="oxidation-state", text=text[span[0] : span[1]], span=span, payload={"element": symbol})
    receipt = Receipt(oracle="oxidation states", computation=f"{symbol} in {shown}")
    if any(j.holds for j in judged):
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the state is admissible")
    if any(j.holds is None for j in judged):
        return Decision(
            claim=claim,
            support=Support.UNVERIFIABLE,
            receipt=receipt,
            message="the states are not certain",
            certainty="possible",
        )
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{symbol} cannot be {claim.text.strip()} here: {shown}",
    )


def _electrons(text: str, found: re.Match[str], change_by: Fraction) -> Iterator[Decision]:
    """The electrons of a change are its difference, or for several atoms a multiple of it."""
    stop = text.find(". ", found.end())
    said = ELECTRONS.search(text, found.end(), min(found.end() + 110, stop if stop >= 0 else len(text)))
    if said is None or change_by.denominator != 1 or not change_by:
        return
    n = int(said.group("n")) if said.group("n").isdigit() else SPELLED.index(said.group("n"))
    if re.search(r"\bfrom\b|\bmol|\btotal|\bin all\b|\ball\b", text[found.end() : said.end() + 20]) and not said.group(
        "per"
    ):
        return
    claim = Claim(kind="oxidation-state", text=said.group(0), span=said.span())
    receipt = Receipt(oracle="oxidation states", computation=f"the state changes by {change_by}")
    if n == change_by or (not said.group("per") and n % change_by == 0):
        yield Decision(
            claim=claim, support=Support.SUPPORTED, receipt=receipt, message="as many as the state changes by"
        )
    else:
        yield Decision(
            claim=claim,
            support=Support.REFUTED,
            receipt=receipt,
            message=f"a change by {change_by} takes {change_by} electrons an atom, not {n}",
        )
