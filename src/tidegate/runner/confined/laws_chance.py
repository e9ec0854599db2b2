"""Laws of chance: walks, diffusions, chains, queues, jump processes and prices.

Each is a statistical test at five standard errors or more, so that a sound simulator passes
under any seed; where one run is not enough, the entry is run again under other seeds.
"""

import inspect
import math

from tidegate.runner.confined.measured import batch_error, chain_moves, lag_one, near

WALKS = (
    "x",
    "states",
    "positions",
    "position",
    "path",
    "walk",
    "trajectory",
    "xs",
    "pos",
    "paths",
    "trajectories",
    "walks",
    "output0",
)
CHAINS = ("samples", "chain", "states", "x", "xs", "trace", "positions", "trajectory", "path", "output0")
STEP_NAMES = (
    "step",
    "step_size",
    "delta",
    "max_step",
    "stepsize",
    "dx",
    "sigma",
    "max_displacement",
    "step_length",
    "width",
    "proposal_width",
    "proposal_std",
    "proposal_sd",
)
TARGETS = (
    "log_target",
    "logtarget",
    "log_prob",
    "logprob",
    "logp",
    "log_p",
    "log_density",
    "log_pdf",
    "logpdf",
    "log_posterior",
    "log_pi",
    "target_logpdf",
    "target_log_prob",
    "log_likelihood",
)
DENSITIES = (
    "target",
    "pdf",
    "density",
    "prob",
    "p",
    "target_density",
    "target_pdf",
    "target_distribution",
    "pi",
    "posterior",
    "f",
)
ENERGIES = ("energy", "potential", "u", "v", "hamiltonian", "potential_energy")


def check(ctx):
    """All laws of chance that the names and words of the source call for."""
    if not ctx.chance:
        return
    for law in (walks, spread, diffusions, chains, ising, epidemics, births, decay, queue, options, circle, markov):
        try:
            law(ctx)
        except (ValueError, TypeError, ZeroDivisionError, IndexError, KeyError, FloatingPointError, AttributeError):
            continue


def by_time(x):
    """A path array with time along the first axis; None when that cannot be told."""
    import numpy as np

    x = np.asarray(x, float)
    if x.ndim == 1:
        return x[:, None]
    if x.ndim == 2 and x.shape[0] > 1 and x.shape[1] > 1:
        first, second = float(np.ptp(x[0])), float(np.ptp(x[:, 0]))
        if first <= 1e-12 < second:
            return x
        if second <= 1e-12 < first:
            return x.T
        return x if x.shape[1] <= 3 < x.shape[0] else None
    return None


def increments(ctx, d, name="steps"):
    """Independent increments: no correlation in time."""

    c = d - d.mean(axis=0)
    bottom = float((c * c).sum())
    if bottom <= 0 or len(d) < 30:
        return
    rho = float((c[1:] * c[:-1]).sum()) / bottom
    n = d.size
    ctx.out.add(
        f"the {name} are independent of each other",
        abs(rho) < 5 / math.sqrt(n) + 0.01,
        f"correlation {rho:.3g}",
        f"within {5 / math.sqrt(n) + 0.01:.2g} of 0 (a walk that redraws has -0.5)",
    )


