"""What outcomes cost in production: prevalence that differs, thresholds from money, review, and crossovers.

Rates (misses among positives, false alarms among negatives) come from the test set; the production
prevalence comes from elsewhere.  Expected cost per item is then linear in the cost ratio, so the
ratio at which the winner changes is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from tidegate.decide.metrics.model import Costs
from tidegate.spine.estimate import Estimate, Measured, NotMeasured
from tidegate.stats.arrays import Bools, Floats, estimate
from tidegate.stats.calibration import Isotonic
from tidegate.stats.judges import rogan_gladen
from tidegate.stats.summaries import Bernoulli

FLAG_NONE, FLAG_ALL = "act on nothing", "act on everything"


@dataclass(frozen=True)
class Rates:
    """Hits among positives and false alarms among negatives, as counts."""

    hits: int
    positives: int
    alarms: int
    negatives: int

    @property
    def miss_rate(self) -> float:
        """FNR; NaN without positives."""
        return 1 - self.hits / self.positives if self.positives else float("nan")

    @property
    def alarm_rate(self) -> float:
        """FPR; NaN without negatives."""
        return self.alarms / self.negatives if self.negatives else float("nan")

    def draws(self, size: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Jeffreys posterior draws of (miss rate, alarm rate)."""
        miss = rng.beta(self.positives - self.hits + 0.5, self.hits + 0.5, size)
        alarm = rng.beta(self.alarms + 0.5, self.negatives - self.alarms + 0.5, size)
        return miss, alarm


def cost_per_item(miss_rate: Floats, alarm_rate: Floats, prevalence: Floats | float, costs: Costs) -> Floats:
    """π·[FNR·c_miss + TPR·c_hit] + (1−π)·[FPR·c_alarm + TNR·c_rejection]."""
    on_positive = miss_rate * costs.miss + (1 - miss_rate) * costs.hit
    on_negative = alarm_rate * costs.false_alarm + (1 - alarm_rate) * costs.correct_rejection
    return np.asarray(prevalence * on_positive + (1 - np.asarray(prevalence)) * on_negative)


def expected_cost(
    rates: Rates, prevalence: Measured | float, costs: Costs, rng: np.random.Generator, *, level: float = 0.95,
    draws: int = 4000,
) -> Measured:  # fmt: skip
    """Expected cost per item in production, with an interval over the rates and the prevalence."""
    if not rates.positives or not rates.negatives:
        return NotMeasured(reason="the test set holds one class only", needed="items of both classes")
    if isinstance(prevalence, NotMeasured):
        return prevalence
    miss, alarm = rates.draws(draws, rng)
    where, share = prevalence_draws(prevalence, draws, rng)
    point = float(cost_per_item(np.array(rates.miss_rate), np.array(rates.alarm_rate), where, costs))
    sample = cost_per_item(miss, alarm, share, costs)
    low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2])
    n = rates.positives + rates.negatives
    return estimate(point, float(low), float(high), n, level=level, segment="all", method="posterior draws")


def prevalence_draws(prevalence: Measured | float, size: int, rng: np.random.Generator) -> tuple[float, Floats]:
    """A point and draws of the prevalence: a given number has none of its own spread; an estimate does."""
    if isinstance(prevalence, Estimate):
        logit = special.logit(np.clip([prevalence.value, prevalence.low, prevalence.high], 1e-9, 1 - 1e-9))
        spread = (logit[2] - logit[1]) / (2 * special.ndtri(0.5 + prevalence.level / 2))
        return prevalence.value, np.asarray(special.expit(rng.normal(logit[0], spread, size)))
    assert not isinstance(prevalence, NotMeasured)
    return float(prevalence), np.full(size, float(prevalence))


