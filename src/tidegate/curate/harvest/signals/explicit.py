# ruff: noqa: E501 (patterns and tables read better whole)
"""What a person said on purpose: a thumb, a rating, a correction, free text (`/v1/feedback`, kept as `feedback` events)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.dialogue import plain

_DOWN = frozenset(
    {"down", "thumbs_down", "thumbsdown", "thumbs-down", "negative", "bad", "dislike", "-1", "no", "false", "👎"}
)
_UP = frozenset({"up", "thumbs_up", "thumbsup", "thumbs-up", "positive", "good", "like", "1", "yes", "true", "👍"})


def read_feedback(entries: Iterable[Mapping[str, Any]], failing_turn: int | None) -> Iterator[Signal]:
    """Signals of feedback on the answer at `failing_turn`; praise is none, and an entry may hold several."""
    for entry in entries:
        rating, scale = entry.get("rating", entry.get("score")), entry.get("scale", entry.get("rating_max"))
        down = is_down(rating, scale)
        if down:
            thumb = str(rating).strip().lower() in _DOWN or isinstance(rating, bool)
            kind = SignalKind.THUMBS_DOWN if thumb else SignalKind.LOW_RATING
            yield Signal(kind=kind, failing_turn=failing_turn, seen_at=None, reason=f"the user rated the answer {rating!r}",
                         evidence={"rating": rating})  # fmt: skip
        correction = entry.get("correction")
        if isinstance(correction, str) and correction.strip():
            yield Signal(kind=SignalKind.FEEDBACK_CORRECTION, failing_turn=failing_turn, seen_at=None,
                         reason="the user gave the right answer", evidence={"correction": correction})  # fmt: skip
        comment = entry.get("comment", entry.get("text"))
        if isinstance(comment, str) and not down and complains(comment):
            yield Signal(kind=SignalKind.COMPLAINT, failing_turn=failing_turn, seen_at=None, probability=0.8,
                         reason="the user's comment is a complaint", evidence={"comment": comment[:400]})  # fmt: skip


def is_down(rating: Any, scale: Any = None) -> bool | None:
    """Whether a rating is a bad one: a thumb down, or the lower two fifths of its scale; None where there is none."""
    if rating is None:
        return None
    if isinstance(rating, bool):
        return not rating
    text = str(rating).strip().lower()
    if text in _DOWN or (text in _UP and not isinstance(scale, int | float)):
        return text in _DOWN
    try:
        value = float(text)
    except ValueError:
        return None
    top = float(scale) if isinstance(scale, int | float) and scale > 0 else 5.0 if value > 1 else 1.0
    return value < 0 or value <= 0.4 * top


def complains(comment: str) -> bool:
    """Whether free text says that the answer was bad."""
    text = plain(comment)
    bad = cues.WRONG.search(text) or cues.FED_UP.search(text) or cues.MEANT.search(text) or cues.GIVES_UP.search(text)
    return bool(bad) and not (cues.THANKS.search(text) and not cues.WRONG.search(text))
