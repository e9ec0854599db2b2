"""The tool-loop guard as a library, for agents that do not pass the gateway.

    async with guard("run-7", limit={"calls": 30, "money_micro_usd": 2_000_000}) as run:
        while True:
            said = run.before_call(messages, worst_case={"calls": 1, "tokens_in": 9_000})
            if said.ended:
                return said.answer          # a legal last answer, with the reason
            reply = await ask_model(messages + said.notes)
            run.after_call(actual={"calls": 1, "tokens_in": 8_200})

The last answer's price is set aside at the start, so that the end can always be paid for.

With a ledger on disk (`store.ledgers.KeptLedger`) a run goes on where it stopped, after a crash by
itself and after its end with `resume=True` and a raised limit.  A call that was in flight at the
crash counts as spent, for nobody knows what became of it.
"""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import msgspec

from tidegate.admit.toolguard.budget import RESOURCES, Ledger, Refusal
from tidegate.admit.toolguard.ending import nudge_note, partial_answer
from tidegate.admit.toolguard.fleet import forecast_total
from tidegate.admit.toolguard.follow import Follower
from tidegate.admit.toolguard.model import BUILT_IN, RunVerdict, Thresholds
from tidegate.spine.dialects import chat
from tidegate.spine.errors import WrongUse

FINAL = "final answer"
NEXT = 10  # calls that a forecast looks ahead
TOKENS_IN = RESOURCES.index("tokens_in")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the guard says before a model call: go on (with `notes` to append), or end with `answer`."""

    ended: bool
    reason: str
    notes: list[dict[str, Any]] = []
    answer: str = ""
    verdict: RunVerdict | None = None
    tokens_in_next: int | None = None  # what NEXT more calls would read, from the third settled call on


class GuardedRun:
    """One run: its history's verdict and its account in the ledger."""

    def __init__(
        self, run_id: str, *, thresholds: Thresholds = BUILT_IN, limit: Mapping[str, int] | None = None,
        final_answer: Mapping[str, int] | None = None, ledger: Ledger | None = None, parent: str = "root",
        resume: bool = False,
    ) -> None:  # fmt: skip
        self.run_id = run_id
        self.ledger = ledger or Ledger()
        self.follower = Follower(thresholds, runs_max=8)
        self._open: str | None = None
        self.tokens_in: list[int] = []  # of the settled calls, where they are told
        self.lost = self._begin(parent, limit, resume)
        known = [k for k, r in self.ledger.reservations.items() if r.account == run_id]
        self.calls = sum(FINAL not in k for k in known)
        self._final = f"{run_id}/{FINAL}" + (f" {n}" if (n := len(known) - self.calls) else "")
        reserved = self.ledger.reserve(self._final, run_id, dict(final_answer or {}))
        if isinstance(reserved, Refusal):
            raise WrongUse(f"the limit does not leave room for a final answer: {reserved}", where=run_id)

    def _begin(self, parent: str, limit: Mapping[str, int] | None, resume: bool) -> int:
        """Open the run's account or go on with it; how many calls were in flight when it broke off."""
        known = self.ledger.accounts.get(self.run_id)
        if known is None:
            self.ledger.open(self.run_id, parent, limit)
            return 0
        if known.closed and not resume:
            remedy = "another run id, or resume=True to go on with it"
            raise WrongUse(f"the run {self.run_id!r} is over", where=self.run_id, remedy=remedy)
        self.ledger.reopen(self.run_id)
        lost = 0
        for key in self.ledger.open_keys(self.run_id):  # it broke off: nobody knows what became of these
            if FINAL in key:
                self.ledger.release(key)
            else:
                self.ledger.commit(key)
                lost += 1
        if resume and limit is not None:
            self.ledger.raise_limit(self.run_id, limit)
        return lost

    async def __aenter__(self) -> "GuardedRun":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Whatever happened, the account is closed: what was in flight counts as spent."""
        self.ledger.release(self._final)
        self.ledger.close(self.run_id)

    def before_call(
        self, messages: Sequence[Mapping[str, Any]], *, worst_case: Mapping[str, int] | None = None
    ) -> Said:
        """Judge the history and reserve the worst case of the next call; raises InputError for a broken history."""
        if self._open is not None:
            raise WrongUse("the last call was not settled", where=self.run_id, remedy="call after_call first")
        read = chat.read_messages(list(messages))
        verdict = self.follower.follow(read)
        if verdict.decision == "stop":
            return Said(ended=True, reason=verdict.reason, answer=partial_answer(read, verdict), verdict=verdict)
        key = f"{self.run_id}/{self.calls}"
        reserved = self.ledger.reserve(key, self.run_id, dict(worst_case or {"calls": 1}))
        if isinstance(reserved, Refusal):
            reason = f"the budget is spent: {reserved}"
            ended = msgspec.structs.replace(verdict, decision="finalise", reason=reason)
            return Said(ended=True, reason=reason, answer=partial_answer(read, ended), verdict=ended)
        self._open = key
        self.calls += 1
        fresh = verdict.signals and verdict.signals[-1].step >= verdict.steps - 1
        notes = chat.write_messages([nudge_note(verdict)]) if fresh else []
        return Said(ended=False, reason=verdict.reason, notes=notes, verdict=verdict, tokens_in_next=self._forecast())

    def _forecast(self) -> int | None:
        """Input tokens of the next calls: the whole context is read again each time, so the price grows."""
        total = forecast_total(self.tokens_in, len(self.tokens_in) + NEXT)
        return None if total is None else round(total - sum(self.tokens_in))

    def after_call(self, *, actual: Mapping[str, int] | None = None) -> None:
        """Settle the call to what it used; None keeps the worst case."""
        if self._open is None:
            raise WrongUse("no call is open", where=self.run_id, remedy="call before_call first")
        used = self.ledger.commit(self._open, dict(actual) if actual is not None else None)
        if used[TOKENS_IN]:
            self.tokens_in.append(used[TOKENS_IN])
        self._open = None


def guard(run_id: str, **settings: Any) -> GuardedRun:
    """A guarded run, for `async with guard(run_id, limit=…) as run`."""
    return GuardedRun(run_id, **settings)
