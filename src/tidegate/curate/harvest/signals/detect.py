# ruff: noqa: E501 (patterns and tables read better whole)
"""`detect`: one conversation → did it fail, at which assistant message, by what signal, and how is that called.

All readers speak; the strongest says the signal.  Where several agree on one answer their
chances add up (as independent witnesses of halved weight), so that two weak signs of one failure
count and one alone does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tidegate.curate.harvest.model import Detection, Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.contradiction import contradicts_itself
from tidegate.curate.harvest.signals.dialogue import Turn, mostly_latin, plain, read_turns
from tidegate.curate.harvest.signals.explicit import read_feedback
from tidegate.curate.harvest.signals.hard import read_answers
from tidegate.curate.harvest.signals.implicit import Similar, lexical_similarity, read_user_turns
from tidegate.curate.harvest.signals.reaction import wrong_language
from tidegate.curate.harvest.signals.tool_facts import contradicts_tools
from tidegate.spine.finding import Certainty, Finding, Severity, Where

THRESHOLD = 0.55
# What is said plainly outranks what is inferred; a run that ends badly is called by its end.
RANK: dict[SignalKind, int] = {
    kind: i
    for i, kind in enumerate((
        SignalKind.FEEDBACK_CORRECTION, SignalKind.THUMBS_DOWN, SignalKind.LOW_RATING, SignalKind.COMPLAINT, SignalKind.TOOL_LOOP,
        SignalKind.TOOL_ERROR, SignalKind.GUARD_HIT, SignalKind.SCHEMA_BREAK, SignalKind.ERROR, SignalKind.FINDING, SignalKind.EMPTY_ANSWER,
        SignalKind.APOLOGY_LOOP, SignalKind.REFUSAL, SignalKind.CONTRADICTION, SignalKind.TRUNCATION, SignalKind.ABANDONMENT,
        SignalKind.FRUSTRATION, SignalKind.EDIT, SignalKind.NO_I_MEANT, SignalKind.REGENERATE, SignalKind.CORRECTION, SignalKind.REPHRASE,
    ))
}  # fmt: skip


def detect(messages: Any, *, product: str = "", feedback: Iterable[Mapping[str, Any]] = (), similar: Similar = lexical_similarity,
           threshold: float = THRESHOLD) -> Detection:  # fmt: skip
    """What is said of one conversation; `failed` is None only where nothing could be judged."""
    turns = read_turns(messages)
    entries = list(feedback)
    answers = [t for t in turns if t.role == "assistant"]
    if not answers:
        return Detection(failed=None, abstained="there is no assistant message, so nothing that could have failed")
    signals = [
        *read_feedback(entries, answers[-1].index),
        *read_answers(turns),
        *contradicts_tools(turns),
        *contradicts_itself(turns),
        *read_user_turns(turns, similar),
        *wrong_language(turns),
    ]
    signals = [s for s in signals if s.probability >= threshold]
    if not signals:
        unread = unreadable(turns)
        if unread:
            return Detection(failed=None, abstained=unread)
        return Detection(failed=False)
    best = strongest(signals)
    return Detection(failed=True, failing_turn=best.failing_turn, signal=best.kind,
                     mode=mode_name(turns, best, signals, product), signals=tuple(sorted(signals, key=_order)))  # fmt: skip


def _order(s: Signal) -> tuple[int, int, int]:
    return (s.failing_turn if s.failing_turn is not None else 10**9, RANK[s.kind], s.seen_at or 0)


_ESCALATING = (SignalKind.FRUSTRATION, SignalKind.ABANDONMENT)  # the loudest is the one meant


def strongest(signals: Sequence[Signal]) -> Signal:
    """The signal to report: by rank where it is sure, the earliest of its kind; weak ones only where nothing better is."""
    sure = [s for s in signals if s.probability >= 0.7] or list(signals)
    kind = min(sure, key=_rank).kind
    of_kind = [s for s in sure if s.kind is kind]
    if kind in _ESCALATING:
        return max(of_kind, key=lambda s: (s.probability, s.failing_turn or 0))
    return min(of_kind, key=lambda s: s.failing_turn if s.failing_turn is not None else 10**9)


def _rank(s: Signal) -> tuple[float, float]:
    inferred = s.kind is SignalKind.CONTRADICTION and s.probability < 0.8  # nobody pointed at it
    return (RANK[SignalKind.CORRECTION] + 0.5 if inferred else RANK[s.kind], -s.probability)


def unreadable(turns: Sequence[Turn]) -> str:
    """Why the user's words could not be read: most of their letters are of a script that the detectors do not know."""
    text = "".join(t.text for t in turns if t.role == "user")[:4000]
    if sum(c.isalpha() for c in text) < 12:
        return ""
    return "" if mostly_latin(text) else "the user's words are in a script that the detectors do not read"


