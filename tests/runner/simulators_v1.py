"""Twelve deterministic programs as plain answers: fields, tanks, neurons, rockets, solvers, controllers; then sound lookalikes.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("double pendulum", "Here is a simulation of the double pendulum. It integrates the equations of motion with RK4 and prints the energy at the start and at the end; it should stay nearly the same.", """
import numpy as np

G = 9.81
L1, L2 = 1.0, 1.0
M1, M2 = 1.0, 1.0

def derivs(state):
    th1, w1, th2, w2 = state
    d = th2 - th1
    den1 = (M1 + M2) * L1 - M2 * L1 * np.cos(d) ** 2
    dw1 = (M2 * L1 * w1**2 * np.sin(d) * np.cos(d)
           + M2 * G * np.sin(th2) * np.cos(d)
           + M2 * L2 * w2**2 * np.sin(d)
           - (M1 + M2) * G * np.sin(th1)) / den1
    den2 = (L2 / L1) * den1
    dw2 = (-M2 * L2 * w2**2 * np.sin(d) * np.cos(d)
           + (M1 + M2) * G * np.sin(th1) * np.cos(d)
           - (M1 + M2) * L1 * w1**2 * np.sin(d)
           - (M1 + M2) * G * np.sin(th2)) / den2
    return np.array([w1, dw1, w2, dw2])

def energy(state):
    th1, w1, th2, w2 = state
    y1 = -L1 * np.cos(th1)
    y2 = y1 - L2 * np.cos(th2)
    V = M1 * G * y1 + M2 * G * y2
    K1 = 0.5 * M1 * (L1 * w1) ** 2
    K2 = 0.5 * M2 * ((L1 * w1) ** 2 + (L2 * w2) ** 2 + 2 * L1 * L2 * w1 * w2 * np.cos(th1 - th2))
    return K1 + K2 + V

def rk4(state, dt):
    k1 = derivs(state)
    k2 = derivs(state + 0.5 * dt * k1)
    k3 = derivs(state + 0.5 * dt * k2)
    k4 = derivs(state + dt * k3)
    return state + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

state = np.array([np.pi / 2, 0.0, np.pi / 2 + 0.1, 0.0])
dt = 0.002
E0 = energy(state)
for _ in range(5000):
    state = rk4(state, dt)
print("initial energy", E0)
print("final energy", energy(state))
""", ("M2 * L2 * w2**2 * np.sin(d)\n           - (M1 + M2) * G", "M2 * L2 * w2 * np.sin(d)\n           - (M1 + M2) * G"), ("- (M1 + M2) * L1 * w1**2 * np.sin(d)", "+ (M1 + M2) * L1 * w1**2 * np.sin(d)"), ("M1 * G * y1 + M2 * G * y2", "M1 * G * y1 - M2 * G * y2"), ("M2 * G * np.sin(th2) * np.cos(d)", "M2 * G * np.sin(th1) * np.cos(d)"))
sim("advection class", "The linear advection equation u_t + c u_x = 0 on a periodic domain with a first-order upwind scheme. After one full period the pulse is back where it began (smeared by numerical diffusion).", """
import numpy as np

class Advection:
    def __init__(self, nx=100, length=1.0, c=1.0, cfl=0.5):
        self.nx = nx
        self.dx = length / nx
        self.c = c
        self.dt = cfl * self.dx / c
        self.x = np.arange(nx) * self.dx
        self.u = np.exp(-200 * (self.x - 0.3) ** 2)
        self.time = 0.0

    def step(self):
        self.u = self.u - self.c * self.dt / self.dx * (self.u - np.roll(self.u, 1))
        self.time += self.dt

    def mass(self):
        return self.u.sum() * self.dx

model = Advection()
m0 = model.mass()
peak0 = model.x[model.u.argmax()]
while model.time < 1.0 - 1e-9:
    model.step()
