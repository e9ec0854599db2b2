"""Tokens of streams whose client did not ask for them: the engine is asked, and the client does not notice.

OpenAI's chat API reports usage of a stream only where the request says `stream_options.include_usage`;
then an extra chunk without choices comes before `[DONE]`.  The gateway needs the numbers (limits, costs,
fairness), so it puts the field in and takes that one chunk out again.  Where a client says anything about
`stream_options` itself, its word stands and nothing is changed.
"""

import re

ASKS = b'{"stream_options":{"include_usage":true},'
HELD_MAX = 256 * 1024  # an event longer than this is passed on in pieces, unlooked at
_NO_CHOICES = re.compile(rb'"choices"\s*:\s*\[\s*\]')
_EMPTY = re.compile(rb"\s*\{\s*\}\s*\Z")


def asking(body: bytes) -> bytes | None:
    """The request with the question put in, or None where it is not ours to ask."""
    if b'"stream_options"' in body or _EMPTY.match(body):
        return None
    at = body.find(b"{")
    return ASKS + body[at + 1 :] if at >= 0 and not body[:at].strip() else None


class UsageStrip:
    """A stream without its usage-only chunk; whole events pass at once, a part of one waits for the rest."""

    __slots__ = ("event", "held")

    def __init__(self) -> None:
        self.held = b""
        self.event = b""  # the chunk that was taken out

    def feed(self, data: bytes, complete: bool) -> bytes:
        """What the client may have now."""
        if self.held:
            data = self.held + data
            self.held = b""
        if not complete:
            end = max(data.rfind(b"\n\n") + 2, data.rfind(b"\r\n\r\n") + 4)
            if end < 4 and len(data) <= HELD_MAX:
                end = 0
            elif end < 4:
                end = len(data)
            data, self.held = data[:end], data[end:]
        if b'"usage"' not in data or _NO_CHOICES.search(data) is None:
            return data
        return self._without(data)

    def _without(self, data: bytes) -> bytes:
        parts = re.split(rb"(\r?\n\r?\n)", data)
        out = []
        for i in range(0, len(parts), 2):
            event, end = parts[i], parts[i + 1] if i + 1 < len(parts) else b""
            if event.startswith(b"data:") and b'"usage"' in event and _NO_CHOICES.search(event):
                self.event = event + b"\n\n"
            else:
                out.append(event + end)
        return b"".join(out)
