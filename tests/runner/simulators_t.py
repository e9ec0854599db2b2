"""Thirteen plain answers with and without chance, written independently of the code that judges them.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("oscillator metropolis", "Metropolis sampling of a particle in a harmonic potential U(x) = k x²/2 at temperature T (k_B = 1). Equipartition says that the average of x² is T/k.", """
import numpy as np

def potential(x, k):
    return 0.5 * k * x**2

def metropolis(k=2.0, T=1.5, step=1.5, n=60000, seed=8):
    rng = np.random.default_rng(seed)
    x = 0.0
    xs = np.empty(n)
    accepted = 0
    for i in range(n):
        trial = x + step * (2 * rng.random() - 1)
        dU = potential(trial, k) - potential(x, k)
        if dU < 0 or rng.random() < np.exp(-dU / T):
            x = trial
            accepted += 1
        xs[i] = x
    return xs, accepted / n

xs, rate = metropolis()
print("<x^2> =", np.mean(xs[1000:] ** 2), " T/k =", 1.5 / 2.0)
print("acceptance rate", rate)
""", ("np.exp(-dU / T)", "np.exp(-dU * T)"), ("2 * rng.random() - 1", "rng.random()"), ("0.5 * k * x**2", "k * x**2"), ("potential(trial, k) - potential(x, k)", "potential(x, k) - potential(trial, k)"))

sim("decay counting", "Monte Carlo radioactive decay: each remaining nucleus decays in a time step with probability 1 - exp(-λ dt). We estimate the half-life from the curve and compare with ln 2/λ.", """
import numpy as np

lam = 0.1
dt = 0.05
N = 20000
rng = np.random.default_rng(3)

remaining = N
times = [0.0]
counts = [N]
while remaining > N * 0.02:
    decays = rng.binomial(remaining, 1 - np.exp(-lam * dt))
    remaining -= decays
    times.append(times[-1] + dt)
    counts.append(remaining)

counts = np.array(counts)
half_life = times[np.argmax(counts <= N / 2)]
print("estimated half-life", half_life)
print("ln(2)/lambda       ", np.log(2) / lam)
""", ("1 - np.exp(-lam * dt)", "np.exp(-lam * dt)"), ("times[-1] + dt", "times[-1] + lam * dt"), ("N / 2", "N / 3"), ("remaining -= decays", "remaining -= decays // 2"))

sim("md1", "An M/D/1 queue: Poisson arrivals, constant service time. The Pollaczek–Khinchine formula gives the mean waiting time W_q = ρ D / (2 (1 - ρ)).", """
import random

def md1_wait(arrival_rate, service_time, customers=200000, seed=10):
    rng = random.Random(seed)
    clock = 0.0
    free_at = 0.0
    total_wait = 0.0
    for _ in range(customers):
        clock += rng.expovariate(arrival_rate)
        start = max(clock, free_at)
        total_wait += start - clock
        free_at = start + service_time
    return total_wait / customers

lam, D = 0.7, 1.0
rho = lam * D
print("simulated wait:", md1_wait(lam, D))
print("P-K formula   :", rho * D / (2 * (1 - rho)))
""", ("start = max(clock, free_at)", "start = min(clock, free_at)"), ("rng.expovariate(arrival_rate)", "1 / arrival_rate"), ("(2 * (1 - rho))", "(1 - rho)"), ("free_at = start + service_time", "free_at = clock + service_time"))

sim("buffon", "Buffon's needle: a needle of length l is dropped on a floor with lines a distance d apart (l ≤ d). The crossing probability is 2l/(πd), which gives an estimate of π.", """
import numpy as np

def buffon(n, length=1.0, spacing=1.5, seed=6):
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, spacing / 2, n)
    angle = rng.uniform(0, np.pi / 2, n)
    hits = np.sum(centre <= 0.5 * length * np.sin(angle))
    return 2 * length * n / (hits * spacing)

print("estimate of pi:", buffon(1_000_000))
""", ("np.pi / 2, n", "np.pi / 3, n"), ("0.5 * length * np.sin(angle)", "length * np.sin(angle)"), ("rng.uniform(0, spacing / 2, n)", "rng.uniform(0, spacing, n)"), ("2 * length * n", "length * n"))

sim("polya", "Pólya's urn starts with one red and one blue ball; a ball is drawn and put back with another of the same colour. After many draws the fraction of red is uniformly distributed, so over many urns its mean is 1/2 and its variance 1/12.", """
import numpy as np

def polya(draws, rng):
    red, blue = 1, 1
    for _ in range(draws):
        if rng.random() < red / (red + blue):
            red += 1
        else:
            blue += 1
    return red / (red + blue)

rng = np.random.default_rng(14)
fractions = np.array([polya(300, rng) for _ in range(3000)])
print(f"mean {fractions.mean():.4f}  variance {fractions.var():.4f}")
""", ("red, blue = 1, 1", "red, blue = 1, 2"), ("blue += 1", "red += 1"), ("rng.random() < red / (red + blue)", "rng.random() < 0.5"), ("return red / (red + blue)", "return red / blue"))

sim("ou process", "Euler–Maruyama simulation of the Ornstein–Uhlenbeck process dX = -θ X dt + σ dW. The stationary variance is σ²/(2θ).", """
import numpy as np

