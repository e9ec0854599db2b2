"""One tool server on standard input and output: a process, one JSON-RPC message a line.

Answers find their questions by id.  What the server asks by itself is answered here (`ping`) or refused
by name, so that it never waits for a client that is not there; its notifications are dropped.  A line
that is too long or an end of its output ends the process: nobody could know where the next message begins.
Its standard error goes to the log, a bounded number of bounded lines.
"""

import asyncio
import contextlib
import logging
import os
import signal
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tidegate.gateway.lifeline import tied

log = logging.getLogger("tidegate.tools")
INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER")
STDIN_BYTES_MAX = 8 * 1024 * 1024  # not read by the server yet
EXIT_S = 0.2  # between the end of its output and its status
END_S = 2.0  # each of: after its input closed, after SIGTERM
LOG_LINE_MAX, LOG_LINES, LOG_EVERY_S = 2000, 100, 10.0
NOISE_MAX = 1000  # lines that are no messages, before a server is taken for something else
METHOD_NOT_FOUND = -32601
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Gone(Exception):
    """The process ended, or was ended, before it answered."""


class Busy(Exception):
    """The process does not read its input."""


def environment_of(given: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """What a command sees: the harmless few of our own variables, and what was configured.  Our secrets stay here."""
    return {k: v for k, v in ours.items() if k in INHERITED} | dict(given)


class ToolProcess:
    """A running tool server."""

    def __init__(self, name: str, process: Process) -> None:
        self.name = name
        self.process = process
        self.started_s = time.monotonic()
        self.ending = False  # by us
        self.why = ""  # why it is gone
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._noise = 0
        self._told_s, self._told, self._left_out = 0.0, 0, 0
        self._reads = asyncio.gather(self._listen(), self._log(), self._watch())

    @classmethod
    async def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: str | None,
        line_bytes_max: int,
    ) -> "ToolProcess":
        """Start it in a process group of its own; raises OSError."""
        process = await asyncio.create_subprocess_exec(
            *tied(command), stdin=PIPE, stdout=PIPE, stderr=PIPE, env=dict(environment), cwd=folder,
            limit=line_bytes_max, start_new_session=True,
        )  # fmt: skip
        return cls(name, process)

    @property
    def gone(self) -> bool:
        """Whether nothing can be asked of it any more."""
        return bool(self.why)

    # -- towards it

    async def request(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a request and wait for its answer; raises Gone, Busy, and KeyError for an id that is on its way."""
        key = _encode(message["id"]).decode()
        if key in self._waiting:
            raise KeyError(key)
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.tell(message)
        self._waiting[key] = future
        try:
            return await future
        except asyncio.CancelledError:
            with contextlib.suppress(Gone, Busy):
                params = {"requestId": message["id"], "reason": "the gateway waits no longer"}
                self.tell({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})
            raise
        finally:
            self._waiting.pop(key, None)

    def tell(self, message: dict[str, Any]) -> None:
        """Send one message as one line; raises Gone and Busy."""
        stdin = self.process.stdin
        assert stdin is not None
        if self.gone or stdin.is_closing():
            raise Gone(self.why or "its input is closed")
        if stdin.transport.get_write_buffer_size() > STDIN_BYTES_MAX:
            raise Busy
        stdin.write(_encode(message) + b"\n")

    # -- from it

    async def _listen(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        try:
            while line := await stdout.readline():
                if line.strip():
                    self._heard(line)
                if self._noise > NOISE_MAX:
                    self.why = "what it writes are no messages"
                    break
            else:
                await asyncio.sleep(EXIT_S)  # the status, if it ended, says more than the end of its output
                self.why = self.why or "it closed its output"
        except ValueError:
            self.why = "it wrote a line that is longer than `line_bytes_max`"
        except OSError as error:
            self.why = f"its output broke: {error}"
        finally:
            self._lost()

    def _heard(self, line: bytes) -> None:
        try:
            message = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self._noise += 1
            if self._noise == 1:
                log.warning("tool server %s writes to its output what is no message: %.200r", self.name, line)
            return
        if "method" in message:
            if message.get("id") is not None:
                self._answer(message)
            return
        future = self._waiting.get(_encode(message.get("id")).decode())
        if future is not None and not future.done():
            future.set_result(message)

    def _answer(self, message: dict[str, Any]) -> None:
        """What a server asks of its client."""
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
        if message["method"] == "ping":
            reply["result"] = {}
        else:
            words = f"{str(message['method'])[:100]} is not offered through this gateway"
            reply["error"] = {"code": METHOD_NOT_FOUND, "message": words}
        with contextlib.suppress(Gone, Busy):
            self.tell(reply)

    async def _watch(self) -> None:
        status = await self.process.wait()
        await asyncio.sleep(EXIT_S / 2)  # what it said last is still on its way
        self.why = self.why or f"it ended with status {status}"
        self._lost()

    def _lost(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Gone(self.why))
        if not self.ending:
            self._signal(signal.SIGTERM)

    async def _log(self) -> None:
        stderr = self.process.stderr
        assert stderr is not None
        rest = b""
        while data := await stderr.read(65536):
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > LOG_LINE_MAX:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._log_line(line)
        if rest:
            self._log_line(rest)

    def _log_line(self, line: bytes) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s > LOG_EVERY_S:
            if self._left_out:
                log.info("tool server %s: %d lines left out", self.name, self._left_out)
            self._told_s, self._told, self._left_out = now_s, 0, 0
        self._told += 1
        if self._told > LOG_LINES:
            self._left_out += 1
        elif line.strip():
            log.info("tool server %s: %s", self.name, line[:LOG_LINE_MAX].decode("utf-8", "replace").rstrip())

    # -- its end

    async def end(self) -> None:
        """The protocol's order: close its input, then SIGTERM, then SIGKILL, each to its whole group."""
        self.ending = True
        self.why = self.why or "it was ended"
        assert self.process.stdin is not None
        with contextlib.suppress(OSError, RuntimeError):
            self.process.stdin.close()
        for number in (None, signal.SIGTERM):
            if number is not None:
                self._signal(number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(END_S):
                    await self.process.wait()
                    break
        self._signal(signal.SIGKILL)  # its children too, where it left any
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(END_S):
                await self._reads

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)
