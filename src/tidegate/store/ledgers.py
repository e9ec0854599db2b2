"""A ledger of budgets that outlives its process: every operation is on disk before it is answered.

One file of checked frames (see `framing`): an operation a frame, or the whole ledger at once, with
which the file begins anew when it has grown (settled calls of closed accounts are then sums only).
A torn end was never answered and is cut off.  One process writes at a time; a second one is refused
by name of the file.

A failed write leaves the memory ahead of the disk, so from then on nothing is answered: restart.
"""

import fcntl
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tidegate.admit.toolguard.budget import Account, Ledger, Refusal, Reservation, Vector
from tidegate.spine.errors import WorldError, WrongUse
from tidegate.store import framing

KIND_OPERATION, KIND_WHOLE = 16, 17
OPERATIONS_MAX = 20_000  # in the file before it is written anew
NAMES = frozenset({"open", "grant", "reserve", "commit", "release", "close", "reopen", "raise_limit"})


class _Whole(msgspec.Struct, frozen=True):
    """All of a ledger; accounts and reservations in the order in which they came."""

    root: str
    accounts: list[Account]
    reservations: list[Reservation]


_whole = msgspec.msgpack.Decoder(_Whole)
_operation = msgspec.msgpack.Decoder()


class KeptLedger(Ledger):
    """A `Ledger` in a file.  `sync` waits for the disk itself: without it a power cut may cost the last moments."""

    def __init__(self, path: Path, *, limit: Mapping[str, int] | None = None, root: str = "root", sync: bool = True):
        super().__init__(root, limit)
        self.path = path
        self.recovered = 0  # operations read back
        self.cut_bytes = 0  # of a torn end
        self._sync = sync
        self._inside = True
        self._broken = ""
        self._written = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise WorldError(f"cannot open the ledger: {error}", where=str(path)) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read(limit)
        except BlockingIOError as error:
            os.close(self._fd)
            raise WorldError("another process writes this ledger", where=str(path), remedy="one at a time") from error
        except BaseException:
            os.close(self._fd)
            raise
        self._inside = False

    def shut(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    # -- the operations, each kept

    def open(self, name: str, parent: str, limit: Mapping[str, int] | None = None) -> Account:
        """See `Ledger.open`."""
        return self._do("open", name, parent, limit)  # type: ignore[no-any-return]

    def grant(self, name: str, parent: str, amount: Mapping[str, int]) -> Account | Refusal:
        """See `Ledger.grant`."""
        return self._do("grant", name, parent, amount)  # type: ignore[no-any-return]

    def reserve(self, key: str, account: str, amount: Mapping[str, int] | Vector) -> Reservation | Refusal:
        """See `Ledger.reserve`."""
        return self._do("reserve", key, account, amount)  # type: ignore[no-any-return]

    def commit(self, key: str, actual: Mapping[str, int] | Vector | None = None) -> Vector:
        """See `Ledger.commit`."""
        return self._do("commit", key, actual)  # type: ignore[no-any-return]

    def release(self, key: str) -> None:
        """See `Ledger.release`."""
        self._do("release", key)

    def close(self, name: str) -> None:
        """See `Ledger.close`."""
        self._do("close", name)

    def reopen(self, name: str) -> Account:
        """See `Ledger.reopen`."""
        return self._do("reopen", name)  # type: ignore[no-any-return]

    def raise_limit(self, name: str, limit: Mapping[str, int]) -> None:
        """See `Ledger.raise_limit`."""
        self._do("raise_limit", name, limit)

    def _do(self, name: str, *arguments: Any) -> Any:
        """The operation in memory, then on disk; what it calls itself is not kept a second time."""
        if self._inside:
            return getattr(Ledger, name)(self, *arguments)
        if self._broken or self._fd < 0:
            raise WorldError(f"the ledger is not written any more: {self._broken or 'it was shut'}",
                             where=str(self.path), remedy="start anew: what was answered is on disk")  # fmt: skip
        self._inside = True
        try:
            result = getattr(Ledger, name)(self, *arguments)
        finally:
            self._inside = False
        if not isinstance(result, Refusal):
            self._append(KIND_OPERATION, (name, *(dict(a) if isinstance(a, Mapping) else a for a in arguments)))
            self._written += 1
            if self._written >= max(OPERATIONS_MAX, 2 * len(self.reservations)):
                self._begin_anew()
        return result

    # -- the file

    def _append(self, kind: int, value: object) -> None:
        buffer = bytearray()
        framing.append_frame(buffer, kind, value)
        self._write(bytes(buffer))

    def _write(self, data: bytes) -> None:
        try:
            if os.write(self._fd, data) != len(data):
                raise OSError("the disk is full")
            if self._sync:
                os.fdatasync(self._fd)
        except OSError as error:
            self._broken = str(error)
            raise WorldError(f"cannot write the ledger: {error}", where=str(self.path)) from error

    def _read(self, limit: Mapping[str, int] | None) -> None:
        data = self.path.read_bytes()
        if len(data) < framing.HEADER.size:  # new, or torn before its first answer
            os.ftruncate(self._fd, 0)
            self._write(framing.header(time.time_ns()))
            self._append(KIND_WHOLE, self._all())
            return
        try:
            framing.check_header(data)
        except framing.NotASegment as error:
            raise WorldError(f"this is no ledger: {error}", where=str(self.path)) from error
        end = framing.HEADER.size
        for frame in framing.frames(data):
            self._replay(frame)
            end = frame.end
        self.cut_bytes = len(data) - end
        if self.cut_bytes:
            os.ftruncate(self._fd, end)
        if limit is not None and self.accounts[self.root].limit != Ledger(self.root, limit).accounts[self.root].limit:
            Ledger.raise_limit(self, self.root, limit)
            self._append(KIND_OPERATION, ("raise_limit", self.root, dict(limit)))

    def _replay(self, frame: framing.Frame) -> None:
        if frame.kind == KIND_WHOLE:
            self._take(_whole.decode(frame.payload))
            return
        name, *arguments = _operation.decode(frame.payload)
        if frame.kind != KIND_OPERATION or name not in NAMES:
            raise WorldError(f"expected an operation of a ledger, got {name!r}", where=str(self.path),
                             remedy="it was written by a newer version, or is another file")  # fmt: skip
        plain = (tuple(a) if isinstance(a, list) else a for a in arguments)
        try:
            result = getattr(Ledger, name)(self, *plain)
        except WrongUse as error:
            raise WorldError(f"the ledger does not replay: {error}", where=str(self.path)) from error
        if isinstance(result, Refusal):
            raise WorldError(f"the ledger does not replay: {result}", where=str(self.path))
        self.recovered += 1
        self._written += 1

    def _all(self) -> _Whole:
        return _Whole(self.root, list(self.accounts.values()), list(self.reservations.values()))

    def _take(self, whole: _Whole) -> None:
        """The whole ledger as it was written."""
        Ledger.__init__(self, whole.root)
        self.accounts.clear()
        self._paths.clear()
        for a in whole.accounts:
            self.accounts[a.name] = a
            self._paths[a.name] = (a,) if a.escrow or a.parent is None else (a, *self._paths[a.parent])
            if a.parent is not None:
                self._children.setdefault(a.parent, []).append(a.name)
        for r in whole.reservations:
            self.reservations[r.key] = r
            if r.state == "open":
                self._open.setdefault(r.account, {})[r.key] = None
            else:
                self._open.setdefault(r.account, {})
        self._written = 0

    def _begin_anew(self) -> None:
        """Write the whole ledger into a fresh file and put it in the old one's place; what is settled and closed
        is kept as sums only.
        """
        self.forget_settled()
        fresh = self.path.with_suffix(".new")
        buffer = bytearray(framing.header(time.time_ns()))
        framing.append_frame(buffer, KIND_WHOLE, self._all())
        try:
            fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            view = memoryview(buffer)
            while view:
                view = view[os.write(fd, view) :]
            os.fsync(fd)
            fresh.replace(self.path)
        except OSError:  # the old file holds all of it: go on there, and try again later
            self._written = 0
            return
        os.close(self._fd)
        self._fd, self._written = fd, 0
