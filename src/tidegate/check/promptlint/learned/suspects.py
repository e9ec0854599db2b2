"""Instructions that the grammar does not read and the learned reader does, and the cores they take part in.

A sentence is only guessed at when the grammar reads no demand in it; its conditions, its place
and its channel are the grammar's.  The guesses go through the same laws and the same prover as
proved instructions, so that guards, scopes and precedence hold for them too; what comes out is a
*possible* conflict with the product of the probabilities.
"""

# ruff: noqa: E501

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tidegate.check.promptlint.grammar.conditions import read_conditions
from tidegate.check.promptlint.grammar.directives import READER
from tidegate.check.promptlint.grammar.drafts import Context
from tidegate.check.promptlint.grammar.parse import channel_of, section_scope
from tidegate.check.promptlint.grammar.polarity import modality_of
from tidegate.check.promptlint.grammar.reading import Reading
from tidegate.check.promptlint.grammar.rewrites import expand
from tidegate.check.promptlint.grammar.text import mask, tokens
from tidegate.check.promptlint.grammar.vocabulary import NO_DUTY, NOT_OURS, STRONG
from tidegate.check.promptlint.learned.stance import LANGUAGE, NONE, NUMBER, QUOTE, TOOL, Guess, Slots, guess, words
from tidegate.check.promptlint.lint import Analysis, prove
from tidegate.check.promptlint.model import Constraint, Core, Instruction, Unit

PROBABILITY_MIN = 0.45  # of one reading; below it a sentence stays unread
CORE_MIN = 0.45  # of a core; below it nothing is said
# The more sentences, the more of them look like a demand by chance: a core is told if this many times its
# doubt does not outnumber them.
DOUBT_MAX = 5.5
WORDS_MAX = 30
NARROWED_MAX = 2  # words that narrow a demand beside which a guess is still believed
# "the first bullet names the price" speaks of one thing of many: the reader does not know which
ONE_OF_MANY = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|final|next|opening|closing|middle)"
    r" (?!(?:person|names?|words?|thing|time|step)\b)\w+",
    re.I,
)
# placeholders, headings and "do not make up …": nothing that the reader was trained on
OUTSIDE = re.compile(
    r"\{\{|\{\w+\}|:\s*$|^\W*\d*\W*$|\bmak(?:e|ing) up\b|\b(?:invent|fabricat|hallucinat)\w*|\byourself\b", re.I
)
PERMITS = re.compile(r"\W*(?:\w+\W+){0,4}?(?:may|can|might|could|optional\w*|free to|allowed to)\b", re.I)
# "not all replies need a greeting", "do not overuse emoji", "do not repeat the greeting": how often, not whether
NOT_ALL = re.compile(
    r"\b(?:not|don['’]t) (?:all|every|each|always|necessarily)\b|\bnot (?:needed|required|necessary|mandatory)\b", re.I
)
TOO_MUCH = re.compile(
    r"\bmore than (?:once|twice|one)\b|\b(?:twice|again)\b|\b(?:smaller|larger|bigger|deeper|older|newer) than\b|\bover(?:use|do|load)\w*|\btoo (?:many|much|often|long|short)\b|\b(?:excessive|unnecessary|needless|nested)\w*|\b(?:not|never|don['’]t|avoid) (?:repeat|repeating|pile|flood|bombard|spam)\w*",
    re.I,
)
# "the user writes informally", "the source texts are in Latin": told of others
THEM = re.compile(
    r"^(?:(?:the|some|many|most|our|all|these|those|old|a few|several|incoming|your) )*(?:(?:source|input|original|uploaded|incoming|archived|old|earlier|user|customer)['’]?s? (?:texts?|documents?|messages?|files?|questions?|data|tickets?|e-?mails?|letters?)"
    r"|(?:users?|customers?|clients?|guests?|members?|callers?|visitors?|people|students?|patients?|passengers?|applicants?|subscribers?|employees|agents|players|listeners|readers)) (?:\w+ly |often |sometimes |usually |always |may |might |can |could |will )?(?:writes?|speaks?|sends?|uses?|types?|asks?|are|is|has|have|prefers?|shouts?|contain|contains|come|comes|get|gets|posts?|paste|pastes|hates?|likes?|loves?)\b",
    re.I,
)
LEAD = re.compile(r"^\W*\w+\W*:\W*(?=\w)")  # "**Note:** …"
# what is handed to a tool or written elsewhere is no reply
ELSEWHERE = re.compile(
    r"\b(?:to|into|for|by) (?:the|a|an|each|any|every) (?:tool|function|api|endpoint|log|database|file|ticket)s?\b|\b(?:arguments?|parameters?|payloads?|scratchpad|commit messages?|log entries|internal notes?)\b",
    re.I,
)
Guesser = Callable[[str], Guess]


