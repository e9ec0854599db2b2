"""A8: within (1 − 1/e)/2 of brute force, never over budget, what must run runs; a panel predicts the whole."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.curate.harvest.suites.select import Candidate, choose_panel, select
from tidegate.spine.errors import InputError

candidate = st.builds(
    lambda i, cost, covers, mode, info: (cost, covers, mode, info, i),
    st.integers(0, 1 << 30), st.integers(1, 5), st.dictionaries(st.integers(0, 6), st.floats(0.1, 1), max_size=4),
    st.sampled_from(["", "a", "b", "c"]), st.floats(0, 2),
)  # fmt: skip


def built(rows: list[tuple]) -> list[Candidate]:
    return [
        Candidate(case_id=f"c{n}", cost=c, covers=v, mode=m, information=i) for n, (c, v, m, i, _) in enumerate(rows)
    ]


def value_of(cases: list[Candidate], all_cases: list[Candidate]) -> float:
    """F, written the slow way."""
    calls = {k for c in all_cases for k in c.covers}
    modes = {c.mode for c in all_cases if c.mode}
    traffic = sum(max((c.covers.get(k, 0.0) for c in cases), default=0.0) for k in calls) / max(1, len(calls))
    hit = len({c.mode for c in cases if c.mode}) / max(1, len(modes))
    told = sum(c.information for c in cases) / (sum(c.information for c in all_cases) or 1.0)
    return traffic + hit + 0.2 * told


@settings(max_examples=60, deadline=None)
@given(st.lists(candidate, min_size=1, max_size=9), st.integers(1, 12))
def test_greedy_against_brute_force(rows: list[tuple], budget: int) -> None:
    cases = built(rows)
    found = select(cases, budget)
    chosen = [c for c in cases if c.case_id in found.chosen]
    assert sum(c.cost for c in chosen) <= budget
    assert math.isclose(found.value, value_of(chosen, cases), abs_tol=1e-9)
    best = max(
        value_of(list(s), cases)
        for k in range(len(cases) + 1)
        for s in combinations(cases, k)
        if sum(c.cost for c in s) <= budget
    )
    assert found.value >= (1 - 1 / math.e) / 2 * best - 1e-9


def test_what_must_run_runs_or_is_an_error() -> None:
    cases = [Candidate(case_id="law", cost=3, must=True), Candidate(case_id="x", cost=1, mode="a")]
    assert select(cases, 4).chosen == ("law", "x")
    with pytest.raises(InputError, match="must run cost 3"):
        select(cases, 2)
    with pytest.raises(InputError, match="budget above 0"):
        select(cases, 0)


def test_a_panel_predicts_the_whole_better_than_a_random_half() -> None:
    rng = np.random.default_rng(3)
    ability = rng.normal(size=(80, 2))
    load = rng.normal(size=(2, 120))
    passes = (rng.random((80, 120)) < 1 / (1 + np.exp(-(1.5 * ability @ load + rng.normal(size=120))))).astype(float)
    panel = choose_panel(passes[:40], 60)
    test = passes[40:]
    error = np.abs(panel.predict(test[:, list(panel.items)]) - test.mean(axis=1)).mean()
    random = np.abs(test[:, rng.choice(120, 60, replace=False)].mean(axis=1) - test.mean(axis=1)).mean()
    assert error < random
    with pytest.raises(InputError):
        choose_panel(passes, 200)
