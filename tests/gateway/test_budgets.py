"""What budgets of runs count over real HTTP, what of it is kept over two workers, and which caps are refused."""

import asyncio
import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.gateway.test_mcp_runs import tools, two_workers
from tests.gateway.test_mcp_sessions import rpc
from tests.gateway.test_serving import eventually
from tests.support.budgeting import ALL, USED, Budgeted, budgeted
from tests.support.rig import (
    KEY,
    SSE_HEAD,
    Reader,
    ScriptedUpstream,
    Writer,
    chunk,
    json_answer,
    reset,
    run,
    world,
)

from tidegate.gateway.budgets import RunBudgets
from tidegate.gateway.mcp.endpoint import McpEndpoint
from tidegate.readers.config import parse_settings
from tidegate.settings import Budgets, Caps, McpServer
from tidegate.spine.call import Ending
from tidegate.spine.errors import SettingError
from tidegate.store.budgets import BudgetBook


def test_a_call_is_settled_to_what_its_engine_reported(tmp_path: Path) -> None:
    async def main(b: Budgeted) -> None:
        for _ in range(3):
            assert (await b.call()).status == 200
        used = b.used()
        assert used.spent == (3 * 44, 90, 21, 3, 0, 0)
        assert used.reserved == (0,) * 6

    budgeted(tmp_path, Budgets(run=Caps(calls=10)), main)


@pytest.mark.parametrize("broken", ["no usage", "reset", "status 500", "status 400", "unreachable"])
def test_what_is_not_known_counts_as_the_worst_case_and_what_was_not_served_does_not(
    tmp_path: Path, broken: str
) -> None:
    async def script(request: bytes, _: Reader, writer: Writer) -> None:
        if broken == "reset":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{")
            await writer.drain()
            reset(writer)
        elif broken == "no usage":
            writer.write(json_answer(b'{"choices":[]}'))
        else:
            body = b'{"error":{"message":"x"}}'
            head = f"HTTP/1.1 {broken[-3:]} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
        await writer.drain()

    async def main(b: Budgeted) -> None:
        if broken == "unreachable":
            b.w.upstream.server.close()  # type: ignore[union-attr]
            await asyncio.sleep(0.05)
        await b.call()
        used = b.used()
        assert used.reserved == (0,) * 6
        if broken in ("no usage", "reset"):
            assert used.spent[1] > 1000
            assert used.spent[2:4] == (20, 1)
        else:
            assert used.spent == (0, 0, 0, 0 if broken == "unreachable" else 1, 0, 0)

    budgeted(tmp_path, Budgets(run=Caps(calls=10)), main, script)


def test_a_stream_that_its_client_leaves_counts_as_the_worst_case(tmp_path: Path) -> None:
    async def script(request: bytes, reader: Reader, writer: Writer) -> None:
        writer.write(SSE_HEAD + chunk(b'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'))
        await writer.drain()
        await reader.read()

    async def main(b: Budgeted) -> None:
        reader, writer = await b.w.connect()
        body = b'{"model":"m","messages":[],"stream":true,"max_tokens":20}'
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\nauthorization: Bearer {KEY}\r\nx-tidegate-run-id: r\r\n"
        )
        writer.write(head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body)
        await reader.readuntil(b'"x"')
        assert b.used().reserved[3] == 1
        writer.close()
        for _ in range(100):
            if b.used().reserved[3] == 0:
                break
            await asyncio.sleep(0.02)
        assert b.used().spent[2:4] == (20, 1)

    budgeted(tmp_path, Budgets(run=Caps(calls=10)), main, script)


def test_a_call_without_a_bound_gets_one(tmp_path: Path) -> None:
    async def main(b: Budgeted) -> None:
        await b.call({"max_tokens": None})
        await b.call({"max_tokens": None, "input": "x"}, path="/v1/responses")
        await b.call({"max_tokens": 5})
        sent = [json.loads(r.partition(b"\r\n\r\n")[2]) for r in b.w.upstream.requests]
        assert sent[0]["max_tokens"] == 77
        assert sent[1]["max_output_tokens"] == 77
        assert sent[2]["max_tokens"] == 5

    budgeted(tmp_path, Budgets(run=Caps(tokens_out=10_000), tokens_out_default=77), main)

    async def openai_only(b: Budgeted) -> None:
        await b.call({"max_tokens": None})
        assert json.loads(b.w.upstream.requests[0].partition(b"\r\n\r\n")[2])["max_completion_tokens"] == 77

    kind = {"dialects": ALL, "kind": "openai"}
    budgeted(tmp_path, Budgets(run=Caps(tokens_out=10_000), tokens_out_default=77), openai_only, upstream=kind)


