"""Messages → steps.  State is a pure function of the messages: the same request gives the same steps.

A step is one assistant message with what its tool calls were answered.  Calls made in parallel
form a multiset.  Results are matched by call id, in any order; a missing one is a fact of its own.
"""

import re
from collections.abc import Sequence

from tidegate.admit.toolguard import fingerprint
from tidegate.admit.toolguard.model import ResultClass, Step
from tidegate.spine.conversation import Message, Reasoning, Tool, ToolResult

REJECTION = re.compile(
    r"\b(?:reject(?:ed|ing)?|not (?:good enough|acceptable|accepted|approved|satisfactory|correct|right|ok)|denied|"
    r"try again|redo|do (?:it|that) again|start over|insufficient|unacceptable|fail(?:ed|s)?|no[,.!]? (?:again|redo)|"
    r"needs? (?:more )?(?:work|improvement)|incorrect|wrong|unsatisfactory|disapproved|verdict:? (?:fail|no)|revise)\b",
    re.I,
)
REASON = re.compile(
    r"\b(?:because|since|due to|as the|missing|expected|should|must|line \d+|section|paragraph|criteri(?:on|a)|"
    r"instead of|lacks?|does(?: not|n't)|did(?: not|n't)|is(?: not|n't) (?:the|in|a)|add|remove|replace|change|fix the|"
    r"cite|evidence|step \d+|row \d+|for example|e\.g\.)\b|[#:]\s*\d|\d{2,}|\n\s*[-*\d]",
    re.I,
)


def bare_rejection(text: str) -> bool:
    """Whether a reviewer's words reject without saying why: short, a rejection, and no reason in it."""
    words = text.split()
    return 0 < len(words) <= 25 and REJECTION.search(text) is not None and REASON.search(text) is None


def read_steps(messages: Sequence[Message], tools: Sequence[Tool] = ()) -> tuple[Step, ...]:
    """The steps of a run, oldest first."""
    builder = StepBuilder(tools)
    for message in messages:
        builder.add(message)
    return builder.steps()


class StepBuilder:
    """Adds messages one at a time; `steps()` is the same as reading all at once."""

    def __init__(self, tools: Sequence[Tool] = ()) -> None:
        self._defaults = {t.name: _defaults(t) for t in tools}
        self._done: list[Step] = []
        self._open: Message | None = None
        self._replies: list[Message] = []
        self._people: set[int] = set()
        self._re_armed = False
        self._count = 0

    def add(self, message: Message) -> Step | None:
        """Take the next message; returns the step that it completes, if it does."""
        if message.role == "assistant":
            finished = self._close()
            self._open = message
            return finished
        if message.role in ("tool", "user"):
            self._replies.append(message)
        return None

    def steps(self) -> tuple[Step, ...]:
        """All steps, the last one with the results known so far."""
        last = self._step()
        return (*self._done, last) if last is not None else tuple(self._done)

    def open_step(self) -> Step | None:
        """The last assistant message with the results known so far, if there is one."""
        return self._step()

    def fork(self) -> "StepBuilder":
        """A copy that goes on alone; it remembers the people's words, not the finished steps."""
        copy = StepBuilder()
        copy._defaults, copy._open, copy._replies = self._defaults, self._open, list(self._replies)
        copy._people, copy._re_armed, copy._count = set(self._people), self._re_armed, self._count
        return copy

    def _close(self) -> Step | None:
        step = self._step()
        if step is None:
            self._listen(self._replies)
        else:
            self._done.append(step)
            self._count += 1
            self._re_armed = False
            self._listen(self._replies)
        self._replies = []
        return step

    def _listen(self, replies: Sequence[Message]) -> None:
        """A person who says something new re-arms the guard; a repeated or bare rejection does not."""
        for message in replies:
            text = message.text if message.role == "user" else ""
            if text:
                name = fingerprint.result_fingerprint(text)
                if name not in self._people and not bare_rejection(text):
                    self._re_armed = True
                self._people.add(name)

    def _step(self) -> Step | None:
        message = self._open
        if message is None:
            return None
        results = {r.call_id: r for reply in self._replies for r in reply.tool_results}
        if message.tool_calls:
            return self._tool_step(message, results)
        return self._text_step(message)

    def _tool_step(self, message: Message, results: dict[str, ToolResult]) -> Step:
        signatures, pairs, shapes, classes, errors = [], [], [], [], []
        for call in message.tool_calls:
            result = results.get(call.call_id)
            content = result.content if result is not None else None
            name = fingerprint.signature(call.name, call.arguments, self._defaults.get(call.name))
            kind = fingerprint.classify(content, result.is_error if result is not None else None)
            signatures.append(name)
            answer = fingerprint.result_fingerprint(content) if content is not None else 0
            pairs.append((name, answer))
            shapes.append(fingerprint.shape(call.name, call.arguments))
            classes.append(kind)
            if content is not None and kind in (ResultClass.ERROR, ResultClass.RETRYABLE):
                errors.append(fingerprint.error_name(content))
        calls = message.tool_calls
        summary = f"{calls[0].name}({calls[0].arguments[:80]})" + (
            f" and {len(calls) - 1} more" if len(calls) > 1 else ""
        )
        return Step(
            index=self._count, message=message.index, pair=_multiset(pairs), call=_multiset(signatures),
            shape=_multiset(shapes), tools=tuple(c.name for c in message.tool_calls), result_class=_worst(classes),
            error=_multiset(errors) if errors and len(errors) == len(classes) else 0,
            re_armed=self._re_armed, summary=summary,
        )  # fmt: skip

    def _text_step(self, message: Message) -> Step:
        said = message.text or " ".join(p.text for p in message.parts if isinstance(p, Reasoning))
        reply = " ".join(r.text for r in self._replies if r.role == "user")
        text = fingerprint.normalised(said)
        name, answer = fingerprint.name_of(text), fingerprint.result_fingerprint(reply)
        return Step(
            index=self._count, message=message.index, pair=_multiset([(name, answer)]), call=_multiset([name]),
            shape=0, tools=(), result_class=ResultClass.NEW if said else ResultClass.EMPTY,
            rejected=bare_rejection(reply), re_armed=self._re_armed,
            summary=said[:80],
        )  # fmt: skip


def _multiset(items: Sequence[int] | Sequence[tuple[int, int]]) -> int:
    """Order-free name of parallel calls."""
    return fingerprint.name_of(repr(sorted(items)))


def _worst(classes: Sequence[ResultClass]) -> ResultClass:
    """The class of parallel results: new if any is new, else the first one's."""
    return ResultClass.NEW if ResultClass.NEW in classes else classes[0]


def _defaults(tool: Tool) -> dict[str, object]:
    properties = tool.parameters.get("properties")
    if not isinstance(properties, dict):
        return {}
    return {k: v["default"] for k, v in properties.items() if isinstance(v, dict) and "default" in v}
