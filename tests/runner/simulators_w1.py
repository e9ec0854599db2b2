"""Twelve plain programs with chance, fourth round: epidemics, repair, inventory, dice, tables, dictionaries, prose before the code.

Each holds the prose before the code, the sound program and changes of one place.
"""

from tests.runner.simulator_set import SimulatorSet

# fmt: off

SIMULATORS = SimulatorSet()
sim = SIMULATORS.sim


sim("machine repair dict", "Here is a small availability model. A machine fails after an exponential time with mean MTBF and is repaired in an exponential time with mean MTTR. In the long run the availability is MTBF / (MTBF + MTTR).", """
import numpy as np

def simulate_availability(mtbf=200.0, mttr=25.0, horizon=500_000.0, seed=12):
    rng = np.random.default_rng(seed)
    t = 0.0
    up_time = 0.0
    down_time = 0.0
    failures = 0
    while t < horizon:
        up = rng.exponential(mtbf)
        down = rng.exponential(mttr)
        up_time += up
        down_time += down
        failures += 1
        t += up + down
    return {
        "availability": up_time / (up_time + down_time),
        "failures": failures,
        "mean_cycle": t / failures,
    }

result = simulate_availability()
for key, value in result.items():
    print(f"{key:>15}: {value:.4f}")
""", ("rng.exponential(mtbf)", "rng.exponential(1 / mtbf)"), ("down_time += down", "down_time += up"), ("t += up + down", "t += up"), ("up_time / (up_time + down_time)", "up_time / down_time"))

sim("reed frost", "The Reed-Frost chain binomial epidemic: each susceptible escapes infection from each of the I infectives with probability q = 1 - p. We follow the generations until nobody is infectious.", """
import random

def reed_frost(susceptible, infected, p, rng):
    history = [(susceptible, infected, 0)]
    removed = 0
    while infected > 0:
        escape = (1 - p) ** infected
        new = sum(1 for _ in range(susceptible) if rng.random() > escape)
        removed += infected
        susceptible -= new
        infected = new
        history.append((susceptible, infected, removed))
    return history

rng = random.Random(5)
sizes = []
for _ in range(2000):
    h = reed_frost(99, 1, 0.02, rng)
    s, i, r = h[-1]
    sizes.append(r)

print("mean final size:", sum(sizes) / len(sizes))
small = sum(1 for x in sizes if x < 10) / len(sizes)
print("fraction of minor outbreaks:", small)
h = reed_frost(99, 1, 0.02, rng)
print("gen  S   I   R")
for g, (s, i, r) in enumerate(h):
    print(g, s, i, r)
""", ("rng.random() > escape", "rng.random() < escape"), ("susceptible -= new", "susceptible -= infected"), ("removed += infected", "removed += new"), ("(1 - p) ** infected", "1 - p"))

sim("newsvendor", "The newsvendor problem: demand is normally distributed, every unsold paper is worth its salvage value. We compare the profit over a grid of order quantities; the optimum should be at the critical fractile (p - c) / (p - s).", """
import numpy as np
from scipy.stats import norm

price, cost, salvage = 5.0, 3.0, 1.0
mu, sigma = 100.0, 20.0
rng = np.random.default_rng(0)
demand = np.maximum(rng.normal(mu, sigma, 200_000), 0)

def profit(q):
    sold = np.minimum(q, demand)
    left = q - sold
    return np.mean(price * sold + salvage * left - cost * q)

orders = np.arange(60, 141)
profits = [profit(q) for q in orders]
best = orders[int(np.argmax(profits))]

critical = (price - cost) / (price - salvage)
theory = norm.ppf(critical, mu, sigma)
print("best order quantity (simulation):", best)
print("optimal order quantity (theory):", theory)
print("expected profit at optimum:", max(profits))
""", ("np.minimum(q, demand)", "np.maximum(q, demand)"), ("(price - salvage)\n", "(cost - salvage)\n"), ("- cost * q", "- cost * sold"), ("+ salvage * left", "- salvage * left"))

