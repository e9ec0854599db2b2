"""`tidegate prompts`: which lines cannot hold together, who brought them in, and what to change."""

# ruff: noqa: E501

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
import yaml
from rich.console import Console
from rich.markup import escape

from tidegate import __version__
from tidegate.check.promptlint import baseline as baselines
from tidegate.check.promptlint import layers, learned
from tidegate.check.promptlint.formats import message_sources
from tidegate.check.promptlint.lint import Analysis, analyse, findings
from tidegate.check.promptlint.model import Core, Source
from tidegate.check.promptlint.notes import notes
from tidegate.check.promptlint.template import has_blocks, render
from tidegate.check.promptlint.timeline import (
    Introduction,
    LineOrigin,
    introductions,
    moves,
    owners_of,
    parse_codeowners,
    section_owner,
)
from tidegate.cli.output import emit, judge_jsonl
from tidegate.readers import git_history
from tidegate.readers.prompts import read_prompts, read_text
from tidegate.render.github import github
from tidegate.render.sarif import sarif
from tidegate.spine.answer import Answer
from tidegate.spine.codec import content_hash
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.gate import Verdict, verdict_of_findings

HOOK = """\
# .pre-commit-config.yaml
repos:
  - repo: local
    hooks:
      - id: tidegate-prompts
        name: tidegate prompts lint
        entry: tidegate prompts lint --changed-since HEAD
        language: system
        files: ^prompts/.*\\.(md|txt|j2|yaml|json)$
"""


