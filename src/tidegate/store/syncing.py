"""Waiting for the disk, in a thread of its own, so that the journal's writer need not.

`fdatasync` takes as long as the disk takes: while a writer waits for it nobody empties the memory behind
it, and on a busy gateway sixteen megabytes fill in a twentieth of a second.  Here the writer hands over
what is to be synced and goes on with a new segment.  The order is kept: a segment gets its final name
only once its bytes are on the disk, in the order in which segments were closed.

The newest `CACHED_SEGMENTS` stay in memory for whoever compacts them.  Older ones leave the page cache: a
busy gateway writes a gigabyte of traces in seconds, and each of its pages would be memory taken from somebody (the
engine's weights, a virtual machine's host) and dearer than the last: 25 to 90 µs for 32 KB into pages
that were never used before, 8 µs into pages just given back and 2 to give them back.
"""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

CACHED_SEGMENTS = 4
SEALS_WAITING_MAX = 32  # closed segments that wait for the disk; then the writer waits too, and losses are counted


class Syncer:
    """Syncs and seals one writer's segments.  `sync` is the world's and can be replaced by a slow or failing one."""

    def __init__(self, name: str, told: Callable[[str], None], sync: Callable[[int], None] = os.fdatasync) -> None:
        self._name = name
        self._told = told  # hears of errors
        self._sync = sync
        self._jobs: deque[tuple[int, Path | None, Path | None]] = deque()
        self._cached: deque[Path] = deque()  # segments whose pages may still be in memory, oldest first
        self._changed = threading.Condition()
        self._ending = False
        self._runner: threading.Thread | None = None

    def refresh(self, fd: int) -> None:
        """Sync what was written to an open segment so far, unless something waits already (then that is newer)."""
        with self._changed:
            if not self._jobs:
                self._put((os.dup(fd), None, None))

    def seal(self, fd: int, path: Path, final: Path | None) -> None:
        """Sync a closed segment, give it its final name (None: it is empty and goes), and close `fd`."""
        with self._changed:
            while len(self._jobs) >= SEALS_WAITING_MAX:
                self._changed.wait()
            self._put((fd, path, final))

    def close(self, timeout_s: float = 5.0) -> None:
        """Finish what waits, as far as the time allows, and end."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._runner is not None:
            self._runner.join(timeout_s)

    def _put(self, job: tuple[int, Path | None, Path | None]) -> None:
        self._jobs.append(job)
        if self._runner is None:
            self._runner = threading.Thread(target=self._run, name=f"sync-{self._name}", daemon=True)
            self._runner.start()
        self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs:
                    if self._ending:
                        return
                    self._changed.wait()
                fd, path, final = self._jobs[0]
            try:
                self._sync(fd)
                if path is not None:
                    named(path, final)
                if final is not None:
                    self._uncache(final)
            except OSError as error:  # a segment stays `.open`; whoever compacts will seal it when we are gone
                self._told(str(error))
            os.close(fd)
            with self._changed:
                self._jobs.popleft()
                self._changed.notify_all()

    def _uncache(self, newest: Path) -> None:
        """Let the oldest segments' pages go; one that was compacted meanwhile took its own along."""
        self._cached.append(newest)
        while len(self._cached) > CACHED_SEGMENTS:
            uncache(self._cached.popleft())


def uncache(path: Path) -> None:
    """Take a file that is on the disk out of the page cache, where the system knows how."""
    if not hasattr(os, "posix_fadvise"):
        return
    with contextlib.suppress(FileNotFoundError):
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)


def named(path: Path, final: Path | None) -> None:
    """Give a closed segment its final name, or take an empty one away."""
    if final is not None:
        path.rename(final)
    else:
        path.unlink(missing_ok=True)
