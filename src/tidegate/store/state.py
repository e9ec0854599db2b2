"""Small durable state on SQLite: keyed JSON documents and append-only logs, shared by processes.

WAL lets readers go on beside a writer; `synchronous=FULL` means that what returned survives a
power loss too (state is written rarely: one commit is about 0.2 ms, never on a call's path).
Documents are kept as canonical JSON, so that what SQLite and PostgreSQL keep is the same text.
"""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tidegate.spine.codec import canonical_json
from tidegate.spine.errors import InputError, StoreError
from tidegate.store.wal import open_wal

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (kind TEXT NOT NULL, seq INTEGER NOT NULL, entry TEXT NOT NULL,
  PRIMARY KEY (kind, seq)) WITHOUT ROWID;
"""


def check_name(what: str, name: str) -> str:
    """A kind or key every backend can hold: text without NUL and lone surrogates; InputError otherwise."""
    if not isinstance(name, str) or "\0" in name or any("\ud800" <= c <= "\udfff" for c in name):
        raise InputError(f"expected a {what} of plain text, got {name!r}")
    return name


def encode_document(value: dict[str, Any]) -> str:
    """Canonical JSON of a document; InputError for what is no object or has no JSON form."""
    if not isinstance(value, dict):
        raise InputError(f"expected a JSON object, got {type(value).__name__}")
    try:
        return canonical_json(value).decode()
    except (TypeError, ValueError) as error:
        raise InputError(f"expected a document of JSON values: {error}") from error


def decode_document(text: str) -> dict[str, Any]:
    """The document behind its canonical JSON."""
    value = msgspec.json.decode(text)
    assert isinstance(value, dict)
    return value


class SqliteState:
    """A `StateStore` in one SQLite file; safe to use from several threads and processes."""

    def __init__(self, path: Path, *, busy_timeout_s: float = 10.0) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            self._db = open_wal(path, self._prepare, wait_s=busy_timeout_s, threads=True)
        except (sqlite3.Error, OSError) as error:
            remedy = "is the folder writable, and is this a file of Tidegate's?"
            raise StoreError(f"cannot open the state: {error}", where=str(path), remedy=remedy) from error

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA synchronous=FULL")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            message = f"its format is {version}, this program reads up to {SCHEMA_VERSION}"
            raise StoreError(message, where=str(self.path), remedy="use the newer program that wrote it")
        db.executescript(SCHEMA)
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()

    def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        """Write one document; durable when it returns."""
        row = (check_name("kind", kind), check_name("key", key), encode_document(value))
        self._run("INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", row)

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Read one document."""
        rows = self._run("SELECT value FROM documents WHERE kind = ? AND key = ?", (kind, key))
        return decode_document(rows[0][0]) if rows else None

    def items(self, kind: str, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """All documents of a kind whose key starts with `prefix`, in key order (by code point)."""
        sql = "SELECT key, value FROM documents WHERE kind = ? AND key >= ? ORDER BY key"
        for key, value in self._run(sql, (kind, prefix)):
            if not key.startswith(prefix):
                return
            yield key, decode_document(value)

    def delete(self, kind: str, key: str) -> bool:
        """Remove one document; whether it was there."""
        return bool(self._run("DELETE FROM documents WHERE kind = ? AND key = ? RETURNING 1", (kind, key)))

    def append_log(self, kind: str, entry: dict[str, Any]) -> int:
        """Append to an append-only log; returns its sequence number, from 1 and without gaps."""
        sql = "INSERT INTO log SELECT ?1, coalesce(max(seq), 0) + 1, ?2 FROM log WHERE kind = ?1 RETURNING seq"
        return int(self._run(sql, (check_name("kind", kind), encode_document(entry)))[0][0])

    def read_log(self, kind: str, after: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Entries of a log with a sequence number above `after`, in order."""
        sql = "SELECT seq, entry FROM log WHERE kind = ? AND seq > ? ORDER BY seq"
        for seq, entry in self._run(sql, (kind, after)):
            yield seq, decode_document(entry)

    def _run(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except (sqlite3.Error, UnicodeEncodeError) as error:
                raise StoreError(f"the state store failed: {error}", where=str(self.path)) from error
