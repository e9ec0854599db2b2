"""The one file that says what the store holds: replaced whole, so that every change is all or nothing.

`manifest.json` lists the Parquet files that count, the journal segments already in them, and
what was erased.  A compaction writes its files first, then the manifest, then deletes what the
manifest no longer names.  Killed at any point it leaves either the old truth or the new one,
and files that no truth names, which the next run removes.
"""

import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tidegate.spine.errors import StoreError
from tidegate.spine.trace import CallTrace

MANIFEST = "manifest.json"
LOCK = "compact.lock"
TENANTS_LISTED_MAX = 256
APPENDED = "append."  # segments written whole by `append`, not by a worker, begin so


class DataFile(msgspec.Struct, frozen=True, kw_only=True):
    """One Parquet file: `tenants` is None when it holds too many to list."""

    path: str  # relative to the store
    day: str
    rows: int
    bytes: int
    min_s: float
    max_s: float
    tenants: tuple[str, ...] | None = None

    def may_hold(self, tenant: str | None, since_s: float | None, until_s: float | None) -> bool:
        """Whether a row of `tenant` in [since_s, until_s) can be in it."""
        return (
            (tenant is None or self.tenants is None or tenant in self.tenants)
            and (since_s is None or self.max_s >= since_s)
            and (until_s is None or self.min_s < until_s)
        )


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """A deletion: rows of its scope received before `before_s` are gone, or hidden until they are.

    The name itself is not kept: `digest` is salted, so that the record of a deletion does not
    keep what was deleted.  It stays for a day after it is `done`, for calls that were still on
    their way through a worker.
    """

    scope: str  # tenant | user
    salt: str
    digest: str
    before_s: float
    at_s: float
    done: bool = False

    @property
    def sql(self) -> str:
        """The rows it is about, as a condition."""
        name = "tenant" if self.scope == "tenant" else 'tenant || chr(1) || "user"'
        return f"(received_at_s < {self.before_s!r} AND sha256('{self.salt}' || {name}) = '{self.digest}')"

    def takes(self, trace: CallTrace, segment: str) -> bool:
        """Whether it deletes this trace of a journal segment, which is known by its name."""
        if trace.received_at_s >= self.before_s:
            return False
        if segment.startswith(APPENDED) and _created_s(segment) > self.at_s:
            return False
        who = trace.call.identity
        if self.scope == "user" and who.user is None:
            return False
        return self._digest(who.tenant, who.user if self.scope == "user" else None) == self.digest

    @staticmethod
    def of(tenant: str, user: str | None, before_s: float, at_s: float) -> "Erased":
        """The record of deleting a tenant's, or one user's, traces."""
        scope = "tenant" if user is None else "user"
        mark = Erased(scope=scope, salt=os.urandom(16).hex(), digest="", before_s=before_s, at_s=at_s)
        return msgspec.structs.replace(mark, digest=mark._digest(tenant, user))

    def is_of(self, tenant: str) -> bool:
        """Whether it may concern this tenant (always, for a user's)."""
        return self.scope == "user" or self._digest(tenant, None) == self.digest

    def _digest(self, tenant: str, user: str | None) -> str:
        name = tenant if user is None else f"{tenant}\x01{user}"
        return hashlib.sha256((self.salt + name).encode("utf-8", "replace")).hexdigest()


def _created_s(segment: str) -> float:
    """When a segment was begun, as its name says."""
    parts = segment.split(".")
    return int(parts[1]) / 1e9 if len(parts) > 2 and parts[1].isdigit() else 0.0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the store holds; `losses` counts, by day and reason, what writers could not keep."""

    version: int = 1
    generation: int = 0
    files: tuple[DataFile, ...] = ()
    absorbed: tuple[str, ...] = ()
    erased: tuple[Erased, ...] = ()
    losses: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    damaged_bytes: int = 0  # of sealed segments whose frames did not check; kept aside, never read as traces


def read_manifest(store: Path) -> Manifest:
    """The manifest of a store; an empty one where there is none yet; StoreError when it is damaged or newer."""
    path = store / MANIFEST
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Manifest()
    except OSError as error:
        raise StoreError(f"cannot read the manifest: {error}", where=str(path)) from error
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        remedy = "restore it from a backup; the Parquet files and the journal are untouched"
        raise StoreError(f"the manifest is damaged: {error}", where=str(path), remedy=remedy) from error
    if manifest.version > Manifest().version:
        message = f"its format is {manifest.version}, this program reads up to {Manifest().version}"
        raise StoreError(message, where=str(path), remedy="use the newer program that wrote it")
    return manifest


def write_manifest(store: Path, manifest: Manifest) -> Manifest:
    """Replace the manifest; returns it with its new generation.  Only under `compaction_lock`."""
    manifest = msgspec.structs.replace(manifest, generation=manifest.generation + 1)
    fresh = store / (MANIFEST + ".new")
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(manifest))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(store / MANIFEST)
    sync_folder(store)
    return manifest


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power loss."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextlib.contextmanager
def compaction_lock(store: Path, *, wait_s: float = 30.0) -> Iterator[None]:
    """The one writer of manifest and Parquet files; StoreError when another keeps it too long."""
    store.mkdir(parents=True, exist_ok=True)
    with (store / LOCK).open("w") as lock:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise StoreError(
                        "another process is compacting this store", where=str(store), remedy="try again in a minute"
                    ) from error
                time.sleep(0.05)
        yield
