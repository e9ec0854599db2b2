"""The policies everybody knows, behind the same contract: the bad example and the usual answers.

| policy | order | what goes wrong |
|---|---|---|
| fifo | arrival | one tenant's storm stands in front of everybody |
| priority | class, then arrival | the low band starves |
| round_robin | one request a tenant in turn | a long request counts as much as a short one |
| deficit_round_robin | any tenant in credit, quantum by weight | fair by tokens; blind to deadlines |
| vtc | least counter first | fair by tokens; blind to deadlines and to what it could predict |
"""

from collections import OrderedDict
from heapq import heappop, heappush
from math import ceil
from typing import Any, ClassVar

from tidegate.admit.scheduling.ledger import Account, Flow, Ledger
from tidegate.spine.contracts import Waiting


class Fifo(Ledger):
    """First come first served, whoever asks; the head blocks everybody behind it."""

    name: ClassVar[str] = "fifo"

    def _prepare(self) -> None:
        self._order: list[tuple[int, float, int, int, Waiting]] = []
        self._serial = 0

    def _rank(self, request: Waiting) -> int:  # noqa: ARG002 - strict priority overrides it
        return 0

    def _joined(self, flow: Flow, request: Waiting, front: bool) -> None:  # noqa: ARG002 - a hook
        self._serial += 1
        heappush(self._order, (self._rank(request), request.arrived_s, request.request_id, self._serial, request))

    def pick(self, now_s: float, admissible: Any) -> Waiting | None:  # noqa: ARG002 - part of the contract
        """The first in order, if it fits."""
        while self._order:
            request = self._order[0][4]
            if self.queued.get(request.request_id) is not request:
                heappop(self._order)
            elif admissible(request):
                heappop(self._order)
                return self._take(request)
            else:
                return None
        return None


class Priority(Fifo):
    """Strict bands: a class with a tighter first-token target always goes first."""

    name: ClassVar[str] = "priority"

    def _rank(self, request: Waiting) -> int:
        return self.ranks.get(request.service_class, 0)


def first_head(ledger: Ledger, account: Account) -> Waiting | None:
    """The request of a tenant that waited longest, over all its classes."""
    heads = [h for f in account.flows.values() if f.size and (h := ledger.head(f)) is not None]
    return min(heads, key=lambda r: (r.arrived_s, r.request_id)) if heads else None


class RoundRobin(Ledger):
    """One request a tenant in turn; a tenant whose request does not fit is passed over."""

    name: ClassVar[str] = "round_robin"
    short_way: ClassVar[bool] = False  # the ring remembers whose turn it was

    def _prepare(self) -> None:
        self._ring: OrderedDict[str, Account] = OrderedDict()

    def _joined(self, flow: Flow, request: Waiting, front: bool) -> None:  # noqa: ARG002 - a hook
        self._ring.setdefault(flow.account.name, flow.account)

    def _left(self, flow: Flow) -> None:
        if not flow.account.waiting:
            self._ring.pop(flow.account.name, None)

    def pick(self, now_s: float, admissible: Any) -> Waiting | None:  # noqa: ARG002 - part of the contract
        """The next tenant in the ring whose oldest request fits."""
        for account in self._ring.values():
            request = first_head(self, account)
            if request is not None and admissible(request):
                self._ring.move_to_end(account.name)
                return self._take(request)
        return None


class DeficitRoundRobin(RoundRobin):
    """Credit is spent as tokens are computed; when no waiting tenant has any, all get a quantum by weight.

    Over a joint backlog two tenants get the same number of refills, and credit stays in (-U, Q], so
    their service differs by at most 2(U + Q) whatever is chosen among those in credit.
    """

    name: ClassVar[str] = "deficit_round_robin"

    def _charge(self, flow: Flow, amount: float) -> None:
        super()._charge(flow, amount)
        flow.account.credit -= amount / (flow.account.weight * flow.weight)

    def _left(self, flow: Flow) -> None:
        super()._left(flow)
        if not flow.account.waiting:
            flow.account.credit = min(flow.account.credit, 0.0)  # none is carried through idleness

    def pick(self, now_s: float, admissible: Any) -> Waiting | None:
        """The next tenant in credit whose oldest request fits; refill first when none has credit."""
        if not self._ring:
            return None
        best = max(a.credit for a in self._ring.values())
        if best <= 0.0:
            quantum = max(self.slack, 1.0)
            refill = quantum * (ceil(-best / quantum) or 1)
            for account in self._ring.values():
                account.credit += refill + (quantum if refill + best <= 0.0 else 0.0)
        return super().pick(now_s, lambda r: self.accounts[r.tenant].credit > 0.0 and admissible(r))


class Vtc(Ledger):
    """Virtual token counter: the tenant with the least counter is next; if it does not fit, all wait.

    Bounds: counters of waiting tenants differ by at most U, their service by at most 2U, with
    U = max(prompt price × longest prompt, completion price × token window).  Source: Fairness in
    Serving Large Language Models, OSDI'24, with the lift repaired (see `ledger`).
    """

    name: ClassVar[str] = "vtc"

    def pick(self, now_s: float, admissible: Any) -> Waiting | None:  # noqa: ARG002 - part of the contract
        """The oldest request of the least served tenant, if it fits."""
        account = self.least.peek()
        request = first_head(self, account) if account is not None else None
        return self._take(request) if request is not None and admissible(request) else None
