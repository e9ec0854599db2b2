"""`tidegate.yaml` as frozen types: one file, read once, unknown keys refused.

Durations end in `_s`, sizes in `_bytes`, money in `_usd`.  Secrets are never values: they are
references, `env:NAME` or `file:PATH`, resolved by `wiring`.  A capability with settings of its
own adds one field here whose type lives in that capability's `model.py`.
"""

from typing import Literal

import msgspec


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every section: frozen, keywords only, unknown keys refused."""


class Tls(Section, frozen=True):
    """A listener's certificate and key files (PEM), and optionally the CA that clients must be signed by."""

    certificate: str
    key: str
    client_ca: str | None = None


class Listener(Section, frozen=True):
    """An address to listen on."""

    host: str = "127.0.0.1"
    port: int = 8080
    tls: Tls | None = None


class Deadlines(Section, frozen=True):
    """How long one upstream attempt may take, in seconds; the total holds for the whole call."""

    connect_s: float = 5.0
    first_byte_s: float = 120.0
    idle_s: float = 60.0
    total_s: float = 900.0


class Upstream(Section, frozen=True):
    """One LLM engine or provider.

    `url` ends before `/chat/completions` (usually in `/v1`).  `dialects` are the API forms it
    speaks; a call in another form is translated.  `kind` lets the window read the engine's own
    signals; `opaque` learns from latency alone.
    """

    name: str
    url: str
    kind: Literal["vllm", "llamacpp", "openai", "anthropic", "opaque"] = "opaque"
    dialects: tuple[Literal["chat", "completions", "responses", "messages", "embeddings"], ...] = (
        "chat",
        "completions",
        "embeddings",
    )
    api_key: str | None = None  # env:NAME or file:PATH
    headers: dict[str, str] = {}
    # Ask for the tokens of streams whose client did not, and take the extra chunk out (None: where `kind` is known to).
    ask_usage: bool | None = None
    connections_max: int = 1024
    deadlines: Deadlines = Deadlines()
    health_path: str | None = None
    health_interval_s: float = 5.0
    ca: str | None = None
    verify_tls: bool = True
    client_certificate: str | None = None  # PEM file, shown to an upstream that asks who we are
    client_key: str | None = None  # its key, where it is not in the same file
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


class Route(Section, frozen=True):
    """A model name that tenants may ask for, and who serves it.

    `balance` says which of the upstreams goes first: `ordered` the first healthy one, the others
    being fallbacks; `least_busy` (replicas of one engine) the one that computed the prompt's beginning
    lately, unless it is much fuller than the emptiest.  All of them share one fair order.  The
    model `*` takes every name that no other route has.
    """

    model: str
    upstreams: tuple[str, ...]
    served_as: str | None = None  # the name the upstream knows it by
    aliases: tuple[str, ...] = ()
    balance: Literal["ordered", "least_busy"] = "ordered"
    cost_usd_per_million_prompt: float | None = None
    cost_usd_per_million_completion: float | None = None


class Tenant(Section, frozen=True):
    """A customer, team or application: its share, its class, its limits, what is kept of its calls."""

    name: str
    weight: float = 1.0
    service_class: str = "default"
    models: tuple[str, ...] | None = None  # None: all
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None
    queue_requests_max: int | None = None
    queue_bytes_max: int | None = None
    bodies: Literal["full", "hash", "off"] = "full"
    retention_days: float | None = None


class ServiceClass(Section, frozen=True):
    """A class of service: its first-token target orders work inside a tenant's credit."""

    name: str
    ttft_target_ms: float | None = None
    weight: float = 1.0
    reserved_slots: int = 0


class Scheduling(Section, frozen=True):
    """Who goes next, and how much is let into an engine; the defaults tune themselves."""

    policy: str = "fair"
    weight_prompt: float = 1.0
    weight_completion: float = 2.0
    weight_prompt_cached: float = 0.1
    wait_s_max: float = 300.0
    queue_requests_max: int = 100_000
    queue_bytes_max: int = 256 * 1024 * 1024
    prefix_stepping: bool = False


class Store(Section, frozen=True):
    """Where traces and state are kept, and for how long."""

    path: str = ".tidegate"
    state: str = "sqlite"  # or a postgresql:// reference
    retention_days: float = 30.0
    journal_segment_bytes: int = 16 * 1024 * 1024
    flush_interval_ms: float = 20.0
    journal_fsync: Literal["never", "seal", "second", "batch"] = "second"  # what a power loss may cost
    otlp_export: str | None = None
    body_bytes_max: int = 1024 * 1024
    redact: str | None = None  # module:function applied to bodies before they are written


class ModelPort(Section, frozen=True):
    """A model that Tidegate itself may ask (judge, probe): always through a URL, never required."""

    url: str
    model: str
    api_key: str | None = None


