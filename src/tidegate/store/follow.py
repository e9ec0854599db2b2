"""Reading the journal as it grows: every trace once, in the order of each worker, with a place to go on from.

The place is the offset behind the last frame read of each segment.  Compaction asks `finished` before it takes a
segment away, so that nothing leaves the journal unread.
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tidegate.spine.trace import CallTrace
from tidegate.store.framing import HEADER, KIND_TRACE, NotASegment, decode_trace
from tidegate.store.segments import open_segments, read_frames, sealed_segments, segment_name


class JournalFollower:
    """Where reading of a journal stands; `offsets` can be kept and given back."""

    def __init__(self, journal: Path, offsets: Mapping[str, int] | None = None) -> None:
        self.journal = journal
        self.offsets = dict(offsets or {})

    def fresh(self) -> Iterator[CallTrace]:
        """Traces acknowledged since the last time; ends when what was there at the start is read.

        The place moves as traces are taken: one that was yielded is not yielded again.
        """
        # Open ones first: one that is sealed between the two listings is then seen twice, not never.
        paths = {segment_name(p): p for p in [*open_segments(self.journal), *sealed_segments(self.journal)]}
        for name, path in paths.items():
            with contextlib.suppress(FileNotFoundError):
                yield from self._read(name, path)
        for gone in self.offsets.keys() - paths.keys():
            del self.offsets[gone]

    def _read(self, name: str, path: Path) -> Iterator[CallTrace]:
        try:
            for frame in read_frames(path, self.offsets.get(name, HEADER.size)):
                self.offsets[name] = frame.end
                if frame.kind == KIND_TRACE:
                    yield decode_trace(frame.payload)
        except NotASegment:
            self.offsets[name] = path.stat().st_size  # nothing in it is ours to read

    def finished(self, path: Path) -> bool:
        """Whether a sealed segment was read to its end."""
        return self.offsets.get(segment_name(path), 0) >= path.stat().st_size
