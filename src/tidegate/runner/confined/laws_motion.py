"""Laws of motion: does the recorded path satisfy the equation its own names and parameters promise?

The derivative of the path is compared with the law by differences; what a step of the recorded
spacing may be off by is estimated from the path itself, so that a coarse but right integrator
passes and a wrong sign, factor or term does not.
"""

import itertools
import re

from tidegate.runner.confined.measured import COUNTS, STEPS, conserved, near

POSITIONS = (
    "x",
    "q",
    "pos",
    "position",
    "positions",
    "xs",
    "x_values",
    "x_list",
    "x_arr",
    "displacement",
    "r",
    "rs",
    "trajectory",
    "theta",
    "thetas",
    "angle",
    "angles",
    "phi",
    "qs",
)
VELOCITIES = (
    "v",
    "vel",
    "velocity",
    "velocities",
    "vs",
    "v_values",
    "v_list",
    "v_arr",
    "omega",
    "omegas",
    "angular_velocity",
    "theta_dot",
    "thetadot",
    "vels",
    "speed",
    "dtheta",
    "w",
)
LOSSY = r"damp|friction|drag|dissip|driven|drive|forc(?:ed|ing)|thermostat|langevin|air resistance|viscous|noise"


def residual(y, f, dt):
    """Smallest relative misfit of the differences of y to the law's f, and what the spacing alone may cause."""
    import numpy as np

    y, f = np.asarray(y, float), np.asarray(f, float)
    scale = float(np.sqrt(np.mean(f**2))) or 1e-300
    forward = (y[1:] - y[:-1]) / dt
    central = (y[2:] - y[:-2]) / (2 * dt)
    misfits = [
        float(np.sqrt(np.mean((d - g) ** 2))) / scale
        for d, g in ((forward, f[:-1]), (forward, f[1:]), (forward, (f[1:] + f[:-1]) / 2), (central, f[1:-1]))
    ]
    allowance = float(np.sqrt(np.mean(np.diff(f, axis=0) ** 2))) / scale
    return min(misfits), allowance


def obeys(ctx, name, y, laws, dt):
    """One row: y' is one of the forms in `laws` (name → array); undecided when the spacing is too coarse."""
    best = None
    for law, f in laws.items():
        misfit, allowance = residual(y, f, dt)
        if best is None or misfit < best[0]:
            best = (misfit, allowance, law)
    misfit, allowance, law = best
    if allowance > 0.3:
        ctx.out.add(name, None, "recorded too coarsely", "a finer record")
        return
    limit = 0.02 + 0.25 * allowance
    ctx.out.add(name, misfit <= limit, f"misfit {misfit:.3g} to {law}", f"at most {limit:.2g}")


def check(ctx):
    """All laws of motion that the names and words of the source call for."""
    names(ctx)
    if not ctx.chance:
        oscillators(ctx)
        gravity(ctx)
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
        if energetic and not ctx.chance and not ctx.says(LOSSY):
            conserved(ctx.out, name, x, 2e-2)
        if (
            re.fullmatch(
                r"(?:total_?)?(?:linear_?)?(?:angular_?)?moment(?:um|a)|total_mass|mass_total|total_charge|invariant|conserved|total_population|population_total",
                low,
            )
            and not ctx.chance
        ):
            vanishing = float(np.max(np.abs(np.asarray(x, float)))) < 1e-8
            conserved(ctx.out, name, np.zeros(2) if vanishing else x, 2e-2)
        if not np.all(np.isfinite(np.asarray(x, float))):
            ctx.out.add(f"{name} is finite", False, "not finite", "finite")


def pair(ctx, positions=POSITIONS, velocities=VELOCITIES):
    """A position and a velocity series of one length."""
    x, v = ctx.role(*positions), ctx.role(*velocities)
    if x is None or v is None or x.shape != v.shape or x.ndim not in (1, 2) or len(x) < 20:
        return None
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


