"""Laws of motion: does the recorded path satisfy the equation its own names and parameters promise?

The derivative of the path is compared with the law by differences; what a step of the recorded
spacing may be off by is estimated from the path itself, so that a coarse but right integrator
passes and a wrong sign, factor or term does not.
"""

import re

from tidegate.runner.confined.against import obeys
from tidegate.runner.confined.laws_bodies import bodies
from tidegate.runner.confined.laws_order import forces, order
from tidegate.runner.confined.laws_rate import decays, flows, populations
from tidegate.runner.confined.measured import LOSSY, POSITIONS, VELOCITIES, conserved


def check(ctx):
    """All laws of motion that the names and words of the source call for."""
    names(ctx)
    if ctx.steady:
        oscillators(ctx)
        gravity(ctx)
        bodies(ctx)
        populations(ctx)
        decays(ctx)
        flows(ctx)
        order(ctx)
    forces(ctx)


def names(ctx):
    """Series whose names promise that they do not change."""
    import numpy as np

    for name, x in ctx.series.items():
        low = name.lower()
        if x.dtype.kind not in "fiub" or x.ndim == 0 or len(x) < 2:
            continue
        if low in ("norm", "probability", "total_probability", "norms", "prob_total"):
            ctx.out.add(
                f"{name} stays the same",
                bool(np.all(np.abs(np.asarray(x, float) - x.flat[0]) < 1e-6 * max(1.0, abs(float(x.flat[0]))))),
                f"range {np.ptp(x):.3g}",
                "constant",
            )
        energetic = (
            re.fullmatch(r"(?:total_?)?(?:energy|energies|hamiltonian|e_tot(?:al)?|etot|e_total)", low) is not None
        )
        if energetic and ctx.steady and not ctx.says(LOSSY):
            conserved(ctx.out, name, x, 2e-2)
        if (
            re.fullmatch(
                r"(?:total_?)?(?:linear_?)?(?:angular_?)?moment(?:um|a)|total_mass|mass_total|total_charge|invariant|conserved|total_population|population_total",
                low,
            )
            and ctx.steady
        ):
            vanishing = float(np.max(np.abs(np.asarray(x, float)))) < 1e-8
            conserved(ctx.out, name, np.zeros(2) if vanishing else x, 2e-2)
        broken = np.isnan(x) if ctx.says(r"\binf\b|[\"']inf|infinity") else ~np.isfinite(np.asarray(x, float))
        if np.any(broken):  # a program that writes infinity itself may mean it
            ctx.out.add(f"{name} is finite", False, "not finite", "finite")


def pair(ctx, positions=POSITIONS, velocities=VELOCITIES):
    """A position and a velocity series of one length."""
    x, v = ctx.role(*positions), ctx.role(*velocities)
    potential = ctx.actual.get("v") == "V" and v is not None and v is ctx.lower.get("v")
    if potential or ctx.says(r"schr[oö]dinger|wave.?function|wave ?packet|\bpsi\b"):
        return None  # V is a potential or a voltage, and x may be a grid
    if x is None or v is None or x.shape != v.shape or x.ndim not in (1, 2) or len(x) < 20:
        return None
    if x.ndim == 1 and ctx.role("vx", "v_x") is not None and ctx.role("vy", "v_y") is not None:
        return None  # in a plane `v` is the speed, and no rate of x
    return x, v


