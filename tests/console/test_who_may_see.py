"""Who may see the control plane where it does not listen on loopback: those who show a certificate, or a warning is said."""

import http.client
import json
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from tests.support.authority import Authority

from tidegate import wiring
from tidegate.cli.main import main
from tidegate.console.main import ServedWorld, served
from tidegate.console.notices import SilentEngines

CONFIG = """
upstreams: [{name: engine, url: "http://127.0.0.1:9/v1"}]
routes: [{model: m, upstreams: [engine]}]
tenants: [{name: chat}]
"""


def configured(folder: Path, control: str) -> Path:
    path = folder / "tidegate.yaml"
    path.write_text(f"{CONFIG}store: {{path: {folder / 'store'}}}\ncontrol: {control}\n", encoding="utf-8")
    return path


def status(port: int, context: ssl.SSLContext) -> int:
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_certificate_is_asked_for_where_the_settings_say_so(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    certificate, key = ours.sign("console")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tls = f"{{certificate: {certificate}, key: {key}, client_ca: {ours.file}}}"
    world = ServedWorld(configured(tmp_path, f"{{host: 127.0.0.1, port: {port}, tls: {tls}}}"), tmp_path)
    server = uvicorn.Server(served(world, SilentEngines(wiring.finding_book(world.settings.store))))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 10
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        shown, stranger = (
            ssl.create_default_context(cafile=str(ours.file)),
            ssl.create_default_context(cafile=str(ours.file)),
        )
        nobody = ssl.create_default_context(cafile=str(ours.file))
        shown.load_cert_chain(*ours.sign("engineer"))
        stranger.load_cert_chain(*theirs.sign("stranger"))
        assert status(port, shown) in (200, 503)
        for refused in (nobody, stranger):
            with pytest.raises((OSError, http.client.HTTPException)):
                status(port, refused)
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True), ("10.1.2.3", True)]
)
def test_an_open_control_plane_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str, warned: bool
) -> None:
    config = configured(tmp_path, f"{{host: {host}}}")
    with pytest.raises(SystemExit) as ended:
        main(["serve", "-c", str(config), "--check", "--json"])
    assert ended.value.code == 0
    rules = [f["rule"] for f in json.loads(capsys.readouterr().out)["findings"]]
    assert rules == (["control-plane-open"] if warned else [])


def test_a_certificate_that_does_not_do_is_named_before_anything_serves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(tmp_path, "{tls: {certificate: missing.pem, key: missing.key}}")
    with pytest.raises(SystemExit) as ended:
        main(["serve", "-c", str(config), "--check"])
    assert ended.value.code == 2
    assert "control.tls" in capsys.readouterr().err
