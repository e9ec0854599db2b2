"""OpenAI responses: whole answers and usage ↔ the one form of an answer."""

from typing import Any

from tidegate.spine.call import Usage
from tidegate.spine.conversation import Conversation, Extra, Message, Part, ToolCall
from tidegate.spine.dialects.answers import Answer, Choice, Failure
from tidegate.spine.dialects.fields import Fields
from tidegate.spine.dialects.openai import answer_of, usage_of
from tidegate.spine.dialects.responses import write_parameters, write_tools
from tidegate.spine.dialects.responses_items import items_of_message, read_item


def read_usage(value: Any) -> Usage:
    """The usage object; what is absent stays None."""
    return usage_of(value, "input_tokens", "output_tokens")


def write_usage(usage: Usage) -> dict[str, Any] | None:
    """The usage object, None when nothing was reported; single missing counts are 0 (the form requires them)."""
    if usage == Usage():
        return None
    prompt, completion = usage.tokens_prompt or 0, usage.tokens_completion or 0
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": usage.tokens_prompt_cached or 0, "cache_write_tokens": 0},
        "output_tokens": completion,
        "output_tokens_details": {"reasoning_tokens": usage.tokens_reasoning or 0},
        "total_tokens": prompt + completion,
    }


def read_answer(obj: Any) -> Answer:
    """A whole `response`: all output items are one choice."""
    fields = Fields(obj, "")
    parts: list[Part] = []
    for value, at in fields.objects("output"):
        parts += read_item(value, at)[1]
    status, details, error = fields.take("status"), fields.take("incomplete_details"), fields.take("error")
    calls = any(isinstance(p, ToolCall) for p in parts)
    return answer_of(
        fields,
        [Choice(Message("assistant", tuple(parts)), finish_of(status, details, calls))],
        read_usage(fields.rest.get("usage")),
        created="created_at",
        failure=failure_of(error) if status == "failed" else None,
    )


def finish_of(status: Any, details: Any, calls: bool) -> str | None:
    """The common finish reason of a response's status; None while it is not finished, or failed."""
    if status == "incomplete":
        reason = details.get("reason") if isinstance(details, dict) else None
        return "content_filter" if reason == "content_filter" else "length"
    if status == "completed":
        return "tool_calls" if calls else "stop"
    return None


def failure_of(error: Any) -> Failure:
    """A failed response's error."""
    if not isinstance(error, dict):
        return Failure("the response failed without a reason")
    return Failure(str(error.get("message") or "the response failed"), str(error.get("code") or "server_error"))


def status_fields(finish: str | None, failure: Failure | None) -> dict[str, Any]:
    """`status`, `error` and `incomplete_details` for a finish reason."""
    if failure is not None:
        error = {"code": failure.code, "message": failure.message}
        return {"status": "failed", "error": error, "incomplete_details": None}
    reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(finish or "stop")
    if reason is not None:
        return {"status": "incomplete", "error": None, "incomplete_details": {"reason": reason}}
    return {"status": "completed", "error": None, "incomplete_details": None}


def echo_of(conversation: Conversation) -> Extra:
    """What a response repeats of its request, every field this form requires among them."""
    body = write_parameters(conversation.parameters, conversation.extra)
    head = conversation.messages[0] if conversation.messages else None
    return {
        "instructions": head.text if head is not None and head.index == -1 else None,
        "max_output_tokens": body.get("max_output_tokens"),
        "metadata": body.get("metadata") or {},
        "parallel_tool_calls": body.get("parallel_tool_calls", True),
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None, **body.get("reasoning", {})},
        "store": False,
        "temperature": body.get("temperature"),
        "text": {"format": {"type": "text"}, **body.get("text", {})},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": write_tools(conversation.tools),
        "top_p": body.get("top_p"),
        "truncation": "disabled",
        "user": body.get("user"),
    }


REQUIRED = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": ()}


def response_object(answer: Answer, output: list[dict[str, Any]], state: dict[str, Any]) -> dict[str, Any]:
    """The `response` object around its output items, in whatever state it is."""
    return {
        "id": answer.response_id,
        "object": "response",
        "created_at": answer.created_s,
        "model": answer.model,
        **REQUIRED,
        **(answer.extra or {}),
        **state,
        "output": output,
        "usage": answer.usage_raw or write_usage(answer.usage),
    }


def write_answer(answer: Answer) -> dict[str, Any]:
    """A `response`; this form has one choice."""
    choice = answer.choices[0] if answer.choices else Choice(Message("assistant", ()))
    state = status_fields(choice.finish, answer.failure)
    return response_object(answer, output_items(choice.message, answer.response_id, state["status"]), state)


def output_items(message: Message, response_id: str, status: str = "completed") -> list[dict[str, Any]]:
    """The output items of an answer, with the ids and states that this form requires."""
    out = []
    for place, item in enumerate(items_of_message(message)):
        kind = item.get("type", "message")
        frame = {"id": item_id(kind, response_id, place), "type": kind}
        if kind in ("message", "function_call"):
            frame["status"] = "incomplete" if status == "failed" else status
        item = {**frame, **item}
        if kind == "message":
            item["content"] = _output_content(item["content"])
        out.append(item)
    return out


def item_id(kind: str, response_id: str, place: int) -> str:
    """An item's id: unique within the answer, and told by its kind."""
    prefix = {"message": "msg", "function_call": "fc", "reasoning": "rs"}.get(kind, "item")
    return f"{prefix}_{response_id.removeprefix('resp_')}_{place}"


def _output_content(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        content = [{"type": "output_text", "text": content}]
    return [{"annotations": [], **p} if p.get("type") == "output_text" else p for p in content]
