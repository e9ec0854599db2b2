"""A sixth set of simulators, written after the laws were mended on the fifth and before it was seen how they treat these."""
# fmt: off

SIMULATORS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def sim(name: str, source: str, *mutants: tuple[str, str]) -> None:
    """Add a simulator; every mutant must change the source."""
    for old, new in mutants:
        assert old in source, (name, old)
        assert old != new, (name, old)
    SIMULATORS[name] = (source.lstrip("\n"), list(mutants))


sim("nbody dataclass generator", '''
import numpy as np
from dataclasses import dataclass

@dataclass
class System:
    mass: np.ndarray
    pos: np.ndarray
    vel: np.ndarray

def accelerations(system, g, soft):
    d = system.pos[None, :, :] - system.pos[:, None, :]
    r2 = (d**2).sum(axis=2) + soft**2
    np.fill_diagonal(r2, np.inf)
    return g * (system.mass[None, :, None] * d / r2[:, :, None] ** 1.5).sum(axis=1)

def evolve(system, dt, g=1.0, soft=0.05):
    """Leapfrog (kick-drift-kick) steps of a self-gravitating system."""
    a = accelerations(system, g, soft)
    while True:
        yield system
        system.vel = system.vel + 0.5 * dt * a
        system.pos = system.pos + dt * system.vel
        a = accelerations(system, g, soft)
        system.vel = system.vel + 0.5 * dt * a

def total_energy(system, g=1.0, soft=0.05):
    kinetic = 0.5 * (system.mass * (system.vel**2).sum(axis=1)).sum()
    d = system.pos[None, :, :] - system.pos[:, None, :]
    r = np.sqrt((d**2).sum(axis=2) + soft**2)
    i, j = np.triu_indices(len(system.mass), 1)
    return kinetic - g * (system.mass[i] * system.mass[j] / r[i, j]).sum()

def simulate(dt=0.002, n_steps=2000):
    system = System(np.array([1.0, 0.5, 0.3]), np.array([[0.0, 0.0], [1.0, 0.0], [-1.5, 0.2]]), np.array([[0.0, -0.1], [0.0, 1.0], [0.1, -0.8]]))
    energy, momentum, t = [], [], []
    for k, s in enumerate(evolve(system, dt)):
        if k == n_steps:
            break
        energy.append(total_energy(s)); momentum.append((s.mass[:, None] * s.vel).sum(axis=0)); t.append(k * dt)
    return {"t": np.array(t), "energy": np.array(energy), "momentum": np.array(momentum)}
''', ("** 1.5).sum(axis=1)", "** 1.0).sum(axis=1)"),
    ("system.pos[None, :, :] - system.pos[:, None, :]\n    r2", "system.pos[:, None, :] - system.pos[None, :, :]\n    r2"),
    ("system.mass[None, :, None] * d", "system.mass[:, None, None] * d"),
    ("system.pos + dt * system.vel", "system.pos + 0.5 * dt * system.vel"),
    ("        system.vel = system.vel + 0.5 * dt * a\n\ndef", "\n\ndef"))

sim("predator prey gillespie", '''
import numpy as np

EVENTS = np.array([[1, 0], [-1, 1], [0, -1]])

def event_rates(prey, predator, birth, predation, death):
    return np.array([birth * prey, predation * prey * predator, death * predator])

def run(birth=1.0, predation=0.005, death=0.6, prey0=100, predator0=100, max_events=3000, seed=4):
    """Stochastic Lotka-Volterra model, Gillespie's direct method."""
    rng = np.random.default_rng(seed)
    state, t = np.array([prey0, predator0]), 0.0
    times, prey, predator = [t], [state[0]], [state[1]]
    for _ in range(max_events):
        rates = event_rates(state[0], state[1], birth, predation, death)
        total = rates.sum()
        if total <= 0:
            break
        t += rng.exponential(1.0 / total)
        state = state + EVENTS[np.searchsorted(np.cumsum(rates), rng.random() * total)]
        times.append(t); prey.append(state[0]); predator.append(state[1])
    return {"t": np.array(times), "prey": np.array(prey), "predator": np.array(predator)}
''', ("rng.exponential(1.0 / total)", "rng.exponential(1.0 / rates[0])"),
    ("rng.exponential(1.0 / total)", "rng.exponential(total)"),
    ("rng.random() * total)]", "rng.random() * rates[0])]"),
    ("rng.exponential(1.0 / total)", "rng.uniform(0, 2 / total)"),
    ("EVENTS[np.searchsorted(np.cumsum(rates), rng.random() * total)]", "EVENTS[rng.integers(3)]"))

