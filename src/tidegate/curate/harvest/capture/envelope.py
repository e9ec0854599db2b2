"""The envelope of a failure: all that its run needs, ended where the failing answer would begin, parts known by hash.

What is broken on the way is mended and said: a trace cut short, a result without its call, a call
without its result, a tool output that nobody can read whole.  Nothing here is scrubbed yet;
`harvesting` does that before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tidegate.curate.harvest.model import Envelope
from tidegate.curate.harvest.signals.dialogue import read_turns
from tidegate.spine.codec import content_hash

RESULT_MAX = 16_000  # characters kept of one tool result: its head and its tail
MESSAGES_MAX = 400


def envelope_of(
    record: Mapping[str, Any], failing_turn: int, *, trace_id: str = "", whole_run: bool = False
) -> Envelope:
    """The envelope of a record (`messages`, and where known `tools`, `model`, `parameters`, `documents` …).

    `failing_turn` is the message that failed.  With `whole_run` the run starts anew: messages end before the
    assistant's first, and the output is everything after.
    """
    messages = [dict(m) for m in record.get("messages") or () if isinstance(m, Mapping) and m.get("role")]
    all_messages = list(record.get("messages") or ())
    kept_before = [m for m in all_messages[:failing_turn] if isinstance(m, Mapping) and m.get("role")]
    start = len(kept_before)
    if whole_run:
        start = next((i for i, m in enumerate(messages) if m.get("role") == "assistant"), start)
    cut: list[str] = []
    before = mend([_short(m, cut) for m in messages[:start]], cut)
    output = messages[start] if start < len(messages) else {}
    if not output and not whole_run:
        cut.append("the trace ends before the failing answer")
    parts: dict[str, Any] = {
        "messages": before, "tools": list(record.get("tools") or ()), "parameters": _parameters(record),
        "documents": [str(d) for d in record.get("documents") or ()], "output": output,
    }  # fmt: skip
    hashes = {name: content_hash(_plain(part)) for name, part in parts.items() if part}
    model = record.get("model")
    version = record.get("prompt_version")
    correction = record.get("correction")
    return Envelope(
        trace_id=trace_id, model=model if isinstance(model, str) else "", messages=tuple(before),
        tools=tuple(dict(t) for t in parts["tools"] if isinstance(t, Mapping)), parameters=parts["parameters"],
        documents=tuple(parts["documents"]), output=dict(output),
        correction=correction if isinstance(correction, str) else None,
        prompt_version=version if isinstance(version, str) else None, hashes=hashes, cut=tuple(cut),
    )  # fmt: skip


def _parameters(record: Mapping[str, Any]) -> dict[str, Any]:
    given = record.get("parameters")
    out = dict(given) if isinstance(given, Mapping) else {}
    for name in ("temperature", "top_p", "max_tokens", "response_format", "tool_choice", "seed", "stop"):
        if name in record and name not in out:
            out[name] = record[name]
    return out


def _plain(value: Any) -> Any:
    """JSON-able, whatever a client sent (NaN has no JSON form)."""
    try:
        content_hash(value)
        return value
    except (ValueError, TypeError):
        return repr(value)


def _short(message: dict[str, Any], cut: list[str]) -> dict[str, Any]:
    content = message.get("content")
    if isinstance(content, str) and len(content) > RESULT_MAX and message.get("role") in ("tool", "function"):
        half = RESULT_MAX // 2
        left_out = len(content) - 2 * half
        digest = content_hash(content.encode("utf-8", "replace"))[:23]
        cut.append(f"a tool result of {len(content)} characters was shortened to {RESULT_MAX} ({digest}…)")
        middle = f"\n[… {left_out} characters left out …]\n"
        return {**message, "content": content[:half] + middle + content[-half:]}
    return message


def mend(messages: Sequence[dict[str, Any]], cut: list[str]) -> list[dict[str, Any]]:
    """Messages whose tool calls and results pair up: a result without its call goes, an unanswered call too."""
    if len(messages) > MESSAGES_MAX:
        cut.append(f"{len(messages) - MESSAGES_MAX} messages from the middle were left out")
        messages = [*messages[:40], *messages[-(MESSAGES_MAX - 40) :]]
    answered: set[str] = set()
    waiting: dict[str, list[tuple[int, int]]] = {}  # call id → (message, place) of calls without a result yet
    out: list[dict[str, Any]] = []
    for m in messages:
        if m.get("role") == "tool":
            call_id = str(m.get("tool_call_id") or "")
            if call_id and not waiting.get(call_id):
                why = "answered twice" if call_id in answered else "of a call that is not there"
                cut.append(f"a tool result {why} was taken out")
                continue
            if call_id:
                waiting[call_id].pop()
                answered.add(call_id)
        for place, call in enumerate(_calls(m)):
            if call_id := str(call.get("id") or ""):
                waiting.setdefault(call_id, []).append((len(out), place))
        out.append(m)
    gone = {at for places in waiting.values() for at in places}
    if not gone:
        return out
    cut.append(f"{len(gone)} tool calls without a result were taken out")
    return [x for i, m in enumerate(out) if (x := _without_calls(m, {p for r, p in gone if r == i})) is not None]


def _calls(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    calls = message.get("tool_calls")
    return [c for c in calls if isinstance(c, Mapping)] if isinstance(calls, list) else []


def _without_calls(message: dict[str, Any], gone: set[int]) -> dict[str, Any] | None:
    if not gone:
        return message
    left = [c for place, c in enumerate(_calls(message)) if place not in gone]
    if not left and not message.get("content"):
        return None
    rest = {k: v for k, v in message.items() if k != "tool_calls"}
    return {**rest, "tool_calls": left} if left else rest


def context_words(envelope: Envelope) -> str:
    """All text of an envelope, for grouping."""
    return "\n".join(t.text for t in read_turns(list(envelope.messages)) if t.role in ("user", "assistant"))


def input_of(envelope: Envelope) -> dict[str, Any]:
    """The case's input: what a run is asked."""
    out: dict[str, Any] = {"messages": [dict(m) for m in envelope.messages]}
    for name in ("tools", "documents"):
        if value := getattr(envelope, name):
            out[name] = list(value)
    if envelope.model:
        out["model"] = envelope.model
    if envelope.parameters:
        out["parameters"] = msgspec.to_builtins(envelope.parameters)
    return out
