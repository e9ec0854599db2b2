"""`tidegate metrics judge`: whether a model that grades agrees with people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from tidegate.cli.output import emit
from tidegate.cli.verbs.metrics_columns import write_text
from tidegate.decide.metrics.columns import build
from tidegate.decide.metrics.judge import EDITS, audit_judge
from tidegate.decide.metrics.roles import find_roles
from tidegate.decide.metrics.tables import Roles, spelled
from tidegate.readers.results import read_results
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse, nearest
from tidegate.spine.estimate import Estimate, Measure
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.gate import Verdict


@click.command("judge")
@click.argument("verdicts")
@click.option("--human", default="human", show_default=True, help="Column with the people's label.")
@click.option("--judge", "judged", default="judge", show_default=True, help="Column with the judge's label.")
@click.option("--swapped", default="judge_swapped", show_default=True, help="Column with its verdict, order swapped.")
@click.option("--score", default="score", show_default=True, help="Column with the score of the answer as it was.")
@click.option("--edited", multiple=True, help="Score column of an edited answer; default score_longer, score_formal.")
@click.option("--positive", default="", help="The label that counts as positive.")
@click.option("--prepare", type=click.Path(path_type=Path, dir_okay=False), help="Write edited answers to be judged.")
@click.option("--answer", default="answer", show_default=True, help="Column with the answer's text, for --prepare.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def judge_command(
    verdicts: str, human: str, judged: str, swapped: str, score: str, edited: tuple[str, ...], positive: str,
    prepare: Path | None, answer: str, as_json: bool,
) -> NoReturn:  # fmt: skip
    """May this judge decide anything?  People, order, length and formality.

    Example: tidegate metrics judge verdicts.csv --human human --judge judge
    """
    table = read_results(verdicts)
    columns = table.columns
    if prepare is not None:
        _prepare(columns.get(answer), answer, verdicts, prepare, as_json)
    labels: list[bool | None] = []
    calls: list[bool | None] = []
    if human in columns and judged in columns:
        roles = find_roles(table, Roles(truth=human, systems=(judged,)))
        read = build(table, Roles(truth=roles.truth, systems=(judged,)), positive=positive)
        if read.positive is None:
            raise WrongUse(f"expected two labels in {human!r}, got {len(read.classes)}: {', '.join(read.classes)}",
                           remedy="name the positive one with --positive")  # fmt: skip
        labels = [bool(t == read.positive) for t in read.truth]
        calls = [None if a < 0 else bool(a == read.positive) for a in read.systems[judged]]
    orders = []
    if judged in columns and swapped in columns:
        orders = [(spelled(a), spelled(b)) for a, b in zip(columns[judged], columns[swapped], strict=True)]
    names = edited or tuple(c for c in columns if c.startswith(f"{score}_"))
    edits = {n.removeprefix(f"{score}_"): _score_pairs(columns, score, n, verdicts) for n in names}
    if not labels and not orders and not edits:
        raise InputError(f"expected columns {human!r} and {judged!r}, {swapped!r}, or scores of edited answers",
                         where=verdicts, remedy=f"columns: {', '.join(columns)}")  # fmt: skip
    found = audit_judge(human=labels, judged=calls, orders=orders, edits=edits)
    nothing = isinstance(found.youden, Estimate) and not found.decides
    severity = Severity.ERROR if nothing else Severity.WARNING
    rule = "judge-decides-nothing" if not found.decides else "judge-not-alone"
    findings = tuple(
        Finding(rule=rule, severity=severity,
                subject=judged, message=reason, evidence={"certainty": "measured"},
                suggestion="use people's labels, or correct it with some (prediction-powered inference)")
        for reason in found.reasons
    )  # fmt: skip
    measures = (
        Measure(name="Youden's J against people", value=found.youden),
        Measure(name="agreement with people", value=found.agreement),
        Measure(name="order consistency", value=found.order),
        *(Measure(name=f"score change when {n}", value=b) for n, b in found.bias.items()),
    )
    measured = isinstance(found.youden, Estimate)
    verdict = Verdict.PASS if found.sole_gate else Verdict.FAIL if measured and not found.decides else Verdict.UNDECIDED
    fields = {"decides": found.decides, "sole_gate": found.sole_gate, "reasons": list(found.reasons)}
    emit(Answer(verb="metrics judge", verdict=verdict, findings=findings, measures=measures, fields=fields),
         as_json=as_json)  # fmt: skip


def _score_pairs(columns: dict[str, list[Any]], score: str, edited: str, where: str) -> list[tuple[float, float]]:
    for name in (score, edited):
        if name not in columns:
            raise InputError(f"expected a score column, got {name!r}", where=where, remedy=nearest(name, columns))

    def number(value: Any) -> float:
        try:
            return float(value)
        except (TypeError, ValueError):
            return float("nan")

    return [(number(a), number(b)) for a, b in zip(columns[score], columns[edited], strict=True)]


def _prepare(texts: list[Any] | None, name: str, where: str, out: Path, as_json: bool) -> NoReturn:
    if texts is None:
        raise InputError(f"expected a column with the answers, got {name!r}", where=where)
    lines = []
    for i, text in enumerate(texts):
        edits = {"original": str(text), **{n: edit(str(text)) for n, edit in EDITS.items()}}
        lines += [json.dumps({"item": i, "edit": n, "answer": t}, ensure_ascii=False) for n, t in edits.items()]
    write_text(out, "\n".join(lines) + "\n")
    emit(Answer(verb="metrics judge", verdict=Verdict.PASS, fields={"prepared": len(lines), "file": str(out)}),
         as_json=as_json)  # fmt: skip
