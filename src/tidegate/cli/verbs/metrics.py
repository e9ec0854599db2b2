"""`tidegate metrics`: which metric decides, and what does that choice tolerate?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
import numpy as np
import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from tidegate.cli.output import emit, people
from tidegate.cli.verbs.metrics_contract import contract_group, gate_command
from tidegate.decide.metrics import elicit
from tidegate.decide.metrics.audit import Audit, run_audit
from tidegate.decide.metrics.catalogue import ALIASES, METRICS, metric
from tidegate.decide.metrics.cells import confusion
from tidegate.decide.metrics.columns import Roles, build, find_roles, spelled
from tidegate.decide.metrics.consequences import rates_of
from tidegate.decide.metrics.costs import production_prevalence
from tidegate.decide.metrics.judge import EDITS, audit_judge
from tidegate.decide.metrics.model import Costs, Results
from tidegate.decide.metrics.properties import PROPERTIES, audit_metrics
from tidegate.decide.metrics.verdicts import findings_of, measures_of, verdict_of
from tidegate.readers.results import read_results
from tidegate.render.report_metrics import crossover_words, html_report, print_audit
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse, nearest
from tidegate.spine.estimate import Estimate, Measure, Measured
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.gate import Verdict
from tidegate.stats.summaries import Bernoulli


@click.group("metrics")
def command() -> None:
    """Which metric decides, and what does that choice tolerate?

    Example: tidegate metrics audit results.csv
    """


COLUMN_OPTIONS = (
    click.option("--truth", default="", help="Column with the truth (found by name when left out)."),
    click.option("--system", "systems", multiple=True, help="Column with a system's answers; repeatable."),
    click.option("--score", "scores", multiple=True, help="Score column, COLUMN or SYSTEM=COLUMN; repeatable."),
    click.option("--segment", "segments", multiple=True, help="Column that splits the items; repeatable."),
    click.option("--id", "id_column", default="", help="Column with the item's id."),
    click.option("--text", default="", help="Column with the text (for the length-only policy)."),
    click.option("--cluster", default="", help="Column of items that belong together (a conversation, a user)."),
    click.option("--by", "long", default="", help="Column naming the system, when each row is one answer."),
    click.option("--ignore", multiple=True, help="Column to leave alone; repeatable."),
    click.option("--positive", default="", help="The label that counts as positive."),
    click.option("--labels", default="", help="The declared labels, separated by commas."),
    click.option("--threshold", type=float, default=None, help="Cut for systems given by scores alone."),
    click.option("--format", "kind", default="", help="csv, tsv, json or jsonl, when the name does not say."),
)


def with_columns(function: Any) -> Any:
    """The options that say which column is what."""
    for option in reversed(COLUMN_OPTIONS):
        function = option(function)
    return function


def load(path: str, options: dict[str, Any]) -> Results:
    """Results from a file and the column options."""
    table = read_results(path, options["kind"])
    roles = Roles(
        options["truth"], tuple(options["systems"]), dict(_score_pair(s) for s in options["scores"]),
        tuple(options["segments"]), options["id_column"], options["text"], options["cluster"], options["long"],
        tuple(options["ignore"]),
    )  # fmt: skip
    labels = tuple(x.strip() for x in options["labels"].split(",") if x.strip())
    return build(table, roles, positive=options["positive"], labels=labels, threshold=options["threshold"])


def _score_pair(text: str) -> tuple[str, str]:
    system, found, column = text.partition("=")
    return (system, column) if found else (text, text)


def parse_costs(text: str) -> Costs | None:
    """`miss=10,false_alarm=1[,review=0.5,hit=0,correct_rejection=0,unit=EUR]`, or a YAML file with these keys."""
    if not text:
        return None
    if Path(text).is_file():
        parsed = yaml.safe_load(Path(text).read_text(encoding="utf-8"))
        if not isinstance(parsed, dict):
            raise InputError(f"expected costs as a mapping, got {type(parsed).__name__}", where=text)
        parsed = parsed.get("costs", parsed)
    else:
        pairs = [p.partition("=") for p in text.split(",") if p.strip()]
        parsed = {k.strip(): v.strip() for k, _, v in pairs}
    short = {"fn": "miss", "fp": "false_alarm", "tp": "hit", "tn": "correct_rejection", "false-alarm": "false_alarm",
             "alarm": "false_alarm"}  # fmt: skip
    known = ("miss", "false_alarm", "hit", "correct_rejection", "review", "unit", "segments")
    out: dict[str, Any] = {}
    for key, value in parsed.items():
        name = short.get(key, key)
        if name not in known:
            raise InputError(f"expected a cost, got {key!r}", where="--costs", remedy=nearest(name, known))
        out[name] = value if name in ("unit", "segments") else _money(name, value)
    missing = [k for k in ("miss", "false_alarm") if k not in out]
    if missing:
        raise InputError(f"expected the cost of {missing[0]}", where="--costs", remedy="e.g. miss=10,false_alarm=1")
    return Costs(**out)


def _money(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"expected a number for {name}, got {value!r}", where="--costs") from error


def parse_prevalence(text: str) -> Measured | float | None:
    """`0.02`, `2%`, or a range `0.01..0.03` (taken as a 95 % interval)."""
    if not text:
        return None
    try:
        scale = 100 if text.strip().endswith("%") else 1  # 0.5..2% is a range of percentages
        ends = [float(x.strip().rstrip("%")) / scale for x in text.split("..")]
    except ValueError as error:
        raise InputError(f"expected a prevalence, got {text!r}", where="--prevalence",
                         remedy="e.g. 0.02, 2% or 0.01..0.03") from error  # fmt: skip
    if not all(0 < e < 1 for e in ends) or len(ends) > 2 or ends != sorted(ends):
        raise InputError(f"expected a prevalence in (0, 1), got {text!r}", where="--prevalence")
    if len(ends) == 1:
        return ends[0]
    value = float(np.sqrt(ends[0] * ends[1]))
    return Estimate(value=value, low=ends[0], high=ends[1], n=0, segment="production", method="given")


@command.command("audit")
@click.argument("results")
@with_columns
@click.option("--costs", default="", help="miss=10,false_alarm=1[,review=0.5,unit=EUR], or a YAML file.")
@click.option("--prevalence", default="", help="Share of positives in production: 0.02, 2% or 0.01..0.03.")
@click.option("--production", default="", help="Unlabelled answers of production, to estimate the prevalence from.")
@click.option("--metric", "primary", default="", help="Metric for segments (default balanced-accuracy).")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write a one-page report.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def audit_command(
    results: str, costs: str, prevalence: str, production: str, primary: str, page: Path | None, seed: int,
    as_json: bool, **options: Any,
) -> NoReturn:  # fmt: skip
    """Hold every score beside what no knowledge scores, in money, by segment.

    RESULTS is CSV, TSV, JSON, JSONL, Parquet, an Inspect log, promptfoo or DeepEval output; - is standard input.

    Example: tidegate metrics audit results.csv --costs miss=10,false_alarm=1 --html report.html
    """
    if primary:
        metric(primary)
    read = load(results, options)
    share = parse_prevalence(prevalence)
    rng = np.random.default_rng(seed)
    extra: list[Measure] = []
    if production:
        if share is not None:
            raise WrongUse("expected one of --prevalence and --production, got both")
        share, measure = _prevalence_from(production, read, options)
        extra.append(measure)
    audit = run_audit(read, rng, costs=parse_costs(costs), prevalence=share, primary=primary)
    findings = findings_of(audit)
    verdict = verdict_of(audit, findings)
    if page is not None:
        _write(page, html_report(audit, findings, verdict))
    measures = (*measures_of(audit), *extra)
    answer = Answer(verb="metrics audit", verdict=verdict, findings=findings, fields=audit_fields(audit),
                    measures=measures if as_json else tuple(extra))  # fmt: skip
    emit(answer, as_json=as_json, words=lambda console: print_audit(console, audit))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"expected a file that can be written ({error.strerror})", where=str(path)) from error


def _prevalence_from(path: str, read: Results, options: dict[str, Any]) -> tuple[Measured | None, Measure]:
    """Prevalence in production from the first system's unlabelled answers, by confusion inversion."""
    if read.positive is None:
        raise WrongUse("expected a yes/no decision to estimate a prevalence", where="--production")
    table = read_results(path, options["kind"])
    system = next((s for s in read.systems if s in table.columns), "")
    if not system:
        raise InputError(f"expected a column of {', '.join(read.systems)}", where=path,
                         remedy=f"columns: {', '.join(table.columns)}")  # fmt: skip
    answers = [spelled(v).lower() for v in table.columns[system]]
    yes = sum(a == read.positive_name.lower() for a in answers)
    matrix = confusion(np.ones(read.n), read.truth, read.systems[system], 2)
    found = production_prevalence(Bernoulli(yes, len(answers)), rates_of(matrix, read.positive))
    measure = Measure(name=f"prevalence in production by {system}", value=found)
    usable = found if isinstance(found, Estimate) and 0 < found.value < 1 else None
    return usable, measure


