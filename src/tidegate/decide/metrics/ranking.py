"""Metrics of scores: how well the order, or the probability, tells positives from negatives."""

import numpy as np
from scipy import stats

from tidegate.spine.estimate import Measured, NotMeasured
from tidegate.stats.arrays import Bools, Floats, estimate


def auc(scores: Floats, yes: Bools, *, level: float = 0.95) -> Measured:
    """Area under the ROC curve with DeLong's interval on the logit scale (DeLong et al. 1988; Pepe 2003)."""
    seen = ~np.isnan(scores)
    s, y = scores[seen], yes[seen]
    m, n = int(y.sum()), int((~y).sum())
    if m < 2 or n < 2:
        return NotMeasured(reason=f"{m} positives and {n} negatives with a score", needed="two of each")
    ranks = stats.rankdata(s)
    value = float((ranks[y].sum() - m * (m + 1) / 2) / (m * n))
    v10 = (ranks[y] - stats.rankdata(s[y])) / n
    v01 = 1 - (ranks[~y] - stats.rankdata(s[~y])) / m
    se = float(np.sqrt(np.var(v10, ddof=1) / m + np.var(v01, ddof=1) / n))
    if not 0 < value < 1 or se == 0:
        edge = 1 - (1 - level) ** (1 / min(m, n))  # perfect separation: the rule of three on the smaller side
        low, high = (value, min(1.0, edge)) if value <= 0 else (max(0.0, 1 - edge), value)
        return estimate(value, low, high, int(seen.sum()), level=level, segment="all", method="exact edge")
    z = float(stats.norm.ppf(0.5 + level / 2)) * se / (value * (1 - value))
    logit = np.log(value / (1 - value))
    low, high = (float(1 / (1 + np.exp(-(logit + d)))) for d in (-z, z))
    return estimate(value, low, high, int(seen.sum()), level=level, segment="all", method="DeLong, logit")


def average_precision(scores: Floats, yes: Bools) -> float:
    """Σ (R_k − R_{k−1})·P_k over distinct score cuts, ties taken together; NaN without positives."""
    cuts = cumulative(scores, yes)
    if cuts is None:
        return float("nan")
    tp, fp, positives, _ = cuts
    recall = tp / positives
    return float(np.sum(np.diff(np.concatenate([[0.0], recall])) * tp / (tp + fp)))


def cumulative(scores: Floats, yes: Bools) -> tuple[Floats, Floats, float, float] | None:
    """(tp, fp) at every distinct cut from high to low, and the class totals; None without positives."""
    seen = ~np.isnan(scores)
    s, y = scores[seen], yes[seen]
    if not y.any():
        return None
    order = np.argsort(-s, kind="stable")
    s, y = s[order], y[order]
    last = np.append(s[1:] != s[:-1], True)
    tp = np.cumsum(y)[last].astype(np.float64)
    fp = np.cumsum(~y)[last].astype(np.float64)
    return tp, fp, float(y.sum()), float((~y).sum())


def work_saved(scores: Floats, yes: Bools, recall: float = 0.95) -> float:
    """WSS@r: (TN+FN)/N − (1−r) at the first cut that reaches recall r (Cohen et al. 2006)."""
    cuts = cumulative(scores, yes)
    if cuts is None:
        return float("nan")
    tp, fp, positives, negatives = cuts
    at = int(np.argmax(tp >= recall * positives - 1e-9))
    total = positives + negatives
    return float((total - tp[at] - fp[at]) / total - (1 - recall))


def found_early(scores: Floats, yes: Bools, share: float = 0.10) -> float:
    """RRF@10: share of the positives among the top tenth."""
    cuts = cumulative(scores, yes)
    if cuts is None:
        return float("nan")
    tp, fp, positives, negatives = cuts
    inside = np.flatnonzero(tp + fp <= share * (positives + negatives) + 1e-9)
    return float(tp[inside[-1]] / positives) if inside.size else 0.0
