"""Guards seen from outside: what `openai` and `anthropic` clients receive when a guard has its word."""

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import openai
import pytest
from tests.gateway.test_guarding import Cut, DenyCalls, Hold, Plain, Raises, Session
from tests.support.gateways import KEY, Running, running
from tests.support.upstreams import Script

from tidegate.spine.call import Call
from tidegate.spine.contracts import ALLOW, GuardDecision
from tidegate.spine.conversation import Conversation, Message, Text
from tidegate.spine.finding import Finding, Severity

DIALECTS = ("chat", "responses", "messages")
HEADERS = {"authorization": f"Bearer {KEY}"}


class Switch:
    """A guard whose session a test sets."""

    name = "switch"

    def __init__(self) -> None:
        self.hard = True
        self.streams = True
        self.session: type[Session] | None = None

    def open(self, call: Call) -> Session | None:
        return self.session() if self.session else None


SWITCH = Switch()


@pytest.fixture(scope="module", params=DIALECTS)
def gate(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running([request.param, "completions"], [SWITCH]) as run:  # type: ignore[list-item]
        yield run


@pytest.fixture(autouse=True)
def fresh(gate: Running) -> None:
    SWITCH.session, SWITCH.hard, SWITCH.streams = None, True, True
    gate.upstream.script = Script()


@pytest.fixture
def oa(gate: Running) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{gate.base}/v1", api_key=KEY, max_retries=0, timeout=10) as client:
        yield client


@pytest.fixture
def an(gate: Running) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=gate.base, api_key=KEY, max_retries=0, timeout=10) as client:
        yield client


class Said:
    """What a client saw, whichever API it used."""

    def __init__(self, text: str, refused: bool, calls: int) -> None:
        self.text = text
        self.refused = refused
        self.calls = calls


MESSAGES: Any = [{"role": "user", "content": "hi"}]
SCHEMA = {"type": "object", "properties": {}}


def ask_chat(oa: openai.OpenAI, stream: bool) -> Said:
    tools: Any = [{"type": "function", "function": {"name": "pay", "parameters": SCHEMA}}]
    if not stream:
        choice = oa.chat.completions.create(model="m", messages=MESSAGES, tools=tools).choices[0]
        text = (choice.message.content or "") + (choice.message.refusal or "")
        return Said(text, choice.finish_reason == "content_filter", len(choice.message.tool_calls or ()))
    text, finish, calls = "", "", 0
    for chunk in oa.chat.completions.create(model="m", messages=MESSAGES, tools=tools, stream=True):
        delta = chunk.choices[0].delta
        text += (delta.content or "") + (delta.refusal or "")
        calls += sum(bool(c.id) for c in delta.tool_calls or ())
        finish = chunk.choices[0].finish_reason or finish
    return Said(text, finish == "content_filter", calls)


def ask_responses(oa: openai.OpenAI, stream: bool) -> Said:
    tools: Any = [{"type": "function", "name": "pay", "parameters": SCHEMA, "strict": False}]
    if stream:
        with oa.responses.stream(model="m", input="hi", tools=tools) as events:
            seen = list(events)
        last: Any = seen[-1]
        done = last.response
        streamed = "".join(
            getattr(e, "delta", "") for e in seen if e.type in ("response.output_text.delta", "response.refusal.delta")
        )
    else:
        done = oa.responses.create(model="m", input="hi", tools=tools)
    text, refused = "", done.status == "incomplete" and done.incomplete_details.reason == "content_filter"
    for item in done.output:
        for part in item.content if item.type == "message" else ():
            text += part.refusal if part.type == "refusal" else part.text
    if stream:
        assert text == streamed
    return Said(text, refused, sum(o.type == "function_call" for o in done.output))


def ask_messages(an: anthropic.Anthropic, stream: bool) -> Said:
    asked: Any = {
        "model": "m",
        "max_tokens": 9,
        "messages": MESSAGES,
        "tools": [{"name": "pay", "input_schema": SCHEMA}],
    }
    if stream:
        with an.messages.stream(**asked) as said:
            done = said.get_final_message()
    else:
        done = an.messages.create(**asked)
    text = "".join(b.text for b in done.content if b.type == "text")
    return Said(text, done.stop_reason == "refusal", sum(b.type == "tool_use" for b in done.content))


def everyone(oa: openai.OpenAI, an: anthropic.Anthropic) -> Iterator[Said]:
    for stream in (False, True):
        yield ask_chat(oa, stream)
        yield ask_responses(oa, stream)
        yield ask_messages(an, stream)


Clients = tuple[openai.OpenAI, anthropic.Anthropic]


