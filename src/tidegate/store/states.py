"""The state backends by name, and a state store that is opened when it is first needed.

Apart from `registry` because a gateway worker opens state too, and must not load the trace store.
"""

import os
from collections.abc import Callable
from pathlib import Path

from tidegate.spine.errors import SettingError, nearest
from tidegate.spine.ports import StateStore
from tidegate.store.memory import MemoryState
from tidegate.store.postgres import PostgresState
from tidegate.store.state import SqliteState

# From the folder of the store, the reference in the configuration and the seconds to wait for a lock to an open store.
STATE_BACKENDS: dict[str, Callable[..., StateStore]] = {
    "sqlite": lambda folder, _, wait_s=10.0: SqliteState(folder / "state.db", busy_timeout_s=wait_s),
    "postgresql": lambda _, reference, **__: PostgresState(reference),
    "memory": lambda _, __, **___: MemoryState(),
}


def open_state(folder: Path, reference: str = "sqlite", *, wait_s: float = 10.0) -> StateStore:
    """The state store a configuration names: `sqlite`, or `postgresql://user@host/database`."""
    name = reference.partition(":")[0]
    name = {"postgres": "postgresql"}.get(name, name)
    if name not in STATE_BACKENDS:
        raise SettingError(
            f"expected a state store, got {name!r}", where="store.state", remedy=nearest(name, STATE_BACKENDS)
        )
    return STATE_BACKENDS[name](folder, reference, wait_s=wait_s)


class LateState:
    """Call it for the store: opened once a process, in the process that needs it.

    A database connection must not cross a fork, and a worker that never asks should not hold one.
    """

    def __init__(self, open_it: Callable[[], StateStore]) -> None:
        self._open = open_it
        self._state: StateStore | None = None
        self._pid = 0

    def __call__(self) -> StateStore:
        """The open store; raises what opening raises, and tries again the next time."""
        if self._state is None or self._pid != os.getpid():
            self._state = self._open()
            self._pid = os.getpid()
        return self._state
