"""The constraints in a worker: the guard of a policy file, with its revocations, record and waiting calls.

Apart from `serving`, which loads it only where `constraints` is configured.
"""

import functools
import time
from pathlib import Path

from tidegate.check.constraints.calls.confirmations import Confirmations
from tidegate.check.constraints.plugin import ConstraintsGuard
from tidegate.readers.constraints_file import PolicyFile
from tidegate.settings import Settings
from tidegate.store.decisions import DecisionJournal
from tidegate.store.revocations import FileRevocations
from tidegate.store.states import LateState, open_state


def constraints_guard(settings: Settings) -> ConstraintsGuard:
    """The guard of the configured policy file; raises SettingError where the file is none."""
    assert settings.constraints is not None
    policy = PolicyFile(Path(settings.constraints))
    store = Path(settings.store.path)
    return ConstraintsGuard(
        policy.current, revocations=FileRevocations(store), record=decision_journal(store),
        confirmations=Confirmations(late_state(store, settings.store.state)), clock=time.time,
    )  # fmt: skip


@functools.cache
def decision_journal(store: Path) -> DecisionJournal:
    """One a store and process, whatever is reloaded: a new guard goes on in the same file."""
    return DecisionJournal(store)


@functools.cache
def late_state(store: Path, reference: str) -> LateState:
    """The state of a store for this process; a worker may wait for a lock only shortly, all its calls wait with it."""
    return LateState(lambda: open_state(store, reference, wait_s=0.5))