sim("moran", "A Moran process: in every step one individual is chosen to reproduce in proportion to fitness, and its copy replaces one chosen uniformly. A mutant of relative fitness r starts alone; its fixation probability is (1 - 1/r) / (1 - 1/r^N).", """
import random

def moran_fixation(N, r, rng):
    mutants = 1
    while 0 < mutants < N:
        weight = r * mutants
        birth_mutant = rng.random() < weight / (weight + N - mutants)
        death_mutant = rng.random() < mutants / N
        mutants += birth_mutant - death_mutant
    return mutants == N

N, r = 10, 1.5
rng = random.Random(42)
runs = 20000
fixed = sum(moran_fixation(N, r, rng) for _ in range(runs)) / runs
exact = (1 - 1 / r) / (1 - 1 / r**N)
print(f"simulated fixation probability: {fixed:.4f}")
print(f"exact fixation probability:     {exact:.4f}")
""", ("r * mutants", "mutants"), ("(1 - 1 / r**N)", "(1 - 1 / r)**N"), ("return mutants == N", "return mutants != N"), ("rng.random() < mutants / N", "rng.random() < weight / N"))

sim("tasep", "The totally asymmetric exclusion process on a ring: a particle hops to the right if the next site is empty. The stationary current is rho (1 - rho) up to terms of order 1/L.", """
import numpy as np

L = 200
N = 60
sweeps = 3000
rng = np.random.default_rng(17)

lattice = np.zeros(L, dtype=int)
lattice[rng.choice(L, N, replace=False)] = 1
hops = 0
for sweep in range(sweeps):
    for _ in range(L):
        i = rng.integers(L)
        j = (i + 1) % L
        if lattice[i] == 1 and lattice[j] == 0:
            lattice[i], lattice[j] = 0, 1
            hops += 1

rho = N / L
current = hops / (L * sweeps)
print("density  :", lattice.mean())
print("current  :", current)
print("rho(1-rho):", rho * (1 - rho))
""", ("lattice[j] == 0", "lattice[j] >= 0"), ("lattice[i], lattice[j] = 0, 1", "lattice[j] = 1"), ("hops / (L * sweeps)", "hops / (N * sweeps)"), ("rho * (1 - rho)", "rho * (1 + rho)"))

sim("freely jointed chain", "A freely jointed polymer: N bonds of length b point in independent random directions in space. The mean squared end-to-end distance is N b^2 and the mean squared radius of gyration N b^2 / 6 for long chains.", """
import numpy as np

def make_chain(n_bonds, b, rng):
    cos_t = rng.uniform(-1, 1, n_bonds)
    phi = rng.uniform(0, 2 * np.pi, n_bonds)
    sin_t = np.sqrt(1 - cos_t**2)
    steps = b * np.column_stack((sin_t * np.cos(phi), sin_t * np.sin(phi), cos_t))
    return np.vstack((np.zeros(3), np.cumsum(steps, axis=0)))

def ensemble(n_bonds=100, b=1.5, n_chains=4000, seed=2):
    rng = np.random.default_rng(seed)
    r2 = np.empty(n_chains)
    rg2 = np.empty(n_chains)
    for k in range(n_chains):
        chain = make_chain(n_bonds, b, rng)
        end = chain[-1] - chain[0]
        r2[k] = end @ end
        centre = chain.mean(axis=0)
        rg2[k] = np.mean(np.sum((chain - centre) ** 2, axis=1))
    return r2.mean(), rg2.mean()

r2, rg2 = ensemble()
print("mean squared end-to-end distance", r2)
print("mean squared radius of gyration", rg2)
print("ratio", r2 / rg2)
""", ("rng.uniform(-1, 1, n_bonds)", "rng.uniform(0, 1, n_bonds)"), ("sin_t = np.sqrt(1 - cos_t**2)", "sin_t = 1 - cos_t**2"), ("end = chain[-1] - chain[0]", "end = chain[-1] - chain[1] * n_bonds"), ("rng.uniform(0, 2 * np.pi, n_bonds)", "rng.uniform(0, np.pi, n_bonds)"))

