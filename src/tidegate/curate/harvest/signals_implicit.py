# ruff: noqa: E501 (patterns and tables read better whole)
"""What a user's next turn says of the answer before it: meant otherwise, wrong, fed up, gave up, again, asked anew.

Each reader looks at one user turn in its context: what was asked before, what the assistant did,
whose value is spoken of.  The context carries as much weight as the words: a "no" answers an
offer, "I meant" answers "which one?", a value that the user gave herself is hers to change, and
anger at a landlord is no anger at us.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tidegate.curate.harvest import cues
from tidegate.curate.harvest.dialogue import (
    WORD,
    Turn,
    content_stems,
    jaccard,
    overlap,
    plain,
    sentences,
    values,
)
from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals_contradiction import sentences_conflict
from tidegate.curate.harvest.signals_reaction import REACTIONS

Similar = Callable[[str, str], float]  # meaning of two texts, 0 to 1; the floor is `lexical_similarity`


def lexical_similarity(a: str, b: str) -> float:
    """The floor where no embedder is given: shared content stems, synonyms counted as one word."""
    x, y = content_stems(plain(a)), content_stems(plain(b))
    return len(x & y) / max(1.0, math.sqrt(len(x) * len(y)))


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


_YES_NO = re.compile(
    r"^(?:so |and |but |hi |hello |hey |[,.!] ?|please |ok )*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|am|may)\b|\b(?:is it|are there|is there|can i|do you|does it|do i|are you|will it|should i|can you)\b[^.!]{0,80}\?"
)
_ANSWERS_YES_NO = re.compile(
    r"^(?:\w+ ?[,!.] ?)?(?:yes|no|not|absolutely|certainly|of course|unfortunately|correct|right|sure|only|it depends|both|neither|usually|generally|typically)\b|\b(?:can|can not|does|does not|do not|is|is not|are|are not|allowed|included|covered|available|possible|eligible|safe)\b"
)
_KINDS = (
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
    for kind, wanted in _KINDS:
        if kind.search(question):
            tests += 1
            missing += wanted.search(text) is None
    if is_question and _YES_NO.search(question):
        tests += 1
        missing += _ANSWERS_YES_NO.search(text) is None
    stems = asked.stems
    if stems:
        tests += 1
        missing += 1 - len(stems & content_stems(text)) / len(stems)
    return missing / tests if tests else 0.0


# --- the readers -----------------------------------------------------------------------------------


def meant_otherwise(c: Context) -> Signal | None:
    """ "No, I meant …", "not what I asked", "X, not Y" where Y is the assistant's."""
    said = c.said
    explicit = cues.MEANT.search(said) is not None
    mean = cues.I_MEAN.search(said) is not None
    contrast = contrasted(c)
    if c.own_fault and not (explicit and c.angry):
        return None
    if c.asked is not None and same_words(c.user, c.asked):
        return None  # the very same words: `asks_again`
    if (
        c.offered_choice
        and not c.repeats
        and not c.angry
        and (not explicit or (not contrast and not cues.NEGATION_FIRST.match(said)))
    ):
        return None  # "Anna or Anna?" "I mean Anna Weber."
    if c.pleased and not contrast and not cues.NEGATION_FIRST.match(said):
        return None
    about_others = cues.OTHERS.search(said) is not None and not cues.AT_YOU.search(said)
    strength = 0.0
    if explicit:
        plainly = re.search(r"\b(?:i|we) (?:\w+ )?meant\b|\bwhat i (?:need|want|meant|asked)\b", said) is not None
        strength = 0.9 if plainly or not about_others else 0.45
        if (
            c.answer_asks
            and not cues.NEGATION_FIRST.match(said)
            and re.search(r"\bi (?:am|was) (?:looking|asking) for\b", said)
            and not contrast
            and not c.repeats
        ):
            strength = 0.3
    if mean and (("?" not in c.user.text and not _QUESTION.search(said)) or cues.NEGATION_FIRST.match(said)):
        strength = max(strength, 0.8 if not c.answer_asks or c.missed > 0.5 else 0.45)
    if contrast == "assistant":
        strength = max(strength, 0.85)
    if cues.NEGATION_FIRST.match(said) and not c.answer_asks and cues.SAID.search(said):
        strength = max(strength, 0.85)
    if restates_own(c):
        strength = max(strength, 0.75)
    if cues.SAID.search(said) and not c.answer_asks and not about_others and overlap(c.user.stems, c.own_words) >= 0.5:
        strength = max(strength, 0.8)
    if strength < 0.5:
        return None
    return _signal(SignalKind.NO_I_MEANT, c, strength, "the user says that something else was meant")


