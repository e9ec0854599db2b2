"""Compaction, reading, erasing, retention: a crash at any step loses nothing and duplicates nothing."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.store.examples import T0, trace

from tidegate.spine.errors import StoreError
from tidegate.store.compaction import Compactor
from tidegate.store.framing import KIND_LOSS, Loss, append_frame
from tidegate.store.framing import header as segment_header
from tidegate.store.journal import JournalWriter
from tidegate.store.lake import Filter, LakeTraces
from tidegate.store.maintenance import Maintenance
from tidegate.store.manifest import MANIFEST, read_manifest
from tidegate.store.segments import TORN_SUFFIX


def names(store: LakeTraces, **filters: object) -> list[str]:
    return [t.trace_id for t in store.find(Filter(**filters))]  # type: ignore[arg-type]


class Killed(BaseException):
    """Stands for kill -9 between two steps: nothing catches it, nothing is put in order."""


def kill_at(number: int) -> tuple[list[str], object]:
    seen: list[str] = []

    def step(name: str) -> None:
        seen.append(name)
        if len(seen) == number:
            raise Killed(name)

    return seen, step


@pytest.mark.parametrize("number", range(1, 9))
def test_a_compaction_killed_at_any_step(tmp_path: Path, number: int) -> None:
    store = LakeTraces(tmp_path)
    for batch in range(3):
        store.append([trace(batch * 10 + n, tenant=f"t{n % 2}") for n in range(10)])
    expected = names(store)
    seen, step = kill_at(number)
    try:
        Compactor(tmp_path, step=step).compact()  # type: ignore[arg-type]
    except Killed:
        assert names(LakeTraces(tmp_path)) == expected, f"after {seen[-1]}"
    Compactor(tmp_path).compact()
    assert names(LakeTraces(tmp_path)) == expected
    on_disk = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.parquet")}
    assert on_disk == {f.path for f in read_manifest(tmp_path).files}, "no file that nobody names"
    assert not list((tmp_path / "journal").glob("*.tgj"))
    assert names(store) == expected, "the first reader follows"


@pytest.mark.parametrize("number", range(1, 9))
def test_an_erasure_killed_at_any_step(tmp_path: Path, number: int) -> None:
    store = LakeTraces(tmp_path)
    store.append([trace(n, tenant="acme" if n % 2 else "globex") for n in range(10)])
    Compactor(tmp_path).compact()
    store.append([trace(10 + n, tenant="acme" if n % 2 else "globex") for n in range(10)])
    expected = [trace(n).trace_id for n in range(0, 20, 2)]
    seen, step = kill_at(number)
    try:
        Compactor(tmp_path, step=step).erase("acme", None, None, wait_s=0.1)  # type: ignore[arg-type]
    except Killed:
        assert names(LakeTraces(tmp_path)) == expected, f"what is being deleted is hidden at once ({seen[-1]})"
    Compactor(tmp_path).compact()
    assert names(LakeTraces(tmp_path)) == expected
    assert all(e.done for e in read_manifest(tmp_path).erased)


KILLED_COMPACTING = """
import sys
from pathlib import Path
from tidegate.store.compaction import Compactor
print("ready", flush=True)
Compactor(Path(sys.argv[1])).compact()
"""


def test_kill_9_of_a_compacting_process(tmp_path: Path) -> None:
    store = LakeTraces(tmp_path)
    expected: list[str] = []
    for round_ in range(4):
        for batch in range(3):
            rows = [trace(round_ * 1000 + batch * 100 + n) for n in range(100)]
            store.append(rows)
            expected += [t.trace_id for t in rows]
        child = subprocess.Popen([sys.executable, "-c", KILLED_COMPACTING, str(tmp_path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.04 * round_ + 0.02)
        child.kill()
        child.wait()
        child.stdout.close()
        assert names(LakeTraces(tmp_path)) == expected
    Compactor(tmp_path).compact()
    assert names(LakeTraces(tmp_path)) == expected


def test_readers_beside_a_writer_and_a_compactor_see_every_acknowledged_trace_once(tmp_path: Path) -> None:
    stop = threading.Event()
    problems: list[str] = []

    def compact() -> None:
        while not stop.wait(0.02):
            Compactor(tmp_path).compact()

    thread = threading.Thread(target=compact)
    with JournalWriter(tmp_path / "journal", "w0", flush_interval_ms=1, segment_bytes=20_000) as writer:
        thread.start()
        reader = LakeTraces(tmp_path)
        for i in range(400):
            writer.put(trace(i))
            if i % 40 == 39:
                writer.flush()
                got = names(reader)
                if got != [trace(n).trace_id for n in range(i + 1)]:
                    problems.append(f"after {i + 1}: {len(got)} traces, {len(set(got))} distinct")
        stop.set()
        thread.join()
    assert problems == []


def needle_in_files(folder: Path, needle: bytes) -> list[str]:
    """Files that hold `needle` as bytes, or (Parquet is compressed) in any of their values."""
    import duckdb

    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            hit = needle in path.read_bytes()
            if path.suffix == ".parquet":
                rows = duckdb.sql(f"SELECT * FROM read_parquet('{path}', hive_partitioning=false)").fetchall()
                hit = hit or needle.decode() in str(rows)
            if hit or needle.decode() in path.name:
                found.append(str(path))
    return found


def test_after_a_deletion_no_byte_of_a_user_remains(tmp_path: Path) -> None:
    """The user's traces lie in Parquet, in a sealed segment, in a live one and in a torn tail."""
    store = LakeTraces(tmp_path)

    def mine(n: int) -> object:
        return trace(
            n, user="zaphod@example", request_body="zaphod@example says hello", received_at_s=time.time() - 60 + n
        )

    store.append([mine(0), trace(100, user="ford")])  # type: ignore[list-item]
    store.compactor.compact()
    store.append([mine(1)])  # type: ignore[list-item]
    (tmp_path / "journal" / f"w9.1.2.tgj.open{TORN_SUFFIX}").write_bytes(b"torn zaphod@example")
    with JournalWriter(tmp_path / "journal", "w0", flush_interval_ms=1) as writer:
        writer.put(mine(2))  # type: ignore[arg-type]
        writer.flush()
        assert len(needle_in_files(tmp_path, b"zaphod")) == 4, "the search finds it where it is"
        gone, complete = store.erase(tenant="acme", user="zaphod@example")
        assert (gone, complete) == (3, True)
        assert needle_in_files(tmp_path, b"zaphod") == []
        assert names(store) == ["tr_00000100"]
        writer.put(mine(3))  # type: ignore[arg-type]
        writer.flush()
        assert names(store) == ["tr_00000100"], "a call that was on its way when its user was deleted"
        writer.put(trace(101, received_at_s=time.time() + 5))
    store.compactor.compact()
    assert needle_in_files(tmp_path, b"zaphod") == []
    assert names(store) == ["tr_00000100", "tr_00000101"]


