"""What a world must offer.  The real world is built in `wiring`, the simulated one in `sim`.

A pure part never imports any of these implementations; it takes them as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from tidegate.spine.call import Identity, Usage
from tidegate.spine.trace import CallTrace

if TYPE_CHECKING:  # a gateway worker imports this module and must stay small
    import numpy as np


class Clock(Protocol):
    """Time as an argument."""

    def now_s(self) -> float:
        """Seconds since the epoch; may jump: for showing and storing only."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never go back: for measuring and deadlines."""
        ...


class Ids(Protocol):
    """Fresh identifiers as an argument."""

    def fresh(self, kind: str) -> str:
        """A new identifier, prefixed by its kind (`call_…`, `key_…`)."""
        ...


class ModelReply(Protocol):
    """What a model answered: text, the raw response, and its usage."""

    @property
    def text(self) -> str:
        """The answer's text."""
        ...

    @property
    def raw(self) -> dict[str, Any]:
        """The response as received."""
        ...

    @property
    def usage(self) -> Usage:
        """Tokens, where they are known."""
        ...


class Model(Protocol):
    """A model that can be asked, blocking; the runner gives budget, concurrency and caching."""

    name: str

    def ask(self, request: dict[str, Any]) -> ModelReply:
        """Answer one OpenAI-chat-shaped request; raises ModelError."""
        ...


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    name: str

    def embed(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """One row a text, L2-normalised, float32, shape (len(texts), dimension)."""
        ...


class TraceSink(Protocol):
    """Where the hot path leaves its traces: takes them in a microsecond, keeps them later."""

    def put(self, trace: CallTrace) -> None:
        """Take one trace.  Never blocks and never raises: what cannot be kept is counted, with its reason."""
        ...


@runtime_checkable
class BodySink(TraceSink, Protocol):
    """A sink that also takes a call's bodies as they came, so that nobody need decode and copy them."""

    def put_bodies(self, trace: CallTrace, request: bytes, response: bytes) -> None:
        """Take one trace without bodies, and its bodies: kept as `put` keeps them as text."""
        ...


class KeyTable(Protocol):
    """Who a presented key belongs to."""

    def lookup(self, presented_key: bytes) -> Identity | None:
        """The identity behind a key, or None for an unknown, revoked or expired one; compares in constant time."""
        ...


class TraceStore(Protocol):
    """Where traces are kept; the contract suite in tests/contracts holds every backend to it."""

    def append(self, traces: Iterable[CallTrace]) -> None:
        """Keep traces; when it returns they survive a kill of the process."""
        ...

    def get(self, trace_id: str) -> CallTrace | None:
        """One trace, whole."""
        ...

    def scan(
        self,
        *,
        tenant: str | None = None,
        since_s: float | None = None,
        until_s: float | None = None,
        ending: str | None = None,
        limit: int | None = None,
    ) -> Iterator[CallTrace]:
        """Traces in order of arrival, filtered."""
        ...

    def delete(self, *, tenant: str, user: str | None = None, before_s: float | None = None) -> int:
        """Delete a tenant's (or one user's) traces; returns how many went."""
        ...


class StateStore(Protocol):
    """Small durable state: cases, experiments, finding status, ledgers.  Keyed JSON documents."""

    def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        """Write one document; durable when it returns."""
        ...

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Read one document."""
        ...

    def items(self, kind: str, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """All documents of a kind whose key starts with `prefix`, in key order."""
        ...

    def delete(self, kind: str, key: str) -> bool:
        """Remove one document; whether it was there."""
        ...

    def append_log(self, kind: str, entry: dict[str, Any]) -> int:
        """Append to an append-only log (decisions, ledgers); returns its sequence number from 1."""
        ...

    def read_log(self, kind: str, after: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Entries of a log with a sequence number above `after`, in order."""
        ...
