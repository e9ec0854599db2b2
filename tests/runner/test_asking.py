"""Asking many times: repeats are independent, budgets hold, a killed run resumes."""

import threading
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tidegate.runner.asking import AnswerCache, Asker, Budget, Job, Reply
from tidegate.spine.call import Usage
from tidegate.spine.errors import ModelError


class Counting:
    """A model that answers with the number of times it was asked, and fails when told to."""

    name = "counting"

    def __init__(self, failures: int = 0) -> None:
        self.asked = 0
        self.failures = failures
        self.lock = threading.Lock()

    def ask(self, request: dict[str, Any]) -> Reply:
        with self.lock:
            self.asked += 1
            if self.failures > 0:
                self.failures -= 1
                raise ModelError("busy")
            return Reply(text=str(self.asked), usage=Usage(tokens_prompt=3, tokens_completion=2))


QUESTION = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 4}


def test_repeats_never_share_an_answer_and_the_same_repeat_always_does() -> None:
    model = Counting()
    asker = Asker(model)
    first = asker.ask(Job(request=QUESTION, repeat=0))
    second = asker.ask(Job(request=QUESTION, repeat=1))
    again = asker.ask(Job(request=QUESTION, repeat=0))
    assert first.reply is not None
    assert second.reply is not None
    assert first.reply.text != second.reply.text
    assert again.cached
    assert again.reply == first.reply
    assert model.asked == 2


def test_a_killed_run_resumes_and_a_torn_line_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "cache.jsonl"
    model = Counting()
    asker = Asker(model, cache=AnswerCache(path))
    list(asker.ask_all([Job(request=QUESTION, repeat=i) for i in range(5)], concurrency=2))
    with path.open("ab") as f:
        f.write(b'{"request": "torn')
    resumed = Counting()
    answers = list(Asker(resumed, cache=AnswerCache(path)).ask_all([Job(request=QUESTION, repeat=i) for i in range(7)]))
    assert resumed.asked == 2
    assert sum(a.cached for a in answers) == 5
    assert len(AnswerCache(path)._answers) == 7


def test_failures_are_tried_again_then_said() -> None:
    assert Asker(Counting(failures=2)).ask(Job(request=QUESTION)).reply is not None
    asked = Asker(Counting(failures=9)).ask(Job(request=QUESTION))
    assert asked.reply is None
    assert "busy" in asked.error


def test_stopping_early_starts_no_further_job() -> None:
    model = Counting()
    for asked in Asker(model).ask_all((Job(request=QUESTION, repeat=i) for i in range(10_000)), concurrency=2):
        assert asked.reply is not None
        break
    assert model.asked <= 4


@given(calls=st.integers(0, 6), tokens=st.integers(0, 400), jobs=st.integers(0, 12), failures=st.integers(0, 5))
def test_a_budget_is_never_passed(calls: int, tokens: int, jobs: int, failures: int) -> None:
    model = Counting(failures)
    asker = Asker(model, budget=Budget(calls_max=calls, tokens_max=tokens))
    answers = list(asker.ask_all([Job(request=QUESTION, repeat=i) for i in range(jobs)], concurrency=3))
    assert model.asked <= calls
    assert asker.budget.tokens <= tokens
    assert len(answers) == jobs
    assert all(a.reply is not None or a.error for a in answers)
