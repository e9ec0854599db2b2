"""Processes event by event: epidemics, births and deaths, decay."""

import math

from tidegate.runner.confined.measured import near


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
    e = ctx.role("e", "exposed", "latent")
    total = s + i + r + (e if e is not None and e.shape == s.shape else 0)
    ctx.out.add(
        "S + I + R stays" if e is None else "S + E + I + R stays",
        bool(np.ptp(total) < 1e-9 * total[0] + 1e-9),
        f"range {np.ptp(total):g}",
        "constant",
    )
    ctx.out.add(
        "susceptibles only fall, the recovered only rise",
        bool(np.all(np.diff(s) <= 0) and np.all(np.diff(r) >= 0)),
        "as recorded",
        "monotone",
    )
    if read(ctx.lower) is not None and e is None:
        hazards(ctx, read, "events")
    if beta is not None and gamma is not None and ctx.says("binom") and ctx.says("exp"):
        day = ctx.param("dt", "delta_t") or 1.0
        leave = "a day's" if day == 1 else "a step's"
        flows = [
            ("infections", -np.diff(s), s[:-1], beta * i[:-1] / total[:-1]),
            ("recoveries", np.diff(r), i[:-1], gamma),
        ]
        sigma = ctx.param("sigma", "incubation_rate")
        if e is not None and sigma is not None:
            flows.append(("onsets", np.diff(i) + np.diff(r), e[:-1], sigma))
        for name, seen, pool, rate in flows:
            expected = float((pool * (1 - np.exp(-rate * day))).sum())
            slack = 5 * math.sqrt(expected + 1) + 1
            off = abs(float(seen.sum()) - expected)
            ctx.out.add(
                f"{leave} {name} as often as their rate says",
                off <= slack,
                f"{seen.sum():g}",
                f"{expected:.1f} within {slack:.1f}",
            )


def arrivals(ctx):
    """A Poisson process of constant rate: independent exponential gaps."""
    import numpy as np

    when = ctx.role("arrivals", "arrival_times", "events", "event_times", "times", "t", "states", "arrival", dims=1)
    rate = ctx.param("rate", "lam", "lambda_", "lambd", "lmbda", "intensity")
    if (
        when is None
        or rate is None
        or len(when) < 200
        or not ctx.says(r"poisson.{0,12}(?:process|arrival|event)")
        or ctx.says(r"inhomogen|non.?homogen|thinning|hawkes|compound|queue|service")
    ):
        return
    gaps = np.diff(when)
    n = len(gaps)
    ctx.out.add("no event comes before the last", bool(gaps.min() >= 0), f"shortest gap {gaps.min():.3g}", "0 or more")
    near(ctx, "the events come at the stated rate", 1 / float(gaps.mean()), rate, 6 * rate / math.sqrt(n))
    near(ctx, "the gaps are exponential", float(gaps.var()) * rate**2, 1.0, 6 * math.sqrt(8 / n))


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

    n = ctx.role(
        "counts",
        "n",
        "states",
        "population",
        "remaining",
        "nuclei",
        "n_values",
        "left",
        "n_left",
        "undecayed",
        "survivors",
        "n_remaining",
        "atoms",
        "n_nuclei",
        "n_t",
        "number",
        "history",
        dims=1,
    )
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
    rate = math.log(2) / half if half is not None else lam  # a rate computed from the half-life is not trusted
    t = np.arange(len(n)) * (dt or 1.0)
    start = float(n[0])
    stay = np.exp(-rate * t)
    euler = np.power(np.maximum(0.0, 1 - rate * (dt or 1.0)), np.arange(len(n)))
    z = [float(np.max(np.abs(n - start * q) / np.sqrt(start * q * (1 - q) + 1))) for q in (stay, euler)]
    ctx.out.add("it decays as N0 exp(-λ t)", min(z) < 6, f"{min(z):.1f} standard errors off", "below 6")
