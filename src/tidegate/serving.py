"""The real world of a gateway worker: what `tidegate serve` runs.

Apart from `wiring` because a worker must stay small: nothing here imports numpy, duckdb, a web
framework or the command line.  `tidegate serve` checks the configuration and then *becomes*
`python -m tidegate.serving`, so that what the command line loaded costs no memory afterwards.

The processes: a supervisor without a loop; `workers` copies of the data plane, each with its own
listening socket (SO_REUSEPORT) and its own journal; one control plane.
"""

import argparse
import asyncio
import contextlib
import ctypes
import functools
import gc
import importlib
import importlib.util
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from tidegate import compiling
from tidegate.gateway import control_channel, logs
from tidegate.gateway.neighbours import Neighbours
from tidegate.gateway.supervisor import EXIT_SETTINGS, Child, Supervisor
from tidegate.gateway.tls import server_tls
from tidegate.gateway.worker import Gateway
from tidegate.readers.config import read_settings
from tidegate.settings import Listener, Settings
from tidegate.spine.errors import TidegateError, WorldError
from tidegate.store.journal import JournalWriter
from tidegate.store.keys import FileKeys
from tidegate.worker_parts import RELAY, TRACES, admission_of, begin_budgets, body_policy, read_parts, relayed

log = logging.getLogger("tidegate")
SOCKETS = "sockets"  # folder of the workers' control sockets, below the store
CONTROL_MODULE = "tidegate.console.main"  # run(config_path, socket_folder): loaded in its own process only
FILES_PER_CONNECTION = 2
GC_OBJECTS = 20_000  # made and not freed, before cycles are looked for: a call makes none, its objects go when it ends


def reserve(listener: Listener) -> socket.socket:
    """Bind (not listen): keeps the port for the workers, and says at once when somebody else has it."""
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    where = f"{listener.host}:{listener.port}"
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((listener.host, listener.port))
        return bound(family, (listener.host, listener.port))
    except (OSError, OverflowError) as error:
        raise WorldError(f"cannot listen: {error}", where=where, remedy="is another program there?") from error


