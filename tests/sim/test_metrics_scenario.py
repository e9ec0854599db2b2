"""The screener's incident: the accuracy gate ships it, ours refuses, on several seeds."""

import pytest

from tidegate.sim.scenarios import metrics
from tidegate.spine.gate import Verdict


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_incident_replays(seed: int) -> None:
    result = metrics.run(seed, 0.3)
    assert result.verdict is Verdict.PASS
    usual, ours = result.arms
    assert usual.usual
    assert usual.verdict is Verdict.FAIL
    assert "predicting 'irrelevant' for everything scores 96." in ours.summary
    assert ours.detail == {"ships_blind": False, "ships_looking": True}