theta, sigma = 1.2, 0.6
dt, n_steps, n_paths = 0.01, 2000, 2000
rng = np.random.default_rng(21)

X = np.zeros(n_paths)
for _ in range(n_steps):
    dW = rng.normal(0.0, np.sqrt(dt), n_paths)
    X += -theta * X * dt + sigma * dW

print("sample variance    :", X.var())
print("stationary variance:", sigma**2 / (2 * theta))
""", ("np.sqrt(dt), n_paths", "dt, n_paths"), ("-theta * X * dt", "theta * X * dt"), ("sigma**2 / (2 * theta)", "sigma**2 / theta"), ("+ sigma * dW", "+ sigma**2 * dW"))

sim("sir final size", "The SIR model integrated with scipy. The final size r∞ satisfies r∞ = 1 - exp(-R0 r∞) with R0 = β/γ.", """
import numpy as np
from scipy.integrate import odeint
from scipy.optimize import brentq

beta, gamma = 0.5, 0.2

def deriv(y, t):
    S, I, R = y
    return -beta * S * I, beta * S * I - gamma * I, gamma * I

t = np.linspace(0, 300, 3001)
S, I, R = odeint(deriv, (1 - 1e-6, 1e-6, 0.0), t).T
R0 = beta / gamma
r_inf = brentq(lambda r: r - 1 + np.exp(-R0 * r), 1e-3, 1.0)
print("final size (simulation):", R[-1])
print("final size (equation)  :", r_inf)
print("peak infected:", I.max(), "at day", t[I.argmax()])
""", ("beta * S * I - gamma * I", "beta * S * I - gamma * R"), ("R0 = beta / gamma", "R0 = beta * gamma"), (", gamma * I\n", ", beta * I\n"), ("R[-1]", "I[-1]"))

sim("rocket", "A rocket in free space: the mass falls at a constant burn rate and the thrust is the exhaust speed times that rate. The final speed must agree with Tsiolkovsky's equation.", """
import math

m0, m_dry = 5000.0, 1200.0
burn, v_e = 40.0, 2800.0
dt = 0.01

m, v, x, t = m0, 0.0, 0.0, 0.0
while m > m_dry:
    a = burn * v_e / m
    v += a * dt
    x += v * dt
    m -= burn * dt
    t += dt

print(f"burn time {t:.1f} s, final speed {v:.1f} m/s")
print(f"Tsiolkovsky: {v_e * math.log(m0 / m_dry):.1f} m/s")
""", ("burn * v_e / m\n", "burn * v_e / m0\n"), ("v += a * dt", "v += a"), ("m -= burn * dt", "m -= burn * dt * dt"), ("math.log(m0 / m_dry)", "math.log10(m0 / m_dry)"))

sim("driven oscillator", "A driven, damped oscillator m x'' + c x' + k x = F0 cos(ω t). After the transient has died out, the amplitude is F0 / sqrt((k - m ω²)² + (c ω)²).", """
import numpy as np

m, c, k = 1.0, 0.3, 4.0
F0, omega = 1.0, 1.5
dt = 0.002
steps = 60000

def acceleration(x, v, t):
    return (F0 * np.cos(omega * t) - c * v - k * x) / m

x, v, t = 0.0, 0.0, 0.0
xs = []
for _ in range(steps):
    k1x, k1v = v, acceleration(x, v, t)
    k2x, k2v = v + 0.5 * dt * k1v, acceleration(x + 0.5 * dt * k1x, v + 0.5 * dt * k1v, t + 0.5 * dt)
    k3x, k3v = v + 0.5 * dt * k2v, acceleration(x + 0.5 * dt * k2x, v + 0.5 * dt * k2v, t + 0.5 * dt)
    k4x, k4v = v + dt * k3v, acceleration(x + dt * k3x, v + dt * k3v, t + dt)
    x += dt / 6 * (k1x + 2 * k2x + 2 * k3x + k4x)
    v += dt / 6 * (k1v + 2 * k2v + 2 * k3v + k4v)
    t += dt
    xs.append(x)

amplitude = max(abs(q) for q in xs[-10000:])
print("amplitude", amplitude)
print("theory", F0 / np.sqrt((k - m * omega**2) ** 2 + (c * omega) ** 2))
""", ("- c * v - k * x) / m", "+ c * v - k * x) / m"), ("(k - m * omega**2) ** 2", "(k - m * omega) ** 2"), ("2 * k2v + 2 * k3v", "2 * k2v + k3v"), ("np.cos(omega * t)", "np.cos(omega) * t"))

sim("poisson thomas", "Solving -u'' = π² sin(πx) on [0, 1] with u(0) = u(1) = 0 by second-order finite differences and the Thomas algorithm. The exact solution is sin(πx), so the error should fall by four when the grid is refined by two.", """
import numpy as np

