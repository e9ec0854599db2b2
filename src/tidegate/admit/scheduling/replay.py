"""A recorded run read again: the same plan gives the same decisions, and every wait can be explained.

A journal is lines: a plan, then events with the actions they caused.  `Replay` feeds the events to a
fresh admission under the recorded plan, counts decisions that differ, and keeps what is needed to say why one
call waited, behind whom, and what would have helped.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import (
    AnyAction,
    AnyEvent,
    Arrive,
    Dispatch,
    Finish,
    FirstToken,
    Plan,
    Refuse,
    Tokens,
    decode_actions,
    decode_event,
    decode_plan,
)
from tidegate.spine.errors import InputError

HELP = {
    "over_share": "a larger weight for the tenant, or less of its own traffic at once",
    "own_queue": "the tenant's own earlier requests stood in front: fewer at once, or a larger weight",
    "engine_slots": "more engine slots, or another replica",
    "engine_memory": "more KV memory in the engine, or shorter prompts in flight",
    "prefill_ahead": "less prefill in flight: another replica, or prefix stepping",
    "prefill_protected": "a latency class (it waited so that first tokens of latency classes stay on time)",
    "reserved_slots": "a latency class (the free slots are kept for those)",
    "tenant_budget": "a higher budget for the tenant, or waiting until the window moves on",
    "engine_throttled": "a higher quota at the provider",
    "engine_requests_per_minute": "a higher request quota at the provider",
    "engine_tokens_per_minute": "a higher token quota at the provider",
    "engine_down": "a healthy upstream",
    "retried": "a healthier upstream: its first attempt failed before a token came",
}


class Call(msgspec.Struct):
    """One call of a recorded run."""

    call_id: str
    tenant: str
    service_class: str
    arrived_s: float
    tokens_prompt: int
    dispatched_s: float | None = None
    first_s: float | None = None
    ended_s: float | None = None
    tokens_completion: int = 0
    reason: str = ""
    refused: str = ""
    share_over: float = 0.0  # charged tokens above the least served waiting tenant, at arrival
    ahead: dict[str, int] = msgspec.field(default_factory=dict)  # dispatched while it waited, by tenant (`find` counts)
    ahead_tokens: dict[str, int] = msgspec.field(default_factory=dict)
    waited_from: int = 0  # of the run's dispatches in order: the first that could pass it, and the one that was its own
    waited_to: int = 0


class Replay:
    """See the module; `run` consumes the lines."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.calls: dict[int, Call] = {}
        self.decisions = self.different = self.events = 0
        self.span_s = 0.0
        self._dispatched: list[Call] = []  # in order

    def run(self, lines: Iterable[bytes], name: str = "the journal") -> "Replay":
        """Read a run; raises InputError naming the line that is none."""
        admission: Admission | None = None
        decided: list[AnyAction] = []
        began: float | None = None
        for number, line in enumerate(lines, start=1):
            try:
                if line.startswith(b'{"plan"'):
                    self.plan = decode_plan(line)
                    if admission is None:
                        admission = Admission(self.plan)
                    else:
                        admission.reload(self.plan, admission.now)
                elif line.startswith(b'{"actions"'):
                    recorded = decode_actions(line)
                    self.decisions += len(recorded)
                    self.different += sum(a != b for a, b in zip(recorded, decided, strict=False))
                    self.different += abs(len(recorded) - len(decided))
                    decided = []
                elif admission is not None:
                    self.different += len(decided)
                    at, event = decode_event(line)
                    began = at if began is None else began
                    self.span_s = at - began
                    self.events += 1
                    decided = admission.step(event, at)
                    self._note(admission, event, decided)
            except msgspec.DecodeError as error:
                raise InputError(f"not a line of a scheduling journal: {error}", where=f"{name}:{number}") from error
        if admission is None:
            raise InputError("there is no recorded run in it", where=name, remedy="serve some traffic first")
        return self

    def _note(self, a: Admission, event: AnyEvent, actions: list[AnyAction]) -> None:
        now = a.now
        if isinstance(event, Arrive):
            policy = a.routes.way(event.pool).pool.policy
            account, least = policy.account(event.tenant), policy.least.peek()
            over = 0.0 if least is None else (account.counter - least.counter) * account.weight
            self.calls[event.request_id] = Call(event.call_id, event.tenant, event.service_class, now,
                                                event.tokens_prompt, share_over=max(0.0, over),
                                                waited_from=len(self._dispatched))  # fmt: skip
        elif isinstance(event, FirstToken) and event.request_id in self.calls:
            self.calls[event.request_id].first_s = now
        elif isinstance(event, Tokens):
            for request_id, count in event.counts:
                if request_id in self.calls:
                    self.calls[request_id].tokens_completion += count
        elif isinstance(event, Finish) and event.request_id in self.calls:
            call = self.calls[event.request_id]
            call.ended_s = now
            call.tokens_completion = event.tokens_completion or call.tokens_completion
        for action in actions:
            if isinstance(action, Dispatch):
                gone = self.calls[action.request_id]
                gone.dispatched_s, gone.reason = now, action.reason
                gone.waited_to = len(self._dispatched)
                self._dispatched.append(gone)
            elif isinstance(action, Refuse):
                self.calls[action.request_id].refused = action.code

    def find(self, call_id: str) -> Call | None:
        """The call of that id, or the only one whose id begins so, if it is in the run."""
        found = [c for c in self.calls.values() if c.call_id.startswith(call_id)]
        exact = next((c for c in found if c.call_id == call_id), None)
        call = exact or (found[0] if len(found) == 1 else None)
        if call is not None:
            self._count_ahead(call)
        return call

    def _count_ahead(self, call: Call) -> None:
        """Who went while it waited; counted when somebody asks, else every dispatch would touch all that wait."""
        passed = self._dispatched[call.waited_from : call.waited_to]
        call.ahead, call.ahead_tokens = {}, {}
        for gone in passed:
            call.ahead[gone.tenant] = call.ahead.get(gone.tenant, 0) + 1
            call.ahead_tokens[gone.tenant] = call.ahead_tokens.get(gone.tenant, 0) + gone.tokens_prompt


