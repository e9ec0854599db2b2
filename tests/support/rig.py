"""A whole gateway in the test's own loop: raw clients on one side, a scripted upstream on the other.

Both sides speak bytes, so that a test can say exactly what arrives when: pieces of one byte, a
reset in the middle, a length that lies.
"""

import asyncio
import contextlib
import hashlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec

from tidegate.gateway.admission import OpenAdmission
from tidegate.gateway.seams import Admission, LocalEndpoint
from tidegate.gateway.tls import upstream_tls
from tidegate.gateway.worker import Gateway, Parts
from tidegate.settings import Deadlines, Limits, Route, Settings, Tenant, Upstream
from tidegate.spine.trace import CallTrace
from tidegate.store.keys import KeyEntry, MemoryKeys

KEY = "tg-test-key"
EVENT = b'data: {"id":"c","choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'
DONE = b"data: [DONE]\n\n"

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Script = Callable[[bytes, Reader, Writer], Awaitable[None]]


class Sink:
    """Keeps traces in a list."""

    def __init__(self) -> None:
        self.traces: list[CallTrace] = []

    def put(self, trace: CallTrace) -> None:
        self.traces.append(trace)


class ScriptedUpstream:
    """Reads whole requests and lets the script answer; notes what it saw and when connections ended."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[bytes] = []
        self.connections = 0
        self.closed = 0
        self.port = 0
        self.server: asyncio.Server | None = None

    async def start(self, tls: ssl.SSLContext | None = None) -> "ScriptedUpstream":
        self.server = await asyncio.start_server(
            self.serve, "127.0.0.1", 0, backlog=4096, limit=64 * 1024 * 1024, ssl=tls
        )
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def serve(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(v) for k, _, v in (x.partition(b":") for x in head.lower().split(b"\r\n"))
                    if k == b"content-length"
                ) if b"content-length" in head.lower() else 0  # fmt: skip
                body = await reader.readexactly(length)
                self.requests.append(head + body)
                await self.script(head + body, reader, writer)
                if writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            pass
        finally:
            self.closed += 1
            with contextlib.suppress(Exception):
                writer.close()


def json_answer(body: bytes = b'{"ok":true,"usage":{"prompt_tokens":3,"completion_tokens":2}}') -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


SSE_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def good(request: bytes, reader: Reader, writer: Writer) -> None:
    """Answers like an engine: a short stream or a JSON body."""
    if b'"stream":true' in request or b'"stream": true' in request:
        writer.write(SSE_HEAD + chunk(EVENT) + chunk(EVENT) + chunk(DONE) + b"0\r\n\r\n")
    else:
        writer.write(json_answer())
    await writer.drain()


def reset(writer: Writer) -> None:
    """Close with a RST instead of a FIN."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class World:
    """The gateway, its upstreams, and clients."""

    def __init__(self, gateway: Gateway, sink: Sink, port: int, upstreams: list[ScriptedUpstream]) -> None:
        self.gateway = gateway
        self.sink = sink
        self.port = port
        self.upstreams = upstreams

    @property
    def upstream(self) -> ScriptedUpstream:
        return self.upstreams[0]

    async def connect(self, **kw: Any) -> tuple[Reader, Writer]:
        return await asyncio.open_connection("127.0.0.1", self.port, limit=64 * 1024 * 1024, **kw)

    async def raw(self, data: bytes, *, timeout_s: float = 3.0) -> bytes:
        """Send bytes, and read until the gateway closes or nothing more comes."""
        reader, writer = await self.connect()
        writer.write(data)
        out = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while piece := await asyncio.wait_for(reader.read(65536), timeout_s):
                out += piece
        writer.close()
        return out

    async def call(self, body: bytes | None = None, *, path: str = "/v1/chat/completions", key: str = KEY,
                   headers: str = "") -> "Answer":  # fmt: skip
        """One well-formed call on its own connection."""
        reader, writer = await self.connect()
        try:
            writer.write(request(body, path=path, key=key, headers=headers))
            return await read_answer(reader)
        finally:
            writer.close()

    def recorded(self) -> list[CallTrace]:
        """The traces of all calls that ended, without waiting for the moment when several are recorded together."""
        self.gateway.record_ends()
        return self.sink.traces

    async def traces(self, n: int) -> list[CallTrace]:
        """Wait for n traces."""
        for _ in range(300):
            if len(self.sink.traces) >= n:
                break
            await asyncio.sleep(0.01)
        assert len(self.sink.traces) == n, [t.ending for t in self.sink.traces]
        return self.sink.traces


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool  # the framing's end was seen

    @property
    def code(self) -> str:
        error: str = msgspec.json.decode(self.body)["error"]["code"]
        return error


