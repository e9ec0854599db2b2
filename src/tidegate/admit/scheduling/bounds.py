"""Whether a request may wait, and what it takes of its tenant's budgets while it does.

Waiting is better than a refusal, until waiting is hopeless: then an early answer with a true `retry-after` lets a
client do something else.  A budget is reserved before anything is spent and settled when the request ends, refunds
included, so what runs in parallel cannot overspend it.
"""

from tidegate.admit.scheduling.budget import SlidingBudget
from tidegate.admit.scheduling.model import Plan, Refuse, TenantRule
from tidegate.admit.scheduling.tickets import Limits, Pool, Ticket
from tidegate.spine.contracts import Waiting

EXPECTED_UNKNOWN = 256  # output tokens expected of a tenant never seen
RESERVED_UNKNOWN = 4_096  # output tokens reserved in a budget when the request names no maximum


class Bounds:
    """Limits by tenant, what waits in all, and the tenants whose requests wait for a budget."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.limits = {t.name: Limits(t) for t in plan.tenants}
        self.waiting = 0
        self.bytes_waiting = 0
        self.held: dict[str, Limits] = {}

    def reload(self, plan: Plan) -> None:
        """Limits of a new plan; what was spent under the old ones still counts."""
        self.plan = plan
        for tenant in plan.tenants:
            limits = self.of(tenant.name)
            if limits.rule != tenant:
                limits.set(tenant)

    def of(self, tenant: str) -> Limits:
        """The limits of a tenant, none of its own on first sight."""
        limits = self.limits.get(tenant)
        if limits is None:
            limits = self.limits[tenant] = Limits(TenantRule(name=tenant))
        return limits

    def queue(self, ticket: Ticket, limits: Limits) -> None:
        """It waits from now on."""
        self.waiting += 1
        self.bytes_waiting += ticket.size_bytes
        limits.waiting += 1
        limits.bytes_waiting += ticket.size_bytes

    def unqueue(self, ticket: Ticket) -> None:
        """It waits no longer."""
        self.waiting -= 1
        self.bytes_waiting -= ticket.size_bytes
        limits = self.of(ticket.request.tenant)
        limits.waiting -= 1
        limits.bytes_waiting -= ticket.size_bytes

    def refusal(self, ticket: Ticket, limits: Limits, now_s: float) -> Refuse | None:
        """Why this request may not even wait, or None."""
        rule, plan, request, pool = limits.rule, self.plan, ticket.request, ticket.pool
        retry = max(1.0, self.projected_wait_s(pool, request, limits))

        def no(status: int, code: str, message: str, retry_after_s: float) -> Refuse:
            return Refuse(request.request_id, status, code, retry_after_s, message)

        if rule.queue_requests_max is not None and limits.waiting >= rule.queue_requests_max:
            return no(429, "tenant_queue_full", f"{limits.waiting} requests of this tenant wait already", retry)
        if rule.queue_bytes_max is not None and limits.bytes_waiting + ticket.size_bytes > rule.queue_bytes_max:
            return no(429, "tenant_queue_bytes", "the waiting requests of this tenant hold too many bytes", retry)
        if self.waiting >= plan.queue_requests_max:
            return no(503, "queue_full", f"{self.waiting} requests wait already", retry)
        if self.bytes_waiting + ticket.size_bytes > plan.queue_bytes_max:
            return no(503, "queue_bytes", "the waiting requests hold too many bytes", retry)
        for budget, amount in limits.budgets(self._reservation(request)):
            wait = budget.wait_s(amount, now_s)
            if wait > ticket.wait_s_max:
                return no(429, "tenant_budget", f"this tenant's budget lets it in after {wait:.0f} s", wait)
        projected = self.projected_wait_s(pool, request, limits)
        if projected > ticket.wait_s_max:
            own = limits.waiting > 0
            return no(429 if own else 503, "hopeless", f"the projected wait is {projected:.0f} s, more than the "
                      f"{ticket.wait_s_max:.0f} s allowed", max(1.0, projected - ticket.wait_s_max))  # fmt: skip
        return None

    def projected_wait_s(self, pool: Pool, request: Waiting, limits: Limits) -> float:
        """Own work ahead, over the own share of the measured rate; 0.0 when nothing waits or nothing is known."""
        policy = pool.policy
        account = policy.account(request.tenant)
        if not policy.queued or pool.rate <= 0.0 or not account.waiting:
            return 0.0
        if any(w.opening for w in pool.windows):  # the rate so far says nothing of what the engine will take
            return 0.0
        prices, mean = policy.prices, account.output_mean or EXPECTED_UNKNOWN
        each = prices.prompt * request.tokens_prompt + prices.completion * mean
        weights = sum(a.weight for a in policy.accounts.values() if a.waiting) if len(policy.least) < 64 else None
        share = account.weight / (weights if weights is not None else account.weight * len(policy.least))
        return (account.waiting + len(limits.held)) * each / (pool.rate * share)

    @staticmethod
    def _reservation(request: Waiting) -> int:
        return request.tokens_prompt + (request.tokens_output_max or RESERVED_UNKNOWN)

    def reserve(self, ticket: Ticket, limits: Limits, now_s: float) -> bool:
        """Take what it may use of each budget, or nothing and False."""
        requests, minute, day = limits.requests, limits.tokens_minute, limits.tokens_day
        tokens = self._reservation(ticket.request)
        if (
            (requests is not None and not requests.fits(1, now_s))
            or (minute is not None and not minute.fits(tokens, now_s))
            or (day is not None and not day.fits(tokens, now_s))
        ):
            return False
        stamps: list[tuple[SlidingBudget, int, int]] = []
        if requests is not None:
            stamps.append((requests, requests.reserve(1, now_s), 1))
        if minute is not None:
            stamps.append((minute, minute.reserve(tokens, now_s), tokens))
        if day is not None:
            stamps.append((day, day.reserve(tokens, now_s), tokens))
        ticket.stamps = tuple(stamps)
        return True

    def settle(self, ticket: Ticket, tokens: int, now_s: float, *, refund: bool) -> None:
        """Give back what was reserved and not used; on a refund, all of it."""
        rule_requests = self.of(ticket.request.tenant).requests
        for budget, stamp, reserved in ticket.stamps:
            used = 0 if refund else reserved if budget is rule_requests else tokens
            if used != reserved:
                budget.settle(stamp, used - reserved, now_s)
        ticket.stamps = ()
