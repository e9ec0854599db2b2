"""Fits the stop threshold to productive runs, so that the false-stop rate can be stated.

Split conformal prediction on whole runs: if n productive runs and the next one are exchangeable,
the chance that the next one's largest evidence exceeds the k-th largest of the n is at most
k / (n + 1), whatever its length (Vovk et al., Algorithmic Learning in a Random World, 2005,
proposition 2.1).  That is a mean over histories: one history may be lucky.  The rate behind the k-th largest of one
history is at most a Beta(k, n + 1 - k) variable (Vovk, Conditional validity of inductive conformal predictors, 2012,
proposition 2a), so that k is taken as large as keeps it within the rate in 95 of 100 histories.  A history too small
for that (under 299 runs at 1 %) takes k = 1, and its statement is the mean's.  The threshold is the smallest half-bit
strictly above the order statistic.
"""

from collections.abc import Iterable, Sequence
from math import exp, lgamma, log, log1p

from tidegate.admit.toolguard.model import Step, Thresholds
from tidegate.admit.toolguard.state import WORDS_ALONE

GRID_BITS = 0.5  # evidence moves in halves of a bit
CONFIDENCE = 0.95
FLOOR_BITS = 3.0  # never stop on less than six repeated visits, however tame the history was


def names_called(steps: Iterable[Step]) -> set[str]:
    """The tools that a run called, as a calibration states them."""
    return {t.lower() for s in steps for t in s.tools} or {WORDS_ALONE}


def needed_runs(false_stop_rate: float) -> int:
    """How many productive runs a rate needs before it can be stated: n with 1 / (n + 1) <= rate."""
    return max(1, int(1.0 / false_stop_rate + 1e-9) - 1)


def allowed_above(runs: int, rate: float) -> int:
    """How many of so many runs may lie above a threshold that is to hold the rate with `CONFIDENCE`; 0: too few runs.

    The largest k with P(Binomial(runs, rate) >= k) >= CONFIDENCE.
    """
    below = 0.0
    for k in range(runs + 1):
        below += _chance(k, runs, rate)
        if below > 1.0 - CONFIDENCE:
            return k
    return runs


def confidence_of(runs: int, false_stop_rate: float) -> float:
    """The share of histories of so many runs whose fitted threshold holds the rate: P(Binomial(runs, rate) >= k).

    At least `CONFIDENCE` where the history is large enough for it; below that k is 1, and the rate is a mean over
    histories.
    """
    k = max(1, allowed_above(runs, false_stop_rate))
    return 1.0 - sum(_chance(i, runs, false_stop_rate) for i in range(k))


def _chance(k: int, runs: int, rate: float) -> float:
    """P(Binomial(runs, rate) = k)."""
    ways = lgamma(runs + 1) - lgamma(k + 1) - lgamma(runs - k + 1)
    return exp(ways + k * log(rate) + (runs - k) * log1p(-rate))


def calibrate(
    evidence_maxima: Sequence[float], false_stop_rate: float, *, base: Thresholds, task_type: str = "default",
    tools: Iterable[str] = (),
) -> Thresholds:  # fmt: skip
    """Thresholds whose statistical signals stop at most `false_stop_rate` of productive runs.

    `evidence_maxima` holds each productive run's `evidence_maximum` in bits.  With fewer than
    `needed_runs` the result stays uncalibrated: it only nudges.  `tools` names what those runs called: the
    statement is about runs that call the same.
    """
    if not 0 < false_stop_rate < 1:
        raise ValueError(f"expected a rate in (0, 1), got {false_stop_rate!r}")
    n = len(evidence_maxima)
    names = tuple(sorted({t.lower() for t in tools}))
    kwargs = {f: getattr(base, f) for f in base.__struct_fields__}
    if n < needed_runs(false_stop_rate):
        kwargs |= {"evidence_stop_bits": None, "false_stop_rate": None, "runs": n, "task_type": task_type,
                   "tools": names, "confidence": None}  # fmt: skip
        return Thresholds(**kwargs)
    allowed = allowed_above(n, false_stop_rate)
    edge = sorted(evidence_maxima, reverse=True)[max(1, allowed) - 1]
    stop = max(FLOOR_BITS, (int(edge / GRID_BITS) + 1) * GRID_BITS)
    kwargs |= {"evidence_stop_bits": stop, "false_stop_rate": false_stop_rate, "runs": n, "task_type": task_type,
               "tools": names, "confidence": CONFIDENCE if allowed else None}  # fmt: skip
    return Thresholds(**kwargs)
