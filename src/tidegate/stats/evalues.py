"""Evidence that may be watched: e-values, betting processes, and what to do with many of them.

An e-value has expectation at most 1 under the null, so 1/E is a p-value; a product of
conditionally valid e-values is an e-process, and P(it ever reaches 1/α) ≤ α (Ville 1939).  Work is
in logarithms throughout: products overflow within minutes of traffic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Bools, Floats, check_alpha, floats, vector
from tidegate.stats.late import late

special = late("scipy.special")

LOG_E_MIN = -700.0  # an e-value this small is as good as zero, and stays a finite number


def always_valid_p(log_e: ArrayLike) -> Floats:
    """min(1, 1 / max over the past of E): a p-value that may be read at any time (last axis is time)."""
    return np.minimum(1.0, np.exp(-np.maximum.accumulate(floats("log e-values", log_e), axis=-1)))


def e_bh(e_values: ArrayLike, alpha: float) -> Bools:
    """Which hypotheses e-BH rejects: FDR ≤ α under any dependence (Wang & Ramdas 2022, def. 4)."""
    e = np.asarray(e_values, dtype=np.float64)
    if e.ndim != 1 or np.isnan(e).any() or (e < 0).any():
        raise InputError("expected a list of e-values, none negative and none NaN")
    check_alpha(alpha)
    order = np.argsort(-e, kind="stable")
    ranks = np.arange(1, e.size + 1)
    passing = np.flatnonzero(e[order] >= e.size / (ranks * alpha))
    rejected = np.zeros(e.size, dtype=bool)
    if passing.size:
        rejected[order[: passing[-1] + 1]] = True
    return rejected


def holm(p_values: ArrayLike, alpha: float) -> Bools:
    """Which hypotheses Holm's (1979) step-down rejects: family-wise error ≤ α under any dependence."""
    p = vector("p-values", p_values)
    order = np.argsort(p, kind="stable")
    fails = np.flatnonzero(p[order] > check_alpha(alpha) / np.arange(p.size, 0, -1))
    rejected = np.zeros(p.size, dtype=bool)
    rejected[order[: fails[0] if fails.size else p.size]] = True
    return rejected


def p_to_e(p_values: ArrayLike) -> Floats:
    """Calibrator ∫κp^(κ−1)dκ = (1−p+p ln p)/(p (ln p)²) (Vovk & Wang 2021, eq. 2); p = 1 gives ½."""
    p = np.clip(floats("p-values", p_values), 1e-300, 1.0)
    log_p = np.log(p)
    near_one = -log_p < 1e-4  # series of the quotient about p = 1
    safe = np.where(near_one, -1.0, log_p)
    out = (1 - np.exp(safe) + np.exp(safe) * safe) / (np.exp(safe) * safe**2)
    return np.where(near_one, 0.5 - log_p / 6, out)


def merge_independent(log_e: ArrayLike) -> float:
    """Log of the product: for e-values of independent or sequential evidence."""
    return float(np.sum(floats("log e-values", log_e)))


def merge_any(log_e: ArrayLike) -> float:
    """Log of the average: for e-values under any dependence (Vovk & Wang 2021, theorem 3.2)."""
    values = vector("log e-values", log_e)
    return float(special.logsumexp(values) - np.log(values.size))


def paired_binary_log_e(b: ArrayLike, c: ArrayLike) -> Floats:
    """Log e-value that A and B differ, from discordant pairs only: b won by A, c won by B.

    E = 2^(b+c) · B(½+b, ½+c) / B(½, ½): a Jeffreys mixture of likelihood ratios against a fair
    coin (Robbins 1970).  Symmetric in b and c; expectation exactly 1 under the null.
    """
    nb, nc = floats("b", b), floats("c", c)
    if (nb < 0).any() or (nc < 0).any():
        raise InputError("expected counts of discordant pairs, got a negative one")
    out = (nb + nc) * np.log(2) + special.betaln(0.5 + nb, 0.5 + nc) - special.betaln(0.5, 0.5)
    return np.asarray(out, dtype=np.float64)


def bernoulli_mixture_log_e(successes: ArrayLike, n: ArrayLike, p0: float, *, side: str = "two-sided") -> Floats:
    """Log e-value that a share is not p0 (or is `greater`, `less`), mixing over a Jeffreys prior.

    The one-sided forms restrict the prior to the alternative, which keeps the e-process valid for
    the composite null p ≤ p0 (or ≥ p0).  Valid at every n: may be watched.
    """
    x, m = floats("successes", successes), floats("n", n)
    if not 0 < p0 < 1:
        raise InputError(f"expected a share p0 in (0, 1), got {p0!r}")
    log_null = special.xlogy(x, p0) + special.xlogy(m - x, 1 - p0)
    a, b = x + 0.5, m - x + 0.5
    log_alternative = special.betaln(a, b) - special.betaln(0.5, 0.5)
    if side == "greater":
        log_alternative += _log_sf_beta(a, b, p0) - _log_sf_beta(np.float64(0.5), np.float64(0.5), p0)
    elif side == "less":
        log_alternative += _log_sf_beta(b, a, 1 - p0) - _log_sf_beta(np.float64(0.5), np.float64(0.5), 1 - p0)
    elif side != "two-sided":
        raise InputError(f"expected side two-sided, greater or less, got {side!r}")
    log_e: Floats = np.maximum(log_alternative - log_null, LOG_E_MIN)
    return log_e


def _log_sf_beta(a: Floats | np.float64, b: Floats | np.float64, x: float) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(special.betaincc(a, b, x)), dtype=np.float64)


