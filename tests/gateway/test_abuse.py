"""RFC 9112 abuse and odd clients: answered safely, one answer at most, nothing smuggled upstream."""

import asyncio
from typing import Any

import httptools
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.rig import KEY, STREAM, World, read_answer, request, world

from tidegate.settings import Limits

BODY = b'{"model":"m","messages":[]}'
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\nauthorization: Bearer " + KEY.encode() + b"\r\n"
HIDDEN = b"POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\nx-smuggled: 1\r\ncontent-length: 0\r\n\r\n"
CL = b"content-length: %d\r\n" % len(BODY)

REFUSED: dict[str, tuple[bytes, int]] = {
    "length and chunked": (HEAD + CL + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN, 400),
    "chunked and length": (HEAD + b"transfer-encoding: chunked\r\n" + CL + b"\r\n0\r\n\r\n" + HIDDEN, 400),
    "two lengths, different": (HEAD + CL + b"content-length: 3\r\n\r\n" + BODY, 400),
    "two lengths, the same": (HEAD + CL + CL + b"\r\n" + BODY, 400),
    "a list of lengths": (HEAD + b"content-length: 27, 27\r\n\r\n" + BODY, 400),
    "a signed length": (HEAD + b"content-length: +27\r\n\r\n" + BODY, 400),
    "a huge length": (HEAD + b"content-length: 99999999999999999999999\r\n\r\n", 400),
    "bare CR in a value": (HEAD + b"x: a\rb\r\n" + CL + b"\r\n" + BODY, 400),
    "bare LF": (HEAD.replace(b"\r\n", b"\n") + b"\n", 400),
    "a folded line": (HEAD + b"x: a\r\n b\r\n" + CL + b"\r\n" + BODY, 400),
    "space before the colon": (HEAD + b"content-length : 27\r\n\r\n" + BODY, 400),
    "a NUL in a value": (HEAD + b"x: a\0b\r\n\r\n", 400),
    "chunked twice": (HEAD + b"transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    "chunked on two lines": (HEAD + b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "gzip then chunked": (HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "an unknown coding": (HEAD + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    "chunked in 1.0": (HEAD.replace(b"1.1", b"1.0") + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "a bad chunk size": (HEAD + b"transfer-encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400),
    "a chunk that lies": (HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400),
    "no host": (b"POST /v1/chat/completions HTTP/1.1\r\n" + CL + b"\r\n" + BODY, 400),
    "two hosts": (HEAD + b"host: u\r\n" + CL + b"\r\n" + BODY, 400),
    "version 2.0": (HEAD.replace(b"HTTP/1.1", b"HTTP/2.0") + CL + b"\r\n" + BODY, 505),
    "another expectation": (HEAD + b"expect: 200-maybe\r\n" + CL + b"\r\n" + BODY, 417),
    "CONNECT": (b"CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n", 501),
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
}


def statuses(data: bytes) -> list[int]:
    """The statuses of all answers in a reply, read by framing."""
    out: list[int] = []

    async def read() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        while not reader.at_eof():
            answer = await read_answer(reader)
            assert answer.whole
            out.append(answer.status)

    asyncio.run(read()) if data else None
    return out


def talk(data: bytes, **kw: Any) -> tuple[bytes, World]:
    async def main() -> tuple[bytes, World]:
        async with world(**kw) as w:
            return await w.raw(data, timeout_s=0.6), w

    return asyncio.run(main())


@pytest.mark.parametrize("name", REFUSED)
def test_abuse_is_refused_closed_and_never_forwarded(name: str) -> None:
    data, status = REFUSED[name]
    reply, w = talk(data)
    assert statuses(reply) == [status]
    assert b"connection: close" in reply
    assert not w.upstream.requests


def test_trailers_do_not_speak_with_the_heads_authority() -> None:
    head = HEAD.replace(KEY.encode(), b"wrong") + b"transfer-encoding: chunked\r\n\r\n"
    trailer = b"%x\r\n%b\r\n0\r\nauthorization: Bearer %b\r\n\r\n" % (len(BODY), BODY, KEY.encode())
    reply, w = talk(head + trailer)
    assert statuses(reply) == [401]
    assert not w.upstream.requests


def test_a_chunked_body_goes_on_with_its_length() -> None:
    reply, w = talk(HEAD + b"transfer-encoding: chunked\r\n\r\n%x;x=y\r\n%b\r\n0\r\nx-t: 1\r\n\r\n" % (len(BODY), BODY))
    assert statuses(reply) == [200]
    sent = w.upstream.requests[0].lower()
    assert b"transfer-encoding" not in sent
    assert b"content-length: 27" in sent
    assert b"x-t" not in sent


