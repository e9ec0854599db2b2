"""The audit: every score beside what no knowledge scores, in money, by segment, with what it would have shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tidegate.decide.metrics.catalogue import METRICS, metric
from tidegate.decide.metrics.cells import draw_counts, make_cells
from tidegate.decide.metrics.consequences import SegmentReport, Shipped, by_segment, rates_of, shipped_by
from tidegate.decide.metrics.costs import (
    FLAG_ALL,
    FLAG_NONE,
    Policy,
    Rates,
    Stretch,
    best_policy,
    cost_per_item,
    expected_cost,
    predictive_value,
    winners_by_ratio,
)
from tidegate.decide.metrics.degenerate import (
    AnyMetric,
    Panel,
    degenerate_values,
    length_answers,
    score_metric,
)
from tidegate.decide.metrics.dependence import Knowledge, knowledge
from tidegate.decide.metrics.model import Costs, Results, Score
from tidegate.decide.metrics.multiclass import MATRIX_METRICS
from tidegate.decide.metrics.ranking import auc
from tidegate.spine.estimate import Estimate, Measured, NotMeasured
from tidegate.stats.arrays import Floats

HEADLINE = ("accuracy", "balanced-accuracy", "recall", "precision", "f1", "mcc", "informedness", "lost-evidence",
            "net-benefit-10", "weighted-mcc-10")  # fmt: skip
ASSUMED_RATIO = 10.0  # a miss in false alarms where no costs were given: shown as assumed
SYSTEMS_MAX = 200
LENGTH = "length alone"


@dataclass(frozen=True)
class Audit:
    """Everything the report shows."""

    results: Results
    scores: tuple[Score, ...]
    knows: Mapping[str, Knowledge]
    confusion: Mapping[str, list[list[int]]]
    rates: Mapping[str, Rates] = field(default_factory=dict)
    areas: Mapping[str, Measured] = field(default_factory=dict)
    shipped: tuple[Shipped, ...] = ()
    segments: SegmentReport = field(default_factory=SegmentReport)
    costs: Costs | None = None
    prevalence: Measured | float | None = None
    prevalence_source: str = ""
    money: Mapping[str, Measured] = field(default_factory=dict)
    precision_in_production: Mapping[str, Measured] = field(default_factory=dict)
    stretches: tuple[Stretch, ...] = ()
    policies: Mapping[str, Policy | NotMeasured] = field(default_factory=dict)
    primary: str = ""

    def score(self, system: str, name: str) -> Score | None:
        """One system by one metric."""
        return next((s for s in self.scores if s.system == system and s.metric == name), None)

    @property
    def share(self) -> float:
        """The prevalence used, as a number; the test set's when production's is unknown."""
        if isinstance(self.prevalence, Estimate):
            return self.prevalence.value
        if isinstance(self.prevalence, float):
            return self.prevalence
        p = self.results.positive
        return float((self.results.truth == p).mean()) if p is not None else float("nan")


def run_audit(
    results: Results,
    rng: np.random.Generator,
    *,
    costs: Costs | None = None,
    prevalence: Measured | float | None = None,
    primary: str = "",
    replicates: int = 1000,
    segment_replicates: int = 400,
) -> Audit:
    """Audit every system of `results` by every metric."""
    metrics: tuple[AnyMetric, ...] = METRICS if results.binary else MATRIX_METRICS
    systems = list(results.systems)[:SYSTEMS_MAX]
    panel = _panel(results, systems, replicates, rng)
    matrices = {s: panel.matrices(panel.cells.answers[s]) for s in systems}
    knows = {s: knowledge(results, s) for s in systems}
    degenerate = {m.name: degenerate_values(m, panel) for m in metrics}
    scores = tuple(
        score_metric(m, s, panel, knows[s], matrices[s], degenerate[m.name])
        for s in systems for m in metrics
    )  # fmt: skip
    confusion = {s: np.asarray(matrices[s][0]).round().astype(int).tolist() for s in systems}
    chosen = _primary(primary, metrics, results)
    common: dict[str, Any] = {
        "results": results, "scores": scores, "knows": knows, "confusion": confusion, "primary": chosen.name,
    }  # fmt: skip
    two_sided = np.unique(results.truth).size == 2
    if results.positive is None or not two_sided:
        segments = by_segment(results, chosen, [], None, rng, segment_replicates)
        shipped = shipped_by(metrics, matrices, results.positive, {}) if len(systems) > 1 else ()
        return Audit(**common, shipped=shipped, segments=segments)
    return _yes_no(results, rng, common, matrices, metrics, chosen, costs, prevalence, segment_replicates)


def _panel(results: Results, systems: list[str], replicates: int, rng: np.random.Generator) -> Panel:
    """Cells and draws of all systems together, with the policy that goes by length where texts are known."""
    length = length_answers(results)
    if length is None:
        cells = make_cells(results, systems)
        return Panel(results, cells, draw_counts(cells, replicates, rng), {})
    widened = replace(results, systems={**results.systems, LENGTH: length})
    cells = make_cells(widened, [*systems, LENGTH])
    return Panel(results, cells, draw_counts(cells, replicates, rng), {LENGTH: cells.answers[LENGTH]})


def _primary(name: str, metrics: tuple[AnyMetric, ...], results: Results) -> AnyMetric:
    if results.binary:
        return metric(name or "balanced-accuracy")
    by_name = {m.name: m for m in metrics}
    return by_name.get(name or "balanced-accuracy", metrics[1])


def _yes_no(
    results: Results, rng: np.random.Generator, common: dict[str, Any],
    matrices: Mapping[str, tuple[Floats, Floats]], metrics: tuple[AnyMetric, ...], chosen: AnyMetric,
    costs: Costs | None, prevalence: Measured | float | None, segment_replicates: int,
) -> Audit:  # fmt: skip
    """What only a yes/no decision has: rates, prevalence, money, crossovers, ranking by scores."""
    assert results.positive is not None
    yes = results.truth == results.positive
    rates = {s: rates_of(m[0], results.positive) for s, m in matrices.items()}
    test_share = float(yes.mean())
    given = isinstance(prevalence, Estimate | float)
    where: Measured | float = prevalence if isinstance(prevalence, Estimate | float) else test_share
    point = where.value if isinstance(where, Estimate) else float(where) if isinstance(where, float) else test_share
    priced = costs or Costs(miss=ASSUMED_RATIO, false_alarm=1.0, unit="false alarms (assumed: a miss is worth ten)")
    money = {s: expected_cost(r, where, priced, rng) for s, r in rates.items()}
    by_cost = {
        s: float(cost_per_item(np.array(r.miss_rate), np.array(r.alarm_rate), point, priced)) for s, r in rates.items()
    }
    money |= {
        FLAG_NONE: _exact(float(cost_per_item(np.array(1.0), np.array(0.0), point, priced)), results.n),
        FLAG_ALL: _exact(float(cost_per_item(np.array(0.0), np.array(1.0), point, priced)), results.n),
    }
    policies = {
        s: best_policy(values, yes, point, priced, rng) for s, values in results.scores.items()
    } if costs is not None else {}  # fmt: skip
    others = [metric(n) for n in ("accuracy", "recall") if n != chosen.name]
    return Audit(
        **common, rates=rates, areas={s: auc(v, yes) for s, v in results.scores.items()},
        shipped=shipped_by(metrics, matrices, results.positive, by_cost) if len(matrices) > 1 else (),
        segments=by_segment(results, chosen, others, priced, rng, segment_replicates),
        costs=priced, prevalence=where, prevalence_source="given" if given else "assumed to be the test set's",
        money=money, precision_in_production={s: predictive_value(r, where, rng) for s, r in rates.items()},
        stretches=winners_by_ratio(rates, point), policies=policies,
    )  # fmt: skip


def _exact(value: float, n: int) -> Estimate:
    return Estimate(value=value, low=value, high=value, n=n, method="exact")
