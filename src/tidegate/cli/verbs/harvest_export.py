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
    """What was done, then what the formats could not carry."""
    for line in lost[:20]:
        console.print(f"lost: {line}", style="yellow", markup=False, highlight=False)
    if len(lost) > 20:
        console.print(f"and {len(lost) - 20} more", style="dim")
    console.print(words, markup=False, highlight=False)
