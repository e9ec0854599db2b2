"""Numerical schemes read in code: sound ones are left alone in any spelling, one wrong weight, sign or power is found."""

import random
from fractions import Fraction
from pathlib import Path

import pytest
import scipy
from tests.check.verify.programs import PROGRAMS
from tests.runner import simulators_h, simulators_i

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.schemes.check import check_schemes
from tidegate.check.verify.schemes.runge_kutta import order_of
from tidegate.spine.claim import Support

BY_RUNNING = {
    "harmonic oscillator": {2}, "random walk msd": {0, 1, 2}, "sir epidemic": {0, 1, 2}, "heat equation": {2},
    "radioactive decay mc": {1, 2}, "langevin": {1}, "mm1 queue": {0, 1, 2},
}  # fmt: skip
"""Changes that no single scheme shows; what runs the code, or nothing yet, finds them."""


def refuted(source: str) -> list[str]:
    return [d.message for d in check_schemes(source, program=True) if d.support is Support.REFUTED]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_sound_program_is_left_alone_and_each_wrong_place_is_found(name: str) -> None:
    source, changes = PROGRAMS[name]
    assert refuted(source) == []
    for number, (old, new) in enumerate(changes):
        if number not in BY_RUNNING.get(name, set()):
            assert refuted(source.replace(old, new)), f"{name}: {old!r} -> {new!r} was not noticed"


TABLEAUX: dict[str, tuple[list[list[str]], list[str], int]] = {
    "midpoint": ([["1/2"]], ["0", "1"], 2),
    "heun": ([["1"]], ["1/2", "1/2"], 2),
    "ralston": ([["2/3"]], ["1/4", "3/4"], 2),
    "kutta3": ([["1/2"], ["-1", "2"]], ["1/6", "2/3", "1/6"], 3),
    "ssprk3": ([["1"], ["1/4", "1/4"]], ["1/6", "1/6", "2/3"], 3),
    "classic": ([["1/2"], ["0", "1/2"], ["0", "0", "1"]], ["1/6", "1/3", "1/3", "1/6"], 4),
    "three eighths": ([["1/3"], ["-1/3", "1"], ["1", "-1", "1"]], ["1/8", "3/8", "3/8", "1/8"], 4),
}


def spelled(rows: list[list[str]], weights: list[str], rng: random.Random) -> str:
    """A method in one of many spellings."""
    step, state, rate = rng.choice(["h", "dt"]), rng.choice(["y", "state", "u"]), rng.choice(["f", "rhs", "deriv"])
    k = rng.choice(["k{}", "k_{}"])
    inside = rng.random() < 0.5
    timed = rng.random() < 0.5

    def stages(row: list[str]) -> str:
        terms = [
            rng.choice([f"{w} * {k.format(j + 1)}", f"{k.format(j + 1)} * ({w})"])
            for j, w in enumerate(row)
            if w != "0"
        ]
        total = " + ".join(rng.sample(terms, len(terms)))
        return total if inside else f"{step} * ({total})"

    lines = [f"def advance({rate}, t, {state}, {step}):"]
    for i, row in enumerate([[], *rows]):
        c = str(sum((Fraction(w) for w in row), Fraction(0)))
        at = f"{state} + {stages(row)}" if row else state
        time = f"t + ({c}) * {step}, " if timed and row else "t, " if timed else ""
        lines.append(f"    {k.format(i + 1)} = {step + ' * ' if inside else ''}{rate}({time}{at})")
    update = stages(weights)
    end = rng.choice(
        [
            f"    return {state} + {update}",
            f"    {state} = {state} + {update}\n    return {state}",
            f"    {state} += {update}\n    return {state}",
        ]
    )
    return "\n".join([*lines, end])


@pytest.mark.parametrize("seed", range(60))
def test_methods_in_any_spelling(seed: int) -> None:
    rng = random.Random(seed)
    name = rng.choice(sorted(TABLEAUX))
    rows, weights, _ = TABLEAUX[name]
    source = spelled(rows, weights, rng)
    assert refuted(source) == [], source
    assert list(check_schemes(source, program=True)), source
    wrong_rows, wrong = [list(r) for r in rows], list(weights)
    place = rng.choice([(r, i) for r in [*wrong_rows, wrong] for i in range(len(r)) if r[i] != "0"])
    place[0][place[1]] = str(Fraction(place[0][place[1]]) * rng.choice([2, Fraction(1, 2)]))
    order, _ = order_of(
        {i + 2: {j + 1: Fraction(w) for j, w in enumerate(r)} for i, r in enumerate(wrong_rows)},
        {j + 1: Fraction(w) for j, w in enumerate(wrong)},
    )
    if order < TABLEAUX[name][2]:  # a family of methods of that order may hold the changed one too
        assert refuted(spelled(wrong_rows, wrong, rng)), spelled(wrong_rows, wrong, rng)