def predictive_value(
    rates: Rates, prevalence: Measured | float, rng: np.random.Generator, *, level: float = 0.95, draws: int = 4000
) -> Measured:
    """Precision at another prevalence: TPR·π/(TPR·π + FPR·(1−π)), interval by posterior draws."""
    if not rates.positives or not rates.negatives:
        return NotMeasured(reason="the test set holds one class only", needed="items of both classes")
    if isinstance(prevalence, NotMeasured):
        return prevalence
    miss, alarm = rates.draws(draws, rng)
    where, share = prevalence_draws(prevalence, draws, rng)
    hit = 1 - rates.miss_rate
    flagged = hit * where + rates.alarm_rate * (1 - where)
    if flagged <= 0:
        return NotMeasured(reason="the system never answers the positive class", needed="positive answers")
    sample = (1 - miss) * share / ((1 - miss) * share + alarm * (1 - share))
    low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2])
    return estimate(hit * where / flagged, float(low), float(high), rates.positives + rates.negatives,
                    level=level, segment="all", method="posterior draws")  # fmt: skip


def production_prevalence(flagged: Bernoulli, rates: Rates, *, level: float = 0.95) -> Measured:
    """Prevalence in production from unlabelled answers: confusion inversion (BBSE), refused when J reaches 0."""
    return rogan_gladen(
        flagged, Bernoulli(rates.hits, rates.positives),
        Bernoulli(rates.negatives - rates.alarms, rates.negatives), level=level, segment="production",
    )  # fmt: skip


@dataclass(frozen=True)
class Stretch:
    """Between two cost ratios, who is cheapest."""

    low: float
    high: float
    winner: str


def winners_by_ratio(
    rates: Mapping[str, Rates], prevalence: float, *, low: float = 0.01, high: float = 1000.0
) -> tuple[Stretch, ...]:
    """Who is cheapest at which ratio (a miss in false alarms), exact: the lower envelope of straight lines.

    Acting on nothing and on everything take part: where they win, no system is worth running.
    """
    lines = {FLAG_NONE: (prevalence, 0.0), FLAG_ALL: (0.0, 1 - prevalence)}  # first: they win ties
    lines |= {name: (prevalence * r.miss_rate, (1 - prevalence) * r.alarm_rate) for name, r in rates.items()}
    out: list[Stretch] = []
    at = low
    current = min(lines, key=lambda s: (lines[s][0] * at + lines[s][1], lines[s][0]))
    while at < high:
        slope, base = lines[current]
        crossing, following = high, ""
        for name, (s, b) in lines.items():
            if s < slope - 1e-15:
                ratio = (b - base) / (slope - s)
                if ratio >= at - 1e-12 and (ratio, s) < (crossing, lines[following][0] if following else np.inf):
                    crossing, following = ratio, name
        if crossing > at:
            out.append(Stretch(at, min(crossing, high), current))
        if not following:
            break
        at, current = max(crossing, at), following
    return tuple(out)


def cost_curves(rates: Mapping[str, Rates], prevalence: float, ratios: Floats) -> dict[str, Floats]:
    """Expected cost per item in units of one false alarm, over cost ratios, for each system and both constants."""
    out = {
        name: np.asarray(prevalence * r.miss_rate * ratios + (1 - prevalence) * r.alarm_rate)
        for name, r in rates.items()
    }
    out[FLAG_NONE] = np.asarray(prevalence * ratios)
    out[FLAG_ALL] = np.full(ratios.shape, 1 - prevalence)
    return out


def net_benefit(rates: Rates, prevalence: float, threshold: float) -> float:
    """TP/n − FP/n·p_t/(1−p_t) at the production prevalence."""
    return float(prevalence * (1 - rates.miss_rate) - (1 - prevalence) * rates.alarm_rate * threshold / (1 - threshold))


@dataclass(frozen=True)
class Policy:
    """Act above `act`, skip below `skip`, have a human look in between; with what it costs and how much it reviews."""

    act: float
    skip: float
    cost: Measured
    reviewed: float
    on: str  # "probability" or "score"


def review_band(costs: Costs) -> tuple[float, float]:
    """(skip below, act above) in probability: review pays where both answers cost more than a look.

    Without a review cost, or when a look is too dear, both are Elkan's threshold.
    """
    at = costs.threshold
    if costs.review is None:
        return at, at
    skip = (costs.review - costs.correct_rejection) / (costs.miss - costs.correct_rejection)
    act = (costs.false_alarm - costs.review) / (costs.false_alarm - costs.hit)
    return (skip, act) if skip < at < act else (at, at)


