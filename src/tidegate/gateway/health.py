# ruff: noqa: ARG002 (a health check does not look at all that a caller is told)
"""Which upstreams are worth asking: by active checks where a path is configured, by failures otherwise.

An upstream that refuses connections several times in a row is left out for a while (one second,
then twice as long each time, at most half a minute), then given one call to prove itself.  With
`health_path` a GET every `health_interval_s` decides instead, over a pooled connection.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidegate.gateway.upstream import Pool, UpstreamConnection

if TYPE_CHECKING:
    from tidegate.gateway.worker import Gateway

log = logging.getLogger("tidegate.gateway")
FAILURES_MAX = 3  # connection failures in a row that take an upstream out
PAUSE_S, PAUSE_S_MAX = 1.0, 30.0


class Watch:
    """What is known of one upstream; also the caller of its health checks."""

    def __init__(self, checks: "HealthChecks", pool: Pool) -> None:
        self.checks = checks
        self.pool = pool
        self.failures = 0
        self.pause_s = PAUSE_S
        self.reason = ""
        self.timer: asyncio.TimerHandle | None = None
        self.deadline: asyncio.TimerHandle | None = None
        self.connection: UpstreamConnection | None = None
        self.asking = False
        if pool.upstream.health_path:
            self.again(0.0)

    # The active check, as the caller of a connection.

    def again(self, in_s: float) -> None:
        """Check (or give another chance) later."""
        if self.timer is not None:
            self.timer.cancel()
        act = self.ask if self.pool.upstream.health_path else self.forgive
        self.timer = self.checks.loop.call_later(in_s, act)

    def ask(self) -> None:
        """Send one GET."""
        self.asking = True
        self.deadline = self.checks.loop.call_later(max(1.0, self.pool.upstream.health_interval_s), self.too_late)
        connection = self.pool.take(self)
        if connection is not None:
            self.connected(connection, True)

    def connected(self, connection: UpstreamConnection, reused: bool) -> None:
        """Ask over this connection."""
        if not self.asking:
            self.pool.put(connection)
            return
        path = self.pool.upstream.health_path or "/"
        target = self.pool.target
        self.connection = connection
        request = f"GET {path} HTTP/1.1\r\n".encode() + target.fixed + b"accept: */*\r\n\r\n"
        connection.send(self, request)

    def connect_failed(self, reason: str) -> None:
        """No connection: not healthy."""
        self.decided(reason)

    def answer(self, connection: UpstreamConnection, parts: list[bytes], complete: bool) -> None:
        """Below 400 is healthy; the words do not matter."""
        if complete:
            status = connection.status
            self.connection = None
            connection.release()
            self.decided("" if status < 400 else f"status {status}")

    def upstream_lost(self, connection: UpstreamConnection, reason: str) -> None:
        """Broke: not healthy."""
        self.connection = None
        self.decided(reason)

    def too_late(self) -> None:
        """No answer in time."""
        if self.connection is not None:
            connection, self.connection = self.connection, None
            connection.abort()
        else:
            self.pool.leave(self)
        self.decided("no answer in time")

    def decided(self, reason: str) -> None:
        """The check ended; the next one is due after the interval."""
        if not self.asking:
            return
        self.asking = False
        if self.deadline is not None:
            self.deadline.cancel()
        if reason:
            self.reason = reason
            self.checks.set_health(self.pool, False, reason)
        else:
            self.failures = 0
            self.checks.set_health(self.pool, True, "")
        self.again(self.pool.upstream.health_interval_s)

    # Without a path: failures decide.

    def forgive(self) -> None:
        """Time is up: the next call may try it."""
        self.failures = FAILURES_MAX - 1
        self.checks.set_health(self.pool, True, "")

    def close(self) -> None:
        """No more checks."""
        self.asking = False
        for timer in (self.timer, self.deadline):
            if timer is not None:
                timer.cancel()
        if self.connection is not None:
            self.connection.abort()


class HealthChecks:
    """All upstreams of one worker."""

    def __init__(self, gw: "Gateway") -> None:
        self.gw = gw
        self.loop = gw.loop
        self.watched: dict[str, Watch] = {}

    def watch(self, pools: Mapping[str, Pool]) -> None:
        """Watch these, and no others."""
        for name, watch in list(self.watched.items()):
            if pools.get(name) is not watch.pool:
                watch.close()
                del self.watched[name]
                self.gw.unhealthy.discard(name)
        for name, pool in pools.items():
            if name not in self.watched:
                self.watched[name] = Watch(self, pool)

    def stop(self) -> None:
        """No more checks."""
        for watch in self.watched.values():
            watch.close()

    def set_health(self, pool: Pool, healthy: bool, reason: str) -> None:
        """Change one upstream's state, once."""
        unhealthy = self.gw.unhealthy
        if healthy == (pool.name not in unhealthy):
            return
        (unhealthy.discard if healthy else unhealthy.add)(pool.name)
        log.warning("upstream %s is %s%s", pool.name, "healthy" if healthy else "unhealthy", reason and f": {reason}")
        self.gw.admission.upstream_state(pool.name, healthy, self.loop.time())

    def reached(self, pool: Pool) -> None:
        """A call got a connection."""
        watch = self.watched.get(pool.name)
        if watch is not None and not pool.upstream.health_path:
            watch.failures = 0
            watch.pause_s = PAUSE_S
            self.set_health(pool, True, "")

    def unreachable(self, pool: Pool, reason: str) -> None:
        """A call got none."""
        watch = self.watched.get(pool.name)
        if watch is None or watch.pool is not pool:
            return
        watch.failures += 1
        watch.reason = reason
        if watch.failures >= FAILURES_MAX and pool.name not in self.gw.unhealthy:
            self.set_health(pool, False, reason)
            if not pool.upstream.health_path:
                watch.again(watch.pause_s)
                watch.pause_s = min(watch.pause_s * 2, PAUSE_S_MAX)

    def report(self) -> list[dict[str, Any]]:
        """For the console."""
        return [
            {"upstream": name, "healthy": name not in self.gw.unhealthy, "failures": w.failures, "reason": w.reason,
             "connections": w.pool.open, "idle": len(w.pool.idle), "url": w.pool.upstream.url}
            for name, w in self.watched.items()
        ]  # fmt: skip
