"""Eight plain programs with chance, third round: shared birthdays, a full waiting room, drift, lattices, chains, dice, rates, bulbs.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("class birthdays","The birthday paradox by simulation: how likely is it that in a class of 30 at least two pupils share a birthday?","""
import random

random.seed(2024)
CLASS_SIZE = 30
TRIALS = 8000

shared = 0
for _ in range(TRIALS):
    days = [random.randrange(365) for _ in range(CLASS_SIZE)]
    if len(set(days)) < CLASS_SIZE:
        shared += 1

print("Probability of a shared birthday:", shared / TRIALS)
""",("random.randrange(365)","random.randrange(265)"),("< CLASS_SIZE:","== CLASS_SIZE:"),("shared / TRIALS","shared / CLASS_SIZE"),("range(CLASS_SIZE)","range(CLASS_SIZE - 3)"))
sim("finite buffer class","An M/M/1/K queue: at most K customers in the system, further arrivals are blocked. We estimate the blocking probability.","""
import numpy as np

class FiniteQueue:
    def __init__(self, lam=0.9, mu=1.0, K=5, seed=1):
        self.lam, self.mu, self.K = lam, mu, K
        self.rng = np.random.default_rng(seed)
        self.n = 0
        self.arrivals = 0
        self.blocked = 0

    def step(self):
        rate = self.lam + (self.mu if self.n > 0 else 0.0)
        if self.rng.random() < self.lam / rate:
            self.arrivals += 1
            if self.n < self.K:
                self.n += 1
            else:
                self.blocked += 1
        else:
            self.n -= 1

q = FiniteQueue()
for _ in range(100_000):
    q.step()
print("blocking probability:", q.blocked / q.arrivals)
""",("self.lam / rate","self.mu / rate"),("if self.n < self.K","if self.n <= self.K"),("q.blocked / q.arrivals","q.blocked / 100_000"),("self.blocked += 1","self.blocked += self.n"))
sim("drift numpy","Genetic drift in the Wright-Fisher model without selection: 200 haploid individuals, the allele starts at frequency 0.3. The probability that it is fixed equals its initial frequency.","""
import numpy as np

def wright_fisher(N=200, p0=0.3, replicates=2000, generations=3000, seed=5):
    rng = np.random.default_rng(seed)
    counts = np.full(replicates, int(p0 * N))
    for _ in range(generations):
        counts = rng.binomial(N, counts / N)
    fixed = np.mean(counts == N)
    lost = np.mean(counts == 0)
    return fixed, lost

fixed, lost = wright_fisher()
print(f"fixed: {fixed:.3f}, lost: {lost:.3f}")
""",("counts == N)","counts >= 0)"),("rng.binomial(N, counts / N)","rng.binomial(N, (counts + 1) / (N + 1))"),("np.full(replicates, int(p0 * N))","np.full(replicates, int(p0))"),("counts == 0","counts != 0"))
sim("lattice walk class","A simple random walk on the square lattice (two dimensions). After n steps the mean squared distance from the origin is n.","""
import random

class Walker:
    STEPS = [(0, 1), (1, 0), (0, -1), (-1, 0)]

    def __init__(self, rng):
        self.rng = rng
        self.x = 0
        self.y = 0

    def move(self):
        dx, dy = self.rng.choice(self.STEPS)
        self.x += dx
        self.y += dy

def mean_squared_distance(n_steps, n_walkers=1000, seed=3):
    rng = random.Random(seed)
    total = 0
    for _ in range(n_walkers):
        w = Walker(rng)
        for _ in range(n_steps):
            w.move()
        total += w.x ** 2 + w.y ** 2
    return total / n_walkers

for n in (10, 50, 100):
    print(n, mean_squared_distance(n))
