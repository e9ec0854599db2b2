"""Reads what a user adds to `verify`: a reference library, coefficient registries, package lists."""

import importlib.metadata
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tidegate.check.verify.published.references import Work, normal_id
from tidegate.check.verify.published.registry import Coefficient
from tidegate.spine.errors import InputError


def read_library(path: Path) -> dict[str, Work]:
    """A JSONL file, one work a line: id, title, authors, year."""
    out: dict[str, Work] = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if line.strip():
            try:
                work = msgspec.json.decode(line, type=Work)
            except msgspec.DecodeError as error:
                raise InputError(
                    f"expected a work with id and title, got {line[:60]!r} ({error})", where=f"{path}:{number}"
                ) from error
            out[normal_id(work.id)] = work
    return out


def read_registry(path: Path) -> tuple[Coefficient, ...]:
    """A YAML list of coefficients: standard, edition, clause, names, value, unit, symbol."""
    try:
        data: Any = yaml.safe_load(_text(path))
        return tuple(msgspec.convert(data or [], tuple[Coefficient, ...], strict=False))
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise InputError(f"expected a list of coefficients: {error}", where=str(path),
                         remedy="each needs standard, edition, clause, names and value") from error  # fmt: skip


def read_packages(path: Path) -> frozenset[str]:
    """One import name a line."""
    return frozenset(line.strip() for line in _text(path).splitlines() if line.strip() and not line.startswith("#"))


def installed_packages() -> frozenset[str]:
    """Import names of what is installed here, from metadata alone."""
    return frozenset(importlib.metadata.packages_distributions())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read it: {error}", where=str(path)) from error
