"""Verdicts from repeated runs: pass^k, and whether a case passes, fails, or needs more runs."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, check_alpha, estimate, floats
from tidegate.stats.intervals import mean as student_mean
from tidegate.stats.late import late

special = late("scipy.special")


def pass_hat_k_items(passed: ArrayLike, runs: ArrayLike, k: int) -> Floats:
    """Per case, the unbiased estimate C(x, k)/C(n, k) that k fresh runs would all pass (Yao et al. 2024).

    The plug-in (x/n)^k overstates it on average (Jensen) and must not be used.
    """
    x, n = floats("passed", passed), floats("runs", runs)
    if ((x < 0) | (x > n)).any():
        raise InputError("expected 0 <= passed <= runs for every case")
    if k < 1 or (n < k).any():
        raise InputError(f"expected at least k={k} runs of every case, the fewest is {n.min():g}")
    log_ratio = special.gammaln(x + 1) - special.gammaln(np.maximum(x - k, 0) + 1)
    log_ratio += special.gammaln(n - k + 1) - special.gammaln(n + 1)
    return np.where(x >= k, np.exp(log_ratio), 0.0)


def pass_hat_k(passed: ArrayLike, runs: ArrayLike, k: int, *, level: float = 0.95, segment: str = "all") -> Measured:
    """Share of cases that k fresh runs would all pass, with Student's interval over cases."""
    items = pass_hat_k_items(passed, runs, k)
    if items.size < 2:
        return NotMeasured(reason=f"{items.size} case(s)", needed="at least 2 cases", segment=segment)
    found = student_mean(items, level=level, segment=segment)
    if isinstance(found, NotMeasured):
        return found
    return estimate(
        found.value, max(0.0, found.low), min(1.0, found.high), items.size,
        level=level, segment=segment, method=f"pass^{k}",
    )  # fmt: skip


def case_verdict(
    passed: int, runs: int, *, required: float, delta: float = 0.05
) -> Literal["pass", "fail", "undecided"]:
    """From the Jeffreys posterior Beta(x+½, n−x+½) of a case's pass rate.

    `pass` when P(rate ≥ required) ≥ 1−δ, `fail` when P(rate < required) ≥ 1−δ, else `undecided`:
    run it again.
    """
    if not 0 <= passed <= runs:
        raise InputError(f"expected 0 <= passed <= runs, got {passed} of {runs}")
    below = float(special.betainc(passed + 0.5, runs - passed + 0.5, required))
    if below <= check_alpha(delta):
        return "pass"
    return "fail" if below >= 1 - delta else "undecided"
