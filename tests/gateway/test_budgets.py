"""Budgets of runs over real HTTP: a hard cap is never passed, and a run that is refused ends with an answer.

Method: the gateway with a scripted engine that reports what it used; raw calls and the official clients of
both providers in every form; concurrent calls; and the real program with two workers, killed and raised.
"""

import asyncio
import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import anthropic
import msgspec
import openai
import pytest
from tests.gateway.test_mcp_runs import tools, two_workers
from tests.gateway.test_mcp_sessions import rpc
from tests.gateway.test_serving import eventually
from tests.support.rig import (
    KEY,
    SSE_HEAD,
    Answer,
    Reader,
    ScriptedUpstream,
    World,
    Writer,
    chunk,
    good,
    json_answer,
    reset,
    run,
    world,
)

from tidegate.gateway.budgets import RunBudgets
from tidegate.gateway.mcp.endpoint import McpEndpoint
from tidegate.gateway.translate import DialectShaper
from tidegate.readers.config import parse_settings
from tidegate.settings import Budgets, Caps, McpServer, Settings, TenantBudget
from tidegate.spine.call import Ending
from tidegate.spine.errors import SettingError
from tidegate.store.budgets import BudgetBook

ALL = ("chat", "completions", "responses", "messages", "embeddings")
USED = {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37}


def priced(settings: Settings) -> Settings:
    routes = tuple(
        msgspec.structs.replace(r, cost_usd_per_million_prompt=1.0, cost_usd_per_million_completion=2.0)
        for r in settings.routes
    )
    return msgspec.structs.replace(settings, routes=routes)


class Budgeted:
    """A world under budgets."""

    def __init__(self, w: World, book: BudgetBook) -> None:
        self.w, self.book = w, book

    async def call(self, body: dict[str, Any] | None = None, *, path: str = "/v1/chat/completions",
                   run_id: str | None = "r", **more: Any) -> Answer:  # fmt: skip
        asked = {
            "model": "m",
            "messages": [{"role": "user", "content": "How tall is it?"}],
            "max_tokens": 20,
            **(body or {}),
        }
        headers = "" if run_id is None else f"x-tidegate-run-id: {run_id}\r\n"
        return await self.w.call(json.dumps(asked).encode(), path=path, headers=headers, **more)

    def used(self, name: str = "t run r") -> Any:
        return next(u for u in self.book.accounts() if u.name == name)


def engine(used: dict[str, int] | None = None) -> Any:
    """An engine that reports what it used."""

    async def script(request: bytes, _: Reader, writer: Writer) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": "tall"}, "finish_reason": "stop"}
        answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        writer.write(json_answer(json.dumps(answer | {"usage": used or USED}).encode()))
        await writer.drain()

    return script


def budgeted(tmp_path: Path, budgets: Budgets, main: Any, *scripts: Any, upstream: dict[str, Any] | None = None,
             shaped: bool = False, **more: Any) -> None:  # fmt: skip
    async def whole() -> None:
        book = BudgetBook(tmp_path)
        async with world(
            *(scripts or (engine(),)), settings=priced, upstream=upstream or {"dialects": ALL}, **more
        ) as w:
            w.gateway.budgets = RunBudgets(budgets, book, owner="w0")
            if shaped:
                w.gateway.shaper = DialectShaper(w.gateway.settings)
            await main(Budgeted(w, book))

    run(whole(), 60)


# --- what is counted


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


# --- the hard cap


@pytest.mark.parametrize(
    ("caps", "resource", "calls"),
    [
        (Caps(calls=3), 3, 3),
        (Caps(tokens_out=50), 2, 5),  # 7 spent a call, 20 reserved: the sixth could pass 50
        (Caps(tokens_in=1300), 1, None),
        (Caps(money_usd=0.0013), 0, None),
        (Caps(calls=0), 3, 0),
    ],
)
def test_a_cap_is_never_passed_and_the_run_ends_with_an_answer(
    tmp_path: Path, caps: Caps, resource: int, calls: int | None
) -> None:
    async def main(b: Budgeted) -> None:
        for _ in range(40):
            answer = await b.call()
            assert answer.status == 200
            used = b.used()
            assert used.spent[resource] + used.reserved[resource] <= used.limit[resource]
        served = len(b.w.upstream.requests)
        assert served == calls if calls is not None else 0 < served < 40
        said = json.loads(answer.body)
        assert said["choices"][0]["finish_reason"] == "stop"
        assert "budget is spent" in said["choices"][0]["message"]["content"]
        assert "How tall is it?" in said["choices"][0]["message"]["content"]
        assert answer.headers["x-tidegate-rule"] == "run-budget"
        ended = b.w.recorded()[-1]
        assert (ended.ending, ended.error_code) == (Ending.FINALISED, "budget_spent")
        assert ended.events[-1].data["evidence"]["account"] == "t run r"
        assert (await b.call(run_id="another")).status == 200, "another run has its own"
        assert len(b.w.upstream.requests) == (served + 1 if calls != 0 else 0)

    budgeted(tmp_path, Budgets(run=caps), main)


def test_concurrent_calls_never_pass_a_cap_together(tmp_path: Path) -> None:
    async def slow(request: bytes, reader: Reader, writer: Writer) -> None:
        await asyncio.sleep(0.05)
        await engine({"prompt_tokens": 30, "completion_tokens": 20})(request, reader, writer)

    async def main(b: Budgeted) -> None:
        await asyncio.gather(*(b.call() for _ in range(60)))
        used = b.used()
        assert len(b.w.upstream.requests) == 10
        assert used.spent[2] == 200
        assert used.reserved == (0,) * 6

    budgeted(tmp_path, Budgets(run=Caps(tokens_out=200)), main, slow)


