"""Twelve plain answers with and without chance, written independently of the code that judges them.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("box muller", "Here is a Box–Muller generator for standard normal variates together with a quick sanity check of the sample mean and variance.", """
import math
import random

def box_muller(rng):
    u1 = 1.0 - rng.random()
    u2 = rng.random()
    r = math.sqrt(-2.0 * math.log(u1))
    return r * math.cos(2 * math.pi * u2), r * math.sin(2 * math.pi * u2)

def sample(n, seed=0):
    rng = random.Random(seed)
    out = []
    while len(out) < n:
        z0, z1 = box_muller(rng)
        out.append(z0)
        out.append(z1)
    return out[:n]

if __name__ == "__main__":
    z = sample(100000, seed=42)
    mean = sum(z) / len(z)
    var = sum((x - mean) ** 2 for x in z) / (len(z) - 1)
    print(f"mean = {mean:.4f}, variance = {var:.4f}")
""", ("-2.0 * math.log(u1)", "-1.0 * math.log(u1)"), ("math.cos(2 * math.pi * u2), r", "math.cos(math.pi * u2), r"), ("out.append(z1)", "out.append(z1 + z0)"), ("r * math.sin(2 * math.pi * u2)", "r + math.sin(2 * math.pi * u2)"))

sim("lindley mm1", "The waiting times in an M/M/1 queue follow Lindley's recursion, $W_{n+1} = \\max(0, W_n + S_n - A_{n+1})$. With λ = 0.8 and μ = 1.0 the mean wait in queue should come out near ρ/(μ-λ) = 4.", """
import numpy as np

def lindley(lam, mu, n, seed=1):
    rng = np.random.default_rng(seed)
    service = rng.exponential(1.0 / mu, n)
    gaps = rng.exponential(1.0 / lam, n)
    w = np.zeros(n)
    for i in range(1, n):
        w[i] = max(0.0, w[i - 1] + service[i - 1] - gaps[i])
    return w

waits = lindley(0.8, 1.0, 200000)
print("average wait in queue:", waits[1000:].mean())
print("fraction that wait:", (waits > 0).mean())
""", ("rng.exponential(1.0 / mu, n)", "rng.exponential(mu * 0.9, n)"), ("max(0.0, w[i - 1] + service[i - 1] - gaps[i])", "abs(w[i - 1] + service[i - 1] - gaps[i])"), ("rng.exponential(1.0 / lam, n)", "rng.exponential(lam, n) * 1.5"), ("w[i - 1] + service[i - 1] - gaps[i]", "w[i - 1] + service[i - 1] - gaps[i] / 2"))

sim("galton watson", "This estimates the extinction probability of a Galton-Watson branching process with Poisson(1.5) offspring. The exact answer is the smallest root of q = exp(λ(q-1)), which for λ = 1.5 is about 0.417.", """
import numpy as np

def goes_extinct(lam, rng, generations=60, limit=2000):
    size = 1
    for _ in range(generations):
        if size == 0:
            return True
        if size > limit:
            return False
        size = rng.poisson(lam, size).sum()
    return size == 0

def extinction_probability(lam=1.5, trials=4000, seed=3):
    rng = np.random.default_rng(seed)
    return sum(goes_extinct(lam, rng) for _ in range(trials)) / trials

def root(lam):
    q = 0.0
    for _ in range(500):
        q = np.exp(lam * (q - 1))
    return q

print("simulated:", extinction_probability())
print("exact:", root(1.5))
""", ("size = 1\n", "size = 2\n"), ("rng.poisson(lam, size).sum()", "rng.poisson(lam, size).max()"), ("return size == 0", "return size > 0"), ("lam * (q - 1)", "lam * (q + 1) - 3"))

sim("brownian plane", "Two-dimensional Brownian motion with diffusion coefficient D: the mean squared displacement should grow as 4 D t.", """
import numpy as np

class BrownianParticles:
    def __init__(self, n=2000, D=0.5, dt=0.01, seed=0):
        self.rng = np.random.default_rng(seed)
        self.D = D
        self.dt = dt
        self.pos = np.zeros((n, 2))
        self.time = 0.0

    def step(self):
        self.pos += np.sqrt(2 * self.D * self.dt) * self.rng.standard_normal(self.pos.shape)
        self.time += self.dt

    def msd(self):
        return np.mean(np.sum(self.pos**2, axis=1))

p = BrownianParticles()
times, msds = [], []
for _ in range(400):
    p.step()
    times.append(p.time)
    msds.append(p.msd())
slope = np.polyfit(times, msds, 1)[0]
print("D from the MSD:", slope / 4)
""", ("np.sqrt(2 * self.D * self.dt)", "np.sqrt(self.D * self.dt)"), ("self.rng.standard_normal(self.pos.shape)", "self.rng.random(self.pos.shape)"), ("self.pos += ", "self.pos = "), ("slope / 4", "slope / 2"))

sim("antithetic call", "Pricing a European call by Monte Carlo with antithetic variates and comparing it with the Black–Scholes value:", """
import numpy as np
from math import log, sqrt, exp, erf

