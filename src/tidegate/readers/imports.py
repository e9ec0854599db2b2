"""Other tools' logs as traces: one reader a format, each told by what its records carry.

| format | what it is |
|---|---|
| `tidegate` | `tidegate traces export`: one trace a line |
| `otlp` | OTLP export requests, JSON (one or one a line) or protobuf: Phoenix, OpenLLMetry, a collector's files |
| `langfuse` | observations as exported from the table or the API: `type` GENERATION, `startTime`, `input`, `output` |
| `litellm` | LiteLLM's spend logs: `request_id`, `startTime`, `completionStartTime`, `messages`, `response`, `spend` |
| `helicone` | Helicone's export: `request_id`, `request_body`, `response_body`, `request_created_at`, `delay_ms` |
| `openai` | lines of `{"request": …, "response": …}`, `{"messages": […]}`, or batch results beside `custom_id` |

Identifiers are derived from the source's own, or from the content: an import run twice changes nothing.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from tidegate.readers.otlp import JSON, PROTOBUF, ingest
from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.codec import content_hash
from tidegate.spine.errors import InputError
from tidegate.spine.trace import CallTrace

_json = msgspec.json.Encoder()
Record = dict[str, Any]


def read_traces_file(path: Path, form: str = "auto", *, tenant: str | None = None) -> Iterator[CallTrace]:
    """The traces of a file; `tenant` replaces whatever it says.  InputError names file, line and remedy."""
    if form == "otlp" and path.suffix in (".pb", ".bin", ".binpb"):
        for trace in ingest(path.read_bytes(), PROTOBUF).traces:
            yield _of_tenant(trace, tenant)
        return
    chosen = None if form == "auto" else form
    for where, record in records(path):
        chosen = chosen or form_of(record, where)
        try:
            for trace in READERS[chosen](record):
                yield _of_tenant(trace, tenant)
        except (KeyError, TypeError, ValueError, AttributeError, msgspec.MsgspecError) as error:
            message = f"not a record of the format {chosen!r}: {type(error).__name__} {error}"
            raise InputError(message, where=where, remedy="name another with --format") from error


def records(path: Path) -> Iterator[tuple[str, Record]]:
    """The JSON objects of a file (one a line, one array, or one object), with their places."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the file: {error}", where=str(path)) from error
    try:
        whole = msgspec.json.decode(data)
    except msgspec.DecodeError:
        for number, line in enumerate(data.splitlines(), start=1):
            if line.strip():
                yield f"{path}:{number}", _object(line, f"{path}:{number}")
        return
    items = whole if isinstance(whole, list) else whole.get("data") if _is_page(whole) else [whole]
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise InputError(f"expected JSON objects, got {type(item).__name__}", where=f"{path}[{number}]")
        yield f"{path}[{number}]", item


def form_of(record: Record, where: str = "") -> str:
    """The format of a record by the fields only that format has; InputError listing the formats otherwise."""
    has = record.keys()
    for name, fields in (
        ("otlp", {"resourceSpans"}), ("tidegate", {"trace_id", "call", "ending"}),
        ("litellm", {"request_id", "startTime", "call_type"}), ("litellm", {"request_id", "startTime", "spend"}),
        ("langfuse", {"id", "traceId", "startTime"}), ("helicone", {"request_id", "request_created_at"}),
        ("openai", {"request"}), ("openai", {"messages"}), ("openai", {"body"}),
    ):  # fmt: skip
        if fields <= has:
            return name
    remedy = f"name one with --format: {', '.join(READERS)}"
    raise InputError(
        f"cannot tell the format of a record with the fields {sorted(has)[:8]}", where=where, remedy=remedy
    )


def _tidegate(r: Record) -> Iterator[CallTrace]:
    yield msgspec.convert(r, CallTrace)


def _otlp(r: Record) -> Iterator[CallTrace]:
    yield from ingest(_json.encode(r), JSON).traces


