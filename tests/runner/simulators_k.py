"""Sixteen answers with a simulator each, of domains drawn from a list made before the shapes of `simulators_j.py` were judged.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim



sim("traffic class", "The Nagel–Schreckenberg traffic model: accelerate, brake to the gap, slow down at random with probability p, then move.", """
import random


class Road:
    def __init__(self, length=100, cars=30, v_max=5, p=0.3, seed=1):
        self.length, self.v_max, self.p = length, v_max, p
        self.rng = random.Random(seed)
        self.position = sorted(self.rng.sample(range(length), cars))
        self.speed = [0] * cars

    def step(self):
        n = len(self.position)
        gaps = [(self.position[(i + 1) % n] - self.position[i] - 1) % self.length for i in range(n)]
        for i in range(n):
            v = min(self.speed[i] + 1, self.v_max)
            v = min(v, gaps[i])
            if v > 0 and self.rng.random() < self.p:
                v -= 1
            self.speed[i] = v
        self.position = [(x + v) % self.length for x, v in zip(self.position, self.speed)]

    def flow(self):
        return sum(self.speed) / self.length


road = Road()
flows = []
for _ in range(500):
    road.step()
    flows.append(road.flow())
print("mean flow:", sum(flows[100:]) / len(flows[100:]))
""", ("- self.position[i] - 1)", "- self.position[i])"), ("self.rng.random() < self.p", "self.rng.random() > self.p"), ("min(self.speed[i] + 1, self.v_max)", "min(self.speed[i] + 2, self.v_max)"), ("v = min(v, gaps[i])", "v = min(v, gaps[i] + 1)"))

sim("wright fisher", "Genetic drift in the Wright–Fisher model: each generation 2N alleles are drawn from the last. A neutral allele at frequency p0 fixes with probability p0.", """
import numpy as np


def wright_fisher(N=50, p0=0.3, generations=2000, rng=None):
    p = p0
    for _ in range(generations):
        count = rng.binomial(2 * N, p)
        p = count / (2 * N)
        if p in (0.0, 1.0):
            break
    return p


rng = np.random.default_rng(10)
runs = 1000
fixed = sum(wright_fisher(rng=rng) == 1.0 for _ in range(runs))
print("fixation probability:", fixed / runs)
print("expected:", 0.3)
""", ("p = count / (2 * N)", "p = count / (2 * N + 1)"), ("fixed / runs", "fixed / (2 * runs)"), ("rng.binomial(2 * N, p)", "rng.binomial(2 * N, 1 - p)"))

sim("rocket", "A rocket burns its fuel at a constant rate in free space; its final speed should match Tsiolkovsky's equation.", """
import math

m_dry = 1000.0
m_fuel = 4000.0
v_exhaust = 3000.0
burn_rate = 20.0
dt = 0.01

m = m_dry + m_fuel
v = 0.0
while m > m_dry:
    thrust = burn_rate * v_exhaust
    a = thrust / m
    v += a * dt
    m -= burn_rate * dt

delta_v = v_exhaust * math.log((m_dry + m_fuel) / m_dry)
print(f"numerical delta-v: {v:.1f} m/s")
print(f"Tsiolkovsky: {delta_v:.1f} m/s")
""", ("m -= burn_rate * dt", "m -= burn_rate * v_exhaust * dt / 1000"), ("math.log((m_dry + m_fuel) / m_dry)", "math.log10((m_dry + m_fuel) / m_dry)"), ("a = thrust / m", "a = thrust / m_dry"), ("v += a * dt", "v += a * dt**2"))

sim("projectile drag tuple", "A baseball with quadratic air drag, integrated with RK4. The state is (x, y, vx, vy).", """
import math

g = 9.81
k_over_m = 0.006


def f(state):
    x, y, vx, vy = state
    v = math.hypot(vx, vy)
    return (vx, vy, -k_over_m * v * vx, -g - k_over_m * v * vy)


