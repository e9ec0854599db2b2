"""`tidegate harvest import`: another tool's tests as cases of the suite."""

from pathlib import Path
from typing import Any, NoReturn

import click
import yaml

from tidegate.cli.output import emit, read_jsonl
from tidegate.cli.verbs.harvest_export import show_lost
from tidegate.curate.harvest.exchange import FORMATS, format_of
from tidegate.readers.suite_files import read_suite, write_cases
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError
from tidegate.spine.gate import Verdict


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "name", type=click.Choice(list(FORMATS)), required=True, help="The other tool.")
@click.option("--suite", "folder", type=click.Path(path_type=Path), default="suite", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(file: Path, name: str, folder: Path, as_json: bool) -> NoReturn:
    """Read tests of promptfoo, Inspect, DeepEval or OpenAI evals as known failing cases; what was not read is named.

    Example: tidegate harvest import promptfooconfig.yaml --from promptfoo
    """
    cases, lost = format_of(name).read(_document(file, format_of(name).lines), str(file))
    known = read_suite(folder) if folder.exists() else None
    here = known.by_id() if known is not None else {}
    fresh = [c for c in {c.case_id: c for c in cases}.values() if c.case_id not in here]
    write_cases(folder, fresh, known)
    fields = {"cases": len(fresh), "known": len(cases) - len(fresh), "lost": lost}
    words = f"{len(fresh)} cases entered {folder} as known failing, {len(cases) - len(fresh)} were there"
    answer = Answer(verb="harvest import", verdict=Verdict.PASS if cases else Verdict.UNDECIDED, fields=fields)
    emit(answer, as_json=as_json, words=lambda console: show_lost(console, words, lost))


def _document(file: Path, lines: bool) -> Any:
    if lines:
        if not file.exists():
            raise InputError("there is no such file", where=str(file))
        return [row for _, row in read_jsonl(str(file))]
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror or error}", where=str(file)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"expected YAML or JSON: {str(error).splitlines()[0]}", where=str(file)) from error
