"""`tidegate schedule`: why a call waited, what another policy would have done, what goes on now."""

import time
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.admit.scheduling.explaining import Call, explain
from tidegate.admit.scheduling.plugin import PriorityInversion
from tidegate.admit.scheduling.policies import POLICIES
from tidegate.admit.scheduling.replay import Replay, by_tenant
from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, resolve, store_options
from tidegate.gateway import control_channel
from tidegate.readers.config import read_settings
from tidegate.readers.moments import moment_s
from tidegate.serving import socket_folder
from tidegate.sim.fitting import fitted, play
from tidegate.sim.world import Asked
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse, nearest
from tidegate.spine.estimate import Measure, Measured, NotMeasured
from tidegate.spine.finding import Finding
from tidegate.spine.gate import Verdict
from tidegate.stats import intervals
from tidegate.store.lake import Filter
from tidegate.store.schedule_journal import runs
from tidegate.wiring import trace_store

JOURNAL = click.option("--journal", type=click.Path(path_type=Path), default=None,
                       help="A recorded run (default: the newest of the store).")  # fmt: skip
STORE = click.option("--store", type=click.Path(path_type=Path), default=Path(".tidegate"), show_default=True)
LIKENESS_NAMED = 3
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group("schedule")
def command() -> None:
    """Why did this request wait, and who gets served next?"""


def recorded(journal: Path | None, store: Path) -> tuple[Path, Replay]:
    """The run to read; raises InputError when there is none."""
    if journal is None:
        found = runs(store)
        if not found:
            raise InputError(
                "no recorded run", where=str(store), remedy="`tidegate serve` records one; or --journal FILE"
            )
        journal = found[-1]
    try:
        with journal.open("rb") as f:
            lines = [line for line in f.read().split(b"\n") if line.strip()]
    except OSError as error:
        raise InputError(f"cannot read the run: {error}", where=str(journal)) from error
    return journal, Replay().run(lines, str(journal))


@command.command("explain")
@click.argument("call_id")
@JOURNAL
@STORE
@JSON
def explain_call(call_id: str, journal: Path | None, store: Path, as_json: bool) -> NoReturn:
    """Say why one call waited, behind whom, and what would have helped.

    Example: tidegate schedule explain call_1f3a… --store .tidegate
    """
    places: list[Path | None] = [journal] if journal is not None else [*reversed(runs(store))] or [None]
    for place in places:
        path, replay = recorded(place, store)
        call = replay.find(call_id)
        if call is not None:
            words = explain(call)
            fields = {"call": msgspec.to_builtins(call), "explanation": words, "journal": str(path)}
            answer = Answer(verb="schedule explain", verdict=Verdict.PASS, fields=fields)
            emit(answer, as_json=as_json, judges=False, words=partial(say, words=words))
    raise InputError(f"no recorded call {call_id!r}", where=str(journal or store),
                     remedy="`tidegate traces list` shows call ids; older runs are deleted")  # fmt: skip


def say(console: Console, words: str) -> None:
    """One plain sentence."""
    console.print(escape(words), highlight=False)


