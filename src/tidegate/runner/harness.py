# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Runs inside the sandbox: confine first, then execute the simulation and measure its invariants.

Standalone by design (no import of this package): the parent passes one JSON document on standard
input and reads one line of JSON from standard output.  Confinement is seccomp (no sockets, no new
processes, no exec), Landlock (no file outside the interpreter's own) and resource limits; where
the kernel offers neither, nothing is run.
"""

import ctypes
import inspect
import itertools
import json
import math
import os
import platform
import random
import re
import resource
import struct
import sys

DENIED = {
    "x86_64": (0xC000003E, (41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 53, 56, 57, 58, 59, 62, 101, 129, 161, 165, 166, 200, 234, 246, 248, 250, 272, 288, 298, 299,
                            303, 304, 307, 308, 310, 311, 321, 322, 323, 424, 425, 426, 427, 434, 435)),
    "aarch64": (0xC00000B7, (97, 117, 129, 130, 131, 198, 199, 200, 201, 202, 203, 206, 207, 211, 212, 217, 218, 219, 220, 221, 240, 242, 243, 264, 265, 268, 269,
                             270, 271, 280, 281, 282, 39, 40, 51, 424, 425, 426, 427, 434, 435)),
}  # fmt: skip


def limit(cpu_s: int, memory_bytes: int) -> None:
    """Resource limits: CPU seconds, address space, no file writes, few descriptors, no core."""
    for what, value in ((resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 64),
                        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NPROC, 0)):  # fmt: skip
        resource.setrlimit(what, (value, value))


def landlock(readable: list[str]) -> bool:
    """Only the interpreter's own folders stay readable; nothing is writable."""
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(444, None, 0, 1)
    if abi < 1:
        return False
    every = (1 << (13 if abi == 1 else 14 if abi == 2 else 15 if abi < 5 else 16)) - 1
    attributes = struct.pack("Q", every)
    ruleset = libc.syscall(444, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    for path in readable:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rights = (4 | 8) if os.path.isdir(path) else 4
        libc.syscall(445, ruleset, 1, struct.pack("<Qi", rights, fd), 0)
        os.close(fd)
    return libc.syscall(446, ruleset, 0) == 0


def seccomp() -> bool:
    """No sockets, no new processes, no exec, no tracing, no signals to others: each answers EPERM."""
    known = DENIED.get(platform.machine())
    if known is None:
        return False
    architecture, numbers = known
    program = [(0x20, 0, 0, 4), (0x15, 1, 0, architecture), (0x06, 0, 0, 0x80000000), (0x20, 0, 0, 0)]
    if platform.machine() == "x86_64":
        program += [(0x35, 0, 1, 0x40000000), (0x06, 0, 0, 0x80000000)]
    for i, number in enumerate(numbers):
        program.append((0x15, len(numbers) - i, 0, number))
    program += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050001)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    libc = ctypes.CDLL(None, use_errno=True)
    fprog = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer))
    return libc.prctl(22, 2, fprog, 0, 0) == 0


