"""Ten thousand idle streams held at once: `python -m benches.gateway_streams [--tools FOLDER] [--streams 10000]`.

All are opened in one burst; each gets ten chunks, one every two seconds, and its connection then asks again.  Two
workers, since a process here may often open only 20,000 files and a stream needs two.  Goals: all are open upstream
at once, every stream is answered whole, none is refused, and what they cost in memory.  How long they waited for
their place is the scheduler's doing: it lets a new engine have only as much as it has shown it takes.

`FOLDER` holds the load tools (`fake_upstream.c`, `loadgen.c`), by default `bench/gateway` of the shared folder beside
the repository (`TIDEGATE_SHARED_BENCH`).
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benches.report import Report
from tidegate.gateway import control_channel
from tidegate.store.segments import read_traces, sealed_segments
from tidegate.wiring import add_key

TOOLS = (
    Path(os.environ.get("TIDEGATE_SHARED_BENCH", Path(__file__).resolve().parents[2] / "shared" / "bench")) / "gateway"
)
CONFIG = """
listen: {{port: {port}}}
control: {{port: {control}}}
workers: 2
upstreams:
  - {{name: fake, url: "http://127.0.0.1:{up}/v1", connections_max: 30000}}
routes:
  - {{model: gpt-4o-mini, upstreams: [fake]}}
tenants: [{{name: team1}}]
limits: {{connections_max: 30000}}
store: {{path: "{folder}/store"}}
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def memory_mb(pids: list[int]) -> float:
    """Proportional set size of some processes."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def open_now(store: Path) -> int:
    """Streams that are open at the engine, of all workers."""
    found = 0.0
    for path in control_channel.sockets(store / "sockets"):
        for gauge in control_channel.ask(path, "metrics", timeout_s=20.0)["gauges"]:
            sign = {"tidegate_upstream_connections": 1, "tidegate_upstream_connections_idle": -1}.get(gauge["name"], 0)
            found += sign * gauge["value"]
    return round(found)


def hold(folder: Path, tools: Path, streams: int, seconds: int) -> tuple[dict[str, float], float, float, int]:
    """Run it; the load generator's line, the workers' memory before and under load, and how many streams were open."""
    for name in ("fake_upstream", "loadgen"):
        subprocess.run(["gcc", "-O2", "-o", str(folder / name), str(tools / f"{name}.c")], check=True)
    up, port, control = free_port(), free_port(), free_port()
    config = folder / "tidegate.yaml"
    config.write_text(CONFIG.format(folder=folder, up=up, port=port, control=control))
    key = add_key(folder / "store", "team1")
    upstream = subprocess.Popen([str(folder / "fake_upstream"), str(up)])
    gateway = subprocess.Popen([sys.executable, "-m", "tidegate.serving", str(config), "--no-control"])
    try:
        time.sleep(4)
        children = Path(f"/proc/{gateway.pid}/task/{gateway.pid}/children").read_text().split()
        pids = [gateway.pid, *map(int, children)]
        idle = memory_mb(pids)
        load = subprocess.Popen(
            [str(folder / "loadgen"), "-p", str(port), "-k", key, "-c", str(streams), "-t", str(seconds), "-w", "0",
             "-s", "10", "-d", "2000000"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(seconds * 0.7)
        full, held = memory_mb(pids), open_now(folder / "store")
        out, _ = load.communicate(timeout=seconds + 120)
        return json.loads(out), idle, full, held
    finally:
        gateway.send_signal(signal.SIGTERM)
        gateway.wait(60)
        upstream.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, default=TOOLS)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", default=None)
    a = parser.parse_args()
    report = Report(f"{a.streams:,} idle streams")
    missing = "gcc" if shutil.which("gcc") is None else None if (a.tools / "loadgen.c").exists() else str(a.tools)
    if missing is not None:
        report.row("the load tools", goal="present", measured=f"missing: {missing}", holds=None)
        report.finish()
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as folder:
        said, idle, full, held = hold(Path(folder), a.tools, a.streams, a.seconds)
        journal = Path(folder) / "store" / "journal"
        ended: Counter[str] = Counter()
        waits: list[float] = []
        for trace in (t for p in sealed_segments(journal) for t in read_traces(p)):
            ended[trace.error_code or trace.ending.value] += 1
            if trace.dispatched_at_s is not None:
                waits.append(trace.dispatched_at_s - trace.received_at_s)
    waits.sort()
    waited = f", a place was had after {waits[len(waits) // 2]:.2g} s (P50), at most {waits[-1]:.1f} s" if waits else ""
    report.row("streams open at the engine at once", goal=f">= {a.streams}", measured=held, holds=held >= a.streams,
               note=f"after {a.seconds * 0.7:.0f} s{waited}")  # fmt: skip
    whole, wrong = int(said["req_all"]), int(said["err"] + said["bad"])
    report.row("streams answered whole", goal=f">= {a.streams}", measured=whole, holds=whole >= a.streams)
    report.row("streams refused or wrong", goal="0", measured=wrong, holds=wrong == 0,
               note=", ".join(f"{n} {what}" for what, n in ended.most_common(4)))  # fmt: skip
    each = (full - idle) * 1024 / a.streams
    report.row("memory a held stream", goal="<= 40 KB", measured=each, unit="KB PSS", holds=each <= 40,
               note=f"{idle:.0f} MB idle, {full:.0f} MB full, {os.cpu_count()} cores")  # fmt: skip
    report.finish()


if __name__ == "__main__":
    main()
