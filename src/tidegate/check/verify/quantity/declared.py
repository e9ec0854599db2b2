# ruff: noqa: E501  (patterns read best on one line)
"""What the text itself says of its symbols: `where m is the mass (kg)`, `v in m/s`, a list, a table, `g = 9.81 m/s²`.

Only symbols of the text's own formulae are looked for, so that a word or a unit is not taken for one.  What stands between
one symbol and the next is its declaration: a unit there decides, else the name of a quantity there or just before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tidegate.check.verify.quantity.declarations import (
    bracketed,
    bracketed_unit,
    cleaned,
    noun_before,
    noun_dims,
    noun_of,
    unit_dims,
    unit_of,
)
from tidegate.check.verify.quantity.notation import GREEK, GREEK_LETTER, GREEK_NAME, plain
from tidegate.check.verify.quantity.unit_table import NONE, Dims
from tidegate.check.verify.scan import lowered, sentences

_TAIL = r"(?:_\{(?:\\(?:text|mathrm)\s*\{[^{}]{1,12}\}|[^{}]{1,12})\}|_\\?[A-Za-z0-9]+|[₀-₉]+)?"
_HEAD = rf"(?:(?:\\Delta\s*|Δ|delta_)?(?:\\(?:{GREEK_NAME}|varepsilon|varphi)(?![A-Za-z])|(?:{GREEK_NAME})(?![a-z])|[A-Za-z{GREEK_LETTER}])|[A-Z][A-Za-z]{{1,3}}|d[A-Z])"
_WRAPPED = r"\\(?:vec|mathbf|dot|bar|hat|mathrm|text|boldsymbol)\s*\{[^{}]{1,8}\}"
SYMBOL_TEXT = rf"(?:{_WRAPPED}{_TAIL}|{_HEAD}{_TAIL})"
_OPEN, _CLOSE = r"(?:(?:\$|\\\(|`)\s?)?", r"(?:\s?(?:\$|\\\)|`))?"
ONE = re.compile(rf"(?<![A-Za-z0-9\\_^{{}}'’/·]){_OPEN}(?P<symbol>{SYMBOL_TEXT}){_CLOSE}(?![A-Za-z0-9'’^²³⁴⁻/·*])")
JOINS = re.compile(r"\s*(?:,|,?\s*and|,?\s*or|&)?\s*")
AS_UNIT = re.compile(r"(?<![A-Za-z])in\s+$")
# what may follow a symbol that is being declared
SAYS = re.compile(
    r"[\s*]*(?:is\b|are\b|be\b|being\b|=|:|[–—-]|denotes?\b|represents?\b|stands? for\b|the\b|its\b|an?\b|in\b|has\b|for the\b|\(|\[|\||,\s+(?:the|an?|in|[a-z]+ing)\b|as\b|measured\b)|\s+[A-Za-z]"
)
OPERATOR = re.compile(r"[=*/+−^<>≈√]\s*$|\\(?:cdot|times|frac|sqrt)\S*\s*$")
CHANGES = re.compile(
    r"\b(?:change|rise|increase|decrease|drop|fall|difference|uncertainty|error|variation|gradient)s?\s*$"
)
VALUE = re.compile(
    r"[=:]\s*-?\d[\d.,]*(?:\s*(?:×|\\times|x|\*)\s*10\s*(?:\^\s*\{?\s*[-−]?\d+\}?|[⁻⁰-⁹¹²³]+)|[eE][-+]?\d+)?\s*([^\d\s,;.=+*][^,;=\n]{0,40})?"
)


def canonical(symbol: str) -> str:
    """The name that the formula grammar gives a symbol of the text."""
    return plain(symbol).replace(" ", "")


def declared(text: str, wanted: frozenset[str], masked: tuple[tuple[int, int], ...] = ()) -> dict[str, Dims]:
    """Symbols of `wanted` whose quantity or unit the text names; one named twice in different ways is left out.

    `masked` are the spans of formulae, where no symbol is declared but by its value.
    """
    told: list[dict[str, set[Dims]]] = [{}, {}, {}]  # by unit, by the quantity's name, by a value
    some = _spellings(wanted)
    for start, end in sentences(text, 0, len(text)):
        if some.isdisjoint(WORD.findall(text, start, end)):
            continue
        groups = _groups(text, start, end, wanted, masked)
        for symbols, dims, way in _declarations(text, groups, start, end, wanted):
            for s in symbols:
                told[way].setdefault(s, set()).add(dims)
    for s in GROUPS.keys() & wanted:
        if re.search(rf"{GROUPS[s]} number", lowered(text)):
            told[1].setdefault(s, {NONE})
    best = {**told[2], **told[1], **told[0]}
    return {s: next(iter(d)) for s, d in best.items() if len(d) == 1}


UNIT_TOLD, NAME_TOLD, VALUE_TOLD = range(3)
# numbers that engineers know by two letters
GROUPS = {
    "Re": "reynolds", "Pr": "prandtl", "Nu": "nusselt", "Bi": "biot", "Fr": "froude", "We": "weber", "Ma": "mach", "Pe": "p[eé]clet", "Gr": "grashof", "Ra": "rayleigh",
    "Sc": "schmidt", "Sh": "sherwood", "Ca": "capillary", "St": "(?:strouhal|stokes|stanton)", "Bo": "bond", "Kn": "knudsen", "Le": "lewis", "Fo": "fourier",
}  # fmt: skip


WORD = re.compile(rf"[A-Za-z]+|[{GREEK_LETTER}Δ\\]")


def _spellings(wanted: frozenset[str]) -> frozenset[str]:
    """Words of which one stands in every sentence that names one of the symbols."""
    heads = {name.removeprefix("Delta").partition("_")[0] for name in wanted}
    return frozenset({*heads, *(g for g, name in GREEK.items() if name in heads), "Δ", "\\"})


class Group(NamedTuple):
    """Symbols named together and where they stand."""

    start: int
    end: int
    names: list[str]


def _groups(
    text: str, start: int, end: int, wanted: frozenset[str], masked: tuple[tuple[int, int], ...]
) -> list[Group]:
    """Symbols of formulae outside of formulae and units; those joined by `and` or a comma together."""
    out: list[Group] = []
    brackets = [
        (start + b.start, start + b.end)
        for b in bracketed(text[start:end])
        if len(b.text) < 40 and "=" not in b.text and " in " not in b.text and bracketed_unit(b.text) is not None
    ]
    for m in ONE.finditer(text, start, end):
        at, name = m.start("symbol"), canonical(m.group("symbol"))
        if name not in wanted or any(a < at < b for a, b in masked) or any(a < at < b for a, b in brackets):
            continue
        if (OPERATOR.search(text, max(start, at - 8), m.start()) and text[start : m.start()].strip(" *")) or (
            m.start() == at and _is_unit(text, start, at, name)
        ):
            continue
        if (
            m.start() == at
            and name in ("a", "I", "A")
            and ARTICLE.match(text, m.end())
            and noun_before(text[max(start, at - 60) : at]) is None
        ):
            continue  # the article, the pronoun
        if out and _joined(text, start, out[-1], m):
            out[-1] = Group(out[-1].start, m.end(), [*out[-1].names, name])
        else:
            out.append(Group(m.start(), m.end(), [name]))
    return out


def _joined(text: str, start: int, last: Group, m: re.Match[str]) -> bool:
    """Whether a symbol goes on a list: `m₁ and m₂`, not `the mass m, F` nor `m, F = m a`."""
    if JOINS.fullmatch(text, last.end, m.start()) is None or EQUALS.match(text, m.end()):
        return False
    return "," not in text[last.end : m.start()] or noun_before(text[max(start, last.start - 80) : last.start]) is None


def _is_unit(text: str, start: int, at: int, name: str) -> bool:
    """Whether the bare letters at `at` are a unit: `in V`, not `the change in V`."""
    before = AS_UNIT.search(text, max(start, at - 8), at)
    if before is None or unit_dims(name) is None:
        return False
    named = noun_dims(re.findall(r"[a-z'’-]+", text[max(start, before.start() - 60) : before.start()].lower())[-3:])
    return named == unit_dims(name) if named is not None else not CHANGES.search(text[start : before.start()].rstrip())


def _declarations(
    text: str, groups: list[Group], start: int, end: int, wanted: frozenset[str]
) -> Iterator[tuple[list[str], Dims, int]]:
    """Each group of symbols with what is said of it, up to the next group."""
    waiting: list[str] = []
    at = start
    for k, group in enumerate(groups):
        last = k + 1 == len(groups)
        before, tail = text[at : group.start], text[group.end : end if last else groups[k + 1].start]
        if k and IS_GIVEN.fullmatch(before) and WITHIN.search(text, max(start, at - 120), groups[k - 1].start):
            before = text[max(start, at - 120) : group.start]  # the distance covered in a time t is L
        at = group.end
        if ADJECTIVE.fullmatch(tail) and noun_of(tail.rsplit(None, 1)[0]) is None:
            waiting += group.names  # v₁ the initial and v₂ the final speed
            continue
        value = VALUE.match(tail.lstrip(" $\\)"))
        if value is not None:
            unit = _unit_of_value(value.group(1) or "", wanted)
            if unit is not None:
                yield group.names, unit, VALUE_TOLD
        if not last:
            tail = _without_next_noun(tail)
        dims, way = _declared_by(before, tail)
        if dims is not None:
            yield [*group.names, *waiting], dims, way
        waiting = []


NEXT_NOUN = re.compile(r"(?P<joined>(?:,|\band)\s+(?:the |an? |its )?|\s(?:the|an?|its)\s)(?P<noun>(?:[a-z-]+ ){1,4})$")
IS_GIVEN = re.compile(
    r"[\s$*)]*(?:is|equals)(?:\s(?:given|then|simply|therefore|thus|also|roughly|about|approximately))?(?:\sby)?[\s:$*(\\]*"
)
WITHIN = re.compile(
    r"\b(?:in|within|during|over|after|at|of|with|from|under)\s(?:(?:an?|the|its|each)\s)?(?:[a-z]+\s){0,2}\W*$"
)
LINKS = frozenset(
    ["is", "are", "be", "being", "denotes", "denote", "represents", "represent", "for", "as", "of", "in", "to", "the"]
)


def _without_next_noun(tail: str) -> str:
    """What is said of a symbol without the noun that names the next one: `at speed v you need | the force F`."""
    found = NEXT_NOUN.search(tail)
    if found is None or noun_dims(found.group("noun").split()) is None:
        return tail
    before = tail[: found.start()].split()
    own_noun = found.group("joined").strip() in ("the", "a", "an", "its")
    if own_noun and (not before or before[-1].strip("*$)") in LINKS or not before[-1].strip("*$)").isalpha()):
        return tail  # v the speed, v is the speed
    return tail[: found.start()]


ADJECTIVE = re.compile(r"\s*(?:is\s+|are\s+)?(?:the|its)\s+\w+\s+(?:and|or)\s*")
# what follows an article and not a symbol a
ARTICLE = re.compile(r" (?!is\b|the\b|in\b|denotes\b|represents\b|its\b|are\b|be\b|and [A-Z]\b)[a-z]")


def _unit_of_value(text: str, wanted: frozenset[str]) -> Dims | None:
    """The unit after a number: `12 m/s and`, not the symbol of `2 Ω sin φ`."""
    words = cleaned(text).split()
    for k in range(min(6, len(words)), 0, -1):
        dims = unit_dims(" ".join(words[:k]).strip(" .,;"))
        if dims is not None:
            formula = k < len(words) and words[k - 1][-1] not in ".," and re.match(r"[a-z]{2,}\b|\(", words[k]) is None
            return None if formula or dims == NONE or canonical(words[0]) in wanted else dims
    return None


EQUALS = re.compile(r"[\s$\\)]*=(?!\s*(?:the |an? )?[A-Za-z][a-z'’-]{2,}[\s,.(])")  # of a formula, not of a list


def _declared_by(before: str, tail: str) -> tuple[Dims | None, int]:
    """A unit that follows, else a quantity named after the symbol, else one named just before it; and which of them."""
    if EQUALS.match(tail) or not SAYS.match(tail):
        return noun_before(before), NAME_TOLD
    dims = unit_of(tail)
    if dims is not None:
        return dims, UNIT_TOLD
    dims = noun_of(tail)
    return dims if dims is not None else noun_before(before), NAME_TOLD