print("mass before and after:", m0, model.mass())
print("peak before and after:", peak0, model.x[model.u.argmax()])
""", ("np.roll(self.u, 1)", "np.roll(self.u, -1)"), ("self.u.sum() * self.dx", "self.u.sum() / self.dx"), ("self.c * self.dt / self.dx", "self.c * self.dt * self.dx"), ("self.u = self.u - self.c", "self.u = self.u + self.c"))
sim("bouncing ball", "A ball dropped from 10 m bounces with coefficient of restitution 0.8. The heights of successive peaks should shrink by e² = 0.64.", """
g = 9.81
e = 0.8
dt = 0.0005
y, v = 10.0, 0.0
t = 0.0
heights = []
going_up = False
while len(heights) < 4:
    v -= g * dt
    y += v * dt
    t += dt
    if y < 0 and v < 0:
        y = -y
        v = -e * v
        going_up = True
    if going_up and v <= 0:
        heights.append(y)
        going_up = False
for k, h in enumerate(heights, 1):
    print(f"peak {k}: {h:.3f} m, expected {10.0 * e ** (2 * k):.3f} m")
""", ("v = -e * v", "v = -e * e * v"), ("e ** (2 * k)", "e ** k"), ("v -= g * dt", "v -= g * dt * y"), ("y, v = 10.0, 0.0", "y, v = 10.0, 5.0"))
sim("gray scott", "Gray-Scott reaction-diffusion on a periodic grid:\n\nu_t = Du ∇²u - u v² + F (1 - u)\nv_t = Dv ∇²v + u v² - (F + k) v", """
import numpy as np

n = 64
Du, Dv = 0.16, 0.08
F, k = 0.035, 0.065

def laplacian(Z):
    return (np.roll(Z, 1, 0) + np.roll(Z, -1, 0) + np.roll(Z, 1, 1) + np.roll(Z, -1, 1) - 4 * Z)

U = np.ones((n, n))
V = np.zeros((n, n))
U[28:36, 28:36] = 0.50
V[28:36, 28:36] = 0.25

for step in range(500):
    uvv = U * V * V
    U += Du * laplacian(U) - uvv + F * (1 - U)
    V += Dv * laplacian(V) + uvv - (F + k) * V

print("mean u:", U.mean(), "mean v:", V.mean())
""", ("- 4 * Z", "- 3 * Z"), ("F * (1 - U)", "F * (1 + U)"), ("(F + k) * V", "(F - k) * V"), ("U * V * V", "U * V"))
sim("lif neuron", "A leaky integrate-and-fire neuron driven by a constant current: tau dV/dt = -(V - V_rest) + R I. When V reaches the threshold a spike is recorded and V is set back to V_reset. The firing rate is compared with the analytic formula.", """
import math

tau = 20.0        # ms
V_rest = -70.0    # mV
V_reset = -75.0
V_th = -54.0
R = 10.0          # MOhm
t_ref = 2.0       # ms

def simulate(I, T=1000.0, dt=0.01):
    V = V_rest
    spikes = []
    t = 0.0
    last = -1e9
    while t < T:
        if t - last >= t_ref:
            dV = (-(V - V_rest) + R * I) / tau
            V += dV * dt
            if V >= V_th:
                spikes.append(t)
                V = V_reset
                last = t
        t += dt
    return spikes

def analytic_rate(I):
    isi = t_ref + tau * math.log((R * I + V_rest - V_reset) / (R * I + V_rest - V_th))
    return 1000.0 / isi

for I in (2.0, 2.5, 3.0):
    s = simulate(I)
    rate = 1000.0 / ((s[-1] - s[0]) / (len(s) - 1))
    print(f"I = {I} nA: simulated {rate:.2f} Hz, theory {analytic_rate(I):.2f} Hz")
""", ("V = V_reset\n", "V = V_rest\n"), ("-(V - V_rest) + R", "-(V + V_rest) + R"), (">= t_ref", ">= 0"), ("(R * I + V_rest - V_th)", "(R * I - V_rest - V_th)"))
sim("brine tanks", "Two tanks in series. Fresh water enters tank 1 at 5 L/min, brine flows from tank 1 to tank 2 and out of tank 2 at the same rate. Tank 1 holds 100 L with 20 kg of salt at the start, tank 2 holds 200 L of pure water.", """
import numpy as np

q = 5.0
V1, V2 = 100.0, 200.0
dt = 0.01
T = 120.0
n = int(T / dt)

time = np.linspace(0, T, n + 1)
s1 = np.zeros(n + 1)
s2 = np.zeros(n + 1)
out = np.zeros(n + 1)
s1[0] = 20.0

