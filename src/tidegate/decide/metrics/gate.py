"""What CI calls: a contract's bars held against results, at the production prevalence, beside the degenerate panel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tidegate.decide.metrics.catalogue import metric
from tidegate.decide.metrics.cells import draw_counts, make_cells
from tidegate.decide.metrics.contract import Bar, Contract, Reading
from tidegate.decide.metrics.degenerate import Panel, degenerate_values, score_metric
from tidegate.decide.metrics.dependence import knowledge
from tidegate.decide.metrics.model import Results
from tidegate.spine.errors import WrongUse, nearest
from tidegate.spine.estimate import Estimate, NotMeasured
from tidegate.spine.gate import Verdict
from tidegate.stats.arrays import Floats


def in_segment(results: Results, segment: str) -> Results:
    """The part of the results with column=value."""
    column, _, value = segment.partition("=")
    if column not in results.segments:
        raise WrongUse(f"expected a segment column of the results, got {column!r}",
                       remedy=nearest(column, results.segments) if results.segments else "there are none")  # fmt: skip
    found = results.segments[column]
    if value not in found.names:
        raise WrongUse(f"expected a value of {column!r}, got {value!r}", remedy=nearest(value, found.names))
    here = found.codes == found.names.index(value)
    return replace(
        results, truth=results.truth[here], systems={s: a[here] for s, a in results.systems.items()},
        scores={s: v[here] for s, v in results.scores.items()}, segments={},
        lengths=None, clusters=None if results.clusters is None else np.unique(
            results.clusters[here], return_inverse=True)[1].ravel(),
    )  # fmt: skip


def choose_system(results: Results, wanted: str | None) -> str:
    """The system a gate speaks of; it must be named when there are several."""
    if wanted:
        if wanted not in results.systems:
            raise WrongUse(f"expected a system of the results, got {wanted!r}", remedy=nearest(wanted, results.systems))
        return wanted
    if len(results.systems) > 1:
        raise WrongUse(f"expected which system to gate, got {len(results.systems)}: {', '.join(results.systems)}",
                       remedy="name it with --system or as `system` in the contract")  # fmt: skip
    return next(iter(results.systems))


def read_bars(
    contract: Contract, results: Results, rng: np.random.Generator, *, system: str | None = None, replicates: int = 2000
) -> tuple[Reading, ...]:
    """Every bar of the contract with its value and verdict."""
    if not results.binary:
        raise WrongUse(f"expected results of a yes/no decision, got {len(results.classes)} classes",
                       remedy="a contract's metrics are those of a yes/no decision")  # fmt: skip
    chosen = choose_system(results, system or contract.system)
    return tuple(_read(bar, contract, results, chosen, rng, replicates) for bar in (contract.primary, *contract.guards))


def _read(
    bar: Bar, contract: Contract, results: Results, system: str, rng: np.random.Generator, replicates: int
) -> Reading:
    part = in_segment(results, bar.segment) if bar.segment else results
    if not part.n:
        nothing = NotMeasured(reason="no items", needed="items of this segment", segment=bar.segment or "all")
        return Reading(bar=bar, value=nothing, verdict=Verdict.UNDECIDED, useful=False, reason=nothing.reason)
    cells = make_cells(part, [system])
    drawn = draw_counts(cells, replicates, rng)
    counts = cells.counts.astype(np.float64)
    if contract.prevalence is not None:
        assert part.positive is not None
        counts, drawn = (_moved(c, cells.truth == part.positive, contract.prevalence) for c in (counts, drawn))
    panel = Panel(part, replace(cells, counts=counts), drawn, {})  # type: ignore[arg-type]
    knows = knowledge(part, system, family=1)
    chosen = metric(bar.metric)
    score = score_metric(chosen, system, panel, knows, panel.matrices(cells.answers[system]),
                         degenerate_values(chosen, panel))  # fmt: skip
    useful = score.useful or (score.one_sided and knows.yes)
    verdict = bar.verdict(score.value)
    if isinstance(score.value, NotMeasured):
        return Reading(bar=bar, value=score.value, verdict=Verdict.UNDECIDED, useful=False, reason=score.value.reason)
    if not useful:
        reason = score.reason or knows.why
        missed = verdict is Verdict.FAIL or knows.state != "open"
        refused = Verdict.FAIL if missed else Verdict.UNDECIDED
        return Reading(bar=bar, value=score.value, verdict=refused, useful=False, reason=reason)
    return Reading(
        bar=bar, value=score.value, verdict=verdict, useful=True, reason=_distance(bar, score.value, verdict)
    )


def _moved(counts: Floats, positive: np.ndarray, prevalence: float) -> Floats:
    """Counts reweighted so that positives have the production share; totals kept."""
    total = counts.sum(axis=-1, keepdims=True)
    yes = counts[..., positive].sum(axis=-1, keepdims=True)
    no = total - yes
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(positive, prevalence * total / yes, (1 - prevalence) * total / no)
    return np.where(np.isfinite(factor), counts * factor, counts)


def _distance(bar: Bar, value: Estimate, verdict: Verdict) -> str:
    if verdict is Verdict.PASS:
        return ""
    goal = bar.at_least if bar.at_least is not None else bar.at_most
    assert goal is not None
    if verdict is Verdict.FAIL:
        return f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}] misses {goal:g}"
    return f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}] does not settle {goal:g}: more items are needed"
