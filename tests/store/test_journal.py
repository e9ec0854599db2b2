"""The journal keeps what it acknowledged through kill -9, torn tails and full disks, and never stops a call."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.examples import trace
from tests.store.strategies import traces

from tidegate.spine.errors import SettingError
from tidegate.spine.trace import CallTrace, Event
from tidegate.store import segments, syncing
from tidegate.store.batch import Piece
from tidegate.store.bodies import BodyPolicy, load_redactor, text_hash
from tidegate.store.framing import HEADER, KIND_TRACE, NotASegment, append_frame, check_header, decode_trace, frames
from tidegate.store.framing import header as segment_header
from tidegate.store.journal import JournalWriter, request_seal
from tidegate.store.segments import open_segments, read_losses, read_traces, recover, sealed_segments
from tidegate.store.syncing import CACHED_SEGMENTS, SEALS_WAITING_MAX, Syncer, uncache


def kept(journal: Path) -> list[CallTrace]:
    recover(journal)
    return [t for path in sealed_segments(journal) for t in read_traces(path)]


def segment(records: list[CallTrace]) -> bytes:
    buffer = bytearray(segment_header(1))
    for record in records:
        append_frame(buffer, KIND_TRACE, record)
    return bytes(buffer)


def test_what_was_put_is_read_back_in_order(tmp_path: Path) -> None:
    sent = [trace(i) for i in range(500)]
    with JournalWriter(tmp_path, "w0", flush_interval_ms=1) as writer:
        for t in sent:
            writer.put(t)
        assert writer.flush()
        assert writer.acknowledged == 500
        assert [t for p in open_segments(tmp_path) for t in read_traces(p)] == sent, "a live segment can be read"
    assert kept(tmp_path) == sent
    assert not open_segments(tmp_path)


@given(st.lists(traces, max_size=4))
@settings(max_examples=60, deadline=None)
def test_every_field_survives_a_frame(records: list[CallTrace]) -> None:
    assert [decode_trace(f.payload) for f in frames(segment(records))] == records


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_torn_or_damaged_segment_yields_a_true_prefix(data: st.DataObject) -> None:
    """Cut anywhere, or change any byte: what is read is a prefix of what was written, never something else."""
    records = [trace(i) for i in range(4)]
    whole = bytearray(segment(records))
    at = data.draw(st.integers(HEADER.size, len(whole) - 1), label="at")
    if data.draw(st.booleans(), label="cut"):
        damaged = bytes(whole[:at])
    else:
        whole[at] ^= data.draw(st.integers(1, 255), label="flip")
        damaged = bytes(whole)
    ends = [f.end for f in frames(segment(records))]
    intact = sum(end <= at for end in ends)
    assert [decode_trace(f.payload) for f in frames(damaged)] == records[:intact]


@given(st.binary(max_size=64))
def test_bytes_that_are_no_segment_are_refused_by_name(data: bytes) -> None:
    if data[:4] != b"TGJ1":
        with pytest.raises(NotASegment, match="expected"):
            check_header(data)


def test_a_torn_tail_is_moved_aside_and_counted(tmp_path: Path) -> None:
    records = [trace(i) for i in range(3)]
    data = segment(records)
    path = tmp_path / "w0.00000000000000000001.7-abc.tgj.open"
    path.write_bytes(data[:-5])
    done = recover(tmp_path)
    assert (done.sealed, done.torn) == (1, 1)
    assert done.torn_bytes > 0
    assert kept(tmp_path) == records[:2]
    assert (tmp_path / (path.name + ".torn")).stat().st_size == done.torn_bytes
    assert recover(tmp_path).sealed == 0, "recovery is idempotent"


def test_recovery_leaves_a_living_writer_alone(tmp_path: Path) -> None:
    with JournalWriter(tmp_path, "w0", flush_interval_ms=1) as writer:
        writer.put(trace(1))
        assert writer.flush()
        assert recover(tmp_path).sealed == 0
        writer.put(trace(2))
        assert writer.flush()
    assert len(kept(tmp_path)) == 2


def test_segments_rotate_by_size_and_on_request(tmp_path: Path) -> None:
    with JournalWriter(tmp_path, "w0", flush_interval_ms=1, segment_bytes=4000) as writer:
        for i in range(40):
            writer.put(trace(i))
            writer.flush()
        assert len(sealed_segments(tmp_path)) >= 4
        writer.put(trace(99))
        writer.flush()
        request_seal(tmp_path)
        deadline = time.monotonic() + 5
        while open_segments(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not open_segments(tmp_path)
    assert [t.trace_id for t in kept(tmp_path)] == [trace(i).trace_id for i in [*range(40), 99]]


class FullDisk:
    """A `write` with room for so many bytes: writes what fits, then ENOSPC, like a real disk."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __call__(self, fd: int, pieces: Sequence[Piece]) -> int:
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = os.write(fd, b"".join(pieces)[: self.room])
        self.room -= done
        return done


