"""An answer, whole or as a stream of items: the same value either way.

Every stream reader turns its dialect's events into `Item`s and every stream writer turns items
into its dialect's events.  A whole JSON answer is `items_of` an `Answer`, and `assemble` makes
the `Answer` again.  Guards see the `Delta`s among the items and nothing else.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tidegate.spine.call import Usage
from tidegate.spine.conversation import (
    Delta,
    Extra,
    FinishDelta,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
)


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """The answer begins: its id, the model that speaks, and what the dialect says beside them."""

    response_id: str = ""
    model: str = ""
    created_s: int = 0
    extra: Extra | None = None


class UsageReport(msgspec.Struct, frozen=True, tag="usage"):
    """Tokens as reported so far; `raw` is the dialect's own object, for an answer in the same dialect."""

    usage: Usage
    raw: dict[str, Any] | None = None


class Passed(msgspec.Struct, frozen=True, tag="passed"):
    """Something without a common form, for a writer of the same dialect.

    Kinds: `part` (an Opaque), `logprobs`, `signature` and `item` (of the reasoning just before),
    `call` ({"index", "extra"} of a tool call), `reasoning_field`, `stop_sequence`, or the name of
    a field of the dialect's own.
    """

    kind: str
    data: Any
    choice: int = 0


class Failure(msgspec.Struct, frozen=True, tag="failure"):
    """The upstream said, inside a started answer, that it failed."""

    message: str
    code: str = "upstream_error"
    kind: str = "server_error"


LEGACY_CALL = -1
"""The index of the tool call that an old client's `function_call` is."""

Item = Delta | Begin | UsageReport | Passed | Failure


class Choice(msgspec.Struct, frozen=True):
    """One of the answers asked for; `finish` is None when the upstream did not say."""

    message: Message
    finish: str | None = "stop"
    index: int = 0
    extra: Extra | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer in the common form."""

    response_id: str = ""
    model: str = ""
    created_s: int = 0
    choices: tuple[Choice, ...] = ()
    usage: Usage = Usage()
    usage_raw: dict[str, Any] | None = None
    failure: Failure | None = None
    extra: Extra | None = None


def items_of(answer: Answer) -> list[Item]:
    """A whole answer as the items a stream of it would have given."""
    items: list[Item] = [Begin(answer.response_id, answer.model, answer.created_s, answer.extra)]
    for choice in answer.choices:
        calls = 0
        for part in choice.message.parts:
            items += _items_of_part(part, choice.index, calls)
            calls += isinstance(part, ToolCall)
        items += [Passed(kind, data, choice.index) for kind, data in (choice.extra or {}).items()]
        if choice.finish is not None:
            items.append(FinishDelta(choice.finish, choice.index))
    if answer.usage != Usage() or answer.usage_raw:
        items.append(UsageReport(answer.usage, answer.usage_raw))
    if answer.failure is not None:
        items.append(answer.failure)
    return items


def _items_of_part(part: Part, choice: int, call: int) -> list[Item]:
    if isinstance(part, Text):
        return [TextDelta(part.text, "content", choice)]
    if isinstance(part, Refusal):
        return [TextDelta(part.text, "refusal", choice)]
    if isinstance(part, Reasoning):
        out: list[Item] = [TextDelta(part.text, "reasoning", choice)]
        return out + [Passed(kind, data, choice) for kind, data in (part.extra or {}).items()]
    if isinstance(part, ToolCall):
        number = LEGACY_CALL if part.extra and part.extra.get("legacy") else call
        extra: list[Item] = [Passed("call", {"index": number, "extra": part.extra}, choice)] if part.extra else []
        return [ToolCallDelta(number, part.arguments, part.call_id, part.name, choice), *extra]
    if isinstance(part, Opaque):
        return [Passed("part", part, choice)]
    return []  # a tool result is never part of an answer


class _Building:
    """One choice while its items come in: runs of text on one channel join, tool calls grow by index."""

    def __init__(self) -> None:
        self.parts: list[Part | list[Any]] = []  # a list is [channel, texts…] or a call being built
        self.calls: dict[int, dict[str, Any]] = {}
        self.finish: str | None = None
        self.extra: Extra = {}

    def text(self, delta: TextDelta) -> None:
        last = self.parts[-1] if self.parts else None
        if isinstance(last, list) and last[0] == delta.channel and not last[2]:
            last[1].append(delta.text)
        else:
            self.parts.append([delta.channel, [delta.text], {}])

    def call(self, delta: ToolCallDelta) -> None:
        call = self.calls.get(delta.index)
        if call is None:
            extra = {"legacy": True} if delta.index == LEGACY_CALL else None
            call = self.calls[delta.index] = {"id": "", "name": "", "arguments": [], "extra": extra}
            self.parts.append(["call", call, {}])
        call["id"] = call["id"] or delta.call_id or ""
        call["name"] = call["name"] or delta.name or ""
        call["arguments"].append(delta.arguments)

    def passed(self, item: Passed) -> None:
        last = self.parts[-1] if self.parts else None
        if item.kind == "part":
            self.parts.append(item.data)
        elif item.kind == "call":
            if (call := self.calls.get(item.data["index"])) is not None:
                call["extra"] = item.data["extra"]
        elif item.kind in ("signature", "item") and isinstance(last, list) and last[0] == "reasoning":
            last[2][item.kind] = item.data
        elif item.kind == "logprobs":
            self.extra["logprobs"] = _joined_logprobs(self.extra.get("logprobs"), item.data)
        else:
            self.extra[item.kind] = item.data

    def message(self) -> Message:
        return Message("assistant", tuple(_built(p) if isinstance(p, list) else p for p in self.parts))


def _built(pending: list[Any]) -> Part:
    kind, body, extra = pending
    if kind == "call":
        return ToolCall(body["id"], body["name"], "".join(body["arguments"]), body["extra"])
    text = "".join(body)
    if kind == "reasoning":
        return Reasoning(text, extra or None)
    return Refusal(text) if kind == "refusal" else Text(text)


def _joined_logprobs(before: Any, more: Any) -> Any:
    """Chat's logprobs of one choice, joined: {"content": […], "refusal": […]}."""
    if not isinstance(before, dict) or not isinstance(more, dict):
        return more
    joined = dict(before)
    for name, values in more.items():
        if isinstance(values, list):
            joined[name] = [*(joined.get(name) or []), *values]
    return joined