@pytest.mark.parametrize("name", TABLEAUX)
def test_orders_of_known_methods(name: str) -> None:
    rows, weights, order = TABLEAUX[name]
    table = {i + 2: {j + 1: Fraction(w) for j, w in enumerate(r)} for i, r in enumerate(rows)}
    assert order_of(table, {j + 1: Fraction(w) for j, w in enumerate(weights)})[0] == order


def test_steps_of_motion_by_their_order() -> None:
    step = "def run(x, v, dt, n):\n    for _ in range(n):\n        {}\n    return x, v\n"
    sound = ("v += -x * dt\n        x += v * dt", "x, v = x + v * dt, v - x * dt", "v += -0.3 * x * dt - 0.1 * v * dt\n        x += v * dt",
             "v += 0.5 * dt * force(x)\n        x += dt * v\n        v += 0.5 * dt * force(x)",
             "a = force(x) / m\n        x += v * dt + 0.5 * a * dt**2\n        v += 0.5 * (a + force(x) / m) * dt")  # fmt: skip
    for body in sound:
        assert refuted(step.format(body)) == [], body
    wrong = ("v += -x * dt\n        x += v", "v += -x * dt\n        x += 2 * v * dt", "v += dt * force(x)\n        x += dt * v\n        v += dt * force(x)\n        x += 0.5 * dt * v",
             "a = force(x) / m\n        x += v * dt + a * dt**2\n        a_new = force(x) / m\n        v += 0.5 * (a + a_new) * dt")  # fmt: skip
    for body in wrong:
        assert refuted(step.format(body)), body


SMALL = [
    ("def f(y, t, h):\n    k1 = g(t, y)\n    k2 = g(t + h/2, y + h/2*k1)\n    return y + h*k2", "t + h/2", "t + h"),
    ("def f(x, v, h):\n    k1x = v\n    k1v = g(x)\n    k2x = v + h*k1v\n    k2v = g(x + h*k1x)\n    return x + h/2*(k1x+k2x), v + h/2*(k1v+k2v)", "x + h*k1x", "x + h/2*k1x"),
    ("import random, math\ndef run(s, nb, beta):\n    dE = 2 * s * nb\n    if dE < 0:\n        s *= -1\n    elif random.random() < math.exp(-dE * beta):\n        s *= -1\n    return s", "2 * s * nb", "s * nb"),
    ("import random, math\nx = -math.log(random.random()) / total_rate", "/ total_rate", "* total_rate"),
    ("import numpy as np\nt = rng.exponential(1 / arrival_rate)", "1 / arrival_rate", "arrival_rate"),
    ("import numpy as np\ns = s * np.exp((mu - 0.5 * sigma**2) * dt + sigma * np.sqrt(dt) * rng.standard_normal())", "mu - 0.5", "mu + 0.5"),
    ("kinetic = 0.5 * m * v**2", "0.5 * ", ""),
    ("for i in range(n):\n    for j in range(i):\n        force[i] += fij\n        force[j] -= fij", "-= fij", "+= fij"),
    ("for i in range(1, n - 1):\n    u_new[i] = u[i] + alpha * dt / dx**2 * (u[i + 1] - 2 * u[i] + u[i - 1])", "u[i - 1]", "u[i + 1]"),
    ("def lap(u, dx):\n    return (np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1) - 4 * u) / dx**2", "- 4 * u", "- 2 * u"),
    ("for i in range(n):\n    x_new = x + rng.normal(0, step)\n    log_a = logp(x_new) - logp(x)\n    if np.log(rng.random()) < log_a:\n        x = x_new\n    chain.append(x)", "        x = x_new\n    chain", "        x = x_new\n        chain"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "old", "new"), SMALL)
def test_one_line_right_and_wrong(source: str, old: str, new: str) -> None:
    assert refuted(source) == []
    assert old in source
    assert refuted(source.replace(old, new))


