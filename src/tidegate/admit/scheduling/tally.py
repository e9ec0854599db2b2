"""What people watch: first-token times, gaps between tokens, wait reasons, by tenant and class.

Times go into histograms of fixed, geometric buckets (12 a decade, 1 ms to 1,000 s), so that
cardinality and memory are bounded and histograms of several workers add up.  A percentile read from
them is right within one bucket (at most 21 %); exact ones come from the traces.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

BOUNDS_S = tuple(round(0.001 * 10 ** (i / 12), 6) for i in range(73))
TENANTS_MAX = 1_000  # rows kept apart; tenants beyond them are counted together
OTHERS = "(others)"


def jain_index(shares: Sequence[float]) -> float | None:
    """1.0: all got the same for their weight; 1/n: one got everything.  None for fewer than two."""
    squares = sum(s * s for s in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if len(shares) > 1 and squares > 0.0 else None


class Times:
    """A histogram of durations; `counts[-1]` is beyond the last bound."""

    __slots__ = ("counts", "total_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.total_s = 0.0

    def add(self, duration_s: float, n: int = 1) -> None:
        """Count one duration, `n` times."""
        self.counts[bisect_left(BOUNDS_S, duration_s)] += n
        self.total_s += duration_s * n

    def sparse(self) -> list[tuple[int, int]]:
        """(bucket, count) where something was counted: adds up over workers."""
        return [(i, n) for i, n in enumerate(self.counts) if n]

    @classmethod
    def summed(cls, parts: Iterable[Iterable[Sequence[int]]]) -> "Times":
        """The inverse of `sparse`, over several of them; durations themselves are gone, so `total_s` is 0."""
        out = cls()
        for part in parts:
            for i, n in part:
                out.counts[i] += n
        return out

    def quantile_s(self, q: float) -> float | None:
        """Upper bound of the bucket that holds the quantile; None when nothing was counted."""
        n = sum(self.counts)
        if not n:
            return None
        rank, seen = q * n, 0
        for bound, count in zip((*BOUNDS_S, float("inf")), self.counts, strict=True):
            seen += count
            if seen >= rank and count:
                return bound
        return BOUNDS_S[-1]


class Row:
    """One tenant in one class."""

    __slots__ = ("arrived", "dispatched", "finished", "gap", "reasons", "refused", "ttft", "wait")

    def __init__(self) -> None:
        self.arrived = self.dispatched = self.finished = 0
        self.wait, self.ttft, self.gap = Times(), Times(), Times()
        self.reasons: Counter[str] = Counter()  # what dispatched requests had waited for
        self.refused: Counter[str] = Counter()

    def went(self, waited_s: float, reason: str) -> None:
        """One went to an engine after `waited_s`, having waited mainly for `reason`."""
        self.dispatched += 1
        if waited_s > 0.0:
            self.wait.add(waited_s)
        else:
            self.wait.counts[0] += 1
        if reason:
            self.reasons[reason] += 1

    def ended(self, *, first_s: float | None, now_s: float, tokens: int) -> None:
        """One ended: the mean gap between its tokens counts once a gap."""
        self.finished += 1
        if first_s is not None and tokens > 1:
            self.gap.add((now_s - first_s) / (tokens - 1), tokens - 1)


class Tally:
    """Rows by (tenant, class)."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = {}

    def row(self, tenant: str, service_class: str) -> Row:
        """The row of a tenant in a class; beyond TENANTS_MAX rows all share one."""
        key = (tenant, service_class)
        row = self.rows.get(key)
        if row is None:
            if len(self.rows) >= TENANTS_MAX:
                key = (OTHERS, service_class)
            row = self.rows.setdefault(key, Row())
        return row

    def to_json(self) -> dict[str, Any]:
        """`classes`: one entry a (tenant, class), times in ms, null where nothing was measured; `counts` add up."""

        def ms(times: Times) -> dict[str, float | None]:
            values = {f"p{q}": times.quantile_s(q / 100) for q in (50, 95, 99)}
            return {k: None if v is None else round(v * 1000, 3) for k, v in values.items()}

        return {
            "classes": [
                {
                    "tenant": tenant, "class": name, "arrived": r.arrived, "dispatched": r.dispatched,
                    "finished": r.finished, "ttft_ms": ms(r.ttft), "inter_token_ms": ms(r.gap), "wait_ms": ms(r.wait),
                    "wait_reasons": dict(r.reasons), "refused": dict(r.refused),
                    "counts": {"ttft": r.ttft.sparse(), "inter_token": r.gap.sparse(), "wait": r.wait.sparse()},
                }
                for (tenant, name), r in self.rows.items()
            ]
        }  # fmt: skip
