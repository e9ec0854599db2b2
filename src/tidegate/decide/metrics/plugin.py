"""The metric contract as a Decider: pass, fail or undecided from contracts and what was measured."""

from collections.abc import Iterable
from typing import Any

from tidegate.decide.metrics.contract import Reading, gate_verdict
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measure
from tidegate.spine.gate import Gate


class MetricGate:
    """Decides from `Reading`s (a bar, its value, its verdict)."""

    name = "metrics"

    def decide(self, evidence: Iterable[Any]) -> Gate:
        """All bars together; a bar without a measurement never passes."""
        readings = list(evidence)
        wrong = next((r for r in readings if not isinstance(r, Reading)), None)
        if wrong is not None:
            raise InputError(f"expected readings of a metric contract, got {type(wrong).__name__}")
        verdict = gate_verdict(readings)
        open_bars = [r for r in readings if r.verdict is not verdict or r.reason]
        reason = "; ".join(f"{r.bar.words}: {r.reason or r.verdict.value}" for r in readings if r in open_bars)
        measures = tuple(Measure(name=r.bar.words, value=r.value) for r in readings)
        return Gate(name=self.name, verdict=verdict, reason=reason or "every bar holds", measures=measures)


decider = MetricGate()
