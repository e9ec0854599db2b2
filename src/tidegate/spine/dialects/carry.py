"""A conversation from one API dialect to another: what can be said is said, the rest is told.

Three things can happen to what the target has no word for.  What only colours the answer
(sampling extras, cache marks, another model's reasoning) is left out and its path reported.
What moves is moved and reported (an image in a tool's result becomes a user turn in chat).  What
would make the answer another answer (stored state, hosted tools, several choices, parts nobody
could see) is refused with `CannotCarry`: better no answer than a pretended one.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tidegate.spine.call import Dialect
from tidegate.spine.conversation import (
    Conversation,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from tidegate.spine.dialects.fields import arguments_object, json_text
from tidegate.spine.errors import InputError

MAX_TOKENS_DEFAULT = 4096
"""`max_tokens` for Anthropic messages, which require it, when the client set none."""

_STATEFUL = {
    "previous_response_id": "send the earlier turns in `input`",
    "conversation": "send the earlier turns in `input`",
    "background": "ask without `background`",
    "prompt": "send the prompt's text",
    "modalities": "ask for text alone",
    "audio": "ask for text alone",
    "web_search_options": "offer a function tool instead",
    "mcp_servers": "offer function tools instead",
    "container": "offer function tools instead",
}
_HARMLESS = {"truncation": "disabled", "include": [], "modalities": ["text"], "background": False}
_EFFORTS = ("low", "medium", "high", "xhigh", "max")
_PARAMETERS_OF: dict[str, frozenset[str]] = {
    "messages": frozenset(
        {
            "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "stream", "tool_choice",
            "parallel_tool_calls", "reasoning_effort", "response_format", "user",
        }
    ),
    "responses": frozenset(
        {
            "max_tokens", "max_completion_tokens", "temperature", "top_p", "stream", "tool_choice",
            "parallel_tool_calls", "reasoning_effort", "response_format", "user", "metadata", "service_tier", "store",
            "verbosity", "prompt_cache_key", "safety_identifier",
        }
    ),
}  # fmt: skip
_SILENT = frozenset({"stream_options", "n"})  # about the form of the answer, which we write ourselves


class CannotCarry(InputError):
    """The request asks for what no upstream of this model can do; sent nowhere."""

    code = "unsupported_by_upstream"


def carry(conversation: Conversation, source: Dialect, target: Dialect) -> tuple[Conversation, tuple[str, ...]]:
    """The same request for another dialect's writer, and the paths of what was left out or changed.

    Raises CannotCarry for what would make the answer another answer.
    """
    if source == target:
        return conversation, ()
    lost: list[str] = []
    _refuse_state(conversation, source, target)
    parameters = _parameters(conversation, source, target, lost)
    carried = Conversation(
        model=conversation.model,
        messages=_messages(conversation.messages, source, target, lost),
        tools=tuple(_tool(tool, f"tools[{i}]", target, lost) for i, tool in enumerate(conversation.tools)),
        parameters=parameters,
    )
    return carried, tuple(dict.fromkeys(lost))


# --- what a request asks for beside its messages ---------------------------------------------------


def _refuse_state(conversation: Conversation, source: Dialect, target: Dialect) -> None:
    for name, value in conversation.extra.items():
        if name in _STATEFUL and value is not None and _HARMLESS.get(name) != value:
            raise _cannot(name, source, target, _STATEFUL[name])
    if conversation.parameters.get("store") is True:
        raise _cannot("store", source, target, "ask without `store`, or with `store: false`")
    if (conversation.parameters.get("n") or 1) != 1:
        raise _cannot("n", source, target, "ask for one choice at a time")


def _cannot(path: str, source: Dialect, target: Dialect, remedy: str) -> CannotCarry:
    return CannotCarry(
        f"the upstream speaks {target}, which has nothing that does what this asks for in {source}",
        where=path,
        remedy=remedy,
    )


def _parameters(conversation: Conversation, source: Dialect, target: Dialect, lost: list[str]) -> dict[str, Any]:
    out = dict(conversation.parameters)
    extra = dict(conversation.extra)
    if (legacy := extra.pop("function_call", None)) is not None and "tool_choice" not in out:
        out["tool_choice"] = legacy if isinstance(legacy, str) else {"type": "function", "function": legacy}
    if source == "messages" and "reasoning_effort" not in out:
        _effort_of_thinking(extra, out)
    known = _PARAMETERS_OF.get(target)
    for name in list(out):
        if known is not None and name not in known:
            if name not in _SILENT and out[name] not in (False, None) and name != "store":
                lost.append(name)
            del out[name]
    out.pop("n", None)
    if out.get("store") is False:
        del out["store"]
    if target == "chat":
        _for_chat(out, lost)
    elif target == "messages":
        _for_messages(out, lost)
    choice = out.get("tool_choice")
    kinds = ("function",) if target == "messages" else ("function", "custom")
    if "tool_choice" in extra or (isinstance(choice, dict) and choice.get("type") not in kinds):
        raise _cannot("tool_choice", source, target, "choose a function tool, auto, none or required")
    lost += [n for n, v in extra.items() if v is not None and _HARMLESS.get(n) != v and not _default(n, v)]
    return out


def _default(name: str, value: Any) -> bool:
    """Whether an extra says only what holds anyway."""
    return name == "text" and value in ({}, {"format": {"type": "text"}})


def _effort_of_thinking(extra: dict[str, Any], out: dict[str, Any]) -> None:
    """Anthropic's thinking budget as an effort: up to 4,096 tokens low, up to 16,384 medium, else high."""
    thinking = extra.get("thinking")
    budget = thinking.get("budget_tokens") if isinstance(thinking, dict) else None
    if isinstance(budget, int):
        out["reasoning_effort"] = "low" if budget <= 4096 else "medium" if budget <= 16384 else "high"
        del extra["thinking"]