def _langfuse(r: Record) -> Iterator[CallTrace]:
    if str(r.get("type", "GENERATION")).upper() not in ("GENERATION", "EMBEDDING"):
        return
    usage = r.get("usageDetails") or r.get("usage") or {}
    failed = str(r.get("level", "")).upper() == "ERROR"
    yield _trace(
        f"langfuse_{r['id']}", model=r.get("model") or r.get("providedModelName") or "", user=r.get("userId"),
        run_id=r.get("sessionId") or r.get("traceId"), start=r["startTime"], end=r.get("endTime"),
        first=r.get("completionStartTime"), request=_asked(r.get("input"), r.get("model")),
        response=_told(r.get("output")), prompt=usage.get("input") or usage.get("promptTokens"),
        completion=usage.get("output") or usage.get("completionTokens"),
        cost=r.get("totalCost") or r.get("calculatedTotalCost") or (r.get("costDetails") or {}).get("total"),
        status=500 if failed else 200, error=r.get("statusMessage") if failed else None,
    )  # fmt: skip


def _litellm(r: Record) -> Iterator[CallTrace]:
    failed = str(r.get("status") or "success").lower() not in ("success", "200")
    yield _trace(
        f"litellm_{r['request_id']}", model=r.get("model_group") or r.get("model") or "", served=r.get("model"),
        tenant=r.get("team_id") or None, user=r.get("end_user") or r.get("user") or None, run_id=r.get("session_id"),
        start=r["startTime"], end=r.get("endTime"), first=r.get("completionStartTime"),
        request=_whole(_decoded(r.get("proxy_server_request"))) or _asked(_decoded(r.get("messages")), r.get("model")),
        response=_told(_decoded(r.get("response"))), prompt=r.get("prompt_tokens"),
        completion=r.get("completion_tokens"), cost=r.get("spend"), status=500 if failed else 200,
        upstream=r.get("custom_llm_provider"),
    )  # fmt: skip


def _helicone(r: Record) -> Iterator[CallTrace]:
    start_s = _moment(r["request_created_at"])
    status = int(r.get("response_status") or 200)
    end_s = _moment(r["response_created_at"]) if r.get("response_created_at") else start_s
    if r.get("delay_ms") is not None:
        end_s = start_s + float(r["delay_ms"]) / 1000.0
    first = r.get("time_to_first_token")
    body = _decoded(r.get("request_body"))
    model = r.get("request_model") or r.get("model") or (body or {}).get("model") or ""
    yield _trace(
        f"helicone_{r['request_id']}", model=model, served=r.get("response_model"), user=r.get("request_user_id"),
        run_id=(r.get("request_properties") or {}).get("Helicone-Session-Id"), start=start_s, end=end_s,
        first=None if first is None else start_s + float(first) / 1000.0, request=_whole(body),
        response=_whole(_decoded(r.get("response_body"))), prompt=r.get("prompt_tokens"),
        completion=r.get("completion_tokens"), cost=r.get("costUSD") or r.get("cost"), status=status,
        upstream=r.get("provider"),
    )  # fmt: skip


def _openai(r: Record) -> Iterator[CallTrace]:
    request = r.get("request") or r.get("body") or {k: r[k] for k in ("model", "messages", "tools") if k in r}
    response = r.get("response")
    if isinstance(response, dict) and "body" in response:  # a line of batch results
        r = {**r, "status": response.get("status_code")}
        response = response["body"]
    response = response if isinstance(response, dict) else _plain(response)
    usage = (response or {}).get("usage") or {}
    start = next((r[k] for k in ("created_at", "timestamp", "time", "start") if r.get(k) is not None), None)
    if start is None:
        start = (response or {}).get("created") or 0.0
    ended = r.get("ended_at")
    if ended is None and r.get("latency_ms") is not None:
        ended = _moment(start) + float(r["latency_ms"]) / 1000.0
    name = r.get("id") or r.get("custom_id") or (response or {}).get("id") or content_hash(r)[7:31]
    yield _trace(
        f"openai_{name}", model=str(request.get("model") or (response or {}).get("model") or ""),
        served=(response or {}).get("model"), tenant=r.get("tenant"), user=r.get("user") or request.get("user"),
        run_id=r.get("run_id") or r.get("session_id"), start=start, end=ended, first=None,
        request=_whole(request), response=_whole(response),
        prompt=usage.get("prompt_tokens", usage.get("input_tokens")),
        completion=usage.get("completion_tokens", usage.get("output_tokens")), cost=r.get("cost_usd"),
        status=int(r.get("status") or 200),
    )  # fmt: skip


