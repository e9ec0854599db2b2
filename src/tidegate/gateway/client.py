"""One connection of a client: HTTP/1.1 in by llhttp, requests answered one after another.

Requests that arrive while one is being answered (pipelining) are parsed and queued, a few of
them; then reading pauses.  What is not well-formed, or well-formed and dangerous (two lengths,
a length beside a chunked body, a bare CR, folded lines), is answered with an error in its turn,
and the connection closes: after a framing error nobody knows where the next request starts.
"""

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING

import httptools

from tidegate.gateway.errors import error_body, reason
from tidegate.gateway.exchange import Exchange
from tidegate.gateway.headers import HEADERS_MAX, Headers, RequestHead, read_head
from tidegate.gateway.known import KnownHead, known_head

if TYPE_CHECKING:
    from tidegate.gateway.worker import Gateway

PIPELINE_MAX = 8  # requests waiting behind the one being answered
LINGER_S = 2.0  # how long a refused client may go on sending before its connection is cut
NO_HEAD = RequestHead()

Fault = tuple[int, str]  # HTTP status and code of a request that cannot be served at all


class ClientConnection(asyncio.Protocol):
    """A client's connection."""

    __slots__ = (
        "body",
        "body_size",
        "closing",
        "declared",
        "due_s",
        "exchange",
        "fault",
        "gw",
        "head",
        "head_done",
        "head_size",
        "headers",
        "in_message",
        "known",
        "known_for",
        "last_headers",
        "look_s",
        "number",
        "parser",
        "paused",
        "paused_since_s",
        "queue",
        "read_size",
        "reading",
        "serving",
        "transport",
        "upgrade",
        "url",
        "version",
    )  # fmt: skip

    transport: asyncio.Transport

    def __init__(self, gw: "Gateway") -> None:
        self.gw = gw
        self.look_s = math.inf
        self.number = 0
        self.exchange: Exchange | None = None
        self.queue: deque[Exchange | Fault] = deque()
        self.parser = httptools.HttpRequestParser(self)
        self.known: KnownHead | None = None
        self.known_for: tuple[bytes, bytes, bytes, RequestHead] = (b"", b"", b"", NO_HEAD)
        self.head: RequestHead = NO_HEAD
        self.last_headers: Headers = []
        self.paused = False
        self.paused_since_s = 0.0
        self.reading = True
        self.read_size = 0
        self.closing = False
        self.serving = False
        self.due_s = math.inf
        self._fresh()

    def _fresh(self) -> None:
        self.url = b""
        self.headers: Headers = []
        self.body: list[bytes] = []
        self.body_size = 0
        self.head_size = 0
        self.declared = b""
        self.head_done = False
        self.in_message = False
        self.upgrade = False
        self.version = ""
        self.fault: Fault | None = None

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected."""
        self.transport = transport  # type: ignore[assignment]
        gw = self.gw
        opened = gw.connection_opened(self)
        self.number = gw.metrics.plain["tidegate_connections_total"]  # which of this worker's connections it is
        if not opened:
            self.say(503, "too_many_connections")
            return
        self.due_s = gw.wheel.now_s + gw.settings.limits.header_timeout_s
        gw.wheel.arm(self, self.due_s)

    def data_received(self, data: bytes) -> None:
        """Bytes of requests."""
        if self.closing:
            return
        known = self.known
        if known is not None:
            body = known.body_of(data)
            if body is not None and len(body) <= self.gw.settings.limits.body_bytes_max:
                method, path, query, head = self.known_for
                self.queue.append(Exchange(self.gw, self, method, path, query, head, body, True, False))
                self.after_read()
                return
        self.read_size = len(data)
        if self.in_message:
            self.feed(data)
            self.after_read()
        else:
            self.learn(data)

    def learn(self, data: bytes) -> None:
        """Parse a read that begins with a request, and keep its head if it is a plain one."""
        before = len(self.queue)
        self.known = None  # set only while the parser stands exactly between two requests
        self.feed(data)
        if len(self.queue) == before + 1 and not self.in_message and self.fault is None:
            last = self.queue[-1]
            if isinstance(last, Exchange) and last.keep and not last.http10:
                head = last.head
                if head.transfer_encoding is None and head.expect is None:
                    self.known = known_head(data, last.body)
                    self.known_for = last.method, last.path, last.query, head
        self.after_read()

    def feed(self, data: bytes) -> None:
        """Bytes through the parser."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.fault = self.fault or (400, "malformed_request")
        if self.fault is not None:
            self.closing = True
            self.queue.append(self.fault)
        elif self.in_message:
            self.incomplete(data)

    def after_read(self) -> None:
        """Serve what is whole, or stop reading when too much waits."""
        if self.exchange is None:
            self.serve_queue()
        elif len(self.queue) > PIPELINE_MAX and self.reading:
            self.reading = False
            self.transport.pause_reading()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """The client left (a half-closed connection counts as left: its answer has no reader)."""
        self.gw.connection_closed(self)
        self.closing = True
        self.queue.clear()
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.client_left()

    def pause_writing(self) -> None:
        """The client reads slower than the upstream writes: stop reading there."""
        self.paused = True
        self.paused_since_s = self.gw.wheel.now_s
        exchange = self.exchange
        if exchange is not None and exchange.connection is not None:
            exchange.connection.transport.pause_reading()
            self.gw.wheel.arm(self, self.paused_since_s + self.gw.settings.limits.body_timeout_s)

    def resume_writing(self) -> None:
        """The client caught up."""
        self.paused = False
        exchange = self.exchange
        if exchange is not None and exchange.connection is not None:
            exchange.heard_s = self.gw.wheel.now_s
            exchange.connection.transport.resume_reading()
        elif exchange is None:
            self.serve_queue()

    # httptools calls these, inside feed_data.

    def on_url(self, url: bytes) -> None:
        """The target of a new request (may come in pieces)."""
        self.url += url
        self.in_message = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line; trailers are dropped, lest they speak with the head's authority."""
        if self.head_done:
            return
        if len(name) == 14 and name.lower() == b"content-length":
            self.declared = value
        else:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole: everything that can be refused before the body is."""
        self.head_done = True
        headers = self.headers
        if headers != self.last_headers:
            self.head = read_head(headers)
            self.last_headers = headers
        head = self.head
        limits = self.gw.settings.limits
        self.upgrade = self.parser.should_upgrade()
        self.version = self.parser.get_http_version()
        too_large = self.read_size > limits.header_bytes_max and self.size_of_head() > limits.header_bytes_max
        if too_large or len(headers) > HEADERS_MAX or self.head_size > limits.header_bytes_max:
            self.fault = (431, "headers_too_large")
        elif self.version != "1.1" or head.hosts != 1 or head.transfer_encoding is not None or head.expect is not None:
            self.check_rare(head)
        if len(self.declared) > 6 and int(self.declared) > limits.body_bytes_max:
            self.fault = self.fault or (413, "body_too_large")

    def size_of_head(self) -> int:
        """Bytes of a head that came in one large read with other things."""
        return len(self.url) + sum(len(n) + len(v) + 4 for n, v in self.headers)

    def check_rare(self, head: RequestHead) -> None:
        """What few requests have: a chunked body, an expectation, another version, no host."""
        version = self.version
        if version not in ("1.1", "1.0"):
            self.fault = (505, "http_version_not_supported")
        elif head.hosts > 1 or (head.hosts == 0 and version == "1.1"):
            self.fault = (400, "malformed_request")
        elif head.transfer_encoding is not None and (version == "1.0" or head.transfer_encoding != b"chunked"):
            known = head.transfer_encoding.replace(b"chunked", b"").strip(b", \t") == b""
            self.fault = (400 if known or version == "1.0" else 501, "malformed_request")
        elif head.expect is not None and head.expect != b"100-continue":
            self.fault = (417, "expectation_failed")
        elif head.expect is not None and version == "1.1" and self.exchange is None and not self.queue:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")  # never in the middle of another answer

    def on_body(self, data: bytes) -> None:
        """Body bytes, unchunked."""
        self.body.append(data)
        self.body_size += len(data)
        if self.body_size > self.gw.settings.limits.body_bytes_max:
            self.fault = self.fault or (413, "body_too_large")

    def on_message_complete(self) -> None:
        """A whole request."""
        if self.upgrade or self.fault is not None:
            return
        parser = self.parser
        keep = parser.should_keep_alive()
        http10 = self.version == "1.0"
        body = self.body
        path, mark, query = self.url.partition(b"?")
        whole = body[0] if len(body) == 1 else b"".join(body)
        exchange = Exchange(self.gw, self, parser.get_method(), path, mark + query, self.head, whole, keep, http10)
        self.queue.append(exchange)
        self._fresh()

    # Odd requests.

    def incomplete(self, data: bytes) -> None:
        """A request that is not whole yet: bound the size of its head and the time of each part."""
        limits = self.gw.settings.limits
        now_s = self.gw.wheel.now_s
        if not self.head_done:
            if self.head_size == 0:
                self.due_s = now_s + limits.header_timeout_s
            self.head_size += len(data)
            if self.head_size > limits.header_bytes_max:
                self.fault = (431, "headers_too_large")
                self.closing = True
                self.queue.append(self.fault)
        elif self.head_size >= 0:
            self.head_size = -1
            self.due_s = now_s + limits.body_timeout_s
        self.gw.wheel.arm(self, self.due_s)

    def without_upgrade(self, rest: bytes) -> None:
        """Serve a request that offered to switch protocols (`Upgrade: h2c`) as if it had not.

        llhttp leaves the body to the new protocol, so the request is parsed again without the offer.
        """
        if self.parser.get_method() == b"CONNECT":
            self.fault = (501, "malformed_request")
            return
        drop = (b"upgrade", b"connection", b"http2-settings")
        lines = [b"%b %b HTTP/1.1" % (self.parser.get_method(), self.url)]
        lines += [b"%b: %b" % h for h in self.headers if h[0].lower() not in drop]
        if self.declared:
            lines.append(b"content-length: " + self.declared)
        self._fresh()
        self.parser = httptools.HttpRequestParser(self)
        try:
            self.parser.feed_data(b"\r\n".join(lines) + b"\r\n\r\n" + rest)
        except httptools.HttpParserError:
            self.fault = self.fault or (400, "malformed_request")

    # Exchanges call these.

    def write(self, data: bytes) -> None:
        """Bytes for the client, after those that wait to be written."""
        if self.gw.outbox:
            self.gw.flush()
        self.transport.write(data)

    def arm(self, due_s: float) -> None:
        """Look at this connection's deadlines no later than `due_s`."""
        if due_s < self.look_s:
            self.gw.wheel.arm(self, due_s)

    def abort(self) -> None:
        """Cut the connection: an answer that ends without its end."""
        self.closing = True
        self.transport.abort()

    def close_soon(self) -> None:
        """Close when what was written is out."""
        self.closing = True
        self.queue.clear()
        self.gw.flush()
        self.transport.close()

    def exchange_over(self, exchange: Exchange) -> None:
        """The call ended; the next request, if the connection stays."""
        if self.exchange is not exchange:
            return
        self.exchange = None
        if not exchange.keep:
            self.close_soon()
            return
        self.due_s = self.gw.wheel.now_s + self.gw.settings.limits.keep_alive_s
        self.arm(self.due_s)
        if not self.serving and (self.queue or not self.reading):
            self.serve_queue()

    def serve_queue(self) -> None:
        """Answer what waits, one after another."""
        self.serving = True
        while self.queue and self.exchange is None and not self.paused:
            item = self.queue.popleft()
            if isinstance(item, Exchange):
                self.exchange = item
                self.gw.begin(item)
            else:
                self.gw.metrics.plain["tidegate_malformed_requests_total"] += 1
                self.say(*item)
                break
        self.serving = False
        if not self.reading and len(self.queue) <= PIPELINE_MAX and not self.transport.is_closing():
            self.reading = True
            self.transport.resume_reading()

    def say(self, status: int, code: str) -> None:
        """Answer a request that cannot be served, and close after giving its sender time to read that."""
        self.closing = True
        self.queue.clear()
        body = error_body("other", status, code)
        self.write(
            b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
            % (status, reason(status), len(body), body)
        )
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.due_s = self.gw.wheel.now_s + LINGER_S
        self.gw.wheel.arm(self, self.due_s)

    # The wheel calls this.

    def look(self, now_s: float) -> float:
        """Deadlines."""
        if self.transport.is_closing():
            return math.inf
        exchange = self.exchange
        if exchange is not None:
            return max(exchange.look(now_s), now_s + 0.01) if exchange.state.phase < 5 else self.due_s
        if now_s < self.due_s:
            return self.due_s
        if self.closing or not self.in_message:
            self.transport.abort() if self.closing else self.transport.close()
            return math.inf
        self.say(408, "request_timeout")
        return self.due_s
