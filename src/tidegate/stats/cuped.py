"""Less noise from what was known before: control variates, with cross-fitting.

Deng et al. (2013).  The covariate must be fixed before the arm acts (a past value, or a quality
difference measured in shadow for every unit); then randomisation keeps the estimate unbiased.
"""

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, Ints, check_level, estimate, floats, same_length, vector
from tidegate.stats.late import late
from tidegate.stats.standard_errors import clustered_se

special = late("scipy.special")


def cross_fitted(outcomes: Floats, covariates: Floats, fold_of: Ints) -> Floats:
    """Predictions of each unit's outcome by least squares fitted on the other folds, shape (n,)."""
    design = np.column_stack([np.ones(len(outcomes)), covariates])
    out = np.empty(len(outcomes))
    for fold in range(int(fold_of.max()) + 1):
        here = fold_of == fold
        beta, *_ = np.linalg.lstsq(design[~here], outcomes[~here], rcond=None)
        out[here] = design[here] @ beta
    return out


def adjusted_effect(
    outcomes: ArrayLike,
    treated: ArrayLike,
    covariates: ArrayLike,
    rng: np.random.Generator,
    *,
    clusters: ArrayLike | None = None,
    folds: int = 5,
    level: float = 0.95,
    segment: str = "all",
) -> Measured:
    """Treatment effect after removing what covariates predict, cross-fitted so that fitting adds no bias.

    `covariates` is (n,) or (n, k).  Folds are drawn with `rng` (whole clusters together).  The
    interval is Welch's, or cluster-robust when clusters are given.
    """
    y, t, x = vector("outcomes", outcomes), vector("treated", treated), floats("covariates", covariates)
    same_length(outcomes=y, treated=t, covariates=x)
    if not np.isin(t, (0.0, 1.0)).all():
        raise InputError("expected treated as 0 or 1")
    if min(t.sum(), (1 - t).sum()) < max(2, folds):
        return NotMeasured(
            reason="an arm is too small", needed=f"at least {max(2, folds)} units an arm", segment=segment
        )
    names = np.arange(y.size) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1].ravel()
    fold_of = rng.permutation(int(names.max()) + 1)[names] % folds
    # Arm means are removed first: the covariate's slope must not swallow the effect itself.
    centred = y - np.where(t == 1, y[t == 1].mean(), y[t == 0].mean())
    rest = y - cross_fitted(centred, x if x.ndim == 2 else x[:, None], fold_of)
    return arm_difference(rest, t, clusters=clusters, level=level, segment=segment, method="CUPED, cross-fitted")


def arm_difference(
    outcomes: ArrayLike,
    treated: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
    segment: str = "all",
    method: str = "Welch",
) -> Measured:
    """Mean(treated) − mean(control): Welch's interval, or cluster-robust in each arm."""
    y, t = vector("outcomes", outcomes), vector("treated", treated)
    same_length(outcomes=y, treated=t)
    variances, freedoms, means = [], [], []
    for arm in (1.0, 0.0):
        here = t == arm
        units = np.arange(here.sum()) if clusters is None else np.asarray(clusters)[here]
        k = np.unique(units).size
        if k < 2:
            return NotMeasured(reason=f"{k} independent unit(s) in an arm", needed="at least 2", segment=segment)
        means.append(float(y[here].mean()))
        variances.append(clustered_se(y[here], units) ** 2)
        freedoms.append(k - 1)
    total = sum(variances)
    freedom = total**2 / sum(v**2 / f for v, f in zip(variances, freedoms, strict=True)) if total > 0 else sum(freedoms)
    half = float(special.stdtrit(freedom, 0.5 + check_level(level) / 2)) * float(np.sqrt(total))
    value = means[0] - means[1]
    return estimate(value, value - half, value + half, y.size, level=level, segment=segment, method=method)