def walks(ctx):
    """A random walk: steps of the stated size, both ways alike, independent."""
    import numpy as np

    if not ctx.says(r"random.?walk|\bwalk(?:er)?s?\b") or ctx.says(
        r"self.?avoid|levy|biased|persistent|correlated|drift|metropolis|mcmc"
    ):
        return
    raw = ctx.role(*WALKS)
    if raw is None or np.size(raw) < 60:
        return
    x = by_time(raw)
    if x is None:
        return
    d = np.diff(x, axis=0)
    if ctx.says(r"reflect|absorb|boundar|periodic|% ?l\b|clip"):
        return
    increments(ctx, d)
    up, n = float(d.mean()), d.size
    bias = ctx.param("p", "p_right", "prob_right", "p_up", "bias", "mu")
    error = float(d.std()) / math.sqrt(n)
    if (bias is None or bias == 0.5 or bias == 0.0) and error > 0:
        ctx.out.add("the walk has no drift", abs(up) < 5 * error, f"mean step {up:.3g}", f"0 within {5 * error:.2g}")
    step = ctx.param("step", "step_size", "step_length", "sigma", "a")
    lone = x.shape[1] == 1 or np.ndim(raw) == 1
    sizes = np.linalg.norm(d, axis=1) if x.shape[1] in (2, 3) and np.shape(raw)[-1] in (2, 3) else np.abs(d).ravel()
    if step is None and ctx.says(r"-1, ?1|1, ?-1|lattice|\(1, ?0\)|simple|symmetric|unit"):
        step = 1.0
    if step is None:
        return
    if ctx.says(r"normal|gauss|randn"):
        near(ctx, "steps have the stated spread", float(d.std()), step, 5 * step / math.sqrt(2 * n) + 1e-9)
    elif ctx.says(r"uniform"):
        ctx.out.add(
            "no step is longer than stated",
            float(sizes.max()) <= step * 1.000001,
            f"longest {sizes.max():.4g}",
            f"at most {step:g}",
        )
    elif lone or np.shape(raw)[-1] in (2, 3):
        off = float(np.max(np.abs(sizes - step)))
        ctx.out.add(
            "every step has the stated length",
            off < 1e-9 * max(1.0, step),
            f"lengths {sizes.min():.4g} to {sizes.max():.4g}",
            f"{step:g}",
        )


