"""Whose calls are whose at `/mcp`: runs over two workers, run headers, connections, tasks; and kept connections.

Method: the real program with two workers and a fresh connection a request, so that the kernel spreads them;
scripted tool servers that close kept connections at the worst moment.
"""

import asyncio
import contextlib
import http.server
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
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.gateway.test_mcp_sessions import SMALL, rpc
from tests.gateway.test_serving import eventually, free_port
from tests.support.rig import Reader, ScriptedUpstream, World, Writer, json_answer, request, run, world

from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.plugin import ToolLoopGuard
from tidegate.check.constraints.load import parse_policy
from tidegate.check.constraints.plugin import ConstraintsGuard
from tidegate.gateway import control_channel
from tidegate.gateway.mcp import doors as mcp_doors
from tidegate.gateway.mcp.endpoint import McpEndpoint
from tidegate.gateway.measures import BY_NAME
from tidegate.readers.config import parse_settings
from tidegate.settings import McpServer
from tidegate.spine.call import Identity
from tidegate.spine.errors import SettingError
from tidegate.wiring import add_key
from tidegate.worker_parts import door_maker

LOOK = {"name": "look", "arguments": {"city": "Oslo"}}


def said(body: bytes) -> bytes:
    """A tool's answer to a request."""
    number = json.loads(body)["id"]
    result = {"content": [{"type": "text", "text": "Oslo has a tiger"}], "isError": False, "tools": []}
    return json_answer(json.dumps({"jsonrpc": "2.0", "id": number, "result": result}).encode())


async def tools(request_: bytes, _: Reader, writer: Writer) -> None:
    """A tool server that answers everything."""
    writer.write(said(request_.partition(b"\r\n\r\n")[2]))
    await writer.drain()


# --- two workers


class Two:
    def __init__(self, folder: Path, port: int, key: str) -> None:
        self.folder, self.port, self.key = folder, port, key

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
        """One request on a connection of its own: status, body, headers."""
        about = {"authorization": f"Bearer {self.key}", "content-type": "application/json", "connection": "close"}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, about | headers)
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                raw = answer.read()
                return answer.status, json.loads(raw or b"{}"), {k.lower(): v for k, v in answer.headers.items()}
        except urllib.error.HTTPError as error:
            return error.code, json.load(error), {}

    def totals(self) -> dict[str, float]:
        """All counters and gauges, added up."""
        out: dict[str, float] = {}
        for path in control_channel.sockets(self.folder / "store" / "sockets"):
            said = control_channel.ask(path, "metrics")
            for c in (*said["counters"], *said["gauges"]):
                out[c["name"]] = out.get(c["name"], 0) + c["value"]
        return out

    def numbers(self) -> list[float]:
        """Connections that each worker had."""
        out = []
        for path in control_channel.sockets(self.folder / "store" / "sockets"):
            counters = control_channel.ask(path, "metrics")["counters"]
            out.append(next(c["value"] for c in counters if c["name"] == "tidegate_connections_total"))
        return out


@contextlib.contextmanager
def two_workers(folder: Path, url: str, more: str = "") -> Iterator[Two]:
    port = free_port()
    command = json.dumps([sys.executable, "-c", SMALL])
    (folder / "tidegate.yaml").write_text(f"""
listen: {{port: {port}}}
workers: 2
tenants: [{{name: t}}]
store: {{path: "{folder}/store"}}
mcp:
  - {{name: notes, command: {command}}}
  - {{name: bank, url: "{url}"}}
{more}""")
    key = add_key(folder / "store", "t")
    with (folder / "log").open("wb") as log:
        argv = [sys.executable, "-m", "tidegate.serving", str(folder / "tidegate.yaml"), "--no-control"]
        process = subprocess.Popen(argv, stdout=log, stderr=log)
    try:
        assert eventually(lambda: len(list((folder / "store" / "sockets").glob("worker-*.sock"))) == 2, 30)
        time.sleep(0.3)
        yield Two(folder, port, key)
    except BaseException:
        print((folder / "log").read_text())
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def test_a_session_is_whole_over_two_workers(tmp_path: Path) -> None:
    class Bank(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            answer = said(body).partition(b"\r\n\r\n")[2]
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    bank = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bank)
    threading.Thread(target=bank.serve_forever, daemon=True).start()
    with two_workers(tmp_path, f"http://127.0.0.1:{bank.server_address[1]}/mcp") as two:
        status, _, headers = two.post("/mcp/notes", rpc(0, "initialize", capabilities={}))
        assert status == 200
        session = {"mcp-session-id": headers["mcp-session-id"]}
        pids = set()
        for n in range(1, 25):
            called = rpc(n, "tools/call", name="process", arguments={"n": n})
            status, body, _ = two.post("/mcp/notes", called, **session)
            assert status == 200, body
            pids.add(body["result"]["content"][0]["text"])
        assert len(pids) == 1, "one process, whichever worker a request met"
        for about in ({"mcp-session-id": "of-the-server"}, {"x-tidegate-run-id": "run-7"}):
            refused = [two.post("/mcp/bank", rpc(n, "tools/call", **LOOK), **about)[1]["result"]["isError"]
                       for n in range(1, 9)]  # fmt: skip
            assert refused == [False] * 3 + [True] * 5, about
        assert min(two.numbers()) > 3, "the kernel gave both workers a part"
        numbers = two.totals()
        assert set(numbers) <= set(BY_NAME)
        assert numbers["tidegate_tool_sessions"] == numbers["tidegate_tool_starts_total"] == 1
        assert numbers["tidegate_tool_starts_failed_total"] == 0
        assert numbers["tidegate_tool_requests_handed_total"] > 3, "some met the other worker"
        assert numbers["tidegate_tool_connects_total"] >= 1

        # an owner that dies takes its sessions with it; the others are served again as soon as it is back
        for path in control_channel.sockets(tmp_path / "store" / "sockets"):
            os.kill(control_channel.ask(path, "metrics")["pid"], signal.SIGKILL)
        assert eventually(lambda: two.post("/mcp/notes", rpc(1, "tools/list"), **session)[0] == 404, 20)
        assert two.post("/mcp/notes", rpc(0, "initialize", capabilities={}))[0] == 200
    bank.shutdown()
    bank.server_close()