sim("self-consistent quartic metropolis class", '''
import math
import random

class Oscillator:
    """A particle in the potential V(x) = x^4 / 4 at inverse temperature beta, sampled by Metropolis moves."""

    def __init__(self, beta=1.0, step=1.2, seed=2):
        self.beta, self.step_size = beta, step
        self.rng = random.Random(seed)
        self.x = 0.0
        self.accepted = 0

    @staticmethod
    def potential(x):
        return x**4 / 4

    def move(self):
        y = self.x + self.rng.uniform(-self.step_size, self.step_size)
        delta = self.potential(y) - self.potential(self.x)
        if delta <= 0 or self.rng.random() < math.exp(-self.beta * delta):
            self.x = y
            self.accepted += 1
        return self.x

    def run(self, n=30000):
        samples = [self.move() for _ in range(n)]
        return {"samples": samples, "acceptance": self.accepted / n}
''', ("math.exp(-self.beta * delta)", "math.exp(self.beta * delta)"),
    ("math.exp(-self.beta * delta)", "math.exp(-2 * self.beta * delta)"),
    ("uniform(-self.step_size, self.step_size)", "uniform(-self.step_size, 0.5 * self.step_size)"),
    ("self.potential(y) - self.potential(self.x)", "self.potential(self.x) - self.potential(y)"),
    ("y = self.x + self.rng.uniform(-self.step_size, self.step_size)", "y = self.rng.uniform(-3, 3)"))

sim("lax wendroff advection functional", '''
import numpy as np

def lax_wendroff_step(u, nu):
    left, right = np.roll(u, 1), np.roll(u, -1)
    return u - 0.5 * nu * (right - left) + 0.5 * nu**2 * (right - 2 * u + left)

def run(velocity=0.8, nx=256, length=2.0, courant=0.6, n_steps=300):
    """Advection of a Gaussian pulse on a periodic domain, Lax-Wendroff scheme."""
    dx = length / nx
    dt = courant * dx / velocity
    x = np.arange(nx) * dx
    u = np.exp(-((x - 0.5) / 0.15) ** 2)
    snapshots = [u]
    for _ in range(n_steps):
        u = lax_wendroff_step(u, courant)
        snapshots.append(u)
    return {"snapshots": np.array(snapshots), "x": x, "t": np.arange(n_steps + 1) * dt}
''', ("u - 0.5 * nu * (right - left)", "u + 0.5 * nu * (right - left)"),
    ("0.5 * nu**2 * (right - 2 * u + left)", "0.5 * nu**2 * (right + 2 * u + left)"),
    ("0.5 * nu * (right - left) +", "nu * (right - left) +"),
    ("0.5 * nu**2 * (right - 2 * u + left)", "0.5 * nu**2 * (right - 2 * u)"),
    ("np.roll(u, 1), np.roll(u, -1)", "np.roll(u, 1), np.roll(u, -2)"))

sim("gamblers ruin vectorised", '''
import numpy as np

def play(start=5, target=12, p=0.5, n_games=4000, seed=10):
    """Gambler's ruin: symmetric random walk absorbed at 0 and at the target; returns the share of wins and the durations."""
    rng = np.random.default_rng(seed)
    fortune = np.full(n_games, start)
    durations = np.zeros(n_games, dtype=int)
    active = np.ones(n_games, dtype=bool)
    while active.any():
        steps = np.where(rng.random(active.sum()) < p, 1, -1)
        fortune[active] += steps
        durations[active] += 1
        active = (fortune > 0) & (fortune < target)
    return {"win_share": float((fortune == target).mean()), "durations": durations}
''', ("< p, 1, -1)", "< p, 1, -2)"),
    ("durations[active] += 1", "durations += 1"),
    ("(fortune == target).mean()", "(fortune == 0).mean()"),
    ("< p, 1, -1)", "< p + 0.05, 1, -1)"),
    ("np.full(n_games, start)", "np.full(n_games, start - 1)"))

sim("seir binomial chain", '''
import numpy as np

def seir(population=2000, infected=20, beta=0.5, sigma=0.25, gamma=0.15, days=120, seed=3):
    """Chain-binomial SEIR epidemic, one step a day."""
    rng = np.random.default_rng(seed)
    s, e, i, r = population - infected, 0, infected, 0
    rows = [(s, e, i, r)]
    for _ in range(days):
        new_e = rng.binomial(s, 1 - np.exp(-beta * i / population))
        new_i = rng.binomial(e, 1 - np.exp(-sigma))
        new_r = rng.binomial(i, 1 - np.exp(-gamma))
        s, e, i, r = s - new_e, e + new_e - new_i, i + new_i - new_r, r + new_r
        rows.append((s, e, i, r))
    table = np.array(rows)
    return {"S": table[:, 0], "E": table[:, 1], "I": table[:, 2], "R": table[:, 3]}
''', ("e + new_e - new_i", "e + new_e"),
    ("rng.binomial(s, 1 - np.exp(-beta * i / population))", "rng.binomial(s, 1 - np.exp(-beta * e / population))"),
    ("i + new_i - new_r", "i + new_i + new_r"),
    ("1 - np.exp(-gamma)", "np.exp(-gamma)"),
    ("1 - np.exp(-sigma)", "1 - np.exp(-gamma)"))

