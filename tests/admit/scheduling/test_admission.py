"""The admission as a whole: budgets, bounds, refusals, retries, cancels, clocks, and bit-for-bit replay."""

import random

import msgspec
import pytest

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import (
    Abort,
    AnyAction,
    AnyEvent,
    Arrive,
    Cancel,
    ClassRule,
    Dispatch,
    EngineRule,
    EngineState,
    Finish,
    FirstToken,
    Outcome,
    Plan,
    Refuse,
    Signal,
    TenantRule,
    Throttled,
    Tick,
    Tokens,
    decode_event,
    encode_event,
)
from tidegate.admit.scheduling.policies import POLICIES
from tidegate.admit.scheduling.signals import parse_metrics, parse_orca
from tidegate.admit.scheduling.tally import jain_index
from tidegate.spine.errors import SettingError

ENGINE = (EngineRule(name="e", reports=True),)
CLASSES = (ClassRule(name="interactive", ttft_target_s=0.5), ClassRule(name="batch"))


def ask(
    i: int, tenant: str = "a", name: str = "batch", prompt: int = 100, output: int = 100, size: int = 400
) -> Arrive:
    return Arrive(i, tenant, name, ("e",), prompt, output, size)


def refusals(actions: list[AnyAction]) -> list[Refuse]:
    return [a for a in actions if isinstance(a, Refuse)]


def story(seed: int, n: int = 400) -> list[tuple[float, AnyEvent]]:
    """A random story of events that does not depend on what is decided."""
    rng, at, out, ids = random.Random(seed), 0.0, [], 0
    for _ in range(n):
        at += rng.choice((0.0, 0.01, 0.3))
        k = rng.random()
        some = rng.randint(1, max(1, ids))
        event: AnyEvent
        if k < 0.4:
            ids += 1
            event = ask(ids, rng.choice("abc"), rng.choice(("interactive", "batch")), rng.randint(1, 3000), 50)
        elif k < 0.55:
            event = FirstToken(some)
        elif k < 0.7:
            event = Tokens(((some, rng.randint(1, 9)),))
        elif k < 0.85:
            event = Finish(some, rng.choice(list(Outcome)), tokens_completion=rng.choice((None, 7)))
        elif k < 0.9:
            event = Cancel(some)
        elif k < 0.95:
            event = Signal("e", running=rng.randint(0, 9), waiting=rng.randint(0, 4), kv_usage=rng.random())
        else:
            event = Tick()
        out.append((at, event))
    return out


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_same_events_same_actions_through_the_journal(policy: str) -> None:
    plan = Plan(policy=policy, classes=CLASSES, engines=ENGINE)
    for seed in range(20):
        events = story(seed)
        live, again = Admission(plan), Admission(plan)
        actions = [live.step(e, t) for t, e in events]
        lines = [decode_event(encode_event(t, e)) for t, e in events]
        assert [again.step(e, t) for t, e in lines] == actions
        assert live.bounds.waiting == sum(1 for t in live.tickets.values() if not t.engine)
        window = live.windows["e"]
        assert window.inflight == sum(1 for t in live.tickets.values() if t.engine)
        assert min(window.tokens, window.prefill, window.calm_prefill, window.latency_inflight) >= 0


