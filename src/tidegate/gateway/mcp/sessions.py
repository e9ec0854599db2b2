"""The door of tool servers that are started here: one process a session.

A server on standard input and output has one client, by the protocol: its state (who logged in, what
was opened) is that client's.  So `initialize` starts a process and gives the agent a session id, and a
session is only for the tenant and user that opened it.  A process that ends takes its session with it:
404, upon which clients begin a new one, rather than a fresh process that has silently forgotten
everything.  A command that keeps ending at once is started ever more slowly.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tidegate.gateway.mcp.doors import Asked, Refusal, Told
from tidegate.gateway.mcp.process import Busy, Gone, ToolProcess, environment_of
from tidegate.settings import McpServer
from tidegate.spine.call import Ending, Identity

log = logging.getLogger("tidegate.tools")
STABLE_S = 10.0  # a process that lived longer did start
BACKOFF_S, BACKOFF_MAX_S = 0.5, 30.0
SWEEP_S = 5.0
NOT_CARRIED = ("elicitation", "roots", "sampling")  # what a server could ask of a client: there is no way back to it
SESSION = b"mcp-session-id"
SERVER_ERROR = -32000
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Session:
    """One agent's process."""

    def __init__(self, process: ToolProcess, identity: Identity, now_s: float) -> None:
        self.process = process
        self.owner = (identity.tenant, identity.user)
        self.used_s = now_s
        self.running = 0


