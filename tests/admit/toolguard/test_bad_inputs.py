"""What agents and their frameworks send that they should not: each is named or read as it stands, never guessed at.

Method: the guard as the gateway uses it, one session a request, on the same histories clean and spoilt.
"""

import copy
import random
import time
from typing import Any

import pytest

from tests.admit.toolguard.histories import CALIBRATED, fresh_step, history
from tidegate.admit.toolguard.model import RunVerdict
from tidegate.admit.toolguard.plugin import ToolLoopGuard
from tidegate.readers.config import read_settings
from tidegate.runner.guarded import guard as guarded_run
from tidegate.spine.call import Call, Identity
from tidegate.spine.contracts import GuardDecision
from tidegate.spine.conversation import Conversation
from tidegate.spine.dialects import chat
from tidegate.spine.errors import SettingError, WrongUse

LOOK = ("look", {"city": "Oslo"}, "Oslo has a tiger and a lynx")
Messages = list[dict[str, Any]]


def ask(guard: ToolLoopGuard, messages: Messages, run_id: str = "run-1") -> tuple[GuardDecision, RunVerdict]:
    """One request of a run."""
    session = guard.open(Call(call_id="c", identity=Identity(tenant="t"), dialect="chat", model="m", run_id=run_id))
    assert session is not None
    decision = session.request(Conversation(model="m", messages=chat.read_messages(messages)))
    verdict = session.verdict  # type: ignore[union-attr]
    assert verdict is not None
    return decision, verdict


def requests(steps: list[Any], task: str) -> list[Messages]:
    """The requests that a run of these steps makes, one longer than the other."""
    return [history(steps[:n], task) for n in range(1, len(steps) + 1)]


def test_interleaved_runs_under_one_id_are_judged_each_by_its_own_history() -> None:
    rng = random.Random(1)
    good, bad = [fresh_step(rng) for _ in range(6)], [LOOK] * 6
    alone = [
        [ask(ToolLoopGuard(CALIBRATED), m)[1].decision for m in requests(s, t)]
        for s, t in ((good, "one"), (bad, "two"))
    ]
    guard, mixed = ToolLoopGuard(CALIBRATED), [[], []]  # type: ignore[var-annotated]
    for a, b in zip(requests(good, "one"), requests(bad, "two"), strict=True):
        mixed[0].append(ask(guard, a)[1].decision)
        mixed[1].append(ask(guard, b)[1].decision)
    assert mixed == alone
    assert set(alone[0]) == {"continue"}
    assert alone[1][2] == "stop"


def test_a_fork_leaves_the_other_branchs_signals_behind() -> None:
    guard, rng = ToolLoopGuard(CALIBRATED), random.Random(2)
    base = [fresh_step(rng), LOOK, LOOK]
    assert ask(guard, history([*base, LOOK]))[1].decision == "stop"
    other = ask(guard, history([*base, fresh_step(rng)]))[1]
    assert other.decision == "nudge"
    assert ask(guard, history([*base, LOOK]))[1].decision == "stop"


def test_a_retried_request_adds_nothing() -> None:
    guard = ToolLoopGuard(CALIBRATED)
    first = ask(guard, history([LOOK, LOOK]))
    assert [ask(guard, history([LOOK, LOOK])) for _ in range(20)] == [first] * 20
    assert first[1].steps == 2


def test_results_out_of_order_are_matched_by_their_call() -> None:
    rng = random.Random(3)
    steps = [fresh_step(rng) for _ in range(5)]
    clean = history(steps)
    calls = [m["tool_calls"][0] for m in clean if m["role"] == "assistant"]
    results = [m for m in clean if m["role"] == "tool"]
    together = [clean[0], {"role": "assistant", "content": None, "tool_calls": calls}, *results]
    shuffled = [*together[:2], *reversed(results)]
    a, b = (ask(ToolLoopGuard(CALIBRATED), [*m, *history([LOOK])[1:]])[1] for m in (together, shuffled))
    assert a == b


def test_missing_results_are_waited_for_and_never_taken_for_the_same_result() -> None:
    silent = [m for m in history([LOOK] * 12) if m["role"] != "tool"]
    verdict = ask(ToolLoopGuard(CALIBRATED), silent)[1]
    assert verdict.decision == "continue"


