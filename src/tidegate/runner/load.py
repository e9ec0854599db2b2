"""An open-loop load client: requests leave when they are due, whatever became of earlier ones.

Latency counts from the moment a request was due, so a stalled server cannot hide its queue
(no coordinated omission).  One connection a request; streaming chat completions; first token is
the first event with content.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import httptools
import msgspec


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A request and when it is due, in seconds after the start."""

    at_s: float
    tenant: str
    key: str
    prompt: str
    tokens_output_max: int


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one request; times in seconds after the start, `ttft_ms` from when it was due."""

    tenant: str
    due_s: float
    ended_s: float
    ttft_ms: float | None
    tokens_prompt: int
    tokens_completion: int
    status: int
    error: str = ""


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)


class _Tokens(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Tokens | None = None


class _Reader:
    """Collects status, first content and usage from a streamed answer, whatever the read sizes."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.decoder = msgspec.json.Decoder(_Chunk)
        self.buffer = b""
        self.first_content_s: float | None = None
        self.events = 0
        self.usage = _Tokens()
        self.done = False
        self.body = b""

    def on_body(self, data: bytes) -> None:
        if self.parser.get_status_code() != 200:
            self.body += data
            return
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                chunk = self.decoder.decode(line[6:])
                if chunk.choices and chunk.choices[0].delta.content:
                    self.events += 1
                    if self.first_content_s is None:
                        self.first_content_s = time.monotonic()
                if chunk.usage is not None:
                    self.usage = chunk.usage

    def on_message_complete(self) -> None:
        self.done = True


async def ask(url: str, due: Due, model: str, start_s: float) -> Sample:
    """Send one request now and read its answer to the end; never raises for what the server does."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    body = msgspec.json.encode(
        {
            "model": model,
            "messages": [{"role": "user", "content": due.prompt}],
            "max_tokens": due.tokens_output_max,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    )
    head = (
        f"POST {parts.path.rstrip('/')}/chat/completions HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: Bearer {due.key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    reader = _Reader()
    status, error = 0, ""
    try:
        source, sink = await asyncio.open_connection(host, port)
        try:
            sink.write(head.encode() + body)
            while not reader.done:
                data = await source.read(65536)
                if not data:
                    break
                reader.parser.feed_data(data)
            status = reader.parser.get_status_code()
            error = "" if status == 200 and reader.done else reader.body.decode(errors="replace")[:300] or "cut short"
        finally:
            sink.close()
    except (OSError, httptools.HttpParserError, msgspec.DecodeError) as failure:
        error = f"{type(failure).__name__}: {failure}"
    due_at = start_s + due.at_s
    first = reader.first_content_s
    return Sample(
        tenant=due.tenant,
        due_s=due.at_s,
        ended_s=time.monotonic() - start_s,
        ttft_ms=None if first is None else (first - due_at) * 1000.0,
        tokens_prompt=reader.usage.prompt_tokens,
        tokens_completion=reader.usage.completion_tokens or reader.events,
        status=status,
        error=error,
    )


async def run_load(
    url: str, requests: Sequence[Due], model: str, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> list[Sample]:
    """Send each request when it is due; samples in the order of `requests`."""
    start_s = time.monotonic()
    finished = 0

    async def one(due: Due) -> Sample:
        nonlocal finished
        await asyncio.sleep(max(0.0, start_s + due.at_s - time.monotonic()))
        sample = await ask(url, due, model, start_s)
        finished += 1
        progress(finished, len(requests))
        return sample

    return list(await asyncio.gather(*(one(due) for due in requests)))
