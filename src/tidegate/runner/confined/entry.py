# ruff: noqa: E501  (tables read best on one line)
"""Find what to run in a stranger's simulation and give its outputs names.

A contract's `run`, a function with a telling name, any function whose parameters can be filled,
a class with a run or step method, or the script itself.  Outputs are named by the dict's keys,
by the variables of the return statement, or by the attributes of the object.
"""

import ast
import contextlib
import copy
import inspect
import random
import re
import sys
import time
import types

from tidegate.runner.confined.film import made_of_records, number

ENTRIES = ("simulate", "run", "run_simulation", "simulation", "trajectory", "sample", "mcmc", "metropolis", "monte_carlo", "integrate", "evolve", "solve", "propagate",
           "walk", "random_walk", "run_mc", "run_md", "gillespie", "run_monte_carlo", "simulate_walk", "md", "mc")  # fmt: skip
METHODS = ("run", "simulate", "evolve", "integrate", "solve", "propagate", "sample", "main_loop")
HELPERS = ("force", "potential", "energy", "acceler", "deriv", "rhs", "log", "target", "density", "pdf", "plot", "print", "init", "test", "main", "hamiltonian", "lattice", "neighbor", "distance", "laplacian",
    "f", "g")  # fmt: skip
HELPS = re.compile(
    "(?:" + "|".join(h if len(h) > 3 else f"{h}(?:_|$)" for h in HELPERS) + "|log(?:p|prob|pdf|target|like|density))"
)  # a short helper's name must be a whole word: logistic is no log
SEEDS = ("seed", "random_seed", "random_state", "rng_seed")
STREAMS = ("rng", "generator", "rand", "random_generator")
# values for parameters without a default, by what their names say
GUESSES = (
    (("n_steps", "nsteps", "num_steps", "steps", "n_iter", "num_iterations", "iterations", "nt", "n_samples", "num_samples", "nsamples", "n_moves", "n_sweeps", "sweeps", "n_trials", "trials", "n_paths", "paths", "num_simulations", "n_sims", "n_simulations", "n_customers"), 2000),
    (("n_particles", "n_walkers", "walkers", "num_particles", "n_agents", "n"), 200), (("nx", "m", "n_points", "grid_size"), 64), (("l", "size", "lattice_size"), 8), (("dt", "h", "delta_t", "time_step", "timestep"), 0.01),
    (("t_max", "tmax", "t_end", "t_final", "total_time", "duration", "t_stop"), 10.0), (("temperature", "beta", "k", "mass", "sigma", "d", "omega", "gamma", "g", "l0", "length"), 1.0),
    (("step", "step_size", "delta"), 0.5), (("x0", "v0", "theta0", "initial", "start"), 0.5),
)  # fmt: skip


class Subject:
    """What is run: `call(seed, **changes)` answers named arrays; `params` are the numbers it runs with."""

    def __init__(self, name, call, params, given, takes_seed, node):
        self.name, self.function, self.params, self.given, self.takes_seed, self.node = (
            name,
            call,
            params,
            given,
            takes_seed,
            node,
        )
        self.cost = self.used_s = 0.0
        self.watched = False

    def again(self, seed, **changes):
        """Run with every source of randomness seeded."""
        import numpy as np

        random.seed(seed)
        np.random.seed(seed % 2**32)
        began = time.process_time()
        result = self.function(seed, {**self.given, **changes})
        took = time.process_time() - began
        self.cost, self.used_s = max(self.cost, took), self.used_s + took
        return named(result, self.node)


def find(space, tree, contract, seen=None):
    """The Subject of a source that was executed into `space`, or None; `seen` holds what its own run called functions with."""
    seen = seen or {}
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    wanted = contract.get("run")
    if wanted is not None:
        return (
            of_function(space, wanted, functions, contract.get("params", {}), seen)
            if callable(space.get(wanted))
            else None
        )
    for name in (*[e for e in ENTRIES if e in functions], *_likely(functions)):
        subject = of_function(space, name, functions, contract.get("params", {}), seen)
        if subject is not None:
            return subject
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and isinstance(space.get(node.name), type):
            subject = of_class(space[node.name], node, seen)
            if subject is not None:
                return subject
    return of_script(space, tree)


def _likely(functions):
    """Functions of the source that may be the simulation: those that loop first, later ones before earlier."""
    kept = [n for n in functions if not n.startswith("_") and not HELPS.match(n.lower())]
    returns = [n for n in kept if any(isinstance(x, ast.Return) and x.value is not None for x in own(functions[n]))]
    loops = [n for n in returns if any(isinstance(x, (ast.For, ast.While)) for x in ast.walk(functions[n]))]
    return [*reversed(loops), *[n for n in reversed(returns) if n not in loops]]


def filled(function, given, seen=None):
    """Values for the parameters that have no default, as the program's own run had them; None where nothing is known."""
    out = {}
    for name, p in inspect.signature(function).parameters.items():
        if (
            name in given
            or name in SEEDS
            or name in STREAMS
            or p.default is not p.empty
            or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ):
            continue
        value = (seen or {}).get(name, next((v for names, v in GUESSES if name.lower() in names), None))
        if value is None:
            return None
        out[name] = value
    return out


