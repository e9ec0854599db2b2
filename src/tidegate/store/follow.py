"""Reading the journal as it grows: every trace once, in the order of each worker, with a place to go on from.

The place is the offset behind the last frame read of each segment.  Compaction asks `finished` before it takes a
segment away, so that nothing leaves the journal unread.
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tidegate.spine.trace import CallTrace
from tidegate.store.framing import (
    HEADER,
    KIND_TRACE,
    NotASegment,
    check_header,
    decode_trace,
    end_of_frames,
    frames,
)
from tidegate.store.segments import open_segments, sealed_segments, segment_name


class Recorded(NamedTuple):
    """A trace as it stands in the journal, not decoded yet: most readers want a few of many."""

    payload: memoryview

    def read(self) -> CallTrace:
        """The trace."""
        return decode_trace(self.payload)


class JournalFollower:
    """Where reading of a journal stands; `offsets` can be kept and given back."""

    def __init__(self, journal: Path, offsets: Mapping[str, int] | None = None) -> None:
        self.journal = journal
        self.offsets = dict(offsets or {})

    def fresh(self, mark: bytes = b"") -> Iterator[Recorded]:
        """Traces acknowledged since the last time; ends when what was there at the start is read.

        With `mark`, those whose bytes hold it (and some that do not): a segment without it is passed over whole.
        The place moves as traces are taken: one that was yielded is not yielded again.
        """
        # Open ones first: one that is sealed between the two listings is then seen twice, not never.
        paths = {segment_name(p): p for p in [*open_segments(self.journal), *sealed_segments(self.journal)]}
        for name, path in paths.items():
            with contextlib.suppress(FileNotFoundError):
                yield from self._read(name, path, mark)
        for gone in self.offsets.keys() - paths.keys():
            del self.offsets[gone]

    def _read(self, name: str, path: Path, mark: bytes) -> Iterator[Recorded]:
        start = self.offsets.get(name, HEADER.size)
        try:
            with path.open("rb") as file:
                check_header(file.read(HEADER.size))
                file.seek(start)
                data = file.read()
            if mark not in data:
                self.offsets[name] = start + end_of_frames(data)
                return
            for frame in frames(data, 0):
                self.offsets[name] = start + frame.end
                if frame.kind == KIND_TRACE:
                    yield Recorded(frame.payload)
        except NotASegment:
            self.offsets[name] = path.stat().st_size  # nothing in it is ours to read

    def finished(self, path: Path) -> bool:
        """Whether a sealed segment was read to its end."""
        return self.offsets.get(segment_name(path), 0) >= path.stat().st_size