def populations(ctx):
    """Epidemics, predator and prey, logistic growth."""
    import numpy as np

    dt = ctx.spacing()
    s, i, r, e = (
        ctx.role("s", "susceptible", "ss", "s_values", "s_list"),
        ctx.role("i", "infected", "is", "infectious", "i_values", "i_list"),
        ctx.role("r", "recovered", "rs", "removed", "r_values", "r_list"),
        ctx.role("e", "exposed", "es"),
    )
    if (
        s is not None
        and i is not None
        and r is not None
        and s.shape == i.shape == r.shape
        and s.ndim == 1
        and len(s) > 20
    ):
        total = s + i + r + (e if e is not None else 0)
        vital = ctx.says(r"birth|vital|vaccin|demograph|mortality|death|wan(?:e|ing)|immunity loss|sirs")
        if not vital:
            conserved(ctx.out, "S + I + R" if e is None else "S + E + I + R", total, 1e-6)
            ctx.out.add(
                "susceptibles only fall",
                bool(np.all(np.diff(s) <= 1e-9 * total[0])),
                f"largest rise {max(0.0, float(np.diff(s).max())):.3g}",
                "no rise",
            )
            ctx.out.add(
                "the recovered only rise",
                bool(np.all(np.diff(r) >= -1e-9 * total[0])),
                f"largest fall {max(0.0, float(-np.diff(r).min())):.3g}",
                "no fall",
            )
        ctx.out.add(
            "no group is negative",
            bool(min(s.min(), i.min(), r.min()) >= -1e-9 * total[0]),
            f"{min(s.min(), i.min(), r.min()):.3g}",
            "0 or more",
        )
        beta, gamma, sigma = (
            ctx.param("beta", "infection_rate", "transmission_rate", "b"),
            ctx.param("gamma", "recovery_rate", "g"),
            ctx.param("sigma", "incubation_rate", "alpha"),
        )
        if dt is not None and beta is not None and gamma is not None and not vital:
            meet = {"β S I / N": beta * s * i / total} if total[0] > 1.5 else {"β S I": beta * s * i}
            obeys(ctx, "infections follow β S I / N", s, {n: -f for n, f in meet.items()}, dt)
            obeys(ctx, "recoveries follow γ I", r, {"γ I": gamma * i}, dt)
            if e is not None and sigma is not None:
                obeys(ctx, "the exposed turn infectious at σ E", e, {n: f - sigma * e for n, f in meet.items()}, dt)
    prey, hunters = (
        ctx.role("prey", "x", "rabbits", "hares", "u"),
        ctx.role("predator", "predators", "y", "foxes", "lynx", "v"),
    )
    if (
        ctx.says(r"lotka|predator|prey")
        and dt is not None
        and prey is not None
        and hunters is not None
        and prey.shape == hunters.shape
        and prey.ndim == 1
    ):
        a, b, c, d = (
            ctx.param("alpha", "a"),
            ctx.param("beta", "b"),
            ctx.param("delta", "d", "c"),
            ctx.param("gamma", "c", "g"),
        )
        if None not in (a, b, c, d) and not ctx.says(r"logistic|carrying|\bk\b *="):
            obeys(ctx, "prey: α x - β x y", prey, {"α x - β x y": a * prey - b * prey * hunters}, dt)
            laws = {
                "δ x y - γ y": c * prey * hunters - d * hunters,
                "the other order of δ and γ": d * prey * hunters - c * hunters,
            }
            obeys(ctx, "predators: δ x y - γ y", hunters, laws, dt)
    p, rate, capacity = (
        ctx.role("population", "p", "n", "pop", "x", "states"),
        ctx.param("r", "growth_rate", "rate"),
        ctx.param("k", "carrying_capacity", "capacity"),
    )
    if (
        p is not None
        and p.ndim == 1
        and len(p) > 20
        and dt is not None
        and rate is not None
        and capacity is not None
        and ctx.says(r"logistic|population|carrying|growth")
        and not ctx.says(r"lotka|allee|harvest|delay|map\b")
    ):
        obeys(ctx, "growth follows r P (1 - P/K)", p, {"r P (1 - P/K)": rate * p * (1 - p / capacity)}, dt)


