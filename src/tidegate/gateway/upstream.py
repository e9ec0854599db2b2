"""The other side: pooled HTTP/1.1 connections to engines and providers.

A connection serves one call at a time and goes back to its pool only when its answer ended
exactly where its framing said, with nothing left over: whatever else happens, it is cut.  The
parser is llhttp, as on the client's side; what arrives in one read is handed on in one call.
"""

import asyncio
import ssl
from collections import deque
from typing import Protocol
from urllib.parse import urlsplit

import httptools

from tidegate.gateway.headers import Headers, RequestHead, answer_lines, without
from tidegate.gateway.known import KnownHead, known_head
from tidegate.settings import Upstream

IDLE_S = 60.0  # an idle connection older than this is not worth its file descriptor
HEAD_BYTES_MAX = 64 * 1024
HEADS_KEPT = 16  # ready-made heads kept with a client's headers


class Caller(Protocol):
    """What a connection calls back: the exchange it serves, or a health check."""

    def connected(self, connection: "UpstreamConnection", reused: bool) -> None:
        """A connection is yours."""

    def connect_failed(self, reason: str) -> None:
        """None could be had."""

    def answer(self, connection: "UpstreamConnection", parts: list[bytes], complete: bool) -> None:
        """What one read brought: body parts, and whether the answer is complete."""

    def upstream_lost(self, connection: "UpstreamConnection", reason: str) -> None:
        """The connection broke, or its bytes were not HTTP; it is closed."""


