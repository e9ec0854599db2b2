"""The real world, built here and (simulated) in `sim`; nowhere else.

Everything that needs a clock, ids, a store or a model gets it from these functions.
"""

import os
import time

from tidegate.spine.ports import Clock, Ids


class SystemClock:
    """The machine's clocks."""

    def now_s(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic_s(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


class RandomIds:
    """Ids from the operating system's randomness, 96 bits."""

    def fresh(self, kind: str) -> str:
        """`kind_` and 24 hex digits."""
        return f"{kind}_{os.urandom(12).hex()}"


def clock() -> Clock:
    """The real clock."""
    return SystemClock()


def ids() -> Ids:
    """Real ids."""
    return RandomIds()
