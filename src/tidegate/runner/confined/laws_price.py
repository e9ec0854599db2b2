"""Prices of options against Black-Scholes."""

import math

from tidegate.runner.confined.measured import near


def options(ctx):
    """A European option against the Black-Scholes price."""
    import numpy as np

    if not ctx.says(r"\bcall\b|\bput\b|option|black.?scholes") or ctx.says(
        r"asian|barrier|american|lookback|bermud|dividend|heston|jump"
    ):
        return
    s, k, r, v, t = (
        ctx.param("s0", "s", "spot", "s_0"),
        ctx.param("k", "strike"),
        ctx.param("r", "rate", "risk_free", "rf"),
        ctx.param("sigma", "vol", "volatility"),
        ctx.param("t", "maturity", "expiry", "time", "t_years"),
    )
    if None in (s, k, r, v, t) or t <= 0 or v <= 0:
        return
    from statistics import NormalDist

    d1 = (math.log(s / k) + (r + v * v / 2) * t) / (v * math.sqrt(t))
    d2 = d1 - v * math.sqrt(t)
    cdf = NormalDist().cdf
    call = s * cdf(d1) - k * math.exp(-r * t) * cdf(d2)
    put = call - s + k * math.exp(-r * t)
    name = (
        ctx.subject.name
        + " "
        + (ctx.subject.node.body[0].value.value if ctx.subject.node is not None and _doc(ctx.subject.node) else "")
    ).lower()
    kinds = (
        [("call", call)]
        if "call" in name and "put" not in name
        else [("put", put)]
        if "put" in name and "call" not in name
        else None
    )
    for key, value in ctx.series.items():
        low = key.lower()
        mine = (
            [("call", call)]
            if "call" in low
            else [("put", put)]
            if low == "put" or "put_" in low or "_put" in low
            else kinds
        )
        if (
            mine is None
            or np.size(value) != 1
            or (
                low not in ("states", "price", "output0", "call", "put", "value", "option_price")
                and "price" not in low
                and "call" not in low
                and "put" not in low
            )
        ):
            continue
        if not ctx.can_run(10):
            return
        got = (
            [float(np.asarray(ctx.subject.again(ctx.seed + 77 * n)[key], float)) for n in range(10)]
            if ctx.chance
            else [float(value)]
        )
        error = float(np.std(got, ddof=1)) / math.sqrt(len(got)) if len(got) > 1 else 0.0
        wanted = mine[0][1]
        near(
            ctx,
            f"the {mine[0][0]} is worth the Black-Scholes price",
            float(np.mean(got)),
            wanted,
            6 * error + (0.002 * wanted if ctx.chance else 0.01 * wanted),
        )
        return


def _doc(node):
    import ast

    return (
        isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
        and isinstance(node.body[0].value.value, str)
    )
