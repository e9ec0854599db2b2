# ruff: noqa: E501 (patterns and tables read better whole)
"""A user's turn in its context: what was asked, what the assistant did with it, whose words and values are spoken of, and the mood."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.dialogue import (
    WORD,
    Turn,
    content_stems,
    jaccard,
    mostly_latin,
    plain,
    sentences,
    values,
)

Similar = Callable[[str, str], float]  # meaning of two texts, 0 to 1; the floor is `lexical_similarity`


def lexical_similarity(a: str, b: str) -> float:
    """The floor where no embedder is given: shared content stems, synonyms counted as one word."""
    x, y = content_stems(plain(a)), content_stems(plain(b))
    return len(x & y) / max(1.0, math.sqrt(len(x) * len(y)))


def by_script(similar: Similar) -> Similar:
    """The measure for Latin letters, runs of three letters for others: small models know few other scripts and find all alike."""

    def near(a: str, b: str) -> float:
        return similar(a, b) if mostly_latin(a) and mostly_latin(b) else letters_similarity(a, b)

    return similar if similar is lexical_similarity else near


def letters_similarity(a: str, b: str) -> float:
    """Shared runs of three letters, whatever the script."""
    x, y = ({t[i : i + 3] for i in range(max(1, len(t) - 2))} for t in (plain(a), plain(b)))
    return len(x & y) / math.sqrt(len(x) * len(y)) if x and y else 0.0


@dataclass
class Context:
    """A user turn, the assistant's turn before it, the user's turns before, and what comes after."""

    user: Turn
    answer: Turn
    asked: Turn | None
    users_before: Sequence[Turn]
    answers_before: Sequence[Turn]
    after: Turn | None
    last: bool
    similar: Similar

    @cached_property
    def said(self) -> str:
        """The user's plain words."""
        return self.user.plain

    @cached_property
    def answer_asks(self) -> bool:
        """Whether the assistant's turn ends by asking something."""
        tail = sentences(self.answer.text)[-2:]
        return bool(tail) and cues.ASKS.search(" ".join(tail)) is not None

    @cached_property
    def offered_choice(self) -> bool:
        """Whether the assistant asked which of several things is meant."""
        tail = plain(" ".join(sentences(self.answer.text)[-2:]))
        return (
            self.answer_asks
            and re.search(r"\bor\b|\bwhich\b|\bdo you mean\b|\bdid you mean\b|\bclarify\b|\bspecify\b", tail)
            is not None
        )

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Stems that the user used before."""
        return frozenset().union(*(t.stems for t in self.users_before)) if self.users_before else frozenset()

    @cached_property
    def own_values(self) -> frozenset[str]:
        """Values that the user gave before."""
        return frozenset().union(*(values(t.text) for t in self.users_before)) if self.users_before else frozenset()

    @cached_property
    def own_fault(self) -> bool:
        """Whether the user takes the blame or changes her mind."""
        return cues.SELF_BLAME.search(self.said) is not None

    @cached_property
    def pleased(self) -> bool:
        """Whether the user is content, and nothing in the turn says otherwise."""
        return cues.PLEASED.search(self.said) is not None and not self.angry

    @cached_property
    def angry(self) -> bool:
        """Whether anything in the turn is angry at us."""
        return angry_at_us(self) > 0.5

    @cached_property
    def repeats(self) -> bool:
        """Whether the assistant's turn says again what it said before."""
        words = self.answer.words
        said = {tuple(WORD.findall(plain(x))) for b in self.answers_before for x in sentences(b.text)}
        again = sum(
            len(w) for x in sentences(self.answer.text) if len(w := WORD.findall(plain(x))) > 3 and tuple(w) in said
        )
        if len(words) > 5 and again >= 0.45 * len(words):
            return True
        return len(words) > 3 and any(len(b.words) > 3 and jaccard(words, b.words) >= 0.8 for b in self.answers_before)

    @cached_property
    def missed(self) -> float:
        """How far the assistant's turn looks like no answer to what was asked: 0 (answers) to 1."""
        if not self.answer.text.strip():
            return 1.0
        score = 0.0
        if self.repeats:
            score += 0.6
        text = plain(self.answer.text)
        if cues.DEFLECTS.search(text):
            score += 0.4
        if self.asked is not None:
            score += 0.5 * unanswered(self.asked, self.answer)
        return min(1.0, score)


