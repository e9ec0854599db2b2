"""The tool-loop guard in flight: watches every run that passes the gateway, whatever framework drives it.

Ladder for one request: `nudge` adds a note for the model; `narrow` withholds the one tool that the
loop runs on for one step; a stop switches the tools off and asks for the final answer; if the model
calls a tool all the same, or the run comes back for more, it ends with an answer composed here, at
no cost; and if it still does not end, its calls are refused.  An answer that chants is cut while it
streams, where the call offers tools.  It is a soft guard: if it fails, calls go on and the failure
is counted.
"""

from collections.abc import Sequence

from tidegate.admit.toolguard.chant import ChantEar
from tidegate.admit.toolguard.ending import CHANT_WORDS, finish_note, narrow_note, nudge_note, partial_answer
from tidegate.admit.toolguard.follow import Follower
from tidegate.admit.toolguard.model import RunVerdict, Signal, Thresholds
from tidegate.admit.toolguard.tool_runs import ToolRuns
from tidegate.spine.call import Call
from tidegate.spine.contracts import ALLOW, GuardDecision
from tidegate.spine.conversation import Conversation, Delta, Message, TextDelta, ToolCall
from tidegate.spine.finding import Finding, Severity, Where

REFUSED_AFTER = 4  # a run that ignores its ending this often gets errors instead of answers
DIALECTS = ("chat", "responses", "messages")


class ToolLoopGuard:
    """Registers as a Guard; one for all calls of a worker."""

    name = "tool-loop"
    hard = False
    streams = False
    listens = True
    # A first call has no history: its bytes pass untouched.  In quotes: "a helpful assistant" is no history.
    markers = (b'"assistant"', b'"function_call')

    def __init__(self, thresholds: Thresholds, *, enforce: bool = True, steps_max: int | None = None) -> None:
        self.follower = Follower(thresholds)
        self.tool_runs = ToolRuns(thresholds)
        self.enforce = enforce
        self.steps_max = steps_max

    def open(self, call: Call) -> "ToolLoopSession | ToolCallSession | None":
        """A session for every call that carries messages, and for every call of a tool."""
        if call.dialect == "mcp":
            return ToolCallSession(self, call) if call.run_id is not None else None
        return ToolLoopSession(self, call) if call.dialect in DIALECTS else None


class ChantGuard:
    """The tool-loop guard that hears every answer, also of first calls and of calls without tools.

    It names no markers: each call is read, and each answer heard, which costs every call what one of a run costs.
    """

    name = ToolLoopGuard.name
    hard = False
    streams = False
    listens = True
    hears_all = True

    def __init__(self, thresholds: Thresholds, *, enforce: bool = True, steps_max: int | None = None) -> None:
        self.guard = ToolLoopGuard(thresholds, enforce=enforce, steps_max=steps_max)

    def open(self, call: Call) -> "ToolLoopSession | ToolCallSession | None":
        """A session for every call that carries messages, and for every call of a tool."""
        return self.guard.open(call)


