"""What the verbs of `tidegate constraints` read: the policy, prompts, fields of a row."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tidegate.check.constraints.model import Policy
from tidegate.readers.constraints_file import read_policy
from tidegate.spine.errors import InputError, WrongUse

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


def prompts(paths: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(name, text) of every prompt among files, folders and standard input."""
    if not paths:
        raise WrongUse("expected files, folders, - or --jsonl FILE", remedy="tidegate constraints audit prompts/")
    for given in paths:
        if given == "-":
            yield "-", sys.stdin.read()
            continue
        path = Path(given)
        if not path.exists():
            raise InputError("there is no such file or folder", where=given)
        files = (
            sorted(p for p in path.rglob("*") if p.is_file() and p.suffix in PROMPT_SUFFIXES)
            if path.is_dir()
            else [path]
        )
        for f in files:
            try:
                text = f.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise InputError(f"expected UTF-8 text: {error}", where=str(f)) from error
            yield str(f), descriptions(text, str(f)) if f.suffix == ".json" else text


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
