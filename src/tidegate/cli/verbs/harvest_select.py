"""`tidegate harvest select`: which cases to run when there is not time or money for all."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import msgspec
import numpy as np
from rich.console import Console

from tidegate.cli.harvest_inputs import embed, embedder_name, histories, open_embedder, traffic
from tidegate.cli.output import emit
from tidegate.cli.store_options import resolve, store_options
from tidegate.curate.harvest.capture.outcomes import request_of
from tidegate.curate.harvest.suites.museum import History
from tidegate.curate.harvest.suites.retire import EXEMPT
from tidegate.curate.harvest.suites.select import Candidate, Selection, select
from tidegate.readers.suite_files import read_suite, replace
from tidegate.render.harvest import question_of
from tidegate.spine.answer import Answer
from tidegate.spine.case import Case, CaseStatus
from tidegate.spine.estimate import Estimate, Measure
from tidegate.spine.gate import Verdict
from tidegate.stats.late import late

if TYPE_CHECKING:
    from tidegate import wiring
else:
    wiring = late("tidegate.wiring")  # a second of imports that `--help` does not need


sparse = late("scipy.sparse")

COSTS = {"cases": "each case costs 1", "tokens": "a case costs its request's tokens (bytes / 4)"}


@click.command("select")
@click.argument("suite", type=click.Path(path_type=Path), default="suite")
@click.option("--budget", type=float, required=True, help="What may be spent, in the unit of --by.")
@click.option("--by", type=click.Choice(list(COSTS)), default="cases", show_default=True, help="What a case costs.")
@click.option(
    "--traffic", "traffic_", default=None, help="JSONL of recent calls: cases that stand for many come first."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Write the ids, one a line, for `run --cases`."
)
@click.option(
    "--embedder", "embedder_", type=click.Choice(["auto", "wordllama", "tfidf"]), default="auto", show_default=True
)
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    suite: Path,
    budget: float,
    by: str,
    traffic_: str | None,
    out: Path | None,
    embedder_: str,
    store: Path | None,
    config: Path | None,
    as_json: bool,
) -> NoReturn:
    """The cases that tell most for the budget: traffic they stand for, failure modes they hit, how undecided they are.

    Example: tidegate harvest select suite --budget 50 --out tonight.txt
    """
    settings = resolve(store, config)
    cases = [c for c in read_suite(suite).cases if c.status is not CaseStatus.QUARANTINED]
    known = histories(wiring.state_store(settings.store))
    covers = _covers(cases, traffic_, settings, embedder_name(embedder_)) if traffic_ else [{} for _ in cases]
    candidates = [
        Candidate(
            case_id=c.case_id,
            cost=_cost(c, by),
            covers=covers[i],
            mode=c.mode,
            must=_must(c),
            information=_information(known.get(c.case_id)),
        )
        for i, c in enumerate(cases)
    ]
    modes = {
        m: 1.0 + n for m, n in Counter(c.mode for c in cases for _ in range(1 + c.provenance.similar) if c.mode).items()
    }
    found = select(candidates, budget, modes=modes)
    if out is not None:
        replace(out, "".join(f"{i}\n" for i in found.chosen))
    share = found.value / found.value_of_all if found.value_of_all else 1.0
    measures = (
        Measure(
            name="share of the whole suite's worth", value=Estimate(value=share, low=share, high=share, n=len(cases))
        ),
    )
    fields = {
        "chosen": list(found.chosen),
        "cost": found.cost,
        "budget": budget,
        "modes_hit": found.modes_hit,
        "of": len(cases),
    }
    answer = Answer(
        verb="harvest select", verdict=Verdict.PASS if cases else Verdict.UNDECIDED, measures=measures, fields=fields
    )
    emit(answer, as_json=as_json, words=lambda console: _show(console, found, cases, budget, by))


def _must(case: Case) -> bool:
    return case.provenance.source in EXEMPT or bool(case.provenance.pinned)


def _cost(case: Case, by: str) -> float:
    return 1.0 if by == "cases" else max(1.0, len(msgspec.json.encode(request_of(case))) / 4)


def _information(history: History | None) -> float:
    """p(1 − p) of the case's pass rate: what surely passes or surely fails tells little; unknown tells most."""
    if history is None or not history.runs:
        return 0.25
    p = (history.passed + 0.5) / (history.runs + 1)
    return p * (1 - p)


def _covers(cases: list[Case], path: str, settings: object, name: str) -> list[dict[int, float]]:
    calls = traffic(path, settings, 30)  # type: ignore[arg-type]
    texts, own = [c.text for c in calls], [question_of(c, 4000) for c in cases]
    port = open_embedder(name, [*texts, *own])
    calls_v = embed(port, texts)
    out: list[dict[int, float]] = []
    own_v = embed(port, own)
    for a in range(0, len(own), 512):
        near = own_v[a : a + 512] @ calls_v.T
        for row in sparse.csr_matrix(np.where(near >= 0.5, near, 0.0)):
            out.append({int(j): float(v) for j, v in zip(row.indices, row.data, strict=True)})
    return out


def _show(console: Console, found: Selection, cases: list[Case], budget: float, by: str) -> None:
    for case_id in found.chosen[:40]:
        console.print(case_id, highlight=False)
    if len(found.chosen) > 40:
        console.print(f"[dim]and {len(found.chosen) - 40} more[/]")
    console.print(
        f"{len(found.chosen)} of {len(cases)} cases for {found.cost:g} of {budget:g} {by}; "
        f"{found.modes_hit} failure modes hit",
        highlight=False,
    )
