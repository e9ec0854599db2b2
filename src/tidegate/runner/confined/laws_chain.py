# ruff: noqa: E501  (tables and messages read best on one line)
"""Markov chain Monte Carlo: it moves, keeps rejected states, and samples its target."""

import inspect
import math

from tidegate.runner.confined.measured import batch_error, chain_moves, lag_one, near

CHAINS = ("samples", "chain", "states", "x", "xs", "trace", "positions", "trajectory", "path", "output0")


STEP_NAMES = ("step", "step_size", "delta", "max_step", "stepsize", "dx", "sigma", "max_displacement", "step_length", "width", "proposal_width", "proposal_std", "proposal_sd")  # fmt: skip


TARGETS = ("log_target", "logtarget", "log_prob", "logprob", "logp", "log_p", "log_density", "log_pdf", "logpdf", "log_posterior", "log_pi", "target_logpdf", "target_log_prob", "log_likelihood")  # fmt: skip


DENSITIES = ("target", "pdf", "density", "prob", "p", "target_density", "target_pdf", "target_distribution", "pi", "posterior", "f")  # fmt: skip


ENERGIES = ("energy", "potential", "u", "v", "hamiltonian", "potential_energy")

REDRAWS = r"independen\w+ (?:sampler|metropolis|proposal|chain|mh\b|draw|sample)|rejection sampl|accept.?reject|importance sampl"
"""Samplers whose draws are meant to forget the one before."""


def chains(ctx):
    """Markov chain Monte Carlo: it moves, it keeps rejected states, and it samples its target."""
    import re

    import numpy as np

    accepts = re.search(r"(?:random|uniform|rand)\([^)\n]*\)\s*\)?\s*<=?\s*[^\n]*|accept", ctx.text) is not None
    weighs = re.search(r"(?:random|uniform|rand)\([^)\n]*\)\s*<=?\s*[^\n]*exp\(|accept", ctx.text) is not None
    words = weighs or (
        ctx.says(r"metropolis|mcmc|markov chain monte|hastings|monte.?carlo|langevin|detailed balance")
        and (accepts or ctx.says("mcmc|metropolis"))
    )
    if not words or ctx.says(r"\bising\b|\bpi\b|option|spin") or ctx.says(REDRAWS):
        return
    raw = ctx.role(*CHAINS)
    if raw is None or len(np.shape(raw)) == 0 or len(raw) < 60:
        return
    states = np.asarray(raw, float)
    step = ctx.param(*STEP_NAMES)
    if step and not ctx.says("normal|gauss|randn"):
        longest = float(np.max(np.abs(np.diff(states.reshape(len(states), -1), axis=0))))
        ctx.out.add(
            "moves fit the step size",
            longest <= 8 * step,
            f"longest {longest:.4g}",
            f"a step of {step:g}, at most eight times that",
        )
    small = step is None or step <= 0.5 * float(states.std() or 1.0)
    if small or (lag_one(states) or (1.0, 0))[0] < 0.05:
        chain_moves(ctx.out, states, None, 0.1)
    flat = states.reshape(len(states), -1)
    if (
        len(flat) >= 500
        and ctx.says(r"metropolis|hastings|mcmc")
        and not ctx.says(r"gibbs|thin|hamiltonian|hmc|independen")
    ):
        same = float(np.all(flat[1:] == flat[:-1], axis=1).mean())
        ctx.out.add("rejected moves are counted again", same > 0, f"{same:.3f} of states repeat", "some do")
    target(ctx, flat)


def target(ctx, flat):
    """Mean and variance of a one-dimensional chain against its own target, integrated on a grid."""
    import numpy as np

    if flat.shape[1] != 1 or len(flat) < 1000:
        return
    log = density(ctx)
    if log is None:
        return
    x = flat[len(flat) // 10 :, 0]
    middle, width = float(x.mean()), max(float(x.std()), 1e-3)
    for reach in (12, 40):
        grid = np.linspace(middle - reach * width, middle + reach * width, 8001)
        values = np.array([log(g) for g in grid], float)
        values[~np.isfinite(values)] = -np.inf
        if not np.any(np.isfinite(values)):
            return
        weights = np.exp(values - values.max())
        if weights[0] < 1e-9 and weights[-1] < 1e-9:
            break
    else:
        return
    weights /= weights.sum()
    mean = float((weights * grid).sum())
    var = float((weights * (grid - mean) ** 2).sum())
    error, spread_error = batch_error(x), batch_error((x - mean) ** 2)
    near(ctx, "the chain has its target's mean", float(x.mean()), mean, 6 * error + 0.02 * math.sqrt(var))
    depth = -np.array([log(v) for v in x[:: max(1, len(x) // 5000)]], float)
    levels = np.where(weights > 0, -np.where(np.isfinite(values), values, 0.0), 0.0)
    expected = float((weights * levels).sum())
    scatter = float(np.sqrt((weights * (levels - expected) ** 2).sum()))
    near(
        ctx,
        "it lies as deep in its target as it must",
        float(depth.mean()),
        expected,
        6 * batch_error(depth) + 0.04 * scatter,
    )
    near(
        ctx, "the chain has its target's variance", float(((x - mean) ** 2).mean()), var, 6 * spread_error + 0.04 * var
    )


def density(ctx):
    """The log of the target density the source defines, as a function of one number."""
    import numpy as np

    table = {k.lower(): v for k, v in ctx.space.items() if inspect.isfunction(v) or inspect.ismethod(v)}

    def usable(f):
        required = [p for p in inspect.signature(f).parameters.values() if p.default is p.empty]
        try:
            return len(required) == 1 and np.ndim(f(0.3)) == 0 and np.isfinite(float(f(0.3)))
        except Exception:
            return False

    for names, turn in (
        (TARGETS, lambda f: f),
        (DENSITIES, lambda f: lambda y: math.log(f(y)) if f(y) > 0 else -math.inf),
    ):
        f = next((table[n] for n in names if n in table and usable(table[n])), None)
        if f is not None:
            return lambda y, g=turn(f): float(g(y))
    f = next((table[n] for n in ENERGIES if n in table and usable(table[n])), None)
    beta, heat = ctx.param("beta"), ctx.param("temperature", "temp", "t", "kt", "k_t")
    if f is not None and (beta is not None or heat):
        b = beta if beta is not None else 1 / heat
        return lambda y: -b * float(f(y))
    if ctx.says(r"standard (?:normal|gaussian)"):
        return lambda y: -0.5 * y * y
    return None
