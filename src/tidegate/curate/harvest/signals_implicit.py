# ruff: noqa: E501 (patterns and tables read better whole)
"""What a user's next turn says of the answer before it: meant otherwise, wrong, fed up, gave up, again, asked anew.

Each reader looks at one user turn in its context: what was asked before, what the assistant did,
whose value is spoken of.  The context carries as much weight as the words: a "no" answers an
offer, "I meant" answers "which one?", a value that the user gave herself is hers to change, and
anger at a landlord is no anger at us.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tidegate.curate.harvest import cues
from tidegate.curate.harvest.context import Context, Similar, lexical_similarity, signal_of
from tidegate.curate.harvest.dialogue import Turn
from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals_again import asked_anew, asks_again
from tidegate.curate.harvest.signals_mood import fed_up, gave_up, gets_the_same_again, nudges
from tidegate.curate.harvest.signals_reaction import REACTIONS
from tidegate.curate.harvest.signals_wording import meant_otherwise, wrong_answer

__all__ = ["Similar", "lexical_similarity", "read_user_turns"]


def in_other_languages(c: Context) -> Iterator[Signal]:
    """The plain formulas of eight further languages."""
    for kind, pattern in cues.OTHER.items():
        found = pattern.search(c.said)
        if found and not (kind == "no_i_meant" and (c.offered_choice or c.own_fault)):
            yield signal_of(SignalKind(kind), c, 0.75, f"the user says {found.group(0)!r}")


def edited(c: Context) -> Signal | None:
    """The client says that the user edited her request after the answer."""
    marked = c.user.edited or re.match(r"\W{0,2}(?:edit|edited)\b\W", c.user.text.strip()[:12].lower()) is not None
    if not marked or c.asked is None:
        return None
    return signal_of(SignalKind.EDIT, c, 0.75, "the user edited the request after the answer")


READERS: tuple[Callable[[Context], Signal | None], ...] = (
    edited, meant_otherwise, wrong_answer, fed_up, gave_up, asks_again, asked_anew,
    gets_the_same_again, nudges, *REACTIONS,
)  # fmt: skip


def read_user_turns(turns: Sequence[Turn], similar: Similar) -> Iterator[Signal]:
    """Signals of every user turn that follows an answer."""
    talk = [t for t in turns if t.role in ("user", "assistant", "tool")]
    users: list[Turn] = []
    answers: list[Turn] = []
    last_user = max((t.index for t in talk if t.role == "user"), default=-1)
    for place, turn in enumerate(talk):
        if turn.role == "assistant":
            answers.append(turn)
        if turn.role != "user":
            continue
        previous = next((t for t in reversed(talk[:place]) if t.role == "assistant"), None)
        after_user = users and previous is not None and previous.index < users[-1].index
        if previous is not None and not after_user and users:
            after = next((t for t in talk[place + 1 :] if t.role == "assistant"), None)
            c = Context(turn, previous, users[-1] if users else None, list(users), [a for a in answers if a is not previous],
                        after, turn.index == last_user, similar)  # fmt: skip
            for reader in READERS:
                signal = reader(c)
                if signal is not None:
                    yield signal
            yield from in_other_languages(c)
        users.append(turn)
