"""Formulae as people write them, worked out with a program's numbers; what is printed beside them; what moves and jumps."""

import math

import pytest

from tidegate.runner.confined.laws_sentences import formulas
from tidegate.runner.confined.told_formulas import label_formula, like_formula, looker, values
from tidegate.runner.sandbox import run_simulation

LOOK = looker(
    [{"lam": 0.1, "k": 2.0, "T": 1.5, "N": 10, "a": 0.15, "b": 0.45, "theta": 1.2, "sigma": 0.6, "D": 0.5, "mu": 0.4}]
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("T/k", 0.75),
        ("ln(2)/λ", math.log(2) / 0.1),
        ("ln 2/lambda", math.log(2) / 0.1),
        ("1/(μ - λ)", 1 / 0.3),
        ("σ²/(2θ)", 0.15),
        ("sigma^2/2theta", 0.15),
        ("a/(a+b)", 0.25),
        ("N H_N", 10 * sum(1 / k for k in range(1, 11))),
        ("2DT", 1.5),
        ("√(2 D T)", math.sqrt(1.5)),
        ("N(N-1)/2", 45.0),
        ("e^(-λT)", math.exp(-0.15)),
        ("rho", 0.25),
    ],
)
def test_a_formula_has_its_value(text: str, wanted: float) -> None:
    assert any(v == pytest.approx(wanted) for v in values(text, LOOK))


@pytest.mark.parametrize("text", ["", "T / unknown", "the mean of a", "T/", "(T", "1/0", "a b c d e"])
def test_what_is_none_has_no_value(text: str) -> None:
    assert values(text, LOOK) == ()


def test_a_factor_after_a_quotient_has_two_readings() -> None:
    assert values("sigma^2/2 theta", LOOK) == pytest.approx((0.15, 0.216))


def test_labels_that_are_formulae() -> None:
    assert label_formula(" (stationary: a/(a+b) = ", LOOK) == ("a/(a+b)", (0.25,))
    assert label_formula("  T/k =", LOOK) == ("T/k", (0.75,))
    for label in ("speed m/s: ", "M/M/1: ", "time T: ", "x, y = "):
        assert label_formula(label, LOOK) is None
    assert like_formula("-J I1/I0:")
    assert not like_formula("mean energy/spin:")


def test_formulae_of_a_sentence() -> None:
    found = list(formulas("The stationary variance is σ²/(2θ), and about N/2 of the N spins point up", LOOK))
    assert [(f, rough) for _, f, _, rough, _ in found] == [("σ²/(2θ)", True), ("N/2", True)]
    assert not list(formulas("It is a (short) walk", LOOK))


def broken(source: str, prose: str = "") -> list[str]:
    rows = run_simulation(source, prose=prose).rows
    return [f"{r.name}: {r.measured} not {r.expected}" for r in rows if r.holds is False]


OSCILLATOR = """
import random
random.seed(3)
T, k = 1.5, 2.0
total = 0.0
for _ in range(4000):
    x = random.gauss(0.0, (T / k) ** 0.5)
    total += x * x
print("<x^2> =", total / 4000, " T/k =", T / k)
"""
TABLE = """
import random
rng = random.Random(5)
def spread(n):
    return sum(sum(rng.choice((-1, 1)) for _ in range(n)) ** 2 for _ in range(400)) / 400
print(f"{'n':>5} {'simulated':>10} {'theory':>8}")
for n in (4, 16, 36):
    print(f"{n:5d} {spread(n):10.3f} {float(n):8.1f}")
"""
SSA = """
import random
rng = random.Random(1)
def gillespie(k_on=1.0, k_off=0.5, a=60, b=0, t_max=50.0):
    t = 0.0
    while t < t_max:
        r1 = k_on * a
        r2 = k_off * b
        total = r1 + r2
        t += rng.expovariate(total)
        if rng.random() * total < r1:
            a -= 1
            b += 1
        else:
            a += 1
            b -= 1
    return a, b
print(gillespie())
"""
WALK = """
import numpy as np
rng = np.random.default_rng(2)
pos = np.zeros((200, 2))
for t in range(60):
    angle = rng.uniform(0, 2 * np.pi, 200)
    pos[:, 0] += np.cos(angle)
    pos[:, 1] += np.sin(angle)
print(np.mean(np.sum(pos**2, axis=1)))
"""
QUEUE = """
import random
random.seed(4)
clock, free = 0.0, 0.0
for _ in range(300):
    clock += random.expovariate(0.9)
    service = random.expovariate(1.0)
    start = max(clock, free)
    end = start + service
    free = end
print(end)
"""


@pytest.mark.parametrize(
    ("source", "prose", "changes"),
    [
        (OSCILLATOR, "", [('T / k)\n', 'T * k)\n'), ("(T / k) **", "(T * k) **")]),
        (TABLE, "", [("float(n)", "float(n) ** 1.5"), ("(-1, 1)", "(-2, 2)")]),
        (SSA, "A Gillespie run of A <-> B.", [("rng.expovariate(total)", "2 * rng.random() / total"), ("k_off * b", "k_off * a")]),
        (WALK, "A random walk in the plane.", [("np.sin(angle)", "np.cos(angle)")]),
        (QUEUE, "A queue with a single server.", [("max(clock, free)", "clock"), ("start = max(", "start = min(")]),
    ],
)  # fmt: skip
def test_what_is_said_and_what_is_done(source: str, prose: str, changes: list[tuple[str, str]]) -> None:
    assert broken(source, prose) == []
    for old, new in changes:
        assert source.count(old) >= 1
        assert broken(source.replace(old, new), prose), (old, new)
