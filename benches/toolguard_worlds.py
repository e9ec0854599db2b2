"""Generated agent runs in many domains and API forms.

    python -m benches.toolguard_worlds [--second | --third | --fourth | --fifth | --sixth] [--runs N] [--dev]
        [--seed N] [--all] [--json]

Each kind of stuck run must be ended, each kind of good run must be left alone: once as a deployment without a
calibration (only proofs stop), once calibrated at 1 % on good runs of the same kinds with another seed.  The domains in
`tests/admit/toolguard/worlds` come in two halves; mechanisms were chosen on `--dev`, the default
reports on the other half, whose texts no threshold was chosen on.  `--second` takes a second set of
kinds and topics, which was written whole before the guard was tried on it; `--third` a third one, each of
whose kinds has the tools and formats of its own trade (it has no halves); `--fourth`, `--fifth` and `--sixth`
others, of other trades again.
"""

import random
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
from tests.admit.toolguard.worlds.fifth_good import FIFTH_GOOD
from tests.admit.toolguard.worlds.fifth_stuck import FIFTH_STUCK
from tests.admit.toolguard.worlds.forms import FORMS, AgentRun, write
from tests.admit.toolguard.worlds.fourth_good import FOURTH_GOOD
from tests.admit.toolguard.worlds.fourth_stuck import FOURTH_STUCK
from tests.admit.toolguard.worlds.legit import LEGIT
from tests.admit.toolguard.worlds.second_legit import SECOND_LEGIT
from tests.admit.toolguard.worlds.second_stuck import SECOND_STUCK
from tests.admit.toolguard.worlds.sixth_good import SIXTH_GOOD
from tests.admit.toolguard.worlds.sixth_stuck import SIXTH_STUCK
from tests.admit.toolguard.worlds.stuck import STUCK
from tests.admit.toolguard.worlds.third_good import THIRD_GOOD
from tests.admit.toolguard.worlds.third_stuck import THIRD_STUCK
from tests.admit.toolguard.worlds.topics import DEV_TOPICS, REPORT_TOPICS
from tests.admit.toolguard.worlds.vocabulary import DEV, REPORT

from benches.report import Report
from tidegate.admit.toolguard.calibrate import calibrate, names_called
from tidegate.admit.toolguard.loops import evidence_maximum, judge
from tidegate.admit.toolguard.model import BUILT_IN, RunVerdict, Step, Thresholds
from tidegate.admit.toolguard.steps import read_steps
from tidegate.readers.agent_runs import read_run
from tidegate.stats.intervals import clopper_pearson_bounds

SEED = 20261126
ALPHA = 0.01
FIT = 15  # good runs a kind that a calibration sees
OWN: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "third": (THIRD_STUCK, THIRD_GOOD),
    "fourth": (FOURTH_STUCK, FOURTH_GOOD),
    "fifth": (FIFTH_STUCK, FIFTH_GOOD),
    "sixth": (SIXTH_STUCK, SIXTH_GOOD),
}
"""Sets whose kinds bring their own domain."""


Made = tuple[AgentRun, str, tuple[Step, ...]]


