"""What a metric tolerates: properties checked on every small confusion matrix, with the smallest counterexample.

A refutation is a proof: the counterexample is printed and is the smallest there is (fewest items, then
fewest errors).  "Holds" means no counterexample among all matrices of up to `total` items nor among
random large ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tidegate.decide.metrics.catalogue import METRICS, Metric
from tidegate.stats.arrays import Bools, Floats

Counts4 = tuple[Floats, Floats, Floats, Floats]
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Finding:
    """One metric, one property: holds, or fails with the smallest counterexample in words."""

    metric: str
    property: str
    holds: bool
    counterexample: str = ""
    before: tuple[int, int, int, int] | None = None
    after: tuple[int, int, int, int] | None = None


@dataclass(frozen=True)
class Property:
    """A question about a metric; `broken` marks the matrices that break it, `partner` what each is held against."""

    name: str
    question: str
    partner: Callable[[Counts4], Counts4]
    broken: Callable[[Metric, Counts4, Counts4], Bools]
    words: str


def _same(m: Counts4) -> Counts4:
    return m


def _value(metric: Metric, m: Counts4) -> Floats:
    return metric.oriented(metric(*m))


def _both_defined(a: Floats, b: Floats) -> Bools:
    return np.asarray(np.isfinite(a) & np.isfinite(b))


def _must_not_fall(metric: Metric, a: Counts4, b: Counts4) -> Bools:
    before, after = _value(metric, a), _value(metric, b)
    return np.asarray(_both_defined(before, after) & (after < before - TOLERANCE) & _valid(b))


def _must_not_rise(metric: Metric, a: Counts4, b: Counts4) -> Bools:
    before, after = _value(metric, a), _value(metric, b)
    return np.asarray(_both_defined(before, after) & (after > before + TOLERANCE) & _valid(b))


def _must_not_move(metric: Metric, a: Counts4, b: Counts4) -> Bools:
    before, after = _value(metric, a), _value(metric, b)
    return np.asarray(_both_defined(before, after) & (np.abs(after - before) > TOLERANCE) & _valid(b))


def _valid(m: Counts4) -> Bools:
    return np.asarray(np.all([x >= 0 for x in m], axis=0))


def _undefined(metric: Metric, a: Counts4, _: Counts4) -> Bools:
    return np.asarray(np.isnan(metric(*a)) & (sum(a) > 0))


def _one_class(metric: Metric, a: Counts4, _: Counts4) -> Bools:
    tp, fp, fn, tn = a
    return np.asarray(np.isnan(metric(*a)) & ((tp + fn == 0) | (fp + tn == 0)) & (sum(a) > 0))


def _never_answers(metric: Metric, a: Counts4, _: Counts4) -> Bools:
    tp, fp, fn, tn = a
    return np.asarray(np.isnan(metric(*a)) & ((tp + fp == 0) | (fn + tn == 0)) & (tp + fn > 0) & (fp + tn > 0))


def _out_of_bounds(metric: Metric, a: Counts4, _: Counts4) -> Bools:
    v = metric(*a)
    return np.asarray(~np.isnan(v) & ((v < -1 - TOLERANCE) | (v > 1 + TOLERANCE)))


def _not_anchored(metric: Metric, a: Counts4, b: Counts4) -> Bools:
    """Answers independent of the truth (tp·tn = fp·fn) must all score alike: b is a coin on the same classes."""
    tp, fp, fn, tn = a
    chance = (tp * tn == fp * fn) & (tp + fn > 0) & (fp + tn > 0)
    va, vb = _value(metric, a), _value(metric, b)
    return np.asarray(chance & _both_defined(va, vb) & (np.abs(va - vb) > TOLERANCE))


def _coin(m: Counts4) -> Counts4:
    tp, fp, fn, tn = m
    p, n = tp + fn, fp + tn  # twice the items, so that half of them is a whole number
    return p, n, p, n


def _constant_wins(metric: Metric, a: Counts4, b: Counts4) -> Bools:
    """A constant answer must not beat answers that depend on the truth: b says no to everything."""
    tp, fp, fn, tn = a
    informed = (tp * tn > fp * fn) & (tp + fn > 0) & (fp + tn > 0)
    va, vb = _value(metric, a), _value(metric, b)
    return np.asarray(informed & _both_defined(va, vb) & (vb > va + TOLERANCE))


def _all_negative(m: Counts4) -> Counts4:
    tp, fp, fn, tn = m
    return np.zeros_like(tp), np.zeros_like(tp), tp + fn, tn + fp


def _all_positive(m: Counts4) -> Counts4:
    tp, fp, fn, tn = m
    return tp + fn, tn + fp, np.zeros_like(tp), np.zeros_like(tp)


def _liar_wins(metric: Metric, a: Counts4, b: Counts4) -> Bools:
    """Answering the opposite of informed answers must score lower."""
    tp, fp, fn, tn = a
    informed = (tp * tn > fp * fn) & (tp + fn > 0) & (fp + tn > 0)
    va, vb = _value(metric, a), _value(metric, b)
    return np.asarray(informed & _both_defined(va, vb) & (vb >= va - TOLERANCE))


def _imperfect_best(metric: Metric, a: Counts4, b: Counts4) -> Bools:
    """Only right answers may reach the best value: b is perfect on the same classes."""
    _, fp, fn, _ = a
    va, vb = _value(metric, a), _value(metric, b)
    return np.asarray((fp + fn > 0) & _both_defined(va, vb) & (va >= vb - TOLERANCE))


def _perfect(m: Counts4) -> Counts4:
    tp, fp, fn, tn = m
    return tp + fn, np.zeros_like(tp), np.zeros_like(tp), fp + tn


def _swap_errors(m: Counts4) -> Counts4:
    """On equal classes: as many misses as there were false alarms, and the reverse; elsewhere nothing changes."""
    tp, fp, fn, tn = m
    equal = tp + fn == fp + tn
    return np.where(equal, tn, tp), np.where(equal, fn, fp), np.where(equal, fp, fn), np.where(equal, tp, tn)


def _against_cost(ratio: float) -> Callable[[Metric, Counts4, Counts4], Bools]:
    def broken(metric: Metric, a: Counts4, b: Counts4) -> Bools:
        cost_a, cost_b = ratio * a[2] + a[1], ratio * b[2] + b[1]
        va, vb = _value(metric, a), _value(metric, b)
        cheaper = cost_b < cost_a - TOLERANCE
        return np.asarray(cheaper & _both_defined(va, vb) & (vb < va - TOLERANCE) & _valid(b))

    return broken


def _trade(misses: int, alarms: int) -> Callable[[Counts4], Counts4]:
    """Fix `misses` misses at the price of `alarms` false alarms (or the reverse when negative)."""
    return lambda m: (m[0] + misses, m[1] + alarms, m[2] - misses, m[3] - alarms)


PROPERTIES: tuple[Property, ...] = (
    Property("fixing-a-miss-helps", "Does turning a miss into a hit never lower it?", _trade(1, 0), _must_not_fall,
             "a miss was fixed and the metric got worse"),
    Property("fixing-an-alarm-helps", "Does turning a false alarm into a right silence never lower it?", _trade(0, -1),
             _must_not_fall, "a false alarm was fixed and the metric got worse"),
    Property("sees-misses", "Does every fixed miss raise it?", _trade(1, 0),
             lambda m, a, b: np.asarray(_valid(b) & _both_defined(_value(m, a), _value(m, b))
                                        & (_value(m, b) <= _value(m, a) + TOLERANCE)),
             "a miss was fixed and the metric did not notice"),
    Property("sees-false-alarms", "Does every fixed false alarm raise it?", _trade(0, -1),
             lambda m, a, b: np.asarray(_valid(b) & _both_defined(_value(m, a), _value(m, b))
                                        & (_value(m, b) <= _value(m, a) + TOLERANCE)),
             "a false alarm was fixed and the metric did not notice"),
    Property("more-hits-help", "Does one more found positive never lower it?",
             lambda m: (m[0] + 1, m[1], m[2], m[3]), _must_not_fall, "one more hit and the metric got worse"),
    Property("more-right-silence-helps", "Does one more rejected negative never lower it?",
             lambda m: (m[0], m[1], m[2], m[3] + 1), _must_not_fall, "one more right silence made it worse"),
    Property("prevalence-invariant", "Does it stay when positives become twice as common?",
             lambda m: (2 * m[0], m[1], 2 * m[2], m[3]), _must_not_move,
             "same hit rate and alarm rate, another prevalence, another value"),
    Property("chance-anchored", "Do all answers that ignore the truth score alike?", _coin, _not_anchored,
             "two ways of knowing nothing score differently"),
    Property("constant-no-never-wins", "Does 'no' to everything never beat informed answers?", _all_negative,
             _constant_wins, "answering 'no' to everything scores higher than answers that know something"),
    Property("constant-yes-never-wins", "Does 'yes' to everything never beat informed answers?", _all_positive,
             _constant_wins, "answering 'yes' to everything scores higher than answers that know something"),
    Property("liar-loses", "Does answering the opposite score lower?",
             lambda m: (m[2], m[3], m[0], m[1]), _liar_wins, "the opposite answers score as well"),
    Property("only-perfection-is-best", "Do only right answers reach the best value?", _perfect, _imperfect_best,
             "answers with errors reach the best value"),
    Property("symmetric-under-relabel", "Does it stay when the classes change names?",
             lambda m: (m[3], m[2], m[1], m[0]), _must_not_move, "naming the other class 'positive' changes it"),
    Property("both-errors-alike", "Does a miss count like a false alarm on equal classes?",
             _swap_errors, _must_not_move, "swapping the kinds of error changes it"),
    Property("bounded", "Does it stay within −1 and 1?", _same, _out_of_bounds, "beyond −1 or 1"),
    Property("defined-on-one-class", "Is it defined when the truth holds one class?", _same, _one_class,
             "0/0 when the truth holds one class"),
    Property("defined-for-constants", "Is it defined when one answer is given for everything?", _same, _never_answers,
             "0/0 when one answer is given for everything"),
    Property("size-free", "Does it stay when everything is doubled?",
             lambda m: (2 * m[0], 2 * m[1], 2 * m[2], 2 * m[3]), _must_not_move, "twice the data, another value"),
    Property("agrees-with-cost-1", "When a miss costs one false alarm, is the cheaper always the better?",
             _trade(2, 1), _against_cost(1), "two misses fixed for one alarm: cheaper, and scored lower"),
    Property("agrees-with-cost-10", "When a miss costs ten false alarms, is the cheaper always the better?",
             _trade(1, 3), _against_cost(10), "a miss fixed for three alarms: cheaper at 10:1, and scored lower"),
    Property("agrees-with-cost-0.1", "When a false alarm costs ten misses, is the cheaper always the better?",
             _trade(-3, -1), _against_cost(0.1), "three misses for one alarm less: cheaper at 1:10, and scored lower"),
)  # fmt: skip


def small_matrices(total: int) -> Counts4:
    """Every matrix of 1..total items, smallest first, fewest errors first among equals."""
    grid = np.stack(np.meshgrid(*[np.arange(total + 1)] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
    size = grid.sum(axis=1)
    grid = grid[(size > 0) & (size <= total)]
    order = np.lexsort((grid[:, 0], grid[:, 1] + grid[:, 2], grid.sum(axis=1)))
    columns = grid[order].T.astype(np.float64)
    return columns[0], columns[1], columns[2], columns[3]


def large_matrices(count: int, rng: np.random.Generator) -> Counts4:
    """Random matrices up to about a million items, all shapes."""
    table = np.floor(10 ** rng.uniform(0, 5.5, size=(4, count)) * (rng.random((4, count)) > 0.05))
    return table[0], table[1], table[2], table[3]


def check(metric: Metric, question: Property, worlds: Sequence[Counts4]) -> Finding:
    """The smallest counterexample in the first world that has one, or that the property holds in all."""
    for world in worlds:
        partner = question.partner(world)
        with np.errstate(divide="ignore", invalid="ignore"):
            broken = question.broken(metric, world, partner)
        if broken.any():
            at = int(np.argmax(broken))
            before = _ints(world, at)
            after = _ints(partner, at)
            return Finding(metric.name, question.name, False, _words(metric, question, before, after), before, after)
    return Finding(metric.name, question.name, True)


def _ints(m: Counts4, at: int) -> tuple[int, int, int, int]:
    tp, fp, fn, tn = (round(float(np.broadcast_to(x, np.shape(m[0]))[at])) for x in m)
    return tp, fp, fn, tn


def _words(
    metric: Metric, question: Property, before: tuple[int, int, int, int], after: tuple[int, int, int, int]
) -> str:
    def shown(m: tuple[int, int, int, int]) -> str:
        value = float(metric(*(np.array(float(x)) for x in m)))
        return f"tp={m[0]} fp={m[1]} fn={m[2]} tn={m[3]} gives {'0/0' if np.isnan(value) else f'{value:.4g}'}"

    tail = "" if before == after else f"; {shown(after)}"
    return f"{question.words}: {shown(before)}{tail}"


def audit_metrics(
    metrics: Sequence[Metric] = METRICS, *, total: int = 14, large: int = 20_000, seed: int = 1
) -> tuple[Finding, ...]:
    """Every metric by every property."""
    worlds = (small_matrices(total), large_matrices(large, np.random.default_rng(seed)))
    return tuple(check(m, p, worlds) for m in metrics for p in PROPERTIES)
