"""Small simulators in many styles, each with mutants by replacement: (old text, new text)."""
# fmt: off

SIMULATORS: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def sim(name: str, source: str, *mutants: tuple[str, str]) -> None:
    """Add a simulator; every mutant must change the source."""
    for old, _new in mutants:
        assert old in source, (name, old)
    SIMULATORS[name] = (source.lstrip("\n"), list(mutants))


sim("harmonic verlet", '''
import numpy as np

def simulate(m=1.0, k=4.0, x0=1.0, v0=0.0, dt=0.01, steps=2000):
    """Velocity Verlet integration of a harmonic oscillator."""
    x, v = x0, v0
    xs, vs, energy = [x], [v], [0.5*m*v*v + 0.5*k*x*x]
    a = -k*x/m
    for _ in range(steps):
        x = x + v*dt + 0.5*a*dt*dt
        a_new = -k*x/m
        v = v + 0.5*(a + a_new)*dt
        a = a_new
        xs.append(x); vs.append(v)
        energy.append(0.5*m*v*v + 0.5*k*x*x)
    return {"x": np.array(xs), "v": np.array(vs), "energy": np.array(energy)}
''', ("v + 0.5*(a + a_new)*dt", "v + a*dt"), ("x + v*dt + 0.5*a*dt*dt", "x + v*dt + a*dt*dt"), ("a_new = -k*x/m", "a_new = k*x/m"), ("a_new = -k*x/m", "a_new = -k*x*m/2"),
   ("0.5*(a + a_new)*dt", "0.5*(a + a_new)*dt*1.1"), ("a = a_new\n", "pass\n"), ("x + v*dt + 0.5*a*dt*dt", "x + v*dt*0.9"), ("a_new = -k*x/m", "a_new = -k*x**3/m"))

sim("pendulum rk4", '''
import math

def integrate(theta0=0.5, omega0=0.0, g=9.81, L=1.0, dt=0.005, n_steps=3000):
    """RK4 integration of a simple pendulum; returns times, angles, angular velocities."""
    def deriv(theta, omega):
        return omega, -(g / L) * math.sin(theta)
    t, theta, omega = 0.0, theta0, omega0
    times, thetas, omegas = [t], [theta], [omega]
    for _ in range(n_steps):
        k1t, k1o = deriv(theta, omega)
        k2t, k2o = deriv(theta + dt/2*k1t, omega + dt/2*k1o)
        k3t, k3o = deriv(theta + dt/2*k2t, omega + dt/2*k2o)
        k4t, k4o = deriv(theta + dt*k3t, omega + dt*k3o)
        theta += dt/6*(k1t + 2*k2t + 2*k3t + k4t)
        omega += dt/6*(k1o + 2*k2o + 2*k3o + k4o)
        t += dt
        times.append(t); thetas.append(theta); omegas.append(omega)
    return times, thetas, omegas
''', ("-(g / L) * math.sin(theta)", "(g / L) * math.sin(theta)"), ("-(g / L) * math.sin(theta)", "-(g * L / 2) * math.sin(theta)"), ("-(g / L) * math.sin(theta)", "-(g / L) * math.cos(theta)"),
   ("omega += dt/6*(k1o + 2*k2o + 2*k3o + k4o)", "omega += dt/6*(k1o + 2*k2o + k3o + k4o)"), ("theta += dt/6*(k1t + 2*k2t + 2*k3t + k4t)", "theta += dt/5*(k1t + 2*k2t + 2*k3t + k4t)"),
   ("return omega, -(g / L)", "return 0.9*omega, -(g / L)"), ("-(g / L) * math.sin(theta)", "-(g / L) * math.sin(theta) - 0.1*omega"))

