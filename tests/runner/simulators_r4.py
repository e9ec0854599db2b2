"""Twelve more deterministic programs, of other domains again: fractals, quadrature, lasers, pulses, inventories, geodesics, genes.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("lotka competition", "Competitive Lotka-Volterra model for two species sharing a resource. With these coefficients the species coexist.", """
import numpy as np
from scipy.integrate import odeint

r1, r2 = 1.0, 0.8
K1, K2 = 100.0, 80.0
a12, a21 = 0.5, 0.6

def competition(N, t):
    N1, N2 = N
    dN1 = r1 * N1 * (1 - (N1 + a12 * N2) / K1)
    dN2 = r2 * N2 * (1 - (N2 + a21 * N1) / K2)
    return [dN1, dN2]

t = np.linspace(0, 100, 1000)
N = odeint(competition, [10.0, 10.0], t)
N1_star = (K1 - a12 * K2) / (1 - a12 * a21)
N2_star = (K2 - a21 * K1) / (1 - a12 * a21)
print(f"final N1 = {N[-1, 0]:.2f}, predicted {N1_star:.2f}")
print(f"final N2 = {N[-1, 1]:.2f}, predicted {N2_star:.2f}")
""", ("(N1 + a12 * N2) / K1", "(N1 - a12 * N2) / K1"), ("a21 * N1) / K2", "a12 * N1) / K2"), ("(1 - a12 * a21)\nN2", "(1 + a12 * a21)\nN2"), ("r2 * N2 *", "r2 * N1 *"))
sim("simpson", "Numerical integration of sin(x) from 0 to pi with the composite trapezoidal and Simpson rules. The exact value is 2.", """
import math

def trapezoid(f, a, b, n):
    h = (b - a) / n
    s = 0.5 * (f(a) + f(b))
    for i in range(1, n):
        s += f(a + i * h)
    return h * s

def simpson(f, a, b, n):
    if n % 2:
        n += 1
    h = (b - a) / n
    s = f(a) + f(b)
    for i in range(1, n):
        s += (4 if i % 2 else 2) * f(a + i * h)
    return h * s / 3

exact = 2.0
for n in (4, 8, 16, 32):
    t = trapezoid(math.sin, 0, math.pi, n)
    s = simpson(math.sin, 0, math.pi, n)
    print(n, abs(t - exact), abs(s - exact))
print("Simpson result:", simpson(math.sin, 0, math.pi, 32))
print("Exact value:", exact)
""", ("0.5 * (f(a) + f(b))", "(f(a) + f(b))"), ("4 if i % 2 else 2", "2 if i % 2 else 4"), ("h * s / 3", "h * s / 2"), ("f(a) + f(b)\n    for i in range(1, n):\n        s += (4", "f(a) - f(b)\n    for i in range(1, n):\n        s += (4"))
sim("newton root", "Newton's method for the cube root of 2: f(x) = x^3 - 2.", """
def f(x):
    return x**3 - 2

def df(x):
    return 3 * x**2

def newton(x0, tol=1e-12, max_iter=50):
    x = x0
    for i in range(max_iter):
        step = f(x) / df(x)
        x = x - step
        if abs(step) < tol:
            return x, i + 1
    return x, max_iter

root, iterations = newton(1.0)
print("root:", root, "iterations:", iterations)
print("expected:", 2 ** (1 / 3))
print("residual:", f(root))
""", ("3 * x**2", "3 * x"), ("x - step", "x + step"), ("x**3 - 2\n", "x**3 + 2\n"), ("2 ** (1 / 3)", "2 ** (1 / 2)"))
sim("fdtd vacuum", "A minimal 1D FDTD simulation of an electromagnetic pulse in vacuum (normalised units, Courant number 0.5) with a hard Gaussian source in the middle.", """
import numpy as np

size = 200
ez = np.zeros(size)
hy = np.zeros(size)
S = 0.5
t0, width = 30.0, 10.0

for t in range(150):
    for i in range(size - 1):
        hy[i] += S * (ez[i + 1] - ez[i])
    for i in range(1, size):
        ez[i] += S * (hy[i] - hy[i - 1])
    ez[100] = np.exp(-((t - t0) / width) ** 2)

left = ez[:100]
right = ez[101:]
print("symmetric:", np.allclose(ez[1:100], ez[199:100:-1], atol=1e-12))
print("max field:", np.abs(ez).max())
""", ("(ez[i + 1] - ez[i])", "(ez[i + 1] + ez[i])"), ("(hy[i] - hy[i - 1])", "(hy[i] - hy[i - 1]) * 5"), ("hy[i] += S", "hy[i] -= S"), ("range(1, size)", "range(50, size)"))
sim("gravity assist two-body energy", "Orbit of a comet around the Sun in astronomical units and years (GM = 4 pi^2), velocity Verlet. The semi-major axis follows from the energy, and the period from Kepler's third law.", """
import numpy as np

