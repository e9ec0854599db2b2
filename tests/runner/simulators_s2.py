"""Twelve further plain answers, independent too: urns, thinning, absorbed walks, bootstrap, dosing, populations.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("ehrenfest", "The Ehrenfest urn model: N balls sit in two urns; at each step one ball is chosen at random and moved to the other urn. In equilibrium the number in the left urn is binomial(N, 1/2), so its mean is N/2 and its variance N/4.", """
import random

def ehrenfest(N=50, steps=200000, seed=0):
    rng = random.Random(seed)
    left = N
    history = []
    for _ in range(steps):
        if rng.random() < left / N:
            left -= 1
        else:
            left += 1
        history.append(left)
    return history

h = ehrenfest()[5000:]
mean = sum(h) / len(h)
var = sum((x - mean) ** 2 for x in h) / len(h)
print("mean", mean, "variance", var)
""", ("rng.random() < left / N", "rng.random() < 0.5"), ("left += 1", "left += 2"), ("left / N", "(N - left) / N"), ("(x - mean) ** 2", "abs(x - mean)"))

sim("rejection beta", "Rejection sampling from a Beta(2, 5) density using a uniform proposal. The unnormalised density x(1-x)^4 has its maximum at x = 1/5. The sample mean should be close to 2/7.", """
import numpy as np

def density(x):
    return x * (1 - x) ** 4

def rejection_sample(n, rng):
    bound = density(0.2)
    samples = []
    proposed = 0
    while len(samples) < n:
        x = rng.uniform(0, 1)
        u = rng.uniform(0, bound)
        proposed += 1
        if u < density(x):
            samples.append(x)
    return np.array(samples), len(samples) / proposed

rng = np.random.default_rng(4)
samples, rate = rejection_sample(20000, rng)
print("mean:", samples.mean(), "expected:", 2 / 7)
print("acceptance rate:", rate)
""", ("(1 - x) ** 4", "(1 - x) ** 5"), ("if u < density(x):", "if u > density(x):"), ("bound = density(0.2)", "bound = density(0.05)"), ("2 / 7", "2 / 5"))

sim("poisson thinning", "Simulating an inhomogeneous Poisson process with rate λ(t) = 2 + sin(t) by thinning (Lewis and Shedler): candidates come at the maximal rate and are kept with probability λ(t)/λ_max.", """
import math
import random

def rate(t):
    return 2.0 + math.sin(t)

def thinning(t_end, rng):
    lam_max = 3.0
    t = 0.0
    events = []
    while True:
        t += rng.expovariate(lam_max)
        if t > t_end:
            return events
        if rng.random() < rate(t) / lam_max:
            events.append(t)

rng = random.Random(9)
t_end = 2 * math.pi
counts = [len(thinning(t_end, rng)) for _ in range(5000)]
mean = sum(counts) / len(counts)
print("mean number of events:", mean)
print("expected (integral of the rate):", 2 * t_end)
""", ("rng.expovariate(lam_max)", "rng.expovariate(1 / lam_max)"), ("rate(t) / lam_max", "rate(t)"), ("2.0 + math.sin(t)", "2.0 * math.sin(t)"), ("t += rng.expovariate", "t = rng.expovariate"))

sim("bounded walk", "A symmetric random walk on 0..N starting at k is absorbed at either end. The mean number of steps until absorption is k(N - k).", """
import random

def duration(k, N, rng):
    steps = 0
    position = k
    while 0 < position < N:
        position += rng.choice((-1, 1))
        steps += 1
    return steps

def mean_duration(k=6, N=20, trials=20000, seed=5):
    rng = random.Random(seed)
    return sum(duration(k, N, rng) for _ in range(trials)) / trials

if __name__ == "__main__":
    k, N = 6, 20
    print("simulated", mean_duration(k, N))
    print("theory   ", k * (N - k))
""", ("rng.choice((-1, 1))", "rng.choice((-1, 0, 1))"), ("while 0 < position < N", "while 0 <= position < N"), ("k * (N - k)", "k * (N + k)"), ("steps += 1", "steps += 2"))

sim("ising energy", "Metropolis simulation of the 2-D Ising model (J = 1, k_B = 1) at temperature T on an L × L periodic lattice; it reports the mean energy and magnetisation per spin.", """
import numpy as np

def run(L=16, T=2.0, sweeps=400, seed=2):
    rng = np.random.default_rng(seed)
    s = np.ones((L, L), dtype=int)
    energies, mags = [], []
    for sweep in range(sweeps):
        for _ in range(L * L):
            i, j = rng.integers(0, L, 2)
            nb = s[(i + 1) % L, j] + s[(i - 1) % L, j] + s[i, (j + 1) % L] + s[i, (j - 1) % L]
            dE = 2 * s[i, j] * nb
            if dE <= 0 or rng.random() < np.exp(-dE / T):
                s[i, j] *= -1
        E = -np.sum(s * (np.roll(s, 1, 0) + np.roll(s, 1, 1)))
        energies.append(E / L**2)
        mags.append(abs(s.mean()))
    return np.mean(energies[100:]), np.mean(mags[100:])

