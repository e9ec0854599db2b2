"""Both parsers against h11, a strict reader that shares no code with llhttp: what we take for a message, it must too.

Goal: no framing that two readers see differently gets through, in either direction.  Method: Hypothesis strings
pieces of messages together, cut anywhere; what went upstream must be, in order, among the requests that h11 reads from
the same bytes, body for body; and an answer that reached the client as whole must be the one h11 reads.
"""

import asyncio

import h11
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.support.rig import KEY, Reader, Writer, request, world

from tidegate.settings import Limits

BODY = b'{"model":"m","messages":[]}'
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\nauthorization: Bearer " + KEY.encode() + b"\r\n"
WHOLE = HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
PIECES = [
    WHOLE, CHUNKED, HEAD, BODY, b"content-length: 27\r\n", b"Content-Length: 3\r\n", b"content-length: 27, 27\r\n",
    b"content-length : 27\r\n", b"content-length: +27\r\n", b"transfer-encoding: chunked\r\n",
    b"Transfer-Encoding: chunked, chunked\r\n", b"transfer-encoding:\x0bchunked\r\n", b"\r\n", b"\n", b"\r", b" ", b"\0",
    b"1b\r\n" + BODY + b"\r\n", b"0\r\n\r\n", b"0;x\r\n\r\n", b"-1\r\n", b"1b \r\n", b"x: a\r\n b\r\n", b"connection: close\r\n",
    b"GET / HTTP/1.1\r\nhost: t\r\n\r\n", b"trailer: a\r\n",
]  # fmt: skip


def requests_of(data: bytes) -> list[bytes]:
    """The bodies of the whole requests that h11 reads, one after another."""
    found = []
    while True:
        data = data.lstrip(b"\r\n")  # RFC 9112, 2.2: empty lines before a request are passed over, however they end
        reader = h11.Connection(h11.SERVER, max_incomplete_event_size=1_000_000)
        body = b""
        try:
            reader.receive_data(data)
            while True:
                event = reader.next_event()
                if isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    break
                elif event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                    return found
        except h11.RemoteProtocolError:
            return found
        found.append(body)
        data = reader.trailing_data[0]


def test_the_reference_reads_what_is_plain_and_not_what_is_ambiguous() -> None:
    assert requests_of(WHOLE + CHUNKED) == [BODY, BODY]
    assert requests_of(HEAD + b"content-length: 3\r\ncontent-length: 27\r\n\r\n" + BODY) == []
    assert requests_of(HEAD + b"transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n") == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=10), st.lists(st.integers(1, 300), max_size=4))
def test_what_goes_upstream_is_what_the_reference_reads(pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)

    async def main() -> None:
        async with world(limits=Limits(header_timeout_s=5.0)) as w:
            reader, writer = await w.connect()
            at = 0
            for cut in cuts:
                writer.write(data[at : at + cut])
                await asyncio.sleep(0)
                at += cut
            writer.write(data[at:])
            writer.write_eof()
            await asyncio.wait_for(reader.read(), 3)
            writer.close()
            assert w.gateway.failures == 0
            expected = iter(requests_of(data))
            for sent in w.upstream.requests:
                body = sent.partition(b"\r\n\r\n")[2]
                assert any(body == e for e in expected), (body, data)

    asyncio.run(main())


ANSWER = b'{"ok":true}'
STATUS = b"HTTP/1.1 200 OK\r\n"
ANSWERS = [
    STATUS, b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n", b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n", b"content-length: 11\r\n", b"content-length: 5\r\n", b"content-length: 11, 5\r\n",
    b"content-length: -1\r\n", b"transfer-encoding: chunked\r\n", b"transfer-encoding: gzip, chunked\r\n",
    b"Content-Length : 11\r\n", b"\r\n", b"\n", b"\r", b" ", b"\0", ANSWER, b"b\r\n" + ANSWER + b"\r\n", b"0\r\n\r\n", b"0\r\n",
    b"5\r\nhello\r\n", b"x: a\r\n b\r\n", b"connection: close\r\n", b"HTTP/1.1 204 No Content\r\n",
]  # fmt: skip


def answer_of(data: bytes) -> tuple[int, bytes] | None:
    """Status and body of the whole answer that h11 reads, ended by its framing or by the connection's end; else None."""
    reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=1_000_000)
    reader.send(h11.Request(method="POST", target="/", headers=[("host", "t"), ("content-length", "0")]))
    reader.send(h11.EndOfMessage())
    status, body = 0, b""
    try:
        reader.receive_data(data)
        reader.receive_data(b"")
        while True:
            event = reader.next_event()
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                return status, body
            elif event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return None
    except h11.RemoteProtocolError:
        return None


def test_the_reference_reads_whole_answers_alone() -> None:
    assert answer_of(STATUS + b"content-length: 11\r\n\r\n" + ANSWER) == (200, ANSWER)
    assert answer_of(STATUS + b"content-length: 11\r\n\r\n" + ANSWER[:5]) is None
    assert answer_of(STATUS + b"transfer-encoding: chunked\r\n\r\nb\r\n" + ANSWER + b"\r\n0\r\n\r\n") == (200, ANSWER)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.booleans(), st.lists(st.sampled_from(ANSWERS), max_size=8), st.lists(st.integers(1, 60), max_size=3))
@example(False, [b"\r\n", STATUS, b"\r\n"], [])
def test_an_answer_that_arrives_whole_is_the_one_the_reference_reads(
    good_start: bool, pieces: list[bytes], cuts: list[int]
) -> None:
    data = (STATUS if good_start else b"") + b"".join(pieces)

    async def script(_: bytes, __: Reader, writer: Writer) -> None:
        at = 0
        for cut in cuts:
            writer.write(data[at : at + cut])
            await asyncio.sleep(0)
            at += cut
        writer.write(data[at:])
        writer.close()

    async def main() -> None:
        async with world(script) as w:
            answer = await w.call(BODY)
            assert w.gateway.failures == 0
            if answer.whole and answer.status != 502:
                assert answer_of(data) == (answer.status, answer.body), data

    asyncio.run(main())


def test_an_answer_coded_twice_is_none() -> None:
    """Two lines `transfer-encoding: chunked`: llhttp takes them for one, h11 for none, so nothing passes."""
    data = STATUS + b"transfer-encoding: chunked\r\n" * 2 + b"\r\nb\r\n" + ANSWER + b"\r\n0\r\n\r\n"
    assert answer_of(data) is None

    async def script(_: bytes, __: Reader, writer: Writer) -> None:
        writer.write(data)
        writer.close()

    async def main() -> None:
        async with world(script) as w:
            assert (await w.call(BODY)).status == 502

    asyncio.run(main())


def test_a_plain_call_passes_these_tests_own_rig() -> None:
    """The rig's request is one the reference reads: otherwise the two tests above would compare nothing."""
    assert requests_of(request()) == [BODY]
