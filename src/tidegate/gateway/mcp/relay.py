"""One worker for each run, whichever worker a request of it reached.

What guards remember of an MCP session (its calls so far, what it has read) lies in one process, and
connections are spread over the workers by the kernel.  So every run has an owner: a number of its id
modulo the workers.  A request that reached another worker is handed to the owner over a Unix socket and
answered from there.  An owner that is away (it died and is started again) is waited for a moment, then the
request is refused: answering elsewhere would be answering without memory.

A frame: four bytes of length, one byte for what is asked, msgpack.
"""

import asyncio
import contextlib
import os
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from tidegate.gateway.mcp.doors import Refusal

FRAME_BYTES_MAX = 96 * 1024 * 1024
WAIT_S = 3.0  # for an owner that is started again
AGAIN_S = 0.1
Handler = Callable[[int, bytes], Awaitable[bytes]]  # what is asked, and the rest of the frame


class Relay:
    """This worker's place among the others."""

    def __init__(self) -> None:
        self.index, self.workers = 0, 1
        self.folder: Path | None = None
        self._server: asyncio.Server | None = None
        self.handed = 0  # requests that another worker answered

    def place(self, index: int, workers: int, folder: Path) -> None:
        """Where this process stands."""
        self.index, self.workers, self.folder = index, workers, folder

    def owner(self, run: str) -> int:
        """The worker that keeps a run."""
        return zlib.crc32(run.encode()) % self.workers

    def path(self, worker: int) -> Path:
        """The socket of a worker."""
        assert self.folder is not None
        return self.folder / f"mcp-{worker}.sock"

    async def listen(self, handler: Handler) -> None:
        """Answer what the other workers hand over."""
        if self.workers == 1 or self.folder is None:
            return
        self._handler = handler
        path = self.path(self.index)
        path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, path=str(path))
        os.chmod(path, 0o600)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            kind, data = await _read(reader)
            _write(writer, 0, await self._handler(kind, data))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    async def hand(self, worker: int, kind: int, data: bytes) -> bytes:
        """Have another worker answer; raises Refusal when it is away, OSError when it went away meanwhile."""
        self.handed += 1
        reader, writer = await self._reach(worker)
        try:
            _write(writer, kind, data)
            _, answer = await _read(reader)
            return answer
        except asyncio.IncompleteReadError as error:
            raise OSError("the worker went away") from error
        finally:
            writer.close()

    async def _reach(self, worker: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        tries = int(WAIT_S / AGAIN_S)
        for _ in range(tries):
            with contextlib.suppress(OSError):
                return await asyncio.open_unix_connection(str(self.path(worker)))
            await asyncio.sleep(AGAIN_S)
        words = "The worker that keeps this session is being started again."
        raise Refusal(503, "overloaded", words, retry_after_s=1.0)

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self.path(self.index).unlink(missing_ok=True)


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readexactly(5)
    size = int.from_bytes(head[:4])
    if size > FRAME_BYTES_MAX:
        raise ValueError("the frame is too long")
    return head[4], await reader.readexactly(size)


def _write(writer: asyncio.StreamWriter, kind: int, data: bytes) -> None:
    writer.write(len(data).to_bytes(4) + bytes((kind,)) + data)