_QUESTION = re.compile(r"\bi mean ,? ?(?:how|can|could|whether|if|when|what|where|which|is|does|do|will|should|are)\b")


def contrasted(c: Context) -> str:
    """ "X, not Y": whose is Y? `assistant` when it stands in the answer and is not the user's own wish, `user` when it is hers."""
    for found in cues.CONTRAST.finditer(c.said):
        if re.search(r"\b(?:i am|we are) $", c.said[: found.start()]):
            continue  # "I am not at home" speaks of herself
        if re.match(r"[^.,;!?]*\?", c.said[found.start() :]) and found.start() == 0:
            continue  # "not before Monday?": asked, not said
        tail = re.split(r"[.,;!?]", c.said[found.start() + 4 :])[0]
        words = {w for w in found.groups() if w} | set(WORD.findall(tail)[:4])
        stems = content_stems(" ".join(words)) or frozenset(words)
        first = content_stems(found.group(1)) or frozenset({found.group(1)})
        if found.group(1) in ("whole", "entire", "other", "new", "old", "first", "second", "last", "next", "full"):
            first = stems
        if re.match(
            r"(?:sure|working|help|helping|really|so|even|yet|be|have|quite|too|that|what|know|find|see|get|able|good|very|an?|the|it|ok|possible|want|need|understand|true|right|correct|fan|keen|big|into|hungry)$",
            found.group(1),
        ):
            continue
        theirs = (
            content_stems(plain(c.answer.text)) | values(c.answer.text) | frozenset(WORD.findall(plain(c.answer.text)))
        )
        own = c.own_words | c.own_values
        if (first & theirs) and not (first & own):
            return "assistant"
        if (stems & theirs) - own and not first & own and len(stems) <= 4:
            return "assistant"
        if (
            (first & theirs)
            and (first & own)
            and len(WORD.findall(c.said)) <= 12
            and not c.answer_asks
            and not cues.WISH.search(c.said)
        ):
            rest = content_stems(c.said) - stems
            if rest & own:  # both words were hers, the answer took the wrong one
                return "assistant"
        if first & own:
            return "user"
        kept = content_stems(c.said[: found.start()])
        if (
            kept
            and kept <= own
            and len(kept) <= 4
            and not c.answer_asks
            and not (kept & content_stems(plain(c.answer.text)))
        ):
            return "assistant"  # "vegan, not pescatarian": she holds on to her own word
    return ""


def restates_own(c: Context) -> bool:
    """A short turn that only repeats a part of the user's own words that the answer went against ("without basil!")."""
    words = c.user.words
    if (
        not 0 < len(words) <= 7
        or c.answer_asks
        or c.pleased
        or not c.user.stems
        or cues.WISH.search(c.said)
        or cues.SHORT_CLAIM.match(c.said)
    ):
        return False
    text = plain(c.answer.text)
    own = c.user.stems | values(c.user.text)
    held = own & (c.own_words | c.own_values)
    if len(held) < 0.6 * len(own):
        return False
    insists = (
        "!" in c.user.text
        or len(words) <= 3
        or re.search(r"\b(?:still|again|please|no|without|only|not|under|in|for)\b", c.said) is not None
    )
    if not insists or cues.FOLLOW_UP.match(c.said):
        return False
    ignored = bool(held - content_stems(text) - values(c.answer.text))
    against = re.search(r"\b(?:no|not|without|under|over|only|for|in|just)\b", c.said) is not None
    return ignored or against


