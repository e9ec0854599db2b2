"""Sends recorded calls again, at the recorded pace, faster, or as fast as a bound allows, and compares.

One thread a call in flight (bounded), plain HTTP from the standard library.  A call that was
not kept whole (no body, or one cut or redacted) is skipped and counted, never made up.
"""

import http.client
import ssl
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import msgspec

from tidegate.spine.errors import WrongUse
from tidegate.spine.trace import CallTrace

PATHS = {
    "chat": "/chat/completions", "completions": "/completions", "responses": "/responses", "messages": "/messages",
    "embeddings": "/embeddings",
}  # fmt: skip


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where to: `url` ends before `/chat/completions`; `model` replaces the recorded one where given."""

    url: str
    key: str | None = None
    model: str | None = None
    timeout_s: float = 300.0


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One call sent again, beside what was recorded; status 0 means that no answer came."""

    trace_id: str
    status_recorded: int
    status: int
    bytes_recorded: int
    bytes: int
    ttft_ms_recorded: float | None
    ttft_ms: float | None
    duration_ms_recorded: float
    duration_ms: float
    late_ms: float  # how much later than planned it was sent
    error: str = ""


def why_not(trace: CallTrace) -> str:
    """Why a trace cannot be sent again; empty when it can."""
    if trace.call.dialect not in PATHS:
        return f"dialect {trace.call.dialect}"
    if not trace.request_body:
        return "its body was not kept"
    if "request_body_bytes" in trace.attributes:
        return "its body was cut"
    return ""


def replay(
    traces: Iterable[CallTrace],
    target: Target,
    *,
    speed: float | None = 1.0,
    concurrency: int = 64,
    stop: threading.Event | None = None,
    on_sent: Callable[[Sent], None] = lambda _: None,
) -> Iterator[Sent]:
    """Send traces in order; `speed` 2 is twice the recorded pace, None as fast as `concurrency` allows.

    Set `stop` to send no more; what is in flight is then waited for.  `on_sent` is called from the
    sending threads.
    """
    check_url(target.url)
    stop = stop or threading.Event()
    start_s, first_s = time.monotonic(), None
    pending: set[Future[Sent]] = set()
    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="replay") as pool:
        for trace in traces:
            if why_not(trace):
                continue
            first_s = trace.received_at_s if first_s is None else first_s
            due_s = start_s if speed is None else start_s + (trace.received_at_s - first_s) / speed
            while (delay_s := due_s - time.monotonic()) > 0 and not stop.wait(min(delay_s, 0.2)):
                pass
            if stop.is_set():
                break
            while len(pending) >= concurrency:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (f.result() for f in done)
            late_ms = 0.0 if speed is None else (time.monotonic() - due_s) * 1000.0
            pending.add(pool.submit(_send, trace, target, late_ms, on_sent))
            done = {f for f in pending if f.done()}
            pending -= done
            yield from (f.result() for f in done)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (f.result() for f in done)


def send(trace: CallTrace, target: Target, late_ms: float = 0.0) -> Sent:
    """Send one call and read its answer to the end; never raises."""
    start_s = time.monotonic()
    status, received, first_s, error = 0, 0, None, ""
    parts = urllib.parse.urlsplit(target.url)
    connection: http.client.HTTPConnection | None = None
    try:
        connection = _connection(parts, target.timeout_s)
        body = (trace.request_body or "").encode()
        if target.model is not None:
            body = _with_model(body, target.model)
        headers = {"Content-Type": "application/json"}
        if target.key:
            headers |= {"Authorization": f"Bearer {target.key}", "x-api-key": target.key}
        connection.request("POST", parts.path.rstrip("/") + PATHS[trace.call.dialect], body, headers)
        answer = connection.getresponse()
        status = answer.status
        while chunk := answer.read1(65536):
            first_s = time.monotonic() if first_s is None else first_s
            received += len(chunk)
    except (OSError, http.client.HTTPException) as problem:
        error = f"{type(problem).__name__}: {problem}"
        status = 0
    finally:
        if connection is not None:
            connection.close()
    return Sent(
        trace_id=trace.trace_id, status_recorded=trace.status, status=status, bytes_recorded=trace.bytes_out,
        bytes=received, ttft_ms_recorded=trace.ttft_ms,
        ttft_ms=None if first_s is None else (first_s - start_s) * 1000.0,
        duration_ms_recorded=(trace.ended_at_s - trace.received_at_s) * 1000.0,
        duration_ms=(time.monotonic() - start_s) * 1000.0, late_ms=late_ms, error=error,
    )  # fmt: skip


def check_url(url: str) -> None:
    """WrongUse for what is no http address."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongUse(f"expected an http:// or https:// address, got {url!r}", where="--to")


def _connection(parts: urllib.parse.SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=timeout_s)


def _with_model(body: bytes, model: str) -> bytes:
    try:
        request = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body
    return msgspec.json.encode({**request, "model": model}) if isinstance(request, dict) else body


def _send(trace: CallTrace, target: Target, late_ms: float, on_sent: Callable[[Sent], None]) -> Sent:
    sent = send(trace, target, late_ms)
    on_sent(sent)  # here, not where results are read: an interrupted reader still knows what was sent
    return sent