def explain(call: Call) -> str:
    """Why it waited, behind whom, and what would have helped: one or two sentences."""
    if call.refused:
        return f"It was refused ({call.refused}): {HELP.get(call.refused, 'see the error it received')}."
    if call.dispatched_s is None:
        return "It had not been dispatched when the recording ended (or its client left while it waited)."
    waited = call.dispatched_s - call.arrived_s
    if waited <= 0.0:
        return f"It did not wait: {call.tenant} was within its share and the engine had room."
    first = Counter(call.ahead).most_common(4)
    behind = ", ".join(f"{n} of {t} ({call.ahead_tokens[t]:,} prompt tokens)" for t, n in first)
    behind = behind or "nobody (the engine itself was full)"
    over = f", {call.tenant} being {call.share_over:,.0f} charged tokens over its share" if call.share_over > 0 else ""
    would = HELP.get(call.reason, "more capacity")
    return (f"It waited {waited:.3f} s, first of all for {call.reason.replace('_', ' ')}{over}. "
            f"Requests that went before it meanwhile: {behind}. What would have helped: {would}.")  # fmt: skip


def by_tenant(calls: Iterable[Call]) -> Iterator[tuple[str, str, list[float], list[float]]]:
    """(tenant, class, waits, first-token times) in seconds."""
    groups: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    for c in calls:
        waits, firsts = groups.setdefault((c.tenant, c.service_class), ([], []))
        if c.dispatched_s is not None:
            waits.append(c.dispatched_s - c.arrived_s)
        if c.first_s is not None:
            firsts.append(c.first_s - c.arrived_s)
    for (tenant, name), (waits, firsts) in sorted(groups.items()):
        yield tenant, name, waits, firsts
