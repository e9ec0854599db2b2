"""Anthropic message events ↔ items."""

from typing import Any

from tidegate.spine.conversation import FinishDelta, Opaque, TextDelta, ToolCallDelta
from tidegate.spine.dialects.answers import Begin, Failure, Item, Passed, UsageReport
from tidegate.spine.dialects.fields import arguments_object, json_text
from tidegate.spine.dialects.messages_answers import FINISH_OF_STOP, read_usage, stop_fields, write_usage
from tidegate.spine.dialects.streams import StreamReader, named_event_bytes

_DELTA_CHANNELS = {"text_delta": ("text", "content"), "thinking_delta": ("thinking", "reasoning")}
_KNOWN_MESSAGE = frozenset(
    {"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "stop_details", "usage"}
)


class MessagesReader(StreamReader):
    """Reads `message_start` … `message_stop`."""

    def __init__(self) -> None:
        super().__init__()
        self._usage: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}  # open blocks by index
        self._calls = 0

    def _event(self, name: str, value: dict[str, Any]) -> list[Item]:  # noqa: ARG002 - `type` says it too
        kind = value.get("type")
        if kind == "content_block_delta":
            return self._delta(value["index"], value["delta"])
        if kind == "content_block_start":
            return self._start_block(value["index"], value["content_block"])
        if kind == "content_block_stop":
            return self._stop_block(value["index"])
        if kind == "message_start":
            return self._message_start(value["message"])
        if kind == "message_delta":
            return self._message_delta(value)
        if kind == "message_stop":
            self.done = True
        elif kind == "error":
            return [failure_of(value.get("error"))]
        return []

    def _message_start(self, message: dict[str, Any]) -> list[Item]:
        extra = {k: v for k, v in message.items() if k not in _KNOWN_MESSAGE and v is not None}
        begin = Begin(str(message.get("id") or ""), str(message.get("model") or ""), 0, extra or None)
        self._usage = dict(message.get("usage") or {})
        return [begin, UsageReport(read_usage(self._usage), self._usage)]

    def _start_block(self, index: int, block: dict[str, Any]) -> list[Item]:
        kind = block.get("type")
        state: dict[str, Any] = {"kind": kind, "block": block, "json": "", "call": self._calls}
        self._blocks[index] = state
        if kind == "text":
            return [TextDelta(block["text"])] if block.get("text") else []
        if kind == "thinking":
            return [TextDelta(block["thinking"], "reasoning")] if block.get("thinking") else []
        if kind == "tool_use":
            self._calls += 1
            extra = {k: v for k, v in block.items() if k not in ("type", "id", "name", "input") and v is not None}
            passed: list[Item] = [Passed("call", {"index": state["call"], "extra": extra})] if extra else []
            return [ToolCallDelta(state["call"], "", block["id"], block["name"]), *passed]
        return []

    def _delta(self, index: int, delta: dict[str, Any]) -> list[Item]:
        kind = delta.get("type", "")
        if kind in _DELTA_CHANNELS:
            field, channel = _DELTA_CHANNELS[kind]
            return [TextDelta(delta[field], channel)] if delta[field] else []  # type: ignore[arg-type]
        if kind == "signature_delta":
            return [Passed("signature", delta["signature"])]
        if kind == "input_json_delta":
            state = self._blocks[index]
            state["json"] += delta["partial_json"]
            if state["kind"] == "tool_use" and delta["partial_json"]:
                return [ToolCallDelta(state["call"], delta["partial_json"])]
        return []

    def _stop_block(self, index: int) -> list[Item]:
        state = self._blocks.pop(index, None)
        if state is None or state["kind"] in ("text", "thinking"):
            return []
        block = state["block"]
        if state["kind"] == "tool_use":  # a tool without arguments: say so in JSON
            return [] if state["json"] else [ToolCallDelta(state["call"], json_text(block.get("input") or {}))]
        if state["json"] and (parsed := arguments_object(state["json"])) is not None:
            block = {**block, "input": parsed}
        return [Passed("part", Opaque(str(state["kind"]), block))]

    def _message_delta(self, value: dict[str, Any]) -> list[Item]:
        items: list[Item] = []
        if value.get("usage"):
            self._usage |= {k: v for k, v in value["usage"].items() if v is not None}
            items.append(UsageReport(read_usage(self._usage), dict(self._usage)))
        delta = value.get("delta") or {}
        items += [Passed(k, delta[k]) for k in ("stop_sequence", "stop_details") if delta.get(k) is not None]
        if (stop := delta.get("stop_reason")) is not None:
            items.append(FinishDelta(FINISH_OF_STOP.get(stop, stop)))
        return items


def failure_of(error: Any) -> Failure:
    """The `error` of an error event or body."""
    if not isinstance(error, dict):
        return Failure("the upstream failed")
    kind = str(error.get("type") or "api_error")
    return Failure(str(error.get("message") or "the upstream failed"), str(error.get("code") or kind), kind)


