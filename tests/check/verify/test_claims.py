"""Every verifier is seen to refute a wrong claim, to support its right twin, and to leave the unsure alone."""

import re

import pytest

from tidegate.check.verify.chemistry.chemical_words import MINUS, MINUS_SIGNS, value_of
from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.check.verify.published.references import Work
from tidegate.check.verify.published.registry import Coefficient
from tidegate.spine.claim import Support


def verdicts(text: str, question: str = "", knowledge: Knowledge | None = None) -> set[str]:
    found = verify_answer(text, question, knowledge)
    assert not found.not_checked
    for d in found.decisions:
        a, b = d.claim.span
        assert 0 <= a < b <= len(text)
        if d.claim.kind != "code":
            assert d.support is not Support.REFUTED or d.message
    return {d.support.value for d in found.decisions}


PAIRS = [
    ("12 * 7 = 84", "12 * 7 = 94"),
    (r"\( \frac{1}{2} \times 6 \times 9 = 27 \)", r"\( \frac{1}{2} \times 6 \times 9 = 28 \)"),
    ("2(3+4) = 14", "2(3+4) = 15"),
    ("15% of 240 is 36.", "15% of 240 is 38."),
    ("3 m + 20 cm = 3.2 m", "3 m + 20 cm = 3.4 m"),
    ("three plus four equals seven", "three plus four equals eight"),
    ("1.234,50 + 10,50 = 1.245,00", "1.234,50 + 10,50 = 1.255,00"),
    ("v = 3.0 × 10^8 / 6.0 × 10^14 = 5.0 × 10^-7 m", "v = 3.0 × 10^8 / 6.0 × 10^14 = 2.0 × 10^-7 m"),
    ("5 km = 5000 m", "5 km = 500 m"),
    ("The rim is 2 * pi * 3 = 18.85 m long", "The rim is 2 * pi * 3 = 19.85 m long"),
    ("500 psi = 3.45 MPa", "500 psi = 34.5 MPa"),
    ("25 °C = 298.15 K", "25 °C = 248.15 K"),
    ("F = m*a where F is the force, m is the mass and a is the acceleration.", "F = m*a^2 where F is the force, m is the mass and a is the acceleration."),
    ("KE = 1/2 m v^2.", "KE = 1/2 m v^3."),
    ("The oxidation state of Mn in KMnO4 is +7.", "The oxidation state of Mn in KMnO4 is +6."),
    ("the sulfate ion, SO₄²⁻, is", "the sulfate ion, SO₄³⁻, is"),
    ("Iron(III) chloride (FeCl3) is brown", "Iron(III) chloride (FeCl2) is brown"),
    ("The molar mass of glucose (C6H12O6) is 180.16 g/mol", "The molar mass of glucose (C6H12O6) is 190.16 g/mol"),
    ("Balanced: C3H8 + 5 O2 → 3 CO2 + 4 H2O", "Balanced: C3H8 + 4 O2 → 3 CO2 + 4 H2O"),
    ("The speed of light in vacuum is 299,792,458 m/s.", "The speed of light in vacuum is 299,792,358 m/s."),
    ("R = 8.314 J/(mol·K)", "R = 8.134 J/(mol·K)"),
    ("```python\nimport numpy as np\nnp.zeros(3)\n```", "```python\nimport numpy as np\nnp.zerros(3)\n```"),
    ("```python\nimport scipy.integrate\nscipy.integrate.simpson([1])\n```", "```python\nimport scipy.integrate\nscipy.integrate.simps([1])\n```"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong"), PAIRS)
def test_the_wrong_twin_is_refuted_and_the_right_one_supported(right: str, wrong: str) -> None:
    assert "refuted" not in verdicts(right)
    assert "supported" in verdicts(right)
    assert "refuted" in verdicts(wrong)


CLEAN = [
    "2x + 3 = 7, so x = 2.", "1/4 = 25 students", "7/2 = 3 remainder 1", "In binary, 1 + 1 = 10.", "A common mistake is 2 + 2 = 5.", "He leaves at 5:00 pm - 3 hours = 2 pm.",
    "42 - 18 = 24 - 4 = 20", "1/3 = 0.33 and 2/3 = 0.67", "100/7 ≈ 14.3", "50 + 20% = 60", "pi = 0.3 and pi1 = 0.7", "A → B", "Let n = 3 + 2k.", "C(5,2) = 10", "(3,5) + (1,2) = (4,7)", "1 week = 5 days", "f(2) = 5",
    "unbalanced: Fe + O2 → Fe2O3", "In Fe3O4 the oxidation number of iron is +8/3.", "arXiv:2301.01234", "\\frac{1}{", "= = = 5", "١٢ + ٣ = ١٥", "5 + 3 = ", "$$\\frac{1}{2$$", "",
]  # fmt: skip


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_unsure_is_never_refuted(text: str) -> None:
    assert "refuted" not in verdicts(text)


def test_the_answer_must_have_the_dimension_the_question_asks_for() -> None:
    assert "refuted" in verdicts("v = at = 20 J", "What is the speed of the car after 5 s?")
    assert "refuted" not in verdicts("v = at = 20 m/s", "What is the speed of the car after 5 s?")


def test_a_library_tells_a_mismatch_from_a_missing_work() -> None:
    known = Knowledge(
        library={
            "10.1000/abc123": Work(
                id="10.1000/abc123", title="On the Motion of Tides", authors=("Ada Marsh",), year=2001
            )
        }
    )
    right = 'Ada Marsh, "On the Motion of Tides", 2001, doi:10.1000/abc123'
    assert verdicts(right, knowledge=known) == {"supported"}
    assert verdicts(right.replace("Motion of Tides", "Colour of Stones"), knowledge=known) == {"refuted"}
    assert verdicts(right.replace("abc123", "zzz999"), knowledge=known) == {"unverifiable"}


def test_no_entry_in_the_registry_is_unverifiable() -> None:
    entry = Coefficient(
        standard="EN 1990",
        edition="2002",
        clause="A1.2(B)",
        names=("partial factor for permanent actions",),
        value=1.35,
    )
    text = "According to EN 1990, the partial factor for permanent actions is {}."
    assert verdicts(text.format("1.35"), knowledge=Knowledge(registry=(entry,))) == {"supported"}
    assert verdicts(text.format("1.15"), knowledge=Knowledge(registry=(entry,))) == {"refuted"}
    assert "supported" not in verdicts(text.format("1.35"))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("ISBN 978-3-16-148410-0", True),
        ("ISBN 978-3-16-148410-1", False),
        ("arXiv:2513.01234", False),
        ("ISSN 2049-3630", True),
        ("ISSN 2049-3631", False),
        ("RFC 99999", False),
    ],
)
def test_impossible_identifiers_are_refuted(text: str, holds: bool) -> None:
    assert ("refuted" in verdicts(text)) is not holds


