"""Twelve more deterministic programs: epidemics, charges, tanks, chains, schedules, neurons, shallow water, filters.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("sir vaccination", "An SIR model in which a fraction of susceptibles is vaccinated every day at rate nu. The population is constant.", """
import numpy as np
import matplotlib.pyplot as plt

N = 10000
beta, gamma, nu = 0.4, 0.1, 0.01
S, I, R = N - 10, 10, 0
dt = 0.1
days = 160

hist = []
for k in range(int(days / dt)):
    new_inf = beta * S * I / N
    rec = gamma * I
    vac = nu * S
    S += (-new_inf - vac) * dt
    I += (new_inf - rec) * dt
    R += (rec + vac) * dt
    hist.append((S, I, R))

hist = np.array(hist)
print("peak infected:", hist[:, 1].max())
print("total:", hist[-1].sum())
plt.plot(hist)
plt.show()
""", ("new_inf - rec", "new_inf + rec"), ("(rec + vac)", "(rec - vac)"), ("beta * S * I / N", "beta * S * I"), ("(-new_inf - vac)", "(-new_inf)"))
sim("exb drift boris", "The Boris pusher for a charged particle in crossed E and B fields. The guiding centre drifts with velocity E x B / B^2.", """
import numpy as np

q, m = 1.0, 1.0
E = np.array([0.1, 0.0, 0.0])
B = np.array([0.0, 0.0, 1.0])
dt = 0.05
steps = 4000

x = np.zeros(3)
v = np.array([0.0, 1.0, 0.0])
pos = [x.copy()]
for _ in range(steps):
    v_minus = v + 0.5 * q / m * E * dt
    t = 0.5 * q / m * B * dt
    s = 2 * t / (1 + t @ t)
    v_prime = v_minus + np.cross(v_minus, t)
    v_plus = v_minus + np.cross(v_prime, s)
    v = v_plus + 0.5 * q / m * E * dt
    x = x + v * dt
    pos.append(x.copy())

pos = np.array(pos)
drift = (pos[-1] - pos[0]) / (steps * dt)
print("measured drift:", drift[1])
print("expected drift:", np.cross(E, B)[1] / (B @ B))
""", ("(1 + t @ t)", "(1 - t @ t)"), ("np.cross(v_prime, s)", "np.cross(v_minus, s)"), ("v_plus + 0.5 * q / m * E * dt", "v_plus - 0.5 * q / m * E * dt"), ("(B @ B)", "np.linalg.norm(B) / 2"))
sim("two tanks", "Two tanks in series: water flows into tank 1 at a constant rate, from tank 1 to tank 2, and out of tank 2. Outflow is proportional to the level.", """
from scipy.integrate import solve_ivp

A1, A2 = 2.0, 1.5
c1, c2 = 0.5, 0.4
q_in = 0.3

def tanks(t, h):
    h1, h2 = h
    q1 = c1 * h1
    q2 = c2 * h2
    dh1 = (q_in - q1) / A1
    dh2 = (q1 - q2) / A2
    return [dh1, dh2]

sol = solve_ivp(tanks, (0, 60), [0.0, 0.0], rtol=1e-8)
h1, h2 = sol.y[:, -1]
print(f"h1 = {h1:.3f} (steady state {q_in / c1:.3f})")
print(f"h2 = {h2:.3f} (steady state {q_in / c2:.3f})")
""", ("(q1 - q2) / A2", "(q1 + q2) / A2"), ("(q_in - q1) / A1", "(q_in - q1) * A1 * 0.1"), ("q2 = c2 * h2", "q2 = c2 * h1"), ("{q_in / c2:.3f}", "{q_in * c2:.3f}"))
sim("hodgkin huxley", "The Hodgkin-Huxley model of the squid axon, forward Euler, constant injected current.", """
import numpy as np

C_m, g_Na, g_K, g_L = 1.0, 120.0, 36.0, 0.3
E_Na, E_K, E_L = 50.0, -77.0, -54.387

def alpha_m(V): return 0.1 * (V + 40.0) / (1.0 - np.exp(-(V + 40.0) / 10.0))
def beta_m(V): return 4.0 * np.exp(-(V + 65.0) / 18.0)
def alpha_h(V): return 0.07 * np.exp(-(V + 65.0) / 20.0)
def beta_h(V): return 1.0 / (1.0 + np.exp(-(V + 35.0) / 10.0))
def alpha_n(V): return 0.01 * (V + 55.0) / (1.0 - np.exp(-(V + 55.0) / 10.0))
def beta_n(V): return 0.125 * np.exp(-(V + 65.0) / 80.0)

dt, T, I = 0.01, 50.0, 10.0
V, m, h, n = -65.0, 0.05, 0.6, 0.32
trace = []
for i in range(int(T / dt)):
    I_Na = g_Na * m**3 * h * (V - E_Na)
    I_K = g_K * n**4 * (V - E_K)
    I_L = g_L * (V - E_L)
    V += dt * (I - I_Na - I_K - I_L) / C_m
    m += dt * (alpha_m(V) * (1 - m) - beta_m(V) * m)
    h += dt * (alpha_h(V) * (1 - h) - beta_h(V) * h)
    n += dt * (alpha_n(V) * (1 - n) - beta_n(V) * n)
    trace.append(V)

