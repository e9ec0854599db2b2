"""A call is recorded after its client had its chance to ask again; no record is lost or doubled by that.

Method: raw clients against a whole gateway in the test's own loop.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from tests.support.rig import EVENT, KEY, SSE_HEAD, Reader, Writer, chunk, good, read_answer, request, world

from tidegate.gateway import worker
from tidegate.gateway.answering import GATHERED
from tidegate.spine.call import Ending

STREAM = b'{"model":"m","stream":true}'


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(main)


def test_the_next_request_goes_before_the_record_of_the_call_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RECORD_S", 1.0)  # a busy machine may take longer than 2 ms to ask again

    async def main() -> None:
        recorded_when_asked: list[int] = []

        async def script(request: bytes, reader: Reader, writer: Writer) -> None:
            recorded_when_asked.append(len(w.sink.traces))
            await good(request, reader, writer)

        async with world(script) as w:
            reader, writer = await w.connect()
            for body in (STREAM, STREAM):
                writer.write(request(body, key=KEY))
                assert (await read_answer(reader)).status == 200
            writer.close()
            assert recorded_when_asked == [0, 0]
            assert [t.ending for t in await w.traces(2)] == [Ending.COMPLETED] * 2

    run(main())


def test_many_ends_are_recorded_together_before_their_time_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RECORD_S", 60.0)
    monkeypatch.setattr(worker, "RECORDS_MAX", 3)

    async def main() -> None:
        async with world() as w:
            for n in range(1, 5):
                await w.call(b'{"model":"m"}')
                assert len(w.sink.traces) == (3 if n >= 3 else 0)
            await w.gateway.stop(0.1)
            assert len({t.trace_id for t in w.sink.traces}) == 4

    run(main())


def test_numbers_asked_for_include_what_just_ended() -> None:
    async def main() -> None:
        async with world() as w:
            await w.call(b'{"model":"m"}')
            calls = [c for c in w.gateway.snapshot().counters if c.name == "tidegate_calls_total"]
            assert [c.value for c in calls] == [1]

    run(main())


def test_the_head_of_a_stream_and_its_first_event_are_one_write() -> None:
    async def main() -> None:
        async def script(request: bytes, reader: Reader, writer: Writer) -> None:
            writer.write(SSE_HEAD + chunk(EVENT))
            await writer.drain()
            await asyncio.sleep(0.2)
            writer.write(b"0\r\n\r\n")

        async with world(script) as w:
            reader, writer = await w.connect()
            writer.write(request(STREAM, key=KEY))
            first = await asyncio.wait_for(reader.read(65536), 3.0)
            assert first.startswith(b"HTTP/1.1 200 OK\r\n")
            assert first.endswith(chunk(EVENT))
            writer.close()

    run(main())


def test_a_stream_of_many_reads_is_kept_whole_in_few_pieces() -> None:
    """Every read kept as its own small object leaves holes in memory when hundreds of streams end together."""
    events = [b'data: {"n":%d}\n\n' % n for n in range(3 * GATHERED + 5)]

    async def main() -> None:
        pieces: list[int] = []

        async def script(_: bytes, __: Reader, writer: Writer) -> None:
            writer.write(SSE_HEAD)
            for event in events:
                writer.write(chunk(event))
                await asyncio.sleep(0.002)  # one read each
            pieces.extend(len(c.exchange.kept) for c in w.gateway.connections if c.exchange is not None)
            writer.write(b"0\r\n\r\n")

        async with world(script) as w:
            reader, writer = await w.connect()
            writer.write(request(STREAM, key=KEY))
            answer = await read_answer(reader)
            writer.close()
            [trace] = await w.traces(1)
            assert answer.body == b"".join(events)
            assert trace.response_body == b"".join(events).decode()
            assert 0 < pieces[0] < 3 + GATHERED

    run(main())


def test_free_memory_is_handed_back_now_and_then_but_not_by_an_idle_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TRIM_EVERY_S", 0.0)

    async def main() -> None:
        trimmed: list[int] = []
        async with world(good) as w:
            w.gateway.trim = lambda: trimmed.append(1)
            now_s = w.gateway.loop.time()
            w.gateway._tick(now_s + 1.0)
            assert not trimmed
            reader, writer = await w.connect()
            writer.write(request(STREAM, key=KEY))
            assert (await read_answer(reader)).status == 200
            writer.close()
            w.gateway._tick(now_s + 2.0)
            w.gateway._tick(now_s + 3.0)
            assert trimmed == [1]

    run(main())
