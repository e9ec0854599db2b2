"""The real world, built here and (simulated) in `sim`; nowhere else.

Everything that needs a clock, ids, a store or a model gets it from these functions.
"""

import os
import time
from pathlib import Path

from tidegate.settings import Settings, Store
from tidegate.spine.ports import Clock, Ids, StateStore
from tidegate.store.bodies import BodyPolicy, load_redactor
from tidegate.store.budgets import BudgetBook
from tidegate.store.decisions import Recorded, read_decisions
from tidegate.store.findings import FindingBook
from tidegate.store.journal import JournalWriter
from tidegate.store.keyring import KeyRing
from tidegate.store.keys import FileKeys
from tidegate.store.lake import LakeTraces
from tidegate.store.registry import open_state


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


def state_store(store: Store) -> StateStore:
    """The small durable state of a store: SQLite in its folder, or the PostgreSQL it names."""
    return open_state(Path(store.path), store.state)


def key_ring(store: Store) -> KeyRing:
    """Issues, rotates and revokes keys."""
    return KeyRing(state_store(store), Path(store.path))


def key_table(settings: Settings) -> FileKeys:
    """A worker's `KeyTable`; call its `poll()` about twice a second."""
    return FileKeys(Path(settings.store.path), classes={t.name: t.service_class for t in settings.tenants})


def add_key(folder: Path, tenant: str) -> str:
    """A fresh key of `tenant` in the store at `folder`; the only time it can be seen."""
    key, _ = key_ring(Store(path=str(folder))).add(tenant, time.time())
    return key


def body_policy(settings: Settings) -> BodyPolicy:
    """What may be written of calls, as the tenants' settings say."""
    return BodyPolicy(
        tenants={t.name: t.bodies for t in settings.tenants},
        body_bytes_max=settings.store.body_bytes_max,
        redact=load_redactor(settings.store.redact) if settings.store.redact else None,
    )


def trace_sink(settings: Settings, worker: str) -> JournalWriter:
    """A worker's `TraceSink`: call `start()` after the fork and `close()` at the end."""
    store = settings.store
    return JournalWriter(
        Path(store.path) / "journal",
        worker,
        policy=body_policy(settings),
        segment_bytes=store.journal_segment_bytes,
        flush_interval_ms=store.flush_interval_ms,
        fsync=store.journal_fsync,
    )


def trace_store(settings: Settings) -> LakeTraces:
    """The traces of a store, journal and Parquet as one."""
    return LakeTraces(Path(settings.store.path), policy=body_policy(settings))


def budget_book(store: Store) -> BudgetBook:
    """What capped runs and tenants have used."""
    return BudgetBook(Path(store.path), wait_s=10.0)


def finding_book(store: Store) -> FindingBook:
    """What was found, in a store's state."""
    return FindingBook(state_store(store))


def decisions(store: Store) -> Recorded:
    """Every decision of the constraints that a store holds, its chains verified."""
    return read_decisions(Path(store.path))