def calibrated(scores: Floats, yes: Bools, prevalence: float, folds: int = 5) -> Floats:
    """Out-of-fold probabilities by isotonic regression, moved to the production prevalence (Elkan 2001, thm 2)."""
    out = np.full(scores.size, np.nan)
    seen = np.flatnonzero(~np.isnan(scores))
    fold = np.empty(seen.size, dtype=np.int64)
    for group in (yes[seen], ~yes[seen]):  # stratified, in a fixed order
        fold[group] = np.arange(group.sum()) % folds
    y = yes[seen].astype(np.float64)
    for f in range(folds):
        here = fold == f
        if here.all() or not here.any():
            continue
        out[seen[here]] = Isotonic.fit(scores[seen[~here]], y[~here])(scores[seen[here]])
    test = float(y.mean())
    odds = prevalence / (1 - prevalence) * (1 - test) / test if 0 < test < 1 and 0 < prevalence < 1 else 1.0
    p = np.clip(out, 1e-6, 1 - 1e-6)
    return np.asarray(p * odds / (p * odds + 1 - p))


def best_policy(
    scores: Floats, yes: Bools, prevalence: float, costs: Costs, rng: np.random.Generator, *, replicates: int = 500
) -> Policy | NotMeasured:
    """The three-action policy from costs on cross-fitted probabilities, with its cost per item in production."""
    if yes.sum() < 10 or (~yes).sum() < 10:
        return NotMeasured(reason=f"{int(yes.sum())} positives and {int((~yes).sum())} negatives",
                           needed="10 of each to calibrate the scores")  # fmt: skip
    p = calibrated(scores, yes, prevalence)
    seen = ~np.isnan(p)
    skip, act = review_band(costs)
    look = (p > skip) & (p < act)
    flag = (p >= act) & ~look
    on_positive = np.where(flag, costs.hit, costs.miss)
    on_negative = np.where(flag, costs.false_alarm, costs.correct_rejection)
    paid = np.where(look, costs.review or 0.0, np.where(yes, on_positive, on_negative))
    paid = np.where(seen, paid, np.where(yes, costs.miss, costs.correct_rejection))  # no score: nothing is done
    positive, negative = paid[yes], paid[~yes]
    reviewed = prevalence * look[yes].mean() + (1 - prevalence) * look[~yes].mean()
    point = prevalence * positive.mean() + (1 - prevalence) * negative.mean()
    spread = [
        prevalence * _resampled(positive, rng, replicates),
        (1 - prevalence) * _resampled(negative, rng, replicates),
    ]
    low, high = np.quantile(spread[0] + spread[1], [0.025, 0.975])
    cost = estimate(float(point), float(low), float(high), int(yes.size), level=0.95, segment="all",
                    method="cross-fitted policy, bootstrap")  # fmt: skip
    return Policy(act, skip, cost, float(reviewed), "probability")


def _resampled(values: Floats, rng: np.random.Generator, replicates: int) -> Floats:
    """Bootstrap means of a column with few distinct values, by multinomial counts."""
    distinct, counts = np.unique(values, return_counts=True)
    draws = rng.multinomial(values.size, counts / values.size, size=replicates)
    return np.asarray(draws @ distinct / values.size)


def regret(costs_by_system: Mapping[str, float], chosen: str) -> float:
    """How much more per item the chosen system costs than the cheapest."""
    return float(costs_by_system[chosen] - min(costs_by_system.values()))


def ranking_at(
    rates: Mapping[str, Rates], prevalence: float, ratios: Sequence[float] | Floats
) -> list[tuple[str, ...]]:
    """The order of the systems, cheapest first, at each cost ratio."""
    names = list(rates)
    curves = cost_curves(rates, prevalence, np.asarray(ratios, dtype=np.float64))
    table = np.stack([curves[n] for n in names])
    order = np.argsort(table, axis=0, kind="stable")
    return [tuple(names[i] for i in column) for column in order.T]
