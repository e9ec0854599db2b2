"""The fleet view: kinds of task with a spread, the alarm from a minimum sample on, nothing unmeasured read as zero."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.admit.toolguard.histories import fresh_step, history
from tidegate.admit.toolguard.fleet import RunCost, by_kind, forecast_total, growth, tokens_by_step
from tidegate.cli.output import stdout
from tidegate.cli.verbs.loops import command
from tidegate.readers.fleet import run_key, runs_of_traces
from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.trace import CallTrace, Event


def run(steps: int, **more: Any) -> RunCost:
    return RunCost(run_id=f"r{steps}", task_type=more.pop("task_type", "triage"), steps=steps, **more)


def test_the_alarm_needs_a_tail_and_enough_runs() -> None:
    tail = [run(4) for _ in range(18)] + [run(17), run(90)]
    assert by_kind(tail)[0].alarm
    assert not by_kind(tail[:-1])[0].alarm, "nineteen runs are too few"
    assert not by_kind(tail[:-1])[0].steps.enough
    assert by_kind(tail[:-1], sample_min=10)[0].alarm
    assert not by_kind([run(4) for _ in range(18)] + [run(16), run(90)])[0].alarm, "P95 is 16: not over four times four"
    assert not by_kind([run(s) for s in range(20, 60)])[0].alarm


def test_what_is_not_measured_is_not_zero() -> None:
    kind = by_kind([run(4), run(5, tokens=1000)])[0]
    assert (kind.tokens.runs, kind.tokens.p50) == (1, 1000)
    assert (kind.money_usd.runs, kind.money_usd.p50, kind.money_saved_usd) == (0, None, None)
    assert kind.tokens_saved is None


def test_kinds_in_alarm_come_first_and_name_their_worst_runs() -> None:
    loud = [run(3, task_type="loud") for _ in range(19)] + [
        run(400, task_type="loud", decision="stop", steps_saved=390)
    ] * 2
    kinds = by_kind([*[run(900, task_type="long")] * 30, *loud])
    assert [k.task_type for k in kinds] == ["loud", "long"]
    assert kinds[0].worst[0].steps == 400
    assert (kinds[0].ended, kinds[0].steps_saved) == (2, 780)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=60))
def test_the_spread_is_that_of_the_sorted_list(steps: list[int]) -> None:
    spread = by_kind([run(s) for s in steps])[0].steps
    assert spread.p50 is not None
    assert spread.p95 is not None
    assert sum(s <= spread.p50 for s in steps) >= len(steps) / 2
    assert sum(s <= spread.p95 for s in steps) >= 0.95 * len(steps)
    assert sum(s < spread.p95 for s in steps) < 0.95 * len(steps)


def test_every_call_reads_all_that_stands_before_it() -> None:
    lengths = [(False, 400), (True, 40), (False, 800), (True, 40), (False, 400)]
    assert tokens_by_step(lengths) == [100, 310]


@given(st.integers(10, 5000), st.integers(0, 900), st.integers(3, 40), st.integers(3, 80))
def test_the_forecast_of_a_context_that_grows_evenly_is_exact(first: int, step: int, seen: int, calls: int) -> None:
    tokens = [first + step * i for i in range(max(calls, seen))]
    assert forecast_total(tokens[:seen], len(tokens)) == pytest.approx(sum(tokens))
    assert growth(tokens[:2]) is None
    assert forecast_total(tokens[:2], 10) is None


def test_one_long_answer_says_nothing_of_the_next() -> None:
    even = [1000 + 50 * i for i in range(10)]
    jump = [t if i < 5 else t + 40_000 for i, t in enumerate(even)]
    assert growth(jump) == growth(even) == 50
    assert growth(jump, usual=150.0, worth=9.0) == 100


def trace(n: int, *, run_id: str | None = None, body: Any = None, **more: Any) -> CallTrace:
    call = Call(call_id=f"c{n}", identity=Identity(tenant="acme"), dialect="chat", model="m", run_id=run_id)
    return CallTrace(trace_id=f"t{n}", call=call, ending=more.pop("ending", Ending.COMPLETED), received_at_s=float(n),
                     request_body=None if body is None else json.dumps(body), **more)  # fmt: skip


def told(decision: str) -> tuple[Event, ...]:
    data = {"guard": "tool-loop", "stage": "request", "decision": "allow", "reason": "search was called 3 times",
            "evidence": {"decision": decision}}  # fmt: skip
    return (Event(name="guard", at_s=0.0, data=data),)


def test_traces_become_runs_with_what_came_after_the_guards_word() -> None:
    usage = Usage(tokens_prompt=100)
    traces = [trace(i, run_id="r1", usage=usage, cost_usd=0.5, events=told("stop") if i == 3 else ()) for i in range(6)]
    traces += [trace(9), trace(10, run_id="r2", attributes={"task_type": "audit"})]
    first, second = runs_of_traces(traces)
    assert (first.run_id, first.task_type, first.steps, first.tokens, first.money_usd) == ("r1", "acme", 6, 600, 3.0)
    assert (first.decision, first.reason, first.steps_saved) == ("stop", "search was called 3 times", 2)
    assert (first.tokens_saved, first.money_saved_usd) == (200, 1.0)
    assert (second.task_type, second.tokens, second.money_usd) == ("audit", None, None)


def test_calls_without_a_header_are_told_apart_by_the_beginning_of_their_history() -> None:
    def body(task: str, steps: int) -> dict[str, Any]:
        messages = history([("search", {"q": f"{task} {i}"}, f"found {i}") for i in range(steps)], task)
        return {"model": "m", "messages": messages, "tools": [{"type": "function", "function": {"name": "search"}}]}

    keys = [run_key(trace(i, body=body(task, i % 3))) for task in ("one", "two") for i in range(6)]
    assert len(set(keys)) == 2
    assert None not in keys
    assert run_key(trace(1, body={"model": "m", "messages": body("one", 0)["messages"]})) is None, "a chat is no agent"
    assert run_key(trace(1)) is None
    broken = trace(2)
    broken.request_body = "{not json"
    assert run_key(broken) is None


def test_the_verb_counts_tokens_and_money_and_says_what_is_estimated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = [("search", {"q": f"{i}"}, f"found number {i} of many") for i in range(4)]
    stuck: list[Any] = [("search", {"q": "x"}, "the same answer as before, every time")] * 30
    with (tmp_path / "runs.jsonl").open("w") as out:
        for i in range(24):
            value = {"id": f"r{i}", "task_type": "triage", "messages": history(stuck if i > 21 else good)}
            out.write(json.dumps(value) + "\n")
    done = CliRunner().invoke(command, ["fleet", str(tmp_path / "runs.jsonl"), "--usd-per-million-in", "3", "--json"])
    assert done.exit_code == 1, done.output
    kind = json.loads(done.output)["task_types"][0]
    assert [f["rule"] for f in json.loads(done.output)["findings"]] == ["fleet-tail"]
    assert kind["alarm"]
    assert kind["ended"] == 2
    assert kind["steps_saved"] == 2 * 27
    assert kind["tokens_estimated"]
    assert 0 < kind["money_saved_usd"] < kind["money_usd"]["total"]
    assert kind["worst"][0]["decision"] == "stop"
    monkeypatch.setattr(stdout, "_width", 170)
    shown = CliRunner().invoke(command, ["fleet", str(tmp_path / "runs.jsonl")])
    assert "not measured" in shown.output
    assert "worst runs" in shown.output
    wrong = CliRunner().invoke(command, ["fleet"])
    assert wrong.exit_code != 0


def test_a_calibration_says_what_it_promises_and_which_runs_are_loops_by_proof(tmp_path: Path) -> None:
    """120 runs of new things, one of which ends in the same call three times: a mean at 1 %, and the loop is named."""
    rng = random.Random(7)
    runs = [{"id": f"r{i}", "messages": history([fresh_step(rng) for _ in range(4)])} for i in range(119)]
    runs.append({"id": "stuck", "messages": history([fresh_step(rng)] * 4)})
    file = tmp_path / "runs.jsonl"
    file.write_text("".join(json.dumps(r) + "\n" for r in runs))
    done = CliRunner().invoke(command, ["calibrate", str(file), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert said["measures"][0]["level"] == pytest.approx(1 - 0.99**120)
    assert [f["subject"] for f in said["findings"]] == ["stuck"]
    shown = " ".join(CliRunner().invoke(command, ["calibrate", str(file)]).output.split())
    assert "as a mean over calibrations (70 % confidence for this one)" in shown
    assert "not productive? stuck" in shown
    few = " ".join(CliRunner().invoke(command, ["calibrate", str(file), "--rate", "0.001"]).output.split())
    assert "not calibrated: 120 runs, and a rate of 0.001 needs 999" in few