class Models(Section, frozen=True):
    """Models for Tidegate's own use; everything works with none of them."""

    probe: ModelPort | None = None
    judge: ModelPort | None = None
    embedder: Literal["tfidf", "wordllama"] | ModelPort = "tfidf"


class Limits(Section, frozen=True):
    """Bounds of the data plane against hostile or broken clients."""

    header_bytes_max: int = 32 * 1024
    body_bytes_max: int = 32 * 1024 * 1024
    header_timeout_s: float = 10.0
    body_timeout_s: float = 60.0
    keep_alive_s: float = 75.0
    connections_max: int = 20_000
    drain_s: float = 30.0


class Loops(Section, frozen=True):
    """What happens to agents that get nowhere: `enforce` nudges and ends them, `observe` only writes findings."""

    mode: Literal["enforce", "observe", "off"] = "enforce"
    steps_max: int | None = None
    calibration: str | None = None  # thresholds written by `tidegate loops calibrate`
    chant: Literal["runs", "all"] = (
        "runs"  # which answers are cut when they chant: of calls with tools and a history, all
    )


class Verify(Section, frozen=True):
    """Whose answers are checked by computation, and against what knowledge of yours.

    `tenants` maps a tenant (or `*`) to `annotate` (a note at the end), `block` (withheld) or `queue`
    (withheld, for an expert: `tidegate verify --queue`).
    """

    tenants: dict[str, Literal["annotate", "block", "queue"]] = {}
    registry: tuple[str, ...] = ()  # YAML files of coefficients by standard, edition and clause
    library: str | None = None  # JSONL file of works
    packages: str | None = None  # the whole list of import names that may be used


class Caps(Section, frozen=True):
    """What may be used at most; absent means no cap here, 0 means none at all."""

    money_usd: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    calls: int | None = None
    time_s: float | None = None  # since the run's first call, by the clock on the wall
    effects: int | None = None  # tool calls at `/mcp`, but for those that `budgets.reads` names


class TenantBudget(Section, frozen=True):
    """A tenant's own caps: of each of its runs (instead of `budgets.run`), and of all its calls in a period."""

    run: Caps | None = None
    total: Caps | None = None
    period: Literal["day", "month", "ever"] = "day"  # in UTC


class Budgets(Section, frozen=True):
    """Hard caps on agent runs: the worst case is reserved before each call and settled after it.

    A run is what one `x-tidegate-run-id` names; `a/b` is a part of the run `a` and draws on both.
    """

    run: Caps | None = None  # of every run
    tenants: dict[str, TenantBudget] = {}
    run_header: Literal["optional", "required"] = "optional"  # optional: calls without one draw on the total alone
    tokens_out_default: int = 4096  # written into a call under a cap that names no bound itself
    tokens_attachment: int | None = None  # at most, of one image or file; None: refused where tokens are capped
    reads: tuple[str, ...] = ()  # tools at `/mcp` that change nothing, as `server/tool`; * stands for anything


class McpServer(Section, frozen=True):
    """A tool server behind `/mcp/NAME`: guards decide on its tool calls.

    Either `url`, its streamable HTTP endpoint, or `command`, a program that speaks MCP on standard
    input and output: one process a session, started here, ended at shutdown.
    """

    name: str
    url: str | None = None
    api_key: str | None = None  # env:NAME or file:PATH; the clients' own keys stay here
    headers: dict[str, str] = {}
    timeout_s: float = 120.0  # for one answer
    ca: str | None = None
    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}  # values, env:NAME or file:PATH; of ours it sees only PATH, HOME and the like
    folder: str | None = None  # where the command runs
    sessions_max: int = 32  # processes at once, over all workers
    idle_s: float = 900.0  # a session that asks nothing for so long is ended
    line_bytes_max: int = 16 * 1024 * 1024  # of one message of the command's
    # Whom a call belongs to that brings neither a session nor a run header: nobody (`session`), or all that came over
    # the same connection with the same key (`connection`; only where each agent has connections of its own).
    follow: Literal["session", "connection"] = "session"


class Settings(Section, frozen=True):
    """The whole of `tidegate.yaml`."""

    listen: Listener = Listener()
    control: Listener = Listener(port=8081)
    workers: int = 1
    upstreams: tuple[Upstream, ...] = ()
    routes: tuple[Route, ...] = ()
    tenants: tuple[Tenant, ...] = ()
    classes: tuple[ServiceClass, ...] = (ServiceClass(name="default"),)
    scheduling: Scheduling = Scheduling()
    limits: Limits = Limits()
    store: Store = Store()
    models: Models = Models()
    loops: Loops = Loops()
    budgets: Budgets = Budgets()
    constraints: str | None = None  # path of constraints.yaml
    verify: Verify = Verify()
    mcp: tuple[McpServer, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"  # auto: text on a terminal, else JSON lines
