"""The streaming study catches guards that were broken on purpose: each breakage is a mistake seen in the field.

Method: the study's own `one` is run on a filter with one method replaced; a sound filter gives no count, a broken one
gives the count that names its fault.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from benches.constraints_stream import COUNTS, Group, one, oracle

from tidegate.check.constraints.load import default_policy, output_filter
from tidegate.check.constraints.streaming.canonical import Folder
from tidegate.check.constraints.streaming.channels import StreamFilter
from tidegate.check.constraints.streaming.stream import Channel, Filter, Pattern, finder
from tidegate.check.constraints.streaming.view import View

PATTERNS = list(output_filter(default_policy()).patterns)
TEXTS = 40
_FEED = Channel.feed


def study() -> dict[str, int]:
    rng = random.Random(3)
    words = ["".join(rng.choice("abcdefghij0123456789") for _ in range(16)) for _ in range(30)]
    group = Group(PATTERNS, words)
    count = dict.fromkeys(COUNTS, 0)
    for _ in range(TEXTS):
        one(group, rng, count)
    return count


def never_holds(self: View, at: int) -> int:
    return at


def reads_nothing_disguised(self: Folder, chunk: str, *, final: bool = False) -> tuple[str, list[int], list[int]]:
    at = self.at
    self.at += len(chunk)
    return chunk, list(range(at, at + len(chunk))), list(range(at + 1, at + len(chunk) + 1))


def each_chunk_on_its_own(self: Channel, chunk: str) -> str:
    alone = Channel(self.filter)
    out = _FEED(alone, chunk) + alone.finish()
    self.spans += alone.spans
    return out


def one_short(self: Filter, text: str, accepted: Any) -> list[tuple[int, int, int]]:
    return [(s, e - 1, n) for n in sorted(accepted) for s, e in finder(self.patterns[n])(text)]


def alters_text(self: Channel) -> str:
    return " "


def channels_apart(self: StreamFilter) -> None:
    assert self.joint is not None
    self.joint.found = []


@pytest.mark.parametrize(
    ("owner", "name", "broken", "caught"),
    [
        (View, "frontier", never_holds, "differ"),
        (Folder, "feed", reads_nothing_disguised, "leaked"),
        (Channel, "feed", each_chunk_on_its_own, "differ"),
        (Filter, "spans", one_short, "leaked"),
        (Channel, "finish", alters_text, "changed"),
        (StreamFilter, "_spread", channels_apart, "leaked"),
    ],
)
def test_broken_guards_are_caught(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, broken: Callable[..., Any], caught: str
) -> None:
    monkeypatch.setattr(owner, name, broken)
    assert study()[caught] > 0


def test_the_sound_guard_is_not() -> None:
    count = study()
    assert count["cases"] > 20 * TEXTS
    assert count["spans"] > 0
    assert count["leaked"] == count["differ"] == count["changed"] == count["overheld"] == 0


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.id)
def test_the_oracle_is_another_engine_and_agrees(pattern: Pattern) -> None:
    texts = ["", "key = 'abc'", "token: " + "x9" * 30, "AKIAIOSFODNN7EXAMPLE", "4111 1111 1111 1111\n"]
    assert [oracle(pattern)(t) for t in texts] == [finder(pattern)(t) for t in texts]
