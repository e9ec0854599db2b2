"""Eight plain programs with chance, first round: urns, collectors, queues, prices, branching.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("album collector","How many packs does it take to complete a sticker album? Each pack holds one sticker, all equally likely.","""
import random

def packs_needed(n_stickers, rng):
    seen = set()
    packs = 0
    while len(seen) < n_stickers:
        seen.add(rng.randrange(n_stickers))
        packs += 1
    return packs

def main():
    rng = random.Random(11)
    n = 50
    runs = 2000
    total = 0
    for _ in range(runs):
        total += packs_needed(n, rng)
    print(f"Average number of packs for {n} stickers: {total / runs:.2f}")

main()
""",("rng.randrange(n_stickers)","rng.randrange(n_stickers - 1) + rng.randrange(2)"),("len(seen) < n_stickers","len(seen) < n_stickers - 1"),("total / runs","total / n"),("packs += 1","packs += len(seen) // len(seen) * 2"))
sim("needle buffon","Buffon's needle: we drop needles of length 1 on a floor with lines 2 apart and count crossings.","""
import numpy as np

def buffon(n_needles, length=1.0, spacing=2.0, seed=0):
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, spacing / 2, n_needles)
    angle = rng.uniform(0, np.pi / 2, n_needles)
    crosses = centre <= (length / 2) * np.sin(angle)
    p = crosses.mean()
    return 2 * length / (p * spacing)

print("estimate of pi:", buffon(200_000))
""",("(length / 2) * np.sin(angle)","length * np.sin(angle)"),("2 * length / (p * spacing)","length / (p * spacing)"),("rng.uniform(0, np.pi / 2, n_needles)","rng.uniform(0, np.pi / 3, n_needles)"),("rng.uniform(0, spacing / 2, n_needles)","rng.uniform(0, spacing, n_needles)"))
sim("call centre class","A call centre with three agents: calls arrive as a Poisson process, service times are exponential (an M/M/3 queue).","""
import heapq
import random


class CallCentre:
    def __init__(self, arrival_rate, service_rate, n_agents, seed=None):
        self.arrival_rate = arrival_rate
        self.service_rate = service_rate
        self.n_agents = n_agents
        self.rng = random.Random(seed)

    def run(self, n_calls):
        busy_until = [0.0] * self.n_agents
        clock = 0.0
        total_wait = 0.0
        delayed = 0
        for _ in range(n_calls):
            clock += self.rng.expovariate(self.arrival_rate)
            free = heapq.heappop(busy_until)
            begin = max(clock, free)
            wait = begin - clock
            if wait > 0:
                delayed += 1
            total_wait += wait
            heapq.heappush(busy_until, begin + self.rng.expovariate(self.service_rate))
        return total_wait / n_calls, delayed / n_calls


centre = CallCentre(arrival_rate=2.0, service_rate=1.0, n_agents=3, seed=5)
mean_wait, p_delay = centre.run(30_000)
print("mean wait:", mean_wait)
print("probability of waiting:", p_delay)
""",("max(clock, free)","free"),("[0.0] * self.n_agents","[0.0] * (self.n_agents - 1)"),("begin + self.rng.expovariate(self.service_rate)","clock + self.rng.expovariate(self.service_rate)"),("if wait > 0","if wait >= 0"))
sim("polya urn","A Polya urn starting with one red and one blue ball; the fraction of red balls converges to a uniformly distributed limit.","""
import random
import statistics

def polya(steps, red=1, blue=1, rng=random):
    for _ in range(steps):
        if rng.random() < red / (red + blue):
            red += 1
        else:
            blue += 1
    return red / (red + blue)

rng = random.Random(3)
fractions = [polya(500, rng=rng) for _ in range(2000)]
print("mean fraction:", statistics.mean(fractions))
print("variance:", statistics.variance(fractions))
""",("            blue += 1","            red += 1"),("rng.random() < red / (red + blue)","rng.random() < 0.5"),("rng.random() < red / (red + blue)","rng.random() < red / blue"),("return red / (red + blue)","return red / (red + blue) ** 2"))
sim("branching poisson","Galton-Watson branching process with Poisson offspring (mean m). For m = 1.5 the extinction probability q solves q = exp(m (q - 1)).","""
import numpy as np

