"""Prefix stepping: a long prompt goes in steps, the chat goes in between, and nothing is lost or charged twice."""

import pytest

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import (
    Abort,
    Arrive,
    Cancel,
    ClassRule,
    Dispatch,
    EngineRule,
    Finish,
    FirstToken,
    Plan,
    Step,
    Stepped,
    decode_actions,
    encode_actions,
)
from tidegate.sim.engine import EngineSpec
from tidegate.sim.world import Asked, World
from tidegate.spine.errors import SettingError

CLASSES = (ClassRule(name="interactive", ttft_target_s=0.5, weight=4.0), ClassRule(name="batch"))
KEEPS = EngineRule(name="e", reports=True, steppable=True)
SLOW = EngineSpec(step_s=0.007, prefill_tokens_per_s=400.0, decode_s=0.004, context_s=0.0, kv_tokens=16_384, slots=8,
                  step_tokens_max=2048, prefix_cache_tokens=16_384, prefix_block_tokens=1)  # fmt: skip


def plan(*, stepping: bool = True, engine: EngineRule = KEEPS) -> Plan:
    return Plan(classes=CLASSES, engines=(engine,), prefix_stepping=stepping, wait_s_max=3600.0)


def warmed_up() -> Admission:
    """An admission that has seen a chat call and knows the engine's speed: 1,000 tokens a second."""
    a = Admission(plan())
    a.step(Arrive(1, "chat", "interactive", ("e",), 1000), 0.0)
    a.step(FirstToken(1), 1.0)
    a.step(Finish(1), 1.1)
    return a


def test_a_long_prompt_goes_in_steps_and_the_last_is_the_request_itself() -> None:
    a = warmed_up()
    actions = a.step(Arrive(2, "night", "batch", ("e",), 400), 1.2)
    upto = []
    at = 1.2
    while isinstance(actions[0], Step):
        (step,) = actions
        assert (step.request_id, step.of) == (2, 400)
        upto.append(step.tokens)
        at += 0.05
        actions = a.step(Stepped(2), at)
    (go,) = actions
    assert isinstance(go, Dispatch)
    assert upto == sorted(set(upto))
    assert len(upto) > 2
    assert go.warm_tokens == upto[-1]
    assert a.windows["e"].prefill == 400 - go.warm_tokens
    a.step(FirstToken(2), at + 0.1)
    a.step(Finish(2, tokens_prompt=400, tokens_cached=go.warm_tokens, tokens_completion=3), at + 0.2)
    account = a.pools["e",].policy.accounts["night"]
    assert (account.prompt, account.prompt_cached) == (400, 0)  # its own steps are no gift of the cache
    w = a.windows["e"]
    assert (w.inflight, w.tokens, w.tokens_held, w.prefill, w.calm_prefill, w.stepping) == (0, 0, 0, 0, 0, 0)


def test_chat_goes_between_two_steps_and_the_next_step_waits_for_it() -> None:
    a = warmed_up()
    (first,) = a.step(Arrive(2, "night", "batch", ("e",), 400), 1.2)
    assert isinstance(first, Step)
    (chat,) = a.step(Arrive(3, "chat", "interactive", ("e",), 20), 1.21)
    assert isinstance(chat, Dispatch)
    assert a.step(Stepped(2), 1.25) == []  # held back while the chat is computed
    (second,) = a.step(FirstToken(3), 1.3)
    assert isinstance(second, Step)


def test_a_client_that_leaves_in_the_middle_pays_what_was_computed_and_frees_its_place() -> None:
    a = warmed_up()
    (first,) = a.step(Arrive(2, "night", "batch", ("e",), 400), 1.2)
    assert isinstance(first, Step)
    assert a.step(Cancel(2), 1.22) == [Abort(2, "e")]
    assert a.pools["e",].policy.accounts["night"].prompt == first.tokens
    w = a.windows["e"]
    assert (w.inflight, w.prefill, w.stepping) == (0, 0, 0)
    assert a.step(Stepped(2), 1.3) == []  # the late answer of a step nobody waits for


