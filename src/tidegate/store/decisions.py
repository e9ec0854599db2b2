"""The decision record on disk: a file a process, one JSON entry a line, each naming the one before it.

An entry is written with one `write` before the decision takes effect, so it survives a kill of the
process (not a loss of power: the record is flushed by the system).  What cannot be written raises,
and the guard then lets no side effect pass.  A line that a kill cut off is no entry; a broken chain
is told with its file and place.
"""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from tidegate.check.constraints.record import Chain, Entry, broken_at
from tidegate.spine.errors import StoreError

FOLDER = "decisions"
FILE_BYTES_MAX = 64 * 1024 * 1024
_encode = msgspec.json.Encoder().encode


class DecisionJournal:
    """A `Recorder` for one store; opens its file when the first decision comes, in the process it comes in."""

    def __init__(self, store: Path) -> None:
        self.folder = store / FOLDER
        self._chain = Chain()
        self._fd = -1
        self._pid = 0
        self._size = 0

    def add(self, at_s: float, hook: str, subject: str, decision: str, rules: Iterable[str], reason: str,
            evidence: dict[str, Any] | None = None, **whose: str) -> Entry:  # fmt: skip
        """Append one decision; raises StoreError where it cannot be kept."""
        if self._fd < 0 or self._pid != os.getpid() or self._size > FILE_BYTES_MAX:
            self._open()
        entry = self._chain.link(at_s, hook, subject, decision, rules, reason, evidence, **whose)
        line = _encode(entry) + b"\n"
        try:
            written = os.write(self._fd, line)
            if written != len(line):
                os.ftruncate(self._fd, self._size)  # a disk that is full takes a part: no half entry stays
                raise OSError(28, "only a part could be written")
        except OSError as error:
            raise StoreError(f"cannot record a decision: {error}", where=str(self.folder)) from error
        self._size += written
        self._chain.keep(entry)
        return entry

    def close(self) -> None:
        """Let the file go; the next decision begins a new one."""
        if self._fd >= 0 and self._pid == os.getpid():
            os.close(self._fd)
        self._fd = -1

    def _open(self) -> None:
        self.close()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{int(time.time() * 1000):013d}-{os.getpid()}-{os.urandom(3).hex()}.jsonl"
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
        except OSError as error:
            raise StoreError(f"cannot begin a decision record: {error}", where=str(self.folder)) from error
        self._pid, self._size, self._chain = os.getpid(), 0, Chain()


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What a store's record holds: entries in order of time, and files whose chain is broken ("file:line")."""

    entries: list[Entry]
    broken: list[str]
    torn: int = 0  # last lines that a kill cut off


def read_decisions(store: Path) -> Recorded:
    """Every decision of a store, each file's chain verified."""
    entries: list[Entry] = []
    broken: list[str] = []
    torn = 0
    for path in sorted((store / FOLDER).glob("*.jsonl")):
        found, bad, cut = _read(path)
        entries += found
        torn += cut
        place = bad or broken_at(found)
        if place is not None:
            broken.append(f"{path}:{place}")
    return Recorded(entries=sorted(entries, key=lambda e: e.at_s), broken=broken, torn=torn)


def _read(path: Path) -> tuple[list[Entry], int | None, int]:
    """(entries, line that is no entry, 1 where the last line was cut off)."""
    found: list[Entry] = []
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            found.append(msgspec.json.decode(line, type=Entry))
        except msgspec.MsgspecError:
            return found, number, 0
    return found, None, int(bool(lines[-1]))


def expire_decisions(store: Path, before_s: float) -> int:
    """Delete the files that nothing was added to since; how many went."""
    old = [p for p in _files(store) if p.stat().st_mtime < before_s]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _files(store: Path) -> Iterator[Path]:
    return (store / FOLDER).glob("*.jsonl")
