"""One call on its way through: what the pure life cycle decides is done here.

An exchange is made when a request is complete and lives until its trace is handed over.  It is
the caller of an upstream connection and the writer of a client connection.  This half takes it to an upstream
and sees it to its end; what the answer does on its way back is `answering`, what remains is `record`.
"""

import math
from collections.abc import Callable

from tidegate.gateway import lifecycle as life
from tidegate.gateway.answering import ARRIVED, OVERLOADED, SENT, Answering, sent
from tidegate.gateway.ask_usage import UsageStrip, asking
from tidegate.gateway.bodies import must_rewrite, rewrite
from tidegate.gateway.lifecycle import Phase, State, Tick, step
from tidegate.gateway.record import usage_and_model
from tidegate.gateway.routing import Entry
from tidegate.gateway.seams import Refused, Reply
from tidegate.gateway.upstream import Pool, UpstreamConnection
from tidegate.gateway.warming import Warming, prefix_of
from tidegate.spine.call import Ending
from tidegate.spine.contracts import Waiting
from tidegate.spine.trace import Event


class Exchange(Answering):
    """One call."""

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
            self.queued()
            self.do(step(self.state, life.WAITS, now_s))
        else:
            self.refused(verdict)  # type: ignore[arg-type]

    def queued(self) -> None:
        """It waits from now on."""
        self.waited = True
        self.gw.waiting_now(self, 1)
        self.note("queued", {})
        total_s = min(self.gw.deadlines_of(self.candidates).total_s, self.total_s_max)
        self.client.arm(self.began_s + total_s)

    def again(self, target: int) -> None:
        """An upstream failed before its first byte: a place at one of those from `target` on, when they have room."""
        gw = self.gw
        gw.metrics.plain["tidegate_fallbacks_total"] += 1
        self.note("retried", {"upstream": self.candidates[target - 1].name, "reason": self.failure})
        now_s = self.heard_s = gw.loop.time()
        self.connection = None
        names = tuple(p.name for p in self.candidates[target:])
        upstream = gw.admission.again(self.ticket, names, self.resume, now_s, self.warm)
        if upstream is None:
            self.queued()
        else:
            self.go(upstream, now_s)

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
        target = life.upcoming(self.state)
        if self.candidates[target].name != upstream:
            tried, rest = self.candidates[:target], self.candidates[target:]
            first = [p for p in rest if p.name == upstream]
            self.candidates = (*tried, *first, *(p for p in rest if p.name != upstream))
        idle = self.candidates[target].idle
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
                case life.Again(target):
                    self.again(target)
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
        self.connection = None
        self.connecting = pool
        connection = pool.take(self, fresh=fresh)
        if connection is not None:
            self.connected(connection, True)
        else:
            deadlines = pool.upstream.deadlines
            total_s = min(deadlines.total_s, self.total_s_max)
            self.client.arm(min(now_s + deadlines.connect_s, self.began_s + total_s))

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
        last_s = self.began_s + min(pool.total_s, self.total_s_max)
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
            deadlines.idle_s, min(deadlines.total_s, self.total_s_max),
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

    def reply(self, reply: Reply) -> None:
        """An answer made here: a local endpoint's, a guard's."""
        self.code = reply.code
        self.reply_usage = reply.usage
        self.events += reply.events
        self.kept = [reply.body]
        lines = f"content-type: {reply.content_type}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in reply.headers)
        self.write_reply(reply.status, reply.body, lines.encode("latin-1"))
        self.finish(reply.ending, reply.code)

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
        usage, model = usage_and_model(self)
        if self.ticket:
            refund = self.first_at_s is None
            overloaded = self.code == "upstream_error" and self.sent_status in OVERLOADED
            gw.admission.end(self.ticket, usage, gw.loop.time(), refund=refund, overloaded=overloaded)
        if self.budget is not None:
            sent, refused = self.dispatched_at_s is not None, ending is Ending.UPSTREAM_REFUSED
            self.budget.book.settle(self.budget, usage, went_out=sent, refused=refused)
        gw.ended(self, ending, usage, model)
        self.client.exchange_over(self)

    def upstream_name(self) -> str | None:
        """The upstream that served, or was last tried; None when none was."""
        if self.dispatched_at_s is None and not self.state.attempts:
            return None
        target = self.state.target
        return self.candidates[target].name if target < len(self.candidates) else None