def test_a_step_that_fails_sends_the_request_whole() -> None:
    a = warmed_up()
    a.step(Arrive(2, "night", "batch", ("e",), 400), 1.2)
    (go,) = a.step(Stepped(2, ok=False), 1.3)
    assert isinstance(go, Dispatch)
    assert go.warm_tokens == 0
    assert a.windows["e"].stepping == 0


def test_the_option_needs_an_engine_that_keeps_prefixes() -> None:
    with pytest.raises(SettingError, match="keeps prompt prefixes"):
        Admission(plan(engine=EngineRule(name="e")))


def test_steps_survive_the_journal() -> None:
    actions = [Step(1, "e", 32, 100), Dispatch(1, "e", 0.0, "", 0, 0, 64)]
    assert decode_actions(encode_actions(list(actions))) == actions


def quantile(values: list[float], q: float) -> float:
    return sorted(values)[int(q * len(values))]


def night_and_day(*, stepping: bool) -> tuple[float, float, World]:
    """(chat P95, all done, world) beside forty prompts of 300 tokens on an engine of 400 tokens a second."""
    asked = [Asked(i, 0.5 + i * 0.9, "chat", "interactive", 20 + 7 * i % 40, 8) for i in range(40)]
    asked += [Asked(1000 + i, 0.0, "batch", "batch", 250 + 13 * i % 100, 16) for i in range(40)]
    world = World({"e": SLOW}, Admission(plan(stepping=stepping)))
    end_s = world.run(asked)
    assert all(r.done_s is not None for r in asked)
    return quantile([r.ttft_s for r in asked if r.tenant == "chat" and r.ttft_s is not None], 0.95), end_s, world


def test_stepping_goes_below_the_floor_of_a_plain_gateway() -> None:
    plain, plain_s, _ = night_and_day(stepping=False)
    stepped, stepped_s, world = night_and_day(stepping=True)
    assert stepped < 0.6 * plain
    assert stepped_s < 1.15 * plain_s
    account = world.admission.pools["e",].policy.accounts["batch"]  # type: ignore[union-attr]
    assert account.prompt == sum(r.prompt for r in world.asked.values() if r.tenant == "batch")
    assert account.prompt_cached == 0


@pytest.mark.parametrize("stepping", [False, True])
def test_short_prompts_together_are_no_longer_than_steps(stepping: bool) -> None:
    """1,000 tokens a second, target 0.5 s: 100 tokens of other classes may be on their way at once, 50 beside steps."""
    a = Admission(plan(stepping=stepping))
    a.step(Arrive(1, "chat", "interactive", ("e",), 1000), 0.0)
    a.step(FirstToken(1), 1.0)
    a.step(Finish(1), 1.1)
    gone = [a.step(Arrive(i, "night", "batch", ("e",), 24), 1.2) for i in range(2, 12)]
    assert sum(isinstance(x, Dispatch) for actions in gone for x in actions) == (2 if stepping else 4)
    assert a.tickets[11].reason in ("own_queue", "prefill_protected")


def test_short_prompts_beside_steps_delay_the_chat_less() -> None:
    """A batch of prompts shorter than a step, an engine that computes 20,000 tokens a second: seen before 0.16 and 0.05 s."""
    spec = EngineSpec(step_s=0.004, prefill_tokens_per_s=20_000.0, slots=32, kv_tokens=60_000, step_tokens_max=2048,
                      prefix_cache_tokens=60_000, prefix_block_tokens=64)  # fmt: skip
    p95 = {}
    for stepping in (False, True):
        asked = [Asked(request_id=1000 + i, at_s=0.0, tenant="night", service_class="batch", prompt=200 + i % 130, output=16)
                 for i in range(300)]  # fmt: skip
        chat = [Asked(request_id=i, at_s=0.5 + 0.15 * i, tenant="chat", service_class="interactive", prompt=60, output=8)
                for i in range(25)]  # fmt: skip
        World({"e": spec}, Admission(plan(stepping=stepping))).run([*asked, *chat])
        p95[stepping] = sorted(r.ttft_s or 9.0 for r in chat)[23]
    assert p95[True] < 0.6 * p95[False], p95
