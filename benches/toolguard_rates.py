"""The false-stop rate of whole runs, by bootstrap through the production detectors.

    python -m benches.toolguard_rates [--runs N] [--log FILE] [--json]

A stretch of good work is one generated run of one of the good kinds of `tests/admit/toolguard/worlds` (four sets, five
API forms), read from its messages once; half of the stretches fit, the other half is tried.  A run is 1 to 25 of them,
one after another without a person between or with one who asks for the next thing: 3 steps to more than a thousand.
Run i depends on the seed and i alone; `--log` keeps what was judged, so that the study can be broken off and resumed.

Figures: how many runs proofs end (a deployment without a calibration); how many the statistical signals end where their
one threshold is fitted at alpha = 1 % to 2,000 runs; the same by length, for the rate must hold in long runs too.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from tests.admit.toolguard.worlds.fourth_good import FOURTH_GOOD
from tests.admit.toolguard.worlds.legit import LEGIT
from tests.admit.toolguard.worlds.second_legit import SECOND_LEGIT
from tests.admit.toolguard.worlds.third_good import THIRD_GOOD
from tests.admit.toolguard.worlds.topics import DEV_TOPICS, REPORT_TOPICS
from tests.admit.toolguard.worlds.vocabulary import DEV, REPORT

from benches.report import Report
from benches.toolguard_worlds import generated
from tidegate.admit.toolguard.calibrate import calibrate
from tidegate.admit.toolguard.loops import RunState
from tidegate.admit.toolguard.model import Step, Thresholds
from tidegate.stats.intervals import clopper_pearson_bounds

SEED = 20261127
ALPHA = 0.01
FIT = 2000
VARIANTS = 30  # stretches a kind, half of them to fit on
STRETCHES = (1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 5, 9, 25)
Pool = list[tuple[Step, ...]]


class Judged(msgspec.Struct, frozen=True, array_like=True):
    """One run: its number, steps, most evidence against it in bits, and what ended it (empty: nothing)."""

    number: int
    steps: int
    bits: float
    ended_by: str


def pools() -> tuple[Pool, Pool]:
    """Stretches to fit on, and others to try."""
    fit: Pool = []
    tried: Pool = []
    sets: tuple[tuple[Any, Any], ...] = (
        (LEGIT, DEV + REPORT), (SECOND_LEGIT, DEV_TOPICS + REPORT_TOPICS),
        (THIRD_GOOD, (None,)), (FOURTH_GOOD, (None,)),
    )  # fmt: skip
    for makers, domains in sets:
        for i, (_, _, steps) in enumerate(generated(makers, domains, VARIANTS, SEED)):
            (tried if i % 2 else fit).append(steps)
    return fit, tried


def judged(number: int, pool: Pool) -> Judged:
    """Put run `number` together and judge it; without a calibration, so that only proofs end it."""
    rng = random.Random(SEED * 1_000_003 + number)
    state, ended, count = RunState(Thresholds()), "", 0
    for stretch, steps in enumerate(rng.sample(pool, rng.choice(STRETCHES))):
        asked = stretch > 0 and rng.random() < 0.5
        for i, step in enumerate(steps):
            given = msgspec.structs.replace(step, re_armed=True) if asked and i == 0 else step
            count += 1
            for signal in state.step(given):
                if signal.wants == "stop" and not ended:
                    ended = signal.detector
    return Judged(number, count, state.bits_max, ended)


def all_judged(count: int, log: Path | None) -> Iterator[Judged]:
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
    if len(known) >= count:
        return
    fit, tried = pools()
    out: BinaryIO | None = log.open("ab") if log is not None else None
    for number in range(len(known), count):
        row = judged(number, fit if number < FIT else tried)
        if out is not None:
            out.write(msgspec.json.encode(row) + b"\n")
            if number % 500 == 0:
                out.flush()
        yield row


def share(report: Report, name: str, goal: float, wrong: int, n: int) -> None:
    low, high = (float(x) for x in clopper_pearson_bounds(wrong, n))
    measured = f"{wrong:,} of {n:,}: {100 * wrong / n:.3f} % ({100 * low:.3f} to {100 * high:.3f} %)"
    report.row(name, goal=f"<= {100 * goal:g} %", holds=wrong / n <= goal, measured=measured)


def by_length(report: Report, rows: list[Judged], stop: float) -> None:
    for low, high in ((1, 20), (20, 100), (100, 300), (300, 10_000)):
        some = [r for r in rows if low <= r.steps < high]
        if some:
            share(report, f"  of {low} to {high - 1} steps", ALPHA, sum(r.bits >= stop for r in some), len(some))


def main() -> None:
    arguments = sys.argv[1:]

    def option(name: str, default: str) -> str:
        return arguments[arguments.index(name) + 1] if name in arguments else default

    count, log = int(option("--runs", "5000")), option("--log", "")
    rows = list(all_judged(count, Path(log) if log else None))
    lengths = sorted(r.steps for r in rows)
    span = f"{lengths[0]} to {lengths[-1]} steps, median {lengths[len(lengths) // 2]}"
    report = Report(f"false stops of good runs (seed {SEED}; {len(rows):,} runs, {span})")
    share(report, "T3 runs ended by proofs, not calibrated", ALPHA, sum(bool(r.ended_by) for r in rows), len(rows))
    long = [r for r in rows if r.steps >= 300]
    share(report, "  of 300 steps and more", ALPHA, sum(bool(r.ended_by) for r in long), len(long))
    for name in sorted({r.ended_by for r in rows} - {""}):
        found = sum(r.ended_by == name for r in rows)
        report.row(f"  by {name}", goal="(stated)", holds=True, measured=f"{found:,}")
    fitted = calibrate([r.bits for r in rows[:FIT]], ALPHA, base=Thresholds(), task_type="simulated")
    stop, rest = fitted.evidence_stop_bits, rows[FIT:]
    if stop is not None and rest:
        wrong = sum(r.bits >= stop for r in rest)
        share(report, f"T3 all statistics, fitted to {FIT:,} other runs ({stop:g} bits)", ALPHA, wrong, len(rest))
        by_length(report, rest, stop)
    few = calibrate([r.bits for r in rows[:50]], ALPHA, base=Thresholds())
    report.row("T3 too few runs to state the rate", goal="not calibrated", holds=few.evidence_stop_bits is None,
               measured="not calibrated" if few.evidence_stop_bits is None else "calibrated")  # fmt: skip
    report.finish()


if __name__ == "__main__":
    main()
