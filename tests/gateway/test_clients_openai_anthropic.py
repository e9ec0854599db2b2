"""Unmodified `openai` and `anthropic` clients through the real gateway, whatever API the upstream speaks."""

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import openai
import pytest
from openai.lib.streaming.chat import ContentDeltaEvent
from pydantic import BaseModel
from tests.support.gateways import KEY, Running, running
from tests.support.upstreams import Script

DIALECTS = ("chat", "responses", "messages")
TOOL = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CALL = Script(
    text="Let me look.", calls=[("call_1", "weather", '{"city":"Oslo"}'), ("call_2", "weather", '{"city":"Rome"}')]
)


@pytest.fixture(scope="module", params=DIALECTS)
def gate(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A gateway whose one upstream speaks one API alone."""
    with running([request.param]) as run:
        yield run


@pytest.fixture
def oa(gate: Running) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{gate.base}/v1", api_key=KEY, max_retries=0, timeout=10) as client:
        yield client


@pytest.fixture
def an(gate: Running) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=gate.base, api_key=KEY, max_retries=0, timeout=10) as client:
        yield client


# --- openai: chat completions


def test_chat(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = Script(reasoning="Hm.")
    done = oa.chat.completions.create(
        model="m",
        messages=[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "hi"}],
        max_tokens=50,
        temperature=0.5,
    )
    assert done.choices[0].message.content == "Hello there, friend."
    assert done.choices[0].message.reasoning_content == "Hm."  # type: ignore[attr-defined]
    assert done.choices[0].finish_reason == "stop"
    assert done.model == "m-served"
    assert done.usage is not None
    assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (12, 5)
    assert done.usage.prompt_tokens_details is not None
    assert done.usage.prompt_tokens_details.cached_tokens == 4
    asked = gate.upstream.asked[-1]
    assert asked["model"] == "m-served"
    assert asked["temperature"] == 0.5
    assert "Be kind." in json.dumps(asked)
    assert 50 in (asked.get("max_tokens"), asked.get("max_output_tokens"))
    assert gate.trace.ending == "completed"
    assert gate.trace.usage.tokens_prompt == 12


def test_chat_stream(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = Script(reasoning="Hm.", bytes_a_write=7)
    stream = oa.chat.completions.create(
        model="m",
        messages=[{"role": "user", "content": "hi"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello there, friend."
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 5
    assert len({c.id for c in chunks}) == 1


def test_chat_tools_and_their_results(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = CALL
    tools: Any = [{"type": "function", "function": {"name": "weather", "description": "d", "parameters": TOOL}}]
    messages: list[Any] = [{"role": "user", "content": "weather?"}]
    done = oa.chat.completions.create(model="m", messages=messages, tools=tools, tool_choice="required")
    assert done.choices[0].finish_reason == "tool_calls"
    calls = done.choices[0].message.tool_calls or []
    assert [(c.id, c.function.name, json.loads(c.function.arguments)) for c in calls] == [  # type: ignore[union-attr]
        ("call_1", "weather", {"city": "Oslo"}),
        ("call_2", "weather", {"city": "Rome"}),
    ]
    gate.upstream.script = Script(text="Cold and warm.")
    messages += [done.choices[0].message, {"role": "tool", "tool_call_id": "call_1", "content": "-3"}]
    messages.append({"role": "tool", "tool_call_id": "call_2", "content": "21"})
    done = oa.chat.completions.create(model="m", messages=messages, tools=tools)
    assert done.choices[0].message.content == "Cold and warm."
    asked = json.dumps(gate.upstream.asked[-1])
    assert asked.index("Oslo") < asked.index("-3") < asked.index("21")


def test_chat_tools_streamed(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = CALL
    tools: Any = [{"type": "function", "function": {"name": "weather", "parameters": TOOL}}]
    with oa.chat.completions.stream(model="m", messages=[{"role": "user", "content": "w?"}], tools=tools) as stream:
        text = "".join(e.delta for e in stream if isinstance(e, ContentDeltaEvent))
        done = stream.get_final_completion()
    assert text == "Let me look."
    assert done.choices[0].finish_reason == "tool_calls"
    calls = done.choices[0].message.tool_calls or []
    assert [(c.id, json.loads(c.function.arguments)["city"]) for c in calls] == [("call_1", "Oslo"), ("call_2", "Rome")]


class Weather(BaseModel):
    city: str
    degrees: int


def test_chat_structured_output(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = Script(text='{"city": "Oslo", "degrees": -3}')
    done = oa.chat.completions.parse(model="m", messages=[{"role": "user", "content": "w?"}], response_format=Weather)
    assert done.choices[0].message.parsed == Weather(city="Oslo", degrees=-3)
    assert '"degrees"' in json.dumps(gate.upstream.asked[-1])  # the schema arrived


# --- openai: responses


def test_response(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = Script(reasoning="Hm.")
    done = oa.responses.create(model="m", instructions="Be kind.", input="hi", max_output_tokens=50)
    assert done.output_text == "Hello there, friend."
    assert done.status == "completed"
    assert [o.type for o in done.output] == ["reasoning", "message"]
    assert done.usage is not None
    assert (done.usage.input_tokens, done.usage.output_tokens) == (12, 5)
    assert done.usage.input_tokens_details.cached_tokens == 4
    assert done.instructions == "Be kind."


def test_response_stream(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = Script(reasoning="Hm.", bytes_a_write=11)
    with oa.responses.stream(model="m", input="hi") as stream:
        events = list(stream)
        done = stream.get_final_response()
    assert done.output_text == "Hello there, friend."
    assert "".join(e.delta for e in events if e.type == "response.output_text.delta") == "Hello there, friend."
    assert [e.sequence_number for e in events] == sorted(e.sequence_number for e in events)
    assert events[0].type == "response.created"
    assert events[-1].type == "response.completed"
    assert done.usage is not None
    assert done.usage.output_tokens == 5


def test_response_tools(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = CALL
    tools: Any = [{"type": "function", "name": "weather", "parameters": TOOL, "strict": True}]
    with oa.responses.stream(model="m", input="w?", tools=tools) as stream:
        list(stream)
        done = stream.get_final_response()
    calls = [o for o in done.output if o.type == "function_call"]
    assert [(c.call_id, c.name, json.loads(c.arguments)) for c in calls] == [
        ("call_1", "weather", {"city": "Oslo"}),
        ("call_2", "weather", {"city": "Rome"}),
    ]
    gate.upstream.script = Script(text="Cold.")
    history: Any = [
        {"role": "user", "content": "w?"},
        *[{"type": "function_call", "call_id": c.call_id, "name": c.name, "arguments": c.arguments} for c in calls],
        *[{"type": "function_call_output", "call_id": c.call_id, "output": f"out {c.call_id}"} for c in calls],
    ]
    done = oa.responses.create(model="m", input=history, tools=tools)
    assert done.output_text == "Cold."
    asked = json.dumps(gate.upstream.asked[-1])
    assert asked.index("Rome") < asked.index("out call_1") < asked.index("out call_2")


def test_response_structured_output(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = Script(text='{"city": "Oslo", "degrees": -3}')
    done = oa.responses.parse(model="m", input="w?", text_format=Weather)
    assert done.output_parsed == Weather(city="Oslo", degrees=-3)


def test_stored_state_is_refused_where_the_upstream_has_none(gate: Running, oa: openai.OpenAI) -> None:
    gate.upstream.script = Script()
    if "responses" in gate.gateway.settings.upstreams[0].dialects:
        assert oa.responses.create(model="m", input="and?", previous_response_id="resp_0").output_text
        assert gate.upstream.asked[-1]["previous_response_id"] == "resp_0"
        return
    asked = len(gate.upstream.asked)
    with pytest.raises(openai.BadRequestError) as caught:
        oa.responses.create(model="m", input="and?", previous_response_id="resp_0")
    assert caught.value.code == "unsupported_by_upstream"
    assert "previous_response_id" in caught.value.message
    assert len(gate.upstream.asked) == asked
    assert gate.trace.ending == "refused_invalid"


# --- anthropic: messages


def test_message(gate: Running, an: anthropic.Anthropic) -> None:
    gate.upstream.script = Script()
    done = an.messages.create(
        model="m",
        max_tokens=50,
        system="Be kind.",
        messages=[{"role": "user", "content": "hi"}],
        stop_sequences=["END"],
    )
    assert done.content[0].type == "text"
    assert done.content[0].text == "Hello there, friend."
    assert done.stop_reason == "end_turn"
    assert (done.usage.input_tokens, done.usage.cache_read_input_tokens, done.usage.output_tokens) == (8, 4, 5)
    assert "Be kind." in json.dumps(gate.upstream.asked[-1])


def test_message_stream(gate: Running, an: anthropic.Anthropic) -> None:
    gate.upstream.script = Script(reasoning="Hm.", bytes_a_write=5)
    with an.messages.stream(model="m", max_tokens=50, messages=[{"role": "user", "content": "hi"}]) as stream:
        text = "".join(stream.text_stream)
        done = stream.get_final_message()
    assert text == "Hello there, friend."
    assert [b.type for b in done.content] == ["thinking", "text"]
    assert done.stop_reason == "end_turn"
    assert (done.usage.input_tokens, done.usage.output_tokens) == (8, 5)


def test_message_tools(gate: Running, an: anthropic.Anthropic) -> None:
    gate.upstream.script = CALL
    tools: Any = [{"name": "weather", "input_schema": TOOL}]
    with an.messages.stream(
        model="m", max_tokens=50, messages=[{"role": "user", "content": "w?"}], tools=tools, tool_choice={"type": "any"}
    ) as stream:
        done = stream.get_final_message()
    assert done.stop_reason == "tool_use"
    uses = [b for b in done.content if b.type == "tool_use"]
    assert [(u.id, u.name, u.input) for u in uses] == [
        ("call_1", "weather", {"city": "Oslo"}),
        ("call_2", "weather", {"city": "Rome"}),
    ]
    gate.upstream.script = Script(text="Cold.")
    results: Any = [{"type": "tool_result", "tool_use_id": u.id, "content": f"out {u.id}"} for u in uses]
    answered = an.messages.create(
        model="m",
        max_tokens=50,
        tools=tools,
        messages=[
            {"role": "user", "content": "w?"},
            {"role": "assistant", "content": done.content},  # type: ignore[typeddict-item]
            {"role": "user", "content": [*results, {"type": "text", "text": "in short"}]},
        ],
    )
    assert answered.content[0].text == "Cold."  # type: ignore[union-attr]
    asked = json.dumps(gate.upstream.asked[-1])
    assert asked.index("Rome") < asked.index("out call_1") < asked.index("out call_2") < asked.index("in short")


def test_message_structured_output(gate: Running, an: anthropic.Anthropic) -> None:
    gate.upstream.script = Script(text='{"city": "Oslo", "degrees": -3}')
    done = an.messages.parse(
        model="m", max_tokens=50, messages=[{"role": "user", "content": "w?"}], output_format=Weather
    )
    assert done.parsed_output == Weather(city="Oslo", degrees=-3)


# --- endings and errors, in the client's own words


@pytest.mark.parametrize("stream", [False, True])
def test_length_and_refusal_arrive_typed(
    gate: Running, oa: openai.OpenAI, an: anthropic.Anthropic, stream: bool
) -> None:
    gate.upstream.script = Script(finish="length")
    messages: Any = [{"role": "user", "content": "hi"}]
    if stream:
        chunks = list(oa.chat.completions.create(model="m", messages=messages, stream=True))
        assert chunks[-1].choices[0].finish_reason == "length"
        with oa.responses.stream(model="m", input="hi") as events:
            assert [e.type for e in events][-1] == "response.incomplete"
        with an.messages.stream(model="m", max_tokens=5, messages=messages) as said:
            assert said.get_final_message().stop_reason == "max_tokens"
    else:
        assert oa.chat.completions.create(model="m", messages=messages).choices[0].finish_reason == "length"
        response = oa.responses.create(model="m", input="hi")
        assert response.incomplete_details is not None
        assert response.incomplete_details.reason == "max_output_tokens"
        assert an.messages.create(model="m", max_tokens=5, messages=messages).stop_reason == "max_tokens"
    gate.upstream.script = Script(text="", refusal="I will not.")
    if stream:
        with an.messages.stream(model="m", max_tokens=5, messages=messages) as said:
            assert said.get_final_message().stop_reason == "refusal"
    else:
        assert an.messages.create(model="m", max_tokens=5, messages=messages).stop_reason == "refusal"


def test_an_upstreams_error_arrives_in_the_clients_own_shape(
    gate: Running, oa: openai.OpenAI, an: anthropic.Anthropic
) -> None:
    gate.upstream.script = Script(status=400, error="max_tokens is too large")
    with pytest.raises(openai.BadRequestError, match="max_tokens is too large"):
        oa.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
    with pytest.raises(openai.BadRequestError, match="max_tokens is too large"):
        oa.responses.create(model="m", input="hi", stream=True)
    with pytest.raises(anthropic.BadRequestError, match="max_tokens is too large"):
        an.messages.create(model="m", max_tokens=5, messages=[{"role": "user", "content": "hi"}])


def test_a_broken_stream_raises_in_the_client(gate: Running, oa: openai.OpenAI, an: anthropic.Anthropic) -> None:
    gate.upstream.script = Script(die_after=4)
    messages: Any = [{"role": "user", "content": "hi"}]
    with pytest.raises((openai.APIError, httpx.HTTPError)):
        list(oa.chat.completions.create(model="m", messages=messages, stream=True))
    with (
        pytest.raises((anthropic.APIError, httpx.HTTPError)),
        an.messages.stream(model="m", max_tokens=5, messages=messages) as said,
    ):
        said.get_final_message()
    assert gate.trace.ending == "upstream_broken"


def test_malformed_requests_are_refused_by_path(gate: Running) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": 7}]}
    if "chat" in gate.gateway.settings.upstreams[0].dialects:
        return  # it passes raw: the upstream judges it
    answer = httpx.post(f"{gate.base}/v1/chat/completions", json=body, headers={"authorization": f"Bearer {KEY}"})
    assert answer.status_code == 400
    assert "messages[0].content" in answer.json()["error"]["message"]


# --- where nothing is translated


def test_raw_bytes_pass_untouched_where_the_upstream_speaks_the_dialect(gate: Running) -> None:
    gate.upstream.script = Script()
    spoken = gate.gateway.settings.upstreams[0].dialects[0]
    path = {"chat": "chat/completions", "responses": "responses", "messages": "messages"}[spoken]
    body = {"model": "m", "messages": [], "input": "x", "max_tokens": 3, "odd_field": [1]}
    answer = httpx.post(f"{gate.base}/v1/{path}", json=body, headers={"authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200
    assert gate.upstream.asked[-1] == {**body, "model": "m-served"}
    assert not gate.trace.events


def test_models_are_listed_for_both_clients(gate: Running, oa: openai.OpenAI, an: anthropic.Anthropic) -> None:
    assert [m.id for m in oa.models.list()] == ["m"]
    assert [m.id for m in an.models.list()] == ["m"]


def test_embeddings() -> None:
    with running(["chat", "embeddings"]) as run:
        client = openai.OpenAI(base_url=f"{run.base}/v1", api_key=KEY, max_retries=0)
        assert client.embeddings.create(model="m", input=["a", "b"]).data[1].embedding == [0.25, -0.5]
