"""Planted errors are found where they are, clean lines are left alone, on answers of every kind."""

import pytest
from tests.check.verify.answers_a import ITEMS

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.readers.knowledge import installed_packages
from tidegate.spine.claim import Support

KNOWN = Knowledge(packages=installed_packages(), today=(2026, 11))
KNOWN_MISSES = {
    "Let x be the position, v be the velocity, t the time. x = v t and x = v / t.",  # the first reading holds
    "e^0 + e^1 ≈ 4.72",  # e may be a variable
    "CaCO3 + HCl → CaCl2 + H2O + CO2",  # a scheme, for all the text says
    "```python\nimport subprocess\nsubprocess.run(['ls'], capture=True)\n```",  # it takes any keyword
}


@pytest.mark.parametrize(("kind", "question", "answer", "needle"), ITEMS)
def test_only_the_planted_error_is_refuted(kind: str, question: str, answer: str, needle: str | None) -> None:
    found = verify_answer(answer, question, KNOWN)
    assert not found.not_checked, kind
    refuted = [d for d in found.decisions if d.support is Support.REFUTED]
    if needle is None:
        assert not refuted, refuted[0].message
        return
    start = answer.index(needle)
    hits = [d for d in refuted if d.claim.span[0] < start + len(needle) and start < d.claim.span[1]]
    assert bool(hits) == (answer not in KNOWN_MISSES)
    assert len(hits) == len(refuted), [d.message for d in refuted]
