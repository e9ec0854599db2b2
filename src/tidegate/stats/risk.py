"""A threshold with a promise: concentration bounds, and choosing among many settings safely.

Learn-then-test (Angelopoulos, Bates, Candès, Jordan & Lei 2021): each candidate setting gets a
p-value for "its risk is above the limit"; a family-wise test over them returns the settings whose risk
is below the limit, all at once, with probability at least 1−δ.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Bools, Floats, check_alpha, estimate, floats, vector
from tidegate.stats.evalues import holm
from tidegate.stats.late import late

optimize = late("scipy.optimize")
special = late("scipy.special")
stats = late("scipy.stats")


def binary_kl(a: ArrayLike, b: ArrayLike) -> Floats:
    """kl(a‖b) between Bernoulli means, vectorised; 0·ln 0 = 0."""
    p, q = floats("a", a), floats("b", b)
    return np.asarray(special.rel_entr(p, q) + special.rel_entr(1 - p, 1 - q))


def hoeffding_bentkus_p(mean_loss: ArrayLike, n: int, limit: float) -> Floats:
    """p-value of "the mean of [0, 1] losses is above `limit`" (their Prop. 1): the better of two bounds."""
    r = floats("mean loss", mean_loss)
    if (r < 0).any() or (r > 1).any() or not 0 < limit < 1:
        raise InputError("expected losses and the limit in [0, 1]", remedy="rescale the losses")
    hoeffding = np.exp(-n * binary_kl(np.minimum(r, limit), limit))
    bentkus = math.e * stats.binom.cdf(np.ceil(n * r - 1e-9), n, limit)
    return np.asarray(np.minimum(1.0, np.minimum(hoeffding, bentkus)))


def learn_then_test(mean_losses: ArrayLike, n: int, limit: float, delta: float, *, ordered: bool = False) -> Bools:
    """Which settings keep mean loss ≤ `limit`, all at once with probability ≥ 1−δ.

    `ordered` tests them in the given order and stops at the first that fails (fixed-sequence
    testing: right when the order, e.g. a threshold from strict to lax, was fixed beforehand); else
    Holm.
    """
    p = hoeffding_bentkus_p(mean_losses, n, limit)
    if not ordered:
        return holm(p, delta)
    return np.asarray(np.cumsum(p > check_alpha(delta)) == 0)


def risk_upper(mean_loss: float, n: int, delta: float) -> float:
    """Upper bound of a mean of [0, 1] losses at 1−δ: the inversion of `hoeffding_bentkus_p`."""
    if n < 1:
        return 1.0

    def excess(limit: float) -> float:
        return float(hoeffding_bentkus_p(mean_loss, n, limit)) - delta

    top = 1 - 1e-12
    if mean_loss >= top or excess(top) > 0:
        return 1.0
    low = max(mean_loss, 1e-12)
    return float(optimize.brentq(excess, low, top, xtol=1e-10)) if excess(low) > 0 else low


def conformal_quantile(scores: ArrayLike, alpha: float) -> float:
    """The ⌈(n+1)(1−α)⌉-th smallest score: a fresh exchangeable score exceeds it with probability ≤ α.

    Infinite when n is too small for the promise (n < 1/α − 1).
    """
    x = np.sort(vector("scores", scores))
    rank = math.ceil((x.size + 1) * (1 - check_alpha(alpha)))
    return float(x[rank - 1]) if rank <= x.size else math.inf


def precision_threshold(
    scores: ArrayLike, correct: ArrayLike, *, precision_min: float, delta: float = 0.05, segment: str = "all"
) -> Measured:
    """The lowest score cut at which precision ≥ `precision_min` is promised with probability ≥ 1−δ.

    Cuts are the distinct scores from high to low.  Fixed-sequence testing with exact binomial
    p-values from several starting depths, each with an equal part of δ: one early miss does not end it.
    `low` = `high` = the cut; `n` counts the items above it.
    """
    s, good = vector("scores", scores), vector("correct", correct)
    if s.size != good.size:
        raise InputError(f"expected one verdict a score, got {s.size} scores and {good.size} verdicts")
    if not 0 < precision_min < 1:
        raise InputError(f"expected a precision in (0, 1), got {precision_min!r}")
    order = np.argsort(-s, kind="stable")
    s, good = s[order], good[order]
    last_of_tie = np.append(s[1:] != s[:-1], True) if s.size else np.zeros(0, bool)
    n, hits = np.arange(1, s.size + 1)[last_of_tie], np.cumsum(good)[last_of_tie]
    p = stats.binom.sf(hits - 1, n, precision_min)
    depth = math.ceil(math.log(check_alpha(delta) / 4) / math.log(precision_min))
    starts = [depth * 2**j for j in range(4)]
    at = -1
    for start in starts:
        here = np.flatnonzero(n >= start)
        run = np.cumsum(p[here] > delta / len(starts)) == 0
        if run.any():
            at = max(at, int(here[run][-1]))
    if at < 0:
        return NotMeasured(
            reason=f"no cut promises precision {precision_min:g} at {1 - delta:g}",
            needed=f"at least {depth} right answers at the top",
            segment=segment,
        )
    cut = float(s[last_of_tie][at])
    return estimate(cut, cut, cut, int(n[at]), level=1 - delta, segment=segment, method="fixed-sequence binomial")
