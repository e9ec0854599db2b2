"""A second set of simulators, written after the laws: other styles and domains; reported as first measured."""
# fmt: off

SIMULATORS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def sim(name: str, source: str, *mutants: tuple[str, str]) -> None:
    """Add a simulator; every mutant must change the source."""
    for old, _new in mutants:
        assert old in source, (name, old)
    SIMULATORS[name] = (source.lstrip("\n"), list(mutants))


sim("spring euler-cromer typed", '''
from typing import List, Tuple

def run_simulation(mass: float = 2.0, spring_constant: float = 8.0, x_init: float = 0.5, dt: float = 0.002, num_steps: int = 6000) -> Tuple[List[float], List[float], List[float]]:
    """Simulate a mass on a spring with the symplectic Euler (Euler-Cromer) method."""
    time, position, velocity = [0.0], [x_init], [0.0]
    for i in range(num_steps):
        acceleration = -spring_constant / mass * position[-1]
        velocity.append(velocity[-1] + acceleration * dt)
        position.append(position[-1] + velocity[-1] * dt)
        time.append(time[-1] + dt)
    return time, position, velocity
''', ("-spring_constant / mass", "spring_constant / mass"), ("-spring_constant / mass", "-spring_constant * mass / 8"), ("velocity[-1] * dt)", "velocity[0] * dt)"), ("acceleration * dt", "acceleration * dt * 0.7"), ("-spring_constant / mass * position[-1]", "-spring_constant / mass * position[0]"))

sim("pendulum class step", '''
import numpy as np

class Pendulum:
    def __init__(self, theta=0.3, g=9.8, length=2.0, dt=0.001):
        self.theta, self.omega, self.g, self.length, self.dt = theta, 0.0, g, length, dt

    def simulate(self, n=5000):
        thetas, omegas = np.zeros(n), np.zeros(n)
        for i in range(n):
            thetas[i], omegas[i] = self.theta, self.omega
            self.omega -= self.g / self.length * np.sin(self.theta) * self.dt
            self.theta += self.omega * self.dt
        return {"theta": thetas, "omega": omegas}
''', ("-= self.g", "+= self.g"), ("self.g / self.length", "self.g * self.length / 8"), ("np.sin(self.theta)", "np.cos(self.theta)"), ("+= self.omega * self.dt", "+= self.omega"), ("np.sin(self.theta) * self.dt", "np.sin(2*self.theta) * self.dt"))

sim("planar walk gaussian", '''
import numpy as np

def simulate(n_steps=4000, sigma=0.3, seed=0):
    """Two-dimensional random walk with normal steps of standard deviation sigma per axis."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0.0, sigma, size=(n_steps, 2))
    positions = np.cumsum(steps, axis=0)
    return positions
''', ("np.cumsum(steps, axis=0)", "steps"), ("rng.normal(0.0, sigma", "rng.normal(0.05, sigma"), ("rng.normal(0.0, sigma", "rng.normal(0.0, sigma**2"), ("np.cumsum(steps, axis=0)", "np.cumsum(steps, axis=1)"))

sim("mcmc double well", '''
import math, random

def energy(x):
    return (x*x - 1.0)**2

def monte_carlo(steps=40000, beta=1.5, delta=1.2, seed=0):
    """Metropolis sampling of a particle in a double well at inverse temperature beta."""
    rng = random.Random(seed)
    x, trace = 0.0, []
    for _ in range(steps):
        y = x + rng.uniform(-delta, delta)
        if rng.random() < math.exp(-beta*(energy(y) - energy(x))) if energy(y) > energy(x) else True:
            x = y
        trace.append(x)
    return trace
''', ("y = x + rng", "y = rng"), ("-beta*(energy(y) - energy(x))", "-(energy(y) - energy(x))/beta"), ("-beta*(energy(y) - energy(x))", "-beta*energy(x)"), ("rng.uniform(-delta, delta)", "rng.uniform(-delta, 2*delta)"), ("            x = y\n        trace.append(x)", "            x = y\n            trace.append(x)"))

sim("seir odeint", '''
import numpy as np
from scipy.integrate import odeint

def seir_model(beta=0.5, sigma=0.2, gamma=0.1, N=10000.0, days=150):
    def deriv(y, t):
        S, E, I, R = y
        return [-beta*S*I/N, beta*S*I/N - sigma*E, sigma*E - gamma*I, gamma*I]
    t = np.linspace(0, days, days*10 + 1)
    sol = odeint(deriv, [N - 20, 10, 10, 0], t)
    S, E, I, R = sol.T
    return t, S, E, I, R
''', ("- sigma*E, sigma", ", sigma"), ("[-beta*S*I/N", "[-beta*S*I/(2*N)"), ("gamma*I]", "gamma*E]"), ("sigma*E - gamma*I", "sigma*E - gamma*R"), ("beta*S*I/N - sigma", "beta*S*E/N - sigma"))

sim("newton cooling", '''
def simulate(T0=90.0, T_env=20.0, k=0.1, dt=0.05, steps=1200):
    """Newton's law of cooling: a cup of coffee."""
    temps = [T0]
    for _ in range(steps):
        temps.append(temps[-1] - k*(temps[-1] - T_env)*dt)
    return temps
''', ("temps[-1] - k", "temps[-1] + k"), ("(temps[-1] - T_env)", "temps[-1]"), ("- k*(", "- 2*k*("), ("(temps[-1] - T_env)", "(T0 - T_env)"))

