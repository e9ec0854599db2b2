"""Fourteen answers with a simulator each, of further domains of the list that `simulators_k.py` is drawn from.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("life torus", "Conway's Game of Life on a torus; here a glider moves diagonally.", """
import numpy as np


def step(board):
    neighbours = sum(np.roll(np.roll(board, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))
    return ((neighbours == 3) | ((board == 1) & (neighbours == 2))).astype(int)


board = np.zeros((20, 20), dtype=int)
board[1, 2] = board[2, 3] = board[3, 1] = board[3, 2] = board[3, 3] = 1
for generation in range(40):
    board = step(board)
print("live cells:", board.sum())
""", ("neighbours == 3)", "neighbours == 4)"), ("(board == 1) & (neighbours == 2)", "(board == 0) & (neighbours == 2)"), ("if (i, j) != (0, 0)", "if i != j"))

sim("upwind advection", "First-order upwind scheme for the advection equation u_t + c u_x = 0 with periodic boundaries.", """
import numpy as np

c = 1.0
nx = 200
dx = 1.0 / nx
dt = 0.5 * dx / c
x = np.arange(nx) * dx
u = np.exp(-200 * (x - 0.3) ** 2)

for n in range(200):
    u = u - c * dt / dx * (u - np.roll(u, 1))

print("mass:", u.sum() * dx, "peak at", x[np.argmax(u)])
""", ("np.roll(u, 1)", "np.roll(u, -1)"), ("c * dt / dx", "c * dt"), ("0.5 * dx / c", "1.5 * dx / c"), ("u - c * dt", "u + c * dt"))

sim("lennard jones md", "Molecular dynamics of a Lennard-Jones fluid in two dimensions (reduced units, periodic box, minimum image), velocity Verlet. The total energy should be conserved.", """
import numpy as np


def forces(pos, box):
    n = len(pos)
    f = np.zeros_like(pos)
    potential = 0.0
    for i in range(n - 1):
        d = pos[i] - pos[i + 1:]
        d -= box * np.round(d / box)
        r2 = (d**2).sum(axis=1)
        inv6 = 1.0 / r2**3
        potential += np.sum(4 * (inv6**2 - inv6))
        pair = (24 * (2 * inv6**2 - inv6) / r2)[:, None] * d
        f[i] += pair.sum(axis=0)
        f[i + 1:] -= pair
    return f, potential


rng = np.random.default_rng(3)
box = 8.0
grid = np.arange(6) * box / 6
pos = np.array([[a, b] for a in grid for b in grid]) + 0.1
vel = rng.normal(0, 0.5, pos.shape)
vel -= vel.mean(axis=0)
dt = 0.002
f, potential = forces(pos, box)
energies = []
for step in range(400):
    vel += 0.5 * dt * f
    pos = (pos + dt * vel) % box
    f, potential = forces(pos, box)
    vel += 0.5 * dt * f
    energies.append(potential + 0.5 * np.sum(vel**2))
print("energy:", energies[0], "->", energies[-1])
""", ("24 * (2 * inv6**2 - inv6)", "24 * (inv6**2 - inv6)"), ("f[i + 1:] -= pair", "f[i + 1:] += pair"), ("inv6**2 - inv6))", "inv6**2 + inv6))"), ("24 * (2", "48 * (2"))

sim("coupon collector", "Coupon collector: how many draws until all n different coupons have been seen?", """
import random


def draws_needed(n, rng):
    seen = set()
    draws = 0
    while len(seen) < n:
        seen.add(rng.randrange(n))
        draws += 1
    return draws


n_coupons = 20
trials = 5000
rng = random.Random(6)
average = sum(draws_needed(n_coupons, rng) for _ in range(trials)) / trials
harmonic = sum(1 / k for k in range(1, n_coupons + 1))
print("average number of draws:", average)
print("theoretical number of draws:", n_coupons * harmonic)
""", ("len(seen) < n:", "len(seen) < n - 1:"), ("range(1, n_coupons + 1)", "range(1, n_coupons)"), ("rng.randrange(n)", "rng.randrange(n + 1)"), ("draws += 1\n", "draws += 2\n"))

sim("branching process", "A Galton–Watson branching process with Poisson offspring of mean m: the mean size of generation g is m^g.", """
import numpy as np

rng = np.random.default_rng(2)
m = 1.1
generations = 10
runs = 20000
sizes = np.ones(runs, dtype=int)
for g in range(generations):
    sizes = np.array([rng.poisson(m, s).sum() if s > 0 else 0 for s in sizes])
print("mean size:", sizes.mean(), "theory:", m**generations)
print("extinct:", (sizes == 0).mean())
""", ("rng.poisson(m, s)", "rng.poisson(m + 0.2, s)"), ("m**generations", "m * generations"), ("range(generations)", "range(1, generations)"))

sim("fitzhugh nagumo", "The FitzHugh–Nagumo neuron dv/dt = v - v^3/3 - w + I, dw/dt = (v + a - b w)/tau, by the improved Euler (Heun) method.", """
a, b, tau, I = 0.7, 0.8, 12.5, 0.5
dt = 0.05


def slope(v, w):
    return v - v**3 / 3 - w + I, (v + a - b * w) / tau


v, w = -1.0, 1.0
trace = []
for k in range(4000):
    dv1, dw1 = slope(v, w)
    dv2, dw2 = slope(v + dt * dv1, w + dt * dw1)
    v += 0.5 * dt * (dv1 + dv2)
    w += 0.5 * dt * (dw1 + dw2)
    trace.append(v)
print("peak voltage", max(trace))
""", ("v**3 / 3", "v**3 * 3"), ("(v + a - b * w)", "(v + a + b * w)"), ("- w + I", "+ w + I"), ("v += 0.5 * dt * (dv1 + dv2)", "v += dt * (dv1 + dv2)"))

sim("mm1 events", "A single-server queue with Poisson arrivals and exponential service (M/M/1), simulated event by event; by Little's law L = λW.", """
import random


class Queue:
    def __init__(self, lam=0.7, mu=1.0, seed=0):
        self.lam, self.mu = lam, mu
        self.rng = random.Random(seed)
        self.time = 0.0
        self.n = 0
        self.area = 0.0
        self.next_arrival = self.rng.expovariate(lam)
        self.next_departure = float("inf")

    def step(self):
        event = min(self.next_arrival, self.next_departure)
        self.area += self.n * (event - self.time)
        self.time = event
        if self.next_arrival <= self.next_departure:
            self.n += 1
            self.next_arrival = self.time + self.rng.expovariate(self.lam)
            if self.n == 1:
                self.next_departure = self.time + self.rng.expovariate(self.mu)
        else:
            self.n -= 1
            self.next_departure = self.time + self.rng.expovariate(self.mu) if self.n > 0 else float("inf")


queue = Queue()
for _ in range(200000):
    queue.step()
rho = queue.lam / queue.mu
print("mean number in system:", queue.area / queue.time)
print("expected mean number in system:", rho / (1 - rho))
""", ("self.n * (event - self.time)", "(self.n - 1) * (event - self.time)"), ("rho / (1 - rho)", "rho / (1 + rho)"), ("if self.n == 1:", "if self.n >= 1:"), ("self.time + self.rng.expovariate(self.lam)", "self.time + self.rng.expovariate(self.mu)"))

sim("overdamped langevin", "Brownian particles in a harmonic trap, γ dx/dt = -k x + noise. In equilibrium <x²> = kT/k.", """
import numpy as np

kT, k, gamma = 1.0, 2.0, 0.5
dt, steps, particles = 0.002, 4000, 2000
D = kT / gamma
rng = np.random.default_rng(9)
x = np.zeros(particles)
for _ in range(steps):
    x = x - k / gamma * x * dt + np.sqrt(2 * D * dt) * rng.standard_normal(particles)
print("<x^2> =", np.mean(x**2), "theory", kT / k)
""", ("np.sqrt(2 * D * dt)", "np.sqrt(D * dt)"), ("- k / gamma * x * dt", "- k * gamma * x * dt"), ("kT / gamma", "kT * gamma"), (', kT / k)', ', kT * k)'))

sim("sandpile", "The Abelian sandpile: a site with four or more grains topples and gives one to each neighbour; grains fall off the edge.", """
import numpy as np


def relax(grid):
    size = 0
    while True:
        unstable = np.argwhere(grid >= 4)
        if len(unstable) == 0:
            return size
        for i, j in unstable:
            grid[i, j] -= 4
            size += 1
            for a, b in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
                if 0 <= a < grid.shape[0] and 0 <= b < grid.shape[1]:
                    grid[a, b] += 1


rng = np.random.default_rng(0)
grid = rng.integers(0, 4, (15, 15))
sizes = []
for _ in range(1000):
    i, j = rng.integers(0, 15, 2)
    grid[i, j] += 1
    sizes.append(relax(grid))
print("largest avalanche:", max(sizes), "most grains at a site:", grid.max())
""", ("grid[i, j] -= 4", "grid[i, j] -= 3"), ("(i, j + 1), (i, j - 1)", "(i, j + 1), (i + 1, j - 1)"), ("grid[a, b] += 1", "grid[a, b] += 2"))

sim("solar system", "The Sun, the Earth and Jupiter in AU, years and solar masses with symplectic leapfrog; energy and momentum are conserved.", """
import math

G = 4 * math.pi**2


class Body:
    def __init__(self, name, mass, x, y, vx, vy):
        self.name, self.mass = name, mass
        self.x, self.y, self.vx, self.vy = x, y, vx, vy
        self.ax = self.ay = 0.0


def accelerate(bodies):
    for b in bodies:
        b.ax = b.ay = 0.0
        for o in bodies:
            if o is not b:
                dx, dy = o.x - b.x, o.y - b.y
                r3 = (dx * dx + dy * dy) ** 1.5
                b.ax += G * o.mass * dx / r3
                b.ay += G * o.mass * dy / r3


def total_energy(bodies):
    kinetic = sum(0.5 * b.mass * (b.vx**2 + b.vy**2) for b in bodies)
    potential = 0.0
    for i, b in enumerate(bodies):
        for o in bodies[i + 1:]:
            potential -= G * b.mass * o.mass / math.hypot(o.x - b.x, o.y - b.y)
    return kinetic + potential


bodies = [Body("Sun", 1.0, 0, 0, 0, 0), Body("Earth", 3e-6, 1.0, 0, 0, 2 * math.pi), Body("Jupiter", 9.5e-4, 5.2, 0, 0, 2.76)]
dt = 0.002
accelerate(bodies)
energy = []
for _ in range(2000):
    for b in bodies:
        b.vx += 0.5 * dt * b.ax
        b.vy += 0.5 * dt * b.ay
        b.x += dt * b.vx
        b.y += dt * b.vy
    accelerate(bodies)
    for b in bodies:
        b.vx += 0.5 * dt * b.ax
        b.vy += 0.5 * dt * b.ay
    energy.append(total_energy(bodies))
print("relative energy drift:", (energy[-1] - energy[0]) / abs(energy[0]))
""", ("dx, dy = o.x - b.x, o.y - b.y", "dx, dy = b.x - o.x, b.y - o.y"), ("G * o.mass * dx / r3", "G * b.mass * dx / r3"), ("** 1.5", "** 1.0"), ("b.ay += G * o.mass * dy", "b.ay += G * o.mass * dx"))

sim("polya urn", "Pólya's urn: draw a ball and put it back with one more of its colour. The share of red balls is a martingale, so its mean stays at its start, 1/3.", """
import random


def share_of_red(draws, rng, red=1, blue=2):
    for _ in range(draws):
        if rng.random() < red / (red + blue):
            red += 1
        else:
            blue += 1
    return red / (red + blue)


rng = random.Random(1)
shares = [share_of_red(200, rng) for _ in range(4000)]
print("mean share of red:", sum(shares) / len(shares), "expected:", 1 / 3)
""", ("red / (red + blue):", "blue / (red + blue):"), ("            red += 1", "            red += 2"), ("/ len(shares)", "/ 200"))

sim("rc discharge plotted", "Discharge of a capacitor: V(t) = V0 exp(-t/RC). We compare Euler's method with the exact curve.", """
import numpy as np
import matplotlib.pyplot as plt

R = 2000.0
C = 100e-6
V0 = 9.0
tau = R * C
dt = tau / 200
t = np.arange(0, 5 * tau, dt)
V = np.zeros(len(t))
V[0] = V0
for i in range(1, len(t)):
    V[i] = V[i - 1] - dt * V[i - 1] / (R * C)

plt.plot(t, V, label="Euler")
plt.plot(t, V0 * np.exp(-t / tau), "--", label="exact")
plt.legend()
plt.show()
print("V after one time constant:", V[200], "exact:", V0 * np.exp(-1))
""", ("- dt * V[i - 1]", "+ dt * V[i - 1]"), ("V[i - 1] / (R * C)", "V[i - 1] / R * C"), ("np.exp(-1)", "np.exp(-2)"))

sim("coupled oscillators rk4", "Two coupled oscillators exchanging energy, integrated by RK4.", '''
"""Two equal masses (m) between walls, springs k at the walls and kc between them."""
import numpy as np

m, k, kc = 1.0, 1.0, 0.2


def rhs(state):
    x1, x2, v1, v2 = state
    return np.array([v1, v2, (-k * x1 + kc * (x2 - x1)) / m, (-k * x2 - kc * (x2 - x1)) / m])


def rk4_step(state, h):
    k1 = rhs(state)
    k2 = rhs(state + h / 2 * k1)
    k3 = rhs(state + h / 2 * k2)
    k4 = rhs(state + h * k3)
    return state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def energy(state):
    x1, x2, v1, v2 = state
    return 0.5 * m * (v1**2 + v2**2) + 0.5 * k * (x1**2 + x2**2) + 0.5 * kc * (x2 - x1) ** 2


state = np.array([1.0, 0.0, 0.0, 0.0])
h = 0.02
for _ in range(5000):
    state = rk4_step(state, h)
print("energy:", energy(state))
''', ("(-k * x2 - kc * (x2 - x1))", "(-k * x2 + kc * (x2 - x1))"), ("0.5 * kc * (x2 - x1) ** 2", "kc * (x2 - x1) ** 2"), ("h / 6 *", "h / 5 *"), ("(-k * x1 +", "(-2 * k * x1 +"))

sim("markov chain text", "Knights, knaves and rain: a two-state Markov chain with P(stay dry) = 0.9 and P(stay wet) = 0.6, so the share of wet days is 0.1 / (0.1 + 0.4) = 0.2.", """
import numpy as np

rng = np.random.default_rng(3)
P = np.array([[0.9, 0.1], [0.4, 0.6]])
state = 0
wet_days = 0
n_days = 60000
for _ in range(n_days):
    state = 1 if rng.random() < P[state, 1] else 0
    wet_days += state
print("share of wet days:", wet_days / n_days)
""", ("rng.random() < P[state, 1]", "rng.random() < P[state, 0]"), ("[0.4, 0.6]", "[0.4, 0.5]"), ("wet_days / n_days", "wet_days / (n_days - wet_days)"))
