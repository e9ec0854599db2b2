"""Thirty sound programs with chance that look like a textbook case and are another: no law may alarm them.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("lazy gambler","Gambler's ruin with ties: with probability 0.2 nothing happens, otherwise the gambler wins with probability 0.45.","""
import random
random.seed(3)
def play(start, goal):
    money = start
    rounds = 0
    while 0 < money < goal:
        rounds += 1
        u = random.random()
        if u < 0.2:
            continue
        money += 1 if u < 0.2 + 0.8 * 0.45 else -1
    return money == goal, rounds
results = [play(5, 12) for _ in range(3000)]
print("win probability:", sum(r[0] for r in results) / len(results))
print("mean rounds:", sum(r[1] for r in results) / len(results))
""")
sim("short queue","An M/M/1 queue starting empty; we look at the average wait of the first 30 customers only.","""
import numpy as np
rng = np.random.default_rng(1)
lam, mu = 0.9, 1.0
means = []
for _ in range(500):
    gaps = rng.exponential(1 / lam, 30)
    service = rng.exponential(1 / mu, 30)
    w = 0.0
    total = 0.0
    for g, s in zip(gaps[1:], service[:-1]):
        w = max(0.0, w + s - g)
        total += w
    means.append(total / 30)
print("average wait of the first 30:", np.mean(means))
""")
sim("two class queue","A single-server queue with two priority classes (non-preemptive); arrival rates 0.3 and 0.4, service rate 1.","""
import heapq, random
rng = random.Random(5)
def run(n=20000, lam1=0.3, lam2=0.4, mu=1.0):
    t = 0.0
    arrivals = []
    for _ in range(n):
        t += rng.expovariate(lam1 + lam2)
        arrivals.append((t, 0 if rng.random() < lam1 / (lam1 + lam2) else 1))
    waits = {0: [], 1: []}
    queue, free, i = [], 0.0, 0
    while i < n or queue:
        if not queue:
            free = max(free, arrivals[i][0])
        while i < n and arrivals[i][0] <= free:
            heapq.heappush(queue, (arrivals[i][1], arrivals[i][0]))
            i += 1
        if queue:
            cls, at = heapq.heappop(queue)
            waits[cls].append(free - at)
            free += rng.expovariate(mu)
    return [sum(w) / len(w) for w in waits.values()]
high, low = run()
print("mean wait high priority", high, "mean wait low priority", low)
""")
sim("uneven coupons","Coupon collector where one coupon is rare (probability 0.02) and the other nine share the rest.","""
import numpy as np
rng = np.random.default_rng(2)
p = np.array([0.02] + [0.98 / 9] * 9)
def draws(n=10):
    seen, count = set(), 0
    while len(seen) < n:
        seen.add(int(rng.choice(n, p=p)))
        count += 1
    return count
print("average draws:", np.mean([draws() for _ in range(400)]))
""")
sim("forgetful monty","Monty Hall variant: the host forgot where the car is and opened a random other door, which happened to show a goat.","""
import random
rng = random.Random(1)
wins = games = 0
while games < 20000:
    car, pick = rng.randrange(3), rng.randrange(3)
    opened = rng.choice([d for d in range(3) if d != pick])
    if opened == car:
        continue
    games += 1
    other = 3 - pick - opened
    wins += other == car
print("switch wins:", wins / games)
""")
sim("pareto mean","Sample means of a heavy-tailed Pareto distribution (alpha = 1.2) converge slowly.","""
import numpy as np
rng = np.random.default_rng(0)
alpha, xm = 1.2, 1.0
for n in (100, 10000, 100000):
    x = xm * (1 - rng.random(n)) ** (-1 / alpha)
    print(n, "sample mean", x.mean(), "true mean", alpha * xm / (alpha - 1))
""")
sim("biased walk drift","A random walk with drift: steps of +1 with probability 0.6 and -1 otherwise.","""
import numpy as np
rng = np.random.default_rng(4)
n_steps, n_walkers, p = 400, 3000, 0.6
steps = np.where(rng.random((n_walkers, n_steps)) < p, 1, -1)
x = steps.sum(axis=1)
print("mean position", x.mean(), "theory", n_steps * (2 * p - 1))
print("variance", x.var(), "theory", 4 * n_steps * p * (1 - p))
print("mean squared displacement", (x**2).mean())
""")
sim("reflecting walk","A simple random walk on the non-negative integers with a reflecting wall at 0.","""
import random
rng = random.Random(9)
def walk(steps):
    x = 0
    for _ in range(steps):
        x = abs(x + rng.choice((-1, 1)))
    return x