for i in range(n):
    flow12 = q * s1[i] / V1
    flow2 = q * s2[i] / V2
    s1[i + 1] = s1[i] - flow12 * dt
    s2[i + 1] = s2[i] + (flow12 - flow2) * dt
    out[i + 1] = out[i] + flow2 * dt

print("salt in tank 1 at the end:", s1[-1])
print("salt in tank 2 at the end:", s2[-1])
print("most salt in tank 2:", s2.max(), "kg at", time[s2.argmax()], "min")
""", ("(flow12 - flow2) * dt", "(flow12 + flow2) * dt"), ("q * s1[i] / V1", "q * s1[i] / V2"), ("s1[0] = 20.0", "s1[0] = 10.0"), ("out[i] + flow2 * dt", "out[i] + flow12 * dt"))
sim("thomas poisson", "This solves -u'' = f on (0, 1) with u(0) = u(1) = 0 by finite differences; the tridiagonal system is solved with the Thomas algorithm. For f = pi² sin(pi x) the exact solution is sin(pi x).", """
import math

def thomas(a, b, c, d):
    n = len(d)
    cp = [0.0] * n
    dp = [0.0] * n
    cp[0] = c[0] / b[0]
    dp[0] = d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m
    x = [0.0] * n
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x

def solve(n):
    h = 1.0 / (n + 1)
    xs = [(i + 1) * h for i in range(n)]
    a = [-1.0] * n
    b = [2.0] * n
    c = [-1.0] * n
    d = [h * h * math.pi**2 * math.sin(math.pi * x) for x in xs]
    u = thomas(a, b, c, d)
    return max(abs(ui - math.sin(math.pi * x)) for ui, x in zip(u, xs))

for n in (9, 19, 39, 79):
    print(n, solve(n))
""", ("dp[i] - cp[i] * x[i + 1]", "dp[i] + cp[i] * x[i + 1]"), ("a[i] * dp[i - 1]) / m", "a[i] * dp[i]) / m"), ("h * h * math.pi**2", "h * math.pi**2"), ("b = [2.0] * n", "b = [3.0] * n"))
sim("romberg and gauss", "Romberg integration and three-point Gauss-Legendre quadrature of exp(-x²) on [0, 1]; reference value from the error function.", """
import math

def romberg(f, a, b, levels=6):
    R = [[0.0] * levels for _ in range(levels)]
    h = b - a
    R[0][0] = 0.5 * h * (f(a) + f(b))
    for i in range(1, levels):
        h *= 0.5
        s = sum(f(a + (2 * k - 1) * h) for k in range(1, 2 ** (i - 1) + 1))
        R[i][0] = 0.5 * R[i - 1][0] + h * s
        for j in range(1, i + 1):
            R[i][j] = R[i][j - 1] + (R[i][j - 1] - R[i - 1][j - 1]) / (4**j - 1)
    return R[levels - 1][levels - 1]

def gauss3(f, a, b):
    nodes = [-math.sqrt(3 / 5), 0.0, math.sqrt(3 / 5)]
    weights = [5 / 9, 8 / 9, 5 / 9]
    mid, half = (a + b) / 2, (b - a) / 2
    return half * sum(w * f(mid + half * x) for w, x in zip(weights, nodes))

f = lambda x: math.exp(-x * x)
true = math.sqrt(math.pi) / 2 * math.erf(1)
print("Romberg", romberg(f, 0, 1))
print("Gauss  ", gauss3(f, 0, 1))
print("true   ", true)
""", ("(4**j - 1)", "(2**j - 1)"), ("[5 / 9, 8 / 9, 5 / 9]", "[5 / 9, 5 / 9, 8 / 9]"), ("0.5 * R[i - 1][0] + h * s", "R[i - 1][0] + h * s"), ("math.sqrt(math.pi) / 2 * math.erf(1)", "math.sqrt(math.pi) * math.erf(1)"))
sim("rocket burn", "A rocket burns fuel at a constant rate in empty space. Its final speed must agree with the Tsiolkovsky rocket equation delta_v = v_e ln(m0/m1).", """
import math
from dataclasses import dataclass

@dataclass
class Rocket:
    dry_mass: float = 1000.0
    fuel: float = 4000.0
    exhaust_speed: float = 2500.0
    burn_rate: float = 20.0
    velocity: float = 0.0
    position: float = 0.0

    @property
    def mass(self):
        return self.dry_mass + self.fuel

    def update(self, dt):
        if self.fuel > 0:
            burned = min(self.burn_rate * dt, self.fuel)
            thrust = self.exhaust_speed * burned / dt
            self.velocity += thrust / self.mass * dt
            self.fuel -= burned
        self.position += self.velocity * dt

