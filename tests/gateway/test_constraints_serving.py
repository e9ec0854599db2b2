"""The real program, two workers: a grant reaches all of them, the record survives a kill, a revocation holds at once."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.gateway.test_serving import free_port

from tidegate.gateway import control_channel
from tidegate.store.decisions import read_decisions
from tidegate.store.revocations import restore_subject, revoke_subject
from tidegate.wiring import add_key

POLICY = """
version: 1
tools: {pay: {effect: irreversible}, mail: {effect: reversible}}
hard:
  - {id: sure, kind: confirm, tools: [pay]}
  - {id: post, kind: credential, handle: "cred://post", tools: [mail]}
"""


class Model(BaseHTTPRequestHandler):
    """Calls the tool that the request's first message names, with its arguments."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        name, _, arguments = body["messages"][0]["content"].partition(" ")
        call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        answer = json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": body["model"],
                             "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Served:
    def __init__(self, folder: Path, process: subprocess.Popen[bytes], port: int, control: int, key: str) -> None:
        self.folder, self.process, self.port, self.control, self.key = folder, process, port, control, key
        self.store = folder / "store"

    def call(self, tool: str, **arguments: Any) -> str:
        """ "" where the client received the call, else the refusal it read."""
        tools = [
            {"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in ("pay", "mail")
        ]
        body = {
            "model": "m",
            "tools": tools,
            "messages": [{"role": "user", "content": f"{tool} {json.dumps(arguments)}"}],
        }
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json", "connection": "close"}
        url = f"http://127.0.0.1:{self.port}/v1/chat/completions"
        with urllib.request.urlopen(
            urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=20
        ) as answer:
            message = json.load(answer)["choices"][0]["message"]
        return "" if message.get("tool_calls") else str(message.get("refusal") or message.get("content"))

    def admin(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.control}/admin/constraints/{path}", data)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@contextlib.contextmanager
def served(folder: Path, key: str | None = None) -> Iterator[Served]:
    engine = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=engine.serve_forever, daemon=True).start()
    port, control = free_port(), free_port()
    (folder / "constraints.yaml").write_text(POLICY)
    (folder / "tidegate.yaml").write_text(f"""
listen: {{port: {port}}}
control: {{port: {control}}}
workers: 2
upstreams: [{{name: e, url: "http://127.0.0.1:{engine.server_address[1]}/v1"}}]
routes: [{{model: m, upstreams: [e]}}]
tenants: [{{name: t}}]
loops: {{mode: "off"}}
limits: {{drain_s: 2}}
constraints: "{folder}/constraints.yaml"
store: {{path: "{folder}/store"}}
""")
    key = key or add_key(folder / "store", "t")
    process = subprocess.Popen(
        [sys.executable, "-m", "tidegate.serving", str(folder / "tidegate.yaml")], stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    run = Served(folder, process, port, control, key)
    try:
        deadline = time.monotonic() + 60
        ready = False
        while not ready:
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            assert time.monotonic() < deadline
            time.sleep(0.1)
            with contextlib.suppress(OSError):
                up = control_channel.sockets(folder / "store" / "sockets")
                ready = len(up) == 2 and run.admin("pending")[0] == 200
        yield run
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        engine.shutdown()


@pytest.mark.flaky(reruns=2, reason="starts processes and waits for them on a busy machine")
def test_grants_records_and_revocations_across_workers(tmp_path: Path) -> None:
    with served(tmp_path) as run:
        asked = run.call("pay", eur=7)
        assert "confirm_" in asked
        status, body = run.admin("pending")
        (waiting,) = body["pending"]
        assert status == 200
        assert json.loads(waiting["arguments"]) == {"eur": 7}
        assert run.admin("confirm", {"token": waiting["token"]})[0] == 422, "who says so must be said"
        assert run.admin("confirm", {"token": "confirm_0", "by": "anna"})[0] == 404
        assert run.admin("confirm", {"token": waiting["token"], "by": "anna"})[1]["granted"] is True
        said = [run.call("pay", eur=7) for _ in range(8)]  # whichever worker answers, exactly one passes
        assert said.count("") == 1

        assert run.call("mail", to="x") == ""
        revoke_subject(run.store, "cred://post")
        assert all(run.call("mail", to="x") for _ in range(16)), "no call that began after `revoke` returned passes"
        epoch = restore_subject(run.store, "cred://post")
        assert all(run.call("mail", to="x") for _ in range(4)), "old handles stay dead"
        (tmp_path / "constraints.yaml").write_text(POLICY.replace("cred://post", f"cred://post#{epoch}"))
        assert run.call("mail", to="x") == ""

        workers = [control_channel.ask(p, "metrics")["pid"] for p in control_channel.sockets(run.store / "sockets")]
        for pid in workers:  # no chance to write anything more
            os.kill(pid, signal.SIGKILL)
    recorded = read_decisions(run.store)
    assert not recorded.broken
    assert len(recorded.entries) == 1 + 8 + 1 + 16 + 4 + 1
    assert len({e.tenant for e in recorded.entries}) == 1
    with served(tmp_path, run.key) as again:
        status, body = again.admin("decisions?decision=deny&limit=1000")
        assert (status, body["matching"], body["broken"]) == (200, 20, [])
        assert again.call("pay", eur=8)
        assert again.admin("decisions?decision=ask&limit=1000")[1]["matching"] == 1 + 7 + 1
