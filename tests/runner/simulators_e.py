"""A fifth set of simulators: generators, callbacks, named tuples, dataclasses and vectorised code, written before it was seen
how the laws treat them."""
# fmt: off

SIMULATORS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def sim(name: str, source: str, *mutants: tuple[str, str]) -> None:
    """Add a simulator; every mutant must change the source."""
    for old, new in mutants:
        assert old in source, (name, old)
        assert old != new, (name, old)
    SIMULATORS[name] = (source.lstrip("\n"), list(mutants))


sim("ising generator 2d", '''
import numpy as np

def neighbours(s, i, j):
    n = s.shape[0]
    return s[(i + 1) % n, j] + s[(i - 1) % n, j] + s[i, (j + 1) % n] + s[i, (j - 1) % n]

def ising_sweeps(n, beta, rng):
    """Yields the lattice after each Metropolis sweep of the two-dimensional Ising model."""
    s = rng.choice([-1, 1], size=(n, n))
    while True:
        for _ in range(n * n):
            i, j = rng.integers(n), rng.integers(n)
            dE = 2.0 * s[i, j] * neighbours(s, i, j)
            if dE <= 0 or rng.random() < np.exp(-beta * dE):
                s[i, j] *= -1
        yield s

def simulate(n=10, beta=0.3, n_sweeps=300, seed=1):
    rng = np.random.default_rng(seed)
    energy, magnetization = [], []
    for k, s in enumerate(ising_sweeps(n, beta, rng)):
        if k == n_sweeps:
            break
        energy.append(-float(np.sum(s * (np.roll(s, 1, 0) + np.roll(s, 1, 1)))))
        magnetization.append(float(s.mean()))
    return {"energy": np.array(energy), "magnetization": np.array(magnetization)}
''', ("np.exp(-beta * dE)", "np.exp(beta * dE)"),
    ("dE = 2.0 * s[i, j]", "dE = s[i, j]"),
    ("dE = 2.0 * s[i, j]", "dE = -2.0 * s[i, j]"),
    ("+ s[i, (j - 1) % n]", "- s[i, (j - 1) % n]"),
    ("rng.random() < np.exp(-beta * dE)", "rng.random() < 0.5"),
    ("        for _ in range(n * n):\n", "        s = rng.choice([-1, 1], size=(n, n))\n        for _ in range(2):\n"))

sim("metropolis callback exponential", '''
import math
import random

def metropolis_chain(log_density, start, width, rng):
    """Random-walk Metropolis as an endless generator over any log density."""
    x, lp = start, log_density(start)
    while True:
        y = x + rng.uniform(-width, width)
        lq = log_density(y)
        if math.log(rng.random()) < lq - lp:
            x, lp = y, lq
        yield x

def sample(n=20000, mu=2.0, sigma=1.5, width=3.0, seed=3):
    rng = random.Random(seed)
    log_density = lambda x: -0.5 * ((x - mu) / sigma) ** 2
    chain = metropolis_chain(log_density, mu, width, rng)
    samples = [next(chain) for _ in range(n)]
    return {"samples": samples}
''', ("< lq - lp", "> lq - lp"),
    ("-0.5 * ((x - mu) / sigma) ** 2", "-((x - mu) / sigma) ** 2"),
    ("x + rng.uniform(-width, width)", "x + rng.uniform(0, width)"),
    ("            x, lp = y, lq\n        yield x", "            x, lp = y, lq\n            yield x"),
    ("y = x + rng.uniform(-width, width)", "y = rng.gauss(mu, sigma)"),
    ("x, lp = y, lq", "x, lp = y, lp"))

sim("sir namedtuple euler", '''
from collections import namedtuple
from functools import reduce

State = namedtuple("State", "t s i r")

def step(state, params):
    """One explicit Euler step of the SIR equations."""
    beta, gamma, dt = params
    n = state.s + state.i + state.r
    infections = beta * state.s * state.i / n * dt
    recoveries = gamma * state.i * dt
    return State(state.t + dt, state.s - infections, state.i + infections - recoveries, state.r + recoveries)

def simulate_sir(beta=0.4, gamma=0.1, s0=990.0, i0=10.0, dt=0.05, n_steps=2000):
    history = reduce(lambda h, _: h + [step(h[-1], (beta, gamma, dt))], range(n_steps), [State(0.0, s0, i0, 0.0)])
    return {"t": [x.t for x in history], "s": [x.s for x in history], "i": [x.i for x in history], "r": [x.r for x in history]}
''', ("state.i + infections - recoveries", "state.i + infections + recoveries"),
    ("beta * state.s * state.i / n * dt", "beta * state.i * dt"),
    ("beta * state.s * state.i / n * dt", "beta * state.s * state.r / n * dt"),
    ("gamma * state.i * dt", "gamma * state.s * dt"),
    ("state.r + recoveries)", "state.r + infections)"),
    ("beta * state.s * state.i / n * dt", "beta * state.s * state.i / n * dt * 2"))

