"""Twelve plain answers with a simulator each, written independently of the code that judges them.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("class particle in box","Here is a simple ideal-gas simulation: non-interacting particles bouncing elastically off the walls of a box.","""
import numpy as np

class IdealGas:
    def __init__(self, n=200, box=10.0, temperature=1.0, mass=1.0, seed=0):
        rng = np.random.default_rng(seed)
        self.box = box
        self.mass = mass
        self.pos = rng.uniform(0, box, size=(n, 2))
        self.vel = rng.normal(0, np.sqrt(temperature / mass), size=(n, 2))

    def step(self, dt):
        self.pos += self.vel * dt
        below = self.pos < 0
        above = self.pos > self.box
        self.pos[below] = -self.pos[below]
        self.pos[above] = 2 * self.box - self.pos[above]
        self.vel[below | above] *= -1

    def kinetic_energy(self):
        return 0.5 * self.mass * np.sum(self.vel ** 2)

gas = IdealGas()
for _ in range(1000):
    gas.step(0.01)
print(gas.kinetic_energy())
""",("self.vel[below | above] *= -1","self.vel[below | above] *= -0.9"),("2 * self.box - self.pos[above]","self.box - self.pos[above]"),("self.pos[below] = -self.pos[below]","self.pos[below] = 2 * self.box - self.pos[below]"),("np.sqrt(temperature / mass)","temperature / mass * 3"))
sim("ou process","The Ornstein-Uhlenbeck process dX = -theta (X - mu) dt + sigma dW, integrated with Euler-Maruyama:","""
import numpy as np

def ornstein_uhlenbeck(theta=1.0, mu=0.0, sigma=0.5, x0=2.0, dt=0.01, n_steps=5000, n_paths=200, seed=1):
    rng = np.random.default_rng(seed)
    x = np.full(n_paths, x0)
    history = np.empty((n_steps + 1, n_paths))
    history[0] = x
    for i in range(n_steps):
        dw = rng.normal(0.0, np.sqrt(dt), size=n_paths)
        x = x + theta * (mu - x) * dt + sigma * dw
        history[i + 1] = x
    return history

h = ornstein_uhlenbeck()
print("stationary variance:", h[-1000:].var())
""",("theta * (mu - x) * dt","theta * (x - mu) * dt"),("np.sqrt(dt), size","dt, size"),("sigma * dw","sigma * dw * dt"),("theta * (mu - x) * dt","theta * (mu - x)"))
sim("heat 1d module","We solve the 1D heat equation u_t = alpha u_xx with explicit finite differences and insulated (zero-flux) ends.","""
import numpy as np

alpha = 0.01
nx = 51
length = 1.0
dx = length / (nx - 1)
dt = 0.4 * dx**2 / alpha
nt = 500

x = np.linspace(0, length, nx)
u = np.exp(-((x - 0.5) ** 2) / 0.01)

for _ in range(nt):
    un = u.copy()
    u[1:-1] = un[1:-1] + alpha * dt / dx**2 * (un[2:] - 2 * un[1:-1] + un[:-2])
    u[0] = u[1]
    u[-1] = u[-2]

print(u.max(), u.min())
""",("un[2:] - 2 * un[1:-1] + un[:-2]","un[2:] - un[1:-1] + un[:-2]"),("alpha * dt / dx**2","alpha * dt / dx"),("0.4 * dx**2 / alpha","0.8 * dx**2 / alpha"),("un[1:-1] + alpha","un[1:-1] - alpha"))
sim("lotka volterra class","Predator-prey (Lotka-Volterra) dynamics with a fourth-order Runge-Kutta integrator.","""
class LotkaVolterra:
    def __init__(self, alpha=1.1, beta=0.4, gamma=0.4, delta=0.1):
        self.alpha, self.beta, self.gamma, self.delta = alpha, beta, gamma, delta

    def derivatives(self, state):
        prey, predator = state
        dprey = self.alpha * prey - self.beta * prey * predator
        dpredator = self.delta * prey * predator - self.gamma * predator
        return dprey, dpredator

    def rk4_step(self, state, dt):
        k1 = self.derivatives(state)
        k2 = self.derivatives([s + 0.5 * dt * k for s, k in zip(state, k1)])
        k3 = self.derivatives([s + 0.5 * dt * k for s, k in zip(state, k2)])
        k4 = self.derivatives([s + dt * k for s, k in zip(state, k3)])
        return [s + dt / 6 * (a + 2 * b + 2 * c + d) for s, a, b, c, d in zip(state, k1, k2, k3, k4)]

    def run(self, state=(10.0, 5.0), dt=0.01, steps=5000):
        out = [tuple(state)]
        state = list(state)
        for _ in range(steps):
            state = self.rk4_step(state, dt)
            out.append(tuple(state))
        return out

