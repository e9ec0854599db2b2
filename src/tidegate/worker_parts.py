"""From settings to the parts of a worker: keys, guards, budgets, doors, admission, each worker's share of every limit.

Nothing here runs: `tidegate.serving` starts the processes, and reads the parts anew at a reload.  As there, nothing
imports numpy, duckdb, a web framework or the command line.
"""

import functools
import importlib
import importlib.util
import logging
import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tidegate.admit.toolguard.model import BUILT_IN, Thresholds
from tidegate.admit.toolguard.plugin import ChantGuard, ToolLoopGuard
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
from tidegate.gateway.tls import mcp_tls, upstream_tls
from tidegate.gateway.translate import DialectShaper
from tidegate.gateway.worker import Gateway, Parts
from tidegate.ingestion import TracesEndpoint
from tidegate.readers.config import read_settings, secret
from tidegate.settings import McpServer, Settings, Tenant, Upstream
from tidegate.spine.contracts import Guard
from tidegate.spine.errors import SettingError
from tidegate.store.bodies import BodyPolicy, load_redactor
from tidegate.store.keys import FileKeys
from tidegate.store.schedule_journal import ScheduleJournal
from tidegate.verification import VerifyEndpoint, guard_of

log = logging.getLogger("tidegate")
CONSTRAINTS_MODULE = "tidegate.enforcement"  # loaded where constraints are configured: it costs every worker megabytes
BUDGETS_MODULE = "tidegate.store.budgets"  # likewise: SQLite is a megabyte
LIMITS_SHARED = (
    "requests_per_minute", "tokens_per_minute", "tokens_per_day", "queue_requests_max", "queue_bytes_max",
    "connections_max",
)  # fmt: skip


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
