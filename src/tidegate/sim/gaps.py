"""How unevenly a recorded or simulated run was served: the windowed gap of the VTC study, as a number.

At 19 moments over ten minutes, in windows of 60 s: service of a request (prompt + 2 × output) is spread evenly
from its first token to its end; a tenant's gap is what the best served tenant got more, or, where that is less, the
distance to what it asked for itself; gaps are summed over tenants.  Source: "Fairness in Serving Large Language
Models" (OSDI'24), section 5.1; on its own recorded runs this gives the numbers its authors' scripts give.
"""

from collections.abc import Iterable
from typing import NamedTuple

WINDOW_S, WARM_UP_S, MOMENTS = 60.0, 30.0, 20


class Served(NamedTuple):
    """One request: when it was asked, its first token, its end (seconds), and its tokens."""

    tenant: str
    asked_s: float
    first_s: float
    end_s: float
    prompt: int
    output: int


class Gap(NamedTuple):
    """Largest, mean and variance over the moments, in charged tokens a second."""

    most: float
    mean: float
    variance: float


def windowed_gap(run: Iterable[Served], span_s: float = 600.0) -> Gap:
    """See the module; requests without a first token are left out by the caller."""
    by_tenant: dict[str, list[Served]] = {}
    for r in run:
        by_tenant.setdefault(r.tenant, []).append(r)
    gaps = []
    for k in range(1, MOMENTS):
        middle = (span_s - WARM_UP_S) / MOMENTS * k + WARM_UP_S
        low, high = middle - WINDOW_S / 2, middle + WINDOW_S / 2
        rates = [(_given(rows, low, high), _asked(rows, low, high)) for rows in by_tenant.values()]
        best = max(given for given, _ in rates)
        gaps.append(sum(min(best - given, abs(asked - given)) for given, asked in rates))
    mean = sum(gaps) / len(gaps)
    return Gap(max(gaps), mean, sum((g - mean) ** 2 for g in gaps) / len(gaps))


def _given(rows: list[Served], low: float, high: float) -> float:
    total = 0.0
    for r in rows:
        length = r.end_s - r.first_s
        if r.end_s >= 1.0 and length >= 1e-5:
            inside = max(min(high, r.end_s) - max(low, r.first_s), 0.0)
            total += (r.prompt + 2 * r.output) * inside / length
    return total / WINDOW_S


def _asked(rows: list[Served], low: float, high: float) -> float:
    return sum(r.prompt + 2 * r.output for r in rows if low <= r.asked_s <= high) / WINDOW_S