def wrong_answer(c: Context) -> Signal | None:
    """The user says that a fact, a value or a result is wrong, or gives another one for it."""
    said = c.said
    if c.own_fault:
        return None
    wrong = cues.WRONG.search(said) is not None
    clause = _clause_around(said, found.start()) if (found := cues.WRONG.search(said)) else said
    about_others = (
        cues.OTHERS.search(clause) is not None
        and not cues.AT_YOU.search(clause)
        and not re.search(r"\b(?:it|that|this) (?:is|was|should|must|does|did|returns?|gives?|says?)\b", clause)
    )
    strength, new = 0.0, new_values(c)
    negated = cues.NEGATION_FIRST.match(said) is not None
    disputes = cues.DISPUTES.search(said) is not None
    if wrong:
        strength = 0.85
        if about_others and not new and not re.match(r"(?:that|this|it)\b", found.group(0) if found else ""):
            strength = 0.45
        if c.pleased or (cues.FOLLOW_UP.match(said) and "?" in c.user.text):
            strength -= 0.4
        if (
            "?" in c.user.text
            and re.search(
                r"\b(?:should (?:it|i|we|that|the)|is (?:that|it|this) (?:wrong|bad|ok|normal)|what is wrong|why (?:does|is|did)|should be)\b",
                said,
            )
            and not negated
        ):
            strength -= 0.45
        if (
            c.answer_asks
            and not new
            and re.search(r"\b(?:still|does not|is not|not working|i get)\b", said)
            and not c.repeats
        ):
            strength -= 0.35  # the next step of a diagnosis
        if (
            re.search(r"\bstill (?:does|is|not|red|the same|get)|\bi (?:still )?get\b", said)
            and not c.repeats
            and not wrong_direct(said)
        ):
            strength = min(strength, 0.55 if re.search(r"\bstill\b", said) else 0.4)
    elif c.pleased and not negated:
        return None
    wish = cues.WISH.search(said) is not None
    if new and not wish and not c.answer_asks and "?" not in c.user.text[-3:]:
        if (cues.ACTUALLY.search(said) and not changes_own_value(c)) or negated:
            strength = max(strength, 0.85)
        elif disputes and same_kind_of_value(c):
            strength = max(strength, 0.8)
        elif cues.SHORT_CLAIM.match(said) and not (values(c.answer.text) & c.own_values and not c.own_values & new):
            strength = max(strength, 0.7)
    if not strength and negated and not c.answer_asks and not wish and cues.SHORT_CLAIM.match(said):
        strength = 0.75
    if (
        not strength
        and cues.ACTUALLY.search(said)
        and not wish
        and not c.answer_asks
        and re.search(r"\b(?:is|was|are|were|fell|has|had|did|does|do)\b", said)
        and not cues.FOLLOW_UP.match(said)
        and "?" not in c.user.text
    ):
        strength = 0.7
    if not strength and not c.answer_asks and not wish and cues.SHORT_CLAIM.match(said) and corrects_a_name(c):
        strength = 0.7
    states = not wish and not c.answer_asks and "?" not in c.user.text
    if not strength and states and contradicts_answer(c):
        strength = 0.75
    follows = cues.FOLLOW_UP.match(said) is not None
    if (
        not strength
        and states
        and disputes
        and not c.pleased
        and not follows
        and c.user.stems & (content_stems(plain(c.answer.text)) | (c.asked.stems if c.asked else frozenset()))
    ):
        strength = 0.65
    claims = re.search(r"\b(?:is|are|was|equals|makes|gives)\b|=", said) and not re.search(r"\b(?:my|our|i|we)\b", said)
    if not strength and states and new and claims and len(c.user.words) <= 8 and same_kind_of_value(c):
        strength = 0.7
    if not strength and not c.answer_asks and breaks_own_wish(c):
        strength = 0.75
    if (
        not strength
        and not wish
        and not c.answer_asks
        and contrasted(c) == "assistant"
        and (new or len(c.user.words) <= 6)
    ):
        strength = 0.7
    if strength < 0.5:
        return None
    return _signal(SignalKind.CORRECTION, c, strength, "the user says that the answer is wrong")


