"""A ninth set of simulators: small programs as answers bring them, each with changes of one place.

Written after the slips, the Brownian steps and the propensities came to be read, by the hand that wrote those, and before it
was seen how they are treated.
"""
# fmt: off

SIMULATORS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def sim(name: str, source: str, *mutants: tuple[str, str]) -> None:
    """Add a simulator; every mutant must change the source."""
    for old, new in mutants:
        assert old in source, (name, old)
        assert old != new, (name, old)
    SIMULATORS[name] = (source.lstrip("\n"), list(mutants))


sim("bouncing ball", """
def bounce(h0=2.0, e=0.8, dt=1e-3, t_max=5.0, g=9.81):
    y, v, t = h0, 0.0, 0.0
    heights, times = [], []
    while t < t_max:
        v -= g * dt
        y += v * dt
        if y < 0.0:
            y = 0.0
            v = -e * v
        t += dt
        heights.append(y)
        times.append(t)
    return times, heights

times, heights = bounce()
print(max(heights))
""", ("v -= g * dt", "v += g * dt"), ("v = -e * v", "v = -v / e"), ("y += v * dt", "y += v"))

sim("rc discharge", """
import numpy as np

def rc_discharge(R=1000.0, C=1e-6, V0=5.0, dt=1e-5, n=500):
    V = np.zeros(n + 1)
    V[0] = V0
    for i in range(n):
        V[i + 1] = V[i] - V[i] / (R * C) * dt
    t = np.arange(n + 1) * dt
    return t, V

t, V = rc_discharge()
print(V[-1], 5.0 * np.exp(-t[-1] / 1e-3))
""", ("V[i] - V[i]", "V[i] + V[i]"), ("V[i] / (R * C) * dt", "V[i] / R * C * dt"), ("V[i] / (R * C) * dt", "V0 / (R * C) * dt"))

sim("damped oscillator rk4", """
import numpy as np

def deriv(state, m=1.0, k=4.0, c=0.1):
    x, v = state
    return np.array([v, -(k * x + c * v) / m])

def rk4(state, dt):
    k1 = deriv(state)
    k2 = deriv(state + 0.5 * dt * k1)
    k3 = deriv(state + 0.5 * dt * k2)
    k4 = deriv(state + dt * k3)
    return state + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

state = np.array([1.0, 0.0])
energies = []
for _ in range(4000):
    state = rk4(state, 0.01)
    energies.append(0.5 * state[1] ** 2 + 2.0 * state[0] ** 2)
print(energies[0], energies[-1])
""", ("2 * k2 + 2 * k3", "2 * k2 + k3"), ("-(k * x + c * v) / m", "-(k * x - c * v) / m"), ("state + 0.5 * dt * k1", "state + dt * k1"))

sim("rod cooling", """
import numpy as np

def cool(nx=51, alpha=1e-4, length=1.0, t_end=200.0):
    dx = length / (nx - 1)
    dt = 0.4 * dx**2 / alpha
    T = np.full(nx, 20.0)
    T[nx // 2] = 100.0
    for _ in range(int(t_end / dt)):
        lap = (T[2:] - 2 * T[1:-1] + T[:-2]) / dx**2
        T[1:-1] += alpha * dt * lap
    return T
""", ("- 2 * T[1:-1]", "- T[1:-1]"), ("T[1:-1] += alpha", "T[1:-1] -= alpha"), ("0.4 * dx**2 / alpha", "0.9 * dx**2 / alpha"))

sim("gamblers ruin", """
import random

def ruin_probability(start=5, goal=10, p=0.5, games=4000, seed=3):
    rng = random.Random(seed)
    ruined = 0
    for _ in range(games):
        money = start
        while 0 < money < goal:
            if rng.random() < p:
                money += 1
            else:
                money -= 1
        if money == 0:
            ruined += 1
    return ruined / games

print("ruin:", ruin_probability(), "theory:", 0.5)
""", ("money -= 1", "money -= 2"), ("return ruined / games", "return ruined / goal"), ("rng.random() < p:", "rng.random() < p / 2:"))

sim("ornstein uhlenbeck", """
import numpy as np

def ou_process(theta=1.0, mu=0.0, sigma=0.3, x0=1.0, dt=0.01, n=5000, seed=0):
    rng = np.random.default_rng(seed)
    x = np.empty(n + 1)
    x[0] = x0
    for i in range(n):
        x[i + 1] = x[i] + theta * (mu - x[i]) * dt + sigma * np.sqrt(dt) * rng.standard_normal()
    return x
""", ("np.sqrt(dt)", "dt"), ("(mu - x[i])", "(x[i] - mu)"), ("rng.standard_normal()", "rng.random()"))

sim("asian option", """
import numpy as np

def asian_call(S0, K, r, sigma, T, n_steps=50, n_paths=20000, seed=7):
    rng = np.random.default_rng(seed)
    dt = T / n_steps
    z = rng.standard_normal((n_paths, n_steps))
    increments = (r - 0.5 * sigma**2) * dt + sigma * np.sqrt(dt) * z
    paths = S0 * np.exp(np.cumsum(increments, axis=1))
    payoffs = np.maximum(paths.mean(axis=1) - K, 0)
    price = np.exp(-r * T) * np.mean(payoffs)
    std_error = np.exp(-r * T) * np.std(payoffs, ddof=1) / np.sqrt(n_paths)
    return price, std_error

print(asian_call(100, 100, 0.03, 0.25, 1.0))
""", ("np.exp(-r * T) * np.mean", "np.mean"), ("np.exp(-r * T) * np.mean", "np.exp(r * T) * np.mean"), ("sigma * np.sqrt(dt) * z", "sigma * dt * z"), ("/ np.sqrt(n_paths)", "/ n_paths"))

