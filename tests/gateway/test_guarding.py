"""Guards over calls: decided before, watched on every channel, refused in legal words, closed when they fail.

The guards here are small and deliberate; the products' own come with their capabilities.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.gateway.guarding import Watch
from tidegate.gateway.guarding_answers import AnswerWatch
from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.contracts import ALLOW, GuardDecision
from tidegate.spine.conversation import (
    Conversation,
    Delta,
    FinishDelta,
    Message,
    Opaque,
    Text,
    TextDelta,
    Tool,
    ToolCall,
    ToolCallDelta,
)
from tidegate.spine.dialects.answers import Begin, Failure, Item, Passed, UsageReport, assemble
from tidegate.spine.finding import Finding, Severity

CALL = Call(call_id="call_1", identity=Identity(tenant="t"), dialect="chat", model="m", received_at_s=5.0)
SECRET = "tiger"


class Session:
    """A session that lets everything pass."""

    def request(self, conversation: Conversation) -> GuardDecision:
        return ALLOW

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        return (delta,)

    def tool_call(self, call: ToolCall) -> GuardDecision:
        return ALLOW

    def finish(self, now_s: float) -> Sequence[Delta]:
        return ()

    def findings(self) -> tuple[Finding, ...]:
        return ()


class Plain:
    """A guard made of one session class."""

    def __init__(
        self, session: type[Session] = Session, *, hard: bool = True, streams: bool = True, name: str = "g"
    ) -> None:
        self.session = session
        self.hard = hard
        self.streams = streams
        self.name = name

    def open(self, call: Call) -> Session | None:
        return self.session()


class Hold(Session):
    """Replaces the secret, holding back what could be its beginning, on every channel by itself."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, str], str] = {}

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        if isinstance(delta, ToolCallDelta):
            return (
                ToolCallDelta(
                    delta.index, delta.arguments.replace(SECRET, "*****"), delta.call_id, delta.name, delta.choice
                ),
            )
        if not isinstance(delta, TextDelta):
            return (delta,)
        key = (delta.choice, delta.channel)
        text = (self.held.get(key, "") + delta.text).replace(SECRET, "*****")
        keep = next((n for n in range(min(len(SECRET) - 1, len(text)), 0, -1) if SECRET.startswith(text[-n:])), 0)
        self.held[key] = text[len(text) - keep :]
        out = text[: len(text) - keep]
        return (TextDelta(out, delta.channel, delta.choice),) if out else ()

    def finish(self, now_s: float) -> Sequence[Delta]:
        return [TextDelta(t, channel, choice) for (choice, channel), t in self.held.items() if t]  # type: ignore[arg-type]


class Cut(Session):
    """Ends the choice when the secret's first letters come."""

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        if isinstance(delta, TextDelta) and "tig" in delta.text:
            return (TextDelta("Not that.", "refusal", delta.choice), FinishDelta("content_filter", delta.choice))
        return (delta,)


class DenyCalls(Session):
    def tool_call(self, call: ToolCall) -> GuardDecision:
        return GuardDecision(action="refuse", rule="no-" + call.name) if call.name == "pay" else ALLOW


class Raises(Session):
    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        raise RuntimeError("boom")


class RaisesLate(Session):
    """Holds everything back, then fails at the end."""

    def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
        return () if isinstance(delta, TextDelta) else (delta,)

    def finish(self, now_s: float) -> Sequence[Delta]:
        raise RuntimeError("boom")


