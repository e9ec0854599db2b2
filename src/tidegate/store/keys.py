"""The table of keys a worker looks callers up in: small, read from a snapshot, refreshed within a second.

A key is `tg-` and 256 random bits; what is stored is its SHA-256 (docs/why/key-hashing.md says
why a slow hash would add nothing).  Looking one up hashes what was presented, finds the entry by
the digest's first bytes and compares the whole digest in constant time.  `KeyRing` (in
`keyring`) writes the snapshot; a worker polls its file's identity, at most once a second.
"""

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from tidegate.spine.call import Identity
from tidegate.spine.errors import StoreError

KEY_PREFIX = "tg-"
SNAPSHOT = "keys.json"
POLL_S = 0.5
_INDEX_BYTES = 8


class KeyEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of one key: never the key.  Times are seconds since the epoch."""

    key_id: str
    tenant: str
    digest: str  # hex SHA-256 of the key
    created_at_s: float
    note: str = ""
    user: str | None = None
    task: str | None = None
    expires_at_s: float | None = None  # set by an expiry, or by a rotation's overlap
    revoked_at_s: float | None = None
    replaced_by: str | None = None

    def state(self, now_s: float) -> str:
        """active, expiring (its end is set), expired or revoked."""
        if self.revoked_at_s is not None:
            return "revoked"
        if self.expires_at_s is None:
            return "active"
        return "expiring" if now_s < self.expires_at_s else "expired"


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All keys that may still open something."""

    version: int = 1
    keys: tuple[KeyEntry, ...] = ()


def digest_of(key: bytes) -> bytes:
    """SHA-256 of a key."""
    return hashlib.sha256(key).digest()


class MemoryKeys:
    """A `KeyTable` of given entries.  `classes` gives a tenant's service class (`default` otherwise)."""

    def __init__(
        self,
        entries: tuple[KeyEntry, ...] = (),
        *,
        classes: Mapping[str, str] | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.classes = dict(classes or {})
        self._now_s = now_s
        self._index: dict[bytes, tuple[bytes, Identity, float | None]] = {}
        self.replace(entries)

    def replace(self, entries: tuple[KeyEntry, ...]) -> None:
        """Swap the whole table at once."""
        index = {}
        for e in entries:
            if e.revoked_at_s is None:
                digest = bytes.fromhex(e.digest)
                service_class = self.classes.get(e.tenant, "default")
                identity = Identity(
                    tenant=e.tenant, service_class=service_class, key_id=e.key_id, user=e.user, task=e.task
                )
                index[digest[:_INDEX_BYTES]] = (digest, identity, e.expires_at_s)
        self._index = index

    def __len__(self) -> int:
        return len(self._index)

    def lookup(self, presented_key: bytes) -> Identity | None:
        """The identity behind a key; None for an unknown, revoked or expired one."""
        digest = hashlib.sha256(presented_key).digest()
        found = self._index.get(digest[:_INDEX_BYTES])
        if found is None:
            return None
        stored, identity, expires_at_s = found
        if not hmac.compare_digest(stored, digest):
            return None
        if expires_at_s is not None and self._now_s() >= expires_at_s:
            return None
        return identity


class FileKeys(MemoryKeys):
    """A `KeyTable` on the snapshot in a store's folder.

    Call `poll()` from a timer about twice a second (it is one `stat` when nothing changed): a key
    added or revoked then takes effect in every worker within a second.  A snapshot that cannot be
    read leaves the table as it is and says so in `last_error`; one that vanished empties it.
    """

    def __init__(
        self,
        store: Path,
        *,
        classes: Mapping[str, str] | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(classes=classes, now_s=now_s)
        self.path = store / SNAPSHOT
        self.last_error = ""
        self._seen: tuple[int, int, int] | None = None
        self.poll()

    def poll(self) -> bool:
        """Read the snapshot again if it is another file than last time; whether it was."""
        try:
            stat = os.stat(self.path)
            seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        except OSError:
            seen = None
        if seen == self._seen:
            return False
        try:
            entries = read_snapshot(self.path).keys if seen else ()
        except StoreError as error:
            self.last_error = str(error)
            return False
        self.replace(entries)
        self._seen = seen
        self.last_error = ""
        return True

    def set_classes(self, classes: Mapping[str, str]) -> None:
        """The service classes of a configuration just reloaded."""
        self.classes = dict(classes)
        self._seen = None
        self.poll()


def read_snapshot(path: Path) -> Snapshot:
    """The snapshot in a file; raises StoreError when it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Snapshot)
    except (OSError, msgspec.DecodeError) as error:
        remedy = "`tidegate keys list` writes it anew"
        raise StoreError(f"cannot read the keys: {error}", where=str(path), remedy=remedy) from error
