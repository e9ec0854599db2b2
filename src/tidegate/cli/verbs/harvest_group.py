"""`tidegate harvest group`: from many failures to few failure modes."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import msgspec
import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.cli.harvest_inputs import MODES, NEAR, embed, embedder_name, open_embedder, read_said
from tidegate.cli.output import emit
from tidegate.cli.store_options import resolve, store_options
from tidegate.curate.harvest.modes.group import Failure, Grouping, Mode, distinct, group, group_measures, trend
from tidegate.curate.harvest.modes.same_mode import join_modes, joined_grouping, new_names
from tidegate.readers.mode_answers import read_answers
from tidegate.readers.suite_files import rename_modes
from tidegate.spine.answer import Answer
from tidegate.spine.codec import content_hash
from tidegate.spine.errors import WrongUse
from tidegate.spine.finding import Certainty, Finding, Severity
from tidegate.spine.gate import Verdict
from tidegate.spine.ports import StateStore
from tidegate.stats.late import late

if TYPE_CHECKING:
    from tidegate import wiring
else:
    wiring = late("tidegate.wiring")  # a second of imports that `--help` does not need

COUNTED = "harvest-counted"  # the store's log of hashes of failures that a mode's count holds


@click.command("group")
@click.argument("failures", nargs=-1)
@click.option(
    "--jsonl", default=None, help="Same as the argument: one failure a line (`text` or `messages`, `tenant`, `day`)."
)
@click.option(
    "--embedder", "embedder_", type=click.Choice(["auto", "wordllama", "tfidf"]), default="auto", show_default=True
)
@click.option("--near", type=float, default=None, help="Cosine that makes two failures one mode.")
@click.option(
    "--keep/--no-keep", default=True, show_default=True, help="Keep the modes in the store, so that names stay."
)
@click.option(
    "--suite",
    "folder",
    type=click.Path(path_type=Path),
    default="suite",
    show_default=True,
    help="The folder whose `modes.jsonl` says which modes are one problem (`harvest merge`).",
)
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    failures: tuple[str, ...],
    jsonl: str | None,
    embedder_: str,
    near: float | None,
    keep: bool,
    folder: Path,
    store: Path | None,
    config: Path | None,
    as_json: bool,
) -> NoReturn:
    """Group failures into modes with names, counts and trends; takes what `harvest detect --jsonl` prints.

    Example: tidegate harvest detect --jsonl talks.jsonl --json | tidegate harvest group -
    """
    paths = [*failures, *([jsonl] if jsonl else [])]
    if not paths:
        raise WrongUse("expected a JSONL file of failures, or `-`", remedy="tidegate harvest group failures.jsonl")
    said = [s for p in paths for s in read_said(p) if s.failed is not False]
    state = wiring.state_store(resolve(store, config).store) if keep else None
    counted = counted_before(state)
    marks = [content_hash([s.key, s.text, s.at, s.tenant]) for s in said]
    rows = [
        Failure(failure_id=s.key, text=s.text, day=s.at[:10], tenant=s.tenant, signal=s.signal, counted=m in counted)
        for s, m in zip(said, marks, strict=True)
    ]
    known = known_modes(state)
    name = embedder_name(embedder_)
    texts = [r.text for r in rows]
    same = distinct(texts)
    kept = [texts[i] for i in np.unique(same)]
    port = open_embedder(name, [*kept, *(e for m in known for e in m.examples)])
    same_space = "" if name == "tfidf" else name  # TF-IDF is fitted anew, its vectors mean nothing tomorrow
    old = [
        np.asarray(m.centres, dtype=np.float32) if m.centres and m.space == same_space else embed(port, m.examples)
        for m in known
    ]
    grouping = group(
        rows, embed(port, kept), same, known, old, near=NEAR[name] if near is None else near, space=same_space
    )
    answers = read_answers(folder)
    joined = join_modes(grouping.modes, answers)
    before = grouping.modes
    grouping = joined_grouping(grouping, answers)
    if state is not None:
        rename_modes(folder, new_names([*known, *before], joined, answers))
        kept_ids = {m.mode_id for m in grouping.modes}
        for mode in grouping.modes:
            state.put(MODES, mode.mode_id, msgspec.to_builtins(mode))
        for mode in known:
            if mode.mode_id not in kept_ids:
                state.delete(MODES, mode.mode_id)
        if new := sorted(set(marks) - counted):
            state.append_log(COUNTED, {"failures": new})
    today = max((r.day for r in rows if r.day), default="")
    days = _days(today)
    seen = set(grouping.labels)
    found = tuple(
        Finding(
            rule="new-failure-mode",
            severity=Severity.WARNING,
            subject=m.name,
            evidence={
                "certainty": Certainty.POSSIBLE.value,
                "mode": m.mode_id,
                "count": m.count,
                "examples": list(m.examples[:3]),
            },
            message=f"{m.count} failures of a kind not seen before, e.g. {m.examples[0][:100]!r}",
            suggestion="`tidegate harvest collect` makes a case of one",
        )
        for m in grouping.modes
        if m.mode_id in grouping.fresh and m.count > 1 and known
    )
    fields = {
        "embedder": name,
        "failures": len(rows),
        "counted_before": sum(r.counted for r in rows),
        "fresh": list(grouping.fresh),
        "modes": [
            {
                "mode": m.mode_id,
                "name": m.name,
                "count": m.count,
                "first_seen": m.first_seen,
                "last_seen": m.last_seen,
                "tenants": list(m.tenants),
                "signals": dict(m.signals),
                "trend": trend(m, today, days),
                "examples": list(m.examples[:3]),
            }
            for m in grouping.modes
        ],
        "labels": {r.failure_id: label for r, label in zip(rows, grouping.labels, strict=True)},
    }
    answer = Answer(
        verb="harvest group",
        verdict=Verdict.PASS if rows else Verdict.UNDECIDED,
        findings=found,
        measures=group_measures(grouping),
        fields=fields,
    )
    emit(answer, as_json=as_json, words=lambda console: _show(console, grouping, today, days, len(seen)))


def known_modes(state: StateStore | None) -> list[Mode]:
    """The modes that the store keeps."""
    return [] if state is None else [msgspec.convert(v, Mode) for _, v in state.items(MODES)]


def counted_before(state: StateStore | None) -> set[str]:
    """Hashes of the failures that earlier runs counted: the same file given twice adds nothing."""
    return set() if state is None else {m for _, entry in state.read_log(COUNTED) for m in entry["failures"]}


def _days(today: str) -> list[str]:
    try:
        last = date.fromisoformat(today)
    except ValueError:
        return []
    return [(last - timedelta(days=k)).isoformat() for k in range(13, -1, -1)]


def _short(day: str, today: str) -> str:
    """A day of this year without the year."""
    return day[5:] if day[:4] == today[:4] else day


def _show(console: Console, grouping: Grouping, today: str, days: list[str], seen: int) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("failure mode", "count", "trend", "first", "last", "tenants", "for example"):
        table.add_column(
            column, justify="right" if column in ("count", "tenants") else "left", no_wrap=column != "for example"
        )
    for m in grouping.modes[:30]:
        example = " ".join(m.examples[0].split())[:60] if m.examples else ""
        table.add_row(
            escape(m.name),
            str(m.count),
            trend(m, today, days),
            _short(m.first_seen, today),
            _short(m.last_seen, today),
            str(len(m.tenants)),
            escape(example),
        )
    console.print(table)
    if len(grouping.modes) > 30:
        console.print(f"[dim]and {len(grouping.modes) - 30} more modes[/]")
    console.print(f"[dim]{len(grouping.labels)} failures in {seen} modes[/]", highlight=False)
    sys.stdout.flush()
