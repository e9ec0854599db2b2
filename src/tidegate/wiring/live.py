"""What runs beside the data path: the checks over live traffic, the store's housekeeping, calls that wait for a yes.

Apart from the rest of the wiring, since it loads every capability: whoever only reads the store does not pay for it.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from tidegate.admit.scheduling.plugin import PriorityInversion
from tidegate.check.constraints.calls.confirmations import Confirmations
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
from tidegate.spine.trace import CallTrace
from tidegate.store.findings import FindingBook, Sighting
from tidegate.store.follow import JournalFollower
from tidegate.store.maintenance import Maintenance
from tidegate.wiring import key_ring, state_store


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


def confirmations(store: Store) -> Confirmations:
    """The tool calls that wait for a person, and what was answered."""
    state = state_store(store)
    return Confirmations(lambda: state)


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
