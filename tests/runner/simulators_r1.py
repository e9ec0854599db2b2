"""Ten deterministic programs as answers hold them: solvers of scipy, classes, grids, closed forms that are printed.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("rossler solve_ivp", "Here is how to integrate the Rössler attractor with SciPy.", """
import numpy as np
from scipy.integrate import solve_ivp

a, b, c = 0.2, 0.2, 5.7

def rossler(t, state):
    x, y, z = state
    dx = -y - z
    dy = x + a * y
    dz = b + z * (x - c)
    return [dx, dy, dz]

sol = solve_ivp(rossler, (0, 100), [1.0, 1.0, 1.0], max_step=0.05, rtol=1e-8)
print("final state:", sol.y[:, -1])
print("max x:", sol.y[0].max())
""", ("-y - z", "-y + z"), ("z * (x - c)", "z * (x + c)"), ("x + a * y", "x + a * z"), ("b + z", "b * z"))
sim("falling skydiver odeint", "A skydiver falls with quadratic drag. We integrate the equation of motion and compare the final speed with the terminal velocity.", """
import numpy as np
from scipy.integrate import odeint

m = 80.0        # kg
g = 9.81        # m/s^2
rho = 1.2       # kg/m^3
Cd = 1.0
A = 0.7         # m^2

def rhs(y, t):
    v = y[0]
    drag = 0.5 * rho * Cd * A * v**2
    return [g - drag / m]

t = np.linspace(0, 40, 400)
v = odeint(rhs, [0.0], t)[:, 0]
v_terminal = np.sqrt(2 * m * g / (rho * Cd * A))
print(f"Final speed: {v[-1]:.3f} m/s")
print(f"Terminal velocity: {v_terminal:.3f} m/s")
""", ("0.5 * rho", "rho"), ("drag / m", "drag"), ("np.sqrt(2 * m * g", "np.sqrt(m * g"), ("v**2", "v"))
sim("two compartment pk class", "A two-compartment pharmacokinetic model: a drug is given as a bolus into the central compartment, exchanges with a peripheral compartment, and is eliminated from the central one.", """
class TwoCompartment:
    def __init__(self, dose, k10, k12, k21):
        self.k10 = k10
        self.k12 = k12
        self.k21 = k21
        self.central = dose
        self.peripheral = 0.0
        self.eliminated = 0.0

    def step(self, dt):
        d_central = -(self.k10 + self.k12) * self.central + self.k21 * self.peripheral
        d_peripheral = self.k12 * self.central - self.k21 * self.peripheral
        d_eliminated = self.k10 * self.central
        self.central += d_central * dt
        self.peripheral += d_peripheral * dt
        self.eliminated += d_eliminated * dt


model = TwoCompartment(dose=100.0, k10=0.2, k12=0.5, k21=0.3)
dt = 0.01
times = []
conc = []
for i in range(2400):
    times.append(i * dt)
    conc.append(model.central)
    model.step(dt)
print("after 24 h:", model.central, model.peripheral, model.eliminated)
""", ("-(self.k10 + self.k12)", "-self.k12"), ("+ self.k21 * self.peripheral", "- self.k21 * self.peripheral"), ("d_eliminated = self.k10", "d_eliminated = self.k12"), ("self.peripheral += d_peripheral * dt", "self.peripheral += d_peripheral"))
sim("mortgage", "This script builds the amortization schedule of a fixed-rate mortgage.", """
def monthly_payment(principal, annual_rate, years):
    r = annual_rate / 12
    n = years * 12
    return principal * r * (1 + r) ** n / ((1 + r) ** n - 1)


def schedule(principal, annual_rate, years):
    payment = monthly_payment(principal, annual_rate, years)
    balance = principal
    rows = []
    for month in range(1, years * 12 + 1):
        interest = balance * annual_rate / 12
        principal_paid = payment - interest
        balance -= principal_paid
        rows.append((month, payment, interest, principal_paid, balance))
    return rows


rows = schedule(300000, 0.04, 30)
print(f"Monthly payment: {rows[0][1]:.2f}")
print(f"Total interest: {sum(r[2] for r in rows):.2f}")
print(f"Final balance: {rows[-1][4]:.2f}")
""", ("r = annual_rate / 12", "r = annual_rate / 10"), ("balance * annual_rate / 12", "principal * annual_rate / 12"), ("((1 + r) ** n - 1)", "((1 + r) ** n + 1)"), ("balance -= principal_paid", "balance -= payment"))
sim("gray scott", "The Gray-Scott reaction-diffusion model on a periodic grid: u is fed at rate F and v is removed at rate F + k.", """
import numpy as np

def laplacian(Z):
    return (np.roll(Z, 1, axis=0) + np.roll(Z, -1, axis=0)
            + np.roll(Z, 1, axis=1) + np.roll(Z, -1, axis=1) - 4 * Z)

def gray_scott(n=64, steps=1000, Du=0.16, Dv=0.08, F=0.035, k=0.065):
    u = np.ones((n, n))
    v = np.zeros((n, n))
    u[28:36, 28:36] = 0.5
    v[28:36, 28:36] = 0.25
    for _ in range(steps):
        uvv = u * v * v
        u += Du * laplacian(u) - uvv + F * (1 - u)
        v += Dv * laplacian(v) + uvv - (F + k) * v
    return u, v

u, v = gray_scott()
print("mean u", u.mean(), "mean v", v.mean())
""", ("+ uvv", "- uvv"), ("u * v * v", "u * v"), ("F * (1 - u)", "F * u"), ("- 4 * Z", "- 3 * Z"))
sim("rlc step", "Step response of a series RLC circuit: L q'' + R q' + q/C = V. The damping ratio and natural frequency are printed as well.", """
import math

