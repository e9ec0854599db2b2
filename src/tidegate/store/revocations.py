"""Which credential handles are dead: one small file that every worker looks at, replaced atomically.

`revoke_subject` returns when the new epoch is on disk; a check reads the file's stamp first, so
whatever begins after that sees it.
"""

import json
import os
import tempfile
from pathlib import Path

from tidegate.check.constraints.credentials import Revocations
from tidegate.spine.errors import StoreError

NAME = "revocations.json"


def _read(path: Path) -> dict[str, int]:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read the revocations: {error}", where=str(path)) from error
    if not isinstance(body, dict) or not all(isinstance(v, int) for v in body.values()):
        raise StoreError("the revocations are not a table of epochs", where=str(path))
    return body


def revoked_subjects(store: Path) -> dict[str, int]:
    """Epoch of every subject that was ever revoked."""
    return _read(store / NAME)


def revoke_subject(store: Path, subject: str) -> int:
    """Raise a subject's epoch, durably; returns the new one."""
    store.mkdir(parents=True, exist_ok=True)
    path = store / NAME
    epochs = _read(path)
    epochs[subject] = epochs.get(subject, 0) + 1
    handle, name = tempfile.mkstemp(dir=store, prefix=".revocations-")
    with os.fdopen(handle, "w", encoding="utf-8") as f:
        json.dump(epochs, f)
        f.flush()
        os.fsync(f.fileno())
    os.replace(name, path)
    return epochs[subject]


class FileRevocations(Revocations):
    """Revocations read from the store's file, looked at before every check; unreadable means refused."""

    def __init__(self, store: Path, lease_s: float = 2.0) -> None:
        super().__init__(lease_s)
        self.path = store / NAME
        self._stamp: tuple[int, int, int] | None = None

    def live(self, subject: str, now_s: float) -> bool:
        """Whether a subject was never revoked, by what the file says now."""
        return self.refresh(now_s) and super().live(subject, now_s)

    def refresh(self, now_s: float) -> bool:
        """Look at the file; whether it could be read."""
        try:
            try:
                s = self.path.stat()
                stamp = (s.st_ino, s.st_mtime_ns, s.st_size)
            except FileNotFoundError:
                stamp = (0, 0, 0)
            if stamp != self._stamp:
                epochs = _read(self.path)
                self.heard(epochs, now_s, frozenset(epochs))
                self._stamp = stamp
        except (OSError, StoreError):
            return False
        self.heard({}, now_s)
        return True
