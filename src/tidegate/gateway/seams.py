"""Where other parts meet the data plane: four small contracts, all optional, all synchronous.

`Admission` decides when a call may go to which upstream.  `Shaper` stands between the two
sides of a call when its bytes may not pass as they are: translation between API dialects, and
guards.  `LocalEndpoint` answers paths that are ours (`/v1/verify`, `/v1/traces`, `/mcp`).
`TraceSink` and `KeyTable` live in `tidegate.spine.ports`.

Everything here is called on the worker's event loop: nothing may block, and nothing but
`Shaper.open` may raise.  Where no shaper concerns itself with a call (no guard watches it, the
upstream speaks its dialect) the received bytes pass untouched: that is the fast path.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from tidegate.settings import Settings
from tidegate.spine.call import Call, Dialect, Ending, Usage
from tidegate.spine.contracts import Waiting
from tidegate.spine.trace import Event

# --- admission -----------------------------------------------------------------------------


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A call that may not wait: its ending, HTTP status, stable error code, and when to try again."""

    ending: Ending  # REFUSED_LIMIT (the tenant's own bound) or REFUSED_OVERLOAD (hopeless for anyone)
    code: str
    message: str
    status: int = 429
    retry_after_s: float | None = None


Resume = Callable[["str | Refused", float], None]


class Aborts(Protocol):
    """Something on its way that can be called back."""

    def abort(self) -> None:
        """Stop it; it reports nothing more."""
        ...


# (upstream, tokens, of, done): have it compute the first `tokens` of `of` prompt tokens and keep them;
# `done(ok)` follows.  None: this call's prompt cannot be sent in steps.
Warm = Callable[[str, int, int, Callable[[bool], None]], "Aborts | None"]


class Admission(Protocol):
    """When a call may go, and to which of its upstreams.

    A call's life here: `arrive`, then (if it waited) its `resume` callback once, then
    `first_token`, `progress` …, `end` exactly once; or `cancel` while it waits, then nothing
    more.  Freed room may admit others: their callbacks are called from within `first_token`,
    `progress`, `end`, `cancel`, `upstream_state` and `tick`, never from within `arrive`.
    """

    def arrive(
        self, request: Waiting, candidates: Sequence[str], resume: Resume, now_s: float, bytes_held: int = 0,
        warm: Warm | None = None,
    ) -> str | Refused | None:  # fmt: skip
        """A call asks to go to one of `candidates` (upstream names in order of preference).

        Returns the upstream's name when it may go now, None when it waits (then
        `resume(upstream, now_s)` is called once, later, or `resume(Refused, now_s)` when the
        wait became hopeless), or a Refused.  While it waits, `warm` may be called to have its
        prompt computed in steps.
        """
        ...

    def first_token(self, request_id: int, now_s: float) -> None:
        """The first byte of the answer's content came."""
        ...

    def progress(self, request_id: int, tokens_generated: int, now_s: float) -> None:
        """`tokens_generated` content tokens so far (a total, not a step); called now and then."""
        ...

    def again(
        self, request_id: int, candidates: Sequence[str], resume: Resume, now_s: float, warm: Warm | None = None
    ) -> str | None:
        """An admitted call failed before its first byte and asks to go to one of `candidates`, which it did not try.

        Nothing was served, so nothing is charged for the attempt.  As `arrive`: an upstream's name when it may go now,
        else None, and `resume` is called once, later.
        """
        ...

    def end(
        self, request_id: int, usage: Usage | None, now_s: float, *, refund: bool = False, overloaded: bool = False
    ) -> None:
        """An admitted call ended.

        `refund`: nothing was served.  `overloaded`: the upstream itself said "too much" (429,
        503), which a window may learn from.
        """
        ...

    def cancel(self, request_id: int, now_s: float) -> None:
        """A waiting call went away."""
        ...

    def throttled(self, upstream: str, retry_after_s: float | None, now_s: float) -> None:
        """An upstream said "too much" (429, 503, 529), and perhaps when to come back."""
        ...

    def load_report(self, upstream: str, header: str, now_s: float) -> None:
        """An upstream's answer carried a report of its load (ORCA)."""
        ...

    def upstream_state(self, upstream: str, healthy: bool, now_s: float) -> None:
        """A health check changed its mind."""
        ...

    def tick(self, now_s: float) -> None:
        """Called about ten times a second: refill buckets, expire hopeless waits."""
        ...

    def reload(self, settings: Settings, now_s: float) -> None:
        """New settings are in force; waiting and running calls stay."""
        ...

    def snapshot(self) -> dict[str, Any]:
        """What the console and the metrics show: waiting and running by tenant, windows by upstream."""
        ...


