"""`tidegate harvest ledger`: who entered, loosened or deleted which case, and why."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.cli.output import emit
from tidegate.curate.harvest.suites.ledger import Action, Line, append, audit, entry, rechain, standing
from tidegate.readers.suite_files import (
    ledger_path,
    read_suite,
    read_suite_ledger,
    remove_cases,
    write_cases,
    write_ledger,
)  # fmt: skip
from tidegate.spine.answer import Answer
from tidegate.spine.case import CaseStatus
from tidegate.spine.errors import InputError, nearest
from tidegate.spine.gate import verdict_of_findings

ACTIONS = ("show", "sync", "delete", "quarantine", "restore", "replace", "rechain")


@click.command("ledger")
@click.argument("action", type=click.Choice(ACTIONS), default="show")
@click.argument("cases", nargs=-1)
@click.option("--suite", "folder", type=click.Path(path_type=Path), default="suite", show_default=True)
@click.option("--reason", default="", help="Why: needed to loosen, quarantine or delete.")
@click.option("--owner", default="", help="Who wants it: needed to loosen, quarantine or delete.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(action: str, cases: tuple[str, ...], folder: Path, reason: str, owner: str, as_json: bool) -> NoReturn:
    """Show the ledger and hold the suite against it; or write a line: a case is a promise.

    sync enters new cases · delete and quarantine take cases out · restore brings them back · replace OLD NEW says
    that an edited case takes the place of another · rechain mends the chain after a merge.

    Example: tidegate harvest ledger show --suite suite
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    path = ledger_path(folder)
    if action == "rechain":
        lines = rechain(path.read_text(encoding="utf-8") if path.exists() else "", str(path))
        write_ledger(folder, lines)
    suite = read_suite(folder)
    lines = read_suite_ledger(folder)
    known = suite.by_id()
    said = standing(lines)
    if action == "sync":
        lines = append(lines, [entry(c, at, owner=owner, reason=reason) for i, c in known.items() if i not in said])
    elif action == "replace":
        if len(cases) != 2:
            raise InputError(f"expected two case ids, the old and the new, got {len(cases)}")
        _must_exist(cases[1:], known)
        change = Line(action=Action.REPLACE, case=cases[0], replaced_by=cases[1], at=at, reason=reason, owner=owner,
                      status=known[cases[1]].status)  # fmt: skip
        lines = append(lines, [change])
    elif action in ("delete", "quarantine", "restore"):
        if not cases:
            raise InputError(f"expected the ids of cases to {action}")
        if action != "delete":
            _must_exist(cases, known)
        else:
            _must_exist(cases, {**known, **dict.fromkeys(said)})
        lines = append(lines, [Line(action=Action(action), case=i, at=at, reason=reason, owner=owner) for i in cases])
    if action not in ("show", "rechain"):
        write_ledger(folder, lines)
    if action == "delete":
        remove_cases(cases, suite)
    elif action in ("quarantine", "restore"):
        status = CaseStatus.QUARANTINED if action == "quarantine" else CaseStatus.BLOCKING
        write_cases(folder, [msgspec.structs.replace(known[i], status=status) for i in cases], suite)
    suite = read_suite(folder)
    findings = audit(suite, lines, str(path))
    fields = {"lines": len(lines), "ledger": [msgspec.to_builtins(x) for x in lines[-200:]]}
    answer = Answer(verb="harvest ledger", verdict=verdict_of_findings(findings), findings=findings, fields=fields)
    emit(answer, as_json=as_json, words=lambda console: _show(console, lines))


def _must_exist(cases: tuple[str, ...], known: object) -> None:
    for case_id in cases:
        if case_id not in known:  # type: ignore[operator]
            raise InputError(f"there is no case {case_id!r}", remedy=nearest(case_id, known))  # type: ignore[arg-type]


def _show(console: Console, lines: tuple[Line, ...]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("when", "what", "case", "who", "why"):
        table.add_column(name)
    for line in lines[-40:]:
        case = f"{line.case[:13]} → {line.replaced_by[:13]}" if line.replaced_by else line.case[:13]
        table.add_row(line.at[:16], line.action.value, case, escape(line.owner), escape(line.reason))
    console.print(table)