model = LotkaVolterra()
trajectory = model.run()
print(trajectory[-1])
""",("self.alpha * prey - self.beta","self.alpha * prey + self.beta"),("a + 2 * b + 2 * c + d","a + 2 * b + c + d"),("[s + dt * k for s, k in zip(state, k3)]","[s + 0.5 * dt * k for s, k in zip(state, k3)]"),("- self.gamma * predator","+ self.gamma * predator"))
sim("mm1 class","A discrete-event simulation of an M/M/1 queue; the mean time in system should be 1 / (mu - lambda).","""
import random

def simulate_mm1(arrival_rate=0.8, service_rate=1.0, n_customers=100000, seed=7):
    random.seed(seed)
    arrival = 0.0
    depart = 0.0
    total_time = 0.0
    for _ in range(n_customers):
        arrival += random.expovariate(arrival_rate)
        start = max(arrival, depart)
        depart = start + random.expovariate(service_rate)
        total_time += depart - arrival
    return total_time / n_customers

print("mean time in system", simulate_mm1())
print("theory", 1 / (1.0 - 0.8))
""",("random.expovariate(arrival_rate)","random.expovariate(1 / arrival_rate)"),("max(arrival, depart)","min(arrival, depart)"),("depart - arrival","depart - start"),("start + random.expovariate(service_rate)","arrival + random.expovariate(service_rate)"))
sim("ising class","The 2D Ising model (J = 1, no field, k_B = 1) with single-spin-flip Metropolis updates.","""
import numpy as np

class Ising2D:
    def __init__(self, size=16, temperature=2.5, seed=3):
        self.size = size
        self.beta = 1.0 / temperature
        self.rng = np.random.default_rng(seed)
        self.spins = self.rng.choice([-1, 1], size=(size, size))

    def energy(self):
        s = self.spins
        return -np.sum(s * np.roll(s, 1, axis=0) + s * np.roll(s, 1, axis=1))

    def sweep(self):
        for _ in range(self.size ** 2):
            i, j = self.rng.integers(0, self.size, size=2)
            s = self.spins
            n = self.size
            neighbours = s[(i + 1) % n, j] + s[(i - 1) % n, j] + s[i, (j + 1) % n] + s[i, (j - 1) % n]
            dE = 2 * s[i, j] * neighbours
            if dE <= 0 or self.rng.random() < np.exp(-self.beta * dE):
                s[i, j] *= -1

model = Ising2D()
for _ in range(50):
    model.sweep()
print(model.energy() / model.size ** 2)
""",("dE = 2 * s[i, j] * neighbours","dE = -2 * s[i, j] * neighbours"),("np.exp(-self.beta * dE)","np.exp(self.beta * dE)"),("s[(i - 1) % n, j]","s[(i + 1) % n, j]"),("dE = 2 * s[i, j] * neighbours","dE = s[i, j] * neighbours"))
sim("nbody leapfrog","A small N-body code with the velocity-Verlet (leapfrog) integrator and softened gravity.","""
import numpy as np

G = 1.0

def accelerations(pos, mass, eps=0.05):
    acc = np.zeros_like(pos)
    for i in range(len(mass)):
        for j in range(len(mass)):
            if i != j:
                r = pos[j] - pos[i]
                d2 = np.dot(r, r) + eps**2
                acc[i] += G * mass[j] * r / d2**1.5
    return acc

