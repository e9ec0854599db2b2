"""Whole programs in every shape: the sound ones break no law, one changed place does.

They run in this process: what is tested is the judging, and the programs are the repository's own.
"""

import sys
from collections.abc import Iterator

import pytest
from tests.runner.simulators_j import SIMULATORS as SHAPES
from tests.runner.simulators_k import SIMULATORS as DOMAINS
from tests.runner.simulators_l import SIMULATORS as FURTHER
from tests.runner.simulators_m import SIMULATORS as PLAIN
from tests.runner.simulators_n import SIMULATORS as TELLING

from tidegate.runner.confined.absent import Nothing
from tidegate.runner.harness import judged, modules
from tidegate.runner.sandbox import looks_like_simulation, run_simulation

PROGRAMS = {**SHAPES, **DOMAINS, **FURTHER, **PLAIN, **TELLING}
BY_READING = {
    "cooling docstring",
    "potts heat bath",
    "importance sampling numpy",
    "lotka volterra class",
    "ising class",
}
"""Programs whose last change is found by reading it (`schemes`)."""


@pytest.fixture(autouse=True)
def own_modules() -> Iterator[None]:
    """Stand-ins for packages that are not installed stay in the test."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if isinstance(sys.modules[name], Nothing) or name in ("numba", "tqdm"):
            del sys.modules[name]


def broken(source: str, prose: str, seed: int = 1) -> list[str]:
    assert looks_like_simulation(source, prose)
    job = {"source": source, "prose": prose, "seed": seed, "cpu_s": 15}
    return [f"{r['name']}: {r['measured']}" for r in judged(job, modules())["rows"] if r["holds"] is False]


QUICK = ("class particle in box", "heat 1d module", "kepler dataclass", "laplace jacobi script",
         "rc circuit", "rule thirty generator", "schrodinger split", "seir dict", "spring chain class", "walk three d prose",
         "rocket", "rl circuit", "double pendulum", "wave string function", "monty hall", "reversible reaction", "mc integration", "life torus")  # fmt: skip
"""One of each shape and kind of law; all of them are measured by `python -m benches.verify_studies`."""


@pytest.mark.parametrize("name", QUICK)
def test_a_sound_program_keeps_its_laws_and_a_changed_one_breaks_one(name: str) -> None:
    prose, source, changes = PROGRAMS[name]
    assert broken(source, prose) == []
    if name not in BY_READING:
        assert any(broken(source.replace(*change, 1), prose) for change in changes)


def test_a_plot_or_a_progress_bar_keeps_no_program_from_being_measured() -> None:
    prose, source, changes = SHAPES["kepler dataclass"]
    plotted = "import matplotlib.pyplot as plt\nfrom numba import njit\n" + source + "fig, (a, b) = plt.subplots(1, 2)\na.plot([1], [2])\nplt.show()\n"  # fmt: skip
    assert broken(plotted, prose) == []
    assert broken(plotted.replace(*changes[1]), prose)


def test_the_entry_gets_what_the_program_itself_calls_it_with() -> None:
    """A function without defaults is run with the arguments, and the kind of random numbers, that the script passes."""
    source = (
        "import math, random\n\ndef decays(n0, lam, dt, rng):\n    left, n, t = [], n0, 0.0\n    while t < 20:\n"
        "        n -= sum(rng.expovariate(lam) < dt for _ in range(n))\n        left.append(n)\n        t += dt\n    return left\n\n"
        "left = decays(400, 0.3, 0.1, random.Random(4))\nprint(left[-1])\n"
    )
    found = run_simulation(source)
    assert found.status == "ran"
    assert any(row.name == "one seed gives one run" and row.holds for row in found.rows)


def test_a_program_that_sleeps_is_not_waited_for() -> None:
    """`time.sleep` costs nothing, and the energy of the oscillator is measured all the same."""
    source = (
        "import time\nx, v, dt = 1.0, 0.0, 0.01\nenergies = []\nfor _ in range(300):\n    v -= x * dt\n    x += v * dt\n"
        "    energies.append(0.5 * v * v + 0.5 * x * x)\n    time.sleep(1)\nprint(energies[-1])\n"
    )
    found = run_simulation(source, prose="A simple harmonic oscillator with k = m = 1.")
    assert found.status == "ran"
    assert found.rows
    assert all(row.holds is not False for row in found.rows)


SWINGING = """x, v, dt = 1.0, 0.0, 0.01
energies = []
for i in range(2000):
    a = -25.0 * x
    v += a * dt
    x += v * dt
    energies.append(0.5 * v**2 + 12.5 * x**2)
print(energies[0], energies[-1])
"""


@pytest.mark.parametrize(("coefficient", "broken"), [("12.5", False), ("11.5", True), ("13.5", True)])
def test_the_swing_of_a_symplectic_step_is_no_drift(coefficient: str, broken: bool) -> None:
    """At ω dt = 0.05 the energy swings by 2.8 % and comes back; a wrong coefficient swings further."""
    rows = judged({"source": SWINGING.replace("12.5", coefficient), "seed": 1, "cpu_s": 15}, modules())["rows"]
    assert any(row["holds"] is False for row in rows) == broken