sim("gillespie dimerisation matrix", '''
import numpy as np

STOICHIOMETRY = np.array([[-2, +1], [+2, -1]])

def propensities(state, k_on, k_off):
    a, b = state
    return np.array([k_on * a * (a - 1) / 2, k_off * b])

def gillespie(k_on=0.005, k_off=0.2, a0=200, b0=0, t_end=60.0, seed=5):
    """Reversible dimerisation 2A <-> B by Gillespie's stochastic simulation algorithm."""
    rng = np.random.default_rng(seed)
    state, t = np.array([a0, b0]), 0.0
    times, states = [t], [state.copy()]
    while t < t_end:
        rates = propensities(state, k_on, k_off)
        total = rates.sum()
        if total == 0:
            break
        t += rng.exponential(1 / total)
        which = rng.choice(2, p=rates / total)
        state = state + STOICHIOMETRY[which]
        times.append(t)
        states.append(state.copy())
    history = np.array(states)
    return {"t": np.array(times), "A": history[:, 0], "B": history[:, 1]}
''', ("[[-2, +1], [+2, -1]]", "[[-1, +1], [+1, -1]]"),
    ("k_on * a * (a - 1) / 2", "k_on * a * (a - 1)"),
    ("rng.exponential(1 / total)", "rng.exponential(total)"),
    ("rng.exponential(1 / total)", "1 / total"),
    ("rng.choice(2, p=rates / total)", "rng.choice(2)"),
    ("[+2, -1]]", "[+2, +1]]"))

sim("mm1 generator", '''
import random

def exponential_stream(rate, rng):
    while True:
        yield rng.expovariate(rate)

def mm1(arrival_rate=0.7, service_rate=1.0, n_customers=20000, seed=11):
    """M/M/1 queue, one customer after the other; returns waiting and sojourn times."""
    rng = random.Random(seed)
    gaps, services = exponential_stream(arrival_rate, rng), exponential_stream(service_rate, rng)
    clock, free_at = 0.0, 0.0
    waits, sojourns = [], []
    for gap, service in zip(gaps, services):
        clock += gap
        start = max(clock, free_at)
        free_at = start + service
        waits.append(start - clock)
        sojourns.append(free_at - clock)
        if len(waits) >= n_customers:
            break
    return {"waits": waits, "sojourns": sojourns}
''', ("start = max(clock, free_at)", "start = clock"),
    ("start = max(clock, free_at)", "start = min(clock, free_at)"),
    ("free_at = start + service", "free_at = clock + service"),
    ("yield rng.expovariate(rate)", "yield rng.expovariate(1 / rate)"),
    ("exponential_stream(service_rate, rng)", "exponential_stream(arrival_rate, rng)"),
    ("yield rng.expovariate(rate)", "yield 1 / rate"))

sim("heat 2d vectorised", '''
import numpy as np

def laplacian(u, dx):
    return (np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1) - 4 * u) / dx**2

def solve_heat(nx=32, alpha=1.0, length=1.0, n_steps=400):
    """Two-dimensional heat equation, periodic boundaries, explicit Euler."""
    dx = length / nx
    dt = 0.2 * dx**2 / alpha
    x = np.arange(nx) * dx
    X, Y = np.meshgrid(x, x, indexing="ij")
    u = np.exp(-((X - 0.5) ** 2 + (Y - 0.5) ** 2) / 0.01)
    history, t = [u.copy()], [0.0]
    for k in range(n_steps):
        u = u + alpha * dt * laplacian(u, dx)
        history.append(u.copy())
        t.append((k + 1) * dt)
    return {"u": np.array(history), "t": np.array(t), "x": x}
''', ("- 4 * u)", "- 2 * u)"),
    ("u + alpha * dt", "u - alpha * dt"),
    ("np.roll(u, -1, 1) - 4 * u", "np.roll(u, 1, 1) - 4 * u"),
    ("/ dx**2\n", "/ dx\n"),
    ("alpha * dt * laplacian", "0.5 * alpha * dt * laplacian"),
    ("- 4 * u)", "- 4.02 * u)"))

