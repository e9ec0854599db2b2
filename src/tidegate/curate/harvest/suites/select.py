"""Which cases to run when not all can be run: the most told per second or dollar (A8).

F(S) = α·traffic mass covered (facility location) + β·failure modes hit (weighted) + γ·Σ information, under
Σ cost ≤ B.  F is monotone submodular, so lazy cost-benefit greedy (compared with the best single case)
reaches (1 − 1/e)/2 of the optimum (Khuller, Moss & Naor 1999; Leskovec et al. 2007).
And a score of a half suite that predicts the whole one: `Panel`.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One case as selection sees it: what it costs, what it covers (call → similarity), its mode, how much it tells."""

    case_id: str
    cost: float = 1.0
    covers: Mapping[int, float] = msgspec.field(default_factory=dict)
    mode: str = ""
    information: float = 0.0
    must: bool = False  # exempt cases are always in


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What counts how much."""

    traffic: float = 1.0
    modes: float = 1.0
    information: float = 0.2


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What to run, in order of worth."""

    chosen: tuple[str, ...]
    cost: float
    value: float
    value_of_all: float
    modes_hit: int
    traffic: float  # share of traffic mass that the chosen cases stand for


class _State:
    """What is covered so far."""

    def __init__(
        self, mass: Mapping[int, float], modes: Mapping[str, float], weights: Weights, information: float
    ) -> None:
        self.mass, self.modes, self.weights = mass, modes, weights
        self.total = sum(mass.values()) or 1.0
        self.total_modes = sum(modes.values()) or 1.0
        self.total_information = information or 1.0
        self.best: dict[int, float] = {}
        self.hit: set[str] = set()
        self.told = 0.0

    def gain(self, c: Candidate) -> float:
        """How much F grows with this case."""
        best, mass = self.best, self.mass
        traffic = sum(
            mass.get(call, 0.0) * (s - best.get(call, 0.0)) for call, s in c.covers.items() if s > best.get(call, 0.0)
        )
        mode = self.modes.get(c.mode, 0.0) if c.mode not in self.hit else 0.0
        w = self.weights
        return (w.traffic * traffic / self.total + w.modes * mode / self.total_modes
                + w.information * c.information / self.total_information)  # fmt: skip

    def take(self, c: Candidate) -> None:
        """Add a case."""
        for call, s in c.covers.items():
            if s > self.best.get(call, 0.0):
                self.best[call] = s
        self.hit.add(c.mode)
        self.told += c.information

    def value(self) -> float:
        """F of what was taken."""
        w = self.weights
        traffic = sum(self.mass.get(call, 0.0) * s for call, s in self.best.items())
        modes = sum(self.modes.get(m, 0.0) for m in self.hit)
        return (w.traffic * traffic / self.total + w.modes * modes / self.total_modes
                + w.information * self.told / self.total_information)  # fmt: skip


def select(
    candidates: Sequence[Candidate],
    budget: float,
    *,
    mass: Mapping[int, float] | None = None,
    modes: Mapping[str, float] | None = None,
    weights: Weights | None = None,
) -> Selection:
    """The cases to run for at most `budget`; `mass` is each call's weight, `modes` each failure mode's (default 1).

    Cases marked `must` are taken first; when they alone cost more than the budget that is an error.
    """
    weights = weights or Weights()
    _check(candidates, budget)
    mass = mass if mass is not None else {call: 1.0 for c in candidates for call in c.covers}
    modes = modes if modes is not None else {c.mode: 1.0 for c in candidates if c.mode}
    information = sum(c.information for c in candidates)

    def fresh() -> _State:
        state = _State(mass, modes, weights, information)
        for c in must:
            state.take(c)
        return state

    must = [c for c in candidates if c.must]
    spent = sum(c.cost for c in must)
    if spent > budget:
        raise InputError(f"the {len(must)} cases that must run cost {spent:g}, more than the budget of {budget:g}",
                         remedy="raise the budget")  # fmt: skip
    rest = [c for c in candidates if not c.must]
    greedy, cost = _greedy(fresh(), rest, budget - spent)
    single = _best_single(fresh, rest, budget - spent)
    state = fresh()
    for c in greedy:
        state.take(c)
    picked = greedy
    if single is not None:
        alone = fresh()
        alone.take(single)
        if alone.value() > state.value():
            picked, cost, state = [single], single.cost, alone
    everything = fresh()
    for c in rest:
        everything.take(c)
    traffic = sum(mass.get(call, 0.0) * s for call, s in state.best.items()) / (sum(mass.values()) or 1.0)
    return Selection(
        chosen=tuple(c.case_id for c in (*must, *picked)), cost=spent + cost, value=state.value(),
        value_of_all=everything.value(), modes_hit=len(state.hit - {""}), traffic=traffic,
    )  # fmt: skip