def generated(makers: tuple[Any, ...], domains: tuple[Any, ...], count: int, seed: int) -> Iterator[Made]:
    """`count` runs a maker with their forms and steps, over all domains (None: the maker has its own) and forms."""
    for m, maker in enumerate(makers):
        for i in range(count):
            rng = random.Random(seed * 1_000_003 + m * 10_007 + i)
            run = maker(domains[i % len(domains)], rng) if domains[0] is not None else maker(rng)
            form = FORMS[(i // len(domains)) % len(FORMS)]
            value = msgspec.json.decode(msgspec.json.encode({"id": f"{m}-{i}", "messages": write(run, form, rng)}))
            read = read_run(value)
            yield run, form, read_steps(read.messages, read.tools)


def worlds(
    makers: tuple[Any, ...], domains: tuple[Any, ...], count: int, seed: int, thresholds: Thresholds = BUILT_IN
) -> Iterator[tuple[AgentRun, str, RunVerdict]]:
    """The generated runs with their verdicts."""
    for run, form, steps in generated(makers, domains, count, seed):
        yield run, form, judge(steps, thresholds)


def fitted(good: tuple[Any, ...], domains: tuple[Any, ...], seed: int, stuck: list[Made]) -> Thresholds:
    """Thresholds calibrated at `ALPHA` on good runs of the same kinds, made with another seed.

    The tools are those of all runs: in one deployment the runs that get stuck call what the others call.
    """
    base, maxima = Thresholds(), list[float]()
    names = set[str]().union(*(names_called(steps) for _, _, steps in stuck))
    for _, _, steps in generated(good, domains, FIT, seed + 1):
        names |= names_called(steps)
        maxima.append(evidence_maximum(steps, base))
    return calibrate(maxima, ALPHA, base=base, tools=names)


def ended(verdict: RunVerdict) -> bool:
    return verdict.decision in ("stop", "finalise")


def tell(report: Report, title: str, made: list[Made], thresholds: Thresholds, stuck: bool, goal: float) -> None:
    """Rows for one sort of runs under one set of thresholds."""
    kinds: dict[str, list[bool]] = {}
    late: list[int] = []
    warned = early = 0
    for run, _, steps in made:
        verdict = judge(steps, thresholds)
        kinds.setdefault(run.kind, []).append(ended(verdict))
        warned += verdict.decision != "continue"
        if run.onset is not None and verdict.stop_step is not None:
            late.append(verdict.stop_step - run.onset)
            early += verdict.stop_step < run.onset
    for name, es in kinds.items():
        share = sum(es) / len(es)
        if (share < 1 if stuck else share > 0) or "--all" in sys.argv:
            report.row(f"{title}: {name}", goal=">= 95 %" if stuck else "<= 2 %", measured=f"{sum(es)} of {len(es)}",
                       holds=share >= 0.95 if stuck else share <= 0.02)  # fmt: skip
    total = [e for es in kinds.values() for e in es]
    low, high = (float(x) for x in clopper_pearson_bounds(sum(total), len(total)))
    share = sum(total) / len(total)
    report.row(f"{title}: all", goal=f"{'>=' if stuck else '<='} {100 * goal:g} %",
               measured=f"{sum(total)} of {len(total)} ({100 * low:.2f} to {100 * high:.2f} %)",
               holds=share >= goal if stuck else share <= goal)  # fmt: skip
    report.row(f"{title}: told at least", goal="(stated)", measured=f"{warned} of {len(total)}", holds=True)
    if late:
        ordered = sorted(late)
        report.row("  steps from the first stale turn to the stop, median / P95", goal="(stated)", holds=True,
                   measured=f"{ordered[len(late) // 2]} / {ordered[int(0.95 * len(late))]}, early {early}")  # fmt: skip


def main() -> None:
    arguments = sys.argv[1:]
    count = int(arguments[arguments.index("--runs") + 1]) if "--runs" in arguments else 100
    seed = int(arguments[arguments.index("--seed") + 1]) if "--seed" in arguments else SEED
    dev = "--dev" in arguments
    which = next((w for w in OWN if f"--{w}" in arguments), "second" if "--second" in arguments else "first")
    domains: tuple[Any, ...] = (None,)
    if which not in OWN:
        domains = (DEV_TOPICS if dev else REPORT_TOPICS) if which == "second" else (DEV if dev else REPORT)
    half = f"{which} set" + ("" if which in OWN else ", development domains" if dev else ", held-out domains")
    report = Report(f"generated agent runs (seed {seed}, {count} a kind, {half})")
    stuck, good = OWN.get(which) or ((SECOND_STUCK, SECOND_LEGIT) if which == "second" else (STUCK, LEGIT))
    runs = [list(generated(makers, domains, count, seed)) for makers in (stuck, good)]
    calibrated = fitted(good, domains, seed, runs[0])
    bits = f"{calibrated.evidence_stop_bits:g} bits" if calibrated.evidence_stop_bits is not None else "not calibrated"
    for how, thresholds in (("not calibrated", BUILT_IN), (f"calibrated ({bits})", calibrated)):
        tell(report, f"{how}, stuck runs ended", runs[0], thresholds, True, 0.98)
        tell(report, f"{how}, good runs ended", runs[1], thresholds, False, ALPHA)
    report.finish()


if __name__ == "__main__":
    main()
