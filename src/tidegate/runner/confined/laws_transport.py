# ruff: noqa: E501  (tables and messages read best on one line)
"""Transport: a profile carried along a line, heat in a plane or a box, light through a slab, a packet in a well."""

import math

from tidegate.runner.confined.against import obeys
from tidegate.runner.confined.laws_field import FIELDS, grid_spacing, time_spacing
from tidegate.runner.confined.measured import conserved, near


def check(ctx):
    """All laws of transport that the names and words of the source call for."""
    if not ctx.chance:
        advection(ctx)
        plane(ctx)
    means(ctx)
    if ctx.chance:
        slab(ctx)


def _recorded(ctx, dims):
    import numpy as np

    for n in FIELDS:
        found = ctx.lower.get(n)
        if found is not None and found.dtype.kind == "f" and found.ndim == dims and min(found.shape) >= 5:
            return np.asarray(found, float)
    return None


def advection(ctx):
    """u_t + c u_x = 0 on a ring: the mass stays, no new extremes arise, the profile moves at c.

    The speed is read from the phase of the lowest Fourier mode, which a scheme's own diffusion does not turn.
    """
    import numpy as np

    if not ctx.says(r"advect|upwind|lax.?(?:wendroff|friedrichs)|transport equation") or ctx.says(
        r"diffus|burgers|react|source|nonlinear|two.?dimension|rotat"
    ):
        return
    u = _recorded(ctx, 2)
    c = ctx.param("c", "v", "speed", "velocity", "a", "wave_speed")
    if u is None or c is None:
        return
    if not np.all(np.isfinite(u)):
        ctx.out.add("the profile is finite", False, "not finite", "finite")
        return
    dx, dt = grid_spacing(ctx, u.shape[1]), time_spacing(ctx, len(u))
    span = float(np.ptp(u[0])) or 1.0
    ring = ctx.says(r"periodic|np\.roll|% ?n|ring")
    if ring:
        conserved(ctx.out, "the amount carried", u.sum(axis=1), 1e-6)
    if ctx.says(r"upwind|friedrichs|limiter|first.?order"):
        ctx.out.add(
            "no new extremes arise",
            bool(u.max() <= u[0].max() + 1e-6 * span and u.min() >= u[0].min() - 1e-6 * span),
            f"[{u.min():.4g}, {u.max():.4g}]",
            f"[{u[0].min():.4g}, {u[0].max():.4g}]",
        )
    if not ring or dx is None or dt is None:
        return
    mode = np.fft.fft(u, axis=1)[:, 1]
    turned = -np.diff(np.unwrap(np.angle(mode))) / (2 * np.pi) * u.shape[1] * dx / dt
    got = float(np.median(turned))
    near(ctx, "the profile moves at c", got, c, 0.05 * abs(c))


def plane(ctx):
    """u_t = α ∇²u in two or three dimensions, inside the edges; and the total where nothing leaves."""
    import numpy as np

    if not ctx.says(r"heat|diffus|fick|thermal") or ctx.says(
        r"reaction|advect|convect|gray.?scott|fisher|source|wave|schr"
    ):
        return
    u = _recorded(ctx, 3)
    if u is None:
        u = _recorded(ctx, 4)
    if u is None:
        return
    if not np.all(np.isfinite(u)):
        ctx.out.add("the field is finite", False, "not finite", "finite")
        return
    span = float(np.ptp(u[0])) or 1.0
    ctx.out.add(
        "extremes do not grow",
        bool(u.max() <= u[0].max() + 1e-6 * span and u.min() >= u[0].min() - 1e-6 * span) or not _closed(ctx),
        f"[{u.min():.4g}, {u.max():.4g}]",
        f"[{u[0].min():.4g}, {u[0].max():.4g}]",
    )
    if _closed(ctx):
        whole = u.reshape(len(u), -1).sum(axis=1)
        conserved(ctx.out, "the total heat", whole, 2e-2 if not ctx.says("periodic") else 1e-6)
    alpha = ctx.param("alpha", "d", "kappa", "diffusivity", "k", "nu", "diffusion", "diff_coeff", "a")
    dx, dt = grid_spacing(ctx, u.shape[1]), time_spacing(ctx, len(u))
    if alpha is None or dx is None or dt is None:
        return
    inner = (slice(None), *[slice(1, -1)] * (u.ndim - 1))
    lap = sum(np.roll(u, s, axis) - u for axis in range(1, u.ndim) for s in (1, -1))[inner] * alpha / dx**2
    rate = (u[1:] - u[:-1])[inner] / dt
    scale = float(np.sqrt(np.mean(lap**2))) or 1e-300
    if scale < 1e-9 * span:
        return
    misfit = min(
        float(np.sqrt(np.mean((rate - f) ** 2))) / scale for f in (lap[:-1], lap[1:], (lap[1:] + lap[:-1]) / 2)
    )
    limit = 0.05 if u.shape[1] == u.shape[2] else 0.5
    ctx.out.add("u_t = α ∇²u", misfit < limit, f"misfit {misfit:.3g}", f"below {limit:g}")