READERS: dict[str, Callable[[Record], Iterator[CallTrace]]] = {
    "tidegate": _tidegate, "otlp": _otlp, "langfuse": _langfuse, "litellm": _litellm, "helicone": _helicone,
    "openai": _openai,
}  # fmt: skip


def _trace(
    trace_id: str, *, model: str, start: Any, end: Any, first: Any, request: str | None, response: str | None,
    prompt: Any, completion: Any, cost: Any, status: int, served: Any = None, tenant: Any = None, user: Any = None,
    run_id: Any = None, error: Any = None, upstream: Any = None,
) -> CallTrace:  # fmt: skip
    at_s = _moment(start)
    end_s = at_s if end is None else _moment(end)
    who = Identity(tenant=str(tenant or "imported"), user=None if user is None else str(user))
    call = Call(call_id=trace_id, identity=who, dialect="chat", model=str(model), received_at_s=at_s,
                run_id=None if run_id is None else str(run_id), stream=first is not None)  # fmt: skip
    return CallTrace(
        trace_id=trace_id, call=call, ending=Ending.COMPLETED if status < 400 else Ending.UPSTREAM_REFUSED,
        status=status, error_code=None if error is None else str(error),
        upstream=None if upstream is None else str(upstream), model_served=None if served is None else str(served),
        received_at_s=at_s, dispatched_at_s=at_s, first_token_at_s=None if first is None else _moment(first),
        ended_at_s=max(end_s, at_s), bytes_in=len(request or ""), bytes_out=len(response or ""),
        usage=Usage(tokens_prompt=_count(prompt), tokens_completion=_count(completion)),
        cost_usd=None if cost is None else float(cost), request_body=request, response_body=response,
        attributes={"imported": trace_id.partition("_")[0]},
    )  # fmt: skip


def _of_tenant(trace: CallTrace, tenant: str | None) -> CallTrace:
    if tenant is not None:
        who = msgspec.structs.replace(trace.call.identity, tenant=tenant)
        trace.call = msgspec.structs.replace(trace.call, identity=who)
    return trace


def _moment(value: Any) -> float:
    """Seconds since the epoch of ISO 8601 text, seconds, or milliseconds."""
    if isinstance(value, str):
        text = value.strip().replace("Z", "+00:00")
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return _moment(float(text))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    number = float(value)
    return number / 1000.0 if number > 1e11 else number


def _count(value: Any) -> int | None:
    return None if value is None else min(max(int(value), 0), 2**53)


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def _plain(text: Any) -> Record | None:
    """An answer given as bare text, as the chat answer it was."""
    return None if not isinstance(text, str) else {"choices": [{"message": {"role": "assistant", "content": text}}]}


def _whole(value: Any) -> str | None:
    """A body as JSON text; None for an empty one."""
    return None if not value else value if isinstance(value, str) else _json.encode(value).decode()


def _asked(value: Any, model: Any) -> str | None:
    """A request body from messages, from text, or from a whole request."""
    value = _decoded(value)
    if isinstance(value, list):
        value = {"model": model, "messages": value}
    elif isinstance(value, str):
        value = {"model": model, "messages": [{"role": "user", "content": value}]}
    return _whole(value)


def _told(value: Any) -> str | None:
    """An answer body from a message, from text, or from a whole answer."""
    value = _decoded(value)
    if isinstance(value, dict) and "role" in value:
        value = {"choices": [{"index": 0, "message": value}]}
    return _whole(_plain(value) or value)


def _object(line: bytes, where: str) -> Record:
    try:
        value = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise InputError(f"expected one JSON object a line, got {line[:60]!r} ({error})", where=where) from error
    if not isinstance(value, dict):
        raise InputError(f"expected a JSON object, got {type(value).__name__}", where=where)
    return value


def _is_page(whole: Any) -> bool:
    return isinstance(whole, dict) and isinstance(whole.get("data"), list)
