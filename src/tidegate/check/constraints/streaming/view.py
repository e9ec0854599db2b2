# ruff: noqa: E501 (patterns and tables read better whole)
"""One reading of a stream of text: what is open in it, and since where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidegate.check.constraints.streaming.automaton import ACCEPT, LIVE, State
from tidegate.check.constraints.streaming.patterns import Span

if TYPE_CHECKING:
    from tidegate.check.constraints.streaming.stream import Filter

TRIM_EVERY = 64


class View:
    """One reading of a channel's text: the automaton's state and the stretch that is not closed yet.

    `text` holds the symbols since the last idle place (with one symbol of left context); symbol i
    comes from source [starts[i], ends[i]), in the raw view from [base + i, base + i + 1).
    """

    __slots__ = ("accepted", "base", "begin", "ends", "filter", "found", "hold", "mark", "mark_threads", "name", "retry",
                 "starts", "state", "swallowing", "text", "truncated")  # fmt: skip

    def __init__(self, filter_: Filter, name: str) -> None:
        self.filter, self.name = filter_, name
        self.state: State = filter_.automaton.start
        self.text = ""
        self.base = 0
        self.begin = 0  # symbols of left context at the head of `text`
        self.starts: list[int] | None = None
        self.ends: list[int] = []
        self.hold = -1  # index in `text` where the held span opened, or -1
        self.accepted: set[int] = set()
        self.found: list[Span] = []
        self.swallowing = False
        self.truncated = False
        self.mark = 0  # index in `text` and the threads live there; when those are dead, what lies before can go
        self.mark_threads: frozenset[Any] = frozenset()
        self.retry = TRIM_EVERY

    def fork(self, name: str) -> View:
        """A view that has seen the same text, with its own account of where symbols come from."""
        other = View(self.filter, name)
        other.state, other.text, other.begin, other.hold = self.state, self.text, self.begin, self.hold
        other.accepted, other.swallowing, other.truncated = set(self.accepted), self.swallowing, self.truncated
        other.mark, other.mark_threads, other.retry = self.mark, self.mark_threads, self.retry
        n = len(self.text)
        other.starts = list(range(self.base, self.base + n)) if self.starts is None else list(self.starts)
        other.ends = list(range(self.base + 1, self.base + n + 1)) if self.starts is None else list(self.ends)
        return other

    def frontier(self, at: int) -> int:
        """The source place before which nothing is open; `at` is the source place after everything seen."""
        if self.hold < 0 or self.swallowing:
            return at
        if self.starts is None:
            return self.base + self.hold
        return self.starts[self.hold] if self.hold < len(self.starts) else at

    def first(self) -> int:
        """The source place of the first symbol still kept."""
        return self.base if self.starts is None else self.starts[0] if self.starts else -1

    def agrees(self, other: View) -> bool:
        """Whether two views that kept the same characters stand in the same state, with nothing open."""
        return (self.hold < 0 and not self.accepted and not self.swallowing and other.hold < 0 and not other.accepted
                and not other.swallowing and self.state.threads == other.state.threads
                and self.state.after_word == other.state.after_word)  # fmt: skip

    def feed(self, symbols: str, starts: list[int] | None = None, ends: list[int] | None = None) -> None:
        """Take more symbols (with their source intervals, but for the raw view)."""
        index = len(self.text)
        self.text += symbols
        if self.starts is not None and starts is not None and ends is not None:
            self.starts += starts
            self.ends += ends
        state, cap, hold = self.state, self.filter.hold_max, self.hold
        for char in symbols:
            state = state[char]
            flags = state.flags
            index += 1
            if hold < 0:
                if not flags & (LIVE | ACCEPT):
                    continue
                if flags == LIVE:
                    hold = index - 1
                    continue
            elif flags == LIVE and index - hold <= cap:
                continue
            self.hold = hold
            if flags & ACCEPT:
                self._accept(state, index)
            if not flags & LIVE:
                if self.accepted or self.swallowing:
                    self._close(index, index if flags & ACCEPT else index - 1)
                self.hold = -1
            elif hold < 0:
                self.hold = index - 1
            elif index - hold > cap and not self.swallowing:
                self._cap(index)
            hold = self.hold
        self.state, self.hold = state, hold
        if self.swallowing:
            self._find(hold, len(self.text), "cap")
        if len(self.text) >= self.retry:
            self._shorten()

    def _shorten(self) -> None:
        """Forget the text in which no live thread can have begun: those of the last mark are followed until they die."""
        n = len(self.text)
        threads = self.mark_threads
        follow = self.filter.automaton.following
        for char in self.text[self.mark :]:
            if not threads:
                break
            threads = follow(threads, char)
        if not threads and not self.accepted:
            if self.mark > 1:
                self._trim(self.mark)
                self.truncated = False
            n = len(self.text)
            self.mark, self.mark_threads = n, self.state.threads
            self.retry = n + TRIM_EVERY
        elif n > 16 * self.filter.hold_max and (self.hold < 0 or self.swallowing):
            self.truncated = True
            self._trim(n - 8 * self.filter.hold_max)
            self.mark, self.mark_threads = len(self.text), self.state.threads
            self.retry = len(self.text) + TRIM_EVERY
        else:
            self.retry = 2 * n

    def finish(self) -> None:
        """The stream ended: decide what is still open."""
        self._close(len(self.text))

    def _accept(self, state: State, index: int) -> None:
        self.accepted |= state.accepts
        for length in state.literals:
            group = self.filter.literal_rule[self.text[index - length : index].lower()]
            self._find(index - length, index, group.id, group.action)

    def _find(self, s: int, e: int, rule: str, action: str = "redact") -> None:
        if self.starts is None:
            span = Span(start=self.base + s, end=self.base + e, rule=rule, view=self.name, action=action)
        else:
            span = Span(start=self.starts[s], end=self.ends[e - 1], rule=rule, view=self.name, action=action)
        self.found.append(span)

    def _close(self, index: int, last: int | None = None) -> None:
        """No opened thread is live: the plain expressions decide what was a span."""
        if self.swallowing:
            self._find(self.hold, index if last is None else last, "cap")
        if self.accepted:
            before = len(self.found)
            for s, e, number in self.filter.spans(self.text[:index], self.accepted):
                self._find(s, e, self.filter.patterns[number].id, self.filter.patterns[number].action)
            if self.truncated and len(self.found) == before and self.hold >= 0:
                self._find(self.hold, index, "cap")  # its beginning is no longer kept: fail closed
        self.accepted = set()
        self.hold, self.swallowing = -1, False

    def _cap(self, index: int) -> None:
        """More than `hold_max` symbols are held: find exactly since where; withhold them if it is still too much."""
        before = self.text[self.begin - 1] if self.begin else ""
        opened = self.filter.automaton.earliest_open(self.text[self.begin : index], before)
        exact = self.hold if opened is None else max(self.hold, self.begin + opened)
        if exact > self.hold and self.accepted:
            for s, e, number in self.filter.spans(self.text[:index], self.accepted):
                if e <= exact:
                    self._find(s, e, self.filter.patterns[number].id, self.filter.patterns[number].action)
        self.hold = exact
        self.swallowing = index - exact > self.filter.hold_max

    def _trim(self, place: int) -> None:
        """Forget what lies before a place in `text`, but for one symbol of context."""
        cut = place - 1
        self.text = self.text[cut:]
        self.begin = 1
        if self.starts is None:
            self.base += cut
        else:
            self.starts = self.starts[cut:]
            self.ends = self.ends[cut:]
        if self.hold >= 0:
            self.hold = max(0, self.hold - cut)
