"""Twelve further deterministic programs: orbits, fields, circuits, kinetics, controllers, neurons, maps.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("brusselator odeint", "Simulating the Brusselator, a classic chemical oscillator, with odeint.", """
import numpy as np
from scipy.integrate import odeint

def brusselator(y, t, A, B):
    X, Y = y
    dXdt = A - (B + 1) * X + X**2 * Y
    dYdt = B * X - X**2 * Y
    return [dXdt, dYdt]

A, B = 1.0, 3.0
t = np.linspace(0, 50, 5000)
sol = odeint(brusselator, [1.0, 1.0], t, args=(A, B))
X, Y = sol[:, 0], sol[:, 1]
print("X range:", X.min(), X.max())
print("Oscillates:", B > 1 + A**2)
""", ("- (B + 1) * X", "- (B - 1) * X"), ("B * X - X**2 * Y", "B * X + X**2 * Y"), ("X**2 * Y\n    dYdt", "X * Y\n    dYdt"), ("[dXdt, dYdt]", "[dYdt, dXdt]"))
sim("crank nicolson heat", "Crank-Nicolson for the 1D heat equation with fixed (zero) ends, checked against the exact decay of the first sine mode.", """
import numpy as np

def crank_nicolson(nx=51, nt=100, alpha=1.0, t_end=0.1):
    x = np.linspace(0, 1, nx)
    dx = x[1] - x[0]
    dt = t_end / nt
    r = alpha * dt / (2 * dx**2)
    u = np.sin(np.pi * x)
    n = nx - 2
    A = np.diag((1 + 2 * r) * np.ones(n)) + np.diag(-r * np.ones(n - 1), 1) + np.diag(-r * np.ones(n - 1), -1)
    B = np.diag((1 - 2 * r) * np.ones(n)) + np.diag(r * np.ones(n - 1), 1) + np.diag(r * np.ones(n - 1), -1)
    for _ in range(nt):
        u[1:-1] = np.linalg.solve(A, B @ u[1:-1])
    return x, u

x, u = crank_nicolson()
exact = np.exp(-np.pi**2 * 0.1) * np.sin(np.pi * x)
print("max error:", np.abs(u - exact).max())
""", ("(1 + 2 * r)", "(1 + r)"), ("(1 - 2 * r)", "(1 + 2 * r)"), ("(2 * dx**2)", "dx**2"), ("-np.pi**2 * 0.1", "-np.pi * 0.1"))
sim("lif neuron", "A leaky integrate-and-fire neuron driven by a constant current. The firing rate is computed from the spike count.", """
tau_m = 20.0     # ms
V_rest = -70.0   # mV
V_th = -50.0
V_reset = -75.0
R = 10.0         # MOhm
I = 2.5          # nA
dt = 0.1         # ms
T = 1000.0       # ms

V = V_rest
spikes = []
for step in range(int(T / dt)):
    dV = (-(V - V_rest) + R * I) / tau_m
    V += dV * dt
    if V >= V_th:
        spikes.append(step * dt)
        V = V_reset

rate = len(spikes) / (T / 1000.0)
print(f"{len(spikes)} spikes, firing rate {rate:.1f} Hz")
""", ("-(V - V_rest)", "(V - V_rest)"), ("+ R * I", "- R * I"), ("V = V_reset", "V = V_th"), ("len(spikes) / (T / 1000.0)", "len(spikes) / T"))
sim("two body class", "Two stars orbit their common centre of mass. The leapfrog (kick-drift-kick) integrator conserves momentum exactly and energy on average.", """
import numpy as np

class Binary:
    G = 1.0

    def __init__(self, m1, m2):
        self.m1, self.m2 = m1, m2
        self.r1 = np.array([-1.0, 0.0])
        self.r2 = np.array([1.0, 0.0])
        self.v1 = np.array([0.0, -0.4])
        self.v2 = np.array([0.0, 0.4])

    def accelerations(self):
        d = self.r2 - self.r1
        r = np.linalg.norm(d)
        a1 = self.G * self.m2 * d / r**3
        a2 = -self.G * self.m1 * d / r**3
        return a1, a2

    def step(self, dt):
        a1, a2 = self.accelerations()
        self.v1 += 0.5 * dt * a1
        self.v2 += 0.5 * dt * a2
        self.r1 += dt * self.v1
        self.r2 += dt * self.v2
        a1, a2 = self.accelerations()
        self.v1 += 0.5 * dt * a1
        self.v2 += 0.5 * dt * a2

    def energy(self):
        d = np.linalg.norm(self.r2 - self.r1)
        return (0.5 * self.m1 * self.v1 @ self.v1 + 0.5 * self.m2 * self.v2 @ self.v2
                - self.G * self.m1 * self.m2 / d)