def _for_chat(out: dict[str, Any], lost: list[str]) -> None:
    """Engines know `max_tokens`; only models that reason by effort want the newer name."""
    if "max_completion_tokens" in out and "reasoning_effort" not in out:
        out.setdefault("max_tokens", out.pop("max_completion_tokens"))
    elif "max_tokens" in out and "reasoning_effort" in out:
        out.setdefault("max_completion_tokens", out.pop("max_tokens"))
    if out.get("reasoning_effort") == "max":
        out["reasoning_effort"] = "xhigh"
        lost.append("reasoning_effort")
    if out.pop("top_logprobs", None) is not None:
        lost.append("top_logprobs")
    if isinstance(form := out.get("response_format"), dict) and form.get("type") == "text":
        del out["response_format"]
    if out.get("stream"):
        out["stream_options"] = {"include_usage": True}


def _for_messages(out: dict[str, Any], lost: list[str]) -> None:
    if "max_tokens" not in out and "max_completion_tokens" not in out:
        out["max_tokens"] = MAX_TOKENS_DEFAULT
    form = out.get("response_format")
    if isinstance(form, dict) and form.get("type") != "json_schema":
        if form.get("type") != "text":
            lost.append("response_format")
        del out["response_format"]
    effort = out.get("reasoning_effort")
    if effort is not None and effort not in _EFFORTS:
        if effort == "minimal":
            out["reasoning_effort"] = "low"
        else:
            del out["reasoning_effort"]
        lost.append("reasoning_effort")
    temperature = out.get("temperature")
    if isinstance(temperature, int | float) and temperature > 1:
        out["temperature"] = 1.0
        lost.append("temperature")


def _tool(tool: Tool, path: str, target: Dialect, lost: list[str]) -> Tool:
    if tool.hosted is not None:
        carried = _custom_tool(tool.hosted, target)
        if carried is None:
            raise CannotCarry(
                f"the tool {tool.name!r} is run by a provider that this model's upstream is not",
                where=path,
                remedy="offer a function tool that your own code runs",
            )
        return Tool(name=tool.name, hosted=carried)
    extra = {k: v for k, v in (tool.extra or {}).items() if k != "legacy"}
    if extra:
        lost.append(f"{path}.{next(iter(extra))}")
    strict = False if target == "responses" and tool.strict is None else tool.strict  # its default is true
    return Tool(name=tool.name, description=tool.description, parameters=tool.parameters, strict=strict)


def _custom_tool(hosted: dict[str, Any], target: Dialect) -> dict[str, Any] | None:
    """A tool that takes free text, known to both OpenAI forms and to no other."""
    if hosted.get("type") != "custom" or target not in ("chat", "responses"):
        return None
    inner = hosted.get("custom")
    flat = inner if isinstance(inner, dict) else {k: v for k, v in hosted.items() if k != "type"}
    return {"type": "custom", "custom": flat} if target == "chat" else {"type": "custom", **flat}


# --- messages --------------------------------------------------------------------------------------