e, m = run()
print(f"energy per spin {e:.3f}, |m| {m:.3f}")
""", ("dE = 2 * s[i, j] * nb", "dE = s[i, j] * nb"), ("np.exp(-dE / T)", "np.exp(-dE * T)"), ("s[(i - 1) % L, j]", "s[(i - 1) % L, i]"), ("np.roll(s, 1, 0) + np.roll(s, 1, 1)", "np.roll(s, 1, 0) + np.roll(s, 1, 0)"))

sim("bootstrap", "Bootstrap estimate of the standard error of the mean, next to the textbook formula s/√n.", """
import numpy as np

rng = np.random.default_rng(12)
data = rng.exponential(3.0, size=200)

def bootstrap_se(data, n_boot=4000):
    n = len(data)
    means = np.empty(n_boot)
    for b in range(n_boot):
        sample = rng.choice(data, size=n, replace=True)
        means[b] = sample.mean()
    return means.std(ddof=1)

print("bootstrap SE:", bootstrap_se(data))
print("formula SE  :", data.std(ddof=1) / np.sqrt(len(data)))
""", ("replace=True", "replace=False"), ("size=n, replace", "size=n // 2, replace"), ("means.std(ddof=1)", "means.var(ddof=1)"), ("np.sqrt(len(data))", "len(data)"))

sim("pk dosing", "One-compartment pharmacokinetics with a bolus of 100 mg every 8 hours, volume 20 L and clearance 4 L/h. Between doses the concentration falls as exp(-k t) with k = CL/V; at steady state the peak is C0/(1 - exp(-k τ)).", """
import math

dose, V, CL, tau = 100.0, 20.0, 4.0, 8.0
k = CL / V
dt = 0.001
c = 0.0
peaks = []
steps_per_dose = int(round(tau / dt))
for n in range(20):
    c += dose / V
    peaks.append(c)
    for _ in range(steps_per_dose):
        c -= k * c * dt

C0 = dose / V
print("simulated steady-state peak", peaks[-1])
print("analytic steady-state peak ", C0 / (1 - math.exp(-k * tau)))
""", ("k = CL / V", "k = V / CL"), ("c += dose / V", "c = dose / V"), ("c -= k * c * dt", "c -= k * dt"), ("(1 - math.exp(-k * tau))", "(1 + math.exp(-k * tau))"))

sim("upwind pulse", "First-order upwind scheme for the advection equation u_t + c u_x = 0 on a periodic domain; the scheme conserves the total and keeps the pulse positive for CFL ≤ 1.", """
import numpy as np

class Advection:
    def __init__(self, n=200, c=1.0, cfl=0.8):
        self.dx = 1.0 / n
        self.c = c
        self.dt = cfl * self.dx / c
        self.x = np.arange(n) * self.dx
        self.u = np.exp(-200 * (self.x - 0.3) ** 2)
        self.t = 0.0

    def step(self):
        flux = self.c * self.u
        self.u = self.u - self.dt / self.dx * (flux - np.roll(flux, 1))
        self.t += self.dt

    def total(self):
        return self.u.sum() * self.dx

sim = Advection()
before = sim.total()
centre0 = sim.x[np.argmax(sim.u)]
for _ in range(100):
    sim.step()
print("total before/after", before, sim.total())
print("pulse moved by", sim.x[np.argmax(sim.u)] - centre0, "expected", sim.c * sim.t)
""", ("np.roll(flux, 1)", "np.roll(flux, -1)"), ("self.dt / self.dx", "self.dt * self.dx"), ("flux = self.c * self.u", "flux = self.c * self.u**2"), ("self.t += self.dt", "self.t += self.dx"))

sim("large pendulum", "Period of a pendulum released from 60°, integrated with RK4. For small angles T0 = 2π sqrt(L/g); to second order the amplitude correction is 1 + θ0²/16, so we expect roughly T0 × 1.07.", """
import math

g, L = 9.81, 1.0

def deriv(state):
    theta, omega = state
    return omega, -(g / L) * math.sin(theta)

def rk4_step(state, h):
    k1 = deriv(state)
    k2 = deriv((state[0] + h / 2 * k1[0], state[1] + h / 2 * k1[1]))
    k3 = deriv((state[0] + h / 2 * k2[0], state[1] + h / 2 * k2[1]))
    k4 = deriv((state[0] + h * k3[0], state[1] + h * k3[1]))
    return (state[0] + h / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0]),
            state[1] + h / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1]))

theta0 = math.radians(60)
state, t, h = (theta0, 0.0), 0.0, 0.001
while state[0] > 0:
    state = rk4_step(state, h)
    t += h
