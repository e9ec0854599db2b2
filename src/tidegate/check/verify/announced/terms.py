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
    r"[\s)$}]*(?:\*\*\s?)?(?:[+×*/^=÷·⋅−≤≥<>]|\\(?:times|cdot|div|frac|approx)|[xX-]\s?[$€£(]?\d|\bplus\b|\bminus\b|\btimes\b|multiplied|divided)"
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
CLAUSE_ENDS = re.compile(r"[.;:]\s")


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


SIGNS_AFTER, SIGNS_BEFORE = (
    frozenset("+×*/^=÷·⋅−≤≥<>\\xX-pmtd"),
    frozenset("+×*/^÷·⋅−<>(-–x=≈{"),
)  # or words of operations
ABOUT_ENDS = ("about", "approximately", "roughly", "around", "nearly", "almost", "some", "just over", "just under", "close to", "over", "under", "than", " a", " an", "≈", "~", "approx")  # fmt: skip
WORDS_BEFORE = ("plus", "minus", "times", "ed by", "cdot", "div", "approx")
EACH_OF = ("ach ", "very", "er ", "ne ", "ny ", "single ")


def _relate(text: str, start: int, before: Term | None, term: Term, every: Sequence[Term]) -> None:
    """What the words before a number say of it: part of an equation, about so much, so many of each."""
    if term.state == "operand":
        return
    lead = text[before.end if before is not None and before.end <= term.start else start : term.start]
    around = text[term.end : term.end + 14]
    term.attributive = HYPHENED.match(text, term.start) is not None
    if around[:1].isalpha() or around[:1] in "_\\" or (term.wild and around[:1] == ":"):
        term.unread = True  # 3x, Card 2:
    ahead = text[max(start, term.start - 24) : term.start]
    tight = ahead.rstrip(" $€£({*")
    term.about = tight.endswith(ABOUT_ENDS) and ABOUT.search(ahead) is not None
    operates = around.lstrip(" )$*}")[:1] in SIGNS_AFTER and OPERATOR.match(around) is not None
    if tight[-1:] in SIGNS_BEFORE or ahead[-1:] == "(" or tight.endswith(WORDS_BEFORE):
        if EQUATED.search(ahead):
            term.state = "operand" if operates else "result"
        elif OPERATED.search(ahead):
            term.state = "operand"
    if operates:
        term.state = "operand"
    if not term.kind and ahead[-1:] == " " and LABEL.search(ahead):
        term.unread = True
    if term.state != "operand":
        _count(text, lead, before, term, every)
        _distribute(lead if term.state != "result" else text[start : term.start], term, every)


def _count(text: str, lead: str, before: Term | None, term: Term, every: Sequence[Term]) -> None:
    """Of which of the things counted before the number is: 150 of them, $5 each, 12 boxes of 24, a nightly 90 GB."""
    if "ly " in lead and term.kind and term.state == "free" and (often := OFTEN.search(lead)) is not None:
        size, kind = kind_of(ADVERBS[often.group(1).lower()]) or (1.0, {})
        if not any(a in TIMES for a in term.kind):
            term.kind, term.size = {**term.kind, **{a: -p for a, p in kind.items()}}, term.size / size
    them = term.wild and THEM.match(text, term.end) is not None
    each = term.each or (("ach " in lead or "very" in lead) and EVERYONE.search(lead) is not None)
    each = each or ("$" in term.kind and len(term.kind) == 1 and PRICED.search(lead) is not None)
    holding = lead == " of " and before is not None and not before.each
    if not (them or each or holding):
        return
    things = [t for t in every if t.start < term.start and any(a[0] == "#" and p == 1 for a, p in t.kind.items())]
    if not things:
        return
    if them:
        per = next(
            (a for a, p in things[-1].kind.items() if a[0] == "#" and p < 0), None
        )  # 45 jobs a worker, 8 of them
        term.kind, term.size = ({per: 1}, 1.0) if per is not None else (dict(things[-1].kind), things[-1].size)
        term.wild = False
    if each or (holding and things[-1] is before and len(things[-1].kind) == 1):
        for atom in things[-1].kind:
            if atom[0] == "#":
                term.kind[atom] = term.kind.get(atom, 0) - 1
        term.kind = {a: p for a, p in term.kind.items() if p}
        term.each = True


def _distribute(lead: str, term: Term, every: Sequence[Term]) -> None:
    """`Each log line is roughly 400 bytes`: so much a line."""
    if term.each or not any(w in lead for w in EACH_OF):
        return
    found = _last(DISTRIBUTES, lead)
    if found is None or CLAUSE_ENDS.search(lead, found.end()) is not None:
        return
    words = found.group(1).split(" ")
    words = words[: next((n for n, w in enumerate(words) if w.lower() in STOP), len(words))]
    known = {a[1:] for t in every for a in t.kind if a[0] == "#"}
    name = next((w for w in words if singular(w) in known), words[0] if words else "")
    atom = CALENDAR.get(name.lower(), f"#{singular(name)}") if name else ""
    if atom and atom not in term.kind:
        term.kind[atom] = -1


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    every = list(pattern.finditer(text))
    return every[-1] if every else None
