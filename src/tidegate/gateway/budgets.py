"""Budgets of runs and tenants at the gateway: reserved before a call goes out, settled when it has ended.

A call that does not fit is answered here, with a legal final answer that names the reason, in the client's own
form: an agent ends with what it gathered, not with an exception.  A call that names no bound for its answer
gets one written into it, since without a bound nothing could be reserved.

Fails closed: where the accounts cannot be read or written, nothing goes out.
"""

import itertools
import logging
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Protocol

import msgspec

from tidegate.admit.toolguard.budget import RESOURCES, Refusal, Vector
from tidegate.admit.toolguard.ending import partial_answer
from tidegate.admit.toolguard.model import RunVerdict
from tidegate.admit.toolguard.run_caps import (
    EFFECTS,
    MONEY,
    TOKENS_IN,
    TOKENS_OUT,
    Held,
    Plan,
    TenantPlan,
    Worst,
    capped,
    limit_of,
    micro_usd,
    worst_of,
)
from tidegate.gateway.ask import Ask
from tidegate.gateway.errors import error_body, message_of
from tidegate.gateway.guarding import Watch
from tidegate.gateway.seams import Reply
from tidegate.gateway.translate import read_body, reply_of
from tidegate.settings import Budgets, Caps
from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.contracts import GuardDecision
from tidegate.spine.dialects.table import FORMS
from tidegate.spine.errors import InputError, StoreError

log = logging.getLogger("tidegate.budgets")
RULE = "run-budget"
_EFFECTS = itertools.count()
UNITS = {"tokens_in": "input tokens", "tokens_out": "output tokens", "calls": "calls", "effects": "effects"}
_decode = msgspec.json.Decoder().decode
_raw = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


