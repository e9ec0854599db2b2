"""Twelve more, of other fields (percolation, chains of states, importance sampling …), independent too.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("spring damped","A damped mass-spring system, integrated with semi-implicit Euler. The energy should decrease monotonically.","""
m = 1.0
k = 4.0
c = 0.2
dt = 0.001
x = 1.0
v = 0.0

energies = []
for i in range(20000):
    a = (-k * x - c * v) / m
    v += a * dt
    x += v * dt
    energies.append(0.5 * m * v**2 + 0.5 * k * x**2)

print("start energy", energies[0], "end energy", energies[-1])
""",("- c * v","+ c * v"),("-k * x","k * x"),("0.5 * k * x**2","0.5 * k * x"),("v += a * dt","v += a"))
sim("percolation","Site percolation on an L x L lattice: returns the fraction of runs with a spanning cluster (top to bottom).","""
import numpy as np
from collections import deque

def spans(grid):
    L = grid.shape[0]
    seen = np.zeros_like(grid, dtype=bool)
    queue = deque((0, j) for j in range(L) if grid[0, j])
    for i, j in queue:
        seen[i, j] = True
    while queue:
        i, j = queue.popleft()
        if i == L - 1:
            return True
        for di, dj in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            a, b = i + di, j + dj
            if 0 <= a < L and 0 <= b < L and grid[a, b] and not seen[a, b]:
                seen[a, b] = True
                queue.append((a, b))
    return False

def spanning_probability(p, L=30, runs=200, seed=0):
    rng = np.random.default_rng(seed)
    return np.mean([spans(rng.random((L, L)) < p) for _ in range(runs)])

for p in (0.4, 0.5, 0.6, 0.7):
    print(p, spanning_probability(p))
""",("rng.random((L, L)) < p","rng.random((L, L)) > p"),("i == L - 1","i == L - 2"),("np.mean([","np.sum(["))
sim("radioactive mc class","Monte Carlo radioactive decay: each nucleus decays with probability 1 - exp(-lambda dt) per step.","""
import numpy as np

class Sample:
    def __init__(self, n0=10000, half_life=5.0, seed=3):
        self.n = n0
        self.decay_constant = np.log(2) / half_life
        self.rng = np.random.default_rng(seed)
        self.t = 0.0

    def step(self, dt):
        p = 1 - np.exp(-self.decay_constant * dt)
        self.n -= self.rng.binomial(self.n, p)
        self.t += dt

sample = Sample()
counts = []
while sample.t < 20.0:
    counts.append(sample.n)
    sample.step(0.1)
print("left after 20 s:", sample.n, "expected about", 10000 * 2 ** (-20 / 5.0))
""",("np.log(2) / half_life","np.log(2) * half_life"),("np.log(2) / half_life","1 / half_life"),("self.n -= self.rng","self.n += self.rng"),("2 ** (-20 / 5.0)","2 ** (-20 * 5.0)"))
sim("three state ctmc","Continuous-time Markov chain for a repairable machine (up, degraded, down); the availability is the long-run share of time that it is not down.","""
import random

RATES = {
    "up": [("degraded", 0.1)],
    "degraded": [("up", 0.5), ("down", 0.2)],
    "down": [("up", 1.0)],
}

def simulate(t_end=20000.0, seed=2):
    rng = random.Random(seed)
    state, t = "up", 0.0
    time_in = {s: 0.0 for s in RATES}
    while t < t_end:
        moves = RATES[state]
        total = sum(r for _, r in moves)
        stay = rng.expovariate(total)
        stay = min(stay, t_end - t)
        time_in[state] += stay
        t += stay
        u = rng.random() * total
        for target, rate in moves:
            u -= rate
            if u <= 0:
                state = target
                break
    return {s: x / t_end for s, x in time_in.items()}

shares = simulate()
print(shares, "availability", 1 - shares["down"])
""",("rng.expovariate(total)","rng.expovariate(1 / total)"),("rng.random() * total","rng.random()"),("time_in[state] += stay","time_in[state] += 1"),("x / t_end","x / len(time_in)"))
sim("asteroid rk4 functions","Orbit of a small body around the Sun with RK4; prints the relative change of the angular momentum.","""
import numpy as np

GM = 4 * np.pi**2

def acceleration(r):
    return -GM * r / np.linalg.norm(r) ** 3

def rk4(r, v, dt):
    k1r, k1v = v, acceleration(r)
    k2r, k2v = v + 0.5 * dt * k1v, acceleration(r + 0.5 * dt * k1r)
    k3r, k3v = v + 0.5 * dt * k2v, acceleration(r + 0.5 * dt * k2r)
    k4r, k4v = v + dt * k3v, acceleration(r + dt * k3r)
    r = r + dt / 6 * (k1r + 2 * k2r + 2 * k3r + k4r)
    v = v + dt / 6 * (k1v + 2 * k2v + 2 * k3v + k4v)
    return r, v

def orbit(years=5, dt=0.001):
    r = np.array([1.0, 0.0])
    v = np.array([0.0, 2 * np.pi * 1.1])
    l0 = r[0] * v[1] - r[1] * v[0]
    for _ in range(int(years / dt)):
        r, v = rk4(r, v, dt)
    l1 = r[0] * v[1] - r[1] * v[0]
    return (l1 - l0) / l0

print(orbit())
""",("-GM * r /","GM * r /"),("2 * k3r + k4r","k3r + k4r"),("k3r, k3v = v + 0.5 * dt * k2v, acceleration(r + 0.5 * dt * k2r)","k3r, k3v = v + 0.5 * dt * k2v, acceleration(r + 0.5 * dt * k1r)"),("** 3\n","** 2\n"))
sim("cooling coffee","Newton's law of cooling: a cup at 90 degrees in a 20 degree room.","""
def cool(T0=90.0, T_env=20.0, k=0.03, dt=0.1, minutes=120):
    T = T0
    temps = [T]
    for _ in range(int(minutes / dt)):
        T += -k * (T - T_env) * dt
        temps.append(T)
    return temps