def spread(ctx):
    """A mean squared displacement that grows as a walk's does."""
    import numpy as np

    msd = ctx.role(
        "msd", "mean_squared_displacement", "mean_sq_displacement", "msds", "r2", "mean_square_displacement", dims=1
    )
    if (
        msd is None
        or len(msd) < 20
        or not ctx.says(r"walk|brown|diffus")
        or ctx.says(r"levy|biased|self.?avoid|persistent|anomal|drift")
    ):
        return
    walkers = ctx.param(
        "walkers", "n_walkers", "num_walkers", "n_particles", "num_particles", "particles", "n", "n_walks", "m"
    )
    if walkers is None:
        return
    d, dt = ctx.param("d", "diffusion", "diffusion_coefficient"), ctx.param("dt")
    step = ctx.param("step", "step_size", "step_length", "sigma") or 1.0
    each = step**2
    k = np.arange(1, len(msd) + 1) if abs(msd[0]) > 1e-12 else np.arange(len(msd))
    keep = k > 0
    slope = msd[keep] / k[keep]
    slack = 6 * math.sqrt(2 / walkers)
    options = [each * f for f in ((1,) if ctx.says(r"choice|\(1, ?0\)|lattice") else (1, 2, 3))]
    if d is not None and dt is not None:
        options = [2 * f * d * dt for f in (1, 2, 3)]
    got = float(np.mean(slope[-max(3, len(slope) // 10) :]))
    best = min(options, key=lambda o: abs(got / o - 1))
    near(ctx, "the mean squared displacement grows as that of a walk", got / best, 1.0, slack)
    early = float(np.mean(slope[: max(3, len(slope) // 10)]))
    near(ctx, "from the first steps on", early / best, 1.0, slack)


def diffusions(ctx):
    """Brownian motion, Ornstein-Uhlenbeck and geometric Brownian motion: drift and spread of the increments."""
    import numpy as np

    raw = ctx.role("s", "prices", "price", "st", "price_paths", "stock", *WALKS)
    if raw is None or np.size(raw) < 200:
        return
    x = by_time(raw)
    if x is None:
        return
    dt = ctx.param("dt", "h", "delta_t") or ctx.spacing()
    if dt is None:
        return
    n = (len(x) - 1) * x.shape[1]
    sigma = ctx.param("sigma", "vol", "volatility", "s")
    if ctx.says(r"ornstein|uhlenbeck|mean.?revert|vasicek|\bou\b"):
        theta, mean = (
            ctx.param("theta", "kappa", "k", "a", "gamma", "speed"),
            ctx.param("mu", "mean", "theta_bar", "b", "long_term_mean", "x_mean") or 0.0,
        )
        if theta is None or sigma is None or theta * dt > 0.5:
            return
        y, d = (x[:-1] - mean).ravel(), np.diff(x, axis=0).ravel()
        slope = float((y * d).sum() / (y * y).sum())
        rest = d - slope * y
        error = float(rest.std()) / math.sqrt(float((y * y).sum()))
        wanted = [-theta * dt, math.exp(-theta * dt) - 1]
        ctx.out.add(
            "it returns to the mean at rate θ",
            min(abs(slope - w) for w in wanted) < 5 * error,
            f"{-slope / dt:.4g}",
            f"{theta:g} within {5 * error / dt:.2g}",
        )
        near(
            ctx,
            "the noise has spread σ √dt",
            float(rest.std()),
            sigma * math.sqrt(dt),
            5 * sigma * math.sqrt(dt / (2 * n)) + 0.5 * theta * dt * sigma * math.sqrt(dt) + 1e-12,
        )
        near(ctx, "the noise has mean 0", float(rest.mean()), 0.0, 5 * float(rest.std()) / math.sqrt(n))
        return
    if ctx.says(r"gbm|geometric brownian|black.?scholes|stock|asset") and sigma is not None and float(x.min()) > 0:
        mu = ctx.param("mu", "r", "drift")
        d = np.diff(np.log(x), axis=0)
        increments(ctx, d, "log returns")
        near(
            ctx,
            "log returns have spread σ √dt",
            float(d.std()),
            sigma * math.sqrt(dt),
            5 * sigma * math.sqrt(dt / (2 * n)) + 1e-3 * sigma * math.sqrt(dt),
        )
        if mu is not None:
            near(
                ctx,
                "log returns drift with μ - σ²/2",
                float(d.mean()),
                (mu - sigma**2 / 2) * dt,
                5 * float(d.std()) / math.sqrt(n) + 0.5 * abs(mu) * mu * dt * dt,
            )
            ends = x[-1] / x[0]
            if len(ends) >= 100:
                total = dt * (len(x) - 1)
                near(
                    ctx,
                    "the mean grows with μ",
                    float(ends.mean()),
                    math.exp(mu * total),
                    5 * float(ends.std()) / math.sqrt(len(ends)) + 0.5 * mu**2 * dt * total,
                )
        return
    if ctx.says(r"brownian|wiener|diffus") and not ctx.says(
        r"ornstein|langevin|metropolis|heat|reflect|periodic|boundar|confin|trap"
    ):
        coefficient = ctx.param("d", "diffusion", "diffusion_coefficient", "diff_coeff")
        want = (
            math.sqrt(2 * coefficient * dt)
            if coefficient is not None
            else (sigma if sigma is not None else 1.0) * math.sqrt(dt)
            if ctx.says("wiener|brownian")
            else None
        )
        d = np.diff(x, axis=0)
        increments(ctx, d)
        drift = ctx.param("mu", "drift", "v") or 0.0
        near(ctx, "the steps drift as stated", float(d.mean()), drift * dt, 5 * float(d.std()) / math.sqrt(n) + 1e-12)
        if want is not None:
            near(ctx, "the steps spread as stated", float(d.std()), want, 5 * want / math.sqrt(2 * n) + 1e-9)
        if x.shape[1] >= 10 and np.ndim(raw) == 2:
            together = float(d.mean(axis=1).var()) * x.shape[1] / (float(d.var()) or 1.0)
            ctx.out.add(
                "particles move independently of each other",
                together < 1 + 8 * math.sqrt(2 / len(d)),
                f"{together:.3g}",
                "1 (a shared noise gives the number of particles)",
            )


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
    if not words or ctx.says(r"\bising\b|\bpi\b|option|spin"):
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

    table = {k.lower(): v for k, v in ctx.space.items() if inspect.isfunction(v)}

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


def ising(ctx):
    """The Ising model: the energy recorded is that of the spins, and its mean on a small lattice is the exact one."""
    import numpy as np

    if not ctx.says(r"\bising\b") or ctx.says(
        r"open bound|free bound|wolff|swendsen|antiferro|\b1d\b|one.?dimension|kagome|triangular|3d|\bfield\b *="
    ):
        return
    spins, energy = (
        ctx.lower.get("spins", ctx.lower.get("lattice", ctx.lower.get("grid", ctx.lower.get("s")))),
        ctx.role("energy", "energies", "e", dims=1),
    )
    j = ctx.param("j", "coupling") or 1.0
    if ctx.param("h", "b", "field") not in (None, 0.0) or energy is None:
        return
    if spins is not None and np.ndim(spins) == 2 and set(np.unique(spins)) <= {-1, 1}:
        s = np.asarray(spins, float)
        own = -j * float((s * np.roll(s, 1, 0) + s * np.roll(s, 1, 1)).sum())
        got = float(energy[-1])
        ctx.out.add(
            "the energy is that of the spins",
            min(abs(got - own), abs(got - own / s.size)) < 1e-9 * s.size,
            f"{got:.4g}",
            f"{own:.4g}, or {own / s.size:.4g} a spin",
        )
    size = next(
        (k for k in ctx.subject.params if k.lower() in ("l", "n", "size", "lattice_size", "grid_size", "lattice")), None
    )
    count = next(
        (
            k
            for k in ctx.subject.params
            if k.lower()
            in (
                "sweeps",
                "n_sweeps",
                "num_sweeps",
                "steps",
                "n_steps",
                "mc_steps",
                "n_iter",
                "iterations",
                "nsteps",
                "num_steps",
            )
        ),
        None,
    )
    heat, beta = ctx.param("t", "temp", "temperature", "kt"), ctx.param("beta")
    if size is None or count is None or (heat is None and beta is None):
        return
    side, rows = int(ctx.subject.params[size]), len(energy)
    if not ctx.can_run(3):
        return
    sweeps = int(ctx.subject.params[count])
    runs = [
        np.asarray(
            ctx.subject.again(ctx.seed + k, **{size: 4, count: sweeps * (8 if rows >= sweeps // 2 else 30)})[
                _key(ctx, energy)
            ],
            float,
        )
        for k in range(3)
    ]
    e = np.concatenate([r[len(r) // 5 :] for r in runs])
    if np.max(np.abs(e)) <= 4.0 * abs(j) + 1e-9:
        e = e * 16
    b = beta if beta is not None else 1 / heat
    mean, variance = exact_ising(b * j)
    error = max(batch_error(e), float(np.std([r[len(r) // 5 :].mean() for r in runs])) / math.sqrt(3))
    near(
        ctx,
        f"the mean energy of a 4 by 4 lattice (shown {side} by {side})",
        float(e.mean()),
        mean * j,
        6 * error + 0.3 * abs(j),
    )
    within = float(np.mean([part.var() for part in np.array_split(e, len(runs))])) / j**2
    if variance > 4 and len(e) > 1500:
        ctx.out.add(
            "its energy fluctuates as much as it must",
            0.4 * variance < within < 2.2 * variance,
            f"variance {within:.3g}",
            f"{variance:.3g} within a factor of 2",
        )


def _key(ctx, energy):
    import numpy as np

    return next(
        k
        for k, v in ctx.series.items()
        if np.shape(v) == np.shape(energy) and np.array_equal(np.asarray(v, float), energy)
    )


def exact_ising(k):
    """Mean energy (in J) of the periodic 4 by 4 lattice by enumeration of its 65,536 states."""
    import numpy as np

    states = ((np.arange(65536)[:, None] >> np.arange(16)) & 1).astype(np.int8) * 2 - 1
    s = states.reshape(-1, 4, 4).astype(int)
    e = -(s * np.roll(s, 1, 1) + s * np.roll(s, 1, 2)).sum(axis=(1, 2))
    w = np.exp(-k * (e - e.min()))
    mean = float((w * e).sum() / w.sum())
    return mean, float((w * (e - mean) ** 2).sum() / w.sum())


def hazards(ctx, read, label):
    """Jump processes: each kind of event happens as often as its rate says, and waits are exponential.

    `read(series)` gives times, events by kind and rates by kind, or None; several seeds are pooled.
    """
    import numpy as np

    pooled = [read(ctx.lower)]
    while len(pooled) < 8 and sum(len(p[0]) for p in pooled if p) < 1500 and ctx.can_run(1):
        pooled.append(
            read({k.lower().lstrip("_"): v for k, v in ctx.subject.again(ctx.seed + 17 * len(pooled)).items()})
        )
    pooled = [p for p in pooled if p is not None and len(p[0]) > 1]
    if not pooled:
        return
    scaled = []
    for t, _, rates in pooled:
        total = sum(r for r in rates.values())[:-1]
        scaled.append((total * np.diff(t))[total > 0])
    scaled = np.concatenate(scaled)
    for name in pooled[0][1]:
        expected = sum(float((rates[name][:-1] * np.diff(t)).sum()) for t, _, rates in pooled)
        seen = sum(float(events[name].sum()) for _, events, _ in pooled)
        ctx.out.add(
            f"{label}: {name} as often as its rate says",
            abs(seen - expected) < 5 * math.sqrt(expected + 1) + 1,
            f"{seen:g} events",
            f"{expected:.1f} within {5 * math.sqrt(expected + 1):.1f}",
        )
    if len(scaled) >= 50:
        n = len(scaled)
        near(ctx, f"{label}: waits are exponential (mean)", float(scaled.mean()), 1.0, 5 / math.sqrt(n))
        near(ctx, f"{label}: waits are exponential (spread)", float(scaled.var()), 1.0, 6 * math.sqrt(8 / n))


def epidemics(ctx):
    """The stochastic SIR model event by event."""
    import numpy as np

    beta, gamma = ctx.param("beta", "infection_rate"), ctx.param("gamma", "recovery_rate")

    def read(table):
        s, i, r, t = (
            next((np.asarray(table[n], float) for n in names if n in table), None)
            for names in (
                ("s", "susceptible"),
                ("i", "infected", "infectious"),
                ("r", "recovered", "removed"),
                ("t", "times", "time"),
            )
        )
        if s is None or i is None or r is None or not (s.shape == i.shape == r.shape) or s.ndim != 1 or len(s) < 3:
            return None
        total = s + i + r
        if (
            t is None
            or len(t) != len(s)
            or beta is None
            or gamma is None
            or not np.all(np.abs(np.diff(s)) <= 1)
            or np.ptp(np.diff(t)) < 1e-9
        ):
            return None
        return (
            t,
            {"infection": np.diff(s) < 0, "recovery": np.diff(r) > 0},
            {"infection": beta * s * i / total, "recovery": gamma * i},
        )

    s, i, r = (
        ctx.role("s", "susceptible"),
        ctx.role("i", "infected", "infectious"),
        ctx.role("r", "recovered", "removed"),
    )
    if s is None or i is None or r is None or not (s.shape == i.shape == r.shape) or s.ndim != 1:
        return
    total = s + i + r
    ctx.out.add("S + I + R stays", bool(np.ptp(total) < 1e-9 * total[0] + 1e-9), f"range {np.ptp(total):g}", "constant")
    ctx.out.add(
        "susceptibles only fall, the recovered only rise",
        bool(np.all(np.diff(s) <= 0) and np.all(np.diff(r) >= 0)),
        "as recorded",
        "monotone",
    )
    if read(ctx.lower) is not None:
        hazards(ctx, read, "events")


def births(ctx):
    """Birth and death (or immigration and death), event by event."""
    import numpy as np

    n, t = (
        ctx.role("n", "ns", "population", "x", "counts", "state", "states", "populations", dims=1),
        ctx.role("t", "times", "time", dims=1),
    )
    birth, death = (
        ctx.param("birth", "birth_rate", "lam", "lambda_", "k_on", "production", "k_prod", "immigration", "b", "k1"),
        ctx.param("death", "death_rate", "mu", "k_off", "degradation", "k_deg", "gamma", "d", "k2", "delta"),
    )
    if (
        n is None
        or t is None
        or len(n) != len(t)
        or len(n) < 3
        or birth is None
        or death is None
        or not ctx.says(r"birth|immigra|production|gene|degrad")
    ):
        return
    d = np.diff(n)
    ctx.out.add(
        "one event changes the number by one",
        bool(np.all(np.abs(d) == 1)),
        f"changes {sorted(set(d.tolist()))[:4]}",
        "+1 or -1",
    )
    ctx.out.add("the number is never negative", bool(n.min() >= 0), f"{n.min():g}", "0 or more")
    if ctx.says(r"logistic|carrying|pair"):
        return
    ups, downs = d > 0, d < 0
    each, steady = birth * n, np.full(len(n), birth)
    expected = {
        k: abs(float((f[:-1] * np.diff(t)).sum()) - float(ups.sum())) for k, f in (("head", each), ("const", steady))
    }
    rate = each if expected["head"] < expected["const"] and n.min() > 0 else steady
    del ups, downs

    def read(table):
        m = next(
            (
                np.asarray(table[k], float)
                for k in ("n", "ns", "population", "x", "counts", "state", "states", "populations")
                if k in table
            ),
            None,
        )
        when = next((np.asarray(table[k], float) for k in ("t", "times", "time") if k in table), None)
        if m is None or when is None or len(m) != len(when):
            return None
        step = np.diff(m)
        return (
            when,
            {"birth": step > 0, "death": step < 0},
            {"birth": birth * m if rate is each else np.full(len(m), birth), "death": death * m},
        )

    hazards(ctx, read, "events")


def decay(ctx):
    """Random decay against N0 exp(-λ t)."""
    import numpy as np

    n = ctx.role("counts", "n", "states", "population", "remaining", "nuclei", "n_values", dims=1)
    lam, half = (
        ctx.param("lam", "lambda_", "decay_constant", "decay_rate", "lambd", "lmbda", "rate"),
        ctx.param("half_life", "t_half"),
    )
    if (
        n is None
        or len(n) < 10
        or not ctx.says(r"decay|nucle|radioact|half.?life")
        or ctx.says("chain|daughter")
        or (lam is None and half is None)
    ):
        return
    ctx.out.add(
        "the number only falls",
        bool(np.all(np.diff(n) <= 0)),
        f"largest rise {max(0.0, float(np.diff(n).max())):g}",
        "no rise",
    )
    dt = ctx.spacing()
    p = ctx.param("p", "prob")
    if dt is None and p is None:
        return
    rate = lam if lam is not None else math.log(2) / half
    t = np.arange(len(n)) * (dt or 1.0)
    start = float(n[0])
    stay = np.exp(-rate * t)
    euler = np.power(np.maximum(0.0, 1 - rate * (dt or 1.0)), np.arange(len(n)))
    z = [float(np.max(np.abs(n - start * q) / np.sqrt(start * q * (1 - q) + 1))) for q in (stay, euler)]
    ctx.out.add("it decays as N0 exp(-λ t)", min(z) < 6, f"{min(z):.1f} standard errors off", "below 6")


def queue(ctx):
    """The M/M/1 queue against its known means."""
    import numpy as np

    if not ctx.says(r"m/m/1|queue|queu") or ctx.says(
        r"m/d/1|m/g/1|g/g/1|m/m/[2-9c]|servers? *= *[2-9]|priority|finite|capacity"
    ):
        return
    lam, mu = (
        ctx.param("lam", "lambda_", "arrival_rate", "lambd", "arrival", "lmbda", "rate_arrival"),
        ctx.param("mu", "service_rate", "service", "rate_service"),
    )
    if lam is None or mu is None or lam >= mu:
        return
    key = next(
        (
            k
            for k in ctx.series
            if k.lower()
            in (
                "waits",
                "wait_times",
                "waiting_times",
                "wait",
                "waiting",
                "w",
                "mean_wait",
                "avg_wait",
                "average_wait",
                "wq",
                "mean_waiting_time",
                "avg_waiting_time",
            )
        ),
        None,
    )
    whole = key is None and next(
        (
            k
            for k in ctx.series
            if k.lower()
            in ("sojourn", "system_times", "response_times", "time_in_system", "mean_sojourn", "mean_response")
        ),
        None,
    )
    key = key or whole
    if not key or not ctx.can_run(8):
        return
    runs = [np.asarray(ctx.subject.again(ctx.seed + 101 * k)[key], float) for k in range(8)]
    if any(float(np.min(r)) < -1e-12 for r in runs):
        ctx.out.add("no wait is negative", False, f"{min(float(np.min(r)) for r in runs):.3g}", "0 or more")
    means = [float(np.mean(r[len(r) // 20 :] if r.ndim else r)) for r in runs]
    wanted = 1 / (mu - lam) if whole else lam / mu / (mu - lam)
    error = float(np.std(means, ddof=1)) / math.sqrt(len(means))
    near(ctx, "the mean wait is that of M/M/1", float(np.mean(means)), wanted, 6 * error + 0.02 * wanted)
    if not whole and runs[0].ndim:
        idle = [float((r <= 1e-12).mean()) for r in runs]
        spread_of = float(np.std(idle, ddof=1)) / math.sqrt(len(idle))
        near(ctx, "the share that does not wait is 1 - ρ", float(np.mean(idle)), 1 - lam / mu, 6 * spread_of + 0.005)


def options(ctx):
    """A European option against the Black-Scholes price."""
    import numpy as np

    if not ctx.says(r"\bcall\b|\bput\b|option|black.?scholes") or ctx.says(
        r"asian|barrier|american|lookback|bermud|dividend|heston|jump"
    ):
        return
    s, k, r, v, t = (
        ctx.param("s0", "s", "spot", "s_0"),
        ctx.param("k", "strike"),
        ctx.param("r", "rate", "risk_free", "rf"),
        ctx.param("sigma", "vol", "volatility"),
        ctx.param("t", "maturity", "expiry", "time", "t_years"),
    )
    if None in (s, k, r, v, t) or t <= 0 or v <= 0:
        return
    from statistics import NormalDist

    d1 = (math.log(s / k) + (r + v * v / 2) * t) / (v * math.sqrt(t))
    d2 = d1 - v * math.sqrt(t)
    cdf = NormalDist().cdf
    call = s * cdf(d1) - k * math.exp(-r * t) * cdf(d2)
    put = call - s + k * math.exp(-r * t)
    name = (
        ctx.subject.name
        + " "
        + (ctx.subject.node.body[0].value.value if ctx.subject.node is not None and _doc(ctx.subject.node) else "")
    ).lower()
    kinds = (
        [("call", call)]
        if "call" in name and "put" not in name
        else [("put", put)]
        if "put" in name and "call" not in name
        else None
    )
    for key, value in ctx.series.items():
        low = key.lower()
        mine = (
            [("call", call)]
            if "call" in low
            else [("put", put)]
            if low == "put" or "put_" in low or "_put" in low
            else kinds
        )
        if (
            mine is None
            or np.size(value) != 1
            or (
                low not in ("states", "price", "output0", "call", "put", "value", "option_price")
                and "price" not in low
                and "call" not in low
                and "put" not in low
            )
        ):
            continue
        if not ctx.can_run(10):
            return
        got = (
            [float(np.asarray(ctx.subject.again(ctx.seed + 77 * n)[key], float)) for n in range(10)]
            if ctx.chance
            else [float(value)]
        )
        error = float(np.std(got, ddof=1)) / math.sqrt(len(got)) if len(got) > 1 else 0.0
        wanted = mine[0][1]
        near(
            ctx,
            f"the {mine[0][0]} is worth the Black-Scholes price",
            float(np.mean(got)),
            wanted,
            6 * error + (0.002 * wanted if ctx.chance else 0.01 * wanted),
        )
        return


def _doc(node):
    import ast

    return (
        isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
        and isinstance(node.body[0].value.value, str)
    )


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
