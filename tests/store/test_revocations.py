"""A node never takes another file of revocations for the one it has read, and checks hold while epochs move.

File systems give a freed inode to the next file, and their clocks tick every few milliseconds: two moves in one tick
can leave a file that looks like the one before last.
"""

import os
from pathlib import Path

from benches.constraints_revoke import Study

from tidegate.store import revocations
from tidegate.store.revocations import NAME, FileRevocations, restore_subject, revoke_subject


def test_a_file_in_a_freed_inode_of_the_same_tick_is_read(tmp_path: Path) -> None:
    for move, subject in ((revoke_subject, "cred://a"), (revoke_subject, "cred://b"), (restore_subject, "cred://b")):
        move(tmp_path, subject)
    node = FileRevocations(tmp_path)
    assert node.live("cred://b#2", 0.0)
    first = (tmp_path / NAME).stat()
    restore_subject(tmp_path, "cred://a")
    revoke_subject(tmp_path, "cred://b")  # the third file, where the first lay, and as long
    os.utime(tmp_path / NAME, ns=(first.st_atime_ns, first.st_mtime_ns))
    assert (tmp_path / NAME).stat().st_size == first.st_size
    assert not node.live("cred://b#2", 0.0)


def test_an_edit_in_place_is_seen(tmp_path: Path) -> None:
    revoke_subject(tmp_path, "cred://a")
    node = FileRevocations(tmp_path)
    assert node.live("cred://b", 0.0)
    (tmp_path / NAME).write_text('{"cred://a": 1, "cred://b": 1}')
    assert not node.live("cred://b", 0.0)


def test_a_file_that_cannot_be_read_refuses(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe")
    node = FileRevocations(tmp_path)
    assert not node.live("cred://b", 0.0)
    (tmp_path / NAME).unlink()
    assert node.live("cred://b", 0.0)


def test_no_dead_handle_passes_while_epochs_move(tmp_path: Path) -> None:
    study = Study(tmp_path, checks=2000, seed=3)
    study.run()
    assert study.passed == []
    assert sum(study.done) >= 2000


def test_a_node_that_does_not_look_again_is_noticed(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    looked = revocations.FileRevocations.refresh
    monkeypatch.setattr(FileRevocations, "refresh", lambda self, now: self._stamp is not None or looked(self, now))
    revoke_subject(tmp_path, "cred://z")
    study = Study(tmp_path, checks=2000, seed=3)
    study.run()
    assert study.passed
