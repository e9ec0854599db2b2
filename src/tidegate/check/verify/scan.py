"""Quick looks at a text that spare the slow ones: what cannot stand in it is not searched for.

The verifiers share one reading of an answer, so its lower-case form, its words and its sentences are made once.

A pattern that begins with a set of characters is searched for at the speed of `memchr`; one that begins with a
look-behind, an optional part or a choice of words is tried at every character.  So the patterns that scan whole texts
consume a telling character first and look back from behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

ENDS = re.compile(
    r"[\n.!?](?:(?<=\n)|(?=[\s\"”')])(?<![A-Z].)(?<!i\.e.)(?<!e\.g.)(?<!approx.)(?<!vs.)(?<!No.)(?<!Eq.)(?<!Fig.)(?<!ca.))"
)
LETTERS = re.compile(r"[A-Za-z]+")
# sentences and other pieces of a line; the first character is never the end
PIECE = re.compile(r"[^\n][^\n.]*+(?:\.(?!\s|\Z)[^\n.]*+)*+(?:\.|\n|\Z)")
TWO_FIGURES = re.compile(r"\d\D+\d")


@lru_cache(maxsize=8)
def lowered(text: str) -> str:
    """The text in lower case; for asking whether a word stands in it, not for positions."""
    return text.lower()


class Cues:
    """Plain small letters of which a pattern without regard to case cannot do without one.

    A pattern of many alternatives that is asked for beside hundreds of claims is only tried where a cue stands.
    """

    def __init__(self, *cues: str) -> None:
        self.cues = cues

    def within(self, text: str, start: int, end: int) -> bool:
        """Whether one may stand in text[start:end]: never false where the pattern would be found."""
        places = cue_places(text, self.cues)
        if not places:
            return places is None
        for at, stop in places[bisect_left(places, (start, 0)) :]:
            if at >= end:
                return False
            if stop <= end:
                return True
        return False


@lru_cache(maxsize=64)
def cue_places(text: str, cues: tuple[str, ...]) -> list[tuple[int, int]] | None:
    """Where the cues stand; None where small letters do not keep their places, so that anything may stand anywhere."""
    low = lowered(text)
    if len(low) != len(text) or "\u017f" in low or "\u0131" in low:  # ſ and ı, which patterns take for s and i
        return None
    out = []
    for cue in cues:
        at = low.find(cue)
        while at >= 0:
            out.append((at, at + len(cue)))
            at = low.find(cue, at + 1)
    return sorted(out)


DIGITS = re.compile(r"\d+")
BEFORE_DIGITS = frozenset("$€£-−.")


@lru_cache(maxsize=8)
def number_starts(text: str) -> list[int]:
    """Every place where a number may begin: at digits, or a point, a sign, a space or a currency sign before them."""
    out: list[int] = []
    for found in DIGITS.finditer(text):
        first = low = found.start()
        floor = max(out[-1] + 1 if out else 0, first - 4)
        while low > floor and (text[low - 1] in BEFORE_DIGITS or text[low - 1].isspace()):
            low -= 1
        out += range(low, found.end())
    return out


def led_by_number(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """What `finditer` finds of a pattern that begins with a number (`spoken.N`), tried only where one may begin."""
    places = number_starts(text)
    last = start
    for at in places[bisect_left(places, start) : bisect_left(places, end)]:
        if at >= last and (found := pattern.match(text, at, end)) is not None:
            yield found
            last = found.end()


@lru_cache(maxsize=8)
def words(text: str) -> tuple[list[int], list[str]]:
    """Where the runs of ASCII letters of the text begin, and the runs in lower case."""
    return [m.start() for m in LETTERS.finditer(text)], [w.lower() for w in LETTERS.findall(text)]


def words_between(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """Start and lower-case form of the words that begin in text[start:end]."""
    starts, lower = words(text)
    low, high = bisect_left(starts, start), bisect_left(starts, end)
    return list(zip(starts[low:high], lower[low:high], strict=True))


@lru_cache(maxsize=32)
def sentences(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Bounds of the pieces of text[start:end] between line ends and full stops that white space follows."""
    out, at = [], start
    for found in ENDS.finditer(text, start, end):
        stop = found.end()
        if stop > at:
            out.append((at, stop))
            at = stop
    if at < end:
        out.append((at, end))
    return tuple(out)


@lru_cache(maxsize=32)
def sentences_with_figures(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The sentences that hold two numbers at least."""
    return tuple(piece for piece in sentences(text, start, end) if TWO_FIGURES.search(text, *piece) is not None)