def _closed(ctx):
    return ctx.says(r"insulat|neumann|no.?flux|periodic|closed|reflect")


MEANS = (
    "mean_x",
    "x_mean",
    "xmean",
    "expect_x",
    "x_expect",
    "expectation_x",
    "mean_position",
    "x_avg",
    "exp_x",
    "avg_x",
)


def means(ctx):
    """The mean position of a quantum packet in a harmonic well swings as a classical particle (Ehrenfest)."""
    import numpy as np

    mean, dt = ctx.role(*MEANS, dims=1), ctx.spacing()
    if mean is None or dt is None or len(mean) < 40 or not ctx.says(r"schr|wave.?packet|quantum|split.?step"):
        return
    if ctx.says(r"driv|absorb|imaginary|anharmonic|double.?well|barrier|gross|nonlinear|morse"):
        return
    omega, m = ctx.param("omega", "omega0", "w0", "w"), ctx.param("m", "mass") or 1.0
    k = ctx.param("k_spring", "spring_constant", "stiffness")
    if omega is None and k is not None:
        omega = math.sqrt(k / m)
    second = np.diff(mean, 2) / dt**2
    if ctx.says(r"harmonic|oscillator|trap") and omega is not None:
        wanted = -(omega**2) * mean[1:-1]
    elif ctx.says(r"\bfree\b"):
        speed = np.diff(mean) / dt
        spread = float(np.ptp(speed)) / (float(np.max(np.abs(speed))) or 1.0)
        ctx.out.add("a free packet's mean moves evenly", spread < 0.02, f"varies by {spread:.3g}", "below 0.02")
        return
    else:
        return
    scale = float(np.sqrt(np.mean(wanted**2))) or 1e-300
    misfit = float(np.sqrt(np.mean((second - wanted) ** 2))) / scale
    limit = 0.03 + 0.2 * (omega * dt) ** 2
    ctx.out.add(
        "the mean swings as a particle in the well", misfit < limit, f"misfit {misfit:.3g}", f"below {limit:.2g}"
    )
    momentum = ctx.role("mean_p", "p_mean", "expect_p", "exp_p", "avg_p", "mean_momentum", dims=1)
    if momentum is not None and len(momentum) == len(mean):
        obeys(ctx, "the mean position moves with ⟨p⟩/m", mean, {"⟨p⟩/m": momentum / m}, dt)


PASSED = (
    "transmission",
    "transmitted",
    "transmittance",
    "fraction_transmitted",
    "t_frac",
    "transmitted_fraction",
    "escape_fraction",
)
COEFFICIENTS = (
    "mu",
    "mu_t",
    "mu_a",
    "sigma",
    "sigma_t",
    "sigma_a",
    "attenuation",
    "absorption",
    "alpha",
    "kappa",
    "extinction",
)
DEPTHS = ("thickness", "depth", "length", "d", "l", "slab_thickness", "width")
NUMBERS = ("n_photons", "n", "photons", "n_particles", "num_photons", "n_samples", "n_rays", "n_histories", "histories")


def slab(ctx):
    """Beer and Lambert: of what is only absorbed, exp(-μ d) passes; the depths of the rest are exponential, cut at d."""
    import numpy as np

    if not ctx.says(r"beer|attenuat|absorb|slab|photon|shield") or ctx.says(
        r"scatter|albedo|isotrop|henyey|reflect|build.?up"
    ):
        return
    mu, depth = ctx.param(*COEFFICIENTS), ctx.param(*DEPTHS)
    if mu is None or depth is None or mu * depth > 30:
        return
    n = ctx.param(*NUMBERS)
    passed = next((float(ctx.lower[k]) for k in PASSED if k in ctx.lower and np.size(ctx.lower[k]) == 1), None)
    wanted = math.exp(-mu * depth)
    if passed is not None and n:
        passed = passed / n if passed > 1 else passed
        near(ctx, "exp(-μ d) passes", passed, wanted, 5 * math.sqrt(wanted * (1 - wanted) / n) + 1 / n)
    free = next(
        (
            np.asarray(ctx.lower[k], float)
            for k in (
                "absorbed_depth",
                "absorption_depths",
                "depths",
                "absorbed",
                "path",
                "paths",
                "free_paths",
                "path_lengths",
            )
            if k in ctx.lower and np.ndim(ctx.lower[k]) == 1 and len(ctx.lower[k]) > 200
        ),
        None,
    )
    if free is not None:
        cut = depth if float(free.max()) <= depth * (1 + 1e-9) else math.inf
        tail = math.exp(-mu * cut) if cut < math.inf else 0.0
        mean = 1 / mu - (cut * tail / (1 - tail) if tail else 0.0)
        error = float(free.std()) / math.sqrt(len(free))
        near(ctx, "depths are exponential", float(free.mean()), mean, 5 * error)
