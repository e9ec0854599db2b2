"""Twelve sound programs with chance that look suspicious: other conventions, truncations, burn-in, few trials, die with other sides.

None has changes: each must be left alone under every seed.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("index of a face", "Roll a die many times and print how often every face came up.", """
import numpy as np
rng = np.random.default_rng(3)
faces = ["one", "two", "three", "four", "five", "six"]
rolls = rng.integers(0, 6, 12000)
counts = np.bincount(rolls, minlength=6)
for name, c in zip(faces, counts):
    print(f"{name:6s} {c:5d} {c / 12000:.3f}")
print("mean index:", rolls.mean())
""")
sim("five sided die", "A game with a spinner of five sectors numbered 1 to 5; a player moves by the number and wins at square 30 exactly.", """
import random
random.seed(4)

def game():
    square, turns = 0, 0
    while square != 30:
        turns += 1
        move = random.randrange(1, 6)
        if square + move <= 30:
            square += move
    return turns

lengths = [game() for _ in range(5000)]
print("mean number of turns:", sum(lengths) / len(lengths))
print("shortest game:", min(lengths), "longest:", max(lengths))
""")
sim("half turn axis", "Random undirected axes in the plane: an angle in [0, pi) is enough. The nematic order parameter of N random axes is about 1/sqrt(N).", """
import numpy as np
rng = np.random.default_rng(21)
N = 400
S = []
for _ in range(500):
    theta = rng.uniform(0, np.pi, N)
    S.append(np.hypot(np.cos(2 * theta).mean(), np.sin(2 * theta).mean()))
print("mean order parameter:", np.mean(S))
print("1/sqrt(N) =", 1 / np.sqrt(N))
""")
sim("variance as scale", "Measurement noise: the instrument's noise variance is given, so that the draws use its square root; the estimator with 1/n is biased by (n-1)/n, which we show.", """
import numpy as np
rng = np.random.default_rng(8)
variance = 4.0
n = 5
samples = rng.normal(0.0, variance ** 0.5, (40000, n))
biased = samples.var(axis=1).mean()
unbiased = samples.var(axis=1, ddof=1).mean()
print("true variance:", variance)
print("mean of the biased estimator:", biased, "expected", variance * (n - 1) / n)
print("mean of the unbiased estimator:", unbiased)
""")
sim("independence sampler", "An independence Metropolis-Hastings sampler: proposals are drawn from a fixed Student-t distribution, and never depend on the current state. The target is a standard normal distribution.", """
import numpy as np
from scipy.stats import t as student

rng = np.random.default_rng(15)
n = 20000
x = 0.0
chain = np.empty(n)
accepted = 0
for i in range(n):
    y = rng.standard_t(4)
    log_ratio = (-0.5 * y**2 - student.logpdf(y, 4)) - (-0.5 * x**2 - student.logpdf(x, 4))
    if np.log(rng.random()) < log_ratio:
        x = y
        accepted += 1
    chain[i] = x
print("mean", chain.mean(), "variance", chain.var())
print("acceptance rate", accepted / n)
""")
sim("sir closed small", "A stochastic SIR epidemic in a village of 40; from one infective the disease may die out at once. We print the final sizes of ten outbreaks and their mean.", """
import random

def outbreak(rng, n=40, beta=0.4, gamma=0.25):
    s, i, r = n - 1, 1, 0
    while i > 0:
        infection = beta * s * i / n
        recovery = gamma * i
        if rng.random() * (infection + recovery) < infection:
            s, i = s - 1, i + 1
        else:
            i, r = i - 1, r + 1
    return r

rng = random.Random(6)
sizes = [outbreak(rng) for _ in range(10)]
print("final sizes:", sizes)
print("mean final size:", sum(sizes) / len(sizes))
print("R0 =", 0.4 / 0.25)
""")
sim("queue from empty", "A barber shop opens at nine with nobody inside. Customers come every 10 minutes on average, a haircut takes 9 minutes on average (both exponential). What is the average wait of the first 30 customers, over 2000 days?", """
import numpy as np
rng = np.random.default_rng(77)
waits = []
for day in range(2000):
    arrival = np.cumsum(rng.exponential(10, 30))
    service = rng.exponential(9, 30)
    finish = 0.0
    for a, s in zip(arrival, service):
        start = max(a, finish)
        waits.append(start - a)
        finish = start + s
print(f"average wait of the first 30 customers: {np.mean(waits):.2f} minutes")
print(f"longest wait: {max(waits):.1f} minutes")
print(f"utilisation rho = {9 / 10}")
""")
sim("truncated decay", "Atoms decay with rate 0.5 per second, but the detector is on for the first three seconds only; so the mean of the recorded decay times lies below the lifetime of 2 s.", """
import random
random.seed(13)
rate = 0.5
window = 3.0
recorded = []
for _ in range(50000):
    t = random.expovariate(rate)
    if t < window:
        recorded.append(t)
print("mean recorded time:", sum(recorded) / len(recorded))
print("fraction recorded:", len(recorded) / 50000)
print("lifetime:", 1 / rate)
""")
sim("maximum of uniforms", "German tanks: from the maximum m of k serial numbers the total N is estimated as m (1 + 1/k) - 1. The estimator is unbiased.", """
import random
random.seed(2)
N, k = 300, 8
estimates = []
for _ in range(20000):
    sample = random.sample(range(1, N + 1), k)
    estimates.append(max(sample) * (1 + 1 / k) - 1)
mean = sum(estimates) / len(estimates)
print("true N:", N)
print("mean estimate:", mean)
print("standard deviation:", (sum((e - mean) ** 2 for e in estimates) / len(estimates)) ** 0.5)
""")
sim("lazy reflected walk", "A lazy random walk on 0..10: it stays with probability 1/2, otherwise moves left or right; at the ends a move outward is refused. The stationary distribution is uniform.", """
import numpy as np
rng = np.random.default_rng(9)
counts = np.zeros(11)
x = 5
for _ in range(300_000):
    u = rng.random()
    if u < 0.25 and x > 0:
        x -= 1
    elif u > 0.75 and x < 10:
        x += 1
    counts[x] += 1
p = counts / counts.sum()
print("stationary distribution:", np.round(p, 3))
print("expected:", round(1 / 11, 3))
""")
sim("biased coin loaded game", "Best of seven: the better team wins each match with probability 0.55; the series ends at four wins. How often does it win the series, and how long is it?", """
import random
rng = random.Random(70)
p = 0.55
n = 20000
won, length = 0, 0
for _ in range(n):
    a = b = 0
    while a < 4 and b < 4:
        if rng.random() > 1 - p:
            a += 1
        else:
            b += 1
    won += a == 4
    length += a + b
print("series won:", won / n)
print("mean length:", length / n)
""")
sim("ising low temperature start", "The two-dimensional Ising model at T = 1.5 from an all-up start with checkerboard updates; well below the critical temperature the magnetisation stays near 0.98.", """
import numpy as np
rng = np.random.default_rng(4)
L, T = 24, 1.5
s = np.ones((L, L), dtype=int)
mask = np.indices((L, L)).sum(axis=0) % 2 == 0
mags, energies = [], []
for sweep in range(1200):
    for m in (mask, ~mask):
        nb = np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)
        dE = 2 * s * nb
        flip = m & (rng.random((L, L)) < np.exp(-dE / T))
        s[flip] *= -1
    if sweep >= 200:
        mags.append(abs(s.mean()))
        nb = np.roll(s, 1, 0) + np.roll(s, 1, 1)
        energies.append(-(s * nb).mean())
print("magnetisation per spin:", np.mean(mags))
print("energy per spin:", np.mean(energies))
""")