def test_a_result_for_no_call_changes_nothing() -> None:
    messages = history([LOOK, LOOK])
    stray = [*messages, {"role": "tool", "tool_call_id": "nobody", "content": "who asked?"}]
    assert ask(ToolLoopGuard(CALIBRATED), stray)[1].decision == ask(ToolLoopGuard(CALIBRATED), messages)[1].decision


def test_one_call_id_for_all_calls_is_matched_step_by_step() -> None:
    """Some frameworks name every call the same."""
    rng = random.Random(4)
    messages = history([fresh_step(rng) for _ in range(8)])
    for m in messages:
        if m["role"] == "tool":
            m["tool_call_id"] = "call_0"
        for call in m.get("tool_calls") or ():
            call["id"] = "call_0"
    assert ask(ToolLoopGuard(CALIBRATED), messages)[1].decision == "continue"


def test_a_ten_megabyte_result_costs_little_more_than_a_small_one() -> None:
    big = "2026-03-01 10:00:00 a line of a very long log 0123456789\n" * 180_000
    guard = ToolLoopGuard(CALIBRATED)
    messages = history([("read_log", {"day": 1}, big), ("read_log", {"day": 2}, big + "x")])
    read = chat.read_messages(messages)
    session = guard.open(Call(call_id="c", identity=Identity(tenant="t"), dialect="chat", model="m"))
    assert session is not None
    began_s = time.thread_time()
    session.request(Conversation(model="m", messages=read))
    assert time.thread_time() - began_s < 1.0
    assert session.verdict.decision == "continue"  # type: ignore[union-attr]


def test_a_history_that_the_client_compacted_begins_anew() -> None:
    guard = ToolLoopGuard(CALIBRATED)
    assert ask(guard, history([LOOK] * 3))[1].decision == "stop"
    summary = [{"role": "user", "content": "Summary so far: Oslo has a tiger."}, *history([LOOK])[1:]]
    assert ask(guard, summary)[1].decision == "continue"


def test_a_run_that_changes_the_past_is_judged_by_what_it_sends_now() -> None:
    guard = ToolLoopGuard(CALIBRATED)
    messages = history([LOOK] * 3)
    assert ask(guard, messages)[1].decision == "stop"
    edited = copy.deepcopy(messages)
    edited[2]["content"] = "something else entirely, seven bears"
    assert ask(guard, edited)[1].decision == "continue", "the same call told something else before: it is a reading"


@pytest.mark.parametrize(
    "limit", [{"calls": -1}, {"calls": float("inf")}, {"calls": 2.5}, {"calls": True}, {"cals": 3}]
)
def test_budgets_that_are_no_whole_numbers_are_refused_by_name(limit: dict[str, Any]) -> None:
    with pytest.raises(WrongUse, match=r"calls|cals"):
        guarded_run("run-1", limit=limit)


@pytest.mark.parametrize(("value", "said"), [("-3", "expected at least 1 step, got -3"), ("0", "expected at least 1 step, got 0"),
                                             (".inf", "steps_max"), ("many", "steps_max"), ("2.5", "steps_max")])  # fmt: skip
def test_a_limit_of_steps_that_means_nothing_is_refused_with_its_place(tmp_path: Any, value: str, said: str) -> None:
    path = tmp_path / "tidegate.yaml"
    path.write_text(f"loops:\n  mode: enforce\n  steps_max: {value}\n")
    with pytest.raises(SettingError) as caught:
        read_settings(path)
    assert said in str(caught.value)
    assert "tidegate.yaml:3" in str(caught.value)


def test_a_limit_of_steps_ends_a_run_with_its_reason() -> None:
    rng = random.Random(5)
    guard = ToolLoopGuard(CALIBRATED, steps_max=4)
    steps = [fresh_step(rng) for _ in range(4)]
    assert ask(guard, history(steps[:3]))[1].decision == "continue"
    decision, verdict = ask(guard, history(steps))
    assert verdict.reason == "the run reached its limit of 4 steps"
    assert decision.tools_off
