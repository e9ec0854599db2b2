"""`tidegate harvest museum`: does the suite still speak of today's traffic?"""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import numpy as np
from rich.console import Console
from rich.markup import escape

from tidegate.cli.harvest_inputs import NEAR, embed, embedder_name, histories, open_embedder, read_results, traffic
from tidegate.cli.output import emit, read_jsonl
from tidegate.cli.store_options import resolve, store_options
from tidegate.curate.harvest.modes.group import Failure, distinct, group
from tidegate.curate.harvest.suites.coverage import calibrated_radius, coverage
from tidegate.curate.harvest.suites.museum import shares, silent_cases, suspects
from tidegate.curate.harvest.suites.suite import Suite
from tidegate.readers.suite_files import read_suite
from tidegate.readers.texts import Said
from tidegate.render.harvest import question_of
from tidegate.spine.answer import Answer
from tidegate.spine.case import CaseStatus
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measure, NotMeasured
from tidegate.spine.finding import Certainty, Finding, Severity, Where
from tidegate.spine.gate import Verdict
from tidegate.stats.late import late

if TYPE_CHECKING:
    from tidegate import wiring
else:
    wiring = late("tidegate.wiring")  # a second of imports that `--help` does not need


@click.command("museum")
@click.argument("suite", type=click.Path(path_type=Path), default="suite")
@click.option("--traffic", "traffic_", default=None, help="JSONL of recent calls [default: the trace store's].")
@click.option("--days", default=30, show_default=True, help="How far back the store's traffic goes.")
@click.option("--people", default=None, help='JSONL {"id": CALL, "covered": true}: people\'s answers for the interval.')
@click.option(
    "--results",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Results of several systems or releases (`run --out`): finds wrong labels.",
)
@click.option(
    "--embedder", "embedder_", type=click.Choice(["auto", "wordllama", "tfidf"]), default="auto", show_default=True
)
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    suite: Path,
    traffic_: str | None,
    days: int,
    people: str | None,
    results: tuple[Path, ...],
    embedder_: str,
    store: Path | None,
    config: Path | None,
    as_json: bool,
) -> NoReturn:
    """Coverage of recent traffic, age and source of the cases, what can no longer fail, labels that look wrong.

    Example: tidegate harvest museum suite --traffic calls.jsonl
    """
    settings = resolve(store, config)
    cases = read_suite(suite)
    today = datetime.now(UTC).date().isoformat()
    measures = list(shares(cases.cases, today))
    findings: list[Finding] = []
    try:
        calls = traffic(traffic_, settings, days)
    except InputError as error:
        if traffic_ is not None:
            raise
        calls = []
        measures.append(
            Measure(name="traffic covered by the suite", value=NotMeasured(reason=error.message, needed=error.remedy))
        )
    if calls:
        measure, more = _coverage(cases, calls, people, embedder_name(embedder_))
        measures.append(measure)
        findings += more
    elif not any(m.name.startswith("traffic") for m in measures):
        measures.append(
            Measure(
                name="traffic covered by the suite",
                value=NotMeasured(reason="no call's text was kept", needed="bodies: full, or --traffic"),
            )
        )
    silent = silent_cases(list(histories(wiring.state_store(settings.store)).values()))
    findings += [
        _note(
            "cannot-fail",
            i,
            cases,
            "this case failed in none of its many runs: it can no longer fail",
            "`tidegate harvest retire` says whether it is a relic",
        )
        for i in silent
        if i in cases.by_id()
    ]
    findings += _wrong_labels(cases, results)
    answer = Answer(
        verb="harvest museum",
        verdict=Verdict.PASS if cases.cases else Verdict.UNDECIDED,
        findings=tuple(findings),
        measures=tuple(measures),
        fields={"cases": len(cases.cases), "calls": len(calls)},
    )
    emit(answer, as_json=as_json, words=lambda console: _show(console, cases, len(calls)))


