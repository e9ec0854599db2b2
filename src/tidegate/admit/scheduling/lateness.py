"""Whether first tokens come late because of a queue in an engine that says nothing of itself.

A first token counts as late when it took twice what the quickest ones took for as much work ahead.
Providers whose first tokens spread widely make most of them late by that rule, whatever we do.  So
cutting the window is also an experiment: a queue of ours gets shorter as fewer of ours are in the
engine.  Where first tokens came no sooner with far fewer in it, their lateness is usual for this
engine: the window gets back what it had, and from then on only what is late beyond the usual counts.
"""

from math import inf

LATE_SHARE = 0.6  # of the first tokens of the last rounds that come late when there is a queue
ROUND_S = 0.1
ROUND_LEAST = 8  # first tokens in a round: fewer say little, and the means would lag behind the cuts
NOTICED_S = 0.05  # a shorter delay is our own loop's turn or the network's, no queue in an engine
FORGET = 0.08  # of the means, at each first token
FEWER = 0.6  # of the requests that were in the engine when cutting began: enough to tell whether it helps
SOONER = 0.85  # of the mean first-token time then: a queue of ours would be shorter than that by now
USUAL_MAX = 1.5  # times the mean: an engine that became quicker gets a new usual


class Lateness:
    """Learns from each first token; `saw` tells whether it was late, `round_ended` what follows for the slots."""

    def __init__(self) -> None:
        self._floor_s = inf
        self._speed_peak = 0.0
        self._usual_s = 0.0
        self._mean_s = self._mean_inflight = 0.0
        self._share = 0.0  # of first tokens that came late, over the last rounds
        self._round = [0, 0]  # first tokens of this round on time, and late
        self._round_s = 0.0  # when it began
        self._before: tuple[float, float, float] | None = None  # slots, first-token time, in flight: when cutting began

    def quickest(self, ttft_s: float, ahead: int) -> None:
        """What the engine can do at its best, whoever reports on it."""
        self._floor_s = min(self._floor_s * 1.001, ttft_s)
        self._speed_peak = max(self._speed_peak * 0.999, ahead / ttft_s if ttft_s > 0.0 else 0.0)

    @property
    def speed(self) -> float:
        """Prompt tokens a second at its best."""
        return self._speed_peak

    def saw(self, ttft_s: float, ahead: int, inflight: int) -> bool:
        """Whether this first token was late; alone in the engine none is late because of us."""
        first = not self._mean_s
        self._mean_s += (1.0 if first else FORGET) * (ttft_s - self._mean_s)
        self._mean_inflight += (1.0 if first else FORGET) * (inflight - self._mean_inflight)
        self._usual_s = min(self._usual_s, USUAL_MAX * self._mean_s)
        expected = self._floor_s + (ahead / self._speed_peak if self._speed_peak else 0.0)
        expected = max(expected, self._usual_s)
        return inflight > 1 and ttft_s > 2.0 * expected and ttft_s > expected + NOTICED_S

    def slots_after(self, late: bool, ttft_s: float, now_s: float, slots: float) -> float:
        """The slots that follow: fewer, when a round of first tokens just ended and most of the last rounds' were late.

        One round is chance: a pause of ours, or of the network, makes all that is on its way late at
        once.  A queue in the engine makes round after round late.
        """
        self._round[late] += 1
        on_time, too_late = self._round
        if on_time + too_late < ROUND_LEAST or now_s - self._round_s < max(ROUND_S, ttft_s):
            return slots
        self._share += 0.5 * (too_late / (on_time + too_late) - self._share)
        self._round, self._round_s = [0, 0], now_s
        if self._before is not None and slots >= self._before[0]:
            self._before = None
        if self._share <= LATE_SHARE:
            return slots
        before = self._before
        if before is None or self._mean_inflight <= FEWER * before[2]:
            if before is not None and self._mean_s > SOONER * before[1]:  # it did not help: not a queue of ours
                self._usual_s, self._share, self._before = self._mean_s, 0.0, None
                return max(slots, before[0])
            self._before = (slots, self._mean_s, self._mean_inflight)
        return max(1.0, slots * 0.9)
