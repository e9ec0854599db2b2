"""`tidegate loops fleet`: all runs by kind of task, from recorded files or from the gateway's own traces."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console

from tidegate import wiring
from tidegate.admit.toolguard.fleet import ALARM_RATIO, SAMPLE_MIN, Kind, RunCost, by_kind, tokens_by_step
from tidegate.admit.toolguard.loops import judge
from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.steps import read_steps
from tidegate.cli.output import emit
from tidegate.readers.agent_runs import Run
from tidegate.readers.agent_values import read_values
from tidegate.readers.config import read_settings
from tidegate.readers.fleet import runs_of_traces
from tidegate.render.fleet import fleet_table, number, worst_table
from tidegate.spine.answer import Answer
from tidegate.spine.errors import WrongUse
from tidegate.spine.finding import Certainty, Finding, Severity
from tidegate.spine.gate import Verdict


@click.command("fleet")
@click.argument("files", nargs=-1)
@click.option("--store", "config", type=click.Path(path_type=Path), default=None,
              help="A tidegate.yaml: read the runs that passed its gateway instead of files.")  # fmt: skip
@click.option("--by", default="task_type", show_default=True, help="Key of each record that names its kind of task.")
@click.option("--sample-min", type=int, default=SAMPLE_MIN, show_default=True, help="Fewer runs raise no alarm.")
@click.option(
    "--usd-per-million-in", type=float, default=None, help="Price of a million input tokens, where no record tells one."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def fleet(
    files: tuple[str, ...],
    config: Path | None,
    by: str,
    sample_min: int,
    usd_per_million_in: float | None,
    as_json: bool,
) -> NoReturn:
    """Steps, tokens and money by kind of task; alarm when P95 passes 4 times P50.

    Tokens are taken from the records (`usage`, spans) and else estimated from the texts, which is
    said.  Exit code 1 when a kind is in alarm.

    Example: tidegate loops fleet runs.jsonl --by task_type
    """
    if bool(files) == (config is not None):
        raise WrongUse("expected files with runs, or --store tidegate.yaml", where="loops fleet")
    if usd_per_million_in is not None and not 0 <= usd_per_million_in < float("inf"):
        raise WrongUse(f"expected a price from 0 on, got {usd_per_million_in!r}", where="--usd-per-million-in")
    if config is not None:
        runs: Iterator[RunCost] = iter(runs_of_traces(wiring.trace_store(read_settings(config)).scan()))
    else:
        runs = (cost_of(value, run, by, usd_per_million_in) for value, run in read_values(files))
    kinds = by_kind(runs, sample_min)
    alarms = tuple(finding_of(k) for k in kinds if k.alarm)
    rows = [msgspec.to_builtins(k) | {"alarm": k.alarm} for k in kinds]

    def words(console: Console) -> None:
        console.print(fleet_table(kinds))
        console.print(worst_table(kinds))

    emit(Answer(verb="loops fleet", verdict=Verdict.FAIL if alarms else Verdict.PASS, findings=alarms,
                fields={"task_types": rows}), as_json=as_json, words=words)  # fmt: skip


def finding_of(kind: Kind) -> Finding:
    """A kind of task whose dearest runs cost many times what the usual ones do."""
    tails = [(n, t) for n, t in (("steps", kind.steps), ("tokens", kind.tokens), ("money", kind.money_usd)) if t.alarm]
    units = {"money": "usd"}
    told = "; ".join(
        f"{n}: P95 {number(t.p95, units.get(n, ''))} against P50 {number(t.p50, units.get(n, ''))}" for n, t in tails
    )
    return Finding(
        rule="fleet-tail", severity=Severity.ERROR, subject=kind.task_type,
        message=f"the dearest runs cost more than {ALARM_RATIO:g} times the usual ones ({told})",
        evidence={"certainty": Certainty.MEASURED.value, "runs": kind.runs, "measures": [n for n, _ in tails]},
        suggestion="`tidegate loops show` tells the worst of them step by step; `loops.mode: enforce` ends such runs",
    )  # fmt: skip


def cost_of(value: Any, run: Run, by: str, usd_per_million_in: float | None) -> RunCost:
    """What a recorded run took, and what of it came after the guard would have ended it."""
    record = value if isinstance(value, dict) else {}
    steps = read_steps(run.messages, run.tools)
    verdict = judge(steps, BUILT_IN)
    tokens = list(run.tokens_in) or tokens_by_step(
        [(m.role == "assistant", sum(len(c.arguments) for c in m.tool_calls) + len(m.text)
          + sum(len(r.content) for r in m.tool_results)) for m in run.messages]
    )  # fmt: skip
    told = record.get("cost_usd", record.get("money_usd"))
    money = float(told) if isinstance(told, int | float) and not isinstance(told, bool) else None
    if money is None and usd_per_million_in is not None:
        money = sum(tokens) * usd_per_million_in / 1e6
    stop = verdict.stop_step
    after = tokens[stop + 1 :] if stop is not None else []
    share = sum(after) / sum(tokens) if sum(tokens) else 0.0
    return RunCost(
        run_id=run.run_id, task_type=str(record.get(by, "all")), steps=len(steps), tokens=sum(tokens),
        tokens_from="reported" if run.tokens_in else "estimated", money_usd=money, decision=verdict.decision,
        reason=verdict.reason, steps_saved=0 if stop is None else len(steps) - 1 - stop, tokens_saved=sum(after),
        money_saved_usd=None if money is None else money * share,
    )  # fmt: skip
