"""A trace: what happened, as ordered, tagged events of one call or one agent run.

The hot path fills one `CallTrace` struct per call and hands it to a batch writer; everything
that reads traces (checks, curators, the console) sees the same value.  Old files stay
readable: `version` is written with every record and tests keep one example of each.
"""

from typing import Any

import msgspec

from tidegate.spine.call import Call, Ending, Usage

TRACE_VERSION = 1


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened at `at_s` (seconds, the world's clock).

    `name` is from the closed list in `EVENT_NAMES`; `data` holds its facts, JSON-able.
    """

    name: str
    at_s: float
    data: dict[str, Any] = msgspec.field(default_factory=dict)


EVENT_NAMES: frozenset[str] = frozenset(
    {
        "received",  # the request was parsed
        "queued",  # it had to wait: {"reason", "ahead", "queue_tokens"}
        "dispatched",  # sent to an upstream: {"upstream", "attempt"}
        "retried",  # an attempt failed before its first byte: {"upstream", "reason"}
        "first_token",  # first byte of content went to the client
        "guard",  # a guard decided: {"guard", "decision", "rule", "reason"}
        "translated",  # sent in another API dialect: {"from", "to", "left_out"}
        "message",  # a message of a conversation: {"message": Message}
        "tool_call",  # the model called a tool: {"name", "arguments", "call_id"}
        "tool_result",  # a tool answered: {"call_id", "content", "is_error"}
        "feedback",  # a reader said or did something: {"rating", "rating_max", "signal", "comment", "correction"}
        "span",  # a span of another tool's trace, kept whole: OTLP attributes
        "ended",  # the ending: {"ending", "error"}
    }
)


class CallTrace(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Everything kept about one call.

    Times are seconds of the world's clock; None means it did not happen.  `request_body` and
    `response_body` are the bytes as sent and received (text form), or None where the tenant's
    setting keeps hashes only (`request_hash`, `response_hash`) or nothing.
    """

    trace_id: str
    call: Call
    ending: Ending
    version: int = TRACE_VERSION
    status: int = 0  # HTTP status the client received; 0 when none was sent
    error_code: str | None = None
    upstream: str | None = None
    model_served: str | None = None
    attempts: int = 1
    received_at_s: float = 0.0
    dispatched_at_s: float | None = None
    first_token_at_s: float | None = None
    ended_at_s: float = 0.0
    chunks: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    usage: Usage = msgspec.field(default_factory=Usage)
    cost_usd: float | None = None
    request_body: str | None = None
    response_body: str | None = None
    request_hash: str | None = None
    response_hash: str | None = None
    events: tuple[Event, ...] = ()
    attributes: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def ttft_ms(self) -> float | None:
        """Milliseconds from the request's arrival to the first byte of content, if there was one."""
        if self.first_token_at_s is None:
            return None
        return (self.first_token_at_s - self.received_at_s) * 1000.0

    @property
    def wait_ms(self) -> float | None:
        """Milliseconds in our own queue, if it was dispatched."""
        if self.dispatched_at_s is None:
            return None
        return (self.dispatched_at_s - self.received_at_s) * 1000.0
