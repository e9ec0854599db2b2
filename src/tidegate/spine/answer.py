"""The one document a verb prints: verdict, findings, measures, and the verb's own typed fields."""

from typing import Any

import msgspec

from tidegate.spine.estimate import Measure
from tidegate.spine.finding import Finding
from tidegate.spine.gate import Verdict


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a verb answers.

    `fields` are the verb's own answer fields (`decision`, `stop_step`, `arms` …) and stand at
    the top level of the JSON document.  `text` is what only people read (tables, timelines).
    """

    verb: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    fields: dict[str, Any] = msgspec.field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Exactly the JSON contract: verb, verdict, findings, measures, then the verb's fields."""
        return {
            "verb": self.verb,
            "verdict": self.verdict.value,
            "findings": [f.to_json() for f in self.findings],
            "measures": [m.to_json() for m in self.measures],
            **self.fields,
        }
