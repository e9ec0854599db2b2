# ruff: noqa: E501  (options, tables and messages read best on one line)
"""Verifiers and consistency in one number, and the threshold below which an answer may be released.

A logistic head turns what the verifiers and the samples say into the probability that the answer
is wrong.  The threshold is found by learn-then-test (Angelopoulos, Bates, Candès, Jordan & Lei
2021): thresholds are tested from the strictest on with exact binomial p-values, in two sequences that
each stop at their first failure, so that with probability 1 - delta the share of wrong answers among the
released ones is at most alpha.  Head and threshold are fitted on different rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from tidegate.check.verify.entropy import Entropy
from tidegate.check.verify.model import Verification
from tidegate.spine.claim import Support
from tidegate.spine.errors import InputError

FEATURES = ("refuted", "suspected", "undecided", "supported", "entropy", "minority", "unsampled", "second differs", "no second")  # fmt: skip
# how each feature is told: what it counts, for one unit of it
SAID = (
    "a refuted claim", "a suspected claim", "claims that cannot be decided (log)", "supported claims (log)", "a nat of entropy among the samples",
    "all samples meaning something else", "no samples", "a second derivation that differs", "no second derivation to compare",
)  # fmt: skip
ROWS_MIN = 40
STEPS = 60
MOVED = 0.02  # log odds: less is not worth telling


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Weights of the features in their order, after the intercept; and the threshold, when one was found.

    `always` holds whether samples and second derivations were missing, where all rows of the fit were alike in it: the head
    knows nothing of answers that are not.
    """

    weights: tuple[float, ...]
    threshold: float | None = None
    alpha: float = 0.05
    delta: float = 0.1
    fitted_on: int = 0
    tested_on: int = 0
    always: dict[str, float] = {}

    def probability(self, features: Sequence[float]) -> float:
        """The probability that the answer is wrong."""
        score = self.weights[0] + sum(w * x for w, x in zip(self.weights[1:], features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    def learned(self) -> dict[str, float]:
        """By what each feature multiplies the odds of being wrong, a unit of it; features that moved nothing are left out."""
        return {name: math.exp(w) for name, w in zip(SAID, self.weights[1:], strict=True) if abs(w) > MOVED}

    def reasons(self, features: Sequence[float]) -> dict[str, float]:
        """By what each feature of this answer multiplied the odds of being wrong, the strongest first."""
        moved = [
            (name, w * x) for name, w, x in zip(SAID, self.weights[1:], features, strict=True) if abs(w * x) > MOVED
        ]
        return {name: math.exp(m) for name, m in sorted(moved, key=lambda pair: -abs(pair[1]))}

    def releases(self, features: Sequence[float]) -> bool:
        """Whether an answer with these features may go out; never without a threshold, nor one unlike all it was fitted on."""
        return (
            self.threshold is not None and not self.strange(features) and self.probability(features) <= self.threshold
        )

    def strange(self, features: Sequence[float]) -> str:
        """How this answer differs from all that the head was fitted on; empty where it does not."""
        told = {"unsampled": "samples", "no second": "a comparable second derivation"}
        for name, value in self.always.items():
            if features[FEATURES.index(name)] != value:
                return f"the head was fitted {'without' if value else 'with'} {told[name]}, this answer comes {'with' if value else 'without'}"
        return ""


class Tested(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of learn-then-test: the loosest threshold that passed, what it releases and how often it errs.

    Where none passed, `why` says what was seen.
    """

    threshold: float | None
    released: int
    wrong: int
    of: int
    why: str = ""


def features(
    found: Verification, consistency: Entropy | None = None, answer: str = "", second: bool | None = None
) -> tuple[float, ...]:
    """The features of one answer, bounded, in the order of `FEATURES`."""
    refuted = [d for d in found.decisions if d.support is Support.REFUTED]
    sure = sum(d.certainty != "possible" for d in refuted)
    supported = found.count(Support.SUPPORTED)
    minority = 0.0
    if consistency is not None:
        minority = 1 - consistency.share if consistency.holds(answer) else 1.0
    return (
        float(min(sure, 3)),
        float(min(len(refuted) - sure, 3)),
        math.log1p(found.count(Support.UNVERIFIABLE)),
        math.log1p(supported),
        consistency.entropy if consistency is not None else 0.0,
        minority,
        float(consistency is None),
        float(second is False),
        float(second is None),
    )


def fit(rows: Sequence[Sequence[float]], wrong: Sequence[bool], *, ridge: float = 0.5) -> Head:
    """Ridge logistic regression by Newton steps, in plain Python: nine features, thousands of rows."""
    if len(rows) != len(wrong) or len(rows) < ROWS_MIN or len(set(wrong)) < 2:
        raise InputError(
            f"expected at least {ROWS_MIN} labelled answers, some right and some wrong, got {len(rows)} "
            f"({sum(wrong)} wrong)"
        )
    x = [(1.0, *map(float, row)) for row in rows]
    k = len(x[0])
    w = [0.0] * k
    for _ in range(STEPS):
        gradient, hessian = [-ridge * b * (i > 0) for i, b in enumerate(w)], [[0.0] * k for _ in range(k)]
        for row, y in zip(x, wrong, strict=True):
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(a * b for a, b in zip(w, row, strict=True))))))
            weight = max(p * (1 - p), 1e-9)
            for i, a in enumerate(row):
                if a:
                    gradient[i] += (y - p) * a
                    for j, b in enumerate(row):
                        hessian[i][j] += weight * a * b
        for i in range(k):
            hessian[i][i] += ridge if i else 1e-6
        step = _solve(hessian, gradient)
        w = [a + b for a, b in zip(w, step, strict=True)]
        if max(map(abs, step)) < 1e-8:
            break
    flags = {
        name: {row[FEATURES.index(name)] for row in rows}
        for name in ("unsampled", "no second")
        if len(rows[0]) == len(FEATURES)
    }
    always = {name: values.pop() for name, values in flags.items() if len(values) == 1}
    return Head(weights=tuple(w), fitted_on=len(rows), always=always)


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """A small linear system by elimination with pivoting."""
    n = len(right)
    rows = [[*line, b] for line, b in zip(matrix, right, strict=True)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(i + 1, n):
            factor = rows[r][i] / rows[i][i]
            for c in range(i, n + 1):
                rows[r][c] -= factor * rows[i][c]
    out = [0.0] * n
    for i in range(n - 1, -1, -1):
        out[i] = (rows[i][n] - sum(rows[i][c] * out[c] for c in range(i + 1, n))) / rows[i][i]
    return out


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(X <= k) for X ~ Binomial(n, p): the exact p-value of `the error rate is at least p`."""
    if n == 0:
        return 1.0
    logs = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p)
        for i in range(k + 1)
    ]
    top = max(logs)
    return min(1.0, math.exp(top) * sum(math.exp(v - top) for v in logs))


def learn_then_test(
    probabilities: Sequence[float], wrong: Sequence[bool], *, alpha: float = 0.05, delta: float = 0.1, grid: int = 100
) -> Tested:
    """The loosest threshold at which `more than alpha wrong` is rejected, by two fixed sequences at level delta / 2 each.

    One begins with the fewest answers that prove alpha without an error among them, the other with the fewest that do with
    `ERRORS_ALLOWED`: the first finds a small sure core, the second is not thrown off by one early error.  Where they begin
    looks at the probabilities alone, never at which answers were wrong.
    """
    if not (0 < alpha < 1 and 0 < delta < 1):
        raise InputError(f"expected alpha and delta between 0 and 1, got {alpha:g} and {delta:g}")
    order = sorted(zip(probabilities, wrong, strict=True))
    best = Tested(threshold=None, released=0, wrong=0, of=len(order))
    for errors in (0, ERRORS_ALLOWED):
        found = _sequence(order, least_answers(errors, alpha, delta / 2), alpha, delta / 2, grid)
        if (found.threshold is not None and found.released > best.released) or (
            best.threshold is None and not best.why
        ):
            best = found
    return best


# of the second sequence; chosen on simulated curves of risk (a sure core, smooth, flat, two kinds), not on answers
ERRORS_ALLOWED = 4


def least_answers(errors: int, alpha: float, level: float) -> int:
    """The fewest answers that with so many errors among them reject `more than alpha wrong` at `level`."""
    n = errors + 1
    while binomial_tail(errors, n, alpha) > level:
        n += 1
    return n


def _sequence(order: list[tuple[float, bool]], start: int, alpha: float, level: float, grid: int) -> Tested:
    """The last threshold that passes, of a sequence that begins with `start` answers and ends at the first failure."""
    best = Tested(threshold=None, released=0, wrong=0, of=len(order))
    if len(order) < start:
        why = f"{len(order)} answers are left to test on, at least {start} are needed for alpha {alpha:g}"
        return msgspec.structs.replace(best, why=why)
    for n in range(start, len(order) + 1, max(1, (len(order) - start) // grid)):
        threshold = order[n - 1][0]
        released = [w for p, w in order if p <= threshold]
        if binomial_tail(sum(released), len(released), alpha) > level:
            if best.threshold is None:
                allowed = sum(binomial_tail(k, len(released), alpha) <= level for k in range(len(released))) - 1
                why = f"of the {len(released)} surest answers {sum(released)} were wrong, at most {allowed} may be for alpha {alpha:g}"
                best = msgspec.structs.replace(best, why=why)
            break
        best = Tested(threshold=threshold, released=len(released), wrong=sum(released), of=len(order))
    return best


def fit_and_test(
    rows: Sequence[Sequence[float]], wrong: Sequence[bool], *, alpha: float = 0.05, delta: float = 0.1
) -> tuple[Head, Tested]:
    """The head from the even rows, its threshold from the odd ones."""
    head = fit(rows[::2], wrong[::2])
    tested = learn_then_test([head.probability(r) for r in rows[1::2]], wrong[1::2], alpha=alpha, delta=delta)
    return msgspec.structs.replace(
        head, threshold=tested.threshold, alpha=alpha, delta=delta, tested_on=tested.of
    ), tested
