"""Scheduling over real HTTP: chat alone, both straight to the engine (FIFO), both through Tidegate, interleaved.

    python -m benches.scheduling_http                      the simulated engine in real time
    python -m benches.scheduling_http --engine llamacpp    llama.cpp's server with a 135M model

Every round plays all three ways one after another on one engine with the same requests; medians over rounds.
`--rounds N` (default 5), `--seconds S` (length of the chat in a round).
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benches.report import Report
from tidegate.runner import local_engine
from tidegate.runner.load import Due, Sample, run_load
from tidegate.runner.processes import Child, free_port
from tidegate.sim import demo_plan
from tidegate.wiring import add_key

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
store: {{path: {store}}}
"""


def requests(rng: random.Random, engine: str, seconds: float) -> tuple[list[Due], list[Due]]:
    """Chat over time and a batch at once, sized to the engine; lengths drawn like the recorded chat's."""
    if engine == "llamacpp":
        chat = demo_plan.chat(rng, "", until_s=seconds, every_s=seconds / 20)
        return chat, demo_plan.batch(rng, "", int(250 * seconds), answer_tokens=16)
    chat, at = [], 0.5
    while at < seconds:
        tokens, answer = min(2000, int(rng.lognormvariate(5.2, 0.8))), min(200, int(rng.lognormvariate(3.5, 0.6)) + 1)
        chat.append(Due(at_s=at, tenant="chat", key="", prompt=text(rng, tokens), tokens_output_max=answer))
        at += rng.expovariate(8.0)
    batch = [Due(at_s=0.0, tenant="batch", key="", prompt=text(rng, rng.randint(1500, 2500)), tokens_output_max=60)
             for _ in range(int(6 * seconds))]  # fmt: skip
    return chat, batch


def text(rng: random.Random, tokens: int) -> str:
    """Four characters a token."""
    return "".join(rng.choice("abcdefgh") for _ in range(4 * tokens))


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def figures(samples: list[Sample]) -> tuple[float, float, float]:
    """Chat TTFT P95 and P99 in ms, and tokens a second of the batch."""
    ttft = [s.ttft_ms for s in samples if s.tenant == "chat" and s.ttft_ms is not None]
    batch = [s for s in samples if s.tenant == "batch" and not s.error]
    rate = sum(s.tokens_prompt + s.tokens_completion for s in batch) / max(s.ended_s for s in batch) if batch else 0.0
    return quantile(ttft, 0.95), quantile(ttft, 0.99), rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["simulated", "llamacpp"], default="simulated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--seed", type=int, default=1)
    o, rest = parser.parse_known_args()
    port, gateway, control = free_port(), free_port(), free_port()
    model, kind = (local_engine.MODEL_NAME, "llamacpp") if o.engine == "llamacpp" else ("sim", "vllm")
    module = "tidegate.runner.local_engine" if o.engine == "llamacpp" else "tidegate.sim.engine_server"
    rows: dict[str, list[tuple[float, float, float]]] = {"alone": [], "fifo": [], "ours": []}
    failed = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engine = stack.enter_context(Child([module, "--port", str(port)], folder / "engine.log", "the engine"))
        engine.wait_ready(f"http://127.0.0.1:{port}/health", 60)
        url, store = f"http://127.0.0.1:{port}/v1", folder / "store"
        config = folder / "tidegate.yaml"
        config.write_text(CONFIG.format(port=gateway, control=control, url=url, kind=kind, model=model, store=store))
        keys = {tenant: add_key(store, tenant) for tenant in ("chat", "batch")}
        child = Child(["tidegate.cli", "serve", "--config", str(config)], folder / "gateway.log", "the gateway")
        stack.enter_context(child).wait_ready(f"http://127.0.0.1:{gateway}/healthz", 60)
        for number in range(o.rounds):
            chat, batch = requests(random.Random(f"{o.seed}-{number}"), o.engine, o.seconds)
            for way, base, what, who in (
                ("alone", url, chat, {}), ("fifo", url, [*batch, *chat], {}),
                ("ours", f"http://127.0.0.1:{gateway}/v1", [*batch, *chat], keys),
            ):  # fmt: skip
                samples = asyncio.run(run_load(base, demo_plan.for_arm(what, f"{way} {number}", who), model))
                failed += sum(bool(s.error) for s in samples)
                rows[way].append(figures(samples))
                p95, p99, rate = rows[way][-1]
                print(f"round {number} {way:6} P95 {p95:8.0f} P99 {p99:8.0f} ms, batch {rate:7.0f} tokens/s",
                      file=sys.stderr, flush=True)  # fmt: skip
    a, f, t = ([statistics.median(r[i] for r in rows[way]) for i in range(3)] for way in ("alone", "fifo", "ours"))
    report = Report(f"scheduling over HTTP, {o.engine} engine, {o.rounds} interleaved rounds, seed {o.seed}")
    for i, name in enumerate(("P95", "P99")):
        report.row(f"G1 chat TTFT {name} / alone", goal="<= 1.5", measured=t[i] / a[i], holds=t[i] <= 1.5 * a[i],
                   note=f"{a[i]:.0f} alone, {f[i]:.0f} FIFO, {t[i]:.0f} ms ours")  # fmt: skip
    report.row("G1 FIFO's P95 / ours", goal="> 1 (200 in a long storm)", measured=f[0] / t[0], holds=f[0] > t[0])
    report.row("G2 batch tokens/s kept", goal=">= 0.95", measured=t[2] / f[2], holds=t[2] >= 0.95 * f[2])
    report.row("failed requests", goal="0", measured=failed, holds=failed == 0)
    report.finish(rest)


if __name__ == "__main__":
    main()
