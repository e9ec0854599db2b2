"""CrewAI, unmodified, is ended by the base URL alone: `make frameworks`, in an environment of its own.

Apart from `make test`: CrewAI brings some hundred packages of its own, and pins ours.
"""

from collections.abc import Iterator

import pytest
from tests.gateway.test_tool_loops import FOUND, TURNS_MAX, legal, looping
from tests.support.gateways import KEY, Running, running

from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.plugin import ToolLoopGuard


@pytest.fixture
def chat_gateway() -> Iterator[Running]:
    with running(["chat"], guards=[ToolLoopGuard(BUILT_IN)]) as up:
        up.upstream.script = looping
        yield up


def test_crewai_ends_by_the_base_url_alone(chat_gateway: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CREWAI_DISABLE_TELEMETRY", "OTEL_SDK_DISABLED", "CREWAI_TESTING"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "false")
    from crewai import LLM, Agent, Crew, Task  # type: ignore[import-not-found]
    from crewai.tools import tool  # type: ignore[import-not-found]

    @tool("lookup")  # type: ignore[untyped-decorator]
    def lookup(q: str) -> str:
        """Look something up."""
        return FOUND

    llm = LLM(model="openai/m", base_url=f"{chat_gateway.base}/v1", api_key=KEY)
    agent = Agent(
        role="Support", goal="Answer", backstory="You help.", tools=[lookup], llm=llm, max_iter=TURNS_MAX, cache=False
    )
    task = Task(description="What is our refund policy?", expected_output="An answer", agent=agent)
    assert legal(str(Crew(agents=[agent], tasks=[task], cache=False).kickoff()))
