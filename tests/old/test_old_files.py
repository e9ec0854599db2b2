"""Files that earlier versions wrote stay readable: one stored example of each."""

from pathlib import Path

from tests.store.examples import trace

from tidegate.store.framing import KIND_LOSS, decode_loss
from tidegate.store.segments import read_frames, read_traces

HERE = Path(__file__).parent


def test_journal_version_1() -> None:
    path = HERE / "journal-v1.tgj"
    assert list(read_traces(path)) == [trace(n, user="ann") for n in range(3)]
    losses = [decode_loss(f.payload).lost for f in read_frames(path) if f.kind == KIND_LOSS]
    assert losses == [{"disk_full": 2}]