def rk4(state, dt):
    k1 = f(state)
    k2 = f(tuple(s + 0.5 * dt * k for s, k in zip(state, k1)))
    k3 = f(tuple(s + 0.5 * dt * k for s, k in zip(state, k2)))
    k4 = f(tuple(s + dt * k for s, k in zip(state, k3)))
    return tuple(s + dt / 6 * (a + 2 * b + 2 * c + d) for s, a, b, c, d in zip(state, k1, k2, k3, k4))


def fly(speed=45.0, angle=math.radians(40), dt=0.01):
    state = (0.0, 1.0, speed * math.cos(angle), speed * math.sin(angle))
    path = [state]
    while state[1] > 0:
        state = rk4(state, dt)
        path.append(state)
    return path


path = fly()
print("range:", path[-1][0])
""", ("-g - k_over_m * v * vy", "-g + k_over_m * v * vy"), ("-k_over_m * v * vx,", "-k_over_m * vx,"), ("speed * math.cos(angle), speed * math.sin(angle)", "speed * math.sin(angle), speed * math.cos(angle)"), ("dt / 6 * (a", "dt / 5 * (a"))

sim("wave string function", "The wave equation u_tt = c² u_xx on a string fixed at both ends, by the leapfrog scheme in time and centred differences in space.", """
import numpy as np


def vibrate(n=101, c=1.0, length=1.0, courant=0.9, steps=400):
    dx = length / (n - 1)
    dt = courant * dx / c
    x = np.linspace(0, length, n)
    u_prev = np.sin(np.pi * x)
    u = u_prev.copy()
    u[1:-1] = u_prev[1:-1] + 0.5 * courant**2 * (u_prev[2:] - 2 * u_prev[1:-1] + u_prev[:-2])
    history = [u_prev, u]
    for _ in range(steps):
        u_next = np.zeros_like(u)
        u_next[1:-1] = 2 * u[1:-1] - u_prev[1:-1] + courant**2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u_prev, u = u, u_next
        history.append(u)
    return x, dt, np.array(history)


x, dt, u = vibrate()
print("amplitude:", abs(u[-1]).max())
""", ("courant=0.9", "courant=1.1"), ("2 * u[1:-1] - u_prev[1:-1]", "2 * u[1:-1] + u_prev[1:-1]"), ("+ courant**2 * (u[2:]", "+ courant * (u[2:]"), ("u_prev, u = u, u_next", "u_prev, u = u_next, u"))

sim("enzyme odeint", "Michaelis–Menten kinetics from the full mechanism E + S <-> ES -> E + P, solved with scipy.", """
import numpy as np
from scipy.integrate import solve_ivp

k1, k_1, k2 = 2.0, 1.0, 0.5


def enzyme(t, y):
    S, E, ES, P = y
    bind = k1 * E * S
    release = k_1 * ES
    convert = k2 * ES
    dS = -bind + release
    dE = -bind + release + convert
    dES = bind - release - convert
    dP = convert
    return [dS, dE, dES, dP]


t_eval = np.linspace(0, 40, 400)
sol = solve_ivp(enzyme, (0, 40), [10.0, 1.0, 0.0, 0.0], t_eval=t_eval, rtol=1e-8)
S, E, ES, P = sol.y
print("product formed:", P[-1])
print("total enzyme:", E[-1] + ES[-1])
""", ("dE = -bind + release + convert", "dE = -bind + release"), ("dES = bind - release - convert", "dES = bind + release - convert"), ("dP = convert", "dP = bind"), ("dS = -bind + release", "dS = -bind - release"))

sim("put option", "Pricing a European put by Monte Carlo under Black–Scholes assumptions, with antithetic variates.", """
import numpy as np
from scipy.stats import norm

