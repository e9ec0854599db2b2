"""`tidegate prompts history`: which commit began each contradiction, and which one ended it."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from tidegate.check.promptlint import baseline as baselines
from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source
from tidegate.cli.output import emit
from tidegate.readers import git_history
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError
from tidegate.spine.finding import Finding
from tidegate.spine.gate import verdict_of_findings


@click.command("history")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def history(path: Path, as_json: bool) -> NoReturn:
    """Walk the file's commits: which one began each contradiction, which one ended it.

    Example: tidegate prompts history prompts/support.md
    """
    revisions = git_history.revisions(path)
    if not revisions:
        raise InputError(
            "expected a file with commits in a git repository", where=str(path), remedy="git add and commit it first"
        )
    rows: list[dict[str, Any]] = []
    before: dict[str, Finding] = {}
    found: list[Finding] = []
    for r in revisions:
        analysis = analyse([Source(name=str(path), text=r.text)]) if r.text.strip() else None
        now = {baselines.fingerprint(f): f for f in (findings(analysis) if analysis else []) if "core" in f.evidence}
        began = [now[k] for k in now if k not in before]
        ended = [before[k] for k in before if k not in now]
        rows.append({
            "commit": r.commit, "author": r.author, "date": r.date, "subject": r.subject, "conflicts": len(now),
            "began": [f.message for f in began], "ended": [f.message for f in ended],
        })  # fmt: skip
        for f in began:
            found.append(
                msgspec.structs.replace(f, where=msgspec.structs.replace(f.where, commit=r.commit, author=r.author))
            )
        before = now
    standing = [f for f in found if baselines.fingerprint(f) in before]
    answer = Answer(
        verb="prompts history",
        verdict=verdict_of_findings(standing),
        findings=tuple(standing),
        fields={"commits": rows},
    )

    def words(console: Console) -> None:
        for row in rows:
            mark = "[red]began[/]" if row["began"] else "[green]ended[/]" if row["ended"] else "     "
            console.print(
                f"{row['commit'][:12]} {row['date'][:10]} {mark} {row['conflicts']:>2}  {escape(str(row['author']))}: {escape(str(row['subject']))}",
                highlight=False,
            )

    emit(answer, as_json=as_json, words=words)
