"""Stores that keep everything in memory and nothing for long: the simulated world's, and the tests' model."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from tidegate.spine.trace import CallTrace
from tidegate.store.state import check_name, decode_document, encode_document


class MemoryTraces:
    """A `TraceStore` in a list."""

    def __init__(self) -> None:
        self._traces: list[CallTrace] = []

    def append(self, traces: Iterable[CallTrace]) -> None:
        """Keep traces."""
        self._traces.extend(copy.deepcopy(list(traces)))

    def get(self, trace_id: str) -> CallTrace | None:
        """One trace, whole."""
        return next((copy.deepcopy(t) for t in self._traces if t.trace_id == trace_id), None)

    def scan(
        self,
        *,
        tenant: str | None = None,
        since_s: float | None = None,
        until_s: float | None = None,
        ending: str | None = None,
        limit: int | None = None,
    ) -> Iterator[CallTrace]:
        """Traces in order of arrival, filtered: `since_s <= received_at_s < until_s`."""
        found = [
            t
            for t in sorted(self._traces, key=lambda t: (t.received_at_s, t.trace_id))
            if (tenant is None or t.call.identity.tenant == tenant)
            and (since_s is None or t.received_at_s >= since_s)
            and (until_s is None or t.received_at_s < until_s)
            and (ending is None or t.ending == ending)
        ]
        return iter(copy.deepcopy(found[:limit]))

    def delete(self, *, tenant: str, user: str | None = None, before_s: float | None = None) -> int:
        """Delete a tenant's (or one user's) traces received before `before_s`; returns how many went."""
        before = len(self._traces)
        self._traces = [
            t
            for t in self._traces
            if not (
                t.call.identity.tenant == tenant
                and (user is None or t.call.identity.user == user)
                and (before_s is None or t.received_at_s < before_s)
            )
        ]
        return before - len(self._traces)

    def close(self) -> None:
        """Nothing to release."""


class MemoryState:
    """A `StateStore` in dictionaries."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, str]] = {}
        self._logs: dict[str, list[str]] = {}

    def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        """Write one document."""
        self._documents.setdefault(check_name("kind", kind), {})[check_name("key", key)] = encode_document(value)

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Read one document."""
        text = self._documents.get(kind, {}).get(key)
        return None if text is None else decode_document(text)

    def items(self, kind: str, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """All documents of a kind whose key starts with `prefix`, in key order (by code point)."""
        for key, text in sorted(self._documents.get(kind, {}).items()):
            if key.startswith(prefix):
                yield key, decode_document(text)

    def delete(self, kind: str, key: str) -> bool:
        """Remove one document; whether it was there."""
        return self._documents.get(kind, {}).pop(key, None) is not None

    def append_log(self, kind: str, entry: dict[str, Any]) -> int:
        """Append to an append-only log; returns its sequence number from 1."""
        log = self._logs.setdefault(check_name("kind", kind), [])
        log.append(encode_document(entry))
        return len(log)

    def read_log(self, kind: str, after: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Entries of a log with a sequence number above `after`, in order."""
        for seq, text in list(enumerate(self._logs.get(kind, []), start=1))[max(after, 0) :]:
            yield seq, decode_document(text)

    def close(self) -> None:
        """Nothing to release."""
