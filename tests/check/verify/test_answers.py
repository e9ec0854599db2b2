"""Planted errors are found where they are, clean lines are left alone, on answers of every kind."""

import pytest
from tests.check.verify.answers_a import ITEMS as FIRST
from tests.check.verify.answers_b import ITEMS as LATER
from tests.check.verify.answers_c import ITEMS as LONGER
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

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.readers.knowledge import installed_packages
from tidegate.spine.claim import Support

ITEMS = FIRST + LATER + LONGER + LAST + EVERY + UNREAD + FRESH + TWINS + UNSEEN + STATES + FLUENT + PRICES
KNOWN = Knowledge(packages=installed_packages(), today=(2026, 11), library=LIBRARY, registry=REGISTRY)
KNOWN_MISSES = {
    "He pays 12 monthly instalments of $45, $520 in all.",
    "In hexadecimal 0x1F = 30 in decimal.",
    "A rise from 250 to 300 is an increase of 25%.",
    "With 19% VAT the net price of 200 € becomes 219 €.",
    "The tip of 18% on $50 is $8.",
    "The track is 400 m long, so 5 laps are 2.5 km.",
    "A mole holds 6.202 × 10²³ particles.",
    "G = 6.674 × 10⁻¹¹ N·m²/kg (Newtonian constant of gravitation).",
    'See LeCun, Bengio and Hinton, "Deep learning" (2016), doi:10.1038/nature14539.',
    "Let x be the position, v be the velocity, t the time. x = v t and x = v / t.",  # the first reading holds
    "e^0 + e^1 ≈ 4.72",  # e may be a variable
    "CaCO3 + HCl → CaCl2 + H2O + CO2",  # a scheme, for all the text says
    "```python\nimport subprocess\nsubprocess.run(['ls'], capture=True)\n```",  # it takes any keyword
    "Disk failures: 12 of 480 drives failed last year, an annualised failure rate of 3.5%.",  # a year may not be one of theirs
    "Install the client first: `pip install pandas-turbo-frames-xl`, then import it.",  # no list of distributions is complete
    "The panel yields 4.2 kWh a day, i.e. 151.2 MJ.",  # an energy a day beside an energy
    "After eating 7 of the 30 biscuits there are 24 left.",
    "With a 25% off coupon, the $64 shoes cost $50.",
    "A 5 lb dumbbell weighs 2.72 kg.",  # what weighs need not be what is named
    "One day has 24 × 3600 = 86,400 s; a week is 604,600 s.",  # weeks are counted in more ways than one
    "The hydroxide ion is OH2-.",
    "Planck's constant in electronvolts is 4.316 × 10⁻¹⁵ eV·s.",
    "A 12 fl oz can holds about 255 mL.",  # what a can holds need not be its size
    "The notice period is 6 weeks, or 40 days.",  # weeks are counted in more ways than one
    "The film lasts 135 minutes, or 2 h 25 min.",  # two lengths a few minutes apart may both be meant
    "The sliding friction is 9.8 N.",  # the question asks for something else, which the sentence does not name
    "It holds 36 W.",  # it may tell of another thing first
    "Rust is mostly hydrated iron(III) oxide, FeO3.",  # a hydrate has no one formula
    "The roots are x = (7 ± √(49 − 24))/2 = (7 ± 5)/2, i.e. 6 and 2.",  # ± is not computed
    "The stack of 2^16 = 65,563 entries overflows.",  # numbers that overflow are of another algebra
    "```python\nimport csv\n\nwith open('a.csv') as f:\n    rows = list(csv.DictReader(f, seperator=';'))\n```",  # it takes any keyword
    "```python\nimport time\n\ntime.sleep(seconds=2, unit='s')\n```",  # its parameters are not in the index
    "In sodium thiosulfate's cousin Na2SO3, sulfur is +6.",  # two compounds are named
    "MnO2 is a brown solid whose manganese is Mn(II).",  # the subject is said before
    "The brew house mashes 5 batches of 60 litres each, so the fermenter receives **320 litres** in total.",
    "| Item | Count | Unit price | Total |\n|---|---|---|---|\n| Sensor | 12 | $7.50 | $90.00 |\n| Cable | 8 | $3.25 | $28.00 |",
    "\\begin{align}\nQ &= m c \\Delta T \\\\\n&= 2.0 \\times 4186 \\times 15 \\\\\n&= 152{,}580\\ \\text{J}\n\\end{align}",
    "The resonant frequency is $f = \\frac{1}{2\\pi\\sqrt{LC}} = \\frac{1}{2\\pi\\sqrt{0.01 \\times 10^{-6}}} \\approx 1{,}952\\ \\text{Hz}$.",
    "Of the 250 turbines inspected, 35 showed blade erosion, which is **16%** of the fleet.",  # the fleet may be more than those inspected
    "The capacitor stores 6 J.",  # it may tell of another thing first
    "Thermite burns as\n\n$$\\mathrm{Fe_2O_3 + 2\\,Al \\rightarrow 3\\,Fe + Al_2O_3}$$\n\nwhich is balanced.",
    "Magnesium chloride is built from Mg⁺ and Cl⁻ ions in the ratio 1:2, giving MgCl₂.",
    "```python\nimport subprocess\n\nout = subprocess.run(['ls'], capture=True)\n```",  # it takes any keyword
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
        if needle and answer in KNOWN_MISSES
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
