"""Every sentence that an operator may be told about one call: the reason, who went first, and what would have helped.

What would have helped must fit who went first: no weight helps a tenant that waited for itself.
"""

import pytest

from tidegate.admit.scheduling import learning, window
from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.explaining import HELP, REFUSED, WHY, Call, explain
from tidegate.admit.scheduling.model import (
    Again,
    AnyEvent,
    Arrive,
    Cancel,
    ClassRule,
    EngineRule,
    Finish,
    FirstToken,
    Group,
    Plan,
    TenantRule,
    Tick,
    encode_actions,
    encode_event,
    encode_plan,
)
from tidegate.admit.scheduling.replay import Replay

CLASSES = (ClassRule(name="interactive", ttft_target_s=0.5), ClassRule(name="batch"))


def said(plan: Plan, events: list[tuple[float, AnyEvent]], call_id: str) -> str:
    """What is said of a call after these events were recorded and read again."""
    admission, lines = Admission(plan), [encode_plan(plan)]
    for at, event in events:
        lines.append(encode_event(at, event))
        actions = admission.step(event, at)
        if actions:
            lines.append(encode_actions(actions))
    call = Replay().run(lines).find(call_id)
    assert call is not None
    return explain(call)


def ask(i: int, tenant: str = "night", engines: tuple[str, ...] = ("e",), prompt: int = 100) -> Arrive:
    return Arrive(i, tenant, "batch", engines, prompt, 10, 400, call_id=f"call_{i}")


def one_at_a_time(**settings: object) -> Plan:
    return Plan(engines=(EngineRule(name="e", reports=True, slots_max=1),), classes=CLASSES, **settings)  # type: ignore[arg-type]


def test_a_tenant_that_waited_for_itself_is_not_told_to_have_a_larger_weight() -> None:
    events: list[tuple[float, AnyEvent]] = [(0.0, ask(1)), (0.1, ask(2)), (0.2, ask(3))]
    for i, at in ((1, 1.0), (2, 2.0)):
        events += [(at, FirstToken(i)), (at + 0.1, Finish(i))]
    words = said(one_at_a_time(), events, "call_3")
    assert "waited 1.900 s: earlier calls of its own tenant stood in front" in words
    assert "1 of night (100 prompt tokens)" in words
    assert "weight" not in words
    assert "another replica" in words


def test_who_waited_for_others_is_told_so() -> None:
    call = Call("c", "night", "batch", 0.0, 100, dispatched_s=4.0, reason="over_share", share_over=1200.0,
                ahead={"day": 30, "night": 2}, ahead_tokens={"day": 9000, "night": 100})  # fmt: skip
    assert explain(call) == (
        "It waited 4.000 s: its tenant had been served more than the others that waited (by 1,200 charged tokens). "
        "Calls that went first meanwhile: 30 of day (9,000 prompt tokens), 2 of night (100 prompt tokens). "
        "What would have helped: a larger `weight` for night, or less of its traffic at once."
    )


def test_many_tenants_are_summed_up() -> None:
    names = {f"t{i}": 10 - i for i in range(7)}
    call = Call("c", "night", "batch", 0.0, 100, dispatched_s=1.0, reason="engine_slots", ahead=names,
                ahead_tokens=names)  # fmt: skip
    assert "7 of t3 (7 prompt tokens), 15 of 3 other tenants." in explain(call)


def test_the_other_ends_of_a_wait() -> None:
    plan = one_at_a_time(wait_s_max=1.0)
    waits: list[tuple[float, AnyEvent]] = [(0.0, ask(1)), (0.1, ask(2))]
    assert said(plan, waits, "call_2") == "It still waited when the recording ended."
    assert said(plan, [*waits, (0.5, Cancel(2))], "call_2") == "Its client left after it had waited 0.400 s."
    words = said(plan, [*waits, (1.2, Tick())], "call_2")
    assert (
        words
        == "It was refused after it had waited 1.100 s (waited_too_long): it had waited as long as its limit allows."
    )
    full = one_at_a_time(tenants=(TenantRule(name="night", queue_requests_max=1),))
    words = said(full, [*waits, (0.2, ask(3))], "call_3")
    assert words.startswith("It was refused at once (tenant_queue_full): night had `queue_requests_max` calls waiting")


def test_a_call_whose_upstream_failed_does_not_stand_behind_itself() -> None:
    pair = ("e", "f")
    plan = Plan(
        engines=tuple(EngineRule(name=n, reports=True, slots_max=1) for n in pair), groups=(Group(engines=pair),)
    )
    events: list[tuple[float, AnyEvent]] = [
        (0.0, ask(1, engines=pair)), (0.0, ask(2, engines=pair)), (1.0, Again(1, ("f",))), (3.0, Finish(2)),
    ]  # fmt: skip
    words = said(plan, events, "call_1")
    assert "an upstream failed before a token came" in words
    assert "1 of night (100 prompt tokens)" in words  # the other one, not its own first attempt


def test_steps_are_no_wait_for_a_place() -> None:
    call = Call("c", "night", "batch", 0.0, 100, dispatched_s=0.2)
    assert "sent in steps for 0.200 s" in explain(call)


@pytest.mark.parametrize("source", [window, learning])
def test_every_reason_that_a_window_gives_has_its_sentence(source: object) -> None:
    path = str(source.__file__)  # type: ignore[attr-defined]
    if not path.endswith(".py"):
        path = path.partition(".cpython")[0] + ".py"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    given = {line.split('"')[1] for line in text.splitlines() if line.strip().startswith('return "')} - {""}
    assert given <= WHY.keys() & HELP.keys()
    assert source is learning or len(given) >= 7
    assert WHY.keys() == HELP.keys()
    assert "waited_too_long" in REFUSED