class UpstreamConnection(asyncio.Protocol):
    """One connection to an upstream."""

    __slots__ = (
        "answer_bytes", "caller", "coded", "complete", "content_type", "counted", "first", "framed", "head_bytes",
        "headers", "idle_since_s", "keep", "known", "known_type", "last_headers", "last_lines", "parser", "parts",
        "pool", "served", "status", "transport", "until_close",
    )  # fmt: skip

    transport: asyncio.Transport

    def __init__(self, pool: "Pool") -> None:
        self.pool = pool
        self.caller: Caller | None = None
        self.served = 0
        self.counted = True  # among the pool's open connections
        self.idle_since_s = 0.0
        self.last_headers: Headers = []
        self.last_lines = b""
        self.parser = httptools.HttpResponseParser(self)
        self.known: KnownHead | None = None
        self.known_type = b""
        self._reset()

    def _reset(self) -> None:
        """Ready for the next answer; the parser is ready by itself (one that saw an odd answer is not kept)."""
        self.status = 0
        self.headers: Headers = []
        self.parts: list[bytes] = []
        self.head_bytes = 0
        self.complete = False
        self.answer_bytes = False
        self.first = b""
        self.keep = False
        self.framed = False
        self.coded = False
        self.until_close = False
        self.content_type = b""

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is up."""
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        caller = self.caller
        if caller is None or self.complete:  # unasked for
            self.lose("the upstream sent bytes nobody asked for")
            return
        if not self.answer_bytes:
            self.answer_bytes = True
            known = self.known
            if known is not None and (body := known.body_of(data)) is not None:
                self.status, self.headers, self.content_type = 200, self.last_headers, self.known_type
                self.complete = self.keep = True
                caller.answer(self, [body], True)
                return
            self.known = None  # set only while the parser stands exactly between two answers
            self.first = data
            if data[0] in b"\r\n":  # the parser would pass over it: what is left of another answer
                self.lose("the upstream sent an empty line before its answer")
                return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.lose("the upstream switched protocols")
            return
        except httptools.HttpParserError as error:
            if not self.keep_nothing():
                self.lose(f"not HTTP: {error}")
                return
        if not self.status:
            self.head_bytes += len(data)
            if self.head_bytes > HEAD_BYTES_MAX:
                self.lose("the upstream's headers are larger than allowed")
            return
        parts = self.parts
        if self.first is data:
            self.learn(data, parts)
        if parts:
            self.parts = []
        elif not self.complete:
            return
        caller.answer(self, parts, self.complete)

    def learn(self, data: bytes, parts: list[bytes]) -> None:
        """Keep the head of a plain answer that came whole in one read."""
        if self.complete and self.status == 200 and self.keep and len(parts) == 1:
            self.known = known_head(data, parts[0])
            self.known_type = self.content_type
            self.answer_lines()

    def keep_nothing(self) -> bool:
        """Bytes came after the end: the answer stands if it was complete, the connection goes."""
        self.keep = False
        return self.complete

    def eof_received(self) -> bool:
        """The upstream closed: transports close themselves."""
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone; an answer framed by its end is complete now."""
        caller = self.caller
        self.pool.gone(self)
        if caller is None:
            return
        if self.until_close and not self.complete and error is None:
            self.complete = True
            caller.answer(self, [], True)
            return
        self.caller = None
        caller.upstream_lost(self, str(error) if error else "the upstream closed the connection")

    def pause_writing(self) -> None:
        """Nothing to do: a request's body is whole and bounded before it is sent."""

    # httptools calls these, inside feed_data.

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line, or a trailer (dropped)."""
        if self.status:
            return
        size = len(name)  # compared first: lower-casing every name costs more than all of this
        if size == 14 and name.lower() == b"content-length":
            self.framed = True
        elif size == 17 and name.lower() == b"transfer-encoding":
            if self.coded:
                raise ValueError("two transfer-encoding lines")  # readers differ on what that frames: llhttp takes it
            self.coded = True
            self.framed = value.lower().endswith(b"chunked")
        else:
            if size == 12 and name.lower() == b"content-type":
                self.content_type = value
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        status = self.parser.get_status_code()
        if status < 200:  # 100, 102, 103: the real answer follows
            self.headers = []
            self.framed = self.coded = False
            return
        self.status = status
        self.until_close = not self.framed and status not in (204, 304)

    def on_body(self, data: bytes) -> None:
        """Body bytes, unchunked."""
        if not self.complete:
            self.parts.append(data)

    def on_message_complete(self) -> None:
        """The answer is whole (or it was an informational one)."""
        if self.status and not self.complete:
            self.complete = True
            self.keep = self.parser.should_keep_alive()

    # Exchanges call these.

    def answer_lines(self) -> bytes:
        """The header lines that the client may see; an upstream sends much the same ones again and again."""
        if self.headers != self.last_headers:
            self.last_lines = answer_lines(self.headers)
            self.last_headers = self.headers
        return self.last_lines

    def header(self, wanted: bytes) -> bytes | None:
        """The value of one header of the answer (lower-case name), or None."""
        return next((value for name, value in self.headers if name.lower() == wanted), None)

    def send(self, caller: Caller, request: bytes) -> None:
        """Send a whole request."""
        self.caller = caller
        self.served += 1
        self.transport.write(request)

    def release(self) -> None:
        """The answer ended; back to the pool if the connection may serve again."""
        self.caller = None
        if self.complete and self.keep and not self.transport.is_closing():
            self._reset()
            self.pool.put(self)
        else:
            self.abort()

    def abort(self) -> None:
        """Cut it now; the caller hears nothing more."""
        self.caller = None
        self.pool.gone(self)
        self.transport.abort()

    def lose(self, reason: str) -> None:
        """The upstream broke the protocol: cut, and tell the caller."""
        caller, self.caller = self.caller, None
        self.pool.gone(self)
        self.transport.abort()
        if caller is not None:
            caller.upstream_lost(self, reason)


class Target:
    """An upstream's address and the fixed parts of the requests to it."""

    def __init__(self, upstream: Upstream, api_key: str | None) -> None:
        parts = urlsplit(upstream.url)
        self.tls = parts.scheme == "https"
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.tls else 80)
        self.base = parts.path.rstrip("/")
        default = parts.port is None or parts.port == (443 if self.tls else 80)
        name = f"[{self.host}]" if ":" in self.host else self.host
        self.authority = name if default else f"{name}:{self.port}"
        lines = [f"host: {self.authority}"]
        own = {k.lower(): v for k, v in upstream.headers.items()}
        if api_key is not None:
            if upstream.kind == "anthropic":
                own.setdefault("x-api-key", api_key)
            else:
                own.setdefault("authorization", f"Bearer {api_key}")
        if upstream.kind == "anthropic":
            own.setdefault("anthropic-version", "2023-06-01")
        if upstream.kind == "vllm":
            own.setdefault("endpoint-load-metrics-format", "json")  # its answers then say how full it is
        lines += [f"{k}: {v}" for k, v in own.items()]
        self.fixed = ("\r\n".join(lines) + "\r\n").encode("latin-1")
        self.fixed_names = tuple(k.encode() for k in own)

    def head_for(self, head: RequestHead, path: str, query: bytes) -> bytes:
        """Request line and header lines of a POST below the upstream's URL, with those of the client that pass."""
        key = (self, path, query)
        found = head.heads.get(key)
        if found is None:
            forward = without(head.forward, self.fixed_names)
            found = b"POST %b%b HTTP/1.1\r\n%b%b" % ((self.base + path).encode(), query, self.fixed, forward)
            if len(head.heads) < HEADS_KEPT:
                head.heads[key] = found
        return found


