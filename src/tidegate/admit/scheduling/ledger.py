"""Who was served how much: one counter a tenant, charged as tokens are computed.

Prompt tokens are charged when a request is dispatched, output tokens as they stream, cached prompt
tokens at a discount once the engine reports them; everything is divided by the tenant's weight.  A
prediction of the output may be charged ahead (`prepaid`) and is settled exactly at the end, so a
wrong one shifts charges in time and never changes their sum.

**The lift.**  A tenant that starts to wait again must not cash in its idle time: its counter is
raised to the least counter of the *waiting* tenants and, when nobody waits, to that of the tenant
that last left the queue, less `lift_credit`: so whoever asks now and then goes before those who always
wait, and the bounds grow by that much.  Without the second half a queue that drains wholly forgets what it owes,
and the gap between two waiting tenants is no longer bounded.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from tidegate.admit.scheduling.lazyheap import LazyHeap
from tidegate.admit.scheduling.model import Plan, Prices
from tidegate.spine.contracts import Waiting


class Flow:
    """The requests of one tenant in one class, first come first served.

    Where only some of the engines may serve a request it has a flow of its own (`Waiting.lane`): else it would
    stand in front of those that any engine may serve.
    """

    __slots__ = ("account", "name", "queue", "served", "size", "weight")

    def __init__(self, account: "Account", name: str, weight: float) -> None:
        self.account = account
        self.name = name
        self.weight = weight
        self.queue: deque[Waiting] = deque()
        self.size = 0  # live requests; the deque may still hold cancelled ones
        self.served = 0.0


class Account:
    """One tenant: its counter (charge divided by weight), its flows, what it was given in all."""

    __slots__ = ("charged", "completion", "counter", "credit", "flows", "name", "output_mean", "prompt",
                 "prompt_cached", "waiting", "weight")  # fmt: skip

    def __init__(self, name: str, weight: float) -> None:
        self.name = name
        self.weight = weight
        self.counter = 0.0
        self.charged = 0.0  # what was charged here, over the weight: the counter without lifts and other workers
        self.credit = 0.0  # deficit round robin only
        self.waiting = 0
        self.flows: dict[str, Flow] = {}
        self.output_mean = 0.0
        self.prompt = self.prompt_cached = self.completion = 0  # tokens, net of refunds

    def served(self, prices: Prices) -> float:
        """Charge of everything computed for this tenant, not divided by its weight."""
        full = self.prompt - self.prompt_cached
        return full * prices.prompt + self.prompt_cached * prices.cached + self.completion * prices.completion


class Bill(msgspec.Struct):
    """What one dispatched request was charged so far."""

    request: Waiting
    flow: Flow
    prompt: int
    cached: int
    generated: int
    prepaid: int


def to_its_place(queue: deque[Waiting], request: Waiting) -> None:
    """Into a queue that is in order of arrival."""
    mark = (request.arrived_s, request.request_id)
    behind = next((i for i, r in enumerate(queue) if (r.arrived_s, r.request_id) > mark), len(queue))
    queue.insert(behind, request)


class Ledger:
    """Accounts, waiting requests and bills: what every policy shares.

    `predict` charges a tenant's usual output length at dispatch (None: as the policy does).  `lift` may be
    switched off only to show (in tests) that the suite notices.
    """

    name: ClassVar[str] = "ledger"
    protects: ClassVar[bool] = False  # whether reserved slots and the prefill cap hold under this policy
    predicts: ClassVar[bool] = False  # whether a tenant's usual output length is charged at dispatch
    short_way: ClassVar[bool] = True  # whether `pass_through` is `arrive` and `pick` in one while nobody waits

    def __init__(
        self,
        prices: Prices = Prices(),
        weights: dict[str, float] | None = None,
        class_weights: dict[str, float] | None = None,
        ranks: dict[str, int] | None = None,
        *,
        slack: float = 0.0,
        lift_credit: float = 0.0,
        predict: bool | None = None,
        lift: bool = True,
    ) -> None:
        self.prices = prices
        self.weights = weights or {}
        self.class_weights = class_weights or {}
        self.ranks = ranks or {}
        self.slack = slack
        self.lift_credit = lift_credit
        self.predict = self.predicts if predict is None else predict
        self.lift = lift
        self.accounts: dict[str, Account] = {}
        self.queued: dict[int, Waiting] = {}
        self.narrow = 0  # requests that wait and that only some of the engines may serve
        self.bills: dict[int, Bill] = {}
        self.last_left: Account | None = None
        self.least: LazyHeap[Account] = LazyHeap(lambda a: a.counter)
        self.elsewhere: LazyHeap[Account] = LazyHeap(lambda a: a.counter)  # who waits at another worker
        self._prepare()

    def _prepare(self) -> None:
        """What a policy keeps of its own, empty."""

    # ------------------------------------------------------------ the contract

    def arrive(self, request: Waiting, now_s: float) -> None:  # noqa: ARG002 - part of the contract
        """A request starts to wait; its tenant is lifted if it did not wait already."""
        self._join(request, front=False)

    def cancel(self, request_id: int, now_s: float) -> None:  # noqa: ARG002 - part of the contract
        """A waiting request goes away; changes nobody's counter."""
        request = self.queued.pop(request_id, None)
        if request is not None:
            self._leave(self._flow_of(request))
            self.narrow -= request.lane != ""

    def progress(self, request_id: int, tokens_generated: int, now_s: float) -> None:  # noqa: ARG002
        """A dispatched request generated more tokens: charged now, unless prepaid."""
        bill = self.bills.get(request_id)
        if bill is None:
            return
        bill.generated += tokens_generated
        flow = bill.flow
        flow.account.completion += tokens_generated
        beyond = bill.generated - bill.prepaid
        if beyond > 0:
            self._charge(flow, self.prices.completion * min(beyond, tokens_generated))

    def finish(
        self,
        request_id: int,
        now_s: float,  # noqa: ARG002 - part of the contract
        *,
        refund: bool = False,
        tokens_prompt: int | None = None,
        tokens_cached: int | None = None,
        tokens_completion: int | None = None,
    ) -> None:
        """A dispatched request ended: settle exactly, or give everything back."""
        bill = self.bills.pop(request_id, None)
        if bill is None:
            return
        if refund:
            self._generated(bill, 0)
            self._prompt(bill, 0, 0)
        else:
            if tokens_completion is not None:
                self._generated(bill, tokens_completion)
            prompt = bill.prompt if tokens_prompt is None else tokens_prompt
            cached = bill.cached if tokens_cached is None else min(tokens_cached, prompt)
            self._prompt(bill, prompt, cached)
            account = bill.flow.account
            mean = account.output_mean
            account.output_mean = bill.generated if mean == 0.0 else mean + 0.1 * (bill.generated - mean)
        if bill.prepaid > bill.generated:
            self._charge(bill.flow, -self.prices.completion * (bill.prepaid - bill.generated))

    def retry(self, request_id: int, now_s: float) -> None:
        """Failed before its first token: refunded, and back to the head of its own queue."""
        bill = self.bills.get(request_id)
        if bill is not None:
            self.finish(request_id, now_s, refund=True)
            self.rejoin(msgspec.structs.replace(bill.request))

    def rejoin(self, request: Waiting) -> None:
        """A request that was dispatched, and refunded, waits again: before all of its flow that came later."""
        self._join(request, front=True)

    def pick(self, now_s: float, admissible: Any) -> Waiting | None:
        """Take the next request that `admissible` accepts and charge its prompt; every policy has its own."""
        raise NotImplementedError

    def reweigh(self, plan: Plan) -> None:
        """Weights of a new plan hold for everything charged from now on."""
        self.weights = {t.name: t.weight for t in plan.tenants}
        self.class_weights = {c.name: c.weight for c in plan.classes}
        for account in self.accounts.values():
            account.weight = self.weights.get(account.name, 1.0)
            for flow in account.flows.values():
                flow.weight = self.class_weights.get(flow.name, 1.0)

    def pass_through(self, request: Waiting) -> None:
        """Nobody waits and this one fits: `arrive` and `pick` in one, without touching a queue."""
        account = self.accounts.get(request.tenant) or self.account(request.tenant)
        self._lift(account, self.last_left)
        self.last_left = account
        self._bill(request, self._flow_of(request))

    # ------------------------------------------------------------ shared by the policies

    def account(self, tenant: str) -> Account:
        """The account of a tenant, opened on first sight."""
        account = self.accounts.get(tenant)
        if account is None:
            account = self.accounts[tenant] = Account(tenant, self.weights.get(tenant, 1.0))
        return account

    def _join(self, request: Waiting, *, front: bool) -> None:
        account = self.account(request.tenant)
        if not account.waiting and account not in self.elsewhere:
            self._lift(account, self.neediest() or self.last_left)
        flow = self._flow_of(request)
        if not flow.size and account.waiting:  # the same lift among the classes of one tenant
            flow.served = max(flow.served, min(f.served for f in account.flows.values() if f.size))
        self.queued[request.request_id] = request
        self.narrow += request.lane != ""
        if front:  # before all that came later, behind those that came before it
            to_its_place(flow.queue, request)
        else:
            flow.queue.append(request)
        flow.size += 1
        account.waiting += 1
        if account.waiting == 1:
            self.least.push(account)
        self._joined(flow, request, front)

    def neediest(self) -> Account | None:
        """The least served tenant of those that wait, here or at another worker."""
        here, away = self.least.peek(), self.elsewhere.peek()
        if here is None or away is None:
            return here or away
        return away if away.counter < here.counter else here

    def absorb(self, tenant: str, charged: float) -> None:
        """Another worker served a tenant: it counts as if it had been served here."""
        account = self.account(tenant)
        account.counter += charged
        if charged < 0.0:
            self.least.lower(account)
            self.elsewhere.lower(account)
            for flow in account.flows.values():
                self._lowered(flow)

    def wait_elsewhere(self, tenants: Iterable[str]) -> None:
        """Who waits at the other workers now."""
        self.elsewhere = LazyHeap(lambda a: a.counter)
        for tenant in tenants:
            self.elsewhere.push(self.account(tenant))

    def _lift(self, account: Account, level: Account | None) -> None:
        """Idle time is not cashed in, but for `lift_credit`; a counter is never lowered."""
        if level is not None and self.lift:
            floor = level.counter - self.lift_credit
            if floor > account.counter:
                account.counter = floor

    def _flow_of(self, request: Waiting) -> Flow:
        account = self.accounts.get(request.tenant) or self.account(request.tenant)
        name = request.service_class
        key = f"{name} {request.lane}" if request.lane else name
        flow = account.flows.get(key)
        if flow is None:
            flow = account.flows[key] = Flow(account, name, self.class_weights.get(name, 1.0))
        return flow

    def head(self, flow: Flow) -> Waiting | None:
        """The request of a flow that waited longest, or None."""
        queue, queued = flow.queue, self.queued
        while queue:
            request = queue[0]
            if queued.get(request.request_id) is request:
                return request
            queue.popleft()
        return None

    def _take(self, request: Waiting) -> Waiting:
        """Dispatch a waiting request: out of its queue, prompt charged, prediction prepaid."""
        del self.queued[request.request_id]
        self.narrow -= request.lane != ""
        flow = self._flow_of(request)
        self._leave(flow)
        self._bill(request, flow)
        return request

    def _bill(self, request: Waiting, flow: Flow) -> None:
        """Charge its prompt, and ahead of time what its tenant's answers usually take."""
        predicted = 0
        if self.predict:
            predicted = request.tokens_output_predicted or int(flow.account.output_mean)
            if request.tokens_output_max:
                predicted = min(predicted, request.tokens_output_max)
        cached = min(request.tokens_cached, request.tokens_prompt)
        bill = Bill(request=request, flow=flow, prompt=0, cached=0, generated=0, prepaid=predicted)
        self.bills[request.request_id] = bill
        self._prompt(bill, request.tokens_prompt, cached)
        if predicted:
            self._charge(flow, self.prices.completion * predicted)

    def _leave(self, flow: Flow) -> None:
        flow.size -= 1
        flow.account.waiting -= 1
        if not flow.account.waiting:
            self.least.remove(flow.account)
            self.last_left = flow.account
        self._left(flow)

    def _prompt(self, bill: Bill, prompt: int, cached: int) -> None:
        more, more_cached = prompt - bill.prompt, cached - bill.cached
        if not more and not more_cached:
            return
        bill.prompt, bill.cached = prompt, cached
        account = bill.flow.account
        account.prompt += more
        account.prompt_cached += more_cached
        self._charge(bill.flow, self.prices.prompt * (more - more_cached) + self.prices.cached * more_cached)

    def _generated(self, bill: Bill, generated: int) -> None:
        before, prepaid = bill.generated, bill.prepaid
        bill.generated = generated
        bill.flow.account.completion += generated - before
        beyond = (generated if generated > prepaid else prepaid) - (before if before > prepaid else prepaid)
        if beyond:
            self._charge(bill.flow, self.prices.completion * beyond)

    def _charge(self, flow: Flow, amount: float) -> None:
        if amount:
            account = flow.account
            counted = amount / (account.weight * flow.weight)
            account.counter += counted
            account.charged += counted
            flow.served += amount / flow.weight
            if amount < 0.0:
                self.least.lower(account)
                self.elsewhere.lower(account)
                self._lowered(flow)

    # ------------------------------------------------------------ for the policies to fill

    def _joined(self, flow: Flow, request: Waiting, front: bool) -> None:
        """A request was added to a flow."""

    def _left(self, flow: Flow) -> None:
        """A request left a flow."""

    def _lowered(self, flow: Flow) -> None:
        """A flow's counters fell."""