def test_effects_are_tool_calls_but_for_those_that_only_read(tmp_path: Path) -> None:
    async def main() -> None:
        upstream = await ScriptedUpstream(tools).start()
        server = McpServer(name="bank", url=f"http://127.0.0.1:{upstream.port}/mcp")
        book = BudgetBook(tmp_path)
        budgets = RunBudgets(Budgets(run=Caps(effects=2), reads=("*/look*",)), book, owner="w0")
        async with world(endpoints={b"/mcp": McpEndpoint((server,), (), budgets=budgets)}) as w:

            async def call(tool: str, run_id: str = "r") -> dict[str, Any]:
                body, headers = rpc(1, "tools/call", name=tool, arguments={}), f"x-tidegate-run-id: {run_id}\r\n"
                result: dict[str, Any] = json.loads((await w.call(body, path="/mcp", headers=headers)).body)["result"]
                return result

            refused = [(await call(t))["isError"] for t in ("pay", "look", "pay", "look_up", "pay", "look")]
            assert refused == [False, False, False, False, True, False]
            words = (await call("pay"))["content"][0]["text"]
            assert "The run's budget is spent: 0 effects left" in words
            assert not (await call("pay", "another"))["isError"]
            assert len(upstream.requests) == 6
            assert [t.ending for t in w.recorded()].count(Ending.REFUSED_LIMIT) == 2
        assert upstream.server is not None
        upstream.server.close()

    run(main(), 60)


def test_two_workers_one_budget_killed_and_resumed(tmp_path: Path) -> None:
    asked: list[bytes] = []

    class Engine(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["content-length"])))
            answer = json.dumps({"choices": [], "usage": USED}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    engine_ = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    threading.Thread(target=engine_.serve_forever, daemon=True).start()
    more = f"""
upstreams: [{{name: e, url: "http://127.0.0.1:{engine_.server_address[1]}/v1"}}]
routes: [{{model: m, upstreams: [e], cost_usd_per_million_prompt: 1.0, cost_usd_per_million_completion: 2.0}}]
budgets: {{run: {{calls: 12, money_usd: 1.0}}}}
"""
    body = b'{"model":"m","messages":[{"role":"user","content":"How tall?"}],"max_tokens":20}'
    with two_workers(tmp_path, "http://127.0.0.1:9/mcp", more) as two:

        def ask() -> tuple[int, dict[str, Any], dict[str, str]]:
            return two.post("/v1/chat/completions", body, **{"x-tidegate-run-id": "r"})

        said = [ask()[1] for _ in range(30)]
        assert len(asked) == 12
        assert "budget is spent" in said[-1]["choices"][0]["message"]["content"]
        assert min(two.numbers()) > 3, "both workers had a part"

        def cli(*words: str) -> dict[str, Any]:
            argv = [sys.executable, "-m", "tidegate.cli", "loops", *words, "--store", str(tmp_path / "store"), "--json"]
            done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr + done.stdout
            result: dict[str, Any] = json.loads(done.stdout)
            return result

        (account,) = cli("budgets")["accounts"]
        assert account["spent"]["calls"] == 12
        assert account["spent"]["money_micro_usd"] == 12 * 44
        assert cli("raise", "r", "--tenant", "t", "--calls", "14")["limit"]["calls"] == 14
        assert eventually(lambda: len(asked) == 14 or ask()[0] != 200)
        for _ in range(5):
            ask()
        assert len(asked) == 14
    engine_.shutdown()
    engine_.server_close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("budgets: {run: {calls: -1}}", "calls, got -1"),
        ("budgets: {run: {money_usd: .inf}}", "money_usd, got inf"),
        ("budgets: {run: {money_usd: .nan}}", "money_usd, got nan"),
        ("budgets: {run: {call: 1}}", "calls"),
        ("tenants: [{name: a}]\nbudgets: {tenants: {b: {run: {calls: 1}}}}", "'b' does not exist"),
        ("budgets: {tenants: {b: {total: {time_s: 1}}}}", "time is capped a run"),
        ("budgets: {run: {calls: 1}, tokens_out_default: 0}", "tokens_out_default"),
        ('upstreams: [{name: u, url: "http://x"}]\nroutes: [{model: m, upstreams: [u]}]\nbudgets: {run: {money_usd: 1}}',
         "'m' has no price"),
    ],
)  # fmt: skip
def test_caps_that_could_not_hold_are_refused(text: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        parse_settings(text)
