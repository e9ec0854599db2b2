"""Goal: feedback reaches the call it speaks of, only there, and a rating is read only where it has one meaning."""

import pytest

from tidegate.spine.call import Call, Ending, Identity
from tidegate.spine.feedback import ABOUT, is_feedback, opinion, with_feedback
from tidegate.spine.trace import CallTrace, Event


def call(trace_id: str, tenant: str = "a", about: str | None = None, **data: object) -> CallTrace:
    events = (Event(name="feedback", at_s=2.0, data=dict(data)),) if about else ()
    return CallTrace(
        trace_id=trace_id,
        call=Call(call_id=trace_id, identity=Identity(tenant=tenant), dialect="chat", model="m"),
        ending=Ending.COMPLETED,
        events=events,
        attributes={ABOUT: about} if about else {},
    )


def test_feedback_joins_its_call_and_its_record_is_no_call() -> None:
    calls = [call("c1"), call("f1", about="c1", rating=-1), call("c2"), call("f2", about="c1", comment="still wrong")]
    joined = with_feedback(calls)
    assert [t.trace_id for t in joined] == ["c1", "c2"]
    assert [e.data for e in joined[0].events] == [{"rating": -1}, {"comment": "still wrong"}]
    assert joined[1].events == ()
    assert [is_feedback(t) for t in calls] == [False, True, False, True]
    assert calls[0].events == (), "the traces given stay as they are"


def test_nobody_speaks_of_another_tenants_answer() -> None:
    joined = with_feedback([call("c1", "a"), call("f1", "b", about="c1", rating=-1)])
    assert [t.events for t in joined] == [()]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"rating": True}, 1.0), ({"rating": False}, -1.0), ({"rating": "thumbs down"}, -1.0), ({"rating": "-1"}, -1.0),
        ({"rating": "Thumbs-Up"}, 1.0), ({"rating": 0}, 0.0), ({"rating": -1}, -1.0), ({"rating": 1}, 1.0),
        ({"rating": 4}, None), ({"rating": 4, "rating_max": 5}, 0.5), ({"rating": 1, "rating_max": 5}, -1.0),
        ({"rating": 9, "rating_max": 5}, 1.0), ({"rating": "meh"}, None), ({}, None), ({"rating": ""}, None),
    ],
)  # fmt: skip
def test_a_rating_is_read_where_it_has_one_meaning(data: dict[str, object], expected: float | None) -> None:
    assert opinion(data) == expected
