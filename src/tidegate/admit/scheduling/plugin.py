"""What the scheduler notices on live traffic becomes findings: priority inversions, and engines gone silent.

An engine whose reports stopped coming, or make no sense, is scheduled by our own counts from then on: nothing
stops, but its limits are guesses, and somebody should know.

A call whose class has a first-token target, and which spent more than half of that target waiting in our own
queue, waited behind work that was less urgent or more than its engine could take.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tidegate.admit.scheduling.explaining import HELP, WHY
from tidegate.admit.scheduling.learning import SIGNALS_LOST_MAX
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
                    f"queue ({reason.replace('_', ' ')}): {WHY.get(reason, 'no reason was recorded')}",
            evidence={"certainty": "measured", "wait_ms": waited, "target_ms": target, **facts},
            suggestion=f"`tidegate schedule explain {trace.trace_id}`; what helps: "
                       f"{HELP.get(reason, 'more capacity').format(tenant=tenant)}",
        )  # fmt: skip


def silent_engines(engines: Mapping[str, Mapping[str, Any]]) -> Iterable[Finding]:
    """A finding for each engine of a snapshot whose last `SIGNALS_LOST_MAX` reports or more were lost or garbled."""
    for name, window in engines.items():
        lost = int(window.get("signals_lost_in_row", 0))
        if lost < SIGNALS_LOST_MAX:
            continue
        reason = str(window.get("signals_lost_reason", "")) or "unknown"
        yield Finding(
            rule="engine-signals-lost",
            severity=Severity.WARNING,
            subject=f"upstream {name}",
            message=f"the last {lost} reports of upstream {name!r} on its load were lost, late or garbled ({reason}); "
                    "it is scheduled by what was dispatched to it and by its first-token times",
            evidence={"certainty": "measured", "lost_in_row": lost, "lost": int(window.get("signals_lost", lost)),
                      "reason": reason},
            suggestion="look at `GET /metrics` of the upstream; without any, set its kind so that none are read",
        )  # fmt: skip