@pytest.fixture
def clients(oa: openai.OpenAI, an: anthropic.Anthropic) -> Clients:
    return oa, an


def test_a_refused_request_is_a_typed_answer_and_never_sent(gate: Running, clients: Clients) -> None:
    class No(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            return GuardDecision(action="refuse", rule="never", reason="secret reason", text="Not here.")

    SWITCH.session = No
    asked = len(gate.upstream.asked)
    for said in everyone(*clients):
        assert (said.text, said.refused) == ("Not here.", True)
        assert gate.trace.ending == "refused_guard"
        assert gate.trace.events[-1].data["reason"] == "secret reason"
    assert len(gate.upstream.asked) == asked


def test_a_finalised_run_is_a_complete_answer(gate: Running, clients: Clients) -> None:
    class End(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            return GuardDecision(action="finalise", rule="loop", text="The run ended: no progress.")

    SWITCH.session = End
    for said in everyone(*clients):
        assert (said.text, said.refused, said.calls) == ("The run ended: no progress.", False, 0)
        assert gate.trace.ending == "finalised"


def test_what_needs_approval_says_so(gate: Running, oa: openai.OpenAI) -> None:
    class Ask(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            return GuardDecision(action="ask", rule="big-refund")

    SWITCH.session = Ask
    said = ask_chat(oa, False)
    assert "approval" in said.text
    assert "big-refund" in said.text
    assert gate.trace.error_code == "approval_required"


def test_a_secret_is_replaced_in_every_form(gate: Running, clients: Clients) -> None:
    SWITCH.session = Hold
    gate.upstream.script = Script(text="The tiger is in the ti", reasoning="tiger?", bytes_a_write=9)
    for said in everyone(*clients):
        assert said.text == "The ***** is in the ti"


def test_a_cut_answer_ends_well_and_cancels_the_upstream(gate: Running, clients: Clients) -> None:
    SWITCH.session = Cut
    gate.upstream.script = Script(text="See the tiger. " + "Word " * 300, pieces=15)
    for said in everyone(*clients):
        assert said.refused
        assert said.text.endswith("Not that.")
        assert "Word" not in said.text
        assert gate.trace.ending == "blocked_guard"


def test_a_denied_tool_call_never_reaches_the_client(gate: Running, clients: Clients) -> None:
    SWITCH.session = DenyCalls
    gate.upstream.script = Script(text="Paying.", calls=[("c1", "pay", '{"eur":5}')])
    for streams in (True, False):
        SWITCH.streams = streams
        for said in everyone(*clients):
            assert (said.refused, said.calls) == (True, 0)
            assert said.text.startswith("Paying.")
            assert "no-pay" in said.text
            assert gate.trace.ending == "blocked_guard"


def test_an_allowed_tool_call_arrives_whole(gate: Running, clients: Clients) -> None:
    SWITCH.session = Session
    gate.upstream.script = Script(text="", calls=[("c1", "pay", '{"eur":5}')])
    for said in everyone(*clients):
        assert (said.refused, said.calls) == (False, 1)


def test_a_hard_guard_that_fails_refuses_and_a_soft_one_does_not(gate: Running, clients: Clients) -> None:
    SWITCH.session = Raises
    for said in everyone(*clients):
        assert said.refused
        assert "Hello" not in said.text
    SWITCH.hard = False
    for said in everyone(*clients):
        assert (said.text, said.refused) == ("Hello there, friend.", False)


def test_a_nudge_and_a_narrower_set_of_tools_reach_the_upstream(gate: Running, clients: Clients) -> None:
    class Nudge(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            words = Message("system", (Text("Try another way."),))
            return GuardDecision(action="allow", rule="loop", messages=(words,), drop_tools=("pay",))

    SWITCH.session = Nudge
    for said in everyone(*clients):
        assert said.text == "Hello there, friend."
        asked = gate.upstream.asked[-1]
        assert "tools" not in asked
        assert "Try another way." in json.dumps((asked.get("messages") or asked.get("input"))[-1])
        assert gate.trace.ending == "completed"


def test_an_upstreams_error_words_do_not_pass_a_streaming_guard(gate: Running, oa: openai.OpenAI) -> None:
    SWITCH.session = Hold
    gate.upstream.script = Script(status=400, error="the tiger")
    with pytest.raises(openai.BadRequestError) as caught:
        ask_chat(oa, False)
    assert "tiger" not in str(caught.value)


@pytest.mark.parametrize("stream", [False, True])
def test_old_completions_are_watched_too(gate: Running, stream: bool) -> None:
    SWITCH.session = Hold
    gate.upstream.script = Script(text="a tiger here")
    body = {"model": "m", "prompt": "Say", "stream": stream}
    answer = httpx.post(f"{gate.base}/v1/completions", json=body, headers=HEADERS)
    if stream:
        events = [json.loads(x[6:]) for x in answer.text.split("\n\n") if x.startswith("data: {")]
        text = "".join(e["choices"][0]["text"] for e in events if e["choices"])
        assert answer.text.endswith("data: [DONE]\n\n")
    else:
        text = answer.json()["choices"][0]["text"]
    assert text == "a ***** here"


def test_all_choices_and_no_log_probabilities(gate: Running, oa: openai.OpenAI) -> None:
    if "chat" not in gate.gateway.settings.upstreams[0].dialects:
        with pytest.raises(openai.BadRequestError, match="one choice at a time"):
            oa.chat.completions.create(model="m", messages=MESSAGES, n=2)
        return
    SWITCH.session = Hold
    gate.upstream.script = Script(text="a tiger", choices=2, logprobs=True)
    done = oa.chat.completions.create(model="m", messages=MESSAGES, n=2, logprobs=True)
    assert [c.message.content for c in done.choices] == ["a *****", "a *****"]
    assert "tiger" not in done.model_dump_json()
    chunks = list(oa.chat.completions.create(model="m", messages=MESSAGES, n=2, logprobs=True, stream=True))
    for index in (0, 1):
        mine = [c.choices[0] for c in chunks if c.choices and c.choices[0].index == index]
        assert "".join(c.delta.content or "" for c in mine) == "a *****"
        assert not any(c.logprobs for c in mine)


def test_without_a_word_of_a_guard_the_bytes_pass_raw(gate: Running) -> None:
    """A guard that opens no session for a call costs it nothing: the upstream's bytes arrive as they are."""
    spoken = gate.gateway.settings.upstreams[0].dialects[0]
    path = {"chat": "chat/completions", "responses": "responses", "messages": "messages"}[spoken]
    body = {"model": "m", "messages": [], "input": "x", "max_tokens": 3, "stream": True}
    raw = httpx.post(f"{gate.upstream.url}/{path}", json={**body, "model": "m-served"}).content
    assert httpx.post(f"{gate.base}/v1/{path}", json=body, headers=HEADERS).content == raw


def test_a_request_guard_without_streams_leaves_tool_less_answers_raw() -> None:
    class Quiet(Session):
        def request(self, conversation: Conversation) -> GuardDecision:
            return ALLOW

    with running(["chat"], [Plain(Quiet, hard=False, streams=False)]) as run:
        body = {"model": "m", "messages": MESSAGES, "stream": True}
        raw = httpx.post(f"{run.upstream.url}/chat/completions", json={**body, "model": "m-served"}).content
        assert httpx.post(f"{run.base}/v1/chat/completions", json=body, headers=HEADERS).content == raw


def test_a_tool_called_after_the_tools_were_withheld_is_still_decided() -> None:
    class Ends(DenyCalls):
        def request(self, conversation: Conversation) -> GuardDecision:
            return GuardDecision(action="allow", rule="loop", drop_tools=("pay",))

    with running(["chat"], [Plain(Ends, hard=False, streams=False)]) as run:
        run.upstream.script = Script(text="", calls=[("c1", "pay", "{}")])
        with openai.OpenAI(base_url=f"{run.base}/v1", api_key=KEY, max_retries=0) as client:
            assert ask_chat(client, True).calls == 0
        assert "tools" not in run.upstream.asked[-1]


def test_what_a_soft_guard_cannot_read_passes_and_a_hard_one_refuses() -> None:
    body = {"model": "m", "messages": [{"role": "ipython", "content": "x"}]}
    for hard, status in ((False, 200), (True, 400)):
        with running(["chat"], [Plain(Session, hard=hard, streams=False)]) as run:
            answer = httpx.post(f"{run.base}/v1/chat/completions", json=body, headers=HEADERS)
            assert answer.status_code == status


def test_what_a_soft_guard_noticed_reaches_the_trace_of_a_raw_answer() -> None:
    class Notices(Session):
        def findings(self) -> tuple[Finding, ...]:
            return (Finding(rule="seen", severity=Severity.NOTE, subject="s", message="m"),)

    with running(["chat"], [Plain(Notices, hard=False, streams=False)]) as run:
        answer = httpx.post(f"{run.base}/v1/chat/completions", json={"model": "m", "messages": []}, headers=HEADERS)
        assert answer.status_code == 200
        assert run.trace.events[-1].data["findings"][0]["rule"] == "seen"
        assert run.trace.usage.tokens_prompt == 12
