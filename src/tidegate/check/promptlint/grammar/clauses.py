"""A sentence cut into clauses, the passive read as active, and each clause read with its negation."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar.clause import ClauseReader, concepts_of
from tidegate.check.promptlint.grammar.drafts import Context, Draft
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.polarity import modality_of, signs_of
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.vocabulary import (
    NO_DUTY,
    SPLIT,
    STRONG,
)

BAN = re.compile(r"^(?:please |you )?(?:do not|never|must not|should not|may not)\b", re.I)


def split_clauses(text: str) -> list[str]:
    """The clauses of a sentence, each with a subject or a verb of its own."""
    out: list[str] = []
    start, lead = 0, ""
    for m in [*SPLIT.finditer(text), None]:
        piece = text[start : m.start() if m else len(text)].strip(" ,." if m is None else " ,")
        if piece:
            out.append(lead + piece)
        if m is not None:
            joined = re.match(r",?\s+or\s+$", m.group(0))
            ban = BAN.match(out[-1]) if joined and out else None
            lead = f"{ban.group(0)} " if ban else ""  # "do not do this or do that" forbids both
            start = m.end()
    return with_subjects(out)


def with_subjects(pieces: list[str]) -> list[str]:
    """Give a piece that begins with its verb ("must be omitted") the subject of the piece before it."""
    out: list[str] = []
    subject = ""
    for piece in pieces:
        m = re.match(
            r"^(?P<subject>(?!(?:if|when|never|always|do|please)\b)[^,;:]{1,60}?)\s+(?:is|are|must|should|may|can|will|shall|has to|have to|needs? to)\b",
            piece,
            re.I,
        )
        if m is not None:
            subject = m.group("subject")
        elif subject and re.match(r"(?:must|should|may|can|will|shall|has|have|needs?|is|are)\b", piece, re.I):
            piece = f"{subject} {piece}"
        else:
            subject = ""
        out.append(piece)
    return out


def read_clause(clause: str, context: Context, negative_intro: bool, inherited: str) -> tuple[list[Draft], str]:
    """The drafts of one clause, and the verb the next clause may lean on."""
    toks = tokens(clause)
    if not toks:
        return [], inherited
    if NO_DUTY.search(clause) and not re.search(r"\bnot limited to\b", clause, re.I):
        return [], inherited
    hits = concepts_of(toks)
    taken = {k for h in hits for k in range(h.start, h.end) if h.end - h.start > 1}
    signs = signs_of(toks, taken, negative_intro)
    modality = modality_of(clause)
    universal = (
        context.irrespective or bool(STRONG.search(clause)) or (context.universal and bool(STRONG.search(clause)))
    )
    universal = universal or context.universal
    reader = ClauseReader(toks, hits, signs, context, modality, universal, clause)
    found = reader.read()
    if all(d.constraint.attribute.startswith("do:") for d in found) and (active := as_active(clause)):
        again, _ = read_clause(active, context, negative_intro, inherited)
        named = [d for d in again if not d.constraint.attribute.startswith("do:")]
        found = named or found or again
    return found, inherited


PASSIVE = re.compile(
    r"^(?P<s>[^,;:]{2,60}?) (?P<m>must|should|may|can|shall|has to|have to|is to|are to|is|are)(?: (?P<n>not|never|always))?(?: be)? (?P<v>\w+(?:ed|en|wn|ught|told|put|made|said|kept|held|sent|read))(?P<r>\b.*)$",
    re.I,
)


def as_active(clause: str) -> str:
    """ "The question must not be repeated" as "must not repeat the question"; "" where a clause is no passive."""
    m = PASSIVE.match(clause.strip())
    if m is None:
        return ""
    verb = {"told": "tell", "made": "make", "kept": "keep", "put": "put", "sent": "send"}.get(
        m.group("v").lower(), lemma(m.group("v").lower())
    )
    subject, sign = m.group("s").strip(), (m.group("n") or "").lower()
    if re.match(r"no\b", subject, re.I):
        subject, sign = subject[2:].strip(), "never"
    if (
        m.group("m").lower() in ("is", "are")
        and not sign
        and verb in ("forbid", "ban", "prohibit", "allow", "permit", "require", "expect")
    ):
        return ""
    lead = {"not": "do not ", "never": "never ", "always": "always "}.get(
        sign, "always " if m.group("m").lower() in ("must", "shall") else ""
    )
    return f"{lead}{verb} {subject}{m.group('r')}"