def _coverage(suite: Suite, calls: list[Said], people: str | None, name: str) -> tuple[Measure, list[Finding]]:
    live = [c for c in suite.cases if c.status is not CaseStatus.QUARANTINED]
    texts, case_texts = [c.text for c in calls], [question_of(c, 4000) for c in live]
    port = open_embedder(name, [*texts, *case_texts])
    calls_v, cases_v = embed(port, texts), embed(port, case_texts) if case_texts else embed(port, texts)[:0]
    labelled = [i for i, c in enumerate(live) if c.mode]
    radius = calibrated_radius(cases_v[labelled], [live[i].mode for i in labelled]) if labelled else None
    answers = None
    if people is not None:
        at = {c.key: i for i, c in enumerate(calls)}
        rows = [row for _, row in read_jsonl(people)]
        answers = {at[str(r["id"])]: bool(r["covered"]) for r in rows if str(r.get("id")) in at and "covered" in r}
    found = coverage(calls_v, cases_v, radius=radius, people=answers)
    open_calls = list(found.uncovered)
    out: list[Finding] = []
    if open_calls:
        rows_ = [Failure(failure_id=str(i), text=texts[i]) for i in open_calls]
        same = distinct([r.text for r in rows_])
        grouped = group(rows_, calls_v[[open_calls[i] for i in np.unique(same)]], same, near=NEAR[name])
        sizes = Counter(grouped.labels)
        for mode in sorted(grouped.modes, key=lambda m: -sizes[m.mode_id])[:15]:
            n = sizes[mode.mode_id]
            if n < 2:
                continue
            out.append(
                Finding(
                    rule="traffic-without-case",
                    severity=Severity.WARNING,
                    subject=mode.name,
                    message=f"{n} calls ({n / len(calls):.1%} of traffic) about {mode.name!r} and no case, "
                    f"e.g. {mode.examples[0][:90]!r}",
                    evidence={
                        "certainty": Certainty.MEASURED.value,
                        "calls": n,
                        "examples": list(mode.examples[:3]),
                    },
                    suggestion="write a case for it, or let `tidegate harvest collect` make one of its next failure",
                )
            )
    return Measure(name="traffic covered by the suite", value=found.share), out


def _note(rule: str, case_id: str, suite: Suite, message: str, suggestion: str, **evidence: object) -> Finding:
    file, line = suite.places.get(case_id, (None, None))
    return Finding(
        rule=rule,
        severity=Severity.NOTE,
        subject=case_id,
        where=Where(file=file, line=line),
        message=message,
        evidence={"certainty": Certainty.MEASURED.value, **evidence},
        suggestion=suggestion,
    )


def _wrong_labels(suite: Suite, results: tuple[Path, ...]) -> list[Finding]:
    if not results:
        return []
    tables = [{r["case"]: r for r in read_results(p)["cases"]} for p in results]
    ids = sorted({i for t in tables for i in t})
    passes = np.array(
        [[t[i]["passed"] / t[i]["runs"] >= 0.5 if i in t and t[i]["runs"] else np.nan for i in ids] for t in tables]
    )
    cases = suite.by_id()
    modes = [cases[i].mode if i in cases else "" for i in ids]
    found = suspects(passes.astype(float), modes, top=max(1, round(0.03 * len(ids))))
    return [
        _note(
            "wrong-label-suspected",
            ids[s.index],
            suite,
            f"its expectation may be wrong: {s.reason}",
            "look at it with somebody who knows the answer",
            item_rest=round(s.item_rest, 3),
        )
        for s in found
        if s.score > 0
    ]


def _show(console: Console, suite: Suite, calls: int) -> None:
    console.print(f"{len(suite.cases)} cases beside {calls} calls", highlight=False)
    quarantined = sum(c.status is CaseStatus.QUARANTINED for c in suite.cases)
    if quarantined:
        console.print(escape(f"{quarantined} in quarantine"), style="dim")
