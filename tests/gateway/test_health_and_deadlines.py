"""Health checks by path, one deadline of each kind, and what a client that leaves gives back."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import msgspec
import pytest
from tests.support.rig import (
    DONE,
    EVENT,
    SSE_HEAD,
    STREAM,
    Reader,
    Script,
    Writer,
    chunk,
    good,
    json_answer,
    request,
    run,
    world,
)

from tidegate.gateway.scheduling import Scheduled
from tidegate.settings import Deadlines, Route, Settings, Upstream
from tidegate.spine.call import Ending

pytestmark = pytest.mark.timing

LEAVE_S = 0.1  # the goal: a client that leaves frees its slot and the engine's stream in this time
SLOW_MACHINE = 3.0  # ... times this, where other programs share the cores


async def until(condition: Callable[[], object], timeout_s: float = 5.0) -> float:
    """Seconds until it holds."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < timeout_s
        await asyncio.sleep(0.002)
    return time.monotonic() - start


# --- health checks


class Checked:
    """An engine that serves calls well, and a health page that says what it is told to say."""

    def __init__(self) -> None:
        self.health: Script = self.page(200)
        self.calls = self.checks = 0

    @staticmethod
    def page(status: int) -> Script:
        async def say(request: bytes, reader: Reader, writer: Writer) -> None:
            writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 2\r\n\r\nok" % status)

        return say

    async def __call__(self, request: bytes, reader: Reader, writer: Writer) -> None:
        if request.startswith(b"GET /health HTTP/1.1\r\n"):
            self.checks += 1
            await self.health(request, reader, writer)
        else:
            self.calls += 1
            await good(request, reader, writer)


