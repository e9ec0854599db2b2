"""A call: who asks for what.  It ends in exactly one of a closed list of endings."""

from enum import StrEnum
from typing import Literal

import msgspec

Dialect = Literal["chat", "completions", "responses", "messages", "embeddings", "models", "mcp", "other"]


class Ending(StrEnum):
    """How a call ended: the metric label, the trace field and the filter; the error adds the detail.

    There is no "other": a new way to end needs a new name here.
    """

    COMPLETED = "completed"
    REFUSED_AUTH = "refused_auth"  # no key, unknown key, revoked key
    REFUSED_INVALID = "refused_invalid"  # malformed request, unknown model, too large
    REFUSED_LIMIT = "refused_limit"  # the tenant's own rate, budget or queue bound
    REFUSED_OVERLOAD = "refused_overload"  # waiting would be hopeless for anyone
    REFUSED_DRAINING = "refused_draining"  # the process is shutting down
    REFUSED_GUARD = "refused_guard"  # a hard rule refused the request
    BLOCKED_GUARD = "blocked_guard"  # a hard rule cut or replaced the answer
    FINALISED = "finalised"  # the tool-loop guard ended the run with an answer
    CANCELLED_CLIENT = "cancelled_client"  # the client left
    TIMED_OUT = "timed_out"  # a deadline passed: connect, first byte, idle, total
    UPSTREAM_UNREACHABLE = "upstream_unreachable"  # no upstream could be connected
    UPSTREAM_REFUSED = "upstream_refused"  # the upstream answered with an error status
    UPSTREAM_BROKEN = "upstream_broken"  # the upstream broke the protocol or went away mid-answer
    INTERNAL_ERROR = "internal_error"  # our fault, and counted as such


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, as the key says; never as the client says."""

    tenant: str
    service_class: str = "default"
    key_id: str = ""
    user: str | None = None
    task: str | None = None  # the only task this key is for


class Usage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tokens as the engine reported them; None means not reported, never zero by default."""

    tokens_prompt: int | None = None
    tokens_completion: int | None = None
    tokens_prompt_cached: int | None = None
    tokens_reasoning: int | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a tenant, before anything happened to it."""

    call_id: str
    identity: Identity
    dialect: Dialect
    model: str
    stream: bool = False
    run_id: str | None = None
    received_at_s: float = 0.0
    tokens_prompt_estimate: int = 0
    tokens_completion_max: int | None = None
    prompt_version: str | None = None
    task: str | None = None  # what the key is for, else what the application's header says it does
