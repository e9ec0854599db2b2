"""What was not seen yet: unseen probability mass, and kinds still to find.

Input is how often each kind (failure mode, intent, error class) was seen.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import check_alpha, estimate, floats
from tidegate.stats.late import late

special = late("scipy.special")


def _frequencies(counts: ArrayLike) -> tuple[int, int, int, int]:
    x = floats("counts", counts)
    if (x < 0).any() or (x != np.round(x)).any():
        raise InputError("expected whole counts of sightings per kind, got a negative or fractional one")
    return int(x.sum()), int((x > 0).sum()), int((x == 1).sum()), int((x == 2).sum())


def unseen_mass(counts: ArrayLike, *, alpha: float = 0.05, segment: str = "all") -> Measured:
    """Probability that the next draw is of a kind never seen: Good–Turing f1/n.

    The upper end holds with probability 1−α for every distribution (McAllester & Schapire 2000,
    theorem 9: f1/n + (2√2+√3)·√(ln(3/δ)/n)); the lower end is 0.
    """
    n, _, once, _ = _frequencies(counts)
    if not n:
        return NotMeasured(reason="nothing was seen", needed="at least one draw", segment=segment)
    slack = (2 * math.sqrt(2) + math.sqrt(3)) * math.sqrt(math.log(3 / check_alpha(alpha)) / n)
    value = once / n
    return estimate(value, 0.0, min(1.0, value + slack), n, level=1 - alpha, segment=segment, method="Good-Turing")


def kinds_total(counts: ArrayLike, *, level: float = 0.95, segment: str = "all") -> Measured:
    """How many kinds there are, seen and unseen: Chao1 (1984, bias-corrected), a *lower* bound on average.

    Log-normal interval of Chao (1987, eq. 13); its lower end is never below the kinds seen.
    """
    n, seen, once, twice = _frequencies(counts)
    if not n:
        return NotMeasured(reason="nothing was seen", needed="at least one draw", segment=segment)
    k = (n - 1) / n
    unseen = k * once * (once - 1) / (2 * (twice + 1))
    if unseen <= 0:
        return estimate(seen, seen, seen, n, level=level, segment=segment, method="Chao1")
    if twice:
        q = once / twice
        variance = twice * (0.5 * k * q**2 + k**2 * q**3 + 0.25 * k**2 * q**4)
    else:
        total = seen + unseen
        variance = k * once * (once - 1) / 2 + k**2 * once * (2 * once - 1) ** 2 / 4 - k**2 * once**4 / (4 * total)
    z = float(-special.ndtri((1 - level) / 2))
    spread = math.exp(z * math.sqrt(math.log1p(max(variance, 0.0) / unseen**2)))
    return estimate(
        seen + unseen, seen + unseen / spread, seen + unseen * spread, n, level=level, segment=segment, method="Chao1"
    )
