"""Who goes when, to which engine: policy, windows, budgets and bounds in one pure object.

`step(event, now_s)` returns the actions to take.  It keeps no clock: its own time goes forward by at most
`JUMP_S` an event while anything waits, so a clock that jumps changes no order and expires nobody.
The same events give the same actions bit for bit (`tidegate schedule replay`).
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

import msgspec

from tidegate.admit.scheduling.dispatching import Dispatching
from tidegate.admit.scheduling.model import (
    Abort,
    Again,
    AnyAction,
    AnyEvent,
    Arrive,
    Cancel,
    Elsewhere,
    EngineState,
    Finish,
    FirstToken,
    Moved,
    Outcome,
    Plan,
    Refuse,
    Signal,
    SignalLost,
    Stepped,
    Throttled,
    Tick,
    Tokens,
    check_plan,
)
from tidegate.admit.scheduling.policies import POLICIES, class_ranks, succeed
from tidegate.admit.scheduling.tally import jain_index
from tidegate.admit.scheduling.tickets import Ticket, Way
from tidegate.spine.contracts import Waiting

JUMP_S = 2.0  # ticks come several times a second: a longer gap while something waits is a jump


class Admission(Dispatching):
    """The gateway's, the simulator's and the replay's one scheduler.  See the module."""

    # ------------------------------------------------------------ one step

    def step(self, event: AnyEvent, now_s: float) -> list[AnyAction]:
        """What to do now that `event` happened."""
        self._advance(now_s)
        actions: list[AnyAction] = []
        _HANDLERS[event.__class__](self, event, actions)
        return actions

    def _advance(self, now_s: float) -> None:
        last = self._last_s
        if last is None:
            self.now = now_s
        elif now_s > last:
            passed = now_s - last
            self.now += JUMP_S if self.bounds.waiting and passed > JUMP_S else passed
        self._last_s = now_s

    # ------------------------------------------------------------ arrivals

    def _arrive(self, a: Arrive, actions: list[AnyAction]) -> None:
        now, name, tenant, plan = self.now, a.service_class, a.tenant, self.plan
        rule = self.classes.get(name)
        target_s = None if rule is None else rule.ttft_target_s
        deadline_s = None if target_s is None else now + target_s
        request = Waiting(
            request_id=a.request_id, tenant=tenant, service_class=name, arrived_s=now,
            tokens_prompt=a.tokens_prompt, tokens_output_max=a.tokens_output_max, prefix_key=a.prefix_key,
            deadline_s=deadline_s, call_id=a.call_id, stream=a.stream,
        )  # fmt: skip
        way = self.routes.way(a.pool)
        pool = way.pool
        if way.lane:
            request.lane = way.lane
        if deadline_s is not None:
            for window in way.windows:
                window.latency_came(now)
        limits = self.bounds.limits.get(tenant) or self.bounds.of(tenant)
        wait_s_max = plan.wait_s_max if a.wait_s_max is None else min(a.wait_s_max, plan.wait_s_max)
        ticket = Ticket(request, way, self.tally.row(tenant, name), a.size_bytes, deadline_s is not None, wait_s_max)
        if self._goes_at_once(ticket, limits, actions):
            return
        refusal = self.bounds.refusal(ticket, limits, now)
        if refusal is not None:
            ticket.row.refused[refusal.code] += 1
            actions.append(refusal)
            return
        ticket.row.arrived += 1
        self.tickets[a.request_id] = ticket
        self.bounds.queue(ticket, limits)
        heappush(self._expiries, (now + wait_s_max, a.request_id, ticket))
        if limits.held or not self.bounds.reserve(ticket, limits, self.now):
            limits.held[a.request_id] = ticket
            self.bounds.held[tenant] = limits
            ticket.reason = "tenant_budget"
            return
        account = pool.policy.account(tenant)
        behind_own = account.waiting > 0
        pool.policy.arrive(request, now)
        self._pump(pool, actions)
        if not ticket.engine:
            least = pool.policy.neediest()
            over = least is not None and account.counter > least.counter + pool.policy.slack
            blocked = next((w.blocked for w in way.windows if w.blocked), "engine_slots")
            ticket.reason = "own_queue" if behind_own else "over_share" if over else blocked

    # ------------------------------------------------------------ what happens to a dispatched request

    def _tokens(self, event: Tokens, actions: list[AnyAction]) -> None:  # noqa: ARG002 - all handlers look alike
        tickets, windows, now = self.tickets, self.windows, self.now
        for request_id, count in event.counts:
            ticket = tickets.get(request_id)
            if ticket is None or not ticket.engine or count <= 0:
                continue
            ticket.pool.policy.progress(request_id, count, now)
            generated = ticket.generated = ticket.generated + count
            beyond = generated - ticket.expected
            windows[ticket.engine].grow(0 if beyond <= 0 else min(beyond, count), count)

    def _first_token(self, event: FirstToken, actions: list[AnyAction]) -> None:
        ticket = self.tickets.get(event.request_id)
        if ticket is None or not ticket.engine or ticket.first_s is not None or ticket.stepping:
            return
        ticket.first_s = self.now
        ticket.row.ttft.add(self.now - ticket.request.arrived_s)
        self._prefilled(ticket, self.now - ticket.dispatched_s, event.behind)
        self._pump_engine(ticket.engine, actions)

    def _prefilled(self, ticket: Ticket, ttft_s: float | None, behind: bool = False) -> None:
        if ticket.prefilling:
            ticket.prefilling = False
            window = self.windows[ticket.engine]
            window.first_token(ticket.request.tokens_prompt - ticket.warm, ticket.latency, self.now, ttft_s=ttft_s,
                               ahead=ticket.ahead, behind=behind)  # fmt: skip

    def _exit(self, ticket: Ticket) -> None:
        """Out of its engine's window."""
        if ticket.stepping:
            self.steps.leave(ticket)
        self._prefilled(ticket, None)
        prompt = ticket.request.tokens_prompt
        size = prompt + max(ticket.generated, ticket.expected)
        self.windows[ticket.engine].leave(size, prompt + ticket.generated, ticket.latency, self.now)

    def _finish(self, f: Finish, actions: list[AnyAction]) -> None:
        ticket = self.tickets.get(f.request_id)
        if ticket is None or not ticket.engine:
            return
        engine, policy = ticket.engine, ticket.pool.policy
        self._exit(ticket)
        untouched = ticket.first_s is None and not ticket.generated
        refund = f.outcome is not Outcome.DONE and untouched
        request = ticket.request
        prompt = request.tokens_prompt if f.tokens_prompt is None else f.tokens_prompt
        completion = ticket.generated if f.tokens_completion is None else f.tokens_completion
        if ticket.stamps:
            self.bounds.settle(ticket, prompt + completion, self.now, refund=refund)
        if f.outcome is Outcome.RETRY and refund:
            self._wait_again(ticket, ticket.way)
        else:
            cached = f.tokens_cached
            if cached is not None and ticket.warm:  # what its own steps computed is no gift of the cache
                cached = max(0, cached - ticket.warm)
            policy.finish(f.request_id, self.now, refund=refund, tokens_prompt=f.tokens_prompt,
                          tokens_cached=cached, tokens_completion=f.tokens_completion)  # fmt: skip
            del self.tickets[f.request_id]
            ticket.row.ended(first_s=ticket.first_s, now_s=self.now, tokens=completion)
        if self.bounds.held:
            self._release_held(actions)
        self._pump_engine(engine, actions)

    def _wait_again(self, ticket: Ticket, way: Way) -> None:
        """It failed before its first token: refunded once, and at its place among its tenant's that wait for `way`.

        It was let in before and its body is in memory: no bound on what may wait refuses it now.
        """
        now, request = self.now, ticket.request
        ticket.pool.policy.finish(request.request_id, now, refund=True)
        ticket.engine, ticket.reason, ticket.warm = "", "retried", 0
        if way is not ticket.way:
            ticket.goes(way)
        ticket.request = msgspec.structs.replace(request, lane=way.lane)
        limits = self.bounds.of(request.tenant)
        self.bounds.queue(ticket, limits)
        self.bounds.reserve(ticket, limits, now)
        ticket.expires_s = (ticket.expires_s or request.arrived_s + ticket.wait_s_max) + (now - ticket.dispatched_s)
        heappush(self._expiries, (ticket.expires_s, request.request_id, ticket))
        way.pool.policy.rejoin(ticket.request)

    def _again(self, event: Again, actions: list[AnyAction]) -> None:
        ticket = self.tickets.get(event.request_id)
        if ticket is None or not ticket.engine:
            return
        failed = ticket.engine
        self._exit(ticket)
        if ticket.stamps:
            self.bounds.settle(ticket, 0, self.now, refund=True)
        self._wait_again(ticket, self.routes.way(event.pool))
        self._pump(ticket.pool, actions)
        if self.bounds.held:
            self._release_held(actions)
        self._pump_engine(failed, actions)

    def _cancel(self, event: Cancel, actions: list[AnyAction]) -> None:
        request_id = event.request_id
        ticket = self.tickets.get(request_id)
        if ticket is None:
            return
        if ticket.engine:
            actions.append(Abort(request_id, ticket.engine))
            computed = ticket.warm + ticket.step if ticket.stepping else None
            self._finish(Finish(request_id, tokens_prompt=computed), actions)
            return
        self._drop(ticket)
        self._release_held(actions)
        self._pump(ticket.pool, actions)  # the head may have been what did not fit

    def _drop(self, ticket: Ticket) -> None:
        """A waiting request goes away; nobody is charged."""
        request = ticket.request
        self.bounds.unqueue(ticket)
        self.bounds.of(request.tenant).held.pop(request.request_id, None)
        ticket.pool.policy.cancel(request.request_id, self.now)
        self.bounds.settle(ticket, 0, self.now, refund=True)
        del self.tickets[request.request_id]

    def _moved(self, m: Moved, actions: list[AnyAction]) -> None:  # noqa: ARG002 - all handlers look alike
        """The shell itself went on to another engine after a failure before the first byte."""
        ticket = self.tickets.get(m.request_id)
        if ticket is None or not ticket.engine or m.engine == ticket.engine:
            return
        self._exit(ticket)
        ticket.engine, ticket.dispatched_s, ticket.first_s, ticket.warm = m.engine, self.now, None, 0
        self._enter(ticket, ticket.pool.policy, self.routes.window(m.engine))

    # ------------------------------------------------------------ time and engines

    def _tick(self, event: Tick, actions: list[AnyAction]) -> None:  # noqa: ARG002 - all handlers look alike
        while self._expiries and (self._expiries[0][0] <= self.now or self._stale(self._expiries[0])):
            at_s, request_id, ticket = heappop(self._expiries)
            if self.tickets.get(request_id) is ticket and not ticket.engine and at_s >= ticket.expires_s:
                waited = self.now - ticket.request.arrived_s
                pool, limits = ticket.pool, self.bounds.of(ticket.request.tenant)
                retry = max(1.0, self.bounds.projected_wait_s(pool, ticket.request, limits))
                self._drop(ticket)
                ticket.row.refused["waited_too_long"] += 1
                actions.append(Refuse(request_id, 503, "waited_too_long", retry,
                                      f"waited {waited:.0f} s, the limit, for: {ticket.reason}"))  # fmt: skip
        while self._blind and self._blind[0][0] <= self.now:
            _, request_id, ticket = heappop(self._blind)
            if self.tickets.get(request_id) is ticket and ticket.engine and not ticket.stepping:
                self._prefilled(ticket, None)
        self._release_held(actions)
        self._rate_pools()
        for window in self.windows.values():
            window.probe(self.now)
        for pool in self.pools.values():
            if pool.policy.queued:
                self._pump(pool, actions)
        if self.steps.paused:
            for window in self.windows.values():
                self.steps.go_on(window, actions)

    def _stale(self, entry: tuple[float, int, Ticket]) -> bool:
        return self.tickets.get(entry[1]) is not entry[2] or entry[0] < entry[2].expires_s

    def _rate_pools(self) -> None:
        """How fast each pool serves while somebody waits: what projected waits stand on."""
        if self.now - self._rated_s < 1.0:
            return
        self._rated_s = self.now
        for pool in self.pools.values():
            served = pool.served()
            if pool.rate_at_s is not None and pool.policy.queued and self.now > pool.rate_at_s:
                sample = max(0.0, served - pool.served_then) / (self.now - pool.rate_at_s)
                pool.rate = sample if pool.rate == 0.0 else pool.rate + 0.1 * (sample - pool.rate)
            pool.served_then, pool.rate_at_s = served, self.now
            pool.watch_shares()
            self._resize(pool)

    def _signal(self, event: Signal, actions: list[AnyAction]) -> None:
        window = self.windows.get(event.engine)
        if window is not None:
            window.signal(event, self.now)
            for pool in self.pools.values():
                if event.engine in pool.engines:
                    self._resize(pool)
            self._pump_engine(event.engine, actions)

    def _elsewhere(self, event: Elsewhere, actions: list[AnyAction]) -> None:
        """The other workers: what they served counts, who waits there waits, what they sent is in the engines."""
        for engines, tenant, charged in event.charged:
            self.routes.way(engines).pool.policy.absorb(tenant, charged)
        waiting: dict[tuple[str, ...], list[str]] = {}
        for engines, tenant in event.waiting:
            waiting.setdefault(self.routes.way(engines).pool.engines, []).append(tenant)
        for names, pool in self.pools.items():
            pool.policy.wait_elsewhere(waiting.get(names, ()))
        sizes = {name: rest for name, *rest in event.windows}
        for name, window in self.windows.items():
            window.elsewhere(*sizes.get(name, (0, 0, 0, 0)))
        for pool in self.pools.values():
            if pool.policy.queued:
                self._pump(pool, actions)

    def _stepped(self, event: Stepped, actions: list[AnyAction]) -> None:
        ticket = self.tickets.get(event.request_id)
        if ticket is not None and ticket.stepping and ticket.step:
            self.steps.ended(ticket, event.ok, actions)
            self._pump_engine(ticket.engine, actions)

    def _engine_event(self, event: SignalLost | Throttled | EngineState, actions: list[AnyAction]) -> None:
        window = self.windows.get(event.engine)
        if window is None:
            return
        match event:
            case SignalLost():
                window.signal_lost(event.reason)
            case Throttled():
                window.paused_until_s = max(window.paused_until_s, self.now + event.retry_after_s)
                window.overloaded(self.now)
            case EngineState():
                window.up = event.up
                if not event.up:
                    for pool in self.pools.values():
                        pool.warm.lost(event.engine)
                self._pump_engine(event.engine, actions)

    def reload(self, plan: Plan, now_s: float) -> None:
        """A new plan is in force; waiting and running requests, counters and what was learned stay.

        A new policy object takes over the waiting requests in their order of arrival.
        """
        check_plan(plan, frozenset(POLICIES))
        self._advance(now_s)
        before, self.plan = self.plan, plan
        self.classes = {c.name: c for c in plan.classes}
        self.ranks = class_ranks(plan)
        self.routes.set(plan)
        self.bounds.reload(plan)
        if before.policy != plan.policy or before.prices != plan.prices:
            for pool in self.pools.values():
                pool.policy = succeed(pool.policy, plan, self.now)
                self._resize(pool)
        for pool in self.pools.values():
            pool.policy.reweigh(plan)

    # ------------------------------------------------------------ what is going on

    def snapshot(self) -> dict[str, Any]:
        """Waiting and running by tenant, windows by engine: plain values for the console and metrics."""
        tenants: dict[str, dict[str, Any]] = {}
        for pool in self.pools.values():
            for account in pool.policy.accounts.values():
                row = tenants.setdefault(account.name, {"waiting": 0, "running": 0, "held": 0, "served": 0.0,
                                                        "weight": account.weight})  # fmt: skip
                row["waiting"] += account.waiting
                row["served"] += account.served(pool.policy.prices)
            for bill in pool.policy.bills.values():
                tenants[bill.request.tenant]["running"] += 1
        for limits in self.bounds.limits.values():
            if limits.held:
                row = tenants.setdefault(limits.rule.name, {"waiting": 0, "running": 0, "held": 0, "served": 0.0,
                                                            "weight": limits.rule.weight})  # fmt: skip
                row["held"] = len(limits.held)
        engines = {name: w.describe() for name, w in self.windows.items()}
        shares = [s for pool in self.pools.values() for s in pool.shares.values()]
        return {"policy": self.plan.policy, "waiting": self.bounds.waiting, "waiting_bytes": self.bounds.bytes_waiting,
                "jain_index": jain_index(shares),
                "tenants": tenants, "engines": engines, **self.tally.to_json()}  # fmt: skip


_HANDLERS: dict[type, Callable[[Admission, Any, list[AnyAction]], None]] = {
    Arrive: Admission._arrive, Tokens: Admission._tokens, FirstToken: Admission._first_token,
    Finish: Admission._finish, Cancel: Admission._cancel, Tick: Admission._tick, Signal: Admission._signal,
    Stepped: Admission._stepped, Elsewhere: Admission._elsewhere, Moved: Admission._moved, Again: Admission._again,
    SignalLost: Admission._engine_event, Throttled: Admission._engine_event, EngineState: Admission._engine_event,
}  # fmt: skip
