"""Traces of calls → agent runs and what they took.

A run is what one `x-tidegate-run-id` header names.  Calls without one are told apart by tenant and by
the beginning of their history, where its body was kept; what then cannot be told apart is left out,
never added to another run.  The kind of task is the call's `task_type` attribute, else its tenant.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from tidegate.admit.toolguard.fleet import RunCost
from tidegate.spine.call import Ending
from tidegate.spine.trace import CallTrace

Number = TypeVar("Number", int, float)
HEAD = 3  # messages that tell one run's history from another's


class _Run(msgspec.Struct):
    """A run while its calls are added up."""

    task_type: str
    steps: int = 0
    tokens: int | None = None
    money: float | None = None
    decision: str = "continue"
    reason: str = ""
    after: int = 0  # calls made after the guard's first word to stop
    tokens_after: int | None = None
    money_after: float | None = None


def runs_of_traces(traces: Iterable[CallTrace]) -> list[RunCost]:
    """The runs in the order of their first call."""
    runs: dict[str, _Run] = {}
    for trace in traces:
        key = run_key(trace)
        if key is None:
            continue
        run = runs.get(key)
        if run is None:
            kind = str(trace.attributes.get("task_type") or trace.call.identity.tenant)
            run = runs[key] = _Run(task_type=kind)
        _add(run, trace)
    return [
        RunCost(run_id=key, task_type=r.task_type, steps=r.steps, tokens=r.tokens, money_usd=r.money,
                decision=r.decision, reason=r.reason, steps_saved=r.after, tokens_saved=r.tokens_after,
                money_saved_usd=r.money_after)
        for key, r in runs.items()
    ]  # fmt: skip


def _add(run: _Run, trace: CallTrace) -> None:
    stopped = run.decision == "stop"
    tokens, money = trace.usage.tokens_prompt, trace.cost_usd
    run.steps += 1
    run.tokens, run.money = _plus(run.tokens, tokens), _plus(run.money, money)
    if stopped:  # the guard only watches, or the agent went on all the same
        run.after += 1
        run.tokens_after, run.money_after = _plus(run.tokens_after, tokens), _plus(run.money_after, money)
        return
    decision, reason = word_of(trace)
    if decision != "continue":
        run.decision, run.reason = decision, reason


def word_of(trace: CallTrace) -> tuple[str, str]:
    """The tool-loop guard's word on a call: (decision, reason)."""
    word, reason = "continue", ""
    for event in trace.events:
        data = event.data
        if event.name != "guard" or data.get("guard") != "tool-loop":
            continue
        told = (data.get("evidence") or {}).get("decision")
        if told:
            word, reason = str(told), str(data.get("reason", ""))
        for finding in data.get("findings") or ():
            if finding.get("severity") == "error" and word != "stop":
                word, reason = "stop", str(finding.get("message", ""))
    if trace.ending is Ending.FINALISED:
        word = "stop"
    return word, reason


def run_key(trace: CallTrace) -> str | None:
    """A name for the run that a call belongs to; None for a call that is no part of one."""
    call = trace.call
    if call.run_id:
        return call.run_id
    if not trace.request_body or call.dialect not in ("chat", "responses", "messages"):
        return None
    try:
        body: Any = msgspec.json.decode(trace.request_body)
    except msgspec.DecodeError:
        return None
    if not isinstance(body, dict) or not (body.get("tools") or body.get("functions")):
        return None  # a chat, not an agent
    said = body.get("messages", body.get("input"))
    if not isinstance(said, list):
        return None
    until = next((i for i, m in enumerate(said) if (isinstance(m, dict) and m.get("role") == "assistant")
                  or (isinstance(m, dict) and m.get("type") == "function_call")), len(said))  # fmt: skip
    head = msgspec.json.encode(said[: min(until, HEAD)], order="sorted")
    return "h-" + hashlib.sha256(call.identity.tenant.encode() + b"\0" + head).hexdigest()[:16]


def _plus(a: Number | None, b: Number | None) -> Number | None:
    """A sum over what is told; None while nothing is."""
    return a if b is None else b if a is None else a + b
