"""`tidegate harvest review`: accept or reject cases that are new; what `collect` and `import` bring waits here."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from tidegate.cli.output import emit
from tidegate.readers.suite_files import read_suite, read_suite_ledger
from tidegate.readers.suite_review import accept, reject, waiting
from tidegate.render.harvest import question_of
from tidegate.spine.answer import Answer
from tidegate.spine.case import Case
from tidegate.spine.gate import Verdict


@click.command("review")
@click.argument("action", type=click.Choice(["list", "accept", "reject"]), default="list")
@click.argument("cases", nargs=-1)
@click.option("--suite", "folder", type=click.Path(path_type=Path), default="suite", show_default=True)
@click.option("--reason", default="", help="Why: needed to reject.")
@click.option("--owner", default="", help="Who says so.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(action: str, cases: tuple[str, ...], folder: Path, reason: str, owner: str, as_json: bool) -> NoReturn:
    """New cases wait for a person: accept enters them in the ledger, reject takes them out and remembers why.

    Example: tidegate harvest review list --suite suite
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    if action == "accept":
        accept(folder, cases, owner=owner, at=at)
    elif action == "reject":
        reject(folder, cases, reason=reason, owner=owner, at=at)
    left = waiting(read_suite(folder), read_suite_ledger(folder))
    rows = [{"case": c.case_id, "mode": c.mode, "question": question_of(c, 200), "expect": list(c.expect),
             "provenance": msgspec.to_builtins(c.provenance)} for c in left]  # fmt: skip
    answer = Answer(verb="harvest review", verdict=Verdict.PASS, fields={"waiting": rows})
    emit(answer, as_json=as_json, words=lambda console: _show(console, left))


def _show(console: Console, left: list[Case]) -> None:
    for case in left[:30]:
        console.print(
            f"[bold]{case.case_id}[/] [dim]{escape(case.mode)}[/]  {escape(question_of(case, 100))}", highlight=False
        )
        for spec in case.expect:
            console.print(f"    {escape(msgspec.json.encode(spec).decode()[:160])}", style="dim", highlight=False)
    console.print(f"{len(left)} case{'s' if len(left) != 1 else ''} wait for review", highlight=False)