def run(n_steps=2000, dt=0.002):
    mass = np.array([1.0, 0.5, 0.1])
    pos = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    vel = np.array([[0.0, -0.3], [0.0, 0.9], [-0.7, 0.0]])
    acc = accelerations(pos, mass)
    for _ in range(n_steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        acc = accelerations(pos, mass)
        vel += 0.5 * dt * acc
    return pos, vel, mass

pos, vel, mass = run()
print("total momentum", (mass[:, None] * vel).sum(axis=0))
""",("r = pos[j] - pos[i]","r = pos[i] - pos[j]"),("d2**1.5","d2"),("G * mass[j] * r","G * mass[i] * r"),("        vel += 0.5 * dt * acc\n    return","        vel += dt * acc\n    return"))
sim("gbm paths","Geometric Brownian motion for a stock price, simulated with the exact solution step by step.","""
import numpy as np

def simulate_gbm(s0=100.0, mu=0.05, sigma=0.2, horizon=1.0, n_steps=252, n_paths=20000, seed=11):
    rng = np.random.default_rng(seed)
    dt = horizon / n_steps
    prices = np.empty((n_steps + 1, n_paths))
    prices[0] = s0
    for t in range(1, n_steps + 1):
        z = rng.standard_normal(n_paths)
        prices[t] = prices[t - 1] * np.exp((mu - 0.5 * sigma**2) * dt + sigma * np.sqrt(dt) * z)
    return prices

paths = simulate_gbm()
print("mean final price", paths[-1].mean(), "expected", 100.0 * np.exp(0.05))
""",("mu - 0.5 * sigma**2","mu + 0.5 * sigma**2"),("sigma * np.sqrt(dt) * z","sigma * dt * z"),("prices[t - 1] * np.exp","prices[0] * np.exp"),("(mu - 0.5 * sigma**2) * dt","(mu - 0.5 * sigma**2)"))
sim("rc circuit","Charging of a capacitor through a resistor (RC circuit), forward Euler against the exact V(t) = V0 (1 - exp(-t / RC)).","""
import math

R = 1e3
C = 1e-6
V0 = 5.0
dt = 1e-6
t_end = 5e-3

v = 0.0
t = 0.0
while t < t_end:
    current = (V0 - v) / R
    v += current / C * dt
    t += dt

print("simulated", v, "exact", V0 * (1 - math.exp(-t / (R * C))))
""",("(V0 - v) / R","(V0 + v) / R"),("current / C * dt","current * C * dt"),("(V0 - v) / R","(V0 - v) * R"),("1 - math.exp(-t / (R * C))","1 - math.exp(-t / R * C)"))
sim("random walk 2d","A 2D lattice random walk; the mean squared displacement grows as N.","""
import numpy as np

def random_walk_2d(n_steps=1000, n_walkers=2000, seed=5):
    rng = np.random.default_rng(seed)
    moves = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    choices = rng.integers(0, 4, size=(n_walkers, n_steps))
    steps = moves[choices]
    positions = np.cumsum(steps, axis=1)
    return positions

pos = random_walk_2d()
msd = np.mean(np.sum(pos[:, -1] ** 2, axis=1))
print("MSD after 1000 steps:", msd)
""",("[[1, 0], [-1, 0], [0, 1], [0, -1]]","[[1, 0], [-1, 0], [0, 1], [0, 1]]"),("rng.integers(0, 4","rng.integers(0, 3"),("np.cumsum(steps, axis=1)","np.cumsum(steps, axis=0)"),("np.sum(pos[:, -1] ** 2, axis=1)","np.sum(pos[:, -1], axis=1) ** 2"))
sim("sir module","A deterministic SIR epidemic model with daily Euler steps.","""
N = 1_000_000
beta = 0.3
gamma = 0.1
S, I, R = N - 10, 10, 0
dt = 0.1

history = []
for step in range(2000):
    new_infections = beta * S * I / N * dt
    new_recoveries = gamma * I * dt
    S -= new_infections
    I += new_infections - new_recoveries
    R += new_recoveries
    history.append((S, I, R))

print("final recovered fraction", R / N)
""",("I += new_infections - new_recoveries","I += new_infections"),("S -= new_infections","S += new_infections"),("beta * S * I / N * dt","beta * S * I * dt"),("R += new_recoveries","R += new_infections"))
sim("schrodinger split","Time evolution of a Gaussian wave packet with the split-step Fourier method (hbar = m = 1, free particle).","""
import numpy as np

n = 512
L = 40.0
x = np.linspace(-L / 2, L / 2, n, endpoint=False)
dx = x[1] - x[0]
k = 2 * np.pi * np.fft.fftfreq(n, d=dx)
dt = 0.01
V = 0.0 * x

psi = np.exp(-((x + 5) ** 2) / 2) * np.exp(1j * 2 * x)
psi /= np.sqrt(np.sum(np.abs(psi) ** 2) * dx)

for _ in range(400):
    psi *= np.exp(-0.5j * V * dt)
    psi = np.fft.ifft(np.exp(-0.5j * k**2 * dt) * np.fft.fft(psi))
    psi *= np.exp(-0.5j * V * dt)

print("norm", np.sum(np.abs(psi) ** 2) * dx)
print("mean position", np.sum(x * np.abs(psi) ** 2) * dx)
""",("np.exp(-0.5j * k**2 * dt)","np.exp(-0.5 * k**2 * dt)"),("np.exp(-0.5j * k**2 * dt)","np.exp(-0.5j * k * dt)"),("np.exp(-0.5j * k**2 * dt)","np.exp(0.5j * k**2 * dt)"),("k = 2 * np.pi * np.fft","k = np.fft"))
