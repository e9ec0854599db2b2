"""A third set of simulators, written after the laws: reported as first measured."""
# fmt: off

SIMULATORS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def sim(name: str, source: str, *mutants: tuple[str, str]) -> None:
    """Add a simulator; every mutant must change the source."""
    for old, new in mutants:
        assert old in source, (name, old)
        assert old != new, (name, old)
    SIMULATORS[name] = (source.lstrip("\n"), list(mutants))


sim("ising metropolis sweeps", '''
import numpy as np

def ising_simulation(L=16, T=3.0, n_sweeps=300, J=1.0, seed=0):
    """Metropolis Monte Carlo of the 2D Ising model with periodic boundaries.

    Returns energies and magnetisations per sweep.
    """
    rng = np.random.default_rng(seed)
    spins = rng.choice([-1, 1], size=(L, L))
    energies, mags = [], []
    for sweep in range(n_sweeps):
        for _ in range(L * L):
            i, j = rng.integers(0, L, size=2)
            nb = spins[(i + 1) % L, j] + spins[(i - 1) % L, j] + spins[i, (j + 1) % L] + spins[i, (j - 1) % L]
            dE = 2.0 * J * spins[i, j] * nb
            if dE <= 0 or rng.random() < np.exp(-dE / T):
                spins[i, j] *= -1
        energy = -J * np.sum(spins * (np.roll(spins, 1, axis=0) + np.roll(spins, 1, axis=1)))
        energies.append(energy)
        mags.append(spins.sum())
    return {"energy": np.array(energies), "magnetization": np.array(mags), "spins": spins}
''', ("dE = 2.0 * J * spins[i, j] * nb", "dE = -2.0 * J * spins[i, j] * nb"),
    ("np.exp(-dE / T)", "np.exp(-dE * T)"),
    ("np.exp(-dE / T)", "np.exp(dE / T)"),
    ("dE = 2.0 * J", "dE = 0.5 * J"),
    ("        for _ in range(L * L):", "        spins = rng.choice([-1, 1], size=(L, L))\n        for _ in range(L):"),
    ("if dE <= 0 or rng.random() < np.exp(-dE / T):", "if dE <= 0:"))

sim("lattice walk many walkers", '''
import random

def random_walk(steps=400, walkers=400, seed=1):
    """Mean squared displacement of independent walkers on a square lattice (unit steps)."""
    rng = random.Random(seed)
    pos = [[0, 0] for _ in range(walkers)]
    msd = [0.0]
    for t in range(1, steps + 1):
        total = 0
        for p in pos:
            dx, dy = rng.choice([(1, 0), (-1, 0), (0, 1), (0, -1)])
            p[0] += dx
            p[1] += dy
            total += p[0] ** 2 + p[1] ** 2
        msd.append(total / walkers)
    return {"positions": pos, "msd": msd}
''', ("[(1, 0), (-1, 0), (0, 1), (0, -1)]", "[(1, 0), (-1, 0), (0, 1), (1, 0)]"),
    ("p[0] += dx", "p[0] = dx"),
    ("total += p[0] ** 2 + p[1] ** 2", "total += p[0] + p[1]"),
    ("(0, 1), (0, -1)]", "(0, 1)]"),
    ("msd.append(total / walkers)", "msd.append(total / walkers ** 2)"))

sim("oscillator velocity verlet", '''
import numpy as np

def velocity_verlet(x0=1.0, v0=0.0, m=1.0, k=4.0, dt=0.01, n_steps=4000):
    """Integrate m x'' = -k x with velocity Verlet. Returns t, x, v and the total energy."""
    def force(x):
        return -k * x

    t = np.arange(n_steps + 1) * dt
    x = np.empty(n_steps + 1)
    v = np.empty(n_steps + 1)
    x[0], v[0] = x0, v0
    a = force(x0) / m
    for n in range(n_steps):
        x[n + 1] = x[n] + v[n] * dt + 0.5 * a * dt**2
        a_new = force(x[n + 1]) / m
        v[n + 1] = v[n] + 0.5 * (a + a_new) * dt
        a = a_new
    energy = 0.5 * m * v**2 + 0.5 * k * x**2
    return t, x, v, energy
''', ("return -k * x", "return k * x"),
    ("0.5 * a * dt**2", "0.5 * a * dt"),
    ("0.5 * (a + a_new) * dt", "(a + a_new) * dt"),
    ("        a = a_new\n", ""),
    ("0.5 * k * x**2", "k * x**2"),
    ("x[n + 1] = x[n] + v[n] * dt", "x[n + 1] = x0 + v[n] * dt"),
    ("0.5 * (a + a_new) * dt", "a * dt"))

