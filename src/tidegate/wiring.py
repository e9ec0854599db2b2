"""The real world, built here and (simulated) in `sim`; nowhere else.

Everything that needs a clock, ids, a store or a model gets it from these functions.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from tidegate.admit.scheduling.plugin import PriorityInversion
from tidegate.check.constraints.confirmations import Confirmations
from tidegate.check.constraints.recorded import ConstraintsCheck
from tidegate.check.promptlint.plugin import PromptCheck
from tidegate.curate.harvest.plugin import HarvestCheck
from tidegate.readers.constraints_file import PolicyFile
from tidegate.readers.otlp import encode
from tidegate.runner.otlp_export import OtlpExporter
from tidegate.runner.watch import Found, Watch
from tidegate.settings import Settings, Store
from tidegate.spine.contracts import Check
from tidegate.spine.finding import Finding
from tidegate.spine.ports import Clock, Ids, StateStore
from tidegate.spine.trace import CallTrace
from tidegate.store.bodies import BodyPolicy, load_redactor
from tidegate.store.decisions import Recorded, read_decisions
from tidegate.store.findings import FindingBook, Sighting
from tidegate.store.follow import JournalFollower
from tidegate.store.journal import JournalWriter
from tidegate.store.keyring import KeyRing
from tidegate.store.keys import FileKeys
from tidegate.store.lake import LakeTraces
from tidegate.store.maintenance import Maintenance
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


def maintenance(settings: Settings) -> Maintenance:
    """The store's housekeeping for the control process: `start()` it, and `stop()` it at the end.

    Where `store.otlp_export` names a collector, every compacted trace is sent on to it.
    """
    url = settings.store.otlp_export
    exporter = OtlpExporter(url, encode).start() if url else None
    follower, watch = watcher(settings)
    return Maintenance(
        Path(settings.store.path),
        retention_days=settings.store.retention_days,
        tenants_days={t.name: t.retention_days for t in settings.tenants if t.retention_days is not None},
        keys=key_ring(settings.store),
        passing=exporter.put if exporter is not None else None,
        ready=follower.finished,
        watch=watch,
    )


def finding_book(store: Store) -> FindingBook:
    """What was found, in a store's state."""
    return FindingBook(state_store(store))


def confirmations(store: Store) -> Confirmations:
    """The tool calls that wait for a person, and what was answered."""
    state = state_store(store)
    return Confirmations(lambda: state)


def decisions(store: Store) -> Recorded:
    """Every decision of the constraints that a store holds, its chains verified."""
    return read_decisions(Path(store.path))


def checks(settings: Settings) -> tuple[Check, ...]:
    """The checks that run over live traffic, as the settings ask."""
    targets = {c.name: c.ttft_target_ms for c in settings.classes if c.ttft_target_ms is not None}
    found: list[Check] = [PromptCheck(), HarvestCheck(), PriorityInversion(targets)]
    if settings.constraints is not None:
        found.append(ConstraintsCheck(PolicyFile(Path(settings.constraints)).current()))
    return tuple(found)


def watcher(settings: Settings) -> tuple[JournalFollower, Callable[[], None]]:
    """Follows the journal and runs the checks: one pass a call.  Goes on where the last process stopped."""
    state = state_store(settings.store)
    kept = state.get("watch", "offsets") or {}
    follower = JournalFollower(Path(settings.store.path) / "journal", kept.get("offsets"))
    book = FindingBook(state)

    def found(out: list[Found]) -> None:
        book.note([
            Sighting(check=name, finding=about_tenant(finding, trace), trace_id=trace.trace_id,
                     tenant=trace.call.identity.tenant, at_s=trace.ended_at_s)
            for name, finding, trace in out
        ])  # fmt: skip

    watch = Watch(checks(settings), follower.fresh, found, skipped=lambda: follower.skipped)

    def run_pass() -> None:
        before = dict(follower.offsets)
        watch.run_pass()
        if follower.offsets != before:  # after the findings: a crash in between counts some twice, none never
            counts = dict(Counter(kept.get("counts") or {}) + watch.counts)
            state.put("watch", "offsets", {"offsets": follower.offsets, "counts": counts})

    return follower, run_pass


def about_tenant(finding: Finding, trace: CallTrace) -> Finding:
    """A finding about one call is filed under its tenant, so that a thousand of them are one record."""
    if finding.subject not in (trace.trace_id, trace.call.call_id):
        return finding
    return msgspec.structs.replace(finding, subject=f"tenant {trace.call.identity.tenant}")
