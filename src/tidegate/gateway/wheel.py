"""Deadlines of thousands of connections on one timer.

A timer object per call would cost more than all the parsing.  Here every connection says when
it wants to be looked at next; connections due in the same twentieth of a second share a bucket,
and one repeating timer empties the buckets.  When something happens on a connection its
deadline usually moves *later*: that costs nothing, as the connection is looked at when its
bucket comes and answers with its next time.  Only a deadline that moves *earlier* than the next
look is entered anew (the older entry is passed over when it comes up).
"""

import asyncio
import math
from collections.abc import Callable
from typing import Protocol

GRAIN_S = 0.05
FAR_S = 3600.0  # a connection without a deadline is looked at once an hour


class Watched(Protocol):
    """Something with deadlines."""

    look_s: float  # when the wheel looks next; owned by the wheel

    def look(self, now_s: float) -> float:
        """Act on deadlines that passed; returns when to look again (inf: never)."""
        ...


class Wheel:
    """All deadlines of one worker; `now_s` is the loop's time, coarse to one grain."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.now_s = loop.time()
        self._buckets: dict[int, list[Watched]] = {}
        self._done = math.floor(self.now_s / GRAIN_S)
        self._timer: asyncio.TimerHandle | None = None
        self.ticks: list[Callable[[float], None]] = []  # called every grain

    def start(self) -> None:
        """Begin to turn."""
        self._timer = self.loop.call_later(GRAIN_S, self._turn)

    def stop(self) -> None:
        """Stop turning."""
        if self._timer is not None:
            self._timer.cancel()

    def arm(self, watched: Watched, due_s: float) -> None:
        """Look at `watched` no later than a grain after `due_s`."""
        if due_s < watched.look_s:
            self._enter(watched, due_s)

    def _enter(self, watched: Watched, due_s: float) -> None:
        slot = max(math.ceil(min(due_s, self.now_s + FAR_S) / GRAIN_S), self._done + 1)
        watched.look_s = slot * GRAIN_S
        self._buckets.setdefault(slot, []).append(watched)

    def _turn(self) -> None:
        now_s = self.now_s = self.loop.time()
        self._timer = self.loop.call_later(GRAIN_S, self._turn)
        reached = math.floor(now_s / GRAIN_S)
        for tick in self.ticks:
            tick(now_s)
        if reached - self._done > len(self._buckets):  # the loop slept long: visit only what exists
            slots = sorted(s for s in self._buckets if s <= reached)
        else:
            slots = [s for s in range(self._done + 1, reached + 1) if s in self._buckets]
        self._done = reached
        for slot in slots:
            at_s = slot * GRAIN_S
            for watched in self._buckets.pop(slot):
                if watched.look_s != at_s:
                    continue  # entered anew since, for an earlier time
                watched.look_s = math.inf
                next_s = watched.look(now_s)
                if next_s < watched.look_s and next_s != math.inf:
                    self._enter(watched, next_s)
