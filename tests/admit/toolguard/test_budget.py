"""Budgets: no unit over a cap, none counted twice, none lost, in any order of operations.

Method: random operations on the ledger, with retries, duplicates, crashes (reservations never
settled) and refusals; after each, every account is recomputed from the bare list of reservations
and grants by a model that shares no code with the ledger.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.admit.toolguard.budget import RESOURCES, Ledger, Refusal, forecast_tokens_in, vector
from tidegate.spine.errors import WrongUse

N = len(RESOURCES)


class Slow:
    """The obvious model: what each account holds, from the list of reservations alone."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def inside(self, name: str) -> set[str]:
        """The account and every account that draws on it as it goes, or whose closed grant flowed back."""
        found = {name}
        while True:
            more = {
                a.name for a in self.ledger.accounts.values()
                if a.parent in found and a.name not in found and (not a.escrow or a.closed)
            }  # fmt: skip
            if not more:
                return found
            found |= more

    def spent(self, name: str) -> list[int]:
        rows = [
            r for r in self.ledger.reservations.values() if r.account in self.inside(name) and r.state == "committed"
        ]
        return [sum(r.actual[i] for r in rows) for i in range(N)]

    def held(self, name: str) -> list[int]:
        """Reserved or granted away, inside."""
        inside = self.inside(name)
        rows = [r for r in self.ledger.reservations.values() if r.account in inside and r.state == "open"]
        grants = [a for a in self.ledger.accounts.values() if a.escrow and not a.closed and a.parent in inside]
        return [sum(r.amount[i] for r in rows) + sum(g.limit[i] or 0 for g in grants) for i in range(N)]


def check(ledger: Ledger) -> None:
    slow = Slow(ledger)
    for account in ledger.accounts.values():
        held = [a + b for a, b in zip(account.reserved, account.granted, strict=True)]
        assert account.spent == slow.spent(account.name), account
        if not account.closed:
            assert held == slow.held(account.name), account
            for i, cap in enumerate(account.limit):
                assert cap is None or account.spent[i] + held[i] <= cap


def random_walk(seed: int, operations: int) -> Ledger:
    rng = random.Random(seed)
    caps = {r: rng.randrange(0, 400) for r in RESOURCES if rng.random() < 0.8}
    ledger = Ledger(limit=caps)
    names, keys = ["root"], []
    for n in range(operations):
        alive = [a for a in names if not ledger.accounts[a].closed]
        what = rng.random()
        amount = {r: rng.randrange(0, 30) for r in RESOURCES}
        if what < 0.1 and len(names) < 20:
            name, parent = f"a{n}", rng.choice(alive)
            if rng.random() < 0.5:
                ledger.open(name, parent, {r: v * 4 for r, v in amount.items() if rng.random() < 0.5})
                names.append(name)
            elif not isinstance(ledger.grant(name, parent, amount), Refusal):
                names.append(name)
        elif what < 0.55:
            key = rng.choice(keys) if keys and rng.random() < 0.1 else f"k{n}"
            known = ledger.reservations.get(key)
            if known is not None and not ledger.accounts[known.account].closed:
                assert ledger.reserve(key, known.account, known.amount) is known, "a retry is the same reservation"
            elif known is None and not isinstance(ledger.reserve(key, rng.choice(alive), amount), Refusal):
                keys.append(key)
        elif what < 0.85 and keys:
            key = rng.choice(keys)
            if not ledger.accounts[ledger.reservations[key].account].closed:
                ledger.commit(key, None if rng.random() < 0.2 else tuple(rng.randrange(0, 40) for _ in range(N)))
        elif what < 0.95 and keys:
            key = rng.choice(keys)
            if not ledger.accounts[ledger.reservations[key].account].closed:
                ledger.release(key)
        elif len(alive) > 1:
            ledger.close(rng.choice([a for a in alive if a != "root"]))
    return ledger


@pytest.mark.parametrize("seed", range(60))
def test_conservation_over_random_histories(seed: int) -> None:
    print(f"seed {seed}")
    for operations in (5, 30, 120):
        check(random_walk(seed, operations))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 80))
def test_conservation_for_any_seed(seed: int, operations: int) -> None:
    check(random_walk(seed, operations))


def test_zero_is_zero_and_absent_is_inherited() -> None:
    ledger = Ledger(limit={"calls": 3})
    ledger.open("none", "root", {"calls": 0})
    ledger.open("inherits", "root")
    refused = ledger.reserve("a", "none", {"calls": 1})
    assert isinstance(refused, Refusal)
    assert str(refused) == "none has 0 calls left, 1 are needed"
    assert not isinstance(ledger.reserve("b", "inherits", {"calls": 3, "tokens_in": 10**9}), Refusal)
    assert isinstance(ledger.reserve("c", "inherits", {"calls": 1}), Refusal), "the root's cap holds for the child"


def test_a_lost_call_counts_as_spent_when_its_account_closes() -> None:
    ledger = Ledger(limit={"calls": 10})
    ledger.grant("child", "root", {"calls": 5})
    ledger.reserve("lost", "child", {"calls": 2})
    ledger.close("child")
    assert ledger.left("root")["calls"] == 8


@pytest.mark.parametrize("bad", [{"calls": -1}, {"calls": 1.5}, {"calls": float("inf")}, {"cals": 1}, {"calls": True}])
def test_amounts_that_mean_nothing_are_refused_by_name(bad: dict[str, int]) -> None:
    with pytest.raises(WrongUse) as caught:
        vector(bad, "tidegate.yaml:7")
    assert "tidegate.yaml:7" in str(caught.value)
    assert "cal" in str(caught.value)


def test_a_key_used_for_something_else_is_refused() -> None:
    ledger = Ledger()
    ledger.reserve("k", "root", {"calls": 1})
    with pytest.raises(WrongUse, match="other amounts"):
        ledger.reserve("k", "root", {"calls": 2})


def test_a_raised_cap_resumes_and_a_cap_below_what_is_spent_is_refused() -> None:
    ledger = Ledger(limit={"calls": 1})
    ledger.commit("k") if not isinstance(ledger.reserve("k", "root", {"calls": 1}), Refusal) else None
    assert isinstance(ledger.reserve("next", "root", {"calls": 1}), Refusal)
    ledger.raise_limit("root", {"calls": 2})
    assert not isinstance(ledger.reserve("next", "root", {"calls": 1}), Refusal)
    with pytest.raises(WrongUse, match="spent or reserved"):
        ledger.raise_limit("root", {"calls": 1})


@given(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(0, 300))
def test_the_forecast_is_the_sum_it_stands_for(context: int, growth: int, steps: int) -> None:
    assert forecast_tokens_in(context, growth, steps) == sum(context + growth * i for i in range(steps))
