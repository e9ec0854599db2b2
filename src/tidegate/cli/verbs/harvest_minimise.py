# ruff: noqa: E501 (option helps read better whole)
"""`tidegate harvest minimise`: the smallest part of a case that still fails, on a target that fails only sometimes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from tidegate.cli.output import emit, people
from tidegate.cli.store_options import resolve, store_options
from tidegate.cli.verbs.harvest_run import target_of
from tidegate.curate.harvest.capture.minimise import Keep, Minimised, Settings, minimise
from tidegate.curate.harvest.capture.oracle import evaluate
from tidegate.curate.harvest.capture.outcomes import outcome_of, request_of
from tidegate.curate.harvest.capture.units import Units, size_of
from tidegate.curate.harvest.suites.ledger import Action, Line, append, entry, expectation_digest, standing
from tidegate.readers.suite_files import read_suite, read_suite_ledger, remove_cases, write_cases, write_ledger
from tidegate.runner.asking import AnswerCache, Asker, Budget, Job
from tidegate.spine.answer import Answer
from tidegate.spine.case import Case, make_case
from tidegate.spine.errors import InputError, ModelError, WrongUse
from tidegate.spine.estimate import Measure
from tidegate.spine.gate import Verdict
from tidegate.stats.intervals import proportion

ERRORS_MAX = 5


@click.command("minimise")
@click.argument("case_id")
@click.option("--suite", type=click.Path(path_type=Path), default=Path("suite"), show_default=True)
@click.option("--url", default=None, help="OpenAI-compatible address of the target, ending in /v1.")
@click.option("--model", "model", default=None, help="Model name to ask for [default: the case's own].")
@click.option("--key", default=None, help="Reference to the target's key: env:NAME or file:PATH.")
@click.option(
    "--command",
    "program",
    default=None,
    help="A program as the target: the case as JSON on its input, the answer on its output.",
)
@click.option("--runs", "runs_max", type=int, default=2000, show_default=True, help="Most runs in all.")
@click.option("--concurrency", default=8, show_default=True, help="Runs at a time.")
@click.option("--write", is_flag=True, help="Put the small case in the large one's place; the ledger says so.")
@click.option("--owner", default="", help="Who answers for it; needed with --write.")
@click.option("--fresh", is_flag=True, help="Do not go on with a search that was cut short.")
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(case_id: str, suite: Path, url: str | None, model: str | None, key: str | None, program: str | None, runs_max: int,
            concurrency: int, write: bool, owner: str, fresh: bool, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:  # fmt: skip
    """Find the smallest input that still fails: turns, tool results, documents, sentences.

    Every run is kept: a search that is killed goes on where it was.  Exit code 0 when a smaller
    1-minimal case was found (or the case is minimal), 3 when it could not be reproduced in 20 runs.

    Example: tidegate harvest minimise case-0fbd584a --suite suite --url http://127.0.0.1:8080/v1
    """
    if write and not owner:
        raise WrongUse("expected --owner with --write", remedy="the ledger names who answers for a changed case")
    known = read_suite(suite)
    found = [c for c in known.cases if c.case_id.startswith(case_id)]
    if len(found) != 1:
        raise InputError(f"expected one case, {len(found)} begin with {case_id!r}", where=str(suite))
    case = found[0]
    settings = resolve(store, config)
    target = target_of(url, model, key, program, "", settings)
    path = Path(settings.store.path) / "harvest" / f"minimise-{case.case_id}.jsonl"
    if fresh:
        path.unlink(missing_ok=True)
    units = Units(case.input)
    runner = Runner(
        case, units, Asker(target, budget=Budget(runs_max), cache=AnswerCache(path)), concurrency, model is None
    )
    with Progress(
        TextColumn("{task.description}"), TimeElapsedColumn(), console=people, transient=True, disable=as_json
    ) as bar:
        task = bar.add_task("reproducing", total=None)

        def progress(left: int, questions: int, runs: int) -> None:
            bar.update(task, description=f"{left} of {len(units.whole)} parts left, {questions} questions, {runs} runs")

        result = minimise(units.levels, units.whole, runner, Settings(runs_max=runs_max), progress)
    small = smaller(case, units, result)
    if write and small is not None and small.case_id != case.case_id:
        replace_case(suite, case, small, owner, result)
    emit(
        answer_of(case, small, units, result, write),
        as_json=as_json,
        words=lambda console: say(console, case, small, result),
    )


class Runner:
    """Runs candidates side by side; each run is (request, repeat), so that the cache resumes and never fakes a repeat."""

    def __init__(self, case: Case, units: Units, asker: Asker, concurrency: int, keep_model: bool) -> None:
        self.case, self.units, self.asker, self.concurrency, self.keep_model = (
            case,
            units,
            asker,
            concurrency,
            keep_model,
        )
        self.errors = 0

    def __call__(self, keep: Keep, first: int, n: int) -> Sequence[bool]:
        """Whether each of n runs of a candidate fails; a candidate without a word of the user fails nothing."""
        given = self.units.build(keep)
        if given is None:
            return [False] * n
        request = request_of(msgspec.structs.replace(self.case, input=given), keep_model=self.keep_model)
        jobs = [Job(request=request, repeat=first + k) for k in range(n)]
        failed = {}
        for asked in self.asker.ask_all(jobs, concurrency=self.concurrency):
            if asked.reply is None:
                self.errors += 1
                if self.errors > ERRORS_MAX or asked.over_budget:
                    raise ModelError(
                        f"the target does not answer: {asked.error}", remedy="run it again: it goes on where it was"
                    )
                failed[asked.job.repeat] = False
                continue
            outcome = outcome_of(asked.reply.raw, asked.reply.text)
            failed[asked.job.repeat] = evaluate(self.case.expect, outcome).verdict is Verdict.FAIL
        return [failed.get(first + k, False) for k in range(n)]


def smaller(case: Case, units: Units, result: Minimised) -> Case | None:
    """The case of what is left; None where it was not reproduced."""
    given = units.build(result.keep) if result.reproduced else None
    if given is None:
        return None
    return make_case(case.kind, given, case.expect, status=case.status, mode=case.mode, provenance=case.provenance)


def replace_case(suite: Path, case: Case, small: Case, owner: str, result: Minimised) -> None:
    """The small case stands where the large one stood, and the ledger says why."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    ledger = read_suite_ledger(suite)
    lines = [] if case.case_id in standing(ledger) else [entry(case, at, owner=owner)]
    reason = f"minimised in {result.runs} runs, 1-minimal with probability {result.probability:.3f}"
    lines.append(Line(action=Action.REPLACE, case=case.case_id, replaced_by=small.case_id, at=at, owner=owner, reason=reason,
                      digest=expectation_digest(small)))  # fmt: skip
    write_ledger(suite, append(ledger, lines))
    remove_cases([case.case_id], read_suite(suite))
    write_cases(suite, [small])


