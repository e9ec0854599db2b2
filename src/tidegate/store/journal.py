"""The journal: where a gateway worker leaves its traces, in batches, without ever waiting.

`put` encodes a trace into a buffer in memory (two microseconds, no I/O).  A writer thread wakes
when there is something, lets a batch gather for `flush_interval_ms`, takes the buffer and appends
it to the worker's own segment file with one `writev`.  Where bodies must be changed first (hashed,
redacted by a user's function), `put` only keeps the struct and the thread encodes, 64 records at a
time.  Encoding in the thread for everybody was measured and is worse: under load two threads want
one interpreter, each switch costs as much as several records, and the writer falls behind.

Once written a batch is *acknowledged*: it survives kill -9 of the process, because the bytes are
the kernel's.  `fsync` says what else it survives:

    never   what the kernel keeps by itself          seal    every closed segment
    second  all but the last second of power         batch   everything acknowledged

When the disk is full or the writer falls behind, calls go on: records wait in bounded memory,
then new ones are dropped and counted by reason, and a record of the loss is written as soon as
the disk takes one.  Nothing here imports numpy or duckdb: a worker stays small.
"""

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from tidegate.spine.trace import CallTrace
from tidegate.store.batch import Batch, Piece, Write, text_of, write_all
from tidegate.store.bodies import BodyPolicy
from tidegate.store.framing import HEADER, KIND_LOSS, KIND_TRACE, Loss, header
from tidegate.store.syncing import Syncer, named

Fsync = Literal["never", "seal", "second", "batch"]

OPEN_SUFFIX = ".tgj.open"
SEALED_SUFFIX = ".tgj"
SEAL_REQUEST = "SEAL"  # touched by whoever needs every open segment closed (deletion)

