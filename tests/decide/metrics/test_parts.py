"""Properties of metrics, costs, elicitation, contracts and judges."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.decide.metrics import contract as contracts
from tidegate.decide.metrics import elicit, judge
from tidegate.decide.metrics.catalogue import METRICS, Metric, metric
from tidegate.decide.metrics.contract import Bar, Contract
from tidegate.decide.metrics.costs import FLAG_ALL, FLAG_NONE, Rates, cost_curves, ranking_at, winners_by_ratio
from tidegate.decide.metrics.gate import read_bars
from tidegate.decide.metrics.model import Results
from tidegate.decide.metrics.plugin import MetricGate
from tidegate.decide.metrics.properties import PROPERTIES, audit_metrics, check, small_matrices
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.estimate import Estimate
from tidegate.spine.gate import Verdict

COUNTS = st.tuples(*[st.integers(0, 60)] * 4).filter(lambda c: sum(c) > 0)


@given(COUNTS, st.floats(1, 50))
def test_weighted_mcc(counts: tuple[int, int, int, int], weight: float) -> None:
    tp, fp, fn, tn = (np.array(float(c)) for c in counts)
    plain = float(metric("mcc")(tp, fp, fn, tn))
    same = float(metric("mcc")(1.0 * tp, fp, 1.0 * fn, tn))
    assert plain == pytest.approx(same, nan_ok=True)
    heavy = float(metric("mcc")(weight * tp, fp, weight * fn, tn))
    assert np.isnan(heavy) == np.isnan(plain)


@given(COUNTS)
def test_undefined_is_never_zero(counts: tuple[int, int, int, int]) -> None:
    tp, fp, fn, tn = (np.array(float(c)) for c in counts)
    assert np.isnan(metric("precision")(tp, fp, fn, tn)) == (tp + fp == 0)
    assert np.isnan(metric("recall")(tp, fp, fn, tn)) == (tp + fn == 0)


def test_the_table_of_properties_is_right_where_theory_says_so() -> None:
    found = {(f.metric, f.property): f.holds for f in audit_metrics(total=10, large=3000)}
    assert len(METRICS) >= 40
    assert len(PROPERTIES) >= 10
    for name in ("informedness", "balanced-accuracy", "mcc", "kappa"):
        assert found[name, "chance-anchored"], name
    for name in ("accuracy", "f1", "recall", "work-saved"):
        assert not found[name, "chance-anchored"], name
    assert found["informedness", "prevalence-invariant"]
    assert not found["mcc", "prevalence-invariant"]
    assert not found["accuracy", "constant-no-never-wins"]
    assert not found["recall", "sees-false-alarms"]
    assert found["accuracy", "both-errors-alike"]
    assert found["expected-cost-10", "agrees-with-cost-10"]
    assert not found["mutual-information", "liar-loses"]


def test_counterexamples_are_smallest_and_a_planted_fault_is_found() -> None:
    world = small_matrices(4)
    sizes = sum(world)
    assert (np.diff(sizes) >= 0).all()
    broken = Metric("broken", lambda tp, fp, fn, tn: fn, "loves misses")
    found = check(broken, next(p for p in PROPERTIES if p.name == "fixing-a-miss-helps"), [world])
    assert not found.holds
    assert found.before == (0, 0, 1, 0)


RATES = st.dictionaries(st.sampled_from("abcde"), st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1)


@given(RATES, st.floats(0.01, 0.9))
@settings(max_examples=60)
def test_winners_by_ratio_are_the_lower_envelope(given_rates: dict[str, tuple[int, int]], share: float) -> None:
    rates = {k: Rates(100 - m, 100, f, 100) for k, (m, f) in given_rates.items()}
    stretches = winners_by_ratio(rates, share, low=0.01, high=100)
    assert stretches[0].low == 0.01
    assert stretches[-1].high == pytest.approx(100)
    for s in stretches:
        middle = np.array([np.sqrt(s.low * s.high)])
        curves = {k: float(v[0]) for k, v in cost_curves(rates, share, middle).items()}
        assert curves[s.winner] <= min(curves.values()) + 1e-9
    assert {s.winner for s in stretches} <= {*rates, FLAG_NONE, FLAG_ALL}


def test_an_honest_stakeholder_is_understood_in_twelve_questions() -> None:
    rates = {"careful": Rates(95, 100, 40, 100), "middle": Rates(80, 100, 10, 100), "quiet": Rates(50, 100, 1, 100)}
    for ratio in (0.02, 0.3, 1.0, 7.0, 60.0):
        interview = elicit.Interview("anna")
        while (q := elicit.next_question(interview, rates, 0.1)) is not None:
            assert (q.alarms_b - q.alarms_a) / (q.misses_a - q.misses_b) == pytest.approx(q.ratio, rel=1e-6)
            interview = interview.add(q, ratio > q.ratio)
        said = elicit.stance(interview, rates, 0.1)
        assert said.questions <= 12
        truth = ranking_at(rates, 0.1, [ratio])[0]
        assert said.ranking == truth or abs(np.log(said.ratio.value / ratio)) <= np.log(1.25)


def test_stakeholders_are_kept_apart() -> None:
    rates = {"loud": Rates(95, 100, 40, 100), "quiet": Rates(50, 100, 1, 100)}
    low = elicit.Interview("finance", ((1.0, False), (0.5, False), (2.0, False), (1.0, False)))
    high = elicit.Interview("safety", ((10.0, True), (30.0, True), (20.0, True), (50.0, True)))
    (apart,) = elicit.disagreements([low, high], rates, 0.1)
    assert apart.matters
    assert {apart.winner_first, apart.winner_second} == {"loud", "quiet"}


CONTRACT = Contract(decision="ship", owner="anna", primary=Bar(metric="recall", at_least=0.8),
                    guards=(Bar(metric="precision", at_least=0.3),), signals=("humans", "judge"))  # fmt: skip


def test_a_changed_contract_is_not_signed() -> None:
    assert contracts.signature_state(CONTRACT) == "unsigned"
    signed = contracts.sign(CONTRACT, by="Anna", date="2026-01-01")
    assert contracts.signature_state(signed) == "valid"
    for change in (
        {"primary": Bar(metric="recall", at_least=0.7)}, {"owner": "bob"}, {"guards": ()}, {"signals": ("judge",)},
        {"decision": "ship it"}, {"prevalence": 0.1},
    ):  # fmt: skip
        assert contracts.signature_state(msgspec.structs.replace(signed, **change)) != "valid", change
    with pytest.raises(WrongUse, match="owner"):
        contracts.sign(CONTRACT, by="eve", date="2026-01-01")


def test_a_key_keeps_others_from_signing() -> None:
    key = b"0123456789abcdef"
    signed = contracts.sign(CONTRACT, by="anna", date="2026-01-01", key=key)
    assert contracts.signature_state(signed, key) == "valid"
    assert contracts.signature_state(signed, b"another key of 16") == "changed"
    assert contracts.signature_state(signed) == "key-missing"
    forged = contracts.sign(CONTRACT, by="anna", date="2026-01-01")
    assert contracts.signature_state(forged, key) == "unsigned"


def results(hit: float, alarm: float, n: int = 4000) -> Results:
    rng = np.random.default_rng(2)
    truth = (rng.random(n) < 0.1).astype(np.int64)
    answer = np.where(truth == 1, rng.random(n) < hit, rng.random(n) < alarm).astype(np.int64)
    return Results(("no", "yes"), truth, {"s": answer}, 1)


@pytest.mark.parametrize(
    ("hit", "alarm", "verdict"),
    [(0.95, 0.05, Verdict.PASS), (0.5, 0.05, Verdict.FAIL), (0.81, 0.05, Verdict.UNDECIDED), (0.0, 0.0, Verdict.FAIL)],
)
def test_the_gate_passes_fails_and_abstains(hit: float, alarm: float, verdict: Verdict) -> None:
    readings = read_bars(CONTRACT, results(hit, alarm), np.random.default_rng(1), replicates=400)
    assert MetricGate().decide(readings).verdict is verdict


def test_a_bar_that_a_constant_clears_does_not_pass() -> None:
    bar = Contract(decision="ship", owner="anna", primary=Bar(metric="accuracy", at_least=0.85))
    (reading,) = read_bars(bar, results(0.0, 0.0), np.random.default_rng(1), replicates=200)
    assert isinstance(reading.value, Estimate)
    assert reading.value.low > 0.85
    assert reading.verdict is Verdict.FAIL
    assert "for everything" in reading.reason


def test_precision_is_read_at_the_production_prevalence() -> None:
    here = read_bars(CONTRACT, results(0.95, 0.05), np.random.default_rng(1), replicates=200)[1]
    rare = msgspec.structs.replace(CONTRACT, prevalence=0.01)
    there = read_bars(rare, results(0.95, 0.05), np.random.default_rng(1), replicates=200)[1]
    assert isinstance(here.value, Estimate)
    assert isinstance(there.value, Estimate)
    assert there.value.value < 0.3 < here.value.value


def test_signals_resolve_by_their_order() -> None:
    assert contracts.resolve_signals(("humans", "judge"), {"judge": "up", "humans": "flat"}) == ("humans", "flat", True)
    with pytest.raises(WrongUse, match="signals"):
        contracts.resolve_signals(("humans",), {"clicks": "up"})


def test_bad_contracts_say_what_is_wrong() -> None:
    with pytest.raises(InputError, match="one of at_least"):
        Bar(metric="recall")
    with pytest.raises(Exception, match="did you mean"):
        Bar(metric="recal", at_least=1)
    with pytest.raises(InputError, match="metric contract"):
        contracts.decode({"decision": "x", "owner": "y", "primary": {"metric": "recall", "at_lest": 1}}, "m.yaml")


def test_a_coin_of_a_judge_decides_nothing_and_bias_is_found() -> None:
    rng = np.random.default_rng(7)
    human = (rng.random(200) < 0.5).tolist()
    coin = (rng.random(200) < 0.5).tolist()
    found = judge.audit_judge(human=human, judged=coin)
    assert not found.decides
    good = [h if rng.random() < 0.9 else not h for h in human]
    scores = rng.normal(5, 1, 200)
    longer = [(float(s), float(s + 0.4 + rng.normal(0, 0.3))) for s in scores]
    same = [(float(s), float(s + rng.normal(0, 0.3))) for s in scores]
    biased = judge.audit_judge(human=human, judged=good, edits={"longer": longer, "formal": same})
    assert biased.decides
    assert not biased.sole_gate
    assert any("longer" in r for r in biased.reasons)
    orders = [("a", "a")] * 190 + [("a", "b")] * 10
    fair = judge.audit_judge(human=human, judged=good, edits={"formal": same}, orders=orders)
    assert fair.sole_gate


def test_controlled_edits_change_the_manner_only() -> None:
    text = "It's fine, but you can't get 42 items."
    assert "42" in judge.formal(text)
    assert "cannot" in judge.formal(text)
    assert judge.longer(text).startswith(text)
    assert len(judge.longer(text)) >= 1.4 * len(text)
