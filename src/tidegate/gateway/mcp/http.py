"""MCP over streamable HTTP: a small proxy in front of one tool server.

Requests are collected (they are one JSON-RPC message each) and answers passed on as they come:
a JSON body whole, an event stream event by event, with its ids, so that clients can resume.
Plain asyncio streams, one upstream connection a request; `/mcp` of the gateway keeps connections (`mcp_doors`).
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import httptools
import msgspec

from tidegate.gateway.mcp.guards import Answered, McpWatch
from tidegate.spine.call import Identity

BODY_BYTES_MAX = 32 * 1024 * 1024
CONNECT_S, HEAD_S = 5.0, 60.0
HOP = frozenset(
    {b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"host", b"te", b"trailer", b"upgrade",
     b"proxy-authorization", b"proxy-connection", b"accept-encoding", b"expect"}
)  # fmt: skip
_encode = msgspec.json.Encoder().encode

Headers = list[tuple[bytes, bytes]]
Identify = Callable[[bytes], Identity | None]


class Message:
    """What httptools tells of one message, request or answer; `more` when a further one begins behind it."""

    def __init__(self) -> None:
        self.url = b""
        self.headers: Headers = []
        self.body: list[bytes] = []
        self.head_done = False
        self.done = False
        self.more = False
        self.parser: object | None = None  # asked at the end of an answer whether its connection may be kept
        self.keep = False

    def on_message_begin(self) -> None:
        """A message begins."""
        self.more = self.done

    def on_url(self, url: bytes) -> None:
        """A part of the request's target."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A whole header line."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The body follows."""
        self.head_done = True

    def on_body(self, data: bytes) -> None:
        """A part of the body."""
        self.body.append(data)

    def on_message_complete(self) -> None:
        """The message ended where its framing said."""
        self.done = True
        self.keep = self.parser is not None and self.parser.should_keep_alive()  # type: ignore[attr-defined]

    def header(self, name: bytes) -> bytes:
        """The first value of a header; b"" where there is none."""
        return next((v for n, v in self.headers if n == name), b"")

    def take(self) -> bytes:
        """The body so far, which is then forgotten."""
        data = b"".join(self.body)
        self.body.clear()
        return data


class McpHttpProxy:
    """Serves one MCP server's endpoint under guards.  With `identify`, the client's key is ours and stays here."""

    def __init__(
        self,
        upstream: str,
        watch_of: Callable[[Identity], McpWatch],
        *,
        identify: Identify | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(upstream)
        self._host = parts.hostname or "127.0.0.1"
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._path = parts.path or "/"
        self._authority = parts.netloc.rpartition("@")[2].encode()
        self._watch_of = watch_of
        self._identify = identify
        self._watches: dict[tuple[Identity, bytes], McpWatch] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[object]] = set()
        self.port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut what runs."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with asyncio.timeout(HEAD_S):
                method, request = await read_request(reader)
            await self._exchange(method, request, reader, writer)
        except (httptools.HttpParserError, asyncio.IncompleteReadError, ValueError):
            await answer(writer, 400, b'{"error":"the request is not well-formed HTTP"}')
        except (TimeoutError, OSError):
            await answer(writer, 502, b'{"error":"the MCP server could not be reached in time"}')
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _exchange(
        self, method: bytes, request: Message, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        identity = Identity(tenant="default")
        if self._identify is not None:
            key = request.header(b"authorization").partition(b" ")[2].strip()
            found = self._identify(key) if key else None
            if found is None:
                await answer(writer, 401, b'{"error":"the API key is missing, unknown or revoked"}')
                return
            identity = found
        watch = self.watch(identity, request.header(b"mcp-session-id"))
        body = request.take()
        if method == b"POST":
            passed = watch.from_client(body)
            if isinstance(passed, Answered):
                reply = b"" if passed.reply is None else _encode(passed.reply)
                await answer(writer, 200 if reply else 202, reply)
                return
            body = passed
        async with asyncio.timeout(CONNECT_S):
            up_reader, up_writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        leaving = asyncio.ensure_future(reader.read(1))  # the client says no more: bytes or an end mean it left
        leaving.add_done_callback(lambda _: up_writer.close())
        try:
            lines = [(n, v) for n, v in request.headers if self._identify is None or n != b"authorization"]
            up_writer.write(request_bytes(method, self._path, self._authority, lines, body))
            await self._pass_answer(up_reader, writer, watch)
        finally:
            leaving.cancel()
            up_writer.close()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving

    def watch(self, identity: Identity, session: bytes) -> McpWatch:
        """One watch a session, so that a result on a resumed stream finds its call; a bounded number of them."""
        key = (identity, session)
        if not session or key not in self._watches:
            if len(self._watches) >= 10_000:
                self._watches.pop(next(iter(self._watches)))
            watch = self._watch_of(identity)
            if session:
                watch.run_id = f"{identity.tenant}:{session.decode('latin-1')}"  # the same in every worker
                self._watches[key] = watch
            return watch
        return self._watches[key]

    async def _pass_answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, watch: McpWatch) -> None:
        message = Message()
        parser = httptools.HttpResponseParser(message)
        while not message.head_done:
            await read_into(parser, reader)
        status = parser.get_status_code()
        lines = b"".join(b"%b: %b\r\n" % h for h in message.headers if h[0] not in HOP)
        stream = message.header(b"content-type").startswith(b"text/event-stream")
        if not stream:
            async for _ in _rest(parser, message, reader):
                if sum(map(len, message.body)) > BODY_BYTES_MAX:
                    raise OSError("the answer is too long")
            body = message.take()
            if body and message.header(b"content-type").startswith(b"application/json"):
                body = watch.from_server(body)
            writer.write(_head(status, lines + b"content-length: %d\r\n" % len(body)) + body)
            await writer.drain()
            return
        writer.write(_head(status, lines + b"transfer-encoding: chunked\r\n"))
        events = EventFilter(watch)
        with contextlib.suppress(OSError, httptools.HttpParserError):  # broken off: the missing last chunk says so
            async for _ in _rest(parser, message, reader):
                if out := events.feed(message.take()):
                    writer.write(b"%x\r\n%b\r\n" % (len(out), out))
                    await writer.drain()
            writer.write(b"0\r\n\r\n")
            await writer.drain()


