"""One call on its way through: what the pure life cycle decides is done here.

An exchange is made when a request is complete and lives until its trace is handed over.  It is
the caller of an upstream connection and the writer of a client connection; between the two
there is no task, no queue and no future: what one read of the upstream brings is written to the
client in the same call stack.

An answer goes one of three ways.  *Whole*: anything that is no event stream is collected (up to
`COLLECT_MAX`) and sent in one piece, so that an upstream that breaks off becomes a clean error.
*Stream*: event streams, and answers too large to collect, are passed on read by read.
*Shaped*: a `Shaping` (translation, guards) stands in between, for both.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tidegate.gateway import lifecycle as life
from tidegate.gateway.ask_usage import UsageStrip, asking
from tidegate.gateway.bodies import Ask, must_rewrite, rewrite
from tidegate.gateway.errors import error_body, error_event, message_of, reason
from tidegate.gateway.headers import RequestHead
from tidegate.gateway.lifecycle import Phase, State, Tick, step
from tidegate.gateway.routing import Entry
from tidegate.gateway.seams import AnswerShape, Refused, Reply, Shaping
from tidegate.gateway.upstream import Pool, UpstreamConnection
from tidegate.gateway.usage import NOTHING, TAIL_BYTES, usage_of_json, usage_of_stream
from tidegate.gateway.warming import Warming, prefix_of
from tidegate.spine.call import Call, Dialect, Ending, Identity, Usage
from tidegate.spine.contracts import Waiting
from tidegate.spine.feedback import ABOUT
from tidegate.spine.trace import CallTrace, Event

if TYPE_CHECKING:
    from tidegate.gateway.client import ClientConnection
    from tidegate.gateway.worker import Gateway

COLLECT_MAX = 1024 * 1024  # an answer that is no stream is collected up to this size, then streamed
PROGRESS_EVERY = 32  # tokens between two reports to admission
NOBODY = Identity(tenant="")
OVERLOADED = frozenset({429, 503, 529})
NO_BODY_STATUS = frozenset({204, 304})


class Exchange:
    """One call.

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
    chunks = 0
    tokens = 0
    told = PROGRESS_EVERY
    bytes_out = 0
    answered = False  # an answer's head went to the client
    streaming = False
    chunked = False
    sent_status = 0
    code: str | None = None
    failure = ""  # how the last target failed, for the trace
    ending: Ending | None = None
    retry_after_s: float | None = None
    reply_usage: Usage | None = None
    events: tuple[Event, ...] = ()
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

    # --- the way in ------------------------------------------------------------------------

    def admit(self, entry: Entry, candidates: tuple[Pool, ...]) -> None:
        """Ask admission for a place; `candidates` are the upstreams in order of preference."""
        gw = self.gw
        self.entry = entry
        self.candidates = candidates
        self.state = State(len(candidates)) if len(candidates) > 1 else ARRIVED
        assert self.ask is not None
        body = self.body
        now_s = gw.loop.time()
        ticket = gw.next_ticket()
        waiting = Waiting(
            request_id=ticket,
            tenant=self.identity.tenant,
            service_class=self.identity.service_class,
            arrived_s=now_s,
            tokens_prompt=len(body) // 4 + 1,
            tokens_output_max=self.ask.tokens_max or 0,
            prefix_key=hash(body[:1024]),
            call_id=self.trace_id,
            stream=bool(self.ask.stream),
        )
        names = entry.names if candidates is entry.pools else tuple(p.name for p in candidates)
        verdict = gw.admission.arrive(waiting, names, self.resume, now_s, len(body), self.warm)
        if verdict.__class__ is str:
            self.ticket = ticket
            self.go(verdict, now_s)
        elif verdict is None:
            self.ticket = ticket
            self.waited = True
            gw.waiting_now(self, 1)
            self.note("queued", {})
            self.client.arm(self.began_s + gw.deadlines_of(self.candidates).total_s)
            self.do(step(self.state, life.WAITS, now_s))
        else:
            self.refused(verdict)  # type: ignore[arg-type]

    def resume(self, verdict: "str | Refused", now_s: float) -> None:
        """Admission changed its mind about a waiting call."""
        if self.state.phase is not Phase.WAITING:
            return
        self.gw.waiting_now(self, -1)
        if isinstance(verdict, str):
            why = getattr(self.gw.admission, "why", None)
            if why is not None:
                self.note("dispatched", {"upstream": verdict, **why(self.ticket)})
            self.go(verdict, now_s)
        else:
            self.ticket = 0
            self.refused(verdict)

    def refused(self, verdict: Refused) -> None:
        """Admission said no."""
        self.retry_after_s = verdict.retry_after_s
        self.refuse(verdict.ending, verdict.status, verdict.code, verdict.message)

    def go(self, upstream: str, now_s: float) -> None:
        """Admitted, to the upstream named."""
        if self.candidates[0].name != upstream:
            first = [p for p in self.candidates if p.name == upstream]
            self.candidates = (*first, *(p for p in self.candidates if p.name != upstream))
        idle = self.candidates[0].idle
        if idle and not idle[-1].transport.is_closing():  # the usual case: two steps, one connection at once
            self.state = SENT if self.state is ARRIVED else sent(self.state)
            connection = self.connection = idle.pop()
            if self.gw.unhealthy:
                self.gw.reached(connection.pool)
            self.send()
        else:
            self.do(step(self.state, life.ADMITTED, now_s))

    def refuse(self, ending: Ending, status: int, code: str, message: str | None = None) -> None:
        """End before anything was sent."""
        if message is not None:
            self.note("ended", {"error": message})
        self.do(step(self.state, life.Refuse(ending, status, code), 0.0), message)

    # --- the life cycle's actions ------------------------------------------------------------

    def do(self, decided: life.Step, message: str | None = None) -> None:
        """Do what the life cycle decided."""
        self.state, actions = decided
        for action in actions:
            match action:
                case life.Send():
                    self.send()
                case life.Connect(target, fresh):
                    self.connect(target, fresh)
                case life.Release():
                    self.release()
                case life.Finish(ending, code):
                    self.finish(ending, code)
                case life.Error(status, code):
                    self.write_error(status, code, message)
                case life.Truncate(code):
                    self.truncate(code)
                case life.Abort():
                    self.cut()
                case life.Leave():
                    self.leave_queue()
                case life.Discard():
                    self.parts = None

    def release(self) -> None:
        """Give the connection back."""
        connection, self.connection = self.connection, None
        if connection is not None:
            if self.client.paused:  # the last write filled the client's buffer: not the next call's concern
                connection.transport.resume_reading()
            connection.release()

    def connect(self, target: int, fresh: bool) -> None:
        """Get a connection to a target."""
        gw = self.gw
        pool = self.candidates[target]
        now_s = self.heard_s = gw.loop.time()
        if fresh:
            gw.metrics.plain["tidegate_retries_total"] += 1
            self.note("retried", {"upstream": pool.name, "reason": "stale_connection"})
        elif target:
            gw.metrics.plain["tidegate_fallbacks_total"] += 1
            self.note("retried", {"upstream": self.candidates[target - 1].name, "reason": self.failure})
            gw.admission.moved(self.ticket, pool.name, now_s)
        self.connection = None
        self.connecting = pool
        connection = pool.take(self, fresh=fresh)
        if connection is not None:
            self.connected(connection, True)
        else:
            deadlines = pool.upstream.deadlines
            self.client.arm(min(now_s + deadlines.connect_s, self.began_s + deadlines.total_s))

    def connected(self, connection: UpstreamConnection, reused: bool) -> None:
        """The pool has a connection for us."""
        self.connecting = None
        if self.state.phase is not Phase.CONNECTING:
            connection.pool.put(connection)
            return
        self.connection = connection
        self.gw.reached(connection.pool)
        self.do(step(self.state, life.CONNECTED_REUSED if reused else life.CONNECTED_FRESH, 0.0))

    def connect_failed(self, reason: str) -> None:
        """The pool has none."""
        pool, self.connecting = self.connecting, None
        if pool is not None:
            self.gw.unreachable(pool, reason)
        self.failure = "upstream_unreachable"
        self.do(step(self.state, life.CONNECT_FAILED, 0.0))

    def send(self) -> None:
        """Send the request on the connection just had."""
        gw = self.gw
        connection = self.connection
        assert connection is not None
        pool = connection.pool
        body, suffix = self.on_the_wire(pool)
        request = b"%bx-request-id: %b\r\ncontent-length: %d\r\n\r\n%b" % (
            pool.target.head_for(self.head, suffix, self.query), self.trace_id.encode(), len(body), body,
        )  # fmt: skip
        self.heard_s = gw.loop.time()
        self.dispatched_at_s = gw.now_s()
        connection.caller = self
        connection.served += 1
        gw.write(connection.transport, request)
        due_s = self.heard_s + pool.first_byte_s
        last_s = self.began_s + pool.total_s
        if due_s > last_s:
            due_s = last_s
        if due_s < self.client.look_s:
            gw.wheel.arm(self.client, due_s)

    def on_the_wire(self, pool: Pool) -> tuple[bytes, str]:
        """The body as an upstream gets it, and its path there; sets the dialect they are in."""
        ask, entry = self.ask, self.entry
        assert ask is not None and entry is not None  # noqa: PT018
        served_as = entry.served_as or ask.model or ""
        if self.shaping is not None:
            attempt = self.shaping.attempt(pool.upstream.dialects, served_as)
            self.wire_dialect = attempt.dialect
            return attempt.body, attempt.path
        self.wire_dialect = self.dialect
        body = self.body
        if must_rewrite(body, ask, served_as):
            body = rewrite(body, served_as)
        if pool.asks_usage and ask.stream and self.dialect == "chat":
            body = self.ask_usage(body)
        return body, self.suffix

    def warm(self, upstream: str, tokens: int, of: int, done: Callable[[bool], None]) -> Warming | None:
        """Have an upstream compute the first part of this waiting call's prompt and keep it; None: it cannot be cut."""
        pool = next((p for p in self.candidates if p.name == upstream), None)
        if pool is None or self.state.phase is not Phase.WAITING:
            return None
        whole, suffix = self.on_the_wire(pool)
        body = prefix_of(whole, tokens / of) if self.wire_dialect in ("chat", "completions") else None
        if body is None:
            return None
        return Warming(pool, b"%bcontent-length: %d\r\n\r\n%b" % (
            pool.target.head_for(self.head, suffix, self.query), len(body), body,
        ), done)  # fmt: skip

    def ask_usage(self, body: bytes) -> bytes:
        """The request that has the engine count, and whoever takes the count out of the answer."""
        asked = asking(body)
        self.strip = None if asked is None else UsageStrip()
        return asked or body

    def cut(self) -> None:
        """Let go of the upstream at once: closing the connection is what frees the engine."""
        if self.connection is not None:
            connection, self.connection = self.connection, None
            connection.abort()
        elif self.connecting is not None:
            pool, self.connecting = self.connecting, None
            pool.leave(self)

    def leave_queue(self) -> None:
        """Leave admission's queue."""
        self.gw.waiting_now(self, -1)
        ticket, self.ticket = self.ticket, 0
        self.gw.admission.cancel(ticket, self.gw.loop.time())

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
        self.client.write(self.head_bytes(status, lines, framing))
        self.state, _ = step(self.state, life.BYTES_OUT, 0.0)

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
                if complete:
                    self.client.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data))
                else:
                    self.client.write(b"%x\r\n%b\r\n" % (len(data), data))
            else:
                self.client.write(data)
        elif complete and self.chunked:
            self.client.write(b"0\r\n\r\n")
        if self.tokens >= self.told:
            self.told = self.tokens + PROGRESS_EVERY
            self.gw.admission.progress(self.ticket, self.tokens, self.gw.wheel.now_s)
        if complete:
            self.answered_whole()

    def keep_bytes(self, data: bytes) -> None:
        """Keep what the trace and the usage need of a stream: all up to a bound, then the newest."""
        if self.kept_bytes:
            self.kept.append(data)  # type: ignore[attr-defined]
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
            self.client.write(framed + (b"0\r\n\r\n" if over and self.chunked else b""))
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

    # --- trouble -----------------------------------------------------------------------------

    def upstream_lost(self, connection: UpstreamConnection, reason: str) -> None:
        """The connection broke under us."""
        if self.connection is not connection:
            return
        self.connection = None
        self.failure = "upstream_broken"
        if not (connection.served > 1 and not connection.answer_bytes):
            self.note("retried" if self.state.phase is Phase.SENT else "ended", {"error": reason})
        self.do(step(self.state, life.UpstreamLost(connection.answer_bytes), 0.0))

    def client_left(self) -> None:
        """The client closed its connection."""
        self.do(step(self.state, life.CLIENT_LEFT, 0.0))

    def look(self, now_s: float) -> float:
        """Deadlines; returns when the next one passes."""
        pool = self.connecting or (self.connection.pool if self.connection else None)
        if self.client.paused and self.state.phase is Phase.ANSWERING:
            return self.look_stalled(now_s)
        deadlines = pool.upstream.deadlines if pool is not None else self.gw.deadlines_of(self.candidates)
        tick = Tick(
            self.began_s, self.heard_s, deadlines.connect_s, deadlines.first_byte_s,
            deadlines.idle_s, deadlines.total_s,
        )  # fmt: skip
        self.do(step(self.state, tick, now_s))
        return tick.due(self.state.phase)[0] if self.state.phase is not Phase.ENDED else math.inf

    def look_stalled(self, now_s: float) -> float:
        """The client does not read: that is its deadline, not the upstream's."""
        due_s = self.client.paused_since_s + self.gw.settings.limits.body_timeout_s
        if now_s >= due_s:
            self.do(step(self.state, life.Deadline("client"), now_s))
            return math.inf
        return due_s

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
            self.client.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(event), event) if event else b"0\r\n\r\n")
        else:
            self.client.write(event)
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

    def reply(self, reply: Reply) -> None:
        """An answer made here: a local endpoint's, a guard's."""
        self.code = reply.code
        self.reply_usage = reply.usage
        self.events += reply.events
        self.kept = [reply.body]
        lines = f"content-type: {reply.content_type}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in reply.headers)
        self.write_reply(reply.status, reply.body, lines.encode("latin-1"))
        self.finish(reply.ending, reply.code)

    def write_reply(self, status: int, body: bytes, lines: bytes) -> None:
        """A whole answer with its length; a HEAD request gets no body."""
        self.answered = True
        self.sent_status = status
        head = self.head_bytes(status, lines, b"content-length: %d\r\n" % len(body))
        self.bytes_out = len(body)
        self.client.write(head if self.method == b"HEAD" else head + body)

    def local_reply(self, reply: Reply) -> None:
        """A local endpoint's answer, perhaps late: its client may have left."""
        if self.ending is None and not self.answered:
            self.reply(reply)

    def quiet_end(self) -> None:
        """A liveness probe was answered: no call, no trace."""
        self.ending = Ending.COMPLETED
        self.state = self.state._replace(phase=Phase.ENDED)
        self.client.exchange_over(self)

    # --- the end -----------------------------------------------------------------------------

    def note(self, name: str, data: dict[str, object]) -> None:
        """Keep an event for the trace."""
        self.events += (Event(name=name, at_s=self.gw.now_s(), data=data),)

    def finish(self, ending: Ending, code: str | None) -> None:
        """Write the one trace, free the place, and give the client connection its next request."""
        if self.ending is not None:
            return
        self.ending = ending
        if self.state.phase is not Phase.ENDED:
            self.state = self.state._replace(phase=Phase.ENDED)
        gw = self.gw
        if self.code is None:
            self.code = code
        usage, model = self.usage_and_model()
        if self.ticket:
            refund = self.first_at_s is None
            overloaded = self.code == "upstream_error" and self.sent_status in OVERLOADED
            gw.admission.end(self.ticket, usage, gw.loop.time(), refund=refund, overloaded=overloaded)
        gw.ended(self, ending, usage, model)
        self.client.exchange_over(self)

    def usage_and_model(self) -> tuple[Usage, str | None]:
        """Tokens and model as the engine reported them."""
        if self.reply_usage is not None:
            return self.reply_usage, None
        if self.shape is not None:
            return self.shape.usage(), None
        kept = self.kept
        if not kept or self.first_at_s is None:
            return NOTHING, None
        if self.strip is not None and self.strip.event:
            return usage_of_stream(kept[0], self.strip.event, self.dialect)
        if not self.streaming:
            return usage_of_json(kept[0])
        if len(kept) == 1:
            return usage_of_stream(kept[0], kept[0], self.dialect)
        tail = kept[-1]
        i = len(kept) - 1
        while len(tail) < TAIL_BYTES and i > 0:
            i -= 1
            tail = kept[i] + tail
        return usage_of_stream(kept[0], tail, self.dialect)

    def trace(
        self, ending: Ending, usage: Usage, model: str | None, ended_at_s: float, upstream: str | None
    ) -> CallTrace:
        """Everything kept about this call."""
        ask = self.ask
        call = Call(
            call_id=self.trace_id,
            identity=self.identity,
            dialect=self.dialect,
            model=(ask.model if ask else None) or "",
            stream=bool(ask and ask.stream),
            run_id=self.head.run_id,
            received_at_s=self.received_at_s,
            tokens_prompt_estimate=len(self.body) // 4,
            tokens_completion_max=ask.tokens_max if ask else None,
            prompt_version=self.head.prompt_version,
        )
        state = self.state
        entry = self.entry
        cost = None
        if entry is not None and entry.cost and usage.tokens_prompt is not None:
            cost = usage.tokens_prompt * entry.cost[0] + (usage.tokens_completion or 0) * entry.cost[1]
        keep = self.gw.keeps_bodies(self.identity.tenant)
        kept = self.kept
        if self.shaping is not None:
            self.events += tuple(self.shaping.events())
        return CallTrace(
            trace_id=self.trace_id,
            call=call,
            ending=ending,
            status=self.sent_status,
            error_code=self.code,
            upstream=upstream,
            model_served=model,
            attempts=max(state.attempts, 1),
            received_at_s=self.received_at_s,
            dispatched_at_s=self.dispatched_at_s,
            first_token_at_s=self.first_at_s,
            ended_at_s=ended_at_s,
            chunks=self.chunks,
            bytes_in=len(self.body),
            bytes_out=self.bytes_out,
            usage=usage,
            cost_usd=cost,
            request_body=self.body.decode("utf-8", "replace") if keep else None,
            response_body=(kept[0] if len(kept) == 1 else b"".join(kept)).decode("utf-8", "replace") if keep else None,
            events=self.events,
            attributes={ABOUT: self.about} if self.about else {},
        )

    def upstream_name(self) -> str | None:
        """The upstream that served, or was last tried; None when none was."""
        if self.dispatched_at_s is None and not self.state.attempts:
            return None
        target = self.state.target
        return self.candidates[target].name if target < len(self.candidates) else None


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