class StdioDoor:
    """The sessions of one command in this worker."""

    def __init__(
        self,
        server: McpServer,
        *,
        mint: Callable[[], str],
        environment: Mapping[str, str] = {},
        sessions_max: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.server = server
        self.sessions: dict[str, Session] = {}
        self._mint = mint
        self._environment = dict(environment)
        self._max = server.sessions_max if sessions_max is None else sessions_max
        self._clock = clock
        self._failures = 0
        self.starts = self.failed_starts = 0
        self._not_before_s = 0.0
        self._opening = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._closed = False

    async def ask(self, asked: Asked) -> Told:
        """The server's answer; raises Refusal."""
        if asked.method == "DELETE":
            return self._delete(asked)
        try:
            message = _decode(asked.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise self._wrong(400, "send one JSON-RPC message at a time")
        if not asked.session:
            if message.get("method") != "initialize" or message.get("id") is None:
                raise self._wrong(400, "this server keeps sessions: begin with initialize", message)
            return await self._initialize(asked, message)
        return await self._go_on(self._session(asked, message), message)

    # -- a session's life

    async def _initialize(self, asked: Asked, message: dict[str, Any]) -> Told:
        now_s = self._clock()
        if now_s < self._not_before_s:
            wait_s = max(self._not_before_s - now_s, 1.0)
            words = f"The tool server {self.server.name!r} ended at its last start; it is started again in a moment."
            raise Refusal(503, "upstream_unreachable", words, retry_after_s=wait_s)
        if len(self.sessions) + self._opening >= self._max:
            words = f"The tool server {self.server.name!r} has as many sessions as are allowed ({self._max} here)."
            raise Refusal(503, "too_many_sessions", words, ending=Ending.REFUSED_OVERLOAD, retry_after_s=5.0)
        self._opening += 1
        try:
            process = await self._start()
            try:
                answer = await process.request(_offering(message))
            except BaseException as error:
                self._later(process.end())
                if isinstance(error, Gone | Busy):
                    self._failed(f"it ended before it answered initialize ({error})")
                    words = f"The tool server {self.server.name!r} ended before it answered; its log says why."
                    raise Refusal(502, "upstream_unreachable", words) from error
                raise
        finally:
            self._opening -= 1
        if "error" in answer:  # no session: the client reads why
            self._later(process.end())
            return _told(answer)
        if self._closed:  # meanwhile
            self._later(process.end())
            raise Refusal(503, "draining", "This gateway takes up no new sessions; ask again.", retry_after_s=1.0)
        session_id = self._mint()
        self.sessions[session_id] = Session(process, asked.identity, self._clock())
        self.watch_over()
        return _told(answer, ((SESSION, session_id.encode()),))

    async def _start(self) -> ToolProcess:
        s = self.server
        self.starts += 1
        try:
            return await ToolProcess.start(
                s.name, s.command, environment=environment_of(self._environment, os.environ), folder=s.folder,
                line_bytes_max=s.line_bytes_max,
            )  # fmt: skip
        except OSError as error:
            self._failed(f"it could not be started ({error})")
            words = f"The tool server {s.name!r} could not be started."
            raise Refusal(502, "upstream_unreachable", words) from error

    async def _go_on(self, session: Session, message: dict[str, Any]) -> Told:
        process = session.process
        session.running += 1
        try:
            if message.get("id") is None or "method" not in message:
                process.tell(message)
                return Told(status=202)
            return _told(await process.request(message))
        except KeyError as error:
            raise self._wrong(400, f"a request with the id {error.args[0]} is on its way", message) from error
        except Busy as error:
            words = f"The tool server {self.server.name!r} does not read what it is sent."
            raise Refusal(503, "upstream_unreachable", words, retry_after_s=1.0) from error
        except Gone as error:
            self._forget_the_dead()
            words = f"The tool server {self.server.name!r} ended while it was asked."
            if message.get("method") == "tools/call":
                words += " The call may have been carried out: it was not sent again."
            raise Refusal(502, "upstream_broken", words, ending=Ending.UPSTREAM_BROKEN) from error
        finally:
            session.running -= 1
            session.used_s = self._clock()

    def _session(self, asked: Asked, message: dict[str, Any]) -> Session:
        """The session a request names, if it is this agent's and its process lives; raises Refusal (404)."""
        self._forget_the_dead()
        session = self.sessions.get(asked.session)
        if session is None or session.owner != (asked.identity.tenant, asked.identity.user):
            raise self._wrong(404, "there is no such session (any more): begin a new one with initialize", message)
        return session

    def _delete(self, asked: Asked) -> Told:
        session = self._session(asked, {})
        del self.sessions[asked.session]
        self._later(session.process.end())
        return Told(status=204)

    # -- the ends of processes

    def _forget_the_dead(self) -> None:
        for key, session in list(self.sessions.items()):
            process = session.process
            if not process.gone:
                continue
            del self.sessions[key]
            self._later(process.end())
            if time.monotonic() - process.started_s < STABLE_S:
                self._failed(process.why)
            else:
                self._failures = 0
                log.warning("tool server %s: a session ended by itself: %s", self.server.name, process.why)

    def _failed(self, why: str) -> None:
        """It did not even start: wait longer before the next try."""
        self._failures += 1
        self.failed_starts += 1
        wait_s = min(BACKOFF_MAX_S, BACKOFF_S * 2 ** min(self._failures - 1, 10))
        self._not_before_s = self._clock() + wait_s
        log.error("tool server %s: %s; not started again for %.1f s", self.server.name, why, wait_s)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(SWEEP_S, self.server.idle_s / 4))
            self._forget_the_dead()
            now_s = self._clock()
            for key, session in list(self.sessions.items()):
                if not session.running and now_s - session.used_s > self.server.idle_s:
                    del self.sessions[key]
                    self._later(session.process.end())

    def _later(self, ending: Any) -> None:
        task = asyncio.get_running_loop().create_task(ending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def hand_over(self, to: "StdioDoor") -> None:
        """The sessions go on under the other door, which has newer secrets for the next ones."""
        to.sessions.update(self.sessions)
        self.sessions = {}
        to.watch_over()

    def watch_over(self) -> None:
        """Look now and then for sessions that ended or are idle."""
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    def counts(self) -> Mapping[str, int]:
        """Processes started, those that ended at once, and sessions now."""
        return {"tidegate_tool_starts_total": self.starts, "tidegate_tool_starts_failed_total": self.failed_starts,
                "tidegate_tool_sessions": len(self.sessions)}  # fmt: skip

    async def close(self) -> None:
        """End all processes, and wait until they have ended."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for session in self.sessions.values():
            self._later(session.process.end())
        self.sessions.clear()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _wrong(self, status: int, words: str, message: Mapping[str, Any] = {}) -> Refusal:
        rpc = {"jsonrpc": "2.0", "id": message.get("id"), "error": {"code": SERVER_ERROR, "message": words}}
        code = "session_not_found" if status == 404 else "invalid_json"
        return Refusal(status, code, words, ending=Ending.REFUSED_INVALID, rpc=rpc)


def _offering(message: dict[str, Any]) -> dict[str, Any]:
    """`initialize` without the abilities of a client that a server could not reach through here."""
    params = message.get("params")
    if not isinstance(params, dict) or not isinstance(params.get("capabilities"), dict):
        return message
    kept = {k: v for k, v in params["capabilities"].items() if k not in NOT_CARRIED}
    return {**message, "params": {**params, "capabilities": kept}}


def _told(answer: dict[str, Any], headers: tuple[tuple[bytes, bytes], ...] = ()) -> Told:
    return Told(status=200, body=_encode(answer), headers=headers)