GM = 4 * np.pi**2
r = np.array([1.0, 0.0])
v = np.array([0.0, 7.5])
dt = 1e-4

def acc(r):
    return -GM * r / np.linalg.norm(r) ** 3

E = 0.5 * v @ v - GM / np.linalg.norm(r)
a_semi = -GM / (2 * E)
period = a_semi ** 1.5

a = acc(r)
t = 0.0
prev_y = r[1]
while True:
    r = r + v * dt + 0.5 * a * dt**2
    a_new = acc(r)
    v = v + 0.5 * (a + a_new) * dt
    a = a_new
    t += dt
    if prev_y < 0 <= r[1]:
        break
    prev_y = r[1]

print(f"simulated period: {t:.4f} years")
print(f"Kepler period: {period:.4f} years")
""", ("-GM / (2 * E)", "-GM / E"), ("a_semi ** 1.5", "a_semi ** 2"), ("0.5 * a * dt**2", "a * dt**2"), ("np.linalg.norm(r) ** 3", "np.linalg.norm(r) ** 2"))
sim("inventory eoq", "Economic order quantity: annual demand D, fixed cost per order S and holding cost per unit and year H. The simulation of a year with continuous demand reproduces the minimal cost.", """
import math

D = 1200.0
S = 50.0
H = 3.0

def eoq(D, S, H):
    return math.sqrt(2 * D * S / H)

def yearly_cost(Q, D, S, H):
    ordering = D / Q * S
    holding = Q / 2 * H
    return ordering + holding

def simulate(Q, days=365):
    stock = Q
    orders = 0
    holding = 0.0
    demand = D / days
    for day in range(days):
        if stock < demand:
            stock += Q
            orders += 1
        stock -= demand
        holding += stock * H / days
    return orders * S + holding

Q = eoq(D, S, H)
print(f"EOQ: {Q:.1f} units")
print(f"formula cost: {yearly_cost(Q, D, S, H):.2f}")
print(f"minimum cost sqrt(2DSH): {math.sqrt(2 * D * S * H):.2f}")
print(f"simulated cost: {simulate(Q):.2f}")
""", ("math.sqrt(2 * D * S / H)", "math.sqrt(D * S / H)"), ("Q / 2 * H", "Q * H"), ("D / Q * S", "Q / D * S"), ("stock -= demand", "stock -= demand * 2"))
sim("repressilator", "The repressilator: three genes that repress each other in a ring (Elowitz and Leibler). m are mRNA, p protein concentrations.", """
import numpy as np
from scipy.integrate import solve_ivp

alpha, alpha0, beta, n = 216.0, 0.216, 5.0, 2.0

def repressilator(t, y):
    m1, m2, m3, p1, p2, p3 = y
    dm1 = -m1 + alpha / (1 + p3**n) + alpha0
    dm2 = -m2 + alpha / (1 + p1**n) + alpha0
    dm3 = -m3 + alpha / (1 + p2**n) + alpha0
    dp1 = -beta * (p1 - m1)
    dp2 = -beta * (p2 - m2)
    dp3 = -beta * (p3 - m3)
    return [dm1, dm2, dm3, dp1, dp2, dp3]

