"""One worker: an event loop that serves clients, its pools, its numbers, and what it was given.

A `Gateway` is built by `tidegate.serving` from settings and ports; it opens no file and knows
no store.  Settings change all at once (`reload`); a worker that drains answers new calls with
503, lets running ones finish, and ends.
"""

import asyncio
import logging
import os
import socket
import ssl
import time
from collections.abc import Callable, Mapping

from tidegate.gateway import front
from tidegate.gateway.budgets import RunBudgets
from tidegate.gateway.client import ClientConnection
from tidegate.gateway.control_channel import Answered, Ask, Counter, LiveCall, MetricsSnapshot
from tidegate.gateway.exchange import Exchange
from tidegate.gateway.health import HealthChecks
from tidegate.gateway.lifecycle import Phase
from tidegate.gateway.metrics import Metrics, by_tenant
from tidegate.gateway.record import hand_over, trace_of
from tidegate.gateway.routing import MakeTls, Table, make_pools
from tidegate.gateway.seams import Admission, LocalEndpoint, Shaper
from tidegate.gateway.upstream import Pool
from tidegate.gateway.wheel import Wheel
from tidegate.settings import Deadlines, Settings
from tidegate.spine.call import Ending, Usage
from tidegate.spine.ports import BodySink, KeyTable, TraceSink

log = logging.getLogger("tidegate.gateway")
DEFAULT_DEADLINES = Deadlines()
SWEEP_EVERY_S = 1.0
TRIM_EVERY_S = 2.0  # what a burst took does not stay with us; a millisecond each time
RECORD_S = 0.002  # after an end, its record: what a client sends next, on reading that end, goes first
RECORDS_MAX = 256  # ends that wait to be recorded
ADMISSION_TICK_S = 0.1
_PHASE_NAMES = {
    Phase.ARRIVED: "arrived", Phase.WAITING: "waiting", Phase.CONNECTING: "connecting", Phase.SENT: "sent",
    Phase.ANSWERING: "streaming", Phase.ENDED: "ended",
}  # fmt: skip


