"""Ten thousand idle streams held at once: `python -m benches.gateway_streams --tools FOLDER [--streams 10000]`.

Each stream gets one chunk every two seconds.  Two workers, since a process here may often open only 20,000 files and
a stream needs two.  Goals: every stream is answered whole, none is refused, and what they cost in memory.
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
from tidegate.store.segments import read_traces, sealed_segments
from tidegate.wiring import add_key

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


def hold(folder: Path, tools: Path, streams: int, seconds: int) -> tuple[dict[str, float], float, float]:
    """Run it; the load generator's line, and the workers' memory before and while all streams are open."""
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
        full = memory_mb(pids)
        out, _ = load.communicate(timeout=seconds + 120)
        return json.loads(out), idle, full
    finally:
        gateway.send_signal(signal.SIGTERM)
        gateway.wait(60)
        upstream.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", required=True)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", default=None)
    a = parser.parse_args()
    report = Report(f"{a.streams:,} idle streams")
    if shutil.which("gcc") is None:
        report.row("the load tools", goal="present", measured="missing: gcc", holds=None)
        report.finish()
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as folder:
        said, idle, full = hold(Path(folder), Path(a.tools), a.streams, a.seconds)
        journal = Path(folder) / "store" / "journal"
        ended = Counter(t.error_code or t.ending.value for p in sealed_segments(journal) for t in read_traces(p))
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
