"""`/mcp` on the data plane: tool servers behind the gateway's keys and guards.

A client speaks streamable HTTP to `/mcp/NAME` (`/mcp` where there is one server) with a tenant's key.
The key stays here; the server gets its own.  `tools/call` passes the guards both ways (`gateway/mcp/guards.py`).
The server is reached through its door: HTTP (`mcp_doors`) or a process of its own (`mcp_sessions`).
An answer is passed on whole, once the server has ended it; the stream that a client may open with GET
is answered 405, which the protocol allows, so a server cannot start a conversation by itself here.

What guards remember belongs to a run: the run header's, else the session's, else (where configured) the
connection's.  A run has one owner among the workers (`mcp_relay`).
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from tidegate.gateway.budgets import RunBudgets
from tidegate.gateway.control_channel import Counter
from tidegate.gateway.mcp.doors import Asked, Door, HttpDoor, Refusal, Told
from tidegate.gateway.mcp.guards import Answered, McpWatch, refusal_result
from tidegate.gateway.mcp.http import EventFilter
from tidegate.gateway.mcp.relay import Relay
from tidegate.gateway.mcp.sessions import StdioDoor
from tidegate.gateway.seams import Reply
from tidegate.settings import McpServer
from tidegate.spine.call import Call, Ending
from tidegate.spine.contracts import Guard
from tidegate.spine.trace import Event

SAY_DOWN = frozenset({b"mcp-session-id", b"mcp-protocol-version", b"retry-after"})
SESSION = b"mcp-session-id"
REQUEST, DOOR = 1, 2  # what is handed to another worker: a whole request, or what its guards let through
RELAY_S = 5.0  # longer than the owner's own time-out
Lines = tuple[tuple[bytes, bytes], ...]
_encode = msgspec.json.Encoder().encode
_pack = msgspec.msgpack.Encoder().encode


class _Request(msgspec.Struct, frozen=True, array_like=True):
    """A request as one worker hands it to another."""

    call: Call
    server: str
    method: str
    body: bytes
    headers: Lines
    connection: str = ""


class _DoorAsk(msgspec.Struct, frozen=True, array_like=True):
    """A message for the process that another worker keeps."""

    server: str
    asked: Asked


class _DoorTold(msgspec.Struct, frozen=True, array_like=True):
    """What the process answered, or the reply that says why not."""

    told: Told | None
    refused: Reply | None = None


_request = msgspec.msgpack.Decoder(_Request).decode
_door_ask = msgspec.msgpack.Decoder(_DoorAsk).decode
_door_told = msgspec.msgpack.Decoder(_DoorTold).decode
_reply = msgspec.msgpack.Decoder(Reply).decode


class _Refused(Exception):
    """Another worker's process refused; its reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


