"""An answer on its way from an upstream to the client: one of two halves of an exchange.

An answer goes one of three ways.  *Whole*: anything that is no event stream is collected (up to
`COLLECT_MAX`) and sent in one piece, so that an upstream that breaks off becomes a clean error.
*Stream*: event streams, and answers too large to collect, are passed on read by read.
*Shaped*: a `Shaping` (translation, guards) stands in between, for both.

What a read of the upstream brings is written to the client in the same call stack: no task, no queue, no
future.  The other half, `Exchange`, decides by the life cycle and acts on upstreams.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.gateway import lifecycle as life
from tidegate.gateway.ask import Ask
from tidegate.gateway.ask_usage import UsageStrip
from tidegate.gateway.errors import error_body, error_event, message_of, reason
from tidegate.gateway.headers import RequestHead
from tidegate.gateway.lifecycle import Phase, State, step
from tidegate.gateway.routing import Entry
from tidegate.gateway.seams import AnswerShape, Shaping
from tidegate.gateway.upstream import Pool, UpstreamConnection
from tidegate.gateway.usage import TAIL_BYTES
from tidegate.spine.call import Dialect, Ending, Identity, Usage
from tidegate.spine.trace import Event

if TYPE_CHECKING:
    from tidegate.gateway.budgets import Ticket
    from tidegate.gateway.client import ClientConnection
    from tidegate.gateway.worker import Gateway

COLLECT_MAX = 1024 * 1024  # an answer that is no stream is collected up to this size, then streamed
PROGRESS_EVERY = 32  # tokens between two reports to admission
GATHERED = 16  # reads of a stream that are kept as one: thousands of small pieces leave holes in memory
NOBODY = Identity(tenant="")
OVERLOADED = frozenset({429, 503, 529})
NO_BODY_STATUS = frozenset({204, 304})


class Answering(ABC):
    """One call, as far as its answer is concerned.

    What most calls never set is a class attribute: an instance holds what it was given and what
    happened to it, so making one costs a dozen stores.
    """

    state: State
    identity: Identity = NOBODY
    dialect: Dialect = "other"
    wire_dialect: Dialect = "other"
    suffix = ""
    ask: Ask | None = None
    entry: Entry | None = None
    candidates: tuple[Pool, ...] = ()
    connection: UpstreamConnection | None = None
    connecting: Pool | None = None
    shaping: Shaping | None = None
    shape: AnswerShape | None = None
    strip: UsageStrip | None = None  # the engine was asked for usage, the client was not to see it
    ticket = 0  # admission's request id; 0: not admitted
    waited = False
    trace_id = ""
    received_at_s = 0.0
    began_s = 0.0  # of the loop's clock, like heard_s
    heard_s = 0.0
    dispatched_at_s: float | None = None
    first_at_s: float | None = None
    parts: list[bytes] | None = None  # of an answer being collected
    kept: Sequence[bytes] = ()  # of what the client was sent, for the trace and the usage; replaced, never shared
    kept_bytes = 0
    gathered = 0  # pieces of `kept` that were made of many; those behind them are single reads
    chunks = 0
    tokens = 0
    told = PROGRESS_EVERY
    bytes_out = 0
    answered = False  # an answer's head went to the client
    streaming = False
    chunked = False
    head_waits = b""  # the head of a stream, until it goes with the first bytes
    sent_status = 0
    code: str | None = None
    failure = ""  # how the last target failed, for the trace
    ending: Ending | None = None
    retry_after_s: float | None = None
    reply_usage: Usage | None = None
    events: tuple[Event, ...] = ()
    budget: "Ticket | None" = None  # what is reserved for this call
    total_s_max = math.inf  # a run that is out of time sooner than its upstream's deadline
    about: str | None = None  # the trace that feedback speaks of

    def __init__(
        self, gw: "Gateway", client: "ClientConnection", method: bytes, path: bytes, query: bytes,
        head: RequestHead, body: bytes, keep: bool, http10: bool,
    ) -> None:  # fmt: skip
        self.gw = gw
        self.client = client
        self.method = method
        self.path = path
        self.query = query
        self.head = head
        self.body = body
        self.keep = keep
        self.http10 = http10
        self.state = ARRIVED

    # --- the other half's part ----------------------------------------------------------------

    @abstractmethod
    def do(self, decided: life.Step, message: str | None = None) -> None:
        """Do what the life cycle decided."""

    @abstractmethod
    def release(self) -> None:
        """Give the connection back."""

    @abstractmethod
    def finish(self, ending: Ending, code: str | None) -> None:
        """Write the one trace and end."""

    # --- the answer --------------------------------------------------------------------------

    def answer(self, connection: UpstreamConnection, parts: list[bytes], complete: bool) -> None:
        """What one read of the upstream brought (the hot path of a stream)."""
        if self.streaming and self.shape is None:
            self.heard_s = self.gw.wheel.now_s
            self.pass_on(parts, complete)
            return
        state = self.state
        if state is SENT and connection.status == 200:
            self.state = ANSWERING
            self.began(connection)
        elif state.phase is Phase.SENT:
            if connection.status in OVERLOADED:
                self.told_to_wait(connection)
            decided = step(self.state, began_with(connection.status), 0.0)
            if decided[1] is not FORWARD_ONLY:
                self.do(decided)
                if self.connection is not connection:
                    return  # discarded: another upstream is tried
            self.state = decided[0]
            self.began(connection)
        self.heard_s = self.gw.wheel.now_s
        if not complete and state.phase is Phase.SENT:  # the next silence may be due before the first byte was
            self.client.arm(self.heard_s + connection.pool.idle_s)
        if self.shape is not None:
            self.pass_shaped(parts, complete)
        elif self.streaming:
            self.pass_on(parts, complete)
        else:
            self.collect(connection, parts, complete)

    def told_to_wait(self, connection: UpstreamConnection) -> None:
        """The upstream has too much: admission holds back, as long as it asks for where it does."""
        named = connection.header(b"retry-after") or b""
        retry_after_s = float(named) if named.isdigit() else None
        self.gw.admission.throttled(connection.pool.name, retry_after_s, self.gw.loop.time())

    def began(self, connection: UpstreamConnection) -> None:
        """The first bytes of the answer's body (or its end) are here."""
        status = connection.status
        gw = self.gw
        if status < 400:
            self.first_at_s = gw.now_s()
            gw.admission.first_token(self.ticket, gw.loop.time())
            if connection.pool.reports_load:
                report = connection.header(b"endpoint-load-metrics")
                if report is not None:
                    gw.admission.load_report(connection.pool.name, report.decode("latin-1"), gw.loop.time())
        content_type = connection.content_type
        stream = content_type.startswith(b"text/event-stream")
        if self.shaping is not None and status not in (401, 403):
            self.shape = self.shaping.answer(status, content_type.decode("latin-1"), self.wire_dialect)
            stream = self.shape.content_type.startswith("text/event-stream")
        if stream and status < 400:
            self.begin_stream(connection, status)

    def begin_stream(self, connection: UpstreamConnection, status: int) -> None:
        """Send the head of an answer whose body follows read by read."""
        self.streaming = True
        self.answered = True
        self.sent_status = status
        if self.shape is not None:
            lines = b"content-type: %b\r\ncache-control: no-cache\r\n" % self.shape.content_type.encode("latin-1")
        else:
            lines = connection.answer_lines()
        self.chunked = not self.http10
        if self.http10:
            self.keep = False
        framing = b"transfer-encoding: chunked\r\n" if self.chunked else b""
        self.head_waits = self.head_bytes(status, lines, framing)
        self.state, _ = step(self.state, life.BYTES_OUT, 0.0)

    def write_on(self, data: bytes) -> None:
        """More of a stream; its head goes with the first bytes, in one write."""
        if self.head_waits:
            data, self.head_waits = self.head_waits + data, b""
        self.client.write(data)

    def head_bytes(self, status: int, lines: bytes, framing: bytes) -> bytes:
        """Status line and header lines of an answer."""
        return b"HTTP/1.1 %d %b\r\n%b%bx-request-id: %b\r\n%b\r\n" % (
            status, reason(status), lines, framing, self.trace_id.encode(),
            b"" if self.keep else b"connection: close\r\n",
        )  # fmt: skip

    def pass_on(self, parts: list[bytes], complete: bool) -> None:
        """Hand on a stream's bytes, framed anew: one chunk per read."""
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        if self.strip is not None:
            data = self.strip.feed(data, complete)
        if data:
            events = data.count(b"\n\n")
            self.chunks += len(parts)
            self.tokens += events
            self.bytes_out += len(data)
            self.keep_bytes(data)
            if self.chunked:
                data = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data) if complete else b"%x\r\n%b\r\n" % (len(data), data)
            if self.head_waits:
                self.write_on(data)
            else:
                self.client.write(data)
        elif complete and self.chunked:
            self.write_on(b"0\r\n\r\n")
        elif self.head_waits:
            self.write_on(b"")
        if self.tokens >= self.told:
            self.told = self.tokens + PROGRESS_EVERY
            self.gw.admission.progress(self.ticket, self.tokens, self.gw.wheel.now_s)
        if complete:
            self.answered_whole()

    def keep_bytes(self, data: bytes) -> None:
        """Keep what the trace and the usage need of a stream: all up to a bound, then the newest."""
        if self.kept_bytes:
            kept = self.kept
            kept.append(data)  # type: ignore[attr-defined]
            if len(kept) - self.gathered >= GATHERED:
                kept[self.gathered :] = [b"".join(kept[self.gathered :])]  # type: ignore[index]
                self.gathered += 1
        else:
            self.kept = [data]
        self.kept_bytes += len(data)
        if self.kept_bytes > self.gw.keep_max:
            self.forget_some()

    def forget_some(self) -> None:
        """Keep the first bytes up to the bound and the last few; what lies between is not kept."""
        kept = self.kept
        limit = self.gw.keep_max
        whole = b"".join(kept)
        first, last = whole[: max(limit // 2, TAIL_BYTES)], whole[-TAIL_BYTES:]
        self.kept = [first, last]
        self.kept_bytes = len(first) + len(last)
        self.gathered = 2

    def pass_shaped(self, parts: list[bytes], complete: bool) -> None:
        """Hand a read to the shape, and what it releases to the client."""
        shape = self.shape
        connection = self.connection
        assert shape is not None
        assert connection is not None
        now_s = self.gw.loop.time()
        self.chunks += len(parts)
        out = shape.feed(parts[0] if len(parts) == 1 else b"".join(parts), now_s) if parts else b""
        stopped = shape.stopped
        if complete and stopped is None:
            out += shape.finish(now_s)
            stopped = shape.stopped
        self.tokens = shape.tokens
        if self.tokens >= self.told:
            self.told = self.tokens + PROGRESS_EVERY
            self.gw.admission.progress(self.ticket, self.tokens, now_s)
        over = complete or stopped is not None
        if self.streaming:
            self.bytes_out += len(out)
            if out:
                self.keep_bytes(out)
            framed = (b"%x\r\n%b\r\n" % (len(out), out) if self.chunked else out) if out else b""
            self.write_on(framed + (b"0\r\n\r\n" if over and self.chunked else b""))
        else:
            self.parts = [*(self.parts or ()), out]
            if over:
                body = b"".join(self.parts)
                self.send_whole(shape.status or connection.status, connection, body, shape.content_type)
        if stopped is not None:
            self.do(step(self.state, life.Stopped(stopped), 0.0))
        elif complete:
            self.answered_whole()

    def collect(self, connection: UpstreamConnection, parts: list[bytes], complete: bool) -> None:
        """Gather an answer that is no stream, and send it in one piece."""
        if complete:
            if self.parts:
                parts = self.parts + parts
            self.chunks = 1
            self.send_whole(connection.status, connection, parts[0] if len(parts) == 1 else b"".join(parts))
            self.answered_whole()
            return
        self.parts = self.parts + parts if self.parts else parts
        if sum(map(len, self.parts)) > COLLECT_MAX:
            parts, self.parts = self.parts, None
            self.begin_stream(connection, connection.status)
            self.pass_on(parts, False)

    def send_whole(
        self, status: int, connection: UpstreamConnection, body: bytes, content_type: str | None = None
    ) -> None:
        """Send a whole answer with its length."""
        if status in (401, 403):
            self.code = "upstream_credentials_refused"
            self.write_error(502, self.code)
            return
        if content_type is None:
            lines = connection.answer_lines()
        else:
            lines = b"content-type: %b\r\n" % content_type.encode("latin-1")
        self.kept = [body]
        self.bytes_out = len(body)
        self.answered = True
        self.sent_status = status
        if status in NO_BODY_STATUS:
            self.client.write(self.head_bytes(status, lines, b""))
        else:
            whole = self.head_bytes(status, lines, b"content-length: %d\r\n" % len(body)) + body
            self.gw.write(self.client.transport, whole)

    def answered_whole(self) -> None:
        """The answer is complete and handed on."""
        state = self.state
        if state is ANSWERING:
            self.state = ENDED
            self.release()
            self.finish(Ending.COMPLETED, None)
            return
        decided = step(state, life.ANSWER_ENDED, 0.0)
        if decided[1] is RELEASE_AND_COMPLETE:
            self.state = decided[0]
            self.release()
            self.finish(Ending.COMPLETED, None)
        else:
            self.do(decided)

    # --- what the gateway itself says -----------------------------------------------------------

    def truncate(self, code: str) -> None:
        """The answer cannot be completed: say so inside the stream where that is possible, then close."""
        self.code = code
        self.keep = False
        if self.shape is not None:
            out = self.shape.broken(code, message_of(code))
            self.say_last(out)
        elif self.kept and self.kept[-1].endswith(b"\n\n") and self.is_event_stream():
            self.say_last(error_event(self.dialect, code, self.trace_id))
        else:
            self.client.abort()  # in the middle of an event or of a plain body: an end without an end

    def is_event_stream(self) -> bool:
        """Whether the stream under way is one of events (a large plain body is streamed too)."""
        return bool(self.ask and self.ask.stream)

    def say_last(self, event: bytes) -> None:
        """The last event of a stream that broke; the chunked framing ends well, then the connection closes."""
        self.bytes_out += len(event)
        self.kept = [*self.kept, event]
        if self.chunked:
            self.write_on(b"%x\r\n%b\r\n0\r\n\r\n" % (len(event), event) if event else b"0\r\n\r\n")
        else:
            self.write_on(event)
        self.client.close_soon()

    def write_error(self, status: int, code: str, message: str | None = None) -> None:
        """An error of ours, in the dialect's shape."""
        body = error_body(self.dialect, status, code, message, self.trace_id)
        lines = b"content-type: application/json\r\n"
        if self.retry_after_s is not None:
            lines += b"retry-after: %d\r\n" % max(1, math.ceil(self.retry_after_s))
        elif status == 503:
            lines += b"retry-after: 1\r\n"
        if self.gw.draining:
            self.keep = False
        self.write_reply(status, body, lines)
        self.kept = [body]

    def write_reply(self, status: int, body: bytes, lines: bytes) -> None:
        """A whole answer with its length; a HEAD request gets no body."""
        self.answered = True
        self.sent_status = status
        head = self.head_bytes(status, lines, b"content-length: %d\r\n" % len(body))
        self.bytes_out = len(body)
        self.client.write(head if self.method == b"HEAD" else head + body)


# The usual way of a call with one upstream and a warm connection: decided once, then known by identity.
ARRIVED = State(1)


def sent(state: State) -> State:
    """A call that was admitted and got a connection at once."""
    state, _ = step(state, life.ADMITTED, 0.0)
    return step(state, life.CONNECTED_REUSED, 0.0)[0]


SENT = sent(ARRIVED)
ANSWERING = step(SENT, life.AnswerBegan(200), 0.0)[0]
ENDED, _ = step(ANSWERING, life.ANSWER_ENDED, 0.0)
FORWARD_ONLY = step(State(1, Phase.SENT), life.AnswerBegan(200), 0.0)[1]
RELEASE_AND_COMPLETE = step(State(1, Phase.ANSWERING), life.ANSWER_ENDED, 0.0)[1]
_BEGAN: dict[int, life.AnswerBegan] = {}


def began_with(status: int) -> life.AnswerBegan:
    """The event of an answer's status, made once each."""
    event = _BEGAN.get(status)
    if event is None:
        event = _BEGAN[status] = life.AnswerBegan(status)
    return event
