"""Escapes are tried: none gets out, and each ends within its limits."""

import pytest
from tests.runner.simulators_a import SIMULATORS as FIRST
from tests.runner.simulators_c import SIMULATORS as THIRD
from tests.runner.simulators_d import SIMULATORS as FOURTH
from tests.runner.simulators_e import SIMULATORS as FIFTH
from tests.runner.simulators_f import SIMULATORS as SIXTH

from tidegate.runner.harness import judged, modules
from tidegate.runner.sandbox import Limits, looks_like_simulation, run_simulation

SIMULATORS = {**FIRST, **THIRD, **FOURTH, **FIFTH, **SIXTH}
SOUND = "def simulate(seed=0):\n    return [0.0] * 30\n"
LIMITS = Limits(wall_s=6.0, cpu_s=3)


@pytest.mark.parametrize(
    ("attack", "says"),
    [
        ("import os\nwhile True: os.fork()\n", "PermissionError"), ("import socket\nsocket.socket()\n", "PermissionError"), ("open('/etc/passwd').read()\n", "PermissionError"),
        ("open('/tmp/tidegate-escaped', 'w').write('x')\n", "PermissionError"), ("import subprocess\nsubprocess.run(['id'])\n", "PermissionError"), ("import os\nos.kill(os.getppid(), 9)\n", "PermissionError"),
    ],
)  # fmt: skip
def test_an_escape_is_refused(attack: str, says: str) -> None:
    found = run_simulation(attack + SOUND, limits=LIMITS)
    assert found.status == "raised"
    assert says in found.detail


@pytest.mark.parametrize(
    ("attack", "status"),
    [
        ("while True: pass\n", "timeout"),
        ("print('x' * 10**8)\n", "output"),
        ("a = bytearray(10**11)\n", "memory"),
        ("import os\nos._exit(0)\n", "killed"),
    ],
)
def test_a_runaway_ends(attack: str, status: str) -> None:
    assert run_simulation(attack + SOUND, limits=Limits(wall_s=5.0, cpu_s=2)).status == status


CHAIN = """
import numpy as np
def simulate(steps=3000, step=0.4, seed=1):
    rng = np.random.default_rng(seed)
    x = np.zeros(2); out = []
    for _ in range(steps):
        t = {trial}
        if rng.random() < np.exp(-0.5 * (t @ t - x @ x)): x = t
        out.append(x.copy())
    return {{"states": np.array(out)}}
"""


SLOW_ENTRY = """
def simulate(seed=0):
    while True:
        pass

total = 0.0
for k in range(1, 20001):
    total += 1.0 / k**2
print("sum", total, "exact", 3.29)
"""


def test_what_was_told_before_the_time_ran_out_stands() -> None:
    found = run_simulation(SLOW_ENTRY, limits=Limits(wall_s=12.0, cpu_s=4))
    assert [r.holds for r in found.rows] == [False]
    assert "exact" in found.rows[0].name


def test_a_program_that_prints_what_it_should_give_is_run() -> None:
    told = "import math\n\nx = 0.3\nfor _ in range(9):\n    x = 4 * x * (1 - x)\nprint('here', x, 'exact', 0.5)\n"
    assert looks_like_simulation(told)
    assert not looks_like_simulation(told.replace("'exact', 0.5", "'there', 0.5"))


@pytest.mark.parametrize("seed", range(3))
def test_a_sampler_that_redraws_is_told_from_one_that_moves(seed: int) -> None:
    moves = run_simulation(CHAIN.format(trial="x + rng.uniform(-step, step, 2)"), seed=seed)
    redraws = run_simulation(CHAIN.format(trial="rng.uniform(-4, 4, 2)"), seed=seed)
    assert all(r.holds for r in moves.rows)
    assert any(r.holds is False for r in redraws.rows)


def test_a_contract_is_measured() -> None:
    source = """
import numpy as np
SIMULATION = {"run": "orbit", "params": {"dt": 0.01}, "invariants": [
    {"kind": "conserved", "of": "energy", "tolerance": 1e-3},
    {"kind": "order", "vary": "dt", "start": 0.1, "of": "x", "order": 2}]}
def orbit(dt=0.01, total=6.0):
    x, v, energy, xs = 1.0, 0.0, [], []
    for _ in range(round(total / dt)):
        v -= 0.5 * dt * x; x += dt * v; v -= 0.5 * dt * x
        energy.append(0.5 * v * v + 0.5 * x * x); xs.append(x)
    return {"energy": energy, "x": xs}
"""
    assert all(r.holds for r in run_simulation(source).rows)
    broken = run_simulation(
        source.replace("v -= 0.5 * dt * x; x += dt * v; v -= 0.5 * dt * x", "x += dt * v; v -= dt * x * 1.1")
    )
    assert any(r.holds is False for r in broken.rows)


@pytest.mark.parametrize("name", ["harmonic verlet", "kepler leapfrog", "lj md", "random walk", "metropolis gaussian", "sir", "sir stochastic", "heat", "wave", "schroedinger", "option", "projectile class",
                                  "lattice walk many walkers", "mm1 heap", "lcg monte carlo pi", "two body leapfrog", "decay chain stochastic", "ising chain class", "biased walk ensemble numpy", "heat explicit insulated", "poisson process", "nbody energy momentum",
                                  "heat 2d vectorised", "wave string class", "upwind advection", "photon slab transport", "percolation union find", "split step schroedinger class", "gillespie dimerisation matrix", "predator prey gillespie",
                                  "metropolis callback exponential", "self-consistent quartic metropolis class", "gamblers ruin vectorised", "seir binomial chain", "telegraph two state", "coupled pendulums rk4 array"])  # fmt: skip
def test_a_sound_simulator_holds_and_its_mutant_is_caught_without_a_contract(name: str) -> None:
    source, mutants = SIMULATORS[name]
    sound = measured(source)
    assert [r["name"] for r in sound if r["holds"] is False] == []
    assert any(r["holds"] for r in sound)
    old, new = mutants[0] if name != "sir stochastic" else mutants[1]
    assert any(r["holds"] is False for r in measured(source.replace(old, new)))


def measured(source: str) -> list[dict[str, object]]:
    """What the harness measures, in this process: the programs are the repository's own, and a process each is dear."""
    return list(judged({"source": source, "seed": 5, "cpu_s": 15}, modules())["rows"])


@pytest.mark.parametrize(
    "attack",
    [
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1/')\n", "import threading\nthreading.Thread(target=print).start()\n", "import multiprocessing as m\nm.Process(target=print).start()\n",
        "import os\nos.listdir('/root')\n", "import os\nos.symlink('/etc/passwd', '/tmp/zz')\n", "import ctypes\nassert ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0\n", "import os\nos.unlink('/tmp/x')\n", "import os\nos.execv('/bin/sh', ['sh'])\n",
        "import os\nos.setuid(0)\nopen('/etc/shadow').read()\n",
    ],
)  # fmt: skip
def test_other_ways_out_are_shut(attack: str) -> None:
    found = run_simulation(attack + SOUND, limits=LIMITS)
    assert found.status == "raised", found
    assert not found.rows
