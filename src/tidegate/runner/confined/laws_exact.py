# ruff: noqa: E501  (messages read best on one line)
"""What a run returns beside its own exact solution must come to it: `return x, u, exact`."""

import re

from tidegate.runner.confined.measured import COUNTS, STEPS

EXACT = re.compile(
    r"(?:\w*_)?(?:exact|analytic(?:al)?|theor(?:y|etical)|reference|expected|true)(?:_(?:solution|\w))?|(?:x|u|y|v|t|q|n)_?(?:ex|an|true|ref)"
)
LOOSE = r"small.?angle|lineari[sz]|approximat|asympt|envelope|without (?:drag|damp|friction|resistance)|no drag|vacuum|ideal|upper bound|lower bound|continuum|infinite|mean.?field|shock|discontinu|square pulse|numerical (?:diffusion|dissipation)|first.order upwind|unstable"
SHARE = 0.1
"""Of the size of the exact values: what a coarse grid may leave (a tenth, as for printed theory)."""


FLAT = r"\bdx\b|\bnx\b|linspace\(0(?:\.0)?, ?(?:l|length)"


def check(ctx):
    """One row where one array is called exact and one other has its shape; where it is not exact, a finer run comes nearer."""
    if ctx.chance or ctx.says(LOOSE):
        return
    found = _off(ctx.series)
    if found is None:
        return
    off, one, exact = found
    ctx.out.add(f"`{one}` comes to `{exact}`", off < SHARE, f"off by up to {off:.3g} of its size", f"less than {SHARE:g}")  # fmt: skip
    finer = _finer(ctx)
    if not 2e-3 < off < SHARE or finer is None or not ctx.can_run(3):
        return
    again = _off(ctx.subject.again(ctx.seed, **finer))
    if again is not None:
        told = ", ".join(f"{k} = {v:.4g}" for k, v in finer.items())
        ctx.out.add(f"`{one}` comes nearer to `{exact}` with a finer step", again[0] < 0.9 * off, f"off by {off:.3g}, and by {again[0]:.3g} with {told}", "a smaller error")  # fmt: skip


def _off(series):
    """(largest difference by the size of the exact values, name, name of the exact values), or None."""
    import numpy as np

    named = [k for k in series if EXACT.fullmatch(k.lower())]
    if len(named) != 1:
        return None
    exact = np.asarray(series[named[0]])
    if exact.ndim == 0 or exact.size < 5 or exact.dtype.kind not in "fc" or not np.all(np.isfinite(exact)):
        return None
    others = [
        k
        for k, v in series.items()
        if k not in named
        and k != "states"
        and np.shape(v) == exact.shape
        and v.dtype.kind in "fc"
        and not _grid(v)
        and not re.search(r"err|diff|resid|energ|vel|^v$|initial|^[uy]_?0$", k.lower())
    ]
    if len(others) != 1:
        return None
    size = float(np.max(np.abs(exact))) or 1.0
    found = np.asarray(series[others[0]])
    off = float(np.max(np.abs(found - exact))) / size if np.all(np.isfinite(found)) else float("inf")
    return off, others[0], named[0]


def _grid(values):
    """Whether an array is evenly spaced, as times and places are."""
    import numpy as np

    steps = np.diff(np.real(np.ravel(values)))
    return steps.size > 0 and float(np.ptp(steps)) <= 1e-9 * float(np.max(np.abs(steps)))


def _finer(ctx):
    """Half the step, and twice the steps, of a run that steps time alone; twice the points where the step is made of them."""
    if ctx.subject.node is None:
        return None
    arguments = {a.arg for a in (*ctx.subject.node.args.args, *ctx.subject.node.args.kwonlyargs)}
    params = {k: v for k, v in ctx.subject.params.items() if k in arguments}
    step = [k for k, v in params.items() if k.lower() in STEPS and isinstance(v, float)]
    count = [k for k, v in params.items() if k.lower() in COUNTS and isinstance(v, int)]
    points = [k for k, v in params.items() if k.lower() in ("nx", "n_x", "n_points", "n_grid", "nr") and isinstance(v, int)]  # fmt: skip
    if len(step) == 1 and len(count) <= 1 and not ctx.says(FLAT):
        return {step[0]: params[step[0]] / 2, **{k: 2 * params[k] for k in count}}
    return {points[0]: 2 * params[points[0]] - 1} if len(points) == 1 and not step and not count else None
