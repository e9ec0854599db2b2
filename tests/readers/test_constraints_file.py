"""A policy file in force: every change is seen, however it was made; what is wrong never weakens what is in force."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate.readers.constraints_file import SETTLED_NS, PolicyFile

ONE, OTHER = "packs: [email-tools]  \n", "packs: [payment-tools]\n"
assert len(ONE) == len(OTHER)


Write = Callable[[Path, str], None]


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def renamed(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


@pytest.mark.parametrize("write", [in_place, renamed])
def test_a_change_that_leaves_size_and_time_as_they_were_is_seen(tmp_path: Path, write: Write) -> None:
    """Two writes within one tick of the file system's clock, or a copy that keeps the time of its source."""
    path = tmp_path / "constraints.yaml"
    path.write_text(ONE)
    at = path.stat()
    file = PolicyFile(path)
    assert not file.refresh()
    for _ in range(3):
        for text in (OTHER, ONE):
            write(path, text)
            os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))
            assert file.refresh(), text
            assert not file.refresh()


def test_a_file_that_has_rested_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "constraints.yaml"
    path.write_text(ONE)
    later = [time.time_ns() + 2 * SETTLED_NS]
    file = PolicyFile(path, clock_ns=lambda: later[0])
    file.refresh()
    reads: list[Path] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda p: (reads.append(p), whole(p))[1])
    for _ in range(5):
        file.current()
    assert not reads
    path.write_text(OTHER)
    later[0] = time.time_ns() + 2 * SETTLED_NS
    assert file.refresh()
    assert len(reads) == 1


def test_a_wrong_file_leaves_the_old_policy_and_says_so_until_it_is_right(tmp_path: Path) -> None:
    path = tmp_path / "constraints.yaml"
    path.write_text(ONE)
    file = PolicyFile(path)
    before = file.policy
    for wrong in (b"packs: [", b"\xff\xfe\xfa"):
        path.write_bytes(wrong)
        assert not file.refresh()
        assert file.policy is before
        assert file.error is not None
    path.unlink()
    assert not file.refresh()
    assert "cannot read the constraints" in str(file.error)
    path.write_text(ONE)
    assert not file.refresh(), "it is the policy that is in force"
    assert file.error is None
