"""OpenTelemetry's wire form of a trace, both ways: OTLP/HTTP in protobuf and JSON, GenAI semantic conventions.

Out: one client span a call, named and filled as the GenAI conventions say (`gen_ai.*`), with
what they have no word for under `tidegate.*`, so that what comes back in equals what went out.
In: spans of any instrumentation that speaks the GenAI conventions, OpenInference (Phoenix) or
OpenLLMetry; spans of something else are counted as rejected, as the OTLP specification's partial
success says, never dropped in silence.  Pure: bytes and a content type in, traces and bytes out.
"""

import base64
import gzip
import hashlib
import zlib
from typing import Any, NamedTuple

import msgspec

from tidegate.readers.otlp_messages import otel_messages, request_of, response_of, words_of
from tidegate.spine.call import Call, Dialect, Ending, Identity, Usage
from tidegate.spine.errors import InputError
from tidegate.spine.trace import CallTrace, Event

OPERATION: dict[str, str] = {
    "chat": "chat", "responses": "chat", "messages": "chat", "completions": "text_completion",
    "embeddings": "embeddings", "mcp": "execute_tool",
}  # fmt: skip
DIALECT: dict[str, Dialect] = {
    "chat": "chat", "text_completion": "completions", "embeddings": "embeddings", "execute_tool": "mcp",
    "generate_content": "chat", "completion": "completions",
}  # fmt: skip
KINDS: dict[str, Dialect] = {"LLM": "chat", "EMBEDDING": "embeddings", "TOOL": "mcp"}
PROTOBUF, JSON = "application/x-protobuf", "application/json"
INFLATED_BYTES_MAX = 64 * 1024 * 1024
_json = msgspec.json.Encoder()


class Ingested(NamedTuple):
    """What an export request held: traces, spans that are no model or tool calls, and the answer's bytes."""

    traces: list[CallTrace]
    rejected: int
    response: bytes
    content_type: str


