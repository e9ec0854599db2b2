"""One call's life as a pure step function: `(state, event, now) → (state, actions)`.

The gateway's shell feeds it what happened (a connection came up, the answer began, the client
left, a deadline passed) and does what it says; the simulator runs the same function with
simulated time.  Bytes never come here: a chunk of a stream is not an event, so a stream of a
thousand chunks costs four steps.  Apart from `Tick`, a step depends on (state, event) alone and
there are few of both, so decided steps are remembered: a step costs one dictionary look-up.

What it guarantees, whatever the order of events:

1. a call ends exactly once (`Finish` is emitted once; an ended call ignores every event);
2. nothing is sent to a second upstream once a byte of an answer went to the client;
3. a request is repeated on the same upstream at most once, and only when a connection that had
   been reused broke before the first byte of an answer (the stale keep-alive race);
4. an upstream in use is let go (`Release` or `Abort`) before the call ends or moves on.
"""

from enum import IntEnum
from typing import Literal, NamedTuple

import msgspec

from tidegate.spine.call import Ending


class Phase(IntEnum):
    """Where a call stands."""

    ARRIVED = 0  # parsed and authenticated; not yet admitted
    WAITING = 1  # in our queue: before the first attempt, or before one at another upstream
    CONNECTING = 2  # an upstream connection is being made or taken from the pool
    SENT = 3  # the request went out, no byte of an answer yet
    ANSWERING = 4  # the answer began; bytes may have gone to the client
    ENDED = 5


class State(NamedTuple):
    """All that the next step depends on."""

    targets: int  # how many upstreams may be tried, in order
    phase: Phase = Phase.ARRIVED
    target: int = 0
    attempts: int = 0  # connections asked for, over all targets
    reused: bool = False  # the connection in use came from the pool
    repeated: bool = False  # the one repeat on a fresh connection was spent
    visible: bool = False  # a byte of the answer went to the client
    error_status: int = 0  # the upstream's own error status, when it answered with one


# --- events ------------------------------------------------------------------------------------

TimedOut = Literal["wait", "connect", "first_byte", "idle", "total", "client"]


class Waits(msgspec.Struct, frozen=True, gc=False):
    """Admission let it wait."""


class Admitted(msgspec.Struct, frozen=True, gc=False):
    """Admission let it go."""


class Refuse(msgspec.Struct, frozen=True, gc=False):
    """It is refused before anything was sent: authentication, limits, guards, drain."""

    ending: Ending
    status: int
    code: str


class Connected(msgspec.Struct, frozen=True, gc=False):
    """A connection is ready; `reused` when it served another call before."""

    reused: bool


class ConnectFailed(msgspec.Struct, frozen=True, gc=False):
    """No connection to this target could be had."""


class AnswerBegan(msgspec.Struct, frozen=True, gc=False):
    """The head of the upstream's answer is here."""

    status: int


class BytesOut(msgspec.Struct, frozen=True, gc=False):
    """The first byte of the answer went to the client: no way back from here."""


class AnswerEnded(msgspec.Struct, frozen=True, gc=False):
    """The upstream's answer is complete and was handed on."""


class UpstreamLost(msgspec.Struct, frozen=True, gc=False):
    """The upstream went away or broke the protocol.  `answer_bytes`: whether any byte had come."""

    answer_bytes: bool


class ClientLeft(msgspec.Struct, frozen=True, gc=False):
    """The client closed its side."""


class Deadline(msgspec.Struct, frozen=True, gc=False):
    """A deadline passed."""

    which: TimedOut


class Tick(msgspec.Struct, frozen=True, gc=False):
    """Time went on: which deadline passed, if any, follows from these marks and the time now.

    All in seconds of one monotonic clock; `heard_s` is when the phase began or, while the answer
    comes, when its last byte came.  The limits are those of `tidegate.settings.Deadlines`.
    """

    began_s: float
    heard_s: float
    connect_s: float
    first_byte_s: float
    idle_s: float
    total_s: float

    def due(self, phase: Phase) -> tuple[float, TimedOut]:
        """When this phase's next deadline passes, and which one it is."""
        total = self.began_s + self.total_s
        if phase is Phase.CONNECTING:
            own, which = self.heard_s + self.connect_s, "connect"
        elif phase is Phase.SENT:
            own, which = self.heard_s + self.first_byte_s, "first_byte"
        elif phase is Phase.ANSWERING:
            own, which = self.heard_s + self.idle_s, "idle"
        else:
            return total, "wait" if phase is Phase.WAITING else "total"
        return (own, which) if own <= total else (total, "total")  # type: ignore[return-value]


