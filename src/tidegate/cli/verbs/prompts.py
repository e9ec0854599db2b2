"""`tidegate prompts`: which lines cannot hold together, who brought them in, and what to change."""

# ruff: noqa: E501

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from tidegate import __version__
from tidegate.check.promptlint import baseline as baselines
from tidegate.check.promptlint.explain import cited
from tidegate.check.promptlint.learned import pairs as learned
from tidegate.check.promptlint.lint import Analysis, analyse, findings
from tidegate.check.promptlint.notes import notes
from tidegate.cli.output import emit, ending, judge_jsonl
from tidegate.cli.prompts_blame import blamed, touching
from tidegate.cli.prompts_inputs import owner_map, read_baseline, row_sources, sources
from tidegate.render.github import github
from tidegate.render.sarif import sarif
from tidegate.spine.answer import Answer
from tidegate.spine.codec import content_hash
from tidegate.spine.errors import WrongUse
from tidegate.spine.finding import Finding
from tidegate.spine.gate import Verdict, verdict_of_findings

# verbs with a module of their own, loaded when they are called
LAZY = {
    "probe": "prompts_probe", "traffic": "prompts_traffic", "lsp": "prompts_lsp", "history": "prompts_history",
    "build": "prompts_build", "version": "prompts_build", "hook": "prompts_hook",
}  # fmt: skip


