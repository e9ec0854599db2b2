# ruff: noqa: E501 (patterns and tables read better whole)
"""The user says that something else was meant, or that the answer is wrong."""

from __future__ import annotations

import re

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.again import same_words
from tidegate.curate.harvest.signals.context import Context, clause_around, signal_of
from tidegate.curate.harvest.signals.dialogue import WORD, content_stems, overlap, plain, sentences, values
from tidegate.curate.harvest.signals.sentence_conflict import sentences_conflict


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
    return signal_of(SignalKind.NO_I_MEANT, c, strength, "the user says that something else was meant")


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
    clause = clause_around(said, found.start()) if (found := cues.WRONG.search(said)) else said
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
    return signal_of(SignalKind.CORRECTION, c, strength, "the user says that the answer is wrong")


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
