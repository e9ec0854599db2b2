"""What a scenario is: one incident, two or more arms on the same input, and a verdict.

A scenario passes only if the usual way fails and ours holds.  `sim/scenarios/NAME.py` exports
`run(seed, scale) -> ScenarioResult`; it runs the production code under the simulated world.
"""

from typing import Any, Protocol

import msgspec

from tidegate.spine.estimate import Measure
from tidegate.spine.gate import Verdict


class Arm(msgspec.Struct, frozen=True, kw_only=True):
    """One way of doing it: `usual` ways must fail for the incident to be the incident."""

    name: str
    usual: bool
    verdict: Verdict
    summary: str
    measures: tuple[Measure, ...] = ()
    detail: dict[str, Any] = msgspec.field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """One entry of `arms` in `tidegate sim NAME --json`."""
        return {
            "name": self.name,
            "usual": self.usual,
            "verdict": self.verdict.value,
            "summary": self.summary,
            "measures": [m.to_json() for m in self.measures],
            **self.detail,
        }


class ScenarioResult(msgspec.Struct, frozen=True, kw_only=True):
    """All arms of one incident; `plots` maps file names to SVG text."""

    name: str
    incident: str
    seed: int
    arms: tuple[Arm, ...]
    plots: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Pass if every usual arm fails and every other arm passes, and there is one of each."""
        usual = [a.verdict for a in self.arms if a.usual]
        ours = [a.verdict for a in self.arms if not a.usual]
        if not usual or not ours:
            return Verdict.UNDECIDED
        shown = all(v is Verdict.FAIL for v in usual) and all(v is Verdict.PASS for v in ours)
        return Verdict.PASS if shown else Verdict.FAIL


class Scenario(Protocol):
    """A module of `sim/scenarios`."""

    def run(self, seed: int, scale: float = 1.0) -> ScenarioResult:
        """Replay the incident; `scale` shrinks it for tests."""
        ...
