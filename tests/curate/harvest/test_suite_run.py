"""The runner: stops when decided, never reuses a repeat, keeps to its budget, resumes after a kill, hides held-out."""

import threading
from pathlib import Path
from typing import Any

import pytest

from tidegate.curate.harvest.suites.verdicts import Rules
from tidegate.runner.asking import AnswerCache, Budget, Reply
from tidegate.runner.command_model import CommandModel, read_output
from tidegate.runner.suite_run import RunCache, held_out_values, run_suite
from tidegate.spine.case import Case, CaseStatus, make_case
from tidegate.spine.errors import ModelError
from tidegate.spine.gate import Verdict

RULES = Rules()


class Fake:
    """Answers by a rule of (question, how often it was asked); counts, and can die."""

    name = "fake"

    def __init__(self, rule: Any, die_after: int | None = None) -> None:
        self.rule, self.die_after = rule, die_after
        self.asked: dict[str, int] = {}
        self.lock = threading.Lock()

    def ask(self, request: dict[str, Any]) -> Reply:
        question = request["messages"][-1]["content"]
        with self.lock:
            n = self.asked.get(question, 0)
            self.asked[question] = n + 1
            if self.die_after is not None and sum(self.asked.values()) > self.die_after:
                raise KeyboardInterrupt
        text = self.rule(question, n)
        if text is None:
            raise ModelError("no answer")
        return Reply(
            text=text, raw={"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]}
        )


def case(question: str, status: CaseStatus = CaseStatus.BLOCKING) -> Case:
    return make_case(
        "chat",
        {"messages": [{"role": "user", "content": question}]},
        [{"oracle": "required", "all": ["30 days"]}],
        status=status,
    )


def test_steady_cases_stop_early_and_failing_blocking_ones_run_until_they_block() -> None:
    model = Fake(lambda q, n: "30 days." if q == "good" else "two weeks")
    done = run_suite([case("good"), case("bad"), case("old", CaseStatus.KNOWN_FAILING)], model, RULES)
    verdicts = [r.verdict(RULES) for r in done.records]
    assert verdicts == [Verdict.PASS, Verdict.FAIL, Verdict.FAIL]
    assert model.asked["good"] <= 8
    assert model.asked["old"] <= 3
    assert done.records[1].reason == "the answer does not say '30 days'"
    assert done.asked == sum(model.asked.values())


def test_a_flaky_case_is_run_to_the_cap_and_stays_undecided() -> None:
    model = Fake(lambda q, n: "30 days" if n % 4 else "no")
    (r,) = run_suite([case("flaky")], model, Rules(runs_max=12), concurrency=1).records
    assert r.runs == 12
    assert r.verdict(RULES) is Verdict.UNDECIDED


def test_no_answer_is_undecided_never_passed() -> None:
    (r,) = run_suite([case("x")], Fake(lambda q, n: None), RULES, concurrency=1).records
    assert r.verdict(RULES) is Verdict.UNDECIDED
    assert r.undecided == 3
    assert "no answer" in r.error


def test_the_budget_is_kept_and_said() -> None:
    model = Fake(lambda q, n: "30 days")
    done = run_suite([case(str(i)) for i in range(5)], model, RULES, budget=Budget(calls_max=7), concurrency=2)
    assert sum(model.asked.values()) == 7
    assert "budget was spent" in done.unfinished
    assert max(model.asked.values()) - min(model.asked.get(str(i), 0) for i in range(5)) <= 2, "cases take turns"


def test_a_killed_run_goes_on_and_a_finished_one_starts_afresh(tmp_path: Path) -> None:
    cases = [case(str(i)) for i in range(4)]
    cache = AnswerCache(tmp_path / "run.jsonl")
    with pytest.raises(KeyboardInterrupt):
        run_suite(cases, Fake(lambda q, n: "30 days", die_after=10), RULES, cache=cache, concurrency=1)
    cache.close()
    again = RunCache(tmp_path, "run")
    assert again.resumed
    model = Fake(lambda q, n: "30 days")
    done = run_suite(cases, model, RULES, cache=again.cache, concurrency=1)
    assert done.cached == 10
    assert sum(model.asked.values()) == 4 * 6 - 10, "no answer was asked for twice"
    again.finish()
    fresh = RunCache(tmp_path, "run")
    assert not fresh.resumed
    model = Fake(lambda q, n: "30 days")
    assert run_suite(cases, model, RULES, cache=fresh.cache).cached == 0
    fresh.cache.close()


def test_repeats_are_fresh_draws_never_one_answer_counted_often(tmp_path: Path) -> None:
    model = Fake(lambda q, n: "30 days" if n == 0 else "no")
    cache = AnswerCache(tmp_path / "c.jsonl")
    (r,) = run_suite([case("x")], model, RULES, cache=cache, concurrency=1).records
    assert (r.passed, r.failed >= 3) == (1, True)
    cache.close()


def test_held_out_leaves_only_its_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    canary = "canary-7f3a"
    values = held_out_values(
        [case(f"{canary} good"), case(f"{canary} bad")], Fake(lambda q, n: "30 days" if "good" in q else "-")
    )
    assert values == [1.0, 0.0]
    assert not list(tmp_path.rglob("*")), "nothing was written"


def test_a_program_is_a_target(tmp_path: Path) -> None:
    script = tmp_path / "agent.py"
    script.write_text(
        "import json,sys\nq=json.load(sys.stdin)['messages'][-1]['content']\n"
        "print(json.dumps({'messages':[{'role':'assistant','content':'30 days' if q=='good' else 'no'}]}))\n"
    )
    rules = Rules(runs_max=6)
    done = run_suite([case("good"), case("bad")], CommandModel(f"python3 {script}"), rules)
    assert [r.verdict(rules) for r in done.records] == [Verdict.PASS, Verdict.FAIL]


def test_a_program_that_fails_says_how(tmp_path: Path) -> None:
    (r,) = run_suite([case("x")], CommandModel("python3 -c 'import sys; sys.exit(\"broken: no key\")'"), RULES).records
    assert "broken: no key" in r.error
    with pytest.raises(ModelError, match="cannot be run"):
        CommandModel("/nonexistent/agent").ask({})
    assert read_output(b"plain words\n").raw["messages"][0]["content"] == "plain words"
    assert read_output(b"{not json").text == "{not json"
