"""Eight plain programs with chance, second round: expression noise, shops, graphs, filters, newspapers, spins, photons, diffusion to a wall.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("mrna birth death","Constitutive gene expression: mRNA is made at a constant rate and each molecule decays independently. We simulate it with the Gillespie algorithm and look at mean and Fano factor.","""
import numpy as np

def ssa(k=10.0, gamma=0.5, t_end=400.0, seed=2):
    rng = np.random.default_rng(seed)
    t, n = 0.0, 0
    times, counts = [t], [n]
    while t < t_end:
        a1 = k
        a2 = gamma * n
        a0 = a1 + a2
        t += rng.exponential(1 / a0)
        if rng.random() < a1 / a0:
            n += 1
        else:
            n -= 1
        times.append(t)
        counts.append(n)
    return np.array(times), np.array(counts)

times, counts = ssa()
dwell = np.diff(times)
states = counts[:-1]
keep = times[:-1] > 20
mean = np.sum(states[keep] * dwell[keep]) / np.sum(dwell[keep])
var = np.sum((states[keep] - mean) ** 2 * dwell[keep]) / np.sum(dwell[keep])
print("mean copies:", mean)
print("Fano factor:", var / mean)
""",("rng.exponential(1 / a0)","rng.exponential(1 / a1)"),("a2 = gamma * n","a2 = gamma * n * n"),("rng.random() < a1 / a0","rng.random() < a2 / a0"),("counts[:-1]","counts[1:] * 2"))
sim("coffee shop simpy-less","A coffee shop with one barista. Customers arrive at random (exponential gaps, mean 2 minutes); making a drink takes exactly 1.5 minutes. How long do they wait on average?","""
import random

MEAN_GAP = 2.0
SERVICE_TIME = 1.5
N_CUSTOMERS = 40000

random.seed(17)
arrival = 0.0
barista_free = 0.0
waits = []
for _ in range(N_CUSTOMERS):
    arrival += random.expovariate(1 / MEAN_GAP)
    start = max(arrival, barista_free)
    waits.append(start - arrival)
    barista_free = start + SERVICE_TIME

print(f"Average wait: {sum(waits) / len(waits):.3f} min")
print(f"Share of customers who wait: {sum(w > 0 for w in waits) / len(waits):.3f}")
""",("random.expovariate(1 / MEAN_GAP)","random.expovariate(MEAN_GAP)"),("barista_free = start + SERVICE_TIME","barista_free = arrival + SERVICE_TIME"),("waits.append(start - arrival)","waits.append(barista_free - arrival)"),("sum(w > 0 for w in waits)","sum(w >= 0 for w in waits)"))
sim("random graph giant","Size of the largest component in an Erdos-Renyi random graph G(n, p) with mean degree 2.","""
import random

class UnionFind:
    def __init__(self, n):
        self.parent = list(range(n))
        self.size = [1] * n

    def find(self, a):
        while self.parent[a] != a:
            self.parent[a] = self.parent[self.parent[a]]
            a = self.parent[a]
        return a

    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        if self.size[a] < self.size[b]:
            a, b = b, a
        self.parent[b] = a
        self.size[a] += self.size[b]

def largest_component(n, p, rng):
    uf = UnionFind(n)
    edges = 0
    for i in range(n):
        for j in range(i + 1, n):
            if rng.random() < p:
                uf.union(i, j)
                edges += 1
    return max(uf.size[uf.find(i)] for i in range(n)) / n, edges

rng = random.Random(4)
n = 500
p = 2.0 / (n - 1)
results = [largest_component(n, p, rng) for _ in range(5)]
print("mean giant component fraction:", sum(r[0] for r in results) / 5)
print("mean number of edges:", sum(r[1] for r in results) / 5)
""",("range(i + 1, n)","range(n)"),("rng.random() < p","rng.random() > p"),("self.size[a] += self.size[b]","self.size[a] += 1"),("max(uf.size[uf.find(i)]","min(uf.size[uf.find(i)]"))
sim("kalman constant","A scalar Kalman filter that estimates a constant voltage from noisy readings (measurement noise sigma = 0.1).","""
import numpy as np

rng = np.random.default_rng(3)
true_voltage = 1.25
sigma = 0.1
readings = true_voltage + sigma * rng.standard_normal(500)

estimate = 0.0
P = 1.0
R = sigma ** 2
Q = 0.0
history = []
for z in readings:
    P = P + Q
    K = P / (P + R)
    estimate = estimate + K * (z - estimate)
    P = (1 - K) * P
    history.append(estimate)

