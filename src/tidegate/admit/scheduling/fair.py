"""The default: token-fair by tenant, with deadlines and locality inside credit, and a floor for every class.

A waiting tenant is *in credit* while its counter is at most `slack` above the least counter of the
waiting tenants.  Among those in credit any order keeps the bound, so the order may serve people:

1. a request with a first-token target that has used `PATIENCE` of it, of the tenants that are owed most (at most
   `lift_credit` above the least counter): under overload nobody inside its share should be late for those beyond;
2. classes with a first-token target, earliest deadline first;
3. those that are late already, least served tenant first: under overload, serving the latest first would make
   everybody late;
4. requests whose prompt prefix was dispatched lately (their prefix is warm in the engine);
5. the least served tenant.

Whoever is out of credit waits, however urgent.  When that leaves room in the engine that only the
protection of latency classes keeps empty, the protection yields: fairness outranks it.  Inside one
tenant its classes share by class weight in the same way, so no class of a tenant starves.

Bounds (checked in tests/admit/scheduling): counters of waiting tenants differ by at most U + slack + lift credit,
so their service differs by at most twice that over any time both wait.  A decision costs O(log n).
"""

from collections import OrderedDict, deque
from heapq import heappop, heappush
from typing import Any, ClassVar

from tidegate.admit.scheduling.lazyheap import LazyHeap
from tidegate.admit.scheduling.ledger import Flow, Ledger, to_its_place
from tidegate.spine.contracts import Waiting

LOOKAHEAD = 8  # requests that do not fit before we stop looking for one that does
PATIENCE = 0.25  # share of its first-token target after which an owed tenant's request goes before other deadlines
HOT_KEPT = 64  # warm prefixes that are looked up for a waiting request


def used(request: Waiting, now_s: float) -> float:
    """Share of its first-token target that a request has waited; 0.0 where it has none."""
    deadline_s = request.deadline_s
    return 0.0 if deadline_s is None else (now_s - request.arrived_s) / max(deadline_s - request.arrived_s, 1e-9)


