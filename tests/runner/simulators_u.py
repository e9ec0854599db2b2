"""Twenty sound programs that look suspicious: coarse steps, biased walks, heavy tails, samplers that redraw, other conventions.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("euler decay coarse","Radioactive decay with the explicit Euler method; the step is deliberately coarse so that the error is visible.","""
import math
N0, k, dt = 1000.0, 0.5, 0.2
N, t = N0, 0.0
while t < 10:
    N -= k * N * dt
    t += dt
print("Euler:", N, "exact:", N0 * math.exp(-k * t))
""")
sim("euler spring drifts","Explicit Euler applied to a spring: as expected the energy grows slowly, which is why a symplectic method is preferred.","""
x, v, dt = 1.0, 0.0, 0.01
for i in range(1000):
    x, v = x + v * dt, v - x * dt
print("energy:", 0.5 * (x * x + v * v), "start: 0.5")
""")
sim("small pi","A quick Monte Carlo estimate of pi with only 500 points, so expect an error of a few per cent.","""
import random
random.seed(1)
inside = sum(random.random()**2 + random.random()**2 < 1 for _ in range(500))
print("pi is roughly", 4 * inside / 500)
""")
sim("independent normals","Drawing independent samples (no Markov chain) from a mixture of two normals and estimating its mean.","""
import numpy as np
rng = np.random.default_rng(0)
def sample(n):
    which = rng.random(n) < 0.3
    return np.where(which, rng.normal(-2, 0.5, n), rng.normal(1, 1.0, n))
xs = sample(20000)
print("mean", xs.mean(), "expected", 0.3 * -2 + 0.7 * 1)
""")
sim("biased walk","A biased random walk: the walker steps right with probability 0.7, so it drifts by 0.4 per step.","""
import random
rng = random.Random(3)
def walk(n):
    x, path = 0, [0]
    for _ in range(n):
        x += 1 if rng.random() < 0.7 else -1
        path.append(x)
    return path
ends = [walk(200)[-1] for _ in range(2000)]
print("mean displacement", sum(ends) / len(ends), "expected", 200 * 0.4)
""")
sim("levy flight","A Lévy flight has heavy-tailed step lengths, so single steps can be very long.","""
import numpy as np
rng = np.random.default_rng(5)
n = 2000
lengths = (1 - rng.random(n)) ** (-1 / 1.5)
angles = rng.uniform(0, 2 * np.pi, n)
path = np.cumsum(np.column_stack([lengths * np.cos(angles), lengths * np.sin(angles)]), axis=0)
print("final position", path[-1], "longest step", lengths.max())
""")
sim("independence sampler","An independence Metropolis-Hastings sampler: the proposals do not depend on the current state, and the acceptance ratio corrects for the proposal density.","""
import numpy as np
rng = np.random.default_rng(2)
target = lambda x: np.exp(-0.5 * (x - 1)**2)
prop = lambda x: np.exp(-0.5 * (x / 2)**2)
x, chain = 0.0, []
for _ in range(20000):
    y = rng.normal(0, 2)
    if rng.random() < target(y) * prop(x) / (target(x) * prop(y)):
        x = y
    chain.append(x)
print("mean", np.mean(chain), "variance", np.var(chain))
""")
sim("sir births","An SIR model with births and deaths at rate mu, so that the disease becomes endemic.","""
beta, gamma, mu, N = 0.6, 0.2, 0.01, 1000.0
S, I, R = 990.0, 10.0, 0.0
dt = 0.05
for _ in range(8000):
    dS = mu * N - beta * S * I / N - mu * S
    dI = beta * S * I / N - gamma * I - mu * I
    dR = gamma * I - mu * R
    S += dS * dt; I += dI * dt; R += dR * dt
print("endemic level", I, "theory", mu * N * (1 / (gamma + mu) - 1 / beta))
""")
sim("heat newton loss","A rod that loses heat to its surroundings along its length: u_t = alpha u_xx - h (u - u_env).","""
import numpy as np
n, alpha, h, env = 50, 0.01, 0.2, 20.0
dx, dt = 0.02, 0.01
u = np.full(n, 80.0)
for _ in range(3000):
    lap = np.zeros(n)
    lap[1:-1] = (u[2:] - 2 * u[1:-1] + u[:-2]) / dx**2
    lap[0] = 2 * (u[1] - u[0]) / dx**2
    lap[-1] = 2 * (u[-2] - u[-1]) / dx**2
    u = u + dt * (alpha * lap - h * (u - env))
print("mean temperature", u.mean())
""")
sim("euler cromer mars","A quick Euler-Cromer orbit of Mars (AU, years, GM = 4 pi^2) with a daily step.","""
import math
GM = 4 * math.pi**2
x, y = 1.524, 0.0
vx, vy = 0.0, 2 * math.pi / math.sqrt(1.524)
dt = 1 / 365.25
t = 0.0
while t < 1.88:
    r = math.hypot(x, y)
    vx -= GM * x / r**3 * dt
    vy -= GM * y / r**3 * dt
    x += vx * dt
    y += vy * dt
    t += dt
print("after one Martian year:", x, y)
""")
sim("relativistic push","A constant force on a relativistic particle: the momentum grows linearly, the speed tends to c.","""
import math
m, c, F = 1.0, 1.0, 0.5
dt, p, x = 0.01, 0.0, 0.0
for _ in range(2000):
    p += F * dt
    v = p / math.sqrt(m**2 + (p / c)**2)
    x += v * dt
