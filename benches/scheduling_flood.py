"""Self-protection over real HTTP (G14): a flood, abusive headers, slow readers and clients that vanish.

    python -m benches.scheduling_flood [--calls 2000] [--seconds 15] [--stepping]

One tenant opens `--calls` connections at once before the simulated engine, each with a long prompt and with headers
and fields that claim priority and another tenant; every twentieth does not read its answer, every tenth leaves.  The
chat of another tenant goes on beside it, as it did alone before.  Then streams are cut by their clients all at once,
and the engine is watched until none of them runs.  100,000 calls need 100,000 sockets, more than a machine lends:
memory is measured at a quarter of `--calls` and at all of them, and what a further call takes reported for the rest.
"""

import argparse
import asyncio
import contextlib
import random
import re
import socket
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import msgspec

from benches.report import Report
from benches.scheduling_http import SCALES, gateway, letters, quantile, requests
from tidegate.runner.load import run_load
from tidegate.runner.processes import Child, free_port
from tidegate.sim import demo_plan

ABUSE = "X-Vllm-Priority: -100\r\nX-Tenant: chat\r\nX-Forwarded-For: 10.0.0.1\r\nPriority: u=0\r\n"


def rss_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            text = status.read_text()
            parent = re.search(r"^PPid:\t(\d+)", text, re.M)
            if status.parent.name == str(pid) or (parent and parent[1] == str(pid)):
                total += int((re.search(r"^VmRSS:\s+(\d+)", text, re.M) or ["", "0"])[1]) / 1024
    return total


def running(metrics: str) -> int:
    """Requests in the engine, running and waiting, by its own metrics page."""
    with urllib.request.urlopen(metrics, timeout=5) as answer:
        page = answer.read().decode()
    return sum(int(float(n)) for n in re.findall(r"^vllm:num_requests_(?:running|waiting)\{[^}]*\} (\S+)", page, re.M))


