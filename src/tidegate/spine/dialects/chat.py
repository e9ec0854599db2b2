"""OpenAI chat completions ↔ the one message form: messages, tools and requests (`chat_answers` has the answers).

Old forms are read too, since old clients still send them: `function_call`, `functions` and the
`function` role become tool calls, tools and tool results, marked so that they are written back
as they came.  An engine's `reasoning_content` (or `reasoning`) is the message's reasoning.
"""

from collections.abc import Sequence
from typing import Any, cast, get_args

from msgspec.structs import replace

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
    arguments_text,
    as_list,
    as_text,
)
from tidegate.spine.dialects.tools import function_tool, kept_whole, strict_field
from tidegate.spine.errors import InputError

PARAMETERS = frozenset(
    {
        "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "metadata", "n",
        "parallel_tool_calls", "presence_penalty", "prompt_cache_key", "reasoning_effort", "response_format",
        "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature",
        "tool_choice", "top_logprobs", "top_p", "user", "verbosity",
    }
)  # fmt: skip
"""The names under which `Conversation.parameters` holds what more than one dialect can say."""

REASONING_FIELDS = ("reasoning_content", "reasoning")
ROLES = frozenset(get_args(Role)) | {"function"}


# --- messages ------------------------------------------------------------------------------------


def read_messages(messages: Any) -> tuple[Message, ...]:
    """Chat messages in the one form; raises InputError naming the path of what is malformed."""
    return tuple(read_message(m, i) for i, m in enumerate(as_list(messages, "messages")))


def read_message(value: Any, index: int) -> Message:
    """One message, at its place in the list."""
    fields = Fields(value, f"messages[{index}]")
    role = fields.text("role")
    if role not in ROLES:
        raise InputError(
            f"the role {role!r} is not one of {', '.join(sorted(ROLES))}",
            where=fields.at("role"),
            remedy="use user for people, assistant for the model, tool for what a tool answered",
        )
    if role in ("tool", "function"):
        return _read_tool_message(fields, role, index)
    parts: list[Part] = [
        Reasoning(text, None if name == REASONING_FIELDS[0] else {"reasoning_field": name})
        for name in REASONING_FIELDS
        if isinstance(text := fields.rest.get(name), str) and fields.rest.pop(name) is not None
    ]
    if len(parts) == 2 and parts[0].text == parts[1].text:  # type: ignore[union-attr]  # said twice for two readers
        parts.pop()
    parts += _read_content(fields)
    if (refusal := fields.take("refusal")) is not None:
        parts.append(Refusal(as_text(refusal, fields.at("refusal"))))
    parts += [_read_call(call, at) for call, at in fields.objects("tool_calls")]
    if (call := fields.take("function_call")) is not None:
        parts.append(_read_legacy_call(call, fields.at("function_call")))
    return Message(cast(Role, role), tuple(parts), index, fields.extra())


def _read_content(fields: Fields) -> list[Part]:
    content, at = fields.take("content"), fields.at("content")
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)]
    return [_read_part(part, f"{at}[{i}]") for i, part in enumerate(as_list(content, at))]


def _read_part(value: Any, path: str) -> Part:
    if isinstance(value, str):  # some engines take bare strings among the parts
        return Text(value)
    fields = Fields(value, path)
    kind = fields.text("type")
    if kind == "text":
        return Text(fields.text("text"), fields.extra())
    if kind == "refusal":
        return Refusal(fields.text("refusal"), {"part": True, **fields.rest})
    return Opaque(kind, value)


