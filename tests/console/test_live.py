"""The live table: rates are differences, quantiles speak of the window, nothing is made up."""

import math

from hypothesis import given
from hypothesis import strategies as st

from tidegate.console import live
from tidegate.gateway.control_channel import Counter, Histogram, LabelledHistogram, MetricsSnapshot
from tidegate.spine.estimate import Estimate, NotMeasured

BOUNDS = (0.05, 0.1, 0.5, 1.0, 5.0)


def snapshot(calls: int, ttft_counts: list[int], worker: int = 0, failed: int = 0) -> MetricsSnapshot:
    counters = [
        Counter(name=live.CALLS, labels={"tenant": "chat", "ending": "completed"}, value=calls),
        Counter(name=live.CALLS, labels={"tenant": "chat", "ending": "timed_out"}, value=failed),
        Counter(name=live.TOKENS, labels={"tenant": "chat", "kind": "prompt"}, value=calls * 10),
    ]
    histogram = Histogram(bounds=BOUNDS, counts=ttft_counts, total=1.0)
    histograms = [LabelledHistogram(name=live.TTFT, labels={"tenant": "chat"}, histogram=histogram)]
    gauges = [Counter(name=live.WAITING, labels={"tenant": "chat"}, value=2)]
    return MetricsSnapshot(
        worker=worker, pid=1, started_at_s=0.0, draining=False, counters=counters, gauges=gauges, histograms=histograms
    )


def sample(at_s: float, *workers: MetricsSnapshot) -> live.Sample:
    return live.Sample(at_s=at_s, workers=workers)


def test_no_sample_is_no_row() -> None:
    assert live.rows([]) == []


def test_rates_are_differences_added_over_workers() -> None:
    before = sample(0, snapshot(100, [100, 0, 0, 0, 0, 0]), snapshot(50, [50, 0, 0, 0, 0, 0], 1))
    now = sample(10, snapshot(160, [100, 60, 0, 0, 0, 0], failed=3), snapshot(90, [50, 40, 0, 0, 0, 0], 1))
    (row,) = live.rows([before, now])
    assert row.calls == 60 + 40 + 3
    assert math.isclose(row.calls_per_s, 10.3)
    assert row.waiting == 4
    assert row.trouble == 3
    assert row.endings == {"completed": 100, "timed_out": 3}
    assert math.isclose(row.tokens_prompt_per_s, 100.0)
    assert isinstance(row.ttft_ms_p50, Estimate)
    assert 50 < row.ttft_ms_p50.value <= 100, "the window's calls took 50 to 100 ms, whatever came before"


def test_a_quiet_window_is_not_measured_not_zero() -> None:
    quiet = snapshot(100, [100, 0, 0, 0, 0, 0])
    (row,) = live.rows([sample(0, quiet), sample(10, quiet)])
    assert isinstance(row.ttft_ms_p95, NotMeasured)
    assert row.calls_per_s == 0


def test_a_restarted_worker_counts_from_zero_never_negative() -> None:
    before, after = snapshot(100, [100, 0, 0, 0, 0, 0]), snapshot(7, [0, 7, 0, 0, 0, 0])
    (row,) = live.rows([sample(0, before), sample(10, after)])
    assert row.calls == 7


@given(st.lists(st.floats(0.001, 20.0), min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_true_quantile_lies_in_the_stated_bucket(values: list[float], q: float) -> None:
    """Property: the interval of a histogram quantile holds the nearest-rank quantile of the raw values."""
    counts = [0] * (len(BOUNDS) + 1)
    for v in values:
        counts[next((i for i, b in enumerate(BOUNDS) if v <= b), len(BOUNDS))] += 1
    found = live.quantile(Histogram(bounds=BOUNDS, counts=counts), q, "all")
    true = sorted(values)[max(0, math.ceil(q * len(values)) - 1)]
    assert isinstance(found, Estimate)
    assert found.low <= true <= found.high
