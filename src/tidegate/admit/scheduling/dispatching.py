"""Who goes now, and to which engine: the policy is asked, the windows answer, and what goes is entered.

One pool of requests is pumped until its policy finds nobody who fits into any window; a call that comes when nobody
waits and there is room goes at once, without touching a queue.
"""

from collections.abc import Sequence
from heapq import heappush

from tidegate.admit.scheduling.bounds import EXPECTED_UNKNOWN, Bounds
from tidegate.admit.scheduling.ledger import Ledger
from tidegate.admit.scheduling.model import AnyAction, Dispatch, Plan, check_plan
from tidegate.admit.scheduling.policies import POLICIES, class_ranks
from tidegate.admit.scheduling.routing import Routes
from tidegate.admit.scheduling.stepping import Steps
from tidegate.admit.scheduling.tally import Tally
from tidegate.admit.scheduling.tickets import SLACK_UNKNOWN, Limits, Pool, Ticket
from tidegate.admit.scheduling.warm import in_order
from tidegate.admit.scheduling.window import Window
from tidegate.spine.contracts import Waiting

SLACK = 0.5  # credit over what the window may hold ...
SLACK_CALM = 0.02  # ... where neither deadlines nor shared prefixes spend it
LIFT_CREDIT = 0.06  # of what the window may hold: how far ahead of those who always wait a returning tenant starts


