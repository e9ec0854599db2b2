"""Where a worker leaves its scheduling events: one file a run, bounded, written in blocks."""

import contextlib
import os
import time
from pathlib import Path

FOLDER = "schedule"
BLOCK_BYTES = 64 * 1024
BYTES_MAX = 256 * 1024 * 1024  # a run beyond this is not recorded further
RUNS_KEPT = 4


class ScheduleJournal:
    """Call it with a line; it never raises: a full disk stops the recording, never the traffic."""

    def __init__(self, store: Path, worker: int, *, flush_every_s: float = 0.5, bytes_max: int = BYTES_MAX) -> None:
        folder = store / FOLDER
        self.path = folder / f"w{worker}-{int(time.time() * 1000)}.jsonl"
        self.lost = 0
        self._left = bytes_max
        self._block = bytearray()
        self._flush_every_s = flush_every_s
        self._flushed_s = time.monotonic()
        self._fd = -1
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            runs = sorted(folder.glob(f"w{worker}-*.jsonl"))
            for old in runs[: max(0, len(runs) - RUNS_KEPT + 1)]:
                old.unlink()
            self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __call__(self, line: bytes) -> None:
        """Keep one line."""
        self._block += line
        self._block += b"\n"
        if len(self._block) >= BLOCK_BYTES or time.monotonic() - self._flushed_s >= self._flush_every_s:
            self.flush()

    def flush(self) -> None:
        """Write what is kept; what cannot be written is counted and let go."""
        self._flushed_s = time.monotonic()
        if not self._block:
            return
        block, self._block = self._block, bytearray()
        if self._fd < 0 or len(block) > self._left:
            self.lost += len(block)
            self.close()
            return
        try:
            os.write(self._fd, block)
            self._left -= len(block)
        except OSError:
            self.lost += len(block)
            self.close()

    def close(self) -> None:
        """No more is recorded."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = -1


def runs(store: Path) -> list[Path]:
    """The recorded runs of a store, oldest first."""
    return sorted((store / FOLDER).glob("w*-*.jsonl"), key=lambda p: p.name.partition("-")[2])
