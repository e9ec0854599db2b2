"""Agents that never stop are stopped and finalised by the base URL alone, whatever API or framework they use.

The upstream is a stub that asks for the same tool call for ever, even when no tool is offered.  The
clients are unmodified; each loop has a generous limit of its own, which must not be what ends it.
"""

import asyncio
import importlib.util
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
from tests.support.gateways import KEY, Running, running
from tests.support.upstreams import Script

from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.plugin import ToolLoopGuard

TURNS_MAX = 20
LOOK = {
    "type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"],
}  # fmt: skip
FOUND = "The refund policy page says: refunds within 30 days."


@pytest.fixture(params=["chat", "responses", "messages"])
def gateway(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A gateway whose upstream speaks one of the three APIs and always calls the same tool."""
    with running([request.param], guards=[ToolLoopGuard(BUILT_IN)]) as up:
        up.upstream.script = looping
        yield up


def looping(request: dict[str, Any]) -> Script:
    """The same tool call whatever was said; ids differ, as they do in the world."""
    n = len(request.get("messages") or request.get("input") or ())
    return Script(text="", calls=[(f"call_{n}", "lookup", '{"q": "refund policy"}')], finish="stop")


def legal(text: str | None) -> bool:
    """A final answer names the reason and what was gathered."""
    return bool(text) and "in a row" in str(text) and "refunds within 30 days" in str(text)


@pytest.mark.parametrize("stream", [False, True])
def test_a_bare_chat_loop_ends_with_an_answer(gateway: Running, stream: bool) -> None:
    client = openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=KEY, max_retries=0)
    messages: list[Any] = [{"role": "user", "content": "What is our refund policy?"}]
    tools: list[Any] = [{"type": "function", "function": {"name": "lookup", "parameters": LOOK}}]
    for _turn in range(TURNS_MAX):
        if stream:
            with client.chat.completions.stream(model="m", messages=messages, tools=tools) as events:
                message = events.get_final_completion().choices[0].message
        else:
            message = client.chat.completions.create(model="m", messages=messages, tools=tools).choices[0].message
        if not message.tool_calls:
            break
        calls = [
            {"id": c.id, "type": "function", "function": {"name": c.function.name, "arguments": c.function.arguments}}
            for c in message.tool_calls
            if c.type == "function"
        ]
        messages.append({"role": "assistant", "content": message.content, "tool_calls": calls})
        messages += [{"role": "tool", "tool_call_id": c["id"], "content": FOUND} for c in calls]
    assert _turn == 3, "three identical calls, then the answer"
    assert legal(message.content), message.content
    assert gateway.trace.ending.value == "finalised"


@pytest.mark.parametrize("stream", [False, True])
def test_a_bare_responses_loop_ends_with_an_answer(gateway: Running, stream: bool) -> None:
    client = openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=KEY, max_retries=0)
    items: list[Any] = [{"role": "user", "content": "What is our refund policy?"}]
    tools: list[Any] = [{"type": "function", "name": "lookup", "parameters": LOOK, "strict": False}]
    for _turn in range(TURNS_MAX):
        if stream:
            with client.responses.stream(model="m", input=items, tools=tools, store=False) as events:
                answer: Any = events.get_final_response()
        else:
            answer = client.responses.create(model="m", input=items, tools=tools, store=False)
        calls = [o for o in answer.output if o.type == "function_call"]
        if not calls:
            break
        items += [
            {"type": "function_call", "call_id": c.call_id, "name": c.name, "arguments": c.arguments} for c in calls
        ]
        items += [{"type": "function_call_output", "call_id": c.call_id, "output": FOUND} for c in calls]
    assert _turn == 3
    assert legal(answer.output_text), answer.output_text


@pytest.mark.parametrize("stream", [False, True])
def test_a_bare_messages_loop_ends_with_an_answer(gateway: Running, stream: bool) -> None:
    client = anthropic.Anthropic(base_url=gateway.base, api_key=KEY, max_retries=0)
    messages: list[Any] = [{"role": "user", "content": "What is our refund policy?"}]
    tools: list[Any] = [{"name": "lookup", "input_schema": LOOK}]
    for _turn in range(TURNS_MAX):
        if stream:
            with client.messages.stream(model="m", max_tokens=500, messages=messages, tools=tools) as events:
                answer: Any = events.get_final_message()
        else:
            answer = client.messages.create(model="m", max_tokens=500, messages=messages, tools=tools)
        calls = [b for b in answer.content if b.type == "tool_use"]
        if not calls:
            break
        messages.append({"role": "assistant", "content": [
            {"type": "tool_use", "id": c.id, "name": c.name, "input": c.input} for c in calls]})  # fmt: skip
        messages.append({"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": c.id, "content": FOUND} for c in calls]})  # fmt: skip
    assert _turn == 3
    assert answer.stop_reason == "end_turn"
    assert legal("".join(b.text for b in answer.content if b.type == "text"))


def test_the_model_is_asked_to_finish_without_tools_before_anything_is_composed(gateway: Running) -> None:
    """A model that obeys gives its own last answer: the tools are switched off and a note says why.

    Their definitions stay: Anthropic's API refuses a history with calls without them.
    """
    asked: list[dict[str, Any]] = []

    def obedient(request: dict[str, Any]) -> Script:
        asked.append(request)
        off = request.get("tool_choice") in ("none", {"type": "none"})
        return Script(text="Refunds are possible within 30 days.") if off else looping(request)

    gateway.upstream.script = obedient
    client = openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=KEY, max_retries=0)
    messages: list[Any] = [{"role": "user", "content": "What is our refund policy?"}]
    tools: list[Any] = [{"type": "function", "function": {"name": "lookup", "parameters": LOOK}}]
    for i in range(3):
        call = {
            "id": f"c{i}",
            "type": "function",
            "function": {"name": "lookup", "arguments": '{"q": "refund policy"}'},
        }
        messages += [{"role": "assistant", "content": None, "tool_calls": [call]},
                     {"role": "tool", "tool_call_id": f"c{i}", "content": FOUND}]  # fmt: skip
    answer = client.chat.completions.create(model="m", messages=messages, tools=tools)
    assert answer.choices[0].message.content == "Refunds are possible within 30 days."
    assert asked[-1].get("tools")
    assert "Give your final answer" in json.dumps(asked[-1])


def test_a_first_call_passes_as_the_bytes_it_came_in(gateway: Running) -> None:
    if gateway.upstream.script is None:
        return
    gateway.upstream.script = Script(text="hello")
    client = openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=KEY, max_retries=0)
    answer = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
    assert answer.choices[0].message.content == "hello"


@pytest.fixture
def chat_gateway() -> Iterator[Running]:
    """A chat-completions upstream that loops for ever."""
    with running(["chat"], guards=[ToolLoopGuard(BUILT_IN)]) as up:
        up.upstream.script = looping
        yield up


def needs(*modules: str) -> Any:
    """Skip, naming the package, where a framework is not installed (`make install` installs them)."""
    absent = [m for m in modules if importlib.util.find_spec(m) is None]
    return pytest.mark.skipif(bool(absent), reason=f"not installed: {', '.join(absent)}")


@needs("langgraph", "langchain_openai")
def test_langgraph_ends_by_the_base_url_alone(chat_gateway: Running) -> None:
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI
    from langgraph.prebuilt import create_react_agent

    @tool
    def lookup(q: str) -> str:
        """Look a policy up."""
        return FOUND

    model = ChatOpenAI(model="m", base_url=f"{chat_gateway.base}/v1", api_key=KEY, max_retries=0)  # type: ignore[arg-type]
    agent = create_react_agent(model, [lookup])
    state = agent.invoke({"messages": [("user", "What is our refund policy?")]}, {"recursion_limit": 60})
    assert legal(state["messages"][-1].content), state["messages"][-1]


@needs("agents")
def test_openai_agents_sdk_ends_by_the_base_url_alone(chat_gateway: Running) -> None:
    from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled

    set_tracing_disabled(True)

    @function_tool
    def lookup(q: str) -> str:
        """Look a policy up."""
        return FOUND

    client = openai.AsyncOpenAI(base_url=f"{chat_gateway.base}/v1", api_key=KEY, max_retries=0)
    agent = Agent(name="a", tools=[lookup], model=OpenAIChatCompletionsModel(model="m", openai_client=client))
    result = asyncio.run(Runner.run(agent, "What is our refund policy?", max_turns=TURNS_MAX))
    assert legal(str(result.final_output)), result.final_output


@needs("autogen_agentchat", "autogen_ext")
def test_autogen_ends_by_the_base_url_alone(chat_gateway: Running) -> None:
    from autogen_agentchat.agents import AssistantAgent
    from autogen_ext.models.openai import OpenAIChatCompletionClient

    async def lookup(q: str) -> str:
        """Look a policy up."""
        return FOUND

    async def go() -> str:
        client = OpenAIChatCompletionClient(
            model="m", base_url=f"{chat_gateway.base}/v1", api_key=KEY, max_retries=0,
            model_info={"vision": False, "function_calling": True, "json_output": False, "family": "unknown",
                        "structured_output": False},
        )  # fmt: skip
        agent = AssistantAgent("a", client, tools=[lookup], max_tool_iterations=TURNS_MAX)
        result = await agent.run(task="What is our refund policy?")
        return str(result.messages[-1].content)  # type: ignore[union-attr]

    answer = asyncio.run(go())
    assert legal(answer), answer
