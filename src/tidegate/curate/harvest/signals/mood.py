# ruff: noqa: E501 (patterns and tables read better whole)
"""The user is fed up, gives up, or waits for an answer that did not come."""

from __future__ import annotations

import re

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.context import Context, angry_at_us, signal_of
from tidegate.curate.harvest.signals.dialogue import content_stems, jaccard, values


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
    return signal_of(SignalKind.FRUSTRATION, c, score, "the user is fed up with the answers")


_LEAVES = re.compile(
    r"\bi (?:will|would rather|am going to)\b(?! (?:need|want|like|have))|\bbye\b|\bok then\b|\bnot my problem\b|\bwhatever\b|\bforget\b"
)


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
    if asked_before or len(c.answer.words) < 5 or _grew(c):
        return None
    return signal_of(SignalKind.FRUSTRATION, c, 0.65, "the same answer came again, and the user goes on about it")


def _grew(c: Context) -> bool:
    """Whether the answer is an earlier one with what the user had asked to add."""
    before = frozenset().union(*(content_stems(b.plain_all) for b in c.answers_before))
    asked = c.asked.stems if c.asked is not None else frozenset()
    return bool((content_stems(c.answer.plain_all) - before) & asked)


def gave_up(c: Context) -> Signal | None:
    """The user drops the task: says so, or leaves without thanks after an answer that was none."""
    said = c.said
    if cues.OTHERS.search(said) and not cues.AT_YOU.search(said) and c.answer_asks and not c.repeats:
        return None  # she speaks of something else that is hopeless
    if c.repeats and _LEAVES.search(said) and not cues.PLEASED.search(said):
        return signal_of(SignalKind.ABANDONMENT, c, 0.75, "the user leaves after the same answer came again")
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
        return None if strength < 0.5 else signal_of(SignalKind.ABANDONMENT, c, strength, "the user gives up")
    if (
        c.last
        and cues.BYE.search(said)
        and not cues.PLEASED.search(said)
        and len(c.user.words) <= 6
        and (c.repeats or c.missed > (0.35 if "bye" in said else 0.6))
    ):
        return signal_of(SignalKind.ABANDONMENT, c, 0.7, "the user leaves without having got an answer")
    return None


def nudges(c: Context) -> Signal | None:
    """ "?", "hello??", "..." after an answer that was none or was said before."""
    if cues.NUDGE.match(c.said) and (c.missed >= 0.5 or c.repeats):
        return signal_of(SignalKind.FRUSTRATION, c, 0.6, "the user waits for an answer that did not come")
    return None
