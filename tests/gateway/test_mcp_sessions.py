"""Tool servers that the gateway starts: one process a session, under the guards, ended in every way.

Method: the unmodified official client over HTTP, a server written with the official package on standard
input and output; raw messages where the client would not misbehave as a test needs it.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from tests.gateway.test_guarding import DenyCalls, Hold, Plain
from tests.gateway.test_lifeline import alive
from tests.gateway.test_mcp import ROOT
from tests.support.rig import KEY, World, run, world

from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.plugin import ToolLoopGuard
from tidegate.gateway.mcp.endpoint import McpEndpoint
from tidegate.gateway.mcp.sessions import StdioDoor
from tidegate.settings import McpServer
from tidegate.spine.call import Ending

COMMAND = (sys.executable, "-m", "tests.support.mcp_stdio_tools")
INITIALIZE = {
    "jsonrpc": "2.0", "id": 0, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {"sampling": {}}, "clientInfo": {"name": "t", "version": "1"}},
}  # fmt: skip


def notes(**more: Any) -> McpServer:
    """The server under test."""
    settings: dict[str, Any] = {"name": "notes", "command": COMMAND, "environment": {"PYTHONPATH": str(ROOT)}}
    return McpServer(**settings | more)


def shell(script: str, **more: Any) -> McpServer:
    """A tool server that is a few lines of shell or Python."""
    return notes(command=(sys.executable, "-c", script), **more)


@asynccontextmanager
async def gateway(server: McpServer, guards: Any = ()) -> AsyncIterator[tuple[World, McpEndpoint]]:
    endpoint = McpEndpoint((server,), guards)
    async with world(endpoints={b"/mcp": endpoint}) as w, asyncio.timeout(40):
        yield w, endpoint


@asynccontextmanager
async def agent(w: World, mode: Any = "legacy", **headers: str) -> AsyncIterator[Client]:
    async with (
        httpx.AsyncClient(headers={"authorization": f"Bearer {KEY}", **headers}, timeout=30) as http,
        Client(streamable_http_client(f"http://127.0.0.1:{w.port}/mcp/notes", http_client=http), mode=mode) as c,
    ):
        yield c


async def text(client: Client, tool: str, **arguments: Any) -> str:
    result: Any = await client.call_tool(tool, arguments)
    return str(result.content[0].text)


SMALL = """
import json, os, sys, time
for line in sys.stdin:
    m = json.loads(line)
    tool, a = m.get("params", {}).get("name"), m.get("params", {}).get("arguments", {})
    if "id" not in m:
        continue
    if tool == "end":
        print("ENDING", file=sys.stderr, flush=True)
        os._exit(3)
    if tool == "slow":
        time.sleep(a["seconds"])
    said = str(os.getpid()) if tool == "process" else "x" * a.get("characters", 3)
    result = {"content": [{"type": "text", "text": said}], "isError": False} if tool else {"tools": []}
    print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": result}), flush=True)
