"""The accounts in SQLite: conserved over workers, crashes and raised caps.

Method: many processes reserve and settle at once on one file, some of them killed in the middle; no cap
is ever passed, and what is spent adds up.
"""

import multiprocessing
import os
import random
import signal
import tempfile
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.admit.toolguard.budget import Refusal
from tidegate.admit.toolguard.run_caps import NO_CAP, Held, limit_of
from tidegate.spine.errors import InputError, StoreError
from tidegate.store.budgets import BudgetBook

RUN = Held("t run a", "run", limit_of({"money_usd": 0.001, "calls": 5, "time_s": 60}))
TOTAL = Held("t total 2026-01", "total", limit_of({"tokens_in": 1000}))
CALL = (100, 200, 50, 1, 0, 0)


def test_an_amount_is_reserved_in_all_accounts_or_in_none(tmp_path: Path) -> None:
    book = BudgetBook(tmp_path)
    assert book.reserve("k0", "w0", (RUN, TOTAL), CALL, 10.0) == 60.0
    for n in range(1, 5):
        assert not isinstance(book.reserve(f"k{n}", "w0", (RUN, TOTAL), CALL, 20.0), Refusal)
    refusal = book.reserve("k5", "w0", (RUN, TOTAL), CALL, 20.0)
    assert isinstance(refusal, Refusal)
    assert (refusal.account, refusal.resource, refusal.left) == ("t run a", "calls", 0)
    other = Held("t run b", "run", RUN.limit)
    refusal = book.reserve("k6", "w0", (other, TOTAL), CALL, 20.0)
    assert isinstance(refusal, Refusal)
    assert (refusal.account, refusal.resource) == (TOTAL.name, "tokens_in")
    assert [u.reserved for u in book.accounts(other.name)] == [(0,) * 6], "nothing is set aside in one account alone"
    book.settle("k0", (10, 20, 5, 1, 0, 0))
    book.settle("k0", CALL)  # again: nothing
    book.settle("k1", None)
    by_name = {u.name: u for u in book.accounts()}
    assert by_name["t run a"].spent == (110, 220, 55, 2, 0, 0)
    assert by_name["t run a"].reserved == (300, 600, 150, 3, 0, 0)
    assert by_name[TOTAL.name].spent[1] == 220


def test_time_is_the_clock_on_the_wall_since_the_first_call(tmp_path: Path) -> None:
    book = BudgetBook(tmp_path)
    nothing = (0, 0, 0, 1, 0, 0)
    assert book.reserve("a", "w", (RUN,), nothing, 100.0) == 60.0
    assert book.reserve("b", "w", (RUN,), nothing, 150.0) == 10.0
    refusal = book.reserve("c", "w", (RUN,), nothing, 160.0)
    assert isinstance(refusal, Refusal)
    assert refusal.resource == "time_ms"
    book.raise_cap(RUN.name, limit_of({"time_s": 120}))
    assert book.reserve("c", "w", (RUN,), nothing, 160.0) == 60.0


def test_a_raised_cap_lets_a_run_go_on_and_keeps_what_it_used(tmp_path: Path) -> None:
    book = BudgetBook(tmp_path)
    for n in range(5):
        book.reserve(f"k{n}", "w", (RUN,), (0, 0, 0, 1, 0, 0), 0.0)
        book.settle(f"k{n}", None)
    assert isinstance(book.reserve("x", "w", (RUN,), (0, 0, 0, 1, 0, 0), 0.0), Refusal)
    used = book.raise_cap(RUN.name, limit_of({"calls": 7}))
    assert used.limit[3] == 7
    assert used.limit[0] == RUN.limit[0], "what was not named stays"
    book = BudgetBook(tmp_path)  # as another process
    for n in range(2):
        assert not isinstance(book.reserve(f"y{n}", "w", (RUN,), (0, 0, 0, 1, 0, 0), 0.0), Refusal)
    assert isinstance(book.reserve("z", "w", (RUN,), (0, 0, 0, 1, 0, 0), 0.0), Refusal)
    with pytest.raises(InputError, match="t run b"):
        book.raise_cap("t run b", NO_CAP)


def test_old_accounts_are_forgotten_but_not_what_is_reserved(tmp_path: Path) -> None:
    book = BudgetBook(tmp_path)
    book.reserve("a", "w", (RUN,), CALL, 10.0)
    book.reserve("b", "w", (TOTAL,), CALL, 10.0)
    book.settle("b", None)
    assert book.forget(5.0) == 0
    assert book.forget(50.0) == 1
    assert [u.name for u in book.accounts()] == [RUN.name]


