"""The frozen types of harvest: what was noticed, what was kept, what a run produced, and what decides it.

    trace ─► Signal ─► Finding ─► Envelope (scrubbed) ─► Case(input, expect) ─► run ─► Outcome ─► Decision

A case's `input` is an OpenAI-chat-shaped object: `messages`, and where they are known `tools`,
`model`, `parameters`, `documents`.  Its `expect` is a list of oracle specifications, each
{"oracle": NAME, …}; `oracle.evaluate(expect, outcome)` decides all of them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from tidegate.spine.conversation import Message, ToolCall
from tidegate.spine.gate import Verdict

CASE_KIND = "chat"  # the `kind` of every case written here: an OpenAI-chat-shaped input


class Source(StrEnum):
    """Who says that something failed: a person on purpose, a person without meaning to, or a machine."""

    EXPLICIT = "explicit"
    IMPLICIT = "implicit"
    HARD = "hard"


class SignalKind(StrEnum):
    """The closed list of what can be noticed; the value is the `signal` of `harvest detect`."""

    # explicit: /v1/feedback and its like
    THUMBS_DOWN = "thumbs_down"
    LOW_RATING = "low_rating"
    FEEDBACK_CORRECTION = "feedback_correction"
    COMPLAINT = "complaint"
    # implicit: what the user did next
    REPHRASE = "rephrase"
    CORRECTION = "correction"
    NO_I_MEANT = "no_i_meant"
    FRUSTRATION = "frustration"
    ABANDONMENT = "abandonment"
    REGENERATE = "regenerate"
    CONTRADICTION = "contradiction"
    APOLOGY_LOOP = "apology_loop"
    EDIT = "edit"
    # hard: what a machine can see
    REFUSAL = "refusal"
    TRUNCATION = "truncation"
    EMPTY_ANSWER = "empty_answer"
    TOOL_ERROR = "tool_error"
    TOOL_LOOP = "tool_loop"
    SCHEMA_BREAK = "schema_break"
    GUARD_HIT = "guard_hit"
    ERROR = "error"
    FINDING = "finding"


SOURCE_OF: dict[SignalKind, Source] = {
    **dict.fromkeys((SignalKind.THUMBS_DOWN, SignalKind.LOW_RATING, SignalKind.FEEDBACK_CORRECTION,
                     SignalKind.COMPLAINT), Source.EXPLICIT),
    **dict.fromkeys((SignalKind.REPHRASE, SignalKind.CORRECTION, SignalKind.NO_I_MEANT, SignalKind.FRUSTRATION,
                     SignalKind.ABANDONMENT, SignalKind.REGENERATE, SignalKind.CONTRADICTION,
                     SignalKind.APOLOGY_LOOP, SignalKind.EDIT), Source.IMPLICIT),
    **dict.fromkeys((SignalKind.REFUSAL, SignalKind.TRUNCATION, SignalKind.EMPTY_ANSWER, SignalKind.TOOL_ERROR,
                     SignalKind.TOOL_LOOP, SignalKind.SCHEMA_BREAK, SignalKind.GUARD_HIT, SignalKind.ERROR,
                     SignalKind.FINDING), Source.HARD),
}  # fmt: skip


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing noticed in a conversation.

    `failing_turn` is the 0-based index of the assistant message that failed, `seen_at` of the
    message that shows it (the user's "no, I meant …"; the same message where the answer itself
    shows it).  `probability` is the detector's measured chance of being right, 1.0 for a fact.
    `evidence` may quote the conversation: it is scrubbed before it is written anywhere.
    """

    kind: SignalKind
    failing_turn: int | None
    seen_at: int | None
    reason: str
    probability: float = 1.0
    evidence: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def source(self) -> Source:
        """Explicit, implicit or hard."""
        return SOURCE_OF[self.kind]


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one conversation: the strongest signal, all signals, or why it was not judged.

    `failed` is None only where nothing could be judged (no assistant message, a language that the
    detectors do not read); `abstained` then says why.
    """

    failed: bool | None
    failing_turn: int | None = None
    signal: SignalKind | None = None
    mode: str = ""
    signals: tuple[Signal, ...] = ()
    abstained: str = ""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a failure needs to be run again; each part is also known by its content hash.

    `messages` (OpenAI-chat-shaped, scrubbed) end where the failing answer would begin; `output`
    is that answer; `correction` what the user said should have been, where they said it.
    """

    trace_id: str
    model: str
    messages: tuple[dict[str, Any], ...]
    tools: tuple[dict[str, Any], ...] = ()
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)
    documents: tuple[str, ...] = ()
    output: dict[str, Any] = msgspec.field(default_factory=dict)
    correction: str | None = None
    prompt_version: str | None = None
    hashes: dict[str, str] = msgspec.field(default_factory=dict)
    cut: tuple[str, ...] = ()  # what was shortened or is missing, in words


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of a case produced: the only thing an oracle may look at.

    `messages` are the messages that the run added (assistant and tool, in order); `text` the
    final answer; `tool_calls` all calls of the run in order; `state` the tools' state afterwards,
    where the world can give it; `failed_calls` the ids of calls that a tool answered with an error;
    `finish_reason` as the engine said; `error` what went wrong instead of an answer.
    """

    text: str = ""
    messages: tuple[Message, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    failed_calls: frozenset[str] = frozenset()
    state: Any = None
    refusal: str | None = None
    finish_reason: str | None = None
    error: str | None = None
    judged: dict[str, bool] = msgspec.field(
        default_factory=dict
    )  # a judge's answers by oracle id, with agreement below
    judge_agreement: dict[str, Any] = msgspec.field(default_factory=dict)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What the oracles say of one outcome: pass, fail or undecided, and why in plain words."""

    verdict: Verdict
    reason: str
    oracle: str = ""
    evidence: dict[str, Any] = msgspec.field(default_factory=dict)


Spec = Mapping[str, Any]  # of an oracle: its name, and what it needs


def passed(reason: str) -> Decision:
    """The oracle holds."""
    return Decision(verdict=Verdict.PASS, reason=reason)


def failed(reason: str, **evidence: Any) -> Decision:
    """The oracle does not hold."""
    return Decision(verdict=Verdict.FAIL, reason=reason, evidence=evidence)


def undecided(reason: str) -> Decision:
    """The oracle cannot tell."""
    return Decision(verdict=Verdict.UNDECIDED, reason=reason)
