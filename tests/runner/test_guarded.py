"""The tool-loop guard as a library: ends with an answer, by progress or by budget, and closes its account."""

import asyncio
import json
from typing import Any

import pytest

from tidegate.admit.toolguard.budget import Ledger
from tidegate.runner.guarded import GuardedRun, guard
from tidegate.spine.errors import InputError, WrongUse


def turn(messages: list[dict[str, Any]], n: int, query: str, found: str) -> None:
    call = {"id": f"c{n}", "type": "function", "function": {"name": "search", "arguments": json.dumps({"q": query})}}
    messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
    messages.append({"role": "tool", "tool_call_id": f"c{n}", "content": found})


async def drive(run: GuardedRun, same: bool, turns: int = 40) -> tuple[int, str, str]:
    messages: list[dict[str, Any]] = [{"role": "user", "content": "What is our policy?"}]
    for n in range(turns):
        said = run.before_call(messages)
        if said.ended:
            return n, said.reason, said.answer
        run.after_call()
        turn(messages, n, "policy" if same else f"policy {n}", "Refunds within 30 days." if same else f"page {n}: new")
    return turns, "never ended", ""


def test_a_looping_run_ends_with_what_was_gathered() -> None:
    async def go() -> tuple[int, str, str]:
        async with guard("run-1") as run:
            return await drive(run, same=True)

    turns, reason, answer = asyncio.run(go())
    assert turns == 3
    assert "in a row" in reason
    assert "Refunds within 30 days." in answer


def test_a_productive_run_ends_at_its_budget_with_an_answer_that_was_paid_for() -> None:
    ledger = Ledger(limit={"calls": 8})

    async def go() -> tuple[int, str, str]:
        async with guard("run-2", ledger=ledger, limit={"calls": 8}, final_answer={"calls": 1}) as run:
            return await drive(run, same=False)

    turns, reason, answer = asyncio.run(go())
    assert turns == 7, "one of eight calls is kept for the final answer"
    assert "budget is spent" in reason
    assert "page 6: new" in answer
    assert ledger.left("root")["calls"] == 1
    assert ledger.accounts["run-2"].closed


def test_a_crash_closes_the_account_and_counts_what_was_in_flight() -> None:
    ledger = Ledger(limit={"calls": 5})

    async def go() -> None:
        async with guard("run-3", ledger=ledger) as run:
            run.before_call([{"role": "user", "content": "x"}], worst_case={"calls": 2})
            raise RuntimeError("the agent crashed")

    with pytest.raises(RuntimeError, match="crashed"):
        asyncio.run(go())
    assert ledger.left("root")["calls"] == 3


def test_wrong_use_is_named() -> None:
    run = guard("run-4")
    run.before_call([{"role": "user", "content": "x"}])
    with pytest.raises(WrongUse, match="not settled"):
        run.before_call([{"role": "user", "content": "x"}])
    run.after_call()
    with pytest.raises(WrongUse, match="no call is open"):
        run.after_call()
    with pytest.raises(InputError):
        run.before_call([{"content": "no role"}])
    with pytest.raises(WrongUse, match="room for a final answer"):
        guard("run-5", limit={"calls": 0}, final_answer={"calls": 1})