YES_NO = re.compile(
    r"^(?:so |and |but |hi |hello |hey |[,.!] ?|please |ok )*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|am|may)\b|\b(?:is it|are there|is there|can i|do you|does it|do i|are you|will it|should i|can you)\b[^.!]{0,80}\?"
)
ANSWERS_YES_NO = re.compile(
    r"^(?:\w+ ?[,!.] ?)?(?:yes|no|not|absolutely|certainly|of course|unfortunately|correct|right|sure|only|it depends|both|neither|usually|generally|typically)\b|\b(?:can|can not|does|does not|do not|is|is not|are|are not|allowed|included|covered|available|possible|eligible|safe)\b"
)
KINDS = (
    (re.compile(r"\b(?:how (?:much|many|long|old|far|often|tall|high|big)|what (?:time|date|price|is the (?:price|cost|fee|rate|dose|balance|total|number))|when)\b"), re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|free|none|no|today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|daily|weekly|monthly|now|never|always|immediately|once|twice)\b")),
    (re.compile(r"\bhow (?:do|can|to|could|would|should) ?(?:i|we|you)?\b|\bwhere (?:is|are|do|can)\b"), re.compile(r"\b(?:click|tap|go|open|select|choose|press|use|run|enter|dial|settings?|type|set|call|add|install|pick|hold|log|enable|turn|menu|under|at the|on the|next|in the|first|then|by|create|write|put|take|rinse|remove|try|you can|\d+)\b|[>(=]")),
    (re.compile(r"\bwhy\b|\bwhat is the reason\b|\breason\b"), re.compile(r"\b(?:because|due to|since|reason|cause|caused|result|so that|means|therefore|as a|was|were|triggered|if)\b")),
)  # fmt: skip


def unanswered(asked: Turn, answer: Turn) -> float:
    """Whether an answer lacks what the question's kind and words call for: 0 (has it) to 1 (has none of it)."""
    question, text = asked.plain, plain(answer.text)
    missing, tests = 0.0, 0
    is_question = "?" in asked.text or re.match(
        r"(?:how|what|which|when|where|why|who|is|are|do|does|can|could|did|will|should)\b", question
    )
    for kind, wanted in KINDS:
        if kind.search(question):
            tests += 1
            missing += wanted.search(text) is None
    if is_question and YES_NO.search(question):
        tests += 1
        missing += ANSWERS_YES_NO.search(text) is None
    stems = asked.stems
    if stems:
        tests += 1
        missing += 1 - len(stems & content_stems(text)) / len(stems)
    return missing / tests if tests else 0.0


