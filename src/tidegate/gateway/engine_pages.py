"""What the engines say of themselves: the plan that the settings make of them, and their metrics pages."""

import asyncio
from urllib.parse import urlsplit

from tidegate.admit.scheduling.model import (
    ClassRule,
    EngineRule,
    Group,
    Plan,
    Prices,
    Signal,
    SignalLost,
    TenantRule,
)
from tidegate.admit.scheduling.signals import PAGE_CHARS_MAX, parse_metrics
from tidegate.gateway.tls import upstream_tls
from tidegate.settings import Settings, Upstream

WATCHED = ("vllm", "llamacpp")  # engines that have metrics pages and keep prompt prefixes
WATCH_TIMEOUT_S = 2.0


def plan_of(settings: Settings, workers: int = 1) -> Plan:
    """What the settings say about scheduling, to one of so many workers."""
    s = settings.scheduling
    return Plan(
        policy=s.policy,
        prices=Prices(prompt=s.weight_prompt, completion=s.weight_completion, cached=s.weight_prompt_cached),
        tenants=tuple(
            TenantRule(name=t.name, weight=t.weight, requests_per_minute=t.requests_per_minute,
                       tokens_per_minute=t.tokens_per_minute, tokens_per_day=t.tokens_per_day,
                       queue_requests_max=t.queue_requests_max, queue_bytes_max=t.queue_bytes_max)
            for t in settings.tenants
        ),
        classes=tuple(
            ClassRule(name=c.name, weight=c.weight, reserved_slots=c.reserved_slots,
                      ttft_target_s=None if c.ttft_target_ms is None else c.ttft_target_ms / 1000.0)
            for c in settings.classes
        ),
        engines=tuple(
            EngineRule(name=u.name, requests_per_minute=u.requests_per_minute, tokens_per_minute=u.tokens_per_minute,
                       slots_max=u.connections_max, workers=workers, steppable=u.kind in WATCHED,
                       reports=u.kind in WATCHED)
            for u in settings.upstreams
        ),
        groups=tuple(Group(engines=r.upstreams, spread=r.balance == "least_busy") for r in settings.routes
                     if len(r.upstreams) > 1),
        wait_s_max=s.wait_s_max, queue_requests_max=s.queue_requests_max, queue_bytes_max=s.queue_bytes_max,
        prefix_stepping=s.prefix_stepping,
    )  # fmt: skip


def signal_of(engine: str, page: str | BaseException) -> Signal | SignalLost:
    """A signal, or why there is none."""
    if isinstance(page, BaseException):
        return SignalLost(engine, f"{type(page).__name__}: {page}"[:200].rstrip(": "))
    try:
        return parse_metrics(engine, page)
    except ValueError as error:
        return SignalLost(engine, f"garbled: {error}"[:200])


async def metrics_page(upstream: Upstream) -> str:
    """GET `/metrics` of an engine, over a connection of its own; raises OSError, TimeoutError or ValueError."""
    parts = urlsplit(upstream.url)
    tls = upstream_tls(upstream)
    host, port = parts.hostname or "", parts.port or (443 if tls else 80)
    async with asyncio.timeout(WATCH_TIMEOUT_S):
        reader, writer = await asyncio.open_connection(host, port, ssl=tls)
        try:
            writer.write(f"GET /metrics HTTP/1.0\r\nhost: {parts.netloc}\r\nconnection: close\r\n\r\n".encode())
            data = await reader.read(PAGE_CHARS_MAX)
            while chunk := await reader.read(PAGE_CHARS_MAX):
                data += chunk
                if len(data) > PAGE_CHARS_MAX:
                    raise ValueError("the metrics page does not end")
        finally:
            writer.close()
    head, _, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0] + b" ":
        raise ValueError(head.split(b"\r\n")[0].decode("latin-1"))
    return body.decode("utf-8", "replace")
