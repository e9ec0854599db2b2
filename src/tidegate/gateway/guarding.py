"""Guards over one call: their sessions, and what they decide before it is sent.

`Watch` opens the guards' sessions and asks them about the request; what they let through of the answer is
`guarding_answers`.  A hard guard that raises, answers nonsense or takes too long refuses (fail
closed); a soft one is passed over and counted.

No I/O here: the clock comes in, so that the simulator runs this code as it is.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from tidegate.spine.call import Call
from tidegate.spine.contracts import ALLOW, Guard, GuardDecision, GuardSession
from tidegate.spine.conversation import Conversation, Message
from tidegate.spine.trace import Event

log = logging.getLogger("tidegate.guards")

STEP_S_MAX = 1.0
"""The longest a guard may think about one step; it holds up the whole worker meanwhile."""

_ACTIONS = frozenset({"allow", "refuse", "finalise", "ask"})
_CRASHED = "guard-failed"

Crash = Callable[[str, str], None]  # a guard's name, and what happened: for the counters


class Watched:
    """One guard's session over this call."""

    __slots__ = ("alive", "guard", "hears_all", "listens", "name", "pending", "session", "streams")

    def __init__(self, guard: Guard, session: GuardSession) -> None:
        self.guard = guard
        self.name = guard.name
        self.session = session
        self.streams = guard.streams
        self.listens = getattr(guard, "listens", False)
        self.hears_all = self.listens and getattr(guard, "hears_all", False)
        self.alive = True
        self.pending: dict[tuple[int, str], str] = {}  # what a soft guard holds back, to let go if it crashes


class Broken(Exception):
    """A hard guard failed: the call is refused."""

    def __init__(self, decision: GuardDecision) -> None:
        super().__init__(decision.reason)
        self.decision = decision


class Watch:
    """All guards over one call."""

    def __init__(
        self, call: Call, guards: Sequence[Guard], *, clock: Callable[[], float], crashed: Crash, at_s: float
    ) -> None:
        self.call = call
        self._clock = clock
        self._crashed = crashed
        self._at_s = at_s
        self.events: list[Event] = []
        self.watched: list[Watched] = []
        self.broken: GuardDecision | None = None  # a hard guard that could not even open
        for guard in guards:
            try:
                session = self.timed(guard, lambda g=guard: g.open(call))  # type: ignore[misc]
            except Broken as broken:
                self.broken = broken.decision
                return
            if session is not None and session is not ALLOW:
                self.watched.append(Watched(guard, session))

    @property
    def streams(self) -> bool:
        """Whether any guard must see the answer's text."""
        return any(w.streams for w in self.watched)

    @property
    def hard(self) -> bool:
        """Whether any guard's word is law."""
        return any(w.guard.hard for w in self.watched)

    def timed(self, guard: Guard, step: Callable[[], Any]) -> Any:
        """Run one step of a guard; a crash or a time-out refuses for a hard guard, is None for a soft one."""
        began_s = self._clock()
        try:
            result = step()
        except Exception as error:
            log.warning("the guard %r failed", guard.name, exc_info=error)
            return self._failed(guard, type(error).__name__)
        if self._clock() - began_s > STEP_S_MAX and guard.hard:
            return self._failed(guard, "timeout")
        return result

    def _failed(self, guard: Guard, what: str) -> None:
        self._crashed(guard.name, what)
        reason = f"the guard {guard.name!r} failed ({what})"
        if not guard.hard:
            self.note(guard.name, "request", GuardDecision(action="allow", rule=_CRASHED, reason=reason))
            return
        decision = GuardDecision(action="refuse", rule=_CRASHED, reason=reason)
        self.note(guard.name, "request", decision)
        raise Broken(decision)

    def note(self, guard: str, stage: str, decision: GuardDecision) -> None:
        """Keep a decision for the trace."""
        data: dict[str, Any] = {"guard": guard, "stage": stage, "decision": decision.action}
        data |= {"rule": decision.rule, "reason": decision.reason}
        if decision.messages:
            data["nudged"] = len(decision.messages)
        if decision.drop_tools:
            data["dropped_tools"] = list(decision.drop_tools)
        if decision.evidence:
            data["evidence"] = decision.evidence
        self.events.append(Event(name="guard", at_s=self._at_s, data=data))

    def request(self, conversation: Conversation) -> tuple[GuardDecision, Conversation]:
        """The guards' word on the request, and the request as they changed it.  Anything but allow ends it."""
        if self.broken is not None:
            return self.broken, conversation
        for watched in list(self.watched):
            try:
                decision = self.timed(watched.guard, lambda w=watched, c=conversation: checked(w.session.request(c)))  # type: ignore[misc]
            except Broken as broken:
                return broken.decision, conversation
            if decision is None:  # a soft guard crashed: it has no word on this call
                self.watched.remove(watched)
                continue
            if decision.action != "allow":
                self.note(watched.name, "request", decision)
                return decision, conversation
            if decision.messages or decision.drop_tools or decision.tools_off:
                self.note(watched.name, "request", decision)
                conversation = changed(conversation, decision)
            elif decision.rule:
                self.note(watched.name, "request", decision)
        return ALLOW, conversation

    def result(self, content: str, is_error: bool) -> None:
        """What a tool answered, for the guards that follow it."""
        for watched in self.watched:
            if hasattr(watched.session, "tool_result"):
                self.timed(watched.guard, lambda w=watched: w.session.tool_result(content, is_error))  # type: ignore[misc]

    def all_events(self) -> tuple[Event, ...]:
        """Decisions and findings, for the trace."""
        events = list(self.events)
        for watched in self.watched:
            try:
                findings = [f.to_json() for f in watched.session.findings()]
            except Exception as error:
                self._crashed(watched.name, type(error).__name__)
                continue
            if findings:
                data = {"guard": watched.name, "findings": findings}
                events.append(Event(name="guard", at_s=self._at_s, data=data))
        return tuple(events)


