"""How the control plane talks to a worker: one JSON line asks, one JSON line answers, on a Unix socket.

Each worker listens on `<folder>/worker-<index>.sock` (mode 0600).  The questions are few and
closed (`Ask.do`):

| do | answer `data` |
|---|---|
| `metrics` | a `MetricsSnapshot`, to be added up over the workers |
| `calls` | the calls in flight now, as `LiveCall` objects (at most `limit`) |
| `health` | upstreams and what the health checks think of them |
| `reload` | read the configuration and the keys again, all or nothing |
| `keys` | read the keys again |
| `drain` | stop accepting; finish what runs; then the worker ends |

`ask` is for programs without an event loop, `ask_async` for the control plane.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from tidegate.spine.errors import WorldError

LINE_BYTES_MAX = 16 * 1024 * 1024
Question = Literal["metrics", "calls", "health", "reload", "keys", "drain"]


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question."""

    do: Question
    limit: int = 1000


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: `data` when `ok`, else `error` in words and its stable `code`."""

    ok: bool
    data: Any = None
    error: str = ""
    code: str = ""


class LiveCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call in flight, for the live view; never its content."""

    trace_id: str
    tenant: str
    service_class: str
    model: str
    dialect: str
    phase: str  # waiting, connecting, sent, streaming
    upstream: str | None
    age_ms: float
    ttft_ms: float | None
    chunks: int
    bytes_out: int
    worker: int = 0


class Histogram(msgspec.Struct, kw_only=True):
    """Counts by upper bound (the last is +Inf), with their sum: adds up over workers."""

    bounds: tuple[float, ...]
    counts: list[int]
    total: float = 0.0


class Counter(msgspec.Struct, kw_only=True):
    """A counter or gauge with its labels."""

    name: str
    labels: dict[str, str]
    value: float


class LabelledHistogram(msgspec.Struct, kw_only=True):
    """A histogram with its labels."""

    name: str
    labels: dict[str, str]
    histogram: Histogram


class MetricsSnapshot(msgspec.Struct, kw_only=True):
    """One worker's numbers at one moment.

    `counters` only grow, `gauges` are of now; labels are bounded (tenants, models and upstreams
    of the configuration, endings of the closed list).  `admission` is what
    `Admission.snapshot` says, for the console.
    """

    worker: int
    pid: int
    started_at_s: float
    draining: bool
    counters: list[Counter]
    gauges: list[Counter]
    histograms: list[LabelledHistogram]
    admission: dict[str, Any] = msgspec.field(default_factory=dict)


_ask = msgspec.json.Decoder(Ask)
_answered = msgspec.json.Decoder(Answered)
_encode = msgspec.json.Encoder().encode


def socket_path(folder: Path, worker: int) -> Path:
    """Where worker number `worker` listens."""
    return folder / f"worker-{worker}.sock"


def sockets(folder: Path) -> list[Path]:
    """The sockets of all workers that listen in `folder`, by number."""
    found = [p for p in folder.glob("worker-*.sock") if p.stem.partition("-")[2].isdigit()]
    return sorted(found, key=lambda p: int(p.stem.partition("-")[2]))


async def serve(path: Path, answer: Callable[[Ask], Awaitable[Answered]]) -> asyncio.Server:
    """Listen at `path`, replacing a dead worker's socket; `answer` must be quick."""
    path.unlink(missing_ok=True)

    async def one_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                try:
                    reply = await answer(_ask.decode(line))
                except msgspec.MsgspecError as error:
                    reply = Answered(ok=False, error=f"not a question: {error}", code="bad_question")
                except Exception as error:  # a question must never take the worker down
                    reply = Answered(ok=False, error=f"{type(error).__name__}: {error}", code="internal_error")
                writer.write(_encode(reply) + b"\n")
                await writer.drain()
        except (OSError, ValueError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_unix_server(one_client, path=str(path), limit=64 * 1024)
    os.chmod(path, 0o600)
    return server


async def ask_async(path: Path, do: Question, *, timeout_s: float = 2.0, limit: int = 1000) -> Any:
    """Ask one worker; its `data`.  Raises WorldError when it does not answer or refuses."""
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_unix_connection(str(path), limit=LINE_BYTES_MAX)
            try:
                writer.write(_encode(Ask(do=do, limit=limit)) + b"\n")
                line = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError) as error:
        raise WorldError(f"the worker does not answer: {error or type(error).__name__}", where=str(path)) from error
    return _data(line, path)


async def ask_all(paths: Sequence[Path], do: Question, *, timeout_s: float = 2.0, limit: int = 1000) -> list[Any]:
    """Ask all workers at once; answers of those that answered, in order (a dead worker is left out)."""
    found = await asyncio.gather(
        *(ask_async(p, do, timeout_s=timeout_s, limit=limit) for p in paths), return_exceptions=True
    )
    return [a for a in found if not isinstance(a, BaseException)]


def ask(path: Path, do: Question, *, timeout_s: float = 5.0, limit: int = 1000) -> Any:
    """Ask one worker from a program without an event loop; raises WorldError."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(timeout_s)
            s.connect(str(path))
            s.sendall(_encode(Ask(do=do, limit=limit)) + b"\n")
            with s.makefile("rb") as f:
                line = f.readline(LINE_BYTES_MAX)
    except OSError as error:
        raise WorldError(f"the worker does not answer: {error}", where=str(path)) from error
    return _data(line, path)


def metrics_of(data: Any) -> MetricsSnapshot:
    """The typed form of a `metrics` answer."""
    return msgspec.convert(data, MetricsSnapshot)


def calls_of(data: Any) -> list[LiveCall]:
    """The typed form of a `calls` answer."""
    return msgspec.convert(data, list[LiveCall])


def _data(line: bytes, path: Path) -> Any:
    if not line:
        raise WorldError("the worker closed the channel without an answer", where=str(path))
    reply = _answered.decode(line)
    if not reply.ok:
        raise WorldError(reply.error, where=str(path))
    return reply.data