def test_pipelined_requests_are_answered_in_order() -> None:
    bad = request(b'{"model":"nope"}')
    reply, w = talk(request() + bad + request() + b"GET /healthz HTTP/1.1\r\nhost: t\r\n\r\n")
    assert statuses(reply) == [200, 404, 200, 200]
    assert len(w.upstream.requests) == 2


def test_many_pipelined_requests_are_all_answered() -> None:
    reply, _ = talk(request() * 100)
    assert statuses(reply) == [200] * 100


def test_an_abuse_behind_good_requests_is_answered_in_its_turn() -> None:
    reply, w = talk(request() + REFUSED["length and chunked"][0])
    assert statuses(reply) == [200, 400]
    assert len(w.upstream.requests) == 1


def test_an_http_1_0_client_gets_no_chunks() -> None:
    head = HEAD.replace(b"1.1", b"1.0") + b"connection: keep-alive\r\ncontent-length: %d\r\n\r\n" % len(STREAM)
    reply, _ = talk(head + STREAM)
    assert b"chunked" not in reply
    assert reply.endswith(b"data: [DONE]\n\n")


def test_expect_continue_is_met_before_the_body() -> None:
    async def main() -> None:
        async with world() as w:
            reader, writer = await w.connect()
            writer.write(HEAD + b"expect: 100-continue\r\n" + CL + b"\r\n")
            assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2) == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(BODY)
            assert (await read_answer(reader)).status == 200
            writer.close()

    asyncio.run(main())


def test_an_offered_upgrade_is_passed_over_and_the_body_kept() -> None:
    offer = b"upgrade: h2c\r\nconnection: Upgrade, HTTP2-Settings\r\nhttp2-settings: AAMA\r\n"
    reply, w = talk(HEAD + offer + CL + b"\r\n" + BODY)
    assert statuses(reply) == [200]
    assert w.upstream.requests[0].endswith(BODY)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (HEAD + b"x: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (HEAD + b"".join(b"x%d: 1\r\n" % i for i in range(200)) + b"\r\n", 431),
        (HEAD + b"content-length: 5000000\r\n\r\n", 413),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n" + (b"20000\r\n" + b"a" * 0x20000 + b"\r\n") * 20, 413),
    ],
    ids=["one long line", "many lines", "a long body announced", "a long body in chunks"],
)
def test_what_is_too_large_is_refused(data: bytes, status: int) -> None:
    reply, w = talk(data, limits=Limits(body_bytes_max=2_000_000))
    assert statuses(reply)[:1] == [status]
    assert not w.upstream.requests


def test_slow_headers_and_bodies_run_into_their_deadline() -> None:
    async def main() -> None:
        async with world(limits=Limits(header_timeout_s=0.2, body_timeout_s=0.3, keep_alive_s=0.3)) as w:
            for first in (b"POST /v1/chat", HEAD + CL + b"\r\n{"):
                reader, writer = await w.connect()
                writer.write(first)
                answer = await read_answer(reader, 2)
                assert (answer.status, answer.code) == (408, "request_timeout")
                writer.close()
            reader, writer = await w.connect()  # an idle connection just closes
            assert await asyncio.wait_for(reader.read(), 2) == b""
            writer.close()

    asyncio.run(main())


def test_a_tenant_cannot_claim_a_priority_or_an_address() -> None:
    extra = "x-vllm-priority: 0\r\nx-forwarded-for: 10.0.0.1\r\nx-tidegate-tenant: other\r\nopenai-organization: o\r\n"
    reply, w = talk(request(b'{"model":"m","priority":-5,"messages":[{"a":1.50}]}', headers=extra))
    assert statuses(reply) == [200]
    sent = w.upstream.requests[0]
    for word in (b"priority", b"forwarded", b"tenant", b"organization", KEY.encode()):
        assert word not in sent
    assert b"Bearer sk-upstream-secret" in sent
    assert b'"messages":[{"a":1.50}]' in sent  # every other value byte for byte


def test_a_model_said_twice_is_said_once_upstream() -> None:
    _, w = talk(request(b'{"model":"hidden","model":"m","messages":[]}'))
    assert w.upstream.requests[0].count(b'"model"') == 1
    assert b"hidden" not in w.upstream.requests[0]


# --- fuzz ------------------------------------------------------------------------------------------


