# ruff: noqa: E501  (tables and messages read best on one line)
"""Laws of fields: heat, waves, transport and quantum states on a grid."""

from tidegate.runner.confined.against import obeys
from tidegate.runner.confined.measured import TIMES, conserved

FIELDS = ("u", "history", "states", "temperature", "temperatures", "t", "phi", "solution", "snapshots", "field", "y", "c", "concentration", "hist", "u_history", "us", "results", "frames", "rho")  # fmt: skip


def check(ctx):
    """All laws of fields that the names and words of the source call for."""
    quantum(ctx)
    if not ctx.chance:
        heat(ctx)
        wave(ctx)


def field(ctx):
    """A recorded field, rows in time and columns in space."""
    import numpy as np

    for n in FIELDS:
        found = ctx.lower.get(n)
        if (
            found is not None
            and found.dtype.kind == "f"
            and found.ndim == 2
            and min(found.shape) >= 5
            and np.all(np.isfinite(found))
        ):
            return np.asarray(found, float)
    return None


def grid_spacing(ctx, columns):
    """The distance of grid points."""
    import numpy as np

    dx = ctx.param("dx", "h", "delta_x")
    if dx is not None:
        return dx
    x = ctx.vector("x", "xs", "grid")
    if x is not None and len(x) == columns:
        return float(np.diff(x).mean())
    length = ctx.param("l", "length")
    return length / (columns - 1) if length else None


def time_spacing(ctx, rows):
    """The time between rows."""
    dt = ctx.param("dt", "delta_t", "tau", "k_t")
    if dt is not None:
        return dt
    times = ctx.role(*TIMES, dims=1)
    if times is not None and len(times) == rows and ctx.spacing() is not None:
        return ctx.spacing()
    total = ctx.param("t_max", "tmax", "t_end", "t_final", "t")
    return total / (rows - 1) if total else None


def finite(ctx, u):
    """A row when the field blows up."""
    import numpy as np

    worst = float(np.max(np.abs(u)))
    ctx.out.add(
        "the field stays bounded", worst < 1e6 * (float(np.max(np.abs(u[0]))) + 1e-9), f"{worst:.3g}", "no blow-up"
    )


def heat(ctx):
    """u_t = α u_xx: the maximum principle, the equation itself, and conservation where the ends are closed."""
    import numpy as np

    if not ctx.says(r"heat|diffus|fick|thermal") or ctx.says(
        r"reaction|advect|convect|gray.?scott|fisher|source|wave|schr"
    ):
        return
    u = field(ctx)
    if u is None:
        return _final(ctx)
    finite(ctx, u)
    span = float(np.ptp(u[0])) or 1.0
    low, high = (
        min(float(u[0].min()), float(u[:, 0].min()), float(u[:, -1].min())),
        max(float(u[0].max()), float(u[:, 0].max()), float(u[:, -1].max())),
    )
    ctx.out.add(
        "no point grows hotter than the start and the ends",
        bool(u.max() <= high + 1e-6 * span and u.min() >= low - 1e-6 * span),
        f"[{u.min():.4g}, {u.max():.4g}]",
        f"[{low:.4g}, {high:.4g}]",
    )
    alpha, dx, dt = (
        ctx.param("alpha", "d", "kappa", "diffusivity", "k", "nu", "diffusion", "diff_coeff", "a"),
        grid_spacing(ctx, u.shape[1]),
        time_spacing(ctx, len(u)),
    )
    if alpha is None or dx is None or dt is None:
        return None
    spatial = alpha * (u[:, 2:] - 2 * u[:, 1:-1] + u[:, :-2]) / dx**2
    spatial, rate = spatial[:, 1:-1], (u[1:, 2:-2] - u[:-1, 2:-2]) / dt
    scale = float(np.sqrt(np.mean(spatial**2))) or 1e-300
    if scale < 1e-9 * span:
        return None
    misfit = min(
        float(np.sqrt(np.mean((rate - f) ** 2))) / scale
        for f in (spatial[:-1], spatial[1:], (spatial[:-1] + spatial[1:]) / 2)
    )
    ctx.out.add("u_t = α u_xx", misfit < 0.05, f"misfit {misfit:.3g}", "below 0.05")
    if ctx.says(r"insulat|neumann|no.?flux|periodic|closed|reflect"):
        whole = u.sum(axis=1)  # the ends count whole, half or not at all, as the scheme has it
        sums = (
            [whole] if ctx.says("periodic") else [whole, whole - u[:, 0] / 2 - u[:, -1] / 2, whole - u[:, 0] - u[:, -1]]
        )
        conserved(ctx.out, "the total heat", min(sums, key=lambda s: float(np.max(np.abs(s - s[0])))), 2e-2)
    return None