class Clock:
    """A clock that a slow guard moves on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def watch(*guards: Any, clock: Clock | None = None) -> tuple[Watch, list[tuple[str, str]]]:
    crashed: list[tuple[str, str]] = []
    opened = Watch(CALL, guards, clock=clock or Clock(), crashed=lambda n, w: crashed.append((n, w)), at_s=5.0)
    return opened, crashed


def through(items: Sequence[Item], *guards: Any, choices: int = 1) -> tuple[list[Item], AnswerWatch, Watch]:
    opened, _ = watch(*guards)
    answer = AnswerWatch(opened, choices=choices)
    out: list[Item] = []
    for item in items:
        if answer.stopped is None:
            out += answer.feed([item], 0.0)
    if answer.stopped is None:
        out += answer.end(0.0)
    return out, answer, opened


def text_of(items: Sequence[Item], channel: str = "content", choice: int = 0) -> str:
    return "".join(i.text for i in items if isinstance(i, TextDelta) and i.channel == channel and i.choice == choice)


# --- the answer


@pytest.mark.parametrize("channel", ["content", "reasoning", "refusal"])
@settings(max_examples=60)
@given(text=st.lists(st.sampled_from(["tiger", "tig", "er", "t", "a ", "ti"]), max_size=12), size=st.integers(1, 4))
def test_a_secret_never_passes_however_the_answer_is_cut(channel: Any, text: list[str], size: int) -> None:
    whole = "".join(text)
    items: list[Item] = [Begin("id"), *(TextDelta(whole[i : i + size], channel) for i in range(0, len(whole), size))]
    items.append(FinishDelta("stop"))
    out, answer, _ = through(items, Plain(Hold))
    assert text_of(out, channel) == whole.replace(SECRET, "*****")
    assert isinstance(out[-1], FinishDelta)
    assert answer.stopped is None


def test_tool_calls_wait_until_they_are_whole_and_come_after_the_text() -> None:
    items: list[Item] = [
        TextDelta("ti"),
        ToolCallDelta(0, "", "c0", "f"),
        ToolCallDelta(0, '{"a":'),
        ToolCallDelta(1, "{}", "c1", "g"),
        ToolCallDelta(0, "1}"),
        FinishDelta("tool_calls"),
    ]
    opened, _ = watch(Plain(Hold))
    answer = AnswerWatch(opened)
    assert answer.feed(items, 0.0) == []  # not one byte of a call before the decision; the text is held
    assert answer.end(0.0) == [
        TextDelta("ti"),
        ToolCallDelta(0, '{"a":1}', "c0", "f"),
        ToolCallDelta(1, "{}", "c1", "g"),
        FinishDelta("tool_calls"),
    ]


def test_arguments_are_a_channel_too() -> None:
    out, _, _ = through([ToolCallDelta(0, '{"q":"tiger"}', "c", "f"), FinishDelta("tool_calls")], Plain(Hold))
    assert assemble(out).choices[0].message.tool_calls[0].arguments == '{"q":"*****"}'


def test_one_denied_call_withholds_all_of_them() -> None:
    items: list[Item] = [
        TextDelta("I will pay."),
        ToolCallDelta(0, "{}", "c0", "look"),
        ToolCallDelta(1, "{}", "c1", "pay"),
        FinishDelta("tool_calls"),
    ]
    out, answer, opened = through(items, Plain(DenyCalls, streams=False))
    assert out == [
        TextDelta("I will pay."),
        TextDelta("This was refused by the rule 'no-pay'.", "refusal"),
        FinishDelta("content_filter"),
    ]
    assert answer.stopped is Ending.BLOCKED_GUARD
    assert opened.all_events()[0].data["decision"] == "refuse"


def test_a_call_that_was_cut_off_is_never_let_go() -> None:
    out, _, _ = through([ToolCallDelta(0, '{"a":', "c0", "f")], Plain())
    assert out == []


def test_a_guard_may_end_a_choice_and_the_others_go_on() -> None:
    items: list[Item] = [TextDelta("a"), TextDelta("the tiger"), TextDelta("fine", choice=1), TextDelta("more")]
    items += [FinishDelta("stop"), FinishDelta("stop", 1)]
    out, answer, _ = through(items, Plain(Cut), choices=2)
    assert text_of(out) == "a"
    assert text_of(out, "refusal") == "Not that."
    assert text_of(out, choice=1) == "fine"
    assert [i for i in out if isinstance(i, FinishDelta)] == [FinishDelta("content_filter"), FinishDelta("stop", 1)]
    assert answer.stopped is None
    out, answer, _ = through(items[:2], Plain(Cut))
    assert answer.stopped is Ending.BLOCKED_GUARD


def test_words_of_one_guard_pass_the_next_even_when_it_holds_back() -> None:
    class Whole(Session):
        def __init__(self) -> None:
            self.held: list[Delta] = []

        def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
            if isinstance(delta, FinishDelta):
                return (delta,)
            self.held.append(delta)
            return ()

        def finish(self, now_s: float) -> Sequence[Delta]:
            return self.held

    out, _, _ = through([TextDelta("a"), TextDelta("tiger")], Plain(Cut), Plain(Whole))
    assert text_of(out) == "a"
    assert text_of(out, "refusal") == "Not that."
    assert isinstance(out[-1], FinishDelta)


def test_nothing_passes_beside_a_guard_that_streams() -> None:
    beside: list[Item] = [
        Begin("id", "m", 1, {"note": SECRET}),
        TextDelta("hm", "reasoning"),
        Passed("signature", "c2ln"),
        Passed("signature", f"not base64: {SECRET}"),
        Passed("logprobs", {"content": [{"token": SECRET}]}),
        Passed("annotations", [SECRET]),
        Passed("part", Opaque("audio", {"transcript": SECRET})),
        Passed("stop_sequence", SECRET),
        Passed("reasoning_field", SECRET),
        UsageReport(Usage(tokens_prompt=1), {"input_tokens": 1, "note": SECRET, SECRET + " !": 1}),
        ToolCallDelta(0, '{"q":"tiger"}', "c", "f"),
        Passed("call", {"index": 0, "extra": {"item": {"arguments": SECRET}}}),
        Begin("tiger tiger", "a tiger"),
        Failure(f"the {SECRET}", SECRET, SECRET),
        FinishDelta("tool_calls"),
    ]
    out, _, opened = through(beside, Plain(Hold))
    assert SECRET not in repr(out)
    assert Passed("signature", "c2ln") in out
    withheld = opened.all_events()[0].data
    assert withheld["what"] == ["annotations", "logprobs", "part", "reasoning_field", "signature", "stop_sequence"]
    out, _, _ = through([Passed("logprobs", {"content": []}), FinishDelta("stop")], Plain(streams=False))
    assert out[0] == Passed("logprobs", {"content": []})


# --- guards that fail


def test_a_hard_guard_that_raises_refuses() -> None:
    out, answer, opened = through([TextDelta("a tiger"), FinishDelta("stop")], Plain(Raises))
    assert text_of(out) == ""
    assert "check that must pass" in text_of(out, "refusal")
    assert out[-1] == FinishDelta("content_filter")
    assert answer.stopped is Ending.BLOCKED_GUARD
    assert opened.all_events()[0].data["rule"] == "guard-failed"
    out, answer, _ = through([TextDelta("a tiger"), FinishDelta("stop")], Plain(RaisesLate))
    assert "tiger" not in repr(out)
    assert answer.stopped is Ending.BLOCKED_GUARD


@pytest.mark.parametrize("session", [Raises, RaisesLate])
def test_a_soft_guard_that_raises_is_passed_over_and_loses_nothing(session: type[Session]) -> None:
    opened, crashed = watch(Plain(session, hard=False, name="soft"))
    answer = AnswerWatch(opened)
    items: list[Item] = [TextDelta("a "), TextDelta("b", "reasoning"), TextDelta("c"), FinishDelta("stop")]
    out = answer.feed(items, 0.0) + answer.end(0.0)
    assert text_of(out) == "a c"
    assert text_of(out, "reasoning") == "b"
    assert out[-1] == FinishDelta("stop")
    assert crashed == [("soft", "RuntimeError")]


@pytest.mark.parametrize("hard", [True, False])
def test_a_guard_that_takes_too_long(hard: bool) -> None:
    clock = Clock()

    class Slow(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            clock.now += 2.0
            return ALLOW

    opened, crashed = watch(Plain(Slow, hard=hard), clock=clock)
    decision, _ = opened.request(Conversation(model="m", messages=()))
    assert decision.action == ("refuse" if hard else "allow")
    assert crashed == ([("g", "timeout")] if hard else [])


@pytest.mark.parametrize("nonsense", [None, True, "allow", GuardDecision(action="perhaps")])  # type: ignore[arg-type]
def test_a_hard_guard_that_answers_nonsense_refuses(nonsense: Any) -> None:
    class Odd(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            return nonsense  # type: ignore[no-any-return]

        def feed(self, delta: Delta, now_s: float) -> Sequence[Delta]:
            return [nonsense]

    opened, _ = watch(Plain(Odd))
    assert opened.request(Conversation(model="m", messages=()))[0].action == "refuse"
    out, _, _ = through([TextDelta("x")], Plain(Odd))
    assert text_of(out) == ""


def test_a_hard_guard_that_cannot_open_refuses() -> None:
    class Closed(Plain):
        def open(self, call: Call) -> Session | None:
            raise RuntimeError("no")

    opened, _ = watch(Closed())
    assert opened.request(Conversation(model="m", messages=()))[0].action == "refuse"
    opened, crashed = watch(Closed(hard=False))
    assert opened.request(Conversation(model="m", messages=()))[0].action == "allow"
    assert crashed == [("g", "RuntimeError")]


# --- the request


def test_a_guard_changes_the_request_and_the_next_sees_the_change() -> None:
    seen: list[Conversation] = []

    class Narrow(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            nudge = Message("system", (Text("You are repeating yourself."),))
            return GuardDecision(action="allow", rule="loop", messages=(nudge,), drop_tools=("pay",))

    class Sees(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            seen.append(conversation)
            return ALLOW

    asked = Conversation(
        model="m",
        messages=(Message("user", (Text("hi"),), 4),),
        tools=(Tool(name="pay"), Tool(name="look")),
        parameters={"tool_choice": {"type": "function", "function": {"name": "pay"}}, "parallel_tool_calls": True},
    )
    opened, _ = watch(Plain(Narrow), Plain(Sees))
    decision, changed = opened.request(asked)
    assert decision.action == "allow"
    assert seen == [changed]
    assert changed.messages[1] == Message("system", (Text("You are repeating yourself."),), 5)
    assert [t.name for t in changed.tools] == ["look"]
    assert changed.parameters == {"parallel_tool_calls": True}
    assert opened.all_events()[0].data["dropped_tools"] == ["pay"]


def test_the_first_no_is_the_last_word() -> None:
    class No(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            return GuardDecision(action="refuse", rule="never", text="Not here.")

    class Never(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            raise AssertionError("asked after a refusal")

    opened, crashed = watch(Plain(No), Plain(Never))
    assert opened.request(Conversation(model="m", messages=()))[0].text == "Not here."
    assert crashed == []


def test_findings_reach_the_trace() -> None:
    class Notices(Session):
        def findings(self) -> tuple[Finding, ...]:
            return (Finding(rule="r", severity=Severity.WARNING, subject="s", message="m"),)

    opened, _ = watch(Plain(Notices))
    assert opened.all_events()[0].data["findings"][0]["rule"] == "r"
