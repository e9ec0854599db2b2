"""The trace store: journal and Parquet read as one, through DuckDB.

A reader opens the manifest, loads what the journal's segments hold beyond it into a table in
memory (`tail`: each segment only once, then only what was appended), and asks Parquet files and
tail together.  Files that cannot hold a matching row are not opened.  When a compaction changes
the manifest in between, the question is asked again.
"""

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tidegate.spine.errors import StoreError
from tidegate.spine.feedback import ABOUT, with_feedback
from tidegate.spine.trace import CallTrace
from tidegate.store.bodies import BodyPolicy
from tidegate.store.columns import SELECT_ALL, from_row, to_line
from tidegate.store.compaction import JOURNAL, SCRATCH, Compactor
from tidegate.store.engine import connect, create_table, select_files, select_lines
from tidegate.store.framing import HEADER, KIND_TRACE, NotASegment, append_frame, decode_trace, header
from tidegate.store.journal import SEALED_SUFFIX
from tidegate.store.manifest import APPENDED, DataFile, Erased, Manifest, read_manifest, sync_folder
from tidegate.store.segments import open_segments, read_frames, sealed_segments, segment_name

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
PAGE_ROWS = 2_000
WINDOW_MARGIN = 8  # the first stretch of time should hold this many times what is wanted
WINDOW_GROWTH = 16
ATTEMPTS = 5
COMPACT_AT_BYTES = 8 * 1024 * 1024  # of sealed segments: then a reader tidies up first


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which traces: `since_s <= received_at_s < until_s`; `text` is looked for in the bodies, whatever its case."""

    tenant: str | None = None
    user: str | None = None
    since_s: float | None = None
    until_s: float | None = None
    ending: str | None = None
    model: str | None = None
    run_id: str | None = None
    text: str | None = None

    def sql(self) -> tuple[str, list[Any]]:
        """The condition and its parameters."""
        parts, values = ["true"], list[Any]()
        for column, value in (
            ("tenant", self.tenant), ('"user"', self.user), ("ending", self.ending), ("run_id", self.run_id),
        ):  # fmt: skip
            if value is not None:
                parts.append(f"{column} = ?")
                values.append(value)
        if self.model is not None:
            parts.append("(model = ? OR model_served = ?)")
            values += [self.model, self.model]
        if self.since_s is not None:
            parts.append("received_at_s >= ?")
            values.append(self.since_s)
        if self.until_s is not None:
            parts.append("received_at_s < ?")
            values.append(self.until_s)
        if self.text is not None:
            needle = self.text.lower()
            parts.append("(contains(lower(request_body), ?) OR contains(lower(response_body), ?))")
            values += [needle, needle]
        return " AND ".join(parts), values


class LakeTraces:
    """A `TraceStore` in a folder.  Safe to use from several threads; any number of processes may read.

    `policy` applies to what `append` is given, as the journal's does to what workers are given.
    """

    def __init__(
        self,
        store: Path,
        *,
        policy: BodyPolicy | None = None,
        now_s: Callable[[], float] = time.time,
        memory: str = "1GB",
        threads: int | None = None,
    ) -> None:
        self.store = store
        self.journal = store / JOURNAL
        self.compactor = Compactor(store, now_s=now_s)
        self._policy = policy or BodyPolicy()
        self._now_s = now_s
        self._memory = memory
        self._threads = threads
        self._lock = threading.RLock()
        self._db: duckdb.DuckDBPyConnection | None = None
        self._read: dict[str, int] = {}  # segment → offset up to which the tail holds it
        self._erased: tuple[Erased, ...] = ()

    def close(self) -> None:
        """Release memory; the store can be used again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None
            self._read.clear()

    # The port.

    def append(self, traces: Iterable[CallTrace]) -> None:
        """Keep traces as one sealed segment; when it returns they survive a kill of the process."""
        buffer = bytearray(header(time.time_ns()))
        for trace in traces:
            kept = self._policy.apply(msgspec.structs.replace(trace, attributes=dict(trace.attributes)))
            append_frame(buffer, KIND_TRACE, kept)
        if len(buffer) == HEADER.size:
            return
        try:
            self.journal.mkdir(parents=True, exist_ok=True)
            name = f"{APPENDED}{time.time_ns():020d}.{os.getpid()}-{os.urandom(4).hex()}"
            fresh = self.journal / f"{name}.append"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(buffer)
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(self.journal / f"{name}{SEALED_SUFFIX}")
            sync_folder(self.journal)
        except OSError as error:
            raise StoreError(f"cannot keep traces: {error}", where=str(self.journal)) from error

    def get(self, trace_id: str) -> CallTrace | None:
        """One trace, whole."""

        def ask(db: "duckdb.DuckDBPyConnection", manifest: Manifest) -> CallTrace | None:
            source = self._source(manifest, Filter())
            found = db.execute(f"SELECT received_at_s FROM {source} WHERE trace_id = ? LIMIT 1", [trace_id]).fetchone()
            if found is None:
                return None
            near = self._source(manifest, Filter(since_s=found[0], until_s=_after(found[0])))
            row = db.execute(f"SELECT * FROM {near} WHERE trace_id = ? AND received_at_s = ?", [trace_id, found[0]])
            whole = row.fetchone()
            return None if whole is None else from_row(whole)

        return self._consistently(ask)

    def ids_starting(self, start: str, *, limit: int) -> list[str]:
        """Up to `limit` ids of traces that begin with `start`, in order."""

        def ask(db: "duckdb.DuckDBPyConnection", manifest: Manifest) -> list[str]:
            source = self._source(manifest, Filter())
            found = f"SELECT DISTINCT trace_id FROM {source} WHERE starts_with(trace_id, ?) ORDER BY trace_id LIMIT ?"
            return [row[0] for row in db.execute(found, [start, limit]).fetchall()]

        return self._consistently(ask)

    def with_feedback(self, trace: CallTrace) -> CallTrace:
        """A call with what its readers said of it since."""
        tenant, since_s = trace.call.identity.tenant, trace.received_at_s

        def ask(db: "duckdb.DuckDBPyConnection", manifest: Manifest) -> list[CallTrace]:
            source = self._source(manifest, Filter(tenant=tenant, since_s=since_s))
            about = f"json_extract_string(attributes, '$.{ABOUT}') = ?"
            rows = db.execute(
                f"SELECT * FROM {source} WHERE tenant = ? AND {about} AND received_at_s >= ?",
                [tenant, trace.trace_id, since_s],
            )
            return [from_row(row) for row in rows.fetchall()]

        return with_feedback([trace, *self._consistently(ask)])[0]

    def scan(
        self,
        *,
        tenant: str | None = None,
        since_s: float | None = None,
        until_s: float | None = None,
        ending: str | None = None,
        limit: int | None = None,
    ) -> Iterator[CallTrace]:
        """Traces in order of arrival, filtered: `since_s <= received_at_s < until_s`."""
        return self.find(Filter(tenant=tenant, since_s=since_s, until_s=until_s, ending=ending), limit=limit)

    def delete(self, *, tenant: str, user: str | None = None, before_s: float | None = None) -> int:
        """Delete a tenant's (or one user's) traces received before `before_s`; returns how many went."""
        return self.erase(tenant=tenant, user=user, before_s=before_s)[0]

    # More than the port.

    def erase(self, *, tenant: str, user: str | None = None, before_s: float | None = None) -> tuple[int, bool]:
        """Like `delete`; also whether every live writer has let go (if not, the rest is hidden and goes later)."""
        return self.compactor.erase(tenant, user, before_s)

    def find(
        self, wanted: Filter, *, limit: int | None = None, newest_first: bool = False, bodies: bool = True
    ) -> Iterator[CallTrace]:
        """Traces in order of arrival (or the other way), a page at a time; without bodies it is faster."""
        given = 0
        last: tuple[float, str] | None = None
        while limit is None or given < limit:
            size = PAGE_ROWS if limit is None else min(PAGE_ROWS, limit - given)
            page = self._page(wanted, last, size, newest_first, bodies)
            yield from page
            given += len(page)
            if len(page) < size:
                return
            last = (page[-1].received_at_s, page[-1].trace_id)

    def query(self, columns: str, wanted: Filter, tail: str = "") -> list[tuple[Any, ...]]:
        """`SELECT columns FROM the traces wanted tail`, over journal and Parquet."""
        condition, values = wanted.sql()

        def ask(db: "duckdb.DuckDBPyConnection", manifest: Manifest) -> list[tuple[Any, ...]]:
            source = self._source(manifest, wanted)
            return db.execute(f"SELECT {columns} FROM {source} WHERE {condition} {tail}", values).fetchall()

        return self._consistently(ask)

    def copy_to_parquet(self, wanted: Filter, path: Path) -> int:
        """Write the traces wanted to one Parquet file, in order of arrival; how many."""
        condition, values = wanted.sql()

        def ask(db: "duckdb.DuckDBPyConnection", manifest: Manifest) -> int:
            source = f"SELECT {SELECT_ALL} FROM {self._source(manifest, wanted)} WHERE {condition}"
            options = "(FORMAT parquet, COMPRESSION zstd)"
            target = str(path).replace("'", "''")
            done = db.execute(f"COPY ({source} ORDER BY received_at_s, trace_id) TO '{target}' {options}", values)
            row = done.fetchone()
            return int(row[0]) if row else 0

        return self._consistently(ask)

    def known(self, trace_ids: Sequence[str]) -> set[str]:
        """Which of these ids are already here (an import run twice changes nothing)."""
        if not trace_ids:
            return set()

        def ask(db: "duckdb.DuckDBPyConnection", manifest: Manifest) -> set[str]:
            source = self._source(manifest, Filter())
            sql = f"SELECT trace_id FROM {source} WHERE trace_id IN (SELECT unnest(?::VARCHAR[]))"
            return {row[0] for row in db.execute(sql, [list(trace_ids)]).fetchall()}

        return self._consistently(ask)

    def tidy(self) -> None:
        """Compact first if much waits in the journal and nobody else does; for readers without a gateway."""
        waiting = sum(p.stat().st_size for p in sealed_segments(self.journal) if p.exists())
        if waiting >= COMPACT_AT_BYTES:
            with contextlib.suppress(StoreError, OSError):  # somebody else is at it, or we may only read
                self.compactor.compact()

    def losses(self) -> dict[str, dict[str, int]]:
        """What writers could not keep, by day and reason, as far as it is compacted."""
        return read_manifest(self.store).losses

    # Reading.

    def _page(
        self, wanted: Filter, last: tuple[float, str] | None, size: int, newest_first: bool, bodies: bool
    ) -> list[CallTrace]:
        condition, values = wanted.sql()
        order = "DESC" if newest_first else "ASC"
        if last is not None:
            sign = "<" if newest_first else ">"
            condition += f" AND received_at_s {sign}= ? AND (received_at_s {sign} ? OR trace_id {sign} ?)"
            values = [*values, last[0], last[0], last[1]]
            bound = {"until_s": _after(last[0])} if newest_first else {"since_s": last[0]}
            wanted = msgspec.structs.replace(wanted, **bound)
        columns = SELECT_ALL if bodies else _without_bodies()

        def ask(db: "duckdb.DuckDBPyConnection", manifest: Manifest) -> list[CallTrace]:
            keys: list[tuple[float, str]] = []
            for window in self._windows(db, manifest, wanted, size, newest_first):
                low, high = window.since_s, window.until_s
                keys = db.execute(
                    f"SELECT received_at_s, trace_id FROM {self._source(manifest, window)} WHERE {condition}"
                    " AND received_at_s >= ? AND received_at_s < ?"
                    f" ORDER BY received_at_s {order}, trace_id {order} LIMIT {size}",
                    [*values, low, high],
                ).fetchall()
                if len(keys) == size:
                    break
            if not keys:
                return []
            low, high = min(keys[0][0], keys[-1][0]), max(keys[0][0], keys[-1][0])
            near = self._source(manifest, msgspec.structs.replace(wanted, since_s=low, until_s=_after(high)))
            rows = db.execute(
                f"SELECT {columns} FROM {near} WHERE received_at_s BETWEEN ? AND ?"
                " AND trace_id IN (SELECT unnest(?::VARCHAR[]))"
                f" ORDER BY received_at_s {order}, trace_id {order}",
                [low, high, [k[1] for k in keys]],
            ).fetchall()
            return [from_row(row) for row in rows]

        return self._consistently(ask)

    def _windows(
        self, db: "duckdb.DuckDBPyConnection", manifest: Manifest, wanted: Filter, size: int, newest_first: bool
    ) -> Iterator[Filter]:
        """Ever wider stretches of time from the wanted end on; the last one holds everything.

        A page of the newest calls then opens the newest files only, whatever the store holds.
        """
        tail = db.execute("SELECT count(*), min(received_at_s), max(received_at_s) FROM tail").fetchone()
        spans = [(f.min_s, f.max_s, f.rows) for f in _files(manifest, wanted)]
        if tail is not None and tail[0]:
            spans.append((tail[1], tail[2], tail[0]))
        if not spans:
            return
        low = max(min(s[0] for s in spans), wanted.since_s if wanted.since_s is not None else -math.inf)
        high = min(max(s[1] for s in spans), wanted.until_s if wanted.until_s is not None else math.inf)
        edge = max(spans, key=lambda s: s[1]) if newest_first else min(spans, key=lambda s: s[0])
        width = max((edge[1] - edge[0]) / edge[2] * size * WINDOW_MARGIN, 1e-3)
        while width < (high - low) / 2:
            if newest_first:
                yield msgspec.structs.replace(wanted, since_s=high - width, until_s=_after(high))
            else:
                yield msgspec.structs.replace(wanted, since_s=low, until_s=low + width)
            width *= WINDOW_GROWTH
        yield msgspec.structs.replace(wanted, since_s=low, until_s=_after(high))

    def _source(self, manifest: Manifest, wanted: Filter) -> str:
        """SQL of the rows that may be wanted: the files that can hold any, and the tail."""
        chosen = [self.store / f.path for f in _files(manifest, wanted)]
        parts = [f"SELECT {SELECT_ALL} FROM tail"]
        if chosen:
            hidden = [e.sql for e in manifest.erased if not e.done]
            shown = f" WHERE ({' OR '.join(hidden)}) IS NOT TRUE" if hidden else ""
            parts.append(select_files(chosen) + shown)
        return f"({' UNION ALL '.join(parts)})"

    def _consistently(self, ask: Callable[["duckdb.DuckDBPyConnection", Manifest], T]) -> T:
        """Ask over one truth: journal and Parquet of the same manifest; again when it changed under way."""
        with self._lock:
            for attempt in range(ATTEMPTS):
                manifest = self._refresh()
                assert self._db is not None
                try:
                    return ask(self._db, manifest)
                except Exception as error:
                    if read_manifest(self.store).generation == manifest.generation or attempt == ATTEMPTS - 1:
                        raise StoreError(f"cannot read the traces: {error}", where=str(self.store)) from error
            raise AssertionError("unreachable")

    def _refresh(self) -> Manifest:
        """Bring the tail up to what the journal holds beyond the manifest; that manifest."""
        if self._db is None:
            self._db = connect(self.store / SCRATCH, memory=self._memory, threads=self._threads)
            self._db.execute(create_table("tail", ', "segment" VARCHAR'))
        for _ in range(20):
            manifest = read_manifest(self.store)
            absorbed = set(manifest.absorbed)
            if manifest.erased != self._erased:
                self._db.execute("DELETE FROM tail")
                self._read.clear()
                self._erased = manifest.erased
            # Open ones first: a segment sealed between the two listings is then in the second, never in neither.
            paths = [*open_segments(self.journal), *sealed_segments(self.journal)]
            here = {segment_name(p): p for p in paths if p.name not in absorbed}
            gone = [name for name in self._read if name not in here]
            if gone:
                self._db.execute('DELETE FROM tail WHERE "segment" IN (SELECT unnest(?::VARCHAR[]))', [gone])
                for name in gone:
                    del self._read[name]
            complete = all(self._extend_tail(name, path) for name, path in here.items())
            if complete and read_manifest(self.store).generation == manifest.generation:
                return manifest
        raise StoreError("the store changes faster than it can be read", where=str(self.store), remedy="try again")

    def _extend_tail(self, name: str, path: Path) -> bool:
        """Load what a segment holds beyond what is loaded; False when it was sealed or absorbed meanwhile."""
        assert self._db is not None
        start = self._read.get(name, HEADER.size)
        try:
            if path.stat().st_size <= start:
                return True
            lines = []
            end = start
            for frame in read_frames(path, start):
                end = frame.end
                if frame.kind == KIND_TRACE:
                    trace = decode_trace(frame.payload)
                    if not any(e.takes(trace, name) for e in self._erased):
                        lines.append(to_line(trace))
        except FileNotFoundError:
            return False
        except NotASegment:
            return True
        if lines:
            self._insert(name, lines)
        self._read[name] = end
        return True

    def _insert(self, name: str, lines: list[bytes]) -> None:
        assert self._db is not None
        with _scratch_file(lines) as path:
            rows = select_lines(path, max(map(len, lines)))
            self._db.execute(f"INSERT INTO tail SELECT *, ? FROM ({rows})", [name])


@contextlib.contextmanager
def _scratch_file(lines: list[bytes]) -> Iterator[Path]:
    """Rows for DuckDB to read, in memory where the system has such a file: never a copy left on a disk."""
    fd = os.memfd_create("tidegate-rows")
    try:
        with os.fdopen(os.dup(fd), "wb") as file:
            file.write(b"\n".join(lines))
        yield Path(f"/proc/self/fd/{fd}")
    finally:
        os.close(fd)


def _files(manifest: Manifest, wanted: Filter) -> list[DataFile]:
    """The Parquet files that can hold a trace wanted."""
    return [f for f in manifest.files if f.may_hold(wanted.tenant, wanted.since_s, wanted.until_s)]


def _after(at_s: float) -> float:
    """The next moment there is: makes an inclusive bound of an exclusive one."""
    return math.nextafter(at_s, math.inf)


def _without_bodies() -> str:
    return SELECT_ALL.replace('"request_body"', 'NULL AS "request_body"').replace(
        '"response_body"', 'NULL AS "response_body"'
    )