def norm_cdf(x):
    return 0.5 * (1 + erf(x / sqrt(2)))

def black_scholes(S, K, r, sigma, T):
    d1 = (log(S / K) + (r + 0.5 * sigma**2) * T) / (sigma * sqrt(T))
    d2 = d1 - sigma * sqrt(T)
    return S * norm_cdf(d1) - K * exp(-r * T) * norm_cdf(d2)

def monte_carlo(S, K, r, sigma, T, n=100000, seed=7):
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(n)
    drift = (r - 0.5 * sigma**2) * T
    up = S * np.exp(drift + sigma * sqrt(T) * z)
    down = S * np.exp(drift - sigma * sqrt(T) * z)
    payoff = 0.5 * (np.maximum(up - K, 0) + np.maximum(down - K, 0))
    return exp(-r * T) * payoff.mean()

print("Monte Carlo  :", monte_carlo(100, 105, 0.03, 0.2, 1.0))
print("Black-Scholes:", black_scholes(100, 105, 0.03, 0.2, 1.0))
""", ("r - 0.5 * sigma**2", "r + 0.5 * sigma**2"), ("drift - sigma * sqrt(T) * z", "drift + sigma * sqrt(T) * z / 2"), ("exp(-r * T) * payoff", "exp(r * T) * payoff"), ("d1 - sigma * sqrt(T)", "d1 - sigma * T**2 / 2"))

sim("gibbs bivariate", "A Gibbs sampler for a bivariate normal with unit variances and correlation ρ: each coordinate is drawn from its conditional given the other one.", """
import numpy as np

def gibbs(rho, n=20000, burn=500, seed=11):
    rng = np.random.default_rng(seed)
    x = y = 0.0
    sd = np.sqrt(1 - rho**2)
    draws = np.empty((n, 2))
    for i in range(-burn, n):
        x = rng.normal(rho * y, sd)
        y = rng.normal(rho * x, sd)
        if i >= 0:
            draws[i] = x, y
    return draws

d = gibbs(0.6)
print("means", d.mean(axis=0))
print("variances", d.var(axis=0))
print("correlation", np.corrcoef(d.T)[0, 1])
""", ("np.sqrt(1 - rho**2)", "1 - rho**2"), ("y = rng.normal(rho * x, sd)", "y = rng.normal(rho * y, sd)"), ("rng.normal(rho * y, sd)", "rng.normal(rho + y, sd)"), ("rng.normal(rho * x, sd)", "rng.normal(x, sd)"))

sim("rlc ringing", "Free ringing of a series RLC circuit, written as two first-order equations for the charge q and the current i: L di/dt = -R i - q/C.", """
import numpy as np

R, L, C = 2.0, 0.1, 1e-3
dt = 1e-5
n = 20000

q, i = 1e-3, 0.0
qs = np.zeros(n)
t = np.arange(n) * dt
for k in range(n):
    qs[k] = q
    i += dt * (-R * i - q / C) / L
    q += dt * i

crossings = t[1:][(qs[:-1] < 0) & (qs[1:] >= 0)]
period = np.diff(crossings).mean()
alpha = R / (2 * L)
omega = np.sqrt(1 / (L * C) - alpha**2)
print(f"measured period {period:.5f} s, theory {2 * np.pi / omega:.5f} s")
""", ("-R * i - q / C", "-R * i + q / C"), ("q / C) / L", "q / C) / R"), ("1 / (L * C)", "1 / (L + C)"), ("q += dt * i", "q += dt * i * R"))

sim("bar ftcs", "Explicit (FTCS) solution of the heat equation u_t = α u_xx in a bar whose ends are held at 0 and 100 degrees. The profile relaxes to a straight line.", """
import numpy as np

def heat_bar(n=41, alpha=1e-4, length=1.0, t_end=4000.0):
    dx = length / (n - 1)
    dt = 0.4 * dx**2 / alpha
    u = np.full(n, 20.0)
    u[0], u[-1] = 0.0, 100.0
    t = 0.0
    while t < t_end:
        new = u.copy()
        new[1:-1] = u[1:-1] + alpha * dt / dx**2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = new
        t += dt
    return np.linspace(0, length, n), u