def _final(ctx):
    """Where only the last field is returned: it is smoother than the first, and bounded."""
    import numpy as np

    u = ctx.role(*FIELDS, dims=1)
    if u is None or len(u) < 10:
        return
    name = ctx.count_name()
    if name is None or not ctx.can_run(2):
        ctx.out.add(
            "the field is finite",
            bool(np.all(np.isfinite(u))),
            "finite" if np.all(np.isfinite(u)) else "not finite",
            "finite",
        )
        return
    if ctx.says(rf"\b(?:dt|delta_t)\s*=[^\n]*\b{name.lower()}\b"):
        return  # fewer steps would be longer ones
    n = int(ctx.subject.params[name])
    try:
        before = ctx.subject.again(ctx.seed, **{name: max(1, n - 1)})
    except Exception:
        return
    key = next(
        (
            k
            for k, v in ctx.series.items()
            if v.ndim == 1 and len(v) == len(u) and np.array_equal(np.asarray(v, float), u)
        ),
        None,
    )
    old = before.get(key)
    if old is None or np.shape(old) != np.shape(u):
        return
    old = np.asarray(old, float)
    span = float(np.ptp(old)) or 1.0
    ctx.out.add(
        "extremes do not grow",
        bool(u.max() <= old.max() + 1e-6 * span and u.min() >= old.min() - 1e-6 * span),
        f"[{u.min():.4g}, {u.max():.4g}]",
        f"[{old.min():.4g}, {old.max():.4g}]",
    )
    alpha, dx, dt = (
        ctx.param("alpha", "d", "kappa", "diffusivity", "k", "nu"),
        grid_spacing(ctx, len(u)),
        ctx.param("dt", "delta_t"),
    )
    if alpha is None or dx is None or dt is None:
        return
    lap = alpha * (old[2:] - 2 * old[1:-1] + old[:-2]) / dx**2
    scale = float(np.sqrt(np.mean(lap[1:-1] ** 2))) or 1e-300
    new = alpha * (u[2:] - 2 * u[1:-1] + u[:-2]) / dx**2
    rate = (u[1:-1] - old[1:-1]) / dt
    misfit = min(float(np.sqrt(np.mean((rate - f)[1:-1] ** 2))) / scale for f in (lap, new, (lap + new) / 2))
    if scale > 1e-9 * span:
        ctx.out.add("u_t = α u_xx", misfit < 0.05, f"misfit {misfit:.3g}", "below 0.05")


