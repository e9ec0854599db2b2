"""What a biased judge is worth: correction by a few human labels, or a refusal.

A judge's share is not the truth's share.  With labels on a random part, prediction-powered
inference is valid whatever the judge does, and as wide as labels alone when it knows nothing.
Rogan–Gladen inverts sensitivity and specificity, and must refuse when the judge is no better than a coin.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, check_level, estimate, group_codes, same_length, vector
from tidegate.stats.intervals import wilson_bounds
from tidegate.stats.late import late
from tidegate.stats.sequences import Path, hedged_betting
from tidegate.stats.summaries import Bernoulli

special = late("scipy.special")


def youden(sensitivity: Bernoulli, specificity: Bernoulli, *, level: float = 0.95, segment: str = "all") -> Measured:
    """J = sensitivity + specificity − 1, interval from two Wilson intervals (Zou & Donner's MOVER)."""
    if not sensitivity.n or not specificity.n:
        return NotMeasured(
            reason="labels of one class only", needed="human labels of both classes beside the judge", segment=segment
        )
    l1, u1 = (float(b) for b in wilson_bounds(sensitivity.successes, sensitivity.n, level))
    l0, u0 = (float(b) for b in wilson_bounds(specificity.successes, specificity.n, level))
    q1, q0 = sensitivity.mean, specificity.mean
    value = q1 + q0 - 1
    return estimate(
        value, value - float(np.hypot(q1 - l1, q0 - l0)), value + float(np.hypot(u1 - q1, u0 - q0)),
        sensitivity.n + specificity.n, level=level, segment=segment, method="Youden, MOVER-Wilson",
    )  # fmt: skip


def rogan_gladen(
    judged_positive: Bernoulli,
    sensitivity: Bernoulli,
    specificity: Bernoulli,
    *,
    level: float = 0.95,
    segment: str = "all",
) -> Measured:
    """(p̂ + q₀ − 1)/(q₀ + q₁ − 1) with the delta-method interval (Rogan & Gladen 1978); refuses at J ≤ 0.

    q₁ is sensitivity, q₀ specificity, each from labelled items.
    """
    j = youden(sensitivity, specificity, level=level, segment=segment)
    if isinstance(j, NotMeasured):
        return j
    if not judged_positive.n:
        return NotMeasured(reason="nothing was judged", needed="judged items", segment=segment)
    if j.low <= 0:
        return NotMeasured(
            reason=f"the judge cannot decide this: its J is {j.value:.3f} with interval reaching {j.low:.3f}",
            needed="a better judge, or human labels instead",
            segment=segment,
        )
    p, q1, q0 = judged_positive.mean, sensitivity.mean, specificity.mean
    value = float(np.clip((p + q0 - 1) / j.value, 0, 1))
    variance = (
        p * (1 - p) / judged_positive.n
        + (1 - value) ** 2 * q0 * (1 - q0) / specificity.n
        + value**2 * q1 * (1 - q1) / sensitivity.n
    ) / j.value**2
    half = float(special.ndtri(0.5 + check_level(level) / 2)) * float(np.sqrt(variance))
    return estimate(
        value, max(0.0, value - half), min(1.0, value + half), judged_positive.n,
        level=level, segment=segment, method="Rogan-Gladen",
    )  # fmt: skip


def tuning_weight(labels: Floats, judged: Floats, unlabelled: int, variance_all: float) -> float:
    """λ* = Cov(Y, f)/((1 + n/N)·Var f), clipped to [0, 1] (Angelopoulos, Duchi & Zrnic 2023, eq. 7)."""
    if labels.size < 3 or variance_all <= 0 or unlabelled == 0:
        return 0.0
    covariance = float(np.cov(labels, judged)[0, 1])
    return float(np.clip(covariance / ((1 + labels.size / unlabelled) * variance_all), 0.0, 1.0))


def ppi(
    labels: ArrayLike,
    judged: ArrayLike,
    judged_unlabelled: ArrayLike,
    *,
    weight: float | None = None,
    clusters: ArrayLike | None = None,
    folds: int = 0,
    level: float = 0.95,
    segment: str = "all",
) -> Measured:
    """PPI++: Ȳ + λ(f̄_unlabelled − f̄_labelled), valid for any judge when labels are a random part.

    `judged` are the judge's scores on the labelled items, in their order.  `weight` fixes λ (1 is plain
    PPI, 0 labels only); by default λ is the variance-optimal one.  `folds` > 1 fits λ on the other
    folds (for a handful of labels).  `clusters` of labelled items make the rectifier's variance robust.
    For a paired comparison pass differences for all three.  n counts labelled units.
    """
    y, f, g = vector("labels", labels), vector("judged", judged), vector("judged, unlabelled", judged_unlabelled)
    same_length(labels=y, judged=f)
    units = np.arange(y.size) if clusters is None else group_codes(np.asarray(clusters))[0]
    k = np.unique(units).size
    if k < 2:
        return NotMeasured(reason=f"{k} labelled unit(s)", needed="at least 2 labelled units", segment=segment)
    everything = np.concatenate([f, g])
    spread = float(np.var(everything, ddof=1)) if everything.size > 1 else 0.0
    if weight is not None:
        lam = np.full(y.size, float(weight))
    elif folds > 1 and k >= 3 * folds:
        fold_of = units % folds
        per_fold = [tuning_weight(y[fold_of != j], f[fold_of != j], g.size, spread) for j in range(folds)]
        lam = np.array(per_fold)[fold_of]
    else:
        lam = np.full(y.size, tuning_weight(y, f, g.size, spread))
    mean_weight = float(lam.mean())
    unlabelled_part = mean_weight * float(g.mean()) if g.size else 0.0
    rectifier = y - lam * f if g.size else y
    value = float(rectifier.mean()) + unlabelled_part
    totals = np.bincount(units, rectifier - rectifier.mean())
    variance = k / (k - 1) * float(np.sum(totals**2)) / y.size**2
    if g.size > 1:
        variance += mean_weight**2 * float(np.var(g, ddof=1)) / g.size
    half = float(special.stdtrit(k - 1, 0.5 + check_level(level) / 2)) * float(np.sqrt(variance))
    method = f"PPI++ (weight {mean_weight:.2f})" if weight is None else f"PPI (weight {mean_weight:.2f})"
    return estimate(value, value - half, value + half, k, level=level, segment=segment, method=method)


def effective_labels(n: int, unlabelled: int, correlation: float) -> float:
    """n(n+N)/(n+(1−r²)N): how many labels alone would give PPI++'s width."""
    return n * (n + unlabelled) / (n + (1 - correlation**2) * unlabelled)


def labelled_stream(
    judged: ArrayLike,
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    probability_min: float | None = None,
    alpha: float = 0.05,
    grid: int = 400,
) -> Path:
    """Correction *and* peeking: the true mean of a stream whose items are judged and sometimes labelled.

    Item i is labelled with probability q_i, chosen before its label is known (NaN in `labels` where it
    was not).  X_i = λ_i f_i + ξ_i/q_i·(Y_i − λ_i f_i) has the true mean whatever the judge does; λ_i is
    learned from the past; hedged betting on the rescaled, bounded X_i gives limits that hold at every
    look.  Scores and labels in [0, 1].  `probability_min` is the design's smallest q (default: the smallest
    given).  Active-inference weights: Zrnic & Candès (2024).
    """
    f, q = vector("judged", judged), vector("probabilities", probabilities)
    y = np.asarray(labels, dtype=np.float64)
    same_length(judged=f, labels=y, probabilities=q)
    if (q <= 0).any() or (q > 1).any():
        raise InputError(f"expected labelling probabilities in (0, 1], got {q.min():g} to {q.max():g}")
    if f.size and (f.min() < 0 or f.max() > 1 or np.nanmin(np.append(y, 0)) < 0 or np.nanmax(np.append(y, 1)) > 1):
        raise InputError("expected scores and labels in [0, 1]", remedy="rescale them first")
    seen = ~np.isnan(y)
    filled = np.where(seen, y, 0.0)
    lam = _past_weight(f, filled, seen / q)
    x = lam * f + np.where(seen, (filled - lam * f) / q, 0.0)
    floor = float(q.min()) if probability_min is None else probability_min
    if q.size and q.min() < floor:
        raise InputError(f"expected every probability at least {floor:g}, got {q.min():g}")
    low, high = 1.0 - 1.0 / floor, 1.0 / floor  # reached at f = 1, Y = 0 and at f = 0, Y = 1
    path = hedged_betting((x - low) / (high - low), alpha=alpha, grid=grid)
    scaled = [part * (high - low) + low for part in (path.centre, path.low, path.high)]
    return Path(scaled[0], np.clip(scaled[1], 0, 1), np.clip(scaled[2], 0, 1), alpha, "exact", "labelled stream")


def _past_weight(f: Floats, y: Floats, w: Floats) -> Floats:
    """λ_i = Cov/Var of the labelled past (importance-weighted), shrunk to 0 by ten pseudo-labels; predictable."""
    total = np.cumsum(w)
    mean_f, mean_y = (np.cumsum(w * v) / np.maximum(total, 1e-12) for v in (f, y))
    covariance = np.cumsum(w * f * y) - total * mean_f * mean_y
    variance = np.cumsum(w * f * f) - total * mean_f**2
    lam = np.clip(covariance / (np.maximum(variance, 0) + 10 * 0.25), 0, 1)
    return np.concatenate([[0.0], lam[:-1]])


def order_consistency(
    first: Sequence[object], swapped: Sequence[object], *, level: float = 0.95, segment: str = "all"
) -> Measured:
    """Share of pairs on which a judge names the same winner in both presentation orders.

    None, NaN or "" (no winner could be read) stays in the denominator and agrees with nothing.
    """
    if len(first) != len(swapped):
        raise InputError(f"expected each pair in both orders, got {len(first)} and {len(swapped)}")
    if not len(first):
        return NotMeasured(reason="no pair was judged in both orders", needed="both orders", segment=segment)
    unread = (None, "", "None")
    same = sum(a == b and a not in unread for a, b in zip(first, swapped, strict=True))
    low, high = wilson_bounds(same, len(first), level)
    share = same / len(first)
    return estimate(share, float(low), float(high), len(first), level=level, segment=segment, method="wilson")
