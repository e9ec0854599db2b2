"""The published bounds in 100,000 random histories, and that the same suite catches broken policies.

Goal: fairness is a property, not an example.  Method: `tidegate.sim.fairness` plays small random histories
(with drains in which every queue empties) against a slow reference; the seed is in the failure message.
"""

import functools
from typing import Any

import pytest

from tidegate.admit.scheduling.fair import Fair
from tidegate.admit.scheduling.ledger import Flow, Ledger
from tidegate.admit.scheduling.simple import DeficitRoundRobin, Vtc
from tidegate.sim.fairness import Violated, histories
from tidegate.spine.contracts import Waiting

SEED = 20_26
EACH = 25_000


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("vtc", Vtc),
        ("fair", functools.partial(Fair, predict=False)),
        ("fair", Fair),
        ("deficit_round_robin", DeficitRoundRobin),
    ],
    ids=["vtc", "fair", "fair-predicting", "deficit_round_robin"],
)
def test_bounds_hold(kind: str, make: Any) -> None:
    print(f"seed {SEED}")
    worst = histories(make, kind, EACH, SEED, rounds=6)
    assert max(worst) <= 1.0


def test_bounds_hold_in_long_histories() -> None:
    assert max(histories(Fair, "fair", 300, SEED + 1, rounds=60)) <= 1.0
    assert max(histories(Vtc, "vtc", 300, SEED + 1, rounds=60)) <= 1.0


class RequestCharged(Vtc):
    """Broken: a request is a request, however long."""

    def _charge(self, flow: Flow, amount: float) -> None:
        super()._charge(flow, 1.0 if amount > 0 else 0.0)


class NeverPicks(Fair):
    """Broken: nobody is ever next."""

    def pick(self, now_s: float, admissible: Any) -> Waiting | None:
        return None


class ForgetsDrain(Vtc):
    """Broken: the short form of the lift, which knows only the active tenants."""

    def _leave(self, flow: Flow) -> None:
        super()._leave(flow)
        self.last_left = None


class ChargesAtTheEnd(Vtc):
    """Broken: output tokens are free while they stream."""

    def progress(self, request_id: int, tokens_generated: int, now_s: float) -> None:
        self.bills[request_id].generated += 0


@pytest.mark.skipif(not hasattr(Ledger.arrive, "__code__"), reason="compiled policies cannot be broken by subclasses")
@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("vtc", functools.partial(Vtc, lift=False)),
        ("fair", functools.partial(Fair, predict=False, lift=False)),
        ("vtc", RequestCharged),
        ("fair", NeverPicks),
        ("vtc", ForgetsDrain),
        ("vtc", ChargesAtTheEnd),
    ],
)
def test_broken_policies_are_caught(kind: str, make: Any) -> None:
    with pytest.raises(Violated):
        histories(make, kind, 2_000, SEED, rounds=6)
