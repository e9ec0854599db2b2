"""Twelve further plain answers with a simulator each, written independently of the code that judges them.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("double pendulum rk4","Below is a double pendulum simulation (equal masses and lengths) using RK4.","""
import numpy as np

G = 9.81
L1 = L2 = 1.0
M1 = M2 = 1.0

def derivs(state):
    th1, w1, th2, w2 = state
    delta = th2 - th1
    den1 = (M1 + M2) * L1 - M2 * L1 * np.cos(delta) ** 2
    den2 = (L2 / L1) * den1
    a1 = (M2 * L1 * w1 ** 2 * np.sin(delta) * np.cos(delta)
          + M2 * G * np.sin(th2) * np.cos(delta)
          + M2 * L2 * w2 ** 2 * np.sin(delta)
          - (M1 + M2) * G * np.sin(th1)) / den1
    a2 = (-M2 * L2 * w2 ** 2 * np.sin(delta) * np.cos(delta)
          + (M1 + M2) * G * np.sin(th1) * np.cos(delta)
          - (M1 + M2) * L1 * w1 ** 2 * np.sin(delta)
          - (M1 + M2) * G * np.sin(th2)) / den2
    return np.array([w1, a1, w2, a2])

def energy(state):
    th1, w1, th2, w2 = state
    kin = 0.5 * M1 * (L1 * w1) ** 2 + 0.5 * M2 * ((L1 * w1) ** 2 + (L2 * w2) ** 2 + 2 * L1 * L2 * w1 * w2 * np.cos(th1 - th2))
    pot = -(M1 + M2) * G * L1 * np.cos(th1) - M2 * G * L2 * np.cos(th2)
    return kin + pot

def simulate(state, dt=0.001, n=5000):
    states = [state]
    for _ in range(n):
        k1 = derivs(state)
        k2 = derivs(state + dt / 2 * k1)
        k3 = derivs(state + dt / 2 * k2)
        k4 = derivs(state + dt * k3)
        state = state + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        states.append(state)
    return np.array(states)

traj = simulate(np.array([1.0, 0.0, 1.5, 0.0]))
print("energy change:", energy(traj[-1]) - energy(traj[0]))
""",("+ M2 * L2 * w2 ** 2 * np.sin(delta)\n","- M2 * L2 * w2 ** 2 * np.sin(delta)\n"),("- (M1 + M2) * G * np.sin(th2)) / den2","+ (M1 + M2) * G * np.sin(th2)) / den2"),("2 * k2 + 2 * k3","2 * k2 + k3"),("[w1, a1, w2, a2]","[w1, a1, w2, a1]"))
sim("lj gas dataclass","A Lennard-Jones fluid in reduced units with periodic boundaries and velocity Verlet.","""
from dataclasses import dataclass, field
import numpy as np

@dataclass
class LJSystem:
    n: int = 27
    box: float = 5.0
    dt: float = 0.002
    pos: np.ndarray = field(init=False)
    vel: np.ndarray = field(init=False)

    def __post_init__(self):
        side = int(round(self.n ** (1 / 3)))
        grid = (np.arange(side) + 0.5) * self.box / side
        self.pos = np.array([[x, y, z] for x in grid for y in grid for z in grid])
        rng = np.random.default_rng(0)
        self.vel = rng.normal(0, 0.5, self.pos.shape)
        self.vel -= self.vel.mean(axis=0)
        self.force, self.potential = self.forces()

    def forces(self):
        rij = self.pos[:, None, :] - self.pos[None, :, :]
        rij -= self.box * np.round(rij / self.box)
        r2 = np.sum(rij ** 2, axis=-1)
        np.fill_diagonal(r2, np.inf)
        inv6 = 1.0 / r2 ** 3
        pair = 24 * (2 * inv6 ** 2 - inv6) / r2
        force = np.sum(pair[:, :, None] * rij, axis=1)
        potential = 0.5 * np.sum(4 * (inv6 ** 2 - inv6))
        return force, potential

    def step(self):
        self.vel += 0.5 * self.dt * self.force
        self.pos += self.dt * self.vel
        self.force, self.potential = self.forces()
        self.vel += 0.5 * self.dt * self.force

    def total_energy(self):
        return 0.5 * np.sum(self.vel ** 2) + self.potential

system = LJSystem()
e0 = system.total_energy()
for _ in range(500):
    system.step()
print(abs(system.total_energy() - e0))
""",("(2 * inv6 ** 2 - inv6) / r2","(inv6 ** 2 - inv6) / r2"),("self.pos[:, None, :] - self.pos[None, :, :]","self.pos[None, :, :] - self.pos[:, None, :]"),("self.pos += self.dt * self.vel","self.pos += 0.5 * self.dt * self.vel"),("/ r2\n        force","\n        force"))
sim("gillespie sir","Stochastic SIR epidemic with the Gillespie algorithm.","""
import random
import math

