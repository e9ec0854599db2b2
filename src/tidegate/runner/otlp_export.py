"""Sends traces on to an OpenTelemetry collector: in batches, with retries, never in a call's way.

Runs in the control process, fed by compaction (each trace about a minute after it ended).  The
queue is bounded: when the collector is away for longer than it holds, the newest wait their turn
and what does not fit is counted.  Retries follow the OTLP specification: 429, 502, 503, 504 and
connection errors, with exponential backoff and `Retry-After`; anything else is final and counted.
"""

import http.client
import random
import ssl
import threading
import urllib.parse
from collections import Counter, deque
from collections.abc import Callable

from tidegate.spine.errors import SettingError
from tidegate.spine.trace import CallTrace

RETRYABLE = frozenset({429, 502, 503, 504})
BATCH = 256
QUEUE_MAX = 20_000
BACKOFF_S, BACKOFF_S_MAX = 1.0, 60.0


class OtlpExporter:
    """`put` takes a trace; a thread sends.  `encode` makes an export request of a batch."""

    def __init__(
        self,
        url: str,
        encode: Callable[[list[CallTrace]], bytes],
        *,
        content_type: str = "application/x-protobuf",
        timeout_s: float = 10.0,
        attempts: int = 6,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingError(f"expected an http:// or https:// address, got {url!r}", where="store.otlp_export")
        self.counts: Counter[str] = Counter()  # sent, rejected, failed, dropped, retries
        self.last_error = ""
        self._parts = parts
        self._path = parts.path if parts.path.rstrip("/") else "/v1/traces"
        self._encode = encode
        self._content_type = content_type
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._queue: deque[CallTrace] = deque()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._sleep = sleep or self._stop.wait
        self._thread: threading.Thread | None = None

    def put(self, trace: CallTrace) -> None:
        """Take one trace; never blocks, never raises."""
        if len(self._queue) >= QUEUE_MAX:
            self.counts["dropped"] += 1
            return
        self._queue.append(trace)
        self._wake.set()

    def start(self) -> "OtlpExporter":
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="otlp-export", daemon=True)
        self._thread.start()
        return self

    def stop(self, timeout_s: float = 5.0) -> None:
        """Send what is queued, without retries, and end."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not (self._stop.is_set() and not self._queue):
            self._wake.wait(1.0)
            self._wake.clear()
            while self._queue:
                self.send([self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))])

    def send(self, batch: list[CallTrace]) -> bool:
        """Send one batch; whether the collector took it."""
        try:
            body = self._encode(batch)
        except Exception as error:
            self.last_error = f"{type(error).__name__}: {error}"
            self.counts["failed"] += len(batch)
            return False
        for attempt in range(self._attempts):
            status, retry_after_s = self._post(body)
            if 200 <= status < 300:
                self.counts["sent"] += len(batch)
                return True
            if status not in RETRYABLE and status != 0:
                self.counts["rejected"] += len(batch)
                self.last_error = f"the collector answered {status}"
                return False
            if attempt + 1 == self._attempts or self._stop.is_set():
                break
            self.counts["retries"] += 1
            delay_s = min(BACKOFF_S * 2**attempt, BACKOFF_S_MAX) * (0.5 + random.random())
            self._sleep(delay_s if retry_after_s is None else min(retry_after_s, BACKOFF_S_MAX))
        self.counts["failed"] += len(batch)
        return False

    def _post(self, body: bytes) -> tuple[int, float | None]:
        """Status (0: no answer) and the seconds that `Retry-After` asks for."""
        connection: http.client.HTTPConnection | None = None
        try:
            connection = self._connect()
            headers = {"Content-Type": self._content_type, "User-Agent": "tidegate"}
            connection.request("POST", self._path, body, headers)
            answer = connection.getresponse()
            answer.read()
            wait = answer.headers.get("Retry-After", "")
            return answer.status, float(wait) if wait.replace(".", "", 1).isdigit() else None
        except (OSError, http.client.HTTPException) as error:
            self.last_error = f"{type(error).__name__}: {error}"
            return 0, None
        finally:
            if connection is not None:
                connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        host = self._parts.hostname or ""
        if self._parts.scheme == "https":
            tls = ssl.create_default_context()
            return http.client.HTTPSConnection(host, self._parts.port, timeout=self._timeout_s, context=tls)
        return http.client.HTTPConnection(host, self._parts.port, timeout=self._timeout_s)
