"""Goal: planted causes are kept and nothing else is, however seldom they fail; a deterministic oracle gives ddmin's answer."""

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.cli.verbs.harvest_minimise import command
from tidegate.curate.harvest.capture.minimise import Element, Keep, Minimised, Settings, ddmin, minimise
from tidegate.curate.harvest.capture.units import Units, pieces
from tidegate.readers.suite_files import read_suite, read_suite_ledger, write_cases
from tidegate.spine.case import make_case
from tidegate.spine.errors import InputError


def singles(keep: Keep) -> list[Element]:
    return [frozenset([x]) for x in sorted(keep, key=repr)]


def search(cause: frozenset[int], n: int, rate: float, seed: int, **more: Any) -> Minimised:
    rng = random.Random(seed)

    def runs(keep: Keep, first: int, count: int) -> list[bool]:
        return [cause <= keep and rng.random() < rate for _ in range(count)]

    return minimise([singles], frozenset(range(n)), runs, Settings(**more))


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 40), st.data())
def test_a_deterministic_failure_is_reduced_to_its_cause_as_ddmin_does(n: int, data: st.DataObject) -> None:
    cause = frozenset(data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=3)))
    result = search(cause, n, 1.0, 1)
    assert result.minimal
    assert result.keep == cause
    assert ddmin(singles(frozenset(range(n))), lambda keep: cause <= keep) == cause


def test_planted_causes_under_noise() -> None:
    seeds, right, kept = 120, 0, 0
    for seed in range(seeds):
        rng = random.Random(seed)
        n, rate = rng.randint(8, 40), rng.uniform(0.3, 1.0)
        cause = frozenset(rng.sample(range(n), rng.randint(1, 3)))
        result = search(cause, n, rate, seed)
        kept += cause <= result.keep
        right += cause == result.keep
    assert kept == seeds
    assert right >= 0.95 * seeds


def test_what_never_fails_again_is_a_report() -> None:
    result = search(frozenset([1]), 5, 0.0, 1)
    assert not result.reproduced
    assert result.runs == 20
    assert "could not reproduce in 20 runs: kept as a report, not as a case" in result.reason


def test_the_budget_holds_and_what_was_found_is_returned() -> None:
    result = search(frozenset([3]), 40, 0.6, 2, runs_max=60)
    assert result.runs <= 60
    assert not result.minimal
    assert frozenset([3]) <= result.keep
    with pytest.raises(InputError, match="p0"):
        Settings(p0=0.0)


CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
TALK = {
    "model": "m",
    "documents": ["Para one. Para two.", "Other page."],
    "messages": [
        {"role": "system", "content": "Be kind. Never mention the colour blue.\n\nBe short."},
        {"role": "user", "content": "Hi there. How are you?"},
        {"role": "assistant", "content": "Fine!"},
        {"role": "user", "content": "Look it up."},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": '{"a": 1, "b": "blue", "c": [1, 2]}'},
        {"role": "user", "content": "Which colour was it? Tell me please."},
    ],
}


def test_the_whole_builds_itself_and_parts_are_inputs() -> None:
    units = Units(TALK)
    assert units.build(units.whole) == TALK
    assert "".join(pieces(TALK["messages"][0]["content"])[0]) == TALK["messages"][0]["content"]  # type: ignore[index]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_calls_and_results_stand_and_fall_together(data: st.DataObject) -> None:
    units = Units(TALK)
    keep = units.whole
    for level in units.levels:
        for element in data.draw(st.lists(st.sampled_from(sorted(level(keep), key=repr)), max_size=3)) if keep else []:
            keep -= element
    built = units.build(keep)
    if built is not None:
        called = {c["id"] for m in built["messages"] for c in m.get("tool_calls", [])}
        answered = {m["tool_call_id"] for m in built["messages"] if m["role"] == "tool"}
        assert called == answered


def test_a_conversation_comes_down_to_the_sentences_that_matter() -> None:
    units, rng = Units(TALK), random.Random(5)

    def runs(keep: Keep, first: int, n: int) -> list[bool]:
        given_ = json.dumps(units.build(keep) or {})
        return [
            "Never mention" in given_ and '\\"b\\"' in given_ and "Which colour" in given_ and rng.random() < 0.7
            for _ in range(n)
        ]

    result = minimise(units.levels, units.whole, runs)
    small = units.build(result.keep)
    assert small is not None
    assert [m["content"] for m in small["messages"]] == [
        "Never mention the colour blue.",
        None,
        '{"b":"blue"}',
        "Which colour was it?",
    ]
    assert "documents" not in small


TARGET = """
import json, sys
case = json.load(sys.stdin)
text = json.dumps(case)
print("It is Sydney." if "Australia" in text else "Hello.")
"""


def test_the_verb_on_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "target.py").write_text(TARGET)
    messages = [
        {"role": "system", "content": "Be kind. Be short."},
        {"role": "user", "content": "Hello there. I hope you are well."},
        {"role": "assistant", "content": "Yes!"},
        {"role": "user", "content": "I like maps. What is the capital of Australia? Thank you."},
    ]
    case = make_case(
        "chat", {"messages": messages}, ({"oracle": "forbidden", "texts": ["Sydney"]},), mode="wrong-answer"
    )
    write_cases(tmp_path / "suite", [case])
    args = [
        case.case_id[:14],
        "--suite",
        "suite",
        "--command",
        f"{sys.executable} target.py",
        "--json",
        "--store",
        "store",
    ]
    result = CliRunner().invoke(command, [*args, "--write", "--owner", "ops"], catch_exceptions=False)
    body = json.loads(result.output)
    assert result.exit_code == 0, body
    assert body["input"]["messages"] == [{"role": "user", "content": "What is the capital of Australia?"}]
    (left,) = read_suite(tmp_path / "suite").cases
    assert left.case_id == body["small"]
    assert read_suite_ledger(tmp_path / "suite")[-1].replaced_by == left.case_id
