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
CHARACTERS_MAX = 200_000  # of one answer: a worker serves others meanwhile
NOTES_MAX = 5
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
    """One call: the text of each choice is gathered, and decided at its end."""

    def __init__(self, guard: VerifyGuard, call: Call, mode: Mode) -> None:
        self.guard, self.call, self.mode = guard, call, mode
        self.question = ""
        self.text: dict[int, list[str]] = {}
        self.length: dict[int, int] = {}
        self.held: dict[int, list[Delta]] = {}
        self.found: tuple[Finding, ...] = ()
        self.done: set[int] = set()

    def request(self, conversation: Conversation) -> GuardDecision:
        """Remember the question; requests always pass."""
        users = [m.text for m in conversation.messages if m.role == "user"]
        self.question = users[-1] if users else ""
        return ALLOW

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        """Annotating streams on; blocking and queueing hold a choice's text until its end."""
        if isinstance(delta, TextDelta) and delta.channel == "content":
            n = delta.choice
            length = self.length.get(n, 0)
            self.length[n] = length + len(delta.text)
            if length < CHARACTERS_MAX:
                self.text.setdefault(n, []).append(delta.text[: CHARACTERS_MAX - length])
            if self.mode == "annotate":
                return (delta,)
            self.held.setdefault(n, []).append(delta)
            return ()
        if isinstance(delta, FinishDelta):
            return (*self._decide(delta.choice), delta)
        return (delta,)

    def tool_call(self, call: ToolCall) -> GuardDecision:
        """Tool calls are not this guard's concern."""
        return ALLOW

    def finish(self, now_s: float) -> Sequence[Delta]:
        """Decide what the stream ended without saying so."""
        return tuple(d for n in sorted(self.text) for d in self._decide(n))

    def findings(self) -> tuple[Finding, ...]:
        """What was refuted, and what was too long to be checked."""
        return self.found

    def _decide(self, choice: int) -> tuple[Delta, ...]:
        if choice in self.done or choice not in self.text:
            return ()
        self.done.add(choice)
        verification = verify_answer(
            "".join(self.text[choice]), self.question, self.guard.knowledge, subject=self.call.call_id
        )
        self.found += verification.findings
        if self.length[choice] > CHARACTERS_MAX:
            self.found += (_too_long(self.call.call_id, self.length[choice]),)
        held = tuple(self.held.pop(choice, ()))
        errors = [f for f in verification.findings if f.severity is Severity.ERROR]
        if not errors:
            return held
        if self.mode == "annotate":
            notes = "\n".join(f"- {f.message}" for f in errors[:NOTES_MAX])
            more = f"\n- and {len(errors) - NOTES_MAX} more" if len(errors) > NOTES_MAX else ""
            return (TextDelta(text=f"\n\n[Checked by computation, does not hold:]\n{notes}{more}", choice=choice),)
        if self.mode == "queue" and self.guard.enqueue is not None:
            key = f"{self.call.call_id}.{choice}" if choice else self.call.call_id
            self.guard.enqueue(key, self.call.identity.tenant, self.question, verification)
        text = WITHHELD + (" A person will look at it." if self.mode == "queue" else "")
        return (TextDelta(text=text, choice=choice),)


def _too_long(subject: str, length: int) -> Finding:
    return Finding(
        rule="not-checked",
        severity=Severity.WARNING,
        subject=subject,
        message=f"only the first {CHARACTERS_MAX} of {length} characters were checked",
        evidence={"certainty": "measured", "characters": length},
    )
