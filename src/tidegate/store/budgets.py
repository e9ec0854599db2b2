"""What runs and tenants have used: accounts in one SQLite file that all workers of a machine share.

Every operation is one transaction over all accounts that a call draws on, so that two workers never
reserve the same unit.  What was reserved by a worker that died counts as spent (`recover`): nobody knows
what became of those calls.  Commits do not wait for the disk: a kill loses nothing, a power cut may lose
the last moments.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tidegate.admit.toolguard.budget import RESOURCES, ZERO, Account, Refusal, Vector, fits
from tidegate.admit.toolguard.run_caps import NO_CAP, TIME, Held, Limit
from tidegate.spine.errors import InputError, StoreError, nearest
from tidegate.store.wal import open_wal

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, kind TEXT NOT NULL, began_s REAL NOT NULL,
  used_s REAL NOT NULL, cap TEXT NOT NULL, raised TEXT NOT NULL, spent TEXT NOT NULL,
  reserved TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservations (key TEXT PRIMARY KEY, owner TEXT NOT NULL, amount TEXT NOT NULL,
  accounts TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reservations_owner ON reservations (owner);
"""
FILE = "budgets.db"
_encode = msgspec.json.Encoder().encode
_numbers = msgspec.json.Decoder(list[int]).decode
_limit = msgspec.json.Decoder(tuple[int | None, ...]).decode
_names = msgspec.json.Decoder(list[str]).decode


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """One account as it stands: `cap` as last configured, `raised` where an operator allowed more."""

    name: str
    kind: str
    began_s: float
    used_s: float
    cap: Limit
    raised: Limit
    spent: Vector
    reserved: Vector

    @property
    def limit(self) -> Limit:
        """The cap in force."""
        return tuple(c if r is None else r for c, r in zip(self.cap, self.raised, strict=True))


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA synchronous=NORMAL")
    db.executescript(SCHEMA)