b = Binary(1.0, 1.0)
e0 = b.energy()
for _ in range(5000):
    b.step(0.002)
print("relative energy error:", (b.energy() - e0) / abs(e0))
""", ("d / r**3\n        a2", "d / r**2\n        a2"), ("- self.G * self.m1 * self.m2 / d", "+ self.G * self.m1 * self.m2 / d"), ("a2 = -self.G", "a2 = self.G"), ("self.r2 += dt * self.v2", "self.r2 += dt * self.v1"))
sim("upwind advection", "Linear advection of a Gaussian pulse to the right with the first-order upwind scheme on a periodic domain.", """
import numpy as np

nx = 200
L = 1.0
c = 1.0
dx = L / nx
dt = 0.8 * dx / c
x = np.arange(nx) * dx
u = np.exp(-200 * (x - 0.3) ** 2)
mass0 = u.sum() * dx

nsteps = int(round(0.4 / dt))
for n in range(nsteps):
    u = u - c * dt / dx * (u - np.roll(u, 1))

print("peak position:", x[u.argmax()])
print("mass change:", u.sum() * dx - mass0)
""", ("np.roll(u, 1)", "np.roll(u, -1)"), ("0.8 * dx", "1.8 * dx"), ("u - c * dt / dx", "u - c * dt * dx"), ("- c * dt / dx", "+ c * dt / dx"))
sim("pid motor", "A PID controller drives a first-order motor model to a target speed of 100 rad/s.", """
class PID:
    def __init__(self, kp, ki, kd, dt):
        self.kp, self.ki, self.kd, self.dt = kp, ki, kd, dt
        self.integral = 0.0
        self.prev_error = 0.0

    def update(self, setpoint, measured):
        error = setpoint - measured
        self.integral += error * self.dt
        derivative = (error - self.prev_error) / self.dt
        self.prev_error = error
        return self.kp * error + self.ki * self.integral + self.kd * derivative


def simulate(t_end=5.0, dt=0.001):
    pid = PID(2.0, 5.0, 0.01, dt)
    speed = 0.0
    tau = 0.5
    gain = 1.0
    history = []
    t = 0.0
    while t < t_end:
        u = pid.update(100.0, speed)
        speed += dt * (gain * u - speed) / tau
        history.append((t, speed))
        t += dt
    return history


h = simulate()
print("final speed:", h[-1][1])
print("max speed:", max(s for _, s in h))
""", ("setpoint - measured", "measured - setpoint"), ("self.integral += error * self.dt", "self.integral += error"), ("(error - self.prev_error) / self.dt", "(error - self.prev_error) * self.dt"), ("gain * u - speed", "gain * u + speed"))
sim("oral pk", "One-compartment pharmacokinetics with first-order absorption. The simulated peak time is compared with the analytic t_max.", """
import numpy as np
from scipy.integrate import solve_ivp

dose = 500.0   # mg
ka = 1.2       # 1/h
ke = 0.2       # 1/h
V = 40.0       # L

def model(t, y):
    gut, central = y
    return [-ka * gut, ka * gut - ke * central]

t = np.linspace(0, 24, 2401)
sol = solve_ivp(model, (0, 24), [dose, 0.0], t_eval=t, rtol=1e-8)
conc = sol.y[1] / V
t_max = np.log(ka / ke) / (ka - ke)
print(f"simulated t_max: {t[conc.argmax()]:.2f} h")
print(f"analytic t_max: {t_max:.2f} h")
print(f"C_max: {conc.max():.2f} mg/L")
""", ("-ka * gut, ka", "-ke * gut, ka"), ("- ke * central", "+ ke * central"), ("/ (ka - ke)", "/ (ka + ke)"), ("sol.y[1] / V", "sol.y[1] * V"))
sim("logistic map lyapunov", "The Lyapunov exponent of the logistic map at r = 4 should be ln 2.", """
import math

def lyapunov(r, x0=0.3, n=20000, discard=100):
    x = x0
    total = 0.0
    for i in range(n + discard):
        x = r * x * (1 - x)
        if i >= discard:
            total += math.log(abs(r * (1 - 2 * x)))
    return total / n

lam = lyapunov(4.0)
print(f"estimated exponent: {lam:.4f}")
print(f"expected ln 2:      {math.log(2):.4f}")
for r in (2.8, 3.2, 3.5):
    print(r, lyapunov(r))
""", ("r * x * (1 - x)", "r * x * (1 + x)"), ("(1 - 2 * x)", "(1 - x)"), ("total / n", "total / (n + n)"), ("math.log(abs", "math.log10(abs"))
sim("gauss seidel poisson", "Solves the Poisson equation u_xx + u_yy = f on the unit square with zero boundaries using Gauss-Seidel with over-relaxation (SOR).", """
import numpy as np