class Parts:
    """What a worker is given: made anew by the world at every reload, all or nothing."""

    def __init__(
        self, settings: Settings, *, secrets: Mapping[str, str], upstream_tls: MakeTls, keys: KeyTable,
        shaper: Shaper | None = None, endpoints: Mapping[bytes, LocalEndpoint] | None = None,
        budgets: RunBudgets | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.secrets = secrets
        self.upstream_tls = upstream_tls
        self.keys = keys
        self.shaper = shaper
        self.endpoints = dict(endpoints or {})
        self.budgets = budgets


class Gateway:
    """The data plane of one worker."""

    def __init__(
        self, parts: Parts, *, admission: Admission, sink: TraceSink, index: int = 0,
        read_parts: Callable[[], Parts] | None = None, poll: Callable[[], object] | None = None,
        now_s: Callable[[], float] = time.time, random_bytes: Callable[[int], bytes] = os.urandom,
        trim: Callable[[], object] | None = None,
    ) -> None:  # fmt: skip
        self.loop = asyncio.get_running_loop()
        self.index = index
        self.admission = admission
        self.sink = sink
        self.put_bodies = sink.put_bodies if isinstance(sink, BodySink) else None
        self.read_parts = read_parts
        self.poll = poll
        self.trim = trim  # hands memory that is free back to the system
        self.now_s = now_s
        self._random_bytes = random_bytes
        self._ids: list[str] = []
        self._ticket = 0
        self.started_at_s = now_s()
        self.metrics = Metrics()
        self.wheel = Wheel(self.loop)
        self.unhealthy: set[str] = set()
        self.connections: set[ClientConnection] = set()
        self.waiting: dict[str, int] = {}
        self.servers: list[asyncio.Server] = []
        self.draining = False
        self.drained = asyncio.Event()
        self.failures = 0
        self.outbox: list[tuple[asyncio.Transport, bytes]] = []
        self.ends: list[tuple[Exchange, Ending, Usage, str | None, float]] = []  # not recorded yet
        self._sweep_s = self._tick_s = self._trim_s = 0.0
        self._trimmed_at = 0  # how many calls there had been by then
        self._retired: list[Pool] = []
        self.health = HealthChecks(self)
        self.table = Table(Settings(), {})
        self.keys_read = 0  # goes up whenever keys may have changed
        self._use(parts, self._pools(parts, {}))

    def _pools(self, parts: Parts, before: Mapping[str, Pool]) -> dict[str, Pool]:
        old = getattr(self, "secrets", {})
        changed = frozenset(n for n in {*old, *parts.secrets} if old.get(n) != parts.secrets.get(n))
        return make_pools(
            parts.settings, parts.secrets, parts.upstream_tls,
            lambda upstream, target, tls: Pool(upstream, target, tls, self.loop), before, changed,
        )  # fmt: skip

    def _use(self, parts: Parts, pools: dict[str, Pool]) -> None:
        """Everything new is in force from here on."""
        retired = [p for n, p in self.table.pools.items() if pools.get(n) is not p]
        self.settings = parts.settings
        self.secrets = dict(parts.secrets)
        self.keys = parts.keys
        self.keys_read += 1
        self.shaper = parts.shaper
        self.budgets = parts.budgets
        for path, endpoint in getattr(self, "endpoints", {}).items():
            successor = parts.endpoints.get(path)
            if successor is not endpoint and hasattr(endpoint, "give_way"):
                endpoint.give_way(successor)
        self.endpoints = parts.endpoints
        self.table = Table(parts.settings, pools)
        self.keep_max = parts.settings.store.body_bytes_max
        self._no_bodies = frozenset(t.name for t in parts.settings.tenants if t.bodies == "off")
        for pool in retired:
            pool.close()
        self.unhealthy &= set(pools)
        self.health.watch(pools)

    # --- its life --------------------------------------------------------------------------

    async def start(self, sock: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        """Listen on a bound socket."""
        self.wheel.ticks.append(self._tick)
        self.wheel.start()
        server = await self.loop.create_server(lambda: ClientConnection(self), sock=sock, ssl=tls, backlog=4096)
        self.servers.append(server)

    async def reload(self) -> None:
        """Read the configuration and the keys again; raises, and changes nothing, when any part is not acceptable."""
        if self.read_parts is None:
            return
        parts = self.read_parts()
        pools = self._pools(parts, self.table.pools)
        self._use(parts, pools)
        if self.shaper is not None:
            self.shaper.reload(parts.settings)
        self.admission.reload(parts.settings, self.loop.time())
        log.info("worker %d: new settings are in force", self.index)

    def drain(self) -> None:
        """Refuse new calls; `drained` is set when the running ones have ended."""
        if self.draining:
            return
        self.draining = True
        for connection in list(self.connections):
            if connection.exchange is None and not connection.in_message:
                connection.close_soon()
        self._check_drained()

    def _check_drained(self) -> None:
        if self.draining and not any(c.exchange is not None for c in self.connections):
            self.drained.set()

    async def stop(self, patience_s: float) -> None:
        """Drain, wait at most `patience_s`, cut what still runs, close everything."""
        self.drain()
        try:
            await asyncio.wait_for(self.drained.wait(), patience_s)
        except TimeoutError:
            left = sum(c.exchange is not None for c in self.connections)
        else:
            left = 0
        if left:
            log.warning("worker %d: %d calls were cut after %.0f s of drain", self.index, left, patience_s)
        for server in self.servers:
            server.close()
        for connection in list(self.connections):
            connection.transport.abort()
        for endpoint in self.endpoints.values():
            if hasattr(endpoint, "close"):
                await endpoint.close(patience_s)
        self.health.stop()
        for pool in self.table.pools.values():
            pool.close()
        await asyncio.sleep(0)
        self.record_ends()
        self.wheel.stop()

    def _tick(self, now_s: float) -> None:
        if now_s - self._tick_s >= ADMISSION_TICK_S:
            self._tick_s = now_s
            self.admission.tick(now_s)
            self.read_keys()
        if now_s - self._sweep_s >= SWEEP_EVERY_S:
            self._sweep_s = now_s
            for pool in self.table.pools.values():
                pool.sweep(now_s)
            if self.draining:
                self._check_drained()
        if self.trim is not None and now_s - self._trim_s >= TRIM_EVERY_S and self._trimmed_at != self._ticket:
            self._trim_s, self._trimmed_at = now_s, self._ticket
            self.trim()

    def read_keys(self) -> None:
        """Take over keys added or revoked since."""
        if self.poll is not None and self.poll() is not False:
            self.keys_read += 1

    # --- writes, gathered over one turn of the loop --------------------------------------------

    def write(self, transport: asyncio.Transport, data: bytes) -> None:
        """Write at the end of this turn of the loop.

        Many small writes one after another wake a sleeping reader once instead of each time, and
        waking a reader on another core costs more than everything else in a short call.
        """
        outbox = self.outbox
        if not outbox:
            self.loop.call_soon(self.flush)
        outbox.append((transport, data))

    def flush(self) -> None:
        """Write what was gathered, in order."""
        outbox, self.outbox = self.outbox, []
        for transport, data in outbox:
            if not transport.is_closing():
                transport.write(data)

    # --- what exchanges and connections ask of it ----------------------------------------------

    def begin(self, exchange: Exchange) -> None:
        """Take up a whole request."""
        try:
            front.begin(self, exchange)
        except Exception as error:  # one request must never take the others down
            self.failed("beginning a call", error)
            if exchange.ending is None:
                exchange.keep = False
                exchange.refuse(Ending.INTERNAL_ERROR, 500, "internal_error")

    def fresh_id(self) -> str:
        """A new call id: 96 random bits, drawn for 256 calls at once."""
        if not self._ids:
            digits = self._random_bytes(12 * 256).hex()
            self._ids = [f"call_{digits[i : i + 24]}" for i in range(0, len(digits), 24)]
        return self._ids.pop()

    def next_ticket(self) -> int:
        """A new number for admission."""
        self._ticket += 1
        return self._ticket

    def keeps_bodies(self, tenant: str) -> bool:
        """Whether the words of this tenant's calls go to the sink at all."""
        return tenant not in self._no_bodies

    def deadlines_of(self, candidates: tuple[Pool, ...]) -> Deadlines:
        """The deadlines of a call that has no upstream yet."""
        return candidates[0].upstream.deadlines if candidates else DEFAULT_DEADLINES

    def running_now(self, tenant: str, change: int) -> None:
        """A tenant has one call more, or less."""
        running = self.metrics.running
        running[tenant] = running.get(tenant, 0) + change

    def waiting_now(self, exchange: Exchange, change: int) -> None:
        """A tenant has one call more in the queue, or less."""
        tenant = exchange.identity.tenant
        self.waiting[tenant] = self.waiting.get(tenant, 0) + change

    def reached(self, pool: Pool) -> None:
        """An upstream took a connection."""
        if self.unhealthy and pool.name in self.unhealthy:
            self.health.reached(pool)

    def unreachable(self, pool: Pool, reason: str) -> None:
        """An upstream refused a connection."""
        self.health.unreachable(pool, reason)

    def failed(self, doing: str, error: Exception) -> None:
        """A fault of ours: counted and logged, never shown to a client."""
        self.failures += 1
        log.error("worker %d failed %s: %s", self.index, doing, error, exc_info=error)

    def ended(self, x: Exchange, ending: Ending, usage: Usage, model: str | None) -> None:
        """A call ended: it is recorded a little later, together with others.

        A client that reads the end of one answer often sends its next request at once.  That request would
        wait for the whole record of the call before it: half of the first token's way through an idle gateway.
        """
        tenant = x.identity.tenant
        if tenant:
            self.metrics.running[tenant] -= 1
        ends = self.ends
        ends.append((x, ending, usage, model, self.now_s()))
        if len(ends) == 1:
            self.loop.call_later(RECORD_S, self.record_ends)
        elif len(ends) >= RECORDS_MAX:
            self.record_ends()

    def record_ends(self) -> None:
        """Count the calls that ended, and hand their traces over."""
        ends, self.ends = self.ends, []
        for x, ending, usage, model, now_s in ends:
            try:
                self._record(x, ending, usage, model, now_s)
            except Exception as error:  # one record must never take the others with it
                self.failed("recording a call", error)

    def _record(self, x: Exchange, ending: Ending, usage: Usage, model: str | None, now_s: float) -> None:
        entry = x.entry
        received_at_s = x.received_at_s
        first_at_s, dispatched_at_s = x.first_at_s, x.dispatched_at_s
        upstream = x.upstream_name()
        self.metrics.ended(
            (x.identity.tenant, entry.route.model if entry is not None else "", upstream or "", ending),
            None if first_at_s is None else first_at_s - received_at_s,
            now_s - received_at_s,
            None if dispatched_at_s is None else dispatched_at_s - received_at_s,
            usage,
            len(x.body),
            x.bytes_out,
            x.chunks,
        )
        hand_over(x, trace_of(x, ending, usage, model, now_s, upstream), self.sink)

    def connection_opened(self, connection: ClientConnection) -> bool:
        """Whether another client may come."""
        plain = self.metrics.plain
        plain["tidegate_connections_total"] += 1
        self.connections.add(connection)
        if len(self.connections) > self.settings.limits.connections_max:
            plain["tidegate_connections_refused_total"] += 1
            return False
        return True

    def connection_closed(self, connection: ClientConnection) -> None:
        """A client is gone."""
        self.connections.discard(connection)

    # --- what the control plane asks -----------------------------------------------------------

    def answer(self, ask: Ask) -> Answered:
        """One question of the control channel (`reload` is asked through `answer_async`)."""
        if ask.do == "metrics":
            return Answered(ok=True, data=self.snapshot())
        if ask.do == "calls":
            return Answered(ok=True, data=self.live_calls(ask.limit))
        if ask.do == "health":
            return Answered(ok=True, data=self.health.report())
        if ask.do == "keys":
            self.read_keys()
            return Answered(ok=True, data={})
        assert ask.do == "drain", ask.do
        self.drain()
        return Answered(ok=True, data={"draining": True})

    async def answer_async(self, ask: Ask) -> Answered:
        """Any question."""
        if ask.do != "reload":
            return self.answer(ask)
        try:
            await self.reload()
        except Exception as error:
            code = getattr(error, "code", "internal_error")
            return Answered(ok=False, error=str(error), code=code)
        return Answered(ok=True, data={"reloaded": True})

    def live_calls(self, limit: int) -> list[LiveCall]:
        """The calls in flight, oldest first."""
        now_s = self.now_s()
        found = [c.exchange for c in self.connections if c.exchange is not None]
        found.sort(key=lambda x: x.received_at_s)
        return [
            LiveCall(
                trace_id=x.trace_id,
                tenant=x.identity.tenant,
                service_class=x.identity.service_class,
                model=(x.ask.model if x.ask else None) or "",
                dialect=x.dialect,
                phase=_PHASE_NAMES[x.state.phase],
                upstream=x.upstream_name(),
                age_ms=(now_s - x.received_at_s) * 1000.0,
                ttft_ms=None if x.first_at_s is None else (x.first_at_s - x.received_at_s) * 1000.0,
                chunks=x.chunks,
                bytes_out=x.bytes_out,
                worker=self.index,
            )
            for x in found[:limit]
        ]

    def snapshot(self) -> MetricsSnapshot:
        """This worker's numbers now."""
        self.record_ends()
        gauges = [Counter(name="tidegate_connections", labels={}, value=len(self.connections))]
        gauges += by_tenant("tidegate_calls_running", self.metrics.running)
        gauges += by_tenant("tidegate_calls_waiting", self.waiting)
        for pool in self.table.pools.values():
            labels = {"upstream": pool.name}
            gauges += [
                Counter(name="tidegate_upstream_healthy", labels=labels, value=float(pool.name not in self.unhealthy)),
                Counter(name="tidegate_upstream_connections", labels=labels, value=pool.open),
                Counter(name="tidegate_upstream_connections_idle", labels=labels, value=len(pool.idle)),
            ]
        counters = self.metrics.counters()
        for part in (self.admission, *self.endpoints.values()):
            numbers = getattr(part, "numbers", None)
            if numbers is not None:
                grown, now = numbers()
                counters += grown
                gauges += now
        counters.append(Counter(name="tidegate_internal_errors_total", labels={}, value=self.failures))
        for name, pool in self.table.pools.items():
            labels = {"upstream": name}
            counters += [
                Counter(name="tidegate_upstream_connects_total", labels=labels, value=pool.connects),
                Counter(name="tidegate_upstream_connect_failures_total", labels=labels, value=pool.connect_failures),
            ]
        sink_counts = getattr(self.sink, "counters", None)
        for what, n in sink_counts().items() if sink_counts is not None else ():
            if what == "pending":
                gauges.append(Counter(name="tidegate_traces_pending", labels={}, value=n))
            else:
                counters.append(Counter(name="tidegate_traces_total", labels={"what": what}, value=n))
        return MetricsSnapshot(
            worker=self.index,
            pid=os.getpid(),
            started_at_s=self.started_at_s,
            draining=self.draining,
            counters=counters,
            gauges=gauges,
            histograms=self.metrics.histograms(),
            admission=self.admission.snapshot(),
        )