"""  # a server that starts at once, for what is timed


def small(**more: Any) -> McpServer:
    return shell(SMALL, **more)


def rpc(number: int, method: str, **params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()


async def opened(w: World) -> str:
    """The header line of a new session."""
    answer = await w.call(json.dumps(INITIALIZE).encode(), path="/mcp")
    assert answer.status == 200, answer.body
    headers = f"mcp-session-id: {answer.headers['mcp-session-id']}\r\n"
    done = b'{"jsonrpc":"2.0","method":"notifications/initialized"}'
    assert (await w.call(done, path="/mcp", headers=headers)).status == 202
    return headers


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_unmodified_client_uses_a_command_under_the_guards(mode: Any) -> None:
    guards: Any = [Plain(DenyCalls), Plain(Hold)]

    async def main() -> None:
        async with gateway(notes(), guards) as (w, _), agent(w, mode) as client:
            tools = await client.list_tools()
            assert {"fail", "look", "pay", "note"} <= {t.name for t in tools.tools}
            assert await text(client, "look", city="Oslo") == "Oslo has a *****"
            denied: Any = await client.call_tool("pay", {"eur": 5})
            assert denied.is_error
            assert "no-pay" in denied.content[0].text
            assert ((await client.call_tool("fail", {})).is_error) is True
            assert [t.ending for t in w.recorded()].count(Ending.REFUSED_GUARD) == 1

    run(main(), 60)


def test_a_session_is_one_process_and_ends_with_it() -> None:
    async def main() -> None:
        async with gateway(notes()) as (w, endpoint):
            async with agent(w) as one, agent(w) as two:
                assert await text(one, "note", text="a") == "a"
                assert await text(two, "note", text="b") == "b", "two agents share nothing"
                assert await text(one, "note", text="c") == "a c"
                pids = [int(await text(c, "process")) for c in (one, two)]
                assert pids[0] != pids[1]
                assert all(alive(p) for p in pids)
            door = endpoint.door("notes")
            assert isinstance(door, StdioDoor)
            for _ in range(100):
                if not any(alive(p) for p in pids):
                    break
                await asyncio.sleep(0.1)
            assert not door.sessions, "the client's DELETE ended them"
            assert not any(alive(p) for p in pids)

    run(main(), 60)


def test_the_loop_guard_follows_a_session_and_the_gateways_end_ends_the_server() -> None:
    async def main() -> int:
        async with gateway(small(), [ToolLoopGuard(BUILT_IN)]) as (w, _):
            headers = await opened(w)
            said = []
            for n in range(1, 5):
                asked = rpc(n, "tools/call", name="look", arguments={"city": "Oslo"})
                said.append(json.loads((await w.call(asked, path="/mcp", headers=headers)).body)["result"])
            assert [s["isError"] for s in said] == [False, False, False, True]
            assert "[Tidegate] Not called" in said[3]["content"][0]["text"]
            asked = rpc(9, "tools/call", name="process", arguments={})
            answer = await w.call(asked, path="/mcp", headers=headers)
            return int(json.loads(answer.body)["result"]["content"][0]["text"])

    pids: list[int] = []

    async def whole() -> None:
        pids.append(await main())

    run(whole(), 60)
    assert not alive(pids[0])


def test_a_process_that_ends_loses_its_session_and_nothing_is_sent_twice(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tidegate.tools")

    async def main() -> None:
        async with gateway(small()) as (w, endpoint):
            headers = await opened(w)
            answer = await w.call(rpc(1, "tools/call", name="end", arguments={}), path="/mcp", headers=headers)
            assert (answer.status, answer.code) == (502, "upstream_broken")
            assert b"may have been carried out" in answer.body
            answer = await w.call(rpc(2, "tools/list"), path="/mcp", headers=headers)
            assert answer.status == 404
            assert json.loads(answer.body)["error"]["data"]["code"] == "session_not_found"
            answer = await w.call(json.dumps(INITIALIZE).encode(), path="/mcp")
            assert answer.status == 503, "it ended at once: not started again at once"
            assert int(answer.headers["retry-after"]) >= 1
            await asyncio.sleep(0.6)
            await opened(w)
            door = endpoint.door("notes")
            assert isinstance(door, StdioDoor)
            assert len(door.sessions) == 1

    run(main(), 60)
    assert "ENDING" in caplog.text, "its standard error is in the log"
    assert "not started again for 0.5 s" in caplog.text


def test_a_command_that_always_ends_is_started_ever_more_slowly() -> None:
    now = [0.0]

    async def main() -> None:
        door = StdioDoor(shell("import sys; sys.exit(7)"), mint=lambda: "s", clock=lambda: now[0])
        endpoint = McpEndpoint((shell("pass"),), (), door_of=lambda *_: door)
        waits = []
        async with world(endpoints={b"/mcp": endpoint}) as w:
            for _ in range(4):
                assert (await w.call(json.dumps(INITIALIZE).encode(), path="/mcp")).status == 502
                assert (await w.call(json.dumps(INITIALIZE).encode(), path="/mcp")).status == 503
                waits.append(door._not_before_s - now[0])
                now[0] = door._not_before_s
        assert waits == [0.5, 1.0, 2.0, 4.0]

    run(main(), 60)


def test_strangers_bad_messages_and_too_many_sessions_are_refused() -> None:
    async def main() -> None:
        async with gateway(small(sessions_max=1)) as (w, endpoint):
            headers = await opened(w)
            assert (await w.call(json.dumps(INITIALIZE).encode(), path="/mcp")).code == "too_many_sessions"
            door = endpoint.door("notes")
            assert isinstance(door, StdioDoor)
            next(iter(door.sessions.values())).owner = ("another", None)
            assert (await w.call(rpc(1, "tools/list"), path="/mcp", headers=headers)).status == 404
            next(iter(door.sessions.values())).owner = ("t", None)
            assert (await w.call(rpc(1, "tools/list"), path="/mcp")).status == 400, "no session"
            assert (await w.call(b"[1", path="/mcp", headers=headers)).status == 400
            assert (await w.call(rpc(2, "tools/list"), path="/mcp", headers=headers)).status == 200

    run(main(), 60)


def test_a_slow_answer_times_out_and_a_long_line_ends_the_server() -> None:
    async def main() -> None:
        async with gateway(small(timeout_s=3.0, line_bytes_max=20_000)) as (w, _):
            headers = await opened(w)
            began = time.monotonic()
            asked = rpc(1, "tools/call", name="slow", arguments={"seconds": 6})
            answer = await w.call(asked, path="/mcp", headers=headers)
            assert (answer.status, answer.code) == (504, "timeout_total")
            assert time.monotonic() - began < 5
        async with gateway(small(line_bytes_max=20_000)) as (w, _):
            headers = await opened(w)
            asked = rpc(1, "tools/call", name="long", arguments={"characters": 30_000})
            answer = await w.call(asked, path="/mcp", headers=headers)
            assert (answer.status, answer.code) == (502, "upstream_broken")

    run(main(), 60)


def test_our_secrets_stay_here_and_configured_ones_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")

    async def main() -> None:
        server = notes(environment={"PYTHONPATH": str(ROOT), "BANK": "theirs"})
        async with gateway(server) as (w, _), agent(w) as client:
            assert await text(client, "secret", name="OPENAI_API_KEY") == "absent"
            assert await text(client, "secret", name="BANK") == "theirs"

    run(main(), 60)


def test_a_server_that_asks_the_client_is_answered_and_noise_is_passed_over() -> None:
    script = """
