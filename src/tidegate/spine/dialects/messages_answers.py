"""Anthropic messages: whole answers and usage ↔ the one form of an answer."""

from typing import Any

from tidegate.spine.call import Usage
from tidegate.spine.conversation import Extra, Message, Refusal
from tidegate.spine.dialects.answers import Answer, Choice
from tidegate.spine.dialects.fields import Fields, merged, whole_number
from tidegate.spine.dialects.messages import read_content, write_part

FINISH_OF_STOP = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
STOP_OF_FINISH = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}


def read_usage(value: Any) -> Usage:
    """The usage object; prompt tokens include those read from and written to the cache."""
    if not isinstance(value, dict):
        return Usage()
    counts = [
        whole_number(value.get(n)) for n in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    ]
    details = value.get("output_tokens_details")
    return Usage(
        tokens_prompt=sum(c or 0 for c in counts) if counts[0] is not None else None,
        tokens_completion=whole_number(value.get("output_tokens")),
        tokens_prompt_cached=counts[2],
        tokens_reasoning=whole_number(details.get("thinking_tokens")) if isinstance(details, dict) else None,
    )


def write_usage(usage: Usage) -> dict[str, Any]:
    """The usage object; this form requires both counts, so that what nobody reported is 0."""
    cached = usage.tokens_prompt_cached or 0
    out = {
        "input_tokens": max((usage.tokens_prompt or 0) - cached, 0),
        "output_tokens": usage.tokens_completion or 0,
    }
    if usage.tokens_prompt_cached is not None:
        out["cache_read_input_tokens"] = cached
    return out


def read_answer(obj: Any) -> Answer:
    """A whole `message`."""
    fields = Fields(obj, "")
    parts = read_content(fields.take("content") or [], "content")
    stop, sequence, raw = fields.take("stop_reason"), fields.take("stop_sequence"), fields.take("usage")
    for name in ("type", "role"):
        fields.take(name)
    extra = merged(
        {"stop_sequence": sequence} if sequence is not None else None,
        {"stop_details": d} if (d := fields.take("stop_details")) is not None else None,
    )
    return Answer(
        response_id=fields.text_or("id", ""),
        model=fields.text_or("model", ""),
        choices=(Choice(Message("assistant", tuple(parts)), FINISH_OF_STOP.get(stop, stop), 0, extra),),
        usage=read_usage(raw),
        usage_raw=raw if isinstance(raw, dict) else None,
        extra=fields.extra(),
    )


def stop_fields(finish: str | None, refused: str | None, extra: Extra | None) -> dict[str, Any]:
    """`stop_reason`, `stop_sequence` and `stop_details` for a finish reason; `refused` is a refusal's text."""
    extra = extra or {}
    sequence = extra.get("stop_sequence")
    stop = STOP_OF_FINISH.get(finish or "stop", finish or "end_turn")
    if stop == "end_turn" and sequence is not None:
        stop = "stop_sequence"
    if refused is not None and stop in ("end_turn", "refusal"):
        stop = "refusal"
    out: dict[str, Any] = {"stop_reason": stop, "stop_sequence": sequence}
    if extra.get("stop_details") is not None:
        out["stop_details"] = extra["stop_details"]
    elif stop == "refusal":
        out["stop_details"] = {"type": "refusal", "category": None, "explanation": refused}
    return out


def write_answer(answer: Answer) -> dict[str, Any]:
    """A `message`; this form has one choice."""
    choice = answer.choices[0] if answer.choices else Choice(Message("assistant", ()))
    refusals = [p.text for p in choice.message.parts if isinstance(p, Refusal)]
    return {
        "id": answer.response_id,
        "type": "message",
        "role": "assistant",
        "model": answer.model,
        "content": [write_part(p) for p in choice.message.parts],
        **stop_fields(choice.finish, "".join(refusals) if refusals else None, choice.extra),
        "usage": answer.usage_raw or write_usage(answer.usage),
    } | (answer.extra or {})