def test_time_runs_from_the_first_call_and_cuts_the_one_in_flight(tmp_path: Path) -> None:
    async def never(request: bytes, reader: Reader, writer: Writer) -> None:
        await reader.read()

    async def main(b: Budgeted) -> None:
        answer = await b.call()
        assert (answer.status, answer.code) == (504, "timeout_total")
        answer = await b.call()
        assert "time is over" in json.loads(answer.body)["choices"][0]["message"]["content"]
        assert len(b.w.upstream.requests) == 1

    budgeted(tmp_path, Budgets(run=Caps(time_s=1.0)), main, never)


def test_a_part_draws_on_its_parent_and_all_on_the_tenants_total(tmp_path: Path) -> None:
    budgets = Budgets(run=Caps(calls=4), tenants={"t": TenantBudget(total=Caps(calls=6), period="ever")})

    async def main(b: Budgeted) -> None:
        for run_id in ("a/x", "a/x", "a/y", "a"):
            await b.call(run_id=run_id)
        assert len(b.w.upstream.requests) == 4
        answer = await b.call(run_id="a/z")
        assert (
            "The parent run's budget is spent: 0 calls left"
            in json.loads(answer.body)["choices"][0]["message"]["content"]
        )
        await b.call(run_id=None)
        await b.call(run_id="b")
        answer = await b.call(run_id="c")
        assert "The tenant's budget is spent" in json.loads(answer.body)["choices"][0]["message"]["content"]
        assert len(b.w.upstream.requests) == 6
        assert b.used("t total ever").spent[3] == 6

    budgeted(tmp_path, budgets, main)


def test_what_has_no_bound_or_no_name_is_refused_by_name(tmp_path: Path) -> None:
    image = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x/y.png"}}]}]

    async def main(b: Budgeted) -> None:
        answer = await b.call({"messages": image})
        assert (answer.status, answer.code) == (400, "budget_unbounded")
        assert b"an image or file" in answer.body
        assert (
            await b.call({"input": "x", "previous_response_id": "r"}, path="/v1/responses")
        ).code == "budget_unbounded"
        assert (await b.call(run_id=None)).code == "run_required"
        assert not b.w.upstream.requests
        answer = await b.call({"input": "x"}, path="/v1/embeddings")
        assert answer.status == 200
        assert b.used().spent[2] == 7

    caps = Caps(tokens_in=100_000)
    budgeted(tmp_path, Budgets(run=caps, run_header="required"), main)

    async def bounded(b: Budgeted) -> None:
        assert (await b.call({"messages": image})).status == 200

    budgeted(tmp_path / "2", Budgets(run=caps, tokens_attachment=2000), bounded)


def test_accounts_that_cannot_be_kept_let_nothing_out(tmp_path: Path) -> None:
    async def main(b: Budgeted) -> None:
        (tmp_path / "budgets.db").write_bytes(b"broken" * 1000)
        answer = await b.call()
        assert (answer.status, answer.code) == (503, "budget_unavailable")
        assert not b.w.upstream.requests

    budgeted(tmp_path, Budgets(run=Caps(calls=5)), main)


# --- every form, by the official clients


@pytest.mark.parametrize("stream", [False, True])
def test_official_clients_get_a_legal_final_answer_in_every_form(tmp_path: Path, stream: bool) -> None:
    async def main(b: Budgeted) -> None:
        headers = {"x-tidegate-run-id": "r"}
        base = f"http://127.0.0.1:{b.w.port}"
        said: list[str] = []
        async with (
            openai.AsyncOpenAI(base_url=f"{base}/v1", api_key=KEY, default_headers=headers, max_retries=0) as o,
            anthropic.AsyncAnthropic(base_url=base, api_key=KEY, default_headers=headers, max_retries=0) as a,
        ):
            asked: Any = [{"role": "user", "content": "How tall is it?"}]
            if stream:
                chunks = [c async for c in await o.chat.completions.create(model="m", messages=asked, stream=True)]
                said.append("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))
                assert chunks[-1].choices[0].finish_reason == "stop"
                events = [e async for e in await o.responses.create(model="m", input="How tall is it?", stream=True)]
                said.append(events[-1].response.output_text)  # type: ignore[union-attr]
                async with a.messages.stream(model="m", messages=asked, max_tokens=9) as s:
                    said.append(await s.get_final_text())
            else:
                chat = await o.chat.completions.create(model="m", messages=asked)
                said.append(chat.choices[0].message.content or "")
                said.append((await o.responses.create(model="m", input="How tall is it?")).output_text)
                message = await a.messages.create(model="m", messages=asked, max_tokens=9)
                assert message.stop_reason == "end_turn"
                said.append(message.content[0].text)  # type: ignore[union-attr]
        for text in said:
            assert "budget is spent: 0 calls left" in text
            assert "How tall is it?" in text
        assert not b.w.upstream.requests

    budgeted(tmp_path, Budgets(run=Caps(calls=0)), main, good)


def test_a_call_that_is_translated_keeps_its_bound(tmp_path: Path) -> None:
    async def main(b: Budgeted) -> None:
        answer = await b.call({"input": "How tall is it?", "messages": None, "max_tokens": None}, path="/v1/responses")
        assert answer.status == 200, answer.body
        sent = json.loads(b.w.upstream.requests[0].partition(b"\r\n\r\n")[2])
        assert 55 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
        assert b.used().spent == (44, 30, 7, 1, 0, 0)

    upstream = {"dialects": ("chat",)}
    budgeted(tmp_path, Budgets(run=Caps(calls=5), tokens_out_default=55), main, upstream=upstream, shaped=True)


# --- effects


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


# --- the real program


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


# --- settings


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
