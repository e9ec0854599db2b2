# ruff: noqa: E501 (patterns and tables read better whole)
"""What a machine can see without asking anybody: refused, cut, empty, contradicted, in a loop, claimed after an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from tidegate.curate.harvest.capture.effects import has_effect
from tidegate.curate.harvest.capture.oracle_text import REFUSING, looks_cut, normalise
from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.dialogue import Turn, content_stems, jaccard, plain

LOOP_CALLS = 3


def read_answers(turns: Sequence[Turn]) -> Iterator[Signal]:
    """Every hard signal of a conversation."""
    yield from refusals(turns)
    yield from cut_answers(turns)
    yield from regenerated(turns)
    yield from tool_loops(turns)
    yield from claims_after_errors(turns)
    yield from apology_loops(turns)


def signal(
    kind: SignalKind, turn: Turn, reason: str, probability: float, seen_at: int | None = None, **evidence: Any
) -> Signal:
    """A signal at a turn."""
    return Signal(kind=kind, failing_turn=turn.index, seen_at=turn.index if seen_at is None else seen_at, reason=reason,
                  probability=probability, evidence=evidence)  # fmt: skip


def before(turns: Sequence[Turn], index: int, role: str) -> Turn | None:
    """The last turn of a role before a place."""
    return next((t for t in reversed(turns) if t.index < index and t.role == role), None)


def after(turns: Sequence[Turn], index: int, role: str) -> Turn | None:
    """The first turn of a role after a place."""
    return next((t for t in turns if t.index > index and t.role == role), None)


_INSTEAD = re.compile(
    r"\b(?:but|however|instead|what i can|i can (?:help|offer|explain|suggest|tell|connect|transfer|show)|here (?:is|are)|you can (?:do|change|find|reset|see|check|update|view|call|contact|use)|if you)\b"
)


def refusals(turns: Sequence[Turn]) -> Iterator[Signal]:
    """A refusal of what nothing speaks against; a refusal with a ground, or of what may not be done, is none."""
    for t in turns:
        if t.role != "assistant" or not t.text:
            continue
        head = normalise(t.text[:400])
        found = REFUSING.search(head)
        if not found:
            continue
        asked = before(turns, t.index, "user")
        wish = plain(asked.text) if asked is not None else ""
        if asked is None or cues.ILLEGITIMATE.search(wish):
            continue
        following = after(turns, t.index, "user")
        accepted = (
            following is not None
            and cues.PLEASED.search(following.plain) is not None
            and not cues.FED_UP.search(following.plain)
        )
        complains = (
            following is not None
            and not accepted
            and re.search(r"\b(?:why|but|it is|i am|come on|what|not|just|seriously|own|my)\b|\?", following.plain)
            is not None
        )
        if accepted:
            continue
        long_help = len(t.text) > 350 or (_INSTEAD.search(head[found.end() :]) is not None)
        grounds = re.search(
            r"\b(?:other (?:customer|user|patient|people)|privacy|someone else|without (?:permission|consent|verif\w+)|illegal|harm\w*|unsafe|dangerous|not eligible|past the|outside the|expired|window|policy does not|diagnos\w+|financial advice|medical advice|legal advice)\b",
            head,
        )
        harmless = _FIGURATIVE.search(wish) is not None
        if grounds and "killing" not in head and not harmless and not complains:
            continue
        probability = 0.85 if complains or not long_help else 0.45
        if probability >= 0.5:
            yield signal(
                SignalKind.REFUSAL, t, "it refused what nothing speaks against", probability, refused=t.text[:160]
            )


# Trades in which killing, attacking and injecting are everyday words.
_FIGURATIVE = re.compile(
    r"\b(?:process|processes|thread|daemon|container|server|query|branch|script|node|python|linux|docker|kubernetes|regex|mission|level|boss|npc|quest|game|chess|novel|short story|screenplay|essay|painting|film|movie|weeds?|stains?|mou?ld)\b"
)
_ENDS = re.compile(
    r"[.!?…:;)\]}\"'»”’*_`>|~]\s*$|[\u2600-\U0001faff\ufe0f]\s*$|https?://\S+$|(?:^|\n)\s*(?:best|kind|warm)?\s*(?:regards|wishes|sincerely|cheers|thanks|love)[,\s]*[^\n]{0,40}$",
    re.I,
)


def ends_in_the_middle(text: str) -> bool:
    """A word after which no sentence stops, or several whole sentences and then an open one."""
    text = text.rstrip()
    if looks_cut(text):
        return len(text.split()) > 3  # a word or two may be all that was asked for ("the" for "teh")
    last = text.rsplit("\n", 1)[-1].strip()
    if re.search(r"(?:^|\n)\s*\d+[.)]\s*\S{0,3}$", text) and re.search(r"(?:^|\n)\s*1[.)]\s", text):
        return True  # a numbered list whose last item has hardly begun
    items = re.findall(r"(?m)^\s*(?:\d+[.)]|[-*•])\s+(\S.*)$", text)
    closes = [bool(_ENDS.search(x)) for x in items]
    if (
        len(items) >= 2
        and items[-1] == re.sub(r"^(?:\d+[.)]|[-*•])\s+", "", last)
        and all(closes[:-1])
        and not closes[-1]
    ):
        return len(items[-1].split()) >= 3  # every item is a sentence, the last one is none
    if _ENDS.search(text) or len(last.split()) < 5 or re.match(r"[-*•|#>]|\d+[.)]", last):
        return False
    parts = re.split(r"(?<=[.!?])\s+", text.replace("\n", " "))
    closed = [p for p in parts[:-1] if len(p.split()) >= 4]
    return len(closed) >= 2 and len(parts[-1].split()) >= 4


LABEL_TOKENS = 16  # who asks for no more wants a label or a probe, and its cut is no failure
_SAYS_CUT = re.compile(r"cut|truncat|rest|incomplete|sentence|stopped|finish")


def cut_answers(turns: Sequence[Turn]) -> Iterator[Signal]:
    """Answers that were cut off or are empty."""
    for t in turns:
        if t.role != "assistant":
            continue
        following = after(turns, t.index, "user")
        said_cut = following is not None and cues.CUT_OFF.search(following.plain) is not None
        if t.finish in ("length", "max_tokens"):
            if t.tokens_max is None or t.tokens_max > LABEL_TOKENS:
                by = f"the call's own limit of {t.tokens_max} tokens" if t.tokens_max else f"the engine ({t.finish})"
                yield signal(SignalKind.TRUNCATION, t, f"the answer was cut off by {by}", 1.0)
        elif not t.text.strip() and not t.calls and not t.opaque:
            yield signal(SignalKind.EMPTY_ANSWER, t, "the answer is empty", 0.95)
        elif t.text and not t.calls and ends_in_the_middle(t.text):
            satisfied = following is not None and cues.PLEASED.search(following.plain) and not said_cut
            if not satisfied:
                yield signal(SignalKind.TRUNCATION, t, "the answer ends in the middle", 0.85, tail=t.text[-60:])
        elif following is not None and said_cut and len(t.text) > 60 and _SAYS_CUT.search(following.plain):
            yield signal(SignalKind.TRUNCATION, t, "the user says that the answer was cut off", 0.8)


def regenerated(turns: Sequence[Turn]) -> Iterator[Signal]:
    """Two answers in a row to one request: the first was thrown away."""
    talk = [t for t in turns if t.role in ("user", "assistant", "tool")]
    for a, b in pairwise(talk):
        if (
            a.role == b.role == "assistant"
            and a.text.strip()
            and b.text.strip()
            and not a.calls
            and len(a.words) >= 4
            and (jaccard(a.words, b.words) >= 0.35 or _same_opening(a, b))
        ):
            yield signal(SignalKind.REGENERATE, a, "a second answer to the same request follows at once", 0.7, b.index)


def _same_opening(a: Turn, b: Turn) -> bool:
    return a.words[:3] == b.words[:3]


def tool_loops(turns: Sequence[Turn]) -> Iterator[Signal]:
    """The same call three times in a row with the same answer."""
    results: dict[str, str] = {t.result_of: t.text[:2000] for t in turns if t.role == "tool" and t.result_of}
    streak: list[Turn] = []
    key: tuple[str, str, str] | None = None
    told: set[tuple[str, str, str]] = set()
    for t in turns:
        if t.role != "assistant":
            if t.role == "user":
                streak, key = [], None
            continue
        for call_id, name, arguments in t.calls:
            follows = next((x for x in turns if x.index > t.index and x.role == "tool"), None)
            result = results.get(call_id, "") or (follows.text[:2000] if follows else "")
            this = (name, _same_arguments(arguments), result)
            streak = [*streak, t] if this == key else [t]
            key = this
            if len(streak) == LOOP_CALLS and this not in told:
                told.add(this)
                yield signal(
                    SignalKind.TOOL_LOOP,
                    t,
                    f"it called {name} {LOOP_CALLS} times with the same arguments and the same answer",
                    0.95,
                )


def _same_arguments(arguments: str) -> str:
    try:
        return msgspec.json.encode(msgspec.json.decode(arguments), order="sorted").decode()
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return " ".join(arguments.split())


_FAILED = re.compile(
    r"^\W*(?:error|exception|traceback|failed|failure|fatal)\b|\"(?:success|ok|succeeded|processed|confirmed|completed)\"\s*:\s*false|\"(?:status|state|result|outcome)\"\s*:\s*\"(?:error|failed|failure|rejected|declined|denied|timeout|aborted|not_?found)|\"error(?:s|_?message|_?code)?\"\s*:\s*(?:\"[^\"]|\{|\[\s*[\"{]|\d)|\b(?:not processed|could not be|timed? ?out|timeout|permission denied|unauthori[sz]ed|forbidden|HTTP/?\s?[45]\d\d|status(?:_?code)?\W{1,4}[45]\d\d)\b",
    re.I,
)


def tool_failed(t: Turn) -> bool:
    """Whether a tool's answer is an error, by its flag or its words."""
    return t.is_error or _FAILED.search(t.text[:1500]) is not None


