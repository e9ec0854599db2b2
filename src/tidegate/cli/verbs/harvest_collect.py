# ruff: noqa: E501 (option helps read better whole)
"""`tidegate harvest collect`: failures of the trace store, or of files, become scrubbed cases of the suite."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.cli.verbs.harvest_detect import EMBEDDERS, read_conversations, similarity
from tidegate.curate.harvest.capture.harvesting import Harvested, harvest
from tidegate.curate.harvest.plugin import HarvestCurator
from tidegate.curate.harvest.scrubbing.scrub import Scrubber
from tidegate.curate.harvest.signals.detect import findings_of
from tidegate.curate.harvest.signals.implicit import Similar
from tidegate.curate.harvest.suites.ledger import append, entry
from tidegate.readers.moments import moment_s
from tidegate.readers.suite_files import read_suite, read_suite_ledger, write_cases, write_ledger
from tidegate.spine.answer import Answer
from tidegate.spine.case import Case
from tidegate.spine.estimate import Measure
from tidegate.spine.feedback import with_feedback
from tidegate.spine.finding import Finding
from tidegate.spine.gate import Verdict
from tidegate.stats.intervals import proportion
from tidegate.stats.late import late

if TYPE_CHECKING:
    from tidegate import wiring
else:
    wiring = late("tidegate.wiring")  # a second of imports that `--help` does not need


@click.command("collect")
@click.argument("files", nargs=-1)
@click.option("--suite", type=click.Path(path_type=Path, file_okay=False), default=Path("suite"), show_default=True,
              help="Folder that the cases are written to.")  # fmt: skip
@click.option("--since", default=None, metavar="MOMENT", help="Only traces since then: 2h, 7d, today, 2026-11-02.")
@click.option("--tenant", default=None, help="Only this tenant's traces.")
@click.option("--owner", default="", help="Who answers for the new cases; goes into the ledger.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, write nothing.")
@click.option("--embedder", "embedder_name", type=click.Choice(EMBEDDERS), default="auto", show_default=True)
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(files: tuple[str, ...], suite: Path, since: str | None, tenant: str | None, owner: str, dry_run: bool,
            embedder_name: str, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:  # fmt: skip
    """Make cases of production failures: noticed, cut out, scrubbed, and proved to fail, with no model asked.

    Reads the trace store, or FILES with conversations (as `harvest detect` does; a record may also
    hold `feedback`, `expected_actions`, `expected_state`).  New cases are known failing: reported,
    not blocking, until they pass once.  Exit code 0 when all failures found became cases, 3 when some
    stayed reports.

    Example: tidegate harvest collect --since 1d --suite suite
    """
    similar = similarity(embedder_name)
    sources = _files(files, similar) if files else _traces(store, config, since, tenant, similar)
    known = read_suite(suite) if suite.is_dir() else None
    held = known.by_id() if known is not None else {}
    fresh: dict[str, Case] = {}
    rows: list[dict[str, Any]] = []
    findings: list[Finding] = []
    counts: Counter[str] = Counter()
    for where, harvested in sources:
        counts["seen"] += 1
        if harvested is None:
            counts["bodies not kept"] += 1
            continue
        failed = bool(harvested.detection.failed)
        counts["failed"] += failed
        case = harvested.case
        if case is None:
            if failed:
                counts["reports"] += 1
                rows.append(_row(where, harvested, ""))
                findings += findings_of(harvested.detection, where)
            continue
        state = "known" if case.case_id in held else "again" if case.case_id in fresh else "new"
        counts[state] += 1
        fresh.setdefault(case.case_id, case) if state == "new" else None
        rows.append(_row(where, harvested, state))
    written: list[Path] = []
    if fresh and not dry_run:
        written = write_cases(suite, fresh.values(), known)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        lines = append(
            read_suite_ledger(suite), [entry(c, at, owner=owner, reason="harvested") for c in fresh.values()]
        )
        written.append(write_ledger(suite, lines))
    made = counts["new"] + counts["again"] + counts["known"]
    measures = (Measure(name="failures that became cases", value=proportion((made, counts["failed"]))),)
    verdict = Verdict.UNDECIDED if counts["reports"] or not counts["seen"] else Verdict.PASS
    fields = {"counts": dict(counts), "cases": rows, "written": [str(p) for p in written], "dry_run": dry_run}
    answer = Answer(
        verb="harvest collect",
        verdict=verdict,
        findings=tuple(findings) if as_json else (),
        measures=measures,
        fields=fields,
    )
    emit(answer, as_json=as_json, words=lambda console: say(console, rows, counts, written, suite, dry_run))


def _row(where: str, harvested: Harvested, state: str) -> dict[str, Any]:
    d, case = harvested.detection, harvested.case
    return {
        "from": where, "failing_turn": d.failing_turn, "signal": d.signal.value if d.signal else None, "mode": d.mode,
        "case": case.case_id if case else None, "state": state or "report", "oracles": [e["oracle"] for e in case.expect] if case else [],
        "reason": harvested.reason or None, "removed": dict(harvested.removed), "cut": list(harvested.cut),
    }  # fmt: skip


def _files(files: tuple[str, ...], similar: Similar) -> Iterator[tuple[str, Harvested | None]]:
    for where, row in read_conversations(files):
        record = {**row, "messages": row.get("messages", row.get("traj"))}
        name = str(row.get("id") or row.get("trace_id") or where)
        tenant, seen = row.get("tenant"), row.get("at") or row.get("time")
        yield name, harvest(record, trace_id=name, tenant=tenant if isinstance(tenant, str) else None,
                            seen=seen if isinstance(seen, str) else None, similar=similar)  # fmt: skip


def _traces(
    store: Path | None, config: Path | None, since: str | None, tenant: str | None, similar: Similar
) -> Iterator[tuple[str, Harvested | None]]:
    settings = existing(store, config, remedy="name it with --store, give FILES, or run `tidegate serve` first")
    now_s = datetime.now(UTC).timestamp()
    since_s = moment_s(since, now_s, "--since") if since is not None else None
    curator = HarvestCurator(similar)
    for trace in with_feedback(wiring.trace_store(settings).scan(tenant=tenant, since_s=since_s)):
        seen = (
            datetime.fromtimestamp(trace.received_at_s, UTC).isoformat(timespec="seconds")
            if trace.received_at_s
            else None
        )
        yield trace.trace_id, curator.harvest(trace, seen=seen)


SHOWN_MAX = 40


def say(
    console: Console, rows: list[dict[str, Any]], counts: Counter[str], written: list[Path], suite: Path, dry_run: bool
) -> None:
    """What became of the failures, and what to do next."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("from", "signal", "mode", "case", "decided by"):
        table.add_column(name, no_wrap=name != "decided by")
    scrubber = Scrubber()
    made = [r for r in rows if r["case"]]
    for r in made[:SHOWN_MAX]:
        case = f"[green]{r['case'][:13]}[/]" if r["state"] == "new" else f"{r['case'][:13]} ({r['state']})"
        name = escape(scrubber.text(str(r["from"]))[:28])
        table.add_row(name, str(r["signal"] or ""), r["mode"], case, escape(", ".join(r["oracles"])))
    if made:
        console.print(table)
    if len(made) > SHOWN_MAX:
        console.print(f"[dim]and {len(made) - SHOWN_MAX} more cases; --json lists all[/]")
    for reason, n in Counter(r["reason"] or "" for r in rows if not r["case"]).most_common():
        names = [r["from"] for r in rows if not r["case"] and (r["reason"] or "") == reason][:3]
        console.print(f"[yellow]{n} {'report' if n == 1 else 'reports'}[/], no case: {escape(reason)} "
                      f"[dim]({escape(scrubber.text(', '.join(names)))}{' …' if n > 3 else ''})[/]", highlight=False)  # fmt: skip
    console.print(
        f"{counts['seen']} conversations, {counts['failed']} failed: {counts['new']} new cases, {counts['again'] + counts['known']} seen before, "
        f"{counts['reports']} reports" + (" (dry run: nothing was written)" if dry_run else ""), highlight=False,
    )  # fmt: skip
    if written:
        console.print(
            f"written to {escape(str(suite))}: run them with [bold]tidegate harvest run {escape(str(suite))}[/]",
            highlight=False,
        )
