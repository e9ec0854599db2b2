"""A limit over a sliding window of time, reserved before spending and settled exactly.

`tokens_per_minute` means: in no window of 60 s more than so many tokens, not "refilled to the brim at
every full minute".  Amounts are reserved at the time the request is let in, and the settlement
(what it really used, refunds included) corrects that same moment.  So tokens spent never exceed the
limit by more than what one request used beyond its own reservation, however many run in parallel.
"""

from collections import deque


class SlidingBudget:
    """`limit` units in any `span_s` seconds, kept in bins of span/60 (a reservation ages by whole bins)."""

    __slots__ = ("_bins", "_span", "_width", "limit", "spent")

    def __init__(self, limit: float, span_s: float) -> None:
        self.limit = limit
        self.spent = 0.0
        self._span = span_s
        self._width = span_s / 60.0
        self._bins: deque[list[float]] = deque()  # [bin number, amount]

    def _expire(self, now_s: float) -> int:
        """Forget what is older than the span; the bin of now."""
        stamp = int(now_s // self._width)
        bins = self._bins
        while bins and bins[0][0] < stamp - 60:
            self.spent -= bins.popleft()[1]
        return stamp

    def fits(self, amount: float, now_s: float) -> bool:
        """Whether `amount` may be reserved now; more than the limit fits only an empty window."""
        self._expire(now_s)
        limit = self.limit
        return self.spent + (amount if amount < limit else limit) <= limit

    def reserve(self, amount: float, now_s: float) -> int:
        """Reserve; returns the stamp to settle with."""
        stamp = self._expire(now_s)
        bins = self._bins
        if not bins or bins[-1][0] < stamp:
            bins.append([stamp, 0.0])
        entry = bins[-1]
        entry[1] += amount
        self.spent += amount
        return int(entry[0])

    def settle(self, stamp: int, difference: float, now_s: float) -> None:
        """Correct what was reserved at `stamp` by `difference` (negative: a refund)."""
        self._expire(now_s)
        for entry in reversed(self._bins):  # most calls end soon after they were let in
            if entry[0] == stamp:
                entry[1] += difference
                self.spent += difference
                return

    def wait_s(self, amount: float, now_s: float) -> float:
        """Seconds until `amount` fits if nothing else is spent or refunded meanwhile; 0 when it fits now."""
        self._expire(now_s)
        over = self.spent + min(amount, self.limit) - self.limit
        if over <= 0.0:
            return 0.0
        for number, held in self._bins:
            over -= held
            if over <= 1e-9:
                return max(0.0, (number + 61) * self._width - now_s)
        return self._span


def resized(budget: SlidingBudget | None, limit: float | None, span_s: float) -> SlidingBudget | None:
    """A budget with another limit (None or 0: no budget) that remembers what was spent."""
    if not limit:
        return None
    if budget is None:
        return SlidingBudget(limit, span_s)
    budget.limit = limit
    return budget
