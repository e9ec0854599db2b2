"""What the gateway tells of itself: metrics whose labels stay few whatever clients send, logs in which no key stands."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable

import msgspec
import pytest
from tests.support.rig import KEY, Reader, World, Writer, run, world

from tidegate.gateway import metrics
from tidegate.gateway.logs import JsonLines
from tidegate.gateway.metrics import OTHERS, SERIES_MAX, TENANTS_MAX, Metrics, by_tenant
from tidegate.gateway.seams import Reply
from tidegate.settings import Route, Settings
from tidegate.spine.call import Call, Ending, Usage

STRANGE = ["m", "", "x" * 5000, "gpt\n4", 'a"b', "{evil}", "🦊", "../../etc", *(f"model-{i}" for i in range(60))]


def any_model(settings: Settings) -> Settings:
    """The same gateway with a route for every name."""
    route = Route(model="*", upstreams=("u0",))
    return msgspec.structs.replace(settings, routes=(*settings.routes, route))


def labels(w: World) -> dict[str, set[str]]:
    """Every value of every label, over all that is exported."""
    snapshot = w.gateway.snapshot()
    found: dict[str, set[str]] = {}
    for counter in (*snapshot.counters, *snapshot.gauges, *snapshot.histograms):
        for name, value in counter.labels.items():
            found.setdefault(name, set()).add(value)
    return found


def test_whatever_models_and_keys_are_sent_the_labels_are_those_of_the_configuration() -> None:
    async def main() -> None:
        async with world(settings=any_model) as w:
            for model in STRANGE:
                await w.call(json.dumps({"model": model, "messages": []}).encode())
                await w.call(key=f"tg-{len(model)}-stranger")
                await w.call(path=f"/v1/{len(model)}")
            seen = labels(w)
            assert seen["model"] == {"m", "*", ""}
            assert seen["tenant"] == {"t", ""}
            assert seen["upstream"] == {"u0", ""}
            assert seen["ending"] <= {e.value for e in Ending}
            assert len(w.gateway.metrics.series) <= 3 * len(Ending)

    run(main())


def count(m: Metrics, tenant: str) -> None:
    m.ended((tenant, "m", "u", Ending.COMPLETED), 0.1, 0.2, 0.0, Usage(tokens_prompt=3), 10, 20, 1)


def test_ten_thousand_tenants_are_counted_and_their_series_bounded() -> None:
    m = Metrics()
    for i in range(10_000):
        count(m, f"tenant-{i}")
    assert len(m.series) == SERIES_MAX + 1
    calls = [c for c in m.counters() if c.name == "tidegate_calls_total"]
    assert sum(c.value for c in calls) == 10_000, "a bound must lose no call"
    assert next(c.value for c in calls if c.labels["tenant"] == OTHERS) == 10_000 - SERIES_MAX
    before = len(m.series)
    count(m, "tenant-0")  # one that has its own series keeps it
    assert len(m.series) == before
    assert m.series["tenant-0", "m", "u", Ending.COMPLETED].calls == 2


def test_gauges_by_tenant_are_bounded_and_sum_up() -> None:
    gauge = by_tenant("g", {f"t{i}": 1 for i in range(5_000)})
    assert len(gauge) == TENANTS_MAX + 1
    assert sum(c.value for c in gauge) == 5_000


def test_the_bound_is_what_keeps_them_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "SERIES_MAX", 100_000)
    m = Metrics()
    for i in range(10_000):
        count(m, f"tenant-{i}")
    assert len(m.series) == 10_000


class Breaks:
    """An endpoint with a fault of ours, whose traceback is logged."""

    def handle(self, call: Call, method: str, path: str, body: bytes, respond: Callable[[Reply], None]) -> None:
        raise RuntimeError("our fault")


async def refuses(_: bytes, __: Reader, writer: Writer) -> None:
    """An upstream that hangs up."""
    writer.close()


def test_no_key_stands_in_any_log_line_trace_or_error(caplog: pytest.LogCaptureFixture) -> None:
    """Every way to fail, at the most talkative level: the tenant's key, a stranger's and the upstream's stay unsaid."""
    strangers = "tg-secret-of-a-stranger"
    secrets = (KEY, strangers, "sk-upstream-secret")
    caplog.set_level(logging.DEBUG)
    answers: list[bytes] = []

    async def main() -> None:
        async with world(refuses, endpoints={b"/v1/verify": Breaks()}) as w:
            for path in ("/v1/chat/completions", "/v1/verify", "/nowhere", "/v1/models"):
                for key in (KEY, strangers):
                    answers.append((await w.call(path=path, key=key)).body)
                    answers.append((await w.call(path=f"{path}?api_key={key}", key=key)).body)
            answers.append((await w.call(b"not json " + KEY.encode(), headers="content-encoding: gzip\r\n")).body)
            answers.append(await w.raw(f"POST / HTTP/1.1\r\nauthorization: {KEY}\r\n\0\r\n".encode(), timeout_s=1.0))
            w.gateway.drain()
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                answers.append((await w.call()).body)
            w.gateway.record_ends()
            kept = [msgspec.structs.replace(t, request_body=None) for t in w.recorded()]  # a body may say anything
            for secret in secrets:
                assert secret.encode() not in msgspec.json.encode(kept)

    run(main())
    form = JsonLines()
    written = "\n".join(form.format(r) for r in caplog.records)
    assert "our fault" in written, "the log was not listened to"
    for secret in secrets:
        assert secret not in written
        assert not any(secret.encode() in a for a in answers)
