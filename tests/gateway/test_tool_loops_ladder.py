"""The rungs below the end, over the gateway: one tool withheld for a step, and a chanting answer cut as it streams.

Every client API against every upstream API, raw bodies and unmodified clients.
"""

import json
import random
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import openai
import pytest
from tests.admit.toolguard.worlds.forms import AgentRun, Turn, write
from tests.support.gateways import KEY, Running, running
from tests.support.upstreams import Script

from tidegate.admit.toolguard.ending import CHANT_WORDS
from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.plugin import ChantGuard, ToolLoopGuard

SCHEMA = {"type": "object", "properties": {"q": {"type": "string"}}}
PATHS = {"chat": "/v1/chat/completions", "anthropic": "/v1/messages", "responses": "/v1/responses",
         "legacy": "/v1/chat/completions"}  # fmt: skip
ERROR = "Error: the index is not open"


@pytest.fixture(params=["chat", "responses", "messages"])
def gateway(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running([request.param], guards=[ToolLoopGuard(BUILT_IN)]) as up:
        yield up


def body(form: str, run: AgentRun, tools: list[str], **more: Any) -> dict[str, Any]:
    """A request in one client form, with the run as its history."""
    messages = write(run, form, random.Random(0))
    out: dict[str, Any] = {"model": "m", **more}
    if form == "chat":
        out |= {
            "messages": messages,
            "tools": [{"type": "function", "function": {"name": t, "parameters": SCHEMA}} for t in tools],
        }
    elif form == "legacy":
        out |= {"messages": messages, "functions": [{"name": t, "parameters": SCHEMA} for t in tools]}
    elif form == "anthropic":
        out |= {"messages": [m for m in messages if m["role"] != "system"], "max_tokens": 300,
                "tools": [{"name": t, "input_schema": SCHEMA} for t in tools]}  # fmt: skip
    else:
        out |= {
            "input": messages,
            "store": False,
            "tools": [{"type": "function", "name": t, "parameters": SCHEMA, "strict": False} for t in tools],
        }
    return out


def post(gateway: Running, form: str, value: dict[str, Any]) -> httpx.Response:
    headers = {"authorization": f"Bearer {KEY}", "anthropic-version": "2023-06-01"}
    return httpx.post(gateway.base + PATHS[form], json=value, headers=headers, timeout=20)


def offered(asked: dict[str, Any]) -> list[str]:
    """Names of the tools that the upstream was offered."""
    return [
        t.get("name") or t["function"]["name"] for t in [*(asked.get("tools") or []), *(asked.get("functions") or [])]
    ]


def failing(times: int) -> AgentRun:
    turns = [Turn(calls=(("search", {"q": f"refund policy, wording {'abcdefgh'[i]}"}, ERROR),)) for i in range(times)]
    return AgentRun(kind="failing", task="What is our refund policy?", turns=tuple(turns))


@pytest.mark.parametrize("form", ["chat", "legacy", "anthropic", "responses"])
def test_the_tool_that_a_loop_runs_on_is_withheld_for_a_step(gateway: Running, form: str) -> None:
    gateway.upstream.script = Script(text="I will look at the mail instead.")
    for times, tools, expected in (
        (2, ["search", "read_mail"], ["search", "read_mail"]),
        (4, ["search", "read_mail"], ["read_mail"]),
        (4, ["search"], ["search"]),  # the only tool is never withheld alone: that would be the end
    ):
        answer = post(gateway, form, body(form, failing(times), tools))
        assert answer.status_code == 200, answer.text
        asked = gateway.upstream.asked[-1]
        asked = asked if isinstance(asked, dict) else asked[-1]
        assert sorted(offered(asked)) == sorted(expected), (times, tools)
        if expected == ["read_mail"]:
            assert "search cannot be called in this step" in json.dumps(asked)
    decisions = [e.data for e in gateway.trace.events if e.name == "guard" and "decision" in e.data]
    assert decisions
    assert gateway.trace.ending.value == "completed"


def test_a_narrowed_run_that_finds_something_new_has_its_tool_back(gateway: Running) -> None:
    gateway.upstream.script = Script(text="Refunds within 30 days.")
    run = failing(4)
    turns = (
        *run.turns,
        Turn(calls=(("read_mail", {"q": "refund"}, "Customer 7 was refunded within 30 days in March."),)),
    )
    answer = post(gateway, "chat", body("chat", AgentRun(kind="", task=run.task, turns=turns), ["search", "read_mail"]))
    assert answer.status_code == 200
    assert sorted(offered(gateway.upstream.asked[-1])) == ["read_mail", "search"]


def test_a_forced_tool_is_not_withheld(gateway: Running) -> None:
    gateway.upstream.script = Script(text="ok")
    choice = {"type": "function", "function": {"name": "search"}}
    answer = post(gateway, "chat", body("chat", failing(4), ["search", "read_mail"], tool_choice=choice))
    assert answer.status_code == 200
    assert "search" in offered(gateway.upstream.asked[-1])


CHANT = "I will check the refund policy again and then I will check it once more. "
HISTORY = AgentRun(
    kind="", task="What is our refund policy?", turns=(Turn(calls=(("search", {"q": "refund"}, "nothing yet"),)),)
)


def test_a_chanting_answer_is_cut_while_it_streams(gateway: Running) -> None:
    gateway.upstream.script = Script(text="Refunds: " + CHANT * 400, pieces=40)
    client = openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=KEY, max_retries=0)
    asked = body("chat", HISTORY, ["search"])
    with client.chat.completions.stream(model="m", messages=asked["messages"], tools=asked["tools"]) as events:
        message = events.get_final_completion().choices[0].message
    assert message.content
    assert message.content.endswith(CHANT_WORDS)
    assert len(message.content) < 3000, "30,000 characters were on their way"
    assert gateway.trace.ending.value == "finalised"


