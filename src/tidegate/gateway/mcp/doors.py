"""What stands between `/mcp` and a tool server, and the door of servers that speak HTTP.

A door takes one message of an agent, after the guards, and brings the server's answer.  `HttpDoor`
keeps connections open between calls.  A kept connection may be dead without anybody knowing, so:

- one that was idle for longer than `KEPT_S` is not used (servers close after five seconds or more);
  for `tools/call`, which cannot be repeated, not longer than `KEPT_TOOL_S`;
- when it breaks before any byte of an answer, the message goes out once more on a fresh connection,
  but only where repeating changes nothing (`SAFE`).  A tool call whose bytes went out never goes out again: nobody
  knows whether it was carried out, and the answer says so.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import httptools
import msgspec

from tidegate.gateway.mcp.http import BODY_BYTES_MAX, CONNECT_S, Headers, Message, read_into, request_bytes
from tidegate.settings import McpServer
from tidegate.spine.call import Ending, Identity

KEPT_S, KEPT_TOOL_S, KEPT_MAX = 4.0, 1.0, 32
SAFE = frozenset(
    {"ping", "tools/list", "resources/list", "resources/templates/list", "resources/read", "prompts/list",
     "prompts/get", "completion/complete", "server/discover"}
)  # fmt: skip
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request of an agent to a tool server, as the guards let it through."""

    identity: Identity
    method: str  # HTTP's: POST or DELETE
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    session: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the server answered."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content_type: str = "application/json"


