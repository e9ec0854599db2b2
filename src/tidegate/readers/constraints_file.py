"""Reads `constraints.yaml` from disk, whole or not at all, and reloads it without ever weakening what is in force."""

import hashlib
from pathlib import Path

from tidegate.check.constraints.load import parse_policy
from tidegate.check.constraints.model import Policy
from tidegate.spine.errors import SettingError


def read_policy(path: Path) -> Policy:
    """The policy of a file; raises SettingError naming file, line and remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"cannot read the constraints: {error}", where=str(path), remedy="give a constraints.yaml"
        ) from error
    return parse_policy(text, str(path))


class PolicyFile:
    """A policy file that may change while it is in force.

    `refresh` reads it again when its bytes changed; a file that is half-written or wrong leaves
    the old policy standing and is remembered in `error`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.policy = read_policy(path)
        self.digest = self._digest()
        self._stamp: tuple[int, int, int] | None = None
        self.error: SettingError | None = None

    def current(self) -> Policy:
        """The policy in force, after a look at the file."""
        self.refresh()
        return self.policy

    def refresh(self) -> bool:
        """Whether a new policy is in force now."""
        try:
            stat = self.path.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            digest = self._digest()
        except OSError as error:
            self.error = SettingError(f"cannot read the constraints: {error}", where=str(self.path))
            return False
        if digest == self.digest:
            return False
        try:
            self.policy = read_policy(self.path)
        except SettingError as error:
            self.error = error
            return False
        self.digest, self.error = digest, None
        return True

    def _digest(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()
