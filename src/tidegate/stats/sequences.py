"""Intervals that hold at every look: confidence sequences.

P(the truth is ever outside) ≤ α over all sample sizes at once, so one may watch a stream and stop when one
likes.  `exact` methods hold for every distribution in their class; `asymptotic` ones hold in the
limit after a burn-in and say so in `Path.kind`.  Last axis is time throughout; leading axes are
independent streams.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, check_alpha, estimate, floats, vector
from tidegate.stats.boundaries import (
    beta_binomial_log,
    gamma_exponential_bound,
    gamma_exponential_log,
    mixture_rho,
    normal_two_sided_bound,
)
from tidegate.stats.late import late
from tidegate.stats.summaries import Moments

optimize = late("scipy.optimize")


@dataclass(frozen=True)
class Path:
    """A confidence sequence over time: centre and limits of one shape, and what it promises."""

    centre: Floats
    low: Floats
    high: Floats
    alpha: float
    kind: Literal["exact", "asymptotic"]
    method: str

    def intersect(self) -> Path:
        """The running intersection: limits only shrink.  For a truth that does not move.

        Where the intersection is empty (probability ≤ α under a fixed truth) both limits stay, from
        then on, at the last admissible point that was nearest to the interval that left.
        """
        low = np.maximum.accumulate(self.low, axis=-1)
        high = np.minimum.accumulate(self.high, axis=-1)
        crossed = low > high  # once empty, empty for good: the limits are monotone
        if crossed.any():
            before = np.maximum(crossed.argmax(axis=-1)[..., None] - 1, 0)
            last_low, last_high = np.take_along_axis(low, before, -1), np.take_along_axis(high, before, -1)
            point = np.where(np.take_along_axis(low, before + 1, -1) > last_high, last_high, last_low)
            low, high = np.where(crossed, point, low), np.where(crossed, point, high)
        return Path(np.clip(self.centre, low, high), low, high, self.alpha, self.kind, self.method)

    def at(self, n: int, *, segment: str = "all") -> Measured:
        """The interval after n observations of a single stream, as an `Estimate`."""
        if self.centre.ndim != 1 or not 1 <= n <= self.centre.size:
            raise InputError(f"expected one stream and 1 <= n <= {self.centre.shape[-1]}, got n={n}")
        return estimate(
            float(self.centre[n - 1]), float(self.low[n - 1]), float(self.high[n - 1]), n,
            level=1 - self.alpha, segment=segment, method=f"{self.method} ({self.kind} sequence)",
        )  # fmt: skip

    def ever_misses(self, truth: ArrayLike) -> np.ndarray:
        """Whether each stream's limits ever leave the truth out."""
        t = np.asarray(truth, dtype=np.float64)
        t = t[..., None] if t.ndim else t
        return np.asarray(((self.low > t) | (self.high < t)).any(axis=-1))


