"""From one dialect to another: text, tool calls, results, order and tools arrive; losses are told or refused."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.spine.conversation import Conversation, Text, ToolCall, ToolResult
from tidegate.spine.dialects.carry import CannotCarry, carry
from tidegate.spine.dialects.table import FORMS

DIALECTS = ("chat", "responses", "messages")
PAIRS = [(a, b) for a in DIALECTS for b in DIALECTS if a != b]
words = st.text(alphabet="abc xyz\nä", min_size=1, max_size=10)


@st.composite
def chat_bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Agent conversations as chat says them: turns of words, of parallel tool calls and their results."""
    messages: list[dict[str, Any]] = []
    if draw(st.booleans()):
        messages.append({"role": draw(st.sampled_from(["system", "developer"])), "content": draw(words)})
    number = 0
    for _ in range(draw(st.integers(1, 4))):
        messages.append({"role": "user", "content": draw(words)})
        if draw(st.booleans()):
            ids = [f"call_{number + i}" for i in range(draw(st.integers(1, 3)))]
            number += len(ids)
            messages.append(
                {
                    "role": "assistant",
                    "content": draw(st.none() | words),
                    "tool_calls": [
                        {"id": i, "type": "function", "function": {"name": "f", "arguments": f'{{"q":"{i}"}}'}}
                        for i in ids
                    ],
                }
            )
            messages += [{"role": "tool", "tool_call_id": i, "content": draw(words)} for i in ids]
        messages.append({"role": "assistant", "content": draw(words)})
    messages.append({"role": "user", "content": draw(words)})
    body: dict[str, Any] = {"model": "m", "messages": messages, "max_tokens": draw(st.integers(1, 50))}
    body["tools"] = [
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}
    ]
    body |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "temperature": st.floats(0, 1),
                "top_p": st.floats(0, 1),
                "tool_choice": st.sampled_from(
                    ["auto", "none", "required", {"type": "function", "function": {"name": "f"}}]
                ),
                "parallel_tool_calls": st.booleans(),
                "response_format": st.just(
                    {
                        "type": "json_schema",
                        "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True},
                    }
                ),
            },
        )
    )
    return body


def said(conversation: Conversation) -> list[Any]:
    """Everything that was said, in order, whoever's turn it is packed into."""
    out: list[Any] = []
    for message in conversation.messages:
        role = "system" if message.role == "developer" else message.role
        for part in message.parts:
            if isinstance(part, Text):
                out.append((role, part.text))
            elif isinstance(part, ToolCall):
                out.append(("call", part.call_id, part.name, part.arguments))
            elif isinstance(part, ToolResult):
                out.append(("result", part.call_id, part.content))
    return out


SAMPLING = ("temperature", "top_p", "tool_choice", "response_format")


@pytest.mark.parametrize(("source", "target"), PAIRS)
@settings(max_examples=25)
@given(body=chat_bodies())
def test_what_was_said_arrives_in_order(source: str, target: str, body: dict[str, Any]) -> None:
    chat = FORMS["chat"].read_request(body)
    start, _ = carry(chat, "chat", source)  # type: ignore[arg-type]
    start = FORMS[source].read_request(FORMS[source].write_request(start))
    carried, lost = carry(start, source, target)  # type: ignore[arg-type]
    arrived = FORMS[target].read_request(FORMS[target].write_request(carried))
    assert said(arrived) == said(chat)
    assert [(t.name, t.description, t.parameters) for t in arrived.tools] == [
        (t.name, t.description, t.parameters) for t in chat.tools
    ]
    for name in SAMPLING:
        default = "auto" if name == "tool_choice" else None
        assert arrived.parameters.get(name, default) == chat.parameters.get(name, default)
    limits = [arrived.parameters[n] for n in ("max_tokens", "max_completion_tokens") if n in arrived.parameters]
    assert limits == [body["max_tokens"]]
    assert lost == ()


@settings(max_examples=25)
@given(body=chat_bodies())
def test_parallel_results_are_one_turn_in_messages(body: dict[str, Any]) -> None:
    """Anthropic wants all results of one turn in the user turn that follows it."""
    carried, _ = carry(FORMS["chat"].read_request(body), "chat", "messages")
    turns = FORMS["messages"].write_request(carried)["messages"]
    for before, after in itertools.pairwise(turns):
        calls = [b["id"] for b in before["content"] if isinstance(b, dict) and b["type"] == "tool_use"]
        results = [b["tool_use_id"] for b in after["content"] if isinstance(b, dict) and b["type"] == "tool_result"]
        assert calls == results


