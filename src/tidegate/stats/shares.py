"""A share with Wilson's interval in plain Python: for verbs that must start at once.

The same numbers as `intervals.proportion`, without numpy and scipy, whose import costs a second.
"""

from statistics import NormalDist

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, Measured, NotMeasured


def share(successes: int, n: int, *, level: float = 0.95, segment: str = "all") -> Measured:
    """Wilson's score interval (Wilson 1927, eq. 8); NotMeasured without trials."""
    if not 0 <= successes <= n:
        raise InputError(f"expected 0 <= successes <= n, got {successes} of {n}")
    if n == 0:
        return NotMeasured(reason="no trials", needed="at least one trial", segment=segment)
    z2, p = NormalDist().inv_cdf(0.5 + level / 2) ** 2, successes / n
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (p * (1 - p) / n + z2 / (4 * n**2))) ** 0.5 / (1 + z2 / n)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Estimate(value=p, low=min(low, p), high=max(high, p), n=n, segment=segment, level=level, method="wilson")
