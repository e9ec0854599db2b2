"""What the verbs of `tidegate constraints` read: the policy, prompts, fields of a row."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from tidegate.check.constraints.model import Policy
from tidegate.readers.constraints_file import read_policy
from tidegate.readers.text_files import below, decoded, file_bytes, read_each
from tidegate.spine.errors import InputError, WrongUse

PROMPT_BYTES_MAX = 16 * 1024 * 1024
PROMPT_SUFFIXES = frozenset({".md", ".txt", ".prompt", ".jinja", ".j2", ".json", ""})
policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path),
    default=None,
    help="The constraints.yaml; without one, the starter packs.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
jsonl_option = click.option("--jsonl", default=None, help="A file (or -) with one JSON object a line.")


def load(path: Path | None) -> Policy | None:
    """The policy of --policy, of constraints.yaml here, or None."""
    if path is not None:
        return read_policy(path)
    here = Path("constraints.yaml")
    return read_policy(here) if here.is_file() else None


def field(row: dict[str, Any], *names: str) -> Any:
    """The first of some fields that a row has."""
    return next((row[n] for n in names if row.get(n) is not None), None)


def listed(value: Any) -> list[str]:
    """A text, or a list of texts, as a list."""
    return (
        [value]
        if isinstance(value, str) and value
        else [v for v in value if isinstance(v, str) and v]
        if isinstance(value, list)
        else []
    )


def prompts(paths: tuple[str, ...]) -> tuple[list[tuple[str, str]], list[InputError]]:
    """(name, text) of every prompt among files, folders and standard input, and what is wrong with unreadable files."""
    if not paths:
        raise WrongUse("expected files, folders, - or --jsonl FILE", remedy="tidegate constraints audit prompts/")
    files: list[Path] = []
    for given in paths:
        path = Path(given)
        if given != "-" and not path.exists():
            raise InputError("there is no such file or folder", where=given)
        files += below(path, PROMPT_SUFFIXES) if path.is_dir() else [path]
    read, unread = read_each(files, _prompt)
    return [(str(path), text) for path, text in read], unread


def _prompt(path: Path) -> str:
    """A prompt's text; of a JSON file the descriptions in it."""
    if str(path) == "-":
        return decoded(sys.stdin.buffer.read(), "-")
    text = decoded(file_bytes(path, PROMPT_BYTES_MAX, "audit the prompt itself"), str(path))
    return descriptions(text, str(path)) if path.suffix == ".json" else text


def descriptions(text: str, where: str) -> str:
    """All descriptions in a JSON file of tool definitions, one a paragraph."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("description"), str):
                found.append(value["description"])
            for v in value.values():
                walk(v)
        elif isinstance(value, list):
            for v in value:
                walk(v)

    try:
        walk(json.loads(text))
    except ValueError as error:
        raise InputError(f"expected JSON: {error}", where=where) from error
    return "\n\n".join(found)
