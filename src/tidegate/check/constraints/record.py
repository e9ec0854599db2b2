"""The decision record: append-only, each entry naming the one before it, so that a gap shows.

An entry says which rule of which policy decided what, for whom, why, and on which evidence (hashes
and places, never the text that was withheld).  `Chain` makes entries; `Record` keeps them in memory
(tests, the simulator), `store/decisions` in files.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from tidegate.spine.codec import content_hash


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One decision: its place in the chain, what was decided on, by which rules, and why."""

    sequence: int
    at_s: float
    hook: str  # request | stream | tool | result | egress
    subject: str
    decision: str
    rules: tuple[str, ...]
    reason: str
    evidence: dict[str, Any] = {}
    call: str = ""
    tenant: str = ""
    run: str = ""
    policy: str = ""  # content hash of the policy in force
    previous: str = ""

    @property
    def name(self) -> str:
        """The entry's own hash."""
        return content_hash(msgspec.to_builtins(self))


class Chain:
    """Links entries: each knows its number and the name of the one before."""

    def __init__(self) -> None:
        self.sequence = 0
        self.previous = ""

    def link(self, at_s: float, hook: str, subject: str, decision: str, rules: Iterable[str], reason: str,
             evidence: dict[str, Any] | None = None, *, call: str = "", tenant: str = "", run: str = "",
             policy: str = "") -> Entry:  # fmt: skip
        """The next entry.  The chain moves on only with `keep`: an entry that could not be written leaves no gap."""
        return Entry(
            sequence=self.sequence + 1, at_s=at_s, hook=hook, subject=subject, decision=decision, rules=tuple(rules),
            reason=reason, evidence=evidence or {}, call=call, tenant=tenant, run=run, policy=policy,
            previous=self.previous,
        )  # fmt: skip

    def keep(self, entry: Entry, name: str | None = None) -> None:
        """The entry was kept."""
        self.sequence, self.previous = entry.sequence, name or entry.name


class Recorder(Protocol):
    """Where decisions are kept."""

    def add(self, at_s: float, hook: str, subject: str, decision: str, rules: Iterable[str], reason: str,
            evidence: dict[str, Any] | None = None, *, call: str = "", tenant: str = "", run: str = "",
            policy: str = "") -> Entry:  # fmt: skip
        """Append one decision; raises where it cannot be kept."""
        ...


class Record:
    """The last `most` entries in memory."""

    def __init__(self, most: int = 10_000) -> None:
        self.entries: deque[Entry] = deque(maxlen=most)
        self._chain = Chain()

    def add(self, at_s: float, hook: str, subject: str, decision: str, rules: Iterable[str], reason: str,
            evidence: dict[str, Any] | None = None, **whose: str) -> Entry:  # fmt: skip
        """Append one decision."""
        entry = self._chain.link(at_s, hook, subject, decision, rules, reason, evidence, **whose)
        self._chain.keep(entry)
        self.entries.append(entry)
        return entry


def broken_at(entries: Iterable[Entry]) -> int | None:
    """The sequence number at which a chain is broken (removed, altered or reordered entry), or None.

    What was cut off at the end of a chain leaves no trace in it.
    """
    previous = ""
    for number, e in enumerate(entries, start=1):
        if e.previous != previous or e.sequence != number:
            return number
        previous = e.name
    return None
