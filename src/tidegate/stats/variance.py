"""Where the noise is: item, run, judge and batch, and how to spend a budget of runs.

Balanced designs have closed forms by expected mean squares; unbalanced ones go through REML with any set of
crossed or nested factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Floats, check_level, estimate, floats, group_codes, same_length, vector
from tidegate.stats.late import late

linalg = late("scipy.linalg")
optimize = late("scipy.optimize")

COMPONENTS = ("item", "run", "judge", "item:judge", "residual")


def balanced_components(scores: ArrayLike) -> dict[str, float]:
    """Variance components of scores[item, run, judge], runs nested in items, judges crossed.

    Expected mean squares: E MS_I = σ²_e + n_rσ²_IJ + n_jσ²_R + n_rn_jσ²_I; E MS_R(I) = σ²_e + n_jσ²_R;
    E MS_J = σ²_e + n_rσ²_IJ + n_in_rσ²_J; E MS_IJ = σ²_e + n_rσ²_IJ; E MS_e = σ²_e (Searle, Casella &
    McCulloch 1992, ch. 4).  Negative solutions are 0.  With a single run (or judge) what cannot be told apart is
    in the residual.
    """
    y = floats("scores", scores)
    if y.ndim != 3 or y.shape[0] < 2:
        raise InputError(f"expected scores[item, run, judge] with at least 2 items, got shape {y.shape}")
    return _solve(y[None, ...])[0]


def _solve(y: Floats) -> list[dict[str, float]]:
    """Components of a stack of designs, shape (stack, item, run, judge)."""
    _, n_i, n_r, n_j = y.shape
    grand = y.mean(axis=(1, 2, 3), keepdims=True)
    item = y.mean(axis=(2, 3), keepdims=True)
    run = y.mean(axis=3, keepdims=True)
    judge = y.mean(axis=(1, 2), keepdims=True)
    cell = y.mean(axis=2, keepdims=True)

    def total(part: Floats, copies: int) -> Floats:
        return np.asarray(copies * (part**2).sum(axis=(1, 2, 3)))

    ms_i = total(item - grand, n_r * n_j) / (n_i - 1)
    ms_r = total(run - item, n_j) / max(n_i * (n_r - 1), 1)
    ms_j = total(judge - grand, n_i * n_r) / max(n_j - 1, 1)
    ms_ij = total(cell - item - judge + grand, n_r) / max((n_i - 1) * (n_j - 1), 1)
    ms_e = total(y - run - cell + item, 1) / max(n_i * (n_r - 1) * (n_j - 1), 1)
    if n_r == 1 and n_j == 1:
        parts = {"item": ms_i}
    elif n_j == 1:
        parts = {"residual": ms_r, "item": (ms_i - ms_r) / n_r}
    elif n_r == 1:
        parts = {"residual": ms_ij, "item": (ms_i - ms_ij) / n_j, "judge": (ms_j - ms_ij) / n_i}
    else:
        parts = {
            "residual": ms_e, "item:judge": (ms_ij - ms_e) / n_r, "run": (ms_r - ms_e) / n_j,
            "judge": (ms_j - ms_ij) / (n_i * n_r), "item": (ms_i - ms_r - ms_ij + ms_e) / (n_r * n_j),
        }  # fmt: skip
    zero = np.zeros(len(y))
    kept = {name: np.maximum(parts.get(name, zero), 0.0) for name in COMPONENTS}
    return [{name: float(values[s]) for name, values in kept.items()} for s in range(len(y))]


def component_intervals(
    scores: ArrayLike, rng: np.random.Generator, *, replicates: int = 300, level: float = 0.95
) -> dict[str, Measured]:
    """Balanced components with intervals from resampling items; n counts items.

    The judge component rests on the judges at hand: with few of them its interval is too narrow, and says so.
    """
    y = floats("scores", scores)
    point = balanced_components(y)
    draws = []
    for _ in range(replicates):
        draws.append(_solve(y[rng.integers(0, len(y), len(y))][None, ...])[0])
    tail = (1 - check_level(level)) / 2
    out: dict[str, Measured] = {}
    for name, value in point.items():
        # Resampling items duplicates them, which inflates the within-item share by n/(n−1) at most.
        low, high = np.quantile([d[name] for d in draws], [tail, 1 - tail])
        note = "item bootstrap, judges as given" if name == "judge" else "item bootstrap"
        out[name] = estimate(value, float(low), float(high), len(y), level=level, segment="all", method=note)
    return out


def reml_components(
    values: ArrayLike, factors: Mapping[str, Sequence[object]], *, rows_max: int = 4000
) -> dict[str, Measured]:
    """REML variance components of an unbalanced design (Patterson & Thompson 1971).

    `factors` maps a name to one label a row; nest by joining labels ("item3/run1"), cross by naming
    both.  Intervals are Wald on the log scale from the observed information.  Above `rows_max` rows
    average the rows of a cell first.
    """
    y = vector("values", values)
    designs, k_of = [], {}
    for name, labels in factors.items():
        codes, k = group_codes(np.asarray(labels))
        same_length(values=y, **{name: codes})
        k_of[name] = k
        designs.append((codes[:, None] == codes[None, :]).astype(np.float64))
    names = [*factors, "residual"]
    if y.size > rows_max or y.size < 3:
        why = NotMeasured(reason=f"{y.size} rows", needed=f"between 3 and {rows_max} rows: average the rows of a cell")
        return dict.fromkeys(names, why)
    designs.append(np.eye(y.size))
    scale = float(np.var(y)) or 1.0

    def negative_log(theta: Floats) -> float:
        covariance = sum((np.exp(t) * d for t, d in zip(theta, designs, strict=True)), np.zeros((y.size, y.size)))
        factor, lower = linalg.cho_factor(covariance, lower=True)
        ones = linalg.cho_solve((factor, lower), np.ones(y.size))
        information = float(ones.sum())
        centred = y - float(ones @ y) / information
        log_det = 2 * float(np.log(np.diag(factor)).sum())
        fit = float(centred @ linalg.cho_solve((factor, lower), centred))
        return 0.5 * (log_det + float(np.log(information)) + fit)

    start = np.full(len(designs), np.log(scale / len(designs)))
    bounds = [(np.log(scale * 1e-8), np.log(scale * 1e3))] * len(designs)
    found = optimize.minimize(negative_log, start, method="L-BFGS-B", bounds=bounds)
    errors = _wald(negative_log, found.x)
    out: dict[str, Measured] = {}
    for i, name in enumerate(names):
        value = float(np.exp(found.x[i]))
        if value < scale * 1e-7:
            value, low, high = 0.0, 0.0, scale
        else:
            low, high = value * np.exp(-1.96 * errors[i]), value * np.exp(1.96 * errors[i])
        out[name] = estimate(value, low, high, k_of.get(name, y.size), level=0.95, segment="all", method="REML")
    return out


def _wald(objective: object, at: Floats, step: float = 1e-3) -> Floats:
    """Standard errors on the log scale from a central-difference Hessian; infinite where flat."""
    assert callable(objective)
    n = at.size
    hessian = np.empty((n, n))
    for i in range(n):
        for j in range(i, n):
            a, b = np.eye(n)[i] * step, np.eye(n)[j] * step
            corner = [float(objective(at + s * a + t * b)) for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            hessian[i, j] = hessian[j, i] = (corner[0] - corner[1] - corner[2] + corner[3]) / (4 * step * step)
    try:
        inverse = np.diag(np.linalg.inv(hessian))
    except np.linalg.LinAlgError:
        return np.full(n, np.inf)
    return np.sqrt(np.where(inverse > 0, inverse, np.inf))


@dataclass(frozen=True)
class Allocation:
    """How to spend a budget: items, runs an item, judges a run, and the standard error it buys."""

    items: int
    runs: int
    judges: int
    standard_error: float
    cost: float


def best_allocation(
    components: Mapping[str, float],
    *,
    budget: float,
    cost_item: float,
    cost_run: float,
    cost_judge: float,
    runs_max: int = 50,
    judges_max: int = 10,
) -> Allocation:
    """The items × runs × judges that make the mean most precise within a budget (exact search).

    Cost n_i(c_I + n_r(c_R + n_j c_J)).  The judges' own main effect σ²_J/n_j does not shrink with items.  For one
    judge count the optimum is near n_r* = √(c_I σ'²/(c' σ²_I)), the two-stage rule.
    """
    get = {name: components.get(name, 0.0) for name in COMPONENTS}
    best: Allocation | None = None
    for n_j in range(1, judges_max + 1):
        for n_r in range(1, runs_max + 1):
            each = cost_item + n_r * (cost_run + n_j * cost_judge)
            n_i = int(budget // each) if each > 0 else 0
            if n_i < 1:
                continue
            variance = (
                get["judge"] / n_j
                + (get["item"] + get["run"] / n_r + get["item:judge"] / n_j + get["residual"] / (n_r * n_j)) / n_i
            )
            if best is None or variance < best.standard_error**2 - 1e-15:
                best = Allocation(n_i, n_r, n_j, float(np.sqrt(variance)), n_i * each)
    if best is None:
        raise InputError(f"expected a budget that pays for one item, got {budget}", remedy="raise the budget")
    return best


def neyman_allocation(weights: ArrayLike, deviations: ArrayLike, total: int, costs: ArrayLike | float = 1.0) -> Floats:
    """Units a segment ∝ w_s σ_s/√c_s, summing to `total` (largest remainders), each at least 1."""
    w, s = vector("weights", weights), vector("deviations", deviations)
    same_length(weights=w, deviations=s)
    share = w * s / np.sqrt(np.broadcast_to(np.asarray(costs, dtype=np.float64), w.shape))
    if total < w.size:
        raise InputError(f"expected at least one unit a segment, got {total} for {w.size} segments")
    if share.sum() <= 0:
        share = np.ones_like(w)
    ideal = 1 + (total - w.size) * share / share.sum()
    units = np.floor(ideal)
    short = int(total - units.sum())
    units[np.argsort(-(ideal - units), kind="stable")[:short]] += 1
    return np.asarray(units, dtype=np.float64)