xs = [walk(200) for _ in range(1500)]
print("mean distance:", sum(xs) / len(xs))
print("mean squared displacement:", sum(x * x for x in xs) / len(xs))
""")
sim("self avoiding attempts","Growing self-avoiding walks on the square lattice by trial and error; we report the fraction of attempts that survive n steps and their mean squared end-to-end distance.","""
import random
rng = random.Random(8)
MOVES = [(1, 0), (-1, 0), (0, 1), (0, -1)]
def attempt(n):
    x = y = 0
    seen = {(0, 0)}
    for _ in range(n):
        dx, dy = rng.choice(MOVES)
        x, y = x + dx, y + dy
        if (x, y) in seen:
            return None
        seen.add((x, y))
    return x * x + y * y
n = 8
found = [r for r in (attempt(n) for _ in range(20000)) if r is not None]
print("survival fraction", len(found) / 20000)
print("mean squared end-to-end distance", sum(found) / len(found))
""")
sim("moran advantage","Moran process with a beneficial mutant of relative fitness 1.1 in a population of 30, starting from three copies.","""
import random
rng = random.Random(2)
def fixes(N=30, r=1.1, start=3):
    k = start
    while 0 < k < N:
        birth = rng.random() < r * k / (r * k + N - k)
        death = rng.random() < k / N
        k += birth - death
    return k == N
trials = 1500
print("fixation probability:", sum(fixes() for _ in range(trials)) / trials)
""")
sim("wright fisher mutation","Wright-Fisher with symmetric mutation (rate 0.01): the mean frequency goes to one half.","""
import numpy as np
rng = np.random.default_rng(6)
N, mu, gens = 100, 0.01, 400
p = np.full(2000, 0.2)
for _ in range(gens):
    q = p * (1 - mu) + (1 - p) * mu
    p = rng.binomial(2 * N, q) / (2 * N)
print("mean frequency:", p.mean())
print("heterozygosity:", (2 * p * (1 - p)).mean())
""")
sim("asian call","An arithmetic Asian call option under geometric Brownian motion, with the European call for comparison.","""
import numpy as np
S0, K, r, sigma, T = 100.0, 100.0, 0.05, 0.2, 1.0
n_steps, n_paths = 50, 20000
rng = np.random.default_rng(11)
dt = T / n_steps
z = rng.standard_normal((n_paths, n_steps))
paths = S0 * np.exp(np.cumsum((r - sigma**2 / 2) * dt + sigma * np.sqrt(dt) * z, axis=1))
asian = np.exp(-r * T) * np.maximum(paths.mean(axis=1) - K, 0).mean()
european = np.exp(-r * T) * np.maximum(paths[:, -1] - K, 0).mean()
print("Asian call:", asian)
print("European call:", european)
print("mean path average:", paths.mean())
""")
sim("barrier call","Down-and-out call with barrier 85 monitored daily.","""
import numpy as np
def price(S=100.0, K=100.0, B=85.0, r=0.02, sigma=0.3, T=0.5, n=10000, seed=1):
    rng = np.random.default_rng(seed)
    days = 126
    dt = T / days
    s = np.full(n, S)
    alive = np.ones(n, bool)
    for _ in range(days):
        s *= np.exp((r - sigma**2 / 2) * dt + sigma * np.sqrt(dt) * rng.standard_normal(n))
        alive &= s > B
    return np.exp(-r * T) * (np.maximum(s - K, 0) * alive).mean()
print("option price:", price())
""")
sim("coarse ou","Euler-Maruyama for an Ornstein-Uhlenbeck process with a coarse step; the stationary variance of the scheme differs from sigma^2 / (2 theta).","""
import numpy as np
theta, sigma, dt = 1.0, 1.0, 0.5
rng = np.random.default_rng(5)
x = 0.0
values = []
for i in range(60000):
    x += -theta * x * dt + sigma * np.sqrt(dt) * rng.standard_normal()
    values.append(x)
print("sample var of the scheme:", np.var(values), "scheme theory:", sigma**2 * dt / (1 - (1 - theta * dt) ** 2))
""")
sim("gamma scale","Rejection-free sampling of a gamma variable as a sum of exponentials: shape 3, scale 2.","""
import random
rng = random.Random(7)
shape, scale = 3, 2.0
def gamma_variate():
    return sum(rng.expovariate(1 / scale) for _ in range(shape))
