"""Frames in pieces are the frames that one buffer holds, whatever the bodies are; and all of them reach the file.

Method: Hypothesis draws traces and bodies of every kind (text, broken UTF-8, short, long); the record that
comes back must be the one that the plain way keeps.
"""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.strategies import traces

from tidegate.spine.trace import CallTrace
from tidegate.store.batch import PIECE_BYTES, Batch, Piece, text_head, text_of, write_all
from tidegate.store.framing import KIND_TRACE, decode_trace, frames

bodies = (
    st.binary(max_size=40)
    | st.text(max_size=40).map(lambda s: s.encode("utf-8", "surrogatepass"))
    | st.builds(
        lambda unit, n: unit * n, st.sampled_from([b"x", "\u00e9".encode(), b"\xff"]), st.integers(4000, 70_000)
    )
)


def frames_of(batch: Batch) -> list[CallTrace]:
    whole = b"".join(batch.pieces)
    read = list(frames(whole, 0))
    assert not read or read[-1].end == len(whole)
    return [decode_trace(f.payload) for f in read]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(traces, bodies, bodies), max_size=4))
def test_bodies_as_they_came_are_kept_as_text_is(calls: list[tuple[CallTrace, bytes, bytes]]) -> None:
    batch, expected = Batch(), []
    for kept, request, response in calls:
        bare = msgspec.structs.replace(kept, request_body=None, response_body=None)
        batch.append(KIND_TRACE, kept)
        batch.append_with_bodies(KIND_TRACE, bare, text_of(request), text_of(response))
        told = (request.decode("utf-8", "replace"), response.decode("utf-8", "replace"))
        expected += [kept, msgspec.structs.replace(bare, request_body=told[0], response_body=told[1])]
    assert frames_of(batch) == expected


@pytest.mark.parametrize("size", [0, 31, 32, 255, 256, 65_535, 65_536, 1 << 20])
def test_heads_of_texts_are_messagepacks_own(size: int) -> None:
    assert msgspec.msgpack.encode("x" * size) == text_head(size) + b"x" * size


def test_long_bodies_are_not_copied() -> None:
    body = b"y" * PIECE_BYTES
    batch = Batch()
    batch.append_with_bodies(KIND_TRACE, {"a": 1}, body, b"short")
    assert [p for p in batch.pieces if p is body] == [body]


def test_what_cannot_be_encoded_leaves_the_batch_as_it_was() -> None:
    batch = Batch()
    batch.append_with_bodies(KIND_TRACE, {"a": 1}, b"x" * 5000, b"")
    before = b"".join(batch.pieces)
    with pytest.raises(TypeError):
        batch.append_with_bodies(KIND_TRACE, {"a": object()}, b"x" * 5000, b"")
    assert b"".join(batch.pieces) == before


@given(st.lists(st.binary(max_size=20), max_size=12), st.lists(st.integers(1, 30), min_size=1))
def test_writes_that_the_kernel_cuts_short_lose_and_repeat_nothing(pieces: list[bytes], taken: list[int]) -> None:
    out = bytearray()
    turns = iter(taken * 300)

    def write(_: int, given_now: object) -> int:
        data = b"".join(given_now)[: next(turns)]  # type: ignore[call-overload]
        out.extend(data)
        return len(data)

    whole: list[Piece] = list(pieces)
    assert write_all(write, -1, whole) == len(out)
    assert bytes(out) == b"".join(pieces)
