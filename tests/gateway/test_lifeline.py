"""A supervisor killed by SIGKILL leaves nobody behind, and running calls finish first.

Method: the real program with two workers, killed while a call runs; and a bare supervisor whose
children watch in each of the two ways.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.gateway.test_serving import answers, eventually, served

CHILDREN = """
import os, signal, sys, time
from pathlib import Path
from tidegate.gateway.lifeline import Lifeline, kernel_tells
from tidegate.gateway.supervisor import Child, Supervisor

folder, way = Path(sys.argv[1]), sys.argv[2]

def run(name):
    def drained(*_):
        (folder / f"{name}.drained").touch()
        os._exit(0)
    signal.signal(signal.SIGTERM, drained)
    (folder / f"{name}.pid").write_text(str(os.getpid()))
    time.sleep(60)

lifeline = Lifeline(kernel_tells if way == "kernel" else lambda number: False)
children = [Child(n, lambda n=n: run(n)) for n in ("a", "b")]
Supervisor(children, reload=lambda: None, drain_s=1, lifeline=lifeline).run()
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("way", ["kernel", "pipe"] if sys.platform == "linux" else ["pipe"])
def test_children_get_a_sigterm_when_their_supervisor_is_killed(tmp_path: Path, way: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", CHILDREN, str(tmp_path), way])
    try:
        assert eventually(lambda: len([p for p in tmp_path.glob("*.pid") if p.read_text()]) == 2)
        pids = [int(p.read_text()) for p in tmp_path.glob("*.pid")]
        time.sleep(0.2)
        assert all(alive(p) for p in pids)
        process.kill()
        process.wait(5)
        assert eventually(lambda: not any(alive(p) for p in pids), 5)
        assert {p.name for p in tmp_path.glob("*.drained")} == {"a.drained", "b.drained"}
    finally:
        process.kill()


def test_a_supervisor_that_died_before_the_child_asked_is_noticed() -> None:
    code = """
import os, signal, sys
from tidegate.gateway.lifeline import Lifeline
line = Lifeline()
line.parent = -1  # as if somebody else had become the parent meanwhile
signal.signal(signal.SIGTERM, lambda *_: os._exit(7))
line.hold()
os._exit(0)
"""
    if sys.platform == "linux":
        assert subprocess.run([sys.executable, "-c", code], timeout=20).returncode == 7


TIED = """
import asyncio, sys
from tidegate.gateway.mcp.process import ToolProcess, environment_of

async def main():
    script = "import os, signal, sys, time; print(os.getpid(), file=sys.stderr, flush=True); open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    await ToolProcess.start("deaf", [sys.executable, "-c", script, sys.argv[1]], environment=environment_of({}, {}), folder=None, line_bytes_max=1000)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the end of its input tells it")
def test_a_tool_server_that_does_not_hear_ends_with_its_killed_worker(tmp_path: Path) -> None:
    where = tmp_path / "pid"
    process = subprocess.Popen([sys.executable, "-c", TIED, str(where)])
    try:
        assert eventually(lambda: where.exists() and bool(where.read_text()), 20)
        pid = int(where.read_text())
        assert alive(pid)
        process.kill()
        process.wait(5)
        assert eventually(lambda: not alive(pid), 5)
    finally:
        process.kill()


def test_workers_drain_and_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with served(tmp_path) as s:
        assert s.ask({"model": "m"})[0] == 200
        pids = answers(s)
        assert len(pids) == 2
        results: list[int] = []
        slow = threading.Thread(target=lambda: results.append(s.ask({"model": "m", "slow": True})[0]))
        slow.start()
        time.sleep(0.4)
        os.kill(s.process.pid, signal.SIGKILL)
        s.process.wait(5)
        slow.join()
        assert results == [200], "the call that ran was answered"
        assert eventually(lambda: not any(alive(p) for p in pids))
        assert not s.sockets, "each took its control socket away"
