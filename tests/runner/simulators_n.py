"""Twelve more plain answers, most of which say in their prose or print what they must give; written independently.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("monty hall","Monty Hall by simulation: switching should win 2/3 of the time.","""
import random

def play(switch, rng):
    car = rng.randrange(3)
    pick = rng.randrange(3)
    opened = rng.choice([d for d in range(3) if d != pick and d != car])
    if switch:
        pick = next(d for d in range(3) if d != pick and d != opened)
    return pick == car

def win_rate(switch, n=20000, seed=0):
    rng = random.Random(seed)
    return sum(play(switch, rng) for _ in range(n)) / n

print("switch:", win_rate(True))
print("stay:", win_rate(False))
""",("d != pick and d != car","d != pick"),("return pick == car","return pick != car"),("sum(play(switch, rng) for _ in range(n)) / n","sum(play(switch, rng) for _ in range(n // 2)) / n"))
sim("photon slab","Photon transport through an absorbing slab; the transmitted fraction should follow exp(-mu * thickness).","""
import random
import math

def transmit(mu=0.5, thickness=2.0, n=50000, seed=3):
    rng = random.Random(seed)
    passed = 0
    for _ in range(n):
        depth = -math.log(1.0 - rng.random()) / mu
        if depth > thickness:
            passed += 1
    return passed / n

print("simulated", transmit(), "expected", math.exp(-0.5 * 2.0))
""",("/ mu","* mu"),("depth > thickness","depth < thickness"),("math.exp(-0.5 * 2.0)","math.exp(-0.5 / 2.0)"),("-math.log(1.0 - rng.random())","math.log(1.0 - rng.random())"))
sim("wright fisher","Neutral Wright-Fisher drift: the expected allele frequency stays constant and the fixation probability equals the initial frequency.","""
import numpy as np

def wright_fisher(n=50, p0=0.3, generations=500, replicates=2000, seed=1):
    rng = np.random.default_rng(seed)
    p = np.full(replicates, p0)
    freqs = [p]
    for _ in range(generations):
        counts = rng.binomial(2 * n, p)
        p = counts / (2 * n)
        freqs.append(p)
    return np.array(freqs)

f = wright_fisher()
print("fixed:", (f[-1] == 1.0).mean())
""",("counts / (2 * n)","counts / n"),("rng.binomial(2 * n, p)","rng.binomial(n, p)"),("(f[-1] == 1.0).mean()","(f[-1] == 0.0).mean()"),("p = counts / (2 * n)","p = 1 - counts / (2 * n)"))
sim("reversible reaction","Kinetics of the reversible reaction A <-> B with rate constants kf and kr; at equilibrium B/A = kf/kr.","""
kf = 2.0
kr = 1.0
A = 1.0
B = 0.0
dt = 0.001

for _ in range(10000):
    rate = kf * A - kr * B
    A -= rate * dt
    B += rate * dt

print("A", A, "B", B, "ratio", B / A, "expected", kf / kr)
""",("kf * A - kr * B","kf * A + kr * B"),("B += rate * dt","B += 2 * rate * dt"),("kf * A - kr * B","kf * B - kr * A"),("\"ratio\", B / A","\"ratio\", A / B"))
sim("kuramoto class","The Kuramoto model of coupled oscillators; r is the order parameter (between 0 and 1).","""
import numpy as np

class Kuramoto:
    def __init__(self, n=100, coupling=2.0, seed=0):
        rng = np.random.default_rng(seed)
        self.n = n
        self.coupling = coupling
        self.omega = rng.normal(0.0, 0.5, n)
        self.theta = rng.uniform(0, 2 * np.pi, n)

    def order(self):
        return np.abs(np.exp(1j * self.theta).mean())

    def step(self, dt):
        diff = self.theta[None, :] - self.theta[:, None]
        self.theta = self.theta + dt * (self.omega + self.coupling / self.n * np.sin(diff).sum(axis=1))

    def run(self, t_end=20.0, dt=0.02):
        rs = []
        for _ in range(int(t_end / dt)):
            self.step(dt)
            rs.append(self.order())
        return np.array(rs)

print(Kuramoto().run()[-1])
""",("np.exp(1j * self.theta).mean()","np.exp(1j * self.theta).sum()"),("self.theta[None, :] - self.theta[:, None]","self.theta[:, None] - self.theta[None, :]"),("self.coupling / self.n *","self.coupling *"),("np.sin(diff)","np.cos(diff)"))
sim("solve_ivp orbit","Kepler orbit with SciPy's solve_ivp (GM = 1): total energy and angular momentum are conserved.","""
import numpy as np
from scipy.integrate import solve_ivp

GM = 1.0

def rhs(t, y):
    x, yy, vx, vy = y
    r3 = (x**2 + yy**2) ** 1.5
    return [vx, vy, -GM * x / r3, -GM * yy / r3]

sol = solve_ivp(rhs, (0, 20), [1.0, 0.0, 0.0, 1.2], rtol=1e-9, atol=1e-9, max_step=0.05)
x, y, vx, vy = sol.y
energy = 0.5 * (vx**2 + vy**2) - GM / np.sqrt(x**2 + y**2)
angular = x * vy - y * vx
print("energy spread", np.ptp(energy), "angular momentum spread", np.ptp(angular))
""",("-GM * yy / r3]","GM * yy / r3]"),("** 1.5","** 1.0"),("[vx, vy, -GM","[vy, vx, -GM"),("x * vy - y * vx","x * vx - y * vy"),("0.5 * (vx**2 + vy**2) - GM","0.5 * (vx**2 + vy**2) + GM"))
sim("fdtd 1d","A 1D FDTD simulation of Maxwell's equations in vacuum (normalised units, Courant number 0.5), periodic grid.","""
import numpy as np