class McpEndpoint:
    """A `LocalEndpoint` for all configured tool servers."""

    def __init__(
        self,
        servers: Sequence[McpServer],
        guards: Sequence[Guard],
        *,
        budgets: RunBudgets | None = None,
        door_of: Callable[[McpServer, "Callable[[], str]"], Door] | None = None,
        relay: Relay | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.servers = {s.name: s for s in servers}
        self.relay = relay or Relay()
        self._guards = tuple(guards)
        self._budgets = budgets
        self._random_bytes = random_bytes
        make = door_of or _plain_door
        self._make = {s.name: (lambda s=s: make(s, self._mint)) for s in servers}
        self._doors: dict[str, Door] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def door(self, name: str) -> Door:
        """The way to a server, made when it is first needed: in the worker, not where settings are only checked."""
        door = self._doors.get(name)
        if door is None:
            door = self._doors[name] = self._make[name]()
        return door

    def _mint(self) -> str:
        """A session id whose owner is this worker."""
        while True:
            session = self._random_bytes(16).hex()
            if self.relay.owner(session) == self.relay.index:
                return session

    def find(self, path: str) -> McpServer | None:
        """The server that a path names; `/mcp` alone names the only one."""
        name = path.removeprefix("/mcp").strip("/")
        if not name:
            return next(iter(self.servers.values())) if len(self.servers) == 1 else None
        return self.servers.get(name)

    # -- requests

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
        headers: Lines,
        connection: str = "",
    ) -> None:
        """Answer one request, later: the tool server's answer, or what the guards say instead."""
        server = self.find(path)
        if server is None:
            known = ", ".join(sorted(self.servers))
            respond(_failed(404, "mcp_server_not_found", f"There is no tool server {path!r} here; there are: {known}."))
            return
        asked = _Request(call, server.name, method, body, headers, connection)
        self._start(self._respond(asked, respond))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _respond(self, asked: _Request, respond: Callable[[Reply], None]) -> None:
        run = self.run_of(asked)
        owner = self.relay.index if run is None or run.startswith("connection:") else self.relay.owner(run)
        if owner == self.relay.index:
            respond(await self._answer(asked))
            return
        timeout_s = self.servers[asked.server].timeout_s + RELAY_S
        try:
            async with asyncio.timeout(timeout_s):
                respond(_reply(await self.relay.hand(owner, REQUEST, _pack(asked))))
        except Refusal as refusal:
            respond(_reply_of(refusal))
        except (TimeoutError, OSError, ValueError):
            words = "The worker that keeps this session went away. A tool call may have been carried out."
            respond(_failed(502, "upstream_broken", words))

    async def relayed(self, kind: int, data: bytes) -> bytes:
        """What another worker hands over: answered here, where its run is kept."""
        if kind == REQUEST:
            asked = _request(data)
            return _pack(await self._answer(asked))
        ask = _door_ask(data)
        try:
            return _pack(_DoorTold(await self._reach(ask.server, ask.asked)))
        except Refusal as refusal:
            return _pack(_DoorTold(None, _reply_of(refusal)))

    def run_of(self, asked: _Request) -> str | None:
        """What run a request belongs to, None when nothing tells.  Tenants never share one, nor do servers."""
        call, session = asked.call, dict(asked.headers).get(SESSION, b"").decode("latin-1")
        about = f"{call.identity.tenant}:{call.identity.user or ''}:{asked.server}"
        if call.run_id:
            return f"run:{about}:{call.run_id}"
        if session:
            return f"session:{about}:{session}"
        server = self.servers.get(asked.server)
        if asked.connection and server is not None and server.follow == "connection":
            return f"connection:{about}:{call.identity.key_id}:{asked.connection}"
        return None

    async def _answer(self, asked: _Request) -> Reply:
        server = self.servers.get(asked.server)
        if server is None:  # the other worker has other settings for the moment
            return _failed(404, "mcp_server_not_found", f"There is no tool server {asked.server!r} here.")
        events: list[Event] = []
        watch = McpWatch(self._guards, asked.call.identity, note=events.append, task=asked.call.task)
        watch.run_id = self.run_of(asked) or watch.run_id
        try:
            async with asyncio.timeout(server.timeout_s):
                reply = await self._ask(watch, asked)
        except TimeoutError:
            reply = _failed(504, "timeout_total", f"The tool server {server.name!r} did not answer in time.")
        except Refusal as refusal:
            reply = _reply_of(refusal)
        except _Refused as refused:
            reply = refused.reply
        return msgspec.structs.replace(reply, events=tuple(events))

    async def _ask(self, watch: McpWatch, asked: _Request) -> Reply:
        body = asked.body
        if asked.method == "POST":
            passed = watch.from_client(body)
            if isinstance(passed, Answered):
                said = b"" if passed.reply is None else _encode(passed.reply)
                return Reply(status=200 if said else 202, body=said, ending=Ending.REFUSED_GUARD,
                             code="refused_by_guard")  # fmt: skip
            body = passed
            refused = self._over_budget(asked, body)
            if refused is not None:
                return refused
        session = dict(asked.headers).get(SESSION, b"").decode("latin-1")
        message = Asked(identity=asked.call.identity, method=asked.method, headers=asked.headers, body=body,
                        session=session)  # fmt: skip
        told = await self._through(asked.server, message)
        whole = told.body
        if whole and told.content_type.startswith("text/event-stream"):
            whole = EventFilter(watch).feed(whole if whole.endswith(b"\n\n") else whole + b"\n\n")
        elif whole and told.content_type.startswith("application/json"):
            whole = watch.from_server(whole)
        down = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in told.headers if k in SAY_DOWN)
        return Reply(status=told.status, body=whole, content_type=told.content_type, headers=down)

    def _over_budget(self, asked: _Request, body: bytes) -> Reply | None:
        """A tool call that the guards let through is an effect: a legal tool error where none is left."""
        if self._budgets is None or b"tools/call" not in body:
            return None
        message = msgspec.json.decode(body)
        messages = message if isinstance(message, list) else [message]
        for m in messages:
            if not isinstance(m, dict) or m.get("method") != "tools/call":
                continue
            params = m.get("params")
            name = str(params.get("name")) if isinstance(params, dict) else ""
            words = self._budgets.effect(asked.call.identity, asked.call.run_id, f"{asked.server}/{name}")
            if words is not None:
                reply = {"jsonrpc": "2.0", "id": m.get("id"), "result": refusal_result(f"[Tidegate] {words}")}
                said = b"" if m.get("id") is None else _encode(reply)
                return Reply(status=200 if said else 202, body=said, ending=Ending.REFUSED_LIMIT, code="budget_spent")
        return None

    async def _through(self, name: str, message: Asked) -> Told:
        """To the server; a session's process may lie in another worker than its run."""
        keeper = self.relay.owner(message.session)
        if not self.servers[name].command or not message.session or keeper == self.relay.index:
            return await self._reach(name, message)
        try:
            answer = _door_told(await self.relay.hand(keeper, DOOR, _pack(_DoorAsk(name, message))))
        except OSError as error:
            words = f"The worker that keeps this session of {name!r} went away. A tool call may have been carried out."
            raise Refusal(502, "upstream_broken", words, ending=Ending.UPSTREAM_BROKEN) from error
        if answer.told is None:
            assert answer.refused is not None
            raise _Refused(answer.refused)
        return answer.told

    async def _reach(self, name: str, message: Asked) -> Told:
        if name not in self.servers:
            raise Refusal(404, "mcp_server_not_found", f"There is no tool server {name!r} here.")
        return await self.door(name).ask(message)

    # -- its life

    def numbers(self) -> tuple[list[Counter], list[Counter]]:
        """(counters, gauges) for Prometheus; the label is a configured server."""
        counters = [Counter(name="tidegate_tool_requests_handed_total", labels={}, value=self.relay.handed)]
        gauges: list[Counter] = []
        for name, door in self._doors.items():
            for measure, n in door.counts().items():
                to = counters if measure.endswith("_total") else gauges
                to.append(Counter(name=measure, labels={"server": name}, value=n))
        return counters, gauges

    def give_way(self, to: object) -> None:
        """Other settings are in force: sessions of a server whose settings stayed go on; all else closes."""
        for name, door in self._doors.items():
            same = isinstance(to, McpEndpoint) and to.servers.get(name) == self.servers[name]
            if same and isinstance(door, StdioDoor):
                assert isinstance(to, McpEndpoint)
                successor = to.door(name)
                assert isinstance(successor, StdioDoor)
                door.hand_over(successor)
            (to if isinstance(to, McpEndpoint) else self)._start(door.close())

    async def close(self, patience_s: float) -> None:
        """Let running requests end, for a while; then end every server started here."""
        running = [t for t in self._tasks if t is not asyncio.current_task()]
        if running:
            await asyncio.wait(running, timeout=patience_s)
        await asyncio.gather(*(door.close() for door in self._doors.values()), return_exceptions=True)


def _plain_door(server: McpServer, mint: Callable[[], str]) -> Door:
    """A door without secrets."""
    if server.command:
        return StdioDoor(server, mint=mint, environment=server.environment)
    return HttpDoor(server)


def _failed(status: int, code: str, message: str) -> Reply:
    ending = {404: Ending.REFUSED_INVALID, 504: Ending.TIMED_OUT}.get(status, Ending.UPSTREAM_UNREACHABLE)
    return _reply_of(Refusal(status, code, message, ending=ending))


def _reply_of(refusal: Refusal) -> Reply:
    """OpenAI's error shape, or JSON-RPC's with the same code where the protocol gives the words."""
    kind = "invalid_request_error" if refusal.status < 500 else "api_error"
    about: Mapping[str, Any] = {"message": refusal.words, "type": kind, "param": None, "code": refusal.code}
    body = {"error": about}
    if refusal.rpc is not None:
        body = {**refusal.rpc, "error": {**refusal.rpc["error"], "data": {"code": refusal.code}}}
    wait = () if refusal.retry_after_s is None else (("retry-after", str(max(1, round(refusal.retry_after_s)))),)
    return Reply(status=refusal.status, body=_encode(body), headers=wait, ending=refusal.ending, code=refusal.code)
