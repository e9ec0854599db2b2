"""From journal to Parquet, merging, erasing: everything that rewrites the store, under one lock.

Each step is the same three moves (see `manifest`): write new files, replace the manifest, delete
what it no longer names.  So a crash loses nothing and duplicates nothing, whenever it comes.

Files are grouped by day (UTC) and by tenant.  A tenant with few rows in a batch shares a file
with the other small ones, so that a thousand tenants do not make a thousand files a day; the
manifest knows who is in which.  Small files of a group are merged by size tiers, so that a row
is rewritten a few times in its life, not with every batch.
"""

import contextlib
import os
import shutil
import time
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tidegate.spine.trace import CallTrace
from tidegate.store import manifest as manifests
from tidegate.store.columns import SELECT_ALL, to_line
from tidegate.store.engine import connect, create_table, quoted, select_files, select_lines
from tidegate.store.framing import HEADER, KIND_LOSS, KIND_TRACE, NotASegment, decode_loss, decode_trace
from tidegate.store.journal import request_seal
from tidegate.store.manifest import DataFile, Erased, Manifest, compaction_lock, read_manifest, write_manifest
from tidegate.store.segments import TORN_SUFFIX, open_segments, read_frames, recover, sealed_segments

if TYPE_CHECKING:
    import duckdb

JOURNAL = "journal"
PARQUET = "parquet"
SCRATCH = "scratch"
BATCH_BYTES = 256 * 1024 * 1024
OWN_FILE_ROWS = 5_000  # a tenant with fewer rows in a batch shares a file
TIER = 8  # this many files of one size class of a group are merged
ROW_GROUP = 4_096  # small: the newest 50 of a million cost 50 ms of CPU, against 260 ms with 32,768
FILE_ROWS_MAX = 4_000_000
ERASED_KEPT_S = 86_400.0
EVER_S = 1e300
DAY = "floor(greatest(0, least(received_at_s, 253402214400)) / 86400)::BIGINT"  # 1970-01-01 to 9999-12-30


class Compacted(NamedTuple):
    """What a compaction did."""

    segments: int = 0
    rows: int = 0
    dropped: int = 0  # rows that a deletion or the retention took on the way
    files: int = 0
    merged: int = 0


