"""The verifier in flight and on traces: annotate, block or queue an answer, by tenant.

`annotate` lets the answer stream and adds a note at its end; `block` and `queue` hold the text
back until it is whole.  A guard that crashes is soft: the answer passes and the crash is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge, Verification
from tidegate.spine.call import Call
from tidegate.spine.contracts import ALLOW, GuardDecision
from tidegate.spine.conversation import Conversation, Delta, FinishDelta, TextDelta, ToolCall
from tidegate.spine.finding import Finding, Severity

Mode = Literal["annotate", "block", "queue"]
CHARACTERS_MAX = 1_000_000
WITHHELD = "This answer was withheld: a technical claim in it does not hold."


class VerifyGuard:
    """Opens a session for tenants with a mode; `enqueue` takes (call id, tenant, question, verification)."""

    name = "verify"
    hard = False
    streams = True

    def __init__(self, modes: Mapping[str, Mode], knowledge: Knowledge | None = None,
                 enqueue: Callable[[str, str, str, Verification], None] | None = None) -> None:  # fmt: skip
        self.modes, self.knowledge, self.enqueue = modes, knowledge, enqueue

    def open(self, call: Call) -> VerifySession | None:
        """A session, or None for a tenant without a mode."""
        mode = self.modes.get(call.identity.tenant, self.modes.get("*"))
        return VerifySession(self, call, mode) if mode is not None else None


class VerifySession:
    """One answer: text is gathered, decided at its end."""

    def __init__(self, guard: VerifyGuard, call: Call, mode: Mode) -> None:
        self.guard, self.call, self.mode = guard, call, mode
        self.question = ""
        self.text: list[str] = []
        self.length = 0
        self.held: list[Delta] = []
        self.found: tuple[Finding, ...] = ()
        self.done = False

    def request(self, conversation: Conversation) -> GuardDecision:
        """Remember the question; requests always pass."""
        users = [m.text for m in conversation.messages if m.role == "user"]
        self.question = users[-1] if users else ""
        return ALLOW

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        """Annotating streams on; blocking and queueing hold the first choice's text."""
        if isinstance(delta, TextDelta) and delta.channel == "content" and delta.choice == 0:
            if self.length + len(delta.text) <= CHARACTERS_MAX:
                self.text.append(delta.text)
                self.length += len(delta.text)
            if self.mode == "annotate":
                return (delta,)
            self.held.append(delta)
            return ()
        if isinstance(delta, FinishDelta) and delta.choice == 0:
            return (*self._decide(), delta)
        return (delta,)

    def tool_call(self, call: ToolCall) -> GuardDecision:
        """Tool calls are not this guard's concern."""
        return ALLOW

    def finish(self, now_s: float) -> Sequence[Delta]:
        """Decide if the stream ended without saying so."""
        return self._decide()

    def findings(self) -> tuple[Finding, ...]:
        """What was refuted."""
        return self.found

    def _decide(self) -> tuple[Delta, ...]:
        if self.done:
            return ()
        self.done = True
        verification = verify_answer("".join(self.text), self.question, self.guard.knowledge, subject=self.call.call_id)
        self.found = verification.findings
        errors = [f for f in self.found if f.severity is Severity.ERROR]
        if not errors:
            return tuple(self.held)
        if self.mode == "annotate":
            notes = "\n".join(f"- {f.message}" for f in errors[:5])
            return (TextDelta(text=f"\n\n[Checked by computation, does not hold:]\n{notes}"),)
        if self.mode == "queue" and self.guard.enqueue is not None:
            self.guard.enqueue(self.call.call_id, self.call.identity.tenant, self.question, verification)
        return (TextDelta(text=WITHHELD + (" A person will look at it." if self.mode == "queue" else "")),)
