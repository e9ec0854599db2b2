"""Reading the journal's segments, and putting in order what a killed process left behind.

An open segment is locked by its writer.  When the lock can be taken the writer is gone: its
frames are checked, what follows the last whole one is moved to a side file (`.torn`), counted,
and the segment is sealed.  Recovery may run at any time, in any process, and be killed itself:
the side file is written before the segment is cut.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tidegate.spine.trace import CallTrace
from tidegate.store.framing import (
    HEADER,
    KIND_LOSS,
    KIND_TRACE,
    Frame,
    Loss,
    NotASegment,
    check_header,
    decode_loss,
    decode_trace,
    frames,
)  # fmt: skip
from tidegate.store.journal import OPEN_SUFFIX, SEALED_SUFFIX

TORN_SUFFIX = ".torn"


class Recovered(NamedTuple):
    """What recovery did: segments sealed, torn tails moved aside and their bytes, files that are no segments."""

    sealed: int = 0
    torn: int = 0
    torn_bytes: int = 0
    foreign: int = 0

    def __add__(self, other: object) -> "Recovered":
        assert isinstance(other, Recovered)
        return Recovered(*(a + b for a, b in zip(self, other, strict=True)))


def sealed_segments(journal: Path) -> list[Path]:
    """Segments that never change again, oldest first."""
    return sorted(journal.glob(f"*{SEALED_SUFFIX}"), key=_age)


def open_segments(journal: Path) -> list[Path]:
    """Segments of writers that live, or died without a word; oldest first."""
    return sorted(journal.glob(f"*{OPEN_SUFFIX}"), key=_age)


def segment_name(path: Path) -> str:
    """A segment's name, whether open or sealed."""
    return path.name.removesuffix(".open")


def _age(path: Path) -> tuple[str, str]:
    """`worker.created.pid-random.tgj`: by creation, then by name."""
    parts = path.name.split(".")
    return (parts[1] if len(parts) > 2 else "", path.name)


def read_frames(path: Path, offset: int = HEADER.size) -> Iterator[Frame]:
    """Whole frames of a segment, live or sealed, from `offset` on; FileNotFoundError if it is gone.

    Raises NotASegment for a file that does not begin like one.  `Frame.end` is an offset in the
    file, to go on from next time.
    """
    with path.open("rb") as file:
        check_header(file.read(HEADER.size))
        file.seek(offset)
        for frame in frames(file.read(), 0):
            yield Frame(frame.kind, frame.payload, frame.end + offset)


def read_traces(path: Path) -> Iterator[CallTrace]:
    """The traces of a segment, in the order they were acknowledged."""
    for frame in read_frames(path):
        if frame.kind == KIND_TRACE:
            yield decode_trace(frame.payload)


def read_losses(journal: Path) -> Iterator[Loss]:
    """The records of loss in all segments that are still there."""
    # Open ones are listed first: one sealed between the two listings is then in the second, never in neither.
    opened = open_segments(journal)
    here = {p.name.removesuffix(".open"): p for p in [*opened, *sealed_segments(journal)]}
    for path in here.values():
        for name in (path, path.with_name(path.name.removesuffix(".open"))):  # sealed since it was listed
            with contextlib.suppress(FileNotFoundError, NotASegment):
                yield from [decode_loss(f.payload) for f in read_frames(name) if f.kind == KIND_LOSS]
                break


def recover(journal: Path) -> Recovered:
    """Seal every open segment whose writer is gone; safe beside live writers and other recoverers."""
    total = Recovered()
    for path in open_segments(journal):
        with contextlib.suppress(FileNotFoundError):
            total += _recover_one(path)
    for path in journal.glob("*.new"):  # a writer died before its segment had a name: nothing is in it
        with contextlib.suppress(OSError):
            _unlink_if_abandoned(path)
    return total


def _unlink_if_abandoned(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(fd)


def _recover_one(path: Path) -> Recovered:
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return Recovered()  # its writer lives
        if not path.exists():  # another recoverer was first
            return Recovered()
        data = path.read_bytes()
        try:
            check_header(data)
        except NotASegment:
            path.rename(path.with_name(path.name + TORN_SUFFIX))
            return Recovered(torn=1, torn_bytes=len(data), foreign=1)
        end = HEADER.size
        for frame in frames(data):
            end = frame.end
        torn = data[end:]
        if torn:
            path.with_name(path.name + TORN_SUFFIX).write_bytes(torn)
            os.ftruncate(fd, end)
        os.fsync(fd)
        if end > HEADER.size:
            path.rename(path.with_name(path.name.removesuffix(".open")))
        else:
            path.unlink()
        return Recovered(sealed=1, torn=int(bool(torn)), torn_bytes=len(torn))
    finally:
        os.close(fd)
