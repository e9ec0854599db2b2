"""Summaries that add up: days, shards and segments combine without going back to the rows.

Each is a frozen value with `of(rows)` and `+`; splitting rows, summarising the parts and adding
equals summarising the whole (exactly for counts, to rounding for moments).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats, vector


@dataclass(frozen=True)
class Bernoulli:
    """Successes among n trials."""

    successes: int = 0
    n: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.n:
            raise InputError(f"expected 0 <= successes <= n, got successes={self.successes}, n={self.n}")

    @classmethod
    def of(cls, outcomes: ArrayLike) -> Bernoulli:
        """Counts of 0/1 (or true/false) outcomes."""
        x = vector("outcomes", outcomes)
        if x.size and not np.isin(x, (0.0, 1.0)).all():
            raise InputError(f"expected outcomes 0 or 1, got {x[~np.isin(x, (0.0, 1.0))][0]}")
        return cls(int(x.sum()), int(x.size))

    def __add__(self, other: Bernoulli) -> Bernoulli:
        return Bernoulli(self.successes + other.successes, self.n + other.n)

    @property
    def mean(self) -> float:
        """Observed share; NaN when nothing was observed."""
        return self.successes / self.n if self.n else math.nan


@dataclass(frozen=True)
class Moments:
    """Count, mean and centred second moment (Chan, Golub & LeVeque 1983: adding loses no digits)."""

    n: int = 0
    mean: float = 0.0
    m2: float = 0.0

    @classmethod
    def of(cls, values: ArrayLike) -> Moments:
        """Moments of a one-dimensional sample."""
        x = vector("values", values)
        if not x.size:
            return cls()
        mean = float(x.mean())
        return cls(int(x.size), mean, float(((x - mean) ** 2).sum()))

    @classmethod
    def from_sums(cls, n: int, total: float, total_squares: float) -> Moments:
        """From count, sum and sum of squares, the form in which warehouses keep them."""
        if n == 0:
            return cls()
        return cls(n, total / n, max(total_squares - total * total / n, 0.0))

    def __add__(self, other: Moments) -> Moments:
        if not other.n:
            return self
        if not self.n:
            return other
        n = self.n + other.n
        gap = other.mean - self.mean
        return Moments(n, self.mean + gap * other.n / n, self.m2 + other.m2 + gap * gap * self.n * other.n / n)

    @property
    def variance(self) -> float:
        """Unbiased sample variance; NaN below two values."""
        return self.m2 / (self.n - 1) if self.n > 1 else math.nan

    @property
    def standard_error(self) -> float:
        """Of the mean; NaN below two values."""
        return math.sqrt(self.variance / self.n) if self.n > 1 else math.nan


@dataclass(frozen=True)
class Comoments:
    """Joint moments of two columns, for ratios, regressions and control variates."""

    x: Moments = Moments()
    y: Moments = Moments()
    cxy: float = 0.0

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike) -> Comoments:
        """Joint moments of paired samples."""
        a, b = vector("x", x), vector("y", y)
        if a.size != b.size:
            raise InputError(f"expected pairs, got {a.size} and {b.size} values")
        if not a.size:
            return cls()
        return cls(Moments.of(a), Moments.of(b), float(((a - a.mean()) * (b - b.mean())).sum()))

    def __add__(self, other: Comoments) -> Comoments:
        n = self.x.n + other.x.n
        cross = 0.0
        if self.x.n and other.x.n:
            cross = (other.x.mean - self.x.mean) * (other.y.mean - self.y.mean) * self.x.n * other.x.n / n
        return Comoments(self.x + other.x, self.y + other.y, self.cxy + other.cxy + cross)

    @property
    def covariance(self) -> float:
        """Unbiased sample covariance; NaN below two pairs."""
        return self.cxy / (self.x.n - 1) if self.x.n > 1 else math.nan


@dataclass(frozen=True)
class Histogram:
    """Counts per category (arms, labels, tokens), by name."""

    counts: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, labels: ArrayLike) -> Histogram:
        """Counts of the labels' text forms."""
        names, counts = np.unique(np.asarray(labels).astype(str), return_counts=True)
        return cls(tuple((str(n), int(c)) for n, c in zip(names, counts, strict=True)))

    def __add__(self, other: Histogram) -> Histogram:
        total = dict(self.counts)
        for name, count in other.counts:
            total[name] = total.get(name, 0) + count
        return Histogram(tuple(sorted(total.items())))

    @property
    def n(self) -> int:
        """All counts together."""
        return sum(c for _, c in self.counts)


def cluster_sums(values: Floats, codes: np.ndarray, k: int) -> tuple[Floats, Floats]:
    """Sum and size of each of k clusters; these add over shards when clusters are shared by name."""
    sums = np.bincount(codes, values, minlength=k).astype(np.float64)
    return sums, np.bincount(codes, minlength=k).astype(np.float64)