def bound(family: int, address: tuple[str, int]) -> socket.socket:
    """A socket bound together with others of ours on the same port."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(address)
    sock.setblocking(False)
    return sock


def raise_file_limit(connections: int) -> None:
    """Allow as many files as the connections may need, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections * FILES_PER_CONNECTION + 256
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # root may raise the hard limit too
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
            return
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        if limit < wanted:
            log.warning("only %d files may be open: about %d connections", limit, limit // FILES_PER_CONNECTION)


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop where it is installed (the `fast` extra), else plain asyncio."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def run_worker(index: int, config: Path, workers: int | None, address: tuple[str, int], family: int) -> None:
    """One worker process, until it is told to end."""
    loop = new_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(worker(index, config, workers, address, family))
    except TidegateError as error:
        log.error("%s", error)
        sys.exit(EXIT_SETTINGS)
    finally:
        loop.close()


async def worker(index: int, config: Path, workers: int | None, address: tuple[str, int], family: int) -> None:
    """Build a gateway, serve until SIGTERM, drain."""
    loop = asyncio.get_running_loop()
    settings = read_settings(config)
    folder = socket_folder(settings)
    RELAY.place(index, workers or settings.workers, folder)
    parts = read_parts(config, workers)
    settings = parts.settings
    if parts.budgets is not None:
        begin_budgets(settings, index)
    store = settings.store
    sink = JournalWriter(
        Path(store.path) / "journal",
        f"w{index}",
        policy=body_policy(settings),
        segment_bytes=store.journal_segment_bytes,
        flush_interval_ms=store.flush_interval_ms,
        fsync=store.journal_fsync,
    )
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    TRACES.sink = sink
    neighbours = (
        Neighbours(folder, index, RELAY.workers) if RELAY.workers > 1 and settings.scheduling.policy != "open" else None
    )
    if neighbours is not None:
        neighbours.listen()
    with sink.start():
        gateway = Gateway(
            parts,
            admission=admission_of(settings, index, neighbours),
            sink=sink,
            index=index,
            read_parts=lambda: read_parts(config, workers),
            poll=lambda: poll_keys(gateway),
            trim=memory_trimmer(),
        )
        await RELAY.listen(lambda kind, data: relayed(gateway, kind, data))
        channel = await control_channel.serve(control_channel.socket_path(folder, index), gateway.answer_async)
        await gateway.start(bound(family, address), server_tls(settings.listen.tls, "listen.tls"))
        gc.collect()
        gc.freeze()  # what is here now stays: later collections need not look at it
        gc.set_threshold(GC_OBJECTS, 20, 20)
        await ending.wait()
        await gateway.stop(gateway.settings.limits.drain_s)
        channel.close()
        RELAY.close()
        if neighbours is not None:
            neighbours.close()
        control_channel.socket_path(folder, index).unlink(missing_ok=True)


def memory_trimmer() -> Callable[[], object] | None:
    """Hands memory that is free but still ours back to the system; None where the C library does not offer that.

    glibc gives back only what lies at the end of its heap: after a burst of long answers one small object there
    keeps megabytes of holes below it.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return None if trim is None else functools.partial(trim, 0)


def poll_keys(gateway: Gateway) -> bool:
    """Take over keys added or revoked since (one `stat` when nothing changed); whether there were any."""
    keys = gateway.keys
    return isinstance(keys, FileKeys) and keys.poll()


def run_control(config: Path, folder: Path) -> None:
    """The control plane's process; what it needs is imported here and nowhere else."""
    importlib.import_module(CONTROL_MODULE).run(config, folder)


def socket_folder(settings: Settings) -> Path:
    """Where the workers' control sockets lie."""
    return Path(settings.store.path).resolve() / SOCKETS


def reload_all(config: Path, folder: Path) -> None:
    """SIGHUP: every worker takes the new configuration, or none does."""
    try:
        read_parts(config)
    except TidegateError as error:
        log.error("the configuration was not reloaded, the old one stays in force: %s", error)
        return
    for path in control_channel.sockets(folder):
        try:
            control_channel.ask(path, "reload", timeout_s=10.0)
        except TidegateError as error:
            log.error("a worker did not reload: %s", error)


def serve(config: Path, *, workers: int | None = None, control: bool = True) -> int:
    """Run everything until a signal ends it; the exit code.  Raises TidegateError before anything is started."""
    compiling.check()
    parts = read_parts(config)
    settings = parts.settings
    logs.configure(settings.log_level, settings.log_format)
    server_tls(settings.listen.tls, "listen.tls")
    raise_file_limit(settings.limits.connections_max)
    folder = socket_folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for stale in control_channel.sockets(folder):
        stale.unlink(missing_ok=True)
    held = reserve(settings.listen)
    address = held.getsockname()[:2]
    family = held.family
    children = [
        Child(f"worker {i}", lambda i=i: run_worker(i, config, workers, address, family))  # type: ignore[misc]
        for i in range(workers or settings.workers)
    ]
    if control and importlib.util.find_spec(CONTROL_MODULE) is not None:
        children.append(Child("control plane", lambda: run_control(config, folder)))
    scheme = "https" if settings.listen.tls else "http"
    log.info("data plane on %s://%s:%d, %d worker(s)", scheme, *address, workers or settings.workers)
    del parts
    gc.collect()
    gc.freeze()
    return Supervisor(children, reload=lambda: reload_all(config, folder), drain_s=settings.limits.drain_s).run()


def main(argv: list[str] | None = None) -> int:
    """`python -m tidegate.serving CONFIG`: what `tidegate serve` becomes."""
    parser = argparse.ArgumentParser(prog="tidegate serve")
    parser.add_argument("config", type=Path)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--no-control", action="store_true")
    a = parser.parse_args(argv)
    try:
        return serve(a.config, workers=a.workers, control=not a.no_control)
    except TidegateError as error:
        print(f"error {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    os.umask(os.umask(0o077) | 0o027)
    sys.exit(main())
