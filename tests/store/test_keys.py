"""Keys: shown once, kept as hashes, rotated with an overlap, revoked in running tables."""

import sqlite3
import time
from pathlib import Path

import pytest

from tidegate.spine.errors import InputError, StoreError
from tidegate.store.keyring import KeyRing
from tidegate.store.keys import SNAPSHOT, FileKeys, MemoryKeys
from tidegate.store.memory import MemoryState
from tidegate.store.state import SqliteState

NOW = 1_790_000_000.0


def test_a_key_opens_for_its_tenant_and_no_other_bytes_do(tmp_path: Path) -> None:
    ring = KeyRing(MemoryState(), tmp_path)
    key, entry = ring.add("acme", NOW, user="ann")
    table = FileKeys(tmp_path, classes={"acme": "chat"}, now_s=lambda: NOW)
    identity = table.lookup(key.encode())
    assert identity is not None
    assert (identity.tenant, identity.service_class, identity.key_id, identity.user) == (
        "acme",
        "chat",
        entry.key_id,
        "ann",
    )
    for wrong in (
        b"",
        key.encode()[:-1],
        key.encode() + b"x",
        key.upper().encode(),
        b"\xff" * 46,
        entry.digest.encode(),
    ):
        assert table.lookup(wrong) is None


def test_two_keys_never_share_anything(tmp_path: Path) -> None:
    ring = KeyRing(MemoryState(), tmp_path)
    keys = {ring.add("acme", NOW)[0] for _ in range(50)}
    assert len(keys) == 50
    assert all(len(k) == 46 and k.startswith("tg-") for k in keys)


def test_the_key_itself_is_written_nowhere(tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "state.db")
    key, _ = KeyRing(state, tmp_path).add("acme", NOW, note="n")
    state.close()
    for path in tmp_path.rglob("*"):
        assert key.encode() not in path.read_bytes(), path
    assert (tmp_path / SNAPSHOT).stat().st_mode & 0o077 == 0, "the snapshot is its owner's alone"


def test_revoking_and_adding_take_effect_in_a_running_table(tmp_path: Path) -> None:
    ring = KeyRing(SqliteState(tmp_path / "state.db"), tmp_path)
    key, entry = ring.add("acme", NOW)
    table = FileKeys(tmp_path)
    assert table.lookup(key.encode())
    assert table.poll() is False, "nothing changed: one stat"
    ring.revoke(entry.key_id, NOW + 1)
    ring.revoke(entry.key_id, NOW + 2)
    assert table.poll()
    assert table.lookup(key.encode()) is None
    second, _ = ring.add("acme", NOW)
    assert table.poll()
    assert table.lookup(second.encode())
    assert ring.get(entry.key_id).revoked_at_s == NOW + 1


def test_rotation_overlaps(tmp_path: Path) -> None:
    ring = KeyRing(MemoryState(), tmp_path)
    key, entry = ring.add("acme", NOW, note="widget")
    fresh, new, old = ring.rotate(entry.key_id, NOW, overlap_s=100)
    clock = [NOW]
    table = FileKeys(tmp_path, now_s=lambda: clock[0])
    assert new.note == "widget"
    assert old.replaced_by == new.key_id
    assert table.lookup(key.encode())
    assert table.lookup(fresh.encode())
    clock[0] = NOW + 99.9
    assert table.lookup(key.encode())
    clock[0] = NOW + 100
    assert table.lookup(key.encode()) is None
    assert table.lookup(fresh.encode())
    with pytest.raises(InputError, match="is expired"):
        ring.rotate(entry.key_id, NOW + 101, overlap_s=1)


def test_a_rotation_never_lengthens_a_life(tmp_path: Path) -> None:
    ring = KeyRing(MemoryState(), tmp_path)
    _, entry = ring.add("acme", NOW, expires_at_s=NOW + 10)
    assert ring.rotate(entry.key_id, NOW, overlap_s=1000)[2].expires_at_s == NOW + 10


def test_a_damaged_snapshot_leaves_the_table_and_says_so(tmp_path: Path) -> None:
    ring = KeyRing(MemoryState(), tmp_path)
    key, _ = ring.add("acme", NOW)
    table = FileKeys(tmp_path)
    (tmp_path / SNAPSHOT).write_bytes(b"{")
    assert table.poll() is False
    assert "cannot read the keys" in table.last_error
    assert table.lookup(key.encode())
    assert ring.refresh()
    table.poll()
    assert table.last_error == ""
    (tmp_path / SNAPSHOT).unlink()
    table.poll()
    assert len(table) == 0


def test_an_unknown_key_id_names_the_nearest(tmp_path: Path) -> None:
    ring = KeyRing(MemoryState(), tmp_path)
    _, entry = ring.add("acme", NOW)
    with pytest.raises(InputError, match=entry.key_id):
        ring.revoke(entry.key_id[:-1], NOW)


@pytest.mark.timing
def test_lookups_are_fast() -> None:
    table = MemoryKeys()
    start = time.process_time()
    for _ in range(20_000):
        table.lookup(b"tg-" + b"a" * 43)
    assert (time.process_time() - start) / 20_000 < 10e-6


def test_a_file_that_is_no_state_is_named(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(StoreError, match="cannot open the state"):
        SqliteState(tmp_path / "state.db")
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version=99")
    newer.close()
    with pytest.raises(StoreError, match="format is 99"):
        SqliteState(tmp_path / "newer.db")
