"""A recorded run read again: the same plan gives the same decisions, and every wait can be explained.

A journal is lines: a plan, then events with the actions they caused.  `Replay` feeds the events to a
fresh admission under the recorded plan, counts decisions that differ, and keeps what is needed to say why one
call waited (`explaining`).
"""

from collections.abc import Iterable, Iterator

import msgspec

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.explaining import Call
from tidegate.admit.scheduling.model import (
    AnyAction,
    AnyEvent,
    Arrive,
    Cancel,
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
        elif isinstance(event, Cancel) and event.request_id in self.calls:
            call = self.calls[event.request_id]
            if call.dispatched_s is None and not call.refused:
                call.ended_s, call.waited_to = now, len(self._dispatched)
        for action in actions:
            if isinstance(action, Dispatch):
                gone = self.calls[action.request_id]
                gone.dispatched_s, gone.reason = now, action.reason
                gone.waited_to = len(self._dispatched)
                self._dispatched.append(gone)
            elif isinstance(action, Refuse):
                call = self.calls[action.request_id]
                call.refused, call.refused_s = action.code, now
                call.waited_to = len(self._dispatched)

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
        waits_on = call.dispatched_s is None and call.ended_s is None and not call.refused
        passed = self._dispatched[call.waited_from : None if waits_on else call.waited_to]
        call.ahead, call.ahead_tokens = {}, {}
        for gone in passed:
            if gone is call:  # an earlier attempt of its own
                continue
            call.ahead[gone.tenant] = call.ahead.get(gone.tenant, 0) + 1
            call.ahead_tokens[gone.tenant] = call.ahead_tokens.get(gone.tenant, 0) + gone.tokens_prompt


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
