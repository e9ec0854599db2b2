"""One worker's numbers: plain dicts and lists, read by the control channel.

Labels are bounded by construction: tenants that have keys, models and upstreams of the configuration
(a route `*` counts as one model), endings of the closed list.  A refused stranger has the tenant "" and
the model "".  Ten thousand tenants are still too many for those who store the series: beyond `SERIES_MAX` sets of
labels a new one is counted as "(others)", so that sums stay true.
"""

from bisect import bisect_left
from collections.abc import Mapping

from tidegate.gateway.control_channel import Counter, Histogram, LabelledHistogram
from tidegate.spine.call import Ending, Usage

SECONDS = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.2,
    0.35,
    0.5,
    0.75,
    1.0,
    1.5,
    2.5,
    5.0,
    10.0,
    20.0,
    40.0,
    80.0,
    160.0,
    320.0,
)
_BINS = len(SECONDS) + 1
SERIES_MAX = 4_000  # sets of labels kept apart, in one worker
TENANTS_MAX = 1_000  # tenants in a gauge
OTHERS = "(others)"
KINDS = ("prompt", "completion", "prompt_cached", "reasoning")


class Series:
    """Everything counted of the calls with one set of labels: found by one look-up a call."""

    __slots__ = ("bytes_in", "bytes_out", "calls", "chunks", "duration", "tokens", "ttft", "wait")

    def __init__(self) -> None:
        self.calls = 0
        self.chunks = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.tokens = [0, 0, 0, 0]  # as in KINDS
        self.ttft = [0.0] * (_BINS + 1)  # counts by bin, then the sum
        self.duration = [0.0] * (_BINS + 1)
        self.wait = [0.0] * (_BINS + 1)


Key = tuple[str, str, str, Ending]  # tenant, model, upstream, ending


class Metrics:
    """Counters and histograms of one worker."""

    def __init__(self) -> None:
        self.series: dict[Key, Series] = {}
        self.running: dict[str, int] = {}
        self.plain: dict[str, int] = {
            "tidegate_connections_total": 0,
            "tidegate_connections_refused_total": 0,
            "tidegate_malformed_requests_total": 0,
            "tidegate_retries_total": 0,
            "tidegate_fallbacks_total": 0,
            "tidegate_feedback_total": 0,
        }

    def ended(
        self, key: Key, ttft_s: float | None, duration_s: float, wait_s: float | None, usage: Usage,
        bytes_in: int, bytes_out: int, chunks: int,
    ) -> None:  # fmt: skip
        """Count one call."""
        series = self.series.get(key)
        if series is None:
            series = self.new_series(key)
        series.calls += 1
        series.chunks += chunks
        series.bytes_in += bytes_in
        series.bytes_out += bytes_out
        if ttft_s is not None:
            series.ttft[bisect_left(SECONDS, ttft_s)] += 1
            series.ttft[_BINS] += ttft_s
        if wait_s is not None:
            series.wait[bisect_left(SECONDS, wait_s)] += 1
            series.wait[_BINS] += wait_s
        series.duration[bisect_left(SECONDS, duration_s)] += 1
        series.duration[_BINS] += duration_s
        tokens = series.tokens
        if usage.tokens_prompt:
            tokens[0] += usage.tokens_prompt
        if usage.tokens_completion:
            tokens[1] += usage.tokens_completion
        if usage.tokens_prompt_cached:
            tokens[2] += usage.tokens_prompt_cached
        if usage.tokens_reasoning:
            tokens[3] += usage.tokens_reasoning

    def new_series(self, key: Key) -> Series:
        """The series of labels not seen before; the common one where there are enough."""
        if len(self.series) >= SERIES_MAX:
            key = (OTHERS, "", "", key[3])
        return self.series.setdefault(key, Series())

    def counters(self) -> list[Counter]:
        """Everything that only grows."""
        out: list[Counter] = []
        tokens: dict[tuple[str, str], list[int]] = {}
        sizes: dict[str, list[int]] = {}
        chunks = 0
        for (tenant, model, upstream, ending), s in self.series.items():
            labels = {"tenant": tenant, "model": model, "upstream": upstream, "ending": ending.value}
            out.append(Counter(name="tidegate_calls_total", labels=labels, value=s.calls))
            if any(s.tokens):
                of_model = tokens.setdefault((tenant, model), [0] * len(KINDS))
                of_model[:] = [a + b for a, b in zip(of_model, s.tokens, strict=True)]
            of_tenant = sizes.setdefault(tenant, [0, 0])
            of_tenant[0] += s.bytes_in
            of_tenant[1] += s.bytes_out
            chunks += s.chunks
        for (tenant, model), counts in tokens.items():
            for kind, n in zip(KINDS, counts, strict=True):
                labels = {"tenant": tenant, "model": model, "kind": kind}
                out.append(Counter(name="tidegate_tokens_total", labels=labels, value=n))
        for tenant, counts in sizes.items():
            for direction, n in zip(("in", "out"), counts, strict=True):
                labels = {"tenant": tenant, "direction": direction}
                out.append(Counter(name="tidegate_body_bytes_total", labels=labels, value=n))
        out += [Counter(name=name, labels={}, value=n) for name, n in self.plain.items()]
        out.append(Counter(name="tidegate_chunks_total", labels={}, value=chunks))
        return out

    def histograms(self) -> list[LabelledHistogram]:
        """Time to first token, whole duration and time in our queue, by tenant."""
        sums: dict[tuple[str, str], list[float]] = {}
        for (tenant, _, _, _), s in self.series.items():
            for name, cells in (("ttft", s.ttft), ("duration", s.duration), ("wait", s.wait)):
                if any(cells):
                    total = sums.setdefault((name, tenant), [0.0] * (_BINS + 1))
                    total[:] = [a + b for a, b in zip(total, cells, strict=True)]
        return [
            LabelledHistogram(
                name=f"tidegate_{name}_seconds",
                labels={"tenant": tenant},
                histogram=Histogram(bounds=SECONDS, counts=[int(c) for c in cells[:-1]], total=cells[-1]),
            )
            for (name, tenant), cells in sums.items()
        ]


def by_tenant(name: str, values: Mapping[str, int]) -> list[Counter]:
    """A gauge for each tenant; the tenants beyond `TENANTS_MAX` together."""
    kept = dict(list(values.items())[:TENANTS_MAX])
    if len(values) > len(kept):
        kept[OTHERS] = sum(values.values()) - sum(kept.values())
    return [Counter(name=name, labels={"tenant": tenant}, value=n) for tenant, n in kept.items()]
