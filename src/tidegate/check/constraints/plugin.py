# ruff: noqa: E501 (patterns and tables read better whole)
"""The constraints in flight: one hard, streaming guard over requests, answers and tool calls.

`open` gives every call a session.  The request is read for labels and facts (who said what, what
tools returned); the answer's text goes through the streaming filter on every channel; a tool call
is decided when it is whole, on the exact arguments the client would receive.  Whatever goes wrong
in here raises, and a hard guard that raises refuses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from tidegate.check.constraints import toolnames
from tidegate.check.constraints.arguments import Unreadable, read_arguments
from tidegate.check.constraints.credentials import Confirmations, Revocations
from tidegate.check.constraints.decide import Engine, Run
from tidegate.check.constraints.load import output_filter
from tidegate.check.constraints.model import Policy, output_parts
from tidegate.check.constraints.record import Record
from tidegate.check.constraints.stream import Filter, StreamFilter, filter_text
from tidegate.check.constraints.strictjson import Schema
from tidegate.spine.call import Call
from tidegate.spine.contracts import ALLOW, GuardDecision
from tidegate.spine.conversation import Conversation, Delta, FinishDelta, TextDelta, Tool, ToolCall, ToolCallDelta
from tidegate.spine.finding import Certainty, Finding, Severity, Where
from tidegate.spine.trace import CallTrace

DIALECTS = ("chat", "completions", "responses", "messages", "mcp")


class ConstraintsGuard:
    """Registers as a Guard: `hard`, so that its failure refuses, and `streams`, so that it sees all text."""

    name = "constraints"
    hard = True

    def __init__(self, policy: Policy | Callable[[], Policy], *, confirmations: Confirmations | None = None,
                 revocations: Revocations | None = None, clock: Callable[[], float] | None = None) -> None:  # fmt: skip
        self._source = policy if callable(policy) else lambda: policy
        self.confirmations = confirmations or Confirmations()
        self.revocations = revocations
        self.clock = clock
        self._policy: Policy | None = None
        self._compile(self._source())

    def _compile(self, policy: Policy) -> None:
        engine, filter_ = Engine(policy), output_filter(policy)
        outgoing = _outgoing(policy)
        schemas = [Schema(r.json_schema) for r in policy.hard if r.kind == "schema" and r.json_schema is not None]
        self.engine, self.filter, self.outgoing, self.schemas, self._policy = engine, filter_, outgoing, schemas, policy
        self.streams = bool(filter_.patterns or filter_.literal_rule or schemas)

    def open(self, call: Call) -> ConstraintsSession | None:
        """A session for every call that carries text; a policy that changed meanwhile is compiled whole or not at all."""
        policy = self._source()
        if policy is not self._policy:
            self._compile(policy)
        return ConstraintsSession(self, call) if call.dialect in DIALECTS else None


def _outgoing(policy: Policy) -> Filter | None:
    rules = tuple(r for r in policy.hard if r.kind == "output" and r.in_arguments)
    patterns, literals, _ = output_parts(Policy(hard=rules))
    return Filter(patterns, literals, hold_max=policy.hold_max) if patterns or literals else None


class ConstraintsSession:
    """One call under the constraints."""

    def __init__(self, guard: ConstraintsGuard, call: Call) -> None:
        self.guard, self.call = guard, call
        self.engine, self.filter, self.outgoing = guard.engine, guard.filter, guard.outgoing
        self.run = Run(self.engine.policy, run_id=call.run_id or "")
        self.record = Record()
        self.choices: dict[int, StreamFilter] = {}
        self.schemas = guard.schemas
        self.answers: dict[int, list[str]] = {}
        self.cut: set[int] = set()
        self.seen_spans: set[tuple[int, str, int, int, str]] = set()
        self.now_s = call.received_at_s
        self._findings: list[Finding] = []
        self.offered: frozenset[str] | None = None

    # -- the request

    def request(self, conversation: Conversation) -> GuardDecision:
        """Read who said what; withhold the tools that are not granted."""
        read_history(self.run, conversation)
        self.offered = frozenset(t.name for t in conversation.tools)
        granted = self._granted(conversation.tools)
        dropped = tuple(t.name for t in conversation.tools if t.name not in granted)
        if dropped:
            self.record.add(
                self.now_s, "request", ", ".join(dropped), "withheld", ("tool-scope",), "not granted to this task"
            )
            return GuardDecision(
                action="allow", rule="tool-scope", reason="tools not granted are withheld", drop_tools=dropped
            )
        return ALLOW

    def _granted(self, tools: Sequence[Tool]) -> set[str]:
        task = self.run.context.get("task")
        names = {t.name for t in tools}
        for r in self.engine.scopes:
            if not r.task or r.task == task:
                names &= set(r.tools or self.engine.policy.scopes.get(str(task), ()))
        return {n for n in names if self.engine.spec(n) is not None}

    # -- the answer

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        """What may be released now."""
        self.now_s = now_s or self.now_s
        if isinstance(delta, ToolCallDelta):
            return (delta,)  # decided whole in `tool_call` before it comes here
        if isinstance(delta, FinishDelta):
            return (*self._drain(delta.choice), *self._finished(delta))
        if delta.choice in self.cut:
            return ()
        if self.schemas and delta.channel == "content":
            self.answers.setdefault(delta.choice, []).append(delta.text)
            return ()
        released = self._stream(delta.choice).feed(delta.channel, delta.text)
        return self._out(delta.choice, released)

    def finish(self, now_s: float) -> Sequence[Delta]:
        """The stream ended without saying so: what is left."""
        self.now_s = now_s or self.now_s
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
        if self.offered is not None and call.name not in self.offered:
            return self._decided(
                call, "refuse", ("tool-scope",), f"the tool {call.name[:60]!r} was not offered in this request"
            )
        if self.outgoing is not None:
            _, spans, _, _ = filter_text(self.outgoing, [call.name + "\n", call.arguments + "\n", call.call_id])
            if spans:
                return self._decided(
                    call, "refuse", tuple(sorted({s.rule for s in spans})), "the call holds text that may not leave"
                )
        decision = self.engine.decide(self.run, call.name, call.arguments, now_s=self.now_s, principal=self.call.identity.tenant,
                                      confirmations=self.guard.confirmations, revocations=self.guard.revocations)  # fmt: skip
        self.record.add(
            self.now_s,
            "tool",
            call.name[:80],
            decision.decision,
            decision.rules,
            decision.reason,
            {"call": decision.call_hash},
        )
        if decision.decision == "allow":
            self.run.happened(call.name, read_arguments(call.arguments))
            return ALLOW
        action: Literal["ask", "refuse"] = "ask" if decision.decision == "ask" else "refuse"
        self._find(
            decision.rules,
            f"{call.name}: {decision.reason}",
            {"call": decision.call_hash, "decision": decision.decision},
        )
        return GuardDecision(action=action, rule=", ".join(decision.rules), reason=decision.reason, text=_words(call.name, action, decision.rules),
                             evidence={"approval": decision.call_hash, "certainty": "proved"})  # fmt: skip

    def _decided(self, call: ToolCall, action: str, rules: tuple[str, ...], reason: str) -> GuardDecision:
        self._note("tool", call.name[:80], action, rules, reason, {})
        return GuardDecision(
            action="refuse", rule=", ".join(rules), reason=reason, text=_words(call.name, action, rules)
        )

    # -- the record

    def findings(self) -> tuple[Finding, ...]:
        """What was withheld or refused; never what it said."""
        return tuple(self._findings)

    def _note(
        self, hook: str, subject: str, decision: str, rules: tuple[str, ...], reason: str, evidence: dict[str, Any]
    ) -> None:
        self.record.add(self.now_s, hook, subject, decision, rules, reason, evidence)
        self._find(rules, f"{subject}: {reason}", evidence)

    def _find(self, rules: tuple[str, ...], message: str, evidence: dict[str, Any]) -> None:
        self._findings.append(Finding(
            rule="constraint-enforced", severity=Severity.WARNING, subject=", ".join(rules), message=message,
            where=Where(trace=self.call.call_id), evidence={"certainty": Certainty.PROVED.value, **evidence},
        ))  # fmt: skip


def _words(tool: str, action: str, rules: Sequence[str]) -> str:
    named = (
        tool[:60] if tool.replace("_", "").replace("-", "").replace(".", "").isalnum() and len(tool) <= 64 else "a tool"
    )
    rule = ", ".join(rules)
    if action == "ask":
        return f"The call of {named} needs a person's approval first (rule {rule})."
    return f"The call of {named} was refused (rule {rule})."


def read_history(run: Run, conversation: Conversation) -> None:
    """Messages in order into a run: the user's words, the calls that were made, what tools answered."""
    calls: dict[str, tuple[str, dict[str, Any]]] = {}
    for message in conversation.messages:
        if message.role == "user" and message.text:
            run.user(message.text)
        for call in message.tool_calls:
            try:
                arguments = read_arguments(call.arguments)
            except Unreadable:
                arguments = {}
            calls[call.call_id] = (call.name, arguments)
            run.happened(call.name, arguments)
        for result in message.tool_results:
            name, arguments = calls.get(result.call_id, (result.name or "unknown", {}))
            run.observed(name, result.content, arguments)