def test_retention_by_tenant(tmp_path: Path) -> None:
    now_s = T0 + 100 * 86400.0
    store = LakeTraces(tmp_path)
    store.append([trace(day, tenant=t, trace_id=f"{t}-{day}", received_at_s=T0 + day * 86400.0)
                  for day in range(0, 100, 10) for t in ("short", "long", "other")])  # fmt: skip
    compactor = Compactor(tmp_path, now_s=lambda: now_s)
    compactor.compact()
    store.append([trace(1, tenant="short", trace_id="still in the journal", received_at_s=T0)])
    gone = compactor.expire(35, {"short": 15, "long": 75})
    assert names(store, tenant="short") == ["short-90"]
    assert names(store, tenant="long") == [f"long-{d}" for d in range(30, 100, 10)]
    assert names(store, tenant="other") == [f"other-{d}" for d in (70, 80, 90)]
    assert gone == 31 - 11
    assert compactor.expire(35, {"short": 15, "long": 75}) == 0


def test_small_files_are_merged_and_many_tenants_share(tmp_path: Path) -> None:
    store = LakeTraces(tmp_path)
    for batch in range(20):
        store.append([trace(batch * 50 + n, tenant=f"tenant-{n}") for n in range(50)])
        store.compactor.compact()
    files = read_manifest(tmp_path).files
    assert len(files) < 10
    assert sum(f.rows for f in files) == 1000
    assert len(names(store, tenant="tenant-7")) == 20
    assert len(list(tmp_path.rglob("*.parquet"))) == len(files)


def test_a_busy_tenant_has_files_of_its_own(tmp_path: Path) -> None:
    store = LakeTraces(tmp_path)
    store.append([trace(n, tenant="big/one") for n in range(5_000)] + [trace(9_000, tenant="small")])
    store.compactor.compact()
    paths = sorted(f.path for f in read_manifest(tmp_path).files)
    assert len(paths) == 2
    assert any("/tenant=big%2Fone/" in p for p in paths)
    assert store.delete(tenant="big/one") == 5_000
    assert names(store) == ["tr_00009000"]


def test_losses_of_the_journal_reach_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    data = bytearray(segment_header(1))
    append_frame(data, KIND_LOSS, Loss(at_s=T0, worker="w0", lost={"disk_full": 7}))
    (tmp_path / "journal" / "w0.00000000000000000001.1-a.tgj").write_bytes(bytes(data) + b"rotten")
    store = LakeTraces(tmp_path)
    store.compactor.compact()
    assert store.losses() == {"2026-09-21": {"disk_full": 7}}
    assert read_manifest(tmp_path).damaged_bytes == 6
    assert len(list((tmp_path / "journal").glob(f"*{TORN_SUFFIX}"))) == 1


def test_absurd_values_do_not_stop_a_compaction(tmp_path: Path) -> None:
    store = LakeTraces(tmp_path)
    store.append([
        trace(1, bytes_in=2**63), trace(2, received_at_s=1e18), trace(3, received_at_s=-5.0),
        trace(4, received_at_s=float("nan")), trace(5, cost_usd=float("inf")), trace(6, response_body="x" * 3_000_000),
    ])  # fmt: skip
    store.compactor.compact()
    assert sorted(names(store)) == [trace(n).trace_id for n in range(1, 7)]


def test_a_damaged_or_newer_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(StoreError, match="manifest is damaged"):
        names(LakeTraces(tmp_path))
    (tmp_path / MANIFEST).write_text('{"version": 99}')
    with pytest.raises(StoreError, match="format is 99"):
        names(LakeTraces(tmp_path))


def test_maintenance_goes_on_after_a_failure(tmp_path: Path) -> None:
    clock = [0.0]
    keeper = Maintenance(tmp_path, retention_days=30, tenants_days={}, monotonic_s=lambda: clock[0])
    (tmp_path / MANIFEST).write_text("{")
    keeper.run_due()
    assert keeper.counts["compact_failed"] == 1
    assert "manifest" in keeper.last_error
    os.unlink(tmp_path / MANIFEST)
    LakeTraces(tmp_path).append([trace(1, received_at_s=time.time())])
    clock[0] = 31.0
    keeper.run_due()
    assert keeper.counts["segments_compacted"] == 1
