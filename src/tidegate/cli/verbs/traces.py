"""`tidegate traces`: what happened.  Lists, filters, sums up, shows one call as a timeline, exports."""

import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.readers import otlp
from tidegate.readers.moments import iso, moment_s
from tidegate.render.talk import Said, facts_of, talk_of
from tidegate.spine.answer import Answer
from tidegate.spine.call import Ending
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.gate import Verdict
from tidegate.spine.trace import CallTrace
from tidegate.store.lake import Filter, LakeTraces
from tidegate.wiring import trace_store

F = TypeVar("F", bound=Callable[..., Any])
SHOWN_ID = 17  # `call_` and 12 hex digits: a narrow terminal shows so much, and `show` takes it
SHORTEST_ID = 9
FINE = frozenset({"completed", "finalised", "cancelled_client"})
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group("traces")
def command() -> None:
    """What happened: every call ends in exactly one trace.

    Example: tidegate traces list --since 2h --ending timed_out
    """


def filter_options(function: F) -> F:
    """The options that say which traces."""
    for option in reversed((
        click.option("--tenant", default=None),
        click.option("--user", default=None),
        click.option("--since", default=None, metavar="MOMENT", help="2h, 7d, today, 2026-11-02, 2026-11-02T14:30."),
        click.option("--until", default=None, metavar="MOMENT"),
        click.option("--ending", type=click.Choice([e.value for e in Ending]), default=None),
        click.option("--model", default=None, help="As asked for, or as served."),
        click.option("--run", "run_id", default=None, help="Agent run."),
        click.option("--text", default=None, help="Looked for in the bodies, whatever its case."),
    )):  # fmt: skip
        function = option(function)
    return function


def wanted_of(**given: Any) -> Filter:
    """The filter that the options ask for."""
    now_s = time.time()
    for name in ("since", "until"):
        text = given.pop(name)
        given[f"{name}_s"] = moment_s(text, now_s, f"--{name}") if text is not None else None
    return Filter(**given)


def opened(store: Path | None, config: Path | None) -> LakeTraces:
    """The store to read; a folder that is none is refused by name."""
    return trace_store(existing(store, config))


@command.command("list")
@filter_options
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@store_options
@json_option
def list_traces(limit: int, store: Path | None, config: Path | None, as_json: bool, **given: Any) -> NoReturn:
    """The last calls, newest first.

    Example: tidegate traces list --tenant chat --since 1h
    """
    lake = opened(store, config)
    found = list(lake.find(wanted_of(**given), limit=limit, newest_first=True, bodies=False))
    rows = [summary(t) for t in found]
    answer = Answer(verb="traces list", verdict=Verdict.PASS, fields={"traces": rows})
    emit(
        answer,
        as_json=as_json,
        judges=False,
        words=lambda console: console.print(table_of(rows, wide=console.width >= 120)),
    )


def summary(t: CallTrace) -> dict[str, Any]:
    """One row of the list."""
    return {
        "trace_id": t.trace_id, "received": iso(t.received_at_s), "tenant": t.call.identity.tenant,
        "model": t.call.model,
        "ending": t.ending.value, "status": t.status, "error_code": t.error_code, "wait_ms": t.wait_ms,
        "ttft_ms": t.ttft_ms, "duration_ms": (t.ended_at_s - t.received_at_s) * 1000.0,
        "tokens_prompt": t.usage.tokens_prompt, "tokens_completion": t.usage.tokens_completion, "run_id": t.call.run_id,
    }  # fmt: skip


