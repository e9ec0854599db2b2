"""A call whose engine failed before its first token waits again, at its place, for the engines that are left.

Goal: a dying replica hands its calls back to the order, not to the next replica's own queue: what the windows allow
holds, nothing is charged twice, nobody overtakes within a tenant and nobody is lost.  Method: examples, then random
histories of two to four engines under every policy, whose books are kept a second time here, slowly.
"""

import random

import pytest

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import (
    Abort,
    Again,
    AnyAction,
    AnyEvent,
    Arrive,
    Cancel,
    ClassRule,
    Dispatch,
    EngineRule,
    Finish,
    FirstToken,
    Group,
    Moved,
    Outcome,
    Plan,
    Refuse,
    Signal,
    TenantRule,
    Tick,
    Tokens,
    decode_event,
    encode_event,
)
from tidegate.admit.scheduling.policies import POLICIES

SEED = 20_27
PAIR = ("e0", "e1")
CLASSES = (ClassRule(name="interactive", ttft_target_s=0.5), ClassRule(name="batch"))


def pair(slots: int, **settings: object) -> Admission:
    plan = Plan(engines=tuple(EngineRule(name=n, reports=True, slots_max=slots) for n in PAIR),
                groups=(Group(engines=PAIR),), **settings)  # type: ignore[arg-type]  # fmt: skip
    return Admission(plan)


def ask(i: int, tenant: str = "a") -> Arrive:
    return Arrive(i, tenant, "batch", PAIR, 100, 100, 400)


def gone(actions: list[AnyAction]) -> list[tuple[int, str]]:
    return [(a.request_id, a.engine) for a in actions if isinstance(a, Dispatch)]


def test_it_waits_for_room_at_its_place_and_pays_once() -> None:
    a = pair(1)
    assert gone(a.step(ask(1), 0.0)) == [(1, "e0")]
    assert gone(a.step(ask(2), 0.1)) == [(2, "e1")]
    assert not a.step(ask(3), 0.2)  # waits for either
    assert gone(a.step(Again(1, ("e1",)), 0.3)) == [(3, "e0")]  # its room is free for one that may still use it
    account = a.pools[PAIR].policy.accounts["a"]
    assert account.prompt == 200  # of 2 and 3: the first attempt of 1 was refunded
    assert not a.step(ask(4), 0.4)
    assert gone(a.step(Finish(2, tokens_completion=1), 0.5)) == [(1, "e1")]
    assert a.tickets[1].row.reasons["retried"] == 1
    assert gone(a.step(Finish(1, tokens_completion=1), 0.6)) == [(4, "e1")]


def test_what_it_spent_in_an_engine_that_failed_is_no_wait_for_a_place() -> None:
    a = pair(1, wait_s_max=5.0)
    a.step(ask(1), 0.0)
    a.step(ask(2), 0.0)
    for i in range(1, 60):
        a.step(Tick(), 0.1 * i)
    a.step(Again(1, ("e1",)), 6.0)
    assert not a.step(Tick(), 6.1)
    refused = [x for i in range(62, 112) for x in a.step(Tick(), 0.1 * i)]
    assert [(x.request_id, x.code) for x in refused if isinstance(x, Refuse)] == [(1, "waited_too_long")]


def test_budgets_are_reserved_anew_and_settled_once() -> None:
    a = pair(1, tenants=(TenantRule(name="a", tokens_per_minute=1_000),))
    a.step(ask(1), 0.0)
    limits = a.bounds.of("a")
    assert limits.tokens_minute is not None
    for at in (0.1, 0.2):
        a.step(Again(1, ("e1",)), at)
    a.step(Finish(1, tokens_prompt=100, tokens_completion=30), 0.3)
    assert limits.tokens_minute.fits(870, 0.4)
    assert not limits.tokens_minute.fits(871, 0.4)


def test_recordings_from_before_still_play() -> None:
    """One stored line: then the gateway went on to the next engine by itself."""
    a = pair(1)
    a.step(ask(1), 0.0)
    at, event = decode_event(b'[0.5,["m",1,"e1"]]')
    assert event == Moved(1, "e1")
    a.step(event, at)
    assert (a.windows["e0"].inflight, a.windows["e1"].inflight) == (0, 1)


