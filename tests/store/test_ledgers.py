"""The ledger on disk: what was answered is there after any end of the process, and nothing else is.

Methods: a stateful machine drives it beside a sequential model that shares no code with it, with
retries, duplicates, settlements out of order, crashes, torn ends and files begun anew; a child
process is killed with signal 9 in the middle of a run, and the run goes on with a raised cap.
"""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.admit.toolguard.test_budget import Slow, check

from tidegate.admit.toolguard.budget import RESOURCES, Ledger, Refusal, Reservation
from tidegate.runner.guarded import guard
from tidegate.spine.errors import WorldError, WrongUse
from tidegate.store import ledgers
from tidegate.store.ledgers import KeptLedger

N = len(RESOURCES)


def drop(ledger: KeptLedger) -> None:
    """The process ends here: the file is let go, nothing is said to the ledger."""
    ledger.shut()


def same(a: Ledger, b: Ledger) -> None:
    assert a.accounts == b.accounts
    assert a.reservations == b.reservations
    assert {k: tuple(v) for k, v in a._open.items() if v} == {k: tuple(v) for k, v in b._open.items() if v}


amounts = st.lists(st.integers(0, 30), min_size=N, max_size=N).map(tuple)
caps = st.dictionaries(st.sampled_from(RESOURCES), st.integers(0, 200))


