"""MCP through the proxies: the official client on one side, the official server on the other, guards between."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from tests.gateway.test_guarding import DenyCalls, Hold, Plain, Raises

from tidegate.gateway.mcp.guards import Answered, McpWatch
from tidegate.gateway.mcp.http import EventFilter, McpHttpProxy
from tidegate.spine.call import Identity
from tidegate.spine.trace import Event

ROOT = Path(__file__).resolve().parents[2]
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}
WHO = Identity(tenant="t")
GUARDS: Any = [Plain(DenyCalls), Plain(Hold)]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="module", params=["stream", "json"])
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    port = free_port()
    extra = ["json"] if request.param == "json" else []
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.mcp_server", str(port), *extra],
        cwd=ROOT, env=ENV, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(400):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/mcp"
    process.terminate()
    process.wait(timeout=10)
    assert process.stderr is not None
    assert "PAID" not in process.stderr.read()  # the denied call never reached the server


@asynccontextmanager
async def proxied(upstream: str, **options: Any) -> AsyncIterator[tuple[str, list[Event]]]:
    events: list[Event] = []
    guards = options.pop("guards", GUARDS)
    proxy = McpHttpProxy(upstream, lambda who: McpWatch(guards, who, note=events.append), **options)
    await proxy.start()
    try:
        yield f"http://127.0.0.1:{proxy.port}/mcp", events
    finally:
        await proxy.stop()


async def use(client: Client) -> None:
    """What an agent does, and what it must see."""
    tools = await client.list_tools()
    assert sorted(t.name for t in tools.tools) == ["fail", "look", "pay"]
    looked: Any = await client.call_tool("look", {"city": "Oslo"})
    assert looked.content[0].text == "Oslo has a *****"
    assert "tiger" not in looked.model_dump_json()
    assert not looked.is_error
    denied: Any = await client.call_tool("pay", {"eur": 5})
    assert denied.is_error
    assert "no-pay" in denied.content[0].text
    failed: Any = await client.call_tool("fail", {})
    assert failed.is_error
    assert "no-" not in failed.content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_and_server_over_http(server_url: str, mode: Any) -> None:
    async def run() -> list[Event]:
        async with proxied(server_url) as (url, events), asyncio.timeout(30):
            async with Client(url, mode=mode) as client:
                await use(client)
            return events

    events = asyncio.run(run())
    assert [e.data["rule"] for e in events] == ["no-pay"]


def test_the_official_client_and_server_over_stdio() -> None:
    async def run() -> None:
        command = [sys.executable, "-m", "tests.support.mcp_server", "stdio"]
        proxy = StdioServerParameters(
            command=sys.executable, args=["-m", "tests.support.mcp_stdio_proxy", *command], cwd=ROOT, env=ENV
        )
        async with asyncio.timeout(60), Client(proxy) as client:
            await use(client)

    asyncio.run(run())


def test_keys_are_ours_and_stay_here(server_url: str) -> None:
    async def run() -> None:
        known = {b"good": WHO}
        async with proxied(server_url, identify=known.get) as (url, _), httpx.AsyncClient() as client:
            refused = await client.post(url, json={}, headers={"authorization": "Bearer bad"})
            assert refused.status_code == 401
            body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
            headers = {"authorization": "Bearer good", "accept": "application/json, text/event-stream"}
            assert (await client.post(url, json=body, headers=headers)).status_code != 401

    asyncio.run(run())


def test_a_server_that_is_not_there_is_an_error_at_once() -> None:
    async def run() -> None:
        async with proxied(f"http://127.0.0.1:{free_port()}/mcp") as (url, _), httpx.AsyncClient() as client:
            answer = await client.post(url, json={"jsonrpc": "2.0", "id": 1, "method": "ping"})
            assert answer.status_code == 502

    asyncio.run(run())


# --- message by message


def call(name: str = "look", **more: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, **more}}).encode()


def test_what_the_guards_saw_is_what_the_server_gets() -> None:
    twice = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay","name":"look"}}'
    passed = McpWatch(GUARDS, WHO).from_client(twice)
    assert isinstance(passed, bytes)
    assert passed.count(b'"name"') == 1
    assert b"pay" not in passed


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b'[{"method":"tools/call"}]', call(name=3), b'{"id":1,"method":"tools/call"}']
)  # type: ignore[arg-type]
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    passed = McpWatch(GUARDS, WHO).from_client(data)
    assert isinstance(passed, Answered)
    assert passed.reply is not None
    assert "error" in passed.reply


def test_without_guards_every_byte_passes() -> None:
    watch = McpWatch([], WHO)
    assert watch.from_client(b"[ 1 ]") == b"[ 1 ]"
    assert watch.from_server(b"{ ") == b"{ "


def test_every_text_of_a_result_passes_the_guards() -> None:
    watch = McpWatch(GUARDS, WHO)
    watch.from_client(call())
    content = [
        {"type": "text", "text": "a ti"},
        {"type": "text", "text": "ger? tiger"},
        {"type": "resource", "resource": {"uri": "x:y", "text": "tiger"}},
        {"type": "image", "data": "AA==", "mimeType": "image/png"},
    ]
    result = {"content": content, "structuredContent": {"animal": "tiger", "n": 1}}
    seen = json.loads(watch.from_server(json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode()))["result"]
    assert [c.get("text") for c in seen["content"]] == ["a ti", "ger? *****", None, None]
    assert seen["content"][2]["resource"]["text"] == "*****"
    assert seen["structuredContent"] == {"animal": "*****", "n": 1}
    watch.from_client(call())
    keyed = {"jsonrpc": "2.0", "id": 1, "result": {"content": [], "structuredContent": {"tiger": 1}}}
    assert json.loads(watch.from_server(json.dumps(keyed).encode()))["result"]["isError"] is True
    error = {"jsonrpc": "2.0", "id": 9, "error": {"code": -1, "message": "tiger"}}
    assert json.loads(watch.from_server(json.dumps(error).encode())) == error  # no answer to a tool call
    watch.from_client(call())
    assert b"tiger" not in watch.from_server(json.dumps({**error, "id": 1}).encode())


def test_a_hard_guard_that_fails_closes_the_result() -> None:
    watch = McpWatch([Plain(Raises)], WHO)  # type: ignore[list-item]
    watch.from_client(call())
    body = {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "tiger"}]}}
    assert b"tiger" not in watch.from_server(json.dumps(body).encode())
    assert watch.crashes


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_events_keep_their_ids_however_they_are_cut(size: int, end: str) -> None:
    watch = McpWatch(GUARDS, WHO)
    watch.from_client(call())
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "tiger"}]}})
    lines = ["id: 4", "data: ", "", ": ping", "", "event: message", "id: 5", f"data: {message}", "", ""]
    data = end.join(lines).encode()
    events = EventFilter(watch)
    out = b"".join(events.feed(data[i : i + size]) for i in range(0, len(data), size))
    assert out.startswith(b"id: 4\ndata: \n\n: ping\n\nevent: message\nid: 5\ndata: {")
    assert b"*****" in out
    assert b"tiger" not in out
