"""Sixteen answers with a simulator each, in sixteen shapes: the model is told by a class, a docstring, a comment or the prose.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("boris class", "A charged particle in a uniform magnetic field along z, advanced by the Boris pusher.", """
import numpy as np


class BorisPusher:
    def __init__(self, q=1.0, m=1.0, B=(0.0, 0.0, 2.0), E=(0.0, 0.0, 0.0), dt=0.01):
        self.q, self.m, self.dt = q, m, dt
        self.B = np.array(B)
        self.E = np.array(E)
        self.x = np.array([0.0, 0.0, 0.0])
        self.v = np.array([1.0, 0.0, 0.1])

    def step(self):
        half = 0.5 * self.q * self.dt / self.m
        v_minus = self.v + half * self.E
        t = half * self.B
        s = 2.0 * t / (1.0 + np.dot(t, t))
        v_prime = v_minus + np.cross(v_minus, t)
        v_plus = v_minus + np.cross(v_prime, s)
        self.v = v_plus + half * self.E
        self.x = self.x + self.v * self.dt


pusher = BorisPusher()
for _ in range(2000):
    pusher.step()
print("speed:", np.linalg.norm(pusher.v))
""", ("np.cross(v_prime, s)", "np.cross(v_minus, s)"), ("(1.0 + np.dot(t, t))", "(1.0 - np.dot(t, t))"), ("2.0 * t / (1.0", "t / (1.0"), ("self.x + self.v * self.dt", "self.x + self.v"))

sim("kuramoto functions", "The Kuramoto model of coupled phase oscillators: dθ_i/dt = ω_i + (K/N) Σ_j sin(θ_j − θ_i).", """
import numpy as np


def rate(theta, omega, K):
    n = len(theta)
    difference = theta[None, :] - theta[:, None]
    return omega + K / n * np.sin(difference).sum(axis=1)


def order_parameter(theta):
    return abs(np.exp(1j * theta).mean())


def simulate(n=60, K=4.0, dt=0.02, steps=1500, seed=2):
    rng = np.random.default_rng(seed)
    omega = rng.normal(0.0, 0.5, n)
    theta = rng.uniform(0, 2 * np.pi, n)
    history = []
    for _ in range(steps):
        theta = theta + dt * rate(theta, omega, K)
        history.append(order_parameter(theta))
    return theta, np.array(history)


theta, r = simulate()
print("order parameter:", r[-1])
""", ("theta[None, :] - theta[:, None]", "theta[:, None] - theta[None, :]"), ("K / n *", "K *"), ("np.sin(difference)", "np.cos(difference)"), ("theta + dt * rate", "theta + rate"))

sim("bateman script", "Decay chain A → B → C with half-lives of 5 h and 2 h, solved with small Euler steps.", """
import math

half_life_A = 5.0
half_life_B = 2.0
lambda_A = math.log(2) / half_life_A
lambda_B = math.log(2) / half_life_B

N_A, N_B, N_C = 1000.0, 0.0, 0.0
dt = 0.001
t = 0.0
times, a_values, b_values, c_values = [], [], [], []
while t < 20.0:
    decays_A = lambda_A * N_A * dt
    decays_B = lambda_B * N_B * dt
    N_A -= decays_A
    N_B += decays_A - decays_B
    N_C += decays_B
    t += dt
    times.append(t)
    a_values.append(N_A)
    b_values.append(N_B)
    c_values.append(N_C)

