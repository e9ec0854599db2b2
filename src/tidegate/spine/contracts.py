"""The six plug-in kinds, on one screen.

| kind | question it answers | home |
|---|---|---|
| Policy | who goes next? | admit/scheduling |
| Guard | may this call, this text, this tool call pass? | admit/toolguard, check/constraints, check/verify |
| Check | what is wrong with this trace, prompt, document or answer? | check/* |
| Oracle | is this claim true? (in `claim`) | check/* |
| Curator | which cases should exist? | curate/* |
| Decider | may it ship? | decide/* |

All are pure: state in, decision out; only the shell acts.  Each kind has one contract suite in
`tests/contracts` that runs on everything registered in `catalog`, and rejects a broken plug-in.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from tidegate.spine.call import Call
from tidegate.spine.case import Case
from tidegate.spine.claim import Oracle
from tidegate.spine.conversation import Conversation, Delta, Message, TextDelta, ToolCall
from tidegate.spine.finding import Finding
from tidegate.spine.gate import Gate
from tidegate.spine.trace import CallTrace

__all__ = [
    "Check", "Curator", "Decider", "Guard", "GuardDecision", "GuardSession", "ListeningSession", "Oracle", "Policy",
    "Waiting",
]  # fmt: skip


class Waiting(msgspec.Struct, kw_only=True):
    """A request that waits at the gateway, as a policy sees it: never its true output length."""

    request_id: int
    tenant: str
    service_class: str
    arrived_s: float
    tokens_prompt: int
    tokens_cached: int = 0
    tokens_output_predicted: int = 0
    tokens_output_max: int = 0
    deadline_s: float | None = None
    prefix_key: int = 0
    call_id: str = ""
    stream: bool = True  # whether its first token will be seen before its end
    lane: str = ""  # which of the engines may serve it, where not all of them may


@runtime_checkable
class Policy(Protocol):
    """Who goes next.  Holds its own counters; time comes in as `now_s`."""

    name: str

    def arrive(self, request: Waiting, now_s: float) -> None:
        """A request starts to wait."""

    def cancel(self, request_id: int, now_s: float) -> None:
        """A waiting request goes away; changes nobody's counter."""

    def pick(self, now_s: float, admissible: Any) -> Waiting | None:
        """Take the next request among those `admissible(request)` accepts and charge its prompt.

        `admissible(request, True)` asks the same without the protection of latency classes.
        """

    def progress(self, request_id: int, tokens_generated: int, now_s: float) -> None:
        """A dispatched request generated more tokens."""

    def finish(
        self,
        request_id: int,
        now_s: float,
        *,
        refund: bool = False,
        tokens_prompt: int | None = None,
        tokens_cached: int | None = None,
        tokens_completion: int | None = None,
    ) -> None:
        """A dispatched request ended; with `refund` it failed before its first token.

        Token counts are the engine's own, where it reports them: the charge is settled to them.
        """


class GuardDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What a guard says: pass, refuse with a reason, or end the run with an answer."""

    action: Literal["allow", "refuse", "finalise", "ask"]
    rule: str = ""
    reason: str = ""
    text: str = ""  # the legal answer when the action is finalise, the refusal's words when refuse
    messages: tuple[Message, ...] = ()  # messages to append to the request (a nudge), with allow
    drop_tools: tuple[str, ...] = ()  # tools to withhold from this request (narrow), with allow
    tools_off: bool = False  # no tool may be called: their definitions stay, `tool_choice` is none, with allow
    evidence: dict[str, Any] = msgspec.field(default_factory=dict)


ALLOW = GuardDecision(action="allow")


@runtime_checkable
class GuardSession(Protocol):
    """One call under one guard.  Fail closed: an exception means refusal for a hard guard."""

    def request(self, conversation: Conversation) -> GuardDecision:
        """Before anything is sent upstream."""

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        """Deltas that may be released now; what is held back comes out later or never.

        To cut a choice short, release a `FinishDelta` for it (usually after the words of a
        refusal): nothing of that choice goes out after it, and `finish` should release nothing
        more of it.  Tool calls come here whole, after `tool_call` allowed them, at the end.
        """

    def tool_call(self, call: ToolCall) -> GuardDecision:
        """A whole tool call, assembled, before the client sees any of it."""

    def finish(self, now_s: float) -> Sequence[Delta]:
        """The stream ended: the last deltas to release."""

    def findings(self) -> tuple[Finding, ...]:
        """What this session noticed, for the trace."""


class ListeningSession(GuardSession, Protocol):
    """A session of a guard with `listens = True`: it hears the text as it passes and holds nothing back."""

    def hear(self, delta: TextDelta) -> GuardDecision:
        """Allow, or finalise: the choice ends here with the decision's text behind what was said."""


@runtime_checkable
class ToolWatcher(Protocol):
    """What a session over MCP may also want to see: the tools that a server lists."""

    def listed(self, tools: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """Those of a server's tools that the client may see."""


@runtime_checkable
class Guard(Protocol):
    """In flight: opens a session for each call it wants to watch.

    A guard may also have `markers` (only bodies that hold one of these bytes concern it) and
    `listens` (see `ListeningSession`), with `hears_all` also to answers of calls that offer no tools; all are left
    out by guards that do not need them.
    """

    name: str
    hard: bool  # a hard guard that crashes refuses; a soft one is passed over and counted
    streams: bool  # whether it must see (and may hold back) the answer's deltas

    def open(self, call: Call) -> GuardSession | None:
        """A session for this call, or None when it does not concern this guard."""


@runtime_checkable
class Check(Protocol):
    """Reads traces after the fact and returns findings."""

    name: str

    def check(self, trace: CallTrace, conversation: Conversation | None) -> Iterable[Finding]:
        """Findings of one trace; `conversation` is its parsed request where bodies are kept."""


@runtime_checkable
class Curator(Protocol):
    """Turns findings into cases."""

    name: str

    def curate(self, finding: Finding, trace: CallTrace) -> Iterable[Case]:
        """Cases this finding should become."""


@runtime_checkable
class Decider(Protocol):
    """Turns cases and measurements into a gate."""

    name: str

    def decide(self, evidence: Iterable[Any]) -> Gate:
        """Pass, fail or undecided, with the evidence."""