class Refusal(Exception):
    """The server could not be asked, or did not answer; the agent is told why.

    `rpc` is the JSON-RPC error that the body also carries, for clients that read nothing else.
    """

    def __init__(
        self, status: int, code: str, words: str, *, ending: Ending = Ending.UPSTREAM_UNREACHABLE,
        retry_after_s: float | None = None, rpc: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(words)
        self.status, self.code, self.words, self.ending = status, code, words, ending
        self.retry_after_s, self.rpc = retry_after_s, rpc


class Door(Protocol):
    """The way to one tool server."""

    async def ask(self, asked: Asked) -> Told:
        """The server's answer; raises Refusal."""
        ...

    async def close(self) -> None:
        """End what belongs to it."""
        ...

    def counts(self) -> Mapping[str, int]:
        """What it did so far, and what it holds now, by the metric's name (`gateway.measures`)."""
        ...


def rpc_method(body: bytes) -> str:
    """The JSON-RPC method of a message; "" where it has none."""
    try:
        message = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    method = message.get("method") if isinstance(message, dict) else None
    return method if isinstance(method, str) else ""


class _Kept:
    """A connection that may be used again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.idle_since_s = 0.0
        self.good_for_s = KEPT_S


class _Stale(Exception):
    """The connection broke before a byte of the answer came."""


class HttpDoor:
    """One tool server behind a URL, with its kept connections."""

    def __init__(
        self,
        server: McpServer,
        *,
        secret: str | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        assert server.url is not None
        parts = urlsplit(server.url)
        self.name = server.name
        self._host = parts.hostname or "127.0.0.1"
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._path = parts.path or "/"
        self._authority = parts.netloc.rpartition("@")[2].encode()
        self._own = {k.lower().encode(): v.encode("latin-1") for k, v in server.headers.items()}
        if secret is not None:
            self._own.setdefault(b"authorization", b"Bearer " + secret.encode())
        self._clock = clock
        self._idle: list[_Kept] = []
        self._closed = False
        self.connects = self.repeated = 0

    async def ask(self, asked: Asked) -> Told:
        """The server's answer; raises Refusal."""
        method = rpc_method(asked.body) if asked.method == "POST" else ""
        safe = method in SAFE
        lines = [*((k, v) for k, v in asked.headers if k not in self._own), *self._own.items()]
        data = request_bytes(asked.method.encode(), self._path, self._authority, lines, asked.body, keep=True)
        try:
            kept = self._take(KEPT_TOOL_S if method == "tools/call" else KEPT_S)
            if kept is not None:
                try:
                    return await self._exchange(kept, data)
                except _Stale:
                    if not safe:
                        raise
                    self.repeated += 1
            return await self._exchange(await self._connect(), data)
        except (_Stale, OSError, httptools.HttpParserError, asyncio.IncompleteReadError, ValueError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise self._broken(error, method) from error

    def _broken(self, error: Exception, method: str) -> Refusal:
        if isinstance(error, _Unreachable):
            words = f"The tool server {self.name!r} could not be asked: {type(error.__cause__).__name__}."
            return Refusal(502, "upstream_unreachable", words)
        words = f"The tool server {self.name!r} broke off its answer."
        if method == "tools/call":
            words += " The call may have been carried out: it was not sent again."
        return Refusal(502, "upstream_broken", words, ending=Ending.UPSTREAM_BROKEN)

    def _take(self, idle_s_max: float) -> _Kept | None:
        """The connection that was used last, if it is good for this; those that are too old for anything go."""
        now_s = self._clock()
        keep: list[_Kept] = []
        for kept in self._idle:
            dead = kept.reader.at_eof() or kept.writer.transport.is_closing()
            if dead or now_s - kept.idle_since_s > kept.good_for_s:
                kept.writer.close()
            else:
                keep.append(kept)
        self._idle = keep
        if keep and now_s - keep[-1].idle_since_s <= idle_s_max:
            return keep.pop()
        return None

    async def _connect(self) -> _Kept:
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        except (OSError, TimeoutError) as error:
            raise _Unreachable from error
        self.connects += 1
        return _Kept(reader, writer)

    async def _exchange(self, kept: _Kept, data: bytes) -> Told:
        """Send a request and read its whole answer; the connection is kept where its framing ended cleanly."""
        done = False
        try:
            try:
                kept.writer.write(data)
                first = await kept.reader.read(65536)
            except ConnectionError as error:
                raise _Stale from error
            if not first:
                raise _Stale
            told, keep = await self._read(kept, first)
            done = keep and not self._closed and len(self._idle) < KEPT_MAX
            return told
        finally:
            if done:
                kept.idle_since_s = self._clock()
                self._idle.append(kept)
            else:
                kept.writer.close()

    async def _read(self, kept: _Kept, first: bytes) -> tuple[Told, bool]:
        message = Message()
        parser = message.parser = httptools.HttpResponseParser(message)
        parser.feed_data(first)
        while not message.head_done or parser.get_status_code() < 200:
            if message.done:  # an informational answer: the real one follows
                message.headers, message.head_done, message.done = [], False, False
            await read_into(parser, kept.reader)
        framed = any(n in (b"content-length", b"transfer-encoding") for n, _ in message.headers)
        size = sum(map(len, message.body))
        while not message.done:
            data = await kept.reader.read(65536)
            if not data:
                if framed:
                    raise OSError("broke off")
                break  # a body that ends with its connection
            parser.feed_data(data)
            size += len(data)
            if size > BODY_BYTES_MAX:
                raise OSError("the answer is too long")
        keep = framed and message.done and message.keep and not message.more
        kept.good_for_s = min(KEPT_S, said_timeout_s(message.headers) - 1.0)
        kind = message.header(b"content-type") or b"application/json"
        told = Told(status=parser.get_status_code(), body=message.take(), headers=tuple(message.headers),
                    content_type=kind.decode("latin-1"))  # fmt: skip
        return told, keep

    async def close(self) -> None:
        """Close the kept connections; running requests finish on theirs."""
        self._closed = True
        for kept in self._idle:
            kept.writer.close()
        self._idle.clear()

    def counts(self) -> Mapping[str, int]:
        """Connections made, and requests repeated."""
        return {"tidegate_tool_connects_total": self.connects, "tidegate_tool_requests_repeated_total": self.repeated}


class _Unreachable(OSError):
    """No connection could be made: nothing was sent."""


def said_timeout_s(headers: Headers) -> float:
    """What a server's `Keep-Alive: timeout=N` promises, in seconds; a long time where it says nothing."""
    value = next((v for n, v in headers if n == b"keep-alive"), b"")
    for part in value.split(b","):
        name, _, number = part.strip().partition(b"=")
        if name.lower() == b"timeout" and number.isdigit():
            return float(number)
    return 3600.0