class Pool:
    """All connections of this worker to one upstream."""

    def __init__(
        self, upstream: Upstream, target: Target, tls: ssl.SSLContext | None, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.upstream = upstream
        self.name = upstream.name
        self.target = target
        self.tls = tls
        self.loop = loop
        self.idle: list[UpstreamConnection] = []
        self.open = 0
        self.waiting: deque[Caller] = deque()
        self.connecting: dict[Caller, asyncio.Task[None]] = {}
        asks = upstream.ask_usage
        self.asks_usage = upstream.kind in ("vllm", "llamacpp", "openai") if asks is None else asks
        limits = upstream.deadlines
        self.first_byte_s, self.idle_s, self.total_s = limits.first_byte_s, limits.idle_s, limits.total_s
        self.reports_load = upstream.kind == "vllm"
        self.closed = False
        self.connects = 0
        self.connect_failures = 0

    def take(self, caller: Caller, *, fresh: bool = False) -> UpstreamConnection | None:
        """A connection at once, or None: then `connected` or `connect_failed` is called later."""
        idle = self.idle
        if fresh:
            if idle and self.open >= self.upstream.connections_max:
                idle.pop(0).abort()
        else:
            while idle:
                connection = idle.pop()
                if not connection.transport.is_closing():
                    return connection
        if self.open >= self.upstream.connections_max:
            self.waiting.append(caller)
            return None
        self._connect(caller)
        return None

    def leave(self, caller: Caller) -> None:
        """The caller no longer wants the connection it asked for."""
        if caller in self.waiting:
            self.waiting.remove(caller)
        task = self.connecting.pop(caller, None)
        if task is not None:
            task.cancel()

    def _connect(self, caller: Caller) -> None:
        self.open += 1
        self.connects += 1
        self.connecting[caller] = self.loop.create_task(self._connect_now(caller))

    async def _connect_now(self, caller: Caller) -> None:
        t = self.target
        try:
            _, connection = await self.loop.create_connection(
                lambda: UpstreamConnection(self),
                t.host,
                t.port,
                ssl=self.tls if t.tls else None,
                server_hostname=t.host if t.tls else None,
            )
        except asyncio.CancelledError:
            self._freed()
            return
        except (OSError, ssl.SSLError, UnicodeError) as error:
            self.connect_failures += 1
            wanted = self.connecting.pop(caller, None) is not None
            self._freed()
            if wanted:
                caller.connect_failed(str(error) or type(error).__name__)
            return
        if self.connecting.pop(caller, None) is None:  # nobody waits for it any more
            self.put(connection)
        else:
            caller.connected(connection, False)

    def put(self, connection: UpstreamConnection) -> None:
        """A connection is free again."""
        if self.closed:
            connection.abort()
            return
        if self.waiting:
            self.waiting.popleft().connected(connection, True)
            return
        connection.idle_since_s = self.loop.time()
        self.idle.append(connection)

    def gone(self, connection: UpstreamConnection) -> None:
        """A connection closed; called more than once for some."""
        if not connection.counted:
            return
        connection.counted = False
        if connection in self.idle:
            self.idle.remove(connection)
        self._freed()

    def _freed(self) -> None:
        self.open -= 1
        if self.waiting and not self.closed and self.open < self.upstream.connections_max:
            self._connect(self.waiting.popleft())

    def sweep(self, now_s: float) -> None:
        """Close what was idle too long (the list is ordered by use, oldest first)."""
        while self.idle and now_s - self.idle[0].idle_since_s > IDLE_S:
            self.idle.pop(0).abort()

    def close(self) -> None:
        """No more calls: idle connections close now, used ones when their call ends."""
        self.closed = True
        for connection in list(self.idle):
            connection.abort()
