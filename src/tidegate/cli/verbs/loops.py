"""`tidegate loops`: is an agent's run still getting anywhere?  Judges, shows and calibrates recorded runs."""

from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.admit.toolguard.calibrate import calibrate as fit
from tidegate.admit.toolguard.calibrate import confidence_of, names_called, needed_runs
from tidegate.admit.toolguard.loops import RunState, evidence_maximum, judge
from tidegate.admit.toolguard.model import BUILT_IN, RunVerdict, Thresholds
from tidegate.admit.toolguard.plugin import findings_of
from tidegate.admit.toolguard.steps import read_steps
from tidegate.cli.output import emit, judge_jsonl
from tidegate.cli.verbs.loops_budgets import budgets, raise_
from tidegate.cli.verbs.loops_fleet import fleet
from tidegate.readers.agent_runs import Run, read_run, with_notes_across
from tidegate.readers.agent_values import read_runs
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.estimate import Estimate, Measure, Measured, NotMeasured
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.gate import Verdict

PROVED_SHOWN = 10
LEAVE_OUT = "a calibration is about productive runs: leave out those that were stuck, each raises the threshold"


@click.group("loops")
def command() -> None:
    """Is this agent still getting anywhere?"""


calibration_option = click.option(
    "--calibration", type=click.Path(path_type=Path, exists=True), default=None,
    help="Thresholds written by `loops calibrate` [default: the built-in ones].",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@command.command("check")
@click.argument("files", nargs=-1)
@click.option("--jsonl", default=None, help="One object a line with `id` and `messages` (and `tools`); - is stdin.")
@click.option("--uncalibrated", is_flag=True, help="Statistical signals only nudge; exact loops still stop.")
@calibration_option
@json_option
def check(
    files: tuple[str, ...], jsonl: str | None, uncalibrated: bool, calibration: Path | None, as_json: bool
) -> NoReturn:
    """Judge recorded runs: continue, nudge, finalise or stop, at which step, and why.

    Reads OpenAI message lists, SWE-agent trajectories and OTLP exports (JSON, JSONL, .gz).

    Example: echo '{"messages": []}' | tidegate loops check -
    """
    thresholds = read_thresholds(calibration, uncalibrated)
    if jsonl is not None:
        judge_jsonl(
            jsonl,
            lambda row, where: _answer_of_row(row, where, thresholds),
            "loops check",
        )
    if not files:
        raise WrongUse("expected files with runs, - or --jsonl FILE", where="loops check")
    judged = [(run, judge_run(run, thresholds)) for run in with_notes_across(list(read_runs(files)))]
    if not judged:
        raise InputError("expected at least one run, found none", where=", ".join(files))
    if len(judged) == 1:
        run, verdict = judged[0]
        emit(
            answer_of(verdict, run.run_id or files[0], run.notes),
            as_json=as_json,
            words=lambda c: say(c, [(run, verdict)]),
        )
    recorded = tuple(f for r, _ in judged for f in findings_of_notes(r.notes, r.run_id))
    findings = (*(f for r, v in judged for f in findings_of(v, r.run_id)), *recorded)
    rows = [{"run": r.run_id, "decision": v.decision, "stop_step": v.stop_step, "reason": v.reason, "steps": v.steps}
            for r, v in judged]  # fmt: skip
    stopped = any(v.decision in ("stop", "finalise") for _, v in judged)
    answer = Answer(verb="loops check", verdict=Verdict.FAIL if stopped else Verdict.PASS,
                    findings=findings if as_json else recorded[:20], fields={"runs": rows})  # fmt: skip
    emit(answer, as_json=as_json, words=lambda c: say(c, judged))


def judge_run(run: Run, thresholds: Thresholds) -> RunVerdict:
    """The verdict on a recorded run."""
    return judge(read_steps(run.messages, run.tools), thresholds)


def _answer_of_row(row: dict[str, Any], where: str, thresholds: Thresholds) -> Answer:
    run = read_run(row, where)
    return answer_of(judge_run(run, thresholds), str(row.get("id")), run.notes)


def findings_of_notes(notes: tuple[str, ...], subject: str) -> tuple[Finding, ...]:
    """What is wrong with the recording itself: results that are late, missing, unknown or given twice, mixed runs."""
    return tuple(
        Finding(rule="loops-recording", severity=Severity.WARNING, subject=subject, message=note,
                evidence={"certainty": "proved"},
                suggestion="judged as far as it can be read; record each run under an id of its own, whole")
        for note in notes
    )  # fmt: skip


def answer_of(verdict: RunVerdict, subject: str, notes: tuple[str, ...] = ()) -> Answer:
    """The verb's document for one run: `decision`, `stop_step`, `reason`."""
    fields: dict[str, Any] = {"decision": verdict.decision, "stop_step": verdict.stop_step, "reason": verdict.reason,
                              "steps": verdict.steps, "calibrated": verdict.calibrated}  # fmt: skip
    ended = verdict.decision in ("stop", "finalise")
    return Answer(verb="loops check", verdict=Verdict.FAIL if ended else Verdict.PASS,
                  findings=(*findings_of(verdict, subject), *findings_of_notes(notes, subject)),
                  fields=fields)  # fmt: skip


def say(console: Console, judged: list[tuple[Run, RunVerdict]]) -> None:
    """A table of runs, the stopped ones first."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("run", "steps", "decision", "at step", "why"):
        table.add_column(column, justify="right" if column in ("steps", "at step") else "left", overflow="fold")
    rank = {"stop": 0, "finalise": 1, "narrow": 2, "nudge": 3, "continue": 4}
    style = {"stop": "bold red", "nudge": "yellow", "continue": "green"}
    for run, v in sorted(judged, key=lambda x: rank[x[1].decision])[:50]:
        at = "" if v.stop_step is None else str(v.stop_step)
        decision = f"[{style.get(v.decision, 'yellow')}]{v.decision}[/]"
        table.add_row(escape(run.run_id or "-"), str(v.steps), decision, at, escape(v.reason))
    console.print(table)
    if len(judged) > 50:
        console.print(f"and {len(judged) - 50} more runs; --json lists all")


@command.command("show")
@click.argument("file")
@click.option("--run", "run_id", default=None, help="Which run of the file [default: the first].")
@calibration_option
@json_option
def show(file: str, run_id: str | None, calibration: Path | None, as_json: bool) -> NoReturn:
    """Show a run as a timeline: each step, what was new in it, what the guard would have said.

    Example: tidegate loops show run.json
    """
    recorded = read_runs((file,))
    runs = [r for r in recorded if run_id is None or r.run_id == run_id]
    if not runs:
        raise InputError(f"expected a run {run_id!r}" if run_id else "expected a run, found none", where=file)
    run, thresholds = runs[0], read_thresholds(calibration, False)
    steps, state = read_steps(run.messages, run.tools), RunState(thresholds)
    rows: list[dict[str, Any]] = []
    for step in steps:
        signals = state.step(step)
        said = [f"{s.wants}: {s.reason}" for s in signals]
        rows.append({"step": step.index, "call": step.summary, "result": step.result_class.value,
                     "new": state.quiet == 0, "evidence_bits": state.bits, "signals": said})  # fmt: skip
    verdict = judge(steps, thresholds)
    saved = 0 if verdict.stop_step is None else len(steps) - 1 - verdict.stop_step
    fields = {"run": run.run_id, "decision": verdict.decision, "stop_step": verdict.stop_step, "reason": verdict.reason,
              "timeline": rows, "steps_saved": saved}  # fmt: skip
    answer = Answer(verb="loops show", verdict=Verdict.PASS, fields=fields)

    def words(console: Console) -> None:
        if len(runs) > 1:
            of = f"the first of {len(runs)} runs" + (" of that name" if run_id else "; --run names another")
            console.print(f"{run.run_id or '-'}: {of}", highlight=False, markup=False)
        for row in rows:
            mark = "[green]new [/]" if row["new"] else "[dim]seen[/]"
            call = escape(" ".join(str(row["call"]).split())[:100])
            console.print(f"{row['step']:>4} {mark} [dim]{row['result']:<9}[/] {call}", highlight=False, soft_wrap=True)
            for said in row["signals"]:
                colour = "red" if said.startswith("stop") else "yellow"
                console.print(f"          [{colour}]{escape(said)}[/]", highlight=False, soft_wrap=True)
        console.print(f"[bold]{verdict.decision}[/]: {escape(verdict.reason)}; {saved} of {len(steps)} steps saved")

    emit(answer, as_json=as_json, words=words)


@command.command("calibrate")
@click.argument("files", nargs=-1, required=True)
@click.option("--rate", type=float, default=0.01, show_default=True, help="False-stop rate to state, per run.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where to write the thresholds.")
@click.option("--task-type", default="default", show_default=True)
@json_option
def calibrate(files: tuple[str, ...], rate: float, out: Path | None, task_type: str, as_json: bool) -> NoReturn:
    """Fit the stop threshold to runs of your own that were productive.

    The result states: at most this share of productive runs of this kind is ever stopped by
    evidence, whatever their length: with 95 % confidence from 299 runs on (at 1 %), as a mean over
    calibrations below that.  With too few runs (under 99) it stays uncalibrated and says so.

    Example: tidegate loops calibrate good-runs.jsonl --rate 0.05 --out loops.json
    """
    if not 0 < rate < 1:
        raise WrongUse(f"expected a rate in (0, 1), got {rate!r}", where="--rate")
    base = Thresholds()
    maxima: list[tuple[float, str]] = []
    proved: list[Finding] = []
    names: set[str] = set()
    for run in read_runs(files):
        steps = read_steps(run.messages, run.tools)
        names |= names_called(steps)
        maxima.append((evidence_maximum(steps, base), run.run_id))
        verdict = judge(steps, base)
        if verdict.stop_step is not None:
            proved.append(unproductive(verdict, run.run_id))
    thresholds = fit([bits for bits, _ in maxima], rate, base=base, task_type=task_type, tools=names)
    if out is not None:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(thresholds)))
    decided = isinstance(thresholds.evidence_stop_bits, float)
    value: Measured = NotMeasured(reason=f"{len(maxima)} productive runs", needed=f"{needed_runs(rate)} or more")
    if thresholds.evidence_stop_bits is not None:
        bits = thresholds.evidence_stop_bits
        value = Estimate(value=bits, low=bits, high=float("inf"), n=len(maxima), segment=task_type,
                         level=confidence_of(len(maxima), rate), method="split conformal")  # fmt: skip
    answer = Answer(verb="loops calibrate", verdict=Verdict.PASS if decided else Verdict.UNDECIDED,
                    measures=(Measure(name="evidence_stop_bits", value=value, unit="bits"),),
                    findings=tuple(proved) if as_json else (),
                    fields={"thresholds": msgspec.to_builtins(thresholds),
                            "file": str(out) if out else None})  # fmt: skip

    def words(console: Console) -> None:
        console.print(stated(thresholds, rate), highlight=False)
        if decided:
            most = ", ".join(f"{run_id or '-'} ({bits:g} bits)" for bits, run_id in sorted(maxima, reverse=True)[:5])
            console.print(f"most evidence: {most}", highlight=False, markup=False)
        if out is not None:
            console.print(f"written to {out}", highlight=False, markup=False)
        for finding in proved[:PROVED_SHOWN]:
            console.print(f"[yellow]not productive?[/] {escape(finding.subject)}: {escape(finding.message)}")
        if proved:
            console.print(f"{len(proved)} of {len(maxima)} runs are loops by proof; {LEAVE_OUT}", highlight=False)

    emit(answer, as_json=as_json, words=words)


def unproductive(verdict: RunVerdict, run_id: str) -> Finding:
    """A run of a calibration that a proof would end: it may be no productive one."""
    return Finding(
        rule="loops-calibration", severity=Severity.WARNING, subject=run_id or "-", message=verdict.reason,
        evidence={"certainty": "proved", "stop_step": verdict.stop_step or 0}, suggestion=LEAVE_OUT,
    )  # fmt: skip


def stated(thresholds: Thresholds, rate: float) -> str:
    """What a calibration promises, in one sentence."""
    n, bits = thresholds.runs, thresholds.evidence_stop_bits
    if bits is None:
        return f"not calibrated: {n} runs, and a rate of {rate:.3g} needs {needed_runs(rate)}; statistics only nudge"
    how = (
        f"with {100 * thresholds.confidence:g} % confidence"
        if thresholds.confidence is not None
        else f"as a mean over calibrations ({100 * confidence_of(n, rate):.0f} % confidence for this one)"
    )
    share = f"at most {100 * rate:g} % of productive runs like these {n}"
    return f"statistics end a run at {bits:g} bits of evidence: {share}, {how}"


command.add_command(fleet)
command.add_command(budgets)
command.add_command(raise_)


def read_thresholds(path: Path | None, uncalibrated: bool) -> Thresholds:
    """The thresholds in force: a calibration file, the built-in ones, or none for statistical stops."""
    if uncalibrated:
        return Thresholds()
    if path is None:
        return BUILT_IN
    try:
        return msgspec.json.decode(path.read_bytes(), type=Thresholds)
    except msgspec.MsgspecError as error:
        remedy = "write it with `tidegate loops calibrate --out`"
        raise InputError(f"expected thresholds, got {error}", where=str(path), remedy=remedy) from error