print(N_A, N_B, N_C)
""", ("lambda_B * N_B * dt", "lambda_A * N_B * dt"), ("N_B += decays_A - decays_B", "N_B += decays_A + decays_B"), ("math.log(2) / half_life_A", "1 / half_life_A"), ("N_C += decays_B", "N_C += decays_A"))

sim("rule thirty generator", "Wolfram's elementary cellular automaton, rule 30, from a single live cell.", """
def rule30(width=63, generations=30):
    cells = [0] * width
    cells[width // 2] = 1
    yield list(cells)
    for _ in range(generations):
        nxt = [0] * width
        for i in range(width):
            left = cells[(i - 1) % width]
            centre = cells[i]
            right = cells[(i + 1) % width]
            nxt[i] = left ^ (centre | right)
        cells = nxt
        yield list(cells)


for row in rule30():
    print("".join("#" if c else "." for c in row))
""", ("left ^ (centre | right)", "left ^ (centre & right)"), ("left ^ (centre | right)", "right ^ (centre | left)"), ("cells[(i + 1) % width]", "cells[(i + 2) % width]"), ("        cells = nxt\n", "        cells[:] = nxt[1:] + nxt[:1]\n"))

sim("importance sampling numpy", "Importance sampling: we estimate E_p[x²] for a standard normal p by drawing from a wider normal q with standard deviation 2. The exact answer is 1.", """
import numpy as np

rng = np.random.default_rng(0)
n = 200_000
sigma_q = 2.0
x = rng.normal(0.0, sigma_q, size=n)
log_p = -0.5 * x**2 - 0.5 * np.log(2 * np.pi)
log_q = -0.5 * (x / sigma_q) ** 2 - 0.5 * np.log(2 * np.pi) - np.log(sigma_q)
weights = np.exp(log_p - log_q)
estimate = np.mean(weights * x**2)
std_error = np.std(weights * x**2, ddof=1) / np.sqrt(n)
print(f"estimate {estimate:.4f} +/- {std_error:.4f}, exact 1.0")
""", ("log_p - log_q", "log_q - log_p"), ("- np.log(sigma_q)\n", "\n"), ("/ np.sqrt(n)", "/ n"), ("np.mean(weights * x**2)", "np.mean(x**2)"))

sim("gamblers ruin pure python", "Gambler's ruin: starting with 3 coins of a total of 10 and winning each round with p = 0.45, how likely is it to lose all?", """
import random

random.seed(12)
START, TOTAL, P_WIN = 3, 10, 0.45
TRIALS = 20000

ruins = 0
for _ in range(TRIALS):
    coins = START
    while coins > 0 and coins < TOTAL:
        if random.random() < P_WIN:
            coins += 1
        else:
            coins -= 1
    if coins == 0:
        ruins += 1

ratio = (1 - P_WIN) / P_WIN
theory = (ratio**START - ratio**TOTAL) / (1 - ratio**TOTAL)
print("simulated probability of ruin:", ruins / TRIALS)
print("theory:", theory)
""", ("random.random() < P_WIN", "random.random() > P_WIN"), ("coins < TOTAL:", "coins <= TOTAL:"), ("ratio = (1 - P_WIN) / P_WIN", "ratio = P_WIN / (1 - P_WIN)"), ("coins -= 1", "coins -= 2"))

sim("kepler dataclass", "A planet around the Sun in units of AU and years (GM = 4π²), kick-drift-kick leapfrog.", """
import math
from dataclasses import dataclass

GM = 4 * math.pi**2


@dataclass
class Body:
    x: float = 1.0
    y: float = 0.0
    vx: float = 0.0
    vy: float = 2 * math.pi


def acceleration(b):
    r3 = (b.x**2 + b.y**2) ** 1.5
    return -GM * b.x / r3, -GM * b.y / r3


def leapfrog(b, dt):
    ax, ay = acceleration(b)
    b.vx += 0.5 * dt * ax
    b.vy += 0.5 * dt * ay
    b.x += dt * b.vx
    b.y += dt * b.vy
    ax, ay = acceleration(b)
    b.vx += 0.5 * dt * ax
    b.vy += 0.5 * dt * ay


earth = Body()
dt = 0.001
for step in range(2000):
    leapfrog(earth, dt)
print(f"after two years: ({earth.x:.4f}, {earth.y:.4f})")
""", ("** 1.5", "** 0.5"), ("-GM * b.x / r3", "GM * b.x / r3"), ("b.y += dt * b.vy", "b.y += dt * b.vx"), ("    b.x += dt * b.vx", "    b.x += 0.5 * dt * b.vx"))

sim("seir dict", "An SEIR epidemic kept in a dictionary of compartments.", """
def derivatives(state, p):
    n = sum(state.values())
    infection = p["beta"] * state["S"] * state["I"] / n
    return {
        "S": -infection,
        "E": infection - p["sigma"] * state["E"],
        "I": p["sigma"] * state["E"] - p["gamma"] * state["I"],
        "R": p["gamma"] * state["I"],
    }


params = {"beta": 0.6, "sigma": 0.2, "gamma": 0.15}
state = {"S": 9990.0, "E": 0.0, "I": 10.0, "R": 0.0}
dt = 0.05
log = []
for k in range(4000):
    d = derivatives(state, params)
    state = {name: state[name] + dt * d[name] for name in state}
    log.append(dict(state))
print({name: round(value) for name, value in state.items()})
""", ('"S": -infection', '"S": infection'), ('infection - p["sigma"] * state["E"]', 'infection - p["gamma"] * state["E"]'), ('p["gamma"] * state["I"],\n        "R"', 'p["gamma"] * state["E"],\n        "R"'), ('state["I"] / n', 'state["I"]'))

sim("mmc printed", "Simulation of an M/M/c queue with c = 3 servers, first come first served.", """
import heapq
import math
import random

lam, mu, c = 2.0, 1.0, 3
random.seed(4)

free_at = [0.0] * c
heapq.heapify(free_at)
clock = 0.0
total_wait = 0.0
n = 100000
for _ in range(n):
    clock += random.expovariate(lam)
    first_free = heapq.heappop(free_at)
    start = max(clock, first_free)
    total_wait += start - clock
    heapq.heappush(free_at, start + random.expovariate(mu))

a = lam / mu
rho = a / c
p0 = 1 / (sum(a**k / math.factorial(k) for k in range(c)) + a**c / (math.factorial(c) * (1 - rho)))
erlang_c = a**c / (math.factorial(c) * (1 - rho)) * p0
print("mean wait, simulated:", total_wait / n)
print("mean wait, theory:", erlang_c / (c * mu - lam))
""", ("max(clock, first_free)", "first_free"), ("start + random.expovariate(mu)", "clock + random.expovariate(mu)"), ("erlang_c / (c * mu - lam)", "erlang_c / (mu - lam / c)"), ("range(c)) + a**c", "range(c + 1)) + a**c"))

sim("ou exact returned", "Exact discretisation of the Ornstein–Uhlenbeck process dX = θ(μ − X)dt + σ dW.", """
import numpy as np


def simulate_ou(theta=2.0, mu=1.0, sigma=0.6, dt=0.05, n_steps=20000, seed=0):
    rng = np.random.default_rng(seed)
    decay = np.exp(-theta * dt)
    spread = sigma * np.sqrt((1 - decay**2) / (2 * theta))
    x = np.empty(n_steps)
    x[0] = mu
    for i in range(1, n_steps):
        x[i] = mu + (x[i - 1] - mu) * decay + spread * rng.standard_normal()
    return x
""", ("(1 - decay**2) / (2 * theta)", "(1 - decay) / (2 * theta)"), ("/ (2 * theta))", "/ theta)"), ("np.exp(-theta * dt)", "np.exp(-theta)"), ("mu + (x[i - 1] - mu) * decay", "mu + x[i - 1] * decay"))

sim("cooling docstring", "Here is the code you asked for.", """
def coffee(T0=90.0, T_room=20.0, k=0.1, dt=0.05, minutes=30.0):
    \"\"\"Newton's law of cooling, dT/dt = -k (T - T_room), with Heun's method.

    Returns the temperatures.
    \"\"\"
    T = T0
    out = [T]
    for _ in range(int(minutes / dt)):
        slope_1 = -k * (T - T_room)
        guess = T + dt * slope_1
        slope_2 = -k * (guess - T_room)
        T = T + dt * (slope_1 + slope_2) / 2
        out.append(T)
    return out


print(coffee()[-1])
""", ("T + dt * (slope_1 + slope_2) / 2", "T + dt * (slope_1 + slope_2)"), ("slope_1 = -k * (T - T_room)", "slope_1 = -k * (T + T_room)"), ("slope_2 = -k * (guess - T_room)", "slope_2 = k * (guess - T_room)"), ("int(minutes / dt)", "int(minutes * dt)"))

sim("crank nicolson comment", "The following script evolves a wave packet.", """
import numpy as np
from scipy.linalg import solve_banded

# time-dependent Schroedinger equation, i dpsi/dt = -1/2 psi'' + V psi, Crank-Nicolson
N = 400
x = np.linspace(-10, 10, N)
dx = x[1] - x[0]
dt = 0.005
V = 0.5 * x**2

psi = np.exp(-((x - 1.0) ** 2) / 2).astype(complex)
psi /= np.sqrt(np.sum(np.abs(psi) ** 2) * dx)

diagonal = 1.0 / dx**2 + V
off = -0.5 / dx**2 * np.ones(N - 1)

ab = np.zeros((3, N), dtype=complex)
ab[0, 1:] = 0.5j * dt * off
ab[1] = 1 + 0.5j * dt * diagonal
ab[2, :-1] = 0.5j * dt * off

mean_x = []
for n in range(600):
    rhs = (1 - 0.5j * dt * diagonal) * psi
    rhs[1:] -= 0.5j * dt * off * psi[:-1]
    rhs[:-1] -= 0.5j * dt * off * psi[1:]
    psi = solve_banded((1, 1), ab, rhs)
    mean_x.append(np.sum(x * np.abs(psi) ** 2) * dx)

print("norm:", np.sum(np.abs(psi) ** 2) * dx)
""", ("rhs[1:] -= 0.5j", "rhs[1:] += 0.5j"), ("(1 - 0.5j * dt * diagonal)", "(1 + 0.5j * dt * diagonal)"), ("diagonal = 1.0 / dx**2 + V", "diagonal = 2.0 / dx**2 + V"), ("ab[1] = 1 + 0.5j * dt * diagonal", "ab[1] = 1 + dt * diagonal"))

sim("walk three d prose", "Unbiased random walk on the cubic lattice: every step goes one unit along ±x, ±y or ±z, so the mean squared distance after N steps is N.", """
import numpy as np

rng = np.random.default_rng(8)
n_walkers, n_steps = 3000, 200
pos = np.zeros((n_walkers, 3))
msd = []
for step in range(n_steps):
    axis = rng.integers(0, 3, size=n_walkers)
    sign = rng.choice([-1, 1], size=n_walkers)
    pos[np.arange(n_walkers), axis] += sign
    msd.append((pos**2).sum(axis=1).mean())

print(msd[-1])
""", ("rng.integers(0, 3,", "rng.integers(0, 2,"), ("rng.choice([-1, 1]", "rng.choice([0, 1]"), (".sum(axis=1).mean()", ".mean()"), ("axis] += sign", "axis] = sign"))

sim("laplace jacobi script", "Jacobi relaxation of Laplace's equation on a square plate: top edge at 100 V, the others grounded.", """
import numpy as np

N = 30
V = np.zeros((N, N))
V[0, :] = 100.0

tolerance = 1e-4
change = 1.0
iterations = 0
while change > tolerance:
    V_new = V.copy()
    V_new[1:-1, 1:-1] = 0.25 * (V[2:, 1:-1] + V[:-2, 1:-1] + V[1:-1, 2:] + V[1:-1, :-2])
    change = np.max(np.abs(V_new - V))
    V = V_new
    iterations += 1

print("converged after", iterations, "centre:", V[N // 2, N // 2])
""", ("0.25 * (V", "0.2 * (V"), ("V[1:-1, 2:] + V[1:-1, :-2]", "V[1:-1, 2:] + V[1:-1, 2:]"), ("V[2:, 1:-1] + V[:-2, 1:-1]", "V[2:, 1:-1] - V[:-2, 1:-1]"))

sim("spring chain class", "A chain of masses and springs with fixed ends, velocity Verlet.", """
import numpy as np


class SpringChain:
    \"\"\"N equal masses joined by equal springs between two walls.\"\"\"

    def __init__(self, n=20, k=1.0, m=1.0, dt=0.05):
        self.n, self.k, self.m, self.dt = n, k, m, dt
        self.u = np.sin(np.pi * np.arange(1, n + 1) / (n + 1))
        self.v = np.zeros(n)
        self.a = self.force(self.u) / m

    def force(self, u):
        padded = np.concatenate([[0.0], u, [0.0]])
        return self.k * (padded[2:] - 2 * padded[1:-1] + padded[:-2])

    def energy(self):
        padded = np.concatenate([[0.0], self.u, [0.0]])
        return 0.5 * self.m * np.sum(self.v**2) + 0.5 * self.k * np.sum(np.diff(padded) ** 2)

    def step(self):
        self.u += self.v * self.dt + 0.5 * self.a * self.dt**2
        a_new = self.force(self.u) / self.m
        self.v += 0.5 * (self.a + a_new) * self.dt
        self.a = a_new


chain = SpringChain()
energies = []
for _ in range(3000):
    chain.step()
    energies.append(chain.energy())
print(min(energies), max(energies))
""", ("- 2 * padded[1:-1]", "- padded[1:-1]"), ("0.5 * self.a * self.dt**2", "0.5 * self.a * self.dt"), ("        self.a = a_new\n", "        pass\n"), ("0.5 * self.k * np.sum(np.diff", "self.k * np.sum(np.diff"))

sim("potts heat bath", "A q-state Potts model with Metropolis updates on a periodic square lattice.", """
import math
import random


def delta_energy(spins, i, j, new, J):
    n = len(spins)
    old = spins[i][j]
    around = [spins[(i + 1) % n][j], spins[(i - 1) % n][j], spins[i][(j + 1) % n], spins[i][(j - 1) % n]]
    before = sum(1 for s in around if s == old)
    after = sum(1 for s in around if s == new)
    return -J * (after - before)


def run(n=12, q=3, J=1.0, T=1.2, sweeps=60, seed=5):
    rng = random.Random(seed)
    spins = [[rng.randrange(q) for _ in range(n)] for _ in range(n)]
    energies = []
    for _ in range(sweeps):
        for _ in range(n * n):
            i, j = rng.randrange(n), rng.randrange(n)
            new = rng.randrange(q)
            dE = delta_energy(spins, i, j, new, J)
            if dE <= 0 or rng.random() < math.exp(-dE / T):
                spins[i][j] = new
        bonds = sum((spins[i][j] == spins[(i + 1) % n][j]) + (spins[i][j] == spins[i][(j + 1) % n]) for i in range(n) for j in range(n))
        energies.append(-J * bonds / n**2)
    return energies


print(run()[-1])
""", ("-J * (after - before)", "-J * (before - after)"), ("math.exp(-dE / T)", "math.exp(-dE * T)"), ("spins[(i - 1) % n][j]", "spins[(i + 1) % n][j]"), ("math.exp(-dE / T)", "math.exp(dE / T)"))
