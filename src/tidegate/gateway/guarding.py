"""Guards over one call: what they decide before it is sent, and what they let through of its answer.

`Watch` opens the guards' sessions and asks them about the request; `AnswerWatch` takes the items
of an answer, hands the text to every guard that streams, in order, and holds tool calls back
until they are whole and every guard has decided on them.  A hard guard that raises, answers
nonsense or takes too long refuses (fail closed); a soft one is passed over and counted, and what
it held back is let go.

Where a guard streams, nothing passes beside it: what has no text form (log probabilities,
citations, unknown parts) is withheld, and an upstream's own error text too.

No I/O here: the clock comes in, so that the simulator runs this code as it is.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import msgspec

from tidegate.spine.call import Call, Ending
from tidegate.spine.contracts import ALLOW, Guard, GuardDecision, GuardSession
from tidegate.spine.conversation import Conversation, Delta, FinishDelta, Message, TextDelta, ToolCall, ToolCallDelta
from tidegate.spine.dialects.answers import Begin, Failure, Item, Passed, UsageReport
from tidegate.spine.dialects.chat import REASONING_FIELDS
from tidegate.spine.trace import Event

log = logging.getLogger("tidegate.guards")

STEP_S_MAX = 1.0
"""The longest a guard may think about one step; it holds up the whole worker meanwhile."""

_ACTIONS = frozenset({"allow", "refuse", "finalise", "ask"})
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:/@+-]{0,128}\Z")
_SIGNATURE = re.compile(r"[A-Za-z0-9+/=_-]*\Z")
_CRASHED = "guard-failed"

Crash = Callable[[str, str], None]  # a guard's name, and what happened: for the counters


class Watched:
    """One guard's session over this call."""

    __slots__ = ("alive", "guard", "listens", "name", "pending", "session", "streams")

    def __init__(self, guard: Guard, session: GuardSession) -> None:
        self.guard = guard
        self.name = guard.name
        self.session = session
        self.streams = guard.streams
        self.listens = getattr(guard, "listens", False)
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


class _Choice:
    """One choice of an answer while it is watched."""

    __slots__ = ("calls", "cut", "extras", "finish", "heard", "released")

    def __init__(self) -> None:
        self.calls: dict[int, dict[str, Any]] = {}
        self.extras: dict[int, Passed] = {}
        self.finish: str | None = None
        self.cut = False
        self.heard: list[str] = []  # reasoning as it came …
        self.released: list[str] = []  # … and as it was let go: a signature holds only for the same


