"""Heads that were parsed before: the same bytes mean the same.

A client sends the same head again and again on one connection, and so does an engine; only the
content-length differs.  A head that is byte for byte one which llhttp accepted on this very
connection, but for the digits of that one number, is not parsed again.  It is used only while the
parser stands exactly between two messages and when the whole message came in one read; anything
else, a space more or a header in another place, goes to llhttp.  This saves a third of the cost of
parsing and decides nothing that llhttp did not decide: `tests/gateway/test_known.py` compares both.
"""

import re

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})(?=\r\n)", re.IGNORECASE)


class KnownHead:
    """A head up to the digits of its content-length, and from there on."""

    __slots__ = ("prefix", "start", "suffix")

    def __init__(self, prefix: bytes, suffix: bytes) -> None:
        self.prefix, self.suffix = prefix, suffix
        self.start = len(prefix)

    def body_of(self, data: bytes) -> bytes | None:
        """The body, where `data` is one whole message with this head; else None."""
        if not data.startswith(self.prefix):
            return None
        end = data.find(b"\r", self.start, self.start + 10)
        digits = data[self.start : end]
        if end < 0 or not digits.isdigit() or not data.startswith(self.suffix, end):
            return None
        at = end + len(self.suffix)
        return data[at:] if len(data) - at == int(digits) else None


def known_head(data: bytes, body: bytes) -> KnownHead | None:
    """What to know the next message by, where `data` was exactly one message with a length, and `body` its body."""
    end = data.find(b"\r\n\r\n") + 2
    if end < 2 or not body or len(data) != end + 2 + len(body):
        return None
    found = list(_LENGTH.finditer(data, 0, end))
    if len(found) != 1 or int(found[0][1]) != len(body):
        return None
    return KnownHead(data[: found[0].start(1)], data[found[0].end(1) : end + 2])
