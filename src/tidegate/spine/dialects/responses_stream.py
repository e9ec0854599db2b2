"""Response events ↔ items.

The writer gives the whole sequence that the API documents: items and parts are added, grow by
deltas, and are done, each event numbered, and the last one carries the whole response.
"""

from typing import Any

from tidegate.spine.call import Usage
from tidegate.spine.conversation import (
    FinishDelta,
    Message,
    Opaque,
    Reasoning,
    Refusal,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
)
from tidegate.spine.dialects.answers import Answer, Begin, Failure, Item, Passed, UsageReport, items_of
from tidegate.spine.dialects.responses_answers import (
    failure_of,
    finish_of,
    item_id,
    output_items,
    read_answer,
    read_usage,
    response_object,
    status_fields,
)
from tidegate.spine.dialects.responses_items import call_of_item
from tidegate.spine.dialects.streams import StreamReader, named_event_bytes

_TEXT_DELTAS = {
    "response.output_text.delta": "content",
    "response.refusal.delta": "refusal",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary_text.delta": "reasoning",
}
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})
_STATE = frozenset(
    {"id", "object", "created_at", "completed_at", "model", "output", "usage", "status", "error", "incomplete_details"}
)


class ResponsesReader(StreamReader):
    """Reads `response.created` … `response.completed`."""

    def __init__(self) -> None:
        super().__init__()
        self._began = False
        self._said: set[int] = set()  # output items whose content came as deltas
        self._calls: dict[int, int] = {}  # call number by output index
        self._content = False

    def _event(self, name: str, value: dict[str, Any]) -> list[Item]:
        kind = value.get("type") or name
        if kind in _TEXT_DELTAS:
            return self._text(kind, value)
        if kind in ("response.function_call_arguments.delta", "response.custom_tool_call_input.delta"):
            place = value["output_index"]
            self._said.add(place)
            return [ToolCallDelta(self._call_number(place), value["delta"])]
        if kind == "response.output_item.added":
            return self._added(value["output_index"], value["item"])
        if kind == "response.output_item.done":
            return self._done(value["output_index"], value["item"])
        if kind == "response.reasoning_summary_part.added" and value.get("summary_index"):
            return [TextDelta("\n", "reasoning")]
        if kind in _ENDS:
            return self._end(value["response"])
        if kind in ("response.created", "response.in_progress", "response.queued"):
            return self._begin(value["response"])
        if kind == "error":
            return [failure_of(value.get("error") or value)]
        return []

    def _begin(self, response: dict[str, Any]) -> list[Item]:
        if self._began:
            return []
        self._began = True
        created = response.get("created_at")
        return [
            Begin(
                str(response.get("id") or ""),
                str(response.get("model") or ""),
                int(created) if isinstance(created, int | float) else 0,
                {k: v for k, v in response.items() if k not in _STATE} or None,
            )
        ]

    def _text(self, kind: str, value: dict[str, Any]) -> list[Item]:
        self._said.add(value["output_index"])
        self._content = True
        return [TextDelta(value["delta"], _TEXT_DELTAS[kind])] if value["delta"] else []  # type: ignore[arg-type]

    def _call_number(self, place: int) -> int:
        return self._calls.setdefault(place, len(self._calls))

    def _added(self, place: int, item: dict[str, Any]) -> list[Item]:
        kind = item.get("type")
        if kind not in ("function_call", "custom_tool_call"):
            return []
        self._content = True
        body = item.get("arguments" if kind == "function_call" else "input") or ""
        if body:
            self._said.add(place)
        return [ToolCallDelta(self._call_number(place), body, item.get("call_id"), item.get("name"))]

    def _done(self, place: int, item: dict[str, Any]) -> list[Item]:
        """A finished item: what its deltas did not say is said now."""
        self._content = True
        kind = item.get("type", "message")
        if kind == "message":
            if place in self._said:
                return []
            answer = read_answer({"output": [item]})
            return [d for d in items_of(answer) if isinstance(d, TextDelta)]
        if kind == "reasoning":
            said: list[Item] = []
            if place not in self._said:
                said = [d for d in items_of(read_answer({"output": [item]})) if isinstance(d, TextDelta) and d.text]
            return [*said, Passed("item", item)]
        if kind == "function_call":
            if place in self._said:
                return []
            known = place in self._calls
            number = self._call_number(place)
            return [
                ToolCallDelta(
                    number,
                    item.get("arguments") or "",
                    None if known else item["call_id"],
                    None if known else item["name"],
                )
            ]
        if kind.endswith("_call") and isinstance(item.get("call_id"), str):
            number, call = self._call_number(place), call_of_item(item)
            passed = Passed("call", {"index": number, "extra": {"item": item}})
            if place in self._said:
                return [passed]
            return [ToolCallDelta(number, call.arguments, call.call_id, call.name), passed]
        return [Passed("part", Opaque(kind, item))]

    def _end(self, response: dict[str, Any]) -> list[Item]:
        self.done = True
        items = self._begin(response)
        if not self._content:  # an upstream that streams nothing but the end
            items += [i for i in items_of(read_answer(response)) if not isinstance(i, Begin | UsageReport)]
        else:
            finish = finish_of(response.get("status"), response.get("incomplete_details"), bool(self._calls))
            if finish is not None:
                items.append(FinishDelta(finish))
            elif response.get("status") == "failed":
                items.append(failure_of(response.get("error")))
        if isinstance(usage := response.get("usage"), dict):
            items.append(UsageReport(read_usage(usage), usage))
        return items