def audit_fields(audit: Audit) -> dict[str, Any]:
    """The verb's own fields of the document."""
    r = audit.results
    return {
        "read_as": r.read_as, "items": r.n, "classes": list(r.classes), "positive": r.positive_name or None,
        "systems": [
            {"name": s, "skill": k.yes, "depends_on_truth": k.state, "p_value": k.p,
             "confusion": audit.confusion[s]}
            for s, k in audit.knows.items()
        ],
        "scores": [s.to_json() for s in audit.scores],
        "consequences": [s.to_json() for s in audit.shipped],
        "segments": [s.to_json() for s in audit.segments.rows],
        "reversals": [
            {"better": v.better, "than": v.than, "metric": v.metric, "segment": f"{v.column}={v.segment}",
             "aggregate": v.aggregate, "difference": v.difference, "low": v.low, "high": v.high,
             "certain": v.certain, "probability": v.probability}
            for v in audit.segments.reversals
        ],
        "cheapest_by_ratio": [{"low": s.low, "high": s.high, "winner": s.winner} for s in audit.stretches],
        "prevalence": None if np.isnan(audit.share) else audit.share,
        "prevalence_source": audit.prevalence_source,
        "policies": crossover_words(audit)[1:],
    }  # fmt: skip


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_command(as_json: bool) -> NoReturn:
    """The metrics, each with the preference it encodes in plain words.

    Example: tidegate metrics list
    """
    rows = [{"metric": m.name, "rewards": m.words, "better": "higher" if m.better > 0 else "lower"} for m in METRICS]

    def words(console: Console) -> None:
        table = RichTable("metric", "better", "choosing it says")
        for r in rows:
            table.add_row(r["metric"], r["better"], escape(r["rewards"]))
        console.print(table)

    emit(Answer(verb="metrics list", verdict=Verdict.PASS, fields={"metrics": rows, "aliases": ALIASES}),
         as_json=as_json, words=words)  # fmt: skip


