"""Every backend there is, by name: what `wiring` opens, and what the contract suites walk."""

from collections.abc import Callable
from pathlib import Path

from tidegate.spine.ports import TraceStore
from tidegate.store.lake import LakeTraces
from tidegate.store.memory import MemoryTraces
from tidegate.store.states import STATE_BACKENDS, open_state

__all__ = ["STATE_BACKENDS", "TRACE_BACKENDS", "open_state"]

# From the folder of the store to an open one.
TRACE_BACKENDS: dict[str, Callable[[Path], TraceStore]] = {
    "lake": LakeTraces,
    "memory": lambda _: MemoryTraces(),
}
