"""A topic refused on one line and answered on another.

"Refuse questions about politics" and "when a user brings up politics, explain both sides" speak
of one topic, once as what is refused and once as the condition under which something is told.
Both become demands on that topic, so that the prover sees them; a wider or narrower topic is
another one, because there the special case may be meant.
"""

# ruff: noqa: E501

import re
from collections.abc import Sequence

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.drafts import Draft
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Conjunction, Constraint

PREFIX = "topic-refused:"
_WHO = r"(?:the |a |an |any )?(?:users?|customers?|clients?|someone|anyone|somebody|anybody|people|they|guests?|callers?|visitors?|patients?|students?)"
ASKED_ABOUT = re.compile(
    rf"^(?:(?:{_WHO} )?(?:asks?|inquires?|enquires?|brings? up|raises?|mentions?|wants? to (?:know|talk|hear|discuss)|has (?:a )?questions?|have questions?|is asking|asked)(?: you)?"
    r"(?: (?:a |any )?questions?)?|the topic is|questions?|asked)(?: (?:about|on|regarding|concerning|of))? (?P<topic>[\w -]{3,40})$",
    re.I,
)
TELLS = re.compile(
    r"^\s*(?:please |always |you must |you should )?(?:explain|answer|compare|describe|discuss|summari[sz]e|outline|respond (?:fully|in detail)|walk|present|help"
    r"|give (?:a |an |the |your |them |him |her )?(?:\w+ )?(?:overview|opinion|summary|answer|details?|explanation|comparison|account))\b",
    re.I,
)
HELPS = re.compile(
    rf"^\s*(?:please |always |you must |you should )?(?:(?:help|assist)(?: {_WHO})? (?:with|on)"
    r"|answer (?:all |any |every |each )?(?:questions?|quer(?:y|ies)) (?:about|on|regarding|concerning))"
    r" (?P<topic>[\w -]{3,40}?)(?: (?:in (?:full|great|as much) (?:detail|depth)|in (?:full|detail|depth)|fully|thoroughly|too|as well))?\s*[.!]?\s*$",
    re.I,
)
# "explain that you cannot", "answer with a referral": told, and yet refused
HOLDS_BACK = re.compile(
    r"\b(?:not|never|no|cannot|can not|why|that|refus\w*|declin\w*|refer\w*|redirect\w*|instead|polic\w+|unable|limit\w*|sorry|unfortunately|only|contact|human|expert|professional|doctor|lawyer)\b",
    re.I,
)
DISCUSSED = re.compile(r"\b(?:discuss|debate|comment on|engage in|talk about|engage with)\b", re.I)
BESIDE = word_set("question request anything topic ask matter pose say subject issue")


def topic_words(text: str) -> tuple[str, ...]:
    """The content words of a topic."""
    return tuple(sorted({
        t.lemma for t in tokens(text.lower())
        if t.low.isalpha() and t.lemma not in lexicon.BENIGN and t.lemma not in lexicon.USERS and t.lemma not in BESIDE
    }))  # fmt: skip


def refused(drafts: Sequence[Draft], sentence: str) -> list[Draft]:
    """The topics that a sentence refuses."""
    out = []
    for d in drafts:
        c = d.constraint
        spoken = c.attribute == "do:say" and c.operator == "absent" and DISCUSSED.search(sentence)
        if d.modality == "must" and d.restrict and (spoken or (c.attribute, c.operator) == ("refuse", "present")):
            name = PREFIX + " ".join(sorted(d.restrict))
            out.append(Draft(Constraint(name, "present"), d.scope, (), "must", False, True))
    return out


SUPPLIES = re.compile(
    r"^\s*(?:please |always |you must |you should |you )?(?:give|provide|offer|share|supply|dispense|discuss|explain|answer|hand out)\b", re.I
)  # fmt: skip


def supplied(drafts: Sequence[Draft], guard: Sequence[Conjunction], rest: str) -> list[Draft]:
    """The topic that a sentence supplies to whoever asks: "give legal advice whenever somebody asks for it"."""
    said = " ".join(x.said() for conj in guard for x in conj)
    asked = bool(
        re.search(
            r"\b(?:asks?|requests?|wants?|needs?|inquires?)\b(?: \w+)? (?:for|about|to know) (?:it|them|that|this)?\W*$",
            said,
            re.I,
        )
    )
    if not (asked or not guard) or not SUPPLIES.match(rest) or HOLDS_BACK.search(rest):
        return []
    out = []
    for d in drafts:
        if (
            d.constraint.attribute.startswith("do:")
            and d.constraint.operator == "present"
            and d.restrict
            and d.modality == "must"
        ):
            out.append(
                Draft(Constraint(PREFIX + " ".join(sorted(d.restrict)), "absent"), d.scope, (), "must", False, True)
            )
    return out


def answered(guard: Sequence[Conjunction], rest: str) -> list[Draft]:
    """The topic that a sentence answers: the one it names as its condition or helps with."""
    helps = HELPS.match(rest)
    if not guard and helps and not HOLDS_BACK.search(rest):
        words = topic_words(helps.group("topic"))
        return [Draft(Constraint(PREFIX + " ".join(words), "absent"), universal=True)] if words else []
    if len(guard) != 1 or len(guard[0]) != 1 or not TELLS.match(rest) or HOLDS_BACK.search(rest):
        return []
    literal = guard[0][0]
    m = ASKED_ABOUT.match(literal.said().strip(" ,.")) if literal.positive else None
    words = topic_words(m.group("topic")) if m else ()
    return [Draft(Constraint(PREFIX + " ".join(words), "absent"), universal=True)] if words else []