async def read_answer(reader: Reader, timeout_s: float = 5.0) -> Answer:
    """A strict reader of one answer; `whole` is False when the connection ended before the framing did."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout_s)
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split()[1])
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:] if line)}
    pieces: list[bytes] = []
    try:
        if headers.get("transfer-encoding") == "chunked":
            while True:
                size = int(await asyncio.wait_for(reader.readuntil(b"\r\n"), timeout_s), 16)
                data = await asyncio.wait_for(reader.readexactly(size + 2), timeout_s)
                assert data.endswith(b"\r\n")
                if size == 0:
                    return Answer(status, headers, b"".join(pieces), True)
                pieces.append(data[:-2])
        if "content-length" in headers:
            body = await asyncio.wait_for(reader.readexactly(int(headers["content-length"])), timeout_s)
            return Answer(status, headers, body, True)
        while piece := await asyncio.wait_for(reader.read(65536), timeout_s):
            pieces.append(piece)
        return Answer(status, headers, b"".join(pieces), True)
    except asyncio.IncompleteReadError as error:
        return Answer(status, headers, b"".join([*pieces, error.partial]), False)
    except ConnectionError:
        return Answer(status, headers, b"".join(pieces), False)


def request(
    body: bytes | None = None, *, path: str = "/v1/chat/completions", key: str = KEY, headers: str = ""
) -> bytes:
    body = b'{"model":"m","messages":[]}' if body is None else body
    auth = f"authorization: Bearer {key}\r\n{headers}"
    head = f"POST {path} HTTP/1.1\r\nhost: t\r\n{auth}content-length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


STREAM = b'{"model":"m","messages":[],"stream":true}'


@contextlib.asynccontextmanager
async def world(
    *scripts: Script, limits: Limits | None = None, deadlines: Deadlines | None = None,
    admission: Admission | None = None, settings: Callable[[Settings], Settings] = lambda s: s,
    endpoints: Mapping[bytes, LocalEndpoint] | None = None, upstream: dict[str, Any] | None = None,
    tls: ssl.SSLContext | None = None, engine_tls: ssl.SSLContext | None = None,
) -> AsyncIterator[World]:  # fmt: skip
    """A gateway in front of one scripted upstream a script, tried in order for the model `m`.

    `tls` is the gateway's listener's, `engine_tls` the upstreams'.
    """
    upstreams = [await ScriptedUpstream(s).start(engine_tls) for s in scripts or (good,)]
    base = "https://localhost" if engine_tls else "http://127.0.0.1"
    made = Settings(
        upstreams=tuple(
            Upstream(
                name=f"u{i}",
                url=f"{base}:{u.port}/v1",
                deadlines=deadlines or Deadlines(),
                **(upstream or {}),
            )
            for i, u in enumerate(upstreams)
        ),
        routes=(Route(model="m", upstreams=tuple(f"u{i}" for i in range(len(upstreams))), aliases=("m-alias",)),),
        tenants=(Tenant(name="t"),),
        limits=limits or Limits(),
    )
    made = settings(made)
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    keys = MemoryKeys((KeyEntry(key_id="k", tenant="t", digest=digest, created_at_s=0.0),))
    sink = Sink()
    parts = Parts(made, secrets={"u0": "sk-upstream-secret"}, upstream_tls=upstream_tls, keys=keys,
                  endpoints=endpoints)  # fmt: skip
    gateway = Gateway(parts, admission=admission or OpenAdmission(), sink=sink)
    sock = socket.create_server(("127.0.0.1", 0), backlog=4096)
    sock.setblocking(False)
    await gateway.start(sock, tls)
    try:
        yield World(gateway, sink, sock.getsockname()[1], upstreams)
    finally:
        await gateway.stop(0.0)
        for u in upstreams:
            assert u.server is not None
            u.server.close()
        await asyncio.sleep(0)


def run(main: Awaitable[None], timeout_s: float = 30.0) -> None:
    """Run a test to its end, or fail it when it hangs."""
    asyncio.run(asyncio.wait_for(main, timeout_s))  # type: ignore[arg-type]
