"""What an upstream says of its load on its answers reaches the window, and goes no further than us."""

import asyncio

import msgspec
from tests.support.rig import Reader, Writer, json_answer, world

from tidegate.gateway.scheduling import Scheduled
from tidegate.settings import Settings, Upstream

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