class Machine(RuleBasedStateMachine):
    """The kept ledger beside the obvious model: two tables, and sums over them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger"
        self.ledger = KeptLedger(self.path, limit={"calls": 60, "tokens_in": 300}, sync=False)
        self.model = SimpleNamespace(accounts={}, reservations={})
        self._account("root", None, {"calls": 60, "tokens_in": 300}, escrow=False)
        self.n = 0
        self.forgotten: set[str] = set()

    def teardown(self) -> None:
        drop(self.ledger)
        self.folder.cleanup()

    # -- the model

    def _account(self, name: str, parent: str | None, limit: dict[str, int], *, escrow: bool) -> None:
        self.model.accounts[name] = SimpleNamespace(
            name=name, parent=parent, limit=tuple(limit.get(r) for r in RESOURCES), escrow=escrow, closed=False
        )

    def _path(self, name: str) -> list[Any]:
        account = self.model.accounts[name]
        return [account] if account.escrow or account.parent is None else [account, *self._path(account.parent)]

    def _fits(self, name: str, wanted: tuple[int, ...]) -> bool:
        slow = Slow(self.model)
        for a in self._path(name):
            spent, held = slow.spent(a.name), slow.held(a.name)
            if any(
                c is not None and w and w > c - s - h for c, w, s, h in zip(a.limit, wanted, spent, held, strict=True)
            ):
                return False
        return True

    def _close(self, name: str) -> None:
        for a in list(self.model.accounts.values()):
            if a.parent == name and not a.closed:
                self._close(a.name)
        for r in self.model.reservations.values():
            if r.account == name and r.state == "open":
                r.state, r.actual = "committed", r.amount
        self.model.accounts[name].closed = True

    def alive(self) -> list[str]:
        return [a.name for a in self.model.accounts.values() if not a.closed]

    def keys(self) -> list[str]:
        return [
            k for k, r in self.model.reservations.items()
            if k not in self.forgotten and not self.model.accounts[r.account].closed
        ]  # fmt: skip

    # -- the operations

    @rule(data=st.data(), limit=caps)
    def open(self, data: st.DataObject, limit: dict[str, int]) -> None:
        if len(self.model.accounts) >= 12:
            return
        name, parent = f"a{len(self.model.accounts)}", data.draw(st.sampled_from(self.alive()))
        for _ in range(2):  # the second time is a duplicate
            self.ledger.open(name, parent, limit)
        self._account(name, parent, limit, escrow=False)

    @rule(data=st.data(), amount=amounts)
    def grant(self, data: st.DataObject, amount: tuple[int, ...]) -> None:
        if len(self.model.accounts) >= 12:
            return
        name, parent = f"a{len(self.model.accounts)}", data.draw(st.sampled_from(self.alive()))
        named = dict(zip(RESOURCES, amount, strict=True))
        fits = self._fits(parent, amount)
        for _ in range(2):
            assert isinstance(self.ledger.grant(name, parent, named), Refusal) is not fits
        if fits:
            self._account(name, parent, named, escrow=True)

    @rule(data=st.data(), amount=amounts)
    def reserve(self, data: st.DataObject, amount: tuple[int, ...]) -> None:
        self.n += 1
        key, account = f"k{self.n}", data.draw(st.sampled_from(self.alive()))
        fits = self._fits(account, amount)
        for _ in range(2):
            assert isinstance(self.ledger.reserve(key, account, amount), Refusal) is not fits
        if fits:
            self.model.reservations[key] = SimpleNamespace(
                account=account, amount=amount, state="open", actual=(0,) * N
            )

    @precondition(lambda self: self.keys())
    @rule(data=st.data(), actual=st.none() | amounts)
    def commit(self, data: st.DataObject, actual: tuple[int, ...] | None) -> None:
        key = data.draw(st.sampled_from(self.keys()))
        for _ in range(2):
            self.ledger.commit(key, actual)
        r = self.model.reservations[key]
        if r.state == "open":
            r.state = "committed"
            r.actual = r.amount if actual is None else tuple(map(min, actual, r.amount))

    @precondition(lambda self: self.keys())
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.keys()))
        for _ in range(2):
            self.ledger.release(key)
        if self.model.reservations[key].state == "open":
            self.model.reservations[key].state = "released"

    @precondition(lambda self: len(self.alive()) > 1)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.alive()[1:]))
        for _ in range(2):
            self.ledger.close(name)
        self._close(name)

    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        closed = [a for a in self.model.accounts.values() if a.closed]
        if not closed:
            return
        account = data.draw(st.sampled_from(closed))
        if account.escrow or self.model.accounts[account.parent].closed:
            with pytest.raises(WrongUse):
                self.ledger.reopen(account.name)
        else:
            self.ledger.reopen(account.name)
            account.closed = False

    @rule(data=st.data(), limit=caps)
    def raise_limit(self, data: st.DataObject, limit: dict[str, int]) -> None:
        name = data.draw(st.sampled_from(self.alive()))
        account, slow = self.model.accounts[name], Slow(self.model)
        held = [a + b for a, b in zip(slow.spent(name), slow.held(name), strict=True)]
        if account.escrow or any(r in limit and limit[r] < h for r, h in zip(RESOURCES, held, strict=True)):
            with pytest.raises(WrongUse):
                self.ledger.raise_limit(name, limit)
        else:
            self.ledger.raise_limit(name, limit)
            account.limit = tuple(limit.get(r) for r in RESOURCES)

    @rule(torn=st.binary(max_size=40))
    def crash(self, torn: bytes) -> None:
        drop(self.ledger)
        with self.path.open("ab") as f:
            f.write(torn)  # a write that was never answered
        self.ledger = KeptLedger(self.path, sync=False)
        assert self.ledger.cut_bytes == len(torn)

    @rule()
    def begin_anew(self) -> None:
        self.ledger._begin_anew()
        for key, r in self.model.reservations.items():
            if r.state != "open" and self.model.accounts[r.account].closed:
                self.forgotten.add(key)

    @invariant()
    def agrees(self) -> None:
        slow = Slow(self.model)
        assert list(self.ledger.accounts) == list(self.model.accounts)
        for name, account in self.model.accounts.items():
            kept = self.ledger.accounts[name]
            assert (kept.closed, kept.limit, kept.escrow) == (account.closed, account.limit, account.escrow)
            assert kept.spent == slow.spent(name), name
            if not account.closed:
                held = [a + b for a, b in zip(kept.reserved, kept.granted, strict=True)]
                assert held == slow.held(name), name
                assert all(c is None or s + h <= c for c, s, h in zip(kept.limit, kept.spent, held, strict=True))
        assert set(self.ledger.reservations) == set(self.model.reservations) - self.forgotten
        for key in self.ledger.reservations:
            r = self.model.reservations[key]
            assert (self.ledger.reservations[key].state, self.ledger.reservations[key].actual) == (r.state, r.actual)


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


def written(path: Path) -> list[tuple[int, Ledger]]:
    """A ledger with a few operations: the file's size after each answer, with the ledger as it then was."""
    states: list[tuple[int, Ledger]] = []

    def note(ledger: KeptLedger) -> None:
        memory = Ledger()
        memory.accounts, memory.reservations = _copy(ledger.accounts), _copy(ledger.reservations)
        memory._open = {k: dict(v) for k, v in ledger._open.items()}
        states.append((path.stat().st_size, memory))

    ledger = KeptLedger(path, limit={"calls": 10}, sync=False)
    note(ledger)
    for step in (
        lambda: ledger.open("run", "root", {"calls": 5}),
        lambda: ledger.reserve("k1", "run", {"calls": 2}),
        lambda: ledger.commit("k1", {"calls": 1}),
        lambda: ledger.reserve("k2", "run", {"calls": 3}),
        lambda: ledger.grant("sub", "run", {"calls": 1}),
        lambda: ledger.close("run"),
    ):
        step()
        note(ledger)
    drop(ledger)
    return states


def _copy(table: dict[str, Any]) -> dict[str, Any]:
    import copy

    return copy.deepcopy(table)


def test_a_file_cut_anywhere_is_the_last_answered_state(tmp_path: Path) -> None:
    states = written(tmp_path / "ledger")
    whole = (tmp_path / "ledger").read_bytes()
    first = states[0][0]
    for size in range(first, len(whole) + 1):
        cut = tmp_path / f"cut-{size}"
        cut.write_bytes(whole[:size])
        ledger = KeptLedger(cut, sync=False)
        expected = [state for at, state in states if at <= size][-1]
        same(ledger, expected)
        ledger.open(f"after-{size}", "root")  # and it goes on
        drop(ledger)
        again = KeptLedger(cut, sync=False)
        assert f"after-{size}" in again.accounts
        drop(again)


