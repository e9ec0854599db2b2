"""What one call costs the worker's own code, by part: `python -m benches.gateway_calls`.

The real client and upstream connections, front, exchange, scheduler, guards, trace and journal are driven
in memory: a request's bytes go into the client's protocol object, what comes out at the upstream's transport is
answered with an engine's bytes, and what comes out at the client's is counted.  No socket, no second
process, so a busy machine blurs it little: each figure is the least CPU time of the serving thread
over many short batches (the writer thread's time is counted beside it).  Parts are taken by difference:
the same calls with one thing left out.

`--source FOLDER` (twice) compares two trees of the product: batches of both alternate, so that
whatever the machine does meets both.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CALLS = 400  # in one batch
WORDS = "x" * 32768
ANSWER = (
    b'{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1741569952,'
    b'"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":'
    b'"Hello! How can I assist you today? I can answer questions, write text, explain code and much more.",'
    b'"refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":19,'
    b'"completion_tokens":21,"total_tokens":40,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},'
    b'"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},"service_tier":"default",'
    b'"system_fingerprint":"fp_06737a9306"}'
)
JSON = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_1234567890\r\nContent-Length: %d\r\n\r\n%b"
) % (len(ANSWER), ANSWER)
CHUNK = (
    b'data: {"id":"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG","object":"chat.completion.chunk",'
    b'"created":1741570283,"model":"gpt-4o-mini-2024-07-18","service_tier":"default",'
    b'"system_fingerprint":"fp_06737a9306","choices":[{"index":0,"delta":{"content":"~T123456789012345~ "},'
    b'"logprobs":null,"finish_reason":null}]}\n\n'
)
SSE_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n"
    b"x-request-id: req_1234567890\r\nTransfer-Encoding: chunked\r\n\r\n"
)
SSE_CHUNK = b"%x\r\n%b\r\n" % (len(CHUNK), CHUNK)
SSE_END = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"
ASKED = (
    '{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You are a helpful assistant."},'
    '{"role":"user","content":"Hello! Please tell me something about gateways. '
)
CHUNKS = 20  # of a streamed answer here
LATER_TURNS = 32  # of the loop, until its timers go off

CONFIG = """
listen: {{port: 1}}
control: {{port: 2}}
upstreams:
  - {{name: fake, url: "http://127.0.0.1:3/v1", api_key: "file:{folder}/upstream.key"}}
routes:
  - {{model: gpt-4o-mini, upstreams: [fake], cost_usd_per_million_prompt: 1, cost_usd_per_million_completion: 2}}
tenants:
  - {{name: team1, requests_per_minute: 100000000, tokens_per_minute: 1000000000}}
scheduling: {{policy: {policy}}}
loops: {{mode: "{loops}"}}
store: {{path: "{folder}/store"}}
"""
BUDGETS = """
budgets: {run: {calls: 1000000000, tokens_in: 1000000000000}, tenants: {team1: {total: {money_usd: 1000000000}}}}
"""


def request(key: str, words: str, more: str = "", headers: str = "") -> bytes:
    """A client's request, as the load tools send it."""
    body = f'{ASKED}{words}"}}],"temperature":0.7{more}}}'
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAuthorization: Bearer {key}\r\n{headers}"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


class Transport:
    """Takes what is written and keeps the last of it."""

    def __init__(self) -> None:
        self.last = b""
        self.n = 0

    def write(self, data: bytes) -> None:
        self.last = data
        self.n += 1

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        pass

    resume_reading = pause_reading

    def get_extra_info(self, _: str, default: object = None) -> object:
        return default


class Loop:
    """The loop's clock, what was to be called at the end of this turn, and what some turns later."""

    def __init__(self) -> None:
        self.time = time.monotonic  # of its own: that of a loop that never turns stands still
        self.soon: list[Any] = []
        self.later: list[Any] = []
        self.turns = 0

    def call_soon(self, f: Any, *a: Any) -> None:
        self.soon.append((f, a))

    def turn(self) -> None:
        soon, self.soon = self.soon, []
        for f, a in soon:
            f(*a)
        self.turns += 1
        if self.later and self.turns % LATER_TURNS == 0:
            self.time_out()

    def call_later(self, _: float, f: Any, *a: Any) -> None:
        self.later.append((f, a))

    def time_out(self) -> None:
        later, self.later = self.later, []
        for f, a in later:
            f(*a)


class Sinkless:
    """Keeps nothing."""

    def put(self, trace: object) -> None:
        pass


