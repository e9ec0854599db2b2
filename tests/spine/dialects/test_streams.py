"""Streams: any cut of the same bytes gives the same items, and what a writer writes a reader reads.

The client libraries' own types judge the events: every event that a writer writes must validate.
"""

import json
from itertools import pairwise
from typing import Any

import pytest
from anthropic.types import RawMessageStreamEvent
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from tidegate.spine.call import Usage
from tidegate.spine.conversation import FinishDelta, TextDelta, ToolCallDelta
from tidegate.spine.dialects.answers import Begin, Failure, Item, Passed, UsageReport, assemble, items_of, joined
from tidegate.spine.dialects.sse import EventDecoder, ServerEvent, TooLong
from tidegate.spine.dialects.table import FORMS

DIALECTS = ("chat", "responses", "messages")
words = st.text(min_size=1, max_size=8)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(p % (len(data) + 1) for p in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


cuts = st.lists(st.integers(0, 10_000), max_size=12)

# --- the decoder

lines = st.sampled_from(
    ["data: a", "data:b", "data", 'data: {"x": 1}', "event: e", ": comment", "id: 3", "retry: 5", "", "", "data:  ü"]
)


@given(st.lists(lines, max_size=14), st.sampled_from(["\n", "\r\n", "\r"]), cuts, st.booleans())
def test_any_cut_and_any_line_end_give_the_same_events(
    text: list[str], end: str, places: list[int], mark: bool
) -> None:
    plain = EventDecoder()
    expected = plain.feed("".join(t + "\n" for t in text).encode()) + plain.end()
    data = (b"\xef\xbb\xbf" if mark else b"") + "".join(t + end for t in text).encode()
    decoder = EventDecoder()
    events = [e for piece in cut(data, places) for e in decoder.feed(piece)] + decoder.end()
    assert events == expected


def test_the_standards_own_examples() -> None:
    decoder = EventDecoder()
    assert decoder.feed(b"data: YHOO\ndata: +2\ndata: 10\n\n") == [ServerEvent("", "YHOO\n+2\n10")]
    assert decoder.feed(
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"
    ) == [
        ServerEvent("", "first event"),
        ServerEvent("", "second event"),
        ServerEvent("", " third event"),
    ]
    assert decoder.feed(b"event: add\ndata: 1\n\n") == [ServerEvent("add", "1")]


def test_an_endless_line_is_refused() -> None:
    decoder = EventDecoder(bytes_max=100)
    decoder.feed(b"data: " + b"x" * 90)
    with pytest.raises(TooLong):
        decoder.feed(b"x" * 20)


# --- readers and writers

text_run = st.builds(lambda t, c: [TextDelta(t, c)], words, st.sampled_from(["content", "reasoning", "refusal"]))


@st.composite
def answers(draw: st.DrawFn) -> list[Item]:
    """Items of one choice, as an engine would stream them."""
    items: list[Item] = [Begin("x1", "some-model", 7)]
    for run in draw(st.lists(text_run, max_size=5)):
        items += run
    calls = draw(st.integers(0, 3))
    for index in range(calls):
        items.append(ToolCallDelta(index, "", f"call_{index}", draw(st.sampled_from("fgh"))))
        items += [
            ToolCallDelta(index, piece) for piece in draw(st.lists(st.just('{"a":1}') | words, min_size=1, max_size=3))
        ]
    items.append(FinishDelta("tool_calls" if calls else draw(st.sampled_from(["stop", "length"]))))
    items.append(UsageReport(Usage(tokens_prompt=9, tokens_completion=4, tokens_prompt_cached=2, tokens_reasoning=0)))
    return items


def stream_of(dialect: str, items: list[Item]) -> bytes:
    begin = next(i for i in items if isinstance(i, Begin))
    report = next((i for i in items if isinstance(i, UsageReport)), None)
    writer = FORMS[dialect].writer(begin, True)
    return b"".join(writer.write([item]) for item in items) + writer.close(report)


def plain(items: list[Item]) -> dict[str, Any]:
    """What an answer says, without the shapes in which it says it."""
    answer = assemble(items)
    parts = answer.choices[0].message.parts if answer.choices else ()
    return {
        "content": "".join(p.text for p in parts if type(p).__name__ == "Text"),
        "reasoning": "".join(p.text for p in parts if type(p).__name__ == "Reasoning"),
        "refusal": "".join(p.text for p in parts if type(p).__name__ == "Refusal"),
        "calls": [(p.call_id, p.name, p.arguments) for p in parts if type(p).__name__ == "ToolCall"],
        "finish": answer.choices[0].finish if answer.choices else None,
        "usage": (answer.usage.tokens_prompt, answer.usage.tokens_completion, answer.usage.tokens_prompt_cached),
        "model": answer.model,
    }


def as_read(dialect: str, items: list[Item]) -> dict[str, Any]:
    """What a reader of the dialect can know: messages say a refusal as text and a stop reason."""
    said = plain(items)
    if dialect == "messages" and said["refusal"]:
        answer = assemble(items)
        said["content"] = "".join(
            getattr(p, "text", "") for p in answer.choices[0].message.parts if type(p).__name__ != "Reasoning"
        )
        said["refusal"] = ""
        said["finish"] = "content_filter" if said["finish"] == "stop" else said["finish"]
    return said


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=25)
@given(items=answers(), places=cuts)
def test_what_is_written_is_read_again_however_it_is_cut(dialect: str, items: list[Item], places: list[int]) -> None:
    data = stream_of(dialect, items)
    reader = FORMS[dialect].reader()
    read = [i for piece in cut(data, places) for i in reader.feed(piece)] + reader.end()
    whole = FORMS[dialect].reader()
    assert joined(read) == joined(whole.feed(data) + whole.end())
    assert reader.done
    assert plain(read) == as_read(dialect, items)


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=25)
@given(items=answers())
def test_a_whole_body_says_what_the_stream_says(dialect: str, items: list[Item]) -> None:
    form = FORMS[dialect]
    body = json.loads(json.dumps(form.write_answer(assemble(items))))
    said = plain(items_of(form.read_answer(body)))
    expected = as_read(dialect, items)
    if dialect == "messages":  # this form says arguments as an object: text that is none cannot be said the same
        said["calls"], expected["calls"] = len(said["calls"]), len(expected["calls"])
    assert said == expected


