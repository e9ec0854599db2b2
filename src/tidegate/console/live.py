"""Live traffic by tenant, from the workers' counters: rates and quantiles over a window.  Pure.

The control plane samples every worker once a second and keeps the last quarter of an hour.  A
rate is the difference of two samples; a quantile comes from the difference of two histograms,
so it speaks of the window and not of all time, and says "not measured" where nothing happened.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from tidegate.gateway.control_channel import Histogram, MetricsSnapshot
from tidegate.spine.estimate import Estimate, Measured, NotMeasured


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """All workers at one moment."""

    at_s: float
    workers: tuple[MetricsSnapshot, ...]


class TenantRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the live table; rates are per second over the window."""

    tenant: str
    calls_per_s: float
    calls: int
    waiting: int
    running: int
    ttft_ms_p50: Measured
    ttft_ms_p95: Measured
    tokens_prompt_per_s: float
    tokens_completion_per_s: float
    endings: dict[str, int]
    trouble: int  # calls that ended in anything but completed, finalised or cancelled by the client


FINE = frozenset({"completed", "finalised", "cancelled_client"})

# What the gateway calls its numbers.
CALLS = "tidegate_calls_total"
TTFT = "tidegate_ttft_seconds"
TOKENS = "tidegate_tokens_total"
WAITING = "tidegate_calls_waiting"
RUNNING = "tidegate_calls_running"


Key = tuple[str, tuple[tuple[str, str], ...]]  # a metric's name, and its labels in order


def key_of(name: str, labels: dict[str, str]) -> Key:
    """What tells one series from another."""
    return name, tuple(sorted(labels.items()))


def counters(sample: Sample) -> dict[Key, float]:
    """Counters added up over the workers."""
    out: dict[Key, float] = defaultdict(float)
    for worker in sample.workers:
        for c in worker.counters:
            out[key_of(c.name, c.labels)] += c.value
    return out


def gauges(sample: Sample, name: str, label: str) -> dict[str, float]:
    """One gauge by one label, added up over the workers."""
    out: dict[str, float] = defaultdict(float)
    for worker in sample.workers:
        for g in worker.gauges:
            if g.name == name and label in g.labels:
                out[g.labels[label]] += g.value
    return out


def histogram_of(sample: Sample, name: str, *, exactly: bool = False, **labels: str) -> Histogram | None:
    """The sum of all histograms of a name whose labels include (or `exactly` are) `labels`."""
    total: Histogram | None = None
    for worker in sample.workers:
        for h in worker.histograms:
            same = h.labels == labels if exactly else labels.items() <= h.labels.items()
            if h.name == name and same:
                if total is None:
                    total = Histogram(bounds=h.histogram.bounds, counts=[0] * len(h.histogram.counts))
                total.counts = [a + b for a, b in zip(total.counts, h.histogram.counts, strict=True)]
                total.total += h.histogram.total
    return total


def difference(now: Histogram | None, before: Histogram | None) -> Histogram | None:
    """What was added between two samples; a restarted worker (counts fell) counts from zero."""
    if now is None or before is None or len(now.counts) != len(before.counts):
        return now
    counts = [a - b for a, b in zip(now.counts, before.counts, strict=True)]
    if any(c < 0 for c in counts):
        return now
    return Histogram(bounds=now.bounds, counts=counts, total=now.total - before.total)


def quantile(histogram: Histogram | None, q: float, segment: str, scale: float = 1.0) -> Measured:
    """A quantile between its bucket's bounds: the interval is the bucket, the value inside it interpolated."""
    n = sum(histogram.counts) if histogram is not None else 0
    if histogram is None or n == 0:
        return NotMeasured(reason="no call in the window", needed="traffic", segment=segment)
    rank, seen = q * n, 0
    for i, count in enumerate(histogram.counts):
        if seen + count >= rank and count:
            low = histogram.bounds[i - 1] if i else 0.0
            if i >= len(histogram.bounds) or histogram.bounds[i] == float("inf"):
                return Estimate(value=low * scale, low=low * scale, high=float("inf"), n=n, segment=segment)
            high = histogram.bounds[i]
            value = low + (high - low) * (rank - seen) / count
            return Estimate(value=value * scale, low=low * scale, high=high * scale, n=n, segment=segment)
        seen += count
    raise AssertionError("ranks never pass the total count")


def rows(samples: Sequence[Sample], window_s: float = 60.0) -> list[TenantRow]:
    """The live table: one row a tenant, busiest first.  Empty before the first sample."""
    if not samples:
        return []
    now = samples[-1]
    before = next((s for s in samples if s.at_s >= now.at_s - window_s), now)
    elapsed = max(now.at_s - before.at_s, 1e-9)
    later, earlier = counters(now), counters(before) if before is not now else {}
    grown = {key: value - earlier.get(key, 0.0) for key, value in later.items()}
    grown = {key: value if value >= 0 else later[key] for key, value in grown.items()}
    waiting, running = gauges(now, WAITING, "tenant"), gauges(now, RUNNING, "tenant")
    tenants = (
        {dict(labels)["tenant"] for (_, labels) in later if "tenant" in dict(labels)} | set(waiting) | set(running)
    )
    table = [_row(t, grown, waiting, running, now, before, elapsed) for t in tenants]
    return sorted(table, key=lambda r: (-r.calls_per_s, -r.waiting, r.tenant))


def _row(
    tenant: str, grown: dict[Key, float], waiting: dict[str, float],
    running: dict[str, float], now: Sample, before: Sample, elapsed: float,
) -> TenantRow:  # fmt: skip
    endings: dict[str, int] = defaultdict(int)
    tokens: dict[str, float] = defaultdict(float)
    for (name, labels), value in grown.items():
        by = dict(labels)
        if by.get("tenant") != tenant:
            continue
        if name == CALLS:
            endings[by.get("ending", "?")] += int(value)
        elif name == TOKENS:
            tokens[by.get("kind", "?")] += value
    ttft = difference(
        histogram_of(now, TTFT, tenant=tenant), None if before is now else histogram_of(before, TTFT, tenant=tenant)
    )
    calls = sum(endings.values())
    return TenantRow(
        tenant=tenant,
        calls_per_s=calls / elapsed if before is not now else 0.0,
        calls=calls,
        waiting=int(waiting.get(tenant, 0)),
        running=int(running.get(tenant, 0)),
        ttft_ms_p50=quantile(ttft, 0.5, tenant, 1000.0),
        ttft_ms_p95=quantile(ttft, 0.95, tenant, 1000.0),
        tokens_prompt_per_s=tokens["prompt"] / elapsed,
        tokens_completion_per_s=tokens["completion"] / elapsed,
        endings={k: v for k, v in endings.items() if v},
        trouble=sum(v for k, v in endings.items() if k not in FINE),
    )


def series(samples: Iterable[Sample], tenant: str, q: float = 0.95, step: int = 5) -> list[float | None]:
    """TTFT quantile in milliseconds for each `step` samples, for the sparkline; None where nothing happened."""
    picked = list(samples)[::step]
    out: list[float | None] = []
    for before, now in pairwise(picked):
        change = difference(histogram_of(now, TTFT, tenant=tenant), histogram_of(before, TTFT, tenant=tenant))
        value = quantile(change, q, tenant, 1000.0)
        out.append(value.value if isinstance(value, Estimate) else None)
    return out
