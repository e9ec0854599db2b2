"""A real gateway with a fake upstream behind it, in a thread of its own, for tests that drive real clients."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

from tests.support.upstreams import FakeUpstream

from tidegate.gateway.admission import OpenAdmission
from tidegate.gateway.translate import DialectShaper
from tidegate.gateway.worker import Gateway, Parts
from tidegate.settings import Deadlines, Route, Settings, Upstream
from tidegate.spine.call import Identity
from tidegate.spine.contracts import Guard
from tidegate.spine.trace import CallTrace

KEY = "tg-test-key"


class OneKey:
    """A key table with one key."""

    def lookup(self, key: str | bytes) -> Identity | None:
        text = key.decode() if isinstance(key, bytes) else key
        return Identity(tenant="acme", key_id="k1") if text == KEY else None


class Kept:
    """A trace sink that keeps everything in a list."""

    def __init__(self) -> None:
        self.traces: list[CallTrace] = []

    def put(self, trace: CallTrace) -> None:
        self.traces.append(trace)


class Running:
    """The gateway, its upstream, and what became of the calls."""

    def __init__(self, gateway: Gateway, upstream: FakeUpstream, sink: Kept, port: int, shaper: DialectShaper) -> None:
        self.gateway = gateway
        self.upstream = upstream
        self.sink = sink
        self.port = port
        self.shaper = shaper

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def trace(self) -> CallTrace:
        """The last call's trace; a client may have its answer a moment before it is written."""
        for _ in range(200):
            busy = any(c.exchange for c in list(self.gateway.connections)) or self.gateway.ends
            if self.sink.traces and not busy:
                break
            time.sleep(0.01)
        return self.sink.traces[-1]


def settings_for(url: str, dialects: Sequence[str]) -> Settings:
    upstream = Upstream(
        name="up", url=url, dialects=tuple(dialects), deadlines=Deadlines(first_byte_s=5.0, idle_s=5.0, total_s=20.0)
    )
    return Settings(upstreams=(upstream,), routes=(Route(model="m", upstreams=("up",), served_as="m-served"),))


@contextlib.contextmanager
def running(
    dialects: Sequence[str], guards: Sequence[Guard] = (), endpoints: Callable[[], dict[bytes, Any]] | None = None
) -> Iterator[Running]:
    """Serve until the block ends."""
    ready: Future[Running] = Future()
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()

    async def serve() -> None:
        upstream = FakeUpstream()
        await upstream.start()
        settings = settings_for(upstream.url, dialects)
        shaper = DialectShaper(settings, guards)
        parts = Parts(
            settings,
            secrets={},
            upstream_tls=lambda _: None,
            keys=OneKey(),  # type: ignore[arg-type]
            shaper=shaper,
            endpoints=endpoints() if endpoints else {},
        )
        sink = Kept()
        gateway = Gateway(parts, admission=OpenAdmission(), sink=sink)  # type: ignore[arg-type]
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        await gateway.start(sock)
        ready.set_result(Running(gateway, upstream, sink, sock.getsockname()[1], shaper))
        await stopping.wait()
        await gateway.stop(1.0)
        await upstream.stop()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise
        finally:
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield ready.result(timeout=20)
    finally:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stopping.set)
        thread.join(timeout=10)
