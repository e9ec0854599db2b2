# ruff: noqa: E501  (tables read best on one line)
"""Queues against their known means."""

import math

from tidegate.runner.confined.measured import near


def queue(ctx):
    """The M/M/1 queue against its known means."""
    import numpy as np

    if not ctx.says(r"m/?_?m/?_?1|queue|queu") or ctx.says(
        r"m/d/1|m/g/1|g/g/1|m/m/[2-9c]|servers? *= *[2-9]|priority|finite|capacity"
    ):
        return
    lam, mu = (
        ctx.param("lam", "lambda_", "arrival_rate", "lambd", "arrival", "lmbda", "rate_arrival"),
        ctx.param("mu", "service_rate", "service", "rate_service"),
    )
    if lam is None or mu is None or lam >= mu:
        return
    rho = lam / mu
    named = {
        "wait": (("waits", "wait_times", "waiting_times", "wait", "waiting", "w", "mean_wait", "avg_wait", "average_wait", "wq", "mean_waiting_time", "avg_waiting_time", "average_waiting_time", "mean_wait_time", "avg_wait_time"), rho / (mu - lam)),
        "time in the system": (("sojourn", "sojourns", "sojourn_times", "system_times", "response_times", "time_in_system", "mean_sojourn", "mean_sojourn_time", "mean_response", "mean_response_time", "mean_time_in_system", "avg_time_in_system", "average_time_in_system", "avg_system_time", "mean_system_time", "ws"), 1 / (mu - lam)),
        "number in the system": (("mean_in_system", "mean_number_in_system", "avg_number_in_system", "average_number_in_system", "avg_in_system", "l", "ls", "mean_customers", "avg_customers", "mean_number"), rho / (1 - rho)),
        "number in the queue": (("lq", "mean_number_in_queue", "avg_number_in_queue", "mean_in_queue", "avg_in_queue"), rho**2 / (1 - rho)),
        "share of busy time": (("utilization", "utilisation", "server_utilization", "server_utilisation", "rho", "busy_fraction", "load"), rho),
        "throughput": (("throughput", "departure_rate"), lam),
    }  # fmt: skip
    found = {
        what: (key, wanted)
        for what, (names, wanted) in named.items()
        if (key := next((k for k in ctx.series if k.lower() in names), None)) is not None
    }
    if not found or not ctx.can_run(8):
        return
    runs = [ctx.subject.again(ctx.seed + 101 * k) for k in range(8)]
    for what, (key, wanted) in found.items():
        each = [np.asarray(r[key], float) for r in runs]
        if any(float(np.min(r)) < -1e-12 for r in each):
            ctx.out.add(f"no {what} is negative", False, f"{min(float(np.min(r)) for r in each):.3g}", "0 or more")
        means = [float(np.mean(r[len(r) // 20 :] if r.ndim else r)) for r in each]
        error = float(np.std(means, ddof=1)) / math.sqrt(len(means))
        label = "the mean wait" if what == "wait" else f"the mean {what}" if "share" not in what else f"the {what}"
        near(ctx, f"{label} is that of M/M/1", float(np.mean(means)), wanted, 6 * error + 0.02 * wanted)
        if what == "wait" and each[0].ndim:
            idle = [float((r <= 1e-12).mean()) for r in each]
            spread_of = float(np.std(idle, ddof=1)) / math.sqrt(len(idle))
            near(ctx, "the share that does not wait is 1 - ρ", float(np.mean(idle)), 1 - rho, 6 * spread_of + 0.005)
