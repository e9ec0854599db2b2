"""Budgets of runs over real HTTP: a hard cap is never passed, and a run that is refused ends with an answer."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.support.budgeting import Budgeted, budgeted, engine
from tests.support.rig import (
    Reader,
    Writer,
)

from tidegate.settings import Budgets, Caps, TenantBudget
from tidegate.spine.call import Ending


@pytest.mark.parametrize(
    ("caps", "resource", "calls"),
    [
        (Caps(calls=3), 3, 3),
        (Caps(tokens_out=50), 2, 5),  # 7 spent a call, 20 reserved: the sixth could pass 50
        (Caps(tokens_in=1300), 1, None),
        (Caps(money_usd=0.0013), 0, None),
        (Caps(calls=0), 3, 0),
    ],
)
def test_a_cap_is_never_passed_and_the_run_ends_with_an_answer(
    tmp_path: Path, caps: Caps, resource: int, calls: int | None
) -> None:
    async def main(b: Budgeted) -> None:
        for _ in range(40):
            answer = await b.call()
            assert answer.status == 200
            used = b.used()
            assert used.spent[resource] + used.reserved[resource] <= used.limit[resource]
        served = len(b.w.upstream.requests)
        assert served == calls if calls is not None else 0 < served < 40
        said = json.loads(answer.body)
        assert said["choices"][0]["finish_reason"] == "stop"
        assert "budget is spent" in said["choices"][0]["message"]["content"]
        assert "How tall is it?" in said["choices"][0]["message"]["content"]
        assert answer.headers["x-tidegate-rule"] == "run-budget"
        ended = b.w.recorded()[-1]
        assert (ended.ending, ended.error_code) == (Ending.FINALISED, "budget_spent")
        assert ended.events[-1].data["evidence"]["account"] == "t run r"
        assert (await b.call(run_id="another")).status == 200, "another run has its own"
        assert len(b.w.upstream.requests) == (served + 1 if calls != 0 else 0)

    budgeted(tmp_path, Budgets(run=caps), main)


def test_concurrent_calls_never_pass_a_cap_together(tmp_path: Path) -> None:
    async def slow(request: bytes, reader: Reader, writer: Writer) -> None:
        await asyncio.sleep(0.05)
        await engine({"prompt_tokens": 30, "completion_tokens": 20})(request, reader, writer)

    async def main(b: Budgeted) -> None:
        await asyncio.gather(*(b.call() for _ in range(60)))
        used = b.used()
        assert len(b.w.upstream.requests) == 10
        assert used.spent[2] == 200
        assert used.reserved == (0,) * 6

    budgeted(tmp_path, Budgets(run=Caps(tokens_out=200)), main, slow)


def test_time_runs_from_the_first_call_and_cuts_the_one_in_flight(tmp_path: Path) -> None:
    async def never(request: bytes, reader: Reader, writer: Writer) -> None:
        await reader.read()

    async def main(b: Budgeted) -> None:
        answer = await b.call()
        assert (answer.status, answer.code) == (504, "timeout_total")
        answer = await b.call()
        assert "time is over" in json.loads(answer.body)["choices"][0]["message"]["content"]
        assert len(b.w.upstream.requests) == 1

    budgeted(tmp_path, Budgets(run=Caps(time_s=1.0)), main, never)


def test_a_part_draws_on_its_parent_and_all_on_the_tenants_total(tmp_path: Path) -> None:
    budgets = Budgets(run=Caps(calls=4), tenants={"t": TenantBudget(total=Caps(calls=6), period="ever")})

    async def main(b: Budgeted) -> None:
        for run_id in ("a/x", "a/x", "a/y", "a"):
            await b.call(run_id=run_id)
        assert len(b.w.upstream.requests) == 4
        answer = await b.call(run_id="a/z")
        assert (
            "The parent run's budget is spent: 0 calls left"
            in json.loads(answer.body)["choices"][0]["message"]["content"]
        )
        await b.call(run_id=None)
        await b.call(run_id="b")
        answer = await b.call(run_id="c")
        assert "The tenant's budget is spent" in json.loads(answer.body)["choices"][0]["message"]["content"]
        assert len(b.w.upstream.requests) == 6
        assert b.used("t total ever").spent[3] == 6

    budgeted(tmp_path, budgets, main)


def test_what_has_no_bound_or_no_name_is_refused_by_name(tmp_path: Path) -> None:
    image = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x/y.png"}}]}]

    async def main(b: Budgeted) -> None:
        answer = await b.call({"messages": image})
        assert (answer.status, answer.code) == (400, "budget_unbounded")
        assert b"an image or file" in answer.body
        assert (
            await b.call({"input": "x", "previous_response_id": "r"}, path="/v1/responses")
        ).code == "budget_unbounded"
        assert (await b.call(run_id=None)).code == "run_required"
        assert not b.w.upstream.requests
        answer = await b.call({"input": "x"}, path="/v1/embeddings")
        assert answer.status == 200
        assert b.used().spent[2] == 7

    caps = Caps(tokens_in=100_000)
    budgeted(tmp_path, Budgets(run=caps, run_header="required"), main)

    async def bounded(b: Budgeted) -> None:
        assert (await b.call({"messages": image})).status == 200

    budgeted(tmp_path / "2", Budgets(run=caps, tokens_attachment=2000), bounded)


def test_accounts_that_cannot_be_kept_let_nothing_out(tmp_path: Path) -> None:
    async def main(b: Budgeted) -> None:
        (tmp_path / "budgets.db").write_bytes(b"broken" * 1000)
        answer = await b.call()
        assert (answer.status, answer.code) == (503, "budget_unavailable")
        assert not b.w.upstream.requests

    budgeted(tmp_path, Budgets(run=Caps(calls=5)), main)
