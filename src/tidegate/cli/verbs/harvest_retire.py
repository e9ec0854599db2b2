"""`tidegate harvest retire`: which cases are relics, by evidence; into quarantine with reason and owner."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.cli.harvest_inputs import embed, embedder_name, histories, open_embedder, read_results, traffic
from tidegate.cli.output import emit
from tidegate.cli.store_options import resolve, store_options
from tidegate.curate.harvest.suites.ledger import Action, Line, append
from tidegate.curate.harvest.suites.retire import (
    Judgement,
    Kills,
    RelicRule,
    judge_cases,
    kills_of,
    resample_rate,
    traffic_share,
)
from tidegate.readers.suite_files import read_suite, read_suite_ledger, write_cases, write_ledger
from tidegate.render.harvest import question_of
from tidegate.spine.answer import Answer
from tidegate.spine.case import Case, CaseStatus
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.gate import Verdict
from tidegate.stats.late import late

if TYPE_CHECKING:
    from tidegate import wiring
else:
    wiring = late("tidegate.wiring")  # a second of imports that `--help` does not need


@click.command("retire")
@click.argument("suite", type=click.Path(path_type=Path), default="suite")
@click.option(
    "--traffic", "traffic_", default=None, help="JSONL of recent calls with `at` [default: the trace store's]."
)
@click.option(
    "--mutants",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Results of runs on harmed prompts, tools or models (`run --out`): what each case alone notices.",
)
@click.option("--releases", default=5, show_default=True, help="Releases that must agree.")
@click.option("--days", default=30, show_default=True, help="Window of recent traffic.")
@click.option("--blind", default=20.0, show_default=True, help="Longest blind time accepted, in releases.")
@click.option("--apply", is_flag=True, help="Move the relics into quarantine.")
@click.option("--owner", default="", help="Who answers for it: needed with --apply.")
@click.option(
    "--embedder", "embedder_", type=click.Choice(["auto", "wordllama", "tfidf"]), default="auto", show_default=True
)
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    suite: Path,
    traffic_: str | None,
    mutants: tuple[Path, ...],
    releases: int,
    days: int,
    blind: float,
    apply: bool,
    owner: str,
    embedder_: str,
    store: Path | None,
    config: Path | None,
    as_json: bool,
) -> NoReturn:
    """A relic is what traffic left, surely passes, kills nothing alone, and no release decision hangs on.

    Regulatory and incident-pinned cases are exempt, and what was not measured counts as "keep".

    Example: tidegate harvest retire suite --traffic calls.jsonl --mutants harmed-1.json --mutants harmed-2.json
    """
    if apply and not owner.strip():
        raise WrongUse("--apply needs --owner", remedy="a retired case needs somebody who answers for it")
    settings = resolve(store, config)
    cases = read_suite(suite)
    live = [c for c in cases.cases if c.status is CaseStatus.BLOCKING]
    rule = RelicRule(releases=releases, window_days=days)
    known = histories(wiring.state_store(settings.store))
    shares = _shares(live, traffic_, settings, rule, embedder_name(embedder_))
    judged = judge_cases(live, known, shares, _kills(mutants, live) if mutants else None, rule)
    relics = [j for j in judged if j.relic]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    if apply and relics:
        gone = {j.case_id: j.reason for j in relics}
        lines = [Line(action=Action.QUARANTINE, case=i, at=at, reason=r, owner=owner) for i, r in gone.items()]
        write_ledger(suite, append(read_suite_ledger(suite), lines))
        changed = [msgspec.structs.replace(c, status=CaseStatus.QUARANTINED) for c in live if c.case_id in gone]
        write_cases(suite, changed, cases)
    fields = {
        "relics": [j.case_id for j in relics],
        "applied": apply,
        "resample_rate": resample_rate(blind),
        "cases": [
            {"case": j.case_id, "relic": j.relic, "reason": j.reason, "conditions": dict(j.conditions)} for j in judged
        ],
    }
    answer = Answer(verb="harvest retire", verdict=Verdict.PASS if live else Verdict.UNDECIDED, fields=fields)
    emit(answer, as_json=as_json, words=lambda console: _show(console, judged, {c.case_id: c for c in live}, apply))


def _shares(live: list[Case], path: str | None, settings: object, rule: RelicRule, name: str) -> dict[str, float]:
    try:
        calls = traffic(path, settings, rule.window_days)  # type: ignore[arg-type]
    except InputError:
        if path is not None:
            raise
        return {}
    if not calls or not live:
        return {}
    texts, own = [c.text for c in calls], [question_of(c, 4000) for c in live]
    port = open_embedder(name, [*texts, *own])
    now = max((c.at for c in calls if c.at), default="")
    ages = [_age(c.at, now) for c in calls]
    found = traffic_share(embed(port, own), embed(port, texts), ages, rule)
    return dict(zip((c.case_id for c in live), found, strict=True)) if found else {}


def _age(at: str, now: str) -> float:
    try:
        return max(0.0, (datetime.fromisoformat(now[:10]) - datetime.fromisoformat(at[:10])).days)
    except ValueError:
        return 0.0  # a call of unknown time counts as recent: that keeps cases


def _kills(paths: tuple[Path, ...], live: list[Case]) -> dict[str, Kills]:
    verdicts = {str(p): {row["case"]: Verdict(row["verdict"]) for row in read_results(p)["cases"]} for p in paths}
    return kills_of(verdicts, [c.case_id for c in live])


def _show(console: Console, judged: list[Judgement], cases: dict[str, Case], apply: bool) -> None:
    if not judged:
        console.print("no case blocks yet, and only blocking cases retire: "
                      "`tidegate harvest run --promote` lets fixed ones block", highlight=False)  # fmt: skip
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("case", "relic", "why", "question"):
        table.add_column(column, no_wrap=column == "case")
    for j in sorted(judged, key=lambda j: not j.relic)[:40]:
        table.add_row(
            j.case_id[:13],
            "[yellow]relic[/]" if j.relic else "kept",
            escape(j.reason),
            escape(question_of(cases[j.case_id], 50)),
        )
    console.print(table)
    relics = sum(j.relic for j in judged)
    words = "moved into quarantine" if apply else "would go into quarantine (--apply --owner NAME)"
    console.print(f"{relics} of {len(judged)} blocking cases {words}", highlight=False)