def gillespie_sir(n=1000, i0=10, beta=0.3, gamma=0.1, t_max=160.0, seed=42):
    rng = random.Random(seed)
    s, i, r = n - i0, i0, 0
    t = 0.0
    out = [(t, s, i, r)]
    while i > 0 and t < t_max:
        rate_infect = beta * s * i / n
        rate_recover = gamma * i
        total = rate_infect + rate_recover
        t += -math.log(rng.random()) / total
        if rng.random() * total < rate_infect:
            s -= 1
            i += 1
        else:
            i -= 1
            r += 1
        out.append((t, s, i, r))
    return out

result = gillespie_sir()
print(result[-1])
""",("            i -= 1\n","            i -= 2\n"),("-math.log(rng.random()) / total","-math.log(rng.random()) * total"),("rng.random() * total < rate_infect","rng.random() < rate_infect"),("            s -= 1\n","            s += 1\n"))
sim("advection diffusion module","Upwind scheme for the linear advection equation with periodic boundaries (c > 0).","""
import numpy as np

c = 1.0
N = 200
L = 1.0
dx = L / N
cfl = 0.5
dt = cfl * dx / c
x = np.arange(N) * dx
u = np.exp(-200 * (x - 0.3) ** 2)
mass0 = u.sum() * dx

t = 0.0
while t < 0.5:
    u = u - c * dt / dx * (u - np.roll(u, 1))
    t += dt

print("mass", u.sum() * dx, "initial", mass0)
print("max", u.max())
""",("(u - np.roll(u, 1))","(u - np.roll(u, -1))"),("u - c * dt / dx","u + c * dt / dx"),("cfl = 0.5","cfl = 1.5"),("c * dt / dx * (u","c * dt / dx**2 * (u"))
sim("metropolis standard normal","A random-walk Metropolis sampler for a standard normal target (unnormalised density exp(-x^2 / 2)).","""
import random
import math

def target(x):
    return math.exp(-x * x / 2)

def sample(n, step=1.0, seed=0):
    rng = random.Random(seed)
    x = 0.0
    chain = []
    for _ in range(n):
        proposal = x + rng.uniform(-step, step)
        if rng.random() < target(proposal) / target(x):
            x = proposal
        chain.append(x)
    return chain

chain = sample(50000)
mean = sum(chain) / len(chain)
var = sum((c - mean) ** 2 for c in chain) / len(chain)
print("mean", mean, "variance", var, "(should be 0 and 1)")
""",("rng.uniform(-step, step)","rng.uniform(0, step)"),("target(proposal) / target(x)","target(x) / target(proposal)"),("            x = proposal\n        chain.append(x)","            x = proposal\n            chain.append(x)"),("-x * x / 2","-x * x"))
sim("planet euler-cromer class","A planet orbiting the Sun in astronomical units (GM = 4 pi^2), with the Euler-Cromer method.","""
import math

class Planet:
    GM = 4 * math.pi ** 2

    def __init__(self, x=1.0, y=0.0, vx=0.0, vy=2 * math.pi):
        self.x, self.y, self.vx, self.vy = x, y, vx, vy

    def step(self, dt):
        r = math.sqrt(self.x ** 2 + self.y ** 2)
        self.vx -= self.GM * self.x / r ** 3 * dt
        self.vy -= self.GM * self.y / r ** 3 * dt
        self.x += self.vx * dt
        self.y += self.vy * dt

    def energy(self):
        r = math.hypot(self.x, self.y)
        return 0.5 * (self.vx ** 2 + self.vy ** 2) - self.GM / r

earth = Planet()
for _ in range(10000):
    earth.step(0.0005)
print(earth.x, earth.y, earth.energy())
""",("self.vx -= self.GM","self.vx += self.GM"),("self.y / r ** 3","self.y / r ** 2"),("self.y += self.vy * dt","self.y += self.vx * dt"),("self.GM * self.x / r ** 3","self.GM * self.x / r"))
sim("coin gamblers ruin","Gambler's ruin: with p = 0.5, starting at 20 of 100, the probability of reaching 100 before 0 should be 0.2.","""
import random

def gamblers_ruin(start=20, goal=100, p=0.5, trials=4000, seed=9):
    rng = random.Random(seed)
    wins = 0
    for _ in range(trials):
        money = start
        while 0 < money < goal:
            if rng.random() < p:
                money += 1
            else:
                money -= 1
        if money == goal:
            wins += 1
    return wins / trials

print("simulated:", gamblers_ruin())
""",("rng.random() < p","rng.random() <= p * p"),("if money == goal","if money == 0"),("                money += 1","                money += 2"),("return wins / trials","return wins / start"))
sim("free fall drag","A falling sphere with quadratic air drag; it should approach the terminal velocity sqrt(m g / k).","""
import math