sim("kepler leapfrog", '''
import numpy as np

GM = 1.0

def acceleration(r):
    return -GM * r / np.linalg.norm(r)**3

def run(steps=4000, dt=0.005):
    """Leapfrog orbit of a planet around a fixed star."""
    r = np.array([1.0, 0.0]); v = np.array([0.0, 1.1])
    pos, vel = [r.copy()], [v.copy()]
    for _ in range(steps):
        v = v + 0.5*dt*acceleration(r)
        r = r + dt*v
        v = v + 0.5*dt*acceleration(r)
        pos.append(r.copy()); vel.append(v.copy())
    return {"position": np.array(pos), "velocity": np.array(vel)}
''', ("**3", "**2"), ("-GM * r", "GM * r"), ("r = r + dt*v", "r = r + 0.5*dt*v"), ("        v = v + 0.5*dt*acceleration(r)\n        pos", "        pos"),
   ("-GM * r", "-GM * np.abs(r)"), ("**3", "**3.2"), ("v = v + 0.5*dt*acceleration(r)\n        r", "v = v + 0.6*dt*acceleration(r)\n        r"))

sim("nbody", '''
import numpy as np

def simulate(dt=0.001, steps=1500, G=1.0):
    m = np.array([1.0, 0.5, 0.3])
    x = np.array([[0., 0., 0.], [1., 0., 0.], [0., 1.5, 0.]])
    v = np.array([[0., 0., 0.1], [0., 1.0, 0.], [-0.8, 0., 0.]])
    v -= (m[:, None]*v).sum(0)/m.sum()
    def acc(x):
        a = np.zeros_like(x)
        for i in range(3):
            for j in range(3):
                if i != j:
                    d = x[j] - x[i]
                    a[i] += G*m[j]*d/np.linalg.norm(d)**3
        return a
    energy, momentum = [], []
    a = acc(x)
    for _ in range(steps):
        v = v + 0.5*dt*a
        x = x + dt*v
        a = acc(x)
        v = v + 0.5*dt*a
        pe = -sum(G*m[i]*m[j]/np.linalg.norm(x[i]-x[j]) for i in range(3) for j in range(i))
        energy.append(0.5*(m[:, None]*v**2).sum() + pe)
        momentum.append((m[:, None]*v).sum(0))
    return {"total_energy": np.array(energy), "total_momentum": np.array(momentum)}
''', ("G*m[j]*d", "G*m[i]*d"), ("**3", "**2"), ("x = x + dt*v", "x = x - dt*v"), ("if i != j", "if i < j"), ("d = x[j] - x[i]", "d = x[i] - x[j]"), ("        a = acc(x)\n        v = v + 0.5*dt*a\n", "        v = v + 0.5*dt*a\n"))

sim("lj md", '''
import numpy as np

def lj_potential(r, epsilon=1.0, sigma=1.0):
    sr6 = (sigma / r)**6
    return 4*epsilon*(sr6**2 - sr6)

def lj_force(r, epsilon=1.0, sigma=1.0):
    sr6 = (sigma / r)**6
    return 24*epsilon*(2*sr6**2 - sr6)/r

def run_md(n_steps=2000, dt=0.002):
    """Three Lennard-Jones particles on a line."""
    x = np.array([0.0, 1.15, 2.35]); v = np.array([0.1, 0.0, -0.1])
    def forces(x):
        f = np.zeros(3)
        u = 0.0
        for i in range(3):
            for j in range(i+1, 3):
                r = x[j] - x[i]
                fij = lj_force(r)
                f[i] -= fij; f[j] += fij
                u += lj_potential(r)
        return f, u
    f, u = forces(x)
    energies, momenta = [], []
    for _ in range(n_steps):
        v += 0.5*dt*f
        x += dt*v
        f, u = forces(x)
        v += 0.5*dt*f
        energies.append(0.5*np.sum(v**2) + u)
        momenta.append(v.sum())
    return {"energies": np.array(energies), "momentum": np.array(momenta)}
''', ("24*epsilon", "12*epsilon"), ("(2*sr6**2 - sr6)/r", "(sr6**2 - sr6)/r"), ("f[j] += fij", "f[j] -= fij"), ("(sigma / r)**6\n    return 24", "(sigma / r)**5\n    return 24"), ("x += dt*v", "x += 0.5*dt*v"), ("f[i] -= fij; f[j] += fij", "f[i] -= fij"))

