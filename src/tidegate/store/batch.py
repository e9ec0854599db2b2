"""Frames on their way to a segment: small things in one buffer, long bodies as the very bytes that were received.

A body of 32 KB was decoded, encoded and copied into a buffer that grew anew for each batch; all of that cost
more than writing it.  Here a frame may be several pieces: what the journal encodes, then a body as it
came, then what follows.  The bytes in the segment are those that `append_frame` writes for the same
trace with text in its bodies; readers see no difference.
"""

from collections.abc import Callable, Sequence
from zlib import crc32

from tidegate.store.framing import CRC, FRAME, append_frame, encoder

PIECE_BYTES = 16_384  # a shorter body is copied: that is cheaper than two more pieces
FIXMAP, FIXMAP_LAST, MAP16 = 0x80, 0x8F, 0xDE  # MessagePack's forms of a map's head
STR8, STR16, STR32 = 0xD9, 0xDA, 0xDB

PIECES_MAX = 1024  # a system call takes (IOV_MAX of Linux)

Piece = bytes | bytearray | memoryview
Write = Callable[[int, Sequence[Piece]], int]  # os.writev


def text_head(size: int) -> bytes:
    """MessagePack's head of a text of so many bytes."""
    if size < 32:
        return bytes((0xA0 | size,))
    if size < 1 << 8:
        return bytes((STR8, size))
    if size < 1 << 16:
        return bytes((STR16, size >> 8, size & 0xFF))
    return bytes((STR32,)) + size.to_bytes(4, "big")


REQUEST = text_head(len("request_body")) + b"request_body"
RESPONSE = text_head(len("response_body")) + b"response_body"


def text_of(body: bytes) -> bytes:
    """A body as UTF-8 that every reader accepts: itself, wherever it is that already."""
    if body.isascii():
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace").encode()
    return body


class Batch:
    """Whole frames, in order.  `records` and `counted_bytes` are the caller's."""

    __slots__ = ("counted_bytes", "last", "pieces", "records")

    def __init__(self) -> None:
        self.last = bytearray()  # what is encoded goes here; always the last piece
        self.pieces: list[Piece] = [self.last]
        self.records = 0
        self.counted_bytes = 0

    def append(self, kind: int, value: object) -> None:
        """One frame; raises, and leaves the batch as it was, when `value` has no encoded form."""
        append_frame(self.last, kind, value)

    def append_with_bodies(self, kind: int, value: object, request: bytes, response: bytes) -> None:
        """One frame of a trace that has no bodies, with these two as its bodies."""
        first = self.last
        start = len(first)
        body = start + FRAME.size
        try:
            encoder.encode_into(value, first, body)
        except Exception:
            del first[start:]
            raise
        head = first[body]
        if FIXMAP <= head <= FIXMAP_LAST - 2:
            first[body] = head + 2
        elif head <= FIXMAP_LAST:
            first[body : body + 1] = bytes((MAP16, 0, head - FIXMAP + 2))
        else:  # a map of more than fifteen fields, and far fewer than 2**16
            n = (first[body + 1] << 8) + first[body + 2] + 2
            first[body + 1] = n >> 8
            first[body + 2] = n & 0xFF
        n_before = len(self.pieces)
        self._text(REQUEST, request)
        self._text(RESPONSE, response)
        pieces = self.pieces
        length = len(first) - body
        for piece in pieces[n_before:]:
            length += len(piece)
        FRAME.pack_into(first, start, 0, length, kind)
        with memoryview(first) as view:
            crc = crc32(view[start + CRC.size :])
        for piece in pieces[n_before:]:
            crc = crc32(piece, crc)
        CRC.pack_into(first, start, crc)

    def _text(self, key: bytes, body: bytes) -> None:
        last = self.last
        last += key
        last += text_head(len(body))
        if len(body) < PIECE_BYTES:
            last += body
        else:
            self.last = bytearray()
            self.pieces += (body, self.last)


def write_all(write: Write, fd: int, pieces: Sequence[Piece]) -> int:
    """Write all pieces in order, a system call for many of them; how many bytes.  Raises OSError."""
    left = [p for p in pieces if p]
    total = 0
    at = 0
    while at < len(left):
        done = write(fd, left[at : at + PIECES_MAX])
        total += done
        while done:
            size = len(left[at])
            if done < size:
                left[at] = memoryview(left[at])[done:]
                break
            done -= size
            at += 1
    return total
