"""The words of a call in the three forms that spans carry them in, as OpenAI-chat-shaped bodies and back.

GenAI conventions: JSON in `gen_ai.input.messages`, each with `parts`.  OpenInference and
OpenLLMetry: flattened keys (`llm.input_messages.0.message.role`, `gen_ai.prompt.0.role`).
"""

import re
from typing import Any, NamedTuple

import msgspec

from tidegate.spine.dialects import chat, recorded
from tidegate.spine.trace import CallTrace

_json = msgspec.json.Encoder()


def otel_messages(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """OpenAI-chat messages as the GenAI conventions write them."""
    out = []
    for m in messages:
        parts: list[dict[str, Any]] = []
        content = m.get("content")
        if m.get("role") == "tool":
            parts.append({"type": "tool_call_response", "id": m.get("tool_call_id", ""), "response": content})
        elif isinstance(content, str) and content:
            parts.append({"type": "text", "content": content})
        elif isinstance(content, list):
            parts += [_part(p) for p in content if isinstance(p, dict)]
        for call in m.get("tool_calls") or []:
            function = call.get("function") or {}
            parts.append({"type": "tool_call", "id": call.get("id", ""), "name": function.get("name", ""),
                          "arguments": function.get("arguments", "")})  # fmt: skip
        message = {"role": m.get("role", "user"), "parts": parts}
        if m.get("finish_reason"):
            message["finish_reason"] = m["finish_reason"]
        out.append(message)
    return out


def _part(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "content": part["text"]} if part.get("type") == "text" and "text" in part else part


def chat_messages(messages: Any) -> list[dict[str, Any]]:
    """Messages of the GenAI conventions as OpenAI-chat messages."""
    out = []
    for m in messages if isinstance(messages, list) else []:
        if not isinstance(m, dict):
            continue
        if not isinstance(m.get("parts"), list):  # already in the chat form
            out.append(m)
            continue
        texts, calls = [], []
        for p in m["parts"]:
            kind = p.get("type") if isinstance(p, dict) else None
            if kind == "text":
                texts.append(str(p.get("content", "")))
            elif kind == "tool_call":
                arguments = p.get("arguments", "")
                text = arguments if isinstance(arguments, str) else _json.encode(arguments).decode()
                calls.append({"id": str(p.get("id") or ""), "type": "function",
                              "function": {"name": str(p.get("name", "")), "arguments": text}})  # fmt: skip
            elif kind == "tool_call_response":
                told = p.get("response", p.get("result", ""))
                text = told if isinstance(told, str) else _json.encode(told).decode()
                out.append({"role": "tool", "tool_call_id": str(p.get("id") or ""), "content": text})
        if texts or calls:
            message: dict[str, Any] = {"role": m.get("role", "user"), "content": "\n".join(texts) or None}
            if calls:
                message["tool_calls"] = calls
            out.append(message)
    return out


def messages_of(request: str | None, response: str | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The messages of an OpenAI-chat-shaped request and answer; empty where there are none to read."""
    asked, said = _object(request), _object(response)
    choices = [c for c in said.get("choices") or [] if isinstance(c, dict) and isinstance(c.get("message"), dict)]
    answers = [{**c["message"], "finish_reason": c.get("finish_reason")} for c in choices]
    return [m for m in asked.get("messages") or [] if isinstance(m, dict)], answers


class Words(NamedTuple):
    """What a call said, as OpenAI-chat messages, and what its bodies tell under the conventions' names."""

    asked: list[dict[str, Any]]
    said: list[dict[str, Any]]
    facts: dict[str, Any]


SAMPLING = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "seed")


def words_of(trace: CallTrace) -> Words:
    """The words of a recorded call, whatever dialect it spoke and whether or not it streamed."""
    facts: dict[str, Any] = {}
    asked, said = messages_of(trace.request_body, trace.response_body)
    conversation, answer = recorded.asked(trace), recorded.answered(trace)
    if conversation is not None:
        asked = chat.write_messages(conversation.messages)
        given = conversation.parameters
        facts |= {
            f"gen_ai.request.{name}": given[name] for name in SAMPLING if isinstance(given.get(name), int | float)
        }
        if (stop := given.get("stop")) is not None:
            facts["gen_ai.request.stop_sequences"] = [stop] if isinstance(stop, str) else stop
    if answer is not None:
        facts["gen_ai.response.id"] = answer.response_id or None
        facts["gen_ai.response.finish_reasons"] = [c.finish for c in answer.choices if c.finish] or None
        said = [
            {**message, "finish_reason": choice.finish}
            for choice in answer.choices
            for message in chat.write_messages([choice.message])
        ]
    return Words(asked, said, facts)


def request_of(a: dict[str, Any], model: str) -> str | None:
    """An OpenAI-chat-shaped request body from a span's attributes."""
    found = _messages(a, "gen_ai.input.messages", "llm.input_messages", "gen_ai.prompt")
    system = _decoded(a.get("gen_ai.system_instructions"))
    if isinstance(system, list):
        words = "\n".join(str(p.get("content", "")) for p in system if isinstance(p, dict))
        found = [{"role": "system", "content": words}, *found]
    if not found:
        plain = a.get("input.value")
        return plain if isinstance(plain, str) else None
    body: dict[str, Any] = {"model": model, "messages": found}
    tools = _decoded(a.get("gen_ai.tool.definitions"))
    if isinstance(tools, list):
        body["tools"] = tools
    for name in ("temperature", "top_p", "max_tokens", "seed"):
        if a.get(f"gen_ai.request.{name}") is not None:
            body[name] = a[f"gen_ai.request.{name}"]
    return _json.encode(body).decode()


def response_of(a: dict[str, Any]) -> str | None:
    """An OpenAI-chat-shaped answer body from a span's attributes."""
    found = _messages(a, "gen_ai.output.messages", "llm.output_messages", "gen_ai.completion")
    if not found:
        plain = a.get("output.value")
        return plain if isinstance(plain, str) else None
    reasons = a.get("gen_ai.response.finish_reasons")
    choices = []
    for i, m in enumerate(found):
        reason = m.pop("finish_reason", None)
        if reason is None and isinstance(reasons, list) and i < len(reasons):
            reason = reasons[i]
        choices.append({"index": i, "message": m, "finish_reason": reason})
    return _json.encode({"choices": choices}).decode()


def _messages(a: dict[str, Any], whole: str, inference: str, flat: str) -> list[dict[str, Any]]:
    if whole in a:
        return chat_messages(_decoded(a[whole]))
    found = [_flat_message(m.get("message", m)) for m in _unflatten(a, inference)]
    return found or [_flat_message(m) for m in _unflatten(a, flat)]


def _flat_message(m: Any) -> dict[str, Any]:
    m = m if isinstance(m, dict) else {}
    content = m.get("content")
    if content is None and isinstance(m.get("contents"), list):
        parts = [c.get("message_content", c) for c in m["contents"] if isinstance(c, dict)]
        content = "\n".join(str(p.get("text", "")) for p in parts)
    message: dict[str, Any] = {"role": m.get("role", "user"), "content": content}
    calls = []
    for c in m.get("tool_calls") or []:
        c = c.get("tool_call", c) if isinstance(c, dict) else {}
        f = c.get("function", c)
        function = {"name": f.get("name", ""), "arguments": f.get("arguments", "")}
        calls.append({"id": c.get("id", ""), "type": "function", "function": function})
    if calls:
        message["tool_calls"] = calls
    for name in ("tool_call_id", "finish_reason"):
        if m.get(name) is not None:
            message[name] = m[name]
    return message


def _unflatten(a: dict[str, Any], prefix: str) -> list[Any]:
    """`prefix.0.role`, `prefix.0.tool_calls.1.name` … as nested lists and dictionaries."""
    root: dict[str, Any] = {}
    for key, value in a.items():
        if key.startswith(prefix + ".") and re.match(r"\d+\.", key[len(prefix) + 1 :]):
            at = root
            *path, last = key[len(prefix) + 1 :].split(".")
            for step in path:
                inner = at.setdefault(step, {})
                if not isinstance(inner, dict):
                    break
                at = inner
            else:
                at[last] = value
    listed = _listed(root)
    return listed if isinstance(listed, list) else []


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {k: _listed(v) for k, v in value.items()}
    if inner and all(k.isdigit() for k in inner):
        return [inner[k] for k in sorted(inner, key=int)]
    return inner


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return None


def _object(text: str | None) -> dict[str, Any]:
    value = _decoded(text) if text else None
    return value if isinstance(value, dict) else {}
