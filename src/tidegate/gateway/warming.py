"""One step of a prompt, sent ahead so that the engine keeps it: what prefix stepping needs of HTTP.

The body is the call's own, cut inside its last messages, with one token asked for.  The cut falls before a
space, where most tokenizers begin a token anyway; whatever the template puts behind it is computed again by the next
step.  A body that cannot be cut so (images, unknown shapes) is not sent in steps at all.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from tidegate.gateway.upstream import Pool, UpstreamConnection

UNWANTED = (
    "stream",
    "stream_options",
    "stop",
    "n",
    "logprobs",
    "top_logprobs",
    "response_format",
    "max_completion_tokens",
)
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


def prefix_of(body: bytes, share: float) -> bytes | None:
    """The body for the first `share` of its prompt; None when it has no plain text to cut."""
    try:
        fields = _decode(body)
    except msgspec.DecodeError:
        return None
    for name in UNWANTED:
        fields.pop(name, None)
    fields["max_tokens"] = 1
    fields["stream"] = False
    prompt, messages = fields.get("prompt"), fields.get("messages")
    if isinstance(prompt, str) and messages is None:
        fields["prompt"] = cut(prompt, int(len(prompt) * share))
    elif isinstance(messages, list) and prompt is None:
        shorter = first_of(messages, share)
        if shorter is None:
            return None
        fields["messages"] = shorter
    else:
        return None
    return _encode(fields)


def first_of(messages: list[Any], share: float) -> list[Any] | None:
    """The messages up to `share` of their text; None when one holds anything but text."""
    texts: list[str] = []
    for m in messages:
        text = text_of(m.get("content")) if isinstance(m, dict) else None
        if text is None:
            return None
        texts.append(text)
    left = int(sum(map(len, texts)) * share)
    kept: list[Any] = []
    for m, text in zip(messages, texts, strict=True):
        if len(text) >= left:
            piece = cut(text, left)
            return [*kept, {**m, "content": piece}] if piece or not kept else kept
        kept.append(m)
        left -= len(text)
    return kept


def text_of(content: Any) -> str | None:
    """A message's text; "" where it has none (a tool call); None where it is more than text."""
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list) and all(isinstance(p, dict) and isinstance(p.get("text"), str) for p in content):
        return "".join(p["text"] for p in content)
    return None


def cut(text: str, length: int) -> str:
    """The first `length` characters, back to before the last space among the newest sixty-four of them."""
    if length >= len(text):
        return text
    at = text.rfind(" ", max(0, length - 64), length + 1)
    return text[: at if at > 0 else length]


class Warming:
    """One step on its way to an upstream; `done(ok)` is called once, unless it was aborted."""

    def __init__(self, pool: Pool, request: bytes, done: Callable[[bool], None]) -> None:
        self.pool = pool
        self.request = request
        self.done: Callable[[bool], None] | None = done
        self.connection: UpstreamConnection | None = None
        self.late = asyncio.get_running_loop().call_later(pool.first_byte_s, self.too_late)
        connection = pool.take(self)
        if connection is not None:
            self.connected(connection, True)

    def connected(self, connection: UpstreamConnection, reused: bool) -> None:  # noqa: ARG002 - a connection's caller
        """Send it."""
        if self.done is None:
            self.pool.put(connection)
            return
        self.connection = connection
        connection.send(self, self.request)

    def connect_failed(self, reason: str) -> None:  # noqa: ARG002 - the request itself will meet and report it
        """No connection: the request goes whole."""
        self.over(False)

    def answer(self, connection: UpstreamConnection, parts: list[bytes], complete: bool) -> None:  # noqa: ARG002
        """Its answer's bytes are of no interest, its end is."""
        if complete:
            ok = connection.status == 200
            self.connection = None
            connection.release()
            self.over(ok)

    def upstream_lost(self, connection: UpstreamConnection, reason: str) -> None:  # noqa: ARG002
        """The connection broke."""
        self.connection = None
        self.over(False)

    def too_late(self) -> None:
        """The engine takes longer than a first byte may: give up on steps."""
        self.cut()
        self.over(False)

    def over(self, ok: bool) -> None:
        """Tell it once."""
        self.late.cancel()
        done, self.done = self.done, None
        if done is not None:
            done(ok)

    def abort(self) -> None:
        """The client left: closing the connection is what frees the engine."""
        self.done = None
        self.late.cancel()
        self.cut()

    def cut(self) -> None:
        """Let go of the upstream."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.abort()
        else:
            self.pool.leave(self)
