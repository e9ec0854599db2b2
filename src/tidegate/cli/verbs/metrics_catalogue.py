"""`tidegate metrics list` and `properties`: the catalogue and what each metric does."""

from __future__ import annotations

from typing import NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from tidegate.cli.output import emit
from tidegate.decide.metrics.catalogue import ALIASES, METRICS, metric
from tidegate.decide.metrics.properties import PROPERTIES, audit_metrics
from tidegate.spine.answer import Answer
from tidegate.spine.gate import Verdict


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_command(as_json: bool) -> NoReturn:
    """The metrics, each with the preference it encodes in plain words.

    Example: tidegate metrics list
    """
    rows = [{"metric": m.name, "rewards": m.words, "better": "higher" if m.better > 0 else "lower"} for m in METRICS]

    def words(console: Console) -> None:
        table = RichTable("metric", "better", "choosing it says")
        for r in rows:
            table.add_row(r["metric"], r["better"], escape(r["rewards"]))
        console.print(table)

    emit(Answer(verb="metrics list", verdict=Verdict.PASS, fields={"metrics": rows, "aliases": ALIASES}),
         as_json=as_json, words=words)  # fmt: skip


@click.command("properties")
@click.argument("names", nargs=-1)
@click.option(
    "--total", type=click.IntRange(2, 30), default=14, show_default=True, help="All matrices up to this many items."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def properties_command(names: tuple[str, ...], total: int, as_json: bool) -> NoReturn:
    """What a metric tolerates: every property, with the smallest counterexample.

    Example: tidegate metrics properties accuracy mcc
    """
    chosen = [metric(n) for n in names] or list(METRICS)
    found = audit_metrics(chosen, total=total)
    rows = [{"metric": f.metric, "property": f.property, "holds": f.holds, "counterexample": f.counterexample or None}
            for f in found]  # fmt: skip

    def words(console: Console) -> None:
        if len(chosen) <= 4:
            for m in chosen:
                table = RichTable("question", "holds", "smallest counterexample", title=f"{m.name}: {m.words}",
                                  title_justify="left")  # fmt: skip
                questions = {p.name: p.question for p in PROPERTIES}
                for f in found:
                    if f.metric == m.name:
                        table.add_row(
                            questions[f.property], "yes" if f.holds else "[red]no[/]", escape(f.counterexample)
                        )
                console.print(table)
            return
        table = RichTable("metric", *(str(i + 1) for i in range(len(PROPERTIES))), padding=(0, 0))
        for m in chosen:
            marks = ["[green]●[/]" if f.holds else "[red]·[/]" for f in found if f.metric == m.name]
            table.add_row(m.name, *marks)
        console.print(table)
        for i, p in enumerate(PROPERTIES, start=1):
            console.print(f"{i:>3}  {p.question}", highlight=False)

    fields = {"properties": rows, "questions": {p.name: p.question for p in PROPERTIES}}
    emit(Answer(verb="metrics properties", verdict=Verdict.PASS, fields=fields), as_json=as_json, words=words)
