"""Certificates of clients: asked for by our listener, shown to an upstream; good, none, and of the wrong CA.

Two CAs are made for each run; what one signed must be worth nothing to the other.  A client that is refused must
cost its own connection only: a good one is served beside it.
"""

import asyncio
import ssl
from pathlib import Path

import pytest
from tests.support.authority import Authority
from tests.support.rig import read_answer, request, run, world

from tidegate.gateway.tls import server_tls, upstream_tls
from tidegate.settings import Tls, Upstream
from tidegate.spine.errors import SettingError


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ours")


@pytest.fixture
def theirs(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "theirs")


def client(authority: Authority, shown: tuple[str, str] | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.file))
    if shown is not None:
        context.load_cert_chain(*shown)
    return context


async def asked(port: int, tls: ssl.SSLContext) -> int:
    """The status of one call; raises OSError (ssl.SSLError among them) or IncompleteReadError when refused."""
    reader, writer = await asyncio.open_connection("localhost", port, ssl=tls)
    try:
        writer.write(request())
        return (await read_answer(reader)).status
    finally:
        writer.close()


def test_a_listener_that_asks_for_certificates_serves_its_own_clients_alone(ours: Authority, theirs: Authority) -> None:
    certificate, key = ours.sign("gateway")
    tls = server_tls(Tls(certificate=certificate, key=key, client_ca=str(ours.file)), "listen.tls")
    good, stranger = client(ours, ours.sign("app")), client(ours, theirs.sign("stranger"))
    nobody = client(ours, None)

    async def main() -> None:
        async with world(tls=tls) as w:
            assert await asked(w.port, good) == 200
            for refused in (nobody, stranger):
                with pytest.raises((OSError, asyncio.IncompleteReadError)):
                    await asked(w.port, refused)
            assert await asked(w.port, good) == 200
            assert len(w.upstream.requests) == 2, "a refused client's request must not be read"
            assert len(await w.traces(2)) == 2

    run(main())


def test_without_client_ca_nobody_is_asked(ours: Authority) -> None:
    certificate, key = ours.sign("gateway")
    tls = server_tls(Tls(certificate=certificate, key=key), "listen.tls")

    async def main() -> None:
        async with world(tls=tls) as w:
            assert await asked(w.port, client(ours, None)) == 200

    run(main())


@pytest.mark.parametrize(("signed_by", "status"), [("ours", 200), (None, 502), ("theirs", 502)])
def test_an_upstream_that_asks_who_we_are_is_shown_our_certificate(
    ours: Authority, theirs: Authority, signed_by: str | None, status: int
) -> None:
    certificate, key = ours.sign("engine")
    engine_tls = server_tls(Tls(certificate=certificate, key=key, client_ca=str(ours.file)), "test")
    upstream = {"ca": str(ours.file)}
    if signed_by is not None:
        shown, secret = (ours if signed_by == "ours" else theirs).sign("gateway")
        upstream |= {"client_certificate": shown, "client_key": secret}

    async def main() -> None:
        async with world(engine_tls=engine_tls, upstream=upstream) as w:
            answer = await w.call()
            assert answer.status == status, answer.body
            assert len(w.upstream.requests) == (1 if status == 200 else 0)

    run(main())


def test_one_file_may_hold_certificate_and_key(ours: Authority, tmp_path: Path) -> None:
    certificate, key = ours.sign("gateway")
    both = tmp_path / "both.pem"
    both.write_text(Path(certificate).read_text() + Path(key).read_text())
    assert upstream_tls(Upstream(name="u", url="https://localhost/v1", client_certificate=str(both))) is not None


@pytest.mark.parametrize(
    ("url", "fields", "words"),
    [
        ("https://h/v1", {"client_key": "k.pem"}, "client_key without client_certificate"),
        ("http://h/v1", {"client_certificate": "c.pem"}, "over TLS only"),
        ("https://h/v1", {"client_certificate": "nowhere.pem"}, "cannot use the client certificate 'nowhere.pem'"),
        ("https://h/v1", {"ca": "nowhere.pem"}, "cannot use the CA file 'nowhere.pem'"),
    ],
)
def test_what_cannot_work_is_refused_by_name(url: str, fields: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        upstream_tls(Upstream(name="u", url=url, **fields))  # type: ignore[arg-type]