@pytest.mark.timing
def test_on_a_full_disk_calls_go_on_and_the_loss_is_counted_and_recorded(tmp_path: Path) -> None:
    disk = FullDisk(5_000)
    writer = JournalWriter(tmp_path, "w0", flush_interval_ms=1, pending_bytes_max=20_000, write=disk).start()
    for i in range(2_000):
        before = time.perf_counter()
        writer.put(trace(i))
        assert time.perf_counter() - before < 0.5, "put never waits"
        if i % 100 == 0:
            time.sleep(0.005)
    assert writer.lost["disk_full"] > 1_000
    assert writer.accepted + writer.lost.total() == 2_000
    disk.room = 10**9  # somebody made room
    deadline = time.monotonic() + 5
    while writer.pending and time.monotonic() < deadline:
        time.sleep(0.02)
    writer.close()
    assert writer.acknowledged == writer.accepted, "what was taken is written once there is room"
    assert len(kept(tmp_path)) == writer.accepted
    assert sum(n for loss in read_losses(tmp_path) for n in loss.lost.values()) == writer.lost.total()


def test_a_disk_that_stays_full_loses_only_what_was_never_acknowledged(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, "w0", flush_interval_ms=1, write=FullDisk(3_000)).start()
    for i in range(50):
        writer.put(trace(i))
        time.sleep(0.002)
    writer.close()
    assert writer.acknowledged + writer.lost["disk_full"] == 50
    assert 0 < writer.acknowledged < 50
    assert [t.trace_id for t in kept(tmp_path)] == [trace(i).trace_id for i in range(writer.acknowledged)]


