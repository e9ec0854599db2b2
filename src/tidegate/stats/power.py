"""How many are needed?  Sample sizes for means, shares, rare positives and labels."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats, check_alpha, vector
from tidegate.stats.late import late

optimize = late("scipy.optimize")
special = late("scipy.special")
stats = late("scipy.stats")


def _z(alpha: float, power: float) -> float:
    if not 0 < power < 1:
        raise InputError(f"expected a power in (0, 1), got {power!r}")
    return float(special.ndtri(1 - check_alpha(alpha) / 2) + special.ndtri(power))


def questions_for_paired_effect(
    effect: float,
    *,
    between_variance: float,
    within_variance_a: float = 0.0,
    within_variance_b: float = 0.0,
    runs_a: int = 1,
    runs_b: int = 1,
    alpha: float = 0.05,
    power: float = 0.8,
) -> int:
    """n = (z_{α/2}+z_β)²(ω² + σ²_A/K_A + σ²_B/K_B)/δ² questions (Miller 2024, eq. 9).

    ω² is the variance over questions of the true difference, σ² the variance of single runs.
    """
    if effect == 0:
        raise InputError("expected an effect other than 0: nothing finds no difference")
    variance = between_variance + within_variance_a / runs_a + within_variance_b / runs_b
    return max(2, math.ceil(_z(alpha, power) ** 2 * variance / effect**2 - 1e-9))


def detectable_effect(n: int, variance: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """The smallest mean difference that n independent differences of this variance find."""
    return _z(alpha, power) * math.sqrt(variance / n)


def units_per_arm_for_shares(p_control: float, p_treatment: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Units per arm for two shares, unpooled normal plan (Fleiss 1981, without continuity correction)."""
    if not (0 <= p_control <= 1 and 0 <= p_treatment <= 1) or p_control == p_treatment:
        raise InputError(f"expected two different shares in [0, 1], got {p_control} and {p_treatment}")
    variance = p_control * (1 - p_control) + p_treatment * (1 - p_treatment)
    return max(2, math.ceil(_z(alpha, power) ** 2 * variance / (p_control - p_treatment) ** 2 - 1e-9))


def positives_for_recall(recall: float, *, alpha: float = 0.05) -> int:
    """Positives without a single miss that promise recall ≥ `recall` at 1−α: ⌈ln α / ln recall⌉.

    299 for 99 % at 95 %; "the rule of three" read backwards.
    """
    if not 0 < recall < 1:
        raise InputError(f"expected a recall in (0, 1), got {recall!r}")
    return math.ceil(math.log(check_alpha(alpha)) / math.log(recall) - 1e-12)


def recall_promised(positives: int, *, alpha: float = 0.05) -> float:
    """Lower bound of recall after no miss in `positives`: α^(1/n)."""
    return check_alpha(alpha) ** (1 / positives) if positives > 0 else 0.0


def positives_for_half_width(half_width: float, *, recall: float = 0.5, level: float = 0.95) -> int:
    """Fewest positives whose Wilson interval at this recall has half-width ≤ `half_width` (worst at 0.5)."""
    if not 0 < half_width < 0.5:
        raise InputError(f"expected a half-width in (0, 0.5), got {half_width!r}")
    z2 = float(special.ndtri(0.5 + level / 2)) ** 2

    def half(n: float) -> float:
        return float(np.sqrt(z2 * (recall * (1 - recall) / n + z2 / (4 * n * n))) / (1 + z2 / n))

    top = float(optimize.brentq(lambda n: half(n) - half_width, 0.5, z2 / half_width**2 + 10))
    return max(1, math.ceil(top - 1e-9))


def items_for_positives(positives: int, prevalence: float, *, assurance: float = 0.95) -> int:
    """Fewest items N with P(Binomial(N, prevalence) ≥ positives) ≥ assurance, exact."""
    if not 0 < prevalence <= 1 or positives < 1:
        raise InputError(f"expected a prevalence in (0, 1] and positives >= 1, got {prevalence}, {positives}")
    low, high = positives - 1, positives
    while stats.binom.sf(positives - 1, high, prevalence) < assurance:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if stats.binom.sf(positives - 1, middle, prevalence) >= assurance:
            high = middle
        else:
            low = middle
    return high


