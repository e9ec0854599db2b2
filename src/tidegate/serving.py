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
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tidegate import compiling
from tidegate.admit.toolguard.model import BUILT_IN, Thresholds
from tidegate.admit.toolguard.plugin import ChantGuard, ToolLoopGuard
from tidegate.gateway import control_channel, logs
from tidegate.gateway.admission import OpenAdmission
from tidegate.gateway.budgets import RunBudgets
from tidegate.gateway.mcp.doors import Door, HttpDoor
from tidegate.gateway.mcp.endpoint import McpEndpoint
from tidegate.gateway.mcp.process import environment_of
from tidegate.gateway.mcp.relay import Relay
from tidegate.gateway.mcp.sessions import StdioDoor
from tidegate.gateway.neighbours import Neighbours
from tidegate.gateway.scheduling import Scheduled
from tidegate.gateway.seams import Admission, LocalEndpoint, Shaper
from tidegate.gateway.supervisor import EXIT_SETTINGS, Child, Supervisor
from tidegate.gateway.tls import mcp_tls, server_tls, upstream_tls
from tidegate.gateway.translate import DialectShaper
from tidegate.gateway.worker import Gateway, Parts
from tidegate.ingestion import TracesEndpoint
from tidegate.readers.config import read_settings, secret
from tidegate.settings import Listener, McpServer, Settings, Tenant, Upstream
from tidegate.spine.contracts import Guard
from tidegate.spine.errors import SettingError, TidegateError, WorldError
from tidegate.store.bodies import BodyPolicy, load_redactor
from tidegate.store.journal import JournalWriter
from tidegate.store.keys import FileKeys
from tidegate.store.schedule_journal import ScheduleJournal
from tidegate.verification import VerifyEndpoint, guard_of

log = logging.getLogger("tidegate")
SOCKETS = "sockets"  # folder of the workers' control sockets, below the store
CONSTRAINTS_MODULE = "tidegate.enforcement"  # loaded where constraints are configured: it costs every worker megabytes
BUDGETS_MODULE = "tidegate.store.budgets"  # likewise: SQLite is a megabyte
CONTROL_MODULE = "tidegate.console.main"  # run(config_path, socket_folder): loaded in its own process only
FILES_PER_CONNECTION = 2
GC_OBJECTS = 20_000  # made and not freed, before cycles are looked for: a call makes none, its objects go when it ends
LIMITS_SHARED = (
    "requests_per_minute", "tokens_per_minute", "tokens_per_day", "queue_requests_max", "queue_bytes_max",
    "connections_max",
)  # fmt: skip


# --- parts of a worker --------------------------------------------------------------------------


def secrets_of(settings: Settings) -> dict[str, str]:
    """The upstreams' keys, by upstream; raises SettingError for one that cannot be had."""
    return {
        u.name: secret(u.api_key, f"upstreams[{i}].api_key")
        for i, u in enumerate(settings.upstreams)
        if u.api_key is not None
    }


def key_table(settings: Settings) -> FileKeys:
    """The keys of the store, as a snapshot that is polled."""
    return FileKeys(Path(settings.store.path), classes={t.name: t.service_class for t in settings.tenants})


def body_policy(settings: Settings) -> BodyPolicy:
    """What may be written of calls."""
    return BodyPolicy(
        tenants={t.name: t.bodies for t in settings.tenants},
        body_bytes_max=settings.store.body_bytes_max,
        redact=load_redactor(settings.store.redact) if settings.store.redact else None,
    )


def guards_of(settings: Settings) -> tuple[Guard, ...]:
    """The guards that the settings ask for, in the order in which they have their word."""
    guards: list[Guard] = []
    if settings.constraints is not None:
        guards.append(importlib.import_module(CONSTRAINTS_MODULE).constraints_guard(settings))
    if settings.loops.mode != "off":
        thresholds = read_thresholds(settings.loops.calibration)
        enforce = settings.loops.mode == "enforce"
        made = ChantGuard if settings.loops.chant == "all" else ToolLoopGuard
        guards.append(made(thresholds, enforce=enforce, steps_max=settings.loops.steps_max))
    answers = guard_of(settings.verify, settings.store)
    if answers is not None:
        guards.append(answers)
    return tuple(guards)


def read_thresholds(path: str | None) -> Thresholds:
    """The tool-loop thresholds of a calibration file, or the built-in ones; raises SettingError."""
    if path is None:
        return BUILT_IN
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=Thresholds)
    except (OSError, msgspec.MsgspecError) as error:
        message, remedy = f"expected tool-loop thresholds: {error}", "write it with `tidegate loops calibrate --out`"
        raise SettingError(message, where=f"loops.calibration: {path}", remedy=remedy) from error


def shaper_of(settings: Settings, guards: tuple[Guard, ...]) -> Shaper | None:
    """Translation between API dialects, and guards."""
    return DialectShaper(settings, guards)


TRACES = TracesEndpoint()  # one a worker process; its journal outlives every reload
RELAY = Relay()  # likewise: where this worker stands among the others


def budgets_of(settings: Settings) -> RunBudgets | None:
    """The caps of runs and tenants, where any are configured."""
    if settings.budgets.run is None and not settings.budgets.tenants:
        return None
    return RunBudgets(settings.budgets, budget_book(Path(settings.store.path).resolve()), owner=f"w{RELAY.index}")