class AnswerWatch:
    """One answer under the guards: items in, items that may go out."""

    def __init__(self, watch: Watch, *, choices: int = 1, stops: Iterable[str] = ()) -> None:
        self._watch = watch
        self._watched = watch.watched
        self._streams = watch.streams
        self._listening = [w for w in watch.watched if w.listens]
        self._wanted = max(choices, 1)
        self._stops = frozenset(stops)
        self._choices: dict[int, _Choice] = {}
        self._withheld: set[str] = set()
        self._now_s = 0.0
        self._cutter: int | None = None  # the place of the guard that ended a choice early
        self.stopped: Ending | None = None
        self.changed = False  # whether a guard cut or replaced anything: the ending says so

    # -- items on their way

    def feed(self, items: Iterable[Item], now_s: float) -> list[Item]:
        """What may go out of these items."""
        self._now_s = now_s
        out: list[Item] = []
        try:
            for item in items:
                if self.stopped is not None:
                    break
                self._item(item, out)
        except Broken as broken:
            self._refuse_all(broken.decision, out)
        return out

    def _item(self, item: Item, out: list[Item]) -> None:
        if isinstance(item, TextDelta):
            self._text(item, out)
        elif isinstance(item, ToolCallDelta):
            self._grow(item)
        elif isinstance(item, FinishDelta):
            self._choice(item.choice).finish = item.reason
        elif isinstance(item, Passed):
            self._beside(item, out)
        elif isinstance(item, Begin):
            out.append(_plain_begin(item) if self._streams else item)
        elif isinstance(item, UsageReport):
            out.append(UsageReport(item.usage, _numbers(item.raw)) if self._streams else item)
        elif self._streams:  # its words are the upstream's, and nobody looked at them
            out.append(Failure("the upstream failed", "upstream_error"))
        else:
            out.append(item)

    def _choice(self, index: int) -> _Choice:
        return self._choices.setdefault(index, _Choice())

    def _text(self, item: TextDelta, out: list[Item]) -> None:
        choice = self._choice(item.choice)
        if choice.cut or not item.text:
            return
        if item.channel == "reasoning":
            choice.heard.append(item.text)
        self._release(self._chain((item,)), out)
        for watched in self._listening:
            if watched.alive and not choice.cut:
                said = self._watch.timed(watched.guard, lambda w=watched: checked(w.session.hear(item)))  # type: ignore[misc]
                if said is not None and said.action != "allow":
                    self._watch.note(watched.name, "answer", said)
                    self._end_heard(item.choice, said, out)

    def _end_heard(self, index: int, decision: GuardDecision, out: list[Item]) -> None:
        """A listening guard ends a choice: its words follow what was said, and the rest is not waited for."""
        text, _, finish = words_of(decision)
        self._release(self._chain((TextDelta(text, "content", index),)), out)
        self._cut(index, finish, out)
        if self.stopped is not None and decision.action == "finalise":
            self.stopped = Ending.FINALISED

    def _grow(self, item: ToolCallDelta) -> None:
        call = self._choice(item.choice).calls.setdefault(item.index, {"id": "", "name": "", "arguments": []})
        call["id"] = call["id"] or item.call_id or ""
        call["name"] = call["name"] or item.name or ""
        call["arguments"].append(item.arguments)

    def _beside(self, item: Passed, out: list[Item]) -> None:
        """What is no delta: kept where nobody streams, else only what cannot carry text past a guard."""
        choice = self._choice(item.choice)
        if item.kind == "call":
            choice.extras[item.data["index"]] = item
            return
        if choice.cut:
            return
        if self._streams:
            same = "".join(choice.heard) == "".join(choice.released)
            passes = (
                (item.kind == "reasoning_field" and item.data in REASONING_FIELDS)
                or (item.kind == "stop_sequence" and item.data in self._stops)
                or (item.kind == "signature" and same and isinstance(item.data, str) and _SIGNATURE.match(item.data))
            )
            if not passes:
                self._withheld.add(item.kind)
                return
        out.append(item)

    # -- the chain of guards

    def _chain(self, deltas: Sequence[Delta], first: int = 0) -> Sequence[Delta]:
        """Deltas through every streaming guard from the `first` on."""
        for place in range(first, len(self._watched)):
            watched = self._watched[place]
            if watched.streams and watched.alive and deltas:
                deltas = self._through(watched, place, deltas)
        return deltas

    def _through(self, watched: Watched, place: int, deltas: Sequence[Delta]) -> Sequence[Delta]:
        passed: list[Delta] = []
        for n, delta in enumerate(deltas):
            given = self._one(watched, delta)
            if given is None:  # a soft guard crashed: what it held back and what comes after passes it by
                passed += self._let_go(watched)
                return [*passed, *deltas[n + isinstance(delta, TextDelta) :]]
            if self._cutter is None and not isinstance(delta, FinishDelta):
                self._cutter = place if any(isinstance(g, FinishDelta) for g in given) else None
            passed += given
        return passed

    def _one(self, watched: Watched, delta: Delta) -> Sequence[Delta] | None:
        if not watched.guard.hard and isinstance(delta, TextDelta):
            key = (delta.choice, delta.channel)
            watched.pending[key] = watched.pending.get(key, "") + delta.text
        given = self._watch.timed(watched.guard, lambda: _deltas(watched.session.feed(delta, self._now_s)))
        if given is None:
            return None
        if not watched.guard.hard:
            _settle(watched, given)
        return given  # type: ignore[no-any-return]

    def _let_go(self, watched: Watched) -> list[Delta]:
        """The text that a crashed soft guard still held."""
        watched.alive = False
        held, watched.pending = watched.pending, {}
        return [TextDelta(text, channel, choice) for (choice, channel), text in held.items() if text]  # type: ignore[arg-type]

    def _release(self, deltas: Iterable[Delta], out: list[Item], held: list[Item] | None = None) -> None:
        """Deltas that passed every guard: text goes out, the rest waits for the end in `held`."""
        for delta in deltas:
            choice = self._choice(delta.choice)
            if choice.cut:
                continue
            if isinstance(delta, TextDelta):
                if delta.channel == "reasoning":
                    choice.released.append(delta.text)
                if delta.text:
                    out.append(delta)
            elif isinstance(delta, ToolCallDelta):
                if held is not None:
                    held.append(delta)
            elif held is None or delta.reason == "content_filter" != choice.finish:
                if held is None and self._wanted == 1:
                    self._flush_after_cut(delta.choice, out)
                self._cut(delta.choice, delta.reason, out)
            else:
                choice.finish = delta.reason

    def _flush_after_cut(self, index: int, out: list[Item]) -> None:
        """The words with which a guard ended a choice may be held by the guards after it: let them finish."""
        cutter, self._cutter = self._cutter, None
        for place in range((cutter if cutter is not None else len(self._watched)) + 1, len(self._watched)):
            watched = self._watched[place]
            if watched.streams and watched.alive:
                given = self._watch.timed(watched.guard, lambda w=watched: _deltas(w.session.finish(self._now_s)))  # type: ignore[misc]
                last = self._chain(given or (), place + 1)
                out += [d for d in last if isinstance(d, TextDelta) and d.choice == index]

    def _cut(self, index: int, reason: str, out: list[Item]) -> None:
        """A guard ended this choice before the model did."""
        choice = self._choice(index)
        choice.cut, choice.finish = True, reason
        choice.calls.clear()
        self.changed = True
        out.append(FinishDelta(reason, index))
        if sum(c.cut for c in self._choices.values()) >= self._wanted:
            self.stopped = Ending.BLOCKED_GUARD

    def _refuse_all(self, decision: GuardDecision, out: list[Item]) -> None:
        """A hard guard failed in the middle: every choice ends in a refusal."""
        text, channel, finish = words_of(decision)
        for index in sorted(set(self._choices) | {0}):
            if not self._choice(index).cut:
                out.append(TextDelta(text, channel, index))
                self._cut(index, finish, out)
        self.stopped = Ending.BLOCKED_GUARD

    # -- the end

    def end(self, now_s: float) -> list[Item]:
        """The upstream's answer is complete: tool calls are decided, held text is let go, choices finish."""
        self._now_s = now_s
        out: list[Item] = []
        if self.stopped is not None:
            return out
        try:
            held: list[Item] = []
            for index, choice in sorted(self._choices.items()):
                if not choice.cut:
                    self._finish_choice(index, choice, out, held)
            for n, watched in enumerate(self._watched):
                if watched.streams and watched.alive:
                    given = self._watch.timed(watched.guard, lambda w=watched: _deltas(w.session.finish(now_s)))  # type: ignore[misc]
                    last = self._let_go(watched) if given is None else given
                    self._release(self._chain(last, n + 1), out, held)
            self._close(out, held)
        except Broken as broken:
            self._refuse_all(broken.decision, out)
        if self._withheld:
            reason = "a guard watches this answer's text, and these would pass beside it"
            data = {"decision": "withheld", "what": sorted(self._withheld), "reason": reason}
            self._watch.events.append(Event(name="guard", at_s=self._watch._at_s, data=data))
        return out

    def _finish_choice(self, index: int, choice: _Choice, out: list[Item], held: list[Item]) -> None:
        """Decide on the tool calls of a choice and hand the rest of it through the guards."""
        if choice.finish is None:
            choice.calls.clear()  # the upstream broke off: a call that may not be whole is never let go
        whole = [
            (number, ToolCall(c["id"], c["name"], "".join(c["arguments"]), _extra_of(choice, number)))
            for number, c in sorted(choice.calls.items())
        ]
        for _, call in whole:
            decision = self.decide(call)
            if decision.action != "allow":
                self._replace(index, choice, decision, out)
                return
        for number, call in whole:
            delta = ToolCallDelta(number, call.arguments, call.call_id, call.name, index)
            passed = self._chain((delta,))
            self._release(passed, out, held)
            if delta in passed and number in choice.extras:
                held.append(choice.extras[number])
        if choice.finish is not None and not choice.cut:
            self._release(self._chain((FinishDelta(choice.finish, index),)), out, held)

    def decide(self, call: ToolCall) -> GuardDecision:
        """Every guard's word on one whole tool call: the first that is not allow."""
        for watched in self._watched:
            if not watched.alive:
                continue
            decision = self._watch.timed(watched.guard, lambda w=watched: checked(w.session.tool_call(call)))  # type: ignore[misc]
            if decision is not None and decision.action != "allow":
                self._watch.note(watched.name, f"tool_call {call.name}", decision)
                return decision  # type: ignore[no-any-return]
        return ALLOW

    def _replace(self, index: int, choice: _Choice, decision: GuardDecision, out: list[Item]) -> None:
        """A tool call was not allowed: none of this choice's calls goes out, words do."""
        text, channel, finish = words_of(decision)
        choice.calls.clear()
        self.changed = True
        out.append(TextDelta(text, channel, index))
        choice.cut, choice.finish = True, finish
        out.append(FinishDelta(finish, index))
        ending = Ending.FINALISED if decision.action == "finalise" else Ending.BLOCKED_GUARD
        self.stopped = self.stopped or ending

    def _close(self, out: list[Item], held: list[Item]) -> None:
        """After all text: the tool calls, then each choice's finish."""
        out += [h for h in held if not self._choice(h.choice).cut]  # type: ignore[union-attr]
        for index, choice in sorted(self._choices.items()):
            if not choice.cut and choice.finish is not None:
                out.append(FinishDelta(choice.finish, index))

    def failure_words(self, failure: Failure) -> Failure:
        """An upstream's error body as the client may read it."""
        return Failure("the upstream answered with an error", "upstream_error") if self._streams else failure