class Prompts(click.Group):
    """The group of verbs; `LAZY` ones cost nothing until they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *LAZY})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in LAZY:
            verb = getattr(importlib.import_module(f"tidegate.cli.verbs.{LAZY[cmd_name]}"), cmd_name)
            assert isinstance(verb, click.Command)
            return verb
        return super().get_command(ctx, cmd_name)


@click.group("prompts", cls=Prompts)
def command() -> None:
    """Which lines of the prompt cannot hold together, and who brought them in?

    Example: tidegate prompts lint prompts/
    """


@command.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--jsonl", type=click.Path(allow_dash=True), help="One object a line: id and text, messages or sections.")
@click.option("--assembled", is_flag=True, help="The files are one prompt, in the order given.")
@click.option(
    "--vars",
    "variables",
    type=click.Path(path_type=Path, exists=True),
    help="YAML or JSON values: render the templates first.",
)
@click.option("--changed-since", metavar="REF", help="Report only cores that touch lines changed since REF.")
@click.option("--baseline", type=click.Path(path_type=Path), help="Hide the findings this file knows.")
@click.option("--write-baseline", type=click.Path(path_type=Path), help="Write what is found now, and pass.")
@click.option(
    "--owners", type=click.Path(path_type=Path, exists=True), help="YAML map: section name or pattern → owner."
)
@click.option("--blame/--no-blame", default=True, show_default=True, help="Name commit and author from git.")
@click.option(
    "--possible/--no-possible", default=True, show_default=True, help="Add what only the learned layer suspects."
)
@click.option(
    "--notes", "with_notes", is_flag=True, help="Also list redundant and dead lines, and rules that could be hard."
)
@click.option(
    "--resolved", "with_resolved", is_flag=True, help="Also list pairs that a precedence or a special case settles."
)
@click.option("--format", "form", type=click.Choice(["text", "sarif", "github"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def lint(
    paths: tuple[Path, ...], jsonl: str | None, assembled: bool, variables: Path | None, changed_since: str | None,
    baseline: Path | None, write_baseline: Path | None, owners: Path | None, blame: bool, possible: bool,
    with_notes: bool, with_resolved: bool, form: str, as_json: bool,
) -> NoReturn:  # fmt: skip
    """Prove which lines contradict, show the smallest set, the situation, the commit and the fix.

    PATHS are files, folders, or - for standard input.  Exit code 1 when a proved hard conflict is
    found, 0 when none is, 2 when there is no prompt to read.

    \b
    Example:
      printf 'Reply in at most 2 sentences.\\nEvery reply has at least 5 sentences.\\n' > /tmp/p.md
      tidegate prompts lint /tmp/p.md; test $? = 1
    """
    if jsonl is not None:
        judge_jsonl(jsonl, lambda row, where: _row(row, where, possible, with_notes), "prompts lint")
    if not paths:
        raise WrongUse("expected files, folders, - or --jsonl FILE", remedy="tidegate prompts lint prompts/")
    given, unread = sources(paths, variables, together=assembled)
    groups = [given] if assembled else [[s] for s in given]
    owned = owner_map(owners)
    found: list[Finding] = []
    extra: list[Finding] = []
    analyses: list[Analysis] = []
    for group in groups:
        analysis = analyse(group)
        analyses.append(analysis)
        results = findings(analysis) + (learned.possible_findings(analysis) if possible else [])
        if blame:
            results = blamed(results, analysis, group, owned)
        if changed_since:
            results, moved = touching(results, group, changed_since)
            extra += moved
        found += results
        if with_notes or as_json:
            extra += notes(analysis)
    if not any(a.units for a in analyses):
        raise WrongUse(
            "expected sentences of a prompt, found none (code blocks and quotations bind nothing)",
            where=", ".join(s.name for s in given), remedy="name a file that holds the prompt's text",
        )  # fmt: skip
    known: list[Finding] = []
    if baseline is not None:
        found, known = baselines.split(found, read_baseline(baseline))
    if write_baseline is not None:
        document = {
            "tool": "tidegate prompts lint",
            "fingerprints": {baselines.fingerprint(f): f.message for f in [*found, *known]},
        }
        write_baseline.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        known, found = [*known, *found], []
    if form == "sarif":
        sys.stdout.write(
            json.dumps(sarif([*found, *(extra if with_notes else [])], version=__version__), ensure_ascii=False) + "\n"
        )
        sys.exit(ending(verdict_of_findings(found), unread))
    if form == "github":
        sys.stdout.write(github([*found, *(extra if with_notes else [])]))
        sys.exit(ending(verdict_of_findings(found), unread))
    answer = _answer(analyses, found, extra, known, with_notes)
    emit(
        answer, as_json=as_json, unread=unread,
        words=lambda console: _say(console, analyses, extra, known, with_notes, with_resolved),
    )  # fmt: skip


def _answer(
    analyses: list[Analysis], found: list[Finding], extra: list[Finding], known: list[Finding], with_notes: bool
) -> Answer:
    fields: dict[str, Any] = {
        "prompts": [
            {
                "sources": [s.name for s in a.sources],
                "version": content_hash("\n".join(s.text for s in a.sources).encode()),
                "sentences": len(a.units), "instructions": len(a.instructions), "cores": len(a.cores),
            }
            for a in analyses
        ],
        "notes": [f.to_json() for f in extra],
        "resolved": [
            {"loser": _place(x.unit), "winner": _place(w.unit), "by": how} for a in analyses for x, w, how in a.resolved
        ],
        "baselined": len(known),
    }  # fmt: skip
    shown = (*found, *(extra if with_notes else ()))
    read = any(a.units for a in analyses)
    verdict = verdict_of_findings(found) if read or found else Verdict.UNDECIDED  # nothing read is no pass
    return Answer(verb="prompts lint", verdict=verdict, findings=shown, fields=fields)


def _place(unit: Any) -> dict[str, Any]:
    return {"file": unit.source, "line": unit.line, "text": unit.text}


def _say(
    console: Console, analyses: list[Analysis], extra: list[Finding], known: list[Finding], with_notes: bool,
    with_resolved: bool,
) -> None:  # fmt: skip
    sentences = sum(len(a.units) for a in analyses)
    instructions = sum(len(a.instructions) for a in analyses)
    console.print(
        f"[dim]{len(analyses)} prompt{'s' * (len(analyses) != 1)}, {sentences} sentences, {instructions} instructions understood[/]",
        highlight=False,
    )
    for name in [s.name for a in analyses if not a.units for s in a.sources]:
        console.print(f"[yellow]{escape(name)} holds no sentence: nothing was checked there[/]", highlight=False)
    if sentences and not instructions:
        console.print(
            "[yellow]no sentence was understood as an instruction: that no conflict is found says nothing[/]", highlight=False
        )  # fmt: skip
    if known:
        console.print(
            f"[dim]{len(known)} known finding{'s' * (len(known) != 1)} hidden by the baseline[/]", highlight=False
        )
    resolved = [(x, w, how) for a in analyses for x, w, how in a.resolved]
    if resolved and not with_resolved:
        pairs = "1 pair pulls" if len(resolved) == 1 else f"{len(resolved)} pairs pull"
        console.print(
            f"[dim]{pairs} apart and {'is' if len(resolved) == 1 else 'are'} settled by a precedence, a default or a special case: --resolved lists them[/]", highlight=False
        )  # fmt: skip
    told = dict.fromkeys(
        f"[dim]resolved:[/] {escape(winner.unit.source)} {escape(cited(winner.unit))} goes before {escape(cited(loser.unit))} [dim]({escape(how)})[/]"
        for loser, winner, how in resolved if winner.unit.span != loser.unit.span
    )  # fmt: skip
    for line in told if with_resolved else ():
        console.print(line, highlight=False)
    if extra and not with_notes:
        console.print(
            f"[dim]{len(extra)} notes (redundant, dead, could be hard): --notes shows them[/]", highlight=False
        )


def _row(row: dict[str, Any], where: str, possible: bool, with_notes: bool) -> Answer:
    analysis = analyse(row_sources(row, where))
    found = findings(analysis) + (learned.possible_findings(analysis) if possible else [])
    return _answer([analysis], found, notes(analysis) if with_notes else [], [], with_notes)