rocket = Rocket()
m0 = rocket.mass
dt = 0.01
t = 0.0
while rocket.fuel > 0:
    rocket.update(dt)
    t += dt
print(f"burn time {t:.1f} s")
print(f"speed {rocket.velocity:.1f} m/s")
print(f"theory {rocket.exhaust_speed * math.log(m0 / rocket.mass):.1f} m/s")
""", ("thrust / self.mass * dt", "thrust / self.dry_mass * dt"), ("math.log(m0 / rocket.mass)", "math.log10(m0 / rocket.mass)"), ("self.dry_mass + self.fuel", "self.dry_mass - self.fuel"), ("self.position += self.velocity * dt", "self.position += self.velocity"))
sim("pid thermostat", "A PID controller heats a room: C dT/dt = P - k (T - T_out), with heater power limited between 0 and P_max. The integral term removes the steady-state error, so the temperature settles at the set point.", """
C = 1.0e5        # J/K
k = 100.0        # W/K
T_out = 5.0
P_max = 5000.0
setpoint = 21.0
Kp, Ki, Kd = 800.0, 0.5, 100.0
dt = 1.0

T = 5.0
integral = 0.0
prev_error = setpoint - T
history = []
for step in range(20000):
    error = setpoint - T
    derivative = (error - prev_error) / dt
    P = Kp * error + Ki * integral + Kd * derivative
    if 0 < P < P_max:
        integral += error * dt
    P = min(max(P, 0.0), P_max)
    T += (P - k * (T - T_out)) / C * dt
    prev_error = error
    history.append(T)

print(f"final temperature: {history[-1]:.3f} (set point {setpoint})")
print(f"overshoot: {max(history) - setpoint:.3f} K")
""", ("error = setpoint - T\n    der", "error = T - setpoint\n    der"), ("k * (T - T_out)", "k * (T + T_out)"), ("(error - prev_error) / dt", "(error - prev_error) * dt * 1000"), ("integral += error * dt", "integral -= error * dt"))
sim("standing wave", "A string with fixed ends is started in its second mode. The wave equation is solved by central differences in time and space; the midpoint stays at rest and the period is L/c.", """
import numpy as np

L, c = 1.0, 2.0
nx = 101
dx = L / (nx - 1)
dt = 0.5 * dx / c
x = np.linspace(0, L, nx)
r2 = (c * dt / dx) ** 2

u_prev = np.sin(2 * np.pi * x / L)
u = u_prev.copy()
u[1:-1] = u_prev[1:-1] + 0.5 * r2 * (u_prev[2:] - 2 * u_prev[1:-1] + u_prev[:-2])

steps = int(round((L / c) / dt))
start = np.sin(2 * np.pi * x / L)
for n in range(1, steps):
    u_next = np.zeros_like(u)
    u_next[1:-1] = 2 * u[1:-1] - u_prev[1:-1] + r2 * (u[2:] - 2 * u[1:-1] + u[:-2])
    u_prev, u = u, u_next

