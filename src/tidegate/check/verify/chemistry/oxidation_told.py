# ruff: noqa: E501  (patterns and messages read best on one line)
"""`In potassium permanganate manganese sits at +6`: states told of the one compound that a sentence is about.

The words between the element and its state come from a closed list, and the sentence must name one compound only (by
name, formula or both) and tell of no reaction: whatever else it says leaves its states undecided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from tidegate.check.verify.chemistry.chemical_names import compounds, expected_formulas
from tidegate.check.verify.chemistry.chemical_words import (
    ELEMENT,
    FORMULA,
    MINUS,
    NOT_SAID,
    SPELLED,
    symbol_of,
    trimmed,
    value_of,
)
from tidegate.check.verify.chemistry.formula import Formula, names, parse_formula
from tidegate.check.verify.chemistry.known_ions import ions

CUE = re.compile(
    rf"[{MINUS}+(Oo](?:(?<=[\s(][{MINUS}+])\d(?![\d.]*\s?[A-Za-z%°/]*[A-Z%°/])|(?<=\()[IV]{{1,4}}\)|(?<=[Oo])xidation (?:state|number))"
)
ELSEWHERE = re.compile(
    r"\?|\bcharges?\b|voltage|potential|titrat|catal|\breact|reduc|\boxidi[sz](?:es?|ed|ing)\b|becom|convert|yield|produc|dissolv|decompos|\bends?\b|\bleft\b"
    r"|\bafter\b|\bbefore\b|\bwhen\b|\bif\b|\bonce\b|\buntil\b|\bcan\b|\bcould\b|\bmay\b|\bmight\b|\bunlike\b|\bthan\b|\bwhereas\b|\bsolution\b|\bin (?:acid|base|(?:\w+ )?(?:acidic|basic|alkaline|neutral))\b"
    r"|\bdown\b|(?<!\badd )(?<!\badds )(?<!adding )\bup to\b|\bboth\b|\baverage\b|\bmean\b|\bsuppose|\bassum|\bthink|\bthought|\bsay|\bsaid|\bclaim|\bor\b",
    re.I,
)  # fmt: skip
WORD = re.compile(r"[A-Za-z]+(?:\([IV]+\))?")
BETWEEN = frozenset(
    [
        "is",
        "has",
        "have",
        "sits",
        "sit",
        "at",
        "must",
        "be",
        "in",
        "the",
        "its",
        "a",
        "an",
        "oxidation",
        "state",
        "number",
        "of",
        "level",
        "formally",
        "assigned",
        "with",
        "atom",
        "atoms",
        "ion",
        "ions",
        "there",
        "here",
        "each",
        "carries",
        "takes",
        "comes",
        "out",
        "equals",
        "exists",
        "present",
        "so",
        "therefore",
        "formal",
        "found",
        "lies",
        "stands",
        "holds",
        "it",
        "to",
        "works",
        "thus",
        "then",
    ]
)
STATE = re.compile(
    rf"(?P<value>[{MINUS}+]\s?\d(?![\d/.]*\d)|\b(?:(?:plus|minus)\s+)?(?:{'|'.join(SPELLED)})\b)(?!\s?[%°A-Z])"
)
ROMAN_STATE = re.compile(r"\([IV]{1,4}\)")
NEAR = 70


class Told(NamedTuple):
    """A state told of an element of the sentence's one compound; positions are characters of the text."""

    start: int
    end: int
    span: tuple[int, int]
    formula: Formula
    symbol: str
    value: Fraction


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A formula, an element, an element with its state in Roman numerals behind a verb that gives it to the compound."""
    return (
        re.compile(rf"(?<![A-Za-z]){FORMULA}"),
        re.compile(ELEMENT),
        re.compile(
            rf"\b(?:contains|holds|features|has|is)\s+(?:an?\s+)?(?P<element>\b(?i:{'|'.join(names())})|\b[A-Z][a-z]?)\((?P<value>[IV]{{1,4}})\)"
        ),
    )


@cache
def _last_words() -> frozenset[str]:
    return frozenset(name.split()[-1] for name in (*compounds(), *ions()))


def named_compounds(sentence: str) -> Iterator[tuple[int, int, Formula]]:
    """Compounds and ions that words name, the longest run of words first."""
    words = list(WORD.finditer(sentence))
    for k, last in enumerate(words):
        if last.group(0).lower() not in _last_words():
            continue
        for first in range(max(0, k - 2), k + 1):
            name = sentence[words[first].start() : last.end()].lower()
            if first == k and name in ions():
                atoms, charge, _ = ions()[name]
                found = parse_formula(f"{atoms}^{abs(charge)}{'+' if charge > 0 else '-'}")
            elif name in compounds():
                found = compounds()[name]
            else:
                allowed = expected_formulas(name)
                found = (
                    parse_formula("".join(f"{e}{n}" for e, n in allowed[0][1].items())) if len(allowed) == 1 else None
                )
            if found is not None and len(found.composition) > 1:
                yield words[first].start(), last.end(), found
                break


def _compounds_in(sentence: str) -> tuple[list[tuple[int, int, Formula]], list[tuple[int, int, Formula]], bool]:
    """Compounds written as formulae, compounds named in words, and whether a free ion of one element stands there."""
    written, free = [], False
    for found in _patterns()[0].finditer(sentence):
        parsed = parse_formula(trimmed(found.group(0)))
        if (
            parsed is None
            or ROMAN_STATE.search(found.group(0))
            or (sentence[max(0, found.start() - 1)] == "(" and ROMAN_STATE.match(f"({found.group(0)}"))
        ):
            continue
        if len(parsed.composition) > 1:
            written.append((found.start(), found.start() + len(trimmed(found.group(0))), parsed))
        elif parsed.charge and not sentence[found.end() :].startswith(("(I", "(V")):
            free = True
    named = list(named_compounds(sentence))
    named = [one for one in named if not any(a <= one[0] and one[1] <= b and (a, b) != one[:2] for a, b, _ in named)]
    return written, named, free


NAMED = re.compile(
    r"\b(?:[A-Za-z]+(?:ic|ous) acid|(?:per|hypo|di|thio|bi)?(?:sulf|nitr|chlor|brom|iod|phosph|mangan|chrom|carbon|oxal|arsen|selen)(?:ate|ite)s?|(?:su)?peroxides?)\b"
)


def _another_named(sentence: str, places: list[tuple[int, int]]) -> bool:
    """Whether a name stands in the sentence that is none of the compound's: no place of it, nor the words before its formula."""
    return any(
        not any(a < m.end() + 4 and m.start() < b for a, b in places)
        for m in NAMED.finditer(sentence.replace("-", " "))
    )


