"""OpenAI responses ↔ the one message form.

The API is a flat list of items.  Items of one assistant turn (reasoning, a message, function
calls) are read as one message, since the other dialects say them in one; each `function_call_output`
is a tool message.  Calls that the client carries out in other forms (custom, shell, computer …)
are tool calls too, with the item kept, so that a guard sees them.
"""

from collections.abc import Iterator, Sequence
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
from tidegate.spine.dialects.answers import Answer, Choice, Failure, first_choice
from tidegate.spine.dialects.fields import (
    Fields,
    arguments_text,
    as_list,
    as_object,
    as_text,
    expected,
    json_text,
    merged,
    whole_number,
)
from tidegate.spine.errors import InputError

ROLES = ("assistant", "developer", "system", "user")
SAME_AS_CHAT = (
    "metadata", "parallel_tool_calls", "prompt_cache_key", "safety_identifier", "service_tier", "store", "stream",
    "temperature", "top_logprobs", "top_p", "user",
)  # fmt: skip
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
    return [item for message in messages for item in _items_of_message(message)]


def _items_of_message(message: Message) -> Iterator[dict[str, Any]]:
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


# --- tools ---------------------------------------------------------------------------------------


def read_tools(tools: Any) -> tuple[Tool, ...]:
    """The `tools` of a request; hosted and custom tools are kept whole."""
    return tuple(_read_tool(tool, f"tools[{i}]") for i, tool in enumerate(as_list(tools, "tools")))


def _read_tool(value: Any, path: str) -> Tool:
    fields = Fields(value, path)
    kind = fields.text("type")
    if kind != "function":
        name = value.get("name")
        return Tool(name=name if isinstance(name, str) else kind, hosted=value)
    name, description = fields.text("name"), fields.text_or("description", "")
    parameters, strict = fields.take("parameters"), fields.take("strict")
    if strict is not None and not isinstance(strict, bool):
        raise expected("true or false", strict, fields.at("strict"))
    return Tool(
        name=name,
        description=description,
        parameters={} if parameters is None else as_object(parameters, fields.at("parameters")),
        strict=strict,
        extra=fields.extra(),
    )


