"""The incident: the frozen suite stays green while quality falls; the growing one blocks what comes back."""

import pytest

from tidegate.sim.scenarios import harvest
from tidegate.spine.gate import Verdict


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_frozen_suite_ships_what_the_growing_one_stops(seed: int) -> None:
    result = harvest.run(seed, scale=0.3)
    frozen, growing = result.arms
    assert result.verdict is Verdict.PASS
    assert frozen.verdict is Verdict.FAIL
    assert all(m["gate"] == "pass" for m in frozen.detail["months"]), "green every month"
    first, last = frozen.detail["months"][0], frozen.detail["months"][-1]
    assert last["failures"] > 1.5 * first["failures"], "while users meet more failures"
    assert growing.detail["months"][-1]["failures"] < last["failures"]
    assert growing.detail["months"][0]["gate"] == "pass"


def test_one_seed_one_world() -> None:
    assert harvest.run(5, scale=0.1) == harvest.run(5, scale=0.1)