@dataclass(frozen=True)
class BernoulliBet:
    """A bet that a share exceeds p0, one outcome at a time: capital is an e-process for H0: p ≤ p0.

    Each stake is a predictable plug-in (Krichevsky–Trofimov estimate of p, Waudby-Smith & Ramdas
    2024, section 3): capital multiplies by p̂/p0 on a success and (1−p̂)/(1−p0) on a failure, and
    nothing is staked while p̂ ≤ p0.
    """

    p0: float
    successes: int = 0
    n: int = 0
    log_e: float = 0.0
    log_e_max: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.p0 < 1:
            raise InputError(f"expected a share p0 in (0, 1), got {self.p0!r}")

    def observe(self, success: bool) -> BernoulliBet:
        """The state after one more outcome."""
        guess = max((self.successes + 0.5) / (self.n + 1), self.p0)
        gain = guess / self.p0 if success else (1 - guess) / (1 - self.p0)
        log_e = self.log_e + float(np.log(gain)) if gain > 0 else -np.inf
        return replace(
            self, successes=self.successes + bool(success), n=self.n + 1, log_e=log_e,
            log_e_max=max(self.log_e_max, log_e),
        )  # fmt: skip

    @property
    def p_value(self) -> float:
        """Always-valid p-value of H0: p ≤ p0."""
        return float(min(1.0, np.exp(-self.log_e_max)))


@dataclass(frozen=True)
class TwoArmBet:
    """Do two Bernoulli arms differ?  Blocks of outcomes from both arms, plug-in e-process.

    Turner, Ly & Grünwald (2024, eq. 3): with learned θ̂ from Beta(.18, .18) and θ̄ the weighted
    mean, a block's e-value is p_θ̂(block)/p_θ̄(block), valid against every common rate.
    `side` `greater` bets only while the treatment looks higher: evidence of *harm* when the
    outcome is a failure.
    """

    side: str = "two-sided"  # two-sided | greater | less, of treatment against control
    prior: float = 0.18
    control: tuple[int, int] = (0, 0)  # (successes, n)
    treatment: tuple[int, int] = (0, 0)
    log_e: float = 0.0
    log_e_max: float = 0.0

    def observe(self, control: tuple[int, int], treatment: tuple[int, int]) -> TwoArmBet:
        """The state after a block of (successes, n) from each arm; both n must be positive to bet."""
        (cs, cn), (ts, tn) = control, treatment
        if not (0 <= cs <= cn and 0 <= ts <= tn):
            raise InputError(f"expected 0 <= successes <= n in each arm, got {control}, {treatment}")
        theta_c = (self.control[0] + self.prior) / (self.control[1] + 2 * self.prior)
        theta_t = (self.treatment[0] + self.prior) / (self.treatment[1] + 2 * self.prior)
        bet = cn > 0 and tn > 0
        if self.side == "greater":
            bet = bet and theta_t > theta_c
        elif self.side == "less":
            bet = bet and theta_t < theta_c
        gain = two_arm_block_log_e(theta_c, theta_t, control, treatment) if bet else 0.0
        log_e = self.log_e + gain
        return replace(
            self, control=(self.control[0] + cs, self.control[1] + cn), log_e=log_e,
            treatment=(self.treatment[0] + ts, self.treatment[1] + tn), log_e_max=max(self.log_e_max, log_e),
        )  # fmt: skip

    @property
    def p_value(self) -> float:
        """Always-valid p-value of "the arms are equal"."""
        return float(min(1.0, np.exp(-self.log_e_max)))


def two_arm_block_log_e(theta_c: float, theta_t: float, control: tuple[int, int], treatment: tuple[int, int]) -> float:
    """Log e-value of one block, fixed alternative (θ_c, θ_t) against every common rate.

    The null rate that makes it an e-value is the block-size-weighted mean (the reverse
    information projection for Bernoulli blocks).
    """
    (cs, cn), (ts, tn) = control, treatment
    mid = (cn * theta_c + tn * theta_t) / (cn + tn)
    log_alternative = _log_likelihood(theta_c, cs, cn) + _log_likelihood(theta_t, ts, tn)
    return float(log_alternative - _log_likelihood(mid, cs + ts, cn + tn))


def _log_likelihood(theta: float, successes: int, n: int) -> float:
    return float(special.xlogy(successes, theta) + special.xlog1py(n - successes, -theta))


def two_arm_log_e_path(
    control: ArrayLike, treatment: ArrayLike, *, side: str = "two-sided", prior: float = 0.18
) -> Floats:
    """Log e-process of 0/1 streams taken in pairs (one outcome of each arm a block), vectorised.

    Last axis is time; leading axes are independent streams.
    """
    y, x = floats("control", control), floats("treatment", treatment)
    if y.shape != x.shape:
        raise InputError(f"expected streams of one shape, got {y.shape} and {x.shape}")
    steps = np.arange(y.shape[-1])
    seen_c = np.cumsum(y, axis=-1) - y
    seen_t = np.cumsum(x, axis=-1) - x
    theta_c = (seen_c + prior) / (steps + 2 * prior)
    theta_t = (seen_t + prior) / (steps + 2 * prior)
    mid = (theta_c + theta_t) / 2
    gain = _log_pick(theta_c, y) + _log_pick(theta_t, x) - _log_pick(mid, y) - _log_pick(mid, x)
    if side == "greater":
        gain = np.where(theta_t > theta_c, gain, 0.0)
    elif side == "less":
        gain = np.where(theta_t < theta_c, gain, 0.0)
    elif side != "two-sided":
        raise InputError(f"expected side two-sided, greater or less, got {side!r}")
    return np.cumsum(gain, axis=-1)


def _log_pick(theta: Floats, outcome: Floats) -> Floats:
    return np.asarray(np.log(np.where(outcome > 0, theta, 1 - theta)), dtype=np.float64)