class _OpenItem:
    """An output item being written: its place, its id, and the text so far."""

    def __init__(self, what: str, place: int, kind: str, response_id: str) -> None:
        self.what = what
        self.place = place
        self.kind = kind
        self.id = item_id(kind, response_id, place)
        self.parts: list[list[Any]] = []  # [channel, texts]
        self.call: ToolCallDelta | None = None
        self.arguments: list[str] = []


class ResponsesWriter:
    """Writes the documented event sequence of a response."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._number = 0
        self._started = False
        self._message: _OpenItem | None = None  # the message or reasoning item that is open
        self._calls: dict[int, _OpenItem] = {}
        self._custom: dict[int, dict[str, Any] | None] = {}  # None once written
        self._output: dict[int, dict[str, Any]] = {}  # finished items by place
        self._places = 0
        self._finish: str | None = None
        self._usage: UsageReport | None = None

    def write(self, items: list[Item]) -> bytes:
        """The events that say these items; further choices have no place in this form."""
        out: list[bytes] = []
        for item in items:
            if isinstance(item, Passed) and item.kind == "call" and "item" in item.data["extra"]:
                self._custom[item.data["index"]] = item.data["extra"]["item"]
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
            elif item.kind == "part" and isinstance(item.data, Opaque):
                self._whole_item(item.data, out)
        return b"".join(out)

    # -- events

    def _emit(self, kind: str, out: list[bytes], **fields: Any) -> None:
        out.append(named_event_bytes({"type": kind, "sequence_number": self._number, **fields}))
        self._number += 1

    def _start(self, out: list[bytes]) -> None:
        if self._started:
            return
        self._started = True
        response = self._response({"status": "in_progress", "error": None, "incomplete_details": None}, None)
        self._emit("response.created", out, response=response)
        self._emit("response.in_progress", out, response=response)

    def _response(self, state: dict[str, Any], report: UsageReport | None) -> dict[str, Any]:
        begin, report = self._begin, report or UsageReport(Usage())
        answer = Answer(
            response_id=begin.response_id,
            model=begin.model,
            created_s=begin.created_s,
            extra=begin.extra,
            usage=report.usage,
            usage_raw=report.raw,
        )
        return response_object(answer, [self._output[p] for p in sorted(self._output)], state)

    # -- messages and reasoning

    def _text(self, item: TextDelta, out: list[bytes]) -> None:
        kind = "reasoning" if item.channel == "reasoning" else "message"
        open_item = self._message
        if open_item is None or open_item.kind != kind:
            open_item = self._open(kind, out)
        if not open_item.parts or open_item.parts[-1][0] != item.channel:
            self._stop_part(open_item, out)
            self._start_part(open_item, item.channel, out)
        open_item.parts[-1][1].append(item.text)
        at = {"item_id": open_item.id, "output_index": open_item.place}
        if kind == "reasoning":
            self._emit("response.reasoning_summary_text.delta", out, **at, summary_index=0, delta=item.text)
        elif item.channel == "refusal":
            self._emit("response.refusal.delta", out, **at, content_index=len(open_item.parts) - 1, delta=item.text)
        else:
            place = len(open_item.parts) - 1
            self._emit("response.output_text.delta", out, **at, content_index=place, delta=item.text, logprobs=[])

    def _open(self, kind: str, out: list[bytes]) -> _OpenItem:
        self._start(out)
        self._close_message(out)
        self._message = item = _OpenItem(kind, self._places, kind, self._begin.response_id)
        self._places += 1
        shape: dict[str, Any] = {"id": item.id, "type": kind, "status": "in_progress"}
        shape |= {"summary": []} if kind == "reasoning" else {"role": "assistant", "content": []}
        self._emit("response.output_item.added", out, output_index=item.place, item=shape)
        return item

    def _start_part(self, item: _OpenItem, channel: str, out: list[bytes]) -> None:
        item.parts.append([channel, []])
        at = {"item_id": item.id, "output_index": item.place}
        if channel == "reasoning":
            part: dict[str, Any] = {"type": "summary_text", "text": ""}
            self._emit("response.reasoning_summary_part.added", out, **at, summary_index=0, part=part)
            return
        part = {"type": "refusal", "refusal": ""} if channel == "refusal" else _text_part("")
        self._emit("response.content_part.added", out, **at, content_index=len(item.parts) - 1, part=part)

    def _stop_part(self, item: _OpenItem, out: list[bytes]) -> None:
        if not item.parts:
            return
        channel, texts = item.parts[-1]
        text, place = "".join(texts), len(item.parts) - 1
        at = {"item_id": item.id, "output_index": item.place}
        if channel == "reasoning":
            part: dict[str, Any] = {"type": "summary_text", "text": text}
            self._emit("response.reasoning_summary_text.done", out, **at, summary_index=0, text=text)
            self._emit("response.reasoning_summary_part.done", out, **at, summary_index=0, part=part)
            return
        if channel == "refusal":
            part = {"type": "refusal", "refusal": text}
            self._emit("response.refusal.done", out, **at, content_index=place, refusal=text)
        else:
            part = _text_part(text)
            self._emit("response.output_text.done", out, **at, content_index=place, text=text, logprobs=[])
        self._emit("response.content_part.done", out, **at, content_index=place, part=part)

    def _close_message(self, out: list[bytes], status: str = "completed") -> None:
        item, self._message = self._message, None
        if item is None:
            return
        self._stop_part(item, out)
        texts = [(channel, "".join(pieces)) for channel, pieces in item.parts]
        if item.kind == "reasoning":
            parts: tuple[Any, ...] = (Reasoning(texts[0][1] if texts else ""),)
        else:
            parts = tuple(Refusal(t) if channel == "refusal" else Text(t) for channel, t in texts)
        self._finish_item(item, Message("assistant", parts), out, status)

    def _finish_item(self, item: _OpenItem, message: Message, out: list[bytes], status: str) -> None:
        done = {**output_items(message, self._begin.response_id, status)[0], "id": item.id}
        self._output[item.place] = done
        self._emit("response.output_item.done", out, output_index=item.place, item=done)

    # -- calls and whole items

    def _call(self, delta: ToolCallDelta, out: list[bytes]) -> None:
        if delta.index in self._custom:  # a call in another form than a function: written whole
            if (custom := self._custom[delta.index]) is not None:
                self._whole_item(Opaque("call", custom), out)
                self._custom[delta.index] = None
            return
        item = self._calls.get(delta.index)
        if item is None:
            self._start(out)
            self._close_message(out)
            item = self._calls[delta.index] = _OpenItem("call", self._places, "function_call", self._begin.response_id)
            self._places += 1
            item.call = delta
            shape = {
                "id": item.id,
                "type": "function_call",
                "status": "in_progress",
                "call_id": delta.call_id or item.id,
                "name": delta.name or "",
                "arguments": "",
            }
            self._emit("response.output_item.added", out, output_index=item.place, item=shape)
        if delta.arguments:
            item.arguments.append(delta.arguments)
            self._emit(
                "response.function_call_arguments.delta",
                out,
                item_id=item.id,
                output_index=item.place,
                delta=delta.arguments,
            )

    def _close_calls(self, out: list[bytes], status: str) -> None:
        for item in self._calls.values():
            assert item.call is not None
            arguments = "".join(item.arguments)
            self._emit(
                "response.function_call_arguments.done",
                out,
                item_id=item.id,
                output_index=item.place,
                name=item.call.name or "",
                arguments=arguments,
            )
            call = ToolCall(item.call.call_id or item.id, item.call.name or "", arguments)
            self._finish_item(item, Message("assistant", (call,)), out, status)
        self._calls = {}

    def _whole_item(self, part: Opaque, out: list[bytes]) -> None:
        self._start(out)
        self._close_message(out)
        place, self._places = self._places, self._places + 1
        self._output[place] = part.data
        self._emit("response.output_item.added", out, output_index=place, item=part.data)
        self._emit("response.output_item.done", out, output_index=place, item=part.data)

    # -- the end

    def close(self, report: UsageReport | None) -> bytes:
        """What is open is done; then the whole response with its status and usage."""
        out: list[bytes] = []
        self._start(out)
        state = status_fields(self._finish, None)
        self._close_message(out, state["status"])
        self._close_calls(out, state["status"])
        response = self._response(state, report or self._usage)
        self._emit(f"response.{state['status']}", out, response=response)
        return b"".join(out)

    def fail(self, failure: Failure) -> bytes:
        """`response.failed` with what was said so far, as this API tells of its failures."""
        out: list[bytes] = []
        self._start(out)
        self._close_message(out, "incomplete")
        self._close_calls(out, "incomplete")
        response = self._response(status_fields(None, failure), self._usage)
        self._emit("response.failed", out, response=response)
        return b"".join(out)


def _text_part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": []}
