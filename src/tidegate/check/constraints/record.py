"""The decision record: append-only, each entry naming the one before it, so that a gap shows.

An entry says which rule decided what, why, and on which evidence (hashes and places, never the
text that was withheld).
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from tidegate.spine.codec import content_hash


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: its place in the chain, what was decided on, by which rules, and why."""

    sequence: int
    at_s: float
    hook: str  # request | stream | tool | result | egress
    subject: str
    decision: str
    rules: tuple[str, ...]
    reason: str
    evidence: dict[str, Any] = {}
    previous: str = ""

    @property
    def name(self) -> str:
        """The entry's own hash."""
        return content_hash(msgspec.to_builtins(self))


class Record:
    """The entries of one session, in order; the shell writes `fresh()` to its append-only log."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._written = 0

    def add(self, at_s: float, hook: str, subject: str, decision: str, rules: Iterable[str], reason: str,
            evidence: dict[str, Any] | None = None) -> Entry:  # fmt: skip
        """Append one decision."""
        previous = self.entries[-1].name if self.entries else ""
        entry = Entry(sequence=len(self.entries) + 1, at_s=at_s, hook=hook, subject=subject, decision=decision,
                      rules=tuple(rules), reason=reason, evidence=evidence or {}, previous=previous)  # fmt: skip
        self.entries.append(entry)
        return entry

    def fresh(self) -> list[Entry]:
        """Entries not handed out before."""
        out = self.entries[self._written :]
        self._written = len(self.entries)
        return out


def broken_at(entries: Iterable[Entry]) -> int | None:
    """The sequence number at which a chain is broken (removed, altered or reordered entry), or None."""
    previous = ""
    for number, e in enumerate(entries, start=1):
        if e.previous != previous or e.sequence != number:
            return number
        previous = e.name
    return None