class Dispatching:
    """Tickets, pools and windows, and how requests get from one to the other."""

    def __init__(self, plan: Plan) -> None:
        check_plan(plan, frozenset(POLICIES))
        self.plan = plan
        self.classes = {c.name: c for c in plan.classes}
        self.ranks = class_ranks(plan)
        self.routes = Routes(self._resize)
        self.routes.set(plan)
        self.windows, self.pools = self.routes.windows, self.routes.pools
        self.bounds = Bounds(plan)
        self.tickets: dict[int, Ticket] = {}
        self.now = 0.0  # own time: never back, never far ahead
        self._last_s: float | None = None
        self._expiries: list[tuple[float, int, Ticket]] = []
        self._blind: list[tuple[float, int, Ticket]] = []  # no first token will be seen: assumed by then
        self._rated_s = 0.0
        self.steps = Steps(self)
        self.tally = Tally()

    def _goes_at_once(self, ticket: Ticket, limits: Limits, actions: list[AnyAction]) -> bool:
        """Nobody waits, there is room and budget: the usual case, which leaves every queue untouched.

        What it decides and charges is what the long way would (`test_the_short_way_is_the_long_way`).
        """
        way, request = ticket.way, ticket.request
        policy = way.pool.policy
        if policy.queued or limits.held or policy.elsewhere or not policy.short_way:
            return False
        expected = self._expected(policy, request)
        uncapped = not policy.protects
        window: Window | None = None
        for w in (way.single,) if way.single is not None else self._in_order(ticket):
            if w.fits(request.tokens_prompt, expected, ticket.latency, self.now, uncapped=uncapped):
                window = w
                break
        if window is None:
            return False
        if self.plan.prefix_stepping and self.steps.wanted(ticket, window):
            return False
        if limits.limited and not self.bounds.reserve(ticket, limits, self.now):
            return False
        policy.pass_through(request)
        ticket.row.arrived += 1
        self.tickets[request.request_id] = ticket
        self._dispatch(ticket, window, actions)
        return True

    def _release_held(self, actions: list[AnyAction]) -> None:
        for tenant, limits in list(self.bounds.held.items()):
            while limits.held:
                request_id, ticket = next(iter(limits.held.items()))
                if not self.bounds.reserve(ticket, limits, self.now):
                    break
                del limits.held[request_id]
                ticket.pool.policy.arrive(ticket.request, self.now)
                self._pump(ticket.pool, actions)
            if not limits.held:
                self.bounds.held.pop(tenant, None)

    def _expected(self, policy: Ledger, request: Waiting) -> int:
        """Output tokens the window should keep room for."""
        account = policy.accounts.get(request.tenant)
        mean = (int(account.output_mean) if account is not None else 0) or EXPECTED_UNKNOWN
        most = request.tokens_output_max
        return most if 0 < most < mean else mean

    def _pump(self, pool: Pool, actions: list[AnyAction]) -> None:
        """Dispatch while the policy finds somebody who fits."""
        policy, now = pool.policy, self.now
        chosen: list[Window] = [pool.windows[0]]
        only: list[Window] = []  # at most one: where credit is measured among fewer
        protects, stepping = policy.protects, self.plan.prefix_stepping

        def admissible(request: Waiting, uncapped: bool = False, warm: bool = False) -> bool:
            expected = self._expected(policy, request)
            latency = request.deadline_s is not None
            ticket = self.tickets[request.request_id]
            single = ticket.way.single
            for window in (single,) if single is not None else self._in_order(ticket, warm):
                if only and window is not only[0]:
                    continue
                prompt = request.tokens_prompt
                if stepping and not latency:
                    prompt = self.steps.first(window, prompt)
                    if not prompt:
                        continue
                if window.fits(prompt, expected, latency, now, uncapped=uncapped or not protects,
                               whole=request.tokens_prompt):  # fmt: skip
                    chosen[0] = window
                    return True
            return False

        while policy.queued:
            request = policy.pick(now, admissible)
            if request is None and policy.narrow:
                for window, more in self._open_only_to_some(pool):
                    kept, policy.slack = policy.slack, policy.slack + more
                    only.append(window)
                    request = policy.pick(now, admissible)
                    only.clear()
                    policy.slack = kept
                    if request is not None:
                        break
            if request is None:
                return
            ticket = self.tickets[request.request_id]
            self.bounds.unqueue(ticket)
            if stepping and self.steps.wanted(ticket, chosen[0]):
                self.steps.begin(ticket, chosen[0], actions)
            else:
                self._dispatch(ticket, chosen[0], actions)

    def _in_order(self, ticket: Ticket, warm: bool = False) -> Sequence[Window]:
        """The windows that a request may use, first choice first; `warm`: only replicas that have its prefix."""
        pool, windows = ticket.pool, ticket.way.windows
        if not pool.spread:
            return windows
        where = pool.warm.at(ticket.request.prefix_key)
        return [w for w in windows if w.rule.name in where] if warm else in_order(windows, where)

    def _open_only_to_some(self, pool: Pool) -> list[tuple[Window, float]]:
        """Engines that the least served who wait may not use, with the credit that those who may are short of.

        Credit is measured from the least served tenant that waits.  Where that one may not use an engine, its
        waiting must not keep the engine empty: there credit is measured from the least served that may use it.
        """
        policy = pool.policy
        least = policy.least.peek()
        found: list[tuple[Window, float]] = []
        if least is None or not policy.protects:
            return found
        levels: dict[str, float] = {}
        for account in policy.accounts.values():
            for flow in account.flows.values() if account.waiting else ():
                head = policy.head(flow)
                for window in self.tickets[head.request_id].way.windows if head is not None else ():
                    name = window.rule.name
                    levels[name] = min(levels.get(name, account.counter), account.counter)
        for window in pool.windows:
            level = levels.get(window.rule.name)
            if window.up and level is not None and level > least.counter:
                found.append((window, level - least.counter))
        return found

    def _resize(self, pool: Pool) -> None:
        """Credit follows the token window: half of its charge where deadlines or shared prefixes can spend it."""
        tokens = sum(w.tokens_max for w in pool.windows)
        if tokens < float("inf"):
            held = pool.policy.prices.completion * tokens
            calm = self.routes.target_s is None and not pool.local
            pool.policy.slack = SLACK_CALM * held if calm else max(SLACK_UNKNOWN, SLACK * held)
            pool.policy.lift_credit = LIFT_CREDIT * held if pool.policy.protects else 0.0

    def _dispatch(self, ticket: Ticket, window: Window, actions: list[AnyAction]) -> None:
        """Send it now.  One whose prompt was computed in steps has its place already; the rest of it goes."""
        now, request, pool = self.now, ticket.request, ticket.pool
        stepped = ticket.stepping
        waited = (ticket.dispatched_s if stepped else now) - request.arrived_s
        if stepped:
            ticket.stepping = False
            ticket.prefilling = True
            window.prefilling(request.tokens_prompt - ticket.warm, ticket.latency, now)
            ticket.ahead = window.prefill + window.others_prefill
        else:
            ticket.engine = window.rule.name
            self._enter(ticket, pool.policy, window)
        if pool.spread and request.prefix_key:
            pool.warm.computed(request.prefix_key, ticket.engine)
        ticket.dispatched_s = now
        ticket.first_s = None
        ticket.generated = 0
        reason = ticket.reason if waited > 0.0 else ""
        passed = pool.dispatched - ticket.passed_at_arrival
        pool.dispatched += 1
        ticket.row.went(waited, reason)
        rank = self.ranks.get(request.service_class, 0)
        if not request.stream and window.prefill_speed > 0.0:
            heappush(self._blind, (now + 1.5 * ticket.ahead / window.prefill_speed, request.request_id, ticket))
        actions.append(Dispatch(request.request_id, ticket.engine, waited, reason, passed, rank, ticket.warm))

    def _enter(self, ticket: Ticket, policy: Ledger, window: Window, *, prefill: int | None = None) -> None:
        request, now = ticket.request, self.now
        ticket.expected = self._expected(policy, request)
        ticket.prefilling = prefill is None
        window.enter(request.tokens_prompt, ticket.expected, ticket.latency, now, prefill=prefill)
        ticket.ahead = window.prefill + window.others_prefill
        if window.requests_budget is not None:
            budget = window.requests_budget
            ticket.stamps += ((budget, budget.reserve(1, now), 1),)
        if window.tokens_budget is not None:
            amount = request.tokens_prompt + ticket.expected
            ticket.stamps += ((window.tokens_budget, window.tokens_budget.reserve(amount, now), amount),)

    def _pump_engine(self, engine: str, actions: list[AnyAction]) -> None:
        """Room came up on one engine: the pools that use it, in the order they were first seen."""
        for pool in self.pools.values():
            if pool.policy.queued and engine in pool.engines:
                self._pump(pool, actions)
        if self.steps.paused:
            self.steps.go_on(self.windows[engine], actions)