class ConstraintsCheck:
    """Registers as a Check: reads recorded calls and says what the rules would have withheld or refused."""

    name = "constraints"

    def __init__(self, policy: Policy) -> None:
        self.engine = Engine(policy)
        self.filter = output_filter(policy)

    def check(self, trace: CallTrace, conversation: Conversation | None) -> Iterable[Finding]:
        """Findings of one trace: forbidden text in its answer, and tool calls the policy refuses."""
        where = Where(trace=trace.trace_id)
        if trace.response_body:
            _, spans, _, _ = filter_text(self.filter, [trace.response_body])
            for s in spans:
                yield Finding(rule="forbidden-output", severity=Severity.ERROR, subject=s.rule, where=where,
                              message=f"the answer holds text that the rule {s.rule!r} forbids",
                              evidence={"certainty": "proved", "span": [s.start, s.end], "view": s.view})  # fmt: skip
        if conversation is None:
            return
        run = Run(self.engine.policy, run_id=trace.call.run_id or "")
        calls: dict[str, str] = {}
        for message in conversation.messages:
            if message.role == "user":
                run.user(message.text)
            for call in message.tool_calls:
                calls[call.call_id] = call.name
                decision = self.engine.decide(run, call.name, call.arguments)
                if decision.decision == "deny":
                    yield Finding(rule="forbidden-call", severity=Severity.ERROR, subject=", ".join(decision.rules), where=where,
                                  message=f"{call.name}: {decision.reason}", evidence={"certainty": "proved", "call": decision.call_hash})  # fmt: skip
                else:
                    try:
                        run.happened(call.name, read_arguments(call.arguments))
                    except Unreadable:
                        pass
            for result in message.tool_results:
                run.observed(calls.get(result.call_id, result.name or "unknown"), result.content)


