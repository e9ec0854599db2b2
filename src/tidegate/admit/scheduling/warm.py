"""Among replicas: the one that has the prefix of a request warm, unless it is much fuller than the emptiest.

So a conversation stays where it was computed, while a prefix that everybody shares warms all replicas instead of
filling one.  This decides only *where* a request goes; *who* is next was decided before, inside credit, and no
bound depends on it.
"""

from collections import OrderedDict
from collections.abc import Sequence

from tidegate.admit.scheduling.window import Window

LEAN = 0.25  # of an engine: how much fuller than the emptiest a warm replica may be
KEPT = 4_096  # prefixes remembered a group


class Warm:
    """Which replicas computed a prefix lately, by its key; a model of their caches, not their word."""

    def __init__(self) -> None:
        self._where: OrderedDict[int, tuple[str, ...]] = OrderedDict()

    def at(self, key: int) -> tuple[str, ...]:
        """Replicas that have it, latest first."""
        return self._where.get(key, ())

    def computed(self, key: int, engine: str) -> None:
        """This prefix was sent there."""
        where = self._where.get(key, ())
        if not where or where[0] != engine:
            self._where[key] = (engine, *(n for n in where if n != engine))
        self._where.move_to_end(key)
        if len(self._where) > KEPT:
            self._where.popitem(last=False)

    def lost(self, engine: str) -> None:
        """A replica went down: what it kept is gone."""
        for key, where in list(self._where.items()):
            if engine in where:
                self._where[key] = tuple(n for n in where if n != engine)


def in_order(windows: Sequence[Window], warm: tuple[str, ...]) -> Sequence[Window]:
    """Replicas in the order in which one request should try them: warm ones that are not much fuller, then by load."""
    loads = sorted([(w.load, i) for i, w in enumerate(windows)])
    if warm:
        most = loads[0][0] + LEAN
        loads.sort(key=lambda x: 0 if x[0] <= most and windows[x[1]].rule.name in warm else 1)
    return [windows[i] for _, i in loads]
