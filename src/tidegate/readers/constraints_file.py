"""Reads `constraints.yaml` from disk, whole or not at all, and reloads it without ever weakening what is in force."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from tidegate.check.constraints.load import parse_policy
from tidegate.check.constraints.model import Policy
from tidegate.spine.errors import SettingError

SETTLED_NS = 2_000_000_000  # how coarsely a file system may write times (FAT: 2 s)
Stamp = tuple[int, int, int, int, int]


def read_policy(path: Path) -> Policy:
    """The policy of a file; raises SettingError naming file, line and remedy."""
    return _policy(_read(path), path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(error, path) from error


def _policy(data: bytes, path: Path) -> Policy:
    try:
        return parse_policy(data.decode("utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise _unreadable(error, path) from error


def _unreadable(error: Exception, path: Path) -> SettingError:
    return SettingError(f"cannot read the constraints: {error}", where=str(path), remedy="give a constraints.yaml")


class PolicyFile:
    """A policy file that may change while it is in force.

    `refresh` reads it again when its bytes changed; a file that is half-written or wrong leaves
    the old policy standing and is remembered in `error`.  Its stamp (inode, size, times) spares the reading only where
    the last change lies further back than a file system's clock is coarse: a later change cannot bear the same one.
    """

    def __init__(self, path: Path, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self.path, self.clock_ns = path, clock_ns
        data = _read(path)
        self.policy, self.digest = _policy(data, path), _digest(data)
        self._stamp: Stamp | None = None
        self.error: SettingError | None = None

    def current(self) -> Policy:
        """The policy in force, after a look at the file."""
        self.refresh()
        return self.policy

    def refresh(self) -> bool:
        """Whether a new policy is in force now."""
        try:
            stamp = self._stamped()
            if stamp is not None and stamp == self._stamp:
                return False
            data, self._stamp = _read(self.path), stamp
            digest = _digest(data)
            policy = self.policy if digest == self.digest else _policy(data, self.path)
        except SettingError as error:
            self.error = error
            return False
        changed = digest != self.digest
        self.policy, self.digest, self.error = policy, digest, None
        return changed

    def _stamped(self) -> Stamp | None:
        """What tells one state of the file from another; None where a change may follow that bears the same."""
        try:
            s = self.path.stat()
        except OSError as error:
            raise _unreadable(error, self.path) from error
        settled = self.clock_ns() - max(s.st_mtime_ns, s.st_ctime_ns) > SETTLED_NS
        return (s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) if settled else None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
