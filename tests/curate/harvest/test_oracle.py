"""Goal: every oracle is seen to pass, to fail and (where it can) to be undecided; nothing passes on what was not given."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.curate.harvest.capture.effects import failed_calls, has_effect, state_difference
from tidegate.curate.harvest.capture.oracle import ORACLES, check_expect, evaluate
from tidegate.curate.harvest.capture.oracle_text import contains, looks_cut
from tidegate.curate.harvest.model import Outcome
from tidegate.spine.conversation import Message, Text, ToolCall
from tidegate.spine.dialects import chat
from tidegate.spine.errors import InputError
from tidegate.spine.gate import Verdict


def said(text: str, **more: Any) -> Outcome:
    return Outcome(text=text, messages=(Message("assistant", (Text(text),)),), **more)


def called(*calls: tuple[str, dict[str, Any]], failed: tuple[int, ...] = (), text: str = "done") -> Outcome:
    made = tuple(ToolCall(f"c{i}", name, json.dumps(a)) for i, (name, a) in enumerate(calls))
    return said(text, tool_calls=made, failed_calls=frozenset(f"c{i}" for i in failed))


BOOK = {"oracle": "tool_actions", "actions": [{"name": "book_room", "arguments": {"guest": "g1", "nights": 2}}]}
PASS, FAIL, UNDECIDED = Verdict.PASS, Verdict.FAIL, Verdict.UNDECIDED
ROWS: list[tuple[dict[str, Any], Outcome, Verdict]] = [
    ({"oracle": "required", "all": ["30 days"]}, said("You have **30 days** to return it."), PASS),
    ({"oracle": "required", "all": ["30 days"]}, said("You have 130 days."), FAIL),
    ({"oracle": "required", "any": ["1,250", "1250.00"]}, said("It comes to $1250."), PASS),
    ({"oracle": "required", "any": ["yes", "sure"]}, said("No."), FAIL),
    ({"oracle": "forbidden", "texts": ["14 days"]}, said("You have 30 days."), PASS),
    ({"oracle": "forbidden", "texts": ["14 days"]}, said("within 14  DAYS of delivery"), FAIL),
    ({"oracle": "regex", "pattern": r"\bINV-\d{4}\b"}, said("see INV-2291"), PASS),
    ({"oracle": "regex", "pattern": r"\bINV-\d{4}\b", "present": False}, said("see INV-2291"), FAIL),
    ({"oracle": "regex", "pattern": r"(a)\1"}, said("aa"), UNDECIDED),
    ({"oracle": "equals", "values": ["Paris"]}, said("paris."), PASS),
    ({"oracle": "equals", "values": ["Paris"], "exact": True}, said("paris"), FAIL),
    ({"oracle": "correction", "said": ["gate 14"], "wrong": ["gate 12"]}, said("Boarding at gate 14."), PASS),
    ({"oracle": "correction", "said": ["gate 14"], "wrong": ["gate 12"]}, said("Gate 12 or gate 14."), FAIL),
    ({"oracle": "correction", "said": ["gate 14"]}, said("Gate 12."), FAIL),
    ({"oracle": "differs", "from": ["Please restart the router."]}, said("Please restart the router"), FAIL),
    ({"oracle": "differs", "from": ["Please restart the router."]}, said("Update its firmware first."), PASS),
    ({"oracle": "json_schema", "schema": {"type": "object", "required": ["a"]}}, said('{"a": 1}'), PASS),
    ({"oracle": "json_schema", "schema": {"type": "object", "required": ["a"]}}, said('{"b": 1}'), FAIL),
    ({"oracle": "json_schema", "schema": {"type": "object"}}, said("Sure! {}"), FAIL),
    ({"oracle": "json_schema", "schema": {"type": 7}}, said("{}"), UNDECIDED),
    ({"oracle": "refusal", "expected": False}, said("I'm sorry, but I can't help with that."), FAIL),
    ({"oracle": "refusal", "expected": True}, said("I cannot provide that."), PASS),
    ({"oracle": "refusal", "expected": True}, said("Here it is."), FAIL),
    ({"oracle": "complete"}, said("All set.", finish_reason="stop"), PASS),
    ({"oracle": "complete"}, said("The steps are 1. Open the", finish_reason="stop"), FAIL),
    ({"oracle": "complete"}, said("All set.", finish_reason="length"), FAIL),
    ({"oracle": "complete"}, said("  "), FAIL),
    ({"oracle": "no_error"}, Outcome(error="timed out"), FAIL),
    ({"oracle": "no_error"}, said("ok"), PASS),
    (BOOK, called(("search_rooms", {}), ("book_room", {"nights": 2.0, "guest": "G1", "note": ""})), PASS),
    (BOOK, called(("book_room", {"nights": 3, "guest": "g1"})), FAIL),
    (BOOK, called(("book_room", {"nights": 2, "guest": "g1"}), failed=(0,)), FAIL),
    (BOOK, called(("book_room", {"nights": 2, "guest": "g1"}), ("cancel_room", {"room": 1})), FAIL),
    ({**BOOK, "outputs": ["240"]}, called(("book_room", {"nights": 2, "guest": "g1"}), text="That is $240."), PASS),
    ({**BOOK, "outputs": ["240"]}, called(("book_room", {"nights": 2, "guest": "g1"})), FAIL),
    ({"oracle": "tool_state", "state": {"n": 1}}, said("x", state={"n": 1.0}), PASS),
    ({"oracle": "tool_state", "state": {"n": 1}}, said("x", state={"n": 2}), FAIL),
    ({"oracle": "tool_state", "state": {"n": 1}}, said("x"), UNDECIDED),
    ({"oracle": "tool_forbidden", "tool": "refund"}, called(("refund", {"amount": 5})), FAIL),
    ({"oracle": "tool_forbidden", "tool": "refund", "arguments": {"amount": 9}}, called(("refund", {"amount": 5})), PASS),
    ({"oracle": "tool_order", "first": "confirm", "then": "pay"}, called(("pay", {}), ("confirm", {})), FAIL),
    ({"oracle": "tool_order", "first": "confirm", "then": "pay"}, called(("confirm", {}), ("pay", {})), PASS),
    ({"oracle": "no_loop"}, called(*[("look", {"q": 1})] * 4), FAIL),
    ({"oracle": "no_loop"}, called(*[("look", {"q": i}) for i in range(9)]), PASS),
    ({"oracle": "judge", "question": "polite?"}, said("x", judged={"judge": True}), UNDECIDED),
    ({"oracle": "judge", "question": "polite?", "agreement": {"sensitivity_low": 0.9, "specificity_low": 0.6}},
     said("x", judged={"judge": True}), UNDECIDED),
    ({"oracle": "judge", "question": "polite?", "agreement": {"sensitivity_low": 0.9, "specificity_low": 0.9}},
     said("x", judged={"judge": False}), FAIL),
    ({"oracle": "judge", "question": "polite?", "agreement": {"sensitivity_low": 0.9, "specificity_low": 0.9}},
     said("x", judged={"judge": True}), PASS),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "outcome", "verdict"), ROWS, ids=lambda v: str(v)[:60] if isinstance(v, dict) else "")
def test_rows(spec: dict[str, Any], outcome: Outcome, verdict: Verdict) -> None:
    check_expect([spec], "row")
    decision = evaluate([spec], outcome)
    assert decision.verdict is verdict, decision.reason
    assert decision.reason


def test_every_oracle_is_seen_to_pass_and_to_fail() -> None:
    seen = {(spec["oracle"], verdict) for spec, _, verdict in ROWS}
    assert {(name, v) for name in ORACLES for v in (PASS, FAIL)} <= seen


def test_nothing_expected_and_no_answer_are_undecided() -> None:
    assert evaluate([], said("x")).verdict is UNDECIDED
    assert evaluate([{"oracle": "required", "all": []}], Outcome(error="upstream gone")).verdict is UNDECIDED


def test_one_failure_outweighs_what_is_undecided() -> None:
    expect = [{"oracle": "tool_state", "state": 1}, {"oracle": "required", "all": ["b"]}]
    assert evaluate(expect, said("a")).verdict is FAIL
    assert evaluate(expect, said("b")).verdict is UNDECIDED


@pytest.mark.parametrize(
    ("expect", "word"),
    [
        ([{"oracle": "requird"}], "required"),
        ([{"oracle": "forbidden", "text": ["a"]}], "texts"),
        ([{"oracle": "json_schema"}], "schema"),
        (["x"], "object"),
    ],
)
def test_a_wrong_specification_is_refused_with_the_nearest_word(expect: list[Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        check_expect(expect, "suite/a.yaml")


@pytest.mark.parametrize(
    ("tool", "effect"),
    [("get_user", False), ("listOrders", False), ("cancel_order", True), ("updateAddress", True), ("frobnicate", True),
     ("transfer_to_human_agents", False), ("transfer_funds", True), ("get_order_status", False), ("db.query", False),
     ("search_and_book", True)],
)  # fmt: skip
def test_effects_by_name(tool: str, effect: bool) -> None:
    assert has_effect(tool) is effect


def test_looks_cut_knows_whole_answers() -> None:
    for whole in (
        "Done!",
        "See https://x.org/a",
        "Yes",
        "1. a\n2. b",
        "Good luck :)",
        "```py\nx\n```",
        "It is what it is.",
    ):
        assert not looks_cut(whole)
    for cut in ("First, open the", "```py\nx = (", "You will need a passport, two photos and"):
        assert looks_cut(cut)


@given(st.text(max_size=40))
def test_a_text_contains_itself(text: str) -> None:
    assert contains(text, text) or not text.strip()


@given(st.recursive(st.none() | st.integers(-5, 5) | st.text(max_size=3), lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=3), c, max_size=3), max_leaves=8))  # fmt: skip
def test_a_state_does_not_differ_from_itself(state: Any) -> None:
    assert state_difference(state, state) == ()


def test_airline_runs(shared_data: Path) -> None:
    """Goal 2.1 in small: expected actions fail the failing runs and pass the passing ones (`benches.harvest` has it whole)."""
    with gzip.open(shared_data / "evals" / "agents" / "tau_airline_gpt4o.json.gz", "rt") as f:
        runs = json.load(f)[::4]
    wrong = 0
    for r in runs:
        messages = chat.read_messages(r["traj"])
        outcome = Outcome(text=messages[-1].text, messages=messages, failed_calls=failed_calls(messages),
                          tool_calls=tuple(c for m in messages for c in m.tool_calls))  # fmt: skip
        task = r["info"]["task"]
        expect = [{"oracle": "tool_actions", "actions": task["actions"], "outputs": task.get("outputs", [])}]
        verdict = evaluate(expect, outcome).verdict
        assert verdict is not FAIL or r["reward"] == 0, r["task_id"]
        wrong += verdict is PASS and r["reward"] == 0
    assert wrong <= 2
