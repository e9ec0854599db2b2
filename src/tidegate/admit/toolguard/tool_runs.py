"""The guard where only tool calls pass: an MCP session has calls and results, but no history and no person.

Each session is a run.  When it loops, the calls that make up the loop are refused with a tool error
that says why, so that the model can read it and go on with something else; whatever else brings
something new lifts the refusal, and so does a silence of `GAP_S`: the next task of a long session.
"""

from collections import OrderedDict, deque

from tidegate.admit.toolguard import fingerprint
from tidegate.admit.toolguard.loops import RunState
from tidegate.admit.toolguard.model import Signal, Thresholds
from tidegate.admit.toolguard.steps import StepBuilder
from tidegate.spine.contracts import ALLOW, GuardDecision
from tidegate.spine.conversation import Message, ToolCall, ToolResult

GAP_S = 300.0
RUNS_MAX = 2048
EXACT = frozenset({"repeat", "stubborn", "retries", "polling"})  # loops of one call: its tool may be used otherwise


class ToolRun:
    """One session's calls so far, and what is refused of the next ones."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.at_s = 0.0
        self._begin()

    def _begin(self) -> None:
        self.builder, self.state = StepBuilder(), RunState(self.thresholds)
        self.lately: deque[int] = deque(maxlen=self.thresholds.period_max)
        self.calls: frozenset[int] = frozenset()
        self.tools: frozenset[str] = frozenset()
        self.signals: tuple[Signal, ...] = ()

    def decide(self, call: ToolCall, now_s: float) -> GuardDecision:
        """Allow, or refuse a call that would go on with the loop."""
        if now_s - self.at_s > GAP_S:
            self._begin()
        self.at_s = now_s
        if call.name not in self.tools and fingerprint.signature(call.name, call.arguments) not in self.calls:
            return ALLOW
        last = self.signals[-1]
        reason = last.reason
        text = (
            f"[Tidegate] Not called: {reason}. The same call would give the same again. Use what is known already, "
            "try another tool or other arguments, or give the final answer and say what is still open."
        )
        return GuardDecision(action="refuse", rule=f"tool-loop-{last.detector}", reason=reason, text=text)

    def result(self, call: ToolCall, content: str, is_error: bool, now_s: float) -> None:
        """What a call was answered: the next step of the run."""
        self.at_s = now_s
        self.builder.add(Message("assistant", (call,)))
        self.builder.add(Message("tool", (ToolResult(call.call_id, content, is_error=is_error),)))
        self.builder.forget()
        step = self.builder.open_step()
        assert step is not None
        signature = fingerprint.signature(call.name, call.arguments)
        signals = self.state.step(step)
        self.lately.append(signature)
        self.signals = (*self.signals, *signals)[-16:]
        stop = next((s for s in reversed(signals) if s.wants == "stop"), None)
        if stop is None:
            if not signals and self.state.quiet == 0:  # something new: the loop is left
                self.calls, self.tools = frozenset(), frozenset()
        elif stop.detector == "cycle":
            self.calls |= frozenset(list(self.lately)[-int(stop.evidence["period"]) :])
        elif stop.detector in EXACT:
            self.calls |= {signature}
        else:
            self.tools |= {call.name}
        self.signals = self.signals if stop is None else (*(s for s in self.signals if s is not stop), stop)


class ToolRuns:
    """The runs of all sessions, the longest silent go first."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self._runs: OrderedDict[str, ToolRun] = OrderedDict()

    def run(self, run_id: str) -> ToolRun:
        """The run of a session; a new one when it is not known."""
        run = self._runs.get(run_id)
        if run is None:
            run = self._runs[run_id] = ToolRun(self.thresholds)
            if len(self._runs) > RUNS_MAX:
                self._runs.popitem(last=False)
        self._runs.move_to_end(run_id)
        return run
