"""Several channels of one answer: each filtered on its own, and all together in order of arrival."""

from __future__ import annotations

import msgspec

from tidegate.check.constraints.streaming.stream import Channel, Filter, Span
from tidegate.check.constraints.streaming.view import View


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
