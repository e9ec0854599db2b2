"""Chat completions: what is legal is read and said again, what is malformed is named by its path."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.spine.conversation import Message, Opaque, Reasoning, Refusal, Text, ToolCall, ToolResult
from tidegate.spine.dialects import chat, chat_answers
from tidegate.spine.dialects.answers import first_choice
from tidegate.spine.errors import InputError

words = st.text(max_size=12)
names = st.text(alphabet="abcdefg_", min_size=1, max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | words, lambda v: st.lists(v, max_size=2), max_leaves=4
)
objects = st.dictionaries(names, json_values, max_size=3)

text_part = st.fixed_dictionaries({"type": st.just("text"), "text": words}, optional={"cache_control": objects})
image_part = st.fixed_dictionaries(
    {"type": st.just("image_url"), "image_url": st.fixed_dictionaries({"url": words}, optional={"detail": words})}
)
unknown_part = st.fixed_dictionaries({"type": st.sampled_from(["video_url", "x.new"]), "payload": json_values})
parts = st.lists(text_part | image_part | unknown_part, min_size=2, max_size=4)
call = st.fixed_dictionaries(
    {"id": words, "type": st.just("function"), "function": st.fixed_dictionaries({"name": names, "arguments": words})}
)
custom_call = st.fixed_dictionaries(
    {"id": words, "type": st.just("custom"), "custom": st.fixed_dictionaries({"name": names, "input": words})}
)
plain = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "developer", "user"]), "content": words | parts}, optional={"name": names}
)
assistant = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none() | words},
    optional={
        "tool_calls": st.lists(call | custom_call, min_size=1, max_size=3),
        "reasoning_content": words,
        "refusal": words,
        "audio": objects,
    },
)
tool = st.fixed_dictionaries(
    {"role": st.just("tool"), "tool_call_id": words, "content": words | parts}, optional={"name": names}
)
function = st.fixed_dictionaries({"name": names}, optional={"description": words.filter(bool), "strict": st.booleans()})
request = st.fixed_dictionaries(
    {"model": names, "messages": st.lists(plain | assistant | tool, max_size=5)},
    optional={
        "temperature": st.floats(0, 2),
        "stop": words | st.lists(words, max_size=2),
        "tools": st.lists(
            st.fixed_dictionaries({"type": st.just("function"), "function": function}), min_size=1, max_size=2
        ),
        "vendor_option": objects,
    },
)


@given(request)
def test_reading_then_writing_says_the_same(body: dict[str, Any]) -> None:
    assert chat.write_request(chat.read_request(body)) == body


@given(request)
def test_the_common_form_survives_another_round(body: dict[str, Any]) -> None:
    once = chat.read_request(body)
    assert chat.read_request(chat.write_request(once)) == once


def test_every_part_has_its_place() -> None:
    messages = chat.read_messages(
        [
            {
                "role": "user",
                "content": [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "u"}}],
            },
            {
                "role": "assistant",
                "content": "on it",
                "reasoning_content": "hm",
                "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{"}}],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "42"},
            {"role": "assistant", "refusal": "no", "content": None},
        ]
    )
    assert messages[0].parts == (Text("look"), Opaque("image_url", {"type": "image_url", "image_url": {"url": "u"}}))
    assert messages[1].parts == (Reasoning("hm"), Text("on it"), ToolCall("c1", "f", "{"))
    assert messages[2] == Message("tool", (ToolResult("c1", "42"),), 2)
    assert messages[3].parts == (Refusal("no"),)


def test_old_function_calls_are_tool_calls_and_go_back_as_they_came() -> None:
    body = {
        "model": "m",
        "messages": [
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "7"},
        ],
        "functions": [{"name": "f", "parameters": {"type": "object"}}],
        "function_call": "auto",
    }
    read = chat.read_request(body)
    assert read.messages[0].tool_calls[0].name == "f"
    assert read.messages[1].tool_results[0].content == "7"
    assert read.tools[0].name == "f"
    assert chat.write_request(read) == body


def test_arguments_recorded_as_an_object_are_read_as_json_text() -> None:
    body = [{"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {"a": 1}}}]}]
    assert chat.read_messages(body)[0].tool_calls[0].arguments == '{"a":1}'
    assert chat.write_messages(chat.read_messages(body))[0]["tool_calls"][0]["function"]["arguments"] == {"a": 1}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], ""),
        ({"messages": []}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": {}}, "messages"),
        ({"model": "m", "messages": ["hi"]}, "messages[0]"),
        ({"model": "m", "messages": [{"content": "x"}]}, "messages[0].role"),
        ({"model": "m", "messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"model": "m", "messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
        ({"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0].content[0].text"),
        (
            {
                "model": "m",
                "messages": [
                    {"role": "user", "content": "x"},
                    {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": 4}}]},
                ],
            },
            "messages[1].tool_calls[0].function.arguments",
        ),
        ({"model": "m", "messages": [], "tools": [{"type": "function"}]}, "tools[0].function"),
        ({"model": "m", "messages": [], "tools": 3}, "tools"),
    ],
)
def test_malformed_input_is_named_by_its_path(body: Any, path: str) -> None:
    with pytest.raises(InputError) as caught:
        chat.read_request(body)
    assert caught.value.where == path


@given(json_values | objects | request)
def test_no_input_at_all_raises_anything_else(body: Any) -> None:
    try:
        chat.read_request(body)
    except InputError:
        pass


def test_answers_go_both_ways() -> None:
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 5,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "hi", "refusal": None, "annotations": []},
                "logprobs": {"content": [{"token": "hi", "logprob": -0.1, "bytes": None, "top_logprobs": []}]},
                "finish_reason": "stop",
            },
            {
                "index": 1,
                "message": {"role": "assistant", "content": None, "refusal": None, "reasoning": "r"},
                "logprobs": None,
                "finish_reason": "length",
            },
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4, "odd": 1},
        "system_fingerprint": "fp",
    }
    answer = chat_answers.read_answer(body)
    assert chat_answers.write_answer(answer) == body
    message, finish, usage = first_choice(answer)
    assert (message.text, finish, usage.tokens_prompt) == ("hi", "stop", 3)