def extinct(m, max_generations=50, cap=2000, rng=None):
    population = 1
    for _ in range(max_generations):
        if population == 0:
            return True
        if population > cap:
            return False
        population = rng.poisson(m, population).sum()
    return population == 0

rng = np.random.default_rng(8)
trials = 2000
count = sum(extinct(1.5, rng=rng) for _ in range(trials))
print("estimated extinction probability:", count / trials)
""",("rng.poisson(m, population).sum()","rng.poisson(m, population).max()"),("if population > cap:\n            return False","if population > cap:\n            return True"),("return population == 0","return population > 0"),("population = rng.poisson(m, population).sum()","population += rng.poisson(m, population).sum()"))
sim("asian style european call","Monte Carlo pricing of a European call under geometric Brownian motion.","""
import numpy as np

S0, K, r, sigma, T = 100.0, 105.0, 0.03, 0.25, 1.0
n_paths = 200_000

rng = np.random.default_rng(42)
z = rng.standard_normal(n_paths)
ST = S0 * np.exp((r - 0.5 * sigma**2) * T + sigma * np.sqrt(T) * z)
payoff = np.maximum(ST - K, 0.0)
price = np.exp(-r * T) * payoff.mean()
stderr = np.exp(-r * T) * payoff.std(ddof=1) / np.sqrt(n_paths)
print(f"call price: {price:.4f} +/- {stderr:.4f}")
""",("r - 0.5 * sigma**2","r + 0.5 * sigma**2"),("np.exp(-r * T) * payoff.mean()","payoff.mean()"),("np.maximum(ST - K, 0.0)","np.maximum(K - ST, 0.0)"),("/ np.sqrt(n_paths)","/ n_paths"))
sim("weather chain","A two-state weather model (sunny / rainy) as a Markov chain; we estimate the long-run share of sunny days.","""
import random

P_STAY_SUNNY = 0.8
P_STAY_RAINY = 0.6

def simulate_weather(days, seed=1):
    rng = random.Random(seed)
    sunny = True
    sunny_days = 0
    for _ in range(days):
        if sunny:
            sunny = rng.random() < P_STAY_SUNNY
        else:
            sunny = rng.random() >= P_STAY_RAINY
        if sunny:
            sunny_days += 1
    return sunny_days / days

share = simulate_weather(100_000)
print(f"share of sunny days: {share:.3f}")
""",("rng.random() >= P_STAY_RAINY","rng.random() < P_STAY_RAINY"),("rng.random() < P_STAY_SUNNY","rng.random() < P_STAY_RAINY"),("            sunny_days += 1","            sunny_days += 2"),("return sunny_days / days","return sunny_days / (days - sunny_days)"))
sim("bandit epsilon","An epsilon-greedy agent on a 5-armed Bernoulli bandit.","""
import numpy as np

class Bandit:
    def __init__(self, probs, rng):
        self.probs = probs
        self.rng = rng

    def pull(self, arm):
        return 1.0 if self.rng.random() < self.probs[arm] else 0.0

def run(steps=5000, epsilon=0.1, seed=0):
    rng = np.random.default_rng(seed)
    bandit = Bandit([0.1, 0.3, 0.5, 0.7, 0.9], rng)
    counts = np.zeros(5)
    values = np.zeros(5)
    rewards = 0.0
    for _ in range(steps):
        if rng.random() < epsilon:
            arm = int(rng.integers(5))
        else:
            arm = int(np.argmax(values))
        reward = bandit.pull(arm)
        counts[arm] += 1
        values[arm] += (reward - values[arm]) / counts[arm]
        rewards += reward
    return rewards / steps, values

average, estimates = run()
print("average reward:", average)
print("estimated values:", np.round(estimates, 2))
""",("rng.random() < epsilon","rng.random() > epsilon"),("np.argmax(values)","np.argmin(values)"),("(reward - values[arm]) / counts[arm]","(reward - values[arm])"),("self.rng.random() < self.probs[arm]","self.rng.random() > self.probs[arm]"))
