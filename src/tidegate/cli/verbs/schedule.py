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

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.plugin import PriorityInversion
from tidegate.admit.scheduling.policies import POLICIES
from tidegate.admit.scheduling.replay import Call, Replay, by_tenant, explain
from tidegate.cli.output import emit
from tidegate.cli.store_options import resolve, store_options
from tidegate.gateway import control_channel
from tidegate.readers.config import read_settings
from tidegate.readers.moments import moment_s
from tidegate.serving import socket_folder
from tidegate.sim.engine import EngineSpec
from tidegate.sim.world import Asked, World
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
        emit(answer, as_json=as_json, words=lambda console: show(console, fields, [("recorded", rows)]))
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
    spec = fitted(calls)
    sides = []
    for name, plan in (("recorded plan", replay.plan), ("changed plan", changed)):
        asked = [Asked(request_id=i, at_s=c.arrived_s - calls[0].arrived_s, tenant=c.tenant,
                       service_class=c.service_class, prompt=max(1, c.tokens_prompt),
                       output=max(1, c.tokens_completion)) for i, c in enumerate(calls)]  # fmt: skip
        engines = {replay.plan.engines[0].name: spec} if replay.plan.engines else {"engine": spec}
        World(engines, Admission(plan)).run(asked)
        sides.append((name, summary(asked)))
    fields |= {"policy": changed.policy, "engine_fitted": msgspec.to_builtins(spec), "before": sides[0][1],
               "after": sides[1][1]}  # fmt: skip
    answer = Answer(verb="schedule replay", verdict=Verdict.PASS, fields=fields)
    emit(answer, as_json=as_json, words=lambda console: show(console, fields, sides))


def fitted(calls: list[Call]) -> EngineSpec:
    """A model of the recorded engine: its prefill speed, its step, its slots; a guess where too little was seen."""
    seen = [c for c in calls if c.first_s is not None and c.dispatched_s is not None]
    speeds = sorted(c.tokens_prompt / (c.first_s - c.dispatched_s) for c in seen
                    if c.first_s and c.dispatched_s and c.first_s > c.dispatched_s)  # fmt: skip
    gaps = sorted((c.ended_s - c.first_s) / (c.tokens_completion - 1) for c in seen
                  if c.ended_s is not None and c.first_s is not None and c.tokens_completion > 1)  # fmt: skip
    marks = sorted([(c.dispatched_s, 1) for c in seen if c.dispatched_s is not None]
                   + [(c.ended_s, -1) for c in seen if c.ended_s is not None])  # fmt: skip
    running = most = 0
    for _, change in marks:
        running += change
        most = max(most, running)
    speed = speeds[int(0.9 * len(speeds))] if speeds else 10_000.0
    step = gaps[len(gaps) // 2] if gaps else 0.02
    return EngineSpec(step_s=max(step, 1e-4), prefill_tokens_per_s=max(speed, 1.0), decode_s=0.0, context_s=0.0,
                      slots=max(most, 1))  # fmt: skip


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


def show(console: Console, fields: dict[str, Any], sides: list[tuple[str, list[dict[str, Any]]]]) -> None:
    """A table a side, and whether the recorded decisions came out again."""
    for name, rows in sides:
        table = Table(title=name, title_justify="left")
        for column in (
            "tenant",
            "class",
            "calls",
            "wait P50 ms",
            "wait P95 ms",
            "TTFT P50 ms",
            "TTFT P95 ms",
            "TTFT P99 ms",
        ):
            table.add_column(column, justify="left" if column in ("tenant", "class") else "right")
        for r in rows:
            cells = [r[k] for k in ("calls", "wait_ms_p50", "wait_ms_p95", "ttft_ms_p50", "ttft_ms_p95", "ttft_ms_p99")]
            shown = ["-" if c is None else f"{c:,.0f}" for c in cells]
            table.add_row(escape(r["tenant"]), escape(r["class"]), *shown)
        console.print(table)
    console.print(f"{fields['decisions']:,} recorded decisions, {fields['decisions_different']:,} came out differently "
                  f"({fields['journal']})", highlight=False)  # fmt: skip


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
        where = str(config or "tidegate.yaml")
        raise InputError("no class has a first-token target, so no call can miss one", where=where,
                         remedy="give a class `ttft_target_ms`")  # fmt: skip
    if not Path(settings.store.path).is_dir():
        raise InputError("there is no store here", where=settings.store.path, remedy="`tidegate serve` makes one")
    inversions = PriorityInversion(targets)
    since_s = None if since is None else moment_s(since, time.time(), "--since")
    looked_at = 0
    findings: list[Finding] = []
    for trace in trace_store(settings).find(Filter(since_s=since_s), bodies=False):
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
