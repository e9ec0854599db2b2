"""The invariants a `SIMULATION` contract states, each kind as docs/how-to/verify.md describes it."""

import itertools
import math

from tidegate.runner.confined.measured import chain_moves, conserved


def run_invariant(out, spec, space, subject, seed, series):
    """One invariant of a contract."""
    import numpy as np

    kind, of = spec.get("kind"), spec.get("of")
    value = series.get(of) if isinstance(of, str) and of in series else None
    if value is None and isinstance(of, str):
        value = np.asarray(eval(of, {**space, "np": np, "math": math}, dict(series)))  # runs inside the sandbox only
    label = spec.get("name") or f"{kind} {of}"
    if kind == "conserved":
        conserved(out, spec.get("name") or of, value, spec.get("tolerance", 1e-2))
    elif kind in ("equals", "mean"):
        wanted, x = spec["value"], np.asarray(value, float)
        got = float(x.mean()) if kind == "mean" else x
        error = float(np.max(np.abs(got - np.asarray(wanted, float))))
        tolerance = spec.get("tolerance", 1e-6)
        out.add(label, error <= tolerance, f"off by {error:.3g}", f"{wanted} within {tolerance:g}")
    elif kind == "sum":
        total = np.asarray(value, float).sum(axis=-1)
        error = float(np.max(np.abs(total - spec.get("value", 1.0))))
        out.add(label, error <= spec.get("tolerance", 1e-6), f"off by {error:.3g}", f"sum {spec.get('value', 1.0)}")
    elif kind == "bounds":
        x = np.asarray(value, float)
        low, high = spec.get("low", -math.inf), spec.get("high", math.inf)
        out.add(
            label,
            bool(np.all(np.isfinite(x)) and x.min() >= low and x.max() <= high),
            f"[{x.min():.4g}, {x.max():.4g}]",
            f"[{low}, {high}]",
        )
    elif kind == "monotone":
        steps = np.diff(np.asarray(value, float), axis=0)
        rising = spec.get("direction", "up") == "up"
        out.add(
            label,
            bool(np.all(steps >= -1e-12) if rising else np.all(steps <= 1e-12)),
            f"steps in [{steps.min():.3g}, {steps.max():.3g}]",
            "rising" if rising else "falling",
        )
    elif kind == "moves":
        chain_moves(out, value, spec.get("step"), spec.get("autocorrelation", 0.3))
    elif kind == "true":
        out.add(label, bool(np.all(value)), bool(np.all(value)), "true")
    elif kind == "order":
        order_of(out, spec, subject, seed, space)
    elif kind == "same":
        changed = subject.again(spec.get("seed", seed), **spec.get("with", {}))
        a, b = np.asarray(series[of], float), np.asarray(changed[of], float)
        error = float(np.max(np.abs(a * spec.get("factor", 1.0) - b))) if a.shape == b.shape else math.inf
        out.add(
            label,
            error <= spec.get("tolerance", 1e-8),
            f"differs by {error:.3g}",
            f"unchanged under {spec.get('with')}",
        )
    else:
        out.add(
            str(label), None, "unknown kind", "conserved, equals, mean, sum, bounds, monotone, moves, true, order, same"
        )


def order_of(out, spec, subject, seed, space):
    """Convergence order by halving a parameter, against an exact value or by Richardson differences."""
    import numpy as np

    vary, base, of = spec["vary"], spec["start"], spec.get("of", "states")
    found = []
    for k in range(4):
        s = subject.again(seed, **{vary: base / 2**k})
        x = s[of] if of in s else np.asarray(eval(of, {**space, "np": np, "math": math}, dict(s)))
        found.append(np.atleast_1d(np.asarray(x, float))[-1])
    if "exact" in spec:
        errors = [float(np.max(np.abs(f - np.asarray(spec["exact"], float)))) for f in found]
    else:
        errors = [float(np.max(np.abs(a - b))) for a, b in itertools.pairwise(found)]
    slopes = [math.log2(a / b) for a, b in itertools.pairwise(errors) if a > 1e-13 and b > 1e-13]
    order = slopes[-1] if slopes else math.inf
    wanted, slack = spec["order"], spec.get("tolerance", 0.35)
    held = order >= wanted - slack if not spec.get("exactly") else abs(order - wanted) <= slack
    out.add(f"convergence order in {vary}", held, f"{order:.2f}", f"{wanted}")
