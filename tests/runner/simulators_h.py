"""A seventh and eighth set of simulators: small programs as answers bring them, each with changes of one place.

The first twelve, independent, are those whose schemes are read in `tests/check/verify/programs.py`; these twelve were written
after the loops of a run came to be watched and before it was seen how they are treated.
"""
# fmt: off

SIMULATORS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def sim(name: str, source: str, *mutants: tuple[str, str]) -> None:
    """Add a simulator; every mutant must change the source."""
    for old, new in mutants:
        assert old in source, (name, old)
        assert old != new, (name, old)
    SIMULATORS[name] = (source.lstrip("\n"), list(mutants))


sim("pendulum odeint","""
import numpy as np
from scipy.integrate import odeint

g = 9.81
L = 1.0

def pendulum(y, t):
    theta, omega = y
    return [omega, -(g / L) * np.sin(theta)]

t = np.linspace(0, 10, 1001)
sol = odeint(pendulum, [0.5, 0.0], t)
theta, omega = sol[:, 0], sol[:, 1]
energy = 0.5 * L**2 * omega**2 + g * L * (1 - np.cos(theta))
print("energy drift:", np.ptp(energy))
""",("-(g / L) * np.sin(theta)","(g / L) * np.sin(theta)"),("-(g / L) * np.sin(theta)","-(g / L) * np.cos(theta)"),("return [omega, -(g / L)","return [theta, -(g / L)"))
sim("projectile euler","""
import math

def projectile(v0=30.0, angle_deg=45.0, dt=0.001, g=9.81):
    \"\"\"Trajectory without air resistance, by Euler-Cromer steps.\"\"\"
    angle = math.radians(angle_deg)
    x, y = 0.0, 0.0
    vx, vy = v0 * math.cos(angle), v0 * math.sin(angle)
    xs, ys = [x], [y]
    while y >= 0.0:
        vy -= g * dt
        x += vx * dt
        y += vy * dt
        xs.append(x)
        ys.append(y)
    return xs, ys

xs, ys = projectile()
print("range", xs[-1], "theory", 30.0**2 / 9.81)
""",("vy -= g * dt","vy -= g"),("math.radians(angle_deg)","angle_deg"),("vx, vy = v0 * math.cos(angle), v0 * math.sin(angle)","vx, vy = v0 * math.sin(angle), v0 * math.sin(angle) / 2"))
sim("gillespie birth death","""
import numpy as np

def birth_death(k_birth=10.0, k_death=0.1, n0=0, t_max=200.0, seed=0):
    rng = np.random.default_rng(seed)
    t, n = 0.0, n0
    times, counts = [t], [n]
    while t < t_max:
        a1 = k_birth
        a2 = k_death * n
        a0 = a1 + a2
        t += rng.exponential(1.0 / a0)
        if rng.random() < a1 / a0:
            n += 1
        else:
            n -= 1
        times.append(t)
        counts.append(n)
    return np.array(times), np.array(counts)
""",("rng.exponential(1.0 / a0)","rng.exponential(a0)"),("a2 = k_death * n","a2 = k_death"),("rng.random() < a1 / a0","rng.random() > a1 / a0"))
sim("black scholes mc","""
import numpy as np

def european_call_mc(S0=100.0, K=105.0, r=0.05, sigma=0.2, T=1.0, n_paths=100_000, seed=42):
    rng = np.random.default_rng(seed)
    Z = rng.standard_normal(n_paths)
    ST = S0 * np.exp((r - 0.5 * sigma**2) * T + sigma * np.sqrt(T) * Z)
    payoff = np.maximum(ST - K, 0.0)
    price = np.exp(-r * T) * payoff.mean()
    stderr = np.exp(-r * T) * payoff.std(ddof=1) / np.sqrt(n_paths)
    return price, stderr

if __name__ == "__main__":
    print(european_call_mc())
""",("r - 0.5 * sigma**2","r + 0.5 * sigma**2"),("np.exp(-r * T) * payoff.mean()","payoff.mean()"),("sigma * np.sqrt(T) * Z","sigma * T**2 * 2 * Z"),("/ np.sqrt(n_paths)","/ n_paths"))
sim("mcmc normal","""
import numpy as np

def log_target(x):
    return -0.5 * (x - 3.0) ** 2 / 4.0

def metropolis_hastings(n_samples=20000, proposal_sd=2.0, x0=0.0, seed=1):
    rng = np.random.default_rng(seed)
    x = x0
    samples = []
    for _ in range(n_samples):
        x_new = x + rng.normal(0.0, proposal_sd)
        log_alpha = log_target(x_new) - log_target(x)
        if np.log(rng.random()) < log_alpha:
            x = x_new
        samples.append(x)
    return np.array(samples)

s = metropolis_hastings()
print(s.mean(), s.std())
""",("log_target(x_new) - log_target(x)","log_target(x) - log_target(x_new)"),("            x = x_new\n        samples","            x = x_new\n            samples"),("np.log(rng.random()) < log_alpha","rng.random() < log_alpha"),("x + rng.normal(0.0, proposal_sd)","x + abs(rng.normal(0.0, proposal_sd))"))
sim("lennard jones md","""
import numpy as np

N = 8
DT = 0.002
EPS = 1.0
SIGMA = 1.0

def forces(pos):
    f = np.zeros_like(pos)
    pot = 0.0
    for i in range(len(pos)):
        for j in range(i + 1, len(pos)):
            rij = pos[i] - pos[j]
            r2 = np.dot(rij, rij)
            sr6 = (SIGMA**2 / r2) ** 3
            sr12 = sr6**2
            pot += 4 * EPS * (sr12 - sr6)
            fij = 24 * EPS * (2 * sr12 - sr6) / r2 * rij
            f[i] += fij
            f[j] -= fij
    return f, pot

def run_md(steps=1500, seed=0):
    rng = np.random.default_rng(seed)
    grid = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float) * 1.2
    pos = grid
    vel = rng.normal(0, 0.1, (N, 3))
    vel -= vel.mean(axis=0)
    f, pot = forces(pos)
    energies = []
    for _ in range(steps):
        vel += 0.5 * DT * f
        pos = pos + DT * vel
        f, pot = forces(pos)
        vel += 0.5 * DT * f
        energies.append(pot + 0.5 * np.sum(vel**2))
    return np.array(energies)
""",("2 * sr12 - sr6","sr12 - sr6"),("f[j] -= fij","f[j] += fij"),("(SIGMA**2 / r2) ** 3","(SIGMA**2 / r2) ** 6"),("    pos = pos + DT * vel\n        f, pot = forces(pos)","    pos = pos + DT * vel"),("/ r2 * rij","* rij"))
sim("brownian msd","""
import numpy as np

def brownian_paths(n_particles=2000, n_steps=200, D=0.5, dt=0.01, seed=0):
    rng = np.random.default_rng(seed)
    steps = np.sqrt(2 * D * dt) * rng.standard_normal((n_steps, n_particles))
    return np.cumsum(steps, axis=0)

def msd(paths):
    return (paths**2).mean(axis=1)

paths = brownian_paths()
m = msd(paths)
print("MSD at the end", m[-1], "expected", 2 * 0.5 * 200 * 0.01)
""",("np.sqrt(2 * D * dt)","np.sqrt(D * dt)"),("np.sqrt(2 * D * dt)","2 * D * dt"),("rng.standard_normal((n_steps, n_particles))","rng.random((n_steps, n_particles))"))
sim("advection upwind","""
import numpy as np

def advect(c=1.0, nx=200, L=1.0, cfl=0.5, t_end=0.3):
    dx = L / nx
    dt = cfl * dx / c
    x = (np.arange(nx) + 0.5) * dx
    u = np.exp(-((x - 0.3) / 0.05) ** 2)
    history = [u.copy()]
    for _ in range(int(round(t_end / dt))):
        u = u - c * dt / dx * (u - np.roll(u, 1))
        history.append(u.copy())
    return {"x": x, "dt": dt, "u": np.array(history)}
""",("u - np.roll(u, 1))","np.roll(u, -1) - u)"),("u - c * dt / dx","u + c * dt / dx"),("(u - np.roll(u, 1))","(u - 0.9 * np.roll(u, 1))"))
sim("seir odeint","""
import numpy as np
from scipy.integrate import solve_ivp

def seir(t, y, beta, sigma, gamma, N):
    S, E, I, R = y
    dS = -beta * S * I / N
    dE = beta * S * I / N - sigma * E
    dI = sigma * E - gamma * I
    dR = gamma * I
    return [dS, dE, dI, dR]

def run(beta=0.5, sigma=0.2, gamma=0.1, N=1000.0, days=200):
    sol = solve_ivp(seir, (0, days), [N - 1, 0, 1, 0], args=(beta, sigma, gamma, N), t_eval=np.linspace(0, days, 401), rtol=1e-8)
    S, E, I, R = sol.y
    return {"t": sol.t, "S": S, "E": E, "I": I, "R": R}
""",("dE = beta * S * I / N - sigma * E","dE = beta * S * I / N - gamma * E"),("dR = gamma * I","dR = gamma * E"),("dS = -beta * S * I / N","dS = -beta * S * E / N"))
sim("logistic growth","""
def logistic(r=0.5, K=100.0, n0=5.0, dt=0.01, t_end=20.0):
    n = n0
    t = 0.0
    ts, ns = [t], [n]
    while t < t_end - 1e-9:
        n = n + r * n * (1 - n / K) * dt
        t += dt
        ts.append(t)
        ns.append(n)
    return ts, ns

ts, ns = logistic()
print(ns[-1])
""",("1 - n / K","1 + n / K"),("r * n * (1 - n / K) * dt","r * (1 - n / K) * dt"),("1 - n / K","1 - n * n / K"))
sim("monte carlo pi","""
import random

def estimate_pi(n=200000, seed=0):
    rng = random.Random(seed)
    inside = 0
    for _ in range(n):
        x, y = rng.random(), rng.random()
        if x * x + y * y <= 1.0:
            inside += 1
    return 4 * inside / n

print(estimate_pi())
""",("x * x + y * y <= 1.0","x + y <= 1.0"),("4 * inside / n","2 * inside / n"),("x, y = rng.random(), rng.random()","x = rng.random(); y = x"))
sim("leapfrog orbit","""
import numpy as np

GM = 4 * np.pi**2

class Planet:
    def __init__(self, x=1.0, y=0.0, vx=0.0, vy=2 * np.pi):
        self.pos = np.array([x, y])
        self.vel = np.array([vx, vy])

    def acceleration(self):
        r = np.linalg.norm(self.pos)
        return -GM * self.pos / r**3

    def step(self, dt):
        self.vel = self.vel + 0.5 * dt * self.acceleration()
        self.pos = self.pos + dt * self.vel
        self.vel = self.vel + 0.5 * dt * self.acceleration()

earth = Planet()
track = []
for _ in range(2000):
    earth.step(0.001)
    track.append(earth.pos.copy())
track = np.array(track)
print("radius range", np.linalg.norm(track, axis=1).min(), np.linalg.norm(track, axis=1).max())
""",("self.pos / r**3","self.pos / r**2"),("-GM * self.pos","GM * self.pos"),("self.pos + dt * self.vel","self.pos + 2 * dt * self.vel"),("self.vel + 0.5 * dt * self.acceleration()\n\nearth","self.vel + dt * self.acceleration()\n\nearth"))