import json, sys
print("hello, I am no message", flush=True)
for line in sys.stdin:
    m = json.loads(line)
    if m.get("method") == "initialize":
        print(json.dumps({"jsonrpc": "2.0", "id": "mine", "method": "sampling/createMessage", "params": {}}), flush=True)
        refused = json.loads(sys.stdin.readline())
        print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": {"protocolVersion": "2025-06-18",
              "capabilities": m["params"]["capabilities"], "serverInfo": {"name": refused["error"]["message"], "version": "1"}}}), flush=True)
"""

    async def main() -> None:
        async with gateway(shell(script)) as (w, _):
            answer = await w.call(json.dumps(INITIALIZE).encode(), path="/mcp")
            result = json.loads(answer.body)["result"]
            assert "not offered" in result["serverInfo"]["name"]
            assert result["capabilities"] == {}, "what a server could not reach is not promised to it"

    run(main(), 60)


def test_a_server_that_will_not_end_is_killed_with_its_children() -> None:
    script = """
import json, os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child == 0:
    time.sleep(60)
m = json.loads(sys.stdin.readline())
print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": {"pids": [os.getpid(), child]}}), flush=True)
time.sleep(60)
"""
    pids: list[int] = []

    async def main() -> None:
        async with gateway(shell(script)) as (w, _):
            answer = await w.call(json.dumps(INITIALIZE).encode(), path="/mcp")
            pids.extend(json.loads(answer.body)["result"]["pids"])
            assert all(alive(p) for p in pids)

    run(main(), 60)
    time.sleep(0.2)
    assert not any(alive(p) for p in pids)


def test_a_reload_keeps_the_sessions_of_an_unchanged_server_and_ends_the_others() -> None:
    async def main() -> None:
        async with gateway(small()) as (w, old):
            headers = await opened(w)
            same = McpEndpoint((small(),), ())
            old.give_way(same)
            w.gateway.endpoints = {b"/mcp": same}
            await asyncio.sleep(0.1)
            asked = rpc(1, "tools/call", name="process", arguments={})
            answer = await w.call(asked, path="/mcp", headers=headers)
            pid = int(json.loads(answer.body)["result"]["content"][0]["text"])
            other = McpEndpoint((small(idle_s=5.0),), ())
            same.give_way(other)
            w.gateway.endpoints = {b"/mcp": other}
            assert (await w.call(rpc(2, "tools/list"), path="/mcp", headers=headers)).status == 404
            for _ in range(50):
                if not alive(pid):
                    break
                await asyncio.sleep(0.1)
            assert not alive(pid)

    run(main(), 60)


def test_an_idle_session_is_ended() -> None:
    async def main() -> None:
        async with gateway(small(idle_s=0.4)) as (w, endpoint):
            await opened(w)
            door = endpoint.door("notes")
            assert isinstance(door, StdioDoor)
            for _ in range(30):
                if not door.sessions:
                    break
                await asyncio.sleep(0.1)
            assert not door.sessions

    run(main(), 60)