class World:
    """One worker with everything on, and a connection on each side of it."""

    def __init__(self, folder: Path, policy: str, loops: str, *, journal: bool = True, record: bool = True,
                 budget: bool = False) -> None:  # fmt: skip
        from tidegate import worker_parts
        from tidegate.gateway.client import ClientConnection
        from tidegate.gateway.upstream import UpstreamConnection
        from tidegate.gateway.worker import Gateway
        from tidegate.store.journal import JournalWriter
        from tidegate.wiring import add_key

        folder.mkdir()
        (folder / "upstream.key").write_text("sk-upstream")
        config = folder / "tidegate.yaml"
        config.write_text(CONFIG.format(folder=folder, policy=policy, loops=loops) + (BUDGETS if budget else ""))
        self.headers = "x-tidegate-run-id: run-1\r\n" if budget else ""
        self.key = add_key(folder / "store", "team1")
        parts = worker_parts.read_parts(config, 1)
        self.sink = JournalWriter(
            folder / "store" / "journal", "w0", policy=worker_parts.body_policy(parts.settings)
        ).start()
        admission = worker_parts.admission_of(parts.settings)
        if not record and hasattr(admission, "record"):
            admission.record = None
        sink = self.sink if journal else Sinkless()
        self.gateway = Gateway(parts, admission=admission, sink=sink)  # type: ignore[arg-type]
        self.loop = self.gateway.loop = Loop()  # type: ignore[assignment]
        self.client, self.up = Transport(), Transport()
        self.pool = self.gateway.table.pools["fake"]
        self.upstream = UpstreamConnection(self.pool)
        self.upstream.connection_made(self.up)  # type: ignore[arg-type]
        self.pool.open = 1
        self.pool.put(self.upstream)
        self.connection = ClientConnection(self.gateway)
        self.connection.connection_made(self.client)  # type: ignore[arg-type]

    def whole(self, data: bytes, n: int) -> None:
        """`n` calls answered with JSON."""
        client, upstream, turn = self.connection, self.upstream, self.loop.turn
        for _ in range(n):
            client.data_received(bytes(bytearray(data)) if len(data) > 4096 else data)
            turn()
            upstream.data_received(JSON)
            turn()

    def stream(self, data: bytes, n: int) -> None:
        """`n` calls answered with a stream, one chunk a read."""
        client, upstream, turn = self.connection, self.upstream, self.loop.turn
        for _ in range(n):
            client.data_received(data)
            turn()
            upstream.data_received(SSE_HEAD)
            turn()
            for _ in range(CHUNKS):
                upstream.data_received(SSE_CHUNK)
                turn()
            upstream.data_received(SSE_END)
            turn()

    def tick(self) -> None:
        """What a tenth of a second brings, and the journal's turn."""
        self.loop.time_out()
        now_s = self.loop.time()
        self.gateway.wheel.now_s = now_s
        self.gateway._tick(now_s)
        self.sink.flush()


KINDS = ("json", "big", "stream")
VARIANTS: dict[str, dict[str, Any]] = {
    "default": {"policy": "fair", "loops": "enforce"},
    "no guard": {"policy": "fair", "loops": "off"},
    "open and no guard": {"policy": "open", "loops": "off"},
    "no record of decisions": {"policy": "fair", "loops": "enforce", "record": False},
    "no journal": {"policy": "fair", "loops": "enforce", "journal": False},
    "budgets of run and tenant": {"policy": "fair", "loops": "enforce", "budget": True},
}


def batch(world: World, kind: str, calls: int) -> tuple[float, float]:
    """(thread, process) CPU in µs a call, of one batch."""
    more = ',"stream":true' if kind == "stream" else ""
    data = request(world.key, WORDS if kind == "big" else "", more, world.headers)
    run = world.stream if kind == "stream" else world.whole
    thread0, process0 = time.thread_time_ns(), time.process_time_ns()
    run(data, calls)
    thread1 = time.thread_time_ns()
    world.tick()
    process1 = time.process_time_ns()
    answered = world.client.last
    assert b"200 OK" in answered or answered.endswith(b"0\r\n\r\n"), answered[:200]
    return (thread1 - thread0) / 1e3 / calls, (process1 - process0) / 1e3 / calls


async def serve_batches() -> None:
    """The measuring child: a line of JSON names a variant and a kind, a line of JSON answers."""
    with tempfile.TemporaryDirectory(prefix="tidegate-calls-") as name:
        worlds: dict[str, World] = {}
        for line in sys.stdin:
            ask = json.loads(line)
            variant = ask["variant"]
            if variant not in worlds:
                worlds[variant] = World(Path(name) / f"v{len(worlds)}", **VARIANTS[variant])
            world = worlds[variant]
            print(json.dumps(batch(world, ask["kind"], ask["calls"])), flush=True)
            assert not sum(world.sink.lost.values()), world.sink.lost


class Child:
    """A process that measures one source tree."""

    def __init__(self, source: str) -> None:
        env = os.environ | {"PYTHONPATH": f"{source}{os.pathsep}{Path(__file__).resolve().parent.parent}"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benches.gateway_calls", "--child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        )  # fmt: skip

    def ask(self, variant: str, kind: str, calls: int) -> tuple[float, float]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"variant": variant, "kind": kind, "calls": calls}) + "\n")
        self.process.stdin.flush()
        thread, process = json.loads(self.process.stdout.readline())
        return thread, process

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", action="append", help="source folder to measure (default: this tree's src)")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.child:
        from tidegate.serving import new_loop

        loop = new_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve_batches())
        return
    sources = a.source or [str(Path(__file__).resolve().parent.parent / "src")]
    children = [Child(s) for s in sources]
    best: dict[tuple[int, str, str], list[float]] = {}
    for _ in range(a.rounds):
        for variant in a.variants.split(","):
            for kind in a.kinds.split(","):
                for n, child in enumerate(children):
                    calls = a.calls // 4 if kind != "json" else a.calls
                    thread, process = child.ask(variant, kind, calls)
                    least = best.setdefault((n, variant, kind), [thread, process])
                    least[0], least[1] = min(least[0], thread), min(least[1], process)
    for child in children:
        child.close()
    print(
        f"{'µs a call: thread (process)':34}"
        + "".join(f"{k + ' ' + Path(s).parent.name:>26}" for k in a.kinds.split(",") for s in sources)
    )
    for variant in a.variants.split(","):
        cells = ""
        for kind in a.kinds.split(","):
            for n in range(len(children)):
                thread, process = best[n, variant, kind]
                cells += f"{thread:16.1f} ({process:6.1f})"
        print(f"{variant:34}{cells}")


if __name__ == "__main__":
    main()
