# ruff: noqa: E501 (patterns and tables read better whole)
"""The same request once more: in the same words, as "try again", or asked anew in other words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.context import (
    ANSWERS_YES_NO,
    KINDS,
    YES_NO,
    Context,
    Similar,
    signal_of,
    unanswered,
)
from tidegate.curate.harvest.signals.dialogue import Turn, content_stems, overlap, plain, quoted, values


def same_words(a: Turn, b: Turn) -> bool:
    """The very same request (capitals and marks apart), of three words or more."""
    return len(a.words) >= 3 and a.words == b.words and a.plain_all == b.plain_all


def asks_again(c: Context) -> Signal | None:
    """Another answer to the same request: "try again", "redo", or the very same words."""
    said = c.said
    if c.asked is not None and len(c.user.words) >= 3 and same_words(c.user, c.asked) and not c.answer_asks:
        return signal_of(SignalKind.REGENERATE, c, 0.9, "the user sent the same request again")
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
        None if strength < 0.5 else signal_of(SignalKind.REGENERATE, c, strength, "the user asked for the answer again")
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
    if (then := quoted(before.text)) and (now := quoted(c.user.text)) and not then & now:
        return None  # the same of another thing that is quoted
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
    return signal_of(SignalKind.REPHRASE, c, min(0.95, score), "the user asked the same in other words",
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
    kinds = [wanted for kind, wanted in KINDS if kind.search(question)]
    if kinds:
        return all(wanted.search(text) is None for wanted in kinds)
    return YES_NO.search(question) is not None and ANSWERS_YES_NO.search(text) is None


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
