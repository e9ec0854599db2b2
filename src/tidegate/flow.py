"""The spine in motion, on one page: trace → findings → cases → gate.  Pure.

The shell calls these with what is registered; they hold no state, so that the simulator, the
command line and the gateway's control plane run the very same flow.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tidegate.spine.case import Case
from tidegate.spine.contracts import Check, Curator
from tidegate.spine.conversation import Conversation
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.trace import CallTrace


def check_trace(trace: CallTrace, conversation: Conversation | None, checks: Sequence[Check]) -> Iterator[Finding]:
    """All findings of one trace.  A check that raises becomes a finding itself: never silence."""
    for check in checks:
        try:
            yield from check.check(trace, conversation)
        except Exception as error:  # a broken check must be seen, and must not hide the others
            yield Finding(
                rule="check-crashed",
                severity=Severity.WARNING,
                subject=check.name,
                message=f"the check {check.name!r} raised {type(error).__name__}: {error}; this trace was not checked",
                evidence={"certainty": "proved", "trace": trace.trace_id},
                suggestion="report it with the trace; other checks ran",
            )


def curate(
    findings: Iterable[tuple[Finding, CallTrace]], curators: Sequence[Curator], known: Mapping[str, Case]
) -> dict[str, Case]:
    """Cases that the findings should become and that are not known yet, by case id."""
    fresh: dict[str, Case] = {}
    for finding, trace in findings:
        for curator in curators:
            for case in curator.curate(finding, trace):
                if case.case_id not in known:
                    fresh.setdefault(case.case_id, case)
    return fresh