# --- shaping: translation and guards -----------------------------------------------------------


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer made here, without an upstream: a refusal, a finalised run, a local endpoint's answer."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.COMPLETED
    code: str | None = None  # stable error code, for the trace
    usage: Usage = Usage()
    events: tuple[Event, ...] = ()


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent to one upstream: the dialect spoken, its path below the upstream's URL, and the body."""

    dialect: Dialect
    path: str  # "/chat/completions", "/responses", "/messages"
    body: bytes


class AnswerShape(Protocol):
    """One answer on its way to the client: bytes as the upstream sent them in, bytes for the client out.

    Used for a whole JSON body (one or more `feed`, then `finish`) and for an event stream
    alike.  An event may be split anywhere between two `feed`s.
    """

    content_type: str  # what the client is told, e.g. "text/event-stream"
    tokens: int  # content deltas so far; the gateway reports it as progress
    stopped: Ending | None  # set when a guard cut the answer: the upstream is cancelled
    status: int | None  # another status than the upstream's, for a body that says it failed inside a 200

    def feed(self, data: bytes, now_s: float) -> bytes:
        """What the client may have now (b"" while all is held back).

        When this sets `stopped`, the bytes returned close the client's answer in a
        well-formed way and `finish` is not called.
        """
        ...

    def finish(self, now_s: float) -> bytes:
        """The upstream's answer is complete: the last bytes, with the dialect's end marker."""
        ...

    def broken(self, code: str, message: str) -> bytes:
        """The upstream broke off: bytes that tell the client so in its dialect (an error event)."""
        ...

    def usage(self) -> Usage:
        """Tokens as the engine reported them, so far."""
        ...


class Shaping(Protocol):
    """One call that does not pass raw.  Holds the parsed request; made by `Shaper.open`."""

    def takes(self, dialects: tuple[str, ...]) -> bool:
        """Whether an upstream that speaks `dialects` can be asked this at all; the others are left out."""
        ...

    def attempt(self, dialects: tuple[str, ...], model: str) -> Attempt:
        """The request in a form that an upstream which speaks `dialects` understands.

        `model` is the name the upstream knows.  May be called again for a fallback.
        """
        ...

    def answer(self, status: int, content_type: str, dialect: Dialect) -> AnswerShape:
        """The upstream's answer begins; `dialect` is the attempt's.  Error statuses come here too."""
        ...

    def events(self) -> tuple[Event, ...]:
        """What guards decided, for the trace; asked once, at the end of the call."""
        ...


class Shaper(Protocol):
    """Opens a shaping for the calls that need one."""

    def concerns(self, body: bytes) -> bool:
        """Whether any guard may have a word on a call with this body; if none, only translation brings it here."""
        ...

    def open(
        self, call: Call, body: bytes, path: str, dialects: Sequence[tuple[str, ...]], now_s: float
    ) -> Shaping | Reply | None:
        """A Shaping, a Reply made here (refused, finalised), or None: the bytes pass untouched.

        `dialects` holds, for each candidate upstream in order, the API forms it speaks.  Asked
        once a call, after authentication and routing and before admission.  Raises
        `tidegate.spine.errors.InputError` when the body cannot be understood (the client gets 400).
        """
        ...

    def reload(self, settings: Settings) -> None:
        """New settings are in force for calls opened from now on."""
        ...


# --- endpoints of our own ----------------------------------------------------------------------


class LocalEndpoint(Protocol):
    """Answers a path that no upstream serves.  May answer later, from any thread through `respond`."""

    def handle(self, call: Call, method: str, path: str, body: bytes, respond: Callable[[Reply], None]) -> None:
        """Answer one authenticated request by calling `respond` exactly once.

        An endpoint with a method `handle_with_headers` gets that one called instead: it takes, behind
        these, the headers that the Model Context Protocol needs, and a name for the client's connection.
        One with `give_way(to)` is told when another one (or none) takes its path, one with
        `close(patience_s)` when the worker ends.
        """
        ...
