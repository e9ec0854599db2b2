"""The false-stop rate of whole runs, by simulation through the production code.

    python -m benches.toolguard_rates [--runs N] [--log FILE] [--workers N] [--json]

Legitimate runs of any length (1 to 25 stretches of work out of the 64 good kinds of `tests/admit/toolguard/worlds`,
in eleven lines of work and five API forms) are judged one by one; run i depends on the seed and i alone, and `--log`
keeps what was judged, so that the study can be broken off and resumed.

Three figures: how many runs the built-in thresholds end; how many the e-process ends where its threshold is fitted at
alpha = 1 % to 500 runs of the same kind and tried on all the others (its stated rate must hold, whatever the length);
and the same by length.
"""

import dataclasses
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from tests.admit.toolguard.worlds.forms import FORMS, AgentRun, Turn, write
from tests.admit.toolguard.worlds.legit import LEGIT
from tests.admit.toolguard.worlds.second_legit import SECOND_LEGIT
from tests.admit.toolguard.worlds.topics import DEV_TOPICS, REPORT_TOPICS
from tests.admit.toolguard.worlds.vocabulary import DEV, REPORT

from benches.report import Report
from tidegate.admit.toolguard.calibrate import calibrate
from tidegate.admit.toolguard.loops import RunState
from tidegate.admit.toolguard.model import BUILT_IN, Thresholds
from tidegate.admit.toolguard.steps import read_steps
from tidegate.readers.agent_runs import read_run
from tidegate.stats.intervals import clopper_pearson_bounds

SEED = 20261127
ALPHA = 0.01
FIT = 500
STRETCHES = (1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 5, 9, 25)


class Judged(msgspec.Struct, frozen=True, array_like=True):
    """One run: its number, steps, most evidence against it, and what ended it (empty: nothing)."""

    number: int
    steps: int
    bits: float
    ended_by: str
    nudged: bool


def legitimate(number: int) -> tuple[AgentRun, str]:
    """Run `number` and the API form it is written in: stretches of good work in one line of work, one after another."""
    rng = random.Random(SEED * 1_000_003 + number)
    second = rng.random() < 0.5
    makers: Any = SECOND_LEGIT if second else LEGIT
    about: Any = rng.choice((DEV_TOPICS + REPORT_TOPICS) if second else (DEV + REPORT))
    turns: list[Turn] = []
    task = ""
    for stretch in range(rng.choice(STRETCHES)):
        made = rng.choice(makers)(about, rng)
        task = task or made.task
        first = made.turns[0]
        if stretch:  # a person asks for the next thing
            first = dataclasses.replace(first, person=f"Next, part {stretch + 1}: {made.task}")
        turns += [first, *made.turns[1:]]
    return AgentRun(kind="legitimate", task=task, turns=tuple(turns)), rng.choice(FORMS)


def judged(number: int) -> Judged:
    """Judge one run with the built-in thresholds, and with none for the e-process."""
    run, form = legitimate(number)
    rng = random.Random(number)
    steps = read_steps(read_run({"id": str(number), "messages": write(run, form, rng)}).messages)
    state, ended, nudged = RunState(BUILT_IN), "", False
    for step in steps:
        for signal in state.step(step):
            nudged = True
            if signal.wants == "stop" and not ended:
                ended = signal.detector
    return Judged(number, len(steps), state.bits_max, ended, nudged)


def all_judged(count: int, log: Path | None, workers: int) -> Iterator[Judged]:
    """What the log holds, then the rest, judged in order and logged."""
    known: list[Judged] = []
    if log is not None and log.exists():
        for line in log.read_bytes().splitlines():
            try:
                known.append(msgspec.json.decode(line, type=Judged))
            except msgspec.DecodeError:
                break  # a torn last line
        log.write_bytes(b"".join(msgspec.json.encode(k) + b"\n" for k in known))
    yield from known[:count]
    start = len(known)
    if start >= count:
        return
    out = log.open("ab") if log is not None else None
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            rows: Iterator[Judged] = pool.map(judged, range(start, count), chunksize=50)
            yield from _logged(rows, out)
    else:
        yield from _logged(map(judged, range(start, count)), out)


def _logged(rows: Iterator[Judged], out: BinaryIO | None) -> Iterator[Judged]:
    for row in rows:
        if out is not None:
            out.write(msgspec.json.encode(row) + b"\n")
            if row.number % 200 == 0:
                out.flush()
        yield row


def share(report: Report, name: str, goal: float, wrong: int, n: int) -> None:
    low, high = (float(x) for x in clopper_pearson_bounds(wrong, n))
    measured = f"{wrong:,} of {n:,}: {100 * wrong / n:.3f} % ({100 * low:.3f} to {100 * high:.3f} %)"
    report.row(name, goal=f"<= {100 * goal:g} %", holds=wrong / n <= goal, measured=measured)


def main() -> None:
    arguments = sys.argv[1:]

    def option(name: str, default: str) -> str:
        return arguments[arguments.index(name) + 1] if name in arguments else default

    count, log = int(option("--runs", "2000")), option("--log", "")
    rows = list(all_judged(count, Path(log) if log else None, int(option("--workers", "1"))))
    lengths = sorted(r.steps for r in rows)
    span = f"{lengths[0]} to {lengths[-1]} steps, median {lengths[len(lengths) // 2]}"
    report = Report(f"false stops of legitimate runs (seed {SEED}; {len(rows):,} runs, {span})")
    share(
        report,
        "T3 runs ended by the built-in thresholds, any signal",
        ALPHA,
        sum(bool(r.ended_by) for r in rows),
        len(rows),
    )
    share(
        report, "T3 runs ended by the built-in e-process", 0.005, sum(r.ended_by == "evidence" for r in rows), len(rows)
    )
    fitted = calibrate([r.bits for r in rows[:FIT]], ALPHA, base=Thresholds(), task_type="simulated")
    rest = rows[FIT:]
    stop = fitted.evidence_stop_bits
    if stop is not None and rest:
        share(
            report,
            f"T3 e-process fitted to {FIT} other runs ({stop:g} bits)",
            ALPHA,
            sum(r.bits >= stop for r in rest),
            len(rest),
        )
        for low, high in ((1, 20), (20, 100), (100, 300), (300, 10_000)):
            some = [r for r in rest if low <= r.steps < high]
            if some:
                share(report, f"  of {low} to {high - 1} steps", ALPHA, sum(r.bits >= stop for r in some), len(some))
    few = calibrate([r.bits for r in rows[:50]], ALPHA, base=Thresholds())
    report.row("T3 too few runs to state the rate", goal="not calibrated", holds=few.evidence_stop_bits is None,
               measured="not calibrated" if few.evidence_stop_bits is None else "calibrated")  # fmt: skip
    for name in sorted({r.ended_by for r in rows} - {""}):
        report.row(
            f"  ended by {name}", goal="(stated)", holds=True, measured=f"{sum(r.ended_by == name for r in rows):,}"
        )
    report.finish()


if __name__ == "__main__":
    main()