class ToolLoopSession:
    """One model call of a run."""

    def __init__(self, guard: ToolLoopGuard, call: Call) -> None:
        self.guard = guard
        self.call = call
        self.verdict: RunVerdict | None = None
        self.messages: Sequence[Message] = ()
        self.ending = False
        self.ears: dict[tuple[int, str], ChantEar] = {}

    def request(self, conversation: Conversation) -> GuardDecision:
        """Judge the history; nudge, or withhold the tools and ask for the end."""
        self.messages = conversation.messages
        verdict = self.verdict = self._judge(conversation)
        evidence = {"decision": verdict.decision, "steps": verdict.steps, "stop_step": verdict.stop_step}
        if not self.guard.enforce or verdict.decision == "continue":
            return ALLOW
        last = verdict.signals[-1] if verdict.signals else None
        if verdict.decision == "stop":
            self.ending = True
            late = verdict.steps - 1 - (verdict.stop_step or 0)  # steps the run took after it was asked to end
            if late >= REFUSED_AFTER:
                return GuardDecision(action="refuse", rule=_rule(last), reason=verdict.reason, evidence=evidence)
            if late >= 1:
                text = partial_answer(self.messages, verdict)
                return GuardDecision(action="finalise", rule=_rule(last), reason=verdict.reason, text=text,
                                     evidence=evidence)  # fmt: skip
            return GuardDecision(action="allow", rule=_rule(last), reason=verdict.reason, tools_off=True,
                                 messages=(finish_note(verdict),), evidence=evidence)  # fmt: skip
        if last is not None and last.step >= verdict.steps - 1:  # this very step earned the note
            looping = self._looping(verdict, conversation)
            if looping:
                return GuardDecision(action="allow", rule=_rule(last), reason=last.reason, drop_tools=looping,
                                     messages=(narrow_note(verdict, looping),), evidence=evidence)  # fmt: skip
            return GuardDecision(action="allow", rule=_rule(last), reason=last.reason,
                                 messages=(nudge_note(verdict),), evidence=evidence)  # fmt: skip
        return ALLOW

    def _looping(self, verdict: RunVerdict, conversation: Conversation) -> tuple[str, ...]:
        """The tool to withhold for one step: a loop runs on it, and there are others; else none."""
        fresh = [s for s in verdict.signals if s.step >= verdict.steps - 1 and s.wants == "narrow"]
        offered = {t.name for t in conversation.tools}
        choice = conversation.parameters.get("tool_choice")
        if not fresh or choice not in (None, "auto"):
            return ()
        tools = tuple(sorted(set(fresh[-1].tools)))
        return tools if len(tools) == 1 and offered > set(tools) else ()

    def _judge(self, conversation: Conversation) -> RunVerdict:
        verdict = self.guard.follower.follow(conversation.messages, conversation.tools)
        cap = self.guard.steps_max
        if cap is not None and verdict.steps >= cap and verdict.decision != "stop":
            reason = f"the run reached its limit of {cap} steps"
            signal = Signal(detector="steps", wants="stop", reason=reason, step=verdict.steps - 1)
            return RunVerdict(decision="stop", stop_step=verdict.steps - 1, reason=reason,
                              signals=(*verdict.signals, signal), steps=verdict.steps,
                              calibrated=verdict.calibrated)  # fmt: skip
        return verdict

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        """Text passes as it is."""
        return (delta,)

    def hear(self, delta: TextDelta) -> GuardDecision:
        """An answer that chants ends here."""
        if not self.guard.enforce:
            return ALLOW
        key = (delta.choice, delta.channel)
        ear = self.ears.get(key)
        if ear is None:
            ear = self.ears[key] = ChantEar()
        copies = ear.hear(delta.text)
        if not copies:
            return ALLOW
        reason = f"the answer repeats one phrase, {copies} times so far"
        return GuardDecision(action="finalise", rule="tool-loop-chant", reason=reason, text=CHANT_WORDS)

    def tool_call(self, call: ToolCall) -> GuardDecision:
        """After the end was asked for, a further tool call ends the run with what was gathered."""
        if not self.ending or self.verdict is None:
            return ALLOW
        text = partial_answer(self.messages, self.verdict)
        last = self.verdict.signals[-1] if self.verdict.signals else None
        return GuardDecision(action="finalise", rule=_rule(last), reason=self.verdict.reason, text=text)

    def finish(self, now_s: float) -> Sequence[Delta]:
        """Nothing is held back."""
        return ()

    def findings(self) -> tuple[Finding, ...]:
        """What this call's history shows."""
        return findings_of(self.verdict, self.call.run_id or self.call.call_id) if self.verdict is not None else ()


class ToolCallSession:
    """One tool call of an MCP session."""

    def __init__(self, guard: ToolLoopGuard, call: Call) -> None:
        self.guard = guard
        self.call = call
        self.run = guard.tool_runs.run(str(call.run_id))
        self.asked: ToolCall | None = None
        self.seen: tuple[Signal, ...] = ()

    def request(self, conversation: Conversation) -> GuardDecision:
        """The word is on the tool call."""
        return ALLOW

    def tool_call(self, call: ToolCall) -> GuardDecision:
        """Refuse a call that would go on with a loop."""
        self.asked = call
        decision = self.run.decide(call, self.call.received_at_s)
        return decision if self.guard.enforce else ALLOW

    def tool_result(self, content: str, is_error: bool) -> None:
        """What the tool answered."""
        if self.asked is not None:
            known = self.run.signals
            self.run.result(self.asked, content, is_error, self.call.received_at_s)
            self.seen = tuple(s for s in self.run.signals if s not in known)

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        """Text passes as it is."""
        return (delta,)

    def hear(self, delta: TextDelta) -> GuardDecision:
        """A tool may say what it likes, as often as it likes."""
        return ALLOW

    def finish(self, now_s: float) -> Sequence[Delta]:
        """Nothing is held back."""
        return ()

    def findings(self) -> tuple[Finding, ...]:
        """What this call added to its run."""
        return findings_of_signals(self.seen, str(self.call.run_id))


def findings_of(verdict: RunVerdict, subject: str) -> tuple[Finding, ...]:
    """One finding a detector, at its strongest; a stop is an error, a nudge a warning."""
    return findings_of_signals(verdict.signals, subject)


def findings_of_signals(signals: Sequence[Signal], subject: str) -> tuple[Finding, ...]:
    """One finding a detector, at its strongest."""
    strongest: dict[str, Signal] = {}
    for signal in signals:
        known = strongest.get(signal.detector)
        if known is None or (signal.wants == "stop" and known.wants != "stop"):
            strongest[signal.detector] = signal
    return tuple(
        Finding(
            rule=_rule(s),
            severity=Severity.ERROR if s.wants == "stop" else Severity.WARNING,
            subject=subject,
            message=s.reason,
            where=Where(event=s.step),
            evidence={"certainty": "measured" if s.detector == "evidence" else "proved", **s.evidence},
            suggestion="end the run with what was gathered" if s.wants == "stop" else "tell the model what repeated",
        )
        for s in strongest.values()
    )


def _rule(signal: Signal | None) -> str:
    return f"tool-loop-{signal.detector}" if signal is not None else "tool-loop"