sim("wave string class", '''
import numpy as np

class VibratingString:
    """Wave equation on a string with fixed ends, leapfrog in time."""

    def __init__(self, n=100, c=1.0, length=1.0, courant=0.5):
        self.c, self.length = c, length
        self.dx = length / n
        self.dt = courant * self.dx / c
        self.x = np.linspace(0.0, length, n + 1)
        self.u = np.sin(np.pi * self.x / length)
        self.previous = self.u.copy()
        self.r2 = (self.c * self.dt / self.dx) ** 2
        self.first = True

    def step(self):
        new = np.zeros_like(self.u)
        bend = self.u[2:] - 2 * self.u[1:-1] + self.u[:-2]
        if self.first:
            new[1:-1] = self.u[1:-1] + 0.5 * self.r2 * bend
            self.first = False
        else:
            new[1:-1] = 2 * self.u[1:-1] - self.previous[1:-1] + self.r2 * bend
        self.previous, self.u = self.u, new

    def run(self, n_steps=800):
        frames = [self.u.copy()]
        for _ in range(n_steps):
            self.step()
            frames.append(self.u.copy())
        return {"u": np.array(frames), "x": self.x, "t": np.arange(n_steps + 1) * self.dt}
''', ("self.u[2:] - 2 * self.u[1:-1]", "self.u[2:] - 1.9 * self.u[1:-1]"),
    ("(self.c * self.dt / self.dx) ** 2", "self.c * self.dt / self.dx"),
    ("2 * self.u[1:-1] - self.previous[1:-1] + self.r2", "2 * self.u[1:-1] - self.previous[1:-1] + 0.5 * self.r2"),
    ("2 * self.u[1:-1] - self.previous[1:-1]", "self.u[1:-1]"),
    ("self.r2 * bend\n        self.previous", "self.r2 * bend - 0.01 * (self.u[1:-1] - self.previous[1:-1])\n        self.previous"),
    ("self.previous, self.u = self.u, new", "self.u = new"))

sim("upwind advection", '''
import numpy as np

def flux(u, c):
    return c * u

def advect(c=1.0, nx=200, length=1.0, cfl=0.5, t_end=0.4):
    """Linear advection with the first-order upwind scheme on a periodic grid."""
    dx = length / nx
    dt = cfl * dx / c
    x = (np.arange(nx) + 0.5) * dx
    u = np.exp(-((x - 0.3) / 0.08) ** 2)
    states, times = [u.copy()], [0.0]
    while times[-1] < t_end - 1e-12:
        f = flux(u, c)
        u = u - dt / dx * (f - np.roll(f, 1))
        states.append(u.copy())
        times.append(times[-1] + dt)
    return {"u": np.array(states), "t": np.array(times), "x": x}
''', ("f - np.roll(f, 1)", "np.roll(f, -1) - f"),
    ("u - dt / dx", "u + dt / dx"),
    ("return c * u", "return c * u**2"),
    ("u - dt / dx * (f", "u - 0.5 * dt / dx * (f"),
    ("(f - np.roll(f, 1))", "(f - 0.99 * np.roll(f, 1))"),
    ("(f - np.roll(f, 1))", "(f - np.roll(f, 2))"))

sim("photon slab transport", '''
import numpy as np

def transmit(n_photons=40000, mu=2.0, thickness=1.0, seed=8):
    """Monte Carlo transport of photons through a purely absorbing slab (Beer-Lambert law)."""
    rng = np.random.default_rng(seed)
    path = -np.log(rng.random(n_photons)) / mu
    transmitted = np.count_nonzero(path > thickness)
    return {"transmission": transmitted / n_photons, "absorbed_depth": path[path <= thickness]}
''', ("-np.log(rng.random(n_photons)) / mu", "-np.log(rng.random(n_photons)) * mu"),
    ("path > thickness", "path < thickness"),
    ("-np.log(rng.random(n_photons)) / mu", "rng.random(n_photons) / mu"),
    ("-np.log(rng.random(n_photons)) / mu", "-np.log10(rng.random(n_photons)) / mu"),
    ("-np.log(rng.random(n_photons)) / mu", "-np.log(rng.random(n_photons)) / mu**2"))