IMAGE = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(("source", "target"), PAIRS)
@pytest.mark.parametrize("url", [IMAGE, "https://example.org/a.png"])
def test_images_arrive(source: str, target: str, url: str) -> None:
    parts = [{"type": "text", "text": "what is this"}, {"type": "image_url", "image_url": {"url": url}}]
    chat = FORMS["chat"].read_request({"model": "m", "messages": [{"role": "user", "content": parts}]})
    start, _ = carry(chat, "chat", source)  # type: ignore[arg-type]
    there, _ = carry(start, source, target)  # type: ignore[arg-type]
    back, lost = carry(there, target, "chat")  # type: ignore[arg-type]
    image = back.messages[0].parts[1]
    assert image.data["image_url"]["url"] == url  # type: ignore[union-attr]
    assert lost == ()


def test_a_screenshot_returned_by_a_tool_reaches_a_chat_upstream_as_a_user_turn() -> None:
    body = {
        "model": "m",
        "max_tokens": 5,
        "messages": [
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "shot", "input": {}}]},
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "a",
                        "content": [
                            {"type": "text", "text": "here"},
                            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
                        ],
                    },
                    {"type": "text", "text": "and now?"},
                ],
            },
        ],
    }
    carried, lost = carry(FORMS["messages"].read_request(body), "messages", "chat")
    written = FORMS["chat"].write_request(carried)["messages"]
    assert [m["role"] for m in written] == ["assistant", "tool", "user", "user"]
    assert written[1]["content"] == "here"
    assert written[2]["content"][1]["image_url"]["url"] == "data:image/png;base64,AA=="
    assert lost == ("messages[1].content",)


@pytest.mark.parametrize(
    ("source", "target", "extra", "path"),
    [
        ("responses", "chat", {"previous_response_id": "resp_1"}, "previous_response_id"),
        ("responses", "messages", {"store": True}, "store"),
        ("responses", "chat", {"conversation": "conv_1"}, "conversation"),
        ("responses", "chat", {"background": True}, "background"),
        ("responses", "chat", {"tools": [{"type": "web_search"}]}, "tools[0]"),
        ("responses", "chat", {"tool_choice": {"type": "file_search"}}, "tool_choice"),
        ("responses", "chat", {"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]"),
        ("chat", "messages", {"n": 2}, "n"),
        ("chat", "responses", {"modalities": ["text", "audio"]}, "modalities"),
        (
            "chat",
            "messages",
            {
                "messages": [
                    {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]}
                ]
            },
            "messages[0]",
        ),
        ("messages", "chat", {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools[0]"),
    ],
)
def test_what_would_make_another_answer_is_refused(source: str, target: str, extra: dict[str, Any], path: str) -> None:
    base = {"chat": {"messages": []}, "responses": {"input": "hi"}, "messages": {"messages": [], "max_tokens": 4}}[
        source
    ]
    conversation = FORMS[source].read_request({"model": "m", **base, **extra})
    with pytest.raises(CannotCarry) as caught:
        carry(conversation, source, target)  # type: ignore[arg-type]
    assert caught.value.where == path
    assert caught.value.remedy


def test_what_only_colours_the_answer_is_told() -> None:
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "seed": 4,
        "logprobs": True,
        "temperature": 1.5,
        "reasoning_effort": "minimal",
        "response_format": {"type": "json_object"},
        "logit_bias": {"5": 1},
        "service_tier": "auto",
        "modalities": ["text"],
    }
    carried, lost = carry(FORMS["chat"].read_request(body), "chat", "messages")
    assert set(lost) == {
        "seed",
        "logprobs",
        "temperature",
        "reasoning_effort",
        "response_format",
        "logit_bias",
        "service_tier",
    }
    assert FORMS["messages"].write_request(carried) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 4096,
        "temperature": 1.0,
        "output_config": {"effort": "low"},
    }


def test_anothers_reasoning_and_cache_marks_stay_behind() -> None:
    body = {
        "model": "m",
        "max_tokens": 9,
        "system": [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": "hi"},
            {
                "role": "assistant",
                "content": [{"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": "yo"}],
            },
        ],
        "thinking": {"type": "enabled", "budget_tokens": 8000},
        "top_k": 5,
    }
    carried, lost = carry(FORMS["messages"].read_request(body), "messages", "responses")
    assert FORMS["responses"].write_request(carried) == {
        "model": "m",
        "instructions": "be brief",
        "input": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}],
        "max_output_tokens": 9,
        "reasoning": {"effort": "medium"},
    }
    assert set(lost) == {"system.cache_control", "messages[1].reasoning", "top_k"}


def test_old_function_calls_become_tool_calls() -> None:
    body = {
        "model": "m",
        "messages": [
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "7"},
        ],
        "functions": [{"name": "f"}],
        "function_call": {"name": "f"},
    }
    carried, lost = carry(FORMS["chat"].read_request(body), "chat", "messages")
    written = FORMS["messages"].write_request(carried)
    assert written["messages"][0]["content"][0]["id"] == written["messages"][1]["content"][0]["tool_use_id"]
    assert written["tool_choice"] == {"type": "tool", "name": "f"}
    assert lost == ()
