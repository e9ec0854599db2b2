"""Which credential handles are dead: one small file that every worker looks at, replaced atomically.

`revoke_subject` returns when the new epoch is on disk; a check reads the file's stamp first, so
whatever begins after that sees it.  A node keeps the file open that it has read, so that no later
one can lie in the same inode and look like it.  The file holds each subject's epoch (see `Revocations`): odd is
revoked, even is in use again, and an epoch never goes back.
"""

import fcntl
import json
import os
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

from tidegate.check.constraints.calls.credentials import Revocations, restored_epoch, revoked_epoch, split_handle
from tidegate.spine.errors import StoreError

NAME = "revocations.json"


def _read(path: Path) -> dict[str, int]:
    try:
        return _epochs(path.read_bytes(), path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read the revocations: {error}", where=str(path)) from error


def _epochs(text: bytes, path: Path) -> dict[str, int]:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise StoreError(f"cannot read the revocations: {error}", where=str(path)) from error
    if not isinstance(body, dict) or not all(isinstance(v, int) for v in body.values()):
        raise StoreError("the revocations are not a table of epochs", where=str(path))
    return body


def known_epochs(store: Path) -> dict[str, int]:
    """Epoch of every subject that was ever revoked; odd while it is."""
    return _read(store / NAME)


def revoked_subjects(store: Path) -> dict[str, int]:
    """Epoch of every subject that is revoked now."""
    return {subject: epoch for subject, epoch in known_epochs(store).items() if epoch % 2}


def revoke_subject(store: Path, handle: str) -> int:
    """Every handle of a subject is dead, durably, for every check that begins after this; its epoch."""
    return _advance(store, split_handle(handle)[0], revoked_epoch)


def restore_subject(store: Path, handle: str) -> int:
    """A subject may be used again, in a new epoch: handles made before stay dead; the epoch."""
    return _advance(store, split_handle(handle)[0], restored_epoch)


def _advance(store: Path, subject: str, step: Callable[[int], int]) -> int:
    """Move a subject's epoch under a lock, so that two who do it at once do not undo each other."""
    path = store / NAME
    try:
        store.mkdir(parents=True, exist_ok=True)
        with (store / f"{NAME}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            epochs = _read(path)
            epochs[subject] = step(epochs.get(subject, 0))
            handle, name = tempfile.mkstemp(dir=store, prefix=".revocations-")
            with os.fdopen(handle, "w", encoding="utf-8") as f:
                json.dump(epochs, f)
                f.flush()
                os.fsync(f.fileno())
            os.replace(name, path)
            folder = os.open(store, os.O_RDONLY)
            try:
                os.fsync(folder)  # the name, too, survives a loss of power
            finally:
                os.close(folder)
    except OSError as error:
        raise StoreError(f"cannot write the revocations: {error}", where=str(path)) from error
    return epochs[subject]


class FileRevocations(Revocations):
    """Revocations read from the store's file, looked at before every check; unreadable means refused."""

    def __init__(self, store: Path, lease_s: float = 2.0) -> None:
        super().__init__(lease_s)
        self.path = store / NAME
        self._stamp: tuple[int, int, int, int] | None = None
        self._held: list[int] = []  # the descriptor of the file that was read
        weakref.finalize(self, _close, self._held)

    def live(self, handle: str, now_s: float) -> bool:
        """Whether a handle may be used, by what the file says now."""
        return self.refresh(now_s) and super().live(handle, now_s)

    def refresh(self, now_s: float) -> bool:
        """Look at the file; whether it could be read.  A clock that jumped back starts the lease anew."""
        try:
            if self._stamped() != self._stamp:
                self._read_anew(now_s)
        except (OSError, StoreError):
            return False
        self.heard_at_s = now_s
        return True

    def _stamped(self) -> tuple[int, int, int, int]:
        try:
            return _stamp(self.path.stat())
        except FileNotFoundError:
            return (0, 0, 0, 0)

    def _read_anew(self, now_s: float) -> None:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self.heard({}, now_s)
            self._stamp = (0, 0, 0, 0)
            return
        try:
            stamp = _stamp(os.fstat(descriptor))
            with os.fdopen(descriptor, "rb", closefd=False) as f:
                self.heard(_epochs(f.read(), self.path), now_s)
        except BaseException:
            os.close(descriptor)
            raise
        _close(self._held)
        self._held.append(descriptor)
        self._stamp = stamp


def _stamp(s: os.stat_result) -> tuple[int, int, int, int]:
    return (s.st_dev, s.st_ino, s.st_mtime_ns, s.st_size)


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())