class Book:
    """What every request should have done to windows and accounts, kept by the events and actions alone."""

    def __init__(self, seed: int, policy: str) -> None:
        self.rng = random.Random(f"again-{seed}-{policy}")
        self.names = tuple(f"e{i}" for i in range(self.rng.randint(2, 4)))
        self.slots = self.rng.randint(1, 3)
        rules = tuple(EngineRule(name=n, reports=True, slots_max=self.slots) for n in self.names)
        self.admission = Admission(Plan(policy=policy, classes=CLASSES, engines=rules, wait_s_max=1e6,
                                        groups=(Group(engines=self.names, spread=self.rng.random() < 0.5),)))  # fmt: skip
        self.at = 0.0
        self.left: dict[int, tuple[str, ...]] = {}  # engines that a live request may still use
        self.asked: dict[int, Arrive] = {}
        self.where: dict[int, str] = {}  # of dispatched ones
        self.streamed: dict[int, int] = {}
        self.kept = dict.fromkeys("abc", (0, 0))  # prompt and completion tokens that were really served

    def step(self, event: AnyEvent) -> None:
        at, event = decode_event(encode_event(self.at, event))  # as it is recorded
        for action in self.admission.step(event, at):
            assert not isinstance(action, Refuse | Abort) or isinstance(event, Cancel), action
            if isinstance(action, Dispatch):
                i = action.request_id
                assert action.engine in self.left[i], "sent to an engine that had failed it"
                assert i not in self.where, "sent twice"
                lane = [j for j, names in self.left.items() if j < i and j not in self.where
                        and set(names) == set(self.left[i]) and self.asked[j].tenant == self.asked[i].tenant
                        and self.asked[j].service_class == self.asked[i].service_class]  # fmt: skip
                assert not lane or self.admission.plan.policy == "fair", "overtaken by one of its own that came later"
                self.where[i], self.streamed[i] = action.engine, 0
        self.audit()

    def audit(self) -> None:
        for name, window in self.admission.windows.items():
            inside = [i for i, n in self.where.items() if n == name]
            assert window.inflight == len(inside) <= self.slots
            assert window.tokens_held == sum(self.asked[i].tokens_prompt + self.streamed[i] for i in inside)
        (pool,) = self.admission.pools.values()
        for tenant, (prompt, completion) in self.kept.items():
            mine = [i for i in self.where if self.asked[i].tenant == tenant]
            account = pool.policy.accounts.get(tenant)
            if account is not None:
                assert account.prompt == prompt + sum(self.asked[i].tokens_prompt for i in mine)
                assert account.completion == completion + sum(self.streamed[i] for i in mine)
                assert account.waiting == sum(self.asked[i].tenant == tenant for i in self.left if i not in self.where)
        assert self.admission.bounds.waiting == len(self.left) - len(self.where)

    def ends(self, i: int, outcome: Outcome) -> None:
        engine, tenant, spent = self.where.pop(i), self.asked[i].tenant, self.streamed.pop(i)
        names = tuple(n for n in self.left.pop(i) if n != engine)
        if outcome is Outcome.RETRY and names:
            self.left[i] = names
            self.step(Again(i, names))
            return
        if outcome is Outcome.DONE or spent:
            prompt, completion = self.kept[tenant]
            self.kept[tenant] = prompt + self.asked[i].tokens_prompt, completion + spent
        self.step(Finish(i, Outcome.DONE if outcome is Outcome.DONE else Outcome.FAILED))

    def once(self, number: int) -> None:
        self.at += self.rng.choice((0.0, 0.01, 0.2))
        running, k = sorted(self.where), self.rng.random()
        if k < 0.4 or not running:
            names = tuple(self.rng.sample(self.names, len(self.names)))
            name = self.rng.choice(("interactive", "batch"))
            event = Arrive(number, self.rng.choice("abc"), name, names, self.rng.randint(1, 500), 60, 400,
                           self.rng.randint(0, 3))  # fmt: skip
            self.asked[number], self.left[number] = event, names
            self.step(event)
        elif k < 0.6:
            i = self.rng.choice(running)
            if not self.streamed[i]:
                self.step(FirstToken(i))
            self.streamed[i] += 5
            self.step(Tokens(((i, 5),)))
        elif k < 0.85:  # fails where nothing came yet, else ends
            i = self.rng.choice(running)
            self.ends(i, Outcome.DONE if self.streamed[i] else Outcome.RETRY)
        elif k < 0.9:
            i = self.rng.choice(sorted(self.left))
            self.left.pop(i)
            if i in self.where:
                self.where.pop(i)
                prompt, completion = self.kept[self.asked[i].tenant]
                self.kept[self.asked[i].tenant] = (
                    prompt + self.asked[i].tokens_prompt,
                    completion + self.streamed.pop(i),
                )
            self.step(Cancel(i))
        elif k < 0.95:
            name = self.rng.choice(self.names)
            here = sum(n == name for n in self.where.values())
            self.step(Signal(name, running=here, waiting=0, kv_usage=0.1, slots=self.slots))
        else:
            self.step(Tick())

    def drain(self) -> None:
        """No more failures: everything that is left ends."""
        while self.where:
            self.at += 0.1
            self.ends(min(self.where), Outcome.DONE)
        assert not self.left
        assert not self.admission.tickets
        for window in self.admission.windows.values():
            assert (window.inflight, window.tokens, window.prefill, window.tokens_held) == (0, 0, 0, 0)
        (pool,) = self.admission.pools.values()
        assert pool.policy.narrow == 0


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_windows_and_books_hold_in_random_histories_of_failures(policy: str) -> None:
    print(f"seed {SEED}")
    for seed in range(SEED, SEED + 25):
        book = Book(seed, policy)
        for number in range(1, 160):
            book.once(number)
        book.drain()