sim("patient flow", "A small emergency department: patients arrive at random (Poisson, 4 per hour) and are treated by one of two doctors, 20 minutes on average (exponential). The script prints a table of the first patients and the averages.", """
import heapq
import random

random.seed(11)
ARRIVALS_PER_HOUR = 4
MEAN_TREATMENT_MIN = 20
DOCTORS = 2
PATIENTS = 50_000

free = [0.0] * DOCTORS
heapq.heapify(free)
now = 0.0
waits, stays, busy = [], [], 0.0
rows = []
for k in range(PATIENTS):
    now += random.expovariate(ARRIVALS_PER_HOUR / 60)
    ready = heapq.heappop(free)
    start = max(now, ready)
    treatment = random.expovariate(1 / MEAN_TREATMENT_MIN)
    end = start + treatment
    heapq.heappush(free, end)
    waits.append(start - now)
    stays.append(end - now)
    busy += treatment
    if k < 5:
        rows.append((now, start, end))

print("arrival   start     end")
for a, s, e in rows:
    print(f"{a:8.2f} {s:8.2f} {e:8.2f}")
print("average wait (min):", sum(waits) / PATIENTS)
print("average stay (min):", sum(stays) / PATIENTS)
print("doctor utilisation:", busy / (DOCTORS * now))
print("share who wait:", sum(w > 0 for w in waits) / PATIENTS)
""", ("random.expovariate(1 / MEAN_TREATMENT_MIN)", "random.expovariate(MEAN_TREATMENT_MIN)"), ("busy / (DOCTORS * now)", "busy / now"), ("stays.append(end - now)", "stays.append(end - start)"), ("max(now, ready)", "now"))

sim("two state hmm", "A two-state weather chain (0 = dry, 1 = wet) is simulated and its long-run share of wet days compared with the stationary distribution a / (a + b).", """
import random

def simulate_weather(days, a, b, seed=None):
    \"\"\"Return the list of states; a = P(dry -> wet), b = P(wet -> dry).\"\"\"
    rng = random.Random(seed)
    state = 0
    states = [state]
    for _ in range(days - 1):
        u = rng.random()
        if state == 0:
            state = 1 if u < a else 0
        else:
            state = 0 if u < b else 1
        states.append(state)
    return states

if __name__ == "__main__":
    a, b = 0.15, 0.45
    w = simulate_weather(200_000, a, b, seed=8)
    wet_share = sum(w) / len(w)
    spells = []
    run = 0
    for s in w:
        if s == 1:
            run += 1
        elif run:
            spells.append(run)
            run = 0
    print(f"share of wet days: {wet_share:.4f} (stationary: {a / (a + b):.4f})")
    print(f"mean length of a wet spell: {sum(spells) / len(spells):.3f} days (1/b = {1 / b:.3f})")
""", ("1 if u < a else 0", "1 if u > a else 0"), ("0 if u < b else 1", "0 if u < a else 1"), ("{a / (a + b):.4f}", "{b / (a + b):.4f}"), ("run = 0\n    print", "run = 1\n    print"))

sim("importance tail", "How likely is a standard normal variable larger than 4? Plain Monte Carlo hardly ever hits the tail, so we sample from a normal shifted to 4 and weight each draw by the likelihood ratio.", """
import numpy as np
from scipy.stats import norm

def tail_probability(threshold=4.0, n=100_000, seed=7):
    rng = np.random.default_rng(seed)
    x = rng.normal(threshold, 1.0, n)
    weights = norm.pdf(x) / norm.pdf(x, threshold, 1.0)
    values = (x > threshold) * weights
    estimate = values.mean()
    stderr = values.std(ddof=1) / np.sqrt(n)
    return estimate, stderr

est, se = tail_probability()
print(f"importance sampling: {est:.3e} +/- {se:.1e}")
print(f"exact              : {norm.sf(4.0):.3e}")
""", ("norm.pdf(x) / norm.pdf(x, threshold, 1.0)", "norm.pdf(x, threshold, 1.0) / norm.pdf(x)"), ("(x > threshold)", "(x < threshold)"), ("/ np.sqrt(n)", "/ n"), ("norm.sf(4.0)", "norm.cdf(4.0)"))