def of_function(space, name, functions, given, seen):
    """A Subject that calls one function."""
    import numpy as np

    function = space[name]
    try:
        parameters = inspect.signature(function).parameters
        guessed = filled(function, given, seen.get(name))
    except (TypeError, ValueError):
        return None
    if guessed is None:
        return None
    defaults = {n: p.default for n, p in parameters.items() if p.default is not p.empty}
    node = functions.get(name)
    numbers = constants(space, node, {**defaults, **guessed, **given})

    def call(seed, changes):
        arguments = {**copy.deepcopy(fixed), **{k: v for k, v in changes.items() if k in parameters}}
        for n in parameters:
            if n in SEEDS:
                arguments[n] = seed
            elif n in streams:
                arguments[n] = stream(seed, seen.get(name, {}).get(n, defaults.get(n)), node)
        return function(**arguments)

    streams = {
        n for n in parameters if n in STREAMS or isinstance(guessed.get(n), (random.Random, np.random.Generator))
    }
    fixed = {k: v for k, v in guessed.items() if k not in streams}
    seeded = bool(streams) or any(n in SEEDS for n in parameters)
    return Subject(name, call, numbers, dict(given), seeded, node)


def stream(seed, like, node):
    """A seeded source of random numbers of the kind that the program itself passes, or that a function's calls ask for."""
    import numpy as np

    text = ast.unparse(node) if node is not None else ""
    plain = isinstance(like, random.Random) or like is random or "random.Random" in text
    return random.Random(seed) if plain else np.random.default_rng(seed)


def of_class(kind, node, seen):
    """A Subject that builds an object and runs or steps it."""
    methods = {n.name: n for n in node.body if isinstance(n, ast.FunctionDef)}
    runner = next((m for m in METHODS if m in methods), None) or ("step" if "step" in methods else None)
    if runner is None:
        return None
    try:
        guessed = filled(kind, {}, seen.get(f"{node.name}.__init__"))
        signature = inspect.signature(kind).parameters
        method = inspect.signature(getattr(kind, runner)).parameters
    except (TypeError, ValueError):
        return None
    inner = {
        n: seen.get(f"{node.name}.{runner}", {}).get(n, next((v for names, v in GUESSES if n.lower() in names), None))
        for n, p in list(method.items())[1:]
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
    }
    if guessed is None or any(v is None for v in inner.values()):
        return None
    defaults = {n: p.default for n, p in {**signature, **method}.items() if p.default is not p.empty}
    streams = {n for n in signature if n in STREAMS}
    fixed = {k: v for k, v in guessed.items() if k not in streams}
    seeded = bool(streams) or any(n in SEEDS for n in signature)

    def call(seed, changes):
        import numpy as np

        arguments = {**copy.deepcopy(fixed), **{k: v for k, v in changes.items() if k in signature}}
        for n in signature:
            if n in SEEDS:
                arguments[n] = seed
            elif n in streams:
                arguments[n] = stream(seed, seen.get(f"{node.name}.__init__", {}).get(n), node)
        made = kind(**arguments)
        if runner != "step":
            result = getattr(made, runner)(**{**inner, **{k: v for k, v in changes.items() if k in method}})
            return vars(made) if result is None else result
        kept = {}
        for _ in range(600):
            made.step(**inner)
            for key, value in vars(made).items():
                if isinstance(value, (int, float, np.ndarray)) and not isinstance(value, bool):
                    kept.setdefault(key, []).append(np.array(value, copy=True))
        return {k: np.array(v) for k, v in kept.items()}

    return Subject(
        f"{node.name}.{runner}",
        call,
        {k: v for k, v in {**guessed, **defaults}.items() if number(v)},
        {},
        seeded,
        methods.get(runner),
    )


def of_script(space, tree):
    """A Subject for a script without a function: what its run recorded in its global names, and its times."""
    import numpy as np

    kept = made_of_records(tree)
    functions = any(isinstance(n, ast.FunctionDef) for n in tree.body)
    left = {
        k: v
        for k, v in space.items()
        if not k.startswith("_")
        and (k in kept or functions or k in ("t", "ts", "time", "times"))
        and isinstance(v, (list, np.ndarray))
        and len(np.shape(v)) >= 1
        and len(v) >= 10
    }
    if not left:
        return None
    turned = {n.id for loop in ast.walk(tree) if isinstance(loop, ast.For) for n in ast.walk(loop.target) if isinstance(n, ast.Name)}  # fmt: skip
    numbers = {k: v for k, v in space.items() if not k.startswith("_") and number(v) and k not in turned}
    return Subject("the script", lambda _seed, _changes: left, numbers, {}, False, None)


CALLBACKS = re.compile(
    r"(?:log_?)?(?:density|prob|target|pdf|posterior|likelihood)|logp|log_p|log_pi|potential|target_\w+"
)


