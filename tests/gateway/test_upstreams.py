"""Misbehaving upstreams and clients: a well-formed error or a truthful truncation, and nobody else is touched."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable

import msgspec
import pytest
from tests.support.rig import (
    DONE,
    EVENT,
    SSE_HEAD,
    STREAM,
    Reader,
    World,
    Writer,
    chunk,
    good,
    json_answer,
    read_answer,
    request,
    reset,
    world,
)

from tidegate.settings import Deadlines, Settings
from tidegate.spine.call import Ending

QUICK = Deadlines(connect_s=0.3, first_byte_s=0.3, idle_s=0.3, total_s=2.0)


def run(main: Awaitable[None]) -> None:
    asyncio.run(asyncio.wait_for(main, 30))  # type: ignore[arg-type]


async def stall(request: bytes, reader: Reader, writer: Writer) -> None:
    await asyncio.sleep(30)


async def stall_in_stream(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(SSE_HEAD + chunk(EVENT))
    await asyncio.sleep(30)


async def reset_in_stream(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(SSE_HEAD + chunk(EVENT))
    await writer.drain()
    await asyncio.sleep(0.05)
    reset(writer)


async def reset_in_event(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(SSE_HEAD + chunk(EVENT) + chunk(EVENT[:20]))
    await writer.drain()
    await asyncio.sleep(0.05)
    reset(writer)


async def too_short(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{}")
    await writer.drain()
    writer.close()


async def too_long(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(json_answer(b'{"ok":1}') + b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nnot yours")
    await writer.drain()


async def not_http(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await writer.drain()


async def one_byte_pieces(request: bytes, reader: Reader, writer: Writer) -> None:
    whole = SSE_HEAD + b"".join(b"1\r\n%c\r\n" % c for c in EVENT + EVENT + DONE) + b"0\r\n\r\n"
    for i in range(0, len(whole), 7):
        writer.write(whole[i : i + 7])
        if i % 70 == 0:
            await asyncio.sleep(0)
    await writer.drain()


async def beside(w: World) -> None:
    """Another stream through the same gateway is whole."""
    answer = await w.call(b'{"model":"ok","messages":[],"stream":true}')
    assert (answer.status, answer.whole, answer.body) == (200, True, EVENT + EVENT + DONE)


def with_good(s: Settings) -> Settings:
    """The last upstream serves the model `ok`; the others serve `m`."""
    (route,) = s.routes
    first = msgspec.structs.replace(route, upstreams=route.upstreams[:-1])
    other = msgspec.structs.replace(route, model="ok", aliases=(), upstreams=route.upstreams[-1:])
    return msgspec.structs.replace(s, routes=(first, other))


def test_misbehaviour_before_the_answer_is_a_clean_error() -> None:
    async def main() -> None:
        for script, status, code, ending in (
            (stall, 504, "timeout_first_byte", Ending.TIMED_OUT),
            (too_short, 502, "upstream_broken", Ending.UPSTREAM_BROKEN),
            (not_http, 502, "upstream_broken", Ending.UPSTREAM_BROKEN),
        ):
            async with world(script, good, deadlines=QUICK, settings=with_good) as w:
                answer, _ = await asyncio.gather(w.call(), beside(w))
                assert (answer.status, answer.code, answer.whole) == (status, code, True), script
                trace = next(t for t in await w.traces(2) if t.call.model == "m")
                assert (trace.ending, trace.error_code, trace.status) == (ending, code, status)

    run(main())


def test_a_stream_that_breaks_says_so_and_ends_well_formed() -> None:
    async def main() -> None:
        for script, code in ((reset_in_stream, "upstream_broken"), (stall_in_stream, "timeout_idle")):
            async with world(script, good, deadlines=QUICK, settings=with_good) as w:
                answer, _ = await asyncio.gather(w.call(STREAM), beside(w))
                assert answer.whole
                assert answer.body.startswith(EVENT)
                last = answer.body.removeprefix(EVENT)
                assert msgspec.json.decode(last.removeprefix(b"data: "))["error"]["code"] == code
                assert DONE not in answer.body

    run(main())


def test_a_stream_that_breaks_inside_an_event_is_cut_without_an_end() -> None:
    async def main() -> None:
        async with world(reset_in_event) as w:
            answer = await w.call(STREAM)
            assert not answer.whole
            assert (await w.traces(1))[0].ending is Ending.UPSTREAM_BROKEN

    run(main())


def test_bytes_beyond_the_length_go_to_nobody() -> None:
    async def main() -> None:
        async with world(too_long) as w:
            for _ in range(3):
                answer = await w.call()
                assert (answer.status, answer.body) == (200, b'{"ok":1}')
            assert w.upstream.connections == 3  # such a connection is never used again

    run(main())


def test_one_byte_chunks_arrive_whole() -> None:
    async def main() -> None:
        async with world(one_byte_pieces) as w:
            answer = await w.call(STREAM)
            assert (answer.whole, answer.body) == (True, EVENT + EVENT + DONE)

    run(main())


def test_a_line_of_100_mb_flows_through_without_being_held() -> None:
    piece, n = b"x" * 1_000_000, 100

    async def long_line(request: bytes, reader: Reader, writer: Writer) -> None:
        writer.write(SSE_HEAD + chunk(b"data: "))
        for _ in range(n):
            writer.write(chunk(piece))
            await writer.drain()
        writer.write(chunk(b"\n\n") + b"0\r\n\r\n")

    async def main() -> None:
        async with world(long_line) as w:
            answer = await w.call(STREAM)
            assert answer.whole
            assert len(answer.body) == n * len(piece) + 8
            trace = (await w.traces(1))[0]
            assert len(trace.response_body or "") < 3_000_000

    run(main())


def test_a_slow_reader_pauses_the_upstream() -> None:
    sent = 0

    async def flood(request: bytes, reader: Reader, writer: Writer) -> None:
        nonlocal sent
        writer.write(SSE_HEAD)
        with contextlib.suppress(ConnectionError):
            for _ in range(1200):
                writer.write(chunk(b"data: " + b"y" * 20_000 + b"\n\n"))
                await writer.drain()
                sent += 1
            writer.write(b"0\r\n\r\n")

    async def main() -> None:
        async with world(flood, good, settings=with_good) as w:
            reader, writer = await asyncio.open_connection("127.0.0.1", w.port, limit=4096)
            writer.write(request(STREAM))
            await asyncio.sleep(1.0)
            held = sent
            await asyncio.sleep(0.5)
            assert sent == held < 1000  # 24 MB offered; only socket buffers were filled
            await beside(w)
            answer = await read_answer(reader)
            assert answer.whole
            writer.close()

    run(main())


@pytest.mark.timing
def test_a_client_that_leaves_frees_the_upstream_within_100_ms() -> None:
    async def main() -> None:
        for script in (stall, stall_in_stream):
            async with world(script) as w:
                _, writer = await w.connect()
                writer.write(request(STREAM))
                while not w.upstream.requests:
                    await asyncio.sleep(0.005)
                await asyncio.sleep(0.05)
                assert w.gateway.table.pools["u0"].open == 1
                writer.transport.abort()
                start = time.monotonic()
                while w.gateway.table.pools["u0"].open:
                    await asyncio.sleep(0.002)
                    assert time.monotonic() - start < 0.1
                assert (await w.traces(1))[0].ending is Ending.CANCELLED_CLIENT

    run(main())


def test_a_stale_connection_is_retried_once_and_nothing_is_lost() -> None:
    async def close_behind(request: bytes, reader: Reader, writer: Writer) -> None:
        writer.write(json_answer())
        await writer.drain()
        await reader.readexactly(1)  # the next request comes, and nobody answers it here
        writer.transport.abort()

    async def main() -> None:
        async with world(close_behind) as w:
            for _ in range(4):
                assert (await w.call()).status == 200
            assert w.gateway.metrics.plain["tidegate_retries_total"] == 3
            assert [t.attempts for t in await w.traces(4)] == [1, 2, 2, 2]

    run(main())


def test_fallbacks_before_the_first_byte_and_never_after() -> None:
    async def full(request: bytes, reader: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()

    async def main() -> None:
        async with world(full, good) as w:
            assert (await w.call()).status == 200
            trace = (await w.traces(1))[0]
            assert (trace.upstream, trace.attempts) == ("u1", 2)
        async with world(stall, good, deadlines=QUICK) as w:
            assert (await w.call()).status == 200
        async with world(reset_in_stream, good) as w:
            answer = await w.call(STREAM)
            assert b"upstream_broken" in answer.body
            assert not w.upstreams[1].requests

    run(main())


def test_an_upstream_that_is_gone() -> None:
    async def main() -> None:
        async with world(good, good) as w:
            for u in w.upstreams[:1]:
                assert u.server is not None
                u.server.close()
                await u.server.wait_closed()
            for _ in range(6):
                assert (await w.call()).status == 200
            assert w.gateway.unhealthy == {"u0"}
            last = (await w.traces(6))[-1]
            assert (last.upstream, last.attempts) == ("u1", 1)  # no longer tried first

    run(main())


def test_our_credentials_at_the_upstream_are_not_the_tenants_business() -> None:
    async def denied(request: bytes, reader: Reader, writer: Writer) -> None:
        body = b'{"error":{"message":"Incorrect API key provided: sk-upst***cret"}}'
        writer.write(b"HTTP/1.1 401 No\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()

    async def main() -> None:
        async with world(denied) as w:
            answer = await w.call()
            assert (answer.status, answer.code) == (502, "upstream_credentials_refused")
            assert b"sk-up" not in answer.body

    run(main())


def test_every_call_ends_in_one_trace_and_keys_are_in_none() -> None:
    async def main() -> None:
        async with world() as w:
            await w.call()
            await w.call(STREAM)
            assert (await w.call(key="wrong-key-value")).code == "invalid_api_key"
            assert (await w.call(b'{"model":"x"}')).code == "model_not_found"
            assert (await w.call(b"[1]")).code == "invalid_json"
            assert (await w.call(b'{"model":"m-alias"}')).status == 200
            assert b'"model":"m"' in w.upstream.requests[-1]
            assert (await w.call(path="/v1/nothing")).code == "unknown_path"
            answer = await w.call(b'{"trace_id":"call_1","rating":-1,"comment":"no"}', path="/v1/feedback")
            assert answer.status == 202
            traces = await w.traces(8)
            assert traces[-1].attributes == {"about": "call_1"}
            assert [t.ending.value for t in traces] == [
                "completed", "completed", "refused_auth", "refused_invalid", "refused_invalid", "completed",
                "refused_invalid", "completed",
            ]  # fmt: skip
            assert w.recorded()[0].usage.tokens_prompt == 3
            everything = msgspec.json.encode(w.recorded())
            for secret in (b"tg-test-key", b"wrong-key-value", b"sk-upstream-secret"):
                assert secret not in everything

    run(main())


def test_drain_finishes_what_runs_and_refuses_what_comes() -> None:
    async def slow(request: bytes, reader: Reader, writer: Writer) -> None:
        writer.write(SSE_HEAD + chunk(EVENT))
        await asyncio.sleep(0.5)
        writer.write(chunk(DONE) + b"0\r\n\r\n")

    async def main() -> None:
        async with world(slow) as w:
            running = asyncio.create_task(w.call(STREAM))
            await asyncio.sleep(0.2)
            w.gateway.drain()
            refused = await w.call()
            assert (refused.status, refused.code) == (503, "draining")
            assert (await w.raw(b"GET /healthz HTTP/1.1\r\nhost: t\r\n\r\n")).startswith(b"HTTP/1.1 503")
            answer = await running
            assert (answer.whole, answer.body) == (True, EVENT + DONE)
            await asyncio.wait_for(w.gateway.drained.wait(), 2)

    run(main())


def test_three_hundred_stalled_streams_each_meet_their_deadline() -> None:
    async def main() -> None:
        patient = Deadlines(connect_s=5.0, first_byte_s=10.0, idle_s=0.5, total_s=20.0)
        async with world(stall_in_stream, deadlines=patient) as w:
            answers = await asyncio.gather(*(w.call(STREAM) for _ in range(300)))
            assert all(b"timeout_idle" in a.body for a in answers)
            assert {t.ending for t in await w.traces(300)} == {Ending.TIMED_OUT}

    run(main())
