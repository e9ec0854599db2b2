"""Prometheus's text format: full digits, escaped labels, and gauges that are not counted twice."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from tests.console.test_live import sample, snapshot

from tidegate.console import live
from tidegate.console.exposition import prometheus
from tidegate.gateway.control_channel import Counter, MetricsSnapshot
from tidegate.gateway.measures import MEASURES


def worker(counters: list[Counter], gauges: list[Counter]) -> MetricsSnapshot:
    return MetricsSnapshot(
        worker=0, pid=1, started_at_s=0, draining=False, gauges=gauges, histograms=[], counters=counters
    )


def values(text: str) -> dict[str, float]:
    return {s.name: s.value for f in text_string_to_metric_families(text) for s in f.samples}


def test_prometheus_text_adds_up_and_escapes() -> None:
    odd = MetricsSnapshot(
        worker=0,
        pid=1,
        started_at_s=0,
        draining=False,
        gauges=[],
        histograms=[],
        counters=[Counter(name="a_total", labels={"tenant": 'x"y\\z'}, value=2)],
    )
    text = prometheus(sample(0, snapshot(5, [1, 1, 0, 0, 0, 3]), snapshot(6, [1, 0, 0, 0, 0, 0], 1), odd))
    assert '{ending="completed",tenant="chat"} 11' in text
    assert 'a_total{tenant="x\\"y\\\\z"} 2' in text
    assert f'{live.TTFT}_bucket{{tenant="chat",le="+Inf"}} 6' in text
    assert f'{live.TTFT}_bucket{{tenant="chat",le="0.05"}} 2' in text


@given(st.text(), st.integers(0, 2**53), st.floats(0, 1e12))
def test_a_parser_reads_back_what_was_written(label: str, count: int, value: float) -> None:
    """Property: labels with any text and values with all their digits survive."""
    label = label.replace("\r", "")
    one = worker(
        [Counter(name="a_total", labels={"tenant": label}, value=count)], [Counter(name="b", labels={}, value=value)]
    )
    families = {f.name: f.samples for f in text_string_to_metric_families(prometheus(sample(0, one)))}
    assert (families["a"][0].labels["tenant"], families["a"][0].value) == (label, count)
    assert families["b"][0].value == value


def test_what_every_worker_says_of_the_same_thing_is_not_added_up() -> None:
    def gauges(healthy: float, jain: float, speed: float) -> list[Counter]:
        named = {
            "tidegate_upstream_healthy": healthy, "tidegate_tenant_weight": 4.0, "tidegate_service_jain_index": jain,
            "tidegate_window_prefill_tokens_per_second": speed, "tidegate_connections": 3.0,
        }  # fmt: skip
        return [Counter(name=name, labels={}, value=value) for name, value in named.items()]

    seen = values(prometheus(sample(0, worker([], gauges(1, 0.9, 100.0)), worker([], gauges(0, 0.7, 300.0)))))
    assert seen == {
        "tidegate_upstream_healthy": 0, "tidegate_tenant_weight": 4, "tidegate_service_jain_index": 0.7,
        "tidegate_window_prefill_tokens_per_second": 200, "tidegate_connections": 6,
    }  # fmt: skip


def test_names_say_kind_and_unit() -> None:
    for m in MEASURES:
        assert m.name.endswith("_total") == (m.kind == "counter"), m.name
        assert m.kind != "histogram" or m.name.endswith("_seconds")
        assert m.kind == "gauge" or m.across == "sum"