# --- the mode's name -------------------------------------------------------------------------------

_MODE_OF = {
    SignalKind.REFUSAL: "refused-without-ground", SignalKind.TRUNCATION: "answer-cut-off", SignalKind.EMPTY_ANSWER: "empty-answer",
    SignalKind.TOOL_LOOP: "tool-loop", SignalKind.TOOL_ERROR: "claimed-success-after-tool-error", SignalKind.SCHEMA_BREAK: "schema-broken",
    SignalKind.GUARD_HIT: "rule-violated", SignalKind.ERROR: "call-failed", SignalKind.APOLOGY_LOOP: "apologised-without-fixing",
    SignalKind.FINDING: "finding",
}  # fmt: skip


def mode_name(turns: Sequence[Turn], best: Signal, signals: Sequence[Signal], product: str) -> str:
    """A stable name for what went wrong: what the assistant did, seen from the failing answer, not from the user's words."""
    del product
    if best.kind in _MODE_OF:
        return _MODE_OF[best.kind]
    if best.kind is SignalKind.CONTRADICTION:
        return "contradicted-tool-result" if "the tool said" in best.reason else "contradicted-itself"
    if best.kind is SignalKind.FEEDBACK_CORRECTION:
        return "wrong-answer"
    at = next((t for t in turns if t.index == best.failing_turn), None)
    same = {s.kind for s in signals if s.failing_turn == best.failing_turn}
    if at is None:
        return "unhappy-user"
    text = plain(at.text)
    earlier = [t for t in turns if t.role == "assistant" and t.index < at.index]
    if any(len(t.words) > 3 and len(set(t.words) & set(at.words)) >= 0.8 * max(1, len(set(at.words))) for t in earlier):
        return "repeated-itself"
    if SignalKind.NO_I_MEANT in same or best.kind is SignalKind.NO_I_MEANT:
        return "misread-request"
    if SignalKind.CORRECTION in same or best.kind is SignalKind.CORRECTION:
        return "wrong-answer"
    if cues.DEFLECTS.search(text) or REFERS.search(text):
        return "deflected"
    if best.kind in (SignalKind.REPHRASE, SignalKind.ABANDONMENT, SignalKind.FRUSTRATION, SignalKind.EDIT):
        return "did-not-answer"
    return "unsatisfying-answer"


REFERS = re.compile(r"\b(?:help cent(?:er|re)|faqs?|knowledge base|contact (?:us|support)|visit our)\b")


def findings_of(detection: Detection, subject: str, trace_id: str | None = None) -> tuple[Finding, ...]:
    """Every signal as a finding; what is inferred from words is `possible` with its chance, what a machine saw is measured."""
    out = []
    for s in detection.signals:
        sure = s.source.value != "implicit" and s.probability >= 0.95
        certainty = Certainty.MEASURED.value if sure else Certainty.POSSIBLE.value
        out.append(Finding(
            rule=f"harvest-{s.kind.value.replace('_', '-')}", severity=Severity.WARNING, subject=subject, message=s.reason,
            where=Where(message=s.failing_turn, trace=trace_id),
            evidence={"certainty": certainty, "probability": s.probability, "source": s.source.value, "seen_at": s.seen_at},
            suggestion="`tidegate harvest collect` makes it a case that fails until it is fixed",
        ))  # fmt: skip
    return tuple(out)