def ingest(body: bytes, content_type: str, *, identity: Identity | None = None, encoding: str = "") -> Ingested:
    """Read one `POST /v1/traces`; raises InputError when the bytes are no export request.

    `identity` (of the presented key) replaces whatever the spans claim about tenant and user.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (PROTOBUF, JSON):
        raise InputError(f"expected {PROTOBUF} or {JSON}, got {content_type!r}", where="content-type")
    data = _inflated(body) if encoding.lower() == "gzip" or body[:2] == b"\x1f\x8b" else body
    request = _from_protobuf(data) if kind == PROTOBUF else _from_json(data)
    traces, rejected = traces_of(request, identity)
    return Ingested(traces, rejected, _answer(rejected, kind), kind)


def encode(traces: list[CallTrace], content_type: str = PROTOBUF) -> bytes:
    """An OTLP export request of traces."""
    request = request_of_traces(traces)
    if content_type == JSON:
        return _json.encode(request)
    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    for span in spans_of(request):
        for name in ("traceId", "spanId"):
            span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    message = json_format.ParseDict(request, ExportTraceServiceRequest())
    return bytes(message.SerializeToString())


def request_of_traces(traces: list[CallTrace]) -> dict[str, Any]:
    """The JSON form of an export request."""
    resource = {"attributes": _attributes({"service.name": "tidegate"})}
    spans = [span_of(t) for t in traces]
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "tidegate"}, "spans": spans}]}]}


def span_of(t: CallTrace) -> dict[str, Any]:
    """One client span, GenAI conventions."""
    call, who = t.call, t.call.identity
    operation = OPERATION.get(call.dialect, call.dialect)
    bare = msgspec.structs.replace(t, request_body=None, response_body=None)
    first_ms = t.ttft_ms
    values: dict[str, Any] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": t.upstream or "unknown",
        "gen_ai.request.model": call.model,
        "gen_ai.response.model": t.model_served,
        "gen_ai.request.max_tokens": call.tokens_completion_max,
        "gen_ai.usage.input_tokens": t.usage.tokens_prompt,
        "gen_ai.usage.output_tokens": t.usage.tokens_completion,
        "gen_ai.usage.cache_read.input_tokens": t.usage.tokens_prompt_cached,
        "gen_ai.usage.reasoning.output_tokens": t.usage.tokens_reasoning,
        "gen_ai.request.stream": call.stream or None,
        "gen_ai.response.time_to_first_chunk": None if first_ms is None or not call.stream else first_ms / 1000.0,
        "gen_ai.conversation.id": call.run_id,
        "http.response.status_code": t.status or None,
        "error.type": None if t.ending is Ending.COMPLETED else t.error_code or t.ending.value,
        "user.id": who.user,
        "tidegate.tenant": who.tenant,
        "tidegate.ending": t.ending.value,
        "tidegate.record": _json.encode(bare).decode(),
        "tidegate.request.body": t.request_body,
        "tidegate.response.body": t.response_body,
    }
    words = words_of(t)
    values |= words.facts
    if words.asked:
        values["gen_ai.input.messages"] = _json.encode(otel_messages(words.asked)).decode()
    if words.said:
        values["gen_ai.output.messages"] = _json.encode(otel_messages(words.said)).decode()
    events = [
        {"timeUnixNano": _ns(e.at_s), "name": f"tidegate.{e.name}", "attributes": _attributes({})} for e in t.events
    ]
    failed = t.ending not in (Ending.COMPLETED, Ending.FINALISED, Ending.CANCELLED_CLIENT)
    return {
        "traceId": hashlib.sha256((call.run_id or t.trace_id).encode()).hexdigest()[:32],
        "spanId": hashlib.sha256(t.trace_id.encode()).hexdigest()[:16],
        "name": f"{operation} {call.model}".strip(),
        "kind": 3,
        "startTimeUnixNano": _ns(t.received_at_s),
        "endTimeUnixNano": _ns(max(t.ended_at_s, t.received_at_s)),
        "attributes": _attributes(values),
        "events": events,
        "status": {"code": 2, "message": t.error_code or t.ending.value} if failed else {},
    }


def traces_of(request: dict[str, Any], identity: Identity | None = None) -> tuple[list[CallTrace], int]:
    """The traces of an export request, and how many spans are no model or tool call or cannot be read."""
    traces, rejected = [], 0
    for span in spans_of(request):
        try:
            trace = trace_of(span, identity)
        except (KeyError, TypeError, ValueError, msgspec.MsgspecError):
            trace = None
        if trace is None:
            rejected += 1
        else:
            traces.append(trace)
    return traces, rejected


def spans_of(request: dict[str, Any]) -> list[dict[str, Any]]:
    """All spans of the JSON form; whatever has another shape holds none."""
    found = []
    for resource in _list(request, "resourceSpans"):
        for scope in _list(resource, "scopeSpans"):
            found += [s for s in _list(scope, "spans") if isinstance(s, dict)]
    return found


def trace_of(span: dict[str, Any], identity: Identity | None = None) -> CallTrace | None:
    """A span as a trace; None when it is no model or tool call."""
    a = {x["key"]: _value(x.get("value", {})) for x in _list(span, "attributes")}
    if isinstance(a.get("tidegate.record"), str):
        return _ours(a, identity)
    dialect = _dialect(a)
    if dialect is None:
        return None
    at_s, end_s = int(span["startTimeUnixNano"]) / 1e9, int(span["endTimeUnixNano"]) / 1e9
    model = str(_first(a, "gen_ai.request.model", "llm.model_name", "embedding.model_name", "gen_ai.tool.name") or "")
    who = identity or Identity(tenant=str(a.get("tidegate.tenant") or "imported"), user=_text(_user(a)))
    failed = span.get("status", {}).get("code") in (2, "STATUS_CODE_ERROR")
    trace_id = f"otlp_{span['traceId']}{span['spanId']}"
    call = Call(
        call_id=str(span["spanId"]), identity=who, dialect=dialect, model=model, run_id=_run(a, span),
        received_at_s=at_s, tokens_completion_max=_int(a.get("gen_ai.request.max_tokens")),
        stream=bool(a.get("gen_ai.request.stream") or a.get("llm.is_streaming")),
    )  # fmt: skip
    return CallTrace(
        trace_id=trace_id, call=call, received_at_s=at_s, dispatched_at_s=at_s, ended_at_s=end_s,
        ending=Ending.UPSTREAM_REFUSED if failed else Ending.COMPLETED,
        status=_int(a.get("http.response.status_code")) or (500 if failed else 200),
        error_code=_text(a.get("error.type")) if failed else None,
        upstream=_text(_first(a, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")),
        model_served=_text(_first(a, "gen_ai.response.model", "llm.response.model_name")),
        usage=_usage(a), first_token_at_s=_first_token(span, a, at_s), cost_usd=_float(a.get("llm.cost.total")),
        request_body=request_of(a, model), response_body=response_of(a),
        events=(*_tool_events(a, dialect, at_s, end_s), Event(name="span", at_s=at_s, data=_rest(span, a))),
    )  # fmt: skip


def _ours(a: dict[str, Any], identity: Identity | None) -> CallTrace:
    """A span that another Tidegate exported."""
    trace = msgspec.json.decode(a["tidegate.record"], type=CallTrace)
    trace.request_body, trace.response_body = a.get("tidegate.request.body"), a.get("tidegate.response.body")
    if identity is not None:
        trace.call = msgspec.structs.replace(trace.call, identity=identity)
    return trace


def _dialect(a: dict[str, Any]) -> Dialect | None:
    operation = a.get("gen_ai.operation.name")
    if isinstance(operation, str):
        return DIALECT.get(operation)
    kind = a.get("openinference.span.kind")
    if isinstance(kind, str):
        return KINDS.get(kind.upper())
    if "llm.request.type" in a or "gen_ai.system" in a or "gen_ai.request.model" in a:
        return DIALECT.get(str(a.get("llm.request.type", "chat")), "chat")
    return "mcp" if a.get("traceloop.span.kind") == "tool" else None


def _usage(a: dict[str, Any]) -> Usage:
    return Usage(
        tokens_prompt=_int(
            _first(a, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt")
        ),
        tokens_completion=_int(
            _first(a, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion")
        ),
        tokens_prompt_cached=_int(
            _first(a, "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
                   "llm.token_count.prompt_details.cache_read")
        ),
        tokens_reasoning=_int(
            _first(a, "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
                   "llm.token_count.completion_details.reasoning")
        ),
    )  # fmt: skip


def _first_token(span: dict[str, Any], a: dict[str, Any], at_s: float) -> float | None:
    seconds = _float(_first(a, "gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token"))
    if seconds is not None:
        return at_s + seconds
    for event in _list(span, "events"):
        if "first token" in str(event.get("name", "")).lower():
            return int(event["timeUnixNano"]) / 1e9
    return None


def _tool_events(a: dict[str, Any], dialect: Dialect, at_s: float, end_s: float) -> tuple[Event, ...]:
    if dialect != "mcp":
        return ()
    name = str(_first(a, "gen_ai.tool.name", "tool.name", "traceloop.entity.name") or "")
    call_id = str(a.get("gen_ai.tool.call.id") or "")
    asked = _first(a, "gen_ai.tool.call.arguments", "input.value", "traceloop.entity.input")
    told = _first(a, "gen_ai.tool.call.result", "output.value", "traceloop.entity.output")
    return (
        Event(name="tool_call", at_s=at_s, data={"name": name, "arguments": _text(asked) or "", "call_id": call_id}),
        Event(name="tool_result", at_s=end_s, data={"call_id": call_id, "content": _text(told) or ""}),
    )


def _rest(span: dict[str, Any], a: dict[str, Any]) -> dict[str, Any]:
    """The span as it came, so that nothing is lost; the words went into the bodies already."""
    words = ("gen_ai.input.messages", "gen_ai.output.messages", "llm.input_messages.", "llm.output_messages.",
             "gen_ai.prompt.", "gen_ai.completion.", "input.value", "output.value")  # fmt: skip
    kept = {k: v for k, v in a.items() if not k.startswith(words)}
    return {"name": span.get("name", ""), "parent": span.get("parentSpanId", ""), "attributes": kept}


def _run(a: dict[str, Any], span: dict[str, Any]) -> str:
    return str(_first(a, "gen_ai.conversation.id", "session.id", "traceloop.association.properties.session_id")
               or span["traceId"])  # fmt: skip


def _user(a: dict[str, Any]) -> Any:
    return _first(a, "user.id", "enduser.id", "traceloop.association.properties.user_id")


def _first(a: dict[str, Any], *names: str) -> Any:
    return next((a[n] for n in names if a.get(n) is not None), None)


def _int(value: Any) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        return None


def _float(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else _json.encode(value).decode()


def _ns(at_s: float) -> str:
    return str(max(int(at_s * 1e9), 0))


def _list(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": k, "value": _any_value(v)} for k, v in values.items() if v is not None]


def _any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_any_value(v) for v in value]}}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": str(value)}


def _value(value: dict[str, Any]) -> Any:
    """OTLP's AnyValue as plain data."""
    kind, inner = next(iter(value.items()), ("", None))
    if kind == "intValue":
        return _int(inner)
    if kind == "arrayValue":
        return [_value(v) for v in _list(inner, "values")]
    if kind == "kvlistValue":
        return {v["key"]: _value(v.get("value", {})) for v in _list(inner, "values")}
    return inner