print("largest difference after one period:", np.abs(u - start).max())
print("midpoint:", u[nx // 2])
""", ("(c * dt / dx) ** 2", "(c * dt / dx)"), ("2 * u[1:-1] - u_prev[1:-1] +", "2 * u[1:-1] + u_prev[1:-1] +"), ("(u[2:] - 2 * u[1:-1] + u[:-2])", "(u[2:] - 2 * u[1:-1] + u[2:])"), ("int(round((L / c) / dt))", "int(round((L * c) / dt))"))
sim("two compartment drug", "A two-compartment pharmacokinetic model after an intravenous bolus. C1 is the central and C2 the peripheral amount; k10 is elimination, k12 and k21 are the transfer rates.", """
import numpy as np
from scipy.integrate import solve_ivp

k10, k12, k21 = 0.2, 0.5, 0.3
dose = 100.0

def model(t, y):
    a1, a2, gone = y
    return [
        -(k10 + k12) * a1 + k21 * a2,
        k12 * a1 - k21 * a2,
        k10 * a1,
    ]

sol = solve_ivp(model, (0, 24), [dose, 0, 0], t_eval=np.linspace(0, 24, 241), rtol=1e-8)
central, peripheral, eliminated = sol.y
auc = np.trapezoid(central, sol.t) if hasattr(np, "trapezoid") else np.trapz(central, sol.t)
print("central at 24 h:", central[-1])
print("eliminated:", eliminated[-1])
print("AUC * k10:", auc * k10)
print("total:", central[-1] + peripheral[-1] + eliminated[-1])
""", ("-(k10 + k12) * a1 + k21", "-(k10 + k21) * a1 + k21"), ("k12 * a1 - k21 * a2", "k12 * a1 + k21 * a2"), ("k10 * a1,", "k12 * a1,"), ("+ k21 * a2,\n", "- k21 * a2,\n"))

# sound programs that look suspicious

sim("pendulum with drive sign", "A damped driven pendulum. The energy is not conserved, since it is driven.", """
import math

theta, omega = 0.2, 0.0
gamma, F, w_d = 0.25, 1.2, 2.0 / 3.0
dt = 0.005
energies = []
for i in range(20000):
    t = i * dt
    omega += (-math.sin(theta) - 2 * gamma * omega + F * math.cos(w_d * t)) * dt
    theta += omega * dt
    energies.append(0.5 * omega**2 + 1 - math.cos(theta))
print("energy range", min(energies), max(energies))
""")
sim("leaking tank", "Two tanks, but the pipe between them leaks: a tenth of what leaves tank A never reaches tank B.", """
a, b, lost = 50.0, 0.0, 0.0
k, dt = 0.1, 0.05
leak = 0.1
rows = []
for i in range(2000):
    f = k * a * dt
    a -= f
    b += (1 - leak) * f
    rows.append((i * dt, a, b))
print(rows[-1])
""")
sim("advection with decay", "A tracer is carried by the wind and decays with rate lam, so its mass falls.", """
import numpy as np

n, c, lam = 200, 1.5, 0.3
dx = 1.0 / n
dt = 0.4 * dx / c
x = (np.arange(n) + 0.5) * dx
u = np.where((x > 0.2) & (x < 0.4), 1.0, 0.0)
for step in range(400):
    flux = c * np.roll(u, 1)
    u = u + dt / dx * (flux - c * u) - lam * dt * u
print("remaining mass", u.sum() * dx)
""")
sim("adaptive lif with soft reset", "An integrate-and-fire neuron with a soft reset (the threshold is subtracted) and a refractory period.", """
import numpy as np

tau, R, theta = 10.0, 1.0, 1.0
dt = 0.1
v, refractory = 0.0, 0
spikes = []
trace = np.zeros(5000)
for i in range(5000):
    if refractory > 0:
        refractory -= 1
    else:
        v += dt / tau * (-v + R * 1.6)
        if v >= theta:
            v -= theta
            refractory = 20
            spikes.append(i * dt)
    trace[i] = v
print("spikes", len(spikes), "mean interval", np.diff(spikes).mean())
""")
sim("open newton cotes", "The midpoint and the open three-point Newton-Cotes rule (Milne) do not use the end points.", """
def milne(f, a, b, n):
    h = (b - a) / n
    total = 0.0
    for i in range(n):
        x = a + i * h
        q = h / 4
        total += 4 * q / 3 * (2 * f(x + q) - f(x + 2 * q) + 2 * f(x + 3 * q))
    return total

def midpoint(f, a, b, n):
    h = (b - a) / n
    return h * sum(f(a + (i + 0.5) * h) for i in range(n))

g = lambda x: 1 / (1 + x * x)
print("milne", 4 * milne(g, 0, 1, 20))
print("midpoint", 4 * midpoint(g, 0, 1, 20))
""")
sim("rocket with gravity", "A rocket rising against gravity without drag, so it is slower than the ideal rocket equation says (gravity loss).", """
import math

m, m_dry, ve, mdot, g = 500.0, 100.0, 2000.0, 8.0, 9.81
m0 = m
v = h = t = 0.0
dt = 0.01
while m > m_dry:
    a = ve * mdot / m - g
    v += a * dt
    h += v * dt
    m -= mdot * dt
    t += dt
ideal = ve * math.log(m0 / m)
print("speed", v, "ideal without gravity", ideal, "loss", ideal - v, "g t", g * t)
""")
sim("wave with sponge", "A pulse on a string with an absorbing layer on the right: the energy decreases when the pulse enters the layer.", """
import numpy as np

nx, c = 201, 1.0
dx = 1.0 / (nx - 1)
dt = 0.8 * dx / c
x = np.linspace(0, 1, nx)
sigma = np.where(x > 0.8, 200 * (x - 0.8) ** 2 * 25, 0.0)
u = np.exp(-((x - 0.3) / 0.05) ** 2)
old = u.copy()
energy = []
for n in range(500):
    new = np.zeros(nx)
    lap = (u[2:] - 2 * u[1:-1] + u[:-2]) / dx**2
    s = sigma[1:-1] * dt / 2
    new[1:-1] = (2 * u[1:-1] - (1 - s) * old[1:-1] + (c * dt) ** 2 * lap) / (1 + s)
    energy.append(0.5 * np.sum(((new - u) / dt) ** 2) * dx + 0.5 * c**2 * np.sum(np.diff(u) ** 2) / dx)
    old, u = u, new
print("energy", energy[0], energy[-1])
""")
sim("gauss seidel solver", "Gauss-Seidel iteration for a diagonally dominant system; it stops when the change is below 1e-10.", """
import numpy as np

def gauss_seidel(A, b, x0=None, tol=1e-10, max_iter=500):
    n = len(b)
    x = np.zeros(n) if x0 is None else np.array(x0, float)
    for k in range(max_iter):
        change = 0.0
        for i in range(n):
            s = A[i] @ x - A[i, i] * x[i]
            new = (b[i] - s) / A[i, i]
            change = max(change, abs(new - x[i]))
            x[i] = new
        if change < tol:
            return x, k + 1
    return x, max_iter

A = np.array([[10.0, 2, 1], [1, 5, 1], [2, 3, 10]])
b = np.array([7.0, -8, 6])
x, k = gauss_seidel(A, b)
print("solution", x, "after", k, "iterations; residual", np.abs(A @ x - b).max())
""")
sim("two step secant", "The secant method needs no derivative. The root of cos x = x is the Dottie number.", """
import math

def secant(f, a, b, tol=1e-10, max_iter=100):
    fa, fb = f(a), f(b)
    for i in range(max_iter):
        if abs(fb) < tol:
            break
        a, b = b, b - fb * (b - a) / (fb - fa)
        fa, fb = fb, f(b)
    return b

print(secant(lambda x: math.cos(x) - x, 0.0, 1.0))
""")
sim("three body drift", "Three bodies in the plane, softened gravity, leapfrog with kick-drift-kick. Total momentum is not zero: the centre of mass moves.", """
import numpy as np

m = np.array([1.0, 0.8, 0.3])
r = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.5]])
v = np.array([[0.1, 0.0], [0.0, 0.9], [-0.7, 0.2]])
eps = 0.05

