"""Prefix stepping over HTTP: where a body is cut, and the real gateway before the simulated engine."""

import asyncio
import contextlib
import hashlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.support.rig import Sink, read_answer, request

from tidegate.gateway.scheduling import Scheduled
from tidegate.gateway.warming import cut, prefix_of
from tidegate.gateway.worker import Gateway, Parts
from tidegate.settings import Route, Scheduling, ServiceClass, Settings, Tenant, Upstream
from tidegate.sim.engine import EngineSpec
from tidegate.sim.engine_server import EngineServer, serve
from tidegate.store.keys import KeyEntry, MemoryKeys

pytestmark = pytest.mark.timing

TEXT = "the quick brown fox jumps over the lazy dog " * 40


def shorter(share: float, **fields: object) -> dict[str, object] | None:
    out = prefix_of(json.dumps(fields).encode(), share)
    return None if out is None else json.loads(out)


def test_a_cut_falls_before_a_space_and_is_a_prefix() -> None:
    for length in range(0, len(TEXT), 37):
        piece = cut(TEXT, length)
        assert TEXT.startswith(piece)
        assert length - 64 <= len(piece) <= length
        assert len(piece) == length or TEXT[len(piece)] == " "
    assert cut("漢字" * 100, 51) == ("漢字" * 100)[:51]


def test_chat_bodies_are_cut_inside_the_message_where_the_share_ends() -> None:
    messages = [{"role": "system", "content": "s" * 100}, {"role": "user", "content": TEXT},
                {"role": "user", "content": [{"type": "text", "text": TEXT}]}]  # fmt: skip
    out = shorter(0.1, model="m", messages=messages, stream=True, stream_options={"include_usage": True}, n=4,
                  max_completion_tokens=99, tools=[{"type": "function"}])  # fmt: skip
    assert out is not None
    assert (out["max_tokens"], out["stream"], out["tools"]) == (1, False, [{"type": "function"}])
    assert not {"n", "stream_options", "max_completion_tokens"} & set(out)
    kept = out["messages"]
    assert kept[0] == messages[0]  # type: ignore[index]
    assert TEXT.startswith(kept[1]["content"])  # type: ignore[index]
    assert len(kept) == 2  # type: ignore[arg-type]
    assert len(shorter(0.9, messages=messages)["messages"]) == 3  # type: ignore[index, arg-type]
    assert shorter(0.5, prompt=TEXT)["prompt"] == cut(TEXT, len(TEXT) // 2)  # type: ignore[index]


@pytest.mark.parametrize("fields", [
    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
    {"messages": ["text"]},
    {"prompt": [1, 2, 3]},
    {"input": "an embedding"},
    {"prompt": "a", "messages": []},
])  # fmt: skip
def test_what_holds_more_than_text_is_not_sent_in_steps(fields: dict[str, object]) -> None:
    assert shorter(0.5, **fields) is None
    assert prefix_of(b"{", 0.5) is None


def settings(port: int) -> Settings:
    return Settings(
        upstreams=(Upstream(name="engine", url=f"http://127.0.0.1:{port}/v1", kind="vllm"),),
        routes=(Route(model="sim", upstreams=("engine",)),),
        tenants=(Tenant(name="chat", service_class="interactive"), Tenant(name="night", service_class="batch")),
        classes=(ServiceClass(name="interactive", ttft_target_ms=200, weight=4.0), ServiceClass(name="batch")),
        scheduling=Scheduling(prefix_stepping=True),
    )


Call = Callable[[str, str, int], Awaitable[int]]


@contextlib.asynccontextmanager
async def gateway_over(made: Settings) -> AsyncIterator[tuple[Call, Scheduled]]:
    """The gateway with its scheduler; a call is (tenant, prompt, answer tokens) and returns the status."""
    keys = MemoryKeys(tuple(
        KeyEntry(key_id=t.name, tenant=t.name, digest=hashlib.sha256(f"key-{t.name}".encode()).hexdigest(),
                 created_at_s=0.0)
        for t in made.tenants
    ), classes={t.name: t.service_class for t in made.tenants})  # fmt: skip
    scheduled = Scheduled(made)
    gateway = Gateway(Parts(made, secrets={}, upstream_tls=lambda u: None, keys=keys), admission=scheduled, sink=Sink())
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setblocking(False)
    await gateway.start(sock)
    port = sock.getsockname()[1]

    async def call(tenant: str, prompt: str, answer: int) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            body = {"model": "sim", "messages": [{"role": "user", "content": prompt}], "max_tokens": answer,
                    "stream": True}  # fmt: skip
            writer.write(request(json.dumps(body).encode(), key=f"key-{tenant}"))
            return (await read_answer(reader)).status
        finally:
            writer.close()

    try:
        yield call, scheduled
    finally:
        await gateway.stop(0.0)


def test_the_gateway_sends_steps_and_the_engine_computes_each_token_once() -> None:
    """A chat call teaches the speed; then a long prompt goes in steps, and the engine's cache holds them."""
    spec = EngineSpec(step_s=0.002, prefill_tokens_per_s=8_000.0, slots=8, kv_tokens=40_000, step_tokens_max=4_096,
                      prefix_cache_tokens=40_000, prefix_block_tokens=16)  # fmt: skip

    async def main() -> None:
        engine = EngineServer(spec)
        listening = await serve(engine, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with gateway_over(settings(port)) as (call, scheduled):
            for _ in range(3):
                await call("chat", "hello there, how are you? " * 30, 4)
            before = engine.engine.prompt_tokens
            assert await call("night", TEXT * 8, 8) == 200
            tokens = len(TEXT) * 8 // 4
            assert engine.engine.cached_tokens > 0.6 * tokens  # the last request found its steps
            # Each step computes its last partial block again, and a busy machine takes more and shorter steps; without
            # the cache every step would compute all before it, several times the prompt.
            assert tokens - 64 <= engine.engine.prompt_tokens - before <= 1.5 * tokens
            assert scheduled.core.windows["engine"].stepping == 0
            # a client that leaves in the middle of its steps frees the engine
            aborted = engine.aborted
            leaving = asyncio.create_task(call("night", TEXT * 20 + "other", 8))
            while not scheduled._warming:
                await asyncio.sleep(0.002)
            leaving.cancel()
            for _ in range(50):
                await asyncio.sleep(0.002)
                if engine.aborted > aborted:
                    break
            assert engine.aborted > aborted
            assert scheduled.core.windows["engine"].inflight == 0
        listening.close()

    asyncio.run(main())
