"""Which items are hard, and which tell good from bad?  Two-parameter logistic item response theory.

P(right | θ) = σ(a(θ − b)), θ ~ N(0, 1); marginal maximum likelihood by EM with Gauss–Hermite quadrature
(Bock & Aitkin 1981).  A negative discrimination marks a suspect label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats, floats
from tidegate.stats.late import late

special = late("scipy.special")


@dataclass(frozen=True)
class TwoParameter:
    """Fitted items: discrimination a, difficulty b, and the marginal log-likelihood."""

    discrimination: Floats
    difficulty: Floats
    log_likelihood: float
    iterations: int

    def probability(self, theta: ArrayLike) -> Floats:
        """P(right) for abilities theta, shape (abilities, items)."""
        t = np.atleast_1d(floats("theta", theta))
        return np.asarray(special.expit(self.discrimination * (t[:, None] - self.difficulty)))

    def information(self, theta: ArrayLike) -> Floats:
        """Fisher information a²P(1−P), shape (abilities, items)."""
        p = self.probability(theta)
        return np.asarray(self.discrimination**2 * p * (1 - p))

    def ability(self, responses: ArrayLike, points: int = 41) -> Floats:
        """Posterior mean ability of each row of responses (NaN where not answered)."""
        y = np.atleast_2d(np.asarray(responses, dtype=np.float64))
        nodes, log_weights = _quadrature(points)
        posterior = _posterior(y, self.discrimination, -self.discrimination * self.difficulty, nodes, log_weights)[0]
        return np.asarray(posterior @ nodes)


def _quadrature(points: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    return nodes, np.log(weights / weights.sum())


def _posterior(y: Floats, a: Floats, d: Floats, nodes: Floats, log_weights: Floats) -> tuple[Floats, Floats]:
    """Posterior weights (rows, nodes) and log-likelihood of each row; intercept form a·θ + d."""
    margin = nodes[:, None] * a + d
    log_right, log_wrong = special.log_expit(margin), special.log_expit(-margin)
    seen = ~np.isnan(y)
    right = np.where(seen, y, 0.0)
    log_joint = right @ log_right.T + (seen - right) @ log_wrong.T + log_weights
    row = special.logsumexp(log_joint, axis=1)
    return np.exp(log_joint - row[:, None]), np.asarray(row)


def fit_two_parameter(
    responses: ArrayLike,
    *,
    counts: ArrayLike | None = None,
    points: int = 41,
    iterations_max: int = 500,
    tolerance: float = 1e-7,
    shrink: float = 0.0,
) -> TwoParameter:
    """Fit items from responses[person, item] in {0, 1} (NaN: not asked); `counts` repeats rows.

    `shrink` is the precision of a N(1, 1/shrink) prior on a and N(0, 1/shrink) on the intercept: needed with
    few systems, 0 for maximum likelihood.
    """
    y = np.asarray(responses, dtype=np.float64)
    if y.ndim != 2 or not np.isin(y[~np.isnan(y)], (0.0, 1.0)).all():
        raise InputError("expected responses[person, item] of 0, 1 or NaN")
    n = np.ones(len(y)) if counts is None else floats("counts", counts)
    nodes, log_weights = _quadrature(points)
    seen = ~np.isnan(y)
    right = np.where(seen, y, 0.0)
    a = np.ones(y.shape[1])
    rate = (n @ right + 0.5) / (n @ seen + 1)
    d = special.logit(rate)
    last, steps = -np.inf, 0
    for _ in range(iterations_max):
        steps += 1
        posterior, row = _posterior(y, a, d, nodes, log_weights)
        weighted = posterior * n[:, None]
        total, hits = weighted.T @ seen, weighted.T @ right  # expected answers and right answers at each node
        a, d = _newton(a, d, nodes, total, hits, shrink)
        likelihood = float(n @ row)
        if abs(likelihood - last) < tolerance:
            break
        last = likelihood
    likelihood = float(n @ _posterior(y, a, d, nodes, log_weights)[1])
    with np.errstate(divide="ignore"):
        return TwoParameter(a, -d / np.where(a == 0, np.nan, a), likelihood, steps)


def _newton(a: Floats, d: Floats, nodes: Floats, total: Floats, hits: Floats, shrink: float) -> tuple[Floats, Floats]:
    """A few Newton steps of every item's weighted logistic regression on the nodes, all items at once."""
    for _ in range(4):
        p = special.expit(nodes[:, None] * a + d)
        residual, weight = hits - total * p, total * p * (1 - p)
        g_a, g_d = nodes @ residual - shrink * (a - 1), residual.sum(axis=0) - shrink * d
        h_aa = (nodes**2) @ weight + shrink + 1e-9
        h_dd = weight.sum(axis=0) + shrink + 1e-9
        h_ad = nodes @ weight
        determinant = h_aa * h_dd - h_ad**2
        a = a + np.clip((h_dd * g_a - h_ad * g_d) / determinant, -1, 1)
        d = d + np.clip((h_aa * g_d - h_ad * g_a) / determinant, -1, 1)
    return a, d


def item_rest_correlation(responses: ArrayLike) -> Floats:
    """Correlation of each item with the score on all others; NaN for items without spread."""
    y = floats("responses", responses)
    rest = y.sum(axis=1, keepdims=True) - y
    centred, other = y - y.mean(axis=0), rest - rest.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0) * (other**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(spread > 0, (centred * other).sum(axis=0) / spread, np.nan))
