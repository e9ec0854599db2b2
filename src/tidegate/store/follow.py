"""Reading the journal as it grows: every trace once, in the order of each worker, with a place to go on from.

The place is the offset behind the last frame read of each segment.  Compaction asks `finished` before it takes a
segment away, so that nothing leaves the journal unread.
"""

import contextlib
import sys
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
    frames,
    pass_over,
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
        self.skipped = 0  # traces passed over so far

    def fresh(self, mark: bytes = b"", most_bytes: int | None = None) -> Iterator[Recorded]:
        """Traces acknowledged since the last time; ends when what was there at the start is read.

        At most `most_bytes` of them (None: all); of the rest only those whose bytes hold `mark`, and the others are
        passed over and added to `skipped`.  The place moves as traces are taken: one that was yielded is not
        yielded again.
        """
        # Open ones first: one that is sealed between the two listings is then seen twice, not never.
        paths = {segment_name(p): p for p in [*open_segments(self.journal), *sealed_segments(self.journal)]}
        left = most_bytes if most_bytes is not None else sys.maxsize
        for name, path in paths.items():
            before = self.offsets.get(name, HEADER.size)
            with contextlib.suppress(FileNotFoundError):
                yield from self._read(name, path, mark, left)
            left = max(0, left - (self.offsets.get(name, before) - before))
        for gone in self.offsets.keys() - paths.keys():
            del self.offsets[gone]

    def _read(self, name: str, path: Path, mark: bytes, left: int) -> Iterator[Recorded]:
        start = self.offsets.get(name, HEADER.size)
        try:
            with path.open("rb") as file:
                check_header(file.read(HEADER.size))
                file.seek(start)
                data = file.read()
        except NotASegment:
            self.offsets[name] = path.stat().st_size  # nothing in it is ours to read
            return
        last_mark = data.rfind(mark) if mark else -1
        at = 0
        for frame in frames(data, 0):
            wanted = at < left
            if not wanted and at > last_mark:
                break
            at = frame.end
            self.offsets[name] = start + at
            if frame.kind == KIND_TRACE and (wanted or mark in bytes(frame.payload)):
                yield Recorded(frame.payload)
            else:
                self.skipped += frame.kind == KIND_TRACE
        end, count = pass_over(data, at) if at >= left else (at, 0)
        self.skipped += count
        self.offsets[name] = start + end

    def finished(self, path: Path) -> bool:
        """Whether a sealed segment was read to its end."""
        return self.offsets.get(segment_name(path), 0) >= path.stat().st_size
