"""`/mcp` on the data plane: tool servers behind the gateway's keys and guards.

A client speaks streamable HTTP to `/mcp/NAME` (`/mcp` where there is one server) with a tenant's key.
The key stays here; the server gets its own.  `tools/call` passes the guards both ways (`gateway/mcp.py`).
An answer is passed on whole, once the server has ended it; the stream that a client may open with GET
is answered 405, which the protocol allows, so a server cannot start a conversation by itself here.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence

import httptools
import msgspec

from tidegate.gateway.mcp import Answered, McpWatch
from tidegate.gateway.mcp_http import CONNECT_S, EventFilter, McpHttpProxy, collect
from tidegate.gateway.seams import Reply
from tidegate.settings import McpServer
from tidegate.spine.call import Call, Ending, Identity
from tidegate.spine.contracts import Guard
from tidegate.spine.trace import Event

SAY_DOWN = frozenset({b"mcp-session-id", b"mcp-protocol-version", b"retry-after"})
_encode = msgspec.json.Encoder().encode


class McpEndpoint:
    """A `LocalEndpoint` for all configured tool servers."""

    def __init__(
        self,
        servers: Sequence[McpServer],
        guards: Sequence[Guard],
        *,
        secrets: Mapping[str, str] = {},
        tls_of: Callable[[McpServer], ssl.SSLContext | None] = lambda _: None,
    ) -> None:
        self.servers = {s.name: s for s in servers}
        self._guards = tuple(guards)
        self._secrets = dict(secrets)
        self._proxies = {s.name: McpHttpProxy(s.url, self._watch, tls=tls_of(s)) for s in servers}
        self._tasks: set[asyncio.Task[None]] = set()

    def _watch(self, identity: Identity) -> McpWatch:
        return McpWatch(self._guards, identity)

    def find(self, path: str) -> McpServer | None:
        """The server that a path names; `/mcp` alone names the only one."""
        name = path.removeprefix("/mcp").strip("/")
        if not name:
            return next(iter(self.servers.values())) if len(self.servers) == 1 else None
        return self.servers.get(name)

    def handle(self, call: Call, method: str, path: str, body: bytes, respond: Callable[[Reply], None]) -> None:
        """Answer a request that brought no header of the protocol."""
        self.handle_with_headers(call, method, path, body, respond, ())

    def handle_with_headers(
        self,
        call: Call,
        method: str,
        path: str,
        body: bytes,
        respond: Callable[[Reply], None],
        headers: tuple[tuple[bytes, bytes], ...],
    ) -> None:
        """Answer one request, later: the tool server's answer, or what the guards say instead."""
        server = self.find(path)
        if server is None:
            known = ", ".join(sorted(self.servers))
            respond(_failed(404, "mcp_server_not_found", f"There is no tool server {path!r} here; there are: {known}."))
            return
        task = asyncio.get_running_loop().create_task(self._answer(call, server, method, body, respond, headers))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(
        self, call: Call, server: McpServer, method: str, body: bytes, respond: Callable[[Reply], None],
        headers: tuple[tuple[bytes, bytes], ...],
    ) -> None:  # fmt: skip
        try:
            async with asyncio.timeout(server.timeout_s):
                respond(await self._ask(call, server, method, body, headers))
        except TimeoutError:
            respond(_failed(504, "timeout_total", f"The tool server {server.name!r} did not answer in time."))
        except (OSError, httptools.HttpParserError, asyncio.IncompleteReadError, ValueError) as error:
            words = f"The tool server {server.name!r} could not be asked: {type(error).__name__}."
            respond(_failed(502, "upstream_unreachable", words))

    async def _ask(
        self, call: Call, server: McpServer, method: str, body: bytes, headers: tuple[tuple[bytes, bytes], ...]
    ) -> Reply:
        proxy = self._proxies[server.name]
        watch = proxy.watch(call.identity, dict(headers).get(b"mcp-session-id", b""))
        events: list[Event] = []
        watch.note_with(events.append)
        if method == "POST":
            passed = watch.from_client(body)
            if isinstance(passed, Answered):
                said = b"" if passed.reply is None else _encode(passed.reply)
                return Reply(status=200 if said else 202, body=said, ending=Ending.REFUSED_GUARD,
                             code="refused_by_guard", events=tuple(events))  # fmt: skip
            body = passed
        own = {k.lower().encode(): v.encode("latin-1") for k, v in server.headers.items()}
        if server.name in self._secrets:
            own.setdefault(b"authorization", b"Bearer " + self._secrets[server.name].encode())
        lines = [*((k, v) for k, v in headers if k not in own), *own.items()]
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await proxy.connect()
        try:
            writer.write(proxy.request_bytes(method.encode(), lines, body))
            status, answer, whole = await collect(reader)
        finally:
            writer.close()
        kind = next((v for k, v in answer if k == b"content-type"), b"application/json")
        if whole and kind.startswith(b"text/event-stream"):
            whole = EventFilter(watch).feed(whole if whole.endswith(b"\n\n") else whole + b"\n\n")
        elif whole and kind.startswith(b"application/json"):
            whole = watch.from_server(whole)
        down = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in answer if k in SAY_DOWN)
        return Reply(status=status, body=whole, content_type=kind.decode("latin-1"), headers=down, events=tuple(events))


def _failed(status: int, code: str, message: str) -> Reply:
    ending = {404: Ending.REFUSED_INVALID, 504: Ending.TIMED_OUT}.get(status, Ending.UPSTREAM_UNREACHABLE)
    body = _encode({"error": {"message": message, "type": "api_error", "param": None, "code": code}})
    return Reply(status=status, body=body, ending=ending, code=code)