sim("stochastic gene expression", "Gene expression in the simplest stochastic model: messenger RNA is made at rate k and every molecule is degraded at rate gamma. The Gillespie algorithm gives a Poisson distribution with mean k/gamma in the steady state, so the Fano factor is 1.", """
import numpy as np

class GeneExpression:
    def __init__(self, k=20.0, gamma=1.0, seed=3):
        self.k = k
        self.gamma = gamma
        self.rng = np.random.default_rng(seed)
        self.m = 0
        self.t = 0.0

    def propensities(self):
        return np.array([self.k, self.gamma * self.m])

    def step(self):
        a = self.propensities()
        a0 = a.sum()
        tau = self.rng.exponential(1 / a0)
        if self.rng.random() * a0 < a[0]:
            change = 1
        else:
            change = -1
        self.t += tau
        self.m += change
        return tau

gene = GeneExpression()
while gene.t < 20:
    gene.step()
total = s1 = s2 = 0.0
while gene.t < 4000:
    before = gene.m
    tau = gene.step()
    total += tau
    s1 += before * tau
    s2 += before**2 * tau
mean = s1 / total
variance = s2 / total - mean**2
print("mean copy number:", mean, " k/gamma =", gene.k / gene.gamma)
print("Fano factor:", variance / mean)
""", ("self.gamma * self.m]", "self.gamma]"), ("exponential(1 / a0)", "exponential(a0)"), ("change = -1", "change = -2"), ("variance / mean)", "variance / mean**2)"))

sim("wolff like dice game", "Pig, the dice game: a player who holds at 20 keeps rolling until the turn total reaches at least 20 or a 1 comes up, which loses the turn total. We estimate the average score per turn and the probability of scoring nothing.", """
import random
from collections import Counter

def turn(hold_at, rng):
    total = 0
    while total < hold_at:
        die = rng.randint(1, 6)
        if die == 1:
            return 0
        total += die
    return total

def experiment(turns=40000, hold_at=20, seed=99):
    rng = random.Random(seed)
    scores = Counter(turn(hold_at, rng) for _ in range(turns))
    mean = sum(score * count for score, count in scores.items()) / turns
    return mean, scores[0] / turns, scores

mean, p_zero, scores = experiment()
print(f"average score per turn: {mean:.3f}")
print(f"probability of scoring 0: {p_zero:.4f}")
for score in sorted(scores):
    print(f"{score:3d}  {scores[score] / 40000:.4f}")
""", ("rng.randint(1, 6)", "rng.randint(0, 6)"), ("total < hold_at", "total <= hold_at"), ("return 0", "return total"), ("count in scores.items()) / turns", "count in scores.items()) / len(scores)"))

sim("xy rotor chain", "Metropolis simulation of the classical XY chain with periodic boundaries: E = -J sum cos(theta_i - theta_{i+1}). In one dimension the mean energy per spin is -J I1(beta J) / I0(beta J).", """
import numpy as np
from scipy.special import iv

N = 64
J = 1.0
T = 0.8
beta = 1.0 / T
delta = 1.8
sweeps = 3000
burn = 500
rng = np.random.default_rng(101)
theta = rng.uniform(0, 2 * np.pi, N)

def local_energy(theta, i, angle):
    left = theta[(i - 1) % N]
    right = theta[(i + 1) % N]
    return -J * (np.cos(angle - left) + np.cos(angle - right))

energies = []
accepted = 0
for sweep in range(sweeps):
    for _ in range(N):
        i = rng.integers(N)
        new = theta[i] + rng.uniform(-delta, delta)
        dE = local_energy(theta, i, new) - local_energy(theta, i, theta[i])
        if dE <= 0 or rng.random() < np.exp(-beta * dE):
            theta[i] = new
            accepted += 1
    if sweep >= burn:
        energies.append(-J * np.sum(np.cos(theta - np.roll(theta, 1))) / N)

print("acceptance:", accepted / (sweeps * N))
print("energy per spin:", np.mean(energies))
print("-J I1/I0:", -J * iv(1, beta * J) / iv(0, beta * J))
""", ("theta[i] + rng.uniform(-delta, delta)", "rng.uniform(0, 2 * np.pi)"), ("np.exp(-beta * dE)", "np.exp(-T * dE)"), ("theta[i] + rng.uniform(-delta, delta)", "theta[i] + rng.uniform(0, delta)"), ("np.cos(angle - left) + np.cos(angle - right)", "np.cos(angle - left) - np.cos(angle - right)"))
