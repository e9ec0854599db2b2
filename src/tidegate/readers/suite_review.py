"""Accept or reject cases that are new: the same steps for the command line and the console."""

from collections.abc import Sequence
from pathlib import Path

from tidegate.curate.harvest.suites.ledger import Action, Line, append, entry, standing
from tidegate.curate.harvest.suites.suite import Suite
from tidegate.readers.suite_files import read_suite, read_suite_ledger, remove_cases, write_ledger
from tidegate.spine.case import Case
from tidegate.spine.errors import InputError, nearest


def waiting(suite: Suite, lines: Sequence[Line]) -> list[Case]:
    """Cases that the ledger does not know yet."""
    said = standing(lines)
    return [c for c in suite.cases if c.case_id not in said]


def accept(folder: Path, case_ids: Sequence[str], *, owner: str, at: str) -> list[Case]:
    """Enter cases in the ledger."""
    lines = read_suite_ledger(folder)
    chosen = _chosen(waiting(read_suite(folder), lines), case_ids)
    write_ledger(folder, append(lines, [entry(c, at, owner=owner) for c in chosen]))
    return chosen


def reject(folder: Path, case_ids: Sequence[str], *, reason: str, owner: str, at: str) -> list[Case]:
    """Take cases out of the suite and write down why, so that they do not come back unseen."""
    suite = read_suite(folder)
    lines = read_suite_ledger(folder)
    chosen = _chosen(waiting(suite, lines), case_ids)
    fresh = [
        x
        for c in chosen
        for x in (
            entry(c, at, owner=owner),
            Line(action=Action.DELETE, case=c.case_id, at=at, reason=reason, owner=owner),
        )
    ]
    write_ledger(folder, append(lines, fresh))
    remove_cases([c.case_id for c in chosen], suite)
    return chosen


def rejected(lines: Sequence[Line]) -> dict[str, str]:
    """Cases that were deleted or rejected, with the reason: they are not to be collected again."""
    out: dict[str, str] = {}
    for line in lines:
        if line.action is Action.DELETE:
            out[line.case] = line.reason
        elif line.action is Action.ENTER:
            out.pop(line.case, None)
    return out


def _chosen(left: Sequence[Case], case_ids: Sequence[str]) -> list[Case]:
    if not case_ids:
        raise InputError("expected the ids of cases that wait for review")
    known = {c.case_id: c for c in left}
    for case_id in case_ids:
        if case_id not in known:
            raise InputError(f"no case {case_id!r} waits for review", remedy=nearest(case_id, known) if known else "")
    return [known[i] for i in case_ids]
