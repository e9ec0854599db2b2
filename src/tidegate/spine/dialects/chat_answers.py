"""OpenAI chat: whole answers and usage ↔ the one form of an answer."""

from typing import Any

from tidegate.spine.call import Usage
from tidegate.spine.conversation import Message, Reasoning
from tidegate.spine.dialects.answers import Answer, Choice
from tidegate.spine.dialects.chat import read_message, write_message
from tidegate.spine.dialects.fields import Fields, as_object, whole_number
from tidegate.spine.dialects.openai import answer_of, usage_of
from tidegate.spine.errors import InputError


def read_usage(value: Any) -> Usage:
    """Chat's usage object; what is absent stays None."""
    return usage_of(value, "prompt_tokens", "completion_tokens")


def write_usage(usage: Usage) -> dict[str, Any] | None:
    """Chat's usage object, None when nothing was reported; a single missing count is written as 0."""
    if usage == Usage():
        return None
    prompt, completion = usage.tokens_prompt or 0, usage.tokens_completion or 0
    out: dict[str, Any] = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
    if usage.tokens_prompt_cached is not None:
        out["prompt_tokens_details"] = {"cached_tokens": usage.tokens_prompt_cached}
    if usage.tokens_reasoning is not None:
        out["completion_tokens_details"] = {"reasoning_tokens": usage.tokens_reasoning}
    return out


def read_answer(obj: Any) -> Answer:
    """A whole `chat.completion` with all its choices."""
    fields = Fields(obj, "")
    choices = [_read_choice(value, at, i) for i, (value, at) in enumerate(fields.objects("choices"))]
    return answer_of(fields, choices, read_usage(fields.rest.get("usage")), created="created")


def _read_choice(value: dict[str, Any], path: str, place: int) -> Choice:
    message = value.get("message")
    if message is None:
        raise InputError("the field 'message' is missing", where=f"{path}.message")
    index = whole_number(value.get("index"))
    read = read_message({"role": "assistant", **as_object(message, f"{path}.message")}, 0)
    extra = {"logprobs": value["logprobs"]} if value.get("logprobs") is not None else {}
    extra |= read.extra or {}
    return Choice(
        Message("assistant", read.parts),
        value.get("finish_reason"),
        place if index is None else index,
        extra or None,
    )


def write_answer(answer: Answer) -> dict[str, Any]:
    """A `chat.completion`."""
    usage = answer.usage_raw or write_usage(answer.usage)
    return {
        "id": answer.response_id,
        "object": "chat.completion",
        "created": answer.created_s,
        "model": answer.model,
        "choices": [_write_choice(c) for c in answer.choices],
        **({"usage": usage} if usage is not None else {}),
    } | (answer.extra or {})


def _write_choice(choice: Choice) -> dict[str, Any]:
    extra = dict(choice.extra or {})
    logprobs = extra.pop("logprobs", None)
    if (name := extra.pop("reasoning_field", None)) is not None:
        parts = (
            Reasoning(p.text, {"reasoning_field": name}) if isinstance(p, Reasoning) else p
            for p in choice.message.parts
        )
        choice = Choice(Message("assistant", tuple(parts)), choice.finish, choice.index)
    extra.pop("stop_sequence", None)
    message = write_message(choice.message)[0]
    message = {"refusal": None, **message, **extra}
    return {"index": choice.index, "message": message, "logprobs": logprobs, "finish_reason": choice.finish or "stop"}
