"""A model over HTTP: a connection that the server closed between two questions is opened again, a dead server is named."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tidegate.runner.http_model import HttpModel
from tidegate.spine.errors import ModelError

ANSWER = b'{"choices": [{"message": {"content": "5 m"}}]}'


class Hasty(BaseHTTPRequestHandler):
    """Promises to keep the connection, and closes it after each answer."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Hasty)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_connection_that_was_closed_meanwhile_is_opened_again(port: int) -> None:
    model = HttpModel(f"http://127.0.0.1:{port}/v1", "m")
    assert [model.ask({"messages": []}).text for _ in range(3)] == ["5 m"] * 3


def test_a_server_that_is_not_there_is_named_and_asked_once() -> None:
    with pytest.raises(ModelError, match=r"does not answer.*refused") as raised:
        HttpModel("http://127.0.0.1:9/v1", "m").ask({"messages": []})
    assert "m at 127.0.0.1:9" in str(raised.value)
