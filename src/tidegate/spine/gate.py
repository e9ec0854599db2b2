"""A gate: pass, fail or undecided, with the evidence.  No gate passes on what was not measured."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from tidegate.spine.estimate import Measure, NotMeasured
from tidegate.spine.finding import Finding, Severity


class Verdict(StrEnum):
    """The three answers of a gate, and of every verb."""

    PASS = "pass"
    FAIL = "fail"
    UNDECIDED = "undecided"

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 undecided (2 is wrong use and never a verdict)."""
        return {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.UNDECIDED: 3}[self]


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A decision on whether something may ship, and why."""

    name: str
    verdict: Verdict
    reason: str
    measures: tuple[Measure, ...] = ()
    findings: tuple[Finding, ...] = ()


def verdict_of_findings(findings: Iterable[Finding]) -> Verdict:
    """Fail when a finding may block, pass otherwise."""
    return Verdict.FAIL if any(f.severity is Severity.ERROR for f in findings) else Verdict.PASS


def verdict_all(verdicts: Iterable[Verdict]) -> Verdict:
    """Fail if any failed, else undecided if any is undecided (or there are none), else pass."""
    seen = list(verdicts)
    if Verdict.FAIL in seen:
        return Verdict.FAIL
    if not seen or Verdict.UNDECIDED in seen:
        return Verdict.UNDECIDED
    return Verdict.PASS


def refuse_unmeasured(required: Iterable[Measure]) -> tuple[Measure, ...]:
    """The required measures that were not measured: a gate with any of them may not pass."""
    return tuple(m for m in required if isinstance(m.value, NotMeasured))