print("final estimate:", history[-1])
print("estimated standard deviation:", np.sqrt(P))
""",("K = P / (P + R)","K = P / (P - R)"),("K * (z - estimate)","K * (z + estimate)"),("P = (1 - K) * P","P = (1 + K) * P"),("true_voltage + sigma *","sigma *"))
sim("newsvendor","The newsvendor problem: order Q papers at cost c, sell at price p, demand is normal. We estimate the expected profit by simulation and look for the best Q, which should be the critical-fractile quantity mu + sigma * z((p - c)/p).","""
import numpy as np
from statistics import NormalDist

def expected_profit(Q, mu=100.0, sigma=20.0, p=5.0, c=3.0, n=20000, seed=0):
    rng = np.random.default_rng(seed)
    demand = np.maximum(0, rng.normal(mu, sigma, n))
    sold = np.minimum(Q, demand)
    return np.mean(p * sold - c * Q)

quantities = np.arange(60, 141)
profits = [expected_profit(q) for q in quantities]
best = quantities[int(np.argmax(profits))]
print("best simulated order quantity:", best)
print("theoretical order quantity:", 100 + 20 * NormalDist().inv_cdf((5.0 - 3.0) / 5.0))
""",("np.minimum(Q, demand)","np.maximum(Q, demand)"),("p * sold - c * Q","p * sold - c * sold"),("np.argmax(profits)","np.argmin(profits)"),("inv_cdf((5.0 - 3.0) / 5.0)","inv_cdf(3.0 / 5.0)"))
sim("ising high temperature","Metropolis simulation of the 2D Ising model; far above the critical temperature the mean absolute magnetisation is small, below it close to one.","""
import numpy as np

def simulate(L, T, sweeps, rng):
    s = np.ones((L, L), dtype=int)
    mags = []
    for sweep in range(sweeps):
        for _ in range(L * L):
            i, j = rng.integers(L), rng.integers(L)
            nb = s[(i + 1) % L, j] + s[(i - 1) % L, j] + s[i, (j + 1) % L] + s[i, (j - 1) % L]
            dE = 2 * s[i, j] * nb
            if dE <= 0 or rng.random() < np.exp(-dE / T):
                s[i, j] = -s[i, j]
        if sweep >= sweeps // 4:
            mags.append(abs(s.mean()))
    return np.mean(mags)

rng = np.random.default_rng(1)
for T in (1.5, 4.0):
    print(f"T = {T}: <|m|> = {simulate(10, T, 200, rng):.3f}")
""",("np.exp(-dE / T)","np.exp(dE / T)"),("dE = 2 * s[i, j] * nb","dE = s[i, j] * nb"),("s[i, j] = -s[i, j]","s[i, j] = 1"),("s[i, (j - 1) % L]","s[i, (j - 1) % L - 1]"))
sim("photon slab scatter","Photons enter a slab of optical thickness 2; at each collision they are absorbed with probability 1 - albedo or scattered isotropically.","""
import math
import random

def run(n_photons=20000, tau=2.0, albedo=0.8, seed=10):
    rng = random.Random(seed)
    transmitted = reflected = absorbed = 0
    for _ in range(n_photons):
        z, mu = 0.0, 1.0
        while True:
            z += mu * -math.log(1.0 - rng.random())
            if z > tau:
                transmitted += 1
                break
            if z < 0:
                reflected += 1
                break
            if rng.random() > albedo:
                absorbed += 1
                break
            mu = 2 * rng.random() - 1
    return transmitted / n_photons, reflected / n_photons, absorbed / n_photons

t, r, a = run()
print(f"transmitted {t:.3f}  reflected {r:.3f}  absorbed {a:.3f}")
""",("rng.random() > albedo","rng.random() < albedo"),("mu = 2 * rng.random() - 1","mu = rng.random()"),("            if z < 0:\n                reflected += 1\n","            if z < 0:\n                reflected += 2\n"),("z += mu * -math.log(1.0 - rng.random())","z += -math.log(1.0 - rng.random())"))
sim("ou ensemble","An ensemble of Ornstein-Uhlenbeck processes dx = -theta (x - mu) dt + sigma dW, integrated with Euler-Maruyama.","""
import numpy as np

theta, mu, sigma = 1.5, 2.0, 0.6
dt, n_steps, n_paths = 0.01, 600, 4000

rng = np.random.default_rng(12)
x = np.zeros(n_paths)
for _ in range(n_steps):
    dW = rng.normal(0.0, np.sqrt(dt), n_paths)
    x = x - theta * (x - mu) * dt + sigma * dW

print("mean at the end:", x.mean())
print("variance at the end:", x.var())
""",("x - theta * (x - mu) * dt","x + theta * (x - mu) * dt"),("rng.normal(0.0, np.sqrt(dt), n_paths)","rng.normal(0.0, dt, n_paths)"),("sigma * dW","sigma**2 * dW"),("theta * (x - mu) * dt","theta * x * dt"))