class BudgetBook:
    """The accounts of one store.  Opened when first used, once a process: a database must not cross a fork."""

    def __init__(self, folder: Path, *, wait_s: float = 0.5) -> None:
        self.path = folder / FILE
        self._wait_s = wait_s
        self._db: sqlite3.Connection | None = None
        self._pid = 0

    def _open(self) -> sqlite3.Connection:
        if self._db is None or self._pid != os.getpid():
            self._db, self._pid = open_wal(self.path, _prepare, wait_s=self._wait_s), os.getpid()
        return self._db

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; StoreError where it cannot be made, and then nothing changed."""
        try:
            db = self._open()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the budgets cannot be kept: {error}", where=str(self.path)) from error

    def reserve(
        self, key: str, owner: str, path: Sequence[Held], amount: Vector, now_s: float
    ) -> Refusal | float | None:
        """Set an amount aside in every account of a path, or in none.

        Returns a Refusal, else the seconds until the first of them is out of time (None: never).  `owner` is
        the worker, for `recover`.  Raises StoreError.
        """
        with self._changing() as db:
            used = [self._account(db, held, now_s) for held in path]
            accounts = [_account_of(u) for u in used]
            left_s: float | None = None
            for u in used:
                cap = u.limit[TIME]
                if cap is not None and u.kind == "run":
                    left_ms = cap - round((now_s - u.began_s) * 1000)
                    if left_ms <= 0:
                        return Refusal(account=u.name, resource=RESOURCES[TIME], wanted=0, left=0)
                    left_s = left_ms / 1000 if left_s is None else min(left_s, left_ms / 1000)
            refusal = fits(accounts, amount)
            if refusal is not None:
                return refusal
            for account in accounts:
                _add(account.reserved, amount)
                sql = "UPDATE accounts SET reserved = ?, used_s = ? WHERE name = ?"
                db.execute(sql, (_encode(account.reserved), now_s, account.name))
            row = (key, owner, _encode(amount), _encode([a.name for a in accounts]))
            db.execute("INSERT INTO reservations VALUES (?, ?, ?, ?)", row)
        return left_s

    def settle(self, key: str, actual: Vector | None) -> None:
        """A reservation becomes what was used; None: all of it.  What is not known (any more) changes nothing."""
        with self._changing() as db:
            self._settle(db, key, actual)

    def recover(self, owner: str) -> int:
        """What a worker of this name left reserved when it died counts as spent; how many calls that were."""
        with self._changing() as db:
            keys = [r[0] for r in db.execute("SELECT key FROM reservations WHERE owner = ?", (owner,)).fetchall()]
            for key in keys:
                self._settle(db, key, None)
        return len(keys)

    def forget(self, before_s: float) -> int:
        """Forget accounts that were last used before a moment and hold nothing back; how many."""
        sql = "DELETE FROM accounts WHERE used_s < ? AND reserved = ? RETURNING 1"
        with self._changing() as db:
            return len(db.execute(sql, (before_s, _encode(ZERO))).fetchall())

    def raise_cap(self, name: str, raised: Limit) -> Used:
        """Allow an account more from now on (None leaves a cap as it is); raises InputError for an unknown one."""
        with self._changing() as db:
            row = db.execute("SELECT * FROM accounts WHERE name = ?", (name,)).fetchone()
            if row is None:
                known = [r[0] for r in db.execute("SELECT name FROM accounts ORDER BY used_s DESC LIMIT 500")]
                remedy = nearest(name, known) if known else "no run has drawn on a budget yet"
                raise InputError(f"expected an account, got {name!r}", remedy=remedy)
            used = _used(row)
            now = tuple(old if new is None else new for old, new in zip(used.raised, raised, strict=True))
            db.execute("UPDATE accounts SET raised = ? WHERE name = ?", (_encode(now), name))
        return msgspec.structs.replace(used, raised=now)

    def accounts(self, prefix: str = "") -> list[Used]:
        """Accounts whose names begin so, last used first."""
        if self._db is None and not self.path.exists():
            return []
        try:
            rows = self._open().execute("SELECT * FROM accounts ORDER BY used_s DESC").fetchall()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the budgets cannot be read: {error}", where=str(self.path)) from error
        return [_used(r) for r in rows if r[0].startswith(prefix)]

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None and self._pid == os.getpid():
            self._db.close()
        self._db = None

    # -- inside a transaction

    def _account(self, db: sqlite3.Connection, held: Held, now_s: float) -> Used:
        row = db.execute("SELECT * FROM accounts WHERE name = ?", (held.name,)).fetchone()
        if row is None:
            zero, none = _encode(ZERO), _encode(NO_CAP)
            values = (held.name, held.kind, now_s, now_s, _encode(held.limit), none, zero, zero)
            db.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            return Used(name=held.name, kind=held.kind, began_s=now_s, used_s=now_s, cap=held.limit, raised=NO_CAP,
                        spent=ZERO, reserved=ZERO)  # fmt: skip
        used = _used(row)
        if used.cap != held.limit:  # the configuration changed meanwhile
            db.execute("UPDATE accounts SET cap = ? WHERE name = ?", (_encode(held.limit), held.name))
            used = msgspec.structs.replace(used, cap=held.limit)
        return used

    def _settle(self, db: sqlite3.Connection, key: str, actual: Vector | None) -> None:
        sql = "DELETE FROM reservations WHERE key = ? RETURNING amount, accounts"
        rows = db.execute(sql, (key,)).fetchall()
        if not rows:
            return
        amount, names = _numbers(rows[0][0]), _names(rows[0][1])
        for name in names:
            row = db.execute("SELECT spent, reserved FROM accounts WHERE name = ?", (name,)).fetchone()
            spent, reserved = _numbers(row[0]), _numbers(row[1])
            _add(spent, actual if actual is not None else tuple(amount))
            _add(reserved, tuple(-n for n in amount))
            sql = "UPDATE accounts SET spent = ?, reserved = ? WHERE name = ?"
            db.execute(sql, (_encode(spent), _encode(reserved), name))


def _account_of(used: Used) -> Account:
    return Account(name=used.name, parent=None, limit=used.limit, spent=list(used.spent), reserved=list(used.reserved))


def _used(row: Sequence[object]) -> Used:
    name, kind, began_s, used_s, cap, raised, spent, reserved = row
    return Used(
        name=str(name), kind=str(kind), began_s=float(began_s), used_s=float(used_s),  # type: ignore[arg-type]
        cap=_limit(cap), raised=_limit(raised), spent=tuple(_numbers(spent)), reserved=tuple(_numbers(reserved)),  # type: ignore[arg-type]
    )  # fmt: skip


def _add(target: list[int], amount: Vector) -> None:
    for i, n in enumerate(amount):
        target[i] += n