_ADMITS = re.compile(
    r"\b(?:unable|could not|can not|failed|did not|not (?:been )?(?:processed|able|possible)|error|issue|problem|unfortunately|sorry|try again|went wrong|declined|unavailable)\b"
)
_SPEAKS_OF_IT = re.compile(
    r"\?|\b(?:no|not|never|none|without|un\w+able|missing|invalid|closed|full|expired|instead|still|once|need|needs|please|wait|later|check\w*|retry\w*|let me|trying|will try|however|but)\b"
)


def _silent(turns: Sequence[Turn], t: Turn, text: str, error: tuple[str, Turn]) -> bool:
    """Whether the last word to the user after a failed change of the world says nothing of the failure."""
    following = next((x for x in turns if x.index > t.index), None)
    told = content_stems(plain(error[1].text[:400])) & content_stems(text)
    last = following is None or following.role == "user"
    return last and has_effect(error[0]) and len(t.words) >= 4 and not _SPEAKS_OF_IT.search(text) and len(told) < 3


def claims_after_errors(turns: Sequence[Turn]) -> Iterator[Signal]:
    """The assistant says that it is done although the call that would have done it failed."""
    open_error: tuple[str, Turn] | None = None
    pending: dict[str, str] = {}
    last_name = ""
    for t in turns:
        if t.role == "assistant":
            for call_id, name, _ in t.calls:
                pending[call_id] = last_name = name
            if open_error is not None and t.text and not t.calls:
                text = plain(t.text)
                claims = cues.CLAIMS_DONE.search(text) is not None
                if not _ADMITS.search(text) and (claims or _silent(turns, t, text, open_error)):
                    yield signal(
                        SignalKind.TOOL_ERROR,
                        t,
                        f"it says that it is done, but {open_error[0] or 'the call'} had failed"
                        if claims
                        else f"it says nothing of it that {open_error[0] or 'the call'} had failed",
                        0.9 if claims else 0.75,
                        open_error[1].index,
                    )
                    open_error = None
        elif t.role == "tool":
            name = pending.get(t.result_of or "", last_name)
            if tool_failed(t):
                open_error = (name, t) if has_effect(name) or not name else open_error or (name, t)
            elif open_error is not None and name == open_error[0]:
                open_error = None


