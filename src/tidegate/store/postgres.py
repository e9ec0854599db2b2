"""The same state on PostgreSQL, for more than one machine: same documents, same logs, same order.

Documents are text, not `jsonb`: a number keeps the form it was written in and a string may hold
an escaped NUL, as in SQLite.  Keys compare by code point (`COLLATE "C"`) whatever the server's
language is.  A log's sequence has no gaps: appends to one log take turns by an advisory lock.
A lost connection fails the call that met it and is made anew for the next; a write is never
repeated by us, since it may have happened.
"""

import threading
from collections.abc import Iterator
from typing import Any

from tidegate.spine.errors import MissingExtra, StoreError
from tidegate.store.state import check_name, decode_document, encode_document

SCHEMA = """
CREATE TABLE IF NOT EXISTS tidegate_documents (kind text COLLATE "C", key text COLLATE "C", value text NOT NULL,
  PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS tidegate_log (kind text COLLATE "C", seq bigint, entry text NOT NULL,
  PRIMARY KEY (kind, seq));
"""
SCHEMA_LOCK = 0x71DE6A7E


class PostgresState:
    """A `StateStore` on a PostgreSQL database, from a `postgresql://` reference."""

    def __init__(self, reference: str) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise MissingExtra(
                "state on PostgreSQL needs the package psycopg", remedy="pip install 'tidegate[postgres]'"
            ) from error
        self._psycopg = psycopg
        self._reference = reference
        self._lock = threading.Lock()
        self._connection: Any = None
        # Two processes may start at once, and CREATE TABLE IF NOT EXISTS is not safe against itself.
        self._run("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,), then=((SCHEMA, None),))

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        """Write one document; durable when it returns."""
        row = (check_name("kind", kind), check_name("key", key), encode_document(value))
        sql = (
            "INSERT INTO tidegate_documents VALUES (%s, %s, %s)"
            " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"
        )
        self._run(sql, row)

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Read one document."""
        if "\0" in kind + key:
            return None
        rows = self._run("SELECT value FROM tidegate_documents WHERE kind = %s AND key = %s", (kind, key))
        return decode_document(rows[0][0]) if rows else None

    def items(self, kind: str, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """All documents of a kind whose key starts with `prefix`, in key order (by code point)."""
        sql = (
            "SELECT key, value FROM tidegate_documents"
            " WHERE kind = %s AND key >= %s AND starts_with(key, %s) ORDER BY key"
        )
        for key, value in self._run(sql, (kind, prefix, prefix)):
            yield key, decode_document(value)

    def delete(self, kind: str, key: str) -> bool:
        """Remove one document; whether it was there."""
        if "\0" in kind + key:
            return False
        return bool(self._run("DELETE FROM tidegate_documents WHERE kind = %s AND key = %s RETURNING 1", (kind, key)))

    def append_log(self, kind: str, entry: dict[str, Any]) -> int:
        """Append to an append-only log; returns its sequence number, from 1 and without gaps."""
        row = (check_name("kind", kind), encode_document(entry))
        append = (
            "INSERT INTO tidegate_log SELECT %s, coalesce(max(seq), 0) + 1, %s FROM tidegate_log WHERE kind = %s"
            " RETURNING seq"
        )
        rows = self._run(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", row[:1], then=((append, (*row, kind)),)
        )
        return int(rows[0][0])

    def read_log(self, kind: str, after: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Entries of a log with a sequence number above `after`, in order."""
        sql = "SELECT seq, entry FROM tidegate_log WHERE kind = %s AND seq > %s ORDER BY seq"
        for seq, entry in self._run(sql, (kind, after)):
            yield seq, decode_document(entry)

    def _run(
        self, sql: str, values: tuple[object, ...], *, then: tuple[tuple[str, tuple[object, ...] | None], ...] = ()
    ) -> list[tuple[Any, ...]]:
        """Run statements in one transaction; the rows of the last."""
        with self._lock:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = self._psycopg.connect(self._reference, connect_timeout=10, autocommit=True)
                with self._connection.transaction(), self._connection.cursor() as cursor:
                    cursor.execute(sql, values)
                    for statement, parameters in then:
                        cursor.execute(statement, parameters)
                    return cursor.fetchall() if cursor.description else []
            except (self._psycopg.Error, UnicodeEncodeError) as error:
                if self._connection is not None and self._connection.broken:
                    self._connection.close()
                    self._connection = None
                where = self._reference.rsplit("@", 1)[-1]  # never the password
                remedy = "is the server up, and may this user create tables?"
                raise StoreError(f"PostgreSQL failed: {str(error).strip()}", where=where, remedy=remedy) from error
