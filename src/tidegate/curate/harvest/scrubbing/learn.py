"""What of a very long text has to be read to know which names a case must not keep.

A tool may have answered with 50 MB, of which the envelope keeps a head and a tail.  A name from the
middle matters only where the kept parts say it too ("booked for Ilse Brandt").  So the middle is
not read whole: only around the words of the kept parts that could be somebody's, each looked up
as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tidegate.curate.harvest.scrubbing.scrub import Scrubber

LONG = 100_000  # characters; shorter texts are read whole
AROUND, PLACES_MAX, WORDS_MAX = 200, 3, 500


_PAIR = re.compile(r'"(\w{2,40})"\s*:\s*"([^"\\]{2,80})"')


def learn(scrubber: Scrubber, messages: Iterable[Any], kept: str) -> None:
    """Let a scrubber meet every name of the messages that `kept` could say."""
    words = list(dict.fromkeys(somebodys(kept)))[:WORDS_MAX]
    around: list[str] = []
    scrubber.messages([_cut(m, words, around) for m in messages])
    for part in around:  # a document cut to pieces is no document: its pairs are read one by one
        for key, value in _PAIR.findall(part):
            scrubber.value(value, key)


def somebodys(text: str) -> Iterator[str]:
    """Words that could be part of a name, an address or a number of somebody's."""
    for token in text.split():
        word = token.strip(".,;:!?()[]{}<>\"'’")
        if 2 <= len(word) <= 80 and (word[0].isupper() or "@" in word or sum(c.isdigit() for c in word) >= 4):
            yield word


def _cut(value: Any, words: list[str], around: list[str]) -> Any:
    """Long texts cut to their windows, which are also put into `around`."""
    if isinstance(value, str):
        if len(value) <= LONG:
            return value
        parts = list(windows(value, words))
        around += parts
        return "\n".join(parts)
    if isinstance(value, Mapping):
        return {k: _cut(v, words, around) for k, v in value.items()}
    if isinstance(value, list):
        return [_cut(v, words, around) for v in value]
    return value


def windows(text: str, words: Iterable[str]) -> Iterator[str]:
    """Head, tail, and the surroundings of each word where it stands, at most three places a word."""
    yield text[: LONG // 4]
    seen: set[int] = set()
    for word in words:
        at = text.find(word)
        for _ in range(PLACES_MAX):
            if at < 0:
                break
            if at // AROUND not in seen:
                seen.add(at // AROUND)
                yield text[max(0, at - AROUND) : at + len(word) + AROUND]
            at = text.find(word, at + len(word))
    yield text[-LONG // 4 :]
