"""MCP over stdio: stands between an agent and a tool server that it would have started itself.

    agent ⇄ stdin/stdout of this process ⇄ stdin/stdout of the server

One JSON-RPC message a line, both ways; the server's standard error is left alone.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from typing import Protocol

import msgspec

from tidegate.gateway.mcp.guards import Answered, McpWatch

LINE_BYTES_MAX = 16 * 1024 * 1024
_encode = msgspec.json.Encoder().encode


class Out(Protocol):
    """Where whole lines go."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""
        ...


async def run_stdio(command: Sequence[str], watch: McpWatch) -> int:
    """Serve this process's standard input and output until either side ends; the server's exit status."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    server = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=LINE_BYTES_MAX)
    assert server.stdin is not None
    assert server.stdout is not None
    up = asyncio.create_task(to_server(reader, server.stdin, watch))
    down = asyncio.create_task(to_client(server.stdout, watch))
    try:
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if not down.done():  # the agent closed its side: the server may finish what it says
            await asyncio.wait({down}, timeout=5.0)
    finally:
        for task in (up, down):
            task.cancel()
        if server.returncode is None:
            server.terminate()
    return await server.wait()


def say(data: bytes) -> None:
    """One message to the agent."""
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.buffer.flush()


async def to_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, watch: McpWatch) -> None:
    """Lines of the agent, as far as the guards allow."""
    while line := await reader.readline():
        if not line.strip():
            continue
        passed = watch.from_client(line.strip())
        if isinstance(passed, Answered):
            if passed.reply is not None:
                say(_encode(passed.reply))
            continue
        writer.write(passed + b"\n")
        await writer.drain()
    writer.close()


async def to_client(reader: asyncio.StreamReader, watch: McpWatch) -> None:
    """Lines of the server, as far as the guards allow."""
    while line := await reader.readline():
        if line.strip():
            say(watch.from_server(line.strip()))
