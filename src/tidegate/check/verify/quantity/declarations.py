# ruff: noqa: E501  (patterns read best on one line)
"""What a piece of text says of a symbol beside it: a unit, or the name of a quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tidegate.check.verify.quantity.kinds import KINDS, PURE
from tidegate.check.verify.quantity.unit_table import NONE, Dims
from tidegate.check.verify.quantity.units import parse_unit

OTHER = frozenset(
    [
        "specific",
        "molar",
        "linear",
        "surface",
        "angular",
        "volumetric",
        "relative",
        "areal",
        "unit",
        "normalized",
        "dimensionless",
        "reciprocal",
        "inverse",
        "rotational",
        "spectral",
        "electric",
        "magnetic",
        "mass",
        "volume",
        "charge",
        "squared",
        "logarithmic",
        "reduced",
        "thermal",
        "hydraulic",
        "acoustic",
    ]
)
NOUN_END = re.compile(
    r"\b(?:in|on|at|for|from|between|through|across|inside|under|with|by|per|that|which|is|are|when|where|done|(?!speed)\w+ed(?=\s+(?:by|in|on|to|at|from|for|with|between|per|through|across|against|over|as|when|\W|$))|due to the|about|above|below)\b|[(\[,;:|.=]|[–—]| - |\s+and\s*$"
)
NOTHING = re.compile(r"\b(?:dimensionless|unitless|no (?:units?|dimensions?)|pure numbers?|an? (?:\w+ )?integer|integers|non-negative integer|a number|ratios? of|number (?:of|at|in) (?!moles?\b)|count of|angles?|turns)\b|^[\s:]*[–—-]\s*$", re.I)  # fmt: skip
IN = re.compile(r"(?<![A-Za-z])in\s+(?:units of\s+|SI units of\s+)?")
UNIT_WORDS = re.compile(r"(?:[^\s,;()]|\([^()]*\))+(?:\s+(?:[^\s,;()]|\([^()]*\))+){0,5}")
NOUNS_BEFORE = re.compile(r"((?:[A-Za-z][a-z'’–-]*\s+){1,4})$")


def cleaned(text: str) -> str:
    """The text without marks of LaTeX, spaces and full stops at its ends."""
    return re.sub(r"\\[()\[\] ,;:!]|\$", " ", text).strip(" .")


RUN = re.compile(r"/\(?(m²|m\^2|m|kg|mol|g)K(?![A-Za-z])\)?")
BELOW = re.compile(r"^\s*([^/()\s]+)/([^/()\s]+[·⋅*∙][^/()\s]+)\s*$")


@lru_cache(maxsize=2048)
def unit_dims(unit: str) -> Dims | None:
    """Dimensions of a unit; no logarithmic ones and no counts.  J/mol·K is read as it is meant: J/(mol·K)."""
    unit = RUN.sub(r"/(\1 K)", re.sub(r"\^\{?\(?(-?\d)/(\d)\)?\}?", r"^(\1/\2)", unit.replace("√m", " m^(1/2)")))
    unit = BELOW.sub(r"\1/(\2)", unit.replace("$", ""))
    parsed = parse_unit(unit)
    return parsed.dims if parsed is not None and parsed.kind in ("", "offset", "calendar") else None


def longest_unit(text: str) -> Dims | None:
    """The unit that the words begin with, as many of them as make one."""
    words = text.split(" ")
    for k in range(min(6, len(words)), 0, -1):
        dims = unit_dims(" ".join(words[:k]).strip(" .,;"))
        if dims is not None:
            return dims
    return None


def unit_of(tail: str) -> Dims | None:
    """The unit that the declaration names: in brackets, after `in`, in a table's cell, at the end of a line of a list."""
    for content in bracketed(tail):
        if content.start == 0 and tail[0] == "(":
            continue  # x(t): a function
        dims = bracketed_unit(content.text)
        if dims is not None:
            return dims
    for word in IN.finditer(tail):
        found = UNIT_WORDS.match(tail, word.end())
        dims = longest_unit(cleaned(found.group(0))) if found is not None else None
        if dims is not None:
            return dims
    if "|" in tail:
        cells = [cleaned(c) for c in tail.split("|")]
        known = [d for c in cells[1:] if c for d in [unit_dims(c)] if d is not None]
        if known:
            return known[-1]
        if any(c in ("–", "—", "-", "1") for c in cells[1:]):
            return NONE
    if NOTHING.search(tail):
        return NONE
    last = re.split(r",|–|—| - |\s{2,}", tail.rstrip(" .;)\n"))
    if len(last) > 1 and last[-1].strip():
        dims = unit_dims(cleaned(last[-1]))
        return dims
    return None


class Piece(NamedTuple):
    """Text between brackets, and where they open and close."""

    start: int
    end: int
    text: str


BRACKETS = re.compile(r"(?<![/·*^\\A-Za-z⁻⁰-⁹])\(((?:[^()]|\([^()]*\))*)\)|\[([^\[\]]*)\]")