S0, K, r, sigma, T = 100.0, 105.0, 0.02, 0.25, 0.5
n = 100_000
rng = np.random.default_rng(7)
z = rng.standard_normal(n // 2)
z = np.concatenate([z, -z])
ST = S0 * np.exp((r - 0.5 * sigma**2) * T + sigma * np.sqrt(T) * z)
price = np.exp(-r * T) * np.maximum(K - ST, 0).mean()

d1 = (np.log(S0 / K) + (r + 0.5 * sigma**2) * T) / (sigma * np.sqrt(T))
d2 = d1 - sigma * np.sqrt(T)
exact = K * np.exp(-r * T) * norm.cdf(-d2) - S0 * norm.cdf(-d1)
print(f"Monte Carlo price: {price:.4f}")
print(f"Black-Scholes price: {exact:.4f}")
""", ("np.maximum(K - ST, 0)", "np.maximum(ST - K, 0)"), ("(r - 0.5 * sigma**2) * T + sigma", "(r + 0.5 * sigma**2) * T + sigma"), ("norm.cdf(-d2) - S0", "norm.cdf(d2) - S0"), ("d2 = d1 - sigma", "d2 = d1 + sigma"))

sim("buffon", "Buffon's needle: with needle length l and line spacing d the crossing probability is 2l/(πd), which gives an estimate of π.", """
import math
import random


def buffon(n=200000, l=1.0, d=2.0, seed=3):
    rng = random.Random(seed)
    crossings = 0
    for _ in range(n):
        centre = rng.uniform(0, d / 2)
        angle = rng.uniform(0, math.pi / 2)
        if centre <= l / 2 * math.sin(angle):
            crossings += 1
    return 2 * l * n / (d * crossings)


print("pi is about", buffon())
""", ("rng.uniform(0, d / 2)", "rng.uniform(0, d)"), ("l / 2 * math.sin(angle)", "l * math.sin(angle)"), ("math.pi / 2)", "math.pi / 4)"), ("2 * l * n / (d * crossings)", "l * n / (d * crossings)"))

sim("fisher kpp script", "Fisher–KPP reaction–diffusion: u_t = D u_xx + r u (1 - u). The front should travel at 2 sqrt(rD).", """
import numpy as np

D = 1.0
r = 1.0
L = 200.0
nx = 801
x = np.linspace(0, L, nx)
dx = x[1] - x[0]
dt = 0.2 * dx**2 / D
u = np.where(x < 10, 1.0, 0.0)

t = 0.0
times, fronts = [], []
while t < 60.0:
    lap = np.zeros_like(u)
    lap[1:-1] = (u[2:] - 2 * u[1:-1] + u[:-2]) / dx**2
    u = u + dt * (D * lap + r * u * (1 - u))
    u[0] = u[1]
    u[-1] = u[-2]
    t += dt
    times.append(t)
    fronts.append(x[np.argmin(np.abs(u - 0.5))])

half = len(times) // 2
speed = (fronts[-1] - fronts[half]) / (times[-1] - times[half])
print("front speed:", speed)
print("theory:", 2 * np.sqrt(r * D))
""", ("r * u * (1 - u)", "r * u * (1 + u)"), ("- 2 * u[1:-1] + u[:-2]", "- 2 * u[1:-1] + 2 * u[:-2]"), ("dt * (D * lap + r", "dt * (D * lap - r"), ("0.2 * dx**2 / D", "0.6 * dx**2 / D"))

sim("double pendulum", "The double pendulum (equal lengths and masses), whose total energy must stay constant. We use solve_ivp with tight tolerances.", """
import numpy as np
from scipy.integrate import solve_ivp

g, L, m = 9.81, 1.0, 1.0


def derivs(t, y):
    th1, w1, th2, w2 = y
    delta = th1 - th2
    den = 2 * m + m - m * np.cos(2 * delta)
    a1 = (-g * 3 * m * np.sin(th1) - m * g * np.sin(th1 - 2 * th2) - 2 * np.sin(delta) * m * (w2**2 * L + w1**2 * L * np.cos(delta))) / (L * den)
    a2 = (2 * np.sin(delta) * (w1**2 * L * 2 * m + g * 2 * m * np.cos(th1) + w2**2 * L * m * np.cos(delta))) / (L * den)
    return [w1, a1, w2, a2]


def energy(y):
    th1, w1, th2, w2 = y
    v1 = (L * w1) ** 2
    v2 = v1 + (L * w2) ** 2 + 2 * L * L * w1 * w2 * np.cos(th1 - th2)
    return 0.5 * m * (v1 + v2) - m * g * L * (2 * np.cos(th1) + np.cos(th2))


y0 = [np.pi / 2, 0.0, np.pi / 2, 0.0]
t = np.linspace(0, 10, 1000)
sol = solve_ivp(derivs, (0, 10), y0, t_eval=t, rtol=1e-10, atol=1e-10)
E = energy(sol.y)
print("energy drift:", E.max() - E.min())
""", ("-g * 3 * m", "-g * 2 * m"), ("th1 - 2 * th2)", "th1 - th2)"), ("2 * np.sin(delta) * (w1**2", "np.sin(delta) * (w1**2"), ("w1 * w2 * np.cos(th1 - th2)", "w1 * w2 * np.cos(th1 + th2)"))

sim("autocorrelation time", "An AR(1) chain x' = φx + ε has integrated autocorrelation time (1+φ)/(1-φ); we estimate it from a run.", """
import numpy as np


def ar1(phi, n, rng):
    x = np.zeros(n)
    for i in range(1, n):
        x[i] = phi * x[i - 1] + np.sqrt(1 - phi**2) * rng.standard_normal()
    return x


def integrated_time(x, window):
    x = x - x.mean()
    c0 = np.mean(x * x)
    tau = 1.0
    for lag in range(1, window):
        tau += 2 * np.mean(x[:-lag] * x[lag:]) / c0
    return tau


rng = np.random.default_rng(1)
phi = 0.8
x = ar1(phi, 100_000, rng)
print("estimated tau:", integrated_time(x, 60))
print("exact tau:", (1 + phi) / (1 - phi))
""", ("tau += 2 *", "tau +="), ("np.sqrt(1 - phi**2)", "np.sqrt(1 - phi)"), ("phi * x[i - 1]", "phi * x[i - 2]"), ("tau = 1.0", "tau = 2.0"))

sim("rl circuit", "The current in an RL circuit after the switch closes: L dI/dt = V - R I, with the exact solution for comparison.", """
import numpy as np

R, L, V = 10.0, 0.5, 5.0
dt = 1e-4
n = 3000

I = np.zeros(n + 1)
for k in range(n):
    I[k + 1] = I[k] + dt * (V - R * I[k]) / L

t = np.arange(n + 1) * dt
exact = V / R * (1 - np.exp(-R * t / L))
print("largest deviation:", np.max(np.abs(I - exact)))
""", ("(V - R * I[k]) / L", "(V - R * I[k]) * L"), ("(V - R * I[k]) / L", "(V + R * I[k]) / L"), ("np.exp(-R * t / L)", "np.exp(-L * t / R)"), ("I[k] + dt *", "dt *"))

sim("weather chain", "A three-state weather Markov chain; the long-run share of each state should equal the stationary distribution.", """
import numpy as np

states = ["sunny", "cloudy", "rainy"]
P = np.array([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]])

