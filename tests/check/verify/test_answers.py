"""Planted errors are found where they are, clean lines are left alone, on answers of every kind."""

import importlib
from pathlib import Path

import pytest
from tests.check.verify.answers_known import LIBRARY, REGISTRY
from tests.check.verify.answers_missed import KNOWN_MISSES
from tests.check.verify.statements_sound import STATEMENTS

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.readers.knowledge import installed_packages
from tidegate.spine.claim import Support

SETS = sorted(
    p.stem for p in Path(__file__).parent.glob("answers_*.py") if p.stem not in ("answers_known", "answers_missed")
)
ITEMS = [item for name in SETS for item in importlib.import_module(f"tests.check.verify.{name}").ITEMS]
KNOWN = Knowledge(packages=installed_packages(), today=(2026, 11), library=LIBRARY, registry=REGISTRY)

NUMBERS_AGREE = {"32,000 / 50 = 640 min"}  # the quotient is right, its unit is not


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


@pytest.mark.parametrize(
    ("answer", "needle"),
    [
        (answer, needle)
        for _, _, answer, needle in ITEMS
        if needle and answer in KNOWN_MISSES and needle not in NUMBERS_AGREE
    ],
)
def test_what_is_wrong_and_not_found_is_at_least_not_supported(answer: str, needle: str) -> None:
    start = answer.index(needle)
    for d in verify_answer(answer, "", KNOWN).decisions:
        overlaps = d.claim.span[0] < start + len(needle) and start < d.claim.span[1]
        named = d.claim.kind == "identifier"  # the name exists, its arguments do not
        assert not (overlaps and d.support is Support.SUPPORTED and not named), d.claim.text


def verdicts(answer: str) -> list[Support]:
    return [d.support for d in verify_answer(answer, "", KNOWN).decisions]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Let x = 2. Then x^2 + 3x = 10.", [Support.SUPPORTED]),
        ("When x = -3, x^2 - 2x = 3.", [Support.REFUTED]),
        ("For t = 2, -16t^2 + 64t = 60.", [Support.REFUTED]),
        ("Let x = 5. Then 2x + 1 = 12.\nLet x = 6. Then 2x = 12.", []),  # set twice
        ("For x = 2, 3x + y = 7.", []),  # a second symbol
        ("For x = 2, 1/2x = 1.", []),  # half of x, or one over 2x
        ("For x = 2, 3x = 7 (mod 4).", []),
        ("Let x = 4. Then 3x + 2 = 15 is false.", []),
        ("For x = 3, x^2 = 10? No.", []),
    ],
)
def test_a_number_put_into_a_formula_is_computed_only_where_nothing_else_can_be_meant(
    answer: str, expected: list[Support]
) -> None:
    assert verdicts(answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The trip takes about 3.5 hours = 200 minutes.", Support.SUPPORTED),
        ("The trip takes 3.5 hours = 200 minutes.", Support.REFUTED),
        ("The jug holds 3.5 gallons = 13 liters.", Support.SUPPORTED),
        ("The trip takes 3.5 hours = 210 minutes.", Support.SUPPORTED),
        ("The rod is 2 m long; 12 inches = 30 cm is close.", Support.SUPPORTED),
    ],
)
def test_trailing_zeros_alone_do_not_support_a_conversion(answer: str, expected: Support) -> None:
    assert verdicts(answer) == [expected]


@pytest.mark.parametrize("answer", STATEMENTS)
def test_what_is_right_and_looks_wrong_is_left_alone(answer: str) -> None:
    assert [d.message for d in verify_answer(answer, "", KNOWN).decisions if d.support is Support.REFUTED] == []