class Fair(Ledger):
    """See the module; the admission sets `slack` and `lift_credit` to shares of what its token window may hold."""

    name: ClassVar[str] = "fair"
    protects: ClassVar[bool] = True
    predicts: ClassVar[bool] = True

    def _prepare(self) -> None:
        self._deadlines: list[tuple[float, int, int, Flow]] = []  # heads of latency flows
        self._entries = 0
        self._listed: dict[Flow, int] = {}  # flow → the request id it is listed for
        self._parked: LazyHeap[Flow] = LazyHeap(lambda f: f.account.counter)  # latency flows out of credit
        self._calm: LazyHeap[Flow] = LazyHeap(lambda f: f.account.counter)
        self._late: LazyHeap[Flow] = LazyHeap(lambda f: f.account.counter)  # latency flows whose head missed its time
        self._aimed: LazyHeap[Flow] = LazyHeap(lambda f: f.account.counter)  # latency flows, late or not
        self._by_prefix: dict[int, deque[Waiting]] = {}
        self._hot: OrderedDict[int, None] = OrderedDict()

    # ------------------------------------------------------------ keeping the heaps

    def _joined(self, flow: Flow, request: Waiting, front: bool) -> None:
        if request.prefix_key:
            queue = self._by_prefix.setdefault(request.prefix_key, deque())
            if front:
                to_its_place(queue, request)
            else:
                queue.append(request)
        if flow.size == 1 or front:
            self._list(flow)

    def _left(self, flow: Flow) -> None:
        self._list(flow)

    def _take(self, request: Waiting) -> Waiting:
        super()._take(request)
        if request.prefix_key:
            self._live_prefix(request.prefix_key)
            self._heat(request.prefix_key)
        return request

    def pass_through(self, request: Waiting) -> None:
        """As the base; its prefix is warm from now on."""
        super().pass_through(request)
        if request.prefix_key:
            self._heat(request.prefix_key)

    def rejoin(self, request: Waiting) -> None:
        """As the base; the engine that failed did not keep its prefix."""
        self._hot.pop(request.prefix_key, None)
        super().rejoin(request)

    def _heat(self, key: int) -> None:
        hot = self._hot
        hot[key] = None
        hot.move_to_end(key, last=False)
        if len(hot) > HOT_KEPT:
            hot.popitem()

    def cancel(self, request_id: int, now_s: float) -> None:
        """A waiting request goes away; changes nobody's counter."""
        request = self.queued.get(request_id)
        super().cancel(request_id, now_s)
        if request is not None and request.prefix_key:
            self._live_prefix(request.prefix_key)

    def _live_prefix(self, key: int) -> Waiting | None:
        """The waiting request with this prefix that came first, or None."""
        waiting = self._by_prefix.get(key)
        while waiting and self.queued.get(waiting[0].request_id) is not waiting[0]:
            waiting.popleft()
        if waiting:
            return waiting[0]
        self._by_prefix.pop(key, None)
        return None

    def _list(self, flow: Flow) -> None:
        """Put a flow where its head belongs; called whenever the head may have changed."""
        head = self.head(flow)
        if head is None:
            self._listed.pop(flow, None)
            self._parked.remove(flow)
            self._late.remove(flow)
            self._calm.remove(flow)
            self._aimed.remove(flow)
        elif head.deadline_s is None:
            self._listed.pop(flow, None)
            if flow not in self._calm:
                self._calm.push(flow)
        elif self._listed.get(flow) != head.request_id:
            self._listed[flow] = head.request_id
            self._parked.remove(flow)
            self._late.remove(flow)
            if flow not in self._aimed:
                self._aimed.push(flow)
            self._enter(head.deadline_s, head.request_id, flow)

    def _enter(self, deadline_s: float, request_id: int, flow: Flow) -> None:
        self._entries += 1
        heappush(self._deadlines, (deadline_s, request_id, self._entries, flow))

    def _lowered(self, flow: Flow) -> None:
        for f in flow.account.flows.values():
            self._calm.lower(f)
            self._late.lower(f)
            self._aimed.lower(f)
            self._parked.lower(f)

    # ------------------------------------------------------------ choosing

    def pick(self, now_s: float, admissible: Any) -> Waiting | None:
        """The next request (see the module), charged; None when nobody in credit fits."""
        if self.least.peek() is None or (least := self.neediest()) is None:
            return None
        limit = least.counter + self.slack
        owed = least.counter + min(self.slack, self.lift_credit)
        chosen = self._owed_first(owed, admissible, now_s) if self._aimed else None
        chosen = chosen or self._urgent(limit, admissible, now_s)
        if chosen is None and self._late:
            chosen = self._least_served(self._late, limit, admissible)
        if chosen is None and self._by_prefix:
            chosen = self._warm(limit, admissible)
        chosen = chosen or self._least_served(self._calm, limit, admissible)
        chosen = chosen or self._owed(limit, admissible)
        return None if chosen is None else self._take(chosen)

    def _in_turn(self, flow: Flow) -> bool:
        """Whether this class of its tenant is within `slack` of the tenant's least served waiting class."""
        flows = flow.account.flows
        if len(flows) == 1:
            return True
        return flow.served <= min(f.served for f in flows.values() if f.size) + self.slack

    def _owed_first(self, limit: float, admissible: Any, now_s: float) -> Waiting | None:
        aside: list[Flow] = []
        chosen = None
        heap = self._aimed
        while len(aside) < LOOKAHEAD and (flow := heap.peek()) is not None and flow.account.counter <= limit:
            head = self.head(flow)
            if head is not None and used(head, now_s) >= PATIENCE and self._in_turn(flow) and admissible(head):
                chosen = head
                break
            heap.remove(flow)
            aside.append(flow)
        for flow in aside:
            heap.push(flow)
        return chosen

    def _urgent(self, limit: float, admissible: Any, now_s: float) -> Waiting | None:
        heap = self._deadlines
        aside: list[tuple[float, int, int, Flow]] = []
        while (back := self._parked.peek()) is not None and back.account.counter <= limit:
            self._parked.remove(back)
            head = self.head(back)
            if head is not None and head.deadline_s is not None:
                self._enter(head.deadline_s, head.request_id, back)
        chosen = None
        while heap and len(aside) < LOOKAHEAD:
            entry = heap[0]
            flow = entry[3]
            if self._listed.get(flow) != entry[1] or flow in self._parked or flow in self._late:
                heappop(heap)
            elif entry[0] < now_s:  # until its flow's next request
                heappop(heap)
                if flow not in self._late:
                    self._late.push(flow)
            elif flow.account.counter > limit:
                heappop(heap)
                self._parked.push(flow)
            else:
                head = self.head(flow)
                if head is not None and self._in_turn(flow) and admissible(head):
                    chosen = head
                    break
                aside.append(heappop(heap))
        for entry in aside:
            heappush(heap, entry)
        return chosen

    def _warm(self, limit: float, admissible: Any) -> Waiting | None:
        waiting = self._by_prefix
        for key in self._hot:
            if key not in waiting:
                continue
            request = self._live_prefix(key)
            if request is None:
                continue
            flow = self._flow_of(request)
            if flow.account.counter <= limit and self._in_turn(flow) and admissible(request, warm=True):
                return request
        return None

    def _least_served(
        self, heap: LazyHeap[Flow], limit: float, admissible: Any, *, uncapped: bool = False
    ) -> Waiting | None:
        aside: list[Flow] = []
        chosen = None
        while len(aside) < LOOKAHEAD and (flow := heap.peek()) is not None and flow.account.counter <= limit:
            head = self.head(flow)
            fits = head is not None and self._in_turn(flow)
            if fits and (admissible(head, True) if uncapped else admissible(head)):
                chosen = head
                break
            heap.remove(flow)
            aside.append(flow)
        for flow in aside:
            heap.push(flow)
        return chosen

    def _owed(self, limit: float, admissible: Any) -> Waiting | None:
        """Room that only protection keeps empty, while someone out of credit would use it: serve who is owed."""
        if not (self._wanted(self._parked, limit, admissible) or self._wanted(self._late, limit, admissible)):
            return None
        return self._least_served(self._calm, limit, admissible, uncapped=True)

    def _wanted(self, heap: LazyHeap[Flow], limit: float, admissible: Any) -> bool:
        """Whether a latency flow out of credit would fit."""
        aside: list[Flow] = []
        wanted = False
        while not wanted and len(aside) < LOOKAHEAD and (flow := heap.pop()) is not None:
            aside.append(flow)
            head = self.head(flow)
            wanted = head is not None and flow.account.counter > limit and bool(admissible(head))
        for flow in aside:
            heap.push(flow)
        return wanted