def names_another(sentence: str, formula: Formula) -> bool:
    """Whether the sentence names another compound in words than the one that it spells."""
    written, named, _ = _compounds_in(sentence)
    own = [(a, b) for a, b, f in (*written, *named) if f.composition == formula.composition]
    return any(f.composition != formula.composition for _, _, f in named) or _another_named(sentence, own)


def _one_compound(sentence: str) -> tuple[Formula, list[tuple[int, int]]] | None:
    """The only compound of the sentence with the places that name it; nothing where there are several, or free ions."""
    written, named, free = _compounds_in(sentence)
    every = written or named
    if free or not every or any(f.composition != every[0][2].composition for _, _, f in every):
        return None
    whole = every[0][2]
    if any(f.composition.get(e, 0) > whole.composition.get(e, 0) for _, _, f in named for e in f.composition):
        return None
    places = [(a, b) for a, b, _ in (*written, *named)]
    return None if _another_named(sentence, places) else (whole, places)


BACK = re.compile(
    r"\b(?:[Ii]t|[Ii]ts|[Tt]his (?:compound|salt|ion|oxide|acid|species|molecule|mineral|solid)|[Hh]ere|[Tt]herefore|[Tt]hus|[Hh]ence|[Ss]o|[Ee]ach)\b"
)
SAID_BEFORE_MAX = 240


