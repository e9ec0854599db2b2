# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""What the invariants measured in the sandbox say of simulation code.

Running without an error is no evidence: a broken invariant refutes, a held one supports, and a
simulation that could not be run or promises nothing stays unverifiable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from tidegate.spine.claim import Claim, Decision, Receipt, Support


class Invariant(msgspec.Struct, frozen=True, kw_only=True):
    """One measured invariant; `holds` is None when it could not be evaluated."""

    name: str
    holds: bool | None
    measured: str = ""
    expected: str = ""


class SimulationRun(msgspec.Struct, frozen=True, kw_only=True):
    """One block of code that was run: its span in the answer, how it ended, what was measured."""

    start: int
    end: int
    status: str
    rows: tuple[Invariant, ...] = ()
    detail: str = ""


WHY = {
    "timeout": "it did not end within the time allowed", "output": "it wrote more than allowed", "memory": "it needed more memory than allowed",
    "killed": "it was ended by a limit or by itself", "unconfined": "this machine cannot confine code (no Landlock or seccomp): not run",
    "no entry": "no entry function was found: name it in SIMULATION['run']",
}  # fmt: skip


def _heading(code: str) -> str:
    """The line by which a program is shown: its first function or class, else its first line."""
    found = re.search(r"^[ \t]*(?:def|class)\s[^\n]*", code, re.M)
    return (found.group() if found is not None else code.strip().split("\n")[0]).strip()


def decide_simulations(text: str, runs: Iterable[SimulationRun]) -> Iterator[Decision]:
    """A decision per measured invariant; one unverifiable decision where nothing was measured."""
    for run in runs:
        span = (run.start, run.end)
        first_line = _heading(text[run.start : run.end])
        if run.status != "ran" or not run.rows:
            reason = WHY.get(
                run.status, f"it raised {run.detail}" if run.status == "raised" else "no invariant is known for it"
            )
            claim = Claim(kind="simulation", text=first_line, span=span)
            yield Decision(
                claim=claim,
                support=Support.UNVERIFIABLE,
                receipt=Receipt(oracle="sandbox", detail={"status": run.status}),
                message=reason,
                certainty="possible",
            )
        for row in run.rows:
            claim = Claim(kind=f"simulation: {row.name}", text=first_line, span=span)
            receipt = Receipt(
                oracle="sandbox",
                computation=f"{row.name}: measured {row.measured}, expected {row.expected}",
                detail={"invariant": row.name},
            )
            if row.holds is None:
                yield Decision(
                    claim=claim,
                    support=Support.UNVERIFIABLE,
                    receipt=receipt,
                    message=f"{row.name}: {row.measured}",
                    certainty="possible",
                )
            else:
                support = Support.SUPPORTED if row.holds else Support.REFUTED
                message = f"{row.name}: {row.measured}" + ("" if row.holds else f", expected {row.expected}")
                yield Decision(claim=claim, support=support, receipt=receipt, message=message, certainty="measured")
