"""Hypothesis strategies for every field of a trace."""

from hypothesis import strategies as st

from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.trace import EVENT_NAMES, CallTrace, Event

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
seconds = st.floats(min_value=0, max_value=4e9).map(lambda x: round(x * 1024) / 1024)
counts = st.integers(0, 2**40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
usages = st.builds(
    Usage,
    tokens_prompt=st.none() | counts,
    tokens_completion=st.none() | counts,
    tokens_prompt_cached=st.none() | counts,
    tokens_reasoning=st.none() | counts,
)
events = st.builds(
    Event,
    name=st.sampled_from(sorted(EVENT_NAMES)),
    at_s=seconds,
    data=st.dictionaries(text, json_values, max_size=3),
)
calls = st.builds(
    Call,
    call_id=text,
    identity=st.builds(Identity, tenant=text.filter(bool), service_class=text, key_id=text, user=st.none() | text),
    dialect=st.sampled_from(["chat", "completions", "responses", "messages", "embeddings", "models", "mcp", "other"]),
    model=text,
    stream=st.booleans(),
    run_id=st.none() | text,
    received_at_s=seconds,
    tokens_prompt_estimate=counts,
    tokens_completion_max=st.none() | counts,
    prompt_version=st.none() | text,
)
traces = st.builds(
    CallTrace,
    trace_id=st.uuids().map(str),
    call=calls,
    ending=st.sampled_from(list(Ending)),
    status=st.integers(0, 599),
    error_code=st.none() | text,
    upstream=st.none() | text,
    model_served=st.none() | text,
    attempts=st.integers(0, 9),
    received_at_s=seconds,
    dispatched_at_s=st.none() | seconds,
    first_token_at_s=st.none() | seconds,
    ended_at_s=seconds,
    chunks=counts,
    bytes_in=counts,
    bytes_out=counts,
    usage=usages,
    cost_usd=st.none() | st.floats(0, 1e6),
    request_body=st.none() | text,
    response_body=st.none() | text,
    request_hash=st.none() | text,
    response_hash=st.none() | text,
    events=st.lists(events, max_size=3).map(tuple),
    attributes=st.dictionaries(text, json_values, max_size=3),
)
