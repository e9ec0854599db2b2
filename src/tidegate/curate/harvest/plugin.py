"""Harvest on live traffic: a Check that says which traces failed, and a Curator that makes cases of findings.

The Check reads one trace: its ending, what guards decided, feedback, and the conversation with its
answer.  The Curator takes any finding, its own or another capability's (a constraint that was
violated, a loop that was stopped), and returns the scrubbed, proven case, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tidegate.curate.harvest.capture.harvesting import Harvested, harvest
from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals.detect import detect, findings_of
from tidegate.curate.harvest.signals.implicit import Similar, lexical_similarity
from tidegate.spine.call import Ending
from tidegate.spine.case import Case
from tidegate.spine.contracts import Check, Curator
from tidegate.spine.conversation import Conversation
from tidegate.spine.dialects import chat, recorded
from tidegate.spine.dialects.answers import first_choice
from tidegate.spine.finding import Certainty, Finding, Severity, Where
from tidegate.spine.trace import CallTrace

BROKEN: Mapping[Ending, SignalKind] = {
    Ending.UPSTREAM_BROKEN: SignalKind.ERROR, Ending.UPSTREAM_REFUSED: SignalKind.ERROR,
    Ending.TIMED_OUT: SignalKind.ERROR, Ending.INTERNAL_ERROR: SignalKind.ERROR,
    Ending.UPSTREAM_UNREACHABLE: SignalKind.ERROR, Ending.BLOCKED_GUARD: SignalKind.GUARD_HIT,
    Ending.FINALISED: SignalKind.TOOL_LOOP,
}  # fmt: skip


TOKEN_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")  # how the APIs name a call's own limit
GUARDS_OWN = frozenset({"harvest-tool-loop", "harvest-guard-hit"})


def record_of(trace: CallTrace, conversation: Conversation | None = None) -> dict[str, Any] | None:
    """A trace as a record: the request's messages and the answer; None where bodies are not kept."""
    body = _json(trace.request_body)
    messages: list[Any] = []
    record: dict[str, Any] = {}
    if conversation is not None:
        messages = list(chat.write_messages(conversation.messages))
        record = {"model": conversation.model, "parameters": conversation.parameters}
        if isinstance(body, Mapping) and isinstance(body.get("tools"), list) and trace.call.dialect == "chat":
            record["tools"] = body["tools"]
    elif isinstance(body, Mapping) and isinstance(body.get("messages"), list):
        messages = list(body["messages"])
        if isinstance(body.get("system"), str):
            messages.insert(0, {"role": "system", "content": body["system"]})
        wanted = ("model", "tools", "response_format", "temperature", "top_p", "max_tokens", "tool_choice")
        record = {k: body[k] for k in wanted if k in body}
    elif (said := recorded.asked(trace)) is not None:
        messages = list(chat.write_messages(said.messages))
        record = {"model": said.model, "parameters": said.parameters}
    told = [e.data["message"] for e in trace.events if e.name == "message" and isinstance(e.data.get("message"), dict)]
    if not messages and told:
        messages = told
    answer = answer_message(trace)
    if answer is not None:
        limit = next((body[k] for k in TOKEN_LIMITS if k in body), None) if isinstance(body, Mapping) else None
        messages.append({**answer, "max_tokens": limit} if isinstance(limit, int) else answer)
    if not messages:
        return None
    feedback = [e.data for e in trace.events if e.name == "feedback"]
    prompt = trace.call.prompt_version
    return {**record, "messages": messages, "feedback": feedback, **({"prompt_version": prompt} if prompt else {})}


def answer_message(trace: CallTrace) -> dict[str, Any] | None:
    """The assistant's message of the first choice, whole or streamed, as OpenAI chat writes it."""
    answer = recorded.answered(trace)
    if answer is None or not answer.choices:
        return None
    message, finish, _usage = first_choice(answer)
    return {**chat.write_messages([message])[-1], "finish_reason": finish}


def _json(text: str | None) -> Any:
    if not text:
        return None
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None


