"""A skimmed request says the same as the whole one, whatever stands in its strings.

Method: Hypothesis draws JSON with long and short strings full of quotes and backslashes; what is left
must be the same JSON with its long strings empty, which a plain walk over the decoded value knows.
"""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.gateway.bodies import LONG, read_ask
from tidegate.gateway.skim import QUOTES_MAX, STRING_BYTES, skim
from tidegate.spine.errors import InputError

words = st.text(alphabet='ab"\\\u00e9\n{', max_size=12)
long_words = st.builds(
    lambda text, n, end: text * n + end, st.sampled_from(["x", "\\", "prose, ", "\\\\n"]), st.integers(300, 900), words
)
values = st.recursive(
    st.none() | st.integers() | words | long_words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def emptied(value: Any, ascii_only: bool) -> Any:
    if isinstance(value, str):
        written = len(json.dumps(value, ensure_ascii=ascii_only).encode()) - 2
        return "" if written >= STRING_BYTES else value
    if isinstance(value, list):
        return [emptied(v, ascii_only) for v in value]
    return {k: emptied(v, ascii_only) for k, v in value.items()} if isinstance(value, dict) else value


@settings(max_examples=300, deadline=None)
@given(values, st.booleans())
def test_long_strings_lose_their_content_and_nothing_else_changes(value: Any, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    left = skim(body)
    if body.count(b'"') <= QUOTES_MAX:
        assert json.loads(left) == emptied(value, ascii_only)
    else:
        assert left is body or json.loads(left) == emptied(value, ascii_only)


@given(st.binary(max_size=60).map(lambda b: b.replace(b"a", b'"').replace(b"b", b"\\") * 40))
def test_no_bytes_are_too_odd_to_skim(body: bytes) -> None:
    assert len(skim(body)) <= len(body)


@pytest.mark.parametrize("tail", [',"max_tokens":7,"stream":true', ',"max_output_tokens":7,"stream":true,"priority":1'])
def test_what_is_read_of_a_long_request_is_what_stands_behind_its_words(tail: str) -> None:
    said = json.dumps('He said "no", once. ' + "Then \\ and on. " * 300)
    body = f'{{"messages":[{{"role":"user","content":{said}}}],"model":"m"{tail}}}'.encode()
    assert len(body) > LONG
    ask = read_ask(body)
    assert (ask.model, ask.tokens_max, ask.stream) == ("m", 7, True)
    assert bool(bytes(ask.priority)) == ("priority" in tail)


def test_an_error_behind_the_words_is_named_at_its_place() -> None:
    body = b'{"messages":"' + b"x" * 5000 + b'","model":m}'
    with pytest.raises(InputError, match=str(len(body) - 2)):
        read_ask(body)
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(body)


def test_many_short_messages_are_left_to_the_decoder() -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "hi"}] * 40 + [{"role": "user", "content": "x" * 900}]})
    assert skim(body.encode()) == body.encode()
