"""How sure is this share, difference or mean?  Fixed-sample intervals.

Looking more than once needs `sequences` instead: these hold at one planned look.
"""

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, check_level, estimate, floats, vector
from tidegate.stats.late import late
from tidegate.stats.summaries import Bernoulli, Moments

special = late("scipy.special")


def _counts(successes: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    x, m = np.broadcast_arrays(floats("successes", successes), floats("n", n))
    if ((x < 0) | (x > m)).any():
        at = int(np.flatnonzero(((x < 0) | (x > m)).ravel())[0])
        raise InputError(f"expected 0 <= successes <= n, got {x.ravel()[at]:g} of {m.ravel()[at]:g} at position {at}")
    return np.asarray(x), np.asarray(m)


def wilson_bounds(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's score interval (Wilson 1927, eq. 8), vectorised; n = 0 gives [0, 1]."""
    x, m = _counts(successes, n)
    z2 = float(special.ndtri(0.5 + check_level(level) / 2)) ** 2
    safe = np.maximum(m, 1.0)
    p = x / safe
    centre = (p + z2 / (2 * safe)) / (1 + z2 / safe)
    half = np.sqrt(z2 * (p * (1 - p) / safe + z2 / (4 * safe**2))) / (1 + z2 / safe)
    low = np.where(x == 0, 0.0, np.clip(centre - half, 0, 1))
    high = np.where(x == m, 1.0, np.clip(centre + half, 0, 1))
    return np.where(m > 0, low, 0.0), np.where(m > 0, high, 1.0)


def jeffreys_bounds(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Equal-tailed interval of Beta(x+½, n−x+½), with the ends closed (Brown, Cai & DasGupta 2001)."""
    x, m = _counts(successes, n)
    tail = (1 - check_level(level)) / 2
    low = special.betaincinv(x + 0.5, m - x + 0.5, tail)
    high = special.betaincinv(x + 0.5, m - x + 0.5, 1 - tail)
    return np.where(x == 0, 0.0, low), np.where(x == m, 1.0, high)


def clopper_pearson_bounds(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """The exact interval (Clopper & Pearson 1934): covers at least `level` whatever the truth."""
    x, m = _counts(successes, n)
    tail = (1 - check_level(level)) / 2
    low = np.where(x == 0, 0.0, special.betaincinv(np.maximum(x, 0.5), m - x + 1, tail))
    high = np.where(x == m, 1.0, special.betaincinv(x + 1, np.maximum(m - x, 0.5), 1 - tail))
    return low, high


_BOUNDS = {"wilson": wilson_bounds, "jeffreys": jeffreys_bounds, "clopper-pearson": clopper_pearson_bounds}


def proportion(
    counts: Bernoulli | tuple[int, int], *, method: str = "wilson", level: float = 0.95, segment: str = "all"
) -> Measured:
    """A share with its interval; NotMeasured without trials.

    `method` is `wilson` (good mean coverage), `jeffreys` (the posterior) or `clopper-pearson`
    (never under-covers; for promises).
    """
    c = counts if isinstance(counts, Bernoulli) else Bernoulli(*counts)
    if method not in _BOUNDS:
        raise InputError(f"expected a method among {', '.join(_BOUNDS)}, got {method!r}")
    if c.n == 0:
        return NotMeasured(reason="no trials", needed="at least one trial", segment=segment)
    low, high = _BOUNDS[method](c.successes, c.n, level)
    return estimate(c.mean, float(low), float(high), c.n, level=level, segment=segment, method=method)


def proportion_difference(
    treatment: Bernoulli, control: Bernoulli, *, level: float = 0.95, segment: str = "all"
) -> Measured:
    """p_treatment − p_control by Newcombe's hybrid score (1998, method 10)."""
    if not treatment.n or not control.n:
        return NotMeasured(reason="an arm has no trials", needed="trials in both arms", segment=segment)
    lt, ut = wilson_bounds(treatment.successes, treatment.n, level)
    lc, uc = wilson_bounds(control.successes, control.n, level)
    a, b = treatment.mean, control.mean
    low = a - b - float(np.hypot(a - lt, uc - b))
    high = a - b + float(np.hypot(ut - a, b - lc))
    return estimate(a - b, low, high, treatment.n + control.n, level=level, segment=segment, method="newcombe")


def mean(values: ArrayLike | Moments, *, level: float = 0.95, segment: str = "all") -> Measured:
    """A mean with Student's interval; NotMeasured below two values."""
    m = values if isinstance(values, Moments) else Moments.of(values)
    if m.n < 2:
        return NotMeasured(reason=f"{m.n} value(s) have no spread", needed="at least 2 values", segment=segment)
    half = float(special.stdtrit(m.n - 1, 0.5 + check_level(level) / 2)) * m.standard_error
    return estimate(m.mean, m.mean - half, m.mean + half, m.n, level=level, segment=segment, method="student")


def hoeffding_bounds(means: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Hoeffding (1963): bounds of the mean of [0, 1]-valued draws, exact at any n, vectorised."""
    m, k = floats("means", means), floats("n", n)
    half = np.sqrt(np.log(2 / (1 - check_level(level))) / (2 * np.maximum(k, 1e-300)))
    return np.clip(m - half, 0, 1), np.clip(m + half, 0, 1)


def bounded_mean(values: ArrayLike, *, level: float = 0.95, segment: str = "all") -> Measured:
    """Mean of values in [0, 1] by inverting the betting test of `sequences` is tighter; this is Hoeffding's."""
    x = vector("values", values)
    if not x.size:
        return NotMeasured(reason="no values", needed="at least one value", segment=segment)
    if x.min() < 0 or x.max() > 1:
        raise InputError(f"expected values in [0, 1], got {x.min():g} to {x.max():g}", remedy="rescale them")
    low, high = hoeffding_bounds(x.mean(), x.size, level)
    return estimate(float(x.mean()), float(low), float(high), x.size, level=level, segment=segment, method="hoeffding")


def quantile(values: ArrayLike, q: float, *, level: float = 0.95, segment: str = "all") -> Measured:
    """A quantile with the distribution-free order-statistic interval (David & Nagaraja 2003, 7.1)."""
    x = np.sort(vector("values", values))
    if not 0 < q < 1:
        raise InputError(f"expected a quantile between 0 and 1, got {q!r}")
    if not x.size:
        return NotMeasured(reason="no values", needed="at least one value", segment=segment)
    tail = (1 - check_level(level)) / 2
    below = _binomial_quantile(tail, x.size, q)
    above = _binomial_quantile(1 - tail, x.size, q) + 1
    low = x[below - 1] if below >= 1 else -np.inf
    high = x[above - 1] if above <= x.size else np.inf
    return estimate(
        float(np.quantile(x, q)), low, high, x.size, level=level, segment=segment, method="order statistics"
    )


def _binomial_quantile(p: float, n: int, q: float) -> int:
    """The smallest k with P(X <= k) >= p for X binomial(n, q)."""
    k = int(np.ceil(special.bdtrik(p, n, q)))
    return k - 1 if k > 0 and special.bdtr(k - 1, n, q) >= p else k
