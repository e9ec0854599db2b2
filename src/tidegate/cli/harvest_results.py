"""What stays of a run of the suite: results, the next baseline, the best held-out mean, what blocks from here on."""

from pathlib import Path
from typing import Any

import msgspec

from tidegate.cli.harvest_inputs import RUNS
from tidegate.curate.harvest.suites.ledger import Action, Line, append, entry, standing
from tidegate.curate.harvest.suites.suite import Suite
from tidegate.curate.harvest.suites.verdicts import Baseline, CaseRecord, Rules, held_out_reading, promoted
from tidegate.readers.suite_files import read_suite, write_cases, write_ledger
from tidegate.runner.suite_run import SuiteRun, held_out_values
from tidegate.spine.case import CaseStatus
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, Measured
from tidegate.spine.gate import Gate, Verdict
from tidegate.spine.ports import Model, StateStore

BEST = "harvest-held-out"  # the store's best held-out mean


def baselines(path: Path | None, state: StateStore) -> dict[str, Baseline]:
    """How each case did in the last accepted run."""
    if path is not None:
        try:
            rows = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])["cases"]
            return {r["case"]: Baseline(passed=int(r["passed"]), runs=int(r["runs"])) for r in rows}
        except (OSError, msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
            raise InputError(f"expected results written by `harvest run --out`: {error}", where=str(path)) from error
    out: dict[str, Baseline] = {}
    for _, entry_ in state.read_log(RUNS):
        if entry_.get("verdict") != Verdict.PASS.value:
            continue
        for row in entry_.get("cases", ()):
            known = out.get(row["case"], Baseline(passed=0, runs=0))
            same = row["verdict"] == Verdict.PASS.value
            out[row["case"]] = Baseline(
                passed=(known.passed if same else 0) + row["passed"], runs=(known.runs if same else 0) + row["runs"]
            )
    return out


def held_out_run(
    folder: Path | None, target: Model, concurrency: int, state: StateStore
) -> tuple[Verdict, Measured] | None:
    """What the held-out cases say of the target, against the best mean so far; None where there are none."""
    if folder is None:
        return None
    best = state.get(BEST, "best")
    values = held_out_values(read_suite(folder).cases, target, concurrency=concurrency)
    return held_out_reading(values, best["mean"] if best else None)


def keep_best(held: tuple[Verdict, Measured] | None, gate: Gate, state: StateStore) -> None:
    """Keep the held-out mean of a run that passed, where it is the best so far."""
    if held is None or gate.verdict is not Verdict.PASS or not isinstance(held[1], Estimate):
        return
    best = state.get(BEST, "best")
    if best is None or held[1].value > best["mean"]:
        state.put(BEST, "best", {"mean": held[1].value, "n": held[1].n})


def with_audit(gate: Gate, errors: int) -> Gate:
    """The gate, failed where cases vanished or were loosened without a reason in the ledger."""
    if not errors:
        return gate
    words = f"{errors} case{'s' if errors != 1 else ''} vanished or {'were' if errors != 1 else 'was'} loosened"
    return msgspec.structs.replace(gate, verdict=Verdict.FAIL, reason=f"{words} without a reason in the ledger")


def results_of(done: SuiteRun, rules: Rules, gate: Gate, release: str, target: str, at: str) -> dict[str, Any]:
    """What is kept of a run: one row a case, with the verdict of the whole."""
    rows = [
        {
            "case": r.case_id,
            "status": r.status.value,
            "verdict": r.verdict(rules).value,
            "passed": r.passed,
            "runs": r.runs,
            **({"reason": r.reason or r.error} if r.reason or r.error else {}),
        }
        for r in done.records
    ]
    return {
        "format": 1,
        "at": at,
        "release": release,
        "target": target,
        "verdict": gate.verdict.value,
        "reason": gate.reason,
        "cases": rows,
    }


def promote_fixed(
    folder: Path, suite: Suite, ledger: tuple[Line, ...], records: tuple[CaseRecord, ...], rules: Rules, at: str
) -> None:
    """Fixed cases block from here on: in their files and in the ledger."""
    fixed = {r.case_id: r for r in records if promoted(r, rules)}
    if not fixed:
        return
    known = standing(ledger)
    cases = [msgspec.structs.replace(c, status=CaseStatus.BLOCKING) for c in suite.cases if c.case_id in fixed]
    lines = [entry(c, at) for c in suite.cases if c.case_id not in known]
    lines += [
        Line(action=Action.PROMOTE, case=i, at=at, reason=f"passed {r.passed} of {r.runs} runs")
        for i, r in fixed.items()
    ]
    write_ledger(folder, append(ledger, lines))
    write_cases(folder, cases, suite)
