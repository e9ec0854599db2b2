"""The control plane: console, admin API, metrics and readiness, on a listener of its own.

Nothing here is on the data path: it asks the workers over their control channel and reads the
store.  It listens on loopback by default and answers only to hosts it is known by, so that a web
page somewhere cannot reach it through the reader's own browser (DNS rebinding); whatever changes
something needs a request from the console's own origin or from a program.
"""

import asyncio
import contextlib
import importlib
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from tidegate import __version__
from tidegate.catalog import CAPABILITIES
from tidegate.console import live
from tidegate.console.exposition import prometheus
from tidegate.console.format import FILTERS
from tidegate.gateway import control_channel
from tidegate.gateway.control_channel import MetricsSnapshot
from tidegate.render.talk import facts_of, talk_of
from tidegate.settings import Settings
from tidegate.spine.errors import InputError, TidegateError
from tidegate.spine.ports import TraceStore

log = logging.getLogger("tidegate.console")
SAMPLE_INTERVAL_S = 1.0
SAMPLES_KEPT = 900  # a quarter of an hour
CONTENT_POLICY = (  # our pages' own lines only: nothing of another site, no form sent there, no frame around us
    "default-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)
OWN_SITE = frozenset({"same-origin", "none"})  # what browsers say of a request by our own page, or by a person
KNOWN_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


class World(Protocol):
    """What the control plane needs of the process it runs in."""

    settings: Settings
    socket_folder: Path

    def traces(self) -> TraceStore:
        """The trace store, for reading."""
        ...

    def reload(self) -> None:
        """Read the configuration again, all or nothing; raises SettingError."""
        ...


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A console page of a capability: its path, its name in the menu, and the module that answers.

    The module is loaded when the page is first asked for: some bring a solver or statistics along.  It has
    `answer(control, request)`, which returns the whole response (`control.render` with a template of its own) or
    an awaitable of it, and may raise TidegateError: that is shown in place, with its remedy.
    """

    path: str
    title: str
    module: str
    in_menu: bool = True  # an admin API of a capability is answered the same way, and no page


class Control:
    """The control plane's state: the last samples of all workers, and the templates."""

    def __init__(
        self, world: World, pages: Sequence[Page] = (), notices: Callable[[live.Sample], None] | None = None
    ) -> None:
        self.world = world
        self.notices = notices
        self.pages = tuple(pages)
        self.samples: deque[live.Sample] = deque(maxlen=SAMPLES_KEPT)
        self.templates = Environment(
            loader=PackageLoader("tidegate.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self.templates.filters.update(FILTERS)
        menu = [("/", "Live"), ("/traces", "Traces"), *((p.path, p.title) for p in self.pages if p.in_menu)]
        self.templates.globals.update(menu=menu, version=__version__, capabilities=CAPABILITIES)

    def render(self, template: str, **values: Any) -> HTMLResponse:
        """One page."""
        return HTMLResponse(self.templates.get_template(template).render(**values))

    async def sample(self) -> live.Sample:
        """Ask every worker for its numbers now."""
        paths = control_channel.sockets(self.world.socket_folder)
        answers = await control_channel.ask_all(paths, "metrics")
        workers = tuple(msgspec.convert(a, MetricsSnapshot) for a in answers)
        return live.Sample(at_s=time.time(), workers=workers)

    def keep(self, sample: live.Sample) -> None:
        """The newest sample whole; of the older ones only what adds up (rows of a thousand tenants are large)."""
        if self.samples:
            last = self.samples[-1]
            slim = tuple(msgspec.structs.replace(w, admission={}) for w in last.workers)
            self.samples[-1] = msgspec.structs.replace(last, workers=slim)
        self.samples.append(sample)

    async def keep_sampling(self) -> None:
        """Sample for ever; a worker that does not answer is missing from that sample."""
        while True:
            sample = await self.sample()
            self.keep(sample)
            if self.notices is not None:
                try:
                    await run_in_threadpool(self.notices, sample)
                except TidegateError as error:  # a store that is full or locked: the live view goes on
                    log.warning("what was noticed could not be kept: %s", error)
            await asyncio.sleep(SAMPLE_INTERVAL_S)


def control_plane(
    world: World, pages: Sequence[Page] = (), notices: Callable[[live.Sample], None] | None = None
) -> Starlette:
    """The ASGI application of the control plane; `notices` is told of every sample, and may write findings."""
    control = Control(world, pages, notices)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        sampling = asyncio.create_task(control.keep_sampling())
        yield
        sampling.cancel()

    def bound(handler: Callable[[Control, Request], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            refused = guard(request, world.settings)
            if refused is not None:
                return refused
            try:
                result = handler(control, request)
                response: Response = await result if asyncio.iscoroutine(result) else result
            except InputError as wrong:
                response = error(422, wrong.code, str(wrong))
            response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
            response.headers.setdefault("X-Frame-Options", "DENY")
            return response

        return endpoint

    def page_handler(page: Page) -> Callable[[Control, Request], Any]:
        async def show(control: Control, request: Request) -> Response:
            try:
                module = await run_in_threadpool(importlib.import_module, page.module)
                response = module.answer(control, request)
                shown: Response = response if isinstance(response, Response) else await response
                return shown
            except TidegateError as wrong:
                if page.path.startswith("/admin/"):  # a program asked
                    return error(422, wrong.code, str(wrong))
                refused = control.render("error.html", title=page.title, path=page.path, error=wrong)
                refused.status_code = 422
                return refused

        return show

    routes = [
        Route("/", bound(live_page)),
        Route("/fragments/live", bound(live_fragment)),
        Route("/traces", bound(traces_page)),
        Route("/traces/{trace_id}", bound(trace_page)),
        Route("/metrics", bound(metrics)),
        Route("/readyz", bound(readyz)),
        Route("/admin/status", bound(status)),
        Route("/admin/calls", bound(calls)),
        Route("/admin/settings", bound(settings_json)),
        Route("/admin/reload", bound(reload), methods=["POST"]),
        Route("/admin/drain", bound(drain), methods=["POST"]),
        *(Route(p.path, bound(page_handler(p)), methods=["GET", "POST"]) for p in control.pages),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.control = control
    return app


def guard(request: Request, settings: Settings) -> Response | None:
    """Refuse a host we are not known by, and a change asked for by another site's page."""
    host = host_name(request.headers.get("host", ""))
    if settings.control.host in KNOWN_HOSTS and host not in KNOWN_HOSTS:
        return error(421, "unknown_host", f"expected a loopback host, got {host!r}")
    origin = request.headers.get("origin")
    if request.method == "POST" and origin and urlsplit(origin).netloc != request.headers.get("host"):
        return error(403, "foreign_origin", f"a page of {origin} may not change anything here")
    if request.method == "POST" and request.headers.get("sec-fetch-site", "none") not in OWN_SITE:
        return error(403, "foreign_origin", "a page of another site may not change anything here")
    return None


def host_name(header: str) -> str:
    """The name in a Host header, without its port; an IPv6 address keeps its brackets."""
    name, _, port = header.rpartition(":")
    return (name if name and not port.endswith("]") else header).lower()


def error(code: int, name: str, message: str) -> Response:
    """OpenAI's error shape with our stable code, as on the data plane."""
    return as_json({"error": {"message": message, "type": "invalid_request_error", "code": name}}, code)


def limit_of(request: Request, default: int, most: int) -> int:
    """How many entries `?limit=` asks for, at most `most`; raises InputError for what is no number from 1 on."""
    asked = request.query_params.get("limit", str(default))
    if not (asked.isascii() and asked.isdigit()) or not asked.strip("0"):
        raise InputError(f"limit: expected a number from 1 to {most}, got {asked!r}")
    return min(int(asked[:9]), most)


def as_json(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def live_page(control: Control, _request: Request) -> Response:
    """Live traffic by tenant."""
    return control.render("live.html", **live_values(control))


def live_fragment(control: Control, _request: Request) -> Response:
    """The part of the live page that changes."""
    return control.render("live_table.html", **live_values(control))


def live_values(control: Control) -> dict[str, Any]:
    """What the live page shows."""
    samples = list(control.samples)
    rows = live.rows(samples)
    lines = {row.tenant: live.series(samples[-600:], row.tenant) for row in rows}
    workers = samples[-1].workers if samples else ()
    return {"rows": rows, "lines": lines, "workers": workers, "at_s": samples[-1].at_s if samples else None,
            "settings": control.world.settings}  # fmt: skip


async def metrics(control: Control, _request: Request) -> Response:
    """Prometheus text; sampled now, so that a scrape is never stale."""
    return PlainTextResponse(prometheus(await control.sample()), media_type="text/plain; version=0.0.4")


async def readyz(control: Control, _request: Request) -> Response:
    """Ready when every configured worker answers and none drains."""
    sample = await control.sample()
    up = [w for w in sample.workers if not w.draining]
    ready = len(up) >= control.world.settings.workers
    body = {"ready": ready, "workers_up": len(up), "workers_wanted": control.world.settings.workers}
    return as_json(body, 200 if ready else 503)


async def status(control: Control, _request: Request) -> Response:
    """The live table and the workers, as JSON."""
    if not control.samples:
        control.samples.append(await control.sample())
    rows = live.rows(list(control.samples))
    workers = [{"worker": w.worker, "pid": w.pid, "draining": w.draining, "admission": w.admission}
               for w in control.samples[-1].workers]  # fmt: skip
    return as_json({"version": __version__, "workers": workers, "tenants": rows})


async def calls(control: Control, request: Request) -> Response:
    """Calls in flight, oldest first; never their content."""
    limit = limit_of(request, 200, 1000)
    paths = control_channel.sockets(control.world.socket_folder)
    answers = await control_channel.ask_all(paths, "calls", limit=limit)
    found = [call for answer in answers for call in answer]
    return as_json({"calls": sorted(found, key=lambda c: -c["age_ms"])[:limit]})


def settings_json(control: Control, _request: Request) -> Response:
    """The settings in force; secrets are references and stay so."""
    return as_json(control.world.settings)


async def reload(control: Control, _request: Request) -> Response:
    """Read the configuration again, all or nothing; what is wrong is said, and the old one stays."""
    try:
        control.world.reload()
    except Exception as failure:
        return error(422, getattr(failure, "code", "reload_failed"), str(failure))
    answers = await control_channel.ask_all(control_channel.sockets(control.world.socket_folder), "reload")
    return as_json({"reloaded": True, "workers": len(answers)})


async def drain(control: Control, _request: Request) -> Response:
    """Refuse new calls, let running ones finish."""
    answers = await control_channel.ask_all(control_channel.sockets(control.world.socket_folder), "drain")
    return as_json({"draining": True, "workers": len(answers)})


def traces_page(control: Control, request: Request) -> Response:
    """The last calls, newest first, filtered by tenant and ending."""
    tenant = request.query_params.get("tenant") or None
    ending = request.query_params.get("ending") or None
    newest: deque[Any] = deque(control.world.traces().scan(tenant=tenant, ending=ending), maxlen=100)
    return control.render("traces.html", traces=list(newest)[::-1], tenant=tenant, ending=ending)


def trace_page(control: Control, request: Request) -> Response:
    """One call as a timeline."""
    trace = control.world.traces().get(request.path_params["trace_id"])
    if trace is None:
        missing = InputError(
            f"expected the id of a call in the store, got {request.path_params['trace_id']!r}",
            remedy=f"traces are kept for {control.world.settings.store.retention_days} days",
        )
        shown = control.render("error.html", title="No such trace", path="/traces", error=missing)
        shown.status_code = 404
        return shown
    return control.render("trace.html", trace=trace, talk=talk_of(trace), facts=facts_of)
