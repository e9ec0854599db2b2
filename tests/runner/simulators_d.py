"""A fourth set of simulators, written with the third one and kept unread until the laws had been mended on that."""
# fmt: off

SIMULATORS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def sim(name: str, source: str, *mutants: tuple[str, str]) -> None:
    """Add a simulator; every mutant must change the source."""
    for old, new in mutants:
        assert old in source, (name, old)
        assert old != new, (name, old)
    SIMULATORS[name] = (source.lstrip("\n"), list(mutants))


sim("ising chain class", '''
import math
import random

class IsingChain:
    """One-dimensional Ising model with periodic boundaries, single-spin Metropolis updates."""

    def __init__(self, n=50, coupling=1.0, temperature=2.0, seed=0):
        self.n, self.j, self.t = n, coupling, temperature
        self.rng = random.Random(seed)
        self.spins = [self.rng.choice((-1, 1)) for _ in range(n)]

    def energy(self):
        return -self.j * sum(self.spins[i] * self.spins[(i + 1) % self.n] for i in range(self.n))

    def step(self):
        i = self.rng.randrange(self.n)
        delta = 2 * self.j * self.spins[i] * (self.spins[i - 1] + self.spins[(i + 1) % self.n])
        if delta <= 0 or self.rng.random() < math.exp(-delta / self.t):
            self.spins[i] = -self.spins[i]

    def run(self, sweeps=1500):
        energies, magnetization = [], []
        for _ in range(sweeps):
            for _ in range(self.n):
                self.step()
            energies.append(self.energy())
            magnetization.append(sum(self.spins) / self.n)
        return {"energies": energies, "magnetization": magnetization}
''', ("math.exp(-delta / self.t)", "math.exp(-delta * self.t)"),
    ("delta = 2 * self.j", "delta = self.j"),
    ("math.exp(-delta / self.t)", "math.exp(delta / self.t)"),
    ("delta = 2 * self.j * self.spins[i]", "delta = -2 * self.j * self.spins[i]"),
    ("self.spins[i] = -self.spins[i]", "self.spins[i] = self.rng.choice((-1, 1))\n            self.spins = [self.rng.choice((-1, 1)) for _ in range(self.n)]"),
    ("if delta <= 0 or self.rng.random() < math.exp(-delta / self.t):", "if self.rng.random() < 0.5:"))

sim("biased walk ensemble numpy", '''
import numpy as np

def simulate_walks(n_walkers=2000, n_steps=200, p_right=0.5, step_length=1.0, seed=4):
    """Symmetric random walk in one dimension; returns the trajectories, one row a walker."""
    rng = np.random.default_rng(seed)
    moves = np.where(rng.random((n_walkers, n_steps)) < p_right, step_length, -step_length)
    trajectories = np.cumsum(moves, axis=1)
    return {"trajectories": trajectories}
''', ("np.cumsum(moves, axis=1)", "moves"),
    ("np.cumsum(moves, axis=1)", "np.cumsum(moves, axis=0)"),
    ("step_length, -step_length)", "step_length, 0.0)"),
    ("< p_right", "< p_right + 0.1"),
    ("step_length, -step_length)", "step_length, -0.5 * step_length)"))