def _messages(messages: Sequence[Message], source: Dialect, target: Dialect, lost: list[str]) -> tuple[Message, ...]:
    if target == "chat":
        messages = _joined_turns(messages)
    out: list[Message] = []
    images: list[Part] = []  # from tool results, waiting for the end of the run of results
    for n, message in enumerate(messages):
        path = f"{'input' if source == 'responses' else 'messages'}[{message.index}]"
        if message.index == -1:
            path = "instructions" if source == "responses" else "system"
        if message.role != "tool" and images:
            out.append(Message("user", tuple(images), len(out)))
            images = []
        parts: list[Part] = []
        for part in message.parts:
            parts += _part(part, path, source, target, lost, images)
        if message.extra:
            lost += [f"{path}.{name}" for name in message.extra if name not in ("type", "id", "status", "phase")]
        if parts or not message.parts:
            out.append(Message(message.role, tuple(parts), -1 if message.index == -1 and n == 0 else len(out)))
    if images:
        out.append(Message("user", tuple(images), len(out)))
    return _turns(out) if target == "messages" else tuple(out)


def _joined_turns(messages: Sequence[Message]) -> list[Message]:
    """Chat says one assistant turn in one message: its tool results must follow at once."""
    out: list[Message] = []
    for message in messages:
        if out and message.role == out[-1].role == "assistant" and out[-1].tool_calls and message.tool_calls:
            out[-1] = Message("assistant", (*out[-1].parts, *message.parts), out[-1].index)
        else:
            out.append(message)
    return out