def hard_signals(trace: CallTrace, at: int | None) -> list[Signal]:
    """What the trace itself says: how it ended, and what guards decided."""
    out: list[Signal] = []
    kind = BROKEN.get(trace.ending)
    if kind is not None:
        detail = f" ({trace.error_code})" if trace.error_code else ""
        out.append(
            Signal(kind=kind, failing_turn=at, seen_at=at, reason=f"the call ended as {trace.ending.value}{detail}")
        )
    for event in trace.events:
        decision = event.data.get("decision") or event.data.get("action")
        if event.name == "guard" and decision in ("refuse", "block", "deny", "finalise"):
            rule, guard = str(event.data.get("rule") or ""), str(event.data.get("guard") or "")
            loop = "loop" in guard or "loop" in rule
            out.append(Signal(kind=SignalKind.TOOL_LOOP if loop else SignalKind.GUARD_HIT, failing_turn=at, seen_at=at,
                              reason=str(event.data.get("reason") or f"{guard} decided {decision}"),
                              evidence={"rule": rule, "guard": guard, **_call_of(event.data)}))  # fmt: skip
    return out


def _call_of(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: data[k] for k in ("tool", "arguments") if k in data}


class HarvestCheck:
    """Registers as a Check: which traces failed, and how one knows."""

    name = "harvest"

    def __init__(self, similar: Similar = lexical_similarity) -> None:
        self.similar = similar

    def check(self, trace: CallTrace, conversation: Conversation | None) -> Iterable[Finding]:
        """Findings of one trace; without bodies only its ending and its guards can speak.

        What a guard has found and reported itself is not said twice.
        """
        record = record_of(trace, conversation)
        at = len(record["messages"]) - 1 if record else None
        hard = hard_signals(trace, at)
        subject = trace.call.identity.tenant or trace.trace_id
        found = [
            Finding(
                rule=f"harvest-{s.kind.value.replace('_', '-')}", severity=Severity.WARNING, subject=subject,
                message=s.reason, where=Where(trace=trace.trace_id, message=s.failing_turn),
                evidence={"certainty": Certainty.PROVED.value, "source": s.source.value, **s.evidence},
                suggestion="`tidegate harvest collect` makes it a case",
            )
            for s in hard
        ]  # fmt: skip
        if record is not None:
            product = str(trace.attributes.get("product", ""))
            detection = detect(record["messages"], product=product, feedback=record["feedback"], similar=self.similar)
            found += findings_of(detection, subject, trace.trace_id)
        if any(e.name == "guard" and e.data.get("findings") for e in trace.events):
            found = [f for f in found if f.rule not in GUARDS_OWN]
        return found


class HarvestCurator:
    """Registers as a Curator: the case of a finding, scrubbed and proven, or none."""

    name = "harvest"

    def __init__(self, similar: Similar = lexical_similarity) -> None:
        self.similar = similar

    def curate(self, finding: Finding, trace: CallTrace) -> Iterable[Case]:
        """At most one case: the trace's failure, seen through this finding."""
        harvested = self.harvest(trace, finding)
        return (harvested.case,) if harvested is not None and harvested.case is not None else ()

    def harvest(self, trace: CallTrace, finding: Finding | None = None, seen: str | None = None) -> Harvested | None:
        """What becomes of a trace; None where its bodies are not kept."""
        record = record_of(trace)
        if record is None:
            return None
        at = len(record["messages"]) - 1
        extra = hard_signals(trace, at)
        if finding is not None and not finding.rule.startswith("harvest-"):
            said = {"rule": finding.rule, **_call_of(finding.evidence), "mode": finding.rule}
            kind = SignalKind.GUARD_HIT if "tool" in said else SignalKind.FINDING
            turn = finding.where.message if finding.where.message is not None else at
            extra.append(Signal(kind=kind, failing_turn=turn, seen_at=turn, reason=finding.message, evidence=said))
        return harvest(record, trace_id=trace.trace_id, tenant=trace.call.identity.tenant, seen=seen,
                       similar=self.similar, extra=extra)  # fmt: skip


def _contracts() -> tuple[Check, Curator]:
    """The type checker's proof that both keep their contracts."""
    return HarvestCheck(), HarvestCurator()