sim("random walk", '''
import numpy as np

def random_walk(n_steps=5000, step=1.0, seed=0):
    """A symmetric one-dimensional random walk."""
    rng = np.random.default_rng(seed)
    x = np.zeros(n_steps + 1)
    for i in range(n_steps):
        x[i+1] = x[i] + step*rng.choice([-1, 1])
    return x
''', ("x[i] + step*rng", "step*rng"), ("[-1, 1]", "[-1, 1, 1]"), ("[-1, 1]", "[-1, 2]"), ("step*rng", "2*step*rng"), ("x[i+1] = x[i] +", "x[i+1] = 0.9*x[i] +"), ("x[i+1] = x[i] + step*rng.choice([-1, 1])", "x[i+1] = rng.uniform(-50, 50)"))

sim("many walkers", '''
import random

def simulate_walk(walkers=400, steps=200, seed=1):
    """2D lattice random walk; returns the mean squared displacement at each step."""
    random.seed(seed)
    moves = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    pos = [[0, 0] for _ in range(walkers)]
    msd = []
    for t in range(steps):
        for p in pos:
            dx, dy = random.choice(moves)
            p[0] += dx
            p[1] += dy
        msd.append(sum(p[0]**2 + p[1]**2 for p in pos) / walkers)
    return {"msd": msd}
''', ("(0, 1), (0, -1)", "(0, 1), (0, 1)"), ("p[1] += dy", "p[1] = dy"), ("p[0] += dx", "p[0] += 2*dx"), ("/ walkers)", "/ steps)"), ("(-1, 0)", "(-1, 1)"), ("p[0]**2 + p[1]**2", "p[0]**2"))

sim("metropolis gaussian", '''
import numpy as np

def log_target(x):
    return -0.5 * x**2

def metropolis(n=20000, step_size=1.0, seed=0):
    rng = np.random.default_rng(seed)
    x = 0.0
    samples = []
    for _ in range(n):
        proposal = x + rng.uniform(-step_size, step_size)
        if np.log(rng.random()) < log_target(proposal) - log_target(x):
            x = proposal
        samples.append(x)
    return np.array(samples)
''', ("x + rng.uniform(-step_size, step_size)", "rng.uniform(-5, 5)"), ("log_target(proposal) - log_target(x)", "log_target(x) - log_target(proposal)"), ("log_target(proposal) - log_target(x)", "log_target(proposal)"),
   ("rng.uniform(-step_size, step_size)", "rng.uniform(0, step_size)"), ("np.log(rng.random()) < log_target(proposal) - log_target(x)", "rng.random() < 0.5"), ("            x = proposal\n        samples.append(x)", "            x = proposal\n            samples.append(x)"), ("log_target(proposal) - log_target(x)", "0.5*(log_target(proposal) - log_target(x))"))

sim("ising", '''
import math, random

def ising(L=8, T=2.5, sweeps=300, seed=0, J=1.0):
    """2D Ising model, Metropolis single spin flips, periodic boundaries. Returns spins and energy, magnetization per sweep."""
    rng = random.Random(seed)
    s = [[rng.choice((-1, 1)) for _ in range(L)] for _ in range(L)]
    energies, mags = [], []
    for sweep in range(sweeps):
        for _ in range(L*L):
            i, j = rng.randrange(L), rng.randrange(L)
            nb = s[(i+1) % L][j] + s[(i-1) % L][j] + s[i][(j+1) % L] + s[i][(j-1) % L]
            dE = 2*J*s[i][j]*nb
            if dE <= 0 or rng.random() < math.exp(-dE/T):
                s[i][j] = -s[i][j]
        E = -J*sum(s[i][j]*(s[(i+1) % L][j] + s[i][(j+1) % L]) for i in range(L) for j in range(L))
        energies.append(E)
        mags.append(sum(map(sum, s)))
    return {"spins": s, "energy": energies, "magnetization": mags}
''', ("math.exp(-dE/T)", "math.exp(-dE*T)"), ("dE = 2*J", "dE = J"), ("dE <= 0 or", "dE < 0 or dE == 0 and False or"), ("+ s[i][(j-1) % L]", ""), ("math.exp(-dE/T)", "0.5"), ("dE = 2*J*s[i][j]*nb", "dE = -2*J*s[i][j]*nb"), ("s[i][j] = -s[i][j]", "s[i][j] = rng.choice((-1, 1))"), ("E = -J*sum", "E = -2*J*sum"))

