"""`tidegate constraints decisions`: what was allowed, asked and refused in flight, by which rule, and why."""

from pathlib import Path
from typing import NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.check.constraints.record import Entry
from tidegate.cli.constraints_inputs import json_option
from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.readers.moments import iso
from tidegate.spine.answer import Answer
from tidegate.spine.finding import Certainty, Finding, Severity, Where
from tidegate.spine.gate import verdict_of_findings
from tidegate.wiring import decisions

STYLE = {"allow": "green", "ask": "yellow", "deny": "red", "refuse": "red", "withheld": "yellow", "redact": "yellow",
         "block": "red", "changed": "yellow"}  # fmt: skip


@click.command("decisions")
@click.option("--decision", default=None, help="Only allow, ask, deny, refuse, redact, block, withheld or changed.")
@click.option("--rule", default=None, help="Only what this rule decided.")
@click.option("--tool", default=None, help="Only calls of this tool.")
@click.option("--tenant", default=None, help="Only this tenant's.")
@click.option("--limit", type=int, default=100, show_default=True, help="At most so many, the newest.")
@store_options
@json_option
def command(
    decision: str | None, rule: str | None, tool: str | None, tenant: str | None, limit: int, store: Path | None,
    config: Path | None, as_json: bool,
) -> NoReturn:  # fmt: skip
    """List the decision record, and check that nothing in it was removed, altered or reordered.

    Fails where a chain is broken: each entry names the one before it.

    Example: tidegate constraints decisions --decision deny --json
    """
    recorded = decisions(existing(store, config).store)
    found = [
        e for e in recorded.entries
        if decision in (None, e.decision) and (rule is None or rule in e.rules) and tool in (None, e.subject)
        and tenant in (None, e.tenant)
    ]  # fmt: skip
    shown = found[-limit:] if limit > 0 else found
    findings = tuple(
        Finding(rule="record-broken", severity=Severity.ERROR, subject="decision record", where=_where(place),
                message="an entry was removed, altered or reordered here",
                evidence={"certainty": Certainty.PROVED.value})
        for place in recorded.broken
    )  # fmt: skip
    fields = {"decisions": [msgspec.to_builtins(e) for e in shown], "matching": len(found),
              "recorded": len(recorded.entries), "torn_lines": recorded.torn}  # fmt: skip
    verdict = verdict_of_findings(findings)
    answer = Answer(verb="constraints decisions", verdict=verdict, findings=findings, fields=fields)
    emit(answer, as_json=as_json, words=lambda c: show(c, shown, len(found), len(recorded.entries)))


def _where(place: str) -> Where:
    file, _, line = place.rpartition(":")
    return Where(file=file, line=int(line))


def show(console: Console, shown: list[Entry], matching: int, recorded: int) -> None:
    """The newest decisions, oldest of them first."""
    if not recorded:
        console.print("no decision is recorded yet: `tidegate serve` with `constraints:` records every one")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("when (UTC)", "tenant", "where", "what", "decision", "rules", "why"):
        table.add_column(column, no_wrap=column in ("when (UTC)", "decision"))
    for e in shown:
        said = f"[{STYLE.get(e.decision, 'white')}]{escape(e.decision)}[/]"
        table.add_row(iso(e.at_s)[:19], escape(e.tenant), e.hook, escape(e.subject), said, escape(", ".join(e.rules)),
                      escape(e.reason))  # fmt: skip
    console.print(table)
    console.print(f"{len(shown)} shown of {matching} that match, {recorded} recorded", style="dim", highlight=False)
