"""Waiting for the disk, in a thread of its own, so that the journal's writer need not.

`fdatasync` takes as long as the disk takes: while a writer waits for it nobody empties the memory behind
it, and on a busy gateway sixteen megabytes fill in a twentieth of a second.  Here the writer hands over
what is to be synced and goes on with a new segment.  The order is kept: a segment gets its final name
only once its bytes are on the disk, in the order in which segments were closed.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

SEALS_WAITING_MAX = 32  # closed segments that wait for the disk; then the writer waits too, and losses are counted


class Syncer:
    """Syncs and seals one writer's segments.  `sync` is the world's and can be replaced by a slow or failing one."""

    def __init__(self, name: str, told: Callable[[str], None], sync: Callable[[int], None] = os.fdatasync) -> None:
        self._name = name
        self._told = told  # hears of errors
        self._sync = sync
        self._jobs: deque[tuple[int, Path | None, Path | None]] = deque()
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
            except OSError as error:  # a segment stays `.open`; whoever compacts will seal it when we are gone
                self._told(str(error))
            os.close(fd)
            with self._changed:
                self._jobs.popleft()
                self._changed.notify_all()


def named(path: Path, final: Path | None) -> None:
    """Give a closed segment its final name, or take an empty one away."""
    if final is not None:
        path.rename(final)
    else:
        path.unlink(missing_ok=True)