sim("sir", '''
def sir(beta=0.3, gamma=0.1, N=1000, I0=10, days=160, dt=0.1):
    S, I, R = N - I0, I0, 0
    out = [(0.0, S, I, R)]
    for n in range(int(days/dt)):
        new_inf = beta*S*I/N*dt
        new_rec = gamma*I*dt
        S, I, R = S - new_inf, I + new_inf - new_rec, R + new_rec
        out.append(((n+1)*dt, S, I, R))
    return out
''', ("I + new_inf - new_rec", "I + new_inf"), ("beta*S*I/N*dt", "beta*S*I*dt/(2*N)"), ("S - new_inf", "S + new_inf"), ("gamma*I*dt", "gamma*S*dt"), ("R + new_rec", "R + new_inf"), ("beta*S*I/N*dt", "beta*I*dt"), ("S - new_inf, I", "S - 0.9*new_inf, I"))

sim("sir stochastic", '''
import numpy as np

def gillespie(N=300, I0=10, beta=0.5, gamma=0.2, seed=0):
    """Gillespie simulation of the stochastic SIR epidemic."""
    rng = np.random.default_rng(seed)
    S, I, R, t = N - I0, I0, 0, 0.0
    T, Ss, Is, Rs = [t], [S], [I], [R]
    while I > 0:
        a1, a2 = beta*S*I/N, gamma*I
        t += rng.exponential(1/(a1 + a2))
        if rng.random() < a1/(a1 + a2):
            S -= 1; I += 1
        else:
            I -= 1; R += 1
        T.append(t); Ss.append(S); Is.append(I); Rs.append(R)
    return {"t": np.array(T), "S": np.array(Ss), "I": np.array(Is), "R": np.array(Rs)}
''', ("S -= 1; I += 1", "I += 1"), ("I -= 1; R += 1", "I -= 1"), ("rng.exponential(1/(a1 + a2))", "rng.exponential(a1 + a2)"), ("< a1/(a1 + a2)", "< a2/(a1 + a2)"), ("beta*S*I/N", "beta*S*I/N/2"), ("1/(a1 + a2)", "1/a2"))

sim("decay", '''
import numpy as np

def simulate(N0=2000, lam=0.1, dt=0.05, steps=400, seed=3):
    """Radioactive decay, one Bernoulli trial per nucleus per step."""
    rng = np.random.default_rng(seed)
    N = N0
    counts = [N]
    for _ in range(steps):
        N -= rng.binomial(N, 1 - np.exp(-lam*dt))
        counts.append(N)
    return np.array(counts)
''', ("N -= rng", "N = N0 - rng"), ("-lam*dt", "-lam"), ("N -= rng", "N += rng"), ("-lam*dt", "-2*lam*dt"), ("rng.binomial(N,", "rng.binomial(N0,"), ("1 - np.exp(-lam*dt)", "np.exp(-lam*dt)*0.01"))

sim("heat", '''
import numpy as np

def heat_equation(nx=51, nt=500, alpha=0.1, L=1.0, T=0.2):
    """Explicit finite differences for u_t = alpha u_xx with insulated ends."""
    dx, dt = L/(nx-1), T/nt
    x = np.linspace(0, L, nx)
    u = np.exp(-100*(x-0.5)**2)
    r = alpha*dt/dx**2
    history = [u.copy()]
    for _ in range(nt):
        un = u.copy()
        u[1:-1] = un[1:-1] + r*(un[2:] - 2*un[1:-1] + un[:-2])
        u[0], u[-1] = u[1], u[-2]
        history.append(u.copy())
    return x, np.array(history)
''', ("- 2*un[1:-1]", "- un[1:-1]"), ("dt/dx**2", "dt/dx"), ("r*(un[2:]", "2*r*(un[2:]"), ("+ r*(un", "- r*(un"), ("+ un[:-2])", "- un[:-2])"), ("un[1:-1] + r", "0.99*un[1:-1] + r"), ("r = alpha*dt/dx**2", "r = 0.4"))

