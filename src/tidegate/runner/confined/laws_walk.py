# ruff: noqa: E501  (tables and messages read best on one line)
"""Random walks and diffusions: steps of the stated size, independent, spreading as they must."""

import math

from tidegate.runner.confined.measured import near

WALKS = ("x", "states", "positions", "position", "path", "walk", "trajectory", "xs", "pos", "paths", "trajectories", "walks", "output0")  # fmt: skip


def by_time(x, ctx=None):
    """A path array with time along the first axis; None when that cannot be told."""
    import numpy as np

    x = np.asarray(x, float)
    if x.ndim == 1:
        return x[:, None]
    if x.ndim == 2 and x.shape[0] > 1 and x.shape[1] > 3 and ctx is not None:
        walkers, steps = ctx.param(*WALKERS), ctx.param(*LENGTHS)
        if walkers == x.shape[0] != x.shape[1] and steps in (None, x.shape[1], x.shape[1] - 1):
            return x.T
        if walkers == x.shape[1] != x.shape[0] and steps in (None, x.shape[0], x.shape[0] - 1):
            return x
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
    bound = 5 / math.sqrt(d.size) + 0.01 + 1 / len(d)  # taking off the mean of n steps makes -1/n of none
    ctx.out.add(
        f"the {name} are independent of each other",
        abs(rho) < bound,
        f"correlation {rho:.3g}",
        f"within {bound:.2g} of 0 (a walk that redraws has -0.5)",
    )


def walks(ctx):
    """A random walk: steps of the stated size, both ways alike, independent."""
    import numpy as np

    if not ctx.says(r"random.?walk|\bwalk(?:er)?s?\b") or ctx.says(
        r"self.?avoid|levy|(?<!un)biased|persistent|correlated|drift|metropolis|mcmc"
    ):
        return
    raw = ctx.role(*WALKS)
    if raw is None or np.size(raw) < 60:
        return
    if snapshot(ctx, raw):
        ends(ctx, np.asarray(raw, float))
        return
    x = by_time(raw, ctx)
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


WALKERS = ("walkers", "n_walkers", "num_walkers", "n_particles", "num_particles", "particles", "n_walks", "num_walks", "n_agents", "ensemble", "n_paths", "trials", "n_trials")  # fmt: skip
LENGTHS = ("steps", "n_steps", "num_steps", "nsteps", "n", "t_steps", "length", "t")


def snapshot(ctx, raw):
    """Whether a row is a walker rather than a moment: there are as many rows as walkers."""
    import numpy as np

    walkers = ctx.param(*WALKERS)
    return (
        walkers is not None
        and (np.ndim(raw) == 1 or (np.ndim(raw) == 2 and np.shape(raw)[1] <= 3))
        and len(raw) == walkers
    )


def ends(ctx, x):
    """Where many walkers ended: no drift, and a mean square that fits the number of steps."""
    import numpy as np

    x = x.reshape(len(x), -1)
    steps = ctx.param(*LENGTHS)
    step = ctx.param("step", "step_size", "step_length", "a") or 1.0
    if len(x) < 100 or steps is None or x.shape[1] > 3 or ctx.says(r"reflect|absorb|boundar|periodic|clip"):
        return
    error = x.std(axis=0) / math.sqrt(len(x))
    ctx.out.add(
        "the walkers have no drift",
        bool(np.all(np.abs(x.mean(axis=0)) < 6 * error + 1e-12)),
        f"mean {np.round(x.mean(axis=0), 3).tolist()}",
        f"0 within {float(6 * error.max()):.2g}",
    )
    if not ctx.says(r"choice|\(1, ?0\)|lattice|-1, ?1|1, ?-1"):
        return
    square = float((x**2).sum(axis=1).mean())
    options = [steps * step**2 * f for f in ((1,) if x.shape[1] == 1 else (1, x.shape[1]))]
    best = min(options, key=lambda o: abs(square / o - 1))
    near(ctx, "the walkers spread as the number of steps", square / best, 1.0, 8 * math.sqrt(2 / len(x)))


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
        or ctx.says(r"levy|(?<!un)biased|self.?avoid|persistent|anomal|drift")
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
    x = by_time(raw, ctx)
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
