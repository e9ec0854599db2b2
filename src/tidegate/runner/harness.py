# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Runs inside the sandbox: confine first, then execute the simulation and measure its invariants.

The modules of `confined` are imported before the confinement; the parent passes one JSON document on standard
input and reads one line of JSON from standard output.  Confinement is seccomp (no sockets, no new
processes, no exec), Landlock (no file outside the interpreter's own) and resource limits; where
the kernel offers neither, nothing is run.
"""

import ast
import contextlib
import ctypes
import importlib
import json
import os
import pathlib
import platform
import re
import resource
import struct
import sys
import time
import traceback
from typing import Any

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


# errors of a simulation's own arithmetic: not of a missing package, file or parameter
DEFECTS = (ZeroDivisionError, OverflowError, IndexError, UnboundLocalError, FloatingPointError)


def laws_of(groups, ctx):
    """Every group of laws on one run."""
    for laws in groups:
        try:
            laws.check(ctx)
        except (
            ValueError,
            TypeError,
            ZeroDivisionError,
            IndexError,
            KeyError,
            AttributeError,
            ArithmeticError,
        ) as error:
            ctx.out.add(
                f"{laws.__name__.rpartition('.')[2]}",
                None,
                f"{type(error).__name__}: {error}",
                "a law that can be evaluated",
            )


WEAK = ("the field is finite", "the field stays bounded")  # what nearly every program keeps


def measure(job, confined):
    """Execute the source, find what to run, run it, measure; where nothing was measured, watch its loop."""
    entry, measured, watched, contract, *groups, shows, absent, otherwise = confined
    absent.stand_in()
    job["began_s"] = time.process_time()
    out = measured.Measured()
    space = {"__name__": "simulation"}
    tree = ast.parse(job["source"])
    try:
        exec(compile(job["source"], "simulation.py", "exec"), space)
    except DEFECTS:
        raise
    except Exception:
        rows = whole(job, made_of(shows, job, tree, None))
        if any(row["holds"] is False for row in rows):
            return {"status": "ran", "rows": rows, "entry": "the script"}
        raise
    stated = space.get("SIMULATION") or {}
    filmed = made_of(shows, job, tree, None) if drives(tree) else None
    subject = entry.find(space, tree, stated, filmed.film.arguments if filmed is not None else None)
    shown = whole(job, filmed or made_of(shows, job, tree, subject))
    ctx, failed = None, None
    try:
        if subject is not None:
            ctx = run_once(entry, measured, contract, groups, job, space, subject, out, stated)
            varied(otherwise, ctx, groups)
        if all(row["name"] in WEAK for row in out.rows) and not stated.get("run"):
            ctx = watch_loop(measured, watched, groups, job, space, tree, subject, out) or ctx
        if ctx is not None:
            repeated(out, ctx)
    except DEFECTS:
        raise
    except Exception as error:  # a function that was called with guessed values; the program as a whole may run
        failed = error
    out.rows += shown
    if failed is not None and not out.rows and (filmed is None or filmed.film.error is not None):
        raise failed
    if ctx is None and not out.rows:
        return {"status": "no entry", "rows": [], "entry": stated.get("run")}
    return {"status": "ran", "rows": out.rows, "entry": ctx.subject.name if ctx is not None else "the script"}


def tell(result, job):
    """One line of the answer; the last one written is the answer."""
    if "answer_to" in job:
        os.write(job["answer_to"], json.dumps(result).encode() + b"\n")


def drives(tree):
    """Whether a program does something by itself, and not only defines."""
    return any(isinstance(n, (ast.For, ast.While, ast.Expr, ast.If)) and not _told(n) for n in tree.body) or any(
        isinstance(n, ast.Assign) and any(isinstance(c, ast.Call) for c in ast.walk(n.value)) for n in tree.body
    )


def made_of(shows, job, tree, subject):
    """The film of the program as it runs from its first line to its last, of its entry where it only defines; or None."""
    left = job["cpu_s"] - 1.0 - (time.process_time() - job["began_s"])
    if left < 2:
        return None
    call = None
    if not drives(tree) and subject is not None:

        def call():
            subject.again(job["seed"])
            return None

    try:
        return shows.Shows(job["source"], tree, job.get("prose", ""), job["seed"], 0.35 * left, call)
    except Exception:
        return None


def whole(job, filmed):
    """What a film shows; each law's rows are told as they are found, so that they stand where time runs out."""
    return (
        filmed.measure(lambda rows: tell({"status": "ran", "rows": rows, "entry": "the script"}, job)) if filmed else []
    )


def _told(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def run_once(entry, measured, contract, groups, job, space, subject, out, stated):
    """What a subject's own outputs say: its contract, the laws, its own energy function."""
    import numpy as np

    np.seterr(all="ignore")
    seed = job["seed"]
    with entry.noticed(space, job["source"]):
        series = subject.again(seed)
    for spec in stated.get("invariants", ()):
        try:
            contract.run_invariant(out, spec, space, subject, seed, series)
        except Exception as error:
            out.add(
                spec.get("name") or spec.get("kind"),
                None,
                f"{type(error).__name__}: {error}",
                "an invariant that can be evaluated",
            )
    ctx = measured.Context(out, subject, series, job["source"], space, seed, 0.4 * job["cpu_s"], job.get("prose", ""))
    laws_of(groups, ctx)
    for name in ("energy", "total_energy", "hamiltonian"):
        f, states = space.get(name), series.get("states")
        if callable(f) and states is not None and not ctx.chance and states.ndim:
            try:
                measured.conserved(out, name, [f(s) for s in states], 2e-2)
            except Exception as error:
                out.add(f"{name}(state)", None, type(error).__name__, "callable on a state")
            break
    return ctx


def varied(otherwise, ctx, groups):
    """The same laws with other parameters; a program may break with them as it likes."""
    with contextlib.suppress(Exception):
        otherwise.check(ctx, groups, laws_of)


def watch_loop(measured, watched, groups, job, space, tree, subject, out):
    """The laws on the local variables of the busiest loop; None where there is none."""
    found = watched.watch(space, tree, job["source"], subject)
    if found is None:
        return None
    series = found.again(job["seed"])
    if not series:
        return None
    found.params.update({k: v for k, v in found.fixed.items() if k not in found.params})
    ctx = measured.Context(
        out, found, series, job["source"], space, job["seed"], 0.4 * job["cpu_s"], job.get("prose", "")
    )
    laws_of(groups, ctx)
    return ctx


def repeated(out, ctx):
    """One seed gives one run, where a seed is taken."""
    import numpy as np

    if not ctx.subject.takes_seed or not ctx.can_run(1):
        return
    again = ctx.subject.again(ctx.seed)
    same = all(
        k in again and np.array_equal(np.asarray(v), np.asarray(again[k]), equal_nan=np.asarray(v).dtype.kind in "fc")
        for k, v in ctx.series.items()
    )
    out.add("one seed gives one run", same, "the same" if same else "two runs differ", "the same")


def modules() -> tuple[Any, ...]:
    """What judges a run, in the order `measure` takes it; imported before the confinement."""
    return tuple(
        importlib.import_module(f"tidegate.runner.confined.{name}")
        for name in (
            "entry",
            "measured",
            "watched",
            "contract",
            "laws_motion",
            "laws_field",
            "laws_transport",
            "laws_chance",
            "laws_jump",
            "laws_exact",
            "shows",
            "absent",
            "otherwise",
        )
    )


def said(error: BaseException) -> str:
    """An error in a line, without the folders of this machine (`ImportError … (/…/scipy/__init__.py)`)."""
    return re.sub(r" \(/[^()]*\)", "", f"{type(error).__name__}: {error}")[:300]


def judged(job: dict[str, Any], confined: tuple[Any, ...]) -> dict[str, Any]:
    """What was measured, or how the program failed: its own arithmetic breaking is a law broken."""
    try:
        return measure(job, confined)
    except DEFECTS as error:
        own = any(frame.filename == "simulation.py" for frame in traceback.extract_tb(error.__traceback__))
        row = {
            "name": "it runs with its own parameters",
            "holds": False,
            "measured": f"{type(error).__name__}: {error}"[:200],
            "expected": "no error",
        }
        return {"status": "ran", "rows": [row]} if own else {"status": "raised", "rows": [], "error": said(error)}
    except MemoryError:
        return {"status": "memory", "rows": []}
    except BaseException as error:
        return {"status": "raised", "rows": [], "error": said(error)}


def main():
    """One job in, one line out."""
    job = json.loads(sys.stdin.buffer.read())
    os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
    confined = modules()
    answer_to = os.dup(1)
    os.dup2(2, 1)  # what the simulation prints is not the answer
    time.sleep = lambda _seconds: None  # nobody waits for a program that shows its steps slowly
    if not confine(job["cpu_s"], job["memory_bytes"]):
        os.write(answer_to, b'{"status":"unconfined","rows":[]}\n')
        return
    job["answer_to"] = answer_to
    tell(judged(job, confined), job)


if __name__ == "__main__":
    main()
