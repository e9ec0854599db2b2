"""OTLP both ways: what we export comes back equal; spans of other instrumentations become traces."""

import gzip
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.examples import trace
from tests.store.strategies import traces

from tidegate.readers.otlp import JSON, PROTOBUF, compress, encode, ingest, request_of_traces
from tidegate.spine.call import Identity
from tidegate.spine.errors import InputError
from tidegate.spine.trace import CallTrace


@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
@given(st.lists(traces, max_size=3))
@settings(max_examples=40, deadline=None)
def test_exported_then_ingested_equals(kind: str, sent: list[CallTrace]) -> None:
    got = ingest(encode(sent, kind), kind)
    assert (got.traces, got.rejected) == (sent, 0)


def attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = {str: "stringValue", int: "intValue", float: "doubleValue", bool: "boolValue"}
    return [{"key": k, "value": {kinds[type(v)]: v}} for k, v in values.items()]


def request(values: dict[str, Any], **span: Any) -> bytes:
    whole = {"traceId": "a" * 32, "spanId": "b" * 16, "name": "x", "startTimeUnixNano": "1790000000000000000",
             "endTimeUnixNano": "1790000001500000000", "attributes": attributes(values), **span}  # fmt: skip
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [whole]}]}]}).encode()


GENAI = {
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-x",
    "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 3,
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Where is my parcel?"}]}]',
    "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"On its way."}]}]',
}  # fmt: skip
INFERENCE = {
    "openinference.span.kind": "LLM", "llm.model_name": "gpt-x", "llm.token_count.prompt": 7,
    "llm.token_count.completion": 3, "llm.input_messages.0.message.role": "user",
    "llm.input_messages.0.message.content": "Where is my parcel?", "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "On its way.",
}  # fmt: skip
LLMETRY = {
    "gen_ai.system": "OpenAI", "llm.request.type": "chat", "gen_ai.request.model": "gpt-x",
    "gen_ai.usage.prompt_tokens": 7, "gen_ai.usage.completion_tokens": 3, "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.0.content": "Where is my parcel?", "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": "On its way.", "gen_ai.completion.0.finish_reason": "stop",
}  # fmt: skip


@pytest.mark.parametrize("values", [GENAI, INFERENCE, LLMETRY], ids=["genai", "openinference", "openllmetry"])
def test_spans_of_other_instrumentations(values: dict[str, Any]) -> None:
    (got,), rejected, response, _ = ingest(request(values), JSON)
    assert (rejected, response) == (0, b"{}")
    assert (got.call.model, got.call.dialect) == ("gpt-x", "chat")
    assert (got.usage.tokens_prompt, got.usage.tokens_completion) == (7, 3)
    assert got.request_body is not None
    assert got.response_body is not None
    assert json.loads(got.request_body)["messages"] == [{"role": "user", "content": "Where is my parcel?"}]
    assert json.loads(got.response_body)["choices"][0]["message"]["content"] == "On its way."
    assert got.ended_at_s - got.received_at_s == pytest.approx(1.5)


def test_tool_calls_survive_the_conventions() -> None:
    asked = {"model": "m", "messages": [
        {"role": "assistant", "content": None,
         "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "42"}]}  # fmt: skip
    exported = request_of_traces([trace(1, request_body=json.dumps(asked))])
    span = exported["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    span["attributes"] = [a for a in span["attributes"] if not a["key"].startswith("tidegate.")]
    (got,), _, _, _ = ingest(json.dumps(exported).encode(), JSON)
    assert json.loads(got.request_body or "")["messages"] == asked["messages"]


@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
def test_a_span_tells_what_the_conventions_have_words_for(kind: str) -> None:
    """A reader who knows nothing of us sees sampling, stream, first chunk, finish and answer id."""
    asked = {
        "model": "m",
        "temperature": 0.5,
        "seed": 7,
        "stop": "END",
        "messages": [{"role": "user", "content": "hi"}],
    }
    chunk = {"id": "c-9", "choices": [{"index": 0, "delta": {"content": "yo"}, "finish_reason": "length"}]}
    exported = ingest(
        encode([trace(1, request_body=json.dumps(asked), response_body=f"data: {json.dumps(chunk)}\n\n")], kind), kind
    )
    (got,) = exported.traces
    (span,) = request_of_traces([got])["resourceSpans"][0]["scopeSpans"][0]["spans"]
    told = {a["key"]: next(iter(a["value"].values())) for a in span["attributes"] if a["key"].startswith("gen_ai.")}
    assert told["gen_ai.request.temperature"] == 0.5
    assert told["gen_ai.request.seed"] == "7"
    assert told["gen_ai.request.stop_sequences"] == {"values": [{"stringValue": "END"}]}
    assert told["gen_ai.request.stream"] is True
    assert told["gen_ai.response.time_to_first_chunk"] == 0.25
    assert told["gen_ai.response.id"] == "c-9"
    assert told["gen_ai.response.finish_reasons"] == {"values": [{"stringValue": "length"}]}
    assert json.loads(told["gen_ai.output.messages"])[0]["finish_reason"] == "length"


def test_other_spans_are_a_partial_success() -> None:
    got = ingest(request({"http.request.method": "GET"}), JSON)
    assert (got.traces, got.rejected) == ([], 1)
    assert json.loads(got.response)["partialSuccess"]["rejectedSpans"] == "1"


def test_the_key_decides_the_tenant_not_the_span() -> None:
    sent = encode([trace(1, tenant="victim")], PROTOBUF)
    got = ingest(sent, PROTOBUF, identity=Identity(tenant="caller"))
    assert got.traces[0].call.identity.tenant == "caller"


def test_gzip_and_bad_input() -> None:
    body = encode([trace(1)], PROTOBUF)
    assert ingest(compress(body), PROTOBUF).traces == [trace(1)]
    assert ingest(gzip.compress(body), PROTOBUF, encoding="gzip").traces == [trace(1)]
    for data, kind in (
        (b"{", JSON),
        (b"[]", JSON),
        (b"\xff\xff", PROTOBUF),
        (b"x", "text/plain"),
        (b"\x1f\x8bxx", JSON),
    ):
        with pytest.raises(InputError):
            ingest(data, kind)


FIELDS = st.sampled_from(["resourceSpans", "scopeSpans", "spans", "attributes", "key", "value", "traceId", "events"])
LEAVES = st.none() | st.integers() | st.text(max_size=5)
SHAPES = st.recursive(LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(FIELDS, x, max_size=4))


@given(SHAPES)
@settings(max_examples=100, deadline=None)
def test_no_json_makes_it_crash(value: Any) -> None:
    try:
        ingest(msgspec.json.encode(value), JSON)
    except InputError:
        pass
