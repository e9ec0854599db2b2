"""Priority inversions on live traffic become findings: the scheduler's check over traces.

A call whose class has a first-token target, and which spent more than half of that target waiting in our own
queue, waited behind work that was less urgent or more than its engine could take.
"""

from collections.abc import Iterable, Mapping

from tidegate.admit.scheduling.replay import HELP
from tidegate.spine.conversation import Conversation
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.trace import CallTrace

SHARE_MAX = 0.5  # of the target that may be spent waiting


class PriorityInversion:
    """`targets_ms` maps a class to its first-token target; classes without one are not looked at."""

    name = "priority-inversion"

    def __init__(self, targets_ms: Mapping[str, float]) -> None:
        self.targets_ms = dict(targets_ms)

    def check(self, trace: CallTrace, conversation: Conversation | None) -> Iterable[Finding]:
        """At most one finding a trace."""
        name = trace.call.identity.service_class
        target, waited = self.targets_ms.get(name), trace.wait_ms
        if target is None or waited is None or waited <= SHARE_MAX * target:
            return
        facts = next((e.data for e in trace.events if e.name == "dispatched"), {})
        reason = str(facts.get("reason", "")) or "unknown"
        tenant = trace.call.identity.tenant
        yield Finding(
            rule="priority-inversion",
            severity=Severity.WARNING,
            subject=tenant,
            where=Where(trace=trace.trace_id),
            message=f"a call of class {name!r} waited {waited:.0f} ms of its {target:.0f} ms first-token target in the "
                    f"queue ({reason.replace('_', ' ')})",
            evidence={"certainty": "measured", "wait_ms": waited, "target_ms": target, **facts},
            suggestion=f"`tidegate schedule explain {trace.trace_id}`; it helps: {HELP.get(reason, 'more capacity')}",
        )  # fmt: skip
