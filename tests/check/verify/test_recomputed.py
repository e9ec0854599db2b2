"""Arithmetic against a plain recomputation: what is a slip, what is another way of writing, what is cut."""

import random

import pytest
from benches.recomputation import sums
from benches.verify_recomputed import SEED, planted, touched

from tidegate.check.verify.engine import verify_answer
from tidegate.spine.claim import Support


def refutes(text: str) -> bool:
    return any(d.support is Support.REFUTED for d in verify_answer(text).decisions)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("It costs 3 * $4.50 = $13.50.", [True]),
        (r"\( \frac{3}{4} \times 1,200 = 900 \)", [True]),
        ("10 / 3 = 3.33 and 10 / 3 = 3.5", [True, False]),
        ("5 x 4 + 2 = 22 = 20 + 3", [True, False]),
        ("15/60 = 25% and 20% * 50 = 11", [True, False]),
        ("3F - 3 = 85, 20% of 50 = 0.20 * 50 = 10, 2^5 = 10", [True]),
        ("7 * 8 = 65.", [False]),
    ],
)
def test_the_plain_recomputation(text: str, holds: list[bool]) -> None:
    assert [s.holds for s in sums(text)] == holds


@pytest.mark.parametrize(
    "text",
    [
        "So there were a total of 5 * 8 = 49 pieces of pie.",
        "3 hours are equal to 3 x 60 = 160 minutes.",
        "The distance between the first and second stops is 45 - 20 = 85 miles.",
        "Each of them would have 12 / 3 = 9 pounds of candy.",
        "It takes 45 + 110 + 72 = 927 minutes to string all the racquets.",
        "Together, (80 + 60 + 100) / 3 = (80 + 55 + 100) / 3.",
        "The numbers give 6 * 7 = 4",
    ],
)
def test_slips_in_the_wordings_of_worked_answers(text: str) -> None:
    assert refutes(text)


@pytest.mark.parametrize(
    "text",
    [
        "($365 / 12) x 5 = $30.4167 x 5",
        "We set up the proportion 3060 / 459 = 100 / T (where T is the time).",
        "6 x $6000 = $<<6*6000=36000>>36,00",  # the answer is cut here
        "The small pool had 32 / 3 = 10.67 / 4 = 2.67 gallons.",
        "If there were 2 + 2 = 5 apples, the shop would be magic.",
        "Typical scores are between 45-20 = low.",
    ],
)
def test_what_looks_like_a_slip_and_is_none(text: str) -> None:
    assert not refutes(text)


def test_a_planted_digit_is_found() -> None:
    text = "Ann buys 3 * 12 = 36 eggs. She pays 36 / 12 * $2.50 = $7.50.\nWith the tax that is $7.50 * 1.2 = $9.00."
    rng = random.Random(SEED)
    changes = [change for _ in range(40) if (change := planted(text, rng)) is not None]
    assert len(changes) == 40
    assert all(touched(changed, "", span) for changed, span in changes), f"seed {SEED}"