def wrong_direct(said: str) -> bool:
    """Whether it is said in so many words."""
    return (
        re.search(
            r"\b(?:wrong|incorrect|mistake|false|not (?:right|correct|true)|outdated|forgot|missed|ignored)\b", said
        )
        is not None
    )


def new_values(c: Context) -> frozenset[str]:
    """Values in the user's turn that differ from the answer's, where the answer has values at all."""
    mine, theirs = values(c.user.text), values(c.answer.text)
    return mine - theirs if mine and theirs else frozenset()


def changes_own_value(c: Context) -> bool:
    """ "I have 300 dollars actually": another value beside the word her own value stood beside, and not the answer's."""
    beside = re.compile(r"\d[\d.,]* ?([a-z]{2,})")
    mine, asked = set(beside.findall(c.said)), {w for t in c.users_before for w in beside.findall(t.plain)}
    return bool(mine & asked) and not (mine & set(beside.findall(plain(c.answer.text))))


def contradicts_answer(c: Context) -> bool:
    """The user states the opposite of what the answer says of the same thing."""
    none: frozenset[str] = frozenset()
    for a in sentences(c.answer.text)[:12]:
        pa = plain(a)
        for b in sentences(c.user.text)[:4]:
            pb = plain(b)
            if a.rstrip().endswith("?") or pa == pb:
                continue
            if sentences_conflict(a, pa, content_stems(pa), b, pb, content_stems(pb), none, none, none):
                return True
    return False


def same_kind_of_value(c: Context) -> bool:
    """Whether turn and answer both name an amount, a temperature, a time or a date, or their values stand beside the same word."""
    kinds = (r"[$€£¥]\s?\d|\d\s?(?:euros?|dollars?|usd|eur|gbp)", r"\d\s?(?:°|degrees)", r"\d\s?(?:am|pm)\b|\d:\d\d", r"\d\s?%", r"\b(?:19|20)\d\d\b",
             r"\d\s?(?:days?|weeks?|months?|years?|hours?)", r"\d\s?(?:mg|g|kg|ml|km|miles|gb)\b", r"\d")  # fmt: skip
    mine, theirs = c.user.text.lower(), c.answer.text.lower()
    for kind in kinds:
        if re.search(kind, mine):
            return re.search(kind, theirs) is not None
    return False


_BREAKS = re.compile(
    r"\b(\w+) (?:is|are|was|were|does|do|has|have|can) not (?:a |an |really |even |exactly |at all )?(\w+)"
)


def breaks_own_wish(c: Context) -> bool:
    """ "salmon isn't vegan": something of the answer is said not to be what the user had asked for."""
    theirs = content_stems(plain(c.answer.text))
    for subject, quality in _BREAKS.findall(c.said):
        if (
            content_stems(subject) & theirs or subject in ("that", "this", "it", "these", "those", "they")
        ) and content_stems(quality) & c.own_words:
            return True
    return False


def corrects_a_name(c: Context) -> bool:
    """ "it's Priya" after "Hello Peter": a capital word of the user's own that the answer had otherwise."""
    names = set(re.findall(r"\b[A-Z][a-z]+\b", c.user.text[1:])) - {"I"}
    return any(n not in c.answer.text and any(n in t.text for t in c.users_before) for n in names)


def angry_at_us(c: Context) -> float:
    """How surely the turn is anger at the assistant: words, capitals and marks, less what it is really about."""
    text, said = c.user.text, c.said
    found = list(cues.FED_UP.finditer(said))
    score = 0.0
    for hit in found:
        s = 0.75
        clause = _clause_around(said, hit.start())
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