sim("percolation union find", '''
import random

def find(parent, i):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i

def spans(n, p, rng):
    """Whether occupied sites connect the top row with the bottom row (site percolation, square lattice)."""
    grid = [[rng.random() < p for _ in range(n)] for _ in range(n)]
    parent = list(range(n * n + 2))
    top, bottom = n * n, n * n + 1
    for i in range(n):
        for j in range(n):
            if not grid[i][j]:
                continue
            if i == 0:
                parent[find(parent, i * n + j)] = find(parent, top)
            if i == n - 1:
                parent[find(parent, i * n + j)] = find(parent, bottom)
            for a, b in ((i - 1, j), (i, j - 1)):
                if a >= 0 and b >= 0 and grid[a][b]:
                    parent[find(parent, i * n + j)] = find(parent, a * n + b)
    return find(parent, top) == find(parent, bottom)

def percolation(n=20, trials=60, ps=(0.3, 0.45, 0.55, 0.6, 0.65, 0.75, 0.9), seed=2):
    rng = random.Random(seed)
    return {"p": list(ps), "spanning": [sum(spans(n, p, rng) for _ in range(trials)) / trials for p in ps]}
''', ("rng.random() < p", "rng.random() > p"),
    ("if a >= 0 and b >= 0 and grid[a][b]", "if a >= 0 and b >= 0"),
    ("((i - 1, j), (i, j - 1))", "((i - 1, j),)"),
    ("if i == n - 1:", "if i == 0:"),
    ("((i - 1, j), (i, j - 1))", "((i - 1, j), (i, j - 1), (i - 1, j - 1))"))

sim("lotka volterra rk4 callback", '''
import numpy as np

def rk4(f, y, dt):
    k1 = f(y)
    k2 = f(y + 0.5 * dt * k1)
    k3 = f(y + 0.5 * dt * k2)
    k4 = f(y + dt * k3)
    return y + dt * (k1 + 2 * k2 + 2 * k3 + k4) / 6

def predator_prey(alpha=1.1, beta=0.4, delta=0.1, gamma=0.4, prey0=10.0, predator0=5.0, dt=0.01, n_steps=3000):
    """Lotka-Volterra equations integrated by a Runge-Kutta method of order four."""
    def f(y):
        x, p = y
        return np.array([alpha * x - beta * x * p, delta * x * p - gamma * p])

    y = np.array([prey0, predator0])
    out = [y]
    for _ in range(n_steps):
        y = rk4(f, y, dt)
        out.append(y)
    out = np.array(out)
    return {"t": np.arange(n_steps + 1) * dt, "prey": out[:, 0], "predators": out[:, 1]}
''', ("alpha * x - beta * x * p", "alpha * x + beta * x * p"),
    ("delta * x * p - gamma * p", "delta * x * p - gamma * x"),
    ("alpha * x - beta * x * p", "alpha * x - beta * p"),
    ("(k1 + 2 * k2 + 2 * k3 + k4) / 6", "(k1 + 2 * k2 + 2 * k3 + k4) / 5"),
    ("delta * x * p", "beta * x * p"),
    ("y + 0.5 * dt * k1)", "y + dt * k1)"))

sim("split step schroedinger class", '''
import numpy as np

class WavePacket:
    """Schroedinger equation in a harmonic trap, split-step Fourier method (hbar = m = 1)."""

    def __init__(self, n=256, box=20.0, omega=1.0, x0=2.0, dt=0.01):
        self.x = np.linspace(-box / 2, box / 2, n, endpoint=False)
        self.dx, self.dt = self.x[1] - self.x[0], dt
        self.k = 2 * np.pi * np.fft.fftfreq(n, self.dx)
        self.potential = 0.5 * omega**2 * self.x**2
        self.psi = (omega / np.pi) ** 0.25 * np.exp(-0.5 * omega * (self.x - x0) ** 2).astype(complex)

    def step(self):
        half = np.exp(-0.5j * self.potential * self.dt)
        self.psi = half * self.psi
        self.psi = np.fft.ifft(np.exp(-0.5j * self.k**2 * self.dt) * np.fft.fft(self.psi))
        self.psi = half * self.psi

    def run(self, n_steps=700):
        norm, mean_x = [], []
        for _ in range(n_steps):
            density = np.abs(self.psi) ** 2
            norm.append(density.sum() * self.dx)
            mean_x.append((self.x * density).sum() * self.dx)
            self.step()
        return {"norm": np.array(norm), "mean_x": np.array(mean_x), "t": np.arange(n_steps) * self.dt}
''', ("np.exp(-0.5j * self.k**2 * self.dt)", "np.exp(-0.5 * self.k**2 * self.dt)"),
    ("np.exp(-0.5j * self.k**2 * self.dt)", "np.exp(0.5j * self.k**2 * self.dt)"),
    ("0.5 * omega**2 * self.x**2", "omega**2 * self.x**2"),
    ("np.exp(-0.5j * self.k**2 * self.dt)", "np.exp(-1j * self.k**2 * self.dt)"),
    ("half = np.exp(-0.5j * self.potential", "half = np.exp(0.5j * self.potential"),
    ("        self.psi = half * self.psi\n\n", "\n"))

