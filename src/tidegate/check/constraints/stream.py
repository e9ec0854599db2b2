# ruff: noqa: E501 (patterns and tables read better whole)
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
from typing import Any

import msgspec

from tidegate.check.constraints.automaton import ACCEPT, LIVE, Automaton, State
from tidegate.check.constraints.canonical import SPECIAL, Folder, fold_all
from tidegate.check.constraints.regex import Node, nullable, parse, width
from tidegate.spine.errors import SettingError, nearest
from tidegate.spine.sensitive.checksums import CHECKS, entropy

REPLACEMENT = "[redacted]"
HOLD_MAX = 2048
TRIM_EVERY = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """One forbidden shape of text: a regular expression whose capture group (else the whole match) may not leave.

    A match counts only if it passes `check` (a checksum by name), has at least `entropy_min`
    bits a character, and matches none of `allow`.  `unbounded` says that a pattern without a
    longest match is meant: it is withheld up to the cap and then swallowed.
    """

    id: str
    regex: str
    check: str | None = None
    entropy_min: float | None = None
    allow: tuple[str, ...] = ()
    group: int | None = None
    action: str = "redact"  # redact | block
    unbounded: bool = False


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Source characters [start, end) that may not leave, and which rule says so (`cap`: withheld at the cap)."""

    start: int
    end: int
    rule: str
    view: str = "raw"
    action: str = "redact"

    def to_json(self) -> dict[str, Any]:
        """Where and why, never what."""
        return {"start": self.start, "end": self.end, "rule": self.rule, "view": self.view, "action": self.action}


class Literals(msgspec.Struct, frozen=True, kw_only=True):
    """Texts known in advance (canaries, secrets): any occurrence, in any letter case, may not leave."""

    id: str
    texts: tuple[str, ...]
    action: str = "redact"


class Filter:
    """Patterns and literals, compiled; make a `Channel` for each stream of text.

    Raises SettingError for a pattern that is not regular, matches the empty text, names an
    unknown check, or has no bounded width without saying so.
    """

    def __init__(
        self, patterns: Sequence[Pattern], literals: Sequence[Literals] = (), *, hold_max: int = HOLD_MAX
    ) -> None:
        self.patterns = tuple(patterns)
        trees = [_checked(p) for p in self.patterns]
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


def finder(pattern: Pattern) -> Callable[[str], list[tuple[int, int]]]:
    """The spans of one pattern in a whole text: RE2's matches, in linear time, that pass the pattern's tests."""
    import re2  # loaded only where patterns are configured: a bare gateway worker stays small

    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    compiled = re2.compile(pattern.regex, options)
    allow = [re2.compile(a, options) for a in pattern.allow]
    check = CHECKS[pattern.check] if pattern.check else None
    groups = range(1, compiled.groups + 1) if pattern.group is None else (pattern.group,)

    def find(text: str) -> list[tuple[int, int]]:
        out = []
        for match in compiled.finditer(text):
            s, e = next(
                ((match.start(g), match.end(g)) for g in groups if match.end(g) > match.start(g) >= 0), match.span()
            )
            value = text[s:e]
            if value and (check is None or check(value)) and (
                pattern.entropy_min is None or entropy(value) >= pattern.entropy_min
            ) and not any(a.search(value) for a in allow):  # fmt: skip
                out.append((s, e))
        return out

    return find


def _checked(p: Pattern) -> Node:
    where = f"pattern {p.id!r}"
    tree = parse(p.regex, where)
    if nullable(tree):
        raise SettingError(f"{p.regex!r} matches the empty text, so it would forbid everything", where=where)
    if width(tree) is None and not p.unbounded:
        raise SettingError(
            f"expected a pattern with a longest match, {p.regex[:80]!r} has none, so its hold-back has no bound",
            where=where, remedy="bound it (x{1,64} instead of x+), or set `unbounded: true` to swallow what follows",
        )  # fmt: skip
    if p.check is not None and p.check not in CHECKS:
        raise SettingError(f"unknown check {p.check!r}", where=where, remedy=nearest(p.check, CHECKS))
    for a in p.allow:
        parse(a, where)
    if p.action not in ("redact", "block"):
        raise SettingError(f"expected the action redact or block, got {p.action!r}", where=where)
    return tree


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
        found = [m.end() for m in SPECIAL.finditer(rest)]
        if found:
            self.special_to = self.at - len(rest) + found[-1] + 12  # an escape that begins here has ended by then
        if self.raw.first() > self.special_to and all(
            not f.pending and v.first() > self.special_to and v.agrees(self.raw) for f, v in self.views
        ):
            self.views = []  # all readings kept the same characters and agree again

    def _collect(self) -> None:
        for view in (self.raw, *(v for _, v in self.views)):
            if view.found:
                self.queue += view.found
                self.spans += view.found
                view.found = []

    def _frontier(self) -> int:
        at = self.at
        places = [self.raw.frontier(at)]
        for folder, view in self.views:
            places.append(min(view.frontier(at), at - len(folder.pending)))
        if self.limit is not None:
            places.append(self.limit)
        return min(places)

    def _emit(self, frontier: int) -> str:
        """Release the source before `frontier`, with the decided spans in it replaced."""
        out: list[str] = []
        base, at = self.released, self.released
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


class StreamFilter:
    """All channels of one choice: each on its own, and all together in order of arrival.

    The joint reading catches a span that begins in one channel (reasoning) and ends in another
    (content), which a client that shows both would put side by side.
    """

    def __init__(self, filter_: Filter) -> None:
        self.filter = filter_
        self.channels: dict[str, Channel] = {}
        self.joint: View | None = None
        self._places: list[tuple[str, int]] = []  # joint source place → (channel, its source place)
        self._first = 0
        self._last = ""

    def feed(self, key: str, text: str) -> list[tuple[str, str]]:
        """Take text on a channel; what may leave now, on any channel."""
        channel = self.channels.get(key)
        if channel is None:
            channel = self.channels[key] = self.filter.channel()
        if self.joint is None and self._last and self._last != key:
            self._join(self._last)
        self._last = key
        if self.joint is None:
            out = channel.feed(text)
            return [(key, out)] if out else []
        n = len(self._places) + self._first
        self._places += [(key, channel.at + i) for i in range(len(text))]
        self.joint.feed(text, list(range(n, n + len(text))), list(range(n + 1, n + len(text) + 1)))
        self._spread()
        out = channel.feed(text)
        released = [(key, out)] if out else []
        for name, other in self.channels.items():
            if name != key and other.held and (more := other.feed("")):
                released.append((name, more))
        return released

    def finish(self) -> list[tuple[str, str]]:
        """Everything ended: the last text of every channel."""
        if self.joint is not None:
            self.joint.finish()
            self._spread()
        out = [(key, text) for key, c in self.channels.items() if (text := c.finish())]
        return out

    @property
    def spans(self) -> list[tuple[str, Span]]:
        """All spans found so far, by channel."""
        return [(key, s) for key, c in self.channels.items() for s in c.spans]

    @property
    def blocked(self) -> bool:
        """Whether a span ended the answer."""
        return any(c.blocked for c in self.channels.values())

    def _join(self, key: str) -> None:
        channel = self.channels[key]
        self.joint = channel.raw.fork("joint")
        n = len(channel.raw.text)
        self._places = [(key, channel.raw.base + i) for i in range(n)]
        self.joint.starts, self.joint.ends = list(range(n)), list(range(1, n + 1))

    def _spread(self) -> None:
        """Give the joint reading's spans and frontier to the channels they lie in."""
        assert self.joint is not None
        total = self._first + len(self._places)
        for span in self.joint.found:
            pieces: dict[str, list[int]] = {}
            for j in range(max(span.start, self._first), span.end):
                key, place = self._places[j - self._first]
                pieces.setdefault(key, []).append(place)
            if len(pieces) > 1:
                for key, places in pieces.items():
                    piece = msgspec.structs.replace(span, start=min(places), end=max(places) + 1)
                    self.channels[key].add(piece)
                    self.channels[key].spans.append(piece)
        self.joint.found = []
        frontier = self.joint.frontier(total)
        limits: dict[str, int] = {}
        for key, place in self._places[max(0, frontier - self._first) :]:
            limits.setdefault(key, place)
        for key, channel in self.channels.items():
            channel.limit = limits.get(key)
        keep = max(0, min(frontier, total - len(self.joint.text)) - self._first)
        if keep > 4096:
            self._places = self._places[keep:]
            self._first += keep


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
