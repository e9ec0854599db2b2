"""The order of convergence, and forces against their potentials."""

import ast
import itertools

from tidegate.runner.confined.measured import COUNTS, POSITIONS, STEPS, TIMES

CLAIMED = (
    (r"velocity.?verlet|verlet|leap.?frog|midpoint|heun|\brk2\b|crank|strang|split.?step|st[oö]rmer|trapezoid", 2),
    (r"\brk4\b|runge.?kutta", 4),
)


def order(ctx):
    """The convergence order that the method's name promises, by halving the step."""
    import numpy as np

    claims = [p for pattern, p in CLAIMED if ctx.says(pattern)]
    step = next((k for k in ctx.subject.params if k.lower() in STEPS and k in _arguments(ctx.subject)), None)
    count = next((k for k in ctx.subject.params if ctx.counts_turns(k) and k in _arguments(ctx.subject)), None)
    if len(claims) != 1 or step is None or ctx.says(r"euler"):
        return
    if ctx.subject.node is not None and until_event(ctx.subject.node):
        return  # it ends elsewhere with every step
    if ctx.subject.watched:
        return  # its last row is the state before the last step, so that half a step ends elsewhere
    wanted, dt = claims[0], float(ctx.subject.params[step])
    n = int(ctx.subject.params[count]) if count else 0
    if count and n < 40:
        return
    short = max(40, min(n, 400)) if count else 0
    if not ctx.can_run(6):
        return
    best = None
    for coarse in (1, 4, 16) if wanted == 2 else (8, 16, 32, 1, 0.25):
        ends = []
        for k in range(4):
            h = dt * coarse / 2**k
            if not ctx.can_run(2):
                return  # half the step takes twice as long
            steps = max(2, round(short / coarse)) * 2**k if count else 0
            try:
                s = ctx.subject.again(ctx.seed, **{step: h, **({count: steps} if count else {})})
            except Exception:
                break  # too coarse a step may overflow: finer ones may not
            arrays = _ends(s, PATHS) or _ends(s, POPULATIONS)
            if not arrays:
                return
            ends.append(np.concatenate([np.asarray(a, complex) for a in arrays]))
        if len(ends) < 4:
            continue
        if len({len(e) for e in ends}) != 1:
            return
        errors = [float(np.max(np.abs(a - b))) for a, b in itertools.pairwise(ends)]
        scale = float(np.max(np.abs(ends[-1]))) or 1.0
        if not all(np.isfinite(errors)) or errors[-1] < 1e-12 * scale or errors[0] > 0.2 * scale:
            continue
        slopes = [float(np.log2(a / b)) for a, b in itertools.pairwise(errors) if b > 0]
        if len(slopes) < 2 or abs(slopes[-1] - slopes[-2]) > 1:
            continue  # a run that ends by an event ends elsewhere each time, and says nothing of an order
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


PATHS = frozenset({*POSITIONS, "states", "psi", "y", "u"})
POPULATIONS = frozenset({"prey", "predator", "predators", "s", "i", "r", "susceptible", "infected", "recovered"})


def _ends(series, names):
    """The last rows of the series of these names, numbered ones too."""
    import numpy as np

    return [
        np.atleast_1d(np.asarray(a))[-1].ravel()
        for name, a in sorted(series.items())
        if a.dtype.kind in "fc" and a.ndim and name.lower().rstrip("0123456789_") in names
    ]


def until_event(node):
    """Whether a loop of a function runs until something happens, and not until a time or a count is reached."""
    counted = {*TIMES, *COUNTS, "i", "k", "j", "step", "t_now", "elapsed"}
    for loop in ast.walk(node):
        if isinstance(loop, ast.While):
            names = {getattr(n, "id", getattr(n, "attr", "")).lower() for n in ast.walk(loop.test)}
            if not names & counted:
                return True
    return False


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
