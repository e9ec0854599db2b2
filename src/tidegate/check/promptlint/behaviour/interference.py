"""Behaviour: does line b make the model break line a?  Measured, with error control and early stopping.

A compliance trial is a number in [0, 1] a checker gives one answer.  `Interference` compares
trials with and without a line, pair by pair, by a betting e-process (Waudby-Smith and Ramdas,
2024): it may be looked at after every pair, and stops when the evidence suffices or the budget
is spent.  `attribute_lines` regresses compliance on random masks (LASSO, as in ContextCite).
Pure: trials are values, randomness is an argument; asking a model is the runner's work.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from tidegate.spine.estimate import Estimate

Trial = Callable[[tuple[bool, ...], int], float]  # (which lines are kept, repeat) → compliance


class Interference(msgspec.Struct, frozen=True, kw_only=True):
    """D(a|b) = E[compliance with a | without b] − E[compliance with a | with b], and the evidence for D > 0."""

    effect: Estimate
    e_value: float
    pairs: int
    modes: dict[str, float]  # share of answers with b that comply, break, or do neither


def interference(differences: Sequence[float], with_line: Sequence[float], level: float = 0.95) -> Interference:
    """Summarise paired differences (without − with), each in [-1, 1]."""
    d = np.asarray(differences, dtype=float)
    half = float(np.sqrt(np.log(2 / (1 - level)) * 2 / max(len(d), 1)))
    mean = float(d.mean()) if len(d) else 0.0
    c = np.asarray(with_line, dtype=float)
    modes = {
        "complies": float((c >= 0.75).mean()),
        "breaks": float((c <= 0.25).mean()),
        "neither": float(((c > 0.25) & (c < 0.75)).mean()),
    }
    estimate = Estimate(
        value=mean, low=max(-1.0, mean - half), high=min(1.0, mean + half), n=len(d), level=level, method="Hoeffding"
    )
    return Interference(effect=estimate, e_value=e_value(d), pairs=len(d), modes=modes)


def e_value(differences: Sequence[float] | np.ndarray[Any, Any]) -> float:
    """Evidence against E[difference] ≤ 0 for values in [-1, 1]: a mixture of fixed bets; mean ≤ 1 under the null."""
    d = np.asarray(differences, dtype=float)
    bets = np.linspace(0.05, 0.9, 18)
    logs = np.log1p(bets[:, None] * d[None, :]).sum(axis=1) if len(d) else np.zeros(len(bets))
    return float(np.exp(logs).mean())


def benjamini_hochberg_e(e_values: Sequence[float], level: float = 0.05) -> list[int]:
    """Indices rejected by e-BH (Wang and Ramdas, 2022): false discovery rate ≤ level under any dependence."""
    order = sorted(range(len(e_values)), key=lambda k: -e_values[k])
    best = 0
    for k, index in enumerate(order, start=1):
        if e_values[index] >= len(e_values) / (level * k):
            best = k
    return sorted(order[:best])


def probe_pairs(
    trial: Callable[[int, bool, int], float],
    n_pairs: int,
    budget: int,
    level: float = 0.05,
    batch: int = 8,
    smallest: float = 0.12,
) -> tuple[dict[int, list[tuple[float, float]]], list[int]]:
    """Spend a budget of trials over line pairs, stopping each when it is decided.

    `trial(pair, with_line, repeat)` gives one compliance.  Pairs that look hopeless (mean below 0.02,
    or hardly `smallest`, after 3 batches) rest.  Returns all (without, with) trials by pair and the pairs found.
    """
    done: dict[int, list[tuple[float, float]]] = {k: [] for k in range(n_pairs)}
    active, spent = set(range(n_pairs)), 0
    found: list[int] = []
    while active and spent + 2 * batch <= budget:
        k = min(active, key=lambda j: (len(done[j]), j))
        start = len(done[k])
        done[k] += [(trial(k, False, start + r), trial(k, True, start + r)) for r in range(batch)]
        spent += 2 * batch
        evidence = [e_value([a - b for a, b in done[j]]) for j in range(n_pairs)]
        found = benjamini_hochberg_e(evidence, level)
        active -= set(found)
        gaps = np.array([a - b for a, b in done[k]])
        reach = float(gaps.mean() + 2 * gaps.std() / np.sqrt(len(gaps)))
        if len(gaps) >= 3 * batch and (gaps.mean() < 0.02 or reach < smallest):
            active.discard(k)
    return done, found


def attribute_lines(
    trial: Trial, n_lines: int, masks: int, rng: np.random.Generator, penalty: float = 0.01
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Effect of each line on an outcome: LASSO on `masks` random subsets (each line kept with p = 0.5)."""
    kept = rng.random((masks, n_lines)) < 0.5
    y = np.array([trial(tuple(bool(x) for x in row), k) for k, row in enumerate(kept)])
    return lasso(kept.astype(float) - 0.5, y - y.mean(), penalty)


def lasso(
    x: np.ndarray[Any, np.dtype[np.float64]],
    y: np.ndarray[Any, np.dtype[np.float64]],
    penalty: float,
    sweeps: int = 300,
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Coordinate descent for ½‖y − Xβ‖²/n + penalty·‖β‖₁."""
    n, p = x.shape
    beta, residual = np.zeros(p), y.astype(float).copy()
    norms = (x**2).sum(axis=0) / n
    for _ in range(sweeps):
        before = beta.copy()
        for j in range(p):
            if norms[j] == 0:
                continue
            rho = float(x[:, j] @ residual) / n + norms[j] * beta[j]
            fresh = float(np.sign(rho)) * max(abs(rho) - penalty, 0.0) / norms[j]
            residual += x[:, j] * (beta[j] - fresh)
            beta[j] = fresh
        if float(np.abs(beta - before).max()) < 1e-9:
            break
    return beta


def position_spread(compliance: Mapping[str, Sequence[float]]) -> Estimate:
    """Largest difference of mean compliance between places (start, middle, end); above 0.15 is sensitive."""
    means = {k: float(np.mean(v)) for k, v in compliance.items() if len(v)}
    n = min((len(v) for v in compliance.values()), default=0)
    spread = max(means.values()) - min(means.values()) if means else 0.0
    half = 2 * float(np.sqrt(np.log(2 * max(len(means), 1) / 0.05) / (2 * max(n, 1))))
    return Estimate(
        value=spread, low=max(0.0, spread - half), high=min(1.0, spread + half), n=n, method="Hoeffding, union"
    )


def fossils(effects_before: Sequence[float], effects_now: Sequence[float], smallest: float = 0.05) -> list[int]:
    """Lines that mattered to the old model and are inert on the new one: candidates to remove."""
    pairs = enumerate(zip(effects_before, effects_now, strict=True))
    return [k for k, (old, new) in pairs if abs(old) >= 2 * smallest and abs(new) < smallest]


def no_effect(tested: int) -> Estimate:
    """Zero interfering pairs among those tested, with the rule-of-three bound."""
    return Estimate(
        value=0.0,
        low=0.0,
        high=min(1.0, 3.0 / max(tested, 1)),
        n=tested,
        method="rule of three",
        segment="pairs tested",
    )


def correlation(r: float, n: int) -> Estimate:
    """A rank correlation with Fisher's interval (Bonett and Wright's variance for Spearman)."""
    z = float(np.arctanh(np.clip(r, -0.999, 0.999)))
    half = 1.96 * float(np.sqrt((1 + r * r / 2) / max(n - 3, 1)))
    return Estimate(
        value=r, low=float(np.tanh(z - half)), high=float(np.tanh(z + half)), n=n, method="Fisher, Bonett-Wright"
    )