class ToolGate:
    """The same rules for an MCP proxy: tools listed, calls decided, results read.

    `listed` keeps the tools that are granted and pins each by the hash of its name, description
    and schema; a tool whose hash changed since asks.  `call` decides; `result` reads what came
    back, with forbidden text withheld.
    """

    def __init__(self, guard: ConstraintsGuard, *, run_id: str = "", request: str = "") -> None:
        self.guard = guard
        self.run = Run(guard.engine.policy, run_id=run_id)
        if request:
            self.run.user(request)
        self.pins: dict[str, str] = {}
        self.changed: set[str] = set()
        self.record = Record()

    def listed(self, tools: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The tools a client may see."""
        out = []
        for tool in tools:
            name = str(tool.get("name", ""))
            spec = self.guard.engine.spec(name)
            if spec is None or (self.run.granted is not None and name not in self.run.granted):
                continue
            digest = json.dumps([name, tool.get("description"), tool.get("inputSchema")], sort_keys=True)
            if self.pins.setdefault(name, digest) != digest:
                self.changed.add(name)
            out.append(tool)
        return out

    def call(self, name: str, arguments: Any, now_s: float) -> GuardDecision:
        """May this call go to the server?"""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
        if name in self.changed:
            return GuardDecision(
                action="ask", rule="tool-changed", reason=f"the tool {name!r} changed since it was first listed"
            )
        decision = self.guard.engine.decide(self.run, name, text, now_s=now_s, confirmations=self.guard.confirmations,
                                            revocations=self.guard.revocations)  # fmt: skip
        self.record.add(
            now_s, "tool", name[:80], decision.decision, decision.rules, decision.reason, {"call": decision.call_hash}
        )
        if decision.decision == "allow":
            self.run.happened(name, read_arguments(text))
            return ALLOW
        action: Literal["ask", "refuse"] = "ask" if decision.decision == "ask" else "refuse"
        return GuardDecision(action=action, rule=", ".join(decision.rules), reason=decision.reason, text=_words(name, action, decision.rules),
                             evidence={"approval": decision.call_hash})  # fmt: skip

    def result(self, name: str, text: str) -> str:
        """A tool's result as the model may read it."""
        self.run.observed(name, text)
        out, _, _, _ = filter_text(self.guard.filter, [text])
        return out


__all__ = ["ConstraintsCheck", "ConstraintsGuard", "ConstraintsSession", "ToolGate", "read_history", "toolnames"]
