"""`tidegate replay` against a small real server: pace, bound, comparison, what cannot be sent."""

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.store.examples import trace

from tidegate.runner.replay import Target, replay
from tidegate.spine.errors import WrongUse
from tidegate.store.lake import LakeTraces

SEEN: list[tuple[float, str, bytes, str | None]] = []
BUSY = [0, 0]  # now, at most
COUNTING = threading.Lock()


class Engine(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        with COUNTING:
            BUSY[0] += 1
            BUSY[1] = max(BUSY)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        SEEN.append((time.monotonic(), self.path, body, self.headers.get("Authorization")))
        time.sleep(0.02)
        with COUNTING:  # before the answer: the client may send its next call the moment it has read this one
            BUSY[0] -= 1
        self.send_response(503 if b"question 3" in body else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    SEEN.clear()
    BUSY[:] = [0, 0]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    server.server_close()


@pytest.mark.timing
def test_calls_come_at_the_recorded_pace_times_speed(url: str) -> None:
    sent = list(replay([trace(n) for n in range(4)], Target(url=url, key="k", model="other"), speed=10))
    assert [s.status for s in sorted(sent, key=lambda s: s.trace_id)] == [200, 200, 200, 503]
    gaps = [b[0] - a[0] for a, b in itertools.pairwise(SEEN)]
    assert all(0.05 < g < 0.4 for g in gaps), gaps
    assert SEEN[0][1] == "/v1/chat/completions"
    assert json.loads(SEEN[0][2])["model"] == "other"
    assert SEEN[0][3] == "Bearer k"


def test_as_fast_as_the_bound_allows(url: str) -> None:
    sent = list(replay([trace(n + 10) for n in range(30)], Target(url=url), speed=None, concurrency=3))
    assert len(sent) == 30
    assert BUSY[1] <= 3


def test_nobody_there_is_a_result_not_a_crash() -> None:
    (sent,) = replay([trace(1)], Target(url="http://127.0.0.1:9/v1"), speed=None)
    assert sent.status == 0
    assert "Refused" in sent.error
    with pytest.raises(WrongUse, match="http"):
        list(replay([], Target(url="nowhere")))


def test_the_verb_compares_and_names_what_differs(tmp_path: Path, url: str) -> None:
    store = LakeTraces(tmp_path / ".tidegate")
    cut = trace(9, attributes={"request_body_bytes": 10**7})
    store.append([*(trace(n) for n in range(5)), trace(8, request_body=None), cut])
    command = [sys.executable, "-m", "tidegate.cli", "replay", "--to", url, "--speed", "max", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert (answer["verdict"], answer["sent"], answer["same_status"]) == ("fail", 5, 4)
    assert answer["skipped"] == {"its body was not kept": 1, "its body was cut": 1}
    assert [d["trace_id"] for d in answer["differing"]] == ["tr_00000003"]
    assert answer["measures"][0]["value"] == 0.8


def test_nothing_to_send_decides_nothing(tmp_path: Path) -> None:
    (tmp_path / ".tidegate" / "journal").mkdir(parents=True)
    command = [sys.executable, "-m", "tidegate.cli", "replay", "--to", "http://127.0.0.1:9/v1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 3
    assert "not_measured" in json.loads(done.stdout)["measures"][0]
