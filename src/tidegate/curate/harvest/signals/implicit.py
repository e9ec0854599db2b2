"""What a user's next turn says of the answer before it: meant otherwise, wrong, fed up, gave up, again, asked anew.

Each reader looks at one user turn in its context: what was asked before, what the assistant did,
whose value is spoken of.  The context carries as much weight as the words: a "no" answers an
offer, "I meant" answers "which one?", a value that the user gave herself is hers to change, and
anger at a landlord is no anger at us.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.again import asked_anew, asks_again
from tidegate.curate.harvest.signals.answer_fit import misfits
from tidegate.curate.harvest.signals.context import Context, Similar, by_script, lexical_similarity, signal_of
from tidegate.curate.harvest.signals.dialogue import Turn, mostly_latin
from tidegate.curate.harvest.signals.learned import SURE, failed_chance, goes_on, kind_of
from tidegate.curate.harvest.signals.mood import fed_up, gave_up, gets_the_same_again, nudges
from tidegate.curate.harvest.signals.reaction import PLAIN, REACTIONS
from tidegate.curate.harvest.signals.wording import meant_otherwise, wrong_answer

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


LEARNED_ALONE = 0.55  # the chance from which a turn counts that no reader of cues knows
LEARNED_ALONE_AT_END = 0.7  # the same where the talk ends with the turn: no next answer bears it out
DOUBTED = 0.35  # below it even a plain cue is not believed: the turn as a whole says otherwise
_ANY_LANGUAGE = frozenset(("other number in place", "other value done", "turn equates", "turn computes"))
_ANY_SCRIPT = (SignalKind.REGENERATE, SignalKind.EDIT)  # what is seen without knowing the words


def user_turns(turns: Sequence[Turn], similar: Similar) -> Iterator[Context]:
    """Every user turn that follows an answer to an earlier one, in its context."""
    talk = [t for t in turns if t.role in ("user", "assistant", "tool")]
    users: list[Turn] = []
    answers: list[Turn] = []
    last_user = max((t.index for t in talk if t.role == "user"), default=-1)
    near = by_script(similar)
    for place, turn in enumerate(talk):
        if turn.role == "assistant":
            answers.append(turn)
        if turn.role != "user":
            continue
        previous = next((t for t in reversed(talk[:place]) if t.role == "assistant"), None)
        after_user = users and previous is not None and previous.index < users[-1].index
        if previous is not None and not after_user and users:
            after = next((t for t in talk[place + 1 :] if t.role == "assistant"), None)
            yield Context(turn, previous, users[-1], list(users), [a for a in answers if a is not previous],
                          after, turn.index == last_user, near)  # fmt: skip
        users.append(turn)


def thrown_back(c: Context) -> bool:
    """Whether the turn is nothing but a word or two of the answer, asked, in whatever language."""
    words = c.user.words
    mine = {w for t in c.users_before for w in t.words}
    if not 1 <= len(words) <= 2 or not c.user.text.rstrip().endswith("?") or c.answer_asks:
        return False
    return set(words) <= set(c.answer.words) and not set(words) & mine


def cued(c: Context) -> Iterator[Signal]:
    """What the readers of cues say of one turn."""
    for reader in READERS:
        signal = reader(c)
        if signal is not None:
            yield signal
    yield from in_other_languages(c)


def read_user_turns(turns: Sequence[Turn], similar: Similar) -> Iterator[Signal]:
    """Signals of every user turn that follows an answer, each with the chance that the answer failed.

    Cues and the learned reader are one judgement: a cue whose turn looks like none is doubted, a
    turn that no cue knows may still be plain.
    """
    for c in user_turns(turns, similar):
        found = list(cued(c))
        chance = failed_chance(c, found)
        if chance is None:
            latin = mostly_latin(c.user.text)
            yield from (s for s in found if latin or s.kind in _ANY_SCRIPT)
            broken = misfits(c) & _ANY_LANGUAGE
            if broken and not found and "?" not in c.user.text and not c.pleased and not c.answer_asks:
                why = f"the answer does not keep what was asked ({', '.join(sorted(broken))})"
                yield signal_of(SignalKind.CORRECTION, c, 0.65, why)
            elif not found and thrown_back(c):
                yield signal_of(SignalKind.CORRECTION, c, 0.65, "the user throws a word of the answer back")
            continue
        chance = round(min(0.97, chance), 3)
        if not found and chance >= (LEARNED_ALONE if goes_on(c) else LEARNED_ALONE_AT_END):
            yield signal_of(
                kind_of(c), c, chance, "the user's turn takes the answer as users take a failed one", {"learned": True}
            )
        sure = {s.reason for s in found if s.probability >= SURE}
        plain = any(s.probability >= PLAIN for s in found)
        if sure and (chance >= DOUBTED or len(sure) > 1 or plain):  # two plain readings are not argued away
            chance = max(chance, 0.65)
        for s in found:
            yield msgspec.structs.replace(s, probability=min(chance, s.probability) if s.probability < 0.5 else chance)
