"""`tidegate findings`: what checks found on live traffic, one record for each thing that keeps being found."""

import time
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.readers.moments import iso
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.gate import Verdict
from tidegate.store.findings import FindingBook, FindingRecord, FindingStatus
from tidegate.wiring import finding_book

STATUSES = [s.value for s in FindingStatus]
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group("findings")
def command() -> None:
    """What checks found on live traffic.  A running gateway checks each new call, beside the data path.

    Example: tidegate findings list --status open
    """


def opened(store: Path | None, config: Path | None) -> FindingBook:
    """The records of a store; a folder that is none is refused by name."""
    return finding_book(existing(store, config, state_only=True).store)


@command.command("list")
@click.option("--status", type=click.Choice(STATUSES), default=None)
@click.option("--severity", type=click.Choice([s.value for s in Severity]), default=None)
@click.option("--rule", default=None)
@click.option("--check", default=None, help="The check that found it.")
@click.option("--tenant", default=None)
@store_options
@json_option
def list_findings(
    status: str | None, severity: str | None, rule: str | None, check: str | None, tenant: str | None,
    store: Path | None, config: Path | None, as_json: bool,
) -> NoReturn:  # fmt: skip
    """Records, what may block first; exit code 1 where an open one is an error.

    Example: tidegate findings list --status open --severity error
    """
    found = opened(store, config).records(
        status=FindingStatus(status) if status else None, rule=rule, check=check, tenant=tenant,
        severity=Severity(severity) if severity else None,
    )  # fmt: skip
    blocking = any(r.status is FindingStatus.OPEN and r.finding.severity is Severity.ERROR for r in found)
    answer = Answer(verb="findings list", verdict=Verdict.FAIL if blocking else Verdict.PASS,
                    findings=tuple(r.finding if as_json else for_people(r) for r in found),
                    fields={"records": [msgspec.to_builtins(r) for r in found]})  # fmt: skip
    emit(answer, as_json=as_json)


def for_people(record: FindingRecord) -> Finding:
    """The finding with its record's id in front and how often and when it was seen behind."""
    back = f", came back {record.reopened}×" if record.reopened else ""
    seen = f"(seen {record.count:,}×, last {iso(record.last_seen_s)[:19]}, {record.status.value}{back})"
    finding = record.finding
    return msgspec.structs.replace(
        finding, subject=f"{record.finding_id} {finding.subject}", message=f"{finding.message} {seen}", where=Where()
    )


@command.command("show")
@click.argument("finding_id")
@store_options
@json_option
def show_finding(finding_id: str, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """One record: what, since when, for whom, the traces that show it, and who moved it.

    Example: tidegate findings show find_0123456789abcdef
    """
    book = opened(store, config)
    record = book.get(finding_id)
    if record is None:
        raise InputError(f"expected the id of a finding, got {finding_id!r}", remedy="tidegate findings list")
    history = list(book.history(finding_id))
    fields = {"record": msgspec.to_builtins(record), "history": history}
    answer = Answer(verb="findings show", verdict=Verdict.PASS, fields=fields)
    emit(answer, as_json=as_json, judges=False, words=lambda console: describe(console, record, history))


def describe(console: Console, r: FindingRecord, history: list[dict[str, Any]]) -> None:
    """The record in words."""
    console.print(
        f"[bold]{escape(r.finding.rule)}[/] {escape(r.finding.subject)}: {escape(r.finding.message)}", highlight=False
    )
    tenants = ", ".join(f"{t} ({n:,})" for t, n in r.tenants.items())
    when = f"first {iso(r.first_seen_s)}, last {iso(r.last_seen_s)}"
    console.print(f"found by {escape(r.check)} {r.count:,} times, {when}; tenants: {escape(tenants)}", highlight=False)
    if r.finding.suggestion:
        console.print(f"→ {escape(r.finding.suggestion)}", highlight=False)
    console.print(f"traces: {', '.join(r.traces[:5])}   (tidegate traces show ID)", highlight=False)
    console.print(f"status: {r.status.value}", highlight=False)
    for move in history:
        console.print(f"  {iso(move['at_s'])}  {move['from']} → {move['to']} by {escape(move['by'])}: "
                      f"{escape(move['reason'])}", highlight=False)  # fmt: skip


@command.command("move")
@click.argument("finding_id")
@click.argument("status", type=click.Choice(STATUSES))
@click.option("--by", required=True, help="Who decides.")
@click.option("--reason", required=True, help="Why; kept in the ledger.")
@store_options
@json_option
def move_finding(
    finding_id: str, status: str, by: str, reason: str, store: Path | None, config: Path | None, as_json: bool
) -> NoReturn:
    """Acknowledge, resolve, reopen, or call it a false alarm.  A resolved one that is seen again opens by itself.

    Example: tidegate findings move find_0123456789abcdef resolved --by anna --reason "prompt fixed in 4f2a"
    """
    record = opened(store, config).move(finding_id, FindingStatus(status), by=by, reason=reason, at_s=time.time())
    answer = Answer(verb="findings move", verdict=Verdict.PASS, fields={"record": msgspec.to_builtins(record)})
    emit(answer, as_json=as_json,
         words=lambda console: console.print(f"{finding_id} is {record.status.value}", highlight=False))  # fmt: skip
