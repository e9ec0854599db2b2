"""Server-sent events ↔ bytes, as the WHATWG standard writes them, fed in pieces cut anywhere.

Lines may end in LF, CR or CRLF; comments, `id` and `retry` are skipped; several `data` lines are
one text.  One leniency: an event that the end of the stream cuts off before its blank line is
still given by `end`, since engines forget the last newline.
"""

from typing import NamedTuple

LINE_BYTES_MAX = 16 * 1024 * 1024


class ServerEvent(NamedTuple):
    """One event: its name ("" when none was given) and its data."""

    name: str
    data: str


class TooLong(ValueError):
    """A line or an event grew past the bound: the peer is broken or hostile."""


class EventDecoder:
    """Bytes in, events out; holds what is not complete yet."""

    def __init__(self, bytes_max: int = LINE_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._line: list[bytes] = []  # pieces of the line that is not ended yet
        self._line_bytes = 0
        self._after_cr = False
        self._start = True
        self._name = ""
        self._data: list[str] = []
        self._data_bytes = 0

    def feed(self, data: bytes) -> list[ServerEvent]:
        """Events completed by these bytes; raises TooLong."""
        if self._after_cr and data:
            if data[:1] == b"\n":
                data = data[1:]
            self._after_cr = False
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, rest = data.split(b"\n")
        events: list[ServerEvent] = []
        for line in whole:
            if self._line:
                self._line.append(line)
                line = b"".join(self._line)
                self._line, self._line_bytes = [], 0
            self._take(line, events)
        if rest:
            self._line.append(rest)
            self._line_bytes += len(rest)
            if self._line_bytes > self._bytes_max:
                raise TooLong(f"a line of an event stream is longer than {self._bytes_max} bytes")
        return events

    def end(self) -> list[ServerEvent]:
        """The stream ended: the event that was still open, if it had data."""
        events: list[ServerEvent] = []
        if self._line:
            line, self._line = b"".join(self._line), []
            self._take(line, events)
        self._take(b"", events)
        return events

    def _take(self, line: bytes, events: list[ServerEvent]) -> None:
        if self._start:
            self._start = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            if self._data:
                events.append(ServerEvent(self._name, "\n".join(self._data)))
            self._name, self._data, self._data_bytes = "", [], 0
            return
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data_bytes += len(value)
            if self._data_bytes > self._bytes_max:
                raise TooLong(f"an event is longer than {self._bytes_max} bytes")
            self._data.append(value.removeprefix(b" ").decode("utf-8", "replace"))
        elif field == b"event":
            self._name = value.removeprefix(b" ").decode("utf-8", "replace")


def encode_event(data: bytes, name: str = "") -> bytes:
    """One event whose data holds no newline (JSON never does)."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), data) if name else b"data: %s\n\n" % data