def test_the_kernels_own_file_size_limit(tmp_path: Path) -> None:
    """The same with RLIMIT_FSIZE: a write the kernel itself cuts short and then refuses (EFBIG)."""
    code = f"""
import resource, signal, sys, time
from pathlib import Path
from tests.store.examples import trace
from tidegate.store.journal import JournalWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))
w = JournalWriter(Path({str(tmp_path)!r}), "w0", flush_interval_ms=1, pending_bytes_max=30_000).start()
for i in range(200):
    w.put(trace(i)); time.sleep(0.001)
w.close()
print(w.acknowledged, w.lost["disk_full"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    acknowledged, lost = map(int, done.stdout.split())
    assert acknowledged + lost == 200
    assert lost > 0
    assert [t.trace_id for t in kept(tmp_path)] == [trace(i).trace_id for i in range(acknowledged)]


def test_a_writer_that_falls_behind_counts_and_goes_on(tmp_path: Path) -> None:
    def slow(fd: int, pieces: Sequence[Piece]) -> int:
        time.sleep(0.05)
        return os.writev(fd, pieces)

    writer = JournalWriter(tmp_path, "w0", flush_interval_ms=1, pending_bytes_max=40_000, write=slow).start()
    for i in range(1_000):
        writer.put(trace(i))
    assert writer.lost["writer_behind"] > 0
    assert writer.flush(20)
    writer.close()
    assert writer.acknowledged + writer.lost.total() == 1_000
    assert len(kept(tmp_path)) == writer.acknowledged


def test_a_trace_with_values_that_have_no_encoded_form_is_repaired_and_marked(tmp_path: Path) -> None:
    with JournalWriter(tmp_path, "w0", flush_interval_ms=1) as writer:
        writer.put(trace(1, request_body="lone \ud800 surrogate"))
        writer.put(trace(2, attributes={"x": object()}))
        writer.put(trace(3, events=(Event(name="ended", at_s=1.0, data={"x": "\udfff"}),)))
        writer.put(trace(4))
        assert writer.flush()
    got = kept(tmp_path)
    assert [t.trace_id for t in got] == [trace(i).trace_id for i in (1, 2, 3, 4)]
    assert got[0].request_body == "lone ? surrogate"
    assert [t.attributes.get("repaired") for t in got] == [True, True, True, None]
    assert writer.lost.total() == 0


def test_bodies_are_kept_by_tenant_and_events_do_not_leak_what_bodies_may_not(tmp_path: Path) -> None:
    policy = BodyPolicy(tenants={"hashed": "hash", "silent": "off"}, body_bytes_max=50)
    quoting = (
        Event(name="tool_call", at_s=1.0, data={"name": "pay", "call_id": "c1", "arguments": '{"iban":"DE89 3704"}'}),
        Event(name="message", at_s=1.0, data={"message": {"role": "user", "parts": [{"text": "DE89 3704"}]}}),
        Event(name="retried", at_s=1.0, data={"upstream": "a", "reason": "connect"}),
    )  # fmt: skip
    with JournalWriter(tmp_path, "w0", flush_interval_ms=1, policy=policy) as writer:
        for i, tenant in enumerate(("full", "hashed", "silent")):
            writer.put(trace(i, tenant=tenant, request_body="DE89 3704 " * 10, events=quoting))
        assert writer.flush()
    full, hashed, silent = kept(tmp_path)
    assert full.request_body == ("DE89 3704 " * 10)[:50]
    assert full.attributes["request_body_bytes"] == 100
    assert hashed.request_body is None
    assert hashed.request_hash == text_hash("DE89 3704 " * 10)
    assert hashed.events[0].data["arguments"] == text_hash('{"iban":"DE89 3704"}')
    assert hashed.events[0].data["name"] == "pay"
    assert (silent.request_body, silent.request_hash, silent.events[0].data["arguments"]) == (None, None, None)
    assert silent.events[2].data == {"upstream": "a", "reason": "connect"}
    whole = b"".join(p.read_bytes() for p in sealed_segments(tmp_path))
    assert whole.count(b"DE89 3704") == 5 + 2, "only the tenant that keeps bodies has any"


def test_redaction_runs_before_the_disk_and_a_crashing_hook_drops_the_text(tmp_path: Path) -> None:
    def hook(text: str, *, side: str, tenant: str) -> str:
        if "boom" in text:
            raise RuntimeError(text)
        return text.replace("secret", "[redacted]")

    policy = BodyPolicy(redact=hook)
    with JournalWriter(tmp_path, "w0", flush_interval_ms=1, policy=policy) as writer:
        writer.put(
            trace(1, request_body="my secret", events=(Event(name="feedback", at_s=1.0, data={"comment": "secret"}),))
        )
        writer.put(trace(2, request_body="boom secret", response_body="fine"))
        assert writer.flush()
    first, second = kept(tmp_path)
    assert first.request_body == "my [redacted]"
    assert first.events[0].data["comment"] == "[redacted]"
    assert second.request_body is None
    assert second.response_body == "fine"
    assert second.attributes["redaction_failed"] is True
    assert writer.counters()["bodies_redaction_failed"] == 1
    assert not any(b"secret" in p.read_bytes() for p in sealed_segments(tmp_path))


@pytest.mark.parametrize("reference", ["nothing", "no.such:hook", "json:nope", "json:__name__"])
def test_a_redaction_hook_that_cannot_be_loaded_is_named(reference: str) -> None:
    with pytest.raises(SettingError, match=r"module:function|cannot load|not a function"):
        load_redactor(reference)


KILLED = """
import os, sys
from pathlib import Path
from tests.store.examples import trace
from tidegate.store import batch
from tidegate.store.journal import JournalWriter
batch.PIECE_BYTES = 8
first = int(sys.argv[2])
w = JournalWriter(Path(sys.argv[1]), "w0", flush_interval_ms=0.5, segment_bytes=60_000).start()
said = 0
for i in range(first, first + 1_000_000):
    t = trace(i)
    if i % 2:
        bodies = t.request_body.encode(), t.response_body.encode()
        t.request_body = t.response_body = None
        w.put_bodies(t, *bodies)
    else:
        w.put(t)
    if i % 50 == 0 and w.acknowledged > said:
        said = w.acknowledged
        os.write(1, b"%d\\n" % said)
    if w.pending > 4000:
        w.flush()
