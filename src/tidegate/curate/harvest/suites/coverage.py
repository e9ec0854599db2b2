"""How much of the traffic does the suite stand for? (A6)

Nearest distance alone says little: some topics are worded in many ways and others in one.  So a call's
distance to the suite is held against its distance to the rest of the traffic: where calls have close
neighbours in the traffic but none in the suite, the suite has a hole.  The radius is calibrated on
labelled pairs: two texts within it share a mode with probability ≥ 0.9.  People's answers to "is this
covered?" turn the share into an estimate with an interval (PPI); without them it is the suite's own opinion.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tidegate.curate.harvest.modes.vectors import Vectors, unit
from tidegate.spine.estimate import Estimate, Measured, NotMeasured
from tidegate.stats.intervals import proportion
from tidegate.stats.judges import ppi

Scores = NDArray[np.float64]
SCALES = ((20, 3), (30, 5), (50, 10))  # neighbours in the traffic, neighbours in the suite
_BLOCK = 2048


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Share of traffic covered, and the calls that are not."""

    share: Measured
    uncovered: tuple[int, ...]  # positions in the traffic, worst first
    radius: float
    calibrated: bool


def centred(*groups: Vectors) -> list[Vectors]:
    """Unit rows after the first group's mean is taken off: what all texts share says nothing."""
    mean = groups[0].mean(axis=0) if len(groups[0]) else 0.0
    return [unit(g - mean) if len(g) else g for g in groups]


def hole_scores(traffic: Vectors, suite: Vectors) -> Scores:
    """How much closer each call is to other traffic than to the suite; larger: less covered.

    Means over the nearest k_t calls and k_s cases, over `SCALES`; k_s follows the sizes of both, so that a suite
    drawn evenly from the traffic scores about the same everywhere.
    """
    if not len(traffic):
        return np.zeros(0)
    if not len(suite):
        return np.ones(len(traffic))
    t, s = centred(traffic, suite)
    out = np.zeros(len(t))
    k_t = max(k for k, _ in SCALES)
    k_s = max(k for _, k in SCALES)
    for a in range(0, len(t), _BLOCK):
        rows = t[a : a + _BLOCK]
        own = rows @ t.T
        own[np.arange(len(rows)), a + np.arange(len(rows))] = -2.0
        near_t = _means(own, min(k_t, max(1, len(t) - 1)))
        near_s = _means(rows @ s.T, min(k_s, len(s)))
        for k, j in SCALES:
            out[a : a + _BLOCK] += near_t[:, min(k, near_t.shape[1]) - 1] - near_s[:, min(j, near_s.shape[1]) - 1]
    return out / len(SCALES)


def _means(similarity: NDArray[np.float32], k: int) -> NDArray[np.float64]:
    """Running means of the k largest, row by row."""
    top = -np.sort(-np.partition(similarity, -k, axis=1)[:, -k:], axis=1)
    return np.asarray(np.cumsum(top, axis=1, dtype=np.float64) / np.arange(1, k + 1))


def calibrated_radius(vectors: Vectors, labels: Sequence[str], share: float = 0.9) -> float | None:
    """The smallest cosine at which a nearest neighbour has the same label with probability ≥ `share`.

    None when the labels cannot say: fewer than 20 labelled texts, fewer than two labels, or never that sure.
    """
    if len(labels) < 20 or len(set(labels)) < 2:
        return None
    rows = unit(vectors)
    similarity = rows @ rows.T
    np.fill_diagonal(similarity, -2.0)
    at = similarity.argmax(axis=1)
    value = similarity[np.arange(len(rows)), at]
    names = np.asarray(labels, dtype=object)
    same = names[at] == names
    order = np.argsort(-value)
    right = np.cumsum(same[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero((right >= share) & (np.arange(len(order)) >= 9))
    return float(value[order[good[-1]]]) if good.size else None


def coverage(
    traffic: Vectors,
    suite: Vectors,
    weights: Sequence[float] | None = None,
    *,
    radius: float | None = None,
    people: dict[int, bool] | None = None,
    level: float = 0.95,
) -> Coverage:
    """The share of traffic within the radius of a case, weighted; with people's answers the interval is PPI's."""
    n = len(traffic)
    used = 0.55 if radius is None else radius
    if not n:
        nothing = NotMeasured(reason="there is no traffic", needed="calls of the last 30 days with their text")
        return Coverage(share=nothing, uncovered=(), radius=used, calibrated=radius is not None)
    weight = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    closest = np.full(n, -1.0)
    if len(suite):
        for a in range(0, n, _BLOCK):
            closest[a : a + _BLOCK] = (unit(traffic[a : a + _BLOCK]) @ unit(suite).T).max(axis=1)
    covered = closest >= used
    holes = hole_scores(traffic, suite)
    open_calls = np.flatnonzero(~covered)
    uncovered = open_calls[np.argsort(-(holes[open_calls] * weight[open_calls]), kind="stable")]
    share = _share(covered, weight, people, level)
    return Coverage(share=share, uncovered=tuple(int(i) for i in uncovered), radius=used, calibrated=radius is not None)


def _share(covered: NDArray[np.bool_], weight: Scores, people: dict[int, bool] | None, level: float) -> Measured:
    judged = covered.astype(np.float64)
    if people and len(people) >= 10:
        at = np.asarray(sorted(people), dtype=np.int64)
        truth = np.asarray([float(people[int(i)]) for i in at])
        rest = np.setdiff1d(np.arange(len(covered)), at)
        if rest.size and np.allclose(weight, weight[0]):
            return ppi(truth, judged[at], judged[rest], level=level)
    total = float(weight.sum())
    effective = total**2 / float((weight**2).sum())
    share = float((judged * weight).sum() / total)
    found = proportion((round(share * effective), max(1, round(effective))), level=level)
    if isinstance(found, NotMeasured):
        return found
    return Estimate(value=share, low=min(found.low, share), high=max(found.high, share), n=len(covered), level=level,
                    method="suite's own radius, no people asked")  # fmt: skip
