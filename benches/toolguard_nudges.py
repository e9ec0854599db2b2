"""T9, in replay: what came of recorded runs after the step at which a nudge would have been sent.

    python -m benches.toolguard_nudges [--json]

The recordings hold no nudges, so this is the baseline that a nudge has to beat: for each detector, of the runs in which
it would have nudged first, how many showed a new result within three steps by themselves (a result, from a tool, that
the memory had not seen).  A detector whose runs mostly go on by themselves nudges in vain; one whose runs do not has
room to help.  Whether a nudge helps takes runs with and without one, and a model.
"""

import sys

from benches.report import Report
from benches.toolguard import DATA, recorded
from tidegate.admit.toolguard.loops import RunState
from tidegate.admit.toolguard.model import BUILT_IN, Step
from tidegate.stats.intervals import clopper_pearson_bounds

WITHIN = 3
GROUPS = {"stuck": ("stuck", "exhausted"), "others": ("unresolved", "resolved", "tau", "tau_failed", "demo", "dojo")}


def first_nudge(steps: tuple[Step, ...]) -> tuple[str, bool] | None:
    """(detector, whether something new came within the next steps) at a run's first signal; None without one."""
    state, told, at = RunState(BUILT_IN), "", 0
    for i, step in enumerate(steps):
        signals = state.step(step)
        if told and state.quiet == 0 and step.tools:
            return told, True
        if told and i - at >= WITHIN:
            return told, False
        if not told and signals:
            told, at = signals[-1].detector, i
    return (told, False) if told and len(steps) - 1 - at >= WITHIN else None


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"public recordings not found at {DATA}; set TIDEGATE_SHARED_DATA")
    runs, report = recorded(), Report("after the first nudge that would have been sent")
    for group, kinds in GROUPS.items():
        seen: dict[str, list[bool]] = {}
        for kind in kinds:
            for _, steps in runs[kind]:
                found = first_nudge(steps)
                if found is not None:
                    seen.setdefault(found[0], []).append(found[1])
        for detector, went_on in sorted(seen.items(), key=lambda x: -len(x[1])):
            low, high = (100 * float(x) for x in clopper_pearson_bounds(sum(went_on), len(went_on)))
            measured = f"{sum(went_on)} of {len(went_on)} ({low:.0f} to {high:.0f} %)"
            name = f"T9 {group}: {detector}, something new within {WITHIN} steps by themselves"
            report.row(name, goal="(stated)", measured=measured, holds=True)
    report.row(
        "T9 runs with a nudge beside runs without", goal="A/B", holds=None, measured="no model is configured here"
    )
    report.finish()


if __name__ == "__main__":
    main()