class EventFilter:
    """An event stream of JSON-RPC messages: each event's data passes the watch, its other lines stay."""

    def __init__(self, watch: McpWatch) -> None:
        self._watch = watch
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """The events completed by these bytes."""
        self._rest += data
        if b"\r" in self._rest:
            if self._rest.endswith(b"\r"):
                return b""  # the line end may be cut in two
            self._rest = self._rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, self._rest = self._rest.split(b"\n\n")
        if len(self._rest) > BODY_BYTES_MAX:
            raise OSError("an event is too long")
        return b"".join(self._event(e) for e in whole)

    def _event(self, event: bytes) -> bytes:
        others, data = [], []
        for line in event.split(b"\n"):
            if line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" "))
            else:
                others.append(line)
        if data and any(data):
            others += [b"data: " + line for line in self._watch.from_server(b"\n".join(data)).split(b"\n")]
        elif data:
            others.append(b"data: ")
        return b"\n".join(others) + b"\n\n"


def request_bytes(
    method: bytes, path: str, authority: bytes, headers: Headers, body: bytes, *, keep: bool = False
) -> bytes:
    """A whole request to the server, with the headers that may pass; with `keep`, the connection stays open."""
    lines = b"".join(b"%b: %b\r\n" % h for h in headers if h[0] not in HOP)
    close = b"" if keep else b"connection: close\r\n"
    head = b"%b %b HTTP/1.1\r\nhost: %b\r\n%b%baccept-encoding: identity\r\n"
    return (head % (method, path.encode(), authority, lines, close)) + (
        b"content-length: %d\r\n\r\n" % len(body) + body
    )


async def read_request(reader: asyncio.StreamReader) -> tuple[bytes, Message]:
    """One whole request: its method and what it says."""
    message = Message()
    parser = httptools.HttpRequestParser(message)
    size = 0
    while not message.done:
        size += await read_into(parser, reader)
        if size > BODY_BYTES_MAX:
            raise ValueError("too long")
    return parser.get_method(), message


async def read_into(parser: object, reader: asyncio.StreamReader) -> int:
    """Feed one read to a parser; its size.  Raises IncompleteReadError at the end."""
    data = await reader.read(65536)
    if not data:
        raise asyncio.IncompleteReadError(b"", None)
    parser.feed_data(data)  # type: ignore[attr-defined]
    return len(data)


async def _rest(parser: object, message: Message, reader: asyncio.StreamReader) -> AsyncIterator[None]:
    """The rest of an answer, read by read; an end without an end raises nothing more than it must."""
    yield None
    while not message.done:
        data = await reader.read(65536)
        if not data:
            if not any(n in (b"content-length", b"transfer-encoding") for n, _ in message.headers):
                return  # a body that ends with its connection
            raise OSError("the MCP server broke off")
        parser.feed_data(data)  # type: ignore[attr-defined]
        yield None


def _head(status: int, lines: bytes) -> bytes:
    return b"HTTP/1.1 %d -\r\n%bconnection: close\r\n\r\n" % (status, lines)


async def answer(writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
    """A short answer made here."""
    with contextlib.suppress(OSError):
        lines = b"content-type: application/json\r\ncontent-length: %d\r\n" % len(body)
        writer.write(_head(status, lines) + body)
        await writer.drain()