rng = np.random.default_rng(5)
n = 50_000
state = 0
counts = np.zeros(3)
for _ in range(n):
    state = rng.choice(3, p=P[state])
    counts[state] += 1

vals, vecs = np.linalg.eig(P.T)
pi = np.real(vecs[:, np.argmax(np.real(vals))])
pi = pi / pi.sum()
for name, simulated, exact in zip(states, counts / n, pi):
    print(f"{name}: simulated {simulated:.4f}, exact {exact:.4f}")
""", ("p=P[state]", "p=P[:, state] / P[:, state].sum()"), ("np.linalg.eig(P.T)", "np.linalg.eig(P)"), ("[0.3, 0.4, 0.3]", "[0.3, 0.4, 0.2]"), ("state = rng.choice", "new = rng.choice"))

sim("birth death gillespie", "Gillespie simulation of mRNA: production at rate k, degradation at rate γ per molecule. In steady state the copy number is Poisson with mean k/γ.", """
import numpy as np

rng = np.random.default_rng(12)
k_prod, gamma = 10.0, 0.5
n, t = 0, 0.0
t_end = 2000.0
weighted, total_time = 0.0, 0.0
while t < t_end:
    rate_up = k_prod
    rate_down = gamma * n
    total = rate_up + rate_down
    tau = rng.exponential(1 / total)
    if t > 50:
        weighted += n * tau
        total_time += tau
    t += tau
    if rng.random() < rate_up / total:
        n += 1
    else:
        n -= 1