def _clause_around(said: str, at: int) -> str:
    start = max(said.rfind(mark, 0, at) for mark in (". ", "! ", "? ", " but ", "; ")) + 1
    ends = [i for mark in (" .", " !", " ?", " ;") if (i := said.find(mark, at)) >= 0]
    return said[start : min(ends) if ends else len(said)]


def fed_up(c: Context) -> Signal | None:
    """Anger at the assistant."""
    score = angry_at_us(c)
    if score < 0.5:
        return None
    soft = re.search(
        r"\b(?:speak|talk|connect|transfer|get|give|put)\b.{0,20}\b(?:human|person|manager|supervisor)\b", c.said
    )
    if soft and len(list(cues.FED_UP.finditer(c.said))) == 1 and c.missed < 0.4 and "!" not in c.user.text:
        return None  # asking for a person politely, and nothing failed
    return _signal(SignalKind.FRUSTRATION, c, score, "the user is fed up with the answers")


_LEAVES = re.compile(
    r"\bi (?:will|would rather|am going to)\b(?! (?:need|want|like|have))|\bbye\b|\bok then\b|\bnot my problem\b|\bwhatever\b|\bforget\b"
)
_INTERJECTION = re.compile(r"ugh+|sigh|argh+|oh my god|damn\w*|omfg|jesus.*|grr+|shaking my head|seriously.*|really.*")


def gets_the_same_again(c: Context) -> Signal | None:
    """The assistant said again what it had said, though the user had said something else, and she is not content."""
    if (
        not c.repeats
        or c.pleased
        or c.asked is None
        or c.own_fault
        or (c.answer_asks and len(values(c.user.text)) > 0)
        or c.user.text.lower().strip(" .!") in ("yes", "ok", "no")
        or (cues.FOLLOW_UP.match(c.said) and "?" in c.user.text)
    ):
        return None
    asked_before = [u for u in c.users_before[:-1] if jaccard(u.words, c.asked.words) >= 0.8]
    if asked_before or len(c.answer.words) < 5:
        return None
    return _signal(SignalKind.FRUSTRATION, c, 0.65, "the same answer came again, and the user goes on about it")


def gave_up(c: Context) -> Signal | None:
    """The user drops the task: says so, or leaves without thanks after an answer that was none."""
    said = c.said
    if cues.OTHERS.search(said) and not cues.AT_YOU.search(said) and c.answer_asks and not c.repeats:
        return None  # she speaks of something else that is hopeless
    if c.repeats and _LEAVES.search(said) and not cues.PLEASED.search(said):
        return _signal(SignalKind.ABANDONMENT, c, 0.75, "the user leaves after the same answer came again")
    if cues.PARTIAL_OBJECT.search(said) and len(c.user.words) > 5:
        return None
    found = cues.GIVES_UP.search(said)
    if found and re.search(r"\bif\b", said[: found.start()]) and not c.repeats:
        return None  # "if it is soup again I am moving to Mars"
    if found:
        if cues.THANKS.search(said) and not re.search(
            r"\bthanks (?:anyway|for nothing|for trying|but)\b|\bno thanks\b", said
        ):
            return None
        if re.search(r"\b(?:found (?:it|out)|figured it out|solved it|got it (?:now|working)|it works|worked)\b", said):
            return None
        if re.search(r"\b(?:whatever|never mind|forget)\b", found.group(0)) and re.search(
            r"\b(?:can|could|would) you\b|\bplease (?:book|show|find|give)\b|\?\s*$", c.user.text.lower()
        ):
            return None  # a new wish follows
        strength = 0.85 if c.last or c.missed > 0.3 else 0.6
        if c.answer_asks and c.missed < 0.3 and not c.last:
            strength = 0.45
        if re.search(r"\bi (?:will|am going to|can|should|might)\b", found.group(0)) and not (
            c.missed > 0.25 or c.users_before[1:] or c.angry
        ):
            strength = 0.45
        if cues.SELF_BLAME.search(said) and c.missed < 0.5:
            strength = 0.4
        return None if strength < 0.5 else _signal(SignalKind.ABANDONMENT, c, strength, "the user gives up")
    if (
        c.last
        and cues.BYE.search(said)
        and not cues.PLEASED.search(said)
        and len(c.user.words) <= 6
        and (c.repeats or c.missed > (0.35 if "bye" in said else 0.6))
    ):
        return _signal(SignalKind.ABANDONMENT, c, 0.7, "the user leaves without having got an answer")
    return None