# --- runs without a session


async def refusals(w: World, *, headers: list[str], connections: int) -> list[bool]:
    """Whether each of the same calls was refused: call n with headers[n % len], on connection n % connections."""
    ends = [await w.connect() for _ in range(connections)]
    out = []
    for n in range(8):
        reader, writer = ends[n % connections]
        writer.write(request(rpc(n, "tools/call", **LOOK), path="/mcp", headers=headers[n % len(headers)]))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        out.append(bool(json.loads(await reader.readexactly(length))["result"]["isError"]))
    for _, writer in ends:
        writer.close()
    return out


@pytest.mark.parametrize(
    ("follow", "headers", "connections", "refused_from"),
    [
        ("session", [""], 1, None),  # nothing says whose calls they are: none are anybody's
        ("session", ["x-tidegate-run-id: a\r\n"], 2, 3),
        ("session", ["x-tidegate-run-id: a\r\n", "x-tidegate-run-id: b\r\n"], 1, 6),
        ("connection", [""], 1, 3),
        ("connection", [""], 2, 6),
    ],
)
def test_without_a_session_the_run_header_or_the_connection_tells(
    follow: Any, headers: list[str], connections: int, refused_from: int | None
) -> None:
    async def main() -> None:
        upstream = await ScriptedUpstream(tools).start()
        server = McpServer(name="s", url=f"http://127.0.0.1:{upstream.port}/mcp", follow=follow)
        endpoint = McpEndpoint((server,), [ToolLoopGuard(BUILT_IN)])
        async with world(endpoints={b"/mcp": endpoint}) as w:
            refused = await refusals(w, headers=headers, connections=connections)
        first = refused_from if refused_from is not None else 8
        assert refused == [n >= first for n in range(8)]
        assert upstream.server is not None
        upstream.server.close()

    run(main())


# --- tasks

POLICY = """
version: 1
tools:
  look: {effect: read}
  account: {effect: read}
scopes: {travel: [look], refunds: [look, account]}
hard:
  - {id: only-its-own, kind: scope}
"""


def test_a_task_of_the_header_or_the_key_scopes_the_tools() -> None:
    async def main() -> None:
        upstream = await ScriptedUpstream(tools).start()
        server = McpServer(name="s", url=f"http://127.0.0.1:{upstream.port}/mcp")
        endpoint = McpEndpoint((server,), [ConstraintsGuard(parse_policy(POLICY))])
        async with world(endpoints={b"/mcp": endpoint}) as w:

            async def allowed(tool: str, headers: str) -> bool:
                body = rpc(1, "tools/call", name=tool, arguments={})
                answer = await w.call(body, path="/mcp", headers=headers)
                return not json.loads(answer.body)["result"]["isError"]

            assert not await allowed("look", "")
            assert await allowed("look", "x-tidegate-task: travel\r\n")
            assert not await allowed("account", "x-tidegate-task: travel\r\n")
            assert await allowed("account", "x-tidegate-task: refunds\r\n")
            keys: Any = w.gateway.keys
            digest, identity, end = next(iter(keys._index.values()))
            keys._index = {digest[:8]: (digest, msgspec.structs.replace(identity, task="travel"), end)}
            w.gateway.keys_read += 1
            assert await allowed("look", "")
            assert not await allowed("account", "x-tidegate-task: refunds\r\n"), (
                "a header does not widen what a key is for"
            )
            assert {t.attributes.get("task") for t in w.recorded()} == {None, "travel", "refunds"}
        assert upstream.server is not None
        upstream.server.close()

    run(main())


# --- kept connections


def asked(method: str, number: int = 1) -> mcp_doors.Asked:
    body = rpc(number, method, **(LOOK if method == "tools/call" else {}))
    return mcp_doors.Asked(identity=Identity(tenant="t"), method="POST", headers=(), body=body)


