# ruff: noqa: E501  (tables read best on one line)
"""A generator of uniform numbers: in [0, 1), evenly spread, each draw independent of the one before."""

import math

DRAWS = ("uniform", "uniforms", "u", "us", "draws", "samples", "random_numbers", "randoms", "numbers", "values", "sequence", "rands", "stream", "output", "states", "x", "xs")  # fmt: skip


def uniforms(ctx):
    """What a home-made generator draws, in its own order."""
    import numpy as np

    if not ctx.says(
        r"\blcg\b|linear.?congruential|pseudo.?random|\bprng\b|xorshift|mersenne|random.?number.?generat|middle.?square"
    ):
        return
    raw = ctx.role(*DRAWS, dims=1)
    if raw is None or len(raw) < 500:
        return
    x = np.asarray(raw, float)
    modulus = ctx.param("m", "modulus", "mod")
    if modulus and modulus > 1 and float(x.max()) > 1.0:
        x = x / modulus
    elif float(x.max()) > 1.0 and not ctx.says(r"unif|\[0, ?1|/ ?(?:self\.)?m\b|2 ?\*\* ?\d\d|1 ?<< ?\d\d"):
        return
    n = len(x)
    inside = bool(np.all(np.isfinite(x)) and x.min() >= 0 and x.max() <= 1)
    ctx.out.add("the draws lie in [0, 1)", inside, f"[{x.min():.4g}, {x.max():.4g}]", "[0, 1)")
    if not inside:
        return
    mean = float(x.mean())
    ctx.out.add(
        "their mean is 1/2",
        abs(mean - 0.5) < 6 / math.sqrt(12 * n),
        f"{mean:.4g}",
        f"0.5 within {6 / math.sqrt(12 * n):.2g}",
    )
    gap = float(np.max(np.abs(np.sort(x) - (np.arange(n) + 0.5) / n)))
    ctx.out.add(
        "they are evenly spread",
        gap < 2.3 / math.sqrt(n),
        f"largest gap to the uniform law {gap:.3g}",
        f"below {2.3 / math.sqrt(n):.2g}",
    )
    c = x - mean
    bottom = float((c * c).sum())
    if bottom <= 0:
        return
    worst = max((abs(float((c[k:] * c[:-k]).sum()) / bottom), k) for k in range(1, 6))
    ctx.out.add(
        "each draw is independent of the ones before",
        worst[0] < 6 / math.sqrt(n),
        f"correlation {worst[0]:.3g} at distance {worst[1]}",
        f"below {6 / math.sqrt(n):.2g}",
    )