class Stopped(msgspec.Struct, frozen=True, gc=False):
    """A guard ended the answer in a well-formed way."""

    ending: Ending


Event = (
    Waits | Admitted | Refuse | Connected | ConnectFailed | AnswerBegan | BytesOut | AnswerEnded
    | UpstreamLost | ClientLeft | Deadline | Stopped | Tick
)  # fmt: skip

WAITS, ADMITTED, CONNECT_FAILED = Waits(), Admitted(), ConnectFailed()
CONNECTED_FRESH, CONNECTED_REUSED = Connected(False), Connected(True)
BYTES_OUT, ANSWER_ENDED, CLIENT_LEFT = BytesOut(), AnswerEnded(), ClientLeft()

# --- actions -----------------------------------------------------------------------------------


class Connect(msgspec.Struct, frozen=True, gc=False):
    """Get a connection to target number `target`; `fresh` forbids one from the pool."""

    target: int
    fresh: bool = False


class Again(msgspec.Struct, frozen=True, gc=False):
    """Ask admission for a place once more, among the targets from `target` on: the one before it failed."""

    target: int


class Send(msgspec.Struct, frozen=True, gc=False):
    """Send the request on the connection."""


class Forward(msgspec.Struct, frozen=True, gc=False):
    """Hand the answer on to the client."""


class Discard(msgspec.Struct, frozen=True, gc=False):
    """This answer is not for the client: another upstream is tried."""


class Release(msgspec.Struct, frozen=True, gc=False):
    """Give the connection back to its pool."""


class Abort(msgspec.Struct, frozen=True, gc=False):
    """Cut the upstream connection now: that frees the engine."""


class Leave(msgspec.Struct, frozen=True, gc=False):
    """Leave the queue."""


class Error(msgspec.Struct, frozen=True, gc=False):
    """Answer the client with an error of this status and code."""

    status: int
    code: str


class Truncate(msgspec.Struct, frozen=True, gc=False):
    """The answer cannot be completed: tell the client so, or cut the connection; never pretend."""

    code: str


class Finish(msgspec.Struct, frozen=True, gc=False):
    """The call is over: write its trace with this ending."""

    ending: Ending
    code: str | None = None


Action = Connect | Again | Send | Forward | Discard | Release | Abort | Leave | Error | Truncate | Finish
Step = tuple[State, tuple[Action, ...]]

SEND, FORWARD, DISCARD, RELEASE, ABORT, LEAVE = Send(), Forward(), Discard(), Release(), Abort(), Leave()
_NOTHING: tuple[Action, ...] = ()
_FORWARD: tuple[Action, ...] = (FORWARD,)
_COMPLETED: tuple[Action, ...] = (RELEASE, Finish(Ending.COMPLETED))

# Statuses that say "not me, not now": another upstream may do better.
RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})

_TIMEOUT_STATUS: dict[str, int] = {"wait": 503, "client": 408}


_known: dict[tuple[State, Event], Step] = {}
_KNOWN_MAX = 10_000  # far above what well-behaved upstreams can reach; statuses are theirs to choose


def step(state: State, event: Event, now_s: float) -> Step:
    """The next state and what to do.  `now_s` matters to `Tick` alone."""
    if type(event) is Tick:
        due_s, which = event.due(state.phase)
        if now_s < due_s or state.phase is Phase.ENDED:
            return state, _NOTHING
        event = Deadline(which)
    known = _known.get((state, event))
    if known is None:
        known = _decide(state, event)
        if len(_known) >= _KNOWN_MAX:
            _known.clear()
        _known[state, event] = known
    return known


def _decide(state: State, event: Event) -> Step:
    phase = state.phase
    if phase is Phase.ENDED:
        return state, _NOTHING
    match event:
        case Waits():
            return (state._replace(phase=Phase.WAITING) if phase is Phase.ARRIVED else state), _NOTHING
        case Admitted():
            if phase > Phase.WAITING:
                return state, _NOTHING
            target = upcoming(state)
            attempt = state._replace(phase=Phase.CONNECTING, target=target, attempts=state.attempts + 1)
            return attempt, (Connect(target),)
        case Connected(reused):
            if phase is not Phase.CONNECTING:
                return state, (ABORT,)
            return state._replace(phase=Phase.SENT, reused=reused), (SEND,)
        case ConnectFailed():
            failure = (Ending.UPSTREAM_UNREACHABLE, 502, "upstream_unreachable")
            return _next_target(state, failure, ()) if phase is Phase.CONNECTING else (state, _NOTHING)
        case AnswerBegan(status):
            return _answer_began(state, status)
        case BytesOut():
            return (state._replace(visible=True) if phase is Phase.ANSWERING else state), _NOTHING
        case AnswerEnded():
            return _answer_ended(state)
        case UpstreamLost(answer_bytes):
            return _upstream_lost(state, answer_bytes)
        case ClientLeft():
            return _end(state, (*_let_go(state), Finish(Ending.CANCELLED_CLIENT, "client_closed")))
        case Deadline(which):
            return _deadline(state, which)
        case Stopped(ending):
            return _end(state, (*_let_go(state), Finish(ending)))
        case Refuse():
            return _refuse(state, event)
        case _:
            raise AssertionError(event)