@dataclass(frozen=True)
class RarePlan:
    """How many items to label so that recall is known to ± half_width with the given assurance."""

    positives: int
    items: int
    half_width: float
    prevalence: float
    assurance: float


def plan_recall(
    half_width: float, prevalence: float, *, recall: float = 0.5, level: float = 0.95, assurance: float = 0.97
) -> RarePlan:
    """Fewest random items such that P(Wilson half-width of recall ≤ `half_width`) ≥ assurance.

    Exact over both layers: positives ~ Binomial(N, π), hits ~ Binomial(positives, recall).  The default promises a
    little more than 95 %, so that whoever checks it by a few thousand simulations sees 95 % kept; it costs 1 to 2 %
    more items.
    """
    fixed = positives_for_half_width(half_width, level=level)
    worst = items_for_positives(fixed, prevalence, assurance=assurance)
    best = items_for_positives(max(1, fixed // 20), prevalence, assurance=assurance)
    chance = _half_width_chance(half_width, recall, level, top=_positives_top(worst, prevalence))
    low, high = best - 1, worst
    while high - low > 1:
        middle = (low + high) // 2
        if _assured(middle, prevalence, chance) >= assurance:
            high = middle
        else:
            low = middle
    return RarePlan(math.ceil(high * prevalence), high, half_width, prevalence, assurance)


def _positives_top(items: int, prevalence: float) -> int:
    return int(stats.binom.ppf(1 - 1e-9, items, prevalence)) + 1


def _half_width_chance(half_width: float, recall: float, level: float, top: int) -> Floats:
    """P(Wilson half-width ≤ target | n positives) for n = 0..top: hits must be far enough from n/2."""
    z2 = float(special.ndtri(0.5 + level / 2)) ** 2
    n = np.arange(1, top + 1, dtype=np.float64)
    # half ≤ w  ⇔  p(1−p) ≤ n((w(1+z²/n))²/z² − z²/(4n²)) =: c; holds for all p when c ≥ 1/4.
    c = n * ((half_width * (1 + z2 / n)) ** 2 / z2 - z2 / (4 * n * n))
    root = np.sqrt(np.clip(0.25 - c, 0.0, 0.25))
    below = stats.binom.cdf(np.floor(n * (0.5 - root) + 1e-9), n, recall)
    above = stats.binom.sf(np.ceil(n * (0.5 + root) - 1e-9) - 1, n, recall)
    chance = np.where(c >= 0.25, 1.0, np.where(c < 0, 0.0, np.minimum(1.0, below + above)))
    return np.concatenate([[0.0], chance])


def _assured(items: int, prevalence: float, chance: Floats) -> float:
    return float(stats.binom.pmf(np.arange(chance.size), items, prevalence) @ chance)


def label_probabilities(uncertainty: ArrayLike, budget: int, *, cost: ArrayLike | float = 1.0) -> Floats:
    """Which items to label: q_i ∝ √(p̂_i(1−p̂_i)·cost_i), Σq = budget, each in (0, 1].

    The Neyman-optimal inclusion probabilities for a Horvitz–Thompson total; `uncertainty` are the
    predicted probabilities p̂.  A floor of 1 % of the mean keeps every weight 1/q finite.
    """
    p = vector("predicted probabilities", uncertainty)
    if not 0 < budget <= p.size:
        raise InputError(f"expected a budget between 1 and {p.size}, got {budget}")
    size = np.sqrt(np.clip(p * (1 - p), 1e-12, None) * np.broadcast_to(np.asarray(cost, dtype=np.float64), p.shape))
    size = np.maximum(size, 0.01 * size.mean())
    scale = optimize.brentq(
        lambda s: float(np.minimum(1.0, s * size).sum()) - budget + 1e-12, 0.0, (p.size + 1) / size.min()
    )
    return np.asarray(np.minimum(1.0, scale * size), dtype=np.float64)


def horvitz_thompson_mean(values: ArrayLike, probabilities: ArrayLike, population: int) -> tuple[float, float]:
    """Mean over the population from labelled items with inclusion probabilities; (value, standard error).

    Poisson sampling: Var = Σ(1−q)y²/q² / N² (Särndal, Swensson & Wretman 1992, eq. 3.5.2).
    """
    y, q = vector("values", values), vector("probabilities", probabilities)
    return float((y / q).sum() / population), float(np.sqrt(((1 - q) * y**2 / q**2).sum()) / population)