def assemble(items: Iterable[Item]) -> Answer:
    """The whole answer that a stream of items amounts to."""
    begin = Begin()
    report = UsageReport(Usage())
    failure: Failure | None = None
    choices: dict[int, _Building] = {}
    for item in items:
        if isinstance(item, Begin):
            begin = item
        elif isinstance(item, UsageReport):
            report = item
        elif isinstance(item, Failure):
            failure = item
        else:
            building = choices.setdefault(item.choice, _Building())
            if isinstance(item, TextDelta):
                building.text(item)
            elif isinstance(item, ToolCallDelta):
                building.call(item)
            elif isinstance(item, FinishDelta):
                building.finish = item.reason
            else:
                building.passed(item)
    return Answer(
        response_id=begin.response_id,
        model=begin.model,
        created_s=begin.created_s,
        choices=tuple(Choice(b.message(), b.finish, i, b.extra or None) for i, b in sorted(choices.items())),
        usage=report.usage,
        usage_raw=report.raw,
        failure=failure,
        extra=begin.extra,
    )


def first_choice(answer: Answer) -> tuple[Message, str | None, Usage]:
    """The first choice's message and finish reason, and the usage: what most readers want."""
    if not answer.choices:
        return Message("assistant", ()), None, answer.usage
    return answer.choices[0].message, answer.choices[0].finish, answer.usage


def joined(items: Sequence[Item]) -> list[Item]:
    """The same items with neighbouring text deltas of one channel and choice joined."""
    out: list[Item] = []
    for item in items:
        last = out[-1] if out else None
        if (
            isinstance(item, TextDelta)
            and isinstance(last, TextDelta)
            and (last.channel, last.choice) == (item.channel, item.choice)
        ):
            out[-1] = TextDelta(last.text + item.text, item.channel, item.choice)
        else:
            out.append(item)
    return out
