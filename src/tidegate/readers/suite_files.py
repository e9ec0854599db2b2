"""Reads and writes a suite folder: `*.yaml` files of cases beside `ledger.jsonl`; every file is replaced whole."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from tidegate.curate.harvest.suites.ledger import Line, dump_ledger, read_ledger
from tidegate.curate.harvest.suites.suite import Suite, dump_file, file_of, parse_suite
from tidegate.spine.case import Case
from tidegate.spine.errors import InputError, StoreError

LEDGER = "ledger.jsonl"
BYTES_MAX = 64 * 1024 * 1024


def read_suite(folder: Path) -> Suite:
    """All cases of a folder (or of one file)."""
    if folder.is_file():
        return parse_suite([(str(folder), _text(folder))])
    if not folder.is_dir():
        raise InputError("there is no such suite folder", where=str(folder),
                         remedy="`tidegate harvest collect` writes one, or make it and put a case in")  # fmt: skip
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
    return parse_suite((str(p), _text(p)) for p in paths)


def read_suite_ledger(folder: Path) -> tuple[Line, ...]:
    """The folder's ledger; empty where there is none yet."""
    path = ledger_path(folder)
    return read_ledger(_text(path), str(path)) if path.exists() else ()


def ledger_path(folder: Path) -> Path:
    """Where the ledger of a suite lies."""
    return (folder if folder.is_dir() else folder.parent) / LEDGER


def write_ledger(folder: Path, lines: Sequence[Line]) -> Path:
    """Replace the ledger."""
    path = ledger_path(folder)
    replace(path, dump_ledger(lines))
    return path


def write_cases(folder: Path, cases: Iterable[Case], known: Suite | None = None) -> list[Path]:
    """Put cases into the suite: changed where they stand, new ones into their mode's file; returns files written.

    Only files that hold one of `cases` are written again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = read_suite(folder) if known is None else known
    fresh = {c.case_id: c for c in cases}
    by_file: dict[Path, dict[str, Case]] = {}
    for case in known.cases:
        by_file.setdefault(Path(known.places[case.case_id][0]), {})[case.case_id] = case
    home = {case_id: path for path, held in by_file.items() for case_id in held}
    touched: dict[Path, None] = {}
    for case_id, case in fresh.items():
        path = home.get(case_id) or folder / file_of(case)
        by_file.setdefault(path, {})[case_id] = case
        touched[path] = None
    for path in touched:
        rewrite(path, list(by_file[path].values()))
    return list(touched)


def rename_modes(folder: Path, names: Mapping[str, str]) -> list[str]:
    """Call the cases of joined modes by their new names, each in its file; returns the ids of those renamed.

    A case's id is made of what it asks and expects, so it keeps its id and its history.
    """
    if not names or not folder.is_dir():
        return []
    known = read_suite(folder)
    renamed = [msgspec.structs.replace(c, mode=names[c.mode]) for c in known.cases if c.mode in names]
    write_cases(folder, renamed, known)
    return [c.case_id for c in renamed]


def remove_cases(gone: Iterable[str], known: Suite) -> list[Path]:
    """Take cases out of their files; a file left empty goes away."""
    gone = set(gone)
    touched: dict[Path, None] = {Path(known.places[i][0]): None for i in gone if i in known.places}
    for path in touched:
        left = [c for c in known.cases if known.places[c.case_id][0] == str(path) and c.case_id not in gone]
        if left:
            rewrite(path, left)
        else:
            path.unlink(missing_ok=True)
    return list(touched)


def rewrite(path: Path, cases: Sequence[Case]) -> None:
    """Write one file of cases; its mode stands in the head where all cases share it."""
    modes = {c.mode for c in cases}
    replace(path, dump_file(cases, modes.pop() if len(modes) == 1 else ""))


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(name, path)
    except (OSError, UnicodeEncodeError) as error:
        raise StoreError(f"cannot write it: {error}", where=str(path)) from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise InputError(f"expected at most {BYTES_MAX} bytes", where=str(path), remedy="split the file")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"expected UTF-8 text: {error}", where=str(path)) from error
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror or error}", where=str(path)) from error
