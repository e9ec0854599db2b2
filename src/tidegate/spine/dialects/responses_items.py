"""OpenAI responses: the flat list of items ↔ messages.

Items of one assistant turn (reasoning, a message, function
calls) are read as one message, since the other dialects say them in one; each `function_call_output`
is a tool message.  Calls that the client carries out in other forms (custom, shell, computer …)
are tool calls too, with the item kept, so that a guard sees them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from tidegate.spine.conversation import (
    Extra,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from tidegate.spine.dialects.fields import (
    Fields,
    arguments_text,
    as_list,
    as_object,
    expected,
    json_text,
    merged,
)
from tidegate.spine.errors import InputError

ROLES = ("assistant", "developer", "system", "user")
_TEXT_TYPES = ("input_text", "output_text", "text")
_CALL_FRAME = ("type", "id", "call_id", "name", "status")


# --- items → messages ----------------------------------------------------------------------------


def read_messages(items: Any) -> tuple[Message, ...]:
    """Input items (or a bare string) in the one form; raises InputError naming the path."""
    if isinstance(items, str):
        return (Message("user", (Text(items),), 0),)
    out: list[Message] = []
    message_before = False  # whether the item before was an assistant's message
    for index, value in enumerate(as_list(items, "input")):
        role, parts, extra = read_item(value, f"input[{index}]")
        is_message = role == "assistant" and as_object(value, "").get("type", "message") == "message"
        if role == "assistant" and out and out[-1].role == "assistant" and not (is_message and message_before):
            out[-1] = Message("assistant", (*out[-1].parts, *parts), out[-1].index)
        else:
            out.append(Message(role, tuple(parts), index, extra))
        message_before = is_message
    return tuple(out)


def read_item(value: Any, path: str) -> tuple[Role, list[Part], Extra | None]:
    """One item: whose it is, its parts, and (not the assistant's) what stands beside them."""
    fields = Fields(value, path)
    kind = fields.rest.get("type") or ("message" if "role" in fields.rest else None)
    if not isinstance(kind, str):
        raise InputError("the field 'type' is missing", where=fields.at("type"))
    if kind == "message":
        return _read_message(fields)
    if kind == "function_call":
        fields.take("type")
        call_id, name = fields.text("call_id"), fields.text("name")
        arguments, _ = arguments_text(fields.take("arguments"), fields.at("arguments"))
        return "assistant", [ToolCall(call_id, name, arguments, fields.extra())], None
    if kind == "reasoning":
        return "assistant", [Reasoning(reasoning_text(value), {"item": value})], None
    call_id = value.get("call_id")
    if kind.endswith("_call") and isinstance(call_id, str):
        return "assistant", [call_of_item(value)], None
    if kind.endswith("_output") and isinstance(call_id, str | None) and "output" in value:
        return "tool", [_read_output(fields, kind)], None
    return ("tool" if kind.endswith("_output") else "assistant"), [Opaque(kind, value)], None


def _read_message(fields: Fields) -> tuple[Role, list[Part], Extra | None]:
    role = fields.text("role")
    if role not in ROLES:
        raise InputError(f"the role {role!r} is not one of {', '.join(ROLES)}", where=fields.at("role"))
    content, at = fields.take("content"), fields.at("content")
    if content is None:
        raise InputError("the field 'content' is missing", where=at)
    parts: list[Part]
    if isinstance(content, str):
        parts = [Text(content)]
    else:
        parts = [_read_part(part, f"{at}[{i}]") for i, part in enumerate(as_list(content, at))]
    if role == "assistant" and fields.extra() and parts and isinstance(first := parts[0], Text | Refusal):
        parts[0] = type(first)(first.text, merged(first.extra, {"item": fields.rest}))
        return "assistant", parts, None
    return cast(Role, role), parts, fields.extra()


def _read_part(value: Any, path: str) -> Part:
    fields = Fields(value, path)
    kind = fields.text("type")
    if kind in _TEXT_TYPES:
        text = fields.text("text")
        return Text(text, {"part": fields.rest} if fields.extra() else None)
    if kind == "refusal":
        text = fields.text("refusal")
        return Refusal(text, {"part": fields.rest} if fields.extra() else None)
    return Opaque(kind, value)


def reasoning_text(item: dict[str, Any]) -> str:
    """The text of a reasoning item: its content where shown, else its summary."""
    for name in ("content", "summary"):
        texts = [p["text"] for p in item.get(name) or [] if isinstance(p, dict) and isinstance(p.get("text"), str)]
        if texts:
            return "\n".join(texts)
    return ""


def call_of_item(item: dict[str, Any]) -> ToolCall:
    """Any item by which the model asks the client to do something, as a tool call."""
    kind, name = item.get("type", ""), item.get("name")
    body = item.get("input") if kind == "custom_tool_call" else None
    if not isinstance(body, str):
        body = json_text({k: v for k, v in item.items() if k not in _CALL_FRAME})
    return ToolCall(str(item.get("call_id") or ""), name if isinstance(name, str) else kind, body, {"item": item})


def _read_output(fields: Fields, kind: str) -> ToolResult:
    output = fields.rest["output"]
    call_id = fields.rest.get("call_id") or ""
    if isinstance(output, str):
        text = output
    elif isinstance(output, list):
        text = "\n".join(p["text"] for p in output if isinstance(p, dict) and isinstance(p.get("text"), str))
    elif isinstance(output, dict):
        text = json_text(output)
    else:
        raise expected("a string, an object or a list", output, fields.at("output"))
    if kind != "function_call_output":
        return ToolResult(call_id, text, extra={"item": dict(fields.rest)})
    extra = {k: v for k, v in fields.rest.items() if k not in ("type", "call_id", "output", "name")}
    if not isinstance(output, str):
        extra["output"] = output
    name = fields.rest.get("name")
    return ToolResult(call_id, text, None, name if isinstance(name, str) else None, extra or None)


# --- messages → items ----------------------------------------------------------------------------


def write_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Input items again."""
    return [item for message in messages for item in items_of_message(message)]


def items_of_message(message: Message) -> Iterator[dict[str, Any]]:
    """The items that say one message."""
    role = "user" if message.role == "tool" else message.role
    run: list[Part] = []
    empty = True
    for part in message.parts:
        if isinstance(part, Text | Refusal) or (isinstance(part, Opaque) and _is_content(part)):
            if run and isinstance(part, Text | Refusal) and "item" in (part.extra or {}):
                yield _message_item(role, run, message.extra)
                run = []
            run.append(part)
            continue
        if run:
            yield _message_item(role, run, message.extra)
            run = []
        empty = False
        yield _other_item(part)
    if run or (empty and role != "assistant"):
        yield _message_item(role, run, message.extra)


def _is_content(part: Opaque) -> bool:
    return part.kind.startswith(("input_", "output_")) or part.kind == "summary_text"


def _message_item(role: str, parts: Sequence[Part], extra: Extra | None) -> dict[str, Any]:
    first = parts[0].extra if parts and isinstance(parts[0], Text | Refusal) else None
    item: Extra = (first or {}).get("item") or {}
    text = "output_text" if role == "assistant" else "input_text"
    content: Any = [_content_part(p, text) for p in parts]
    if len(parts) == 1 and isinstance(parts[0], Text) and "part" not in (parts[0].extra or {}):
        content = parts[0].text
    return {"role": role, "content": content} | (extra or {}) | item


def _content_part(part: Part, text: str) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": text, "text": part.text, **((part.extra or {}).get("part") or {})}
    if isinstance(part, Refusal):
        return {"type": "refusal", "refusal": part.text, **((part.extra or {}).get("part") or {})}
    assert isinstance(part, Opaque)
    return cast(dict[str, Any], part.data)


def _other_item(part: Part) -> dict[str, Any]:
    extra: Extra = getattr(part, "extra", None) or {}
    if "item" in extra:
        return cast(dict[str, Any], extra["item"])
    if isinstance(part, Reasoning):
        return {"type": "reasoning", "summary": [{"type": "summary_text", "text": part.text}]}
    if isinstance(part, ToolCall):
        call = {"type": "function_call", "call_id": part.call_id, "name": part.name, "arguments": part.arguments}
        return call | extra
    if isinstance(part, ToolResult):
        out: dict[str, Any] = {"type": "function_call_output", "call_id": part.call_id, "output": part.content}
        if part.name is not None:
            out["name"] = part.name
        return out | extra
    assert isinstance(part, Opaque)
    return cast(dict[str, Any], part.data)