def ms(value: float | None) -> str:
    """`83 ms`, `12.3 s`, or a dash."""
    return "–" if value is None else f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def table_of(rows: list[dict[str, Any]], *, wide: bool) -> Table:
    """The list for people; a narrow terminal gets time, tenant, ending, waiting, first token and id."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    more = ("model", "total", "in", "out") if wide else ()
    columns = ("when (UTC)", "tenant", "ending", "waited", "first token", *more, "trace")
    right = {"waited", "first token", "total", "in", "out"}
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", no_wrap=True)
    for r in rows:
        colour = "green" if r["ending"] in FINE else "red"
        cells = {
            "when (UTC)": r["received"][:19] if wide else r["received"][11:19],
            "tenant": escape(r["tenant"]),
            "model": escape(r["model"]),
            "ending": f"[{colour}]{r['ending']}[/]",
            "waited": ms(r["wait_ms"]),
            "first token": ms(r["ttft_ms"]),
            "total": ms(r["duration_ms"]),
            "in": "–" if r["tokens_prompt"] is None else str(r["tokens_prompt"]),
            "out": "–" if r["tokens_completion"] is None else str(r["tokens_completion"]),
            "trace": r["trace_id"] if wide else r["trace_id"][:SHOWN_ID],
        }
        table.add_row(*(cells[c] for c in columns))
    return table


def from_start(lake: LakeTraces, start: str) -> CallTrace:
    """The one trace whose id starts so, as git takes short commits; none and several are refused by name."""
    ids = lake.ids_starting(start, limit=4) if len(start) >= SHORTEST_ID else []
    if len(ids) > 1:
        raise InputError(f"{start!r} begins the ids of several traces: {', '.join(ids)}", remedy="write more of the id")
    trace = lake.get(ids[0]) if ids else None
    if trace is None:
        raise InputError(f"no trace has the id {start!r}", remedy="`tidegate traces list` names them")
    return trace


@command.command("show")
@click.argument("trace_id")
@click.option("--raw", is_flag=True, help="The bodies as they went over the wire.")
@store_options
@json_option
def show(trace_id: str, raw: bool, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """One call as a readable timeline, with what was said where the tenant keeps bodies.

    The id may be cut short as long as one trace alone begins so.

    Example: tidegate traces show call_1f2e3d
    """
    lake = opened(store, config)
    trace = lake.get(trace_id) or from_start(lake, trace_id)
    trace = lake.with_feedback(trace)
    fields = {"trace": msgspec.to_builtins(trace)}
    answer = Answer(verb="traces show", verdict=Verdict.PASS, fields=fields)
    emit(answer, as_json=as_json, judges=False, words=lambda console: timeline(console, trace, raw=raw))


def timeline(console: Console, t: CallTrace, *, raw: bool) -> None:
    """A call, moment by moment, then what was said; `raw` shows the bodies as they went over the wire."""
    colour = "green" if t.ending.value in FINE else "red"
    code = f" ({t.error_code})" if t.error_code else ""
    who = f"[bold]{escape(t.call.identity.tenant)}[/] asked [bold]{escape(t.call.model)}[/]"
    console.print(f"{who}: [{colour}]{t.ending.value}{code}[/], status {t.status}", highlight=False)
    moments: list[tuple[float, str, str]] = [(t.received_at_s, "received", f"{t.call.dialect}, {t.bytes_in} bytes")]
    if t.dispatched_at_s is not None:
        moments.append((t.dispatched_at_s, "dispatched", f"to {t.upstream}, attempt {t.attempts}"))
    if t.first_token_at_s is not None:
        moments.append((t.first_token_at_s, "first token", ""))
    shown = {"received", "dispatched", "first_token", "ended"}
    moments += [(e.at_s, e.name, facts_of(e.data)) for e in t.events if e.name not in shown]
    tokens = f"{t.usage.tokens_prompt} tokens in, {t.usage.tokens_completion} out"
    said = tokens if t.usage.tokens_prompt is not None else "tokens not reported"
    moments.append((t.ended_at_s, "ended", f"{t.chunks} chunks, {t.bytes_out} bytes, {said}"))
    for at_s, what, facts in sorted(moments, key=lambda m: m[0]):
        console.print(f"{ms((at_s - t.received_at_s) * 1000):>9}  {what:<12} [dim]{escape(facts)}[/]", highlight=False)
    talk = talk_of(t)
    for name, words, body, kept in (
        ("request", talk.asked, t.request_body, t.request_hash),
        ("response", talk.answered, t.response_body, t.response_hash),
    ):
        console.print(f"\n[bold]{name}[/]")
        if raw or words is None:
            whole = escape(body) if body is not None else kept or "not kept: this tenant's setting"
            console.print(whole, highlight=False)
        else:
            print_said(console, words)
    if talk.tools and not raw:
        console.print(f"\n[bold]tools offered[/] {escape(', '.join(talk.tools))}", highlight=False)


def print_said(console: Console, said: list[Said]) -> None:
    """A talk, each speaker before what he said."""
    for one in said:
        console.print(f"[cyan]{escape(one.who)}[/]  {escape(one.text)}", highlight=False)


@command.command("stats")
@filter_options
@store_options
@json_option
def stats(store: Path | None, config: Path | None, as_json: bool, **given: Any) -> NoReturn:
    """Calls, trouble, first-token times and tokens by tenant.

    Example: tidegate traces stats --since 24h
    """
    lake = opened(store, config)
    first = "(first_token_at_s - received_at_s) * 1000"
    fine = ", ".join(f"'{e}'" for e in sorted(FINE))
    columns = (
        f"tenant, count(*), count(*) FILTER (WHERE ending NOT IN ({fine})), quantile_cont({first}, 0.5), "
        f"quantile_cont({first}, 0.95), quantile_cont({first}, 0.99), count({first}), "
        "sum(tokens_prompt), sum(tokens_completion), sum(cost_usd)"
    )
    names = ("tenant", "calls", "trouble", "ttft_ms_p50", "ttft_ms_p95", "ttft_ms_p99", "with_first_token",
             "tokens_prompt", "tokens_completion", "cost_usd")  # fmt: skip
    found = lake.query(columns, wanted_of(**given), "GROUP BY tenant ORDER BY count(*) DESC")
    rows = [dict(zip(names, row, strict=True)) for row in found]
    answer = Answer(verb="traces stats", verdict=Verdict.PASS, fields={"tenants": rows, "losses": lake.losses()})

    def words(console: Console) -> None:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("tenant", "calls", "in trouble", "first token P50", "P95", "P99", "tokens in", "out"):
            table.add_column(column, justify="left" if column == "tenant" else "right")
        for r in rows:
            cells = [ms(r[k]) for k in ("ttft_ms_p50", "ttft_ms_p95", "ttft_ms_p99")]
            counts = ["–" if r[k] is None else f"{r[k]:,.0f}" for k in ("tokens_prompt", "tokens_completion")]
            table.add_row(escape(r["tenant"]), f"{r['calls']:,}", f"{r['trouble']:,}", *cells, *counts)
        console.print(table)

    emit(answer, as_json=as_json, judges=False, words=words)


@command.command("export")
@filter_options
@click.option("--format", "form", type=click.Choice(["jsonl", "parquet", "otlp"]), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="File to write [default: standard output].")
@store_options
@json_option
def export(
    form: str, out: Path | None, store: Path | None, config: Path | None, as_json: bool, **given: Any
) -> NoReturn:
    """Write traces as JSON lines, as OTLP requests (one a line), or as one Parquet file, in order of arrival.

    Example: tidegate traces export --since 7d --format parquet --out week.parquet
    """
    lake, wanted = opened(store, config), wanted_of(**given)
    if out is None and (form == "parquet" or as_json):
        raise WrongUse("expected a file to write to", where="--out", remedy="only JSON lines go to standard output")
    if out is None:
        for line in written(lake, wanted, form):
            sys.stdout.buffer.write(line)
        sys.exit(0)
    if form == "parquet":
        count = lake.copy_to_parquet(wanted, out)
    else:
        count = 0
        with out.open("wb") as f:
            for line in written(lake, wanted, form):
                f.write(line)
        count = lake.query("count(*)", wanted)[0][0]
    answer = Answer(verb="traces export", verdict=Verdict.PASS, fields={"file": str(out), "traces": count})
    emit(
        answer,
        as_json=as_json,
        judges=False,
        words=lambda console: console.print(f"{count:,} traces in {out}", highlight=False),
    )


def written(lake: LakeTraces, wanted: Filter, form: str) -> Iterator[bytes]:
    """Traces as JSON lines, or as OTLP export requests of up to 200, one a line."""
    if form == "otlp":
        found = lake.find(wanted)
        while batch := list(islice(found, 200)):
            yield otlp.encode(batch, otlp.JSON) + b"\n"
        return
    encode = msgspec.json.Encoder().encode
    for trace in lake.find(wanted):
        yield encode(trace) + b"\n"


@command.command("delete")
@click.option("--tenant", required=True)
@click.option("--user", default=None, help="Only this user's.")
@click.option("--before", default=None, metavar="MOMENT", help="Only what was received before.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@store_options
@json_option
def delete(
    tenant: str, user: str | None, before: str | None, yes: bool, store: Path | None, config: Path | None, as_json: bool
) -> NoReturn:
    """Delete a tenant's or one user's traces for good: Parquet files, journal and torn tails.

    Example: tidegate traces delete --tenant acme --user ann@example.com --yes
    """
    lake = opened(store, config)
    before_s = moment_s(before, time.time(), "--before") if before is not None else None
    wanted = Filter(tenant=tenant, user=user, until_s=before_s)
    if not yes:
        count = lake.query("count(*)", wanted)[0][0]
        click.confirm(f"delete {count:,} traces for good?", abort=True, err=True)
    gone, complete = lake.erase(tenant=tenant, user=user, before_s=before_s)
    left = lake.query("count(*)", wanted)[0][0]
    verdict = Verdict.FAIL if left else Verdict.PASS if complete else Verdict.UNDECIDED
    fields = {"deleted": gone, "left": left, "complete": complete}
    said = f"{gone:,} traces deleted, {left:,} left"
    if not complete:
        said += "; a running worker did not let go in time: what it holds is hidden and goes with the next compaction"
    answer = Answer(verb="traces delete", verdict=verdict, fields=fields)
    emit(answer, as_json=as_json, words=lambda console: console.print(said, highlight=False))
