"""What guards let through of one answer.

`AnswerWatch` takes the items of an answer, hands the text to every guard that streams, in order, and
holds tool calls back until they are whole and every guard has decided on them.  What a soft guard that
crashes held back is let go; a hard one that crashes ends the answer with a refusal.

Where a guard streams, nothing passes beside it: what has no text form (log probabilities,
citations, unknown parts) is withheld, and an upstream's own error text too.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tidegate.gateway.guarding import Broken, Watch, Watched, checked, words_of
from tidegate.spine.call import Ending
from tidegate.spine.contracts import ALLOW, GuardDecision
from tidegate.spine.conversation import Delta, FinishDelta, TextDelta, ToolCall, ToolCallDelta
from tidegate.spine.dialects.answers import Begin, Failure, Item, Passed, UsageReport
from tidegate.spine.dialects.chat import REASONING_FIELDS
from tidegate.spine.trace import Event

_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:/@+-]{0,128}\Z")
_SIGNATURE = re.compile(r"[A-Za-z0-9+/=_-]*\Z")


class _Choice:
    """One choice of an answer while it is watched."""

    __slots__ = ("calls", "cut", "extras", "finish", "heard", "released")

    def __init__(self) -> None:
        self.calls: dict[int, dict[str, Any]] = {}
        self.extras: dict[int, Passed] = {}
        self.finish: str | None = None
        self.cut = False
        self.heard: list[str] = []  # reasoning as it came …
        self.released: list[str] = []  # … and as it was let go: a signature holds only for the same


class AnswerWatch:
    """One answer under the guards: items in, items that may go out."""

    def __init__(self, watch: Watch, *, choices: int = 1, stops: Iterable[str] = ()) -> None:
        self._watch = watch
        self._watched = watch.watched
        self._streams = watch.streams
        self._listening = [w for w in watch.watched if w.listens]
        self._wanted = max(choices, 1)
        self._stops = frozenset(stops)
        self._choices: dict[int, _Choice] = {}
        self._withheld: set[str] = set()
        self._now_s = 0.0
        self._cutter: int | None = None  # the place of the guard that ended a choice early
        self.stopped: Ending | None = None
        self.changed = False  # whether a guard cut or replaced anything: the ending says so

    # -- items on their way

    def feed(self, items: Iterable[Item], now_s: float) -> list[Item]:
        """What may go out of these items."""
        self._now_s = now_s
        out: list[Item] = []
        try:
            for item in items:
                if self.stopped is not None:
                    break
                self._item(item, out)
        except Broken as broken:
            self._refuse_all(broken.decision, out)
        return out

    def _item(self, item: Item, out: list[Item]) -> None:
        if isinstance(item, TextDelta):
            self._text(item, out)
        elif isinstance(item, ToolCallDelta):
            self._grow(item)
        elif isinstance(item, FinishDelta):
            self._choice(item.choice).finish = item.reason
        elif isinstance(item, Passed):
            self._beside(item, out)
        elif isinstance(item, Begin):
            out.append(_plain_begin(item) if self._streams else item)
        elif isinstance(item, UsageReport):
            out.append(UsageReport(item.usage, _numbers(item.raw)) if self._streams else item)
        elif self._streams:  # its words are the upstream's, and nobody looked at them
            out.append(Failure("the upstream failed", "upstream_error"))
        else:
            out.append(item)

    def _choice(self, index: int) -> _Choice:
        return self._choices.setdefault(index, _Choice())

    def _text(self, item: TextDelta, out: list[Item]) -> None:
        choice = self._choice(item.choice)
        if choice.cut or not item.text:
            return
        if item.channel == "reasoning":
            choice.heard.append(item.text)
        self._release(self._chain((item,)), out)
        for watched in self._listening:
            if watched.alive and not choice.cut:
                said = self._watch.timed(watched.guard, lambda w=watched: checked(w.session.hear(item)))  # type: ignore[misc]
                if said is not None and said.action != "allow":
                    self._watch.note(watched.name, "answer", said)
                    self._end_heard(item.choice, said, out)

    def _end_heard(self, index: int, decision: GuardDecision, out: list[Item]) -> None:
        """A listening guard ends a choice: its words follow what was said, and the rest is not waited for."""
        text, _, finish = words_of(decision)
        self._release(self._chain((TextDelta(text, "content", index),)), out)
        self._cut(index, finish, out)
        if self.stopped is not None and decision.action == "finalise":
            self.stopped = Ending.FINALISED

    def _grow(self, item: ToolCallDelta) -> None:
        call = self._choice(item.choice).calls.setdefault(item.index, {"id": "", "name": "", "arguments": []})
        call["id"] = call["id"] or item.call_id or ""
        call["name"] = call["name"] or item.name or ""
        call["arguments"].append(item.arguments)

    def _beside(self, item: Passed, out: list[Item]) -> None:
        """What is no delta: kept where nobody streams, else only what cannot carry text past a guard."""
        choice = self._choice(item.choice)
        if item.kind == "call":
            choice.extras[item.data["index"]] = item
            return
        if choice.cut:
            return
        if self._streams:
            same = "".join(choice.heard) == "".join(choice.released)
            passes = (
                (item.kind == "reasoning_field" and item.data in REASONING_FIELDS)
                or (item.kind == "stop_sequence" and item.data in self._stops)
                or (item.kind == "signature" and same and isinstance(item.data, str) and _SIGNATURE.match(item.data))
            )
            if not passes:
                self._withheld.add(item.kind)
                return
        out.append(item)

    # -- the chain of guards

    def _chain(self, deltas: Sequence[Delta], first: int = 0) -> Sequence[Delta]:
        """Deltas through every streaming guard from the `first` on."""
        for place in range(first, len(self._watched)):
            watched = self._watched[place]
            if watched.streams and watched.alive and deltas:
                deltas = self._through(watched, place, deltas)
        return deltas

    def _through(self, watched: Watched, place: int, deltas: Sequence[Delta]) -> Sequence[Delta]:
        passed: list[Delta] = []
        for n, delta in enumerate(deltas):
            given = self._one(watched, delta)
            if given is None:  # a soft guard crashed: what it held back and what comes after passes it by
                passed += self._let_go(watched)
                return [*passed, *deltas[n + isinstance(delta, TextDelta) :]]
            if self._cutter is None and not isinstance(delta, FinishDelta):
                self._cutter = place if any(isinstance(g, FinishDelta) for g in given) else None
            passed += given
        return passed

    def _one(self, watched: Watched, delta: Delta) -> Sequence[Delta] | None:
        if not watched.guard.hard and isinstance(delta, TextDelta):
            key = (delta.choice, delta.channel)
            watched.pending[key] = watched.pending.get(key, "") + delta.text
        given = self._watch.timed(watched.guard, lambda: _deltas(watched.session.feed(delta, self._now_s)))
        if given is None:
            return None
        if not watched.guard.hard:
            _settle(watched, given)
        return given  # type: ignore[no-any-return]

    def _let_go(self, watched: Watched) -> list[Delta]:
        """The text that a crashed soft guard still held."""
        watched.alive = False
        held, watched.pending = watched.pending, {}
        return [TextDelta(text, channel, choice) for (choice, channel), text in held.items() if text]  # type: ignore[arg-type]

    def _release(self, deltas: Iterable[Delta], out: list[Item], held: list[Item] | None = None) -> None:
        """Deltas that passed every guard: text goes out, the rest waits for the end in `held`."""
        for delta in deltas:
            choice = self._choice(delta.choice)
            if choice.cut:
                continue
            if isinstance(delta, TextDelta):
                if delta.channel == "reasoning":
                    choice.released.append(delta.text)
                if delta.text:
                    out.append(delta)
            elif isinstance(delta, ToolCallDelta):
                if held is not None:
                    held.append(delta)
            elif held is None or delta.reason == "content_filter" != choice.finish:
                if held is None and self._wanted == 1:
                    self._flush_after_cut(delta.choice, out)
                self._cut(delta.choice, delta.reason, out)
            else:
                choice.finish = delta.reason

    def _flush_after_cut(self, index: int, out: list[Item]) -> None:
        """The words with which a guard ended a choice may be held by the guards after it: let them finish."""
        cutter, self._cutter = self._cutter, None
        for place in range((cutter if cutter is not None else len(self._watched)) + 1, len(self._watched)):
            watched = self._watched[place]
            if watched.streams and watched.alive:
                given = self._watch.timed(watched.guard, lambda w=watched: _deltas(w.session.finish(self._now_s)))  # type: ignore[misc]
                last = self._chain(given or (), place + 1)
                out += [d for d in last if isinstance(d, TextDelta) and d.choice == index]

    def _cut(self, index: int, reason: str, out: list[Item]) -> None:
        """A guard ended this choice before the model did."""
        choice = self._choice(index)
        choice.cut, choice.finish = True, reason
        choice.calls.clear()
        self.changed = True
        out.append(FinishDelta(reason, index))
        if sum(c.cut for c in self._choices.values()) >= self._wanted:
            self.stopped = Ending.BLOCKED_GUARD

    def _refuse_all(self, decision: GuardDecision, out: list[Item]) -> None:
        """A hard guard failed in the middle: every choice ends in a refusal."""
        text, channel, finish = words_of(decision)
        for index in sorted(set(self._choices) | {0}):
            if not self._choice(index).cut:
                out.append(TextDelta(text, channel, index))
                self._cut(index, finish, out)
        self.stopped = Ending.BLOCKED_GUARD

    # -- the end

    def end(self, now_s: float) -> list[Item]:
        """The upstream's answer is complete: tool calls are decided, held text is let go, choices finish."""
        self._now_s = now_s
        out: list[Item] = []
        if self.stopped is not None:
            return out
        try:
            held: list[Item] = []
            for index, choice in sorted(self._choices.items()):
                if not choice.cut:
                    self._finish_choice(index, choice, out, held)
            for n, watched in enumerate(self._watched):
                if watched.streams and watched.alive:
                    given = self._watch.timed(watched.guard, lambda w=watched: _deltas(w.session.finish(now_s)))  # type: ignore[misc]
                    last = self._let_go(watched) if given is None else given
                    self._release(self._chain(last, n + 1), out, held)
            self._close(out, held)
        except Broken as broken:
            self._refuse_all(broken.decision, out)
        if self._withheld:
            reason = "a guard watches this answer's text, and these would pass beside it"
            data = {"decision": "withheld", "what": sorted(self._withheld), "reason": reason}
            self._watch.events.append(Event(name="guard", at_s=self._watch._at_s, data=data))
        return out

    def _finish_choice(self, index: int, choice: _Choice, out: list[Item], held: list[Item]) -> None:
        """Decide on the tool calls of a choice and hand the rest of it through the guards."""
        if choice.finish is None:
            choice.calls.clear()  # the upstream broke off: a call that may not be whole is never let go
        whole = [
            (number, ToolCall(c["id"], c["name"], "".join(c["arguments"]), _extra_of(choice, number)))
            for number, c in sorted(choice.calls.items())
        ]
        for _, call in whole:
            decision = self.decide(call)
            if decision.action != "allow":
                self._replace(index, choice, decision, out)
                return
        for number, call in whole:
            delta = ToolCallDelta(number, call.arguments, call.call_id, call.name, index)
            passed = self._chain((delta,))
            self._release(passed, out, held)
            if delta in passed and number in choice.extras:
                held.append(choice.extras[number])
        if choice.finish is not None and not choice.cut:
            self._release(self._chain((FinishDelta(choice.finish, index),)), out, held)

    def decide(self, call: ToolCall) -> GuardDecision:
        """Every guard's word on one whole tool call: the first that is not allow."""
        for watched in self._watched:
            if not watched.alive:
                continue
            decision = self._watch.timed(watched.guard, lambda w=watched: checked(w.session.tool_call(call)))  # type: ignore[misc]
            if decision is not None and decision.action != "allow":
                self._watch.note(watched.name, f"tool_call {call.name}", decision)
                return decision  # type: ignore[no-any-return]
        return ALLOW

    def _replace(self, index: int, choice: _Choice, decision: GuardDecision, out: list[Item]) -> None:
        """A tool call was not allowed: none of this choice's calls goes out, words do."""
        text, channel, finish = words_of(decision)
        choice.calls.clear()
        self.changed = True
        out.append(TextDelta(text, channel, index))
        choice.cut, choice.finish = True, finish
        out.append(FinishDelta(finish, index))
        ending = Ending.FINALISED if decision.action == "finalise" else Ending.BLOCKED_GUARD
        self.stopped = self.stopped or ending

    def _close(self, out: list[Item], held: list[Item]) -> None:
        """After all text: the tool calls, then each choice's finish."""
        out += [h for h in held if not self._choice(h.choice).cut]  # type: ignore[union-attr]
        for index, choice in sorted(self._choices.items()):
            if not choice.cut and choice.finish is not None:
                out.append(FinishDelta(choice.finish, index))

    def failure_words(self, failure: Failure) -> Failure:
        """An upstream's error body as the client may read it."""
        return Failure("the upstream answered with an error", "upstream_error") if self._streams else failure


