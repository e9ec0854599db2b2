"""Twelve small simulations as answers bring them, each with changes of one place that a reviewer would call wrong."""
# fmt: off

PROGRAMS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def program(name: str, source: str, *changes: tuple[str, str]) -> None:
    """Add a program; every change must change it."""
    for old, new in changes:
        assert old in source, (name, old)
        assert old != new, (name, old)
    PROGRAMS[name] = (source.lstrip("\n"), list(changes))


program("harmonic oscillator","""
import numpy as np

def simulate_oscillator(k=4.0, m=1.0, x0=1.0, v0=0.0, dt=0.001, steps=10000):
    \"\"\"Velocity-Verlet integration of a harmonic oscillator.\"\"\"
    x = np.empty(steps + 1)
    v = np.empty(steps + 1)
    x[0], v[0] = x0, v0
    a = -k * x0 / m
    for i in range(steps):
        x[i + 1] = x[i] + v[i] * dt + 0.5 * a * dt**2
        a_new = -k * x[i + 1] / m
        v[i + 1] = v[i] + 0.5 * (a + a_new) * dt
        a = a_new
    return x, v

if __name__ == "__main__":
    x, v = simulate_oscillator()
    E = 0.5 * v**2 + 0.5 * 4.0 * x**2
    print("energy drift", E.max() - E.min())
""",("0.5 * a * dt**2","a * dt**2"),("v[i] + 0.5 * (a + a_new) * dt","v[i] + (a + a_new) * dt"),("a_new = -k * x[i + 1] / m","a_new = -k * x[i + 1] * m * 2"))
program("random walk msd","""
import random

def random_walk_2d(n_steps, rng):
    x = y = 0
    path = [(0, 0)]
    for _ in range(n_steps):
        dx, dy = rng.choice([(1, 0), (-1, 0), (0, 1), (0, -1)])
        x += dx
        y += dy
        path.append((x, y))
    return path

def mean_square_displacement(n_walkers=500, n_steps=100, seed=0):
    rng = random.Random(seed)
    total = [0.0] * (n_steps + 1)
    for _ in range(n_walkers):
        for t, (x, y) in enumerate(random_walk_2d(n_steps, rng)):
            total[t] += x * x + y * y
    return [s / n_walkers for s in total]

msd = mean_square_displacement()
print("MSD after 100 steps:", msd[-1])
""",("(0, 1), (0, -1)]","(0, 1), (0, 1)]"),("        x += dx\n","        x = dx\n"),("return [s / n_walkers for s in total]","return [s / n_steps for s in total]"))
program("ising metropolis","""
import numpy as np

class IsingModel:
    def __init__(self, L=16, T=2.5, J=1.0, seed=None):
        self.L, self.T, self.J = L, T, J
        self.rng = np.random.default_rng(seed)
        self.spins = self.rng.choice([-1, 1], size=(L, L))

    def local_field(self, i, j):
        L, s = self.L, self.spins
        return s[(i + 1) % L, j] + s[(i - 1) % L, j] + s[i, (j + 1) % L] + s[i, (j - 1) % L]

    def sweep(self):
        for _ in range(self.L * self.L):
            i, j = self.rng.integers(0, self.L, 2)
            dE = 2 * self.J * self.spins[i, j] * self.local_field(i, j)
            if dE <= 0 or self.rng.random() < np.exp(-dE / self.T):
                self.spins[i, j] *= -1

    def energy(self):
        s = self.spins
        return -self.J * np.sum(s * (np.roll(s, 1, 0) + np.roll(s, 1, 1)))

    def run(self, sweeps=200):
        energies, mags = [], []
        for _ in range(sweeps):
            self.sweep()
            energies.append(self.energy() / self.L**2)
            mags.append(abs(self.spins.mean()))
        return {"energy": energies, "magnetization": mags}
""",("dE = 2 * self.J","dE = self.J"),("np.exp(-dE / self.T)","np.exp(-dE * self.T)"),("dE <= 0 or","dE >= 0 or"),("s[(i - 1) % L, j]","s[(i + 1) % L, j]"))
program("sir epidemic","""
def sir_model(beta=0.3, gamma=0.1, s0=990, i0=10, r0=0, days=160, dt=0.1):
    n = s0 + i0 + r0
    s, i, r = float(s0), float(i0), float(r0)
    history = [(s, i, r)]
    for _ in range(int(days / dt)):
        new_infections = beta * s * i / n * dt
        recoveries = gamma * i * dt
        s -= new_infections
        i += new_infections - recoveries
        r += recoveries
        history.append((s, i, r))
    return history

for s, i, r in sir_model()[::100]:
    print(f"{s:8.1f} {i:8.1f} {r:8.1f}")
""",("i += new_infections - recoveries","i += new_infections"),("beta * s * i / n * dt","beta * s * i * dt / (n * n)"),("r += recoveries","r += 0.5 * recoveries"))
program("heat equation","""
import numpy as np

def solve_heat(alpha=0.01, L=1.0, nx=51, t_end=1.0):
    dx = L / (nx - 1)
    dt = 0.4 * dx**2 / alpha
    x = np.linspace(0, L, nx)
    u = np.sin(np.pi * x)
    t = 0.0
    while t < t_end:
        un = u.copy()
        u[1:-1] = un[1:-1] + alpha * dt / dx**2 * (un[2:] - 2 * un[1:-1] + un[:-2])
        u[0] = u[-1] = 0.0
        t += dt
    return x, u, t

x, u, t = solve_heat()
print("max temperature", u.max(), "analytic", np.exp(-np.pi**2 * 0.01 * t))
""",("alpha * dt / dx**2","alpha * dt / dx"),("un[2:] - 2 * un[1:-1] + un[:-2]","un[2:] - un[1:-1] + un[:-2]"),("alpha * dt / dx**2 * (","2 * alpha * dt / dx**2 * 0.5 * 0.5 * ("))
program("radioactive decay mc","""
import numpy as np

def decay_chain(n0=10000, half_life=5.0, dt=0.1, t_max=30.0, seed=1):
    rng = np.random.default_rng(seed)
    lam = np.log(2) / half_life
    p = 1 - np.exp(-lam * dt)
    n = n0
    times, counts = [0.0], [n0]
    t = 0.0
    while t < t_max:
        n -= rng.binomial(n, p)
        t += dt
        times.append(t)
        counts.append(n)
    return np.array(times), np.array(counts)
""",("lam = np.log(2) / half_life","lam = 1 / half_life"),("rng.binomial(n, p)","rng.binomial(n0, p) if n > 0 else 0"),("p = 1 - np.exp(-lam * dt)","p = 1 - np.exp(-lam)"))
program("two body","""
import numpy as np

G = 1.0

def accel(pos, mass):
    r = pos[1] - pos[0]
    d = np.linalg.norm(r)
    a0 = G * mass[1] * r / d**3
    a1 = -G * mass[0] * r / d**3
    return np.array([a0, a1])

def leapfrog(pos, vel, mass, dt, n):
    traj = np.zeros((n, 2, 2))
    vels = np.zeros((n, 2, 2))
    acc = accel(pos, mass)
    for k in range(n):
        vel = vel + 0.5 * dt * acc
        pos = pos + dt * vel
        acc = accel(pos, mass)
        vel = vel + 0.5 * dt * acc
        traj[k], vels[k] = pos, vel
    return traj, vels

def main():
    mass = np.array([1.0, 0.5])
    pos = np.array([[0.0, 0.0], [1.0, 0.0]])
    vel = np.array([[0.0, -0.35], [0.0, 0.7]])
    traj, vels = leapfrog(pos, vel, mass, 0.001, 5000)
    ke = 0.5 * (mass[None, :, None] * vels**2).sum(axis=(1, 2))
    d = np.linalg.norm(traj[:, 1] - traj[:, 0], axis=1)
    energy = ke - G * mass[0] * mass[1] / d
    momentum = (mass[None, :, None] * vels).sum(axis=1)
    return {"energy": energy, "momentum": momentum, "distance": d}

if __name__ == "__main__":
    out = main()
    print(out["energy"][0], out["energy"][-1])
""",("a1 = -G * mass[0]","a1 = -G * mass[1]"),("d**3\n    a1","d**2\n    a1"),("        acc = accel(pos, mass)\n        vel","        vel"))
program("mc pi hard disks","""
import numpy as np

def metropolis_particles(n=20, box=10.0, temperature=1.0, steps=20000, delta=0.3, seed=3):
    \"\"\"Metropolis Monte Carlo of particles in a harmonic trap: samples exp(-U/T), U = sum x^2/2.\"\"\"
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, n)
    u = 0.5 * np.sum(x**2)
    energies = []
    accepted = 0
    for step in range(steps):
        i = rng.integers(n)
        trial = x[i] + rng.uniform(-delta, delta)
        du = 0.5 * (trial**2 - x[i]**2)
        if du <= 0 or rng.random() < np.exp(-du / temperature):
            x[i] = trial
            u += du
            accepted += 1
        energies.append(u)
    return {"energy": np.array(energies), "acceptance": accepted / steps, "x": x}
""",("trial = x[i] + rng.uniform(-delta, delta)","trial = rng.uniform(-delta, delta)"),("rng.uniform(-delta, delta)","rng.uniform(0, delta)"),("np.exp(-du / temperature)","np.exp(-du / (2 * temperature))"),("            u += du\n            accepted += 1\n        energies.append(u)","            u += du\n            accepted += 1\n            energies.append(u)"))
program("langevin","""
import numpy as np

def ornstein_uhlenbeck(theta=1.0, mu=0.0, sigma=0.5, x0=0.0, dt=0.01, n=20000, seed=0):
    rng = np.random.default_rng(seed)
    x = np.zeros(n)
    x[0] = x0
    for t in range(1, n):
        x[t] = x[t - 1] + theta * (mu - x[t - 1]) * dt + sigma * np.sqrt(dt) * rng.standard_normal()
    return x

path = ornstein_uhlenbeck()
print("stationary variance", path[5000:].var(), "expected", 0.5**2 / 2)
""",("sigma * np.sqrt(dt)","sigma * dt"),("theta * (mu - x[t - 1])","theta * (x[t - 1] - mu)"),("rng.standard_normal()","rng.random()"))
program("lotka volterra rk4","""
import numpy as np

def lotka_volterra(state, a=1.1, b=0.4, c=0.1, d=0.4):
    prey, pred = state
    return np.array([a * prey - b * prey * pred, c * prey * pred - d * pred])

def rk4(f, y0, t0, t1, h):
    ts = [t0]
    ys = [np.array(y0, dtype=float)]
    while ts[-1] < t1:
        y = ys[-1]
        k1 = f(y)
        k2 = f(y + h / 2 * k1)
        k3 = f(y + h / 2 * k2)
        k4 = f(y + h * k3)
        ys.append(y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
        ts.append(ts[-1] + h)
    return np.array(ts), np.array(ys)

if __name__ == "__main__":
    t, y = rk4(lotka_volterra, [10, 5], 0, 50, 0.01)
    print(y[-1])
""",("(k1 + 2 * k2 + 2 * k3 + k4)","(k1 + k2 + 2 * k3 + k4)"),("k3 = f(y + h / 2 * k2)","k3 = f(y + h / 2 * k1)"),("c * prey * pred - d * pred","c * prey * pred + d * pred"))
program("mm1 queue","""
import random

def mm1(lam=0.5, mu=1.0, n_customers=20000, seed=7):
    rnd = random.Random(seed)
    arrival = 0.0
    free_at = 0.0
    waits = []
    for _ in range(n_customers):
        arrival += rnd.expovariate(lam)
        start = max(arrival, free_at)
        waits.append(start - arrival)
        free_at = start + rnd.expovariate(mu)
    return sum(waits) / len(waits)

print("mean wait", mm1(), "theory", 0.5 / (1.0 * (1.0 - 0.5)))
""",("rnd.expovariate(mu)","rnd.expovariate(1 / mu**2 * 2)"),("start = max(arrival, free_at)","start = arrival"),("arrival += rnd.expovariate(lam)","arrival += lam"))
program("wave equation","""
import numpy as np

def wave_1d(c=1.0, nx=101, nt=200, length=1.0):
    dx = length / (nx - 1)
    dt = 0.5 * dx / c
    r2 = (c * dt / dx) ** 2
    x = np.linspace(0.0, length, nx)
    u_prev = np.sin(np.pi * x)
    u = u_prev.copy()
    u[1:-1] = u_prev[1:-1] + 0.5 * r2 * (u_prev[2:] - 2 * u_prev[1:-1] + u_prev[:-2])
    snapshots = [u_prev.copy(), u.copy()]
    for _ in range(nt - 1):
        u_next = np.zeros_like(u)
        u_next[1:-1] = 2 * u[1:-1] - u_prev[1:-1] + r2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u_prev, u = u, u_next
        snapshots.append(u.copy())
    return {"x": x, "dt": dt, "u": np.array(snapshots)}
""",("r2 * (u[2:] - 2 * u[1:-1] + u[:-2])\n        u_prev","0.25 * r2 * (u[2:] - 2 * u[1:-1] + u[:-2])\n        u_prev"),("2 * u[1:-1] - u_prev[1:-1]","2 * u[1:-1] - 0.99 * u_prev[1:-1]"))