def _deltas(given: Any) -> list[Delta]:
    """What a guard released; anything that is no delta is a failure of the guard."""
    out = list(given)
    for delta in out:
        if not isinstance(delta, TextDelta | ToolCallDelta | FinishDelta):
            raise TypeError(f"expected deltas, got {delta!r}")
    return out


def _settle(watched: Watched, given: Sequence[Delta]) -> None:
    """Take what a soft guard released off what it holds (by length where it changed the words)."""
    for delta in given:
        if isinstance(delta, TextDelta):
            key = (delta.choice, delta.channel)
            watched.pending[key] = watched.pending.get(key, "")[len(delta.text) :]


def _extra_of(choice: _Choice, number: int) -> dict[str, Any] | None:
    passed = choice.extras.get(number)
    return passed.data["extra"] if passed is not None else None


def _plain_begin(begin: Begin) -> Begin:
    """A beginning that can carry no text past a guard: ids and names only where they look like such."""
    return Begin(
        begin.response_id if _PLAIN_ID.match(begin.response_id) else "",
        begin.model if _PLAIN_ID.match(begin.model) else "",
        begin.created_s,
    )


def _numbers(raw: dict[str, Any] | None) -> dict[str, Any] | None:
    """A usage object without anything but numbers under plain names."""
    if raw is None:
        return None
    return {
        k: _numbers(v) if isinstance(v, dict) else v
        for k, v in raw.items()
        if isinstance(v, int | float | dict | None) and _PLAIN_ID.match(k)
    }
