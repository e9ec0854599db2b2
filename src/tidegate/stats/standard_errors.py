"""Error bars when rows are not independent: clusters, pairs, repeated runs.

Per-question means already carry the noise of repeated runs, so cluster on what was drawn
(question, conversation, user), not on the repetition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import check_level, estimate, group_codes, same_length, vector
from tidegate.stats.late import late

special = late("scipy.special")


@dataclass(frozen=True)
class ClusterSums:
    """Sum and count of each cluster by name; adding shards that share clusters loses nothing."""

    sums: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: ArrayLike, clusters: ArrayLike) -> ClusterSums:
        """Group values by the text form of their cluster."""
        x, names = vector("values", values), np.asarray(clusters).astype(str)
        same_length(values=x, clusters=names)
        keys, codes = np.unique(names, return_inverse=True)
        codes = codes.ravel()
        totals, sizes = np.bincount(codes, x, minlength=keys.size), np.bincount(codes, minlength=keys.size)
        return cls({str(k): (float(s), int(n)) for k, s, n in zip(keys, totals, sizes, strict=True)})

    def __add__(self, other: ClusterSums) -> ClusterSums:
        out = dict(self.sums)
        for name, (total, n) in other.sums.items():
            t0, n0 = out.get(name, (0.0, 0))
            out[name] = (t0 + total, n0 + n)
        return ClusterSums(out)

    def mean(self, *, level: float = 0.95, segment: str = "all") -> Measured:
        """Mean over rows with the cluster-robust interval."""
        totals = np.array([s for s, _ in self.sums.values()])
        sizes = np.array([n for _, n in self.sums.values()], dtype=np.float64)
        return _from_sums(totals, sizes, level, segment, "clustered")


def clustered_se(values: ArrayLike, clusters: ArrayLike) -> float:
    """√(C/(C−1)·Σ_c(Σ_{i∈c}(s_i − s̄))²)/n; NaN below two clusters.

    Miller (2024, "Adding error bars to evals", eq. 4) with the C/(C−1) factor that makes singleton
    clusters give the sample standard error exactly.
    """
    x = vector("values", values)
    codes, k = group_codes(np.asarray(clusters))
    same_length(values=x, clusters=codes)
    return _se(np.bincount(codes, x, minlength=k), np.bincount(codes, minlength=k).astype(np.float64))


def _se(totals: np.ndarray, sizes: np.ndarray) -> float:
    k, n = totals.size, sizes.sum()
    if k < 2:
        return float("nan")
    residual = totals - sizes * (totals.sum() / n)
    return float(np.sqrt(k / (k - 1) * np.sum(residual**2)) / n)


def _from_sums(totals: np.ndarray, sizes: np.ndarray, level: float, segment: str, method: str) -> Measured:
    if totals.size < 2:
        return NotMeasured(reason=f"{totals.size} cluster(s)", needed="at least 2 clusters", segment=segment)
    value, se = float(totals.sum() / sizes.sum()), _se(totals, sizes)
    half = float(special.stdtrit(totals.size - 1, 0.5 + check_level(level) / 2)) * se
    return estimate(value, value - half, value + half, totals.size, level=level, segment=segment, method=method)


def clustered_mean(values: ArrayLike, clusters: ArrayLike, *, level: float = 0.95, segment: str = "all") -> Measured:
    """Mean with a cluster-robust interval, Student's t on C−1 degrees of freedom; n counts clusters."""
    x = vector("values", values)
    codes, k = group_codes(np.asarray(clusters))
    same_length(values=x, clusters=codes)
    sizes = np.bincount(codes, minlength=k).astype(np.float64)
    return _from_sums(np.bincount(codes, x, minlength=k), sizes, level, segment, "clustered")


def paired_difference(
    a: ArrayLike, b: ArrayLike, clusters: ArrayLike | None = None, *, level: float = 0.95, segment: str = "all"
) -> Measured:
    """Mean of a − b over the same items, clustered when items are; n counts the independent units."""
    x, y = vector("a", a), vector("b", b)
    same_length(a=x, b=y)
    units = np.arange(x.size) if clusters is None else clusters
    found = clustered_mean(x - y, units, level=level, segment=segment) if x.size else None
    if found is None or isinstance(found, NotMeasured):
        return NotMeasured(reason=f"{x.size} pair(s)", needed="at least 2 independent pairs", segment=segment)
    return estimate(
        found.value, found.low, found.high, found.n, level=level, segment=segment,
        method="paired" if clusters is None else "paired clustered",
    )  # fmt: skip


def design_effect(values: ArrayLike, clusters: ArrayLike) -> float:
    """How many times the naive variance of the mean the clustered one is."""
    x = vector("values", values)
    naive = float(np.var(x, ddof=1)) / x.size
    return clustered_se(x, clusters) ** 2 / naive if naive > 0 else float("nan")
