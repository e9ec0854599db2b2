"""`tidegate replay`: recorded calls again, against a gateway, an engine or a provider."""

import statistics
import threading
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tidegate.cli.output import emit, people
from tidegate.cli.store_options import existing, store_options
from tidegate.cli.verbs.traces import filter_options, ms, wanted_of
from tidegate.readers.config import secret
from tidegate.runner.replay import Sent, Target, check_url, replay, why_not
from tidegate.spine.answer import Answer
from tidegate.spine.errors import WrongUse
from tidegate.spine.estimate import Measure, NotMeasured
from tidegate.spine.gate import Verdict
from tidegate.stats.intervals import proportion
from tidegate.wiring import trace_store


@click.command("replay")
@click.option("--to", "url", required=True, metavar="URL", help="Ends before /chat/completions, usually in /v1.")
@click.option("--key", default=None, metavar="REF", help="Key to send, as env:NAME or file:PATH.")
@click.option("--as-model", default=None, help="Ask for this model instead of the recorded one.")
@click.option("--speed", default="1", show_default=True, metavar="FACTOR|max", help="2 is twice the recorded pace.")
@click.option("--concurrency", type=click.IntRange(1, 1024), default=64, show_default=True)
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="At most so many calls.")
@click.option("--timeout", "timeout_s", type=float, default=300.0, show_default=True, help="Seconds a call.")
@filter_options
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    url: str, key: str | None, as_model: str | None, speed: str, concurrency: int, limit: int, timeout_s: float,
    store: Path | None, config: Path | None, as_json: bool, **given: Any,
) -> NoReturn:  # fmt: skip
    """Send recorded calls again and compare status, length and times with the record.

    Passes when every call ends in its recorded status.  Ctrl-C stops sending and reports what was sent.

    Example: tidegate replay --to http://127.0.0.1:8080/v1 --key env:TIDEGATE_KEY --since 1h --speed 4
    """
    check_url(url)
    target = Target(url=url, key=secret(key, "--key") if key else None, model=as_model, timeout_s=timeout_s)
    pace = None if speed == "max" else factor(speed)
    lake = trace_store(existing(store, config))
    traces = list(lake.find(wanted_of(**given), limit=limit))
    skipped: dict[str, int] = {}
    for trace in traces:
        if reason := why_not(trace):
            skipped[reason] = skipped.get(reason, 0) + 1
    total = len(traces) - sum(skipped.values())
    sent: list[Sent] = []
    stop = threading.Event()
    columns = (TextColumn("replay"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=people, transient=True, disable=as_json) as progress:
        task = progress.add_task("replay", total=total)

        def note(one: Sent) -> None:
            sent.append(one)
            progress.advance(task)

        run = replay(traces, target, speed=pace, concurrency=concurrency, stop=stop, on_sent=note)
        try:
            for _ in run:
                pass
        except KeyboardInterrupt:
            stop.set()
    answer = compared(sent, total, skipped)
    emit(answer, as_json=as_json, words=lambda console: show(console, answer))


def factor(text: str) -> float:
    """The number behind `4` or `4x`."""
    try:
        value = float(text.lower().removesuffix("x"))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise WrongUse(f"expected a factor above 0, or max, got {text!r}", where="--speed")
    return value


def compared(sent: list[Sent], total: int, skipped: dict[str, int]) -> Answer:
    """The record beside the replay."""
    same = sum(s.status == s.status_recorded for s in sent)
    name = "calls that end in their recorded status"
    if sent:
        measure = Measure(name=name, value=proportion((same, len(sent))))
        verdict = Verdict.FAIL if same < len(sent) else Verdict.PASS if len(sent) == total else Verdict.UNDECIDED
    else:
        reason = NotMeasured(reason="nothing was sent", needed="traces with whole bodies (tenants' `bodies: full`)")
        measure, verdict = Measure(name=name, value=reason), Verdict.UNDECIDED
    both = [s for s in sent if s.status == s.status_recorded]
    fields = {
        "sent": len(sent), "planned": total, "skipped": skipped, "same_status": same,
        "differing": [
            {"trace_id": s.trace_id, "status_recorded": s.status_recorded, "status": s.status, "error": s.error}
            for s in sent if s.status != s.status_recorded
        ],
        "ttft_ms": {"recorded": quantiles([s.ttft_ms_recorded for s in both]),
                    "replayed": quantiles([s.ttft_ms for s in both])},
        "duration_ms": {"recorded": quantiles([s.duration_ms_recorded for s in both]),
                        "replayed": quantiles([s.duration_ms for s in both])},
        "bytes": {"recorded": sum(s.bytes_recorded for s in both), "replayed": sum(s.bytes for s in both)},
        "late_ms_max": max((s.late_ms for s in sent), default=None),
    }  # fmt: skip
    return Answer(verb="replay", verdict=verdict, measures=(measure,), fields=fields)


def quantiles(values: list[float | None]) -> dict[str, float | int | None]:
    """P50 and P95 of what was measured; null where nothing was."""
    known = sorted(v for v in values if v is not None)
    if not known:
        return {"n": 0, "p50": None, "p95": None}
    return {"n": len(known), "p50": statistics.median(known), "p95": known[min(len(known) - 1, int(0.95 * len(known)))]}


def show(console: Console, answer: Answer) -> None:
    """The comparison as a table, and the calls that ended otherwise."""
    f = answer.fields
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "recorded", "replayed"):
        table.add_column(column, justify="left" if not column else "right")
    for title, name in (("first byte", "ttft_ms"), ("whole call", "duration_ms")):
        for q in ("p50", "p95"):
            table.add_row(f"{title} {q.upper()}", ms(f[name]["recorded"][q]), ms(f[name]["replayed"][q]))
    table.add_row("bytes", f"{f['bytes']['recorded']:,}", f"{f['bytes']['replayed']:,}")
    console.print(table)
    for one in f["differing"][:20]:
        status = one["status"] or one["error"]
        console.print(f"{one['trace_id']}: {one['status_recorded']} then, {status} now", highlight=False, markup=False)
    for reason, n in f["skipped"].items():
        console.print(f"{n} skipped: {reason}", highlight=False, markup=False)
    console.print(f"{f['sent']} of {f['planned']} sent", highlight=False)