@command.command("replay")
@click.option("--policy", default=None, help=f"One of: {', '.join(POLICIES)} (default: as recorded).")
@click.option("--weight", "weights", multiple=True, metavar="TENANT=WEIGHT", help="Another weight; repeatable.")
@JOURNAL
@STORE
@JSON
def replay_run(
    policy: str | None, weights: tuple[str, ...], journal: Path | None, store: Path, as_json: bool
) -> NoReturn:
    """Run recorded traffic again: the same decisions, or who gains and loses under another policy.

    Without --policy and --weight the recorded decisions must come out bit for bit.  With one, the
    same arrivals meet a simulated engine fitted to the run, once under the old and once under the new plan.

    Example: tidegate schedule replay --policy fifo --store .tidegate
    """
    if policy is not None and policy not in POLICIES:
        raise WrongUse(f"expected a policy, got {policy!r}", where="--policy", remedy=nearest(policy, POLICIES))
    path, replay = recorded(journal, store)
    assert replay.plan is not None
    same = replay.different == 0
    fields: dict[str, Any] = {
        "journal": str(path), "policy_recorded": replay.plan.policy, "events": replay.events,
        "decisions": replay.decisions, "decisions_different": replay.different, "recorded_s": round(replay.span_s, 3),
    }  # fmt: skip
    if policy is None and not weights:
        rows = [row(t, c, waits, firsts) for t, c, waits, firsts in by_tenant(replay.calls.values())]
        fields["tenants"] = rows
        answer = Answer(verb="schedule replay", verdict=Verdict.PASS if same else Verdict.FAIL, fields=fields)
        emit(answer, as_json=as_json, words=lambda console: show(console, fields))
    changed = replay.plan
    if policy is not None:
        changed = msgspec.structs.replace(changed, policy=policy)
    for text in weights:
        tenant, _, number = text.partition("=")
        try:
            weight = float(number)
        except ValueError as error:
            raise WrongUse(f"expected TENANT=WEIGHT, got {text!r}", where="--weight") from error
        rules = tuple(msgspec.structs.replace(t, weight=weight) if t.name == tenant else t for t in changed.tenants)
        if rules == changed.tenants and all(t.name != tenant for t in rules):
            raise WrongUse(f"the recorded plan has no tenant {tenant!r}", where="--weight",
                           remedy=nearest(tenant, [t.name for t in rules]))  # fmt: skip
        changed = msgspec.structs.replace(changed, tenants=rules)
    calls = [c for c in replay.calls.values() if c.dispatched_s is not None]
    if not calls:
        raise InputError("no call of the run was dispatched", where=str(path))
    spec = fitted(calls, replay.plan)
    recorded_rows = [row(*group) for group in by_tenant(calls)]
    before, after = (summary(play(calls, plan, spec)) for plan in (replay.plan, changed))
    fields |= {"policy": changed.policy, "engine_fitted": msgspec.to_builtins(spec), "recorded": recorded_rows,
               "before": before, "after": after}  # fmt: skip
    answer = Answer(verb="schedule replay", verdict=Verdict.PASS, fields=fields)
    emit(answer, as_json=as_json, judges=False, words=lambda console: show_change(console, fields))


