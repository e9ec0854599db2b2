# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Runs simulation code of an answer where it can do no harm, and brings back what was measured.

A separate process in a session of its own: no network, no new processes, no files but the
interpreter's, bounded CPU, memory, output and wall time.  Where the kernel cannot confine
(no Landlock or no seccomp), nothing runs and the claim stays unverifiable.
"""

import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from tidegate.check.verify.code.blocks import FENCE, code_blocks
from tidegate.check.verify.simulation import Invariant, SimulationRun

HARNESS = Path(__file__).with_name("harness.py")
ENTRY = re.compile(
    r"^def (?:simulate|run|run_simulation|simulation|trajectory|sample|mcmc|metropolis|monte_carlo|integrate|evolve|solve|propagate|walk|random_walk|run_mc|run_md|gillespie|run_monte_carlo|simulate_walk|md|mc)\(|^SIMULATION\s*=",
    re.M,
)
SPEAKS = re.compile(
    r"simulat|monte.?carlo|metropolis|mcmc|gillespie|verlet|runge|leapfrog|euler|brownian|random.?walk|ising|langevin|markov|kuramoto|automat|game.of.life|\brule.?\d|laplace|poisson|relax|queue|gambler|cooling|circuit|bateman|percolat|importance|default_rng|random\.(?:random|seed|Random|choice|randint|gauss|uniform)\b|\bpi\b|_pi\b|oscillator|pendulum|orbit|n.?body|lennard|heat equation|diffusion|wave equation|schr[oö]dinger|"
    r"epidemic|\bsir\b|lotka|lorenz|queue|black.?scholes|\bgbm\b|decay|estimate_pi|m/?m/?1|\barrivals?\b|\bdt\b|time_step|timestep|trajector|integrat|solve_ivp|odeint",
    re.I,
)
PROMISES = re.compile(r"\bprint\(.*\b(?:expected|theory|theoretical|exact|analytic(?:al)?|should be)\b", re.I)
LOOPS = re.compile(
    r"^\s*(?:for|while)\b|solve_ivp|odeint|cumsum|standard_normal|\.normal\(|\.choice\(|\.random\(", re.M
)

PROSE_MAX = 20_000


def looks_like_simulation(source: str, prose: str = "") -> bool:
    """Whether a block of Python steps something forward: a telling entry, or a loop and the words for it in or around it."""
    if ENTRY.search(source):
        return True
    whole = re.search(r"^(?:def|class|import|from)\b|^\w[\w, ]* = .*\n(?:.*\n)*?(?:for|while)\b", source, re.M)
    speaks = SPEAKS.search(source) or SPEAKS.search(prose) or PROMISES.search(source)
    return whole is not None and speaks is not None and LOOPS.search(source) is not None and "input(" not in source


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulation may use."""

    wall_s: float = 60.0
    cpu_s: int = 15
    memory_bytes: int = 2 * 1024**3
    output_bytes: int = 1024 * 1024


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How the confined process ended: ran, timeout, output, killed, or the harness's own status."""

    status: str
    rows: tuple[Invariant, ...] = ()
    detail: str = ""


def simulations_in(
    text: str, *, program: bool = False, seed: int = 1, limits: Limits | None = None
) -> list[SimulationRun]:
    """Run every Python block of `text` that looks like a simulation."""
    out: list[SimulationRun] = []
    prose = "" if program else FENCE.sub("\n", text)[:PROSE_MAX]
    for language, body, start, end in [("python", text, 0, len(text))] if program else code_blocks(text):
        if language in ("python", "py", "python3", "") and looks_like_simulation(body, prose):
            found = run_simulation(body, seed=seed, limits=limits, prose=prose)
            if not found.rows and not ENTRY.search(body) and found.status in ("ran", "no entry", "raised"):
                continue  # a guess that showed nothing
            out.append(SimulationRun(start=start, end=end, status=found.status, rows=found.rows, detail=found.detail))
    return out


def run_simulation(source: str, *, seed: int = 1, limits: Limits | None = None, prose: str = "") -> Outcome:
    """Run one simulation and measure its invariants; `prose` around it may say what it models."""
    bound = limits or Limits()
    job = msgspec.json.encode(
        {"source": source, "prose": prose, "seed": seed, "cpu_s": bound.cpu_s, "memory_bytes": bound.memory_bytes}
    )
    status, stdout, detail = run_confined([sys.executable, "-I", "-B", str(HARNESS)], job, bound)
    if status != "ended" and not (status == "timeout" and stdout.endswith(b"\n")):
        return Outcome(status=status, detail=detail)  # of a run that took too long, what it had told before stands
    try:
        answer = msgspec.json.decode(stdout.strip().rpartition(b"\n")[2] or b"{}")
        rows = tuple(msgspec.convert(r, Invariant) for r in answer.get("rows", ()))
        return Outcome(status=str(answer.get("status", "killed")), rows=rows, detail=str(answer.get("error", "")))
    except (msgspec.DecodeError, msgspec.ValidationError, AttributeError):
        return Outcome(status="killed", detail=detail)


def run_confined(command: list[str], stdin: bytes, limits: Limits) -> tuple[str, bytes, str]:
    """Start, feed, read within bounds, and end the whole session: (status, stdout, what stderr said last)."""
    environment = {"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env=environment,
        start_new_session=True,
        close_fds=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    until = time.monotonic() + limits.wall_s
    kept = {process.stdout: bytearray(), process.stderr: bytearray()}
    status = "ended"
    try:
        try:
            process.stdin.write(stdin)
            process.stdin.close()
        except BrokenPipeError:
            pass
        open_streams = [process.stdout, process.stderr]
        while open_streams:
            left = until - time.monotonic()
            if left <= 0:
                status = "timeout"
                break
            ready, _, _ = select.select(open_streams, [], [], left)
            for stream in ready:
                data = os.read(stream.fileno(), 65536)
                if not data:
                    open_streams.remove(stream)
                kept[stream] += data
                if len(kept[stream]) > limits.output_bytes:
                    status = "output"
                    open_streams = []
                    break
    finally:
        if process.poll() is None:
            if status == "ended":
                try:
                    process.wait(timeout=max(0.1, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    status = "timeout"
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        process.stdout.close()
        process.stderr.close()
    if (status == "ended" and process.returncode == -signal.SIGXCPU) or (
        process.returncode == -signal.SIGKILL and status == "ended"
    ):
        status = "timeout"
    return status, bytes(kept[process.stdout]), bytes(kept[process.stderr][-300:]).decode(errors="replace")