class Flood:
    """Calls of one tenant, all open at once."""

    def __init__(self, url: str, key: str, rng: random.Random) -> None:
        host, port = url.removeprefix("http://").split("/")[0].split(":")
        self.host, self.port, self.key, self.rng = host, int(port), key, rng
        self.tasks: list[asyncio.Task[None]] = []
        self.sent = 0
        self.gate = asyncio.Semaphore(100)

    async def start(self, n: int, prompt: int, *, answer: int = 30) -> None:
        """Send so many more; returns when every request is on its way."""
        text, wanted = letters(self.rng, prompt), self.sent + n
        made = [asyncio.create_task(self.one(i, f"{i} {text}", answer)) for i in range(n)]
        self.tasks += made
        while self.sent < wanted and not all(t.done() for t in made):
            await asyncio.sleep(0.05)

    async def one(self, i: int, text: str, answer: int) -> None:
        never_reads, leaves = i % 20 == 0, i % 10 == 5
        body = msgspec.json.encode({
            "model": "sim", "stream": True, "max_tokens": 400 if never_reads else answer, "priority": -100,
            "messages": [{"role": "user", "content": text}],
        })  # fmt: skip
        async with self.gate:
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.setblocking(False)
            await asyncio.get_running_loop().sock_connect(raw, (self.host, self.port))
            source, sink = await asyncio.open_connection(sock=raw, limit=2048)
            head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.key}\r\n{ABUSE}"
                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")  # fmt: skip
            sink.write(head.encode() + body)
            await sink.drain()
            self.sent += 1
        try:
            if leaves:
                await asyncio.sleep(self.rng.uniform(0.0, 5.0))
            elif never_reads:
                await asyncio.sleep(3600.0)
            else:
                with contextlib.suppress(OSError):
                    while await source.read(65536):
                        pass
        finally:
            sink.transport.abort()

    async def stop(self) -> None:
        """All of them vanish."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def until_idle(metrics: str, timeout_s: float) -> float | None:
    """Seconds until nothing is in the engine; None: something still was."""
    started = time.monotonic()
    while time.monotonic() - started < timeout_s:
        if await asyncio.to_thread(running, metrics) == 0:
            return time.monotonic() - started
        await asyncio.sleep(0.002)
    return None


async def measure(report: Report, o: argparse.Namespace, folder: Path, stack: ExitStack) -> None:
    port = free_port()
    engine = stack.enter_context(Child(["tidegate.sim.engine_server", "--port", str(port)], folder / "engine.log",
                                       "the engine"))  # fmt: skip
    engine.wait_ready(f"http://127.0.0.1:{port}/health", 60)
    metrics = f"http://127.0.0.1:{port}/metrics"
    way = "stepping" if o.stepping else "gateway"
    url, keys = gateway(stack, folder, way, f"http://127.0.0.1:{port}/v1", "vllm", "sim")
    pid = gateway_pid(folder / f"{way}.yaml")
    rng = random.Random(o.seed)
    chat, _ = requests(rng, SCALES["simulated"], o.seconds, "letters")
    p95: dict[str, float] = {}
    before = rss_mb(pid)
    flood = Flood(url, keys["batch"], rng)
    most = before
    each = 0.0
    refused = 0
    for way in ("alone", "flood"):
        if way == "flood":
            few = o.calls // 4
            await flood.start(few, 500)
            quarter = rss_mb(pid)
            await flood.start(o.calls - few, 500)
            most = rss_mb(pid)
            each = (most - quarter) / (o.calls - few)
        samples = await run_load(url, demo_plan.for_arm(chat, way, keys), "sim")
        refused += sum(bool(s.error) for s in samples)
        p95[way] = quantile([s.ttft_ms for s in samples if s.ttft_ms is not None], 0.95)
        most = max(most, rss_mb(pid))
    await flood.stop()
    await until_idle(metrics, 10.0)
    streams = Flood(url, keys["batch"], rng)
    await streams.start(16, 50, answer=4000)
    await asyncio.sleep(1.0)
    busy = await asyncio.to_thread(running, metrics)
    await streams.stop()
    freed_s = await until_idle(metrics, 5.0)
    a, f = p95["alone"], p95["flood"]
    report.row("G14 chat TTFT P95 beside the flood / alone", goal="<= 1.5", measured=f / a, holds=f <= 1.5 * a,
               note=f"{a:.0f} alone, {f:.0f} ms beside {o.calls:,} calls of one tenant; one round")  # fmt: skip
    report.row("G14 chat calls that failed", goal="0", measured=refused, holds=refused == 0)
    report.row("G14 memory of the gateway in the flood", goal="<= 512 MB", measured=most, unit="MB", holds=most <= 512,
               note=f"{before:.0f} MB before, {each * 1024:.1f} kB a further call of 2 kB: 20,000, the most that are "
               f"let in, would take {most + each * (20_000 - o.calls):,.0f} MB, 100,000 "
               f"{most + each * (100_000 - o.calls):,.0f} MB")  # fmt: skip
    report.row("G14 streams gone from the engine after their clients left", goal="<= 100 ms",
               measured="still there" if freed_s is None else freed_s * 1e3, unit="ms",
               holds=freed_s is not None and freed_s <= 0.1, note=f"{busy} ran; polled every 2 ms")  # fmt: skip


def gateway_pid(config: Path) -> int:
    """The process that serves this configuration."""
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(config).encode() in cmdline.read_bytes():
                return int(cmdline.parent.name)
    raise RuntimeError(f"no process serves {config}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stepping", action="store_true", help="with `prefix_stepping`")
    o, rest = parser.parse_known_args()
    report = Report(f"a flood over HTTP, simulated engine, {'prefix stepping, ' if o.stepping else ''}seed {o.seed}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        asyncio.run(measure(report, o, folder, stack))
    report.finish(rest)


if __name__ == "__main__":
    main()
