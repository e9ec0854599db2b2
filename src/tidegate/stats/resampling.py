"""Intervals by resampling: percentile, BCa and clustered bootstrap, all from one weight matrix.

A bootstrap replicate is a vector of counts (how often each unit was drawn).  Statistics that are
functions of weighted sums are then one matrix product for all replicates; others are called row by row.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, check_level, estimate, group_codes, vector
from tidegate.stats.late import late

stats = late("scipy.stats")

Statistic = Callable[[Floats], float]


def bootstrap_weights(
    n: int, replicates: int, rng: np.random.Generator, clusters: ArrayLike | None = None, chunk: int = 256
) -> Iterator[Floats]:
    """Chunks (rows, n) of multinomial draw counts; whole clusters are drawn together when given."""
    if clusters is None:
        for start in range(0, replicates, chunk):
            rows = min(chunk, replicates - start)
            draws = rng.integers(0, n, size=(rows, n))
            offsets = np.arange(rows)[:, None] * n
            yield np.bincount((draws + offsets).ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)
        return
    codes, k = group_codes(np.asarray(clusters))
    for weights in bootstrap_weights(k, replicates, rng, None, chunk):
        yield weights[:, codes]


def bootstrap_mean_draws(
    values: Floats, replicates: int, rng: np.random.Generator, clusters: ArrayLike | None = None
) -> Floats:
    """Bootstrap draws of the mean, shape (replicates, columns); `values` is (n,) or (n, columns)."""
    table = values[:, None] if values.ndim == 1 else values
    if clusters is not None:  # sums within clusters carry everything the mean needs
        codes, k = group_codes(np.asarray(clusters))
        sums = np.stack([np.bincount(codes, column, minlength=k) for column in table.T], axis=1)
        sizes = np.bincount(codes, minlength=k).astype(np.float64)
        out = [(w @ sums) / (w @ sizes)[:, None] for w in bootstrap_weights(k, replicates, rng)]
    else:
        out = [w @ table / len(table) for w in bootstrap_weights(len(table), replicates, rng)]
    return np.concatenate(out)


def percentile_bounds(draws: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Percentile interval of draws along the first axis; NaN draws are left out."""
    tail = (1 - check_level(level)) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail], axis=0)
    return np.asarray(low), np.asarray(high)


def bootstrap_mean(
    values: ArrayLike,
    rng: np.random.Generator,
    *,
    clusters: ArrayLike | None = None,
    replicates: int = 2000,
    level: float = 0.95,
    segment: str = "all",
) -> Measured:
    """A mean with its (cluster) percentile bootstrap interval; n counts clusters when given."""
    x = vector("values", values)
    units = x.size if clusters is None else group_codes(np.asarray(clusters))[1]
    if units < 2:
        return NotMeasured(reason=f"{units} independent unit(s)", needed="at least 2 units", segment=segment)
    draws = bootstrap_mean_draws(x, replicates, rng, clusters)[:, 0]
    low, high = percentile_bounds(draws, level)
    method = "bootstrap percentile" if clusters is None else "cluster bootstrap percentile"
    return estimate(float(x.mean()), float(low), float(high), units, level=level, segment=segment, method=method)


def bca(
    values: ArrayLike,
    statistic: Statistic,
    rng: np.random.Generator,
    *,
    replicates: int = 2000,
    level: float = 0.95,
    segment: str = "all",
) -> Measured:
    """Bias-corrected and accelerated bootstrap (Efron 1987) of any statistic of one sample.

    Acceleration by the jackknife.  A statistic that does not vary over replicates gives a
    point interval; one that is NaN on the sample gives NotMeasured.
    """
    x = vector("values", values)
    if x.size < 3:
        return NotMeasured(reason=f"{x.size} value(s)", needed="at least 3 values", segment=segment)
    point = float(statistic(x))
    draws = np.array([statistic(x[rng.integers(0, x.size, x.size)]) for _ in range(replicates)])
    draws = draws[np.isfinite(draws)]
    if not np.isfinite(point) or draws.size < replicates / 2:
        return NotMeasured(reason="the statistic is undefined on this sample", needed="more data", segment=segment)
    jackknife = np.array([statistic(np.delete(x, i)) for i in range(x.size)])
    low, high = bca_bounds(point, draws, jackknife, level)
    return estimate(point, low, high, x.size, level=level, segment=segment, method="BCa bootstrap")


def bca_bounds(point: float, draws: Floats, jackknife: Floats, level: float = 0.95) -> tuple[float, float]:
    """BCa limits from replicates and jackknife values (Efron & Tibshirani 1993, eq. 14.9–14.15)."""
    below = (np.sum(draws < point) + 0.5 * np.sum(draws == point)) / draws.size
    below = min(max(below, 0.5 / draws.size), 1 - 0.5 / draws.size)
    bias = float(stats.norm.ppf(below))
    gap = np.mean(jackknife) - jackknife
    spread = float(np.sum(gap**2)) ** 1.5
    acceleration = float(np.sum(gap**3)) / (6 * spread) if spread > 0 else 0.0
    ends = []
    for tail in ((1 - check_level(level)) / 2, (1 + level) / 2):
        z = bias + float(stats.norm.ppf(tail))
        ends.append(float(stats.norm.cdf(bias + z / (1 - acceleration * z))))
    low, high = np.quantile(draws, ends)
    return float(low), float(high)


def permutation_p(observed: float, null: ArrayLike) -> float:
    """(1 + #{null ≥ observed}) / (B + 1): never 0 and super-uniform (Phipson & Smyth 2010)."""
    draws = np.asarray(null, dtype=np.float64)
    return float((1 + np.sum(draws >= observed)) / (draws.size + 1))