def same_words(a: Turn, b: Turn) -> bool:
    """The very same request (capitals and marks apart), of three words or more."""
    return len(a.words) >= 3 and a.words == b.words


def asks_again(c: Context) -> Signal | None:
    """Another answer to the same request: "try again", "redo", or the very same words."""
    said = c.said
    if c.asked is not None and len(c.user.words) >= 3 and same_words(c.user, c.asked) and not c.answer_asks:
        return _signal(SignalKind.REGENERATE, c, 0.9, "the user sent the same request again")
    found = cues.AGAIN.search(said)
    if not found or cues.MORE.search(said) or c.answer_asks:
        return None
    if c.pleased and not re.search(r"\bbut\b|\bnot\b", said):
        return None
    if len(c.user.words) > 30 or re.search(r"\b(?:error|message|page|app|it) (?:says|said|told|tells|asks)\b", said):
        return None
    strength = 0.85 if len(c.user.words) <= 14 else 0.65
    added = c.user.stems - c.own_words - content_stems(plain(c.answer.text))
    once = re.search(r"\btry (?:it |that |this )?again\b|\bredo\b|\bregenerate\b|\bretry\b|\bstart over\b", said)
    if (
        not once
        and re.search(r"\b(?:but|for|with|as|in) (?:a|an|my|the)?\b", said)
        and len(added) >= 3
        and not re.search(r"\b(?:does not|did not|is not|not|too|wrong|missing|forgot)\b", said)
    ):
        strength -= 0.4  # another one with a new wish
    return (
        None if strength < 0.5 else _signal(SignalKind.REGENERATE, c, strength, "the user asked for the answer again")
    )


_REPHRASES = re.compile(
    r"\b(?:let me (?:rephrase|reword|put it|try again|ask (?:it )?(?:again|differently))|in other words|to rephrase|put differently|what i am (?:asking|trying)|my question (?:is|remains|was)|i know (?:how|where|that|what|all)\b.{0,40}\b(?:but|why|how|what|whether|when)|i repeat|again ,|once again|the question (?:is|was)|that (?:does not|did not|is not) (?:answer|an answer)|you (?:did not|have not|still have not) answer\w*|still (?:do not|have not|not) (?:know|answered|clear)|so (?:is|are|does|do|can|will|what|how|where|when|which)\b.{0,60}\b(?:or not|then)\b|i (?:just )?(?:want|need) to know|i (?:am|was) (?:just )?asking|yes ,? but|ok(?:ay)? ,? but|but (?:how|what|where|when|which|why|is|are|can|do|does|will)\b)"
)