def test_a_megabyte_is_read_in_bounded_time() -> None:
    import time

    started = time.process_time()
    verify_answer("word " * 200_000 + "\n12 * 7 = 94\n" + "9^9^9^9 = 5\n" + "(" * 5000)
    assert time.process_time() - started < 60


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("pH = -log10(1e-5) = 5", "supported"), ("pH = -log10(1e-5) = 4", "refuted"), ("log2(8) = 3", "supported"),
        ("log_2(8) = 4", "refuted"), ("17 * 3 = 52 seats", "refuted"), ("17 * 3 = 51 seats", "supported"),
        ("3 m + 20 cm = 3.2 m", "supported"), ("3 m + 20 cm = 3.3 m", "refuted"),
    ],
)  # fmt: skip
def test_logarithms_of_a_base_and_counted_things(text: str, verdict: str) -> None:
    assert [c["verdict"] for c in verify_answer(text).claims_json()] == [verdict]


def test_a_package_that_is_not_indexed_is_left_alone_however_often_it_is_asked_for() -> None:
    answer = "```python\nfrom flask import Flask\nfrom flask import Flask, request\n\napp = Flask(__name__)\n```"
    for _ in range(3):
        assert "refuted" not in verdicts(answer)


def test_a_sign_is_a_sign_and_no_range_of_characters() -> None:
    """The class of signs once ran from + to −, so that any capital or digit passed for one."""
    for sign in MINUS_SIGNS + "+":
        assert re.fullmatch(rf"[+{MINUS}]", sign)
        assert re.fullmatch(rf"[{MINUS}+]", sign)
    assert not re.search(rf"[+{MINUS}]|[{MINUS}+]", "7AzÅ./\\,")
    assert value_of("−3") == value_of("⁻3") == value_of("3-") == -3


