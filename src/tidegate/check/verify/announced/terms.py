# ruff: noqa: E501  (patterns and tables read best on one line)
"""The quantities of a sentence as terms, and what the words before each say of it: a price each, so many to a box."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tidegate.check.verify.announced.kinds import ADVERBS, CALENDAR, TIMES, kind_of, singular
from tidegate.check.verify.announced.printed import STOP, operand, printed_term, spelled_terms
from tidegate.check.verify.announced.term import Term
from tidegate.check.verify.quantity.quantities import Quantity

OPERATOR = re.compile(
    r"[\s)$*}]*(?:[+×*/^=÷·⋅−≤≥<>]|\\(?:times|cdot|div|frac|approx)|[xX-]\s?[$€£(]?\d|\bplus\b|\bminus\b|\btimes\b|multiplied|divided)"
)
OPERATED = re.compile(
    r"(?:[+×*/^÷·⋅−<>(]|(?<=[\d\s%])[-–x]|\b(?:plus|minus|times|multiplied by|divided by)|\\(?:times|cdot|div))[\s($€£{]*$"
)
EQUATED = re.compile(r"(?:[=≈]|\\approx)[\s($€£{*]*$")
LABEL = re.compile(r"\b(?:[Ss]tep|[Pp]art|[Cc]ase|[Vv]ersion|[Pp]age|[Ff]igure|[Ff]ig\.|[Tt]able|[Ss]ection|[Cc]hapter|[Ee]q\.|[Nn]o\.|[Dd]ay|[Ww]eek|[Yy]ear|[Qq]uestion|[Pp]roblem|[Gg]rade|[Tt]ype|[Ll]evel|[Cc]lass|[Pp]ort|RFC|ISO|[Ii]n|[Ss]ince|[Jj]anuary|[Ff]ebruary|[Mm]arch|[Aa]pril|[Mm]ay|[Jj]une|[Jj]uly|[Aa]ugust|[Ss]eptember|[Oo]ctober|[Nn]ovember|[Dd]ecember)\s$")  # fmt: skip
ABOUT = re.compile(
    r"(?:\b(?:about|approximately|roughly|around|nearly|almost|some|just (?:over|under)|close to|a little (?:over|under|more than|less than))\s(?:an?\s)?|[≈~]\s?|\\approx\s?)[$€£]?\s?$",
    re.I,
)
DISTRIBUTES = re.compile(
    r"\b(?:[Ee]ach|[Ee]very|[Pp]er|[Oo]ne|[Aa] single|[Oo]f every|[Aa]ny)\s((?:[A-Za-z\-]+)(?:\s[A-Za-z\-]+){0,2})"
)
PRICED = re.compile(r"\bat\s(?:only\s|just\s)?$")
OFTEN = re.compile(
    r"\b([Nn]ightly|[Dd]aily|[Hh]ourly|[Ww]eekly|[Mm]onthly|[Yy]early)\s(?:[a-z]+\s){0,2}?(?:(?:of|is|are|to|at|about|around)\s){0,2}[$€£]?$"
)
HYPHENED = re.compile(r"[$€£]?[\w.,]+-[a-z]")  # a 6-hour shift
EVERYONE = re.compile(
    r"\b(?:[Ee]veryone|[Ee]verybody|[Ee]ach of (?:them|us|you|these|those)|[Ee]ach one|[Ee]ach\s(?:[a-z]+ing|has|gets?|takes?|needs?|costs?|holds?))\b"
)
THEM = re.compile(r"\sof\s(?:them|these|those)\b")
HOLDING = re.compile(r"^\sof\s$")


def terms_of(text: str, start: int, end: int, numbers: Sequence[Quantity]) -> list[Term]:
    """The terms of text[start:end], whose printed numbers are `numbers`; spelled ones from two to ninety too."""
    out = []
    for q in numbers:
        term = operand(text, start, q) or printed_term(text, q, end)
        if term is not None:
            out.append(term)
    out += spelled_terms(text, start, end, out)
    out.sort(key=lambda t: t.start)
    for before, term in zip([None, *out], out, strict=False):
        _relate(text, start, before, term, out)
    return out


def _relate(text: str, start: int, before: Term | None, term: Term, every: Sequence[Term]) -> None:
    """What the words before a number say of it: part of an equation, a price each, so many to a box."""
    if term.state == "operand":
        return
    lead = text[before.end if before is not None and before.end <= term.start else start : term.start]
    around = text[term.end : term.end + 14]
    term.attributive = HYPHENED.match(text, term.start) is not None
    if around[:1].isalpha() or around[:1] in "_\\":
        term.unread = True  # 3x
    term.about = ABOUT.search(text, max(start, term.start - 24), term.start) is not None
    if OPERATED.search(text, max(start, term.start - 14), term.start) or OPERATOR.match(around):
        term.state = "operand"
    if EQUATED.search(text, max(start, term.start - 12), term.start):
        term.state = "operand" if OPERATOR.match(around) else "result"
    if not term.kind and LABEL.search(text, max(start, term.start - 12), term.start):
        term.unread = True
    things = [t for t in every if t.start < term.start and any(a[0] == "#" and p == 1 for a, p in t.kind.items())]
    counted = [t for t in things if len(t.kind) == 1]
    if term.wild and things and THEM.match(text, term.end):
        term.kind, term.size, term.wild = dict(things[-1].kind), things[-1].size, False
    if (
        (often := OFTEN.search(lead)) is not None
        and term.kind
        and ADVERBS[often.group(1).lower()] not in term.kind
        and term.state == "free"
        and not any(a in TIMES for a in term.kind)
    ):
        size, kind = kind_of(ADVERBS[often.group(1).lower()]) or (1.0, {})
        term.kind, term.size = {**term.kind, **{a: -p for a, p in kind.items()}}, term.size / size
    if term.each or EVERYONE.search(lead) or ("$" in term.kind and len(term.kind) == 1 and PRICED.search(lead)):
        _divide(term, things)
    elif before is not None and counted and counted[-1] is before and HOLDING.match(lead) and not before.each:
        _divide(term, counted)
    elif (
        found := _last(DISTRIBUTES, lead if term.state != "result" else text[start : term.start])
    ) is not None and re.search(r"[.;:]\s", lead[found.end() :]) is None:
        words = found.group(1).split(" ")
        words = words[: next((n for n, w in enumerate(words) if w.lower() in STOP), len(words))]
        known = {a[1:] for t in every for a in t.kind if a.startswith("#")}
        name = next((w for w in words if singular(w) in known), words[0] if words else "")
        atom = CALENDAR.get(name.lower(), f"#{singular(name)}") if name else ""
        if atom and atom not in term.kind:
            term.kind[atom] = -1


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    every = list(pattern.finditer(text))
    return every[-1] if every else None


def _divide(term: Term, counted: Sequence[Term]) -> None:
    """A price each, of the thing that was counted last."""
    if counted:
        for atom in counted[-1].kind:
            if atom[0] == "#":
                term.kind[atom] = term.kind.get(atom, 0) - 1
        term.kind = {a: p for a, p in term.kind.items() if p}