BATCH_RECORDS = 64
BATCH_BYTES = 1024 * 1024
RECORD_BYTES_BASE = 600  # what a queued record costs beside its bodies, roughly
RETRY_S = 0.5
LOSS_RECORD_S = 1.0  # at most one record of losses a second
ENOUGH_BYTES = 256 * 1024  # in a batch: written while the processor's cache still holds it
BEHIND_BYTES = 1024 * 1024  # waiting beyond this: the writer thread may be starved of interpreter or processor ...
NAP_S, NAP_EVERY_S = 0.0005, 0.01  # ... so `put` steps aside for so long, so often at most
FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class JournalWriter:
    """A `TraceSink` on append-only segment files, one writer per worker.

    `path` is the journal's folder and `worker` the name that its files begin with.  `write`, `sync`
    and `now_s` are the world's and can be replaced by faulty ones.
    """

    def __init__(
        self,
        path: Path,
        worker: str,
        *,
        policy: BodyPolicy | None = None,
        segment_bytes: int = 16 * 1024 * 1024,
        segment_age_s: float = 30.0,
        flush_interval_ms: float = 20.0,
        fsync: Fsync = "second",
        pending_bytes_max: int = 16 * 1024 * 1024,
        now_s: Callable[[], float] = time.time,
        write: Write = os.writev,
        sync: Callable[[int], None] = os.fdatasync,
    ) -> None:
        self.path = path
        self.worker = worker
        self.policy = policy or BodyPolicy()
        self.segment_bytes = segment_bytes
        self.segment_age_s = segment_age_s
        self.flush_interval_s = flush_interval_ms / 1000.0
        self.fsync: Fsync = fsync
        self.pending_bytes_max = pending_bytes_max
        self.accepted = 0  # taken into memory
        self.acknowledged = 0  # of these, written; in order of acceptance, but for the unencodable
        self.lost: Counter[str] = Counter()
        self._now_s = now_s
        self._write = write
        self._queue: deque[CallTrace] = deque()  # to be encoded by the thread
        self._filling = Batch()  # encoded by `put`, not yet taken by the thread
        self._lock = threading.Lock()  # held for microseconds: by `put`, and by the thread when it takes the buffer
        self._queue_bytes = 0  # added by put
        self._drained_bytes = 0  # added by the writer; apart, so that no lock is needed
        self._batch = Batch()  # encoded, not yet written
        self._lost_recorded: Counter[str] = Counter()
        self._loss_recorded_s = 0.0
        self._trouble: str = ""  # the reason the last write failed, until one succeeds
        self._wake = threading.Event()
        self._armed = False
        self._enough = threading.Event()  # a batch need not gather longer
        self._closing = threading.Event()
        self._written = threading.Condition()
        self._writer: threading.Thread | None = None
        self._fd = -1
        self._file: Path | None = None
        self._size = 0
        self._opened_s = 0.0
        self._synced_s = 0.0
        self._napped_s = 0.0
        self._sealed_for = 0
        self.last_error = ""
        self._sync = sync
        self._syncer = Syncer(worker, self._failed, sync)

    # The hot path.

    def put(self, trace: CallTrace) -> None:
        """Take one trace; waits for nothing (see `_step_aside`), never raises.  The caller gives the trace up."""
        size = RECORD_BYTES_BASE + len(trace.request_body or "") + len(trace.response_body or "")
        if not self._room_for(size):
            return
        if self.policy.plain:
            with self._lock:
                self._keep(self._append_trace(self._filling, self.policy, trace), size)
        else:
            self._queue.append(trace)
        self._told()

    def put_bodies(self, trace: CallTrace, request: bytes, response: bytes) -> None:
        """As `put`, with the bodies as they came: where they may be written as they are, nobody copies a long one."""
        policy = self.policy
        size = len(request) + len(response)
        if not policy.plain or 4 * size > policy.body_bytes_max:
            trace.request_body = request.decode("utf-8", "replace")
            trace.response_body = response.decode("utf-8", "replace")
            self.put(trace)
            return
        size += RECORD_BYTES_BASE
        if not self._room_for(size):
            return
        request, response = text_of(request), text_of(response)
        with self._lock:
            try:
                self._filling.append_with_bodies(KIND_TRACE, trace, request, response)
                self._keep(True, size)
            except Exception:  # the long way knows how to repair it
                trace.request_body, trace.response_body = request.decode(), response.decode()
                self._keep(self._append_trace(self._filling, policy, trace), size)
        self._told()

    def _room_for(self, size: int) -> bool:
        """Whether a record of this size may be taken; counts it, as taken or as lost."""
        if self._queue_bytes - self._drained_bytes + size > self.pending_bytes_max or self._closing.is_set():
            self.lost[self._trouble or "writer_behind"] += 1
            return False
        self._queue_bytes += size
        self.accepted += 1
        return True

    def _keep(self, encoded: bool, size: int) -> None:
        """Count a record that `put` encoded, or could not."""
        if encoded:
            self._filling.records += 1
            self._filling.counted_bytes += size
        else:
            self.lost["unencodable"] += 1
            self._queue_bytes -= size

    def _told(self) -> None:
        """Wake the writer thread; let it run where it fell behind."""
        if not self._armed:
            self._armed = True
            self._wake.set()
        if self._filling.counted_bytes >= ENOUGH_BYTES and not self._enough.is_set():
            self._enough.set()
        if self._queue_bytes - self._drained_bytes > BEHIND_BYTES and not self._trouble:
            self._step_aside()

    def _step_aside(self) -> None:
        """Let the writer thread run.

        On a processor that is never idle (one core, real-time priority) it may not get a turn for a
        second, and traces would be lost although the disk is fast.
        """
        now_s = time.monotonic()
        if now_s - self._napped_s >= NAP_EVERY_S:
            time.sleep(NAP_S)
            self._napped_s = time.monotonic()

    @property
    def pending(self) -> int:
        """Records taken and not yet written."""
        return len(self._queue) + self._filling.records + self._batch.records

    def counters(self) -> Mapping[str, int]:
        """Everything the metrics show: accepted, acknowledged, pending, lost by reason, bodies cut or dropped."""
        return {
            "accepted": self.accepted,
            "acknowledged": self.acknowledged,
            "pending": self.pending,
            **{f"lost_{reason}": n for reason, n in self.lost.items()},
            **{f"bodies_{what}": n for what, n in self.policy.counts.items()},
        }

    # Its life.

    def start(self) -> "JournalWriter":
        """Start the writer thread; call it after a fork."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._sealed_for = self._seal_requested()
        self._writer = threading.Thread(target=self._run, name=f"journal-{self.worker}", daemon=True)
        self._writer.start()
        return self

    def __enter__(self) -> "JournalWriter":
        return self if self._writer else self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything taken so far is written or lost; whether it was in time."""
        deadline = time.monotonic() + timeout_s
        with self._written:
            while self.pending:
                self._wake.set()
                left = deadline - time.monotonic()
                if left <= 0 or self._writer is None:
                    return False
                self._written.wait(min(left, 0.05))
        return True

    def close(self, timeout_s: float = 5.0) -> None:
        """Write what is left, seal the segment, end the thread; what cannot be written is counted."""
        if self._writer is None:
            return
        self._closing.set()
        self._enough.set()
        self._wake.set()
        self._writer.join(timeout_s)
        self._writer = None

    # The writer thread.

    def _run(self) -> None:
        while True:
            self._wake.wait(self._idle_s())
            if self._armed:
                self._enough.wait(self.flush_interval_s)
            closing = self._closing.is_set()
            self._enough.clear()
            self._wake.clear()
            self._armed = False  # from here on a put wakes us again
            self._drain()
            self._record_losses()
            self._sync_if_due()
            self._seal_if_due()
            if closing:
                self._finish()
                return
            if self._batch.records:  # the disk refuses: wait before the next try, memory is bounded
                self._armed = True
                self._closing.wait(RETRY_S)
                self._wake.set()

    def _idle_s(self) -> float | None:
        """How long to sleep when nothing comes: for ever, unless there is a segment to close or a loss to record."""
        return None if self._fd < 0 and self.lost == self._lost_recorded else 0.5

    def _drain(self) -> None:
        """Encode and write until the queue is empty or the disk refuses."""
        while self._batch.records or self._filling.records or self._queue:
            if not self._batch.records:
                self._take_filled()
            if not self._batch.records:
                self._encode_batch()
            if self._batch.records and not self._write_batch():
                return
        with self._written:
            self._written.notify_all()

    def _take_filled(self) -> None:
        """The records that `put` encoded, as the next batch."""
        if self._filling.records:
            fresh = Batch()
            with self._lock:
                self._batch, self._filling = self._filling, fresh

    def _encode_batch(self) -> None:
        queue, batch, policy = self._queue, self._batch, self.policy
        while queue and batch.records < BATCH_RECORDS and len(batch.last) < BATCH_BYTES:
            trace = queue.popleft()
            size = RECORD_BYTES_BASE + len(trace.request_body or "") + len(trace.response_body or "")
            if not self._append_trace(batch, policy, trace):
                self.lost["unencodable"] += 1
                self._drained_bytes += size
                continue
            batch.records += 1
            batch.counted_bytes += size

    def _append_trace(self, batch: Batch, policy: BodyPolicy, trace: CallTrace) -> bool:
        """One frame; a trace with a value that has no encoded form is written without it, and marked."""
        try:
            batch.append(KIND_TRACE, policy.apply(trace))
            return True
        except Exception as error:  # lone surrogates, or an object without a form in events or attributes
            self.last_error = f"{type(error).__name__}: {error}"
        for side in ("request_body", "response_body"):
            body = getattr(trace, side)
            if isinstance(body, str):
                setattr(trace, side, body.encode("utf-8", "replace").decode())
        attributes, events = trace.attributes, trace.events
        for kept_attributes, kept_events in ((attributes, events), (attributes, ()), ({}, ())):
            trace.attributes, trace.events = {**kept_attributes, "repaired": True}, kept_events
            with contextlib.suppress(Exception):  # the policy again: what it has not seen is never written
                batch.append(KIND_TRACE, policy.apply(trace))
                return True
        return False

    def _write_batch(self) -> bool:
        """Append the buffer to the segment: all of it or nothing; whether it is acknowledged now."""
        try:
            if self._fd < 0:
                self._open_segment()
            self._append(self._batch.pieces)
            if self.fsync == "batch":
                self._sync(self._fd)
        except OSError as error:
            self._trouble = "disk_full" if error.errno in FULL_ERRNOS else "write_error"
            self.last_error = str(error)
            self._undo_partial_write()
            return False
        self._trouble = ""
        self.acknowledged += self._batch.records
        self._drained_bytes += self._batch.counted_bytes
        self._batch = Batch()
        return True

    def _append(self, pieces: Sequence[Piece]) -> None:
        self._size += write_all(self._write, self._fd, pieces)

    def _undo_partial_write(self) -> None:
        """Cut the segment back to its last whole frame; a segment that cannot be cut is left to recovery."""
        if self._fd < 0:
            return
        try:
            os.ftruncate(self._fd, self._size)
            os.lseek(self._fd, self._size, os.SEEK_SET)
        except OSError:
            os.close(self._fd)
            self._fd = -1

    # Segments.

    def _open_segment(self) -> None:
        """A new segment: locked for as long as we live before anyone can see it under its name."""
        self.path.mkdir(parents=True, exist_ok=True)
        now_s = self._now_s()
        created_ns = max(int(now_s * 1e9), 0)
        name = f"{self.worker}.{created_ns:020d}.{os.getpid()}-{os.urandom(3).hex()}"
        hidden, file = self.path / f"{name}.new", self.path / f"{name}{OPEN_SUFFIX}"
        fd = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._fd, self._file, self._size = fd, file, 0
            self._append([header(created_ns)])
            hidden.rename(file)
        except OSError:
            self._fd = -1
            os.close(fd)
            hidden.unlink(missing_ok=True)
            raise
        self._opened_s = self._synced_s = time.monotonic()

    def _record_losses(self, *, now: bool = False) -> None:
        """Write down what was lost since the last such record, once the disk takes records again."""
        fresh = self.lost - self._lost_recorded
        if not fresh or self._trouble or self._batch.records:
            return
        if not now and time.monotonic() - self._loss_recorded_s < LOSS_RECORD_S:
            return
        self._loss_recorded_s = time.monotonic()
        self._batch.append(KIND_LOSS, Loss(at_s=self._now_s(), worker=self.worker, lost=dict(fresh)))
        if self._write_batch():
            self._lost_recorded += fresh
        else:
            self._batch = Batch()

    def _seal_if_due(self) -> None:
        requested = self._seal_requested()
        asked, self._sealed_for = requested != self._sealed_for, requested
        if self._fd < 0:
            return
        old = time.monotonic() - self._opened_s >= self.segment_age_s
        if asked or old or self._size >= self.segment_bytes:
            self._seal()

    def _seal(self) -> None:
        """Close the segment; under its final name, once it is synced, it never changes."""
        assert self._file is not None
        fd, path, self._fd = self._fd, self._file, -1
        final = path.with_name(path.name.removesuffix(".open")) if self._size > HEADER.size else None
        if self.fsync in ("second", "seal"):
            self._syncer.seal(fd, path, final)
            return
        try:
            named(path, final)
        except OSError as error:  # it stays `.open`; whoever compacts will seal it when we are gone
            self._failed(str(error))
        os.close(fd)

    def _failed(self, words: str) -> None:
        self.last_error = words

    def _sync_if_due(self) -> None:
        if self.fsync == "second" and self._fd >= 0 and time.monotonic() - self._synced_s >= 1.0:
            self._synced_s = time.monotonic()
            self._syncer.refresh(self._fd)

    def _seal_requested(self) -> int:
        try:
            return os.stat(self.path / SEAL_REQUEST).st_mtime_ns
        except OSError:
            return 0

    def _finish(self) -> None:
        """The last words: what could not be written is lost, and said so if the disk lets us."""
        if self.pending:
            self.lost[self._trouble or "write_error"] += self.pending
            self._batch, self._filling = Batch(), Batch()
            self._queue.clear()
        self._trouble = ""
        self._record_losses(now=True)
        if self._fd >= 0:
            self._seal()
        self._syncer.close()
        with self._written:
            self._written.notify_all()


def request_seal(path: Path) -> None:
    """Ask every live writer to close its segment; they do within about half a second."""
    path.mkdir(parents=True, exist_ok=True)
    request = path / SEAL_REQUEST
    request.touch()
    os.utime(request, ns=(time.time_ns(), time.time_ns()))
