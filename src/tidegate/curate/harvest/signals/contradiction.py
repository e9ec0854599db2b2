# ruff: noqa: E501 (patterns and tables read better whole)
"""An answer against what was said before, seen by us or pointed at by the user.

What the user brought in between may change the subject, and a tool that was asked in between may
have changed the world.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.dialogue import Turn, content_stems, plain, sentences, values
from tidegate.curate.harvest.signals.hard import before, signal
from tidegate.curate.harvest.signals.sentence_conflict import sentences_conflict

_ELLIPTIC = re.compile(
    r"(?:^|[.!,] )(?:and|what about|how about) (?:(?:in|for|on|at|to|with|from|the|a|my) )*\w+(?: \w+)? ?\?$"
    r"|\b(?:one more|another one|another for|the same (?:for|with)|same (?:for|with|rules)|now (?:for|the|one)|next one|one for)\b"
)
_POLITE = re.compile(r"\bfeel free\b|\blet me know\b|\bhappy to help\b|\bdon.?t hesitate\b|\banything else\b", re.I)
_CODE = re.compile(r"[{}=;]|\w\(")
_CONFIRMS = re.compile(r"^(?:yes|right|exactly|correct|indeed|that is right)\b")
_OWN_CORRECTION = re.compile(
    r"\b(?:correction|i was wrong|i made (?:a|an) (?:mistake|error)|you are (?:absolutely )?right|apologi|sorry|i misspoke|let me correct|my mistake|earlier i said|i previously|to clarify)\b"
)
_POINTS = re.compile(
    r"\b(?:you (?:just |previously |earlier |already |also )*(?:said|told me|wrote|claimed|stated|mentioned|promised|confirmed|listed|quoted)|earlier you|a (?:minute|moment|second) ago you|which (?:one )?is (?:it|true|right|correct|the case)|which one is it|contradict\w*|make up your mind|(?:that|this) is the opposite|before you said|first you (?:said|told)|but (?:earlier|before|above)|inconsistent|so which)\b"
)


def contradicts_itself(turns: Sequence[Turn]) -> Iterator[Signal]:
    """Two answers that cannot both hold; or the user points at one that she was given before."""
    answers = [t for t in turns if t.role == "assistant" and t.text and not t.calls]
    told: set[int] = set()
    for t in turns:
        if t.role == "user" and _POINTS.search(t.plain) and not cues.SELF_BLAME.search(t.plain):
            a = before(turns, t.index, "assistant")
            earlier = [x for x in answers if a is not None and x.index < a.index]
            if (
                a is not None
                and earlier
                and not re.search(
                    r"\b(?:as|like|what) you (?:\w+ )?(?:said|told|mentioned|suggested)\b|\byou (?:said|mentioned|told me) (?:earlier )?(?:that )?i (?:can|could|should|need)\b.{0,80}\bhow\b",
                    t.plain,
                )
            ):
                strong = re.search(
                    r"\bwhich (?:one )?is\b|contradict|make up your mind|opposite|but\b|first you|inconsistent|so which|not\b",
                    t.plain,
                )
                reply = next((x for x in answers if x.index > t.index), None)
                if not strong and "?" in t.text and reply is not None and _CONFIRMS.match(plain(reply.text)):
                    continue  # she made sure, and was right
                told.add(a.index)
                yield signal(
                    SignalKind.CONTRADICTION,
                    a,
                    "the user points at what the assistant said before",
                    0.9 if strong else 0.6,
                    t.index,
                )
    for j, later in enumerate(answers):
        if later.index in told or j == 0:
            continue
        between_all = [t for t in turns if answers[0].index < t.index < later.index]
        for former in answers[:j][-6:]:
            between = [t for t in between_all if t.index > former.index]
            why = conflict(former, later, between, before(turns, former.index, "user"))
            if why:
                yield signal(SignalKind.CONTRADICTION, later, why, 0.75, earlier=former.index)
                break


def conflict(earlier: Turn, later: Turn, between: Sequence[Turn], question: Turn | None) -> str:
    """Why two answers cannot both hold, or nothing; what the user or a tool brought in between may change things."""
    users = [t for t in between if t.role == "user"]
    if any(t.role == "tool" for t in between):
        return ""  # the world was asked or changed
    if any(
        cues.WRONG.search(u.plain)
        or cues.MEANT.search(u.plain)
        or cues.AGAIN.search(u.plain)
        or cues.SAID.search(u.plain)
        for u in users
    ):
        return ""  # it was told that it was wrong: that is another signal
    if _OWN_CORRECTION.search(plain(later.text)[:200]):
        return ""
    brought = frozenset().union(*(u.stems for u in users)) if users else frozenset()
    brought_values = frozenset().union(*(values(u.text) for u in users)) if users else frozenset()
    asked_first = question.stems if question is not None else frozenset()
    old = asked_first | content_stems(plain(earlier.text))
    novel = brought - old
    elliptic = bool(novel) and any(
        _ELLIPTIC.search(u.plain) for u in users
    )  # "and in Bergen?": the answer need not say Bergen
    for a in (x for x in sentences(earlier.text)[:30] if not _POLITE.search(x)):
        pa = plain(a)
        sa = content_stems(pa)
        if a.rstrip().endswith("?") or len(sa) < 1 or _CODE.search(a):
            continue
        for b in (x for x in sentences(later.text)[:30] if not _POLITE.search(x)):
            pb = plain(b)
            sb = content_stems(pb)
            if b.rstrip().endswith("?") or len(sb) < 1 or pa == pb or _CODE.search(b):
                continue
            if elliptic and not sb & novel:
                continue
            why = sentences_conflict(a, pa, sa, b, pb, sb, novel, brought_values, asked_first)
            if why:
                return why
    return ""
