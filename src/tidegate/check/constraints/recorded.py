# ruff: noqa: E501 (patterns and tables read better whole)
"""The constraints over recorded calls: what the rules would have withheld or refused."""

from __future__ import annotations

from collections.abc import Iterable

from tidegate.check.constraints.calls.arguments import Unreadable, read_arguments
from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.load import output_filter
from tidegate.check.constraints.model import Policy
from tidegate.check.constraints.streaming.stream import filter_text
from tidegate.spine.conversation import Conversation
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.trace import CallTrace


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
