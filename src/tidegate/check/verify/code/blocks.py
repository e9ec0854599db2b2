"""Fenced blocks of code in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

FENCE = re.compile(
    r"^[ \t]*+(?P<mark>```++|~~~++)[ \t]*(?P<lang>[\w+\-.]*)[^\n]*\n(?P<body>.*?)(?:^[ \t]*(?P=mark)[ \t]*\r?$|\Z)",
    re.S | re.M,
)


@lru_cache(maxsize=8)
def fences(text: str) -> tuple[re.Match[str], ...]:
    """The fenced blocks of a text; several verifiers ask for them."""
    return tuple(FENCE.finditer(text)) if "```" in text or "~~~" in text else ()


def code_blocks(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Fenced blocks: language, body, and the body's span."""
    for found in fences(text):
        yield found.group("lang").lower(), found.group("body"), found.start("body"), found.end("body")
