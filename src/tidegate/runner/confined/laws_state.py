# ruff: noqa: E501  (tables and messages read best on one line)
"""Finite Markov chains, two-state signals, the gambler's ruin, and the estimate of π."""

import math
import re

from tidegate.runner.confined.measured import near


def circle(ctx):
    """A Monte Carlo estimate of π."""
    import numpy as np

    name = (ctx.subject.name or "").lower()
    key = next((k for k, v in ctx.series.items() if np.size(v) == 1), None)
    if key is None or not (
        ("pi" in name.split("_") or ctx.says(r"estimate\w* (?:of )?(?:pi|π)|(?:pi|π) (?:estimat|by monte|using monte)"))
        and ctx.says(r"random")
    ):
        return
    n = ctx.param(
        "n",
        "n_samples",
        "num_samples",
        "n_points",
        "samples",
        "trials",
        "num_points",
        "n_trials",
        "num_trials",
        "n_darts",
        "iterations",
    )
    if not ctx.can_run(6):
        return
    got = [float(np.asarray(ctx.subject.again(ctx.seed + 31 * k)[key], float)) for k in range(6)]
    error = max(float(np.std(got, ddof=1)) / math.sqrt(6), 1.65 / math.sqrt(6 * n) if n else 0.0)
    near(ctx, "the estimate is π", float(np.mean(got)), math.pi, 6 * error)


def markov(ctx):
    """A finite Markov chain: rows that sum to one, shares that are stationary, steps that follow the matrix."""
    import numpy as np

    matrix, labels = transition(ctx)
    if matrix is None or not ctx.says(r"markov|transition|stationary"):
        return
    sums = matrix.sum(axis=1)
    ctx.out.add(
        "each row of the transition matrix sums to 1",
        bool(np.all(np.abs(sums - 1) < 1e-9) and matrix.min() >= 0),
        f"sums {np.round(sums, 6).tolist()[:6]}",
        "1",
    )
    if not np.all(np.abs(sums - 1) < 1e-9):
        return
    values, vectors = np.linalg.eig(matrix.T)
    pi = np.real(vectors[:, np.argmin(np.abs(values - 1))])
    pi = pi / pi.sum()
    slow = float(np.sort(np.abs(values))[-2]) if len(values) > 1 else 0.0
    n = ctx.param("n", "steps", "n_steps", "num_steps", "days", "n_iter") or 1000.0
    shares = [ctx.lower.get(str(name).lower()) for name in labels] if labels is not None else [None]
    got = np.array([float(v) for v in shares]) if all(v is not None and np.size(v) == 1 for v in shares) else None
    if got is None:
        got = next(
            (np.asarray(v, float) for v in ctx.series.values() if v.dtype.kind == "f" and v.shape == (len(matrix),)),
            None,
        )
    if got is not None and got.sum() > 0:
        near(ctx, "the shares sum to 1", float(got.sum()), 1.0, 1e-6)
        error = 6 * np.sqrt(pi * (1 - pi) / n * (1 + slow) / max(1e-6, 1 - slow)) + 2 / n
        worst = int(np.argmax(np.abs(got - pi) / (error + 1e-12)))
        ctx.out.add(
            "the shares are the stationary ones",
            bool(np.all(np.abs(got - pi) <= error)),
            f"{got[worst]:.4g}",
            f"{pi[worst]:.4g} within {error[worst]:.2g}",
        )
    chain = next(
        (
            np.asarray(v)
            for v in ctx.series.values()
            if v.dtype.kind in "iu" and v.ndim == 1 and len(v) > 200 and set(np.unique(v)) <= set(range(len(matrix)))
        ),
        None,
    )
    if chain is not None:
        counts = np.zeros(matrix.shape)
        np.add.at(counts, (chain[:-1], chain[1:]), 1)
        rows = counts.sum(axis=1, keepdims=True)
        z = np.abs(counts - rows * matrix) / np.sqrt(rows * matrix * (1 - matrix) + 1)
        ctx.out.add(
            "steps follow the transition matrix",
            float(z.max()) < 6,
            f"{float(z.max()):.1f} standard errors off",
            "below 6",
        )


