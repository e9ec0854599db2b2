"""Anthropic messages ↔ the one message form: messages, tools and requests (`messages_answers` has the answers).

A user turn that carries tool results is read as tool messages followed by the user's own words,
all with the turn's index, and written as one turn again.  `system` is a message with index -1.
"""

from collections.abc import Sequence
from typing import Any, cast

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
from tidegate.spine.dialects.fields import (
    Fields,
    arguments_object,
    as_list,
    as_object,
    as_text,
    expected,
    json_text,
)
from tidegate.spine.dialects.tools import function_tool, kept_whole, strict_field
from tidegate.spine.errors import InputError

ROLES = ("assistant", "system", "user")
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
    parts = read_content(fields.rest.pop("content"), fields.at("content"))
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


def read_content(content: Any, path: str) -> list[Part]:
    """A string or a list of blocks."""
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
    blocks = read_content(content, fields.at("content"))
    text = "\n".join(block.text for block in blocks if isinstance(block, Text))
    return ToolResult(call_id, text, is_error, None, {**fields.rest, "content": content})


def write_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Anthropic messages again; neighbours read from one turn become one turn."""
    out: list[dict[str, Any]] = []
    before: Message | None = None
    for message in messages:
        role = "user" if message.role == "tool" else "system" if message.role == "developer" else message.role
        blocks = [write_part(p) for p in message.parts]
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


def write_part(part: Part) -> dict[str, Any]:
    """One block."""
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
    return function_tool(fields, "input_schema") if kind == "custom" else kept_whole(value, kind, value)


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
    return out | strict_field(tool) | (tool.extra or {})


# --- requests ------------------------------------------------------------------------------------


def read_request(obj: Any) -> Conversation:
    """A body of `/v1/messages`."""
    fields = Fields(obj, "")
    model = fields.text("model")
    if "messages" not in fields.rest:
        raise InputError("the field 'messages' is missing", where="messages")
    messages = read_messages(fields.rest.pop("messages"))
    if (system := fields.take("system")) is not None:
        messages = (Message("system", tuple(read_content(system, "system")), -1), *messages)
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
        out["system"] = _shortest(parts, [write_part(p) for p in parts])
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
