"""Kinds of quantities, and results that a text draws from its own numbers."""

import pytest

from tidegate.check.verify.announced.check import check_announced
from tidegate.check.verify.announced.kinds import kind_of, ratio_of
from tidegate.check.verify.announced.told_equations import check_told_equations
from tidegate.spine.claim import Support


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("requests", {"#request": 1}),
        ("GPU-hours", {"#gpu": 1, "s": 1}),
        ("GPUs", {"#gpu": 1}),
        ("weeks", {"week": 1}),
        ("kWh", {"m": 2, "kg": 1, "s": -2}),
        ("KB", {"bit": 1}),
    ],
)
def test_a_unit_or_a_thing_has_a_kind(name: str, kind: dict[str, int]) -> None:
    read = kind_of(name)
    assert read is not None
    assert read[1] == kind


def test_a_ratio_keeps_its_calendar_and_cancels_like_units() -> None:
    assert ratio_of("hours a day") == (3600.0, {"s": 1, "day": -1})
    size, kind = ratio_of("mg/kg") or (0.0, {"": 1})
    assert kind == {}
    assert size == pytest.approx(1e-6)


def verdicts(text: str) -> list[Support]:
    return [d.support for d in check_announced(text, [(0, len(text))])]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("One pod takes 150 requests per second and you get 1,200 requests per second, so you'll want 8 pods.", "9 pods"),
        ("A 9 W bulb burns 5 hours a day. Over a 30-day month that's 1.35 kWh.", "1.53 kWh"),
        ("He bought 40 shares at $25 and sold them at $31, for a total gain of $240.", "$260"),
        ("We recovered 36 g out of 48 g, that is a yield of 75 %.", "70 %"),
    ],
)  # fmt: skip
def test_all_unused_quantities_together_give_the_result(right: str, wrong: str) -> None:
    value = next(v for v in ("8 pods", "1.35 kWh", "$240", "75 %") if v in right)
    assert Support.REFUTED not in verdicts(right)
    assert Support.REFUTED in verdicts(right.replace(value, wrong))


@pytest.mark.parametrize(
    "text",
    [
        "With 3 retries and a timeout of 2 s each the client gives up after 8 s.",  # the first attempt counts too
        "The sum is 3 weeks, since the 4 people had 40 tickets, so 12 are left once the others are back.",
        "Since Gus spent $20.00 in total on 3 bags at $4 each, he paid more.",
        "If each of the 4 nodes had 64 GB, so that 300 GB were there, it would do.",
    ],
)
def test_what_may_be_meant_otherwise_is_left_alone(text: str) -> None:
    assert Support.REFUTED not in verdicts(text)


def test_words_stand_for_the_sign_of_equality() -> None:
    wrong, right = "The standard error is 12/8, or 1.6.", "The standard error is 12/8, or 1.5."
    (decision,) = check_told_equations(wrong, [(0, len(wrong))])
    assert decision.support is Support.REFUTED
    assert decision.claim.text == "12/8, or 1.6"
    assert [d.support for d in check_told_equations(right, [(0, len(right))])] == [Support.SUPPORTED]