def asked_anew(c: Context) -> Signal | None:
    """The same request in other words after an answer that missed it."""
    if c.own_fault or c.asked is None or len(c.user.words) < 2:
        return None
    if c.pleased and not re.search(r"\bmy question (?:was|is|remains)\b|\bput differently\b", c.said):
        return None
    said, text = c.said, plain(c.answer.text)
    marked = _REPHRASES.search(said) is not None or cues.I_MEAN.search(said) is not None
    best, before = 0.0, None
    for t in reversed(c.users_before[-4:]):
        if len(t.words) < 3:
            continue
        s = same_request(t, c.user, c.similar)
        if s > best:
            best, before = s, t
    if before is None and marked:
        before = next((t for t in reversed(c.users_before) if len(t.words) >= 3), None)
    if before is None:
        return None
    if c.answer_asks and (before is c.asked or c.offered_choice) and not c.repeats and not (marked and c.missed > 0.5):
        return None  # it answers what the assistant asked
    if same_words(c.user, before):
        return None  # the very same words: `asks_again`
    missed = max(c.missed, unanswered(before, c.answer))
    new = [s for s in c.user.stems - before.stems if s not in c.own_words]
    in_answer = [s for s in new if s in content_stems(text)]
    follow = cues.FOLLOW_UP.match(said) is not None
    whole = len(c.user.words) >= (4 if "?" in c.user.text else 5) and not follow and (
        "?" in c.user.text or re.match(r"(?:how|what|which|when|where|why|who|is|are|do|does|can|could|did|will|should|i (?:want|need)|please|give|show|tell|list|find|write|make)\b", said) is not None
    )  # fmt: skip
    score = (
        0.75 * best + 0.55 * missed + (0.3 if marked else 0.0) + (0.25 if whole and (best >= 0.4 or marked) else 0.0)
    )
    if c.after is not None and not follow and (best > 0 or before.stems & c.user.stems):
        score += 0.35 * max(0.0, missed - unanswered(before, c.after))  # the later answer has what this one lacked
    score -= 0.3 if follow and not marked and not (best >= 0.5 and missed >= 0.6) else 0.0
    score -= 0.12 * len(in_answer)  # speaks of what the answer said: a follow-up
    score -= 0.1 * max(0, len(new) - 3)
    score -= 0.45 if varies(before, c.user) else 0.0
    swapped = values(c.user.text) - values(before.text)
    if swapped and values(before.text) - values(c.user.text):
        score -= 0.35
    if re.search(r"\b(?:as well|too|also|instead|next|other|another|else)\b", said):
        score -= 0.3
    if len(c.user.words) <= 3 and "?" not in c.user.text:
        score -= 0.2
    if "?" not in c.user.text and not whole and not marked:
        score -= 0.15
    if score < 0.72 and not follow and best < 0.95 and returns_to(c, before):
        score = 0.72
    if score < 0.72:
        return None
    return _signal(SignalKind.REPHRASE, c, min(0.95, score), "the user asked the same in other words",
                   {"similarity": round(best, 3), "unanswered": round(missed, 3)})  # fmt: skip


def returns_to(c: Context, before: Turn) -> bool:
    """Whether the turn goes back to the request past an answer without what its kind of question calls for.

    The turn asks, names a thing of the request, and takes up nothing that the answer brought.
    """
    if re.search(r"\byes or no\b", c.said) and before.stems & c.user.stems:
        return True
    asks = "?" in c.user.text or re.search(
        r"\b(?:how|what|which|when|where|why|who|is|are|do|can|does|like to know|tell me)\b", c.said
    )
    if (
        not asks
        or c.answer_asks
        or not before.stems & c.user.stems
        or varies(before, c.user)
        or cues.WISH.search(c.said)
    ):
        return False
    brought = content_stems(plain(c.answer.text)) - before.stems
    return lacks_its_kind(before, c.answer) and not brought & c.user.stems


def lacks_its_kind(asked: Turn, answer: Turn) -> bool:
    """Whether the answer has nothing of the kind asked for: no number for "how many", no step for "how do I", no yes or no."""
    question, text = asked.plain, plain(answer.text)
    kinds = [wanted for kind, wanted in _KINDS if kind.search(question)]
    if kinds:
        return all(wanted.search(text) is None for wanted in kinds)
    return _YES_NO.search(question) is not None and _ANSWERS_YES_NO.search(text) is None


