"""A6, A7, A9: coverage finds the hole, planted wrong labels come first, relics go only when everything says so."""

import msgspec
import numpy as np
import pytest

from tidegate.curate.harvest.modes.vectors import unit
from tidegate.curate.harvest.suites.coverage import calibrated_radius, coverage, hole_scores
from tidegate.curate.harvest.suites.museum import History, age_days, by_mode, shares, silent_cases, suspects
from tidegate.curate.harvest.suites.retire import (
    Kills,
    RelicRule,
    decisions_unchanged,
    drawn,
    judge_cases,
    kills_of,
    passes_surely,
    resample_rate,
    traffic_share,
    unique_kills,
)  # fmt: skip
from tidegate.spine.case import Case, Provenance, make_case
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, NotMeasured
from tidegate.spine.gate import Verdict

SEED = 7


def case(question: str, source: str = "production", seen: str = "2026-01-01", **more: str) -> Case:
    given = {"messages": [{"role": "user", "content": question}]}
    return make_case(
        "chat", given, [{"oracle": "complete"}], provenance=Provenance(source=source, first_seen=seen, **more)
    )


def clouds(kinds: int, each: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    centres = rng.normal(size=(kinds, 32))
    rows = np.repeat(centres, each, axis=0) + 0.5 * rng.normal(size=(kinds * each, 32))
    return unit(rows), np.repeat(np.arange(kinds), each)


def test_coverage_finds_the_topics_without_a_case() -> None:
    print("seed", SEED)
    rng = np.random.default_rng(SEED)
    traffic, kind = clouds(10, 40, rng)
    suite = traffic[(kind < 7)][::3]
    scores = hole_scores(traffic, suite)
    uncovered = kind >= 7
    order = np.argsort(-scores)[: uncovered.sum()]
    assert uncovered[order].mean() > 0.95
    found = coverage(traffic, suite, radius=0.6)
    assert isinstance(found.share, Estimate)
    assert found.share.low <= 0.7 <= found.share.high + 0.05
    assert all(uncovered[i] for i in found.uncovered[:50])
    people = {int(i): bool(kind[i] < 7) for i in rng.choice(400, 80, replace=False)}
    asked = coverage(traffic, suite, radius=0.6, people=people)
    assert isinstance(asked.share, Estimate)
    assert asked.share.low <= 0.7 <= asked.share.high


def test_no_traffic_is_not_measured_and_no_suite_covers_nothing() -> None:
    traffic, _ = clouds(2, 5, np.random.default_rng(1))
    assert isinstance(coverage(traffic[:0], traffic).share, NotMeasured)
    nothing = coverage(traffic, traffic[:0])
    assert isinstance(nothing.share, Estimate)
    assert nothing.share.value == 0
    assert len(nothing.uncovered) == 10


def test_the_radius_keeps_its_promise_or_says_it_cannot() -> None:
    rng = np.random.default_rng(SEED)
    rows, kind = clouds(8, 30, rng)
    radius = calibrated_radius(rows, [str(k) for k in kind])
    assert radius is not None
    assert calibrated_radius(rows, [str(k) for k in rng.permutation(kind)]) is None
    assert calibrated_radius(rows[:10], ["a"] * 10) is None


def test_planted_wrong_labels_come_first() -> None:
    rng = np.random.default_rng(SEED)
    ability = rng.normal(size=(60, 1)) * 1.5 + 1
    passes = (rng.random((60, 200)) < 1 / (1 + np.exp(-(ability - rng.normal(size=200))))).astype(float)
    wrong = rng.choice(200, 10, replace=False)
    passes[:, wrong] = 1 - passes[:, wrong]
    top = [s.index for s in suspects(passes, top=10)]
    assert len(set(top) & set(wrong.tolist())) >= 8
    half = np.arange(200) < 100  # of these cases the able are misled
    passes[:, half] = (rng.random((60, 100)) < 1 / (1 + np.exp(ability))).astype(float)
    passes[:, half & np.isin(np.arange(200), wrong)] = 1 - passes[:, half & np.isin(np.arange(200), wrong)]
    modes = ["trap" if h else "plain" for h in half]
    ranked = {s.index: n for n, s in enumerate(suspects(passes, modes, top=200))}
    plain = {s.index: n for n, s in enumerate(suspects(passes, top=200))}
    assert sum(ranked[i] for i in wrong) < 0.5 * sum(plain[i] for i in wrong)
    with pytest.raises(InputError, match="a mode for each of 200"):
        suspects(passes, modes[1:])
    with pytest.raises(InputError, match="at least 5 systems"):
        suspects(passes[:3])


def test_shares_ages_and_crowding() -> None:
    cases = [case("a"), case("b", "imagined", "2026-05-01"), case("c", seen="")]
    named = {m.name: m.value.value for m in shares(cases, "2026-06-01") if isinstance(m.value, Estimate)}
    assert named["cases from production"] == pytest.approx(2 / 3)
    assert named["cases of unknown age"] == pytest.approx(1 / 3)
    assert named["cases of 91 to 180 days"] == pytest.approx(1 / 3)
    assert age_days(cases[2], "2026-06-01") is None
    assert isinstance(shares([], "2026-06-01")[0].value, NotMeasured)
    assert by_mode([msgspec.structs.replace(cases[0], mode="x")], {"y": 10, "x": 3})[0] == ("y", 10, 0)


GOOD = tuple([(40, 40)] * 5)
RULE = RelicRule(others_min=1)


def histories(*ids: str) -> dict[str, History]:
    return {i: History(case_id=i, releases=GOOD) for i in ids}


def sure(*mutants: str) -> Kills:
    return Kills(sure=frozenset(mutants))


def test_a_relic_goes_only_when_all_four_conditions_hold() -> None:
    a, b, c = case("a"), case("b"), case("c")
    ids = [x.case_id for x in (a, b, c)]
    known = histories(*ids)
    kills = {ids[0]: sure("m1"), ids[1]: sure("m1", "m2"), ids[2]: sure("m3")}
    low = dict.fromkeys(ids, 0.0)
    verdicts = {j.case_id: j for j in judge_cases([a, b, c], known, low, kills, RULE)}
    assert verdicts[ids[0]].relic, verdicts[ids[0]].reason
    assert not verdicts[ids[1]].relic, "it kills m2 alone"
    assert not verdicts[ids[2]].relic, "it kills m3 alone"
    assert not judge_cases([a], known, {ids[0]: 0.5}, kills, RULE)[0].relic, "people still ask it"
    assert not judge_cases([a], known, {}, kills, RULE)[0].relic, "not measured: kept"
    assert not judge_cases([a], known, low, None, RULE)[0].relic, "no mutants were run: kept"
    fails = {**known, ids[0]: History(case_id=ids[0], releases=((30, 40), *GOOD[1:]))}
    assert not judge_cases([a, b, c], fails, low, kills, RULE)[0].relic or ids[0] not in [
        j.case_id for j in judge_cases([a, b, c], fails, low, kills, RULE) if j.relic
    ]
    assert not judge_cases([a], {}, low, kills, RULE)[0].relic, "no history: kept"


def test_two_cases_that_cover_for_each_other_do_not_both_go() -> None:
    a, b, c, d = case("a"), case("b"), case("c"), case("d")
    ids = [x.case_id for x in (a, b, c, d)]
    kills = {i: sure("m") for i in ids[:2]} | {i: sure(i) for i in ids[2:]}
    gone = [j for j in judge_cases([a, b, c, d], histories(*ids), dict.fromkeys(ids, 0.0), kills, RULE) if j.relic]
    assert len(gone) == 1
    few = dict.fromkeys(ids, 0.0)
    assert not [j for j in judge_cases([a, b, c, d], histories(*ids), few, kills, RelicRule()) if j.relic]
    kills[ids[2]] = sure("m")
    gone = [j for j in judge_cases([a, b, c, d], histories(*ids), few, kills, RelicRule()) if j.relic]
    assert len(gone) == 1, "of three that see one harm two stay: one of them may have failed by luck"


def test_a_mutant_on_which_a_case_was_undecided_or_not_run_keeps_it() -> None:
    fail, maybe, passed = Verdict.FAIL, Verdict.UNDECIDED, Verdict.PASS
    cases = [case("a"), case("b"), case("c")]
    a, b, c = ids = [x.case_id for x in cases]

    def relics(*mutants: dict[str, Verdict]) -> set[str]:
        kills = kills_of({f"m{i}": rows for i, rows in enumerate(mutants)}, ids)
        return {j.case_id for j in judge_cases(cases, histories(*ids), dict.fromkeys(ids, 0.0), kills, RULE) if j.relic}

    held = {b: fail, c: fail}  # m0: b and c; each of them alone sees one more
    alone = ({a: passed, b: fail, c: passed}, {a: passed, b: passed, c: fail})
    assert relics({a: passed, **held}, *alone) == {a}
    assert relics({a: maybe, **held}, *alone) == {a}, "b surely sees it too"
    assert relics({a: maybe, b: passed, c: passed}, *alone) == set(), "nobody else surely sees it"
    assert relics(held, *alone) == {a}
    flaky = {**histories(*ids), b: History(case_id=b, releases=tuple([(28, 40)] * 5))}
    kills = kills_of({"m0": {a: fail, b: fail, c: passed}, "m1": {a: passed, b: passed, c: fail}}, ids)
    judged = judge_cases(cases, flaky, dict.fromkeys(ids, 0.0), kills, RULE)
    assert not [j for j in judged if j.relic], "b fails without harm too, so only a surely sees m0"
    assert relics({b: passed, c: passed}, *alone) == set(), "a never ran on the first mutant, and nobody else sees it"


@pytest.mark.parametrize("exempt", [case("x", "regulation"), case("x", "incident"), case("x", pinned="INC-12")])
def test_regulatory_and_incident_pinned_cases_are_exempt(exempt: Case) -> None:
    ids = [exempt.case_id, "o1", "o2"]
    (said,) = judge_cases([exempt], histories(*ids), {exempt.case_id: 0.0}, {i: Kills() for i in ids}, RULE)
    assert not said.relic
    assert said.reason.startswith("exempt")


def test_parts_of_the_rule() -> None:
    assert unique_kills({"a": sure("1", "2"), "b": sure("2")}) == {"a"}
    assert unique_kills({"a": sure("1"), "b": sure("1"), "c": sure("1")}, others=2) == frozenset()
    assert unique_kills({"a": sure("1"), "b": sure("1")}, others=2) == {"a", "b"}
    assert passes_surely(History(case_id="a", releases=GOOD[:4]), RULE) is None
    assert passes_surely(History(case_id="a", releases=((3, 3),) * 5), RULE) is False, "too few runs to be sure"
    known = histories("a", "b", "c") | {"z": History(case_id="z", releases=((0, 40),) * 5)}
    assert decisions_unchanged(known, "z", RULE, 1) is not None
    assert (decisions_unchanged(known, "z", RULE, 1) or 0) < 0.99, "with it the release is stopped, without it ships"
    assert resample_rate(10) == 0.1
    assert len(drawn(list("abcdefghij"), 0.2, "r1")) == 2
    assert drawn(list("abc"), 0.5, "r1") == drawn(list("abc"), 0.5, "r1")
    near = traffic_share(
        np.eye(2, dtype=np.float32), np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32), [0, 0, 90], RULE
    )
    assert near == [1.0, 0.0], "what is older than the window does not count"
    assert silent_cases([History(case_id="a", releases=((200, 200),)), History(case_id="b", releases=((20, 20),))]) == (
        "a",
    )
