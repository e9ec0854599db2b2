"""The workers' numbers in Prometheus's text format (version 0.0.4).

Counters and histograms add up over the workers; a gauge does what its `Measure` says.  Values are written in full:
six digits, as `%g` has them, would hide every increment of a counter beyond a million.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import fmean

from tidegate.console.live import Key, Sample, counters, histogram_of, key_of
from tidegate.gateway.measures import BY_NAME

ACROSS: dict[str, Callable[[list[float]], float]] = {"sum": sum, "min": min, "max": max, "mean": fmean}


def prometheus(sample: Sample | None) -> str:
    """Every metric with its help and type; empty before the first sample."""
    if sample is None:
        return ""
    by_name: dict[str, list[str]] = defaultdict(list)
    kinds: dict[str, str] = {}
    for kind, values in (("counter", counters(sample)), ("gauge", _gauges(sample))):
        for (name, labels), value in sorted(values.items()):
            kinds[name] = kind
            by_name[name].append(f"{name}{_labels(labels)} {number(value)}")
    for name, labels in sorted({key_of(h.name, h.labels) for w in sample.workers for h in w.histograms}):
        kinds[name] = "histogram"
        by_name[name] += _histogram_lines(sample, name, labels)
    lines: list[str] = []
    for name, entries in by_name.items():
        if name in BY_NAME:
            lines.append(f"# HELP {name} {BY_NAME[name].help}")
        lines += [f"# TYPE {name} {kinds[name]}", *entries]
    return "\n".join(lines) + "\n" if lines else ""


def number(value: float) -> str:
    """A value with all its digits; a whole one without a point."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _gauges(sample: Sample) -> dict[Key, float]:
    seen: dict[Key, list[float]] = defaultdict(list)
    for worker in sample.workers:
        for gauge in worker.gauges:
            seen[key_of(gauge.name, gauge.labels)].append(gauge.value)
    return {key: _across(key[0], values) for key, values in seen.items()}


def _across(name: str, values: list[float]) -> float:
    measure = BY_NAME.get(name)
    return ACROSS[measure.across if measure is not None else "sum"](values)


def _histogram_lines(sample: Sample, name: str, labels: Iterable[tuple[str, str]]) -> list[str]:
    labels = tuple(labels)
    total = histogram_of(sample, name, exactly=True, **dict(labels))
    assert total is not None
    out, running = [], 0
    bounds = [*total.bounds, float("inf")][: len(total.counts)]
    for bound, count in zip(bounds, total.counts, strict=True):
        running += count
        edge = "+Inf" if bound == float("inf") else f"{bound:g}"
        out.append(f"{name}_bucket{_labels((*labels, ('le', edge)))} {running}")
    out.append(f"{name}_sum{_labels(labels)} {number(total.total)}")
    out.append(f"{name}_count{_labels(labels)} {running}")
    return out


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    escaped = [(k, v.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")) for k, v in labels]
    return "{" + ",".join(f'{k}="{v}"' for k, v in escaped) + "}" if escaped else ""
