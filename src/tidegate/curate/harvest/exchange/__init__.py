"""Suites for other tools and from them: promptfoo, Inspect, DeepEval, OpenAI evals.

What another format cannot say is named in `lost`, never dropped in silence; every export carries the case's
own form beside it where the format has room for metadata, so that our own export comes back whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tidegate.curate.harvest.exchange import deepeval, inspect, openai_evals, promptfoo
from tidegate.spine.case import Case
from tidegate.spine.errors import InputError, nearest


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One tool: how to write its file and how to read it."""

    suffix: str
    write: Callable[[Sequence[Case]], tuple[str, list[str]]]  # text, and what was lost
    read: Callable[[Any, str], tuple[list[Case], list[str]]]  # parsed file, its name → cases, and what was lost
    lines: bool = False  # JSON lines instead of one document


FORMATS: dict[str, Format] = {
    "promptfoo": Format(suffix=".yaml", write=promptfoo.write, read=promptfoo.read),
    "inspect": Format(suffix=".jsonl", write=inspect.write, read=inspect.read, lines=True),
    "deepeval": Format(suffix=".json", write=deepeval.write, read=deepeval.read),
    "openai-evals": Format(suffix=".jsonl", write=openai_evals.write, read=openai_evals.read, lines=True),
}


def format_of(name: str) -> Format:
    """The format called `name`."""
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}", remedy=nearest(name, FORMATS))
    return FORMATS[name]