def transition(ctx):
    """A square matrix of probabilities that the source defines, with the labels of its rows."""
    import numpy as np

    for table in (ctx.space, ctx.subject.params, ctx.series):
        for name, value in table.items():
            if str(name).startswith("_"):
                continue
            if (
                isinstance(value, dict)
                and value
                and all(isinstance(v, dict) for v in value.values())
                and all(set(v) <= set(value) for v in value.values())
            ):
                labels = list(value)
                return np.array([[float(value[a].get(b, 0)) for b in labels] for a in labels]), labels
            if (
                isinstance(value, (list, tuple, np.ndarray))
                and np.ndim(value) == 2
                and np.shape(value)[0] == np.shape(value)[1] >= 2
                and str(name).lower() in ("p", "t", "transition", "transition_matrix", "tm", "m", "a", "matrix")
            ):
                found = np.asarray(value, float)
                if found.min() >= 0 and found.max() <= 1:
                    return found, None
    return None, None


def telegraph(ctx):
    """Two states with exponential dwell times: each as long as its own rate says, and on for k_on / (k_on + k_off)."""
    import numpy as np

    on, off = ctx.param("k_on", "kon", "rate_on", "alpha"), ctx.param("k_off", "koff", "rate_off", "beta")
    t, state = ctx.role("t", "times", "time", dims=1), ctx.role("state", "states", "signal", "s", dims=1)
    if on is None or off is None or not ctx.says(r"telegraph|two.?state|on.?off|bursting"):
        return
    total = ctx.param("t_end", "t_max", "tmax", "total_time", "duration")
    share = ctx.role("fraction_on", "on_fraction", "p_on", "mean_state", "occupancy", dims=0)
    wanted = on / (on + off)
    if share is not None and total:
        error = math.sqrt(2 * wanted * (1 - wanted) / ((on + off) * total))
        near(ctx, "it is on for k_on / (k_on + k_off)", float(share), wanted, 6 * error)
    if t is None or state is None or len(t) != len(state) or len(t) < 100 or set(np.unique(state)) != {0.0, 1.0}:
        return
    changed = np.concatenate([[0], np.flatnonzero(np.diff(state) != 0) + 1])
    dwell, where = np.diff(t[changed]), state[changed[:-1]]
    for value, rate, label in ((0.0, on, "off"), (1.0, off, "on")):
        x = dwell[where == value]
        if len(x) > 50:
            near(ctx, f"it stays {label} for 1/k on average", float(x.mean()) * rate, 1.0, 6 / math.sqrt(len(x)))
            near(ctx, f"times {label} are exponential", float(x.var()) * rate**2, 1.0, 6 * math.sqrt(8 / len(x)))


def ruin(ctx):
    """A gambler with a out of N wins with probability a/N and plays a (N - a) rounds; with odds p as the formula says."""
    import numpy as np

    start = ctx.param("start", "initial", "a", "k", "x0", "initial_fortune", "i", "fortune")
    goal = ctx.param("target", "goal", "n", "upper", "total", "b")
    if ctx.says(r"\bties?\b|\blazy\b|nothing happens|stays? put|\ba draw\b"):
        return  # fewer rounds count than are played
    if not ctx.says(r"gambler|\bruin\b") or start is None or goal is None or not 0 < start < goal:
        return
    p = ctx.param("p", "p_win", "prob") or 0.5
    games = ctx.param("n_games", "games", "n_trials", "trials", "n_sims", "n_walks", "samples", "n_samples") or 1000.0
    r = (1 - p) / p
    wins = start / goal if abs(r - 1) < 1e-12 else (1 - r**start) / (1 - r**goal)
    rounds = start * (goal - start) if abs(r - 1) < 1e-12 else (start - goal * wins) / (1 - 2 * p)
    share = next(
        (float(v) for k, v in ctx.lower.items() if np.size(v) == 1 and re.search(r"win|success|reach|target", k)), None
    )
    lost = next(
        (float(v) for k, v in ctx.lower.items() if np.size(v) == 1 and re.search(r"ruin|lose|loss|broke", k)), None
    )
    error = math.sqrt(wins * (1 - wins) / games) + 1e-9
    if share is not None and share <= 1:
        near(ctx, "the share of wins", share, wins, 5 * error + 1 / games)
    if lost is not None and lost <= 1:
        near(ctx, "the share of ruins", lost, 1 - wins, 5 * error + 1 / games)
    lasted = next(
        (
            np.asarray(v, float)
            for k, v in ctx.lower.items()
            if np.ndim(v) == 1 and re.search(r"duration|rounds|length|steps|times", k)
        ),
        None,
    )
    if lasted is not None and len(lasted) > 100:
        near(ctx, "the mean duration", float(lasted.mean()), rounds, 6 * float(lasted.std()) / math.sqrt(len(lasted)))
