"""`tidegate harvest export`: the suite as a file of another tool."""

from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console

from tidegate.cli.output import emit
from tidegate.curate.harvest.exchange import FORMATS, format_of
from tidegate.readers.suite_files import read_suite, replace
from tidegate.spine.answer import Answer
from tidegate.spine.gate import Verdict


@click.command("export")
@click.argument("suite", type=click.Path(path_type=Path), default="suite")
@click.option("--to", "name", type=click.Choice(list(FORMATS)), required=True, help="The other tool.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(suite: Path, name: str, out: Path, as_json: bool) -> NoReturn:
    """Write the suite for promptfoo, Inspect, DeepEval or OpenAI evals; what it cannot say is named.

    Example: tidegate harvest export suite --to promptfoo --out promptfooconfig.yaml
    """
    cases = read_suite(suite).cases
    text, lost = format_of(name).write(cases)
    replace(out, text)
    answer = Answer(
        verb="harvest export", verdict=Verdict.PASS, fields={"cases": len(cases), "file": str(out), "lost": lost}
    )
    emit(
        answer, as_json=as_json, words=lambda console: show_lost(console, f"{len(cases)} cases written to {out}", lost)
    )


def show_lost(console: Console, words: str, lost: list[str]) -> None:
    """What was written, after what the other format cannot say, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for line in lost:
        name, _, reason = line.partition(": ")
        by_reason.setdefault(reason or line, []).append(name[:13] if reason else "")
    for reason, names in sorted(by_reason.items(), key=lambda x: -len(x[1]))[:20]:
        which = f" ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})" if names[0] else ""
        console.print(f"lost in {len(names)}: {reason}{which}", style="yellow", markup=False, highlight=False)
    if len(by_reason) > 20:
        console.print(f"and {len(by_reason) - 20} more reasons", style="dim")
    console.print(words, markup=False, highlight=False)