print("speed", v, "distance", x)
""")
sim("vdp stiff","The van der Pol oscillator with mu = 5 by RK4.","""
mu, dt = 5.0, 0.002
def f(x, v):
    return v, mu * (1 - x * x) * v - x
x, v = 0.5, 0.0
xs = []
for _ in range(20000):
    a1, b1 = f(x, v)
    a2, b2 = f(x + dt/2*a1, v + dt/2*b1)
    a3, b3 = f(x + dt/2*a2, v + dt/2*b2)
    a4, b4 = f(x + dt*a3, v + dt*b3)
    x += dt/6*(a1 + 2*a2 + 2*a3 + a4)
    v += dt/6*(b1 + 2*b2 + 2*b3 + b4)
    xs.append(x)
print("amplitude", max(xs[10000:]))
""")
sim("queue priority","Two customer classes share one server; class A has priority over class B (non-preemptive).","""
import heapq, random
rng = random.Random(7)
def run(n=5000):
    t, free, waits = 0.0, 0.0, {"A": [], "B": []}
    jobs = []
    for _ in range(n):
        t += rng.expovariate(0.7)
        jobs.append((t, rng.choice("AB")))
    queue, i, now = [], 0, 0.0
    while i < n or queue:
        if not queue and jobs[i][0] > now:
            now = jobs[i][0]
        while i < n and jobs[i][0] <= now:
            heapq.heappush(queue, (jobs[i][1], jobs[i][0])); i += 1
        kind, arrived = heapq.heappop(queue)
        waits[kind].append(now - arrived)
        now += rng.expovariate(1.0)
    return {k: sum(v) / len(v) for k, v in waits.items()}
print(run())
""")
sim("annealing","Simulated annealing on a one-dimensional rugged function; the temperature falls geometrically, so detailed balance does not hold.","""
import math, random
rng = random.Random(11)
f = lambda x: x * x + 10 * math.sin(3 * x)
x = best = 4.0
T = 10.0
for _ in range(5000):
    y = x + rng.uniform(-0.5, 0.5)
    if f(y) < f(x) or rng.random() < math.exp(-(f(y) - f(x)) / T):
        x = y
    if f(x) < f(best):
        best = x
    T *= 0.999
print("best x", best, "f", f(best))
""")
sim("pendulum small","For small amplitudes the period of a pendulum is 2 pi sqrt(L/g); at 45 degrees it is about 4 % longer.","""
import math
g, L = 9.81, 0.5
theta, omega, dt, t = math.radians(45), 0.0, 1e-4, 0.0
while theta > 0:
    omega -= g / L * math.sin(theta) * dt
    theta += omega * dt
    t += dt
print("period", 4 * t, "small-angle", 2 * math.pi * math.sqrt(L / g))
""")
sim("wright fisher selection","Wright-Fisher drift with selection: the favoured allele fixes more often than its starting frequency.","""
import numpy as np
rng = np.random.default_rng(4)
N, s, p0 = 50, 0.02, 0.2
fixed = 0
for _ in range(2000):
    p = p0
    while 0 < p < 1:
        w = p * (1 + s) / (p * (1 + s) + 1 - p)
        p = rng.binomial(2 * N, w) / (2 * N)
    fixed += p == 1
print("fixation probability", fixed / 2000, "Kimura", (1 - np.exp(-4 * N * s * p0)) / (1 - np.exp(-4 * N * s)))
""")
sim("lj cut","Velocity Verlet for two Lennard-Jones atoms with a truncated (not shifted) potential; a small energy jump at the cut-off is expected.","""
rc, dt = 2.5, 0.002
def force(r):
    return 24 * (2 / r**13 - 1 / r**7) if r < rc else 0.0
def pot(r):
    return 4 * (1 / r**12 - 1 / r**6) if r < rc else 0.0
r, v = 1.5, 0.0
f = force(r)
energies = []
for _ in range(5000):
    v += 0.5 * dt * f * 2
    r += dt * v
    f = force(r)
    v += 0.5 * dt * f * 2
    energies.append(0.25 * v * v + pot(r))
print("first", energies[0], "last", energies[-1])
""")
sim("gbm mean","Sample paths of geometric Brownian motion; with only 200 paths the sample mean is noisy.","""
import numpy as np
rng = np.random.default_rng(1)
S0, mu, sigma, T, n = 100, 0.08, 0.4, 1.0, 252
dt = T / n
S = np.full(200, float(S0))
for _ in range(n):
    S *= np.exp((mu - 0.5 * sigma**2) * dt + sigma * np.sqrt(dt) * rng.standard_normal(200))
print("mean final price", S.mean(), "expected", S0 * np.exp(mu * T))
""")
sim("upwind diffuses","First-order upwind advection: numerical diffusion lowers the peak but keeps the total.","""
import numpy as np
n, c = 100, 1.0
dx = 1 / n
dt = 0.5 * dx
u = np.where((np.arange(n) > 20) & (np.arange(n) < 40), 1.0, 0.0)
total = u.sum()
for _ in range(200):
    u = u - c * dt / dx * (u - np.roll(u, 1))
print("peak", u.max(), "total", u.sum(), "before", total)
""")
sim("two state chain","A two-state Markov chain (working / broken) simulated day by day. In the long run it works b/(a+b) of the time.","""
import random
rng = random.Random(5)
a, b = 0.1, 0.4
state, up = 1, 0
days = 20000
for _ in range(days):
    if state and rng.random() < a:
        state = 0
    elif not state and rng.random() < b:
        state = 1
    up += state
print("availability", up / days, "theory", b / (a + b))
""")
