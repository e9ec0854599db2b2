"""Messages → steps.  State is a pure function of the messages: the same request gives the same steps.

A step is one assistant message with what its tool calls were answered.  Calls made in parallel
form a multiset.  Results are matched by call id, in any order; a missing one is a fact of its own.
Calls that a framework writes as text are calls all the same (see `text_calls`).
"""

from collections.abc import Sequence

from tidegate.admit.toolguard import answers, chant, fingerprint, gist, reviews, text_calls
from tidegate.admit.toolguard.model import ResultClass, Step
from tidegate.admit.toolguard.told import Misses, Told, Unmoved
from tidegate.spine.conversation import Message, Reasoning, Tool, ToolCall, ToolResult

UNMOVED = frozenset({ResultClass.NEW, ResultClass.ERROR, ResultClass.RETRYABLE})
NONE_UNMOVED = Unmoved()
SHORT_ANSWER = 300  # characters of a status
MIX, WORD_MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


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
        self._calls: tuple[ToolCall, ...] = ()  # the open message's calls, also those written as text
        self._native = False  # whether they are the API's own
        self._replies: list[Message] = []
        self._results: dict[str, ToolResult] = {}  # what stands in the replies
        self._people: set[int] = set()
        self._re_armed = False
        self._watching = False  # a person asked for something to be watched
        self._watch = False  # … in so many words: every reading of it may stay the same
        self._refusals = False  # … for wrong inputs to be tried
        self._paused = False  # the last step only waited
        self._last: dict[int, str] = {}  # what the last step that did not wait called, and was answered
        self._answers: dict[int, str] = {}  # the open step's calls with their answers
        self._said = ""  # the last step's words, when it had no calls and nobody answered
        self._count = 0
        self._told = Told()
        self._unmoved = self._unmoved_now = NONE_UNMOVED  # as of the last step that was done; … of the open one
        self._read: tuple[int, Step | None] | None = None  # the open step, with how many replies it was read

    def add(self, message: Message) -> Step | None:
        """Take the next message; returns the step that it completes, if it does."""
        if message.role == "assistant":
            finished = self._close()
            self._open, self._read = message, None
            native = message.tool_calls
            self._native = bool(native)
            self._calls = native or text_calls.read_calls(message.text, message.index)
            return finished
        if message.role in ("tool", "user"):
            self._replies.append(message)
            for part in message.parts:
                if isinstance(part, ToolResult):
                    self._results[part.call_id] = part
        else:  # the instructions
            self._told.by_person(message.text)
        return None

    def steps(self) -> tuple[Step, ...]:
        """All steps, the last one with the results known so far."""
        last = self.open_step()
        return (*self._done, last) if last is not None else tuple(self._done)

    def forget(self) -> None:
        """Let go of the finished steps: who follows a run without end has taken them."""
        self._done.clear()

    def open_step(self) -> Step | None:
        """The last assistant message with the results known so far, if there is one."""
        if self._read is None or self._read[0] != len(self._replies):
            self._read = (len(self._replies), self._step())
        return self._read[1]

    def fork(self) -> "StepBuilder":
        """A copy that goes on alone; it remembers the people's words, not the finished steps."""
        copy = StepBuilder()
        copy._defaults, copy._open, copy._replies = self._defaults, self._open, list(self._replies)
        copy._people, copy._re_armed, copy._count = set(self._people), self._re_armed, self._count
        copy._calls, copy._watching, copy._paused, copy._said = self._calls, self._watching, self._paused, self._said
        copy._native, copy._results = self._native, dict(self._results)
        copy._told, copy._watch, copy._read = self._told.fork(), self._watch, self._read
        copy._refusals = self._refusals
        copy._last, copy._answers = self._last, self._answers
        copy._unmoved, copy._unmoved_now = self._unmoved, self._unmoved_now
        return copy

    def _close(self) -> Step | None:
        step, in_text = self.open_step(), self._answered_in_text()
        if step is None or not step.misuse:  # an error that hands the arguments back tells nothing
            for result in self._results.values():
                self._told.by_tool(result.content)
            if in_text:
                self._told.by_tool(self._replies[0].text)
        for reply in self._replies[1:] if in_text else self._replies:
            if reply.role == "user":
                self._told.by_person(reply.text)
        if step is None:
            self._listen(self._replies)
        else:
            if step.result_class is ResultClass.EMPTY and step.tools:
                self._told.missed(self._calls)
            elif not step.pause:
                self._told.searches = Misses()
            self._done.append(step)
            self._count += 1
            self._re_armed = False
            self._paused = step.pause
            if not step.pause:
                self._last = self._answers
            self._said = "" if step.tools or self._replies else self._open.text if self._open is not None else ""
            self._listen(self._replies[1:] if in_text else self._replies)
            self._unmoved = NONE_UNMOVED if self._re_armed else self._unmoved_now
        self._replies, self._results = [], {}
        return step

    def _answered_in_text(self) -> bool:
        """Whether the open message's calls stand in its words: then the first user message is their answer."""
        message = self._open
        if message is None or self._native or not self._calls or not self._replies:
            return False
        if self._replies[0].role != "user":
            return False
        return not text_calls.is_block(self._calls[0].name) or text_calls.is_observation(self._replies[0].text)

    def _listen(self, replies: Sequence[Message]) -> None:
        """A person who says something new re-arms the guard; a repeated or bare rejection does not."""
        for message in replies:
            text = message.text if message.role == "user" else ""
            if text:
                name = fingerprint.result_fingerprint(text)
                again = answers.asks_again(text) or name not in self._people
                if again and not reviews.bare_rejection(text):
                    self._re_armed = True
                self._people.add(name)
                self._watching = self._watching or answers.asks_to_watch(text)
                self._watch = self._watch or answers.watch_is_the_task(text)
                self._refusals = self._refusals or answers.tests_refusals(text)

    def _step(self) -> Step | None:
        message = self._open
        if message is None:
            return None
        if self._native:
            return self._tool_step(message, self._results)
        if self._calls and (self._answered_in_text() or not self._replies):
            if not self._replies and text_calls.is_block(self._calls[0].name):
                self._answers = {}
                return self._text_step(message)
            said = self._replies[0].text if self._replies else None
            if said is not None:
                said = text_calls.OBSERVATION.sub("", said, count=1)
                return self._tool_step(message, {c.call_id: ToolResult(c.call_id, said) for c in self._calls})
            return self._tool_step(message, self._results)
        self._answers = {}
        return self._text_step(message)

    def _tool_step(self, message: Message, results: dict[str, ToolResult]) -> Step:
        calls = self._calls
        signatures, pairs, classes, errors, told = [], [], [], [], []
        asked: list[tuple[str, object]] = []
        normals: list[str] = []
        lines: tuple[int, ...] = ()
        failures: list[int] = []
        misuse = denied = writes = False
        self._answers = {}
        for call in calls:
            result = results.get(call.call_id)
            content = result.content if result is not None else None
            value = fingerprint.parsed(call.arguments)
            name = fingerprint.signature_of(call.name, call.arguments, value, self._defaults.get(call.name))
            kind = self._class_of(call, name, content, result.is_error if result is not None else None)
            self._answers[name] = content or ""
            signatures.append(name)
            normal = fingerprint.normalised(content) if content else ""
            pairs.append((name, fingerprint.fingerprint_of(content, normal) if content is not None else 0))
            classes.append(kind)
            asked.append((call.name, value))
            told.append(content or "")
            normals.append(normal)
            if content is not None:
                lines += gist.lines_of(content)
                if kind in (ResultClass.ERROR, ResultClass.RETRYABLE):
                    errors.append(fingerprint.error_name(content, fingerprint.own_texts(call.name, value)))
                    failures.append(fingerprint.failure_name(normal))
                    misuse = misuse or answers.is_misuse(content)
                    denied = denied or answers.is_denied(content)
                elif lines and not writes and not answers.reads(call.name):
                    writes = any(t in content for t in fingerprint.own_texts("", value))
        summary = f"{calls[0].name}({calls[0].arguments[:80]})" + (
            f" and {len(calls) - 1} more" if len(calls) > 1 else ""
        )
        worst = _worst(classes)
        error = _multiset(errors) if errors and len(errors) == len(classes) else 0
        review, objection = self._tool_review(told)
        denied = denied and not misuse and len(calls) == 1
        misuse = (misuse or denied) and bool(error)
        looks = len(told) == 1 and answers.looks(calls[0].name, calls[0].arguments)
        like = len(calls) == 1 and worst in UNMOVED
        self._unmoved_now = self._unmoved.then(calls[0], asked[0][1], normals[0], self._told) if like else NONE_UNMOVED
        return Step(
            index=self._count, message=message.index, pair=_multiset(pairs), call=_multiset(signatures),
            tools=tuple(c.name for c in calls), result_class=worst, error=error,
            gist=gist.gist_of(asked, normals, error, worst is ResultClass.EMPTY),
            lines=lines, pause=all(answers.is_pause(c.name, c.arguments) for c in calls),
            own_words=self._own_words(told) if worst is ResultClass.EMPTY else 0,
            review=review, by_tool=bool(review), objection=objection, chant=chant.chanting(message.text),
            re_armed=self._re_armed, summary=summary, misuse=misuse and not self._refusals, writes=writes,
            denied=denied, named=self._told.named(asked, denied) if misuse else 0,
            reworded=self._told.searches.after(self._calls) if worst is ResultClass.EMPTY else 0,
            unmoved=self._unmoved_now.count() if self._unmoved_now.times > 2 else 0,
            complains=len(told) == 1 and worst is ResultClass.NEW and answers.complains(told[0]),
            idle=answers.idles(calls[0].name) if len(calls) == 1 else "",
            failure=_multiset(failures) if error else 0,
            reading=len(told) == 1 and len(told[0]) < SHORT_ANSWER and _reads(calls[0].name),
            looks=looks, gauge=looks and answers.is_gauge(calls[0].name, calls[0].arguments, told[0]),
            ages=looks and signatures[0] in self._last and fingerprint.aged(self._last[signatures[0]], told[0]),
        )  # fmt: skip

    def _class_of(self, call: ToolCall, name: int, content: str | None, is_error: bool | None) -> ResultClass:
        """The answer's class; after a pause, or where a person asked to watch, an unchanged state is waited for, and a
        failure is one of the world if the same call was made before the pause.
        """
        kind = answers.classify(content, is_error)
        if content is None:
            return kind
        waits = self._paused or answers.waits(call.arguments)
        if kind is ResultClass.ERROR and waits and (name in self._last or not self._paused):
            return ResultClass.RETRYABLE
        if kind is ResultClass.NEW and len(content) < SHORT_ANSWER and (waits or self._watching):
            asks = answers.asks_status(call.name) or waits
            asks = asks or (self._watch and answers.reads(call.name))
            if asks and answers.TERMINAL.search(content) is None:
                return ResultClass.PENDING
        return kind

    def _own_words(self, told: Sequence[str]) -> int:
        """Where the calls searched in the run's own words; a tool that is no reading must have said so in words."""
        asked = [(c.name, c.arguments) for c in self._calls]
        plain = all(_reads(c.name) or answers.SAYS.search(t) for c, t in zip(self._calls, told, strict=True))
        return self._told.own_words(asked) if plain else 0

    def _tool_review(self, told: Sequence[str]) -> tuple[reviews.Review, int]:
        if len(self._calls) != 1 or not reviews.is_review_tool(self._calls[0].name):
            return "", 0
        found = reviews.review_of(told[0])
        return found, fingerprint.result_fingerprint(told[0]) if found in ("bare", "reasoned") else 0

    def _text_step(self, message: Message) -> Step:
        said = message.text or " ".join(p.text for p in message.parts if isinstance(p, Reasoning))
        reply = " ".join(r.text for r in self._replies if r.role == "user")
        text = fingerprint.normalised(said)
        name, answer = fingerprint.name_of(text), fingerprint.result_fingerprint(reply)
        review: reviews.Review = ""
        if reply and not said.rstrip().endswith("?"):  # "No." to a question is an answer, not a rejection
            review = reviews.review_of(reply)
        elif not reply and self._said and reviews.bare_rejection(said):  # one agent answers another
            review = "bare"
        judged = reply or said
        return Step(
            index=self._count, message=message.index, pair=_multiset([(name, answer)]), call=_multiset([name]),
            tools=(), result_class=ResultClass.NEW if said else ResultClass.EMPTY,
            gist=gist.text_gist(said, reply), lines=gist.phrases_of(said), review=review,
            objection=fingerprint.result_fingerprint(judged) if review in ("bare", "reasoned") else 0,
            chant=chant.chanting(said), re_armed=self._re_armed, summary=said[:80],
        )  # fmt: skip


def _reads(tool: str) -> bool:
    return answers.reads(tool) or answers.asks_status(tool)


def _defaults(tool: Tool) -> dict[str, object]:
    """Default values of a tool's parameters, as its schema states them."""
    properties = tool.parameters.get("properties")
    if not isinstance(properties, dict):
        return {}
    return {k: v["default"] for k, v in properties.items() if isinstance(v, dict) and "default" in v}


def _multiset(items: Sequence[int] | Sequence[tuple[int, int]]) -> int:
    """Order-free name of parallel calls."""
    if len(items) == 1:
        one = items[0]
        return one if isinstance(one, int) else (one[0] * MIX + one[1]) & WORD_MASK
    return fingerprint.name_of(repr(sorted(items)))


def _worst(classes: Sequence[ResultClass]) -> ResultClass:
    """The class of parallel results: new if any is new, else the first one's."""
    return ResultClass.NEW if ResultClass.NEW in classes else classes[0]
