"""A hard cap is never passed: `python -m benches.gateway_budgets [--calls N] [--kills K] [--json]`.

The real program with two workers, over HTTP, before an engine that keeps its own count of what each run used.
Runs make concurrent calls under caps of money, tokens and calls; the engine answers with random usage within the
bound that it was given, and sometimes with an error, with no usage, or not to the end.  Workers are killed with
SIGKILL in between.  Caps hold if the engine's own count says so: it counts a call when it has read it, whatever
becomes of the answer.

Goals: no run and no tenant past a cap in the engine's count; every refused call a legal final answer; what is booked
at the end never less than what the engine counted.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benches.report import Report
from tidegate.gateway import control_channel
from tidegate.store.budgets import BudgetBook
from tidegate.wiring import add_key

SEED = 20261127
AT_ONCE, CALLS_A_RUN = 24, 38
PRICE_IN, PRICE_OUT = 1.0, 4.0  # USD a million tokens
RESOURCES = ("money_micro_usd", "tokens_in", "tokens_out", "calls")
CAPS = {"money_usd": 0.06, "tokens_in": 30_000, "tokens_out": 9_000, "calls": 45}
CONFIG = """
listen: {{port: {port}}}
workers: 2
upstreams: [{{name: e, url: "http://127.0.0.1:{up}/v1"}}]
routes: [{{model: m, upstreams: [e], cost_usd_per_million_prompt: {p_in}, cost_usd_per_million_completion: {p_out}}}]
tenants: [{{name: t}}]
scheduling: {{policy: open}}
budgets: {{run: {run}, tenants: {{t: {{total: {total}, period: ever}}}}, tokens_out_default: 300}}
store: {{path: "{folder}/store"}}
"""
Units = list[int]


class Engine:
    """Answers, misbehaves, and counts for itself."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.used: dict[str, Units] = {}
        self.calls = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                size = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
                body = await reader.readexactly(size)
                if not await self.answer(body, writer):
                    break
        writer.close()

    async def answer(self, body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one call; False to break off."""
        asked = json.loads(body)
        self.calls += 1
        fate = self.chance.choices(("good", "error", "no usage", "broken"), (88, 4, 4, 4))[0]
        tokens_in = self.chance.randrange(1, len(body) + 1)
        tokens_out = self.chance.randrange(asked["max_tokens"] + 1)
        units = [0, 0, 0, 1] if fate == "error" else [
            -int(-(tokens_in * PRICE_IN + tokens_out * PRICE_OUT) // 1), tokens_in, tokens_out, 1]  # fmt: skip
        for who in (asked["user"], "total"):
            self.used[who] = [a + b for a, b in zip(self.used.get(who, [0] * 4), units, strict=True)]
        await asyncio.sleep(self.chance.random() * 0.02)
        usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}
        said: dict[str, Any] = {"choices": []} | ({} if fate == "no usage" else {"usage": usage})
        out = json.dumps({"error": {"message": "no"}} if fate == "error" else said).encode()
        status = b"400 Bad Request" if fate == "error" else b"200 OK"
        length = len(out) + (100 if fate == "broken" else 0)
        writer.write(
            b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (status, length, out)
        )
        await writer.drain()
        return fate != "broken"


async def ask(port: int, key: str, run: str, chance: random.Random) -> str:
    """One call of a run, on a connection of its own; what became of it."""
    body: dict[str, Any] = {"model": "m", "user": run,
                            "messages": [{"role": "user", "content": "x" * chance.randrange(10, 800)}]}  # fmt: skip
    if chance.random() < 0.8:
        body["max_tokens"] = chance.randrange(1, 400)
    data = json.dumps(body).encode()
    head = (f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n"
            f"x-tidegate-run-id: {run}\r\ncontent-length: {len(data)}\r\n\r\n")  # fmt: skip
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + data)
        answer = await asyncio.wait_for(reader.read(), 60)
        writer.close()
    except OSError:
        return "lost"
    head_, _, said = answer.partition(b"\r\n\r\n")
    if not head_:
        return "lost"
    if b"x-tidegate-rule: run-budget" in head_:
        final = json.loads(said)["choices"][0]
        legal = final["finish_reason"] == "stop" and final["message"]["role"] == "assistant"
        return "refused" if legal and "budget is spent" in final["message"]["content"] else "not legal"
    return "served" if head_.startswith(b"HTTP/1.1 200") else "failed"


async def study(folder: Path, calls: int, kills: int) -> tuple[Engine, Counter[str], int]:
    """Calls of many runs, and deaths of workers; the engine, the endings, how many were killed."""
    engine, chance = Engine(SEED), random.Random(SEED + 1)
    server = await asyncio.start_server(engine.serve, "127.0.0.1", 0, backlog=1024)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    up = server.sockets[0].getsockname()[1]
    (folder / "tidegate.yaml").write_text(CONFIG.format(
        folder=folder, port=port, up=up, p_in=PRICE_IN, p_out=PRICE_OUT, run=json.dumps(CAPS),
        total=json.dumps({"money_usd": calls / 1250, "calls": calls * 3 // 4}),
    ))  # fmt: skip
    key = add_key(folder / "store", "t")
    argv = [sys.executable, "-m", "tidegate.serving", str(folder / "tidegate.yaml"), "--no-control"]
    gateway = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    endings: Counter[str] = Counter()
    sockets = folder / "store" / "sockets"
    killed = 0
    try:
        while len(control_channel.sockets(sockets)) < 2:
            await asyncio.sleep(0.1)
        left, runs = calls, max(2, calls // CALLS_A_RUN)

        async def client() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                endings[await ask(port, key, f"r{chance.randrange(runs)}", chance)] += 1

        clients = [asyncio.create_task(client()) for _ in range(AT_ONCE)]
        for n in range(kills):
            while left > calls * (1 - (n + 1) / (kills + 1)) and not all(c.done() for c in clients):
                await asyncio.sleep(0.02)
            with contextlib.suppress(Exception):
                path = control_channel.sockets(sockets)[n % 2]
                said = await control_channel.ask_async(path, "metrics", timeout_s=10)
                os.kill(said["pid"], signal.SIGKILL)
                killed += 1
        await asyncio.gather(*clients)
    finally:
        gateway.send_signal(signal.SIGTERM)
        await asyncio.to_thread(gateway.wait, 60)
        server.close()
    return engine, endings, killed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=6000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", default=None)
    a = parser.parse_args()
    report = Report("hard caps of runs")
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as folder:
        engine, endings, killed = asyncio.run(study(Path(folder), a.calls, a.kills))
        accounts = {u.name: u for u in BudgetBook(Path(folder) / "store").accounts()}
    passed, short, fullest = [], [], 0.0
    for who, used in engine.used.items():
        account = accounts["t total ever" if who == "total" else f"t run {who}"]
        for i, n in enumerate(used):
            cap = account.limit[i]
            if cap is not None:
                fullest = max(fullest, n / cap)
                passed += [(who, RESOURCES[i], n, cap)] * (n > cap)
            short += [(who, RESOURCES[i])] * (account.spent[i] + account.reserved[i] < n)
    took = (
        f"{a.calls:,} calls of {len(engine.used) - 1} runs, {killed} workers killed, {time.monotonic() - began_s:.0f} s"
    )
    report.row("caps passed, in the engine's own count", goal="0", measured=len(passed), holds=not passed,
               note=f"{took}; fullest account {fullest:.1%}")  # fmt: skip
    report.row("accounts that book less than the engine counted", goal="0", measured=len(short), holds=not short)
    report.row("refused calls without a legal final answer", goal="0", measured=endings["not legal"],
               holds=endings["refused"] > 0 and not endings["not legal"],
               note=", ".join(f"{n:,} {what}" for what, n in endings.most_common()))  # fmt: skip
    report.finish()


if __name__ == "__main__":
    main()
