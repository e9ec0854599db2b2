"""Metrics of a choice among several classes, from confusion matrices with a last column of unread answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tidegate.stats.arrays import Floats


@dataclass(frozen=True)
class MatrixMetric:
    """A metric of confusion matrices (…, K, K+1); like `catalogue.Metric`, 0/0 gives NaN."""

    name: str
    of: Callable[[Floats], Floats]
    words: str
    better: int = 1
    percent: bool = False

    def __call__(self, matrix: Floats) -> Floats:
        """Values of a stack of matrices."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.of(np.asarray(matrix, dtype=np.float64)), dtype=np.float64)

    def oriented(self, values: Floats) -> Floats:
        """More is better."""
        return self.better * np.asarray(values, dtype=np.float64)

    def shown(self, value: float) -> str:
        """The value as people write it."""
        return f"{100 * value:.1f} %" if self.percent else f"{value:.3f}"


def _hits(m: Floats) -> Floats:
    return np.asarray(np.diagonal(m[..., :-1], axis1=-2, axis2=-1))


def _truths(m: Floats) -> Floats:
    return np.asarray(m.sum(axis=-1))


def _calls(m: Floats) -> Floats:
    return np.asarray(m[..., :-1].sum(axis=-2))


def _class_f1(m: Floats) -> Floats:
    return 2 * _hits(m) / (_truths(m) + _calls(m))


def _present_mean(values: Floats, m: Floats) -> Floats:
    """Mean over the classes that occur in truth or answers; an occurring class with 0/0 counts as 0."""
    occurs = (_truths(m) + _calls(m)) > 0
    return np.asarray(np.where(occurs, np.nan_to_num(values), 0.0).sum(axis=-1) / occurs.sum(axis=-1))


def _mcc(m: Floats) -> Floats:
    n = m.sum(axis=(-2, -1))
    t, p = _truths(m), np.concatenate([_calls(m), m[..., -1].sum(axis=-1)[..., None]], axis=-1)
    covariance = _hits(m).sum(axis=-1) * n - (t * p[..., :-1]).sum(axis=-1)
    return np.asarray(covariance / np.sqrt((n**2 - (p**2).sum(axis=-1)) * (n**2 - (t**2).sum(axis=-1))))


def _kappa(m: Floats) -> Floats:
    n = m.sum(axis=(-2, -1))
    seen, chance = _hits(m).sum(axis=-1) / n, (_truths(m) * _calls(m)).sum(axis=-1) / n**2
    return np.asarray((seen - chance) / (1 - chance))


def _balanced(m: Floats) -> Floats:
    t = _truths(m)
    rate = np.where(t > 0, _hits(m) / np.maximum(t, 1e-300), 0.0)
    return np.asarray(rate.sum(axis=-1) / (t > 0).sum(axis=-1))


def _weighted_f1(m: Floats) -> Floats:
    t = _truths(m)
    return np.asarray((t * np.nan_to_num(_class_f1(m))).sum(axis=-1) / t.sum(axis=-1))


def _worst_recall(m: Floats) -> Floats:
    t = _truths(m)
    return np.asarray(np.where(t > 0, _hits(m) / np.maximum(t, 1e-300), np.inf).min(axis=-1))


MATRIX_METRICS: tuple[MatrixMetric, ...] = (
    MatrixMetric("accuracy", lambda m: _hits(m).sum(axis=-1) / m.sum(axis=(-2, -1)),
                 "every item weighs the same, so common classes decide", percent=True),
    MatrixMetric("balanced-accuracy", _balanced, "every class weighs the same, whatever its size"),
    MatrixMetric("macro-f1", lambda m: _present_mean(_class_f1(m), m), "the mean F1 of the classes"),
    MatrixMetric("weighted-f1", _weighted_f1, "the F1 of the classes, common ones weighing more"),
    MatrixMetric("macro-precision", lambda m: _present_mean(_hits(m) / _calls(m), m), "trust in each class's calls"),
    MatrixMetric("worst-class-recall", _worst_recall, "no class may be given up"),
    MatrixMetric("mcc", _mcc, "correlation of truth and answer over all classes"),
    MatrixMetric("kappa", _kappa, "agreement beyond what the margins give by chance"),
    MatrixMetric("error-rate", lambda m: 1 - _hits(m).sum(axis=-1) / m.sum(axis=(-2, -1)),
                 "all confusions cost the same", -1),
)  # fmt: skip