def test_a_chanting_answer_is_cut_in_the_other_apis(gateway: Running) -> None:
    gateway.upstream.script = Script(text="Refunds: " + CHANT * 400, pieces=40)
    asked = body("anthropic", HISTORY, ["search"])
    client = anthropic.Anthropic(base_url=gateway.base, api_key=KEY, max_retries=0)
    with client.messages.stream(model="m", max_tokens=9000, messages=asked["messages"], tools=asked["tools"]) as stream:
        answer: Any = stream.get_final_message()
    assert answer.stop_reason == "end_turn"
    assert answer.content[-1].text.endswith(CHANT_WORDS)
    other = openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=KEY, max_retries=0)
    given = body("responses", HISTORY, ["search"])
    with other.responses.stream(model="m", input=given["input"], tools=given["tools"], store=False) as events:
        final: Any = events.get_final_response()
    assert final.output_text.endswith(CHANT_WORDS)
    assert final.status == "completed"
    whole = post(gateway, "chat", body("chat", HISTORY, ["search"]))  # not streamed: cut as well
    assert whole.json()["choices"][0]["message"]["content"].endswith(CHANT_WORDS)


@pytest.mark.parametrize("stream", [True, False])
def test_where_all_answers_are_heard_a_first_one_without_tools_is_cut_too(stream: bool) -> None:
    asked = {"model": "m", "stream": stream, "messages": [{"role": "user", "content": "What is our refund policy?"}]}
    for guard, cut in ((ChantGuard(BUILT_IN), True), (ToolLoopGuard(BUILT_IN), False)):
        with running(["chat"], guards=[guard]) as up:
            up.upstream.script = Script(text="Refunds: " + CHANT * 400, pieces=40)
            said = post(up, "chat", asked).text
            assert (CHANT_WORDS.strip() in said) is cut
            up.upstream.script = Script(text="Refunds are possible within thirty days.", pieces=4)
            assert CHANT_WORDS.strip() not in post(up, "chat", asked).text


def test_long_answers_of_other_kinds_pass_whole(gateway: Running) -> None:
    rng = random.Random(7)
    words = ["".join(rng.choices("abcdefghijklmnop", k=6)) for _ in range(60)]
    prose = " ".join(rng.choice(words) for _ in range(1500))
    table = "\n".join(f"| row {i} | ok | ok | ok | ok |" for i in range(300))
    code = "Here it is:\n```\n" + "x = x + 1\n" * 400 + "```\n"
    for text in (prose, table, code):
        gateway.upstream.script = Script(text=text, pieces=50)
        answer = post(gateway, "chat", body("chat", HISTORY, ["search"]))
        assert answer.json()["choices"][0]["message"]["content"] == text
        assert gateway.trace.ending.value == "completed"