@command.command("properties")
@click.argument("names", nargs=-1)
@click.option(
    "--total", type=click.IntRange(2, 30), default=14, show_default=True, help="All matrices up to this many items."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def properties_command(names: tuple[str, ...], total: int, as_json: bool) -> NoReturn:
    """What a metric tolerates: every property, with the smallest counterexample.

    Example: tidegate metrics properties accuracy mcc
    """
    chosen = [metric(n) for n in names] or list(METRICS)
    found = audit_metrics(chosen, total=total)
    rows = [{"metric": f.metric, "property": f.property, "holds": f.holds, "counterexample": f.counterexample or None}
            for f in found]  # fmt: skip

    def words(console: Console) -> None:
        if len(chosen) <= 4:
            for m in chosen:
                table = RichTable("question", "holds", "smallest counterexample", title=f"{m.name}: {m.words}",
                                  title_justify="left")  # fmt: skip
                questions = {p.name: p.question for p in PROPERTIES}
                for f in found:
                    if f.metric == m.name:
                        table.add_row(
                            questions[f.property], "yes" if f.holds else "[red]no[/]", escape(f.counterexample)
                        )
                console.print(table)
            return
        table = RichTable("metric", *(str(i + 1) for i in range(len(PROPERTIES))), padding=(0, 0))
        for m in chosen:
            marks = ["[green]●[/]" if f.holds else "[red]·[/]" for f in found if f.metric == m.name]
            table.add_row(m.name, *marks)
        console.print(table)
        for i, p in enumerate(PROPERTIES, start=1):
            console.print(f"{i:>3}  {p.question}", highlight=False)

    fields = {"properties": rows, "questions": {p.name: p.question for p in PROPERTIES}}
    emit(Answer(verb="metrics properties", verdict=Verdict.PASS, fields=fields), as_json=as_json, words=words)


@command.command("elicit")
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
        _write(out, interview.to_json(share))
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


@command.command("stakeholders")
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


@command.command("judge")
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
    _write(out, "\n".join(lines) + "\n")
    emit(Answer(verb="metrics judge", verdict=Verdict.PASS, fields={"prepared": len(lines), "file": str(out)}),
         as_json=as_json)  # fmt: skip


command.add_command(contract_group)
command.add_command(gate_command)
