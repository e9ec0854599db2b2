"""Units of both sides, shares in prose, scales of temperature, ions, bytes at a rate: wrong refuted, right twin left alone."""

import pytest

from tidegate.check.verify.engine import verify_answer, without_emphasis
from tidegate.spine.claim import Support

PAIRS = [
    ("10 N / 0.2 m = 50 N/m", "10 N / 0.2 m = 50 N·m"),
    ("540 g / 200 cm³ = 2.7 g/cm³", "540 g / 200 cm³ = 2.7 g·cm³"),
    ("1/2 × 2 kg × (3 m/s)² = 9 J", "1/2 × 2 kg × (3 m/s)² = 9 N"),
    ("After two steps 6/24 = 1/4 of the students remain.", "After two steps 6/24 = 1/3 of the students remain."),
    ("(98.6 − 32) × 5/9 = 37 °C", "(98.6 − 32) × 5/9 = 35 °C"),
    ("25 °C + 273.15 = 298.15 K", "25 °C + 273.15 = 308.15 K"),
    ("CaCl2 → Ca2+ + 2 Cl−", "CaCl2 → Ca2+ + Cl−"),
    ("20% off $80 is $16, so you pay $64.", "20% off $80 is $16, so you pay $74."),
    ("15% of $84 is $12.60, so you pay $96.60.", "15% of $84 is $12.60, so you pay $98.60."),
    ("15% of $84 is $12.60, so you pay $71.40.", "15% of $84 is $12.60, so you pay $74.40."),
    ("20% of $50 is $10, leaving $40.", "20% of $50 is $10, leaving $60."),
    ("There are 6.022 × 10^23 molecules in one mole.", "There are 6.022 × 10^24 molecules in one mole."),
    ("R = 8.314 J/(mol·K) (molar gas constant).", "R = 8.314 J/mol (molar gas constant)."),
    (
        "Let m be in kg and a in m/s². Then F = m a is the force.",
        "Let m be in kg and a in m/s². Then F = m + a is the force.",
    ),
    ("2 h = 2 × 60 = 120 min", "2 h = 2 × 60 = 120 s"),
    ("A 1 GB file at 80 Mbit/s takes 100 s.", "A 1 GB file at 80 Mbit/s takes 12.5 s."),
    # a unit in upright LaTeX, set off by a space of its own, behind symbols
    (
        r"$E = \frac{1}{2}mv^2 = 0.5 \times 2 \times 3^2 = 9\ \text{J}$",
        r"$E = \frac{1}{2}mv^2 = 0.5 \times 2 \times 3^2 = 18\ \text{J}$",
    ),
    (r"$2.0 \times 4186 \times 15 = 125{,}580\;\mathrm{J}$", r"$2.0 \times 4186 \times 15 = 152{,}580\;\mathrm{J}$"),
    # bold print does not part what stands in one sentence
    ("**Calcium phosphate** has the formula Ca₃(PO₄)₂.", "**Calcium phosphate** has the formula CaPO₄."),
    ("- **Flow:** 3.6 m³/h, which equals **1 L/s**.", "- **Flow:** 3.6 m³/h, which equals **0.1 L/s**."),
    ("A shirt at $40 discounted by 25% costs $30.", "A shirt at $40 discounted by 25% costs $32."),
    (
        "A coat listed at €120 and marked down by 30% now sells for €84.",
        "A coat listed at €120 and marked down by 30% now sells for €90.",
    ),
    (
        "The share fell from 52% to 40%, a drop of 12 percentage points.",
        "The share fell from 52% to 40%, a drop of 10 percentage points.",
    ),
]


def refuted(text: str) -> list[str]:
    return [d.message for d in verify_answer(text, "").decisions if d.support is Support.REFUTED]


@pytest.mark.parametrize(("right", "wrong"), PAIRS)
def test_the_wrong_twin_is_refuted_and_the_right_one_is_not(right: str, wrong: str) -> None:
    assert not refuted(right)
    assert refuted(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "The stone falls 2 × 3 m/s = 6 m.",  # two seconds, for all the line says
        "3 h = 3 × 50 = 150 km",
        "1 day = 8 × 60 = 480 min",
        "100 − 60 = 1/4 of the price",
        "MnO4- + Fe2+ → Mn2+ + Fe3+",  # a skeleton
        "A mole of water holds 1.807 × 10^24 atoms in one mole of molecules.",
        "A 600 MB file over a 100 Mbit/s link takes about 60 s with overhead.",
        "The room is 4 m × 5 m = 20 m<sup>2</sup>.",
        "The room is 4 m × 5 m = 20 m squared.",
        "The belt moves 4 m / 5 s = 0.8 m (per second).",
        "-20 °C × 2 + 30 = -10 °F is the cook's rule.",
        "A shirt at $40 discounted by 25% costs $10 less.",
        "A $40 shirt reduced by $5 and discounted by 10% costs $31.50.",
        "A shirt at $40 discounted by 25% costs $32 with tax.",
        "The share fell from 52% to 40%, a drop of 2 percentage points a year.",
        r"$3\,\mathbf{v} = 12$",
    ],
)
def test_what_may_be_meant_otherwise_is_left_alone(text: str) -> None:
    assert not refuted(text)


@pytest.mark.parametrize(
    "text", ["2**3 + 4**2 = 24", "f(**kwargs, **other)", "a ** 2 * b ** 3", "x = __init__(y)", "2__3"]
)
def test_powers_and_names_are_no_bold_print(text: str) -> None:
    assert without_emphasis(text, [(0, len(text))]) == text


def test_bold_print_is_blanked_in_prose_alone_and_every_offset_stays() -> None:
    text = "**A:** is **2 m**.\n```\n**B**\n```\nand __C__."
    fence = text.index("```")
    after = text.rindex("```") + 3
    told = without_emphasis(text, [(0, fence), (after, len(text))])
    assert told == "  A:   is   2 m  .\n```\n**B**\n```\nand   C  ."


@pytest.mark.parametrize(
    "text",
    ["The FitzHugh–Nagumo neuron dv/dt = v - v^3/3 - w + I.", "dv/dt = v - w", "Growth: dP/dt = r P (1 - P/K).",
     r"\frac{dv}{dt} = v - w and \partial u / \partial t = u - v"],
)  # fmt: skip
def test_a_derivative_is_no_product_of_letters(text: str) -> None:
    assert not [d for d in verify_answer(text).decisions if d.support is Support.REFUTED]
