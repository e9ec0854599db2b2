"""Anthropic messages ↔ the one message form.

A user turn that carries tool results is read as tool messages followed by the user's own words,
all with the turn's index, and written as one turn again.  `system` is a message with index -1.
"""

from collections.abc import Sequence
from typing import Any, cast

from tidegate.spine.call import Usage
from tidegate.spine.conversation import (
    Conversation,
    Extra,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from tidegate.spine.dialects.answers import Answer, Choice, first_choice
from tidegate.spine.dialects.fields import (
    Fields,
    arguments_object,
    as_list,
    as_object,
    as_text,
    expected,
    json_text,
    merged,
    whole_number,
)
from tidegate.spine.errors import InputError

ROLES = ("assistant", "system", "user")
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
_CHOICE_TYPES = {"auto": "auto", "any": "required", "none": "none"}


# --- messages ------------------------------------------------------------------------------------


def read_messages(messages: Any) -> tuple[Message, ...]:
    """Anthropic messages in the one form; raises InputError naming the path of what is malformed."""
    return tuple(part for i, m in enumerate(as_list(messages, "messages")) for part in _read_message(m, i))


def _read_message(value: Any, index: int) -> list[Message]:
    fields = Fields(value, f"messages[{index}]")
    role = fields.text("role")
    if role not in ROLES:
        raise InputError(f"the role {role!r} is not one of {', '.join(ROLES)}", where=fields.at("role"))
    if "content" not in fields.rest:
        raise InputError("the field 'content' is missing", where=fields.at("content"))
    parts = _read_content(fields.rest.pop("content"), fields.at("content"))
    runs: list[tuple[Role, list[Part]]] = []
    for part in parts:
        run_role = cast(Role, "tool" if isinstance(part, ToolResult) else role)
        if not runs or runs[-1][0] != run_role:
            runs.append((run_role, []))
        runs[-1][1].append(part)
    if not runs:
        runs.append((cast(Role, role), []))
    extra = fields.extra()
    return [Message(r, tuple(ps), index, extra if n == 0 else None) for n, (r, ps) in enumerate(runs)]


def _read_content(content: Any, path: str) -> list[Part]:
    if isinstance(content, str):
        return [Text(content)]
    return [_read_block(block, f"{path}[{i}]") for i, block in enumerate(as_list(content, path))]


def _read_block(value: Any, path: str) -> Part:
    fields = Fields(value, path)
    kind = fields.text("type")
    if kind == "text":
        return Text(fields.text("text"), fields.extra())
    if kind == "thinking":
        return Reasoning(fields.text("thinking"), fields.extra())
    if kind == "tool_use":
        call_id, name = fields.text("id"), fields.text("name")
        arguments = as_object(fields.rest.pop("input", {}), fields.at("input"))
        return ToolCall(call_id, name, json_text(arguments), fields.extra())
    if kind == "tool_result":
        return _read_result(fields)
    return Opaque(kind, value)


def _read_result(fields: Fields) -> ToolResult:
    call_id, content = fields.text("tool_use_id"), fields.take("content")
    is_error = fields.take("is_error")
    if is_error is not None and not isinstance(is_error, bool):
        raise expected("true or false", is_error, fields.at("is_error"))
    if content is None or isinstance(content, str):
        return ToolResult(call_id, content or "", is_error, None, fields.extra())
    blocks = _read_content(content, fields.at("content"))
    text = "\n".join(block.text for block in blocks if isinstance(block, Text))
    return ToolResult(call_id, text, is_error, None, {**fields.rest, "content": content})


def write_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Anthropic messages again; neighbours read from one turn become one turn."""
    out: list[dict[str, Any]] = []
    before: Message | None = None
    for message in messages:
        role = "user" if message.role == "tool" else "system" if message.role == "developer" else message.role
        blocks = [_write_part(p) for p in message.parts]
        one_turn = before is not None and before.index == message.index and "tool" in (before.role, message.role)
        if one_turn and out[-1]["role"] == role:
            out[-1]["content"] = [*_blocks(out[-1]["content"]), *blocks]
        else:
            out.append({"role": role, "content": _shortest(message.parts, blocks), **(message.extra or {})})
        before = message
    return out


def _blocks(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _shortest(parts: Sequence[Part], blocks: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    if len(parts) == 1 and isinstance(parts[0], Text) and not parts[0].extra:
        return parts[0].text
    return blocks


def _write_part(part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text, **(part.extra or {})}
    if isinstance(part, Refusal):  # a refusal is said in plain text here; `stop_reason` types it
        return {"type": "text", "text": part.text}
    if isinstance(part, Reasoning):
        return {"type": "thinking", "thinking": part.text, **({"signature": ""} | (part.extra or {}))}
    if isinstance(part, ToolCall):
        arguments = arguments_object(part.arguments)
        if arguments is None:  # not an object: this form has no other place for it
            arguments = {"arguments": part.arguments}
        return {"type": "tool_use", "id": part.call_id, "name": part.name, "input": arguments, **(part.extra or {})}
    if isinstance(part, ToolResult):
        out: dict[str, Any] = {"type": "tool_result", "tool_use_id": part.call_id, "content": part.content}
        if part.is_error is not None:
            out["is_error"] = part.is_error
        return out | (part.extra or {})
    return cast(dict[str, Any], part.data)


# --- tools ---------------------------------------------------------------------------------------


def read_tools(tools: Any) -> tuple[Tool, ...]:
    """The `tools` of a request; what the provider runs itself is kept whole."""
    return tuple(_read_tool(tool, f"tools[{i}]") for i, tool in enumerate(as_list(tools, "tools")))


def _read_tool(value: Any, path: str) -> Tool:
    fields = Fields(value, path)
    kind = fields.text_or("type", "custom")
    if kind != "custom":
        name = value.get("name")
        return Tool(name=name if isinstance(name, str) else kind, hosted=value)
    name, description = fields.text("name"), fields.text_or("description", "")
    schema, strict = fields.take("input_schema"), fields.take("strict")
    if strict is not None and not isinstance(strict, bool):
        raise expected("true or false", strict, fields.at("strict"))
    return Tool(
        name=name,
        description=description,
        parameters={} if schema is None else as_object(schema, fields.at("input_schema")),
        strict=strict,
        extra=fields.extra(),
    )


def write_tools(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """The `tools` of a request again."""
    return [_write_tool(tool) for tool in tools]


def _write_tool(tool: Tool) -> dict[str, Any]:
    if tool.hosted is not None:
        return tool.hosted
    out: dict[str, Any] = {"name": tool.name}
    if tool.description:
        out["description"] = tool.description
    out["input_schema"] = tool.parameters or {"type": "object", "properties": {}}
    if tool.strict is not None:
        out["strict"] = tool.strict
    return out | (tool.extra or {})


# --- requests ------------------------------------------------------------------------------------


def read_request(obj: Any) -> Conversation:
    """A body of `/v1/messages`."""
    fields = Fields(obj, "")
    model = fields.text("model")
    if "messages" not in fields.rest:
        raise InputError("the field 'messages' is missing", where="messages")
    messages = read_messages(fields.rest.pop("messages"))
    if (system := fields.take("system")) is not None:
        messages = (Message("system", tuple(_read_content(system, "system")), -1), *messages)
    tools = fields.take("tools")
    parameters = _read_parameters(fields)
    return Conversation(
        model=model,
        messages=messages,
        tools=() if tools is None else read_tools(tools),
        parameters=parameters,
        extra=fields.rest,
    )


def _read_parameters(fields: Fields) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, common in (
        ("max_tokens", "max_tokens"),
        ("temperature", "temperature"),
        ("top_p", "top_p"),
        ("stop_sequences", "stop"),
        ("stream", "stream"),
    ):
        if (value := fields.take(name)) is not None:
            out[common] = value
    if (metadata := fields.take("metadata")) is not None:
        rest = Fields(metadata, "metadata")
        if (user := rest.take("user_id")) is not None:
            out["user"] = as_text(user, "metadata.user_id")
        if rest.extra():
            fields.rest["metadata"] = rest.rest
    if (choice := fields.take("tool_choice")) is not None:
        _read_tool_choice(as_object(choice, "tool_choice"), out, fields)
    if (config := fields.take("output_config")) is not None:
        _read_output_config(Fields(config, "output_config"), out, fields)
    return out


def _read_tool_choice(choice: dict[str, Any], out: dict[str, Any], fields: Fields) -> None:
    kind = choice.get("type")
    if kind == "tool" and isinstance(choice.get("name"), str):
        out["tool_choice"] = {"type": "function", "function": {"name": choice["name"]}}
    elif isinstance(kind, str) and kind in _CHOICE_TYPES:
        out["tool_choice"] = _CHOICE_TYPES[kind]
    else:
        fields.rest["tool_choice"] = choice
        return
    if isinstance(disabled := choice.get("disable_parallel_tool_use"), bool):
        out["parallel_tool_calls"] = not disabled


def _read_output_config(config: Fields, out: dict[str, Any], fields: Fields) -> None:
    if (effort := config.take("effort")) is not None:
        out["reasoning_effort"] = effort
    form = config.rest.get("format")
    if isinstance(form, dict) and form.get("type") == "json_schema" and isinstance(form.get("schema"), dict):
        schema = {"name": "answer", "schema": form["schema"], "strict": True}
        out["response_format"] = {"type": "json_schema", "json_schema": schema}
        config.take("format")
    if config.extra():
        fields.rest["output_config"] = config.rest


def write_request(conversation: Conversation) -> dict[str, Any]:
    """The body again.  Instructions before the first turn become `system`."""
    head = 0
    while head < len(conversation.messages) and conversation.messages[head].role in ("system", "developer"):
        head += 1
    out: dict[str, Any] = {"model": conversation.model}
    if head:
        parts = [p for m in conversation.messages[:head] for p in m.parts]
        out["system"] = _shortest(parts, [_write_part(p) for p in parts])
    out["messages"] = write_messages(conversation.messages[head:])
    if conversation.tools:
        out["tools"] = write_tools(conversation.tools)
    return out | _write_parameters(conversation.parameters, conversation.extra)


def _write_parameters(parameters: dict[str, Any], extra: Extra) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in ("max_tokens", "temperature", "top_p", "stream"):
        if name in parameters:
            out[name] = parameters[name]
    if "max_completion_tokens" in parameters:
        out.setdefault("max_tokens", parameters["max_completion_tokens"])
    if (stop := parameters.get("stop")) is not None:
        out["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    if (choice := write_tool_choice(parameters)) is not None:
        out["tool_choice"] = choice
    config: dict[str, Any] = dict(extra.get("output_config") or {})
    if "reasoning_effort" in parameters:
        config["effort"] = parameters["reasoning_effort"]
    form = parameters.get("response_format")
    if isinstance(form, dict) and form.get("type") == "json_schema":
        config["format"] = {"type": "json_schema", "schema": (form.get("json_schema") or {}).get("schema") or {}}
    if config:
        out["output_config"] = config
    metadata = dict(extra.get("metadata") or {})
    if "user" in parameters:
        metadata["user_id"] = parameters["user"]
    if metadata:
        out["metadata"] = metadata
    return out | {k: v for k, v in extra.items() if k not in ("output_config", "metadata")}


def write_tool_choice(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """`tool_choice` of the common parameters in this dialect's form, None when there is none to write."""
    choice, parallel = parameters.get("tool_choice"), parameters.get("parallel_tool_calls")
    if choice is None and parallel is None:
        return None
    out: dict[str, Any]
    if isinstance(choice, dict):
        out = {"type": "tool", "name": (choice.get("function") or {}).get("name", "")}
    else:
        out = {"type": {"required": "any", "none": "none"}.get(choice or "auto", "auto")}
    if isinstance(parallel, bool) and out["type"] != "none":
        out["disable_parallel_tool_use"] = not parallel
    return out


# --- answers -------------------------------------------------------------------------------------


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
    parts = _read_content(fields.take("content") or [], "content")
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
        "content": [_write_part(p) for p in choice.message.parts],
        **stop_fields(choice.finish, "".join(refusals) if refusals else None, choice.extra),
        "usage": answer.usage_raw or write_usage(answer.usage),
    } | (answer.extra or {})


def read_response(obj: Any) -> tuple[Message, str | None, Usage]:
    """The message, its finish reason in the common form, and the usage."""
    return first_choice(read_answer(obj))


def write_response(
    message: Message, finish: str = "stop", usage: Usage = Usage(), *, response_id: str = "", model: str = ""
) -> dict[str, Any]:
    """A `message`."""
    return write_answer(Answer(response_id=response_id, model=model, choices=(Choice(message, finish),), usage=usage))