def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "budgets.db").write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match=r"budgets\.db"):
        BudgetBook(tmp_path).reserve("a", "w", (RUN,), CALL, 1.0)
    assert BudgetBook(tmp_path / "none").accounts() == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_book_is_what_a_dict_would_be(data: st.DataObject) -> None:
    """Random reservations, settlements (twice, of nothing), deaths and raised caps beside plain sums."""
    with tempfile.TemporaryDirectory() as folder:
        book = BudgetBook(Path(folder))
        caps = {n: data.draw(st.tuples(*[st.none() | st.integers(0, 60)] * 4), label=f"caps of {n}") for n in "abT"}
        held = {n: Held(n, "run", (*c, None, None)) for n, c in caps.items()}
        limit = {n: list(c) for n, c in caps.items()}
        spent, reserved = {n: [0] * 4 for n in "abT"}, {n: [0] * 4 for n in "abT"}
        open_: dict[str, tuple[str, str, tuple[int, ...]]] = {}  # key: who, owner, amount
        for step in range(data.draw(st.integers(1, 25), label="steps")):
            what = data.draw(st.sampled_from(["reserve", "reserve", "reserve", "settle", "recover", "raise"]))
            if what == "reserve":
                who, owner = data.draw(st.sampled_from("ab")), data.draw(st.sampled_from(["w0", "w1"]))
                amount = data.draw(st.tuples(*[st.integers(0, 25)] * 4))
                path = (who, "T")
                fits = all(cap is None or not n or spent[a][i] + reserved[a][i] + n <= cap
                           for a in path for i, n in enumerate(amount) for cap in [limit[a][i]])  # fmt: skip
                got = book.reserve(f"k{step}", owner, [held[a] for a in path], (*amount, 0, 0), 1.0)
                assert (not isinstance(got, Refusal)) is fits
                if fits:
                    open_[f"k{step}"] = (who, owner, amount)
                    for a in path:
                        reserved[a] = [x + n for x, n in zip(reserved[a], amount, strict=True)]
            elif what == "raise":
                who, i = data.draw(st.sampled_from("abT")), data.draw(st.integers(0, 3))
                if book.accounts(who):
                    more = data.draw(st.integers(0, 200))
                    book.raise_cap(who, tuple(more if j == i else None for j in range(6)))
                    limit[who][i] = more
            else:
                owner = data.draw(st.sampled_from(["w0", "w1"]))
                keys = [k for k, v in open_.items() if v[1] == owner] if what == "recover" else sorted(open_)[:1]
                actual = None if what == "recover" else data.draw(st.none() | st.tuples(*[st.integers(0, 30)] * 4))
                if what == "recover":
                    assert book.recover(owner) == len(keys)
                for key in keys:
                    if what == "settle":
                        for _ in range(2):
                            book.settle(key, None if actual is None else (*actual, 0, 0))
                    who, _, amount = open_.pop(key)
                    for a in (who, "T"):
                        used = amount if actual is None else actual
                        reserved[a] = [x - n for x, n in zip(reserved[a], amount, strict=True)]
                        spent[a] = [x + n for x, n in zip(spent[a], used, strict=True)]
            for u in book.accounts():
                assert list(u.spent[:4]) == spent[u.name]
                assert list(u.reserved[:4]) == reserved[u.name]
        book.close()


SHARED = (
    Held("t run s", "run", limit_of({"tokens_in": 40_000})),
    Held("t total ever", "total", limit_of({"calls": 900})),
)


def work(folder: Path, number: int, die_after: int | None, together: Barrier) -> None:
    book, chance = BudgetBook(folder, wait_s=20.0), random.Random(number)
    together.wait(60)
    for n in range(300):
        amount = (0, chance.randrange(1, 300), 0, 1, 0, 0)
        if not isinstance(book.reserve(f"{number}-{n}", f"w{number}", SHARED, amount, 1.0), Refusal):
            if die_after is not None and n >= die_after:  # with a call on its way, whoever spent how much before
                os.kill(os.getpid(), signal.SIGKILL)
            book.settle(f"{number}-{n}", (0, chance.randrange(amount[1] + 1), 0, 1, 0, 0))
        for u in book.accounts():
            held = [s + r for s, r in zip(u.spent, u.reserved, strict=True)]
            assert all(c is None or h <= c for c, h in zip(u.limit, held, strict=True)), u


def test_no_cap_is_passed_by_workers_at_once_nor_by_their_deaths(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    BudgetBook(tmp_path).accounts()
    together = context.Barrier(4)
    workers = [context.Process(target=work, args=(tmp_path, n, 5 if n < 2 else None, together)) for n in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join(120)
    assert [w.exitcode for w in workers] == [-9, -9, 0, 0]
    book = BudgetBook(tmp_path)
    assert {u.reserved[3] for u in book.accounts()} == {2}, "one call each was on its way"
    assert book.recover("w0") + book.recover("w1") == 2
    assert book.recover("w0") == 0
    accounts = book.accounts()
    assert len({u.spent for u in accounts}) == 1, "both accounts saw the same calls"
    assert accounts[0].reserved == (0,) * 6
    assert accounts[0].spent[3] >= 300
