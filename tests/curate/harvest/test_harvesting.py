"""Goal: a failure becomes a case that fails on the very failure, passes on the accepted answer, and holds nothing personal."""

import json
from pathlib import Path
from typing import Any

import pytest
from benches.harvest_dialogues import read
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.cli.verbs.harvest_collect import command
from tidegate.curate.harvest.capture.envelope import RESULT_MAX, envelope_of, mend
from tidegate.curate.harvest.capture.expectation import correction_of
from tidegate.curate.harvest.capture.harvesting import harvest
from tidegate.curate.harvest.capture.oracle import evaluate
from tidegate.curate.harvest.capture.outcomes import outcome_of
from tidegate.curate.harvest.plugin import HarvestCheck, HarvestCurator, record_of
from tidegate.curate.harvest.scrubbing.scrub import leftover
from tidegate.readers.suite_files import read_suite
from tidegate.spine.call import Call, Ending, Identity
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.gate import Verdict
from tidegate.spine.trace import CallTrace, Event


def talk(*texts: str) -> list[dict[str, Any]]:
    return [{"role": "user" if i % 2 == 0 else "assistant", "content": t} for i, t in enumerate(texts)]


def test_every_case_fails_on_its_failure_and_is_clean() -> None:
    made = 0
    for w in [*read("harvest_dialogues_dev.txt"), *read("harvest_dialogues_t1.txt")]:
        h = harvest({"messages": w.messages, "product": w.product})
        if h.case is None:
            assert h.reason
            continue
        made += 1
        assert h.detection.failed
        assert evaluate(h.case.expect, outcome_of(dict(h.failure))).verdict is Verdict.FAIL, w.name
        assert leftover([h.case.input, list(h.case.expect)]) == [], w.name
    assert made > 90


def test_the_accepted_answer_passes() -> None:
    messages = talk(
        "Which HTTP status means too many requests?",
        "HTTP 428.",
        "that's wrong, it's 429",
        "You are right, it is 429.",
        "thanks",
    )
    case = harvest({"messages": messages}).case
    assert case is not None
    assert case.expect[0]["oracle"] == "correction"
    assert evaluate(case.expect, outcome_of({}, "It is 429.")).verdict is Verdict.PASS
    assert evaluate(case.expect, outcome_of({}, "It is 428.")).verdict is Verdict.FAIL


def test_a_correction_that_the_accepted_answer_contradicts_is_dropped() -> None:
    messages = talk(
        "undo my commit",
        "git reset --hard deletes it 1.",
        "No, I meant without losing 2 files",
        "git reset --soft HEAD~1",
        "perfect",
    )
    case = harvest({"messages": messages}).case
    assert case is not None
    assert case.expect[0]["oracle"] == "differs"


@pytest.mark.parametrize(
    ("said", "answer", "right", "wrong"),
    [
        ("It's gate 14, not gate 12.", "Boarding is at gate 12.", ["14"], ["gate 12"]),
        ("Tom, not Tim", "I'll remind you to call Tim.", ["Tom"], ["Tim"]),
        ("that's wrong, it should be $1,950", "It is $2,150.", ["$1,950"], None),
        ("no, under 80!", "Here is one for 129.", None, None),
    ],
)
def test_what_a_correction_says(said: str, answer: str, right: list[str] | None, wrong: list[str] | None) -> None:
    specs = correction_of(said, answer)
    if right is None:
        assert specs == []
        return
    assert specs[0]["said"] == right
    assert specs[0].get("wrong") == wrong


def test_planted_strings_never_reach_the_suite(tmp_path: Path) -> None:
    planted = ["Zebulon", "Quist", "z.quist@mail.example.org", "+1 415 555 0177", "4111 1111 1111 1111", "AKIAIOSFODNN7EXAMPLE", "78 Larkspur Lane"]  # fmt: skip
    messages = [
        {"role": "user", "content": f"My name is {planted[0]} {planted[1]}, mail {planted[2]}, card {planted[4]}. Which gate for BA117?"},
        {"role": "assistant", "content": f"Hello {planted[0]}, we have {planted[6]}, {planted[3]}, key {planted[5]}. It is gate 12."},
        {"role": "user", "content": "wrong, it's gate 14"},
    ]  # fmt: skip
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps({"id": "x", "messages": messages}) + "\n")
    folder = tmp_path / "suite"
    result = CliRunner().invoke(command, [str(source), "--suite", str(folder), "--json", "--embedder", "none"])
    body = json.loads(result.output)
    assert body["counts"]["new"] == 1, body
    for path in folder.iterdir():
        text = path.read_text()
        assert not [p for p in planted if p in text], path
    assert not [p for p in planted if p in result.output]
    cases = read_suite(folder).cases
    assert cases[0].expect[0]["said"] == ["14"]
    again = json.loads(
        CliRunner().invoke(command, [str(source), "--suite", str(folder), "--json", "--embedder", "none"]).output
    )
    assert again["counts"]["known"] == 1
    assert again["written"] == []


def test_broken_traces_are_mended_and_said() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "find it"},
        {"role": "tool", "tool_call_id": "gone", "content": "x"},
        {"role": "assistant", "content": "looking", "tool_calls": [call, {**call, "id": "c2"}]},
        {"role": "tool", "tool_call_id": "c1", "content": "y" * 50_000_000},
        {"role": "tool", "tool_call_id": "c1", "content": "again"},
        {"role": "assistant", "content": "It is 5."},
        {"role": "user", "content": "that's wrong, it's 7"},
    ]
    h = harvest({"messages": messages})
    assert h.case is not None
    words = " ".join(h.cut)
    for said in ("of a call that is not there", "answered twice", "without a result", "shortened"):
        assert said in words, words
    assert len(json.dumps(h.case.input)) < 2 * RESULT_MAX
    assert not any(m.get("tool_call_id") == "gone" for m in h.case.input["messages"])


