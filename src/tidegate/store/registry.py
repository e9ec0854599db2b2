"""Every backend there is, by name: what `wiring` opens, and what the contract suites walk."""

from collections.abc import Callable
from pathlib import Path

from tidegate.spine.errors import SettingError, nearest
from tidegate.spine.ports import StateStore, TraceStore
from tidegate.store.lake import LakeTraces
from tidegate.store.memory import MemoryState, MemoryTraces
from tidegate.store.postgres import PostgresState
from tidegate.store.state import SqliteState

# From (folder of the store, reference in the configuration) to an open store.
STATE_BACKENDS: dict[str, Callable[[Path, str], StateStore]] = {
    "sqlite": lambda folder, _: SqliteState(folder / "state.db"),
    "postgresql": lambda _, reference: PostgresState(reference),
    "memory": lambda _, __: MemoryState(),
}

# From the folder of the store to an open one.
TRACE_BACKENDS: dict[str, Callable[[Path], TraceStore]] = {
    "lake": LakeTraces,
    "memory": lambda _: MemoryTraces(),
}


def open_state(folder: Path, reference: str = "sqlite") -> StateStore:
    """The state store a configuration names: `sqlite`, or `postgresql://user@host/database`."""
    name = reference.partition(":")[0]
    name = {"postgres": "postgresql"}.get(name, name)
    if name not in STATE_BACKENDS:
        raise SettingError(
            f"expected a state store, got {name!r}", where="store.state", remedy=nearest(name, STATE_BACKENDS)
        )
    return STATE_BACKENDS[name](folder, reference)
