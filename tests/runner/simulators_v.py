"""Fifteen canonical simulators, each with ten changes of one place, as a textbook course would ask for them.

Each holds the prose before the code, the sound program and its changes.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim

sim("harmonic leapfrog", "Simulation of a mass on a spring with the leapfrog (velocity Verlet) integrator.", '''
import numpy as np

def simulate(x0=1.0, v0=0.0, k=4.0, m=1.0, dt=0.01, n_steps=2000):
    """Integrate a harmonic oscillator; returns times, positions, velocities, energies."""
    x, v = x0, v0
    xs, vs, es, ts = [], [], [], []
    a = -k * x / m
    for i in range(n_steps):
        v_half = v + 0.5 * dt * a
        x = x + dt * v_half
        a = -k * x / m
        v = v_half + 0.5 * dt * a
        ts.append((i + 1) * dt)
        xs.append(x)
        vs.append(v)
        es.append(0.5 * m * v**2 + 0.5 * k * x**2)
    return {"t": np.array(ts), "x": np.array(xs), "v": np.array(vs), "energy": np.array(es)}
''', ("v_half = v + 0.5 * dt * a","v_half = v + dt * a"),("x = x + dt * v_half","x = x + dt * v"),("        a = -k * x / m\n        v","        a = k * x / m\n        v"),("        a = -k * x / m\n        v","        a = -k * x * m * 1.1\n        v"),("v = v_half + 0.5 * dt * a","v = v_half - 0.5 * dt * a"),("v = v_half + 0.5 * dt * a","v = v_half + 0.5 * a"),("0.5 * m * v**2 + 0.5 * k * x**2","0.5 * m * v**2 + k * x**2"),("0.5 * m * v**2 + 0.5 * k * x**2","0.5 * m * v**2 - 0.5 * k * x**2"),("        a = -k * x / m\n        v","        a = -k * x**3 / m\n        v"),("x = x + dt * v_half","x = x0 + dt * v_half"))

sim("two body gravity", "Two-body gravitational problem in reduced units (G = 1).", '''
import numpy as np

G = 1.0

def accelerations(pos, mass):
    acc = np.zeros_like(pos)
    n = len(mass)
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            r = pos[j] - pos[i]
            d = np.sqrt(np.sum(r**2))
            acc[i] += G * mass[j] * r / d**3
    return acc

def simulate(n_steps=4000, dt=0.002):
    mass = np.array([1.0, 0.5])
    pos = np.array([[-0.5, 0.0], [0.5, 0.0]])
    vel = np.array([[0.0, -0.3], [0.0, 0.6]])
    acc = accelerations(pos, mass)
    energy, momentum, angular = [], [], []
    for _ in range(n_steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        acc = accelerations(pos, mass)
        vel += 0.5 * dt * acc
        kinetic = 0.5 * np.sum(mass[:, None] * vel**2)
        sep = np.linalg.norm(pos[0] - pos[1])
        potential = -G * mass[0] * mass[1] / sep
        energy.append(kinetic + potential)
        momentum.append(np.sum(mass[:, None] * vel, axis=0))
        angular.append(np.sum(mass * (pos[:, 0] * vel[:, 1] - pos[:, 1] * vel[:, 0])))
    return {"energy": np.array(energy), "momentum": np.array(momentum), "angular_momentum": np.array(angular)}
''', ("mass[j] * r / d**3","mass[i] * r / d**3"),("r / d**3","r / d**2"),("r = pos[j] - pos[i]","r = pos[i] - pos[j]"),("kinetic + potential","kinetic - potential"),("-G * mass[0] * mass[1] / sep","-G * mass[0] * mass[1] / sep**2"),("        vel += 0.5 * dt * acc\n        kinetic","        vel += dt * acc\n        kinetic"),("pos += dt * vel","pos += 0.5 * dt * vel"),("acc[i] += G","acc[i] = -G"),("pos[:, 1] * vel[:, 0]","pos[:, 1] * vel[:, 1]"),("0.5 * np.sum(mass[:, None] * vel**2)","np.sum(mass[:, None] * vel**2)"))

sim("ising", "2-D Ising model with single-spin-flip Metropolis dynamics and periodic boundaries.", '''
import numpy as np

def ising(L=16, T=2.5, J=1.0, n_sweeps=400, seed=0):
    """Return magnetisation per spin and energy per spin after every sweep."""
    rng = np.random.default_rng(seed)
    spins = rng.choice([-1, 1], size=(L, L))
    mags, energies = [], []
    for sweep in range(n_sweeps):
        for _ in range(L * L):
            i, j = rng.integers(0, L, size=2)
            nb = spins[(i + 1) % L, j] + spins[(i - 1) % L, j] + spins[i, (j + 1) % L] + spins[i, (j - 1) % L]
            dE = 2 * J * spins[i, j] * nb
            if dE <= 0 or rng.random() < np.exp(-dE / T):
                spins[i, j] *= -1
        mags.append(spins.mean())
        right = np.roll(spins, 1, axis=0)
        down = np.roll(spins, 1, axis=1)
        energies.append(-J * np.mean(spins * (right + down)))
    return {"magnetisation": np.array(mags), "energy": np.array(energies)}
''', ("dE = 2 * J * spins","dE = J * spins"),("np.exp(-dE / T)","np.exp(dE / T)"),("np.exp(-dE / T)","np.exp(-dE * T)"),("dE <= 0 or","dE >= 0 or"),("spins[i, j] *= -1","spins = rng.choice([-1, 1], size=(L, L))"),("spins[(i - 1) % L, j]","spins[(i + 1) % L, j]"),("dE = 2 * J * spins[i, j] * nb","dE = -2 * J * spins[i, j] * nb"),("-J * np.mean(spins * (right + down))","-2 * J * np.mean(spins * (right + down))"),("np.exp(-dE / T)","np.exp(-dE / (2 * T))"),("rng.random() <","rng.random() >"))

sim("random walk diffusion", "Many independent 2-D random walkers; the mean squared displacement should grow linearly in time.", '''
import numpy as np

def random_walk(n_walkers=2000, n_steps=300, step=1.0, seed=1):
    rng = np.random.default_rng(seed)
    pos = np.zeros((n_walkers, 2))
    msd = []
    for t in range(n_steps):
        angle = rng.uniform(0, 2 * np.pi, n_walkers)
        pos[:, 0] += step * np.cos(angle)
        pos[:, 1] += step * np.sin(angle)
        msd.append(np.mean(np.sum(pos**2, axis=1)))
    return {"msd": np.array(msd), "positions": pos}
''', ("rng.uniform(0, 2 * np.pi, n_walkers)","rng.uniform(0, np.pi, n_walkers)"),("pos[:, 0] += step","pos[:, 0] = step"),("np.sum(pos**2, axis=1)","np.sum(pos, axis=1)"),("step * np.sin(angle)","step * np.cos(angle)"),("pos[:, 1] += step * np.sin(angle)","pos[:, 1] += step * abs(np.sin(angle))"),("np.mean(np.sum(pos**2, axis=1))","np.mean(np.sum(pos**2, axis=1)) / (t + 1)"),("step * np.cos(angle)","step * (t + 1) * np.cos(angle)"),("np.mean(np.sum(pos**2","np.mean(np.sum(np.abs(pos)"),("rng.uniform(0, 2 * np.pi, n_walkers)","rng.uniform(0, 2 * np.pi)"),("step * np.cos(angle)\n        pos","np.sqrt(step) * 2 * np.cos(angle)\n        pos"))

sim("heat equation", "One-dimensional heat equation, explicit FTCS scheme, fixed ends at zero.", '''
import numpy as np

def heat(nx=51, alpha=1.0, length=1.0, t_end=0.05):
    dx = length / (nx - 1)
    dt = 0.4 * dx**2 / alpha
    n_steps = int(round(t_end / dt))
    x = np.linspace(0, length, nx)
    u = np.sin(np.pi * x / length)
    history = [u.copy()]
    for _ in range(n_steps):
        new = u.copy()
        new[1:-1] = u[1:-1] + alpha * dt / dx**2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        new[0] = 0.0
        new[-1] = 0.0
        u = new
        history.append(u.copy())
    exact = np.exp(-alpha * (np.pi / length) ** 2 * n_steps * dt) * np.sin(np.pi * x / length)
    return {"x": x, "u": u, "exact": exact, "history": np.array(history)}
''', ("- 2 * u[1:-1]","- u[1:-1]"),("dt / dx**2","dt / dx"),("u[1:-1] + alpha * dt","u[1:-1] - alpha * dt"),("0.4 * dx**2","0.6 * dx**2"),("new[0] = 0.0","new[0] = 1.0"),("u[2:] - 2","u[2:] + 2"),("new[1:-1] = u[1:-1] + alpha","new[1:-1] = u[1:-1] + 2 * alpha"),("+ u[:-2])","- u[:-2])"),("-alpha * (np.pi / length) ** 2","-alpha * (np.pi / length)"),("length / (nx - 1)","length / nx"))

sim("sir", "SIR epidemic model integrated with RK4.", '''
import numpy as np

def derivatives(state, beta, gamma, N):
    S, I, R = state
    dS = -beta * S * I / N
    dI = beta * S * I / N - gamma * I
    dR = gamma * I
    return np.array([dS, dI, dR])

def run(beta=0.4, gamma=0.1, N=1000.0, I0=1.0, days=160, dt=0.1):
    state = np.array([N - I0, I0, 0.0])
    out = [state]
    for _ in range(int(days / dt)):
        k1 = derivatives(state, beta, gamma, N)
        k2 = derivatives(state + 0.5 * dt * k1, beta, gamma, N)
        k3 = derivatives(state + 0.5 * dt * k2, beta, gamma, N)
        k4 = derivatives(state + dt * k3, beta, gamma, N)
        state = state + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        out.append(state)
    out = np.array(out)
    return {"S": out[:, 0], "I": out[:, 1], "R": out[:, 2]}
''', ("dS = -beta * S * I / N","dS = -beta * S * I"),("- gamma * I","- beta * I"),("dR = gamma * I","dR = gamma * R"),("dI = beta * S * I / N","dI = beta * I * I / N"),("dS = -beta","dS = beta"),("k1 + 2 * k2 + 2 * k3 + k4","k1 + k2 + 2 * k3 + k4"),("state + 0.5 * dt * k1","state + dt * k1"),("dt / 6","dt / 3"),("dR = gamma * I","dR = 0.5 * gamma * I"),("state + dt * k3","state + 0.5 * dt * k3"))

sim("lotka volterra", "Predator-prey (Lotka–Volterra) model.", '''
import numpy as np

def lotka_volterra(alpha=1.1, beta=0.4, delta=0.1, gamma=0.4, x0=10.0, y0=5.0, dt=0.001, t_end=50.0):
    n = int(t_end / dt)
    x = np.empty(n + 1)
    y = np.empty(n + 1)
    x[0], y[0] = x0, y0

    def f(p, q):
        return alpha * p - beta * p * q, delta * p * q - gamma * q

    for i in range(n):
        k1x, k1y = f(x[i], y[i])
        k2x, k2y = f(x[i] + dt * k1x, y[i] + dt * k1y)
        x[i + 1] = x[i] + 0.5 * dt * (k1x + k2x)
        y[i + 1] = y[i] + 0.5 * dt * (k1y + k2y)
    V = delta * x - gamma * np.log(x) + beta * y - alpha * np.log(y)
    return {"prey": x, "predator": y, "conserved": V}
''', ("alpha * p - beta * p * q","alpha * p - beta * q"),("delta * p * q - gamma * q","delta * p * q + gamma * q"),("delta * p * q - gamma","beta * p * q - gamma"),("0.5 * dt * (k1x + k2x)","dt * (k1x + k2x)"),("alpha * p - beta * p * q","alpha * p + beta * p * q"),("- gamma * q\n","- gamma * p\n"),("0.5 * dt * (k1y + k2y)","0.5 * dt * (k1y - k2y)"),("gamma * np.log(x)","alpha * np.log(x)"),("alpha * p - beta","alpha * p**2 - beta"),("y[i] + dt * k1y)","y[i] - dt * k1y)"))

sim("lennard jones", "Molecular dynamics of Lennard-Jones particles in a periodic box (reduced units, NVE).", '''
import numpy as np

def forces(pos, box, rc):
    n = len(pos)
    f = np.zeros_like(pos)
    energy = 0.0
    shift = 4 * (rc**-12 - rc**-6)
    for i in range(n - 1):
        d = pos[i] - pos[i + 1:]
        d -= box * np.round(d / box)
        r2 = np.sum(d**2, axis=1)
        mask = r2 < rc**2
        inv6 = np.where(mask, 1.0 / r2**3, 0.0)
        energy += np.sum(np.where(mask, 4 * (inv6**2 - inv6) - shift, 0.0))
        fij = (48 * inv6**2 - 24 * inv6) / r2
        pair = fij[:, None] * d
        f[i] += pair.sum(axis=0)
        f[i + 1:] -= pair
    return f, energy

def run(n_side=3, density=0.5, temperature=0.8, dt=0.002, n_steps=400, seed=2):
    rng = np.random.default_rng(seed)
    n = n_side**3
    box = (n / density) ** (1 / 3)
    grid = (np.arange(n_side) + 0.5) * box / n_side
    pos = np.array(np.meshgrid(grid, grid, grid)).reshape(3, -1).T
    vel = rng.normal(0, np.sqrt(temperature), (n, 3))
    vel -= vel.mean(axis=0)
    rc = box / 2
    f, pe = forces(pos, box, rc)
    total, momentum = [], []
    for _ in range(n_steps):
        vel += 0.5 * dt * f
        pos = (pos + dt * vel) % box
        f, pe = forces(pos, box, rc)
        vel += 0.5 * dt * f
        total.append(0.5 * np.sum(vel**2) + pe)
        momentum.append(vel.sum(axis=0))
    return {"energy": np.array(total), "momentum": np.array(momentum)}
''', ("48 * inv6**2 - 24 * inv6","24 * inv6**2 - 24 * inv6"),("48 * inv6**2 - 24 * inv6","48 * inv6**2 + 24 * inv6"),("f[i + 1:] -= pair","f[i + 1:] += pair"),("4 * (inv6**2 - inv6) - shift","4 * (inv6**2 + inv6) - shift"),("d -= box * np.round(d / box)","d -= box * np.floor(d / box)"),("inv6) / r2","inv6) / np.sqrt(r2)"),("        vel += 0.5 * dt * f\n        total","        vel += dt * f\n        total"),("0.5 * np.sum(vel**2) + pe","0.5 * np.sum(vel**2) - pe"),("1.0 / r2**3","1.0 / r2**2"),("pos = (pos + dt * vel) % box","pos = rng.random((n, 3)) * box"))

sim("brownian langevin", "Overdamped Langevin dynamics of a particle in a harmonic trap.", '''
import numpy as np

def langevin(k=1.0, kT=1.0, gamma=1.0, dt=0.01, n_steps=200000, seed=3):
    """Euler-Maruyama: dx = -(k/gamma) x dt + sqrt(2 kT/gamma) dW. Returns the trajectory."""
    rng = np.random.default_rng(seed)
    x = np.zeros(n_steps)
    noise = rng.normal(size=n_steps)
    for i in range(1, n_steps):
        drift = -k * x[i - 1] / gamma
        x[i] = x[i - 1] + drift * dt + np.sqrt(2 * kT * dt / gamma) * noise[i]
    return {"x": x, "variance": np.var(x[1000:]), "expected_variance": kT / k}
''', ("np.sqrt(2 * kT * dt / gamma)","np.sqrt(kT * dt / gamma)"),("np.sqrt(2 * kT * dt / gamma)","2 * kT * dt / gamma"),("drift = -k","drift = k"),("x[i] = x[i - 1] + drift","x[i] = drift"),("np.sqrt(2 * kT * dt / gamma)","np.sqrt(2 * kT / gamma) * dt"),("drift * dt +","drift +"),("rng.normal(size=n_steps)","rng.uniform(size=n_steps)"),("rng.normal(size=n_steps)","rng.uniform(-1, 1, size=n_steps)"),("-k * x[i - 1] / gamma","-2 * k * x[i - 1] / gamma"),("np.var(x[1000:])","np.std(x[1000:])"))

sim("particle mc", "Monte Carlo simulation of a particle diffusing in a double-well potential, Metropolis moves.", '''
import numpy as np

def energy(x):
    return (x**2 - 1.0) ** 2

def metropolis(beta=3.0, delta=0.5, n_steps=50000, seed=4):
    rng = np.random.default_rng(seed)
    x = -1.0
    e = energy(x)
    samples = np.zeros(n_steps)
    accepted = 0
    for i in range(n_steps):
        x_new = x + rng.uniform(-delta, delta)
        e_new = energy(x_new)
        if rng.random() < np.exp(-beta * (e_new - e)):
            x, e = x_new, e_new
            accepted += 1
        samples[i] = x
    return {"samples": samples, "acceptance": accepted / n_steps}
''', ("x_new = x + rng.uniform(-delta, delta)","x_new = rng.uniform(-2, 2)"),("-beta * (e_new - e)","-beta * (e - e_new)"),("rng.uniform(-delta, delta)","rng.uniform(0, delta)"),("x, e = x_new, e_new","x = x_new"),("samples[i] = x","samples[i] = x_new"),("np.exp(-beta * (e_new - e))","np.exp(-(e_new - e) / beta)"),("accepted / n_steps","n_steps / max(accepted, 1)"),("rng.random() < np.exp","rng.random() > np.exp"),("rng.random() < np.exp(-beta * (e_new - e))","True"),("rng.uniform(-delta, delta)","delta"))

sim("gillespie decay", "Gillespie simulation of the reversible isomerisation A <-> B.", '''
import numpy as np

def gillespie(k_forward=1.0, k_backward=0.5, n_a=300, n_b=0, t_max=20.0, seed=5):
    rng = np.random.default_rng(seed)
    t = 0.0
    times, a_counts, b_counts = [t], [n_a], [n_b]
    while t < t_max:
        r1 = k_forward * n_a
        r2 = k_backward * n_b
        total = r1 + r2
        if total == 0:
            break
        t += rng.exponential(1.0 / total)
        if rng.random() * total < r1:
            n_a -= 1
            n_b += 1
        else:
            n_a += 1
            n_b -= 1
        times.append(t)
        a_counts.append(n_a)
        b_counts.append(n_b)
    return {"t": np.array(times), "A": np.array(a_counts), "B": np.array(b_counts)}
''', ("rng.exponential(1.0 / total)","rng.exponential(total)"),("r2 = k_backward * n_b","r2 = k_backward * n_a"),("n_b += 1","n_b += 2"),("rng.random() * total < r1","rng.random() * total > r1"),("rng.exponential(1.0 / total)","rng.uniform(0, 2.0 / total)"),("rng.random() * total < r1","rng.random() < r1"),("total = r1 + r2","total = r1"),("rng.exponential(1.0 / total)","1.0 / total"),("r1 = k_forward * n_a","r1 = k_forward"),("            n_a += 1\n            n_b -= 1","            n_a += 1"))

sim("radioactive chain", "Two-step radioactive decay chain A -> B -> C (Euler).", '''
def decay_chain(lambda_a=0.5, lambda_b=0.2, n_a=1000.0, dt=0.001, t_end=10.0):
    a, b, c = n_a, 0.0, 0.0
    t = 0.0
    history = []
    while t < t_end:
        da = -lambda_a * a * dt
        db = (lambda_a * a - lambda_b * b) * dt
        dc = lambda_b * b * dt
        a += da
        b += db
        c += dc
        t += dt
        history.append((t, a, b, c))
    return history
''', ("lambda_a * a - lambda_b * b","lambda_a * a + lambda_b * b"),("dc = lambda_b * b * dt","dc = lambda_a * b * dt"),("da = -lambda_a * a * dt","da = -lambda_a * dt"),("dc = lambda_b * b","dc = lambda_b * c"),("lambda_a * a - lambda_b * b","lambda_b * a - lambda_b * b"),("da = -lambda_a * a * dt","da = -lambda_b * a * dt"),("b += db","b = db"),("c += dc","c += db"),("t += dt","t += 2 * dt"),("da = -lambda_a * a * dt","da = -lambda_a * a * a * dt"))

sim("pendulum rk4", "Nonlinear pendulum with RK4.", '''
import numpy as np

g, L = 9.81, 1.0

def deriv(y):
    theta, omega = y
    return np.array([omega, -(g / L) * np.sin(theta)])

def rk4_step(y, dt):
    k1 = deriv(y)
    k2 = deriv(y + dt * k1 / 2)
    k3 = deriv(y + dt * k2 / 2)
    k4 = deriv(y + dt * k3)
    return y + dt * (k1 + 2 * k2 + 2 * k3 + k4) / 6

def simulate(theta0=1.0, omega0=0.0, dt=0.01, n=1000):
    y = np.array([theta0, omega0])
    theta, omega, energy = [theta0], [omega0], []
    for _ in range(n):
        y = rk4_step(y, dt)
        theta.append(y[0])
        omega.append(y[1])
    theta, omega = np.array(theta), np.array(omega)
    energy = 0.5 * L**2 * omega**2 + g * L * (1 - np.cos(theta))
    return {"theta": theta, "omega": omega, "energy": energy}
''', ("np.sin(theta)])","np.cos(theta)])"),("-(g / L)","(g / L)"),("-(g / L)","-(g * L * 1.2)"),("y + dt * k2 / 2","y + dt * k1 / 2"),("y + dt * k3)","y + dt * k3 / 2)"),("(k1 + 2 * k2 + 2 * k3 + k4) / 6","(k1 + 2 * k2 + 2 * k3 + k4) / 5"),("g * L * (1 - np.cos(theta))","g * L * (1 + np.cos(theta))"),("0.5 * L**2 * omega**2","L**2 * omega**2"),("[omega, -(g","[theta, -(g"),("1 - np.cos(theta)","1 - np.sin(theta)"))

sim("mm1 queue", "Discrete-event simulation of an M/M/1 queue.", '''
import heapq
import random

def simulate(lam=0.8, mu=1.0, n_customers=50000, seed=6):
    rng = random.Random(seed)
    arrival = 0.0
    departure_prev = 0.0
    waits, systems = [], []
    for _ in range(n_customers):
        arrival += rng.expovariate(lam)
        service = rng.expovariate(mu)
        start = max(arrival, departure_prev)
        departure_prev = start + service
        waits.append(start - arrival)
        systems.append(departure_prev - arrival)
    mean_wait = sum(waits) / len(waits)
    mean_system = sum(systems) / len(systems)
    return {"mean_wait": mean_wait, "mean_time_in_system": mean_system, "utilisation": lam / mu}
''', ("max(arrival, departure_prev)","min(arrival, departure_prev)"),("rng.expovariate(mu)","rng.expovariate(1 / mu + 0.3)"),("rng.expovariate(lam)","rng.expovariate(1 / lam)"),("arrival += rng","arrival = rng"),("waits.append(start - arrival)","waits.append(departure_prev - arrival)"),("departure_prev = start + service","departure_prev = arrival + service"),("rng.expovariate(mu)","1 / mu"),("rng.expovariate(lam)","rng.uniform(0, 2 / lam)"),("sum(systems) / len(systems)","sum(systems) / lam / len(systems)"),("lam / mu}","mu / lam}"))

sim("wave equation", "Vibrating string: 1-D wave equation with the standard second-order leapfrog scheme, fixed ends.", '''
import numpy as np

def wave(nx=101, c=1.0, length=1.0, t_end=2.0, courant=0.9):
    dx = length / (nx - 1)
    dt = courant * dx / c
    nt = int(t_end / dt)
    x = np.linspace(0, length, nx)
    u_prev = np.sin(np.pi * x)
    r2 = (c * dt / dx) ** 2
    u = u_prev.copy()
    u[1:-1] = u_prev[1:-1] + 0.5 * r2 * (u_prev[2:] - 2 * u_prev[1:-1] + u_prev[:-2])
    for _ in range(1, nt):
        u_next = np.zeros(nx)
        u_next[1:-1] = 2 * u[1:-1] - u_prev[1:-1] + r2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u_prev, u = u, u_next
    exact = np.sin(np.pi * x) * np.cos(np.pi * c * nt * dt)
    error = np.max(np.abs(u - exact))
    return {"u": u, "exact": exact, "error": error}
''', ("2 * u[1:-1] - u_prev[1:-1] +","2 * u[1:-1] + u_prev[1:-1] +"),("2 * u[1:-1] - u_prev","u[1:-1] - u_prev"),("(c * dt / dx) ** 2","(c * dt / dx)"),("courant=0.9","courant=1.1"),("0.5 * r2 *","r2 *"),("+ r2 * (u[2:]","- r2 * (u[2:]"),("u_prev, u = u, u_next","u = u_next"),("np.cos(np.pi * c * nt * dt)","np.sin(np.pi * c * nt * dt)"),("- 2 * u[1:-1] + u[:-2])","- 2 * u[1:-1] - u[:-2])"),("courant * dx / c","courant * dx * dx / c"))