sim("damped oscillator rk4", '''
def rk4_oscillator(m=1.0, c=0.2, k=9.0, x0=1.0, v0=0.0, dt=0.01, t_end=20.0):
    """Damped harmonic oscillator m x'' + c x' + k x = 0, classical Runge-Kutta of order four."""
    def f(x, v):
        return v, -(c * v + k * x) / m

    ts, xs, vs, es = [0.0], [x0], [v0], [0.5 * m * v0**2 + 0.5 * k * x0**2]
    x, v = x0, v0
    for i in range(int(round(t_end / dt))):
        k1x, k1v = f(x, v)
        k2x, k2v = f(x + 0.5 * dt * k1x, v + 0.5 * dt * k1v)
        k3x, k3v = f(x + 0.5 * dt * k2x, v + 0.5 * dt * k2v)
        k4x, k4v = f(x + dt * k3x, v + dt * k3v)
        x += dt / 6 * (k1x + 2 * k2x + 2 * k3x + k4x)
        v += dt / 6 * (k1v + 2 * k2v + 2 * k3v + k4v)
        ts.append((i + 1) * dt); xs.append(x); vs.append(v)
        es.append(0.5 * m * v**2 + 0.5 * k * x**2)
    return {"t": ts, "x": xs, "v": vs, "energy": es}
''', ("-(c * v + k * x) / m", "(c * v - k * x) / m"),
    ("-(c * v + k * x) / m", "-(c * v - k * x) / m"),
    ("dt / 6 * (k1v + 2 * k2v + 2 * k3v + k4v)", "dt / 6 * (k1v + k2v + k3v + k4v)"),
    ("dt / 6 * (k1x + 2 * k2x + 2 * k3x + k4x)", "dt * k1x"),
    ("x + dt * k3x", "x + 0.25 * dt * k3x"),
    ("return v, -(c * v + k * x) / m", "return x, -(c * v + k * x) / m"))

sim("sir gillespie", '''
import numpy as np

def gillespie_sir(N=500, I0=5, beta=0.3, gamma=0.1, t_max=200.0, seed=2):
    """Stochastic SIR by Gillespie's direct method."""
    rng = np.random.default_rng(seed)
    S, I, R, t = N - I0, I0, 0, 0.0
    history = {"t": [t], "S": [S], "I": [I], "R": [R]}
    while I > 0 and t < t_max:
        rate_infection = beta * S * I / N
        rate_recovery = gamma * I
        total = rate_infection + rate_recovery
        t += rng.exponential(1.0 / total)
        if rng.random() < rate_infection / total:
            S -= 1
            I += 1
        else:
            I -= 1
            R += 1
        for key, value in zip("tSIR", (t, S, I, R)):
            history[key].append(value)
    return history
''', ("            S -= 1\n            I += 1", "            I += 1"),
    ("            R += 1\n", ""),
    ("rng.random() < rate_infection / total", "rng.random() < rate_recovery / total"),
    ("rng.exponential(1.0 / total)", "rng.exponential(total)"),
    ("            S -= 1\n", "            S += 1\n"),
    ("            I -= 1\n            R += 1", "            I -= 1\n            R += 2"))

sim("mm1 lindley", '''
import random

def simulate_queue(arrival_rate=0.5, service_rate=1.0, n_customers=30000, seed=5):
    """M/M/1 waiting times by Lindley's recursion; returns every waiting time and the mean sojourn time."""
    random.seed(seed)
    waits = [0.0]
    sojourn = 0.0
    for _ in range(n_customers):
        service = random.expovariate(service_rate)
        gap = random.expovariate(arrival_rate)
        sojourn += waits[-1] + service
        waits.append(max(0.0, waits[-1] + service - gap))
    return {"waiting_times": waits, "mean_sojourn": sojourn / n_customers}
''', ("max(0.0, waits[-1] + service - gap)", "waits[-1] + service - gap"),
    ("max(0.0, waits[-1] + service - gap)", "max(0.0, service - gap)"),
    ("random.expovariate(service_rate)", "1 / service_rate"),
    ("random.expovariate(arrival_rate)", "random.expovariate(service_rate)"),
    ("sojourn += waits[-1] + service", "sojourn += waits[-1]"),
    ("random.expovariate(service_rate)", "random.expovariate(1.3 * service_rate)"))

sim("heat explicit insulated", '''
import numpy as np

def solve_heat(n=60, steps=800, dx=0.1, D=0.5, dt=0.005):
    """Explicit finite differences for u_t = D u_xx on an insulated rod (no flux); the total heat stays."""
    u = np.zeros(n)
    u[n // 3 : n // 2] = 1.0
    snapshots = [u.copy()]
    for _ in range(steps):
        flux = -D * np.diff(u) / dx
        change = np.zeros(n)
        change[:-1] -= flux / dx
        change[1:] += flux / dx
        u = u + dt * change
        snapshots.append(u.copy())
    return {"u": np.array(snapshots)}
''', ("flux = -D * np.diff(u) / dx", "flux = D * np.diff(u) / dx"),
    ("change[1:] += flux / dx", "change[1:] += 0.9 * flux / dx"),
    ("-D * np.diff(u) / dx", "-D * np.diff(u)"),
    ("u = u + dt * change", "u = u + change"),
    ("-D * np.diff(u)", "-2 * D * np.diff(u)"),
    ("change[:-1] -= flux / dx", "change[:-1] += flux / dx"))