def decays(ctx):
    """First-order decay, charging and cooling, without chance."""
    dt = ctx.spacing()
    if dt is None:
        return
    y = ctx.role(
        "n",
        "counts",
        "activity",
        "population",
        "voltage",
        "v",
        "vs",
        "vc",
        "q",
        "charge",
        "temperature",
        "temp",
        "temps",
        "temperatures",
        "concentration",
        "a",
        "y",
        "states",
        dims=1,
    )
    if y is None or len(y) < 20:
        return
    r, c = ctx.param("r", "resistance"), ctx.param("c", "capacitance")
    source = (
        ctx.param("v_in", "vin", "v_source", "vs", "emf", "v_supply", "e0")
        if ctx.says(r"charging|source|supply|vin|emf") and not ctx.says("discharg")
        else 0.0
    )
    if ctx.says(r"\brc\b|capacitor|resistor") and r and c:
        obeys(ctx, "the voltage relaxes with RC", y, {"(V_in - V)/(RC)": ((source or 0.0) - y) / (r * c)}, dt)
        return
    k, outside = (
        ctx.param("k", "cooling_rate", "h"),
        ctx.param(
            "t_env", "t_ambient", "ambient", "t_room", "t_inf", "env_temp", "tenv", "t_a", "ta", "t_surroundings"
        ),
    )
    if ctx.says(r"cooling|ambient") and k is not None and outside is not None:
        obeys(ctx, "it cools with k (T_env - T)", y, {"k (T_env - T)": k * (outside - y)}, dt)
        return
    lam, half = (
        ctx.param("lam", "lambda_", "decay_constant", "decay_rate", "lambd", "lmbda", "k"),
        ctx.param("half_life", "t_half", "thalf"),
    )
    if ctx.says(r"decay") and (lam or half) and not ctx.says(r"chain|daughter|oscillat"):
        rate = lam if lam else 0.6931471805599453 / half
        obeys(ctx, "it decays with λ N", y, {"-λ N": -rate * y}, dt)


def flows(ctx):
    """Named systems of ordinary differential equations with their usual parameters."""
    import numpy as np

    dt = ctx.spacing()
    xyz = ctx.role("xyz", "states", "trajectory", "sol", "solution", "path", "y", "state")
    if xyz is None and all(ctx.role(n, dims=1) is not None for n in ("x", "y", "z")):
        xyz = np.stack([ctx.role("x"), ctx.role("y"), ctx.role("z")], axis=1)
    if xyz is not None and xyz.ndim == 2 and xyz.shape[0] == 3 and xyz.shape[1] > 3:
        xyz = xyz.T
    if dt is None or xyz is None or xyz.ndim != 2 or len(xyz) < 20:
        return
    if ctx.says("lorenz") and xyz.shape[1] == 3:
        s, r, b = ctx.param("sigma", "s"), ctx.param("rho", "r"), ctx.param("beta", "b")
        if None not in (s, r, b):
            x, y, z = xyz.T
            for n, part, f in (
                ("x' = σ (y - x)", x, s * (y - x)),
                ("y' = x (ρ - z) - y", y, x * (r - z) - y),
                ("z' = x y - β z", z, x * y - b * z),
            ):
                obeys(ctx, n, part, {"the Lorenz system": f}, dt)
    if ctx.says(r"r[oö]ssler") and xyz.shape[1] == 3:
        a, b, c = ctx.param("a"), ctx.param("b"), ctx.param("c")
        if None not in (a, b, c):
            x, y, z = xyz.T
            for n, part, f in (
                ("x' = -y - z", x, -y - z),
                ("y' = x + a y", y, x + a * y),
                ("z' = b + z (x - c)", z, b + z * (x - c)),
            ):
                obeys(ctx, n, part, {"the Rössler system": f}, dt)


CLAIMED = (
    (r"velocity.?verlet|verlet|leap.?frog|midpoint|heun|\brk2\b|crank|strang|split.?step|st[oö]rmer|trapezoid", 2),
    (r"\brk4\b|runge.?kutta", 4),
)