@pytest.mark.parametrize("policy", ["fifo", "priority", "vtc", "fair"])
def test_the_short_way_is_the_long_way(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nobody waits a request passes without touching a queue: same actions, same counters to the last bit."""
    plan = Plan(policy=policy, classes=CLASSES, engines=(EngineRule(name="e"),))
    taken = 0
    for seed in range(40):
        events = story(seed, 150)
        short = Admission(plan)
        with monkeypatch.context() as patch:
            patch.setattr(POLICIES[policy], "short_way", False)
            long = Admission(plan)
            expected = [long.step(e, t) for t, e in events]
        assert [short.step(e, t) for t, e in events] == expected
        for pool in short.pools.values():
            other = long.pools[pool.engines].policy
            for name, account in pool.policy.accounts.items():
                assert (account.counter, account.prompt) == (other.accounts[name].counter, other.accounts[name].prompt)
        taken += short.pools[("e",)].dispatched
    assert taken > 300


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_everything_ends_and_nothing_is_left_behind(policy: str) -> None:
    a = Admission(Plan(policy=policy, classes=CLASSES, engines=ENGINE))
    at = 0.0
    running = [x.request_id for t, e in story(5) for x in a.step(e, t) if isinstance(x, Dispatch) for at in [t]]
    for _ in range(2000):
        at += 0.1
        live = [i for i, t in a.tickets.items() if t.engine]
        if not a.tickets:
            break
        for i in live:
            a.step(FirstToken(i), at)
            a.step(Finish(i), at)
        a.step(Tick(), at)
    assert not a.tickets, running
    assert a.bounds.waiting == a.bounds.bytes_waiting == 0
    w = a.windows["e"]
    assert (w.inflight, w.tokens, w.tokens_held, w.prefill, w.calm_prefill) == (0, 0, 0, 0, 0)


def test_token_budget_is_reserved_before_it_is_spent_and_refunded_exactly() -> None:
    rule = TenantRule(name="a", tokens_per_minute=1000)
    a = Admission(Plan(tenants=(rule,), engines=ENGINE, wait_s_max=120))
    for i in range(1, 201):
        a.step(ask(i), 0.0)
    limits = a.bounds.limits["a"]
    budget = limits.tokens_minute
    assert budget is not None
    assert (budget.spent, len(limits.held)) == (1000, 195)  # 5 × (100 + 100): 200 parallel streams cannot overshoot
    a.step(FirstToken(1), 1.0)
    a.step(Finish(1, tokens_prompt=100, tokens_completion=20), 1.0)
    assert (budget.spent, len(limits.held)) == (920, 195)  # 80 came back, the next needs 200
    a.step(Finish(2, Outcome.FAILED), 1.0)  # before its first token: all 200 come back, and the next reserves them
    assert (budget.spent, len(limits.held)) == (920, 194)
    for t in range(1, 60):
        a.step(Tick(), float(t))
    assert len(limits.held) == 194
    for t in range(60, 64):
        a.step(Tick(), float(t))
    assert len(limits.held) < 194
    assert budget.spent <= 1000


def test_a_budget_that_cannot_be_met_in_time_is_refused_with_a_true_retry_after() -> None:
    a = Admission(Plan(tenants=(TenantRule(name="a", requests_per_minute=1),), engines=ENGINE, wait_s_max=5))
    a.step(ask(1), 0.0)
    (refusal,) = refusals(a.step(ask(2), 1.0))
    assert refusal.status == 429
    assert 58 <= refusal.retry_after_s <= 61
    assert not refusals(a.step(ask(3), 1.0 + refusal.retry_after_s))


def test_queue_bounds_by_tenant_and_total() -> None:
    rule = TenantRule(name="a", queue_requests_max=2, queue_bytes_max=1_000)
    a = Admission(Plan(tenants=(rule,), engines=ENGINE, queue_requests_max=4))
    a.step(EngineState("e", False), 0.0)
    assert not [r for i in (1, 2) for r in refusals(a.step(ask(i), 0.0))]
    assert refusals(a.step(ask(3), 0.0))[0].code == "tenant_queue_full"
    assert not [r for i in (4, 5) for r in refusals(a.step(ask(i, "b"), 0.0))]
    assert (refusals(a.step(ask(6, "c"), 0.0))[0].status, refusals(a.step(ask(7, "c"), 0.0))[0].code) == (
        503,
        "queue_full",
    )
    a.step(Cancel(1), 0.0)
    assert refusals(a.step(ask(8, size=700), 0.0))[0].code == "tenant_queue_bytes"


def test_waiting_too_long_ends_in_503() -> None:
    a = Admission(Plan(engines=ENGINE, wait_s_max=3))
    a.step(EngineState("e", False), 0.0)
    a.step(ask(1), 0.0)
    found = [r for t in range(1, 50) for r in refusals(a.step(Tick(), t / 10))]
    assert [r.code for r in found] == ["waited_too_long"]


def test_a_clock_that_jumps_expires_nobody_and_changes_no_order() -> None:
    def order(jump: float) -> list[int]:
        a = Admission(Plan(policy="fair", classes=CLASSES, engines=ENGINE, wait_s_max=60))
        a.step(EngineState("e", False), 0.0)
        for i in range(1, 9):
            at = i * 0.1 + (jump if i > 4 else 0.0)
            assert not refusals(a.step(ask(i, "ab"[i % 2], ("batch", "interactive")[i % 3 == 0]), at))
        out = [x.request_id for x in a.step(EngineState("e", True), 1.0 + jump) if isinstance(x, Dispatch)]
        for _ in range(20):
            for i in [i for i, t in a.tickets.items() if t.engine]:
                out += [x.request_id for x in a.step(FirstToken(i), 2.0 + jump) if isinstance(x, Dispatch)]
                out += [x.request_id for x in a.step(Finish(i), 2.0 + jump) if isinstance(x, Dispatch)]
        return out

    assert order(0.0) == order(3600.0) == order(-3600.0)
    assert len(order(0.0)) == 8


def test_a_client_that_leaves_frees_its_place_at_once() -> None:
    a = Admission(Plan(engines=ENGINE))
    a.step(ask(1), 0.0)
    assert a.step(Cancel(1), 0.1) == [Abort(1, "e")]
    assert a.windows["e"].inflight == 0


def test_a_retry_goes_back_to_the_head_and_costs_nothing() -> None:
    a = Admission(Plan(policy="vtc", engines=ENGINE))
    a.step(ask(1), 0.0)
    a.step(ask(2), 0.1)
    a.step(EngineState("e", False), 0.2)
    a.step(Finish(1, Outcome.RETRY), 0.2)
    account = a.pools[("e",)].policy.accounts["a"]
    assert account.prompt == 0
    assert [x.request_id for x in a.step(EngineState("e", True), 0.3) if isinstance(x, Dispatch)] == [1]


def test_a_throttled_provider_is_left_alone() -> None:
    a = Admission(Plan(engines=ENGINE))
    a.step(Throttled("e", 2.0), 0.0)
    assert not a.step(ask(1), 0.1)
    assert not a.step(Tick(), 1.0)
    assert [type(x) for x in a.step(Tick(), 2.1)] == [Dispatch]


def test_provider_quota_is_shared_and_never_exceeded() -> None:
    engine = EngineRule(name="e", requests_per_minute=6)
    a = Admission(Plan(engines=(engine,), wait_s_max=300))
    sent: list[float] = []
    for i in range(1, 31):
        a.step(ask(i, "ab"[i % 2], prompt=10), 0.0)
    for t in range(3000):
        at = t / 10
        for x in a.step(Tick(), at):
            if isinstance(x, Dispatch):
                sent.append(at)
        for i in [i for i, k in a.tickets.items() if k.engine]:
            a.step(FirstToken(i), at)
            sent += [at for x in a.step(Finish(i), at) if isinstance(x, Dispatch)]
    assert all(sum(1 for s in sent if t <= s < t + 60) <= 6 for t in range(240))
    assert len(sent) >= 20


@pytest.mark.parametrize("plan", [
    Plan(policy="fare"),
    Plan(tenants=(TenantRule(name="a", weight=0.0),)),
    Plan(tenants=(TenantRule(name="a", weight=-1.0),)),
    Plan(tenants=(TenantRule(name="a"), TenantRule(name="a"))),
    Plan(classes=(ClassRule(name="c", weight=float("nan")),)),
])  # fmt: skip
def test_what_cannot_work_is_refused_by_name(plan: Plan) -> None:
    with pytest.raises(SettingError) as error:
        Admission(plan)
    assert any(word in str(error.value) for word in ("fare", "'a'", "'c'"))


def test_reload_keeps_waiting_and_running_requests() -> None:
    a = Admission(Plan(policy="fifo", classes=CLASSES, engines=ENGINE))
    a.step(ask(1), 0.0)
    a.step(EngineState("e", False), 0.0)
    for i in (2, 3, 4):
        a.step(ask(i, "b", "interactive"), 0.1)
    a.reload(Plan(policy="fair", classes=CLASSES, engines=ENGINE, tenants=(TenantRule(name="b", weight=3.0),)), 0.2)
    assert a.pools[("e",)].policy.name == "fair"
    a.step(EngineState("e", True), 0.3)
    assert [x.request_id for x in a.step(FirstToken(1), 0.4) if isinstance(x, Dispatch)] == [2]
    assert a.pools[("e",)].policy.accounts["b"].weight == 3.0


def test_metrics_pages_and_headers_are_read_and_garbage_is_not() -> None:
    page = ('vllm:num_requests_running{engine="0"} 3.0\nvllm:num_requests_waiting{engine="0"} 2\n'
            'vllm:num_requests_waiting_by_reason{reason="capacity"} 1\nvllm:kv_cache_usage_perc{} 0.25\n'
            'vllm:cache_config_info{block_size="16",num_gpu_blocks="100"} 1\n'
            "vllm:num_preemptions_total 4\n")  # fmt: skip
    assert parse_metrics("e", page) == Signal("e", 3, 1, 0.25, 1600, 4)
    llama = "llamacpp:requests_processing 2\nllamacpp:requests_deferred 5\n"
    assert parse_metrics("e", llama) == Signal("e", 2, 5)
    for garbage in ("", "<html>", "vllm:num_requests_running -1\n", "vllm:num_requests_running x\n"):
        with pytest.raises(ValueError, match=r"."):
            parse_metrics("e", garbage)
    assert parse_orca("e", 'JSON {"named_metrics": {"kv_cache_usage_perc": 0.5}}') == Signal("e", kv_usage=0.5)
    assert parse_orca("e", "TEXT named_metrics.num_requests_waiting=3") == Signal("e", waiting=3)
    assert parse_orca("e", "JSON {") is None


def test_two_keys_of_one_tenant_gain_nothing() -> None:
    """Identity is the tenant: splitting one tenant's work over users or keys changes no share."""
    a = Admission(Plan(policy="vtc", engines=ENGINE))
    served = {"a": 0, "b": 0}
    ids = 0
    for step in range(4000):
        for tenant in "ab":
            while a.bounds.of(tenant).waiting < (6 if tenant == "a" else 3):
                ids += 1
                a.step(ask(ids, tenant, prompt=50, output=20), step * 0.01)
        for i, ticket in [(i, t) for i, t in a.tickets.items() if t.engine][:4]:
            a.step(FirstToken(i), step * 0.01)
            a.step(Finish(i, tokens_completion=20), step * 0.01)
            served[ticket.request.tenant] += 1
    assert abs(served["a"] - served["b"]) <= 0.05 * served["a"]


def test_plans_and_events_survive_the_wire() -> None:
    plan = Plan(policy="vtc", tenants=(TenantRule(name="a", weight=2.0),))
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


def silent_engine(slots: int, streams: int) -> tuple[list[int], list[int]]:
    """So many calls at once to an engine that says nothing of itself and computes `slots` prompts at a time, 50 ms each.

    Returns, for every round trip, how many calls were in flight and how many waited inside the engine.
    """
    a = Admission(Plan(classes=CLASSES, engines=(EngineRule(name="e"),)))
    queue: list[int] = []
    for i in range(streams):
        queue += [x.request_id for x in a.step(ask(i, name="interactive"), 0.0) if isinstance(x, Dispatch)]
    inflight, inside = [], []
    at = 0.0
    while queue:
        at += 0.05
        served, queue = queue[:slots], queue[slots:]
        inside.append(len(queue))
        for i in served:
            queue += [x.request_id for x in a.step(FirstToken(i), at) if isinstance(x, Dispatch)]
        inflight.append(a.windows["e"].inflight)
    return inflight, inside


def test_a_silent_upstream_opens_in_a_few_round_trips_and_without_evidence_holds_nobody_back() -> None:
    inflight, inside = silent_engine(slots=10_000, streams=500)
    assert inflight[0] >= 32
    assert inflight[-1] == 500
    assert len(inflight) <= 7  # doubling from sixteen
    assert max(inside) == 0


def test_a_silent_upstream_that_queues_is_found_out() -> None:
    _, inside = silent_engine(slots=4, streams=1_000)
    half = len(inside) // 2
    assert max(inside[:half]) > 4
    assert max(inside[half:]) < 40  # of a thousand; the target of 500 ms holds ten round trips of four


def test_jain_index_of_equal_and_of_unequal_shares() -> None:
    assert jain_index([5.0, 5.0, 5.0]) == pytest.approx(1.0)
    assert jain_index([9.0, 0.0, 0.0]) == pytest.approx(1 / 3)
    assert jain_index([9.0]) is None
    assert jain_index([0.0, 0.0]) is None


@pytest.mark.parametrize(("policy", "low", "high"), [("vtc", 0.95, 1.0), ("fifo", 0.0, 0.8)])
def test_the_snapshot_says_how_evenly_waiting_tenants_were_served(policy: str, low: float, high: float) -> None:
    """Two hundred requests of `a` stand before two hundred of `b`: FIFO serves `a` alone, VTC both."""
    a = Admission(Plan(policy=policy, engines=ENGINE))
    for i in range(400):
        a.step(ask(i, "a" if i < 200 else "b"), 0.0)
    for step in range(120):
        at = step * 0.25
        for i in [i for i, t in a.tickets.items() if t.engine][:1]:
            a.step(FirstToken(i), at)
            a.step(Finish(i, tokens_completion=20), at)
        a.step(Tick(), at)
    assert low <= a.snapshot()["jain_index"] <= high + 1e-9