sim("wave", '''
import numpy as np

c = 1.0
nx, nt = 101, 400
dx = 0.01
dt = 0.005
x = np.arange(nx)*dx
u_prev = np.sin(np.pi*x)
u = u_prev.copy()
u[1:-1] = u_prev[1:-1] + 0.5*(c*dt/dx)**2*(u_prev[2:] - 2*u_prev[1:-1] + u_prev[:-2])
history = [u_prev.copy(), u.copy()]
for n in range(nt):  # wave equation, fixed ends
    u_next = np.zeros(nx)
    u_next[1:-1] = 2*u[1:-1] - u_prev[1:-1] + (c*dt/dx)**2*(u[2:] - 2*u[1:-1] + u[:-2])
    u_prev, u = u, u_next
    history.append(u.copy())
history = np.array(history)
''', ("2*u[1:-1] - u_prev[1:-1] +", "2*u[1:-1] - 0.99*u_prev[1:-1] +"), ("+ (c*dt/dx)**2*(u[2:]", "+ (c*dt/dx)*(u[2:]"), ("(u[2:] - 2*u[1:-1] + u[:-2])\n    u_prev", "(u[2:] - u[1:-1] + u[:-2])\n    u_prev"), ("+ (c*dt/dx)**2*(u[2:]", "- (c*dt/dx)**2*(u[2:]"), ("+ (c*dt/dx)**2*(u[2:]", "+ 2*(c*dt/dx)**2*(u[2:]"))

sim("schroedinger", '''
import numpy as np

def propagate(n=256, L=40.0, dt=0.01, steps=300, k0=2.0):
    """Split-step Fourier solution of the free Schroedinger equation (hbar = m = 1)."""
    x = np.linspace(-L/2, L/2, n, endpoint=False)
    k = 2*np.pi*np.fft.fftfreq(n, L/n)
    dx = L/n
    psi = np.exp(-(x+8)**2/4)*np.exp(1j*k0*x)
    psi = psi/np.sqrt(np.sum(np.abs(psi)**2)*dx)
    V = 0.02*x**2
    states = []
    for _ in range(steps):
        psi = np.exp(-0.5j*V*dt)*psi
        psi = np.fft.ifft(np.exp(-0.5j*k**2*dt)*np.fft.fft(psi))
        psi = np.exp(-0.5j*V*dt)*psi
        states.append(psi.copy())
    return {"x": x, "psi": np.array(states)}
''', ("np.exp(-0.5j*k**2*dt)", "np.exp(-0.5*k**2*dt)"), ("np.exp(-0.5j*V*dt)*psi\n        states", "np.exp(-0.5*V*dt)*psi\n        states"), ("np.fft.ifft(np.exp(-0.5j*k**2*dt)*np.fft.fft(psi))", "np.fft.fft(np.exp(-0.5j*k**2*dt)*np.fft.fft(psi))"), ("psi = np.exp(-0.5j*V*dt)*psi\n        psi = np.fft", "psi = 0.999*np.exp(-0.5j*V*dt)*psi\n        psi = np.fft"), ("np.exp(-0.5j*k**2*dt)", "np.exp(-1j*k**2*dt)"), ("-0.5j*k**2*dt", "-0.5j*k*dt"))

sim("markov chain", '''
import random

P = {"sunny": {"sunny": 0.8, "rainy": 0.2}, "rainy": {"sunny": 0.4, "rainy": 0.6}}

def simulate(n=20000, seed=0):
    """Markov chain of the weather; returns the share of days in each state."""
    rng = random.Random(seed)
    state = "sunny"
    counts = {"sunny": 0, "rainy": 0}
    for _ in range(n):
        r = rng.random()
        total = 0.0
        for nxt, p in P[state].items():
            total += p
            if r < total:
                state = nxt
                break
        counts[state] += 1
    return {k: v/n for k, v in counts.items()}
''', ('"rainy": 0.2}', '"rainy": 0.3}'), ("total += p", "total = p"), ("r = rng.random()", "r = rng.random()**2"), ("state = nxt", "state = 'sunny'"), ("v/n for", "v/(n/2) for"))