def angry_at_us(c: Context) -> float:
    """How surely the turn is anger at the assistant: words, capitals and marks, less what it is really about."""
    text, said = c.user.text, c.said
    found = list(cues.FED_UP.finditer(said))
    score = 0.0
    for hit in found:
        s = 0.75
        clause = clause_around(said, hit.start())
        at_us = cues.AT_YOU.search(clause) is not None
        if (
            at_us
            and _OF_CONTENT.search(clause)
            and not _YOU.search(said)
            and c.missed < 0.4
            and not c.repeats
            and len(WORD.findall(said)) > 4
        ):
            at_us = False  # "that's insane" is said of what the answer tells
        calm = "?" in text or cues.PLEASED.search(said) is not None or re.search(r"\bok\b", said) is not None
        if (
            _INTERJECTION.fullmatch(hit.group(0))
            and len(found) == 1
            and not c.repeats
            and calm
            and (c.missed < 0.4 or re.search(r"\bok\b", said) or cues.PLEASED.search(said))
        ):
            s = 0.3  # a sigh over what is so
        elif cues.OTHERS.search(clause) and (not at_us or _OTHER_SAYS.search(clause)):
            s = 0.2
        elif (
            _INTERJECTION.fullmatch(hit.group(0))
            and len(found) == 1
            and "?" in text
            and not at_us
            and c.user.stems & c.answer.stems
        ):
            s = 0.3  # a sigh over what the answer tells, and the talk goes on
        elif (
            _ADJECTIVE.fullmatch(hit.group(0))
            and not at_us
            and len(WORD.findall(said)) > 5
            and c.missed < 0.4
            and not c.repeats
        ):
            s = 0.4  # something is awful, but is it the answer?
        score = max(score, s)
    words = WORD.findall(text)
    shouted = [w for w in words if len(w) > 2 and w.isalpha() and w.isupper()]
    if len(shouted) >= 3 and len(shouted) >= 0.4 * len(words):
        score = max(score, 0.6) if not cues.PLEASED.search(said) else score
    marks = len(re.findall(r"[!?]{2,}", text))
    if score >= 0.5 and (marks or shouted):
        score = min(0.97, score + 0.1)
    if marks and score < 0.5 and c.missed >= 0.5 and not cues.PLEASED.search(said):
        score = max(score, 0.55)
    if (
        score
        and cues.THANKS.search(said)
        and not re.search(r"thank\w*(?: you)? for (?:nothing|wasting)|not|useless|waste", said)
    ):
        score -= 0.4
    if found and "?" in text and not cues.AT_YOU.search(said) and len(words) > 9 and not c.repeats and c.missed < 0.5:
        score -= 0.3  # a question about something that is awful
    return max(0.0, score)


_INTERJECTION = re.compile(r"ugh+|sigh|argh+|oh my god|damn\w*|omfg|jesus.*|grr+|shaking my head|seriously.*|really.*")
_OTHER_SAYS = re.compile(r"\b(?:he|she|they|my (?:\w+ )?\w+) (?:says?|said|thinks?|claims?|told me|calls)\b")
_OF_CONTENT = re.compile(
    r"\b(?:that|it|this) (?:is|was) (?:\w+ )?(?:insane|ridiculous|unbelievable|crazy|absurd|outrageous|terrible|awful|horrible|unfair|nonsense|unacceptable|frustrating|so frustrating)\b"
)
_YOU = re.compile(r"\byou\b|\byour\b|\bbot\b|\bchat\w*|\bassistant\b|\banswers?\b")
_ADJECTIVE = re.compile(
    r"(?:useless|pathetic|ridiculous|unbelievable|absurd|appalling|idiotic|hopeless|clueless|infuriating|frustrating|disgraceful|"
    r"atrocious|unacceptable|laughable|outrageous|insane|garbage|rubbish|trash|crap|terrible|horrible|awful|dreadful|nonsense|"
    r"disappoint\w+|annoyed|so annoying|damn\w*|fuck\w*|oh my god|sigh|ugh+|seriously.*|really.*|honestly.*)"
)


def clause_around(said: str, at: int) -> str:
    """The clause of a turn in which something is said."""
    start = max(said.rfind(mark, 0, at) for mark in (". ", "! ", "? ", " but ", "; ")) + 1
    ends = [i for mark in (" .", " !", " ?", " ;") if (i := said.find(mark, at)) >= 0]
    return said[start : min(ends) if ends else len(said)]


def signal_of(
    kind: SignalKind, c: Context, probability: float, reason: str, evidence: dict[str, object] | None = None
) -> Signal:
    """The signal of a turn, of the answer before it; no reader is ever quite sure."""
    return Signal(kind=kind, failing_turn=c.answer.index, seen_at=c.user.index, reason=reason,
                  probability=round(min(0.97, probability), 3), evidence={"said": c.user.text[:200], **(evidence or {})})  # fmt: skip
