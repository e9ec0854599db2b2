"""Queues against their known means."""

import math

from tidegate.runner.confined.measured import near


def queue(ctx):
    """The M/M/1 queue against its known means."""
    import numpy as np

    if not ctx.says(r"m/m/1|queue|queu") or ctx.says(
        r"m/d/1|m/g/1|g/g/1|m/m/[2-9c]|servers? *= *[2-9]|priority|finite|capacity"
    ):
        return
    lam, mu = (
        ctx.param("lam", "lambda_", "arrival_rate", "lambd", "arrival", "lmbda", "rate_arrival"),
        ctx.param("mu", "service_rate", "service", "rate_service"),
    )
    if lam is None or mu is None or lam >= mu:
        return
    key = next(
        (
            k
            for k in ctx.series
            if k.lower()
            in (
                "waits",
                "wait_times",
                "waiting_times",
                "wait",
                "waiting",
                "w",
                "mean_wait",
                "avg_wait",
                "average_wait",
                "wq",
                "mean_waiting_time",
                "avg_waiting_time",
            )
        ),
        None,
    )
    whole = key is None and next(
        (
            k
            for k in ctx.series
            if k.lower()
            in ("sojourn", "system_times", "response_times", "time_in_system", "mean_sojourn", "mean_response")
        ),
        None,
    )
    key = key or whole
    if not key or not ctx.can_run(8):
        return
    runs = [np.asarray(ctx.subject.again(ctx.seed + 101 * k)[key], float) for k in range(8)]
    if any(float(np.min(r)) < -1e-12 for r in runs):
        ctx.out.add("no wait is negative", False, f"{min(float(np.min(r)) for r in runs):.3g}", "0 or more")
    means = [float(np.mean(r[len(r) // 20 :] if r.ndim else r)) for r in runs]
    wanted = 1 / (mu - lam) if whole else lam / mu / (mu - lam)
    error = float(np.std(means, ddof=1)) / math.sqrt(len(means))
    near(ctx, "the mean wait is that of M/M/1", float(np.mean(means)), wanted, 6 * error + 0.02 * wanted)
    if not whole and runs[0].ndim:
        idle = [float((r <= 1e-12).mean()) for r in runs]
        spread_of = float(np.std(idle, ddof=1)) / math.sqrt(len(idle))
        near(ctx, "the share that does not wait is 1 - ρ", float(np.mean(idle)), 1 - lam / mu, 6 * spread_of + 0.005)
