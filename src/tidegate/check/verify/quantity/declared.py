# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""What the text itself says of its symbols: `where m is the mass`, `v in m/s`."""

from __future__ import annotations

import re

from tidegate.check.verify.quantity.laws import KINDS
from tidegate.check.verify.quantity.symbolic import plain
from tidegate.check.verify.quantity.unit_table import NONE, Dims
from tidegate.check.verify.quantity.units import parse_unit
from tidegate.check.verify.scan import sentences, words_between

WHERE = re.compile(
    r"(?<![A-Za-z\\])(?P<symbol>\\?[A-Za-zρλωστημνδΔ]{1,6}(?:_\{?[A-Za-z0-9]+\}?)?)\$?\)?\s*(?:\\\))?\s*(?:is|be|=|denotes|represents|stands for|:)\s*(?:the\s+|an?\s+|its\s+)?(?P<noun>[a-z][a-z' \-]{2,40}?)(?=\s*(?:\(|,|\.|;|:|and\b|of\b|in\b|from|between|$|\n))"
)


NOUN = "|".join(sorted((re.escape(k) for k in KINDS), key=len, reverse=True))


BARE_SYMBOL = r"\\?(?:[A-Za-zρλωστημνδθα]|Δ[A-Za-z]|(?:rho|lambda|omega|sigma|tau|eta|mu|nu|delta|theta|alpha)(?![a-z]))(?:_\{?[A-Za-z0-9]+\}?|[₀₁₂])?"


NOUN_FIRST = re.compile(
    rf"\b(?P<noun>{NOUN})\s+\$?(?:\\\()?\s*(?P<symbol>(?!a\s)(?!I\s(?:am|have|will)){BARE_SYMBOL})\$?(?![A-Za-z'’\d_])"
)


LISTED = re.compile(
    rf"(?:,|\band|\bwhere|\bwith)\s+\$?(?P<symbol>{BARE_SYMBOL})\$?\s+(?:the\s+|its\s+)?(?P<noun>{NOUN})\b"
)


# words before a quantity's name that make it another quantity: a molar mass is no mass
OTHER = r"(?:specific|molar|linear|surface|angular|volumetric|relative|areal|unit|normalized|dimensionless|reciprocal|inverse|rotational|spectral|electric|magnetic|mass|volume|charge|squared|logarithmic)"
FOLLOWS = r"(?:of|in|on|at|for|from|to|between|through|across|inside|under|with|by|then|[a-z]+ed|[a-z]+ing)"
NAMES_IT = re.compile(
    rf"(?:\b(?:[Tt]he|[Ii]ts|[Aa])\s+(?:(?!{OTHER}\b)[a-z]+\s+)?|(?:^|(?<=[.:;]\s)|(?<=\n))(?=[A-Z]))(?P<noun>(?i:{NOUN}))\s+(?:{FOLLOWS}\s+(?:(?!is\b|are\b|equals\b|becomes\b|per\b|lens\b|test\b)[a-z'\-]+\s+){{0,5}})?(?:is|equals|becomes)\s+(?:given\s+by\s+|defined\s+(?:as|by)\s+|then\s+|simply\s+)?\$?(?:\\\()?\s*(?P<symbol>{BARE_SYMBOL})\s*="
)


PURE = re.compile(
    rf"(?<![A-Za-z\\])(?P<symbol>{BARE_SYMBOL})\$?\s+(?:is|are|being)\s+(?:an?\s+)?(?:dimensionless|unitless|pure number)"
)


IN_UNITS = re.compile(
    rf"(?<![A-Za-z\\])(?P<symbol>{BARE_SYMBOL})\$?\s+\(?(?:is\s+|be\s+|being\s+)?(?:(?:the|its|an?)\s+(?:[a-z\-]+\s+){{1,5}}?)?(?:measured\s+|given\s+|expressed\s+)?in\s+(?P<unit>[A-Za-zµΩ°][A-Za-zµΩ/·^²³⁻¹0-9\- ]{{0,18}}?)(?=\s*(?:[,;.)]|$|\n|and\b))"
)


WORD = re.compile(r"[A-Za-z]+")
# words without one of which a sentence says nothing of a symbol's dimension
NOUNS = frozenset(w.split()[-1].rpartition("-")[2] for w in KINDS)
TELLING = NOUNS | {"in", "dimensionless", "unitless", "pure"}
ANY_CASE = frozenset(n.lower() for n in NOUNS)


def declared(text: str) -> dict[str, Dims]:
    """Symbols whose quantity or unit the text names; one named twice in different ways is left out."""
    out: dict[str, set[Dims]] = {}

    def add(symbol: str, unit: str | None) -> None:
        parsed = parse_unit(unit) if unit else None
        if parsed is not None and parsed.kind in ("", "offset", "calendar"):
            out.setdefault(plain(symbol).replace(" ", ""), set()).add(parsed.dims)

    telling = [piece for piece in sentences(text, 0, len(text)) if not TELLING.isdisjoint(WORD.findall(text, *piece))]
    said_in = [frozenset(w for _, w in words_between(text, *piece)) for piece in telling]
    naming = [piece for piece, said in zip(telling, said_in, strict=True) if not ANY_CASE.isdisjoint(said)]
    for found in (m for piece in naming for m in WHERE.finditer(text, *piece)):
        further = re.match(r"\s+of\s+(\w+)", text[found.end() : found.end() + 24])
        whole = found.group("noun").strip() + (f" of {further.group(1)}" if further is not None else "")
        if whole in KINDS:
            add(found.group("symbol"), KINDS[whole])
            continue
        words = found.group("noun").strip().split()
        for k in range(len(words)):
            unit = KINDS.get(" ".join(words[k:]))
            if unit is not None and k and re.fullmatch(OTHER, words[k - 1]):
                break
            if unit is not None:
                add(found.group("symbol"), unit)
                break
    for pattern in (NOUN_FIRST, LISTED, NAMES_IT):
        for found in (m for piece in naming for m in pattern.finditer(text, *piece)):
            add(found.group("symbol"), KINDS.get(found.group("noun")) or KINDS.get(found.group("noun").lower()))
    pure = [
        piece
        for piece, said in zip(telling, said_in, strict=True)
        if not said.isdisjoint(("dimensionless", "unitless", "pure"))
    ]
    for found in (m for piece in pure for m in PURE.finditer(text, *piece)):
        out.setdefault(plain(found.group("symbol")).replace(" ", ""), set()).add(NONE)
    inside = [piece for piece, said in zip(telling, said_in, strict=True) if "in" in said]
    for found in (m for piece in inside for m in IN_UNITS.finditer(text, *piece)):
        add(found.group("symbol"), found.group("unit"))
    return {s: next(iter(d)) for s, d in out.items() if len(d) == 1}