R, L, C, V = 10.0, 0.1, 1e-3, 5.0
dt = 1e-5
q = 0.0
i = 0.0
vc_max = 0.0
for step in range(int(0.2 / dt)):
    di = (V - R * i - q / C) / L
    i += di * dt
    q += i * dt
    vc_max = max(vc_max, q / C)

omega0 = 1 / math.sqrt(L * C)
zeta = R / 2 * math.sqrt(C / L)
print(f"natural frequency: {omega0:.2f} rad/s")
print(f"damping ratio: {zeta:.3f}")
print(f"overshoot: {vc_max / V - 1:.3f}")
print(f"final capacitor voltage: {q / C:.3f} V")
""", ("- R * i", "+ R * i"), ("q / C) / L", "q / C) * L"), ("1 / math.sqrt(L * C)", "math.sqrt(L * C)"), ("q += i * dt", "q += i"))
sim("heat neumann", "Heat conduction in a rod with insulated ends. Total heat should be conserved.", """
import numpy as np

L = 1.0
nx = 51
dx = L / (nx - 1)
alpha = 0.01
dt = 0.4 * dx**2 / alpha
x = np.linspace(0, L, nx)
T = np.exp(-100 * (x - 0.3) ** 2)

for n in range(2000):
    Tn = T.copy()
    T[1:-1] = Tn[1:-1] + alpha * dt / dx**2 * (Tn[2:] - 2 * Tn[1:-1] + Tn[:-2])
    T[0] = T[1]
    T[-1] = T[-2]

print("min and max:", T.min(), T.max())
print("mean temperature:", T.mean())
""", ("T[0] = T[1]", "T[0] = 0"), ("+ Tn[:-2]", "- Tn[:-2]"), ("0.4 * dx**2", "0.6 * dx**2"), ("dt / dx**2", "dt / dx"))
sim("leslie matrix", "A Leslie matrix model with three age classes. The dominant eigenvalue gives the long-term growth rate.", """
import numpy as np

fecundity = [0.0, 1.5, 1.0]
survival = [0.6, 0.4]

A = np.zeros((3, 3))
A[0, :] = fecundity
A[1, 0] = survival[0]
A[2, 1] = survival[1]

n = np.array([100.0, 50.0, 20.0])
totals = []
for year in range(60):
    n = A @ n
    totals.append(n.sum())

growth = totals[-1] / totals[-2]
lam = max(abs(np.linalg.eigvals(A)))
print("simulated growth rate:", growth)
print("dominant eigenvalue:", lam)
print("stable age distribution:", n / n.sum())
""", ("totals[-1] / totals[-2]", "totals[-1] - totals[-2]"), ("A[2, 1] = survival[1]", "A[1, 2] = survival[1]"), ("n = A @ n", "n = A.T @ n"), ("n / n.sum()", "n / n.max()"))
sim("double pendulum", "Double pendulum with RK4. Energy should be conserved, which is a useful check.", """
import numpy as np

g = 9.81
m1 = m2 = 1.0
l1 = l2 = 1.0

def derivs(s):
    th1, w1, th2, w2 = s
    d = th1 - th2
    den = 2 * m1 + m2 - m2 * np.cos(2 * d)
    a1 = (-g * (2 * m1 + m2) * np.sin(th1) - m2 * g * np.sin(th1 - 2 * th2)
          - 2 * np.sin(d) * m2 * (w2**2 * l2 + w1**2 * l1 * np.cos(d))) / (l1 * den)
    a2 = (2 * np.sin(d) * (w1**2 * l1 * (m1 + m2) + g * (m1 + m2) * np.cos(th1)
          + w2**2 * l2 * m2 * np.cos(d))) / (l2 * den)
    return np.array([w1, a1, w2, a2])

def rk4(s, dt):
    k1 = derivs(s)
    k2 = derivs(s + dt / 2 * k1)
    k3 = derivs(s + dt / 2 * k2)
    k4 = derivs(s + dt * k3)
    return s + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

s = np.array([2.0, 0.0, 1.0, 0.0])
dt = 0.005
trajectory = [s]
for _ in range(2000):
    s = rk4(s, dt)
    trajectory.append(s)
trajectory = np.array(trajectory)
print("final angles:", trajectory[-1, 0], trajectory[-1, 2])
""", ("g * (m1 + m2) * np.cos(th1)", "g * (m1 + m2) * np.sin(th1)"), ("(2 * m1 + m2) * np.sin(th1)", "(m1 + m2) * np.sin(th1)"), ("w1**2 * l1 * np.cos(d)", "w1 * l1 * np.cos(d)"), ("(k1 + 2 * k2 + 2 * k3 + k4)", "(k1 + 2 * k2 + k3 + k4)"))
sim("tank draining", "Water drains from a cylindrical tank through a hole in the bottom (Torricelli's law). The time to empty is compared with the analytic result.", """
import math

g = 9.81
area_tank = 1.0
area_hole = 0.01
h0 = 2.0
dt = 0.1

h = h0
t = 0.0
while h > 1e-4:
    outflow = area_hole * math.sqrt(2 * g * h)
    h -= outflow / area_tank * dt
    h = max(h, 0.0)
    t += dt

t_exact = area_tank / area_hole * math.sqrt(2 * h0 / g)
print(f"simulated emptying time: {t:.1f} s")
print(f"analytic emptying time: {t_exact:.1f} s")
""", ("math.sqrt(2 * g * h)", "math.sqrt(g * h)"), ("outflow / area_tank", "outflow * area_tank * 2"), ("math.sqrt(2 * h0 / g)", "math.sqrt(h0 / g)"), ("t += dt", "t += 2 * dt"))