def bracketed(text: str) -> Iterator[Piece]:
    """What stands between outermost brackets that follow no sign of a product; one pair of inner ones allowed."""
    for found in BRACKETS.finditer(text.replace("\\(", "  ").replace("\\)", "  ")):
        yield Piece(found.start(), found.end(), found.group(1) if found.group(1) is not None else found.group(2))


def bracketed_unit(text: str) -> Dims | None:
    """The unit that the inside of brackets gives: `m/s`, `in kg`, `9.81 m/s²`, `dimensionless`."""
    content = cleaned(re.sub(r"^(?:measured\s+)?(?:in|units?:?|SI units?:?)\s+", "", text.strip()))
    if NOTHING.search(content) or content in ("–", "—", "-", "no unit", "1"):
        return NONE
    for part in (content, content.split(",")[-1], content.split(",")[0], content.split("=")[-1]):
        part = re.sub(r"^\s*[≈~]?\s*-?\d[\d.]*\s*(?:×|\\times|x)\s*10(?:\^\{?-?\d+\}?|[⁻⁰¹²³⁴-⁹]+)\s*", "", part)
        dims = unit_dims(part.strip())
        if dims is not None and not re.fullmatch(r"[\d.\s]+", part):
            return dims
    return None


def noun_dims(words: list[str], within: int | None = None) -> Dims | None:
    """The dimension of a quantity named by the words' end, which begins `within` them: `the initial speed`, not `the molar mass`."""
    for k in range(len(words) if within is None else within):
        phrase = " ".join(words[k:]).replace("’", "'").replace("–", "-")
        for name in (
            phrase,
            phrase[:-3] + "y" if phrase.endswith("ies") else phrase,
            phrase[:-2] if phrase.endswith("ses") else phrase,
            phrase[:-1] if phrase.endswith("s") else phrase,
        ):
            if name in PURE:
                return NONE
            unit = KINDS.get(name)
            if unit is not None:
                other = k and words[k - 1] in OTHER and not (words[k - 1] == "relative" and unit == "m/s")
                return None if other else unit_dims(unit)
    return None


CHANGE_OF = re.compile(
    r"(?:[a-z]+\s+)?(?:change|rise|increase|decrease|drop|difference|uncertainty)\s+(?:in|of)\s+(?:the\s+|its\s+)?"
)


def noun_of(tail: str) -> Dims | None:
    """The quantity that what follows the symbol names."""
    body = re.sub(
        r"^[\s*]*(?:(?:(?:is|are|be|being|denotes?|represents?|stands? for|for|as)\b|[:=–—|-])[\s*]*)?(?:(?:the|its|an?)\s+)?",
        "",
        tail,
    )
    change = CHANGE_OF.match(body)
    if change is not None:
        body = body[change.end() :]
    found = NOUN_END.search(body)
    if found is not None and found.group(0) == "per":
        return None
    phrase = (body[: found.start()] if found else body).lower().split()
    if not phrase or len(phrase) > 9:
        return None
    if "of" in phrase:
        at = phrase.index("of")
        for stop in range(len(phrase), at + 1, -1):
            rest = [w for w in phrase[at + 1 : stop] if w not in ("the", "a", "an")]
            dims = noun_dims([*phrase[:at], "of", *rest], at) if rest else None
            if dims is not None:
                return dims
        phrase = phrase[:at]
    return noun_dims(phrase)


# `the period of a pendulum is given by T`
VERB = re.compile(
    r"(?:(?<=[.;:,])\s+|^\s*)?(?P<subject>[^.;:,=]{3,80}?)\s+(?:is|equals|becomes|follows from|reads|can be)(?:\s+(?:given|defined|expressed|written|formed|then|simply|therefore|thus|also|roughly|about|approximately)(?:\s+(?:by|as|from))?)?\s*$"
)


DISPLAY = re.compile(r"(?:\\\[|\$\$)\s*$")


def noun_before(before: str) -> Dims | None:
    """The quantity named just before the symbol: `the spring constant k`, `the speed of efflux is v`."""
    before = DISPLAY.sub("", before)
    told = VERB.search(before[-120:])
    if told is not None:
        subject = re.split(r"\b(?:the|its|an?)\s+", told.group("subject"), maxsplit=1, flags=re.I)[-1]
        unit = re.search(r"\(([^()]*)\)\s*$", subject)
        dims = bracketed_unit(unit.group(1)) if unit else NONE if NOTHING.search(told.group("subject")) else None
        return dims if dims is not None else noun_of(re.sub(r"\([^()]*\)\s*$", "", subject))
    found = NOUNS_BEFORE.search(before)
    if found is None:
        return None
    words = found.group(1).lower().split()
    if "dimensionless" in words:
        return NONE
    while words and words[0] in ("the", "a", "an", "its", "and", "of", "with", "is"):
        words = words[1:]
    return noun_dims(words) if words else None