print("time-averaged copy number:", weighted / total_time)
print("expected copy number:", k_prod / gamma)
""", ("rng.exponential(1 / total)", "rng.exponential(1 / rate_up)"), ("rate_down = gamma * n", "rate_down = gamma"), ("weighted += n * tau", "weighted += n"), ("n -= 1", "n -= 2"))

sim("percolation dfs", "Site percolation on a square lattice: below p_c ≈ 0.593 there is almost never a spanning cluster, above almost always.", """
import random


def spans(n, p, rng):
    open_site = [[rng.random() < p for _ in range(n)] for _ in range(n)]
    stack = [(0, j) for j in range(n) if open_site[0][j]]
    seen = set(stack)
    while stack:
        i, j = stack.pop()
        if i == n - 1:
            return True
        for a, b in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if 0 <= a < n and 0 <= b < n and open_site[a][b] and (a, b) not in seen:
                seen.add((a, b))
                stack.append((a, b))
    return False


def spanning_probability(n=30, p=0.6, trials=100, seed=4):
    rng = random.Random(seed)
    return sum(spans(n, p, rng) for _ in range(trials)) / trials


for p in (0.45, 0.55, 0.6, 0.65, 0.75):
    print(p, spanning_probability(p=p))
""", ("rng.random() < p", "rng.random() > p"), ("(i, j + 1), (i, j - 1)", "(i, j + 1), (i + 1, j + 1)"), ("if i == n - 1", "if i == n // 2"), ("/ trials\n", "/ n\n"))

sim("metropolis numpy class", "Sampling a bivariate normal (correlation 0.6) with random-walk Metropolis.", """
import numpy as np


class Metropolis:
    def __init__(self, rho=0.6, scale=0.8, seed=0):
        self.rho = rho
        self.scale = scale
        self.rng = np.random.default_rng(seed)
        self.x = np.zeros(2)
        self.accepted = 0

    def log_density(self, x):
        return -(x[0] ** 2 - 2 * self.rho * x[0] * x[1] + x[1] ** 2) / (2 * (1 - self.rho**2))

    def step(self):
        proposal = self.x + self.scale * self.rng.standard_normal(2)
        log_alpha = self.log_density(proposal) - self.log_density(self.x)
        if np.log(self.rng.random()) < log_alpha:
            self.x = proposal
            self.accepted += 1
        return self.x.copy()


chain = Metropolis()
samples = np.array([chain.step() for _ in range(20000)])
print("correlation:", np.corrcoef(samples.T)[0, 1], "expected 0.6")
print("variances:", samples.var(axis=0))
""", ("(2 * (1 - self.rho**2))", "(1 - self.rho**2)"), ("- 2 * self.rho * x[0]", "+ 2 * self.rho * x[0]"), ("self.log_density(proposal) - self.log_density(self.x)", "self.log_density(self.x) - self.log_density(proposal)"), ("self.x + self.scale", "self.scale"))
