"""A heap whose keys may rise unnoticed: the smallest is always right, and rising costs nothing.

Counters of tenants rise with every token that streams, a thousand times more often than anybody
is picked.  So a rise is not pushed; an entry whose key is too small surfaces too early, is seen to
be stale and goes back with its true key.  A fall (a refund) must be pushed by `lower`.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")


class LazyHeap(Generic[T]):
    """Smallest item by `key(item)`; ties go to the item that was pushed first."""

    __slots__ = ("_heap", "_key", "_serial", "_valid")

    def __init__(self, key: Callable[[T], float]) -> None:
        self._key = key
        self._heap: list[tuple[float, int, T]] = []
        self._valid: dict[T, int] = {}
        self._serial = 0

    def __len__(self) -> int:
        return len(self._valid)

    def __contains__(self, item: T) -> bool:
        return item in self._valid

    def push(self, item: T) -> None:
        """Put an item in (again): its older entry, if any, is void."""
        self._serial += 1
        self._valid[item] = self._serial
        heappush(self._heap, (self._key(item), self._serial, item))
        if len(self._heap) > 64 + 4 * len(self._valid):
            self._heap = [(self._key(i), n, i) for i, n in self._valid.items()]
            heapify(self._heap)

    def lower(self, item: T) -> None:
        """The key of an item fell; items that are not in the heap are left alone."""
        if item in self._valid:
            self.push(item)

    def remove(self, item: T) -> None:
        """Take an item out, wherever it is."""
        self._valid.pop(item, None)

    def peek(self) -> T | None:
        """The smallest item, or None."""
        heap, valid = self._heap, self._valid
        while heap:
            key, serial, item = heap[0]
            if valid.get(item) != serial:
                heappop(heap)
                continue
            now = self._key(item)
            if now > key:  # rose unnoticed: keep its serial, so that ties stay in order of arrival
                heappop(heap)
                heappush(heap, (now, serial, item))
                continue
            return item
        return None

    def pop(self) -> T | None:
        """Take the smallest item out."""
        item = self.peek()
        if item is not None:
            heappop(self._heap)
            del self._valid[item]
        return item