def _said_before(text: str, start: int, sentence: str) -> tuple[Formula, list[tuple[int, int]]] | None:
    """The one compound of the sentence before, where this one names none and points back (`In it, manganese is +7`)."""
    if BACK.search(sentence) is None or any(_compounds_in(sentence)):
        return None
    lead = text[max(0, start - SAID_BEFORE_MAX) : start].rstrip()
    line = lead.rpartition("\n")[2]
    begins = [m.end() for m in re.finditer(r"[.!?]\s", line[:-1])]
    before = line[begins[-1] if begins else 0 :]
    if len(before) >= SAID_BEFORE_MAX or ELSEWHERE.search(before) or NOT_SAID.search(before):
        return None
    one = _one_compound(before)
    return (one[0], []) if one is not None else None


def told_states(text: str, start: int, end: int, seen: set[tuple[int, int]]) -> Iterator[Told]:
    """What the sentence text[start:end] tells of the states in its one compound, where no span of `seen` lies."""
    sentence = text[start:end]
    if CUE.search(sentence) is None:
        return
    decided = [(a - start, b - start) for a, b in seen if a < end and start < b]
    if ROMAN_STATE.search(sentence) is None and all(
        any(a < m.end("value") and m.start("value") < b for a, b in decided) for m in STATE.finditer(sentence)
    ):
        return  # every value is decided already
    if ELSEWHERE.search(sentence) or NOT_SAID.search(sentence):
        return
    yield from _pronouns(sentence, start)
    one = _one_compound(sentence) or _said_before(text, start, sentence)
    if one is None:
        return
    formula, places = one
    for element in _patterns()[1].finditer(sentence):
        symbol = symbol_of(element.group("element"))
        if symbol not in formula.composition or any(a <= element.start() < b for a, b in places):
            continue
        value = STATE.search(sentence, element.end(), element.end() + NEAR)
        if value is None:
            continue
        between = _without(sentence, element.end(), value.start(), places)
        number = value_of(value.group("value"))
        if (
            number is None
            or re.search(r"[^\sA-Za-z,()]", between)
            or not BETWEEN.issuperset(WORD.findall(between.lower()))
        ):
            continue
        if value.group("value")[0].isalpha() and "oxidation" not in between.lower():
            continue
        yield Told(start + element.start(), start + value.end(), (start + value.start("value"), start + value.end("value")), formula, symbol, number)  # fmt: skip
    for found in _patterns()[2].finditer(sentence):
        number, symbol = value_of(found.group("value")), symbol_of(found.group("element"))
        if number is not None and symbol in formula.composition and any(0 <= found.start() - b <= 2 for _, b in places):
            yield Told(start + found.start(), start + found.end(), (start + found.start("value"), start + found.end("value")), formula, symbol, number)  # fmt: skip


@cache
def _pronoun() -> re.Pattern[str]:
    return re.compile(
        rf"\bin (?:the )?(?:[a-z]+ ){{0,3}}(?:[a-z]+),?\s*\(?(?P<formula>{FORMULA}(?:[ ^]?\d?[{MINUS}+](?=\)))?)\)?,? it(?:['’]s| is| has| takes| carries)(?: an?| the| at| in the)?(?: oxidation (?:state|number) of)?\s+(?P<value>[{MINUS}+]\s?\d(?![\d/.]*\d))"
    )


def _pronouns(sentence: str, start: int) -> Iterator[Told]:
    """`sulfuric acid contains sulfur in the +6 state; in sulfurous acid, H2SO3, it is +4`: it is the one element named before."""
    found = _pronoun().search(sentence)
    if found is None:
        return
    formula, value = parse_formula(trimmed(found.group("formula"))), value_of(found.group("value"))
    named = {
        symbol_of(m.group("element"))
        for m in _patterns()[1].finditer(sentence, 0, found.start())
        if m.group("element") != "In"
    }
    before = named & set(formula.composition) if formula is not None else set()
    if formula is None or value is None or len(before) != 1 or before != named:
        return
    span = (start + found.start("value"), start + found.end("value"))
    yield Told(start + found.start(), start + found.end(), span, formula, before.pop(), value)


def _without(sentence: str, start: int, end: int, places: list[tuple[int, int]]) -> str:
    """sentence[start:end] without the names of the compound."""
    kept = [" " if any(a <= i < b for a, b in places) else sentence[i] for i in range(start, end)]
    return "".join(kept)