def _read_call(value: Any, path: str) -> ToolCall:
    fields = Fields(value, path)
    kind = fields.text_or("type", "function")
    call_id = fields.text_or("id", "")
    if kind == "custom":  # a tool that takes free text
        custom = Fields(fields.take("custom"), fields.at("custom"))
        extra = {"type": "custom", **fields.rest, **({"custom": custom.rest} if custom.extra() else {})}
        return ToolCall(call_id, custom.text("name"), custom.text_or("input", ""), extra)
    function = Fields(fields.take("function"), fields.at("function"))
    name = function.text("name")
    arguments, as_json = arguments_text(function.take("arguments"), function.at("arguments"))
    extra = dict(fields.rest)
    if kind != "function":
        extra["type"] = kind
    if function.extra():
        extra["function"] = function.rest
    if as_json:
        extra["arguments_object"] = True
    return ToolCall(call_id, name, arguments, extra or None)


def _read_legacy_call(value: Any, path: str) -> ToolCall:
    fields = Fields(value, path)
    arguments, _ = arguments_text(fields.take("arguments"), fields.at("arguments"))
    return ToolCall("", fields.text("name"), arguments, {"legacy": True})


def _read_tool_message(fields: Fields, role: str, index: int) -> Message:
    content, at = fields.take("content"), fields.at("content")
    extra: Extra = {}
    if content is None or isinstance(content, str):
        text = content or ""
    else:
        parts = [_read_part(part, f"{at}[{i}]") for i, part in enumerate(as_list(content, at))]
        text = "\n".join(part.text for part in parts if isinstance(part, Text))
        extra["content"] = content
    if role == "function":
        extra["legacy"] = True
    call_id = "" if role == "function" else fields.text_or("tool_call_id", "")
    name = fields.take("name")
    is_error = fields.take("is_error")
    result = ToolResult(
        call_id,
        text,
        is_error if isinstance(is_error, bool) else None,
        None if name is None else as_text(name, fields.at("name")),
        extra or None,
    )
    return Message("tool", (result,), index, fields.extra())


