"""Fenced blocks of code in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

FENCE = re.compile(
    r"^[ \t]*(?P<mark>```+|~~~+)[ \t]*(?P<lang>[\w+\-.]*)[^\n]*\n(?P<body>.*?)(?:^[ \t]*(?P=mark)[ \t]*$|\Z)",
    re.S | re.M,
)


def code_blocks(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Fenced blocks: language, body, and the body's span."""
    for found in FENCE.finditer(text):
        yield found.group("lang").lower(), found.group("body"), found.start("body"), found.end("body")