sim("sir euler lists", '''
def sir(beta=0.4, gamma=0.1, S0=990, I0=10, R0=0, days=160, dt=0.1):
    """Deterministic SIR epidemic, explicit Euler."""
    N = S0 + I0 + R0
    S, I, R = [float(S0)], [float(I0)], [float(R0)]
    for _ in range(int(days / dt)):
        new_infections = beta * S[-1] * I[-1] / N * dt
        new_recoveries = gamma * I[-1] * dt
        S.append(S[-1] - new_infections)
        I.append(I[-1] + new_infections - new_recoveries)
        R.append(R[-1] + new_recoveries)
    return S, I, R
''', ("S.append(S[-1] - new_infections)", "S.append(S[-1] + new_infections)"),
    ("I[-1] + new_infections - new_recoveries", "I[-1] + new_infections"),
    ("beta * S[-1] * I[-1] / N * dt", "beta * S[-1] * I[-1] * dt"),
    ("R[-1] + new_recoveries", "R[-1] - new_recoveries"),
    ("new_recoveries = gamma * I[-1] * dt", "new_recoveries = gamma * S[-1] * dt"),
    ("beta * S[-1] * I[-1] / N * dt", "beta * S[-1] / N * dt"))

sim("mm1 heap", '''
import heapq
import random

def mm1_queue(lam=0.6, mu=1.0, customers=20000, seed=3):
    """Event-driven M/M/1 queue. Returns the mean number in system, mean time in system and utilisation."""
    rng = random.Random(seed)
    events = [(rng.expovariate(lam), 0, "arrival")]
    queue, busy, clock, area, busy_time = [], False, 0.0, 0.0, 0.0
    served, total_time, counter, in_system = 0, 0.0, 1, 0
    while served < customers:
        when, _, kind = heapq.heappop(events)
        area += in_system * (when - clock)
        busy_time += (when - clock) * busy
        clock = when
        if kind == "arrival":
            in_system += 1
            queue.append(clock)
            heapq.heappush(events, (clock + rng.expovariate(lam), counter, "arrival")); counter += 1
        else:
            in_system -= 1
            total_time += clock - queue.pop(0)
            served += 1
            busy = False
        if queue and not busy:
            busy = True
            heapq.heappush(events, (clock + rng.expovariate(mu), counter, "departure")); counter += 1
    return {"mean_in_system": area / clock, "mean_time_in_system": total_time / served, "utilization": busy_time / clock}
''', ("clock + rng.expovariate(mu)", "clock + 1 / mu"),
    ("clock + rng.expovariate(mu)", "clock + rng.expovariate(1 / mu * 2)"),
    ("area += in_system * (when - clock)", "area += in_system"),
    ("clock + rng.expovariate(lam)", "clock + rng.uniform(0, 2 / lam)"),
    ("(when - clock) * busy", "(when - clock)"),
    ("if queue and not busy:", "if queue:"))

sim("heat crank-nicolson", '''
import numpy as np

def heat_equation(nx=51, nt=200, length=1.0, alpha=0.01, t_end=2.0):
    """Solve u_t = alpha u_xx with u = 0 at both ends and u(x, 0) = sin(pi x / L), by Crank-Nicolson."""
    dx, dt = length / (nx - 1), t_end / nt
    x = np.linspace(0, length, nx)
    u = np.sin(np.pi * x / length)
    r = alpha * dt / (2 * dx**2)
    n = nx - 2
    A = np.diag((1 + 2 * r) * np.ones(n)) - np.diag(r * np.ones(n - 1), 1) - np.diag(r * np.ones(n - 1), -1)
    B = np.diag((1 - 2 * r) * np.ones(n)) + np.diag(r * np.ones(n - 1), 1) + np.diag(r * np.ones(n - 1), -1)
    history = [u.copy()]
    for _ in range(nt):
        u[1:-1] = np.linalg.solve(A, B @ u[1:-1])
        history.append(u.copy())
    return x, np.array(history)
''', ("r = alpha * dt / (2 * dx**2)", "r = alpha * dt / (2 * dx)"),
    ("(1 - 2 * r)", "(1 + 2 * r)"),
    ("np.linalg.solve(A, B @ u[1:-1])", "np.linalg.solve(B, A @ u[1:-1])"),
    ("alpha * dt / (2 * dx**2)", "alpha * dt / dx**2"),
    ("(1 + 2 * r) * np.ones(n)", "(1 + r) * np.ones(n)"),
    ("u[1:-1] = np.linalg.solve(A, B @ u[1:-1])", "u = u + 0; u[1:-1] = np.linalg.solve(A, u[1:-1])"))