""",("(0, -1), (-1, 0)]","(0, -1), (1, 0)]"),("self.y += dy","self.y += dx"),("total / n_walkers","total / n_steps"),("w.x ** 2 + w.y ** 2","w.x ** 2 - w.y ** 2"))
sim("metropolis exponential","Metropolis sampling of an exponential density p(x) = lambda exp(-lambda x) on x > 0, with lambda = 2. The mean should be 0.5.","""
import numpy as np

lam = 2.0
rng = np.random.default_rng(77)

def log_p(x):
    return -lam * x if x > 0 else -np.inf

x = 1.0
xs = []
for i in range(60000):
    y = x + rng.normal(0, 0.8)
    if np.log(rng.random()) < log_p(y) - log_p(x):
        x = y
    xs.append(x)

xs = np.array(xs[1000:])
print("mean:", xs.mean())
print("variance:", xs.var(), "(theory", 1 / lam**2, ")")
""",("-lam * x if","-x * x if"),("log_p(y) - log_p(x)","log_p(x) - log_p(y)"),("        x = y\n    xs.append(x)","        x = y\n        xs.append(x)"),("1 / lam**2","1 / lam"))
sim("craps table","Playing craps: win on 7 or 11, lose on 2, 3 or 12, otherwise roll until the point (win) or a 7 (lose). The chance of winning is about 0.493.","""
import random

def roll(rng):
    return rng.randint(1, 6) + rng.randint(1, 6)

def play(rng):
    first = roll(rng)
    if first in (7, 11):
        return True
    if first in (2, 3, 12):
        return False
    while True:
        r = roll(rng)
        if r == first:
            return True
        if r == 7:
            return False

rng = random.Random(9)
n = 20000
wins = sum(play(rng) for _ in range(n))
print("winning probability:", wins / n)
""",("first in (7, 11)","first in (7, 12)"),("if r == 7:","if r == 8:"),("rng.randint(1, 6) + rng.randint(1, 6)","2 * rng.randint(1, 6)"),("wins / n","wins / (n - wins)"))
sim("cir rates","Short rates in the Cox-Ingersoll-Ross model dr = kappa (theta - r) dt + sigma sqrt(r) dW, full truncation Euler.","""
import numpy as np

kappa, theta, sigma = 1.2, 0.05, 0.15
r0, T, n_steps, n_paths = 0.02, 2.0, 400, 5000
dt = T / n_steps
rng = np.random.default_rng(6)
r = np.full(n_paths, r0)
for _ in range(n_steps):
    positive = np.maximum(r, 0)
    r = r + kappa * (theta - positive) * dt + sigma * np.sqrt(positive * dt) * rng.standard_normal(n_paths)

print("mean short rate at T:", r.mean())
print("standard deviation:", r.std())
""",("kappa * (theta - positive)","kappa * (positive - theta)"),("np.sqrt(positive * dt)","np.sqrt(positive) * dt"),("(theta - positive) * dt","(theta - positive) * dt / 2"),("sigma * np.sqrt(positive * dt)","sigma * np.sqrt(dt)"))
sim("bulb renewal","A lamp is always on; a burnt-out bulb is replaced at once. Bulbs last Weibull(shape 1.5, scale 1000 h). How many bulbs per 1000 hours are used in the long run? (renewal theorem: 1000 / mean life)","""
import math
import random

def replacements(total_hours, shape, scale, rng):
    t = 0.0
    count = 0
    while True:
        t += scale * (-math.log(1 - rng.random())) ** (1 / shape)
        if t > total_hours:
            return count
        count += 1

rng = random.Random(31)
hours = 1_000_000
rates = [replacements(hours, 1.5, 1000.0, rng) * 1000 / hours for _ in range(20)]
print("bulbs per 1000 hours:", sum(rates) / len(rates))
print("renewal theory:", 1000 / (1000 * math.gamma(1 + 1 / 1.5)))
""",("** (1 / shape)","** shape"),("count += 1","count += 2"),("math.gamma(1 + 1 / 1.5)","math.gamma(1 / 1.5)"),("t += scale","t = scale * 2"))
