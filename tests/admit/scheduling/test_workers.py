"""Several workers in front of one engine: one order over all of them, as far as the time between two words allows.

Goal: P14 of the bounds: with k workers that tell each other every Δ seconds, two tenants that wait throughout are
served alike up to the bound of one worker plus what the others can serve unheard in Δ, each way; and nobody stands
still while the engine has room.  Method: random worlds in which each tenant's connections lie at some of the workers
only, the production admission in each, a small exact engine; the same worlds without the exchange must fail.
"""

import random

import pytest

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import (
    AnyAction,
    Arrive,
    ClassRule,
    Dispatch,
    Elsewhere,
    EngineRule,
    Finish,
    FirstToken,
    Plan,
    Prices,
    Signal,
    Tick,
    Tokens,
)
from tidegate.admit.scheduling.others import SILENT_S, Others, Said, Speaker

PRICES = Prices(prompt=1.0, completion=2.0, cached=1.0)
STEP_S, SLOTS, PROMPT, OUTPUT = 0.02, 12, 200, 40
POOL = ("e",)


class Running:
    def __init__(self, worker: int, tenant: str, prompt: int, output: int) -> None:
        self.worker, self.tenant, self.prompt, self.left = worker, tenant, prompt, output
        self.fresh = True


class Workers:
    """k admissions, one engine of `SLOTS` slots that gives a token to each running request every `STEP_S`."""

    def __init__(self, seed: int, exchange_s: float | None) -> None:
        rng = self.rng = random.Random(f"workers-{seed}")
        self.k = rng.randint(2, 4)
        self.exchange_s = exchange_s
        rule = EngineRule(name="e", reports=True, workers=self.k)
        plan = Plan(engines=(rule,), prices=PRICES, classes=(ClassRule(name="batch"),), wait_s_max=1e6)
        self.cores = [Admission(plan) for _ in range(self.k)]
        self.speakers = [Speaker(i, boot=1) for i in range(self.k)]
        self.others = [Others() for _ in range(self.k)]
        self.now, self.number = 0.0, 0
        self.running: dict[int, Running] = {}
        self.asked: dict[int, tuple[str, int, int]] = {}
        self.served = {"f": 0.0, "g": 0.0}
        self.most_running, self.idle_steps, self.steps = 0, 0, 0
        # Where each tenant's connections lie: at least one worker each, all the load of a place at once.
        self.at = {t: rng.sample(range(self.k), rng.randint(1, self.k)) for t in self.served}

    def do(self, worker: int, event: object) -> None:
        self.act(worker, self.cores[worker].step(event, self.now))  # type: ignore[arg-type]

    def act(self, worker: int, actions: list[AnyAction]) -> None:
        for action in actions:
            assert isinstance(action, Dispatch)
            tenant, prompt, output = self.asked.pop(action.request_id)
            self.running[action.request_id] = Running(worker, tenant, prompt, output)

    def fill(self) -> None:
        """Both tenants always have requests waiting wherever they have connections."""
        for tenant, workers in self.at.items():
            for w in workers:
                account = self.cores[w].routes.way(POOL).pool.policy.account(tenant)
                while account.waiting < 3:
                    self.number += 1
                    asked = tenant, self.rng.randint(50, PROMPT), self.rng.randint(2, OUTPUT)
                    self.asked[self.number] = asked
                    self.do(w, Arrive(self.number, tenant, "batch", POOL, asked[1]))

    def step(self) -> None:
        self.now += STEP_S
        for number, r in list(self.running.items()):
            if r.fresh:
                r.fresh = False
                self.served[r.tenant] += PRICES.prompt * r.prompt
                self.do(r.worker, FirstToken(number))
            self.served[r.tenant] += PRICES.completion
            r.left -= 1
            self.do(r.worker, Tokens(((number, 1),)))
            if not r.left:
                del self.running[number]
                self.do(r.worker, Finish(number, tokens_prompt=r.prompt))
        self.fill()
        if self.steps % 10 == 0:
            for worker in range(self.k):
                self.do(worker, Signal("e", slots=SLOTS, kv_tokens=60_000))
        self.steps += 1
        self.most_running = max(self.most_running, len(self.running))
        self.idle_steps += len(self.running) < SLOTS // 2

    def exchange(self) -> None:
        words = [s.word(c) for s, c in zip(self.speakers, self.cores, strict=True)]
        for i, others in enumerate(self.others):
            for word in words:
                if word.worker != i:
                    others.hear(word, self.now)
            event = others.event(self.now)
            if event is not None:
                self.do(i, event)

    def run(self, seconds: float) -> float:
        """The widest gap of service between the two since both wait."""
        for worker in range(self.k):
            self.do(worker, Signal("e", slots=SLOTS, kv_tokens=60_000))
        self.fill()
        start, widest, told_s = dict(self.served), 0.0, 0.0
        while self.now < seconds:
            self.step()
            if self.exchange_s is not None and self.now - told_s >= self.exchange_s - 1e-9:
                told_s = self.now
                self.exchange()
            gained = {t: self.served[t] - start[t] for t in start}
            widest = max(widest, abs(gained["f"] - gained["g"]))
        return widest

    def bound(self) -> float:
        policy = self.cores[0].routes.way(POOL).pool.policy
        u = max(PRICES.prompt * PROMPT, PRICES.completion * SLOTS * (PROMPT + OUTPUT))
        # Between two words each of the others may start what fits and stream from it.
        rate = SLOTS * self.k * (PRICES.completion / STEP_S + PRICES.prompt * PROMPT / (2 * STEP_S))
        unheard = rate * (self.exchange_s or 0.0) * (self.k - 1)
        return 2 * (u + policy.slack + policy.lift_credit) + 2 * unheard


