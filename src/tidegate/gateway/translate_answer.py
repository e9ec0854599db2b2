"""Answers on their way back: raw, bridged from one dialect to another under the guards, or errors.

A bridged answer is read into items whatever it is (an event stream or a whole body), passes the
guards, and is written as the client asked for it (an event stream or a whole body): the four
combinations are one road.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.gateway.errors import error_event
from tidegate.gateway.guarding import Watch
from tidegate.gateway.guarding_answers import AnswerWatch
from tidegate.gateway.usage import TAIL_BYTES, usage_of_json, usage_of_stream
from tidegate.spine.call import Dialect, Ending, Usage
from tidegate.spine.conversation import Conversation, FinishDelta, TextDelta, ToolCallDelta
from tidegate.spine.dialects.answers import (
    LEGACY_CALL,
    Answer,
    Begin,
    Failure,
    Item,
    Passed,
    UsageReport,
    assemble,
    items_of,
)
from tidegate.spine.dialects.responses_answers import echo_of
from tidegate.spine.dialects.streams import StreamWriter
from tidegate.spine.dialects.table import Form, answer_id, read_error, write_error
from tidegate.spine.errors import InputError

if TYPE_CHECKING:
    from tidegate.gateway.translate import Bridge

EVENT_STREAM = "text/event-stream"
BODY_BYTES_MAX = 64 * 1024 * 1024
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class RawAnswer:
    """Bytes as they are: a fallback that speaks the client's own dialect, with nobody watching."""

    def __init__(self, dialect: Dialect, content_type: str) -> None:
        self.content_type = content_type or "application/json"
        self.tokens = 0
        self.stopped: Ending | None = None
        self.status: int | None = None
        self._dialect = dialect
        self._stream = content_type.startswith(EVENT_STREAM)
        self._head = b""
        self._tail = b""

    def feed(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002
        """The same bytes."""
        self.tokens += data.count(b"\n\n")
        if self._stream:
            if len(self._head) < TAIL_BYTES:
                self._head += data
            self._tail = (self._tail + data)[-TAIL_BYTES:]
        else:
            self._head += data
        return data

    def finish(self, now_s: float) -> bytes:  # noqa: ARG002
        """Nothing is left."""
        return b""

    def broken(self, code: str, message: str) -> bytes:  # noqa: ARG002
        """An error event; an event cut in its middle is closed first, and its reader sees that it is no JSON."""
        if not self._stream:
            return b""
        return (b"" if self._tail.endswith(b"\n\n") else b"\n\n") + error_event(self._dialect, code)

    def usage(self) -> Usage:
        """Tokens as reported."""
        if self._stream:
            return usage_of_stream(self._head, self._tail, self._dialect)[0]
        return usage_of_json(self._head)[0]


class ErrorAnswer:
    """An upstream's error body, in the client's shape."""

    def __init__(self, source: Form, client: Form, status: int, watch: Watch | None) -> None:
        self.content_type = "application/json"
        self.tokens = 0
        self.stopped: Ending | None = None
        self.status: int | None = None
        self._source = source
        self._client = client
        self._code = status
        self._watch = watch
        self._parts: list[bytes] = []

    def feed(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002
        """Errors are short: they are collected."""
        if sum(map(len, self._parts)) < BODY_BYTES_MAX:
            self._parts.append(data)
        return b""

    def finish(self, now_s: float) -> bytes:  # noqa: ARG002
        """The whole error."""
        body = b"".join(self._parts)
        if self._source is self._client and self._watch is None:
            return body
        try:
            failure = read_error(self._source.name, _decode(body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            failure = Failure("the upstream answered with an error that is not JSON", "upstream_error")
        if self._watch is not None:  # nobody looked at these words
            failure = Failure("the upstream answered with an error", "upstream_error")
        return _encode(write_error(self._client.name, self._code, failure))

    def broken(self, code: str, message: str) -> bytes:
        """The upstream broke off within its error."""
        return _encode(write_error(self._client.name, self._code, Failure(message, code)))

    def usage(self) -> Usage:
        """Errors cost nothing that is reported."""
        return Usage()


class BridgedAnswer:
    """An answer that is read, watched and written anew."""

    def __init__(self, bridge: "Bridge", source: Form, content_type: str, wall_s: float) -> None:
        self._bridge = bridge
        self._source = source
        self._client = bridge.form
        self._conversation = bridge.conversation
        self._wall_s = wall_s
        self._stream_out = bridge.call.stream
        self._reader = source.reader() if content_type.startswith(EVENT_STREAM) else None
        self._body: list[bytes] = []
        self._body_bytes = 0
        parameters = bridge.conversation.parameters
        choices, stop = parameters.get("n"), parameters.get("stop")
        self._guards = (
            AnswerWatch(
                bridge.watch,
                choices=choices if isinstance(choices, int) else 1,
                stops=[stop] if isinstance(stop, str) else stop if isinstance(stop, list) else (),
            )
            if bridge.sees_answers
            else None
        )
        self._legacy = source is not self._client and any(
            (t.extra or {}).get("legacy") for t in self._conversation.tools
        )
        self._writer: StreamWriter | None = None
        self._items: list[Item] = []  # of an answer that is written whole
        self._open: set[int] = set()  # choices that have begun and not finished
        self._report: UsageReport | None = None
        self._failure: Failure | None = None
        self.content_type = f"{EVENT_STREAM}; charset=utf-8" if self._stream_out else "application/json"
        self.tokens = 0
        self.stopped: Ending | None = None
        self.status: int | None = None  # another status than the upstream's, when it failed inside a 200

    # -- in

    def feed(self, data: bytes, now_s: float) -> bytes:
        """What the client may have now."""
        if self._failure is not None:
            return b""
        if self._reader is not None:
            return self._take(self._reader.feed(data), now_s)
        self._body_bytes += len(data)
        if self._body_bytes > BODY_BYTES_MAX:
            return self._take([Failure("the upstream's answer is too long", "upstream_broken")], now_s)
        self._body.append(data)
        return b""

    def finish(self, now_s: float) -> bytes:
        """The upstream's answer is complete."""
        if self._failure is not None:
            return b"" if self._stream_out else self._whole()
        items = self._reader.end() if self._reader is not None else self._read_body()
        out = self._take(items, now_s)
        if self._failure is None and self._open:
            out += self._take([Failure("the upstream ended before its answer did", "upstream_broken")], now_s)
        if self._failure is not None or self.stopped is not None:
            return out if self._stream_out else self._whole()
        if self._guards is not None:
            out += self._write(self._guards.end(now_s))
            self.stopped = self._guards.stopped
        return out + self._close()

    def _read_body(self) -> list[Item]:
        try:
            return items_of(self._source.read_answer(_decode(b"".join(self._body))))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return [Failure("the upstream's answer is not JSON", "upstream_broken")]
        except (InputError, TypeError, ValueError, AttributeError):
            return [Failure("the upstream's answer is not what its API says", "upstream_broken")]

    def _take(self, items: list[Item], now_s: float) -> bytes:
        out = b""
        for item in items:
            if isinstance(item, TextDelta | ToolCallDelta):
                self.tokens += 1
                self._open.add(item.choice)
            elif isinstance(item, FinishDelta):
                self._open.discard(item.choice)
        if self._guards is not None:
            items = self._guards.feed(items, now_s)
            if self._guards.stopped is not None:
                self.stopped = self._guards.stopped
                return self._write(items) + self._close()
        out += self._write(items)
        return out

    # -- out

    def _write(self, items: list[Item]) -> bytes:
        ready: list[Item] = []
        for item in items:
            if isinstance(item, Begin):
                ready.append(self._begin(item))
            elif isinstance(item, UsageReport):
                self._report = self._usage(item)
                ready.append(self._report)
            elif isinstance(item, Failure):
                self._failure = item
            elif self._source is not self._client and isinstance(item, Passed):
                continue  # what the other dialect says beside the common form
            else:
                ready.append(self._in_old_form(item) if self._legacy else item)
        if not self._stream_out:
            self._items += ready
            return b""
        out = b""
        if ready:
            out = self._writing().write(ready)
        if self._failure is not None:
            out += self._writing().fail(self._failure)
        return out

    def _writing(self) -> StreamWriter:
        if self._writer is None:
            asked = self._conversation.parameters.get("stream_options")
            usage = isinstance(asked, dict) and bool(asked.get("include_usage"))
            self._writer = self._client.writer(self._begin(Begin()), usage)
        return self._writer

    def _begin(self, begin: Begin) -> Begin:
        """The beginning as the client's dialect writes it."""
        same = self._source is self._client
        extra = begin.extra if same else None
        if self._client.name == "responses" and extra is None:
            extra = echo_of(self._conversation)
        response_id = begin.response_id if same else answer_id(self._client.name, begin.response_id)
        fallback = answer_id(self._client.name, self._bridge.call.call_id.removeprefix("call_"))
        return Begin(
            response_id if begin.response_id else fallback,
            begin.model or self._bridge.call.model,
            begin.created_s or int(self._wall_s),
            extra,
        )

    def _usage(self, report: UsageReport) -> UsageReport:
        return report if self._source is self._client else UsageReport(report.usage)

    def _in_old_form(self, item: Item) -> Item:
        """For a client that offered `functions`: its one call is a `function_call`."""
        if isinstance(item, ToolCallDelta) and item.index == 0:
            return msgspec.structs.replace(item, index=LEGACY_CALL)
        if isinstance(item, FinishDelta) and item.reason == "tool_calls":
            return FinishDelta("function_call", item.choice)
        return item

    def _close(self) -> bytes:
        return self._writing().close(self._report) if self._stream_out else self._whole()

    def _whole(self) -> bytes:
        """The answer as one body; a failure inside it is an error, except where the API has a form for it."""
        answer = assemble(self._items)
        if self._failure is not None:
            if self._client.name != "responses":
                self.status = 502
                return _encode(write_error(self._client.name, 502, self._failure))
            answer = msgspec.structs.replace(answer, failure=self._failure)
        if not any(isinstance(i, Begin) for i in self._items):
            begin = self._begin(Begin())
            answer = _beginning(answer, begin)
        return _encode(self._client.write_answer(answer))

    def broken(self, code: str, message: str) -> bytes:
        """The upstream broke off: the client is told in its dialect; what guards held back stays back."""
        if not self._stream_out or self._failure is not None:
            return b""
        self._failure = Failure(message, code)
        return self._writing().fail(self._failure)

    def usage(self) -> Usage:
        """Tokens as the upstream reported them."""
        return self._report.usage if self._report is not None else Usage()


def _beginning(answer: Answer, begin: Begin) -> Answer:
    return msgspec.structs.replace(
        answer, response_id=begin.response_id, model=begin.model, created_s=begin.created_s, extra=begin.extra
    )


def in_clients_form(form: Form, conversation: Conversation, stream: bool, items: list[Item]) -> bytes:
    """An answer made here, whole, as the client asked for it."""
    begin = next(i for i in items if isinstance(i, Begin))
    report = next((i for i in items if isinstance(i, UsageReport)), None)
    if form.name == "responses":
        begin = msgspec.structs.replace(begin, extra=echo_of(conversation))
        items = [begin, *(i for i in items if not isinstance(i, Begin))]
    if not stream:
        return _encode(form.write_answer(assemble(items)))
    asked: Any = conversation.parameters.get("stream_options")
    writer = form.writer(begin, isinstance(asked, dict) and bool(asked.get("include_usage")))
    return writer.write(items) + writer.close(report)