def answer_of(case: Case, small: Case | None, units: Units, result: Minimised, written: bool) -> Answer:
    """The verb's document."""
    before, after = size_of(case.input), size_of(small.input) if small else size_of(case.input)
    rate = Measure(name="failure rate of the whole input", value=proportion(result.reproduced_in))
    fields: dict[str, Any] = {
        "case": case.case_id, "reproduced": result.reproduced, "minimal": result.minimal, "probability": result.probability,
        "parts_before": len(units.whole), "parts_after": len(result.keep), "characters_before": before, "characters_after": after,
        "questions": result.questions, "runs": result.runs, "reason": result.reason or None,
        "small": small.case_id if small else None, "input": small.input if small else None, "written": written and small is not None,
    }  # fmt: skip
    verdict = Verdict.PASS if result.minimal else Verdict.UNDECIDED
    return Answer(verb="harvest minimise", verdict=verdict, measures=(rate,), fields=fields)


def say(console: Console, case: Case, small: Case | None, result: Minimised) -> None:
    """The small input, readable."""
    if small is None:
        console.print(f"[yellow]{escape(result.reason)}[/]", highlight=False)
        return
    for m in small.input["messages"]:
        console.print(
            f"[bold]{m.get('role')}[/]  {escape(str(m.get('content') or m.get('tool_calls') or ''))}", highlight=False
        )
    console.print(
        f"{size_of(case.input)} → {size_of(small.input)} characters in {result.runs} runs; "
        + (f"1-minimal with probability at least {result.probability:.3f}" if result.minimal else result.reason), highlight=False,
    )  # fmt: skip