n = 33
h = 1.0 / (n - 1)
x = np.linspace(0, 1, n)
X, Y = np.meshgrid(x, x, indexing="ij")
f = -2 * np.pi**2 * np.sin(np.pi * X) * np.sin(np.pi * Y)
u = np.zeros((n, n))
omega = 1.8

for sweep in range(200):
    for i in range(1, n - 1):
        for j in range(1, n - 1):
            new = 0.25 * (u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1] - h**2 * f[i, j])
            u[i, j] += omega * (new - u[i, j])

exact = np.sin(np.pi * X) * np.sin(np.pi * Y)
print("max error:", np.abs(u - exact).max())
""", ("- h**2 * f", "+ h**2 * f"), ("h**2 * f[i, j]", "h * f[i, j]"), ("-2 * np.pi**2", "-np.pi**2"), ("(new - u[i, j])", "(new + u[i, j])"))
sim("rigid body", "Torque-free rotation of an asymmetric top about its intermediate axis (the Dzhanibekov effect). Kinetic energy and the magnitude of angular momentum are conserved.", """
import numpy as np

I1, I2, I3 = 1.0, 2.0, 3.0

def omega_dot(w):
    return np.array([
        (I2 - I3) / I1 * w[1] * w[2],
        (I3 - I1) / I2 * w[2] * w[0],
        (I1 - I2) / I3 * w[0] * w[1],
    ])

def rk4_step(w, h):
    k1 = omega_dot(w)
    k2 = omega_dot(w + 0.5 * h * k1)
    k3 = omega_dot(w + 0.5 * h * k2)
    k4 = omega_dot(w + h * k3)
    return w + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6

w = np.array([0.01, 1.0, 0.01])
I = np.array([I1, I2, I3])
E0 = 0.5 * np.sum(I * w**2)
for _ in range(10000):
    w = rk4_step(w, 0.01)
print("energy drift:", 0.5 * np.sum(I * w**2) - E0)
print("angular momentum:", np.linalg.norm(I * w))
""", ("(I2 - I3) / I1", "(I2 + I3) / I1"), ("(I1 - I2) / I3", "(I1 - I2) / I2"), ("w[2] * w[0]", "w[2] * w[1]"), ("+ 0.5 * h * k2", "+ h * k2"))
sim("rocket ascent", "A rocket ascends vertically, burning fuel at a constant rate. Without gravity its final speed would be the Tsiolkovsky value.", """
import math

g = 9.81
m_dry = 1000.0
m_fuel = 4000.0
burn_rate = 50.0     # kg/s
v_exhaust = 3000.0   # m/s

m = m_dry + m_fuel
v = 0.0
h = 0.0
t = 0.0
dt = 0.01
while m > m_dry:
    thrust = burn_rate * v_exhaust
    a = thrust / m - g
    v += a * dt
    h += v * dt
    m -= burn_rate * dt
    t += dt

delta_v = v_exhaust * math.log((m_dry + m_fuel) / m_dry)
print(f"burnout after {t:.1f} s at {h / 1000:.1f} km, speed {v:.1f} m/s")
print(f"Tsiolkovsky delta-v: {delta_v:.1f} m/s, minus gravity loss: {delta_v - g * t:.1f} m/s")
""", ("thrust / m - g", "thrust / m + g"), ("m -= burn_rate * dt", "m += burn_rate * dt"), ("math.log((m_dry + m_fuel) / m_dry)", "math.log(m_dry / (m_dry + m_fuel))"), ("burn_rate * v_exhaust", "burn_rate / v_exhaust"))
sim("wave leapfrog", "The 1D wave equation for a plucked string with fixed ends, using the standard explicit (leapfrog) scheme.", """
import numpy as np

L, c = 1.0, 1.0
nx = 101
dx = L / (nx - 1)
dt = 0.9 * dx / c
C2 = (c * dt / dx) ** 2
x = np.linspace(0, L, nx)
u_prev = np.where(x < 0.5, x, 1 - x)
u = u_prev.copy()
u[1:-1] = u_prev[1:-1] + 0.5 * C2 * (u_prev[2:] - 2 * u_prev[1:-1] + u_prev[:-2])

for n in range(400):
    u_next = np.zeros(nx)
    u_next[1:-1] = 2 * u[1:-1] - u_prev[1:-1] + C2 * (u[2:] - 2 * u[1:-1] + u[:-2])
    u_prev, u = u, u_next

print("max displacement:", np.abs(u).max())
""", ("(c * dt / dx) ** 2", "c * dt / dx"), ("- u_prev[1:-1] + C2", "+ u_prev[1:-1] + C2"), ("- 2 * u[1:-1] + u[:-2]", "- u[1:-1] + u[:-2]"), ("0.9 * dx / c", "1.1 * dx / c"))
