# ruff: noqa: E501 (patterns and tables read better whole)
"""The constraints in flight: one hard, streaming guard over requests, answers and tool calls.

`open` gives every call a session.  The request is read for labels and facts (who said what, what
tools returned); the answer's text goes through the streaming filter on every channel; a tool call
is decided when it is whole, on the exact arguments the client would receive.  Over MCP a call is
decided by the `ToolGate` of its run, which outlives the call.  Whatever goes wrong in here raises,
and a hard guard that raises refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tidegate.check.constraints.calls.arguments import Unreadable, read_arguments
from tidegate.check.constraints.calls.confirmations import Confirmations
from tidegate.check.constraints.calls.credentials import Revocations
from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.calls.toolgate import Powers, ToolGate, refusal_words
from tidegate.check.constraints.load import output_filter
from tidegate.check.constraints.model import Policy
from tidegate.check.constraints.record import Record, Recorder
from tidegate.check.constraints.streaming.channels import StreamFilter
from tidegate.check.constraints.streaming.jsonwatch import Watcher
from tidegate.check.constraints.streaming.strictjson import Schema
from tidegate.spine.call import Call
from tidegate.spine.codec import content_hash
from tidegate.spine.contracts import ALLOW, GuardDecision
from tidegate.spine.conversation import Conversation, Delta, FinishDelta, TextDelta, ToolCall, ToolCallDelta
from tidegate.spine.finding import Certainty, Finding, Severity, Where

DIALECTS = ("chat", "completions", "responses", "messages", "mcp")


RUNS_MAX = 10_000  # MCP runs remembered at once; the one longest unused is forgotten first


class ConstraintsGuard:
    """Registers as a Guard: `hard`, so that its failure refuses, and `streams`, so that it sees all text.

    Without `confirmations` a call that asks is refused and nobody can grant it; `record` keeps every
    decision (in memory unless a store is given); `clock` is wall-clock seconds.
    """

    name = "constraints"
    hard = True

    def __init__(self, policy: Policy | Callable[[], Policy], *, confirmations: Confirmations | None = None,
                 revocations: Revocations | None = None, record: Recorder | None = None,
                 clock: Callable[[], float] | None = None) -> None:  # fmt: skip
        self._source = policy if callable(policy) else lambda: policy
        self.confirmations = confirmations
        self.revocations = revocations
        self.record = record if record is not None else Record()
        self.clock = clock
        self._gates: dict[tuple[str, str, str], ToolGate] = {}
        self._policy: Policy | None = None
        self._compile(self._source())

    def _compile(self, policy: Policy) -> None:
        engine, filter_ = Engine(policy), output_filter(policy)
        schemas = [Schema(r.json_schema) for r in policy.hard if r.kind == "schema" and r.json_schema is not None]
        powers = Powers(engine=engine, confirmations=self.confirmations, revocations=self.revocations, record=self.record,
                        policy=content_hash(policy))  # fmt: skip
        self.engine, self.filter, self.schemas, self.powers, self._policy = engine, filter_, schemas, powers, policy
        self.streams = bool(filter_.patterns or filter_.literal_rule or schemas)

    def open(self, call: Call) -> ConstraintsSession | None:
        """A session for every call that carries text; a policy that changed meanwhile is compiled whole or not at all."""
        policy = self._source()
        if policy is not self._policy:
            self._compile(policy)
        return ConstraintsSession(self, call) if call.dialect in DIALECTS else None

    def gate(self, call: Call) -> ToolGate:
        """The gate of a call; over MCP kept for its session, so that what happened before counts."""
        who = call.identity
        if call.dialect != "mcp" or not call.run_id:
            return ToolGate(self.powers, tenant=who.tenant, user=who.user or "", run_id=call.run_id or "")
        key = (who.tenant, who.user or "", call.run_id)
        gate = self._gates.pop(key, None)
        if gate is None:  # a server without sessions would make every call a run of its own: no grant would be found
            gate = ToolGate(self.powers, tenant=key[0], user=key[1], run_id=key[2], bound=False)
        gate.renew(self.powers)
        if len(self._gates) >= RUNS_MAX:
            self._gates.pop(next(iter(self._gates)))
        self._gates[key] = gate
        return gate


class ConstraintsSession:
    """One call under the constraints."""

    def __init__(self, guard: ConstraintsGuard, call: Call) -> None:
        self.guard, self.call = guard, call
        self.engine, self.filter = guard.engine, guard.filter
        self.gate = guard.gate(call)
        self.run = self.gate.run
        self.choices: dict[int, StreamFilter] = {}
        self.schemas = guard.schemas
        self.answers: dict[int, list[str]] = {}
        self.watchers: dict[int, list[Watcher]] = {}  # of strict answers that are still coming
        self.cut: set[int] = set()
        self.seen_spans: set[tuple[int, str, int, int, str]] = set()
        self._findings: list[Finding] = []
        if call.task is not None:  # what the key or the application's header says; over MCP nothing else can
            self.run.context["task"] = call.task
        self.asked: ToolCall | None = None
        self.offered: frozenset[str] | None = None

    @property
    def now_s(self) -> float:
        """Wall-clock seconds: of the guard's clock, else when the call came."""
        return self.guard.clock() if self.guard.clock is not None else self.call.received_at_s

    # -- the request

    def request(self, conversation: Conversation) -> GuardDecision:
        """Read who said what; withhold the tools that are not granted.  Over MCP the request is the call itself."""
        if self.call.dialect == "mcp":
            return ALLOW
        if self.call.task is None and (task := task_of(conversation)) is not None:
            self.run.context["task"] = task
        read_history(self.run, conversation)
        self.offered = frozenset(t.name for t in conversation.tools)
        granted = self.gate.granted(t.name for t in conversation.tools)
        dropped = tuple(t.name for t in conversation.tools if t.name not in granted)
        if dropped:
            reason = "tools not granted are withheld"
            self._note("request", ", ".join(dropped)[:200], "withheld", ("tool-scope",), reason, {}, find=False)
            return GuardDecision(action="allow", rule="tool-scope", reason=reason, drop_tools=dropped)
        return ALLOW

    # -- the answer

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        """What may be released now."""
        if isinstance(delta, ToolCallDelta):
            return (delta,)  # decided whole in `tool_call` before it comes here
        if isinstance(delta, FinishDelta):
            return (*self._drain(delta.choice), *self._finished(delta))
        if delta.choice in self.cut:
            return ()
        if self.schemas and delta.channel == "content":
            watchers = self.watchers.setdefault(delta.choice, [Watcher(s) for s in self.schemas])
            if not all(w.feed(delta.text) for w in watchers):  # nothing that could still come would make it valid
                return self._refuse_schema(delta.choice, "it cannot become a valid document any more")
            self.answers.setdefault(delta.choice, []).append(delta.text)
            return ()
        released = self._stream(delta.choice).feed(delta.channel, delta.text)
        return self._out(delta.choice, released)

    def finish(self, now_s: float) -> Sequence[Delta]:
        """The stream ended without saying so: what is left."""
        out: list[Delta] = []
        for choice in sorted({*self.choices, *self.answers}):
            out += self._drain(choice)
        return out

    def _stream(self, choice: int) -> StreamFilter:
        if choice not in self.choices:
            self.choices[choice] = StreamFilter(self.filter)
        return self.choices[choice]

    def _drain(self, choice: int) -> list[Delta]:
        if choice in self.cut:
            return []
        out: list[Delta] = []
        if text := "".join(self.answers.pop(choice, [])):
            wrong = next((w for s in self.schemas if (w := s.wrong(text))), "")
            if wrong:
                return self._refuse_schema(choice, wrong)
            out += self._out(choice, self._stream(choice).feed("content", text))
        if choice in self.choices:
            out += self._out(choice, self.choices[choice].finish())
        return out

    def _refuse_schema(self, choice: int, wrong: str) -> list[Delta]:
        rule = next(r for r in self.engine.policy.hard if r.kind == "schema")
        self._note(
            "stream", f"choice {choice}", "refuse", (rule.id,), f"the answer is not what the schema says: {wrong}", {}
        )
        self.cut.add(choice)
        text = f"This was refused by the rule {rule.id!r}: the answer did not have the required form."
        return [TextDelta(text, "refusal", choice), FinishDelta("content_filter", choice)]

    def _out(self, choice: int, released: Iterable[tuple[str, str]]) -> list[Delta]:
        out: list[Delta] = [TextDelta(text, channel, choice) for channel, text in released]  # type: ignore[arg-type]
        stream = self.choices[choice]
        for channel, span in stream.spans:
            key = (choice, channel, span.start, span.end, span.rule)
            if key not in self.seen_spans:
                self.seen_spans.add(key)
                self._note("stream", f"choice {choice} {channel}", span.action, (span.rule,), "text that may not leave was withheld",
                           {"span": [span.start, span.end], "view": span.view})  # fmt: skip
        if stream.blocked and choice not in self.cut:
            self.cut.add(choice)
            out.append(TextDelta("The answer was ended here by a rule on what may leave.", "refusal", choice))
            out.append(FinishDelta("content_filter", choice))
        return out

    def _finished(self, delta: FinishDelta) -> Sequence[Delta]:
        return () if delta.choice in self.cut else (delta,)

    # -- tool calls

    def tool_call(self, call: ToolCall) -> GuardDecision:
        """The decision on a whole call, before the client sees any of it."""
        self.asked = call
        if self.offered is not None and call.name not in self.offered:
            reason = f"the tool {call.name[:60]!r} was not offered in this request"
            self._note("tool", call.name[:80], "refuse", ("tool-scope",), reason, {})
            words = refusal_words(call.name, "refuse", ("tool-scope",))
            return GuardDecision(action="refuse", rule="tool-scope", reason=reason, text=words)
        decision = self.gate.call(call.name, call.arguments, self.now_s, call_id=call.call_id, trace=self.call.call_id)
        if decision.action != "allow":
            evidence = {"call": decision.evidence.get("call", ""), "decision": decision.action}
            self._find((decision.rule,), f"{call.name[:80]}: {decision.reason}", evidence)
        return decision

    def listed(self, tools: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """Over MCP: the tools the client may see."""
        return self.gate.listed(tools, self.now_s)

    def tool_result(self, content: str, is_error: bool) -> None:
        """Over MCP: what the allowed call returned enters the run; what an error says is read like anything else."""
        if self.asked is not None:
            self.gate.observed(self.asked.name, content, readable(self.asked.arguments))

    # -- the record

    def findings(self) -> tuple[Finding, ...]:
        """What was withheld or refused; never what it said."""
        return tuple(self._findings)

    def _note(self, hook: str, subject: str, decision: str, rules: tuple[str, ...], reason: str,
              evidence: dict[str, Any], *, find: bool = True) -> None:  # fmt: skip
        """Into the record: what was withheld stays withheld where the record cannot be written."""
        self.gate.note(self.now_s, hook, subject, decision, rules, reason, evidence, trace=self.call.call_id)
        if find:
            self._find(rules, f"{subject}: {reason}", evidence)

    def _find(self, rules: tuple[str, ...], message: str, evidence: dict[str, Any]) -> None:
        self._findings.append(Finding(
            rule="constraint-enforced", severity=Severity.WARNING, subject=", ".join(rules), message=message,
            where=Where(trace=self.call.call_id), evidence={"certainty": Certainty.PROVED.value, **evidence},
        ))  # fmt: skip


def task_of(conversation: Conversation) -> str | None:
    """The task a request declares in `metadata.task`.  The application declares it; a model cannot write it."""
    for fields in (conversation.parameters, conversation.extra):
        metadata = fields.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("task"), str):
            return str(metadata["task"])
    return None


def readable(arguments: str) -> dict[str, Any]:
    """Arguments of a call that was made; none where they cannot be read."""
    try:
        return read_arguments(arguments)
    except Unreadable:
        return {}


def read_history(run: Run, conversation: Conversation) -> None:
    """Messages in order into a run: the user's words, the calls that were made, what tools answered."""
    calls: dict[str, tuple[str, dict[str, Any]]] = {}
    for message in conversation.messages:
        if message.role == "user" and message.text:
            run.user(message.text)
        for call in message.tool_calls:
            arguments = readable(call.arguments)
            calls[call.call_id] = (call.name, arguments)
            run.happened(call.name, arguments)
        for result in message.tool_results:
            name, arguments = calls.get(result.call_id, (result.name or "unknown", {}))
            run.observed(name, result.content, arguments)