x, u = heat_bar()
print("middle of the bar:", u[len(u) // 2])
print("largest deviation from the line:", np.abs(u - 100 * x).max())
""", ("- 2 * u[1:-1]", "- u[1:-1]"), ("alpha * dt / dx**2", "alpha * dt / dx"), ("0.4 * dx**2 / alpha", "0.8 * dx**2 / alpha"), ("u[2:] - 2 * u[1:-1] + u[:-2]", "u[2:] - 2 * u[1:-1] + u[1:-1]"))

sim("lotka rk4", "The Lotka–Volterra equations integrated with classical RK4. V = δx - γ ln x + βy - α ln y is a constant of motion, so its drift tells how good the integration is.", """
import math

alpha, beta, delta, gamma = 1.1, 0.4, 0.1, 0.4

def rhs(x, y):
    return alpha * x - beta * x * y, delta * x * y - gamma * y

def rk4(x, y, h):
    a1, b1 = rhs(x, y)
    a2, b2 = rhs(x + h / 2 * a1, y + h / 2 * b1)
    a3, b3 = rhs(x + h / 2 * a2, y + h / 2 * b2)
    a4, b4 = rhs(x + h * a3, y + h * b3)
    return x + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4), y + h / 6 * (b1 + 2 * b2 + 2 * b3 + b4)

def V(x, y):
    return delta * x - gamma * math.log(x) + beta * y - alpha * math.log(y)

x, y = 10.0, 5.0
v0 = V(x, y)
drift = 0.0
for _ in range(5000):
    x, y = rk4(x, y, 0.01)
    drift = max(drift, abs(V(x, y) - v0))
print("maximal drift of V:", drift)
""", ("2 * b2 + 2 * b3 + b4", "2 * b2 + b3 + b4"), ("delta * x * y - gamma * y", "delta * x * y + gamma * y"), ("beta * y - alpha * math.log(y)", "beta * y - gamma * math.log(y)"), ("h / 2 * a2, y + h / 2 * b2", "h * a2, y + h / 2 * b2"))

sim("binary star", "Two stars of unequal mass orbit their common centre of mass; leapfrog keeps the energy error bounded. Units are G = 1.", """
import numpy as np

G = 1.0
m = np.array([2.0, 1.0])
pos = np.array([[-1.0, 0.0], [2.0, 0.0]])
vel = np.array([[0.0, -0.25], [0.0, 0.5]])

def acc(pos):
    d = pos[1] - pos[0]
    r3 = np.linalg.norm(d) ** 3
    return np.array([G * m[1] * d / r3, -G * m[0] * d / r3])

def energy(pos, vel):
    kinetic = 0.5 * np.sum(m * np.sum(vel**2, axis=1))
    potential = -G * m[0] * m[1] / np.linalg.norm(pos[1] - pos[0])
    return kinetic + potential

dt = 0.005
e0 = energy(pos, vel)
a = acc(pos)
for step in range(8000):
    vel = vel + 0.5 * dt * a
    pos = pos + dt * vel
    a = acc(pos)
    vel = vel + 0.5 * dt * a
print("relative energy error", abs((energy(pos, vel) - e0) / e0))
print("total momentum", m @ vel)
""", ("G * m[1] * d / r3, -G", "G * m[0] * d / r3, -G"), ("** 3", "** 2"), ("-G * m[0] * m[1] / np", "-G * m[0] * m[1] / 2 / np"), ("    vel = vel + 0.5 * dt * a\nprint", "    vel = vel - 0.5 * dt * a\nprint"))

sim("consecutive reactions", "For the consecutive first-order reactions A → B → C the intermediate B passes through a maximum at t_max = ln(k2/k1)/(k2-k1). We integrate the rate equations and compare.", """
import numpy as np
from scipy.integrate import solve_ivp

k1, k2 = 0.5, 0.2

def rates(t, c):
    A, B, C = c
    return [-k1 * A, k1 * A - k2 * B, k2 * B]

t = np.linspace(0, 30, 3001)
sol = solve_ivp(rates, (0, 30), [1.0, 0.0, 0.0], t_eval=t, rtol=1e-8, atol=1e-10)
A, B, C = sol.y
t_num = t[np.argmax(B)]
t_max = np.log(k2 / k1) / (k2 - k1)
print(f"maximum of B at t = {t_num:.3f} (theory {t_max:.3f})")
print("mass balance:", (A + B + C).min(), (A + B + C).max())
""", ("k1 * A - k2 * B", "k1 * A - k1 * B"), ("k2 * B]", "k2 * A]"), ("np.log(k2 / k1) / (k2 - k1)", "np.log(k2 / k1) / (k2 + k1)"), ("np.argmax(B)", "np.argmax(C)"))

sim("plucked string", "A plucked guitar string: the 1-D wave equation with both ends fixed, solved by the standard second-order (leapfrog) scheme.", """
import numpy as np

n = 201
length = 0.65
c = 150.0
dx = length / (n - 1)
dt = 0.9 * dx / c
x = np.linspace(0, length, n)
y = np.where(x < 0.2 * length, x / 0.2, (length - x) / 0.8) * 1e-2
y_old = y.copy()
r2 = (c * dt / dx) ** 2

middle = []
for step in range(16000):
    y_new = np.zeros(n)
    y_new[1:-1] = 2 * y[1:-1] - y_old[1:-1] + r2 * (y[2:] - 2 * y[1:-1] + y[:-2])
    y_old, y = y, y_new
    middle.append(y[n // 2])

spectrum = np.abs(np.fft.rfft(middle))
freq = np.fft.rfftfreq(len(middle), dt)
print("fundamental:", freq[1:][np.argmax(spectrum[1:])], "Hz, expected", c / (2 * length))
""", ("2 * y[1:-1] - y_old[1:-1]", "2 * y[1:-1] - y_old[2:]"), ("r2 = (c * dt / dx) ** 2", "r2 = (c * dt / dx)"), ("c / (2 * length)", "c / length"), ("y[2:] - 2 * y[1:-1] + y[:-2]", "y[2:] - 2 * y[1:-1] + y_old[:-2]"))
