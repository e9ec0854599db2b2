"""Issuing, rotating and revoking keys: the truth is in the state store, workers read a snapshot.

A key is shown once, when it is made.  The snapshot beside the traces holds the digests of the
keys that may still open something; it is written under a lock and replaced whole, so that a
worker never reads half of one.  Every change is also a line of the log `keys`.
"""

import base64
import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tidegate.spine.errors import InputError, nearest
from tidegate.spine.ports import StateStore
from tidegate.store.keys import KEY_PREFIX, SNAPSHOT, KeyEntry, Snapshot, digest_of

KIND = "key"
SECRET_BYTES = 32


class KeyRing:
    """The keys of one store.  `entropy` gives random bytes (the operating system's)."""

    def __init__(self, state: StateStore, store: Path) -> None:
        self._state = state
        self._store = store

    def add(
        self, tenant: str, now_s: float, *, note: str = "", user: str | None = None, task: str | None = None,
        expires_at_s: float | None = None,
    ) -> tuple[str, KeyEntry]:  # fmt: skip
        """A new key of `tenant`: the key itself, to be shown once, and what is kept of it."""
        if not tenant or tenant.strip() != tenant:
            raise InputError(f"expected the name of a tenant, got {tenant!r}")
        if expires_at_s is not None and expires_at_s <= now_s:
            raise InputError("the key would have expired before it was made", where="expires")
        key = KEY_PREFIX + base64.urlsafe_b64encode(os.urandom(SECRET_BYTES)).rstrip(b"=").decode()
        entry = KeyEntry(
            key_id="key_" + os.urandom(6).hex(), tenant=tenant, digest=digest_of(key.encode()).hex(), note=note,
            user=user, task=task, created_at_s=now_s, expires_at_s=expires_at_s,
        )  # fmt: skip
        with self._changing():
            self._keep(entry, "add", now_s)
        return key, entry

    def entries(self) -> list[KeyEntry]:
        """All keys ever made, oldest first."""
        return sorted((_entry(v) for _, v in self._state.items(KIND)), key=lambda e: (e.created_at_s, e.key_id))

    def get(self, key_id: str) -> KeyEntry:
        """One key by its id; InputError naming the nearest for one that does not exist."""
        value = self._state.get(KIND, key_id)
        if value is None:
            known = [e.key_id for e in self.entries()]
            remedy = nearest(key_id, known) if known else "there are no keys yet: `tidegate keys add TENANT`"
            raise InputError(f"expected the id of a key, got {key_id!r}", remedy=remedy)
        return _entry(value)

    def revoke(self, key_id: str, now_s: float) -> KeyEntry:
        """Refuse the key from now on; running workers follow within a second.  Revoking twice changes nothing."""
        with self._changing():
            entry = self.get(key_id)
            if entry.revoked_at_s is None:
                entry = msgspec.structs.replace(entry, revoked_at_s=now_s)
                self._keep(entry, "revoke", now_s)
        return entry

    def rotate(self, key_id: str, now_s: float, overlap_s: float) -> tuple[str, KeyEntry, KeyEntry]:
        """A new key for the same tenant; the old one stays valid for `overlap_s`: (key, new, old)."""
        if overlap_s < 0:
            raise InputError(f"expected an overlap of 0 s or more, got {overlap_s!r}")
        old = self.get(key_id)
        if old.state(now_s) in ("revoked", "expired"):
            raise InputError(f"the key {key_id!r} is {old.state(now_s)}", remedy=f"`tidegate keys add {old.tenant}`")
        key, new = self.add(old.tenant, now_s, note=old.note, user=old.user, task=old.task)
        with self._changing():
            end_s = now_s + overlap_s
            if old.expires_at_s is not None:
                end_s = min(end_s, old.expires_at_s)
            old = msgspec.structs.replace(old, expires_at_s=end_s, replaced_by=new.key_id)
            self._keep(old, "rotate", now_s)
        return key, new, old

    def refresh(self) -> bool:
        """Write the snapshot anew if the state says otherwise; whether it did (state shared by machines)."""
        with self._locked():
            return self._write_snapshot()

    def _keep(self, entry: KeyEntry, change: str, now_s: float) -> None:
        self._state.put(KIND, entry.key_id, msgspec.to_builtins(entry))
        line = {"at_s": now_s, "change": change, "key_id": entry.key_id, "tenant": entry.tenant}
        self._state.append_log("keys", line)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        with self._locked():
            yield
            self._write_snapshot()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._store.mkdir(parents=True, exist_ok=True)
        with (self._store / "keys.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write_snapshot(self) -> bool:
        usable = tuple(e for e in self.entries() if e.revoked_at_s is None)
        data = msgspec.json.encode(Snapshot(keys=usable))
        path = self._store / SNAPSHOT
        with contextlib.suppress(OSError):
            if path.read_bytes() == data:
                return False
        fresh = path.with_suffix(".new")
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        return True


def _entry(value: dict[str, object]) -> KeyEntry:
    return msgspec.convert(value, KeyEntry)
