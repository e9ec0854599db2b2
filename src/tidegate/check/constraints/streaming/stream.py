"""The streaming filter: releases nothing past the earliest position at which a forbidden span could be open.

Per channel, three views of the text (see `canonical`) run through one automaton (see
`automaton`).  While an opened thread is live in any view, the source from its span's start on
is held; when the last one dies, the plain regular expression is run over the closed stretch and
decides, exactly as it would on the whole text, what is a span; spans become `[redacted]`, or end
the answer, and the rest leaves byte for byte.

Prefix safety: an occurrence that ends after time t and begins before the frontier e(t) would be
a live thread opened before e(t); there is none.  Everything here is a function of the text
alone, one character at a time, so any split of the text gives the same output.  What is held
never exceeds `hold_max`: at the cap the stretch is withheld as if it had matched (fail closed).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from tidegate.check.constraints.streaming.automaton import Automaton
from tidegate.check.constraints.streaming.canonical import SPECIAL, SPECIAL_LAST, Folder, fold_all
from tidegate.check.constraints.streaming.patterns import Literals, Pattern, Span, checked_tree, finder
from tidegate.check.constraints.streaming.tree import width
from tidegate.check.constraints.streaming.view import View

__all__ = [
    "HOLD_MAX",
    "REPLACEMENT",
    "Channel",
    "Filter",
    "Literals",
    "Pattern",
    "Span",
    "filter_text",
    "finder",
    "merged",
]
REPLACEMENT = "[redacted]"
HOLD_MAX = 2048
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Filter:
    """Patterns and literals, compiled; make a `Channel` for each stream of text.

    Raises SettingError for a pattern that is not regular, matches the empty text, names an
    unknown check, or has no bounded width without saying so.
    """

    def __init__(
        self, patterns: Sequence[Pattern], literals: Sequence[Literals] = (), *, hold_max: int = HOLD_MAX
    ) -> None:
        self.patterns = tuple(patterns)
        trees = [checked_tree(p) for p in self.patterns]
        widest = max((w for t in trees if (w := width(t)) is not None), default=0)
        self.literal_rule: dict[str, Literals] = {}
        for group in literals:
            for text in group.texts:
                self.literal_rule.setdefault(fold_all(text).lower(), group)
        widest = max(widest, *(len(t) for t in self.literal_rule), 0) if self.literal_rule else widest
        self.hold_max = max(hold_max, widest + 64)
        self.automaton = Automaton(trees, tuple(self.literal_rule))
        self._finders: dict[int, Callable[[str], list[tuple[int, int]]]] = {}

    def channel(self) -> Channel:
        """A fresh channel."""
        return Channel(self)

    def spans(self, text: str, accepted: Iterable[int]) -> list[tuple[int, int, int]]:
        """(start, end, pattern) of the spans that the accepted patterns really have in a closed stretch."""
        clean = _SURROGATE.sub("\ufffd", text)
        return [(s, e, number) for number in sorted(accepted) for s, e in self._finder(number)(clean)]

    def _finder(self, number: int) -> Callable[[str], list[tuple[int, int]]]:
        if number not in self._finders:
            self._finders[number] = finder(self.patterns[number])
        return self._finders[number]


class Channel:
    """One stream of text: feed chunks, get what may leave."""

    def __init__(self, filter_: Filter) -> None:
        self.filter = filter_
        self.raw = View(filter_, "raw")
        self.views: list[tuple[Folder, View]] = []
        self.source = ""  # source text not released yet
        self.released = 0  # source characters released or dropped so far
        self.dropped_to = 0
        self.blocked = False
        self.queue: list[Span] = []
        self.spans: list[Span] = []
        self.special_to = 0
        self.limit: int | None = None  # set by a joint reading of several channels

    @property
    def at(self) -> int:
        """Source characters seen."""
        return self.released + len(self.source)

    @property
    def held(self) -> int:
        """Characters held back now."""
        return len(self.source)

    def feed(self, chunk: str) -> str:
        """The text that may leave after `chunk`."""
        if (
            not (self.source or self.views or self.queue or self.blocked)
            and self.limit is None
            and not SPECIAL.search(chunk)
        ):
            raw = self.raw  # the common case: nothing is held and nothing is disguised
            raw.feed(chunk)
            if raw.hold < 0 and not raw.found and self.dropped_to <= self.released:
                self.released += len(chunk)
                return chunk
            self.source = chunk
            self._collect()
            return self._emit(self._frontier())
        self._read(chunk)
        return self._emit(self._frontier())

    def finish(self) -> str:
        """The stream ended: the last text that may leave."""
        self.raw.finish()
        for folder, view in self.views:
            symbols, starts, ends = folder.feed("", final=True)
            view.feed(symbols, starts, ends)
            view.finish()
        self._collect()
        return self._emit(self.at)

    def add(self, span: Span) -> None:
        """A span found by a joint reading."""
        self.queue.append(span)

    def _read(self, chunk: str) -> None:
        self.source += chunk
        if self.blocked:
            return
        rest = chunk
        if not self.views:
            special = SPECIAL.search(chunk)
            if special is None:
                self.raw.feed(chunk)
                self._collect()
                return
            self.raw.feed(chunk[: special.start()])
            rest = chunk[special.start() :]
            at = self.at - len(rest)
            self.views = [
                (Folder(at, decode=False), self.raw.fork("folded")),
                (Folder(at, decode=True), self.raw.fork("decoded")),
            ]
        self.raw.feed(rest)
        for folder, view in self.views:
            symbols, starts, ends = folder.feed(rest)
            if symbols:
                view.feed(symbols, starts, ends)
        self._collect()
        last = SPECIAL_LAST.match(rest)
        if last:
            self.special_to = self.at - len(rest) + last.end() + 12  # an escape that begins here has ended by then
        if self.raw.first() > self.special_to and all(
            not f.pending and v.first() > self.special_to and v.agrees(self.raw) for f, v in self.views
        ):
            self.views = []  # all readings kept the same characters and agree again

    def _collect(self) -> None:
        if self.raw.found:
            self._take(self.raw)
        for _, view in self.views:
            if view.found:
                self._take(view)

    def _take(self, view: View) -> None:
        self.queue += view.found
        self.spans += view.found
        view.found = []

    def _frontier(self) -> int:
        at = self.released + len(self.source)
        place = self.raw.frontier(at)
        for folder, view in self.views:
            place = min(place, view.frontier(at), at - len(folder.pending))
        return place if self.limit is None else min(place, self.limit)

    def _emit(self, frontier: int) -> str:
        """Release the source before `frontier`, with the decided spans in it replaced."""
        out: list[str] = []
        base, at = self.released, self.released
        if len(self.queue) > 1:
            self.queue.sort(key=lambda s: (s.start, s.action, s.rule))
        while self.queue and self.queue[0].start < frontier and not self.blocked:
            span = self.queue.pop(0)
            if span.end <= self.dropped_to:
                continue
            if span.start >= self.dropped_to:
                out.append(self.source[max(at, self.dropped_to) - base : max(span.start, at) - base])
                out.append(REPLACEMENT)
                self.blocked = span.action == "block"
            self.dropped_to = span.end
            at = max(at, span.start)
        if not self.blocked and frontier > max(at, self.dropped_to):
            out.append(self.source[max(at, self.dropped_to) - base : frontier - base])
        self.source = self.source[max(0, frontier - base) :] if not self.blocked else ""
        self.released = max(self.released, frontier)
        return "".join(out)


def filter_text(filter_: Filter, chunks: Iterable[str]) -> tuple[str, list[Span], bool, int]:
    """(what leaves, spans, whether it was cut, most characters held) of a whole stream."""
    channel = filter_.channel()
    out: list[str] = []
    held = 0
    for chunk in chunks:
        out.append(channel.feed(chunk))
        held = max(held, channel.held)
    out.append(channel.finish())
    return "".join(out), merged(channel.spans), channel.blocked, held


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, overlapping ones joined under the first one's rule."""
    out: list[Span] = []
    for s in sorted(spans, key=lambda s: (s.start, -s.end, s.rule)):
        if out and s.start < out[-1].end:
            out[-1] = msgspec.structs.replace(out[-1], end=max(out[-1].end, s.end))
        else:
            out.append(s)
    return out