def _check(candidates: Sequence[Candidate], budget: float) -> None:
    if not budget > 0:
        raise InputError(f"expected a budget above 0, got {budget!r}")
    wrong = next((c for c in candidates if not c.cost > 0 or c.information < 0), None)
    if wrong is not None:
        raise InputError(f"the case {wrong.case_id} needs a cost above 0 and no negative information, got "
                         f"{wrong.cost!r} and {wrong.information!r}")  # fmt: skip


def _greedy(state: _State, rest: Sequence[Candidate], budget: float) -> tuple[list[Candidate], float]:
    """Lazy greedy by gain per cost: a stale gain is an upper bound, so most are never computed again."""
    heap = [(-state.gain(c) / c.cost, i, 0) for i, c in enumerate(rest) if c.cost <= budget]
    heapq.heapify(heap)
    picked: list[Candidate] = []
    cost = 0.0
    while heap:
        worth, i, seen = heapq.heappop(heap)
        c = rest[i]
        if worth >= 0:
            break
        if cost + c.cost > budget:
            continue
        if seen != len(picked):
            heapq.heappush(heap, (-state.gain(c) / c.cost, i, len(picked)))
            continue
        state.take(c)
        picked.append(c)
        cost += c.cost
    return picked, cost


def _best_single(fresh: object, rest: Sequence[Candidate], budget: float) -> Candidate | None:
    state = fresh()  # type: ignore[operator]
    fit = [c for c in rest if c.cost <= budget]
    return max(fit, key=state.gain, default=None)


# --- a part that speaks for the whole ----------------------------------------------------------------


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the suite and how to read the whole from it, learned from systems that ran everything."""

    items: tuple[int, ...]
    rest: tuple[int, ...]
    centre: tuple[float, ...]
    base: tuple[float, ...]
    weights: Sequence[Sequence[float]]  # from items to rest

    def predict(self, passes: ArrayLike) -> Floats:
        """Mean pass rate over the whole suite of systems that ran only the panel: passes[system, item of the panel]."""
        y = np.atleast_2d(np.asarray(passes, dtype=np.float64))
        guessed = (y - np.asarray(self.centre)) @ np.asarray(self.weights) + np.asarray(self.base)
        total = y.sum(axis=1) + np.clip(guessed, 0, 1).sum(axis=1)
        return np.asarray(total / (len(self.items) + len(self.rest)))


def choose_panel(passes: ArrayLike, size: int, *, noise: float = 0.05, ridge: float = 10.0) -> Panel:
    """The `size` items of passes[system, item] that best predict every system's mean over all items.

    Items are taken one by one where they take away most variance of the sum (a Gaussian model with the
    systems' covariance, as in optimal design); the unseen items are then read by ridge regression.
    """
    y = np.asarray(passes, dtype=np.float64)
    if y.ndim != 2 or not 1 <= size <= y.shape[1] or y.shape[0] < 3:
        raise InputError(
            f"expected passes[system, item] of at least 3 systems and a size within its items, got {y.shape}"
        )
    chosen = _design(y, size, noise)
    rest = np.setdiff1d(np.arange(y.shape[1]), chosen)
    a = y[:, chosen]
    centre, base = a.mean(axis=0), y[:, rest].mean(axis=0)
    kernel = (a - centre) @ (a - centre).T
    weights = (a - centre).T @ np.linalg.solve(kernel + ridge * np.eye(len(a)), y[:, rest] - base)
    return Panel(items=tuple(chosen.tolist()), rest=tuple(rest.tolist()), centre=tuple(centre.tolist()),
                 base=tuple(base.tolist()), weights=weights.tolist())  # fmt: skip


def _design(y: NDArray[np.float64], size: int, noise: float) -> NDArray[np.int64]:
    spread = y - y.mean(axis=0)
    covariance = spread.T @ spread / len(y)
    chosen: list[int] = []
    for _ in range(size):
        variance = np.diag(covariance) + noise
        gain = covariance.sum(axis=0) ** 2 / variance
        gain[chosen] = -1.0
        j = int(np.argmax(gain))
        chosen.append(j)
        column = covariance[:, j]
        covariance = covariance - np.outer(column, column) / variance[j]
    return np.sort(np.asarray(chosen, dtype=np.int64))
