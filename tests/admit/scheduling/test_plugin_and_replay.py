"""Findings from traces, explanations from a journal, and that a changed journal is noticed."""

import pytest

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.explaining import explain
from tidegate.admit.scheduling.model import (
    Arrive,
    EngineRule,
    Finish,
    FirstToken,
    Plan,
    encode_actions,
    encode_event,
    encode_plan,
)
from tidegate.admit.scheduling.plugin import PriorityInversion
from tidegate.admit.scheduling.replay import Replay
from tidegate.spine.call import Call, Ending, Identity
from tidegate.spine.errors import InputError
from tidegate.spine.trace import CallTrace


def trace(waited_s: float, name: str = "interactive") -> CallTrace:
    call = Call(call_id="c", identity=Identity(tenant="chat", service_class=name), dialect="chat", model="m")
    return CallTrace(trace_id="c", call=call, ending=Ending.COMPLETED, received_at_s=0.0, dispatched_at_s=waited_s)


def test_a_latency_class_that_waited_is_a_finding_and_one_that_did_not_is_none() -> None:
    check = PriorityInversion({"interactive": 500.0})
    (finding,) = check.check(trace(0.4), None)
    assert finding.rule == "priority-inversion"
    assert finding.evidence["wait_ms"] == 400.0
    assert not list(check.check(trace(0.1), None))
    assert not list(check.check(trace(9.0, "batch"), None))


def journal() -> list[bytes]:
    plan = Plan(policy="fair", engines=(EngineRule(name="e", reports=True),))
    admission, lines = Admission(plan), [encode_plan(plan)]
    events = [(0.0, Arrive(1, "night", "batch", ("e",), 8000, call_id="call_a")),
              (0.1, Arrive(2, "night", "batch", ("e",), 8000, call_id="call_b")),
              (2.0, FirstToken(1)), (2.5, Finish(1)), (4.0, FirstToken(2)), (4.1, Finish(2))]  # fmt: skip
    for at, event in events:
        actions = admission.step(event, at)
        lines.append(encode_event(at, event))
        if actions:
            lines.append(encode_actions(actions))
    return lines


def test_a_recorded_run_comes_out_the_same_and_explains_itself() -> None:
    replay = Replay().run(journal())
    assert (replay.decisions, replay.different) == (2, 0)
    first, second = replay.find("call_a"), replay.find("call_b")
    assert first is not None
    assert second is not None
    assert "did not wait" in explain(first)
    assert "waited 1.900 s" in explain(second)
    assert "helped" in explain(second)


def test_a_changed_decision_is_counted_and_a_broken_line_is_named() -> None:
    lines = [line.replace(b'["go",2,"e",1.9', b'["go",2,"e",0.4') for line in journal()]
    assert Replay().run(lines).different == 1
    with pytest.raises(InputError, match="journal:2"):
        Replay().run([journal()[0], b"{]"], "journal")
    with pytest.raises(InputError, match="no recorded run"):
        Replay().run([])
