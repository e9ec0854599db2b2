"""What no knowledge scores: the degenerate policies, and how far above the best of them a system is.

A policy here never looks at the content: it answers one class always, flips a coin, refuses, goes by length or
position.  Its expected confusion matrix follows from the class counts alone, so it is known exactly for every
bootstrap replicate too.  Skill = (M − M*)/(M_perfect − M*), M* the best of them on each replicate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tidegate.decide.metrics.catalogue import Metric
from tidegate.decide.metrics.cells import Cells, confusion, four_counts
from tidegate.decide.metrics.dependence import Knowledge
from tidegate.decide.metrics.model import Codes, Results, Score
from tidegate.decide.metrics.multiclass import MatrixMetric
from tidegate.spine.estimate import Estimate, Measured, NotMeasured
from tidegate.stats.arrays import Floats, estimate

AnyMetric = Metric | MatrixMetric


def policies(results: Results) -> dict[str, Floats]:
    """Answer probabilities a class (last entry: no answer) of each policy that ignores the content."""
    k = len(results.classes)
    share = np.bincount(results.truth, minlength=k) / max(results.n, 1)
    eye = np.eye(k + 1)
    order = np.argsort(-share, kind="stable")[: min(k, 20)]  # with many classes the common ones suffice
    out = {f"'{results.classes[c]}' for everything": eye[c] for c in sorted(order.tolist())}
    out["a coin"] = np.append(np.full(k, 1 / k), 0.0)
    out["labels drawn at the truth's shares"] = np.append(share, 0.0)
    out["no answer for everything"] = eye[k]
    return out


def policy_matrices(truth_counts: Floats, answer_probabilities: Floats) -> Floats:
    """Expected confusion matrices (…, K, K+1) of a policy for class counts (…, K)."""
    return np.asarray(truth_counts[..., :, None] * answer_probabilities)


def length_answers(results: Results) -> Codes | None:
    """Answers from length alone: each half of the data answers by the best single cut learnt on the other."""
    if results.lengths is None or results.positive is None:
        return None
    half = np.arange(results.n) % 2
    out = np.empty(results.n, dtype=np.int64)
    yes = results.truth == results.positive
    for side in (0, 1):
        learn, use = half != side, half == side
        cut, longer = _best_cut(results.lengths[learn], yes[learn])
        above = results.lengths[use] > cut
        out[use] = np.where(above == longer, results.positive, 1 - results.positive)
    return out


def _best_cut(lengths: Floats, yes: np.ndarray) -> tuple[float, bool]:
    """The length cut with the largest |TPR − FPR|, and whether the positives are the longer ones."""
    order = np.argsort(lengths, kind="stable")
    hit = np.cumsum(yes[order]) / max(yes.sum(), 1)
    alarm = np.cumsum(~yes[order]) / max((~yes).sum(), 1)
    if not order.size:
        return 0.0, True
    at = int(np.argmax(np.abs(hit - alarm)))
    return float(lengths[order[at]]), bool(alarm[at] > hit[at])


def value_of(metric: AnyMetric, matrix: Floats, positive: int | None) -> Floats:
    """A metric of confusion matrices, whichever kind it is."""
    if isinstance(metric, Metric):
        assert positive is not None
        return metric(*four_counts(matrix, positive))
    return metric(matrix)


@dataclass(frozen=True)
class Panel:
    """Everything needed to hold one metric of one system beside the degenerate policies."""

    results: Results
    cells: Cells
    draws: Floats  # bootstrap counts (replicates, cells)
    extra: Mapping[str, Codes]  # degenerate policies that do look at something: length

    def matrices(self, answers: Codes) -> tuple[Floats, Floats]:
        """Confusion of the data and of every replicate for answers a cell."""
        k = len(self.results.classes)
        point = confusion(self.cells.counts.astype(np.float64), self.cells.truth, answers, k)
        return point, confusion(self.draws, self.cells.truth, answers, k)

    def truth_counts(self) -> tuple[Floats, Floats]:
        """Class counts of the data and of every replicate."""
        k = len(self.results.classes)
        onehot = np.eye(k)[self.cells.truth]
        return self.cells.counts @ onehot, self.draws @ onehot


def degenerate_values(metric: AnyMetric, panel: Panel) -> tuple[dict[str, float], Floats]:
    """Each policy's value on the data, and the best oriented value on every replicate.

    A policy whose value is 0/0 (MCC of a constant) is left to the random ones, which tend to the same
    limit.
    """
    point_counts, draw_counts = panel.truth_counts()
    values: dict[str, float] = {}
    best = np.full(len(panel.draws), -np.inf)
    for name, probabilities in policies(panel.results).items():
        point = policy_matrices(point_counts, probabilities)
        values[name] = float(value_of(metric, point, panel.results.positive))
        drawn = value_of(metric, policy_matrices(draw_counts, probabilities), panel.results.positive)
        best = np.fmax(best, metric.oriented(drawn))
    for name, answers in panel.extra.items():
        point, draws = panel.matrices(answers)
        values[name] = float(value_of(metric, point, panel.results.positive))
        best = np.fmax(best, metric.oriented(value_of(metric, draws, panel.results.positive)))
    return values, best


def perfect_value(metric: AnyMetric, truth_counts: Floats, positive: int | None) -> Floats:
    """The metric when every answer is right, for class counts (…, K)."""
    k = truth_counts.shape[-1]
    matrix = np.concatenate([np.eye(k), np.zeros((k, 1))], axis=1) * truth_counts[..., :, None]
    return value_of(metric, matrix, positive)


def score_metric(
    metric: AnyMetric, system: str, panel: Panel, knows: Knowledge, matrices: tuple[Floats, Floats],
    degenerate: tuple[dict[str, float], Floats], *, level: float = 0.95,
) -> Score:  # fmt: skip
    """One metric of one system with its interval, the best degenerate policy beside it, and its skill."""
    results, n = panel.results, panel.results.n
    point, drawn = (value_of(metric, m, results.positive) for m in matrices)
    values, best_drawn = degenerate
    oriented = {name: float(metric.oriented(np.array(v))) for name, v in values.items() if not np.isnan(v)}
    top = max(oriented, key=lambda name: oriented[name]) if oriented else ""
    top_value = values[top] if top else float("nan")
    shown_panel = {name: (float(v) if np.isfinite(v) else None) for name, v in values.items()}
    value = _with_interval(float(point), drawn, n, level, f"{metric.name} of {system}")
    point_counts, draw_counts = panel.truth_counts()
    perfect = metric.oriented(perfect_value(metric, point_counts, results.positive))
    perfect_drawn = metric.oriented(perfect_value(metric, draw_counts, results.positive))
    with np.errstate(divide="ignore", invalid="ignore"):
        best = oriented.get(top, np.nan)
        skill = (metric.oriented(np.array(float(point))) - best) / (perfect - best)
        skill_drawn = (metric.oriented(drawn) - best_drawn) / (perfect_drawn - best_drawn)
    saturated = bool(best >= perfect)  # a constant answer is perfect by this metric alone (recall, precision …)
    found = _with_interval(float(skill), skill_drawn, n, level, f"skill of {system} by {metric.name}")
    useful = isinstance(found, Estimate) and found.low > 0 and knows.yes
    reason = "" if useful else _why(metric, value, top, top_value, found, knows.why)
    return Score(system, metric.name, value, top, top_value, found, useful, reason, shown_panel, saturated)


def _with_interval(point: float, drawn: Floats, n: int, level: float, what: str) -> Measured:
    finite = drawn[np.isfinite(drawn)]
    if not np.isfinite(point) or finite.size < 0.5 * drawn.size:
        reason = "0/0" if np.isnan(point) or finite.size < 0.5 * drawn.size else "infinite"
        return NotMeasured(reason=f"{what} is {reason} on these counts",
                           needed="items of the kind it divides by")  # fmt: skip
    tail = (1 - level) / 2
    low, high = np.quantile(finite, [tail, 1 - tail])
    return estimate(point, float(low), float(high), n, level=level, segment="all", method="bootstrap")


def _why(metric: AnyMetric, value: Measured, top: str, top_value: float, skill: Measured, knows: str) -> str:
    """Why this number may not be reported as good, in plain words."""
    if isinstance(value, NotMeasured):
        return value.reason
    beside = f"predicting {top} scores {metric.shown(top_value)}" if top.startswith("'") else (
        f"{top} scores {metric.shown(top_value)}" if top else "no degenerate policy has a value"
    )  # fmt: skip
    said = f"not measured as useful: {beside}"
    if isinstance(skill, Estimate) and skill.low > 0 and knows:
        return f"{said}; {knows}"
    if isinstance(skill, Estimate) and skill.value > 0:
        return f"{said}, and the lead over it may be chance (skill {skill.value:.2f}, down to {skill.low:.2f})"
    return said
