"""First-order laws: populations, decay, and flows."""

from tidegate.runner.confined.against import obeys
from tidegate.runner.confined.measured import conserved


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
        rate = 0.6931471805599453 / half if half else lam
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
