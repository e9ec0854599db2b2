"""Sound programs that look suspicious: other conventions, folded numbers, extra terms, other units, two systems in one.

Each holds the prose before the code and the program; none has changes: nothing in them is wrong.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("spring folded", "A mass on a spring. The energy is recorded every step.", """
x, v, dt = 1.0, 0.0, 0.001
energies = []
for _ in range(10000):
    v += -25.0 * x * dt
    x += v * dt
    energies.append(0.5 * v**2 + 12.5 * x**2)
print("energy:", energies[0], energies[-1])
""")
sim("pendulum two metres", "A pendulum of length 2 m with light damping.", """
import math
theta, omega = 0.5, 0.0
dt = 0.001
for i in range(20000):
    alpha = -4.905 * math.sin(theta) - 0.05 * omega
    omega += alpha * dt
    theta += omega * dt
print("final angle", theta)
""")
sim("sir shares with deaths", "SIR in shares of the population with a small death rate among the infected.", """
def f(y):
    s, i, r = y
    return -0.4 * s * i, 0.4 * s * i - 0.11 * i, 0.1 * i

y = (0.99, 0.01, 0.0)
h = 0.1
for k in range(2000):
    d = f(y)
    y = tuple(a + h * b for a, b in zip(y, d))
print("susceptible left:", y[0])
""")
sim("lotka other letters", "The predator-prey equations; r is the rabbits' growth, e the efficiency of the foxes.", """
from scipy.integrate import solve_ivp

def model(t, z, r=1.0, c=0.1, e=0.5, m=0.4):
    rabbits, foxes = z
    eaten = c * rabbits * foxes
    return [r * rabbits - eaten, e * eaten - m * foxes]

sol = solve_ivp(model, (0, 50), [10, 5], rtol=1e-8)
print("rabbits at the end:", sol.y[0, -1])
""")
sim("rlc downward current", "A series RLC circuit that rings down. The capacitor is charged to 10 V; the current is counted as leaving the capacitor.", """
R, L, C = 2.0, 0.5, 1e-3
q, i = 10.0 * C, 0.0
dt = 1e-5
for _ in range(50000):
    di = (q / C - R * i) / L
    i += di * dt
    q -= i * dt
print("charge:", q)
""")
sim("falling up positive", "A parachutist with quadratic air drag; the axis points upwards, so the velocity is negative.", """
m, g, k = 80.0, 9.81, 12.0
v, y, dt = 0.0, 2000.0, 0.01
while y > 0:
    a = -g + k / m * v * v
    v += a * dt
    y += v * dt
print("speed at the ground:", -v)
print("terminal speed:", (m * g / k) ** 0.5)
""")
sim("seir quarantine", "SEIR with isolation of the infectious at rate q into a class J.", """
beta, sigma, gamma, q, N = 0.6, 0.2, 0.1, 0.05, 1e5
S, E, I, J, R = N - 10, 0.0, 10.0, 0.0, 0.0
dt = 0.05
for n in range(4000):
    inf = beta * S * (I + 0.1 * J) / N
    dS, dE, dI = -inf, inf - sigma * E, sigma * E - (gamma + q) * I
    dJ, dR = q * I - gamma * J, gamma * (I + J)
    S, E, I, J, R = S + dS * dt, E + dE * dt, I + dI * dt, J + dJ * dt, R + dR * dt
print("recovered", R, "total", S + E + I + J + R)
""")
sim("two systems", "The script compares Newton's law of cooling with exponential decay of a tracer.", """
k, T_room = 0.1, 20.0
lam = 0.05
T, n, dt = 90.0, 1000.0, 0.01
for i in range(3000):
    T -= k * (T - T_room) * dt
    n -= lam * n * dt
print("temperature:", T)
print("tracer left:", n)
""")
sim("reduced two body", "Relative motion of two unit masses with G = 1: the relative acceleration is -(m1 + m2) r / r^3 = -2 r / r^3.", """
import numpy as np
r = np.array([1.0, 0.0])
v = np.array([0.0, 1.2])
dt = 0.001
def acc(r):
    return -2 * r / np.linalg.norm(r)**3
a = acc(r)
for i in range(8000):
    v += 0.5 * dt * a
    r += dt * v
    a = acc(r)
    v += 0.5 * dt * a
print("energy per reduced mass", 0.5 * v @ v - 2 / np.linalg.norm(r))
""")
sim("loan weekly", "A loan of 10000 at 5.2 % a year, paid weekly.", """
balance = 10000.0
rate = 0.052 / 52
payment = 60.0
weeks = 0
interest_total = 0.0
while balance > 0:
    interest = balance * rate
    interest_total += interest
    balance = balance + interest - payment
    weeks += 1
print("weeks:", weeks)
print("interest paid:", round(interest_total, 2))
""")
sim("vdp lienard", "The van der Pol oscillator in Lienard variables: x' = mu (x - x^3/3 - y), y' = x / mu.", """
from scipy.integrate import solve_ivp
mu = 5.0
def lienard(t, s):
    x, y = s
    return [mu * (x - x**3 / 3 - y), x / mu]
sol = solve_ivp(lienard, (0, 60), [0.5, 0.0], method="LSODA", rtol=1e-8)
print("amplitude about", abs(sol.y[0][-500:]).max())
""")
sim("heat fin", "Heat along a fin that loses heat to the ambient air along its sides.", """
import numpy as np
n, L = 51, 1.0
dx = L / (n - 1)
alpha, h, T_amb = 1e-3, 0.05, 20.0
T = np.full(n, 60.0)
dt = 0.4 * dx**2 / alpha
for _ in range(3000):
    lap = np.zeros(n)
    lap[1:-1] = (T[2:] - 2 * T[1:-1] + T[:-2]) / dx**2
    T = T + dt * (alpha * lap - h * (T - T_amb))
    T[0], T[-1] = 100.0, T[-2]
print("tip temperature:", T[-1])
""")
sim("lorenz rescaled", "The Lorenz equations with time in units of 1/sigma.", """
import numpy as np
r, b, s = 28.0, 8 / 3, 10.0
def deriv(u):
    x, y, z = u
    return np.array([y - x, (x * (r - z) - y) / s, (x * y - b * z) / s])
u = np.array([1.0, 1.0, 1.0])
h = 0.01
for n in range(5000):
    k1 = deriv(u)
    k2 = deriv(u + h / 2 * k1)
    k3 = deriv(u + h / 2 * k2)
    k4 = deriv(u + h * k3)
    u = u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
print("state", u)
""")
sim("michaelis scaled", "Michaelis-Menten kinetics in dimensionless form: substrate in units of Km, time in units of Km/Vmax.", """
s, p, dt = 5.0, 0.0, 0.001
for k in range(8000):
    rate = s / (1 + s)
    s -= rate * dt
    p += rate * dt
print("substrate", s, "product", p)
""")
sim("projectile metres feet", "A cannonball without air, launched at 45 degrees; distances in feet.", """
import math
g = 32.174
v0 = 300.0
angle = math.radians(45)
vx, vy = v0 * math.cos(angle), v0 * math.sin(angle)
x = y = 0.0
dt = 0.001
while y >= 0:
    x += vx * dt
    vy -= g * dt
    y += vy * dt
print("range:", round(x, 1), "ft, theory", round(v0**2 * math.sin(2 * angle) / g, 1))
""")
