"""Is the split what it should be?  Sample-ratio mismatch that may be watched at every user.

Lindon & Malek (2022, "Anytime-valid inference for multinomial count data"): a
Dirichlet-multinomial alternative against the planned multinomial; the Bayes factor is a
martingale under the plan.  Arms with zero planned share take no part, and one user in them is a mismatch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats, floats, vector
from tidegate.stats.late import late

special = late("scipy.special")


def _plan(shares: ArrayLike) -> Floats:
    theta = vector("planned shares", shares)
    if theta.size < 2 or (theta < 0).any() or theta.sum() <= 0:
        raise InputError(f"expected at least two planned shares, none negative, got {theta.tolist()}")
    return np.asarray(theta / theta.sum(), dtype=np.float64)


def log_marginals(counts: ArrayLike, shares: ArrayLike, dirichlet: ArrayLike) -> tuple[Floats, Floats]:
    """(ln m1, ln m0) of cumulative counts (…, arms), each with its multinomial coefficient per block left out.

    m1 is the Dirichlet-multinomial of the counts in the order they came, m0 the planned one.
    """
    n, theta, a = floats("counts", counts), _plan(shares), vector("dirichlet", dirichlet)
    total, strength = n.sum(axis=-1), a.sum()
    m1 = (special.gammaln(a + n) - special.gammaln(a)).sum(axis=-1)
    m1 = m1 + special.gammaln(strength) - special.gammaln(strength + total)
    with np.errstate(divide="ignore"):
        m0 = special.xlogy(n, theta).sum(axis=-1)
    return np.asarray(m1), np.asarray(m0)


def srm_log_bayes_factor(counts: ArrayLike, shares: ArrayLike, concentration: float = 1000.0) -> Floats:
    """ln BF of cumulative counts (…, arms) against the plan, prior `concentration`·shares.

    A concentration of 1,000 finds 51/49 splits about twice as fast as the uniform prior.
    """
    n, theta = floats("counts", counts), _plan(shares)
    used = theta > 0
    m1, m0 = log_marginals(n[..., used], theta[used], concentration * theta[used])
    stray = n[..., ~used].sum(axis=-1) > 0
    return np.where(stray, 700.0, m1 - m0)


@dataclass(frozen=True)
class SplitCheck:
    """Running state: counts so far and the smallest p-value seen; counts add over blocks."""

    shares: tuple[float, ...]
    concentration: float = 1000.0
    counts: tuple[int, ...] = ()
    p: float = 1.0

    def observe(self, block: Sequence[int]) -> SplitCheck:
        """The state after a block of new users per arm."""
        if len(block) != len(self.shares):
            raise InputError(f"expected a count for each of {len(self.shares)} arms, got {list(block)}")
        counts = tuple(int(a + b) for a, b in zip(self.counts or (0,) * len(block), block, strict=True))
        log_bf = float(srm_log_bayes_factor(counts, self.shares, self.concentration))
        return SplitCheck(self.shares, self.concentration, counts, min(self.p, float(np.exp(-log_bf))))


def rank_slices(
    slices: Mapping[str, Sequence[int]], shares: Sequence[float], concentration: float = 1000.0
) -> list[tuple[str, float]]:
    """Slices (SDK, region, model …) by evidence of mismatch, guiltiest first, with ln BF each."""
    scored = [(name, float(srm_log_bayes_factor(counts, shares, concentration))) for name, counts in slices.items()]
    return sorted(scored, key=lambda item: (-item[1], item[0]))
