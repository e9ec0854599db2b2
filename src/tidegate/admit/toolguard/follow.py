"""Follows runs through stateless requests: the whole history comes each time, only its end is new.

A run is known by the hash chain of its messages, h_t = H(h_{t-1}, message): the longest prefix
seen before gives the state to go on from, so a branch or a retry continues from where it left
the common history and adds nothing to it.  The verdict is the same as folding all messages anew.
"""

from collections import OrderedDict
from collections.abc import Sequence
from zlib import crc32

import msgspec

from tidegate.admit.toolguard.loops import RunState
from tidegate.admit.toolguard.model import LADDER, RunVerdict, Signal, Step, Thresholds
from tidegate.admit.toolguard.steps import StepBuilder
from tidegate.spine.conversation import Message, Tool

_encode = msgspec.json.Encoder().encode


class Followed(msgspec.Struct, kw_only=True):
    """What is remembered at the end of a history: its steps, the detectors' state, what was signalled."""

    builder: StepBuilder
    state: RunState
    signals: tuple[Signal, ...] = ()
    stop_step: int | None = None

    def fork(self) -> "Followed":
        """A copy to go on from; the original stays for other branches."""
        return Followed(
            builder=self.builder.fork(), state=self.state.fork(), signals=self.signals, stop_step=self.stop_step
        )


class Follower:
    """Remembers the last `runs_max` histories (least recently used go first)."""

    def __init__(self, thresholds: Thresholds, runs_max: int = 2048) -> None:
        self.thresholds = thresholds
        self.runs_max = runs_max
        self._known: OrderedDict[tuple[int, int], Followed] = OrderedDict()

    def follow(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> RunVerdict:
        """The verdict on the run that these messages are the history of."""
        chain: list[tuple[int, int]] = []
        link = crc32(_encode([t.name for t in tools]))
        for i, message in enumerate(messages):
            link = crc32(_encode((message.role, message.parts)), link)
            chain.append((i + 1, link))
        found, start = Followed(builder=StepBuilder(tools), state=RunState(self.thresholds)), 0
        for known in reversed(chain):
            remembered = self._known.get(known)
            if remembered is not None:
                found, start = remembered.fork(), known[0]
                break
        for message in messages[start:]:
            step = found.builder.add(message)
            if step is not None:
                _take(found, step, found.state.step(step))
        if chain:
            self._known[chain[-1]] = found
            self._known.move_to_end(chain[-1])
            while len(self._known) > self.runs_max:
                self._known.popitem(last=False)
        found.builder.open_step()  # kept: the next request closes it as it is, if no more replies come
        return self._verdict(found.fork())

    def _verdict(self, end: Followed) -> RunVerdict:
        """The open last step counts with the results known so far."""
        last = end.builder.open_step()
        if last is not None:
            _take(end, last, end.state.step(last))
        furthest = max(end.signals, key=lambda s: LADDER.index(s.wants), default=None)
        return RunVerdict(
            decision=furthest.wants if furthest is not None else "continue",
            stop_step=end.stop_step,
            reason=furthest.reason if furthest is not None else "every stretch of the run brought something new",
            signals=end.signals,
            steps=end.state.count,
            calibrated=end.state.calibrated,
        )


def _take(run: Followed, step: Step, signals: Sequence[Signal]) -> None:
    if step.re_armed:  # a person spoke: what was signalled before is settled
        run.signals, run.stop_step = (), None
    if signals:
        run.signals = (*run.signals, *signals)[-64:]
        if run.stop_step is None:
            run.stop_step = next((s.step for s in signals if s.wants == "stop"), None)