sim("telegraph two state", '''
import random

def telegraph(k_on=0.5, k_off=1.5, t_end=4000.0, seed=12):
    """Random telegraph signal: a two-state continuous-time Markov process with exponential dwell times."""
    rng = random.Random(seed)
    t, state = 0.0, 0
    times, states = [0.0], [0]
    on_time = 0.0
    while t < t_end:
        dwell = rng.expovariate(k_off if state else k_on)
        if state:
            on_time += min(dwell, t_end - t)
        t += dwell
        state = 1 - state
        times.append(t)
        states.append(state)
    return {"t": times, "state": states, "fraction_on": on_time / t_end}
''', ("k_off if state else k_on", "k_on if state else k_off"),
    ("rng.expovariate(k_off if state else k_on)", "1 / (k_off if state else k_on)"),
    ("rng.expovariate(k_off if state else k_on)", "rng.expovariate(k_on)"),
    ("        if state:\n            on_time", "        if not state:\n            on_time"),
    ("rng.expovariate(k_off if state else k_on)", "rng.uniform(0, 1 / (k_off if state else k_on))"))

sim("photon slab class histories", '''
import math
import random

class Slab:
    """Photons through a slab that only absorbs: Beer-Lambert attenuation, counted photon by photon."""

    def __init__(self, sigma=1.5, thickness=0.8, seed=7):
        self.sigma, self.thickness = sigma, thickness
        self.rng = random.Random(seed)

    def free_path(self):
        return -math.log(1.0 - self.rng.random()) / self.sigma

    def run(self, n_histories=30000):
        transmitted, depths = 0, []
        for _ in range(n_histories):
            s = self.free_path()
            if s > self.thickness:
                transmitted += 1
            else:
                depths.append(s)
        return {"transmitted": transmitted, "depths": depths, "n_histories": n_histories}
''', ("/ self.sigma", "* self.sigma"),
    ("-math.log(1.0 - self.rng.random())", "self.rng.random()"),
    ("if s > self.thickness", "if s > self.thickness / 2"),
    ("-math.log(1.0 - self.rng.random()) / self.sigma", "self.rng.gauss(1 / self.sigma, 0.3)"))

sim("wave 1d lists", '''
import math

def wave(c=2.0, nx=81, length=1.0, r=0.5, steps=400):
    """Wave equation with fixed ends in plain lists; the pluck is a sine."""
    dx = length / (nx - 1)
    dt = r * dx / c
    x = [i * dx for i in range(nx)]
    u = [[math.sin(2 * math.pi * v / length) for v in x]]
    u.append([0.0] + [u[0][i] + 0.5 * r**2 * (u[0][i + 1] - 2 * u[0][i] + u[0][i - 1]) for i in range(1, nx - 1)] + [0.0])
    for n in range(1, steps):
        now, before = u[n], u[n - 1]
        u.append([0.0] + [2 * now[i] - before[i] + r**2 * (now[i + 1] - 2 * now[i] + now[i - 1]) for i in range(1, nx - 1)] + [0.0])
    t = [k * dt for k in range(steps + 1)]
    return {"u": u, "x": x, "t": t}
''', ("2 * now[i] - before[i] + r**2", "2 * now[i] - before[i] + r"),
    ("2 * now[i] - before[i]", "2 * now[i] - 0.99 * before[i]"),
    ("now[i + 1] - 2 * now[i] + now[i - 1]", "now[i + 1] - 2 * now[i] + now[i + 1]"),
    ("now, before = u[n], u[n - 1]", "now, before = u[n], u[n]"),
    ("+ r**2 * (now", "- r**2 * (now"))

sim("coupled pendulums rk4 array", '''
import numpy as np

def derivatives(state, g, length, k, m):
    th1, th2, w1, w2 = state
    a1 = -g / length * np.sin(th1) - k / m * (np.sin(th1) - np.sin(th2))
    a2 = -g / length * np.sin(th2) + k / m * (np.sin(th1) - np.sin(th2))
    return np.array([w1, w2, a1, a2])

def integrate(g=9.81, length=1.0, k=0.5, m=1.0, dt=0.005, n_steps=4000):
    """Two pendulums joined by a weak spring, classical Runge-Kutta; the energy is recorded."""
    state = np.array([0.4, 0.0, 0.0, 0.0])
    states, energies = [state], []
    for _ in range(n_steps):
        k1 = derivatives(state, g, length, k, m)
        k2 = derivatives(state + dt / 2 * k1, g, length, k, m)
        k3 = derivatives(state + dt / 2 * k2, g, length, k, m)
        k4 = derivatives(state + dt * k3, g, length, k, m)
        state = state + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        states.append(state)
    states = np.array(states)
    th1, th2, w1, w2 = states.T
    energy = 0.5 * m * length**2 * (w1**2 + w2**2) - m * g * length * (np.cos(th1) + np.cos(th2)) + 0.5 * k * length**2 * (np.sin(th1) - np.sin(th2)) ** 2
    return {"t": np.arange(n_steps + 1) * dt, "energy": energy, "theta1": th1, "theta2": th2}
''', ("+ k / m * (np.sin(th1) - np.sin(th2))\n    return", "- k / m * (np.sin(th1) - np.sin(th2))\n    return"),
    ("a1 = -g / length", "a1 = g / length"),
    ("dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)", "dt / 6 * (k1 + 2 * k2 + 2 * k3 + k1)"),
    ("np.array([w1, w2, a1, a2])", "np.array([w1, w1, a1, a2])"),
    ("dt / 6 * (k1", "dt / 5 * (k1"))
