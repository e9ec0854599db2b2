"""The real program: workers, TLS on both sides, reload, drain."""

import contextlib
import datetime
import http.server
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec import convert
from prometheus_client.parser import text_string_to_metric_families

from tidegate.console.exposition import prometheus
from tidegate.console.live import Sample
from tidegate.gateway import control_channel
from tidegate.gateway.control_channel import MetricsSnapshot
from tidegate.gateway.measures import BY_NAME
from tidegate.wiring import add_key


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key_file.write_bytes(key.private_bytes(*form))
    return cert_file, key_file


class Engine(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if body.get("slow"):
            time.sleep(1.0)
        answer = json.dumps({"pid": os.getpid(), "model": body["model"]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        """What an engine says of itself; read where the upstream's kind says that there is such a page."""
        page = b"vllm:num_requests_running 0\nvllm:num_requests_waiting 0\n"
        self.send_response(200)
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Served:
    def __init__(self, folder: Path, process: subprocess.Popen[bytes], port: int, key: str, cert: Path) -> None:
        self.folder, self.process, self.port, self.key = folder, process, port, key
        self.tls = ssl.create_default_context(cafile=str(cert))

    def ask(self, body: dict[str, object], path: str = "/v1/chat/completions") -> tuple[int, dict[str, object]]:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        request = urllib.request.Request(f"https://localhost:{self.port}{path}", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, context=self.tls, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    @property
    def sockets(self) -> list[Path]:
        return control_channel.sockets(self.folder / "store" / "sockets")


@contextlib.contextmanager
def served(folder: Path, kind: str = "opaque") -> Iterator[Served]:
    cert, key_file = certificate(folder)
    engine = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key_file)
    engine.socket = context.wrap_socket(engine.socket, server_side=True)
    threading.Thread(target=engine.serve_forever, daemon=True).start()
    port = free_port()
    (folder / "tidegate.yaml").write_text(f"""
listen: {{port: {port}, tls: {{certificate: "{cert}", key: "{key_file}"}}}}
workers: 2
upstreams: [{{name: e, url: "https://localhost:{engine.server_address[1]}/v1", ca: "{cert}", kind: {kind}}}]
routes: [{{model: m, upstreams: [e]}}]
tenants: [{{name: t}}]
limits: {{drain_s: 5}}
store: {{path: "{folder}/store"}}
""")
    key = add_key(folder / "store", "t")
    log = (folder / "log").open("wb")
    command = [sys.executable, "-m", "tidegate.serving", str(folder / "tidegate.yaml"), "--no-control"]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    made = Served(folder, process, port, key, cert)
    try:
        for _ in range(200):
            if len(made.sockets) == 2 and made.process.poll() is None:
                break
            time.sleep(0.05)
        time.sleep(0.2)
        yield made
    except BaseException:
        print((folder / "log").read_text())
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        engine.shutdown()
        engine.server_close()


def test_tls_on_both_sides_two_workers_reload_restart_and_drain(tmp_path: Path) -> None:
    with served(tmp_path) as s:
        status, answer = s.ask({"model": "m"})
        assert (status, answer["model"]) == (200, "m")
        pids = {control_channel.ask(p, "metrics")["pid"] for p in s.sockets}
        assert len(pids) == 2

        config = tmp_path / "tidegate.yaml"
        good = config.read_text()
        config.write_text(good.replace("model: m,", "model: m, aliases: [other],"))
        s.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: all(s.ask({"model": "other"})[0] == 200 for _ in range(6)))
        config.write_text(good.replace("upstreams: [e]", "upstreams: [nowhere]"))
        s.process.send_signal(signal.SIGHUP)  # refused: what was in force stays
        assert eventually(lambda: "nowhere" in (tmp_path / "log").read_text())
        assert all(s.ask({"model": "other"})[0] == 200 for _ in range(4))
        config.write_text(good)

        os.kill(min(pids), signal.SIGKILL)  # a worker that dies is started again
        assert eventually(lambda: len(answers(s)) == 2 and answers(s) != pids)

        results: list[tuple[int, dict[str, object]]] = []
        slow = threading.Thread(target=lambda: results.append(s.ask({"model": "m", "slow": True})))
        slow.start()
        time.sleep(0.4)
        s.process.send_signal(signal.SIGTERM)
        slow.join()
        assert results[0][0] == 200  # what ran has finished
        assert s.process.wait(10) == 0
        assert not s.sockets


def test_what_two_workers_expose_is_valid_documented_and_not_counted_twice(tmp_path: Path) -> None:
    with served(tmp_path) as s:
        for _ in range(6):
            assert s.ask({"model": "m", "messages": [{"role": "user", "content": "hi"}]})[0] == 200
        workers = tuple(convert(control_channel.ask(p, "metrics"), MetricsSnapshot) for p in s.sockets)
    text = prometheus(Sample(at_s=0.0, workers=workers))
    families = {f.name: f for f in text_string_to_metric_families(text)}
    for family in families.values():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        measure = BY_NAME[name]
        assert (family.type, family.documentation) == (measure.kind, measure.help)
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(measure.labels), name
    (calls,) = families["tidegate_calls"].samples
    assert (calls.labels["tenant"], calls.value) == ("t", 6)
    assert [x.value for x in families["tidegate_upstream_healthy"].samples] == [1]
    assert [x.value for x in families["tidegate_tenant_weight"].samples if x.labels["tenant"] == "t"] == [1]


def test_workers_know_what_the_others_have_in_the_engine(tmp_path: Path) -> None:
    with served(tmp_path, "vllm") as s:

        def windows() -> list[tuple[int, int]]:
            told = [control_channel.ask(p, "metrics")["admission"]["engines"].get("e", {}) for p in s.sockets]
            return [(w.get("inflight", 0), w.get("inflight_elsewhere", 0)) for w in told]

        slow = [threading.Thread(target=s.ask, args=({"model": "m", "slow": True},)) for _ in range(8)]
        for thread in slow:
            thread.start()

        def known() -> bool:
            (a, a_of_b), (b, b_of_a) = windows()
            return a + b > 0 and (a_of_b, b_of_a) == (b, a)

        assert eventually(known, 3.0), windows()
        for thread in slow:
            thread.join()
        assert eventually(lambda: windows() == [(0, 0), (0, 0)], 3.0)


def answers(s: Served) -> set[int]:
    found = set()
    for path in s.sockets:
        with contextlib.suppress(Exception):
            found.add(int(control_channel.ask(path, "metrics", timeout_s=1.0)["pid"]))
    return found


def eventually(condition: object, timeout_s: float = 10.0) -> bool:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if condition():  # type: ignore[operator]
                return True
        time.sleep(0.1)
    return False


def test_a_port_in_use_and_a_missing_secret_are_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for text, words in (
            (f"listen: {{port: {taken.getsockname()[1]}}}", "cannot listen"),
            ('upstreams: [{name: e, url: "http://x/v1", api_key: "env:NO_SUCH_VARIABLE"}]', "NO_SUCH_VARIABLE"),
            ('upstreams: [{name: e, url: "https://x/v1", ca: "/nowhere.pem"}]', "/nowhere.pem"),
        ):
            config = tmp_path / "tidegate.yaml"
            config.write_text(text + f'\nstore: {{path: "{tmp_path}/store"}}\n')
            command = [sys.executable, "-m", "tidegate.serving", str(config), "--no-control"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=20)
            assert done.returncode == 2
            assert words in done.stderr
            assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "module", ["numpy", "scipy", "duckdb", "z3", "sympy", "rich", "click", "starlette", "uvicorn", "sqlite3"]
)
def test_a_worker_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, tidegate.serving; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0, f"{module} is on the workers' import path"
