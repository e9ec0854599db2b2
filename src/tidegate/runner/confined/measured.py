# ruff: noqa: E501  (tables and messages read best on one line)
"""What was measured of a run, and the look-ups by name that the laws share."""

import ast
import re

from tidegate.runner.confined.entry import number

TIMES = ("t", "time", "times", "ts", "t_values", "t_array", "time_points", "t_list")
STEPS = ("dt", "h", "delta_t", "time_step", "timestep", "tau", "deltat")
POSITIONS = ("x", "q", "pos", "position", "positions", "xs", "x_values", "x_list", "x_arr", "displacement", "r", "rs", "trajectory", "theta", "thetas", "angle", "angles", "phi", "qs")  # fmt: skip
VELOCITIES = ("v", "vel", "velocity", "velocities", "vs", "v_values", "v_list", "v_arr", "omega", "omegas", "angular_velocity", "theta_dot", "thetadot", "vels", "speed", "dtheta", "w")  # fmt: skip
LOSSY = (
    r"damp|friction|drag|dissip|driven|drive|forc(?:ed|ing)|thermostat|langevin|air resistance|viscous|noise|absorb|sponge"
    r"|energy (?:decreas|falls|drops|decays|is lost|is not con|is radiat|leaves)|los(?:es|ing) energy"
    r"|\b(?:b|c|gamma|zeta|nu|eta)(?: \* \w+)? \* (?:self\.)?(?:v|vel|velocity|omega|state\[1\]|y\[1\])(?!\w| ?\*\*)"
)
"""Words, and the form of a drag term (`c * v`), by which a system loses or gains energy."""
COUNTS = ("steps", "n_steps", "nsteps", "num_steps", "nt", "n", "n_iter", "iterations", "num_iterations", "n_time_steps", "timesteps", "nsteps_total")  # fmt: skip


QUANTITY = re.compile(r"^(?:compute|calculate|calc|get|simulate|estimate|run)_")
AVERAGED = re.compile(r"msd|mean|variance|average|autocorr|histogram|energ|magneti")


class Measured:
    """Collects the invariants that were measured."""

    def __init__(self):
        self.rows = []

    def add(self, name, holds, measured, expected):
        """One row; `holds` None means it could not be evaluated."""
        self.rows.append(
            {
                "name": name,
                "holds": None if holds is None else bool(holds),
                "measured": str(measured),
                "expected": str(expected),
            }
        )


DRAWS = re.compile(r"random|rng|randn|normal|choice|uniform|poisson|exponential|binomial|shuffle|cumsum")


def drawn_before_the_loop(source):
    """Whether random numbers only set the start: the loops that step it forward draw none, nor does what they call."""
    tree = ast.parse(source)
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    loops = [n for n in ast.walk(tree) if isinstance(n, (ast.For, ast.While))]
    waiting, seen = list(loops), set()
    while waiting:
        node = waiting.pop()
        if DRAWS.search(ast.unparse(node).lower()):
            return False
        for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
            name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
            if name in functions and name not in seen:
                seen.add(name)
                waiting.append(functions[name])
    return bool(loops)


class Context:
    """One run with what is known of it: the laws look roles and parameters up by name."""

    def __init__(self, out, subject, series, source, space, seed, budget_s, prose=""):
        self.out, self.subject, self.series, self.source, self.space, self.seed = (
            out,
            subject,
            series,
            source,
            space,
            seed,
        )
        self.text = f"{prose}\n{source}".lower()
        self.budget_s = budget_s
        spelled = sorted(series, key=lambda k: k == k.lower())  # `v` before `V` where a program has both
        self.lower = {k.lower().lstrip("_"): series[k] for k in spelled}
        self.actual = {k.lower().lstrip("_"): k for k in spelled}
        quantity = QUANTITY.sub("", str(subject.name).lower())
        if list(self.lower) == ["states"] and AVERAGED.search(quantity):
            self.lower[quantity] = self.lower.pop("states")  # `mean_square_displacement()` answers what it is called
        self.params = {k.lower(): v for k, v in subject.params.items()}
        self.chance = any(w in self.text for w in ("random", "rng", "randn", "default_rng"))
        method = self.says(r"leap.?frog|verlet|n.?body|runge|symplectic|kick.?drift")
        noisy = self.says(r"monte|langevin|thermostat|brown|stochast|andersen|metropolis|hmc|noise|dissipat")
        self.steady = not self.chance or (method and not noisy) or drawn_before_the_loop(source)

    def says(self, pattern):
        """Whether the source speaks of it."""
        return re.search(pattern, self.text) is not None

    def role(self, *names, dims=None):
        """The first series with one of these names (and that many dimensions)."""
        import numpy as np

        for n in names:
            found = self.lower.get(n)
            if found is not None and found.dtype.kind in "fiu" and (dims is None or np.ndim(found) == dims):
                return np.asarray(found, float)
        return None

    def param(self, *names):
        """The first parameter with one of these names, as a float."""
        for n in names:
            if n in self.params and number(self.params[n]):
                return float(self.params[n])
        return None

    def vector(self, *names):
        """The first array known by one of these names, among parameters and outputs."""
        import numpy as np

        for n in names:
            for table in (self.params, self.lower):
                found = table.get(n)
                if isinstance(found, np.ndarray) and found.ndim == 1 and found.dtype.kind in "fiu":
                    return np.asarray(found, float)
        return None

    def spacing(self):
        """Time between recorded rows, from a series of times or the step parameter."""
        import numpy as np

        t = self.role(*TIMES, dims=1)
        if t is None:
            t = self.vector(*TIMES)
        if t is not None and len(t) > 2:
            steps = np.diff(t)
            return float(steps.mean()) if steps.min() > 0 and np.ptp(steps) < 1e-6 * abs(steps.mean()) + 1e-12 else None
        return self.param(*STEPS)

    def can_run(self, times):
        """Whether that many more runs, each as long as the longest so far, fit into the budget."""
        return self.subject.name != "the script" and self.subject.used_s + times * self.subject.cost <= self.budget_s

    def count_name(self):
        """The parameter that says how many steps are made."""
        return next((k for k, v in self.subject.params.items() if isinstance(v, int) and self.counts_turns(k)), None)

    def counts_turns(self, name):
        """Whether a parameter counts the turns of a loop; the `N` of an epidemic is a number of people."""
        if name.lower() not in COUNTS:
            return False
        node = self.subject.node
        if len(name) > 1 or node is None:
            return name != "N"
        heads = [n for n in ast.walk(node) if isinstance(n, ast.While)]
        bounds = [n.test for n in heads] + [n for n in ast.walk(node) if isinstance(n, ast.Call) and _makes_turns(n)]
        return any(isinstance(n, ast.Name) and n.id == name for b in bounds for n in ast.walk(b))


