"""`tidegate metrics elicit` and `stakeholders`: what a miss is worth, asked of people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.markup import escape

from tidegate.cli.output import emit, people
from tidegate.cli.verbs.metrics_columns import load, parse_prevalence, with_columns, write_text
from tidegate.decide.metrics import elicit
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measure
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.gate import Verdict


@click.command("elicit")
@click.argument("results")
@with_columns
@click.option("--prevalence", default="", help="Share of positives in production: 0.02 or 2%.")
@click.option("--stakeholder", default="you", show_default=True, help="Whose answers these are.")
@click.option("--answers", default=None, help="Answers given beforehand, e.g. ABBAB (for scripts).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Keep the answers in this JSON file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def elicit_command(
    results: str,
    prevalence: str,
    stakeholder: str,
    answers: str | None,
    out: Path | None,
    as_json: bool,
    **options: Any,
) -> NoReturn:
    """Ask what a miss is worth: at most 12 either/or questions, fewer when the ranking is settled.

    Example: tidegate metrics elicit results.csv --stakeholder anna --answers BBABAB
    """
    rates, share = elicit.candidates(load(results, options), parse_prevalence(prevalence))
    interview, question = elicit.replay(stakeholder, answers or "", rates, share)
    while answers is None and question is not None:
        people.print(f"\n[bold]{len(interview.answers) + 1}.[/] {escape(question.words('positives'))}", highlight=False)
        reply = click.prompt("  A or B", type=click.Choice(["A", "B"], case_sensitive=False), err=True)
        interview = interview.add(question, str(reply).upper() == "B")
        question = elicit.next_question(interview, rates, share)
    done = question is None
    said = elicit.stance(interview, rates, share)
    if out is not None:
        write_text(out, interview.to_json(share))
    fields = {
        "stakeholder": stakeholder, "questions": said.questions, "cost_ratio": said.ratio.value,
        "ranking": list(said.ranking), "certainty": said.certainty, "settled": done,
        "weights": {"miss": said.ratio.value, "false_alarm": 1.0},
    }  # fmt: skip
    answer = Answer(
        verb="metrics elicit", verdict=Verdict.PASS if done else Verdict.UNDECIDED, fields=fields,
        measures=(Measure(name="a miss is worth so many false alarms", value=said.ratio),),
    )  # fmt: skip
    emit(answer, as_json=as_json, words=lambda console: console.print(
        f"{escape(stakeholder)}: a miss is worth {said.ratio.value:.3g} false alarms "
        f"({said.ratio.low:.3g} to {said.ratio.high:.3g}, {said.questions} questions); "
        f"best first: {escape(', '.join(said.ranking))} ({100 * said.certainty:.0f} % sure)",
        highlight=False))  # fmt: skip


@click.command("stakeholders")
@click.argument("results")
@click.argument("interviews", nargs=-1, required=True, type=click.Path(path_type=Path))
@with_columns
@click.option("--prevalence", default="", help="Share of positives in production: 0.02 or 2%.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def stakeholders_command(
    results: str, interviews: Sequence[Path], prevalence: str, as_json: bool, **options: Any
) -> NoReturn:
    """Keep several stakeholders apart and show where they disagree.

    Example: tidegate metrics stakeholders results.csv anna.json bob.json
    """
    rates, share = elicit.candidates(load(results, options), parse_prevalence(prevalence))
    read = [_interview(p) for p in interviews]
    stances = [elicit.stance(i, rates, share) for i in read]
    apart = elicit.disagreements(read, rates, share)
    findings = tuple(
        Finding(
            rule="stakeholders-disagree", severity=Severity.WARNING, subject=f"{d.first} and {d.second}",
            message=f"between {d.low:.3g} and {d.high:.3g} false alarms a miss they part: {d.first} would ship "
                    f"{d.winner_first}, {d.second} {d.winner_second}",
            evidence={"certainty": "measured", "low": d.low, "high": d.high},
            suggestion="let the owner of the contract decide; no average settles it",
        )
        for d in apart if d.matters
    )  # fmt: skip
    fields = {
        "stances": [
            {"stakeholder": s.stakeholder, "cost_ratio": s.ratio.value, "low": s.ratio.low, "high": s.ratio.high,
             "ranking": list(s.ranking), "certainty": s.certainty} for s in stances
        ],
        "disagreements": [
            {"first": d.first, "second": d.second, "low": d.low, "high": d.high, "winner_first": d.winner_first,
             "winner_second": d.winner_second, "matters": d.matters, "overlap": d.overlap} for d in apart
        ],
    }  # fmt: skip
    measures = tuple(Measure(name=f"a miss in false alarms, {s.stakeholder}", value=s.ratio) for s in stances)
    emit(Answer(verb="metrics stakeholders", verdict=Verdict.UNDECIDED if findings else Verdict.PASS,
                findings=findings, fields=fields, measures=measures), as_json=as_json)  # fmt: skip


def _interview(path: Path) -> elicit.Interview:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        answers = tuple((float(r), bool(b)) for r, b in document["answers"])
        return elicit.Interview(str(document["stakeholder"]), answers)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"expected a file written by tidegate metrics elicit --out ({error})", where=str(path)
        ) from error