@pytest.mark.parametrize(
    ("text", "refuted"),
    [
        (
            r"\( \frac{1}{2 \times 6 = 12 \] and $E = mc^{2 and \begin{align} 2 + 2 &= 5 \\ and 3 + 4 = 7.",
            ["2 + 2 &= 5"],
        ),
        ("1.234,50 + 10,50 = 1.245,00 but 1,234.50 + 10.50 = 1,245.00 and 1,5 + 1,5 = 4.", ["1,5 + 1,5 = 4"]),
        ("القيمة هي ٢ + ٢ = ٤ ثم 2 + 2 = 5 \u202e5 = 2 + 2\u202c و 3 × 4 = 12", ["2 + 2 = 5"]),
        ("2\u200b + 2 = 5 and 3 + 3 = 6\x00", ["2\u200b + 2 = 5"]),
    ],
)
def test_broken_latex_mixed_commas_and_right_to_left_text(text: str, refuted: list[str]) -> None:
    found = [d.claim.text for d in verify_answer(text).decisions if d.support is Support.REFUTED]
    assert found == refuted


@pytest.mark.parametrize(("stated", "refuted"), [(-1, False), (-2, False), (-3, True)])
def test_a_peroxo_salt_holds_its_peroxide(stated: int, refuted: bool) -> None:
    said = verdicts(f"The oxidation state of oxygen in K2S2O8 is {stated}.")
    assert ("refuted" in said) is refuted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The product 3 * 4 = 13 is what we need.", "refuted"), ("We take the sum 17 + 5 = 22.", "supported"), ("The difference 90 - 45 = 55 is small.", "refuted"),
        ("Twice the sum 3 + 4 = 14", None), ("The cross product 3 * 4 = 0 vanishes.", None), ("the mean of the product 3 * 4 = 6", None), ("the sum 3 * 4 = 18", None),
    ],
)  # fmt: skip
def test_a_word_may_name_the_operation_that_follows_and_nothing_more(text: str, expected: str | None) -> None:
    found = verdicts(text)
    assert found == {expected} if expected else "refuted" not in found


ASKED = [  # question, right answer, wrong answer
    ("What is 27 + 9?", "36", "46"), ("Compute 8 × 7.", "56.", "The result is 54."), ("What is 7 - 12?", "-5", "5"), ("What is 10 / 3?", "3.33", "3.4"),
    ("Convert 3 km to m.", "3000 m", "30 m"), ("How many grams are in 4 kg?", "4000", "400"), ("Convert 72 km/h to m/s.", "20 m/s", "25 m/s"),
    ("What is 20% of 50?", "10", "20"), ("What is $\\frac{3}{4} + \\frac{1}{8}$?", "7/8", "4/12"), ("What is 5 - (-3)?", "8", "2"),
]  # fmt: skip
NOT_ASKED = [
    ("What is 10 / 3?", "3 remainder 1"), ("What is 5 + 5 in base 8?", "12"), ("What is 2 + 2 modulo 3?", "1"), ("What is 12 in binary?", "1100"),
    ("What is 24/7?", "24"), ("What is 3/4 as a percentage?", "75"), ("Is 7 * 8 54?", "No, 56."), ("What is the sum of the first 10 integers?", "55"),
    ("A train has 12 * 4 seats. How many windows?", "24"), ("What is 6 * 7? And who asked it?", "43, by Deep Thought"), ("How many apples are in 3 boxes?", "36"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "right", "wrong"), ASKED)
def test_a_bare_answer_is_held_against_the_computation_that_was_asked(question: str, right: str, wrong: str) -> None:
    assert verdicts(right, question) == {"supported"}
    assert verdicts(wrong, question) == {"refuted"}
    assert verdicts(wrong) <= {"unverifiable"}, "without its question it claims nothing"


@pytest.mark.parametrize(("question", "answer"), NOT_ASKED)
def test_a_question_that_is_more_than_a_computation_refutes_no_answer(question: str, answer: str) -> None:
    assert "refuted" not in verdicts(answer, question)


def test_bare_numbers_beside_degrees_are_degrees() -> None:
    (decision,) = verify_answer("The angle is 180 - 120 = 50 degrees.").decisions
    assert "180 - 120 is 60, not 50" in decision.message


def test_a_unit_behind_bare_numbers_is_said_not_to_be_checked() -> None:
    (decision,) = verify_answer("It takes 32,000 / 50 = 640 min.").decisions
    assert decision.receipt.computation == "32,000 / 50 = 640; the unit, min, is not checked"
    (decision,) = verify_answer("Together 2 * 40 = 80 plants.").decisions
    assert decision.message == "the computation agrees"
