"""Turns and radians, miles to the gallon, what a battery stores; words that make a plain computation look like something else."""

import pytest

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.spine.claim import Support

SOUND_AND_WRONG = [
    ("3000 rpm correspond to {} rad/s.", "314", "341"),
    ("3000 rpm corresponds to {} rad/s.", "314", "50"),
    ("10 rad/s is {} rpm.", "95.5", "59.5"),
    ("360 °/s is {} rev/s.", "1", "2"),
    ("30 mpg (US) is about {} L/100 km.", "7.84", "9.84"),
    ("40 mpg is {} L/100 km.", "7.06", "5.06"),
    ("It uses 7.84 L/100 km, or {} mpg.", "30", "40"),
    ("A 60 kWh battery stores {} MJ.", "216", "21.6"),
    ("With precision 0.8 and recall 0.6 the F1 score is 2·0.8·0.6/(0.8+0.6) ≈ {}.", "0.686", "0.786"),
    ("The SLO leaves an error budget of 0.05 % × 43,200 min = {} minutes.", "21.6", "216"),
    ("€2,000 at 4 % for three years grow to 2000 · 1.04³ ≈ €{}.", "2,249.73", "2,294.73"),
    ("The balance falls to 80 - 2 * 15 = {}.", "50", "60"),
]
UNDECIDED = [
    "A 60 kWh battery stores 180 MJ usable.",
    "A 2 kW heater holds 1 hp.",
    "40 mpg (UK) is 7.06 L/100 km.",
    "The motor turns at 3000 rpm and the load at 20 rad/s.",
    "In F2 the sum 1 + 1 = 0.",
]


def refuted(text: str) -> list[str]:
    return [d.message for d in verify_answer(text, "", Knowledge()).decisions if d.support is Support.REFUTED]


@pytest.mark.parametrize(("text", "sound", "wrong"), SOUND_AND_WRONG)
def test_a_wrong_value_is_refuted_and_its_twin_is_not(text: str, sound: str, wrong: str) -> None:
    assert not refuted(text.format(sound))
    assert refuted(text.format(wrong))


@pytest.mark.parametrize("text", UNDECIDED)
def test_what_may_be_another_thing_is_left_alone(text: str) -> None:
    assert not refuted(text)


AXES = """```python
import matplotlib.pyplot as plt
from scipy.optimize import curve_fit
fig, ax = plt.subplots({grid})
ax.{member}("t")
best, covariance = curve_fit(lambda x, a: a * x, [1, 2], [2, 4])
best.tolist()
```"""


def test_what_subplots_binds_is_known_but_for_a_grid() -> None:
    assert not refuted(AXES.format(grid="figsize=(6, 4)", member="set_xlabel"))
    assert refuted(AXES.format(grid="figsize=(6, 4)", member="xlabel"))
    assert not refuted(AXES.format(grid="2, 2", member="xlabel"))
    assert not refuted(AXES.format(grid="subplot_kw=dict(projection=crs)", member="coastlines"))
