"""Chat completion chunks ↔ items."""

from typing import Any

from tidegate.spine.conversation import FinishDelta, Opaque, TextDelta, ToolCallDelta
from tidegate.spine.dialects.answers import LEGACY_CALL, Begin, Failure, Item, Passed, UsageReport
from tidegate.spine.dialects.chat import REASONING_FIELDS
from tidegate.spine.dialects.chat_answers import read_usage, write_usage
from tidegate.spine.dialects.fields import json_text
from tidegate.spine.dialects.streams import StreamReader, event_bytes

FINISHES = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})
_FINISH_OF = {"model_context_window_exceeded": "length"}
_KNOWN_CHUNK = frozenset({"id", "object", "created", "model", "choices", "usage"})
_KNOWN_DELTA = frozenset({"role", "content", "refusal", "tool_calls", "function_call", *REASONING_FIELDS})


class ChatReader(StreamReader):
    """Reads `chat.completion.chunk` events."""

    def __init__(self) -> None:
        super().__init__()
        self._began = False
        self._reasoning_field = REASONING_FIELDS[0]

    def _event(self, name: str, value: dict[str, Any]) -> list[Item]:  # noqa: ARG002 - chat names no events
        if (error := value.get("error")) is not None:
            return [failure_of(error)]
        items: list[Item] = []
        if not self._began and "choices" in value:
            self._began = True
            created = value.get("created")
            extra = {k: v for k, v in value.items() if k not in _KNOWN_CHUNK}
            items.append(
                Begin(
                    str(value.get("id") or ""),
                    str(value.get("model") or ""),
                    int(created) if isinstance(created, int | float) else 0,
                    extra or None,
                )
            )
        for place, choice in enumerate(value.get("choices") or ()):
            index = choice.get("index")
            items += self._choice(choice, place if index is None else index)
        if isinstance(usage := value.get("usage"), dict):
            items.append(UsageReport(read_usage(usage), usage))
        return items

    def _choice(self, choice: dict[str, Any], index: int) -> list[Item]:
        delta = choice.get("delta") or choice.get("message") or {}
        items: list[Item] = []
        self._reasoning(delta, index, items)
        content = delta.get("content")
        if isinstance(content, str):
            if content:
                items.append(TextDelta(content, "content", index))
        elif content is not None:
            items += _content_parts(content, index)
        if isinstance(refusal := delta.get("refusal"), str) and refusal:
            items.append(TextDelta(refusal, "refusal", index))
        for place, call in enumerate(delta.get("tool_calls") or ()):
            items += _call(call, place, index)
        if (legacy := delta.get("function_call")) is not None:
            items.append(ToolCallDelta(LEGACY_CALL, legacy.get("arguments") or "", None, legacy.get("name"), index))
        items += [Passed(k, v, index) for k, v in delta.items() if k not in _KNOWN_DELTA and v is not None]
        if choice.get("logprobs") is not None:
            items.append(Passed("logprobs", choice["logprobs"], index))
        if (finish := choice.get("finish_reason")) is not None:
            items.append(FinishDelta(str(finish), index))
        return items

    def _reasoning(self, delta: dict[str, Any], index: int, items: list[Item]) -> None:
        said: list[str] = []
        for name in REASONING_FIELDS:
            text = delta.get(name)
            if isinstance(text, str) and text and text not in said:  # two fields often say the same
                said.append(text)
                if name != self._reasoning_field:
                    self._reasoning_field = name
                    items.append(Passed("reasoning_field", name, index))
                items.append(TextDelta(text, "reasoning", index))


def _content_parts(content: Any, index: int) -> list[Item]:
    """Content as a list of parts, as some engines stream it."""
    items: list[Item] = []
    for part in content:
        if part.get("type") == "text":
            items.append(TextDelta(str(part.get("text", "")), "content", index))
        else:
            items.append(Passed("part", Opaque(str(part.get("type")), part), index))
    return items


def _call(call: dict[str, Any], place: int, choice: int) -> list[Item]:
    index = call.get("index")
    index = place if index is None else int(index)
    if (custom := call.get("custom")) is not None:
        delta = ToolCallDelta(index, custom.get("input") or "", call.get("id"), custom.get("name"), choice)
        return [delta, Passed("call", {"index": index, "extra": {"type": "custom"}}, choice)]
    function = call.get("function") or {}
    arguments = function.get("arguments") or ""
    if not isinstance(arguments, str):  # some engines send the object
        arguments = json_text(arguments)
    return [ToolCallDelta(index, arguments, call.get("id"), function.get("name"), choice)]