def thomas(a, b, c, d):
    n = len(d)
    cp, dp = np.zeros(n), np.zeros(n)
    cp[0], dp[0] = c[0] / b[0], d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x

def error(n):
    h = 1.0 / n
    x = np.linspace(0, 1, n + 1)[1:-1]
    f = np.pi**2 * np.sin(np.pi * x)
    a = np.full(n - 1, -1.0)
    b = np.full(n - 1, 2.0)
    c = np.full(n - 1, -1.0)
    u = thomas(a, b, c, h**2 * f)
    return np.abs(u - np.sin(np.pi * x)).max()

previous = None
for n in (20, 40, 80, 160):
    e = error(n)
    print(n, e, "" if previous is None else f"ratio {previous / e:.2f}")
    previous = e
""", ("h**2 * f", "h * f"), ("np.full(n - 1, 2.0)", "np.full(n - 1, 2.5)"), ("b[i] - a[i] * cp[i - 1]", "b[i] + a[i] * cp[i - 1]"), ("dp[i] - cp[i] * x[i + 1]", "dp[i] - cp[i] * x[i]"))

sim("projectile", "A projectile without air resistance, launched at angle θ with speed v0: the numerical range is compared with v0² sin(2θ)/g.", """
import math

class Projectile:
    g = 9.81

    def __init__(self, v0, angle_deg, dt=1e-4):
        a = math.radians(angle_deg)
        self.x, self.y = 0.0, 0.0
        self.vx, self.vy = v0 * math.cos(a), v0 * math.sin(a)
        self.dt = dt

    def step(self):
        self.x += self.vx * self.dt
        self.y += self.vy * self.dt
        self.vy -= self.g * self.dt

    def fly(self):
        self.step()
        while self.y > 0:
            self.step()
        return self.x

v0, angle = 30.0, 40.0
print("range:", Projectile(v0, angle).fly())
print("analytic range:", v0**2 * math.sin(2 * math.radians(angle)) / Projectile.g)
""", ("self.vy -= self.g * self.dt", "self.vy -= self.g * self.dt / 2"), ("v0 * math.cos(a), v0 * math.sin(a)", "v0 * math.sin(a), v0 * math.sin(a)"), ("math.sin(2 * math.radians(angle))", "math.sin(math.radians(angle))"), ("self.y += self.vy * self.dt", "self.y += self.vx * self.dt"))

sim("kepler period", "An elliptic Kepler orbit integrated with velocity Verlet (GM = 4π², distances in AU, times in years). The period should satisfy Kepler's third law, T² = a³.", """
import numpy as np

GM = 4 * np.pi**2

def accel(r):
    return -GM * r / np.linalg.norm(r) ** 3

def period(r0, v0, dt=1e-4):
    r, v = np.array(r0, float), np.array(v0, float)
    a = accel(r)
    t, previous = 0.0, r[1]
    while True:
        v_half = v + 0.5 * dt * a
        r = r + dt * v_half
        a = accel(r)
        v = v_half + 0.5 * dt * a
        t += dt
        if previous < 0 <= r[1]:
            return t
        previous = r[1]

r0, v0 = (1.0, 0.0), (0.0, 5.5)
energy = 0.5 * v0[1] ** 2 - GM / r0[0]
a = -GM / (2 * energy)
print("period:", period(r0, v0))
print("Kepler:", a**1.5)
""", ("np.linalg.norm(r) ** 3", "np.linalg.norm(r) ** 2"), ("a = -GM / (2 * energy)", "a = -GM / energy"), ("v = v_half + 0.5 * dt * a", "v = v_half + dt * a"), ("0.5 * v0[1] ** 2 - GM", "v0[1] ** 2 - GM"))

sim("logistic rk4", "Logistic growth dN/dt = r N (1 - N/K), integrated with a fourth-order Runge–Kutta method and checked against the closed-form solution.", """
import math

r, K, N0 = 0.6, 500.0, 10.0

def f(N):
    return r * N * (1 - N / K)

def exact(t):
    return K / (1 + (K / N0 - 1) * math.exp(-r * t))

h, N, t = 0.05, N0, 0.0
worst = 0.0
while t < 20:
    k1 = f(N)
    k2 = f(N + h * k1 / 2)
    k3 = f(N + h * k2 / 2)
    k4 = f(N + h * k3)
    N += h * (k1 + 2 * k2 + 2 * k3 + k4) / 6
    t += h
    worst = max(worst, abs(N - exact(t)))
print("N(20) =", N)
print("maximum error against the exact solution:", worst)
""", ("(1 - N / K)", "(1 + N / K)"), ("(K / N0 - 1)", "(N0 / K - 1)"), ("2 * k2 + 2 * k3 + k4", "2 * k2 + k3 + k4"), ("f(N + h * k2 / 2)", "f(N + h * k2 * 2)"))
