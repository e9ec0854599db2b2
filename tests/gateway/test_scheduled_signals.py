"""What an upstream says of its load on its answers reaches the window, and goes no further than us."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from tests.support.rig import Reader, Writer, json_answer, world

from tidegate.admit.scheduling.model import FirstToken, decode_event
from tidegate.admit.scheduling.plugin import silent_engines
from tidegate.gateway import scheduling
from tidegate.gateway.scheduling import Scheduled
from tidegate.settings import Settings, Upstream
from tidegate.spine.contracts import Waiting

BODY = b'{"ok":true,"usage":{"prompt_tokens":3,"completion_tokens":2}}'


def scheduled() -> Scheduled:
    return Scheduled(Settings(upstreams=(Upstream(name="u0", url="http://127.0.0.1:1/v1", kind="vllm"),)))


def as_vllm(made: Settings) -> Settings:
    return msgspec.structs.replace(
        made, upstreams=tuple(msgspec.structs.replace(u, kind="vllm") for u in made.upstreams)
    )


async def busy(request: bytes, reader: Reader, writer: Writer) -> None:
    head = b"HTTP/1.1 429 Too Many\r\nretry-after: 7\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    writer.write(head)


async def reporting(request: bytes, reader: Reader, writer: Writer) -> None:
    load = b'endpoint-load-metrics: JSON {"named_metrics": {"kv_cache_usage_perc": 0.5, "num_requests_waiting": 3}}\r\n'
    writer.write(json_answer(BODY).replace(b"content-type", load + b"content-type", 1))


def test_a_providers_retry_after_is_kept() -> None:
    async def main() -> None:
        admission = scheduled()
        async with world(busy, admission=admission, settings=as_vllm) as w:
            assert (await w.call()).status == 429
            left = admission.core.windows["u0"].paused_until_s - admission.core.now
            assert 5.0 < left <= 7.0

    asyncio.run(main())


def test_a_load_report_on_an_answer_is_asked_for_read_and_not_passed_on() -> None:
    async def main() -> None:
        admission = scheduled()
        async with world(reporting, admission=admission, settings=as_vllm) as w:
            answer = await w.call(headers="x-vllm-priority: -5\r\n")
            assert answer.status == 200
            assert "endpoint-load-metrics" not in answer.headers
            (request,) = w.upstream.requests
            assert b"endpoint-load-metrics-format: json" in request
            assert b"vllm-priority" not in request.lower()
            assert admission._reported_s["u0"] > 0.0

    asyncio.run(main())


@pytest.mark.parametrize(("stall_s", "behind"), [(0.0, False), (0.6, True)])
def test_a_first_token_that_a_busy_loop_saw_late_is_recorded_as_such(stall_s: float, behind: bool) -> None:
    """A loop that misses its ticks blames itself for the calls on their way, and for none that go later."""
    lines: list[bytes] = []
    admission = Scheduled(Settings(upstreams=(Upstream(name="u0", url="http://127.0.0.1:1/v1"),)), lines.append)

    def go(request_id: int, now_s: float) -> None:
        waiting = Waiting(request_id=request_id, tenant="t", service_class="default", arrived_s=now_s, tokens_prompt=1)
        assert admission.arrive(waiting, ("u0",), lambda *_: None, now_s) == "u0"

    for k in range(5):
        admission.tick(k / 10)
    go(1, 0.41)
    go(2, 0.42)
    if stall_s:
        admission.first_token(1, 0.4 + stall_s)  # read before the tick that is overdue
    admission.tick(0.5 + stall_s)
    admission.first_token(2, 0.55 + stall_s)  # read after it
    go(3, 0.56 + stall_s)
    admission.first_token(3, 0.58 + stall_s)
    admission.tick(0.6 + stall_s)
    events = [decode_event(line)[1] for line in b"\n".join(lines).split(b"\n") if line.startswith(b"[")]
    firsts = {e.request_id: e.behind for e in events if isinstance(e, FirstToken)}
    assert firsts == ({1: True, 2: True, 3: False} if behind else {2: False, 3: False})


def metrics_server(page: bytes) -> Callable[[bytes, Reader, Writer], Awaitable[None]]:
    """An engine that answers slowly, and gives `page` to whoever asks for its metrics; empty: it hangs up."""

    async def script(request: bytes, reader: Reader, writer: Writer) -> None:
        if not request.startswith(b"GET /metrics"):
            await asyncio.sleep(0.5)
            writer.write(json_answer(BODY))
        elif page:
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + page)
            writer.close()
        else:
            writer.close()

    return script


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b"<html>sign in</html>", "none of the known metric names"),
        (b"vllm:num_requests_running many\nvllm:num_requests_waiting 0\n", "many"),
        (b"vllm:num_requests_running -4\n", "-4"),
        (b"", "ValueError"),
    ],
)
def test_reports_that_make_no_sense_stop_nothing_and_become_a_finding(
    page: bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls go on by our own counts; after several bad reports in a row the snapshot yields one finding that says why."""
    monkeypatch.setattr(scheduling, "WATCH_EVERY_S", 0.01)

    async def main() -> None:
        admission = scheduled()
        async with world(metrics_server(page), admission=admission, settings=as_vllm) as w:
            admission.settings = w.gateway.settings
            answers = await asyncio.gather(*(w.call() for _ in range(3)))
            assert [a.status for a in answers] == [200, 200, 200]
            assert admission.core.windows["u0"].inflight == 0
            (finding,) = silent_engines(admission.snapshot()["engines"])
            assert finding.rule == "engine-signals-lost"
            assert finding.subject == "upstream u0"
            assert words in finding.message

    asyncio.run(main())


def test_an_engine_whose_reports_can_be_read_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "WATCH_EVERY_S", 0.01)

    async def main() -> None:
        admission = scheduled()
        good = b"vllm:num_requests_running 1\nvllm:num_requests_waiting 0\n"
        async with world(metrics_server(good), admission=admission, settings=as_vllm) as w:
            admission.settings = w.gateway.settings
            assert (await w.call()).status == 200
            assert admission._reported_s["u0"] > 0.0
            assert not list(silent_engines(admission.snapshot()["engines"]))

    asyncio.run(main())