class Strict:
    """A small strict reader of HTTP/1.1 requests, written from RFC 9112 and sharing no code with llhttp."""

    TOKEN = frozenset(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

    @classmethod
    def count(cls, data: bytes) -> int:
        """How many whole requests stand at the start before anything that two readers could frame differently."""
        n = 0
        while True:
            while data.startswith(b"\r\n"):
                data = data[2:]
            head, mark, rest = data.partition(b"\r\n\r\n")
            after = cls.after(head, rest) if mark else None
            if after is None:
                return n
            data = after
            n += 1

    @classmethod
    def after(cls, head: bytes, rest: bytes) -> bytes | None:
        """What follows the request with this head; None when it is ambiguous or not whole."""
        lines = head.split(b"\r\n")
        parts = lines[0].split(b" ")
        if len(parts) != 3 or parts[2] != b"HTTP/1.1" or any(c in line for c in b"\r\n\0" for line in lines):
            return None
        lengths, codings, hosts = [], [], 0
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon or not name or not cls.TOKEN.issuperset(name):
                return None
            value = value.strip(b" \t")
            lengths += [value] if name.lower() == b"content-length" else []
            codings += [value.lower()] if name.lower() == b"transfer-encoding" else []
            hosts += name.lower() == b"host"
        if hosts != 1 or len(lengths) + len(codings) > 1:
            return None
        if codings:
            return cls.unchunked(rest) if codings == [b"chunked"] else None
        if not lengths:
            return rest
        if not lengths[0].isdigit() or len(rest) < int(lengths[0]):
            return None
        return rest[int(lengths[0]) :]

    @staticmethod
    def unchunked(data: bytes) -> bytes | None:
        while True:
            line, mark, data = data.partition(b"\r\n")
            line = line.partition(b";")[0]
            if not mark or not line or any(c not in b"0123456789abcdefABCDEF" for c in line):
                return None
            size = int(line, 16)
            if size == 0:
                _, mark, rest = (b"\r\n" + data).partition(b"\r\n\r\n")
                return rest if mark else None
            if data[size : size + 2] != b"\r\n":
                return None
            data = data[size + 2 :]


PIECES = [
    b"POST /v1/chat/completions HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\n", b"host: t\r\n", b"Host: u\r\n",
    b"authorization: Bearer " + KEY.encode() + b"\r\n", b"content-length: 27\r\n", b"Content-Length: 3\r\n",
    b"content-length: 027\r\n", b"content-length : 27\r\n", b"transfer-encoding: chunked\r\n",
    b"Transfer-Encoding: identity\r\n", b"transfer-encoding: chunked, identity\r\n", b"\r\n", b"\n", b"\r", b" ",
    b"\t", b"\0", BODY, b"abc", b"3\r\nabc\r\n", b"1b\r\n" + BODY + b"\r\n", b"0\r\n\r\n", b"0\r\n", b"x: a\r\n b\r\n",
    b"expect: 100-continue\r\n", b"connection: close\r\n", b"HTTP/1.1", b":", b";ext=1", b"\xff",
]  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.booleans(), st.lists(st.sampled_from(PIECES), max_size=14), st.lists(st.integers(1, 400), max_size=4))
def test_fuzz_and_difference_to_the_strict_reader(good_start: bool, pieces: list[bytes], cuts: list[int]) -> None:
    """Whatever arrives, cut anywhere: answers stay well-formed, nothing of ours fails, and no request goes
    upstream that the strict reader does not see in the same bytes."""
    data = (HEAD if good_start else b"") + b"".join(pieces)

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
            reply = await asyncio.wait_for(reader.read(), 3)
            writer.close()
            for status in _statuses_of(reply):
                assert status in (100, 200, 400, 401, 404, 405, 408, 413, 417, 431, 501, 505)
            assert w.gateway.failures == 0
            assert len(w.upstream.requests) <= Strict.count(data), data

    asyncio.run(main())


def _statuses_of(reply: bytes) -> list[int]:
    """Statuses, by llhttp as a client would read them (interim answers included)."""
    out: list[int] = []

    class Seen:
        def on_headers_complete(self) -> None:
            out.append(parser.get_status_code())

    parser = httptools.HttpResponseParser(Seen())
    if reply:
        parser.feed_data(reply)
    return out


def test_the_strict_reader_tells_good_from_bad() -> None:
    assert Strict.count(HEAD + CL + b"\r\n" + BODY) == 1
    assert Strict.count(HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + HEAD + b"\r\n") == 2
    for name in ("length and chunked", "two lengths, different", "bare CR in a value", "a signed length"):
        assert Strict.count(REFUSED[name][0]) == 0
