"""Settings that the words give and the program sets otherwise; what the words suppose, vary or hedge is left alone."""

import pytest

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.spine.claim import Support

PROGRAM = """
import numpy as np

GM = {gm}
k = 2.0

def run(dt={dt}, n=1000):
    x, v = 1.0, 0.0
    for _ in range(n):
        v -= GM * x * dt
        x += v * dt
    return x
"""


def settings(prose: str, gm: str = "4 * np.pi**2", dt: str = "0.01") -> list[Support]:
    answer = f"{prose}\n\n```python\n{PROGRAM.format(gm=gm, dt=dt)}```\n"
    decisions = verify_answer(answer, "", Knowledge()).decisions
    return [d.support for d in decisions if d.claim.kind == "scheme: a setting as told"]


@pytest.mark.parametrize(
    ("prose", "gm", "dt"),
    [
        ("We use astronomical units (GM = 4π²).", "4 * np.pi", "0.01"),
        ("We use astronomical units ($GM = 4 \\pi^2$).".replace("\\pi", "pi"), "2 * np.pi**2", "0.01"),
        ("The spring has GM = 39.478 and k = 2.", "39.478 / 2", "0.01"),
        ("The step is small, dt = 1e-2, and the scheme symplectic.", "4 * np.pi**2", "0.1"),
    ],
)
def test_a_setting_that_the_words_give_otherwise_is_refuted(prose: str, gm: str, dt: str) -> None:
    assert Support.REFUTED in settings(prose, gm, dt)
    assert Support.REFUTED not in settings(prose)


@pytest.mark.parametrize(
    "prose",
    [
        "Try dt = 0.1 as well and the energy drifts.",
        "With dt = 0.1 instead the orbit spirals out.",
        "It is stable up to dt = 0.5.",
        "At dt = 0.1 the error is larger.",
        "Compare dt = 0.1, dt = 0.01 and dt = 0.001.",
        "The step is dt = 10 ms.",
        "Here k = 3 springs are coupled.",
        "For the earth GM = 3.986e14 m^3/s^2.",
        "The sum over k = 1, 2, 3 converges.",
        "Each turn has x = 1/k steps.",
        "The loop runs while k < 3 and k = 3 ends it if n is large.",
    ],
)
def test_what_the_words_suppose_vary_or_measure_otherwise_is_left_alone(prose: str) -> None:
    assert Support.REFUTED not in settings(prose)
