"""Planted errors are found where they are, clean lines are left alone, on answers of every kind."""

import pytest
from tests.check.verify.answers_a import ITEMS as FIRST
from tests.check.verify.answers_asked import ITEMS as ASKED
from tests.check.verify.answers_b import ITEMS as LATER
from tests.check.verify.answers_c import ITEMS as LONGER
from tests.check.verify.answers_code_a import ITEMS as PROGRAMS
from tests.check.verify.answers_code_b import ITEMS as HINTED
from tests.check.verify.answers_d import ITEMS as LAST
from tests.check.verify.answers_e import ITEMS as EVERY
from tests.check.verify.answers_f import ITEMS as UNREAD
from tests.check.verify.answers_g import ITEMS as FRESH
from tests.check.verify.answers_h import ITEMS as TWINS
from tests.check.verify.answers_i import ITEMS as UNSEEN
from tests.check.verify.answers_j import ITEMS as STATES
from tests.check.verify.answers_k import ITEMS as FLUENT
from tests.check.verify.answers_known import LIBRARY, REGISTRY
from tests.check.verify.answers_m import ITEMS as PRICES
from tests.check.verify.answers_missed import KNOWN_MISSES
from tests.check.verify.answers_n import ITEMS as REPLIES
from tests.check.verify.answers_o import ITEMS as REPORTS
from tests.check.verify.answers_p import ITEMS as CONTROLS
from tests.check.verify.answers_q import ITEMS as TEXTBOOK
from tests.check.verify.answers_refs import ITEMS as REFERENCES
from tests.check.verify.answers_refs_b import ITEMS as STYLED
from tests.check.verify.answers_s import ITEMS as INDEPENDENT
from tests.check.verify.answers_t import ITEMS as FORUM
from tests.check.verify.answers_u import ITEMS as REPLIED
from tests.check.verify.statements_sound import STATEMENTS

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.readers.knowledge import installed_packages
from tidegate.spine.claim import Support

ITEMS = (
    FIRST
    + LATER
    + LONGER
    + LAST
    + EVERY
    + UNREAD
    + FRESH
    + TWINS
    + UNSEEN
    + STATES
    + FLUENT
    + PRICES
    + REPLIES
    + REPORTS
    + CONTROLS
    + PROGRAMS
    + HINTED
    + TEXTBOOK
    + INDEPENDENT
    + ASKED
    + REFERENCES
    + STYLED
    + FORUM
    + REPLIED
)
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
        for _, _, answer, needle in LATER
        + LONGER
        + LAST
        + EVERY
        + UNREAD
        + FRESH
        + TWINS
        + UNSEEN
        + STATES
        + FLUENT
        + PRICES
        + REPLIES
        + REPORTS
        + CONTROLS
        + PROGRAMS
        + HINTED
        + TEXTBOOK
        + INDEPENDENT
        + ASKED
        + FORUM
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