# --- apology loops ---------------------------------------------------------------------------------


def apology_loops(turns: Sequence[Turn]) -> Iterator[Signal]:
    """The assistant apologises again and again while the user says that nothing changed."""
    talk = [t for t in turns if t.role in ("user", "assistant") and (t.text or t.role == "user")]
    run: list[Turn] = []
    first: Turn | None = None
    for i, t in enumerate(talk):
        if t.role != "assistant":
            if i and run and cues.THANKS.search(t.plain) and not cues.WRONG.search(t.plain):
                run = []
            continue
        if cues.APOLOGY.search(plain(t.text)[:200]):
            if not run:
                asked = before(talk, t.index, "user")
                earlier = before(talk, t.index, "assistant")
                blamed = (
                    asked is not None
                    and before is not None
                    and (
                        cues.WRONG.search(asked.plain)
                        or cues.MEANT.search(asked.plain)
                        or cues.FED_UP.search(asked.plain)
                        or re.search(r"\bstill\b|\bagain\b|\balready\b|\bsame\b", asked.plain)
                    )
                )
                first = earlier if blamed and earlier is not None else t
            run.append(t)
        else:
            run = []
        if len(run) >= 2 and first is not None:
            users = [u for u in talk if u.role == "user" and run[0].index < u.index]
            unhappy = [
                u
                for u in users
                if re.search(r"\b(?:still|again|already|same|not|no|wrong|but|did|never|stop)\b|[!?.]{2,}", u.plain)
                and not (cues.THANKS.search(u.plain))
            ]
            alike = jaccard(run[-1].words, run[-2].words) >= 0.5
            if (len(run) >= 3 and unhappy) or (len(unhappy) >= 2) or (alike and unhappy):
                yield signal(
                    SignalKind.APOLOGY_LOOP,
                    first,
                    f"{len(run)} apologies in a row, and the user still says that it is not right",
                    0.85,
                    run[-1].index,
                )
                return