async def hang_up(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.close()


async def never(request: bytes, reader: Reader, writer: Writer) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize(
    ("sick", "why"), [(Checked.page(503), "status 503"), (hang_up, ""), (never, "no answer in time")]
)
def test_an_upstream_that_fails_its_health_check_gets_no_calls_and_comes_back(sick: Script, why: str) -> None:
    first, second = Checked(), Checked()

    async def main() -> None:
        checked = {"health_path": "/health", "health_interval_s": 0.05}
        async with world(first, second, upstream=checked) as w:
            await until(lambda: first.checks and second.checks)
            assert (await w.call()).status == 200
            assert (first.calls, second.calls) == (1, 0)

            first.health = sick
            await until(lambda: w.gateway.unhealthy == {"u0"})
            for _ in range(5):
                assert (await w.call()).status == 200
            assert (first.calls, second.calls) == (1, 5)
            (row,) = [r for r in w.gateway.health.report() if r["upstream"] == "u0"]
            assert not row["healthy"]
            assert why in row["reason"]

            first.health = Checked.page(200)
            await until(lambda: not w.gateway.unhealthy)
            assert (await w.call()).status == 200
            assert (first.calls, second.calls) == (2, 5)
            assert [t.upstream for t in await w.traces(7)] == ["u0", *["u1"] * 5, "u0"]

    run(main())


# --- deadlines

PATIENT = Deadlines(connect_s=8.0, first_byte_s=8.0, idle_s=8.0, total_s=8.0)


async def stop_in_answer(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(SSE_HEAD + chunk(EVENT))
    await asyncio.sleep(30)


async def stop_in_json(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(json_answer()[:-10])
    await asyncio.sleep(30)


async def never_done(request: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(SSE_HEAD)
    with contextlib.suppress(ConnectionError):
        while not writer.is_closing():
            writer.write(chunk(EVENT))
            await asyncio.sleep(0.02)


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A port whose connections are never accepted, and whose queue is full: a new SYN is not answered."""
    with contextlib.ExitStack() as held:
        listener = held.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = held.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_connection_that_is_never_made_meets_the_connect_deadline() -> None:
    async def main() -> None:
        with full_backlog() as port:

            def nowhere(s: Settings) -> Settings:
                (u,) = s.upstreams
                return msgspec.structs.replace(
                    s, upstreams=(msgspec.structs.replace(u, url=f"http://127.0.0.1:{port}/v1"),)
                )

            short = msgspec.structs.replace(PATIENT, connect_s=0.2)
            async with world(good, deadlines=short, settings=nowhere) as w:
                start = time.monotonic()
                answer = await w.call()
                assert (answer.status, answer.code) == (504, "timeout_connect")
                assert 0.15 < time.monotonic() - start < 2.0
                (trace,) = await w.traces(1)
                assert (trace.ending, trace.error_code) == (Ending.TIMED_OUT, "timeout_connect")
                await until(lambda: w.gateway.table.pools["u0"].open == 0)

    run(main())


@pytest.mark.parametrize(
    ("which", "script", "body"),
    [
        ("first_byte", never, STREAM),
        ("first_byte", never, None),
        ("idle", stop_in_answer, STREAM),
        ("idle", stop_in_json, None),
        ("total", never_done, STREAM),
        ("total", never, None),
    ],
)
def test_each_deadline_has_its_code_and_lets_the_engine_go(which: str, script: Script, body: bytes | None) -> None:
    async def main() -> None:
        short = msgspec.structs.replace(PATIENT, **{f"{which}_s": 0.25})
        async with world(script, deadlines=short) as w:
            start = time.monotonic()
            answer = await w.call(body)
            took = time.monotonic() - start
            assert 0.2 < took < 2.0
            assert answer.whole
            code = f"timeout_{which}"
            if body is None or script is never:
                assert (answer.status, answer.code) == (504, code)
            else:  # the answer had begun: an event says it, and no end of a complete stream is pretended
                assert answer.status == 200
                last = answer.body.rpartition(EVENT)[2]
                assert msgspec.json.decode(last.removeprefix(b"data: "))["error"]["code"] == code
                assert DONE not in answer.body
            (trace,) = await w.traces(1)
            assert (trace.ending, trace.error_code) == (Ending.TIMED_OUT, code)
            await until(lambda: w.gateway.table.pools["u0"].open == 0)

    run(main())


def one_slot() -> Scheduled:
    """The real scheduler in front of an engine that takes one call at a time."""
    upstream = Upstream(name="u0", url="http://127.0.0.1:1/v1", connections_max=1)
    admission = Scheduled(Settings(upstreams=(upstream,), routes=(Route(model="m", upstreams=("u0",)),)))
    admission.core.windows["u0"].slots = 1.0
    return admission


def test_a_call_that_waits_past_its_total_deadline_is_told_so() -> None:
    async def main() -> None:
        admission = one_slot()
        async with world(never, admission=admission, deadlines=msgspec.structs.replace(PATIENT, total_s=0.4)) as w:
            admission.core.windows["u0"].paused_until_s = float("inf")
            start = time.monotonic()
            answer = await w.call()
            assert (answer.status, answer.code) == (503, "timeout_wait")
            assert 0.3 < time.monotonic() - start < 2.0
            assert (await w.traces(1))[0].error_code == "timeout_wait"
            assert not w.upstream.requests
            assert admission.core.bounds.waiting == 0

    run(main())


# --- a client that leaves


def test_a_client_that_leaves_frees_its_slot_and_the_engines_stream_at_once() -> None:
    """Through the real scheduler: one slot, a second client waits for it."""
    ended: list[float] = []

    async def endless(request: bytes, reader: Reader, writer: Writer) -> None:
        if b"second" in request:
            writer.write(json_answer())
            return
        writer.write(SSE_HEAD + chunk(EVENT))
        with contextlib.suppress(ConnectionError):
            assert not await reader.read(1)  # the gateway closes, as an engine would see it
        ended.append(time.monotonic())

    async def once() -> tuple[float, float]:
        admission = one_slot()
        async with world(endless, admission=admission, deadlines=PATIENT) as w:
            window = admission.core.windows["u0"]
            _, leaver = await w.connect()
            leaver.write(request(STREAM))
            await until(lambda: window.inflight == 1 and w.upstream.requests)
            waiter = asyncio.create_task(w.call(b'{"model":"m","messages":[{"role":"user","content":"second"}]}'))
            await until(lambda: admission.core.bounds.waiting == 1)
            ended.clear()
            left = time.monotonic()
            leaver.transport.abort()
            await until(lambda: ended)
            assert (await waiter).status == 200
            assert (await w.traces(2))[0].ending is Ending.CANCELLED_CLIENT
            return ended[0] - left, time.monotonic() - left

    async def main() -> None:
        took = [await once() for _ in range(5)]
        engine, slot = (sorted(x)[len(x) // 2] for x in zip(*took, strict=True))
        print(
            f"median: engine's stream closed after {1000 * engine:.1f} ms, slot used again after {1000 * slot:.1f} ms"
        )
        assert engine < LEAVE_S * SLOW_MACHINE
        assert slot < LEAVE_S * SLOW_MACHINE

    run(main())
