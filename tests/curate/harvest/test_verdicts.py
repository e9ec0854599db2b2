"""A1 and A2: verdicts stop early and stay right, alarms hold at any time, promotion and held-out as promised."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.curate.harvest.suites.verdicts import (
    DROPS,
    Baseline,
    CaseRecord,
    RegressionBet,
    Rules,
    alarms,
    cannot_fail,
    held_out_reading,
    promoted,
    start,
    suite_gate,
    suite_measures,
    wants_more,
)  # fmt: skip
from tidegate.spine.case import CaseStatus, make_case
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate
from tidegate.spine.gate import Verdict
from tidegate.stats.repeats import pass_hat_k_items

RULES = Rules()
SEED = 20261126


def record(status: CaseStatus = CaseStatus.BLOCKING, baseline: Baseline | None = None, name: str = "q") -> CaseRecord:
    given_case = make_case(
        "chat", {"messages": [{"role": "user", "content": name}]}, [{"oracle": "complete"}], status=status
    )
    return start(given_case, RULES, baseline)


def run(r: CaseRecord, outcomes: str, rules: Rules = RULES) -> CaseRecord:
    for o in outcomes:
        r = r.add(Verdict.PASS if o == "p" else Verdict.FAIL if o == "f" else Verdict.UNDECIDED, o, rules)
    return r


def play(p: float, rng: np.random.Generator, rules: Rules, status: CaseStatus, cases: int = 1) -> CaseRecord:
    r = CaseRecord(case_id="x", status=status)
    while wants_more(r, rules, cases):
        r = r.add(Verdict.PASS if rng.random() < p else Verdict.FAIL, "", rules)
    return r


def test_a_steady_case_is_decided_in_a_few_runs() -> None:
    assert play(1.0, np.random.default_rng(1), RULES, CaseStatus.BLOCKING).runs == 6
    failing = play(0.0, np.random.default_rng(1), RULES, CaseStatus.KNOWN_FAILING)
    assert failing.verdict(RULES) is Verdict.FAIL
    assert failing.runs == 2
    blocking = play(0.0, np.random.default_rng(1), RULES, CaseStatus.BLOCKING, cases=1000)
    assert blocking.log_alarm() >= math.log(1000 / RULES.alpha), "a failing case goes on until it blocks alone"


def test_false_verdicts_stay_below_delta() -> None:
    print("seed", SEED)
    rng = np.random.default_rng(SEED)
    rules = Rules(delta=0.1, runs_max=30)
    wrong_fail = sum(play(0.8, rng, rules, CaseStatus.KNOWN_FAILING).verdict(rules) is Verdict.FAIL for _ in range(600))
    assert wrong_fail / 600 <= 0.1 + 2.6 * math.sqrt(0.09 / 600)
    missed = sum(play(0.2, rng, rules, CaseStatus.KNOWN_FAILING).verdict(rules) is Verdict.PASS for _ in range(300))
    assert missed == 0


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 0.98), st.floats(0, 1), st.integers(1, 40), st.sampled_from(DROPS))
def test_the_regression_bet_is_an_e_variable_for_no_worse(theta: float, better: float, size: int, drop: float) -> None:
    """Exact expectation of one block over all outcomes, for every p_new ≥ p_old."""
    p_old = 0.02 + 0.95 * theta
    p_new = p_old + (1 - p_old) * better
    total = 0.0
    for good in range(size + 1):
        weight = math.comb(size, good) * p_old**good * (1 - p_old) ** (size - good)
        for passed, p in ((True, p_new), (False, 1 - p_new)):
            bet = RegressionBet(theta=theta, blocks=(good,), size=size).observe(passed)
            total += weight * p * math.exp(bet.logs[DROPS.index(drop)])
    assert total <= 1 + 1e-9


def test_a_a_runs_alarm_at_most_at_alpha_and_a_real_drop_is_found() -> None:
    print("seed", SEED)
    rng = np.random.default_rng(SEED)
    rules = Rules(alpha=0.05, runs_max=12)
    rates = np.array([1.0, 1.0, 0.95, 0.9, 0.85])

    def rerun(p_new: np.ndarray) -> list[bool]:
        rows = []
        for p, q in zip(rates, p_new, strict=True):
            bet = RegressionBet.against(
                Baseline(passed=int(rng.binomial(60, p)), runs=60), 12, int(rng.integers(1 << 30))
            )
            r = CaseRecord(case_id="x", status=CaseStatus.BLOCKING, bet=bet)
            for good in rng.random(12) < q:
                r = r.add(Verdict.PASS if good else Verdict.FAIL, "", rules)
            rows.append(r)
        return alarms(rows, rules.alpha)

    false = sum(any(rerun(rates)) for _ in range(400)) / 400
    assert false <= 0.05 + 2.6 * math.sqrt(0.05 * 0.95 / 400)
    found = sum(rerun(rates - np.array([0.7, 0, 0, 0, 0]))[0] for _ in range(100))
    assert found >= 90


def test_no_baseline_no_bet_and_a_spent_one_stakes_nothing() -> None:
    assert RegressionBet.against(Baseline(passed=1, runs=1), 12) is None
    bet = RegressionBet.against(Baseline(passed=2, runs=2), 12)
    assert bet is not None
    assert bet.observe(False).observe(False) == bet.observe(False)


def test_first_fix_promotes_and_the_gate_then_blocks_what_comes_back() -> None:
    fixed = run(record(CaseStatus.KNOWN_FAILING), "pppppp")
    assert promoted(fixed, RULES)
    assert not promoted(run(record(CaseStatus.KNOWN_FAILING), "ffffff"), RULES)
    assert suite_gate([run(record(CaseStatus.KNOWN_FAILING), "ffffff")], RULES).verdict is Verdict.PASS, "reported only"
    assert suite_gate([run(record(), "ffffff")], RULES).verdict is Verdict.FAIL
    assert suite_gate([run(record(), "pppppp")], RULES).verdict is Verdict.PASS


def test_a_gate_never_passes_on_what_was_not_measured() -> None:
    assert suite_gate([], RULES).verdict is Verdict.UNDECIDED
    assert suite_gate([record()], RULES).verdict is Verdict.UNDECIDED
    assert suite_gate([run(record(), "pf")], RULES).verdict is Verdict.UNDECIDED
    assert suite_gate([run(record(), "uuu")], RULES).verdict is Verdict.UNDECIDED
    assert suite_gate([run(record(), "pppppp")], RULES, unfinished="the budget is spent").verdict is Verdict.UNDECIDED


def test_undecided_runs_are_no_runs() -> None:
    r = run(record(), "uup")
    assert (r.runs, r.undecided) == (1, 2)
    assert not wants_more(run(record(), "uuu"), RULES, 1), "three runs that cannot be decided end it"


def test_held_out_must_not_fall() -> None:
    assert held_out_reading([1.0] * 40, 0.9)[0] is Verdict.PASS
    assert held_out_reading([0.0] * 40, 0.9)[0] is Verdict.FAIL
    assert held_out_reading([1.0] * 34 + [0.0] * 6, 0.9)[0] is Verdict.UNDECIDED
    assert held_out_reading([], 0.9)[0] is Verdict.UNDECIDED
    good = run(record(), "pppppp")
    assert suite_gate([good], RULES, held_out=held_out_reading([0.0] * 40, 0.9)).verdict is Verdict.FAIL


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda t: sum(t) >= 4), min_size=2, max_size=12))
def test_pass_hat_k(counts: list[tuple[int, int]]) -> None:
    """pass^1 is the mean pass rate; pass^k never grows with k."""
    x = np.array([a for a, _ in counts])
    n = np.array([a + b for a, b in counts])
    values = [pass_hat_k_items(x, n, k).mean() for k in range(1, 5)]
    assert math.isclose(values[0], (x / n).mean())
    assert all(a >= b - 1e-12 for a, b in itertools.pairwise(values))
    records = [
        run(CaseRecord(case_id=str(i), status=CaseStatus.BLOCKING), "p" * a + "f" * b)
        for i, (a, b) in enumerate(counts)
    ]
    measured = next(m.value for m in suite_measures(records, RULES) if m.name == "pass^1")
    assert isinstance(measured, Estimate)
    assert math.isclose(measured.value, (x / n).mean())


def test_cannot_fail_needs_many_clean_runs() -> None:
    assert not cannot_fail(20, 20)
    assert cannot_fail(200, 200)
    assert not cannot_fail(195, 200)
    assert not cannot_fail(0, 0)


def test_rules_are_checked() -> None:
    with pytest.raises(InputError):
        Rules(required=1.2)
    with pytest.raises(InputError):
        Rules(runs_min=9, runs_max=3)
