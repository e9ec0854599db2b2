"""Do scores mean what they say?  Maps from scores to probabilities, and how far off they are.

Isotonic regression (pool adjacent violators) and Platt's logistic map are fitted on one part of
the data and must be evaluated on another; the fitted maps are frozen values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, estimate, vector
from tidegate.stats.late import late
from tidegate.stats.resampling import bootstrap_weights, percentile_bounds

optimize = late("scipy.optimize")
special = late("scipy.special")


def _pairs(scores: ArrayLike, outcomes: ArrayLike) -> tuple[Floats, Floats]:
    s, y = vector("scores", scores), vector("outcomes", outcomes)
    if s.size != y.size or not s.size:
        raise InputError(f"expected as many outcomes as scores and at least one, got {s.size} and {y.size}")
    if not np.isin(y, (0.0, 1.0)).all():
        raise InputError(f"expected outcomes 0 or 1, got {y[~np.isin(y, (0.0, 1.0))][0]}")
    return s, y


@dataclass(frozen=True)
class Isotonic:
    """A non-decreasing step map; constant outside the scores it was fitted on."""

    at: tuple[float, ...]
    value: tuple[float, ...]

    @classmethod
    def fit(cls, scores: ArrayLike, outcomes: ArrayLike) -> Isotonic:
        """Least squares under monotonicity (scipy's pool-adjacent-violators)."""
        s, y = _pairs(scores, outcomes)
        points, inverse, counts = np.unique(s, return_inverse=True, return_counts=True)
        means = np.bincount(inverse.ravel(), y) / counts
        fitted = optimize.isotonic_regression(means, weights=counts.astype(np.float64)).x
        return cls(tuple(points.tolist()), tuple(np.asarray(fitted).tolist()))

    def __call__(self, scores: ArrayLike) -> Floats:
        """Probabilities, linear between the fitted points."""
        return np.interp(vector("scores", scores), self.at, self.value)


@dataclass(frozen=True)
class Platt:
    """p = σ(a·score + b), fitted with Platt's (1999) smoothed targets."""

    a: float
    b: float

    @classmethod
    def fit(cls, scores: ArrayLike, outcomes: ArrayLike) -> Platt:
        """Maximum likelihood with targets (n₊+1)/(n₊+2) and 1/(n₋+2), Newton from zero."""
        s, y = _pairs(scores, outcomes)
        positive = y.sum()
        target = np.where(y == 1, (positive + 1) / (positive + 2), 1 / (y.size - positive + 2))
        centre, scale = float(s.mean()), float(s.std()) or 1.0
        z = (s - centre) / scale

        def loss(w: Floats) -> tuple[float, Floats]:
            margin = w[0] * z + w[1]
            gradient = special.expit(margin) - target
            return float(np.sum(np.logaddexp(0, margin) - target * margin)), np.array([gradient @ z, gradient.sum()])

        a, b = optimize.minimize(loss, np.zeros(2), jac=True, method="BFGS").x
        return cls(float(a / scale), float(b - a * centre / scale))

    def __call__(self, scores: ArrayLike) -> Floats:
        """Probabilities."""
        return np.asarray(special.expit(self.a * vector("scores", scores) + self.b))


def brier(probabilities: ArrayLike, outcomes: ArrayLike, *, level: float = 0.95, segment: str = "all") -> Measured:
    """Mean squared error of probabilities, with Student's interval."""
    p, y = _pairs(probabilities, outcomes)
    if y.size < 2:
        return NotMeasured(reason="one item", needed="at least 2 items", segment=segment)
    loss = (p - y) ** 2
    half = float(special.stdtrit(y.size - 1, 0.5 + level / 2) * loss.std(ddof=1) / np.sqrt(y.size))
    return estimate(
        float(loss.mean()), max(0.0, loss.mean() - half), loss.mean() + half, y.size,
        level=level, segment=segment, method="brier",
    )  # fmt: skip


def calibration_error(
    probabilities: ArrayLike,
    outcomes: ArrayLike,
    rng: np.random.Generator,
    *,
    bins: int = 15,
    replicates: int = 500,
    level: float = 0.95,
    segment: str = "all",
) -> Measured:
    """Squared-bias-corrected expected calibration error over equal-mass bins (Kumar, Liang & Ma 2019, eq. 8).

    The plug-in error is positive even for perfect probabilities; this subtracts the sampling
    noise p̂(1−p̂)/(n_b−1) of each bin before the root.
    """
    p, y = _pairs(probabilities, outcomes)
    if p.min() < 0 or p.max() > 1:
        raise InputError(f"expected probabilities in [0, 1], got {p.min():g} to {p.max():g}")
    if y.size < 2 * bins:
        return NotMeasured(reason=f"{y.size} items for {bins} bins", needed=f"at least {2 * bins}", segment=segment)
    codes = np.empty(y.size, dtype=np.int64)
    codes[np.argsort(p, kind="stable")] = np.arange(y.size) * bins // y.size
    onehot = np.eye(bins)[codes]

    def error(weights: Floats) -> Floats:
        size = weights @ onehot
        rate, said = (weights * y) @ onehot / size, (weights * p) @ onehot / size
        squared = (rate - said) ** 2 - rate * (1 - rate) / np.maximum(size - 1, 1)
        return np.asarray(np.sqrt(np.maximum((squared * size).sum(axis=-1) / y.size, 0.0)))

    with np.errstate(invalid="ignore", divide="ignore"):
        point = float(error(np.ones((1, y.size)))[0])
        draws = np.concatenate([error(w) for w in bootstrap_weights(y.size, replicates, rng)])
    low, high = percentile_bounds(draws, level)
    return estimate(point, float(low), float(high), y.size, level=level, segment=segment, method="debiased ECE")
