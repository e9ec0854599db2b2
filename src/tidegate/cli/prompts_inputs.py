"""What the prompt verbs read: JSONL rows, files with their variables, the map of owners, a baseline."""

# ruff: noqa: E501

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tidegate.check.promptlint import layers
from tidegate.check.promptlint.model import Source
from tidegate.check.promptlint.sources.formats import message_sources
from tidegate.check.promptlint.sources.template import has_blocks, render
from tidegate.readers.prompts import prompt_files, read_text
from tidegate.readers.text_files import decoded, read_each
from tidegate.spine.errors import InputError


def row_sources(row: dict[str, Any], where: str) -> list[Source]:
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


def sources(
    paths: tuple[Path, ...], variables: Path | None, *, together: bool
) -> tuple[list[Source], list[InputError]]:
    """The prompts of files, folders and standard input, and what is wrong with files that could not be read.

    Templates are rendered with `variables` when given.  Files that are one prompt `together` are read all or not at all.
    """
    files: list[Path] = []
    for path in paths:
        if str(path) != "-" and not path.exists():
            raise InputError("expected a file or folder, found nothing", where=str(path), remedy="check the path")
        files += [path] if str(path) == "-" else prompt_files([path])
    read, unread = read_each(files, _read)
    if unread and together:
        raise unread[0]
    out = [Source(name="stdin" if str(path) == "-" else str(path), text=text) for path, text in read]
    if variables is not None:
        values = yaml.safe_load(read_text(variables))
        if not isinstance(values, dict):
            raise InputError("expected a mapping of variables", where=str(variables))
        out = [
            s if has_blocks(s.text) else msgspec.structs.replace(s, text=render(s.text, values, s.name)) for s in out
        ]  # fmt: skip
    return [layers.with_front_matter(s) for s in out], unread


def _read(path: Path) -> str:
    return decoded(sys.stdin.buffer.read(), "stdin") if str(path) == "-" else read_text(path)


def owner_map(path: Path | None) -> dict[str, str]:
    """Section name or pattern to owner; empty without a file.  Raises InputError when it is no such map."""
    if path is None:
        return {}
    value = yaml.safe_load(read_text(path))
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise InputError("expected a mapping of section names to owners", where=str(path), remedy="tone: '@brand-team'")
    return {str(k): v for k, v in value.items()}


def read_baseline(path: Path) -> list[str]:
    """The fingerprints of a file that `--write-baseline` wrote; InputError when it is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return list(value["fingerprints"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"expected a baseline written by --write-baseline: {error}", where=str(path),
                         remedy="tidegate prompts lint PATHS --write-baseline FILE") from error  # fmt: skip