xs = [gamma_variate() for _ in range(20000)]
m = sum(xs) / len(xs)
print("sample mean", m, "sample variance", sum((x - m) ** 2 for x in xs) / len(xs))
""")
sim("truncated normal","Rejection sampling of a standard normal truncated to x > 1.","""
import random
rng = random.Random(4)
samples = []
tries = 0
while len(samples) < 20000:
    x = rng.gauss(0, 1)
    tries += 1
    if x > 1:
        samples.append(x)
m = sum(samples) / len(samples)
print("mean", m)
print("variance", sum((x - m) ** 2 for x in samples) / len(samples))
print("acceptance", len(samples) / tries)
""")
sim("bootstrap median","Bootstrap confidence interval for the median of skewed data.","""
import numpy as np
rng = np.random.default_rng(3)
data = rng.lognormal(0, 1, 80)
medians = np.array([np.median(rng.choice(data, data.size)) for _ in range(2000)])
print("bootstrap standard error of the median:", medians.std(ddof=1))
print("95% interval:", np.percentile(medians, [2.5, 97.5]))
print("sample mean:", data.mean())
""")
sim("small bernoulli","Probability of at least one six in four rolls, and of a double six in 24 rolls; estimated from only 300 games.","""
import random
rng = random.Random(0)
games = 300
one = sum(any(rng.randint(1, 6) == 6 for _ in range(4)) for _ in range(games)) / games
double = sum(any(rng.randint(1, 6) == 6 and rng.randint(1, 6) == 6 for _ in range(24)) for _ in range(games)) / games
print("single", one, "double", double)
""")
sim("annealed tour","Simulated annealing for a small travelling salesman problem.","""
import math, random
rng = random.Random(12)
cities = [(rng.random(), rng.random()) for _ in range(25)]
def length(t):
    return sum(math.dist(cities[t[i]], cities[t[i - 1]]) for i in range(len(t)))
tour = list(range(25))
cur = length(tour)
T = 1.0
while T > 1e-3:
    for _ in range(60):
        i, j = sorted(rng.sample(range(25), 2))
        new = tour[:i] + tour[i:j][::-1] + tour[j:]
        d = length(new) - cur
        if d < 0 or rng.random() < math.exp(-d / T):
            tour, cur = new, cur + d
    T *= 0.95
print("tour length", cur)
""")
sim("independence sampler","Independence Metropolis-Hastings with a wide normal proposal for a standard normal target; successive states are hardly correlated.","""
import numpy as np
rng = np.random.default_rng(8)
def logw(x):
    return -0.5 * x * x + 0.5 * (x / 1.5) ** 2
x, chain, acc = 0.0, [], 0
for _ in range(30000):
    y = 1.5 * rng.standard_normal()
    if np.log(rng.random()) < logw(y) - logw(x):
        x, acc = y, acc + 1
    chain.append(x)
print("mean", np.mean(chain), "var", np.var(chain), "acceptance rate", acc / 30000)
""")
sim("three sons problem","A couple has children until the first girl; what is the average number of children and the share of girls?","""
import random
rng = random.Random(21)
children = girls = 0
families = 20000
for _ in range(families):
    while True:
        children += 1
        if rng.random() < 0.5:
            girls += 1
            break
print("children per family:", children / families)
print("share of girls:", girls / children)
""")
sim("max of dice","Roll two dice and keep the larger one; roll until the sum is seven.","""
import numpy as np
rng = np.random.default_rng(14)
rolls = rng.integers(1, 7, size=(50000, 2))
print("mean of the larger die:", rolls.max(axis=1).mean())
count, total = 0, 0
for _ in range(5000):
    while True:
        total += 1
        if rng.integers(1, 7) + rng.integers(1, 7) == 7:
            break
print("average number of rolls until a seven:", total / 5000)
""")
sim("batch arrivals","Customers arrive in pairs at a single server; interarrival of pairs is exponential with mean 3, service is exponential with mean 1.","""
import random
rng = random.Random(6)
clock = free = 0.0
waits = []
for _ in range(20000):
    clock += rng.expovariate(1 / 3)
    for _ in range(2):
        start = max(clock, free)
        waits.append(start - clock)
        free = start + rng.expovariate(1.0)