trace = np.array(trace)
spikes = np.sum((trace[1:] > 0) & (trace[:-1] <= 0))
print("spikes:", spikes, "peak:", trace.max())
""", ("n**4", "n**3"), ("- beta_h(V) * h", "+ beta_h(V) * h"), ("0.07 * np.exp(-(V + 65.0)", "0.07 * np.exp((V + 65.0)"), ("- I_K", "+ I_K"))
sim("split step harmonic", "A displaced Gaussian wave packet in a harmonic potential (hbar = m = omega = 1) evolved with the split-step Fourier method; <x> should oscillate as x0 cos(t).", """
import numpy as np

N, L = 256, 20.0
dx = L / N
x = (np.arange(N) - N // 2) * dx
k = 2 * np.pi * np.fft.fftfreq(N, d=dx)
V = 0.5 * x**2
x0 = 2.0
psi = np.exp(-0.5 * (x - x0) ** 2).astype(complex)
psi /= np.sqrt(np.sum(np.abs(psi) ** 2) * dx)

dt = 0.01
half_V = np.exp(-0.5j * V * dt)
kinetic = np.exp(-0.5j * k**2 * dt)
for n in range(314):
    psi = half_V * psi
    psi = np.fft.ifft(kinetic * np.fft.fft(psi))
    psi = half_V * psi

t = 314 * dt
mean_x = np.sum(x * np.abs(psi) ** 2) * dx
print("norm:", np.sum(np.abs(psi) ** 2) * dx)
print("numerical <x>:", mean_x)
print("exact <x>:", x0 * np.cos(t))
""", ("-0.5j * k**2 * dt", "-1j * k**2 * dt"), ("-0.5j * V * dt", "-1j * V * dt"), ("x0 * np.cos(t)", "x0 * np.sin(t)"), ("V = 0.5 * x**2", "V = x**2"))
sim("savings plan", "Compound interest with monthly contributions: the balance computed month by month is compared with the closed formula.", """
def grow(initial, monthly, annual_rate, years):
    r = annual_rate / 12
    balance = initial
    for month in range(years * 12):
        balance *= 1 + r
        balance += monthly
    return balance

def closed_form(initial, monthly, annual_rate, years):
    r = annual_rate / 12
    n = years * 12
    return initial * (1 + r) ** n + monthly * ((1 + r) ** n - 1) / r

print("simulated:", round(grow(1000, 100, 0.06, 10), 2))
print("formula:  ", round(closed_form(1000, 100, 0.06, 10), 2))
""", ("balance *= 1 + r", "balance *= 1 - r"), ("balance += monthly", "balance -= monthly"), ("- 1) / r", "- 1) * r"), ("years * 12):", "years):"))
sim("game of life glider", "Conway's Game of Life on a torus; a glider returns to its shape after four generations, shifted by one cell diagonally.", """
import numpy as np

def step(grid):
    neighbours = sum(np.roll(np.roll(grid, i, 0), j, 1)
                     for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))
    return ((neighbours == 3) | ((grid == 1) & (neighbours == 2))).astype(int)

grid = np.zeros((20, 20), dtype=int)
for r, c in [(1, 2), (2, 3), (3, 1), (3, 2), (3, 3)]:
    grid[r, c] = 1
start = grid.copy()
for _ in range(4):
    grid = step(grid)
print("alive:", grid.sum())
print("shifted glider:", np.array_equal(grid, np.roll(np.roll(start, 1, 0), 1, 1)))
""", ("(neighbours == 2)", "(neighbours == 1)"), ("neighbours == 3", "neighbours == 4"), ("!= (0, 0)", "!= (0, 1)"), ("(grid == 1)", "(grid == 0)"))
sim("spring chain modes", "Longitudinal vibrations of a chain of n equal masses with fixed ends. The lowest eigenfrequency from the matrix is compared with the analytic formula omega_1 = 2 sqrt(k/m) sin(pi / (2(n+1))).", """
import numpy as np

def chain_frequencies(n, k=1.0, m=1.0):
    K = np.zeros((n, n))
    for i in range(n):
        K[i, i] = 2 * k
        if i > 0:
            K[i, i - 1] = -k
        if i < n - 1:
            K[i, i + 1] = -k
    eigenvalues = np.linalg.eigvalsh(K / m)
    return np.sqrt(eigenvalues)

n = 10
numeric = chain_frequencies(n, k=4.0, m=0.5)
analytic = 2 * np.sqrt(4.0 / 0.5) * np.sin(np.pi * np.arange(1, n + 1) / (2 * (n + 1)))
print("numerical omega_1:", numeric[0])
print("analytic omega_1: ", analytic[0])
print("max difference:", np.abs(numeric - analytic).max())
""", ("K[i, i] = 2 * k", "K[i, i] = k"), ("K / m", "K * m"), ("(2 * (n + 1))", "(2 * n)"), ("K[i, i + 1] = -k", "K[i, i + 1] = k"))
sim("kalman constant", "A scalar Kalman filter estimating a constant voltage from fixed sample readings.", """
readings = [0.39, 0.50, 0.48, 0.29, 0.25, 0.32, 0.34, 0.48, 0.41, 0.45,
            0.36, 0.42, 0.40, 0.38, 0.37, 0.41, 0.44, 0.35, 0.39, 0.43]

