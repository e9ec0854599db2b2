"""The suite's ledger: every entry, promotion, loosening, quarantine and deletion, who wants it and why.

`suite/ledger.jsonl` lies beside the cases, one line an action, so that a loosened or deleted case shows in
the pull request's diff as a line with a reason and an owner.  Each line carries the hash of the one
before it: a line that was edited or taken out is found.  `audit` holds the suite against the
ledger: a case that vanished or was demoted without a line is an error that blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from tidegate.curate.harvest.suites.suite import Suite
from tidegate.spine.case import Case, CaseStatus
from tidegate.spine.codec import canonical_json, content_hash
from tidegate.spine.errors import InputError
from tidegate.spine.finding import Certainty, Finding, Severity, Where


class Action(StrEnum):
    """What can happen to a case."""

    ENTER = "enter"
    PROMOTE = "promote"
    REPLACE = "replace"  # its input or expectation was edited: it has another id from here on
    QUARANTINE = "quarantine"
    RESTORE = "restore"
    DELETE = "delete"


NEEDS_REASON = {Action.REPLACE, Action.QUARANTINE, Action.DELETE}
AFTER = {
    Action.ENTER: CaseStatus.KNOWN_FAILING, Action.PROMOTE: CaseStatus.BLOCKING,
    Action.QUARANTINE: CaseStatus.QUARANTINED, Action.RESTORE: CaseStatus.BLOCKING,
}  # fmt: skip


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One action on one case."""

    action: Action
    case: str
    at: str
    reason: str = ""
    owner: str = ""
    replaced_by: str | None = None
    status: CaseStatus | None = None  # where it enters with another status than known failing
    digest: str = ""  # of what the case must do: its expectation, so that loosening can be told from rewording
    before: str = ""  # hash of the line before


def read_ledger(text: str, name: str) -> tuple[Line, ...]:
    """The lines of a ledger, their chain checked; raises InputError naming the line that does not follow."""
    lines: list[Line] = []
    last = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        try:
            line = msgspec.json.decode(raw, type=Line)
        except msgspec.MsgspecError as error:
            raise InputError(f"expected a line of the ledger: {error}", where=f"{name}:{number}") from error
        if line.before != last:
            raise InputError(
                "this line does not follow the one before it: a line was edited, moved or taken out",
                where=f"{name}:{number}",
                remedy="restore it from version control; after a merge run `tidegate harvest ledger rechain`",
            )
        lines.append(line)
        last = _hash(line)
    return tuple(lines)


def _hash(line: Line) -> str:
    return content_hash(line)[7:23]


def append(lines: Sequence[Line], new: Iterable[Line]) -> tuple[Line, ...]:
    """The ledger with lines added, each chained to the one before; refuses a loosening without reason or owner."""
    out = list(lines)
    for line in new:
        if line.action in NEEDS_REASON and not (line.reason.strip() and line.owner.strip()):
            raise InputError(f"to {line.action.value} the case {line.case} needs a reason and an owner",
                             remedy="add --reason and --owner")  # fmt: skip
        out.append(msgspec.structs.replace(line, before=_hash(out[-1]) if out else ""))
    return tuple(out)


def rechain(text: str, name: str) -> tuple[Line, ...]:
    """The lines in order of time with a fresh chain: after two branches were merged."""
    rows = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if raw.strip() and not raw.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            try:
                rows.append(msgspec.json.decode(raw, type=Line))
            except msgspec.MsgspecError as error:
                raise InputError(f"expected a line of the ledger: {error}", where=f"{name}:{number}") from error
    fresh = sorted(
        {canonical_json(msgspec.structs.replace(r, before="")): r for r in rows}.values(), key=lambda r: r.at
    )
    return append((), fresh)


def dump_ledger(lines: Iterable[Line]) -> str:
    """One JSON object a line."""
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)


def standing(lines: Iterable[Line]) -> dict[str, CaseStatus]:
    """What the ledger says of every case that should be in the suite."""
    out: dict[str, CaseStatus] = {}
    for line in lines:
        if line.action is Action.DELETE:
            out.pop(line.case, None)
        elif line.action is Action.REPLACE:
            was = out.pop(line.case, CaseStatus.KNOWN_FAILING)
            if line.replaced_by:
                out[line.replaced_by] = line.status or was
        else:
            out[line.case] = line.status or AFTER[line.action]
    return out


def expectation_digest(case: Case) -> str:
    """A short hash of what the case must do."""
    return content_hash(list(case.expect))[7:19]


def entry(case: Case, at: str, *, owner: str = "", reason: str = "") -> Line:
    """The line with which a case enters the suite."""
    status = None if case.status is CaseStatus.KNOWN_FAILING else case.status
    return Line(action=Action.ENTER, case=case.case_id, at=at, owner=owner or case.provenance.owner or "",
                reason=reason, status=status, digest=expectation_digest(case))  # fmt: skip


def audit(suite: Suite, lines: Sequence[Line], name: str) -> tuple[Finding, ...]:
    """What the suite and its ledger do not agree on; errors where a promise was taken back in silence."""
    said = standing(lines)
    cases = suite.by_id()
    digests = {line.case: line.digest for line in lines if line.digest}
    gone = [i for i in said if i not in cases]
    fresh = [c for i, c in cases.items() if i not in said]
    found = [_gone(i, said[i], fresh, digests, name) for i in gone]
    for case_id, status in said.items():
        case = cases.get(case_id)
        if case is not None and case.status is not status:
            found.append(_changed(case, status, suite.places.get(case_id)))
    for case in fresh:
        where = suite.places.get(case.case_id)
        found.append(Finding(
            rule="case-not-entered", severity=Severity.NOTE, subject=case.case_id, where=_where(where),
            message="this case is new: the ledger does not know it yet", evidence={"certainty": Certainty.PROVED.value},
            suggestion="`tidegate harvest ledger sync` enters it",
        ))  # fmt: skip
    return tuple(found)


def _where(place: tuple[str, int] | None) -> Where:
    return Where(file=place[0], line=place[1]) if place else Where()


def _gone(case_id: str, status: CaseStatus, fresh: Sequence[Case], digests: Mapping[str, str], name: str) -> Finding:
    blocking = status is not CaseStatus.KNOWN_FAILING
    alike = [c.case_id for c in fresh if expectation_digest(c) == digests.get(case_id)]
    evidence: dict[str, Any] = {"certainty": Certainty.PROVED.value, "status": status.value}
    words = f"this {status.value.replace('_', ' ')} case is no longer in the suite and the ledger gives no reason"
    if alike:
        evidence["same_expectation"] = alike
        words += f" (its expectation lives on in {alike[0]})"
    return Finding(
        rule="case-vanished", severity=Severity.ERROR if blocking else Severity.WARNING, subject=case_id,
        where=Where(file=name), message=words, evidence=evidence,
        suggestion=f"put it back, or say why: `tidegate harvest ledger delete {case_id} --reason … --owner …`",
    )  # fmt: skip


def _changed(case: Case, said: CaseStatus, place: tuple[str, int] | None) -> Finding:
    weaker = said is CaseStatus.BLOCKING
    return Finding(
        rule="case-loosened" if weaker else "status-changed", severity=Severity.ERROR if weaker else Severity.WARNING,
        subject=case.case_id, where=_where(place),
        message=f"the file says {case.status.value}, the ledger {said.value}: nobody gave a reason",
        evidence={"certainty": Certainty.PROVED.value},
        suggestion="change it with `tidegate harvest retire`, `restore` or `run --promote`, which write the ledger",
    )  # fmt: skip