# verbs that bring their own packages (a store, a model): loaded when they are called
LAZY = {"probe": "prompts_probe", "traffic": "prompts_traffic", "lsp": "prompts_lsp"}


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
@click.option("--format", "form", type=click.Choice(["text", "sarif", "github"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def lint(
    paths: tuple[Path, ...], jsonl: str | None, assembled: bool, variables: Path | None, changed_since: str | None,
    baseline: Path | None, write_baseline: Path | None, owners: Path | None, blame: bool, possible: bool,
    with_notes: bool, form: str, as_json: bool,
) -> NoReturn:  # fmt: skip
    """Prove which lines contradict, show the smallest set, the situation, the commit and the fix.

    PATHS are files, folders, or - for standard input.  Exit code 1 when a proved hard conflict is
    found, 0 when none is.

    \b
    Example:
      printf 'Reply in at most 2 sentences.\\nEvery reply has at least 5 sentences.\\n' > /tmp/p.md
      tidegate prompts lint /tmp/p.md; test $? = 1
    """
    if jsonl is not None:
        judge_jsonl(jsonl, lambda row, where: _row(row, where, possible, with_notes), "prompts lint")
    if not paths:
        raise WrongUse("expected files, folders, - or --jsonl FILE", remedy="tidegate prompts lint prompts/")
    sources = _sources(paths, variables)
    groups = [sources] if assembled else [[s] for s in sources]
    owner_map = _owner_map(owners)
    found: list[Finding] = []
    extra: list[Finding] = []
    analyses: list[Analysis] = []
    for group in groups:
        analysis = analyse(group)
        analyses.append(analysis)
        results = findings(analysis) + (learned.possible_findings(analysis) if possible else [])
        if blame:
            results = _blamed(results, analysis, group, owner_map)
        if changed_since:
            results, moved = _touching(results, group, changed_since)
            extra += moved
        found += results
        if with_notes or as_json:
            extra += notes(analysis)
    known: list[Finding] = []
    if baseline is not None:
        found, known = baselines.split(found, _read_baseline(baseline))
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
        sys.exit(verdict_of_findings(found).exit_code)
    if form == "github":
        sys.stdout.write(github([*found, *(extra if with_notes else [])]))
        sys.exit(verdict_of_findings(found).exit_code)
    answer = _answer(analyses, found, extra, known, with_notes)
    emit(answer, as_json=as_json, words=lambda console: _say(console, analyses, extra, known, with_notes))


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
    return Answer(verb="prompts lint", verdict=verdict_of_findings(found), findings=shown, fields=fields)


def _place(unit: Any) -> dict[str, Any]:
    return {"file": unit.source, "line": unit.line, "text": unit.text}


def _say(
    console: Console, analyses: list[Analysis], extra: list[Finding], known: list[Finding], with_notes: bool
) -> None:
    sentences = sum(len(a.units) for a in analyses)
    instructions = sum(len(a.instructions) for a in analyses)
    console.print(
        f"[dim]{len(analyses)} prompt{'s' * (len(analyses) != 1)}, {sentences} sentences, {instructions} instructions understood[/]",
        highlight=False,
    )
    if known:
        console.print(
            f"[dim]{len(known)} known finding{'s' * (len(known) != 1)} hidden by the baseline[/]", highlight=False
        )
    resolved = [(x, w, how) for a in analyses for x, w, how in a.resolved]
    for loser, winner, how in resolved[:20]:
        console.print(
            f"[dim]resolved: {escape(winner.unit.source)}:{winner.unit.line} goes before line {loser.unit.line} ({escape(how)})[/]", highlight=False
        )  # fmt: skip
    if extra and not with_notes:
        console.print(
            f"[dim]{len(extra)} notes (redundant, dead, could be hard): --notes shows them[/]", highlight=False
        )


def _row(row: dict[str, Any], where: str, possible: bool, with_notes: bool) -> Answer:
    analysis = analyse(_row_sources(row, where))
    found = findings(analysis) + (learned.possible_findings(analysis) if possible else [])
    return _answer([analysis], found, notes(analysis) if with_notes else [], [], with_notes)


def _row_sources(row: dict[str, Any], where: str) -> list[Source]:
    """The prompt of one JSONL object: `text` (or prompt, system), `messages`, or `sections`."""
    for key in ("text", "prompt", "system", "system_prompt"):
        if isinstance(row.get(key), str):
            return [Source(name=key, text=row[key], format="text")]
    if isinstance(row.get("messages"), list):
        sources = message_sources([m for m in row["messages"] if isinstance(m, dict)])
        if sources:
            return sources
    sections = row.get("sections")
    if isinstance(sections, dict) and sections:
        return [Source(name=f"sections.{k}", text=str(v), format="text") for k, v in sections.items()]
    if isinstance(sections, list) and sections:
        out = []
        for k, s in enumerate(sections):
            s = s if isinstance(s, dict) else {"text": str(s)}
            out.append(Source(name=str(s.get("name", f"sections[{k}]")), text=str(s.get("text", s.get("content", ""))),
                              layer=str(s.get("layer", "")), owner=str(s.get("owner", "")), precedence=s.get("precedence"), format="text"))  # fmt: skip
        return out
    raise InputError(f"expected text, messages or sections, got the keys {sorted(row)}", where=where,
                     remedy='{"id": 1, "text": "Answer in French."}')  # fmt: skip


def _sources(paths: tuple[Path, ...], variables: Path | None) -> list[Source]:
    out: list[Source] = []
    for path in paths:
        if str(path) == "-":
            out.append(Source(name="stdin", text=sys.stdin.buffer.read().decode("utf-8", "replace")))
        elif not path.exists():
            raise InputError("expected a file or folder, found nothing", where=str(path), remedy="check the path")
        else:
            out += read_prompts([path])
    if variables is not None:
        values = yaml.safe_load(read_text(variables))
        if not isinstance(values, dict):
            raise InputError("expected a mapping of variables", where=str(variables))
        out = [
            s if has_blocks(s.text) else msgspec.structs.replace(s, text=render(s.text, values, s.name)) for s in out
        ]  # fmt: skip
    return [layers.with_front_matter(s) for s in out]


def _owner_map(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    value = yaml.safe_load(read_text(path))
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise InputError("expected a mapping of section names to owners", where=str(path), remedy="tone: '@brand-team'")
    return {str(k): v for k, v in value.items()}


def _read_baseline(path: Path) -> list[str]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return list(value["fingerprints"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"expected a baseline written by --write-baseline: {error}", where=str(path),
                         remedy="tidegate prompts lint PATHS --write-baseline FILE") from error  # fmt: skip


def _blamed(results: list[Finding], analysis: Analysis, group: list[Source], owners: dict[str, str]) -> list[Finding]:
    """Add who and when: the author of each core line, the commit where the core began, the owners."""
    if not any("core" in f.evidence for f in results):
        return results
    origin: dict[str, dict[int, LineOrigin]] = {}
    code: dict[str, tuple[str, ...]] = {}
    for s in group:
        path = Path(s.name)
        origin[s.name] = git_history.blame(path) if path.is_file() else {}
        declared = git_history.codeowners(path) if path.is_file() else None
        code[s.name] = owners_of(declared[1], parse_codeowners(declared[0])) if declared else ()
    began: dict[tuple[tuple[str, int], ...], Introduction] = {}
    if len(group) == 1 and analysis.cores and Path(group[0].name).is_file():
        began = _began(list(analysis.cores), group[0])
    sections = {(u.source, u.line): u.section for u in analysis.units}
    out = []
    for f in results:
        core = f.evidence.get("core")
        if not isinstance(core, list):
            out.append(f)
            continue
        lines = []
        for c in core:
            who = origin.get(c["file"], {}).get(c["line"])
            owner = section_owner(sections.get((c["file"], c["line"]), ()), owners) or " ".join(code.get(c["file"], ()))
            lines.append(
                {
                    **c,
                    **({"commit": who.commit, "author": who.author} if who else {}),
                    **({"owner": owner} if owner else {}),
                }
            )
        evidence = {**f.evidence, "core": lines}
        where = f.where
        start = began.get(tuple(sorted((c["file"], c["line"]) for c in core)))
        if start is not None:
            r = start.revision
            evidence["introduced"] = {"commit": r.commit, "author": r.author, "date": r.date, "subject": r.subject,
                                      "first_seen": start.first.commit}  # fmt: skip
            where = msgspec.structs.replace(where, commit=r.commit, author=r.author)
        else:
            newest = max(
                (w for c in core if (w := origin.get(c["file"], {}).get(c["line"])) is not None), key=lambda w: w.time_s, default=None
            )  # fmt: skip
            if newest is not None and newest.commit:
                where = msgspec.structs.replace(where, commit=newest.commit, author=newest.author)
        out.append(msgspec.structs.replace(f, where=where, evidence=evidence))
    return out


def _began(cores: list[Core], source: Source) -> dict[tuple[tuple[str, int], ...], Introduction]:
    history = git_history.revisions(Path(source.name))
    starts = introductions(cores, history, source.name)
    return {tuple(sorted(c.lines)): s for c, s in zip(cores, starts, strict=True) if s is not None}


def _touching(results: list[Finding], group: list[Source], reference: str) -> tuple[list[Finding], list[Finding]]:
    """Findings with a line changed since `reference`, and notes on lines that only moved."""
    changed = {s.name: git_history.changed_lines(Path(s.name), reference) for s in group if Path(s.name).is_file()}
    kept = [
        f for f in results
        if any(c["line"] in changed.get(c["file"], ()) for c in f.evidence.get("core", ({"file": f.where.file, "line": f.where.line},)))
    ]  # fmt: skip
    moved: list[Finding] = []
    for s in group:
        before = git_history.text_at(Path(s.name), reference) if Path(s.name).is_file() else None
        if before is None:
            continue
        old = analyse([Source(name=s.name, text=before)], cores_max=0).units
        new = analyse([s], cores_max=0).units
        for a, b in moves(old, new):
            moved.append(
                Finding(rule="line-moved", severity=Severity.NOTE, subject=s.name,
                        message=f"line {a.line} stands on line {b.line} now; its words are the same, its position is not",
                        where=Where(file=s.name, line=b.line, span=b.span), evidence={"certainty": "proved", "from_line": a.line},
                        suggestion="position acts on models: probe it if it is a critical rule")
            )  # fmt: skip
    return kept, moved


@command.command("history")
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


@command.command("build")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path), help="Write the prompt here (default: only show it).")
@click.option("--record", type=click.Path(path_type=Path), help="Write the resolution record (JSON) here.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def build(folder: Path, out: Path | None, record: Path | None, as_json: bool) -> NoReturn:
    """Render layered prompts in their fixed order; precedence decides, and the record says what lost.

    Each file begins with front matter: layer (safety, product, agent, task), owner, and the concerns it governs.

    Example: tidegate prompts build prompts/ --out prompt.txt --record resolution.json
    """
    built = layers.build([layers.with_front_matter(s) for s in read_prompts([folder])])
    if out is not None:
        out.write_text(built.text, encoding="utf-8")
    if record is not None:
        record.write_text(json.dumps(built.record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    answer = Answer(
        verb="prompts build", verdict=verdict_of_findings(built.findings), findings=tuple(built.findings),
        fields={"version": built.record["version"], "text": built.text, "record": built.record},
    )  # fmt: skip
    emit(answer, as_json=as_json, words=lambda console: console.print(built.text, markup=False, highlight=False))


@command.command("version")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def version(paths: tuple[Path, ...], as_json: bool) -> NoReturn:
    """The content-addressed version of each prompt: same text, same name, everywhere.

    Example: tidegate prompts version README.md
    """
    versions = {s.name: content_hash(s.text.encode()) for s in read_prompts(paths)}
    answer = Answer(verb="prompts version", verdict=Verdict.PASS, fields={"versions": versions})
    emit(
        answer,
        as_json=as_json,
        words=lambda c: c.print("\n".join(f"{v}  {n}" for n, v in versions.items()), highlight=False, markup=False),
    )


@command.command("hook")
def hook() -> None:
    """Print a pre-commit hook that lints only cores touching changed lines.

    Example: tidegate prompts hook
    """
    click.echo(HOOK, nl=False)