def acc(r):
    a = np.zeros_like(r)
    for i in range(3):
        for j in range(3):
            if i != j:
                d = r[j] - r[i]
                a[i] += m[j] * d / (d @ d + eps**2) ** 1.5
    return a

dt = 0.001
a = acc(r)
track = []
for n in range(4000):
    v = v + 0.5 * dt * a
    r = r + dt * v
    a = acc(r)
    v = v + 0.5 * dt * a
    track.append((m[:, None] * r).sum(0) / m.sum())
print("centre of mass", track[0], track[-1])
print("momentum", (m[:, None] * v).sum(0))
""")
sim("reaction with nonunit stoichiometry", "2 A -> B with mass-action rate k A²: one B appears for two A that vanish, so A + 2 B is constant.", """
A, B = 2.0, 0.0
k, dt = 0.7, 0.001
for i in range(10000):
    rate = k * A * A
    A -= 2 * rate * dt
    B += rate * dt
print("A", A, "B", B, "A + 2B", A + 2 * B)
""")
sim("implicit euler cooling", "Backward Euler for Newton's law of cooling with a varying room temperature.", """
import math

T = 90.0
k = 0.05
dt = 0.5
log = []
for n in range(1, 400):
    t = n * dt
    room = 20 + 3 * math.sin(2 * math.pi * t / 60)
    T = (T + dt * k * room) / (1 + dt * k)
    log.append((t, T, room))
print(log[-1])
""")
