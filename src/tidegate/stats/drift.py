"""Did it change, and when?  The unit is the batch (a day), not the sample.

Serving noise differs from day to day, so an i.i.d. test between a reference and a day's samples rejects on a
stable endpoint.  Here a day's statistic is held against *its own past days* (predictive t), turned into an
e-value, and accumulated by e-detectors whose average run length under no change is at least 1/α.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats, vector
from tidegate.stats.evalues import p_to_e
from tidegate.stats.late import late
from tidegate.stats.summaries import Moments

special = late("scipy.special")


def total_variation(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """½Σ|p−q| between two count tables over the union of their keys."""
    n_a, n_b = sum(a.values()), sum(b.values())
    if n_a <= 0 or n_b <= 0:
        raise InputError("expected counts on both sides, got an empty table")
    return 0.5 * sum(abs(a.get(t, 0) / n_a - b.get(t, 0) / n_b) for t in {*a, *b})


def most_divided(reference: Mapping[str, Mapping[str, float]], k: int) -> list[str]:
    """The k prompts whose two commonest first tokens are nearest to a tie: where a change shows first.

    "Border inputs" of Chauvin et al. (2026); ties in the ranking go by prompt name.
    """

    def divided(prompt: str) -> float:
        top = sorted(reference[prompt].values(), reverse=True)[:2]
        return top[1] / top[0] if len(top) > 1 and top[0] > 0 else 0.0

    return sorted((p for p in reference if reference[p]), key=lambda p: (-divided(p), p))[:k]


def predictive_p(value: float, past: Moments, *, side: str = "two-sided") -> float:
    """p of a new batch under exchangeable normal batches: t = (D−m)/(s√(1+1/k)) on k−1 degrees of freedom.

    1 with fewer than 3 past batches: nothing can be said.  `side` `greater` sees increases only.
    """
    if past.n < 3:
        return 1.0
    spread = float(np.sqrt(past.variance * (1 + 1 / past.n)))
    if spread <= 0:
        return 1.0 if np.isclose(value, past.mean) else 0.0
    t = (value - past.mean) / spread
    if side == "greater":
        return float(special.stdtr(past.n - 1, -t))
    return float(2 * special.stdtr(past.n - 1, -abs(t)))


@dataclass(frozen=True)
class Cusum:
    """e-CUSUM: M_t = max(1, M_{t−1})·e_t, in logs.  Alarm at 1/α: average run length ≥ 1/α (Shin et al. 2024)."""

    alpha: float
    log_m: float = 0.0
    n: int = 0
    started_at: int = 0  # batch at which the current run of evidence began

    def observe(self, log_e: float) -> Cusum:
        """The state after one more e-value."""
        restart = self.log_m <= 0
        return replace(self, log_m=max(0.0, self.log_m) + log_e, n=self.n + 1,
                       started_at=self.n if restart else self.started_at)  # fmt: skip

    @property
    def alarm(self) -> bool:
        """Whether the evidence has reached 1/α."""
        return bool(self.log_m >= -np.log(self.alpha))


@dataclass(frozen=True)
class ShiryaevRoberts:
    """R_t = (1 + R_{t−1})·e_t, in logs; alarm at 1/α: average run length ≥ 1/α (Shin et al. 2024, thm 2.4)."""

    alpha: float
    log_r: float = -np.inf
    n: int = 0

    def observe(self, log_e: float) -> ShiryaevRoberts:
        """The state after one more e-value."""
        return replace(self, log_r=float(np.logaddexp(0.0, self.log_r)) + log_e, n=self.n + 1)

    @property
    def alarm(self) -> bool:
        """Whether the evidence has reached 1/α."""
        return bool(self.log_r >= -np.log(self.alpha))


@dataclass(frozen=True)
class BatchSentinel:
    """Batch-level monitor: a batch joins the baseline only when it does not look changed.

    `p_alarm` is the per-batch alarm level; `baseline_min` batches are taken in before anything is said.
    """

    p_alarm: float = 1e-3
    baseline_min: int = 5
    side: str = "two-sided"
    baseline: Moments = field(default_factory=Moments)
    p: float = 1.0
    alarm: bool = False
    alarms_in_row: int = 0
    n: int = 0

    def observe(self, value: float) -> BatchSentinel:
        """The state after one more batch's statistic."""
        p = predictive_p(value, self.baseline, side=self.side) if self.baseline.n >= self.baseline_min else 1.0
        alarm = p < self.p_alarm
        baseline = self.baseline if alarm else self.baseline + Moments(1, value, 0.0)
        return replace(self, baseline=baseline, p=p, alarm=alarm, n=self.n + 1,
                       alarms_in_row=self.alarms_in_row + 1 if alarm else 0)  # fmt: skip

    @property
    def log_e(self) -> float:
        """The last batch's evidence, calibrated from its p-value."""
        return float(np.log(p_to_e(self.p)))


def run_sentinel(values: ArrayLike, sentinel: BatchSentinel) -> tuple[Floats, np.ndarray]:
    """p-value and alarm of every batch of a series."""
    ps, alarms = [], []
    for value in vector("values", values):
        sentinel = sentinel.observe(float(value))
        ps.append(sentinel.p)
        alarms.append(sentinel.alarm)
    return np.array(ps), np.array(alarms, dtype=bool)
