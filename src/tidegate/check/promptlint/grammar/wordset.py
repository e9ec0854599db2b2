"""Word classes are written as one line of text, not as a column of quoted words."""

from functools import cache


@cache
def word_set(text: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(text.split())
