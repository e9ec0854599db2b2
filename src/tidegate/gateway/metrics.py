"""One worker's numbers: plain dicts and lists, read by the control channel.

Labels are bounded by construction: tenants and models of the configuration, upstreams of the
configuration, endings of the closed list.  A refused stranger has the tenant "" and the model "".
"""

from bisect import bisect_left

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


class Metrics:
    """Counters and histograms of one worker."""

    def __init__(self) -> None:
        self.calls: dict[tuple[str, str, str, Ending], int] = {}
        self.tokens: dict[tuple[str, str], list[int]] = {}  # prompt, completion, cached, reasoning
        self.ttft: dict[str, list[float]] = {}  # counts …, sum
        self.duration: dict[str, list[float]] = {}
        self.wait: dict[str, list[float]] = {}
        self.running: dict[str, int] = {}
        self.bytes: dict[str, list[int]] = {}  # in, out
        self.plain: dict[str, int] = {
            "tidegate_connections_total": 0,
            "tidegate_connections_refused_total": 0,
            "tidegate_malformed_requests_total": 0,
            "tidegate_retries_total": 0,
            "tidegate_fallbacks_total": 0,
            "tidegate_feedback_total": 0,
            "tidegate_chunks_total": 0,
        }

    def ended(
        self, tenant: str, model: str, upstream: str, ending: Ending, ttft_s: float | None, duration_s: float,
        wait_s: float | None, usage: Usage, bytes_in: int, bytes_out: int,
    ) -> None:  # fmt: skip
        """Count one call."""
        key = (tenant, model, upstream, ending)
        self.calls[key] = self.calls.get(key, 0) + 1
        if ttft_s is not None:
            _observe(self.ttft, tenant, ttft_s)
        if wait_s is not None:
            _observe(self.wait, tenant, wait_s)
        _observe(self.duration, tenant, duration_s)
        if usage.tokens_prompt is not None or usage.tokens_completion is not None:
            t = self.tokens.get((tenant, model))
            if t is None:
                t = self.tokens[tenant, model] = [0, 0, 0, 0]
            t[0] += usage.tokens_prompt or 0
            t[1] += usage.tokens_completion or 0
            t[2] += usage.tokens_prompt_cached or 0
            t[3] += usage.tokens_reasoning or 0
        b = self.bytes.get(tenant)
        if b is None:
            b = self.bytes[tenant] = [0, 0]
        b[0] += bytes_in
        b[1] += bytes_out

    def counters(self) -> list[Counter]:
        """Everything that only grows."""
        out = [
            Counter(
                name="tidegate_calls_total",
                labels={"tenant": t, "model": m, "upstream": u, "ending": e.value},
                value=n,
            )
            for (t, m, u, e), n in self.calls.items()
        ]
        kinds = ("prompt", "completion", "prompt_cached", "reasoning")
        for (tenant, model), counts in self.tokens.items():
            for kind, n in zip(kinds, counts, strict=True):
                labels = {"tenant": tenant, "model": model, "kind": kind}
                out.append(Counter(name="tidegate_tokens_total", labels=labels, value=n))
        for tenant, (n_in, n_out) in self.bytes.items():
            for direction, n in (("in", n_in), ("out", n_out)):
                labels = {"tenant": tenant, "direction": direction}
                out.append(Counter(name="tidegate_body_bytes_total", labels=labels, value=n))
        out += [Counter(name=name, labels={}, value=n) for name, n in self.plain.items()]
        return out

    def histograms(self) -> list[LabelledHistogram]:
        """Time to first token, whole duration and time in our queue, by tenant."""
        kinds = {
            "tidegate_ttft_seconds": self.ttft,
            "tidegate_duration_seconds": self.duration,
            "tidegate_wait_seconds": self.wait,
        }
        return [
            LabelledHistogram(
                name=name,
                labels={"tenant": tenant},
                histogram=Histogram(bounds=SECONDS, counts=[int(c) for c in cells[:-1]], total=cells[-1]),
            )
            for name, by_tenant in kinds.items()
            for tenant, cells in by_tenant.items()
        ]


def _observe(by_tenant: dict[str, list[float]], tenant: str, seconds: float) -> None:
    cells = by_tenant.get(tenant)
    if cells is None:
        cells = by_tenant[tenant] = [0.0] * (_BINS + 1)
    cells[bisect_left(SECONDS, seconds)] += 1
    cells[_BINS] += seconds
