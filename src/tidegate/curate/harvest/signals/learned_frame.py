"""A turn and the answers around it as amounts: whose words it is made of, what the next answer does to the one before.

A served user's next answer is about something else, or does what the turn newly asks.  A failed
user's next answer is the *same* answer put right: it keeps the frame, and what is new in it comes
from the first request, or from neither turn (the assistant has worked it out again).  That holds
whatever the words are, so it says of a turn that no cue knows ("my brother will have cold feet
then") that it was a correction.  Where no next answer is known only the turn's own amounts speak.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from tidegate.curate.harvest.signals.context import Context
from tidegate.curate.harvest.signals.dialogue import SMALL_WORDS, content_stems, plain, stem, values

_WORDS = re.compile(r"[^\W_]+(?:[.,:]\d+)*", re.UNICODE)
_DIGIT = re.compile(r"\d")
_WORDS_MAX, _TEXT_MAX = 120, 1500
_TAKES_BACK = re.compile(r"(?:ah |oh )?(?:\w+ )?(?:sorry|apolog|you are|right|indeed|my )")

Amount = tuple[str, float]


def amounts(c: Context) -> Iterator[Amount]:
    """Named amounts, each of about 0 to 1 (lengths as logarithms); zero ones are left out."""
    yield from ((name, value) for name, value in (*_turn(c), *_next_answer(c), *opening(c)) if value)


def _keys(text: str) -> frozenset[str]:
    return content_stems(plain(text[:_TEXT_MAX])) | values(text)


def _share(part: frozenset[str] | set[str], whole: frozenset[str] | set[str]) -> float:
    return len(part) / max(1, len(whole))


def _turn(c: Context) -> Iterator[Amount]:
    """Whose words the turn is made of, and how the answer met the request."""
    asked = c.asked.text if c.asked is not None else ""
    own, theirs, turn = _keys(asked), _keys(c.answer.text), _keys(c.user.text)
    yield "x turn of request", _share(turn & own, turn)
    yield "x turn of answer", _share(turn & theirs, turn)
    yield "x turn of neither", _share(turn - own - theirs, turn)
    yield "x turn of request left out", _share((turn & own) - theirs, turn)
    yield "x turn of answer only", _share((turn & theirs) - own, turn)
    yield "x request met", _share(theirs & own, own)
    yield "x answer new", _share(theirs - own, theirs)
    yield "x turn length", math.log1p(len(c.user.text.split()))
    yield "x request length", math.log1p(len(asked.split()))
    yield "x answer length", math.log1p(len(c.answer.text.split()))
    for name, text in (("request", asked), ("answer", c.answer.text), ("turn", c.user.text)):
        yield f"x number in {name}", float(_DIGIT.search(text) is not None)
    yield "x turn starts small", float(c.user.text[:1].islower())


def _next_answer(c: Context) -> Iterator[Amount]:
    """What the next answer keeps of this one, and where what is new in it comes from."""
    if c.after is None or not c.after.text.strip():
        return
    asked = c.asked.text if c.asked is not None else ""
    first, then = _words(c.answer.text), _words(c.after.text)
    kept = SequenceMatcher(None, first, then, autojunk=False).ratio()
    old, new = set(first), set(then)
    brought, gone = (new - old) - SMALL_WORDS, (old - new) - SMALL_WORDS
    request, turn = set(_words(asked)), set(_words(c.user.text))
    yield "x next known", 1.0
    yield "x next keeps", kept
    yield "x next new", _share(new - old, new)
    yield "x next drops", _share(old - new, old)
    yield "x next new of request", _share(brought & request, brought)
    yield "x next new of turn", _share((brought & turn) - request, brought)
    yield "x next new of neither", _share(brought - turn - request, brought)
    yield "x next new, kept frame, of neither", kept * _share(brought - turn - request, brought)
    yield "x next new words", math.log1p(len(brought))
    yield "x next drops words of turn", _share(gone & turn, gone)
    before, after = values(c.answer.text), values(c.after.text)
    yield "x next other value", float(bool(before - after) and bool(after - before))
    yield "x next value of turn", float(bool((after - before) & values(c.user.text)))
    yield "x next value of request", float(bool((after - before) & values(asked)))
    keys, own, said = _keys(c.after.text), _keys(asked), _keys(c.user.text)
    met = _keys(c.answer.text)
    yield "x next meets request more", _share(keys & own, own) - _share(met & own, own)
    yield "x next meets turn more", _share(keys & said, said) - _share(met & said, said)
    yield "x next longer", math.log((1 + len(then)) / (1 + len(first)))
    yield "x next takes back", float(_TAKES_BACK.match(plain(c.after.text)) is not None)


_OPENING = 8  # words of the answer that tell its kind
_HALF = 0.5  # an answer alone tells less than what is said to it; counted less, it also learns less


def opening(c: Context) -> Iterator[Amount]:
    """How the answer begins, the request's own words as `O`, others of content as `N`, and what a question got.

    "The old town is a ..." to a question for a time is no answer, whatever the town.
    """
    own = c.own_words | c.own_values
    kinds: list[str] = []
    for word in _WORDS.findall(c.answer.plain_all[:_TEXT_MAX])[:_OPENING]:
        number = word[0].isdigit()
        held = bool({stem(word)} & own) or (number and bool(values(word) & own))
        kinds.append(word if word in SMALL_WORDS else ("#" if number else "") + ("O" if held else "N"))
    begun = ["^", *kinds]
    for length in (1, 2, 3):
        for at in range(len(begun) - length + 1):
            yield f"a{length} {' '.join(begun[at : at + length])}", _HALF
    asks = c.asked.plain.split(maxsplit=1)[:1] if c.asked is not None else []
    if asks and asks[0] in SMALL_WORDS and kinds:
        counted = "#" if _DIGIT.search(c.answer.text) else "."
        yield f"q {asks[0]} {counted}", _HALF
        yield f"q {asks[0]} {kinds[0]}", _HALF


def _words(text: str) -> list[str]:
    return _WORDS.findall(plain(text[:_TEXT_MAX]))[:_WORDS_MAX]
