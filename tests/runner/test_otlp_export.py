"""The exporter sends what a collector reads, retries what may pass, and counts what does not."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.store.examples import trace

from tidegate.readers.otlp import PROTOBUF, encode, ingest
from tidegate.runner import otlp_export
from tidegate.runner.otlp_export import OtlpExporter
from tidegate.spine.errors import SettingError

GOT: list[tuple[str, bytes]] = []
ANSWERS: list[tuple[int, str]] = []


class Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, retry = ANSWERS.pop(0) if ANSWERS else (200, "")
        if status == 200:
            GOT.append((self.path, body))
        self.send_response(status)
        if retry:
            self.send_header("Retry-After", retry)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    GOT.clear()
    ANSWERS.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_what_is_put_arrives_whole(url: str) -> None:
    exporter = OtlpExporter(url, encode).start()
    sent = [trace(n) for n in range(300)]
    for one in sent:
        exporter.put(one)
    exporter.stop()
    assert {path for path, _ in GOT} == {"/v1/traces"}
    assert [t for _, body in GOT for t in ingest(body, PROTOBUF).traces] == sent
    assert exporter.counts["sent"] == 300


def test_retries_with_backoff_and_what_the_collector_asks_for(url: str) -> None:
    slept: list[float] = []
    ANSWERS[:] = [(503, ""), (429, "7"), (502, "")]
    exporter = OtlpExporter(url, encode, sleep=slept.append)
    assert exporter.send([trace(1)])
    assert exporter.counts["retries"] == 3
    assert 0.5 <= slept[0] <= 1.5
    assert slept[1] == 7.0
    assert 2.0 <= slept[2] <= 6.0


def test_what_is_final_is_counted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ANSWERS[:] = [(400, "")]
    exporter = OtlpExporter(url, encode, sleep=lambda _: None)
    assert not exporter.send([trace(1)])
    assert exporter.counts["rejected"] == 1
    gone = OtlpExporter("http://127.0.0.1:9", encode, sleep=lambda _: None, attempts=2)
    assert not gone.send([trace(1), trace(2)])
    assert (gone.counts["failed"], gone.counts["retries"]) == (2, 1)
    monkeypatch.setattr(otlp_export, "QUEUE_MAX", 1)
    gone.put(trace(1))
    gone.put(trace(2))
    assert gone.counts["dropped"] == 1
    with pytest.raises(SettingError, match=r"store\.otlp_export"):
        OtlpExporter("collector:4318", encode)