def oscillators(ctx):
    """Springs, pendulums and whatever records position and velocity: x' = v and the force law."""
    import numpy as np

    dt, found = ctx.spacing(), pair(ctx)
    if dt is None or found is None:
        return
    x, v = found
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(v))):
        return
    obeys(ctx, "the velocity is the rate of the position", x, {"v": v}, dt)
    if x.ndim != 1 or ctx.says(
        r"driven|drive|forc(?:ed|ing)|anharmonic|duffing|van der pol|quartic|double.?well|morse|henon"
    ):
        return
    g, length = ctx.param("g", "gravity"), ctx.param("l", "length", "l0")
    m, k, w = (
        ctx.param("m", "mass") or 1.0,
        ctx.param("k", "spring_constant", "stiffness"),
        ctx.param("omega", "omega0", "omega_0", "w0", "w"),
    )
    loss = ctx.param("c", "b", "gamma", "damping", "friction", "zeta", "mu", "beta")
    laws = {}
    if ctx.says(r"pendulum") and g is not None and length is not None:
        laws["-(g/L) sin θ"] = -(g / length) * np.sin(x)
        if ctx.says(r"small.?angle|linear"):
            laws["-(g/L) θ"] = -(g / length) * x
    elif ctx.says(r"harmonic|spring|oscillator|hooke") and (k is not None or w is not None):
        if k is not None:
            laws["-(k/m) x"] = -(k / m) * x
        if w is not None:
            laws["-ω² x"] = -(w**2) * x
    if not laws:
        return
    if loss is not None and ctx.says(LOSSY):
        forms = {}
        for n, f in laws.items():
            forms |= {f"{n} - (c/m) v": f - loss / m * v}
            if ctx.param("c", "b", "friction") is None:
                forms |= {f"{n} - γ v": f - loss * v, f"{n} - 2 γ v": f - 2 * loss * v}
            if (w is not None or k is not None) and ctx.param("zeta", "damping_ratio") is not None:
                forms[f"{n} - 2 ζ ω v"] = f - 2 * loss * (w if w is not None else (k / m) ** 0.5) * v
        laws = forms if loss else laws
    obeys(ctx, "the acceleration is that of the force law", v, laws, dt)
    if not ctx.says(LOSSY) and k is not None and not ctx.says("pendulum") and not ctx.says("euler(?!-cromer)"):
        conserved(ctx.out, "½mv² + ½kx²", 0.5 * m * v**2 + 0.5 * k * x**2, 2e-2)


def gravity(ctx):
    """Free fall and orbits."""
    import numpy as np

    dt = ctx.spacing()
    if dt is None:
        return
    y, vy, vx, x = (
        ctx.role("y", "ys", "height", "z", dims=1),
        ctx.role("vy", "vys", "v_y", dims=1),
        ctx.role("vx", "vxs", "v_x", dims=1),
        ctx.role("x", "xs", dims=1),
    )
    calm = not ctx.says(r"drag|air resistance|friction|wind|magnus") or ctx.says(
        r"(?:no|without|neglect\w*|ignor\w*) (?:air|drag|friction)"
    )
    g = ctx.param("g", "gravity", "grav")
    if (
        ctx.says(r"projectile|free.?fall|ballistic|cannon|thrown|trajectory|gravity")
        and g is not None
        and calm
        and vy is not None
        and len(vy) > 20
    ):
        obeys(ctx, "the fall has acceleration -g", vy, {"-g": np.full(len(vy), -abs(g))}, dt)
        if vx is not None and len(vx) == len(vy):
            moved = float(np.ptp(vx))
            ctx.out.add("nothing pushes sideways", moved <= 1e-9 * (abs(float(vx[0])) + 1), f"change {moved:.3g}", "0")
        if y is not None and len(y) == len(vy):
            obeys(ctx, "vy is the rate of y", y, {"vy": vy}, dt)
        if x is not None and vx is not None and len(x) == len(vx):
            obeys(ctx, "vx is the rate of x", x, {"vx": vx}, dt)
    found = pair(ctx, ("position", "positions", "pos", "r", "rs", "x", "xs", "trajectory"), VELOCITIES)
    if (
        found is None
        or found[0].ndim != 2
        or found[0].shape[1] not in (2, 3)
        or not ctx.says(r"orbit|kepler|planet|gravit|two.?body|central force|satellite")
    ):
        return
    r, v = found
    radius = np.linalg.norm(r, axis=1, keepdims=True)
    gm = (
        ctx.param("gm", "mu", "g_m")
        or ((ctx.param("g", "big_g") or 0) * (ctx.param("m", "m_sun", "msun", "mass_sun", "m_star", "m_central") or 0))
        or None
    )
    if gm is None:
        pull = -((v[2:] - v[:-2]) / (2 * dt) * r[1:-1]).sum(axis=1) / radius[1:-1, 0] ** 2 * radius[1:-1, 0] ** 3
        gm = float(np.median(pull))
    obeys(ctx, "the acceleration is -GM r/|r|³", v, {"-GM r/|r|³": -gm * r / radius**3}, dt)
    spin = r[:, 0] * v[:, 1] - r[:, 1] * v[:, 0]
    conserved(ctx.out, "the angular momentum", spin, 1e-2)
    energy = 0.5 * (v**2).sum(axis=1) - gm / radius[:, 0]
    if not ctx.says(r"euler(?!-cromer)"):
        conserved(ctx.out, "the orbit's energy", energy, 2e-2)
