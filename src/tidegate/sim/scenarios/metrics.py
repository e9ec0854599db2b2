"""The literature screener with 96 % accuracy and zero true positives.

Thousands of abstracts, few of them relevant; the screener answers "irrelevant" whenever it is not sure and is
never sure.  The usual gate asks for accuracy ≥ 95 % and ships it.  Ours holds the same results against the same
bar beside the degenerate panel, refuses, and lets a screener through that finds papers although its accuracy is
lower.  Both run the production code on the same rows.
"""

from __future__ import annotations

import numpy as np

from tidegate.decide.metrics.audit import run_audit
from tidegate.decide.metrics.contract import Bar, Contract
from tidegate.decide.metrics.gate import read_bars
from tidegate.decide.metrics.model import Results
from tidegate.decide.metrics.plugin import decider
from tidegate.decide.metrics.verdicts import findings_of, verdict_of
from tidegate.sim.scenario import Arm, ScenarioResult
from tidegate.spine.estimate import Estimate, Measure, NotMeasured
from tidegate.spine.gate import Verdict
from tidegate.stats.intervals import proportion

INCIDENT = (
    "A screener reads abstracts for a review; 3.6 % are relevant. It reports 96 % accuracy and finds none of them."
)
PREVALENCE = 0.036
BAR = 0.95
NAMES = ("irrelevant", "relevant")


def world(seed: int, scale: float) -> tuple[Results, Results]:
    """The same abstracts answered by the screener of the incident, and by one that looks."""
    rng = np.random.default_rng(seed)
    n = max(400, round(5000 * scale))
    relevant = max(20, round(PREVALENCE * n))
    truth = rng.permutation(np.arange(n) < relevant).astype(np.int64)
    blind = np.zeros(n, dtype=np.int64)
    looking = np.where(truth == 1, rng.random(n) < 0.90, rng.random(n) < 0.10).astype(np.int64)
    return Results(NAMES, truth, {"screener": blind}, 1), Results(NAMES, truth, {"screener that looks": looking}, 1)


def run(seed: int, scale: float = 1.0) -> ScenarioResult:
    """The accuracy gate passes the blind screener; ours refuses it and passes the one that looks."""
    blind, looking = world(seed, scale)
    rng = np.random.default_rng(seed + 1)
    usual = _accuracy_gate(blind)
    ours = _our_gate(blind, looking, rng)
    return ScenarioResult(name="metrics", incident=INCIDENT, seed=seed, arms=(usual, ours))


def _accuracy_gate(blind: Results) -> Arm:
    """What was done: ship when accuracy is at least 95 %.  It fails its users when it ships a blind screener."""
    right = int((blind.systems["screener"] == blind.truth).sum())
    accuracy = proportion((right, blind.n))
    assert isinstance(accuracy, Estimate)
    ships = accuracy.value >= BAR
    found = int(((blind.systems["screener"] == 1) & (blind.truth == 1)).sum())
    positives = int(blind.truth.sum())
    return Arm(
        name="accuracy gate", usual=True, verdict=Verdict.FAIL if ships and not found else Verdict.PASS,
        summary=f"accuracy {100 * accuracy.value:.1f} % ≥ 95 %: shipped; finds {found} of {positives} relevant papers",
        measures=(
            Measure(name="accuracy", value=accuracy),
            Measure(name="recall", value=proportion((found, positives))),
        ),
        detail={"ships": ships, "true_positives": found},
    )  # fmt: skip


def _our_gate(blind: Results, looking: Results, rng: np.random.Generator) -> Arm:
    """The same bar for the blind screener, beside the panel; then a contract that says what matters."""
    bar = Contract(decision="ship the screener", owner="product", primary=Bar(metric="accuracy", at_least=BAR))
    refused = decider.decide(read_bars(bar, blind, rng))
    audit = run_audit(blind, rng)
    findings = findings_of(audit)
    audited = verdict_of(audit, findings)
    matters = Contract(
        decision="ship the screener", owner="product", primary=Bar(metric="recall", at_least=0.6),
        guards=(Bar(metric="work-saved-over-sampling", at_least=0.5),),
    )  # fmt: skip
    useful = decider.decide(read_bars(matters, looking, rng))
    holds = refused.verdict is Verdict.FAIL and audited is Verdict.FAIL and useful.verdict is Verdict.PASS
    accuracy = audit.score("screener", "accuracy")
    assert accuracy is not None
    words = next((f.message for f in findings if f.rule == "no-skill"), refused.reason)
    measured = next((m.value for m in useful.measures if m.name.startswith("recall")), None)
    recall = measured if measured is not None else NotMeasured(reason="no recall", needed="positives")
    return Arm(
        name="degenerate panel and contract", usual=False, verdict=Verdict.PASS if holds else Verdict.FAIL,
        summary=f"refused: {words.removeprefix('screener: ')}; the screener that looks passes its contract",
        measures=(
            Measure(name="accuracy", value=NotMeasured(reason=accuracy.reason, needed="a lead that is no chance")),
            Measure(name="recall", value=recall),
        ),
        detail={"ships_blind": refused.verdict is Verdict.PASS, "ships_looking": useful.verdict is Verdict.PASS},
    )  # fmt: skip