sol = solve_ivp(repressilator, (0, 50), [0, 0, 0, 5, 0, 15], max_step=0.1)
p1 = sol.y[3]
print("p1 between", p1[len(p1) // 2:].min(), "and", p1[len(p1) // 2:].max())
""", ("alpha / (1 + p1**n)", "alpha / (1 - p1**n)"), ("-beta * (p2 - m2)", "-beta * (p2 + m2)"), ("dm3 = -m3 + alpha / (1 + p2**n)", "dm3 = -m3 + alpha / (1 + p3**n)"), ("-m1 + alpha", "m1 + alpha"))
sim("coupled pendula array", "Two identical pendula coupled by a weak spring (small angles). Energy sloshes back and forth; the beat frequency is the difference of the normal mode frequencies.", """
import numpy as np

g, L, k, m = 9.81, 1.0, 0.5, 1.0

def deriv(s):
    t1, t2, w1, w2 = s
    return np.array([
        w1,
        w2,
        -g / L * t1 - k / m * (t1 - t2),
        -g / L * t2 - k / m * (t2 - t1),
    ])

dt = 0.001
s = np.array([0.1, 0.0, 0.0, 0.0])
energies = []
for i in range(20000):
    k1 = deriv(s)
    k2 = deriv(s + 0.5 * dt * k1)
    s = s + dt * k2
    t1, t2, w1, w2 = s
    energies.append(0.5 * m * L**2 * (w1**2 + w2**2) + 0.5 * m * g * L * (t1**2 + t2**2) + 0.5 * k * L**2 * (t1 - t2) ** 2)

w_plus = np.sqrt(g / L)
w_minus = np.sqrt(g / L + 2 * k / m)
print("mode frequencies:", w_plus, w_minus)
print("relative energy drift:", (energies[-1] - energies[0]) / energies[0])
""", ("k / m * (t2 - t1)", "k / m * (t1 - t2)"), ("-g / L * t1", "g / L * t1"), ("g / L + 2 * k / m", "g / L + k / m"), ("0.5 * k * L**2 * (t1 - t2) ** 2", "k * L**2 * (t1 - t2) ** 2"))
sim("burgers viscous", "The viscous Burgers equation u_t + u u_x = nu u_xx with periodic boundaries, central differences and forward Euler. The mean of u is conserved.", """
import numpy as np

nx = 128
L = 2 * np.pi
dx = L / nx
nu = 0.1
dt = 0.001
x = np.arange(nx) * dx
u = np.sin(x) + 0.5

mean0 = u.mean()
for n in range(1500):
    ux = (np.roll(u, -1) - np.roll(u, 1)) / (2 * dx)
    uxx = (np.roll(u, -1) - 2 * u + np.roll(u, 1)) / dx**2
    u = u + dt * (-u * ux + nu * uxx)

print("mean:", u.mean(), "initial mean:", mean0)
print("max gradient:", np.abs(ux).max())
""", ("(2 * dx)", "(dx)"), ("-u * ux", "u * ux"), ("- 2 * u + np.roll(u, 1)", "- u + np.roll(u, 1)"), ("+ nu * uxx", "- nu * uxx"))
sim("heat exchange bodies", "Two bodies in thermal contact exchange heat at a rate proportional to their temperature difference. The final common temperature is the heat-capacity weighted mean.", """
def simulate(T1, T2, C1, C2, k, dt=0.01, t_end=200.0):
    history = [(0.0, T1, T2)]
    t = 0.0
    while t < t_end:
        q = k * (T1 - T2)
        T1 -= q / C1 * dt
        T2 += q / C2 * dt
        t += dt
        history.append((t, T1, T2))
    return history

C1, C2 = 50.0, 20.0
history = simulate(90.0, 20.0, C1, C2, 2.0)
t, T1, T2 = history[-1]
T_eq = (C1 * 90.0 + C2 * 20.0) / (C1 + C2)
print(f"T1 = {T1:.2f}, T2 = {T2:.2f}, expected {T_eq:.2f}")
""", ("T1 -= q / C1", "T1 += q / C1"), ("q / C2 * dt", "q / C1 * dt"), ("(T1 - T2)", "(T1 + T2)"), ("/ (C1 + C2)", "/ (C1 * C2)"))
sim("elementary rule 90", "Elementary cellular automaton, rule 90: each new cell is the XOR of its two neighbours. From a single live cell it draws the Sierpinski triangle; row n has 2^(number of ones in the binary n) live cells.", """
import numpy as np

def evolve(cells):
    return np.roll(cells, 1) ^ np.roll(cells, -1)

width, steps = 129, 60
cells = np.zeros(width, dtype=int)
cells[width // 2] = 1
rows = [cells]
for _ in range(steps):
    cells = evolve(cells)
    rows.append(cells)
rows = np.array(rows)

ok = all(rows[n].sum() == 2 ** bin(n).count("1") for n in range(steps + 1))
print("live cells per row match:", ok)
""", ("^ np.roll(cells, -1)", "| np.roll(cells, -1)"), ("np.roll(cells, 1)", "np.roll(cells, 2)"), ("np.roll(cells, -1)", "cells"), ("2 ** bin(n)", "3 ** bin(n)"))
sim("laser rate equations", "Rate equations of a four-level laser: N is the population inversion and S the photon number. Above threshold the inversion clamps at N_th = 1/(G tau_p).", """
import numpy as np
from scipy.integrate import solve_ivp

G = 0.05        # gain
tau_n = 2.0     # inversion lifetime
tau_p = 0.5     # photon lifetime
P = 40.0        # pump rate

def rates(t, y):
    N, S = y
    dN = P - N / tau_n - G * N * S
    dS = G * N * S - S / tau_p + 1e-4 * N / tau_n
    return [dN, dS]

sol = solve_ivp(rates, (0, 200), [0.0, 0.0], method="LSODA", rtol=1e-8)
N, S = sol.y[:, -1]
N_th = 1 / (G * tau_p)
print(f"inversion: {N:.2f}")
print(f"expected threshold inversion: {N_th:.2f}")
print(f"photons: {S:.2f}")
""", ("- G * N * S", "+ G * N * S"), ("- S / tau_p", "+ S / tau_p"), ("1 / (G * tau_p)", "G / tau_p"), ("P - N / tau_n", "P + N / tau_n"))