def failure_of(error: Any) -> Failure:
    """An `error` field of a chunk or a body."""
    if not isinstance(error, dict):
        return Failure(str(error))
    code = error.get("code")
    return Failure(
        str(error.get("message") or "the upstream failed"),
        str(code) if code is not None else "upstream_error",
        str(error.get("type") or "server_error"),
    )


class ChatWriter:
    """Writes `chat.completion.chunk` events and `[DONE]`."""

    def __init__(self, begin: Begin, *, include_usage: bool = False) -> None:
        self._begin = begin
        self._include_usage = include_usage
        self._spoke: set[int] = set()
        self._reasoning_field = REASONING_FIELDS[0]
        self._extras: dict[tuple[int, int], str] = {}  # custom calls by (choice, index)
        self._opened: set[tuple[int, int]] = set()

    def write(self, items: list[Item]) -> bytes:
        """The chunks that say these items; logprobs go out in the chunk of the text before them."""
        chunks: list[dict[str, Any]] = []
        for item in items:
            if isinstance(item, Begin):
                self._begin = item
            elif isinstance(item, TextDelta):
                field = {"content": "content", "refusal": "refusal"}.get(item.channel, self._reasoning_field)
                chunks.append(self._choice(item.choice, {field: item.text}))
            elif isinstance(item, ToolCallDelta):
                chunks.append(self._choice(item.choice, self._call(item)))
            elif isinstance(item, FinishDelta):
                reason = item.reason if item.reason in FINISHES else _FINISH_OF.get(item.reason, "stop")
                chunks.append(self._choice(item.choice, {}, reason))
            elif isinstance(item, Passed):
                self._passed(item, chunks)
        return b"".join(event_bytes(self._chunk([c])) for c in chunks)

    def _passed(self, item: Passed, chunks: list[dict[str, Any]]) -> None:
        if item.kind == "reasoning_field":
            self._reasoning_field = item.data
        elif item.kind == "logprobs":
            if chunks and chunks[-1]["index"] == item.choice and chunks[-1]["finish_reason"] is None:
                chunks[-1]["logprobs"] = item.data
            else:
                chunks.append({**self._choice(item.choice, {}), "logprobs": item.data})
        elif item.kind == "call":
            if item.data["extra"].get("type") == "custom":
                for chunk in chunks:
                    _make_custom(chunk, item.data["index"])
        elif item.kind not in ("part", "signature", "item", "stop_sequence", "stop_details"):
            chunks.append(self._choice(item.choice, {item.kind: item.data}))

    def _call(self, delta: ToolCallDelta) -> dict[str, Any]:
        if delta.index == LEGACY_CALL:
            legacy = {"arguments": delta.arguments}
            return {"function_call": {"name": delta.name, **legacy} if delta.name else legacy}
        function: dict[str, Any] = {"arguments": delta.arguments}
        call: dict[str, Any] = {"index": delta.index, "function": function}
        if (delta.choice, delta.index) not in self._opened:
            self._opened.add((delta.choice, delta.index))
            call |= {"id": delta.call_id or "", "type": "function"}
            function["name"] = delta.name or ""
        return {"tool_calls": [call]}

    def _choice(self, index: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        if index not in self._spoke:
            self._spoke.add(index)
            delta = {"role": "assistant", **({} if "content" in delta else {"content": None}), **delta}
        return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        begin = self._begin
        return {
            "id": begin.response_id,
            "object": "chat.completion.chunk",
            "created": begin.created_s,
            "model": begin.model,
            **(begin.extra or {}),
            "choices": choices,
        }

    def close(self, report: UsageReport | None) -> bytes:
        """The usage where it was asked for, and the end marker."""
        out = b""
        if self._include_usage and report is not None:
            usage = report.raw or write_usage(report.usage)
            if usage is not None:
                out = event_bytes({**self._chunk([]), "usage": usage})
        return out + b"data: [DONE]\n\n"

    def fail(self, failure: Failure) -> bytes:
        """An error event; the client library raises it."""
        error = {"message": failure.message, "type": failure.kind, "param": None, "code": failure.code}
        return event_bytes({"error": error})


def _make_custom(chunk: dict[str, Any], index: int) -> None:
    """Turn one call of a chunk into the form of a tool that takes free text."""
    for call in chunk["delta"].get("tool_calls") or ():
        if call["index"] == index and "function" in call:
            function = call.pop("function")
            call["custom"] = {"input": function.pop("arguments"), **function}
            if "type" in call:
                call["type"] = "custom"