def running_moments(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Running n, mean and population variance along the last axis (centred first: keeps digits)."""
    n = np.arange(1, values.shape[-1] + 1, dtype=np.float64)
    shift = values[..., :1]
    first = np.cumsum(values - shift, axis=-1) / n
    second = np.cumsum((values - shift) ** 2, axis=-1) / n
    return n, first + shift, np.maximum(second - first**2, 0.0)


def normal_mixture(values: ArrayLike, *, sigma: float, alpha: float = 0.05, n_opt: float = 1000) -> Path:
    """For σ-sub-Gaussian values (bounded in [a, b]: σ = (b−a)/2); tightest near `n_opt`."""
    x = floats("values", values)
    n = np.arange(1, x.shape[-1] + 1, dtype=np.float64)
    rho = mixture_rho(n_opt * sigma**2, alpha)
    radius = normal_two_sided_bound(n * sigma**2, alpha, rho) / n
    centre = np.cumsum(x, axis=-1) / n
    return Path(centre, centre - radius, centre + radius, alpha, "exact", "normal mixture")


def asymptotic_rho(n_opt: float, alpha: float) -> float:
    """ρ tightest at n_opt: √((−2 ln α + ln(1 − 2 ln α))/n_opt) (Waudby-Smith et al. 2024, app. B.2)."""
    return float(np.sqrt((-2 * np.log(alpha) + np.log1p(-2 * np.log(check_alpha(alpha)))) / n_opt))


def asymptotic_radius(n: ArrayLike, deviation: ArrayLike, *, alpha: float, rho: float) -> Floats:
    """σ̂√(2(nρ²+1)/(n²ρ²) · ln(√(nρ²+1)/α)) (Waudby-Smith et al. 2024, thm 2.2), vectorised."""
    n_, s_ = floats("n", n), floats("deviation", deviation)
    scale = n_ * rho**2 + 1
    return np.asarray(s_ * np.sqrt(2 * scale / (n_**2 * rho**2) * np.log(np.sqrt(scale) / check_alpha(alpha))))


def asymptotic(values: ArrayLike, *, alpha: float = 0.05, n_opt: float = 1000, burn_in: int = 100) -> Path:
    """For any values with finite variance, in the limit: unbounded before `burn_in` observations.

    `n_opt` must come from the plan: a badly chosen one costs a factor 1.5 to 3 in width.
    """
    x = floats("values", values)
    n, centre, variance = running_moments(x)
    radius = asymptotic_radius(n, np.sqrt(variance), alpha=alpha, rho=asymptotic_rho(n_opt, alpha))
    radius = np.where(n < burn_in, np.inf, radius)
    return Path(centre, centre - radius, centre + radius, alpha, "asymptotic", "asymptotic mixture")


def asymptotic_mean(
    moments: Moments, *, alpha: float = 0.05, n_opt: float = 1000, burn_in: int = 100, segment: str = "all"
) -> Measured:
    """The asymptotic sequence at one look, from additive moments alone."""
    if moments.n < max(burn_in, 2):
        return NotMeasured(
            reason=f"{moments.n} observations, the sequence starts at {burn_in}",
            needed=f"{burn_in} observations", segment=segment,
        )  # fmt: skip
    deviation = np.sqrt(moments.m2 / moments.n)
    if deviation == 0:  # a zero-width interval would claim certainty from a limit theorem
        return NotMeasured(
            reason=f"all {moments.n} values are {moments.mean:g}: no spread to base an asymptotic interval on",
            needed="an exact sequence (bounded values), or values that differ", segment=segment,
        )  # fmt: skip
    rho = asymptotic_rho(n_opt, alpha)
    radius = float(asymptotic_radius(moments.n, deviation, alpha=alpha, rho=rho))
    return estimate(
        moments.mean, moments.mean - radius, moments.mean + radius, moments.n,
        level=1 - alpha, segment=segment, method="asymptotic mixture (asymptotic sequence)",
    )  # fmt: skip


def _unit(values: ArrayLike) -> Floats:
    x = floats("values", values)
    if x.size and (x.min() < 0 or x.max() > 1):
        raise InputError(f"expected values in [0, 1], got {x.min():g} to {x.max():g}", remedy="rescale them first")
    return x


def lagged_plug_in(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Running mean and variance, each regularised by one pseudo-observation, and both lagged by one step."""
    n = np.arange(1, x.shape[-1] + 1, dtype=np.float64)
    mu = (0.5 + np.cumsum(x, axis=-1)) / (n + 1)
    lag_mu = np.concatenate([np.full((*x.shape[:-1], 1), 0.5), mu[..., :-1]], axis=-1)
    variance = (0.25 + np.cumsum((x - mu) ** 2, axis=-1)) / (n + 1)
    lag_variance = np.concatenate([np.full((*x.shape[:-1], 1), 0.25), variance[..., :-1]], axis=-1)
    return n, lag_mu, lag_variance


def empirical_bernstein(values: ArrayLike, *, alpha: float = 0.05, bet_max: float = 0.5) -> Path:
    """For values in [0, 1]: predictable plug-in empirical Bernstein (Waudby-Smith & Ramdas 2024, thm 2).

    Adapts to the variance; closed form, additive over time.
    """
    x = _unit(values)
    n, lag_mu, lag_variance = lagged_plug_in(x)
    bets = np.minimum(np.sqrt(2 * np.log(2 / check_alpha(alpha)) / (lag_variance * n * np.log1p(n))), bet_max)
    psi = -np.log1p(-bets) - bets  # ψ_E; their v_i = 4(x−μ̂)² and ψ/4 cancel
    total = np.cumsum(bets, axis=-1)
    centre = np.cumsum(bets * x, axis=-1) / total
    radius = (np.log(2 / alpha) + np.cumsum((x - lag_mu) ** 2 * psi, axis=-1)) / total
    return Path(
        centre, np.clip(centre - radius, 0, 1), np.clip(centre + radius, 0, 1), alpha, "exact", "empirical Bernstein"
    )


def hedged_betting(
    values: ArrayLike, *, alpha: float = 0.05, grid: int = 200, truncate: float = 0.5, n_fixed: int | None = None
) -> Path:
    """For values in [0, 1]: hedged capital over a grid of means (Waudby-Smith & Ramdas 2024, thm 3).

    K±(m) = Π(1 ± λ±(x − m)), reject m once max(½K⁺, ½K⁻) ≥ 1/α.  The tightest of the exact methods, at
    `grid` times the cost; limits are rounded outwards to the grid.  `n_fixed` tunes the bets for
    one planned sample size.
    """
    x = _unit(values)
    if x.ndim != 1:
        rows = [hedged_betting(r, alpha=alpha, grid=grid, truncate=truncate, n_fixed=n_fixed)
                for r in x.reshape(-1, x.shape[-1])]  # fmt: skip
        centre, low, high = (
            np.stack([getattr(r, part) for r in rows]).reshape(x.shape) for part in ("centre", "low", "high")
        )
        return Path(centre, low, high, alpha, "exact", "hedged betting")
    n, _, lag_variance = lagged_plug_in(x)
    if n_fixed is None:
        bets = np.sqrt(2 * np.log(2 / check_alpha(alpha)) / (lag_variance * n * np.log1p(n)))
    else:
        bets = np.sqrt(2 * np.log(2 / check_alpha(alpha)) / (lag_variance * n_fixed))
    means = np.linspace(0, 1, grid + 1)
    threshold = np.log(2 / alpha)
    up = np.minimum(bets[:, None], truncate / np.maximum(means, 1e-12)[None, :])
    down = np.minimum(bets[:, None], truncate / np.maximum(1 - means, 1e-12)[None, :])
    gap = x[:, None] - means[None, :]
    rejects_up = np.cumsum(np.log1p(up * gap), axis=0) >= threshold  # the truth is above m
    rejects_down = np.cumsum(np.log1p(-down * gap), axis=0) >= threshold
    step = 1 / grid
    # K⁺ falls in m and K⁻ rises, so both rejection sets are intervals; the ends go outwards.
    low = np.where(rejects_up.any(axis=1), means[grid - np.argmax(rejects_up[:, ::-1], axis=1)], 0.0)
    high = np.where(rejects_down.any(axis=1), means[np.argmax(rejects_down, axis=1)], 1.0)
    crossed = low > high
    low, high = np.where(crossed, high - step, low), np.where(crossed, low + step, high)
    centre = np.clip(np.cumsum(x) / n, low, high)
    return Path(centre, np.clip(low, 0, 1), np.clip(high, 0, 1), alpha, "exact", "hedged betting")


def bounded_mean(
    values: ArrayLike,
    rng: np.random.Generator,
    *,
    alpha: float = 0.05,
    grid: int = 1000,
    segment: str = "all",
) -> Measured:
    """A fixed-sample interval for the mean of values in [0, 1] by betting: exact at every n, tight.

    The sample is shuffled (exchangeable values allow it) and the intersection over the path kept.
    """
    x = vector("values", values)
    if not x.size:
        return NotMeasured(reason="no values", needed="at least one value", segment=segment)
    path = hedged_betting(rng.permutation(x), alpha=alpha, grid=grid, n_fixed=x.size).intersect()
    low, high = float(path.low[-1]), float(path.high[-1])
    value = float(np.clip(x.mean(), low, high))
    return estimate(value, low, high, x.size, level=1 - alpha, segment=segment, method="betting")


def bernoulli_bounds(successes: int, n: int, *, alpha: float = 0.05, n_opt: float = 100) -> tuple[float, float]:
    """Limits for a share after any number of looks: two-sided beta-binomial mixture, inverted."""
    if not 0 <= successes <= n or n < 1:
        raise InputError(f"expected 0 <= successes <= n and n >= 1, got {successes} of {n}")
    share = successes / n
    target = np.log(1 / check_alpha(alpha))
    unit_rho = mixture_rho(1.0, 0.05)

    def excess(p: float) -> float:
        v = p * (1 - p)
        return float(beta_binomial_log(successes - n * p, n * v, n_opt * v * unit_rho, p, 1 - p) - target)

    edge = 1e-9
    low = 0.0 if successes == 0 or excess(edge) < 0 else optimize.brentq(excess, edge, share, xtol=1e-12)
    top = 1 - edge
    high = 1.0 if successes == n or excess(top) < 0 else optimize.brentq(excess, share, top, xtol=1e-12)
    return float(low), float(high)


def bernoulli(successes: int, n: int, *, alpha: float = 0.05, n_opt: float = 100, segment: str = "all") -> Measured:
    """A share with limits that hold at every look."""
    if n == 0:
        return NotMeasured(reason="no trials", needed="at least one trial", segment=segment)
    low, high = bernoulli_bounds(successes, n, alpha=alpha, n_opt=n_opt)
    return estimate(
        successes / n, low, high, n, level=1 - alpha, segment=segment, method="beta-binomial (exact sequence)"
    )


@dataclass(frozen=True)
class EffectPath:
    """Average treatment effect over a randomised stream, with always-valid p-values at each step."""

    path: Path
    p: Floats  # of "no effect"
    p_greater: Floats  # of "no benefit", one-sided


def randomised_effect(
    outcomes: ArrayLike,
    treated: ArrayLike,
    *,
    v_opt: float,
    propensity: float = 0.5,
    support: tuple[float, float] = (0.0, 1.0),
    alpha: float = 0.05,
    alpha_opt: float = 0.05,
    predictions: tuple[ArrayLike, ArrayLike] | None = None,
) -> EffectPath:
    """Treatment effect in a stream of randomised units, exact for bounded outcomes.

    Scores X_i = ŷ₁−ŷ₀ + (T−p)/(p(1−p))·(Y−ŷ_T), where `predictions` (ŷ₁, ŷ₀) of each unit's outcome use
    nothing from its own or later outcomes (default: lagged arm means); V = Σ(X_i − (ŷ₁−ŷ₀))²;
    gamma-exponential mixture of scale 2·range/min(p, 1−p), α/2 a side (Howard et al. 2021, section 4.2).
    """
    y, t = vector("outcomes", outcomes), vector("treated", treated)
    if y.size != t.size:
        raise InputError(f"expected one treatment flag an outcome, got {t.size} and {y.size}")
    if y.size and (y.min() < support[0] or y.max() > support[1]):
        raise InputError(f"expected outcomes in {support}, got {y.min():g} to {y.max():g}")
    if predictions is None:
        middle = sum(support) / 2
        guess1, guess0 = _lagged_arm_mean(y, t, middle), _lagged_arm_mean(y, 1 - t, middle)
    else:
        guess1, guess0 = (vector("predictions", p) for p in predictions)
    guess = guess1 - guess0
    scores = guess + (t - propensity) / (propensity * (1 - propensity)) * (y - np.where(t == 1, guess1, guess0))
    n = np.arange(1, y.size + 1)
    total, v = np.cumsum(scores), np.cumsum((scores - guess) ** 2)
    width = support[1] - support[0]
    c = 2 * width / min(propensity, 1 - propensity)
    rho = mixture_rho(v_opt, alpha_opt / 2, one_sided=True)
    radius = np.array([gamma_exponential_bound(float(x), alpha / 2, rho, c) for x in v]) / n
    up, down = gamma_exponential_log(total, v, rho, c), gamma_exponential_log(-total, v, rho, c)
    centre = total / n
    path = Path(centre, np.clip(centre - radius, -width, width), np.clip(centre + radius, -width, width),
                alpha, "exact", "gamma-exponential")  # fmt: skip
    p_two_sided = np.minimum(1.0, 2 * np.exp(-np.maximum(up, down)))
    return EffectPath(path, p_two_sided, np.minimum(1.0, np.exp(-up)))


def _lagged_arm_mean(y: Floats, in_arm: Floats, start: float) -> Floats:
    """Mean of the arm's outcomes before each step; `start` before its first."""
    total = np.cumsum(y * in_arm) - y * in_arm
    count = np.cumsum(in_arm) - in_arm
    return np.where(count > 0, total / np.maximum(count, 1), start)


def two_arm_difference(
    control: Moments,
    treatment: Moments,
    *,
    relative: bool = False,
    alpha: float = 0.05,
    n_opt: float = 5000,
    burn_in: int = 100,
    segment: str = "all",
) -> Measured:
    """Difference of two arms' means at any look, from additive moments (asymptotic sequence).

    `relative` divides by the control mean (delta method).  Same boundary as GrowthBook's engine, so that results
    can be compared; n counts both arms.
    """
    point, variance = _two_arm(control, treatment, relative)
    n = control.n + treatment.n
    if min(control.n, treatment.n) < max(2, burn_in // 2) or not np.isfinite(variance):
        return NotMeasured(
            reason=f"{control.n} and {treatment.n} units" if np.isfinite(variance) else "the control mean is 0",
            needed=f"{max(2, burn_in // 2)} units an arm and, for relative effects, a control mean other than 0",
            segment=segment,
        )  # fmt: skip
    radius = float(asymptotic_radius(n, np.sqrt(n * variance), alpha=alpha, rho=asymptotic_rho(n_opt, alpha)))
    return estimate(
        point, point - radius, point + radius, n, level=1 - alpha, segment=segment,
        method="asymptotic mixture (asymptotic sequence)",
    )  # fmt: skip


def two_arm_p(
    control: Moments, treatment: Moments, *, relative: bool = False, alpha: float = 0.05, n_opt: float = 5000
) -> float:
    """Always-valid p-value of `two_arm_difference`: the α at which its interval touches 0 (ρ kept)."""
    point, variance = _two_arm(control, treatment, relative)
    n = control.n + treatment.n
    if not np.isfinite(variance) or variance <= 0:
        return 1.0
    scale = n * asymptotic_rho(n_opt, alpha) ** 2 + 1
    exponent = point**2 / variance * (scale - 1) / (2 * scale)
    return float(min(1.0, np.sqrt(scale) * np.exp(-exponent)))


def _two_arm(control: Moments, treatment: Moments, relative: bool) -> tuple[float, float]:
    """Point and sampling variance of the difference (or of the ratio minus one)."""
    if control.n < 2 or treatment.n < 2:
        return 0.0, float("nan")
    v_c, v_t = control.variance / control.n, treatment.variance / treatment.n
    if not relative:
        return treatment.mean - control.mean, v_c + v_t
    if control.mean == 0:
        return 0.0, float("nan")
    ratio = treatment.mean / control.mean
    return ratio - 1, v_t / control.mean**2 + v_c * ratio**2 / control.mean**2
