"""A trace as one flat row: the columns of the Parquet files, and the way there and back without loss.

The columns are plain, so that any engine that reads Parquet can answer questions from the files
alone.  Rows travel as one JSON object a line, which DuckDB reads at about 5 µs a row, typed and
with nulls, without numpy or arrow.
"""

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.trace import CallTrace, Event

# Name and DuckDB type, in the files' order: what one filters and counts by first, words last.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("trace_id", "VARCHAR"), ("received_at_s", "DOUBLE"), ("tenant", "VARCHAR"), ("user", "VARCHAR"),
    ("service_class", "VARCHAR"), ("key_id", "VARCHAR"), ("ending", "VARCHAR"), ("status", "BIGINT"),
    ("error_code", "VARCHAR"), ("dialect", "VARCHAR"), ("model", "VARCHAR"), ("model_served", "VARCHAR"),
    ("upstream", "VARCHAR"), ("stream", "BOOLEAN"), ("dispatched_at_s", "DOUBLE"), ("first_token_at_s", "DOUBLE"),
    ("ended_at_s", "DOUBLE"), ("attempts", "BIGINT"), ("chunks", "BIGINT"), ("bytes_in", "BIGINT"),
    ("bytes_out", "BIGINT"), ("tokens_prompt", "BIGINT"), ("tokens_completion", "BIGINT"),
    ("tokens_prompt_cached", "BIGINT"), ("tokens_reasoning", "BIGINT"), ("cost_usd", "DOUBLE"),
    ("call_id", "VARCHAR"), ("run_id", "VARCHAR"), ("prompt_version", "VARCHAR"),
    ("call_received_at_s", "DOUBLE"), ("tokens_prompt_estimate", "BIGINT"), ("tokens_completion_max", "BIGINT"),
    ("version", "BIGINT"), ("request_hash", "VARCHAR"), ("response_hash", "VARCHAR"),
    ("events", "VARCHAR"), ("attributes", "VARCHAR"), ("request_body", "VARCHAR"), ("response_body", "VARCHAR"),
)  # fmt: skip
NAMES = tuple(name for name, _ in COLUMNS)
SELECT_ALL = ", ".join(f'"{name}"' for name in NAMES)
JSON_COLUMNS = "{" + ", ".join(f"\"{name}\": '{kind}'" for name, kind in COLUMNS) + "}"

_INT_MAX = 2**63 - 1
_json = msgspec.json.Encoder()
_events = msgspec.json.Decoder(tuple[Event, ...])
_attributes = msgspec.json.Decoder(dict[str, Any])


def _int(value: int | None) -> int | None:
    """Bounded to 64 bits: one absurd number from outside must not stop a whole file from being written."""
    return value if value is None else max(-_INT_MAX, min(_INT_MAX, value))


def _time(value: float) -> float:
    """A moment that can be ordered: what is not a number came from nowhere."""
    return value if math.isfinite(value) else 0.0


def _orderly(events: tuple[Event, ...]) -> tuple[Event, ...]:
    if all(math.isfinite(e.at_s) for e in events):
        return events
    return tuple(Event(name=e.name, at_s=_time(e.at_s), data=e.data) for e in events)


def to_line(t: CallTrace) -> bytes:
    """One JSON object of `COLUMNS`, without its newline."""
    call, usage = t.call, t.usage
    who = call.identity
    row = (
        t.trace_id, _time(t.received_at_s), who.tenant, who.user, who.service_class, who.key_id, t.ending.value,
        _int(t.status), t.error_code, call.dialect, call.model, t.model_served, t.upstream, call.stream,
        t.dispatched_at_s, t.first_token_at_s, _time(t.ended_at_s), _int(t.attempts), _int(t.chunks), _int(t.bytes_in),
        _int(t.bytes_out), _int(usage.tokens_prompt), _int(usage.tokens_completion),
        _int(usage.tokens_prompt_cached), _int(usage.tokens_reasoning), t.cost_usd, call.call_id, call.run_id,
        call.prompt_version, _time(call.received_at_s), _int(call.tokens_prompt_estimate),
        _int(call.tokens_completion_max), t.version, t.request_hash, t.response_hash,
        _json.encode(_orderly(t.events)).decode() if t.events else None,
        _json.encode(t.attributes).decode() if t.attributes else None, t.request_body, t.response_body,
    )  # fmt: skip
    return _json.encode(dict(zip(NAMES, row, strict=True)))


def from_row(row: Sequence[Any]) -> CallTrace:
    """The trace of a row in the order of `COLUMNS`."""
    r = dict(zip(NAMES, row, strict=True))
    call = Call(
        call_id=r["call_id"],
        identity=Identity(tenant=r["tenant"], service_class=r["service_class"], key_id=r["key_id"], user=r["user"]),
        dialect=r["dialect"],
        model=r["model"],
        stream=r["stream"],
        run_id=r["run_id"],
        received_at_s=r["call_received_at_s"],
        tokens_prompt_estimate=r["tokens_prompt_estimate"],
        tokens_completion_max=r["tokens_completion_max"],
        prompt_version=r["prompt_version"],
    )
    usage = Usage(
        tokens_prompt=r["tokens_prompt"],
        tokens_completion=r["tokens_completion"],
        tokens_prompt_cached=r["tokens_prompt_cached"],
        tokens_reasoning=r["tokens_reasoning"],
    )
    same = (
        "trace_id", "version", "status", "error_code", "upstream", "model_served", "attempts", "received_at_s",
        "dispatched_at_s", "first_token_at_s", "ended_at_s", "chunks", "bytes_in", "bytes_out", "cost_usd",
        "request_body", "response_body", "request_hash", "response_hash",
    )  # fmt: skip
    return CallTrace(
        call=call,
        usage=usage,
        ending=Ending(r["ending"]),
        events=_events.decode(r["events"]) if r["events"] else (),
        attributes=_attributes.decode(r["attributes"]) if r["attributes"] else {},
        **{name: r[name] for name in same},
    )