class Compactor:
    """Rewrites one store.  `step` is called between any two moves (tests kill the process there)."""

    def __init__(
        self,
        store: Path,
        *,
        now_s: Callable[[], float] = time.time,
        step: Callable[[str], None] = lambda _: None,
        passing: Callable[[CallTrace], None] | None = None,
        ready: Callable[[Path], bool] = lambda _: True,
    ) -> None:
        self.store = store
        self.journal = store / JOURNAL
        self.scratch = store / SCRATCH
        self._now_s = now_s
        self._step = step
        self._ready = ready  # a sealed segment that is still being read waits for the next time
        self._passing = passing  # sees every trace on its way into Parquet (again after a crash)

    def compact(self, *, merge: bool = True) -> Compacted:
        """Bring every sealed segment into Parquet; safe to run at any time, beside writers and readers."""
        with compaction_lock(self.store):
            return self._compact(merge)

    def expire(self, days: float, tenants: Mapping[str, float] | None = None) -> int:
        """Delete what is older than its tenant's retention (`days` for those not named); how many went."""
        now_s = self._now_s()
        own = dict(tenants or {})
        conditions = [f"(tenant = {quoted(t)} AND received_at_s < {now_s - d * 86400.0!r})" for t, d in own.items()]
        others = f"tenant NOT IN ({', '.join(quoted(t) for t in own)}) AND " if own else ""
        conditions.append(f"({others}received_at_s < {now_s - days * 86400.0!r})")
        newest_doomed_s = now_s - min([days, *own.values()]) * 86400.0
        with compaction_lock(self.store):
            self._compact(merge=False)
            gone = self._rewrite(" OR ".join(conditions), lambda f: f.min_s < newest_doomed_s, lambda m: m)
            self._drop_torn(older_than_s=newest_doomed_s)
            return gone

    def erase(self, tenant: str, user: str | None, before_s: float | None, *, wait_s: float = 5.0) -> tuple[int, bool]:
        """Delete a tenant's or one user's traces, journal and torn tails included.

        Returns how many went, and whether every live writer closed its segment in time; if not,
        what is in those stays hidden and goes with the next compaction.
        """
        with compaction_lock(self.store):
            now_s = self._now_s()
            mark = Erased.of(tenant, user, EVER_S if before_s is None else before_s, now_s)
            manifest = read_manifest(self.store)
            write_manifest(self.store, msgspec.structs.replace(manifest, erased=(*manifest.erased, mark)))
            self._step("marked")
            complete = self._wait_sealed(wait_s)
            gone = self._compact(merge=False).dropped + self._finish_erasing()
            self._drop_torn(older_than_s=float("inf"))
            return gone, complete

    # The journal.

    def _compact(self, merge: bool) -> Compacted:
        self._clean()
        recover(self.journal)
        total = Compacted()
        while True:
            batch = self._next_batch()
            if not batch:
                break
            done = self._absorb(batch)
            total = Compacted(*(a + b for a, b in zip(total, done, strict=True)))
        unfinished = any(not e.done for e in read_manifest(self.store).erased)
        if unfinished:  # a deletion that was killed half way
            total = total._replace(dropped=total.dropped + self._finish_erasing())
        return total._replace(merged=self._merge()) if merge else total

    def _next_batch(self) -> list[Path]:
        absorbed = set(read_manifest(self.store).absorbed)
        batch: list[Path] = []
        size = 0
        for path in sealed_segments(self.journal):
            if path.name not in absorbed and self._ready(path):
                batch.append(path)
                size += path.stat().st_size
                if size >= BATCH_BYTES:
                    break
        return batch

    def _absorb(self, segments: list[Path]) -> Compacted:
        manifest = read_manifest(self.store)
        lines = self._fresh_scratch() / "rows.jsonl"
        losses = {day: dict(by_reason) for day, by_reason in manifest.losses.items()}
        damaged = manifest.damaged_bytes
        longest = dropped = 0
        with lines.open("wb") as out:
            for path in segments:
                bad, long, erased = self._write_rows(path, out.write, losses, manifest.erased)
                damaged += bad
                dropped += erased
                longest = max(longest, long)
        with contextlib.closing(connect(self.scratch)) as db:
            db.execute(create_table("batch"))
            db.execute(f"INSERT INTO batch {select_lines(lines, longest)}")
            rows = _count(db, "batch")
            files = self._write_groups(db)
        lines.unlink()
        self._step("files written")
        names = {p.name for p in segments}
        manifest = write_manifest(
            self.store,
            msgspec.structs.replace(
                manifest,
                files=(*manifest.files, *files),
                absorbed=(*(n for n in manifest.absorbed if (self.journal / n).exists()), *sorted(names)),
                losses=losses,
                damaged_bytes=damaged,
            ),
        )
        self._step("manifest replaced")
        for path in segments:
            path.unlink(missing_ok=True)
            self._step("segment deleted")
        return Compacted(segments=len(segments), rows=rows, dropped=dropped, files=len(files))

    def _write_rows(
        self,
        path: Path,
        write: Callable[[bytes], object],
        losses: dict[str, dict[str, int]],
        erased: Sequence[Erased],
    ) -> tuple[int, int, int]:
        """The rows of a segment, one JSON object a line; its losses are added up.

        Returns the bytes that do not check, the length of the longest row, and the rows that a
        deletion took.
        """
        dropped = 0
        end, longest = HEADER.size, 0
        try:
            for frame in read_frames(path):
                end = frame.end
                if frame.kind == KIND_TRACE:
                    trace = decode_trace(frame.payload)
                    if any(e.takes(trace, path.name) for e in erased):
                        dropped += 1
                        continue
                    line = to_line(trace)
                    if self._passing is not None:
                        self._passing(trace)
                    longest = max(longest, len(line))
                    write(line + b"\n")
                elif frame.kind == KIND_LOSS:
                    loss = decode_loss(frame.payload)
                    day = losses.setdefault(_day(loss.at_s), {})
                    for reason, n in loss.lost.items():
                        day[reason] = day.get(reason, 0) + n
        except NotASegment:
            end = 0
        data = path.read_bytes()[end:]
        if data:  # a sealed segment has no torn tail: its disk damaged it
            path.with_name(path.name + TORN_SUFFIX).write_bytes(data)
        return len(data), longest, dropped

    def _write_groups(self, db: "duckdb.DuckDBPyConnection") -> list[DataFile]:
        """Write table `batch` as Parquet files, by day and tenant."""
        counted = db.execute(f"SELECT {DAY} AS day, tenant, count(*) FROM batch GROUP BY ALL ORDER BY ALL").fetchall()
        days: dict[int, list[tuple[str, int]]] = {}
        for number, tenant, rows in counted:
            days.setdefault(number, []).append((tenant, rows))
        files = []
        for number, tenants in days.items():
            day, within = _day(number * 86400.0), f"{DAY} = {number}"
            big = [t for t, rows in tenants if rows >= OWN_FILE_ROWS]
            for tenant in big:
                files.append(self._write_file(db, f"{within} AND tenant = {quoted(tenant)}", day, tenant))
            if len(big) < len(tenants):
                rest = f" AND tenant NOT IN ({', '.join(map(quoted, big))})" if big else ""
                files.append(self._write_file(db, within + rest, day, None))
        return files

    def _write_file(
        self, db: "duckdb.DuckDBPyConnection", condition: str, day: str, tenant: str | None, source: str = "batch"
    ) -> DataFile:
        folder = self.store / PARQUET / f"day={day}"
        if tenant is not None:
            folder /= f"tenant={urllib.parse.quote(tenant, safe='')[:120]}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.time_ns():020d}-{os.urandom(3).hex()}.parquet"
        fresh = path.with_suffix(".tmp")
        rows = f"SELECT {SELECT_ALL} FROM {source} WHERE {condition}"
        db.execute(
            f"COPY ({rows} ORDER BY received_at_s, trace_id) TO {quoted(str(fresh))}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        found = db.execute(
            f"SELECT count(*), min(received_at_s), max(received_at_s) FROM {quoted_file(fresh)}"
        ).fetchone()
        assert found is not None
        tenants = db.execute(f"SELECT DISTINCT tenant FROM {quoted_file(fresh)} ORDER BY tenant").fetchall()
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.rename(path)
        manifests.sync_folder(folder)
        names = tuple(t for (t,) in tenants) if len(tenants) <= manifests.TENANTS_LISTED_MAX else None
        return DataFile(
            path=str(path.relative_to(self.store)), day=day, rows=found[0], bytes=path.stat().st_size,
            min_s=found[1], max_s=found[2], tenants=names,
        )  # fmt: skip

    # Rewriting.

    def _finish_erasing(self) -> int:
        """Rewrite every file that holds rows of a deletion that is not done; then it is."""
        open_marks = [e for e in read_manifest(self.store).erased if not e.done]
        if not open_marks:
            return 0

        def concerns(file: DataFile) -> bool:
            return any(
                file.min_s < e.before_s and (file.tenants is None or any(e.is_of(t) for t in file.tenants))
                for e in open_marks
            )

        def done(manifest: Manifest) -> Manifest:
            now_s = self._now_s()
            kept = [e for e in manifest.erased if now_s - e.at_s < ERASED_KEPT_S or not e.done]
            over = [msgspec.structs.replace(e, done=True, before_s=min(e.before_s, e.at_s + 1.0)) for e in kept]
            return msgspec.structs.replace(manifest, erased=tuple(over))

        return self._rewrite(" OR ".join(e.sql for e in open_marks), concerns, done)

    def _rewrite(
        self, doomed: str, concerns: Callable[[DataFile], bool], finish: Callable[[Manifest], Manifest]
    ) -> int:
        """Remove the rows for which the condition `doomed` holds; files without any are left alone."""
        manifest = read_manifest(self.store)
        kept: list[DataFile] = []
        old: list[DataFile] = []
        gone = 0
        self._fresh_scratch()
        with contextlib.closing(connect(self.scratch)) as db:
            for file in manifest.files:
                path = self.store / file.path
                matches = _count(db, f"{quoted_file(path)} WHERE ({doomed})") if concerns(file) else 0
                if not matches:
                    kept.append(file)
                    continue
                gone += matches
                old.append(file)
                if matches < file.rows:
                    own = file.tenants[0] if _own_folder(file) and file.tenants else None
                    source = f"({select_files([path])})"
                    kept.append(self._write_file(db, f"({doomed}) IS NOT TRUE", file.day, own, source))
        self._step("files rewritten")
        fresh = finish(msgspec.structs.replace(manifest, files=tuple(kept)))
        if fresh != manifest:
            write_manifest(self.store, fresh)
            self._step("manifest replaced")
        for file in old:
            (self.store / file.path).unlink(missing_ok=True)
        return gone

    def _merge(self) -> int:
        """Merge files of one group and size tier once there are `TIER` of them; how many went into others."""
        merged = 0
        while True:
            manifest = read_manifest(self.store)
            group = next(iter(_mergeable(manifest.files)), None)
            if group is None:
                return merged
            self._fresh_scratch()
            with contextlib.closing(connect(self.scratch)) as db:
                own = group[0].tenants[0] if _own_folder(group[0]) and group[0].tenants else None
                source = f"({select_files([self.store / f.path for f in group])})"
                fresh = self._write_file(db, "true", group[0].day, own, source)
            self._step("files merged")
            gone = {f.path for f in group}
            files = (*(f for f in manifest.files if f.path not in gone), fresh)
            write_manifest(self.store, msgspec.structs.replace(manifest, files=files))
            self._step("manifest replaced")
            for file in group:
                (self.store / file.path).unlink(missing_ok=True)
            merged += len(group)

    # Order.

    def _clean(self) -> None:
        """Remove what a killed run left: segments already in Parquet, and files that no manifest names."""
        manifest = read_manifest(self.store)
        for name in manifest.absorbed:
            (self.journal / name).unlink(missing_ok=True)
        named = {f.path for f in manifest.files}
        for path in (self.store / PARQUET).rglob("*"):
            if path.is_file() and str(path.relative_to(self.store)) not in named:
                path.unlink()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _fresh_scratch(self) -> Path:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        return self.scratch

    def _wait_sealed(self, wait_s: float) -> bool:
        """Ask live writers to close their segments and wait until they did; whether all have."""
        request_seal(self.journal)
        waited_for = {p.name for p in open_segments(self.journal)}
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            recover(self.journal)
            if not waited_for & {p.name for p in open_segments(self.journal)}:
                return True
            time.sleep(0.05)
        return False

    def _drop_torn(self, older_than_s: float) -> None:
        """Torn tails cannot be told apart by tenant: with a deletion they all go."""
        for path in self.journal.glob(f"*{TORN_SUFFIX}"):
            if path.stat().st_mtime < older_than_s:
                path.unlink(missing_ok=True)


def quoted_file(path: Path) -> str:
    """A Parquet file as a table."""
    return f"read_parquet({quoted(str(path))}, hive_partitioning=false)"


def _count(db: "duckdb.DuckDBPyConnection", table: str) -> int:
    found = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert found is not None
    return int(found[0])


def _day(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d")


def _own_folder(file: DataFile) -> bool:
    return "/tenant=" in file.path


def _mergeable(files: Iterable[DataFile]) -> Iterable[Sequence[DataFile]]:
    groups: dict[tuple[str, int], list[DataFile]] = {}
    for file in files:
        if file.rows < FILE_ROWS_MAX:
            tier = (max(file.rows, 1) // 1000).bit_length() // 3
            groups.setdefault((str(Path(file.path).parent), tier), []).append(file)
    return [group for group in groups.values() if len(group) >= TIER]
