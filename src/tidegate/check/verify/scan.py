"""Quick looks at a text that spare the slow ones: what cannot stand in it is not searched for.

The verifiers share one reading of an answer, so its lower-case form and its sentences are made once.
"""

from __future__ import annotations

import re
from functools import lru_cache

ENDS = re.compile(r"\n|(?<![A-Z])(?<!i\.e)(?<!e\.g)(?<!approx)(?<!vs)(?<!No)(?<!Eq)(?<!Fig)(?<!ca)[.!?](?=[\s\"”')])")


@lru_cache(maxsize=8)
def lowered(text: str) -> str:
    """The text in lower case; for asking whether a word stands in it, not for positions."""
    return text.lower()


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