def suspected(
    analysis: Analysis, guesser: Guesser = guess, probability_min: float = PROBABILITY_MIN
) -> list[Instruction]:
    """The instructions that only the learned reader sees, in order of place."""
    read = {
        (i.unit.source, i.unit.span)
        for i in analysis.instructions
        if not i.constraint.attribute.startswith("do:") and i.probability is None
    }
    told = {(p.unit.source, p.unit.span) for p in analysis.priorities}
    out = []
    for unit in analysis.units:
        place = (unit.source, unit.span)
        if unit.quoted or place in read or place in told or not 2 <= len(unit.text.split()) <= WORDS_MAX:
            continue
        if OUTSIDE.search(unit.text):
            continue
        found = one(unit, guesser, probability_min)
        if found is not None:
            out.append(found)
    return out


def about_them(text: str) -> bool:
    """Whether a sentence tells what the users do or may do: "users may write in capitals" asks for nothing."""
    text = LEAD.sub("", text)
    if THEM.match(text) and not READER.match(text):
        return True
    return bool(NOT_OURS.match(text)) and not re.search(r"\b(?:must|should|never|always)\b", text, re.I)


def takes_no_side(text: str, operator: str) -> bool:
    """Whether a sentence only lifts a duty ("citations are not required") or forbids too much of a thing."""
    said = expand(text)
    return bool(NO_DUTY.search(said) or NOT_ALL.search(said)) or (operator != "present" and bool(TOO_MUCH.search(said)))


def one(unit: Unit, guesser: Guesser, probability_min: float) -> Instruction | None:
    """The instruction that the reader sees in a sentence; None when it is not sure enough."""
    g = guesser(unit.text)
    if g.label == NONE or g.probability < probability_min:
        return None
    constraint = constraint_of(g.label, words(unit.text)[1])
    if constraint is None or takes_no_side(unit.text, constraint.operator):
        return None
    if isinstance(constraint.value, int) and g.strange:
        return None  # "evacuation notices have at least 80 words" is an amount of something else
    if ELSEWHERE.search(unit.text):
        return None
    masked = mask(unit.text)
    conditions = read_conditions(expand(masked.text))
    toks = tokens(conditions.text)
    if about_them(conditions.text):
        return None
    if not toks or conditions.only or unit.conditions or ONE_OF_MANY.search(conditions.text):
        return None
    context = Context(masked, "", False, False, conditions.parts)
    part = Reading(toks, [], [True] * len(toks), context, "must", False, conditions.text).part
    section = section_scope(unit.section)
    strong = conditions.universal or bool(STRONG.search(conditions.text))
    return Instruction(
        constraint=constraint, unit=unit, channel=channel_of(conditions.text, conditions.parts),
        scope=part or (("part", section) if section and not strong else ()), guard=conditions.guard,
        exceptions=conditions.exceptions, modality=_modality(conditions.text), universal=strong,
        prohibition=constraint.operator in ("absent", "not-contains"), default=conditions.default,
        probability=g.probability,
    )  # fmt: skip


def _modality(text: str) -> str:
    """As the grammar reads it, but a "can" deep in a sentence permits nothing: "ask whether you can do more"."""
    found = modality_of(text)
    return "must" if found == "may" and not PERMITS.match(text) else found


def constraint_of(label: str, slots: Slots) -> Constraint | None:
    """The demand of a label with its slot filled; None when the sentence has not exactly one filling."""
    attribute, operator, value = label.split("|", 2)
    if value in (QUOTE, TOOL, NUMBER, LANGUAGE):
        held: tuple[Any, ...] = {
            QUOTE: slots.quotes, TOOL: slots.tools, NUMBER: slots.numbers, LANGUAGE: slots.languages,
        }[value]  # fmt: skip
        if len(set(held)) != 1 or attribute == "keyword":
            return None
        filled = held[0]
        return Constraint(attribute, operator, [filled] if operator == "not-one-of" else filled)
    if value.startswith("["):
        return None
    return Constraint(attribute, operator, value or None)


def possible_cores(analysis: Analysis, found: Sequence[Instruction]) -> list[Core]:
    """The cores that need a guessed instruction, each with its probability; what is proved is left out."""
    if not found:
        return []
    proved = [set(c.lines) for c in analysis.cores]
    least = max(CORE_MIN, 1.0 - DOUBT_MAX / max(1, sum(not u.quoted for u in analysis.units)))
    cores, _ = prove([*analysis.instructions, *found], analysis.priorities)
    out: list[Core] = []
    told: set[tuple[str, tuple[int, int]]] = set()
    for core in sorted(cores, key=lambda c: -math.prod(i.probability or 1.0 for i in c.instructions)):
        chances = [i.probability for i in core.instructions if i.probability is not None]
        if not chances or math.prod(chances) < least or any(p <= set(core.lines) for p in proved):
            continue
        if any(len(i.restrict) > NARROWED_MAX for i in core.instructions):
            continue  # a demand found in the midst of a story
        guesses = {(i.unit.source, i.unit.span) for i in core.instructions if i.probability is not None}
        if guesses & told:
            continue  # a guess is shown once, in its likeliest core
        told |= guesses
        out.append(msgspec.structs.replace(core, certainty="possible", probability=round(math.prod(chances), 3)))
    return out