@pytest.mark.parametrize("seed", range(16))
def test_two_tenants_at_different_workers_are_served_alike(seed: int) -> None:
    """P14, and no engine half empty while somebody waits; the seed is in the test's name."""
    world = Workers(seed, exchange_s=0.1)
    gap = world.run(20.0)
    assert gap <= world.bound(), (gap, world.bound(), world.at)
    assert world.idle_steps <= 0.1 * world.steps
    assert world.most_running <= SLOTS * (1 + world.k)  # what all start at once before they hear of each other


def test_without_the_exchange_the_same_worlds_are_unfair() -> None:
    """Each worker shares fairly between those that it sees: a tenant at more workers gets more, without bound."""
    unfair = [Workers(seed, exchange_s=None).run(20.0) / Workers(seed, exchange_s=0.1).run(20.0) for seed in range(8)]
    assert sorted(unfair)[-3] > 3.0, unfair


def test_totals_survive_a_lost_word_and_a_restart() -> None:
    others = Others()
    others.hear(Said(1, 7, ((POOL, "f", 10.0),)), 0.0)
    assert others.event(0.0) == Elsewhere(((POOL, "f", 10.0),))
    # The word with 20.0 is lost.
    others.hear(Said(1, 7, ((POOL, "f", 35.0),), ((POOL, "f"),), (("e", 2, 30, 20, 5),)), 0.2)
    assert others.event(0.2) == Elsewhere(((POOL, "f", 25.0),), ((POOL, "f"),), (("e", 2, 30, 20, 5),))
    assert others.event(0.3) is None
    others.hear(Said(1, 8, ((POOL, "f", 4.0),)), 0.4)  # started again, from zero
    assert others.event(0.4) == Elsewhere(((POOL, "f", 4.0),))


def test_a_worker_that_fell_silent_holds_nobody_back() -> None:
    others = Others()
    others.hear(Said(1, 7, (), ((POOL, "f"),), (("e", 12, 30, 20, 5),)), 0.0)
    others.hear(Said(2, 7, (), (), (("e", 1, 3, 2, 0),)), SILENT_S)
    assert others.event(SILENT_S) == Elsewhere((), ((POOL, "f"),), (("e", 13, 33, 22, 5),))
    assert others.event(SILENT_S + 0.1) == Elsewhere((), (), (("e", 1, 3, 2, 0),))


def test_calls_of_others_in_a_silent_engine_stop_nobody() -> None:
    """A worker that has nothing there would otherwise never learn that the engine takes more."""
    core = Admission(Plan(engines=(EngineRule(name="e"),), classes=(ClassRule(name="batch"),)))
    core.step(Elsewhere(windows=(("e", 5_000, 0, 0, 0),)), 0.0)
    assert core.step(Arrive(1, "f", "batch", POOL, 100), 0.1)
    assert core.step(Signal("e", slots=64), 0.2) == []
    core.step(FirstToken(1), 0.2)
    core.step(Elsewhere(windows=(("e", 64, 0, 0, 0),)), 0.3)
    assert core.step(Arrive(2, "f", "batch", POOL, 100), 0.3) == []


def test_who_is_ahead_waits_for_one_that_waits_elsewhere() -> None:
    core = Admission(Plan(engines=(EngineRule(name="e", reports=True),), classes=(ClassRule(name="batch"),)))
    core.step(Signal("e", slots=4, kv_tokens=2_000), 0.0)
    assert core.step(Arrive(1, "f", "batch", POOL, 100), 0.0)
    core.step(FirstToken(1), 0.05)
    policy = core.routes.way(POOL).pool.policy
    core.step(Elsewhere(((POOL, "f", 1e6),), ((POOL, "g"),), (("e", 1, 100, 100, 0),)), 0.1)
    assert policy.account("f").counter > 1e6
    assert core.step(Arrive(2, "f", "batch", POOL, 100), 0.2) == []
    assert core.tickets[2].reason == "over_share"
    assert core.step(Tick(), 0.3) == []
    (go,) = core.step(Elsewhere((), (), ()), 0.4)  # g waits no more
    assert isinstance(go, Dispatch)