def write_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Chat messages again; what has no place in chat must have been taken out by `carry`."""
    return [out for message in messages for out in write_message(message)]


def write_message(message: Message) -> list[dict[str, Any]]:
    """One message: its tool results first, each a message of its own here."""
    results = [_write_result(p, message.extra) for p in message.parts if isinstance(p, ToolResult)]
    rest = [p for p in message.parts if not isinstance(p, ToolResult)]
    if message.role == "tool" and not rest:
        return results
    out: dict[str, Any] = {"role": "user" if message.role == "tool" else message.role}
    content = [p for p in rest if isinstance(p, Text | Opaque) or (isinstance(p, Refusal) and p.extra)]
    calls = [p for p in rest if isinstance(p, ToolCall)]
    if content or message.role != "assistant" or not (calls or rest):
        out["content"] = _write_content(content)
    else:
        out["content"] = None
    out |= _write_sides(rest, calls) | (message.extra or {})
    return [*results, out]


def _write_sides(parts: Sequence[Part], calls: Sequence[ToolCall]) -> dict[str, Any]:
    """What stands beside `content`: reasoning, refusal, tool calls."""
    out: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, Reasoning):
            name = (part.extra or {}).get("reasoning_field", REASONING_FIELDS[0])
            out[name] = out.get(name, "") + part.text
        elif isinstance(part, Refusal) and not part.extra:
            out["refusal"] = out.get("refusal", "") + part.text
    legacy = [c for c in calls if (c.extra or {}).get("legacy")]
    if legacy:
        out["function_call"] = {"name": legacy[0].name, "arguments": legacy[0].arguments}
    if len(calls) > len(legacy):
        out["tool_calls"] = [write_call(c) for c in calls if c not in legacy]
    return out


def _write_content(parts: Sequence[Part]) -> str | list[dict[str, Any]] | None:
    if len(parts) == 1 and isinstance(parts[0], Text) and not parts[0].extra:
        return parts[0].text
    return [_write_part(p) for p in parts] if parts else None


def _write_part(part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text, **(part.extra or {})}
    if isinstance(part, Refusal):
        extra = {k: v for k, v in (part.extra or {}).items() if k != "part"}
        return {"type": "refusal", "refusal": part.text, **extra}
    assert isinstance(part, Opaque)
    return cast(dict[str, Any], part.data)


def write_call(call: ToolCall) -> dict[str, Any]:
    """One entry of `tool_calls`."""
    extra = dict(call.extra or {})
    if extra.get("type") == "custom":
        custom = {"name": call.name, "input": call.arguments, **extra.pop("custom", {})}
        return {"id": call.call_id, "type": "custom", "custom": custom, **extra}
    arguments: Any = call.arguments
    if extra.pop("arguments_object", False) and (parsed := arguments_object(arguments)) is not None:
        arguments = parsed
    function = {"name": call.name, "arguments": arguments, **extra.pop("function", {})}
    return {"id": call.call_id, "type": "function", "function": function} | extra


def _write_result(result: ToolResult, message_extra: Extra | None) -> dict[str, Any]:
    extra = result.extra or {}
    out: dict[str, Any] = {"role": "function" if extra.get("legacy") else "tool"}
    if not extra.get("legacy"):
        out["tool_call_id"] = result.call_id
    out["content"] = extra.get("content", result.content)
    if result.name is not None:
        out["name"] = result.name
    if result.is_error is not None:
        out["is_error"] = result.is_error
    return out | (message_extra or {})


# --- tools ---------------------------------------------------------------------------------------


def read_tools(tools: Any) -> tuple[Tool, ...]:
    """The `tools` of a request; what is not a function tool is kept whole."""
    return tuple(_read_tool(tool, f"tools[{i}]") for i, tool in enumerate(as_list(tools, "tools")))


def _read_tool(value: Any, path: str) -> Tool:
    fields = Fields(value, path)
    kind = fields.text_or("type", "function")
    if kind != "function":
        return kept_whole(value, kind, value.get(kind))
    function = Fields(fields.take("function"), fields.at("function"))
    return _read_function(function, {"tool": fields.rest} if fields.extra() else {})


def _read_function(function: Fields, beside: Extra) -> Tool:
    tool = function_tool(function, "parameters")
    if tool.extra:
        beside["function"] = tool.extra
    return replace(tool, extra=beside or None)


def write_tools(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """The `tools` of a request again."""
    return [_write_tool(tool) for tool in tools]


def _write_tool(tool: Tool) -> dict[str, Any]:
    if tool.hosted is not None:
        return tool.hosted
    extra = tool.extra or {}
    return {"type": "function", "function": _write_function(tool), **extra.get("tool", {})}


def _write_function(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    if tool.parameters:
        function["parameters"] = tool.parameters
    extra: Extra = (tool.extra or {}).get("function", {})
    return function | strict_field(tool) | extra


# --- requests ------------------------------------------------------------------------------------


def read_request(obj: Any) -> Conversation:
    """A body of `/v1/chat/completions`."""
    fields = Fields(obj, "")
    model = fields.text("model")
    if "messages" not in fields.rest:
        raise InputError("the field 'messages' is missing", where="messages")
    messages = read_messages(fields.rest.pop("messages"))
    tools = fields.take("tools")
    read = read_tools(tools) if tools is not None else ()
    read += tuple(_read_function(Fields(f, at), {"legacy": True}) for f, at in fields.objects("functions"))
    parameters = {
        name: value for name in list(fields.rest) if name in PARAMETERS and (value := fields.take(name)) is not None
    }
    return Conversation(model=model, messages=messages, tools=read, parameters=parameters, extra=fields.rest)


def write_request(conversation: Conversation) -> dict[str, Any]:
    """The body again."""
    out: dict[str, Any] = {"model": conversation.model, "messages": write_messages(conversation.messages)}
    legacy = [t for t in conversation.tools if (t.extra or {}).get("legacy")]
    tools = [t for t in conversation.tools if t not in legacy]
    if tools:
        out["tools"] = write_tools(tools)
    if legacy:
        out["functions"] = [_write_function(t) for t in legacy]
    return out | conversation.parameters | conversation.extra