period = 4 * t
T0 = 2 * math.pi * math.sqrt(L / g)
print(f"period {period:.4f} s, small-angle {T0:.4f} s, ratio {period / T0:.4f}")
""", ("-(g / L) * math.sin(theta)", "-(g / L) * math.cos(theta)"), ("period = 4 * t", "period = 2 * t"), ("math.sqrt(L / g)", "math.sqrt(g / L)"), ("2 * k2[1] + 2 * k3[1]", "2 * k2[1] + k3[1]"))

sim("leslie", "An age-structured population with a Leslie matrix: after many years the growth factor per year approaches the dominant eigenvalue.", """
import numpy as np

fecundity = [0.0, 1.5, 1.0]
survival = [0.5, 0.8]

L = np.zeros((3, 3))
L[0, :] = fecundity
L[1, 0] = survival[0]
L[2, 1] = survival[1]

n = np.array([100.0, 50.0, 20.0])
totals = [n.sum()]
for year in range(60):
    n = L @ n
    totals.append(n.sum())

growth = totals[-1] / totals[-2]
dominant = max(abs(np.linalg.eigvals(L)))
print("growth factor:", growth)
print("dominant eigenvalue:", dominant)
print("stable age distribution:", n / n.sum())
""", ("totals[-1] / totals[-2]", "totals[-1] / totals[-3]"), ("n = L @ n", "n = L.T @ n + n"), ("n / n.sum()", "n / n.max()"), ("max(abs(np.linalg.eigvals(L)))", "min(abs(np.linalg.eigvals(L)))"))

sim("split step", "A free Gaussian wave packet propagated with the split-step Fourier method (ħ = m = 1). The norm is conserved and the packet moves with group velocity k0.", """
import numpy as np

N = 1024
box = 100.0
dx = box / N
x = (np.arange(N) - N // 2) * dx
k = 2 * np.pi * np.fft.fftfreq(N, dx)
k0, sigma = 2.0, 2.0
psi = np.exp(-((x + 20) ** 2) / (4 * sigma**2) + 1j * k0 * x)
psi /= np.sqrt(np.sum(np.abs(psi) ** 2) * dx)

dt, steps = 0.01, 1000
kinetic = np.exp(-0.5j * k**2 * dt)
for _ in range(steps):
    psi = np.fft.ifft(kinetic * np.fft.fft(psi))

norm = np.sum(np.abs(psi) ** 2) * dx
mean_x = np.sum(x * np.abs(psi) ** 2) * dx
print("norm", norm)
print("mean position", mean_x, "expected", -20 + k0 * dt * steps)
""", ("-0.5j * k**2 * dt", "-0.5 * k**2 * dt"), ("-0.5j * k**2", "-1j * k**2"), ("-20 + k0 * dt * steps", "-20 - k0 * dt * steps"), ("psi /= np.sqrt(np.sum(np.abs(psi) ** 2) * dx)", "psi /= np.sum(np.abs(psi) ** 2) * dx"))

sim("lennard jones", "A small molecular-dynamics run: 16 Lennard-Jones particles in a periodic 2-D box, velocity Verlet, reduced units. Total energy and momentum should be conserved.", """
import numpy as np

class LennardJones:
    def __init__(self, n_side=4, box=6.0, dt=0.002, seed=1):
        rng = np.random.default_rng(seed)
        g = (np.arange(n_side) + 0.5) * box / n_side
        self.r = np.array([(a, b) for a in g for b in g])
        self.v = rng.normal(0, 0.5, self.r.shape)
        self.v -= self.v.mean(axis=0)
        self.box, self.dt = box, dt
        self.f, self.pot = self.forces()

    def forces(self):
        d = self.r[:, None, :] - self.r[None, :, :]
        d -= self.box * np.round(d / self.box)
        r2 = np.sum(d**2, axis=-1)
        np.fill_diagonal(r2, np.inf)
        inv6 = 1.0 / r2**3
        potential = 0.5 * np.sum(4 * (inv6**2 - inv6))
        f = np.sum((24 * (2 * inv6**2 - inv6) / r2)[:, :, None] * d, axis=1)
        return f, potential

    def step(self):
        self.v += 0.5 * self.dt * self.f
        self.r += self.dt * self.v
        self.f, self.pot = self.forces()
        self.v += 0.5 * self.dt * self.f

    def energy(self):
        return 0.5 * np.sum(self.v**2) + self.pot

md = LennardJones()
e0 = md.energy()
for _ in range(2000):
    md.step()
print("energy drift:", md.energy() - e0)
print("momentum:", md.v.sum(axis=0))
""", ("24 * (2 * inv6**2 - inv6)", "24 * (inv6**2 - inv6)"), ("4 * (inv6**2 - inv6)", "4 * (inv6**2 + inv6)"), ("np.round(d / self.box)", "np.floor(d / self.box)"), ("/ r2)[:, :, None] * d", "/ np.sqrt(r2))[:, :, None] * d"))
