"""OpenAI responses ↔ the one message form: tools and requests (`responses_items` has the list of items)."""

from collections.abc import Sequence
from typing import Any

from tidegate.spine.conversation import (
    Conversation,
    Extra,
    Message,
    Text,
    Tool,
)
from tidegate.spine.dialects.fields import (
    Fields,
    as_list,
    as_object,
    as_text,
)
from tidegate.spine.dialects.responses_items import read_messages, write_messages
from tidegate.spine.dialects.tools import function_tool, kept_whole

SAME_AS_CHAT = (
    "metadata", "parallel_tool_calls", "prompt_cache_key", "safety_identifier", "service_tier", "store", "stream",
    "temperature", "top_logprobs", "top_p", "user",
)  # fmt: skip


# --- tools ---------------------------------------------------------------------------------------


def read_tools(tools: Any) -> tuple[Tool, ...]:
    """The `tools` of a request; hosted and custom tools are kept whole."""
    return tuple(_read_tool(tool, f"tools[{i}]") for i, tool in enumerate(as_list(tools, "tools")))


def _read_tool(value: Any, path: str) -> Tool:
    fields = Fields(value, path)
    kind = fields.text("type")
    return function_tool(fields, "parameters") if kind == "function" else kept_whole(value, kind, value)


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
    return out | write_parameters(conversation.parameters, conversation.extra)


def write_parameters(parameters: dict[str, Any], extra: Extra) -> dict[str, Any]:
    """The body's fields beside model, input and tools."""
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
