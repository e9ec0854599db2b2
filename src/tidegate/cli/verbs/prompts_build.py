"""`tidegate prompts build` and `version`: layered prompts rendered in order, and the name of each text."""

# ruff: noqa: E501

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.markup import escape

from tidegate.check.promptlint import layers
from tidegate.cli.output import emit
from tidegate.readers.prompts import read_prompts
from tidegate.spine.answer import Answer
from tidegate.spine.codec import content_hash
from tidegate.spine.gate import Verdict, verdict_of_findings


@click.command("build")
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

    def words(console: Console) -> None:
        console.print(built.text, markup=False, highlight=False)
        for d in built.record["decisions"]:
            lost, won = d["dropped"], d["for"]
            for_ = " and ".join(f"{w['file']}:{w['line']} {w['text']!r}" for w in won)
            console.print(
                f"[yellow]left out[/] {escape(lost['file'])}:{lost['line']} {escape(repr(lost['text']))}: {escape(for_)} goes before it, and {escape(d['why'])}",
                highlight=False,
            )  # fmt: skip

    emit(answer, as_json=as_json, words=words)


@click.command("version")
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