def fall(m=0.1, k=0.02, g=9.81, dt=0.001, t_end=10.0):
    v = 0.0
    y = 0.0
    t = 0.0
    ts, vs = [], []
    while t < t_end:
        a = g - k / m * v * abs(v)
        v += a * dt
        y += v * dt
        t += dt
        ts.append(t)
        vs.append(v)
    return ts, vs

ts, vs = fall()
print("final speed", vs[-1], "terminal velocity", math.sqrt(0.1 * 9.81 / 0.02))
""",("g - k / m * v * abs(v)","g + k / m * v * abs(v)"),("k / m * v * abs(v)","k / m * v"),("k / m * v","k * m * v"),("v += a * dt","v += a"))
sim("wave 1d","Vibrating string: the 1D wave equation by central differences in time and space, fixed ends.","""
import numpy as np

def wave(nx=101, c=1.0, length=1.0, t_end=2.0, courant=0.9):
    dx = length / (nx - 1)
    dt = courant * dx / c
    x = np.linspace(0, length, nx)
    u_prev = np.sin(np.pi * x)
    u = u_prev.copy()
    r2 = (c * dt / dx) ** 2
    u[1:-1] = u_prev[1:-1] + 0.5 * r2 * (u_prev[2:] - 2 * u_prev[1:-1] + u_prev[:-2])
    frames = [u_prev, u]
    for _ in range(int(t_end / dt)):
        u_next = np.zeros_like(u)
        u_next[1:-1] = 2 * u[1:-1] - u_prev[1:-1] + r2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u_prev, u = u, u_next
        frames.append(u)
    return x, np.array(frames), dt

x, frames, dt = wave()
print(frames.max(), frames.min())
""",("2 * u[1:-1] - u_prev[1:-1] + r2","2 * u[1:-1] + u_prev[1:-1] + r2"),("u[2:] - 2 * u[1:-1] + u[:-2]","u[2:] - u[1:-1] + u[:-2]"),("courant=0.9","courant=1.2"),("r2 = (c * dt / dx) ** 2","r2 = c * dt / dx ** 2"))
sim("radioactive chain","Decay chain A -> B -> C, with rates lambda_a and lambda_b.","""
def decay_chain(na=1000.0, nb=0.0, nc=0.0, lambda_a=0.5, lambda_b=0.2, dt=0.001, t_end=20.0):
    steps = int(t_end / dt)
    history = [(0.0, na, nb, nc)]
    for k in range(1, steps + 1):
        decays_a = lambda_a * na * dt
        decays_b = lambda_b * nb * dt
        na = na - decays_a
        nb = nb + decays_a - decays_b
        nc = nc + decays_b
        history.append((k * dt, na, nb, nc))
    return history

h = decay_chain()
print(h[-1])
""",("nb + decays_a - decays_b","nb - decays_b"),("na - decays_a","na + decays_a"),("nc + decays_b","nc + decays_a"),("lambda_b * nb * dt","lambda_b * na * dt"))
sim("diffusion walkers","Brownian particles in two dimensions with diffusion coefficient D; the MSD should be 4 D t.","""
import numpy as np

D = 0.5
dt = 0.01
steps = 1000
particles = 2000
rng = np.random.default_rng(2)

positions = np.zeros((particles, 2))
msd = []
for _ in range(steps):
    positions += np.sqrt(2 * D * dt) * rng.standard_normal((particles, 2))
    msd.append(np.mean(np.sum(positions**2, axis=1)))

time = dt * np.arange(1, steps + 1)
slope = np.polyfit(time, msd, 1)[0]
print("estimated D:", slope / 4)
""",("np.sqrt(2 * D * dt)","np.sqrt(D * dt)"),("np.sqrt(2 * D * dt)","2 * D * dt"),("slope / 4","slope / 2"),("rng.standard_normal((particles, 2))","rng.random((particles, 2))"))
sim("queue mmc","Bank with several tellers (M/M/c queue); returns the average waiting time before service.","""
import heapq
import random

def bank(arrival_rate=1.8, service_rate=1.0, tellers=2, customers=20000, seed=4):
    rng = random.Random(seed)
    free_at = [0.0] * tellers
    heapq.heapify(free_at)
    now = 0.0
    waits = []
    for _ in range(customers):
        now += rng.expovariate(arrival_rate)
        earliest = heapq.heappop(free_at)
        start = max(now, earliest)
        waits.append(start - now)
        heapq.heappush(free_at, start + rng.expovariate(service_rate))
    return sum(waits) / len(waits)

print(bank())
""",("max(now, earliest)","earliest"),("rng.expovariate(service_rate)","rng.expovariate(1.0 / arrival_rate)"),("start - now","now - start"),("now += rng.expovariate(arrival_rate)","now = rng.expovariate(arrival_rate)"))
