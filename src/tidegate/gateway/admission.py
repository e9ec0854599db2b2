# ruff: noqa: ARG002 (an open admission looks at nothing)
"""Admission on the gateway's side: who may go, when, and to which upstream."""

from collections.abc import Sequence
from typing import Any

from tidegate.gateway.seams import Refused, Resume
from tidegate.settings import Settings
from tidegate.spine.call import Usage
from tidegate.spine.contracts import Waiting


class OpenAdmission:
    """Lets every call go at once to its first upstream: no queue, no window, no limits.

    What a bench uses as the bare case, and what stands in where scheduling is switched off.
    """

    def __init__(self) -> None:
        self.running = 0

    def arrive(
        self, request: Waiting, candidates: Sequence[str], resume: Resume, now_s: float, bytes_held: int = 0
    ) -> str | Refused | None:
        """Go."""
        self.running += 1
        return candidates[0]

    def first_token(self, request_id: int, now_s: float) -> None:
        """Nothing to learn."""

    def progress(self, request_id: int, tokens_generated: int, now_s: float) -> None:
        """Nothing to charge."""

    def moved(self, request_id: int, upstream: str, now_s: float) -> None:
        """Nothing to move."""

    def end(
        self, request_id: int, usage: Usage | None, now_s: float, *, refund: bool = False, overloaded: bool = False
    ) -> None:
        """One less."""
        self.running -= 1

    def cancel(self, request_id: int, now_s: float) -> None:
        """Nobody waits here."""

    def upstream_state(self, upstream: str, healthy: bool, now_s: float) -> None:
        """Nothing to close."""

    def tick(self, now_s: float) -> None:
        """Nothing to refill."""

    def reload(self, settings: Settings, now_s: float) -> None:
        """Nothing to set."""

    def snapshot(self) -> dict[str, Any]:
        """How many run."""
        return {"kind": "open", "running": self.running}