def order(ctx):
    """The convergence order that the method's name promises, by halving the step."""
    import numpy as np

    claims = [p for pattern, p in CLAIMED if ctx.says(pattern)]
    step = next((k for k in ctx.subject.params if k.lower() in STEPS and k in _arguments(ctx.subject)), None)
    count = next((k for k in ctx.subject.params if k.lower() in COUNTS and k in _arguments(ctx.subject)), None)
    if len(claims) != 1 or step is None or ctx.says(r"euler"):
        return
    wanted, dt = claims[0], float(ctx.subject.params[step])
    n = int(ctx.subject.params[count]) if count else 0
    if count and n < 40:
        return
    short = max(40, min(n, 400)) if count else 0
    if not ctx.can_run(6):
        return
    best = None
    for coarse in (1, 4, 16) if wanted == 2 else (8, 16, 32):
        ends = []
        for k in range(4):
            h = dt * coarse / 2**k
            steps = max(2, round(short / coarse)) * 2**k if count else 0
            try:
                s = ctx.subject.again(ctx.seed, **{step: h, **({count: steps} if count else {})})
            except Exception:
                return
            arrays = [
                np.atleast_1d(np.asarray(a))[-1].ravel()
                for name, a in sorted(s.items())
                if a.dtype.kind in "fc" and a.ndim and name.lower() in (*POSITIONS, "states", "psi", "y", "u")
            ]
            if not arrays:
                return
            ends.append(np.concatenate([np.asarray(a, complex) for a in arrays]))
        if len({len(e) for e in ends}) != 1:
            return
        errors = [float(np.max(np.abs(a - b))) for a, b in itertools.pairwise(ends)]
        scale = float(np.max(np.abs(ends[-1]))) or 1.0
        if not all(np.isfinite(errors)) or errors[-1] < 1e-12 * scale or errors[0] > 0.2 * scale:
            continue
        slopes = [float(np.log2(a / b)) for a, b in itertools.pairwise(errors) if b > 0]
        best = max(best, slopes[-1]) if best is not None else slopes[-1]
        if best >= wanted - 0.6:
            break
    if best is not None:
        ctx.out.add(
            f"it converges with order {wanted}",
            best >= wanted - 0.6,
            f"order {best:.2f} in {step}",
            f"{wanted}, as the method's name promises",
        )


def _arguments(subject):
    if subject.node is None:
        return set(subject.params)
    return {a.arg for a in (*subject.node.args.args, *subject.node.args.kwonlyargs)}


def forces(ctx):
    """A force function beside a potential function is minus its derivative."""
    import inspect

    import numpy as np

    table = {k.lower(): v for k, v in ctx.space.items() if inspect.isfunction(v)}
    for name, f in table.items():
        if "force" not in name:
            continue
        stems = {name.replace("force", w) for w in ("potential", "energy", "pot", "u", "v")}
        u = next((table[s] for s in stems if s in table), None) or (
            table.get("potential") if name in ("force", "forces") else None
        )
        if u is None or not (_one(f) and _one(u)):
            continue
        try:
            points = np.array([0.95, 1.1, 1.3, 1.7, 2.2])
            slope = np.array([(float(u(p + 1e-5)) - float(u(p - 1e-5))) / 2e-5 for p in points])
            got = np.array([float(f(p)) for p in points])
        except Exception:
            continue
        scale = float(np.max(np.abs(slope))) or 1.0
        near_minus, near_plus = float(np.max(np.abs(got + slope))) / scale, float(np.max(np.abs(got - slope))) / scale
        off = min(near_minus, near_plus) if ctx.says(r"magnitude|attract|gradient") else near_minus
        ctx.out.add(
            f"{name} is minus the slope of its potential", off < 1e-3, f"off by {off:.3g} of its size", "below 0.001"
        )


def _one(function):
    import inspect

    required = [
        p
        for p in inspect.signature(function).parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return len(required) == 1


__all__ = ["check", "near", "obeys", "residual"]