sim("heat final state", '''
import numpy as np

def solve_heat(nx=41, nt=200, D=0.2, dx=0.05, dt=0.004):
    """Crank-free explicit scheme (FTCS) for diffusion with fixed zero ends; returns the final temperature."""
    u = np.zeros(nx)
    u[nx//2 - 4: nx//2 + 5] = 1.0
    for n in range(nt):
        un = u.copy()
        for i in range(1, nx - 1):
            u[i] = un[i] + D*dt/dx**2*(un[i+1] - 2*un[i] + un[i-1])
    return u
''', ("D*dt/dx**2", "D*dt/dx"), ("- 2*un[i]", "- un[i]"), ("un[i] + D", "un[i] - D"), ("un[i+1] - 2*un[i] + un[i-1]", "un[i+1] - 2*un[i] + un[i]"), ("D*dt/dx**2", "D*D*dt/dx**2"))

sim("poisson decay chain script", '''
import numpy as np
rng = np.random.default_rng(4)
N0, decay_constant, dt = 5000, 0.3, 0.02
remaining = [N0]
for step in range(500):
    decays = rng.random(remaining[-1]) < decay_constant*dt  # radioactive decay
    remaining.append(remaining[-1] - decays.sum())
''', ("remaining[-1] - decays.sum()", "N0 - decays.sum()"), ("decay_constant*dt", "decay_constant*dt*2"), ("- decays.sum()", "+ decays.sum()"), ("decay_constant*dt", "dt"))

sim("gene expression", '''
import numpy as np

def gillespie_ssa(k_prod=20.0, k_deg=0.5, t_end=200.0, seed=0):
    """Constitutive gene expression: production at rate k_prod, degradation at rate k_deg per molecule."""
    rng = np.random.default_rng(seed)
    t, n = 0.0, 0
    times, counts = [0.0], [0]
    while t < t_end:
        rates = np.array([k_prod, k_deg*n])
        total = rates.sum()
        t += rng.exponential(1.0/total)
        if rng.random() < rates[0]/total:
            n += 1
        else:
            n -= 1
        times.append(t)
        counts.append(n)
    return {"times": np.array(times), "counts": np.array(counts)}
''', ("1.0/total", "total"), ("1.0/total", "2.0/total"), ("k_deg*n]", "k_deg]"), ("rates[0]/total", "0.5"), ("n += 1", "n += 2"))

sim("put price", '''
import math, random

def european_put(s0=50.0, strike=52.0, rate=0.03, vol=0.25, maturity=0.5, n_sims=60000, seed=1):
    """Price of a European put by Monte Carlo simulation."""
    rng = random.Random(seed)
    drift = (rate - vol*vol/2)*maturity
    spread = vol*math.sqrt(maturity)
    total = 0.0
    for _ in range(n_sims):
        st = s0*math.exp(drift + spread*rng.gauss(0, 1))
        total += max(strike - st, 0.0)
    return math.exp(-rate*maturity)*total/n_sims
''', ("max(strike - st, 0.0)", "max(st - strike, 0.0)"), ("(rate - vol*vol/2)", "(rate - vol*vol)"), ("vol*math.sqrt(maturity)", "vol*maturity"), ("math.exp(-rate*maturity)*", ""), ("rng.gauss(0, 1)", "rng.uniform(-1, 1)"))

sim("mm1 event", '''
import numpy as np

def simulate_mm1(arrival_rate=0.5, service_rate=0.8, n=30000, seed=0):
    """Single-server queue with Poisson arrivals and exponential service; waiting time of each customer."""
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(1/arrival_rate, n))
    services = rng.exponential(1/service_rate, n)
    start = np.zeros(n)
    end = np.zeros(n)
    for i in range(n):
        start[i] = max(arrivals[i], end[i-1] if i else 0.0)
        end[i] = start[i] + services[i]
    wait_times = start - arrivals
    return {"wait_times": wait_times}
''', ("max(arrivals[i], end[i-1] if i else 0.0)", "arrivals[i]"), ("1/service_rate", "service_rate"), ("1/arrival_rate", "1.5/arrival_rate"), ("start[i] + services[i]", "arrivals[i] + services[i]"), ("rng.exponential(1/service_rate, n)", "np.full(n, 1/service_rate)"))

sim("vasicek", '''
import numpy as np

def simulate_vasicek(kappa=2.0, mu=0.05, sigma=0.02, r0=0.05, dt=1/252, n=20000, seed=5):
    """Vasicek short rate (mean reverting), Euler scheme."""
    rng = np.random.default_rng(seed)
    path = np.zeros(n + 1)
    path[0] = r0
    for i in range(n):
        path[i+1] = path[i] + kappa*(mu - path[i])*dt + sigma*np.sqrt(dt)*rng.standard_normal()
    return path
''', ("np.sqrt(dt)", "dt"), ("(mu - path[i])", "(path[i] - mu)"), ("path[i] + kappa", "r0 + kappa"), ("sigma*np.sqrt", "sigma*sigma*np.sqrt"), ("rng.standard_normal()", "rng.random()"))
