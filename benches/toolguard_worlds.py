"""Generated agent runs in many domains and API forms.

    python -m benches.toolguard_worlds [--second | --third] [--runs N] [--dev] [--seed N] [--all] [--json]

Each kind of stuck run must be ended, each kind of good run must be left alone.  The domains in
`tests/admit/toolguard/worlds` come in two halves; mechanisms were chosen on `--dev`, the default
reports on the other half, whose texts no threshold was chosen on.  `--second` takes a second set of
kinds and topics, which was written whole before the guard was tried on it; `--third` a third one, each of
whose kinds has the tools and formats of its own trade (it has no halves).
"""

import random
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
from tests.admit.toolguard.worlds.forms import FORMS, AgentRun, write
from tests.admit.toolguard.worlds.legit import LEGIT
from tests.admit.toolguard.worlds.second_legit import SECOND_LEGIT
from tests.admit.toolguard.worlds.second_stuck import SECOND_STUCK
from tests.admit.toolguard.worlds.stuck import STUCK
from tests.admit.toolguard.worlds.third_good import THIRD_GOOD
from tests.admit.toolguard.worlds.third_stuck import THIRD_STUCK
from tests.admit.toolguard.worlds.topics import DEV_TOPICS, REPORT_TOPICS
from tests.admit.toolguard.worlds.vocabulary import DEV, REPORT

from benches.report import Report
from tidegate.admit.toolguard.loops import judge
from tidegate.admit.toolguard.model import BUILT_IN, RunVerdict
from tidegate.admit.toolguard.steps import read_steps
from tidegate.readers.agent_runs import read_run
from tidegate.stats.intervals import clopper_pearson_bounds

SEED = 20261126
OWN: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {"third": (THIRD_STUCK, THIRD_GOOD)}
"""Sets whose kinds bring their own domain."""


def worlds(
    makers: tuple[Any, ...], domains: tuple[Any, ...], count: int, seed: int
) -> Iterator[tuple[AgentRun, str, RunVerdict]]:
    """`count` runs a maker, over all domains (None where a maker brings its own) and forms, with their verdicts."""
    for m, maker in enumerate(makers):
        for i in range(count):
            rng = random.Random(seed * 1_000_003 + m * 10_007 + i)
            run = maker(domains[i % len(domains)], rng) if domains[0] is not None else maker(rng)
            form = FORMS[(i // len(domains)) % len(FORMS)]
            value = msgspec.json.decode(msgspec.json.encode({"id": f"{m}-{i}", "messages": write(run, form, rng)}))
            read = read_run(value)
            yield run, form, judge(read_steps(read.messages, read.tools), BUILT_IN)


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
    stuck, legit = OWN.get(which) or ((SECOND_STUCK, SECOND_LEGIT) if which == "second" else (STUCK, LEGIT))
    for title, makers, ended_is_right in (("stuck runs ended", stuck, True), ("good runs ended", legit, False)):
        kinds: dict[str, list[bool]] = {}
        forms: dict[str, list[bool]] = {}
        late: list[int] = []
        early = 0
        for run, form, verdict in worlds(makers, domains, count, seed):
            ended = verdict.decision in ("stop", "finalise")
            kinds.setdefault(run.kind, []).append(ended)
            forms.setdefault(form, []).append(ended)
            if run.onset is not None and verdict.stop_step is not None:
                late.append(verdict.stop_step - run.onset)
                early += verdict.stop_step < run.onset
        total = [e for es in kinds.values() for e in es]
        for name, es in (*kinds.items(), *((f"form {f}", es) for f, es in forms.items())):
            share = sum(es) / len(es)
            if (share < 1 if ended_is_right else share > 0) or "--all" in arguments:
                holds = share >= 0.95 if ended_is_right else share <= 0.02
                report.row(
                    f"{title}: {name}",
                    goal=">= 95 %" if ended_is_right else "<= 2 %",
                    measured=f"{sum(es)} of {len(es)}",
                    holds=holds,
                )
        low, high = (float(x) for x in clopper_pearson_bounds(sum(total), len(total)))
        share = sum(total) / len(total)
        report.row(f"{title}: all", goal=">= 98 %" if ended_is_right else "<= 0.5 %",
                   measured=f"{sum(total)} of {len(total)} ({100 * low:.2f} to {100 * high:.2f} %)",
                   holds=share >= 0.98 if ended_is_right else share <= 0.005)  # fmt: skip
        if late:
            ordered = sorted(late)
            report.row("steps from the first stale turn to the stop, median / P95", goal="(stated)", holds=True,
                       measured=f"{ordered[len(late) // 2]} / {ordered[int(0.95 * len(late))]}, {early} before it")  # fmt: skip  # noqa: E501
    report.finish()


if __name__ == "__main__":
    main()
