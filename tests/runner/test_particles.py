"""Monte Carlo moves of particles in several shapes: sound ones are left alone, changes of one place are told."""

import pytest

from tidegate.runner.sandbox import run_simulation

SPHERES = """
import numpy as np

def overlaps(pos, k, new, sigma, L):
    d = pos - new
    d -= L * np.round(d / L)
    r2 = (d ** 2).sum(axis=1)
    r2[k] = np.inf
    return (r2 < sigma ** 2).any()

def run(n=27, L=5.0, sigma=1.0, max_disp=0.25, steps=2500, seed=1):
    rng = np.random.default_rng(seed)
    g = (np.arange(3) + 0.5) * L / 3
    pos = np.array(np.meshgrid(g, g, g)).reshape(3, -1).T.copy()
    accepted = 0
    for step in range(steps):
        k = rng.integers(n)
        new = (pos[k] + max_disp * (2 * rng.random(3) - 1)) % L
        if not overlaps(pos, k, new, sigma, L):
            pos[k] = new
            accepted += 1
    return {"positions": pos, "acceptance": accepted / steps}
"""
FLUID = """
import math
import random

random.seed(3)
N, L, T, delta = 10, 6.0, 1.0, 0.2
pos = [[random.uniform(0, L), random.uniform(0, L)] for _ in range(N)]

def pair(a, b):
    dx = a[0] - b[0]; dy = a[1] - b[1]
    dx -= L * round(dx / L); dy -= L * round(dy / L)
    r2 = max(dx * dx + dy * dy, 0.3)
    return 4 * (1 / r2 ** 6 - 1 / r2 ** 3)

accepted = 0
for sweep in range(3000):
    i = random.randrange(N)
    old = pos[i]
    new = [(old[0] + random.gauss(0, delta)) % L, (old[1] + random.gauss(0, delta)) % L]
    change = sum(pair(new, p) - pair(old, p) for j, p in enumerate(pos) if j != i)
    if change <= 0 or random.random() < math.exp(-change / T):
        pos[i] = new
        accepted += 1
print("Metropolis acceptance", accepted / 3000)
"""
ADAPTIVE = '''
import numpy as np

class HardDisks:
    """Hard disks in a box with walls; the step is tuned to an acceptance of one half."""
    def __init__(self, radius=0.4, size=6.0, step=0.1):
        self.rng = np.random.default_rng(5)
        self.radius, self.size, self.step_size = radius, size, step
        self.pos = np.array([[i + 0.5, j + 0.5] for i in range(6) for j in range(6)], float)
        self.hits = 0

    def move(self):
        k = self.rng.integers(len(self.pos))
        new = self.pos[k] + self.rng.uniform(-self.step_size, self.step_size, 2)
        if np.any(new < self.radius) or np.any(new > self.size - self.radius):
            return
        d = np.linalg.norm(self.pos - new, axis=1)
        d[k] = np.inf
        if d.min() >= 2 * self.radius:
            self.pos[k] = new
            self.hits += 1

    def run(self, n=4000):
        for i in range(n):
            self.move()
            if i % 500 == 499:
                self.step_size *= 1.3 if self.hits / (i + 1) > 0.5 else 0.7
        return self.hits / n

disks = HardDisks()
print("acceptance:", disks.run())
'''
SETTLING = """
import numpy as np

rng = np.random.default_rng(2)
n, height, delta, weight = 12, 20.0, 0.5, 1.0
r = rng.uniform(5, height, (n, 2))
for turn in range(5000):
    i = rng.integers(n)
    trial = r[i] + rng.uniform(-delta, delta, 2)
    if trial[1] < 0:
        continue
    if rng.random() < np.exp(-weight * (trial[1] - r[i, 1])):
        r[i] = trial
print("mean height under gravity:", r[:, 1].mean())
"""


def broken(source: str, prose: str) -> list[str]:
    return [r.name for r in run_simulation(source, prose=prose).rows if r.holds is False]


PROSE = {
    SPHERES: "Monte Carlo simulation of hard spheres in a periodic box.",
    FLUID: "Metropolis Monte Carlo of a two-dimensional Lennard-Jones fluid.",
    ADAPTIVE: "Monte Carlo of hard disks.",
    SETTLING: "Monte Carlo of sedimenting particles.",
}


@pytest.mark.parametrize("source", PROSE, ids=["spheres", "fluid", "adaptive", "settling"])
def test_sound_moves_are_left_alone(source: str) -> None:
    assert not broken(source, PROSE[source])


@pytest.mark.parametrize(
    ("source", "old", "new", "law"),
    [
        (SPHERES, "pos[k] + max_disp * (2 * rng.random(3) - 1)", "L * rng.random(3)", "a trial move is no longer"),
        (SPHERES, "2 * rng.random(3) - 1", "rng.random(3)", "moves go both ways alike"),
        (SPHERES, "np.round(d / L)", "np.floor(d / L)", "hard particles never overlap"),
        (SPHERES, "if not overlaps", "if overlaps", "some trial moves are accepted"),
        (FLUID, "(old[0] + random.gauss(0, delta)) % L", "random.uniform(0, L)", "a trial move is no longer"),
        (ADAPTIVE, "d.min() >= 2 * self.radius", "d.min() >= self.radius", "hard particles never overlap"),
    ],
)  # fmt: skip
def test_a_change_of_one_place_is_told(source: str, old: str, new: str, law: str) -> None:
    assert any(name.startswith(law) for name in broken(source.replace(old, new), PROSE[source]))