class Book(Protocol):
    """Where accounts are kept (`store.budgets`)."""

    def reserve(
        self, key: str, owner: str, path: Sequence[Held], amount: Vector, now_s: float
    ) -> Refusal | float | None:
        """Set an amount aside in all accounts, or refuse; else the seconds until one is out of time."""
        ...

    def settle(self, key: str, actual: Vector | None) -> None:
        """A reservation becomes what was used; None: all of it."""
        ...


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A call's reservation, kept until it ends; settled with the budgets it was made with, whatever is reloaded."""

    book: "RunBudgets"
    key: str
    amount: Vector
    price: tuple[float, float] | None
    left_s: float  # until the run is out of time
    answers: bool  # whether this kind of call is answered in tokens


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A call that may go out, with the body that names its bound."""

    body: bytes
    ticket: Ticket | None


class RunBudgets:
    """The budgets of one worker."""

    def __init__(
        self, settings: Budgets, book: Book, *, owner: str = "", now_s: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        self.book = book
        self.owner = owner
        self.plan = plan_of(settings)
        self._now_s = now_s

    # -- calls of models

    def open(
        self, call: Call, body: bytes, ask: Ask, price: tuple[float, float] | None, bound_field: str
    ) -> Opened | Reply:
        """Reserve a call's worst case; a Reply where it may not go out.  `ask` learns the bound that was written."""
        now_s = self._now_s()
        path = self.plan.path(call.identity.tenant, call.run_id, now_s)
        if not call.run_id and self.settings.run_header == "required" and self.plan.wants_run(call.identity.tenant):
            return self._error(call, 400, "run_required", Ending.REFUSED_INVALID)
        if not path:
            return Opened(body=body, ticket=None)
        try:
            body, worst = self._worst(call, body, ask, bound_field)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return self._error(call, 400, "invalid_json", Ending.REFUSED_INVALID, f"the body is not JSON: {error}")
        limits = capped(path)
        if worst.unbounded and limits & {MONEY, TOKENS_IN, TOKENS_OUT}:
            words = f"{message_of('budget_unbounded')} Here it is {worst.unbounded}."
            return self._error(call, 400, "budget_unbounded", Ending.REFUSED_INVALID, words)
        if price is None and MONEY in limits:
            return self._error(call, 400, "budget_unpriced", Ending.REFUSED_INVALID)
        amount = worst.amount(price)
        try:
            left = self.book.reserve(call.call_id, self.owner, path, amount, now_s)
        except StoreError as error:
            log.error("a call was refused: %s", error)
            return self._error(call, 503, "budget_unavailable", Ending.INTERNAL_ERROR)
        if isinstance(left, Refusal):
            return self._final(call, body, left, path)
        answers = call.dialect != "embeddings"
        return Opened(body=body, ticket=Ticket(book=self, key=call.call_id, amount=amount, price=price, answers=answers,
                                               left_s=math.inf if left is None else left))  # fmt: skip

    def _worst(self, call: Call, body: bytes, ask: Ask, bound_field: str) -> tuple[bytes, Worst]:
        """The worst case, and the body with a bound on its answer."""
        if ask.tokens_max is None and call.dialect != "embeddings":
            tokens_max = self.settings.tokens_out_default
            body = with_bound(body, bound_field, tokens_max)
            setattr(ask, bound_field, tokens_max)
        return body, worst_of(_decode(body), len(body), self.settings.tokens_attachment)

    def settle(self, ticket: Ticket, usage: Usage, *, went_out: bool, refused: bool) -> None:
        """The call has ended.  What an engine did not report counts as the worst case; an error it answered
        with costs a call and nothing else; a call that never went out costs nothing.
        """
        amount = list(ticket.amount)
        if not went_out:
            actual = [0] * len(RESOURCES)
        elif refused:
            actual = [n if i not in (MONEY, TOKENS_IN, TOKENS_OUT) else 0 for i, n in enumerate(amount)]
        else:
            actual = amount
            if usage.tokens_prompt is not None:
                actual[TOKENS_IN] = usage.tokens_prompt
            if usage.tokens_completion is not None or not ticket.answers:
                actual[TOKENS_OUT] = usage.tokens_completion or 0
            if ticket.price is not None:
                actual[MONEY] = micro_usd(actual[TOKENS_IN], actual[TOKENS_OUT], ticket.price)
        over = [RESOURCES[i] for i, n in enumerate(actual) if n > ticket.amount[i]]
        if over:
            log.warning("call %s used more %s than its worst case: its engine does not keep to the bound",
                        ticket.key, " and ".join(over))  # fmt: skip
        try:
            self.book.settle(ticket.key, tuple(actual))
        except StoreError as error:  # stays reserved, and counts as spent when this worker begins anew
            log.error("a call was not settled: %s", error)

    # -- calls of tools

    def effect(self, identity: Identity, run_id: str | None, tool: str) -> str | None:
        """A tool is about to be called (`server/tool`): None, or why it may not be.  Counted at once: what a
        tool did is not undone by its answer.
        """
        now_s = self._now_s()
        path = self.plan.path(identity.tenant, run_id, now_s)
        if not run_id and self.settings.run_header == "required" and self.plan.wants_run(identity.tenant):
            return message_of("run_required")
        if not path:
            return None
        counts = not any(fnmatchcase(tool, pattern) for pattern in self.settings.reads)
        amount = tuple(int(counts and i == EFFECTS) for i in range(len(RESOURCES)))
        key = f"{self.owner} effect {os.getpid()} {next(_EFFECTS)}"
        try:
            left = self.book.reserve(key, self.owner, path, amount, now_s)
            if not isinstance(left, Refusal):
                self.book.settle(key, None)
                return None
        except StoreError as error:
            log.error("a tool call was refused: %s", error)
            return message_of("budget_unavailable")
        return f"{said(left, path)} The tool was not called. Give the final answer and say what is still open."

    # -- what is said instead

    def _final(self, call: Call, body: bytes, refusal: Refusal, path: tuple[Held, ...]) -> Reply:
        """A legal last answer in the client's form; an error where its dialect has none."""
        reason = said(refusal, path)
        evidence = {"account": refusal.account, "resource": refusal.resource, "wanted": refusal.wanted,
                    "left": refusal.left}  # fmt: skip
        form = FORMS.get(call.dialect)
        try:
            if form is None:
                raise InputError("no form")
            conversation = read_body(form, body)
        except InputError:
            return self._error(call, 429, "budget_spent", Ending.REFUSED_LIMIT, reason)
        verdict = RunVerdict(decision="finalise", stop_step=None, reason=reason, signals=(), steps=0,
                             calibrated=True)  # fmt: skip
        text = partial_answer(conversation.messages, verdict)
        decision = GuardDecision(action="finalise", rule=RULE, reason=reason, text=text, evidence=evidence)
        watch = Watch(call, (), clock=time.perf_counter, crashed=lambda *_: None, at_s=call.received_at_s)
        watch.note(RULE, "request", decision)
        reply = reply_of(decision, call, form, conversation, watch, self._now_s())
        return msgspec.structs.replace(reply, code="budget_spent")

    def _error(self, call: Call, status: int, code: str, ending: Ending, words: str | None = None) -> Reply:
        body = error_body(call.dialect, status, code, words, call.call_id)
        return Reply(status=status, body=body, ending=ending, code=code)


def said(refusal: Refusal, path: tuple[Held, ...]) -> str:
    """A refusal in words, for the agent and whoever reads its answer."""
    kind = next((h.kind for h in path if h.name == refusal.account), "run")
    whose = "the run's" if kind == "run" and refusal.account == path[0].name else (
        "the parent run's" if kind == "run" else "the tenant's")  # fmt: skip
    if refusal.resource == "time_ms":
        return f"{whose[:1].upper()}{whose[1:]} time is over."
    if refusal.resource == "money_micro_usd":
        left, wanted = f"{refusal.left / 1e6:.6f} USD", f"{refusal.wanted / 1e6:.6f} USD"
    else:
        left, wanted = f"{refusal.left} {UNITS[refusal.resource]}", str(refusal.wanted)
    return f"{whose[:1].upper()}{whose[1:]} budget is spent: {left} left, the next call may need {wanted}."


def plan_of(settings: Budgets) -> Plan:
    """The configured caps as the accounts count them."""

    def limit(caps: Caps | None) -> tuple[int | None, ...] | None:
        return None if caps is None else limit_of(msgspec.structs.asdict(caps))

    tenants: Mapping[str, Any] = settings.tenants
    return Plan(
        run=limit(settings.run),
        tenants={n: TenantPlan(limit(t.run), limit(t.total), t.period) for n, t in tenants.items()},
    )


def with_bound(body: bytes, field: str, tokens: int) -> bytes:
    """The body with a bound on its answer; all other values byte for byte."""
    fields = _raw(body)
    fields[field] = msgspec.Raw(_encode(tokens))
    return _encode(fields)