def _inflated(body: bytes) -> bytes:
    try:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        data = unpacker.decompress(body, INFLATED_BYTES_MAX)
    except zlib.error as error:
        raise InputError(f"the body is not gzip: {error}") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise InputError(f"the body is cut short or inflates to more than {INFLATED_BYTES_MAX} bytes")
    return data


def _from_json(data: bytes) -> dict[str, Any]:
    try:
        request = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise InputError(f"the body is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise InputError(f"expected an OTLP export request, got {type(request).__name__}")
    return request


def _from_protobuf(data: bytes) -> dict[str, Any]:
    from google.protobuf import json_format
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    message = ExportTraceServiceRequest()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise InputError(f"the body is no OTLP protobuf: {error}") from error
    request: dict[str, Any] = json_format.MessageToDict(message)
    for span in spans_of(request):
        for name in ("traceId", "spanId", "parentSpanId"):
            if name in span:
                span[name] = base64.b64decode(span[name]).hex()
    return request


def _answer(rejected: int, kind: str) -> bytes:
    """ExportTraceServiceResponse: empty when all was taken, else the partial success."""
    said = f"{rejected} spans are no model or tool calls by the GenAI conventions, OpenInference or OpenLLMetry"
    if kind == JSON:
        return _json.encode(
            {"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": said}} if rejected else {}
        )
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    response = ExportTraceServiceResponse()
    if rejected:
        response.partial_success.rejected_spans = rejected
        response.partial_success.error_message = said
    return bytes(response.SerializeToString())


def compress(body: bytes) -> bytes:
    """gzip, as exporters send it."""
    return gzip.compress(body, compresslevel=1, mtime=0)
