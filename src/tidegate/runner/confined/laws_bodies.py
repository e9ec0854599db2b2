"""Several bodies that pull on each other: momentum, angular momentum and energy stay."""

from tidegate.runner.confined.against import obeys
from tidegate.runner.confined.measured import LOSSY, conserved

PLACES = ("positions", "position", "pos", "r", "rs", "x", "xs", "q", "trajectory", "trajectories")
RATES = ("velocities", "velocity", "vel", "v", "vs", "vels")


def bodies(ctx):
    """Recorded places and velocities of several bodies, one body a row of each moment."""
    import numpy as np

    x, v = ctx.role(*PLACES, dims=3), ctx.role(*RATES, dims=3)
    if (
        x is None
        or v is None
        or x.shape != v.shape
        or len(x) < 20
        or ctx.says(LOSSY)
        or ctx.says(r"extern|wall|box|periodic|fixed")
    ):
        return
    n = x.shape[1]
    m = ctx.vector("masses", "m", "mass", "ms")
    if m is None or len(m) != n:
        each = [ctx.param(f"m{k + 1}") for k in range(n)]
        one = ctx.param("m", "mass")
        m = (
            np.array(each, float)
            if None not in each
            else np.full(n, one if one is not None else 1.0)
            if not ctx.says(r"mass") or one is not None
            else None
        )
    if m is None:
        return
    p = (m[None, :, None] * v).sum(axis=1)
    scale = float((m[None, :] * np.linalg.norm(v, axis=2)).sum(axis=1).mean()) or 1.0
    drift = float(np.max(np.abs(p - p[0]))) / scale
    ctx.out.add("the total momentum is conserved", drift < 1e-3, f"relative drift {drift:.3g}", "at most 0.001")
    if x.shape[2] == 2:
        spin = (m[None, :] * (x[:, :, 0] * v[:, :, 1] - x[:, :, 1] * v[:, :, 0])).sum(axis=1)
        if abs(float(spin[0])) > 1e-6 * scale:
            conserved(ctx.out, "the total angular momentum", spin, 1e-2)
    if not ctx.says(r"gravit|orbit|newton|n.?body|two.?body|three.?body|planet") or ctx.says(r"euler(?!-cromer)"):
        return
    g = ctx.param("g", "big_g", "grav")
    soft = ctx.param("softening", "eps", "epsilon", "soft") or 0.0
    if g is None:
        return
    kinetic = 0.5 * (m[None, :] * (v**2).sum(axis=2)).sum(axis=1)
    potential = np.zeros(len(x))
    for i in range(n):
        for k in range(i):
            potential -= g * m[i] * m[k] / np.sqrt(((x[:, i] - x[:, k]) ** 2).sum(axis=1) + soft**2)
    dt = ctx.spacing()
    if dt is not None:
        pull = np.zeros_like(v)
        for i in range(n):
            for k in range(n):
                if i != k:
                    apart = x[:, k] - x[:, i]
                    pull[:, i] += g * m[k] * apart / ((apart**2).sum(axis=1) + soft**2)[:, None] ** 1.5
        flat = (len(x), -1)
        obeys(
            ctx, "each body is pulled as Newton's law says", v.reshape(flat), {"G Σ m r/|r|³": pull.reshape(flat)}, dt
        )
    size = float(np.max(np.abs(potential))) + float(np.max(kinetic))
    drift = float(np.max(np.abs(kinetic + potential - kinetic[0] - potential[0]))) / (size or 1.0)
    ctx.out.add(
        "kinetic and potential energy together are conserved",
        drift < 2e-2,
        f"relative drift {drift:.3g}",
        "at most 0.02",
    )