CALL = st.fixed_dictionaries({"id": st.sampled_from("abc"), "function": st.just({"name": "f", "arguments": "{}"})})
ROW = st.one_of(
    st.fixed_dictionaries(
        {"role": st.just("assistant"), "content": st.text(max_size=3), "tool_calls": st.lists(CALL, max_size=2)}
    ),
    st.fixed_dictionaries({"role": st.just("tool"), "tool_call_id": st.sampled_from("abcd"), "content": st.just("r")}),
    st.fixed_dictionaries({"role": st.just("user"), "content": st.text(max_size=3)}),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ROW, max_size=10))
def test_mended_calls_pair_up(rows: list[dict[str, Any]]) -> None:
    out = mend(rows, [])
    called: list[str] = []
    for m in out:
        called += [c["id"] for c in m.get("tool_calls", [])]
        if m["role"] == "tool":
            assert m["tool_call_id"] in called
    answered = {m["tool_call_id"] for m in out if m["role"] == "tool"}
    assert set(called) <= answered


def test_a_trace_cut_short_is_no_crash() -> None:
    assert harvest({}).case is None
    assert harvest({"messages": [{"role": "assistant", "content": ""}]}).case is None
    assert envelope_of({"messages": talk("a")}, 5).cut == ("the trace ends before the failing answer",)


def trace_of(
    messages: list[Any], answer: str, ending: Ending = Ending.COMPLETED, events: tuple[Event, ...] = ()
) -> CallTrace:
    call = Call(call_id="c", identity=Identity(tenant="acme"), dialect="chat", model="m")
    return CallTrace(trace_id="t1", call=call, ending=ending, events=events, request_body=json.dumps({"model": "m", "messages": messages}),
                     response_body=json.dumps({"choices": [{"message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}]}))  # fmt: skip


def test_check_and_curator_on_traces() -> None:
    down = Event(name="feedback", at_s=1.0, data={"rating": "down", "correction": "Canberra"})
    trace = trace_of([{"role": "user", "content": "Capital of Australia?"}], "It is Sydney.", events=(down,))
    findings = list(HarvestCheck().check(trace, None))
    assert {f.rule for f in findings} == {"harvest-thumbs-down", "harvest-feedback-correction"}
    (case,) = HarvestCurator().curate(findings[0], trace)
    assert case.expect == ({"oracle": "correction", "said": ["Canberra"]},)
    assert case.provenance.tenant == "acme"
    fine = trace_of([{"role": "user", "content": "Capital of Australia?"}], "It is Canberra.")
    assert list(HarvestCheck().check(fine, None)) == []
    assert (
        list(
            HarvestCurator().curate(
                Finding(rule="harvest-rephrase", severity=Severity.NOTE, subject="x", message=""), fine
            )
        )
        == []
    )


def test_another_capabilitys_finding_becomes_a_case() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "refund", "arguments": '{"amount": 900}'}}
    body = json.dumps({"choices": [{"message": {"role": "assistant", "content": None, "tool_calls": [call]}}]})
    base = trace_of([{"role": "user", "content": "refund me 900"}], "")
    trace = CallTrace(
        trace_id="t", call=base.call, ending=Ending.COMPLETED, request_body=base.request_body, response_body=body
    )
    finding = Finding(rule="refund-limit", severity=Severity.ERROR, subject="acme", message="refund over 500",
                      evidence={"certainty": "proved", "tool": "refund", "arguments": {"amount": 900}})  # fmt: skip
    (case,) = HarvestCurator().curate(finding, trace)
    assert case.expect[0] == {
        "oracle": "tool_forbidden",
        "tool": "refund",
        "arguments": {"amount": 900},
        "rule": "refund-limit",
    }
    assert record_of(CallTrace(trace_id="t", call=base.call, ending=Ending.COMPLETED)) is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [({}, "by the engine (length)"), ({"max_tokens": 400}, "by the call's own limit of 400 tokens"),
     ({"max_completion_tokens": 400}, "by the call's own limit of 400 tokens"), ({"max_tokens": 4}, None)],
)  # fmt: skip
def test_a_cut_answer_says_by_whose_limit_and_a_label_is_none(asked: dict[str, Any], said: str | None) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "Tell me of the sea."}], **asked}
    answer = {"choices": [{"message": {"role": "assistant", "content": "It is wide and"}, "finish_reason": "length"}]}
    call = Call(call_id="c", identity=Identity(tenant="acme"), dialect="chat", model="m")
    trace = CallTrace(trace_id="t", call=call, ending=Ending.COMPLETED, request_body=json.dumps(body),
                      response_body=json.dumps(answer))  # fmt: skip
    found = [f.message for f in HarvestCheck().check(trace, None)]
    assert found == ([f"the answer was cut off {said}"] if said else [])


def test_what_a_guard_reported_itself_is_not_said_twice() -> None:
    told = {"guard": "tool-loop", "decision": "finalise", "rule": "tool-loop-repeat", "reason": "3 times"}
    found = {"guard": "tool-loop", "findings": [{"rule": "tool-loop-repeat", "severity": "error"}]}
    asked = [{"role": "user", "content": "fix it"}]
    decided = Event(name="guard", at_s=1.0, data=told)
    alone = trace_of(asked, "Stopped.", Ending.FINALISED, (decided,))
    assert "harvest-tool-loop" in {f.rule for f in HarvestCheck().check(alone, None)}
    reported = trace_of(asked, "Stopped.", Ending.FINALISED, (decided, Event(name="guard", at_s=1.0, data=found)))
    assert "harvest-tool-loop" not in {f.rule for f in HarvestCheck().check(reported, None)}