JUDGES = {
    "chat": TypeAdapter(ChatCompletionChunk),
    "responses": TypeAdapter(ResponseStreamEvent),
    "messages": TypeAdapter(RawMessageStreamEvent),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=25)
@given(items=answers())
def test_every_event_is_one_the_client_library_knows(dialect: str, items: list[Item]) -> None:
    decoder = EventDecoder()
    for event in decoder.feed(stream_of(dialect, items)):
        if event.data != "[DONE]":
            value = json.loads(event.data)
            JUDGES[dialect].validate_python(value, strict=False)
            assert event.name in ("", value.get("type"))


def test_response_events_are_numbered_and_every_item_is_added_and_done() -> None:
    items: list[Item] = [
        Begin("r1", "m", 1),
        TextDelta("think", "reasoning"),
        TextDelta("hel"),
        TextDelta("lo"),
        ToolCallDelta(0, '{"a":', "c0", "f"),
        ToolCallDelta(1, "{}", "c1", "g"),
        ToolCallDelta(0, "1}"),
        FinishDelta("tool_calls"),
    ]
    events = [json.loads(e.data) for e in EventDecoder().feed(stream_of("responses", items))]
    assert [e["sequence_number"] for e in events] == list(range(len(events)))
    kinds = [e["type"] for e in events]
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    assert kinds.count("response.output_item.added") == kinds.count("response.output_item.done") == 4
    output = events[-1]["response"]["output"]
    assert [o["type"] for o in output] == ["reasoning", "message", "function_call", "function_call"]
    assert output[2]["arguments"] == '{"a":1}'
    done = {e["item"]["id"] for e in events if e["type"] == "response.output_item.done"}
    assert done == {e["item"]["id"] for e in events if e["type"] == "response.output_item.added"}


def test_message_blocks_never_interleave() -> None:
    items: list[Item] = [
        Begin("m1", "m", 1),
        ToolCallDelta(0, '{"a":', "c0", "f"),
        ToolCallDelta(1, "{", "c1", "g"),
        ToolCallDelta(0, "1}"),
        ToolCallDelta(1, "}"),
        FinishDelta("tool_calls"),
    ]
    data = stream_of("messages", items)
    reader = FORMS["messages"].reader()
    assert plain(reader.feed(data))["calls"] == [("c0", "f", '{"a":1}'), ("c1", "g", "{}")]
    opened = 0
    for event in EventDecoder().feed(data):
        opened += {"content_block_start": 1, "content_block_stop": -1}.get(event.name, 0)
        assert opened in (0, 1)


@pytest.mark.parametrize("dialect", [*DIALECTS, "completions"])
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(lambda t: b"data: " + t.encode() + b"\n\n"))
@settings(max_examples=50)
def test_no_bytes_at_all_make_a_reader_raise(dialect: str, data: bytes) -> None:
    reader = FORMS[dialect].reader()
    reader.feed(data)
    reader.end()


odd_json = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda v: (
        st.lists(v, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "choices",
                    "delta",
                    "index",
                    "item",
                    "output_index",
                    "content_block",
                    "message",
                    "tool_calls",
                    "usage",
                ]
            ),
            v,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("dialect", [*DIALECTS, "completions"])
@given(value=odd_json, kind=st.sampled_from(["response.output_item.added", "content_block_delta", "message_delta", ""]))
@settings(max_examples=25)
def test_no_event_at_all_makes_a_reader_raise(dialect: str, value: Any, kind: str) -> None:
    if kind and isinstance(value, dict):
        value = {**value, "type": kind}
    FORMS[dialect].reader().feed(b"data: " + json.dumps(value).encode() + b"\n\n")


def test_errors_inside_a_stream_are_failures() -> None:
    chat = FORMS["chat"].reader().feed(b'data: {"error": {"message": "no", "type": "t", "code": 500}}\n\n')
    assert chat == [Failure("no", "500", "t")]
    anthropic = FORMS["messages"].reader()
    event = b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n'
    assert anthropic.feed(event) == [Failure("busy", "overloaded_error", "overloaded_error")]
    assert anthropic.feed(b'data: {"type":"message_stop"}\n\n') == []  # nothing follows a failure


def test_old_engines_function_call_and_second_reasoning_field() -> None:
    reader = FORMS["chat"].reader()
    items = reader.feed(
        b'data: {"id":"a","choices":[{"index":0,"delta":{"reasoning":"x","reasoning_content":"x"}}]}\n\n'
        b'data: {"choices":[{"index":0,"delta":{"function_call":{"name":"f","arguments":"{}"}},'
        b'"logprobs":{"content":[]}}]}\n\n'
    )
    assert items == [
        Begin("a", "", 0),
        TextDelta("x", "reasoning"),
        ToolCallDelta(-1, "{}", None, "f"),
        Passed("logprobs", {"content": []}),
    ]
