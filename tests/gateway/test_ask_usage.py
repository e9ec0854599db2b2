"""Goal: the tokens of every stream are known, and a client that did not ask sees the stream it would have seen."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st
from tests.support.rig import SSE_HEAD, Reader, Writer, chunk, run, world

from tidegate.gateway.ask_usage import UsageStrip, asking

TEXT = b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"a \\"usage\\" of []"}}],"usage":null}'
COUNT = b'data: {"model":"m","choices": [],"usage":{"prompt_tokens":7,"completion_tokens":2}}'
DONE = b"data: [DONE]"


@given(end=st.sampled_from([b"\n\n", b"\r\n\r\n"]), cuts=st.lists(st.integers(1, 60), max_size=12))
def test_the_extra_chunk_alone_is_taken_out_however_it_is_cut(end: bytes, cuts: list[int]) -> None:
    whole = b"".join(e + end for e in (TEXT, TEXT, COUNT, DONE))
    strip, out, at = UsageStrip(), b"", 0
    for cut in cuts:
        out += strip.feed(whole[at : at + cut], False)
        at += cut
    out += strip.feed(whole[at:], True)
    assert out == b"".join(e + end for e in (TEXT, TEXT, DONE))
    assert b'"prompt_tokens":7' in strip.event


def test_a_client_that_says_anything_about_it_has_its_way() -> None:
    assert asking(b'{"stream":true,"stream_options":{"include_usage":false}}') is None
    assert asking(b"{}") is None
    asked = asking(b' {"stream":true}')
    assert asked is not None
    assert json.loads(asked) == {"stream": True, "stream_options": {"include_usage": True}}


def test_usage_is_in_the_trace_and_not_in_the_answer() -> None:
    async def engine(request: bytes, reader: Reader, writer: Writer) -> None:
        assert b'"include_usage":true' in request
        writer.write(SSE_HEAD + chunk(TEXT + b"\n\n"))
        await asyncio.sleep(0.01)
        writer.write(chunk(COUNT[:30]) + chunk(COUNT[30:] + b"\n\n" + DONE + b"\n\n") + b"0\r\n\r\n")

    async def main() -> None:
        async with world(engine, upstream={"kind": "openai"}) as w:
            answer = await w.call(b'{"model":"m","stream":true,"messages":[]}')
            assert answer.body == TEXT + b"\n\n" + DONE + b"\n\n"
            trace = (await w.traces(1))[0]
            assert (trace.usage.tokens_prompt, trace.usage.tokens_completion, trace.model_served) == (7, 2, "m")
            assert trace.request_body == '{"model":"m","stream":true,"messages":[]}'

    run(main())
