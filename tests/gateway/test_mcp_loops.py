"""The tool-loop guard at the MCP proxy: calls are counted, a looping one is refused, other work goes on.

Method: raw JSON-RPC through `McpWatch` with a clock of its own, and the official client against the
official server over the HTTP proxy.
"""

import asyncio
import itertools
import json
from typing import Any

import pytest
from mcp.client.client import Client
from tests.admit.toolguard.histories import CALIBRATED
from tests.gateway.test_mcp import WHO, proxied, server_url  # noqa: F401 - the fixture

from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.plugin import ToolLoopGuard
from tidegate.admit.toolguard.tool_runs import GAP_S
from tidegate.gateway.mcp.guards import Answered, McpWatch
from tidegate.spine.trace import Event


class Session:
    """A client and a server on the two sides of one watch."""

    def __init__(self, *, enforce: bool = True) -> None:
        self.now_s = 1000.0
        self.events: list[Event] = []
        guard = ToolLoopGuard(CALIBRATED, enforce=enforce)
        self.watch = McpWatch([guard], WHO, now_s=lambda: self.now_s, note=self.events.append)
        self.ids = itertools.count()

    def call(self, tool: str, arguments: dict[str, Any], result: str, *, error: bool = False) -> str | None:
        """The answer as the agent sees it; None when the call reached the server and its result passed unchanged."""
        number = next(self.ids)
        params = {"name": tool, "arguments": arguments}
        asked = json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}).encode()
        passed = self.watch.from_client(asked)
        if isinstance(passed, Answered):
            assert passed.reply is not None
            assert passed.reply["result"]["isError"] is True
            return str(passed.reply["result"]["content"][0]["text"])
        said = {"content": [{"type": "text", "text": result}], "isError": error}
        answer = json.dumps({"jsonrpc": "2.0", "id": number, "result": said}).encode()
        assert self.watch.from_server(answer) == answer
        self.now_s += 1
        return None


def test_a_repeated_call_is_refused_and_other_calls_pass() -> None:
    session = Session()
    for _ in range(3):
        assert session.call("look", {"city": "Oslo"}, "Oslo has a tiger") is None
    refused = session.call("look", {"city": "Oslo"}, "never asked")
    assert refused is not None
    assert "look was called 3 times in a row" in refused
    assert session.call("look", {"city": "Bergen"}, "Bergen has a lynx and seven bears") is None
    assert session.call("look", {"city": "Oslo"}, "Oslo has a tiger") is None, "something new lifts the refusal"
    rules = [f["rule"] for e in session.events for f in e.data.get("findings", [])]
    assert "tool-loop-repeat" in rules


def test_a_tool_asked_in_ever_new_words_is_refused_as_a_whole() -> None:
    session = Session()
    refused = [session.call("search", {"query": f"refund policy {w}"}, "Error: the index is closed", error=True)
               for w in ("today", "now", "please", "again", "annual", "plans", "terms", "rules", "page")]  # fmt: skip
    assert refused[-1] is not None
    assert session.call("read_mail", {"id": 7}, "Mail 7: refunds are possible within 30 days") is None
    assert session.call("search", {"query": "refund policy"}, "Refunds: 30 days from the day of purchase") is None


def test_a_cycle_is_refused_call_by_call() -> None:
    session = Session()
    seen = [
        session.call(t, {"n": 1}, f"{t} says the same long thing every time it is asked")
        for _ in range(4)
        for t in ("a", "b", "c")
    ]
    assert seen[:8] == [None] * 8
    assert all(s is not None for s in seen[9:])


def test_polling_and_paging_are_left_alone() -> None:
    session = Session()
    for i in range(60):
        assert session.call("job_status", {"id": 4}, '{"status": "running"}') is None
        assert session.call("list_orders", {"page": i}, f"order {i * 7} and order {i * 7 + 3}") is None


def test_after_a_silence_a_session_begins_a_new_task() -> None:
    session = Session()
    for _ in range(3):
        session.call("look", {"city": "Oslo"}, "Oslo has a tiger")
    assert session.call("look", {"city": "Oslo"}, "") is not None
    session.now_s += GAP_S + 1
    assert session.call("look", {"city": "Oslo"}, "Oslo has a tiger") is None


def test_observe_only_writes_findings() -> None:
    session = Session(enforce=False)
    assert [session.call("look", {"city": "Oslo"}, "Oslo has a tiger") for _ in range(8)] == [None] * 8
    assert any(e.data.get("findings") for e in session.events)


def test_sessions_do_not_mix() -> None:
    guard = ToolLoopGuard(BUILT_IN)
    one, two = McpWatch([guard], WHO), McpWatch([guard], WHO)
    assert one.run_id != two.run_id
    for n in range(12):
        watch = (one, two)[n % 2]
        asked = {
            "jsonrpc": "2.0",
            "id": n,
            "method": "tools/call",
            "params": {"name": "look", "arguments": {"city": "Oslo"}},
        }
        passed = watch.from_client(json.dumps(asked).encode())
        assert isinstance(passed, Answered) is (n >= 6)
        if not isinstance(passed, Answered):
            watch.from_server(
                json.dumps(
                    {"jsonrpc": "2.0", "id": n, "result": {"content": [{"type": "text", "text": "x y z"}]}}
                ).encode()
            )


def test_memory_of_a_session_is_bounded() -> None:
    session = Session()
    for i in range(3000):
        session.call("read", {"path": f"f{i}"}, f"contents of file number {i}")
    run = next(iter(session.watch.guards[0].tool_runs._runs.values()))  # type: ignore[attr-defined]
    assert len(run.builder._done) <= 1
    assert len(run.signals) <= 17


def test_the_official_client_is_told_and_can_go_on(server_url: str) -> None:  # noqa: F811
    async def run() -> list[Any]:
        async with (
            asyncio.timeout(30),
            proxied(server_url, guards=[ToolLoopGuard(BUILT_IN)]) as (url, _),
            Client(url, mode="legacy") as client,
        ):
            said: list[Any] = [await client.call_tool("look", {"city": "Oslo"}) for _ in range(4)]
            return [*said, await client.call_tool("look", {"city": "Bergen"})]

    said = asyncio.run(run())
    assert [s.is_error for s in said] == [False, False, False, True, False]
    assert "[Tidegate] Not called" in said[3].content[0].text


@pytest.mark.parametrize(
    "result", [None, [], {"content": None}, {"content": [7, {"type": "image"}]}, {"structuredContent": {"a": 1}}]
)
def test_odd_results_are_steps_all_the_same(result: Any) -> None:
    watch = McpWatch([ToolLoopGuard(BUILT_IN)], WHO)
    for n in range(5):
        asked = {
            "jsonrpc": "2.0",
            "id": n,
            "method": "tools/call",
            "params": {"name": "look", "arguments": {"city": n}},
        }
        assert not isinstance(watch.from_client(json.dumps(asked).encode()), Answered)
        answer = json.dumps({"jsonrpc": "2.0", "id": n, "result": result}).encode()
        assert watch.from_server(answer) == answer
    assert not watch.crashes