def row(tenant: str, name: str, waits: list[float], firsts: list[float]) -> dict[str, Any]:
    """One tenant's figures in milliseconds; absent where nothing was seen."""
    out: dict[str, Any] = {"tenant": tenant, "class": name, "calls": len(waits)}
    for what, values in (("wait_ms", waits), ("ttft_ms", firsts)):
        ordered = sorted(values)
        for q in (50, 95, 99):
            out[f"{what}_p{q}"] = (
                round(ordered[min(len(ordered) - 1, len(ordered) * q // 100)] * 1000, 3) if ordered else None
            )
    return out


def summary(asked: list[Asked]) -> list[dict[str, Any]]:
    """Rows of a simulated run."""
    calls = [Call("", r.tenant, r.service_class, r.at_s, r.prompt, r.dispatched_s, r.first_s) for r in asked]
    return [row(*group) for group in by_tenant(calls)]


def show(console: Console, fields: dict[str, Any]) -> None:
    """What each tenant met in the recorded run, and whether its decisions came out again."""
    table = Table(title=f"waits and first tokens as recorded, policy {fields['policy_recorded']}", title_justify="left")
    columns = {"calls": "calls", "wait P50": "wait_ms_p50", "wait P95": "wait_ms_p95", "token P50": "ttft_ms_p50",
               "P95": "ttft_ms_p95", "P99": "ttft_ms_p99"}  # fmt: skip
    for column in ("tenant", "class"):
        table.add_column(column, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    for r in fields["tenants"]:
        shown = [f"{r['calls']:,}", *(duration(r[key]) for key in columns.values() if key != "calls")]
        table.add_row(escape(r["tenant"]), escape(r["class"]), *shown)
    console.print(table)
    say_decisions(console, fields)


def show_change(console: Console, fields: dict[str, Any]) -> None:
    """Who gains and who loses, first tokens by tenant; and how like the recorded engine the model is."""
    table = Table(title="first tokens, on an engine fitted to the run", title_justify="left")
    for column in ("tenant", "class"):
        table.add_column(column, no_wrap=True)
    for column in ("calls", "P50 before", "after", "P95 before", "after", ""):
        table.add_column(column, justify="right")
    for r, b, a in zip(fields["recorded"], fields["before"], fields["after"], strict=True):
        cells = [duration(x) for x in (b["ttft_ms_p50"], a["ttft_ms_p50"], b["ttft_ms_p95"], a["ttft_ms_p95"])]
        table.add_row(escape(r["tenant"]), escape(r["class"]), f"{r['calls']:,}", *cells, outcome(b, a))
    console.print(table)
    likeness = [
        f"{escape(r['tenant'])} {duration(r['ttft_ms_p95'])} recorded, {duration(b['ttft_ms_p95'])} fitted"
        for r, b in zip(fields["recorded"][:LIKENESS_NAMED], fields["before"], strict=False)
    ]
    console.print("How like the engine the model is, P95 of first tokens under the recorded plan: "
                  + "; ".join(likeness) + ".", highlight=False)  # fmt: skip
    say_decisions(console, fields)


def outcome(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Gains or loses, by the P95 of first tokens; less than a tenth is neither."""
    b, a = before["ttft_ms_p95"], after["ttft_ms_p95"]
    if not b or not a or 0.9 <= a / b <= 1.1:
        return "same"
    return f"gains {b / a:.3g}x" if a < b else f"loses {a / b:.3g}x"


def duration(ms: float | None) -> str:
    """Milliseconds below a second, else seconds; a dash where nothing was seen."""
    return "-" if ms is None else f"{ms:,.0f} ms" if ms < 1000.0 else f"{ms / 1000.0:,.1f} s"


def say_decisions(console: Console, fields: dict[str, Any]) -> None:
    """Whether the recording itself is sound."""
    console.print(f"{fields['decisions']:,} recorded decisions, {fields['decisions_different']:,} came out differently "
                  f"({escape(fields['journal'])})", highlight=False)  # fmt: skip


@command.command("check")
@click.option("--since", default=None, metavar="MOMENT", help="2h, 7d, today, 2026-11-02 [default: everything kept].")
@store_options
@JSON
def check(since: str | None, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """Find calls of latency classes that waited behind other work for most of their first-token target.

    Exit code 1 when there are any, 3 when no call of a class with a target was recorded.

    Example: tidegate schedule check --since 2h
    """
    settings = resolve(store, config)
    targets = {c.name: float(c.ttft_target_ms) for c in settings.classes if c.ttft_target_ms is not None}
    if not targets:
        read = config or Path("tidegate.yaml")
        if not read.exists():
            raise InputError("the configuration says which classes have a first-token target, and there is none here",
                             where=str(read), remedy="--config PATH")  # fmt: skip
        raise InputError("no class has a first-token target, so no call can miss one", where=str(read),
                         remedy="give a class `ttft_target_ms`")  # fmt: skip
    lake = trace_store(existing(store, config))
    inversions = PriorityInversion(targets)
    since_s = None if since is None else moment_s(since, time.time(), "--since")
    looked_at = 0
    findings: list[Finding] = []
    for trace in lake.find(Filter(since_s=since_s), bodies=False):
        if trace.call.identity.service_class in targets and trace.wait_ms is not None:
            looked_at += 1
            findings += inversions.check(trace, None)
    share: Measured = NotMeasured(reason="no call of a class with a target was recorded", needed="traffic")
    if looked_at:
        share = intervals.proportion((len(findings), looked_at), segment="classes with a target")
    verdict = Verdict.FAIL if findings else Verdict.PASS if looked_at else Verdict.UNDECIDED
    answer = Answer(verb="schedule check", verdict=verdict, findings=tuple(findings),
                    measures=(Measure(name="calls that waited most of their target", value=share),))  # fmt: skip
    emit(answer, as_json=as_json)


@command.command("status")
@click.option("--config", type=click.Path(path_type=Path), default=Path("tidegate.yaml"), show_default=True)
@JSON
def status(config: Path, as_json: bool) -> NoReturn:
    """Who waits, who runs, what each engine's window is, now.

    Example: tidegate schedule status --config tidegate.yaml
    """
    folder = socket_folder(read_settings(config))
    found = []
    for path in control_channel.sockets(folder):
        found.append(control_channel.metrics_of(control_channel.ask(path, "metrics")))
    if not found:
        raise InputError("no gateway is running", where=str(config), remedy="start it with `tidegate serve`")
    workers = [{"worker": m.worker, **m.admission} for m in found]
    answer = Answer(verb="schedule status", verdict=Verdict.PASS, fields={"workers": workers})
    emit(answer, as_json=as_json, words=lambda console: show_status(console, workers))


def show_status(console: Console, workers: list[dict[str, Any]]) -> None:
    """Tenants and windows, by worker."""
    for w in workers:
        table = Table(title=f"worker {w['worker']}, policy {w.get('policy', '-')}", title_justify="left")
        for column in ("tenant", "weight", "waiting", "running", "charged tokens"):
            table.add_column(column, justify="left" if column == "tenant" else "right")
        for name, t in sorted(w.get("tenants", {}).items()):
            table.add_row(escape(name), f"{t['weight']:g}", str(t["waiting"]), str(t["running"]), f"{t['served']:,.0f}")
        console.print(table)
        for name, e in w.get("engines", {}).items():
            slots = f"{e['inflight']} of {e['slots']} slots ({e['reserved_slots']} kept for latency classes)"
            console.print(f"{escape(name)}: {slots}, {e['prefill_tokens']:,} prompt tokens in prefill", highlight=False)
