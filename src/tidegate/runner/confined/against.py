"""A recorded path held against a law by differences."""


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
