"""Sentences that tell the states of one element in two compounds, one of them named in words alone."""

import pytest

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.spine.claim import Support

TOLD = [
    ("Sulfuric acid contains sulfur in the +6 state; in sulfurous acid, H2SO3, it is +{}.", 4, 3),
    ("In sulfate (SO4 2-) sulfur is in the +6 state, in sulfite (SO3 2-) it's +{}.", 4, 3),
    ("In nitrate (NO3^-) nitrogen is +5, in nitrite (NO2^-) it's +{}.", 3, 2),
    ("In K2Cr2O7 the oxidation states are K +1, Cr +{} and O −2.", 6, 7),
]


@pytest.mark.parametrize(("text", "sound", "wrong"), TOLD)
def test_each_state_is_held_against_its_own_compound(text: str, sound: int, wrong: int) -> None:
    def refuted(value: int) -> list[str]:
        decisions = verify_answer(text.format(value), "", Knowledge()).decisions
        return [d.message for d in decisions if d.support is Support.REFUTED]

    assert not refuted(sound)
    assert len(refuted(wrong)) == 1
