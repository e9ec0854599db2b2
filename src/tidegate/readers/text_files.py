"""Text of files as people keep them: decoded by their first bytes; what is no text is refused by name, byte and line.

One unreadable file among many says what is wrong with it and loses no other.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from tidegate.spine.errors import InputError

T = TypeVar("T")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # bytes that no text has
LOOKED_AT_BYTES = 8192  # of the beginning, for bytes that no text has
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(data: bytes, name: str) -> str:
    """The text of a file's bytes; raises InputError when they are no text or mix encodings."""
    encoding = next((e for bom, e in BOMS if data.startswith(bom)), "utf-8")
    if encoding.startswith("utf-8") and (found := CONTROL.search(data[:LOOKED_AT_BYTES])):
        zeros = data.count(b"\0") * 3 > len(data)
        raise InputError(
            f"expected text, got binary data (the byte 0x{found[0][0]:02x} at offset {found.start()})", where=name,
            remedy="it may be UTF-16 without its mark: save it as UTF-8 (iconv -f utf-16le -t utf-8)" if zeros
            else "give a text, Markdown, YAML or JSON file",
        )  # fmt: skip
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        expected = "UTF-16, as its first bytes say" if encoding == "utf-16" else "UTF-8"
        raise InputError(
            f"expected {expected}, got the byte 0x{data[error.start]:02x} at offset {error.start}",
            where=f"{name}:{line}",
            remedy="it mixes encodings or is not UTF-8: save it as UTF-8 (iconv -f cp1252 -t utf-8)",
        ) from error


def file_bytes(path: Path, bytes_max: int, remedy: str) -> bytes:
    """A file's bytes; InputError where it cannot be read or is larger than `bytes_max`."""
    try:
        if (size := path.stat().st_size) > bytes_max:
            raise InputError(f"expected at most {bytes_max:,} bytes, got {size:,}", where=str(path), remedy=remedy)
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror or error}", where=str(path)) from error


def below(folder: Path, suffixes: frozenset[str], skipped: frozenset[str] = frozenset()) -> list[Path]:
    """Files of these endings below a folder, in order; hidden files and folders and the `skipped` ones left out."""
    found = (p for p in folder.rglob("*") if p.suffix.lower() in suffixes and p.is_file())
    parts = ((p, p.relative_to(folder).parts) for p in found)
    return sorted(p for p, names in parts if not any(n in skipped or n.startswith(".") for n in names))


def read_each(files: Iterable[Path], read: Callable[[Path], T]) -> tuple[list[tuple[Path, T]], list[InputError]]:
    """What `read` made of each file, and what is wrong with the files that it could not read.

    Raises InputError where it could read none of them: then there is nothing to judge.
    """
    texts: list[tuple[Path, T]] = []
    unread: list[InputError] = []
    for path in files:
        try:
            texts.append((path, read(path)))
        except InputError as error:
            unread.append(error)
    if unread and not texts:
        first = unread[0]
        if len(unread) == 1:
            raise first
        message = f"{first.message} (and none of {len(unread) - 1} more could be read)"
        raise InputError(message, where=first.where, remedy=first.remedy) from first
    return texts, unread
