"""Files, folders and standard input → recorded agent runs: JSON, a JSON list of runs, JSON lines, gzip."""

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tidegate.readers.agent_runs import Run
from tidegate.readers.agent_runs import read_runs as runs_in
from tidegate.spine.errors import InputError

RUN_BYTES_MAX = 256 * 1024 * 1024


def read_runs(files: tuple[str, ...]) -> Iterator[Run]:
    """All runs of all files."""
    for _, run in read_values(files):
        yield run


def read_values(files: tuple[str, ...]) -> Iterator[tuple[Any, Run]]:
    """Raw values with their runs: JSON, a JSON list of runs, JSONL, gzip, directories, or - for stdin."""
    for name in files:
        paths = sorted(p for p in Path(name).rglob("*") if p.is_file()) if Path(name).is_dir() else [Path(name)]
        for path in paths:
            data = sys.stdin.buffer.read() if name == "-" else _read(path)
            for n, (value, run) in enumerate(_values(data, str(path)), 1):
                if not run.run_id and name != "-":  # named by its file, and by its place where there are several
                    stem = path.name.split(".")[0] or path.name
                    run = msgspec.structs.replace(run, run_id=stem if n == 1 else f"{stem}:{n}")
                yield value, run


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > RUN_BYTES_MAX:
            raise InputError(f"expected at most {RUN_BYTES_MAX} bytes, got {path.stat().st_size}", where=str(path))
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError) as error:
        raise InputError(f"cannot read it: {error}", where=str(path)) from error


def _values(data: bytes, where: str) -> Iterator[tuple[Any, Run]]:
    try:
        value = msgspec.json.decode(data)
    except msgspec.DecodeError as whole:
        for number, line in enumerate(data.splitlines(), start=1):
            if line.strip():
                try:
                    value = msgspec.json.decode(line)
                except msgspec.DecodeError as error:
                    message = f"expected JSON or JSON lines, got {line[:60].decode(errors='replace')!r} ({error})"
                    remedy = "name files that hold recorded runs alone"
                    raise InputError(message, where=f"{where}:{number}", remedy=remedy) from whole
                for run in _runs(value, f"{where}:{number}"):
                    yield value, run
        return
    many = isinstance(value, list) and value and all(isinstance(v, dict) and "role" not in v for v in value)
    for i, one in enumerate(value if many else [value]):
        for run in _runs(one, f"{where}[{i}]" if many else where):
            yield one, run


def _runs(value: Any, where: str) -> list[Run]:
    """One run, or the several of an export."""
    try:
        return runs_in(value, where)
    except InputError as error:
        raise error if error.where else InputError(error.message, where=where, remedy=error.remedy) from error
