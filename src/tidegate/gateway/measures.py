"""Every number that the gateway exposes: its kind, labels, meaning, and what several workers make of it.

Names are given here once; `/metrics` takes its help lines from here, the reference its table, and a test holds a
running gateway against the list.  Workers count apart and are shown as one: counts and connections add up, while a
share, a weight or a yes-or-no is the same thing seen twice, so that adding it up would be wrong.
"""

from typing import Literal

import msgspec

Kind = Literal["counter", "gauge", "histogram"]
Across = Literal["sum", "min", "max", "mean"]


class Measure(msgspec.Struct, frozen=True):
    """One metric: what it says, its labels in order, and how the workers' values become one."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    help: str
    across: Across = "sum"


_TENANT = ("tenant",)
_UPSTREAM = ("upstream",)
_SERVER = ("server",)
_CLASS = ("tenant", "class", "reason")

MEASURES: tuple[Measure, ...] = (
    Measure("tidegate_calls_total", "counter", ("tenant", "model", "upstream", "ending"),
            "Calls that ended, by how; a refused stranger has an empty tenant."),
    Measure("tidegate_ttft_seconds", "histogram", _TENANT,
            "From the request received to the answer's first token, our own queue included."),
    Measure("tidegate_duration_seconds", "histogram", _TENANT, "From the request received to the answer's end."),
    Measure("tidegate_wait_seconds", "histogram", _TENANT,
            "From the request received to its dispatch: time in our own queue."),
    Measure("tidegate_calls_running", "gauge", _TENANT, "Calls in an engine now."),
    Measure("tidegate_calls_waiting", "gauge", _TENANT, "Calls in our own queue now."),
    Measure("tidegate_tokens_total", "counter", ("tenant", "model", "kind"),
            "Tokens as upstreams reported them: prompt, completion, prompt_cached (part of prompt), reasoning (part "
            "of completion)."),
    Measure("tidegate_body_bytes_total", "counter", ("tenant", "direction"), "Bytes of bodies, in and out."),
    Measure("tidegate_chunks_total", "counter", (), "Chunks of streamed answers passed on."),
    Measure("tidegate_feedback_total", "counter", (), "Feedback taken in at /v1/feedback."),
    Measure("tidegate_wait_reasons_total", "counter", _CLASS, "Calls that waited, by what they waited for."),
    Measure("tidegate_refused_total", "counter", _CLASS, "Calls refused before an engine saw them, by reason."),
    Measure("tidegate_service_charged_tokens_total", "counter", _TENANT,
            "Service received, in weighted tokens: what shares are counted in."),
    Measure("tidegate_tenant_weight", "gauge", _TENANT, "The tenant's weight in the fair order.", "max"),
    Measure("tidegate_service_jain_index", "gauge", (),
            "Evenness of the service that waiting tenants received for their weight in the last minute: 1 is even. "
            "Absent while fewer than two wait.", "min"),
    Measure("tidegate_window_slots", "gauge", _UPSTREAM, "Requests that may be in the engine at once."),
    Measure("tidegate_window_reserved_slots", "gauge", _UPSTREAM, "Of these, kept for latency classes."),
    Measure("tidegate_window_inflight", "gauge", _UPSTREAM, "Requests in the engine now, as dispatched by us."),
    Measure("tidegate_window_tokens", "gauge", _UPSTREAM, "Tokens of these requests that hold the engine's memory."),
    Measure("tidegate_window_prefill_tokens", "gauge", _UPSTREAM, "Prompt tokens on their way through the engine."),
    Measure("tidegate_window_prefill_tokens_per_second", "gauge", _UPSTREAM,
            "Prompt tokens a second that the engine reads, as learned.", "mean"),
    Measure("tidegate_window_stepping", "gauge", _UPSTREAM, "Requests whose prompt is sent in steps."),
    Measure("tidegate_engine_signals_lost_total", "counter", _UPSTREAM,
            "Reports of the engine that came late, garbled or not at all."),
    Measure("tidegate_upstream_healthy", "gauge", _UPSTREAM, "1 while every worker finds the upstream healthy.", "min"),
    Measure("tidegate_upstream_connections", "gauge", _UPSTREAM, "Open connections to the upstream."),
    Measure("tidegate_upstream_connections_idle", "gauge", _UPSTREAM, "Of these, waiting for a call."),
    Measure("tidegate_upstream_connects_total", "counter", _UPSTREAM, "Connections opened to the upstream."),
    Measure("tidegate_upstream_connect_failures_total", "counter", _UPSTREAM, "Connections that could not be opened."),
    Measure("tidegate_tool_sessions", "gauge", _SERVER, "Sessions of a tool server started here: processes now."),
    Measure("tidegate_tool_starts_total", "counter", _SERVER, "Processes of the tool server started."),
    Measure("tidegate_tool_starts_failed_total", "counter", _SERVER, "Of these, ended at once."),
    Measure("tidegate_tool_connects_total", "counter", _SERVER, "Connections opened to the tool server."),
    Measure("tidegate_tool_requests_repeated_total", "counter", _SERVER,
            "Safe requests sent again on a fresh connection after a stale one; a tool call never is."),
    Measure("tidegate_tool_requests_handed_total", "counter", (),
            "Requests at /mcp that another worker answered: the one that keeps their run."),
    Measure("tidegate_retries_total", "counter", (), "Calls sent again on a fresh connection after a stale one."),
    Measure("tidegate_fallbacks_total", "counter", (), "Calls sent to another upstream before their first byte."),
    Measure("tidegate_connections", "gauge", (), "Client connections open now."),
    Measure("tidegate_connections_total", "counter", (), "Client connections taken."),
    Measure("tidegate_connections_refused_total", "counter", (), "Client connections refused: too many at once."),
    Measure("tidegate_malformed_requests_total", "counter", (), "Requests that are no HTTP, or a dangerous one."),
    Measure("tidegate_internal_errors_total", "counter", (), "Faults of our own; each is in the log with its call."),
    Measure("tidegate_traces_total", "counter", ("what",),
            "Traces: accepted, acknowledged (on disk), lost_… by reason, bodies_… cut or dropped."),
    Measure("tidegate_traces_pending", "gauge", (), "Traces taken in and not yet on disk."),
)  # fmt: skip

BY_NAME = {m.name: m for m in MEASURES}
