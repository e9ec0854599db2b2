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
from tidegate.runner.sandbox import looks_like_simulation

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