sim("diffusing colloids", """
import numpy as np

class Colloids:
    \"\"\"Free diffusion in two dimensions.\"\"\"

    def __init__(self, n=500, D=1.2, seed=0):
        self.D = D
        self.rng = np.random.default_rng(seed)
        self.pos = np.zeros((n, 2))

    def step(self, dt):
        self.pos = self.pos + np.sqrt(2 * self.D * dt) * self.rng.standard_normal(self.pos.shape)

    def msd(self):
        return np.mean(np.sum(self.pos**2, axis=1))

cloud = Colloids()
curve = []
for _ in range(100):
    cloud.step(0.01)
    curve.append(cloud.msd())
print(curve[-1])
""", ("np.sqrt(2 * self.D * dt)", "np.sqrt(self.D * dt)"), ("np.sqrt(2 * self.D * dt)", "2 * self.D * dt"), ("standard_normal(self.pos.shape)", "random(self.pos.shape)"))

sim("decay chain", """
import numpy as np

def decay_chain(N0=1000.0, lam_a=0.5, lam_b=0.1, dt=0.01, steps=2000):
    A, B, C = N0, 0.0, 0.0
    history = []
    for _ in range(steps):
        dA = -lam_a * A
        dB = lam_a * A - lam_b * B
        dC = lam_b * B
        A += dA * dt
        B += dB * dt
        C += dC * dt
        history.append((A, B, C))
    return np.array(history)

history = decay_chain()
print(history[-1])
""", ("C += dC * dt", "C += dC"), ("lam_a * A - lam_b * B", "lam_a * A + lam_b * B"), ("dA = -lam_a * A", "dA = -lam_b * A"), ("B += dB * dt", "B += dB"))

sim("earth verlet", """
import numpy as np

G = 6.674e-11
M_SUN = 1.989e30

def acceleration(r):
    return -G * M_SUN * r / np.linalg.norm(r) ** 3

def orbit(days=365, dt=3600.0):
    r = np.array([1.496e11, 0.0])
    v = np.array([0.0, 29780.0])
    a = acceleration(r)
    path = []
    for _ in range(int(days * 86400 / dt)):
        r = r + v * dt + 0.5 * a * dt**2
        a_new = acceleration(r)
        v = v + 0.5 * (a + a_new) * dt
        a = a_new
        path.append(r.copy())
    return np.array(path)
""", ("norm(r) ** 3", "norm(r) ** 2"), ("-G * M_SUN", "G * M_SUN"), ("0.5 * (a + a_new) * dt", "(a + a_new) * dt"), ("        a = a_new\n", ""))

sim("stochastic sir", """
import random

def stochastic_sir(beta=0.3, gamma=0.1, N=500, I0=5, seed=11):
    rng = random.Random(seed)
    S, I, R, t = N - I0, I0, 0, 0.0
    out = [(t, S, I, R)]
    while I > 0:
        infection = beta * S * I / N
        recovery = gamma * I
        total = infection + recovery
        t += rng.expovariate(total)
        if rng.random() < infection / total:
            S -= 1
            I += 1
        else:
            I -= 1
            R += 1
        out.append((t, S, I, R))
    return out
""", ("rng.expovariate(total)", "rng.expovariate(1 / total)"), ("            S -= 1\n", ""), ("infection / total", "recovery / total"))

sim("cannon with drag", """
import math

def shoot(speed, angle_degrees, k=0.01, dt=0.001):
    a = math.radians(angle_degrees)
    x = y = 0.0
    vx = speed * math.cos(a)
    vy = speed * math.sin(a)
    while y >= 0:
        v = math.hypot(vx, vy)
        ax = -k * v * vx
        ay = -9.81 - k * v * vy
        vx += ax * dt
        vy += ay * dt
        x += vx * dt
        y += vy * dt
    return x

for angle in (30, 45, 60):
    print(angle, shoot(50.0, angle))
""", ("math.radians(angle_degrees)", "angle_degrees"), ("x += vx * dt", "x += vx"), ("-9.81 - k * v * vy", "-9.81 + k * v * vy"))

sim("independence sampler", """
import numpy as np

def log_prob(theta, data):
    return -0.5 * np.sum((data - theta) ** 2)

def sample(data, n=5000, width=0.5, seed=2):
    rng = np.random.default_rng(seed)
    theta = 0.0
    chain = np.empty(n)
    for i in range(n):
        proposal = theta + width * rng.standard_normal()
        log_ratio = log_prob(proposal, data) - log_prob(theta, data)
        if np.log(rng.uniform()) < log_ratio:
            theta = proposal
        chain[i] = theta
    return chain
""", ("np.log(rng.uniform())", "rng.uniform()"), ("log_prob(proposal, data) - log_prob(theta, data)", "log_prob(theta, data) - log_prob(proposal, data)"), ("theta + width * rng", "width * rng"))
