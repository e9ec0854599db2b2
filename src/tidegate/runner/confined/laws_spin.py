"""The Ising model against its exact means on small lattices."""

import math

from tidegate.runner.confined.measured import batch_error, near


def chain_of_spins(ctx):
    """The one-dimensional model on a ring: its mean energy is known for every length."""
    import numpy as np

    if not (ctx.says(r"(?<![a-z])ising") and ctx.says(r"\b1d\b|one.?dimension|\bchain|\bring\b")) or ctx.says(
        r"open bound|free bound|free end|antiferro|2d"
    ):
        return
    energy = ctx.role("energy", "energies", "e", dims=1)
    n, j = ctx.param("n", "l", "size", "n_spins", "length"), ctx.param("j", "coupling") or 1.0
    heat, beta = ctx.param("t", "temp", "temperature", "kt"), ctx.param("beta")
    if (
        energy is None
        or len(energy) < 400
        or n is None
        or (heat is None and beta is None)
        or ctx.param("h", "b", "field") not in (None, 0.0)
    ):
        return
    t = math.tanh((beta if beta is not None else 1 / heat) * j)
    wanted = -n * j * (t + t ** (n - 1)) / (1 + t**n)
    e = energy[len(energy) // 5 :]
    if float(np.max(np.abs(e))) <= abs(j) + 1e-9:
        e = e * n
    slow = batch_error(e)
    near(ctx, "the mean energy is that of a ring of spins", float(e.mean()), wanted, 6 * slow + 0.02 * abs(wanted))
    spread = n * j**2 * (1 - t**2)
    ctx.out.add(
        "its energy fluctuates as much as it must",
        0.5 * spread < float(e.var()) < 2 * spread,
        f"variance {float(e.var()):.3g}",
        f"{spread:.3g} within a factor of 2",
    )


def ising(ctx):
    """The Ising model: the energy recorded is that of the spins, and its mean on a small lattice is the exact one."""
    import numpy as np

    if not ctx.says(r"(?<![a-z])ising") or ctx.says(
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