print("mean waiting time", sum(waits) / len(waits))
""")
sim("pulse decay with background","Counts from a radioactive source with half-life 10 s plus a constant background of 5 counts per second.","""
import numpy as np
rng = np.random.default_rng(13)
N0, half_life, background = 2000, 10.0, 5.0
lam = np.log(2) / half_life
t = np.arange(0, 60)
expected = N0 * (np.exp(-lam * t) - np.exp(-lam * (t + 1))) + background
counts = rng.poisson(expected)
print("first count", counts[0], "final count", counts[-1])
print("total counts", counts.sum())
""")
sim("weighted estimate","Self-normalised importance sampling for the mean of a Beta(2, 5) distribution with uniform proposals.","""
import numpy as np
rng = np.random.default_rng(2)
n = 50000
u = rng.random(n)
w = u * (1 - u) ** 4
w /= w.sum()
print("estimated mean:", (w * u).sum())
print("effective sample size:", 1 / (w**2).sum())
""")
sim("two state telegraph","A promoter switches on (rate 0.2) and off (rate 0.6); mRNA is produced at rate 12 only while it is on and decays with rate 1 (Gillespie).","""
import numpy as np
def run(k_on=0.2, k_off=0.6, k=12.0, gamma=1.0, t_end=3000.0, seed=4):
    rng = np.random.default_rng(seed)
    t, on, n = 0.0, 0, 0
    s0 = s1 = s2 = s_on = 0.0
    while t < t_end:
        rates = np.array([k_on * (1 - on), k_off * on, k * on, gamma * n])
        total = rates.sum()
        dt = rng.exponential(1 / total)
        s0 += dt; s1 += n * dt; s2 += n * n * dt; s_on += on * dt
        t += dt
        j = rng.choice(4, p=rates / total)
        if j == 0: on = 1
        elif j == 1: on = 0
        elif j == 2: n += 1
        else: n -= 1
    mean = s1 / s0
    return s_on / s0, mean, (s2 / s0 - mean**2) / mean
share, mean, fano = run()
print("fraction of time on", share)
print("mean mRNA", mean, "Fano factor", fano)
""")
sim("epidemic network","SIR on a random graph: each infected node infects each susceptible neighbour with probability 0.05 per day and recovers with probability 0.1.","""
import random
rng = random.Random(33)
n = 400
neighbours = [[] for _ in range(n)]
for i in range(n):
    for j in range(i + 1, n):
        if rng.random() < 8 / n:
            neighbours[i].append(j); neighbours[j].append(i)
state = ["S"] * n
for i in rng.sample(range(n), 5):
    state[i] = "I"
infected = [5]
while "I" in state:
    new = state[:]
    for i in range(n):
        if state[i] == "I":
            for j in neighbours[i]:
                if state[j] == "S" and rng.random() < 0.05:
                    new[j] = "I"
            if rng.random() < 0.1:
                new[i] = "R"
    state = new
    infected.append(state.count("I"))
print("attack rate", state.count("R") / n, "peak", max(infected), "duration", len(infected))
print("mean degree", sum(map(len, neighbours)) / n)
""")
sim("hitting time chain","Markov chain on five states: how long until state 4 is reached from state 0? We also print the share of time in each state before that.","""
import numpy as np
P = np.array([[0.5, 0.5, 0, 0, 0], [0.25, 0.5, 0.25, 0, 0], [0, 0.25, 0.5, 0.25, 0], [0, 0, 0.25, 0.5, 0.25], [0, 0, 0, 0, 1.0]])
rng = np.random.default_rng(10)
visits = np.zeros(5)
times = []
for _ in range(1500):
    s, t = 0, 0
    while s != 4:
        visits[s] += 1
        s = rng.choice(5, p=P[s])
        t += 1
    times.append(t)
print("mean hitting time", np.mean(times))
print("share of visits", visits / visits.sum())
""")
sim("scan vs coverage","Estimated coverage of the normal 95% confidence interval for a proportion with n = 20 and p = 0.1 (it is well below 0.95).","""
import numpy as np
rng = np.random.default_rng(1)
n, p, trials = 20, 0.1, 20000
k = rng.binomial(n, p, trials)
ph = k / n
half = 1.96 * np.sqrt(ph * (1 - ph) / n)
covered = (ph - half <= p) & (p <= ph + half)
print("coverage", covered.mean(), "nominal", 0.95)
""")
sim("levy and brownian","First passage of a Brownian path to a = 1 within T = 1, on a time grid, against the reflection principle 2(1 - Phi(a / sqrt T)).","""
import numpy as np
from math import erfc, sqrt
rng = np.random.default_rng(15)
n_paths, n_steps, T, a = 5000, 500, 1.0, 1.0
dt = T / n_steps
w = np.cumsum(np.sqrt(dt) * rng.standard_normal((n_paths, n_steps)), axis=1)
print("probability of reaching a:", (w.max(axis=1) >= a).mean(), "continuous limit:", erfc(a / sqrt(2 * T)))
print("variance at T:", w[:, -1].var())
""")