class Kalman1D:
    def __init__(self, x0, p0, q, r):
        self.x, self.p, self.q, self.r = x0, p0, q, r

    def update(self, z):
        # predict
        self.p = self.p + self.q
        # correct
        k = self.p / (self.p + self.r)
        self.x = self.x + k * (z - self.x)
        self.p = (1 - k) * self.p
        return self.x

kf = Kalman1D(0.0, 1.0, 1e-5, 0.01)
for z in readings:
    est = kf.update(z)
print("estimate:", est)
print("variance:", kf.p)
""", ("self.p / (self.p + self.r)", "self.r / (self.p + self.r)"), ("(z - self.x)", "(z + self.x)"), ("(1 - k) * self.p", "(1 + k) * self.p"), ("self.p + self.q", "self.p - self.q"))
sim("round robin", "Round-robin CPU scheduling with a fixed time quantum. Prints completion, turnaround and waiting times; turnaround = completion - arrival and waiting = turnaround - burst.", """
from collections import deque

def round_robin(processes, quantum):
    remaining = {p["name"]: p["burst"] for p in processes}
    pending = sorted(processes, key=lambda p: p["arrival"])
    ready = deque()
    time = 0
    done = {}
    while pending or ready:
        while pending and pending[0]["arrival"] <= time:
            ready.append(pending.pop(0))
        if not ready:
            time = pending[0]["arrival"]
            continue
        p = ready.popleft()
        run = min(quantum, remaining[p["name"]])
        time += run
        remaining[p["name"]] -= run
        while pending and pending[0]["arrival"] <= time:
            ready.append(pending.pop(0))
        if remaining[p["name"]] > 0:
            ready.append(p)
        else:
            done[p["name"]] = time
    return done

procs = [{"name": "A", "arrival": 0, "burst": 5}, {"name": "B", "arrival": 1, "burst": 3}, {"name": "C", "arrival": 2, "burst": 8}]
done = round_robin(procs, quantum=2)
for p in procs:
    turnaround = done[p["name"]] - p["arrival"]
    waiting = turnaround - p["burst"]
    print(p["name"], done[p["name"]], turnaround, waiting)
""", ("- p[\"arrival\"]\n", "+ p[\"arrival\"]\n"), ("turnaround - p[\"burst\"]", "turnaround + p[\"burst\"]"), ("min(quantum,", "max(quantum,"), ("time += run", "time += quantum"))
sim("reversible kinetics", "Reversible reaction A <-> B with rate constants kf and kr. At equilibrium [B]/[A] = kf/kr.", """
import numpy as np

def rk4(f, y, t, h):
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

kf, kr = 0.8, 0.2

def rates(t, y):
    A, B = y
    forward = kf * A
    backward = kr * B
    return np.array([backward - forward, forward - backward])

y = np.array([1.0, 0.0])
t, h = 0.0, 0.01
while t < 20:
    y = rk4(rates, y, t, h)
    t += h

print("A + B =", y.sum())
print("ratio B/A:", y[1] / y[0])
print("expected ratio kf/kr:", kf / kr)
""", ("kf * A", "kf * B"), ("forward - backward])", "forward + backward])"), ("y[1] / y[0]", "y[0] / y[1]"), ("h / 6 *", "h / 5 *"))
sim("shallow water", "1D shallow water equations with the Lax-Friedrichs scheme: a dam break with reflecting walls. Total water volume should be conserved.", """
import numpy as np

g = 9.81
nx = 200
dx = 1.0 / nx
x = (np.arange(nx) + 0.5) * dx
h = np.where(x < 0.5, 2.0, 1.0)
hu = np.zeros(nx)

def flux(h, hu):
    u = hu / h
    return hu, hu * u + 0.5 * g * h**2

volume0 = h.sum() * dx
t = 0.0
while t < 0.08:
    u = hu / h
    dt = 0.4 * dx / np.max(np.abs(u) + np.sqrt(g * h))
    H = np.concatenate(([h[0]], h, [h[-1]]))
    HU = np.concatenate(([-hu[0]], hu, [-hu[-1]]))
    f1, f2 = flux(H, HU)
    h = 0.5 * (H[2:] + H[:-2]) - dt / (2 * dx) * (f1[2:] - f1[:-2])
    hu = 0.5 * (HU[2:] + HU[:-2]) - dt / (2 * dx) * (f2[2:] - f2[:-2])
    t += dt

print("volume:", h.sum() * dx, "initial:", volume0)
print("max speed:", np.max(np.abs(hu / h)))
""", ("0.5 * g * h**2", "g * h**2"), ("hu * u +", "hu * u -"), ("0.5 * (H[2:] + H[:-2])", "(H[2:] + H[:-2])"), ("[-hu[0]], hu", "[hu[0]], hu"))