def upcoming(state: State) -> int:
    """The target that a call would be sent to when admitted: while it waits again, `target` is the one that failed."""
    return state.target + 1 if state.attempts else 0


def _answer_began(state: State, status: int) -> Step:
    if state.phase is not Phase.SENT:
        return state, _NOTHING
    if status < 400:
        return state._replace(phase=Phase.ANSWERING), _FORWARD
    if status in RETRYABLE and state.target + 1 < state.targets:
        failure = (Ending.UPSTREAM_REFUSED, status, "upstream_error")
        return _next_target(state, failure, (DISCARD, ABORT))
    return state._replace(phase=Phase.ANSWERING, error_status=status), _FORWARD


def _answer_ended(state: State) -> Step:
    if state.phase is not Phase.ANSWERING:
        return state, _NOTHING
    if state.error_status:
        return _end(state, (RELEASE, Finish(Ending.UPSTREAM_REFUSED, "upstream_error")))
    return _end(state, _COMPLETED)


def _upstream_lost(state: State, answer_bytes: bool) -> Step:
    if state.phase is Phase.SENT and not answer_bytes:
        if state.reused and not state.repeated:  # the stale keep-alive race: once more, on a fresh connection
            again = state._replace(phase=Phase.CONNECTING, attempts=state.attempts + 1, reused=False, repeated=True)
            return again, (Connect(state.target, fresh=True),)
        return _next_target(state, (Ending.UPSTREAM_BROKEN, 502, "upstream_broken"), ())
    if state.phase is Phase.SENT:
        return _next_target(state, (Ending.UPSTREAM_BROKEN, 502, "upstream_broken"), (ABORT,))
    if state.phase is Phase.ANSWERING:
        say: Action = Truncate("upstream_broken") if state.visible else Error(502, "upstream_broken")
        return _end(state, (ABORT, say, Finish(Ending.UPSTREAM_BROKEN, "upstream_broken")))
    return state, _NOTHING


def _next_target(state: State, failure: tuple[Ending, int, str], first: tuple[Action, ...]) -> Step:
    """Wait for a place at the next upstreams, or answer with how the last one failed.  Only before the first byte."""
    target = state.target + 1
    if target < state.targets:
        return state._replace(phase=Phase.WAITING, reused=False), (*first, Again(target))
    ending, status, code = failure
    return _end(state, (*first, Error(status, code), Finish(ending, code)))


def _deadline(state: State, which: TimedOut) -> Step:
    code = f"timeout_{which}"
    if state.phase is Phase.ANSWERING:
        say: Action = Truncate(code) if state.visible else Error(504, code)
        return _end(state, (ABORT, say, Finish(Ending.TIMED_OUT, code)))
    if which in ("connect", "first_byte") and state.phase in (Phase.CONNECTING, Phase.SENT):
        return _next_target(state, (Ending.TIMED_OUT, 504, code), (ABORT,))
    status = _TIMEOUT_STATUS.get(which, 504)
    return _end(state, (*_let_go(state), Error(status, code), Finish(Ending.TIMED_OUT, code)))


def _refuse(state: State, event: Refuse) -> Step:
    say: Action = Truncate(event.code) if state.visible else Error(event.status, event.code)
    return _end(state, (*_let_go(state), say, Finish(event.ending, event.code)))


def _let_go(state: State) -> tuple[Action, ...]:
    """What to give up on the way out of a phase."""
    if state.phase is Phase.WAITING:
        return (LEAVE,)
    return (ABORT,) if state.phase in (Phase.CONNECTING, Phase.SENT, Phase.ANSWERING) else ()


def _end(state: State, actions: tuple[Action, ...]) -> Step:
    return state._replace(phase=Phase.ENDED), actions
