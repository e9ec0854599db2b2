"""`tidegate harvest run`: run the suite as often as it needs, and say whether the release may ship."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tidegate import __version__
from tidegate.cli.harvest_inputs import RUNS
from tidegate.cli.harvest_results import baselines, held_out_run, keep_best, promote_fixed, results_of, with_audit
from tidegate.cli.output import emit, people
from tidegate.cli.store_options import resolve, store_options
from tidegate.curate.harvest.suites.ledger import audit
from tidegate.curate.harvest.suites.suite import Suite
from tidegate.curate.harvest.suites.verdicts import (
    Baseline,
    CaseRecord,
    Rules,
    suite_gate,
)
from tidegate.readers.config import secret
from tidegate.readers.suite_files import ledger_path, read_suite, read_suite_ledger, replace
from tidegate.render import harvest as pages
from tidegate.render.sarif import sarif
from tidegate.runner.asking import Budget
from tidegate.runner.command_model import CommandModel
from tidegate.runner.http_model import HttpModel
from tidegate.runner.suite_run import RunCache, SuiteRun, run_suite
from tidegate.settings import Settings
from tidegate.spine.answer import Answer
from tidegate.spine.case import CaseStatus
from tidegate.spine.codec import content_hash
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.finding import Severity
from tidegate.spine.gate import Gate, Verdict
from tidegate.spine.ports import Model
from tidegate.stats.late import late

if TYPE_CHECKING:
    from tidegate import wiring
else:
    wiring = late("tidegate.wiring")  # a second of imports that `--help` does not need


@click.command("run")
@click.argument("suite", type=click.Path(path_type=Path), default="suite")
@click.option("--url", default=None, help="OpenAI-compatible address of the target, ending in /v1.")
@click.option("--model", "model", default=None, help="Model name to ask for [default: each case's own].")
@click.option("--key", default=None, help="Reference to the target's key: env:NAME or file:PATH.")
@click.option(
    "--command",
    "program",
    default=None,
    help="A program as the target: the case as JSON on its input, the answer on its output.",
)
@click.option("--release", default="", help="Name of what is tested (a commit, a version): goes into the record.")
@click.option("--required", default=0.8, show_default=True, help="Pass rate a case must have.")
@click.option("--runs", "runs_max", default=20, show_default=True, help="Most runs of one case.")
@click.option("--alpha", default=0.05, show_default=True, help="False discovery rate of a blocked release.")
@click.option("--calls", "calls_max", type=int, default=None, help="Budget: most calls of the target.")
@click.option("--tokens", "tokens_max", type=int, default=None, help="Budget: most tokens.")
@click.option("--concurrency", default=8, show_default=True, help="Calls at a time.")
@click.option("--only", default=None, help="Only cases whose id, mode or file contains this.")
@click.option(
    "--cases",
    "listed",
    type=click.Path(path_type=Path),
    default=None,
    help="Only the cases of this list of ids (`harvest select --out`).",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    default=None,
    help="Results of the last accepted run [default: the store's].",
)
@click.option(
    "--held-out",
    "held_out",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of held-out cases: run, counted, and never written anywhere.",
)
@click.option("--promote", is_flag=True, help="Write down that fixed cases block from here on.")
@click.option("--fresh", is_flag=True, help="Do not go on with a run that was cut short.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Write the results as JSON (a baseline).")
@click.option("--junit", type=click.Path(path_type=Path), default=None, help="Write JUnit XML.")
@click.option("--sarif", "sarif_path", type=click.Path(path_type=Path), default=None, help="Write SARIF.")
@click.option("--markdown", type=click.Path(path_type=Path), default=None, help="Write a pull request comment.")
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    suite: Path,
    url: str | None,
    model: str | None,
    key: str | None,
    program: str | None,
    release: str,
    required: float,
    runs_max: int,
    alpha: float,
    calls_max: int | None,
    tokens_max: int | None,
    concurrency: int,
    only: str | None,
    listed: Path | None,
    baseline: Path | None,
    held_out: Path | None,
    promote: bool,
    fresh: bool,
    out: Path | None,
    junit: Path | None,
    sarif_path: Path | None,
    markdown: Path | None,
    store: Path | None,
    config: Path | None,
    as_json: bool,
) -> NoReturn:
    """Run the suite: known failing cases are reported, cases that passed once block.

    Example: tidegate harvest run suite --url http://127.0.0.1:8080/v1 --model support
    """
    began = time.monotonic()
    settings = resolve(store, config)
    rules = Rules(required=required, runs_max=runs_max, alpha=alpha)
    cases = read_suite(suite)
    ledger = read_suite_ledger(suite)
    audited = audit(cases, ledger, str(ledger_path(suite)))
    target = target_of(url, model, key, program, release, settings)
    chosen = _chosen(cases, only, listed)
    state = wiring.state_store(settings.store)
    before = baselines(baseline, state)
    run_key = content_hash(
        {
            "cases": sorted(c.case_id for c in chosen),
            "target": target.name,
            "release": release,
            "rules": msgspec.to_builtins(rules),
        }
    )[7:27]
    cache = RunCache(Path(settings.store.path) / "harvest", run_key)
    if fresh and cache.resumed:
        cache.finish()
        cache = RunCache(Path(settings.store.path) / "harvest", run_key)
    if cache.resumed and not as_json:
        people.print("[dim]going on with the run that was cut short (--fresh starts over)[/]")
    done = _run(
        chosen, target, rules, before, cache, Budget(calls_max, tokens_max), concurrency, model is None, as_json
    )
    held = held_out_run(held_out, target, concurrency, state)
    gate = suite_gate(done.records, rules, held_out=held, unfinished=done.unfinished)
    findings = (*audited, *pages.findings_of(cases, done.records, rules))
    gate = with_audit(gate, sum(f.severity is Severity.ERROR for f in audited))
    at = datetime.now(UTC).isoformat(timespec="seconds")
    results = results_of(done, rules, gate, release, target.name, at)
    if not done.unfinished:
        cache.finish()
        state.append_log(RUNS, results)
        keep_best(held, gate, state)
    if promote:
        promote_fixed(suite, cases, ledger, done.records, rules, at)
    if out is not None:
        replace(out, msgspec.json.format(msgspec.json.encode(results), indent=1).decode() + "\n")
    if junit is not None:
        replace(junit, pages.junit(cases, done.records, rules, gate, time.monotonic() - began))
    if sarif_path is not None:
        replace(sarif_path, msgspec.json.encode(sarif(findings, version=__version__)).decode())
    if markdown is not None:
        more = {"Target": target.name, **({"Release": release} if release else {})}
        replace(markdown, pages.markdown(cases, done.records, rules, gate, more))
    fields = {
        "gate": {"reason": gate.reason},
        "calls": done.asked,
        "calls_resumed": done.cached,
        "tokens": done.tokens,
        "cases": results["cases"],
    }
    answer = Answer(verb="harvest run", verdict=gate.verdict, findings=findings, measures=gate.measures, fields=fields)
    emit(answer, as_json=as_json, words=lambda console: _show(console, cases, done, rules, gate))


def target_of(
    url: str | None, model: str | None, key: str | None, program: str | None, release: str, settings: Settings
) -> Model:
    """The model that the options name."""
    if program is not None:
        return CommandModel(program, release=release)
    if url is None and settings.models.probe is not None:
        port = settings.models.probe
        return HttpModel(port.url, model or port.model, secret(port.api_key) if port.api_key else None)
    if url is None:
        raise WrongUse(
            "expected a target: --url or --command",
            remedy="--url http://127.0.0.1:8080/v1, or --command 'python agent.py'",
        )
    given = secret(key, "--key") if key else os.environ.get("OPENAI_API_KEY")
    return HttpModel(url, model or "default", given)


def _chosen(suite: Suite, only: str | None, listed: Path | None) -> list[Any]:
    live = [c for c in suite.cases if c.status is not CaseStatus.QUARANTINED]
    if listed is not None:
        try:
            ids = set(listed.read_text(encoding="utf-8").split())
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read it: {error}", where=str(listed)) from error
        live = [c for c in live if c.case_id in ids]
    if only is not None:
        live = [c for c in live if any(only in text for text in (c.case_id, c.mode, suite.places[c.case_id][0]))]
    if not live and (listed is not None or only is not None):
        raise InputError(
            f"no case has {only!r} in its id, mode or file" if only else "no case of the list is in the suite",
            where="--only" if only else str(listed),
        )
    return live


def _run(
    cases: list[Any],
    target: Model,
    rules: Rules,
    before: dict[str, Baseline],
    cache: RunCache,
    budget: Budget,
    concurrency: int,
    keep_model: bool,
    quiet: bool,
) -> SuiteRun:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[calls]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=people, transient=True, disable=quiet) as bar:
        task = bar.add_task("cases decided", total=len(cases), calls="")

        def progress(_record: CaseRecord, calls: int, open_cases: int) -> None:
            bar.update(task, completed=len(cases) - open_cases, calls=f"{calls} calls")

        return run_suite(
            cases,
            target,
            rules,
            baselines=before,
            cache=cache.cache,
            budget=budget,
            concurrency=concurrency,
            keep_model=keep_model,
            progress=progress,
        )


def _show(console: Console, suite: Suite, done: SuiteRun, rules: Rules, gate: Gate) -> None:
    cases = suite.by_id()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("case", "status", "passed", "verdict", "question"):
        table.add_column(name, no_wrap=name != "question")
    style = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.UNDECIDED: "yellow"}
    rows = sorted(done.records, key=lambda r: (r.verdict(rules) is Verdict.PASS, r.status is not CaseStatus.BLOCKING))
    for r in rows[:40]:
        verdict = r.verdict(rules)
        question = escape(pages.question_of(cases[r.case_id], 60))
        said = f"[{style[verdict]}]{verdict.value}[/]"
        table.add_row(r.case_id[:13], r.status.value.replace("_", " "), f"{r.passed}/{r.runs}", said, question)
    console.print(table)
    if len(rows) > 40:
        console.print(f"[dim]and {len(rows) - 40} more cases[/]")
    console.print(f"[bold]{escape(gate.reason)}[/]  [dim]{done.asked} calls[/]", highlight=False)