sim("option", '''
import numpy as np

def price_call(S0=100.0, K=105.0, r=0.05, sigma=0.2, T=1.0, n_paths=200000, seed=0):
    """European call by Monte Carlo under geometric Brownian motion (Black-Scholes)."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(n_paths)
    ST = S0*np.exp((r - 0.5*sigma**2)*T + sigma*np.sqrt(T)*z)
    payoff = np.maximum(ST - K, 0)
    return np.exp(-r*T)*payoff.mean()
''', ("(r - 0.5*sigma**2)*T", "r*T"), ("np.sqrt(T)*z", "T*2*z"), ("np.exp(-r*T)*", ""), ("np.maximum(ST - K, 0)", "np.maximum(K - ST, 0)"), ("np.maximum(ST - K, 0)", "(ST - K)"), ("(r - 0.5*sigma**2)", "(r + 0.5*sigma**2)"), ("- 0.5*sigma**2", "- sigma**2"), ("np.exp(-r*T)", "np.exp(r*T)"))

sim("gbm paths", '''
import numpy as np

def simulate_gbm(s0=50.0, mu=0.08, sigma=0.3, T=1.0, steps=100, paths=4000, seed=7):
    rng = np.random.default_rng(seed)
    dt = T/steps
    S = np.full((paths, steps+1), s0)
    for i in range(steps):
        S[:, i+1] = S[:, i]*np.exp((mu - 0.5*sigma**2)*dt + sigma*np.sqrt(dt)*rng.standard_normal(paths))
    return S
''', ("(mu - 0.5*sigma**2)*dt", "mu*dt"), ("np.sqrt(dt)", "dt"), ("S[:, i]*np.exp", "s0*np.exp"), ("(mu - 0.5*sigma**2)", "(mu + 0.5*sigma**2)"), ("sigma*np.sqrt(dt)", "0.5*sigma*np.sqrt(dt)"), ("standard_normal(paths)", "random(paths)"))

sim("mm1", '''
import random

def simulate_queue(lam=0.6, mu=1.0, n_customers=40000, seed=0):
    """M/M/1 queue, returns the waiting time of each customer (Lindley recursion)."""
    rng = random.Random(seed)
    w = 0.0
    waits = []
    for _ in range(n_customers):
        waits.append(w)
        service = rng.expovariate(mu)
        gap = rng.expovariate(lam)
        w = max(0.0, w + service - gap)
    return {"waits": waits}
''', ("w + service - gap", "service - gap"), ("max(0.0, w + service - gap)", "w + service - gap"), ("rng.expovariate(mu)", "rng.expovariate(1/mu)*0.8"), ("rng.expovariate(lam)", "1/lam"), ("rng.expovariate(lam)", "rng.expovariate(1.3*lam)"), ("rng.expovariate(mu)", "rng.uniform(0, 2/mu)"))

sim("lotka volterra", '''
import numpy as np
from scipy.integrate import solve_ivp

def solve(alpha=1.1, beta=0.4, delta=0.1, gamma=0.4, x0=10.0, y0=5.0, t_max=20.0):
    """Lotka-Volterra predator-prey model."""
    def rhs(t, z):
        x, y = z
        return [alpha*x - beta*x*y, delta*x*y - gamma*y]
    t = np.linspace(0, t_max, 2001)
    sol = solve_ivp(rhs, (0, t_max), [x0, y0], t_eval=t, rtol=1e-9, atol=1e-9)
    return {"t": t, "prey": sol.y[0], "predator": sol.y[1]}
''', ("alpha*x - beta*x*y", "alpha*x + beta*x*y*0.01"), ("delta*x*y - gamma*y", "delta*x*y - gamma*x"), ("alpha*x - beta*x*y", "alpha*x - beta*y"), ("- gamma*y", "+ gamma*y*0.1"), ("delta*x*y", "beta*x*y"))