sim("rigid pendulum dataclass", '''
import math
from dataclasses import dataclass

@dataclass
class Rod:
    """A uniform rod that swings about its end: I = m L² / 3, centre of mass at L / 2."""
    mass: float = 1.0
    length: float = 1.2
    g: float = 9.81
    theta: float = 0.8
    omega: float = 0.0

    @property
    def inertia(self):
        return self.mass * self.length**2 / 3

    def torque(self, theta):
        return -self.mass * self.g * self.length / 2 * math.sin(theta)

    def energy(self):
        return 0.5 * self.inertia * self.omega**2 - self.mass * self.g * self.length / 2 * math.cos(self.theta)

def swing(dt=0.001, n_steps=5000):
    rod = Rod()
    theta, omega, energy, t = [], [], [], []
    for k in range(n_steps):
        theta.append(rod.theta); omega.append(rod.omega); energy.append(rod.energy()); t.append(k * dt)
        a = rod.torque(rod.theta) / rod.inertia
        rod.theta += rod.omega * dt + 0.5 * a * dt**2
        rod.omega += 0.5 * (a + rod.torque(rod.theta) / rod.inertia) * dt
    return {"t": t, "theta": theta, "omega": omega, "energy": energy}
''', ("math.sin(theta)", "math.cos(theta)"),
    ("return -self.mass * self.g", "return self.mass * self.g"),
    ("self.length**2 / 3", "self.length**2 / 12"),
    ("rod.omega += 0.5 * (a + rod", "rod.omega += (a + rod"),
    ("rod.theta += rod.omega * dt", "rod.theta += 2 * rod.omega * dt"),
    ("* self.length / 2 * math.sin(theta)", "* self.length * math.sin(theta)"))

sim("weather markov visits", '''
import numpy as np

TRANSITION = np.array([[0.8, 0.15, 0.05], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]])

def walk_chain(days=30000, seed=6):
    """Markov chain of sunny, cloudy and rainy days; returns the visited states and their shares."""
    rng = np.random.default_rng(seed)
    cumulative = TRANSITION.cumsum(axis=1)
    state, path = 0, np.empty(days, dtype=int)
    for d in range(days):
        state = int(np.searchsorted(cumulative[state], rng.random()))
        path[d] = state
    return {"path": path, "shares": np.bincount(path, minlength=3) / days}
''', ("[0.3, 0.4, 0.3]", "[0.3, 0.4, 0.4]"),
    ("cumulative[state], rng.random()", "cumulative[0], rng.random()"),
    ("TRANSITION.cumsum(axis=1)", "TRANSITION.T.cumsum(axis=1)"),
    ("state = int(np.searchsorted(cumulative[state], rng.random()))", "state = int(rng.integers(3))"),
    ("path[d] = state", "path[d] = (path[d - 1] + state) % 3"))

sim("asian-free call antithetic", '''
import numpy as np

def terminal(s0, r, sigma, maturity, z):
    return s0 * np.exp((r - 0.5 * sigma**2) * maturity + sigma * np.sqrt(maturity) * z)

def price_call(s0=100.0, strike=105.0, r=0.03, sigma=0.25, maturity=1.0, n_paths=100000, seed=9):
    """European call by Monte Carlo with antithetic variates under Black-Scholes."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(n_paths // 2)
    payoff = lambda z: np.maximum(terminal(s0, r, sigma, maturity, z) - strike, 0.0)
    price = np.exp(-r * maturity) * 0.5 * (payoff(z) + payoff(-z))
    return {"price": price.mean(), "error": price.std() / np.sqrt(len(price))}
''', ("(r - 0.5 * sigma**2)", "(r + 0.5 * sigma**2)"),
    ("np.exp(-r * maturity)", "np.exp(r * maturity)"),
    ("sigma * np.sqrt(maturity)", "sigma**2 * np.sqrt(maturity)"),
    ("payoff(z) + payoff(-z)", "payoff(z) + payoff(z - 1)"),
    ("- strike, 0.0)", "- s0, 0.0)"),
    ("rng.standard_normal(n_paths // 2)", "rng.random(n_paths // 2)"))