class MessagesWriter:
    """Writes `message_start`, blocks, `message_delta`, `message_stop`."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._started = False
        self._open: str | None = None  # what the open block is: a channel, or call:<index>
        self._index = -1
        self._waiting: dict[int, ToolCallDelta] = {}  # further calls: blocks of this form never interleave
        self._finish: str | None = None
        self._refused: list[str] = []
        self._ending: dict[str, Any] = {}
        self._usage: UsageReport | None = None

    def write(self, items: list[Item]) -> bytes:
        """The events that say these items; further choices have no place in this form."""
        out: list[bytes] = []
        for item in items:
            if isinstance(item, Begin):
                self._begin = item
            elif isinstance(item, UsageReport):
                self._usage = item
            elif isinstance(item, Failure) or item.choice:
                continue
            elif isinstance(item, TextDelta):
                self._text(item, out)
            elif isinstance(item, ToolCallDelta):
                self._call(item, out)
            elif isinstance(item, FinishDelta):
                self._finish = item.reason
            else:
                self._passed(item, out)
        return b"".join(out)

    def _start(self, out: list[bytes]) -> None:
        if self._started:
            return
        self._started = True
        report = self._usage
        usage = {"input_tokens": 0, "output_tokens": 0}
        if report is not None:
            usage = report.raw or write_usage(report.usage)
        message = {
            "id": self._begin.response_id,
            "type": "message",
            "role": "assistant",
            "model": self._begin.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
            **(self._begin.extra or {}),
        }
        out.append(named_event_bytes({"type": "message_start", "message": message}))

    def _block(self, what: str, block: dict[str, Any], out: list[bytes]) -> None:
        """Make the open block be `what`, closing the one before."""
        if self._open == what:
            return
        self._start(out)
        self._stop(out)
        self._index += 1
        self._open = what
        out.append(named_event_bytes({"type": "content_block_start", "index": self._index, "content_block": block}))

    def _stop(self, out: list[bytes]) -> None:
        if self._open is not None:
            self._open = None
            out.append(named_event_bytes({"type": "content_block_stop", "index": self._index}))

    def _delta(self, delta: dict[str, Any], out: list[bytes]) -> None:
        out.append(named_event_bytes({"type": "content_block_delta", "index": self._index, "delta": delta}))

    def _text(self, item: TextDelta, out: list[bytes]) -> None:
        self._write_waiting(out)
        if item.channel == "reasoning":
            self._block("reasoning", {"type": "thinking", "thinking": "", "signature": ""}, out)
            self._delta({"type": "thinking_delta", "thinking": item.text}, out)
            return
        if item.channel == "refusal":
            self._refused.append(item.text)
        self._block("text", {"type": "text", "text": ""}, out)
        self._delta({"type": "text_delta", "text": item.text}, out)

    def _call(self, item: ToolCallDelta, out: list[bytes]) -> None:
        open_call = (self._open or "").startswith("call:")
        if (open_call and self._open != f"call:{item.index}") or item.index in self._waiting:
            before = self._waiting.get(item.index)
            self._waiting[item.index] = item if before is None else _grown(before, item)
            return
        self._write_call(item, out)

    def _write_waiting(self, out: list[bytes]) -> None:
        waiting, self._waiting = self._waiting, {}
        for item in waiting.values():
            self._write_call(item, out)

    def _write_call(self, item: ToolCallDelta, out: list[bytes]) -> None:
        block = {"type": "tool_use", "id": item.call_id or "", "name": item.name or "", "input": {}}
        self._block(f"call:{item.index}", block, out)
        if item.arguments:
            self._delta({"type": "input_json_delta", "partial_json": item.arguments}, out)

    def _passed(self, item: Passed, out: list[bytes]) -> None:
        if item.kind == "signature" and self._open == "reasoning":
            self._delta({"type": "signature_delta", "signature": item.data}, out)
            self._stop(out)
        elif item.kind == "part" and isinstance(item.data, Opaque):
            self._write_waiting(out)
            self._block(f"part:{self._index}", item.data.data, out)
            self._stop(out)
        elif item.kind in ("stop_sequence", "stop_details"):
            self._ending[item.kind] = item.data

    def close(self, report: UsageReport | None) -> bytes:
        """The open block, the stop reason with the usage, and the end."""
        out: list[bytes] = []
        report = report or self._usage
        self._start(out)
        self._write_waiting(out)
        self._stop(out)
        usage = (report.raw or write_usage(report.usage)) if report is not None else {"output_tokens": 0}
        refused = "".join(self._refused) if self._refused else None
        delta = stop_fields(self._finish, refused, self._ending)
        out.append(named_event_bytes({"type": "message_delta", "delta": delta, "usage": usage}))
        out.append(named_event_bytes({"type": "message_stop"}))
        return b"".join(out)

    def fail(self, failure: Failure) -> bytes:
        """An error event; the client library raises it."""
        error = {"type": failure.kind, "message": failure.message, "code": failure.code}
        return named_event_bytes({"type": "error", "error": error})


def _grown(before: ToolCallDelta, more: ToolCallDelta) -> ToolCallDelta:
    return ToolCallDelta(
        before.index, before.arguments + more.arguments, before.call_id or more.call_id, before.name or more.name
    )
