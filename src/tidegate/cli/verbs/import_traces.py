"""`tidegate import FILE`: traces of other tools into the store."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NoReturn

import click

from tidegate.cli.output import emit
from tidegate.cli.store_options import resolve, store_options
from tidegate.readers.imports import READERS, read_traces_file
from tidegate.spine.answer import Answer
from tidegate.spine.gate import Verdict
from tidegate.spine.trace import CallTrace
from tidegate.wiring import trace_store

BATCH = 2_000


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["auto", *READERS]), default="auto", show_default=True)
@click.option("--tenant", default=None, help="Whose they are [default: what the file says, else `imported`].")
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    files: tuple[Path, ...], form: str, tenant: str | None, store: Path | None, config: Path | None, as_json: bool
) -> NoReturn:
    """Take in traces of other tools: OTLP, Langfuse, LiteLLM, Helicone, OpenAI-style JSON lines.

    Importing the same file twice changes nothing.

    Example: tidegate import spend_logs.jsonl --tenant acme
    """
    lake = trace_store(resolve(store, config))
    imported = known = 0
    for path in files:
        traces: Iterator[CallTrace] = read_traces_file(path, form, tenant=tenant)
        while batch := list(islice(traces, BATCH)):
            unique = {t.trace_id: t for t in batch}
            old = lake.known(list(unique))
            lake.append(t for t in unique.values() if t.trace_id not in old)
            imported += len(unique) - len(old)
            known += len(batch) - len(unique) + len(old)
    fields = {"imported": imported, "already_there": known, "files": [str(f) for f in files]}
    answer = Answer(verb="import", verdict=Verdict.PASS, fields=fields)
    said = f"{imported} traces imported, {known} were already there"
    emit(answer, as_json=as_json, words=lambda console: console.print(said, highlight=False))