def _makes_turns(call):
    """Whether a call makes the turns of a loop or room for them: range, np.zeros, linspace, random numbers by size."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return name in ("range", "arange", "linspace", "zeros", "empty", "ones", "full") or any(
        k.arg == "size" for k in call.keywords
    )


def near(ctx, name, got, wanted, slack, *, unit=""):
    """A row that holds when |got - wanted| <= slack."""
    ctx.out.add(name, abs(got - wanted) <= slack, f"{got:.4g}{unit}", f"{wanted:.4g}{unit} within {slack:.2g}")


ENERGY_NAMED = re.compile(r"energ|hamiltonian|½|e_?tot", re.I)


def swing(energy):
    """How far an energy may swing, relative to itself, by the step alone: ω dt of a symplectic method of first order.

    The energy of x'' = -ω² x swings once in half a period (Hairer, Lubich & Wanner, Geometric Numerical Integration, I.1), so
    that n rows a swing say ω dt = π / n; 0 where it drifts, or swings too seldom or too fast to tell.
    """
    import numpy as np

    x = np.asarray(energy, float)
    if x.ndim != 1 or len(x) < 100 or not np.all(np.isfinite(x)):
        return 0.0
    quarter = len(x) // 4
    scale = abs(float(x.mean()))
    peaks = int(np.sum((x[1:-1] > x[:-2]) & (x[1:-1] >= x[2:])))
    rows = len(x) / peaks if peaks else 0.0
    if peaks < 6 or rows < 12 or abs(float(x[-quarter:].mean() - x[:quarter].mean())) > 0.1 * float(np.ptp(x)):
        return 0.0
    return min(np.pi / rows, 0.2) if scale else 0.0


def conserved(out, name, series, tolerance):
    """Drift of a series that must stay what it was at the start."""
    import numpy as np

    x = np.asarray(series, float)
    if x.ndim == 0 or len(x) < 2:
        return
    if not np.all(np.isfinite(x)):
        out.add(f"{name} is conserved", False, "not finite", "finite")
        return
    scale = float(np.max(np.abs(x[0]))) or float(np.max(np.abs(x))) or 1.0
    drift = float(np.max(np.abs(x - x[0]))) / scale
    if float(np.max(np.abs(x))) < 1e-9:
        drift = 0.0
    if ENERGY_NAMED.search(name) and tolerance < drift <= swing(x):
        tolerance = swing(x)
    out.add(f"{name} is conserved", drift <= tolerance, f"relative drift {drift:.3g}", f"at most {tolerance:g}")


def batch_error(x, batches=25):
    """Standard error of the mean of a correlated series, by batch means."""
    import numpy as np

    size = len(x) // batches
    if size < 2:
        return float(np.std(x))
    means = np.asarray(x[: size * batches], float).reshape(batches, size).mean(axis=1)
    return float(means.std(ddof=1) / batches**0.5)


def lag_one(states):
    """Mean lag-1 autocorrelation of the coordinates, and the spread of steps over the spread of states."""
    import numpy as np

    x = np.asarray(states, float).reshape(len(states), -1)
    keep = x.std(axis=0) > 1e-12
    if len(x) < 20 or not keep.any():
        return None
    x = x[:, keep]
    moved = np.concatenate([[True], np.any(x[1:] != x[:-1], axis=1)])
    x = x[moved]  # rejected moves repeat a state and say nothing of how far a move goes
    if len(x) < 20:
        return None
    d = x - x.mean(axis=0)
    rho = (d[1:] * d[:-1]).sum(axis=0) / (d * d).sum(axis=0)
    return float(rho.mean()), float(np.diff(x, axis=0).std() / x.std())


def chain_moves(out, states, step, threshold=0.3):
    """A chain moves from where it is: successive states are correlated, and no step is longer than allowed."""
    import numpy as np

    found = lag_one(states)
    if found is None:
        out.add("successive states are correlated", None, "too few states", "20 states or more")
        return
    rho, ratio = found
    out.add(
        "successive states are correlated",
        rho > threshold,
        f"lag-1 autocorrelation {rho:.3f}, step over spread {ratio:.2f}",
        f"above {threshold:g} (a sampler that redraws has 0)",
    )
    if step is not None:
        longest = float(np.max(np.abs(np.diff(np.asarray(states, float).reshape(len(states), -1), axis=0))))
        out.add("no move exceeds the step", longest <= step * 1.000001, f"longest {longest:.4g}", f"at most {step:g}")
