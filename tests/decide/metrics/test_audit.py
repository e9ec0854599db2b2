"""The audit on tables of every shape: what is refused, what is named, what is never dropped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from tidegate.decide.metrics.audit import Audit, run_audit
from tidegate.decide.metrics.catalogue import METRICS, metric
from tidegate.decide.metrics.columns import build
from tidegate.decide.metrics.dependence import knowledge
from tidegate.decide.metrics.model import Costs, Results
from tidegate.decide.metrics.tables import Roles, Table, spelled
from tidegate.decide.metrics.verdicts import findings_of, measures_of, verdict_of
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, NotMeasured
from tidegate.spine.gate import Verdict


def table(**columns: list[object]) -> Table:
    n = len(next(iter(columns.values())))
    return Table(dict(columns), range(2, n + 2), "t.csv")


def audited(results: Results, **kwargs: object) -> tuple[Audit, Verdict, list[str]]:
    audit = run_audit(results, np.random.default_rng(1), replicates=300, segment_replicates=200, **kwargs)
    found = findings_of(audit)
    return audit, verdict_of(audit, found), [f.rule for f in found]


def yes_no(n: int, share: float, hit: float, alarm: float, seed: int = 1) -> tuple[list[object], list[object]]:
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    answer = np.where(truth, rng.random(n) < hit, rng.random(n) < alarm)
    return truth.tolist(), answer.tolist()


def test_the_96_percent_story_ends_as_it_must() -> None:
    truth = ["relevant" if i % 26 == 0 else "irrelevant" for i in range(1000)]
    audit, verdict, rules = audited(build(table(label=truth, model=["irrelevant"] * 1000), Roles()))
    assert verdict is Verdict.FAIL
    assert "no-skill" in rules
    accuracy = next(m for m in measures_of(audit) if m.name == "accuracy of model")
    assert isinstance(accuracy.value, NotMeasured)
    assert "not measured as useful: predicting 'irrelevant' for everything scores 96.1 %" in accuracy.value.reason
    assert not any(s.useful for s in audit.scores)


@given(st.floats(0.005, 0.5), st.sampled_from(["no", "yes", "coin", "share", "refuse", "length", "alternate"]),
       st.integers(0, 10_000))  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_no_degenerate_policy_is_ever_useful(share: float, policy: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = (rng.random(800) < share).astype(np.int64)
    lengths = rng.lognormal(5, 1, 800)
    answers = {
        "no": np.zeros(800), "yes": np.ones(800), "coin": rng.integers(0, 2, 800), "share": rng.random(800) < share,
        "refuse": np.full(800, -1), "length": lengths > np.quantile(lengths, 1 - share),
        "alternate": np.arange(800) % 2,
    }[policy].astype(np.int64)  # fmt: skip
    if truth.sum() in (0, 800):
        return
    results = Results(("no", "yes"), truth, {"policy": answers}, 1, lengths=lengths)
    audit = run_audit(results, np.random.default_rng(seed), replicates=200, segment_replicates=100)
    # A policy that ignores the truth passes the test of dependence with probability 1e-5 at most.
    assert sum(s.useful for s in audit.scores) == 0


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_skill_is_zero_for_the_best_policy_and_one_for_perfection(seed: int) -> None:
    truth = (np.random.default_rng(seed).random(500) < 0.2).astype(np.int64)
    results = Results(("no", "yes"), truth, {"perfect": truth, "no": np.zeros_like(truth)}, 1)
    audit = run_audit(results, np.random.default_rng(seed), replicates=100)
    for m in METRICS:
        best, constant = audit.score("perfect", m.name), audit.score("no", m.name)
        assert best is not None
        assert constant is not None
        if isinstance(best.skill, Estimate):
            assert best.skill.value == pytest.approx(1, abs=1e-9), m.name
        if isinstance(constant.skill, Estimate):
            assert constant.skill.value <= 1e-9, m.name


def test_a_good_system_passes_and_an_accuracy_below_the_constant_is_named() -> None:
    truth, answer = yes_no(2000, 0.05, 0.9, 0.12)
    audit, verdict, rules = audited(build(table(gold=truth, llm=answer), Roles()))
    assert verdict is Verdict.PASS
    assert "metric-without-skill" in rules
    recall = audit.score("llm", "recall")
    assert recall is not None
    assert recall.one_sided


@pytest.mark.parametrize(
    ("truth", "answers"),
    [
        (["1", "0"], ["1", "0"]), ([1, 0], [True, False]), (["yes", "no"], ["Yes", "NO"]), ([True, False], ["1", "0"]),
        (["spam", "ham"], ["SPAM ", " ham"]), ([1.0, 0.0], ["1", "0"]), (["true", "false"], ["TRUE", "False"]),
    ],
)  # fmt: skip
def test_labels_of_every_spelling_meet(truth: list[object], answers: list[object]) -> None:
    rows = [i % 3 == 0 for i in range(90)]
    results = build(
        table(label=[truth[0] if r else truth[1] for r in rows], pred=[answers[0] if r else answers[1] for r in rows]),
        Roles(),
    )
    assert (results.systems["pred"] == results.truth).all()
    assert results.issues == ()
    assert results.positive_name == spelled(truth[0])


def test_every_oddity_is_named_with_its_rows_and_nothing_is_dropped() -> None:
    truth: list[object] = ["yes", "no", "no", "yes", "no", None, "no", "yes"] * 5
    answer: list[object] = ["yes", "no", "maybe", "", "no", "yes", "no", "yes"] * 5
    score: list[object] = [0.9, 0.1, float("nan"), 0.7, 0.2, 0.5, "oops", 0.81] * 5
    ids: list[object] = [str(i) for i in range(40)]
    ids[7] = "0"
    results = build(table(id=ids, truth=truth, model=answer, model_score=score), Roles())
    rules = {i.rule: i for i in results.issues}
    assert {*rules} == {"truth-missing", "prediction-missing", "label-outside-set", "score-not-a-number",
                        "duplicate-id"}  # fmt: skip
    assert rules["label-outside-set"].rows[0] == 4
    assert rules["prediction-missing"].rows[0] == 5
    assert rules["truth-missing"].rows[0] == 7
    assert rules["duplicate-id"].rows == (9,)
    assert results.n == 35
    audit, _, _ = audited(results)
    rates = audit.rates["model"]
    assert rates.positives + rates.negatives == 35
    assert rates.alarms >= 5  # the "maybe" answers are wrong, not gone


def test_one_class_of_truth_decides_nothing() -> None:
    _, verdict, rules = audited(build(table(truth=["no"] * 30, pred=["no"] * 29 + ["yes"]), Roles()))
    assert verdict is Verdict.UNDECIDED
    assert "one-class-truth" in rules


def test_several_classes_are_audited() -> None:
    rng = np.random.default_rng(3)
    truth = rng.choice(["bill", "card", "login"], 600, p=[0.9, 0.07, 0.03])
    good = np.where(rng.random(600) < 0.9, truth, rng.choice(["bill", "card", "login"], 600))
    audit, verdict, rules = audited(build(table(intent_gold=truth.tolist(), good=good.tolist(), flat=["bill"] * 600),
                                          Roles(truth="intent_gold")))  # fmt: skip
    assert verdict is Verdict.FAIL
    flat = audit.score("flat", "accuracy")
    assert flat is not None
    assert "predicting 'bill' for everything" in flat.reason
    assert audit.knows["good"].yes
    assert not audit.knows["flat"].yes
    assert rules.count("no-skill") == 1


def test_better_in_aggregate_and_worse_for_a_segment_is_flagged() -> None:
    rng = np.random.default_rng(4)
    n = 6000
    truth, segment = rng.random(n) < 0.3, rng.choice(["en", "de"], n, p=[0.8, 0.2])
    old = np.where(rng.random(n) < 0.85, truth, ~truth)
    right = np.where(segment == "de", 0.70, 0.95)
    new = np.where(rng.random(n) < right, truth, ~truth)
    results = build(table(truth=truth.tolist(), old=old.tolist(), new=new.tolist(), language=segment.tolist()), Roles())
    audit, _, rules = audited(results)
    assert "segment-reversal" in rules
    worst = audit.segments.reversals[0]
    assert (worst.better, worst.than, worst.segment, worst.certain) == ("new", "old", "de", True)


def test_long_tables_are_turned() -> None:
    rows = [(i, s, i % 4 == 0, (i % 4 == 0) if s == "a" else False) for i in range(200) for s in ("a", "b")]
    ids, systems, truth, answers = (list(c) for c in zip(*rows, strict=True))
    results = build(table(item_id=ids, model=systems, label=truth, prediction=answers), Roles())
    assert {*results.systems} == {"a", "b"}
    assert results.n == 200


def test_scores_alone_make_a_system() -> None:
    rng = np.random.default_rng(5)
    truth = rng.random(500) < 0.2
    score = np.clip(0.3 * truth + rng.random(500) * 0.7, 0, 1)
    audit, verdict, _ = audited(build(table(y_true=truth.astype(int).tolist(), prob=score.tolist()), Roles()))
    assert {*audit.areas} == {"prob"}
    assert verdict is Verdict.PASS


def test_costs_choose_thresholds_and_a_review_band() -> None:
    costs = Costs(miss=20, false_alarm=1, review=0.8)
    assert costs.threshold == pytest.approx(1 / 21)
    grid = np.linspace(0, 1, 100_001)  # Elkan's threshold by brute force
    act, skip = (1 - grid) * 1.0, grid * 20.0
    assert grid[np.argmax(act <= skip)] == pytest.approx(costs.threshold, abs=1e-4)
    truth, _ = yes_no(3000, 0.1, 1, 0)
    rng = np.random.default_rng(6)
    score = (np.array(truth) + rng.normal(size=3000)).tolist()
    results = build(table(truth=truth, model_score=score), Roles(), threshold=0.5)
    audit, _, _ = audited(results, costs=costs)
    policy = next(iter(audit.policies.values()))
    assert not isinstance(policy, NotMeasured)
    assert policy.skip == pytest.approx(0.04)
    assert policy.act == pytest.approx(0.2)
    assert 0 < policy.reviewed < 0.8


def test_errors_must_cost_more_than_right_answers() -> None:
    with pytest.raises(InputError, match="cost more"):
        Costs(miss=1, false_alarm=1, hit=2)


def test_input_that_is_no_labels_is_refused() -> None:
    with pytest.raises(InputError, match="distinct values"):
        build(table(target=[i / 7 for i in range(300)], pred=[i / 7 for i in range(300)]), Roles())
    with pytest.raises(InputError, match="a column with the truth"):
        build(table(foo=[1, 0], bar=[0, 1]), Roles())
    with pytest.raises(InputError, match="share"):
        build(table(truth=["a", "b", "a"], other=["x", "y", "z"]), Roles())


def test_metric_names_have_aliases_and_unknown_ones_are_refused() -> None:
    assert metric("Youden J").name == "informedness"
    with pytest.raises(Exception, match="did you mean 'recall'"):
        metric("recal")


def test_few_positives_are_undecided_and_never_called_skill_less() -> None:
    """Six hits of twelve where a coin gives three: too little to praise and too little to refuse."""
    truth = [i < 12 for i in range(400)]
    answer = [(i < 6) if i < 12 else i % 4 == 0 for i in range(400)]
    audit, verdict, rules = audited(build(table(truth=truth, model=answer), Roles()))
    assert verdict is Verdict.UNDECIDED
    assert "skill-undecided" in rules
    assert audit.knows["model"].state == "open"


def test_no_lean_at_all_and_answers_against_the_truth_are_refused() -> None:
    truth = [i % 10 == 0 for i in range(2000)]
    blind = [i % 20 == 0 or i % 2 == 1 for i in range(2000)]  # half of everything, half of the positives
    turned = [not t for t in truth]
    audit, verdict, _ = audited(build(table(truth=truth, blind=blind, turned=turned), Roles()))
    assert verdict is Verdict.FAIL
    assert audit.knows["blind"].state == "no"
    assert audit.knows["turned"].state == "no"
    assert "swapped" in audit.knows["turned"].why


@given(st.integers(0, 10_000), st.floats(0.7, 0.95), st.integers(4, 80))
@settings(max_examples=20, deadline=None)
def test_a_genuine_scorer_is_not_refused(seed: int, area: float, positives: int) -> None:
    """AUC 0.7 or more on any number of positives: useful or undecided; refused in 1 % at most, by construction."""
    rng = np.random.default_rng(seed)
    truth = (np.arange(1000) < positives).astype(np.int64)
    score = rng.normal(size=1000) + truth * np.sqrt(2) * special.ndtri(area)
    results = Results(("no", "yes"), truth, {"s": (score > 1.3).astype(np.int64)}, 1, {"s": score})
    known = knowledge(results, "s")
    assert known.state != "no" or known.p > 0.2


def test_labels_that_do_not_meet_are_a_question_of_spelling_and_always_refusing_is_not() -> None:
    truth = ["model_a" if i % 3 else "model_b" for i in range(60)]
    with pytest.raises(InputError, match="spell truth and answers alike"):
        build(table(human=truth, judge=["A" if i % 3 else "B" for i in range(60)]), Roles("human", ("judge",)))
    refusing = build(table(human=truth, judge=["I cannot say"] * 60), Roles("human", ("judge",)))
    _, verdict, rules = audited(refusing)
    assert verdict is Verdict.FAIL
    assert "no-skill" in rules