def wave(ctx):
    """u_tt = c² u_xx and its energy."""
    import numpy as np

    if not ctx.says(r"wave|string|acoustic") or ctx.says(
        r"schr|damp|dispers|kdv|soliton|shallow|wavepacket|wave packet"
    ):
        return
    u = field(ctx)
    if u is None:
        return
    finite(ctx, u)
    c, dx, dt = (
        ctx.param("c", "speed", "v", "wave_speed", "c0"),
        grid_spacing(ctx, u.shape[1]),
        time_spacing(ctx, len(u)),
    )
    if c is None or dx is None or dt is None or not np.all(np.isfinite(u)):
        return
    left = (u[2:] - 2 * u[1:-1] + u[:-2]) / dt**2
    right = c**2 * (u[1:-1, 2:] - 2 * u[1:-1, 1:-1] + u[1:-1, :-2]) / dx**2
    left = left[:, 1:-1]
    scale = float(np.sqrt(np.mean(right**2))) or 1e-300
    misfit = float(np.sqrt(np.mean((left - right) ** 2))) / scale
    ctx.out.add("u_tt = c² u_xx", misfit < 0.05, f"misfit {misfit:.3g}", "below 0.05")
    speed, slope = (u[1:] - u[:-1]) / dt, np.diff(u, axis=1) / dx
    energy = 0.5 * (speed[:-1] ** 2).sum(axis=1) + 0.5 * c**2 * (slope[1:-1] ** 2).sum(axis=1)
    if len(energy) > 10 and ctx.says(r"fixed|periodic|reflect|string") and energy[2] > 0:
        conserved(ctx.out, "the wave's energy", energy[2:], 0.1)


def quantum(ctx):
    """A complex state keeps its norm, its mean moves with its momentum, and its energy stays."""
    import numpy as np

    name = next((k for k, v in ctx.series.items() if v.dtype.kind == "c" and v.ndim == 2 and len(v) >= 5), None)
    if name is None or ctx.says(r"absorb|imaginary time|dissip|lindblad|decoher"):
        return
    psi = ctx.series[name]
    if not np.all(np.isfinite(psi)):
        ctx.out.add("the state is finite", False, "not finite", "finite")
        return
    norms = (np.abs(psi) ** 2).sum(axis=1)
    conserved(ctx.out, "the norm of the state", norms, 1e-4)
    x = ctx.vector("x", "xs", "grid", "x_grid")
    dt = ctx.spacing()
    if x is None or len(x) != psi.shape[1] or dt is None or not ctx.says(r"schr|wave.?packet|split.?step|quantum"):
        return
    m, hbar = ctx.param("m", "mass") or 1.0, ctx.param("hbar", "ħ") or 1.0
    dx = float(np.diff(x).mean())
    weights = np.abs(psi) ** 2 / norms[:, None]
    mean = (weights * x).sum(axis=1)
    k = 2 * np.pi * np.fft.fftfreq(len(x), dx)
    spectrum = np.abs(np.fft.fft(psi, axis=1)) ** 2
    momentum = hbar * (spectrum * k).sum(axis=1) / spectrum.sum(axis=1)
    inside = weights[:, : len(x) // 20].sum(axis=1) + weights[:, -len(x) // 20 :].sum(axis=1) < 1e-4
    keep = np.cumprod(inside).astype(bool)
    if keep.sum() < 10:
        return
    if float(np.max(np.abs(momentum[keep]))) > 1e-3:
        obeys(ctx, "the mean position moves with ⟨p⟩/m", mean[keep], {"⟨p⟩/m": momentum[keep] / m}, dt)
    spread = (weights * (x - mean[:, None]) ** 2).sum(axis=1)[keep]
    v = ctx.vector("v", "potential", "pot")
    if v is not None and len(v) == len(x):
        kinetic = hbar**2 * (spectrum * k**2).sum(axis=1) / spectrum.sum(axis=1) / (2 * m)
        conserved(ctx.out, "⟨H⟩", (kinetic + (weights * v).sum(axis=1))[keep], 2e-2)
    elif len(spread) > 20 and float(spread.max()) > 0 and ctx.says(r"\bfree\b"):
        second = np.diff(spread, 2) / dt**2
        kinetic = (spectrum * k**2).sum(axis=1) / spectrum.sum(axis=1) - (momentum / hbar) ** 2
        wanted = 2 * hbar**2 * kinetic[keep][1:-1] / m**2
        off = float(np.median(np.abs(second - wanted) / np.abs(wanted)))
        ctx.out.add("a free packet spreads with its momentum's spread", off < 0.05, f"off by {off:.3g}", "below 0.05")
