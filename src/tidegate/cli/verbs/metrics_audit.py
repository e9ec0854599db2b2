"""`tidegate metrics audit`: what a choice of metric tolerates on these results."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import click
import numpy as np

from tidegate.cli.output import emit
from tidegate.cli.verbs.metrics_columns import load, parse_costs, parse_prevalence, with_columns, write_text
from tidegate.decide.metrics.audit import Audit, run_audit
from tidegate.decide.metrics.catalogue import metric
from tidegate.decide.metrics.cells import confusion
from tidegate.decide.metrics.consequences import rates_of
from tidegate.decide.metrics.costs import production_prevalence
from tidegate.decide.metrics.model import Results
from tidegate.decide.metrics.tables import spelled
from tidegate.decide.metrics.verdicts import findings_of, measures_of, verdict_of
from tidegate.readers.results import read_results
from tidegate.render.report_metrics import crossover_words, html_report, print_audit
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.estimate import Estimate, Measure, Measured
from tidegate.stats.summaries import Bernoulli


@click.command("audit")
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
        write_text(page, html_report(audit, findings, verdict))
    measures = (*measures_of(audit), *extra)
    answer = Answer(verb="metrics audit", verdict=verdict, findings=findings, fields=audit_fields(audit),
                    measures=measures if as_json else tuple(extra))  # fmt: skip
    emit(answer, as_json=as_json, words=lambda console: print_audit(console, audit))


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
