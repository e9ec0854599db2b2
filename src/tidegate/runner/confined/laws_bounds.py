# ruff: noqa: E501  (messages read best on one line)
"""Bounds and averages that a model cannot leave: order parameters, drift of neutral alleles, bounces, waiting times.

A share lies between 0 and 1 by its definition, a neutral frequency keeps its mean, a ball that loses energy comes no higher
than it fell from, and a waiting time times its total rate has mean one.
"""

import math


def check(film, scenes, tell):
    """Every such law on every scene."""
    for scene in scenes:
        for law in (shares, neutral, drops, waits):
            try:
                law(scene, tell, film)
            except (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, AttributeError):
                continue


def shares(scene, tell, _film):
    """An order parameter |Σ exp(iθ)|/N is at most 1."""
    import numpy as np

    if not scene.says(r"order parameter|kuramoto|vicsek"):
        return
    r = scene.one(
        "r", "rs", "order", "order_parameter", "R", "order_params", "r_values", "orders", "history", "r_history", "va"
    )
    if r is None and scene.line is None:
        return
    if r is not None and np.all(r >= 0):
        tell(
            "an order parameter is at most 1",
            float(r.max()) <= 1 + 1e-9,
            f"up to {r.max():.4g}",
            "at most 1",
            scene.line,
        )


def neutral(scene, tell, _film):
    """Wright-Fisher: the mean over replicates stays, and each generation spreads by p (1 - p) / 2N."""
    import numpy as np

    if not scene.says(r"wright.?fisher|genetic drift") or scene.says(r"selection|mutation|migration|fitness"):
        return
    p = scene.one("p", "freqs", "freq", "frequencies", "frequency", "x", dims=2)
    if p is None or p.shape[1] < 20 or p.min() < 0 or p.max() > 1:
        if p is not None and (p.min() < -1e-9 or p.max() > 1 + 1e-9):
            tell("an allele frequency lies in [0, 1]", False, f"[{p.min():.3g}, {p.max():.3g}]", "[0, 1]", scene.line)
        return
    ends = p[min(len(p) - 1, 100)]
    slack = 7 * float(ends.std()) / math.sqrt(len(ends)) + 1e-9
    tell("a neutral allele keeps its mean frequency", abs(float(ends.mean() - p[0].mean())) < slack, f"{ends.mean():.4g}", f"{p[0].mean():.4g} within {slack:.2g}", scene.line)  # fmt: skip
    n = scene.number("N", "n", "pop_size", "population_size", "population", "Ne")
    if n is None:
        return
    rows = p[: min(len(p), 60)]
    d, v = np.diff(rows, axis=0), (rows[:-1] * (1 - rows[:-1]))
    got = float((d**2).sum()) / float(v.sum())
    count = int((v > 0).sum())
    options = (
        [1 / (2 * n), 1 / n]
        if scene.says(r"haploid|binomial\(n,") and not scene.says(r"2 ?\*? ?n|diploid")
        else [1 / (2 * n)]
    )
    best = min(options, key=lambda o: abs(got / o - 1))
    tell("drift spreads a frequency by p (1 - p)/2N a generation", abs(got / best - 1) < 8 * math.sqrt(3 / max(count, 1)) + 0.02, f"{got / best:.4g} of it", "1", scene.line)  # fmt: skip


def drops(scene, tell, _film):
    """A ball let fall: it falls, and never comes above where it started."""
    y, v = scene.one("y", "h", "height", "z", "x", "pos"), scene.one("v", "vy", "velocity", "vel")
    if y is None or v is None or len(y) != len(v) or not scene.says(r"bounc|dropped|free.?fall|falls from|let fall") or scene.says(r"thrown up|launch|projectile|spring|paddle|kick|active"):  # fmt: skip
        return
    if abs(float(v[0])) > 1e-12 or float(y[0]) <= 0:
        return
    step = float(abs(y[1:] - y[:-1]).max())
    over = float(y.max()) - float(y[0])
    tell("a ball let fall comes no higher than its start", over <= 2 * step and over <= 0.1 * float(y[0]), f"{max(over, 0.0):.3g} above it", "0", scene.line)  # fmt: skip


TOTALS = ("total", "total_rate", "a0", "rate_total", "total_propensity", "R", "rate_sum", "a_total", "atot", "W", "r_total", "propensity_sum")  # fmt: skip


def waits(scene, tell, _film):
    """A waiting time drawn at a total rate has mean 1 over that rate."""
    import numpy as np

    tau = scene.one("tau", "dt", "wait", "waiting_time", "delta_t", "delta", "tau_next")
    total = scene.one(*TOTALS)
    t = scene.one("t", "time", "clock", "now")
    if (
        tau is None
        and t is not None
        and scene.says(
            r"\bt \+= .{0,30}expo|\btime \+= .{0,30}expo|\bclock \+= .{0,30}expo|\bt \+= -?(?:np\.|math\.)?log"
        )
    ):
        total = scene.one(*(name for name in TOTALS if len(name) > 1))
        if total is None or scene.line is None or len(t) - len(total) not in (0, 1):
            return
        # at the start of a turn stands the total of the turn before
        total = total if len(total) == len(t) - 1 else total[1:]
        tau = np.diff(t)
        tau, total = tau[tau > 0], total[tau > 0]  # another run begins at nothing again
    if (
        tau is None
        or total is None
        or len(tau) != len(total)
        or not scene.says(r"gillespie|exponential\(|expovariate|log\(")
    ):
        return
    if len(tau) < 200 or np.any(tau < 0) or np.any(total < 0) or scene.says(r"tau.?leap|next reaction|rejection"):
        if np.any(tau < 0):
            tell("a waiting time is never negative", False, f"{tau.min():.3g}", "0 or more", scene.line)
        return
    x = tau * total
    if np.ptp(tau) < 1e-12:
        return
    slack = 7 / math.sqrt(len(x))
    tell(
        "a waiting time times its total rate has mean 1",
        abs(float(x.mean()) - 1) < slack,
        f"{x.mean():.4g}",
        f"1 within {slack:.2g}",
        scene.line,
    )