sim("langevin ou", '''
import numpy as np

def ornstein_uhlenbeck(theta=1.0, sigma=0.5, mu=0.0, dt=0.01, n=50000, seed=0):
    """Euler-Maruyama for dX = theta (mu - X) dt + sigma dW."""
    rng = np.random.default_rng(seed)
    x = np.empty(n); x[0] = mu
    for i in range(1, n):
        x[i] = x[i-1] + theta*(mu - x[i-1])*dt + sigma*np.sqrt(dt)*rng.normal()
    return x
''', ("np.sqrt(dt)", "dt"), ("theta*(mu - x[i-1])", "theta*(x[i-1] - mu)"), ("x[i-1] + theta", "theta"), ("sigma*np.sqrt(dt)*rng.normal()", "sigma*np.sqrt(dt)*rng.random()"), ("sigma*np.sqrt", "2*sigma*np.sqrt"), ("theta*(mu - x[i-1])*dt", "theta*mu*dt"))

sim("mc pi", '''
import random

def estimate_pi(n=100000, seed=0):
    """Monte Carlo estimate of pi."""
    random.seed(seed)
    inside = 0
    for _ in range(n):
        x, y = random.random(), random.random()
        if x*x + y*y <= 1:
            inside += 1
    return 4*inside/n
''', ("4*inside", "2*inside"), ("x*x + y*y", "x + y"), ("random.random(), random.random()", "random.uniform(-1, 1), random.random()*0.9"), ("<= 1", "<= 0.98"), ("x*x + y*y", "x*x*y*y"))

sim("logistic growth", '''
import numpy as np

def simulate(r=0.5, K=100.0, P0=5.0, dt=0.01, steps=2000):
    P = np.zeros(steps+1); P[0] = P0
    t = np.arange(steps+1)*dt
    for i in range(steps):
        P[i+1] = P[i] + r*P[i]*(1 - P[i]/K)*dt
    return {"t": t, "population": P}
''', ("(1 - P[i]/K)", "(1 + P[i]/K)"), ("r*P[i]*(1 - P[i]/K)", "r*(1 - P[i]/K)"), ("P[i] + r", "P[i] + 2*r"), ("(1 - P[i]/K)", "1"), ("1 - P[i]/K", "1 - K/P[i]"))

sim("projectile class", '''
class Projectile:
    """Projectile without air resistance."""
    def __init__(self, v0=20.0, angle=0.8, g=9.81, dt=0.001):
        import math
        self.g, self.dt = g, dt
        self.x = [0.0]; self.y = [0.0]
        self.vx = [v0*math.cos(angle)]; self.vy = [v0*math.sin(angle)]
        self.t = [0.0]
    def run(self, steps=2500):
        for _ in range(steps):
            self.vx.append(self.vx[-1])
            self.vy.append(self.vy[-1] - self.g*self.dt)
            self.x.append(self.x[-1] + self.vx[-1]*self.dt)
            self.y.append(self.y[-1] + self.vy[-1]*self.dt)
            self.t.append(self.t[-1] + self.dt)
        return {"t": self.t, "x": self.x, "y": self.y, "vx": self.vx, "vy": self.vy}
''', ("self.vy[-1] - self.g*self.dt", "self.vy[-1] + self.g*self.dt"), ("self.vx.append(self.vx[-1])", "self.vx.append(self.vx[-1] - self.g*self.dt)"), ("self.y[-1] + self.vy[-1]*self.dt", "self.y[-1] + self.vx[-1]*self.dt"), ("self.g*self.dt)", "self.g*self.dt*0.5)"), ("self.x[-1] + self.vx[-1]*self.dt", "self.x[-1] - self.vx[-1]*self.dt"))