def write_tools(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """The `tools` of a request again."""
    return [_write_tool(tool) for tool in tools]


def _write_tool(tool: Tool) -> dict[str, Any]:
    if tool.hosted is not None:
        return tool.hosted
    out: dict[str, Any] = {"type": "function", "name": tool.name}
    if tool.description:
        out["description"] = tool.description
    out["parameters"] = tool.parameters or None
    out["strict"] = tool.strict
    return out | (tool.extra or {})


# --- requests ------------------------------------------------------------------------------------


def read_request(obj: Any) -> Conversation:
    """A body of `/v1/responses`."""
    fields = Fields(obj, "")
    model = fields.text_or("model", "")
    messages = read_messages(fields.rest.pop("input")) if fields.rest.get("input") is not None else ()
    if (instructions := fields.take("instructions")) is not None:
        messages = (Message("system", (Text(as_text(instructions, "instructions")),), -1), *messages)
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
    out = {name: value for name in SAME_AS_CHAT if (value := fields.take(name)) is not None}
    if (maximum := fields.take("max_output_tokens")) is not None:
        out["max_completion_tokens"] = maximum
    if (choice := fields.take("tool_choice")) is not None:
        read = _read_tool_choice(choice)
        if read is None:
            fields.rest["tool_choice"] = choice
        else:
            out["tool_choice"] = read
    if (text := fields.take("text")) is not None:
        rest = Fields(text, "text")
        if (verbosity := rest.take("verbosity")) is not None:
            out["verbosity"] = verbosity
        if (form := rest.take("format")) is not None:
            out["response_format"] = _read_format(as_object(form, "text.format"))
        if rest.extra():
            fields.rest["text"] = rest.rest
    if (reasoning := fields.take("reasoning")) is not None:
        rest = Fields(reasoning, "reasoning")
        if (effort := rest.take("effort")) is not None:
            out["reasoning_effort"] = effort
        if rest.extra():
            fields.rest["reasoning"] = rest.rest
    return out


def _read_format(form: dict[str, Any]) -> dict[str, Any]:
    if form.get("type") != "json_schema":
        return form
    return {"type": "json_schema", "json_schema": {k: v for k, v in form.items() if k != "type"}}


def _read_tool_choice(choice: Any) -> Any:
    """Chat's form of a tool choice, or None when chat has no such form."""
    if isinstance(choice, str):
        return choice
    kind = as_object(choice, "tool_choice").get("type")
    if kind in ("function", "custom") and set(choice) == {"type", "name"}:
        return {"type": kind, kind: {"name": choice["name"]}}
    return None


def write_request(conversation: Conversation) -> dict[str, Any]:
    """The body again."""
    messages = conversation.messages
    out: dict[str, Any] = {"model": conversation.model}
    if messages and messages[0].index == -1 and messages[0].role in ("system", "developer"):
        out["instructions"] = messages[0].text
        messages = messages[1:]
    if messages:
        out["input"] = write_messages(messages)
    if conversation.tools:
        out["tools"] = write_tools(conversation.tools)
    return out | _write_parameters(conversation.parameters, conversation.extra)


def _write_parameters(parameters: dict[str, Any], extra: Extra) -> dict[str, Any]:
    out = {name: parameters[name] for name in SAME_AS_CHAT if name in parameters}
    for name in ("max_tokens", "max_completion_tokens"):
        if name in parameters:
            out["max_output_tokens"] = parameters[name]
    if (choice := parameters.get("tool_choice")) is not None:
        out["tool_choice"] = write_tool_choice(choice)
    text = dict(extra.get("text") or {})
    if "verbosity" in parameters:
        text["verbosity"] = parameters["verbosity"]
    if (form := parameters.get("response_format")) is not None:
        text["format"] = write_format(form)
    if text:
        out["text"] = text
    reasoning = dict(extra.get("reasoning") or {})
    if "reasoning_effort" in parameters:
        reasoning["effort"] = parameters["reasoning_effort"]
    if reasoning:
        out["reasoning"] = reasoning
    return out | {k: v for k, v in extra.items() if k not in ("text", "reasoning")}


def write_tool_choice(choice: Any) -> Any:
    """A tool choice of the common parameters in this dialect's form."""
    if isinstance(choice, dict) and (kind := choice.get("type")) in ("function", "custom"):
        return {"type": kind, "name": (choice.get(kind) or {}).get("name", "")}
    return choice


def write_format(form: dict[str, Any]) -> dict[str, Any]:
    """A response format of the common parameters as `text.format`."""
    if form.get("type") != "json_schema":
        return form
    return {"type": "json_schema", **(form.get("json_schema") or {})}


# --- answers -------------------------------------------------------------------------------------


def read_usage(value: Any) -> Usage:
    """The usage object; what is absent stays None."""
    if not isinstance(value, dict):
        return Usage()
    prompt, completion = value.get("input_tokens_details"), value.get("output_tokens_details")
    return Usage(
        tokens_prompt=whole_number(value.get("input_tokens")),
        tokens_completion=whole_number(value.get("output_tokens")),
        tokens_prompt_cached=whole_number(prompt.get("cached_tokens")) if isinstance(prompt, dict) else None,
        tokens_reasoning=whole_number(completion.get("reasoning_tokens")) if isinstance(completion, dict) else None,
    )


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
    raw, created = fields.take("usage"), fields.take("created_at")
    fields.take("object")
    calls = any(isinstance(p, ToolCall) for p in parts)
    return Answer(
        response_id=fields.text_or("id", ""),
        model=fields.text_or("model", ""),
        created_s=int(created) if isinstance(created, int | float) else 0,
        choices=(Choice(Message("assistant", tuple(parts)), finish_of(status, details, calls)),),
        usage=read_usage(raw),
        usage_raw=raw if isinstance(raw, dict) else None,
        failure=failure_of(error) if status == "failed" else None,
        extra=fields.extra(),
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
    body = _write_parameters(conversation.parameters, conversation.extra)
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
    for place, item in enumerate(_items_of_message(message)):
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


def read_response(obj: Any) -> tuple[Message, str | None, Usage]:
    """The message, its finish reason in the common form, and the usage."""
    return first_choice(read_answer(obj))


def write_response(
    message: Message,
    finish: str = "stop",
    usage: Usage = Usage(),
    *,
    response_id: str = "",
    model: str = "",
    created_s: int = 0,
) -> dict[str, Any]:
    """A `response`."""
    return write_answer(
        Answer(
            response_id=response_id,
            model=model,
            created_s=created_s,
            choices=(Choice(message, finish),),
            usage=usage,
        )
    )
