"""The shaper: calls that may not pass as they are, because a guard watches or an upstream speaks another API.

One road for both and for all dialects: the request is read into the one message form, guards
have their word, and it is written in the upstream's dialect; the answer is read into items,
guards see their deltas, and it is written in the client's.  `open` answers None wherever the
received bytes may pass untouched.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

import msgspec
import re2

from tidegate.gateway.bodies import LONG, PRIVATE_FIELDS, rewrite
from tidegate.gateway.guarding import Watch, words_of
from tidegate.gateway.seams import AnswerShape, Attempt, Reply, Shaping
from tidegate.gateway.translate_answer import BridgedAnswer, ErrorAnswer, RawAnswer, in_clients_form
from tidegate.settings import Settings
from tidegate.spine.call import Call, Dialect, Ending, Usage
from tidegate.spine.contracts import Guard, GuardDecision
from tidegate.spine.conversation import Conversation, FinishDelta, TextDelta
from tidegate.spine.dialects.answers import Begin, Failure, Item, UsageReport
from tidegate.spine.dialects.carry import CannotCarry, carry
from tidegate.spine.dialects.table import FORMS, ID_PREFIX, PATHS, Form, write_error
from tidegate.spine.errors import InputError
from tidegate.spine.trace import Event

log = logging.getLogger("tidegate.gateway")

PREFERRED: dict[str, tuple[Dialect, ...]] = {
    "chat": ("responses", "messages"),
    "responses": ("chat", "messages"),
    "messages": ("chat", "responses"),
}
"""Which other dialect to speak to an upstream that lacks the client's, nearest first."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class DialectShaper:
    """Opens a shaping for calls that guards watch, or that no candidate upstream takes as they are."""

    def __init__(
        self,
        settings: Settings,
        guards: Sequence[Guard] = (),
        *,
        now_s: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.settings = settings
        self.guards = tuple(guards)
        self._everywhere = any(not hasattr(g, "markers") for g in self.guards)
        self._markers = tuple({m for g in self.guards for m in getattr(g, "markers", ())})
        # RE2 jumps from one candidate's first byte to the next, where all markers begin alike.
        alike = len({m[:1] for m in self._markers}) == 1
        self._marked = re2.compile(b"|".join(re2.escape(m) for m in self._markers)).search if alike else None
        self.crashes: Counter[tuple[str, str]] = Counter()  # by guard and what happened
        self._now_s = now_s
        self._clock = clock

    def reload(self, settings: Settings) -> None:
        """New settings are in force; guards are the world's to rebuild."""
        self.settings = settings

    def concerns(self, body: bytes) -> bool:
        """Whether any guard may have a word on a call with this body."""
        if self._everywhere or not self._markers:
            return self._everywhere
        if self._marked is not None and len(body) >= LONG:
            return self._marked(body) is not None
        for marker in self._markers:  # noqa: SIM110 - a generator costs as much as the searches
            if body.rfind(marker) >= 0:  # backwards: the quicker of CPython's searches
                return True
        return False

    def watch(self, call: Call, body: bytes) -> Watch:
        """The sessions of the guards this call concerns: one that names `markers` wants only bodies with one."""
        concerned = [g for g in self.guards if not hasattr(g, "markers") or any(body.rfind(m) >= 0 for m in g.markers)]
        return Watch(call, concerned, clock=self._clock, crashed=self._crashed, at_s=call.received_at_s)

    def _crashed(self, guard: str, what: str) -> None:
        self.crashes[guard, what] += 1

    def open(
        self,
        call: Call,
        body: bytes,
        path: str,
        dialects: Sequence[tuple[str, ...]],
        now_s: float,  # noqa: ARG002 - the guards' clock starts with the answer
    ) -> Shaping | Reply | None:
        """A Shaping, a Reply made here, or None when the bytes pass untouched; raises InputError."""
        form = FORMS.get(call.dialect)
        if form is None or path != PATHS[call.dialect]:
            return None
        watch = self.watch(call, body)
        native = all(call.dialect in spoken for spoken in dialects)
        if native and not watch.watched and watch.broken is None:
            return None
        try:
            conversation = read_body(form, body)
        except InputError:
            if not native or watch.hard:
                raise
            self._crashed("all", "unreadable")  # soft guards are passed over: the upstream judges its own API
            return None
        decision, asked = watch.request(conversation)
        wall_s = self._now_s()
        if decision.action != "allow":
            return reply_of(decision, call, form, asked, watch, wall_s)
        shaping = Bridge(call, form, body, conversation, asked, watch, wall_s)
        if native and not shaping.must_shape:
            return None
        return shaping.refusal_of(dialects) or shaping


def read_body(form: Form, body: bytes) -> Conversation:
    """The request in the one message form; raises InputError."""
    try:
        value = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"the body is not JSON: {error}") from error
    try:
        return form.read_request(value)
    except InputError as error:  # the client reads the message alone: it must name the place
        raise InputError(str(error)) from error