def confine(cpu_s: int, memory_bytes: int) -> bool:
    """All of it, or False."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0:
        return False
    own = sorted(
        {
            sys.prefix,
            sys.base_prefix,
            "/usr/lib",
            "/lib",
            "/lib64",
            "/usr/lib64",
            "/etc/ld.so.cache",
            "/dev/null",
            "/dev/urandom",
        }
    )
    if not landlock(own):
        return False
    limit(cpu_s, memory_bytes)
    return seccomp()


ENTRIES = ("simulate", "run", "run_simulation", "simulation", "trajectory", "sample", "mcmc", "metropolis", "monte_carlo", "integrate", "evolve", "solve", "propagate",
           "walk", "random_walk", "run_mc", "run_md", "gillespie", "run_monte_carlo", "simulate_walk", "md", "mc")  # fmt: skip
CHAIN_WORDS = (
    "metropolis",
    "mcmc",
    "monte_carlo",
    "monte carlo",
    "markov",
    "random walk",
    "random_walk",
    "brownian",
    "langevin",
)
UNIT_SUM = ("norm", "probability", "total_probability", "norms", "prob")
CONSERVED = (
    "energy",
    "total_energy",
    "hamiltonian",
    "energies",
    "momentum",
    "total_momentum",
    "angular_momentum",
    "mass",
    "total_mass",
    "charge",
    "total",
    "population_total",
    "invariant",
    "conserved",
)
STEP_NAMES = ("step", "step_size", "delta", "max_step", "stepsize", "dx", "sigma", "max_displacement", "step_length")


def parameters_of(function, seed, given):
    """Keyword arguments for a call: those of the contract, and the seed in whatever form is asked."""
    import numpy as np

    out = dict(given)
    for name, p in inspect.signature(function).parameters.items():
        if name in out:
            continue
        if name in ("seed", "random_seed", "random_state"):
            out[name] = seed
        elif name in ("rng", "generator"):
            out[name] = np.random.default_rng(seed)
        elif p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY):
            raise TypeError(f"parameter {name!r} has no default: name it in SIMULATION['params']")
    return out


def call(function, seed, given):
    """Run the entry with every source of randomness seeded."""
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    return function(**parameters_of(function, seed, given))


def as_series(result):
    """What a run returned, as named arrays: a dict, a tuple, or one array of states."""
    import numpy as np

    if isinstance(result, dict):
        return {str(k): np.asarray(v) for k, v in result.items() if not isinstance(v, (str, bytes, dict))}
    if isinstance(result, tuple):
        return {f"output{i}": np.asarray(v) for i, v in enumerate(result)}
    return {"states": np.asarray(result)}


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
    out.add(f"{name} is conserved", drift <= tolerance, f"relative drift {drift:.3g}", f"at most {tolerance:g}")


def run_invariant(out, spec, space, entry, given, seed, series):
    """One invariant of a contract; each kind is described in docs/how-to/verify.md."""
    import numpy as np

    kind, of = spec.get("kind"), spec.get("of")
    value = series.get(of) if isinstance(of, str) and of in series else None
    if value is None and isinstance(of, str):
        value = np.asarray(eval(of, {**space, "np": np, "math": math}, dict(series)))  # runs inside the sandbox only
    label = spec.get("name") or f"{kind} {of}"
    if kind == "conserved":
        conserved(out, spec.get("name") or of, value, spec.get("tolerance", 1e-2))
    elif kind in ("equals", "mean"):
        wanted, x = spec["value"], np.asarray(value, float)
        got = float(x.mean()) if kind == "mean" else x
        error = float(np.max(np.abs(got - np.asarray(wanted, float))))
        tolerance = spec.get("tolerance", 1e-6)
        out.add(label, error <= tolerance, f"off by {error:.3g}", f"{wanted} within {tolerance:g}")
    elif kind == "sum":
        total = np.asarray(value, float).sum(axis=-1)
        error = float(np.max(np.abs(total - spec.get("value", 1.0))))
        out.add(label, error <= spec.get("tolerance", 1e-6), f"off by {error:.3g}", f"sum {spec.get('value', 1.0)}")
    elif kind == "bounds":
        x = np.asarray(value, float)
        low, high = spec.get("low", -math.inf), spec.get("high", math.inf)
        out.add(
            label,
            bool(np.all(np.isfinite(x)) and x.min() >= low and x.max() <= high),
            f"[{x.min():.4g}, {x.max():.4g}]",
            f"[{low}, {high}]",
        )
    elif kind == "monotone":
        steps = np.diff(np.asarray(value, float), axis=0)
        rising = spec.get("direction", "up") == "up"
        out.add(
            label,
            bool(np.all(steps >= -1e-12) if rising else np.all(steps <= 1e-12)),
            f"steps in [{steps.min():.3g}, {steps.max():.3g}]",
            "rising" if rising else "falling",
        )
    elif kind == "moves":
        chain_moves(out, value, spec.get("step"), spec.get("autocorrelation", 0.3))
    elif kind == "true":
        out.add(label, bool(np.all(value)), bool(np.all(value)), "true")
    elif kind == "order":
        order_of(out, spec, entry, given, seed, space)
    elif kind == "same":
        changed = as_series(call(entry, spec.get("seed", seed), {**given, **spec.get("with", {})}))
        a = np.asarray(series[of], float)
        b = np.asarray(changed[of], float)
        error = float(np.max(np.abs(a * spec.get("factor", 1.0) - b))) if a.shape == b.shape else math.inf
        out.add(
            label,
            error <= spec.get("tolerance", 1e-8),
            f"differs by {error:.3g}",
            f"unchanged under {spec.get('with')}",
        )
    else:
        out.add(
            str(label), None, "unknown kind", "conserved, equals, mean, sum, bounds, monotone, moves, true, order, same"
        )


def order_of(out, spec, entry, given, seed, space):
    """Convergence order by halving a parameter, against an exact value or by Richardson differences."""
    import numpy as np

    vary, base, of = spec["vary"], spec["start"], spec.get("of", "states")
    found = []
    for k in range(4):
        s = as_series(call(entry, seed, {**given, vary: base / 2**k}))
        x = s[of] if of in s else np.asarray(eval(of, {**space, "np": np, "math": math}, dict(s)))
        found.append(np.atleast_1d(np.asarray(x, float))[-1])
    if "exact" in spec:
        errors = [float(np.max(np.abs(f - np.asarray(spec["exact"], float)))) for f in found]
    else:
        errors = [float(np.max(np.abs(a - b))) for a, b in itertools.pairwise(found)]
    slopes = [math.log2(a / b) for a, b in itertools.pairwise(errors) if a > 1e-13 and b > 1e-13]
    order = slopes[-1] if slopes else math.inf
    wanted, slack = spec["order"], spec.get("tolerance", 0.35)
    out.add(
        f"convergence order in {vary}",
        order >= wanted - slack if not spec.get("exactly") else abs(order - wanted) <= slack,
        f"{order:.2f}",
        f"{wanted}",
    )


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


def infer(out, space, entry, source, series):
    """Without a contract: what the names promise."""
    import numpy as np

    lowered = source.lower()
    chance = any(w in lowered for w in ("random", "rng", "randn", "default_rng"))
    accepts = re.search(r"(?:random|uniform|rand)\([^)\n]*\)\s*<=?\s*[^\n]*exp\(|accept", lowered) is not None
    chain = chance and (accepts or any(w in lowered for w in CHAIN_WORDS))
    for name, x in series.items():
        low = name.lower()
        if x.dtype.kind not in "fiub" or x.ndim == 0:
            if x.dtype.kind == "c" and x.ndim == 2 and low in ("states", "psi", "output0"):
                norms = (np.abs(x) ** 2).sum(axis=1)
                conserved(out, "probability", norms, 1e-4)
            continue
        if low in UNIT_SUM:
            out.add(
                f"{name} stays 1",
                bool(np.all(np.abs(np.asarray(x, float) - x.flat[0]) < 1e-6)),
                f"range {np.ptp(x):.3g}",
                "constant",
            )
        elif low in CONSERVED and not (chance and "energ" in low):
            conserved(out, name, x, 2e-2)
        if not np.all(np.isfinite(x)):
            out.add(f"{name} is finite", False, "not finite", "finite")
    defaults = {n: p.default for n, p in inspect.signature(entry).parameters.items() if p.default is not p.empty}
    step = next((defaults[n] for n in STEP_NAMES if isinstance(defaults.get(n), (int, float))), None)
    if chain:
        states = next(
            (
                series[k]
                for k in ("states", "positions", "x", "xs", "trajectory", "samples", "chain", "path", "output0")
                if k in series
            ),
            None,
        )
        if states is not None and len(np.shape(states)) >= 1 and np.asarray(states).dtype.kind in "fiu":
            stacked = np.asarray(states, float)
            if step:
                longest = float(np.max(np.abs(np.diff(stacked.reshape(len(stacked), -1), axis=0))))
                out.add(
                    "moves fit the step size",
                    longest <= 8 * step,
                    f"longest {longest:.4g}",
                    f"a step of {step:g}, at most eight times that",
                )
            small = step is None or step <= 0.5 * float(stacked.std() or 1.0)
            if small or (lag_one(stacked) or (1.0, 0))[0] < 0.05:
                chain_moves(out, stacked, None, 0.1)
    for name in ("energy", "total_energy", "hamiltonian"):
        f = space.get(name)
        states = series.get("states")
        if callable(f) and states is not None and not chance:
            try:
                conserved(out, name, [f(s) for s in states], 2e-2)
            except Exception as error:
                out.add(f"{name}(state)", None, type(error).__name__, "callable on a state")
            break


def measure(job):
    """Execute the source, find its contract, run it, measure."""
    out = Measured()
    space = {"__name__": "simulation"}
    exec(compile(job["source"], "simulation.py", "exec"), space)
    contract = space.get("SIMULATION") or {}
    name = contract.get("run") or next((n for n in ENTRIES if callable(space.get(n))), None)
    if name is None or not callable(space.get(name)):
        return {"status": "no entry", "rows": [], "entry": name}
    entry, given, seed = space[name], contract.get("params", {}), job["seed"]
    series = as_series(call(entry, seed, given))
    for spec in contract.get("invariants", ()):
        try:
            run_invariant(out, spec, space, entry, given, seed, series)
        except Exception as error:
            out.add(
                spec.get("name") or spec.get("kind"),
                None,
                f"{type(error).__name__}: {error}",
                "an invariant that can be evaluated",
            )
    infer(out, space, entry, job["source"], series)
    again = as_series(call(entry, seed, given))
    import numpy as np

    same = all(
        k in again
        and np.array_equal(np.asarray(series[k]), np.asarray(again[k]), equal_nan=series[k].dtype.kind in "fc")
        for k in series
    )
    takes_seed = any(p in inspect.signature(entry).parameters for p in ("seed", "random_seed", "random_state", "rng"))
    if takes_seed:
        out.add("one seed gives one run", same, "the same" if same else "two runs differ", "the same")
    return {"status": "ran", "rows": out.rows, "entry": name}


def main():
    """One job in, one line out."""
    job = json.loads(sys.stdin.buffer.read())
    os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

    answer_to = os.dup(1)
    os.dup2(2, 1)  # what the simulation prints is not the answer
    if not confine(job["cpu_s"], job["memory_bytes"]):
        os.write(answer_to, b'{"status":"unconfined","rows":[]}\n')
        return
    try:
        result = measure(job)
    except MemoryError:
        result = {"status": "memory", "rows": []}
    except BaseException as error:
        result = {"status": "raised", "rows": [], "error": f"{type(error).__name__}: {error}"[:300]}
    os.write(answer_to, json.dumps(result).encode() + b"\n")


if __name__ == "__main__":
    main()
