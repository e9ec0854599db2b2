"""Anthropic messages and OpenAI responses: reading then writing says the same; errors name their path."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.spine.call import Usage
from tidegate.spine.conversation import Message, Reasoning, Text, ToolCall, ToolResult
from tidegate.spine.dialects import messages, messages_answers, responses, responses_answers
from tidegate.spine.errors import InputError

words = st.text(max_size=10)
names = st.text(alphabet="abcdefg_", min_size=1, max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | words, lambda v: st.lists(v, max_size=2), max_leaves=4
)
objects = st.dictionaries(names, values, max_size=3)
cache = {"cache_control": st.just({"type": "ephemeral"})}


def fixed(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in required.items()}, optional=optional
    )


# --- Anthropic messages

text = fixed({"type": "text", "text": words, **cache})
image = fixed({"type": "image", "source": fixed({"type": "url", "url": words})})
thinking = fixed({"type": "thinking", "thinking": words, "signature": words})
use = fixed({"type": "tool_use", "id": words, "name": names, "input": objects})
result = fixed(
    {"type": "tool_result", "tool_use_id": words, "content": words | st.lists(text | image, max_size=2)},
    is_error=st.booleans(),
)
unknown = fixed({"type": st.sampled_from(["search_result", "x.new"]), "payload": values})
user_turn = fixed({"role": "user", "content": words | st.lists(text | image | result | unknown, max_size=4)})
assistant_turn = fixed({"role": "assistant", "content": words | st.lists(text | thinking | use | unknown, max_size=4)})
message_request = fixed(
    {"model": names, "max_tokens": st.integers(1, 99), "messages": st.lists(user_turn | assistant_turn, max_size=4)},
    system=words | st.lists(text, min_size=1, max_size=2),
    temperature=st.floats(0, 1),
    stop_sequences=st.lists(words, max_size=2),
    tool_choice=st.sampled_from(
        [{"type": "auto"}, {"type": "any", "disable_parallel_tool_use": True}, {"type": "tool", "name": "f"}]
    ),
    tools=st.lists(
        fixed(
            {"name": names, "input_schema": fixed({"type": "object"})},
            description=words.filter(bool),
            strict=st.booleans(),
        )
        | fixed({"type": "web_search_20250305", "name": "web_search"}),
        min_size=1,
        max_size=2,
    ),
    thinking=st.just({"type": "enabled", "budget_tokens": 2048}),
    output_config=st.just({"effort": "low"}),
    metadata=st.just({"user_id": "u"}),
    top_k=st.integers(1, 9),
)


@settings(max_examples=40)
@given(message_request)
def test_messages_say_the_same_again(body: dict[str, Any]) -> None:
    assert messages.write_request(messages.read_request(body)) == body


# --- OpenAI responses

part = fixed({"type": "input_text", "text": words, "prompt_cache_breakpoint": objects})
picture = fixed({"type": "input_image", "image_url": words, "detail": "auto"})
said = fixed({"type": "output_text", "text": words, "annotations": st.just([])})
easy = fixed({"role": st.sampled_from(["user", "system", "developer", "assistant"]), "content": words})
typed = fixed({"type": "message", "role": "user", "content": st.lists(part | picture, max_size=3)})
spoken = fixed(
    {
        "type": "message",
        "role": "assistant",
        "id": names,
        "status": "completed",
        "content": st.lists(said, min_size=1, max_size=2),
    }
)
reasoned = fixed({"type": "reasoning", "id": names, "summary": st.just([]), "encrypted_content": words})
called = fixed({"type": "function_call", "call_id": words, "name": names, "arguments": words}, id=names)
custom = fixed({"type": "custom_tool_call", "call_id": words, "name": names, "input": words})
shell = fixed({"type": "shell_call", "call_id": words, "action": objects, "status": "completed"})
hosted = fixed({"type": "web_search_call", "id": names, "status": "completed"})
output = fixed(
    {"type": "function_call_output", "call_id": words, "output": words | st.lists(part | picture, max_size=2)}
)
response_request = fixed(
    {
        "model": names,
        "input": st.lists(
            easy | typed | spoken | reasoned | called | custom | shell | hosted | output, min_size=1, max_size=6
        ),
    },
    instructions=words,
    max_output_tokens=st.integers(1, 99),
    text=st.just({"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True}}),
    reasoning=st.just({"effort": "low", "summary": "auto"}),
    tool_choice=st.sampled_from(["auto", {"type": "function", "name": "f"}, {"type": "mcp", "server_label": "s"}]),
    previous_response_id=names,
    tools=st.lists(
        fixed({"type": "function", "name": names, "parameters": fixed({"type": "object"}), "strict": st.booleans()})
        | fixed({"type": "web_search"}),
        min_size=1,
        max_size=2,
    ),
)


@settings(max_examples=40)
@given(response_request)
def test_responses_say_the_same_again(body: dict[str, Any]) -> None:
    assert responses.write_request(responses.read_request(body)) == body


@settings(max_examples=50)
@given(objects | values | message_request | response_request)
def test_no_input_at_all_raises_anything_but_input_error(body: Any) -> None:
    for dialect in (messages, responses):
        try:
            dialect.read_request(body)
        except InputError:
            pass


def test_a_turn_with_tool_results_is_tool_messages_and_the_users_words() -> None:
    read = messages.read_messages(
        [
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}}]},
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "a",
                        "content": [{"type": "text", "text": "42"}],
                        "is_error": True,
                    },
                    {"type": "text", "text": "go on"},
                ],
            },
        ]
    )
    assert read[0].parts == (ToolCall("a", "f", '{"x":1}'),)
    assert read[1].role == "tool"
    assert read[1].tool_results[0].content == "42"
    assert read[1].tool_results[0].is_error is True
    assert read[2] == Message("user", (Text("go on"),), 1)


def test_items_of_one_turn_are_one_message() -> None:
    read = responses.read_messages(
        [
            {"role": "user", "content": "hi"},
            {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "hm"}]},
            {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
            {"type": "function_call", "call_id": "b", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "a", "output": "1"},
            {"type": "function_call_output", "call_id": "b", "output": "2"},
            {"role": "assistant", "content": "done"},
        ]
    )
    assert [m.role for m in read] == ["user", "assistant", "tool", "tool", "assistant"]
    assert [type(p) for p in read[1].parts] == [Reasoning, ToolCall, ToolCall]
    assert read[1].parts[0].text == "hm"  # type: ignore[union-attr]
    assert read[3].parts == (ToolResult("b", "2"),)
    assert read[4].index == 6


@pytest.mark.parametrize(
    ("dialect", "body", "path"),
    [
        (messages, {"model": "m", "messages": [{"role": "user"}]}, "messages[0].content"),
        (messages, {"model": "m", "messages": [{"role": "tool", "content": ""}]}, "messages[0].role"),
        (
            messages,
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages[0].content[0].text",
        ),
        (
            messages,
            {
                "model": "m",
                "messages": [
                    {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": "{}"}]}
                ],
            },
            "messages[0].content[0].input",
        ),
        (messages, {"model": "m", "messages": [], "tools": [{"input_schema": {}}]}, "tools[0].name"),
        (responses, {"model": "m", "input": [{"type": "function_call", "name": "f"}]}, "input[0].call_id"),
        (responses, {"model": "m", "input": [{}]}, "input[0].type"),
        (responses, {"model": "m", "input": [{"role": "user", "content": 3}]}, "input[0].content"),
        (responses, {"model": "m", "input": "x", "tools": [{"name": "f"}]}, "tools[0].type"),
    ],
)
def test_malformed_input_is_named_by_its_path(dialect: Any, body: Any, path: str) -> None:
    with pytest.raises(InputError) as caught:
        dialect.read_request(body)
    assert caught.value.where == path


def test_an_anthropic_answer_says_the_same_again() -> None:
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "c",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "sig"},
            {"type": "text", "text": "hi"},
            {"type": "tool_use", "id": "t", "name": "f", "input": {}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 3,
            "cache_creation_input_tokens": 10,
            "cache_read_input_tokens": 5,
            "output_tokens": 7,
        },
    }
    answer = messages_answers.read_answer(body)
    assert messages_answers.write_answer(answer) == body
    assert answer.usage == Usage(tokens_prompt=18, tokens_completion=7, tokens_prompt_cached=5)
    assert answer.choices[0].finish == "tool_calls"


def test_a_response_says_the_same_again() -> None:
    body = {
        "id": "resp_1",
        "object": "response",
        "created_at": 4,
        "model": "g",
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "output": [
            {"id": "rs", "type": "reasoning", "summary": [], "encrypted_content": "x"},
            {
                "id": "m1",
                "type": "message",
                "status": "completed",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "a", "annotations": []}],
            },
            {
                "id": "f1",
                "type": "function_call",
                "status": "completed",
                "call_id": "c",
                "name": "f",
                "arguments": "{}",
            },
        ],
        "usage": None,
    }
    answer = responses_answers.read_answer(body)
    assert responses_answers.write_answer(answer) == body
    assert answer.choices[0].finish == "tool_calls"
