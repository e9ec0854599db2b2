"""Fifteen further canonical simulators, each with ten changes of one place; held back but for the hard disks and the van der Pol oscillator.

Each holds the prose before the code, the sound program and its changes.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("hard disks", "Monte Carlo simulation of hard disks in a periodic square box.", '''
import math
import random

class HardDisks:
    def __init__(self, n_side=4, sigma=1.0, box=8.0, delta=0.3, seed=1):
        self.rng = random.Random(seed)
        self.sigma = sigma
        self.box = box
        self.delta = delta
        a = box / n_side
        self.positions = [[(i + 0.5) * a, (j + 0.5) * a] for i in range(n_side) for j in range(n_side)]
        self.accepted = 0
        self.attempted = 0

    def overlap(self, k, x, y):
        for m, (u, w) in enumerate(self.positions):
            if m == k:
                continue
            dx = x - u
            dy = y - w
            dx -= self.box * round(dx / self.box)
            dy -= self.box * round(dy / self.box)
            if dx * dx + dy * dy < self.sigma ** 2:
                return True
        return False

    def step(self):
        k = self.rng.randrange(len(self.positions))
        x, y = self.positions[k]
        x = (x + self.rng.uniform(-self.delta, self.delta)) % self.box
        y = (y + self.rng.uniform(-self.delta, self.delta)) % self.box
        self.attempted += 1
        if not self.overlap(k, x, y):
            self.positions[k] = [x, y]
            self.accepted += 1

    def run(self, n_steps=20000):
        for _ in range(n_steps):
            self.step()
        return self.accepted / self.attempted

sim = HardDisks()
rate = sim.run()
smallest = min(math.hypot((a[0]-b[0]+4) % 8 - 4, (a[1]-b[1]+4) % 8 - 4) for i, a in enumerate(sim.positions) for b in sim.positions[:i])
print(f"acceptance rate {rate:.3f}, smallest distance {smallest:.3f}")
''', ("x = (x + self.rng.uniform(-self.delta, self.delta)) % self.box","x = self.rng.uniform(0, self.box)"),("if not self.overlap","if self.overlap"),("< self.sigma ** 2","< self.sigma"" / 2"),("self.rng.uniform(-self.delta, self.delta)) % self.box\n        self.attempted","self.rng.uniform(0, self.delta)) % self.box\n        self.attempted"),("dx * dx + dy * dy < ","dx * dx - dy * dy < "),("self.accepted / self.attempted","self.attempted / self.accepted"),("self.box * round(dx / self.box)","self.box * int(dx / self.box + 1)"),("dy = y - w","dy = y - u"),("            if m == k:\n                continue\n","            if m == k + 1:\n                continue\n"),("self.positions[k] = [x, y]","self.positions = [[self.rng.uniform(0, self.box), self.rng.uniform(0, self.box)] for _ in self.positions]"))

sim("projectile drag", "A projectile with quadratic air drag, integrated with a small Euler step.", '''
import math

def trajectory(v0=50.0, angle_deg=45.0, m=0.15, c_d=0.5, area=0.004, rho=1.2, g=9.81, dt=0.001):
    """Return lists t, x, y, vx, vy until the projectile hits the ground."""
    vx = v0 * math.cos(math.radians(angle_deg))
    vy = v0 * math.sin(math.radians(angle_deg))
    x, y, t = 0.0, 0.0, 0.0
    ts, xs, ys, vxs, vys = [t], [x], [y], [vx], [vy]
    k = 0.5 * rho * c_d * area
    while y >= 0:
        v = math.sqrt(vx**2 + vy**2)
        ax = -k * v * vx / m
        ay = -g - k * v * vy / m
        vx += ax * dt
        vy += ay * dt
        x += vx * dt
        y += vy * dt
        t += dt
        ts.append(t); xs.append(x); ys.append(y); vxs.append(vx); vys.append(vy)
    return ts, xs, ys, vxs, vys
''', ("ay = -g - k","ay = g - k"),("k = 0.5 * rho * c_d * area","k = rho * c_d * area"),("ax = -k * v * vx / m","ax = k * v * vx / m"),("ax = -k * v * vx / m","ax = -k * vx / m"),("v0 * math.sin(math","v0 * math.cos(math"),("math.cos(math.radians(angle_deg))","math.cos(angle_deg)"),("-g - k * v * vy / m","-g - k * v * vx / m"),("x += vx * dt","x += vy * dt"),("y += vy * dt","y += ay * dt"),("-g - k * v * vy / m","-g - k * v * vy * m"))

sim("boris", "Charged particle in a uniform magnetic field along z (Boris pusher).", '''
import numpy as np

def boris(q=1.0, m=1.0, B=2.0, dt=0.01, n_steps=3000):
    x = np.array([0.5, 0.0, 0.0])
    v = np.array([0.0, 1.0, 0.2])
    Bvec = np.array([0.0, 0.0, B])
    positions = np.zeros((n_steps, 3))
    speeds = np.zeros(n_steps)
    for i in range(n_steps):
        t = q * Bvec / m * dt / 2
        s = 2 * t / (1 + np.dot(t, t))
        v_prime = v + np.cross(v, t)
        v = v + np.cross(v_prime, s)
        x = x + v * dt
        positions[i] = x
        speeds[i] = np.linalg.norm(v)
    larmor_radius = m * 1.0 / (abs(q) * B)
    return {"positions": positions, "speed": speeds, "larmor_radius": larmor_radius}
''', ("s = 2 * t /","s = t /"),("v + np.cross(v_prime, s)","v + np.cross(v, s)"),("1 + np.dot(t, t)","1 - np.dot(t, t)"),("x = x + v * dt","x = x + v_prime * dt * 2"),("np.cross(v, t)","np.cross(t, v)"),("v = v + np.cross(v_prime, s)","v = v_prime + np.cross(v_prime, s)"),("m * 1.0 / (abs(q) * B)","m * 1.0 * abs(q) * B"),("q * Bvec / m * dt / 2","q * Bvec / m * dt"),("[0.0, 0.0, B]","[0.0, B, 0.0]"),("x = x + v * dt","x = v * dt"))

sim("damped oscillator", "Damped driven... no, just a damped harmonic oscillator, m x'' = -k x - c x', solved with RK4.", '''
import numpy as np

def rhs(state, m, c, k):
    x, v = state
    return np.array([v, (-k * x - c * v) / m])

def solve(m=1.0, c=0.3, k=4.0, x0=1.0, v0=0.0, dt=0.01, t_max=20.0):
    n = int(t_max / dt)
    out = np.zeros((n + 1, 2))
    out[0] = [x0, v0]
    for i in range(n):
        s = out[i]
        k1 = rhs(s, m, c, k)
        k2 = rhs(s + dt / 2 * k1, m, c, k)
        k3 = rhs(s + dt / 2 * k2, m, c, k)
        k4 = rhs(s + dt * k3, m, c, k)
        out[i + 1] = s + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    t = np.linspace(0, t_max, n + 1)
    gamma = c / (2 * m)
    omega = np.sqrt(k / m - gamma**2)
    analytic = np.exp(-gamma * t) * (x0 * np.cos(omega * t) + (v0 + gamma * x0) / omega * np.sin(omega * t))
    return t, out[:, 0], analytic

t, x, analytic = solve()
print("max deviation from the analytic solution:", np.max(np.abs(x - analytic)))
''', ("-k * x - c * v","-k * x + c * v"),("-k * x - c * v","-k * x - 2 * c * v"),("gamma = c / (2 * m)","gamma = c / m"),("k / m - gamma**2","k / m + gamma**2"),("2 * k2 + 2 * k3","2 * k2 + k3"),("np.array([v, (","np.array([x, ("),("s + dt * k3","s + dt / 2 * k3"),("(v0 + gamma * x0) / omega","(v0 - gamma * x0) / omega"),("dt / 6","dt / 5"),("-k * x - c","-k * x**2 - c"))

sim("upwind advection", "Linear advection u_t + c u_x = 0 with the first-order upwind scheme and periodic boundaries.", '''
import numpy as np

def advect(nx=200, c=1.0, L=1.0, cfl=0.8, t_end=0.5):
    dx = L / nx
    x = np.arange(nx) * dx
    dt = cfl * dx / c
    n = int(round(t_end / dt))
    u = np.exp(-((x - 0.25) / 0.05) ** 2)
    mass = [u.sum() * dx]
    for _ in range(n):
        u = u - c * dt / dx * (u - np.roll(u, 1))
        mass.append(u.sum() * dx)
    return x, u, np.array(mass)
''', ("np.roll(u, 1)","np.roll(u, -1)"),("u - c * dt","u + c * dt"),("c * dt / dx *","c * dt *"),("(u - np.roll(u, 1))","(u - 0.9 * np.roll(u, 1))"),("cfl=0.8","cfl=1.2"),("u.sum() * dx)\n    return","u.sum() / dx)\n    return"),("c * dt / dx * (u","c * dt / dx**2 * (u"),("(u - np.roll(u, 1))","(u + np.roll(u, 1))"),("dt = cfl * dx / c","dt = cfl * dx"" / c**0.5 * 1.5"),("u = u - c * dt / dx * (u - np.roll(u, 1))","u = u - c * dt / dx * (u - np.roll(u, 2))"))

sim("crank nicolson", "Free-particle Schrödinger equation (hbar = m = 1) with Crank–Nicolson.", '''
import numpy as np
from scipy.linalg import solve_banded

def evolve(nx=300, L=30.0, dt=0.02, n_steps=100, k0=2.0, sigma=1.5):
    x = np.linspace(-L / 2, L / 2, nx)
    dx = x[1] - x[0]
    psi = np.exp(-(x + 5) ** 2 / (4 * sigma**2) + 1j * k0 * x)
    psi /= np.sqrt(np.sum(np.abs(psi) ** 2) * dx)
    r = 1j * dt / (4 * dx**2)
    ab = np.zeros((3, nx), complex)
    ab[0, 1:] = -r
    ab[1, :] = 1 + 2 * r
    ab[2, :-1] = -r
    norms, means = [], []
    for _ in range(n_steps):
        b = (1 - 2 * r) * psi
        b[1:] += r * psi[:-1]
        b[:-1] += r * psi[1:]
        psi = solve_banded((1, 1), ab, b)
        prob = np.abs(psi) ** 2
        norms.append(np.sum(prob) * dx)
        means.append(np.sum(x * prob) * dx)
    return {"norm": np.array(norms), "mean_x": np.array(means), "psi": psi}
''', ("1 + 2 * r\n","1 + r\n"),("(1 - 2 * r) * psi","(1 + 2 * r) * psi"),("ab[0, 1:] = -r","ab[0, 1:] = r"),("1j * dt / (4 * dx**2)","dt / (4 * dx**2)"),("1j * dt / (4 * dx**2)","1j * dt / (2 * dx**2)"),("b[1:] += r","b[1:] -= r"),("np.sqrt(np.sum(np.abs(psi) ** 2) * dx)","np.sum(np.abs(psi) ** 2) * dx"),("1j * k0 * x","1j * x / k0"),("b[:-1] += r * psi[1:]","b[:-1] += r * psi[:-1]"),("prob = np.abs(psi) ** 2","prob = np.abs(psi)"))

sim("birth death", "Stochastic birth–death process simulated exactly with Gillespie's algorithm.", '''
import random
import math

def birth_death(birth=10.0, death=0.5, x0=0, t_end=400.0, seed=2):
    """Constant birth rate, death rate proportional to the population. Returns time-averaged mean population."""
    rng = random.Random(seed)
    t, x = 0.0, x0
    area = 0.0
    while True:
        rate_birth = birth
        rate_death = death * x
        total = rate_birth + rate_death
        tau = -math.log(1.0 - rng.random()) / total
        if t + tau > t_end:
            area += x * (t_end - t)
            break
        area += x * tau
        t += tau
        if rng.random() < rate_birth / total:
            x += 1
        else:
            x -= 1
    return area / t_end

print("mean population:", birth_death())
print("theory (birth/death):", 10.0 / 0.5)
''', ("rate_death = death * x","rate_death = death"),("/ total\n        if t","* total\n        if t"),("rng.random() < rate_birth / total","rng.random() < rate_death / total"),("rng.random() < rate_birth / total","rng.random() < 0.5"),("area += x * tau","area += x"),("x += 1","x += 2"),("area / t_end","area / t"" / 2"),("total = rate_birth + rate_death","total = rate_birth"),("rate_death = death * x","rate_death = death * x * x"),("        t += tau\n","        t += 2 * tau\n"))

sim("black scholes", "Monte Carlo price of a European call compared with the Black–Scholes formula.", '''
import numpy as np
from scipy.stats import norm

def mc_call(S0, K, T, r, sigma, n=400000, seed=3):
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(n)
    ST = S0 * np.exp((r - 0.5 * sigma**2) * T + sigma * np.sqrt(T) * z)
    payoff = np.maximum(ST - K, 0.0)
    price = np.exp(-r * T) * payoff.mean()
    stderr = np.exp(-r * T) * payoff.std(ddof=1) / np.sqrt(n)
    return price, stderr

def bs_call(S0, K, T, r, sigma):
    d1 = (np.log(S0 / K) + (r + 0.5 * sigma**2) * T) / (sigma * np.sqrt(T))
    d2 = d1 - sigma * np.sqrt(T)
    return S0 * norm.cdf(d1) - K * np.exp(-r * T) * norm.cdf(d2)

price, err = mc_call(100, 105, 0.5, 0.03, 0.25)
exact = bs_call(100, 105, 0.5, 0.03, 0.25)
print(f"Monte Carlo: {price:.4f} +/- {err:.4f}")
print(f"Black-Scholes: {exact:.4f}")
''', ("r - 0.5 * sigma**2","r + 0.5 * sigma**2"),("np.sqrt(T) * z","T * z"),("np.maximum(ST - K, 0.0)","np.maximum(K - ST, 0.0)"),("np.exp(-r * T) * payoff.mean()","payoff.mean()"),("/ np.sqrt(n)","/ n"),("d2 = d1 - sigma","d2 = d1 + sigma"),("r + 0.5 * sigma**2","r - 0.5 * sigma**2"),("rng.standard_normal(n)","rng.random(n)"),("K * np.exp(-r * T)","K * np.exp(r * T)"),("norm.cdf(d2)","norm.pdf(d2)"))

sim("wright fisher", "Wright–Fisher model of neutral genetic drift.", '''
import numpy as np

def wright_fisher(N=50, p0=0.3, n_reps=2000, max_generations=2000, seed=4):
    """Return the fraction of replicates in which the allele is fixed; neutral theory predicts p0."""
    rng = np.random.default_rng(seed)
    counts = np.full(n_reps, int(2 * N * p0))
    for g in range(max_generations):
        p = counts / (2 * N)
        counts = rng.binomial(2 * N, p)
        if np.all((counts == 0) | (counts == 2 * N)):
            break
    return np.mean(counts == 2 * N)

print("fixation probability:", wright_fisher(), "expected:", 0.3)
''', ("rng.binomial(2 * N, p)","rng.binomial(2 * N, np.minimum(p * 1.05, 1))"),("np.mean(counts == 2 * N)","np.mean(counts == 0)"),("p = counts / (2 * N)","p = counts / (2 * N + 5)"),("int(2 * N * p0)","int(N * p0)"),("rng.binomial(2 * N, p)","rng.binomial(2 * N, 1 - p)"),("rng.binomial(2 * N, p)","rng.poisson(2 * N * p)"),("np.mean(counts == 2 * N)","np.mean(counts >= N)"" / 2"),("rng.binomial(2 * N, p)","rng.binomial(2 * N, p**1.1)"),("p = counts / (2 * N)","p = np.sqrt(counts / (2 * N))"),("np.mean(counts == 2 * N)","np.sum(counts == 2 * N)"))

sim("markov weather", "A two-state Markov chain for the weather: simulate it and compare with the stationary distribution.", '''
import numpy as np

P = np.array([[0.8, 0.2],
              [0.4, 0.6]])

def simulate(n=100000, seed=5):
    rng = np.random.default_rng(seed)
    state = 0
    visits = np.zeros(2)
    for _ in range(n):
        visits[state] += 1
        state = rng.choice(2, p=P[state])
    return visits / n

def stationary(P):
    values, vectors = np.linalg.eig(P.T)
    v = np.real(vectors[:, np.argmax(np.real(values))])
    return v / v.sum()

print("simulated ", simulate())
print("stationary", stationary(P))
''', ("p=P[state])","p=P[:, state] / P[:, state].sum())"),("np.linalg.eig(P.T)","np.linalg.eig(P)"),("np.argmax","np.argmin"),("visits / n","visits / (2 * n)"),("state = rng.choice(2, p=P[state])","state = rng.choice(2)"),("visits[state] += 1","visits[1 - state] += 1"),("v / v.sum()","v / np.sqrt((v**2).sum())"),("[0.4, 0.6]","[0.4, 0.5]"),("p=P[state])","p=P[0])"),("visits[state] += 1","visits[state] = 1"))

sim("laplace", "Solve Laplace's equation on a square plate by Jacobi iteration; one edge is held at 100 degrees, the others at 0.", '''
import numpy as np

def solve(n=30, tol=1e-6, max_iter=20000):
    T = np.zeros((n, n))
    T[0, :] = 100.0
    for it in range(max_iter):
        new = T.copy()
        new[1:-1, 1:-1] = 0.25 * (T[2:, 1:-1] + T[:-2, 1:-1] + T[1:-1, 2:] + T[1:-1, :-2])
        change = np.max(np.abs(new - T))
        T = new
        if change < tol:
            break
    return T, it

T, iterations = solve()
print("temperature in the middle:", T[15, 15])
''', ("0.25 *","0.24 *"),("T[1:-1, :-2])","T[1:-1, 1:-1])"),("+ T[:-2, 1:-1]","- T[:-2, 1:-1]"),("T[0, :] = 100.0","T[0, :] = 10.0"),("change < tol","change > tol"),("0.25 *","0.5 *"),("T[2:, 1:-1] + T[:-2, 1:-1]","2 * T[2:, 1:-1]"),("T[1:-1, 2:] +","T[1:-1, 2:] *"),("tol=1e-6","tol=1.0"),("T[2:, 1:-1] +","T[2:, 2:] +"))

sim("van der pol", "Van der Pol oscillator with the classical RK4 method.", '''
def vdp(x, y, mu):
    return y, mu * (1 - x * x) * y - x

def run(mu=1.5, x=0.1, y=0.0, dt=0.01, steps=6000):
    xs, ys = [x], [y]
    for _ in range(steps):
        a1, b1 = vdp(x, y, mu)
        a2, b2 = vdp(x + 0.5 * dt * a1, y + 0.5 * dt * b1, mu)
        a3, b3 = vdp(x + 0.5 * dt * a2, y + 0.5 * dt * b2, mu)
        a4, b4 = vdp(x + dt * a3, y + dt * b3, mu)
        x += dt * (a1 + 2 * a2 + 2 * a3 + a4) / 6
        y += dt * (b1 + 2 * b2 + 2 * b3 + b4) / 6
        xs.append(x)
        ys.append(y)
    return xs, ys

xs, ys = run()
print("amplitude of the limit cycle:", max(xs[3000:]))
''', ("(1 - x * x) * y","(1 + x * x) * y"),("* y - x","* y + x"),("(1 - x * x) * y - x","(1 - x * x) * x - x"),("b1 + 2 * b2 + 2 * b3","b1 + b2 + 2 * b3"),("a4) / 6","a4) / 4"),("mu * (1","(1"),("y + dt * b3","y + dt * b1"),("1 - x * x","1 - x"),("return y,","return -y,"),("0.5 * dt * a1, y","dt * a1, y"))

sim("pi dart", "Estimating pi by throwing random darts at the unit square.", '''
import random

def estimate_pi(n=200000, seed=6):
    rng = random.Random(seed)
    inside = 0
    for _ in range(n):
        x, y = rng.random(), rng.random()
        if x * x + y * y <= 1.0:
            inside += 1
    p = inside / n
    error = 4 * (p * (1 - p) / n) ** 0.5
    return 4 * p, error

value, error = estimate_pi()
print(f"pi = {value:.4f} +- {error:.4f}")
''', ("return 4 * p","return 2 * p"),("<= 1.0",">= 1.0"),("x * x + y * y","x + y"),("rng.random(), rng.random()","rng.random(), rng.uniform(-1, 0.5)"),("inside / n","inside / (n + inside)"),("(p * (1 - p) / n) ** 0.5","p * (1 - p) / n"),("x * x + y * y","x * x + y"),("inside += 1","inside += x"),("4 * (p * (1","(p * (1"),("x, y = rng.random(), rng.random()","x = y = rng.random()"))

sim("kepler", "Planet around a fixed star, symplectic Euler, units AU and years (GM = 4 pi^2).", '''
import numpy as np

GM = 4 * np.pi**2

class Planet:
    def __init__(self, a=1.0, e=0.2):
        self.r = np.array([a * (1 - e), 0.0])
        self.v = np.array([0.0, np.sqrt(GM / a * (1 + e) / (1 - e))])

    def step(self, dt):
        r = np.linalg.norm(self.r)
        acc = -GM * self.r / r**3
        self.v = self.v + acc * dt
        self.r = self.r + self.v * dt

    def energy(self):
        return 0.5 * self.v @ self.v - GM / np.linalg.norm(self.r)

    def angular_momentum(self):
        return self.r[0] * self.v[1] - self.r[1] * self.v[0]

planet = Planet()
dt = 0.0005
E, L = [], []
for i in range(int(3 / dt)):
    planet.step(dt)
    E.append(planet.energy())
    L.append(planet.angular_momentum())
print("relative energy spread", (max(E) - min(E)) / abs(E[0]))
print("angular momentum spread", max(L) - min(L))
''', ("r / r**3","r / r**2"),("acc = -GM","acc = GM"),("(1 + e) / (1 - e)","(1 - e) / (1 + e)"),("0.5 * self.v @ self.v - GM","self.v @ self.v - GM"),("- GM / np.linalg.norm(self.r)","+ GM / np.linalg.norm(self.r)"),("self.r = self.r + self.v * dt","self.r = self.r + acc * dt"),("self.v = self.v + acc * dt","self.v = self.v + 0.5 * acc * dt"),("self.r[1] * self.v[0]","self.r[0] * self.v[0]"),("self.v = self.v + acc * dt","self.v = acc * dt"),("GM = 4 * np.pi**2","GM = 4 * np.pi"))

sim("percolation", "Site percolation on a square lattice: the spanning probability as a function of p.", '''
import numpy as np
from scipy.ndimage import label

def spans(grid):
    clusters, n = label(grid)
    top = set(clusters[0]) - {0}
    bottom = set(clusters[-1]) - {0}
    return bool(top & bottom)

def spanning_probability(p, L=32, trials=200, seed=7):
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(trials):
        grid = rng.random((L, L)) < p
        hits += spans(grid)
    return hits / trials

for p in (0.4, 0.5, 0.593, 0.65, 0.75):
    print(p, spanning_probability(p))
''', ("rng.random((L, L)) < p","rng.random((L, L)) > p"),("hits / trials","hits / (2 * trials)"),("clusters[-1]","clusters[0]"),("top & bottom","top | bottom"),("- {0}\n    bottom","\n    bottom"),("hits += spans","hits -= spans"),("rng.random((L, L)) < p","rng.random((L, L)) < p**2"),("rng.random((L, L)) < p","rng.normal(size=(L, L)) < p"),("hits += spans(grid)","hits = spans(grid)"),("clusters[-1]","clusters[-2]"))
