"""The policies by name: the only list of them."""

from tidegate.admit.scheduling.fair import Fair
from tidegate.admit.scheduling.ledger import Ledger
from tidegate.admit.scheduling.model import Plan
from tidegate.admit.scheduling.simple import DeficitRoundRobin, Fifo, Priority, RoundRobin, Vtc
from tidegate.spine.errors import SettingError, nearest

POLICIES: dict[str, type[Ledger]] = {p.name: p for p in (Fifo, Priority, RoundRobin, DeficitRoundRobin, Vtc, Fair)}


def class_ranks(plan: Plan) -> dict[str, int]:
    """Classes in strict order: tightest first-token target first, those without one last, else as written."""
    infinity = float("inf")
    order = sorted(plan.classes, key=lambda c: infinity if c.ttft_target_s is None else c.ttft_target_s)
    return {c.name: i for i, c in enumerate(order)}


def make_policy(plan: Plan, *, slack: float = 0.0) -> Ledger:
    """A fresh policy object for one pool; raises SettingError for an unknown name."""
    if plan.policy not in POLICIES:
        raise SettingError(f"expected a scheduling policy, got {plan.policy!r}", where="scheduling.policy",
                           remedy=nearest(plan.policy, POLICIES))  # fmt: skip
    return POLICIES[plan.policy](
        plan.prices,
        {t.name: t.weight for t in plan.tenants},
        {c.name: c.weight for c in plan.classes},
        class_ranks(plan),
        slack=slack,
    )


def succeed(old: Ledger, plan: Plan, now_s: float) -> Ledger:
    """A policy of the new plan that takes over accounts, bills and waiting requests of an old one."""
    new = make_policy(plan, slack=old.slack)
    waiting = sorted(old.queued.values(), key=lambda r: (r.arrived_s, r.request_id))
    for request in waiting:
        old.cancel(request.request_id, now_s)
    new.accounts, new.bills, new.last_left = old.accounts, old.bills, old.last_left
    for request in waiting:
        new.arrive(request, now_s)
    return new
