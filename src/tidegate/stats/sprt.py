"""Wald's sequential probability ratio test of a share: p0 or p1, with as few questions as possible.

Wald & Wolfowitz (1948): no test with these error rates asks fewer questions on average.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from tidegate.spine.errors import InputError


@dataclass(frozen=True)
class Sprt:
    """State of a test of H0: p = p0 against H1: p = p1; `observe` returns the next state.

    `decision` is `h1` once the log likelihood ratio reaches ln((1−β)/α), `h0` once it falls to
    ln(β/(1−α)), else `undecided`.  Type I error ≤ α/(1−β), type II ≤ β/(1−α).
    """

    p0: float
    p1: float
    alpha: float = 0.05
    beta: float = 0.05
    log_ratio: float = 0.0
    n: int = 0

    def __post_init__(self) -> None:
        if not (0 < self.p0 < 1 and 0 < self.p1 < 1 and self.p0 != self.p1):
            raise InputError(f"expected two different shares in (0, 1), got p0={self.p0}, p1={self.p1}")
        if not (0 < self.alpha < 1 and 0 < self.beta < 1 and self.alpha + self.beta < 1):
            raise InputError(f"expected error rates with alpha + beta < 1, got {self.alpha}, {self.beta}")

    @property
    def upper(self) -> float:
        """Reaching this accepts H1."""
        return math.log((1 - self.beta) / self.alpha)

    @property
    def lower(self) -> float:
        """Falling to this accepts H0."""
        return math.log(self.beta / (1 - self.alpha))

    @property
    def decision(self) -> Literal["h0", "h1", "undecided"]:
        """What the evidence so far says."""
        if self.log_ratio >= self.upper:
            return "h1"
        return "h0" if self.log_ratio <= self.lower else "undecided"

    def observe(self, success: bool) -> Sprt:
        """The state after one more answer."""
        ratio = self.p1 / self.p0 if success else (1 - self.p1) / (1 - self.p0)
        return replace(self, log_ratio=self.log_ratio + math.log(ratio), n=self.n + 1)

    def expected_samples(self, p: float) -> float:
        """Wald's approximate expected number of questions when the share is p0 or p1 (1947, eq. 3:57)."""
        step = p * math.log(self.p1 / self.p0) + (1 - p) * math.log((1 - self.p1) / (1 - self.p0))
        if math.isclose(p, self.p0):
            accept_h1 = self.alpha
        elif math.isclose(p, self.p1):
            accept_h1 = 1 - self.beta
        else:
            raise InputError(f"expected p0={self.p0} or p1={self.p1}, got {p}")
        return (accept_h1 * self.upper + (1 - accept_h1) * self.lower) / step