sim("poisson process", '''
import numpy as np

def poisson_arrivals(rate=2.0, t_end=2000.0, seed=8):
    """Arrival times of a homogeneous Poisson process of the given rate until t_end."""
    rng = np.random.default_rng(seed)
    t, arrivals = 0.0, []
    while True:
        t += rng.exponential(1.0 / rate)
        if t > t_end:
            break
        arrivals.append(t)
    return {"arrivals": np.array(arrivals)}
''', ("rng.exponential(1.0 / rate)", "rng.exponential(rate)"),
    ("rng.exponential(1.0 / rate)", "1.0 / rate"),
    ("rng.exponential(1.0 / rate)", "rng.uniform(0, 2.0 / rate)"),
    ("t += rng.exponential", "t += 0.5 * rng.exponential"))

sim("nbody energy momentum", '''
import numpy as np

def nbody(n=5, G=1.0, softening=0.1, dt=0.002, n_steps=2000, seed=0):
    """Softened gravitational N-body problem with leapfrog; returns energies and total momentum."""
    rng = np.random.default_rng(seed)
    m = np.ones(n) / n
    pos = rng.normal(size=(n, 3))
    vel = 0.3 * rng.normal(size=(n, 3))
    vel -= vel.mean(axis=0)

    def accel(p):
        d = p[None, :, :] - p[:, None, :]
        r2 = (d**2).sum(-1) + softening**2
        return G * (m[None, :, None] * d / r2[:, :, None] ** 1.5).sum(1)

    def energy(p, v):
        d = p[None, :, :] - p[:, None, :]
        r = np.sqrt((d**2).sum(-1) + softening**2)
        iu = np.triu_indices(n, 1)
        return 0.5 * (m * (v**2).sum(-1)).sum() - G * (m[:, None] * m[None, :] / r)[iu].sum()

    energies, momenta = [], []
    a = accel(pos)
    for _ in range(n_steps):
        vel += 0.5 * dt * a
        pos += dt * vel
        a = accel(pos)
        vel += 0.5 * dt * a
        energies.append(energy(pos, vel))
        momenta.append((m[:, None] * vel).sum(0))
    return {"energy": np.array(energies), "momentum": np.array(momenta)}
''', ("** 1.5", "** 1.0"),
    ("return G * (m", "return -G * (m"),
    ("        a = accel(pos)\n        vel", "        vel"),
    ("m[None, :, None] * d / r2", "m[:, None, None] * abs(d) / r2"),
    ("        vel += 0.5 * dt * a\n        energies", "        vel += dt * a\n        energies"),
    ("pos += dt * vel", "pos = rng.normal(size=(n, 3))"))

sim("logistic growth", '''
import numpy as np

def logistic_growth(r=0.5, K=100.0, P0=5.0, dt=0.01, t_max=30.0):
    """Logistic growth dP/dt = r P (1 - P/K), Euler steps."""
    n = int(t_max / dt)
    t = np.linspace(0, n * dt, n + 1)
    P = np.zeros(n + 1)
    P[0] = P0
    for i in range(n):
        P[i + 1] = P[i] + r * P[i] * (1 - P[i] / K) * dt
    return t, P
''', ("(1 - P[i] / K)", "(1 + P[i] / K) * 0.1"),
    ("(1 - P[i] / K)", "1"),
    ("r * P[i] * (1 - P[i] / K)", "r * (1 - P[i] / K)"),
    ("r * P[i] * (1 - P[i] / K) * dt", "r * P[i] * (1 - P[i] / K)"),
    ("P[i] + r", "P0 + r"),
    ("P[i] / K) * dt", "P[i]**2 / K**2) * dt"))