@functools.cache
def budget_book(store: Path) -> Any:
    """The accounts of a store: one a process, whatever is reloaded."""
    return importlib.import_module(BUDGETS_MODULE).BudgetBook(store)


def begin_budgets(settings: Settings, index: int) -> None:
    """What this worker's last life left reserved counts as spent; accounts older than the traces are forgotten."""
    book = budget_book(Path(settings.store.path).resolve())
    if lost := book.recover(f"w{index}"):
        log.warning("worker %d: %d calls that were cut off count with their worst case against budgets", index, lost)
    if index == 0:
        book.forget(time.time() - settings.store.retention_days * 86400.0)


def endpoints_of(
    settings: Settings, guards: tuple[Guard, ...], budgets: RunBudgets | None = None
) -> Mapping[bytes, LocalEndpoint]:
    """The paths other parts answer."""
    found: dict[bytes, LocalEndpoint] = {b"/v1/traces": TRACES, b"/v1/verify": VerifyEndpoint(settings.verify)}
    if settings.mcp:
        makers = {m.name: door_maker(m, f"mcp[{i}]") for i, m in enumerate(settings.mcp)}
        found[b"/mcp"] = McpEndpoint(
            settings.mcp, guards, budgets=budgets, door_of=lambda server, mint: makers[server.name](mint), relay=RELAY
        )
    return found


def door_maker(server: McpServer, where: str) -> Callable[[Callable[[], str]], Door]:
    """How the way to a tool server is made when it is needed; raises SettingError now for what cannot work."""
    if not server.command:
        api_key = None if server.api_key is None else secret(server.api_key, f"{where}.api_key")
        tls = mcp_tls(server)
        return lambda _: HttpDoor(server, secret=api_key, tls=tls)
    given = {k: secret(v, f"{where}.environment.{k}") if v.startswith(("env:", "file:")) else v
             for k, v in server.environment.items()}  # fmt: skip
    if server.folder is not None and not Path(server.folder).is_dir():
        raise SettingError(f"tool server {server.name!r}: {server.folder!r} is no folder", where=f"{where}.folder")
    path = environment_of(given, os.environ).get("PATH")
    program = server.command[0] if server.folder is None else os.path.join(server.folder, server.command[0])
    if shutil.which(server.command[0], path=path) is None and not ("/" in server.command[0] and shutil.which(program)):
        message = f"tool server {server.name!r}: the command {server.command[0]!r} is no program that can be run"
        remedy = "install it, write its whole path, or set PATH under `environment`"
        raise SettingError(message, where=f"{where}.command", remedy=remedy)
    most = max(1, server.sessions_max // RELAY.workers)
    return lambda mint: StdioDoor(server, mint=mint, environment=given, sessions_max=most)


async def relayed(gateway: Gateway, kind: int, data: bytes) -> bytes:
    """What another worker hands over; OSError where no tool servers are configured any more."""
    endpoint = gateway.endpoints.get(b"/mcp")
    if not isinstance(endpoint, McpEndpoint):
        raise OSError("no tool servers here")
    return await endpoint.relayed(kind, data)


def admission_of(settings: Settings, index: int = 0, neighbours: Neighbours | None = None) -> Admission:
    """Who goes next; every decision is recorded, so that it can be explained and replayed.

    `policy: open` has no queue and so no decisions: all go, within their rates.
    """
    if settings.scheduling.policy == "open":
        return OpenAdmission(settings)
    return Scheduled(settings, ScheduleJournal(Path(settings.store.path), index), neighbours)


def share_of(settings: Settings, workers: int) -> Settings:
    """One worker's part of every limit: the kernel spreads connections evenly over the workers.

    A limit of 100 requests a minute is 25 in each of four workers.  That is exact for many
    connections and rough for few: one connection always meets the same worker.
    """
    if workers == 1:
        return settings

    def part(limit: int | None) -> int | None:
        return None if limit is None else max(1, round(limit / workers))

    def divided(thing: Tenant | Upstream) -> Any:
        names = [f for f in LIMITS_SHARED if hasattr(thing, f)]
        return msgspec.structs.replace(thing, **{f: part(getattr(thing, f)) for f in names})

    return msgspec.structs.replace(
        settings,
        tenants=tuple(divided(t) for t in settings.tenants),
        upstreams=tuple(divided(u) for u in settings.upstreams),
    )


def read_parts(config: Path, workers: int | None = None) -> Parts:
    """Everything a worker needs, from the configuration; raises SettingError and has then changed nothing."""
    settings = read_settings(config)
    settings = share_of(settings, workers or settings.workers)
    for upstream in settings.upstreams:
        upstream_tls(upstream)
    guards = guards_of(settings)
    budgets = budgets_of(settings)
    return Parts(
        settings,
        secrets=secrets_of(settings),
        upstream_tls=upstream_tls,
        keys=key_table(settings),
        shaper=shaper_of(settings, guards),
        endpoints=endpoints_of(settings, guards, budgets),
        budgets=budgets,
    )


# --- processes ------------------------------------------------------------------------------------


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
