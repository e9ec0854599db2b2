"""What readers said of answers: its form in a trace, and how it is joined to the call it speaks of.

Feedback comes after its call, perhaps days later, so it is a record of its own: a `CallTrace`
whose attribute `about` names the call and whose one `feedback` event holds the words.  Whoever
reads traces joins them with `with_feedback`.  Only a call of the same tenant is joined: nobody
can speak of another tenant's answers.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tidegate.spine.trace import CallTrace, Event

ABOUT = "about"  # the attribute that names the call; such a record is no call itself

_GOOD = frozenset({"+1", "approve", "correct", "good", "helpful", "like", "positive", "thumbs_up", "up", "yes"})
_BAD = frozenset({
    "-1", "bad", "dislike", "down", "incorrect", "negative", "no", "not_helpful", "reject", "thumbs_down",
    "unhelpful", "wrong",
})  # fmt: skip


def is_feedback(trace: CallTrace) -> bool:
    """Whether this record only speaks of another call."""
    return ABOUT in trace.attributes


def with_feedback(traces: Iterable[CallTrace]) -> list[CallTrace]:
    """The calls, in order, each with the feedback given on it added to its events; the feedback records are left out.

    Feedback on a call that is not among `traces`, or is another tenant's, is dropped.
    """
    calls: list[CallTrace] = []
    said: dict[tuple[str, str], list[Event]] = {}
    for trace in traces:
        if is_feedback(trace):
            key = (trace.call.identity.tenant, str(trace.attributes[ABOUT]))
            said.setdefault(key, []).extend(e for e in trace.events if e.name == "feedback")
        else:
            calls.append(trace)
    if not said:
        return calls
    return [
        msgspec.structs.replace(c, events=(*c.events, *more))
        if (more := said.get((c.call.identity.tenant, c.trace_id)))
        else c
        for c in calls
    ]


def opinion(data: Mapping[str, Any]) -> float | None:
    """A feedback event's rating from -1 (bad) to 1 (good); None where it gives none that has one meaning.

    Booleans, the usual words for a thumb, -1, 0 and 1 are understood as they are; any other number
    needs `rating_max` (5: one to five stars), for nobody can tell what 4 means without it.
    """
    rating, most = data.get("rating"), data.get("rating_max")
    if isinstance(rating, bool):
        return 1.0 if rating else -1.0
    if isinstance(rating, str):
        word = rating.strip().lower().replace(" ", "_").replace("-", "_") if rating.strip() != "-1" else "-1"
        return 1.0 if word in _GOOD else -1.0 if word in _BAD else None
    if not isinstance(rating, int | float):
        return None
    if isinstance(most, int | float) and most > 1:
        return max(-1.0, min(1.0, 2.0 * (rating - 1.0) / (most - 1.0) - 1.0))
    return float(rating) if -1.0 <= rating <= 1.0 else None
