"""The contract between a worker and its verifier: a rejection must cite an open criterion.

The criteria are fixed at the start.  A rejection that cites none of the open ones is bounced back
with the contract, `bounces` times; a rejection that closes no criterion uses up the `allowance`.
Every permitted round makes (open criteria, bounces left, allowance left) smaller in lexicographic
order, so the loop ends after at most (criteria + 1)(bounces + 1)(allowance + 1) rounds, whatever the
two models say.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from tidegate.spine.errors import WrongUse

Ruling = Literal["accepted", "revise", "bounced", "stopped"]


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A verifier's answer: passed, or failed with an observation for each criterion it cites."""

    passed: bool
    cited: Mapping[str, str] = msgspec.field(default_factory=dict)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What the contract says of one review, and why; `open` are the criteria still to be met."""

    ruling: Ruling
    reason: str
    open: tuple[str, ...]


class VerifierContract:
    """Holds a worker and a verifier to their contract; one instance a task."""

    def __init__(self, criteria: tuple[str, ...], *, bounces: int = 1, allowance: int = 1) -> None:
        if not criteria or len(set(criteria)) != len(criteria):
            raise WrongUse(f"expected at least one criterion, each once, got {criteria!r}")
        if bounces < 0 or allowance < 0:
            raise WrongUse(f"expected bounces and allowance from 0 on, got {bounces} and {allowance}")
        self.criteria = criteria
        self.bounces, self.allowance = bounces, allowance
        self.open = frozenset(criteria)
        self.bounces_left, self.allowance_left = bounces, allowance
        self.rounds = 0
        self.over = False

    @property
    def rounds_max(self) -> int:
        """The bound on the number of rounds, for any outputs of both sides."""
        return (len(self.criteria) + 1) * (self.bounces + 1) * (self.allowance + 1)

    def review(self, review: Review) -> Round:
        """Rule on one review; after `accepted` or `stopped` the loop is over."""
        if self.over:
            raise WrongUse("the review loop is over", remedy="start a new contract for a new task")
        self.rounds += 1
        if review.passed:
            return self._end("accepted", "the verifier accepted")
        cited = frozenset(review.cited) & self.open
        if not cited:
            if self.bounces_left == 0:
                return self._end("stopped", "rejected again without citing an open criterion")
            self.bounces_left -= 1
            reason = f"a rejection must cite one of: {', '.join(sorted(self.open))}"
            return Round(ruling="bounced", reason=reason, open=self._listed())
        if cited < self.open:
            self.open = cited
            self.bounces_left, self.allowance_left = self.bounces, self.allowance
            return Round(ruling="revise", reason=f"{len(cited)} criteria are open", open=self._listed())
        if self.allowance_left == 0:
            return self._end("stopped", f"no criterion was met in {self.allowance + 1} rounds")
        self.allowance_left -= 1
        self.bounces_left = self.bounces
        return Round(ruling="revise", reason="no criterion was met in this round", open=self._listed())

    def _end(self, ruling: Ruling, reason: str) -> Round:
        self.over = True
        return Round(ruling=ruling, reason=reason, open=self._listed())

    def _listed(self) -> tuple[str, ...]:
        return tuple(c for c in self.criteria if c in self.open)