def varies(before: Turn, now: Turn) -> bool:
    """The same frame with another filling ("ship to Alaska", "ship to Hawaii"): the next question, not the same one."""
    a, b = before.words, now.words
    common = _lcs(a[:60], b[:60])
    lost, new = before.stems - now.stems, now.stems - before.stems
    return bool(lost) and bool(new) and common >= 0.6 * min(len(a), len(b)) and common >= 3


def _lcs(a: Sequence[str], b: Sequence[str]) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        previous = 0
        for j, y in enumerate(b, start=1):
            previous, row[j] = row[j], previous + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]


def same_request(before: Turn, now: Turn, similar: Similar) -> float:
    """How far two user turns ask the same: meaning and shared stems, the better of both."""
    shared = before.stems & now.stems
    if len(shared) < 2 and not ("?" in now.text and min(len(before.stems), len(now.stems)) <= 3):
        shared = frozenset()
    lexical = (
        len(shared) / max(1.0, math.sqrt(len(before.stems) * len(now.stems))) if before.stems and now.stems else 0.0
    )
    contained = 0.8 * overlap(before.stems, now.stems) if len(shared) >= 2 else 0.0
    return max(lexical, contained, similar(before.text[:600], now.text[:600]))


def nudges(c: Context) -> Signal | None:
    """ "?", "hello??", "..." after an answer that was none or was said before."""
    if cues.NUDGE.match(c.said) and (c.missed >= 0.5 or c.repeats):
        return _signal(SignalKind.FRUSTRATION, c, 0.6, "the user waits for an answer that did not come")
    return None


def in_other_languages(c: Context) -> Iterator[Signal]:
    """The plain formulas of eight further languages."""
    for kind, pattern in cues.OTHER.items():
        found = pattern.search(c.said)
        if found and not (kind == "no_i_meant" and (c.offered_choice or c.own_fault)):
            yield _signal(SignalKind(kind), c, 0.75, f"the user says {found.group(0)!r}")


def edited(c: Context) -> Signal | None:
    """The client says that the user edited her request after the answer."""
    marked = c.user.edited or re.match(r"\W{0,2}(?:edit|edited)\b\W", c.user.text.strip()[:12].lower()) is not None
    if not marked or c.asked is None:
        return None
    return _signal(SignalKind.EDIT, c, 0.75, "the user edited the request after the answer")


def _signal(
    kind: SignalKind, c: Context, probability: float, reason: str, evidence: dict[str, object] | None = None
) -> Signal:
    return Signal(kind=kind, failing_turn=c.answer.index, seen_at=c.user.index, reason=reason,
                  probability=round(min(0.97, probability), 3), evidence={"said": c.user.text[:200], **(evidence or {})})  # fmt: skip


READERS: tuple[Callable[[Context], Signal | None], ...] = (
    edited, meant_otherwise, wrong_answer, fed_up, gave_up, asks_again, asked_anew,
    gets_the_same_again, nudges, *REACTIONS,
)  # fmt: skip


def read_user_turns(turns: Sequence[Turn], similar: Similar) -> Iterator[Signal]:
    """Signals of every user turn that follows an answer."""
    talk = [t for t in turns if t.role in ("user", "assistant", "tool")]
    users: list[Turn] = []
    answers: list[Turn] = []
    last_user = max((t.index for t in talk if t.role == "user"), default=-1)
    for place, turn in enumerate(talk):
        if turn.role == "assistant":
            answers.append(turn)
        if turn.role != "user":
            continue
        previous = next((t for t in reversed(talk[:place]) if t.role == "assistant"), None)
        after_user = users and previous is not None and previous.index < users[-1].index
        if previous is not None and not after_user and users:
            after = next((t for t in talk[place + 1 :] if t.role == "assistant"), None)
            c = Context(turn, previous, users[-1] if users else None, list(users), [a for a in answers if a is not previous],
                        after, turn.index == last_user, similar)  # fmt: skip
            for reader in READERS:
                signal = reader(c)
                if signal is not None:
                    yield signal
            yield from in_other_languages(c)
        users.append(turn)