sim("lcg monte carlo pi", '''
class LCG:
    """Linear congruential generator with the constants of Numerical Recipes."""

    def __init__(self, seed=12345):
        self.state = seed

    def random(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state / 2**32

def simulate(n=20000, seed=12345):
    """Draw uniform numbers from the generator; returns the draws."""
    gen = LCG(seed)
    return {"uniform": [gen.random() for _ in range(n)]}
''', ("(1664525 * self.state + 1013904223)", "(1 * self.state + 1013904)"),
    ("return self.state / 2**32", "return self.state / 2**31"),
    ("1664525 * self.state", "self.state"),
    ("% 2**32", "% 2**8"),
    ("[gen.random() for _ in range(n)]", "[LCG(seed).random() for _ in range(n)]"),
    ("[gen.random() for _ in range(n)]", "[LCG(seed + i).random() for i in range(n)]"))

sim("ornstein uhlenbeck exact", '''
import numpy as np

def simulate_ou(theta=1.0, mu=0.0, sigma=0.5, x0=0.0, dt=0.05, n=20000, seed=7):
    """Ornstein-Uhlenbeck process dX = theta (mu - X) dt + sigma dW, exact discretisation."""
    rng = np.random.default_rng(seed)
    a = np.exp(-theta * dt)
    s = sigma * np.sqrt((1 - a**2) / (2 * theta))
    x = np.empty(n + 1)
    x[0] = x0
    for i in range(n):
        x[i + 1] = mu + a * (x[i] - mu) + s * rng.standard_normal()
    return x
''', ("a * (x[i] - mu)", "a * (x0 - mu)"),
    ("np.exp(-theta * dt)", "np.exp(theta * dt)"),
    ("(1 - a**2) / (2 * theta)", "(1 - a) / (2 * theta)"),
    ("s * rng.standard_normal()", "s * rng.random()"),
    ("sigma * np.sqrt(", "sigma**2 * np.sqrt("),
    ("s * rng.standard_normal()", "sigma * rng.standard_normal()"))

sim("two body leapfrog", '''
import numpy as np

def simulate_orbit(m1=1.0, m2=0.5, G=1.0, dt=0.001, steps=8000):
    """Two bodies under gravity, kick-drift-kick."""
    masses = np.array([m1, m2])
    r = np.array([[-1 / 3, 0.0], [2 / 3, 0.0]])
    v0 = 1.1 * np.sqrt(G * (m1 + m2) / 1.0)
    v = np.array([[0.0, -v0 * m2 / (m1 + m2)], [0.0, v0 * m1 / (m1 + m2)]])

    def acceleration(r):
        d = r[1] - r[0]
        d3 = np.linalg.norm(d) ** 3
        return np.array([G * m2 * d / d3, -G * m1 * d / d3])

    positions, velocities = [], []
    for _ in range(steps):
        v += 0.5 * dt * acceleration(r)
        r += dt * v
        v += 0.5 * dt * acceleration(r)
        positions.append(r.copy())
        velocities.append(v.copy())
    return {"positions": np.array(positions), "velocities": np.array(velocities), "masses": masses}
''', ("-G * m1 * d / d3", "G * m1 * d / d3"),
    ("** 3", "** 2"),
    ("G * m2 * d / d3", "G * m1 * d / d3"),
    ("        r += dt * v\n        v += 0.5 * dt * acceleration(r)", "        r += dt * v"),
    ("-G * m1 * d / d3]", "-2 * G * m1 * d / d3]"),
    ("r += dt * v", "r = r + dt * v * np.array([[1.0], [0.5]])"))

sim("decay chain stochastic", '''
import numpy as np

def radioactive_decay(N0=2000, half_life=5.0, dt=0.1, t_max=30.0, seed=11):
    """Monte Carlo decay of N0 nuclei with the given half-life; returns times and the number left."""
    rng = np.random.default_rng(seed)
    lam = np.log(2) / half_life
    p = 1 - np.exp(-lam * dt)
    times, left = [0.0], [N0]
    while times[-1] < t_max:
        decayed = rng.binomial(left[-1], p)
        left.append(left[-1] - decayed)
        times.append(times[-1] + dt)
    return np.array(times), np.array(left)
''', ("left[-1] - decayed", "left[-1] + decayed"),
    ("np.log(2) / half_life", "1 / half_life"),
    ("np.log(2) / half_life", "np.log(2) * half_life"),
    ("rng.binomial(left[-1], p)", "rng.binomial(N0, p)"),
    ("left.append(left[-1] - decayed)", "left.append(N0 - decayed)"))
