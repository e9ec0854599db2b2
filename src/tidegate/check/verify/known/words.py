"""Patterns for what a text speaks of, with a quick look for their plain letters first."""

from __future__ import annotations

import re
from functools import lru_cache

PLAIN_MIN = 3


class Words:
    """A pattern, or several joined by ` && ` that must all be found."""

    def __init__(self, text: str):
        self.parts = [(re.compile(part), _cues(part)) for part in text.split(" && ")]

    def found(self, text: str) -> bool:
        """Whether every part is in the text, which is in small letters."""
        there: frozenset[str] | None = None
        for pattern, (whole, cues) in self.parts:
            if whole or cues:
                there = cues_of(text) if there is None else there
                if cues.isdisjoint(there) and (not whole or whole.isdisjoint(whole_words(text))):
                    return False
            if pattern.search(text) is None:
                return False
        return True


CUES: set[str] = set()
"""The cues of all patterns, each of which is looked for once in a text."""


@lru_cache(maxsize=8)
def cues_of(text: str) -> frozenset[str]:
    """Which cues a text holds."""
    return frozenset([cue for cue in CUES if cue in text])


@lru_cache(maxsize=8)
def whole_words(text: str) -> frozenset[str]:
    """The words of a text, `\\w+`."""
    return frozenset(re.findall(r"\w+", text))


def _cues(pattern: str) -> tuple[frozenset[str], frozenset[str]]:
    """Whole words that alternatives are, and letters that others cannot do without; none where some have neither."""
    out: list[str] = []
    whole = set()
    for alternative in _alternatives(pattern):
        word = re.fullmatch(r"\\b([a-z]+)\\b", alternative)
        if word is not None:
            whole.add(word.group(1))
            continue
        bare = re.sub(r"\\.|\[[^]]*\][?*+]?|\((?:[^()]|\([^()]*\))*\)[?*+]?|.[?*]|\{[^}]*\}", " ", alternative)
        runs = re.findall(r"[a-zéö]+", bare)
        longest = max(runs, key=len, default="")
        if len(longest) < PLAIN_MIN:
            return frozenset(), frozenset()
        out.append(longest)
    CUES.update(out)
    cues_of.cache_clear()
    return frozenset(whole), frozenset(out)


def _alternatives(pattern: str) -> list[str]:
    """A pattern's outermost alternatives."""
    out, depth = [""], 0
    for before, letter in zip(" " + pattern, pattern, strict=False):
        depth += (letter == "(") - (letter == ")") if before != "\\" else 0
        if letter == "|" and depth == 0:
            out.append("")
        else:
            out[-1] += letter
    return out