def _deltas(given: Any) -> list[Delta]:
    """What a guard released; anything that is no delta is a failure of the guard."""
    out = list(given)
    for delta in out:
        if not isinstance(delta, TextDelta | ToolCallDelta | FinishDelta):
            raise TypeError(f"expected deltas, got {delta!r}")
    return out


def _settle(watched: Watched, given: Sequence[Delta]) -> None:
    """Take what a soft guard released off what it holds (by length where it changed the words)."""
    for delta in given:
        if isinstance(delta, TextDelta):
            key = (delta.choice, delta.channel)
            watched.pending[key] = watched.pending.get(key, "")[len(delta.text) :]


def _extra_of(choice: _Choice, number: int) -> dict[str, Any] | None:
    passed = choice.extras.get(number)
    return passed.data["extra"] if passed is not None else None


def _plain_begin(begin: Begin) -> Begin:
    """A beginning that can carry no text past a guard: ids and names only where they look like such."""
    return Begin(
        begin.response_id if _PLAIN_ID.match(begin.response_id) else "",
        begin.model if _PLAIN_ID.match(begin.model) else "",
        begin.created_s,
    )


def _numbers(raw: dict[str, Any] | None) -> dict[str, Any] | None:
    """A usage object without anything but numbers under plain names."""
    if raw is None:
        return None
    return {
        k: _numbers(v) if isinstance(v, dict) else v
        for k, v in raw.items()
        if isinstance(v, int | float | dict | None) and _PLAIN_ID.match(k)
    }
