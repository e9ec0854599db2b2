"""The spine in motion on live traffic: new traces → registered checks → findings, beside the data path.

Each pass takes the traces that are new (up to a size), runs every check over as many of them as its time budget
allows, and hands the findings on.  When traffic outruns the budget a share of the traces is checked, chosen by a
hash of the record (so that nobody can tell beforehand which), and the rest is counted: never silently.
"""

import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from tidegate.flow import check_trace
from tidegate.spine.contracts import Check
from tidegate.spine.conversation import Conversation
from tidegate.spine.dialects.table import FORMS
from tidegate.spine.errors import TidegateError
from tidegate.spine.finding import Finding
from tidegate.spine.trace import CallTrace

BUDGET_S = 0.1  # of CPU a pass: with a pass a second, a tenth of a core beside the data path
READ_BYTES_MAX = 2 << 20  # of new traces a pass; what comes faster is passed over, save what guards found
ALWAYS = 20  # traces a pass are checked whatever the estimate says, while the time itself is not spent
MARK = b"findings"  # a guard's event holds this key: only such traces need decoding for its findings


class Recorded(Protocol):
    """A stored trace, not decoded yet."""

    @property
    def payload(self) -> memoryview:
        """Its bytes."""
        ...

    def read(self) -> CallTrace:
        """The trace."""
        ...


Found = tuple[str, Finding, CallTrace]  # the check's name, what it found, where


class Watch:
    """Runs checks over new traces; `run_pass` is called again and again by whoever keeps time."""

    def __init__(
        self, checks: Sequence[Check], fresh: Callable[[bytes, int], Iterable[Recorded]],
        found: Callable[[list[Found]], None], *, skipped: Callable[[], int] = lambda: 0,
        budget_s: float = BUDGET_S, spent_s: Callable[[], float] = time.thread_time,
    ) -> None:  # fmt: skip
        self.checks = tuple(checks)
        self.counts: Counter[str] = Counter()
        self._fresh, self._found, self._skipped = fresh, found, skipped
        self._budget_s, self._spent_s = budget_s, spent_s
        self._each_s = 0.002  # what one trace takes, learned

    def run_pass(self) -> int:
        """Check what is new; returns how many traces were checked."""
        before = self._skipped()
        traces = list(self._fresh(MARK, READ_BYTES_MAX if self.checks else 0))
        passed_over = (self._skipped() - before) if self.checks else 0
        self.counts["traces"] += len(traces) + passed_over
        self.counts["traces_not_checked"] += passed_over
        wanted = max(ALWAYS, self._budget_s / self._each_s)  # a slow first trace (a solver loads) must not end all
        share = min(1.0, wanted / max(len(traces), 1))
        start, checked = self._spent_s(), 0
        out: list[Found] = []
        for record in traces:
            marked = MARK in bytes(record.payload)
            over = self._spent_s() - start > 2 * self._budget_s  # one huge trace may have spoilt the estimate
            chosen = bool(self.checks) and not over and chance(record.payload) < share
            self.counts["traces_not_checked"] += bool(self.checks) and not chosen
            if not (chosen or marked):
                continue
            trace = record.read()
            out += [(name, finding, trace) for name, finding in from_guards(trace)]
            if not chosen:
                continue
            out += [(check.name, finding, trace) for check in self.checks
                    for finding in check_trace(trace, conversation_of(trace), (check,))]  # fmt: skip
            checked += 1
        if checked:
            self._each_s += 0.2 * ((self._spent_s() - start) / checked - self._each_s)
        self.counts["traces_checked"] += checked
        self.counts["findings"] += len(out)
        if out:
            self._found(out)
        return checked


def chance(payload: memoryview) -> float:
    """A number in [0, 1) that follows from the record's bytes alone."""
    return zlib.crc32(payload) / 2**32


def conversation_of(trace: CallTrace) -> Conversation | None:
    """The request as a conversation, where bodies are kept and the dialect has one."""
    form = FORMS.get(trace.call.dialect)
    if form is None or not trace.request_body:
        return None
    try:
        return form.read_request(msgspec.json.decode(trace.request_body))
    except (TidegateError, msgspec.MsgspecError, ValueError, TypeError, KeyError):
        return None  # a body that cannot be read is the data plane's refusal, not a finding


def from_guards(trace: CallTrace) -> list[tuple[str, Finding]]:
    """What guards found while the call was in flight; they wrote it into the trace."""
    out: list[tuple[str, Finding]] = []
    for event in trace.events:
        if event.name == "guard":
            for raw in event.data.get("findings", ()):
                try:
                    out.append((str(event.data.get("guard", "guard")), msgspec.convert(raw, Finding)))
                except (msgspec.ValidationError, ValueError):
                    continue  # an older record of another shape
    return out