"""


def kill_once(journal: Path, first: int, after_s: float) -> tuple[int, int]:
    """Start a writer, kill -9 it `after_s` after its first acknowledgement; (acknowledged, kept in order)."""
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(journal), str(first)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert child.stdout is not None
    lines = [child.stdout.readline()]
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    lines += child.stdout.read().splitlines(keepends=True)
    child.wait()
    child.stdout.close()
    acknowledged = max(int(line) for line in lines if line.endswith(b"\n"))
    mine = [t for t in kept(journal) if first <= int(t.call.call_id[5:]) < first + 1_000_000]
    assert mine == [trace(first + i) for i in range(len(mine))], "no gap, no repetition, no change"
    return acknowledged, len(mine)


def test_kill_9_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """The study of `python -m benches.store` in small: 1,000 kills there, 12 here (on one growing journal)."""
    for round_ in range(12):
        journal = tmp_path / str(round_ // 3)
        acknowledged, found = kill_once(journal, (round_ % 3) * 1_000_000, 0.003 * round_)
        assert found >= acknowledged > 0


def test_a_worker_that_writes_traces_stays_small() -> None:
    code = (
        "import sys; from tidegate.store import journal, keys; "
        "print([m for m in ('numpy', 'duckdb', 'sqlite3', 'rich', 'click', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("between", ["open_segments", "sealed_segments"])
def test_a_segment_sealed_while_losses_are_read_is_counted_once(
    between: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is renamed right after one of the two listings: before the other one, or before it is opened."""
    disk = FullDisk(2_000)
    writer = JournalWriter(tmp_path, "w0", flush_interval_ms=1, pending_bytes_max=4_000, write=disk).start()
    for i in range(500):
        writer.put(trace(i))
    disk.room = 10**9
    deadline = time.monotonic() + 5
    while not sum(n for loss in read_losses(tmp_path) for n in loss.lost.values()):
        writer.put(trace(1_000))
        time.sleep(0.01)
        assert time.monotonic() < deadline
    listing = getattr(segments, between)

    def then_sealed(journal: Path) -> list[Path]:
        found = listing(journal)
        writer.close()  # seals what was open
        return found

    monkeypatch.setattr(segments, between, then_sealed)
    assert open_segments(tmp_path)
    counted = sum(n for loss in read_losses(tmp_path) for n in loss.lost.values())
    assert not open_segments(tmp_path)
    assert counted == writer.lost.total() > 0


class SlowDisk:
    """A sync that takes as long as the test wants."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.calls = 0

    def __call__(self, fd: int) -> None:
        self.calls += 1
        assert self.free.wait(10)
        os.fdatasync(fd)


def test_a_disk_that_is_slow_to_sync_holds_up_no_trace(tmp_path: Path) -> None:
    """Everything is acknowledged while no sync has returned; segments get their names afterwards, oldest first."""
    disk = SlowDisk()
    writer = JournalWriter(tmp_path, "w0", flush_interval_ms=1, segment_bytes=2_000, fsync="seal", sync=disk).start()
    for i in range(200):
        writer.put(trace(i))
        assert i % 20 or writer.flush(), "the writer waits for the disk"
    assert writer.flush()
    assert writer.acknowledged == 200
    assert not writer.lost
    assert disk.calls == 1
    assert len(open_segments(tmp_path)) > 2
    assert not sealed_segments(tmp_path), "a segment has its final name before its bytes are on the disk"
    disk.free.set()
    writer.close()
    assert [t.trace_id for t in kept(tmp_path)] == [trace(i).trace_id for i in range(200)]
    assert disk.calls >= len(sealed_segments(tmp_path)) > 2


def test_a_sync_that_fails_leaves_the_segment_to_recovery(tmp_path: Path) -> None:
    def failing(_: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    with JournalWriter(tmp_path, "w0", flush_interval_ms=1, fsync="seal", sync=failing) as writer:
        writer.put(trace(1))
        assert writer.flush()
    assert "the disk is broken" in writer.last_error
    assert len(open_segments(tmp_path)) == 1
    assert [t.trace_id for t in kept(tmp_path)] == [trace(1).trace_id]


def test_closed_segments_that_wait_for_the_disk_are_bounded(tmp_path: Path) -> None:
    disk = SlowDisk()
    syncer = Syncer("w0", lambda _: None, disk)

    def hand_over(n: int) -> None:
        path = tmp_path / f"{n}.open"
        path.touch()
        syncer.seal(os.open(path, os.O_RDWR), path, tmp_path / f"{n}.sealed")

    for n in range(SEALS_WAITING_MAX):
        hand_over(n)
    late = threading.Thread(target=hand_over, args=(SEALS_WAITING_MAX,))
    late.start()
    late.join(0.1)
    assert late.is_alive(), "more segments than the bound were taken"
    disk.free.set()
    late.join(10)
    syncer.close()
    assert len(list(tmp_path.glob("*.sealed"))) == SEALS_WAITING_MAX + 1


def test_only_the_newest_segments_stay_in_the_page_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without that, each round of a sustained load cost more than the one before: its pages were always new memory."""
    gone: list[str] = []
    monkeypatch.setattr(syncing, "uncache", lambda path: gone.append(path.name))
    syncer = Syncer("w0", lambda _: None)
    for n in range(CACHED_SEGMENTS + 2):
        path = tmp_path / f"{n}.open"
        path.touch()
        syncer.seal(os.open(path, os.O_RDWR), path, tmp_path / f"{n}.sealed")
    syncer.close()
    assert gone == ["0.sealed", "1.sealed"]


def test_an_uncached_file_keeps_its_bytes_and_one_that_was_compacted_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "1.tgj"
    path.write_bytes(b"x" * 65536)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    uncache(path)
    assert path.read_bytes() == b"x" * 65536
    uncache(tmp_path / "gone.tgj")