sim("brownian", '''
import numpy as np

def brownian_motion(D=0.5, dt=0.01, n_steps=1000, n_particles=200, seed=0):
    """Brownian particles with diffusion coefficient D; trajectories[step, particle]."""
    rng = np.random.default_rng(seed)
    x = np.zeros((n_steps+1, n_particles))
    for i in range(n_steps):
        x[i+1] = x[i] + np.sqrt(2*D*dt)*rng.standard_normal(n_particles)
    return x
''', ("x[i] + np.sqrt", "np.sqrt"), ("np.sqrt(2*D*dt)", "np.sqrt(D*dt)"), ("np.sqrt(2*D*dt)", "2*D*dt"), ("standard_normal(n_particles)", "random(n_particles)"), ("x[i] + np.sqrt(2*D*dt)", "0.95*x[i] + np.sqrt(2*D*dt)"), ("np.sqrt(2*D*dt)*rng.standard_normal(n_particles)", "np.sqrt(2*D*dt)*rng.standard_normal()"))

sim("birth death", '''
import random

def birth_death(birth=2.0, death=0.1, t_max=400.0, n0=0, seed=0):
    """Gillespie: immigration at rate birth, death at rate death per head (stationary Poisson with mean birth/death)."""
    rng = random.Random(seed)
    t, n = 0.0, n0
    times, ns = [t], [n]
    while t < t_max:
        a0 = birth + death*n
        t += rng.expovariate(a0)
        if rng.random()*a0 < birth:
            n += 1
        else:
            n -= 1
        times.append(t); ns.append(n)
    return {"times": times, "n": ns}
''', ("birth + death*n", "birth + death"), ("< birth", "< death*n"), ("rng.expovariate(a0)", "1/a0"), ("n += 1", "n += 2"), ("rng.expovariate(a0)", "rng.expovariate(birth)"), ("n -= 1", "n = max(0, n - 2)"))

sim("rc circuit", '''
def simulate(R=1000.0, C=1e-6, V0=5.0, dt=1e-6, steps=5000):
    """Discharge of a capacitor through a resistor."""
    V = V0
    ts, vs = [0.0], [V]
    for i in range(steps):
        V += -V/(R*C)*dt
        ts.append((i+1)*dt); vs.append(V)
    return {"time": ts, "voltage": vs}
''', ("-V/(R*C)", "V/(R*C)"), ("/(R*C)", "/(R*C)**0.9"), ("-V/(R*C)", "-V0/(R*C)"), ("-V/(R*C)*dt", "-V/(R*C)*dt*2"), ("/(R*C)", "*C/R*1e9"))

sim("damped", '''
import numpy as np

def damped_oscillator(m=1.0, c=0.2, k=2.0, x0=1.0, v0=0.0, dt=0.001, steps=10000):
    x = np.zeros(steps+1); v = np.zeros(steps+1); t = np.arange(steps+1)*dt
    x[0], v[0] = x0, v0
    for i in range(steps):
        a = (-c*v[i] - k*x[i])/m
        v[i+1] = v[i] + a*dt
        x[i+1] = x[i] + v[i+1]*dt
    return t, x, v
''', ("-c*v[i] - k*x[i]", "c*v[i] - k*x[i]"), ("-c*v[i] - k*x[i]", "-c*v[i] + k*x[i]"), ("-c*v[i] - k*x[i]", "-c*x[i] - k*v[i]"), ("-c*v[i]", "-2*c*v[i]"), ("/m\n", "*m*1.2\n"), ("v[i+1]*dt", "v[i+1]*dt*dt"))

sim("lorenz", '''
import numpy as np

def lorenz(sigma=10.0, rho=28.0, beta=8/3, dt=0.002, n=5000):
    xyz = np.empty((n+1, 3)); xyz[0] = (1., 1., 1.)
    def f(p):
        x, y, z = p
        return np.array([sigma*(y - x), x*(rho - z) - y, x*y - beta*z])
    for i in range(n):
        p = xyz[i]
        k1 = f(p); k2 = f(p + dt/2*k1); k3 = f(p + dt/2*k2); k4 = f(p + dt*k3)
        xyz[i+1] = p + dt/6*(k1 + 2*k2 + 2*k3 + k4)
    return xyz
''', ("sigma*(y - x)", "sigma*(x - y)"), ("x*(rho - z) - y", "x*(rho - z)"), ("x*y - beta*z", "x*y + beta*z*0.1"), ("dt/6*(k1", "dt/5*(k1"), ("x*y - beta*z", "x*x - beta*z"))