def _turns(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Tool results and the user's words after them get one index: they are one turn in this form."""
    out: list[Message] = []
    for message in messages:
        follows_tool = bool(out) and out[-1].role == "tool" and message.role in ("tool", "user")
        out.append(msgspec.structs.replace(message, index=out[-1].index) if follows_tool else message)
    return tuple(out)


def _part(part: Part, path: str, source: Dialect, target: Dialect, lost: list[str], images: list[Part]) -> list[Part]:
    if isinstance(part, Text):
        _report_extra(part.extra, path, lost)
        return [Text(part.text)] if part.text or target != "messages" else []
    if isinstance(part, Refusal):
        return [Text(part.text) if target == "messages" else Refusal(part.text)]
    if isinstance(part, Reasoning):
        lost.append(f"{path}.reasoning")
        return []
    if isinstance(part, ToolCall):
        return [_call(part, path, target, lost)]
    if isinstance(part, ToolResult):
        return [_result(part, path, source, target, lost, images)]
    return [_opaque(part, path, target, lost)] if part.kind != "redacted_thinking" else []


def _report_extra(extra: dict[str, Any] | None, path: str, lost: list[str]) -> None:
    for name in extra or {}:
        if name == "part":
            lost += [f"{path}.{n}" for n, v in (extra or {})["part"].items() if v]
        elif name != "item":
            lost.append(f"{path}.{name}")


def _call(call: ToolCall, path: str, target: Dialect, lost: list[str]) -> ToolCall:
    extra = call.extra or {}
    free_text = extra.get("type") == "custom" or (extra.get("item") or {}).get("type") == "custom_tool_call"
    if free_text and target in ("chat", "responses"):
        item = {"type": "custom_tool_call", "call_id": call.call_id, "name": call.name, "input": call.arguments}
        return ToolCall(
            call.call_id, call.name, call.arguments, {"type": "custom"} if target == "chat" else {"item": item}
        )
    arguments = json_text({"input": call.arguments}) if free_text else call.arguments
    if free_text or (target == "messages" and arguments_object(arguments) is None):
        lost.append(f"{path}.tool_calls.arguments")
    call_id = call.call_id or f"call_{call.name}"  # an old `function_call` has none
    return ToolCall(call_id, call.name, arguments)


def _result(
    result: ToolResult, path: str, source: Dialect, target: Dialect, lost: list[str], images: list[Part]
) -> ToolResult:
    call_id = result.call_id or f"call_{result.name}"
    content = (result.extra or {}).get("output" if source == "responses" else "content")
    others = [
        _opaque(Opaque(str(p.get("type")), p), f"{path}.content", target, lost)
        for p in (content if isinstance(content, list) else ())
        if isinstance(p, dict) and p.get("type") not in ("text", "input_text", "output_text")
    ]
    is_error = result.is_error
    if target != "messages" and is_error is not None:
        if is_error:
            lost.append(f"{path}.is_error")
        is_error = None
    if not others:
        return ToolResult(call_id, result.content, is_error)
    if target == "chat":  # whose tool messages hold text alone: the user shows what the tool returned
        lost.append(f"{path}.content")
        images += [Text(f"Returned by the tool call {call_id}:"), *others]
        return ToolResult(call_id, result.content)
    kind, field = ("input_text", "output") if target == "responses" else ("text", "content")
    texts = [{"type": kind, "text": result.content}] if result.content else []
    return ToolResult(call_id, result.content, is_error, None, {field: [*texts, *(o.data for o in others)]})


# --- images and files --------------------------------------------------------------------------------


def _opaque(part: Opaque, path: str, target: Dialect, lost: list[str]) -> Opaque:
    """An image or a file in the target's form; anything else cannot go."""
    data = part.data if isinstance(part.data, dict) else {}
    if (image := _read_image(part.kind, data)) is not None:
        url, detail = image
        if detail not in (None, "auto") and target == "messages":
            lost.append(f"{path}.detail")
        return _IMAGES[target](url, detail)
    if (file := _read_file(part.kind, data)) is not None and (written := _write_file(*file, target)) is not None:
        return written
    raise CannotCarry(
        f"a part of type {part.kind!r} has no form in {target}",
        where=path,
        remedy="send text or images, or route this model to an upstream that speaks the request's API",
    )


def _read_image(kind: str, data: dict[str, Any]) -> tuple[str, str | None] | None:
    """An image's URL (a data: URL when it is inline) and its detail."""
    if kind == "image_url":
        inner = data.get("image_url")
        url = inner.get("url") if isinstance(inner, dict) else inner
        return (url, inner.get("detail") if isinstance(inner, dict) else None) if isinstance(url, str) else None
    if kind == "input_image" and isinstance(data.get("image_url"), str):
        return data["image_url"], data.get("detail")
    source = data.get("source")
    if kind == "image" and isinstance(source, dict):
        url = _url_of_source(source)
        return (url, None) if url is not None else None
    return None


def _url_of_source(source: dict[str, Any]) -> str | None:
    """The URL that an Anthropic source is; inline data becomes a data: URL."""
    if source.get("type") == "url" and isinstance(source.get("url"), str):
        return str(source["url"])
    if source.get("type") in ("base64", "text") and isinstance(source.get("data"), str):
        form = ";base64" if source["type"] == "base64" else ""
        return f"data:{source.get('media_type', 'application/octet-stream')}{form},{source['data']}"
    return None


def _source_of_url(url: str) -> dict[str, Any]:
    if url.startswith("data:"):
        head, _, data = url[5:].partition(",")
        if head.endswith(";base64"):
            return {"type": "base64", "media_type": head.removesuffix(";base64"), "data": data}
        if head.startswith("text/plain"):
            return {"type": "text", "media_type": "text/plain", "data": data}
    return {"type": "url", "url": url}


def _chat_image(url: str, detail: str | None) -> Opaque:
    image = {"url": url} if detail is None else {"url": url, "detail": detail}
    return Opaque("image_url", {"type": "image_url", "image_url": image})


def _responses_image(url: str, detail: str | None) -> Opaque:
    return Opaque("input_image", {"type": "input_image", "image_url": url, "detail": detail or "auto"})


def _messages_image(url: str, detail: str | None) -> Opaque:  # noqa: ARG001 - this form has no detail
    return Opaque("image", {"type": "image", "source": _source_of_url(url)})


_IMAGES: dict[str, Callable[[str, str | None], Opaque]] = {
    "chat": _chat_image,
    "responses": _responses_image,
    "messages": _messages_image,
}


def _read_file(kind: str, data: dict[str, Any]) -> tuple[str, str | None] | None:
    """A file's URL (a data: URL when it is inline) and its name."""
    if kind == "file" and isinstance(inner := data.get("file"), dict) and isinstance(inner.get("file_data"), str):
        return inner["file_data"], inner.get("filename")
    if kind == "input_file":
        url = data.get("file_data") or data.get("file_url")
        return (url, data.get("filename")) if isinstance(url, str) else None
    if kind == "document" and isinstance(source := data.get("source"), dict):
        url = _url_of_source(source)
        return (url, data.get("title")) if url is not None else None
    return None


def _write_file(url: str, name: str | None, target: Dialect) -> Opaque | None:
    inline = url.startswith("data:")
    if target == "chat":
        file = {"file_data": url, "filename": name or "file"}
        return Opaque("file", {"type": "file", "file": file}) if inline else None
    if target == "responses":
        field = {"file_data": url, "filename": name or "file"} if inline else {"file_url": url}
        return Opaque("input_file", {"type": "input_file", **field})
    title = {"title": name} if name else {}
    return Opaque("document", {"type": "document", "source": _source_of_url(url), **title})