temps = cool()
print("after two hours:", round(temps[-1], 2))
""",("-k * (T - T_env)","k * (T - T_env)"),("(T - T_env)","(T + T_env)"),("-k * (T - T_env) * dt","-k * (T - T_env) / dt"),("(T - T_env)","(T0 - T_env)"))
sim("poisson process","Simulating a Poisson process with rate 3 per hour; the number of events in 10 hours should average 30.","""
import numpy as np

def poisson_process(rate=3.0, horizon=10.0, rng=None):
    rng = rng or np.random.default_rng(0)
    t = 0.0
    events = []
    while True:
        t += rng.exponential(1.0 / rate)
        if t > horizon:
            return events
        events.append(t)

rng = np.random.default_rng(1)
counts = [len(poisson_process(rng=rng)) for _ in range(2000)]
print("mean", np.mean(counts), "variance", np.var(counts))
""",("rng.exponential(1.0 / rate)","rng.exponential(rate)"),("t += rng.exponential","t = rng.exponential"),("np.var(counts)","np.std(counts)"))
sim("laplace relaxation","Electrostatic potential in a square box by Jacobi relaxation: top side at 100 V, the others grounded.","""
import numpy as np

def relax(n=30, tol=1e-4):
    V = np.zeros((n, n))
    V[0, :] = 100.0
    while True:
        new = V.copy()
        new[1:-1, 1:-1] = 0.25 * (V[2:, 1:-1] + V[:-2, 1:-1] + V[1:-1, 2:] + V[1:-1, :-2])
        if np.max(np.abs(new - V)) < tol:
            return new
        V = new

V = relax()
print("centre:", V[15, 15])
""",("0.25 *","0.2 *"),("V[1:-1, 2:] + V[1:-1, :-2]","V[1:-1, 2:] - V[1:-1, :-2]"),("V[2:, 1:-1] + V[:-2, 1:-1]","V[2:, 1:-1] + V[2:, 1:-1]"))
sim("cyclotron boris","A charged particle in a uniform magnetic field, pushed with the Boris algorithm; the speed must stay constant.","""
import numpy as np

q = 1.0
m = 1.0
B = np.array([0.0, 0.0, 1.0])
E = np.array([0.0, 0.0, 0.0])
dt = 0.05

x = np.array([0.0, 0.0, 0.0])
v = np.array([1.0, 0.0, 0.2])
speeds = []
for _ in range(2000):
    v_minus = v + 0.5 * dt * q / m * E
    t = 0.5 * dt * q / m * B
    s = 2 * t / (1 + np.dot(t, t))
    v_prime = v_minus + np.cross(v_minus, t)
    v_plus = v_minus + np.cross(v_prime, s)
    v = v_plus + 0.5 * dt * q / m * E
    x = x + dt * v
    speeds.append(np.linalg.norm(v))

print("speed change:", max(speeds) - min(speeds))
""",("2 * t / (1 + np.dot(t, t))","2 * t / (1 - np.dot(t, t))"),("np.cross(v_prime, s)","np.cross(v_minus, s)"),("s = 2 * t","s = t"),("v_minus + np.cross(v_prime, s)","v_prime + np.cross(v_prime, s)"))
sim("importance sampling","Importance sampling estimate of P(X > 4) for a standard normal X, using a normal proposal centred at 4 (exact: 3.167e-05).","""
import numpy as np

def tail_probability(n=100_000, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(4.0, 1.0, n)
    log_w = -0.5 * y**2 + 0.5 * (y - 4.0) ** 2
    w = np.exp(log_w)
    return np.mean(w * (y > 4.0))

print(tail_probability())
""",("-0.5 * y**2 + 0.5","0.5 * y**2 - 0.5"),("(y > 4.0)","(y < 4.0)"),("np.mean(w","np.sum(w"),("0.5 * (y - 4.0) ** 2","0.25 * (y - 4.0) ** 2"))
sim("logistic map lyapunov","The Lyapunov exponent of the logistic map at r = 4 (exact value: ln 2 = 0.6931).","""
import math

def lyapunov(r=4.0, x0=0.1234, n=100000, burn=1000):
    x = x0
    for _ in range(burn):
        x = r * x * (1 - x)
    total = 0.0
    for _ in range(n):
        total += math.log(abs(r * (1 - 2 * x)))
        x = r * x * (1 - x)
    return total / n

print("lyapunov exponent", lyapunov(), "expected", math.log(2))
""",("abs(r * (1 - 2 * x))","abs(r * (1 - x))"),("total / n","total / burn"),("r * x * (1 - x)\n    return","r * x * (1 + x) / 3\n    return"))
sim("moran process","A Moran process: one individual reproduces and one dies each step; a neutral mutant fixes with probability 1/N.","""
import random

def moran(N=20, trials=4000, seed=6):
    rng = random.Random(seed)
    fixed = 0
    for _ in range(trials):
        mutants = 1
        while 0 < mutants < N:
            parent_is_mutant = rng.random() < mutants / N
            victim_is_mutant = rng.random() < mutants / N
            mutants += parent_is_mutant - victim_is_mutant
        fixed += mutants == N
    return fixed / trials

print("fixation probability", moran(), "theory", 1 / 20)
""",("fixed += mutants == N","fixed += mutants == 0"),("mutants += parent_is_mutant - victim_is_mutant","mutants += parent_is_mutant"),("victim_is_mutant = rng.random() < mutants / N","victim_is_mutant = rng.random() < 0.5 * mutants / N"))
