"""A factor that is not read may not be dropped: generated products of numbers and symbols are never refuted.

Each line is true for some value of its symbol, so any alarm is a false one.
"""

from itertools import product

import pytest

from tidegate.check.verify.engine import verify_answer
from tidegate.spine.claim import Support

SYMBOLS = ("r", "r²", "r^2", "h", "ρ", "θ", "v₀", "ΔT", "mgh", "rh", "cosθ", r"\theta", "x")
BEFORE = (
    "{s} (3 + 4) = 14",
    "{s} √16 = 8",
    r"{s} \frac{{8}}{{2}} = 8",
    "{s} 3 × 4 = 24",
    "5 + {s} (3 + 4) = 19",
    "so {s} sin(30°) = 4",
)
AFTER = ("π {s} = π × 9", "π{s} = 28.27", "1/2 {s} = 1/2 × 9", "(3 + 4) {s} = (3 + 4) × 9", "√2 {s} = 12.73", "A = 3 × 2 {s} = 3 × 2 × 9 = 54")  # fmt: skip


@pytest.mark.parametrize(("form", "symbol"), [*product(BEFORE + AFTER, SYMBOLS), *product(AFTER, ["ab"])])
def test_a_product_with_a_symbol_is_never_refuted(form: str, symbol: str) -> None:
    text = form.format(s=symbol)
    assert not [d.message for d in verify_answer(text, "").decisions if d.support is Support.REFUTED]


@pytest.mark.parametrize(
    "lead",
    ["|x| ", "x′ ", "∑ ", "∛", "∂ ", r"\sum ", r"\sum_{i} ", r"\int ", "x* ", "x^2 ", r"\vec{v} ", r"\mathrm{r} "],
)
def test_what_is_no_token_of_ours_is_not_dropped_either(lead: str) -> None:
    text = f"Here {lead}(3 + 4) = 14"
    assert not [d.message for d in verify_answer(text, "").decisions if d.support is Support.REFUTED]


@pytest.mark.parametrize(
    "text",
    ["π rad / 2 = 2.57 rad", "π × 9 = 38.27", "a 3 × 4 = 13 grid", "the mass is 5 kg × 3 = 16 kg", "5 N × 3 m = 16 J", "3 × 5 pcs = 16 pcs", "2 × 6 kg CO₂ = 13 kg CO₂", "2 × 3 mol H₂O = 7 mol H₂O"],
)  # fmt: skip
def test_units_and_nouns_are_still_read(text: str) -> None:
    assert [d for d in verify_answer(text, "").decisions if d.support is Support.REFUTED]
