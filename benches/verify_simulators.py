# ruff: noqa: E501  (tables and the docstring read best on one line)
"""Simulators without a contract: mutants killed, sound ones alarmed: `python -m benches.verify_simulators [SET ...] [--seeds N]`.

A set is a module `tests/runner/simulators_SET.py`; without one, all are run (about an hour on two cores).  Every program is
judged as `tidegate verify` judges an answer: read, then run.  All of it is development data by now; the README says what
each set's first look was.
"""

import argparse
import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benches.report import Report
from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.runner.sandbox import run_simulation
from tidegate.spine.claim import Support
from tidegate.stats.intervals import proportion

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "runner"
EQUIVALENT = {("metropolis callback exponential", "x, lp = y, lp"), ("gillespie dimerisation matrix", "k_on * a * (a - 1)"), ("metropolis gaussian", "log_target(proposal)"), ("ising", "dE < 0 or dE == 0 and False or"), ("ising", "s[i][j] = rng.choice((-1, 1))")}  # fmt: skip
"""What changes no distribution: from the mode, accepting with π(y)/π(mode) keeps detailed balance; a(a-1) is the other convention."""
WORKERS = 2

Program = tuple[str, str, list[tuple[str, str]]]


def sets() -> list[str]:
    """The names of all sets, in their order."""
    return sorted(p.stem.partition("_")[2] for p in FOLDER.glob("simulators_*.py"))


def programs(name: str) -> dict[str, Program]:
    """Prose, source and changes by program; sets without prose have it empty."""
    found = importlib.import_module(f"tests.runner.simulators_{name}").SIMULATORS
    return {k: (entry if len(entry) == 3 else ("", *entry)) for k, entry in found.items()}


def faults(prose: str, source: str, seed: int = 1) -> list[str]:
    """What is refuted of a program with the words before it, by running it and by reading it."""
    answer = f"{prose}\n\n```python\n{source}\n```\n"
    read = [d.message for d in verify_answer(answer, "", Knowledge()).decisions if d.support is Support.REFUTED]
    return [r.name for r in run_simulation(source, seed=seed, prose=prose).rows if r.holds is False] + read


def killed(report: Report, name: str, pool: ThreadPoolExecutor) -> None:
    """The share of a set's changes that are noticed."""
    changes = [
        (program, prose, source, old, new)
        for program, (prose, source, mutants) in programs(name).items()
        for old, new in mutants
        if (program, new) not in EQUIVALENT
    ]
    if not changes:
        return
    dead = list(pool.map(lambda c: bool(faults(c[1], c[2].replace(c[3], c[4]))), changes))
    for (program, _, _, old, new), noticed in zip(changes, dead, strict=True):
        if not noticed:
            print(f"  survives: {name}, {program}: {old.strip()!r} -> {new.strip()!r}", flush=True)
    got = (sum(dead), len(dead))
    report.row(
        f"simulators {name}: mutants killed",
        goal=">= 0.95",
        measured=str(proportion(got)),
        holds=got[0] / got[1] >= 0.95,
    )


def sound(report: Report, names: list[str], seeds: int, pool: ThreadPoolExecutor) -> None:
    """Sound programs that are alarmed; those with chance under several seeds."""
    runs = [
        (name, program, prose, source, seed)
        for name in names
        for program, (prose, source, _) in programs(name).items()
        for seed in range(1, 1 + (seeds if "random" in source or "rng" in source else 1))
    ]
    alarms = 0
    for (name, program, _, _, seed), found in zip(
        runs, pool.map(lambda r: faults(r[2], r[3], r[4]), runs), strict=True
    ):
        alarms += bool(found)
        if found:
            print(f"  sound but alarmed: {name}, {program}, seed {seed}: {found}", flush=True)
    report.row(
        f"simulators: sound runs alarmed ({seeds} seeds where there is chance)",
        goal="0",
        measured=str(proportion((alarms, len(runs)))),
        holds=alarms == 0,
    )


def simulators(report: Report, names: list[str], seeds: int, *, changes: bool = True) -> None:
    """Both, for these sets; without `changes` the sound programs alone."""
    with ThreadPoolExecutor(WORKERS) as pool:
        for name in names if changes else ():
            killed(report, name, pool)
        sound(report, names, seeds, pool)


def main() -> None:
    """Run the sets that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=sets(), help="names of sets, as s or t (default: all)")
    parser.add_argument("--seeds", type=int, default=20, help="seeds of each sound program with chance (default 20)")
    parser.add_argument("--sound", action="store_true", help="only the sound programs, no changes")
    arguments = parser.parse_args()
    unknown = set(arguments.sets) - set(sets())
    if unknown:
        sys.exit(f"no set of this name: {', '.join(sorted(unknown))}; there are {', '.join(sets())}")
    report = Report("tidegate verify, simulators without a contract")
    simulators(report, arguments.sets, arguments.seeds, changes=not arguments.sound)
    report.finish([])


if __name__ == "__main__":
    main()
