"""What was found, kept as small as it is useful: one record for each (check, rule, subject), however often it is seen.

A finding seen ten thousand times is one record with a count, its tenants, when it was first and last seen, and the
last traces that show it.  People move a record through `open`, `acknowledged`, `resolved` and `false_alarm`; each move
goes to an append-only ledger with who and why.  A resolved record that is seen again is open again and says so.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from tidegate.spine.codec import content_hash
from tidegate.spine.errors import InputError, nearest
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.ports import StateStore

KIND = "finding"
LEDGER = "finding-ledger"
TRACES_KEPT = 20
TENANTS_KEPT = 50


class FindingStatus(StrEnum):
    """Where a record stands; only people move it, except that a resolved one reopens when it is seen again."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"


class FindingRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that keeps being found.  Times are seconds of the world's clock; `finding` is as last seen."""

    finding_id: str
    check: str
    finding: Finding
    count: int = 0
    first_seen_s: float = 0.0
    last_seen_s: float = 0.0
    tenants: dict[str, int] = msgspec.field(default_factory=dict)
    traces: tuple[str, ...] = ()  # the last that show it, newest first
    status: FindingStatus = FindingStatus.OPEN
    reopened: int = 0


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """A finding in one trace of one tenant; both are empty where it is about an upstream, not a call."""

    check: str
    finding: Finding
    trace_id: str
    tenant: str
    at_s: float


def finding_id(check: str, finding: Finding) -> str:
    """The same check, rule and subject have the same id, today and on any machine."""
    digest = content_hash([check, finding.rule, finding.subject]).rpartition(":")[2]
    return f"find_{digest[:16]}"


def seen_again(record: FindingRecord | None, sighting: Sighting) -> FindingRecord:
    """The record after one more sighting.  Pure; the order of sightings matters only for what is shown as last."""
    known = record or FindingRecord(
        finding_id=finding_id(sighting.check, sighting.finding), check=sighting.check, finding=sighting.finding,
        first_seen_s=sighting.at_s, last_seen_s=sighting.at_s,
    )  # fmt: skip
    tenants = dict(known.tenants)
    if sighting.tenant and (sighting.tenant in tenants or len(tenants) < TENANTS_KEPT):
        tenants[sighting.tenant] = tenants.get(sighting.tenant, 0) + 1
    back = known.status is FindingStatus.RESOLVED
    traces = known.traces
    if sighting.trace_id:
        traces = (sighting.trace_id, *(t for t in known.traces if t != sighting.trace_id))[:TRACES_KEPT]
    latest = sighting.at_s >= known.last_seen_s
    return msgspec.structs.replace(
        known, finding=sighting.finding if latest else known.finding, count=known.count + 1,
        first_seen_s=min(known.first_seen_s, sighting.at_s), last_seen_s=max(known.last_seen_s, sighting.at_s),
        tenants=tenants, traces=traces, status=FindingStatus.OPEN if back else known.status,
        reopened=known.reopened + back,
    )  # fmt: skip


class FindingBook:
    """The records of a store."""

    def __init__(self, state: StateStore) -> None:
        self.state = state

    def note(self, sightings: list[Sighting]) -> int:
        """Take sightings in; one write a record, whatever their number.  Returns how many records changed."""
        changed: dict[str, FindingRecord] = {}
        for sighting in sightings:
            key = finding_id(sighting.check, sighting.finding)
            known = changed.get(key) or self.get(key)
            changed[key] = seen_again(known, sighting)
        for key, record in changed.items():
            self.state.put(KIND, key, msgspec.to_builtins(record))
        return len(changed)

    def get(self, key: str) -> FindingRecord | None:
        """One record."""
        document = self.state.get(KIND, key)
        return msgspec.convert(document, FindingRecord) if document is not None else None

    def records(
        self, *, status: FindingStatus | None = None, rule: str | None = None, check: str | None = None,
        tenant: str | None = None, severity: Severity | None = None,
    ) -> list[FindingRecord]:  # fmt: skip
        """Records that match, what may block first, then by how lately they were seen."""
        rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
        found = [
            r for r in (msgspec.convert(d, FindingRecord) for _, d in self.state.items(KIND))
            if status in (None, r.status) and rule in (None, r.finding.rule) and check in (None, r.check)
            and (tenant is None or tenant in r.tenants) and severity in (None, r.finding.severity)
        ]  # fmt: skip
        return sorted(found, key=lambda r: (rank[r.finding.severity], -r.last_seen_s, r.finding_id))

    def move(self, key: str, status: FindingStatus, *, by: str, reason: str, at_s: float) -> FindingRecord:
        """Change a record's status; who and why go to the ledger.  Raises InputError for an unknown record."""
        record = self.get(key)
        if record is None:
            known = [k for k, _ in self.state.items(KIND)]
            raise InputError(f"expected the id of a finding, got {key!r}", remedy=nearest(key, known))
        if not by.strip() or not reason.strip():
            raise InputError(f"expected who moves {key} to {status.value!r} and why", remedy="--by anna --reason …")
        moved = msgspec.structs.replace(record, status=status)
        self.state.append_log(LEDGER, {
            "finding_id": key, "from": record.status.value, "to": status.value,
            "by": by, "reason": reason, "at_s": at_s,
        })  # fmt: skip
        self.state.put(KIND, key, msgspec.to_builtins(moved))
        return moved

    def history(self, key: str) -> Iterator[dict[str, Any]]:
        """The ledger's entries of one record, oldest first."""
        return (entry for _, entry in self.state.read_log(LEDGER) if entry.get("finding_id") == key)


__all__ = ["FindingBook", "FindingRecord", "FindingStatus", "Sighting", "finding_id", "seen_again"]