def checked(decision: Any) -> GuardDecision:
    """A decision worth acting on; anything else is a failure of the guard."""
    if not isinstance(decision, GuardDecision) or decision.action not in _ACTIONS:
        raise TypeError(f"expected a GuardDecision, got {decision!r}")
    return decision


def changed(conversation: Conversation, decision: GuardDecision) -> Conversation:
    """The request with a guard's messages appended and tools withheld or switched off.

    Switched off, the definitions stay: some providers refuse a history with calls without them, and
    the prompt's cached prefix holds.
    """
    last = max((m.index for m in conversation.messages), default=-1)
    nudges = tuple(Message(m.role, m.parts, last + 1 + i, m.extra) for i, m in enumerate(decision.messages))
    dropped = set(decision.drop_tools)
    tools = tuple(t for t in conversation.tools if t.name not in dropped)
    parameters, extra = dict(conversation.parameters), dict(conversation.extra)
    if len(tools) < len(conversation.tools):
        if _named(parameters.get("tool_choice")) in dropped or not tools:
            parameters.pop("tool_choice", None)
        if _named(extra.get("function_call")) in dropped or not tools:
            extra.pop("function_call", None)
        if not tools:
            parameters.pop("parallel_tool_calls", None)
    if decision.tools_off and (tools or "functions" in extra):
        if any((t.extra or {}).get("legacy") for t in tools) or not tools:
            extra["function_call"] = "none"
        if any(not (t.extra or {}).get("legacy") for t in tools):
            parameters["tool_choice"] = "none"
            parameters.pop("parallel_tool_calls", None)
    return msgspec.structs.replace(
        conversation, messages=(*conversation.messages, *nudges), tools=tools, parameters=parameters, extra=extra
    )


def _named(choice: Any) -> str | None:
    """The tool that a tool choice names, if it names one."""
    if not isinstance(choice, dict):
        return None
    inner = choice.get(choice.get("type", ""), choice)
    name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) else None


def words_of(decision: GuardDecision) -> tuple[str, Literal["content", "refusal"], str]:
    """What the client reads of a decision that ends its call: the text, its channel, the finish reason."""
    if decision.action == "finalise":
        return decision.text or "The run was ended here.", "content", "stop"
    if decision.text:
        return decision.text, "refusal", "content_filter"
    rule = f" by the rule {decision.rule!r}" if decision.rule and decision.rule != _CRASHED else ""
    if decision.action == "ask":
        return f"This needs a person's approval first{rule and ', as required' + rule}.", "refusal", "content_filter"
    if decision.rule == _CRASHED:
        return "This was refused because a check that must pass could not be made.", "refusal", "content_filter"
    return f"This was refused{rule}.", "refusal", "content_filter"
