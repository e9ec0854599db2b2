"""Curves a random walk crosses with probability at most α, ever: the bricks of `sequences`.

Notation of Howard, Ramdas, McAuliffe & Sekhon (2021, "Time-uniform, nonparametric,
nonasymptotic confidence sequences"): S is a centred sum, V its intrinsic time (variance so far),
and a mixture gives a nonnegative supermartingale M(S, V) with M(0, 0) = 1.  `*_log` are ln M,
vectorised over S and V; `*_bound(v, alpha)` is the S at which ln M reaches ln(1/α).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats, check_alpha, floats
from tidegate.stats.late import late

optimize = late("scipy.optimize")
special = late("scipy.special")


def mixture_rho(v_opt: float, alpha: float, *, one_sided: bool = False) -> float:
    """The ρ that makes a normal mixture tightest at intrinsic time `v_opt` (their eq. 22, approximately)."""
    if v_opt <= 0:
        raise InputError(f"expected a positive intrinsic time v_opt, got {v_opt!r}")
    a = min(2 * check_alpha(alpha), 0.999) if one_sided else check_alpha(alpha)
    log_inverse = np.log(1 / a)
    return float(v_opt / (2 * log_inverse + np.log1p(2 * log_inverse)))


def normal_two_sided_log(s: ArrayLike, v: ArrayLike, rho: float) -> Floats:
    """Two-sided normal mixture for sub-Gaussian sums (their eq. 14)."""
    s_, v_ = floats("s", s), floats("v", v)
    return np.asarray(0.5 * np.log(rho / (v_ + rho)) + s_**2 / (2 * (v_ + rho)))


def normal_two_sided_bound(v: ArrayLike, alpha: float, rho: float) -> Floats:
    """Closed form: √((v+ρ)(ln((v+ρ)/ρ) + 2 ln(1/α)))."""
    v_ = floats("v", v)
    return np.asarray(np.sqrt((v_ + rho) * (np.log1p(v_ / rho) + 2 * np.log(1 / check_alpha(alpha)))))


def normal_one_sided_log(s: ArrayLike, v: ArrayLike, rho: float) -> Floats:
    """One-sided (half-normal) mixture for sub-Gaussian sums (their Prop. 6)."""
    s_, v_ = floats("s", s), floats("v", v)
    total = v_ + rho
    return np.asarray(0.5 * np.log(4 * rho / total) + s_**2 / (2 * total) + special.log_ndtr(s_ / np.sqrt(total)))


def gamma_exponential_log(s: ArrayLike, v: ArrayLike, rho: float, c: float) -> Floats:
    """Gamma-exponential mixture for sums with sub-exponential scale c (their Prop. 9)."""
    s_, v_ = floats("s", s), floats("v", v)
    r, k, x = rho / c**2, (v_ + rho) / c**2, (c * s_ + v_ + rho) / c**2
    with np.errstate(divide="ignore", invalid="ignore"):
        out = (
            special.xlogy(r, r) - special.gammaln(r) - np.log(special.gammainc(r, r))
            + special.gammaln(k) + _log_gammainc(k, x) - k * np.log(x) + (c * s_ + v_) / c**2
        )  # fmt: skip
    return np.asarray(np.where(x > 0, out, -np.inf))


def _log_gammainc(k: Floats, x: Floats) -> Floats:
    """ln P(k, x); below the smallest float by its leading term x^k e^−x / Γ(k+1)."""
    value = special.gammainc(k, np.maximum(x, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        tail = k * np.log(x) - x - special.gammaln(k + 1)
        return np.asarray(np.where(value > 1e-290, np.log(value), tail))


def gamma_poisson_log(s: ArrayLike, v: ArrayLike, rho: float, c: float) -> Floats:
    """Gamma-Poisson mixture for sums whose jumps are at most c (their Prop. 10)."""
    s_, v_ = floats("s", s), floats("v", v)
    r, k = rho / c**2, (v_ + rho) / c**2
    a = s_ / c + k
    with np.errstate(divide="ignore"):
        lead = special.xlogy(r, r) - special.gammaln(r) - np.log(special.gammaincc(r, r))
        out = lead + special.gammaln(a) + np.log(special.gammaincc(a, k)) - a * np.log(k) + v_ / c**2
    return np.asarray(out)


def beta_binomial_log(
    s: ArrayLike, v: ArrayLike, rho: float, g: ArrayLike, h: ArrayLike, *, one_sided: bool = False
) -> Floats:
    """Beta-binomial mixture for steps in [−g, h] with mean 0 (their Prop. 7 and 8).

    `rho` is the normal mixture's; the beta's own parameter is ρ − gh (kept positive).
    """
    s_, v_, g_, h_ = (floats(n, x) for n, x in (("s", s), ("v", v), ("g", g), ("h", h)))
    r = np.maximum(rho - g_ * h_, 1e-3 * g_ * h_)
    width = g_ + h_
    a, b = (r + v_ - g_ * s_) / (g_ * width), (r + v_ + h_ * s_) / (h_ * width)
    a0, b0 = r / (g_ * width), r / (h_ * width)
    out = (
        v_ / (g_ * h_) * np.log(width)
        - (v_ + h_ * s_) / (h_ * width) * np.log(g_)
        - (v_ - g_ * s_) / (g_ * width) * np.log(h_)
        + special.betaln(a, b) - special.betaln(a0, b0)
    )  # fmt: skip
    if one_sided:
        cut = h_ / width
        with np.errstate(divide="ignore"):
            out = out + np.log(special.betainc(a, b, cut)) - np.log(special.betainc(a0, b0, cut))
    return np.asarray(out)


def invert(log_mixture: Callable[[float], float], alpha: float, *, start: float, cap: float = np.inf) -> float:
    """The s ≥ 0 at which an increasing `log_mixture(s)` reaches ln(1/α); `cap` when it never does."""
    target = np.log(1 / check_alpha(alpha))
    high = start
    for _ in range(60):
        high = min(high, cap)
        if log_mixture(high) > target:
            return float(optimize.brentq(lambda s: log_mixture(s) - target, 0.0, high, xtol=1e-12, rtol=1e-14))
        if high >= cap:
            return cap
        high *= 2
    raise InputError("the boundary has no finite root: check v, rho and c")


def gamma_exponential_bound(v: float, alpha: float, rho: float, c: float) -> float:
    """Boundary of the gamma-exponential mixture at intrinsic time v."""
    return invert(lambda s: float(gamma_exponential_log(s, v, rho, c)), alpha, start=max(v, 1.0))


def poly_stitching_bound(
    v: ArrayLike, alpha: float, *, v_min: float, c: float = 0.0, s: float = 1.4, eta: float = 2.0
) -> Floats:
    """Polynomial stitched boundary, rate √(v log log v) (their eq. 10)."""
    v_ = np.maximum(floats("v", v), v_min)
    k1 = (eta**0.25 + eta**-0.25) / np.sqrt(2)
    k2 = (np.sqrt(eta) + 1) / 2
    ell = s * np.log(np.log(eta * v_ / v_min)) + np.log(special.zeta(s) / (check_alpha(alpha) * np.log(eta) ** s))
    linear = k2 * c * ell
    return np.asarray(np.sqrt(k1**2 * v_ * ell + linear**2) + linear)


def empirical_process_bound(t: ArrayLike, alpha: float, *, t_min: float, a: float = 0.85) -> Floats:
    """sup|F̂_t − F| for all t ≥ t_min (Howard & Ramdas 2022, "Sequential estimation of quantiles", thm 2)."""
    constant = _empirical_process_constant(alpha, a)
    t_ = floats("t", t)
    out = a * np.sqrt((np.log1p(np.log(np.maximum(t_, t_min) / t_min)) + constant) / t_)
    return np.asarray(np.where(t_ >= t_min, out, np.inf))


def _empirical_process_constant(alpha: float, a: float) -> float:
    if a <= 1 / np.sqrt(2):
        raise InputError(f"expected a factor above 1/√2, got {a!r}")

    def error(eta: float, constant: float) -> float:
        gamma2 = 2 / eta * (a - np.sqrt(2 * (eta - 1) / constant)) ** 2
        if gamma2 <= 1:
            return np.inf
        return float(4 * np.exp(-gamma2 * constant) * (1 + 1 / ((gamma2 - 1) * np.log(eta))))

    def least_error(constant: float) -> float:
        def slack(eta: float) -> float:
            return float(np.sqrt(eta / 2) + np.sqrt(2 * (eta - 1) / constant) - a)

        top = optimize.brentq(slack, 1.0, 2 * a * a, xtol=1e-14)
        inside = (1 + 1e-9, 1 + (top - 1) * (1 - 1e-9))
        best = optimize.minimize_scalar(error, bounds=inside, args=(constant,), method="bounded",
                                        options={"xatol": 1e-12})  # fmt: skip
        return float(np.log(best.fun))

    return float(optimize.brentq(lambda k: least_error(k) - np.log(check_alpha(alpha)), 1.0, 500.0, xtol=1e-10))


def double_stitching_bound(
    p: float, t: ArrayLike, alpha: float, *, t_opt: float, delta: float = 0.5, s: float = 1.4, eta: float = 2.0
) -> Floats:
    """Bound of t·(F̂_t − p) for all quantiles p at once and all t (Howard & Ramdas 2022, thm 3)."""
    if not 0 < p < 1:
        raise InputError(f"expected a quantile in (0, 1), got {p!r}")
    t_ = np.maximum(floats("t", t), t_opt)
    logit = float(special.logit(p))
    r = np.full_like(t_, p) if p >= 0.5 else np.minimum(
        0.5, special.expit(logit + 2 * delta * np.sqrt(t_opt * eta / t_))
    )  # fmt: skip
    variance = r * (1 - r)
    j = np.sqrt(t_ / t_opt) * abs(logit) / (2 * delta) + 1
    zeta = special.zeta(s)
    ell = s * np.log(np.log(eta * t_ / t_opt)) + s * np.log(j)
    ell = ell + np.log(2 * zeta * (2 * zeta + 1) / (check_alpha(alpha) * np.log(eta) ** s))
    k1, k2 = (eta**0.25 + eta**-0.25) / np.sqrt(2), (np.sqrt(eta) + 1) / 2
    linear = k2 * (1 - 2 * p) / 3 * ell
    stitch = delta * np.sqrt(eta * t_ * variance / t_opt)
    return np.asarray(stitch + np.sqrt(k1**2 * variance * t_ * ell + linear**2) + linear)