class Closing:
    """Answers the first request of a connection, then breaks it off when the next one has come."""

    def __init__(self, *, with_bytes: bytes = b"") -> None:
        self.with_bytes = with_bytes
        self.got: list[str] = []
        self.seen: dict[int, int] = {}

    async def __call__(self, request_: bytes, _: Reader, writer: Writer) -> None:
        body = request_.partition(b"\r\n\r\n")[2]
        self.got.append(json.loads(body)["method"])
        self.seen[id(writer)] = self.seen.get(id(writer), 0) + 1
        if self.seen[id(writer)] > 1:
            writer.write(self.with_bytes)
            await writer.drain()
            writer.close()
            return
        writer.write(said(body))
        await writer.drain()


@pytest.mark.parametrize(
    ("method", "with_bytes", "sent"),
    [("tools/list", b"", 2), ("tools/list", b"HTTP/1.1 200 OK\r\n", 1), ("tools/call", b"", 1), ("made/up", b"", 1)],
)
def test_only_what_is_safe_is_sent_twice_and_only_before_an_answer(method: str, with_bytes: bytes, sent: int) -> None:
    async def main() -> None:
        script = Closing(with_bytes=with_bytes)
        upstream = await ScriptedUpstream(script).start()
        door = mcp_doors.HttpDoor(McpServer(name="s", url=f"http://127.0.0.1:{upstream.port}/mcp"))
        assert (await door.ask(asked("ping"))).status == 200
        if sent == 2:
            assert (await door.ask(asked(method))).status == 200
        else:
            with pytest.raises(mcp_doors.Refusal) as refused:
                await door.ask(asked(method))
            assert refused.value.code == "upstream_broken"
            assert ("may have been carried out" in refused.value.words) is (method == "tools/call")
        assert script.got == ["ping"] + [method] * sent
        assert upstream.connections == sent
        await door.close()
        assert upstream.server is not None
        upstream.server.close()

    run(main())


def test_connections_are_kept_and_old_ones_are_not_used() -> None:
    now = [100.0]

    async def main() -> None:
        upstream = await ScriptedUpstream(tools).start()
        server = McpServer(name="s", url=f"http://127.0.0.1:{upstream.port}/mcp")
        door = mcp_doors.HttpDoor(server, clock=lambda: now[0])
        for _ in range(5):
            await door.ask(asked("tools/call"))
        assert (door.connects, upstream.connections) == (1, 1)
        now[0] += mcp_doors.KEPT_TOOL_S + 0.1
        await door.ask(asked("tools/call"))
        assert door.connects == 2, "a tool call wants a connection that was just used"
        await asyncio.gather(*(door.ask(asked("ping", n)) for n in range(2)))
        assert door.connects == 2, "both are good enough for a ping"
        now[0] += mcp_doors.KEPT_S + 0.1
        await door.ask(asked("ping"))
        assert door.connects == 3
        now[0] += 0.1
        upstream.server.close()  # type: ignore[union-attr]
        await door.close()

    run(main())


def test_what_a_server_says_of_its_patience_is_heard() -> None:
    assert mcp_doors.said_timeout_s([(b"keep-alive", b"timeout=2, max=100")]) == 2.0
    assert mcp_doors.said_timeout_s([(b"keep-alive", b"max=100")]) == 3600.0
    assert mcp_doors.said_timeout_s([]) == 3600.0


# --- settings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mcp: [{name: a}]", "either `url` or `command`"),
        ('mcp: [{name: a, url: "http://x/", command: [cat]}]', "either `url` or `command`"),
        ("mcp: [{name: a, command: [cat], timeout_s: 0}]", "timeout_s above 0"),
        ("mcp: [{name: a, command: [cat], idle_s: .inf}]", "idle_s above 0"),
    ],
)
def test_settings_that_cannot_work_are_refused(text: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        parse_settings(text)


def test_a_command_that_is_none_is_refused_before_anything_starts(tmp_path: Path) -> None:
    for server, words in (
        (McpServer(name="a", command=("no-such-program-here", "x")), "no-such-program-here"),
        (McpServer(name="a", command=("cat",), environment={"PATH": str(tmp_path)}), "'cat' is no program"),
        (McpServer(name="a", command=("cat",), folder=str(tmp_path / "none")), "is no folder"),
        (McpServer(name="a", command=("cat",), environment={"KEY": "env:NOT_SET_ANYWHERE"}), "NOT_SET_ANYWHERE"),
    ):
        with pytest.raises(SettingError, match=words):
            door_maker(server, "mcp[0]")
    config = tmp_path / "tidegate.yaml"
    config.write_text(f"mcp: [{{name: a, command: [no-such-program-here]}}]\nstore: {{path: '{tmp_path}/store'}}\n")
    argv = [sys.executable, "-m", "tidegate.serving", str(config), "--no-control"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "no-such-program-here" in done.stderr
    assert "Traceback" not in done.stderr
