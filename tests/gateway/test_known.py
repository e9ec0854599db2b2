"""Goal: a head known by its bytes means exactly what llhttp says it means, whatever comes before, beside or after it."""

import asyncio

import httptools
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.rig import run, world

from tidegate.gateway.known import known_head

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n%b: %d\r\nx-other: 12\r\n\r\n"


class Said:
    """What llhttp says of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.messages = 0
        self.parser = httptools.HttpRequestParser(self)
        try:
            self.parser.feed_data(data)
            self.fault = False
        except httptools.HttpParserError:
            self.fault = True

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.messages += 1


def learned() -> object:
    known = known_head(HEAD % (b"Content-Length", 5) + b"hello", b"hello")
    assert known is not None
    return known


@settings(max_examples=300, deadline=None)
@given(
    body=st.binary(min_size=1, max_size=300),
    lie=st.integers(-3, 3),
    name=st.sampled_from([b"Content-Length", b"content-length"]),
)
def test_what_is_known_llhttp_would_say_too(body: bytes, lie: int, name: bytes) -> None:
    data = HEAD % (name, max(0, len(body) + lie)) + body
    found = learned().body_of(data)  # type: ignore[attr-defined]
    said = Said(data)
    if found is not None:
        assert (said.messages, said.fault, said.body) == (1, False, found)
    if lie or name != b"Content-Length":
        assert found is None
    else:
        assert found == body


@settings(max_examples=500, deadline=None)
@given(at=st.integers(0, 90), put=st.binary(min_size=1, max_size=4), cut=st.integers(0, 4))
def test_any_change_of_the_bytes_goes_to_the_parser_or_means_the_same(at: int, put: bytes, cut: int) -> None:
    whole = HEAD % (b"Content-Length", 5) + b"hello"
    data = whole[:at] + put + whole[at + cut :]
    found = learned().body_of(data)  # type: ignore[attr-defined]
    if found is not None:
        said = Said(data)
        assert (said.messages, said.fault, said.body) == (1, False, found)


def test_only_one_whole_message_with_one_length_is_learned() -> None:
    one = HEAD % (b"Content-Length", 5) + b"hello"
    assert known_head(one, b"hello") is not None
    assert known_head(one + b"PO", b"hello") is None, "the parser stands in the middle of the next one"
    assert known_head(b"\r\n" + one, b"hello") is not None, "an empty line before a request is allowed"
    assert known_head(one[:-1], b"hell") is None
    assert known_head(b"POST / HTTP/1.1\r\nhost: a\r\n\r\n", b"") is None
    two = b"POST / HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello"
    assert known_head(two, b"hello") is None
    assert known_head(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello") is None


def test_a_part_of_a_request_before_a_known_one_is_not_skipped() -> None:
    """`PO` and then a request whose head is known: together they are no request, whatever the reads."""

    async def main() -> None:
        async with world() as w:
            reader, writer = await asyncio.open_connection("127.0.0.1", w.port)
            body = b'{"model":"m","messages":[]}'
            request = (
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer tg-test-key\r\n"
                b"content-length: %d\r\n\r\n" % len(body)
            ) + body
            for _ in range(3):
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                assert b" 200 " in head
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
            writer.write(b"PO")
            await asyncio.sleep(0.05)
            writer.write(request)
            assert b" 400 " in await reader.readuntil(b"\r\n\r\n")
            writer.close()

    run(main())
