"""What a run's past leaves behind, in at most 64 KB: visits, near steps, lines seen, cycle counters."""

import copy

from tidegate.admit.toolguard.gist import near
from tidegate.admit.toolguard.model import WAITS, Gist, Step

PAIRS_MAX = 320  # exact steps remembered, the longest unseen goes first
NEAR_MAX = 48  # near steps remembered
SEEN_BITS = 1 << 16  # a bit a line (8 KB): at 10,000 lines one new line in seven looks old, never the other way
STALE_SHARE = 0.05  # an answer with fewer new lines than this brought nothing


class Cycles:
    """m_p counts how long x_t = x_{t-p} has held; K copies of a word of length p just ended if m_p >= (K - 1) p."""

    def __init__(self, period_max: int) -> None:
        self.recent: list[int] = []  # the last `period_max` names, newest last
        self.waiting: list[bool] = []  # beside them: whether that step only waited for the world
        self.matches = [0] * (period_max + 1)
        self.none = True  # whether all of them are 0

    def fork(self) -> "Cycles":
        """A copy that goes on alone."""
        other = copy.copy(self)
        other.recent, other.waiting, other.matches = list(self.recent), list(self.waiting), list(self.matches)
        return other

    def clear(self) -> None:
        """Forget everything."""
        self.recent, self.waiting, self.matches, self.none = [], [], [0] * len(self.matches), True

    def add(self, name: int, waits: bool) -> None:
        """Take the next step's name."""
        recent, matches = self.recent, self.matches
        if name in recent:
            n, self.none = len(recent), False
            for p in range(1, len(matches)):
                matches[p] = matches[p] + 1 if n >= p and recent[n - p] == name else 0
        elif not self.none:
            self.matches, self.none = [0] * len(matches), True
        recent.append(name)
        self.waiting.append(waits)
        if len(recent) >= len(matches):
            del recent[0], self.waiting[0]

    def copies(self) -> tuple[int, int] | None:
        """(period, copies) of the shortest cycle of 2 or more that has run at least twice; None without one.

        A cycle in which a step waits for the world (a poll, a retry) is none: waiting repeats by its nature.
        """
        if self.none:
            return None
        for p, matched in enumerate(self.matches):
            if matched >= p >= 2 and len(set(self.recent[-p:])) > 1:
                return None if any(self.waiting[-p:]) else (p, matched // p + 1)
        return None


class Memory:
    """Which steps, near steps and lines a run has seen."""

    def __init__(self) -> None:
        self.visits: dict[int, int] = {}  # exact pair → times << 24 | cluster, least recent first
        self.clusters: dict[int, tuple[Gist, int]] = {}  # cluster → (gist, times), most recent last
        self.about: dict[tuple[int, int], tuple[int, ...]] = {}  # (tools, entities) → its clusters
        self.names = 0
        self.seen: bytearray | None = None

    def fork(self) -> "Memory":
        """A copy that goes on alone."""
        other = copy.copy(self)
        other.visits, other.clusters, other.about = dict(self.visits), dict(self.clusters), dict(self.about)
        other.seen = bytearray(self.seen) if self.seen is not None else None
        return other

    def re_arm(self) -> None:
        """A person spoke: whatever was done before may be what is asked for now."""
        self.visits, self.clusters, self.about, self.seen = {}, {}, {}, None

    def add(self, step: Step) -> tuple[int, int, int, bool]:
        """Takes a step; how often it was seen, how often something near, the near steps' name, whether its lines are old."""  # noqa: E501
        known = self.visits.pop(step.pair, 0)
        seen, cluster = known >> 24, known & 0xFFFFFF
        stale = self._lines(step)
        near_seen = 0
        if known == 0:
            near_seen, cluster = self._near(
                step.gist if step.result_class not in WAITS else None
            )  # a poll is near to nothing
            if len(self.visits) >= PAIRS_MAX:
                del self.visits[next(iter(self.visits))]
        self.visits[step.pair] = (min(seen + 1, 1 << 20) << 24) | cluster
        return seen, near_seen, cluster, stale

    def _near(self, gist: Gist | None) -> tuple[int, int]:
        """How often something near was seen, and its name; a gist without company founds a cluster of its own."""
        if gist is None:
            self.names = (self.names + 1) & 0xFFFFFF
            return 0, self.names
        key = (gist.tools, gist.entities)
        about = self.about.get(key, ())
        for cluster in reversed(about):
            known, times = self.clusters[cluster]
            if known.answer != gist.answer and (
                known.numbers != gist.numbers or not (known.words & gist.words or known.words == gist.words)
            ):
                continue  # `near` would say so: another answer, and no figure or no word in common
            if near(known, gist):
                del self.clusters[cluster]
                self.clusters[cluster] = (known, times + 1)
                self.about[key] = (*(c for c in about if c != cluster), cluster)
                return times, cluster
        self.names = (self.names + 1) & 0xFFFFFF
        self.clusters[self.names] = (gist, 1)
        self.about[key] = (*about, self.names)
        if len(self.clusters) > NEAR_MAX:
            self._forget_oldest()
        return 0, self.names

    def _forget_oldest(self) -> None:
        oldest = next(iter(self.clusters))
        gist, _ = self.clusters.pop(oldest)
        key = (gist.tools, gist.entities)
        rest = tuple(c for c in self.about[key] if c != oldest)
        if rest:
            self.about[key] = rest
        else:
            del self.about[key]

    def fresh(self, step: Step) -> bool:
        """Whether one of the step's lines was never seen; nothing is taken in."""
        bits = self.seen
        return bits is None or any(not bits[(x & (SEEN_BITS - 1)) >> 3] & (1 << (x & 7)) for x in step.lines)

    def _lines(self, step: Step) -> bool:
        """Whether nearly all lines were seen before; they count as seen from now on."""
        if not step.lines:
            return False
        bits = self.seen
        if bits is None:
            bits = self.seen = bytearray(SEEN_BITS // 8)
        new = 0
        for line in step.lines:
            at, bit = (line & (SEEN_BITS - 1)) >> 3, 1 << (line & 7)
            if not bits[at] & bit:
                new += 1
                bits[at] |= bit
        return new <= (0 if step.writes else STALE_SHARE * len(step.lines))