class Bridge:
    """One call that is shaped: its request in every form that is asked for, its answers back."""

    def __init__(
        self,
        call: Call,
        form: Form,
        body: bytes,
        received: Conversation,
        asked: Conversation,
        watch: Watch,
        wall_s: float,
    ) -> None:
        self.call = call
        self.form = form
        self.watch = watch
        self.conversation = asked
        self._body = body
        self._changed = asked is not received
        self._received = len(received.messages)
        # Tools that a guard withheld count: a model may call them all the same.
        self._tools = bool(received.tools) or "functions" in received.extra
        self._wall_s = wall_s
        self._carried: dict[Dialect, tuple[Conversation, tuple[str, ...]]] = {}
        self._told: list[Event] = []

    @property
    def must_shape(self) -> bool:
        """Whether guards changed the request or must see the answer."""
        return self._changed or self.sees_answers or bool(self.watch.all_events())

    @property
    def sees_answers(self) -> bool:
        """Whether the answer passes the guards: text where one streams or hears all, calls where any could be made."""
        watched = self.watch.watched
        return (
            self.watch.streams
            or self.watch.hard
            or (bool(watched) and (self._tools or any(w.hears_all for w in watched)))
        )

    # -- the request

    def target(self, dialects: Sequence[str]) -> Dialect | None:
        """The dialect in which an upstream that speaks `dialects` is asked; None when it cannot be."""
        if self.form.name in dialects:
            return cast(Dialect, self.form.name)
        for other in PREFERRED.get(self.form.name, ()):
            if other in dialects and self._carry(other) is not None:
                return other
        return None

    def takes(self, dialects: Sequence[str]) -> bool:
        """Whether an upstream that speaks `dialects` can be asked at all."""
        return self.target(dialects) is not None

    def refusal_of(self, dialects: Sequence[tuple[str, ...]]) -> Reply | None:
        """The typed error when no candidate can be asked what this request asks."""
        if any(self.takes(spoken) for spoken in dialects):
            return None
        for other in PREFERRED.get(self.form.name, ()):
            if any(other in spoken for spoken in dialects):
                try:
                    carry(self.conversation, cast(Dialect, self.form.name), other)
                except CannotCarry as error:
                    return self._error(400, Failure(str(error), error.code))
        message = "no upstream of this model takes this kind of call"
        return self._error(400, Failure(message, "dialect_not_supported"))

    def _error(self, status: int, failure: Failure) -> Reply:
        return Reply(
            status=status,
            body=_encode(write_error(self.form.name, status, failure)),
            ending=Ending.REFUSED_INVALID,
            code=failure.code,
            events=self.watch.all_events(),
        )

    def _carry(self, target: Dialect) -> tuple[Conversation, tuple[str, ...]] | None:
        if target not in self._carried:
            conversation = self._nudged_for(target)
            try:
                self._carried[target] = carry(conversation, cast(Dialect, self.form.name), target)
            except CannotCarry:
                return None
        return self._carried[target]

    def _nudged_for(self, target: Dialect) -> Conversation:
        """The request as the guards want it.  Few servers of Anthropic's API take instructions late: users say them."""
        if target != "messages" or not self._changed:
            return self.conversation
        messages = self.conversation.messages
        late = (
            msgspec.structs.replace(m, role="user" if m.role in ("system", "developer") else m.role)
            for m in messages[self._received :]
        )
        return msgspec.structs.replace(self.conversation, messages=(*messages[: self._received], *late))

    def attempt(self, dialects: tuple[str, ...], model: str) -> Attempt:
        """The request for an upstream; `takes` was asked before."""
        target = self.target(dialects) or cast(Dialect, self.form.name)
        if target == self.form.name and not self._changed:
            return Attempt(dialect=target, path=PATHS[target], body=rewrite(self._body, model))
        carried = self._carry(target)
        assert carried is not None, f"{dialects} cannot be asked"
        conversation, lost = carried
        if target != self.form.name:
            data = {"from": self.form.name, "to": target, "left_out": list(lost)}
            self._told = [Event(name="translated", at_s=self._wall_s, data=data)]
        out = FORMS[target].write_request(msgspec.structs.replace(conversation, model=model))
        for name in PRIVATE_FIELDS:
            out.pop(name, None)
        return Attempt(dialect=target, path=PATHS[target], body=_encode(out))

    # -- the answer

    def answer(self, status: int, content_type: str, dialect: Dialect) -> AnswerShape:
        """The upstream's answer begins."""
        source = FORMS[dialect]
        if status >= 400:
            watch = self.watch if self.watch.streams else None
            return ErrorAnswer(source, self.form, status, watch)
        if source is self.form and not self.sees_answers:
            return RawAnswer(dialect, content_type)
        return BridgedAnswer(self, source, content_type, self._wall_s)

    def events(self) -> tuple[Event, ...]:
        """What guards decided and what translation left out."""
        return (*self._told, *self.watch.all_events())


def reply_of(
    decision: GuardDecision, call: Call, form: Form, conversation: Conversation, watch: Watch, wall_s: float
) -> Reply:
    """A whole, legal answer that says what a guard decided, in the client's own form."""
    text, channel, finish = words_of(decision)
    report = UsageReport(Usage(tokens_prompt=0, tokens_completion=0))
    items: list[Item] = [
        Begin(ID_PREFIX[form.name] + call.call_id.removeprefix("call_"), call.model, int(wall_s)),
        TextDelta(text, channel),
        FinishDelta(finish),
        report,
    ]
    body = in_clients_form(form, conversation, call.stream, items)
    finalised = decision.action == "finalise"
    code = None if finalised else "approval_required" if decision.action == "ask" else "refused_by_guard"
    return Reply(
        status=200,
        body=body,
        content_type="text/event-stream; charset=utf-8" if call.stream else "application/json",
        headers=(("x-tidegate-rule", plain_header(decision.rule)),) if decision.rule else (),
        ending=Ending.FINALISED if finalised else Ending.REFUSED_GUARD,
        code=code,
        usage=report.usage,
        events=watch.all_events(),
    )


def plain_header(value: str) -> str:
    """A rule's name as a header may hold it."""
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in value)[:128]
