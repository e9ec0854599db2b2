"""The journal's file format: a header, then frames, each with its length and checksum.

    segment := magic "TGJ1" · u16 version · u16 reserved · u64 created (ns since the epoch)
    frame   := u32 crc32 · u32 length · u8 kind · payload (`length` bytes)

All little-endian; the checksum covers everything behind it, so that no damaged length can pass.
A payload is MessagePack: bodies are copied, not escaped (2.7 µs a record with a 32 KB body
against 80 µs for JSON).  A frame that does not check ends the segment: what follows was never
acknowledged, because frames are acknowledged in order after their write returned.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from tidegate.spine.trace import CallTrace

MAGIC = b"TGJ1"
VERSION = 1
HEADER = struct.Struct("<4sHHQ")
FRAME = struct.Struct("<IIB")
CRC = struct.Struct("<I")

KIND_TRACE = 1
KIND_LOSS = 2

LossReason = Literal["disk_full", "writer_behind", "write_error", "unencodable"]


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """Traces that could not be kept since the last such record, by reason; never silence."""

    at_s: float
    worker: str
    lost: dict[str, int]


class Frame(NamedTuple):
    """One checked frame of a segment: `end` is the offset just behind it."""

    kind: int
    payload: memoryview
    end: int


encoder = msgspec.msgpack.Encoder()
_decode_trace = msgspec.msgpack.Decoder(CallTrace).decode
_decode_loss = msgspec.msgpack.Decoder(Loss).decode


def header(created_ns: int) -> bytes:
    """The first 16 bytes of a segment."""
    return HEADER.pack(MAGIC, VERSION, 0, created_ns)


def append_frame(buffer: bytearray, kind: int, value: object) -> None:
    """Encode `value` behind what `buffer` holds; leaves the buffer as it was when it cannot be encoded."""
    start = len(buffer)
    body = start + FRAME.size
    try:
        encoder.encode_into(value, buffer, body)
    except Exception:
        del buffer[start:]
        raise
    FRAME.pack_into(buffer, start, 0, len(buffer) - body, kind)
    with memoryview(buffer) as view:
        crc = zlib.crc32(view[start + CRC.size :])
    CRC.pack_into(buffer, start, crc)


class NotASegment(ValueError):
    """The bytes do not begin like a segment this version can read."""


def check_header(data: bytes | memoryview) -> int:
    """The creation time (ns) of a segment; raises NotASegment for a short, foreign or newer one."""
    if len(data) < HEADER.size:
        raise NotASegment(f"expected a header of {HEADER.size} bytes, got {len(data)}")
    magic, version, _, created_ns = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise NotASegment(f"expected {MAGIC!r} at the start, got {bytes(magic)!r}")
    if version > VERSION:
        raise NotASegment(f"format version {version} is newer than this program reads ({VERSION})")
    return int(created_ns)


def frames(data: bytes | memoryview, offset: int = HEADER.size) -> Iterator[Frame]:
    """Checked frames from `offset` on; stops before the first that is torn or damaged."""
    view = memoryview(data)
    size = len(view)
    while offset + FRAME.size <= size:
        crc, length, kind = FRAME.unpack_from(view, offset)
        body = offset + FRAME.size
        end = body + length
        if end > size or zlib.crc32(view[offset + CRC.size : end]) != crc:
            return
        yield Frame(kind, view[body:end], end)
        offset = end


def pass_over(data: bytes | memoryview, offset: int = 0) -> tuple[int, int]:
    """The offset behind the last whole frame and how many there are, by lengths alone: nobody wants to read them."""
    size, unpack, header, count = len(data), FRAME.unpack_from, FRAME.size, 0
    while offset + header <= size:
        end = offset + header + unpack(data, offset)[1]
        if end > size:
            break
        offset, count = end, count + 1
    return offset, count


def decode_trace(payload: bytes | memoryview) -> CallTrace:
    """A trace of any version this program ever wrote."""
    return _decode_trace(payload)


def decode_loss(payload: bytes | memoryview) -> Loss:
    """A loss record."""
    return _decode_loss(payload)