@contextlib.contextmanager
def noticed(space, source):
    """Functions that a run hands around under a telling name are put beside the module's own, for the laws to find."""
    if not CALLBACKS.search(source.lower()):
        yield
        return
    left = 20_000

    def watch(frame, event, _):
        nonlocal left
        left -= 1
        if left < 0:
            sys.setprofile(None)
        if event == "call" and frame.f_code.co_filename == "simulation.py":
            for name, value in frame.f_locals.items():
                if isinstance(value, (types.FunctionType, types.MethodType)) and CALLBACKS.fullmatch(name.lower()):
                    space.setdefault(name, value)
            own = frame.f_locals.get("self")
            for name in vars(type(own)) if type(own).__module__ == "simulation" else ():
                if CALLBACKS.fullmatch(name.lower()) and isinstance(
                    getattr(own, name, None), (types.FunctionType, types.MethodType)
                ):
                    space.setdefault(name, getattr(own, name))

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(None)


def constants(space, node, known):
    """Numbers a run works with: module constants, parameters, and simple assignments before the first loop."""
    import numpy as np

    out = {
        k: v
        for k, v in space.items()
        if not k.startswith("__") and (number(v) or (isinstance(v, np.ndarray) and v.size <= 10**5))
    }
    out.update({k: v for k, v in known.items() if number(v) or isinstance(v, (np.ndarray, tuple, list))})
    if node is None:
        return out
    stored = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for statement in node.body:
        if isinstance(statement, (ast.For, ast.While)):
            break
        if (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and not any(isinstance(n, ast.Call) and "rng" in ast.unparse(n) for n in ast.walk(statement))
        ):
            target, value = statement.targets[0], statement.value
            pairs = (
                zip(target.elts, value.elts, strict=True)
                if isinstance(target, ast.Tuple)
                and isinstance(value, ast.Tuple)
                and len(target.elts) == len(value.elts)
                else [(target, value)]
            )
            for name, expression in pairs:
                if isinstance(name, ast.Name) and stored.count(name.id) == 1:
                    try:
                        found = eval(
                            compile(ast.Expression(expression), "constant", "eval"), dict(space), dict(out)
                        )  # confined
                    except Exception:
                        continue
                    if number(found) or (isinstance(found, np.ndarray) and found.size <= 10**5):
                        out[name.id] = found
    return out


def named(result, node):
    """What a run returned, as named arrays."""
    import numpy as np

    if result is None:
        return {}
    if hasattr(result, "_asdict"):
        result = result._asdict()
    elif not isinstance(result, (dict, tuple, list, np.ndarray)) and not number(result) and hasattr(result, "__dict__"):
        result = vars(result)
    if isinstance(result, dict):
        return {
            str(k): array(v)
            for k, v in result.items()
            if not isinstance(v, (str, bytes, dict, types.FunctionType)) and array(v) is not None
        }
    names = returned(node)
    if isinstance(result, tuple):
        if len(names) != len(result):
            names = [f"output{i}" for i in range(len(result))]
        return {n: array(v) for n, v in zip(names, result, strict=True) if array(v) is not None}
    value = array(result)
    if value is None:
        return {}
    columns = appended(node, names[0]) if len(names) == 1 else []
    if columns and value.ndim == 2 and value.shape[1] == len(columns):
        return {c: value[:, i] for i, c in enumerate(columns)}
    out = {"states": value}
    if len(names) == 1 and not names[0].startswith("output"):
        out[names[0]] = value
    return out


def array(value):
    """A numeric array, or None."""
    import numpy as np

    try:
        out = np.asarray(value)
    except Exception:
        return None
    return out if out.dtype.kind in "fiubc" else None


def returned(node):
    """The variables of the last return statement."""
    if node is None:
        return []
    statements = [n for n in own(node) if isinstance(n, ast.Return) and n.value is not None]
    if not statements:
        return []
    value = statements[-1].value
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    out = [base(p) or f"output{i}" for i, p in enumerate(parts)]
    return out if len(set(out)) == len(out) else [f"output{i}" for i in range(len(parts))]


def own(node):
    """The nodes of a function without those of the functions inside it, in order."""
    waiting = list(node.body)
    while waiting:
        n = waiting.pop(0)
        yield n
        if not isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting = [*ast.iter_child_nodes(n), *waiting]


def base(expression):
    """The name at the root of an expression: `np.array(xs)` is xs, `self.x` is x."""
    if isinstance(expression, ast.Name):
        return expression.id
    if isinstance(expression, ast.Attribute):
        return expression.attr
    if isinstance(expression, ast.Call) and expression.args:
        return base(expression.args[0])
    if isinstance(expression, ast.Subscript):
        return base(expression.value)
    return None


def appended(node, name):
    """Column names of a list of tuples that is returned: `out.append((t, S, I, R))`."""
    for call in ast.walk(node) if node is not None else ():
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "append"
            and base(call.func.value) == name
            and call.args
        ):
            item = call.args[0]
            if isinstance(item, (ast.Tuple, ast.List)):
                out = [base(e) or ("t" if "dt" in ast.unparse(e) else f"column{i}") for i, e in enumerate(item.elts)]
                return out if len(set(out)) == len(out) else []
    return []