def test_what_it_says_stands_on_the_line_and_may_block() -> None:
    source, changes = PROGRAMS["lotka volterra rk4"]
    answer = "Here it is:\n```python\n" + source.replace(*changes[0]) + "```\n"
    found = [f for f in verify_answer(answer).findings if f.rule == "broken-scheme"]
    assert len(found) == 1
    assert found[0].where.span is not None
    line = answer[slice(*found[0].where.span)]
    assert "k1 + k2 + 2 * k3 + k4" in line
    assert answer.split("\n")[(found[0].where.line or 0) - 1].strip() == line.strip()
    assert "Σ b = 5/6, not 1" in found[0].message
    assert found[0].severity == "error"


def test_libraries_that_many_use_raise_no_alarm() -> None:
    root = Path(scipy.__file__).parent
    seen = 0
    for path in sorted([*root.glob("integrate/*.py"), *root.glob("integrate/_ivp/*.py"), *root.glob("optimize/*.py")]):
        seen += 1
        assert refuted(path.read_text(encoding="utf-8")) == [], path.name
    assert seen > 40


@pytest.mark.parametrize("text", ["```python\nk1 = f(\n```", "```python\n" + "k2 = " + "(" * 3000 + "```", "```\nk1 k2\n```", "k2 = f(y + h*k1)",
                                  "```python\nk1 = k1\nk2 = k2 + k1\ny = y + k1 / 0 + k2\nfor v in x[1:-1]:\n    v **= 10**9 * dt\n```"])  # fmt: skip
def test_nonsense_is_no_scheme(text: str) -> None:
    assert [d for d in check_schemes(text) if d.support is Support.REFUTED] == []


SLIPS = {
    "def shoot(angle_deg):\n    return math.sin(angle_deg)\n": "def shoot(angle_deg):\n    angle_deg = math.radians(angle_deg)\n    return math.sin(angle_deg)\n",
    "for i in range(9):\n    v -= g\n    y += v * dt\n": "g = 9.81 * dt\nfor i in range(9):\n    v -= g\n    y += v * dt\n",
    "for i in range(9):\n    A += dA * dt\n    B += dB\n": "for i in range(9):\n    A += dA * dt\n    B += dB * dt\n    seen += dB\n",
    "if rng.random() < log_ratio:\n    x = y\n": "log_ratio = np.exp(log_ratio)\nif rng.random() < log_ratio:\n    x = y\n",
    "if np.log(rng.random()) < np.exp(a):\n    x = y\n": "if np.log(rng.random()) < a:\n    x = y\n",
    "sem = np.std(x) / n\n": "n = np.sqrt(len(x))\nsem = np.std(x) / n\n",
    "drift = (r - 0.5 * sigma**2) * T\npayoff = np.maximum(S - K, 0)\nprice = payoff.mean()\n": "drift = (r - 0.5 * sigma**2) * T\npayoff = np.maximum(S - K, 0)\nprice = df * payoff.mean()\ndf = np.exp(-r * T)\n",
    "def brownian(D, dt):\n    return np.sqrt(D * dt) * rng.standard_normal(9)\n": "def langevin(D, dt):\n    return np.sqrt(D * dt) * rng.standard_normal(9)\n",
    "up = k_up * a\ndown = k_down * b\ntotal = up + down\nt += rng.exponential(total)\n": "up = k_up * a\ndown = k_down * b\ntotal = up + down\nt += rng.exponential(1 / total)\n",
    "up = rate * a\ndown = k * b\ns = up + down\nif random.random() < up / s:\n    b -= 1\n": "up = rate * a\ndown = k * b\ns = up + down\nif random.random() > up / s:\n    b -= 1\n",
    "def acc(self):\n    r = np.linalg.norm(self.pos)\n    return GM * self.pos / r**2\n": "def acc(self):\n    r = np.linalg.norm(self.pos)\n    return -GM * self.pos / r**3\n",
}  # fmt: skip
"""Lines that say by their names what they get wrong, each with a like one that is right."""


@pytest.mark.parametrize("wrong", SLIPS)
def test_a_slip_is_told_by_its_names_and_its_sound_twin_is_left_alone(wrong: str) -> None:
    assert refuted(wrong)
    assert refuted(SLIPS[wrong]) == []


@pytest.mark.parametrize(("programs", "found_min"), [(simulators_h.SIMULATORS, 20), (simulators_i.SIMULATORS, 25)])
def test_small_simulators_are_left_alone_and_many_of_their_changes_are_read(
    programs: dict[str, tuple[str, list[tuple[str, str]]]], found_min: int
) -> None:
    found = 0
    for name, (source, changes) in programs.items():
        assert refuted(source) == [], name
        found += sum(bool(refuted(source.replace(*change))) for change in changes)
    assert found >= found_min