n = 200
steps = 300
courant = 0.5
ez = np.exp(-((np.arange(n) - 100) / 10.0) ** 2)
hy = np.zeros(n)
energies = []

for _ in range(steps):
    hy += courant * (np.roll(ez, -1) - ez)
    ez += courant * (hy - np.roll(hy, 1))
    energies.append(np.sum(ez**2) + np.sum(hy**2))

print("energy drift:", energies[-1] / energies[0])
""",("(np.roll(ez, -1) - ez)","(np.roll(ez, -1) + ez)"),("ez += courant","ez -= courant"),("courant = 0.5","courant = 1.5"),("(hy - np.roll(hy, 1))","(hy - np.roll(hy, -1))"))
sim("harmonic chain","A chain of masses connected by springs (fixed ends), integrated with velocity Verlet; prints the relative energy error.","""
import numpy as np

def chain_forces(u, k):
    f = np.zeros_like(u)
    padded = np.concatenate(([0.0], u, [0.0]))
    f = k * (padded[2:] - 2 * padded[1:-1] + padded[:-2])
    return f

def chain_energy(u, v, k, m):
    padded = np.concatenate(([0.0], u, [0.0]))
    return 0.5 * m * np.sum(v**2) + 0.5 * k * np.sum(np.diff(padded) ** 2)

def simulate(n=20, k=1.0, m=1.0, dt=0.05, steps=2000):
    u = np.zeros(n)
    u[0] = 1.0
    v = np.zeros(n)
    f = chain_forces(u, k)
    e0 = chain_energy(u, v, k, m)
    for _ in range(steps):
        v += 0.5 * dt * f / m
        u += dt * v
        f = chain_forces(u, k)
        v += 0.5 * dt * f / m
    return (chain_energy(u, v, k, m) - e0) / e0

print("relative energy error", simulate())
""",("padded[2:] - 2 * padded[1:-1] + padded[:-2]","padded[2:] - padded[1:-1]"),("u += dt * v","u += dt * v * m * 2"),("f = k * (padded[2:]","f = -k * (padded[2:]"),("0.5 * m * np.sum(v**2)","m * np.sum(v**2)"))
sim("mc integration","Monte Carlo estimate of the integral of exp(-x^2) from 0 to 2 (exact: 0.8820814), with its standard error.","""
import numpy as np

def integrate(n=200_000, a=0.0, b=2.0, seed=6):
    rng = np.random.default_rng(seed)
    x = rng.uniform(a, b, n)
    f = np.exp(-(x**2))
    estimate = (b - a) * f.mean()
    error = (b - a) * f.std(ddof=1) / np.sqrt(n)
    return estimate, error

est, err = integrate()
print(f"{est:.5f} +- {err:.5f}, exact 0.88208")
""",("(b - a) * f.mean()","f.mean()"),("/ np.sqrt(n)","/ n"),("np.exp(-(x**2))","np.exp(-x)"),("rng.uniform(a, b, n)","rng.uniform(a, 1.0, n)"))
sim("weather markov","A two-state weather Markov chain: P(rain|rain) = 0.6, P(rain|sun) = 0.2; the long-run share of rainy days is 1/3.","""
import random

P = {"rain": {"rain": 0.6, "sun": 0.4}, "sun": {"rain": 0.2, "sun": 0.8}}

def simulate(days=100000, seed=12):
    rng = random.Random(seed)
    state = "sun"
    rainy = 0
    for _ in range(days):
        state = "rain" if rng.random() < P[state]["rain"] else "sun"
        rainy += state == "rain"
    return rainy / days

print("share of rainy days", simulate(), "theory", 0.2 / (0.2 + 0.4))
""",("rng.random() < P[state][\"rain\"]","rng.random() > P[state][\"rain\"]"),("\"sun\": 0.4}","\"sun\": 0.5}"),("rainy += state == \"rain\"","rainy += state == \"sun\""),("P[state][\"rain\"] else","P[\"rain\"][state] else"))
sim("langevin trap","Overdamped Langevin dynamics in a harmonic trap: the stationary variance is kT / k.","""
import math
import random

kT = 1.0
k = 2.0
gamma = 1.0
dt = 0.005
rng = random.Random(8)

x = 0.0
samples = []
for step in range(400000):
    noise = math.sqrt(2 * kT * dt / gamma) * rng.gauss(0, 1)
    x += -k * x / gamma * dt + noise
    if step > 20000:
        samples.append(x)

mean = sum(samples) / len(samples)
variance = sum((s - mean) ** 2 for s in samples) / len(samples)
print("variance", variance, "theory", kT / k)
""",("math.sqrt(2 * kT * dt / gamma)","math.sqrt(kT * dt / gamma)"),("math.sqrt(2 * kT * dt / gamma)","2 * kT * dt / gamma"),("-k * x / gamma * dt","-x / gamma * dt"),("\"theory\", kT / k","\"theory\", k / kT"))
sim("bouncing ball","A ball bouncing with coefficient of restitution e: each bounce height is e^2 times the previous one.","""
def bounce(h0=2.0, e=0.8, g=9.81, dt=1e-4, t_end=4.0):
    y = h0
    v = 0.0
    t = 0.0
    heights = [h0]
    top = 0.0
    while t < t_end:
        v -= g * dt
        y += v * dt
        if y < 0.0:
            y = 0.0
            v = -e * v
            if top > 0.0:
                heights.append(top)
            top = 0.0
        if v > 0.0:
            top = max(top, y)
        t += dt
    return heights

print(bounce())
""",("v = -e * v","v = e * v"),("v -= g * dt","v += g * dt"),("v = -e * v","v = -v / e"),("y += v * dt","y += v"))