def test_a_grown_file_is_begun_anew_and_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "OPERATIONS_MAX", 50)
    ledger = KeptLedger(tmp_path / "ledger", limit={"calls": 10_000}, sync=False)
    sizes = []
    for i in range(170):
        ledger.open(f"run-{i}", "root")
        ledger.reserve(f"k{i}", f"run-{i}", {"calls": 1})
        ledger.commit(f"k{i}")
        ledger.close(f"run-{i}")
        sizes.append((tmp_path / "ledger").stat().st_size)
    assert any(b < a for a, b in itertools.pairwise(sizes))
    drop(ledger)
    again = KeptLedger(tmp_path / "ledger", sync=False)
    same(again, ledger)
    assert again.recovered <= 50
    assert len(again.reservations) <= 50, "settled calls of closed runs are sums only"
    assert again.left("root")["calls"] == 10_000 - 170
    drop(again)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    first = KeptLedger(tmp_path / "ledger")
    with pytest.raises(WorldError, match="another process writes this ledger"):
        KeptLedger(tmp_path / "ledger")
    drop(first)
    drop(KeptLedger(tmp_path / "ledger"))


def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("these are my notes, sixteen bytes and more")
    with pytest.raises(WorldError, match="this is no ledger"):
        KeptLedger(other)
    assert other.read_text().startswith("these are my notes")


def test_after_a_failed_write_nothing_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = KeptLedger(tmp_path / "ledger", limit={"calls": 5}, sync=False)
    ledger.reserve("k1", "root", {"calls": 1})

    def full(fd: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr(ledgers.os, "write", full)
        with pytest.raises(WorldError, match="No space left"):
            ledger.reserve("k2", "root", {"calls": 1})
    with pytest.raises(WorldError, match="not written any more"):
        ledger.commit("k1")
    drop(ledger)
    again = KeptLedger(tmp_path / "ledger", sync=False)
    assert list(again.reservations) == ["k1"]
    drop(again)


CHILD = """
import asyncio, sys
from pathlib import Path
from tidegate.runner.guarded import guard
from tidegate.store.ledgers import KeptLedger

async def main():
    ledger = KeptLedger(Path(sys.argv[1]), limit={"calls": 100})
    async with guard("run-1", ledger=ledger, limit={"calls": 10}, final_answer={"calls": 1}) as run:
        messages = [{"role": "user", "content": "Count the harbours."}]
        for n in range(40):
            said = run.before_call(messages, worst_case={"calls": 2})
            if said.ended:
                print("ended", said.reason, flush=True)
                return
            print("asked", n, flush=True)
            if n == 2:
                await asyncio.sleep(60)  # the model thinks; the process is killed here
            run.after_call(actual={"calls": 1})
            call = {"id": f"c{n}", "type": "function", "function": {"name": "count", "arguments": '{"page": %d}' % n}}
            messages += [{"role": "assistant", "content": None, "tool_calls": [call]},
                         {"role": "tool", "tool_call_id": f"c{n}", "content": f"harbour number {n} and its {n * 7} ships"}]

asyncio.run(main())
"""


def test_a_killed_run_goes_on_and_then_on_again_with_a_raised_cap(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert child.stdout is not None
    try:
        while "asked 2" not in child.stdout.readline():
            assert child.poll() is None
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait(timeout=20)

    async def go_on(resume: bool, limit: dict[str, int], turns: int) -> tuple[int, str, int]:
        ledger = KeptLedger(path)
        try:
            async with guard("run-1", ledger=ledger, limit=limit, final_answer={"calls": 1}, resume=resume) as run:
                for n in range(turns):
                    said = run.before_call([{"role": "user", "content": "go on"}], worst_case={"calls": 2})
                    if said.ended:
                        return n, said.reason, run.lost
                    run.after_call(actual={"calls": 1})
                return turns, "", run.lost
        finally:
            ledger.shut()

    # Two calls were settled to 1, the third was in flight: 2 + its worst case of 2.  One of ten is kept for the end.
    turns, reason, lost = asyncio.run(go_on(False, {"calls": 10}, 20))
    assert lost == 1
    assert "the budget is spent" in reason
    assert turns == 4, "ten, less four spent, less one for the end: each call needs two and uses one"
    with pytest.raises(WrongUse, match="is over"):
        asyncio.run(go_on(False, {"calls": 10}, 1))
    turns, reason, lost = asyncio.run(go_on(True, {"calls": 14}, 20))
    assert (lost, turns) == (0, 4)
    ledger = KeptLedger(path)
    assert ledger.accounts["run-1"].spent[RESOURCES.index("calls")] == 12
    assert ledger.left("root")["calls"] == 88
    check(ledger)
    ledger.shut()


def test_a_reservation_is_the_same_after_a_restart(tmp_path: Path) -> None:
    ledger = KeptLedger(tmp_path / "ledger", limit={"calls": 3})
    ledger.reserve("k", "root", {"calls": 2})
    drop(ledger)
    again = KeptLedger(tmp_path / "ledger", limit={"calls": 3})
    retried = again.reserve("k", "root", {"calls": 2})
    assert isinstance(retried, Reservation)
    assert again.left("root")["calls"] == 1
    assert again.commit("k", {"calls": 1})[RESOURCES.index("calls")] == 1
    drop(again)
