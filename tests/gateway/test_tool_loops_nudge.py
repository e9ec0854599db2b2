"""Nudges live: a model that repeats itself until it is told goes on with something new, within three steps.

The upstream is a stub that searches for the same thing for ever; once a note of the gateway stands in what it is sent,
it opens the mail instead, and with the mail it answers.  The same stub behind a guard that only observes is the other
arm: it is never told, and never stops.  Every client API against every upstream API, whole and streamed.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.gateway.test_tool_loops_ladder import body, post
from tests.support.gateways import Running, running
from tests.support.upstreams import Script

from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.plugin import ToolLoopGuard

STEPS_MAX = 12
WITHIN = 3  # steps after the nudge
TOOLS = {"search": "Page 4 of the handbook: see the policy.", "read_mail": "Customer 7 was refunded after 30 days."}
ANSWER = "Refunds are paid within 30 days."
FORMS = ["chat", "anthropic", "responses"]


@pytest.fixture(scope="module", params=["chat", "responses", "messages"])
def upstream(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running([request.param], guards=[ToolLoopGuard(BUILT_IN)]) as up:
        yield up


@pytest.fixture(scope="module")
def observed() -> Iterator[Running]:
    with running(["chat"], guards=[ToolLoopGuard(BUILT_IN, enforce=False)]) as up:
        yield up


def play(gateway: Running, form: str, stream: bool) -> tuple[list[str], int | None, str]:
    """(tools called in order, the step before which the first note came, the last answer)."""
    called: list[str] = []
    nudged: list[int] = []

    def model(request: dict[str, Any]) -> Script:
        text = json.dumps(request)
        if TOOLS["read_mail"] in text:
            return Script(text=ANSWER)
        if "[Tidegate]" in text:
            nudged.append(len(called))
        called.append("read_mail" if "[Tidegate]" in text else "search")
        return Script(text="", calls=[(f"call_{len(called)}", called[-1], '{"q": "refund policy"}')])

    gateway.upstream.script = model
    for _ in range(STEPS_MAX):
        turns = tuple(Turn(calls=((name, {"q": "refund policy"}, TOOLS[name]),)) for name in called)
        run, known = AgentRun(kind="", task="What is our refund policy?", turns=turns), len(called)
        answer = post(gateway, form, body(form, run, list(TOOLS), stream=stream))
        assert answer.status_code == 200, answer.text
        if len(called) == known:
            return called, nudged[0] if nudged else None, answer.text
    return called, nudged[0] if nudged else None, ""


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_a_model_that_heeds_the_note_finds_something_new_and_ends_by_itself(
    upstream: Running, form: str, stream: bool
) -> None:
    called, nudged, answer = play(upstream, form, stream)
    assert nudged is not None, "the note never reached the model"
    assert called == ["search"] * nudged + ["read_mail"], "one search too many is one that was not told of"
    assert len(called) - nudged <= WITHIN
    assert upstream.trace.ending.value == "completed", "it needed no stop"
    assert "[Tidegate]" not in answer, "the note is for the model, not for the client"


@pytest.mark.parametrize("form", FORMS)
def test_the_same_model_behind_a_guard_that_only_observes_never_stops(observed: Running, form: str) -> None:
    called, nudged, answer = play(observed, form, False)
    assert (called, nudged, answer) == (["search"] * STEPS_MAX, None, "")
