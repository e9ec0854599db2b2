"""The museum index: does this suite still speak of today's traffic? (A6, A7)

Share by source and age, clusters of traffic with no case, cases that can no longer fail, and cases whose
label is probably wrong.  A case is suspected when the systems that are right elsewhere say the
opposite of what it expects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidegate.curate.harvest.suites.verdicts import cannot_fail
from tidegate.spine.case import Case, CaseStatus
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measure, NotMeasured
from tidegate.stats.intervals import proportion
from tidegate.stats.late import late

optimize = late("scipy.optimize")

AGES = ((30, "up to 30 days"), (90, "31 to 90 days"), (180, "91 to 180 days"), (10**9, "older"))


def age_days(case: Case, today: str) -> int | None:
    """Days since the case was first seen, or None where that is not known."""
    try:
        return (date.fromisoformat(today[:10]) - date.fromisoformat((case.provenance.first_seen or "")[:10])).days
    except ValueError:
        return None


def shares(cases: Sequence[Case], today: str) -> tuple[Measure, ...]:
    """Share of the suite by source, by age, and by status."""
    live = [c for c in cases if c.status is not CaseStatus.QUARANTINED]
    n = len(live)
    sources = Counter(c.provenance.source for c in live)
    out = [Measure(name=f"cases from {s}", value=proportion((k, n), segment=s)) for s, k in sorted(sources.items())]
    if not n:
        out.append(Measure(name="cases", value=NotMeasured(reason="the suite is empty", needed="cases")))
    ages = Counter(_age_class(age_days(c, today)) for c in live)
    for _, words in (*AGES, (0, "unknown age")):
        if ages[words]:
            out.append(Measure(name=f"cases of {words}", value=proportion((ages[words], n), segment=words)))
    blocking = sum(c.status is CaseStatus.BLOCKING for c in live)
    if n:
        out.append(Measure(name="cases that block", value=proportion((blocking, n))))
    return tuple(out)


def _age_class(days: int | None) -> str:
    return "unknown age" if days is None else next(words for limit, words in AGES if days <= limit)


class History(msgspec.Struct, frozen=True, kw_only=True):
    """How one case did over the last releases, oldest first: (passed, runs) of each."""

    case_id: str
    releases: tuple[tuple[int, int], ...] = ()

    @property
    def passed(self) -> int:
        """Passes over all releases."""
        return sum(x for x, _ in self.releases)

    @property
    def runs(self) -> int:
        """Runs over all releases."""
        return sum(n for _, n in self.releases)


def silent_cases(histories: Sequence[History], *, bound: float = 0.02) -> tuple[str, ...]:
    """Cases that can no longer fail: failure rate below `bound` with probability 0.95 over all their runs."""
    return tuple(h.case_id for h in histories if cannot_fail(h.passed, h.runs, bound=bound))


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """A case whose label is probably wrong, and why one should think so."""

    index: int
    score: float  # log odds that the label is wrong, up to a constant
    pass_rate: float
    item_rest: float
    reason: str


def suspects(
    passes: ArrayLike, modes: Sequence[str] | None = None, *, top: int = 20, folds: int = 10, penalty: float = 100.0
) -> list[Suspect]:
    """Cases whose label looks wrong from `passes[system, case]` (1 passed, 0 failed, NaN not run), worst first.

    Every system is a witness.  How much each counts is learned on the other cases (logistic regression without
    intercept on ±1 answers, ridge penalty, cross-fitted over folds), so that a witness who is often wrong weighs
    little or against.  With the `modes` of the cases a witness also has a weight for each large mode: who judges one
    kind of case well may be misled by another.  A case whose best witnesses say that its label is wrong comes first.
    """
    y = np.asarray(passes, dtype=np.float64)
    if y.ndim != 2:
        raise InputError(f"expected a table passes[system, case], got {y.ndim} dimension(s)")
    if y.shape[0] < 5 or y.shape[1] < 20:
        raise InputError(f"expected at least 5 systems and 20 cases, got {y.shape[0]} and {y.shape[1]}",
                         remedy="run the suite on more systems, releases or prompts")  # fmt: skip
    if modes is not None and len(modes) != y.shape[1]:
        raise InputError(f"expected a mode for each of {y.shape[1]} cases, got {len(modes)}")
    score = suspicion(y, modes, folds=folds, penalty=penalty)
    rest = item_rest(y)
    rate = np.nanmean(np.where(np.isnan(y).all(axis=0), 0.0, y), axis=0)
    out = []
    for i in np.argsort(-score, kind="stable")[:top].tolist():
        words = f"{rate[i]:.0%} of systems pass it"
        if rest[i] < 0:
            words += f"; those that do well elsewhere fail it (item-rest correlation {rest[i]:.2f})"
        out.append(
            Suspect(index=i, score=float(score[i]), pass_rate=float(rate[i]), item_rest=float(rest[i]), reason=words)
        )
    return out


MODE_MIN, MODES_MAX = 20, 20  # cases that a mode needs for weights of its own; modes that get them, the largest first


def suspicion(
    y: NDArray[np.float64], modes: Sequence[str] | None = None, *, folds: int = 10, penalty: float = 100.0
) -> NDArray[np.float64]:
    """Log odds (up to a constant) that each case's label is wrong."""
    votes = np.where(np.isnan(y), 0.0, 2 * y - 1).T
    large = [m for m, n in Counter(modes or ()).most_common(MODES_MAX) if n >= MODE_MIN]
    if len(large) > 1:
        of = np.asarray(modes, dtype=object)
        votes = np.hstack([votes, *(votes * (of == m)[:, None] for m in large)])
    fold = np.arange(len(votes)) % folds
    out = np.zeros(len(votes))
    for f in range(folds):
        held = fold == f
        out[held] = -(votes[held] @ _weights(votes[~held], penalty))
    return out


def _weights(votes: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = votes @ w
        wrong = 1 / (1 + np.exp(np.clip(margin, -500, 500)))
        return float(np.logaddexp(0, -margin).sum() + penalty * (w @ w) / 2), -(votes.T @ wrong) + penalty * w

    found = optimize.minimize(loss, np.zeros(votes.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def item_rest(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation of each case with the sum of the others over systems; 0 where a case does not vary."""
    filled = np.where(np.isnan(y), np.nanmean(y), y)
    rest = filled.sum(axis=1, keepdims=True) - filled
    a, b = filled - filled.mean(axis=0), rest - rest.mean(axis=0)
    scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return np.asarray(np.where(scale > 1e-12, (a * b).sum(axis=0) / np.where(scale > 1e-12, scale, 1.0), 0.0))


def by_mode(cases: Sequence[Case], counts: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """(mode, failures seen, cases): modes with many failures and few cases first; overcrowded ones last."""
    held = Counter(c.mode for c in cases if c.status is not CaseStatus.QUARANTINED)
    rows = [(m, counts.get(m, 0), held.get(m, 0)) for m in sorted({*counts, *held})]
    return sorted(rows, key=lambda r: (-(r[1] / (1 + r[2])), r[0]))
