"""What follows from a metric: who would have shipped, how surely, what it costs, and whom it hurts.

All systems are drawn together (the same rows in every replicate), so that differences are paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegate.decide.metrics.cells import Cells, confusion, draw_counts, four_counts, make_cells
from tidegate.decide.metrics.costs import Rates, cost_per_item
from tidegate.decide.metrics.degenerate import AnyMetric, value_of
from tidegate.decide.metrics.model import Costs, Results
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, estimate

REVERSAL_WORTH_SAYING = 0.8  # probability from which a reversal is mentioned; a warning needs significance

Matrices = Mapping[str, tuple[Floats, Floats]]  # system → (data, replicates)


@dataclass(frozen=True)
class Shipped:
    """Which system a metric would have shipped."""

    metric: str
    winner: str
    certainty: float  # share of replicates with the same winner
    regret: float | None  # cost per item above the cheapest system
    runner_up: str
    tied: bool

    def to_json(self) -> dict[str, Any]:
        """One row of `consequences`."""
        return {
            "metric": self.metric, "winner": self.winner, "certainty": self.certainty,
            "regret_per_item": self.regret, "runner_up": self.runner_up, "tied": self.tied,
        }  # fmt: skip


def shipped_by(
    metrics: Sequence[AnyMetric], matrices: Matrices, positive: int | None, cost_by_system: Mapping[str, float]
) -> tuple[Shipped, ...]:
    """For every metric its winner, with certainty and regret; undefined values never win."""
    out = []
    names = list(matrices)
    cheapest = min(cost_by_system.values()) if cost_by_system else 0.0
    for m in metrics:
        point = np.array([float(m.oriented(value_of(m, matrices[s][0], positive))) for s in names])
        drawn = np.stack([m.oriented(value_of(m, matrices[s][1], positive)) for s in names])
        if np.isnan(point).all():
            continue
        ranked = np.argsort(-np.where(np.isnan(point), -np.inf, point), kind="stable")
        best = int(ranked[0])
        wins = np.argmax(np.where(np.isnan(drawn), -np.inf, drawn), axis=0)
        with np.errstate(invalid="ignore"):
            equal = (drawn == drawn[best]).all(axis=0) if len(names) > 1 else np.zeros(drawn.shape[1], bool)
        certainty = float(((wins == best) & ~equal).mean()) if len(names) > 1 else 1.0
        tied = len(names) > 1 and bool(point[ranked[1]] == point[best])
        price = float(cost_by_system[names[best]] - cheapest) if names[best] in cost_by_system else None
        out.append(
            Shipped(m.name, names[best], certainty, price, names[int(ranked[1])] if len(names) > 1 else "", tied)
        )
    return tuple(out)


@dataclass(frozen=True)
class SegmentRow:
    """One system in one segment by one metric."""

    column: str
    segment: str
    system: str
    n: int
    positives: int | None
    value: Measured
    cost: float | None = None

    def to_json(self) -> dict[str, Any]:
        """One row of `segments`."""
        v = self.value
        shown: dict[str, Any] = (
            {"value": None, "not_measured": v.reason} if isinstance(v, NotMeasured)
            else {"value": v.value, "low": v.low, "high": v.high}
        )  # fmt: skip
        return {"column": self.column, "segment": self.segment, "system": self.system, "n": self.n,
                "positives": self.positives, "cost_per_item": self.cost, **shown}  # fmt: skip


@dataclass(frozen=True)
class Reversal:
    """A system better in aggregate and worse for a named segment."""

    metric: str
    better: str
    than: str
    aggregate: float
    column: str
    segment: str
    difference: float
    low: float
    high: float
    n: int
    certain: bool  # survives the number of segments looked at
    probability: float = 1.0  # share of replicates in which it is worse there


@dataclass(frozen=True)
class SegmentReport:
    """All segments of all segment columns, and the reversals among them."""

    metric: str = ""
    rows: tuple[SegmentRow, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    worst: Mapping[str, SegmentRow] = field(default_factory=dict)


def by_segment(
    results: Results, primary: AnyMetric, others: Sequence[AnyMetric], costs: Costs | None,
    rng: np.random.Generator, replicates: int,
) -> SegmentReport:  # fmt: skip
    """Every segment of every system by the primary metric, worst ones, and reversals by any of the metrics."""
    rows: list[SegmentRow] = []
    reversals: list[Reversal] = []
    systems = list(results.systems)
    looked_at = sum(len(s.names) for s in results.segments.values())
    for column, segments in results.segments.items():
        cells = make_cells(results, systems, segments.codes)
        drawn = draw_counts(cells, replicates, rng)
        whole = _matrices(results, cells, drawn, np.ones(cells.counts.size, bool))
        for code, name in enumerate(segments.names):
            here = cells.segment == code
            part = _matrices(results, cells, drawn, here)
            n = int(cells.counts[here].sum())
            for system in systems:
                rows.append(_row(results, primary, part[system], column, name, system, n, costs))
            for metric in (primary, *others):
                reversals += _reversals(results, metric, whole, part, column, name, n, max(looked_at, 1))
    worst: dict[str, SegmentRow] = {}
    for row in rows:
        if isinstance(row.value, NotMeasured):
            continue
        mark = primary.oriented(np.array(row.value.value))
        held = worst.get(row.system)
        if held is None or isinstance(held.value, NotMeasured) or mark < primary.oriented(np.array(held.value.value)):
            worst[row.system] = row
    return SegmentReport(primary.name, tuple(rows), _strongest(reversals), worst)


def _matrices(results: Results, cells: Cells, drawn: Floats, here: np.ndarray) -> dict[str, tuple[Floats, Floats]]:
    from_cells: dict[str, tuple[Floats, Floats]] = {}
    k = len(results.classes)
    for system, answers in cells.answers.items():
        kept = cells.counts[here].astype(np.float64)
        from_cells[system] = (
            confusion(kept, cells.truth[here], answers[here], k),
            confusion(drawn[:, here], cells.truth[here], answers[here], k),
        )
    return from_cells


def _row(
    results: Results, metric: AnyMetric, matrices: tuple[Floats, Floats], column: str, name: str, system: str,
    n: int, costs: Costs | None,
) -> SegmentRow:  # fmt: skip
    point = float(value_of(metric, matrices[0], results.positive))
    drawn = value_of(metric, matrices[1], results.positive)
    positives = None if results.positive is None else int(matrices[0][results.positive].sum())
    finite = drawn[np.isfinite(drawn)]
    paid = None
    if costs is not None and results.positive is not None:
        rates = rates_of(matrices[0], results.positive)
        mine = costs.of_segment(name)
        if rates.positives and rates.negatives:
            share = rates.positives / (rates.positives + rates.negatives)
            paid = float(cost_per_item(np.array(rates.miss_rate), np.array(rates.alarm_rate), share, mine))
    if not np.isfinite(point) or finite.size < 0.5 * drawn.size:
        value: Measured = NotMeasured(reason=f"{metric.name} is 0/0 in this segment",
                                      needed="items of both classes", segment=name)  # fmt: skip
    else:
        low, high = np.quantile(finite, [0.025, 0.975])
        value = estimate(point, float(low), float(high), n, level=0.95, segment=f"{column}={name}", method="bootstrap")
    return SegmentRow(column, name, system, n, positives, value, paid)


def _reversals(
    results: Results, metric: AnyMetric, whole: Matrices, part: Matrices, column: str, name: str, n: int, looked: int
) -> list[Reversal]:
    out = []
    systems = list(whole)
    total = {s: float(metric.oriented(value_of(metric, whole[s][0], results.positive))) for s in systems}
    here = {s: float(metric.oriented(value_of(metric, part[s][0], results.positive))) for s in systems}
    for a in systems:
        for b in systems:
            if not total[a] > total[b] or not here[a] < here[b]:
                continue
            gap = metric.oriented(value_of(metric, part[a][1], results.positive)) - metric.oriented(
                value_of(metric, part[b][1], results.positive)
            )
            gap = gap[np.isfinite(gap)]
            if gap.size < 50:
                continue
            low, high = np.quantile(gap, [0.025, 0.975])
            worse = float((gap < 0).mean())
            if worse >= REVERSAL_WORTH_SAYING:
                strict = float(np.quantile(gap, 1 - 0.025 / looked))
                out.append(Reversal(metric.name, a, b, total[a] - total[b], column, name, here[a] - here[b],
                                    float(low), float(high), n, strict < 0, worse))  # fmt: skip
    return out


def _strongest(reversals: Sequence[Reversal]) -> tuple[Reversal, ...]:
    """One reversal a (pair, segment): by the metric that is surest of it."""
    best: dict[tuple[str, str, str, str], Reversal] = {}
    for r in reversals:
        key = (r.better, r.than, r.column, r.segment)
        if key not in best or (r.certain, r.probability) > (best[key].certain, best[key].probability):
            best[key] = r
    return tuple(best.values())


def rates_of(matrix: Floats, positive: int) -> Rates:
    """Hits and false alarms of a yes/no confusion matrix; unread answers are misses and false alarms."""
    tp, fp, fn, tn = (round(float(x)) for x in four_counts(matrix, positive))
    return Rates(tp, tp + fn, fp, fp + tn)
