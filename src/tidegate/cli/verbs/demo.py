"""`tidegate demo`: the incident and the cure on a real local model, in about two minutes.

Three arms on the same engine and the same requests: the chat alone, chat and batch straight to the
engine (first come, first served), and both through Tidegate.
"""

import asyncio
import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tidegate.cli.output import emit, people, stdout
from tidegate.render.config_template import Answers, config_text
from tidegate.runner import local_engine
from tidegate.runner.load import Due, Sample, ask, run_load
from tidegate.runner.processes import Child, free_port
from tidegate.sim import demo_plan
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WorldError
from tidegate.spine.estimate import Estimate, Measure, Measured, NotMeasured
from tidegate.spine.finding import Certainty, Finding, Severity
from tidegate.spine.gate import verdict_of_findings
from tidegate.wiring import add_key

LEFT_BEHIND = frozenset({"engine.log", "gateway.log", "tidegate.yaml", "store"})  # what a demo writes into its folder
TARGET_MS = 500.0  # the chat's first-token target, as in the incident


@click.command("demo")
@click.option("--seed", type=int, default=1, show_default=True, help="One seed, one set of requests.")
@click.option("--seconds", type=float, default=20.0, show_default=True, help="How long the batch keeps the engine.")
@click.option("--engine", type=click.Choice(["auto", "llamacpp", "simulated"]), default="auto", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), default=Path(".tidegate/demo"), show_default=True)
@click.option(
    "--stay/--no-stay", default=None, help="Keep gateway and console up until Ctrl-C (default: on a terminal)."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(seed: int, seconds: float, engine: str, folder: Path, stay: bool | None, as_json: bool) -> NoReturn:
    """See the failure and the cure: a chat beside a batch, with and without Tidegate.

    Example: tidegate demo --seconds 10
    """
    stay = (sys.stdout.isatty() and not as_json) if stay is None else stay
    begin_anew(folder)
    with ExitStack() as children:
        engine_url, engine_words, model = start_engine(children, engine, folder)
        people.print(f"[bold]engine[/]    {engine_words} at {engine_url}", highlight=False)
        gateway_url, console_url, keys = start_gateway(children, engine_url, model, folder)
        people.print(f"[bold]gateway[/]   {gateway_url}   [bold]console[/] {console_url}", highlight=False)
        speed = asyncio.run(prefill_speed(engine_url, model, seed))
        rng = random.Random(seed)
        jobs = demo_plan.batch(rng, "", int(speed * seconds), answer_tokens=16)
        chats = demo_plan.chat(rng, "", until_s=seconds, every_s=seconds / 16)
        tokens = f"about {speed * seconds:,.0f} tokens to read at {speed:,.0f} tokens/s"
        words = f"{len(chats)} chat questions beside a batch of {len(jobs)} prompts, {tokens}; seed {seed}"
        people.print(f"[bold]load[/]      {words}", highlight=False)
        both = [*jobs, *chats]
        plan = (("chat alone", engine_url, chats), ("straight to the engine", engine_url, both),
                ("through Tidegate", gateway_url, both))  # fmt: skip
        arms = {
            name: run_arm(name, url, demo_plan.for_arm(due, name, keys if url == gateway_url else {}), model)
            for name, url, due in plan
        }
        answer = judge(arms, engine_words, console_url)
        if stay:
            show(stdout, arms, closing(console_url, folder, running=True))
            wait_for_interrupt()
    last_words = closing(console_url, folder, running=False)
    emit(answer, as_json=as_json, words=None if stay else lambda console: show(console, arms, last_words))


def show(console: Console, arms: dict[str, list[Sample]], last_words: str) -> None:
    """The table, and where to look next."""
    console.print(results(arms))
    console.print(last_words, highlight=False)


def begin_anew(folder: Path) -> None:
    """An empty folder, where an earlier demo's files may lie; nobody else's are deleted."""
    foreign = sorted({p.name for p in folder.iterdir()} - LEFT_BEHIND) if folder.is_dir() else []
    if foreign:
        raise InputError(f"expected a new folder or one of an earlier demo, found {', '.join(foreign[:3])} in it",
                         where=str(folder), remedy="name another with --folder")  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def start_engine(children: ExitStack, wanted: str, folder: Path) -> tuple[str, str, str]:
    """Start the local model, or the simulated engine where it does not run, and say so."""
    port = free_port()
    reason = "asked for" if wanted == "simulated" else local_engine.why_not()
    if reason is not None and wanted == "llamacpp":
        raise WorldError(f"the local engine cannot run: {reason}", remedy="make demo installs it")
    if reason is None:
        arguments = ["tidegate.runner.local_engine", "--port", str(port)]
        words, model = "llama.cpp with SmolLM2-135M-Instruct, a real model on this machine", local_engine.MODEL_NAME
    else:
        arguments = ["tidegate.sim.engine_server", "--port", str(port)]
        words, model = f"the simulated engine ({reason})", "simulated"
    child = children.enter_context(Child(arguments, folder / "engine.log", "the engine"))
    child.wait_ready(f"http://127.0.0.1:{port}/health", 60)
    return f"http://127.0.0.1:{port}/v1", words, model


def start_gateway(children: ExitStack, engine_url: str, model: str, folder: Path) -> tuple[str, str, dict[str, str]]:
    """Write a configuration, make two keys, start `tidegate serve`."""
    port, control = free_port(), free_port()
    config = folder / "tidegate.yaml"
    answers = Answers(
        upstream_url=engine_url, upstream_kind="llamacpp" if model != "simulated" else "vllm", models=[model],
        tenants=[("chat", "interactive"), ("batch", "batch")], port=port, control_port=control,
        store_path=str(folder / "store"),
    )  # fmt: skip
    text = config_text(answers).replace("\nscheduling:\n", "\nscheduling:\n  prefix_stepping: true\n")
    config.write_text(text, encoding="utf-8")
    keys = {tenant: add_key(folder / "store", tenant) for tenant in ("chat", "batch")}
    child = children.enter_context(
        Child(["tidegate.cli", "serve", "--config", str(config)], folder / "gateway.log", "the gateway")
    )
    child.wait_ready(f"http://127.0.0.1:{port}/healthz", 30)
    return f"http://127.0.0.1:{port}/v1", f"http://127.0.0.1:{control}/", keys


async def prefill_speed(url: str, model: str, seed: int) -> float:
    """Prompt tokens a second of this engine on this machine, from two short prompts."""
    rng = random.Random(seed + 1)
    best = 0.0
    for _ in range(2):
        start = time.monotonic()
        due = Due(at_s=0.0, tenant="chat", key="", prompt=demo_plan.text(rng, 300), tokens_output_max=1)
        sample = await ask(url, due, model, start)
        if sample.ttft_ms is None:
            raise WorldError(f"the engine did not answer: {sample.error}")
        best = max(best, (sample.tokens_prompt or 300) / (sample.ttft_ms / 1000.0))
    return best


@contextmanager
def shown(name: str, total: int) -> Iterator[Progress]:
    """A progress bar on standard error."""
    columns = (TextColumn(f"{name:<24}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Progress(*columns, console=people, transient=False) as bar:
        bar.add_task(name, total=total)
        yield bar


def run_arm(name: str, url: str, requests: list[Due], model: str) -> list[Sample]:
    """One arm; every sample, failed ones too."""
    with shown(name, len(requests)) as bar:
        task = bar.task_ids[0]
        return asyncio.run(run_load(url, requests, model, lambda done, _all: bar.update(task, completed=done)))


def ttfts(samples: list[Sample], tenant: str) -> list[float]:
    """First-token times of a tenant; a request without one counts as infinitely late."""
    return [s.ttft_ms if s.ttft_ms is not None else float("inf") for s in samples if s.tenant == tenant]


def percentile(values: list[float], q: float) -> float:
    """Nearest-rank percentile; honest about failures, which are infinite."""
    return float(np.quantile(values, q, method="inverted_cdf"))


def batch_rate(samples: list[Sample]) -> float | None:
    """Tokens a second (read and written) of the batch until its last answer."""
    mine = [s for s in samples if s.tenant == "batch" and s.ttft_ms is not None]
    return sum(s.tokens_prompt + s.tokens_completion for s in mine) / max(s.ended_s for s in mine) if mine else None


def results(arms: dict[str, list[Sample]]) -> Table:
    """The table a newcomer understands in ten seconds."""
    title = f"First token of a chat (target {TARGET_MS:.0f} ms) beside a batch: same engine and requests"
    # One line an arm in 80 columns.
    table = Table(title=title, box=None, padding=(0, 2, 0, 0), pad_edge=False, title_justify="left")
    table.add_column("", no_wrap=True)
    for column in ("chat P50", "chat P95", f"over {TARGET_MS:.0f} ms", "batch tokens/s", "failed"):
        table.add_column(column, justify="right")
    for name, samples in arms.items():
        values = ttfts(samples, "chat")
        missed = sum(v > TARGET_MS for v in values)
        rate = batch_rate(samples)
        style = "green" if name == "through Tidegate" else "red" if name == "straight to the engine" else ""
        table.add_row(name, seconds_text(statistics.median(values)), seconds_text(percentile(values, 0.95)),
                      f"{missed} of {len(values)}", "" if rate is None else f"{rate:,.0f}",
                      str(sum(s.ttft_ms is None for s in samples)), style=style)  # fmt: skip
    return table


def seconds_text(ms: float) -> str:
    """`80 ms`, `12.3 s`, or `never`."""
    return "never" if ms == float("inf") else f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def closing(console_url: str, folder: Path, *, running: bool) -> str:
    """Where to look next."""
    traces = f"tidegate traces list --store {folder / 'store'}"
    if running:
        return f"console: [bold]{console_url}[/]   traces: {traces}\nCtrl-C ends it."
    return f"what happened: {traces}\n`tidegate demo --stay` keeps the gateway and its console up"


def judge(arms: dict[str, list[Sample]], engine: str, console_url: str) -> Answer:
    """Pass when the chat's P95 straight to the engine is at least twice ours, and nothing failed through us."""
    alone, fifo, ours = (ttfts(arms[a], "chat") for a in arms)
    p95 = [percentile(v, 0.95) for v in (alone, fifo, ours)]
    measures: list[Measure] = []
    for name, samples in arms.items():
        values = ttfts(samples, "chat")
        segment = f"chat, {name}"
        measures.append(Measure(name="ttft_ms_p95", unit="ms", value=quantile(values, 0.95, segment)))
        measures.append(Measure(name="ttft_ms_p50", unit="ms", value=quantile(values, 0.5, segment)))
    failed = sum(s.ttft_ms is None for s in arms["through Tidegate"])
    findings = tuple(
        Finding(rule="demo", severity=Severity.ERROR, subject=engine, message=message,
                evidence={"certainty": Certainty.MEASURED.value})
        for message in why_not(p95[1], p95[2], failed)
    )  # fmt: skip
    fields = {"engine": engine, "console": console_url, "failed_through_tidegate": failed,
              "arms": [{"name": n, "requests": len(s)} for n, s in arms.items()]}  # fmt: skip
    return Answer(verb="demo", verdict=verdict_of_findings(findings), measures=tuple(measures), findings=findings,
                  fields=fields)  # fmt: skip


def why_not(straight_ms: float, ours_ms: float, failed: int) -> Iterator[str]:
    """What keeps a run from showing the cure, in words."""
    if failed:
        yield f"{failed} chats failed through Tidegate, expected none: `tidegate traces list` says how each ended"
    if not straight_ms >= 2 * ours_ms:
        yield (
            f"the chat's P95 was {straight_ms:,.0f} ms straight to the engine and {ours_ms:,.0f} ms through Tidegate; "
            "expected at most half: another load on this machine does that, try again when it is idle"
        )


def quantile(values: list[float], q: float, segment: str) -> Measured:
    """A quantile with its distribution-free interval (order statistics, binomial ranks)."""
    ordered = sorted(values)
    n = len(ordered)
    if n == 0 or ordered[min(n - 1, int(q * n))] == float("inf"):
        return NotMeasured(reason="requests failed", needed="answers to all requests", segment=segment)
    half = 1.96 * (n * q * (1 - q)) ** 0.5
    low, high = max(0, int(n * q - half) - 1), min(n - 1, int(n * q + half) + 1)
    value = percentile(ordered, q)
    return Estimate(value=value, low=min(value, ordered[low]), high=max(value, ordered[high]), n=n, segment=segment,
                    method="order statistics")  # fmt: skip


def wait_for_interrupt() -> None:
    """Until Ctrl-C."""
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return
