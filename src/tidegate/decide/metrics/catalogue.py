"""Metrics of a yes/no decision, each with the preference it encodes in plain words.

A metric is a function of the four counts tp, fp, fn, tn (arrays of one shape).  0/0 gives NaN: undefined
is never zero.  `better` is +1 when more is better and −1 when less is.
"""

# ruff: noqa: ARG005  every metric takes the same four counts, whether or not it uses them.
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from tidegate.spine.errors import WrongUse, nearest
from tidegate.stats.arrays import Floats

Counts = Callable[[Floats, Floats, Floats, Floats], Floats]


@dataclass(frozen=True)
class Metric:
    """One metric: its formula, direction, range, and what choosing it says one cares about."""

    name: str
    of: Counts
    words: str
    better: int = 1
    bounds: tuple[float, float] = (0.0, 1.0)
    percent: bool = False

    def __call__(self, tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
        """Values for arrays of counts; NaN where the metric is 0/0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.of(*(np.asarray(x, dtype=np.float64) for x in (tp, fp, fn, tn))), dtype=np.float64)

    def oriented(self, values: Floats) -> Floats:
        """Values on a scale where more is better and unbounded metrics are finite: x/(1+x), order kept."""
        v = np.asarray(values, dtype=np.float64)
        if not np.isfinite(self.bounds[1]):
            with np.errstate(invalid="ignore"):
                v = np.where(np.isinf(v), 1.0, v / (1 + np.abs(v)))
        return np.asarray(self.better * v, dtype=np.float64)

    def shown(self, value: float) -> str:
        """The value as people write it."""
        return f"{100 * value:.1f} %" if self.percent else f"{value:.3f}"


def f_beta(beta: float) -> Counts:
    """F_β: recall counts β times as much as precision (van Rijsbergen 1979)."""
    b2 = beta * beta
    return lambda tp, fp, fn, tn: np.asarray((1 + b2) * tp / ((1 + b2) * tp + b2 * fn + fp))


def mcc(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    """Matthews correlation of truth and prediction; 0/0 for a constant prediction."""
    return np.asarray((tp * tn - fp * fn) / (np.sqrt((tp + fp) * (tp + fn)) * np.sqrt((tn + fp) * (tn + fn))))


def weighted_mcc(weight: float) -> Counts:
    """MCC after counting every positive `weight` times."""
    return lambda tp, fp, fn, tn: mcc(weight * tp, fp, weight * fn, tn)


def net_benefit(threshold: float) -> Counts:
    """Vickers & Elkin (2006): TP/n − FP/n·p_t/(1−p_t)."""
    return lambda tp, fp, fn, tn: (tp - fp * threshold / (1 - threshold)) / (tp + fp + fn + tn)


def expected_cost(miss: float, false_alarm: float) -> Counts:
    """Cost per item at the prevalence of the data."""
    return lambda tp, fp, fn, tn: (miss * fn + false_alarm * fp) / (tp + fp + fn + tn)


def weighted_accuracy(weight: float) -> Counts:
    """Accuracy after counting every positive `weight` times."""
    return lambda tp, fp, fn, tn: (weight * tp + tn) / (weight * (tp + fn) + tn + fp)


def kappa(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    """Cohen (1960)."""
    return 2 * (tp * tn - fp * fn) / ((tp + fp) * (fp + tn) + (tp + fn) * (fn + tn))


def _agreement_beyond(chance: Counts) -> Counts:
    def of(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
        seen = (tp + tn) / (tp + fp + fn + tn)
        by_chance = chance(tp, fp, fn, tn)
        return (seen - by_chance) / (1 - by_chance)

    return of


def _scott(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    share = (2 * tp + fp + fn) / (2 * (tp + fp + fn + tn))
    return share**2 + (1 - share) ** 2


def _gwet(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    share = (2 * tp + fp + fn) / (2 * (tp + fp + fn + tn))
    return 2 * share * (1 - share)


def _threat_adjusted(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    chance = (tp + fp) * (tp + fn) / (tp + fp + fn + tn)
    return (tp - chance) / (tp + fp + fn - chance)


def _macro_f1(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (2 * tp / (2 * tp + fp + fn) + 2 * tn / (2 * tn + fp + fn)) / 2


def _weighted_f1(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    p, n = tp + fn, tn + fp
    one = np.where(p > 0, p * 2 * tp / (2 * tp + fp + fn), 0.0)
    zero = np.where(n > 0, n * 2 * tn / (2 * tn + fp + fn), 0.0)
    return np.where(p + n > 0, (one + zero) / (p + n), np.nan)


def _prevalence_threshold(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    tpr, fpr = tp / (tp + fn), fp / (fp + tn)
    return np.asarray(np.sqrt(fpr) / (np.sqrt(tpr) + np.sqrt(fpr)))


def _information(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    n = tp + fp + fn + tn
    total = np.zeros_like(n)
    for cell, row, column in ((tp, tp + fn, tp + fp), (fp, fp + tn, tp + fp), (fn, tp + fn, fn + tn),
                              (tn, fp + tn, fn + tn)):  # fmt: skip
        total = total + np.where(cell > 0, cell / n * np.log2(np.where(cell > 0, cell * n / (row * column), 1.0)), 0.0)
    return np.where(n > 0, np.maximum(total, 0.0), np.nan)


def _uncertainty(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    share = (tp + fn) / (tp + fp + fn + tn)
    entropy = (special.entr(share) + special.entr(1 - share)) / np.log(2)
    return np.asarray(_information(tp, fp, fn, tn) / entropy)


def _edges(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return np.asarray(4 * tp * tn / (4 * tp * tn + (tp + tn) * (fp + fn)))


def _yule_q(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (tp * tn - fp * fn) / (tp * tn + fp * fn)


def _yule_y(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    a, b = np.sqrt(tp * tn), np.sqrt(fp * fn)
    return np.asarray((a - b) / (a + b))


def _bangdiwala(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (tp**2 + tn**2) / ((tp + fp) * (tp + fn) + (tn + fp) * (tn + fn))


def _work_saved(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Floats:
    return (tn + fn) / (tp + fp + fn + tn) - (1 - tp / (tp + fn))


UNIT, SIGNED, POSITIVE = (0.0, 1.0), (-1.0, 1.0), (0.0, np.inf)

METRICS: tuple[Metric, ...] = (
    Metric("accuracy", lambda tp, fp, fn, tn: (tp + tn) / (tp + fp + fn + tn),
           "every item weighs the same, so the common class decides", percent=True),
    Metric("error-rate", lambda tp, fp, fn, tn: (fp + fn) / (tp + fp + fn + tn),
           "a miss and a false alarm cost the same", -1),
    Metric("balanced-accuracy", lambda tp, fp, fn, tn: (tp / (tp + fn) + tn / (tn + fp)) / 2,
           "both classes weigh the same, whatever their size"),
    Metric("precision", lambda tp, fp, fn, tn: tp / (tp + fp), "never bother anyone in vain; misses cost nothing"),
    Metric("recall", lambda tp, fp, fn, tn: tp / (tp + fn), "miss nothing; false alarms cost nothing"),
    Metric("specificity", lambda tp, fp, fn, tn: tn / (tn + fp), "leave the negatives alone; misses cost nothing"),
    Metric("negative-predictive-value", lambda tp, fp, fn, tn: tn / (tn + fn), "what is left out may be trusted"),
    Metric("false-positive-rate", lambda tp, fp, fn, tn: fp / (fp + tn), "few false alarms; misses cost nothing", -1),
    Metric("lost-evidence", lambda tp, fp, fn, tn: fn / (tp + fn), "share of the positives lost; alarms are free", -1),
    Metric("false-discovery-rate", lambda tp, fp, fn, tn: fp / (tp + fp), "share of alarms that are false", -1),
    Metric("false-omission-rate", lambda tp, fp, fn, tn: fn / (fn + tn), "share of left-out items that matter", -1),
    Metric("f1", f_beta(1), "precision and recall alike; true negatives do not exist"),
    Metric("f2", f_beta(2), "recall counts twice as much as precision"),
    Metric("f0.5", f_beta(0.5), "precision counts twice as much as recall"),
    Metric("macro-f1", _macro_f1, "the mean F1 of both classes"),
    Metric("weighted-f1", _weighted_f1, "the F1 of both classes, the common one weighing more"),
    Metric("g-mean", lambda tp, fp, fn, tn: np.sqrt(tp / (tp + fn) * (tn / (tn + fp))),
           "neither class may be given up"),
    Metric("informedness", lambda tp, fp, fn, tn: tp / (tp + fn) + tn / (tn + fp) - 1,
           "how far above guessing, whatever the prevalence (Youden's J)", 1, SIGNED),
    Metric("markedness", lambda tp, fp, fn, tn: tp / (tp + fp) + tn / (tn + fn) - 1,
           "how far both answers may be trusted beyond guessing", 1, SIGNED),
    Metric("mcc", mcc, "all four counts together; both errors alike", 1, SIGNED),
    Metric("weighted-mcc-10", weighted_mcc(10), "as MCC, with a positive worth ten negatives", 1, SIGNED),
    Metric("kappa", kappa, "agreement beyond what the two margins give by chance", 1, SIGNED),
    Metric("scott-pi", _agreement_beyond(_scott), "agreement beyond chance with common margins", 1, SIGNED),
    Metric("gwet-ac1", _agreement_beyond(_gwet), "agreement beyond chance, lenient when one class is rare", 1, SIGNED),
    Metric("pabak", lambda tp, fp, fn, tn: 2 * (tp + tn) / (tp + fp + fn + tn) - 1,
           "accuracy on another scale: the common class decides", 1, SIGNED),
    Metric("bangdiwala-b", _bangdiwala, "agreement as areas; the common class weighs most"),
    Metric("threat-score", lambda tp, fp, fn, tn: tp / (tp + fp + fn), "hits among all that was or should be flagged"),
    Metric("gilbert-skill", _threat_adjusted, "the threat score beyond chance", 1, (-1 / 3, 1.0)),
    Metric("fowlkes-mallows", lambda tp, fp, fn, tn: tp / np.sqrt((tp + fp) * (tp + fn)),
           "precision and recall, geometrically; true negatives do not exist"),
    Metric("p4", _edges, "precision, recall and both their mirror images"),
    Metric("likelihood-ratio-positive", lambda tp, fp, fn, tn: (tp / (tp + fn)) / (fp / (fp + tn)),
           "how much an alarm raises the odds", 1, POSITIVE),
    Metric("likelihood-ratio-negative", lambda tp, fp, fn, tn: (fn / (tp + fn)) / (tn / (fp + tn)),
           "how much silence lowers the odds", -1, POSITIVE),
    Metric("diagnostic-odds-ratio", lambda tp, fp, fn, tn: tp * tn / (fp * fn),
           "one odds ratio for both; explodes near perfection", 1, POSITIVE),
    Metric("yule-q", _yule_q, "the odds ratio between −1 and 1", 1, SIGNED),
    Metric("yule-y", _yule_y, "the odds ratio's root between −1 and 1", 1, SIGNED),
    Metric("lift", lambda tp, fp, fn, tn: (tp / (tp + fp)) / ((tp + fn) / (tp + fp + fn + tn)),
           "how much richer the flagged part is", 1, POSITIVE),
    Metric("prevalence-threshold", _prevalence_threshold, "the prevalence below which an alarm means little", -1),
    Metric("mutual-information", _information, "bits learnt about the truth; a liar learns as much"),
    Metric("uncertainty-coefficient", _uncertainty, "share of the truth's entropy explained"),
    Metric("work-saved", lambda tp, fp, fn, tn: (tn + fn) / (tp + fp + fn + tn),
           "items nobody reads any more; misses cost nothing"),
    Metric("work-saved-over-sampling", _work_saved, "work saved beyond reading at random, same recall", 1, SIGNED),
    Metric("weighted-accuracy-10", weighted_accuracy(10), "accuracy with a positive worth ten negatives"),
    Metric("net-benefit-10", net_benefit(0.1), "hits minus false alarms at a ninth each", 1, (-np.inf, 1.0)),
    Metric("net-benefit-50", net_benefit(0.5), "hits minus false alarms, one for one", 1, (-np.inf, 1.0)),
    Metric("expected-cost-1", expected_cost(1, 1), "money, a miss costing one false alarm", -1),
    Metric("expected-cost-10", expected_cost(10, 1), "money, a miss costing ten false alarms", -1, (0.0, 10.0)),
    Metric("expected-cost-100", expected_cost(100, 1), "money, a miss costing a hundred false alarms", -1,
           (0.0, 100.0)),
    Metric("captured-share-of-alarms", lambda tp, fp, fn, tn: tp / (tp + fp + fn + tn),
           "hits per item seen: mostly the prevalence"),
)  # fmt: skip

BY_NAME = {m.name: m for m in METRICS}
ALIASES = {
    "acc": "accuracy", "j": "informedness", "youden": "informedness", "youden-j": "informedness",
    "sensitivity": "recall", "tpr": "recall", "tnr": "specificity", "ppv": "precision",
    "npv": "negative-predictive-value",
    "fpr": "false-positive-rate", "fnr": "lost-evidence", "f-1": "f1", "balanced_accuracy": "balanced-accuracy",
    "cohen-kappa": "kappa", "matthews": "mcc", "wmcc": "weighted-mcc-10", "csi": "threat-score",
    "jaccard": "threat-score",
}  # fmt: skip


def metric(name: str) -> Metric:
    """A metric by name or alias; an unknown name is refused with the nearest."""
    key = name.strip().lower().replace("_", "-").replace(" ", "-")
    key = ALIASES.get(key, key)
    if key not in BY_NAME:
        raise WrongUse(f"expected the name of a metric, got {name!r}", remedy=nearest(key, BY_NAME))
    return BY_NAME[key]
